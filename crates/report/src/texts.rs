//! Everything the page says, as one structure that each language fills.
//!
//! A language that lacks a sentence does not compile; that its sentences have the same places as the others' is
//! tested. Sentences are whole, with `{name}` places, because word order differs between the languages.

pub(crate) mod en;
pub(crate) mod zh;

use serde::Serialize;

/// One language's sentences, by the part of the page that says them.
#[derive(Serialize)]
pub(crate) struct Texts {
    pub page: PageTexts,
    pub words: WordTexts,
    pub summary: SummaryTexts,
    pub intake: IntakeTexts,
    pub timeline: TimelineTexts,
    pub ranking: RankingTexts,
    pub members: MembersTexts,
    pub money: MoneyTexts,
    pub group: GroupTexts,
    pub evidence: EvidenceTexts,
    pub cleared: ClearedTexts,
    pub method: MethodTexts,
    pub rerun: RerunTexts,
}

/// The frame of the page.
#[derive(Serialize)]
pub(crate) struct PageTexts {
    pub product: &'static str,
    pub title: &'static str,
    pub contents: &'static str,
    pub internal: &'static str,
    pub zone: &'static str,
    pub cut: &'static str,
    pub end: &'static str,
}

/// Words that stand in tables.
#[derive(Serialize)]
pub(crate) struct WordTexts {
    /// Genuine, suspect, fake.
    pub verdicts: [&'static str; 3],
    /// Genuine, victim, suspect, bought.
    pub owner_verdicts: [&'static str; 4],
    /// (the contract's kind, its name).
    pub kinds: &'static [(&'static str, &'static str)],
    /// (the contract's column, what a shared one is called).
    pub things: &'static [(&'static str, &'static str)],
    /// (detector code, what it looks for).
    pub detectors: &'static [(&'static str, &'static str)],
    pub account: &'static str,
    pub subject: &'static str,
    pub owner: &'static str,
    pub point: &'static str,
    pub group: &'static str,
    pub group_number: &'static str,
    pub kind: &'static str,
    pub events: &'static str,
    pub accounts: &'static str,
    pub subjects: &'static str,
    pub parcels: &'static str,
    pub verdict: &'static str,
    pub score: &'static str,
    pub bits: &'static str,
    pub findings: &'static str,
    pub raw: &'static str,
    pub genuine: &'static str,
    pub bounds: &'static str,
    /// What stands between two sentences.
    pub gap: &'static str,
    pub bits_value: &'static str,
    pub list_comma: &'static str,
    pub and_more: &'static str,
}

/// The headline numbers.
#[derive(Serialize)]
pub(crate) struct SummaryTexts {
    pub title: &'static str,
    pub nothing_read: &'static str,
    pub nothing_counted: &'static str,
    pub nothing_found: &'static str,
    pub found: &'static str,
    pub held: &'static str,
    pub groups: &'static str,
    pub look_first: &'static str,
    pub look_at: &'static str,
    pub tile_counted: &'static str,
    pub tile_counted_note: &'static str,
    pub tile_fake: &'static str,
    pub tile_fake_note: &'static str,
    pub tile_held: &'static str,
    pub tile_held_note: &'static str,
    pub tile_accounts: &'static str,
    pub tile_accounts_note: &'static str,
    pub tile_groups: &'static str,
    pub tile_groups_note: &'static str,
    pub tile_reach: &'static str,
    pub tile_reach_note: &'static str,
}

/// What was read.
#[derive(Serialize)]
pub(crate) struct IntakeTexts {
    pub title: &'static str,
    pub lead: &'static str,
    pub lead_unique: &'static str,
    pub span: &'static str,
    pub none_rejected: &'static str,
    pub some_rejected: &'static str,
    pub files: &'static str,
    pub file: &'static str,
    pub mapping: &'static str,
    pub size: &'static str,
    pub rows: &'static str,
    pub rejected: &'static str,
    pub mappings: &'static str,
    pub by_header: &'static str,
    pub by_name: &'static str,
    pub unused: &'static str,
    pub column: &'static str,
    pub kinds: &'static str,
    pub kind_share: &'static str,
    pub kind_counts: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub rejections: &'static str,
    pub row: &'static str,
    pub reason: &'static str,
}

/// Raw against genuine over time.
#[derive(Serialize)]
pub(crate) struct TimelineTexts {
    pub title: &'static str,
    pub empty: &'static str,
    pub lead: &'static str,
    /// One stretch of an hour, of n hours, of a day, of n days.
    pub steps: [&'static str; 4],
    pub outside: &'static str,
    pub counts: &'static str,
    pub shares: &'static str,
    pub legend_genuine: &'static str,
    pub legend_held: &'static str,
    pub legend_fake: &'static str,
    pub worst: &'static str,
}

/// The worst subjects, owners, accounts and points.
#[derive(Serialize)]
pub(crate) struct RankingTexts {
    pub title: &'static str,
    pub lead: &'static str,
    pub subjects: &'static str,
    pub subjects_none: &'static str,
    pub owners: &'static str,
    pub owners_note: &'static str,
    pub owners_none: &'static str,
    pub accounts: &'static str,
    pub accounts_none: &'static str,
    pub points: &'static str,
    pub points_none: &'static str,
    pub detectors: &'static str,
    pub code: &'static str,
    pub looks_for: &'static str,
    pub number: &'static str,
    pub bar: &'static str,
}

/// How many of the members are real.
#[derive(Serialize)]
pub(crate) struct MembersTexts {
    pub title: &'static str,
    pub answer: &'static str,
    pub lead: &'static str,
    pub day: &'static str,
    pub week: &'static str,
    pub members: &'static str,
    pub fake: &'static str,
    pub suspect: &'static str,
    pub intent: &'static str,
    pub ages: [&'static str; 3],
    pub real: &'static str,
    pub bounds: &'static str,
    pub picture: &'static str,
    pub picture_label: &'static str,
}

/// What fake orders cost.
#[derive(Serialize)]
pub(crate) struct MoneyTexts {
    pub title: &'static str,
    pub lead: &'static str,
    pub orders: &'static str,
    pub turnover: &'static str,
    pub subsidy: &'static str,
    pub repaid: &'static str,
    pub commission: &'static str,
    pub held_orders: &'static str,
    pub held_subsidy: &'static str,
}

/// A group's article.
#[derive(Serialize)]
pub(crate) struct GroupTexts {
    pub title: &'static str,
    pub none: &'static str,
    pub lead: &'static str,
    pub facts: &'static str,
    pub picture: &'static str,
    pub picture_note: &'static str,
    pub ties_unknown: &'static str,
    pub timeline: &'static str,
    pub timeline_note: &'static str,
    pub timeline_cut: &'static str,
    pub evidence: &'static str,
    pub members: &'static str,
    pub checks: &'static str,
    pub shared: &'static str,
    pub shared_by: &'static str,
    pub rest: &'static str,
    pub rest_note: &'static str,
    pub first: &'static str,
    pub last: &'static str,
    pub classes: &'static str,
}

/// The evidence in words.
#[derive(Serialize)]
pub(crate) struct EvidenceTexts {
    pub total: &'static str,
    pub odds: &'static str,
    pub odds_even: &'static str,
    pub none: &'static str,
    /// Said of synchrony where times are unknown or all the same.
    pub timeless: &'static str,
    pub class: &'static str,
    pub meaning: &'static str,
    pub tests: &'static str,
    pub test: &'static str,
    pub shows: &'static str,
    pub people: &'static str,
    pub tests_note: &'static str,
    pub unknown_test: &'static str,
    /// In the order of [`crate::verdict::Class::ALL`].
    pub classes: [ClassText; 8],
    pub known_tests: &'static [TestText],
    pub check_crowd: &'static str,
    pub check_outsiders: &'static str,
    pub check_weak: &'static str,
}

/// What one class of evidence says, and what to check by hand when it speaks.
#[derive(Serialize)]
pub(crate) struct ClassText {
    pub name: &'static str,
    pub says: &'static str,
    pub people: &'static str,
    pub check: &'static str,
}

/// What one pooled test says.
#[derive(Serialize)]
pub(crate) struct TestText {
    /// The test's stable name.
    pub name: &'static str,
    /// What it looks at.
    pub says: &'static str,
    /// How its numbers are written.
    pub unit: Unit,
}

/// How a test's numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Unit {
    Share,
    Number,
}

/// Innocent crowds.
#[derive(Serialize)]
pub(crate) struct ClearedTexts {
    pub title: &'static str,
    pub lead: &'static str,
    pub none: &'static str,
    pub met_on: &'static str,
    pub because: &'static str,
    pub because_item: &'static str,
    pub weak: &'static str,
}

/// Method and limits.
#[derive(Serialize)]
pub(crate) struct MethodTexts {
    pub title: &'static str,
    /// (heading, paragraph).
    pub parts: &'static [(&'static str, &'static str)],
    pub verdict_fake: &'static str,
    pub verdict_suspect: &'static str,
    pub verdict_genuine: &'static str,
    pub verdicts: &'static str,
    pub limits: &'static str,
    pub lacks: &'static str,
    pub lacks_none: &'static str,
    /// (the contract's column, what is weaker without it).
    pub without: &'static [(&'static str, &'static str)],
}

/// How to reproduce.
#[derive(Serialize)]
pub(crate) struct RerunTexts {
    pub title: &'static str,
    pub lead: &'static str,
    pub command: &'static str,
    pub policy: &'static str,
    pub seed: &'static str,
    pub digest: &'static str,
    pub versions: &'static str,
    pub thresholds: &'static str,
    pub thresholds_value: &'static str,
    pub files: &'static str,
}

/// The words beside `key`.
pub(crate) fn lookup(
    table: &'static [(&'static str, &'static str)],
    key: &str,
) -> Option<&'static str> {
    table.iter().find(|(name, _)| *name == key).map(|(_, words)| *words)
}

#[cfg(test)]
mod tests;
