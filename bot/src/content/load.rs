//! Finds the files of `content/`, has each read, and checks what only all of them together can show.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

use jiff::civil::Date;

use super::{
    Content, advice, checklist, consent, course, guide, idea, ids, lesson, norm, occasion,
    problem::{Kind, Notes, Problem, Reference, Severity},
    production, texts,
};
use crate::{
    domain::Sphere,
    draft::Words,
    search::{Index, Parts, Synonyms},
};

/// Larger than any text a person writes by hand: a wrong file put in by mistake is not read into memory.
const FILE_BYTES: u64 = 1 << 20;

impl Content {
    /// Reads and proves a content folder; `today` decides which reviews are overdue.
    ///
    /// Gives the content with warnings, or everything that is wrong if at least one thing is an error.
    pub fn load(dir: &Path, today: Date) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        Self::load_over(dir, None, today)
    }

    /// As [`Self::load`], with a folder of one's own over it: a file there takes the place of the one with its path,
    /// an empty one removes it; of `texts/ru.ftl` and `ids.txt` only what is written there does.
    pub fn load_over(
        dir: &Path,
        own: Option<&Path>,
        today: Date,
    ) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        let mut loader =
            Loader { dir, own, today, problems: vec![], references: vec![], hash: DefaultHasher::new() };
        let guides = loader.guides();
        let mut checklists = loader.tomls("checklists", |notes, stem| checklist::parse(notes, stem, today));
        let mut courses = loader.tomls("courses", |notes, stem| course::parse(notes, stem, today));
        let is_work = |stem: &str| stem.starts_with(production::PREFIX);
        let calendar =
            loader.some_tomls("calendar", |s| !is_work(s), |notes, _| occasion::parse(notes, today));
        let work = loader.some_tomls("calendar", is_work, |notes, _| production::parse(notes, today));
        let mut lessons = loader.tomls("lessons", |notes, stem| lesson::parse(notes, stem, today));
        let ideas = loader.tomls("ideas", |notes, stem| idea::parse(notes, stem, today));
        let norms = loader.tomls("norms", |notes, stem| norm::parse(notes, stem, today));
        let advice = loader.some_tomls("advice", |_| true, |notes, _| advice::parse(notes, today));
        let consent = loader.consent();
        let texts = loader.texts();
        let synonyms = loader.whole("synonyms.toml", Synonyms::parse);
        let draft_words = loader.whole("draft.toml", |notes| Words::parse(notes, today));
        if guides.is_empty() {
            loader.tell(&dir.join("guides"), "нет ни одной подсказки");
        }
        let ids = loader.ids(&guides, &checklists, &courses, &lessons);
        loader.same_words(&guides);
        loader.same_occasions(&calendar);
        loader.same_advice(&advice);
        loader.every_sphere(&ideas);
        let known = |kind| match kind {
            Kind::Guide => guides.iter().map(|f| f.stem.as_str()).collect(),
            Kind::Checklist => checklists.iter().map(|f| f.stem.as_str()).collect(),
            Kind::Course => courses.iter().map(|f| f.stem.as_str()).collect(),
            Kind::Lesson => lessons.iter().map(|f| f.stem.as_str()).collect(),
            Kind::Norm => norms.iter().map(|f| f.stem.as_str()).collect(),
        };
        loader.cross(known);
        let norms = loader.norms(norms);
        loader.lengths(&guides, &norms);
        if let (Some(consent), Some(texts)) = (&consent, &texts)
            && let more @ 1.. = consent.too_long(texts)
        {
            let what = format!("согласие: с долгими сроками длиннее, чем помещается, на {more}");
            loader.tell(&loader.place("consent.md"), &what);
        }
        checklists.sort_by_key(|f| f.read.as_ref().map(|c| (c.order, c.id.clone())));
        courses.sort_by_key(|f| f.read.as_ref().map(|c| (c.order, c.id.clone())));
        lessons.sort_by_key(|f| f.read.as_ref().map(|l| (l.order, l.id.clone())));
        let Loader { mut problems, hash, .. } = loader;
        problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        let sound = problems.iter().all(|p| p.severity == Severity::Warning);
        let (Some(consent), Some(texts), Some(synonyms), Some(draft_words), true) =
            (consent, texts, synonyms, draft_words, sound)
        else {
            return Err(problems);
        };
        let guides = read(guides);
        let index = Index::build(&guides, &synonyms, Parts::default());
        let version = format!("{:08x}", hash.finish() as u32);
        let (checklists, courses, lessons) = (read(checklists), read(courses), read(lessons));
        let occasions = read(calendar).into_iter().flatten().map(|(_, occasion)| occasion).collect();
        let advice = read(advice).into_iter().flatten().map(|(_, advice)| advice).collect();
        let (ideas, calendar) = (read(ideas), production::calendar(read(work)));
        let content = Self {
            guides,
            checklists,
            courses,
            lessons,
            occasions,
            calendar,
            ideas,
            norms,
            advice,
            consent,
            texts,
            draft_words,
            synonyms,
            index,
            ids,
            version,
        };
        Ok((content, problems))
    }
}

