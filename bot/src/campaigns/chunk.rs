//! One call of a campaign: the same text to a hundred people.

use futures::future::join_all;
use vkapi::{
    ApiError, ErrorCode, ErrorKind, Lane, RequestError,
    methods::Delivery,
    types::{Message, PeerId, UserId},
};

use crate::{
    chat::{letter_drawn, letter_text},
    config::Packing,
    core::{Core, random_id},
    domain::{
        Campaign, Recipient, blanks,
        letter::{Addressee, Letter},
    },
    outbox::{Fate, fate, receipt},
};

/// VK takes so many recipients of one text in a call.
/// <https://dev.vk.com/ru/method/messages.send>
pub(super) const PEOPLE: usize = 100;
/// How often somebody is tried whom VK refuses for a passing reason while it takes others.
const TRIES: u16 = 5;

/// Recipients of one call.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    pub(super) people: Vec<UserId>,
    /// VK may have some of it already.
    pub(super) doubt: bool,
    /// How often it was tried.
    pub(super) tries: u16,
}

/// What came of a chunk.
#[derive(Debug)]
pub(super) struct Came {
    /// Where recipients stand now.
    pub(super) settled: Vec<(UserId, Recipient)>,
    /// Who has to be tried again, if anybody.
    pub(super) left: Option<Chunk>,
    /// What came of the call.
    pub(super) fate: Fate,
}

/// Sends a text to a chunk, of which VK has nothing yet.
pub(super) async fn send(core: &Core, campaign: &Campaign, letter: Option<&Letter>, chunk: Chunk) -> Came {
    let tries = chunk.tries;
    if let Some(letter) = letter.filter(|letter| differs(letter)) {
        return apart(core, campaign, letter, chunk).await;
    }
    let drawn = letter.map(|letter| {
        let content = core.content();
        let text = letter_text(&content, letter, &Addressee::default());
        letter_drawn(&content, letter, text, false)
    });
    let text = drawn.as_ref().map_or(&campaign.text, |drawn| &drawn.text);
    let peers: Vec<PeerId> = chunk.people.iter().map(|user| PeerId::from(*user)).collect();
    let mut request = core
        .bot
        .messages_send_many(peers, text)
        .random_id(random_id(campaign.id.0, 0))
        .lane(Lane::Campaign)
        .dont_parse_links(true)
        .disable_mentions(true);
    if let Some(keyboard) = drawn.as_ref().and_then(|drawn| drawn.keyboard.as_ref()) {
        request = request.keyboard_json(keyboard);
    }
    if let Some(files) = letter.map(|letter| &letter.files).filter(|files| !files.is_empty()) {
        request = request.attachment(files.join(","));
    }
    if core.campaigns.packing == Packing::PeerIds {
        request = request.apart();
    }
    let result = request.await;
    let mut came = Came { settled: Vec::new(), left: None, fate: fate(&result, tries) };
    match result {
        Ok(deliveries) => {
            let now = core.clock.now();
            for delivery in &deliveries {
                if let Ok(sent) = delivery.result {
                    core.outbox.was_there(delivery.peer_id, sent.cmid, now);
                }
            }
            take(&mut came, chunk, &deliveries);
        }
        Err(error) => {
            tracing::warn!(%error, campaign = campaign.id.0, "a part of a campaign was not sent");
            let doubt = matches!(came.fate, Fate::Again { doubt: true, .. });
            came.left = Some(Chunk { doubt, tries: tries.saturating_add(1), ..chunk });
        }
    }
    came
}

/// Whether each reader sees a text of her own.
pub(super) fn differs(letter: &Letter) -> bool {
    blanks::pieces(&letter.text).is_ok_and(|pieces| blanks::differs(&pieces))
}

