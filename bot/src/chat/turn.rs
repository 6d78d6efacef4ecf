use std::{borrow::Cow, collections::BTreeMap};

use jiff::civil::DateTime;
use serde::Serialize;
use vkapi::types::{Cmid, UserId};

use super::{Action, Choice, Known, Need, Screen};
use crate::{
    content::{Arg, Content, Norm},
    domain::{
        Care, Day, Form, Ms, Person, PostRef, Progress, Reminder, ReminderKey, Retention, Rights, Role, Tick,
        Zone,
        attention::{Ledger, Rules},
        change,
        page::{Page, Sight},
        roster::SentSheet,
    },
    store::{AuditEntry, Expect, Op, OutFile, StepKey},
};

/// What happened to a person that the bot answers to.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// She wrote, or pressed a button under the input field.
    Text {
        /// What she wrote; the label if she pressed.
        text: String,
        /// What the pressed button does.
        action: Option<Action>,
        /// Her client shows no inline keyboards.
        plain: bool,
        /// The name (`ref`) of the link that brought her.
        link: Option<String>,
    },
    /// She sent files that can be sent on.
    Files {
        /// Each as VK names it, at least one.
        files: Vec<String>,
        /// What she wrote beside them.
        text: String,
        /// Her client shows no inline keyboards.
        plain: bool,
    },
    /// She pressed a button under a message; `None` if it is not a button of ours.
    Press(Option<Action>, Option<Cmid>),
    /// She sent a document that is a table.
    Sheet {
        /// The document.
        sheet: SentSheet,
        /// The same as VK names it, if it can be sent on.
        file: Option<String>,
        /// What she wrote beside it.
        text: String,
        /// Her client shows no inline keyboards.
        plain: bool,
    },
    /// She allowed messages.
    Allow,
    /// She forbade messages.
    Deny,
    /// She has been silent for so long that she will be forgotten.
    Silent,
    /// Reminders of hers are due; with what she was sent lately and what is held for her.
    Due(Vec<Reminder>, Ledger),
}

/// The region the bot serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Its name as people read it.
    pub name: String,
    /// The time zone of who has not chosen her own.
    pub zone: Zone,
    /// What may come to people without being asked.
    pub attention: Rules,
    /// The id of the norm its pages are held to, one of the content's.
    pub norm: String,
    /// How its curators work.
    pub care: Care,
    /// How long things are kept.
    pub retention: Retention,
}

/// All that a turn may look at.
pub struct Scene<'a> {
    /// The present moment.
    pub now: Ms,
    /// The person, as kept or new.
    pub person: Person,
    /// What she has ticked, by checklist and step.
    pub steps: &'a BTreeMap<(String, String), Tick>,
    /// What she has learnt and gone through.
    pub progress: &'a Progress,
    /// Her reminders by number.
    pub reminders: &'a [Reminder],
    /// What is kept of the pages she runs, with how they looked last.
    pub pages: &'a [(Page, Option<Sight>)],
    /// What she may do, and where.
    pub rights: &'a Rights,
    /// Her highest role anywhere.
    pub role: Role,
    /// The region.
    pub region: &'a Region,
    /// There is staff to answer a question.
    pub staffed: bool,
    /// What the bot teaches and says.
    pub content: &'a Content,
    /// A number that is this event's own, for the ids of what it creates.
    pub nonce: u64,
    /// What was read on request.
    pub known: &'a [(Need, Known)],
}

/// One message of a turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Say {
    /// What it shows.
    pub screen: Screen,
    /// The message it changes instead of being a new one.
    pub edit: Option<Cmid>,
    /// A file that goes with it.
    pub file: Option<OutFile>,
}

/// A message of a turn to somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tell {
    /// To whom.
    pub to: UserId,
    /// What it says, within VK's limit.
    pub text: String,
}

