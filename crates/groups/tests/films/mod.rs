//! Films and who comes to them: what tests of views begin with.

use detectors::{Finding, Limits, Shard};
use events::{Event, EventTime, Key, Kind};
use features::{Touch, touches};
use groups::{Activity, Examination, Group, Ledger, judge, mismatched, passed_on, search, waves};
use policy::{Policy, Verdict};

#[path = "../lots/mod.rs"]
mod lots;
pub use lots::Lots;

pub const MINUTE: u64 = 60;
pub const HOUR: u64 = 3_600;
pub const DAY: u64 = 86_400;
const START: u64 = 1_778_000_000;

pub fn named(what: &str, number: u64) -> Key {
    Key::of(&format!("{what} {number}"))
}

pub fn film(number: u64) -> Event {
    Event {
        kind: Kind::View,
        subject: named("film", number),
        owner: named("owner", number / 4),
        ..Event::default()
    }
}

pub fn at(second: u64) -> EventTime {
    EventTime((START + second) as i64 * EventTime::SECOND)
}

pub fn by(event: Event, who: Key, channel: &str, detail: u64) -> Event {
    let channel_key = Key::of(channel);
    Event { actor: who, channel: channel_key, source: named(channel, detail), ..event }
}

pub fn found(mut events: Vec<Event>) -> (Vec<Group>, Vec<Finding>) {
    for (number, event) in events.iter_mut().enumerate() {
        event.id = Key(number as u64 + 1);
    }
    events.sort_by_key(|event| (event.time, event.id));
    let mut shard = Shard::new(&Limits::default());
    let mut activity = Activity::new(false);
    let (mut out, mut streamed): (Vec<Touch>, Vec<Finding>) = (Vec::new(), Vec::new());
    for event in &events {
        out.clear();
        touches(event, &mut out);
        for touch in &out {
            shard.observe(touch, &mut streamed);
        }
        activity.observe(event);
    }
    shard.finish(&mut streamed);
    let mut search = search(Ledger::of(vec![activity]), 1, groups::Limits::default());
    search.waves = waves(vec![shard.take_viewings()], 2);
    let (mut one, mut two) = (Examination::new(&search), Examination::new(&search));
    for (number, event) in events.iter().enumerate() {
        if number % 3 == 0 { &mut one } else { &mut two }.observe(event, "");
    }
    one.join(two);
    search.note_owners(&one);
    let (mut groups, findings) = (judge(&search, &one), mismatched(&search, &one));
    groups.extend(passed_on(&search, &one, &findings));
    (groups, findings)
}

pub fn fake(groups: &[Group]) -> Vec<&Group> {
    let verdict = |group: &&Group| Policy::default().group(&group.classes()).0 == Verdict::Fake;
    groups.iter().filter(verdict).collect()
}
