//! Cohorts: cutting newcomers into stretches, judging each, the strongest first.
//!
//! A cohort that is accused leaves the null of the others: with four scripts in a table the first one found would
//! otherwise excuse the second. Candidates overlap (sittings, days, weeks); what has been accused is not judged twice.

use super::null::{
    MOST_BITS, Mix, Silence, agent_bits, change_bits, changes, one_hand, rhythm_bits,
};
use super::numbers::Numbers;
use super::{NEVER, Newcomer, SIGN_UP_SECONDS};
use crate::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::{KeyHasher, Keyed};
use hashbrown::HashSet;
use std::hash::BuildHasherDefault;
use std::ops::Range;

/// Fewer newcomers than this are no cohort: chance does the rest.
const FEWEST: usize = 12;
/// A pause of two hours ends a sitting.
const SITTING_GAP: u32 = 7_200;
/// One cohort in a thousand is taken to be scripted before anything is looked at.
const PRIOR_BITS: f64 = 10.0;
/// Two different tests must each speak with at least this.
const SPEAKS_BITS: f64 = 4.0;
/// Enrichment from which an account's software marks it as the script's.
const ENRICHED: f64 = 2.0;
/// Median gaps from the nearest other within which somebody came at a timer's pace: of people who come at one rate, one in a million is
/// further off.
const IN_STEP: i64 = 10;
/// Silence is compared over three days after signing up at most: who comes back mostly does by then, and later cohorts
/// can be compared as well.
const HORIZON: u32 = 3 * 86_400;
/// Rounds of accusing the strongest and looking again: a bound on the work, far above what tables hold.
const MOST_FOUND: usize = 1_000;

type Keys = HashSet<Key, BuildHasherDefault<KeyHasher>>;

/// What was measured of a cohort, or of the part of it that shares few kinds of software.
#[derive(Clone, Debug, Default)]
struct Judgement {
    bits: f64,
    /// Of the gaps between registrations.
    unevenness: f64,
    silent_bits: f64,
    members: Vec<usize>,
    evidence: Vec<(&'static str, f64)>,
}

/// What the tests of one stretch hold natural, from the rest of the table.
struct Usual {
    silence: Silence,
    /// Devices that return with other software, and devices that return.
    changes: (f64, f64),
    /// Share of pairs of newcomers whose numbers are of one block.
    neighbours: f64,
}

/// Everything the tests compare against.
struct Table<'a> {
    newcomers: &'a [Newcomer],
    agents: &'a Keyed<u32>,
    agents_total: f64,
    last: u32,
    accused: Vec<bool>,
    sittings: Vec<Range<usize>>,
    /// Of newcomers not accused.
    numbers: Numbers,
}

pub(super) fn judge_all(newcomers: &[Newcomer], agents: &Keyed<u32>, last: u32) -> Vec<Finding> {
    let candidates = candidates(newcomers);
    let mut table = Table {
        newcomers,
        agents,
        agents_total: agents.values().map(|&n| f64::from(n)).sum(),
        last,
        accused: vec![false; newcomers.len()],
        sittings: cut(newcomers, |a, b| b.saturating_sub(a) > SITTING_GAP),
        numbers: Numbers::of(newcomers.iter()),
    };
    let price = PRIOR_BITS + (candidates.len().max(1) as f64).log2();
    let mut live: Vec<usize> = (0..candidates.len()).collect();
    let mut found = Vec::new();
    for _ in 0..MOST_FOUND {
        let mut best: Option<Judgement> = None;
        live.retain(|&at| {
            let Some(judgement) = table.judge(&candidates[at], price) else { return false };
            // Whoever came back is not accused: a case without members is none.
            if judgement.members.is_empty() {
                return false;
            }
            // A cohort far from guilty does not become so when others leave the null, but for its silence: a script not yet
            // found makes it look usual.
            let keep = judgement.bits > price - PRIOR_BITS || judgement.silent_bits > 0.0;
            if judgement.bits > price && best.as_ref().is_none_or(|b| judgement.bits > b.bits) {
                best = Some(judgement);
            }
            keep
        });
        let Some(best) = best else { break };
        for &member in &best.members {
            table.accused[member] = true;
        }
        table.numbers = Numbers::of(table.innocent());
        table.report(best, price, &mut found);
    }
    crate::open::sort(&mut found);
    found
}

