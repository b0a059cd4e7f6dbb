//! The handle of a live engine: opens it, hands it events, asks it, closes it.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use detectors::Code;
use engine::Tally;
use engine::codec::Texts;
use eventlog::{Log, LogError, Position, Reader, Settings};
use events::{Batch, Event, EventTime, Key, Kind};
use policy::{Policy, Verdict};

use crate::desk::Desk;
use crate::erased;
use crate::erasure::{Errand, Step};
use crate::export;
use crate::front::Front;
use crate::home::Home;
use crate::jobs::{Done, Job, Reply, Task, Wait};
use crate::judged::Judged;
use crate::judging;
use crate::keeper::{self, Keeper};
use crate::known::Known;
use crate::notice::{Listener, Revision};
use crate::options::Options;
use crate::queue::Queue;
use crate::record::{self, Lately, kind};
use crate::records::Records;
use crate::revisions;
use crate::state::State;
use crate::status::{Meters, Status};
use crate::view::{AccountView, CountView, EventView, FindingView, GroupView};
use crate::walk;
use crate::writer::Writer;
use crate::{LiveError, Refused};

/// Submissions that may be in the log and not yet decided.
const ORDERS: usize = 4_096;
/// The longest record of the log, if its files can hold it.
const MOST_RECORD: u32 = 64 << 20;

/// What opening found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Bytes of a torn end that were cut off: they were acknowledged to nobody.
    pub cut_bytes: u64,
    /// Snapshots that could not be read and were passed over for an older one: the file, the place and what is wrong.
    pub passed_over: Vec<String>,
    /// Events in the state that was restored.
    pub events: u64,
    /// Events of them that were read from the log rather than from a snapshot.
    pub replayed: u64,
    /// How long it took.
    pub took: Duration,
}

/// A live engine.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

struct Inner {
    home: Arc<Home>,
    queue: Arc<Queue>,
    front: Arc<Mutex<Front>>,
    known: Arc<Mutex<Known>>,
    meters: Arc<Meters>,
    stop: Arc<AtomicBool>,
    /// The last judgement of which the revisions can be asked for.
    told: Arc<AtomicU32>,
    opened: Opened,
    /// To the keeper.
    errands: Sender<Errand>,
    threads: Mutex<Option<Threads>>,
}

struct Threads {
    writer: JoinHandle<Writer>,
    desk: JoinHandle<()>,
    judge: JoinHandle<()>,
    revisions: JoinHandle<()>,
    keeper: JoinHandle<()>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    /// Opens the engine of a folder, or makes one: reads the newest snapshot, plays the log since then into it, and begins
    /// to work.
    ///
    /// # Errors
    /// The folder is in use, cannot be written, or holds damage that only a copy can mend; the error names the place.
    pub fn open(options: Options, listener: Listener) -> Result<Live, LiveError> {
        let start = Instant::now();
        let settings = Settings {
            segment_bytes: options.segment_bytes,
            sync: options.sync,
            max_record: u32::try_from(options.segment_bytes / 2)
                .unwrap_or(MOST_RECORD)
                .min(MOST_RECORD),
            identity: None,
        };
        let make = |folder: &std::path::Path| {
            std::fs::create_dir_all(folder)
                .map_err(|source| LiveError::Io { path: folder.to_owned(), source })
        };
        make(&options.folder.join("log"))?;
        make(&options.folder.join("temp"))?;
        let (log, recovered) = Log::open(&options.folder.join("log"), settings)?;
        let home = Arc::new(Home {
            erased: AtomicU64::new(erased::read(&options.folder)?),
            records: RwLock::new(Records::open_if_there(&options)?.map(Mutex::new)),
            identity: log.identity(),
            judgements: Mutex::default(),
            options,
        });
        let (mut state, damaged) = keeper::rebuild(&home, State::read)?;
        if state.next > recovered.next.0 {
            let (folder, place) = (home.log(), recovered.next.0);
            let what = "is where the log ends, and a snapshot goes further: restore the log";
            return Err(LiveError::Record { folder, place, what });
        }
        let (before, newest) = (state.front.events(), state.front.newest());
        state.replay(&home, recovered.next.0)?;
        let events = state.front.events();
        let opened = Opened {
            cut_bytes: recovered.cut_bytes,
            passed_over: damaged.iter().map(ToString::to_string).collect(),
            events,
            replayed: events - before,
            took: start.elapsed(),
        };
        let folder = home.log();
        Live::start(home, log, state, opened, listener, (before, newest))
            .map_err(|source| LiveError::Io { path: folder, source })
    }

