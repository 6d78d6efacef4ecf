//! The way to VK inside of one process: the sandbox answers as over HTTP, and all that is asked of it is noted.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::future::BoxFuture;
use serde_json::Value;
use vk_sandbox::Sandbox;
use vkapi::{API_VERSION, Answer, Call, Lane, RequestError, Transport};

/// Something said to a person, or refused.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) to: i64,
    pub(super) lane: Lane,
    pub(super) how: How,
    pub(super) random_id: i64,
    pub(super) text: String,
    pub(super) picture: bool,
    /// VK's error code, if it was refused.
    pub(super) refused: Option<i64>,
}

/// By which method something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    New,
    Edit,
    PressAnswer,
}

/// All that was asked of VK.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// What was said since it was last taken.
    pub(super) said: Vec<Said>,
    /// How many calls there were, by method and by VK's error code (0: an answer).
    pub(super) calls: BTreeMap<String, BTreeMap<i64, u64>>,
    /// How many of the calls named one person only, by person, since they were last taken.
    pub(super) of_person: BTreeMap<i64, u64>,
}

/// What was asked, shared by the ways of both keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes(Arc<Mutex<Asked>>);

impl Notes {
    pub(super) fn get(&self) -> MutexGuard<'_, Asked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One key's way.
pub(super) struct Way {
    pub(super) sandbox: Arc<Sandbox>,
    pub(super) token: &'static str,
    pub(super) notes: Notes,
}

impl Transport for Way {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        let mut params = call.form.clone();
        params.push(("v".to_owned(), API_VERSION.to_owned()));
        let answer = self.sandbox.call(self.token, &call.method, params);
        self.note(call, &answer);
        Box::pin(std::future::ready(Answer::read(answer.to_string().as_bytes(), &call.method)))
    }
}

impl Way {
    fn note(&self, call: &Call, answer: &Value) {
        let param = |name: &str| call.form.iter().find(|(key, _)| key == name).map(|(_, v)| v.as_str());
        let number = |name: &str| param(name).and_then(|v| v.parse::<i64>().ok());
        let code = answer["error"]["error_code"].as_i64();
        let mut notes = self.notes.get();
        *notes.calls.entry(call.method.to_string()).or_default().entry(code.unwrap_or(0)).or_default() += 1;
        let one = number("peer_id").or_else(|| number("user_id"));
        if let Some(person) = one {
            *notes.of_person.entry(person).or_default() += 1;
        }
        let how = match call.method.as_ref() {
            "messages.send" => How::New,
            "messages.edit" => How::Edit,
            "messages.sendMessageEventAnswer" => How::PressAnswer,
            _ => return,
        };
        let said = |to: i64, refused: Option<i64>| Said {
            to,
            lane: call.lane,
            how,
            random_id: number("random_id").unwrap_or(0),
            text: param("message").unwrap_or_default().to_owned(),
            picture: param("attachment").is_some(),
            refused,
        };
        if let Some(to) = one {
            notes.said.push(said(to, code));
            return;
        }
        let peers = param("peer_ids").unwrap_or_default().split(',').filter_map(|peer| peer.parse().ok());
        let told = answer["response"].as_array();
        notes.said.extend(peers.map(|to: i64| {
            let hers = told.and_then(|all| all.iter().find(|item| item["peer_id"] == to));
            said(to, code.or_else(|| hers.and_then(|item| item["error"]["code"].as_i64())))
        }));
    }
}