/// Stretches worth judging: sittings, and whole days and weeks for what drips.
fn candidates(newcomers: &[Newcomer]) -> Vec<Range<usize>> {
    let mut all = cut(newcomers, |a, b| b.saturating_sub(a) > SITTING_GAP);
    all.extend(cut(newcomers, |a, b| a / 86_400 != b / 86_400));
    all.extend(cut(newcomers, |a, b| a / 604_800 != b / 604_800));
    all.retain(|range| range.len() >= FEWEST);
    all.sort_unstable_by_key(|range| (range.start, range.end));
    all.dedup();
    all
}

/// Runs of newcomers of one subject between which `parts` holds for no neighbours.
fn cut(newcomers: &[Newcomer], parts: impl Fn(u32, u32) -> bool) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for at in 1..=newcomers.len() {
        let ends = newcomers.get(at).is_none_or(|next| {
            let before = &newcomers[at - 1];
            next.subject != before.subject || parts(before.seconds(), next.seconds())
        });
        if ends {
            ranges.push(start..at);
            start = at;
        }
    }
    ranges
}

/// Which of some registrations, in the order of time, are near another as the others are: within so many times the median gap.
fn in_step(times: &[i64]) -> Vec<bool> {
    let gaps: Vec<i64> = times.windows(2).map(|two| two[1] - two[0]).collect();
    // Equal times say that the clock is coarse.
    let mut sorted: Vec<i64> = gaps.iter().copied().filter(|gap| *gap > 0).collect();
    sorted.sort_unstable();
    let usual = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    let near = |gap: Option<&i64>| gap.is_some_and(|gap| *gap <= usual.saturating_mul(IN_STEP));
    (0..times.len())
        .map(|at| near(gaps.get(at)) || near(at.checked_sub(1).and_then(|before| gaps.get(before))))
        .collect()
}

