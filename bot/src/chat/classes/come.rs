//! What comes by itself because of a person's classes: that one is near, that something changed, how it was.

use super::{seat::marks, seats_of, when};
use crate::{
    chat::{Action, Choice, Need, Talk},
    domain::{Class, Cue, Ms, News, Reminder, Seat, SeatState},
    store::{Expect, Op},
};

/// Everything to be said of her classes now that was not said since a moment, with buttons; and when the next is due.
pub(in crate::chat) fn come(talk: &mut Talk<'_>, since: Ms) -> Result<(Vec<String>, Vec<Vec<Choice>>), Need> {
    let now = talk.now();
    let (mut texts, mut rows) = (Vec::new(), Vec::new());
    let (mut details, mut asked): (Vec<Choice>, bool) = (Vec::new(), false);
    let mut next: Option<Ms> = None;
    for (class, seat) in seats_of(talk, talk.person.id)? {
        let cue = seat.cue(class, since, now).filter(|_| talk.person.subscriptions.reminders);
        let asks = cue == Some(Cue::Ask) || (seat.news.has(News::ASK) && seat.earned(class, now));
        let said = news(talk, class, seat).into_iter().chain(cue.and_then(|cue| cued(talk, class, cue)));
        let mut said: Vec<String> = said.collect();
        if asks && seat.mark.is_none() {
            said.push(talk.f("class-how-was-it", &[("title", class.title.clone().into())]));
            if !asked {
                rows.push(marks(talk, class.id));
                asked = true;
            }
        }
        if !said.is_empty() {
            let label = talk.f("class-open", &[("title", crate::chat::short(&class.title, 26).into())]);
            details.push(Choice::new(label, Action::Class { id: class.id }));
        }
        texts.extend(said);
        if !seat.news.is_empty() {
            talk.expect(Expect::SeatRev(class.id, seat.person, seat.rev));
            talk.op(Op::PutSeat(Box::new(Seat { news: News::default(), ..seat.clone() })));
        }
        next = next.into_iter().chain(seat.next_cue(class, now)).min();
    }
    if let Some(at) = next {
        talk.op(Op::PutReminder(Reminder::classes(talk.person.id, at)));
    }
    // Two classes at once are rare; the others are in «Мои занятия».
    details.truncate(2);
    rows.extend(details.into_iter().map(|choice| vec![choice]));
    Ok((texts, rows))
}

fn cued(talk: &Talk<'_>, class: &Class, cue: Cue) -> Option<String> {
    let key = match cue {
        Cue::Day => "class-in-a-day",
        Cue::Hour => "class-in-an-hour",
        Cue::Full => return Some(talk.f("class-full", &[("title", class.title.clone().into())])),
        Cue::Ask => return None,
    };
    let mut text = talk.f(key, &[("title", class.title.clone().into()), ("when", when(talk, class).into())]);
    for more in [class.place.as_ref(), class.link.as_ref()].into_iter().flatten() {
        text = format!("{text}\n{more}");
    }
    if cue == Cue::Hour && class.code.is_some() {
        text = format!("{text}\n{}", talk.t("class-word-hint"));
    }
    Some(text)
}

/// What has happened to a class since she was told last, in one text.
fn news(talk: &Talk<'_>, class: &Class, seat: &Seat) -> Option<String> {
    let title = || [("title", class.title.clone().into())];
    let new = seat.news;
    let mut lines = Vec::new();
    if new.has(News::CANCELLED) {
        let args = [("title", class.title.clone().into()), ("when", when(talk, class).into())];
        return Some(talk.f("class-news-cancelled", &args));
    }
    if new.has(News::SEAT) && seat.state == SeatState::Enrolled {
        let args = [("title", class.title.clone().into()), ("when", when(talk, class).into())];
        lines.push(talk.f("class-news-seat", &args));
    }
    if new.has(News::ABOUT.and(News::WHEN).and(News::PLACE)) {
        lines.push(talk.f("class-news-changed", &title()));
    }
    if new.has(News::ABOUT) && !class.about.is_empty() {
        lines.push(class.about.clone());
    }
    if new.has(News::WHEN) {
        let minutes = talk.f("course-minutes", &[("minutes", i64::from(class.minutes).into())]);
        let args = [("when", when(talk, class).into()), ("minutes", minutes.into())];
        lines.push(talk.f("class-news-when", &args));
    }
    if new.has(News::PLACE) {
        let now = [class.place.clone(), class.link.clone()].into_iter().flatten().collect::<Vec<_>>();
        let place = if now.is_empty() { talk.t("class-online") } else { now.join(", ") };
        lines.push(talk.f("class-news-place", &[("place", place.into())]));
    }
    if let Some(record) = class.record.as_ref().filter(|_| new.has(News::RECORD)) {
        let args = [("title", class.title.clone().into()), ("link", record.clone().into())];
        lines.push(talk.f("class-news-record", &args));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}
