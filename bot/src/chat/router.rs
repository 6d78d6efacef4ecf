use super::{
    Action, Event, Need, Scene, Screen, Talk, Turn, ask,
    ask::Origin,
    asked, board, campaign, checklists, claims, classes, courses, desk, draft,
    due::{self, Later},
    handoff, ideas, interview, lessons, letter, links, menu, next, nudge, opinion, page, peers, people,
    progress, questions, quiet, reminders, report, roster, rounds, runners, settings, staff, standing,
    vacation,
};
use crate::domain::{Certificate, Form, Offer, Scope, letter::Rest, text, when};

/// A typed word shorter than this names nothing but what it equals.
const WORD: usize = 4;

/// What a feature returns: nothing, or what it has to know first.
pub(super) type Step = Result<(), Need>;

/// The bot's answer to an event: a function of the scene.
///
/// # Errors
/// What has to be read before the turn can be made; then it is made again with that in [`Scene::known`].
pub fn turn(scene: &Scene<'_>, event: &Event) -> Result<Turn, Need> {
    let mut talk = Talk::new(scene);
    rounds::close(&mut talk);
    rounds::note(&mut talk);
    page::left(&mut talk);
    let lost = staff::lost(&mut talk);
    match event {
        Event::Text { text, action, plain, link } => {
            talk.person.seen = scene.now;
            talk.person.writable = true;
            talk.person.plain = *plain;
            if let Some(name) = link {
                links::came(&mut talk, name, text);
            }
            // Who only greets is led to the place at once; who asks something is answered first.
            if !links::arrives(&talk, text) {
                heard(&mut talk, text, action.clone(), lost)?;
            }
            links::open(&mut talk)?;
        }
        Event::Files { files, text, plain } => {
            talk.person.seen = scene.now;
            talk.person.writable = true;
            talk.person.plain = *plain;
            sent(&mut talk, files, text, lost)?;
        }
        Event::Press(action, message) => {
            talk.person.seen = scene.now;
            talk.person.writable = true;
            talk.press(*message);
            pressed(&mut talk, action.clone())?;
            links::open(&mut talk)?;
        }
        Event::Sheet { file: Some(file), text, plain, .. } if composes(&talk) => {
            talk.person.seen = scene.now;
            talk.person.writable = true;
            talk.person.plain = *plain;
            sent(&mut talk, std::slice::from_ref(file), text, lost)?;
        }
        Event::Sheet { sheet, text, plain, .. } => {
            talk.person.seen = scene.now;
            talk.person.writable = true;
            talk.person.plain = *plain;
            // From whoever has no roster to keep, or is at something else, it is a document like any other.
            let awaited = matches!(
                talk.person.form,
                None | Some(Form::Question | Form::RosterFile | Form::RosterSheet { .. })
            );
            if awaited && scene.role.is_staff() && interview::consented(&talk) {
                roster::sent(&mut talk, sheet)?;
            } else {
                heard(&mut talk, text, None, lost)?;
            }
        }
        Event::Allow => talk.person.writable = true,
        Event::Deny => talk.person.writable = false,
        Event::Silent => settings::silent(&mut talk),
        Event::Due(reminders, ledger) => due::come(&mut talk, reminders, ledger)?,
    }
    nudge::keep(&mut talk);
    board::keep(&mut talk);
    opinion::keep(&mut talk);
    Ok(talk.finish())
}

fn pressed(talk: &mut Talk<'_>, action: Option<Action>) -> Step {
    match action {
        None => {
            talk.toast(talk.t("stale-button"));
            menu::open(talk);
            Ok(())
        }
        Some(action) => act(talk, action),
    }
}

