//! A worker's shard of all keyed state: touches in, findings out.
//!
//! Every state belongs to one key and sees that key's touches alone, in order of (time, event); nothing here depends on which other keys
//! live beside it. That is what makes a run the same whatever the number of workers. What a table finds usual is gathered
//! beside ([`Usual`]), merged over the shards, and [`settle`](crate::settle) scores the findings against it at the end.

use crate::fanout::{self, Sharing, WATCHED, floors, second};
use crate::net02::{self, Carried, Several};
use crate::open::Open;
use crate::seq01::Timing;
use crate::usual::Usual;
use crate::vel01::Rates;
use crate::vel04::Burst;
use crate::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::{Keyed, Touch, Visits};
use serde::{Deserialize, Serialize};
use std::hint::black_box;

/// Touches whose states are looked at together.
const TOGETHER: usize = 32;

/// What bounds the state of a shard. Each bound is per key or in event time, never over the keys of a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Days without a touch after which a key is forgotten; should it come back it begins anew. At least 8, so that no
    /// window is cut.
    pub idle_days: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { idle_days: 28 }
    }
}

/// All keyed state of one worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shard {
    idle_seconds: u32,
    #[serde(deserialize_with = "features::read_keyed")]
    accounts: Keyed<Account>,
    /// The devices of accounts that have several.
    #[serde(deserialize_with = "features::read_keyed")]
    carried: Keyed<Several>,
    #[serde(deserialize_with = "features::read_keyed")]
    marks: Keyed<Burst>,
    #[serde(deserialize_with = "features::read_keyed")]
    views: Keyed<Viewed>,
    viewings: Viewings,
    shared: [Keyed<Sharing>; 6],
    floors: [[u16; 3]; 6],
    /// Devices of an account from which there may be a finding.
    most_carried: u16,
    open: Open,
    usual: Usual,
}

/// The streaming detectors that say something of an entity of a kind.
#[must_use]
pub fn streaming(kind: EntityKind) -> &'static [Code] {
    match kind {
        EntityKind::Account => &[Code::Vel01, Code::Seq01, Code::Net02],
        EntityKind::Subject => &[Code::Vel04],
        EntityKind::Device => &[Code::Vel02, Code::Net02],
        EntityKind::Ip | EntityKind::Subnet => &[Code::Vel03],
        EntityKind::PhoneBlock | EntityKind::Payment | EntityKind::Address => &[Code::Net01],
        _ => &[],
    }
}

/// One subject's views.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Viewed {
    burst: Burst,
    visits: Visits,
}

/// Who came to the subjects of a shard, as far as it has forgotten or finished them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Viewings {
    /// Subjects with at least [`Viewings::FEWEST`] views, in no order; one that was forgotten in between is there
    /// again.
    pub subjects: Vec<(Key, Visits)>,
    /// All views.
    pub views: u64,
    /// Those who left at once.
    pub brief: u64,
    /// Those of whom nothing says how long they stayed.
    pub untold: u64,
}

impl Viewings {
    /// Fewer views of a subject say nothing of who came.
    pub const FEWEST: u32 = 12;

