//! A trip: a parcel's way through the courier's network points.

use events::{Event, Key, Kind, ScanStatus};

/// What is known of a parcel. Two workers' halves of a trip are joined by [`Trip::join`] in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trip {
    /// The waybill.
    pub parcel: Key,
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
    /// Where it was taken in.
    pub from: Key,
}

impl Trip {
    /// Takes in one event of the parcel.
    pub fn observe(&mut self, event: &Event, second: u32) {
        self.parcel = event.parcel;
        self.order = self.order.max(event.order);
        let signed = event.kind == Kind::Sign
            || matches!(event.status, ScanStatus::Signed | ScanStatus::SignedAgent);
        if event.kind == Kind::Scan {
            self.scans = self.scans.saturating_add(1);
        }
        if signed && (self.signed == 0 || (second, event.region) < (self.signed, self.signed_at)) {
            (self.signed, self.signed_at) = (second, event.region);
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

    /// Joins what another worker saw of the same parcel.
    pub fn join(&mut self, other: &Trip) {
        self.order = self.order.max(other.order);
        self.scans = self.scans.saturating_add(other.scans);
        self.last = self.last.max(other.last);
        let theirs = (other.signed, other.signed_at);
        if other.signed != 0 && (self.signed == 0 || theirs < (self.signed, self.signed_at)) {
            (self.signed, self.signed_at) = theirs;
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
}
