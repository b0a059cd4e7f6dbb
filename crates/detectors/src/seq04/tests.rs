//! Goal: who never rests is told, and nobody who does, however oddly. Method: tables of people with days of their own, and beside
//! them one kind at a time of machines or of people who seem to be up for long.

use super::*;
use crate::dice::Dice;

const HOUR: f64 = 3600.0;

/// Acts of an account at hours since the first midnight.
fn hours(kind: Kind, owners: &[u64], at: impl IntoIterator<Item = f64>) -> Hours {
    let mut at: Vec<f64> = at.into_iter().collect();
    at.sort_by(f64::total_cmp);
    let mut hours = Hours::default();
    for (n, hour) in at.into_iter().enumerate() {
        let second = 1_778_000_000 + (hour * HOUR) as i64;
        let owner = Key(owners[n % owners.len()]);
        let time = EventTime(second * EventTime::SECOND);
        hours.observe(&Event { kind, time, actor: Key(1), owner, ..Event::default() });
    }
    hours
}

fn likes(at: impl IntoIterator<Item = f64>) -> Hours {
    hours(Kind::Like, &[7, 8, 9, 10], at)
}

/// Acts between getting up and going to bed, a mean number of them an hour.
fn up(dice: &mut Dice, from: f64, to: f64, an_hour: f64) -> Vec<f64> {
    let (mut at, mut now) = (Vec::new(), from);
    loop {
        now -= (1.0 - dice.unit()).ln() / an_hour;
        if now >= to {
            return at;
        }
        at.push(now);
    }
}

/// Days of somebody who is up from a morning hour on, for that long.
fn days(dice: &mut Dice, days: u32, (morning, awake): (f64, f64), an_hour: f64) -> Hours {
    let mut at = Vec::new();
    for day in 0..days {
        let from = f64::from(day) * 24.0 + morning + dice.unit() - 0.5;
        at.extend(up(dice, from, from + awake, an_hour));
    }
    likes(at)
}

/// A table of people, most of whom hardly act.
fn people(dice: &mut Dice, n: u64) -> Rests {
    let mut parts = vec![Rests::default(), Rests::default()];
    for person in 0..n {
        let an_hour = 0.1 * (3.0 * dice.unit()).exp();
        let own = (6.0 + 4.0 * dice.unit(), 15.0 + 3.0 * dice.unit());
        parts[(person % 2) as usize].note(Key(10_000 + person), days(dice, 14, own, an_hour));
    }
    Rests::merge(parts)
}

/// Codes of findings after some more accounts came.
fn with(mut table: Rests, more: &[Hours]) -> Vec<Finding> {
    for (number, hours) in more.iter().enumerate() {
        table.note(Key(1 + number as u64), *hours);
    }
    Rests::merge(vec![table]).findings()
}

#[test]
fn who_never_rests_is_told_and_weakly() {
    let mut dice = Dice(11);
    let table = people(&mut dice, 2_000);
    assert!(table.findings().is_empty());
    let machine = likes(up(&mut dice, 0.0, 14.0 * 24.0, 1.3));
    let found = with(table, &[machine]);
    assert_eq!(found.iter().map(|finding| finding.entity.key).collect::<Vec<Key>>(), [Key(1)]);
    assert_eq!(found[0].code, Code::Seq04);
    assert!(found[0].bits > 0.0 && f64::from(found[0].bits) <= MOST_ALONE);
    let value = |name| found[0].evidence.iter().find(|entry| entry.0 == name).unwrap().1;
    let [tail, price] = derive(&found[0].evidence).unwrap();
    assert_eq!((tail, price), (value("tail_bits"), value("price_bits")));
    assert!(tail - price >= STANDS && value("hours_without_rest") > 72.0);
    assert_eq!(derive(&found[0].evidence[1..]), None);
}

#[test]
fn a_farm_does_not_hide_behind_itself() {
    let mut dice = Dice(12);
    let table = people(&mut dice, 2_000);
    let farm: Vec<Hours> = (0..60).map(|_| likes(up(&mut dice, 0.0, 14.0 * 24.0, 1.3))).collect();
    let found = with(table.clone(), &farm);
    assert!(found.len() >= 55, "{}", found.len());
    // Where one in eight does it, accounts are not people's.
    let most: Vec<Hours> = farm.iter().copied().cycle().take(400).collect();
    assert!(with(table, &most).is_empty());
}

