//! How fast the server is over loopback; measured, not judged:
//! `cargo test --release -p server --test speed -- --ignored --nocapture`.

#![allow(clippy::unwrap_used)] // also in what tests share

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use support::{Server, connect};

/// Processor seconds of the threads that serve requests; those of the engine and of the clients are others.
fn cpu() -> f64 {
    let mut serving = 0.0;
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let Ok(stat) = std::fs::read_to_string(task.unwrap().path().join("stat")) else { continue };
        let (name, rest) = stat.rsplit_once(')').unwrap();
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
        if name.ends_with("(requests") {
            serving += ticks / 100.0;
        }
    }
    serving
}

fn event(thread: usize, n: usize) -> String {
    format!(
        r#"{{"id":"{thread}-{n}","time":{},"kind":"like","actor":"a{}","subject":"s{}","device":"d{}","ip":"10.0.{}.{}","agent":"app/7.1","source":"feed"}}"#,
        support::TIME + n as i64 * 1000,
        n * 7919 % 50_000,
        n % 700,
        n * 7919 % 50_000,
        n % 200,
        n % 100,
    )
}

struct Client {
    reader: BufReader<TcpStream>,
    line: String,
    body: Vec<u8>,
}

impl Client {
    fn send(&mut self, bytes: &[u8]) {
        self.reader.get_mut().write_all(bytes).unwrap();
    }

    fn hear(&mut self) -> bool {
        let (mut length, mut ok) = (0, false);
        loop {
            self.line.clear();
            self.reader.read_line(&mut self.line).unwrap();
            if self.line.starts_with("HTTP/1.1") {
                ok = self.line.as_bytes()[9] == b'2';
            } else if let Some(text) = self.line.strip_prefix("content-length: ") {
                length = text.trim().parse().unwrap();
            } else if self.line == "\r\n" {
                break;
            }
        }
        self.body.resize(length, 0);
        self.reader.read_exact(&mut self.body).unwrap();
        ok
    }
}

fn measure(server: &Server, what: &str, path: &str, connections: usize, batch: usize) {
    static ROUND: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let round = ROUND.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let threads = 2.min(connections);
    let start = Instant::now();
    let before = cpu();
    let told: Vec<(u64, u64, Vec<Duration>)> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    let mut clients: Vec<Client> = (0..connections / threads)
                        .map(|_| Client {
                            reader: BufReader::new(connect(server.address())),
                            line: String::new(),
                            body: Vec::new(),
                        })
                        .collect();
                    let (mut events, mut refused, mut times) = (0, 0, Vec::new());
                    let mut number = 0;
                    while start.elapsed() < Duration::from_secs(4) {
                        let mut sent = Vec::new();
                        for client in &mut clients {
                            let lines: Vec<String> =
                                (0..batch).map(|n| event(thread + round * 2, number + n)).collect();
                            number += batch;
                            let body = lines.join("\n");
                            let request = format!(
                                "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/x-ndjson\r\ncontent-length: {}\r\n\r\n{body}",
                                server.admin,
                                body.len()
                            );
                            sent.push(Instant::now());
                            client.send(request.as_bytes());
                        }
                        for (client, sent) in clients.iter_mut().zip(sent) {
                            match client.hear() {
                                true => events += batch as u64,
                                false => refused += 1,
                            }
                            times.push(sent.elapsed());
                        }
                    }
                    (events, refused, times)
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    });
    let seconds = start.elapsed().as_secs_f64();
    let events: u64 = told.iter().map(|told| told.0).sum();
    let refused: u64 = told.iter().map(|told| told.1).sum();
    let mut times: Vec<Duration> = told.into_iter().flat_map(|told| told.2).collect();
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let serving = cpu();
    println!(
        "{what}: {:.0} events/s, {:.1} µs of serving threads an event, p50 {:?} p99 {:?}, {refused} refused",
        events as f64 / seconds,
        (serving - before) * 1e6 / events as f64,
        at(0.5),
        at(0.99),
    );
}

#[test]
#[ignore = "a measurement"]
fn how_fast() {
    let server = Server::new("[judge]\nevery = '24h'\n[limits]\nqueue = 400000");
    measure(&server, "one connection, single decisions", "/v1/decisions", 1, 1);
    measure(&server, "64 connections, single decisions", "/v1/decisions", 64, 1);
    measure(&server, "64 connections, single events", "/v1/events", 64, 1);
    measure(&server, "8 connections, events by 1,000", "/v1/events", 8, 1000);
    measure(&server, "8 connections, decisions by 1,000", "/v1/decisions", 8, 1000);
    let start = Instant::now();
    for _ in 0..20_000 {
        assert!(server.running.as_ref().unwrap().service().access.check(&server.admin).is_some());
    }
    println!("a key is checked in {:?}", start.elapsed() / 20_000);
    server.stop();
    let server = Server::new("[judge]\nevery = '24h'\n[data]\nsync = 'never'");
    measure(&server, "64 connections, single decisions, no sync", "/v1/decisions", 64, 1);
    server.stop();
}
