//! Each community judged as a whole: a crew, or a crowd?
//!
//! Both act together beyond chance; that is why they were found. What tells them apart is pooled over all members and
//! said in bits: the logarithm of how much better a crew explains a number than a crowd does. The two reference
//! populations are stated per test, with where they come from; a test whose columns a table lacks says nothing.

use crate::arrival::Arrival;
use crate::audience::audiences;
use crate::circle::Circle;
use crate::crews::{Crew, crews};
use crate::examination::{Contrast, Examination, Manner, People};
use crate::explained::{one_list, one_owner, signs};
use crate::fleets::fleets;
use crate::group::{Group, Member, Test, in_time, named, strongest_first};
use crate::ledger::Ledger;
use crate::manner::Usual;
use crate::meetings::FEWEST_MEETINGS;
use crate::mismatch::mismatches;
use crate::pooled;
use crate::reach::Record;
use crate::search::{Community, Search};
use crate::sharers::sharers;
use crate::tail::{likelihood_bits, logit, measured_bits, poisson_bits, share_ratio_bits};
use crate::turnout::{pairs_with, turnout_bits, usual_of_crowds};
use detectors::{Class, Finding};
use events::{EventTime, Key};
use hashbrown::HashMap;

/// The most bits by which loyalty to creators can explain a community.
const MOST_LOYALTY: f64 = 8.0;

/// What it says that nothing drew a community by being new: half of the real ones are.
const NO_LOYALTY: f64 = 1.0;

/// How long after its first mark a work is new to its creator's fans.
const NOVELTY_SECONDS: u32 = 2 * 3600;

/// Weighs every community that a search found, then every crew that surges lead to, then those that waves of views and
/// floods of marks do.
#[must_use]
pub fn judge(search: &Search, examination: &Examination) -> Vec<Group> {
    let (contrasts, people) = examination.contrasts(search.communities.len());
    let sharing = device_sharing(search);
    let (ledger, seen) = (&search.ledger, &examination.approaches);
    let usual = Usual::of(seen);
    let crews = crews(ledger, &search.surges, seen, &usual);
    let signed: Vec<&Crew> =
        crews.iter().filter(|crew| pooled::is_signed(ledger, &search.surges, seen, crew)).collect();
    let mut groups: Vec<Group> = search
        .communities
        .iter()
        .zip(&contrasts)
        .map(|(community, contrast)| {
            let mut group = group(search, community, contrast, &people, &sharing);
            group.tests.extend(signs(community, &group.tests, &signed));
            group
        })
        .collect();
    groups
        .extend(crews.iter().map(|crew| pooled::group(ledger, &search.surges, seen, &usual, crew)));
    groups.extend(audiences(&search.waves, &examination.attendance));
    groups.extend(fleets(ledger, &search.floods, &examination.trail));
    groups
}

/// Hours of subjects in which views fit nothing else that came: findings about subjects, whoever sent the views.
#[must_use]
pub fn mismatched(search: &Search, examination: &Examination) -> Vec<Finding> {
    mismatches(&search.waves, &search.ledger, &examination.attendance)
}

/// Accounts by whose links those views were sent that findings of [`mismatched`] are about.
#[must_use]
pub fn passed_on(search: &Search, examination: &Examination, findings: &[Finding]) -> Vec<Group> {
    sharers(&search.waves, &search.ledger, &examination.attendance, findings)
}

/// How many accounts were first seen on each device.
fn device_sharing(search: &Search) -> HashMap<Key, u32> {
    let mut users: HashMap<Key, u32> = HashMap::new();
    for device in search.ledger.devices.iter().filter(|device| device.is_some()) {
        *users.entry(*device).or_default() += 1;
    }
    users
}

