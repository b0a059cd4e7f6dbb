//! Zombies against a campaign's newcomers who do not come back, and against a table that ends early.

use super::*;

const START: u32 = 1_780_012_800;

/// A cohort: club, day, size, shares in percent that mean something on the first day and that come back.
type Kind = (u64, u32, u64, u64, u64);

fn play(kinds: &[Kind], days: u32) -> Vec<Finding> {
    let last = START + days * DAY;
    let mut members: Vec<Member> = Vec::new();
    for &(club, day, size, intent, back) in kinds {
        for n in 0..size {
            let second = START + day * DAY + (n * 997 % 80_000) as u32;
            let account = Key((club << 32) + (u64::from(day) << 20) + n + 1);
            let means = n * 61 % 100 < intent;
            let comes = (n * 37 % 100 < back).then(|| DAY + (n * 7_919 % 200_000) as u32);
            members.push(Member {
                account,
                subject: Key(club),
                agent: Key(7),
                event: Key(account.0 + 1),
                second,
                first_act: if means { Some(60) } else { comes },
                returns: [comes.filter(|age| second + age <= last), None, None],
                last_look: None,
                intent: means,
            });
        }
    }
    members.sort_unstable_by_key(|member| (member.second, member.account));
    let found = cohorts(&members, last, &|_| false);
    for finding in &found {
        let bits = derive(&finding.evidence).unwrap();
        assert!((bits - f64::from(finding.bits)).abs() < 1e-4, "{finding:?}");
    }
    found
}

fn ordinary() -> Vec<Kind> {
    (0..40).map(|n| (1 + n % 8, n as u32 % 10, 30 + n % 20, 60 + n % 30, 40 + n % 25)).collect()
}

#[test]
fn only_those_who_meant_nothing_and_stay_away_are_zombies() {
    assert_eq!(play(&ordinary(), 20), []);
    let mut with = ordinary();
    with.push((50, 3, 120, 0, 1));
    // A campaign: they looked around, and few came back.
    with.push((51, 3, 120, 75, 8));
    // Signed up at a stand: they come later.
    with.push((52, 3, 120, 2, 55));
    let found = play(&with, 20);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].entity.key, Key(50));
    assert!(found[0].members.len() > 100);
}

#[test]
fn the_end_of_the_table_takes_nobody_for_a_zombie() {
    let mut with = ordinary();
    // They came hours before the end.
    with.push((50, 19, 120, 0, 60));
    assert_eq!(play(&with, 20), []);
    assert_eq!(play(&[(50, 3, 120, 0, 0)], 20), [], "with nobody to compare to nothing is said");
    assert_eq!(cohorts(&[], 0, &|_| false), []);
}

#[test]
fn long_tables_are_cut_by_monday() {
    let member = |second| Member {
        account: Key(1),
        subject: Key::NONE,
        agent: Key::NONE,
        event: Key(1),
        second,
        first_act: None,
        returns: [None; AGES.len()],
        last_look: None,
        intent: false,
    };
    assert_eq!(Calendar::of(&[member(START), member(START + DAY)]).period, DAY);
    let weeks = Calendar::of(&[member(START), member(START + 9 * WEEK)]);
    // 2026-05-29 is a Friday.
    assert_eq!(weeks.begins(1_780_012_800), 1_779_667_200);
    assert_eq!(weeks.begins(0), 0);
    assert!(weeks.begins(u32::MAX) > u32::MAX - 2 * WEEK);
}
