//! What really happened: the tables that an evaluation compares results with.

use crate::catalogue::Catalogue;
use crate::name::Name;
use crate::person::Person;
use crate::places::Places;
use crate::record::{Record, Scribe};
use crate::row::{Label, Row};
use crate::town::Town;
use events::Kind;
use std::collections::BTreeMap;

/// The truth about a world. The label of each event is in the event's own record.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // the names of the tables
pub struct Truth {
    pub accounts: Vec<AccountTruth>,
    /// Group and member.
    pub groups: Vec<(String, String)>,
    pub subjects: Vec<SubjectTruth>,
    /// Owner, and whether they paid for fakes.
    pub owners: Vec<(String, bool)>,
    /// Network point, and whether it takes empty parcels for money.
    pub points: Vec<(String, bool)>,
    /// Events in all.
    pub events: u64,
}

/// What an account is.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the columns of truth_accounts
pub struct AccountTruth {
    pub account: String,
    pub label: Label,
    pub scheme: Option<String>,
    pub campaign: Option<String>,
    /// Natural crowds, joined by `;`.
    pub population: String,
}

/// The counts of one kind of event on one subject; what is neither genuine nor gray is fake.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the columns of truth_subjects
pub struct SubjectTruth {
    pub subject: String,
    pub kind: Kind,
    pub raw: i64,
    pub genuine: i64,
    pub gray: i64,
}

/// Counts events as they leave.
#[derive(Default)]
pub(crate) struct Tally {
    counts: BTreeMap<(Name, Kind), [i64; 3]>,
    events: u64,
}

impl Tally {
    pub(crate) fn count(&mut self, row: &Row, record: &Record) {
        self.events += 1;
        if !row.kind.counts() || row.subject.is_none() {
            return;
        }
        let counts = self.counts.entry((row.subject, row.kind)).or_default();
        counts[0] += 1;
        match record.label {
            Label::Genuine => counts[1] += 1,
            Label::Gray => counts[2] += 1,
            Label::Fake => {}
        }
    }

    /// The tables, each in the order of its key.
    pub(crate) fn truth(self, town: &Town, scribe: &Scribe) -> Truth {
        let mut truth = Truth { events: self.events, ..Truth::default() };
        for (number, person) in town.people.iter().enumerate() {
            let campaign = person.campaign.map(|c| &town.campaigns[c as usize]);
            truth.accounts.push(AccountTruth {
                account: scribe.name(Person::name(number as u32)),
                label: person.label,
                scheme: campaign.map(|c| c.scheme.map_or("friend_vote", |s| s.code()).to_owned()),
                campaign: campaign.map(|c| c.name()),
                population: person.populations.words(),
            });
        }
        for campaign in town.campaigns.iter().filter(|c| c.scheme.is_some()) {
            for &member in &campaign.members {
                truth.groups.push((campaign.name(), scribe.name(Person::name(member))));
            }
        }
        for ((subject, kind), [raw, genuine, gray]) in self.counts {
            let subject = scribe.name(subject);
            truth.subjects.push(SubjectTruth { subject, kind, raw, genuine, gray });
        }
        for (number, owner) in town.catalogue.owners.iter().enumerate() {
            truth.owners.push((scribe.name(Catalogue::owner_name(number as u32)), owner.bought));
        }
        for (number, point) in town.places.points.iter().enumerate() {
            truth.points.push((scribe.name(Places::point_name(number as u32)), point.colluding));
        }
        truth.accounts.sort_by(|a, b| a.account.cmp(&b.account));
        truth.groups.sort();
        truth.subjects.sort_by(|a, b| (&a.subject, a.kind).cmp(&(&b.subject, b.kind)));
        truth.owners.sort();
        truth.points.sort();
        truth
    }
}