fn heard(talk: &mut Talk<'_>, typed: &str, action: Option<Action>, lost: bool) -> Step {
    if let Some(action) = action.or_else(|| meant(talk, typed)) {
        return act(talk, action);
    }
    if !interview::consented(talk) {
        interview::ask_consent(talk);
        return Ok(());
    }
    // What she typed was for a form that is no longer hers; it is no question to the guides.
    if lost {
        talk.say(Screen::text(talk.t("role-lost")).row([menu::home(talk)]));
        return Ok(());
    }
    // A sticker, a photograph, «👍».
    if !typed.chars().any(char::is_alphanumeric) {
        talk.say(Screen::text(talk.t("only-text")).row([menu::home(talk)]));
        return Ok(());
    }
    if let Some(Form::Proof { list, step }) = talk.person.form.clone()
        && checklists::proof(talk, &list, &step, typed)
    {
        return Ok(());
    }
    // Nothing is asked of her: while the bot keeps silent her words are staff's.
    let free = matches!(talk.person.form, None | Some(Form::Proof { .. }));
    if free && talk.person.onboarded.is_some() && handoff::hears(talk, typed)? {
        return Ok(());
    }
    match talk.person.form.clone() {
        Some(Form::Municipality) => interview::municipality(talk, typed),
        Some(Form::Page) => return page::address(talk, typed),
        Some(Form::Days | Form::Hour { .. } | Form::Remind(_)) => reminders::typed(talk, typed),
        Some(Form::Quiet) => quiet::typed(talk, typed),
        Some(Form::AnnounceText | Form::AnnounceConfirm { .. } | Form::AgainConfirm { .. }) => {
            return letter::write(talk, None, typed, &[]);
        }
        Some(Form::Letter { id, ask }) => return letter::typed(talk, id, ask, typed, &[]),
        Some(Form::Mend { id, .. }) => return letter::mended(talk, id, typed),
        Some(Form::AwayUntil) => return vacation::until_typed(talk, typed),
        Some(Form::Deputy) => return vacation::deputy_typed(talk, typed),
        Some(Form::HandoffSay { id }) => return desk::said(talk, id, typed),
        Some(Form::WriteTo { page }) => return desk::wrote(talk, page, typed),
        Some(Form::PageSearch) => return board::found(talk, typed),
        Some(Form::Draft) if draft::is_one(talk, typed) => draft::look(talk, typed, false),
        Some(Form::Opinion { score }) => opinion::word(talk, score, typed),
        Some(Form::RosterFile | Form::RosterSheet { .. }) => roster::typed(talk),
        Some(Form::RoleWho) => return people::who_typed(talk, typed),
        Some(Form::Role(granting)) => return people::typed(talk, *granting, typed),
        Some(Form::Class { id, of, next }) => return classes::typed(talk, id, of, next, typed),
        Some(Form::Question | Form::Proof { .. }) | None if Certificate::read(typed).is_some() => {
            return classes::verify(talk, typed);
        }
        Some(Form::Reply { to } | Form::ReplyConfirm { to, .. }) => {
            return questions::reply_typed(talk, to, typed);
        }
        None if talk.person.onboarded.is_none() => interview::next(talk),
        Some(Form::Question | Form::Proof { .. } | Form::Draft) | None if reminders::wants(talk, typed) => {
            reminders::typed(talk, typed);
        }
        Some(Form::Question | Form::Proof { .. } | Form::Draft) | None => ask::question(talk, typed),
    }
    Ok(())
}

/// She writes an announcement that may have files: a table is one of them, and no roster.
fn composes(talk: &Talk<'_>) -> bool {
    use crate::domain::letter::Ask;
    matches!(talk.person.form, Some(Form::AnnounceText | Form::Letter { ask: Ask::Text | Ask::Files, .. }))
}

/// She sent files: an announcement may hang them on itself, a draft is looked over with them, to anything else they say
/// nothing.
fn sent(talk: &mut Talk<'_>, files: &[String], typed: &str, lost: bool) -> Step {
    match talk.person.form.clone() {
        Some(Form::AnnounceText) if interview::consented(talk) => letter::write(talk, None, typed, files),
        Some(Form::Letter { id, ask }) if interview::consented(talk) => {
            letter::typed(talk, id, ask, typed, files)
        }
        Some(Form::Draft) if interview::consented(talk) && draft::is_one(talk, typed) => {
            draft::look(talk, typed, true);
            Ok(())
        }
        _ => heard(talk, typed, None, lost),
    }
}

