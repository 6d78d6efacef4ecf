use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};
use kurator::{
    config::{Audit, Campaigns},
    domain::{Clock, Hm, Ms, Weekdays, Zone},
};
use serde_json::json;
use vk_sandbox::{ClientInfo, Comment, Faults, Outgoing, Post, PressError};

use super::{
    answers::{Answers, For},
    camera,
    cast::{self, Member},
    script::{Command, Deed, Moment},
};
use crate::{Kept, Setup, World, content_with_new_consent, load_content, world::moscow};

/// Time passes in such steps, so that what comes by itself comes in its minute.
const STEP: i64 = 5 * Ms::MINUTE;
/// Of a longer time all but the end passes in such steps: whatever is due by a clock of a transcript is due at one of them.
const LEAP: i64 = 30 * Ms::MINUTE;
/// The end, in which a transcript looks at the minute.
const END: i64 = 2 * Ms::HOUR;
/// What VK may refuse in a transcript: a person has forbidden messages, a message is too old to be edited, there is
/// no such page.
const REFUSALS: [(&str, i64); 3] = [("messages.send", 901), ("messages.edit", 909), ("groups.getById", 100)];

/// Plays commands in a world of its own.
pub(super) struct Player {
    world: World,
    answers: Answers,
    zone: Zone,
    /// What has come out on pages.
    posts: BTreeMap<String, Vec<Post>>,
    /// How many people whom nobody knows by name have come.
    crowd: usize,
}

impl Player {
    /// A new world; `restarts` makes its store outlive the bot, `sees` lets it look at pages.
    pub(super) async fn start(restarts: bool, sees: bool) -> anyhow::Result<Self> {
        let kept = if restarts { Kept::Disk } else { Kept::Memory };
        let pages = sees.then(Audit::default);
        // Everybody of the cast together needs a second person's word.
        let campaigns = Campaigns { approve_above: 5, ..Campaigns::default() };
        let setup = Setup { kept, pages, staff: cast::staff(), campaigns, ..Setup::default() };
        let world = World::start(setup).await?;
        cast::enter(&world.sandbox)?;
        Ok(Self { world, answers: Answers::default(), zone: moscow()?, posts: BTreeMap::new(), crowd: 0 })
    }

    /// Plays a command; what the bot answered, as quotes.
    #[expect(clippy::too_many_lines, reason = "a list: one arm a step")]
    pub(super) async fn play(&mut self, command: &Command) -> anyhow::Result<Vec<String>> {
        let mut whose = For::Nobody(&self.zone);
        let mut silence = true;
        match command {
            Command::Person(member, deed) => {
                self.act(member, deed).await?;
                whose = For::Actor(member);
                silence = !matches!(deed, Deed::Plain(_)) && self.world.app().is_some();
            }
            Command::Acquainted(member) => {
                self.acquaint(member).await?;
                self.answers.look(&self.world.sandbox, &whose);
                silence = false;
            }
            Command::Pass(ms) => self.pass(*ms).await?,
            Command::Until(moment) => {
                let ms = self.until(*moment)?;
                self.pass(ms).await?;
            }
            Command::Restart => {
                self.world.stop_bot().await?;
                self.world.start_bot().await?;
                self.world.settle().await?;
            }
            Command::Down(moment) => {
                let ms = self.until(*moment)?;
                self.world.stop_bot().await?;
                self.world.clock.advance(ms);
                self.world.start_bot().await?;
                self.world.settle().await?;
            }
            Command::Off => {
                self.world.stop_bot().await?;
                silence = false;
            }
            Command::On(ms) => {
                self.world.clock.advance(*ms);
                self.world.start_bot().await?;
                self.world.settle().await?;
            }
            Command::Renamed { page, screen_name, name } => {
                let mut page = cast::page(page)?;
                page.screen_name.clone_from(screen_name);
                page.name.clone_from(name);
                self.world.sandbox.add_page(page);
                silence = false;
            }
            Command::Sees => silence = false,
            Command::Posted { page, text } => {
                let posts = self.posts.entry(page.clone()).or_default();
                let n = posts.len() as i64 + 1;
                let date = self.world.clock.now().0 / 1_000;
                let photo = json!({"type": "photo", "photo": {"id": n, "owner_id": -1, "sizes": []}});
                posts.push(Post {
                    id: n,
                    date,
                    text: text.clone(),
                    likes: 10 + n,
                    comments: n % 3,
                    views: Some(200 + 10 * n),
                    attachments: vec![photo],
                    ..Post::default()
                });
                let page = vk_sandbox::Page { posts: posts.clone(), ..cast::page(page)? };
                self.world.sandbox.add_page(page);
                silence = false;
            }
            Command::Commented { page, text, answer } => {
                let posts = self.posts.get_mut(page).context("на странице нет записей")?;
                let post = posts.last_mut().context("на странице нет записей")?;
                let last = post.talk.last().map_or(0, |comment| comment.id);
                post.talk.push(Comment {
                    id: last + 1,
                    from_id: if *answer { 0 } else { 555 },
                    date: self.world.clock.now().0 / 1_000,
                    text: text.clone(),
                    reply_to: if *answer { last } else { 0 },
                });
                post.comments += 1;
                let page = vk_sandbox::Page { posts: posts.clone(), ..cast::page(page)? };
                self.world.sandbox.add_page(page);
                silence = false;
            }
            Command::Consent => {
                let app = self.world.app().context("Куратор выключен")?;
                app.reload(content_with_new_consent()?);
                silence = false;
            }
            Command::Schools => {
                for (school, posts) in cast::SCHOOLS.iter().zip([5_i64, 4, 3, 2, 1, 0]) {
                    self.school(school, posts).await?;
                }
                self.answers.look(&self.world.sandbox, &whose);
                silence = false;
            }
            Command::Banned(page) => {
                let page = vk_sandbox::Page { deactivated: Some("banned".into()), ..cast::page(page)? };
                self.world.sandbox.add_page(page);
                silence = false;
            }
            Command::CrowdEnrols { people, link } => {
                for _ in 0..*people {
                    let stranger = cast::stranger(self.crowd);
                    self.crowd += 1;
                    self.world.sandbox.add_person(stranger.id, stranger.name, stranger.surname);
                    self.acquaint(&stranger).await?;
                    self.act(&stranger, &Deed::Follows(link.clone())).await?;
                    let label = self.first_button(&stranger)?;
                    self.act(&stranger, &Deed::Presses(label, 1)).await?;
                }
                silence = false;
            }
            Command::CrowdIsThere { people, link, word } => {
                for stranger in (0..*people).map(cast::stranger) {
                    self.act(&stranger, &Deed::Follows(link.clone())).await?;
                    let label = self.first_button(&stranger)?;
                    self.act(&stranger, &Deed::Presses(label, 1)).await?;
                    self.act(&stranger, &Deed::Writes(word.clone())).await?;
                }
                silence = false;
            }
            Command::PagesDown(down) => {
                let server_error = if *down { 1.0 } else { 0.0 };
                let methods = vec!["groups.getById".to_owned()];
                self.world.sandbox.faults().set(Faults { methods, server_error, ..Faults::default() });
                silence = false;
            }
        }
        let mut quotes = self.answers.look(&self.world.sandbox, &whose);
        if quotes.is_empty() && silence {
            quotes.push("> *Куратор молчит.*".to_owned());
        }
        Ok(quotes)
    }

