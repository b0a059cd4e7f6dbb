//! A station: the state that one worker keeps, and what it does with a closed epoch.
//!
//! Plain synchronous code: parcels of one epoch in, findings gathered. Whatever is kept here belongs to a key that is
//! at home on this worker, so that the stations of a run together hold the same, however many there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use detectors::gear::{Gear, Gears};
use detectors::mem01::{Cohorts, Coming};
use detectors::prior::{self, ActorHistory, Regard, SubjectHistory};
use detectors::seq03::Origins;
use detectors::text::{self, Said};
use detectors::{Finding, Limits, Shard, Usual, Viewings, rev01};
use events::{EntityKind, Event, EventTime, Key, Province};
use features::{Keyed, Touch, touch};
use groups::{Activity, Links};
use learning::TextModel;
use serde::{Deserialize, Serialize};
use trades::Counter;

use crate::hearing::Hearing;
use crate::parcel::{Parcel, home};

/// Touches after which idle keys are looked for, unless there are more keys: the search walks all of them.
const TOUCHES_BETWEEN_SEARCHES: usize = 1 << 20;

/// Events whose accounts are looked at together.
const TOGETHER: usize = 32;

/// What every station of a run is told.
#[derive(Clone, Debug)]
pub struct Orders {
    /// Bounds of the detectors.
    pub limits: Limits,
    /// Workers, and so stations.
    pub workers: usize,
    /// The table has no mark but views, so views are what accounts leave.
    pub views: bool,
    /// Reads reviews and comments, where a model was given.
    pub text_model: Option<Arc<TextModel>>,
}

/// What was known of a subject when an account rated it, on its way to the account's home.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Sent {
    event: u64,
    mean: f32,
    count: u32,
    deviation: f32,
    extremity: f32,
}

impl Sent {
    fn new(event: Key, regard: Regard) -> Sent {
        let Regard { mean, count, deviation, extremity } = regard;
        Sent { event: event.0, mean, count, deviation, extremity }
    }

    fn regard(&self) -> Regard {
        let Sent { mean, count, deviation, extremity, .. } = *self;
        Regard { mean, count, deviation, extremity }
    }
}

/// What the subjects' home tells an accounts' home of one epoch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Letter {
    /// The worker that it is for.
    pub to: u64,
    /// One for each rating.
    pub regards: Vec<Sent>,
}

/// What is counted of one account: 80 bytes.
#[derive(Clone, Copy, Debug)]
struct Account {
    key: Key,
    events: u32,
    /// The second of its first event.
    first: u32,
    coming: Coming,
    gear: Gear,
    /// Where it was when it was last told.
    province: Province,
}

const _: () = assert!(size_of::<Account>() == 80);

/// The state of one worker.
#[derive(Debug)]
pub struct Station {
    shard: Shard,
    activity: Activity,
    cohorts: Cohorts,
    subjects: Keyed<SubjectHistory>,
    /// The accounts at home here, by their numbers in `activity`.
    accounts: Vec<Account>,
    /// What accounts did before: of those that rate, since ratings are what the prior knows how to read.
    raters: Keyed<ActorHistory>,
    /// Events of epochs whose regards may not all be here yet.
    waiting: BTreeMap<usize, Vec<Parcel>>,
    /// The accounts' own touches of a few events.
    own: Vec<Touch>,
    workers: usize,
    said: Vec<Said>,
    hearing: Hearing,
    origins: Origins,
    links: Links,
    trades: Counter,
    findings: Vec<Finding>,
    since_search: usize,
}

/// What a station knows at the end.
#[derive(Debug)]
pub struct Report {
    /// In the order of this station's keys' touches; sorted over all stations later.
    pub findings: Vec<Finding>,
    /// The spread of what its keys showed.
    pub usual: Usual,
    /// Who came to its subjects.
    pub viewings: Viewings,
    /// What its accounts left on subjects.
    pub activity: Activity,
    /// Which of its accounts came new.
    pub cohorts: Cohorts,
    /// Each of its accounts: which, how many events, and what its own behaviour says, in [0, 1].
    pub counted: Vec<(Key, u64, f32)>,
    /// What its accounts came with.
    pub gears: Gears,
    /// What its accounts wrote: of too many texts those with the smallest event keys.
    pub said: Vec<Said>,
    /// What its accounts ordered, and the parcels it saw.
    pub trades: Counter,
    /// From which provinces its accounts acted.
    pub origins: Origins,
    /// By which links they came.
    pub links: Links,
}

impl Station {
    /// A station that has seen nothing.
    pub fn new(orders: Orders) -> Station {
        Station {
            shard: Shard::new(&orders.limits),
            activity: Activity::new(orders.views),
            cohorts: Cohorts::default(),
            subjects: Keyed::default(),
            accounts: Vec::new(),
            raters: Keyed::default(),
            waiting: BTreeMap::new(),
            own: Vec::with_capacity(TOGETHER),
            workers: orders.workers,
            said: Vec::new(),
            hearing: Hearing::new(orders.text_model),
            origins: Origins::default(),
            links: Links::default(),
            trades: Counter::default(),
            findings: Vec::new(),
            since_search: 0,
        }
    }

