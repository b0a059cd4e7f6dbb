//! Outlets (LOG01): where the parcels of orders that groups called fake made up went in, against all other orders of the same shops.

use detectors::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::Keyed;
use policy::Verdict;
use trades::Book;
use ventures::{Origin, PointShare, Venture, outlets};

use crate::deals::{finding, named};
use crate::results::GroupResult;
use crate::standing::Deeds;
use crate::weigh::Weighed;

/// A network point that took in parcels of orders that groups called fake made up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PointFound {
    /// Their parcels.
    pub parcels: u32,
    /// Owners that they came from.
    pub owners: u32,
    /// Bits by which these owners' other parcels go in elsewhere.
    pub bits: f64,
}

/// Orders that a group made up: its number, and their places in [`Book::trades`].
pub(crate) type MadeUp = (u32, Vec<u32>);

/// The orders of a venture that became this group, unless only what was said of them was paid for, or their parcels are what it was found by.
pub(crate) fn of_venture(venture: &Venture, group: &GroupResult) -> Option<MadeUp> {
    let by_parcels = |origin| matches!(origin, Origin::Sender(_) | Origin::Signed(_));
    let told = group.verdict == Verdict::Fake
        && !venture.said_only
        && !venture.hubs.iter().any(|hub| by_parcels(hub.origin));
    told.then(|| (group.group, venture.trades.iter().map(|trade| trade.0).collect()))
}

/// The orders of which the money went round in this group.
pub(crate) fn of_round(book: &Book, deeds: &Deeds, group: &GroupResult) -> Option<MadeUp> {
    let Deeds::Jobs(jobs) = deeds else { return None };
    let made_up = (0..).zip(&book.trades).filter(|(_, trade)| {
        let at = i64::from(trade.second) * EventTime::SECOND;
        let times = jobs.get(&trade.owner);
        times.into_iter().flatten().any(|&(first, last)| (first..=last).contains(&at))
            && group.members.iter().any(|member| member.0 == trade.actor)
    });
    let told = group.verdict == Verdict::Fake;
    told.then(|| (group.group, made_up.map(|(place, _)| place).collect()))
}

impl Weighed {
    /// Takes the points that made-up parcels went in at. What accounts called fake ordered besides says nothing of a shop's habit.
    pub(crate) fn take_outlets(&mut self, book: &Book, groups: &[MadeUp]) {
        let owner = |place: &u32| book.trades[*place as usize].owner;
        let all = || groups.iter().flat_map(|group| &group.1);
        let mut others: Keyed<Vec<u32>> = all().map(|place| (owner(place), Vec::new())).collect();
        let mut made_up = vec![false; book.trades.len()];
        all().for_each(|&place| made_up[place as usize] = true);
        for (place, trade) in (0..).zip(&book.trades).filter(|trade| !made_up[trade.0 as usize]) {
            let known = self.accounts.get(&trade.actor);
            if known.is_none_or(|account| account.verdict < Verdict::Fake) {
                others.entry(trade.owner).and_modify(|own| own.push(place));
            }
        }
        for (number, made_up) in groups {
            let mut owners: Vec<Key> = made_up.iter().map(owner).collect();
            owners.sort_unstable();
            owners.dedup();
            let others: Vec<u32> =
                owners.iter().flat_map(|owner| &others[owner]).copied().collect();
            let points = outlets(book, made_up, &others);
            let row = &mut self.groups[*number as usize - 1];
            row.shared.extend(points.iter().map(|p| (EntityKind::Point, p.point, p.parcels)));
            self.about_ventures.extend(through(&points, row));
            for share in &points {
                let found = self.points.entry(share.point).or_default();
                found.parcels += share.parcels;
                found.owners += share.owners;
                found.bits += share.bits;
            }
        }
    }
}

/// What is found of the outlets that a group's parcels went in at.
fn through(points: &[PointShare], group: &GroupResult) -> Vec<Finding> {
    let members = named(group);
    let found = points.iter().filter(|share| share.bits > 0.0).map(|share| {
        let own = [("parcels", f64::from(share.parcels)), ("owners", f64::from(share.owners))];
        let point = Entity { kind: EntityKind::Point, key: share.point };
        finding((group, &members), Code::Log01, point, share.bits, (&own, &share.evidence))
    });
    found.collect()
}
