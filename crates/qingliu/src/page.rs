//! The page's model, filled from a run.
//!
//! The page is part of what must not depend on the machine or on how an input is cut: it names inputs as the command
//! line did, a folder as one, and leaves sizes, times taken and workers to `summary.json`.

use crate::arguments::Audit;
use crate::audit::Run;
use crate::money::worst as worst_losses;
use crate::results::text;
use crate::summary::{FoundCounts, digest};
use engine::Names;
use engine::results::{AccountResult, CohortResult, GroupResult, Loss, SubjectResult};
use events::{Column, Key, Kind};
use policy::{OwnerVerdict, Verdict};
use report::{Choice, InputFile, Intake, Model, Ranked};
use std::path::Path;

/// Rows of a ranking that the page may choose from.
const ROWS: usize = 2_000;
/// Members and subjects of a group that the page may choose from.
const OF_GROUP: usize = 2_000;
/// Rejected rows that it may choose from.
const REJECTIONS: usize = 50;

/// The page of a run.
pub(crate) fn render(run: &Run<'_>, counts: &FoundCounts) -> String {
    let lang = match run.arguments.lang {
        crate::arguments::Lang::Zh => report::Lang::Zh,
        crate::arguments::Lang::En => report::Lang::En,
    };
    report::render(&model(run, counts), lang)
}

fn model(run: &Run<'_>, counts: &FoundCounts) -> Model {
    let (results, names) = (&run.outcome.results, &run.outcome.names);
    let hour = |row: &(i64, u64, u64, u64)| report::Hour {
        hour: row.0,
        raw: row.1,
        fake: row.2,
        suspect: row.3,
    };
    let (accused, cleared): (Vec<&GroupResult>, Vec<&GroupResult>) =
        results.groups.iter().partition(|group| group.verdict != Verdict::Genuine);
    let mut findings: Vec<(String, u64)> = Vec::new();
    for entry in detectors::CATALOGUE {
        let made = results.findings.iter().filter(|finding| finding.code == entry.code).count();
        findings.push((entry.id.to_owned(), made as u64));
    }
    Model {
        run: rerun(run),
        intake: intake(run),
        totals: totals(counts),
        timeline: if run.input.timeless() {
            Vec::new()
        } else {
            results.timeline.iter().map(hour).collect()
        },
        subjects: subjects(&results.subjects, names),
        owners: owners(run, names),
        accounts: accounts(&results.accounts, names),
        points: points(run, names),
        members: members(run),
        losses: losses(run, names),
        groups: Ranked {
            rows: accused
                .iter()
                .enumerate()
                .map(|(place, row)| group(row, names, place < report::GROUPS_DRAWN))
                .collect(),
            total: accused.len() as u64,
        },
        cleared: Ranked {
            rows: cleared.iter().take(ROWS).map(|row| crowd(row, names)).collect(),
            total: cleared.len() as u64,
        },
        findings,
    }
}

