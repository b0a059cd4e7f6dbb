//! SYN03 metrics that do not fit together: a subject was opened far more often than anybody looked at it, liked it,
//! talked about it or bought it; or those who came all stayed equally long, as people never do there.
//!
//! Nothing is compared with a fixed ratio. Staying is judged by the subject's other hours, by people who come the same
//! ways, and by how unruly both are in this table; what is left behind by the subject's other hours, then its owner's
//! other subjects, then the table. A finding is about the subject's hours, never about who benefits: rivals send
//! machines too. See docs/detectors/SYN03-metrics-mismatch.md.

use crate::attendance::Attendance;
use crate::audience::entry;
use crate::ledger::Ledger;
use crate::vigils::{Habits, Vigil, agreement};
use crate::waves::{Waves, share_bits};
use detectors::chance::{bits_at_least, bits_at_most};
use detectors::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key, Kind};
use hashbrown::HashMap;

/// What viewers leave on what they look at.
const LEFT_BEHIND: [Kind; 5] =
    [Kind::Like, Kind::Comment, Kind::Share, Kind::Favorite, Kind::Order];
/// Views that the owner's and the table's rate count for beside a subject's own.
const PRIOR_VIEWS: f64 = 50.0;
/// Marks per view vary between subjects as a gamma of this shape: as unruly as its own mean, and more.
const SIZE: f64 = 1.5;
/// The most bits that too few marks add: indifference alone is no fake.
const MOST_SILENCE: f64 = 6.0;
/// The most bits that one way in adds: a link that goes round is one way in.
const MOST_ENTRY: f64 = 4.0;
/// Bits beyond the price of all windows tried from which hours are a finding.
const LEAST: f64 = 6.0;
/// Share of a wave's visitors that must have left for no reason but having been sent.
const LEAST_EXCESS: f64 = 0.3;

/// Views and marks of a subject, of an owner, or of all.
#[derive(Clone, Copy, Debug, Default)]
struct Rate {
    views: f64,
    marks: f64,
}

impl Rate {
    fn per_view(self, usual: f64) -> f64 {
        (self.marks + PRIOR_VIEWS * usual) / (self.views + PRIOR_VIEWS)
    }
}

/// Waves that no crowd explains, as findings, by time and subject.
pub(crate) fn mismatches(waves: &Waves, ledger: &Ledger, seen: &Attendance) -> Vec<Finding> {
    let by_channel = seen.usual(waves);
    let rates = Rates::of(waves, ledger);
    // Every stretch and those that it could have been joined with were tried.
    let price = (waves.tried * 4.0).max(2.0).log2();
    let mut found = Vec::new();
    for (number, wave) in waves.waves.iter().enumerate() {
        let looks = Seen::of(number as u32, seen);
        let usual = wave.usual.max(by_channel[number]);
        let (views, left) = (f64::from(wave.views), f64::from(wave.left));
        let staying = share_bits(left, views, usual, wave.alike);
        // The share sent, if all others left as often as usual.
        let excess = ((left / views - usual) / (1.0 - usual).max(1e-6)).clamp(0.0, 1.0);
        let marks = rates.within(ledger, (wave.subject, wave.first, wave.last));
        let expected = views * rates.usual(ledger, wave.subject);
        let silence = bits_at_most(marks, expected, SIZE).min(MOST_SILENCE);
        let way = entry(waves, seen, number as u32).unwrap_or_default();
        let one_way =
            share_bits(way.of_left * way.left, way.left, way.of_stayed.min(1.0), wave.alike);
        let bits = staying + silence + one_way.min(MOST_ENTRY) - price;
        if bits < LEAST || excess < LEAST_EXCESS {
            continue;
        }
        found.push(Finding {
            code: Code::Syn03,
            entity: Entity { kind: EntityKind::Subject, key: wave.subject },
            time: EventTime(i64::from(wave.last) * EventTime::SECOND),
            event: Key::NONE,
            score: (1.0 / (1.0 + (-bits).exp2())) as f32,
            bits: bits as f32,
            evidence: vec![
                ("views", views),
                ("left_at_once", left),
                ("left_usual_share", usual),
                ("alike", wave.alike),
                ("staying_bits", staying),
                ("marks", marks),
                ("marks_expected", expected),
                ("silence_bits", silence),
                ("one_entry_share", way.of_left),
                ("one_entry_usual_share", way.of_stayed),
                ("entry_bits", one_way.min(MOST_ENTRY)),
                ("price_bits", price),
                ("sent", (excess * views).round()),
                ("anonymous", looks.anonymous),
                ("networks", looks.networks),
                ("first_second", f64::from(wave.first)),
            ],
            members: Vec::new(),
        });
    }
    let by_company = seen.company.usual(&waves.vigils);
    for (number, vigil) in waves.vigils.iter().enumerate() {
        let marks = rates.within(ledger, (vigil.subject, vigil.first, vigil.last));
        let expected = f64::from(vigil.views) * rates.usual(ledger, vigil.subject);
        let judged = Agreed::of(vigil, by_company[number], (marks, expected));
        let bits = judged.staying + judged.marking - (price + Habits::price());
        if bits >= LEAST && judged.excess >= LEAST_EXCESS {
            let anonymous = f64::from(seen.company.anonymous[number]);
            found.push(judged.finding(vigil, (marks, expected), bits, anonymous));
        }
    }
    found.sort_by_key(|finding| (finding.time, finding.entity.key, finding.evidence.len()));
    found
}

