//! The configuration: read once, from a TOML file with `KURATOR_…` variables over it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, de::Error as _};
use thiserror::Error;
use vkapi::types::UserId;

use crate::{
    content::DEFAULT_NORM,
    domain::{
        Care, Grant, Hm, Retention, Role, WorkingHours, Zone,
        attention::{Quiet, Rules},
    },
};

/// What is wrong with a configuration, in one line that names the key.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct ConfigError(String);

/// All settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The way to VK.
    pub vk: Vk,
    /// Where things are remembered.
    pub store: Store,
    /// What the bot teaches and says.
    #[serde(default)]
    pub content: ContentDir,
    /// The region it serves.
    pub region: Region,
    /// Who is staff.
    #[serde(default)]
    pub staff: Staff,
    /// What the bot may send without being asked.
    #[serde(default)]
    pub attention: Attention,
    /// How curators work.
    #[serde(default)]
    pub curators: Curators,
    /// How announcements are sent.
    #[serde(default)]
    pub campaigns: Campaigns,
    /// How pages are looked at.
    #[serde(default)]
    pub audit: Audit,
    /// How long things are kept.
    #[serde(default)]
    pub retention: Retention,
    /// Health and metrics.
    #[serde(default)]
    pub http: Http,
    /// The log.
    #[serde(default)]
    pub log: Log,
}

/// The way to VK.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vk {
    /// The API's address; a method's is `{api_url}/{name}`.
    #[serde(default = "api_url")]
    pub api_url: String,
    /// The community's number.
    pub group_id: i64,
    token: Option<SecretString>,
    token_file: Option<PathBuf>,
    service_token: Option<SecretString>,
    service_token_file: Option<PathBuf>,
}

fn api_url() -> String {
    vkapi::API_URL.to_owned()
}

/// Where things are remembered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// The folder.
    pub path: PathBuf,
    /// Start even where a power cut may destroy it.
    #[serde(default)]
    pub allow_unsafe: bool,
    /// Memory for its cache, in mebibytes; sled takes several times as much for small records.
    #[serde(default = "cache_mib")]
    pub cache_mib: u64,
}

fn cache_mib() -> u64 {
    16
}

/// What the bot teaches and says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContentDir {
    /// The folder.
    pub path: PathBuf,
    /// A folder of the region's own over it: what lies there takes the place of the file with its path.
    pub own: Option<PathBuf>,
}

impl Default for ContentDir {
    fn default() -> Self {
        Self { path: "content".into(), own: None }
    }
}

/// The region it serves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// Its name as people read it.
    pub name: String,
    /// Its time zone by IANA name.
    pub time_zone: Zone,
    /// The id of the norm its pages are held to: a file of the content's `norms/`.
    #[serde(default = "norm")]
    pub norm: String,
}

fn norm() -> String {
    DEFAULT_NORM.to_owned()
}

/// Who is staff, by VK id.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Staff {
    /// Answer for the installation.
    #[serde(deserialize_with = "ids")]
    pub owners: Vec<i64>,
    /// Teach and announce.
    #[serde(deserialize_with = "ids")]
    pub trainers: Vec<i64>,
    /// Help the pages of a municipality.
    #[serde(deserialize_with = "ids")]
    pub curators: Vec<i64>,
    /// Read the region's reports.
    #[serde(deserialize_with = "ids")]
    pub heads: Vec<i64>,
}

/// A list of ids; in a variable, with commas between.
fn ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "нужны номера людей через запятую")]
    enum Ids {
        List(Vec<i64>),
        Line(String),
    }
    match Ids::deserialize(deserializer)? {
        Ids::List(ids) => Ok(ids),
        Ids::Line(line) => line
            .split(',')
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .map(|id| id.parse().map_err(|_| D::Error::custom(format!("«{id}» — не номер человека"))))
            .collect(),
    }
}

impl Staff {
    /// There is at least one person to answer a question.
    pub fn anybody(&self) -> bool {
        self.grants().any(|grant| grant.role.is_staff())
    }

