//! What stands: the verdicts of a run as they hold for any event, also for one that comes after it.
//!
//! Small beside the tables: only what is not genuine is kept, so that most events are done with at one look. A live
//! service decides by it until it is judged again.

use detectors::Usual;
use events::{Event, Key, Kind};
use features::Keyed;
use policy::Verdict;
use serde::{Deserialize, Serialize};

use crate::adverts::Advertisers;
use crate::deals::Deals;
use crate::sent::Sent;

/// What a group's members did together.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Deeds {
    /// Acts on these owners' subjects in these times.
    Jobs(Keyed<Vec<(i64, i64)>>),
    /// Everything: accounts that exist for nothing else.
    All,
    /// Certain orders: see [`Deals`].
    Orders,
}

impl Deeds {
    /// Adds what was done besides.
    pub(crate) fn merge(&mut self, other: &Deeds) {
        match (self, other) {
            (Deeds::Jobs(jobs), Deeds::Jobs(others)) => {
                for (&owner, times) in others {
                    let known = jobs.entry(owner).or_default();
                    known.extend(times);
                    known.sort_unstable();
                    known.dedup();
                }
            }
            (all @ Deeds::Jobs(_), Deeds::All) => *all = Deeds::All,
            _ => {}
        }
    }
}

/// An account that is not genuine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Called {
    /// In [0, 1], higher = less genuine.
    pub score: f32,
    /// What it is called.
    pub verdict: Verdict,
    /// The number of its group.
    pub group: Option<u32>,
}

/// Verdicts on accounts, and which events they hold of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Standing {
    pub(crate) called: Keyed<Called>,
    /// Of each group, in the order of their numbers.
    pub(crate) deeds: Vec<Deeds>,
    pub(crate) deals: Deals,
    pub(crate) sent: Sent,
    /// What else groups did together: of each subject, which group and what.
    pub(crate) wide: Keyed<Vec<(u32, Kind)>>,
    /// Accounts of whose doings only the texts are adverts.
    pub(crate) texts: Keyed<()>,
    pub(crate) usual: Usual,
}

/// Whether an event is on an owner's subjects in the times of a job.
fn is_job(jobs: &Keyed<Vec<(i64, i64)>>, event: &Event) -> bool {
    let owner = if event.owner.is_some() { event.owner } else { event.subject };
    let done = |times: &Vec<(i64, i64)>| {
        times.iter().any(|time| (time.0..=time.1).contains(&event.time.0))
    };
    jobs.get(&owner).is_some_and(done)
}

impl Standing {
    /// The score of an event, its verdict, and the group that made it.
    #[must_use]
    pub fn event(&self, event: &Event) -> (f32, Verdict, Option<u32>) {
        let (score, verdict, group) = self.of_actor(event);
        match self.sent.view(event) {
            Some((chance, said)) if said >= verdict && chance > score => (chance, said, group),
            _ => (score, verdict, group),
        }
    }

    /// Whether an event is a view of which hours of its subject say that it was sent.
    #[must_use]
    pub fn is_sent(&self, event: &Event) -> bool {
        self.sent.view(event).is_some_and(|(_, verdict)| verdict > Verdict::Genuine)
    }

    /// What the verdict on its account says of an event.
    fn of_actor(&self, event: &Event) -> (f32, Verdict, Option<u32>) {
        let Some(account) = self.called.get(&event.actor) else {
            return (0.0, Verdict::Genuine, None);
        };
        if let Some(deal) = self.deals.of(event) {
            return (deal.chance, deal.verdict, Some(deal.group));
        }
        if self.texts.contains_key(&event.actor) {
            if matches!(event.kind, Kind::Comment | Kind::Review) {
                return (account.score, account.verdict, None);
            }
            if account.group.is_none() {
                return (0.0, Verdict::Genuine, None);
            }
        }
        let Some(group) = account.group else { return (account.score, account.verdict, None) };
        match self.deeds.get(group as usize - 1) {
            Some(Deeds::All) => (account.score, account.verdict, Some(group)),
            Some(Deeds::Jobs(jobs)) => match is_job(jobs, event) || self.is_wide(group, event) {
                true => (account.score, account.verdict, Some(group)),
                false => (0.0, Verdict::Genuine, None),
            },
            Some(Deeds::Orders) | None => (0.0, Verdict::Genuine, None),
        }
    }

    /// Whether a group did this at this subject besides the jobs that it was found by.
    fn is_wide(&self, group: u32, event: &Event) -> bool {
        let works = self.wide.get(&event.subject);
        works.is_some_and(|works| works.contains(&(group, event.kind)))
    }

    /// The group beside the jobs that it was found by one of its members did this, or ordered it. That says what is not to be
    /// counted, and not for whom it was.
    pub(crate) fn beside(&self, event: &Event) -> Option<u32> {
        let group = self.called.get(&event.actor)?.group?;
        if self.deals.of(event).is_some() {
            return None;
        }
        let found = match self.deeds.get(group as usize - 1) {
            Some(Deeds::All) => true,
            Some(Deeds::Jobs(jobs)) => is_job(jobs, event),
            Some(Deeds::Orders) | None => false,
        };
        let beside = event.kind == Kind::Order || self.is_wide(group, event);
        (!found && beside).then_some(group)
    }

    /// Notes who advertises: the texts are adverts, and where there is hardly anything else everything is.
    pub(crate) fn note_texts(&mut self, advertisers: &Advertisers) {
        let called = |account| {
            let called = self.called.get(&account);
            called.filter(|called| called.verdict == Verdict::Fake)
        };
        let part = advertisers.alone.iter().filter(|one| {
            called(one.account).is_some_and(|called| called.group.is_some() || !one.whole)
        });
        let hawkers = advertisers.crews.iter().flat_map(|crew| &crew.members);
        let hawkers = hawkers.map(|member| member.account).filter(|&one| called(one).is_some());
        self.texts = part.map(|one| one.account).chain(hawkers).map(|one| (one, ())).collect();
    }

    /// What an account is called; none where it is genuine.
    #[must_use]
    pub fn account(&self, account: Key) -> Option<Called> {
        self.called.get(&account).copied()
    }

    /// All accounts that are not genuine, in the order of keys.
    #[must_use]
    pub fn accounts(&self) -> Vec<(Key, Called)> {
        let mut called: Vec<_> = self.called.iter().map(|(&key, &called)| (key, called)).collect();
        called.sort_unstable_by_key(|account| account.0);
        called
    }

    /// How every statistic is spread over the keys of the run.
    #[must_use]
    pub fn usual(&self) -> &Usual {
        &self.usual
    }
}
