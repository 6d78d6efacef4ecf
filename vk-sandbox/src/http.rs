//! VK's HTTP: methods, uploads, files.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Json, RequestExt, Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, DefaultBodyLimit, Form, Multipart, Path, Query, Request, State},
    http::{Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{any, get, post},
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    conn::Conn,
    error::ApiError,
    faults::{Fault, FaultSwitch},
    longpoll,
    methods::{self, Ctx},
    params::Params,
    state,
    token::Token,
    uploads::File,
    vk_json::Version,
};

/// VK takes documents of 200 MB.
const LARGEST_UPLOAD: usize = 210 * 1024 * 1024;
const LARGEST_REQUEST: usize = 8 * 1024 * 1024;

/// Milliseconds since 1970.
pub(crate) type Clock = dyn Fn() -> i64 + Send + Sync;

/// What every part of the sandbox shares.
pub(crate) struct Shared {
    state: Mutex<state::State>,
    pub(crate) faults: FaultSwitch,
    pub(crate) latency: Duration,
    pub(crate) clock: Arc<Clock>,
    pub(crate) stop: CancellationToken,
}

impl Shared {
    pub(crate) fn new(state: state::State, clock: Arc<Clock>) -> Self {
        Self {
            faults: state.faults.clone(),
            latency: state.settings.latency,
            state: Mutex::new(state),
            clock,
            stop: CancellationToken::new(),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, state::State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> i64 {
        (self.clock)()
    }
}

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let uploads =
        Router::new().route("/upload/{ticket}", post(upload)).layer(DefaultBodyLimit::max(LARGEST_UPLOAD));
    Router::new()
        .route("/method/{name}", any(method))
        .route("/lp/{group}", any(longpoll::poll))
        .route("/media/{id}/{name}", get(media))
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .merge(uploads)
        .with_state(shared)
}

/// Parameters of the query and of the body, a form or a multipart one. VK takes no JSON bodies.
pub(crate) async fn read_params(request: Request) -> Result<Params, ApiError> {
    let broken = |_| ApiError::with(8, "the body cannot be read");
    let mut pairs = Query::<Vec<(String, String)>>::try_from_uri(request.uri())
        .map_err(|_| ApiError::with(8, "the query cannot be read"))?
        .0;
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if request.method() != Method::POST {
        return Ok(Params::new(pairs));
    }
    if kind.starts_with("application/x-www-form-urlencoded") {
        let Form(body): Form<Vec<(String, String)>> =
            request.extract().await.map_err(|_| ApiError::with(8, "the body cannot be read"))?;
        pairs.extend(body);
    } else if kind.starts_with("multipart/form-data") {
        let mut parts: Multipart =
            request.extract().await.map_err(|_| ApiError::with(8, "the body cannot be read"))?;
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            pairs.push((name, part.text().await.map_err(broken)?));
        }
    }
    Ok(Params::new(pairs))
}

async fn method(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(conn): ConnectInfo<Conn>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    if !matches!(*request.method(), Method::GET | Method::POST) {
        return Json(ApiError::new(9999).envelope(&name, &[])).into_response();
    }
    let bearer = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer ").map(str::to_owned));
    let mut params = match read_params(request).await {
        Ok(params) => params,
        Err(error) => return Json(error.envelope(&name, &[])).into_response(),
    };
    let in_form = params.take("access_token");
    let token = bearer.or(in_form).filter(|token| !token.is_empty());

    let fault = shared.faults.of_request(&name);
    let delay = shared.latency + shared.faults.delay(&name);
    pause(delay, fault).await;
    if matches!(fault, Some(Fault::ServerError | Fault::DropBefore)) {
        shared.state().calls.record(&name, params.pairs(), Err(0), fault, false);
        return spoil(fault, &conn, Value::Null);
    }
    let answer = shared.answer(&name, &params, token.as_deref(), fault);
    spoil(fault, &conn, answer)
}

impl Shared {
    /// Carries out one call and remembers it.
    pub(crate) fn answer(
        &self,
        method: &str,
        params: &Params,
        token: Option<&str>,
        fault: Option<Fault>,
    ) -> Value {
        let now = self.now();
        let mut state = self.state();
        let called = call(&mut state, method, params, token, now);
        let result = called.as_ref().map(|_| ()).map_err(|error| error.code);
        state.calls.record(method, params.pairs(), result, fault, false);
        called.unwrap_or_else(|error| error.envelope(method, params.pairs()))
    }
}

