//! The shapes of requests and answers, as OpenAPI describes them.

use crate::clock::written_micros;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{ToResponse, ToSchema};

macro_rules! problem_response {
    ($name:ident, $text:literal) => {
        #[doc = $text]
        #[derive(ToResponse)]
        #[response(description = $text, content_type = "application/problem+json")]
        #[allow(dead_code)] // only its description is used
        pub struct $name(Problem);
    };
}

problem_response!(BadRequest, "The request cannot be read.");
problem_response!(Unauthorized, "No valid API key.");
problem_response!(Forbidden, "The API key lacks the scope.");
problem_response!(NotFound, "There is no such thing.");
problem_response!(Slow, "The body came too slowly; nothing was taken.");
problem_response!(Conflict, "The state does not allow it.");
problem_response!(TooLarge, "Too many bytes or events; nothing was taken.");
problem_response!(Unsupported, "The content type is none that can be read.");
problem_response!(Unprocessable, "A value is not what it may be; the field is named.");
problem_response!(TooMany, "No room now: try again after `Retry-After` seconds.");
problem_response!(Unavailable, "The server cannot take it now; sent again, it counts once.");

/// An event, with the columns of the data contract. Other members are allowed and passed over.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code, missing_docs)] // only described
pub struct EventBody {
    /// Unique; a second event with the same id is a duplicate and changes nothing.
    #[schema(max_length = 1024, min_length = 1)]
    pub id: String,
    /// RFC 3339, or seconds, milliseconds or microseconds since 1970; from 1980 to 2099.
    #[schema(value_type = EventMoment)]
    pub time: String,
    /// `view`, `like`, `order`, … ; an unknown kind is kept and counted.
    #[schema(max_length = 1024, min_length = 1)]
    pub kind: String,
    #[schema(max_length = 1024)]
    pub actor: Option<String>,
    #[schema(max_length = 1024)]
    pub subject: Option<String>,
    #[schema(max_length = 1024)]
    pub owner: Option<String>,
    #[schema(max_length = 1024)]
    pub order: Option<String>,
    #[schema(max_length = 1024)]
    pub parcel: Option<String>,
    #[schema(max_length = 1024)]
    pub point: Option<String>,
    #[schema(max_length = 1024)]
    pub device: Option<String>,
    /// IPv4 or IPv6, or the token that stands for one.
    #[schema(max_length = 1024)]
    pub ip: Option<String>,
    #[schema(max_length = 1024)]
    pub agent: Option<String>,
    #[schema(max_length = 1024)]
    pub source: Option<String>,
    #[schema(max_length = 1024)]
    pub phone: Option<String>,
    #[schema(max_length = 1024)]
    pub payment: Option<String>,
    #[schema(max_length = 1024)]
    pub address: Option<String>,
    #[schema(max_length = 1024)]
    pub counterparty: Option<String>,
    /// Minor units; negative for refunds only.
    pub amount: Option<i64>,
    #[schema(max_length = 1024)]
    pub currency: Option<String>,
    #[schema(minimum = 1, maximum = 5)]
    pub rating: Option<f32>,
    /// Cut at 64 KiB.
    pub text: Option<String>,
    #[schema(minimum = 0)]
    pub dwell_ms: Option<i64>,
    #[schema(minimum = 0)]
    pub weight_g: Option<i32>,
    #[schema(max_length = 1024)]
    pub region: Option<String>,
    #[schema(max_length = 1024)]
    pub status: Option<String>,
}

/// A time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, missing_docs)] // only described
pub enum EventMoment {
    #[schema(format = DateTime)]
    Written(String),
    Number(i64),
}

/// One event or many.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, missing_docs)] // only described
pub enum Events {
    One(Box<EventBody>),
    Many(Vec<EventBody>),
}

/// What became of events that were sent.
#[derive(Debug, ToSchema)]
#[allow(dead_code)] // written by hand, since it may be long
pub struct Taken {
    /// How many were new and are on disk.
    pub accepted: u64,
    /// Places in the body of those whose id was known; they change nothing.
    pub duplicates: Vec<u64>,
    /// Those that cannot be read.
    pub rejected: Vec<Rejected>,
}

/// An event that cannot be read.
#[derive(Debug, ToSchema)]
#[allow(dead_code)] // written by hand
pub struct Rejected {
    /// Its place in the body, from 0.
    pub index: u64,
    /// JSON pointer to the field at fault.
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
}

/// What was decided of events that were sent.
#[derive(Debug, ToSchema)]
#[allow(dead_code)] // written by hand
pub struct Decisions {
    /// In the order of the body.
    pub decisions: Vec<DecidedEvent>,
    /// Those that cannot be read.
    pub rejected: Vec<Rejected>,
}