fn group(
    search: &Search,
    community: &Community,
    contrast: &Contrast,
    people: &People,
    sharing: &HashMap<Key, u32>,
) -> Group {
    let ledger = &search.ledger;
    let account = |place: u32| ledger.accounts[community.members[place as usize] as usize];
    let at = |seconds: u32| EventTime(i64::from(seconds) * EventTime::SECOND);
    let mut done = vec![0u32; community.members.len()];
    for turn in &community.turns {
        done[turn.member as usize] += 1;
    }
    let members = (0..community.members.len()).map(|m| Member {
        account: account(m as u32),
        bits: community.member_bits[m],
        jobs: done[m],
    });
    let subject = |number: u32| ledger.subjects[number as usize];
    let jobs = community
        .jobs
        .iter()
        .map(|job| (subject(job.subject), job.members, at(job.first), at(job.last)));
    let meetings = community.turns.iter().map(|turn| {
        let job = &community.jobs[turn.job as usize];
        (account(turn.member), subject(job.subject), at(turn.time))
    });
    let (device_test, devices) = shared_devices(search, community, sharing);
    let circle = Circle::of(ledger, community);
    let drawn = Drawn::of(ledger, community);
    let loyal = drawn.map_or(0.0, |drawn| drawn.unnamed);
    let records = community.records(ledger);
    let mut tests = shape_tests(community, &records, circle.as_ref(), loyal).to_vec();
    tests.extend(manner_tests(contrast, people));
    tests.extend(device_test);
    tests.extend(drawn.map(Drawn::test));
    tests.extend(arrivals(ledger, community, circle.as_ref()));
    tests.extend(one_list(&tests, community, contrast));
    tests.extend(one_owner(&tests, ledger, community, contrast));
    let (members, jobs, meetings) = (members.collect(), jobs.collect(), meetings.collect());
    let mut group = Group::new(members, jobs, meetings, tests, community.surplus);
    group.devices = devices;
    take_in(ledger, community, &mut group);
    group
}

/// What it says at most that members of a lasting circle come evenly: half of such circles are called to a stretch of hours, as
/// to a shift or a morning's greetings.
const MOST_OF_CIRCLES: f64 = 1.0;

/// How evenly members came to each job, unless each has a habit.
fn arrivals(ledger: &Ledger, community: &Community, circle: Option<&Circle>) -> Option<Test> {
    let arrival = Arrival::of(ledger, community)?;
    let most = match circle {
        Some(circle) if circle.lasting => MOST_OF_CIRCLES,
        _ => f64::INFINITY,
    };
    Some(Test {
        name: "arrivals",
        class: Class::Synchrony,
        observed: arrival.place.0,
        expected: arrival.occasion,
        bits: arrival.bits().min(most),
    })
}

/// Works that drew the community as soon as they appeared. Fans come within minutes of a new work's first mark, again and
/// again, and keep to a few creators; hired accounts come hours or days later, when somebody has paid. An owner counts
/// once in a tie, but here each of its works counts, so that loyalty would pass for practice: in the labelled market an idol's club
/// does half of its jobs, at half of the evenness that a crew shows.
///
/// A work is new where its first mark is seen: not in the table's first hours, which may have cut off earlier ones. What only
/// the community marked in that time says nothing of when it appeared, unless owners are not named: then loyalty is not
/// explained at all, and is granted.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    /// The share of the marks that are on such works.
    share: f64,
    /// The share that is on such works whose owner is not named: all of them may be one creator's.
    unnamed: f64,
}

impl Drawn {
    fn of(ledger: &Ledger, community: &Community) -> Option<Drawn> {
        let mut times: Vec<Vec<u32>> = vec![Vec::new(); community.jobs.len()];
        for turn in &community.turns {
            times[turn.job as usize].push(turn.time);
        }
        let begins = ledger.span().map_or(0, |span| span.0).saturating_add(NOVELTY_SECONDS);
        let (mut early, mut unnamed, mut seen) = (0, 0, 0);
        for (job, times) in community.jobs.iter().zip(&mut times) {
            let marks = ledger.of_subject(job.subject);
            let Some(first) = marks.first().map(|mark| mark.time) else { continue };
            if times.is_empty() || first < begins {
                continue;
            }
            times.sort_unstable();
            let until = first.saturating_add(NOVELTY_SECONDS);
            if times[times.len() / 4] > until {
                seen += times.len();
                continue;
            }
            let mut new = marks.iter().take_while(|mark| mark.time <= until);
            let others = new.any(|mark| community.members.binary_search(&mark.account).is_err());
            let named = ledger.owned[job.subject as usize];
            if others || !named {
                seen += times.len();
                early += times.len();
                unnamed += if named { 0 } else { times.len() };
            }
        }
        let share = |marks: usize| marks as f64 / seen as f64;
        (seen > 0).then(|| Drawn { share: share(early), unnamed: share(unnamed) })
    }

    fn test(self) -> Test {
        Test {
            name: "new_works",
            class: Class::Synchrony,
            observed: self.share,
            expected: 0.5,
            bits: NO_LOYALTY - (NO_LOYALTY + MOST_LOYALTY) * self.share,
        }
    }
}

