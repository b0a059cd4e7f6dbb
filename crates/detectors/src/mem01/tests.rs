//! Scripts against crowds that look alike at first: a stand, a vendor's campaign, people who never return.

use super::*;
use crate::dice::Dice;
use events::EventTime;

struct Crowd {
    club: u64,
    start: i64,
    size: u64,
    agents: u64,
    devices: u64,
    silent_percent: u64,
    script: bool,
}

fn play(crowd: &Crowd, dice: &mut Dice, events: &mut Vec<Event>) {
    let mut at = crowd.start;
    for i in 0..crowd.size {
        at += if crowd.script {
            80_000_000 + dice.below(80_000_000) as i64
        } else {
            dice.wait(120.0)
        };
        let account = Key(crowd.club * 100_000 + i + 1);
        let device = dice.below(crowd.devices);
        // A person's phone has one software; a script's changes with every account.
        let agent = if crowd.script { dice.below(crowd.agents) } else { device % crowd.agents };
        let event = Event {
            id: Key(account.0 + 7_000_000_000),
            time: EventTime(at),
            kind: Kind::Register,
            actor: account,
            device: Key(crowd.club * 1_000_000 + device + 1),
            agent: Key(agent + 1),
            ..Event::default()
        };
        events.push(event);
        let join = Event { kind: Kind::Join, subject: Key(crowd.club), ..event };
        events.push(Event { time: EventTime(at + 20_000_000), ..join });
        if dice.below(100) >= crowd.silent_percent {
            let view = Event { kind: Kind::View, subject: Key(5), ..event };
            events.push(Event { time: EventTime(at + dice.wait(40_000.0)), ..view });
        }
    }
}

fn table(with_script: bool) -> Vec<Event> {
    let mut dice = Dice(7);
    let mut events = Vec::new();
    const DAY: i64 = 86_400_000_000;
    let day = |n: i64| 1_778_000_000_000_000 + n * DAY;
    let crowd = |club, start, size| Crowd {
        club,
        start,
        size,
        agents: 60,
        devices: 1_000,
        silent_percent: 65,
        script: false,
    };
    for club in 1..=4 {
        play(&crowd(club, day(club as i64), 200), &mut dice, &mut events);
    }
    // A stand: six phones, the promoter's queue; people of a phone maker's campaign: three softwares; a dull club.
    play(&Crowd { devices: 6, ..crowd(5, day(5), 80) }, &mut dice, &mut events);
    play(&Crowd { agents: 3, ..crowd(6, day(6), 120) }, &mut dice, &mut events);
    play(&Crowd { silent_percent: 85, ..crowd(7, day(7), 90) }, &mut dice, &mut events);
    if with_script {
        let script = Crowd {
            agents: 5,
            devices: 60,
            silent_percent: 100,
            script: true,
            ..crowd(9, day(3), 90)
        };
        play(&script, &mut dice, &mut events);
    }
    events.push(Event { time: EventTime(day(14)), actor: Key(1), ..Event::default() });
    events.sort_by_key(|e| (e.time, e.id));
    events
}

fn judged(events: &[Event], workers: u64) -> Vec<Finding> {
    let mut parts = vec![Cohorts::default(); workers as usize];
    for event in events {
        parts[(event.actor.0 % workers) as usize].observe(event);
    }
    Cohorts::merge(parts).finish()
}

#[test]
fn a_script_is_found_whole_and_crowds_are_left_alone() {
    let found = judged(&table(true), 1);
    assert!(found.iter().all(|f| f.entity.key == Key(9)), "{found:?}");
    let members: usize = found.iter().map(|f| f.members.len()).sum();
    assert!(members >= 86, "{members} of 90");
    assert!(found.iter().all(|f| f.score > 0.9 && f.score <= 1.0 && f.bits.is_finite()));
    assert_eq!(judged(&table(false), 1), []);
}

