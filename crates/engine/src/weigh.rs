//! From evidence to verdicts: communities, cohorts and what detectors found of single accounts, under one policy.
//!
//! Groups come first: an account's verdict is its group's, and of its events only those that were done with the group
//! are not counted. What a hired account does besides is ordinary activity and stays in the counts.

use std::collections::BTreeSet;

use detectors::gear::Gears;
use detectors::{CATALOGUE, Class, Code, Finding, rev03};
use events::{Entity, EntityKind, EventTime, Key};
use features::Keyed;
use groups::{Group, Party, Search};
use policy::{Policy, Verdict};
use trades::{Book, Trade, Trip};
use ventures::{HubShare, Nest, Origin, Venture};

use crate::adverts;
use crate::deals;
use crate::errands;
use crate::nested;
use crate::outlets::{self, PointFound};
use crate::results::{AccountResult, GroupResult};
use crate::rounds;
use crate::rows::{cohort_rows, community_row, strengthen};
use crate::standing::{Called, Deeds, Standing};

/// Meetings that a result names.
pub(crate) const MEETINGS: usize = 4_000;
/// Around the hours in which most of a group did a job, its members' acts there still belong to it.
const MARGIN: i64 = EventTime::HOUR;
/// The fewest members that a group keeps after stronger groups took theirs.
const FEWEST_LEFT: usize = 3;
/// The score of an account of which nothing but ties to others is known stays below this: its own manner says more.
const TIED: f32 = 0.005;
/// The same of one of which nothing but its own manner is known: that ranks accounts, but of those that no group and no
/// finding names few are fake.
const BARE: f32 = 0.1;
/// The score of real people who sold their opinions.
const REAL: f32 = 0.5;

/// Verdicts on accounts and groups, and which events they hold of.
#[derive(Debug, Default)]
pub struct Weighed {
    /// Every account.
    pub accounts: Keyed<AccountResult>,
    /// Suspect and fake, in the order of their numbers.
    pub groups: Vec<GroupResult>,
    /// Communities that were found and are real crowds.
    pub crowds: Vec<GroupResult>,
    /// What stands of all this for events.
    pub standing: Standing,
    /// What was found of the payers, owners and outlets of ventures.
    pub(crate) about_ventures: Vec<Finding>,
    /// Orders of ventures at each owner that were repaid: (by whoever, by the owner itself).
    repaid: Keyed<(u32, u32)>,
    /// Orders of ventures at each owner whose buyers reported the goods.
    pub(crate) reported: Keyed<u32>,
    /// Parcels of ventures at each owner that it sent as no shop needs to.
    pub(crate) sent: Keyed<u32>,
    /// Shops at which orders were made and refunded: nothing says for whom they were.
    pub(crate) undone: BTreeSet<Key>,
    /// Groups that middlemen paid.
    pub(crate) hired: BTreeSet<u32>,
    /// Network points that took in made-up parcels.
    pub(crate) points: Keyed<PointFound>,
    /// Groups that live off the shops that they buy from, ascending.
    gains_buyers: Vec<u32>,
    /// Groups whose acts say nothing of the owners that they reach, ascending.
    silent: Vec<u32>,
}