/// Everything that VK looks at before a method, then the method.
fn call(
    state: &mut state::State,
    method: &str,
    params: &Params,
    token: Option<&str>,
    now: i64,
) -> Result<Value, ApiError> {
    if !methods::is_known(method) {
        return Err(ApiError::new(3));
    }
    let name = token.ok_or_else(|| ApiError::with(5, "no access_token passed."))?;
    let token =
        state.tokens.get(name).copied().ok_or_else(|| ApiError::with(5, "invalid access_token (4)."))?;
    let limit = match token {
        Token::Community(_) => state.settings.requests_per_second,
        Token::Service => state.settings.service_requests_per_second,
    };
    if !state.calls.admit(name, limit, Instant::now()) {
        return Err(ApiError::new(6));
    }
    let version = Version::parse(params.text("v").ok_or_else(|| ApiError::with(8, "v is required"))?);
    if version < Version(5, 81) {
        return Err(ApiError::with(8, "versions below 5.81 are deprecated"));
    }
    let mut ctx = Ctx { state, params, token, version, now, execute_errors: Vec::new() };
    let response = ctx.call(method)?;
    // By hand: the macro would copy the whole answer.
    let mut answer = json!({});
    answer["response"] = response;
    if !ctx.execute_errors.is_empty() {
        answer["execute_errors"] = Value::Array(ctx.execute_errors);
    }
    Ok(answer)
}

/// Real time: VK is slow, whatever the clock says.
pub(crate) async fn pause(delay: Duration, fault: Option<Fault>) {
    let more = if let Some(Fault::Slow(ms)) = fault { Duration::from_millis(ms) } else { Duration::ZERO };
    let delay = delay + more;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
}

/// The answer, or what is left of it after the fault.
pub(crate) fn spoil(fault: Option<Fault>, conn: &Conn, answer: Value) -> Response {
    match fault {
        Some(Fault::ServerError) => {
            let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
            (StatusCode::BAD_GATEWAY, Html(page)).into_response()
        }
        Some(Fault::DropBefore | Fault::DropAfter) => {
            conn.drop_it();
            StatusCode::NO_CONTENT.into_response()
        }
        Some(Fault::HalfAnswer) => half(&answer),
        _ => Json(answer).into_response(),
    }
}

/// An answer that says how long it is, and breaks off before.
fn half(answer: &Value) -> Response {
    let whole = answer.to_string().into_bytes();
    let length = whole.len();
    let first = Bytes::from(whole).slice(..length / 2);
    // The pause makes the first half leave before the connection breaks.
    let broken = async {
        tokio::task::yield_now().await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    };
    let parts = stream::once(async { Ok(first) }).chain(stream::once(broken));
    let headers =
        [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_LENGTH, length.to_string())];
    (headers, Body::from_stream(parts)).into_response()
}

async fn upload(
    State(shared): State<Arc<Shared>>,
    Path(ticket): Path<String>,
    parts: Option<Multipart>,
) -> Response {
    let (field, file) = match parts {
        Some(parts) => first_file(parts).await.unwrap_or_default(),
        None => Default::default(),
    };
    let mut state = shared.state();
    let hash = state.hex(32);
    match state.media.receive(&ticket, &field, file, &hash) {
        Some(answer) => Json(answer).into_response(),
        None => (StatusCode::NOT_FOUND, "unknown upload address").into_response(),
    }
}

/// The first part that is a file: its field and itself. `None` when the body cannot be read or has none.
pub(crate) async fn first_file(mut parts: Multipart) -> Option<(String, Option<File>)> {
    let part = parts.next_field().await.ok()??;
    let field = part.name().unwrap_or_default().to_owned();
    let name = part.file_name().unwrap_or_default().to_owned();
    let content_type = part.content_type().unwrap_or_default().to_owned();
    let bytes = part.bytes().await.ok()?;
    Some((field, Some(File { name, content_type, bytes })))
}

/// What was uploaded, with a type that no browser takes for a page of this site.
async fn media(State(shared): State<Arc<Shared>>, Path((id, _)): Path<(i64, String)>) -> Response {
    let file = shared.state().media.file(id).cloned();
    let Some(file) = file else { return StatusCode::NOT_FOUND.into_response() };
    let picture = ["image/png", "image/jpeg", "image/gif"].contains(&file.content_type.as_str());
    let kind = if picture { file.content_type } else { "application/octet-stream".to_owned() };
    let headers = [(header::CONTENT_TYPE, kind), (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned())];
    (headers, file.bytes).into_response()
}
