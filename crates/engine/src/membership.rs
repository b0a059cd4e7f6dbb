//! A member-quality audit: of those who came new, how many are real, cohort by cohort and in all, with bounds.
//!
//! Accounts that were called fake are out. Zombies that leave no evidence behind show in the mixture only: real newcomers of other
//! cohorts leave a share idle, and what a cohort leaves idle beyond that are members who never meant to be there. How long
//! somebody may still be idle at the end of the table is read off the others' survival curve, so newcomers of the last days are not
//! taken for zombies.

use std::collections::BTreeMap;

use detectors::mem01::{AGES, Member};
use detectors::mem03::Calendar;
use detectors::survival::Waits;
use events::Key;
use features::Keyed;
use policy::Verdict;

use crate::results::{AccountResult, CohortResult, Membership};

/// Seconds after joining at which idleness is compared: who starts to do something mostly does by then.
const HORIZON: u32 = 7 * 86_400;
/// Cohorts of fewer real members set no example.
const FEWEST: u64 = 20;
/// The standard normal's 97.5th percentile.
const Z: f64 = 1.96;

/// What is counted of one cohort.
#[derive(Clone, Debug, Default)]
struct Sums {
    row: CohortResult,
    /// Chance, summed over members called fake, that they are not.
    doubt: f64,
    /// Of members called genuine: how long until their first act, and until they came back.
    first: Waits,
    back: [Waits; AGES.len()],
    /// How long members called genuine were seen, on average.
    seen: f64,
}

/// The cohorts in the order of time, and all members together. Members are in the order of time.
#[must_use]
pub fn audit(
    members: &[Member],
    last: u32,
    accounts: &Keyed<AccountResult>,
) -> (Vec<CohortResult>, Membership) {
    let calendar = Calendar::of(members);
    let mut cohorts: BTreeMap<u32, Sums> = BTreeMap::new();
    for member in members {
        let sums = cohorts.entry(calendar.begins(member.second)).or_default();
        sums.add(member, last, accounts.get(&member.account));
    }
    let mut all = Sums::default();
    for (begins, sums) in &mut cohorts {
        (sums.row.begins, sums.row.days) = (*begins, calendar.period / 86_400);
        all.first.merge(&sums.first);
        all.back.iter_mut().zip(&sums.back).for_each(|(all, own)| all.merge(own));
    }
    let liveliest = liveliest(&cohorts);
    let mut cohorts: Vec<Sums> = cohorts.into_values().collect();
    let differ = differ(&cohorts, &all);
    let shares: Vec<Idle> =
        cohorts.iter().map(|sums| sums.idle(&all, &liveliest, differ)).collect();
    let shares = lend(&cohorts, shares);
    for (sums, idle) in cohorts.iter_mut().zip(&shares) {
        sums.bound(idle);
        sums.expect(&all, members, last);
    }
    let membership = together(&cohorts, &shares);
    (cohorts.into_iter().map(|sums| sums.row).collect(), membership)
}

/// The waits of the quarter of cohorts that leave the fewest idle; of all where there are too few.
fn liveliest(cohorts: &BTreeMap<u32, Sums>) -> Waits {
    let large = cohorts.values().filter(|sums| sums.row.genuine >= FEWEST && sums.seen > 86_400.0);
    let mut ranked: Vec<(f64, &Sums)> =
        large.map(|sums| (sums.first.curve().waiting(sums.horizon()), sums)).collect();
    ranked.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.row.begins.cmp(&y.1.row.begins)));
    let mut waits = Waits::default();
    let quarter = ranked.len().div_ceil(4);
    ranked.iter().take(quarter).for_each(|(_, sums)| waits.merge(&sums.first));
    waits
}

/// The standard deviation by which cohorts differ in what they leave idle, beyond what their sizes make of it: a stand's newcomers
/// and a campaign's are real, and do less than others.
fn differ(cohorts: &[Sums], all: &Sums) -> f64 {
    let large = cohorts.iter().filter(|sums| sums.row.genuine >= FEWEST && sums.seen > 86_400.0);
    let (mut beyond, mut count) = (0.0, 0.0);
    for sums in large {
        let mut others = all.first.clone();
        others.remove(&sums.first);
        let (own, others, at) = (sums.first.curve(), others.curve(), sums.horizon());
        let off = own.waiting(at) - others.waiting(at);
        beyond += off * off - own.variance(at) - others.variance(at);
        count += 1.0;
    }
    (beyond / f64::max(count, 1.0)).max(0.0).sqrt()
}

/// The share of a cohort's members called genuine that is idle beyond what real people leave.
#[derive(Clone, Copy, Debug, Default)]
struct Idle {
    share: f64,
    low: f64,
    high: f64,
}

impl Idle {
    /// The part of a mixture that never acts, where of the others a share is idle as well.
    fn beyond(own: f64, others: f64) -> f64 {
        ((own - others) / (1.0 - others).max(0.01)).clamp(0.0, 1.0)
    }
}