/// Sends each of a chunk her own text; the calls travel packed.
async fn apart(core: &Core, campaign: &Campaign, letter: &Letter, chunk: Chunk) -> Came {
    let mut came = Came { settled: Vec::new(), left: None, fate: Fate::Taken };
    let known = match core.addressees(&chunk.people).await {
        Ok(known) => known,
        Err(error) => {
            tracing::warn!(%error, campaign = campaign.id.0, "what readers are called was not read");
            // Nothing has left.
            came.fate = match fate::<()>(&Err(error), chunk.tries) {
                Fate::Again { wait, .. } => Fate::Again { wait, doubt: false },
                other => other,
            };
            came.left = Some(Chunk { tries: chunk.tries.saturating_add(1), ..chunk });
            return came;
        }
    };
    let content = core.content();
    let sends = chunk.people.iter().zip(&known).map(|(user, reader)| {
        let drawn = letter_drawn(&content, letter, letter_text(&content, letter, reader), false);
        let mut request = core
            .bot
            .messages_send(PeerId::from(*user), &drawn.text)
            .random_id(random_id(campaign.id.0, 0))
            .lane(Lane::Campaign)
            .dont_parse_links(true)
            .disable_mentions(true);
        if let Some(keyboard) = &drawn.keyboard {
            request = request.keyboard_json(keyboard);
        }
        if !letter.files.is_empty() {
            request = request.attachment(letter.files.join(","));
        }
        request.into_future()
    });
    let results = join_all(sends).await;
    let (mut left, mut doubt) = (Vec::new(), false);
    for (user, result) in chunk.people.iter().zip(results) {
        let told = fate(&result, chunk.tries);
        match (told, result) {
            (_, Ok(sent)) => {
                core.outbox.was_there(PeerId::from(*user), sent.cmid, core.clock.now());
                came.settled.push((*user, Recipient::Sent(sent.message_id)));
            }
            (Fate::Refused(code), _) => came.settled.push((*user, Recipient::Refused(code))),
            (told, Err(error)) => {
                tracing::warn!(%error, campaign = campaign.id.0, "a part of a campaign was not sent");
                doubt |= matches!(told, Fate::Again { doubt: true, .. });
                // That it is wrong says more than that it has to wait.
                if !matches!(came.fate, Fate::Wrong(_)) {
                    came.fate = told;
                }
                left.push(*user);
            }
        }
    }
    if !left.is_empty() {
        came.left = Some(Chunk { people: left, doubt, tries: chunk.tries.saturating_add(1) });
    }
    came
}

/// Looks who of a chunk has the message; what is left has not, unless VK did not tell.
pub(super) async fn check(core: &Core, campaign: &Campaign, chunk: Chunk) -> Came {
    let answers = join_all(chunk.people.iter().map(|user| ask(core, campaign, *user))).await;
    let mut came = Came { settled: Vec::new(), left: None, fate: Fate::Taken };
    let mut left = Vec::new();
    for (user, answer) in chunk.people.into_iter().zip(answers) {
        match answer {
            Ok(Some(id)) => came.settled.push((user, Recipient::Sent(id))),
            Ok(None) => left.push(user),
            Err(RequestError::Api(error)) if error.kind() == ErrorKind::Recipient => left.push(user),
            Err(error) => {
                tracing::warn!(%error, user = user.0, "VK does not tell whether it has a message");
                // Asking again is harmless, whatever VK said.
                came.fate = match fate::<()>(&Err(error), chunk.tries) {
                    Fate::Again { wait, .. } => Fate::Again { wait, doubt: true },
                    _ => Fate::Again { wait: 60_000, doubt: true },
                };
                left.push(user);
            }
        }
    }
    let doubt = came.fate != Fate::Taken;
    if !left.is_empty() {
        came.left = Some(Chunk { people: left, doubt, tries: chunk.tries + u16::from(doubt) });
    }
    came
}

async fn ask(core: &Core, campaign: &Campaign, user: UserId) -> Result<Option<i64>, RequestError> {
    let mine = Some(i64::from(random_id(campaign.id.0, 0)));
    let is_it = move |message: &Message| message.random_id == mine;
    receipt(&core.bot, PeerId::from(user), Lane::Campaign, campaign.at, is_it).await
}

/// Notes what VK says of each recipient.
fn take(came: &mut Came, chunk: Chunk, deliveries: &[Delivery]) {
    let mut left = Vec::new();
    let mut told = std::collections::HashMap::with_capacity(deliveries.len());
    told.extend(deliveries.iter().map(|delivery| (delivery.peer_id.0, &delivery.result)));
    for user in chunk.people {
        match told.get(&user.0) {
            Some(Ok(sent)) => came.settled.push((user, Recipient::Sent(sent.message_id))),
            Some(Err(error)) if passes(error.code) && chunk.tries < TRIES => left.push(user),
            Some(Err(error)) => came.settled.push((user, Recipient::Refused(error.code.0))),
            // Nothing about her: as good as no answer.
            None => left.push(user),
        }
    }
    if !left.is_empty() {
        let error = RequestError::Api(ApiError::new(ErrorCode(10), "", "messages.send"));
        came.fate = fate::<()>(&Err(error), chunk.tries);
        came.left = Some(Chunk { people: left, doubt: true, tries: chunk.tries.saturating_add(1) });
    }
}

fn passes(code: ErrorCode) -> bool {
    matches!(code.kind("messages.send"), ErrorKind::RetrySoon | ErrorKind::RetryLater | ErrorKind::Setup)
}

/// VK takes nothing for who is refused with this code.
pub(super) fn unreachable(code: i32) -> bool {
    ErrorCode(code).kind("messages.send") == ErrorKind::Recipient
}
