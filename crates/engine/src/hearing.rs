//! Hearing: what the texts of events say of the accounts that wrote them.
//!
//! Each text is examined by itself as it comes (TXT01, TXT03, TXT04, TXT05), and read by a model of texts where a run has
//! one (TXT07). Of each account and detector the strongest text is kept, so that a spammer is one finding. What is read across
//! texts, such as copies, is found elsewhere.

use std::sync::Arc;

use detectors::wrote::Wrote;
use detectors::{Code, Finding};
use events::{Entity, EntityKind, Event, Key, Kind};
use features::Keyed;
use learning::{Evidence, TextModel};
use serde::{Deserialize, Serialize};
use texts::{TextCode, TextFinding};

/// The share of reviews and comments that are taken to be generated or templated beforehand.
const PRIOR: f64 = 0.01;

/// Steps above the prior in which an account's texts are counted, and how many bits apart they are.
const LEVELS: usize = 24;
const STEP_BITS: f64 = 0.5;

/// What the model has read of one account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Read {
    texts: u32,
    /// How many of them reach each level; none where no text reaches the first.
    reaching: Option<Box<[u32; LEVELS]>>,
}

impl Read {
    fn take(&mut self, bits: f64) {
        self.texts = self.texts.saturating_add(1);
        if bits.is_nan() || bits < prior_bits() {
            return;
        }
        let reaching = self.reaching.get_or_insert_default();
        let top = ((bits - prior_bits()) / STEP_BITS) as usize;
        for count in reaching.iter_mut().take(top + 1) {
            *count = count.saturating_add(1);
        }
    }

    /// The level that says most, how many texts reach it, and what is left of it when the chances of reaching it are paid for:
    /// of n texts k reach a level of b bits by chance about as often as one text reaches b - log2(n / k) (Simes 1986).
    fn best(&self, strongest: f64) -> (f64, u32, f64) {
        let price = |count: u32| (f64::from(self.texts.max(1)) / f64::from(count.max(1))).log2();
        let reaching = self.reaching.iter().flat_map(|reaching| reaching.iter().enumerate());
        let levels = reaching
            .filter(|(_, count)| **count > 0)
            .map(|(level, &count)| (prior_bits() + level as f64 * STEP_BITS, count));
        let all = std::iter::once((strongest, 1)).chain(levels);
        let priced = all.map(|(bits, count)| (bits, count, price(count)));
        priced
            .reduce(|a, b| if b.0 - b.2 > a.0 - a.2 { b } else { a })
            .unwrap_or((strongest, 1, 0.0))
    }
}

/// What one worker has heard.
#[derive(Debug, Serialize, Deserialize)]
pub struct Hearing {
    wrote: Wrote,
    #[serde(skip)]
    model: Option<Arc<TextModel>>,
    read: Keyed<Read>,
}

impl Hearing {
    /// Nothing heard; reviews and comments are read by the model, if there is one.
    pub fn new(model: Option<Arc<TextModel>>) -> Hearing {
        Hearing { wrote: Wrote::default(), model, read: Keyed::default() }
    }

    /// Reads with this model from here on: what was read from a file has none.
    pub fn set_model(&mut self, model: Option<Arc<TextModel>>) {
        self.model = model;
    }

    /// What is to be said of one account so far.
    pub fn of(&self, account: Key) -> impl Iterator<Item = Finding> + '_ {
        self.wrote.of(account).map(move |finding| {
            let mut finding = finding.clone();
            if let (Code::Txt07, Some(read)) = (finding.code, self.read.get(&account)) {
                price(&mut finding, read);
            }
            finding
        })
    }

    /// Takes the text of an event. One that nobody wrote is not heard: there is no one to say it of.
    pub fn hear(&mut self, event: &Event, text: &str) {
        if event.actor == Key::NONE {
            return;
        }
        let found = texts::examine(text);
        if !found.is_empty() {
            for code in [Code::Txt01, Code::Txt03, Code::Txt04, Code::Txt05] {
                self.examined(code, event, &found);
            }
        }
        if let Some(model) = &self.model
            && matches!(event.kind, Kind::Review | Kind::Comment)
        {
            let evidence = model.evidence(text);
            self.read.entry(event.actor).or_default().take(evidence.bits);
            if evidence.bits >= prior_bits() {
                self.wrote.observe(learnt(event, &evidence));
            }
        }
    }

    /// Keeps the strongest finding of a detector in one text.
    fn examined(&mut self, code: Code, event: &Event, found: &[TextFinding]) {
        let of_code = || found.iter().filter(|finding| code_of(finding.code) == code);
        // Of equals the first in the text.
        let strongest = of_code().reduce(|a, b| if b.bits > a.bits { b } else { a });
        let Some(strongest) = strongest else { return };
        let mut evidence = Vec::with_capacity(4 + 2 * strongest.reasons.len());
        evidence.push(("places", of_code().count() as f64));
        if let (Some(first), Some(last)) = (strongest.spans.first(), strongest.spans.last()) {
            evidence.extend([("start", first.start as f64), ("end", last.end as f64)]);
        }
        for reason in &strongest.reasons {
            evidence.push((reason.ground.key(), reason.count as f64));
            evidence.push((reason.ground.bits_key(), reason.bits));
        }
        let (score, bits) = (strongest.score as f32, strongest.bits as f32);
        self.wrote.observe(Finding { score, bits, ..of_account(code, event, evidence) });
    }

    /// What is to be said of accounts.
    pub fn finish(self) -> impl Iterator<Item = Finding> {
        let read = self.read;
        self.wrote.finish().map(move |(mut finding, texts)| {
            finding.evidence.push(("texts", f64::from(texts)));
            if let (Code::Txt07, Some(read)) = (finding.code, read.get(&finding.entity.key)) {
                price(&mut finding, read);
            }
            finding
        })
    }
}

