//! Several calls in one: the same message to many by `peer_ids`, different calls by `execute`.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use serde::Deserialize;
use serde_json::value::RawValue;
use tracing::{Span, debug};

use super::{queue::Waiting, script};
use crate::{
    errors::{ApiError, ErrorCode, RequestError},
    transport::{Answer, Call},
};

const EXECUTE: &str = "execute";
/// Calls of one `execute`, by VK's documentation.
pub(super) const MOST_CALLS: usize = 25;
/// Addressees of one `messages.send`, by VK's documentation.
pub(super) const MOST_PEERS: usize = 100;
/// Bytes of a script. VK states no limit; 64 KB is said to be one.
const LONGEST_SCRIPT: usize = 60_000;

type Outcome = Result<Answer, RequestError>;

/// Calls that leave as one.
pub(super) struct Pack {
    parts: Vec<Part>,
    /// Calls it may have.
    most: usize,
    bytes: usize,
    /// Long values the script has, which another call may have for nothing.
    said: HashSet<String>,
    /// Where a message with this `random_id` is.
    messages: HashMap<String, usize>,
    /// The last part that concerns a peer.
    peers: HashMap<i64, usize>,
    /// Peers that something earlier is for, which has to wait.
    passed: HashSet<i64>,
    /// A call that keeps apart from its like is in it.
    apart: bool,
}

/// One call of VK's, made for one or, if it is a message to several, for more callers.
struct Part {
    call: Arc<Call>,
    peers: Vec<i64>,
    callers: Vec<Waiting>,
}

impl Part {
    /// The call with the addressees of all callers.
    fn call(&self) -> Cow<'_, Call> {
        if self.callers.len() < 2 {
            return Cow::Borrowed(&self.call);
        }
        let mut call = Call::clone(&self.call);
        if let Some((_, peers)) = call.form.iter_mut().find(|(name, _)| name == "peer_ids") {
            *peers = self.peers.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        }
        Cow::Owned(call)
    }
}

impl Pack {
    /// A pack of one call that others may join if it is one to be packed.
    pub(super) fn new(first: Waiting, most: usize) -> Self {
        let most = if first.is_packable() { most.min(first.most).min(MOST_CALLS) } else { 1 };
        let mut pack = Self {
            parts: Vec::new(),
            most,
            bytes: 0,
            said: HashSet::new(),
            messages: HashMap::new(),
            peers: HashMap::new(),
            passed: HashSet::new(),
            apart: false,
        };
        if most > 1 {
            pack.count(&first.call);
        }
        if pack.bytes > LONGEST_SCRIPT {
            pack.most = 1;
        }
        pack.begin(first);
        pack
    }

    /// Whether anything may join.
    pub(super) fn is_open(&self) -> bool {
        self.most > 1
    }

    /// Which part the call would join, the next one for a new part; `None` if it has to wait. Asked of calls in order.
    pub(super) fn place_for(&mut self, waiting: &Waiting) -> Option<usize> {
        let peers = peers(&waiting.call);
        let may = waiting.is_packable() && !(self.apart && waiting.call.apart);
        let place = if may && !peers.iter().any(|peer| self.passed.contains(peer)) {
            self.part_like(&waiting.call, &peers).or_else(|| self.room_for(waiting))
        } else {
            None
        };
        if place.is_none() {
            self.passed.extend(peers);
        }
        place
    }

    /// The part that says the same to others, if that puts nothing before what was to be said earlier.
    fn part_like(&self, call: &Call, peers: &[i64]) -> Option<usize> {
        let index = *self.messages.get(random_id(call)?)?;
        let part = &self.parts[index];
        let fits = part.peers.len() + peers.len() <= MOST_PEERS && alike(&part.call, call);
        let in_order = peers.iter().all(|peer| self.peers.get(peer).is_none_or(|last| *last < index));
        (fits && in_order && !peers.is_empty()).then_some(index)
    }