/// Who came within a day of the table's end has had no time to be told from a zombie: such a cohort is taken to be like the others.
fn lend(cohorts: &[Sums], mut shares: Vec<Idle>) -> Vec<Idle> {
    let is_young = |sums: &Sums| sums.seen <= f64::from(AGES[0]);
    let (mut all, mut mean) = (0.0, Idle::default());
    for (sums, idle) in cohorts.iter().zip(&shares).filter(|one| !is_young(one.0)) {
        let genuine = sums.row.genuine as f64;
        all += genuine;
        mean.share += genuine * idle.share;
        mean.high += genuine * idle.high;
    }
    if all > 0.0 {
        let mean = Idle { share: mean.share / all, low: 0.0, high: mean.high / all };
        let young = cohorts.iter().zip(&mut shares).filter(|one| is_young(one.0));
        young.for_each(|(_, idle)| *idle = mean);
    }
    shares
}

impl Sums {
    fn add(&mut self, member: &Member, last: u32, account: Option<&AccountResult>) {
        let row = &mut self.row;
        let seen = last.saturating_sub(member.second);
        row.members += 1;
        row.intent += u64::from(member.intent);
        row.idle += u64::from(member.first_act.is_none());
        for (at, age) in AGES.iter().enumerate() {
            row.seen[at] += u64::from(seen > *age);
            row.active[at] += u64::from(member.returns[at].is_some());
        }
        match account.map_or(Verdict::Genuine, |account| account.verdict) {
            Verdict::Fake => {
                row.fake += 1;
                self.doubt += 1.0 - account.map_or(0.0, |account| f64::from(account.score));
            }
            Verdict::Suspect => row.suspect += 1,
            Verdict::Genuine => {
                row.genuine += 1;
                self.seen += (f64::from(seen) - self.seen) / row.genuine as f64;
                self.first.add(member.first_act, seen);
                for ((waits, age), back) in self.back.iter_mut().zip(AGES).zip(member.returns) {
                    if seen > age {
                        waits.add(back, seen);
                    }
                }
            }
        }
    }

    fn horizon(&self) -> u32 {
        HORIZON.min(self.seen as u32)
    }

    fn idle(&self, all: &Sums, liveliest: &Waits, differ: f64) -> Idle {
        let mut others = all.first.clone();
        others.remove(&self.first);
        if self.row.genuine == 0 || others.all() < FEWEST {
            // With nobody to compare to, whoever did nothing may be anything.
            let idle = self.first.curve().waiting(self.horizon());
            return Idle {
                share: 0.0,
                low: 0.0,
                high: if self.row.genuine == 0 { 0.0 } else { idle },
            };
        }
        let (own, others) = (self.first.curve(), others.curve());
        let at = self.horizon();
        let error = (own.variance(at) + others.variance(at)).sqrt();
        // Where all that came are idle or none is, the variance is not nothing.
        let error = error.max(0.5 / self.row.genuine as f64);
        let best = liveliest.curve().waiting(at).min(others.waiting(at));
        let spread = Z * error.hypot(differ);
        Idle {
            // As much as cohorts differ anyway is granted to each.
            share: Idle::beyond(own.waiting(at) - differ, others.waiting(at)),
            low: Idle::beyond(own.waiting(at) - spread, others.waiting(at)),
            high: Idle::beyond(own.waiting(at) + Z * error, best),
        }
    }

    /// Real members of the cohort, with bounds.
    fn bound(&mut self, idle: &Idle) {
        let row = &mut self.row;
        let (genuine, suspect) = (row.genuine as f64, row.suspect as f64);
        let real = genuine * (1.0 - idle.share);
        row.low = (genuine * (1.0 - idle.high)).floor() as u64;
        row.high = (genuine * (1.0 - idle.low) + suspect + self.doubt).ceil() as u64;
        row.high = row.high.min(row.members);
        row.real = (real.round() as u64).clamp(row.low, row.high);
    }

    /// How many members called genuine the others' curves lead to expect back, of those seen as long.
    fn expect(&mut self, all: &Sums, members: &[Member], last: u32) {
        let period = self.row.days * 86_400;
        let from = members.partition_point(|member| member.second < self.row.begins);
        let ends = self.row.begins.saturating_add(period);
        let to = members.partition_point(|member| member.second < ends);
        for (at, age) in AGES.iter().enumerate() {
            let mut others = all.back[at].clone();
            others.remove(&self.back[at]);
            if others.all() < FEWEST || self.row.seen[at] == 0 {
                continue;
            }
            let curve = others.curve();
            let own = members.get(from..to).unwrap_or_default().iter();
            let seen = own.map(|member| last.saturating_sub(member.second));
            let back = seen.filter(|seen| seen > age).map(|seen| 1.0 - curve.waiting(seen));
            self.row.expected[at] = Some(back.sum());
        }
    }
}

