//! The API as a platform sees it: events in, decisions out, and what is known afterwards.

#![allow(clippy::unwrap_used)] // also in what tests share

mod support;

use serde_json::json;
use server::service;
use simulator::{Hardness, Record, Scenario, Scheme};
use std::io::{BufRead, BufReader};
use support::events as listed;
use support::{Server, connect, event, reply, request};

#[test]
fn events_are_taken_once_and_faults_are_named() {
    let server = Server::new("");
    let taken = server.post("/v1/events", &listed(0..3));
    assert_eq!(
        (taken.status, taken.json()),
        (202, json!({"accepted": 3, "duplicates": [], "rejected": []}))
    );
    let mixed = format!("[{},{{\"id\":\"x\"}},{}]", event(1), event(5));
    let taken = server.post("/v1/events", &mixed).json();
    assert_eq!(taken["accepted"], 1);
    assert_eq!(taken["duplicates"], json!([0]));
    assert_eq!(taken["rejected"][0]["index"], 1);
    assert_eq!(taken["rejected"][0]["field"], "/1/time");
    let alone = server.post("/v1/events", r#"{"id":"x","time":"soon","kind":"view"}"#);
    assert_eq!(alone.status, 422);
    assert_eq!(alone.header("content-type"), Some("application/problem+json"));
    assert_eq!(alone.json()["field"], "/time");
    assert_eq!(server.post("/v1/events", "[]").json()["accepted"], 0);
    assert_eq!(server.post("/v1/events", "[1,").status, 400);
    // What is nested too deeply is named where it says something, and passed over like others where it says nothing.
    let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    let nested = |name: &str| event(9).replacen('{', &format!("{{\"{name}\":{deep},"), 1);
    let alone = server.post("/v1/events", &nested("owner"));
    assert_eq!((alone.status, &alone.json()["field"]), (422, &json!("/owner")), "{alone:?}");
    let listed = server.post("/v1/events", &format!("[{},{}]", event(8), nested("owner"))).json();
    assert_eq!(listed["rejected"][0]["field"], "/1/owner");
    assert_eq!(server.post("/v1/events", &nested("note")).json()["accepted"], 1);
    let bearer = format!("Bearer {}", server.admin);
    let lines = [("authorization", bearer.as_str()), ("content-type", "application/x-ndjson")];
    let body = format!("{}\nnonsense\n{}\n", event(6), event(7));
    let taken = server.send("POST", "/v1/events", &lines, body.as_bytes()).json();
    assert_eq!((&taken["accepted"], &taken["rejected"][0]["index"]), (&json!(2), &json!(1)));
    let untyped = [("authorization", bearer.as_str())];
    assert_eq!(server.send("POST", "/v1/events", &untyped, b"[]").status, 415);
    server.stop();
}

#[test]
fn decisions_are_in_the_reply_and_stay_known_over_a_restart() {
    let server = Server::new("");
    let body = format!("[{},{{\"id\":\"x\"}},{}]", event(1), event(2));
    let decided = server.post("/v1/decisions", &body);
    assert_eq!(decided.status, 200);
    let decided = decided.json();
    for (at, (index, id)) in [(0, "e1"), (2, "e2")].into_iter().enumerate() {
        let decision = &decided["decisions"][at];
        assert_eq!((&decision["index"], &decision["id"]), (&json!(index), &json!(id)));
        assert_eq!(
            (&decision["verdict"], &decision["action"]),
            (&json!("genuine"), &json!("count"))
        );
        assert_eq!(decision["accepted"], true);
        assert!(decision["score"].is_number() && decision["findings"].is_array());
    }
    let again = server.post("/v1/decisions", &event(1)).json();
    assert_eq!(again["decisions"][0]["accepted"], false);
    assert_eq!(again["decisions"][0]["verdict"], "genuine");
    server.post("/v1/events", &listed(3..40));
    let counts = |server: &Server| server.get("/v1/subjects/s1/counts").json();
    // Events are decided a moment after they are taken.
    let mut before = counts(&server);
    for _ in 0..100 {
        before = counts(&server);
        if before["counts"][0]["raw"] == 6 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(before["counts"][0]["metric"], "like");
    assert_eq!(before["counts"][0]["raw"], 6);
    let known = server.get("/v1/decisions/e1").json();
    assert_eq!(known["decided"]["verdict"], "genuine");
    let at = server.get("/v1/subjects/s1/counts?at=2026-01-01T00:00:10Z").json();
    assert_eq!(
        (&at["counts"][0]["raw"], &at["at"]),
        (&json!(2), &json!("2026-01-01T00:00:10.000000Z"))
    );
    let server = server.restart("");
    assert_eq!(counts(&server), before);
    assert_eq!(server.get("/v1/decisions/e1").json()["decided"], known["decided"]);
    assert_eq!(server.get("/v1/decisions/e999").status, 404);
    assert_eq!(server.get("/v1/subjects/s1/counts?at=noon").status, 400);
    assert_eq!(server.get("/v1/subjects/nothing/counts").json()["counts"], json!([]));
    server.stop();
}

#[test]
fn a_judgement_finds_a_farm_and_everybody_hears_of_it() {
    let server = Server::new("[judge]\nevery = '6h'");
    let key = format!("Bearer {}", server.admin);
    let mut stream = connect(server.address());
    request(
        &mut stream,
        "GET",
        "/v1/stream?kinds=revisions,judgements",
        &[("authorization", &key)],
        b"",
    );
    let mut stream = BufReader::new(stream);
    let head = read_until(&mut stream, "retry:");
    assert!(head.contains("text/event-stream"), "{head}");
    let scenario = Scenario {
        seed: 4,
        people: 600,
        days: 4,
        schemes: vec![Scheme::DeviceFarm, Scheme::BulkMembers],
        hardness: Hardness::plain(),
    };
    let world = scenario.run();
    let lines = [("authorization", key.as_str()), ("content-type", "application/x-ndjson")];
    for some in world.records.chunks(5000) {
        let body: Vec<String> = some.iter().map(Record::json).collect();
        let sent = server.send("POST", "/v1/events", &lines, body.join("\n").as_bytes());
        assert_eq!(sent.json()["accepted"], some.len(), "{sent:?}");
    }
    let judged = server.post("/v1/judge", "");
    assert_eq!(judged.status, 200);
    assert!(judged.json()["judgement"].as_u64().unwrap() >= 1);
    let groups = server.get("/v1/groups").json();
    assert!(groups["total"].as_u64().unwrap() >= 1, "{groups}");
    let group = server.get("/v1/groups/1").json();
    let members: Vec<&str> = group["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["account"].as_str().unwrap())
        .collect();
    assert!(members.len() >= 5, "{members:?}");
    let account = server.get(&format!("/v1/accounts/{}", members[0])).json();
    assert_eq!((&account["verdict"], &account["group"]), (&json!("fake"), &json!(1)));
    assert!(server.get("/v1/findings?limit=5").json()["total"].as_u64().unwrap() > 0);
    assert_eq!(server.get("/v1/groups/9999").status, 404);
    // What comes now from the farm is not counted.
    let last = world.records.iter().rev().find(|r| r.actor == members[0] && r.kind.counts());
    let next = Record { id: "late".to_owned(), ..last.unwrap().clone() };
    let decided = server.post("/v1/decisions", &next.json()).json();
    assert_eq!(decided["decisions"][0]["action"], "discard", "{decided}");
    // Earlier judgements may have seen too little to call anybody.
    let told = read_until(&mut stream, "\"to\":\"fake\"");
    assert!(told.contains("event: account"), "{told}");
    let counts = server.get(&format!("/v1/subjects/{}/counts", next.subject)).json();
    let row = |row: &&serde_json::Value| row["metric"] == next.kind.name();
    let count = counts["counts"].as_array().unwrap().iter().find(row).unwrap();
    assert!(count["genuine"].as_u64() < count["raw"].as_u64(), "{counts}");
    server.stop();
}

/// What comes on a stream up to a text.
fn read_until(stream: &mut BufReader<std::net::TcpStream>, text: &str) -> String {
    let mut all = String::new();
    while !all.contains(text) {
        assert!(stream.read_line(&mut all).unwrap() > 0, "ended after {all}");
    }
    all
}

#[test]
fn a_reader_goes_on_where_it_was_and_hears_what_it_missed() {
    let server = Server::new("[limits]\nstream_backlog = 16");
    let key = format!("Bearer {}", server.admin);
    let listen = |last: Option<&str>| {
        let mut stream = connect(server.address());
        let mut headers = vec![("authorization", key.as_str())];
        headers.extend(last.map(|last| ("last-event-id", last)));
        request(&mut stream, "GET", "/v1/stream?kinds=decisions", &headers, b"");
        let mut stream = BufReader::new(stream);
        read_until(&mut stream, "retry:");
        stream
    };
    let mut first = listen(None);
    server.post("/v1/decisions", &listed(0..3));
    let told = read_until(&mut first, "\"e2\"");
    assert!(told.contains("event: decision") && told.contains("\"verdict\":\"genuine\""), "{told}");
    let ids: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
    let mut second = listen(Some(ids[0]));
    let told = read_until(&mut second, "\"e2\"");
    assert!(told.contains("\"e1\"") && !told.contains("\"e0\""), "{told}");
    // The ring holds 16: a reader that comes back after 40 is told how many it missed.
    server.post("/v1/decisions", &listed(3..43));
    let mut third = listen(Some(ids[0]));
    let told = read_until(&mut third, "\"e42\"");
    assert!(told.contains("event: lagged\ndata: {\"missed\":26}"), "{told}");
    let mut fourth = listen(Some("00000000-7"));
    assert!(read_until(&mut fourth, "}").contains("{\"missed\":null}"));
    server.stop();
}

#[test]
fn one_connection_carries_many_requests_at_once() {
    let server = Server::new("");
    let key = format!("Bearer {}", server.admin);
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    let mut stream = connect(server.address());
    for n in 0..50 {
        request(&mut stream, "POST", "/v1/decisions", &headers, event(n).as_bytes());
    }
    let mut stream = BufReader::new(stream);
    for n in 0..50 {
        let reply = reply(&mut stream);
        assert_eq!(reply.json()["decisions"][0]["id"], format!("e{n}"));
    }
    server.stop();
}

#[test]
fn a_policy_is_put_in_force_and_stays() {
    let server = Server::new("");
    assert_eq!(server.get("/v1/policy").json()["name"], "default");
    let set = server.with(&server.admin, "PUT", "/v1/policy", "name = 'strict'\nversion = 2");
    assert_eq!((set.status, &set.json()["version"]), (200, &json!(2)));
    let wrong = server.with(&server.admin, "PUT", "/v1/policy", "fake_bits = 5000");
    assert_eq!((wrong.status, &wrong.json()["field"]), (422, &json!("/fake_bits")));
    for (text, field) in [
        ("colour = 1", "/colour"),
        ("version = 2\n'fake_bits' = 'many'", "/fake_bits"),
        ("name = 'x'\nversion = -1", "/version"),
    ] {
        let wrong = server.with(&server.admin, "PUT", "/v1/policy", text);
        assert_eq!((wrong.status, &wrong.json()["field"]), (422, &json!(field)), "{text}");
    }
    for (text, field) in [
        (r#"{"role":"analyst","colour":1}"#, "/colour"),
        (r#"{"role":"analyst","label":7}"#, "/label"),
        (r#"{"role":"analyst","expires":"soon"}"#, "/expires"),
    ] {
        let wrong = server.post("/v1/keys", text);
        assert_eq!((wrong.status, &wrong.json()["field"]), (422, &json!(field)), "{text}");
    }
    let server = server.restart("");
    assert_eq!(server.get("/v1/policy").json()["name"], "strict");
    server.stop();
}

#[test]
fn head_is_answered_as_get_without_the_body() {
    let server = Server::new("[metrics]\non = true");
    let bearer = format!("Bearer {}", server.admin);
    let headers = [("authorization", bearer.as_str()), ("connection", "close")];
    for path in ["/v1/groups", "/v1/policy", "/openapi.json", "/health/live", "/v1/nothing"] {
        let got = server.send("GET", path, &headers, b"");
        let mut stream = connect(server.address());
        request(&mut stream, "HEAD", path, &headers, b"");
        let mut text = String::new();
        std::io::Read::read_to_string(&mut stream, &mut text).unwrap();
        assert!(text.starts_with(&format!("HTTP/1.1 {}", got.status)), "{path}: {text}");
        assert!(text.ends_with("\r\n\r\n"), "{path}: {text}");
        let length = format!("content-length: {}\r\n", got.body.len());
        assert!(text.contains(&length), "{path}: {text}");
    }
    assert_eq!(server.send("PUT", "/v1/groups", &headers, b"").header("allow"), Some("GET, HEAD"));
    server.stop();
}

#[test]
fn the_description_is_the_one_that_is_kept_and_has_every_route() {
    let document = server::openapi::document();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    if std::env::var_os("QINGLIU_WRITE_OPENAPI").is_some() {
        std::fs::write(path, format!("{document}\n")).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap();
    assert_eq!(
        kept.trim_end(),
        document,
        "run the tests with QINGLIU_WRITE_OPENAPI=1 and look at the difference"
    );
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for (method, path) in service::routes().filter(|(_, path)| *path != "/openapi.json") {
        let paths = document["paths"].as_object().unwrap();
        let found = paths.iter().any(|(known, operations)| {
            let parts = known.split('/').map(|part| if part.starts_with('{') { "*" } else { part });
            parts.collect::<Vec<_>>().join("/") == path
                && operations.get(method.to_lowercase()).is_some()
        });
        assert!(found, "{method} {path}");
    }
}
