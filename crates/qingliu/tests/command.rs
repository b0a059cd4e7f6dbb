//! Goal: the command line does what its help says. Method: arguments good and bad, folders taken and free, pipes
//! closed early.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::fs;
use std::process::{Command, Stdio};
use support::{plain_rows, qingliu, row, write_csv};

/// A folder with a small table.
fn home() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write_csv(&dir.path().join("a.csv"), &plain_rows(300));
    dir
}

/// Three hundred people with habits, and forty machines that like the same posts within minutes, again and again.
fn farm() -> Vec<support::Row> {
    let mut rows = plain_rows(3_000);
    for round in 0..12 {
        for bot in 0..40 {
            let time = format!("2026-03-{:02}T03:{:02}:{:02}Z", 1 + round % 5, round, bot);
            let id = format!("f{round}-{bot}");
            let mut row =
                row(&id, &time, "like", &format!("bot{bot}"), &format!("promoted{round}"));
            row[5] = format!("buyer{round}");
            row[9] = format!("rack{}", bot / 8);
            row[10] = format!("203.0.113.{}", bot / 8);
            rows.push(row);
        }
    }
    rows
}

#[test]
fn wrong_arguments_end_with_two() {
    let dir = home();
    for (arguments, words) in [
        (&["audit"][..], "INPUT"),
        (&["audit", "a.csv"], "--out"),
        (&["audit", "a.csv", "--out", "o", "--lateness", "soon"], "90s, 15m, 6h, 2d"),
        (&["audit", "a.csv", "--out", "o", "--max-rejected", "7"], "from 0 to 1"),
        (&["audit", "a.csv", "--out", "o", "--workers", "0"], "--workers"),
        (&["audit", "a.csv", "--out", "o", "--lang", "fr"], "zh"),
        (&["audit", "a.csv", "--out", "o", "--mapping", "nonesuch"], "taobao-orders"),
        (&["audit", "a.csv", "--out", "o", "--policy", "nonesuch.toml"], "nonesuch.toml"),
        (&["simulate", "--out", "m", "--schemes", "S99"], "S99"),
        (&["simulate", "--out", "m", "--people", "3"], "--people"),
        (&["mappings", "show", "nonesuch"], "nonesuch"),
        (&["nonesuch"], "nonesuch"),
    ] {
        qingliu(dir.path(), arguments).ends(2).complains(&[words]);
    }
    assert!(!dir.path().join("o").exists());
}

#[test]
fn policies_are_checked_and_used() {
    let dir = home();
    fs::write(dir.path().join("bad.toml"), "fake_bytes = 3").unwrap();
    let arguments = ["audit", "a.csv", "--out", "o", "--policy"];
    qingliu(dir.path(), &[&arguments[..], &["bad.toml"]].concat())
        .ends(2)
        .complains(&["bad.toml", "fake_bytes"]);
    fs::write(dir.path().join("mine.toml"), "name = \"mine\"\nversion = 7").unwrap();
    let ran = qingliu(dir.path(), &[&arguments[..], &["mine.toml", "--json"]].concat());
    let json = ran.ends(0).json();
    assert_eq!(json["policy"]["name"], "mine");
    assert_eq!(json["policy"]["version"], 7);
}

#[test]
fn more_fakes_than_allowed_end_with_three() {
    let dir = tempfile::tempdir().unwrap();
    write_csv(&dir.path().join("a.csv"), &farm());
    let arguments = ["audit", "a.csv", "--out", "o", "--quiet", "--json", "--fail-above"];
    let ran = qingliu(dir.path(), &[&arguments[..], &["1%"]].concat());
    let fake = ran.json()["rates"]["fake_events"].as_f64().unwrap();
    assert!(fake > 0.01, "the farm should be found: {fake}");
    let ran = ran.ends(3).complains(&["--fail-above"]);
    // The results are there all the same.
    assert_eq!(ran.json()["counts"]["counted_events"], 3_480);
    assert!(dir.path().join("o/report.html").exists());
    qingliu(dir.path(), &[&arguments[..], &["50%"]].concat()).ends(0);
}

#[test]
fn a_folder_with_other_things_is_refused() {
    let dir = home();
    let out = dir.path().join("o");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("thesis.docx"), "years of work").unwrap();
    let audit = ["audit", "a.csv", "--out", "o", "--quiet"];
    qingliu(dir.path(), &audit).ends(2).complains(&["`thesis.docx`"]);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
    fs::remove_file(out.join("thesis.docx")).unwrap();
    qingliu(dir.path(), &audit).ends(0);
    qingliu(dir.path(), &audit).ends(0);
    fs::write(out.join("notes.txt"), "mine").unwrap();
    qingliu(dir.path(), &audit).ends(2).complains(&["`notes.txt`"]);
    // A folder that merely holds a table of that name is somebody's data.
    let data = dir.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("events.parquet"), "x").unwrap();
    qingliu(dir.path(), &["audit", "a.csv", "--out", "data"]).ends(2).complains(&["summary.json"]);
    qingliu(dir.path(), &["simulate", "--out", "o"]).ends(2).complains(&["accounts.parquet"]);
}

