//! A table, what the program found in it, and what is needed to find it again.

use super::support::{Row, qingliu, table, texts, write_parquet};
use super::town;
use detectors::interned::interned;
use detectors::{CATALOGUE, Code, Limits, Shard, Usual};
use events::{Entity, EntityKind, EventTime, Key};
use features::touches;
use input::Input;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

/// A finding as the results have it.
pub struct Found {
    pub code: Code,
    pub kind: String,
    pub subject: String,
    pub score: f64,
    pub bits: f64,
    /// The numbers of its evidence, in their order.
    pub evidence: Vec<(&'static str, f64)>,
    /// The accounts that it names.
    pub accounts: Vec<String>,
}

impl Found {
    /// A number of the evidence.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.evidence.iter().find(|entry| entry.0 == name).map(|entry| entry.1)
    }

    /// The same, where it has to be there.
    #[track_caller]
    pub fn value(&self, name: &str) -> f64 {
        self.get(name).unwrap_or_else(|| panic!("no {name}: {}", self.told()))
    }

    /// As a message tells it.
    pub fn told(&self) -> String {
        let id = self.code.entry().id;
        format!("{id} {} {}: {} bits, {:?}", self.kind, self.subject, self.bits, self.evidence)
    }
}

/// A table and its results.
pub struct World {
    pub found: Vec<Found>,
    /// By group: its bits, and its members with theirs.
    pub groups: BTreeMap<i32, (f64, BTreeMap<String, f64>)>,
    /// The columns of the events that recounts look at.
    columns: BTreeMap<&'static str, Vec<String>>,
    /// What is usual in the table, counted again from its events.
    pub usual: Usual,
}

/// The code of an id.
pub fn code(id: &str) -> Code {
    let entry = CATALOGUE.iter().find(|entry| entry.id == id);
    entry.unwrap_or_else(|| panic!("{id} is not in the catalogue")).code
}

/// A column of 32-bit fractions.
pub fn numbers(batch: &arrow_array::RecordBatch, column: &str) -> Vec<f64> {
    use arrow_array::cast::AsArray;
    use arrow_array::types::Float32Type;
    let array = batch.column_by_name(column).unwrap().as_primitive::<Float32Type>();
    array.values().iter().map(|number| f64::from(*number)).collect()
}

/// The findings of a folder of results.
pub fn findings(results: &Path) -> Vec<Found> {
    let batch = table(&results.join("findings.parquet"));
    let text = |column: &str| texts(&batch, column);
    let (codes, kinds, subjects) = (text("code"), text("subject_kind"), text("subject"));
    let (evidence, scores, bits) =
        (text("evidence"), numbers(&batch, "score"), numbers(&batch, "bits"));
    (0..codes.len())
        .map(|row| {
            let json: Value = serde_json::from_str(&evidence[row]).unwrap();
            let object = json.as_object().unwrap();
            // A name that stands there twice is lost to whoever reads it.
            let names = object.keys().map(|name| format!("{:?}:", name));
            for name in names {
                assert_eq!(evidence[row].matches(&name).count(), 1, "{}", evidence[row]);
            }
            let number = |(name, value): (&String, &Value)| {
                (name != "accounts").then(|| {
                    let value = value.as_f64();
                    let value = value.unwrap_or_else(|| panic!("{name}: {}", evidence[row]));
                    (interned(name).unwrap(), value)
                })
            };
            let accounts = json["accounts"].as_array().into_iter().flatten();
            Found {
                code: code(&codes[row]),
                kind: kinds[row].clone(),
                subject: subjects[row].clone(),
                score: scores[row],
                bits: bits[row],
                evidence: object.iter().filter_map(number).collect(),
                accounts: accounts.map(|name| name.as_str().unwrap().to_owned()).collect(),
            }
        })
        .collect()
}

impl World {
    fn read(events: &Path, results: &Path) -> World {
        use arrow_array::cast::AsArray;
        use arrow_array::types::Int32Type;
        let of = |file: &str| table(&results.join(file));
        let number = |batch: &arrow_array::RecordBatch| {
            batch.column_by_name("group").unwrap().as_primitive::<Int32Type>().values().to_vec()
        };
        let batch = of("groups.parquet");
        let bits = numbers(&batch, "bits");
        let mut groups: BTreeMap<i32, (f64, BTreeMap<String, f64>)> = number(&batch)
            .into_iter()
            .zip(bits.into_iter().map(|b| (b, BTreeMap::new())))
            .collect();
        let batch = of("members.parquet");
        let accounts = texts(&batch, "account");
        for ((group, account), bits) in
            number(&batch).into_iter().zip(accounts).zip(numbers(&batch, "bits"))
        {
            groups.get_mut(&group).unwrap().1.insert(account, bits);
        }
        let batch = table(events);
        let wanted = [
            "kind",
            "actor",
            "owner",
            "order",
            "point",
            "counterparty",
            "address",
            "device",
            "payment",
        ];
        World {
            found: findings(results),
            groups,
            columns: wanted.into_iter().map(|name| (name, texts(&batch, name))).collect(),
            usual: usual(events),
        }
    }

