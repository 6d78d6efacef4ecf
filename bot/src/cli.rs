//! The commands of the `kurator` binary.

mod certificate;
mod check;
mod effect;
mod log;
mod opinions;
mod page;
mod pages;
mod questions;
mod roster;
mod run;
mod simulate;
mod store;
mod watch;
mod way;

use std::{
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use secrecy::ExposeSecret;
use tracing_subscriber::EnvFilter;
use vkapi::{Bot, Limits, types::GroupId};

use crate::{
    chat::{self, Region},
    config::{self, Config, ContentDir, Log, LogFormat},
    content::{self, Content, KINDS, Problem, Severity},
    demo::{self, Demo},
    domain::{Clock, SystemClock},
    search::{self, Part, Parts},
    simulate::Plan,
};

/// Where the package has the settings.
const CONFIG: &str = "/etc/kurator/config.toml";
/// A config, content or arguments are wrong.
const BAD_CONFIG: u8 = 2;
/// VK does not take the key.
const BAD_TOKEN: u8 = 3;

/// Куратор: бот ВКонтакте для тех, кто ведёт госпаблики.
#[derive(Parser)]
#[command(name = "kurator", version)]
struct Cli {
    /// Файл настроек; без него — /etc/kurator/config.toml.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Запустить бота.
    Run,
    /// Проверить настройки, содержание, права ключа и Long Poll, не запуская бота.
    Check,
    /// Всё о содержании.
    Content {
        #[command(subcommand)]
        command: ContentCommand,
    },
    /// Всё о хранилище.
    Store {
        #[command(subcommand)]
        command: store::StoreCommand,
    },
    /// Спросить справочник или измерить, как он отвечает.
    Ask {
        /// Вопрос.
        #[arg(required_unless_present = "eval")]
        question: Option<String>,
        /// Файл вопросов: столбцы id, question, expected, kind через табуляцию.
        #[arg(long)]
        eval: Option<PathBuf>,
        /// Показать вопросы файла, на которые ответ не первый или лишний.
        #[arg(long, requires = "eval")]
        misses: bool,
        /// Искать без этой части поиска: видно, что она добавляет. Можно повторять.
        #[arg(long)]
        without: Vec<Part>,
        /// Папка содержания; без неё — та, что в настройках, а если их нет — content.
        #[arg(long)]
        content: Option<PathBuf>,
    },
    /// Посмотреть на одну страницу через ВКонтакте: поля, числа, оценка с доказательствами, что даст больше.
    Page {
        /// Адрес страницы в любом виде.
        address: String,
        /// Норма; без неё — та, что в настройках.
        #[arg(long)]
        norm: Option<String>,
        /// Напечатать JSON для программ.
        #[arg(long)]
        json: bool,
    },
    /// Обойти страницы, которые ведут люди бота.
    Pages {
        #[command(subcommand)]
        command: pages::PagesCommand,
    },
    /// Реестр учреждений: загрузить и посмотреть, до кого бот дошёл.
    Roster {
        #[command(subcommand)]
        command: roster::RosterCommand,
    },
    /// Выгрузить журнал действий сотрудников в CSV: кто, что, что было и что стало. Можно при работающем боте.
    Log {
        /// Файл, в который писать; без него — на экран.
        #[arg(long)]
        csv: Option<PathBuf>,
    },
    /// Сертификаты занятий.
    Certificate {
        #[command(subcommand)]
        command: certificate::CertificateCommand,
    },
    /// Выгрузить вопросы, на которые бот не ответил или ответил плохо, в CSV: похожие рядом, без имён.
    Questions {
        /// Читать не хранилище, а эту его копию, например вчерашнюю из папки exports.
        #[arg(long)]
        copy: Option<PathBuf>,
    },
    /// Выгрузить, что люди думают о боте, в CSV: оценки и пожелания, без имён.
    Opinions {
        /// Читать не хранилище, а эту его копию, например вчерашнюю из папки exports.
        #[arg(long)]
        copy: Option<PathBuf>,
    },
    /// Помог ли урок: записи страниц за четыре недели до и после, рядом со страницами тех, кто его не проходил.
    Effect {
        /// Имя урока: название файла в content/lessons без .toml.
        lesson: String,
        /// Читать не хранилище, а эту его копию, например вчерашнюю из папки exports.
        #[arg(long)]
        copy: Option<PathBuf>,
    },
    /// Попробовать бота без ВКонтакте: песочница, бот и веб-чат в одном процессе.
    Demo {
        /// Где открыть веб-чат.
        #[arg(long, default_value = "127.0.0.1:8060")]
        listen: SocketAddr,
        /// Сколько страниц в придуманном регионе.
        #[arg(long, default_value_t = 1_050)]
        pages: usize,
        /// Зерно: другое число — другой регион.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Папка, в которой бот всё помнит между запусками; без неё память живёт, пока идёт демонстрация.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Папка содержания; без неё — та, что в настройках, а если их нет — content.
        #[arg(long)]
        content: Option<PathBuf>,
    },
    /// Прожить с придуманным регионом недели за минуты и проверить, что бот держит свои правила.
    Simulate {
        /// Сколько страниц.
        #[arg(long, default_value_t = 1_050)]
        pages: usize,
        /// Сколько недель.
        #[arg(long, default_value_t = 8)]
        weeks: u32,
        /// Зерно: с тем же числом всё повторится до байта.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Куда записать итог в JSON.
        #[arg(long)]
        json: Option<PathBuf>,
        /// Папка содержания; без неё — та, что в настройках, а если их нет — content.
        #[arg(long)]
        content: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
enum ContentCommand {
    /// Проверить папку содержания.
    Check {
        /// Папка; без неё — та, что в настройках, а если их нет — content.
        dir: Option<PathBuf>,
    },
    /// Дописать в ids.txt имена нового: после этого их нельзя незаметно убрать.
    Ids {
        /// Папка; без неё — та, что в настройках, а если их нет — content.
        dir: Option<PathBuf>,
    },
    /// Напечатать JSON Schema файлов одного вида: по ней редактор подсказывает поля.
    Schema {
        /// Вид: имя папки или файла.
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(KINDS))]
        kind: String,
    },
    /// Напечатать ссылки на всё, что есть в содержании: адрес, табуляция, название.
    Links {
        /// Короткое имя сообщества вместо номера.
        #[arg(long)]
        community: Option<String>,
    },
}

/// How a command ended badly: the exit code and one line of why.
struct Failed(u8, String);

impl Failed {
    #[expect(clippy::needless_pass_by_value, reason = "errors are handed over where they end")]
    fn config(why: impl ToString) -> Self {
        Self(BAD_CONFIG, why.to_string())
    }

    #[expect(clippy::needless_pass_by_value, reason = "errors are handed over where they end")]
    fn other(why: impl ToString) -> Self {
        Self(1, why.to_string())
    }
}

/// Runs the command of the process's arguments.
pub fn main() -> ExitCode {
    let Cli { config: given, command } = Cli::parse();
    let file = given.as_deref().unwrap_or(Path::new(CONFIG));
    let result = match command {
        Command::Run => load(file).and_then(|config| block_on(run::run(file, config))),
        Command::Check => load(file).and_then(|config| block_on(check::check(file, config))),
        Command::Content { command: ContentCommand::Check { dir } } => {
            places(dir, given.as_deref()).and_then(|places| content_check(&places))
        }
        Command::Content { command: ContentCommand::Ids { dir } } => {
            places(dir, given.as_deref()).and_then(|places| content_ids(&places))
        }
        Command::Content { command: ContentCommand::Schema { kind } } => {
            println!("{:#}", content::schema(&kind).unwrap_or_default());
            Ok(())
        }
        Command::Content { command: ContentCommand::Links { community } } => {
            load(file).and_then(|config| content_links(&config, community))
        }
        Command::Store { command } => store::store(&command, file),
        Command::Ask { question, eval, misses, without, content } => places(content, given.as_deref())
            .and_then(|places| ask(question.as_deref(), eval.as_deref(), misses, &without, &places)),
        Command::Page { address, norm, json } => {
            load(file).and_then(|config| block_on(page::page(config, &address, norm.as_deref(), json)))
        }
        Command::Pages { command } => pages::pages(&command, file),
        Command::Roster { command } => roster::roster(&command, file),
        Command::Log { csv } => log::export(file, csv.as_deref()),
        Command::Certificate { command } => certificate::certificate(&command, file),
        Command::Questions { copy } => {
            load(file).and_then(|config| questions::questions(&config, copy.as_deref()))
        }
        Command::Opinions { copy } => {
            load(file).and_then(|config| opinions::opinions(&config, copy.as_deref()))
        }
        Command::Effect { lesson, copy } => {
            load(file).and_then(|config| effect::of_lesson(&config, &lesson, copy.as_deref()))
        }
        Command::Simulate { pages, weeks, seed, json, content } => {
            log(&Log { format: LogFormat::Text, level: "error".into() });
            places(content, given.as_deref())
                .and_then(|places| simulate::simulate(Plan { pages, weeks, seed }, json.as_deref(), &places))
        }
        Command::Demo { listen, pages, seed, data, content } => {
            log(&Log { format: LogFormat::Text, level: "warn".into() });
            places(content, given.as_deref()).and_then(|places| open_content(&places)).and_then(|content| {
                block_on(async {
                    demo::run(Demo { listen, pages, seed, data }, content).await.map_err(Failed::other)
                })
            })
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(code, why)) => {
            eprintln!("{why}");
            ExitCode::from(code)
        }
    }
}

fn block_on<T>(work: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failed::other)?.block_on(work)
}

