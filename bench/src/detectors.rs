//! What each detector costs an event: one simulated market, every component alone over the same events.
//!
//! Nanoseconds are divided by all events of the market, not by those that the detector looks at: that is what it adds to
//! an audit.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use detectors::gear::{Gear, Gears};
use detectors::mem01::Cohorts;
use detectors::seq03::{Origins, uneven};
use detectors::{Code, Limits, Shard, mem03, rev02, rev03, text};
use events::{Batch, EntityKind, Event, Key, Province};
use features::{Keyed, Touch, touch};
use groups::{Activity, Examination, Found, Ledger, Links, Visitors};
use input::Input;
use learning::{Provenance, Settings, TextModel, Texts};
use trades::{Book, Counter};

/// A component and what it costs.
#[derive(Clone, Debug)]
pub struct Cost {
    /// The detectors that it serves.
    pub what: &'static str,
    /// Nanoseconds an event of the table: the fastest of the runs.
    pub nanoseconds: f64,
}

/// Times every component over the events of a file, each the fastest of `repeat` runs.
///
/// # Errors
/// The file cannot be read.
pub fn costs(file: &Path, repeat: usize) -> Result<(usize, Vec<Cost>)> {
    let input = Input::open(&[file], None)?;
    let mut batches: Vec<Batch> = Vec::new();
    for part in input.parts() {
        part.read(&mut |batch, _| {
            batches.push(batch);
            true
        })?;
    }
    let mut events: Vec<(Event, &str)> = batches
        .iter()
        .flat_map(|batch| batch.events.iter().map(|event| (*event, batch.text(event.text))))
        .collect();
    events.sort_by_key(|(event, _)| (event.time, event.id));
    let touches = |kinds: &[EntityKind]| -> Vec<Touch> {
        kinds.iter().flat_map(|kind| events.iter().filter_map(|e| touch(&e.0, *kind))).collect()
    };
    let shard = |kinds: &[EntityKind]| {
        let touches = touches(kinds);
        move || {
            let (mut shard, mut found) = (Shard::new(&Limits::default()), Vec::new());
            shard.observe_all(&touches, &mut found);
            black_box(found.len());
        }
    };
    let instruments = [EntityKind::Payment, EntityKind::Address, EntityKind::PhoneBlock];
    let mut costs = vec![
        cost("VEL01, SEQ01, NET02 (an account's devices)", repeat, shard(&[EntityKind::Account])),
        cost("VEL02, NET02 (a device's systems)", repeat, shard(&[EntityKind::Device])),
        cost("VEL03", repeat, shard(&[EntityKind::Ip, EntityKind::Subnet])),
        cost("VEL04, SYN03", repeat, shard(&[EntityKind::Subject])),
        cost("NET01", repeat, shard(&instruments)),
    ];
    costs.push(cost("MEM01, MEM05", repeat, || {
        let mut cohorts = Cohorts::default();
        events.iter().for_each(|(event, _)| cohorts.observe(event));
        black_box(cohorts.errands());
        black_box(cohorts.finish());
    }));
    costs.push(cost("NET02, NET03, MEM02, SEQ04 (what accounts come with)", repeat, || {
        let mut gears: Keyed<Gear> = Keyed::default();
        for (event, _) in events.iter().filter(|(event, _)| event.actor.is_some()) {
            gears.entry(event.actor).or_default().observe(event);
        }
        let mut all = Gears::default();
        gears.into_iter().for_each(|(account, gear)| all.note(account, gear));
        black_box(Gears::merge(vec![all]).findings().len());
    }));
    costs.push(cost("SEQ03 (an account's last place stands for it)", repeat, || {
        let (mut last, mut origins) = (Keyed::<Province>::default(), Origins::default());
        for (event, _) in &events {
            let place = last.entry(event.actor).or_default();
            if event.province.is_some() && event.actor.is_some() {
                *place = event.province;
            }
            origins.observe(event, *place);
        }
        black_box(uneven(&origins).len());
    }));
    costs.push(cost("REV01", repeat, || {
        black_box(events.iter().filter_map(|(_, said)| text::sketch(said)).count());
    }));
    costs.push(cost("TXT01, TXT03, TXT04, TXT05", repeat, || {
        let said = events.iter().filter(|(_, said)| !said.is_empty());
        black_box(said.map(|(_, said)| texts::examine(said).len()).sum::<usize>());
    }));
    costs.extend(learnt(&events, repeat)?);
    costs.push(cost("SYN01, SYN02 (marks kept)", repeat, || {
        black_box(marks(&events));
    }));
    costs.extend(together(&events, repeat));
    let count = || {
        let mut counter = Counter::default();
        events.iter().for_each(|(event, said)| counter.observe(event, said));
        counter
    };
    costs.push(cost("SEQ02, PAY01, LOG01 to LOG04, OPS01 (trades kept)", repeat, || {
        black_box(count());
    }));
    let book = Book::of(vec![count()]);
    costs.extend(looked_at(&events, &book, repeat));
    let all = events.len();
    for cost in &mut costs {
        cost.nanoseconds /= all.max(1) as f64;
    }
    Ok((all, costs))
}

fn marks(events: &[(Event, &str)]) -> Activity {
    let mut activity = Activity::new(false);
    events.iter().for_each(|(event, _)| _ = activity.observe(event));
    activity
}

