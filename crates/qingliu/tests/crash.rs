//! Goal: whenever the service dies, nothing that it acknowledged is lost or doubled, and it goes on as if nothing had
//! happened. Method: the program is killed at random moments under load, by an auditor outside it that keeps what was
//! acknowledged; decisions and counts are those of an undisturbed engine that was given the same events.
//!
//! `QINGLIU_KILLS=200` kills it so often; otherwise fewer, to keep the suite short.

#![allow(clippy::unwrap_used)]

use events::{Armour, Column, Intake, Key, Mapping};
use live::{Live, Options, Pace, Wait};
use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde_json::Value;
use simulator::{Hardness, Record, Scenario, Scheme};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

/// Event time between judgements: hours, so that a short world has several.
const EVERY_HOURS: i64 = 6;

/// The service as a process.
struct Process {
    child: Child,
    address: String,
    key: Option<String>,
}

impl Process {
    fn start(folder: &Path) -> Process {
        let config = folder.join("qingliu.toml");
        let text = format!(
            "[listen]\naddress = \"127.0.0.1:0\"\n[data]\nfolder = {:?}\nsnapshot_every = 20000\n\
             [judge]\nevery = \"{EVERY_HOURS}h\"\nin_step = true\n",
            folder.join("data"),
        );
        std::fs::write(&config, text).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_qingliu"))
            .arg("serve")
            .arg(&config)
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (mut key, mut address, mut heard) = (None, None, String::new());
        while address.is_none() {
            let line = lines.next().unwrap_or_else(|| panic!("it ended: {heard}")).unwrap();
            if line.contains("Admin key") {
                key = line.rsplit(' ').next().map(str::to_owned);
            }
            if line.contains("serving") {
                let from = line.find("127.0.0.1:").unwrap();
                let digits = |c: char| c.is_ascii_digit() || c == '.' || c == ':';
                address = line[from..].split(|c| !digits(c)).next().map(str::to_owned);
            }
            heard.push_str(&line);
        }
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Process { child, address: address.unwrap(), key }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One connection; every fault of it is none of the caller's.
struct Client {
    reader: BufReader<TcpStream>,
    key: String,
}

impl Client {
    fn open(address: &str, key: &str) -> Option<Client> {
        let stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
        Some(Client { reader: BufReader::new(stream), key: key.to_owned() })
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> Option<Value> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.key,
            body.len()
        );
        let stream = self.reader.get_mut();
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).ok()?;
        let (mut line, mut length, mut status) = (String::new(), 0, 0);
        loop {
            line.clear();
            if self.reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(rest) = lower.strip_prefix("http/1.1 ") {
                status = rest.get(..3)?.parse().ok()?;
            } else if let Some(rest) = lower.strip_prefix("content-length:") {
                length = rest.trim().parse().ok()?;
            } else if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).ok()?;
        assert!(status < 300, "{path}: {status} {}", String::from_utf8_lossy(&body));
        Some(serde_json::from_slice(&body).unwrap_or(Value::Null))
    }
}

/// What was decided of an event: verdict and group.
type Said = (String, Option<u64>);

fn said(decision: &Value) -> Said {
    (decision["verdict"].as_str().unwrap().to_owned(), decision["group"].as_u64())
}

