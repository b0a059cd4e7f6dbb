//! A crew that surges led to, as a group: its pooled tests, and only of those who firmly belong.
//!
//! Each class of evidence is limited to what a real crowd may reach by itself: a campaign brings newcomers, a venue one
//! network, fans meet again, and none of them is told by its own class alone. Words put together from one stock go
//! furthest, and even they need a second class.

use crate::approach::{Approaches, Sighting};
use crate::crews::Crew;
use crate::explained::audience;
use crate::group::{Group, Meeting, Test, Work, named};
use crate::ledger::Ledger;
use crate::manner::{Usual, share_bits};
use crate::surges::Surge;
use crate::tail::poisson_bits;
use crate::wording::{Stock, stock};
use detectors::Class;
use events::{EventTime, Key, Kind};

/// The most bits of each test. With a prior of six bits no two of the first three condemn without a third; words and
/// any other class do.
const MOST_OVERLAP: f64 = 6.0;
const MOST_NEWCOMERS: f64 = 4.8;
const MOST_SUBNETS: f64 = 4.8;
const MOST_UNPREPARED: f64 = 6.0;
/// The same where nothing else speaks: whoever was sent a sample never ordered it, and less than the prior accuses nobody.
const MOST_BY_ITSELF: f64 = 5.5;
const MOST_CONTENT: f64 = 9.0;
/// The same of words in one surge: what a bad batch is called that broke in some new way, nobody else has had reason to say.
const MOST_OF_ONE: f64 = 5.5;
/// Share of what was written in one surge that must have several phrases for words to speak.
const MOST_COMPOSE: f64 = 0.5;
/// The most bits of words together with what an honest circle has beside them: a reading club says its name at every book that it reads,
/// and whoever is angry at one update has had the thing for long. Below what condemns, unless something else speaks.
pub(crate) const MOST_EXPLAINED: f64 = 8.0;
/// Bits from which something else does.
const SPEAKS: f64 = 2.0;

/// One mark of a member.
struct Turn<'a> {
    account: u32,
    surge: usize,
    time: u32,
    sitting: u32,
    sighting: &'a Sighting,
}

/// The group that a crew is.
pub(crate) fn group(
    ledger: &Ledger,
    surges: &[Surge],
    seen: &Approaches,
    usual: &Usual,
    crew: &Crew,
) -> Group {
    let turns = turns(ledger, surges, seen, crew);
    let mut done = vec![0u32; crew.members.len()];
    for turn in &turns {
        if let Ok(place) = crew.members.binary_search_by_key(&turn.account, |member| member.0) {
            done[place] += 1;
        }
    }
    let members = named(ledger, &crew.members, done);
    let at = |seconds: u32| EventTime(i64::from(seconds) * EventTime::SECOND);
    let subject = |surge: usize| ledger.subjects[surges[surge].subject as usize];
    let jobs: Vec<Work> = turns
        .chunk_by(|x, y| x.surge == y.surge)
        .map(|of| {
            let (first, last) = (of[0].time, of[of.len() - 1].time);
            (subject(of[0].surge), of.len() as u32, at(first), at(last))
        })
        .collect();
    let meetings: Vec<Meeting> = turns
        .iter()
        .map(|t| (ledger.accounts[t.account as usize], subject(t.surge), at(t.time)))
        .collect();
    let surplus = crew.surges.iter().map(|&surge| surges[surge].bits).sum();
    let tests = tests(ledger, surges, seen, usual, crew, &turns);
    Group::new(members, jobs, meetings, tests, surplus)
}

/// Whether the members of a crew say in what they write who they are: see [`Stock::is_signed`].
pub(crate) fn is_signed(ledger: &Ledger, surges: &[Surge], seen: &Approaches, crew: &Crew) -> bool {
    let turns = turns(ledger, surges, seen, crew);
    let stock = stock(turns.iter().map(|turn| turn.sighting), &seen.phrases, surges.len() as f64);
    crew.surges.len() > 1 && stock.is_signed()
}

