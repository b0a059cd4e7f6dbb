//! Links that somebody passed on: how many accounts came by each, and from how many networks. The first look.
//!
//! What is counted is a link to one thing, or to a sign-up: a circle's eldest who passes on something new each day makes
//! a link of each. Twenty-four bytes a link beside its key; of more than [`MOST`] those with the smallest keys are kept.

use events::{Event, Key, Kind};
use features::Keyed;

/// The word for an entry by a link that somebody passed on.
const SHARE: &str = "share";
/// Links kept.
const MOST: usize = 1 << 20;
/// From so many accounts, through so many networks or most of them new, a link is looked at again: bits set of 64.
const ACCOUNTS: u32 = 8;
const NETWORKS: u32 = 4;
/// Links looked at again: those by which the most came.
const WATCHED: usize = 256;

/// What is counted of the visitors of one link: a bit for each, by its hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    accounts: u64,
    networks: u64,
    newcomers: u64,
}

/// The links of some events.
#[derive(Clone, Debug)]
pub struct Links {
    share: Key,
    tallies: Keyed<Tally>,
    /// Links with keys from here on are not kept.
    end: Key,
}

impl Default for Links {
    fn default() -> Links {
        Links { share: Key::of(SHARE), tallies: Keyed::default(), end: Key(u64::MAX) }
    }
}

/// The link by which an event's account came; `share` is the channel's key.
pub(crate) fn link(event: &Event, share: Key) -> Option<Key> {
    let passed_on = event.channel == share && event.source != share && event.actor.is_some();
    passed_on.then(|| event.source.with(event.subject.0))
}

/// The channel by which links come.
pub(crate) fn channel() -> Key {
    Key::of(SHARE)
}

impl Links {
    /// Takes an event.
    pub fn observe(&mut self, event: &Event) {
        let Some(link) = link(event, self.share).filter(|link| *link <= self.end) else { return };
        let tally = self.tallies.entry(link).or_default();
        let bit = 1 << (event.actor.0 >> 58);
        tally.accounts |= bit;
        if matches!(event.kind, Kind::Register | Kind::Join) {
            tally.newcomers |= bit;
        }
        if event.subnet.is_some() {
            tally.networks |= 1 << (event.subnet.0 >> 58);
        }
        if self.tallies.len() > 2 * MOST {
            self.settle();
        }
    }

    fn settle(&mut self) {
        if self.tallies.len() <= MOST {
            return;
        }
        let mut keys: Vec<Key> = self.tallies.keys().copied().collect();
        let (_, last, _) = keys.select_nth_unstable(MOST - 1);
        self.end = *last;
        let end = self.end;
        self.tallies.retain(|key, _| *key <= end);
    }

    /// Adds up what several workers saw. The order of the parts does not matter.
    #[must_use]
    pub fn merge(parts: Vec<Links>) -> Links {
        let mut whole = Links::default();
        for part in parts {
            whole.end = whole.end.min(part.end);
            for (link, theirs) in part.tallies {
                let mine = whole.tallies.entry(link).or_default();
                mine.accounts |= theirs.accounts;
                mine.networks |= theirs.networks;
                mine.newcomers |= theirs.newcomers;
            }
        }
        let end = whole.end;
        whole.tallies.retain(|key, _| *key <= end);
        whole.settle();
        whole
    }

    /// The links worth a second look, in the order of their keys.
    pub(crate) fn watched(&self) -> Vec<Key> {
        let many = |tally: &Tally| {
            let widely = tally.networks.count_ones() >= NETWORKS;
            let newly = tally.newcomers.count_ones() >= ACCOUNTS;
            tally.accounts.count_ones() >= ACCOUNTS && (widely || newly)
        };
        let mut links: Vec<(u32, Key)> = self
            .tallies
            .iter()
            .filter(|(_, tally)| many(tally))
            .map(|(key, tally)| (tally.accounts.count_ones(), *key))
            .collect();
        links.sort_unstable_by(|x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)));
        links.truncate(WATCHED);
        let mut links: Vec<Key> = links.into_iter().map(|entry| entry.1).collect();
        links.sort_unstable();
        links
    }
}
