//! A touch: one event as one of its entities sees it, the unit that travels to that entity's worker.
//!
//! Sixty-four bytes, a cache line: an event has about five of them, so a field more is paid five times an event. What
//! a fan-out needs of an event (who, when) and what a rate needs (which kind) share one shape for that reason.

use events::{EntityKind, Event, EventTime, Key, Kind};

/// One event as seen from one of its entities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Touch {
    /// The entity that is touched; with `entity`, where the touch is sent to.
    pub key: Key,
    /// When.
    pub time: EventTime,
    /// The event's id.
    pub event: Key,
    /// Who acted; may be absent for a subject only.
    pub actor: Key,
    /// The counterpart to count: the subject for an account, the actor for every other entity.
    pub other: Key,
    /// Client software.
    pub agent: Key,
    /// Milliseconds on the subject, 0 where unknown, at most `u32::MAX`.
    pub dwell_ms: u32,
    /// The rating given, not a number where there is none.
    pub rating: f32,
    /// What the entity is.
    pub entity: EntityKind,
    /// What happened.
    pub kind: Kind,
}

/// Entities besides account and subject whose sharing between accounts is watched.
const SHARED: [EntityKind; 6] = [
    EntityKind::Device,
    EntityKind::Ip,
    EntityKind::Subnet,
    EntityKind::PhoneBlock,
    EntityKind::Payment,
    EntityKind::Address,
];

/// Appends the touches of an event: its account, its subject, and, where an account is given, what that account used.
/// Absent keys are skipped; an event of a machine (a parcel scan) may have none.
pub fn touches(event: &Event, out: &mut Vec<Touch>) {
    let touch = |entity: EntityKind, key: Key, other: Key| Touch {
        key,
        time: event.time,
        event: event.id,
        actor: event.actor,
        other,
        agent: event.agent,
        dwell_ms: event.dwell_ms.map_or(0, |dwell| dwell.clamp(0, i64::from(u32::MAX)) as u32),
        rating: event.rating.unwrap_or(f32::NAN),
        entity,
        kind: event.kind,
    };
    if event.actor.is_some() {
        out.push(touch(EntityKind::Account, event.actor, event.subject));
    }
    if event.subject.is_some() && event.kind.counts() {
        out.push(touch(EntityKind::Subject, event.subject, event.actor));
    }
    if event.actor.is_some() {
        for entity in SHARED {
            let key = event.key(entity);
            if key.is_some() {
                out.push(touch(entity, key, event.actor));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_touch_is_a_cache_line_and_absent_keys_have_none() {
        assert_eq!(size_of::<Touch>(), 64);
        let mut out = Vec::new();
        touches(&Event { kind: Kind::Scan, point: Key(9), ..Event::default() }, &mut out);
        assert!(out.is_empty());
        let event = Event {
            id: Key(1),
            kind: Kind::Like,
            actor: Key(2),
            subject: Key(3),
            ip: Key(4),
            subnet: Key(5),
            dwell_ms: Some(-7),
            ..Event::default()
        };
        touches(&event, &mut out);
        let seen: Vec<_> = out.iter().map(|t| (t.entity, t.key.0, t.other.0)).collect();
        use EntityKind::{Account, Ip, Subject, Subnet};
        assert_eq!(seen, [(Account, 2, 3), (Subject, 3, 2), (Ip, 4, 2), (Subnet, 5, 2)]);
        assert!(out.iter().all(|t| t.dwell_ms == 0));
    }
}
