//! `cargo run --release -p bench -- audit --events 20000000`: speed and memory as ratios.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use bench::audit::{self, Measured};
use bench::http::{self, Form, Manner, Service};
use bench::{baseline, bodies, bulk, detectors, live};

const USAGE: &str = "usage: bench audit [--events N] [--dir DIR] [--repeat N]
       bench detectors [--people N] [--dir DIR] [--repeat N]
       bench live [--people N] [--events N] [--dir DIR]
       bench bodies [--seconds N]
       bench http [--seconds N] [--before N] [--flood N] [--dir DIR]";

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["audit", options @ ..] => compare(options),
        ["detectors", options @ ..] => each(options),
        ["live", options @ ..] => lively(options),
        ["bodies", options @ ..] => each_form(options),
        ["http", options @ ..] => over_http(options),
        ["serve", folder] => http::serve(&PathBuf::from(folder)),
        ["fill", folder, file, pace @ ..] => {
            let pace = pace.first().map(|pace| pace.parse()).transpose()?;
            println!("{}", live::fill(&PathBuf::from(folder), &PathBuf::from(file), pace)?);
            Ok(())
        }
        ["restart", folder] => {
            let (restarted, _live) = live::restart(&PathBuf::from(folder), 0.0)?;
            println!("{:.2} s, {} replayed", restarted.seconds, restarted.replayed);
            // Not closed: what is there can be opened again.
            std::process::exit(0);
        }
        ["once", file, workers] => {
            let measured = audit::here(&PathBuf::from(file), workers.parse().context(USAGE)?)?;
            println!("{}", serde_json::to_string(&measured)?);
            Ok(())
        }
        _ => bail!(USAGE),
    }
}

/// What each detector costs an event.
fn each(options: &[&str]) -> Result<()> {
    let (mut people, mut repeat) = (20_000, 3);
    let mut dir = std::env::temp_dir().join("qingliu-bench");
    for option in options.chunks(2) {
        match *option {
            ["--people", number] => people = number.parse().context(USAGE)?,
            ["--repeat", number] => repeat = number.parse().context(USAGE)?,
            ["--dir", path] => dir = PathBuf::from(path),
            _ => bail!(USAGE),
        }
    }
    let (events, costs) = detectors::costs(&bulk::market(&dir, people)?, repeat)?;
    println!("{events} events; nanoseconds an event, each alone, the fastest of {repeat}");
    for cost in costs {
        println!("{:>8.1}  {}", cost.nanoseconds, cost.what);
    }
    Ok(())
}

/// How fast bodies are read.
fn each_form(options: &[&str]) -> Result<()> {
    let mut seconds = 1.0;
    for option in options.chunks(2) {
        match *option {
            ["--seconds", number] => seconds = number.parse().context(USAGE)?,
            _ => bail!(USAGE),
        }
    }
    println!("bodies of 1,000 events, by one thread");
    for read in bodies::read(seconds)? {
        let rate = read.rate / 1e6;
        println!("{:>11}  {rate:.2} M events/s, {:.0} bytes each", read.form, read.bytes);
    }
    Ok(())
}

/// What the service does over loopback.
fn over_http(options: &[&str]) -> Result<()> {
    let (mut seconds, mut before, mut flood) = (6.0, 900.0, 600.0);
    let mut dir = std::env::temp_dir().join("qingliu-bench");
    for option in options.chunks(2) {
        match *option {
            ["--seconds", number] => seconds = number.parse().context(USAGE)?,
            ["--before", number] => before = number.parse().context(USAGE)?,
            ["--flood", number] => flood = number.parse().context(USAGE)?,
            ["--dir", path] => dir = PathBuf::from(path),
            _ => bail!(USAGE),
        }
    }
    std::fs::create_dir_all(&dir)?;
    println!("{}; who sends shares it", live::machine());
    let ways = [
        ("durable decisions, 64 connections, one an event", "/v1/decisions", Form::Lines, 64, 1),
        ("durable events, 8 connections, by 1,000", "/v1/events", Form::Lines, 8, 1_000),
        ("the same, in Arrow", "/v1/events", Form::Arrow, 8, 1_000),
        ("durable decisions, 8 connections, by 1,000", "/v1/decisions", Form::Lines, 8, 1_000),
    ];
    for (round, (what, path, form, connections, together)) in ways.into_iter().enumerate() {
        let folder = tempfile::tempdir_in(&dir)?;
        let service = Service::start(folder.path())?;
        // Bodies of a thousand are written beforehand, as many as the bar asks for; later ones when they are sent.
        let written = if together > 1 { (seconds * 550.0) as usize } else { 0 };
        let manner = Manner { path, form, connections, threads: 2, seconds, pace: None, written };
        let answered = http::send(&service, manner, &|number, out| {
            for event in number * together..(number + 1) * together {
                http::ordinary(round as u64, event, http::now(), out);
            }
            together
        })?;
        let [half, most] = [0.5, 0.99].map(|share| answered.within(share) * 1e3);
        let spent = service.processor() / answered.events.max(1) as f64 * 1e6;
        println!("{what}");
        println!(
            "    {:.0} a second; answered p50 {half:.2} ms, p99 {most:.2} ms; {} requests refused; \
             the service spent {spent:.1} us of processor on each event",
            answered.rate(),
            answered.refused
        );
    }
    if flood <= 0.0 {
        return Ok(());
    }
    let folder = tempfile::tempdir_in(&dir)?;
    let service = Service::start(folder.path())?;
    let flooded = http::flooded(&service, before, flood)?;
    let [half, most] = [0.5, 0.99].map(|share| flooded.answered.within(share) * 1e3);
    println!(
        "a flood of 200,000 likes a minute for {flood:.0} s on 2,000 ordinary events a second"
    );
    println!(
        "    {} events, {} requests refused; answered p50 {half:.2} ms, p99 {most:.2} ms",
        flooded.answered.events, flooded.answered.refused
    );
    let memory = flooded.memory as f64 / f64::from(1 << 30);
    let (raw, genuine) = flooded.count;
    println!(
        "    peak memory {memory:.2} GiB; one of its subjects: {raw} likes, {genuine} genuine"
    );
    match flooded.called {
        Some(seconds) => println!("    called fake after {seconds:.0} s"),
        None => println!("    not called fake"),
    }
    Ok(())
}

