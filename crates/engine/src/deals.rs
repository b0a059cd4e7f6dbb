//! Ventures as groups: the row of results that one becomes, and which events belong to its orders.

use detectors::{Code, Finding};
use events::{Entity, EntityKind, Event, EventTime, Key, Kind};
use features::Keyed;
use policy::{Policy, Verdict};
use serde::{Deserialize, Serialize};
use trades::{Book, Trade};
use ventures::{Evidence, Origin, Venture};

use crate::results::{GroupResult, PooledTest};
use crate::weigh::MEETINGS;

/// One order of a venture: from the way to it until the buyer's last word on it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Deal {
    subject: Key,
    /// The first look at the goods.
    from: i64,
    /// The search that led there; the order itself where nobody searched.
    searched: i64,
    ordered: i64,
    to: i64,
    /// Chance that it is the crew's.
    pub chance: f32,
    /// The venture's number among groups.
    pub group: u32,
    /// What it means for its events.
    pub verdict: Verdict,
}

/// The orders of ventures, by account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Deals(Keyed<Vec<Deal>>);

impl Deals {
    /// Adds orders of a group: places in the book, and the chance that each is its. Of some only what was said is the group's.
    pub fn add(
        &mut self,
        book: &Book,
        (orders, said_only): (&[(u32, f64)], bool),
        group: u32,
        verdict: Verdict,
    ) {
        for &(place, chance) in orders {
            let trade = &book.trades[place as usize];
            let last = trade.review.map_or(trade.second, |review| review.second.max(trade.second));
            let ordered = i64::from(trade.second) * EventTime::SECOND;
            if said_only {
                // The way to the order and the order are the buyer's own.
                let at = i64::from(last) * EventTime::SECOND;
                let to = at + EventTime::SECOND;
                let (subject, chance) = (trade.subject, chance as f32);
                let deal = Deal {
                    subject,
                    from: at,
                    searched: to,
                    ordered: at,
                    to,
                    chance,
                    group,
                    verdict,
                };
                self.0.entry(trade.actor).or_default().push(deal);
                continue;
            }
            let from = ordered - i64::from(trade.approach.since) * EventTime::SECOND;
            let deal = Deal {
                subject: trade.subject,
                from,
                searched: if trade.approach.words.is_some() { from } else { ordered },
                ordered,
                to: (i64::from(last) + 1) * EventTime::SECOND,
                chance: chance as f32,
                group,
                verdict,
            };
            self.0.entry(trade.actor).or_default().push(deal);
        }
    }

    /// Those that began before a time, of all accounts but some, by account, with their groups under other numbers; those whose
    /// group has none are left out.
    pub fn before(
        &self,
        time: EventTime,
        but: &[Key],
        mut number: impl FnMut(u32) -> Option<u32>,
    ) -> Deals {
        let mut accounts: Vec<_> = self.0.iter().filter(|(key, _)| !but.contains(key)).collect();
        accounts.sort_unstable_by_key(|account| *account.0);
        let mut before = Deals::default();
        for (&account, deals) in accounts {
            let over = deals.iter().filter(|deal| deal.from < time.0);
            let over: Vec<Deal> = over
                .filter_map(|deal| Some(Deal { group: number(deal.group)?, ..*deal }))
                .collect();
            if !over.is_empty() {
                before.0.insert(account, over);
            }
        }
        before
    }

    /// Takes over others: of one order what was said last stands.
    pub fn take(&mut self, others: Deals) {
        for (account, deals) in others.0 {
            let known = self.0.entry(account).or_default();
            let again = |deal: &Deal| {
                deals.iter().any(|d| (d.subject, d.ordered) == (deal.subject, deal.ordered))
            };
            known.retain(|deal| !again(deal));
            known.extend(deals);
        }
    }

    /// Forgets an account.
    pub fn forget(&mut self, account: Key) {
        self.0.remove(&account);
    }

    /// The order that an event belongs to: what was looked at from the search to it, rivals too, and what was done about
    /// its subject until the last word.
    #[must_use]
    pub fn of(&self, event: &Event) -> Option<&Deal> {
        self.0.get(&event.actor)?.iter().find(|deal| match event.subject == deal.subject {
            true => (deal.from..=deal.to).contains(&event.time.0),
            false => {
                event.kind == Kind::View && (deal.searched..=deal.ordered).contains(&event.time.0)
            }
        })
    }
}

