//! Audiences for hire: accounts that come to wave after wave, and leave at once every time.
//!
//! Fans, group chats and feeds bring the same people again and again as well, and many of those leave soon. But who of
//! them leaves changes from time to time, and those who stay meet again as often as those who leave. So the control is
//! in the waves themselves: the visitors that stayed say how often two waves share visitors, and the visitors that are
//! not of the crew say how often one leaves.

use crate::attendance::{Attendance, Visitor};
use crate::group::{Group, Member, Test};
use crate::tail::{binomial_bits, poisson_bits};
use crate::waves::{Waves, share_bits};
use detectors::Class;
use events::{EventTime, Key};
use hashbrown::HashMap;

/// The least share of the smaller wave's leavers that two waves of one crew have in common.
const SHARED: f64 = 0.2;
/// Bits beyond the price of the pairs tried by which two waves share more leavers than their other visitors explain.
const LINK_BITS: f64 = 6.0;
/// Share of one wave's visitors that come to another of the same crew's, before any are seen, and the visitors that
/// this weighs.
const MEET_AGAIN: (f64, f64) = (0.05, 20.0);
/// Waves of one account beyond which it says nothing that two of them share it.
const MOST_WAVES: usize = 200;
/// Share of their visits that a crew's accounts leave at once.
const CREW_LEAVES: f64 = 0.97;
/// What one visit's leaving again may add, in bits: nobody meets by chance so rarely.
const MOST_AGAIN: f64 = 4.0;
/// Bits against an account of which nothing is known.
const STRANGER: f64 = 4.0;
/// Bits by which a visitor must be likelier a member than not.
const FIRM: f64 = 6.0;
/// The fewest members of a crew.
const FEWEST: usize = 5;
/// How much people who come together are alike in leaving.
const ALIKE: f64 = 0.05;
/// The most bits of each test. No two of them condemn without the third but those of a large crew.
const MOST_MEETING: f64 = 6.0;
const MOST_LEAVING: f64 = 8.0;
const MOST_ENTRY: f64 = 3.0;

/// The waves that a crew's accounts made, and who they are.
struct Crew {
    waves: Vec<u32>,
    members: Vec<(Key, f64)>,
    meeting: f64,
    /// Accounts that came at least twice and always left, and how many such the others' habit explains.
    leavers: (f64, f64),
}

/// What one account did in the waves of a part.
#[derive(Clone, Copy, Debug, Default)]
struct Habit {
    waves: f64,
    left: f64,
}

impl Habit {
    fn always(self) -> bool {
        self.waves >= 2.0 && self.left >= self.waves
    }
}

/// The crews among the visitors of some waves, as groups, by their first wave.
pub(crate) fn audiences(waves: &Waves, seen: &Attendance) -> Vec<Group> {
    let mut visits: Vec<(u32, Key, Visitor)> =
        seen.visitors.iter().map(|(&(wave, account), &visitor)| (wave, account, visitor)).collect();
    visits.sort_unstable_by_key(|visit| (visit.0, visit.1));
    let links = links(waves.waves.len(), &visits);
    let pairs: Vec<(usize, usize)> = links.iter().map(|l| (l.0 as usize, l.1 as usize)).collect();
    let usual = seen.usual(waves);
    let mut groups = Vec::new();
    for part in crate::crews::connected(waves.waves.len(), &pairs) {
        if part.len() < 2 {
            continue;
        }
        let part: Vec<u32> = part.into_iter().map(|wave| wave as u32).collect();
        let Some(crew) = crew(part, &links, &visits, &usual) else { continue };
        groups.push(group(waves, seen, &visits, &crew));
    }
    groups
}

fn leaves(visitor: &Visitor) -> bool {
    visitor.looks.left >= visitor.looks.views
}

