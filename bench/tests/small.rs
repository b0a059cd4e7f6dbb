//! Goal: the bench does not rot. Method: it is run small, and what it measured is looked at.

use std::process::Command;

#[test]
fn the_audit_is_measured_beside_its_baselines() {
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["audit", "--events", "20000", "--dir"])
        .arg(dir.path())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for expected in ["1 worker(s)", "2 worker(s)", "two workers : one worker", "20000 events"] {
        assert!(printed.contains(expected), "{expected} is missing in:\n{printed}");
    }
}

#[test]
fn each_detector_is_timed_alone() {
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["detectors", "--people", "300", "--repeat", "1", "--dir"])
        .arg(dir.path())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let costs = printed.lines().skip(1).map(|line| line.split_whitespace().next().unwrap());
    let costs: Vec<f64> = costs.map(|cost| cost.parse().unwrap()).collect();
    assert!(costs.len() >= 11 && costs.iter().all(|cost| cost.is_finite() && *cost > 0.0));
}

#[test]
fn bodies_are_read_in_each_form() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_bench")).args(["bodies", "--seconds", "0.05"]).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    for form in ["JSON lines", "a JSON list", "Arrow"] {
        let line = printed.lines().find(|line| line.trim_start().starts_with(form)).unwrap();
        let rate = line.trim_start()[form.len()..].split_whitespace().next().unwrap();
        assert!(rate.parse::<f64>().unwrap() > 0.0, "{printed}");
    }
}

#[test]
fn the_live_engine_and_the_service_are_measured() {
    let dir = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_bench"))
            .args(args)
            .arg("--dir")
            .arg(dir.path())
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        printed
    };
    let printed = run(&["live", "--people", "200", "--events", "50000"]);
    for expected in ["decided in p50", "50000 events in batches", "up again after"] {
        assert!(printed.contains(expected), "{expected} is missing in:\n{printed}");
    }
    let printed = run(&["http", "--seconds", "1", "--before", "1", "--flood", "2"]);
    for expected in ["durable decisions, 64 connections", "by 1,000", "a flood of 200,000"] {
        assert!(printed.contains(expected), "{expected} is missing in:\n{printed}");
    }
    assert!(!printed.contains(" 0 a second"), "{printed}");
}
