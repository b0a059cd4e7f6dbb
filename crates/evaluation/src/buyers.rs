//! Which groups serve which owners, and which owners are served by more than one group.
//!
//! Only events that were called count, so what a group's members do besides its work names nobody. An owner counts as
//! served from three events of one group on: one or two may be a cover that was called with the rest. That an owner was
//! served is no verdict: a rival may have paid.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::EvaluationError;
use crate::confusion::share;
use crate::found::FoundGroups;
use crate::judged::Judged;
use crate::label::{Label, Verdict};
use crate::names::{Names, natural};
use crate::table::Table;
use crate::truth::Labels;

/// The least called events of a group that make an owner one whom it serves.
const SERVED: u64 = 3;
/// Owners that are named for each group; the others are counted.
const NAMED: usize = 20;
/// Owners of several groups that are named; the others are counted.
const SHARED: usize = 200;

/// Who is served by which groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Buyers {
    /// Every group that is called `fake` or `suspect`, in the order of their names.
    pub by_group: Vec<Clients>,
    /// Owners whom more than one group serves, those of the most groups first.
    pub shared: Vec<SharedClient>,
    /// The same that are not named.
    pub shared_unnamed: u64,
}

/// Whom a group serves.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Clients {
    /// The group.
    pub group: String,
    /// Called `fake`, else only `suspect`.
    pub called_fake: bool,
    /// Its called events.
    pub events: u64,
    /// Those of them whose owner is not known.
    pub without_owner: u64,
    /// Owners with any of them.
    pub owners: u64,
    /// Owners with at least three.
    pub served: u64,
    /// Of them called `bought`; nothing where owners are not judged.
    pub served_called_bought: Option<u64>,
    /// Of them bought in truth; nothing where that is not known.
    pub served_bought: Option<u64>,
    /// Those with the most events.
    pub clients: Vec<Client>,
}

/// An owner whom a group serves.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Client {
    /// The owner.
    pub owner: String,
    /// The group's called events that it got.
    pub events: u64,
    /// Their share of all of the group's called events.
    pub share: Option<f64>,
    /// The results call it `bought`; nothing where they do not judge it.
    pub called_bought: Option<bool>,
    /// It bought in truth; nothing where that is not known.
    pub bought: Option<bool>,
}

/// An owner whom several groups serve.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SharedClient {
    /// The owner.
    pub owner: String,
    /// The groups, those that gave it the most first.
    pub groups: Vec<String>,
    /// Their called events that it got.
    pub events: u64,
    /// The results call it `bought`.
    pub called_bought: Option<bool>,
    /// It bought in truth.
    pub bought: Option<bool>,
}

/// Verdicts and truth on owners.
#[derive(Clone, Copy, Default)]
pub(crate) struct OwnersKnown<'a> {
    pub(crate) truth: Option<&'a Labels>,
    pub(crate) judged: Option<&'a Judged>,
}

impl OwnersKnown<'_> {
    fn called_bought(self, owner: &str) -> Option<bool> {
        let judged = self.judged?;
        judged.names.find(owner).map(|at| judged.verdict[at] == Verdict::Fake)
    }

    fn bought(self, owner: &str) -> Option<bool> {
        let truth = self.truth?;
        truth.names.find(owner).map(|at| truth.label[at] == Label::Fake)
    }
}

impl Buyers {
    /// Joins the called events with their owners. Nothing where the events name no owner.
    pub(crate) fn read(
        path: &Path,
        judged: &Judged,
        found: &FoundGroups,
        known: OwnersKnown<'_>,
    ) -> Result<Option<Buyers>, EvaluationError> {
        let table = Table::open(path)?;
        let Some(owner) = table.column(&["owner"]) else { return Ok(None) };
        let columns = [table.require(&["id"])?, owner];
        let mut owners = Names::default();
        // By group and owner, which is nothing where it is not known.
        let mut events: BTreeMap<(usize, Option<usize>), u64> = BTreeMap::new();
        table.rows(&columns, |row| {
            let called = row
                .text(0)
                .and_then(|id| judged.names.find(&id))
                .filter(|&at| judged.verdict[at] >= Verdict::Suspect);
            if let Some(group) = called.and_then(|at| judged.group[at]) {
                let owner = row.text(1).map(|owner| owners.intern(&owner));
                *events.entry((group, owner)).or_default() += 1;
            }
            Ok(())
        })?;
        Ok(Some(Buyers::of(&events, &owners, (judged, found), known)))
    }