/// What a typed word, label or number stands for.
fn meant(talk: &Talk<'_>, typed: &str) -> Option<Action> {
    let said = text::folded(typed);
    if said.is_empty() {
        return None;
    }
    // A title is what it is, even if something else is called so; «30» is so many seats.
    if let Some(Form::Class { .. }) = talk.person.form {
        let words = [("menu", Action::Menu), ("cancel", Action::Cancel), ("menu-cabinet", Action::Cabinet)];
        let word = words.into_iter().find(|(key, _)| text::folded(&talk.t(key)) == said);
        let same = || talk.person.offers.iter().find(|o| text::folded(&o.label) == said);
        return word.map(|(_, action)| action).or_else(|| same().and_then(|o| Action::read(&o.payload)));
    }
    for (key, action) in menu::words(talk) {
        if talk.t(key).split('|').any(|word| text::folded(word) == said) {
            return Some(action);
        }
    }
    if let Some(list) = checklists::called(talk, &said) {
        return Some(list);
    }
    // «9» answers «в котором часу?» and «пн» means Mondays only; neither is «which of these buttons?».
    let number = said.parse::<u16>().is_ok();
    let answers = match &talk.person.form {
        Some(Form::Hour { .. }) => true,
        Some(Form::Remind(wish)) => wish.times.is_empty() || !number,
        Some(Form::Days | Form::AwayUntil) => !number,
        _ => false,
    } && when::read(typed, talk.local()).is_some();
    if answers {
        return None;
    }
    let offers = &talk.person.offers;
    let offer = match said.parse::<u16>() {
        Ok(number) => offers.iter().find(|o| o.number == number),
        Err(_) => named(offers, &said),
    };
    offer.and_then(|o| Action::read(&o.payload))
}

/// The choice whose label is this, or the only one whose label has these words: «школа» is «Школа, колледж».
fn named<'a>(offers: &'a [Offer], said: &str) -> Option<&'a Offer> {
    if let Some(same) = offers.iter().find(|o| text::folded(&o.label) == said) {
        return Some(same);
    }
    let has = |o: &&Offer| format!(" {} ", text::folded(&o.label)).contains(&format!(" {said} "));
    let mut found = offers.iter().filter(has);
    found.next().filter(|_| said.chars().count() >= WORD && found.next().is_none())
}

