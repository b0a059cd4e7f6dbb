//! Writes the page of a made-up run, in both languages, to look at: `cargo run -p report --example sample -- DIR`.
//!
//! The numbers follow a fixed recipe, so two runs write the same bytes.

use std::path::PathBuf;

use report::{
    Account, Age, Choice, Class, Cohort, Crowd, Group, Hour, InputFile, Intake, KindCount, Lang,
    Loss, Mapping, Meeting, Member, Members, Model, Owner, OwnerVerdict, Point, Ranked, Rejection,
    Run, Shared, Subject, Target, Test, Totals, Verdict,
};

const HOUR: i64 = 3_600_000_000;
const START: i64 = 1_709_251_200_000_000;

fn main() -> std::io::Result<()> {
    let dir = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "/tmp".to_owned()));
    for (lang, name) in [(Lang::Zh, "sample-zh.html"), (Lang::En, "sample-en.html")] {
        let page = report::render(&model(), lang);
        println!("{} {} bytes", dir.join(name).display(), page.len());
        std::fs::write(dir.join(name), page)?;
    }
    Ok(())
}

/// A number below `below` that follows from `n` alone.
fn draw(n: u64, below: u64) -> u64 {
    (n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 29) % below.max(1)
}

fn model() -> Model {
    let shapes = [(60, 14, 3_920), (210, 33, 12_880), (23, 5, 310), (9, 2, 44)];
    let mut groups: Vec<Group> = shapes
        .iter()
        .enumerate()
        .map(|(place, (accounts, subjects, events))| {
            group(place as u64, *accounts, *subjects, *events)
        })
        .collect();
    groups.extend(
        (4..61).map(|place| Group { bits: 300.0 - place as f64 * 4.0, ..group(place, 12, 4, 90) }),
    );
    groups.truncate(54);
    Model {
        run: run(),
        intake: intake(),
        totals: Totals {
            counted: 1_982_344,
            fake: 241_377,
            suspect: 18_402,
            accounts: 204_118,
            accounts_fake: 3_120,
            accounts_suspect: 411,
            subjects: 18_200,
            owners: 2_410,
            points: 88,
            groups_fake: 38,
            groups_suspect: 16,
        },
        timeline: timeline(),
        subjects: subjects(),
        owners: owners(),
        accounts: accounts(),
        points: points(),
        members: members(),
        losses: losses(),
        groups: Ranked { total: groups.len() as u64, rows: groups },
        cleared: cleared(),
        findings: [("SYN01", 54), ("VEL01", 1_204), ("VEL02", 88), ("SEQ01", 310), ("MEM01", 17)]
            .map(|(code, n)| (code.to_owned(), n))
            .to_vec(),
    }
}

fn run() -> Run {
    Run {
        title: "market-2024-03/ 三月市场导出".to_owned(),
        command: "qingliu audit market-2024-03/*.parquet orders.csv.gz --mapping taobao-orders \
                  --out results --lang zh"
            .to_owned(),
        policy: "default".to_owned(),
        policy_version: "2024.1".to_owned(),
        seed: 20_240_301,
        versions: vec![
            ("qingliu".to_owned(), "0.1.0".to_owned()),
            ("timely".to_owned(), "0.32.0".to_owned()),
            ("parquet".to_owned(), "60.0.0".to_owned()),
        ],
        digest: "xxh3-128:7f1b9a5be2c7d3f0a2b45f6e8890c1de".to_owned(),
        utc_offset_minutes: 480,
        suspect_from: 0.6,
        fake_from: 0.95,
    }
}

