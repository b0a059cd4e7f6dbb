//! More than can be taken: the rest is refused at once and may come again, and what was taken is there.

#![allow(clippy::unwrap_used)] // also in what tests share

mod support;

use serde_json::json;
use std::io::BufReader;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use support::{Reply, Server, TIME, connect, reply, request};

/// Events of a submission, and of the queue.
const TOGETHER: usize = 200;
const QUEUE: usize = 2 * TOGETHER;
const SENDERS: usize = 24;
const LASTS: Duration = Duration::from_secs(3);

/// Events with ids of their own, all of one subject.
fn body(sender: usize, number: usize) -> String {
    let event = |n: usize| {
        json!({"id": format!("{sender}-{number}-{n}"), "time": TIME + number as i64 * 1000,
            "kind": "view", "actor": format!("a{n}"), "subject": "s1", "device": format!("d{n}")})
    };
    json!((0..TOGETHER).map(event).collect::<Vec<_>>()).to_string()
}

/// Sends one after another, whatever is answered, until the time is over: what was answered to each.
fn send(address: SocketAddr, key: &str, sender: usize, until: Instant) -> Vec<Reply> {
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", &bearer[..]), ("content-type", "application/json")];
    let mut stream = BufReader::new(connect(address));
    let mut answers = Vec::new();
    while Instant::now() < until {
        let body = body(sender, answers.len());
        request(stream.get_mut(), "POST", "/v1/decisions", &headers, body.as_bytes());
        answers.push(reply(&mut stream));
    }
    answers
}

#[test]
fn three_times_too_much_is_refused_and_what_was_taken_is_there() {
    // In step, judgements stand in the way of events now and then: that is when a queue fills.
    let set = format!(
        "[listen]\nmax_batch = {TOGETHER}\n[limits]\nqueue = {QUEUE}\n[judge]\nevery = '1s'\nin_step = true"
    );
    let server = Server::new(&set);
    let (address, key) = (server.address(), server.admin.clone());
    let until = Instant::now() + LASTS;
    let answers: Vec<Vec<Reply>> = std::thread::scope(|scope| {
        let key = &key;
        let send = |sender| scope.spawn(move || send(address, key, sender, until));
        let senders: Vec<_> = (0..SENDERS).map(send).collect();
        // It is well all the while.
        while Instant::now() < until {
            assert_eq!(server.send("GET", "/health/ready", &[], b"").status, 200);
            std::thread::sleep(Duration::from_millis(200));
        }
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    });
    let (mut taken, mut refused) = (Vec::new(), 0);
    for (sender, answers) in answers.into_iter().enumerate() {
        for (number, answer) in answers.into_iter().enumerate() {
            if answer.status == 429 {
                assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
                refused += 1;
            } else {
                assert_eq!(answer.status, 200, "{answer:?}");
                taken.push((sender, number, answer));
            }
        }
    }
    println!("submissions of {TOGETHER} events: {} taken, {refused} refused", taken.len());
    assert!(!taken.is_empty() && refused >= 2 * taken.len(), "{refused} were refused");
    // Each event of what was taken was new, was decided, and is counted once; of what was refused, none is.
    for (sender, number, answer) in &taken {
        let told = answer.json();
        let decisions = told["decisions"].as_array().unwrap();
        assert!(decisions.iter().all(|decision| decision["accepted"] == true));
        assert_eq!(decisions.len(), TOGETHER, "{sender} {number}");
    }
    let count = |server: &Server| {
        server.get("/v1/subjects/s1/counts").json()["counts"][0]["raw"].as_u64().unwrap()
    };
    let all = (taken.len() * TOGETHER) as u64;
    assert_eq!(count(&server), all);
    // It takes events as before; also after a restart everything is there.
    let server = server.restart(&set);
    assert_eq!(count(&server), all);
    for (sender, number, _) in taken.iter().step_by(taken.len().div_ceil(20)) {
        let again = server.post("/v1/events", &body(*sender, *number)).json();
        let repeated = again["duplicates"].as_array().unwrap().len();
        assert_eq!((&again["accepted"], repeated), (&json!(0), TOGETHER));
    }
    assert_eq!(server.post("/v1/events", &body(99, 0)).json()["accepted"], TOGETHER);
    server.stop();
}

#[test]
fn what_one_file_of_the_log_cannot_hold_is_too_large_and_half_of_it_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, "k".repeat(40)).unwrap();
    // Short identifiers grow when hashes take their place: as many bytes may come as the log takes, and yet be too many.
    let set = format!(
        "[listen]\nmax_body_bytes = 262144\n[data]\nsegment_bytes = 1048576\n[identifiers]\nkey_file = '{}'\n\
         columns = ['actor', 'device', 'phone', 'payment', 'address', 'agent', 'parcel']",
        key.display()
    );
    let server = Server::within(folder, &set);
    let body = |events: std::ops::Range<usize>| {
        let event = |n: usize| {
            format!(
                r#"{{"id":"{n}","time":1767225600,"kind":"like","actor":"{n}","device":"{n}","phone":"{n}","payment":"{n}","address":"{n}","agent":"{n}","parcel":"{n}"}}"#
            )
        };
        format!("[{}]", events.map(event).collect::<Vec<_>>().join(","))
    };
    let all = body(0..1650);
    assert!(all.len() < 262_144, "{}", all.len());
    for path in ["/v1/events", "/v1/decisions"] {
        let reply = server.post(path, &all);
        assert_eq!((reply.status, reply.header("retry-after")), (413, None), "{reply:?}");
        assert_eq!(reply.json()["type"], "/problems/too-large");
        assert!(reply.json()["detail"].as_str().unwrap().contains("fewer"), "{reply:?}");
    }
    // Nothing of it is known, its names are named with what is taken, and the queue is empty again.
    for part in [0..800, 800..1600] {
        let taken = server.post("/v1/events", &body(part)).json();
        assert_eq!((&taken["accepted"], &taken["duplicates"]), (&json!(800), &json!([])));
    }
    let exported = server.get("/v1/accounts/7/data");
    let text = String::from_utf8(exported.body).unwrap();
    assert!(text.contains(r#""actor":"h:"#), "{text}");
    server.stop();
}
