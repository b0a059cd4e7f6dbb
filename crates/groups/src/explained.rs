//! What explains of a community that it acts together, other than that it was sent: a list that all of its members read, a circle
//! that names itself, one creator whose whole audience they are. Each takes away again what the tests say beyond a most.

use crate::crews::Crew;
use crate::examination::Contrast;
use crate::group::Test;
use crate::ledger::Ledger;
use crate::pooled::MOST_EXPLAINED;
use crate::search::Community;
use detectors::Class;

/// The most bits of having done the same, and how: whoever reads one list of bargains or of books does what it says, and on the same
/// day. Below what condemns by itself.
const MOST_SYNCHRONY: f64 = 11.5;
/// The share of its jobs from which a member misses fewer than readers of a list do: where it has something of them, since they
/// are orders (such readers buy up to 0.8 of a list), and where it has not (they mark half of one).
const MACHINES: (f64, f64) = (0.9, 0.7);

/// Share of a community's members that are of one circle which names itself, from which the community is the circle.
const CIRCLE: f64 = 0.5;

/// Share of those who came to what a community shares that are its own, and share of its jobs that a member did, from which it may be one
/// creator's whole audience: pupils who do what their teacher sets are nineteen in twenty of those who come, and miss one work in five.
const AUDIENCE: (f64, f64) = (0.8, 0.7);

/// What it explains that members say in what they write who they are.
pub(crate) fn signs(community: &Community, tests: &[Test], signed: &[&Crew]) -> Option<Test> {
    let of = |crew: &&Crew| {
        let own = community.members.iter();
        own.filter(|member| crew.members.binary_search_by_key(*member, |m| m.0).is_ok()).count()
    };
    let most = signed.iter().map(of).max()? as f64 / community.members.len().max(1) as f64;
    let beyond = tests.iter().map(|test| test.bits).sum::<f64>() - MOST_EXPLAINED;
    (most >= CIRCLE && beyond > 0.0).then_some(Test {
        name: "signed",
        class: Class::Content,
        observed: most,
        expected: 0.0,
        bits: -beyond,
    })
}

/// What one list that everybody follows explains: all that is beyond what synchrony may say by itself. People miss a day.
pub(crate) fn one_list(tests: &[Test], community: &Community, contrast: &Contrast) -> Option<Test> {
    let ordered = 2 * contrast.ordered >= contrast.done;
    if community.shape.participation >= if ordered { MACHINES.0 } else { MACHINES.1 } {
        return None;
    }
    let own = tests.iter().filter(|test| test.class == Class::Synchrony);
    let said = own.map(|test| test.bits).sum::<f64>();
    (said > MOST_SYNCHRONY).then_some(Test {
        name: "one_list",
        class: Class::Synchrony,
        observed: said,
        expected: MOST_SYNCHRONY,
        bits: MOST_SYNCHRONY - said,
    })
}

/// What it explains that all they share may be one creator's, whom the table does not name: a class that does all its tasks looks
/// like a crew then, in when it came and in how it behaved. Nobody rates all that one creator makes.
pub(crate) fn one_owner(
    tests: &[Test],
    ledger: &Ledger,
    community: &Community,
    contrast: &Contrast,
) -> Option<Test> {
    if 2 * contrast.reviewed > contrast.done {
        return None;
    }
    let subjects = community.jobs.iter().map(|job| job.subject);
    let own = audience(ledger, subjects, &community.members)?;
    if community.shape.participation < AUDIENCE.1 {
        return None;
    }
    let behaved = tests.iter().filter(|test| matches!(test.class, Class::Synchrony | Class::Path));
    let beyond = behaved.map(|test| test.bits).sum::<f64>() - MOST_EXPLAINED;
    (beyond > 0.0).then_some(Test {
        name: "one_owner",
        class: Class::Synchrony,
        observed: own,
        expected: AUDIENCE.0,
        bits: -beyond,
    })
}

/// Of those who ever came to each of some subjects, the share that are among some accounts (ascending): where nobody says whose these
/// subjects are, and it is nearly all.
pub(crate) fn audience(
    ledger: &Ledger,
    subjects: impl Iterator<Item = u32>,
    accounts: &[u32],
) -> Option<f64> {
    let (mut own, mut all, mut untold) = (0, 0, 0);
    for subject in subjects {
        let mut came: Vec<u32> = ledger.of_subject(subject).iter().map(|m| m.account).collect();
        came.sort_unstable();
        came.dedup();
        let among = came.iter().filter(|account| accounts.binary_search(account).is_ok()).count();
        own += among;
        all += came.len();
        untold += if ledger.owned[subject as usize] { 0 } else { among };
    }
    let share = own as f64 / all.max(1) as f64;
    (2 * untold >= own && share >= AUDIENCE.0).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Event, EventTime, Key, Kind};

    /// Twenty accounts that all came to five works, and so many others to each of them.
    fn came(others: u64, owner: Key) -> Ledger {
        let mut activity = crate::Activity::new(false);
        for work in 0..5 {
            for account in (0..20).chain(100 + work * 50..100 + work * 50 + others) {
                activity.observe(&Event {
                    time: EventTime(work as i64 * 86_400 * EventTime::SECOND),
                    kind: Kind::Like,
                    actor: Key(1 + account),
                    subject: Key(1_000 + work),
                    owner,
                    ..Event::default()
                });
            }
        }
        Ledger::of(vec![activity])
    }

    #[test]
    fn who_are_nearly_all_that_come_may_be_one_creators_audience_unless_it_is_told_whose() {
        let members: Vec<u32> = (0..20).collect();
        let share = |ledger: Ledger| audience(&ledger, 0..5, &members);
        assert_eq!(share(came(1, Key::NONE)), Some(20.0 / 21.0));
        assert_eq!(share(came(20, Key::NONE)), None);
        assert_eq!(share(came(1, Key(7))), None);
    }
}