/// The members' marks, surge by surge in time order.
fn turns<'a>(
    ledger: &Ledger,
    surges: &[Surge],
    seen: &'a Approaches,
    crew: &Crew,
) -> Vec<Turn<'a>> {
    let mut turns = Vec::new();
    for &surge in &crew.surges {
        for (&at, sighting) in surges[surge].marks.iter().zip(seen.of(surge)) {
            let mark = &ledger.by_subject[at as usize];
            if crew.members.binary_search_by_key(&mark.account, |member| member.0).is_ok() {
                turns.push(Turn {
                    account: mark.account,
                    surge,
                    time: mark.time,
                    sitting: mark.sitting(),
                    sighting,
                });
            }
        }
    }
    turns
}

fn tests(
    ledger: &Ledger,
    surges: &[Surge],
    seen: &Approaches,
    usual: &Usual,
    crew: &Crew,
    turns: &[Turn<'_>],
) -> Vec<Test> {
    let mut tests = Vec::new();
    let several = crew.surges.len() > 1;
    if several {
        let members = crew.members.len().max(1) as f64;
        let again = turns.len() as f64 / members;
        // A handful of friends meets again and again; strangers by the dozen do not.
        let most = MOST_OVERLAP * members / (members + 10.0);
        tests.push(test(
            ("shared_surges", Class::Synchrony),
            (again, 1.0),
            crew.overlap_bits.min(most),
        ));
    }
    tests.extend(newcomers(ledger, surges, usual, turns));
    tests.extend(subnets(seen, turns));
    let known = said(&tests);
    let path = unprepared(surges, usual, turns);
    let unprepared = path.as_ref().map_or(0.0, |test| test.bits.max(0.0));
    let own = crew.surges.iter().map(|&surge| &surges[surge]);
    let subjects = own.clone().map(|surge| surge.subject);
    let of_one = own.clone().all(|surge| surge.kind != Kind::Review)
        && audience(ledger, subjects, &participants(ledger, surges, crew)).is_some();
    let words = words(seen, surges.len(), crew, turns).map(|(test, stock)| {
        let (explained, others) = match several {
            true if stock.is_signed() || of_one => (known.synchrony, known.others + unprepared),
            true => (0.0, f64::INFINITY),
            false => (unprepared, known.others),
        };
        let most = match others >= SPEAKS {
            true => f64::INFINITY,
            false => MOST_EXPLAINED - explained - others,
        };
        Test { bits: test.bits.min(most), ..test }
    });
    let besides = known.synchrony + known.others + words.as_ref().map_or(0.0, |test| test.bits);
    tests.extend(words);
    tests.extend(path.map(|test| Test { bits: test.bits.min(MOST_BY_ITSELF + besides), ..test }));
    tests
}

/// Who made a crew's surges, members or not, ascending.
fn participants(ledger: &Ledger, surges: &[Surge], crew: &Crew) -> Vec<u32> {
    let marks = crew.surges.iter().flat_map(|&surge| &surges[surge].marks);
    let mut own: Vec<u32> = marks.map(|&at| ledger.by_subject[at as usize].account).collect();
    own.sort_unstable();
    own.dedup();
    own
}

/// What texts have in common that a stock of phrases was handed out for; of one surge, only where most of what was written has more than one phrase:
/// people who shout about one occasion do not compose.
fn words(
    seen: &Approaches,
    tested: usize,
    crew: &Crew,
    turns: &[Turn<'_>],
) -> Option<(Test, Stock)> {
    let composed = turns.iter().filter(|turn| turn.sighting.composed).count();
    if composed == 0 {
        return None;
    }
    let share = composed as f64 / turns.len() as f64;
    let stock = stock(turns.iter().map(|turn| turn.sighting), &seen.phrases, tested as f64);
    let bits = match crew.surges.len() {
        1 if share < MOST_COMPOSE => 0.0,
        1 => stock.bits.min(MOST_OF_ONE),
        _ => crew.content_bits.min(MOST_CONTENT),
    };
    Some((test(("common_phrases", Class::Content), (share, 0.0), bits), stock))
}

/// Bits of meeting again, and of other tests.
struct Known {
    synchrony: f64,
    others: f64,
}

fn said(tests: &[Test]) -> Known {
    let sum = |synchrony: bool| -> f64 {
        let of = tests.iter().filter(|test| (test.class == Class::Synchrony) == synchrony);
        of.map(|test| test.bits.max(0.0)).sum()
    };
    Known { synchrony: sum(true), others: sum(false) }
}

fn test((name, class): (&'static str, Class), (observed, expected): (f64, f64), bits: f64) -> Test {
    Test { name, class, observed, expected, bits }
}

/// Who came without having looked, ordered or had to do with the owner.
fn unprepared(surges: &[Surge], usual: &Usual, turns: &[Turn<'_>]) -> Option<Test> {
    let (mut tries, mut hits, mut expected) = (0.0, 0.0, 0.0);
    for turn in turns.iter().filter(|turn| turn.sighting.marked && turn.sitting > 0) {
        let Some(share) = usual.unprepared(surges[turn.surge].kind) else { continue };
        tries += 1.0;
        hits += f64::from(u8::from(!turn.sighting.prepared()));
        expected += share;
    }
    if tries < 5.0 {
        return None;
    }
    let bits = share_bits(hits, tries, expected / tries).min(MOST_UNPREPARED);
    Some(test(("unprepared", Class::Path), (hits / tries, expected / tries), bits))
}

/// Members that the table saw register, without what they did in their first sitting: everybody whom a campaign brings
/// acts at once.
fn newcomers(ledger: &Ledger, surges: &[Surge], usual: &Usual, turns: &[Turn<'_>]) -> Option<Test> {
    let mut own: Vec<(u32, f64)> = turns
        .iter()
        .filter(|turn| turn.sitting > 0)
        .filter_map(|turn| Some((turn.account, usual.registered(surges[turn.surge].kind)?)))
        .collect();
    own.sort_by(|x, y| x.0.cmp(&y.0).then(x.1.total_cmp(&y.1)));
    own.dedup_by_key(|turn| turn.0);
    if own.len() < 5 {
        return None;
    }
    let tries = own.len() as f64;
    let hits = own.iter().filter(|turn| ledger.registered[turn.0 as usize]).count() as f64;
    let expected = own.iter().map(|turn| turn.1).sum::<f64>() / tries;
    let bits = share_bits(hits, tries, expected).min(MOST_NEWCOMERS);
    Some(test(("newcomers", Class::Registration), (hits / tries, expected), bits))
}

/// Members in few networks, against how much everybody uses each. The most crowded network does not count: a venue, a
/// campus or an office explains one.
fn subnets(seen: &Approaches, turns: &[Turn<'_>]) -> Option<Test> {
    let mut own: Vec<(Key, u32)> =
        turns.iter().map(|turn| (turn.sighting.subnet, turn.account)).collect();
    own.retain(|entry| entry.0.is_some());
    own.sort_unstable();
    own.dedup();
    if own.len() < 5 {
        return None;
    }
    let known = own.len() as f64;
    let price = known.log2();
    let (mut bits, mut foremost, mut shared) = (Vec::new(), 0.0f64, 0);
    for same in own.chunk_by(|x, y| x.0 == y.0).filter(|same| same.len() > 1) {
        let everybody = f64::from(seen.subnets.of(same[0].0.0)) + 1.0;
        let expected = known * everybody / (seen.subnets.total.max(1) as f64);
        let surprise = poisson_bits(same.len() as f64, expected) - price - 6.0;
        if surprise > 0.0 {
            shared += same.len();
            foremost = foremost.max(surprise);
            bits.push(surprise);
        }
    }
    bits.sort_by(f64::total_cmp);
    let sum = bits.iter().sum::<f64>() - foremost;
    let observed = shared as f64 / known;
    Some(test(("shared_subnets", Class::Infrastructure), (observed, 0.0), sum.min(MOST_SUBNETS)))
}
