//! Surges that the same accounts made, and which of their participants belong.
//!
//! A crew is one surge or several that share participants far beyond chance. Whoever does one job only can still be
//! told: by what the job's texts are made of, by coming unprepared where others look first. Ordinary people take part in
//! every surge; an account belongs if what it did there is likelier of the crew than of them.

use crate::approach::{Approaches, Sighting};
use crate::ledger::Ledger;
use crate::manner::{Content, Usual, content, unprepared};
use crate::surges::Surge;
use crate::tail::poisson_bits;
use hashbrown::HashMap;

/// Surges with the accounts that made them.
#[derive(Clone, Debug)]
pub(crate) struct Crew {
    /// Places in the list of surges, ascending.
    pub surges: Vec<usize>,
    /// Accounts that belong, ascending, with the bits that say so.
    pub members: Vec<(u32, f64)>,
    /// Bits of the accounts that its surges share.
    pub overlap_bits: f64,
    /// Bits of what its texts have in common.
    pub content_bits: f64,
}

/// Bits that a surge's texts or its participants' coming unprepared must have for it to lead to a crew.
const EVIDENT: f64 = 4.0;
/// The least share of the smaller surge's accounts that two surges of one crew have in common. People of one taste and
/// one town share a few in a hundred.
const SHARED: f64 = 0.2;
/// Bits beyond the price of the pairs tried by which two surges share more accounts than chance.
const LINK_BITS: f64 = 6.0;
/// Bits by which a participant must be likelier a member than not.
const FIRM: f64 = 6.0;
/// The fewest members of a crew.
const FEWEST: usize = 5;
/// Marks of an account beyond which it says nothing that two surges share it.
const MOST_SURGES: usize = 200;

/// What a surge's own participants say.
struct Evident<'a> {
    /// Its own participants speak against it; another belongs only to what one that does leads to.
    open: bool,
    number: usize,
    surge: &'a Surge,
    sightings: &'a [Sighting],
    content: Content,
}

/// All crews, by their first surge.
pub(crate) fn crews(
    ledger: &Ledger,
    surges: &[Surge],
    seen: &Approaches,
    usual: &Usual,
) -> Vec<Crew> {
    let tested = surges.len().max(1) as f64;
    let evident: Vec<Evident<'_>> = surges
        .iter()
        .enumerate()
        .filter_map(|(number, surge)| {
            let sightings = seen.of(number);
            let content = content(sightings, &seen.phrases, tested, |_| true);
            let path = unprepared(ledger, surge, sightings, usual, |_| true).bits();
            let open = content.bits >= EVIDENT || path >= EVIDENT;
            (open || surge.whole).then_some(Evident { open, number, surge, sightings, content })
        })
        .collect();
    let links = links(ledger, &evident);
    let pairs: Vec<(usize, usize)> = links.iter().map(|link| (link.0, link.1)).collect();
    let mut found = Vec::new();
    for part in connected(evident.len(), &pairs) {
        let overlap: f64 =
            links.iter().filter(|link| part.binary_search(&link.0).is_ok()).map(|l| l.2).sum();
        let content: f64 = part.iter().map(|&at| evident[at].content.bits).sum();
        let open = part.iter().any(|&at| evident[at].open);
        if !open || (part.len() == 1 && content < EVIDENT) {
            continue;
        }
        let all = members(ledger, &evident, &part, (seen, usual), None);
        // Once more, by what those do who firmly belong rather than everybody who came.
        let members = members(ledger, &evident, &part, (seen, usual), Some(&all));
        if members.len() >= FEWEST {
            found.push(Crew {
                surges: part.iter().map(|&at| evident[at].number).collect(),
                members,
                overlap_bits: overlap,
                content_bits: content,
            });
        }
    }
    found
}

