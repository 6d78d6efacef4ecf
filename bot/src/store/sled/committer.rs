//! The one thread that writes: takes what waits, merges it into one transaction and one flush, answers all.
//!
//! While there is no room on the disk what was handed over waits, and so does everybody who hands over, up to the
//! long poll; what has happened already and is only noted down goes first. It goes on by itself.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

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
/// How long to wait before looking for room again.
const LOOK: Duration = Duration::from_millis(250);

/// What to write.
pub(super) enum Work {
    /// A commit.
    Commit(Commit),
    /// Marks of events to remove, each with its moment.
    Unsee(Vec<(Ms, String)>),
    /// Nothing: only to look whether sled's files have to be opened again.
    Look,
}

/// Work and who waits for it.
pub(super) struct Job {
    work: Work,
    answer: oneshot::Sender<Result<Committed>>,
}

impl Job {
    fn is_note(&self) -> bool {
        matches!(&self.work, Work::Commit(commit) if commit.is_note())
    }
}

/// What the jobs of a group are answered.
pub(super) type Answers = Vec<Result<Committed>>;

/// Why commits wait, while they do.
type Waits = Arc<Mutex<Option<String>>>;

/// The way to the thread; joins it when dropped, after all that was handed over is written.
pub(super) struct Committer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    waits: Waits,
}

impl Committer {
    /// Starts the thread. `write` makes a group durable and answers each job in order. If it fails with
    /// [`StoreError::Full`] nothing of the group was written, and it is called again with the same jobs; any other
    /// error is everybody's, and it is not called again after one.
    pub(super) fn start(write: impl Fn(&[Job]) -> Result<Answers> + Send + 'static) -> Result<Self> {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let waits = Waits::default();
        let writer = Writer { write, waits: Arc::clone(&waits), broken: None };
        let thread = std::thread::Builder::new()
            .name("committer".to_owned())
            .spawn(move || writer.run(waiting))
            .map_err(|e| StoreError::Unavailable(e.to_string()))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), waits })
    }

    /// Hands work over and waits until it is durable. Once handed over it is done even if nobody waits.
    pub(super) async fn make(&self, work: Work) -> Result<Committed> {
        let (answer, done) = oneshot::channel();
        let Some(jobs) = &self.jobs else { return Err(stopped()) };
        jobs.send(Job { work, answer }).await.map_err(|_| stopped())?;
        done.await.map_err(|_| stopped())?
    }

    /// Has the thread look whether sled's files have to be opened again.
    pub(super) fn look(&self) {
        // If it has too much to do to take this, it will look by itself.
        let _ = self
            .jobs
            .as_ref()
            .map(|jobs| jobs.try_send(Job { work: Work::Look, answer: oneshot::channel().0 }));
    }

    /// Why commits wait, if they do.
    pub(super) fn waits(&self) -> Option<String> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).clone()
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

/// What the thread has.
struct Writer<W> {
    write: W,
    waits: Waits,
    /// Why nothing is written any more.
    broken: Option<StoreError>,
}

impl<W: Fn(&[Job]) -> Result<Answers>> Writer<W> {
    fn run(mut self, mut waiting: mpsc::Receiver<Job>) {
        let mut jobs = Vec::with_capacity(GROUP);
        loop {
            if jobs.is_empty() {
                if waiting.blocking_recv_many(&mut jobs, GROUP) == 0 {
                    return;
                }
            } else {
                std::thread::sleep(LOOK);
                if !take(&mut waiting, &mut jobs) {
                    // The store is being closed: nobody knows when there will be room.
                    return jobs.drain(..).for_each(|job| {
                        reply(job, Err(StoreError::Full("записи не дождались места".to_owned())));
                    });
                }
            }
            while !jobs.is_empty() && self.group(&mut jobs, GROUP) {}
            if !jobs.is_empty() {
                let (mut notes, rest): (Vec<_>, _) = jobs.drain(..).partition(Job::is_note);
                while !notes.is_empty() && self.group(&mut notes, GROUP) {}
                jobs = rest;
                jobs.append(&mut notes);
            }
        }
    }

    /// Writes the first jobs and answers them; `false` if there was no room.
    fn group(&mut self, jobs: &mut Vec<Job>, most: usize) -> bool {
        let n = jobs.len().min(most);
        let made = match &self.broken {
            None => caught(|| (self.write)(&jobs[..n])),
            Some(why) => Err(StoreError::clone(why)),
        };
        match made {
            Ok(answers) => {
                // Before anybody is answered: who was answered may ask.
                if !jobs[..n].iter().all(Job::is_note) {
                    self.wait(None);
                }
                jobs.drain(..n).zip(answers).for_each(|(job, answer)| reply(job, answer));
            }
            Err(StoreError::Full(why)) => {
                self.wait(Some(why));
                return false;
            }
            Err(e) => {
                // What is in memory may now differ from what is on disk: only reading the files anew tells.
                let why = StoreError::Unavailable(e.to_string());
                if self.broken.is_none() {
                    tracing::error!(error = %e, "запись в хранилище не удалась; до перезапуска оно только читается");
                    self.broken = Some(why.clone());
                }
                jobs.drain(..n).for_each(|job| reply(job, Err(why.clone())));
            }
        }
        true
    }