    fn room_for(&self, waiting: &Waiting) -> Option<usize> {
        let next = self.parts.len();
        let fits = next < self.most.min(waiting.most)
            && self.bytes + script::length(&waiting.call, &self.said) <= LONGEST_SCRIPT;
        fits.then_some(next)
    }

    fn count(&mut self, call: &Call) {
        self.bytes += script::length(call, &self.said);
        self.said.extend(script::long(call).map(str::to_owned));
    }

    /// Adds a call to the part it was [told](Self::place_for).
    pub(super) fn join(&mut self, index: usize, waiting: Waiting) {
        if index == self.parts.len() {
            self.most = self.most.min(waiting.most);
            self.count(&waiting.call);
            return self.begin(waiting);
        }
        self.apart |= waiting.call.apart;
        let peers = peers(&waiting.call);
        self.peers.extend(peers.iter().map(|peer| (*peer, index)));
        let part = &mut self.parts[index];
        part.peers.extend(peers);
        part.callers.push(waiting);
    }

    fn begin(&mut self, waiting: Waiting) {
        let index = self.parts.len();
        self.apart |= waiting.call.apart;
        let call = Arc::clone(&waiting.call);
        let peers = peers(&call);
        self.peers.extend(peers.iter().map(|peer| (*peer, index)));
        if let Some(random_id) = random_id(&call) {
            self.messages.insert(random_id.to_owned(), index);
        }
        self.parts.push(Part { call, peers, callers: vec![waiting] });
    }

    /// How many calls of VK's are inside.
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// The method that will be called.
    pub(super) fn method(&self) -> Cow<'static, str> {
        if let [only] = self.parts.as_slice() { only.call.method.clone() } else { Cow::Borrowed(EXECUTE) }
    }

    /// Where the call was made, for logs; nowhere if it is several.
    pub(super) fn span(&self) -> Span {
        let mut callers = self.callers();
        let first = callers.next().filter(|_| callers.next().is_none());
        first.map_or_else(Span::none, |only| only.span.clone())
    }

    /// Everybody who waits for it.
    pub(super) fn callers(&self) -> impl Iterator<Item = &Waiting> {
        self.parts.iter().flat_map(|part| &part.callers)
    }

    /// The one call to be made.
    pub(super) fn call(&self) -> Cow<'_, Call> {
        if let [only] = self.parts.as_slice() {
            return only.call();
        }
        let calls: Vec<_> = self.parts.iter().map(Part::call).collect();
        let code = script::of(&calls.iter().map(AsRef::as_ref).collect::<Vec<_>>());
        let lane = self.callers().map(|caller| caller.call.lane).min();
        let lane = lane.unwrap_or(self.parts[0].call.lane);
        Cow::Owned(Call::new(EXECUTE, vec![("code".to_owned(), code)], lane))
    }

    /// What came of the one call, for everybody who waits; `None` for whom it has to be tried again, fewer at a time.
    pub(super) fn deal(self, outcome: Outcome) -> Vec<(Waiting, Option<Outcome>)> {
        let half = self.parts.len().div_ceil(2);
        let again = outcome.as_ref().err().filter(|_| self.parts.len() > 1).map_or(Again::No, again);
        let outcomes: Vec<Outcome> = match outcome {
            Ok(answer) if self.parts.len() > 1 => deal_script(&self.parts, &answer),
            outcome => self.parts.iter().map(|_| outcome.clone()).collect(),
        };
        let dealt =
            self.parts.into_iter().zip(outcomes).flat_map(|(part, outcome)| deal_message(part, &outcome));
        let dealt = dealt.map(|(mut caller, outcome)| {
            if again == Again::All || (again == Again::Idempotent && caller.call.idempotent) {
                caller.most = caller.most.min(half);
                (caller, None)
            } else {
                (caller, Some(outcome))
            }
        });
        dealt.collect()
    }
}

/// Which calls of a script that failed as a whole are to be tried again, fewer at a time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    No,
    /// Some may have been carried out before it failed.
    Idempotent,
    /// None was carried out.
    All,
}

