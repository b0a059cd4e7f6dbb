//! Goal: `bought` is said by direction. Method: owners are made of tallies as the output pass takes them.

use super::*;
use policy::Verdict;

/// One owner's tallies and what reached it.
struct Made {
    kind: Kind,
    genuine: u32,
    fake: u32,
    reached: Reached,
}

fn made(kind: Kind, genuine: u32, fake: u32, reached: Reached) -> Made {
    Made { kind, genuine, fake, reached }
}

/// The verdicts on owners 1, 2, ... beside thirty shops of 1 to 30 genuine orders each.
fn verdicts(made: &[Made]) -> Vec<OwnerVerdict> {
    let mut tallies: Vec<(Counted, Tally)> = Vec::new();
    let mut reached = Vec::new();
    let mut add = |owner: u64, kind: Kind, genuine: u32, fake: u32| {
        let mut tally = Tally::default();
        (0..genuine).for_each(|_| tally.add(0.0, Verdict::Genuine));
        (0..fake).for_each(|_| tally.add(1.0, Verdict::Fake));
        tallies.push(((Key(owner), Key(owner), kind), tally));
    };
    for (number, owner) in (1..).zip(made) {
        add(number, owner.kind, owner.genuine, owner.fake);
        reached.push(((Key(number), 1), owner.reached));
    }
    for shop in 1..=30 {
        add(1_000 + shop, Kind::Order, shop as u32, 0);
    }
    let rows = owners(&tallies, &reached, &Weighed::default());
    rows.iter().take(made.len()).map(|row| row.verdict).collect()
}

#[test]
fn praise_gains_nobody_but_whom_it_praises() {
    let praise =
        |praise, attacks, orders| Reached { praise, attacks, orders, ..Reached::default() };
    let found = verdicts(&[
        made(Kind::Review, 40, 12, praise(12, 0, 0)),
        made(Kind::Review, 40, 4, praise(4, 0, 0)),
        made(Kind::Review, 40, 12, praise(0, 12, 0)),
        made(Kind::Review, 40, 24, praise(12, 12, 0)),
        made(Kind::Review, 40, 12, praise(12, 0, 12)),
    ]);
    use OwnerVerdict::{Bought, Genuine, Suspect, Victim};
    assert_eq!(found, [Bought, Genuine, Victim, Suspect, Genuine]);
}

#[test]
fn sham_orders_condemn_a_shop_that_has_few_others() {
    let orders = |orders| Reached { orders, praise: orders, ..Reached::default() };
    let found = verdicts(&[
        made(Kind::Order, 12, 30, orders(30)),
        // As large a share of an established shop: a rival can have ordered it.
        made(Kind::Order, 90, 40, orders(40)),
        // A crew's cover.
        made(Kind::Order, 400, 8, orders(8)),
        made(Kind::Order, 2, 4, orders(4)),
    ]);
    use OwnerVerdict::{Bought, Genuine, Suspect};
    assert_eq!(found, [Bought, Suspect, Genuine, Genuine]);
}

#[test]
fn what_a_farm_bought_is_no_gain_of_the_shop() {
    let mut tallies: Vec<(Counted, Tally)> = Vec::new();
    for shop in 1..=31 {
        let mut tally = Tally::default();
        (0..shop).for_each(|_| tally.add(0.0, Verdict::Genuine));
        (0..if shop == 9 { 30 } else { 0 }).for_each(|_| tally.add(1.0, Verdict::Fake));
        tallies.push(((Key(shop), Key(shop), Kind::Order), tally));
    }
    let reached = [((Key(9), 3), Reached { orders: 30, ..Reached::default() })];
    let found = |weighed| owners(&tallies, &reached, &weighed)[8].verdict;
    assert_eq!(found(Weighed::default()), OwnerVerdict::Bought);
    assert_eq!(found(Weighed::of_buyers(vec![3])), OwnerVerdict::Victim);
}

#[test]
fn a_table_of_a_few_shops_says_nothing_of_orders() {
    let mut tally = Tally::default();
    (0..30).for_each(|_| tally.add(1.0, Verdict::Fake));
    let tallies = [((Key(1), Key(1), Kind::Order), tally)];
    let reached = [((Key(1), 1), Reached { orders: 30, ..Reached::default() })];
    assert_eq!(owners(&tallies, &reached, &Weighed::default())[0].verdict, OwnerVerdict::Suspect);
}