/// Carries an action out. Whoever has not agreed yet gets the consent text, whatever she pressed.
#[expect(clippy::too_many_lines, reason = "a list: one line an action")]
pub(super) fn act(talk: &mut Talk<'_>, action: Action) -> Step {
    if let Action::Consent { yes, v } = action {
        interview::consent(talk, yes, v);
        return Ok(());
    }
    // What is kept about her she may have and remove, whether she agrees to a newer text or not.
    let rights =
        matches!(action, Action::MyData | Action::MyDataSend | Action::Withdraw | Action::WithdrawYes);
    let agreed = interview::consented(talk) || (rights && talk.person.consent.is_some());
    if !agreed {
        interview::ask_consent(talk);
        return Ok(());
    }
    talk.acts(&action);
    if !staff::may(talk, talk.scene().role >= action.needs()) {
        return Ok(());
    }
    // A button that answers the form keeps it; any other leaves it.
    let keeps = matches!(
        action,
        Action::Skip
            | Action::Days { .. }
            | Action::AnnounceSend
            | Action::ReplySend
            | Action::At { .. }
            | Action::RemindYes
            | Action::RemindTime
            | Action::RemindDays
            | Action::RemindWeekly
            | Action::RoleIs { .. }
            | Action::RolePlace { .. }
            | Action::RoleSpheres
            | Action::RoleYes
            | Action::RosterYes { .. }
            | Action::Letter { d: letter::Do::MendYes, .. }
    );
    if !keeps {
        talk.form(None);
    }
    match action {
        Action::Consent { .. } => {}
        Action::Menu => menu::open(talk),
        Action::Cancel => menu::cancel(talk),
        Action::Sphere { s } => interview::sphere(talk, s),
        Action::Skip => interview::skip(talk),
        Action::Days { d } => reminders::days(talk, d),
        Action::DaysOk { d } => reminders::days_ok(talk, d),
        Action::Hour { d, t } => reminders::set(talk, d, t),
        Action::Lists { p } => checklists::all(talk, p),
        Action::List { c, p } => checklists::one(talk, &c, p),
        Action::Tick { c, s, on, p } => checklists::tick(talk, &c, &s, on, p),
        Action::How { c, p, h } => checklists::how(talk, &c, p, h),
        Action::Guide { g, n, c, k, l, q } => {
            ask::guide(talk, &g, n, &Origin { list: c, course: k, lesson: l, question: q });
        }
        Action::Helped { g, y, q } => return asked::helped(talk, &g, y, q),
        Action::AskCurator { q } => asked::ask_curator(talk, q),
        Action::AskCuratorYes { q } => return asked::ask_curator_yes(talk, q),
        Action::Again { c } => checklists::again(talk, &c),
        Action::History { c } => checklists::history(talk, &c),
        Action::Next => return next::go(talk),
        Action::Lessons { p } => lessons::all(talk, p),
        Action::Lesson { l } => lessons::one(talk, &l),
        Action::Card { l, n } => lessons::card(talk, &l, n),
        Action::Quiz { l } => lessons::quiz(talk, &l),
        Action::Answer { l, q, n } => lessons::answer(talk, &l, &q, n),
        Action::Retry { l } => lessons::retry(talk, &l),
        Action::Ask => ask::open(talk),
        Action::Draft => draft::open(talk),
        Action::Reminders => reminders::all(talk, 0),
        Action::RemindersMore { p } => reminders::all(talk, p),
        Action::RemindNew => reminders::new(talk),
        Action::RemindDrop { n } => reminders::remove(talk, n),
        Action::Done { m } => due::done(talk, m),
        Action::PassBy { m } => due::skip(talk, m),
        Action::InHour { m } => due::later(talk, Later::Hour, m),
        Action::Tomorrow { m } => due::later(talk, Later::Tomorrow, m),
        Action::Workday { m } => due::later(talk, Later::Workday, m),
        Action::At { t } => reminders::at(talk, t),
        Action::RemindYes => reminders::confirmed(talk),
        Action::RemindTime => reminders::other_time(talk),
        Action::RemindDays => reminders::other_days(talk),
        Action::RemindWeekly => reminders::weekly(talk),
        Action::Away => vacation::open(talk),
        Action::AwayUntil { d } => return vacation::until(talk, d),
        Action::AwayMove => vacation::ask(talk),
        Action::DeputySet => vacation::ask_deputy(talk),
        Action::AwayAlone => vacation::alone(talk),
        Action::AwayEnd => vacation::end(talk),
        Action::Cover { whose, yes } => return vacation::cover(talk, whose, yes),
        Action::Ideas { p, apart, s } => ideas::open(talk, p, apart, s),
        Action::Template { n, apart, s } => ideas::template(talk, n, apart, s),
        Action::Courses { p, l } => courses::all(talk, p, l),
        Action::Course { c } => return courses::one(talk, &c),
        Action::Page => return page::open(talk),
        Action::Standing { p } => return standing::open(talk, p),
        Action::Said { p, w, yes } => return standing::said(talk, p, &w, yes),
        Action::Appeal { p } => return standing::appeal(talk, p),
        Action::Weeks { p } => return standing::card(talk, p),
        Action::Thanks { c } => checklists::thanks(talk, &c),
        Action::Advised { p, i, t } => return nudge::advised(talk, p, &i, t),
        Action::PageSet => page::ask(talk),
        Action::PageOne { g } => return page::one(talk, g),
        Action::PageLeave { g } => return page::leave(talk, g),
        Action::PageProve { g } => return page::prove(talk, g),
        Action::PageCheck { g } => return page::check(talk, g),
        Action::Runners => return runners::list(talk),
        Action::Runner { g } => return runners::one(talk, g),
        Action::RunnerYes { g, u } => return runners::say(talk, g, u, true),
        Action::RunnerNo { g, u } => return runners::say(talk, g, u, false),
        Action::Progress => return progress::open(talk),
        Action::Settings => settings::open(talk),
        Action::SphereSet => settings::spheres(talk),
        Action::TownSet => settings::town(talk),
        Action::ZoneSet { p } => settings::zones(talk, p),
        Action::Zone { z } => settings::zone(talk, &z),
        Action::SubReminders { on } => settings::reminders(talk, on),
        Action::SubNews { on } => settings::news(talk, on),
        Action::SubTips { on } => settings::tips(talk, on),
        Action::MyData => settings::my_data(talk),
        Action::MyDataSend => settings::my_data_send(talk),
        Action::Withdraw => settings::withdraw(talk),
        Action::WithdrawYes => return settings::withdraw_yes(talk),
        Action::Cabinet => return staff::cabinet(talk),
        Action::Questions { p } => return questions::list(talk, p),
        Action::Question { id } => return questions::one(talk, id),
        Action::QuestionFile { id } => return questions::file(talk, id),
        Action::QuestionFiled { id, g } => return questions::filed(talk, id, g),
        Action::QuestionHide { id } => return questions::hide(talk, id),
        Action::Reply { id } => return questions::reply(talk, id),
        Action::Opinion { s } => opinion::score(talk, s),
        Action::OpinionLater => opinion::later(talk),
        Action::ReplySend => return questions::reply_send(talk),
        Action::Announce => staff::announce(talk),
        Action::AnnounceSend => return staff::gone(talk),
        Action::Campaign { id } => return campaign::open(talk, id),
        Action::CampaignAgain { id } => return letter::again(talk, id, Rest::Unread),
        Action::AgainUnacked { id } => return letter::again(talk, id, Rest::Unacked),
        Action::Letter { id, d } => return letter::act(talk, id, d),
        Action::LetterPress { id, n } => return letter::press(talk, id, n),
        Action::Letters { p } => return staff::letters(talk, p),
        Action::CampaignWatch { id } => return campaign::watch(talk, id),
        Action::CampaignLeave { id } => return letter::leave(talk, id),
        Action::Unacked { id, p } => return letter::unacked(talk, id, p),
        Action::ReportFile { id } => return campaign::file(talk, id),
        Action::CampaignPause { id } => return campaign::pause(talk, id),
        Action::CampaignResume { id, why } => return campaign::resume(talk, id, why),
        Action::CampaignCancel { id } => return campaign::cancel(talk, id),
        Action::CampaignCancelYes { id, was } => return campaign::cancel_yes(talk, id, was),
        Action::Handoffs { p } => return desk::list(talk, p),
        Action::Handoff { id } => return desk::one(talk, id),
        Action::HandoffTake { id } => return desk::take(talk, id),
        Action::HandoffSay { id } => match handoff::hers(talk, id)? {
            Some(open) => handoff::say(talk, open),
            None => return desk::say(talk, id),
        },
        Action::HandoffClose { id } => {
            return match handoff::hers(talk, id)? {
                Some(open) => handoff::close(talk, open),
                None => desk::close(talk, id),
            };
        }
        Action::HandoffBot => return handoff::bot(talk),
        Action::HandoffDraft { id } => return desk::draft(talk, id),
        Action::WriteTo { g } => return desk::write(talk, g),
        Action::Quiet => quiet::open(talk),
        Action::QuietSet { f, t } => quiet::set(talk, f, t),
        Action::QuietUsual => quiet::usual(talk),
        Action::Peers { p } => return peers::open(talk, p),
        Action::PeersName { p, on } => return peers::name(talk, p, on),
        Action::Claims => return claims::list(talk),
        Action::Claim { g } => return claims::one(talk, g),
        Action::ClaimSay { g, w, yes } => return claims::say(talk, g, &w, yes),
        Action::People => people::open(talk),
        Action::Roles { p } => return people::list(talk, p),
        Action::Role { u, n } => return people::one(talk, u, n),
        Action::RoleDrop { u, n } => return people::drop(talk, u, n),
        Action::RoleDropYes { u, n } => return people::drop_yes(talk, u, n),
        Action::RoleNew => people::ask(talk),
        Action::RoleIs { r } => return people::role_is(talk, r),
        Action::RolePlace { m, s, g } => {
            return people::place_is(talk, Scope { municipality: m, sphere: s, page: g });
        }
        Action::RoleSpheres => return people::spheres(talk),
        Action::RoleYes => return people::yes(talk),
        Action::Roster => return roster::open(talk),
        Action::RosterLoad => roster::ask(talk),
        Action::RosterYes { drop } => return roster::yes(talk, drop),
        Action::RosterSend => roster::send(talk),
        Action::Invites { p } => return roster::invites(talk, p),
        Action::InvitesSend => roster::invites_send(talk),
        Action::InviteCode { r } => return roster::invite_code(talk, &r),
        Action::Log => return people::log(talk),
        Action::LogSend => people::log_send(talk),
        Action::ListSend { l } => staff::list_send(talk, l),
        Action::Board { f, p } => return board::list(talk, f, p),
        Action::BoardPick => board::pick(talk),
        Action::BoardFind => board::find(talk),
        Action::BoardPage { g } => return board::one(talk, g),
        Action::BoardTables { p } => board::tables(talk, p),
        Action::BoardTable { c } => board::table(talk, c),
        Action::Report { m, p } => return report::open(talk, m.as_deref(), p),
        Action::ReportPicture { m } => return report::picture(talk, m),
        Action::ReportTable { m } => return report::table(talk, m),
        Action::Example { g, on } => return page::example(talk, g, on),
        Action::Classes { p, l, all } => return classes::list(talk, p, l, all),
        Action::MyClasses { p } => return classes::mine(talk, p),
        Action::Class { id } => return classes::one(talk, id),
        Action::ClassJoin { id } => return classes::join(talk, id),
        Action::ClassLeave { id } => return classes::leave(talk, id),
        Action::ClassLeaveYes { id } => return classes::leave_yes(talk, id),
        Action::ClassCalendar { id } => return classes::calendar(talk, id),
        Action::ClassMark { id, m } => return classes::mark(talk, id, m),
        Action::ClassPaper { id } => return classes::paper(talk, id),
        Action::ClassAsk { id, of, n } => return classes::ask(talk, id, of, n),
        Action::ClassSet { id, of, v, n } => return classes::set(talk, id, of, v, n),
        Action::Training { p } => return classes::training(talk, p),
        Action::ClassFrom { p } => classes::from(talk, p),
        Action::ClassOf { c, r } => return classes::of_course(talk, &c, r),
        Action::ClassRoom { id } => return classes::room(talk, id),
        Action::ClassEdit { id, more } => return classes::edit(talk, id, more),
        Action::ClassOpen { id } => return classes::publish(talk, id),
        Action::ClassStop { id } => return classes::stop(talk, id),
        Action::ClassStopYes { id } => return classes::stop_yes(talk, id),
        Action::ClassPeople { id, p } => return classes::people(talk, id, p),
        Action::ClassCame { id, u, on, p } => return classes::came(talk, id, u, on, p),
        Action::ClassWindow { id, m } => return classes::window(talk, id, m),
        Action::ClassRecord { id, all } => return classes::record(talk, id, all),
        Action::ClassDoor { id, k } => return classes::door_opened(talk, id, &k),
        Action::ClassDoorSend { id } => return classes::door_send(talk, id),
        Action::ClassAnnounce { id } => return classes::announce(talk, id),
        Action::ClassTable { id } => return classes::table(talk, id),
        Action::ClassVoices { id } => return classes::voices(talk, id),
        Action::PageClass { g, c } => return board::classify(talk, g, c),
    }
    Ok(())
}