fn intake() -> Intake {
    let file = |name: &str, mapping: &str, bytes, rows, rejected| InputFile {
        name: name.to_owned(),
        mapping: mapping.to_owned(),
        bytes,
        rows,
        rejected,
    };
    let kinds = [
        ("view", 1_201_000, true),
        ("like", 422_118, true),
        ("follow", 130_020, true),
        ("order", 96_206, true),
        ("pay", 91_444, false),
        ("review", 33_000, true),
        ("login", 260_310, false),
        ("直播间停留", 100_000, true),
    ];
    Intake {
        files: vec![
            file("market-2024-03/part-0000.parquet", "contract", 88_201_114, 1_100_000, 0),
            file("market-2024-03/part-0001.parquet", "contract", 86_120_990, 1_100_000, 12),
            file(
                "exports/旗舰店/订单导出_2024年03月01日至2024年03月31日_最终版.csv.gz",
                "taobao-orders",
                4_120_331,
                134_500,
                390,
            ),
        ],
        mappings: mappings(),
        absent: ["source", "dwell_ms", "parcel", "point", "weight_g", "text"]
            .map(str::to_owned)
            .to_vec(),
        rows: 2_334_500,
        events: 2_334_098,
        duplicates: 0,
        rejected: 402,
        rejections: vec![
            Rejection {
                file: "exports/旗舰店/订单导出.csv.gz".to_owned(),
                row: 18_221,
                column: "订单创建时间".to_owned(),
                reason: "not a time: \"2024-02-30 11:00:00\"".to_owned(),
            },
            Rejection {
                file: "exports/旗舰店/订单导出.csv.gz".to_owned(),
                row: 18_230,
                column: "买家实际支付金额".to_owned(),
                reason: "not a number: \"<script>alert(1)</script>\"".to_owned(),
            },
        ],
        first: Some(START),
        last: Some(START + 31 * 24 * HOUR),
        kinds: kinds
            .map(|(kind, events, counts)| KindCount { kind: kind.to_owned(), events, counts })
            .to_vec(),
    }
}

fn mappings() -> Vec<Mapping> {
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>()
    };
    vec![
        Mapping {
            name: "contract".to_owned(),
            choice: Choice::Header,
            columns: pairs(&[
                ("id", "id"),
                ("time", "time"),
                ("kind", "kind"),
                ("actor", "actor"),
                ("subject", "subject"),
                ("owner", "owner"),
                ("device", "device"),
                ("ip", "ip"),
            ]),
            unused: vec!["_ingest_ts".to_owned()],
        },
        Mapping {
            name: "taobao-orders".to_owned(),
            choice: Choice::Named,
            columns: pairs(&[
                ("id", "订单编号"),
                ("time", "订单创建时间 (Asia/Shanghai)"),
                ("kind", "'order'"),
                ("actor", "买家会员名"),
                ("amount", "买家实际支付金额 × 100"),
                ("address", "收货地址"),
            ]),
            unused: vec![
                "宝贝标题".to_owned(),
                "物流公司".to_owned(),
                "修改后的收货地址".to_owned(),
            ],
        },
    ]
}

fn timeline() -> Vec<Hour> {
    let first = START / HOUR;
    let people = |hour: i64| {
        let of_day = (hour + 8).rem_euclid(24) as f64;
        let wave = 1.0 + (std::f64::consts::TAU * (of_day - 14.0) / 24.0).cos();
        (600.0 + wave * 1_300.0) as u64 + draw(hour as u64, 260)
    };
    (0..8 * 24)
        .map(|step| {
            let hour = first + step;
            let burst =
                if (70..84).contains(&step) || (130..133).contains(&step) { 1_900 } else { 60 };
            let fake = burst + draw(step as u64, burst / 3);
            let suspect = draw(step as u64 * 7, 110);
            Hour { hour, raw: people(hour) + fake + suspect, fake, suspect }
        })
        .collect()
}

fn subjects() -> Ranked<Subject> {
    let rows = (0..64u64)
        .map(|n| {
            let raw = 24_000 / (n + 1) + draw(n, 900) + 40;
            let genuine = raw * (20 + draw(n * 3, 75)) / 100;
            Subject {
                subject: format!("item-{}", 100_200 + draw(n, 80_000)),
                owner: format!("shop-{}", draw(n * 11, 400)),
                metric: ["like", "follow", "order", "view"][n as usize % 4].to_owned(),
                raw,
                genuine,
                low: genuine - genuine / 30,
                high: genuine + genuine / 24,
                verdict: if n % 5 == 4 { Verdict::Suspect } else { Verdict::Fake },
            }
        })
        .collect();
    Ranked { rows, total: 311 }
}

