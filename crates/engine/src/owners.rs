//! Owners: who had fakes done for them, and whom fakes only reached.
//!
//! To be reached is no guilt. Rivals order likes, followers and even purchases for somebody whom they want punished, and
//! crews take strangers as cover. What the accounts, their times and their manner leave behind is the same for all of
//! these; on the labelled market no feature told owners who bought likes from those who were sent them. So `bought` is said
//! by direction alone: of fakes that make only this owner better off. All others are for a person to look at. The price
//! is recall: whoever bought likes, followers, views or shares and nothing else is never called.

use std::collections::BTreeMap;

use detectors::Code;
use detectors::chance::bits_at_most;
use events::{Event, Key, Kind};
use policy::OwnerVerdict;

use crate::counts::{Counted, Tally};
use crate::harmed::{Against, harmed};
use crate::results::OwnerResult;
use crate::weigh::Weighed;

/// Fakes from which somebody ordered them: fewer are an occasion, or what a crew does besides its work.
const FEWEST: u32 = 5;
/// Sham members of one cohort from which it was made for the club. A script that registers accounts to sell them has them join
/// clubs here and there; nobody else gains from a club's full list.
const COHORT: u32 = 20;
/// Share of a shop's orders that a crew made, from which brushing is how it trades. Someone who brushes a rival needs enough to
/// be seen, not a trade's worth, since each order costs a commission; a crew's cover is a shop that sells anyway.
const TRADE: f64 = 0.25;
/// The same may be true of a shop with hardly any customers in the days that were seen, and of no shop with many: one
/// of the quarter of shops with the most genuine orders is what rivals attack and what crews hide behind.
const ESTABLISHED: f64 = 0.75;
/// The fewest shops with orders of which a quarter says anything.
const SHOPS: usize = 20;
/// Buyers of one crew who report a shop's goods, from which it was sent to harm the shop: nobody pays to be reported.
const REPORTED: u32 = 3;
/// Bits by which a crew praises a shop less than it does others, from which the shop is its cover.
const COVER: f64 = 5.0;
/// Praise that a crew's habit leads to expect where there is none, from which that says so, too.
const SILENT: f64 = 1.0;
/// Share from which a person should look.
const LOOK: f64 = 0.05;
/// Stars from which a review is praise, and up to which it is an attack.
const PRAISE: f32 = 4.0;
const ATTACK: f32 = 2.0;

/// Fake events of one group that came to one owner, by direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    orders: u32,
    praise: u32,
    attacks: u32,
    /// Reviews of which nobody knows whether they praise.
    unrated: u32,
    comments: u32,
    /// Comments of which nobody knows what they say: adverts for something else, perhaps.
    unread: u32,
    joins: u32,
    /// Orders of its members that nothing says are made up.
    pub(crate) besides: u32,
}

impl Reached {
    /// Takes in a fake event.
    pub fn add(&mut self, event: &Event) {
        match (event.kind, event.rating) {
            (Kind::Order, _) => self.orders += 1,
            (Kind::Review, Some(rating)) if rating >= PRAISE => self.praise += 1,
            (Kind::Review | Kind::Comment, Some(rating)) if rating <= ATTACK => self.attacks += 1,
            (Kind::Review, None) => self.unrated += 1,
            (Kind::Comment, _) => {
                self.comments += 1;
                self.unread += u32::from(event.text.len == 0);
            }
            (Kind::Join, _) => self.joins += 1,
            _ => {}
        }
    }

    /// Whether a group that acted so everywhere says less of this owner's goods than of others'.
    fn is_cover(&self, all: &Reached) -> bool {
        let others = f64::from(all.orders - self.orders);
        let praised = f64::from(all.praise - self.praise).min(others);
        let expected = f64::from(self.orders) * praised / others.max(1.0);
        let silent = self.praise == 0 && expected >= SILENT;
        silent || bits_at_most(f64::from(self.praise), expected, f64::INFINITY) >= COVER
    }

    /// Adds what else was seen of the same group and owner.
    pub fn merge(&mut self, other: &Reached) {
        self.orders += other.orders;
        self.praise += other.praise;
        self.attacks += other.attacks;
        self.unrated += other.unrated;
        self.comments += other.comments;
        self.unread += other.unread;
        self.joins += other.joins;
        self.besides += other.besides;
    }
}

/// What is known of an owner.
#[derive(Default)]
struct Known {
    all: Tally,
    orders: Tally,
    /// Of all groups.
    reached: Reached,
    /// The most members that joined of one group.
    cohort: u32,
    /// Orders of groups that praise what they buy elsewhere, and not here, or that order it to attack it.
    others: u32,
    /// Orders of groups that live off the shop.
    taken: u32,
    /// Opinions.
    opinions: u64,
}