    fn start(
        home: Arc<Home>,
        log: Log,
        state: State,
        opened: Opened,
        listener: Listener,
        saved: (u64, EventTime),
    ) -> std::io::Result<Live> {
        let State { known, mut front, schedule, judging, .. } = state;
        front.set_followed(saved.0);
        let (policy, judged) = (front.policy().clone(), Arc::clone(front.judgement()));
        let queue = Arc::new(Queue::new(home.options.queue));
        let (front, known) = (Arc::new(Mutex::new(front)), Arc::new(Mutex::new(known)));
        let meters = Arc::new(Meters::default());
        let stop = Arc::new(AtomicBool::new(false));
        let (orders, taken) = sync_channel(ORDERS);
        let (judge, tasks) = channel();
        let (replaced, changes) = channel();
        let (errands, asked) = channel();
        meters.reached(log.committed().0);
        let now = Instant::now();
        let writer = Writer {
            home: Arc::clone(&home),
            segment: log.segments().last().map_or(0, |segment| segment.first.0),
            log,
            queue: Arc::clone(&queue),
            known: Arc::clone(&known),
            front: Arc::clone(&front),
            schedule,
            orders,
            judge,
            meters: Arc::clone(&meters),
            policy,
            judged,
            judging,
            lately: Lately::new(),
            bytes: Vec::new(),
            hearing: Vec::new(),
            waiting: Vec::new(),
            held: false,
            holding: None,
            began: now,
            rest_until: now,
            last_event: now,
        };
        let desk = Desk {
            front: Arc::clone(&front),
            queue: Arc::clone(&queue),
            meters: Arc::clone(&meters),
            listener: Arc::clone(&listener),
            replaced,
            decided: Duration::ZERO,
            wrote: Duration::ZERO,
        };
        let keeper = Keeper {
            home: Arc::clone(&home),
            front: Arc::clone(&front),
            meters: Arc::clone(&meters),
            stop: Arc::clone(&stop),
            queue: Arc::clone(&queue),
            errands: asked,
            saved,
            still: (0, now),
            looked: (0.0, now),
            shadow: None,
            oldest: None,
        };
        let told = Arc::new(AtomicU32::new(lock(&front).judgement().number));
        let telling = (Arc::clone(&home), Arc::clone(&meters), Arc::clone(&told));
        let judge_home = (Arc::clone(&home), Arc::clone(&queue));
        let threads = Threads {
            writer: guarded("writer", &queue, move || writer.work())?,
            desk: guarded("desk", &queue, move || desk.work(&taken))?,
            judge: guarded("judge", &queue, move || {
                judge_tasks(&judge_home.0, &judge_home.1, &tasks)
            })?,
            revisions: guarded("revisions", &queue, move || {
                let (home, meters, told) = telling;
                revisions::work(&home, &changes, &listener, (&told, &meters));
            })?,
            keeper: guarded("keeper", &queue, move || keeper.work())?,
        };
        let threads = Mutex::new(Some(threads));
        let inner =
            Inner { home, queue, front, known, meters, stop, told, opened, errands, threads };
        Ok(Live(Arc::new(inner)))
    }

    /// What opening found.
    #[must_use]
    pub fn opened(&self) -> &Opened {
        &self.0.opened
    }

    /// Hands over events. They are in the log, once each, when the reply is heard.
    ///
    /// # Errors
    /// Too many wait, or the engine has stopped; then the reply is not called.
    pub fn submit(&self, batch: Batch, wait: Wait, reply: Reply) -> Result<(), Refused> {
        let events = batch.events.len();
        let taken = self.0.queue.submit(Job::Events(batch, wait, reply), events);
        if taken.is_err() {
            self.0.meters.refused(events as u64);
        }
        taken
    }

