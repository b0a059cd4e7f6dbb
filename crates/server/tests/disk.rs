//! A disk that is full: what does not fit is refused and said so, what was taken stays, and with room it goes on.

#![allow(clippy::unwrap_used)] // also in what tests share

mod support;

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::{Reply, Server, TIME};

/// Events of a submission.
const TOGETHER: usize = 50;

const SMALL: &str = "[data]\nsegment_bytes = 1048576\n[listen]\nmax_body_bytes = 262144";

/// A small file system in memory, until this is dropped.
struct Small(PathBuf);

impl Small {
    /// None where it may not be made.
    fn mount(at: &Path, size: &str) -> Option<Small> {
        std::fs::create_dir_all(at).unwrap();
        let options = format!("size={size}");
        let made = mount(&["-t", "tmpfs", "-o", &options, "qingliu-test"], at);
        made.then(|| Small(at.to_owned()))
    }

    fn grow(&self, size: &str) {
        assert!(mount(&["-o", &format!("remount,size={size}")], &self.0));
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // Whatever still holds it open goes with the test.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn mount(options: &[&str], at: &Path) -> bool {
    let mut mount = Command::new("mount");
    mount.args(options).arg(at).stdout(Stdio::null()).stderr(Stdio::null());
    mount.status().is_ok_and(|status| status.success())
}

/// A submission; its events weigh some two kilobytes each.
fn submission(number: usize) -> String {
    let text = format!("第{number}次 {}", "很好 ".repeat(250));
    let event = |n: usize| {
        json!({"id": format!("f{number}-{n}"), "time": TIME + (number * TOGETHER + n) as i64,
            "kind": "comment", "actor": format!("a{n}"), "subject": "s1", "text": text})
    };
    Value::from((0..TOGETHER).map(event).collect::<Vec<_>>()).to_string()
}

fn taken(reply: &Reply) -> (u64, usize) {
    assert_eq!(reply.status, 202, "{reply:?}");
    let told = reply.json();
    (told["accepted"].as_u64().unwrap(), told["duplicates"].as_array().unwrap().len())
}

fn count(server: &Server) -> Value {
    server.get("/v1/subjects/s1/counts").json()["counts"][0]["raw"].clone()
}

/// Waits until so many events are counted: they are decided a moment after they are taken.
fn counted(server: &Server, events: usize) {
    let start = Instant::now();
    while count(server) != events {
        let late = start.elapsed() > Duration::from_secs(10);
        assert!(!late, "{} of {events} are counted", count(server));
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let Some(small) = Small::mount(&folder.path().join("data"), "6m") else {
        // Past the harness, which keeps what passing tests print to itself.
        let skipped = b"\nSKIPPED: no small file system can be made here\n";
        std::io::Write::write_all(&mut std::io::stderr(), skipped).unwrap();
        return;
    };
    let server = Server::within(folder, SMALL);
    let ready = || server.send("GET", "/health/ready", &[], b"").status;
    assert_eq!(ready(), 200);
    let mut acknowledged = 0;
    let refused = loop {
        let reply = server.post("/v1/events", &submission(acknowledged));
        if reply.status != 202 {
            break reply;
        }
        assert_eq!(taken(&reply), (TOGETHER as u64, 0));
        acknowledged += 1;
        assert!(acknowledged < 1000, "six megabytes are not full");
    };
    assert!(acknowledged > 10, "{acknowledged}");
    for reply in [refused, server.post("/v1/decisions", &submission(acknowledged))] {
        assert_eq!(reply.status, 503, "{reply:?}");
        assert!(reply.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    }
    // It says so, is alive, and still answers what it knows.
    assert_eq!((ready(), server.send("GET", "/health/live", &[], b"").status), (503, 200));
    counted(&server, acknowledged * TOGETHER);
    // What is there is known, and what was refused is not.
    let last = acknowledged - 1;
    assert_eq!(server.get(&format!("/v1/decisions/f{last}-7")).status, 200);
    assert_eq!(server.get(&format!("/v1/decisions/f{acknowledged}-7")).status, 404);
    // With room it goes on by itself, and the refused ones are new.
    small.grow("64m");
    assert_eq!(taken(&server.post("/v1/events", &submission(acknowledged))), (TOGETHER as u64, 0));
    assert_eq!(ready(), 200);
    for number in 0..acknowledged {
        let again = taken(&server.post("/v1/events", &submission(number)));
        assert_eq!(again, (0, TOGETHER), "submission {number}");
    }
    let all = (acknowledged + 1) * TOGETHER;
    counted(&server, all);
    let server = server.restart(SMALL);
    assert_eq!(count(&server), all);
    for number in 0..=acknowledged {
        let again = taken(&server.post("/v1/events", &submission(number)));
        assert_eq!(again, (0, TOGETHER), "submission {number}");
    }
    assert_eq!(taken(&server.post("/v1/events", &submission(acknowledged + 1))).0, TOGETHER as u64);
    println!("{acknowledged} submissions of {TOGETHER} events filled the disk");
    server.stop();
    drop(small);
}
