//! The page as a whole: hostile input stays text, tags are balanced, the size is held, nothing found still reads well.

use super::*;
use crate::{
    Account, Choice, Class, Crowd, Hour, InputFile, KindCount, Mapping, Meeting, Member, Owner,
    OwnerVerdict, PAGE_BYTES, Point, Rejection, Shared, Subject, Target, Test, Verdict,
};

const BOTH: [Lang; 2] = [Lang::Zh, Lang::En];
const HOSTILE: &str = "\"><script>alert('x')</script>&\u{202e}\u{0}\u{200b}]]>{n}{subject}<!--";

/// A model in which every text is `name` and its number.
fn model(name: &str, groups: u32, members: usize) -> Model {
    let say = |n: usize| format!("{name}{n}");
    let strings = |n: usize| texts(name, n);
    let pairs = || strings(3).into_iter().map(|text| (text.clone(), text)).collect::<Vec<_>>();
    let mut model = Model::default();
    model.run.title = say(0);
    model.run.command = say(1);
    model.run.policy = say(2);
    model.run.policy_version = say(3);
    model.run.digest = say(4);
    model.run.versions = pairs();
    model.intake = crate::Intake {
        files: strings(60)
            .into_iter()
            .map(|name| InputFile { mapping: name.clone(), name, ..InputFile::default() })
            .collect(),
        mappings: vec![
            Mapping {
                name: say(0),
                choice: Choice::Header,
                columns: pairs(),
                unused: strings(60),
            };
            30
        ],
        absent: strings(3),
        rows: 10,
        events: 9,
        duplicates: 1,
        rejected: 1,
        rejections: vec![Rejection { file: say(0), row: 1, column: say(1), reason: say(2) }; 60],
        first: Some(i64::MIN),
        last: Some(i64::MAX),
        kinds: strings(70)
            .into_iter()
            .map(|kind| KindCount { kind, events: 5, counts: true })
            .collect(),
    };
    rank(&mut model, name, members);
    model.totals.counted = 9;
    model.totals.fake = 4;
    model.totals.points = 1;
    model.timeline = (0..30).map(|hour| Hour { hour, raw: 9, fake: 3, suspect: 1 }).collect();
    model.groups.rows = (0..groups)
        .map(|place| match place < 55 {
            true => group(name, place, members),
            false => Group { group: place + 1, ..Group::default() },
        })
        .collect();
    model.cleared.rows =
        vec![Crowd { subjects: strings(9), tests: vec![test(say(1))], ..Crowd::default() }; 60];
    model.findings = strings(300).into_iter().map(|code| (code, 1)).collect();
    model
}

/// Fills the ranked tables.
fn rank(model: &mut Model, name: &str, members: usize) {
    let strings = |n: usize| texts(name, n);
    model.subjects.rows = strings(members)
        .into_iter()
        .map(|subject| Subject {
            owner: subject.clone(),
            metric: subject.clone(),
            subject,
            raw: 9,
            genuine: 5,
            low: 4,
            high: 6,
            verdict: Verdict::Fake,
        })
        .collect();
    model.owners.rows = strings(members)
        .into_iter()
        .map(|owner| Owner {
            owner,
            raw: 9,
            genuine: 4,
            score: f64::NAN,
            verdict: OwnerVerdict::Bought,
            findings: strings(20),
        })
        .collect();
    model.accounts.rows = strings(members)
        .into_iter()
        .map(|account| Account {
            account,
            verdict: Verdict::Fake,
            group: Some(1),
            findings: strings(20),
            bits: f64::INFINITY,
            ..Account::default()
        })
        .collect();
    model.points.rows = vec![
        Point {
            point: format!("{name}0"),
            verdict: Verdict::Fake,
            findings: strings(20),
            ..Point::default()
        };
        60
    ];
}

/// A group that is full to the brim.
fn group(name: &str, place: u32, members: usize) -> Group {
    let say = |n: usize| format!("{name}{n}");
    let strings = |n: usize| texts(name, n);
    Group {
        group: place + 1,
        verdict: Verdict::Fake,
        bits: 100.0,
        accounts: members as u64,
        subject_count: 50,
        events: 5_000,
        members: strings(members.min(200))
            .into_iter()
            .map(|account| Member { account, bits: 2.0 })
            .collect(),
        subjects: strings(50).into_iter().map(|subject| Target { subject, events: 3 }).collect(),
        shared: strings(30)
            .into_iter()
            .map(|which| Shared {
                what: which.clone(),
                which,
                members: 3,
                accounts: strings(members.min(8)),
            })
            .collect(),
        classes: Class::ALL.iter().map(|class| (*class, 12.0)).collect(),
        tests: strings(40).into_iter().map(test).collect(),
        meetings: (0..400)
            .map(|n| Meeting {
                account: say(n % 60),
                subject: say(n % 47),
                time: n as i64 * 7_777_777_777,
            })
            .collect(),
        ..Group::default()
    }
}

fn texts(name: &str, n: usize) -> Vec<String> {
    (0..n).map(|n| format!("{name}{n}")).collect()
}

fn test(name: String) -> Test {
    Test { name, observed: 0.9, expected: 0.2, bits: -3.0 }
}

