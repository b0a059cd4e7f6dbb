//! A copy of the data folder, made by the list in docs/operating.md, answers as what it was made of. The list is read from
//! the page, so that neither can part from the other.

#![allow(clippy::unwrap_used)] // also in what tests share

mod support;

use serde_json::{Value, json};
use simulator::{Hardness, Record, Scenario, Scheme};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use support::{Server, events};

/// What the page lists, in its order.
fn listed() -> Vec<String> {
    let page = include_str!("../../../docs/operating.md");
    let part = page.split("\n## ").find(|part| part.starts_with("Backup")).unwrap();
    let rows = part.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    rows.map(|(path, _)| path.replace('*', "default")).collect()
}

/// What others than the owner may do with a file or folder, and with all that is in it.
fn open_to_others(path: &Path) -> Vec<String> {
    let mode = fs::metadata(path).map_or(0, |known| known.permissions().mode() & 0o777);
    let mut open = Vec::from_iter((mode & 0o077 != 0).then(|| format!("{mode:o} {path:?}")));
    for entry in fs::read_dir(path).into_iter().flatten() {
        open.extend(open_to_others(&entry.unwrap().path()));
    }
    open
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Copies what the page lists; between its rows something else may happen.
fn copied(data: &Path, to: &Path, between: impl Fn()) {
    for path in listed() {
        let from = data.join(&path);
        let all = if from.is_file() { vec![from] } else { files(&from) };
        for file in all {
            let place = to.join(file.strip_prefix(data).unwrap());
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            // What vanishes meanwhile is not needed.
            let _ = fs::copy(&file, &place);
        }
        between();
    }
}

const SET: &str = "[judge]\nevery = '6h'\n";

/// A server that has everything that a folder can hold, and some accounts that it knows.
fn filled() -> (Server, String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("webhook.secret");
    fs::write(&secret, "0123456789abcdef-secret\n").unwrap();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let set = format!(
        "{SET}[webhooks]\nurl = 'http://{nobody}/'\nsecret_file = '{}'\nattempts = 1000\nbatch = 4",
        secret.display()
    );
    let server = Server::within(folder, &set);
    let schemes = vec![Scheme::DeviceFarm, Scheme::BulkMembers];
    let world = Scenario { seed: 4, people: 400, days: 3, schemes, hardness: Hardness::plain() };
    let world = world.run();
    for some in world.records.chunks(5000) {
        let body: Vec<String> = some.iter().map(Record::json).collect();
        server.post("/v1/events", &format!("[{}]", body.join(",")));
    }
    assert_eq!(server.post("/v1/decisions", &events(0..60)).status, 200);
    assert_eq!(server.post("/v1/judge", "").status, 200);
    let paid = json!({"id": "p1", "time": support::TIME, "kind": "pay", "actor": "payer",
        "subject": "s1", "amount": 5});
    assert_eq!(server.post("/v1/decisions", &paid.to_string()).status, 200);
    let erased = server.with(&server.admin, "DELETE", "/v1/accounts/payer/data", "");
    assert_eq!(erased.status, 200, "{erased:?}");
    // A snapshot is written when it ends.
    let server = server.restart(&set);
    let groups = server.get("/v1/groups?limit=1").json();
    let number = groups["groups"][0]["group"].as_u64().unwrap();
    let group = server.get(&format!("/v1/groups/{number}")).json();
    let members = group["members"].as_array().unwrap().iter();
    let mut accounts: Vec<String> =
        members.take(5).map(|member| member["account"].as_str().unwrap().to_owned()).collect();
    accounts.extend(["a1", "payer"].map(str::to_owned));
    (server, set, accounts)
}

fn answers(server: &Server, accounts: &[String]) -> Vec<Value> {
    let mut all: Vec<Value> = ["/v1/groups", "/v1/findings?limit=1000", "/v1/policy", "/v1/keys"]
        .map(|path| server.get(path).json())
        .to_vec();
    for account in accounts {
        all.push(server.get(&format!("/v1/accounts/{account}")).json());
        let data = server.get(&format!("/v1/accounts/{account}/data"));
        all.push(json!(String::from_utf8(data.body).unwrap()));
    }
    all.extend((0..7).map(|n| server.get(&format!("/v1/subjects/s{n}/counts")).json()));
    all.extend((0..60).map(|n| server.get(&format!("/v1/decisions/e{n}")).json()));
    all
}

fn restored(copy: tempfile::TempDir, set: &str, admin: &str) -> Server {
    let server = Server::within(copy, set);
    assert!(server.admin.is_empty(), "the keys are in the copy");
    Server { admin: admin.to_owned(), ..server }
}

#[test]
fn a_copy_by_the_list_gives_the_same_answers() {
    let (server, set, accounts) = filled();
    let data = server.folder.path().join("data");
    let copy = tempfile::tempdir().unwrap();
    copied(&data, &copy.path().join("data"), || ());
    for file in files(&data) {
        let name = file.strip_prefix(&data).unwrap();
        let spare = name.ends_with("lock")
            || name.extension().is_some_and(|end| end == "new")
            || name.starts_with("tenants/default/temp");
        let is_there = copy.path().join("data").join(name).is_file();
        // A snapshot may have taken the place of another.
        let moves = name.extension().is_some_and(|end| end == "snapshot");
        assert!(is_there || spare || moves, "{} is not in the list", name.display());
    }
    for path in listed() {
        let dead = path.ends_with("dead.jsonl");
        assert!(dead || copy.path().join("data").join(&path).exists(), "{path} is in no folder");
    }
    assert_eq!(open_to_others(&data), Vec::<String>::new());
    let before = answers(&server, &accounts);
    assert!(before[0]["total"].as_u64() > Some(0));
    let other = restored(copy, &set, &server.admin);
    assert_eq!(answers(&other, &accounts), before);
    other.stop();
    server.stop();
}

#[test]
fn a_copy_made_while_events_come_is_as_good_as_a_crash() {
    let (server, set, _) = filled();
    let data = server.folder.path().join("data");
    let copy = tempfile::tempdir().unwrap();
    let sent = std::cell::Cell::new(60);
    copied(&data, &copy.path().join("data"), || {
        let from = sent.replace(sent.get() + 40);
        assert_eq!(server.post("/v1/decisions", &events(from..from + 40)).status, 200);
        assert_eq!(server.post("/v1/judge", "").status, 200);
    });
    let decided = |server: &Server, n: usize| {
        let reply = server.get(&format!("/v1/decisions/e{n}"));
        (reply.status == 200).then(|| reply.json()["decided"].clone())
    };
    let before_log = listed().iter().position(|path| path.ends_with("/log")).unwrap();
    let known: Vec<_> = (0..60 + 40 * before_log).map(|n| decided(&server, n)).collect();
    let other = restored(copy, &set, &server.admin);
    for (n, known) in known.iter().enumerate() {
        assert!(known.is_some() && decided(&other, n) == *known, "e{n}");
    }
    assert_eq!(other.post("/v1/judge", "").status, 200);
    other.stop();
    server.stop();
}