    fn note(&mut self, key: Key, visits: Visits) {
        let sum = visits.sum();
        self.views += u64::from(sum.views);
        self.brief += u64::from(sum.brief);
        self.untold += u64::from(sum.untold);
        if sum.views >= Self::FEWEST {
            self.subjects.push((key, visits));
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Account {
    rates: Rates,
    timing: Timing,
    carried: Carried,
    last: u32,
}

impl Shard {
    /// An empty shard.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            idle_seconds: limits.idle_days.max(8).saturating_mul(86_400),
            accounts: Keyed::default(),
            carried: Keyed::default(),
            marks: Keyed::default(),
            views: Keyed::default(),
            viewings: Viewings::default(),
            shared: std::array::from_fn(|_| Keyed::default()),
            floors: WATCHED.map(|watched| floors(watched.kind)),
            most_carried: net02::floor(),
            open: Open::default(),
            usual: Usual::default(),
        }
    }

    /// Takes touches as [`Shard::observe`] does. Fastest where touches of one kind of entity come together.
    pub fn observe_all(&mut self, touches: &[Touch], out: &mut Vec<Finding>) {
        for some in touches.chunks(TOGETHER) {
            self.glance(some);
            for touch in some {
                self.observe(touch, out);
            }
        }
    }

    /// Looks at the states of some touches, so that they are at hand: see [`Keyed`].
    fn glance(&self, touches: &[Touch]) {
        black_box(touches.iter().map(|touch| self.state_of(touch)).fold(0, u32::wrapping_add));
        black_box(touches.iter().map(|touch| self.behind(touch).0).fold(0, u32::wrapping_add));
    }

    /// A little of a touch's state. Whoever asks for the states of some dozen touches, and then for what is
    /// [behind](Shard::growing_behind) them, has them at hand when they are observed and [`Shard::judged`] is asked soon: see
    /// [`Keyed`]. What was looked at long before is gone again.
    #[must_use]
    pub fn state_of(&self, touch: &Touch) -> u32 {
        match touch.entity {
            EntityKind::Account => self.accounts.get(&touch.key).map_or(0, |state| state.last),
            EntityKind::Subject if touch.kind.is_mark() => {
                self.marks.get(&touch.key).map_or(0, |state| state.last)
            }
            EntityKind::Subject => self.views.get(&touch.key).map_or(0, |state| state.burst.last),
            _ => self.shared(touch).map_or(0, |(_, state)| state.last),
        }
    }

    /// A little of what a touch's state keeps elsewhere, and of what is growing about what it touches.
    #[must_use]
    pub fn growing_behind(&self, touch: &Touch) -> u32 {
        let (glanced, found) = self.behind(touch);
        let entity = Entity { kind: touch.entity, key: touch.key };
        let codes = if found { streaming(touch.entity) } else { &[] };
        let grow = |code: &&Code| self.open.get(**code, entity, touch.time).is_some();
        glanced.wrapping_add(codes.iter().filter(grow).count() as u32)
    }

    /// A little of what a touch's state keeps elsewhere, and whether there has been a finding.
    fn behind(&self, touch: &Touch) -> (u32, bool) {
        match touch.entity {
            EntityKind::Account => self
                .accounts
                .get(&touch.key)
                .map_or((0, false), |state| (state.rates.glance(), state.is_found())),
            EntityKind::Subject if touch.kind.is_mark() => {
                self.marks.get(&touch.key).map_or((0, false), |state| (0, state.is_found()))
            }
            EntityKind::Subject => self
                .views
                .get(&touch.key)
                .map_or((0, false), |state| (state.visits.glance(), state.burst.is_found())),
            _ => self.shared(touch).map_or((0, false), |(row, state)| {
                (state.glance(touch.other), state.is_found(self.floors[row]))
            }),
        }
    }

    fn shared(&self, touch: &Touch) -> Option<(usize, &Sharing)> {
        let row = fanout::row(touch.entity)?;
        Some((row, self.shared[row].get(&touch.key)?))
    }

    /// Takes one touch. Touches of one key come in order of (time, event). Findings that have been quiet for a day when
    /// their entity stirs again are appended to `out`, scored by the priors. Says whether one about the entity may be growing.
    pub fn observe(&mut self, touch: &Touch, out: &mut Vec<Finding>) -> bool {
        let now = second(touch.time);
        let Self { open, usual, idle_seconds, .. } = self;
        let is_idle = |last: u32| last != 0 && now.saturating_sub(last) > *idle_seconds;
        match touch.entity {
            EntityKind::Account => {
                let state = self.accounts.entry(touch.key).or_default();
                if is_idle(state.last) {
                    let several = self.carried.remove(&touch.key);
                    std::mem::take(state).note(several.as_ref(), usual);
                }
                let before = state.last;
                state.last = state.last.max(now);
                state.rates.observe(touch, open, out);
                state.timing.observe(touch, open, out);
                if let Some(first) = state.carried.is_another(touch) {
                    let several = self.carried.entry(touch.key).or_default();
                    let (at, of) =
                        ((touch, self.most_carried), (&mut state.carried, first, before));
                    several.observe(at, of, open, out);
                }
                state.is_found()
            }
            EntityKind::Subject if touch.kind.is_mark() => {
                let state = self.marks.entry(touch.key).or_default();
                if is_idle(state.last) {
                    std::mem::take(state).note(usual);
                }
                state.observe(touch, open, out);
                state.is_found()
            }
            EntityKind::Subject => {
                let state = self.views.entry(touch.key).or_default();
                if is_idle(state.burst.last) {
                    let Viewed { burst, visits } = std::mem::take(state);
                    burst.note(usual);
                    self.viewings.note(touch.key, visits);
                }
                state.burst.observe(touch, open, out);
                state.visits.push(now, touch.stay);
                state.burst.is_found()
            }
            kind => {
                let Some(row) = fanout::row(kind) else { return false };
                if touch.other.is_none() {
                    return false;
                }
                let state = self.shared[row].entry(touch.key).or_default();
                if is_idle(state.last) {
                    std::mem::take(state).note(kind, usual);
                }
                state.observe(touch, row, self.floors[row], open, out);
                if kind == EntityKind::Device {
                    let mut claimed = state.claimed;
                    claimed.observe(touch, state.accounts(), open, out);
                    state.claimed = claimed;
                }
                state.is_found(self.floors[row])
            }
        }
    }

    /// Says how far event time has come: findings that have been quiet for a day are appended, idle keys are
    /// forgotten. When and how often this is called changes nothing in what is found.
    pub fn advance(&mut self, watermark: EventTime, out: &mut Vec<Finding>) {
        self.open.advance(watermark, out);
        let oldest = second(watermark).saturating_sub(self.idle_seconds);
        let usual = &mut self.usual;
        forget_accounts(&mut self.accounts, |s| s.last < oldest, &mut self.carried, usual);
        forget(&mut self.marks, |s| s.last < oldest, |s| s.note(usual));
        forget_views(&mut self.views, |s| s.burst.last < oldest, usual, &mut self.viewings);
        for (table, watched) in self.shared.iter_mut().zip(WATCHED) {
            forget(table, |s| s.last < oldest, |s| s.note(watched.kind, usual));
        }
    }

    /// Appends all findings still open and empties the shard. Afterwards [`Shard::usual`] knows every key.
    pub fn finish(&mut self, out: &mut Vec<Finding>) {
        self.open.finish(out);
        let usual = &mut self.usual;
        forget_accounts(&mut self.accounts, |_| true, &mut self.carried, usual);
        forget(&mut self.marks, |_| true, |s| s.note(usual));
        forget_views(&mut self.views, |_| true, usual, &mut self.viewings);
        for (table, watched) in self.shared.iter_mut().zip(WATCHED) {
            forget(table, |_| true, |s| s.note(watched.kind, usual));
        }
    }

    /// The finding of a detector about an entity that still grows at a time; it has no score yet.
    #[must_use]
    pub fn growing(&self, code: Code, entity: Entity, time: EventTime) -> Option<&Finding> {
        self.open.get(code, entity, time)
    }

    /// Its bits and score against what the judgement of a number found usual; they are worked out once a judgement, while its
    /// evidence does not grow.
    pub fn judged(
        &mut self,
        code: Code,
        entity: Entity,
        time: EventTime,
        usual: (u32, &Usual),
    ) -> Option<(f32, f32)> {
        self.open.judged(code, entity, time, usual)
    }

    /// The spread of every statistic over the keys forgotten or finished so far.
    #[must_use]
    pub fn usual(&self) -> &Usual {
        &self.usual
    }

    /// Who came to the subjects forgotten or finished so far; they are handed over.
    pub fn take_viewings(&mut self) -> Viewings {
        std::mem::take(&mut self.viewings)
    }

    /// Keys held, of all kinds.
    #[must_use]
    pub fn keys(&self) -> usize {
        let shared: usize = self.shared.iter().map(Keyed::len).sum();
        self.accounts.len() + self.marks.len() + self.views.len() + shared
    }

    /// Bytes that accounts take, tables and boxes together.
    #[must_use]
    pub fn account_bytes(&self) -> usize {
        let boxes: usize = self.accounts.values().map(|account| account.rates.heap_bytes()).sum();
        let several: usize = self.carried.values().map(Several::heap_bytes).sum();
        self.accounts.allocation_size() + boxes + self.carried.allocation_size() + several
    }

    /// Bytes that who came to subjects takes, tables and boxes together.
    #[must_use]
    pub fn view_bytes(&self) -> usize {
        let boxes: usize = self.views.values().map(|viewed| viewed.visits.heap_bytes()).sum();
        self.views.allocation_size() + boxes
    }

    /// Bytes that shared entities take, tables and boxes together.
    #[must_use]
    pub fn shared_bytes(&self) -> usize {
        let boxes = |table: &Keyed<Sharing>| table.values().map(Sharing::heap_bytes).sum::<usize>();
        self.shared.iter().map(|table| table.allocation_size() + boxes(table)).sum()
    }
}

impl Account {
    fn is_found(&self) -> bool {
        self.rates.is_found() || self.timing.is_found() || self.carried.is_found()
    }

    fn note(&self, several: Option<&Several>, usual: &mut Usual) {
        self.rates.note(usual);
        self.timing.note(usual);
        self.carried.note(several, usual);
    }
}

/// Forgets the states that are done with, each noted first. Notes are sums, so their order does not matter.
fn forget<T>(table: &mut Keyed<T>, done: impl Fn(&T) -> bool, mut note: impl FnMut(&T)) {
    for (_, state) in table.extract_if(|_, state| done(state)) {
        note(&state);
    }
}

/// The same for accounts, whose devices are kept apart.
fn forget_accounts(
    table: &mut Keyed<Account>,
    done: impl Fn(&Account) -> bool,
    carried: &mut Keyed<Several>,
    usual: &mut Usual,
) {
    for (key, state) in table.extract_if(|_, state| done(state)) {
        state.note(carried.remove(&key).as_ref(), usual);
    }
}

/// The same for subjects' views, of which more is kept than sums.
fn forget_views(
    table: &mut Keyed<Viewed>,
    done: impl Fn(&Viewed) -> bool,
    usual: &mut Usual,
    viewings: &mut Viewings,
) {
    for (key, state) in table.extract_if(|_, state| done(state)) {
        state.burst.note(usual);
        viewings.note(key, state.visits);
    }
}