/// Goes through every tag of the page: each is closed in order, attributes are quoted, names are unique. Gives the
/// names of the tags used.
fn check(page: &str) -> BTreeSet<String> {
    const VOID: [&str; 2] = ["meta", "!DOCTYPE"];
    let (mut open, mut used, mut ids) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut rest = page;
    while let Some((text, tail)) = rest.split_once('<') {
        assert!(!text.contains('\u{0}'), "a control character");
        let mut quoted = false;
        let end = tail.find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let (tag, after) = tail.split_at(end.expect("every tag ends"));
        assert!(!tag.contains('<'), "a tag in a tag: {tag}");
        rest = &after[1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closing order");
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap_or("").to_owned();
        if let Some((_, id)) = tag.split_once(" id=\"") {
            let id = id.split('"').next().unwrap_or("").to_owned();
            assert!(ids.insert(id.clone()), "the name {id} twice");
        }
        assert!(tag.matches(" class=").count() < 2, "two classes: {tag}");
        used.insert(name.clone());
        if name == "style" {
            rest = &rest[rest.find("</style>").expect("the style ends")..];
        }
        if !VOID.contains(&name.as_str()) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<String>::new(), "left open");
    for link in page.split("href=\"#").skip(1) {
        let id = link.split('"').next().unwrap_or("");
        assert!(ids.contains(id), "a link to {id}, which is not there");
    }
    used
}

#[test]
fn hostile_names_stay_text() {
    for lang in BOTH {
        let page = render(&model(HOSTILE, 3, 70), lang);
        let used = check(&page);
        for tag in ["script", "img", "iframe", "link", "object", "form", "!--"] {
            assert!(!used.contains(tag), "<{tag}> got in");
        }
        for letter in ['\u{202e}', '\u{0}', '\u{200b}'] {
            assert!(!page.contains(letter), "{letter:?} got in");
        }
        assert!(page.contains("&lt;script&gt;alert"), "the name is shown");
        assert!(page.contains("\\u{202e}"), "what it hides is shown");
    }
}

#[test]
fn nothing_is_fetched() {
    for lang in BOTH {
        let page = render(&model("http://example.org/", 2, 5), lang);
        for word in ["src=", "href=\"http", "url(", "@import", "xlink", "srcset", "onload"] {
            assert!(!page.contains(word), "{word}");
        }
    }
}

#[test]
fn the_same_model_gives_the_same_bytes_in_whatever_order_its_rows_are() {
    let straight = model("名", 6, 80);
    let mut turned = straight.clone();
    turned.subjects.rows.reverse();
    turned.owners.rows.reverse();
    turned.accounts.rows.reverse();
    turned.timeline.reverse();
    turned.groups.rows.reverse();
    for group in &mut turned.groups.rows {
        group.members.reverse();
        group.subjects.reverse();
        group.shared.reverse();
        group.classes.reverse();
        group.tests.reverse();
        group.meetings.reverse();
    }
    for lang in BOTH {
        let page = render(&straight, lang);
        assert_eq!(page, render(&straight, lang));
        assert!(page == render(&turned, lang), "the order of rows shows");
    }
}

#[test]
fn the_page_keeps_its_size() {
    // A thousand letters of four bytes each, a hundred thousand groups, a million accounts.
    let mut large = model(&"𠮷".repeat(400), 100_000, 300);
    let filler = Account { account: "x".repeat(40), verdict: Verdict::Fake, ..Account::default() };
    large.accounts.rows.resize(1_000_000, filler);
    for lang in BOTH {
        let page = render(&large, lang);
        assert!(page.len() < PAGE_BYTES, "{} bytes", page.len());
        let words = &lang.texts().page.cut;
        assert!(words.contains("{total}") && page.contains("1,000,000"), "says what it cut");
        assert!(page.contains("100,000"), "says how many groups there are");
        check(&page);
    }
    // Names that grow sixfold when escaped.
    let quotes = render(&model(&"\"".repeat(1_000), 100, 300), Lang::En);
    assert!(quotes.len() < PAGE_BYTES, "{} bytes", quotes.len());
}

#[test]
fn an_empty_run_reads_sensibly() {
    for lang in BOTH {
        let page = render(&Model::default(), lang);
        check(&page);
        let texts = lang.texts();
        for says in [
            texts.summary.nothing_read,
            texts.timeline.empty,
            texts.ranking.subjects_none,
            texts.ranking.accounts_none,
            texts.group.none,
            texts.cleared.none,
        ] {
            assert!(page.contains(says), "{says}");
        }
        assert!(!page.contains("NaN") && !page.contains("1970"), "a number from nothing");
    }
}

#[test]
fn a_clean_run_says_that_nothing_was_found() {
    let mut clean = Model::default();
    clean.intake.events = 1_200;
    clean.totals.counted = 1_000;
    let page = render(&clean, Lang::En);
    assert!(page.contains("Of <span class=\"n\">1,000</span> events that would count, none"));
    assert!(!page.contains(Lang::En.texts().summary.look_first));
}

#[test]
fn what_the_data_lacks_is_said() {
    let mut model = Model::default();
    model.intake.absent = vec!["device".to_owned(), "no_such_column".to_owned()];
    let page = render(&model, Lang::En);
    assert!(page.contains("device farms show by their timing alone"));
    assert!(!page.contains("no_such_column"));
}

#[test]
fn a_group_is_told_with_its_own_facts() {
    let mut told = model("m", 1, 5);
    let group = &mut told.groups.rows[0];
    group.classes = vec![(Class::Infrastructure, 20.0)];
    group.shared = vec![Shared {
        what: "device".to_owned(),
        which: "phone-7".to_owned(),
        members: 4,
        accounts: Vec::new(),
    }];
    group.tests =
        vec![Test { name: "marks_on_jobs".to_owned(), observed: 0.95, expected: 0.62, bits: 7.0 }];
    let page = render(&told, Lang::En);
    for says in ["phone-7", "95.0 %", "62.0 %", "1 in 1,000,000", "Look up", "Infrastructure"] {
        assert!(page.contains(says), "{says}");
    }
    assert!(!page.contains("Ask the courier"), "only classes that spoke give checks");
}
