//! The rest of the work: what else the members of a group called fake did together.
//!
//! A group is found by one kind of trace: a wave of views, a burst of follows, praise of one shop. Whoever sent its members there
//! sent them elsewhere as well, and what they did there would stay in the counts. Once a group is called fake, it costs nothing more to
//! name it: a subject that a quarter of its members came to, far beyond what everybody else's interest in it leads to expect of
//! people as active as they, is its work too. What members do one by one stays what it is, their own or a cover.

use std::collections::BTreeMap;

use detectors::chance::bits_at_least;
use events::{Event, Key, Kind};
use features::Keyed;
use hashbrown::{HashMap, HashSet};
use policy::Verdict;

use crate::EngineError;
use crate::again;
use crate::codec::Texts;
use crate::slices::Ordered;
use crate::standing::Deeds;
use crate::weigh::Weighed;

/// The fewest members that work together, and the least share of the group: what fewer share is a taste.
const FEWEST: u64 = 3;
const SHARE: u64 = 4;
/// Of ten events there at most one may be there by itself: a verdict on the others has to hold of each of them.
const ITSELF: f64 = 0.1;
/// Bits beyond the price of the search.
const BITS: f64 = 10.0;
/// Works of groups of which events are kept: beyond that those at the subjects with the smallest keys.
const MOST_WORKS: usize = 1 << 20;

/// At one subject, what kind of thing which group did.
type Work = (Key, Kind, u32);

/// The members of groups, and what was seen of them and of everybody else.
#[derive(Clone, Debug, Default)]
struct Gathering {
    members: Keyed<u32>,
    /// Events of others: no more than counts are kept for.
    others: HashMap<(Key, Kind), u64>,
    /// Events of members, of each kind, by group.
    own: BTreeMap<(u32, Kind), u64>,
    /// Events of members, and who did them.
    works: HashMap<Work, (u64, HashSet<Key>)>,
    /// Works beyond this one are known to be too many.
    last: Option<Work>,
}

impl Gathering {
    fn observe(&mut self, event: &Event) {
        if !event.kind.counts() || event.subject.is_none() {
            return;
        }
        let Some(&group) = self.members.get(&event.actor) else {
            *self.others.entry((event.subject, event.kind)).or_default() += 1;
            return;
        };
        *self.own.entry((group, event.kind)).or_default() += 1;
        let work = (event.subject, event.kind, group);
        if self.last.is_some_and(|last| work > last) {
            return;
        }
        let known = self.works.entry(work).or_default();
        known.0 += 1;
        known.1.insert(event.actor);
        if self.works.len() >= 2 * MOST_WORKS {
            self.cut(MOST_WORKS);
        }
    }

    /// Keeps the smallest works. All that is left out is beyond them, whoever sees it and when, so that what is kept is whole.
    fn cut(&mut self, most: usize) {
        if self.works.len() <= most {
            return;
        }
        let mut works: Vec<Work> = self.works.keys().copied().collect();
        let last = *works.select_nth_unstable(most - 1).1;
        self.works.retain(|work, _| *work <= last);
        self.last = Some(last);
    }

    #[allow(clippy::iter_over_hash_type)] // sums and sets, whose order does not show
    fn join(&mut self, part: Gathering) {
        for (of, count) in part.others {
            *self.others.entry(of).or_default() += count;
        }
        for (of, count) in part.own {
            *self.own.entry(of).or_default() += count;
        }
        for (work, (count, members)) in part.works {
            let known = self.works.entry(work).or_default();
            known.0 += count;
            known.1.extend(members);
        }
    }

    /// What groups did together, in its order.
    fn works(&self) -> Vec<Work> {
        let mut sizes: BTreeMap<u32, u64> = BTreeMap::new();
        let mut all: BTreeMap<Kind, (f64, f64)> = BTreeMap::new();
        // Sums of whole numbers, whose order does not show.
        self.members.values().for_each(|&group| *sizes.entry(group).or_default() += 1);
        self.others.iter().for_each(|(of, &count)| {
            let known = all.entry(of.1).or_default();
            *known = (known.0 + count as f64, known.1 + 1.0);
        });
        let price = (self.works.len().max(2) as f64).log2();
        let is_work = |(&(subject, kind, group), did): (&Work, &(u64, HashSet<Key>))| {
            let came = did.1.len() as u64;
            let many = came >= FEWEST && came * SHARE >= sizes.get(&group).copied().unwrap_or(0);
            let (others, subjects) = all.get(&kind).copied().unwrap_or_default();
            let here = self.others.get(&(subject, kind)).copied().unwrap_or(0) as f64;
            let own = self.own.get(&(group, kind)).copied().unwrap_or(0) as f64;
            let expected = own * (here + 0.5) / (others + subjects + 1.0);
            let bits = bits_at_least(came as f64, expected, f64::INFINITY);
            many && expected <= ITSELF * came as f64 && bits >= price + BITS
        };
        let mut works: Vec<Work> =
            self.works.iter().filter(|&entry| is_work(entry)).map(|entry| *entry.0).collect();
        works.sort_unstable();
        works
    }
}

