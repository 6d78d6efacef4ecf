use super::{Action, Need, Screen, Talk, checklists, lessons, menu, next, nudge, router::Step};
use crate::domain::{
    Gain, Ms, Standing, Streak,
    rhythm::{earned, rhythm},
};

/// Lists named one by one; the rest are counted.
const NAMED: usize = 8;

/// What she has done so far.
pub(super) fn open(talk: &mut Talk<'_>) -> Step {
    let pages = pages(talk)?;
    let lists = checklists::progress(talk);
    let steps: usize = lists.iter().map(|(_, done)| done).sum();
    let closed = talk.progress.rounds.iter().filter(|r| r.done >= r.of).count();
    let finished = closed + lists.iter().filter(|(list, done)| *done == list.steps.len()).count();
    let days = (talk.now().0 - talk.person.since.0) / Ms::DAY + 1;
    let mut lines = vec![
        talk.t("progress-title"),
        talk.f("progress-days", &[("days", days.into())]),
        talk.f("progress-steps", &[("steps", steps.into())]),
        talk.f("progress-lists", &[("lists", finished.into())]),
    ];
    let (done, of) = lessons::passed(talk);
    if done > 0 {
        lines.push(talk.f("progress-lessons", &[("done", done.into()), ("of", of.into())]));
    }
    lines.extend(streak(talk));
    lines.extend(pages);
    let mut begun: Vec<_> = lists.iter().filter(|(_, done)| *done > 0).collect();
    begun.sort_by_key(|(list, done)| std::cmp::Reverse(done * 100 / list.steps.len().max(1)));
    if !begun.is_empty() {
        lines.push(String::new());
    }
    for (list, done) in begun.iter().take(NAMED) {
        let of = list.steps.len();
        let mark = if *done == of { "✅" } else { "▫️" };
        lines.push(format!("{mark} {} — {done}/{of}", list.title));
    }
    lines.push(String::new());
    lines.push(next::words(talk));
    let screen = Screen::text(lines.join("\n"))
        .row([talk.choice("menu-checklists", Action::Lists { p: 0 }).main(), lessons::door(talk)])
        .row([menu::home(talk)]);
    talk.show(screen);
    Ok(())
}

/// What each page keeps up and has reached.
fn pages(talk: &Talk<'_>) -> Result<Vec<String>, Need> {
    let today = talk.today();
    let mut lines = Vec::new();
    for seen in &nudge::pages(talk)?.pages {
        let (before, most) = seen.sight.as_ref().map_or((&[][..], 0), |s| (&s.earned[..], s.best_run));
        let (rhythm, reached) = (rhythm(&seen.weeks, today), earned(before, &seen.weeks));
        let best = rhythm.best.max(most);
        if best == 0 && reached.is_empty() {
            continue;
        }
        let args =
            [("page", seen.page.name.clone().into()), ("weeks", rhythm.run.into()), ("best", best.into())];
        lines.push(String::new());
        lines.push(talk.f("rhythm-page", &args));
        if rhythm.run > 0 {
            lines.push(talk.f("rhythm-left", &[("left", rhythm.left.into())]));
        }
        lines.extend(rhythm.mends.map(|posts| talk.f("rhythm-mends", &[("posts", posts.into())])));
        let named: Vec<String> =
            reached.iter().map(|(badge, _)| talk.t(&format!("badge-{}", badge.word()))).collect();
        if !named.is_empty() {
            lines.push(talk.f("badges", &[("all", named.join(", ").into())]));
        }
    }
    Ok(lines)
}

/// Something was done for the page today: its week counts. A week is counted once, and said once.
pub(super) fn week_counts(talk: &mut Talk<'_>) -> Option<String> {
    let today = talk.today();
    let gain = talk.progress.streak.mark(today);
    let Streak { run, lost, .. } = talk.progress.streak;
    let said = |key: &str, n: u16| Some(talk.f(key, &[("weeks", n.into())]));
    match (gain, lost) {
        (Gain::Mended, _) => said("streak-mended", run),
        (Gain::Week, Some(lost)) => said("streak-mends-once", lost.run),
        (Gain::Week, None) if run > 1 => said("streak-grew", run),
        (Gain::Nothing, _) | (Gain::Week, None) => None,
    }
}

fn streak(talk: &Talk<'_>) -> Option<String> {
    let weeks = |key: &str, n: u16| Some(talk.f(key, &[("weeks", n.into())]));
    match talk.progress.streak.standing(talk.today()) {
        Standing::None => None,
        Standing::Counted(n) => weeks("streak-counted", n),
        Standing::Open(n) => weeks("streak-open", n),
        Standing::Broken(n) => weeks("streak-broken", n),
        Standing::Mends(n, 1) => weeks("streak-mends-once", n),
        Standing::Mends(n, _) => weeks("streak-mends-twice", n),
    }
}
