//! A touch: one event as one of its entities sees it, the unit that travels to that entity's worker.
//!
//! Forty bytes: an event has about five of them, so a field more is paid five times an event. What a fan-out needs of
//! an event (who, when) and what a rate needs (which kind) share one shape for that reason.

use crate::visits::stay;
use events::{EntityKind, Event, EventTime, Key, Kind, System};

/// One event as seen from one of its entities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Touch {
    /// The entity that is touched; with `entity`, where the touch is sent to.
    pub key: Key,
    /// When.
    pub time: EventTime,
    /// The event's id.
    pub event: Key,
    /// The other side: who acted, which may be absent for a subject only; of an account's own touch the device, if it is known.
    pub other: Key,
    /// The rating given, not a number where there is none.
    pub rating: f32,
    /// What the entity is.
    pub entity: EntityKind,
    /// What happened.
    pub kind: Kind,
    /// How long it lasted, as [`stay`] says it.
    pub stay: u8,
    /// The family of systems that the client claimed.
    pub system: System,
}

/// The entities whose touches something watches, in the order in which [`touches`] gives them.
pub const TOUCHED: [EntityKind; 8] = [
    EntityKind::Account,
    EntityKind::Subject,
    EntityKind::Device,
    EntityKind::Ip,
    EntityKind::Subnet,
    EntityKind::PhoneBlock,
    EntityKind::Payment,
    EntityKind::Address,
];

/// An event as one of its entities sees it: none where the key is absent, where a subject's count does not move, and
/// where something was used by nobody or by a crowd of strangers. An event of a machine (a parcel scan) may touch nothing.
#[inline]
#[must_use]
pub fn touch(event: &Event, entity: EntityKind) -> Option<Touch> {
    let key = event.key(entity);
    let wanted = match entity {
        EntityKind::Subject => event.kind.counts(),
        // That many accounts share a carrier's or a campus's address says nothing of any of them.
        EntityKind::Ip | EntityKind::Subnet => event.actor.is_some() && !event.network.is_crowd(),
        _ => event.actor.is_some(),
    };
    (key.is_some() && wanted).then(|| Touch {
        key,
        time: event.time,
        event: event.id,
        other: if entity == EntityKind::Account { event.device } else { event.actor },
        rating: event.rating.unwrap_or(f32::NAN),
        entity,
        kind: event.kind,
        stay: stay(event.dwell_ms),
        system: event.software.system,
    })
}

/// Appends all touches of an event: of its account, its subject, and, where an account is given, what that account used.
pub fn touches(event: &Event, out: &mut Vec<Touch>) {
    out.extend(TOUCHED.into_iter().filter_map(|entity| touch(event, entity)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_touch_is_small_and_absent_keys_have_none() {
        assert_eq!(size_of::<Touch>(), 40);
        let mut out = Vec::new();
        touches(&Event { kind: Kind::Scan, point: Key(9), ..Event::default() }, &mut out);
        assert!(out.is_empty());
        let event = Event {
            id: Key(1),
            kind: Kind::Like,
            actor: Key(2),
            device: Key(6),
            subject: Key(3),
            ip: Key(4),
            subnet: Key(5),
            ..Event::default()
        };
        touches(&event, &mut out);
        let seen: Vec<_> = out.iter().map(|t| (t.entity, t.key.0, t.other.0)).collect();
        use EntityKind::{Account, Device, Ip, Subject, Subnet};
        assert_eq!(
            seen,
            [(Account, 2, 6), (Subject, 3, 2), (Device, 6, 2), (Ip, 4, 2), (Subnet, 5, 2)]
        );
        touches(&Event { network: events::Network::Carrier, ..event }, &mut out);
        assert_eq!(out.len(), 5 + 3, "a carrier's address is not touched");
    }
}
