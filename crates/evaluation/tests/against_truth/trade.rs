//! Who sold to whom and at what cost: a market of two groups and four owners, with every figure worked out by hand.

use crate::folder::{Folder, flags, reals, some_texts, texts};
use evaluation::{Evaluation, Metric, Options, Prices, Range, evaluate};

/// An event with its label and what the results say of it; an empty verdict is one that they lack.
struct Event {
    kind: &'static str,
    actor: Option<&'static str>,
    owner: Option<&'static str>,
    order: Option<&'static str>,
    parcel: Option<&'static str>,
    label: &'static str,
    verdict: &'static str,
    group: Option<&'static str>,
}

fn event(
    kind: &'static str,
    actor: &'static str,
    owner: &'static str,
    label: &'static str,
) -> Event {
    let (order, parcel, group) = (None, None, None);
    Event {
        kind,
        actor: Some(actor),
        owner: (!owner.is_empty()).then_some(owner),
        order,
        parcel,
        label,
        verdict: "genuine",
        group,
    }
}

impl Event {
    fn called(self, verdict: &'static str, group: &'static str) -> Event {
        Event { verdict, group: Some(group), ..self }
    }

    fn of_order(self, order: &'static str) -> Event {
        Event { order: Some(order), ..self }
    }

    fn in_parcel(self, parcel: &'static str) -> Event {
        Event { parcel: Some(parcel), actor: None, verdict: "", ..self }
    }
}

/// b1 and b2 are bots (S2), r1 brushes (S3), m1 and m2 are bulk members (S7). o1 and o2 bought; o3 is a victim, o4 a
/// cover target.
fn events() -> Vec<Event> {
    let like = |actor, owner| event("like", actor, owner, "fake");
    let mut all: Vec<Event> = (0..3).map(|_| like("b1", "o1").called("fake", "1")).collect();
    all.push(like("b1", "o1").called("suspect", "1"));
    all.push(like("b2", "o1"));
    all.extend((0..3).map(|_| like("b2", "o3").called("fake", "1")));
    all.push(event("like", "b2", "o4", "gray").called("fake", "1"));
    all.push(event("order", "r1", "o2", "fake").of_order("k1").called("fake", "2"));
    all.push(event("order", "r1", "o2", "fake").of_order("k2"));
    all.push(event("ship", "", "o2", "fake").of_order("k1").in_parcel("p1"));
    all.push(event("scan", "", "o2", "fake").of_order("k1").in_parcel("p1"));
    all.push(event("ship", "", "o2", "fake").of_order("k2").in_parcel("p2"));
    all.extend((0..3).map(|_| event("review", "r1", "o1", "fake").called("fake", "2")));
    all.push(event("register", "b1", "", "fake"));
    all.push(event("register", "m1", "", "fake"));
    all.push(event("join", "m1", "o2", "fake"));
    all.push(event("register", "m2", "", "fake"));
    all.push(event("like", "g1", "o4", "genuine"));
    all
}

