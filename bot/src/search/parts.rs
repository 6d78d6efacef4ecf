//! The parts of the method, and which of them an index works with: to measure what each adds.

use clap::ValueEnum;

/// A part of the method that can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Other ways to ask, as editors wrote them.
    #[value(help = "другие способы спросить")]
    Asks,
    /// The words of answers and cards, beside titles, ways to ask and tags.
    #[value(help = "слова ответов и карточек")]
    Texts,
    /// Names of one thing, `[[same]]`.
    #[value(help = "разные названия одного, [[same]]")]
    Synonyms,
    /// Passing over words that say nothing, `filler`.
    #[value(help = "пустые слова, filler")]
    Filler,
    /// Forms of a word are one word.
    #[value(help = "формы слова")]
    Stems,
    /// Words of one family stand for each other.
    #[value(help = "однокоренные слова")]
    Families,
    /// «ё» is «е».
    #[value(help = "«ё» как «е»")]
    Yo,
    /// Words written by ear.
    #[value(help = "слова, написанные на слух")]
    Ear,
    /// Slips of the finger, by edit distance.
    #[value(help = "опечатки")]
    Slips,
    /// Words written together are taken apart.
    #[value(help = "слипшиеся слова")]
    Apart,
    /// Two neighbours may be one word.
    #[value(help = "разорванные слова")]
    Joined,
    /// The keyboard stood in another language.
    #[value(help = "другая раскладка")]
    Layout,
    /// Russian in Latin letters.
    #[value(help = "русский латиницей")]
    Latin,
    /// Likeness to the nearest phrasing.
    #[value(help = "сходство с целой фразой")]
    Likeness,
    /// The very words of a title or a way to ask are answered by its guide.
    #[value(help = "фраза слово в слово")]
    Exact,
    /// Topics the bot does not answer about, `[[outside]]`.
    #[value(help = "не наши темы, [[outside]]")]
    Outside,
    /// Doubting what is said in words no guide knows.
    #[value(help = "сомнение из-за незнакомых слов")]
    Strange,
    /// Offering a choice where the first guide is not sure; without it the first is the answer.
    #[value(help = "выбор вместо ответа, когда уверенности нет")]
    Choice,
}

/// The parts an index works with; by default all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// A bit for each part that is left out.
    left_out: u32,
}

impl Parts {
    /// The same without this one.
    #[must_use]
    pub fn without(self, part: Part) -> Self {
        Self { left_out: self.left_out | 1 << part as u32 }
    }

    /// Whether this one works.
    pub(crate) fn has(self, part: Part) -> bool {
        self.left_out & 1 << part as u32 == 0
    }
}