fn load(file: &Path) -> Result<Config, Failed> {
    let config = Config::load(file).map_err(Failed::config)?;
    log(&config.log);
    Ok(config)
}

fn log(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second subscriber in one process is a test's own; the first stays.
    let _ = match log.format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
}

fn today() -> jiff::civil::Date {
    SystemClock.now().date()
}

/// Where the content lies: where it is said to, else where the settings have it, else here. Not the other way round: the
/// region's own files may well be in a folder of that name.
fn places(said: Option<PathBuf>, config: Option<&Path>) -> Result<ContentDir, Failed> {
    let config = config.or_else(|| Some(Path::new(CONFIG)).filter(|file| file.exists()));
    match (said, config) {
        (Some(path), _) => Ok(ContentDir { path, own: None }),
        (None, Some(file)) => Config::content(file).map_err(Failed::config),
        (None, None) => Ok(ContentDir::default()),
    }
}

/// The content with warnings, or everything that is wrong with it.
type Loaded = Result<(Content, Vec<Problem>), Vec<Problem>>;

fn read_content(places: &ContentDir) -> Result<Loaded, Failed> {
    for (key, dir) in [("path", Some(&places.path)), ("own", places.own.as_ref())] {
        if let Some(dir) = dir.filter(|dir| !dir.is_dir()) {
            return Err(Failed::config(format!("content.{key}: папки «{}» нет", dir.display())));
        }
    }
    Ok(Content::load_over(&places.path, places.own.as_deref(), today()))
}

