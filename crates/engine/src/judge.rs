//! The judge: all that the stations know becomes verdicts, and verdicts and counts become the tables of results.
//!
//! Two steps, because counts need a verdict for each event and the tables need the counts.

use std::collections::BTreeMap;

use detectors::gear::Gears;
use detectors::mem01::Cohorts;
use detectors::seq03::Origins;
use detectors::text::near_duplicates;
use detectors::{Code, Finding, Usual, Viewings, mem03, prior, rev02, rev03, seq03, settle};
use events::{EntityKind, Event, Key, Kind};
use groups::{Activity, Examination, Group, Ledger, Search};
use policy::{OwnerVerdict, Policy, Verdict};
use trades::Book;
use ventures::{Nest, Origin, Payer, Venture, circles, overrides, parcels, subsidies, undone};

use crate::EngineError;
use crate::adverts;
use crate::again;
use crate::codec::Texts;
use crate::counts::{Counted, Tally};
use crate::losses::losses;
use crate::membership;
use crate::outlets::PointFound;
use crate::owners::{Reached, owners};
use crate::parties;
use crate::results::{
    AccountResult, CohortResult, Loss, Membership, PointResult, Results, SubjectResult, Total,
};
use crate::sent::Sent;
use crate::slices::Ordered;
use crate::standing::Standing;
use crate::station::Report;
use crate::weigh::{Together, Weighed, weigh};
use crate::wide;

/// Everything that was said, and the findings behind it.
#[derive(Debug, Default)]
pub struct Verdicts {
    weighed: Weighed,
    findings: Vec<Finding>,
    losses: Vec<Loss>,
    members: (Vec<CohortResult>, Membership),
}

impl Verdicts {
    /// The score, verdict and group of an event.
    #[must_use]
    pub fn event(&self, event: &Event) -> (f32, Verdict, Option<u32>) {
        self.weighed.standing.event(event)
    }

    /// Whether an account is not called genuine.
    #[must_use]
    pub fn is_called(&self, account: Key) -> bool {
        self.weighed.standing.account(account).is_some()
    }

    /// The group beside whose own work one of its members did this.
    #[must_use]
    pub fn beside(&self, event: &Event) -> Option<u32> {
        self.weighed.standing.beside(event)
    }
}