fn rerun(run: &Run<'_>) -> report::Run {
    let arguments = run.arguments;
    let mut title = shown(&arguments.inputs[0]);
    if arguments.inputs.len() > 1 {
        title.push_str(&format!(" + {}", arguments.inputs.len() - 1));
    }
    report::Run {
        title,
        command: command(arguments),
        policy: run.policy.name.clone(),
        policy_version: run.policy.version.to_string(),
        seed: 0,
        versions: vec![("qingliu".to_owned(), env!("CARGO_PKG_VERSION").to_owned())],
        digest: digest(run.gathered),
        utc_offset_minutes: match arguments.lang {
            crate::arguments::Lang::Zh => 8 * 60,
            crate::arguments::Lang::En => 0,
        },
        suspect_from: 0.5,
        fake_from: 0.95,
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The command without what changes nothing in the results: where they go, workers, what is said on the way.
fn command(arguments: &Audit) -> String {
    let mut words = vec!["qingliu".to_owned(), "audit".to_owned()];
    words.extend(arguments.inputs.iter().map(|input| quoted(&shown(input))));
    words.extend(["--out".to_owned(), "DIR".to_owned()]);
    if let Some(mapping) = &arguments.mapping {
        words.extend(["--mapping".to_owned(), quoted(mapping)]);
    }
    if let Some(policy) = &arguments.policy {
        words.extend(["--policy".to_owned(), quoted(&shown(policy))]);
    }
    if let Some(lateness) = arguments.lateness {
        words.extend(["--lateness".to_owned(), format!("{}s", lateness / 1_000_000)]);
    }
    let lang = arguments.lang.say("en", "zh");
    words.extend(["--lang".to_owned(), lang.to_owned()]);
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=+,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

fn intake(run: &Run<'_>) -> Intake {
    let Run { input, gathered, outcome, .. } = run;
    let kinds = Kind::ALL.iter().zip(gathered.kinds).filter(|kind| kind.1 > 0);
    let span = gathered.span.filter(|_| !input.timeless());
    let absent = Column::ALL.iter().filter(|column| !gathered.present.contains(&column.0));
    Intake {
        files: files(run),
        mappings: mappings(run),
        absent: absent.map(|column| column.1.to_owned()).collect(),
        rows: gathered.all.rows,
        events: outcome.seen.events,
        duplicates: outcome.seen.duplicates,
        rejected: gathered.all.rejected,
        rejections: gathered.rejected.iter().take(REJECTIONS).map(rejection).collect(),
        first: span.map(|span| span.0),
        last: span.map(|span| span.1),
        kinds: kinds
            .map(|(kind, events)| report::KindCount {
                kind: kind.name().to_owned(),
                events,
                counts: kind.counts(),
            })
            .collect(),
    }
}

fn rejection(row: &input::Rejected) -> report::Rejection {
    report::Rejection {
        file: row.file.to_string(),
        row: row.row,
        column: row.column.clone(),
        reason: row.reason.clone(),
    }
}

/// The inputs as they were named: a folder or a pattern is one, whatever number of files it stands for.
fn files(run: &Run<'_>) -> Vec<InputFile> {
    let named = &run.arguments.inputs;
    let mut files: Vec<InputFile> = named
        .iter()
        .map(|input| InputFile { name: shown(input), ..InputFile::default() })
        .collect();
    for (source, counts) in run.input.sources().zip(&run.gathered.files) {
        let place = named.iter().position(|name| stands_for(name, source.path())).unwrap_or(0);
        let file = &mut files[place];
        file.rows += counts.rows;
        file.rejected += counts.rejected;
        if !file.mapping.split(", ").any(|known| known == source.mapping()) {
            let comma = if file.mapping.is_empty() { "" } else { ", " };
            file.mapping = format!("{}{comma}{}", file.mapping, source.mapping());
        }
    }
    files
}

fn stands_for(name: &Path, file: &Path) -> bool {
    file.starts_with(name)
        || glob::Pattern::new(&shown(name))
            .is_ok_and(|pattern| file.ancestors().any(|folder| pattern.matches_path(folder)))
}

fn mappings(run: &Run<'_>) -> Vec<report::Mapping> {
    let choice = if run.arguments.mapping.is_some() { Choice::Named } else { Choice::Header };
    let mut mappings: Vec<report::Mapping> = Vec::new();
    for source in run.input.sources() {
        let columns: Vec<(String, String)> = source
            .binding()
            .filled()
            .iter()
            .map(|filled| (column_name(filled.column).to_owned(), filled.source.clone()))
            .collect();
        let places = source.binding().places();
        let header = source.binding().header().iter().enumerate();
        let unused =
            header.filter(|(place, _)| !places.contains(place)).map(|(_, name)| name.clone());
        let mapping = report::Mapping {
            name: source.mapping().to_owned(),
            choice,
            columns,
            unused: unused.collect(),
        };
        if !mappings.contains(&mapping) {
            mappings.push(mapping);
        }
    }
    mappings
}

fn column_name(column: Column) -> &'static str {
    Column::ALL.iter().find(|known| known.0 == column).map_or("", |known| known.1)
}

fn totals(counts: &FoundCounts) -> report::Totals {
    report::Totals {
        counted: counts.counted_events,
        fake: counts.fake_events,
        suspect: counts.suspect_events,
        accounts: counts.accounts,
        accounts_fake: counts.fake_accounts,
        accounts_suspect: counts.suspect_accounts,
        subjects: counts.subjects,
        owners: counts.owners,
        points: counts.points,
        groups_fake: counts.fake_groups,
        groups_suspect: counts.suspect_groups,
    }
}

fn verdict(verdict: Verdict) -> report::Verdict {
    match verdict {
        Verdict::Genuine => report::Verdict::Genuine,
        Verdict::Suspect => report::Verdict::Suspect,
        Verdict::Fake => report::Verdict::Fake,
    }
}

/// The worst rows of a table, made into the page's, and how many are worth listing.
fn worst<T, P>(
    rows: &[T],
    worth: impl Fn(&T) -> bool,
    badness: impl Fn(&T) -> (u8, f64),
    make: impl Fn(&T) -> P,
) -> Ranked<P> {
    let mut kept: Vec<&T> = rows.iter().filter(|row| worth(row)).collect();
    let total = kept.len() as u64;
    // Stable: rows equally bad stay in the order of their names.
    kept.sort_by(|a, b| {
        let (a, b) = (badness(a), badness(b));
        b.0.cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    kept.truncate(ROWS);
    Ranked { rows: kept.into_iter().map(make).collect(), total }
}

fn subjects(rows: &[SubjectResult], names: &Names) -> Ranked<report::Subject> {
    worst(
        rows,
        |row| row.verdict != Verdict::Genuine,
        |row| (row.verdict as u8, row.raw.saturating_sub(row.genuine) as f64),
        |row| report::Subject {
            subject: text(names, row.subject).into_owned(),
            owner: text(names, row.owner).into_owned(),
            metric: row.metric.name().to_owned(),
            raw: row.raw,
            genuine: row.genuine,
            low: row.low,
            high: row.high,
            verdict: verdict(row.verdict),
        },
    )
}

fn accounts(rows: &[AccountResult], names: &Names) -> Ranked<report::Account> {
    worst(
        rows,
        |row| row.verdict != Verdict::Genuine,
        |row| (row.verdict as u8, f64::from(row.bits)),
        |row| report::Account {
            account: text(names, row.account).into_owned(),
            score: f64::from(row.score),
            verdict: verdict(row.verdict),
            group: row.group,
            findings: codes(&row.findings),
            bits: f64::from(row.bits),
            events: row.events,
        },
    )
}

fn codes(findings: &[detectors::Code]) -> Vec<String> {
    findings.iter().map(|code| code.entry().id.to_owned()).collect()
}

fn owners(run: &Run<'_>, names: &Names) -> Ranked<report::Owner> {
    worst(
        &run.outcome.results.owners,
        |row| row.verdict != OwnerVerdict::Genuine,
        |row| (row.verdict as u8, row.raw.saturating_sub(row.genuine) as f64),
        |row| report::Owner {
            owner: text(names, row.owner).into_owned(),
            raw: row.raw,
            genuine: row.genuine,
            score: f64::from(row.score),
            verdict: match row.verdict {
                OwnerVerdict::Genuine => report::OwnerVerdict::Genuine,
                OwnerVerdict::Victim => report::OwnerVerdict::Victim,
                OwnerVerdict::Suspect => report::OwnerVerdict::Suspect,
                OwnerVerdict::Bought => report::OwnerVerdict::Bought,
            },
            findings: codes(&row.findings),
        },
    )
}

fn members(run: &Run<'_>) -> report::Members {
    let results = &run.outcome.results;
    let all = results.membership;
    let timeless = run.input.timeless();
    let cohorts = if timeless { &[] } else { &results.cohorts[..] };
    report::Members {
        all: if timeless { 0 } else { all.members },
        real: all.real,
        low: all.low,
        high: all.high,
        cohorts: cohorts.iter().map(cohort).collect(),
    }
}

fn cohort(row: &CohortResult) -> report::Cohort {
    report::Cohort {
        begins: i64::from(row.begins),
        days: row.days,
        members: row.members,
        fake: row.fake,
        suspect: row.suspect,
        intent: row.intent,
        ages: std::array::from_fn(|at| report::Age {
            seen: row.seen[at],
            active: row.active[at],
            expected: row.expected[at],
        }),
        real: row.real,
        low: row.low,
        high: row.high,
    }
}

fn losses(run: &Run<'_>, names: &Names) -> Ranked<report::Loss> {
    let rows = worst_losses(&run.outcome.results.losses);
    let total = rows.len() as u64;
    let row = |loss: &Loss| report::Loss {
        owner: text(names, loss.owner).into_owned(),
        orders: loss.orders,
        turnover: loss.turnover,
        subsidy: loss.subsidy,
        repaid: loss.repaid,
        commission: loss.commission,
        held_orders: loss.held_orders,
        held_subsidy: loss.held_subsidy,
    };
    Ranked { rows: rows.into_iter().take(ROWS).map(row).collect(), total }
}

fn points(run: &Run<'_>, names: &Names) -> Ranked<report::Point> {
    worst(
        &run.outcome.results.points,
        |row| row.verdict != Verdict::Genuine,
        |row| (row.verdict as u8, f64::from(row.score)),
        |row| report::Point {
            point: text(names, row.point).into_owned(),
            parcels: row.parcels,
            score: f64::from(row.score),
            verdict: verdict(row.verdict),
            findings: codes(&row.findings),
        },
    )
}

fn tests(row: &GroupResult) -> Vec<report::Test> {
    let test = |test: &engine::results::PooledTest| report::Test {
        name: test.name.to_owned(),
        observed: test.observed,
        expected: test.expected,
        bits: f64::from(test.bits),
    };
    row.tests.iter().map(test).collect()
}

fn group(row: &GroupResult, names: &Names, drawn: bool) -> report::Group {
    let name = |key: Key| text(names, key).into_owned();
    let shown = if drawn { OF_GROUP } else { 0 };
    let classes = row.classes.iter().filter_map(|&(class, bits)| {
        report::Class::of(class.name()).map(|class| (class, f64::from(bits)))
    });
    report::Group {
        group: row.group,
        verdict: verdict(row.verdict),
        bits: f64::from(row.bits),
        accounts: row.members.len() as u64,
        subject_count: row.subjects.len() as u64,
        events: row.events,
        first: row.first.0,
        last: row.last.0,
        members: row
            .members
            .iter()
            .take(shown)
            .map(|&(key, bits)| report::Member { account: name(key), bits: f64::from(bits) })
            .collect(),
        subjects: row
            .subjects
            .iter()
            .take(shown)
            .map(|&(key, events)| report::Target { subject: name(key), events: events.into() })
            .collect(),
        shared: row
            .shared
            .iter()
            .take(shown)
            .map(|&(what, which, members)| report::Shared {
                what: what.name().to_owned(),
                which: name(which),
                members: members.into(),
                accounts: Vec::new(),
            })
            .collect(),
        classes: classes.collect(),
        tests: tests(row),
        meetings: row
            .meetings
            .iter()
            .take(if drawn { usize::MAX } else { 0 })
            .map(|&(account, subject, time)| report::Meeting {
                account: name(account),
                subject: name(subject),
                time: time.0,
            })
            .collect(),
    }
}

fn crowd(row: &GroupResult, names: &Names) -> report::Crowd {
    report::Crowd {
        accounts: row.members.len() as u64,
        events: row.events,
        bits: f64::from(row.bits),
        subjects: row
            .subjects
            .iter()
            .take(20)
            .map(|&(key, _)| text(names, key).into_owned())
            .collect(),
        tests: tests(row),
    }
}