/// Who writes much has more chances to write one text that looks made, and who writes many of them has none.
fn price(finding: &mut Finding, read: &Read) {
    let (level, reaching, price) = read.best(f64::from(finding.bits));
    let bits = level - price;
    finding.bits = bits as f32;
    finding.score = (1.0 / (1.0 + (prior_bits() - bits).exp2())) as f32;
    finding.evidence.extend([
        ("read", f64::from(read.texts)),
        ("reaching", f64::from(reaching)),
        ("reached_bits", level),
        ("price_bits", price),
    ]);
}

/// What evidence has to overcome, in bits.
fn prior_bits() -> f64 {
    ((1.0 - PRIOR) / PRIOR).log2()
}

fn learnt(event: &Event, read: &Evidence) -> Finding {
    let evidence = vec![
        ("chance", read.chance),
        ("trained_share", read.trained_share),
        ("chance_bits", read.bits),
    ];
    Finding { bits: read.bits as f32, ..of_account(Code::Txt07, event, evidence) }
}

fn of_account(code: Code, event: &Event, evidence: Vec<(&'static str, f64)>) -> Finding {
    Finding {
        code,
        entity: Entity { kind: EntityKind::Account, key: event.actor },
        time: event.time,
        event: event.id,
        score: 0.0,
        bits: 0.0,
        evidence,
        members: Vec::new(),
    }
}

fn code_of(code: TextCode) -> Code {
    match code {
        TextCode::Doorway => Code::Txt01,
        TextCode::Glued => Code::Txt02,
        TextCode::Trade => Code::Txt03,
        TextCode::Recruitment => Code::Txt04,
        TextCode::HiddenContact => Code::Txt05,
        TextCode::ContentFarm => Code::Txt06,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::EventTime;

    const ADVERT: &str = "专业刷赞刷粉，1000粉只要5元，24小时自助下单，➕V：abc8866";
    const HONEST: &str = "物流很快，包装完好，质量不错，和描述的一样，下次还会再来的。";

    fn event(actor: u64, time: i64) -> Event {
        Event {
            id: Key(time as u64),
            time: EventTime(time),
            kind: Kind::Review,
            actor: Key(actor),
            ..Event::default()
        }
    }

    fn value(finding: &Finding, name: &str) -> f64 {
        finding.evidence.iter().find(|entry| entry.0 == name).map_or(f64::NAN, |entry| entry.1)
    }

    #[test]
    fn adverts_are_found_and_evidence_adds_up() {
        let mut hearing = Hearing::new(None);
        for time in 1..=5 {
            hearing.hear(&event(7, time), ADVERT);
            hearing.hear(&event(8, time), HONEST);
            hearing.hear(&Event { actor: Key::NONE, ..event(0, time) }, ADVERT);
        }
        let found: Vec<Finding> = hearing.finish().collect();
        let trade = found.iter().find(|finding| finding.code == Code::Txt03).unwrap();
        assert!(found.iter().all(|finding| finding.entity.key == Key(7)), "{found:?}");
        assert_eq!((trade.time, value(trade, "texts")), (EventTime(1), 5.0));
        for finding in &found {
            assert!((0.5..=1.0).contains(&finding.score));
            let parts = finding.evidence.iter().filter(|entry| entry.0.ends_with("_bits"));
            let sum: f64 = parts.map(|entry| entry.1).sum();
            assert!((sum - f64::from(finding.bits)).abs() < 1e-3, "{finding:?}");
        }
    }

    #[test]
    fn who_writes_much_needs_a_stronger_text_or_more_of_them() {
        let made = |texts: u32, made: u32| {
            let mut read = Read::default();
            (0..texts).for_each(|n| read.take(if n < made { 9.0 } else { -3.0 }));
            let evidence = Evidence { chance: 0.99, trained_share: 0.5, bits: 9.0 };
            let mut finding = learnt(&event(7, 1), &evidence);
            price(&mut finding, &read);
            let bits = value(&finding, "reached_bits") - value(&finding, "price_bits");
            assert!((bits - f64::from(finding.bits)).abs() < 1e-6);
            finding
        };
        assert_eq!(made(1, 1).bits, 9.0);
        assert!(made(1, 1).score > 0.8);
        assert_eq!(made(64, 1).bits, 3.0);
        assert!(made(64, 1).score < 0.1);
        let all = made(64, 64);
        assert!(all.bits > 8.5 && all.bits <= 9.0, "{all:?}");
        assert_eq!(value(&all, "reaching"), 64.0);
    }

    #[test]
    fn any_bits_are_survived() {
        let mut read = Read::default();
        for bits in [f64::NEG_INFINITY, -1.0, 0.0, 6.7, 1e9, f64::INFINITY, f64::NAN] {
            read.take(bits);
        }
        assert_eq!(read.texts, 7);
        assert!(read.best(6.7).2.is_finite());
    }
}
