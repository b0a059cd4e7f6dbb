//! Offers against reports: what a few lines say in favour of an advert, and what against.
//!
//! The same words serve who sells bought engagement and who writes about it. An advert names its wares and sells them (price, contact,
//! superlatives); a report names them among law, persons and quotation marks. Both sides are counted in bits, each distinct word
//! once, and the window with the fewest lines that overcomes the prior is the advert.

use crate::contact::{Contact, ContactKind};
use crate::finding::{Ground, PRIOR_BITS, Reason, TextCode, TextFinding};
use crate::lexicon::{Hit, Kind, lexicon};
use crate::page::{Page, Unit};
use crate::segment;
use std::collections::BTreeMap;

/// Something seen in a unit that speaks for or against an offer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sign {
    pub(crate) ground: Ground,
    /// What it is: the same word twice counts once.
    key: (u32, u32),
    pub(crate) bits: f64,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// How the senses of words count for one kind of offer.
pub(crate) struct Scheme {
    pub(crate) code: TextCode,
    /// Which sense stands for which ground, with the most bits that the ground may give.
    pub(crate) senses: &'static [(Kind, Ground, f64)],
    /// Whether two tokens may make a term (刷 … 粉丝量).
    pub(crate) composes: bool,
    /// Whether the grounds seen are those of such an offer.
    pub(crate) is_core: fn(&Weight) -> bool,
    /// A window may begin only at a line with one of these.
    pub(crate) opens: &'static [Ground],
}

/// The evidence of a window.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weight {
    grounds: BTreeMap<Ground, (usize, f64)>,
    pub(crate) bits: f64,
}

impl Weight {
    /// The bits of one ground.
    pub(crate) fn of(&self, ground: Ground) -> f64 {
        self.grounds.get(&ground).map_or(0.0, |(_, bits)| *bits)
    }

    /// As reasons.
    pub(crate) fn reasons(&self) -> Vec<Reason> {
        let each = self.grounds.iter();
        each.map(|(ground, (count, bits))| Reason { ground: *ground, count: *count, bits: *bits })
            .collect()
    }
}

/// The most units and characters of a window, and the most lines between two of its units.
const MOST_UNITS: usize = 10;
const MOST_CHARS: usize = 600;
const MOST_GAP: usize = 3;
/// A unit joins a window if it adds so much.
const JOINS_BITS: f64 = 1.0;
/// What the report around an offer weighs against the report inside it.
const CONTEXT_SHARE: f64 = 0.5;
const MOST_REPORT: f64 = 40.0;
const MOST_CONTEXT: f64 = 6.0;
/// What words inside quotation marks still tell.
const QUOTED_SHARE: f64 = 0.25;
const CONTACT_BITS: f64 = 4.0;
const MOST_CONTACT_BITS: f64 = 7.0;
const PRICE_BITS: f64 = 3.0;
const MOST_PRICE_BITS: f64 = 5.0;

/// A number of followers beside a price, and how far both may stand apart.
const RATE_BITS: f64 = 5.0;
const MOST_RATE_GAP: usize = 24;
const MOST_EACH_GAP: usize = 8;
const MOST_ENGLISH_GAP: usize = 24;
const ASKED_BITS: f64 = 4.0;
const REWARD_BITS: f64 = 3.0;
const MOST_ASKED_GAP: usize = 6;
/// A platform's name before a metric (微博转发): less than a verb before it.
const PLATFORM_BITS: f64 = 1.5;

/// All signs of all units under one scheme.
pub(crate) struct Offers<'a> {
    page: &'a Page,
    scheme: &'a Scheme,
    signs: Vec<Vec<Sign>>,
}

