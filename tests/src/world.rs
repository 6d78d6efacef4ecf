use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use kurator::{
    app::{App, Parts},
    chat::Region,
    config::{Audit, Campaigns, Staff},
    content::{Content, DEFAULT_NORM},
    domain::{Care, Clock, Ms, Retention, TestClock, Zone, attention::Rules},
    store::{AnyStore, Commit, MemStore, Op, SledOptions, SledStore, Store, StoreError},
};
use vk_sandbox::{Sandbox, Settings};
use vkapi::{Bot, Limits, types::GroupId};
use vkapi_codegen::Facts;

/// The community.
pub const GROUP: i64 = 240_000_001;
/// Its key.
pub const TOKEN: &str = "vk1.a.the-key-of-the-community-under-test";
/// The service key that reads walls.
pub const SERVICE: &str = "the-service-key-of-an-application-under-test";
/// How long the bot may take to come to rest.
const REST: Duration = Duration::from_secs(10);
/// How often it is asked whether it has.
const POLL: Duration = Duration::from_millis(2);
/// Memory for the cache of a store on disk.
const CACHE: u64 = 8 << 20;

/// Where the bot remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// In memory: fast, and gone with [`World::stop_bot`].
    Memory,
    /// In a temporary folder on disk, which outlives the bot.
    Disk,
}

/// What a world is made of.
pub struct Setup {
    /// Where the bot remembers.
    pub kept: Kept,
    /// The first moment.
    pub start: Ms,
    /// Who is staff.
    pub staff: Staff,
    /// How announcements are sent.
    pub campaigns: Campaigns,
    /// How pages are looked at; without it they are not.
    pub pages: Option<Audit>,
    /// Limits and habits of the sandbox.
    pub settings: Settings,
    /// The limits the bot keeps to.
    pub limits: Option<Limits>,
    /// What the store has when the bot begins for the first time.
    pub first: Vec<Op>,
}

impl Default for Setup {
    /// Monday morning, memory, nobody staff, no limits on either side.
    fn default() -> Self {
        Self {
            kept: Kept::Memory,
            start: monday(),
            staff: Staff::default(),
            campaigns: Campaigns::default(),
            pages: None,
            settings: Settings {
                requests_per_second: None,
                service_requests_per_second: None,
                ..Settings::default()
            },
            limits: None,
            first: Vec::new(),
        }
    }
}

/// 2026-11-23, Monday, 9:00 in Moscow.
pub const fn monday() -> Ms {
    Ms(1_795_413_600_000)
}

/// The repository's `content/`.
pub fn content_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../content")
}

/// The repository's content, as the bot takes it.
///
/// # Errors
/// What is wrong with it.
pub fn load_content() -> anyhow::Result<Arc<Content>> {
    // Proving it takes seconds without optimization; every world may use the same.
    static LOADED: OnceLock<Result<Arc<Content>, String>> = OnceLock::new();
    let loaded = LOADED.get_or_init(|| match Content::load(&content_dir(), monday().date()) {
        Ok((content, _)) => Ok(Arc::new(content)),
        Err(problems) => Err(format!("content/: {problems:?}")),
    });
    loaded.clone().map_err(anyhow::Error::msg)
}

/// The repository's content with a text of the consent that is newer by one version.
///
/// # Errors
/// It cannot be copied, or is not sound.
pub fn content_with_new_consent() -> anyhow::Result<Arc<Content>> {
    let folder = tempfile::tempdir()?;
    copy(&content_dir(), folder.path())?;
    let file = folder.path().join("consent.md");
    let version = load_content()?.consent().version;
    let text = fs::read_to_string(&file)?;
    let newer = text.replacen(&format!("version = {version}"), &format!("version = {}", version + 1), 1);
    ensure!(newer != text, "the version of the consent is not where it was");
    fs::write(&file, newer)?;
    match Content::load(folder.path(), monday().date()) {
        Ok((content, _)) => Ok(Arc::new(content)),
        Err(problems) => bail!("content/ with a new consent: {problems:?}"),
    }
}