#[test]
fn people_rest_at_odd_hours() {
    let mut dice = Dice(13);
    let table = people(&mut dice, 2_000);
    let mut odd = Vec::new();
    for _ in 0..40 {
        // Shifts that go round: a third of the days each, and hardly a pause between two of them.
        let mut at = Vec::new();
        for day in 0..14 {
            let from = f64::from(day) * 24.0 + [6.0, 14.0, 22.0][day as usize / 2 % 3];
            at.extend(up(&mut dice, from, from + 16.0, 1.5));
        }
        odd.push(likes(at));
        // To the other side of the world and back, up all the way.
        let mut at = Vec::new();
        for (from, to) in [(7.0, 23.0), (31.0, 47.0), (55.0, 82.0), (90.0, 106.0), (114.0, 142.0)] {
            at.extend(up(&mut dice, from, to, 1.5));
        }
        odd.push(likes(at));
        // A night without sleep in each week, and short nights besides.
        let mut at = Vec::new();
        for day in 0..14 {
            let from = f64::from(day) * 24.0 + 6.0;
            let awake = if day % 7 == 3 { 24.0 } else { 17.5 };
            at.extend(up(&mut dice, from, from + awake, 1.5));
        }
        odd.push(likes(at));
        // One long live stream.
        odd.push(likes(up(&mut dice, 8.0, 8.0 + 30.0, 4.0)));
        // A greeting each morning, an alarm each noon.
        odd.push(likes(
            (0..14).flat_map(|day| [7.0, 12.0].map(|hour| f64::from(day) * 24.0 + hour)),
        ));
    }
    assert!(with(table, &odd).is_empty());
}

#[test]
fn desks_that_answer_in_shifts_are_passed_over() {
    let mut dice = Dice(14);
    let table = people(&mut dice, 2_000);
    let mut round = || up(&mut dice, 0.0, 14.0 * 24.0, 2.0);
    let answers = hours(Kind::Comment, &[7], round());
    // Its own account: what it does there is its business.
    let own = hours(Kind::Order, &[1], round());
    assert!(with(table.clone(), &[answers, own]).is_empty());
    // Who talks everywhere is no desk.
    assert_eq!(with(table, &[hours(Kind::Comment, &[7, 8, 9, 10], round())]).len(), 1);
}

#[test]
fn few_acts_and_few_people_say_nothing() {
    let mut dice = Dice(15);
    // As few as can be without a rest.
    let sparse = likes((0..16).map(|act| f64::from(act) * 4.9));
    let table = people(&mut dice, 2_000);
    assert!(with(table, &[sparse, likes((0..14).map(|act| f64::from(act) * 4.9))]).len() <= 1);
    let machine = likes(up(&mut dice, 0.0, 14.0 * 24.0, 1.3));
    assert!(with(people(&mut dice, 40), &[machine]).is_empty());
    // Steps that a platform takes, views that play on, and what is of no known kind.
    for kind in [Kind::View, Kind::Pay, Kind::Scan, Kind::Login, Kind::Other] {
        let idle = hours(kind, &[7, 8, 9], up(&mut dice, 0.0, 14.0 * 24.0, 1.3));
        assert!(!idle.is_known(), "{kind:?}");
    }
}

#[test]
fn a_table_whose_people_are_up_for_long_excuses() {
    let mut dice = Dice(16);
    let mut table = people(&mut dice, 1_000);
    // Accounts that two or three share: now and then nobody is up.
    for shared in 0..150 {
        let mut at = Vec::new();
        for day in 0..14 {
            let from = f64::from(day) * 24.0;
            for morning in [5.0, 13.0, 20.0] {
                if dice.unit() < 0.88 {
                    at.extend(up(&mut dice, from + morning, from + morning + 8.0, 1.5));
                }
            }
        }
        table.note(Key(100_000 + shared), likes(at));
    }
    let machine = likes(up(&mut dice, 0.0, 5.0 * 24.0, 1.3));
    let found = with(table, &[machine]);
    assert!(!found.iter().any(|finding| finding.entity.key == Key(1)), "{found:?}");
}

#[test]
fn a_group_gains_little_by_it() {
    let mut dice = Dice(17);
    let mut table = people(&mut dice, 2_000);
    let members: Vec<Key> = (1..=20).map(Key).collect();
    for &member in &members {
        table.note(member, likes(up(&mut dice, 0.0, 14.0 * 24.0, 1.3)));
    }
    let table = Rests::merge(vec![table]);
    let together = table.of_group(&members).unwrap();
    assert_eq!(together.bits, MOST_TOGETHER);
    assert!(together.share > 0.9 && together.elsewhere < 0.01);
    let others: Vec<Key> = (10_000..10_030).map(Key).collect();
    assert_eq!(table.of_group(&others), None);
    assert_eq!(table.of_group(&members[..4]), None);
}