impl<'a> Offers<'a> {
    pub(crate) fn new(page: &'a Page, scheme: &'a Scheme) -> Offers<'a> {
        let signs = page.units.iter().map(|unit| signs(page, unit, scheme)).collect();
        Offers { page, scheme, signs }
    }

    /// Each window that offers, as first and last unit, with its weight.
    pub(crate) fn windows(&self) -> Vec<(usize, usize, Weight)> {
        let mut found: Vec<(usize, usize, Weight)> = Vec::new();
        let mut at = 0;
        while at < self.signs.len() {
            let free = found.last().map_or(0, |(_, last, _)| last + 1);
            let window = self.opens(at).then(|| self.window(at, free)).flatten();
            match window {
                Some((first, last, weight)) => {
                    at = last + 1;
                    found.push((first, last, weight));
                }
                None => at += 1,
            }
        }
        found
    }

    /// The smallest window around a unit that overcomes the prior, then its neighbours that belong to it.
    fn window(&self, at: usize, free: usize) -> Option<(usize, usize, Weight)> {
        let (mut first, mut last) = (at, at);
        let mut weight = self.weigh(first, last);
        while !self.fires(&weight) {
            let wider = [(first, last + 1), (first.wrapping_sub(1), last)]
                .into_iter()
                .filter(|(f, l)| self.allows(*f, *l, free, (first, last)))
                .map(|(f, l)| (f, l, self.weigh(f, l)))
                .find(|(_, _, w)| w.bits >= weight.bits + JOINS_BITS);
            (first, last, weight) = wider?;
        }
        // Lines that only belong to the same advert, such as its contact, come with it.
        while self.allows(first, last + 1, free, (first, last)) && !self.opens(last + 1) {
            let wider = self.weigh(first, last + 1);
            if wider.bits < weight.bits + JOINS_BITS {
                break;
            }
            (last, weight) = (last + 1, wider);
        }
        self.stands(first, last).then_some((first, last, weight))
    }

    fn opens(&self, at: usize) -> bool {
        self.signs[at].iter().any(|s| self.scheme.opens.contains(&s.ground) && s.bits > 1.0)
    }

    fn fires(&self, weight: &Weight) -> bool {
        weight.bits >= PRIOR_BITS && (self.scheme.is_core)(weight)
    }

    /// Whether a window may reach so far.
    fn allows(&self, first: usize, last: usize, free: usize, now: (usize, usize)) -> bool {
        let units = &self.page.units;
        if first < free || first > last || last >= units.len() || last - first >= MOST_UNITS {
            return false;
        }
        let gap = if first < now.0 {
            units[now.0].line - units[first].line
        } else {
            units[last].line - units[now.1].line
        };
        gap <= MOST_GAP && units[last].end - units[first].start <= MOST_CHARS
    }

    /// Whether the words it rests on are words, not parts of others.
    fn stands(&self, first: usize, last: usize) -> bool {
        let kept = |sign: &Sign| {
            let short = sign.end - sign.start <= 3 && self.scheme.opens.contains(&sign.ground);
            let chars = &self.page.folded.chars;
            !(short
                && !chars[sign.start].is_ascii()
                && segment::is_cut_from_words(chars, sign.start, sign.end))
        };
        self.fires(&self.weigh_if(first, last, kept))
    }

    pub(crate) fn weigh(&self, first: usize, last: usize) -> Weight {
        self.weigh_if(first, last, |_| true)
    }

    fn weigh_if(&self, first: usize, last: usize, kept: impl Fn(&Sign) -> bool) -> Weight {
        let mut seen: BTreeMap<(Ground, u32, u32), f64> = BTreeMap::new();
        for sign in self.signs[first..=last].iter().flatten().filter(|s| kept(s)) {
            let bits = seen.entry((sign.ground, sign.key.0, sign.key.1)).or_insert(sign.bits);
            *bits = if sign.bits.abs() > bits.abs() { sign.bits } else { *bits };
        }
        let mut weight = Weight::default();
        for ((ground, ..), bits) in seen {
            let entry = weight.grounds.entry(ground).or_insert((0, 0.0));
            entry.0 += 1;
            entry.1 += bits;
        }
        let context = self.context(first, last);
        if context > 0.0 {
            weight.grounds.entry(Ground::Reporting).or_insert((1, 0.0)).1 -= context;
        }
        for (ground, (_, bits)) in &mut weight.grounds {
            let most = self.most(*ground);
            *bits = bits.clamp(-MOST_REPORT, most);
        }
        weight.bits = weight.grounds.values().map(|(_, bits)| bits).sum();
        weight
    }

    fn most(&self, ground: Ground) -> f64 {
        match ground {
            Ground::Contacts => MOST_CONTACT_BITS,
            Ground::Prices => MOST_PRICE_BITS,
            _ => {
                let senses = self.scheme.senses.iter();
                senses.filter(|(_, g, _)| *g == ground).map(|(.., most)| *most).fold(0.0, f64::max)
            }
        }
    }

    /// Reporting in the other sentences of the lines that a window lies in.
    fn context(&self, first: usize, last: usize) -> f64 {
        let mut bits = 0.0;
        for at in [first, last] {
            for unit in self.page.line_of(at) {
                let outside = unit.start < self.page.units[first].start
                    || unit.start > self.page.units[last].start;
                if outside {
                    let hits = self.page.hits_of(unit).iter();
                    bits += hits.filter_map(|h| lexicon().bits(*h, Kind::Report)).sum::<f64>();
                }
            }
            if first == last {
                break;
            }
        }
        (bits * CONTEXT_SHARE).min(MOST_CONTEXT)
    }

    /// A finding over a window, its span the units and nothing else.
    pub(crate) fn finding(&self, window: &(usize, usize, Weight)) -> Option<TextFinding> {
        let (first, last, weight) = window;
        let units = &self.page.units[*first..=*last];
        let span = self.page.folded.span(units[0].start, units[units.len() - 1].end);
        TextFinding::weigh(self.scheme.code, vec![span], weight.reasons())
    }
}

