//! A small world, looked at as a stranger would: is it in order, does it add up, does it repeat, and does it hide
//! what it should hide.

#![allow(clippy::unwrap_used)] // what fails here fails the test

use events::Kind;
use simulator::{Bulk, Label, Population, Record, Scenario, Scheme, World, write};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(|| world(Scheme::ALL.to_vec()).run());

fn world(schemes: Vec<Scheme>) -> Scenario {
    Scenario { people: 1_500, schemes, ..Scenario::default() }
}

#[test]
fn the_same_scenario_writes_the_same_bytes() {
    let scenario = Scenario { people: 400, days: 4, ..world(Scheme::ALL.to_vec()) };
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(&scenario, one.path()).unwrap();
    write(&scenario, two.path()).unwrap();
    let mut files = 0;
    for entry in std::fs::read_dir(one.path()).unwrap() {
        let name = entry.unwrap().file_name();
        let read = |dir: &tempfile::TempDir| std::fs::read(dir.path().join(&name)).unwrap();
        assert!(read(&one) == read(&two), "{name:?} differs");
        files += 1;
    }
    assert_eq!(files, 8);
    let other = Scenario { seed: 2, ..scenario.clone() };
    assert_ne!(other.run().records[..50], scenario.run().records[..50]);
}

#[test]
fn events_leave_in_the_order_of_time_and_once() {
    let records = &WORLD.records;
    assert_eq!(records.len() as u64, WORLD.truth.events);
    assert!(records.windows(2).all(|pair| pair[0].time <= pair[1].time));
    let ids: BTreeSet<&str> = records.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids.len(), records.len());
}

#[test]
fn truth_adds_up_per_subject_and_kind() {
    let mut counts: BTreeMap<(&str, Kind), [i64; 4]> = BTreeMap::new();
    for record in WORLD.records.iter().filter(|r| r.kind.counts() && !r.subject.is_empty()) {
        let count = counts.entry((&record.subject, record.kind)).or_default();
        count[0] += 1;
        count[1 + record.label as usize] += 1;
    }
    assert_eq!(counts.len(), WORLD.truth.subjects.len());
    for row in &WORLD.truth.subjects {
        let [raw, genuine, gray, fake] = counts[&(row.subject.as_str(), row.kind)];
        assert_eq!((row.raw, row.genuine, row.gray), (raw, genuine, gray), "{row:?}");
        assert_eq!(raw, genuine + gray + fake);
    }
}

#[test]
fn every_scheme_and_crowd_is_there() {
    let accounts = &WORLD.truth.accounts;
    for scheme in Scheme::ALL {
        let of = accounts.iter().filter(|a| a.scheme.as_deref() == Some(scheme.code()));
        let members: BTreeSet<&str> = of.map(|a| a.account.as_str()).collect();
        assert!(members.len() >= 4, "{scheme:?}");
        let acts = WORLD.records.iter().filter(|r| members.contains(r.actor.as_str()));
        let fakes = acts.filter(|r| r.label == Label::Fake).count();
        assert!(fakes >= 20, "{scheme:?}: {fakes}");
    }
    for crowd in Population::ALL {
        let in_it =
            |a: &&simulator::AccountTruth| a.population.split(';').any(|p| p == crowd.name());
        assert!(accounts.iter().filter(in_it).count() >= 3, "{crowd:?}");
    }
    let grouped: BTreeSet<&str> = WORLD.truth.groups.iter().map(|g| g.1.as_str()).collect();
    for account in accounts.iter().filter(|a| a.label == Label::Fake) {
        assert!(grouped.contains(account.account.as_str()), "{account:?}");
    }
    assert!(WORLD.truth.owners.iter().any(|o| o.1) && WORLD.truth.owners.iter().any(|o| !o.1));
    assert!(WORLD.truth.points.iter().any(|p| p.1) && WORLD.truth.points.iter().any(|p| !p.1));
}

#[test]
fn schemes_that_have_to_be_named_leave_the_usual_world_alone() {
    let usual = world(Scheme::USUAL.to_vec());
    assert_eq!(usual.schemes, Scenario::default().schemes);
    let count = |world: &World, scheme: &str| {
        world.truth.accounts.iter().filter(|a| a.scheme.as_deref() == Some(scheme)).count()
    };
    let (without, with) = (usual.run(), &*WORLD);
    assert_eq!(
        ["S14", "S15", "S16", "S17", "S18", "S19", "S20", "S21"]
            .map(|scheme| count(&without, scheme)),
        [0; 8]
    );
    assert!(without.records.iter().all(|record| sequence(&record.parcel).is_none()));
    for scheme in Scheme::USUAL.iter().filter(|scheme| **scheme != Scheme::BrushingRing) {
        let (before, after) = (count(&without, scheme.code()), count(with, scheme.code()));
        assert_eq!(before, after, "{scheme:?}");
    }
    let crowds = [
        "bad_batch",
        "strict_critic",
        "default_praise",
        "brushing_talk",
        "shop_staff",
        "support_desk",
        "other_audience",
        "campus_week",
        "firm",
        "shift_worker",
        "short_sleeper",
        "new_parent",
        "shared_login",
        "day_and_night_shop",
    ];
    let beside = |a: &simulator::AccountTruth| crowds.iter().any(|c| a.population.contains(c));
    assert!(!without.truth.accounts.iter().any(beside));
}