/// Judges what the stations report; the events can be looked at again.
pub fn judge(
    reports: Vec<Report>,
    ordered: &Ordered,
    workers: usize,
    policy: &Policy,
) -> Result<Verdicts, EngineError> {
    let mut usual = Usual::default();
    let (mut findings, mut said) = (Vec::new(), Vec::new());
    let (mut cohorts, mut activities, mut counted) = (Vec::new(), Vec::new(), Vec::new());
    let (mut counters, mut viewings, mut gears) = (Vec::new(), Vec::new(), Vec::new());
    let (mut origins, mut links) = (Vec::new(), Vec::new());
    for report in reports {
        usual.merge(&report.usual);
        findings.extend(report.findings);
        said.extend(report.said);
        cohorts.push(report.cohorts);
        activities.push(report.activity);
        counted.extend(report.counted);
        counters.push(report.trades);
        viewings.push(report.viewings);
        gears.push(report.gears);
        origins.push(report.origins);
        links.push(report.links);
    }
    let visitors = parties::visitors(links, &findings);
    settle(&usual, &mut findings);
    let cohorts = Cohorts::merge(cohorts);
    let (members, last) = cohorts.members();
    findings.extend(cohorts.errands());
    findings.extend(cohorts.finish());
    let bulk = mem03::named(&findings, Code::Mem01);
    findings.extend(mem03::cohorts(&members, last, &membership::among(&bulk)));
    findings.extend(near_duplicates(said));
    let gears = Gears::merge(gears);
    findings.extend(gears.findings());
    findings.sort_unstable_by_key(|finding| {
        (finding.time, finding.event, finding.code, finding.entity.kind, finding.entity.key)
    });
    let book = Book::of(counters);
    let payers = ventures::payers(&book);
    let mut ventures = ventures::find(&book, &payers);
    // Of real goods it may be told whether their buyers were paid wages.
    let known = known_orders(policy, &book, &ventures, |venture| venture.made_up);
    ventures.extend(ventures::hired(&book, &known));
    let known = known_orders(policy, &book, &ventures, |_| true);
    ventures.extend(ventures::praises(&book, &payers_of_orders(&payers, &ventures), &known));
    let parcels = parcels(&book);
    let known = known_orders(policy, &book, &ventures, |_| true);
    ventures.extend(ventures::freight(&book, &parcels, &known));
    let nests = ventures::nests(&book, &members, last);
    let Searched { search, communities, sharers, mismatched } =
        search_groups(activities, viewings, ordered, workers)?;
    let parties = parties::found(visitors, counted.len(), ordered, workers)?;
    findings.extend(mismatched);
    findings.extend(circles(&book, &payers));
    findings.extend(subsidies(&book));
    findings.extend(undone(&book));
    findings.extend(rev02::shifts(&book.opinions));
    findings.extend(rev03::extortions(&book.opinions));
    findings.extend(nests.iter().flat_map(Nest::findings));
    findings.extend(seq03::uneven(&Origins::merge(origins)));
    counted.extend(acted_on(&search.ledger));
    counted.sort_unstable_by_key(|account| account.0);
    let advertisers = adverts::found(&findings, counted.len(), ordered, workers)?;
    adverts::note(&mut findings, &advertisers.alone);
    let mut weighed = weigh(
        policy,
        &search,
        &Together {
            communities: &communities,
            sharers: &sharers,
            hawkers: &advertisers.crews,
            parties: &parties,
            gears: &gears,
        },
        (&book, &ventures, &nests),
        &findings,
        &counted,
    );
    weighed.standing.usual = usual;
    weighed.standing.note_texts(&advertisers);
    weighed.standing.wide = wide::found(&weighed, ordered, workers)?;
    weighed.standing.sent = Sent::of(&findings);
    findings.extend(weighed.group_findings());
    findings.extend(overrides(&book));
    findings.extend(parcels.findings);
    findings.sort_by_key(|finding| {
        (finding.time, finding.event, finding.code, finding.entity.kind, finding.entity.key)
    });
    let losses = losses(&book, (&payers, &ventures), &weighed.standing);
    let members = membership::audit(&members, last, &weighed.accounts);
    Ok(Verdicts { weighed, findings, losses, members })
}

/// Of each trade, whether it is of one of these ventures, called fake.
fn known_orders(
    policy: &Policy,
    book: &Book,
    ventures: &[Venture],
    of: fn(&Venture) -> bool,
) -> Vec<bool> {
    let mut known = vec![false; book.trades.len()];
    let called =
        |venture: &&Venture| of(venture) && policy.group(&venture.classes).0 == Verdict::Fake;
    for (place, _) in ventures.iter().filter(called).flat_map(|venture| &venture.trades) {
        known[*place as usize] = true;
    }
    known
}