/// Findings of one scheme over a page, one a window.
pub(crate) fn find(page: &Page, scheme: &Scheme) -> Vec<TextFinding> {
    let offers = Offers::new(page, scheme);
    offers.windows().iter().filter_map(|window| offers.finding(window)).collect()
}

/// The signs of one unit.
fn signs(page: &Page, unit: &Unit, scheme: &Scheme) -> Vec<Sign> {
    let hits = page.hits_of(unit);
    let quotes = quotes(page, unit);
    let share = |start: usize| {
        if quotes.iter().any(|(from, to)| (*from..*to).contains(&start)) {
            QUOTED_SHARE
        } else {
            1.0
        }
    };
    let mut signs = Vec::new();
    for hit in hits {
        for (kind, ground, _) in scheme.senses {
            if let Some(bits) = lexicon().bits(*hit, *kind) {
                let bits = bits * share(hit.start);
                signs.push(Sign {
                    ground: *ground,
                    key: (hit.word, 0),
                    bits,
                    start: hit.start,
                    end: hit.end,
                });
            }
        }
        if let Some(bits) = lexicon().bits(*hit, Kind::Report) {
            let ground = Ground::Reporting;
            signs.push(Sign {
                ground,
                key: (hit.word, 0),
                bits: -bits,
                start: hit.start,
                end: hit.end,
            });
        }
    }
    if scheme.composes {
        composed(page, hits, &mut signs, share);
    }
    for contact in page.contacts_of(unit) {
        let bits = contact_bits(contact) * share(contact.folded.0);
        let key = (u32::MAX, contact.kind as u32);
        signs.push(Sign {
            ground: Ground::Contacts,
            key,
            bits,
            start: contact.folded.0,
            end: contact.folded.1,
        });
    }
    prices(page, unit, &mut signs, share);
    if scheme.composes {
        rates(page, hits, &mut signs, share);
    } else {
        asked(page, unit, &mut signs, share);
    }
    signs
}