    /// Everybody's roles, each of the whole region.
    pub fn grants(&self) -> impl Iterator<Item = Grant> {
        let lists = [
            (&self.owners, Role::Owner),
            (&self.trainers, Role::Trainer),
            (&self.curators, Role::Curator),
            (&self.heads, Role::Head),
        ];
        lists
            .into_iter()
            .flat_map(|(ids, role)| ids.iter().map(move |id| Grant::of_config(UserId(*id), role)))
    }

    /// A person's roles.
    pub fn grants_of(&self, id: UserId) -> impl Iterator<Item = Grant> {
        self.grants().filter(move |grant| grant.who == id)
    }
}

/// What the bot may send without being asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Attention {
    /// From when nothing comes by itself, by the person's clock.
    #[serde(deserialize_with = "time")]
    pub quiet_from: Hm,
    /// Until when.
    #[serde(deserialize_with = "time")]
    pub quiet_to: Hm,
    /// How many messages a person may get in any seven days without having asked for them.
    pub a_week: u8,
}

impl Default for Attention {
    fn default() -> Self {
        let Rules { quiet, a_week } = Rules::default();
        Self { quiet_from: quiet.from, quiet_to: quiet.to, a_week }
    }
}

impl Attention {
    /// The rules it stands for.
    pub fn rules(&self) -> Rules {
        Rules { quiet: Quiet { from: self.quiet_from, to: self.quiet_to }, a_week: self.a_week }
    }
}

/// How curators work.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Curators {
    /// When their working day begins, by the region's clock.
    #[serde(deserialize_with = "time")]
    pub work_from: Hm,
    /// When it ends.
    #[serde(deserialize_with = "time")]
    pub work_to: Hm,
    /// For so many hours after the last word of a conversation with staff the bot does not answer in it.
    pub silent_hours: u16,
    /// After so many weeks in a row below the norm a page's people are warned, and a week later its curator is told.
    pub misses: u8,
    /// When a curator's Friday digest comes, by her clock.
    #[serde(deserialize_with = "time")]
    pub friday: Hm,
    /// When a head's Monday summary comes, by her clock.
    #[serde(deserialize_with = "time")]
    pub monday: Hm,
}

impl Default for Curators {
    fn default() -> Self {
        let Care { hours, silent_hours, misses, friday, monday } = Care::default();
        Self { work_from: hours.from, work_to: hours.to, silent_hours, misses, friday, monday }
    }
}

impl Curators {
    /// The rules it stands for.
    pub fn care(&self) -> Care {
        let hours = WorkingHours { from: self.work_from, to: self.work_to };
        let Self { silent_hours, misses, friday, monday, .. } = *self;
        Care { hours, silent_hours, misses, friday, monday }
    }
}

/// A time of day such as «22:00».
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hm, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

/// How announcements are sent.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Campaigns {
    /// How many recipients travel in a call.
    pub packing: Packing,
    /// An announcement is paused when VK refuses this share of its recipients, in percent, 1 to 100.
    pub breaker_percent: u8,
    /// But not before so many were tried.
    pub breaker_least: u32,
    /// An announcement to more people than this needs the word of a second person; 0: never.
    pub approve_above: u32,
}

impl Campaigns {
    /// Above how many recipients a second person has to agree; `None`: never.
    pub fn approval(&self) -> Option<usize> {
        (self.approve_above > 0).then_some(self.approve_above as usize)
    }
}

impl Default for Campaigns {
    fn default() -> Self {
        Self { packing: Packing::default(), breaker_percent: 30, breaker_least: 50, approve_above: 300 }
    }
}

/// How many recipients of an announcement travel in a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Packing {
    /// A hundred.
    #[default]
    PeerIds,
    /// Twenty-five times a hundred, inside `execute`.
    Execute,
}

impl Packing {
    /// How many people a call reaches.
    pub fn people(self) -> u32 {
        match self {
            Self::PeerIds => 100,
            Self::Execute => 2_500,
        }
    }
}