/// The owners, in the order of keys. `reached` says of fakes by (owner, group) which way they went.
pub fn owners(
    tallies: &[(Counted, Tally)],
    reached: &[((Key, u32), Reached)],
    weighed: &Weighed,
) -> Vec<OwnerResult> {
    let mut known: BTreeMap<Key, Known> = BTreeMap::new();
    for ((_, owner, kind), tally) in tallies.iter().filter(|entry| entry.0.1.is_some()) {
        let known = known.entry(*owner).or_default();
        known.all.merge(tally);
        if *kind == Kind::Order {
            known.orders.merge(tally);
        }
        known.opinions += if *kind == Kind::Review { tally.raw } else { 0 };
    }
    let mut groups: BTreeMap<u32, Reached> = BTreeMap::new();
    let mut main: BTreeMap<u32, u32> = BTreeMap::new();
    for ((_, group), by_group) in reached {
        groups.entry(*group).or_default().merge(by_group);
        let most = main.entry(*group).or_default();
        *most = by_group.orders.max(*most);
    }
    for ((owner, group), by_group) in reached {
        if let Some(known) = known.get_mut(owner) {
            // A farm and a ring take from the shops that they buy from.
            if weighed.gains_buyers(*group) {
                known.taken += by_group.orders;
                continue;
            }
            // A shop makes sales of its own and undoes them, and a rival has it punished for such; adverts sell something else.
            if weighed.is_silent(*group) {
                continue;
            }
            known.reached.merge(by_group);
            known.cohort = known.cohort.max(by_group.joins);
            // Middlemen pay for strangers' goods, too: who pays nothing for it has no use for a cover.
            let side = weighed.hired.contains(group)
                && main.get(group).is_some_and(|most| by_group.orders < *most);
            let cover = side && groups.get(group).is_some_and(|all| by_group.is_cover(all));
            let attack = by_group.attacks > by_group.praise;
            known.others += if cover || attack { by_group.orders } else { 0 };
        }
    }
    let established = established(known.values());
    let harmed = harmed_among(&known, weighed);
    let is_harmed = |owner: Key| harmed.binary_search(&owner).is_ok();
    let row = |(&owner, known): (&Key, &Known)| {
        let repaid = weighed.repaid_for(owner);
        let verdict = match known.all.fake {
            0 => OwnerVerdict::Genuine,
            _ if weighed.repaid_by_itself(owner) >= FEWEST => OwnerVerdict::Bought,
            _ if weighed.reported_at(owner) >= REPORTED => OwnerVerdict::Victim,
            _ if weighed.sent_by_itself(owner) >= FEWEST => OwnerVerdict::Bought,
            _ if known.gained(established.filter(|_| !weighed.undone.contains(&owner))) => {
                OwnerVerdict::Bought
            }
            _ if known.is_only_harmed() && is_harmed(owner) => OwnerVerdict::Victim,
            _ if known.is_to_be_looked_at(weighed.jobs_for(owner)) => OwnerVerdict::Suspect,
            _ if is_harmed(owner) => OwnerVerdict::Victim,
            _ => OwnerVerdict::Genuine,
        };
        let mut findings = if known.all.fake > 0 { vec![Code::Syn01] } else { Vec::new() };
        if repaid > 0 {
            findings.push(Code::Pay01);
        }
        OwnerResult {
            owner,
            raw: known.all.raw,
            genuine: known.all.genuine().estimate,
            score: share(&known.all) as f32,
            verdict,
            findings,
        }
    };
    known.iter().map(row).collect()
}

/// Owners whose counts or standing fakes were to harm, ascending.
fn harmed_among(known: &BTreeMap<Key, Known>, weighed: &Weighed) -> Vec<Key> {
    let against = known.iter().map(|(&owner, known)| {
        let reported = weighed.reported_at(owner) >= REPORTED;
        let ordered = if reported { known.reached.orders } else { known.others };
        let against = Against {
            orders: known.taken + ordered,
            all_orders: known.orders.raw,
            stars: known.reached.attacks,
            all_stars: known.opinions,
        };
        (owner, against)
    });
    harmed(&against.collect())
}

fn share(tally: &Tally) -> f64 {
    tally.fake as f64 / tally.raw.max(1) as f64
}

/// Genuine orders above which a shop is established; none where too few shops have any orders to compare with.
fn established<'a>(known: impl Iterator<Item = &'a Known>) -> Option<u64> {
    let shops = known.filter(|known| known.orders.raw > 0);
    let mut genuine: Vec<u64> = shops.map(|known| known.orders.genuine().estimate).collect();
    genuine.sort_unstable();
    let place = (genuine.len() as f64 * ESTABLISHED) as usize;
    genuine.get(place).copied().filter(|_| genuine.len() >= SHOPS)
}

impl Known {
    /// Whether fakes came that make nobody but the owner better off.
    fn gained(&self, established: Option<u64>) -> bool {
        let Reached { orders, praise, attacks, unrated, comments, unread, besides, .. } =
            self.reached;
        // Praise is no use to a rival, and no cover: whoever hides behind strangers looks, likes and at most orders. Praise that
        // comes with orders stands or falls with them, also where only the praise was found out: a rival who orders to have a
        // shop punished has it praised as well. Where somebody also sent attacks, who paid for which is open.
        let quiet = orders == 0 && attacks == 0;
        let praised = quiet && praise >= FEWEST + 2 * besides;
        // Comments are written by hire, one by one, below what they praise; attacks are rated, where the table has that.
        let talked_up = attacks == 0 && unrated <= praise && comments - unread >= FEWEST;
        let filled = self.cohort >= COHORT;
        let trades = orders - self.others >= FEWEST
            && share(&self.orders) >= TRADE
            && established.is_some_and(|most| self.orders.genuine().estimate <= most);
        praised || talked_up || filled || trades
    }

    /// Whether nothing came that could be for the owner's good.
    fn is_only_harmed(&self) -> bool {
        let Reached { orders, praise, attacks, comments, joins, .. } = self.reached;
        let quiet = comments.max(joins) < FEWEST && attacks.max(FEWEST) > praise;
        quiet && orders - self.others.min(orders) < FEWEST
    }

    /// Whether fakes came to such an extent that somebody should ask whose they are.
    fn is_to_be_looked_at(&self, jobs: usize) -> bool {
        let Reached { orders, praise, comments, joins, .. } = self.reached;
        let ordered = orders >= FEWEST && share(&self.orders) >= LOOK;
        let other = praise.max(comments).max(joins) >= FEWEST && orders == 0;
        ordered || other || (jobs >= 1 && share(&self.all) >= LOOK)
    }
}

#[cfg(test)]
mod tests;
