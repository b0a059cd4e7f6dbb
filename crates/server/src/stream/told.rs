//! A notice as it is kept in the ring, and as JSON for the stream and for webhooks.

use super::Wanted;
use detectors::Code;
use live::{AccountRevision, CountRevision, Decision, Notice, Revision};
use std::fmt::Write as _;

/// A notice.
#[derive(Debug)]
pub enum Told {
    /// An event was decided.
    Decided {
        /// Its number in the log.
        number: u64,
        /// Its id.
        id: Box<str>,
        /// When it happened, microseconds since 1970.
        time: i64,
        /// What was decided.
        decision: Decision,
    },
    /// A judgement changed the verdict on an account.
    Account(Box<AccountRevision>),
    /// A judgement changed a count.
    Count(Box<CountRevision>),
    /// A judgement took effect.
    Judged {
        /// Its number.
        number: u32,
        /// Events it looked at.
        events: u64,
        /// Groups it found.
        groups: usize,
        /// Accounts whose verdict it changed.
        changes: usize,
    },
}

impl Told {
    /// The notice of an engine, to be kept.
    #[must_use]
    pub fn of(notice: &Notice<'_>) -> Told {
        match notice {
            Notice::Decided { number, id, time, decision } => Told::Decided {
                number: *number,
                id: (*id).into(),
                time: time.0,
                decision: *decision,
            },
            Notice::Account(revision) => Told::Account(Box::new(revision.clone())),
            Notice::Count(revision) => Told::Count(Box::new(revision.clone())),
            Notice::Judged(judged) => Told::Judged {
                number: judged.number,
                events: judged.events,
                groups: judged.groups.len(),
                changes: judged.changes.len(),
            },
        }
    }

    /// Whether a reader wants it.
    #[must_use]
    pub fn is(&self, wanted: Wanted) -> bool {
        match self {
            Told::Decided { .. } => wanted.decisions,
            Told::Account(_) | Told::Count(_) => wanted.revisions,
            Told::Judged { .. } => wanted.judgements,
        }
    }

    /// Writes it as a server-sent event.
    pub fn write(&self, boot: &str, place: u64, out: &mut String) {
        let name = match self {
            Told::Decided { .. } => "decision",
            Told::Account(_) => "account",
            Told::Count(_) => "count",
            Told::Judged { .. } => "judgement",
        };
        let _ = write!(out, "id: {boot}-{place}\nevent: {name}\ndata: ");
        self.json(out);
        out.push_str("\n\n");
    }

    /// Writes it as a JSON object in one line.
    pub fn json(&self, out: &mut String) {
        match self {
            Told::Decided { number, id, time, decision } => {
                let time = crate::clock::written_micros(*time);
                let _ = write!(out, "{{\"number\":{number},\"id\":");
                text(id, out);
                let _ = write!(out, ",\"time\":\"{time}\",");
                decided(decision, out);
                out.push('}');
            }
            Told::Account(revision) => account(revision, out),
            Told::Count(revision) => count(revision, out),
            Told::Judged { number, events, groups, changes } => {
                let _ = write!(
                    out,
                    "{{\"judgement\":{number},\"events\":{events},\"groups\":{groups},\
                     \"accounts_changed\":{changes}}}"
                );
            }
        }
    }
}

/// Writes a text as JSON.
pub(crate) fn text(text: &str, out: &mut String) {
    // A text can always be written as JSON.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// Writes the members of a decision.
pub(crate) fn decided(decision: &Decision, out: &mut String) {
    let (verdict, action) = (decision.verdict.name(), decision.action().name());
    let _ = write!(
        out,
        "\"verdict\":\"{verdict}\",\"action\":\"{action}\",\"score\":{}",
        decision.score
    );
    match decision.group() {
        Some(group) => {
            let _ = write!(out, ",\"group\":{group}");
        }
        None => out.push_str(",\"group\":null"),
    }
    out.push(',');
    findings(decision.findings.iter(), out);
}

/// Writes a revision as a JSON object in one line.
pub(crate) fn revision(revision: &Revision, out: &mut String) {
    match revision {
        Revision::Account(revision) => account(revision, out),
        Revision::Count(revision) => count(revision, out),
    }
}

fn account(revision: &AccountRevision, out: &mut String) {
    let _ = write!(
        out,
        "{{\"number\":{},\"judgement\":{},\"account\":",
        revision.number, revision.judgement
    );
    text(&revision.account, out);
    let _ = write!(
        out,
        ",\"from\":\"{}\",\"to\":\"{}\",\"score\":{}",
        revision.from.name(),
        revision.to.name(),
        revision.score
    );
    match revision.group {
        Some(group) => {
            let _ = write!(out, ",\"group\":{group}");
        }
        None => out.push_str(",\"group\":null"),
    }
    let _ = write!(out, ",\"bits\":{},\"classes\":{{", revision.bits);
    for (at, (class, bits)) in revision.classes.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(out, "{comma}\"{class}\":{bits}");
    }
    out.push_str("},");
    findings(revision.findings.iter().copied(), out);
    out.push('}');
}

/// Writes the member that names detectors.
fn findings(codes: impl Iterator<Item = Code>, out: &mut String) {
    out.push_str("\"findings\":[");
    for (at, code) in codes.enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(out, "{comma}\"{}\"", code.entry().id);
    }
    out.push(']');
}

fn count(revision: &CountRevision, out: &mut String) {
    let _ = write!(
        out,
        "{{\"number\":{},\"judgement\":{},\"subject\":",
        revision.number, revision.judgement
    );
    text(&revision.subject, out);
    let _ = write!(out, ",\"metric\":\"{}\",\"raw\":{}", revision.metric.name(), revision.raw);
    for (name, genuine) in [("from", &revision.from), ("to", &revision.to)] {
        let _ = write!(
            out,
            ",\"{name}\":{{\"genuine\":{},\"low\":{},\"high\":{}}}",
            genuine.estimate, genuine.low, genuine.high
        );
    }
    let groups: Vec<String> = revision.groups.iter().map(u32::to_string).collect();
    let _ = write!(out, ",\"groups\":[{}],", groups.join(","));
    findings(revision.findings.iter().copied(), out);
    out.push('}');
}