/// How pages are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Audit {
    /// When the night's work begins, by the region's clock.
    #[serde(deserialize_with = "time")]
    pub night: Hm,
    /// How many walls may be read in a day; VK takes 5,000 calls of `wall.get` a day from one key.
    pub walls_a_day: u32,
    /// Under how many posts comments may be read in a day, a call each; 0: they are not read.
    pub comments_a_day: u32,
}

impl Default for Audit {
    fn default() -> Self {
        Self { night: Hm { hour: 1, minute: 0 }, walls_a_day: 5_000, comments_a_day: 2_000 }
    }
}

/// Health and metrics.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Where to listen; absent: nowhere.
    pub listen: Option<SocketAddr>,
}

/// The log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Lines for people or JSON for machines.
    pub format: LogFormat,
    /// The least level written, or a filter such as `info,vkapi=debug`.
    pub level: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".into() }
    }
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// JSON for machines.
    Json,
}

impl Config {
    /// Reads the file and the environment.
    ///
    /// # Errors
    /// One line that names the key.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        Self::read(file, None, std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from).as_deref())
    }

    /// Where the content lies by the file, whatever else is in it: whoever edits content need not be able to read keys.
    ///
    /// # Errors
    /// One line that names the key.
    pub fn content(file: &Path) -> Result<ContentDir, ConfigError> {
        #[derive(Deserialize)]
        struct Part {
            #[serde(default)]
            content: ContentDir,
        }
        let wrong = |why: String| ConfigError(format!("{}: {}", file.display(), one_line(&why)));
        let text = std::fs::read_to_string(file).map_err(|e| wrong(e.to_string()))?;
        toml::from_str(&text).map(|part: Part| part.content).map_err(|e| wrong(e.message().to_owned()))
    }

    fn read(
        file: &Path,
        env: Option<config::Map<String, String>>,
        lent: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        if !file.exists() {
            return Err(ConfigError(format!("{}: файла нет", file.display())));
        }
        let text =
            std::fs::read_to_string(file).map_err(|e| ConfigError(format!("{}: {e}", file.display())))?;
        // Before the library reads it: the library's own error shows the line, which may hold a key.
        if let Err(e) = toml::from_str::<toml::Table>(&text) {
            let line =
                e.span().and_then(|at| text.get(..at.start)).map_or(1, |before| before.split('\n').count());
            return Err(ConfigError(format!("{}, строка {line}: {}", file.display(), one_line(e.message()))));
        }
        // Values stay texts until their key says what they are: a key of digits must keep its zeros.
        let environment =
            config::Environment::with_prefix("KURATOR").prefix_separator("_").separator("__").source(env);
        let read = config::Config::builder()
            .add_source(config::File::from_str(&text, config::FileFormat::Toml))
            .add_source(environment)
            .build()
            .map_err(|e| ConfigError(one_line(&e.to_string())))?;
        let mut config: Self = serde_path_to_error::deserialize(read).map_err(|e| {
            let path = e.path().to_string();
            let reason = one_line(&e.into_inner().to_string());
            ConfigError(if path == "." { reason } else { format!("{path}: {reason}") })
        })?;
        config.vk.lend(lent);
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key: &str, why: &str| Err(ConfigError(format!("{key}: {why}")));
        if self.vk.group_id <= 0 {
            return wrong("vk.group_id", "нужен номер сообщества, положительное число");
        }
        if !self.vk.api_url.starts_with("http://") && !self.vk.api_url.starts_with("https://") {
            return wrong("vk.api_url", "нужен адрес, начинающийся с https://");
        }
        if self.region.name.trim().is_empty() {
            return wrong("region.name", "нужно название региона");
        }
        let Retention { silent_days, warned_days, announcement_days, log_days } = self.retention;
        if !(30..=3_650).contains(&silent_days) {
            return wrong("retention.silent_days", "нужно число от 30 до 3650");
        }
        if !(7..=365).contains(&warned_days) {
            return wrong("retention.warned_days", "нужно число от 7 до 365");
        }
        if !(30..=3_650).contains(&announcement_days) {
            return wrong("retention.announcement_days", "нужно число от 30 до 3650");
        }
        if !(90..=3_650).contains(&log_days) {
            return wrong("retention.log_days", "нужно число от 90 до 3650");
        }
        if self.attention.a_week == 0 || self.attention.a_week > 21 {
            return wrong("attention.a_week", "нужно число от 1 до 21");
        }
        if self.curators.work_from >= self.curators.work_to {
            return wrong("curators.work_to", "рабочий день кончается позже, чем начинается");
        }
        if !(1..=336).contains(&self.curators.silent_hours) {
            return wrong("curators.silent_hours", "нужно число от 1 до 336");
        }
        if !(1..=26).contains(&self.curators.misses) {
            return wrong("curators.misses", "нужно число недель от 1 до 26");
        }
        if !(10..=5_000).contains(&self.audit.walls_a_day) {
            return wrong("audit.walls_a_day", "нужно число от 10 до 5000");
        }
        if self.audit.comments_a_day > 20_000 {
            return wrong("audit.comments_a_day", "нужно число от 0 до 20000");
        }
        if !(1..=100).contains(&self.campaigns.breaker_percent) {
            return wrong("campaigns.breaker_percent", "нужна доля в процентах: от 1 до 100");
        }
        if tracing_subscriber::EnvFilter::try_new(&self.log.level).is_err() {
            return wrong("log.level", "нужен уровень: error, warn, info, debug или trace");
        }
        self.vk.token()?;
        self.vk.service_token()?;
        Ok(())
    }
}

