//! What goes over the network besides requests in plain HTTP/1.1: TLS, HTTP/2, webhooks, traces.

#![allow(clippy::unwrap_used)] // also in what tests share

mod support;

use http_body_util::{BodyExt, Full};
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use server::webhooks::sign;
use simulator::{Hardness, Record, Scenario, Scheme};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use support::{Reply, Server, event};

/// A certificate for `localhost` and its key, made for tests only: openssl req -x509 -newkey ec -pkeyopt
/// ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=localhost -addext subjectAltName=DNS:localhost
const CERT: &str = include_str!("support/cert.pem");
const KEY: &str = include_str!("support/key.pem");

/// A receiver of posts that answers each with the next of these statuses, the last of them for ever.
fn receiver(statuses: &'static [u16]) -> (SocketAddr, Receiver<Reply>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (send, heard) = channel();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") && stream.read_line(&mut head).unwrap() > 0 {}
            let status = *statuses.get(number).unwrap_or(statuses.last().unwrap());
            let mut post = Reply { status, head, body: Vec::new() };
            post.body.resize(post.header("content-length").unwrap().parse().unwrap(), 0);
            stream.read_exact(&mut post.body).unwrap();
            write!(stream.get_mut(), "HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n").unwrap();
            if send.send(post).is_err() {
                return;
            }
        }
    });
    (address, heard)
}

const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn revisions_are_delivered_signed_and_again_until_they_are_taken() {
    let (address, heard) = receiver(&[500, 503, 200]);
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("webhook.secret");
    std::fs::write(&secret, "0123456789abcdef-secret\n").unwrap();
    let set = format!(
        "[judge]\nevery = '6h'\n[webhooks]\nurl = 'http://{address}/hook'\nsecret_file = '{}'\nbackoff = '20ms'\nbatch = 10000",
        secret.display()
    );
    let server = Server::within(folder, &set);
    let schemes = vec![Scheme::DeviceFarm, Scheme::BulkMembers];
    let scenario = Scenario { seed: 4, people: 600, days: 4, schemes, hardness: Hardness::plain() };
    let world = scenario.run();
    for some in world.records.chunks(5000) {
        let body: Vec<String> = some.iter().map(Record::json).collect();
        server.post("/v1/events", &format!("[{}]", body.join(",")));
    }
    assert_eq!(server.post("/v1/judge", "").status, 200);
    let tries: Vec<Reply> = (0..3).map(|_| heard.recv_timeout(PATIENCE).unwrap()).collect();
    let key = tries[0].header("idempotency-key").unwrap();
    for post in &tries {
        assert!(post.head.starts_with("POST /hook HTTP/1.1"));
        assert_eq!(post.header("idempotency-key"), Some(key));
        assert_eq!(post.body, tries[0].body);
        let signature = post.header("qingliu-signature").unwrap();
        let (time, shown) = signature.split_once(",v1=").unwrap();
        let time = time.strip_prefix("t=").unwrap().parse().unwrap();
        assert_eq!(shown, sign(b"0123456789abcdef-secret", time, &post.body));
    }
    let told: Value = serde_json::from_slice(&tries[0].body).unwrap();
    let first = &told["revisions"][0];
    let number = first["number"].as_u64().unwrap();
    assert_eq!(
        (&first["from"], number >> 32),
        (&json!("genuine"), first["judgement"].as_u64().unwrap())
    );
    // Counts of the same judgement as well: what is left of a count is what the API says of it.
    let subject = |count: &&Value| count["subject"].is_string();
    let newest = told["revisions"].as_array().unwrap().iter().rfind(subject).unwrap();
    let of = format!("/v1/subjects/{}/counts", newest["subject"].as_str().unwrap());
    let counts = server.get(&of).json();
    let row = |row: &&Value| row["metric"] == newest["metric"];
    let row = counts["counts"].as_array().unwrap().iter().find(row).unwrap();
    assert!(newest["from"]["genuine"].as_u64() > newest["to"]["genuine"].as_u64(), "{newest}");
    assert!(row["raw"].as_u64() >= newest["raw"].as_u64(), "{newest} {counts}");
    // After a restart nothing is delivered twice, and what is new is.
    let server = server.restart(&set);
    let mut later = Vec::new();
    while let Ok(post) = heard.recv_timeout(Duration::from_millis(500)) {
        later.push(post);
    }
    let mut numbers: Vec<u64> = Vec::new();
    for post in tries[2..].iter().chain(&later) {
        let told: Value = serde_json::from_slice(&post.body).unwrap();
        let list = told["revisions"].as_array().unwrap();
        numbers.extend(list.iter().map(|revision| revision["number"].as_u64().unwrap()));
    }
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    server.stop();
}

