//! Labelled accounts out of an audit's results and a truth or rulings.
//!
//! Results name accounts by text; everything is put in the order of accounts.parquet. Accounts of one campaign, or of one
//! found group, belong to one block: their numbers are largely the same numbers, and a model that had seen some of them
//! would only recognise the rest.

use super::labels::Meaning;
use super::table::Table;
use super::texts::told;
use crate::failure::Failure;
use anyhow::anyhow;
use detectors::{CATALOGUE, Code};
use learning::{AccountFacts, Examples, GroupFacts, InputTable, Provenance};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Accounts of an audit with what is known of each.
pub(crate) struct Audited {
    names: Vec<String>,
    facts: Vec<AccountFacts>,
    groups: Vec<Option<String>>,
    inputs: Vec<InputTable>,
    events: Option<(String, String)>,
}

/// Labelled accounts: their numbers, labels and blocks.
pub(crate) struct Labelled {
    pub(crate) facts: Vec<AccountFacts>,
    pub(crate) labels: Vec<bool>,
    blocks: Vec<Option<String>>,
    schemes: Vec<Option<String>>,
    pub(crate) provenance: Provenance,
}

impl Audited {
    /// Reads a folder of results.
    pub(crate) fn read(folder: &Path) -> Result<Audited, Failure> {
        let table = |name: &str, columns: &[&str]| Table::read(&folder.join(name), columns, &[]);
        let accounts = table("accounts.parquet", &["account", "bits", "group", "findings"])?;
        let findings =
            table("findings.parquet", &["code", "subject_kind", "subject", "bits", "evidence"])?;
        let members = table("members.parquet", &["group", "account", "bits"])?;
        let groups = table("groups.parquet", &["group", "accounts", "bits", "classes"])?;
        let names: Vec<String> = accounts
            .needed("account")?
            .iter()
            .map(|name| name.clone().unwrap_or_default())
            .collect();
        let place: BTreeMap<&str, usize> =
            names.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
        let bits = numbers(&accounts, "bits")?;
        let mut facts: Vec<AccountFacts> =
            bits.iter().map(|&bits| AccountFacts { bits, ..AccountFacts::default() }).collect();
        read_findings(&findings, &place, &mut facts)?;
        add_unnamed(&accounts, &mut facts)?;
        let of_account = accounts.needed("group")?.to_vec();
        read_groups(&groups, &members, &of_account, &place, &mut facts)?;
        let inputs =
            [&accounts, &findings, &members, &groups].map(|table| table.input.clone()).to_vec();
        Ok(Audited { names, facts, groups: of_account, inputs, events: span(folder) })
    }

    /// Joins labels to the accounts.
    pub(crate) fn label(self, truth: &Path, positive: Option<&str>) -> Result<Labelled, Failure> {
        let path = labels_file(truth)?;
        let table = Table::read(&path, &["account", "label"], &["campaign", "scheme"])?;
        let (accounts, labels) = (table.needed("account")?, table.needed("label")?);
        let meaning = Meaning::of(labels.iter().flatten().map(String::as_str), positive)?;
        let (campaigns, schemes) = (table.column("campaign"), table.column("scheme"));
        let mut known: BTreeMap<&str, (bool, [Option<&str>; 2])> = BTreeMap::new();
        let mut unusable = 0;
        for (row, account) in accounts.iter().enumerate() {
            let label = labels[row].as_deref().and_then(|label| meaning.read(label));
            let (Some(account), Some(label)) = (account, label) else {
                unusable += 1;
                continue;
            };
            let of = [campaigns, schemes].map(|column| column.and_then(|c| c[row].as_deref()));
            // Of several rulings on one account the last stands.
            known.insert(account, (label, of));
        }
        let labelled = known.len();
        let mut found = Vec::new();
        for (place, name) in self.names.iter().enumerate() {
            if let Some(&(label, of)) = known.get(name.as_str()) {
                found.push((place, label, of));
            }
        }
        if found.is_empty() {
            return Err(table.fault("none of its accounts is in the results"));
        }
        let left_out = [
            ("labels that are neither, such as gray", unusable),
            ("labelled accounts that the results do not have", labelled - found.len()),
            ("accounts without a label", self.names.len() - found.len()),
        ];
        let groups = found.iter().map(|&(place, ..)| self.groups[place].as_deref());
        let blocks = blocks(found.iter().map(|&(.., [campaign, _])| campaign).zip(groups));
        let mut inputs = self.inputs;
        inputs.push(table.input.clone());
        Ok(Labelled {
            facts: found.iter().map(|&(place, ..)| self.facts[place].clone()).collect(),
            labels: found.iter().map(|&(_, label, _)| label).collect(),
            blocks,
            schemes: found.iter().map(|&(.., [_, of])| of.map(str::to_owned)).collect(),
            provenance: Provenance {
                inputs,
                positive: meaning.positive,
                events: self.events,
                left_out: told(&left_out),
            },
        })
    }
}