/// Events a second of a service that has something to do and is not at its limit.
const PACE: f64 = 50_000.0;

/// What a decision and a restart cost.
fn lively(options: &[&str]) -> Result<()> {
    let (mut people, mut events) = (4_000, 10_000_000);
    let mut dir = std::env::temp_dir().join("qingliu-bench");
    for option in options.chunks(2) {
        match *option {
            ["--people", number] => people = number.parse().context(USAGE)?,
            ["--events", number] => events = number.parse().context(USAGE)?,
            ["--dir", path] => dir = PathBuf::from(path),
            _ => bail!(USAGE),
        }
    }
    std::fs::create_dir_all(&dir)?;
    println!("{}", live::machine());
    let decided = live::decide(&dir, people)?;
    let micros = |times: [f64; 3]| times.map(|time| format!("{:.1}", time * 1e6)).join(", ");
    println!("{} events of a simulated market, one a submission, 64 under way", decided.events);
    println!("    decided in p50, p99, p99.9       {} µs", micros(decided.decide));
    println!("    on disk and answered             {} µs", micros(decided.answer));
    println!("    durable decisions a second       {:.0}", decided.rate);
    println!("    judgements meanwhile             {}", decided.judgements);
    let file = bulk::file(&dir, events)?;
    for pace in [Some(PACE), None] {
        let folder = tempfile::tempdir_in(&dir)?;
        let rate = live::fill_apart(folder.path(), &file, pace)?;
        let (restarted, live) = live::restart(folder.path(), rate)?;
        live.close()?;
        println!("{} events in batches, {rate:.0} durable events a second", restarted.events);
        println!("    log of {:.2} GiB", restarted.bytes as f64 / f64::from(1 << 30));
        println!("    killed, and up again after       {:.1} s", restarted.seconds);
        println!("    events replayed from the log     {}", restarted.replayed);
    }
    Ok(())
}

fn compare(options: &[&str]) -> Result<()> {
    let (mut events, mut repeat) = (20_000_000, 1);
    let mut dir = std::env::temp_dir().join("qingliu-bench");
    for option in options.chunks(2) {
        match *option {
            ["--events", number] => events = number.parse().context(USAGE)?,
            ["--repeat", number] => repeat = number.parse().context(USAGE)?,
            ["--dir", path] => dir = PathBuf::from(path),
            _ => bail!(USAGE),
        }
    }
    let file = bulk::file(&dir, events)?;
    let mut best: Vec<Measured> = Vec::new();
    for workers in [1, 2] {
        let mut runs = Vec::new();
        for _ in 0..repeat.max(1) {
            runs.push(audit::apart(&file, workers)?);
        }
        runs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
        report(&runs);
        best.extend(runs.into_iter().next());
    }
    if let [one, two] = &best[..] {
        println!("two workers : one worker    {:.2}", two.rate() / one.rate());
        match baseline::duckdb(&file, 2)? {
            Some(seconds) => {
                let rate = two.events as f64 / seconds;
                println!(
                    "DuckDB, six hourly counts   {:.2} M events/s, {seconds:.1} s",
                    rate / 1e6
                );
                println!("audit : DuckDB              {:.2}", two.rate() / rate);
            }
            None => println!("DuckDB is not installed (pip install duckdb): no baseline"),
        }
    }
    Ok(())
}

fn report(runs: &[Measured]) {
    let (Some(fastest), Some(slowest)) = (runs.first(), runs.last()) else { return };
    println!(
        "{} worker(s)                 {:.2} M events/s, {:.1} to {:.1} s over {} run(s)",
        fastest.workers,
        fastest.rate() / 1e6,
        fastest.seconds,
        slowest.seconds,
        runs.len()
    );
    let steps: Vec<String> =
        fastest.steps.iter().map(|(name, seconds)| format!("{name} {seconds:.1} s")).collect();
    println!("    {}", steps.join(", "));
    let peak = fastest.peak_bytes.map_or("unknown".to_owned(), |bytes| {
        format!("{:.2} GiB", bytes as f64 / f64::from(1 << 30))
    });
    println!(
        "    peak memory {peak}; {} events, {} rows out, {} groups, {} findings",
        fastest.events, fastest.rows, fastest.groups, fastest.findings
    );
}
