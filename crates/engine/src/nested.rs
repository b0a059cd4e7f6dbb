//! Nests as groups: the row of results that one becomes, and what of its members' doings is its own.

use detectors::{Class, Code};
use events::{EventTime, Key};
use features::Keyed;
use policy::Policy;
use trades::Book;
use ventures::{Nest, Shared};

use crate::results::{GroupResult, PooledTest};
use crate::standing::Deeds;
use crate::weigh::MEETINGS;

/// What a nest's members did as such: everything, where they exist for nothing else, and otherwise certain orders.
pub fn deeds(nest: &Nest) -> Deeds {
    if nest.whole { Deeds::All } else { Deeds::Orders }
}

/// The orders of a row's members, each surely the nest's: what a stronger group's members did is that group's.
pub fn orders(book: &Book, nest: &Nest, row: &GroupResult) -> Vec<(u32, f64)> {
    let own: Keyed<()> = row.members.iter().map(|member| (member.0, ())).collect();
    let trades = nest.trades.iter().copied();
    let kept = trades.filter(|&place| own.contains_key(&book.trades[place as usize].actor));
    kept.map(|place| (place, 1.0)).collect()
}

/// The row of a nest, before it has a number.
pub fn row(policy: &Policy, book: &Book, nest: &Nest) -> GroupResult {
    let classes = nest.classes();
    let (verdict, bits) = policy.group(&classes);
    let trades = || nest.trades.iter().map(|&place| &book.trades[place as usize]);
    let at = |second: u32| EventTime(i64::from(second) * EventTime::SECOND);
    let mut meetings: Vec<(Key, Key, EventTime)> =
        trades().map(|trade| (trade.actor, trade.subject, at(trade.second))).collect();
    meetings.sort_by_key(|meeting| (meeting.2, meeting.0, meeting.1));
    let first = meetings.first().map_or(at(nest.last), |meeting| meeting.2);
    let last = meetings.last().map_or(first, |meeting| meeting.2);
    meetings.truncate(MEETINGS);
    let each: f64 = classes.iter().map(|class| class.1).sum();
    GroupResult {
        group: 0,
        members: nest.members.iter().map(|&member| (member, each as f32)).collect(),
        subjects: crate::deals::subjects(trades()),
        events: nest.trades.len() as u64,
        first,
        last,
        bits: bits as f32,
        classes: classes.iter().map(|&(class, bits)| (class, bits as f32)).collect(),
        verdict,
        shared: nest.things.clone(),
        meetings,
        tests: tests(nest, &classes),
    }
}

fn tests(nest: &Nest, classes: &[(Class, f64)]) -> Vec<PooledTest> {
    let (households, knots, _) = nest.tied;
    let tied = classes.iter().find(|class| class.0 == Class::Infrastructure);
    let tied = PooledTest {
        name: "tied_households",
        observed: knots as f64 / households.max(1) as f64,
        expected: 0.0,
        bits: tied.map_or(0.0, |class| class.1) as f32,
    };
    let lived = |shared: &Shared| PooledTest {
        name: match shared.code {
            Code::Mem04 => "one_order",
            Code::Pay05 => "sent_back",
            _ => "handed_back",
        },
        observed: shared.showing as f64 / shared.known.max(1) as f64,
        expected: shared.elsewhere,
        bits: shared.bits as f32,
    };
    std::iter::once(tied).chain(nest.shared.iter().map(lived)).collect()
}