fn members() -> Members {
    let cohorts: Vec<Cohort> = (0..12u64)
        .map(|n| Cohort {
            begins: 1_778_000_000 + 86_400 * n as i64,
            days: 1,
            members: 120 + 30 * (n % 4),
            fake: if n == 5 { 90 } else { 2 },
            suspect: n % 3,
            intent: 80,
            ages: [1, 7, 30].map(|days| Age {
                seen: if n + days < 12 { 120 } else { 0 },
                active: 40,
                expected: Some(44.0),
            }),
            real: 60 + n,
            low: 50 + n,
            high: 90 + n,
        })
        .collect();
    Members { all: 1_980, real: 1_780, low: 1_640, high: 1_820, cohorts }
}

fn losses() -> Ranked<Loss> {
    let rows: Vec<Loss> = (0..6)
        .map(|n| Loss {
            owner: format!("shop-{n}"),
            orders: 40 + n,
            turnover: 812_300 - 31_000 * n as i64,
            subsidy: 120_000 - 9_000 * n as i64,
            repaid: 780_000,
            commission: 21_500,
            held_orders: n,
            held_subsidy: 3_000 * n as i64,
        })
        .collect();
    Ranked { total: rows.len() as u64, rows }
}

fn owners() -> Ranked<Owner> {
    let rows = (0..14u64)
        .map(|n| Owner {
            owner: if n == 3 {
                "青禾旗舰店（官方授权经销）第二分店".to_owned()
            } else {
                format!("shop-{}", draw(n * 11, 400))
            },
            raw: 40_000 / (n + 1),
            genuine: 40_000 / (n + 1) * (35 + n * 3) / 100,
            score: 0.99 - n as f64 * 0.03,
            verdict: [OwnerVerdict::Bought, OwnerVerdict::Suspect, OwnerVerdict::Victim]
                [n as usize / 5],
            findings: vec!["VEL04".to_owned(), "SYN01".to_owned()],
        })
        .collect();
    Ranked { rows, total: 14 }
}

fn accounts() -> Ranked<Account> {
    let rows = (0..55u64)
        .map(|n| Account {
            account: account_name(n % 4, n),
            score: 1.0 - n as f64 * 0.006,
            verdict: if n > 48 { Verdict::Suspect } else { Verdict::Fake },
            group: (n % 9 != 8).then_some(n as u32 % 4 + 1),
            findings: vec![
                "SYN01".to_owned(),
                ["VEL02", "SEQ01", "MEM01"][n as usize % 3].to_owned(),
            ],
            bits: 412.0 / (1.0 + n as f64 * 0.1),
            events: 20 + draw(n, 400),
        })
        .collect();
    Ranked { rows, total: 3_531 }
}

fn points() -> Ranked<Point> {
    let rows = (0..3u64)
        .map(|n| Point {
            point: format!("杭州余杭第{}网点", n + 1),
            parcels: 5_000 - n * 1_200,
            score: 0.97 - n as f64 * 0.1,
            verdict: if n == 0 { Verdict::Fake } else { Verdict::Suspect },
            findings: vec!["LOG01".to_owned()],
        })
        .collect();
    Ranked { rows, total: 3 }
}

fn account_name(group: u64, n: u64) -> String {
    match group {
        1 => {
            format!("u{:016x}{:016x}", (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15), n * 77_777_777)
        }
        2 => format!("小鱼{}号", 100 + n),
        3 => format!("\u{202e}<b>{n}</b>"),
        _ => format!("acct_{}", 880_000 + draw(n, 9_000)),
    }
}