/// How many of a crowd's pairs are tied, and of a crew's: log odds, mean and standard deviation.
const CROWD_TIED: (f64, f64) = (-1.6, 0.9);
const CREW_TIED: (f64, f64) = (1.0, 1.2);

/// Tests that need nothing but marks. The two are measured on the same turns and lean on one another, so each counts for
/// seven tenths; and a handful of accounts is tight because that is how it was picked, so what its shape says counts for
/// `n / (n + 5)` of that.
///
/// Reference crowds: fan clubs, readers of daily lists, followers of suggestions and raters of films meet in 5–35 % of
/// pairs, did 8–30 % of the jobs each, with a variance 2–7 times the binomial's. Reference crews: tied in 35–100 % of
/// pairs, 35–90 % of the jobs, variance 0.4–2.3 times the binomial's.
///
/// Works of one owner are one choice, and so is a circle of them: neither test says more of the jobs than of these.
/// `loyal` is the chance that the members were tied by one owner that is not named.
fn shape_tests(
    community: &Community,
    records: &[Record],
    circle: Option<&Circle>,
    loyal: f64,
) -> [Test; 2] {
    let shape = community.shape;
    let n = community.members.len() as f64;
    let lean = 0.7 * n / (n + 5.0);
    let turnout = turnout_bits(records, community.needed);
    let chosen = circle.map(|circle| turnout_bits(&circle.records, circle.needed));
    let (expected, tied) = tied_pairs(community, records, circle);
    let test = |name, observed, expected, bits| Test {
        name,
        class: Class::Synchrony,
        observed,
        expected,
        bits,
    };
    [
        test("tied_pairs", shape.tie_density, expected, lean * unless(loyal, tied)),
        test(
            "turnout",
            shape.participation,
            0.15,
            (lean * chosen.map_or(turnout, |bits| bits.min(turnout))).clamp(-12.0, 12.0),
        ),
    ]
}

/// The share of pairs that a crowd would tie, and what those that are tied say. Where few jobs were done, even a crew's pairs had
/// not three to meet at; where they are those of a few owners, everybody who is loyal to them is tied to all others who are. Where
/// owners are not named, each work counts in a tie, not each owner: fans of one creator are then tied in nine pairs of ten, as a crew is.
fn tied_pairs(community: &Community, records: &[Record], circle: Option<&Circle>) -> (f64, f64) {
    let n = community.members.len() as f64;
    let pairs = n * (n - 1.0) / 2.0;
    let odds = |share: f64| logit(share * pairs, pairs);
    let most = pairs_with(FEWEST_MEETINGS as usize, records, community.shape.participation);
    let reach = |usual: f64| usual.min(odds(most));
    let (crew, crowd) = (reach(CREW_TIED.0), reach(CROWD_TIED.0));
    let observed = odds(community.shape.tie_density);
    let bits = |crowd| likelihood_bits(observed, (crew, CREW_TIED.1), (crowd, CROWD_TIED.1));
    let unexplained = bits(crowd);
    // Where there are hundreds of jobs, people who come to one in seven of them meet as often as it takes.
    let often = pairs_with(community.needed.jobs as usize, records, usual_of_crowds());
    let tied = circle.map_or(often, |circle| circle.tied.max(often));
    match odds(tied) {
        // That alone ties as many as a crew would.
        odds if odds >= crew => (tied, unexplained.min(0.0)),
        odds if odds > crowd => (tied, unexplained.min(bits(odds))),
        _ => (0.17, unexplained),
    }
}

/// What bits for a crew are worth, unless something that people do too explains all of it, by this chance.
fn unless(explained: f64, bits: f64) -> f64 {
    let chance = explained + (1.0 - explained) * (-bits).exp2();
    if bits > 0.0 { -chance.log2() } else { bits }
}

/// Adds who belongs besides, with what they did, behind the others.
fn take_in(ledger: &Ledger, community: &Community, group: &mut Group) {
    let mut done = vec![0u32; community.besides.len()];
    for job in &community.jobs {
        let marks = ledger.of_subject(job.subject);
        let from = marks.partition_point(|mark| mark.time < job.first);
        let mut came: Vec<(usize, u32)> = marks[from..]
            .iter()
            .take_while(|mark| mark.time <= job.last)
            .filter_map(|mark| {
                let place = community.besides.binary_search_by_key(&mark.account, |b| b.0).ok()?;
                Some((place, mark.time))
            })
            .collect();
        came.sort_unstable();
        came.dedup_by_key(|one| one.0);
        for (place, time) in came {
            done[place] += 1;
            let account = ledger.accounts[community.besides[place].0 as usize];
            let time = EventTime(i64::from(time) * EventTime::SECOND);
            group.meetings.push((account, ledger.subjects[job.subject as usize], time));
        }
    }
    let mut besides = named(ledger, &community.besides, done);
    strongest_first(&mut besides);
    group.members.extend(besides);
    in_time(&mut group.meetings);
}