/// Copies a folder with all that is in it.
///
/// # Errors
/// The disk says why.
pub fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A sandbox and a bot that talk over HTTP and share a clock that stands until it is moved.
pub struct World {
    /// The other side.
    pub sandbox: Sandbox,
    /// The clock of both.
    pub clock: TestClock,
    setup: Setup,
    app: Option<App>,
    folder: Option<tempfile::TempDir>,
    /// The last event before a bot without a memory began to listen.
    began_at: String,
}

impl World {
    /// Starts both, and waits until the bot listens.
    ///
    /// # Errors
    /// Something cannot be started.
    pub async fn start(setup: Setup) -> anyhow::Result<Self> {
        let clock = TestClock::still(setup.start);
        let ours = clock.clone();
        let sandbox = Sandbox::builder()
            .group(GROUP, "Куратор", TOKEN)
            .service_token(SERVICE)
            .now(Arc::new(move || ours.now().0))
            .settings(setup.settings.clone())
            .start("127.0.0.1:0")
            .await
            .context("the sandbox")?;
        let folder = match setup.kept {
            Kept::Memory => None,
            Kept::Disk => Some(tempfile::tempdir().context("a folder for the store")?),
        };
        let began_at = sandbox.last_ts();
        let mut world = Self { sandbox, clock, setup, app: None, folder, began_at };
        world.start_bot().await?;
        Ok(world)
    }

    /// The bot, while it runs.
    pub fn app(&self) -> Option<&App> {
        self.app.as_ref()
    }

