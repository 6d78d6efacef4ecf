use anyhow::Context;
use kurator::config::Staff;
use vk_sandbox::{Page, Sandbox};

/// Somebody who appears in transcripts.
pub(super) struct Member {
    pub(super) id: i64,
    pub(super) name: &'static str,
    pub(super) surname: &'static str,
    /// The phrase of her sphere.
    pub(super) sphere: &'static str,
    /// The short name of her page.
    pub(super) page: Option<&'static str>,
}

const fn member(
    id: i64,
    name: &'static str,
    surname: &'static str,
    sphere: &'static str,
    page: Option<&'static str>,
) -> Member {
    Member { id, name, surname, sphere, page }
}

/// Everybody, by id.
pub(super) const CAST: [Member; 8] = [
    member(1001, "Анна", "Петрова", "sphere-school", Some("olhovsk_school5")),
    member(1002, "Мария", "Ким", "sphere-clinic", Some("olhovsk_clinic")),
    member(1003, "Ольга", "Седова", "sphere-culture", Some("olhovsk_library")),
    member(1004, "Ирина", "Лаптева", "sphere-kindergarten", Some("olhovsk_ryabinka")),
    member(CURATOR, "Сергей", "Орлов", "sphere-municipality", None),
    member(TRAINER, "Елена", "Власова", "sphere-other", None),
    member(SECOND, "Тамара", "Жданова", "sphere-other", None),
    member(HEAD, "Галина", "Рогова", "sphere-other", None),
];

/// Who runs pages of other schools, for comparison.
pub(super) const SCHOOLS: [Member; 6] = [
    member(1011, "Вера", "Белова", "sphere-school", Some("olhovsk_school1")),
    member(1012, "Нина", "Фомина", "sphere-school", Some("olhovsk_school2")),
    member(1013, "Зоя", "Лыкова", "sphere-school", Some("olhovsk_school3")),
    member(1014, "Лидия", "Мохова", "sphere-school", Some("olhovsk_school4")),
    member(1015, "Раиса", "Котова", "sphere-school", Some("olhovsk_school6")),
    member(1016, "Юлия", "Громова", "sphere-school", Some("olhovsk_school7")),
];
/// Names and surnames of those whom no transcript knows better.
const NAMES: [&str; 8] = ["Вера", "Нина", "Юлия", "Алла", "Дина", "Жанна", "Зоя", "Лидия"];
const SURNAMES: [&str; 7] = ["Белова", "Волкова", "Громова", "Дёмина", "Жукова", "Зимина", "Козлова"];

/// The `n`th of them, from 0.
pub(super) fn stranger(n: usize) -> Member {
    let (name, surname) = (NAMES[n % NAMES.len()], SURNAMES[n % SURNAMES.len()]);
    member(2_001 + n as i64, name, surname, "sphere-school", None)
}

const CURATOR: i64 = 1005;
const TRAINER: i64 = 1006;
const SECOND: i64 = 1007;
const HEAD: i64 = 1008;

/// Id, short name, name and followers of each page.
const PAGES: [(i64, &str, &str, i64); 10] = [
    (501, "olhovsk_school5", "Школа № 5 города Ольховска", 1_105),
    (502, "olhovsk_clinic", "Ольховская поликлиника", 2_341),
    (503, "olhovsk_library", "Библиотека имени Чехова", 412),
    (504, "olhovsk_ryabinka", "Детский сад «Рябинка»", 286),
    (511, "olhovsk_school1", "Школа № 1 города Ольховска", 1_410),
    (512, "olhovsk_school2", "Школа № 2 города Ольховска", 1_020),
    (513, "olhovsk_school3", "Школа № 3 города Ольховска", 2_200),
    (514, "olhovsk_school4", "Школа № 4 города Ольховска", 1_333),
    (515, "olhovsk_school6", "Школа № 6 города Ольховска", 1_780),
    (516, "olhovsk_school7", "Школа № 7 города Ольховска", 1_201),
];

/// Who is staff.
pub(super) fn staff() -> Staff {
    Staff { trainers: vec![TRAINER, SECOND], curators: vec![CURATOR], heads: vec![HEAD], ..Staff::default() }
}

/// Whoever bears this name.
pub(super) fn named(name: &str) -> anyhow::Result<&'static Member> {
    CAST.iter().chain(&SCHOOLS).find(|m| m.name == name).with_context(|| {
        let known: Vec<_> = CAST.iter().map(|m| m.name).collect();
        format!("такого человека в сценариях нет: {name}; есть {}", known.join(", "))
    })
}

/// The page with this short name, as it is at first.
pub(super) fn page(screen_name: &str) -> anyhow::Result<Page> {
    let found = PAGES.iter().find(|(_, known, ..)| *known == screen_name);
    let (id, screen_name, name, members_count) =
        *found.with_context(|| format!("такой страницы в сценариях нет: {screen_name}"))?;
    Ok(Page { id, screen_name: screen_name.into(), name: name.into(), members_count, ..Page::default() })
}

/// The bytes of a file that somebody sends.
pub(super) fn file(name: &str) -> anyhow::Result<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("dialogues/files");
    anyhow::ensure!(!name.contains(['/', '\\']), "файл называют без папки: {name}");
    std::fs::read(folder.join(name)).with_context(|| format!("нет файла tests/dialogues/files/{name}"))
}

/// Puts somebody of another school into the sandbox.
pub(super) fn join(sandbox: &Sandbox, member: &Member) -> anyhow::Result<()> {
    sandbox.add_person(member.id, member.name, member.surname);
    member.page.map_or(Ok(()), |name| {
        sandbox.add_page(page(name)?);
        Ok(())
    })
}

/// Puts everybody but those of other schools into the sandbox, each with her page.
pub(super) fn enter(sandbox: &Sandbox) -> anyhow::Result<()> {
    CAST.iter().try_for_each(|member| join(sandbox, member))
}
