//! TXT06: a content farm: a page whose article is there to be found, and whose trade stands beside it.
//!
//! Trade links are needed; what makes them a farm is the rest: the stock notice of contributed pages, comments that praise the page
//! and come on one day or from its author, passages that stand twice, posts with made-up counts, law beside what it forbids.

use crate::finding::{Ground, Reason, Span, TextCode, TextFinding};
use crate::lexicon::{Kind, lexicon};
use crate::page::{Page, Unit};
use std::collections::{BTreeMap, BTreeSet};

/// Links and other grounds that a farm has at least.
const LEAST_LINKS: usize = 2;
const LEAST_OTHERS: usize = 2;
const LINK_BITS: f64 = 2.0;
const MOST_LINKS: f64 = 7.0;
const NOTICE_BITS: f64 = 2.0;
const MOST_NOTICE: f64 = 4.0;
const PRAISE_BITS: f64 = 1.5;
const MOST_PRAISE: f64 = 4.0;
const OTHER_BITS: f64 = 2.0;
/// A link's words, a comment or a notice is no longer than this.
const SHORT: usize = 120;
/// Report bits that make an article one of law and compliance.
const COMPLIANCE: f64 = 30.0;
/// Characters that make a passage, and how many passages must return.
const PASSAGE: usize = 32;
const FEW_POSTS: usize = 3;
/// The longest name of an author.
const MOST_NAME: usize = 24;

/// The farm that a page is; `offers` are its TXT03 and TXT04 findings.
pub(crate) fn find(page: &Page, offers: &[TextFinding]) -> Option<TextFinding> {
    let links: Vec<Span> = offers
        .iter()
        .filter(|f| f.code == TextCode::Trade)
        .flat_map(|f| &f.spans)
        .filter(|s| s.end - s.start <= SHORT)
        .copied()
        .collect();
    if links.len() < LEAST_LINKS {
        return None;
    }
    let mut spans = links.clone();
    let mut reasons = vec![Reason {
        ground: Ground::TradeLinks,
        count: links.len(),
        bits: (LINK_BITS * links.len() as f64).min(MOST_LINKS),
    }];
    let mut weigh = |ground, count: usize, each: f64, most: f64| {
        if count > 0 {
            reasons.push(Reason { ground, count, bits: (each * count as f64).min(most) });
        }
    };
    let notices = short_units_with(page, Kind::Notice);
    let praise = short_units_with(page, Kind::Praise);
    weigh(Ground::Notice, notices.len(), NOTICE_BITS, MOST_NOTICE);
    weigh(Ground::SelfPraise, praise.len(), PRAISE_BITS, MOST_PRAISE);
    weigh(Ground::OneDay, comments_of_one_day(page), OTHER_BITS, OTHER_BITS);
    weigh(Ground::OwnComments, own_comments(page), OTHER_BITS, OTHER_BITS);
    weigh(Ground::SaidTwice, said_twice(page), OTHER_BITS, OTHER_BITS);
    weigh(Ground::CountedPosts, counted_posts(page), OTHER_BITS, OTHER_BITS);
    weigh(Ground::Compliance, compliance(page), OTHER_BITS, OTHER_BITS);
    if reasons.len() < 1 + LEAST_OTHERS {
        return None;
    }
    spans.extend(notices.iter().chain(&praise).map(|unit| page.span(unit)));
    TextFinding::weigh(TextCode::ContentFarm, apart(spans), reasons)
}

/// Spans in order, those that overlap joined.
pub(crate) fn apart(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort();
    let mut out: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match out.last_mut() {
            Some(last) if last.touches(span) => last.end = last.end.max(span.end),
            _ => out.push(span),
        }
    }
    out
}

fn short_units_with(page: &Page, kind: Kind) -> Vec<Unit> {
    let has = |unit: &&Unit| {
        unit.end - unit.start <= SHORT
            && page.hits_of(unit).iter().any(|h| lexicon().bits(*h, kind).is_some())
    };
    page.units.iter().filter(has).copied().collect()
}

