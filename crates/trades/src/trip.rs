//! A trip: a parcel's way through the courier's network points.

use events::{Event, Key, Kind, ScanStatus, Waybill};

use crate::place::Place;
use crate::track::{Leg, SLACK, SPEED_LIMIT, Track, leg};

/// What is known of a parcel. Two workers' halves of a trip are joined by [`Trip::join`] in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Trip {
    /// The waybill.
    pub parcel: Key,
    /// Where its number stands in the carrier's sequence.
    pub waybill: Waybill,
    /// The order that it belongs to.
    pub order: Key,
    /// The network point that took it in.
    pub point: Key,
    /// When, in seconds since 1970: the earliest scan at a point.
    pub collected: u32,
    /// The last scan.
    pub last: u32,
    /// Scans.
    pub scans: u16,
    /// Grams at the first weighing; 0 where nobody weighed it.
    pub weight: u32,
    weighed: u32,
    /// When it was signed for; 0 if it was not.
    pub signed: u32,
    /// Where it was signed for.
    pub signed_at: Key,
    /// The network point that it was signed for at.
    pub signed_point: Key,
    /// Where it was taken in.
    pub from: Key,
    /// Who sent it, where its events say.
    pub owner: Key,
    /// What its scans say of its way.
    pub track: Track,
}

impl Trip {
    /// Takes in one event of the parcel.
    pub fn observe(&mut self, event: &Event, second: u32) {
        self.parcel = event.parcel;
        self.waybill = self.waybill.max(event.waybill);
        self.order = self.order.max(event.order);
        self.owner = self.owner.max(event.owner);
        if event.actor.is_none() {
            self.track.follow(event, second);
        }
        let signed = event.kind == Kind::Sign
            || matches!(event.status, ScanStatus::Signed | ScanStatus::SignedAgent);
        if event.kind == Kind::Scan {
            self.scans = self.scans.saturating_add(1);
        }
        let handed = (second, event.region, event.point);
        if signed && (self.signed == 0 || handed < self.handed()) {
            (self.signed, self.signed_at, self.signed_point) = handed;
        }
        let first = self.point.is_none() || (second, event.point) < (self.collected, self.point);
        if !signed && event.point.is_some() && first {
            (self.collected, self.point, self.from) = (second, event.point, event.region);
        }
        let grams = event.weight_g.unwrap_or(0).max(0) as u32;
        let earlier = self.weight == 0 || (second, grams) < (self.weighed, self.weight);
        if grams > 0 && earlier {
            (self.weighed, self.weight) = (second, grams);
        }
        self.last = self.last.max(second);
    }

    /// When, in which region and at which point it was signed for.
    fn handed(&self) -> (u32, Key, Key) {
        (self.signed, self.signed_at, self.signed_point)
    }

    /// Whether it was signed for at the very point that had taken it in.
    #[must_use]
    pub fn is_handed_back(&self) -> Option<bool> {
        let whole = self.signed != 0 && self.point.is_some() && self.signed_point.is_some();
        (whole && !self.track.troubled).then_some(self.signed_point == self.point)
    }

    /// Whether it was signed for where it went in with no scan in between: it never left.
    #[must_use]
    pub fn stayed(&self) -> Option<bool> {
        let booked = self.track.collected != 0;
        self.is_handed_back().filter(|_| booked).map(|back| back && self.track.between == 0)
    }

    /// Joins what another worker saw of the same parcel.
    pub fn join(&mut self, other: &Trip) {
        self.order = self.order.max(other.order);
        self.owner = self.owner.max(other.owner);
        // One worker sees all scans without an account: the other half has followed none.
        if self.track == Track::default() {
            self.track = other.track;
        }
        self.parcel = self.parcel.max(other.parcel);
        self.waybill = self.waybill.max(other.waybill);
        self.scans = self.scans.saturating_add(other.scans);
        self.last = self.last.max(other.last);
        if other.signed != 0 && (self.signed == 0 || other.handed() < self.handed()) {
            (self.signed, self.signed_at, self.signed_point) = other.handed();
        }
        let first =
            self.point.is_none() || (other.collected, other.point) < (self.collected, self.point);
        if other.point.is_some() && first {
            (self.collected, self.point) = (other.collected, other.point);
            self.from = other.from;
        }
        let earlier =
            self.weight == 0 || (other.weighed, other.weight) < (self.weighed, self.weight);
        if other.weight > 0 && earlier {
            (self.weighed, self.weight) = (other.weighed, other.weight);
        }
    }

    /// Whether its scans stand in an order that no parcel has: signed for or delivered before it was collected, collected
    /// after it had moved, moved after it was signed for. `None` if too little is known, or it did not arrive.
    #[must_use]
    pub fn is_tangled(&self) -> Option<bool> {
        let track = &self.track;
        let (moved, last) = track.moved;
        if track.troubled || moved == 0 || (track.collected == 0 && self.signed == 0) {
            return None;
        }
        let after = |late: u32, early: u32| early != 0 && late > early.saturating_add(SLACK);
        Some(
            after(track.collected, moved)
                || after(track.collected, track.delivering)
                || after(moved, track.delivering)
                || after(track.collected, self.signed)
                || after(last, self.signed),
        )
    }

    /// Whether it was collected and signed for with no scan between, though it went to another province.
    #[must_use]
    pub fn is_unseen(&self) -> Option<bool> {
        let (from, to) = (Place::of(self.from)?, Place::of(self.signed_at)?);
        let whole = self.track.collected != 0 && self.signed != 0 && !self.track.troubled;
        (whole && from.province() != to.province()).then_some(self.track.between == 0)
    }