/// All members. What real people leave idle is not known of all cohorts alike, so their bounds add up.
fn together(cohorts: &[Sums], shares: &[Idle]) -> Membership {
    let mut all = Membership::default();
    let (mut real, mut high) = (0.0, 0.0);
    let (mut below, mut above) = (0.0, 0.0);
    for (sums, idle) in cohorts.iter().zip(shares) {
        let genuine = sums.row.genuine as f64;
        all.members += sums.row.members;
        all.fake += sums.row.fake;
        all.suspect += sums.row.suspect;
        real += genuine * (1.0 - idle.share);
        high += sums.row.suspect as f64 + sums.doubt;
        below += genuine * (idle.high - idle.share);
        above += genuine * (idle.share - idle.low);
    }
    all.real = (real.round() as u64).min(all.members);
    all.low = ((real - below).max(0.0).floor() as u64).min(all.real);
    all.high = ((real + high + above).ceil() as u64).clamp(all.real, all.members);
    all
}

/// Whether an account is among some.
pub fn among(some: &Keyed<()>) -> impl Fn(Key) -> bool + '_ {
    |account| some.contains_key(&account)
}

#[cfg(test)]
mod tests {
    use super::*;
    use detectors::Code;

    const DAY: u32 = 86_400;
    const START: u32 = 1_780_012_800;

    /// Members of fourteen days, a hundred a day, of whom so many in a hundred never do anything.
    fn members(idle: impl Fn(u32) -> u32, last: u32) -> Vec<Member> {
        let member = |day: u32, n: u32| {
            let second = START + day * DAY + n * 800;
            let acts = (n * 37 % 100 >= idle(day)).then_some(60 + n * 3_001 % (2 * DAY));
            let seen = |age: &u32| second + age <= last;
            Member {
                account: Key(u64::from(day * 1_000 + n + 1)),
                subject: Key(7),
                agent: Key(9),
                event: Key(u64::from(n)),
                second,
                first_act: acts.filter(seen),
                returns: [acts.map(|act| act.max(DAY)).filter(seen), None, None],
                last_look: None,
                intent: acts.is_some_and(|act| act < DAY),
            }
        };
        (0..14).flat_map(|day| (0..100).map(move |n| member(day, n))).collect()
    }

    fn called(members: &[Member], verdict: impl Fn(&Member) -> Verdict) -> Keyed<AccountResult> {
        let account = |member: &Member| AccountResult {
            account: member.account,
            score: if verdict(member) == Verdict::Fake { 1.0 } else { 0.0 },
            verdict: verdict(member),
            group: None,
            findings: vec![Code::Mem01],
            bits: 0.0,
            events: 1,
        };
        members.iter().map(|member| (member.account, account(member))).collect()
    }

    #[test]
    fn where_all_are_real_the_bounds_hold_all() {
        let last = START + 30 * DAY;
        let members = members(|day| 20 + day % 5, last);
        let (cohorts, all) = audit(&members, last, &called(&members, |_| Verdict::Genuine));
        assert_eq!((cohorts.len(), all.members, all.high), (14, 1_400, 1_400));
        assert!(all.real >= 1_370 && all.low < 1_400 && all.low > 1_000, "{all:?}");
        assert!(cohorts.iter().all(|row| row.low <= row.real && row.real <= row.high));
        let expected = cohorts[3].expected[0].unwrap();
        assert!((expected - cohorts[3].active[0] as f64).abs() < 8.0, "{expected}");
    }

    #[test]
    fn zombies_without_evidence_show_in_the_mixture() {
        let last = START + 30 * DAY;
        let members = members(|day| if day == 6 { 95 } else { 20 }, last);
        let (cohorts, all) = audit(&members, last, &called(&members, |_| Verdict::Genuine));
        // Six of the hundred acted at all; of real people eighty would have.
        assert!(cohorts[6].real < 40 && cohorts[6].low < 15, "{:?}", cohorts[6]);
        assert!(all.low < 1_330 && all.real < 1_380, "{all:?}");
        assert!(cohorts.iter().filter(|row| row.real >= 95).count() >= 12, "{cohorts:?}");
    }

    #[test]
    fn the_end_of_the_table_makes_nobody_a_zombie() {
        let cut = START + 14 * DAY;
        let members = members(|_| 20, cut);
        let (cohorts, all) = audit(&members, cut, &called(&members, |_| Verdict::Genuine));
        assert!(all.real >= 1_380, "{all:?}");
        assert_eq!(cohorts[13].seen, [0, 0, 0]);
        assert!(cohorts[13].real >= 95 && cohorts[13].low < 100, "{:?}", cohorts[13]);
    }

    #[test]
    fn who_is_called_fake_is_out_and_who_is_suspect_is_between_the_bounds() {
        let last = START + 30 * DAY;
        let members = members(|_| 20, last);
        let verdict = |member: &Member| match member.account.0 % 10 {
            0 => Verdict::Fake,
            1 => Verdict::Suspect,
            _ => Verdict::Genuine,
        };
        let (_, all) = audit(&members, last, &called(&members, verdict));
        assert_eq!((all.fake, all.suspect), (140, 140));
        assert!(all.low <= 1_120 && all.high >= 1_250 && all.high <= 1_260, "{all:?}");
        assert_eq!(audit(&[], 0, &Keyed::default()), (Vec::new(), Membership::default()));
    }
}