/// One screen of a turn to somebody else.
#[derive(Clone, Debug, PartialEq)]
pub struct Hand {
    /// To whom.
    pub to: UserId,
    /// What it shows; her client may lack its buttons, so that its text has to do without.
    pub screen: Screen,
    /// It is worth nothing in the morning: in her quiet hours it is not said at all.
    pub fleeting: bool,
}

/// What a turn comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The person as she is to be kept; `None` if nothing of her is.
    pub person: Option<Person>,
    /// Other changes, in order.
    pub ops: Vec<Op>,
    /// What has to hold besides for the changes to be made; if it does not, the turn is made again.
    pub expect: Vec<Expect>,
    /// What is said, in order.
    pub says: Vec<Say>,
    /// What is said to others.
    pub tells: Vec<Tell>,
    /// What is shown to others.
    pub hands: Vec<Hand>,
    /// A line shown for a moment over the chat, for a press.
    pub snackbar: Option<String>,
}

/// A turn being made: the scene, and what has been decided so far.
pub struct Talk<'a> {
    scene: &'a Scene<'a>,
    /// The person, as she will be kept.
    pub person: Person,
    /// What she has learnt and gone through, as it will be kept.
    pub progress: Progress,
    steps: BTreeMap<(String, String), Tick>,
    expect: Vec<Expect>,
    ops: Vec<Op>,
    says: Vec<Say>,
    tells: Vec<Tell>,
    hands: Vec<Hand>,
    snackbar: Option<String>,
    forgotten: bool,
    pressed: Option<Cmid>,
    acting: Option<String>,
}

impl<'a> Talk<'a> {
    /// Begins a turn.
    pub fn new(scene: &'a Scene<'a>) -> Self {
        Self {
            scene,
            person: scene.person.clone(),
            progress: scene.progress.clone(),
            steps: scene.steps.clone(),
            expect: Vec::new(),
            ops: Vec::new(),
            says: Vec::new(),
            tells: Vec::new(),
            hands: Vec::new(),
            snackbar: None,
            forgotten: false,
            pressed: None,
            acting: None,
        }
    }

    /// Ends it. What the last screen offered is what a typed number will pick.
    pub fn finish(mut self) -> Turn {
        if let Some(say) = self.says.last() {
            let offers = say.screen.draw(self.person.plain).offers;
            if !say.screen.usual || !offers.is_empty() {
                self.person.offers = offers;
            }
        }
        if !self.forgotten && self.progress != *self.scene.progress {
            self.ops.push(Op::PutProgress(self.person.id, Box::new(self.progress)));
        }
        Turn {
            person: (!self.forgotten).then_some(self.person),
            expect: self.expect,
            ops: self.ops,
            says: self.says,
            tells: self.tells,
            hands: self.hands,
            snackbar: self.snackbar,
        }
    }

    /// The scene.
    pub fn scene(&self) -> &'a Scene<'a> {
        self.scene
    }

