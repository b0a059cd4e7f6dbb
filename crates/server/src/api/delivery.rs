//! What webhooks post of a judgement, as OpenAPI describes it; the stream sends the same revisions one by one.
//!
//! Revisions are written by hand where they are told, since there may be very many; that both are the same is tried below.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is posted to `webhooks.url`.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// Oldest first.
    pub revisions: Vec<Revision>,
}

/// What a judgement changed: a verdict if it has an `account`, a count if it has a `subject`.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Revision {
    /// A verdict.
    Account(AccountRevision),
    /// A count.
    Count(CountRevision),
}

/// A verdict on an account that a judgement changed, and why.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AccountRevision {
    /// Grows from revision to revision; the same whenever it is told.
    pub number: u64,
    /// The judgement.
    pub judgement: u32,
    /// The account.
    pub account: String,
    /// What it was called: `genuine`, `suspect` or `fake`.
    pub from: String,
    /// What it is called.
    pub to: String,
    /// In [0, 1], higher is less genuine.
    pub score: f32,
    /// Its group.
    pub group: Option<u32>,
    /// The group's evidence, in bits beyond the policy's prior.
    pub bits: f32,
    /// The classes of evidence behind that, with their bits.
    #[schema(value_type = Object)]
    pub classes: serde_json::Map<String, serde_json::Value>,
    /// Detectors that found something of it.
    pub findings: Vec<String>,
}

/// A count that a judgement changed, not events that came.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CountRevision {
    /// As that of an account; after those of the same judgement.
    pub number: u64,
    /// The judgement.
    pub judgement: u32,
    /// The subject; `#` and a key where nothing names it any more.
    pub subject: String,
    /// What is counted.
    pub metric: String,
    /// All events of those that were judged.
    pub raw: u64,
    /// What was taken for genuine before.
    pub from: Bounds,
    /// What is taken for genuine now.
    pub to: Bounds,
    /// Groups of the judgement that are named by what they did to the subject. Empty where accounts that are called for something
    /// else made the difference: those are told as revisions of accounts.
    pub groups: Vec<u32>,
    /// Detectors that found something of the subject.
    pub findings: Vec<String>,
}

/// What is taken for genuine of a count.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Bounds {
    /// The estimate.
    pub genuine: u64,
    /// Its lower bound at 95 %.
    pub low: u64,
    /// Its upper bound.
    pub high: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::revision;
    use detectors::Code;
    use policy::Verdict;

    #[test]
    fn revisions_are_told_as_they_are_described() {
        let account = live::AccountRevision {
            number: 1 << 32,
            judgement: 1,
            account: "张\"三".to_owned(),
            from: Verdict::Genuine,
            to: Verdict::Fake,
            score: 0.5,
            group: Some(2),
            bits: 12.5,
            classes: vec![("speed", 3.0)],
            findings: vec![Code::Vel01],
        };
        let mut count = live::CountRevision {
            number: (1 << 32) + 1,
            judgement: 1,
            subject: "v9".to_owned(),
            metric: events::Kind::Like,
            raw: 90,
            from: Default::default(),
            to: Default::default(),
            groups: vec![1, 3],
            findings: vec![Code::Vel03, Code::Syn03],
        };
        (count.from.estimate, count.from.low, count.from.high) = (80, 70, 90);
        let told = [live::Revision::Account(account), live::Revision::Count(count)];
        let lines = told.each_ref().map(|told| {
            let mut line = String::new();
            revision(told, &mut line);
            line
        });
        let text = format!("{{\"revisions\":[{}]}}", lines.join(","));
        let read: Delivery = serde_json::from_str(&text).unwrap();
        let [Revision::Account(account), Revision::Count(count)] = &read.revisions[..] else {
            panic!("{read:?}");
        };
        assert_eq!(
            (&account.account[..], &account.to[..], account.group),
            ("张\"三", "fake", Some(2))
        );
        let bounds = Bounds { genuine: 80, low: 70, high: 90 };
        assert_eq!((&count.subject[..], &count.metric[..], &count.from), ("v9", "like", &bounds));
        let again = serde_json::to_value(&read).unwrap();
        assert_eq!(again, serde_json::from_str::<serde_json::Value>(&text).unwrap());
    }
}