    /// Stops the world; VK must have taken everything the bot sent to those who allow it.
    pub(super) async fn end(self) -> anyhow::Result<()> {
        let calls = self.world.sandbox.calls();
        let refused = calls.iter().find_map(|call| {
            let code = call.result.err().filter(|_| call.fault.is_none())?;
            (!REFUSALS.contains(&(call.method.as_str(), code))).then_some((&call.method, code, &call.params))
        });
        ensure!(refused.is_none(), "ВКонтакте отказал: {refused:?}");
        self.world.stop().await
    }

    async fn pass(&self, ms: i64) -> anyhow::Result<()> {
        // Leaps begin at a half hour of the clock.
        let first = (-self.world.clock.now().0).rem_euclid(LEAP).min(ms);
        let leaps = (ms - first - END).max(0) / LEAP * LEAP;
        self.world.pass(first, STEP).await?;
        self.world.pass(leaps, LEAP).await?;
        self.world.pass(ms - first - leaps, STEP).await
    }

    fn until(&self, moment: Moment) -> anyhow::Result<i64> {
        let (now, at) = (self.world.clock.now(), Hm { hour: moment.hour, minute: moment.minute });
        let next =
            self.zone.next(Weekdays::of(&[moment.day]), at, now).context("такого момента не бывает")?;
        Ok(next.0 - now.0)
    }