fn group(place: u64, accounts: u64, subjects: u64, events: u64) -> Group {
    let names: Vec<String> = (0..accounts).map(|n| account_name(place, n)).collect();
    let targets: Vec<Target> = (0..subjects)
        .map(|n| Target {
            subject: if n == 2 {
                format!("春季新品连衣裙-{place}")
            } else {
                format!("item-{}", 100_200 + draw(n + place * 100, 80_000))
            },
            events: (events / (n + 2)).max(1),
        })
        .collect();
    let meetings = meetings(place, events, &names, &targets);
    let thing = |what: &str, which: String, every: usize, from: usize| {
        let users: Vec<String> = names.iter().skip(from).step_by(every).cloned().collect();
        Shared {
            what: what.to_owned(),
            which,
            members: users.len() as u64,
            accounts: if place == 2 { Vec::new() } else { users },
        }
    };
    let test = |name: &str, observed, expected, bits| Test {
        name: name.to_owned(),
        observed,
        expected,
        bits,
    };
    Group {
        group: place as u32 + 1,
        verdict: if place % 4 == 3 { Verdict::Suspect } else { Verdict::Fake },
        bits: 2_410.5 / (place + 1) as f64,
        accounts,
        subject_count: subjects,
        events,
        first: meetings.first().map_or(START, |m| m.time),
        last: meetings.last().map_or(START, |m| m.time),
        members: names
            .iter()
            .enumerate()
            .map(|(n, account)| Member {
                account: account.clone(),
                bits: 61.0 - n as f64 * 55.0 / accounts as f64,
            })
            .collect(),
        subjects: targets,
        shared: vec![
            thing("device", "d-7f1b9a5be2c7d3f0a2b45f6e8890c1de".to_owned(), 4, 0),
            thing("ip", "203.0.113.77".to_owned(), 6, 1),
            thing("subnet", "2001:db8:12::/48".to_owned(), 9, 2),
            thing("agent", "okhttp/3.12.1".to_owned(), 3, 1),
        ],
        classes: vec![
            (Class::Synchrony, 1_480.0 / (place + 1) as f64),
            (Class::Infrastructure, 611.2 / (place + 1) as f64),
            (Class::Registration, 88.4),
            (Class::Device, 12.0),
        ],
        tests: vec![
            test("marks_on_jobs", 0.953, 0.62, 402.1),
            test("marks_elsewhere", 0.041, 0.118, 35.0),
            test("tied_pairs", 0.71, 0.17, 55.3),
            test("turnout", 0.52, 0.15, 12.0),
            test("stay_on_jobs", 21.5, 24.0, -1.8),
            test("another_test", 1.25, 0.5, 2.0),
        ],
        meetings,
    }
}

fn meetings(place: u64, events: u64, names: &[String], targets: &[Target]) -> Vec<Meeting> {
    let (accounts, subjects) = (names.len() as u64, targets.len() as u64);
    let mut meetings: Vec<Meeting> = (0..events.min(4_000))
        .map(|n| {
            let subject = draw(n * 5 + place, subjects);
            // Each member keeps to a part of the subjects, and each subject has an evening of its own.
            let member = (draw(n * 13, accounts / 2 + 1) + subject * 5) % accounts;
            Meeting {
                account: names[member as usize].clone(),
                subject: targets[subject as usize].subject.clone(),
                time: START
                    + HOUR * (12 + subject as i64 * 9)
                    + draw(n * 31, 5 * HOUR as u64) as i64,
            }
        })
        .collect();
    meetings.sort_by(|a, b| (a.time, &a.account).cmp(&(b.time, &b.account)));
    meetings
}

fn cleared() -> Ranked<Crowd> {
    let test = |name: &str, observed, expected, bits| Test {
        name: name.to_owned(),
        observed,
        expected,
        bits,
    };
    Ranked {
        rows: vec![
            Crowd {
                accounts: 1_204,
                events: 20_411,
                bits: 5_320.0,
                subjects: vec!["idol-青川".to_owned(), "idol-live-0308".to_owned()],
                tests: vec![
                    test("marks_on_jobs", 0.64, 0.62, -21.0),
                    test("tied_pairs", 0.12, 0.17, -14.0),
                ],
            },
            Crowd {
                accounts: 88,
                events: 640,
                bits: 310.0,
                subjects: vec!["daily-list".to_owned()],
                tests: vec![test("turnout", 0.13, 0.15, -11.0)],
            },
        ],
        total: 2,
    }
}
