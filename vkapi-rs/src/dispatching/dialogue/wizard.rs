//! Questions one after another, answered into a type of yours.

use std::{fmt, marker::PhantomData, ops::ControlFlow, panic::Location, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Dialogue, DialogueError, DialogueKey, InMemStorage, Key, Storage};
use crate::{
    bot::Bot,
    dispatching::{UpdateFilterExt, around::through},
    dptree::{self, Handler, Type},
    errors::RequestError,
    keyboard::Keyboard,
    types::{Message, PeerId, Update, UpdateKind},
    utils::format::Formatted,
};

/// Questions asked one after another; each answer is read into a `T`, and the next handler gets the whole.
///
/// An answer that cannot be read is explained, and the question stays. What has been answered is kept as a dialogue of its
/// own, apart from any other: in memory, or in a storage named by [`kept_in`](Self::kept_in).
///
/// ```
/// use std::sync::Arc;
///
/// use vkapi::{
///     dispatching::dialogue::{InMemStorage, Progress, Wizard},
///     prelude::*,
/// };
///
/// type Error = Box<dyn std::error::Error + Send + Sync>;
///
/// #[derive(Clone, Default)]
/// struct Visit {
///     name: String,
///     people: u8,
/// }
///
/// fn handler() -> UpdateHandler<Error> {
///     let visit = Wizard::<Visit>::new()
///         .ask("Как вас зовут?", |visit, message| {
///             visit.name.clone_from(&message.text);
///             Ok(())
///         })
///         .ask("Сколько вас будет?", |visit, message| {
///             visit.people = message.text.trim().parse().map_err(|_| "Напишите число, например 2.")?;
///             Ok(())
///         })
///         .cancel(["отмена"], "Хорошо, не записываю.");
///     dptree::entry()
///         .branch(visit.answered().endpoint(book))
///         .branch(Update::filter_message_new().filter_text(["экскурсия"]).chain(visit.begin()))
/// }
///
/// async fn book(bot: Bot, new: Arc<MessageNew>, visit: Visit) -> Result<(), Error> {
///     let text = format!("Ждём вас, {}: {} чел.", visit.name, visit.people);
///     bot.messages_send(new.message.peer_id, text).await?;
///     Ok(())
/// }
///
/// # fn build(bot: Bot) {
/// Dispatcher::builder(bot, handler()).dependencies(deps![InMemStorage::<Progress<Visit>>::new()]).build();
/// # }
/// ```
pub struct Wizard<T, S = InMemStorage<Progress<T>>> {
    questions: Arc<Questions<T>>,
    storage: PhantomData<fn() -> S>,
}

impl<T, S> Clone for Wizard<T, S> {
    fn clone(&self) -> Self {
        Self { questions: Arc::clone(&self.questions), storage: PhantomData }
    }
}

impl<T, S> fmt::Debug for Wizard<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wizard").field("questions", &self.questions.steps.len()).finish_non_exhaustive()
    }
}

/// How far somebody has come: what is kept between messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress<T> {
    /// Which question waits for an answer, from 0.
    step: usize,
    /// What has been answered.
    answers: T,
}

struct Questions<T> {
    steps: Vec<Step<T>>,
    cancel: Vec<String>,
    cancelled: Formatted,
}

impl<T> Clone for Questions<T> {
    fn clone(&self) -> Self {
        Self { steps: self.steps.clone(), cancel: self.cancel.clone(), cancelled: self.cancelled.clone() }
    }
}

type Read<T> = dyn Fn(&mut T, &Message) -> Result<(), String> + Send + Sync;

struct Step<T> {
    question: Question,
    read: Arc<Read<T>>,
}

impl<T> Clone for Step<T> {
    fn clone(&self) -> Self {
        Self { question: self.question.clone(), read: Arc::clone(&self.read) }
    }
}

/// A question, with buttons to answer it by if there are some. Any text is one.
#[derive(Clone, Debug)]
pub struct Question {
    text: Formatted,
    keyboard: Option<Keyboard>,
}

impl Question {
    /// A question without buttons.
    pub fn new(text: impl Into<Formatted>) -> Self {
        Self { text: text.into(), keyboard: None }
    }

    /// The buttons below it; those that say their label answer as if it had been typed.
    #[must_use]
    pub fn keyboard(mut self, keyboard: Keyboard) -> Self {
        self.keyboard = Some(keyboard);
        self
    }

    async fn ask(&self, bot: &Bot, peer: PeerId, before: Option<String>) -> Result<(), RequestError> {
        let text = before.map_or_else(|| self.text.clone(), Formatted::from);
        let request = bot.messages_send(peer, text);
        match &self.keyboard {
            Some(keyboard) => request.keyboard(keyboard).await?,
            None => request.await?,
        };
        Ok(())
    }
}

impl<T: Into<Formatted>> From<T> for Question {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

impl<T> Wizard<T> {
    /// A wizard without questions, whose answers are kept in memory.
    pub fn new() -> Self {
        let questions = Questions { steps: Vec::new(), cancel: Vec::new(), cancelled: Formatted::from("") };
        Self { questions: Arc::new(questions), storage: PhantomData }
    }
}

impl<T> Default for Wizard<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, S> Wizard<T, S> {
    /// Keeps what is answered elsewhere, such as in `SledStorage<Progress<T>>`; the storage is a dependency as any.
    #[must_use]
    pub fn kept_in<Other>(self) -> Wizard<T, Other> {
        Wizard { questions: self.questions, storage: PhantomData }
    }