/// How far the visitors of a vigil agreed beyond what is usual.
struct Agreed {
    usual: f64,
    staying: f64,
    /// Bits of too few marks for so many views, or of too many.
    marking: f64,
    /// The share sent, if the others agree as much as is usual.
    excess: f64,
}

impl Agreed {
    fn of(vigil: &Vigil, by_company: f64, (marks, expected): (f64, f64)) -> Agreed {
        let usual = vigil.usual.max(by_company);
        let (told, within) = (f64::from(vigil.told), f64::from(vigil.within));
        let few = bits_at_most(marks, expected, SIZE);
        let many = bits_at_least(marks, expected, SIZE);
        Agreed {
            usual,
            staying: agreement(within, told, usual, vigil.alike),
            marking: few.max(many).min(MOST_SILENCE),
            excess: Self::excess(within / told.max(1.0), usual),
        }
    }

    fn excess(share: f64, usual: f64) -> f64 {
        ((share - usual) / (1.0 - usual).max(1e-6)).clamp(0.0, 1.0)
    }

    fn finding(
        &self,
        vigil: &Vigil,
        (marks, expected): (f64, f64),
        bits: f64,
        anonymous: f64,
    ) -> Finding {
        let views = f64::from(vigil.views);
        // Visitors as alike as here are as good as this many that are not.
        let told = f64::from(vigil.told);
        let alone = told / (1.0 + (told - 1.0).max(0.0) * vigil.alike);
        let off = 1.96 * (self.usual * (1.0 - self.usual) / alone.max(1.0)).sqrt();
        // People stop outside the band that often at least, so those who did stand for so many people at most.
        let outside = told - f64::from(vigil.within);
        let most = outside + 1.96 * (outside + 1.0).sqrt() + 2.0;
        let people = most / (1.0 - self.usual - off).max(1e-6);
        let least = (1.0 - people / told.max(1.0)).clamp(0.0, self.excess);
        let (from, to) = vigil.band.milliseconds();
        Finding {
            code: Code::Syn03,
            entity: Entity { kind: EntityKind::Subject, key: vigil.subject },
            time: EventTime(i64::from(vigil.last) * EventTime::SECOND),
            event: Key::NONE,
            score: (1.0 / (1.0 + (-bits).exp2())) as f32,
            bits: bits as f32,
            evidence: vec![
                ("views", views),
                ("told", f64::from(vigil.told)),
                ("stayed_alike", f64::from(vigil.within)),
                ("stayed_from_ms", from as f64),
                ("stayed_to_ms", to as f64),
                ("alike_usual_share", self.usual),
                ("alike", vigil.alike),
                ("staying_bits", self.staying),
                ("marks", marks),
                ("marks_expected", expected),
                ("marking_bits", self.marking),
                ("price_bits", self.staying + self.marking - bits),
                ("sent", (self.excess * views).round()),
                ("sent_low", (least * views).round()),
                // Of those who stopped outside the band any may have been sent as well.
                ("sent_high", views),
                ("anonymous", anonymous),
                ("first_second", f64::from(vigil.first)),
            ],
            members: Vec::new(),
        }
    }
}

