//! Sharers: accounts by whose links machines came to one subject after the other.
//!
//! Whoever has views sent by links that were passed on needs such links: a few accounts share the subject, and machines come by
//! what they shared. But machines can come by anybody's link. So nobody is named for one subject: the same links have to have been
//! opened of a second one, oftener than a creator's followers share both, by accounts that share little else.

use crate::attendance::Attendance;
use crate::crews::connected;
use crate::group::{Group, Member, Test};
use crate::ledger::Ledger;
use crate::tail::binomial_bits;
use crate::waves::{Waves, share_bits};
use detectors::{Class, Finding};
use events::{EventTime, Key, Kind};
use hashbrown::HashMap;

/// Bits from which those who came by a link to a subject speak against who passed it on.
const SPEAKS: f64 = 3.0;
/// Bits beyond the price of all links looked at from which an account is a sharer.
const FIRM: f64 = 6.0;
/// Share of those whose links were opened of a subject that followers of its owner share another of its works as well, and of
/// people who follow another owner.
const LOYAL: f64 = 0.5;
const STRANGE: f64 = 0.05;
/// The fewest sharers that two subjects have in common, and the least share of the smaller one's.
const FEWEST: usize = 2;
const SHARED: f64 = 0.2;
/// The least share of all that followers of one owner pass on that machines came by.
const LITTLE_ELSE: f64 = 0.75;
/// The most bits of each test.
const MOST_MEETING: f64 = 6.0;
const MOST_OPENED: f64 = 8.0;
/// Subjects of one account beyond which it says nothing that two of them share it.
const MOST_SUBJECTS: usize = 200;

/// What came by an account's links to one subject in hours in which views were sent.
#[derive(Clone, Copy, Debug)]
struct Opened {
    subject: u32,
    account: u32,
    /// Seconds of when it was first passed on.
    shared: u32,
    views: f64,
    /// Of them those that did what the sent ones did, and how many of people would.
    alike: f64,
    expected: f64,
    bits: f64,
}

/// The groups of sharers in hours of findings, by their first subject.
pub(crate) fn sharers(
    waves: &Waves,
    ledger: &Ledger,
    seen: &Attendance,
    findings: &[Finding],
) -> Vec<Group> {
    let mut opened: Vec<Opened> =
        findings.iter().flat_map(|finding| by_links(finding, waves, ledger, seen)).collect();
    opened.sort_unstable_by_key(|one| (one.account, one.subject));
    // One subject may have several such hours.
    opened.dedup_by(|next, kept| {
        let same = (next.account, next.subject) == (kept.account, kept.subject);
        if same {
            kept.shared = kept.shared.min(next.shared);
            kept.views += next.views;
            kept.alike += next.alike;
            kept.expected += next.expected;
            kept.bits += next.bits;
        }
        same
    });
    let price = (opened.len().max(1) as f64).log2();
    let own: Vec<&[Opened]> = opened
        .chunk_by(|x, y| x.account == y.account)
        .filter(|own| own.iter().filter(|one| one.bits >= SPEAKS).count() >= FEWEST)
        .filter(|own| own.iter().map(|one| one.bits).sum::<f64>() - price >= FIRM)
        .collect();
    let mut by_subject: Vec<&Opened> = opened.iter().filter(|one| one.bits >= SPEAKS).collect();
    by_subject.sort_unstable_by_key(|one| (one.subject, one.account));
    let subjects: Vec<&[&Opened]> = by_subject.chunk_by(|x, y| x.subject == y.subject).collect();
    let links = links(ledger, &subjects, &own);
    let pairs: Vec<(usize, usize)> = links.iter().map(|link| (link.one, link.other)).collect();
    let parts = connected(subjects.len(), &pairs).into_iter().filter(|part| part.len() > 1);
    parts
        .filter_map(|part| {
            let within = links.iter().filter(|link| part.binary_search(&link.one).is_ok());
            let strongest = within.max_by(|x, y| x.bits.total_cmp(&y.bits))?;
            let part: Vec<u32> = part.iter().map(|&at| subjects[at][0].subject).collect();
            group(ledger, &part, &own, strongest)
        })
        .collect()
}