    /// Starts the bot after [`World::stop_bot`], and waits until it listens.
    ///
    /// # Errors
    /// It cannot be started, or does not come to ask for events.
    pub async fn start_bot(&mut self) -> anyhow::Result<()> {
        let sessions = self.sessions();
        if self.folder.is_none() {
            self.began_at = self.sandbox.last_ts();
        }
        let store = self.store().await?;
        let ops = std::mem::take(&mut self.setup.first);
        store.commit(Commit { expect: Vec::new(), ops }).await?;
        let parts = Parts {
            bot: Bot::builder(TOKEN).api_url(&self.sandbox.api_url()).build()?,
            limits: self.setup.limits,
            group: GroupId(GROUP),
            store,
            content: load_content()?,
            clock: Arc::new(self.clock.clone()),
            region: Region {
                name: "Ольховская область".into(),
                zone: moscow()?,
                attention: Rules::default(),
                norm: DEFAULT_NORM.to_owned(),
                care: Care::default(),
                retention: Retention::default(),
            },
            staff: self.setup.staff.clone(),
            campaigns: self.setup.campaigns,
            service: self.service()?,
            audit: self.setup.pages.unwrap_or_default(),
            http: None,
            chance: 7,
        };
        self.app = Some(App::start(parts).await?);
        let began = Instant::now();
        // What is written before the first session of a new bot is from before its time.
        while self.sessions() == sessions {
            if began.elapsed() > REST {
                bail!("the bot never asked for events; calls: {:?}", self.sandbox.call_counts());
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Stops the bot as SIGTERM does.
    ///
    /// # Errors
    /// It had ended by itself before.
    pub async fn stop_bot(&mut self) -> anyhow::Result<()> {
        match self.app.take() {
            Some(app) => Ok(app.stop().await?),
            None => Ok(()),
        }
    }

    /// Waits until everything that has happened is answered, and nothing more is due at this moment.
    ///
    /// # Errors
    /// It takes longer than ten seconds of real time.
    pub async fn settle(&self) -> anyhow::Result<()> {
        let Some(app) = &self.app else { bail!("the bot does not run") };
        let began = Instant::now();
        loop {
            let ts = self.sandbox.last_ts();
            // A bot that has met no event yet has no place in their stream either.
            if (ts == self.began_at && app.has_looked().await) || app.is_settled(&ts).await {
                return Ok(());
            }
            if began.elapsed() > REST {
                let calls = self.sandbox.calls();
                let last: Vec<_> = calls.iter().rev().take(5).collect();
                bail!(
                    "the bot does not come to rest: events up to {}, now {}, last calls {last:#?}",
                    self.sandbox.last_ts(),
                    self.clock.now().0
                );
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Lets time pass in steps of at most `step` milliseconds, so that what comes by itself comes in its time.
    ///
    /// # Errors
    /// The bot does not come to rest after a step.
    pub async fn pass(&self, ms: i64, step: i64) -> anyhow::Result<()> {
        let mut left = ms;
        while left > 0 {
            let by = left.min(step.max(1));
            self.clock.advance(by);
            left -= by;
            self.settle().await?;
        }
        Ok(())
    }

    /// Stops both.
    ///
    /// # Errors
    /// The bot had ended by itself before, or called VK otherwise than VK's schema has it.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.stop_bot().await?;
        let wrong = wrong_calls(&self.sandbox)?;
        self.sandbox.shutdown().await;
        ensure!(wrong.is_empty(), "calls that VK's schema does not have: {wrong:#?}");
        Ok(())
    }

    /// The way to VK with the service key, if pages are looked at.
    fn service(&self) -> anyhow::Result<Option<Bot>> {
        let bot = Bot::builder(SERVICE).api_url(&self.sandbox.api_url()).build()?;
        let bot = match self.setup.settings.service_requests_per_second {
            Some(_) => bot.throttle(Limits::service()),
            None => bot,
        };
        Ok(self.setup.pages.is_some().then_some(bot))
    }

    fn sessions(&self) -> u64 {
        self.sandbox.call_counts().get("groups.getLongPollServer").copied().unwrap_or(0)
    }

    pub(crate) async fn store(&self) -> anyhow::Result<AnyStore> {
        let Some(folder) = &self.folder else { return Ok(AnyStore::Mem(MemStore::new())) };
        let path = folder.path().join("store");
        let began = Instant::now();
        loop {
            let options = SledOptions { path: path.clone(), allow_unsafe: true, cache_bytes: CACHE };
            match tokio::task::spawn_blocking(move || SledStore::open(&options)).await? {
                Ok(store) => return Ok(AnyStore::Sled(store)),
                // The engine of the stopped bot lets go of its files a moment later.
                Err(StoreError::Locked(_)) if began.elapsed() < REST => tokio::time::sleep(POLL).await,
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// What of the calls the sandbox remembers VK's schema does not have.
fn wrong_calls(sandbox: &Sandbox) -> anyhow::Result<BTreeSet<String>> {
    /// What any method takes.
    const COMMON: [&str; 3] = ["v", "lang", "test_mode"];
    /// Fields of communities that VK answers without writing of them.
    const UNDOCUMENTED: [&str; 2] = ["`menu`", "`is_government_organization`"];
    static FACTS: OnceLock<Result<Facts, String>> = OnceLock::new();
    let facts = FACTS.get_or_init(|| vkapi_codegen::facts().map_err(|error| format!("{error:#}")));
    let facts = facts.as_ref().map_err(|error| anyhow::Error::msg(error.clone()))?;
    let mut wrong = BTreeSet::new();
    for call in sandbox.calls() {
        let params = call.params.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let params = params.filter(|(name, _)| !COMMON.contains(name));
        let mut problems = facts.check_request(&call.method, params);
        problems.retain(|problem| !UNDOCUMENTED.iter().any(|field| problem.to_string().contains(field)));
        wrong.extend(problems.iter().map(|problem| format!("{}: {problem}", call.method)));
    }
    Ok(wrong)
}

/// The region's zone.
pub(crate) fn moscow() -> anyhow::Result<Zone> {
    Zone::try_from("Europe/Moscow".to_owned()).map_err(anyhow::Error::msg)
}