/// The most bits of marks on jobs: crowds that come in order to leave a mark (who enter every prize draw, who stand up for
/// an idol, parents of a class) leave one on 94 to 99 % of what they share, as crews do.
const MOST_MARKED: f64 = 7.0;

/// The fewest visits on either side that a manner is judged by.
const FEWEST_VISITS: u64 = 30;

/// Tests of what members do where they met and elsewhere.
///
/// Reference crowds mark 50–80 % of what they open on the subjects they share, and elsewhere as often as anybody;
/// crews mark nine in ten on their jobs, and hardly anything elsewhere, since wandering about is only their cover.
/// People who come for a job leave sooner than others leave the same subject.
fn manner_tests(contrast: &Contrast, people: &People) -> Vec<Test> {
    let mut tests = Vec::new();
    let mut test = |name, observed, expected, bits| {
        tests.push(Test { name, class: Class::Path, observed, expected, bits });
    };
    let share = |manner: &Manner| manner.marked as f64 / manner.viewed.max(1) as f64;
    let bits = |manner: &Manner, crew, crowd| {
        share_ratio_bits(manner.marked as f64, manner.viewed as f64, crew, crowd)
    };
    if contrast.on.viewed >= FEWEST_VISITS {
        let on = &contrast.on;
        let said = bits(on, (2.7, 0.7), (0.5, 0.6));
        test("marks_on_jobs", share(on), 0.62, said.min(MOST_MARKED));
    }
    if contrast.off.viewed >= FEWEST_VISITS && people.viewed >= FEWEST_VISITS {
        let off = &contrast.off;
        let usual = (people.share / (1.0 - people.share)).ln();
        let wider = |sd: f64| (sd * sd + people.variance).sqrt();
        let said = bits(off, (usual - 0.7, wider(0.6)), (usual - 0.1, wider(0.25)));
        test("marks_elsewhere", share(off), people.share, said);
    }
    if let (Some(on), Some(others)) = (contrast.on.mean_stay(), contrast.others.mean_stay()) {
        let variance = contrast.on.stay_variance() + contrast.others.stay_variance();
        let said = measured_bits(on - others, variance, (-1.0, 0.7), (-0.3, 0.5));
        test("stay_on_jobs", 2f64.powf(on) / 1000.0, 2f64.powf(others) / 1000.0, said);
    }
    tests
}

/// Members that share a first device with another member, against what the devices' use by everybody explains: a
/// household's phone or a public terminal does not make a crew.
fn shared_devices(
    search: &Search,
    community: &Community,
    sharing: &HashMap<Key, u32>,
) -> (Option<Test>, Vec<(Key, u32)>) {
    let ledger = &search.ledger;
    let mut devices: Vec<Key> =
        community.members.iter().map(|&m| ledger.devices[m as usize]).collect();
    devices.retain(|device| device.is_some());
    let known = devices.len();
    if known < 4 {
        return (None, Vec::new());
    }
    devices.sort_unstable();
    let fraction = known as f64 / ledger.accounts.len().max(1) as f64;
    let (mut shared, mut expected) = (0u32, 0.0);
    let mut list = Vec::new();
    for same in devices.chunk_by(|x, y| x == y) {
        let everybody = f64::from(sharing.get(&same[0]).copied().unwrap_or(1));
        let with_another = 1.0 - (1.0 - fraction).powf(everybody - 1.0);
        expected += with_another * same.len() as f64;
        if same.len() > 1 {
            shared += same.len() as u32;
            list.push((same[0], same.len() as u32));
        }
    }
    list.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
    // Friends and families are in a crowd together: one in twenty members is granted a shared device.
    let granted = expected + 0.05 * known as f64;
    let bits = if shared == 0 { -1.0 } else { poisson_bits(f64::from(shared), granted).min(30.0) };
    let test = Test {
        name: "shared_devices",
        class: Class::Infrastructure,
        observed: f64::from(shared) / known as f64,
        expected: granted / known as f64,
        bits,
    };
    (Some(test), list)
}