impl Labelled {
    /// As rows to learn from.
    pub(crate) fn examples(&self) -> Result<Examples, Failure> {
        let names = learning::account_feature_names();
        let mut columns = vec![Vec::with_capacity(self.facts.len()); names.len()];
        for facts in &self.facts {
            for (column, number) in columns.iter_mut().zip(learning::account_features(facts)) {
                column.push(number);
            }
        }
        let blocks: Vec<Option<&str>> = self.blocks.iter().map(Option::as_deref).collect();
        Examples::new(names, columns, self.labels.clone(), &blocks)
            .and_then(|examples| examples.with_schemes(self.schemes.clone()))
            .map_err(Failure::input)
    }
}

/// Findings on accounts themselves, and those that name accounts in their evidence.
fn read_findings(
    findings: &Table,
    place: &BTreeMap<&str, usize>,
    facts: &mut [AccountFacts],
) -> Result<(), Failure> {
    let (codes, kinds) = (findings.needed("code")?, findings.needed("subject_kind")?);
    let (subjects, evidence) = (findings.needed("subject")?, findings.needed("evidence")?);
    let bits = numbers(findings, "bits")?;
    for row in 0..codes.len() {
        let code = code(findings, codes[row].as_deref().unwrap_or(""))?;
        let mut add = |account: &str| {
            if let Some(&place) = place.get(account) {
                facts[place].findings.push((code, bits[row]));
            }
        };
        if kinds[row].as_deref() == Some("account") {
            add(subjects[row].as_deref().unwrap_or(""));
            continue;
        }
        let text = evidence[row].as_deref().unwrap_or("{}");
        let value: serde_json::Value = serde_json::from_str(text)
            .map_err(|_| findings.fault(&format!("row {}: the evidence is no JSON", row + 1)))?;
        let named = value.get("accounts").and_then(serde_json::Value::as_array);
        named.into_iter().flatten().filter_map(serde_json::Value::as_str).for_each(&mut add);
    }
    Ok(())
}

/// Detectors that an account is listed under though no finding names it: findings name only so many.
fn add_unnamed(accounts: &Table, facts: &mut [AccountFacts]) -> Result<(), Failure> {
    let lists = accounts.needed("findings")?;
    for (facts, list) in facts.iter_mut().zip(lists) {
        for id in list.iter().flat_map(|list| list.split('\n')).filter(|id| !id.is_empty()) {
            let code = code(accounts, id)?;
            if !facts.findings.iter().any(|finding| finding.0 == code) {
                facts.findings.push((code, f32::NAN));
            }
        }
    }
    Ok(())
}

fn code(table: &Table, id: &str) -> Result<Code, Failure> {
    let entry = CATALOGUE.iter().find(|entry| entry.id == id);
    entry.map(|entry| entry.code).ok_or_else(|| {
        table.fault(&format!("`{id}` is no detector of this version: audit again with it"))
    })
}