/// Of each account that passed a finding's subject on, what came by its link in the finding's hours.
fn by_links(finding: &Finding, waves: &Waves, ledger: &Ledger, seen: &Attendance) -> Vec<Opened> {
    let said = |name| finding.evidence.iter().find(|said| said.0 == name).map(|said| said.1);
    let key = finding.entity.key;
    let (Some(first), Some(correlation)) = (said("first_second"), said("alike")) else {
        return Vec::new();
    };
    let Ok(subject) = ledger.subjects.binary_search(&key) else { return Vec::new() };
    let hours = (key, first as u32);
    let wave = waves.waves.binary_search_by_key(&hours, |wave| (wave.subject, wave.first)).ok();
    let vigil = waves.vigils.binary_search_by_key(&hours, |v| (v.subject, v.first)).ok();
    let Some(usual) = said(if wave.is_some() { "left_usual_share" } else { "alike_usual_share" })
    else {
        return Vec::new();
    };
    // Of the views by a link, how many did what the sent ones did.
    let came = |link: Key| match wave {
        Some(wave) => seen.sources.get(&(wave as u32, link)).map(|looks| (looks.views, looks.left)),
        None => seen.company.links.get(&(vigil? as u32, link)).copied(),
    };
    let last = finding.time.seconds();
    let shares = ledger.of_subject(subject as u32).iter();
    let shares = shares.filter(|mark| mark.kind() == Kind::Share && i64::from(mark.time) < last);
    let mut sharers: Vec<(u32, u32)> = shares.map(|mark| (mark.account, mark.time)).collect();
    sharers.sort_unstable();
    sharers.dedup_by_key(|sharer| sharer.0);
    sharers
        .into_iter()
        .filter_map(|(account, shared)| {
            let (views, alike) = came(Key::of_link(ledger.accounts[account as usize]))?;
            let (views, alike) = (f64::from(views), f64::from(alike));
            Some(Opened {
                subject: subject as u32,
                account,
                shared,
                views,
                alike,
                expected: views * usual,
                bits: share_bits(alike, views, usual, correlation),
            })
        })
        .collect()
}

/// Two subjects, by their places in a list, to which the same accounts' links brought sent views.
struct Link {
    one: usize,
    other: usize,
    /// Whether they are one owner's, whose followers share both.
    loyal: bool,
    bits: f64,
}

fn links(ledger: &Ledger, subjects: &[&[&Opened]], own: &[&[Opened]]) -> Vec<Link> {
    let place = |subject: u32| subjects.binary_search_by_key(&subject, |of| of[0].subject).ok();
    let mut both: HashMap<(usize, usize), usize> = HashMap::new();
    for own in own {
        let speaking = own.iter().filter(|one| one.bits >= SPEAKS);
        let at: Vec<usize> =
            speaking.filter_map(|one| place(one.subject)).take(MOST_SUBJECTS).collect();
        for (number, &one) in at.iter().enumerate() {
            for &other in &at[number + 1..] {
                *both.entry((one, other)).or_default() += 1;
            }
        }
    }
    let price = (both.len().max(1) as f64).log2();
    let mut links: Vec<Link> = both
        .into_iter()
        .filter_map(|((one, other), both)| {
            let least = subjects[one].len().min(subjects[other].len()) as f64;
            let owner = |at: usize| ledger.owners[subjects[at][0].subject as usize];
            let loyal = owner(one) == owner(other);
            let chance = if loyal { LOYAL } else { STRANGE };
            let bits = binomial_bits(both as f64, least, chance) - price;
            let enough = both >= FEWEST && both as f64 >= SHARED * least;
            enough.then_some(Link { one, other, loyal, bits })
        })
        .collect();
    links.sort_by_key(|link| (link.one, link.other));
    links
}

/// The sharers of some subjects as a group; none if they are followers of one owner who pass on much else.
fn group(ledger: &Ledger, part: &[u32], own: &[&[Opened]], strongest: &Link) -> Option<Group> {
    let (mut members, mut meetings) = (Vec::new(), Vec::new());
    let (mut views, mut alike, mut expected, mut bits) = (0.0, 0.0, 0.0, 0.0);
    let mut passed_on = 0;
    for own in own {
        let here = |one: &&Opened| one.bits >= SPEAKS && part.binary_search(&one.subject).is_ok();
        let here: Vec<&Opened> = own.iter().filter(here).collect();
        if here.len() < FEWEST {
            continue;
        }
        let account = ledger.accounts[own[0].account as usize];
        for one in &here {
            let at = EventTime(i64::from(one.shared) * EventTime::SECOND);
            meetings.push((account, ledger.subjects[one.subject as usize], at));
            (views, alike) = (views + one.views, alike + one.alike);
            expected += one.expected;
        }
        let mut shares: Vec<u32> = ledger
            .of_account(own[0].account)
            .filter(|mark| mark.kind() == Kind::Share)
            .map(|mark| mark.subject)
            .collect();
        shares.sort_unstable();
        shares.dedup();
        passed_on += shares.len();
        let bits_of_one = here.iter().map(|one| one.bits).sum();
        bits += bits_of_one;
        members.push(Member { account, bits: bits_of_one, jobs: here.len() as u32 });
    }
    let much_else = (meetings.len() as f64) < LITTLE_ELSE * passed_on as f64;
    if members.len() < FEWEST || (strongest.loyal && much_else) {
        return None;
    }
    let n = members.len() as f64;
    let tests = vec![
        Test {
            name: "same_links",
            class: Class::Synchrony,
            observed: meetings.len() as f64 / n,
            expected: 1.0,
            // A handful of friends pass the same things on; people by the dozen do not.
            bits: strongest.bits.clamp(0.0, MOST_MEETING * n / (n + 10.0)),
        },
        Test {
            name: "links_opened",
            class: Class::Path,
            observed: alike / views,
            expected: expected / views,
            bits: bits.min(MOST_OPENED),
        },
    ];
    Some(Group::met(members, meetings, tests, bits))
}
