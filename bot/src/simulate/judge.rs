//! What must hold, judged by what leaves for VK and not by what the bot believes of itself.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use vkapi::{Lane, types::UserId};

use super::{
    START, WEEK,
    report::{Kind, Report},
    way::{How, Said},
};
use crate::{
    core::{Core, hash},
    domain::{ClassState, Day, Ms, Person, Recipient, Reminder, SeatState, Skip, What},
    store::{OutId, Result, Store},
};

/// How much later than its moment something may come: a wave is spread over five minutes.
const SPREAD: i64 = 6 * Ms::MINUTE;
/// VK's codes for a person who takes no messages.
const NOT_HERS: [i64; 3] = [900, 901, 902];
/// Presses read at a time.
const READ: usize = 1_000;
/// Violations that are told in words; the others are counted.
const TOLD: usize = 20;

/// Looks at everything that is said.
#[derive(Debug, Default)]
pub(super) struct Judge {
    /// When each message left, by person and `random_id`.
    ids: HashMap<(i64, i64), Ms>,
    /// What came to a person unasked in the last seven days.
    unasked: HashMap<i64, VecDeque<(Ms, Kind)>>,
    /// How many of the messages of a moment are known already to have used up some of her budget.
    spent: HashMap<i64, (Ms, usize)>,
    /// How many nudges a person had.
    turns: HashMap<i64, u16>,
    /// How much of it there was in each week of the simulation.
    pub(super) weekly: BTreeMap<(i64, i64), u64>,
    /// The weeks in which somebody had a nudge.
    nudged: BTreeSet<(i64, Day)>,
    /// What lately became due for a person.
    due: HashMap<i64, (Ms, Vec<What>)>,
    /// Whoever has to be reminded by a moment.
    expected: BTreeSet<(Ms, i64)>,
    /// When something came by itself to a person last, with its text.
    came: HashMap<i64, (Ms, u64)>,
    /// How often an announcement left for a person, by its text.
    announced: HashMap<(u64, i64), u32>,
    /// Everything said so far, folded into a number.
    trace: u64,
}

impl Judge {
    /// These have become due now.
    pub(super) async fn expect(&mut self, core: &Core, due: &[Reminder]) -> Result<()> {
        let now = core.clock.now();
        let mut by_person: BTreeMap<i64, Vec<What>> = BTreeMap::new();
        for reminder in due {
            by_person.entry(reminder.key.person.0).or_default().push(reminder.what.clone());
        }
        for (id, whats) in by_person {
            let person = core.store.person(UserId(id)).await?;
            // A post that is out already cancels its reminder, so that only tasks are sure to come.
            let task = whats.iter().any(|what| matches!(what, What::Task(_)));
            if task && person.is_some_and(|p| may_come(core, &p, now) && p.subscriptions.reminders) {
                self.expected.insert((now.plus(SPREAD), id));
            }
            self.due.insert(id, (now, whats));
        }
        Ok(())
    }

    /// Judges what was said since the last time; `who` has just done something.
    pub(super) async fn look(
        &mut self,
        core: &Core,
        report: &mut Report,
        said: &[Said],
        who: Option<(i64, bool)>,
    ) -> Result<()> {
        let now = core.clock.now();
        for said in said {
            self.one(core, report, said, who.map(|(id, _)| id), now).await?;
        }
        if let Some((id, press)) = who {
            let answered = |how: Option<How>| {
                said.iter().any(|s| s.to == id && s.lane <= Lane::Reply && how.is_none_or(|how| s.how == how))
            };
            if press && !answered(Some(How::PressAnswer)) {
                broken(report, now, id, "нажатие осталось без ответа");
            }
            // While staff talks with her, her words go there and the bot is silent.
            let handed = core.store.handoffs_of(UserId(id)).await?.iter().any(|h| h.closed.is_none());
            if !press && !answered(None) && !handed {
                broken(report, now, id, "написанное осталось без ответа");
            }
        }
        let late = self.expected.split_off(&(now, 0));
        for (at, id) in std::mem::replace(&mut self.expected, late) {
            let person = core.store.person(UserId(id)).await?;
            if person.is_some_and(|p| may_come(core, &p, at)) {
                broken(report, at, id, "напоминание потерялось");
            }
        }
        Ok(())
    }