    /// Tells why commits wait, or that they do not.
    fn wait(&self, why: Option<String>) {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        match (&*waits, &why) {
            (None, Some(why)) => tracing::error!(
                why,
                "на диске мало места: новые события ждут, ничего не потеряно; освободите место, дальше бот продолжит сам"
            ),
            (Some(_), None) => tracing::warn!("место на диске есть, записи продолжены"),
            _ => {}
        }
        *waits = why;
    }
}

/// Takes what has come meanwhile; `false` if nothing more can come.
fn take(waiting: &mut mpsc::Receiver<Job>, jobs: &mut Vec<Job>) -> bool {
    loop {
        match waiting.try_recv() {
            Ok(job) => jobs.push(job),
            Err(mpsc::error::TryRecvError::Empty) => return true,
            Err(mpsc::error::TryRecvError::Disconnected) => return false,
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
    home.ready(group.iter().all(Job::is_note))?;
    let mut answers = Vec::with_capacity(group.len());
    let writes = home.read(|engine| {
        let mut merged = Overlay::over(engine);
        for job in group {
            let planned = match &job.work {
                Work::Commit(commit) => plan(&merged, commit),
                Work::Unsee(marks) => unsee(&merged, marks).map(|writes| (writes, Committed::default())),
                Work::Look => Ok(Default::default()),
            };
            // What cannot be read for want of room is nobody's fault.
            if let Err(e @ StoreError::Full(_)) = planned {
                return Err(e);
            }
            answers.push(planned.map(|(writes, done)| {
                merged.absorb(writes);
                done
            }));
        }
        Ok(merged.into_writes())
    })?;
    home.commit(writes)?;
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
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
                Work::Commit(_) | Work::Look => OutId(0),
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

    /// A committer over a disk that has room for notes, and for all else once told so; and whether each that was
    /// written is a note.
    fn small_disk() -> (Committer, Arc<AtomicBool>, Arc<Mutex<Vec<bool>>>) {
        let (room, written) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (enough, log) = (Arc::clone(&room), Arc::clone(&written));
        let committer = Committer::start(move |group| {
            if !enough.load(Ordering::SeqCst) && !group.iter().all(Job::is_note) {
                return Err(StoreError::Full("ни байта".to_owned()));
            }
            log.lock().unwrap().extend(group.iter().map(Job::is_note));
            Ok(answers(group))
        });
        (committer.unwrap(), room, written)
    }

    async fn waits(committer: &Committer) {
        while committer.waits().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(committer.waits().as_deref(), Some("ни байта"));
    }

    #[tokio::test]
    async fn without_room_commits_wait_and_go_on_by_themselves() {
        let (committer, room, written) = small_disk();
        let all = futures::future::join_all((0..300).map(|_| committer.make(commit())));
        let mut all = Box::pin(tokio::task::unconstrained(all));
        assert!(futures::poll!(&mut all).is_pending());
        waits(&committer).await;
        assert!(written.lock().unwrap().is_empty());
        room.store(true, Ordering::SeqCst);
        assert!(all.await.iter().all(Result::is_ok));
        assert_eq!(committer.waits(), None);
        assert_eq!(written.lock().unwrap().len(), 300);
    }

    #[tokio::test]
    async fn what_has_happened_already_is_noted_before_what_waits_for_room() {
        let (committer, room, written) = small_disk();
        let mut rest = Box::pin(futures::future::join(committer.make(commit()), committer.make(commit())));
        assert!(futures::poll!(&mut rest).is_pending());
        waits(&committer).await;
        let ops = vec![crate::store::Op::FinishOut(OutId(1))];
        committer.make(Work::Commit(Commit { expect: Vec::new(), ops })).await.unwrap();
        assert_eq!(*written.lock().unwrap(), [true]);
        room.store(true, Ordering::SeqCst);
        assert!(matches!(rest.await, (Ok(_), Ok(_))));
        assert_eq!(*written.lock().unwrap(), [true, false, false]);
    }

    #[tokio::test]
    async fn a_store_that_is_closed_while_commits_wait_has_not_made_them() {
        let (committer, _, written) = small_disk();
        let mut work = Box::pin(committer.make(commit()));
        assert!(futures::poll!(&mut work).is_pending());
        waits(&committer).await;
        drop(work);
        tokio::task::spawn_blocking(move || drop(committer)).await.unwrap();
        assert!(written.lock().unwrap().is_empty());
    }
}