/// Pairs of surges for different owners that share accounts beyond what their size and the accounts' activity explain;
/// an account that went through both in one sitting does not count.
fn links(ledger: &Ledger, evident: &[Evident<'_>]) -> Vec<(usize, usize, f64)> {
    let mut turns: Vec<(u32, u32, u32)> = Vec::new();
    for (at, one) in evident.iter().enumerate() {
        turns.extend(one.surge.marks.iter().map(|&place| {
            let mark = &ledger.by_subject[place as usize];
            (mark.account, at as u32, mark.sitting())
        }));
    }
    turns.sort_unstable();
    let mut shared: HashMap<(u32, u32), u32> = HashMap::new();
    for own in turns.chunk_by(|x, y| x.0 == y.0).filter(|own| own.len() <= MOST_SURGES) {
        for (place, one) in own.iter().enumerate() {
            for other in &own[place + 1..] {
                let owner = |at: u32| ledger.owners[evident[at as usize].surge.subject as usize];
                let open = evident[one.1 as usize].open || evident[other.1 as usize].open;
                if open && one.2 != other.2 && owner(one.1) != owner(other.1) {
                    *shared.entry((one.1, other.1)).or_default() += 1;
                }
            }
        }
    }
    // How much likelier a mark's account leaves another mark than any account: keen people meet more often.
    let marks = ledger.marks() as f64;
    let squares: f64 = (0..ledger.accounts.len() as u32)
        .map(|account| (ledger.places(account).len() as f64).powi(2))
        .sum();
    let again = squares / (marks * marks).max(1.0);
    let open = evident.iter().filter(|one| one.open).count().max(1) as f64;
    let price = open.log2() + (evident.len() as f64).log2();
    let mut found: Vec<(usize, usize, f64)> = shared
        .into_iter()
        .filter_map(|((one, other), count)| {
            let size = |at: u32| evident[at as usize].surge.marks.len() as f64;
            let (least, both) = (size(one).min(size(other)), size(one) * size(other));
            let bits = poisson_bits(f64::from(count), both * again) - price;
            let strong = count >= 3 && f64::from(count) >= SHARED * least && bits >= LINK_BITS;
            strong.then_some((one as usize, other as usize, bits))
        })
        .collect();
    found.sort_by_key(|link| (link.0, link.1));
    found
}

/// Nodes joined by links, each part ascending, in the order of first nodes.
pub(crate) fn connected(nodes: usize, links: &[(usize, usize)]) -> Vec<Vec<usize>> {
    fn root(parent: &mut [usize], mut node: usize) -> usize {
        while parent[node] != node {
            parent[node] = parent[parent[node]];
            node = parent[node];
        }
        node
    }
    let mut parent: Vec<usize> = (0..nodes).collect();
    for &(one, other) in links {
        let (one, other) = (root(&mut parent, one), root(&mut parent, other));
        parent[one.max(other)] = one.min(other);
    }
    let mut rooted: Vec<(usize, usize)> =
        (0..nodes).map(|node| (root(&mut parent, node), node)).collect();
    rooted.sort_unstable();
    rooted.chunk_by(|x, y| x.0 == y.0).map(|part| part.iter().map(|x| x.1).collect()).collect()
}

/// What speaks for one participant.
#[derive(Default)]
struct Case {
    /// Bits of what it wrote and how it came, surge by surge.
    manner: f64,
    /// Bits of having been there at all: its surges beyond the first.
    again: f64,
    /// The best odds that a participant of one of its surges is of the crew.
    prior: f64,
    surges: u32,
}

/// The participants that belong: likelier of the crew than of ordinary people, by what the participants do as a whole
/// or, if some are known to belong, by what those do.
fn members(
    ledger: &Ledger,
    evident: &[Evident<'_>],
    part: &[usize],
    (seen, usual): (&Approaches, &Usual),
    known: Option<&[(u32, f64)]>,
) -> Vec<(u32, f64)> {
    let mut cases: HashMap<u32, Case> = HashMap::new();
    for &at in part {
        let Evident { surge, sightings, .. } = &evident[at];
        let account = |place: usize| ledger.by_subject[surge.marks[place] as usize].account;
        let counts = |place: usize| {
            known.is_none_or(|known| known.binary_search_by_key(&account(place), |m| m.0).is_ok())
        };
        let counted = (0..surge.marks.len()).filter(|&place| counts(place)).count() as f64;
        let content = content(sightings, &seen.phrases, 1.0, counts);
        let path = unprepared(ledger, surge, sightings, usual, counts);
        // What its history explains is ordinary people's share of the surge; so is who is known not to belong.
        let all = surge.marks.len() as f64;
        let strangers = if known.is_some() { all - counted } else { surge.expected };
        let ordinary = (strangers.max(surge.expected) / all).clamp(0.1, 0.9);
        let prior = ((1.0 - ordinary) / ordinary).log2();
        for (place, (&mark, sighting)) in surge.marks.iter().zip(*sightings).enumerate() {
            let mark = &ledger.by_subject[mark as usize];
            let case = cases
                .entry(mark.account)
                .or_insert_with(|| Case { prior: f64::NEG_INFINITY, ..Case::default() });
            case.manner += content.of(sighting, counts(place)) + path.of(mark, sighting);
            case.prior = case.prior.max(prior);
            if case.surges > 0 {
                let chance = ledger.places(mark.account).len() as f64 * all * part.len() as f64
                    / ledger.marks() as f64;
                case.again += (-chance.min(1.0).log2()).min(6.0);
            }
            case.surges += 1;
        }
    }
    let mut members: Vec<(u32, f64)> = cases
        .into_iter()
        .filter_map(|(account, case)| {
            let bits = case.manner + case.again + case.prior;
            // To have been there when most were of the crew is not enough: something of its own must speak.
            (bits >= FIRM && case.manner + case.again >= FIRM / 2.0).then_some((account, bits))
        })
        .collect();
    members.sort_by_key(|member| member.0);
    members
}
