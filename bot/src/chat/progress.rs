use super::{Action, Screen, Talk, checklists, menu};

/// Lists named one by one; the rest are counted.
const NAMED: usize = 8;

/// What she has done so far.
pub(super) fn open(talk: &mut Talk<'_>) {
    let lists = checklists::progress(talk);
    let steps: usize = lists.iter().map(|(_, done)| done).sum();
    let finished = lists.iter().filter(|(list, done)| *done == list.steps.len()).count();
    let days = (talk.now().0 - talk.person.since.0) / crate::domain::Ms::DAY + 1;
    let mut lines = vec![
        talk.t("progress-title"),
        talk.f("progress-days", &[("days", days.into())]),
        talk.f("progress-steps", &[("steps", steps.into())]),
        talk.f("progress-lists", &[("lists", finished.into())]),
    ];
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
    match checklists::next_step(talk) {
        Some((list, step)) => {
            lines.push(talk.f("menu-next", &[("step", step.into()), ("list", list.into())]));
        }
        None => lines.push(talk.t("progress-all")),
    }
    let screen = Screen::text(lines.join("\n"))
        .row([talk.choice("menu-checklists", Action::Lists { p: 0 }).main(), menu::home(talk)]);
    talk.show(screen);
}
