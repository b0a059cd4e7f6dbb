//! Extortion against critics, customers with a right to their money, and testers.

use super::*;

const DAY: u32 = 86_400;
const START: u32 = 1_780_000_000;

/// A market of 300 buyers: one rating in ten is bad, one bad rating in ten is answered with money.
fn market() -> Vec<Opinion> {
    (0..6_000_u64).map(|n| given(n % 80, n % 300, n % 9 == 0, n % 90 == 0)).collect()
}

fn given(subject: u64, actor: u64, bad: bool, answered: bool) -> Opinion {
    Opinion {
        subject: Key(subject),
        owner: Key(1_000 + subject / 2),
        actor: Key(10_000 + actor),
        event: Key(actor * 1_000 + subject),
        second: START + (subject as u32 * 7 + actor as u32) % 50 * DAY,
        first: START,
        rating: if bad { 1.0 } else { 5.0 },
        bought: true,
        answered: if answered { 5_000 } else { 0 },
        ..Opinion::default()
    }
}

/// What is found where one more account rates: (subject, bad, answered).
fn found(more: &[(u64, bool, bool)]) -> Vec<Finding> {
    let mut all = market();
    all.extend(more.iter().map(|&(subject, bad, answered)| given(subject, 999, bad, answered)));
    all.sort_by_key(|o| (o.subject, o.second, o.event));
    extortions(&all)
}

fn shops(count: u64, bad: bool, answered: impl Fn(u64) -> bool) -> Vec<(u64, bool, bool)> {
    (0..count).map(|n| (n * 3, bad, answered(n))).collect()
}

#[test]
fn who_condemns_all_and_is_paid_for_it_stands_out() {
    let found = found(&shops(12, true, |n| n % 4 != 0));
    assert_eq!(found.len(), 1);
    let finding = &found[0];
    assert_eq!(finding.entity.key, Key(10_999));
    let (deviation, money) = derive(&finding.evidence).unwrap();
    assert!(deviation >= EACH && money >= EACH, "{deviation} {money}");
    let classes = classes(finding);
    assert_eq!((classes[0].0, classes[1].0), (Class::Content, Class::Money));
    assert!((classes[0].1 - deviation.min(MOST)).abs() < 1e-9);
    assert!((classes[1].1 - money.min(MOST)).abs() < 1e-9);
}

#[test]
fn severity_alone_or_money_alone_accuses_nobody() {
    // A strict critic, to whom money came back twice.
    assert_eq!(found(&shops(20, true, |n| n < 2)), []);
    // Whoever rates kindly and gets rebates.
    assert_eq!(found(&shops(20, false, |_| true)), []);
    // A customer of one bad shop.
    let one: Vec<_> = (0..12).map(|n| (n % 2, true, true)).collect();
    assert_eq!(found(&one), []);
    // A tester is paid for every opinion.
    let mut tester = shops(8, true, |_| true);
    tester.extend((0..12).map(|n| (n * 5 + 1, false, true)));
    assert_eq!(found(&tester), []);
}

#[test]
fn where_bad_goods_are_refunded_a_refund_is_no_sign() {
    let mut all = market();
    for opinion in &mut all {
        let right = opinion.rating < 2.0 && opinion.event.0 % 5 != 0;
        opinion.answered = if right { 5_000 } else { 0 };
    }
    all.extend(shops(12, true, |_| true).into_iter().map(|(s, b, a)| given(s, 999, b, a)));
    all.sort_by_key(|o| (o.subject, o.second, o.event));
    assert_eq!(extortions(&all), []);
}

#[test]
fn hostile_opinions_are_survived() {
    assert_eq!(extortions(&[]), []);
    let odd = |n: u64| Opinion {
        subject: Key(n % 30),
        owner: Key(n % 31),
        actor: Key(n % 2),
        event: Key(n),
        rating: [f32::MIN, f32::MAX, 1.0][n as usize % 3],
        answered: [i64::MIN, i64::MAX][n as usize % 2],
        ..Opinion::default()
    };
    let mut all: Vec<Opinion> = (0..500).map(odd).collect();
    all.sort_by_key(|o| (o.subject, o.second, o.event));
    for finding in extortions(&all) {
        assert!((0.0..=1.0).contains(&finding.score) && finding.bits.is_finite());
    }
}
