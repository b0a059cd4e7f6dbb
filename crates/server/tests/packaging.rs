//! What comes with the program says what the program does: the configuration file, the dashboard, the problems.

#![allow(clippy::unwrap_used)] // also in what tests share

mod support;

use server::Config;
use server::config::{ConfigError, Span, Sync};
use server::metrics::NAMES;
use std::collections::BTreeSet;
use support::{Server, event, events};

fn packaged(name: &str) -> String {
    let path = format!("{}/../../packaging/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_packaged_file_has_every_key_with_its_default() {
    let text = packaged("qingliu.toml");
    assert_eq!(Config::parse(&text, []).unwrap(), Config::default());
    let written: toml::Table = toml::from_str(&text).unwrap();
    let known: toml::Table = toml::from_str(&Config::default().told()).unwrap();
    assert_eq!(written, known);
    Config::default().check().unwrap();
    // Each key has a comment before it.
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.contains(" = ")) {
        if line.starts_with('#') {
            continue;
        }
        let before = lines[at - 1];
        assert!(before.starts_with('#') || before.contains(" = "), "{line}");
    }
}

#[test]
fn values_are_checked_and_named() {
    let faults = |text: &str| match Config::parse(text, []).and_then(|config| config.check()) {
        Err(fault) => fault.to_string(),
        Ok(_) => String::new(),
    };
    for (text, want) in [
        ("[listen]\nadress = ''", "adress"),
        (
            "[listen]\naddress = 'here'",
            "listen.address is `here`; it must be an address and a port",
        ),
        ("[listen]\nmax_batch = 0", "listen.max_batch is `0`; it must be 1 or more"),
        ("[listen]\nmax_batch = 'many'", "line 2"),
        ("[listen]\nbody_timeout = '1w'", "`1w` is not a time"),
        (
            "[listen]\ntls_cert = '/nowhere'",
            "listen.tls_cert is `/nowhere`; it must be set together",
        ),
        ("[data]\nsync = 'often'", "data.sync is `often`; it must be always, never, or a time"),
        (
            "[data]\nsegment_bytes = 1048576",
            "listen.max_body_bytes is `8388608`; it must be 262144 or less, so that it fits",
        ),
        ("[data]\ntenants = ['../up']", "data.tenants is `../up`"),
        ("[data]\ntenants = ['a', 'a']", "without repeated names"),
        ("[retention]\nrecords_years = 2", "retention.records_years is `2`; it must be 3 or more"),
        (
            "[retention]\nraw_days = 40000",
            "retention.raw_days is `40000`; it must be 36500 or less",
        ),
        ("[retention]\npersonal_days = 0", "personal_days"),
        ("[identifiers]\ncolumns = ['id']", "identifiers.columns is `id`; it must be of actor"),
        ("[log]\nlevel = 'loud'", "log.level is `loud`; it must be one of error"),
        ("[webhooks]\nurl = 'ftp://x'", "webhooks.url is `ftp://x`"),
        ("[webhooks]\nurl = 'http://x'", "webhooks.secret_file is ``; it must be set with"),
        ("[policy]\nfile = '/nowhere.toml'", "policy.file is `/nowhere.toml`"),
    ] {
        assert!(faults(text).contains(want), "{text}: {}", faults(text));
    }
    let two = faults("[listen]\nmax_batch = 0\n[log]\nformat = 'xml'");
    assert_eq!(two.lines().count(), 2, "{two}");
}