    /// Rows of the table with these cells.
    pub fn rows<'a>(&'a self, cells: &'a [(&str, &str)]) -> impl Iterator<Item = usize> + 'a {
        let all = 0..self.columns["kind"].len();
        all.filter(move |&row| cells.iter().all(|(name, cell)| self.columns[name][row] == *cell))
    }

    /// A cell.
    pub fn cell(&self, name: &str, row: usize) -> &str {
        &self.columns[name][row]
    }
}

/// What is usual among the keys of a table, counted by one shard.
fn usual(events: &Path) -> Usual {
    let input = Input::open(&[events], None).unwrap();
    let mut all: Vec<events::Event> = Vec::new();
    for part in input.parts() {
        let read = part.read(&mut |batch, _| {
            all.extend(batch.events.iter().copied());
            true
        });
        read.unwrap();
    }
    all.sort_by_key(|event| (event.time, event.id));
    let (mut shard, mut found, mut out) = (Shard::new(&Limits::default()), Vec::new(), Vec::new());
    for event in &all {
        out.clear();
        touches(event, &mut out);
        for touch in &out {
            shard.observe(touch, &mut found);
        }
    }
    shard.finish(&mut found);
    shard.usual().clone()
}

/// A finding of which nothing is left but what it is of and its evidence.
pub fn bare(found: &Found) -> detectors::Finding {
    let kind = EntityKind::ALL.into_iter().find(|kind| kind.name() == found.kind).unwrap();
    detectors::Finding {
        code: found.code,
        entity: Entity { kind, key: Key::of(&found.subject) },
        time: EventTime(0),
        event: Key::NONE,
        score: 0.75,
        bits: -1.0,
        evidence: found.evidence.clone(),
        members: Vec::new(),
    }
}

/// Every scheme of the simulator at work, by attackers who take little care.
pub fn schemes() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let all = simulator::Scheme::ALL.map(simulator::Scheme::code).join(",");
        let world = ["simulate", "--out", "market", "--people", "4000", "--seed", "3"];
        let more = ["--hardness", "plain", "--schemes", &all];
        qingliu(dir.path(), &[&world[..], &more].concat()).ends(0);
        qingliu(dir.path(), &["audit", "market/events.parquet", "--out", "out"]).ends(0);
        World::read(&dir.path().join("market/events.parquet"), &dir.path().join("out"))
    })
}

/// What no scheme of the simulator shows.
pub fn town() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        write_parquet(&dir.path().join("town.parquet"), &town::rows());
        audit_town(dir.path(), "town.parquet");
        World::read(&dir.path().join("town.parquet"), &dir.path().join("out"))
    })
}

/// Audits a table with everything that an audit may be given besides: whose networks addresses are of, and a model of texts.
pub fn audit_town(dir: &Path, events: &str) {
    std::fs::write(dir.join("networks.csv"), town::NETWORKS).unwrap();
    std::fs::write(dir.join("writers.csv"), town::writers()).unwrap();
    let columns = ["--text", "words", "--label", "by", "--out", "texts.model"];
    qingliu(dir, &[&["train", "texts", "writers.csv"][..], &columns].concat()).ends(0);
    let given = ["--networks", "networks.csv", "--text-model", "texts.model"];
    let read = ["--max-rejected", "1", "--quiet"];
    let audit = ["audit", events, "--out", "out"];
    qingliu(dir, &[&audit[..], &given, &read].concat()).ends(0);
}

/// The rows of every scheme at work in a smaller market, and of the town.
pub fn all_rows() -> Vec<Row> {
    let mut rows = super::support::rows_of(&simulator::Scenario {
        people: 800,
        seed: 3,
        schemes: simulator::Scheme::ALL.to_vec(),
        hardness: simulator::Hardness::plain(),
        ..simulator::Scenario::default()
    });
    rows.extend(town::rows());
    rows
}