/// A decision on an event.
#[derive(Debug, ToSchema)]
#[allow(dead_code)] // written by hand
pub struct DecidedEvent {
    /// Its place in the body, from 0.
    pub index: u64,
    /// Its id.
    pub id: String,
    /// False if the id was known: then the decision is the one made at first.
    pub accepted: bool,
    /// `genuine`, `suspect` or `fake`; null if a known event's decision is no longer remembered.
    pub verdict: Option<String>,
    /// `count`, `hold` or `discard`.
    pub action: Option<String>,
    /// In [0, 1], higher = less genuine.
    pub score: Option<f32>,
    /// The group that made it, in the judgement in effect.
    pub group: Option<u32>,
    /// Codes of the detectors that found something.
    pub findings: Option<Vec<String>>,
}

/// What was decided of an event when it came.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decision {
    /// Its id.
    pub id: String,
    /// Its number in the log.
    pub number: u64,
    /// What was decided then; null if it is no longer remembered.
    pub decided: Option<Then>,
    /// What holds by the judgement in effect; null if that is not known of a single event.
    pub now: Option<Now>,
}

/// A decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct Then {
    /// `genuine`, `suspect` or `fake`.
    pub verdict: &'static str,
    /// `count`, `hold` or `discard`.
    pub action: &'static str,
    /// In [0, 1], higher = less genuine.
    pub score: f32,
    /// The group, in the judgement that was in effect.
    pub group: Option<u32>,
    /// Codes of detectors.
    pub findings: Vec<&'static str>,
}

/// What holds now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Now {
    /// `genuine`, `suspect` or `fake`.
    pub verdict: &'static str,
    /// In [0, 1], higher = less genuine.
    pub score: f32,
    /// The group, in the judgement in effect.
    pub group: Option<u32>,
}

/// What is known of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// The account.
    pub account: String,
    /// `genuine`, `suspect` or `fake`.
    pub verdict: &'static str,
    /// In [0, 1], higher = less genuine.
    pub score: f32,
    /// Its group in the judgement in effect.
    pub group: Option<u32>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// The judgement in effect.
    pub judgement: u32,
}

/// A finding.
#[derive(Debug, Serialize, ToSchema)]
pub struct Finding {
    /// The detector.
    pub code: &'static str,
    /// What kind of thing it is of.
    pub kind: &'static str,
    /// Which.
    pub subject: String,
    /// When.
    pub time: String,
    /// In [0, 1].
    pub score: f32,
    /// Strength, in bits.
    pub bits: f32,
    /// What re-derives it.
    #[schema(value_type = Object)]
    pub evidence: serde_json::Map<String, serde_json::Value>,
}

impl From<live::FindingView> for Finding {
    fn from(found: live::FindingView) -> Finding {
        let evidence = found
            .evidence
            .iter()
            .map(|(name, value)| ((*name).to_owned(), serde_json::Value::from(*value)));
        Finding {
            code: found.code.entry().id,
            kind: found.kind,
            subject: found.subject,
            time: written_micros(found.time.0),
            score: found.score,
            bits: found.bits,
            evidence: evidence.collect(),
        }
    }
}

/// Some of many findings.
#[derive(Debug, Serialize, ToSchema)]
pub struct Findings {
    /// These.
    pub findings: Vec<Finding>,
    /// How many there are.
    pub total: usize,
}

/// The counts of a subject.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counts {
    /// The subject.
    pub subject: String,
    /// The time asked for.
    pub at: Option<String>,
    /// One row a kind of event.
    pub counts: Vec<Count>,
}

/// A count.
#[derive(Debug, Serialize, ToSchema)]
pub struct Count {
    /// The kind of event.
    pub metric: &'static str,
    /// All.
    pub raw: u64,
    /// Those of real people, estimated.
    pub genuine: u64,
    /// Lower bound at 95 %.
    pub low: u64,
    /// Upper bound at 95 %.
    pub high: u64,
    /// Called fake.
    pub fake: u64,
    /// Held.
    pub held: u64,
    /// The worst that is said of any.
    pub verdict: &'static str,
}

impl From<live::CountView> for Count {
    fn from(count: live::CountView) -> Count {
        Count {
            metric: count.metric.name(),
            raw: count.raw,
            genuine: count.genuine.estimate,
            low: count.genuine.low,
            high: count.genuine.high,
            fake: count.fake,
            held: count.held,
            verdict: count.verdict.name(),
        }
    }
}

/// A group in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupSummary {
    /// Its number in the judgement in effect, from 1.
    pub group: u32,
    /// `suspect` or `fake`.
    pub verdict: &'static str,
    /// Evidence beyond the prior, in bits.
    pub bits: f32,
    /// Members.
    pub accounts: usize,
    /// Subjects.
    pub subjects: usize,
    /// Events that it made together.
    pub events: u64,
    /// From when.
    pub first: String,
    /// To when.
    pub last: String,
    /// Classes of evidence with their bits.
    #[schema(value_type = Object)]
    pub classes: serde_json::Map<String, serde_json::Value>,
}