#[test]
fn what_cannot_be_served_is_refused_by_the_check_in_the_same_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (cert, key) = (include_str!("support/cert.pem"), include_str!("support/key.pem"));
    let (cert, key, no_key) = (file("cert", cert), file("key", key), file("none", "no key\n"));
    let (long, short) = (file("long", &"k".repeat(40)), file("short", "k"));
    let ranges = file("ranges", "1.0.0.0,1.0.0.255,13335,Cloudflare\n");
    let broken = file("broken", "1.0.0.0,here,13335,Cloudflare\n");
    let at = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let webhooks =
        |secret: &str| format!("[webhooks]\nurl = 'http://127.0.0.1:9/'\nsecret_file = '{secret}'");
    let metrics = |address: &str| format!("[metrics]\non = true\naddress = '{address}'");
    for (text, fault) in [
        (format!("[listen]\ntls_cert = '{cert}'\ntls_key = '{key}'"), ""),
        (format!("[listen]\ntls_cert = '{cert}'\ntls_key = '{no_key}'"), "listen.tls_cert"),
        (format!("[listen]\ntls_cert = '{no_key}'\ntls_key = '{key}'"), "listen.tls_cert"),
        (format!("[listen]\ntls_cert = '{cert}'\ntls_key = '/nowhere'"), "listen.tls_cert"),
        (format!("[identifiers]\nkey_file = '{long}'"), ""),
        (format!("[identifiers]\nkey_file = '{short}'"), "identifiers.key_file"),
        (format!("[networks]\nfiles = ['{ranges}']"), ""),
        (format!("[networks]\nfiles = ['{broken}']"), "networks.files"),
        (webhooks(&long), ""),
        (webhooks(&short), "webhooks.secret_file"),
        (webhooks("/nowhere"), "webhooks.secret_file"),
        (metrics("127.0.0.1:0"), ""),
        (metrics(&format!("127.0.0.1:{at}")), "metrics.address"),
        (metrics(&format!("0.0.0.0:{at}")), "metrics.address"),
        (format!("[policy]\nfile = '{no_key}'"), "policy.file"),
    ] {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config::parse(&text, []).unwrap();
        config.data.folder = data.path().join("data");
        config.listen.address = format!("127.0.0.1:{at}");
        let checked = config.check().map(|_| ()).map_err(|why| why.to_string());
        let served = server::start(config).map(|running| running.stop().unwrap());
        let served = served.map_err(|why| why.to_string());
        assert_eq!(checked, served, "{text}");
        assert_eq!(checked.is_ok(), fault.is_empty(), "{text}: {checked:?}");
        if let Err(said) = checked {
            assert!(said.starts_with(fault), "{text}: {said}");
            assert!(!data.path().join("data").exists(), "{text}: it began all the same");
        }
    }
}

#[test]
fn the_environment_overrides() {
    let set = |name: &str, value: &str| {
        let mine = [(name.to_owned(), value.to_owned())];
        let others =
            [("PATH".to_owned(), "/bin".to_owned()), ("QINGLIU_HOME".to_owned(), "x".to_owned())];
        Config::parse("[listen]\nmax_batch = 5", mine.into_iter().chain(others))
    };
    assert_eq!(set("QINGLIU_LISTEN_MAX_BATCH", "7").unwrap().listen.max_batch, 7);
    assert_eq!(set("QINGLIU_DATA_TENANTS", "a, b").unwrap().data.tenants, ["a", "b"]);
    assert!(set("QINGLIU_METRICS_ON", "true").unwrap().metrics.on);
    assert_eq!(set("QINGLIU_JUDGE_EVERY", "1m").unwrap().judge.every, Span::seconds(60));
    let every = set("QINGLIU_DATA_SYNC", "50ms").unwrap().data.sync();
    assert_eq!(every, Some(Sync::Every(std::time::Duration::from_millis(50))));
    assert_eq!(set("QINGLIU_LISTEN_ADDRESS", "0.0.0.0:1").unwrap().listen.max_batch, 5);
    let unknown = set("QINGLIU_LISTEN_COLOUR", "red").unwrap_err().to_string();
    assert!(
        unknown.contains("QINGLIU_LISTEN_COLOUR") && unknown.contains("max_batch"),
        "{unknown}"
    );
    assert!(matches!(set("QINGLIU_LISTEN_MAX_BATCH", "many"), Err(ConfigError::Values(_))));
}