/// What else is said of a wave.
struct Seen {
    anonymous: f64,
    /// Networks from which half of those came who left at once.
    networks: f64,
}

impl Seen {
    fn of(wave: u32, seen: &Attendance) -> Seen {
        let own = seen.subnets.iter().filter(|entry| entry.0.0 == wave);
        let mut subnets: Vec<u32> = own.map(|entry| entry.1.left).collect();
        subnets.sort_unstable_by(|x, y| y.cmp(x));
        let all: u32 = subnets.iter().sum();
        let (mut half, mut networks) = (0, 0.0);
        for left in subnets {
            if half * 2 >= all {
                break;
            }
            half += left;
            networks += 1.0;
        }
        Seen { anonymous: f64::from(seen.anonymous[wave as usize].left), networks }
    }
}

/// What viewers leave behind, of subjects, owners and the table, without what waves brought.
struct Rates {
    subjects: HashMap<Key, Rate>,
    owners: HashMap<Key, Rate>,
    table: f64,
}

impl Rates {
    fn of(waves: &Waves, ledger: &Ledger) -> Rates {
        let (mut subjects, mut owners) = (HashMap::new(), HashMap::<Key, Rate>::new());
        let mut all = Rate::default();
        for (key, views) in &waves.views {
            let number = ledger.subjects.binary_search(key).ok();
            let marks = number.map_or(0.0, |number| count(ledger, number as u32, 0, u32::MAX));
            let mut rate = Rate { views: f64::from(*views), marks };
            let from = waves.waves.partition_point(|wave| wave.subject < *key);
            for wave in waves.waves[from..].iter().take_while(|wave| wave.subject == *key) {
                rate.views -= f64::from(wave.views);
                rate.marks -= number
                    .map_or(0.0, |number| count(ledger, number as u32, wave.first, wave.last));
            }
            let owner = number.map_or(*key, |number| ledger.owner(number as u32));
            for sums in [owners.entry(owner).or_default(), &mut all] {
                sums.views += rate.views;
                sums.marks += rate.marks;
            }
            subjects.insert(*key, rate);
        }
        Rates { subjects, owners, table: (all.marks + 1.0) / (all.views + 100.0) }
    }

    /// Marks per view that the subject's other hours, its owner's other subjects and the table lead one to expect.
    fn usual(&self, ledger: &Ledger, subject: Key) -> f64 {
        let own = self.subjects.get(&subject).copied().unwrap_or_default();
        let number = ledger.subjects.binary_search(&subject).ok();
        let owner = number.map_or(subject, |number| ledger.owner(number as u32));
        let mut others = self.owners.get(&owner).copied().unwrap_or_default();
        others.views = (others.views - own.views).max(0.0);
        others.marks = (others.marks - own.marks).max(0.0);
        own.per_view(others.per_view(self.table))
    }

    /// What was left behind on a subject from one second to before another.
    fn within(&self, ledger: &Ledger, (subject, first, last): (Key, u32, u32)) -> f64 {
        let number = ledger.subjects.binary_search(&subject).ok();
        number.map_or(0.0, |number| count(ledger, number as u32, first, last))
    }
}

/// What was left on a subject in a stretch of time.
fn count(ledger: &Ledger, subject: u32, first: u32, last: u32) -> f64 {
    let marks = ledger.of_subject(subject);
    let from = marks.partition_point(|mark| mark.time < first);
    let to = marks.partition_point(|mark| mark.time < last);
    let kept = marks[from..to.max(from)].iter().filter(|m| LEFT_BEHIND.contains(&m.kind()));
    kept.count() as f64
}