/// Some of many groups.
#[derive(Debug, Serialize, ToSchema)]
pub struct Groups {
    /// The judgement in effect.
    pub judgement: u32,
    /// These, strongest first.
    pub groups: Vec<GroupSummary>,
    /// How many there are.
    pub total: usize,
}

/// A group with what speaks for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Group {
    /// In short.
    #[serde(flatten)]
    pub summary: GroupSummary,
    /// Members, strongest first.
    pub members: Vec<Member>,
    /// Subjects, most first.
    pub on: Vec<Aim>,
    /// What members share.
    pub shared: Vec<Shared>,
    /// The tests behind the classes.
    pub tests: Vec<Test>,
}

/// A member of a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct Member {
    /// The account.
    pub account: String,
    /// How strongly it belongs, in bits.
    pub bits: f32,
}

/// A subject that a group acted on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Aim {
    /// The subject.
    pub subject: String,
    /// The group's events on it.
    pub events: u32,
}

/// Something that members of a group share.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shared {
    /// What kind of thing.
    pub kind: &'static str,
    /// Which.
    pub name: String,
    /// By how many.
    pub accounts: u32,
}

/// A test.
#[derive(Debug, Serialize, ToSchema)]
pub struct Test {
    /// Its name.
    pub name: &'static str,
    /// What the group shows.
    pub observed: f64,
    /// What real people show.
    pub expected: f64,
    /// Bits.
    pub bits: f32,
}

impl GroupSummary {
    /// Of a group.
    #[must_use]
    pub fn of(group: &live::GroupView) -> GroupSummary {
        let classes = group
            .classes
            .iter()
            .map(|(name, bits)| ((*name).to_owned(), serde_json::Value::from(*bits)));
        GroupSummary {
            group: group.group,
            verdict: group.verdict.name(),
            bits: group.bits,
            accounts: group.members.len(),
            subjects: group.subjects.len(),
            events: group.events,
            first: written_micros(group.first.0),
            last: written_micros(group.last.0),
            classes: classes.collect(),
        }
    }
}

impl From<live::GroupView> for Group {
    fn from(group: live::GroupView) -> Group {
        Group {
            summary: GroupSummary::of(&group),
            members: group
                .members
                .into_iter()
                .map(|(account, bits)| Member { account, bits })
                .collect(),
            on: group
                .subjects
                .into_iter()
                .map(|(subject, events)| Aim { subject, events })
                .collect(),
            shared: group
                .shared
                .into_iter()
                .map(|(kind, name, accounts)| Shared { kind, name, accounts })
                .collect(),
            tests: group
                .tests
                .into_iter()
                .map(|(name, observed, expected, bits)| Test { name, observed, expected, bits })
                .collect(),
        }
    }
}

/// A judgement that took effect.
#[derive(Debug, Serialize, ToSchema)]
pub struct Judgement {
    /// Its number.
    pub judgement: u64,
}

/// An account that is erased.
#[derive(Debug, Serialize, ToSchema)]
pub struct Erased {
    /// Events that the log had of it; they go on as events of nobody.
    pub events: u64,
}

/// The policy in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyView {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// All of it, as TOML.
    pub toml: String,
}

/// An API key, without the key itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct Key {
    /// Its name.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// What it may do.
    pub scopes: Vec<&'static str>,
    /// When it was made.
    pub created: String,
    /// When it ends.
    pub expires: Option<String>,
    /// When it was revoked.
    pub revoked: Option<String>,
}

/// The API keys of a tenant.
#[derive(Debug, Serialize, ToSchema)]
pub struct Keys {
    /// In the order of their names.
    pub keys: Vec<Key>,
}

/// A new API key.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewKey {
    /// The key itself: it is shown this once.
    pub key: String,
    /// What is kept of it.
    #[serde(flatten)]
    pub kept: Key,
}

/// What a key is made with.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyWish {
    /// What people call it.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub label: String,
    /// `platform`, `analyst`, `reviewer` or `admin`; or `scopes`.
    pub role: Option<String>,
    /// `ingest`, `decide`, `read`, `review`, `admin`; or `role`.
    pub scopes: Option<Vec<String>>,
    /// When it ends, RFC 3339; never if it is not given.
    #[schema(format = DateTime)]
    pub expires: Option<String>,
}

/// How a key is rotated.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// Until when the old key stays valid, RFC 3339; a day if it is not given.
    #[schema(format = DateTime)]
    pub until: Option<String>,
}

/// Whether the server is well.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or why not.
    pub status: String,
}