#[test]
fn a_scenario_without_schemes_has_nothing_fake() {
    let scenario = Scenario { people: 400, schemes: Vec::new(), ..Scenario::default() };
    let world = scenario.run();
    assert!(world.records.iter().all(|r| r.label != Label::Fake));
    assert!(world.truth.accounts.iter().all(|a| a.label != Label::Fake));
    assert!(world.truth.owners.iter().all(|o| !o.1));
}

#[test]
fn an_order_goes_from_pay_to_ship_to_scans_to_sign() {
    // Couriers, who come with S15, have clocks that are wrong.
    let schemes = Scheme::ALL.into_iter().filter(|scheme| *scheme != Scheme::ForgedTracks);
    let world = world(schemes.collect()).run();
    let mut orders: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    for record in world.records.iter().filter(|r| !r.order.is_empty()) {
        orders.entry(&record.order).or_default().push(record);
    }
    let stage = |kind| match kind {
        Kind::Order => 0,
        Kind::Pay => 1,
        Kind::Subsidy => 2,
        Kind::Ship => 3,
        Kind::Scan => 4,
        Kind::Sign => 5,
        Kind::Refund | Kind::Review => 6,
        other => panic!("{other:?} with an order"),
    };
    let mut signed = 0;
    for (order, steps) in &orders {
        assert_eq!(steps[0].kind, Kind::Order, "{order}");
        assert!(steps.windows(2).all(|p| stage(p[0].kind) <= stage(p[1].kind)), "{steps:#?}");
        let parcels: BTreeSet<&str> =
            steps.iter().map(|r| r.parcel.as_str()).filter(|p| !p.is_empty()).collect();
        assert!(parcels.len() <= 1);
        let buyers: BTreeSet<&str> =
            steps.iter().map(|r| r.actor.as_str()).filter(|a| !a.is_empty()).collect();
        assert_eq!(buyers.len(), 1);
        for pay in steps.iter().filter(|r| r.kind == Kind::Pay) {
            assert_eq!(pay.amount, steps[0].amount);
            assert!(!pay.payment.is_empty() && !steps[0].address.is_empty());
        }
        signed += usize::from(steps.iter().any(|r| r.kind == Kind::Sign));
    }
    assert!(signed > 500, "{signed}");
}

/// The carrier and the number of a waybill that is one.
fn sequence(parcel: &str) -> Option<(&str, u64)> {
    let (carrier, digits) = parcel.split_at_checked(2)?;
    (parcel.len() == 15).then_some((carrier, digits.parse().ok()?))
}

#[test]
fn forged_parcels_are_neighbours_in_number_and_others_are_their_shops() {
    let world = world(vec![Scheme::ForgedTracks]).run();
    let mut shops: BTreeMap<(&str, u64), (&str, Label)> = BTreeMap::new();
    for record in world.records.iter().filter(|r| !r.parcel.is_empty()) {
        let number = sequence(&record.parcel).unwrap();
        if record.kind == Kind::Ship {
            assert!(shops.insert(number, (&record.owner, record.label)).is_none(), "{number:?}");
        }
    }
    let (mut next, mut all) = ([0u32; 2], [0u32; 2]);
    for (&(carrier, number), &(shop, label)) in &shops {
        let forged = usize::from(label == Label::Fake);
        all[forged] += 1;
        let near = |by| shops.get(&(carrier, number + by)).filter(|other| other.1 == label);
        let same = (1..=8).find_map(near).is_some_and(|other| other.0 == shop);
        next[forged] += u32::from(same);
    }
    let share = |of: usize| f64::from(next[of]) / f64::from(all[of]);
    assert!(all[1] >= 50, "{all:?}");
    assert!(share(0) > 0.5 && share(1) < 0.3, "{next:?} of {all:?}");
    assert_eq!(world.truth.points.iter().filter(|point| point.1).count(), 1);
}