    /// The quickest of its far legs, of which the way from the first scan to the signature is one.
    #[must_use]
    pub fn quickest(&self) -> Option<Leg> {
        let scanned = Some(self.track.leg).filter(|leg| leg.speed > 0.0);
        let whole = (|| {
            let (from, to) = (Place::of(self.from)?, Place::of(self.signed_at)?);
            let known = self.collected != 0 && self.signed >= self.collected;
            let run = leg((self.point, from, self.collected), (Key::NONE, to, self.signed));
            run.filter(|_| known)
        })();
        match (scanned, whole) {
            (Some(part), Some(all)) if all.speed > part.speed => Some(all),
            (None, whole) => whole,
            (part, _) => part,
        }
    }

    /// Whether it was quicker than roads and planes allow; `None` if it had no far way to go.
    #[must_use]
    pub fn is_too_quick(&self) -> Option<bool> {
        self.quickest().map(|leg| f64::from(leg.speed) > SPEED_LIMIT)
    }

    /// Whether its scans follow each other at equal gaps, to a fiftieth.
    #[must_use]
    pub fn is_even(&self) -> Option<bool> {
        let (count, shortest, longest) = self.track.gaps;
        (count >= 3).then(|| f64::from(longest - shortest) <= f64::from(longest) / 50.0)
    }

    /// Whether it was signed for in another city than the order came from.
    #[must_use]
    pub fn is_strayed(&self, ordered: Key) -> Option<bool> {
        let (there, here) = (Place::of(ordered)?, Place::of(self.signed_at)?);
        (!self.track.troubled).then(|| there.is_elsewhere(here))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::EventTime;

    const HOUR: u32 = 3_600;
    const START: u32 = 1_700_000_000;

    fn trip(scans: &[(ScanStatus, u32, &str)]) -> Trip {
        let mut trip = Trip::default();
        for (n, &(status, after, region)) in scans.iter().enumerate() {
            let second = START + after;
            let event = Event {
                time: EventTime(i64::from(second) * EventTime::SECOND),
                kind: Kind::Scan,
                parcel: Key(7),
                point: Key(n as u64 + 1),
                region: Key::of(region),
                status,
                ..Event::default()
            };
            trip.observe(&event, second);
        }
        trip
    }

    use ScanStatus::{Arrived, Collected, Delivering, Departed, Returned, Signed};

    #[test]
    fn an_ordinary_trip_shows_nothing() {
        let trip = trip(&[
            (Collected, 0, "110101"),
            (Departed, 2 * HOUR, "110101"),
            (Arrived, 14 * HOUR, "440101"),
            (Delivering, 20 * HOUR, "440103"),
            (Signed, 23 * HOUR, "440103"),
        ]);
        assert_eq!(trip.is_tangled(), Some(false));
        assert_eq!(trip.is_unseen(), Some(false));
        assert_eq!(trip.is_too_quick(), Some(false));
        assert_eq!(trip.is_even(), Some(false));
        assert_eq!(trip.is_strayed(Key::of("440106")), Some(false));
        assert_eq!(trip.is_strayed(Key::of("440306")), Some(true));
        assert_eq!(trip.is_strayed(Key::NONE), None);
    }

    #[test]
    fn what_cannot_be_shows() {
        let quick = trip(&[
            (Collected, 0, "110101"),
            (Arrived, HOUR, "440101"),
            (Signed, 9 * HOUR, "440101"),
        ]);
        assert_eq!(quick.is_too_quick(), Some(true));
        let unseen = trip(&[(Collected, 0, "110101"), (Signed, 40 * HOUR, "440101")]);
        assert_eq!(unseen.is_unseen(), Some(true));
        let even = trip(&[
            (Collected, 0, "33"),
            (Departed, 4 * HOUR, "33"),
            (Arrived, 8 * HOUR, "33"),
            (Signed, 12 * HOUR + 30, "33"),
        ]);
        assert_eq!(even.is_even(), Some(true));
        for tangled in [
            [(Arrived, 0, ""), (Collected, HOUR, ""), (Signed, 2 * HOUR, "")],
            [(Collected, 0, ""), (Signed, HOUR, ""), (Departed, 2 * HOUR, "")],
            [(Collected, 0, ""), (Delivering, HOUR, ""), (Arrived, 2 * HOUR, "")],
        ] {
            assert_eq!(trip(&tangled).is_tangled(), Some(true), "{tangled:?}");
        }
    }

    #[test]
    fn batches_rescans_and_returns_are_no_tangle() {
        let batch = trip(&[(Arrived, 0, ""), (Collected, 300, ""), (Signed, HOUR, "")]);
        assert_eq!(batch.is_tangled(), Some(false));
        let again = trip(&[
            (Collected, 0, ""),
            (Arrived, HOUR, ""),
            (Collected, 2 * HOUR, ""),
            (Signed, 5 * HOUR, ""),
        ]);
        assert_eq!(again.is_tangled(), Some(false), "a second collecting scan is a re-scan");
        let back = trip(&[
            (Collected, 0, ""),
            (Arrived, HOUR, ""),
            (Signed, 2 * HOUR, ""),
            (Returned, 3 * HOUR, ""),
            (Departed, 9 * HOUR, ""),
        ]);
        assert_eq!(back.is_tangled(), None);
    }

    #[test]
    fn halves_join_in_any_order() {
        let scans = trip(&[(Collected, 0, "11"), (Arrived, 9 * HOUR, "44")]);
        let mut sign = Trip::default();
        let event = Event {
            kind: Kind::Sign,
            actor: Key(3),
            parcel: Key(7),
            region: Key::of("440101"),
            ..Event::default()
        };
        sign.observe(&event, START + 20 * HOUR);
        let (mut one, mut other) = (scans, sign);
        one.join(&sign);
        other.join(&scans);
        assert_eq!(one, other);
        assert_eq!(one.is_tangled(), Some(false));
    }
}