fn open_content(places: &ContentDir) -> Result<Content, Failed> {
    match read_content(places)? {
        Ok((content, warnings)) => {
            for warning in warnings {
                tracing::warn!("{warning}");
            }
            Ok(content)
        }
        Err(problems) => {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            Err(Failed::config(format!("content.path: содержание с ошибками\n{}", lines.join("\n"))))
        }
    }
}

/// The region by the config, whose norm the content must have.
fn region(config: &Config, content: &Content) -> Result<Region, Failed> {
    let config::Region { name, time_zone, norm } = config.region.clone();
    if content.norm(&norm).is_none() {
        let known: Vec<&str> = content.norms().iter().map(|n| n.id.as_str()).collect();
        let why = format!("region.norm: нормы «{norm}» нет; бывают: {}", known.join(", "));
        return Err(Failed::config(why));
    }
    let (attention, care) = (config.attention.rules(), config.curators.care());
    Ok(Region { name, zone: time_zone, attention, norm, care, retention: config.retention })
}

fn content_check(places: &ContentDir) -> Result<(), Failed> {
    let dir = places.own.as_ref().unwrap_or(&places.path);
    match read_content(places)? {
        Ok((content, warnings)) => {
            for warning in &warnings {
                println!("{warning}");
            }
            println!(
                "{}: всё в порядке. Статей {}, чек-листов {}, занятий {}, замечаний {}. Версия {}.",
                dir.display(),
                content.guides().len(),
                content.checklists().len(),
                content.courses().len(),
                warnings.len(),
                content.version(),
            );
            Ok(())
        }
        Err(problems) => {
            for problem in &problems {
                println!("{problem}");
            }
            let errors = problems.iter().filter(|p| matches!(p.severity, Severity::Error)).count();
            Err(Failed::other(format!("{}: ошибок {errors}", dir.display())))
        }
    }
}