/// A document that there is a file for, whether it could be read or not.
struct Found<T> {
    stem: String,
    file: String,
    read: Option<T>,
}

fn read<T>(found: Vec<Found<T>>) -> Vec<T> {
    found.into_iter().filter_map(|f| f.read).collect()
}

struct Loader<'a> {
    dir: &'a Path,
    own: Option<&'a Path>,
    today: Date,
    problems: Vec<Problem>,
    references: Vec<Reference>,
    hash: DefaultHasher,
}

impl Loader<'_> {
    fn guides(&mut self) -> Vec<Found<guide::Guide>> {
        let mut found: Vec<Found<guide::Guide>> = Vec::new();
        for folder in self.list("guides") {
            let Some(category) = stem(&folder, None) else { continue };
            if !folder.is_dir() {
                self.tell(&folder, "подсказки лежат в папках разделов: guides/раздел/подсказка.md");
                continue;
            }
            for path in self.list(&format!("guides/{category}")) {
                let Some(stem) = stem(&path, Some("md")) else {
                    self.tell(&path, "лишний файл: здесь бывают только .md");
                    continue;
                };
                let file = path.display().to_string();
                if let Some(other) = found.iter().find(|f| f.stem == stem) {
                    self.tell(&path, &format!("такая подсказка уже есть: {}", other.file));
                }
                let read =
                    self.page(&path, |notes, page, today| guide::parse(notes, page, &category, &stem, today));
                found.push(Found { stem, file, read });
            }
        }
        found
    }

    fn tomls<T>(&mut self, folder: &str, parse: impl Fn(&mut Notes<'_>, &str) -> Option<T>) -> Vec<Found<T>> {
        self.some_tomls(folder, |_| true, parse)
    }

    /// Reads the files of a folder whose stems are wanted.
    fn some_tomls<T>(
        &mut self,
        folder: &str,
        wanted: impl Fn(&str) -> bool,
        parse: impl Fn(&mut Notes<'_>, &str) -> Option<T>,
    ) -> Vec<Found<T>> {
        let mut found = Vec::new();
        for path in self.list(folder) {
            let Some(stem) = stem(&path, Some("toml")) else {
                // Of a folder that is read twice only once.
                if wanted("") {
                    self.tell(&path, "лишний файл: здесь бывают только .toml");
                }
                continue;
            };
            if !wanted(&stem) {
                continue;
            }
            let Some(text) = self.text(&path) else { continue };
            let file = path.display().to_string();
            let mut notes = Notes::new(&file, &text, 0);
            let read = parse(&mut notes, &stem);
            self.take(notes);
            found.push(Found { stem, file, read });
        }
        found
    }

    fn consent(&mut self) -> Option<consent::Consent> {
        let path = self.place("consent.md");
        self.page(&path, |notes, page, _| consent::parse(notes, page))
    }

    fn whole<T>(&mut self, name: &str, parse: impl Fn(&mut Notes<'_>) -> Option<T>) -> Option<T> {
        self.file(&self.place(name), parse)
    }

    /// The phrases, with those of one's own in the place of others.
    fn texts(&mut self) -> Option<texts::Texts> {
        const FILE: &str = "texts/ru.ftl";
        let mut read = self.file(&self.dir.join(FILE), |notes| Some(texts::parse(notes)))?;
        if let Some(path) = self.owned(FILE) {
            let text = self.text(&path)?;
            let mut notes = Notes::new(&path.display().to_string(), &text, 0);
            read.replace(&mut notes);
            self.take(notes);
        }
        Some(read)
    }

    fn file<T>(&mut self, path: &Path, parse: impl Fn(&mut Notes<'_>) -> Option<T>) -> Option<T> {
        let text = self.text(path)?;
        let mut notes = Notes::new(&path.display().to_string(), &text, 0);
        let read = parse(&mut notes);
        self.take(notes);
        read
    }

    fn page<T>(
        &mut self,
        path: &Path,
        parse: impl Fn(&mut Notes<'_>, &guide::Page<'_>, Date) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(path)?;
        let Some(page) = guide::split(&text) else {
            self.tell(path, "файл начинается строкой +++, за ней заголовок, за ним снова строка +++");
            return None;
        };
        let mut notes = Notes::new(&path.display().to_string(), page.header, 1);
        let read = parse(&mut notes, &page, self.today);
        self.take(notes);
        read
    }

    fn take(&mut self, notes: Notes<'_>) {
        self.problems.extend(notes.problems);
        self.references.extend(notes.references);
    }

    /// The text of a file, without the mark some editors put first and with one kind of line ends.
    fn text(&mut self, path: &Path) -> Option<String> {
        let size = fs::metadata(path).map(|m| m.len());
        if size.as_ref().is_ok_and(|size| *size > FILE_BYTES) {
            self.tell(path, "файл больше мегабайта");
            return None;
        }
        match size.and_then(|_| fs::read_to_string(path)) {
            Ok(text) => {
                let own = self.own.and_then(|own| path.strip_prefix(own).ok());
                own.or_else(|| path.strip_prefix(self.dir).ok()).unwrap_or(path).hash(&mut self.hash);
                text.hash(&mut self.hash);
                Some(text.trim_start_matches('\u{feff}').replace("\r\n", "\n"))
            }
            Err(e) => {
                self.tell(path, &format!("не читается: {e}"));
                None
            }
        }
    }

    /// The file of one's own with this path, if there is one.
    fn owned(&self, name: &str) -> Option<PathBuf> {
        self.own.map(|own| own.join(name)).filter(|path| path.exists())
    }

    /// Where the file with this path is taken from.
    fn place(&self, name: &str) -> PathBuf {
        self.owned(name).unwrap_or_else(|| self.dir.join(name))
    }

    /// What lies in a folder, by name; hidden files are left alone.
    fn list(&mut self, folder: &str) -> Vec<PathBuf> {
        let path = self.dir.join(folder);
        let own = self.own.and_then(|own| fs::read_dir(own.join(folder)).ok());
        let base = match fs::read_dir(&path) {
            Ok(entries) => Some(entries),
            Err(_) if own.is_some() => None,
            Err(e) => {
                self.tell(&path, &format!("папка не читается: {e}"));
                None
            }
        };
        let mut found = BTreeMap::new();
        for entry in base.into_iter().chain(own).flatten().flatten() {
            found.insert(entry.file_name(), entry.path());
        }
        found.retain(|name, path| !name.to_string_lossy().starts_with('.') && !self.removed(path));
        found.into_values().collect()
    }

    /// An empty file of one's own stands for none.
    fn removed(&self, path: &Path) -> bool {
        self.own.is_some_and(|own| path.starts_with(own))
            && fs::metadata(path).is_ok_and(|about| about.is_file() && about.len() == 0)
    }

    /// Notes titles and questions that lead to two guides: neither could be found by them.
    fn same_words(&mut self, guides: &[Found<guide::Guide>]) {
        let mut titles: HashMap<String, &str> = HashMap::new();
        let mut asked: HashMap<String, &str> = HashMap::new();
        for found in guides {
            let Some(guide) = &found.read else { continue };
            if let Some(other) = titles.insert(crate::domain::text::folded(&guide.title), &found.stem) {
                self.note(&found.file, Severity::Error, &format!("так же называется «{other}»"));
            }
            for ask in &guide.ask {
                let other = asked.insert(crate::domain::text::folded(ask), &found.stem);
                if let Some(other) = other.filter(|o| *o != found.stem) {
                    let what = format!("так же спрашивают о «{other}»: «{ask}»");
                    self.note(&found.file, Severity::Warning, &what);
                }
            }
        }
    }

    /// Notes occasions with the id of another, in whatever file.
    fn same_occasions(&mut self, calendar: &[Found<Vec<(usize, occasion::Occasion)>>]) {
        let mut ids: HashMap<&str, &str> = HashMap::new();
        for found in calendar {
            for (line, occasion) in found.read.iter().flatten() {
                if let Some(other) = ids.insert(&occasion.id, &found.stem) {
                    let what = format!("дата «{}» уже есть: {other}.toml", occasion.id);
                    let (file, line) = (found.file.clone(), Some(*line));
                    self.problems.push(Problem { file, line, what, severity: Severity::Error });
                }
            }
        }
    }

    /// Notes advice with the id of another, in whatever file.
    fn same_advice(&mut self, files: &[Found<Vec<(usize, advice::Advice)>>]) {
        let mut ids: HashMap<&str, &str> = HashMap::new();
        for found in files {
            for (line, advice) in found.read.iter().flatten() {
                if let Some(other) = ids.insert(&advice.id, &found.stem) {
                    let what = format!("совет «{}» уже есть: {other}.toml", advice.id);
                    let (file, line) = (found.file.clone(), Some(*line));
                    self.problems.push(Problem { file, line, what, severity: Severity::Error });
                }
            }
        }
    }

    /// Notes spheres without a file of ideas.
    fn every_sphere(&mut self, ideas: &[Found<idea::OfSphere>]) {
        for sphere in Sphere::ALL.map(Sphere::slug) {
            if !ideas.iter().any(|f| f.stem == sphere) {
                let path = self.dir.join("ideas");
                self.tell(&path, &format!("нет файла {sphere}.toml: идей для этой сферы"));
            }
        }
    }

    /// The norms with their formulas; notes one that takes its formula where there is none.
    fn norms(&mut self, found: Vec<Found<norm::Draft>>) -> Vec<norm::Norm> {
        let files: HashMap<String, String> = found.iter().map(|f| (f.stem.clone(), f.file.clone())).collect();
        let drafts = read(found);
        let (norms, lost) = norm::finish(&drafts);
        for id in lost {
            let file = files.get(id).map_or(id, String::as_str);
            self.note(file, Severity::Error, "like: у той нормы самой нет частей формулы");
        }
        if !norms.iter().any(|norm| norm.id == norm::DEFAULT) {
            let path = self.dir.join("norms");
            self.tell(&path, &format!("нет нормы по умолчанию: {}.toml", norm::DEFAULT));
        }
        norms
    }

    /// The ids there ever were; notes those that are gone. Without the file none was published.
    fn ids(
        &mut self,
        guides: &[Found<guide::Guide>],
        checklists: &[Found<checklist::Checklist>],
        courses: &[Found<course::Course>],
        lessons: &[Found<lesson::Lesson>],
    ) -> ids::Ids {
        let path = self.dir.join(ids::FILE);
        if !path.exists() {
            return ids::Ids::default();
        }
        let read = |notes: &mut Notes<'_>| Some(ids::Ids::parse(notes));
        let Some(mut ids) = self.file(&path, read) else { return ids::Ids::default() };
        if let Some(own) = self.owned(ids::FILE)
            && let Some(ours) = self.file(&own, read)
        {
            ids.replace(ours);
        }
        let mut notes = Notes::new(&path.display().to_string(), "", 0);
        // A file that cannot be read is told itself; what is in it is not gone.
        let whole = guides.iter().all(|f| f.read.is_some())
            && checklists.iter().all(|f| f.read.is_some())
            && courses.iter().all(|f| f.read.is_some())
            && lessons.iter().all(|f| f.read.is_some());
        if whole {
            let now = ids::all(
                guides.iter().filter_map(|f| f.read.as_ref()),
                checklists.iter().filter_map(|f| f.read.as_ref()),
                courses.iter().filter_map(|f| f.read.as_ref()),
                lessons.iter().filter_map(|f| f.read.as_ref()),
            );
            ids.judge(&mut notes, &now);
        }
        self.take(notes);
        ids
    }

    /// Notes guides that are too long with what a sphere and a norm put in.
    fn lengths(&mut self, guides: &[Found<guide::Guide>], norms: &[norm::Norm]) {
        for found in guides {
            self.problems.extend(found.read.as_ref().and_then(|guide| guide.too_long(norms, &found.file)));
        }
    }

    /// Notes references to what is not there.
    fn cross<'k>(&mut self, known: impl Fn(Kind) -> HashSet<&'k str>) {
        let (guides, checklists, courses) = (known(Kind::Guide), known(Kind::Checklist), known(Kind::Course));
        let (lessons, norms) = (known(Kind::Lesson), known(Kind::Norm));
        for reference in std::mem::take(&mut self.references) {
            let (there, whose) = match reference.kind {
                Kind::Guide => (&guides, "подсказки"),
                Kind::Checklist => (&checklists, "чек-листа"),
                Kind::Course => (&courses, "курса"),
                Kind::Lesson => (&lessons, "урока"),
                Kind::Norm => (&norms, "нормы"),
            };
            if !there.contains(reference.target.as_str()) {
                let what = format!("{}: {whose} «{}» нет", reference.field, reference.target);
                let (file, line) = (reference.file, reference.line);
                self.problems.push(Problem { file, line, what, severity: Severity::Error });
            }
        }
    }

    fn tell(&mut self, path: &Path, what: &str) {
        self.note(&path.display().to_string(), Severity::Error, what);
    }

    fn note(&mut self, file: &str, severity: Severity, what: &str) {
        self.problems.push(Problem { file: file.to_owned(), line: None, what: what.to_owned(), severity });
    }
}

fn stem(path: &Path, extension: Option<&str>) -> Option<String> {
    if extension.is_some_and(|e| path.extension().is_none_or(|x| x != e)) {
        return None;
    }
    let name = if extension.is_some() { path.file_stem() } else { path.file_name() };
    name?.to_str().map(str::to_owned)
}