/// Pairs of waves whose leavers meet again more often than their other visitors: (one, other, bits, how often others do).
fn links(waves: usize, visits: &[(u32, Key, Visitor)]) -> Vec<(u32, u32, f64, f64)> {
    let mut sizes = vec![(0u32, 0u32); waves];
    let mut turns: Vec<(Key, u32, bool)> = Vec::with_capacity(visits.len());
    for (wave, account, visitor) in visits {
        let (left, stayed) = &mut sizes[*wave as usize];
        *(if leaves(visitor) { left } else { stayed }) += 1;
        turns.push((*account, *wave, leaves(visitor)));
    }
    turns.sort_unstable();
    let mut shared: HashMap<(u32, u32), (u32, u32)> = HashMap::new();
    for own in turns.chunk_by(|x, y| x.0 == y.0).filter(|own| own.len() <= MOST_WAVES) {
        for (at, one) in own.iter().enumerate() {
            for other in &own[at + 1..] {
                let sums = shared.entry((one.1, other.1)).or_default();
                match (one.2, other.2) {
                    (true, true) => sums.0 += 1,
                    _ => sums.1 += 1,
                }
            }
        }
    }
    let price = (shared.len() as f64).log2().max(0.0);
    let mut found: Vec<_> = shared
        .into_iter()
        .filter_map(|((one, other), (left, stayed))| {
            let (a, b) = (sizes[one as usize], sizes[other as usize]);
            let least = f64::from(a.0.min(b.0));
            let others = (f64::from(stayed) + MEET_AGAIN.0 * MEET_AGAIN.1)
                / (f64::from(a.1.min(b.1)) + MEET_AGAIN.1);
            let bits = binomial_bits(f64::from(left), least, others.min(1.0)) - price;
            let strong = left >= 3 && f64::from(left) >= SHARED * least && bits >= LINK_BITS;
            strong.then_some((one, other, bits, others))
        })
        .collect();
    found.sort_by_key(|link| (link.0, link.1));
    found
}

fn crew(
    part: Vec<u32>,
    links: &[(u32, u32, f64, f64)],
    visits: &[(u32, Key, Visitor)],
    usual: &[f64],
) -> Option<Crew> {
    let own = |wave: u32| part.binary_search(&wave).is_ok();
    let within: Vec<_> = links.iter().filter(|link| own(link.0)).collect();
    let again = within.iter().map(|link| link.3).sum::<f64>() / within.len().max(1) as f64;
    let mut habits: HashMap<Key, Habit> = HashMap::new();
    for (_, account, visitor) in visits.iter().filter(|visit| own(visit.0)) {
        let habit = habits.entry(*account).or_default();
        habit.waves += 1.0;
        habit.left += f64::from(u8::from(leaves(visitor)));
    }
    let mut habits: Vec<(Key, Habit)> = habits.into_iter().collect();
    habits.sort_unstable_by_key(|habit| habit.0);
    let prior = part.iter().map(|&wave| usual[wave as usize]).sum::<f64>() / part.len() as f64;
    let mut members: Option<Vec<(Key, f64)>> = None;
    let mut others = prior;
    // First against all who did not always leave, then against all who are not of the crew.
    for _ in 0..2 {
        let is_other = |account: &Key, habit: &Habit| match &members {
            None => !habit.always(),
            Some(known) => known.binary_search_by_key(account, |m| m.0).is_err(),
        };
        let (mut left, mut came) = (0.0, 0.0);
        for (_, habit) in habits.iter().filter(|(account, habit)| is_other(account, habit)) {
            left += habit.left;
            came += habit.waves;
        }
        others = ((left + 20.0 * prior) / (came + 20.0)).clamp(0.01, 0.95);
        members = Some(
            habits
                .iter()
                .map(|(account, habit)| (*account, habit.bits(others, again)))
                .filter(|member| member.1 >= FIRM)
                .collect(),
        );
    }
    let members = members?;
    let always = habits.iter().filter(|(_, habit)| habit.always()).count() as f64;
    let repeated = habits.iter().filter(|(_, habit)| habit.waves >= 2.0);
    let explained = repeated.map(|(_, habit)| others.powf(habit.waves)).sum();
    (members.len() >= FEWEST).then(|| Crew {
        meeting: within.iter().map(|link| link.2).sum(),
        waves: part,
        members,
        leavers: (always, explained),
    })
}

impl Habit {
    /// Bits by which an account is of a crew rather than of the others that came.
    fn bits(self, others: f64, again: f64) -> f64 {
        let manner = self.left * (CREW_LEAVES / others).log2()
            + (self.waves - self.left) * ((1.0 - CREW_LEAVES) / (1.0 - others)).log2();
        if manner < FIRM / 2.0 {
            return manner - STRANGER;
        }
        manner + (self.waves - 1.0) * (-again.log2()).clamp(0.0, MOST_AGAIN) - STRANGER
    }
}