#[test]
fn a_failed_run_leaves_earlier_results_alone() {
    let dir = home();
    qingliu(dir.path(), &["audit", "a.csv", "--out", "o", "--quiet"]).ends(0);
    let before = support::fixed_files(&dir.path().join("o"));
    fs::write(dir.path().join("bad.csv"), "id,time,kind\nx,never,like\n").unwrap();
    qingliu(dir.path(), &["audit", "bad.csv", "--out", "o", "--quiet"]).ends(1);
    qingliu(dir.path(), &["audit", "bad.csv", "--out", "new", "--quiet"]).ends(1);
    assert!(before == support::fixed_files(&dir.path().join("o")));
    assert_eq!(fs::read_dir(dir.path().join("o")).unwrap().count(), 12);
    assert!(!dir.path().join("new").exists());
}

#[test]
fn outputs_that_cannot_be_written_are_named() {
    let dir = home();
    qingliu(dir.path(), &["audit", "a.csv", "--out", "/dev/null/x"])
        .ends(2)
        .complains(&["/dev/null/x"]);
    qingliu(dir.path(), &["audit", "a.csv", "--out", "a.csv"]).ends(2).complains(&["a.csv"]);
}

#[test]
fn words_in_two_languages() {
    let dir = home();
    let ran = qingliu(dir.path(), &["audit", "a.csv", "--out", "o"]).ends(0);
    for words in
        ["Read 300 rows from 1 file", "`contract`", "the header has", "Report: o/report.html"]
    {
        assert!(ran.out.contains(words), "{}", ran.out);
    }
    // Not a terminal: no progress.
    assert_eq!(ran.err, "");
    let ran = qingliu(dir.path(), &["audit", "a.csv", "--out", "o", "--lang", "zh"]).ends(0);
    assert!(ran.out.contains("读入 1 个文件共 300 行"), "{}", ran.out);
    let page = fs::read_to_string(dir.path().join("o/report.html")).unwrap();
    assert!(page.contains("zh-Hans"));
}

#[test]
fn mappings_are_listed_and_shown() {
    let dir = home();
    let list = qingliu(dir.path(), &["mappings"]).ends(0).out;
    for name in ["contract", "taobao-orders", "github-stars", "ratings"] {
        assert!(list.contains(name));
        let shown = qingliu(dir.path(), &["mappings", "show", name]).ends(0).out;
        assert!(shown.contains("time"), "{shown}");
    }
    let text = "name = \"mine\"\n[columns]\nid = \"id\"\ntime = \"time\"\nkind = { constant = \"vote\" }\nactor = \"actor\"\nsubject = \"subject\"\n";
    fs::write(dir.path().join("mine.toml"), text).unwrap();
    let arguments = ["audit", "a.csv", "--out", "o", "--mapping", "mine.toml", "--json"];
    let json = qingliu(dir.path(), &arguments).ends(0).json();
    assert_eq!(json["input"]["files"][0]["mapping"], "mine");
    assert_eq!(json["kinds"]["vote"], 300);
}

#[test]
fn a_closed_pipe_is_no_fault() {
    let dir = home();
    for arguments in [&["mappings"][..], &["--help"], &["audit", "a.csv", "--out", "o", "--json"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_qingliu"))
            .args(arguments)
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{arguments:?}");
    }
}

#[test]
fn help_has_examples() {
    let dir = home();
    for arguments in [&["--help"][..], &["audit", "--help"], &["evaluate", "--help"]] {
        let help = qingliu(dir.path(), arguments).ends(0).out;
        assert!(help.contains("Example"), "{help}");
    }
    assert!(qingliu(dir.path(), &["--version"]).ends(0).out.starts_with("qingliu "));
}

#[test]
fn folders_patterns_and_packed_files_are_read() {
    let dir = home();
    let rows = plain_rows(300);
    let data = dir.path().join("data/deep");
    fs::create_dir_all(&data).unwrap();
    write_csv(&data.join("a.csv"), &rows[..100]);
    let csv = |rows| {
        let path = dir.path().join("scratch.csv");
        write_csv(&path, rows);
        fs::read(path).unwrap()
    };
    let packed = zstd::encode_all(&csv(&rows[100..200])[..], 1).unwrap();
    fs::write(data.join("b.csv.zst"), packed).unwrap();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gz, &csv(&rows[200..])).unwrap();
    fs::write(data.join("c.csv.gz"), gz.finish().unwrap()).unwrap();
    for input in ["data", "data/deep/*.csv*"] {
        let json = qingliu(dir.path(), &["audit", input, "--out", "o", "--json"]).ends(0).json();
        assert_eq!(json["input"]["events"], 300, "{input}");
        assert_eq!(json["input"]["files"].as_array().unwrap().len(), 3, "{input}");
    }
}
