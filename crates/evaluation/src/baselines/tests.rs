//! The simple scores by hand, and FRAUDAR's blocks one after the other.

use super::peel::Bipartite;
use super::*;

fn accounts(count: usize) -> crate::names::Names {
    let mut names = crate::names::Names::default();
    for i in 0..count {
        names.intern(&format!("a{i}"));
    }
    names
}

#[test]
fn degree_counts_events() {
    let links =
        Links { accounts: accounts(3), links: vec![(0, 0), (0, 0), (1, 0)], ..Links::default() };
    let scores = degree::scores(&links);
    assert_eq!(scores.score, [2.0, 1.0, 0.0]);
    assert_eq!(scores.accused, [false; 3]);
}

#[test]
fn a_device_counts_its_accounts_once_each() {
    let mut links = Links { accounts: accounts(8), ..Links::default() };
    // Device 0: accounts 0–5, the first twice. Device 1: accounts 5–7.
    links.on_device = vec![(0, 0), (0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (0, 5)];
    links.on_device.extend([(1, 5), (1, 6), (1, 7)]);
    let scores = device::scores(&links);
    assert_eq!(scores.score, [6.0, 6.0, 6.0, 6.0, 6.0, 6.0, 3.0, 3.0]);
    assert_eq!(scores.accused[5..], [true, false, false]);
}

#[test]
fn a_text_counts_each_time_it_is_seen() {
    let mut links = Links { accounts: accounts(3), ..Links::default() };
    links.texts.intern("good");
    links.texts.intern("fine");
    links.wrote = vec![(0, 0), (0, 0), (0, 0), (0, 1), (1, 1), (1, 2)];
    let scores = text::scores(&links);
    assert_eq!(scores.score, [4.0, 4.0, 2.0]);
    assert_eq!(scores.accused, [true, true, false]);
}

#[test]
fn the_second_block_is_found_when_the_first_is_out() {
    let square = |from: u32, n: u32| {
        (from..from + n).flat_map(move |a| (from..from + n).map(move |s| (a, s)))
    };
    let links = square(0, 6).chain(square(6, 4)).collect();
    let found = fraudar::blocks(Bipartite { accounts: 10, subjects: 10, links }, 5);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].accounts, [0, 1, 2, 3, 4, 5]);
    assert_eq!(found[1].accounts, [6, 7, 8, 9]);
    assert!(found[0].density > found[1].density);
}