#[test]
fn a_queue_at_one_tablet_is_no_script() {
    // Old people whom a volunteer signs up, one after the other, and who never return; the tablet's application is renewed meanwhile.
    let mut events = table(false);
    let mut dice = Dice(31);
    let start = 1_778_000_000_000_000 + 8 * 86_400_000_000;
    let desk = Crowd {
        club: 12,
        start,
        size: 60,
        agents: 4,
        devices: 1,
        silent_percent: 100,
        script: true,
    };
    play(&desk, &mut dice, &mut events);
    events.sort_by_key(|e| (e.time, e.id));
    assert_eq!(judged(&events, 1), []);
    // Nor where only the hall's network is told.
    for event in events.iter_mut().filter(|event| event.actor.0 > 1_200_000) {
        (event.device, event.subnet) = (Key::NONE, Key(77));
    }
    assert_eq!(judged(&events, 1), []);
    // The same pace on as many devices as accounts is a script's.
    for event in events.iter_mut().filter(|event| event.actor.0 > 1_200_000) {
        event.device = Key(9_000_000 + event.actor.0);
    }
    assert_eq!(judged(&events, 1).len(), 1);
}

#[test]
fn workers_do_not_matter() {
    let events = table(true);
    assert_eq!(judged(&events, 1), judged(&events, 3));
}

#[test]
fn a_script_among_a_campaigns_people_is_picked_out() {
    let mut events = table(false);
    let mut dice = Dice(11);
    let start = 1_778_000_000_000_000 + 2 * 86_400_000_000;
    let script = Crowd {
        club: 2,
        start,
        size: 90,
        agents: 4,
        devices: 60,
        silent_percent: 100,
        script: true,
    };
    let mut scripted = Vec::new();
    play(&script, &mut dice, &mut scripted);
    for event in &mut scripted {
        event.actor.0 += 50_000;
        event.id.0 += 50_000;
        event.agent.0 += 20;
    }
    events.extend(scripted);
    events.sort_by_key(|e| (e.time, e.id));
    let found = judged(&events, 2);
    let members: Vec<Key> = found.iter().flat_map(|f| f.members.clone()).collect();
    let scripted = members.iter().filter(|m| m.0 > 250_000).count();
    assert!(scripted >= 80, "{scripted}");
    assert!(members.len() - scripted <= 20, "{} people accused", members.len() - scripted);
}

/// A cohort with ordinary software at an even pace: `towns` networks, numbers of `blocks` blocks, so many of a hundred
/// accounts silent. It ends so many hours before the table does.
struct Batch {
    towns: u64,
    blocks: u64,
    silent_percent: u64,
    hours_left: i64,
}

fn with_batch(batch: &Batch) -> Vec<Event> {
    let mut events = table(false);
    let mut dice = Dice(23);
    let end = events.last().map_or(0, |event| event.time.0);
    let crowd = Crowd {
        club: 11,
        start: end - batch.hours_left * 3_600_000_000 - 90 * 120_000_000,
        size: 90,
        agents: 60,
        devices: 1_000,
        silent_percent: batch.silent_percent,
        script: true,
    };
    let mut scripted = Vec::new();
    play(&crowd, &mut dice, &mut scripted);
    events.extend(scripted);
    for event in &mut events {
        if event.actor.0 > 1_100_000 {
            event.subnet = Key(1 + event.actor.0 % batch.towns);
            // Everybody has a phone of his own, so that no phone changes its software.
            event.device = Key(9_000_000 + event.actor.0);
            event.phone_block = Key(1 + event.actor.0 % batch.blocks);
        } else {
            event.subnet = Key(1_000 + event.actor.0);
            event.phone_block = Key(1_000 + event.actor.0);
        }
        event.phone = Key(event.actor.0);
    }
    // Few of the others come back, so that silence says little.
    let dull =
        |e: &Event| e.kind == Kind::View && e.actor.0 < 1_100_000 && !e.actor.0.is_multiple_of(6);
    events.retain(|event| event.time.0 <= end && !dull(event));
    events.sort_by_key(|e| (e.time, e.id));
    events
}

fn accused_of(batch: &Batch) -> usize {
    let found = judged(&with_batch(batch), 2);
    assert!(found.iter().all(|f| f.entity.key == Key(11)), "{found:?}");
    found.iter().map(|f| f.members.len()).sum()
}

