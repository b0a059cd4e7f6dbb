//! Where nobody cheats nobody is accused, and each detector stays within its budget of findings: markets without a scheme,
//! with all their crowds.

use super::codes::promise;
use super::support::{qingliu, table, texts};
use super::world::findings;
use detectors::CATALOGUE;

const PEOPLE: usize = 2_000;

#[test]
fn a_market_without_schemes_is_silent() {
    for seed in ["5", "6"] {
        let dir = tempfile::tempdir().unwrap();
        let people = PEOPLE.to_string();
        let world = ["simulate", "--out", "market", "--schemes", "none", "--people", &people];
        qingliu(dir.path(), &[&world[..], &["--seed", seed]].concat()).ends(0);
        qingliu(dir.path(), &["audit", "market/events.parquet", "--out", "out"]).ends(0);
        let out = dir.path().join("out");
        let verdicts = texts(&table(&out.join("accounts.parquet")), "verdict");
        assert!(verdicts.len() > 1_500, "{}", verdicts.len());
        assert!(verdicts.iter().all(|verdict| verdict == "genuine"));
        let groups = texts(&table(&out.join("groups.parquet")), "verdict");
        assert!(groups.iter().all(|verdict| verdict == "genuine"), "{groups:?}");
        let found = findings(&out);
        for entry in &CATALOGUE {
            let count = found.iter().filter(|finding| finding.code == entry.code).count();
            let budget = promise(entry.code).organic * PEOPLE / 1_000;
            assert!(count <= budget, "{}: {count}, seed {seed}", entry.id);
        }
    }
}