impl Vk {
    /// The community's key.
    ///
    /// # Errors
    /// It is given neither or both ways, or its file cannot be read.
    pub fn token(&self) -> Result<SecretString, ConfigError> {
        secret("vk.token", self.token.as_ref(), self.token_file.as_deref())?.ok_or_else(|| {
            ConfigError("vk.token: нужен ключ сообщества (или vk.token_file — файл с ним)".into())
        })
    }

    /// Whether a key stands in the config itself.
    pub fn has_token(&self) -> bool {
        self.token.is_some() || self.service_token.is_some()
    }

    /// Takes keys from where systemd has put copies of their files for the service alone, `LoadCredential=` by the
    /// files' names.
    fn lend(&mut self, lent: Option<&Path>) {
        for file in self.token_file.iter_mut().chain(&mut self.service_token_file) {
            let copy = lent.zip(file.file_name()).map(|(folder, name)| folder.join(name));
            if let Some(copy) = copy.filter(|copy| copy.exists()) {
                *file = copy;
            }
        }
    }

    /// The files that keys are read from.
    pub fn token_files(&self) -> Vec<PathBuf> {
        self.token_file.iter().chain(&self.service_token_file).cloned().collect()
    }

    /// The service key that reads walls, if there is one.
    ///
    /// # Errors
    /// It is given both ways, or its file cannot be read.
    pub fn service_token(&self) -> Result<Option<SecretString>, ConfigError> {
        secret("vk.service_token", self.service_token.as_ref(), self.service_token_file.as_deref())
    }
}

fn secret(
    key: &str,
    given: Option<&SecretString>,
    file: Option<&Path>,
) -> Result<Option<SecretString>, ConfigError> {
    let text = match (given, file) {
        (Some(_), Some(_)) => {
            return Err(ConfigError(format!("{key}: задан и сам ключ, и {key}_file — оставьте одно")));
        }
        (Some(secret), None) => secret.expose_secret().trim().to_owned(),
        (None, Some(file)) => std::fs::read_to_string(file)
            .map_err(|e| ConfigError(format!("{key}_file: {}: {e}", file.display())))?
            .trim()
            .to_owned(),
        (None, None) => return Ok(None),
    };
    if text.is_empty() {
        let file = if file.is_some() { "_file: в файле ключа нет" } else { ": пусто" };
        return Err(ConfigError(format!("{key}{file}")));
    }
    Ok(Some(text.into()))
}