#[test]
fn a_delivery_that_nobody_takes_goes_to_the_dead_letters() {
    use server::metrics::Metrics;
    use server::webhooks::{Bell, Settings, Webhooks};
    use std::sync::Arc;
    use std::sync::atomic::Ordering::Relaxed;
    let (address, heard) = receiver(&[500]);
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        target: server::client::Target::parse(&format!("http://{address}/")).unwrap(),
        secret: b"secret".to_vec(),
        attempts: 3,
        backoff: Duration::from_millis(5),
        batch: 2,
    };
    let metrics = Arc::new(Metrics::default());
    let all = |after: u64| {
        (after + 1..=3).map(|number| (number, format!("{{\"number\":{number}}}"))).collect()
    };
    let mut webhooks = Webhooks::start(
        "one",
        folder.path(),
        settings,
        metrics.clone(),
        Bell::new(),
        Box::new(all),
    )
    .unwrap();
    for _ in 0..6 {
        heard.recv_timeout(PATIENCE).unwrap();
    }
    for _ in 0..200 {
        if metrics.webhooks[2].load(Relaxed) == 2 {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    webhooks.close();
    assert_eq!(metrics.webhooks.each_ref().map(|count| count.load(Relaxed)), [0, 6, 2]);
    let dead = std::fs::read_to_string(folder.path().join("dead.jsonl")).unwrap();
    assert_eq!(dead, "{\"number\":1}\n{\"number\":2}\n{\"number\":3}\n");
}

#[test]
fn requests_are_traced_as_their_callers_ask() {
    let (address, heard) = receiver(&[200]);
    let server = Server::new(&format!("[otel]\nendpoint = 'http://{address}'\none_in = 1000000"));
    let bearer = format!("Bearer {}", server.admin);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ];
    assert_eq!(server.send("POST", "/v1/decisions", &headers, event(1).as_bytes()).status, 200);
    let mut spans = Vec::new();
    while spans.len() < 3 {
        let post = heard.recv_timeout(PATIENCE).unwrap();
        assert!(post.head.starts_with("POST /v1/traces HTTP/1.1"));
        let told: Value = serde_json::from_slice(&post.body).unwrap();
        let list = &told["resourceSpans"][0]["scopeSpans"][0]["spans"];
        let mine = |span: &&Value| span["traceId"] == "0af7651916cd43dd8448eb211c80319c";
        spans.extend(list.as_array().unwrap().iter().filter(mine).cloned());
    }
    let server_span = spans.iter().find(|span| span["kind"] == 2).unwrap();
    assert_eq!(server_span["name"], "POST /v1/decisions");
    assert_eq!(server_span["parentSpanId"], "b7ad6b7169203331");
    for part in spans.iter().filter(|span| span["kind"] == 1) {
        assert_eq!(part["parentSpanId"], server_span["spanId"]);
        assert!(part["endTimeUnixNano"].as_str() >= part["startTimeUnixNano"].as_str());
    }
    // Numbers of spans may end as an identifier does.
    let said = spans.iter().map(|span| format!("{} {}", span["name"], span["attributes"]));
    let text: String = said.collect();
    assert!(!text.contains("e1\"") && !text.contains("a1\""), "{text}");
    server.stop();
}

#[test]
fn tls_and_http2_carry_the_same_answers() {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&cert, CERT).unwrap();
    std::fs::write(&key, KEY).unwrap();
    let set = format!("[listen]\ntls_cert = '{}'\ntls_key = '{}'", cert.display(), key.display());
    let server = Server::within(folder, &set);
    let (address, admin) = (server.address(), server.admin.clone());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async move {
        use rustls::pki_types::pem::PemObject;
        let mut roots = rustls::RootCertStore::empty();
        roots
            .add(rustls::pki_types::CertificateDer::from_pem_slice(CERT.as_bytes()).unwrap())
            .unwrap();
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let stream = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
        let (sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                .await
                .unwrap();
        tokio::spawn(connection);
        let mut under_way = Vec::new();
        for n in 0..20 {
            let mut sender = sender.clone();
            let request = Request::post("https://localhost/v1/decisions")
                .header("authorization", format!("Bearer {admin}"))
                .header("content-type", "application/json")
                .body(Full::new(bytes::Bytes::from(event(n))))
                .unwrap();
            under_way.push(tokio::spawn(async move { sender.send_request(request).await }));
        }
        for (n, reply) in under_way.into_iter().enumerate() {
            let reply = reply.await.unwrap().unwrap();
            assert_eq!(reply.status(), StatusCode::OK);
            let body = reply.into_body().collect().await.unwrap().to_bytes();
            let told: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(told["decisions"][0]["id"], format!("e{n}"));
        }
    });
    server.stop();
}

#[test]
fn a_server_that_ends_answers_what_is_under_way() {
    let server = Server::new("");
    let address = server.address();
    let key = format!("Bearer {}", server.admin);
    let mut slow = support::connect(address);
    let body = event(1);
    write!(
        slow,
        "POST /v1/decisions HTTP/1.1\r\nhost: x\r\nauthorization: {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let stopping = std::thread::spawn(move || server.stop());
    std::thread::sleep(Duration::from_millis(200));
    slow.write_all(body.as_bytes()).unwrap();
    let reply = support::reply(&mut BufReader::new(slow));
    assert_eq!(reply.status, 200);
    stopping.join().unwrap();
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn the_policy_file_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.toml");
    std::fs::write(&policy, "name = 'first'").unwrap();
    let set = format!("[policy]\nfile = '{}'", policy.display());
    let server = Server::within(folder, &set);
    let name = || server.get("/v1/policy").json()["name"].clone();
    assert_eq!(name(), "first");
    std::fs::write(&policy, "name = 'second'\nversion = 2").unwrap();
    server.running.as_ref().unwrap().reload();
    for _ in 0..100 {
        if name() == "second" {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(name(), "second");
    std::fs::write(&policy, "fake_bits = 'many'").unwrap();
    server.running.as_ref().unwrap().reload();
    assert_eq!(name(), "second");
    server.stop();
}