#[test]
fn killed_at_random_moments_it_loses_nothing_and_doubles_nothing() {
    let kills: u64 =
        std::env::var("QINGLIU_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(20);
    let schemes = vec![Scheme::DeviceFarm, Scheme::BulkMembers];
    let hardness = Hardness::plain();
    let records = Scenario { seed: 6, people: 500, days: 3, schemes, hardness }.run().records;
    let mut dice = ChaCha8Rng::seed_from_u64(kills);
    // Submissions of any size: the same for both runs.
    let mut cuts = Vec::new();
    let mut rest = &records[..];
    while !rest.is_empty() {
        let size = dice.random_range(1..=80).min(rest.len());
        let (some, after) = rest.split_at(size);
        cuts.push(some);
        rest = after;
    }

    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(folder.path());
    let key = process.key.clone().expect("the first start shows a key");
    let mut acknowledged: BTreeMap<String, Said> = BTreeMap::new();
    let mut repeated = 0;
    let (mut next, mut killed) = (0, 0);
    let start = Instant::now();
    while next < cuts.len() {
        // Killed somewhere within this stretch, spread over the whole world.
        let left = kills - killed;
        let stretch = (cuts.len() - next) as u64 / (left + 1);
        let dying = Arc::new(AtomicBool::new(false));
        let killer = (left > 0).then(|| {
            let wait = Duration::from_micros(dice.random_range(0..=400 * stretch.max(1)));
            let pid = process.child.id().to_string();
            let dying = Arc::clone(&dying);
            std::thread::spawn(move || {
                std::thread::sleep(wait);
                dying.store(true, Ordering::SeqCst);
                Command::new("kill").args(["-9", &pid]).status().unwrap();
            })
        });
        let mut client = Client::open(&process.address, &key);
        while next < cuts.len() {
            let body: Vec<String> = cuts[next].iter().map(Record::json).collect();
            let body = format!("[{}]", body.join(","));
            let reply = client.as_mut().and_then(|c| c.ask("POST", "/v1/decisions", &body));
            let Some(reply) = reply else {
                assert!(dying.load(Ordering::SeqCst), "it broke off by itself");
                break;
            };
            let decisions = reply["decisions"].as_array().unwrap();
            assert_eq!(decisions.len(), cuts[next].len());
            let new = decisions.iter().filter(|d| d["accepted"] == true).count();
            // All or nothing of a submission is in the log.
            assert!(new == 0 || new == decisions.len());
            repeated += usize::from(new == 0);
            for decision in decisions {
                let id = decision["id"].as_str().unwrap().to_owned();
                assert!(acknowledged.insert(id, said(decision)).is_none());
            }
            next += 1;
        }
        if let Some(killer) = killer {
            killer.join().unwrap();
            process.kill();
            killed += 1;
            process = Process::start(folder.path());
            assert!(process.key.is_none());
        }
    }
    let took = start.elapsed();
    let mut client = Client::open(&process.address, &key).unwrap();
    client.ask("POST", "/v1/judge", "").unwrap();

    // The undisturbed run, in this process.
    let pace = Pace { interval: EVERY_HOURS * 3_600_000_000, in_step: true, ..Pace::default() };
    let options = Options { pace, ..Options::new(folder.path().join("undisturbed")) };
    let live = Live::open(options, Arc::new(|_| ())).unwrap();
    let mut intake = intake();
    let mut expected: BTreeMap<String, Said> = BTreeMap::new();
    for some in &cuts {
        for (number, record) in some.iter().enumerate() {
            record.put(&mut intake, number as u64);
        }
        let (reply, heard) = channel();
        let batch = intake.finish().0;
        live.submit(batch, Wait::Decided, Box::new(move |a| reply.send(a).unwrap())).unwrap();
        let answers = heard.recv().unwrap().unwrap();
        for (record, answer) in some.iter().zip(answers) {
            let decision = answer.decision.unwrap();
            let said = (decision.verdict.name().to_owned(), decision.group().map(u64::from));
            expected.insert(record.id.clone(), said);
        }
    }
    let (done, heard) = channel();
    live.judge_now(Box::new(move |number| done.send(number).unwrap())).unwrap();
    heard.recv().unwrap().unwrap();

    assert_eq!(acknowledged.len(), records.len());
    let differ = acknowledged.iter().filter(|(id, said)| expected.get(*id) != Some(said)).count();
    assert_eq!(differ, 0, "of {} decisions", records.len());
    let kept = expected.values().filter(|said| said.0 != "genuine").count();
    assert!(kept > 50, "{kept} events were held or not counted");
    let mut subjects: Vec<&str> = records.iter().map(|record| &record.subject[..]).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let mut counts = 0;
    for subject in subjects.into_iter().filter(|subject| !subject.is_empty()) {
        let path = format!("/v1/subjects/{subject}/counts");
        let Some(reply) = client.ask("GET", &path, "") else { panic!("{path}") };
        let rows: Vec<_> = reply["counts"].as_array().unwrap().iter().map(numbers).collect();
        let own = live.counts(Key::of(subject));
        let own: Vec<_> = own
            .iter()
            .map(|c| [c.raw, c.genuine.estimate, c.genuine.low, c.genuine.high].map(Some))
            .collect();
        assert_eq!(rows, own, "{subject}");
        counts += rows.len();
    }
    println!(
        "{killed} kills in {:.0} s, {} events in {} submissions, {repeated} sent again and known, {counts} counts equal",
        took.as_secs_f64(),
        records.len(),
        cuts.len(),
    );
    process.kill();
    live.close().unwrap();
}

fn numbers(row: &Value) -> [Option<u64>; 4] {
    ["raw", "genuine", "low", "high"].map(|name| row[name].as_u64())
}

fn intake() -> Intake {
    let header = Column::ALL.map(|(_, name)| name);
    Mapping::named("contract").unwrap().bind(&header).unwrap().intake(Armour::None)
}
