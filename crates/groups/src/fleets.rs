//! Fleets: those who came in a flood without the traces that people leave, judged as a group.
//!
//! People of this very table open a thing before they mark it, and do something else besides; so do the crowds of a sale, of a
//! stream, of a film that everybody talks about. What is usual is taken from other owners' marks of the same minutes, and from
//! the owner's own earlier ones, whichever accuses less. Where most of those who mark look at nothing that the table shows,
//! nothing is said.

use crate::floods::Flood;
use crate::group::{Group, Meeting, Member, Test};
use crate::ledger::Ledger;
use crate::tail::poisson_bits;
use crate::traces::{Counted, Lot, Traces, Trail};
use crate::waves::{correlation, share_bits};
use detectors::Class;
use events::EventTime;

/// The fewest accounts beside a flood that say what is usual, and the fewest of its owner's own.
const KNOWN: f64 = 100.0;
const OWN_KNOWN: f64 = 50.0;
/// Share of those who mark that look at anything: below it, looking is no habit that the table shows.
const LOOKERS: f64 = 0.5;
/// How much people who come to one place together are alike: never less than this, more where the table says so.
const ALIKE: (f64, f64) = (0.1, 0.5);
/// Bits of missing traces that a flood must show to be led on.
const EVIDENT: f64 = 4.0;
/// Bits by which a participant must be likelier of a fleet than a person.
const FIRM: f64 = 5.0;
/// The fewest members.
const FEWEST: usize = 50;

/// The most bits of each test. A flood by itself is what a live stream makes: it stays below the prior. A push message has one
/// way in and mostly one version of the software: neither condemns without the traces.
const MOST_SUDDEN: f64 = 4.8;
const MOST_UNLOOKED: f64 = 9.0;
const MOST_BLANK: f64 = 9.0;
const MOST_ENTRY: f64 = 3.0;
const MOST_CLIENT: f64 = 4.8;

/// How those come who are usual, as chances.
#[derive(Clone, Copy, Debug)]
struct Habit {
    looked: f64,
    elsewhere: f64,
    blank: f64,
    /// Of those who did not look.
    blank_of_unlooked: f64,
}

impl Habit {
    fn of(traces: &Traces) -> Habit {
        let share = |count: f64| (count + 1.0) / (traces.all() + 3.0);
        Habit {
            looked: share(traces.looked),
            elsewhere: share(traces.elsewhere),
            blank: share(traces.blank),
            // Where nobody failed to look, nothing is known of those who do.
            blank_of_unlooked: (traces.blank + 2.0) / (traces.unlooked() + 2.0),
        }
    }
}

/// What a flood's traces say against one habit.
struct Against {
    habit: Habit,
    unlooked: f64,
    blank: f64,
}

impl Against {
    fn of(flood: &Traces, habit: Habit, (alike, alike_blank): (f64, f64)) -> Against {
        let (all, unlooked) = (flood.all(), flood.unlooked());
        let without = share_bits(unlooked, all, 1.0 - habit.looked, alike).min(MOST_UNLOOKED);
        let blank = share_bits(flood.blank, unlooked, habit.blank_of_unlooked, alike_blank);
        Against { habit, unlooked: without, blank: blank.min(MOST_BLANK) }
    }

    fn bits(&self) -> f64 {
        self.unlooked + self.blank
    }

    /// Bits by which those who only did not look, and those of whom nothing else is seen, were sent rather than came: as many
    /// people are granted as those who looked stand for.
    fn odds(&self, flood: &Traces) -> (f64, f64) {
        let habit = &self.habit;
        let people = (flood.looked + 1.0) / habit.looked;
        let people = people.min((flood.unlooked() + 1.0) / (1.0 - habit.looked));
        let odds = |count: f64, share: f64| {
            let came = people * share;
            ((count - came).max(0.0) / came).log2()
        };
        (odds(flood.elsewhere, habit.elsewhere), odds(flood.blank, habit.blank))
    }
}

/// The groups that floods lead to, in the order of floods.
pub(crate) fn fleets(ledger: &Ledger, floods: &[Flood], trail: &Trail) -> Vec<Group> {
    let fleet = |(number, flood)| fleet(ledger, flood, number, trail);
    floods.iter().enumerate().filter_map(fleet).collect()
}

