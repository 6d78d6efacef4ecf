use super::{Action, Choice, Screen, Talk, classes, lessons, menu, router::Step};
use crate::{
    content::{Course, CourseKind, Guide},
    domain::Level,
};

/// Courses a screen shows: with the lessons' row and the last one all six rows that VK takes are used.
const COURSES: usize = 4;
/// Guides of a course that a screen has buttons for; more would not fit an inline keyboard.
const GUIDES: usize = 4;
/// Classes of a course that its screen shows: with two rows of guides, its address and the last row all six.
const CLASSES: usize = 2;

/// What is meant for her, of a level or of any: her sphere's first, then what is for everybody, by order.
fn mine<'a>(talk: &Talk<'a>, level: Option<Level>) -> Vec<&'a Course> {
    let sphere = talk.person.sphere;
    let for_her = |c: &&Course| c.spheres.is_empty() || sphere.is_some_and(|s| c.spheres.contains(&s));
    let fits = |c: &&Course| for_her(c) && level.is_none_or(|level| c.level == level);
    let mut courses: Vec<&Course> = talk.content().courses().iter().filter(fits).collect();
    courses.sort_by_key(|c| (c.spheres.is_empty(), c.order));
    courses
}

/// The catalogue, of a level or of any.
pub(super) fn all(talk: &mut Talk<'_>, page: usize, level: Option<Level>) {
    let courses = mine(talk, level);
    if courses.is_empty() && level.is_none() {
        let screen = Screen::text(talk.t("courses-none"));
        return talk.show(screen.row([lessons::door(talk), classes::door(talk)]).row([menu::home(talk)]));
    }
    let pages = courses.len().div_ceil(COURSES).max(1);
    let page = page.min(pages - 1);
    let mut text = if courses.is_empty() {
        talk.t("courses-none-of-level")
    } else {
        talk.f("courses-title", &[("page", (page + 1).into()), ("pages", pages.into())])
    };
    let (key, next) = Level::turn(level);
    let levels = talk.f("classes-level", &[("level", talk.t(key).into())]);
    let levels = Choice::new(levels, Action::Courses { p: 0, l: next });
    let mut screen = Screen::default().row([lessons::door(talk).main(), classes::door(talk)]);
    for course in courses.iter().skip(page * COURSES).take(COURSES) {
        let of_kind = talk.t(kind(course));
        text = format!("{text}\n\n{} — {of_kind}\n{}", course.title, course.about);
        screen = screen.row([Choice::new(course.label(), Action::Course { c: course.id.clone() })]);
    }
    screen.text = text;
    let mut row = menu::pager(talk, page, pages, |p| Action::Courses { p, l: level });
    row.extend([levels, menu::home(talk)]);
    talk.show(screen.row(row));
}

/// The course that teaches what a guide tells: the one it names, else the first for her whose way leads through it.
pub(super) fn about<'a>(talk: &Talk<'a>, guide: &Guide) -> Option<&'a Course> {
    let named = guide.course.as_deref().and_then(|id| talk.content().course(id));
    named.or_else(|| mine(talk, None).into_iter().find(|course| course.guides.contains(&guide.slug)))
}

/// One course: what it is, its way through the guides, its link, and the next classes of it that she may join.
pub(super) fn one(talk: &mut Talk<'_>, id: &str) -> Step {
    let Some(course) = talk.content().course(id) else {
        talk.toast(talk.t("stale-button"));
        all(talk, 0, None);
        return Ok(());
    };
    let open = classes::of(talk, id)?;
    let of_kind = talk.t(kind(course));
    let mut text = format!("{}\n{of_kind}", course.title);
    if let Some(minutes) = course.minutes {
        text = format!("{text} · {}", talk.f("course-minutes", &[("minutes", minutes.into())]));
    }
    text = format!("{text}\n\n{}", course.about);
    let mut screen = Screen::default();
    let guides = course.guides.iter().filter_map(|slug| talk.content().guide(slug));
    let mut row = Vec::new();
    for (i, guide) in guides.enumerate() {
        text = format!("{text}\n{}. {}", i + 1, guide.title);
        let action =
            Action::Guide { g: guide.slug.clone(), n: 0, c: None, k: Some(id.to_owned()), l: None, q: None };
        row.push(Choice::new((i + 1).to_string(), action));
    }
    screen = screen.grid(GUIDES, row.into_iter().take(2 * GUIDES - 1));
    if let Some(url) = &course.url {
        screen = screen.row([Choice::link(talk.t("course-open"), url)]);
    }
    for (class, taken, hers) in open.iter().take(CLASSES) {
        text = format!("{text}\n\n{}", classes::listed(talk, class, taken));
        let key = if *hers { "course-class-yours" } else { "course-class" };
        let label = talk.f(key, &[("when", classes::day(talk, class).into())]);
        screen = screen.row([Choice::new(label, Action::Class { id: class.id }).main()]);
    }
    screen.text = text;
    let p = mine(talk, None).iter().position(|course| course.id == id).unwrap_or_default() / COURSES;
    let back = talk.choice("to-courses", Action::Courses { p, l: None });
    talk.show(screen.row([back, menu::home(talk)]));
    Ok(())
}

fn kind(course: &Course) -> &'static str {
    match course.kind {
        CourseKind::Lesson => "course-lesson",
        CourseKind::Course => "course-course",
        CourseKind::Webinar => "course-webinar",
        CourseKind::Reading => "course-reading",
    }
}