#[test]
fn numbers_bought_together_speak_while_silence_cannot() {
    let script = Batch { towns: 50, blocks: 6, silent_percent: 100, hours_left: 26 };
    assert_eq!(accused_of(&script), 90);
    // The same pace with numbers like anybody's is a queue that has not had the time to come back.
    assert_eq!(accused_of(&Batch { blocks: 90, ..script }), 0);
    // So is a campus where a carrier hands out cards: one network.
    assert_eq!(accused_of(&Batch { towns: 1, ..script }), 0);
    // The same on networks of their own, when people had no time at all to come back.
    assert_eq!(accused_of(&Batch { hours_left: 2, ..script }), 0);
    // And when some have.
    assert_eq!(accused_of(&Batch { silent_percent: 65, ..script }), 0);
}

#[test]
fn a_timers_stretch_is_taken_whole_though_software_picks_out_a_part() {
    let mut events =
        with_batch(&Batch { towns: 50, blocks: 90, silent_percent: 100, hours_left: 69 });
    for event in events.iter_mut().filter(|e| e.actor.0 > 1_100_000 && !e.actor.0.is_multiple_of(3))
    {
        event.agent = Key(200 + event.actor.0 % 4);
    }
    let found = judged(&events, 2);
    let members: usize = found.iter().map(|f| f.members.len()).sum();
    assert_eq!(members, 90, "{found:?}");
}

#[test]
fn who_joined_hours_before_a_script_ran_is_not_of_it() {
    let mut events =
        with_batch(&Batch { towns: 50, blocks: 6, silent_percent: 100, hours_left: 26 });
    let script = |events: &[Event]| {
        let own = events.iter().filter(|event| event.actor.0 > 1_100_000);
        own.map(|event| event.time.0).min().unwrap()
    };
    let start = script(&events);
    for guest in 0..5 {
        let account = Key(1_200_000 + guest);
        let event = Event {
            id: Key(8_000_000_000 + guest),
            time: EventTime(start - (5 - guest as i64) * 3_000_000_000),
            kind: Kind::Register,
            actor: account,
            device: Key(9_900_000 + guest),
            agent: Key(1 + guest),
            ..Event::default()
        };
        let join = Event { id: Key(event.id.0 + 100), kind: Kind::Join, subject: Key(11), ..event };
        events.extend([event, Event { time: EventTime(event.time.0 + 20_000_000), ..join }]);
    }
    events.sort_by_key(|event| (event.time, event.id));
    let found = judged(&events, 2);
    let members: Vec<Key> = found.iter().flat_map(|found| found.members.clone()).collect();
    assert_eq!(members.iter().filter(|member| member.0 < 1_200_000).count(), 90, "{found:?}");
    assert_eq!(members.len(), 90, "who came before is accused");
}

#[test]
fn nothing_and_little_are_fine() {
    assert_eq!(judged(&[], 1), []);
    let few: Vec<Event> = table(true).into_iter().take(10).collect();
    assert_eq!(judged(&few, 1), []);
    let same_time = |i: u64| Event {
        id: Key(i),
        kind: Kind::Join,
        actor: Key(i),
        subject: Key(1),
        ..Event::default()
    };
    let flood: Vec<Event> = (1..500).map(same_time).collect();
    assert_eq!(judged(&flood, 1), []);
}

/// No devices are named, and the stand's people stay away: nothing but its few phones clears it.
fn without_devices(network: impl Fn(&Event) -> Key) -> Vec<Event> {
    let mut events = table(true);
    let stands = |event: &Event| event.actor.0 / 100_000 == 5;
    events.retain(|event| !stands(event) || event.kind != Kind::View);
    for event in &mut events {
        event.subnet = network(event);
        event.device = Key::NONE;
    }
    events
}

#[test]
fn where_no_devices_are_named_a_stands_phones_are_not_taken_for_its_peoples() {
    let clubs = |found: Vec<Finding>| {
        let mut clubs: Vec<u64> = found.iter().map(|finding| finding.entity.key.0).collect();
        clubs.dedup();
        clubs
    };
    // A stand has one network, a script as many as it has addresses.
    let place = |event: &Event| match event.actor.0 / 100_000 {
        5 => Key(1),
        _ => Key(2 + event.actor.0 % 70),
    };
    assert_eq!(clubs(judged(&without_devices(place), 2)), [9]);
    // Where networks are not named either, each software may be one phone: the script is known by its pace and silence.
    assert_eq!(clubs(judged(&without_devices(|_| Key::NONE), 2)), [9]);
}