#[test]
fn metrics_have_the_names_that_are_listed_and_the_dashboard_uses_no_others() {
    let server = Server::new("[metrics]\non = true");
    server.post("/v1/decisions", &events(0..10));
    server.post("/v1/judge", "");
    server.post("/v1/events", &event(1));
    let broken = r#"[{"id":"x","time":"01/02/2026","kind":"view"},{"id":"y"},1]"#;
    assert_eq!(server.post("/v1/events", broken).status, 422);
    server.get("/v1/nothing");
    let reply = server.get("/metrics");
    assert_eq!(reply.header("content-type"), Some("text/plain; version=0.0.4"));
    let text = String::from_utf8(reply.body).unwrap();
    let names: BTreeSet<&str> = NAMES.iter().map(|(name, _, _)| *name).collect();
    let base = |name: &str| {
        let bare = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
        bare.filter(|bare| names.contains(bare)).unwrap_or(name).to_owned()
    };
    let mut seen = BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) =
            line.split_once([' ', '{']).map(|(name, _)| name).zip(line.rsplit(' ').next()).unwrap();
        assert!(value.parse::<f64>().is_ok(), "{line}");
        assert!(names.contains(base(name).as_str()), "{line}");
        seen.insert(base(name));
    }
    for name in &names {
        assert!(seen.contains(*name), "{name} is never written");
        assert_eq!(text.matches(&format!("# TYPE {name} ")).count(), 1);
    }
    assert!(text.contains("qingliu_events_total{tenant=\"default\",outcome=\"accepted\"} 10"));
    assert!(text.contains("qingliu_events_total{tenant=\"default\",outcome=\"duplicate\"} 1"));
    for (reason, count) in [("ambiguous_time", 1), ("empty", 1), ("broken", 1), ("too_late", 0)] {
        let line = format!(
            "qingliu_events_rejected_total{{tenant=\"default\",reason=\"{reason}\"}} {count}"
        );
        assert!(text.contains(&line), "{line}");
    }
    let dashboard: serde_json::Value = serde_json::from_str(&packaged("grafana.json")).unwrap();
    let mut used = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let expr = target["expr"].as_str().unwrap();
            let words = expr.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            for word in words.filter(|w| w.starts_with("qingliu_") || w.starts_with("process_")) {
                assert!(names.contains(base(word).as_str()), "{word}");
                used.insert(base(word));
            }
        }
    }
    for name in names {
        assert!(used.contains(name), "{name} is on no panel");
    }
    server.stop();
}

#[test]
fn the_scopes_of_routes_are_those_that_the_page_and_the_description_name() {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operating.md"));
    let page = page.unwrap();
    let rows: Vec<String> = server::service::scopes()
        .map(|(method, path, scope)| {
            format!("| `{method} {path}` | {} |", scope.unwrap_or("none: no key"))
        })
        .collect();
    let table = rows.join("\n");
    assert!(page.contains(&table), "docs/operating.md should say:\n{table}");
    let document: serde_json::Value = serde_json::from_str(&server::openapi::document()).unwrap();
    for (method, path, scope) in server::service::scopes() {
        for (known, operations) in document["paths"].as_object().unwrap() {
            let parts = known.split('/').map(|part| if part.starts_with('{') { "*" } else { part });
            if parts.collect::<Vec<_>>().join("/") == path {
                let security = &operations[method.to_lowercase()]["security"][0]["key"][0];
                assert_eq!(security.as_str(), scope, "{method} {path}");
            }
        }
    }
}

#[test]
fn the_health_check_of_the_image_tells_whether_it_answers() {
    let file = packaged("Dockerfile");
    let line = file.lines().skip_while(|line| !line.starts_with("HEALTHCHECK")).nth(1).unwrap();
    let command: Vec<String> =
        serde_json::from_str(line.trim().strip_prefix("CMD ").unwrap()).unwrap();
    let server = Server::new("");
    let is_well = |port: u16| {
        let of = |part: &String| part.replace("8480", &port.to_string());
        let parts: Vec<String> = command.iter().map(of).collect();
        let mut check = std::process::Command::new(&parts[0]);
        check.args(&parts[1..]).stderr(std::process::Stdio::null());
        check.status().unwrap().success()
    };
    let port = server.address().port();
    assert!(is_well(port));
    server.stop();
    assert!(!is_well(port));
}