    /// Works through the parcels of an epoch, and says what was known of its subjects when accounts rated them: one
    /// letter for each worker. Epochs come in order.
    pub fn epoch(&mut self, epoch: usize, mut parcels: Vec<Parcel>) -> Vec<Letter> {
        parcels.sort_unstable_by_key(|parcel| parcel.number);
        let letter = |to| Letter { to: to as u64, regards: Vec::new() };
        let mut letters: Vec<Letter> = (0..self.workers).map(letter).collect();
        let mut latest = None;
        for parcel in &mut parcels {
            self.shard.observe_all(&parcel.touches, &mut self.findings);
            for touch in &parcel.touches {
                if touch.entity == EntityKind::Subject && touch.rating.is_finite() {
                    let regard = self.subjects.entry(touch.key).or_default().before(touch.rating);
                    if touch.other.is_some() {
                        let to = home(touch.other, self.workers);
                        letters[to].regards.push(Sent::new(touch.event, regard));
                    }
                }
            }
            for events in parcel.events.chunks(TOGETHER) {
                self.attend(events);
            }
            for event in &parcel.events {
                let text = event.text.of(&parcel.arena);
                self.trades.observe(event, text);
                if !text.is_empty() {
                    self.hear(event, text);
                }
            }
            self.since_search += parcel.touches.len() + parcel.events.len();
            // The last of the parcel's events or of its touches, of which each kind is in order.
            latest = parcel.events.last().map(|event| event.time).max(latest);
            latest = parcel.touches.iter().map(|touch| touch.time).max().max(latest);
            parcel.touches = Vec::new();
            parcel.arena = String::new();
            parcel.keep_rated();
        }
        self.waiting.insert(epoch, parcels);
        if let Some(time) = latest {
            self.search_idle(time);
        }
        letters
    }

    /// Scores the events of an epoch whose accounts are at home here by what was known when they came, beside their
    /// places in the epoch. Epochs come in order.
    pub fn arrive(&mut self, epoch: usize, letters: &[Letter]) -> Vec<(u32, f32)> {
        let sent = letters.iter().flat_map(|letter| &letter.regards);
        let regards: Keyed<Regard> = sent.map(|sent| (Key(sent.event), sent.regard())).collect();
        let mut scores = Vec::new();
        for parcel in self.waiting.remove(&epoch).unwrap_or_default() {
            for (event, place) in parcel.events.iter().zip(parcel.places) {
                let (Some(rating), true) = (event.rating, event.actor.is_some()) else { continue };
                let history = self.raters.entry(event.actor).or_default();
                let second = event.time.seconds().clamp(0, i64::from(u32::MAX)) as u32;
                let mut bits = history.newness(second);
                if let Some(&regard) = regards.get(&event.id) {
                    history.rated(rating, regard);
                    bits += regard.bits();
                }
                scores.push((place, prior::score(bits)));
            }
        }
        scores
    }

    /// Takes the events of accounts at home here.
    fn attend(&mut self, events: &[Event]) {
        self.own.clear();
        self.own.extend(events.iter().filter_map(|event| touch(event, EntityKind::Account)));
        self.shard.observe_all(&self.own, &mut self.findings);
        self.activity.glance(events);
        for event in events {
            let Some(number) = self.activity.observe(event) else {
                self.cohorts.observe(event);
                self.origins.observe(event, Province::NONE);
                continue;
            };
            let number = number as usize;
            if number == self.accounts.len() {
                let coming = Coming::default();
                let gear = Gear::default();
                let first = event.time.seconds().clamp(0, i64::from(u32::MAX)) as u32;
                let province = Province::NONE;
                let key = event.actor;
                self.accounts.push(Account { key, events: 0, first, coming, gear, province });
            }
            if let Some(account) = self.accounts.get_mut(number) {
                account.events = account.events.saturating_add(1);
                account.gear.observe(event);
                self.links.observe(event);
                self.cohorts.observe_with(event, &mut account.coming);
                if event.province.is_some() {
                    account.province = event.province;
                }
                self.origins.observe(event, account.province);
            }
        }
    }

    fn search_idle(&mut self, time: EventTime) {
        if self.since_search > TOUCHES_BETWEEN_SEARCHES.max(self.shard.keys()) {
            self.shard.advance(time, &mut self.findings);
            self.trades.forget(time.seconds().clamp(0, i64::from(u32::MAX)) as u32);
            self.since_search = 0;
        }
    }

    /// Reads what an event says, and keeps its sketch. The texts that will be compared are among those kept here: they are the
    /// smallest of all by event key, and so of these.
    fn hear(&mut self, event: &Event, text: &str) {
        self.hearing.hear(event, text);
        let Some(sketch) = text::sketch(text) else { return };
        self.said.push((sketch, event.id, event.actor, event.subject, event.time));
        if self.said.len() >= rev01::MOST_TEXTS * 5 / 4 {
            self.said.select_nth_unstable_by_key(rev01::MOST_TEXTS, |said| (said.1, said.2));
            self.said.truncate(rev01::MOST_TEXTS);
        }
    }

    /// Ends the run.
    pub fn finish(mut self) -> Report {
        self.shard.finish(&mut self.findings);
        self.findings.extend(self.hearing.finish());
        let mut gears = Gears::default();
        self.accounts.iter().for_each(|account| gears.note(account.key, account.gear));
        self.trades.came(self.accounts.iter().map(|account| (account.key, account.first)));
        Report {
            findings: self.findings,
            usual: self.shard.usual().clone(),
            viewings: self.shard.take_viewings(),
            activity: self.activity,
            cohorts: self.cohorts,
            gears,
            counted: self
                .accounts
                .into_iter()
                .map(|Account { key, events, .. }| {
                    let profile = self.raters.get(&key).map(|history| history.profile());
                    (key, u64::from(events), profile.map_or(0.0, prior::score))
                })
                .collect(),
            said: self.said,
            trades: self.trades,
            origins: self.origins,
            links: self.links,
        }
    }
}