fn content_ids(places: &ContentDir) -> Result<(), Failed> {
    let content = open_content(places)?;
    let new = content.new_ids();
    let file = places.own.as_ref().unwrap_or(&places.path).join("ids.txt");
    let lines = new.iter().fold(String::new(), |lines, id| lines + id + "\n");
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&file)
        .and_then(|mut file| file.write_all(lines.as_bytes()))
        .map_err(|e| Failed::other(format!("{}: {e}", file.display())))?;
    println!("{}: добавлено имён: {}", file.display(), new.len());
    Ok(())
}

fn content_links(config: &Config, community: Option<String>) -> Result<(), Failed> {
    let content = open_content(&config.content)?;
    let community = community.unwrap_or_else(|| format!("club{}", config.vk.group_id));
    for (name, title) in chat::links(&content) {
        println!("https://vk.me/{community}?ref={name}\t{title}");
    }
    Ok(())
}

fn ask(
    question: Option<&str>,
    eval: Option<&Path>,
    misses: bool,
    without: &[Part],
    content: &ContentDir,
) -> Result<(), Failed> {
    let content = open_content(content)?;
    let parts = without.iter().fold(Parts::default(), |parts, part| parts.without(*part));
    let index = content.index_of(parts);
    if let Some(file) = eval {
        let rows =
            std::fs::read_to_string(file).map_err(|e| Failed::config(format!("{}: {e}", file.display())))?;
        let report = search::eval(&index, &rows);
        for miss in report.misses().iter().filter(|_| misses) {
            let found: Vec<&str> = miss.found.candidates.iter().map(|c| c.slug.as_str()).collect();
            println!("{} {} | {} | {}", miss.id, miss.question, miss.expected, found.join(", "));
        }
        println!("{report}");
    }
    if let Some(question) = question {
        let found = index.find(question);
        for candidate in &found.candidates {
            println!("{:.3}  {}  {}", candidate.score, candidate.slug, candidate.title);
        }
        if let Some(topic) = &found.outside {
            println!("не наша тема: {topic}");
        }
        match found.outcome {
            search::Outcome::Answer(slug) => println!("ответ: {slug}"),
            search::Outcome::Maybe(slugs) => println!("вы об этом? {}", slugs.join(", ")),
            search::Outcome::Nothing => println!("не знаю"),
        }
    }
    Ok(())
}

/// The way to VK with the service key, if the config has one.
fn service(config: &Config) -> Result<Option<Bot>, Failed> {
    let Some(token) = config.vk.service_token().map_err(Failed::config)? else { return Ok(None) };
    let bot = Bot::builder(token.expose_secret())
        .api_url(&config.vk.api_url)
        .build()
        .map_err(|e| Failed::config(format!("vk.api_url: {e}")))?;
    Ok(Some(bot.throttle(Limits::service())))
}

/// The way to VK by the config.
fn bot(config: &Config) -> Result<(Bot, GroupId), Failed> {
    let token = config.vk.token().map_err(Failed::config)?;
    let bot = Bot::builder(token.expose_secret())
        .api_url(&config.vk.api_url)
        .build()
        .map_err(|e| Failed::config(format!("vk.api_url: {e}")))?;
    Ok((bot, GroupId(config.vk.group_id)))
}
