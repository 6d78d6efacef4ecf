//! Was it sent? VK forgets a `random_id` after an hour, but shows it in the conversation for ever.

use vkapi::{
    Bot, Lane, RequestError,
    types::{Message, PeerId},
};

use crate::domain::Ms;

/// Messages looked at in one go: 25 such answers fit into what one `execute` may answer.
const PAGE: i64 = 50;
/// How far back is looked at most.
const FURTHEST: i64 = 200;
/// How much earlier than by our clock VK may have dated a message.
const CLOCKS: i64 = 2 * Ms::DAY;

/// The number of the community's own message to a person for which `is_it` holds; it was not sent before `since`.
///
/// # Errors
/// VK did not tell.
pub(crate) async fn receipt(
    bot: &Bot,
    peer: PeerId,
    lane: Lane,
    since: Ms,
    is_it: impl Fn(&Message) -> bool + Send,
) -> Result<Option<i64>, RequestError> {
    Ok(match sent(bot, peer, lane, since, is_it).await? {
        Sought::Found(message) => Some(message.id.unwrap_or_default()),
        Sought::Gone | Sought::Buried => None,
    })
}

/// What became of a message that was looked for.
#[derive(Debug)]
pub(crate) enum Sought {
    /// It is there.
    Found(Box<Message>),
    /// It is not in the conversation, all of which was looked through that is not older.
    Gone,
    /// It is not among the last messages; there are others before them.
    Buried,
}

/// The community's own message to a person for which `is_it` holds; it was not sent before `since`.
///
/// # Errors
/// VK did not tell.
pub(crate) async fn sent(
    bot: &Bot,
    peer: PeerId,
    lane: Lane,
    since: Ms,
    is_it: impl Fn(&Message) -> bool + Send,
) -> Result<Sought, RequestError> {
    let mut offset = 0;
    loop {
        let request = bot.messages_get_history(peer).count(PAGE).offset(offset).lane(lane);
        let history = request.await?;
        let oldest = history.items.last().and_then(|message| message.date);
        let earlier = oldest.is_none_or(|date| Ms(date.saturating_mul(1_000)) < since.plus(-CLOCKS));
        let last = (history.items.len() as i64) < PAGE;
        if let Some(found) = history.items.into_iter().find(|message| message.out && is_it(message)) {
            return Ok(Sought::Found(Box::new(found)));
        }
        offset += PAGE;
        if earlier || last {
            return Ok(Sought::Gone);
        }
        if offset >= FURTHEST {
            return Ok(Sought::Buried);
        }
    }
}