    fn of(
        events: &BTreeMap<(usize, Option<usize>), u64>,
        owners: &Names,
        (judged, found): (&Judged, &FoundGroups),
        known: OwnersKnown<'_>,
    ) -> Buyers {
        let mut served: BTreeMap<usize, Vec<(u64, usize)>> = BTreeMap::new();
        let mut by_group = Vec::new();
        for group in judged.groups.in_order() {
            let name = judged.groups.get(group);
            let verdict = found.members.groups.find(name).map(|at| found.verdict[at]);
            if verdict.unwrap_or_default() < Verdict::Suspect {
                continue;
            }
            let mut of_it: Vec<(u64, usize)> = Vec::new();
            let (mut all, mut without_owner) = (0, 0);
            for (&(_, owner), &n) in events.range((group, None)..=(group, Some(usize::MAX))) {
                all += n;
                match owner {
                    Some(owner) => of_it.push((n, owner)),
                    None => without_owner += n,
                }
            }
            of_it.sort_by_key(|&(n, owner)| (std::cmp::Reverse(n), owners.get(owner)));
            for &(n, owner) in of_it.iter().filter(|(n, _)| *n >= SERVED) {
                served.entry(owner).or_default().push((n, group));
            }
            let clients = || of_it.iter().filter(|(n, _)| *n >= SERVED).map(|c| owners.get(c.1));
            let client = |&(n, owner): &(u64, usize)| {
                let owner = owners.get(owner);
                Client {
                    owner: owner.to_owned(),
                    events: n,
                    share: share(n, all),
                    called_bought: known.called_bought(owner),
                    bought: known.bought(owner),
                }
            };
            by_group.push(Clients {
                group: name.to_owned(),
                called_fake: verdict == Some(Verdict::Fake),
                events: all,
                without_owner,
                owners: of_it.len() as u64,
                served: clients().count() as u64,
                served_called_bought: known.judged.map(|_| {
                    clients().filter(|o| known.called_bought(o) == Some(true)).count() as u64
                }),
                served_bought: known
                    .truth
                    .map(|_| clients().filter(|o| known.bought(o) == Some(true)).count() as u64),
                clients: of_it.iter().take(NAMED).map(client).collect(),
            });
        }
        let mut shared = shared(&served, owners, judged, known);
        let unnamed = shared.len().saturating_sub(SHARED) as u64;
        shared.truncate(SHARED);
        Buyers { by_group, shared, shared_unnamed: unnamed }
    }
}

fn shared(
    served: &BTreeMap<usize, Vec<(u64, usize)>>,
    owners: &Names,
    judged: &Judged,
    known: OwnersKnown<'_>,
) -> Vec<SharedClient> {
    let mut shared: Vec<SharedClient> = served
        .iter()
        .filter(|(_, groups)| groups.len() > 1)
        .map(|(&owner, groups)| {
            let owner = owners.get(owner);
            let mut groups = groups.clone();
            groups.sort_by_key(|&(n, g)| (std::cmp::Reverse(n), natural(judged.groups.get(g))));
            SharedClient {
                owner: owner.to_owned(),
                groups: groups.iter().map(|&(_, g)| judged.groups.get(g).to_owned()).collect(),
                events: groups.iter().map(|g| g.0).sum(),
                called_bought: known.called_bought(owner),
                bought: known.bought(owner),
            }
        })
        .collect();
    shared.sort_by(|a, b| {
        let key = |c: &SharedClient| (c.groups.len(), c.events);
        key(b).cmp(&key(a)).then_with(|| a.owner.cmp(&b.owner))
    });
    shared
}
