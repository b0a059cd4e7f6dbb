//! What is kept of an account: exported whole and to nobody else, and found nowhere once it is erased.

#![allow(clippy::unwrap_used)] // also in what tests share

mod support;

use serde_json::{Value, json};
use simulator::{Hardness, Record, Scenario, Scheme};
use std::path::Path;
use std::time::Duration;
use support::{Reply, Server, TIME, events};

const ACCOUNT: &str = "anna/小 7";
const DATA: &str = "/v1/accounts/anna%2F%E5%B0%8F%207/data";

/// What the account did, and what others did to it.
fn own() -> Vec<Value> {
    let time = |n: i64| TIME + n * 60_000_000;
    vec![
        json!({"id": "x1", "time": time(1), "kind": "like", "actor": ACCOUNT, "subject": "s1",
            "device": "annas-phone", "ip": "10.7.7.7"}),
        json!({"id": "x2", "time": time(2), "kind": "pay", "actor": ACCOUNT, "subject": "s2",
            "owner": "shop", "amount": 1999, "currency": "CNY", "phone": "13812345678",
            "device": "annas-phone", "order": "order-20231", "region": "310104"}),
        json!({"id": "x3", "time": time(3), "kind": "comment", "actor": ACCOUNT, "subject": "s3",
            "text": "好看, 会再来"}),
        json!({"id": "x4", "time": time(4), "kind": "payout", "actor": "a3", "subject": "s4",
            "counterparty": ACCOUNT, "amount": 100, "currency": "CNY"}),
    ]
}

fn filled(more: &str) -> Server {
    let server = Server::new(more);
    assert_eq!(server.post("/v1/decisions", &events(0..60)).status, 200);
    let taken = server.post("/v1/decisions", &json!(own()).to_string());
    assert_eq!(taken.json()["decisions"].as_array().unwrap().len(), own().len(), "{taken:?}");
    server
}

