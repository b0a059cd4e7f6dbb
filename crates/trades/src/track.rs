//! A track: the order, speed and rhythm of a parcel's scans.
//!
//! Only scans without an account are followed, since these come to one worker in order of time; so a track does not depend
//! on how many workers there are. It keeps what was first and last and the quickest way between two points, not the scans.

use events::{Event, Key, Kind, ScanStatus};

use crate::place::Place;

/// Kilometres that must surely lie between two scans before their speed is looked at.
pub const FAR: f64 = 300.0;
/// Kilometres an hour that no parcel moves.
pub const SPEED_LIMIT: f64 = 1_000.0;
/// Seconds by which scans may be out of order: devices upload in batches.
pub const SLACK: u32 = 600;
/// Seconds between two scans of one stop at one counter, which are no gap.
const ONE_STOP: u32 = 60;

/// The quickest of the far legs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Leg {
    /// Where it began.
    pub from: Key,
    /// Where it ended.
    pub to: Key,
    /// Kilometres that surely lie between; 0 if there was no far leg.
    pub distance: f32,
    /// Kilometres an hour at least.
    pub speed: f32,
}

/// What the scans of a parcel say of its way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Track {
    /// The first scan that says collected; 0 if none does.
    pub collected: u32,
    /// Where that was.
    pub outlet: Key,
    /// The first and last scan on the way: arrived or departed.
    pub moved: (u32, u32),
    /// The first scan that says it is being delivered.
    pub delivering: u32,
    /// Scans between collection and signature.
    pub between: u8,
    /// Whether it went back, was refused or in difficulty: then anything may follow anything.
    pub troubled: bool,
    /// The number of gaps, the shortest and the longest.
    pub gaps: (u8, u32, u32),
    /// The quickest of the far legs.
    pub leg: Leg,
    last: u32,
    point: Key,
    place: Option<Place>,
}

fn first(known: u32, second: u32) -> u32 {
    if known == 0 { second } else { known.min(second) }
}

/// A leg's speed: scans are dated by the minute, so one more is granted.
pub(crate) fn leg(from: (Key, Place, u32), to: (Key, Place, u32)) -> Option<Leg> {
    let distance = from.1.least_distance(to.1);
    let hours = f64::from(to.2.saturating_sub(from.2) + 60) / 3_600.0;
    (distance >= FAR).then_some(Leg {
        from: from.0,
        to: to.0,
        distance: distance as f32,
        speed: (distance / hours) as f32,
    })
}

impl Track {
    /// Takes in a scan without an account. Scans come in order of time.
    pub(crate) fn follow(&mut self, event: &Event, second: u32) {
        use ScanStatus as S;
        match event.status {
            S::Collected if self.collected == 0 => {
                (self.collected, self.outlet) = (second, event.point);
            }
            S::Arrived | S::Departed => {
                self.moved = (first(self.moved.0, second), self.moved.1.max(second));
                self.between = self.between.saturating_add(1);
            }
            S::Delivering | S::Locker => {
                self.delivering = first(self.delivering, second);
                self.between = self.between.saturating_add(1);
            }
            S::Exception | S::Refused | S::Returned => self.troubled = true,
            _ => {}
        }
        if event.kind != Kind::Scan {
            return;
        }
        self.pace(second);
        if let Some(place) = Place::of(event.region) {
            if let Some(before) = self.place {
                let run = leg((self.point, before, self.last), (event.point, place, second));
                if let Some(run) = run.filter(|run| run.speed > self.leg.speed) {
                    self.leg = run;
                }
            }
            self.place = Some(place);
            self.point = event.point;
        }
        self.last = second;
    }

    fn pace(&mut self, second: u32) {
        let gap = second.saturating_sub(self.last);
        if self.last == 0 || gap < ONE_STOP {
            return;
        }
        let (count, shortest, longest) = self.gaps;
        self.gaps = match count {
            0 => (1, gap, gap),
            _ => (count.saturating_add(1), shortest.min(gap), longest.max(gap)),
        };
    }
}