impl Weighed {
    /// What is found of groups: of ventures' payers, owners and outlets, and of each member of a group that acted
    /// together. No verdict is without a finding.
    #[must_use]
    pub fn group_findings(&self) -> Vec<Finding> {
        let together = self.groups.iter().filter(|group| !group.meetings.is_empty());
        let members = together.flat_map(|group| {
            let classes = group.classes.iter().map(|of| (of.0.bits_name(), f64::from(of.1)));
            let classes: Vec<(&'static str, f64)> = classes.collect();
            group.members.iter().map(move |&(account, bits)| Finding {
                code: Code::Syn01,
                entity: Entity { kind: EntityKind::Account, key: account },
                time: group.last,
                event: Key::NONE,
                score: chance(f64::from(group.bits)),
                bits,
                evidence: [
                    ("group", f64::from(group.group)),
                    ("group_members", group.members.len() as f64),
                    ("group_jobs", group.subjects.len() as f64),
                    ("group_bits", f64::from(group.bits)),
                ]
                .into_iter()
                .chain(classes.iter().copied())
                .collect(),
                members: Vec::new(),
            })
        });
        members.chain(self.about_ventures.iter().cloned()).collect()
    }

    /// Orders of ventures called fake at an owner that were repaid.
    #[must_use]
    pub fn repaid_for(&self, owner: Key) -> u32 {
        self.repaid.get(&owner).copied().unwrap_or_default().0
    }

    /// Of them, orders that the owner itself repaid: nobody else holds its purse.
    #[must_use]
    pub fn repaid_by_itself(&self, owner: Key) -> u32 {
        self.repaid.get(&owner).copied().unwrap_or_default().1
    }

    /// Orders of ventures called fake at an owner whose buyers reported the goods.
    #[must_use]
    pub fn reported_at(&self, owner: Key) -> u32 {
        self.reported.get(&owner).copied().unwrap_or_default()
    }

    /// Parcels of ventures called fake that an owner sent as no shop needs to: nobody else sends its goods.
    #[must_use]
    pub fn sent_by_itself(&self, owner: Key) -> u32 {
        self.sent.get(&owner).copied().unwrap_or_default()
    }

    /// Nothing but groups that live off the shops that they buy from, ascending.
    #[cfg(test)]
    pub(crate) fn of_buyers(gains_buyers: Vec<u32>) -> Weighed {
        Weighed { gains_buyers, ..Weighed::default() }
    }

    /// Whether a group lives off the shops that it buys from, so that its orders are no gain of theirs.
    #[must_use]
    pub fn gains_buyers(&self, group: u32) -> bool {
        self.gains_buyers.binary_search(&group).is_ok()
    }

    /// Whether nothing that a group does says for whom it is: it undoes its orders, or sells something under strangers' works.
    #[must_use]
    pub fn is_silent(&self, group: u32) -> bool {
        self.silent.binary_search(&group).is_ok()
    }

    /// What is found of a network point.
    #[must_use]
    pub fn point(&self, point: Key) -> Option<PointFound> {
        self.points.get(&point).copied()
    }

    /// How many jobs groups called fake did for an owner, of those whose acts say something of it.
    #[must_use]
    pub fn jobs_for(&self, owner: Key) -> usize {
        let fake = self
            .groups
            .iter()
            .zip(&self.standing.deeds)
            .filter(|(g, _)| g.verdict == Verdict::Fake && !self.is_silent(g.group));
        fake.map(|(_, deeds)| match deeds {
            Deeds::Jobs(jobs) => jobs.get(&owner).map_or(0, Vec::len),
            Deeds::All | Deeds::Orders => 0,
        })
        .sum()
    }
}

/// What a group was found as.
#[derive(Clone, Copy)]
enum Of<'a> {
    Venture(&'a Venture),
    Nest(&'a Nest),
    /// Money that goes round at shops.
    Round,
    /// Orders undone, whoever they were for, or adverts of something else.
    Silent,
    /// Accounts of whose links others made use.
    Sharers,
    Others,
}

/// Accounts that acted together.
pub struct Together<'a> {
    /// As communities and crews of surges, floods and waves.
    pub communities: &'a [Group],
    /// By whose links views were sent.
    pub sharers: &'a [Group],
    /// That bring one contact to strangers.
    pub hawkers: &'a [Group],
    /// That came together and do nothing else.
    pub parties: &'a [Party],
    /// What accounts come with.
    pub gears: &'a Gears,
}

/// Shops at which orders were made and refunded, in the most: whoever wants sales lets them stand, and pays for them elsewhere.
fn undone(findings: &[Finding]) -> BTreeSet<Key> {
    let value = |finding: &Finding, name| {
        finding.evidence.iter().find(|entry| entry.0 == name).map_or(0.0, |entry| entry.1)
    };
    let of =
        |f: &&Finding| f.code == Code::Pay07 && 2.0 * value(f, "refunded") > value(f, "sent_back");
    findings.iter().filter(of).map(|finding| finding.entity.key).collect()
}

/// Weighs everything. `counted` are the accounts seen, with their events; `profile` ranks accounts of which nothing
/// else is known, in [0, 1].
#[must_use]
pub fn weigh(
    policy: &Policy,
    search: &Search,
    together: &Together<'_>,
    (book, ventures, nests): (&Book, &[Venture], &[Nest]),
    findings: &[Finding],
    counted: &[(Key, u64, f32)],
) -> Weighed {
    let mut weighed = Weighed {
        accounts: counted
            .iter()
            .map(|&(key, events, score)| (key, bare(key, events, score)))
            .collect(),
        undone: undone(findings),
        ..Weighed::default()
    };
    tie_scores(&mut weighed.accounts, search);
    let row = |group| community_row(policy, group, together.gears, findings);
    let by_jobs =
        |group: &Group| jobs(group.jobs.iter().map(|job| (search.owner(job.0), (job.2, job.3))));
    let by_meetings = |group: &Group| {
        jobs(group.meetings.iter().map(|act| (search.owner(act.1), (act.2, act.2))))
    };
    let communities = together.communities.iter();
    let mut found: Vec<(GroupResult, Deeds, Of)> =
        communities.map(|group| (row(group), by_jobs(group), Of::Others)).collect();
    found.extend(together.sharers.iter().map(|g| (row(g), by_jobs(g), Of::Sharers)));
    found.extend(together.hawkers.iter().map(|g| (row(g), by_meetings(g), Of::Silent)));
    found.extend(together.parties.iter().map(|party| {
        let deeds = if party.whole { Deeds::All } else { jobs(party.owners.iter().copied()) };
        (row(&party.group), deeds, Of::Others)
    }));
    let rounds = rounds::found(policy, findings);
    let round: Vec<Vec<Key>> = rounds
        .iter()
        .filter(|round| round.row.verdict == Verdict::Fake)
        .map(|round| round.row.members.iter().map(|member| member.0).collect())
        .collect();
    // Whose money goes round at a shop did not buy its goods to have an opinion of them: what says that they did goes last.
    // So does what was done by somebody's link, behind what the account did itself.
    let goes_last = |row: &GroupResult, of: &Of| {
        let real = matches!(of, Of::Venture(venture) if !venture.made_up);
        let shared = |members: &Vec<Key>| {
            row.members.iter().filter(|member| members.binary_search(&member.0).is_ok()).count()
        };
        matches!(of, Of::Sharers)
            || real && round.iter().any(|members| shared(members) * 2 > row.members.len())
    };
    found.extend(rounds.into_iter().map(|round| {
        let of = if round.unclear { Of::Silent } else { Of::Round };
        (round.row, round.deeds, of)
    }));
    let made = cohort_rows(findings).into_iter().chain(errands::rows(policy, findings));
    found.extend(made.map(|row| (row, Deeds::All, Of::Others)));
    found.extend(
        ventures.iter().map(|v| (deals::row(policy, book, v), Deeds::Orders, Of::Venture(v))),
    );
    found.extend(
        nests
            .iter()
            .map(|nest| (nested::row(policy, book, nest), nested::deeds(nest), Of::Nest(nest))),
    );
    // What may be acted upon takes its members before what a person should look at, whose bits may be more and of one class.
    let mut found: Vec<(bool, GroupResult, Deeds, Of)> =
        found.into_iter().map(|(row, deeds, of)| (goes_last(&row, &of), row, deeds, of)).collect();
    found.sort_by(|(last_a, a, ..), (last_b, b, ..)| {
        let first = b.verdict.cmp(&a.verdict).then(last_a.cmp(last_b));
        first.then(b.bits.total_cmp(&a.bits)).then_with(|| {
            let members = |row: &GroupResult| row.members.iter().map(|m| m.0).collect::<Vec<_>>();
            members(a).cmp(&members(b))
        })
    });
    let mut made_up = Vec::new();
    for (_, mut row, deeds, of) in found {
        if row.verdict == Verdict::Genuine {
            weighed.crowds.push(row);
            continue;
        }
        // An account is in one group: of what found it twice the stronger keeps it.
        let free = |account: &Key| weighed.accounts.get(account).is_none_or(|a| a.group.is_none());
        let before = row.members.len();
        row.members.retain(|member| free(&member.0));
        // Orders are a venture's whoever holds their accounts.
        if !matches!(of, Of::Venture(_)) && row.members.len() < before.min(FEWEST_LEFT) {
            continue;
        }
        row.group = weighed.groups.len() as u32 + 1;
        // Who sold an opinion of real goods is not what a brusher is.
        let real = matches!(of, Of::Venture(venture) if !venture.made_up);
        let verdict = if real { Verdict::Suspect } else { row.verdict };
        claim(&mut weighed.accounts, &row, verdict.min(row.verdict));
        match of {
            Of::Venture(venture) => weighed.take(book, venture, &row),
            Of::Nest(nest) => weighed.take_nest(book, nest, &row),
            Of::Round => {}
            Of::Silent => weighed.silent.push(row.group),
            Of::Sharers | Of::Others => {}
        }
        made_up.extend(match of {
            Of::Venture(venture) => outlets::of_venture(venture, &row),
            Of::Round => outlets::of_round(book, &deeds, &row),
            _ => None,
        });
        weighed.groups.push(row);
        weighed.standing.deeds.push(deeds);
    }
    alone(policy, &mut weighed.accounts, findings);
    weighed.take_outlets(book, &made_up);
    let called = weighed.accounts.values().filter(|account| account.verdict > Verdict::Genuine);
    weighed.standing.called = called
        .map(|a| (a.account, Called { score: a.score, verdict: a.verdict, group: a.group }))
        .collect();
    weighed
}

impl Weighed {
    /// Takes a nest's orders, of those members that no stronger group holds.
    fn take_nest(&mut self, book: &Book, nest: &Nest, row: &GroupResult) {
        if nest.gains_buyers() {
            self.gains_buyers.push(row.group);
        } else if row.verdict == Verdict::Fake {
            nest.trades.iter().for_each(|&at| self.stayed(book, &book.trades[at as usize]));
        }
        if !nest.whole {
            let orders = nested::orders(book, nest, row);
            self.standing.deals.add(book, (&orders, false), row.group, row.verdict);
        }
    }

