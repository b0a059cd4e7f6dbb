//! Views that were sent: the hours of a subject in which SYN03 found that views were sent, and which of its views those are.
//!
//! Most such views have no account, and nobody is accused by them: this says only that they are not counted, or held
//! where too many people came in the same hours and stayed as long.

use detectors::{Code, Finding};
use events::{Event, EventTime, Kind};
use features::Keyed;
use policy::Verdict;
use serde::{Deserialize, Serialize};

/// The chance of having been sent from which a view is not counted, and from which it is held.
const FAKE: f32 = 0.95;
const SUSPECT: f32 = 0.5;
/// Who stays shorter has left at once, in milliseconds.
const AT_ONCE_MS: f64 = 2_048.0;

/// Hours in which views of a subject were sent.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Hours {
    from: i64,
    until: i64,
    /// How long those stayed that were sent, in milliseconds: from and before.
    stay: (i64, i64),
    /// The chance that one of those was.
    chance: f32,
    /// They stayed, all alike. How alike real audiences stay is known of few, so they are held at most.
    stayed: bool,
}

/// Of each subject, such hours.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sent(Keyed<Vec<Hours>>);

impl Sent {
    /// What findings say.
    pub(crate) fn of(findings: &[Finding]) -> Sent {
        let mut sent = Sent::default();
        for finding in findings.iter().filter(|finding| finding.code == Code::Syn03) {
            let said =
                |name| finding.evidence.iter().find(|said| said.0 == name).map(|said| said.1);
            let alike = match (said("stayed_alike"), said("left_at_once")) {
                (Some(alike), _) => Some((alike, said("stayed_from_ms"), said("stayed_to_ms"))),
                (None, Some(left)) => Some((left, Some(0.0), Some(AT_ONCE_MS))),
                (None, None) => None,
            };
            let Some((alike, Some(from), Some(to))) = alike else { continue };
            let stayed = said("stayed_alike").is_some();
            let (Some(number), Some(first)) = (said("sent"), said("first_second")) else {
                continue;
            };
            let hours = Hours {
                from: first as i64 * EventTime::SECOND,
                until: finding.time.0,
                stay: (from as i64, to as i64),
                chance: (number / alike.max(1.0)).clamp(0.0, 1.0) as f32,
                stayed,
            };
            sent.0.entry(finding.entity.key).or_default().push(hours);
        }
        sent
    }

    /// Takes over the hours that began before a time: of the same hours what was said last stands.
    pub(crate) fn take(&mut self, others: &Sent, before: EventTime) {
        for (&subject, hours) in &others.0 {
            let over = || hours.iter().filter(|hours| hours.from < before.0);
            if over().next().is_some() {
                let known = self.0.entry(subject).or_default();
                known.retain(|hours| !over().any(|again| again.from == hours.from));
                known.extend(over());
            }
        }
    }

    /// The chance that a view was sent, and what follows; none where nothing says so.
    pub(crate) fn view(&self, event: &Event) -> Option<(f32, Verdict)> {
        if event.kind != Kind::View || self.0.is_empty() {
            return None;
        }
        let stay = event.dwell_ms.unwrap_or(0).max(0);
        let those = self.0.get(&event.subject)?.iter().filter(|hours| {
            (hours.from..hours.until).contains(&event.time.0)
                && (hours.stay.0..hours.stay.1).contains(&stay)
        });
        let said = those.map(|hours| {
            let verdict = match hours.chance {
                FAKE.. if !hours.stayed => Verdict::Fake,
                SUSPECT.. => Verdict::Suspect,
                _ => Verdict::Genuine,
            };
            (hours.chance, verdict)
        });
        said.max_by(|x, y| x.1.cmp(&y.1).then(x.0.total_cmp(&y.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Entity, EntityKind, Key};

    fn finding(sent: f64, left: f64) -> Finding {
        Finding {
            code: Code::Syn03,
            entity: Entity { kind: EntityKind::Subject, key: Key(7) },
            time: EventTime(7_200 * EventTime::SECOND),
            event: Key::NONE,
            score: 1.0,
            bits: 30.0,
            evidence: vec![("left_at_once", left), ("sent", sent), ("first_second", 3_600.0)],
            members: Vec::new(),
        }
    }

    fn view(subject: u64, second: i64, dwell_ms: Option<i64>) -> Event {
        Event {
            kind: Kind::View,
            subject: Key(subject),
            time: EventTime(second * EventTime::SECOND),
            dwell_ms,
            ..Event::default()
        }
    }

    #[test]
    fn those_who_left_at_once_in_these_hours_were_sent() {
        let sent = Sent::of(&[finding(901.0, 902.0)]);
        let verdict = |event: &Event| sent.view(event).map(|view| view.1);
        assert_eq!(verdict(&view(7, 3_600, Some(500))), Some(Verdict::Fake));
        assert_eq!(verdict(&view(7, 7_199, None)), Some(Verdict::Fake));
        assert_eq!(verdict(&view(7, 7_200, Some(500))), None);
        assert_eq!(verdict(&view(7, 5_000, Some(2_048))), None);
        assert_eq!(verdict(&view(8, 5_000, Some(500))), None);
        assert_eq!(verdict(&Event { kind: Kind::Like, ..view(7, 5_000, Some(500)) }), None);
    }

    #[test]
    fn where_people_left_at_once_too_views_are_held_or_counted_by_their_chance() {
        let held = Sent::of(&[finding(600.0, 900.0)]).view(&view(7, 4_000, Some(9)));
        assert_eq!(held.map(|view| view.1), Some(Verdict::Suspect));
        let (chance, verdict) =
            Sent::of(&[finding(300.0, 900.0)]).view(&view(7, 4_000, Some(9))).unwrap();
        assert_eq!(verdict, Verdict::Genuine);
        assert!((chance - 1.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn views_that_stayed_alike_are_held_at_most() {
        let mut alike = finding(99.0, 0.0);
        alike.evidence[0] = ("stayed_alike", 100.0);
        alike.evidence.extend([("stayed_from_ms", 8_192.0), ("stayed_to_ms", 32_768.0)]);
        let sent = Sent::of(&[alike]);
        let verdict = |dwell| sent.view(&view(7, 4_000, Some(dwell))).map(|view| view.1);
        assert_eq!(verdict(9_000), Some(Verdict::Suspect));
        assert_eq!((verdict(8_000), verdict(33_000)), (None, None));
    }
}
