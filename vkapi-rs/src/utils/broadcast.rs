//! The same message to any number of people, resumable.
//!
//! ```no_run
//! # async fn example(bot: vkapi::Bot, readers: Vec<vkapi::types::PeerId>, mut done: usize) -> Result<(), vkapi::RequestError> {
//! let mut broadcast = bot.broadcast(20_260_901, readers, "Завтра выходной").resume(done);
//! while let Some(part) = broadcast.next().await {
//!     let part = part?;
//!     done = part.done; // kept over restarts
//!     for delivery in part.deliveries {
//!         if let Err(error) = delivery.result {
//!             println!("{}: {error}", delivery.peer_id);
//!         }
//!     }
//! }
//! # Ok(())
//! # }
//! ```

use std::{collections::HashSet, fmt};

use crate::{
    bot::Bot,
    errors::RequestError,
    methods::{Delivery, MessagesSendMany},
    requests::Request,
    transport::Lane,
    types::PeerId,
    utils::format::Formatted,
};

/// Addressees of one call, by VK's documentation.
const PART: usize = 100;

type SetUp = dyn Fn(Request<MessagesSendMany>) -> Request<MessagesSendMany> + Send + Sync;

/// A broadcast on its way; [`Bot::broadcast`] begins one.
pub struct Broadcast {
    bot: Bot,
    id: u64,
    peers: Vec<PeerId>,
    text: Formatted,
    set_up: Box<SetUp>,
    done: usize,
}

impl fmt::Debug for Broadcast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = self.peers.len();
        f.debug_struct("Broadcast")
            .field("id", &self.id)
            .field("done", &self.done)
            .field("of", &of)
            .finish_non_exhaustive()
    }
}

/// What became of one call's addressees.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Part {
    /// How many addressees are dealt with by now: what [`Broadcast::resume`] wants.
    pub done: usize,
    /// How many there are in all.
    pub of: usize,
    /// Each addressee of this part, with the sent message or why it was not sent.
    pub deliveries: Vec<Delivery>,
}

impl Bot {
    /// Writes the same to any number of people, 100 a call, in the lane of mailings. Of one who is named twice, the
    /// first counts.
    ///
    /// `id` is the broadcast's own number: with the same one and the same addressees, a part that is sent again within
    /// an hour reaches nobody twice.
    pub fn broadcast(
        &self,
        id: u64,
        peers: impl IntoIterator<Item = impl Into<PeerId>>,
        text: impl Into<Formatted>,
    ) -> Broadcast {
        let mut named = HashSet::new();
        let peers = peers.into_iter().map(Into::into).filter(|peer| named.insert(*peer)).collect();
        let set_up = Box::new(|request| request);
        Broadcast { bot: self.clone(), id, peers, text: text.into(), set_up, done: 0 }
    }
}

impl Broadcast {
    /// Goes on after so many addressees, as told by [`Part::done`].
    #[must_use]
    pub fn resume(mut self, done: usize) -> Self {
        self.done = done.min(self.peers.len());
        self
    }

    /// Adds to each request what it needs beside the text: a keyboard, an attachment, another lane.
    #[must_use]
    pub fn with(
        mut self,
        set_up: impl Fn(Request<MessagesSendMany>) -> Request<MessagesSendMany> + Send + Sync + 'static,
    ) -> Self {
        self.set_up = Box::new(set_up);
        self
    }

    /// Sends the next part; none once all are dealt with.
    ///
    /// # Errors
    ///
    /// The call failed as a whole: the broadcast stays where it is, and called again it sends the same part anew, with
    /// the same `random_id`.
    pub async fn next(&mut self) -> Option<Result<Part, RequestError>> {
        let part: Vec<PeerId> = self.peers[self.done..].iter().copied().take(PART).collect();
        if part.is_empty() {
            return None;
        }
        let after = self.done + part.len();
        let request = self.bot.messages_send_many(part, self.text.clone());
        let request = request.random_id(random_id(self.id, self.done as u64)).lane(Lane::Campaign);
        Some(match (self.set_up)(request).await {
            Ok(deliveries) => {
                self.done = after;
                Ok(Part { done: after, of: self.peers.len(), deliveries })
            }
            Err(error) => Err(error),
        })
    }
}

/// The number of a part against repeats: the same in every run, and never 0, which would switch VK's guard off.
fn random_id(broadcast: u64, offset: u64) -> i32 {
    // SplitMix64: https://prng.di.unimi.it/splitmix64.c
    let mut bits = broadcast ^ offset.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^= bits >> 31;
    ((bits >> 33) as i32).max(1)
}