    async fn one(
        &mut self,
        core: &Core,
        report: &mut Report,
        said: &Said,
        actor: Option<i64>,
        now: Ms,
    ) -> Result<()> {
        let to = said.to;
        let folded = format!("{:x}:{}:{to}:{:?}:{}", self.trace, now.0, said.how, said.text);
        self.trace = hash(folded.as_bytes());
        if let Some(code) = said.refused {
            *report.refused.entry(format!("{:?} {code}", said.how)).or_default() += 1;
            // What is too old to be edited is said anew.
            let edit = said.how == How::Edit && code != 914 && code != 911;
            if !NOT_HERS.contains(&code) && !edit {
                broken(report, now, to, &format!("VK не принял ({code}): {}", first_line(&said.text)));
            }
            return Ok(());
        }
        if said.how != How::New {
            let kind = if said.how == How::Edit { Kind::Edit } else { Kind::PressAnswer };
            report.count(kind, to);
            return Ok(());
        }
        if said.random_id == 0 || self.ids.insert((to, said.random_id), now).is_some() {
            broken(report, now, to, &format!("сообщение ушло дважды: {}", first_line(&said.text)));
        }
        if said.picture {
            report.count(Kind::Picture, to);
        }
        let person = core.store.person(UserId(to)).await?;
        let ledger = core.store.ledger(UserId(to)).await?;
        let kind = match said.lane {
            Lane::EventAnswer | Lane::Reply if actor == Some(to) => Kind::Answer,
            Lane::EventAnswer | Lane::Reply => Kind::Word,
            Lane::Campaign => Kind::Announcement,
            Lane::Reminder => {
                let now_spent = ledger.sent.iter().filter(|at| **at == now).count();
                let (at, known) = self.spent.insert(to, (now, 0)).unwrap_or((now, 0));
                let known = if at == now { known } else { 0 };
                let spent = now_spent > known;
                self.spent.insert(to, (now, known + usize::from(spent)));
                let turns = core.store.nudged(UserId(to)).await?.turns;
                let nudge = spent && self.turns.insert(to, turns).unwrap_or(0) < turns;
                self.kind(to, now, spent, nudge)
            }
        };
        report.count(kind, to);
        if said.lane <= Lane::Reply {
            return Ok(());
        }
        self.expected.retain(|(_, id)| *id != to);
        let text = hash(said.text.as_bytes());
        // Her own reminders are as near each other as she has set them.
        let apart = if kind == Kind::Reminder { Ms::MINUTE } else { Ms::DAY };
        if self.came.get(&to).is_some_and(|(at, last)| *last == text && now.0 - at.0 < apart) {
            broken(report, now, to, &format!("одно и то же дважды: {}", first_line(&said.text)));
        }
        self.came.insert(to, (now, text));
        if said.lane == Lane::Campaign {
            *self.announced.entry((text, to)).or_default() += 1;
        }
        let Some(person) = person else {
            broken(report, now, to, "написано тому, кто удалил себя");
            return Ok(());
        };
        self.rules(core, report, &person, kind, now);
        Ok(())
    }

    /// Quiet hours, the budget and the one nudge a week.
    fn rules(&mut self, core: &Core, report: &mut Report, person: &Person, kind: Kind, now: Ms) {
        let rules = &core.region.attention;
        let reader = person.reader(rules, &core.region.zone);
        let id = person.id.0;
        if reader.quiet.covers(reader.zone, now) {
            broken(report, now, id, &format!("в тихие часы: {}", kind.name()));
        }
        if reader.away_until(now).is_some() && kind != Kind::Back {
            broken(report, now, id, &format!("в отпуске: {}", kind.name()));
        }
        if kind == Kind::Nudge {
            let week = Day::from(reader.zone.local(now).date()).monday();
            if !self.nudged.insert((id, week)) {
                broken(report, now, id, "вторая за неделю подсказка о странице");
            }
        }
        if !matches!(kind, Kind::Nudge | Kind::Digest | Kind::Announcement) {
            return;
        }
        let unasked = self.unasked.entry(id).or_default();
        *self.weekly.entry((id, (now.0 - START.0) / WEEK)).or_default() += 1;
        unasked.retain(|(at, _)| at.plus(WEEK) > now);
        unasked.push_back((now, kind));
        if unasked.len() > usize::from(rules.a_week) {
            let kinds: Vec<&str> = unasked.iter().map(|(_, kind)| kind.name()).collect();
            broken(report, now, id, &format!("сверх бюджета за семь дней: {}", kinds.join(", ")));
        }
    }