/// A number of something that can be bought up beside a price: `1000粉 5元`, `10k followers for $20`. Only who sells them counts so.
fn rates(page: &Page, hits: &[Hit], signs: &mut Vec<Sign>, share: impl Fn(usize) -> f64) {
    let chars = &page.folded.chars;
    let prices: Vec<usize> =
        signs.iter().filter(|s| s.ground == Ground::Prices).map(|s| s.start).collect();
    for hit in hits {
        let is = |kind| lexicon().bits(*hit, kind).is_some();
        let reach = match (is(Kind::EnglishMetric), is(Kind::Metric)) {
            (true, _) => MOST_ENGLISH_GAP,
            (_, true) => 3,
            _ => continue,
        };
        let before = chars[hit.start.saturating_sub(reach)..hit.start].iter().rev();
        let number = |c: &char| c.is_ascii_digit() || matches!(c, '百' | '千' | '万');
        let numbered = before
            .take_while(|c| !matches!(c, ',' | '。' | ';' | '元' | '月' | '日' | '年'))
            .any(number);
        let each = prices.iter().any(|price| {
            (hit.end..hit.end + MOST_EACH_GAP).contains(price)
                && matches!(chars.get(price + 1), Some('/' | '一' | '每'))
        });
        let priced = |price: &&usize| price.abs_diff(hit.end) <= MOST_RATE_GAP;
        if (numbered || each)
            && let Some(price) = prices.iter().find(priced)
        {
            let (start, end) = (hit.start.min(*price), hit.end.max(*price + 1));
            let bits = RATE_BITS * share(hit.start);
            signs.push(Sign { ground: Ground::TradeTerms, key: (u32::MAX, 1), bits, start, end });
        }
    }
}

/// Praise and rewards in other words than the list's: a verb of writing shortly before 好评, 返 before a number.
fn asked(page: &Page, unit: &Unit, signs: &mut Vec<Sign>, share: impl Fn(usize) -> f64) {
    let (chars, hits) = (&page.folded.chars, page.hits_of(unit));
    for at in unit.start..unit.end {
        if chars[at] == '返' && chars.get(at + 1).is_some_and(char::is_ascii_digit) {
            let (ground, bits) = (Ground::Reward, REWARD_BITS * share(at));
            signs.push(Sign { ground, key: (u32::MAX, 3), bits, start: at, end: at + 2 });
        }
    }
    for hit in hits.iter().filter(|h| lexicon().words[h.word as usize] == "好评") {
        let before = &chars[hit.start.saturating_sub(MOST_ASKED_GAP)..hit.start];
        let verb = before.iter().rev().take_while(|c| !matches!(c, ',' | '。' | '!' | ' '));
        if verb.into_iter().any(|c| matches!(c, '发' | '写' | '给' | '留' | '传')) {
            let (ground, bits) = (Ground::AskedPraise, ASKED_BITS * share(hit.start));
            signs.push(Sign { ground, key: (u32::MAX, 2), bits, start: hit.start, end: hit.end });
        }
    }
}

/// A contact tells more the harder it is to trace and the harder it is disguised.
fn contact_bits(contact: &Contact) -> f64 {
    let hidden = if contact.disguise_bits >= 5.0 { 2.0 } else { 0.0 };
    hidden
        + match contact.kind {
            ContactKind::WeChat | ContactKind::Qq | ContactKind::Group | ContactKind::Messenger => {
                CONTACT_BITS
            }
            ContactKind::Hotline
            | ContactKind::Mobile
            | ContactKind::Landline
            | ContactKind::Link
            | ContactKind::Mail => CONTACT_BITS - 1.0,
        }
}