#[test]
fn nobody_acts_before_registering() {
    let mut registered: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, record) in WORLD.records.iter().enumerate().filter(|(_, r)| r.kind == Kind::Register) {
        assert!(registered.insert(&record.actor, i).is_none(), "{} registers twice", record.actor);
    }
    for (i, record) in WORLD.records.iter().enumerate() {
        if let Some(&at) = registered.get(record.actor.as_str()) {
            assert!(i >= at, "{record:?}");
        }
    }
}

/// How well a number tells the two apart: 0.5 not at all, 1 (or 0) fully.
fn auc(bots: &[f64], people: &[f64]) -> f64 {
    let mut won = 0.0;
    for bot in bots {
        for person in people {
            won += if bot > person {
                1.0
            } else if bot == person {
                0.5
            } else {
                0.0
            };
        }
    }
    won / (bots.len() * people.len()) as f64
}

/// One account's plain attributes.
#[derive(Default)]
struct Seen<'a> {
    devices: BTreeSet<&'a str>,
    ips: BTreeSet<&'a str>,
    night: f64,
    tunnel: f64,
    dwell: Vec<i64>,
    events: f64,
}

#[test]
fn no_plain_attribute_tells_stealth_bots_from_people() {
    let labels: BTreeMap<&str, &simulator::AccountTruth> =
        WORLD.truth.accounts.iter().map(|a| (a.account.as_str(), a)).collect();
    let mut seen: BTreeMap<&str, Seen> = BTreeMap::new();
    let mut on_device: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for r in WORLD.records.iter().filter(|r| !r.actor.is_empty() && !r.device.is_empty()) {
        let of = seen.entry(&r.actor).or_default();
        of.devices.insert(&r.device);
        of.ips.insert(&r.ip);
        of.events += 1.0;
        of.night += f64::from((16..21).contains(&(r.time.seconds() / 3_600 % 24)));
        of.tunnel += f64::from(r.ip.starts_with("10.240."));
        of.dwell.extend(r.dwell_ms);
        on_device.entry(&r.device).or_default().insert(&r.actor);
    }
    seen.retain(|_, of| of.events >= 10.0);
    type Plain<'a> = (&'a str, Box<dyn Fn(&str, &Seen) -> f64 + 'a>);
    let plain: Vec<Plain> = vec![
        ("first letter", Box::new(|id, _| f64::from(id.as_bytes()[0]))),
        ("second letter", Box::new(|id, _| f64::from(id.as_bytes()[1]))),
        ("devices", Box::new(|_, of| of.devices.len() as f64)),
        ("addresses", Box::new(|_, of| of.ips.len() as f64)),
        ("night", Box::new(|_, of| of.night / of.events)),
        ("data centre", Box::new(|_, of| of.tunnel / of.events)),
        (
            "accounts on a device",
            Box::new(|_, of| {
                of.devices.iter().map(|d| on_device[d].len()).max().unwrap_or(0) as f64
            }),
        ),
        (
            "median dwell",
            Box::new(|_, of| {
                let mut dwell = of.dwell.clone();
                dwell.sort_unstable();
                dwell.get(dwell.len() / 2).copied().unwrap_or(0) as f64
            }),
        ),
    ];
    for (name, number) in &plain {
        let of = |wanted: fn(&simulator::AccountTruth) -> bool| -> Vec<f64> {
            let mine = seen.iter().filter(|(id, _)| wanted(labels[*id]));
            mine.map(|(id, of)| number(id, of)).collect()
        };
        let bots = of(|a| a.scheme.as_deref() == Some("S2"));
        let people = of(|a| a.label == Label::Genuine);
        assert!(bots.len() > 80 && people.len() > 500);
        let told = auc(&bots, &people);
        assert!((0.3..0.7).contains(&told), "{name} tells bots from people: {told:.3}");
    }
}

#[test]
fn a_view_without_an_account_is_no_giveaway() {
    let views = WORLD.records.iter().filter(|r| r.kind == Kind::View && r.actor.is_empty());
    let (mut fake, mut genuine) = (0, 0);
    views.for_each(|r| if r.label == Label::Fake { fake += 1 } else { genuine += 1 });
    assert!(fake > 100 && genuine > fake / 2, "{fake} fake, {genuine} genuine");
}

#[test]
fn a_bulk_world_repeats_and_plants_its_groups() {
    let bulk = Bulk { events: 30_000, accounts: 3_000, seed: 5 };
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let truth = bulk.write(one.path()).unwrap();
    bulk.write(two.path()).unwrap();
    let read = |dir: &tempfile::TempDir| std::fs::read(dir.path().join("events.parquet")).unwrap();
    assert!(read(&one) == read(&two));
    assert!(truth.groups.len() > 100);
    assert_eq!(truth.events, 30_000);
}
