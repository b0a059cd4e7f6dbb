//! Goal: where nobody cheats nobody is accused, and each detector stays within its budget of findings. Method: markets
//! without a scheme, with all their crowds, go through the whole program.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::collections::BTreeMap;

use support::{qingliu, table, texts};

/// How many findings a code may have in a market of that many people: places to look, that accuse nobody. What judges
/// accounts, groups, owners, outlets and texts has none.
fn budget(code: &str, people: usize) -> usize {
    match code {
        "VEL01" | "VEL02" | "VEL03" | "VEL04" | "NET01" | "SEQ01" => people / 500,
        _ => 0,
    }
}

#[test]
fn a_market_without_schemes_is_silent() {
    for seed in ["5", "6"] {
        let dir = tempfile::tempdir().unwrap();
        let world = ["simulate", "--out", "market", "--schemes", "none", "--people", "2000"];
        qingliu(dir.path(), &[&world[..], &["--seed", seed]].concat()).ends(0);
        qingliu(dir.path(), &["audit", "market/events.parquet", "--out", "out"]).ends(0);
        let out = dir.path().join("out");
        let verdicts = texts(&table(&out.join("accounts.parquet")), "verdict");
        assert!(verdicts.len() > 1_500, "{}", verdicts.len());
        assert!(verdicts.iter().all(|verdict| verdict == "genuine"));
        let groups = texts(&table(&out.join("groups.parquet")), "verdict");
        assert!(groups.iter().all(|verdict| verdict == "genuine"), "{groups:?}");
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for code in texts(&table(&out.join("findings.parquet")), "code") {
            *found.entry(code).or_default() += 1;
        }
        for (code, count) in found {
            assert!(count <= budget(&code, 2_000), "{code}: {count}, seed {seed}");
        }
    }
}
