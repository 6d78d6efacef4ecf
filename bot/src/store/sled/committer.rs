//! The one thread that writes: takes what waits, merges it into one transaction and one flush, answers all.

use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use super::{guard::caught, home::Home};
use crate::{
    domain::Ms,
    store::{
        Commit, Committed, Result, StoreError,
        plan::{Overlay, plan, unsee},
    },
};

/// How many commits share a transaction at most; more gain little and make each wait longer.
const GROUP: usize = 256;
/// How many commits may wait before callers do.
const QUEUE: usize = 4 * GROUP;

/// What to write.
pub(super) enum Work {
    /// A commit.
    Commit(Commit),
    /// Marks of events to remove, each with its moment.
    Unsee(Vec<(Ms, String)>),
}

/// Work and who waits for it.
pub(super) struct Job {
    work: Work,
    answer: oneshot::Sender<Result<Committed>>,
}

/// What the jobs of a group are answered.
pub(super) type Answers = Vec<Result<Committed>>;

/// The way to the thread; joins it when dropped, after all that was handed over is written.
pub(super) struct Committer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Committer {
    /// Starts the thread. `write` makes a group durable and answers each job in order; its error is everybody's, and
    /// it is not called again after one.
    pub(super) fn start(write: impl Fn(&[Job]) -> Result<Answers> + Send + 'static) -> Result<Self> {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("committer".to_owned())
            .spawn(move || run(write, waiting))
            .map_err(|e| StoreError::Unavailable(e.to_string()))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Hands work over and waits until it is durable. Once handed over it is done even if nobody waits.
    pub(super) async fn make(&self, work: Work) -> Result<Committed> {
        let (answer, done) = oneshot::channel();
        let Some(jobs) = &self.jobs else { return Err(stopped()) };
        jobs.send(Job { work, answer }).await.map_err(|_| stopped())?;
        done.await.map_err(|_| stopped())?
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.jobs.take();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("поток записи завершился паникой");
        }
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable("запись остановлена".to_owned())
}

fn run(write: impl Fn(&[Job]) -> Result<Answers>, mut waiting: mpsc::Receiver<Job>) {
    let mut group = Vec::with_capacity(GROUP);
    let mut broken = None;
    while waiting.blocking_recv_many(&mut group, GROUP) > 0 {
        let made = match &broken {
            None => caught(|| write(&group)),
            Some(why) => Err(StoreError::clone(why)),
        };
        match made {
            Ok(answers) => group.drain(..).zip(answers).for_each(|(job, answer)| reply(job, answer)),
            Err(e) => {
                // What is in memory may now differ from what is on disk: only reading the files anew tells.
                let why = StoreError::Unavailable(e.to_string());
                if broken.is_none() {
                    tracing::error!(error = %e, "запись в хранилище не удалась; до перезапуска оно только читается");
                    broken = Some(why.clone());
                }
                group.drain(..).for_each(|job| reply(job, Err(why.clone())));
            }
        }
    }
}

fn reply(job: Job, answer: Result<Committed>) {
    // Nobody waits any more: nothing to tell.
    let _ = job.answer.send(answer);
}

/// Plans each job over what the ones before it will have written, then writes all that can be made.
///
/// A job that cannot be made fails alone; an error here is everybody's.
pub(super) fn write_group(home: &Home, group: &[Job]) -> Result<Answers> {
    let mut merged = Overlay::over(home.engine());
    let mut answers = Vec::with_capacity(group.len());
    for job in group {
        let planned = match &job.work {
            Work::Commit(commit) => plan(&merged, commit),
            Work::Unsee(marks) => unsee(&merged, marks).map(|writes| (writes, Committed::default())),
        };
        answers.push(planned.map(|(writes, done)| {
            merged.absorb(writes);
            done
        }));
    }
    home.commit(merged)?;
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;
    use crate::store::OutId;

    fn answers(group: &[Job]) -> Answers {
        group.iter().map(|_| Ok(Committed { queued: vec![OutId(1)] })).collect()
    }

    fn commit() -> Work {
        Work::Commit(Commit::default())
    }

    #[tokio::test]
    async fn after_a_write_that_failed_nothing_is_written() {
        for panics in [false, true] {
            let calls = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&calls);
            let committer = Committer::start(move |group| match counted.fetch_add(1, Ordering::SeqCst) {
                0 => Ok(answers(group)),
                _ if panics => panic!("disk on fire"),
                _ => Err(StoreError::Unavailable("disk on fire".to_owned())),
            })
            .unwrap();
            assert_eq!(committer.make(commit()).await.unwrap().queued, [OutId(1)]);
            for _ in 0..3 {
                let refused = committer.make(commit()).await;
                let Err(StoreError::Unavailable(why)) = refused else { panic!("{refused:?}") };
                assert!(why.contains("disk on fire"), "{why}");
            }
            assert_eq!(calls.load(Ordering::SeqCst), 2);
        }
    }

    #[tokio::test]
    async fn what_waits_is_written_together_and_answered_in_order() {
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let sizes = Arc::new(std::sync::Mutex::new(Vec::new()));
        let seen = Arc::clone(&sizes);
        let committer = Committer::start(move |group| {
            wait.recv().ok();
            seen.lock().unwrap().push(group.len());
            let number = |job: &Job| match &job.work {
                Work::Unsee(marks) => OutId(marks.len() as u64),
                Work::Commit(_) => OutId(0),
            };
            Ok(group.iter().map(|job| Ok(Committed { queued: vec![number(job)] })).collect())
        })
        .unwrap();
        let work = |n: usize| Work::Unsee(vec![(Ms(0), String::new()); n]);
        let all = futures::future::join_all((0..600).map(|n| committer.make(work(n))));
        let mut all = Box::pin(tokio::task::unconstrained(all));
        // Everything is handed over before the first group may go on.
        assert!(futures::poll!(&mut all).is_pending());
        drop(go);
        let made = all.await;
        assert!(made.into_iter().enumerate().all(|(n, answer)| answer.unwrap().queued == [OutId(n as u64)]));
        let sizes = sizes.lock().unwrap();
        assert_eq!(sizes.iter().sum::<usize>(), 600);
        assert!(sizes.iter().all(|n| *n <= GROUP) && sizes.len() <= 4, "{sizes:?}");
    }
}
