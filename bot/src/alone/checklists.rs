//! Ticks when the content of a checklist changes under them: steps are added, moved, reworded, no longer asked for.

use std::{fs, path::Path, sync::Arc};

use vkapi::types::UserId;

use super::{Alone, fuzz::acquaint};
use crate::{
    chat::{Action, Event},
    config::Staff,
    content::Content,
    store::Store,
};

const HER: UserId = UserId(101);
const LIST: &str = "launch";

fn press(action: Action) -> Event {
    Event::Press(Some(action), None)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// The steps of a checklist's file: what stands before them, then each.
fn steps(file: &str) -> (String, Vec<String>) {
    let mut parts = file.split("[[step]]\n");
    let head = parts.next().unwrap().to_owned();
    (head, parts.map(|step| format!("[[step]]\n{}\n", step.trim_end())).collect())
}

impl Alone {
    /// The bot's content from now on has this checklist; the step that is struck off the list of ids is not asked for.
    fn teach(&self, struck: Option<&str>, change: impl FnOnce(&mut Vec<String>)) {
        let folder = tempfile::tempdir().unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../content"), folder.path());
        let path = folder.path().join("checklists").join(format!("{LIST}.toml"));
        let (head, mut all) = steps(&fs::read_to_string(&path).unwrap());
        change(&mut all);
        fs::write(&path, head + &all.concat()).unwrap();
        if let Some(step) = struck {
            let (path, line) = (folder.path().join("ids.txt"), format!("step {LIST}/{step}"));
            let ids = fs::read_to_string(&path).unwrap();
            let of = |id: &str| if id == line { format!("{id} -> -\n") } else { format!("{id}\n") };
            fs::write(&path, ids.lines().map(of).collect::<String>()).unwrap();
        }
        let (content, _) = Content::load(folder.path(), jiff::civil::date(2026, 11, 23)).unwrap();
        self.core.books.send_replace(Arc::new(content));
    }

    async fn ticked(&self) -> Vec<String> {
        let steps = self.core.store.steps(HER).await.unwrap();
        steps.into_iter().map(|(key, _)| key.step).collect()
    }

    /// What the checklists' list says of it: «Запуск страницы · 2/10».
    async fn counted(&mut self) -> String {
        let answered = self.hear(HER, &press(Action::Lists { p: 0 })).await;
        let keyboard = answered.last(HER).unwrap().keyboard.clone().unwrap();
        let label = keyboard.split("Запуск страницы · ").nth(1).unwrap();
        label.chars().take_while(|c| *c != '"').collect()
    }

    async fn tick(&mut self, step: &str, on: bool) {
        self.hear(HER, &press(Action::Tick { c: LIST.into(), s: step.into(), on, p: 0 })).await;
    }
}

#[tokio::test]
async fn ticks_stay_when_steps_are_added_moved_reworded_or_no_longer_asked_for() {
    let mut bot = Alone::new(Staff::default());
    acquaint(&mut bot, HER).await;
    for step in ["order", "open", "badge"] {
        bot.tick(step, true).await;
    }
    assert_eq!(bot.counted().await, "3/10");
    let step =
        |all: &[String], id: &str| all.iter().position(|s| s.contains(&format!("id = \"{id}\""))).unwrap();

    // A new step first, the last ones before the others, other words: what is done is done.
    bot.teach(None, |all| {
        all.reverse();
        let at = step(all, "badge");
        all[at] = all[at].replacen("text = \"", "text = \"Теперь так: ", 1);
        all.insert(0, "[[step]]\nid = \"brand-new\"\ntext = \"Новый шаг\"\ncheck = \"self\"\n\n".to_owned());
    });
    assert_eq!(bot.counted().await, "3/11");
    let shown = bot.hear(HER, &press(Action::List { c: LIST.into(), p: 0 })).await;
    assert!(shown.last(HER).unwrap().text.contains("Новый шаг"));
    bot.tick("brand-new", true).await;
    assert_eq!(bot.counted().await, "4/11");

    // A step that is no longer asked for counts no more and is not forgotten; an old button on it harms nothing.
    bot.teach(Some("open"), |all| {
        let at = step(all, "open");
        all[at] = format!("{}retired = true\n\n", all[at].trim_end_matches('\n').to_owned() + "\n");
    });
    assert_eq!(bot.counted().await, "2/9");
    bot.tick("open", false).await;
    bot.tick("no-such", true).await;
    assert_eq!(bot.ticked().await, ["badge", "brand-new", "open", "order"]);
    let history = bot.hear(HER, &press(Action::History { c: LIST.into() })).await;
    assert!(history.last(HER).unwrap().text.contains("✅"), "{history:?}", history = history.last(HER));

    // It is asked for again: her tick is there.
    bot.teach(None, |_| {});
    assert_eq!(bot.counted().await, "3/10");
    assert_eq!(bot.failed(), 0);
}