fn truth(events: &[Event]) -> Folder {
    let folder = Folder::new();
    let ids: Vec<String> = (0..events.len()).map(|n| format!("e{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let column = |of: fn(&Event) -> Option<&'static str>| {
        some_texts(&events.iter().map(of).collect::<Vec<_>>())
    };
    let subject = |e: &Event| e.owner.map(|_| "i");
    folder.write(
        "events.parquet",
        vec![
            ("id", texts(&ids)),
            ("kind", column(|e| Some(e.kind))),
            ("actor", column(|e| e.actor)),
            ("subject", column(subject)),
            ("owner", column(|e| e.owner)),
            ("order", column(|e| e.order)),
            ("parcel", column(|e| e.parcel)),
        ],
    );
    folder.write(
        "truth_events.parquet",
        vec![("id", texts(&ids)), ("label", column(|e| Some(e.label)))],
    );
    folder.write(
        "truth_accounts.parquet",
        vec![
            ("account", texts(&["b1", "b2", "r1", "m1", "m2", "g1"])),
            ("label", texts(&["fake", "fake", "fake", "fake", "fake", "genuine"])),
            (
                "scheme",
                some_texts(&[Some("S2"), Some("S2"), Some("S3"), Some("S7"), Some("S7"), None]),
            ),
        ],
    );
    folder.write(
        "truth_owners.parquet",
        vec![
            ("owner", texts(&["o1", "o2", "o3", "o4"])),
            ("bought", flags(&[true, true, false, false])),
        ],
    );
    folder
}

fn results(events: &[Event]) -> Folder {
    let folder = Folder::new();
    let judged: Vec<(String, &Event)> = events
        .iter()
        .enumerate()
        .filter(|(_, e)| !e.verdict.is_empty())
        .map(|(n, e)| (format!("e{n}"), e))
        .collect();
    let ids: Vec<&str> = judged.iter().map(|(id, _)| id.as_str()).collect();
    let verdicts: Vec<&str> = judged.iter().map(|(_, e)| e.verdict).collect();
    let groups: Vec<Option<&str>> = judged.iter().map(|(_, e)| e.group).collect();
    folder.write(
        "events.parquet",
        vec![
            ("id", texts(&ids)),
            ("score", reals(&vec![0.5; ids.len()])),
            ("verdict", texts(&verdicts)),
            ("group", some_texts(&groups)),
        ],
    );
    folder.write(
        "accounts.parquet",
        vec![
            ("account", texts(&["b1", "b2", "r1", "m1", "m2", "g1"])),
            ("score", reals(&[0.5; 6])),
            ("verdict", texts(&["fake", "fake", "suspect", "fake", "genuine", "genuine"])),
        ],
    );
    folder.write(
        "groups.parquet",
        vec![("group", texts(&["1", "2"])), ("verdict", texts(&["fake", "suspect"]))],
    );
    folder.write(
        "members.parquet",
        vec![("group", texts(&["1", "1", "2"])), ("account", texts(&["b1", "b2", "r1"]))],
    );
    folder.write(
        "owners.parquet",
        vec![
            ("owner", texts(&["o1", "o2", "o3", "o4"])),
            ("score", reals(&[0.9, 0.1, 0.9, 0.9])),
            ("verdict", texts(&["bought", "genuine", "bought", "bought"])),
        ],
    );
    folder
}

fn evaluation() -> Evaluation {
    let events = events();
    evaluate(truth(&events).path(), results(&events).path(), &Options::default()).expect("there")
}

#[test]
fn what_survives_and_what_it_costs() {
    let economics = evaluation().economics.expect("there");
    let row = |metric: Metric, scheme: &str| {
        let found = economics
            .ladder
            .iter()
            .find(|r| r.metric == metric && r.scheme.as_deref() == Some(scheme));
        found.unwrap_or_else(|| panic!("{metric:?} {scheme}"))
    };
    let like = row(Metric::Like, "S2");
    assert_eq!((like.fakes, like.at_fake.survived, like.at_suspect.survived), (8, 2, 1));
    let near = |range: Option<Range>, low: f64, high: f64| {
        let range = range.expect("some survived");
        assert!((range.low.expect("a lower end") - low).abs() < 1e-9, "{range:?}");
        assert!((range.high - high).abs() < 1e-9, "{range:?}");
    };
    near(like.costs[1].per_survivor, 0.003 * 4.0, 0.005 * 4.0);
    near(like.costs[1].per_survivor_of_suspect, 0.003 * 8.0, 0.005 * 8.0);
    // p1 has two scans and is one parcel; its order k1 was called. Machines scan: the order tells the scheme.
    let parcel = row(Metric::Parcel, "S3");
    assert_eq!((parcel.fakes, parcel.at_fake.survived), (2, 1));
    // No review survives, so nobody can say what one costs.
    let review = row(Metric::Review, "S3");
    assert_eq!(review.at_fake.survival, Some(0.0));
    assert!(review.costs.iter().all(|cost| cost.per_survivor.is_none()));
    // b1 registered to like and is no member; m1 was called as an account.
    let member = row(Metric::Member, "S7");
    assert_eq!((member.fakes, member.at_fake.survived), (2, 1));
    assert!(!economics.ladder.iter().any(|r| r.metric == Metric::Share));

    let bots = &economics.lost_accounts[0];
    assert_eq!((bots.scheme.as_str(), bots.accounts, bots.lost), ("S2", 2, 2));
    assert_eq!((bots.fakes, bots.survived), (8, 2));
    // 0.01 to 0.2 dollars an account, two lost for two survivors.
    near(bots.costs[0].per_survivor, 0.01, 0.2);
    let ring = &economics.lost_accounts[1];
    assert_eq!((ring.lost, ring.lost_or_held), (0, 1));
    assert_eq!(ring.survivors_per_lost_account, None);
}

#[test]
fn whom_groups_serve() {
    let evaluation = evaluation();
    let buyers = evaluation.buyers.expect("there");
    let [first, second] = &buyers.by_group[..] else { panic!("{:?}", buyers.by_group) };
    assert_eq!((first.group.as_str(), first.called_fake, first.events), ("1", true, 8));
    // o4 got one event, which may be a cover.
    assert_eq!((first.owners, first.served), (3, 2));
    assert_eq!((first.served_called_bought, first.served_bought), (Some(2), Some(1)));
    let client = &first.clients[0];
    assert_eq!((client.owner.as_str(), client.events, client.share), ("o1", 4, Some(0.5)));
    assert_eq!((second.called_fake, second.served), (false, 1));
    let [shared] = &buyers.shared[..] else { panic!("{:?}", buyers.shared) };
    assert_eq!((shared.owner.as_str(), shared.events), ("o1", 7));
    assert_eq!(shared.groups, ["1", "2"]);
    assert_eq!((shared.called_bought, shared.bought), (Some(true), Some(true)));
}

#[test]
fn who_is_wronged_is_named() {
    let owners = evaluation().owners.expect("there");
    assert_eq!((owners.victims, owners.victims_accused), (Some(1), Some(1)));
    assert_eq!((owners.cover_targets, owners.cover_targets_accused), (Some(1), Some(1)));
    assert_eq!(owners.accused_owners, ["o3", "o4"]);
    let [bots, ring, bulk] = &owners.schemes[..] else { panic!("{:?}", owners.schemes) };
    assert_eq!((bots.scheme.as_str(), bots.bought, bots.found), ("S2", 1, 1));
    assert_eq!((bots.victims_accused, bots.cover_targets_accused), (1, 1));
    assert_eq!((bots.precision, bots.recall), (Some(1.0 / 3.0), Some(1.0)));
    assert_eq!((ring.scheme.as_str(), ring.recall), ("S3", Some(0.5)));
    assert_eq!((bulk.scheme.as_str(), bulk.recall, bulk.precision), ("S7", Some(0.0), None));
}

#[test]
fn other_prices_may_be_given() {
    let events = events();
    let (truth, results) = (truth(&events), results(&events));
    let file = results.path().join("prices.toml");
    let price = "[[price]]\nmetric = \"like\"\nrung = \"buyer\"\nhigh = 2\nstatus = \"P\"\nsource = \"x\"\n";
    std::fs::write(&file, price).expect("written");
    let options = Options { prices: Prices::read(&file).expect("in order"), ..Options::default() };
    let evaluation = evaluate(truth.path(), results.path(), &options).expect("there");
    let economics = evaluation.economics.expect("there");
    let cost = &economics.ladder[0].costs[0];
    assert_eq!(cost.per_survivor, Some(Range { low: None, high: 8.0 }));
    assert!(economics.lost_accounts[0].costs.is_empty());

    std::fs::write(&file, price.replace("like", "applause")).expect("written");
    let error = Prices::read(&file).expect_err("no such metric").to_string();
    assert!(error.contains("prices.toml") && error.contains("applause"), "{error}");
}