    /// Adds a question. `read` takes the answer in, or tells the person why it cannot.
    #[must_use]
    pub fn ask<F>(mut self, question: impl Into<Question>, read: F) -> Self
    where
        F: Fn(&mut T, &Message) -> Result<(), String> + Send + Sync + 'static,
    {
        let step = Step { question: question.into(), read: Arc::new(read) };
        Arc::make_mut(&mut self.questions).steps.push(step);
        self
    }

    /// Words that end it at any question, whatever their case, and what is said then.
    #[must_use]
    pub fn cancel(
        mut self,
        words: impl IntoIterator<Item = impl AsRef<str>>,
        answer: impl Into<Formatted>,
    ) -> Self {
        let questions = Arc::make_mut(&mut self.questions);
        questions.cancel = words.into_iter().map(|word| word.as_ref().trim().to_lowercase()).collect();
        questions.cancelled = answer.into();
        self
    }
}

impl<T, S> Wizard<T, S>
where
    T: Clone + Default + Send + Sync + 'static,
    S: Storage<Progress<T>>,
{
    /// An endpoint that asks the first question, anew if some were answered before. Comes after the filters that decide
    /// who begins and by what: a word, a command, a pressed button.
    #[track_caller]
    pub fn begin<E>(&self) -> Handler<'static, Result<(), E>>
    where
        E: From<RequestError> + From<DialogueError> + Send + 'static,
    {
        let questions = Arc::clone(&self.questions);
        dptree::endpoint(move |bot: Bot, update: Arc<Update>, storage: Arc<S>| {
            let questions = Arc::clone(&questions);
            async move {
                let (Some(key), Some(first)) =
                    (<Update as DialogueKey>::key(&update), questions.steps.first())
                else {
                    return Ok(());
                };
                first.question.ask(&bot, key.peer_id, None).await?;
                Ok(Dialogue::new(storage, key).update(Progress { step: 0, answers: T::default() }).await?)
            }
        })
    }

    /// A filter that takes the messages of those who are at a question, and passes the last one on with the whole `T`.
    /// Others pass by. Put it before the branches that anything may be written to.
    ///
    /// The answers are kept until the next handler has ended well: if it fails, the last one may be said again.
    #[track_caller]
    pub fn answered<E>(&self) -> Handler<'static, Result<(), E>>
    where
        E: From<RequestError> + From<DialogueError> + Send + 'static,
    {
        let questions = Arc::clone(&self.questions);
        let (inputs, outcomes) = ([Type::of::<Arc<S>>()], [Type::of::<T>()]);
        let take = through(inputs, outcomes, Location::caller(), move |mut dependencies, next| {
            let questions = Arc::clone(&questions);
            async move {
                let (bot, update) = (dependencies.get::<Bot>(), dependencies.get::<Arc<Update>>());
                let storage = dependencies.get::<Arc<S>>();
                let Some(at) = At::<S>::of(&update, &storage) else {
                    return ControlFlow::Continue(dependencies);
                };
                match questions.take(&bot, &at, &update).await {
                    Ok(Taken::PassesBy) => ControlFlow::Continue(dependencies),
                    Ok(Taken::Asked) => ControlFlow::Break(Ok(())),
                    Ok(Taken::Whole(answers)) => {
                        dependencies.insert(answers);
                        let outcome = next(dependencies).await;
                        if let ControlFlow::Break(Ok(())) = &outcome
                            && let Err(error) = at.dialogue::<T>().exit().await
                        {
                            return ControlFlow::Break(Err(error.into()));
                        }
                        outcome
                    }
                    Err(error) => ControlFlow::Break(Err(error)),
                }
            }
        });
        Update::filter_message_new().chain(take)
    }
}

/// Whose answers, and where they are kept.
struct At<S> {
    key: Key,
    storage: Arc<S>,
}

impl<S> At<S> {
    fn of(update: &Update, storage: &Arc<S>) -> Option<Self> {
        Some(Self { key: <Update as DialogueKey>::key(update)?, storage: Arc::clone(storage) })
    }

    fn dialogue<T>(&self) -> Dialogue<Progress<T>, S>
    where
        S: Storage<Progress<T>>,
    {
        Dialogue::new(Arc::clone(&self.storage), self.key)
    }
}

/// What came of a message.
enum Taken<T> {
    /// Its writer is at no question.
    PassesBy,
    /// There is something more to answer.
    Asked,
    /// That was the last answer.
    Whole(T),
}

impl<T> Questions<T> {
    async fn take<S, E>(&self, bot: &Bot, at: &At<S>, update: &Update) -> Result<Taken<T>, E>
    where
        S: Storage<Progress<T>>,
        E: From<RequestError> + From<DialogueError>,
    {
        let UpdateKind::MessageNew(new) = &update.kind else { return Ok(Taken::PassesBy) };
        let (dialogue, peer) = (at.dialogue(), at.key.peer_id);
        let Some(mut progress) = dialogue.get().await? else { return Ok(Taken::PassesBy) };
        // Another version of the program had more questions.
        let Some(step) = self.steps.get(progress.step) else {
            dialogue.exit().await?;
            return Ok(Taken::PassesBy);
        };
        if self.cancel.contains(&new.message.text.trim().to_lowercase()) {
            bot.messages_send(peer, self.cancelled.clone()).await?;
            dialogue.exit().await?;
            return Ok(Taken::Asked);
        }
        if let Err(why) = (step.read)(&mut progress.answers, &new.message) {
            step.question.ask(bot, peer, Some(why)).await?;
            return Ok(Taken::Asked);
        }
        progress.step += 1;
        let Some(next) = self.steps.get(progress.step) else { return Ok(Taken::Whole(progress.answers)) };
        next.question.ask(bot, peer, None).await?;
        dialogue.update(progress).await?;
        Ok(Taken::Asked)
    }
}
