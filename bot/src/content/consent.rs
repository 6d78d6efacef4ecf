use jiff::civil::Date;
use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use super::{
    Texts, body, fields,
    guide::{Page, plain},
    problem::Notes,
};
use crate::domain::Retention;

const TEXT: usize = 2500;
const YEAR: u32 = 365;
/// What the text may ask of the region's periods.
const OF_PERIODS: [&str; 4] = ["announcements", "log", "silent", "warned"];
/// No period that a config may set takes more letters.
const LONGEST: Retention =
    Retention { silent_days: 3_649, warned_days: 364, announcement_days: 3_649, log_days: 3_649 };

/// What a person agrees to before anything is kept about her.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Grows with every change of meaning; a higher one is asked about again.
    pub version: u32,
    /// The day this version was adopted.
    pub date: Date,
    /// Plain text, at most 2500 characters with any periods in the places that ask for them.
    pub text: String,
}

impl Consent {
    /// The text with the region's periods put in: `{{announcements}}`, `{{log}}`, `{{silent}}`, `{{warned}}`.
    pub fn filled(&self, texts: &Texts, periods: Retention) -> String {
        let up_to = |days: u32| match days % YEAR {
            0 => texts.format("consent-up-to-years", &[("n", (days / YEAR).into())]),
            _ => texts.format("consent-up-to-days", &[("n", days.into())]),
        };
        let days = |days: u32| texts.format("consent-days", &[("n", days.into())]);
        self.text
            .replace("{{announcements}}", &up_to(periods.announcement_days))
            .replace("{{log}}", &up_to(periods.log_days))
            .replace("{{silent}}", &days(periods.silent_days))
            .replace("{{warned}}", &days(periods.warned_days))
    }

    /// How many characters too many it has where the region keeps things for long; 0 if it fits.
    pub(super) fn too_long(&self, texts: &Texts) -> usize {
        self.filled(texts, LONGEST).chars().count().saturating_sub(TEXT)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    version: Option<Spanned<u32>>,
    date: Option<Spanned<Datetime>>,
}

/// Reads the consent; what is wrong goes to `notes`, which must hold the page's header.
pub(crate) fn parse(notes: &mut Notes<'_>, page: &Page<'_>) -> Option<Consent> {
    let raw: Header = fields::read(notes)?;
    let date = fields::date(notes, "date", raw.date);
    let line = raw.version.as_ref().map(|v| notes.line(&v.span()));
    let version = raw.version.map_or(0, Spanned::into_inner);
    if version == 0 {
        notes.error(line, "version: нужно целое число от 1");
    }
    let text = page.body.trim().to_owned();
    if text.is_empty() {
        notes.error(Some(page.body_line), "нет текста согласия");
    }
    fields::fits(notes, Some(page.body_line), "согласие", &text, TEXT);
    for (line, text) in (page.body_line..).zip(page.body.lines()) {
        plain(notes, line, text);
        body::placeholders(notes, line, text, &OF_PERIODS);
    }
    Some(Consent { version, date: date?, text })
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, TEXT};
    use crate::{chat::tests::CONTENT, domain::Retention};

    #[test]
    fn the_kept_consent_leaves_room_for_the_name_and_the_address_of_an_operator() {
        assert!(CONTENT.consent().filled(CONTENT.texts(), LONGEST).chars().count() + 400 <= TEXT);
    }

    #[test]
    fn the_periods_are_those_of_the_region() {
        let said = |periods| CONTENT.consent().filled(CONTENT.texts(), periods);
        let usual = said(Retention::default());
        for period in ["— до года;", "— до 3 лет;", "не заходите 700 дней,", "через 30 дней всё забудет"]
        {
            assert!(usual.contains(period), "{period}: {usual}");
        }
        let short = said(Retention { silent_days: 91, warned_days: 7, announcement_days: 31, log_days: 92 });
        for period in ["— до 31 дня;", "— до 92 дней;", "не заходите 91 день,", "через 7 дней всё забудет"]
        {
            assert!(short.contains(period), "{period}: {short}");
        }
        assert!(!usual.contains("{{") && !short.contains("{{"));
    }
}
