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
use texts::{TextCode, TextFinding};

/// The share of reviews and comments that are taken to be generated or templated beforehand.
const PRIOR: f64 = 0.01;

/// What one worker has heard.
#[derive(Debug)]
pub struct Hearing {
    wrote: Wrote,
    model: Option<Arc<TextModel>>,
    /// How many texts of each account the model has read.
    read: Keyed<u32>,
}

impl Hearing {
    /// Nothing heard; reviews and comments are read by the model, if there is one.
    pub fn new(model: Option<Arc<TextModel>>) -> Hearing {
        Hearing { wrote: Wrote::default(), model, read: Keyed::default() }
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
            let read = self.read.entry(event.actor).or_default();
            *read = read.saturating_add(1);
            let evidence = model.evidence(text);
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
            if finding.code == Code::Txt07 {
                let read = read.get(&finding.entity.key).copied().unwrap_or(1);
                price(&mut finding, f64::from(read.max(1)));
            }
            finding
        })
    }
}

/// Who writes much has more chances to write one text that looks made.
fn price(finding: &mut Finding, read: f64) {
    let bits = f64::from(finding.bits) - read.log2();
    finding.bits = bits as f32;
    finding.score = (1.0 / (1.0 + (prior_bits() - bits).exp2())) as f32;
    finding.evidence.extend([("read", read), ("read_bits", read.log2())]);
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
    fn who_writes_much_needs_a_stronger_text() {
        let made = |read: f64| {
            let evidence = Evidence { chance: 0.99, trained_share: 0.5, bits: 9.0 };
            let mut finding = learnt(&event(7, 1), &evidence);
            price(&mut finding, read);
            finding
        };
        let one = made(1.0);
        assert_eq!(one.bits, 9.0);
        assert!(one.score > 0.8);
        let many = made(64.0);
        assert_eq!(many.bits, 3.0);
        assert!(many.score < 0.1);
        let sum = value(&many, "chance_bits") - value(&many, "read_bits");
        assert!((sum - f64::from(many.bits)).abs() < 1e-6);
    }
}
