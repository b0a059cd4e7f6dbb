//! A server in a folder of its own, and a client that speaks plain HTTP/1.1.

#![allow(dead_code)] // each file of tests uses some of it

use serde_json::Value;
use server::{Config, Running, start};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use tempfile::TempDir;

/// Microseconds since 1970 of the first event of tests.
pub const TIME: i64 = 1_767_225_600_000_000;

pub struct Server {
    pub running: Option<Running>,
    pub folder: TempDir,
    pub admin: String,
}

/// A reply.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A configuration in a folder, with these lines more.
pub fn config(folder: &TempDir, more: &str) -> Config {
    let mut config = Config::parse(more, []).unwrap();
    config.data.folder = folder.path().join("data");
    config.listen.address = "127.0.0.1:0".to_owned();
    config.listen.threads = 2;
    config.check().unwrap();
    config
}

impl Server {
    pub fn new(more: &str) -> Server {
        let folder = tempfile::tempdir().unwrap();
        Server::within(folder, more)
    }

    pub fn within(folder: TempDir, more: &str) -> Server {
        let running = start(config(&folder, more)).unwrap();
        let admin = running.first_keys.first().map_or(String::new(), |key| key.1.clone());
        Server { running: Some(running), folder, admin }
    }

    pub fn address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().address
    }

    /// Stops it and starts it again.
    pub fn restart(mut self, more: &str) -> Server {
        self.running.take().unwrap().stop().unwrap();
        let admin = self.admin;
        Server { admin, ..Server::within(self.folder, more) }
    }

    pub fn stop(mut self) {
        self.running.take().unwrap().stop().unwrap();
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut stream = connect(self.address());
        request(&mut stream, method, path, headers, body);
        reply(&mut BufReader::new(stream))
    }

    pub fn with(&self, key: &str, method: &str, path: &str, body: &str) -> Reply {
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        self.send(method, path, &headers, body.as_bytes())
    }

    pub fn get(&self, path: &str) -> Reply {
        self.with(&self.admin, "GET", path, "")
    }

    pub fn post(&self, path: &str, body: &str) -> Reply {
        self.with(&self.admin, "POST", path, body)
    }

    /// A key with a role.
    pub fn key(&self, role: &str) -> String {
        let made = self.post("/v1/keys", &format!(r#"{{"role":"{role}"}}"#));
        assert_eq!(made.status, 201, "{made:?}");
        made.json()["key"].as_str().unwrap().to_owned()
    }
}

pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

pub fn request(
    stream: &mut TcpStream,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    // A server that refuses may close before it read all.
    let _ = stream.write_all(&bytes);
}

pub fn reply(stream: &mut BufReader<TcpStream>) -> Reply {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && stream.read_line(&mut head).unwrap() > 0 {}
    let status = head.get(9..12).unwrap_or_else(|| panic!("head: {head:?}")).parse().unwrap();
    let mut reply = Reply { status, head, body: Vec::new() };
    let length = reply.header("content-length").map_or(0, |text| text.parse().unwrap());
    reply.body.resize(length, 0);
    stream.read_exact(&mut reply.body).unwrap();
    reply
}

/// An event.
pub fn event(n: usize) -> String {
    format!(
        r#"{{"id":"e{n}","time":{},"kind":"like","actor":"a{}","subject":"s{}","device":"d{n}","ip":"10.0.{}.{}","agent":"app/7.1","source":"feed"}}"#,
        TIME + n as i64 * 1_000_000,
        n % 50,
        n % 7,
        n % 200,
        n % 100,
    )
}

/// A list of events.
pub fn events(range: std::ops::Range<usize>) -> String {
    format!("[{}]", range.map(event).collect::<Vec<_>>().join(","))
}