/// Who repays orders, in the order of keys.
fn payers_of_orders(payers: &[Payer], ventures: &[Venture]) -> Vec<Key> {
    let hubs = ventures.iter().flat_map(|venture| &venture.hubs);
    let hired = hubs.filter_map(|hub| match hub.origin {
        Origin::Payer(payer) => Some(payer),
        Origin::Path(_) | Origin::Sender(_) | Origin::Signed(_) => None,
    });
    let mut keys: Vec<Key> = payers.iter().map(|payer| payer.key).chain(hired).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Accounts that others act on and that never act themselves, where accounts act on accounts (as members of an exchange
/// rate each other): at least half of those who act are acted on. They rank as newcomers of whom nothing is known.
fn acted_on(ledger: &Ledger) -> Vec<(Key, u64, f32)> {
    let acts = |subject: &Key| ledger.accounts.binary_search(subject).is_ok();
    let both = ledger.subjects.iter().filter(|subject| acts(subject)).count();
    if both == 0 || both * 2 < ledger.accounts.len() {
        return Vec::new();
    }
    let unknown = prior::score(prior::ActorHistory::default().profile());
    let silent = ledger.subjects.iter().filter(|subject| !acts(subject));
    silent.map(|&account| (account, 0, unknown)).collect()
}

/// What a search among marks and views found.
struct Searched {
    search: Search,
    /// Communities of accounts that meet beyond chance, and crews that surges and waves of views lead to, each with how its
    /// members behaved there and elsewhere.
    communities: Vec<Group>,
    /// Accounts by whose links views were sent.
    sharers: Vec<Group>,
    /// Subjects whose views fit nothing else.
    mismatched: Vec<Finding>,
}

fn search_groups(
    activities: Vec<Activity>,
    viewings: Vec<Viewings>,
    ordered: &Ordered,
    workers: usize,
) -> Result<Searched, EngineError> {
    let mut search = groups::search(Ledger::of(activities), workers, groups::Limits::default());
    search.waves = groups::waves(viewings, workers);
    if search.is_empty() {
        let (communities, sharers, mismatched) = (Vec::new(), Vec::new(), Vec::new());
        return Ok(Searched { search, communities, sharers, mismatched });
    }
    // Texts are worth reading only where there is something to compare.
    let texts = if search.surges.is_empty() { Texts::None } else { Texts::Written };
    let gatherings = vec![Examination::new(&search); workers];
    let gathered = again::look(ordered, gatherings, texts, Examination::observe)?;
    let examination = gathered.into_iter().reduce(|mut all, part| {
        all.join(part);
        all
    });
    let examination = examination.unwrap_or_else(|| Examination::new(&search));
    search.note_owners(&examination);
    let communities = groups::judge(&search, &examination);
    let mismatched = groups::mismatched(&search, &examination);
    let sharers = groups::passed_on(&search, &examination, &mismatched);
    Ok(Searched { search, communities, sharers, mismatched })
}

/// The tables, in the order of keys: names are put to them later; and what stands for events.
#[must_use]
pub fn tables(
    verdicts: Verdicts,
    tallies: &[(Counted, Tally)],
    reached: &[((Key, u32), Reached)],
    points: &[(Key, u64)],
) -> (Results, Standing) {
    let weighed = verdicts.weighed;
    let mut owners = owners(tallies, reached, &weighed);
    // Every point was a chance to find one.
    let price = (points.len().max(2) as f64).log2();
    let found = |point: Key| weighed.point(point).unwrap_or_default();
    let points = points.iter().map(|&(key, parcels)| point(key, parcels, found(key), price));
    let mut points: Vec<PointResult> = points.collect();
    use Code::{Log02, Log03, Log04, Log06, Pay02, Pay03, Pay04, Pay06, Pay07};
    let pooled = |f: &&Finding| {
        matches!(f.code, Log02 | Log03 | Log04 | Log06 | Pay02 | Pay03 | Pay04 | Pay06 | Pay07)
            && f.entity.kind != EntityKind::Counterparty
    };
    for finding in verdicts.findings.iter().filter(pooled) {
        let key = finding.entity.key;
        match finding.entity.kind {
            EntityKind::Owner => {
                let owner = owners.binary_search_by_key(&key, |owner| owner.owner);
                if let Some(owner) = owner.ok().and_then(|at| owners.get_mut(at)) {
                    note(&mut owner.findings, finding);
                    // Where the money went round, or answered reviews, somebody should ask who set it going.
                    if matches!(finding.code, Pay02 | Pay03 | Pay04 | Pay06 | Pay07) {
                        owner.verdict = owner.verdict.max(OwnerVerdict::Suspect);
                    }
                    // Only whom it is for pays for praise, and lets those who won a subsidy have their money back, too.
                    if finding.code == Pay06 || praise_is_fake(&weighed, finding) {
                        owner.verdict = OwnerVerdict::Bought;
                    }
                }
            }
            _ => {
                let point = points.binary_search_by_key(&key, |point| point.point);
                if let Some(point) = point.ok().and_then(|at| points.get_mut(at)) {
                    note(&mut point.findings, finding);
                    point.note(finding);
                }
            }
        }
    }
    let mut accounts: Vec<AccountResult> = weighed.accounts.into_values().collect();
    accounts.sort_unstable_by_key(|account| account.account);
    let results = Results {
        accounts,
        subjects: subjects(tallies),
        totals: totals(tallies),
        owners,
        points,
        findings: verdicts.findings,
        losses: verdicts.losses,
        cohorts: verdicts.members.0,
        membership: verdicts.members.1,
        groups: weighed.groups,
        crowds: weighed.crowds,
        ..Results::default()
    };
    (results, weighed.standing)
}

/// Whether a finding is of praise that a group called fake was paid for.
fn praise_is_fake(weighed: &Weighed, finding: &Finding) -> bool {
    let number = finding.evidence.iter().find(|entry| entry.0 == "group");
    let group = number.and_then(|entry| weighed.groups.get((entry.1 as usize).wrapping_sub(1)));
    finding.code == Code::Pay04 && group.is_some_and(|group| group.verdict == Verdict::Fake)
}

/// Names a detector once.
fn note(findings: &mut Vec<Code>, finding: &Finding) {
    if !findings.contains(&finding.code) {
        findings.push(finding.code);
    }
}

/// Bits, beyond the price of the search, from which a point stands in with a crew.
const COLLUDES: f64 = 10.0;
/// The fewest parcels that say so.
const FEWEST_PARCELS: u32 = 5;

/// A network point: whether crews' parcels go in there that by their owners' habit would go in elsewhere. An outlet that
/// takes in a shop's brushed parcels with all its others did its work.
fn point(point: Key, parcels: u64, found: PointFound, price: f64) -> PointResult {
    let bits = found.bits - price;
    let verdict = match bits {
        _ if found.parcels < FEWEST_PARCELS => Verdict::Genuine,
        bits if bits >= COLLUDES => Verdict::Fake,
        bits if bits >= 0.0 => Verdict::Suspect,
        _ => Verdict::Genuine,
    };
    let findings = if verdict > Verdict::Genuine { vec![Code::Log01] } else { Vec::new() };
    let score = if found.parcels == 0 { 0.0 } else { 1.0 / (1.0 + (COLLUDES - bits).exp2()) };
    PointResult { point, parcels, score: score as f32, verdict, findings }
}

impl PointResult {
    /// Takes in what is found of its parcels.
    fn note(&mut self, finding: &Finding) {
        let bits = f64::from(finding.bits);
        let chance = (1.0 / (1.0 + (COLLUDES - bits).exp2())) as f32;
        let (verdict, score) = match finding.code {
            // Numbers alone do not say that parcels are not real: a depot that far shops share deals them out as a list does.
            Code::Log04 => return,
            // Who signs for people who are not there knows it.
            Code::Log06 if bits >= COLLUDES => (Verdict::Fake, chance),
            // Whoever takes in parcels that cannot be real should be asked.
            _ => (Verdict::Suspect, chance / 2.0),
        };
        self.verdict = self.verdict.max(verdict);
        self.score = self.score.max(score);
    }
}

/// Each kind over all subjects: of `join`, how many of the members are real.
fn totals(tallies: &[(Counted, Tally)]) -> Vec<Total> {
    let mut sums: BTreeMap<Kind, Tally> = BTreeMap::new();
    for ((_, _, kind), tally) in tallies {
        sums.entry(*kind).or_default().merge(tally);
    }
    let total = |(metric, tally): (Kind, Tally)| {
        let genuine = tally.genuine();
        Total {
            metric,
            raw: tally.raw,
            genuine: genuine.estimate,
            low: genuine.low,
            high: genuine.high,
        }
    };
    sums.into_iter().map(total).collect()
}

fn subjects(tallies: &[(Counted, Tally)]) -> Vec<SubjectResult> {
    let mut rows: BTreeMap<(Key, Kind), (Tally, u64, Key)> = BTreeMap::new();
    for ((subject, owner, kind), tally) in tallies {
        let (sum, most, of) = rows.entry((*subject, *kind)).or_default();
        sum.merge(tally);
        // Owners come in the order of their keys: of two with as many events the first stays.
        if tally.raw > *most {
            (*most, *of) = (tally.raw, *owner);
        }
    }
    let row = |((subject, metric), (tally, _, owner)): ((Key, Kind), (Tally, u64, Key))| {
        let genuine = tally.genuine();
        let verdict = match (tally.fake, tally.suspect) {
            (0, 0) => Verdict::Genuine,
            (0, _) => Verdict::Suspect,
            _ => Verdict::Fake,
        };
        SubjectResult {
            subject,
            owner,
            metric,
            raw: tally.raw,
            genuine: genuine.estimate,
            low: genuine.low,
            high: genuine.high,
            verdict,
        }
    };
    rows.into_iter().filter(|((subject, _), _)| subject.is_some()).map(row).collect()
}
