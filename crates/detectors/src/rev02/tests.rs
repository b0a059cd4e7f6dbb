//! Attacks against anger that looks alike at first: a bad batch, a bad product, a sale with default praise.

use super::*;
use crate::dice::Dice;

const DAY: u32 = 86_400;
const START: u32 = 1_780_000_000;

fn opinion(subject: u64, actor: u64, second: u32, rating: f32) -> Opinion {
    Opinion {
        subject: Key(subject),
        owner: Key(1_000 + subject),
        actor: Key(actor),
        event: Key(actor * 1_000 + subject),
        second,
        first: START,
        rating,
        bought: true,
        ..Opinion::default()
    }
}

/// Forty shops whose goods are rated as people do, a tenth of them badly, by accounts of which a tenth did not buy there.
fn market(dice: &mut Dice) -> Vec<Opinion> {
    (0..4_000)
        .map(|n| {
            let (subject, second) = (dice.below(40), START + dice.below(60 * 86_400) as u32);
            let rating =
                [1.0, 3.0, 4.0, 5.0, 5.0, 5.0, 5.0, 5.0, 4.0, 5.0][dice.below(10) as usize];
            Opinion { bought: n % 10 != 0, ..opinion(subject, 10_000 + n % 1_500, second, rating) }
        })
        .collect()
}

fn found(mut opinions: Vec<Opinion>) -> Vec<Finding> {
    opinions.sort_by_key(|o| (o.subject, o.second, o.event));
    let found = shifts(&opinions);
    for finding in &found {
        let (shift, attack) = derive(&finding.evidence).unwrap();
        let value = |name| finding.evidence.iter().find(|e| e.0 == name).unwrap().1;
        assert!((shift - value("shift_bits")).abs() < 1e-9, "{finding:?}");
        assert!((attack - value("attack_bits")).abs() < 1e-9, "{finding:?}");
        assert!((0.0..=1.0).contains(&finding.score) && finding.bits.is_finite());
    }
    found
}

#[test]
fn an_ordinary_market_has_no_shift() {
    for seed in 0..20 {
        assert_eq!(found(market(&mut Dice(seed))), []);
    }
}

#[test]
fn strangers_who_never_bought_attack_and_customers_are_angry() {
    let mut dice = Dice(3);
    let mut all = market(&mut dice);
    for n in 0..30 {
        let second = START + 40 * DAY + dice.below(86_400) as u32;
        // An attack: nobody bought, all came yesterday.
        let sent = opinion(7, 50_000 + n, second, 1.0);
        all.push(Opinion { bought: false, first: second - DAY, ..sent });
        // A bad batch: customers of long standing.
        all.push(opinion(8, 60_000 + n, second, 1.0));
    }
    let found = found(all);
    let of = |subject| found.iter().find(|f| f.entity.key == Key(subject)).unwrap();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(of(7).score > 0.9 && of(7).members.len() >= 30, "{:?}", of(7));
    // That they rate nobody else is no attack by itself.
    assert!(of(8).score < 0.5 && of(8).members.is_empty(), "{:?}", of(8));
}

#[test]
fn those_who_meet_in_run_after_run_attack() {
    let mut dice = Dice(5);
    let mut all = market(&mut dice);
    for subject in [3, 4, 5] {
        for n in 0..25 {
            let second = START + (10 + 9 * subject as u32) * DAY + dice.below(86_400) as u32;
            all.push(opinion(subject, 50_000 + n, second, 1.0));
        }
    }
    let found = found(all);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|finding| finding.score > 0.9), "{found:?}");
}

#[test]
fn goods_that_sell_are_praised_together() {
    let mut dice = Dice(6);
    let mut all = market(&mut dice);
    for n in 0..200 {
        let second = START + 40 * DAY + dice.below(3 * 86_400) as u32;
        all.push(opinion(9, 50_000 + n, second, 5.0));
    }
    assert!(found(all).iter().all(|finding| finding.score < 0.5));
}

#[test]
fn hostile_opinions_are_survived() {
    assert_eq!(shifts(&[]), []);
    let ratings = [f32::MIN, f32::MAX, -0.0, 1e-40, 1.0, 5.0];
    let odd = |n: u64| Opinion {
        subject: Key(n % 3),
        actor: Key(n % 50),
        second: if n.is_multiple_of(2) { u32::MAX } else { 0 },
        first: u32::MAX,
        rating: ratings[n as usize % ratings.len()],
        answered: i64::MIN,
        ..Opinion::default()
    };
    found((0..2_000).map(odd).collect());
}