fn group(waves: &Waves, seen: &Attendance, visits: &[(u32, Key, Visitor)], crew: &Crew) -> Group {
    let is_member = |account: &Key| crew.members.binary_search_by_key(account, |m| m.0);
    let mut done = vec![0u32; crew.members.len()];
    let (mut jobs, mut meetings) = (Vec::new(), Vec::new());
    let at = |seconds: u32| EventTime(i64::from(seconds) * EventTime::SECOND);
    for &wave in &crew.waves {
        let own = visits[visits.partition_point(|v| v.0 < wave)..].iter();
        let mut times = Vec::new();
        let subject = waves.waves[wave as usize].subject;
        for (_, account, visitor) in own.take_while(|visit| visit.0 == wave) {
            let Ok(place) = is_member(account) else { continue };
            done[place] += 1;
            times.push(visitor.first);
            meetings.push((*account, subject, at(visitor.first)));
        }
        if let (Some(first), Some(last)) = (times.iter().min(), times.iter().max()) {
            jobs.push((subject, times.len() as u32, at(*first), at(*last)));
        }
    }
    let members: Vec<Member> = crew
        .members
        .iter()
        .zip(done)
        .map(|(&(account, bits), jobs)| Member { account, bits, jobs })
        .collect();
    let surplus = crew.waves.iter().map(|&wave| waves.waves[wave as usize].bits).sum();
    let tests = tests(waves, seen, crew, meetings.len());
    Group::new(members, jobs, meetings, tests, surplus)
}

fn tests(waves: &Waves, seen: &Attendance, crew: &Crew, meetings: usize) -> Vec<Test> {
    let n = crew.members.len() as f64;
    let test = |name, class, (observed, expected): (f64, f64), bits: f64| Test {
        name,
        class,
        observed,
        expected,
        bits,
    };
    // A handful of friends meets again and again; strangers by the dozen do not.
    let meeting = crew.meeting.min(MOST_MEETING * n / (n + 10.0));
    let (always, explained) = crew.leavers;
    let leaving = poisson_bits(always, explained + 1.0) / (1.0 + (always - 1.0).max(0.0) * ALIKE);
    let leaving = leaving.min(MOST_LEAVING);
    let mut tests = vec![
        test("shared_waves", Class::Synchrony, (meetings as f64 / n, 1.0), meeting),
        test("always_left", Class::Path, (always / n, explained / n), leaving),
    ];
    let (mut hits, mut tries, mut usual) = (0.0, 0.0, 0.0);
    for &wave in &crew.waves {
        if let Some(entry) = entry(waves, seen, wave) {
            hits += entry.of_left * entry.left;
            tries += entry.left;
            usual += entry.of_stayed * entry.left;
        }
    }
    if tries > 0.0 {
        let bits = share_bits(hits, tries, usual / tries, ALIKE).min(MOST_ENTRY);
        tests.push(test("one_entry", Class::Path, (hits / tries, usual / tries), bits));
    }
    tests
}

/// The way in that most of those took who left a wave at once, and how many of those who stayed took it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Entry {
    pub left: f64,
    /// Shares of the leavers and of the others that came by it.
    pub of_left: f64,
    pub of_stayed: f64,
}

/// The foremost way into a wave; none where few ways are told.
pub(crate) fn entry(waves: &Waves, seen: &Attendance, wave: u32) -> Option<Entry> {
    let own = seen.sources.iter().filter(|entry| entry.0.0 == wave);
    let (mut most, mut sums) = ((0, 0, Key::NONE), (0u32, 0u32));
    // Sums and the greatest of a total order: the order of the table does not show.
    #[allow(clippy::iter_over_hash_type)]
    for (&(_, source), looks) in own {
        let stayed = looks.views - looks.left;
        sums = (sums.0 + looks.left, sums.1 + stayed);
        most = most.max((looks.left, stayed, source));
    }
    let (left, stayed) = (f64::from(sums.0), f64::from(sums.1));
    // Half of those who stay are granted before any are seen where the table has one way in only.
    (left >= 10.0).then(|| Entry {
        left,
        of_left: f64::from(most.0) / left,
        of_stayed: (f64::from(most.1) + 5.0 * waves.usual.max(0.2)) / (stayed + 5.0),
    })
}
