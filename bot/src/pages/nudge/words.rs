//! How a nudge is said.

use jiff::{ToSpan, civil::Date};

use super::{Chosen, Ground, LENGTH, Subject, memory};
use crate::{
    content::{Arg, Lesson, Occasion, Tone},
    domain::{
        Sphere,
        page::{Aspect, Best, Week, Zone},
    },
};

/// How many days ahead an occasion is told.
const AHEAD: usize = 7;
/// Weeks back in which a good post is still remembered.
const REMEMBERED: usize = 8;
/// The advice that her page's own best hours belong to.
const BEST_HOUR: &str = "best-hour";
/// The most characters of a page's name: some are a whole charter.
const NAME: usize = 60;

/// The message. Where it would grow too long the least needed is left out first.
pub(super) fn message(
    ground: &Ground<'_>,
    subjects: &[&Subject<'_>],
    chosen: &[Chosen<'_>],
    lesson: Option<&Lesson>,
) -> String {
    let many = subjects.len() > 1;
    let say = Say { ground, many, place: 0 };
    let page = |(n, subject): (usize, &&Subject<'_>)| Say { ground, many, place: n as u64 }.page(subject);
    let head: Vec<String> = subjects.iter().enumerate().map(page).collect();
    let todo = say.todo(subjects, chosen);
    let lesson = lesson
        .map(|l| say.v("nudge-lesson", &[("lesson", l.title.clone().into()), ("minutes", l.minutes.into())]));
    let tries = [(Some(true), lesson.clone()), (Some(false), lesson), (Some(false), None), (None, None)];
    let mut text = String::new();
    for (idea, lesson) in tries {
        let idea = idea.map(|whole| say.idea(whole));
        let parts = [Some(say.hello()), Some(head.join("\n\n")), Some(todo.clone()), idea, lesson];
        text = parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
        if text.chars().count() <= LENGTH {
            return text;
        }
    }
    crate::chat::short(&text, LENGTH)
}

struct Say<'a, 'g> {
    ground: &'a Ground<'g>,
    /// It speaks of several pages.
    many: bool,
    /// Which of them this is about: each is spoken of in another wording.
    place: u64,
}

impl Say<'_, '_> {
    fn f(&self, key: &str, args: &[(&str, Arg)]) -> String {
        self.ground.content.texts().format(key, args)
    }

    /// A phrase in one of its three wordings: another one each time.
    fn v(&self, key: &str, args: &[(&str, Arg)]) -> String {
        let turn = (u64::from(self.ground.nudged.turns) + self.ground.seed % 3 + self.place) % 3;
        let turn = ["a", "b", "c"].get(turn as usize).copied().unwrap_or("a");
        let mut all = vec![("turn", Arg::from(turn))];
        all.extend(args.iter().cloned());
        self.f(key, &all)
    }

    fn hello(&self) -> String {
        self.v(if self.many { "nudge-hello-many" } else { "nudge-hello" }, &[])
    }

    /// What went well on a page, and one number that changed.
    fn page(&self, subject: &Subject<'_>) -> String {
        let name = crate::chat::short(&subject.page.name, NAME);
        let head = self.f("nudge-page", &[("page", name.into())]);
        let Some(week) = subject.weeks.last() else { return head };
        let mut lines = vec![head];
        lines.push(match (&week.best, week.posts) {
            (Some(best), _) => self.v("nudge-good", &self.post(subject, best)),
            (None, 0) => self.v("nudge-quiet", &[]),
            (None, posts) => self.v("nudge-steady", &[("posts", posts.into())]),
        });
        if week.posts == 0 {
            lines.extend(self.remembered(subject));
        }
        // «Вышла одна запись» has told the number of posts.
        let told = week.best.is_none() && week.posts > 0;
        lines.extend(self.number(subject.weeks, told));
        lines.extend(self.earned(subject, week));
        lines.extend(self.waiting(subject));
        lines.join("\n")
    }

    fn post(&self, subject: &Subject<'_>, best: &Best) -> Vec<(&'static str, Arg)> {
        let words = crate::chat::short(best.words.trim(), 50);
        let words = if words.is_empty() { self.f("nudge-wordless", &[]) } else { format!("«{words}»") };
        let link = format!("vk.ru/wall-{}_{}", subject.page.id, best.post);
        vec![("words", words.into()), ("reactions", best.reactions.into()), ("link", link.into())]
    }

    /// That somebody waits for an answer, with the link to the question that waits longest.
    fn waiting(&self, subject: &Subject<'_>) -> Option<String> {
        let waiting = subject.waiting?;
        let link = waiting.oldest.link(subject.page.id);
        let month = self.f(&format!("month-{}", waiting.since.month()), &[]);
        let since = format!("{} {month}", waiting.since.day());
        let args = [("count", waiting.count.into()), ("since", since.into()), ("link", link.into())];
        Some(self.v("nudge-waiting", &args))
    }

    /// The best post of the weeks before a quiet one.
    fn remembered(&self, subject: &Subject<'_>) -> Option<String> {
        let before =
            subject.weeks.iter().rev().skip(1).take(REMEMBERED).filter_map(|week| week.best.as_ref());
        let best = before.max_by_key(|best| best.reactions)?;
        Some(self.v("nudge-remembered", &self.post(subject, best)))
    }

    /// One number that changed: of those that grew one each time in turn; if none did, that of posts, without a word of
    /// blame.
    fn number(&self, weeks: &[Week], posts_told: bool) -> Option<String> {
        let (now, before) = (weeks.last()?, weeks.iter().nth_back(1));
        let Some(before) = before.filter(|before| before.from.0 + 7 == now.from.0) else {
            let args = [("posts", Arg::from(now.posts)), ("asked", now.asked.into())];
            return (now.posts > 0).then(|| self.f("nudge-first-week", &args));
        };
        let posts = Some((u32::from(before.posts), u32::from(now.posts)));
        let score = before.score.zip(now.score).map(|(b, n)| (u32::from(b), u32::from(n)));
        let medians = before.views.median.zip(now.views.median);
        let comments = Some((before.comments.sum, now.comments.sum));
        let all = [
            ("nudge-score", score),
            ("nudge-posts", posts),
            ("nudge-members", before.members.zip(now.members)),
            ("nudge-views", medians),
            ("nudge-comments", comments),
        ];
        let grown: Vec<(&str, (u32, u32))> =
            all.into_iter().filter_map(|(key, pair)| Some((key, pair.filter(|(b, n)| n > b)?))).collect();
        let grown: Vec<(&str, (u32, u32))> =
            grown.into_iter().filter(|(key, _)| !posts_told || *key != "nudge-posts").collect();
        let turn = usize::from(self.ground.nudged.turns);
        let (key, (b, n)) = match grown.get(turn % grown.len().max(1)) {
            Some(found) => *found,
            None if now.posts == 0 || posts_told => return None,
            None if now.posts >= u16::from(now.asked) => ("nudge-in-norm", posts?),
            None => ("nudge-fewer", posts?),
        };
        let zone = now.zone.map(|zone| match zone {
            Zone::Green => "nudge-zone-green",
            Zone::Yellow => "nudge-zone-yellow",
            Zone::Red => "nudge-zone-red",
        });
        let zone = zone.map(|key| self.f(key, &[])).unwrap_or_default();
        let args = [
            ("now", Arg::from(n)),
            ("before", b.into()),
            ("more", n.saturating_sub(b).into()),
            ("asked", now.asked.into()),
            ("short", u32::from(now.asked).saturating_sub(n).into()),
            ("zone", zone.into()),
        ];
        Some(self.f(key, &args))
    }

    /// What the page reached in that week.
    fn earned(&self, subject: &Subject<'_>, week: &Week) -> Option<String> {
        let new = subject.earned.iter().filter(|(_, monday)| *monday == week.from);
        let new: Vec<String> =
            new.map(|(badge, _)| self.f(&format!("badge-{}", badge.word()), &[])).collect();
        let args = [("count", Arg::from(new.len())), ("all", new.join(", ").into())];
        (!new.is_empty()).then(|| self.f("nudge-earned", &args))
    }

    /// The words of an advice with what is known of this page beside them.
    fn known(&self, subject: Option<&&Subject<'_>>, chosen: &Chosen<'_>, what: String) -> String {
        let Some(subject) = subject else { return what };
        if let Some((tile, defect)) = subject.defects.first().filter(|_| chosen.advice.mends == Aspect::Tiles)
        {
            let known = crate::chat::defect(self.ground.content.texts(), *tile, *defect);
            return self.f("nudge-known", &[("what", what.into()), ("known", known.into())]);
        }
        let Some(hours) = subject.hours.filter(|_| chosen.advice.id == BEST_HOUR) else { return what };
        let args = [
            ("what", Arg::from(what)),
            ("from", u32::from(hours.from).into()),
            ("to", u32::from(hours.from + 3).into()),
            ("posts", hours.posts.into()),
        ];
        self.f("nudge-hours", &args)
    }

    fn todo(&self, subjects: &[&Subject<'_>], chosen: &[Chosen<'_>]) -> String {
        if chosen.is_empty() {
            let left = super::choose::is_left(subjects);
            return self.v(if left { "nudge-rests" } else { "nudge-nothing" }, &[]);
        }
        let mut lines = vec![self.v("nudge-todo", &[("count", chosen.len().into())])];
        for (n, c) in chosen.iter().enumerate() {
            let before = memory::times(self.ground.nudged, &c.advice.id);
            let turn = (before + usize::from(self.ground.seed as u8)) % c.advice.say.len().max(1);
            let what = c.advice.say.get(turn).cloned().unwrap_or_default();
            let subject = subjects.iter().find(|subject| subject.page.id == c.page.id);
            let what = self.known(subject, c, what);
            let what = if self.many {
                let name = crate::chat::short(&c.page.name, 30);
                self.f("nudge-for-page", &[("page", name.into()), ("what", what.into())])
            } else {
                what
            };
            let args = [
                ("n", Arg::from(n + 1)),
                ("what", what.into()),
                ("minutes", c.advice.minutes.into()),
                ("points", c.points.into()),
            ];
            let key = match (c.points, c.times) {
                (0, _) => "nudge-advice-good",
                (_, 1) => "nudge-advice",
                _ => "nudge-advice-step",
            };
            lines.push(self.f(key, &args));
        }
        lines.join("\n")
    }

    /// What to post next: an occasion of the next days, else the week's idea of her sphere.
    fn idea(&self, whole: bool) -> String {
        let Ground { content, today, sphere, .. } = *self.ground;
        if let Some((day, occasion)) = coming(content.occasions(), today, sphere) {
            let month = self.f(&format!("month-{}", day.month()), &[]);
            let what = match (&occasion.hint, occasion.tone) {
                (_, Tone::Memory) => format!("{}. {}", occasion.title, self.f("tone-memory", &[])),
                (Some(hint), _) if whole => format!("{}. {hint}", occasion.title),
                _ => format!("{}.", occasion.title),
            };
            let args =
                [("day", Arg::from(i64::from(day.day()))), ("month", month.into()), ("what", what.into())];
            return self.f("nudge-occasion", &args);
        }
        let ideas = content.ideas(sphere.unwrap_or(Sphere::Other));
        let start = self.ground.seed as usize % 997 + usize::from(self.ground.nudged.turns);
        let idea = ideas.get(start % ideas.len().max(1)).map(|idea| {
            if whole { format!("{}. {}", idea.title, idea.text) } else { format!("{}.", idea.title) }
        });
        self.v("nudge-idea", &[("idea", idea.unwrap_or_default().into())])
    }
}

/// The next occasion that concerns her and whose date is sure.
fn coming(all: &[Occasion], from: Date, sphere: Option<Sphere>) -> Option<(Date, &Occasion)> {
    let mine = |occasion: &&Occasion| !occasion.own && occasion.concerns(sphere);
    from.series(1.day())
        .take(AHEAD)
        .find_map(|day| Some((day, all.iter().filter(mine).find(|o| o.on(day.year()).contains(&day))?)))
}
