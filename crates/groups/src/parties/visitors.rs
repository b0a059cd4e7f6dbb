//! Visitors: who came by the links that are watched, and who stayed at what on the devices that are. The second look.
//!
//! Memory is bounded by what is watched: of each link and each device a number of visits, those with the smallest event
//! keys where there are more.

use super::links::{Links, channel, link};
use super::smallest::Smallest;
use events::{Event, Key, Kind};
use features::Keyed;

/// Visits kept of one link, and stays of one device.
const OF_LINK: usize = 2_048;
const OF_DEVICE: usize = 512;
/// Devices that are watched: those with the most accounts. What more than [`NO_DEVICE`] accounts share is a model's
/// fingerprint rather than a device.
const DEVICES: usize = 4_000;
const NO_DEVICE: usize = 250;
/// A stay is a minute at least: shorter ones end in an hour's haste.
pub(crate) const LEAST_STAY: i64 = 60_000;
/// A stay that is said to be longer than a day counts as one.
const MOST_STAY: i64 = 86_400_000;

/// Somebody came by a link.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    pub account: Key,
    pub ip: Key,
    pub subnet: Key,
    pub device: Key,
    pub subject: Key,
    pub owner: Key,
    pub second: u32,
    /// It signed up.
    pub new: bool,
}

/// Somebody looked at something for a while.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stay {
    pub account: Key,
    pub subject: Key,
    pub owner: Key,
    /// Milliseconds: when it was noted, and how long it lasted.
    pub at: i64,
    pub lasted: i64,
}

/// What the second look collects; one a worker, joined by [`Visitors::join`].
#[derive(Clone, Debug)]
pub struct Visitors {
    share: Key,
    links: Keyed<u32>,
    devices: Keyed<u32>,
    visits: Vec<Smallest<Visit>>,
    stays: Vec<Smallest<Stay>>,
}

impl Visitors {
    /// Prepares to watch links, and devices on which so many accounts were seen.
    #[must_use]
    pub fn new(links: &Links, mut devices: Vec<(Key, usize)>) -> Visitors {
        devices.retain(|device| device.1 > 1 && device.1 <= NO_DEVICE);
        devices.sort_unstable_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
        let mut seen: Keyed<()> = Keyed::default();
        devices.retain(|device| seen.insert(device.0, ()).is_none());
        devices.truncate(DEVICES);
        let number = |(number, key): (usize, Key)| (key, number as u32);
        let links: Keyed<u32> = links.watched().into_iter().enumerate().map(number).collect();
        let devices: Keyed<u32> =
            devices.into_iter().map(|device| device.0).enumerate().map(number).collect();
        Visitors {
            share: channel(),
            visits: vec![Smallest::new(OF_LINK); links.len()],
            stays: vec![Smallest::new(OF_DEVICE); devices.len()],
            links,
            devices,
        }
    }

    /// Whether there is nothing to watch.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty() && self.devices.is_empty()
    }

    /// Takes note of one event.
    pub fn observe(&mut self, event: &Event) {
        if event.actor.is_none() {
            return;
        }
        let owner = if event.owner.is_some() { event.owner } else { event.subject };
        let link = link(event, self.share).and_then(|link| self.links.get(&link));
        if let Some(&number) = link {
            let visit = Visit {
                account: event.actor,
                ip: event.ip,
                subnet: event.subnet,
                device: event.device,
                subject: event.subject,
                owner,
                second: event.time.seconds().clamp(0, i64::from(u32::MAX)) as u32,
                new: matches!(event.kind, Kind::Register | Kind::Join),
            };
            self.visits[number as usize].push(event.id, visit);
        }
        let lasted = event.dwell_ms.unwrap_or(0).min(MOST_STAY);
        if event.kind != Kind::View || lasted < LEAST_STAY || event.device.is_none() {
            return;
        }
        if let Some(&number) = self.devices.get(&event.device) {
            let at = event.time.0 / 1000;
            let stay = Stay { account: event.actor, subject: event.subject, owner, at, lasted };
            self.stays[number as usize].push(event.id, stay);
        }
    }

    /// Joins what another worker saw.
    pub fn join(&mut self, other: Visitors) {
        self.visits.iter_mut().zip(other.visits).for_each(|(mine, theirs)| mine.join(theirs));
        self.stays.iter_mut().zip(other.stays).for_each(|(mine, theirs)| mine.join(theirs));
    }

    /// The visits of each link by account and time, and the stays of each device by time.
    pub(crate) fn settled(self) -> (Vec<Vec<Visit>>, Vec<Vec<Stay>>) {
        let values = |visits: Smallest<Visit>| {
            let mut visits: Vec<(Key, Visit)> = visits.settled();
            visits.sort_unstable_by_key(|(id, visit)| (visit.account, visit.second, *id));
            visits.into_iter().map(|entry| entry.1).collect()
        };
        let visits = self.visits.into_iter().map(values).collect();
        let values = |stays: Smallest<Stay>| {
            let mut stays: Vec<(Key, Stay)> = stays.settled();
            stays.sort_unstable_by_key(|(id, stay)| (stay.at, *id));
            stays.into_iter().map(|entry| entry.1).collect()
        };
        let stays = self.stays.into_iter().map(values).collect();
        (visits, stays)
    }
}
