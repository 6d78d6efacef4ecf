//! A VK of one's own for a test: answers by script, remembers what it was asked.

#![allow(dead_code, reason = "each test uses its part")]
#![allow(clippy::needless_pass_by_value, reason = "a reply is written as `json!` in place")]

use std::{
    collections::{BTreeMap, VecDeque},
    future::pending,
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, future::BoxFuture, stream};
use serde_json::{Value, json};
use vkapi::{Answer, Bot, Call, RequestError, Transport};

/// A way to VK that answers every call by a function, at no cost of time: the function gives whole bodies.
pub(crate) struct Fake<F>(pub(crate) F);

impl<F: Fn(&Call) -> Value + Send + Sync + 'static> Fake<F> {
    pub(crate) fn bot(self) -> Bot {
        Bot::builder("test-token").seed(1).build().unwrap().with_transport(Arc::new(self))
    }
}

impl<F: Fn(&Call) -> Value + Send + Sync + 'static> Transport for Fake<F> {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        let answer = Answer::read((self.0)(call).to_string().as_bytes(), &call.method);
        Box::pin(async move { answer })
    }
}

/// What is said to a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// JSON with status 200.
    Json(Value),
    /// Any body with any status.
    Raw(u16, &'static str),
    /// JSON that breaks off half-way together with the connection.
    Cut(&'static str),
    /// Nothing, ever.
    Hang,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) headers: HeaderMap,
}

impl Asked {
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(String::as_str)
    }
}

/// The server: for each path the replies yet to come; after the last one it hangs.
#[derive(Clone, Default)]
pub(crate) struct Vk {
    url: String,
    replies: Arc<Mutex<BTreeMap<String, VecDeque<Reply>>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Vk {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let vk = Self { url: format!("http://{}", listener.local_addr().unwrap()), ..Self::default() };
        let app = Router::new().fallback(answer).with_state(vk.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        vk
    }

    /// Adds a reply to `/method/{method}` or, for an absolute path, to it.
    pub(crate) fn reply(&self, path: &str, reply: Reply) -> &Self {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/method/{path}") };
        self.replies.lock().unwrap().entry(path).or_default().push_back(reply);
        self
    }

    /// Adds a successful answer of a method.
    pub(crate) fn response(&self, method: &str, response: Value) -> &Self {
        self.reply(method, Reply::Json(json!({ "response": response })))
    }

    /// Adds an error of a method.
    pub(crate) fn error(&self, method: &str, code: i32, message: &str) -> &Self {
        self.reply(method, Reply::Json(json!({"error": {"error_code": code, "error_msg": message}})))
    }

    /// Adds a long poll session.
    pub(crate) fn session(&self, key: &str, ts: &str) -> &Self {
        let server = format!("{}/lp", self.url);
        self.response("groups.getLongPollServer", json!({"key": key, "server": server, "ts": ts}))
    }

    pub(crate) fn bot(&self) -> Bot {
        self.bot_with_timeout(Duration::from_secs(5))
    }

    pub(crate) fn bot_with_timeout(&self, timeout: Duration) -> Bot {
        Bot::builder("test-token").api_url(&self.api_url()).timeout(timeout).seed(1).build().unwrap()
    }

    pub(crate) fn api_url(&self) -> String {
        format!("{}/method", self.url)
    }

    /// What was asked so far of a method or an absolute path.
    pub(crate) fn asked(&self, path: &str) -> Vec<Asked> {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/method/{path}") };
        self.asked.lock().unwrap().iter().filter(|asked| asked.path == path).cloned().collect()
    }
}

async fn answer(State(vk): State<Vk>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let params =
        [parts.uri.query().unwrap_or_default().as_bytes(), &body].into_iter().flat_map(form_pairs).collect();
    let path = parts.uri.path().to_owned();
    vk.asked.lock().unwrap().push(Asked { path: path.clone(), params, headers: parts.headers });
    let reply = vk.replies.lock().unwrap().get_mut(&path).and_then(VecDeque::pop_front);
    match reply.unwrap_or(Reply::Hang) {
        Reply::Json(value) => axum::Json(value).into_response(),
        Reply::Raw(status, body) => {
            let status = StatusCode::from_u16(status).unwrap();
            (status, [(header::CONTENT_TYPE, "text/html")], body).into_response()
        }
        Reply::Cut(start) => {
            let broken = stream::once(async { Err(io::Error::other("cut")) });
            let chunks = stream::once(async move { Ok(Bytes::from_static(start.as_bytes())) }).chain(broken);
            Response::new(Body::from_stream(chunks))
        }
        Reply::Hang => pending().await,
    }
}

fn form_pairs(text: &[u8]) -> Vec<(String, String)> {
    let url = reqwest::Url::parse(&format!("http://x/?{}", String::from_utf8_lossy(text))).unwrap();
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// A bot of a sandbox.
pub(crate) fn bot_of(sandbox: &vk_sandbox::Sandbox) -> Bot {
    Bot::builder(sandbox.token()).api_url(&sandbox.api_url()).seed(1).build().unwrap()
}

/// Waits until something has happened, or fails after ten seconds.
pub(crate) async fn until(mut happened: impl FnMut() -> bool) {
    let waiting = async {
        while !happened() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(
        tokio::time::timeout(Duration::from_secs(10), waiting).await.is_ok(),
        "nothing happened in ten seconds"
    );
}
