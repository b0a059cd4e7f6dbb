//! Goal: the public sets are read as they lie, without a word from anybody.
//! Method: if `../shared/data` is there, each set's mapping, number of events and first event are compared with what its
//! own description says; if not, the test says that it was skipped.

mod reading;

use events::{EntityKind, Kind};
use reading::read_paths;
use std::path::{Path, PathBuf};

fn set(path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let file = root.join(path);
    if !file.exists() {
        println!("SKIPPED: {} is not there", file.display());
        return None;
    }
    Some(file)
}

fn check(path: &str, mapping: &str, kind: Kind, events: usize) {
    let Some(file) = set(path) else { return };
    let reading = read_paths(&[file], None).expect(path);
    assert_eq!(reading.mapping, mapping, "{path}");
    assert_eq!(reading.rejections(), [""; 0], "{path}");
    assert_eq!(reading.events.len(), events, "{path}");
    if mapping != "contract" {
        assert!(reading.events.iter().all(|(event, _, _)| event.kind == kind), "{path}");
    }
    if mapping != "texts" && mapping != "contract" {
        for at in 0..events {
            assert!(!reading.name(EntityKind::Account, at).is_empty(), "{path} {at}");
            assert!(!reading.name(EntityKind::Subject, at).is_empty(), "{path} {at}");
        }
    }
}

#[test]
fn every_set_is_read_as_it_lies() {
    check("comments-organic/comments.parquet", "comments", Kind::Comment, 91_303);
    check("github-stars/stars.parquet", "github-stars", Kind::Favorite, 34_284);
    check("movies-lockstep/ratings.parquet", "ratings", Kind::Review, 102_990);
    check("otc-trust/ratings.parquet", "ratings", Kind::Review, 35_592);
    check("yelp-reviews/reviews.parquet", "ratings", Kind::Review, 47_212);
    check("review-texts/reviews.parquet", "texts", Kind::Review, 8_000);
    check("shopee-orders/orders.csv.gz", "shopee-orders", Kind::Order, 53_432);
    check("market/events.parquet", "contract", Kind::Other, 770_433);
}

#[test]
fn every_name_of_the_market_is_told() {
    let Some(file) = set("market/events.parquet") else { return };
    let reading = read_paths(&[file], None).expect("market");
    // Results name neither orders nor regions.
    let unnamed = [EntityKind::Order, EntityKind::Region];
    for kind in EntityKind::ALL.into_iter().filter(|kind| !unnamed.contains(kind)) {
        let mut given = 0;
        for (event, id, _) in &reading.events {
            let key = event.key(kind);
            if key.is_some() {
                given += 1;
                let name =
                    reading.names.get(&(kind, key)).unwrap_or_else(|| panic!("{id} {kind:?}"));
                assert_eq!(events::Key::of(name), key);
            }
        }
        assert!(given > 500, "{kind:?} {given}");
    }
}