/// Terms that two tokens make: a verb, what may stand between, and a metric.
fn composed(page: &Page, hits: &[Hit], signs: &mut Vec<Sign>, share: impl Fn(usize) -> f64) {
    let is = |hit: &Hit, kind: Kind| lexicon().bits(*hit, kind).is_some();
    for pair in hits.windows(2) {
        let metric = is(&pair[1], Kind::Metric) || is(&pair[1], Kind::EnglishMetric);
        if is(&pair[0], Kind::Platform) && metric && pair[1].start <= pair[0].end + 1 {
            let (ground, key) = (Ground::TradeTerms, (pair[0].word, pair[1].word + 1));
            let bits = PLATFORM_BITS * share(pair[0].start);
            signs.push(Sign { ground, key, bits, start: pair[0].start, end: pair[1].end });
        }
    }
    for pair in hits.windows(2) {
        let sold = lexicon().words[pair[1].word as usize] == "for sale";
        if is(&pair[0], Kind::EnglishMetric)
            && sold
            && pair[1].start < pair[0].end + MOST_ENGLISH_GAP
        {
            let (ground, key) = (Ground::TradeTerms, (pair[0].word, pair[1].word + 1));
            let bits = 4.0 * share(pair[0].start);
            signs.push(Sign { ground, key, bits, start: pair[0].start, end: pair[1].end });
        }
    }
    for (at, verb) in hits.iter().enumerate() {
        let english = is(verb, Kind::EnglishAct);
        if !english && !is(verb, Kind::Act) {
            continue;
        }
        let (metric, gap) =
            if english { (Kind::EnglishMetric, MOST_ENGLISH_GAP) } else { (Kind::Metric, 4) };
        let mut end = verb.end;
        for next in &hits[at + 1..] {
            if next.start - end > gap || broken(&page.folded.chars[end..next.start]) {
                break;
            }
            if is(next, metric) {
                let weak = english
                    && matches!(
                        lexicon().words[verb.word as usize],
                        "get" | "grow" | "increase" | "order"
                    );
                let bits = if weak { 2.0 } else { 4.0 } * share(verb.start);
                let key = (verb.word, next.word + 1);
                let ground = Ground::TradeTerms;
                signs.push(Sign { ground, key, bits, start: verb.start, end: next.end });
                break;
            }
            if !english && !is(next, Kind::Platform) {
                break;
            }
            end = next.end;
        }
    }
}

fn broken(between: &[char]) -> bool {
    between.iter().any(|c| {
        matches!(c, ',' | '。' | '!' | '?' | ';' | '、' | '的' | '不' | '了' | '“' | '”' | '.')
    })
}

/// Prices: a number before 元 or 块, after a currency's sign, or after 只要 and 仅需.
fn prices(page: &Page, unit: &Unit, signs: &mut Vec<Sign>, share: impl Fn(usize) -> f64) {
    let chars = &page.folded.chars;
    for at in unit.start..unit.end {
        let digit = |i: usize| chars.get(i).is_some_and(char::is_ascii_digit);
        let priced = match chars[at] {
            '元' | '块' => at > unit.start && digit(at - 1),
            '要' | '需' | '仅' => digit(at + 1),
            '$' | '¥' | '£' | '€' => digit(at + 1),
            _ => false,
        };
        if priced {
            let bits = PRICE_BITS * share(at);
            let key =
                (u32::MAX, signs.iter().filter(|s| s.ground == Ground::Prices).count() as u32);
            signs.push(Sign { ground: Ground::Prices, key, bits, start: at, end: at + 1 });
        }
    }
}

/// Stretches inside quotation marks of a unit.
fn quotes(page: &Page, unit: &Unit) -> Vec<(usize, usize)> {
    let mut quotes = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for at in unit.start..unit.end {
        let c = page.folded.chars[at];
        match open {
            Some((from, close)) if c == close => {
                quotes.push((from, at));
                open = None;
            }
            None => {
                let close = match c {
                    '“' | '”' => '”',
                    '「' => '」',
                    '『' => '』',
                    '《' => '》',
                    '"' => '"',
                    _ => continue,
                };
                open = Some((at, close));
            }
            Some(_) => {}
        }
    }
    quotes
}