/// What a model reads in texts. What it was taught does not matter for how long that takes: here, to tell the halves of the
/// table apart.
fn learnt(events: &[(Event, &str)], repeat: usize) -> Result<Option<Cost>> {
    const TAUGHT: usize = 4_000;
    let said = || events.iter().map(|(_, said)| *said).filter(|said| !said.is_empty());
    let texts: Vec<String> = said().take(TAUGHT).map(str::to_owned).collect();
    if texts.len() < 100 {
        return Ok(None);
    }
    let labels: Vec<bool> = (0..texts.len()).map(|at| at < texts.len() / 2).collect();
    let rows =
        Texts { texts: &texts, labels: &labels, blocks: &vec![None; texts.len()], times: None };
    let (model, _) = TextModel::fit(rows, Settings::default(), Provenance::default())?;
    Ok(Some(cost("TXT07 (with a model)", repeat, || {
        black_box(said().map(|said| model.evidence(said).bits).sum::<f64>());
    })))
}

/// Who acts together: searched, looked at once more in all events, judged; by one worker.
fn together(events: &[(Event, &str)], repeat: usize) -> Vec<Cost> {
    let search = || groups::search(Ledger::of(vec![marks(events)]), 1, groups::Limits::default());
    let searched =
        cost("SYN01, SYN02 (marks kept, communities and surges searched)", repeat, || {
            black_box(search().is_empty());
        });
    let found = search();
    let look = || {
        let mut examination = Examination::new(&found);
        events.iter().for_each(|(event, said)| examination.observe(event, said));
        examination
    };
    let looked = cost("SYN01, SYN02 (second look at members)", repeat, || {
        black_box(look());
    });
    let examination = look();
    let judged = cost("SYN01, SYN02 (judged: arrivals and other tests)", repeat, || {
        black_box(groups::judge(&found, &examination).len());
    });
    let mut accounts: Vec<Key> = events.iter().map(|(event, _)| event.actor).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let devices: Vec<Touch> =
        events.iter().filter_map(|e| touch(&e.0, EntityKind::Device)).collect();
    let (mut shard, mut shared) = (Shard::new(&Limits::default()), Vec::new());
    shard.observe_all(&devices, &mut shared);
    shard.finish(&mut shared);
    let shared = shared.iter().filter(|finding| finding.code == Code::Vel02);
    let shared: Vec<(Key, usize)> =
        shared.map(|finding| (finding.entity.key, finding.members.len())).collect();
    let parties = cost("SYN01 (parties: links, visitors, lives)", repeat, || {
        let mut links = Links::default();
        events.iter().for_each(|(event, _)| links.observe(event));
        let mut visitors = Visitors::new(&Links::merge(vec![links]), shared.clone());
        events.iter().for_each(|(event, _)| visitors.observe(event));
        let found = Found::of(visitors);
        let mut lives = found.lives(accounts.len());
        events.iter().for_each(|(event, _)| lives.observe(event));
        black_box(found.parties(&lives).len());
    });
    vec![searched, looked, judged, parties]
}

/// What looks at a whole table at its end.
fn looked_at(events: &[(Event, &str)], book: &Book, repeat: usize) -> Vec<Cost> {
    let mut costs = Vec::new();
    let opinions = &book.opinions;
    costs.push(cost("REV02, REV03 (opinions looked at)", repeat, || {
        black_box(rev02::shifts(opinions).len() + rev03::extortions(opinions).len());
    }));
    let mut newcomers = Cohorts::default();
    events.iter().for_each(|(event, _)| newcomers.observe(event));
    costs.push(cost("MEM03 (cohorts looked at)", repeat, || {
        let (members, last) = newcomers.members();
        black_box(mem03::cohorts(&members, last, &|_| false).len());
    }));
    costs.push(cost("NET04, MEM04, PAY05, LOG05 (nests found)", repeat, || {
        let (members, last) = newcomers.members();
        black_box(ventures::nests(book, &members, last).len());
    }));
    let payers = ventures::payers(book);
    costs.push(cost("PAY02, PAY03, PAY06, PAY07 (circles and subsidies found)", repeat, || {
        let found = ventures::circles(book, &payers).len()
            + ventures::subsidies(book).len()
            + ventures::undone(book).len();
        black_box(found);
    }));
    let known = vec![false; book.trades.len()];
    costs.push(cost("PAY04 (praise looked at)", repeat, || {
        black_box(ventures::praises(book, &[], &known).len());
    }));
    costs.push(cost(
        "LOG02 to LOG04, LOG06 (parcels looked at, crews behind them)",
        repeat,
        || {
            let parcels = ventures::parcels(book);
            black_box(ventures::freight(book, &parcels, &known).len());
        },
    ));
    costs.push(cost("SEQ02, PAY01, LOG01 (ventures found)", repeat, || {
        black_box(ventures::find(book, &ventures::payers(book)).len());
    }));
    costs
}

/// The fastest of some runs, in nanoseconds.
fn cost(what: &'static str, repeat: usize, run: impl Fn()) -> Cost {
    let runs = (0..repeat.max(1)).map(|_| {
        let begun = Instant::now();
        run();
        begun.elapsed().as_nanos() as f64
    });
    Cost { what, nanoseconds: runs.fold(f64::INFINITY, f64::min) }
}