    fn kind(&self, to: i64, now: Ms, spent: bool, nudge: bool) -> Kind {
        let due = self.due.get(&to).filter(|(at, _)| now.0 - at.0 <= SPREAD);
        let has = |fits: fn(&What) -> bool| due.is_some_and(|(_, whats)| whats.iter().any(fits));
        if spent {
            return if nudge { Kind::Nudge } else { Kind::Digest };
        }
        if has(|w| matches!(w, What::Post | What::Task(_) | What::Cover { .. })) {
            return Kind::Reminder;
        }
        if has(|w| matches!(w, What::Classes { .. })) {
            return Kind::Class;
        }
        if has(|w| *w == What::Back) { Kind::Back } else { Kind::Other }
    }

    /// What must hold when all is over.
    pub(super) async fn end(&mut self, core: &Core, report: &mut Report) -> Result<()> {
        let now = core.clock.now();
        let waiting = core.store.outbox(None, usize::MAX).await?.len();
        if waiting > 0 {
            broken(report, now, 0, &format!("в очереди осталось {waiting}"));
        }
        for (OutId(id), parked) in core.store.parked(None, usize::MAX).await? {
            broken(report, now, parked.message.to.0, &format!("отложено навсегда ({id}): {}", parked.why));
        }
        let failed = core.metrics.failed_turns.get();
        if failed > 0 {
            broken(report, now, 0, &format!("ходов с ошибкой: {failed}"));
        }
        for class in core.store.classes(None, usize::MAX).await? {
            let seats = core.store.seats(class.id).await?;
            let of = |state| seats.iter().filter(|seat| seat.state == state).count() as u64;
            let (enrolled, waiting) = (of(SeatState::Enrolled), of(SeatState::Waiting));
            let room = class.seats.map_or(u64::MAX, u64::from);
            if enrolled > room {
                broken(report, now, 0, &format!("на занятии {room} мест, а записано {enrolled}"));
            }
            if class.state == ClassState::Open && waiting > 0 && enrolled < room && class.starts > now {
                broken(report, now, 0, &format!("ждут места: {waiting}, а свободно {}", room - enrolled));
            }
            let came = seats.iter().filter(|seat| seat.came.is_some()).count() as u64;
            let papers = seats.iter().filter(|seat| seat.paper.is_some()).count() as u64;
            let told =
                [("записано", enrolled), ("ждали", waiting), ("пришли", came), ("сертификатов", papers)];
            report.classes.push(told.into_iter().map(|(name, n)| (name.to_owned(), n)).collect());
        }
        for campaign in core.store.campaigns(usize::MAX).await? {
            let text = hash(campaign.text.as_bytes());
            let mut states: BTreeMap<String, u64> = BTreeMap::new();
            for (user, state) in core.store.recipients(campaign.id, None, usize::MAX).await? {
                let times = self.announced.get(&(text, user.0)).copied().unwrap_or(0);
                let sent = matches!(state, Recipient::Sent(_) | Recipient::Read);
                if times != u32::from(sent) {
                    broken(
                        report,
                        now,
                        user.0,
                        &format!("объявление ушло {times} раз, а записано {state:?}"),
                    );
                }
                let name = match state {
                    Recipient::Queued(_) => "ждёт",
                    Recipient::Sent(_) | Recipient::Read => "отправлено",
                    Recipient::Refused(_) => "VK не принял",
                    Recipient::Skipped(Skip::Digest) => "в сводке",
                    Recipient::Skipped(_) => "не нужно или некому",
                    Recipient::Cancelled => "отменено",
                };
                *states.entry(name.to_owned()).or_default() += 1;
            }
            let mut after = None;
            loop {
                let some = core.store.pressed(campaign.id, after, READ).await?;
                let Some((last, _)) = some.last() else { break };
                after = Some(*last);
                let acked = some.iter().filter(|(_, pressed)| pressed.acked.is_some()).count() as u64;
                *states.entry("ознакомились".to_owned()).or_default() += acked;
            }
            report.announcements.push(states);
        }
        report.announcements.reverse();
        report.trace = format!("{:016x}", self.trace);
        Ok(())
    }
}

/// Something of her own may come to her at this moment.
fn may_come(core: &Core, person: &Person, at: Ms) -> bool {
    let reader = person.reader(&core.region.attention, &core.region.zone);
    person.consent.is_some()
        && person.writable
        && reader.away_until(at).is_none()
        && !reader.quiet.covers(reader.zone, at)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(60).collect()
}

/// Notes that something does not hold.
pub(super) fn broken(report: &mut Report, at: Ms, person: i64, what: &str) {
    report.broken += 1;
    if report.violations.len() < TOLD {
        let when = jiff::Timestamp::from_millisecond(at.0).map(|t| t.to_string()).unwrap_or_default();
        report.violations.push(format!("{when}, человек {person}: {what}"));
    }
}
