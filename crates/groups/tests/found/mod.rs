//! What the search and the judgement find in a small world.

use events::{Event, Key};
use groups::{Activity, Examination, Group, Ledger, Limits, judge, search};

/// The group that did more than six of these jobs; events are in the order of time.
pub fn group_of(events: &[Event], jobs: &[Key]) -> Group {
    let mut activity = Activity::new(false);
    for event in events {
        activity.observe(event);
    }
    let search = search(Ledger::of(vec![activity]), 2, Limits::default());
    let mut examination = Examination::new(&search);
    for event in events {
        examination.observe(event, "");
    }
    let own = |group: &&Group| group.jobs.iter().filter(|job| jobs.contains(&job.0)).count() > 6;
    judge(&search, &examination).iter().find(own).cloned().expect("a community")
}
