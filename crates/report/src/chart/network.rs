//! The picture of a group: members in the middle, what they share on the left, the subjects they met on at the right.
//!
//! Places follow from the data alone. Members and subjects are put near what they are tied to by a few rounds of
//! averaging, which untangles most crossings without a search; ties are drawn one path a member, so the page stays small.

use maud::{Markup, html};

use crate::name;
use crate::number;

/// What is drawn, already cut to what fits.
#[derive(Debug, Default)]
pub(crate) struct Picture<'a> {
    /// (number in the table of members, account, bits).
    pub accounts: Vec<(usize, &'a str, f64)>,
    /// (subject, events of the group).
    pub subjects: Vec<(&'a str, u64)>,
    /// (what it is called, which, members).
    pub things: Vec<(String, &'a str, u64)>,
    /// (place in `accounts`, place in `subjects`), each once.
    pub met: Vec<(usize, usize)>,
    /// (place in `accounts`, place in `things`), each once.
    pub shares: Vec<(usize, usize)>,
    /// What is not drawn: accounts, subjects, things.
    pub more: [String; 3],
}

const WIDTH: f64 = 860.0;
const LEFT: f64 = 205.0;
const RIGHT: f64 = 655.0;
const SPREAD: f64 = 68.0;
const ROUNDS: usize = 6;

/// The picture as SVG.
pub(crate) fn draw(picture: &Picture, label: &str) -> Markup {
    let (accounts, subjects, things) =
        (picture.accounts.len(), picture.subjects.len(), picture.things.len());
    // Members stand in a zigzag of up to three columns, so that sixty of them need no more height than the rest.
    let columns = accounts.div_ceil(20).clamp(1, 3);
    let tallest =
        [accounts.div_ceil(columns) as f64 * 24.0, subjects as f64 * 18.0, things as f64 * 36.0];
    let height = tallest.into_iter().fold(110.0, f64::max) + 40.0;
    let [member_rank, subject_rank, thing_rank] = ranks(picture);
    let down =
        |rank: usize, of: usize| 12.0 + (height - 44.0) * (rank as f64 + 0.5) / of.max(1) as f64;
    let member_at = |place: usize| {
        let rank = member_rank[place];
        let column = rank % columns;
        let x = WIDTH / 2.0 + (column as f64 - (columns as f64 - 1.0) / 2.0) * SPREAD;
        (x, down(rank, accounts))
    };
    let subject_at = |place: usize| (RIGHT, down(subject_rank[place], subjects));
    let thing_at = |place: usize| (LEFT, down(thing_rank[place], things));
    let most = picture.accounts.iter().map(|a| a.2).fold(0.0, f64::max);
    html! {
        svg viewBox=(format!("0 0 860 {height:.0}")) role="img" aria-label=(label) {
            (ties(&picture.met, accounts, "met", &member_at, &subject_at))
            (ties(&picture.shares, accounts, "shares", &member_at, &thing_at))
            @for (place, (what, which, members)) in picture.things.iter().enumerate() {
                @let (x, y) = thing_at(place);
                g.thing transform=(format!("translate({x:.0} {y:.1})")) {
                    title { (what) ": " (name::shorten(which, 120)) }
                    rect x="-5" y="-5" width="10" height="10" {}
                    text x="-12" y="-2" text-anchor="end" { (what) " ×" (number::count(*members)) }
                    text.which x="-12" y="12" text-anchor="end" { (name::shorten(which, 22)) }
                }
            }
            @for (place, (number, account, bits)) in picture.accounts.iter().enumerate() {
                @let (x, y) = member_at(place);
                g.member.(shade(*bits, most)) transform=(format!("translate({x:.0} {y:.1})")) {
                    title { (name::shorten(account, 120)) }
                    circle r="8" {}
                    text y="3.2" text-anchor="middle" { (number) }
                }
            }
            @for (place, (subject, events)) in picture.subjects.iter().enumerate() {
                @let (x, y) = subject_at(place);
                g.subject transform=(format!("translate({x:.0} {y:.1})")) {
                    title { (name::shorten(subject, 120)) }
                    circle r=(format!("{:.1}", 3.0 + (*events as f64).sqrt().min(20.0) * 0.2)) {}
                    text x="12" y="4" { (name::shorten(subject, 22)) " " tspan.events { "×" (number::count(*events)) } }
                }
            }
            @for (text, (x, anchor)) in picture.more.iter().zip([
                (WIDTH / 2.0, "middle"), (RIGHT + 12.0, "start"), (LEFT - 12.0, "end"),
            ]) {
                text.more x=(x) y=(format!("{:.0}", height - 8.0)) text-anchor=(anchor) { (text) }
            }
        }
    }
}

/// All ties of a member as one path, so that where many run together the line grows darker.
fn ties(
    pairs: &[(usize, usize)],
    accounts: usize,
    class: &str,
    from: &dyn Fn(usize) -> (f64, f64),
    to: &dyn Fn(usize) -> (f64, f64),
) -> Markup {
    let mut paths = vec![String::new(); accounts];
    for (account, other) in pairs {
        let ((x, y), (end_x, end_y)) = (from(*account), to(*other));
        let middle = (x + end_x) / 2.0;
        if let Some(path) = paths.get_mut(*account) {
            path.push_str(&format!(
                "M{x:.0} {y:.0}C{middle:.0} {y:.0} {middle:.0} {end_y:.0} {end_x:.0} {end_y:.0}"
            ));
        }
    }
    html! {
        g class=(class) { @for path in paths.iter().filter(|path| !path.is_empty()) { path d=(path) {} } }
    }
}

fn shade(bits: f64, most: f64) -> &'static str {
    let part = if most > 0.0 && bits.is_finite() { bits / most } else { 0.0 };
    if part >= 0.66 {
        "strong"
    } else if part >= 0.33 {
        "middling"
    } else {
        "weak"
    }
}

/// The vertical order of members, subjects and things: each list's rank by place.
fn ranks(picture: &Picture) -> [Vec<usize>; 3] {
    let mut members: Vec<usize> = (0..picture.accounts.len()).collect();
    let mut subjects: Vec<usize> = (0..picture.subjects.len()).collect();
    let mut things: Vec<usize> = (0..picture.things.len()).collect();
    let turned = |pairs: &[(usize, usize)]| pairs.iter().map(|(a, b)| (*b, *a)).collect::<Vec<_>>();
    let (subjects_met, things_shared) = (turned(&picture.met), turned(&picture.shares));
    for _ in 0..ROUNDS {
        subjects = settle(&subjects, &[(&subjects_met, &members)]);
        things = settle(&things, &[(&things_shared, &members)]);
        members = settle(&members, &[(&picture.met, &subjects), (&picture.shares, &things)]);
    }
    [members, subjects, things]
}

/// (place in the list, place in another), and the ranks of that other.
type Ties<'a> = (&'a [(usize, usize)], &'a [usize]);

/// New ranks for a list: by the mean relative rank of what each is tied to, ties by the old rank.
fn settle(old: &[usize], ties: &[Ties]) -> Vec<usize> {
    let mut sums = vec![(0.0, 0u32); old.len()];
    for (pairs, ranks) in ties {
        for (place, other) in *pairs {
            let (Some(sum), Some(rank)) = (sums.get_mut(*place), ranks.get(*other)) else {
                continue;
            };
            *sum = (sum.0 + (*rank as f64 + 0.5) / ranks.len() as f64, sum.1 + 1);
        }
    }
    let centre = |place: usize| match sums[place] {
        (_, 0) => (old[place] as f64 + 0.5) / old.len() as f64,
        (sum, ties) => sum / f64::from(ties),
    };
    let mut order: Vec<usize> = (0..old.len()).collect();
    order.sort_by(|a, b| centre(*a).total_cmp(&centre(*b)).then(old[*a].cmp(&old[*b])));
    let mut ranks = vec![0; old.len()];
    for (rank, place) in order.into_iter().enumerate() {
        ranks[place] = rank;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossings(picture: &Picture, members: &[usize], subjects: &[usize]) -> usize {
        let line = |tie: &(usize, usize)| (members[tie.0], subjects[tie.1]);
        let lines: Vec<_> = picture.met.iter().map(line).collect();
        let cross = |a: &(usize, usize), b: &(usize, usize)| a.0 < b.0 && a.1 > b.1;
        lines.iter().map(|a| lines.iter().filter(|b| cross(a, b)).count()).sum()
    }

    #[test]
    fn places_untangle_the_ties() {
        let picture = Picture {
            accounts: (0..12).map(|n| (n + 1, "a", 1.0)).collect(),
            subjects: (0..6).map(|_| ("s", 1)).collect(),
            met: (0..12).map(|n| (n, 5 - (n * 5 % 12) / 2)).collect(),
            ..Picture::default()
        };
        let as_given =
            crossings(&picture, &(0..12).collect::<Vec<_>>(), &(0..6).collect::<Vec<_>>());
        let [members, subjects, _] = ranks(&picture);
        assert!(as_given > 10);
        assert_eq!(crossings(&picture, &members, &subjects), 0);
    }

    #[test]
    fn an_empty_picture_is_still_one() {
        let svg = draw(&Picture::default(), "nothing").into_string();
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>"));
    }
}