    /// Whether so much waits that whatever is handed over now is refused: then it need not even be read.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.0.queue.is_full()
    }

    /// Whether so much waits that who can had better wait before handing over more: an eighth of what may wait. Nothing is
    /// refused for that.
    #[must_use]
    pub fn is_pressed(&self) -> bool {
        self.0.queue.is_pressed()
    }

    /// Has everything judged that is in the log when this is worked on; `done` hears the judgement's number once it is
    /// in effect.
    ///
    /// # Errors
    /// The engine has stopped.
    pub fn judge_now(&self, done: Done) -> Result<(), Refused> {
        // Behind what waits: it is judged too.
        self.0.queue.submit(Job::Judge(done), 0)
    }

    /// Changes the policy, of decisions at once and of verdicts with the next judgement; no window is lost.
    ///
    /// # Errors
    /// The text is no policy, or the engine has stopped.
    pub fn set_policy(&self, text: &str, done: Done) -> Result<(), LiveError> {
        let policy = Policy::parse(text)?;
        let job = Job::Policy(Box::new(policy), text.to_owned(), done);
        self.0.queue.push(job).map_err(|refused| LiveError::Stopped(refused.to_string()))
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> Policy {
        lock(&self.0.front).policy().clone()
    }

    /// What was decided of an event. None if it is not known.
    #[must_use]
    pub fn decision(&self, id: Key) -> Option<EventView> {
        let known = lock(&self.0.known);
        let number = known.find(id)?;
        let place = known.place(number);
        drop(known);
        let decided = lock(&self.0.front).decision(number);
        let event = place.and_then(|between| self.find(id, between));
        let now = event.map(|event| self.judgement().event(&event));
        Some(EventView { number, decided, now })
    }

    /// An event that is between two places of the log; none if it is not kept, or cannot be read.
    fn find(&self, id: Key, (from, until): (u64, Option<u64>)) -> Option<Event> {
        let end = self.0.meters.status().committed;
        let until = Position(until.unwrap_or(end).min(end));
        let (mut found, mut batch) = (None, Batch::default());
        walk::records(&self.0.home.log(), (Position(from), until), |_, kind, payload| {
            if kind == kind::EVENTS && found.is_none() {
                batch.events.clear();
                batch.arena.clear();
                let _ = record::decode(payload, Texts::None, &mut batch);
                found = batch.events.iter().find(|event| event.id == id).copied();
            }
            Ok(())
        })
        .ok()?;
        found
    }

    /// What is known of an account.
    #[must_use]
    pub fn account(&self, account: Key) -> AccountView {
        let mut front = lock(&self.0.front);
        let judged = Arc::clone(front.judgement());
        let own = front.findings(account);
        drop(front);
        let called = judged.account(account);
        let (score, verdict, group) =
            called.map_or((0.0, Verdict::Genuine, None), |c| (c.score, c.verdict, c.group));
        let named = judged.all_findings().filter(|finding| finding.speaks_of(account));
        // What a judgement found stands before the same found while it streams by.
        let mut found: Vec<_> = named.collect();
        let streaming = own.iter().filter(|own| !found.iter().any(|f| f.code == own.code));
        let streaming: Vec<_> = streaming.collect();
        found.extend(streaming);
        let findings = found.into_iter().map(|finding| FindingView::of(finding, &judged)).collect();
        AccountView { score, verdict, group, findings, judgement: judged.number }
    }

    /// The counts of a subject now, in the order of kinds.
    #[must_use]
    pub fn counts(&self, subject: Key) -> Vec<CountView> {
        let rows = lock(&self.0.front).counts().of(subject);
        rows.into_iter().map(|(metric, _, tally)| view(metric, &tally)).collect()
    }

    /// The counts of a subject as they were at a time, by what holds now: events that happened later are left out. What is
    /// settled is taken as it was settled; for the rest the log is read.
    ///
    /// # Errors
    /// The log cannot be read, or does not hold all that happened after that time any more.
    pub fn counts_at(&self, subject: Key, at: EventTime) -> Result<Vec<CountView>, LiveError> {
        let (judged, mut sums, newest) = {
            let front = lock(&self.0.front);
            (Arc::clone(front.judgement()), front.counts().settled(subject), front.newest())
        };
        let kept = self.kept_from(newest)?;
        if at < kept {
            return Err(LiveError::Expired { kept });
        }
        let split = EventTime(judged.split);
        let mut over: BTreeMap<Kind, Tally> = BTreeMap::new();
        self.each(|event, _| {
            if event.subject != subject || !event.kind.counts() {
                return;
            }
            let counted = if event.time < split && event.time > at {
                &mut over
            } else if event.time >= split && event.time <= at {
                &mut sums
            } else {
                return;
            };
            let (score, verdict, _) = judged.event(event);
            let tally = counted.entry(event.kind).or_default();
            tally.add(score, verdict);
            if verdict == Verdict::Genuine && judged.account(event.actor).is_some() {
                tally.note_called();
            }
        })?;
        for (kind, tally) in over {
            sums.entry(kind).or_default().take(&tally);
        }
        let counted = sums.into_iter().filter(|(_, tally)| tally.raw > 0);
        Ok(counted.map(|(metric, tally)| view(metric, &tally)).collect())
    }

    /// The time from which on every event is in the log.
    fn kept_from(&self, newest: EventTime) -> Result<EventTime, LiveError> {
        let until = Position(self.0.meters.status().committed);
        match Reader::open(&self.0.home.log(), Position::START, until) {
            Ok(_) => Ok(EventTime(i64::MIN)),
            // Whole files leave when all that is in them is older.
            Err(LogError::Removed { .. }) => {
                Ok(EventTime(newest.0.saturating_sub(self.0.home.options.retention.raw())))
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Shows every event of the log, with what the batch it is in holds of texts.
    fn each(&self, mut see: impl FnMut(&Event, &Batch)) -> Result<(), LiveError> {
        let until = Position(self.0.meters.status().committed);
        let (folder, mut batch) = (self.0.home.log(), Batch::default());
        walk::records(&folder, (Position::START, until), |place, found, payload| {
            if found == kind::EVENTS {
                batch.events.clear();
                batch.arena.clear();
                let whole = record::decode(payload, Texts::All, &mut batch);
                whole.ok_or_else(|| walk::broken(&folder, place))?;
                batch.events.iter().for_each(|event| see(event, &batch));
            }
            Ok(())
        })
    }

    /// Writes each event that an account made, or was the other side of, as a line of JSON with the contract's columns, as far
    /// as it is kept: from the log and from the records of transactions. Gives how many. Retention waits meanwhile.
    ///
    /// The log holds keys; their texts are looked up in it. A text that is not found any more is written as `#` and 16 hex
    /// digits of its key, and so are entry channels, of which the log never holds the text.
    ///
    /// # Errors
    /// The log cannot be read, or the lines cannot be written.
    pub fn export(&self, account: Key, out: &mut dyn Write) -> Result<u64, LiveError> {
        export::write(&self.0.home, self.0.meters.status().committed, account, out)
    }

    /// Erases an account: its events stay as events that happened, made by nobody who could be found again; the records
    /// of its transactions, which the law wants kept, are put apart first. `done` hears how many events it had.
    ///
    /// What comes of it while this goes on, or afterwards, is not erased. No judgement begins meanwhile.
    ///
    /// # Errors
    /// The engine has stopped.
    pub fn erase(&self, account: Key, done: Done) -> Result<(), Refused> {
        self.erase_step_by_step(account, Box::new(|_| ()), done)
    }

    /// The same; `told` hears each step that was taken, and the next waits until it returns. After a step is whatever it says is
    /// on disk.
    ///
    /// # Errors
    /// The engine has stopped.
    pub fn erase_step_by_step(
        &self,
        account: Key,
        told: Box<dyn FnMut(Step) + Send>,
        done: Done,
    ) -> Result<(), Refused> {
        let errand = Errand { account, told, done };
        self.0.errands.send(errand).map_err(|_| Refused::Stopped)
    }

    /// The judgement in effect.
    #[must_use]
    pub fn judgement(&self) -> Arc<Judged> {
        Arc::clone(lock(&self.0.front).judgement())
    }

    /// The groups of the judgement in effect, strongest first, then those that ended before what it looked at: `from` and
    /// `limit` make a page of them. And how many there are.
    #[must_use]
    pub fn groups(&self, from: usize, limit: usize) -> (Vec<GroupView>, usize) {
        let judged = self.judgement();
        let page = judged.group_numbers().skip(from).take(limit);
        let groups = page.filter_map(|number| judged.group(number));
        (
            groups.map(|group| GroupView::of(&group, &judged)).collect(),
            judged.group_numbers().count(),
        )
    }

    /// A group of the judgement in effect.
    #[must_use]
    pub fn group(&self, number: u32) -> Option<GroupView> {
        let judged = self.judgement();
        Some(GroupView::of(&judged.group(number)?, &judged))
    }

    /// Findings of the judgement in effect, of one entity or all, by one detector or all, in the order of time; and how
    /// many there are.
    #[must_use]
    pub fn findings(
        &self,
        of: Option<Key>,
        code: Option<Code>,
        from: usize,
        limit: usize,
    ) -> (Vec<FindingView>, usize) {
        let judged = self.judgement();
        let wanted = |finding: &&detectors::Finding| {
            of.is_none_or(|key| finding.entity.key == key)
                && code.is_none_or(|code| finding.code == code)
        };
        let found: Vec<_> = judged.all_findings().filter(wanted).collect();
        let page = found.iter().skip(from).take(limit);
        (page.map(|finding| FindingView::of(finding, &judged)).collect(), found.len())
    }

    /// The revisions with a number above this one, oldest first, as far as their judgements are kept.
    #[must_use]
    pub fn revisions_after(&self, number: u64) -> Vec<Revision> {
        let newest = self.0.told.load(Ordering::Acquire);
        let first = (number >> 32) as u32;
        let judged = (first..=newest).filter_map(|number| judging::load(&self.0.home, number));
        judged
            .flat_map(|judged| revisions::all(&self.0.home, &judged))
            .filter(|revision| revision.number() > number)
            .collect()
    }

    /// What is measured while it runs.
    #[must_use]
    pub fn meters(&self) -> &Meters {
        &self.0.meters
    }

    /// How it stands.
    #[must_use]
    pub fn status(&self) -> Status {
        let remembered = lock(&self.0.known).len();
        let front = lock(&self.0.front);
        Status {
            events: front.events(),
            newest: front.newest().0,
            waiting: self.0.queue.len(),
            keys: front.keys(),
            judgement: front.judgement().number,
            stopped: self.0.queue.stopped(),
            remembered,
            ..self.0.meters.status()
        }
    }

    /// A digest of all decisions since the log began.
    #[must_use]
    pub fn digest(&self) -> u64 {
        lock(&self.0.front).digest()
    }

    /// Takes nothing more, works off what waits, and writes a snapshot.
    ///
    /// # Errors
    /// A thread failed, or the snapshot cannot be written; what was acknowledged is in the log.
    pub fn close(&self) -> Result<(), LiveError> {
        let Some(threads) = lock(&self.0.threads).take() else { return Ok(()) };
        self.0.queue.close();
        self.0.stop.store(true, Ordering::Release);
        let stopped = |name: &str| LiveError::Stopped(format!("its {name} failed"));
        let writer = threads.writer.join().map_err(|_| stopped("writer"))?;
        let Writer { mut log, schedule, judging, orders, judge, .. } = writer;
        drop(orders);
        drop(judge);
        threads.desk.join().map_err(|_| stopped("desk"))?;
        threads.judge.join().map_err(|_| stopped("judge"))?;
        threads.revisions.join().map_err(|_| stopped("revisions"))?;
        threads.keeper.join().map_err(|_| stopped("keeper"))?;
        if let Some(why) = self.0.queue.stopped() {
            return Err(LiveError::Stopped(why));
        }
        let next = log.sync()?.0;
        *self.0.home.records.write().unwrap_or_else(PoisonError::into_inner) = None;
        let known = std::mem::replace(&mut *lock(&self.0.known), Known::new(2));
        let front = std::mem::replace(
            &mut *lock(&self.0.front),
            Front::new(Policy::default(), &self.0.home.options.limits, 1, None),
        );
        State { known, front, schedule, judging, next, from: next }.write(&self.0.home, None)?;
        Ok(())
    }
}

/// Runs a thread; should it panic, nothing more is taken and everybody hears so.
fn guarded<T: Send + 'static>(
    name: &'static str,
    queue: &Arc<Queue>,
    work: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<JoinHandle<T>> {
    struct Guard(Arc<Queue>, &'static str);
    impl Drop for Guard {
        fn drop(&mut self) {
            if std::thread::panicking() {
                self.0.stop(&format!("its {} failed", self.1));
            }
        }
    }
    let guard = Guard(Arc::clone(queue), name);
    // Named, so that the system's own tools tell who is at work.
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        let _guard = guard;
        work()
    })
}

fn judge_tasks(home: &Home, queue: &Queue, tasks: &std::sync::mpsc::Receiver<Task>) {
    keeper::step_back(keeper::JUDGING);
    for Task { judging, began, policy, last } in tasks {
        let judged = judging::judge(home, &policy, &judging, began, &last).and_then(|judged| {
            judging::save(home, &judged)?;
            Ok(Arc::new(judged))
        });
        // When the queue has stopped nobody waits for it.
        let _ = queue.push(Job::Judged(judged));
    }
}

fn view(metric: Kind, tally: &Tally) -> CountView {
    let verdict = match (tally.fake, tally.suspect) {
        (0, 0) => Verdict::Genuine,
        (0, _) => Verdict::Suspect,
        _ => Verdict::Fake,
    };
    CountView {
        metric,
        raw: tally.raw,
        genuine: tally.genuine(),
        fake: tally.fake,
        held: tally.suspect,
        verdict,
    }
}
