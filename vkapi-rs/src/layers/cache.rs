//! Answers that are good for a while.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use tokio::time::Instant;

use crate::{
    errors::RequestError,
    transport::{Answer, Call, Transport},
};

/// Which answers are kept, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cache {
    /// Methods by VK's name, and how long an answer of each is good.
    pub methods: HashMap<String, Duration>,
    /// Answers kept at most; when there are more, those that are over leave, or else all.
    pub most: usize,
}

impl Default for Cache {
    /// Who people and communities are, for ten minutes; a thousand answers.
    fn default() -> Self {
        let methods = ["users.get", "groups.getById", "utils.resolveScreenName"];
        let methods = methods.map(|method| (method.to_owned(), Duration::from_secs(600)));
        Self { methods: HashMap::from(methods), most: 1000 }
    }
}

impl Cache {
    /// Keeps the answers of one more method, which should only read.
    #[must_use]
    pub fn method(mut self, name: impl Into<String>, good_for: Duration) -> Self {
        self.methods.insert(name.into(), good_for);
        self
    }
}

type Key = (String, Vec<(String, String)>);

/// The layer that remembers answers.
pub(crate) struct Caching {
    inner: Arc<dyn Transport>,
    cache: Cache,
    kept: Mutex<HashMap<Key, (Instant, Answer)>>,
}

impl Caching {
    pub(crate) fn new(inner: Arc<dyn Transport>, cache: Cache) -> Self {
        Self { inner, cache, kept: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Key, (Instant, Answer)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Caching {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        Box::pin(async move {
            let Some(good_for) = self.cache.methods.get(&*call.method) else {
                return self.inner.call(call).await;
            };
            let key = (call.method.clone().into_owned(), call.form.clone());
            let found = self.kept().get(&key).filter(|(until, _)| *until > Instant::now()).cloned();
            if let Some((_, answer)) = found {
                return Ok(answer);
            }
            let answer = self.inner.call(call).await?;
            let now = Instant::now();
            let mut kept = self.kept();
            if kept.len() >= self.cache.most {
                kept.retain(|_, (until, _)| *until > now);
            }
            if kept.len() >= self.cache.most {
                kept.clear();
            }
            kept.insert(key, (now + *good_for, answer.clone()));
            Ok(answer)
        })
    }
}