/// The date a unit ends with or consists of, as its digits.
fn date(words: &str) -> Option<String> {
    let tail: Vec<char> =
        words.chars().rev().take(11).collect::<Vec<_>>().into_iter().rev().collect();
    let digits: String = tail.iter().filter(|c| c.is_ascii_digit()).collect();
    let marked = tail.iter().any(|c| matches!(c, '年' | '-' | '/' | '.'));
    let year = digits.starts_with("19") || digits.starts_with("20");
    (marked && year && (6..=8).contains(&digits.len())).then_some(digits)
}

/// How many comments bear one date, if all that follow the head of the comments do.
fn comments_of_one_day(page: &Page) -> usize {
    let heads =
        ["评论列表", "发表回复", "发表评论", "网友评论", "最新评论", "comments", "leave a reply"];
    let head = page.units.iter().position(|unit| {
        let words = page.words(unit);
        unit.end - unit.start <= 24 && heads.iter().any(|h| words.contains(h))
    });
    let Some(head) = head else { return 0 };
    let dates: Vec<String> =
        page.units[head..].iter().filter_map(|unit| date(page.words(unit))).collect();
    let one = dates.iter().collect::<BTreeSet<_>>().len() == 1;
    if one && dates.len() >= 2 { dates.len() } else { 0 }
}

/// How often the author that the notice names stands in short lines elsewhere.
fn own_comments(page: &Page) -> usize {
    let words = &page.folded.text;
    let Some(at) = words.find("作者[").or_else(|| words.find("作者【")) else { return 0 };
    let rest = &words[at..];
    let opened = rest.find(['[', '【']).map_or(0, |i| i);
    let name: String =
        rest[opened..].chars().skip(1).take_while(|c| !matches!(c, ']' | '】' | '\n')).collect();
    if name.is_empty() || name.chars().count() > MOST_NAME {
        return 0;
    }
    let lines = page.units.iter().filter(|u| u.end - u.start <= SHORT);
    let said = lines.filter(|u| page.words(u).contains(&name)).count();
    // The notice itself is one.
    if said >= 3 { said - 1 } else { 0 }
}

/// Passages that begin a unit and stand in another one too.
fn said_twice(page: &Page) -> usize {
    let mut seen: BTreeMap<&[char], usize> = BTreeMap::new();
    for unit in &page.units {
        let chars = &page.folded.chars[unit.start..unit.end];
        for passage in chars.chunks_exact(PASSAGE) {
            seen.entry(passage).or_default();
        }
    }
    for unit in &page.units {
        let chars = &page.folded.chars[unit.start..unit.end];
        let here: BTreeSet<&[char]> = chars.windows(PASSAGE).collect();
        for passage in here {
            if let Some(count) = seen.get_mut(passage) {
                *count += 1;
            }
        }
    }
    seen.values().filter(|count| **count >= 2).count()
}

/// Posts that end with a line for the date and one for a count.
fn counted_posts(page: &Page) -> usize {
    let count = |unit: &Unit| {
        let words = page.words(unit);
        (1..=8).contains(&words.len()) && words.bytes().all(|b| b.is_ascii_digit())
    };
    let posts = page.units.windows(2).filter(|pair| {
        pair[0].end - pair[0].start <= 12 && date(page.words(&pair[0])).is_some() && count(&pair[1])
    });
    let posts = posts.count();
    if posts >= FEW_POSTS { posts } else { 0 }
}

/// Words of law in sentences, if there are many.
fn compliance(page: &Page) -> usize {
    let long = page.units.iter().filter(|u| u.end - u.start > 30);
    let bits: Vec<f64> = long
        .flat_map(|unit| page.hits_of(unit))
        .filter_map(|hit| lexicon().bits(*hit, Kind::Report))
        .collect();
    if bits.iter().sum::<f64>() >= COMPLIANCE { bits.len() } else { 0 }
}
