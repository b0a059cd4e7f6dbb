//! What a touch costs: a million accounts, ten million touches of each kind of entity, beside the plain baseline of one
//! count per key in the same table. Prints nanoseconds a touch.

use detectors::{Limits, Shard};
use events::{EntityKind, Event, EventTime, Key, Kind};
use features::{Keyed, Touch, touches};
use std::hint::black_box;
use std::time::Instant;

fn main() {
    let mut touch = Vec::new();
    touches(&Event { actor: Key(1), kind: Kind::Like, ..Event::default() }, &mut touch);
    for entity in [
        EntityKind::Account,
        EntityKind::Subject,
        EntityKind::Device,
        EntityKind::Ip,
        EntityKind::Subnet,
    ] {
        let spread = match entity {
            EntityKind::Account | EntityKind::Device => 1_000_000,
            EntityKind::Subject => 300_000,
            EntityKind::Ip => 500_000,
            _ => 50_000,
        };
        let stream: Vec<Touch> = (0..10_000_000_u64)
            .map(|n| {
                let who = (n.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 20) % 1_000_000;
                // Squared: a few keys are popular.
                let share = (who as f64 / 1e6).powi(2);
                let key =
                    if spread == 1_000_000 { who } else { (share * f64::from(spread)) as u64 };
                Touch {
                    key: Key((key + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)),
                    time: EventTime(1_778_000_000_000_000 + n as i64 * 120_000),
                    event: Key(n + 1),
                    other: Key(who + 1),
                    entity,
                    kind: if n % 5 == 0 { Kind::Like } else { Kind::View },
                    ..touch[0]
                }
            })
            .collect();
        let mut shard = Shard::new(&Limits::default());
        let mut found = Vec::new();
        let begun = Instant::now();
        shard.observe_all(&stream, &mut found);
        let ours = begun.elapsed().as_nanos() as f64 / stream.len() as f64;
        let mut counts: Keyed<u32> = Keyed::default();
        let begun = Instant::now();
        stream.iter().for_each(|touch| *counts.entry(touch.key).or_default() += 1);
        let plain = begun.elapsed().as_nanos() as f64 / stream.len() as f64;
        println!("{:8} {ours:6.1} ns a touch, {plain:5.1} ns to count it", entity.name());
        black_box((found, counts));
    }
}
