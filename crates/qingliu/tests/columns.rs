//! Goal: a market with half of its columns missing loses recall, never precision. Method: one simulated market is
//! written as CSV with a seeded dozen of halves of the columns that a table may lack, each is audited, and the market's
//! truth says who was accused; what was found with which columns is printed.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use rand::rngs::ChaCha8Rng;
use rand::seq::index;
use rand::{RngExt, SeedableRng};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use support::{COLUMNS, Row, market, qingliu, rows_of};

const PEOPLE: u32 = 2_500;
const DAYS: u32 = 8;
/// The first three columns are needed: id, time and kind.
const NEEDED: usize = 3;
/// Places of the columns without which nobody can be accused, or of nothing in common.
const ACTOR: usize = 3;
const SUBJECT: usize = 4;
/// Places of others.
const IP: usize = 10;
const AGENT: usize = 11;
/// Genuine accounts that may be accused: the floor for whole tables, which a thinner one has to keep.
const ACCUSED: f64 = 0.001;

/// A dozen of halves, as the places that stay. Ten keep actor and subject, so that there is somebody to accuse; one lacks
/// the actor and one the subject.
fn halves() -> Vec<Vec<usize>> {
    let mut rng = ChaCha8Rng::seed_from_u64(20);
    let optional = COLUMNS.len() - NEEDED;
    let mut halves = Vec::new();
    while halves.len() < 12 {
        let mut kept: Vec<usize> =
            index::sample(&mut rng, optional, optional / 2).iter().map(|n| n + NEEDED).collect();
        let wanted = match halves.len() {
            10 => (false, true),
            11 => (true, false),
            _ => (true, true),
        };
        // Any two columns are exchanged, so that every other column is as likely to stay as it was.
        for (place, stays) in [(ACTOR, wanted.0), (SUBJECT, wanted.1)] {
            let at = kept.iter().position(|&column| column == place);
            match (at, stays) {
                (Some(at), false) => kept[at] = missing(&kept, &mut rng),
                (None, true) => {
                    let others: Vec<usize> = (0..kept.len())
                        .filter(|&at| kept[at] != ACTOR && kept[at] != SUBJECT)
                        .collect();
                    kept[others[rng.random_range(0..others.len())]] = place;
                }
                (Some(_), true) | (None, false) => {}
            }
        }
        kept.sort_unstable();
        halves.push(kept);
    }
    halves
}

/// A column that is not kept and is neither actor nor subject.
fn missing(kept: &[usize], rng: &mut ChaCha8Rng) -> usize {
    loop {
        let column = rng.random_range(SUBJECT + 1..COLUMNS.len());
        if !kept.contains(&column) {
            return column;
        }
    }
}

/// Writes the needed columns and the kept ones.
fn write_part(path: &Path, rows: &[Row], kept: &[usize]) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    let places: Vec<usize> = (0..NEEDED).chain(kept.iter().copied()).collect();
    let names: Vec<&str> = places.iter().map(|&place| COLUMNS[place]).collect();
    writeln!(file, "{}", names.join(",")).unwrap();
    for row in rows {
        for (at, &place) in places.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let cell = &row[place];
            if cell.contains([',', '"', '\n', '\r']) {
                write!(file, "{comma}\"{}\"", cell.replace('"', "\"\"")).unwrap();
            } else {
                write!(file, "{comma}{cell}").unwrap();
            }
        }
        writeln!(file).unwrap();
    }
    file.flush().unwrap();
}

/// Audits a part of the table and says what came of it, as JSON.
fn judged(dir: &Path, rows: &[Row], kept: &[usize]) -> serde_json::Value {
    write_part(&dir.join("part.csv"), rows, kept);
    qingliu(dir, &["audit", "part.csv", "--out", "part", "--quiet"]).ends(0);
    qingliu(dir, &["evaluate", "--truth", "market", "--results", "part", "--json"]).ends(0).json()
}

/// Recall per scheme at `fake`, and whoever was wronged.
fn line(evaluation: &serde_json::Value) -> String {
    let accounts = &evaluation["accounts"];
    let recall: Vec<String> = accounts["schemes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| format!("{} {:.2}", s["scheme"].as_str().unwrap(), s["recall"].as_f64().unwrap()))
        .collect();
    let wronged: Vec<String> = accounts["populations"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| p["accused"] != 0)
        .map(|p| format!("{} {}", p["population"], p["accused"]))
        .collect();
    let (fake, suspect) = (&accounts["at_fake"]["accused"], &accounts["at_suspect"]["accused"]);
    format!("accused {fake} (with suspect {suspect}) {wronged:?}; recall {}", recall.join(", "))
}

#[test]
fn half_of_the_columns_costs_recall_and_not_precision() {
    let dir = tempfile::tempdir().unwrap();
    let (people, days) = (PEOPLE.to_string(), DAYS.to_string());
    let world = ["simulate", "--people", &people, "--days", &days, "--out", "market"];
    qingliu(dir.path(), &world).ends(0);
    let rows = market(PEOPLE, DAYS);

    let whole: Vec<usize> = (NEEDED..COLUMNS.len()).collect();
    let with_all = judged(dir.path(), &rows, &whole);
    let found = |evaluation: &serde_json::Value| {
        evaluation["accounts"]["at_fake"]["found"].as_u64().unwrap()
    };
    // Without this the test could pass by an audit that finds nothing.
    assert!(found(&with_all) > 100, "{with_all:#}");
    println!("all columns: {}", line(&with_all));

    let (mut wrong, mut any) = (Vec::new(), 0);
    for kept in halves() {
        let evaluation = judged(dir.path(), &rows, &kept);
        let names: Vec<&str> = kept.iter().map(|&place| COLUMNS[place]).collect();
        let line = format!("{}: {}", names.join(" "), line(&evaluation));
        println!("{line}");
        any += found(&evaluation);
        let share = evaluation["accounts"]["at_fake"]["accused_share"].as_f64().unwrap();
        if share > ACCUSED {
            wrong.push(line);
        }
    }
    assert!(wrong.is_empty(), "genuine accounts are accused:\n{}", wrong.join("\n"));
    assert!(any > 0, "no half found anybody");
}

#[test]
fn phones_that_are_not_told_apart_accuse_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let (people, days) = (PEOPLE.to_string(), DAYS.to_string());
    let world =
        ["simulate", "--seed", "2", "--people", &people, "--days", &days, "--out", "market"];
    qingliu(dir.path(), &world).ends(0);
    let scenario =
        simulator::Scenario { seed: 2, people: PEOPLE, days: DAYS, ..Default::default() };
    assert_eq!((COLUMNS[IP], COLUMNS[AGENT]), ("ip", "agent"));
    // People sign up at a stand on the few phones of its promoters; without `device` nothing but their network says so.
    for kept in [vec![ACTOR, SUBJECT, IP, AGENT], vec![ACTOR, SUBJECT, AGENT]] {
        let evaluation = judged(dir.path(), &rows_of(&scenario), &kept);
        println!("{kept:?}: {}", line(&evaluation));
        assert_eq!(evaluation["accounts"]["at_fake"]["accused"], 0, "{}", line(&evaluation));
        assert!(evaluation["accounts"]["at_fake"]["found"].as_u64().unwrap() > 100);
    }
}