fn lines(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("content-type"), Some("application/x-ndjson"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let text = std::str::from_utf8(&reply.body).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ids(reply: &Reply) -> Vec<String> {
    lines(reply).iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect()
}

fn counts(server: &Server) -> Vec<Value> {
    (0..7).map(|n| server.get(&format!("/v1/subjects/s{n}/counts")).json()).collect()
}

/// Files under a folder that hold a text, but for the records that are kept apart.
fn holding(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    // What is gone meanwhile holds nothing.
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("records") {
            found.extend(holding(&path, text));
        } else if path.is_file() {
            let bytes = std::fs::read(&path).unwrap_or_default();
            let holds = bytes.windows(text.len()).any(|part| part == text.as_bytes());
            found.extend(holds.then(|| path.display().to_string()));
        }
    }
    found
}

fn erase(server: &Server) -> Reply {
    server.with(&server.admin, "DELETE", DATA, "")
}

#[test]
fn an_export_is_exactly_what_the_account_did_and_what_was_done_to_it() {
    let server = filled("");
    let exported = lines(&server.get(DATA));
    assert_eq!(exported.len(), own().len());
    for (line, sent) in exported.iter().zip(own()) {
        for (column, value) in sent.as_object().unwrap() {
            // A time is written as the contract has it.
            if column != "time" {
                assert_eq!(&line[column], value, "{column} of {line}");
            }
        }
    }
    assert_eq!(ids(&server.get("/v1/accounts/a3/data")), ["e3", "e53", "x4"]);
    let nothing = server.get("/v1/accounts/nobody/data");
    assert_eq!((nothing.status, lines(&nothing).len()), (200, 0));
    // Longer than a piece.
    let many = |n: usize| {
        let text = "很".repeat(2000);
        json!({"id": format!("m{n}"), "time": TIME, "kind": "comment", "actor": "many",
            "subject": "s1", "text": text})
    };
    let many: Vec<Value> = (0..100).map(many).collect();
    assert_eq!(server.post("/v1/decisions", &json!(many).to_string()).status, 200);
    let long = server.get("/v1/accounts/many/data");
    assert!(long.body.len() > 500_000);
    assert_eq!(lines(&long).len(), 100);
    for role in ["reviewer", "platform"] {
        let key = server.key(role);
        for method in ["GET", "DELETE"] {
            assert_eq!(server.with(&key, method, DATA, "").status, 403, "{role} {method}");
        }
    }
    let other = server.post(DATA, "");
    assert_eq!((other.status, other.header("allow")), (405, Some("GET, HEAD, DELETE")));
    assert_eq!(server.get(&format!("{DATA}?all=1")).status, 400);
    server.stop();
}

#[test]
fn an_erased_account_is_in_the_records_only_and_no_count_moves() {
    let server = filled("");
    let data = server.folder.path().join("data");
    let before = counts(&server);
    assert!(!holding(&data, ACCOUNT).is_empty() && !holding(&data, "annas-phone").is_empty());
    let erased = erase(&server);
    assert_eq!((erased.status, erased.json()), (200, json!({"events": 4})), "{erased:?}");
    // What the law wants kept: its payment, and what it paid out to somebody.
    let kept = ids(&server.get(DATA));
    assert_eq!(kept, ["x2", "x4"]);
    assert_eq!(counts(&server), before);
    assert_eq!(erase(&server).json(), json!({"events": 0}));
    let server = server.restart("");
    assert_eq!(counts(&server), before);
    assert_eq!(ids(&server.get(DATA)), kept);
    // In the records the order and what was paid for it keep their texts.
    let paid = &lines(&server.get(DATA))[0];
    assert_eq!((&paid["order"], &paid["region"]), (&json!("order-20231"), &json!("310104")));
    for text in [ACCOUNT, "annas-phone", "13812345678", "会再来", "order-20231"] {
        assert_eq!(holding(&data, text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(ids(&server.get("/v1/accounts/a1/data")), ["e1", "e51"]);
    let mut other = ids(&server.get("/v1/accounts/a3/data"));
    other.sort_unstable();
    assert_eq!(other, ["e3", "e53", "x4"]);
    server.stop();
}

/// The revisions in a file of deliveries.
fn revisions(folder: &Path, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    let written = text.lines().filter(|line| !line.trim().is_empty());
    written.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_erased_account_is_in_no_delivery_that_waits_or_was_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("webhook.secret");
    std::fs::write(&secret, "0123456789abcdef-secret\n").unwrap();
    // Nobody is there: what is delivered is given up.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let set = |more: &str| format!("[judge]\nevery = '6h'\n{more}");
    let webhooks = format!(
        "[webhooks]\nurl = 'http://{nobody}/'\nsecret_file = '{}'\nattempts = 1\nbatch = 4",
        secret.display()
    );
    let server = Server::within(folder, &set(&webhooks));
    let schemes = vec![Scheme::DeviceFarm, Scheme::BulkMembers];
    let hardness = Hardness::plain();
    let world = Scenario { seed: 4, people: 400, days: 3, schemes, hardness }.run();
    for some in world.records.chunks(5000) {
        let body: Vec<String> = some.iter().map(Record::json).collect();
        server.post("/v1/events", &format!("[{}]", body.join(",")));
    }
    assert_eq!(server.post("/v1/judge", "").status, 200);
    let place = server.folder.path().join("data/tenants/default");
    let kept = place.join("webhooks");
    for _ in 0..500 {
        if revisions(&kept, "dead.jsonl").len() > 8 {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let dead = revisions(&kept, "dead.jsonl");
    let account = dead.iter().find_map(|revision| revision["account"].as_str()).unwrap();
    assert!(!holding(&kept, account).is_empty());
    // Also when there are no webhooks any more.
    let server = server.restart(&set(""));
    let path = format!("/v1/accounts/{account}/data");
    let erased = server.with(&server.admin, "DELETE", &path, "");
    assert!(erased.status == 200 && erased.json()["events"].as_u64() > Some(0), "{erased:?}");
    assert_eq!(holding(&place, account), Vec::<String>::new());
    let others = dead.iter().filter(|revision| revision["account"] != account);
    let left = revisions(&kept, "dead.jsonl");
    assert!(others.into_iter().all(|other| left.contains(other)), "{left:?}");
    // And while they go on.
    let server = server.restart(&set(&webhooks));
    let account = left.iter().find_map(|revision| revision["account"].as_str()).unwrap();
    let path = format!("/v1/accounts/{account}/data");
    assert_eq!(server.with(&server.admin, "DELETE", &path, "").status, 200);
    assert_eq!(holding(&place, account), Vec::<String>::new());
    server.stop();
    assert_eq!(holding(&place, account), Vec::<String>::new());
}

#[test]
fn an_account_whose_name_is_replaced_is_found_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, "k".repeat(40)).unwrap();
    let columns = "columns = ['actor', 'device']";
    let server = filled(&format!("[identifiers]\nkey_file = '{}'\n{columns}", key.display()));
    assert_eq!(ids(&server.get(DATA)), ["x1", "x2", "x3", "x4"]);
    let names = |name: &str| lines(&server.get(DATA))[0][name].as_str().unwrap().to_owned();
    assert!(names("actor").starts_with("h:") && names("device").starts_with("h:"));
    // Names are in no column, and what was answered can be asked for, as can what came.
    assert!(holding(server.folder.path(), ACCOUNT).is_empty());
    let account = names("actor");
    assert_eq!(server.get(DATA).body, server.get(&format!("/v1/accounts/{account}/data")).body);
    let known = |name: &str| {
        let mut known = server.get(&format!("/v1/accounts/{name}")).json();
        known["account"].take();
        known
    };
    assert_eq!(known(&account), known("anna%2F%E5%B0%8F%207"));
    let subject = names("subject");
    let counts =
        |name: &str| server.get(&format!("/v1/subjects/{name}/counts")).json()["counts"].take();
    assert!(subject.starts_with("h:") && counts("s1")[0]["raw"].as_u64() > Some(1));
    assert_eq!(counts(&subject), counts("s1"));
    assert_eq!(erase(&server).json(), json!({"events": 4}));
    assert_eq!(ids(&server.get(DATA)), ["x2", "x4"]);
    server.stop();
}
