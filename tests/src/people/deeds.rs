//! What people do, each time with what they then expect.

use anyhow::{Context, ensure};
use kurator::domain::Ms;
use vk_sandbox::ChatMessage;

use super::{
    book::List,
    person::{Person, Place},
    screen::{choice, ticked},
};

/// The most reminders the bot lets a person have.
const MOST_REMINDERS: usize = 5;
/// A soon reminder is set this long before it is due at the latest, so as not to miss it while setting it.
const IN_TIME: i64 = 5_000;

impl Person<'_> {
    /// Consent and the interview.
    pub(super) async fn meet(&mut self) -> anyhow::Result<()> {
        self.sandbox.start(self.id, None);
        let consent = self.answer(Place::New, |text| text.contains("Куратор")).await?;
        let sphere =
            self.choose(&consent, |label| label == "Согласен", |text| text.contains("1 из 5")).await?;
        self.acknowledged.get().consented = true;
        let spheres = ["Школа, колледж", "Детский сад", "Больница, поликлиника", "Культура, библиотека"];
        let mine = spheres[self.rng.usize(..spheres.len())];
        let town = self.choose(&sphere, |label| label == mine, |text| text.contains("2 из 5")).await?;
        let page = if self.rng.bool() {
            let name = format!("Посёлок {}", self.id);
            let page = self.write(&name, |text| text.contains("3 из 5")).await?;
            self.acknowledged.get().municipality = Some(name);
            page
        } else {
            self.choose(&town, |label| label == "Пропустить", |text| text.contains("3 из 5")).await?
        };
        self.choose(&page, |label| label == "Пропустить", |text| text.contains("4 из 5")).await?;
        let in_time = (self.now)().plus(IN_TIME) < self.soon_at;
        let soon = !self.plain && in_time && self.rng.u8(..3) == 0;
        let (typed, words, due) = if soon { self.soon() } else { self.far(0) };
        self.acknowledged.get().pending_reminder = true;
        let told = words.clone();
        self.write(&typed, move |text| text.contains("познакомились") && text.contains(&told)).await?;
        if let Some(due) = due {
            self.soon.push((due, (self.now)() < due));
        }
        let mut known = self.acknowledged.get();
        known.pending_reminder = false;
        known.reminders.push(words);
        known.onboarded = true;
        Ok(())
    }

    /// A reminder that comes in the next minute or so: how it is typed, the bot's words for it, and when it comes.
    fn soon(&self) -> (String, String, Option<Ms>) {
        let local = self.zone.local(self.soon_at);
        let (hour, minute) = (local.hour(), local.minute());
        // With a nought before it an early hour is not taken for the afternoon.
        let typed = format!("каждый день в {hour:02}:{minute:02}");
        (typed, format!("каждый день в {hour}:{minute:02}"), Some(self.soon_at))
    }

    /// A reminder that comes after twelve hours at the earliest.
    fn far(&self, number: usize) -> (String, String, Option<Ms>) {
        let local = self.zone.local((self.now)().plus(12 * Ms::HOUR));
        let (hour, minute) = (local.hour(), number * 10 + self.id as usize % 10);
        (format!("вт и чт в {hour:02}:{minute:02}"), format!("вт и чт в {hour}:{minute:02}"), None)
    }

    /// One more thing to do.
    pub(super) async fn something(&mut self) -> anyhow::Result<()> {
        match self.rng.u8(..10) {
            0..=4 => self.tick().await.context("ticking"),
            5 => self.ask(1).await.context("asking"),
            6 => {
                let many = self.rng.usize(2..=3);
                self.ask(many).await.context("asking in a row")
            }
            7 => self.progress().await.context("her progress"),
            8 => self.remind().await.context("a reminder"),
            _ if self.came.is_empty() => {
                self.write("меню", |text| text.contains("Чем помочь?")).await.context("the menu").map(drop)
            }
            _ => self.done().await.context("a reminder that came"),
        }
    }

    /// Opens a list; it has exactly the ticks she knows of.
    pub(super) async fn open_list(&mut self, list: usize) -> anyhow::Result<ChatMessage> {
        let list = &self.book.lists[list];
        let lists = self.write("Чек-листы", |text| text.starts_with("Чек-листы, лист 1")).await?;
        // Labels are cut to what a button holds.
        let title: String = list.title.chars().take(20).collect();
        let wanted = self.marked(list.id.as_str());
        let shown =
            self.choose(&lists, |label| label.contains(&title), |text| text.starts_with(&list.title)).await?;
        ensure!(ticked(&shown.text) == wanted, "{}: not {wanted:?} in {}", list.title, shown.text);
        Ok(shown)
    }

    /// The numbers of the ticked steps of a list, from 0.
    fn marked(&self, list: &str) -> Vec<usize> {
        let known = self.acknowledged.get();
        let ticks = &known.ticks;
        let steps = self.book.lists.iter().find(|one| one.id == list).map(|one| one.steps.as_slice());
        let all = steps.unwrap_or_default().iter().enumerate();
        all.filter(|(_, step)| ticks.contains(&(list.to_owned(), (*step).clone()))).map(|(n, _)| n).collect()
    }

    /// Ticks or unticks some steps of a list, one by one or two in a row.
    async fn tick(&mut self) -> anyhow::Result<()> {
        let place = self.rng.usize(..self.book.lists.len());
        let mut shown = self.open_list(place).await?;
        let List { id, buttons, steps, .. } = &self.book.lists[place];
        for _ in 0..self.rng.usize(1..=3) {
            let first = self.rng.usize(..*buttons);
            let mut numbers = vec![first];
            if *buttons > 1 && self.rng.bool() {
                numbers.push((first + 1) % *buttons);
            }
            let mut places = Vec::new();
            for number in &numbers {
                let step = (id.clone(), steps[*number].clone());
                let on = !self.acknowledged.get().ticks.contains(&step);
                self.acknowledged.get().pending_ticks.insert(step, on);
                let label = (number + 1).to_string();
                let how =
                    choice(&shown, |l| l.strip_prefix(['✅', '⬜']).is_some_and(|l| l.trim() == label))?;
                places.push(self.make(&how)?);
            }
            for (number, place) in numbers.iter().zip(places) {
                let step = (id.clone(), steps[*number].clone());
                let mut wanted = self.marked(id);
                match wanted.iter().position(|one| one == number) {
                    Some(at) => drop(wanted.remove(at)),
                    None => wanted.push(*number),
                }
                wanted.sort_unstable();
                let fits = move |text: &str| ticked(text) == wanted;
                shown = self.answer(place, fits).await?;
                let mut known = self.acknowledged.get();
                if known.pending_ticks.remove(&step) == Some(true) {
                    known.ticks.insert(step);
                } else {
                    known.ticks.remove(&step);
                }
            }
        }
        Ok(())
    }

    /// Asks so many different questions in a row; the answers come in the same order.
    async fn ask(&mut self, many: usize) -> anyhow::Result<()> {
        let book = self.book;
        let first = self.rng.usize(..book.questions.len());
        let asked = || book.questions.iter().cycle().skip(first).take(many);
        for (question, _) in asked() {
            self.say(question);
        }
        for (question, begins) in asked() {
            let answered = self.answer(Place::New, |text| text.starts_with(begins)).await;
            answered.with_context(|| format!("«{question}»"))?;
        }
        Ok(())
    }

    /// Her progress counts exactly the ticks she knows of.
    pub(super) async fn progress(&mut self) -> anyhow::Result<()> {
        let ticks = self.acknowledged.get().ticks.len();
        let counts = move |text: &str| {
            let mut lines = text.lines().filter(|line| line.starts_with("Отмечен"));
            lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()) == Some(ticks)
        };
        self.write("Мой прогресс", counts).await.map(drop)
    }

    /// The list of her reminders has each once.
    pub(super) async fn all_reminders(&mut self) -> anyhow::Result<ChatMessage> {
        let wanted = self.acknowledged.get().reminders.clone();
        let fits = move |text: &str| {
            let lines = text
                .lines()
                .filter_map(|line| line.strip_prefix("— ")?.strip_suffix(" — запись на странице"));
            lines.eq(wanted.iter())
        };
        self.write("Напоминания", fits).await
    }

    /// Sets one more reminder, if she may have more.
    async fn remind(&mut self) -> anyhow::Result<()> {
        let shown = self.all_reminders().await?;
        let have = self.acknowledged.get().reminders.len();
        if have == MOST_REMINDERS {
            return Ok(());
        }
        self.choose(&shown, |l| l == "Новое напоминание", |text| text.contains("В какие дни")).await?;
        let (typed, words, _) = self.far(have);
        self.acknowledged.get().pending_reminder = true;
        let told = words.clone();
        let asked = self
            .write(&typed, move |text| text.contains("Правильно понимаю") && text.contains(&told))
            .await?;
        let told = words.clone();
        self.choose(
            &asked,
            |l| l == "Да, поставить",
            move |text| text.starts_with("Ваши напоминания") && text.contains(&told),
        )
        .await?;
        let mut known = self.acknowledged.get();
        known.pending_reminder = false;
        known.reminders.push(words);
        Ok(())
    }

    /// «Готово» under a reminder that came.
    async fn done(&mut self) -> anyhow::Result<()> {
        let Some(reminder) = self.came.pop() else { return Ok(()) };
        self.choose(&reminder, |label| label == "Готово", |text| text.contains("запись есть")).await.map(drop)
    }
}