    /// What the bot teaches and says.
    pub fn content(&self) -> &'a Content {
        self.scene.content
    }

    /// The present moment.
    pub fn now(&self) -> Ms {
        self.scene.now
    }

    /// Her time zone.
    pub fn zone(&self) -> &Zone {
        self.person.zone.as_ref().unwrap_or(&self.scene.region.zone)
    }

    /// What her clock and calendar show now.
    pub fn local(&self) -> DateTime {
        self.zone().local(self.now())
    }

    /// From now on this turn carries that action out.
    pub fn acts(&mut self, action: &Action) {
        self.acting = Some(action.payload());
    }

    /// From now on this turn answers a press on that message.
    pub fn press(&mut self, message: Option<Cmid>) {
        self.pressed = message;
    }

    /// She pressed a button under a message, whose answer nobody has shown in its place yet.
    pub fn is_press(&self) -> bool {
        self.pressed.is_some()
    }

    /// A phrase.
    pub fn t(&self, key: &str) -> String {
        self.content().texts().get(key)
    }

    /// A phrase with values.
    pub fn f(&self, key: &str, args: &[(&str, Arg)]) -> String {
        self.content().texts().format(key, args)
    }

    /// A button whose label is a phrase.
    pub fn choice(&self, key: &str, action: Action) -> Choice {
        Choice::new(self.t(key), action)
    }

    /// The region's norm as it holds for her page, by the class that a curator gave it.
    pub fn norm(&self) -> Option<Cow<'a, Norm>> {
        let norm = self.content().norm(&self.scene.region.norm)?;
        let page =
            self.person.page().and_then(|mine| self.scene.pages.iter().find(|(page, _)| page.id == mine.id));
        Some(match page.map(|(page, _)| page.class()) {
            Some(class) if norm.classes.is_some() => Cow::Owned(norm.of_class(class)),
            _ => Cow::Borrowed(norm),
        })
    }

    /// A text of the content with her page's norm put in where it asks for it.
    pub fn normed(&self, text: &str) -> String {
        if !text.contains("{{") {
            return text.to_owned();
        }
        self.norm().map_or_else(|| text.to_owned(), |norm| norm.filled(text))
    }

    /// Says something new.
    pub fn say(&mut self, screen: Screen) {
        self.says.push(Say { screen, edit: None, file: None });
    }

    /// Says something new with a file.
    pub fn send(&mut self, screen: Screen, file: OutFile) {
        self.says.push(Say { screen, edit: None, file: Some(file) });
    }

    /// Says something in place of the message whose button was pressed; as a new message if there was none, or if
    /// the screen brings buttons for under the input field, which an edit cannot.
    pub fn show(&mut self, screen: Screen) {
        let edit = if screen.usual { None } else { self.pressed.take() };
        self.says.push(Say { screen, edit, file: None });
    }

    /// Says something new with files that VK has already, named as it names them.
    pub fn say_with(&mut self, screen: Screen, files: &[String]) {
        match files {
            [] => self.say(screen),
            files => self.send(screen, OutFile::Hung(files.to_vec())),
        }
    }

    /// The message whose button was pressed, if its answer has not taken its place yet.
    pub fn pressed(&self) -> Option<Cmid> {
        self.pressed
    }

    /// Changes a message of hers besides what is said.
    pub fn amend(&mut self, message: Cmid, screen: Screen) {
        self.says.insert(0, Say { screen, edit: Some(message), file: None });
    }

    /// Shows a line for a moment, for a press.
    pub fn toast(&mut self, text: impl Into<String>) {
        self.snackbar = Some(text.into());
    }

    /// Waits for typed input, or (`None`) no longer.
    pub fn form(&mut self, form: Option<Form>) {
        self.person.form = form;
    }

    /// What the calendar on her wall shows.
    pub fn today(&self) -> Day {
        self.zone().local(self.now()).date().into()
    }

    /// Her tick of a step.
    pub fn ticked(&self, checklist: &str, step: &str) -> Option<Tick> {
        self.steps.get(&(checklist.to_owned(), step.to_owned())).copied()
    }

    /// Ticks or unticks a step.
    pub fn tick(&mut self, checklist: &str, step: &str, on: bool) {
        let key = (checklist.to_owned(), step.to_owned());
        if on == self.steps.contains_key(&key) {
            return;
        }
        let tick = on.then_some(Tick { at: self.now(), post: None, seen: false });
        self.set_step(key, tick);
    }

    /// Ticks a step for her: the bot saw then that it is done.
    pub fn saw(&mut self, checklist: &str, step: &str, at: Ms) {
        let key = (checklist.to_owned(), step.to_owned());
        self.set_step(key, Some(Tick { at, post: None, seen: true }));
    }

    /// Puts a post beside a ticked step, or (`None`) takes it away.
    pub fn prove(&mut self, checklist: &str, step: &str, post: Option<PostRef>) {
        if let Some(tick) = self.ticked(checklist, step) {
            self.set_step((checklist.to_owned(), step.to_owned()), Some(Tick { post, ..tick }));
        }
    }

    /// All her ticks of a checklist, by step.
    pub fn ticks(&self, checklist: &str) -> Vec<(String, Tick)> {
        let from = (checklist.to_owned(), String::new());
        let of_list = self.steps.range(from..).take_while(|((list, _), _)| list == checklist);
        of_list.map(|((_, step), tick)| (step.clone(), *tick)).collect()
    }

    fn set_step(&mut self, key: (String, String), tick: Option<Tick>) {
        match tick {
            Some(tick) => self.steps.insert(key.clone(), tick),
            None => self.steps.remove(&key),
        };
        let key = StepKey { person: self.person.id, checklist: key.0, step: key.1 };
        self.ops.push(Op::SetStep(key, tick));
    }

    /// Her reminders, as this turn leaves them.
    pub fn reminders(&self) -> Vec<Reminder> {
        let mut all: BTreeMap<ReminderKey, Reminder> =
            self.scene.reminders.iter().map(|r| (r.key, r.clone())).collect();
        for op in &self.ops {
            match op {
                Op::PutReminder(reminder) => drop(all.insert(reminder.key, reminder.clone())),
                Op::DropReminder(key) => drop(all.remove(key)),
                _ => {}
            }
        }
        all.into_values().collect()
    }

    /// The key of a new reminder.
    pub fn new_reminder(&mut self) -> ReminderKey {
        let n = self.person.next_reminder;
        self.person.next_reminder = n.wrapping_add(1).max(1);
        ReminderKey { person: self.person.id, n }
    }

    /// Relies on something that may change before this is committed.
    pub fn expect(&mut self, expect: Expect) {
        self.expect.push(expect);
    }

    /// Makes a change.
    pub fn op(&mut self, op: Op) {
        self.ops.push(op);
    }

    /// Says something to somebody else.
    pub fn tell(&mut self, tell: Tell) {
        self.tells.push(tell);
    }

    /// Shows something to somebody else.
    pub fn hand(&mut self, hand: Hand) {
        self.hands.push(hand);
    }

    /// Writes down what staff did.
    pub fn audit(&mut self, what: &str, detail: String) {
        self.ops.push(Op::Audit(AuditEntry {
            at: self.now(),
            who: self.person.id,
            what: what.to_owned(),
            detail,
            before: None,
            after: None,
        }));
    }

    /// Writes down what staff changed: how it was and how it is since.
    pub fn audit_change(
        &mut self,
        what: &str,
        detail: impl Into<String>,
        before: Option<String>,
        after: Option<String>,
    ) {
        let (at, who, what) = (self.now(), self.person.id, what.to_owned());
        self.ops.push(Op::Audit(AuditEntry { at, who, what, detail: detail.into(), before, after }));
    }

    /// Writes down what staff changed of something, as far as it is not as it was.
    pub fn audit_of<T: Serialize>(
        &mut self,
        what: &str,
        detail: impl Into<String>,
        before: Option<&T>,
        after: Option<&T>,
    ) {
        let (before, after) = change(before, after);
        self.audit_change(what, detail, before, after);
    }

    /// Writes down that she tried what she may not: the button's payload, or that she typed it.
    pub fn refuse(&mut self) {
        let (at, who, what) = (self.now(), self.person.id, "refused".to_owned());
        let detail = self.acting.clone().unwrap_or_else(|| "typed".to_owned());
        let entry = AuditEntry { at, who, what, detail, before: None, after: None };
        self.ops.push(Op::Refuse(entry));
    }

    /// Removes all that is kept about her; what is said after it is still sent.
    pub fn forget(&mut self) {
        self.forgotten = true;
        self.ops.push(Op::Forget(self.person.id));
    }

    /// What was read on request; the first time it asks for it.
    pub fn known(&self, need: Need) -> Result<&'a Known, Need> {
        match self.scene.known.iter().find(|(asked, _)| *asked == need) {
            Some((_, known)) => Ok(known),
            None => Err(need),
        }
    }
}