    /// Notes a parcel that never left the outlet where its shop had it booked in.
    fn stayed(&mut self, book: &Book, trade: &Trade) {
        if book.trip(trade).and_then(Trip::stayed) == Some(true) {
            *self.sent.entry(trade.owner).or_default() += 1;
        }
    }

    /// Takes a venture's orders and owners.
    fn take(&mut self, book: &Book, venture: &Venture, row: &GroupResult) {
        let orders = (&venture.trades[..], venture.said_only);
        self.standing.deals.add(book, orders, row.group, row.verdict);
        for finding in deals::findings(venture, row) {
            // What two ventures were found by is told of the stronger.
            let same = |known: &Finding| {
                (known.code, known.entity) == (finding.code, finding.entity)
                    && finding.code == Code::Pay01
            };
            if !self.about_ventures.iter().any(same) {
                self.about_ventures.push(finding);
            }
        }
        if row.verdict < Verdict::Fake {
            return;
        }
        if !venture.settled.is_empty() {
            self.hired.insert(row.group);
        }
        for &(owner, orders, repaid) in &venture.owners {
            let payer = |hub: &&HubShare| hub.origin == Origin::Payer(owner);
            let itself = venture.hubs.iter().filter(payer).map(|hub| hub.orders).sum::<u32>();
            let known = self.repaid.entry(owner).or_default();
            *known = (known.0 + repaid, known.1 + itself.min(orders));
        }
        let trades = venture.trades.iter().map(|(place, _)| &book.trades[*place as usize]);
        for trade in trades {
            *self.reported.entry(trade.owner).or_default() += u32::from(trade.reported);
            self.stayed(book, trade);
        }
        for hub in &venture.hubs {
            if let Origin::Sender(owner) = hub.origin {
                *self.sent.entry(owner).or_default() += hub.orders;
            }
        }
    }
}

fn bare(account: Key, events: u64, score: f32) -> AccountResult {
    AccountResult {
        account,
        score: score * BARE,
        verdict: Verdict::Genuine,
        group: None,
        findings: Vec::new(),
        bits: 0.0,
        events,
    }
}

/// The chance that some bits of odds mean.
fn chance(bits: f64) -> f32 {
    (1.0 / (1.0 + (-bits).exp2())) as f32
}

/// Whoever met others beyond chance ranks above who did not, the more the stronger.
fn tie_scores(accounts: &mut Keyed<AccountResult>, search: &Search) {
    let strong = f64::from(search.threshold) * 5.0;
    for (key, &bits) in search.ledger.accounts.iter().zip(&search.tie_bits) {
        if let (true, Some(account)) = (bits > 0.0, accounts.get_mut(key)) {
            account.bits = bits;
            let tied = TIED * (f64::from(bits) / (f64::from(bits) + strong)) as f32;
            account.score = account.score.max(tied);
        }
    }
}

/// Acts for owners at certain times.
pub(crate) fn jobs(done: impl Iterator<Item = (Key, (EventTime, EventTime))>) -> Deeds {
    let mut jobs: Keyed<Vec<(i64, i64)>> = Keyed::default();
    for (owner, (EventTime(first), EventTime(last))) in done {
        let margin = MARGIN + (last - first) / 10;
        jobs.entry(owner).or_default().push((first - margin, last + margin));
    }
    Deeds::Jobs(jobs)
}

/// A group's members take its verdict; the strongest group that claims an account keeps it.
fn claim(accounts: &mut Keyed<AccountResult>, row: &GroupResult, verdict: Verdict) {
    for &(member, bits) in &row.members {
        let Some(account) = accounts.get_mut(&member) else { continue };
        if account.group.is_none() {
            account.group = Some(row.group);
            account.verdict = verdict;
            account.bits = row.bits + bits;
            // Among members of one group those rank first that it could least do without.
            let rank = f64::from(bits) / (f64::from(bits) + 1000.0);
            let most = if verdict < row.verdict { REAL } else { 1.0 };
            account.score =
                account.score.max(most * chance(f64::from(row.bits)) * (0.98 + 0.02 * rank as f32));
            account.findings.push(Code::Syn01);
        }
    }
}

/// Whether any class speaks by the policy.
fn speaks(policy: &Policy, classes: Option<&Vec<(Class, f64)>>) -> bool {
    classes.into_iter().flatten().any(|class| class.1 >= policy.class_bits)
}

/// Notes what detectors found of each account, and judges those that no group holds.
fn alone(policy: &Policy, accounts: &mut Keyed<AccountResult>, findings: &[Finding]) {
    let class_of = |code: Code| CATALOGUE.iter().find(|entry| entry.code == code).map(|e| e.class);
    let mut classes: Keyed<Vec<(Class, f64)>> = Keyed::default();
    // Two classes of evidence that are seen in one practice.
    let mut by_one_practice: Keyed<[(Class, f64); 2]> = Keyed::default();
    for finding in findings {
        let own = (finding.entity.kind == EntityKind::Account).then_some(finding.entity.key);
        for member in finding.members.iter().copied().chain(own) {
            let Some(account) = accounts.get_mut(&member) else { continue };
            if !account.findings.contains(&finding.code) {
                account.findings.push(finding.code);
            }
            // A thing that many share says something of the thing; only what is said of the account itself weighs here.
            if own != Some(member) {
                continue;
            }
            if finding.code == Code::Rev03 {
                by_one_practice.insert(member, rev03::classes(finding));
                continue;
            }
            if let Some(class) = class_of(finding.code) {
                let classes = classes.entry(member).or_default();
                strengthen(classes, class, f64::from(finding.bits));
                // To bring adverts to one stranger after the other is another matter than what they say.
                if let Some(bits) = adverts::repetition(finding) {
                    strengthen(classes, Class::Path, bits);
                }
            }
        }
    }
    for account in accounts.values_mut() {
        account.findings.sort_unstable();
        account.findings.dedup();
        let mut own = classes.get(&account.account).cloned().unwrap_or_default();
        // A real person's opinions, however they are paid for, leave it to a person unless something else speaks.
        let (without, _) = policy.account(&own);
        let practice = by_one_practice.get(&account.account);
        practice.into_iter().flatten().for_each(|class| strengthen(&mut own, class.0, class.1));
        if own.is_empty() {
            continue;
        }
        let (verdict, bits) = policy.account(&own);
        let verdict = match practice {
            Some(_) if !speaks(policy, classes.get(&account.account)) => {
                verdict.min(Verdict::Suspect).max(without)
            }
            _ => verdict,
        };
        if account.group.is_none() {
            account.verdict = verdict;
            account.bits += own.iter().map(|class| class.1).sum::<f64>() as f32;
            if verdict > Verdict::Genuine {
                account.score = account.score.max(0.5 + 0.4 * chance(bits - policy.fake_bits));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use groups::{Activity, Ledger, Limits, Member, Test, search};

    fn community(members: std::ops::Range<u64>, classes: &[(Class, f64)]) -> Group {
        let test =
            |&(class, bits)| Test { name: "shown", class, observed: 0.0, expected: 0.0, bits };
        let member = |account| Member { account: Key(account), bits: 1.0, jobs: 3 };
        Group {
            members: members.map(member).collect(),
            jobs: Vec::new(),
            meetings: Vec::new(),
            tests: classes.iter().map(test).collect(),
            surplus: 1.0,
            devices: Vec::new(),
        }
    }

    #[test]
    fn more_bits_of_one_class_do_not_shield_from_what_may_be_acted_upon() {
        let policy = Policy::default();
        let one = community(1..30, &[(Class::Synchrony, 11.5)]);
        let two = community(1..20, &[(Class::Synchrony, 5.5), (Class::Path, 5.0)]);
        let search = search(Ledger::of(vec![Activity::new(false)]), 1, Limits::default());
        let counted: Vec<(Key, u64, f32)> = (1..40).map(|key| (Key(key), 9, 0.0)).collect();
        let of = |groups: &[Group]| {
            let weighed = weigh(
                &policy,
                &search,
                &Together {
                    communities: groups,
                    sharers: &[],
                    hawkers: &[],
                    parties: &[],
                    gears: &Gears::default(),
                },
                (&Book::default(), &[], &[]),
                &[],
                &counted,
            );
            let verdicts = [5, 25, 35].map(|key| weighed.accounts[&Key(key)].verdict);
            let groups: Vec<Verdict> = weighed.groups.iter().map(|group| group.verdict).collect();
            (verdicts, groups)
        };
        let (fake, suspect, genuine) = (Verdict::Fake, Verdict::Suspect, Verdict::Genuine);
        let both = ([fake, suspect, genuine], vec![fake, suspect]);
        assert_eq!(of(&[one.clone(), two.clone()]), both);
        assert_eq!(of(&[two, one.clone()]), both);
        assert_eq!(of(&[one]), ([suspect, suspect, genuine], vec![suspect]));
    }
}