#[test]
fn a_cohort_fills_a_club_and_strays_do_not() {
    let joins = |joins| Reached { joins, ..Reached::default() };
    let found = verdicts(&[
        made(Kind::Join, 0, 60, joins(60)),
        made(Kind::Join, 50, 3, joins(3)),
        made(Kind::Comment, 50, 9, Reached { comments: 9, ..Reached::default() }),
        made(Kind::Like, 50, 90, Reached::default()),
        // Whether these reviews praise is not told, so nor is it of the comments.
        made(Kind::Comment, 50, 9, Reached { comments: 9, unrated: 12, ..Reached::default() }),
        // What these comments say is not told: they may sell something else.
        made(Kind::Comment, 50, 9, Reached { comments: 9, unread: 6, ..Reached::default() }),
    ]);
    use OwnerVerdict::{Bought, Genuine, Suspect};
    assert_eq!(found, [Bought, Genuine, Bought, Genuine, Suspect, Suspect]);
}

/// The verdict on owner 1, of whose orders 30 are fake, 12 genuine, and to which this came of a group that did this elsewhere.
fn verdict(here: Reached, elsewhere: Reached, reports: u32) -> OwnerVerdict {
    let mut weighed = Weighed::default();
    weighed.reported.insert(Key(1), reports);
    verdict_as_weighed(here, elsewhere, weighed)
}

fn verdict_as_weighed(here: Reached, elsewhere: Reached, mut weighed: Weighed) -> OwnerVerdict {
    let mut tallies: Vec<(Counted, Tally)> = Vec::new();
    let mut tally = Tally::default();
    (0..12).for_each(|_| tally.add(0.0, Verdict::Genuine));
    (0..here.orders).for_each(|_| tally.add(1.0, Verdict::Fake));
    tallies.push(((Key(1), Key(1), Kind::Order), tally));
    for shop in 1..=30 {
        let mut tally = Tally::default();
        (0..shop).for_each(|_| tally.add(0.0, Verdict::Genuine));
        tallies.push(((Key(1_000 + shop), Key(1_000 + shop), Kind::Order), tally));
    }
    let reached = [((Key(1), 1), here), ((Key(1_001), 1), elsewhere)];
    weighed.hired.insert(1);
    owners(&tallies, &reached, &weighed)[0].verdict
}

#[test]
fn covers_attacks_and_reports_are_nothing_that_a_shop_orders() {
    let did = |orders, praise, attacks| Reached { orders, praise, attacks, ..Reached::default() };
    use OwnerVerdict::{Bought, Victim};
    assert_eq!(verdict(did(20, 10, 0), did(30, 15, 0), 0), Bought);
    assert_eq!(verdict(did(15, 0, 0), did(30, 15, 0), 0), Victim);
    // Where a crew says nothing anywhere, silence is no sign; nor is it at the shop that gets most.
    assert_eq!(verdict(did(15, 0, 0), did(30, 0, 0), 0), Bought);
    assert_eq!(verdict(did(20, 0, 0), did(12, 8, 0), 0), Bought);
    assert_eq!(verdict(did(20, 1, 12), did(30, 0, 20), 0), Victim);
    assert_eq!(verdict(did(20, 20, 0), did(0, 0, 0), 3), Victim);
}

#[test]
fn orders_that_were_refunded_are_no_trade() {
    let orders = Reached { orders: 20, ..Reached::default() };
    let mut undone = Weighed::default();
    undone.undone.insert(Key(1));
    let verdict = |weighed| verdict_as_weighed(orders, Reached::default(), weighed);
    assert_eq!(verdict(Weighed::default()), OwnerVerdict::Bought);
    assert_eq!(verdict(undone), OwnerVerdict::Suspect);
}

#[test]
fn who_sends_what_nobody_needs_to_send_had_it_ordered() {
    let mut tallies: Vec<(Counted, Tally)> = Vec::new();
    for shop in 1..=31 {
        let mut tally = Tally::default();
        (0..shop + 20).for_each(|_| tally.add(0.0, Verdict::Genuine));
        (0..if shop >= 30 { 6 } else { 0 }).for_each(|_| tally.add(1.0, Verdict::Fake));
        tallies.push(((Key(shop), Key(shop), Kind::Order), tally));
    }
    let orders = Reached { orders: 6, ..Reached::default() };
    let reached = [((Key(30), 1), orders), ((Key(31), 1), orders)];
    let mut weighed = Weighed::default();
    weighed.sent.insert(Key(31), 6);
    let found = owners(&tallies, &reached, &weighed);
    assert_eq!(
        (found[29].verdict, found[30].verdict),
        (OwnerVerdict::Suspect, OwnerVerdict::Bought)
    );
}

#[test]
fn praise_of_those_who_ordered_may_be_a_rivals() {
    let reached = |praise, besides| Reached { praise, besides, ..Reached::default() };
    let found = verdicts(&[
        made(Kind::Review, 40, 49, reached(49, 107)),
        made(Kind::Review, 40, 40, reached(40, 20)),
        // Some bought as anybody may.
        made(Kind::Review, 40, 40, reached(40, 3)),
    ]);
    use OwnerVerdict::{Bought, Suspect};
    assert_eq!(found, [Suspect, Suspect, Bought]);
}