/// Looks at the events again for what else the members of groups called fake did, where groups answer for certain jobs: of each
/// subject, by whom and what.
pub fn found(
    weighed: &Weighed,
    ordered: &Ordered,
    workers: usize,
) -> Result<Keyed<Vec<(u32, Kind)>>, EngineError> {
    let answers = |group: u32| {
        let at = group as usize - 1;
        matches!(weighed.standing.deeds.get(at), Some(Deeds::Jobs(_)))
            && weighed.groups.get(at).is_some_and(|row| row.verdict == Verdict::Fake)
    };
    let members = weighed.accounts.values().filter_map(|account| {
        let group = account.group.filter(|&group| answers(group))?;
        (account.verdict == Verdict::Fake).then_some((account.account, group))
    });
    let members: Keyed<u32> = members.collect();
    if members.is_empty() {
        return Ok(Keyed::default());
    }
    let gathering = Gathering { members, ..Gathering::default() };
    let gatherings = vec![gathering; workers];
    let parts = again::look(ordered, gatherings, Texts::None, |g, event, _| g.observe(event))?;
    let whole = parts.into_iter().reduce(|mut all, part| {
        all.join(part);
        all
    });
    let mut whole = whole.unwrap_or_default();
    whole.cut(MOST_WORKS);
    let mut of: Keyed<Vec<(u32, Kind)>> = Keyed::default();
    for (subject, kind, group) in whole.works() {
        of.entry(subject).or_default().push((group, kind));
    }
    Ok(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(actor: u64, subject: u64, kind: Kind) -> Event {
        Event { actor: Key(actor), subject: Key(subject), kind, ..Event::default() }
    }

    /// Sixty members and 2,000 people, who follow eighty creators by how well these are known.
    fn gathered() -> Gathering {
        let members = (1..=60).map(|member| (Key(member), 1)).collect();
        let mut gathering = Gathering { members, ..Gathering::default() };
        for person in 0..2_000_u64 {
            let creator = 1 + (person * person) % 80;
            gathering.observe(&event(1_000 + person, creator, Kind::Follow));
            gathering.observe(&event(1_000 + person, 1, Kind::View));
        }
        gathering
    }

    #[test]
    fn what_a_quarter_of_a_crew_comes_to_is_its_work() {
        let mut gathering = gathered();
        for member in 1..=60 {
            gathering.observe(&event(member, 70, Kind::Follow));
            if member <= 14 {
                gathering.observe(&event(member, 71, Kind::Follow));
            }
            // Each has a life, of which some meet by chance.
            gathering.observe(&event(member, 1 + member % 30, Kind::Follow));
        }
        assert_eq!(gathering.works(), [(Key(70), Kind::Follow, 1)]);
    }

    #[test]
    fn what_everybody_looks_at_is_nobodys_work() {
        let mut gathering = gathered();
        for member in 1..=60 {
            gathering.observe(&event(member, 1, Kind::View));
        }
        assert_eq!(gathering.works(), []);
    }

    #[test]
    fn parts_add_up_in_any_order() {
        let events: Vec<Event> = (1..=60).map(|m| event(m, 70 + m % 2, Kind::Follow)).collect();
        let all = |cut: usize| {
            let mut one = gathered();
            let mut other = Gathering { members: one.members.clone(), ..Gathering::default() };
            events[..cut].iter().for_each(|event| one.observe(event));
            events[cut..].iter().for_each(|event| other.observe(event));
            one.join(other);
            one.works()
        };
        assert_eq!(all(60).len(), 2);
        assert_eq!(all(60), all(17));
    }

    #[test]
    fn of_too_many_works_the_same_are_kept_whoever_saw_them() {
        let events: Vec<Event> = (1..=60).map(|m| event(m, 1 + m * 7 % 20, Kind::Follow)).collect();
        let all = |cut: usize| {
            let mut one = gathered();
            let mut other = Gathering { members: one.members.clone(), ..Gathering::default() };
            let mut parts = [(&mut one, &events[..cut]), (&mut other, &events[cut..])];
            for (part, events) in &mut parts {
                for event in *events {
                    part.observe(event);
                    part.cut(5);
                }
            }
            one.join(other);
            one.cut(5);
            let mut kept: Vec<(Work, u64)> = one.works.iter().map(|w| (*w.0, w.1.0)).collect();
            kept.sort_unstable();
            kept
        };
        assert_eq!(all(60), (1..=5).map(|s| ((Key(s), Kind::Follow, 1), 3)).collect::<Vec<_>>());
        assert_eq!(all(60), all(17));
    }
}
