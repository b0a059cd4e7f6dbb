//! Goal: whoever looks at the log finds what failed, also where nobody waits for an answer. Method: the program, whose judgements
//! cannot be kept, and what it says on standard error.

#![allow(clippy::unwrap_used)]

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// The service; it ends with this.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The line that says something, once it is said.
fn said(file: &Path, what: &str) -> String {
    let start = Instant::now();
    loop {
        let text = std::fs::read_to_string(file).unwrap();
        if let Some(line) = text.lines().find(|line| line.contains(what)) {
            return line.to_owned();
        }
        assert!(start.elapsed() < Duration::from_secs(60), "no {what} in: {text}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_stops_an_engine_is_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let (config, data) = (folder.path().join("qingliu.toml"), folder.path().join("data"));
    let text = format!(
        "[listen]\naddress = \"127.0.0.1:0\"\n[data]\nfolder = {data:?}\n[judge]\nin_step = true\n"
    );
    std::fs::write(&config, text).unwrap();
    let errors = folder.path().join("errors");
    let mut command = Command::new(env!("CARGO_BIN_EXE_qingliu"));
    command.arg("serve").arg(&config).stderr(File::create(&errors).unwrap());
    let _process = Process(command.spawn().unwrap());
    let serving: serde_json::Value = serde_json::from_str(&said(&errors, "\"serving\"")).unwrap();
    let key = said(&errors, "Admin key").rsplit(' ').next().unwrap().to_owned();

    std::fs::write(data.join("tenants/default/judgements"), "no folder").unwrap();
    let event = |n: u32| {
        let time = 1_767_225_600 + n;
        format!(
            "{{\"id\":\"e{n}\",\"time\":{time},\"kind\":\"like\",\"actor\":\"a{n}\",\"subject\":\"s\"}}\n"
        )
    };
    let body: String = (0..1_000).map(event).collect();
    let mut stream = TcpStream::connect(serving["address"].as_str().unwrap()).unwrap();
    let length = body.len();
    let head = format!(
        "POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\
         content-type: application/x-ndjson\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    // What came before is taken; the judgement that is due then fails, and in step nothing goes on without it.
    assert!(reply.starts_with("HTTP/1.1 202"), "{reply}");
    stream = TcpStream::connect(serving["address"].as_str().unwrap()).unwrap();
    let _ = stream.write_all(head.replace("\"e", "\"f").as_bytes());
    let line = said(&errors, "the engine failed");
    assert!(line.contains("ERROR") && line.contains("judgements"), "{line}");
}