    async fn act(&self, member: &Member, deed: &Deed) -> anyhow::Result<()> {
        let sandbox = &self.world.sandbox;
        match deed {
            Deed::Writes(text) => drop(sandbox.write(member.id, text)),
            Deed::Presses(label, times) => {
                for event in self.press(member, label, *times)? {
                    if self.world.app().is_none() {
                        continue;
                    }
                    self.world.settle().await?;
                    // Twelve digits are a press that has to be answered; more are a message.
                    let answered = sandbox.snackbars(member.id).iter().any(|a| a.event_id == event);
                    ensure!(event.len() > 12 || answered, "нажатие осталось без ответа, кнопка крутится");
                }
            }
            Deed::PressesBelow(label) => drop(sandbox.press_keyboard(member.id, label)?),
            Deed::Sends(kind) => {
                let attachments = vec![json!({ "type": kind, *kind: { "id": 1, "owner_id": member.id } })];
                sandbox.write_with(member.id, Outgoing { attachments, ..Outgoing::default() });
            }
            Deed::SendsFile(name) => {
                let bytes = cast::file(name)?;
                let attachments = vec![sandbox.document(member.id, name, bytes)];
                sandbox.write_with(member.id, Outgoing { attachments, ..Outgoing::default() });
            }
            Deed::Forges(payload) => {
                let payload = Some(payload.clone());
                sandbox.write_with(
                    member.id,
                    Outgoing { text: "Кнопка".into(), payload, ..Outgoing::default() },
                );
            }
            Deed::Plain(plain) => {
                let shows = !plain;
                let client = ClientInfo {
                    inline_keyboard: shows,
                    carousel: shows,
                    callback: shows,
                    ..ClientInfo::default()
                };
                sandbox.set_client_info(member.id, client);
            }
            Deed::Denies(unheard) => {
                sandbox.switch_event("message_deny", !unheard);
                sandbox.deny(member.id);
                sandbox.switch_event("message_deny", true);
            }
            Deed::Allows => sandbox.allow(member.id),
            Deed::Reads => sandbox.read(member.id),
            Deed::Follows(name) => {
                let payload = Some(r#"{"command":"start"}"#.to_owned());
                let (text, ref_) = ("Начать".to_owned(), Some(name.clone()));
                sandbox.write_with(member.id, Outgoing { text, payload, ref_, ..Outgoing::default() });
            }
            Deed::Scans(owner, text) => {
                let name = camera::read(sandbox, owner.id)?;
                let (text, ref_) = (text.clone(), Some(name));
                sandbox.write_with(member.id, Outgoing { text, ref_, ..Outgoing::default() });
            }
            Deed::FollowsAndWrites(name, text) => {
                let (text, ref_) = (text.clone(), Some(name.clone()));
                sandbox.write_with(member.id, Outgoing { text, ref_, ..Outgoing::default() });
            }
        }
        if self.world.app().is_some() { self.world.settle().await } else { Ok(()) }
    }

    /// Presses a button under the newest message that has it; the events of the presses. A label that ends with «…»
    /// stands for every label that begins so.
    fn press(&self, member: &Member, label: &str, times: usize) -> anyhow::Result<Vec<String>> {
        let sandbox = &self.world.sandbox;
        for message in sandbox.conversation(member.id).iter().rev().filter(|m| !m.from_person) {
            let whole = match label.strip_suffix('…') {
                Some(begin) => labels(message.keyboard.as_ref()).into_iter().find(|l| l.starts_with(begin)),
                None => None,
            };
            let label = whole.as_deref().unwrap_or(label);
            let pressed: Result<Vec<String>, PressError> =
                (0..times).map(|_| sandbox.press(member.id, message.cmid, label)).collect();
            match pressed {
                Err(PressError::NoButton { .. } | PressError::NoKeyboard) => {}
                other => return Ok(other?),
            }
        }
        bail!("кнопки «{label}» нет ни под одним сообщением")
    }

    /// Somebody begins to run a page on which so many posts came out last week.
    async fn school(&self, member: &'static Member, posts: i64) -> anyhow::Result<()> {
        let sandbox = &self.world.sandbox;
        cast::join(sandbox, member)?;
        let now = self.world.clock.now().0 / 1_000;
        // Most came out last week; the first one long ago, so that the page is no new one.
        let date = |n| if n == 0 { now - 20 * 86_400 } else { now - 3 * 86_400 - n * 600 };
        let post = |n| Post { id: n + 1, date: date(n), views: Some(100 + 10 * n), ..Post::default() };
        let page = cast::page(member.page.context("у школы нет страницы")?)?;
        sandbox.add_page(vk_sandbox::Page { posts: (0..=posts).map(post).collect(), ..page });
        self.acquaint(member).await
    }

    /// The first button under the newest message to her.
    fn first_button(&self, member: &Member) -> anyhow::Result<String> {
        let chat = self.world.sandbox.conversation(member.id);
        let last = chat.iter().rev().find(|m| !m.from_person).context("ей ничего не пришло")?;
        labels(last.keyboard.as_ref()).into_iter().next().context("под сообщением нет кнопок")
    }

    /// She agrees and answers what her page's kind of institution is; nothing of it is shown.
    async fn acquaint(&self, member: &Member) -> anyhow::Result<()> {
        let content = load_content()?;
        let texts = content.texts();
        let press = |key: &str| Deed::Presses(texts.get(key), 1);
        let page = match member.page {
            Some(page) => Deed::Writes(format!("@{page}")),
            None => press("skip"),
        };
        let deeds = [
            Deed::Writes(texts.get("word-start")),
            press("agree"),
            press(member.sphere),
            Deed::Writes("Ольховск".to_owned()),
            page,
            press("skip"),
        ];
        for deed in &deeds {
            self.act(member, deed).await?;
        }
        Ok(())
    }
}

fn labels(keyboard: Option<&serde_json::Value>) -> Vec<String> {
    let rows = keyboard.and_then(|k| k["buttons"].as_array()).into_iter().flatten();
    let buttons = rows.filter_map(|row| row.as_array()).flatten();
    buttons.filter_map(|b| b["action"]["label"].as_str().map(str::to_owned)).collect()
}