impl Table<'_> {
    /// The strongest case against a stretch, over the choices of software that are more common in it than elsewhere.
    ///
    /// Where all of a stretch stand at the price, with the software of the part that stands out or without, and come
    /// at more even gaps than that part, the script is all of them: taking members away from a timer only makes it look
    /// uneven, and people among its ticks would have made it more so.
    fn judge(&self, range: &Range<usize>, price: f64) -> Option<Judgement> {
        let live: Vec<usize> = range.clone().filter(|&at| !self.accused[at]).collect();
        if live.len() < FEWEST {
            return None;
        }
        let mine: Keys = live.iter().map(|&at| self.newcomers[at].account).collect();
        let newest = live.iter().map(|&at| self.newcomers[at].seconds()).max()?;
        let horizon = self.last.saturating_sub(newest).min(HORIZON);
        let joined = self.newcomers[range.start].subject.is_some();
        let silence = Silence::of(&self.others(&mine, horizon, joined));
        let here = live.iter().map(|&at| &self.newcomers[at]);
        let null = Usual {
            silence,
            changes: changes(self.innocent().filter(|n| !mine.contains(&n.account))),
            neighbours: self.numbers.share_without(&Numbers::of(here)),
        };
        let ranked = self.ranked_agents(&live, &mine);
        let whole = self.test(&live, None, horizon, &null);
        let (mut best, mut named) = (whole.clone(), None);
        let (mut chosen, mut inside, mut share) = (Keys::default(), 0.0, 0.0);
        let devices: f64 = ranked.iter().map(|(_, count, _)| count).sum();
        for (agent, count, usual) in &ranked {
            if count / devices < ENRICHED * usual {
                break;
            }
            // Many rare ones that come once each are no concentration.
            if *count < 2.0 {
                continue;
            }
            chosen.insert(*agent);
            inside += count;
            share += usual;
            let part: Vec<usize> = live
                .iter()
                .copied()
                .filter(|&at| chosen.contains(&self.newcomers[at].agent))
                .collect();
            if part.len() < FEWEST {
                continue;
            }
            let kinds = self.agents.len().max(ranked.len()) as f64;
            let bits = agent_bits(inside, devices, share.min(1.0), chosen.len() as f64, kinds);
            let agents = Some((bits, chosen.len() as f64, share));
            let judgement = self.test(&part, agents, horizon, &null);
            if judgement.bits > best.bits {
                (best, named) = (judgement, agents);
            }
        }
        let is_the_script = |all: &Judgement| all.bits > price && all.unevenness < best.unevenness;
        if is_the_script(&whole) {
            return Some(whole);
        }
        let with_software = self.test(&live, named, horizon, &null);
        let whole_is = is_the_script(&with_software) && with_software.silent_bits > 0.0;
        Some(if whole_is { with_software } else { best })
    }

    /// The five tests on some of the newcomers.
    fn test(
        &self,
        part: &[usize],
        agents: Option<(f64, f64, f64)>,
        horizon: u32,
        usual: &Usual,
    ) -> Judgement {
        let times: Vec<i64> = part.iter().map(|&at| self.newcomers[at].time).collect();
        let (even, unevenness) = rhythm_bits(&times);
        let hand = one_hand(part.iter().map(|&at| &self.newcomers[at]));
        // A queue at one desk moves at the desk's pace, and its tablet is renewed.
        let of_many = if 2.0 * hand > part.len() as f64 { 0.0 } else { 1.0 };
        let rhythm = even * of_many;
        let silent =
            part.iter().filter(|&&at| self.newcomers[at].is_silent(horizon)).count() as f64;
        let silent_bits = usual.silence.bits(silent, part.len() as f64);
        // People who come back are what clears a cohort. One that has hardly had the time has not been put to that test.
        let tried = f64::from(horizon) / f64::from(HORIZON);
        let untried = MOST_BITS * (1.0 - tried);
        let here = changes(part.iter().map(|&at| &self.newcomers[at]));
        let change = change_bits(here, usual.changes) * of_many;
        let near = Numbers::of(part.iter().map(|&at| &self.newcomers[at]));
        // Cards handed out together and a queue are what a stand has too: that counts as far as its people could have come back.
        let number = near.bits(usual.neighbours) * tried;
        let (agent, kinds, share) = agents.unwrap_or((0.0, 0.0, 1.0));
        let of_a_script = [rhythm, agent, change].into_iter().filter(|b| *b >= SPEAKS_BITS).count();
        let of_a_crowd = [silent_bits, number].into_iter().filter(|b| *b >= SPEAKS_BITS).count();
        let sum = rhythm + agent + change + number + silent_bits - untried;
        // Who comes back, however late, is a member of something: the cohort's silence is no evidence against them.
        // Nor does a timer's pace speak against who came hours before it ran or after.
        let paced = if rhythm >= SPEAKS_BITS { in_step(&times) } else { vec![true; times.len()] };
        let members = part
            .iter()
            .zip(paced)
            .filter(|&(&at, paced)| paced && self.newcomers[at].first_act == NEVER)
            .map(|(&at, _)| at);
        Judgement {
            // A dull crowd whose cards were bought together is no script: numbers and silence convict nobody by themselves.
            bits: if of_a_script >= 1 && of_a_script + of_a_crowd >= 2 {
                sum
            } else {
                sum.min(0.0)
            },
            unevenness,
            silent_bits,
            members: members.collect(),
            evidence: vec![
                ("newcomers", part.len() as f64),
                ("silent", silent),
                ("silent_usual", usual.silence.mean),
                ("silent_bits", silent_bits),
                ("untried_bits", untried),
                ("gap_unevenness", unevenness),
                ("one_hand", hand),
                ("rhythm_bits", rhythm),
                ("softwares", kinds),
                ("softwares_usual_share", share),
                ("software_bits", agent),
                ("device_repeats", here.1),
                ("software_changes", here.0),
                ("change_bits", change),
                ("numbers", near.count()),
                ("number_neighbours", near.repeats()),
                ("number_usual_share", usual.neighbours),
                ("number_bits", number),
            ],
        }
    }

    /// (silent, accounts) of the other sittings of the same sort (joining a club or not), counted over the same time
    /// after signing up, and only among those seen as long.
    fn others(&self, mine: &Keys, horizon: u32, joined: bool) -> Vec<(f64, f64)> {
        let mut others = Vec::new();
        for sitting in &self.sittings {
            if self.newcomers[sitting.start].subject.is_some() != joined {
                continue;
            }
            let (mut silent, mut accounts) = (0.0, 0.0);
            for at in sitting.clone() {
                let newcomer = &self.newcomers[at];
                let seen = self.last.saturating_sub(newcomer.seconds());
                let counts = !self.accused[at] && seen.saturating_add(SIGN_UP_SECONDS) >= horizon;
                if counts && !mine.contains(&newcomer.account) {
                    accounts += 1.0;
                    silent += f64::from(u8::from(newcomer.is_silent(horizon)));
                }
            }
            if accounts > 0.0 {
                others.push((silent, accounts));
            }
        }
        others
    }

    fn innocent(&self) -> impl Iterator<Item = &Newcomer> {
        self.newcomers.iter().zip(&self.accused).filter(|(_, accused)| !**accused).map(|(n, _)| n)
    }

    /// Softwares of the stretch with the devices that show them and their usual share, the most enriched first. Each
    /// device counts once: a promoter's phone is one choice of phone, however many people sign up on it. Where no device
    /// is named, one software of one network is as few phones as it can be: one.
    fn ranked_agents(&self, live: &[usize], mine: &Keys) -> Vec<(Key, f64, f64)> {
        let mut seen: HashSet<(Key, Key)> = HashSet::default();
        let mut devices: Keyed<u32> = Keyed::default();
        let mut accounts: Keyed<u32> = Keyed::default();
        for newcomer in live.iter().map(|&at| &self.newcomers[at]).filter(|n| n.agent.is_some()) {
            *accounts.entry(newcomer.agent).or_default() += 1;
            let device = match newcomer.device {
                Key::NONE => (newcomer.subnet, newcomer.agent),
                named => (named, Key::NONE),
            };
            if seen.insert(device) {
                *devices.entry(newcomer.agent).or_default() += 1;
            }
        }
        let mut newcomers: Keyed<u32> = Keyed::default();
        for newcomer in self.innocent().filter(|n| !mine.contains(&n.account)) {
            *newcomers.entry(newcomer.agent).or_default() += 1;
        }
        let newcomers_total = newcomers.values().map(|&n| f64::from(n)).sum();
        let accused = (self.accused.iter().filter(|a| **a).count()) as f64;
        let mix = Mix {
            all: self.agents,
            all_total: self.agents_total - accused,
            newcomers: &newcomers,
            newcomers_total,
        };
        let size: f64 = accounts.values().map(|&n| f64::from(n)).sum();
        let mut ranked: Vec<(Key, f64, f64)> = devices
            .iter()
            .map(|(agent, &count)| {
                let inside = f64::from(accounts.get(agent).copied().unwrap_or(0));
                (*agent, f64::from(count), mix.share(*agent, inside, size))
            })
            .collect();
        ranked.sort_by(|a, b| (b.1 / b.2).total_cmp(&(a.1 / a.2)).then(a.0.cmp(&b.0)));
        ranked
    }

    fn report(&self, judgement: Judgement, price: f64, out: &mut Vec<Finding>) {
        let bits = judgement.bits - price;
        for chunk in judgement.members.chunks(Finding::MEMBERS) {
            let (Some(&first), Some(&last)) = (chunk.first(), chunk.last()) else { continue };
            let (first, last) = (&self.newcomers[first], &self.newcomers[last]);
            let mut members: Vec<Key> =
                chunk.iter().map(|&at| self.newcomers[at].account).collect();
            members.sort_unstable();
            let entity = if first.subject.is_some() {
                Entity { kind: EntityKind::Subject, key: first.subject }
            } else {
                Entity { kind: EntityKind::Agent, key: first.agent }
            };
            let mut evidence = judgement.evidence.clone();
            evidence.push(("price_bits", price));
            evidence.push(("first_second", f64::from(first.seconds())));
            out.push(Finding {
                code: Code::Mem01,
                entity,
                time: EventTime(last.time),
                event: last.event,
                score: (1.0 / (1.0 + (-bits).exp2())) as f32,
                bits: bits as f32,
                evidence,
                members,
            });
        }
    }
}
