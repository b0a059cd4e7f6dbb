//! Who may do what: keys, scopes, tenants, limits, slow clients.

#![allow(clippy::unwrap_used)] // also in what tests share

mod support;

use serde_json::json;
use std::io::{BufReader, Read, Write};
use std::time::{Duration, Instant};
use support::{Server, connect, event, events, reply, request};

#[test]
fn scopes_open_what_they_name_and_nothing_else() {
    let server = Server::new("");
    let platform = server.key("platform");
    let analyst = server.key("analyst");
    assert_eq!(server.with(&platform, "POST", "/v1/decisions", &event(1)).status, 200);
    assert_eq!(server.with(&platform, "GET", "/v1/subjects/s1/counts", "").status, 200);
    let refused = server.with(&platform, "GET", "/v1/accounts/a1", "");
    assert_eq!(refused.status, 403);
    assert!(refused.json()["detail"].as_str().unwrap().contains("review"));
    assert_eq!(server.with(&platform, "GET", "/v1/keys", "").status, 403);
    assert_eq!(server.with(&analyst, "POST", "/v1/events", &event(1)).status, 403);
    assert_eq!(server.with(&analyst, "GET", "/v1/groups", "").status, 200);
    let digit = if platform.ends_with('0') { '1' } else { '0' };
    let wrong = format!("{}{digit}", &platform[..platform.len() - 1]);
    for key in ["", "nonsense", &wrong, &platform[..20], &format!("{platform}0")] {
        let reply = server.with(key, "GET", "/v1/groups", "");
        assert_eq!(reply.status, 401, "{key}");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
    for open in ["/health/live", "/health/ready", "/openapi.json"] {
        assert_eq!(server.send("GET", open, &[], b"").status, 200, "{open}");
    }
    assert_eq!(server.send("GET", "/metrics", &[], b"").status, 401);
    assert_eq!(server.get("/metrics").status, 404, "off unless it is switched on");
    assert_eq!(server.get("/v1/nothing").status, 404);
    let other = server.get("/v1/events");
    assert_eq!((other.status, other.header("allow")), (405, Some("POST")));
    server.stop();
}

#[test]
fn keys_are_rotated_revoked_and_kept_as_digests() {
    let server = Server::new("");
    let key = server.key("platform");
    let id = key.split('_').nth(1).unwrap().to_owned();
    let file = server.folder.path().join("data/keys.toml");
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.contains(&id) && !kept.contains(key.rsplit('_').next().unwrap()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let rotated = server.post(&format!("/v1/keys/{id}/rotate"), "");
    assert_eq!(rotated.status, 201);
    let new = rotated.json()["key"].as_str().unwrap().to_owned();
    for key in [&key, &new] {
        assert_eq!(server.with(key, "POST", "/v1/events", &event(1)).status, 202);
    }
    let revoked = server.with(&server.admin, "DELETE", &format!("/v1/keys/{id}"), "");
    assert!(revoked.status == 200 && revoked.json()["revoked"].is_string());
    assert_eq!(server.with(&key, "POST", "/v1/events", &event(1)).status, 401);
    let admin = server.admin.split('_').nth(1).unwrap().to_owned();
    let last = server.with(&server.admin, "DELETE", &format!("/v1/keys/{admin}"), "");
    assert_eq!(last.status, 409);
    assert_eq!(server.with(&server.admin, "DELETE", "/v1/keys/none", "").status, 404);
    for (body, status, field) in [
        ("{}", 422, json!("/role")),
        (r#"{"role":"root"}"#, 422, json!("/role")),
        (r#"{"scopes":["fly"]}"#, 422, json!("/scopes")),
        (r#"{"role":"analyst","expires":"2001-01-01T00:00:00Z"}"#, 422, json!("/expires")),
        (r#"{"role":"analyst","colour":1}"#, 422, json!("/colour")),
        ("{", 400, json!(null)),
    ] {
        let reply = server.post("/v1/keys", body);
        assert_eq!((reply.status, &reply.json()["field"]), (status, &field), "{body}");
    }
    let server = server.restart("");
    assert_eq!(server.with(&new, "POST", "/v1/events", &event(1)).status, 202);
    assert_eq!(server.with(&key, "POST", "/v1/events", &event(1)).status, 401);
    server.stop();
}

#[test]
fn tenants_see_nothing_of_each_other() {
    let server = Server::new("[data]\ntenants = ['one', 'two']\n[metrics]\non = true");
    let keys = server.running.as_ref().unwrap().first_keys.clone();
    let (one, two) = (&keys[0].1, &keys[1].1);
    assert_eq!(server.with(one, "POST", "/v1/decisions", &events(0..20)).status, 200);
    assert_eq!(server.with(one, "GET", "/v1/decisions/e1", "").status, 200);
    assert_eq!(server.with(two, "GET", "/v1/decisions/e1", "").status, 404);
    assert_eq!(server.with(two, "GET", "/v1/subjects/s1/counts", "").json()["counts"], json!([]));
    let listed = |key: &str| server.with(key, "GET", "/v1/keys", "").json()["keys"].clone();
    assert_eq!(listed(one).as_array().unwrap().len(), 1);
    assert_ne!(listed(one), listed(two));
    let id = one.split('_').nth(1).unwrap();
    assert_eq!(server.with(two, "DELETE", &format!("/v1/keys/{id}"), "").status, 404);
    let metrics = server.with(two, "GET", "/metrics", "");
    let text = String::from_utf8(metrics.body).unwrap();
    assert!(text.contains("tenant=\"two\"") && !text.contains("tenant=\"one\""));
    assert!(!text.contains("qingliu_requests_total{"), "counts of all tenants");
    for tenant in ["one", "two"] {
        assert!(server.folder.path().join("data/tenants").join(tenant).join("log").is_dir());
    }
    server.stop();
}

#[test]
fn what_is_too_much_is_refused_and_the_rest_goes_on() {
    let server = Server::new(
        "[listen]\nmax_body_bytes = 4000\nmax_batch = 10\nbody_timeout = '300ms'\nheader_timeout = '500ms'\n\
         [limits]\nrate = 5\nburst = 12",
    );
    assert_eq!(server.post("/v1/events", &"x".repeat(4001)).status, 413);
    let many = server.post("/v1/events", &format!("[{}]", ["{}"; 11].join(",")));
    assert_eq!(many.status, 413);
    assert_eq!(server.post("/v1/events", &events(0..10)).status, 202);
    let rate = server.post("/v1/events", &events(10..20));
    assert_eq!(rate.status, 429);
    assert!(rate.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1);
    assert_eq!(server.post("/v1/events", &event(30)).status, 202);
    // A body that does not come.
    let mut slow = connect(server.address());
    let key = format!("Bearer {}", server.admin);
    let start = Instant::now();
    write!(slow, "POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: {key}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n[").unwrap();
    assert_eq!(reply(&mut BufReader::new(slow)).status, 408);
    assert!(start.elapsed() < Duration::from_secs(5));
    // A head that does not come: the connection is closed.
    let mut slow = connect(server.address());
    write!(slow, "POST /v1/events HTT").unwrap();
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest);
    assert!(start.elapsed() < Duration::from_secs(10));
    // A body that says how long it is and lies is refused before it is read.
    let mut long = connect(server.address());
    write!(long, "POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: {key}\r\ncontent-length: 999999999\r\n\r\n").unwrap();
    assert_eq!(reply(&mut BufReader::new(long)).status, 413);
    server.stop();
}

#[test]
fn a_silent_connection_is_kept_longer_than_a_slow_head() {
    let server =
        Server::new("[listen]\nheader_timeout = '400ms'\nidle_timeout = '1500ms'\nthreads = 2");
    let closed_after = |mut stream: std::net::TcpStream| {
        let start = Instant::now();
        let _ = stream.read_to_end(&mut Vec::new());
        start.elapsed()
    };
    let (soon, later) = (Duration::from_millis(1300), Duration::from_millis(1400));
    // Nothing, and a head that goes on byte by byte and never ends.
    assert!(closed_after(connect(server.address())) < soon);
    let mut slow = connect(server.address());
    let start = Instant::now();
    while start.elapsed() < soon && slow.write_all(b"G").is_ok() {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(start.elapsed() < soon, "a head was waited for without end");
    // Events with a pause between them that is longer than a head may take; and meanwhile a stream, which is not silent.
    let key = format!("Bearer {}", server.admin);
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    let mut stream = connect(server.address());
    request(&mut stream, "GET", "/v1/stream?kinds=decisions", &headers, b"");
    let mut steady = BufReader::new(connect(server.address()));
    for n in 0..4 {
        let body = event(n);
        request(steady.get_mut(), "POST", "/v1/decisions", &headers, body.as_bytes());
        assert_eq!(reply(&mut steady).status, 200, "event {n}");
        std::thread::sleep(Duration::from_millis(700));
    }
    let mut told = String::new();
    let mut stream = BufReader::new(stream);
    while !told.contains("\"id\":\"e3\"") {
        assert!(std::io::BufRead::read_line(&mut stream, &mut told).unwrap() > 0, "{told}");
    }
    // A head that stops half way is not waited for longer because others came before it.
    write!(steady.get_mut(), "GET /health/live HT").unwrap();
    assert!(closed_after(steady.into_inner()) < soon);
    let mut silent = BufReader::new(connect(server.address()));
    request(silent.get_mut(), "GET", "/health/live", &[], b"");
    assert_eq!(reply(&mut silent).status, 200);
    assert!((later..Duration::from_secs(5)).contains(&closed_after(silent.into_inner())));
    server.stop();
}

#[test]
fn connections_beyond_the_limit_wait() {
    let server = Server::new("[listen]\nmax_connections = 2");
    let held = [connect(server.address()), connect(server.address())];
    let mut waiting = connect(server.address());
    request(&mut waiting, "GET", "/health/live", &[], b"");
    waiting.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(waiting.read(&mut [0]).is_err(), "it was served beyond the limit");
    drop(held);
    waiting.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    assert_eq!(reply(&mut BufReader::new(waiting)).status, 200);
    server.stop();
}

#[test]
fn identifiers_are_replaced_at_the_door() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("identifiers.key");
    std::fs::write(&key, [b'k'; 40]).unwrap();
    let set = format!(
        "[identifiers]\nkey_file = '{}'\ncolumns = ['actor', 'device', 'ip']",
        key.display()
    );
    let server = Server::within(folder, &set);
    assert_eq!(server.post("/v1/decisions", &events(0..50)).status, 200);
    let server = server.restart(&set);
    assert_eq!(server.get("/v1/decisions/e7").status, 200);
    assert_eq!(server.get("/v1/accounts/a7").status, 200);
    let log = server.folder.path().join("data/tenants/default/log");
    for entry in std::fs::read_dir(log).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!holds("10.0.7.7"), "an address is in the log");
    }
    server.stop();
}