fn again(error: &RequestError) -> Again {
    match error {
        RequestError::Api(error) if error.code == ErrorCode::EXECUTE_COMPILE => Again::All,
        RequestError::Api(error) if error.code == ErrorCode::EXECUTE_RUNTIME => Again::Idempotent,
        // A body too large is not even read.
        RequestError::Http { status: 413 } => Again::All,
        _ => Again::No,
    }
}

/// Walks what a script returned beside what failed inside: a `false` is a failure only if the next failure is one of its
/// method, since `false` may be an answer too.
fn deal_script(parts: &[Part], answer: &Answer) -> Vec<Outcome> {
    let items: Vec<&RawValue> = serde_json::from_str(answer.response.get()).unwrap_or_default();
    if items.len() != parts.len() {
        let reason = format!("{} answers to {} calls", items.len(), parts.len());
        let garbled = RequestError::Garbled { method: EXECUTE.to_owned(), reason };
        return parts.iter().map(|_| Err(garbled.clone())).collect();
    }
    let mut failures: VecDeque<&ApiError> = answer.execute_errors.iter().collect();
    let outcome = |(part, item): (&Part, &RawValue)| {
        let failure = failures.front().filter(|failure| failure.method == part.call.method);
        if let Some(failure) = failure.copied().filter(|_| item.get() == "false") {
            failures.pop_front();
            debug!(method = %part.call.method, code = failure.code.0, "a packed VK call failed");
            return Err(RequestError::Api(failure.clone()));
        }
        debug!(method = %part.call.method, code = 0, "VK answered a packed call");
        Ok(Answer { response: item.to_owned(), execute_errors: Vec::new() })
    };
    parts.iter().zip(items).map(outcome).collect()
}

/// What became of a message for one of its addressees.
#[derive(Deserialize)]
struct Item {
    peer_id: i64,
}

/// Gives each of several callers what concerns its own addressees.
fn deal_message(part: Part, outcome: &Outcome) -> Vec<(Waiting, Outcome)> {
    let together = part.callers.len() > 1;
    let items: Option<HashMap<i64, &RawValue>> =
        outcome.as_ref().ok().filter(|_| together).and_then(|answer| {
            let items: Vec<&RawValue> = serde_json::from_str(answer.response.get()).ok()?;
            Some(
                items
                    .into_iter()
                    .filter_map(|item| Some((serde_json::from_str::<Item>(item.get()).ok()?.peer_id, item)))
                    .collect(),
            )
        });
    let own = |caller: &Waiting, items: &HashMap<i64, &RawValue>| {
        let peers = peers(&caller.call);
        let own: Vec<&str> = peers.iter().filter_map(|peer| Some(items.get(peer)?.get())).collect();
        let response = RawValue::from_string(format!("[{}]", own.join(","))).ok()?;
        Some(Answer { response, execute_errors: Vec::new() })
    };
    let dealt = part.callers.into_iter().map(|caller| {
        let own = items.as_ref().and_then(|items| own(&caller, items));
        let outcome = own.map_or_else(|| outcome.clone(), Ok);
        (caller, outcome)
    });
    dealt.collect()
}

fn param<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    call.form.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}

/// Whom a call concerns.
fn peers(call: &Call) -> Vec<i64> {
    let listed =
        ["peer_ids", "peer_id", "user_id"].iter().find_map(|name| param(call, name)).unwrap_or_default();
    listed.split(',').filter_map(|peer| peer.parse().ok()).collect()
}

/// What tells messages apart, if the call is a message that may have more addressees.
fn random_id(call: &Call) -> Option<&str> {
    let is_message = call.method == "messages.send" && param(call, "peer_ids").is_some();
    param(call, "random_id").filter(|random_id| is_message && *random_id != "0")
}

/// Nothing but the addressees differs.
fn alike(one: &Call, other: &Call) -> bool {
    let said = |call: &Call| {
        let mut said = call.form.clone();
        said.retain(|(name, _)| name != "peer_ids");
        said.sort_unstable();
        said
    };
    one.method == other.method && said(one) == said(other)
}