/// An error in one line and without the text that was not taken: it may be a key in the wrong place.
fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match (line.split_once("string \""), line.rsplit_once('"')) {
        (Some((before, _)), Some((_, after))) => format!("{before}string «…»{after}"),
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const GOOD: &str = "[vk]\ngroup_id = 1\ntoken = \"secret-key\"\n[store]\npath = \"data\"\n[region]\nname = \"Область\"\ntime_zone = \"Europe/Moscow\"\n";

    fn read(text: &str, env: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        std::fs::write(&file, text).unwrap();
        let env = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Config::read(&file, Some(env), None)
    }

    #[test]
    fn a_short_config_is_enough() {
        let config = read(GOOD, &[]).unwrap();
        assert_eq!(config.vk.api_url, "https://api.vk.ru/method");
        assert!(!config.store.allow_unsafe);
        assert!(!config.staff.anybody());
        assert!(!format!("{config:?}").contains("secret-key"), "secrets are never printed");
    }

    #[test]
    fn every_key_can_come_from_the_environment() {
        let env = [
            ("KURATOR_VK__TOKEN", "from-env"),
            ("KURATOR_VK__GROUP_ID", "77"),
            ("KURATOR_STORE__ALLOW_UNSAFE", "true"),
            ("KURATOR_STAFF__OWNERS", "5,6"),
            ("KURATOR_LOG__FORMAT", "json"),
            ("KURATOR_HTTP__LISTEN", "127.0.0.1:9100"),
        ];
        let config = read(GOOD, &env).unwrap();
        assert_eq!(config.vk.token().unwrap().expose_secret(), "from-env");
        assert_eq!(config.vk.group_id, 77);
        assert!(config.store.allow_unsafe);
        assert!(config.staff.grants_of(UserId(6)).eq([Grant::of_config(UserId(6), Role::Owner)]));
        assert_eq!(config.log.format, LogFormat::Json);
        assert!(config.http.listen.is_some());
    }

    #[test]
    fn what_systemd_lends_the_service_is_read_in_the_place_of_the_files_that_the_settings_name() {
        let dir = tempfile::tempdir().unwrap();
        let (file, lent) = (dir.path().join("config.toml"), dir.path().join("credentials"));
        std::fs::create_dir(&lent).unwrap();
        let keys =
            "token_file = \"/etc/kurator/vk-token\"\nservice_token_file = \"/etc/kurator/vk-service-token\"";
        std::fs::write(&file, GOOD.replace("token = \"secret-key\"", keys)).unwrap();
        std::fs::write(lent.join("vk-token"), "lent\n").unwrap();
        let refused = Config::read(&file, Some(config::Map::new()), Some(&lent)).unwrap_err().to_string();
        assert!(refused.starts_with("vk.service_token_file: /etc/kurator/"), "{refused}");
        // What the unit puts where there is no file.
        std::fs::write(lent.join("vk-service-token"), "\n").unwrap();
        let refused = Config::read(&file, Some(config::Map::new()), Some(&lent)).unwrap_err().to_string();
        assert_eq!(refused, "vk.service_token_file: в файле ключа нет");
        std::fs::write(lent.join("vk-service-token"), "lent-too").unwrap();
        let config = Config::read(&file, Some(config::Map::new()), Some(&lent)).unwrap();
        assert_eq!(config.vk.token().unwrap().expose_secret(), "lent");
        assert_eq!(config.vk.service_token().unwrap().unwrap().expose_secret(), "lent-too");
    }

    #[test]
    fn where_the_content_lies_is_read_without_the_keys() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        std::fs::write(&file, "[vk]\ntoken_file = \"/nowhere\"\n[content]\npath = \"a\"\nown = \"b\"\n")
            .unwrap();
        let places = Config::content(&file).unwrap();
        assert_eq!((places.path, places.own), ("a".into(), Some("b".into())));
        std::fs::write(&file, "[content]\nplace = \"a\"\n").unwrap();
        assert!(Config::content(&file).unwrap_err().to_string().contains("place"));
    }

    #[test]
    fn a_token_of_digits_stays_a_text() {
        let config = read(GOOD, &[("KURATOR_VK__TOKEN", "0123")]).unwrap();
        assert_eq!(config.vk.token().unwrap().expose_secret(), "0123");
    }

    #[test]
    fn each_mistake_is_one_line_that_names_the_key() {
        let mut unknown = GOOD.to_owned();
        writeln!(unknown, "colour = 1").unwrap();
        for (text, key) in [
            (GOOD.replace("group_id = 1", "group_id = \"x\""), "group_id"),
            (GOOD.replace("group_id = 1", "group_id = -1"), "vk.group_id"),
            (GOOD.replace("group_id = 1\n", ""), "group_id"),
            (GOOD.replace("token = \"secret-key\"\n", ""), "vk.token"),
            (GOOD.replace("token = \"secret-key\"", "token_file = \"/nowhere/key\""), "vk.token_file"),
            (GOOD.replace("Europe/Moscow", "Mars/Base"), "time_zone"),
            (format!("{GOOD}[attention]\na_week = 0\n"), "attention.a_week"),
            (format!("{GOOD}[audit]\nwalls_a_day = 6000\n"), "audit.walls_a_day"),
            (format!("{GOOD}[audit]\ncomments_a_day = 20001\n"), "audit.comments_a_day"),
            (format!("{GOOD}[retention]\nsilent_days = 1\n"), "retention.silent_days"),
            (format!("{GOOD}[retention]\nwarned_days = 0\n"), "retention.warned_days"),
            (format!("{GOOD}[retention]\nannouncement_days = 7\n"), "retention.announcement_days"),
            (format!("{GOOD}[retention]\nlog_days = 30\n"), "retention.log_days"),
            (format!("{GOOD}[attention]\nquiet_from = \"25:00\"\n"), "attention.quiet_from"),
            (unknown, "colour"),
        ] {
            let error = read(&text, &[]).unwrap_err().to_string();
            assert!(error.contains(key), "{key}: {error}");
            assert!(!error.contains('\n'), "{error}");
            assert!(!error.contains("secret-key"), "{error}");
        }
    }

    #[test]
    fn the_example_names_every_setting_and_only_such() {
        let example = include_str!("../../config.example.toml");
        let key = |line: &&str| !line.contains("token");
        let given: Vec<&str> = example.lines().filter(key).collect();
        let config = read(&given.join("\n"), &[("KURATOR_VK__TOKEN", "key")]).unwrap();
        let all: Vec<&str> = given
            .iter()
            .map(|line| line.strip_prefix("# ").filter(|l| l.contains(" = ") && l.is_ascii()).unwrap_or(line))
            .collect();
        let full = read(&all.join("\n"), &[("KURATOR_VK__TOKEN", "key")]).unwrap();
        // What is commented out is the default.
        assert_eq!(full.vk.api_url, config.vk.api_url);
        assert_eq!(full.store.allow_unsafe, config.store.allow_unsafe);
        assert_eq!(full.store.cache_mib, config.store.cache_mib);
        assert_eq!(full.content.path, config.content.path);
        assert!(full.content.own.is_some() && config.content.own.is_none());
        assert_eq!(full.attention.rules(), config.attention.rules());
        assert_eq!(full.audit, config.audit);
        assert_eq!(full.retention, config.retention);
        assert_eq!(full.log.format, config.log.format);
        assert_eq!(full.campaigns.packing, config.campaigns.packing);
        assert_eq!(full.campaigns.breaker_percent, config.campaigns.breaker_percent);
        assert_eq!(full.campaigns.breaker_least, config.campaigns.breaker_least);
        assert!(full.http.listen.is_some() && config.http.listen.is_none());
    }
}