fn fleet(ledger: &Ledger, flood: &Flood, number: usize, trail: &Trail) -> Option<Group> {
    let beside = trail.traces(number, Lot::Beside);
    if beside.all() < KNOWN || beside.looks < LOOKERS * beside.all() {
        return None;
    }
    let traces = trail.traces(number, Lot::Flood);
    let alike = alike(&trail.by_owner(number), &beside);
    let mut against = Against::of(&traces, Habit::of(&beside), alike);
    let history = trail.traces(number, Lot::History);
    if history.all() >= OWN_KNOWN {
        // A thing that is always marked in passing is no less real for it.
        let own = Against::of(&traces, Habit::of(&history), alike);
        if own.bits() < against.bits() {
            against = own;
        }
    }
    if against.bits() < EVIDENT {
        return None;
    }
    let (elsewhere, blank) = against.odds(&traces);
    let members: Vec<(u32, f64)> = flood
        .marks
        .iter()
        .zip(trail.unlooked(number))
        .filter_map(|(&at, unlooked)| Some((at, if unlooked? { blank } else { elsewhere })))
        .filter(|member| member.1 >= FIRM)
        .collect();
    // A flood most of whom came as people do is a crowd, whatever some of them are.
    if members.len() < FEWEST || members.len() * 2 < flood.marks.len() {
        return None;
    }
    let mut tests = vec![sudden(flood, members.len()), unlooked(&traces, &against)];
    tests.push(nothing_else(&traces, &against));
    let pair = |of: fn(&Trail, usize, Lot) -> Counted| {
        (of(trail, number, Lot::Flood), of(trail, number, Lot::Beside))
    };
    let all = traces.all();
    tests.extend(foremost(("flood_entry", Class::Path, MOST_ENTRY), pair(Trail::ways), all));
    let client = ("flood_client", Class::Infrastructure, MOST_CLIENT);
    tests.extend(foremost(client, pair(Trail::clients), all));
    Some(group(ledger, &members, tests, flood.bits))
}

/// How much the participants of one crowd are alike in looking, and those who did not look in doing nothing else.
fn alike(owners: &[Traces], beside: &Traces) -> (f64, f64) {
    let usual = beside.unlooked() / beside.all().max(1.0);
    let blank = beside.blank / beside.unlooked().max(1.0);
    let within = |of: f64| of.clamp(ALIKE.0, ALIKE.1);
    let in_looking = correlation(owners.iter().map(|own| (own.all(), own.unlooked(), usual)));
    let told = owners.iter().filter(|own| own.unlooked() > 0.0);
    let in_blank = correlation(told.map(|own| (own.unlooked(), own.blank, blank)));
    (within(in_looking), within(in_blank))
}

/// How far it is beyond what the owner's history explains.
fn sudden(flood: &Flood, members: usize) -> Test {
    let n = members as f64;
    let bits = poisson_bits(n, flood.expected).min(MOST_SUDDEN * n / (n + 10.0));
    Test {
        name: "sudden",
        class: Class::Synchrony,
        observed: flood.count,
        expected: flood.expected,
        bits,
    }
}

fn unlooked(flood: &Traces, against: &Against) -> Test {
    Test {
        name: "unlooked",
        class: Class::Path,
        observed: flood.unlooked() / flood.all(),
        expected: 1.0 - against.habit.looked,
        bits: against.unlooked,
    }
}

fn nothing_else(flood: &Traces, against: &Against) -> Test {
    Test {
        name: "nothing_else_seen",
        class: Class::Path,
        observed: flood.blank / flood.unlooked().max(1.0),
        expected: against.habit.blank_of_unlooked,
        bits: against.blank,
    }
}

/// One way in, or one client, against its share of other people's marks of the same minutes. Nothing where less than half of
/// either names one.
fn foremost(
    (name, class, most): (&'static str, Class, f64),
    (flood, beside): (Counted, Counted),
    all: f64,
) -> Option<Test> {
    let sum = |counts: &[(u16, u32)]| counts.iter().map(|count| f64::from(count.1)).sum::<f64>();
    let (own, others) = (sum(&flood), sum(&beside));
    if own * 2.0 < all || others < KNOWN / 2.0 {
        return None;
    }
    let price = (flood.len().max(1) as f64).log2();
    let each = flood.iter().map(|&(place, count)| {
        let known = beside.binary_search_by_key(&place, |entry| entry.0);
        let known = known.map_or(0.0, |at| f64::from(beside[at].1));
        let usual = (known + 1.0) / (others + beside.len() as f64 + 1.0);
        let bits = share_bits(f64::from(count), own, usual, ALIKE.0) - price;
        (bits, f64::from(count) / own, usual)
    });
    let (bits, observed, expected) = each.max_by(|x, y| x.0.total_cmp(&y.0))?;
    Some(Test { name, class, observed, expected, bits: bits.clamp(0.0, most) })
}

fn group(ledger: &Ledger, members: &[(u32, f64)], tests: Vec<Test>, surplus: f64) -> Group {
    let met = |&(place, _): &(u32, f64)| {
        let mark = &ledger.by_subject[place as usize];
        let at = EventTime(i64::from(mark.time) * EventTime::SECOND);
        (ledger.accounts[mark.account as usize], ledger.subjects[mark.subject as usize], at)
    };
    let meetings: Vec<Meeting> = members.iter().map(met).collect();
    let own = meetings.iter().zip(members);
    let own = own.map(|(met, &(_, bits))| Member { account: met.0, bits, jobs: 1 }).collect();
    Group::met(own, meetings, tests, surplus)
}