fn read_groups(
    groups: &Table,
    members: &Table,
    of_account: &[Option<String>],
    place: &BTreeMap<&str, usize>,
    facts: &mut [AccountFacts],
) -> Result<(), Failure> {
    let (sizes, bits) = (numbers(groups, "accounts")?, numbers(groups, "bits")?);
    let classes = groups.needed("classes")?;
    let ids = groups.needed("group")?;
    let mut known: BTreeMap<&str, GroupFacts> = BTreeMap::new();
    for (row, id) in ids.iter().enumerate() {
        let list = classes[row].as_deref().unwrap_or("");
        let classes = list.split('\n').filter(|class| !class.is_empty()).count();
        let group = GroupFacts {
            accounts: sizes[row],
            bits: bits[row],
            classes: classes as f32,
            member_bits: f32::NAN,
        };
        known.insert(id.as_deref().unwrap_or(""), group);
    }
    for (facts, group) in facts.iter_mut().zip(of_account) {
        facts.group = group.as_deref().and_then(|group| known.get(group)).copied();
    }
    let (ids, accounts) = (members.needed("group")?, members.needed("account")?);
    for (row, bits) in numbers(members, "bits")?.into_iter().enumerate() {
        let place = accounts[row].as_deref().and_then(|account| place.get(account));
        if let Some(&place) = place
            && of_account[place] == ids[row]
            && let Some(group) = &mut facts[place].group
        {
            group.member_bits = bits;
        }
    }
    Ok(())
}

fn numbers(table: &Table, column: &str) -> Result<Vec<f32>, Failure> {
    let cells = table.needed(column)?.iter().enumerate();
    let number = |(row, cell): (usize, &Option<String>)| match cell {
        None => Ok(f32::NAN),
        Some(cell) => cell.parse().map_err(|_| {
            table.fault(&format!("row {}, column `{column}`: `{cell}` is no number", row + 1))
        }),
    };
    cells.map(number).collect()
}

/// The file with the labels: itself, or the one that a truth folder has.
fn labels_file(truth: &Path) -> Result<PathBuf, Failure> {
    if !truth.is_dir() {
        return Ok(truth.to_owned());
    }
    let names = ["truth_accounts.parquet", "labels.parquet", "labels.csv", "rulings.csv"];
    let found = names.iter().map(|name| truth.join(name)).find(|path| path.is_file());
    found.ok_or_else(|| {
        Failure::input(anyhow!("{}: holds none of {}", truth.display(), names.join(", ")))
    })
}

/// When the audited events happened, as the audit's summary says.
fn span(folder: &Path) -> Option<(String, String)> {
    let text = std::fs::read_to_string(folder.join("summary.json")).ok()?;
    let summary: serde_json::Value = serde_json::from_str(&text).ok()?;
    let moment = |name: &str| summary["input"][name].as_str().map(str::to_owned);
    Some((moment("first")?, moment("last")?))
}

/// One block for all that a campaign or a group ties together, over any number of steps.
fn blocks<'a>(
    ties: impl Iterator<Item = (Option<&'a str>, Option<&'a str>)>,
) -> Vec<Option<String>> {
    let ties: Vec<_> = ties.collect();
    let mut parent: Vec<usize> = Vec::new();
    let mut campaigns: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    let number = |names: &mut BTreeMap<&'a str, usize>, parent: &mut Vec<usize>, name| {
        *names.entry(name).or_insert_with(|| {
            parent.push(parent.len());
            parent.len() - 1
        })
    };
    let of: Vec<Option<usize>> = ties
        .into_iter()
        .map(|(campaign, group)| {
            let campaign = campaign.map(|name| number(&mut campaigns, &mut parent, name));
            let group = group.map(|name| number(&mut groups, &mut parent, name));
            if let (Some(a), Some(b)) = (campaign, group) {
                let (a, b) = (root(&parent, a), root(&parent, b));
                parent[a.max(b)] = a.min(b);
            }
            campaign.or(group)
        })
        .collect();
    of.into_iter().map(|tie| tie.map(|tie| root(&parent, tie).to_string())).collect()
}

fn root(parent: &[usize], mut at: usize) -> usize {
    while parent[at] != at {
        at = parent[at];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn campaigns_and_groups_tie_accounts_together() {
        let ties = [
            (Some("c1"), Some("1")),
            (Some("c1"), None),
            (None, Some("1")),
            (Some("c2"), Some("2")),
            (Some("c3"), Some("2")),
            (None, None),
            (Some("1"), None),
        ];
        let blocks = blocks(ties.into_iter());
        assert!(blocks[0].is_some() && blocks[0] == blocks[1] && blocks[0] == blocks[2]);
        assert!(blocks[3] == blocks[4] && blocks[3] != blocks[0]);
        assert_eq!(blocks[5], None);
        assert!(blocks[6] != blocks[0] && blocks[6].is_some());
    }
}
