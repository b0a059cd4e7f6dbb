//! Parties: the second and third look at the events, at who came by the links and devices that the stations tell of.

use detectors::{Code, Finding};
use groups::{Found, Links, Lives, Party, Visitors};

use crate::EngineError;
use crate::again;
use crate::codec::Texts;
use crate::slices::Ordered;

/// What to look at: the links by which many came, and the devices of which the detector of shared ones tells, before it is
/// known how many accounts are usual on one.
#[must_use]
pub fn visitors(links: Vec<Links>, findings: &[Finding]) -> Visitors {
    let shared = findings.iter().filter(|finding| finding.code == Code::Vel02);
    let devices = shared.map(|finding| (finding.entity.key, finding.members.len()));
    Visitors::new(&Links::merge(links), devices.collect())
}

/// The parties in a table of so many accounts.
pub fn found(
    visitors: Visitors,
    accounts: usize,
    ordered: &Ordered,
    workers: usize,
) -> Result<Vec<Party>, EngineError> {
    if visitors.is_empty() {
        return Ok(Vec::new());
    }
    let gatherings = vec![visitors.clone(); workers];
    let gathered = again::look(ordered, gatherings, Texts::None, |v, event, _| v.observe(event))?;
    let whole = gathered.into_iter().reduce(|mut all, part| {
        all.join(part);
        all
    });
    let found = Found::of(whole.unwrap_or(visitors));
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let lives = found.lives(accounts);
    let gatherings = vec![lives.clone(); workers];
    let gathered = again::look(ordered, gatherings, Texts::None, |l, event, _| l.observe(event))?;
    let whole: Option<Lives> = gathered.into_iter().reduce(|mut all, part| {
        all.join(part);
        all
    });
    Ok(found.parties(&whole.unwrap_or(lives)))
}