/// The row of a venture, before it has a number.
pub fn row(policy: &Policy, book: &Book, venture: &Venture) -> GroupResult {
    let (verdict, bits) = policy.group(&venture.classes);
    let trades = || venture.trades.iter().map(|(place, _)| &book.trades[*place as usize]);
    let at = |second: u32| EventTime(i64::from(second) * EventTime::SECOND);
    let reviews = trades().filter(|trade| trade.review.is_some()).count();
    let mut meetings: Vec<(Key, Key, EventTime)> =
        trades().map(|trade| (trade.actor, trade.subject, at(trade.second))).collect();
    meetings.sort_by_key(|meeting| (meeting.2, meeting.0, meeting.1));
    let first = meetings.first().map_or(EventTime::default(), |meeting| meeting.2);
    let last = meetings.last().map_or(first, |meeting| meeting.2);
    meetings.truncate(MEETINGS);
    let payers = venture.hubs.iter().filter_map(|hub| match hub.origin {
        Origin::Payer(payer) => Some((EntityKind::Counterparty, payer, hub.orders)),
        Origin::Signed(point) => Some((EntityKind::Point, point, hub.orders)),
        Origin::Path(_) | Origin::Sender(_) => None,
    });
    GroupResult {
        group: 0,
        members: venture.members.iter().map(|m| (m.0, m.1 as f32)).collect(),
        subjects: subjects(trades()),
        events: if venture.said_only { reviews } else { venture.trades.len() + reviews } as u64,
        first,
        last,
        bits: bits as f32,
        classes: venture.classes.iter().map(|class| (class.0, class.1 as f32)).collect(),
        verdict,
        shared: payers.collect(),
        meetings,
        tests: venture
            .shown
            .iter()
            .map(|shown| PooledTest {
                name: shown.what.name(),
                observed: shown.observed,
                expected: shown.expected,
                bits: shown.bits as f32,
            })
            .collect(),
    }
}

/// What is found of the payers and owners of a venture that became this group.
pub fn findings(venture: &Venture, group: &GroupResult) -> Vec<Finding> {
    let members = named(group);
    let told = |code, kind, key, bits, own: &[(&'static str, f64)], more: &Evidence| {
        finding((group, &members), code, Entity { kind, key }, bits, (own, more))
    };
    let hubs = venture.hubs.iter().filter_map(|hub| {
        let own = [("orders", f64::from(hub.orders))];
        match hub.origin {
            Origin::Payer(payer) => {
                let code = if venture.said_only { Code::Pay04 } else { Code::Pay01 };
                Some(told(code, EntityKind::Counterparty, payer, hub.bits, &own, &hub.evidence))
            }
            Origin::Path(owner) => {
                Some(told(Code::Seq02, EntityKind::Owner, owner, hub.bits, &own, &hub.evidence))
            }
            // What is odd of their parcels is told of them anyway.
            Origin::Sender(_) | Origin::Signed(_) => None,
        }
    });
    let praised = venture.owners.iter().filter(|_| venture.said_only).map(|&(owner, ..)| {
        let classes = venture.classes.iter().map(|&(class, bits)| (class.bits_name(), bits));
        let classes: Evidence = classes.collect();
        let bits = f64::from(group.bits);
        told(Code::Pay04, EntityKind::Owner, owner, bits, &classes, &venture.stars)
    });
    hubs.chain(praised).collect()
}

/// A group's members as findings name them.
pub(crate) fn named(group: &GroupResult) -> Vec<Key> {
    let mut members: Vec<Key> =
        group.members.iter().take(Finding::MEMBERS).map(|member| member.0).collect();
    members.sort_unstable();
    members
}

/// A finding about somebody or something that belongs to a group.
pub(crate) fn finding(
    (group, members): (&GroupResult, &[Key]),
    code: Code,
    entity: Entity,
    bits: f64,
    (own, more): (&[(&'static str, f64)], &Evidence),
) -> Finding {
    let number = ("group", f64::from(group.group));
    Finding {
        code,
        entity,
        time: group.last,
        event: Key::NONE,
        score: (1.0 / (1.0 + (-bits).exp2())) as f32,
        bits: bits as f32,
        evidence: [number].iter().chain(own).chain(more).copied().collect(),
        members: members.to_vec(),
    }
}

/// The subjects of orders, most ordered first.
pub fn subjects<'a>(trades: impl Iterator<Item = &'a Trade>) -> Vec<(Key, u32)> {
    let mut subjects: Vec<Key> = trades.map(|trade| trade.subject).collect();
    subjects.sort_unstable();
    let same = subjects.chunk_by(|x, y| x == y);
    let mut counted: Vec<(Key, u32)> = same.map(|same| (same[0], same.len() as u32)).collect();
    counted.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
    counted
}
