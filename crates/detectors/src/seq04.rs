//! SEQ04 days without rest: an account acts for five days and nights or more without a pause in which a person could sleep.
//!
//! Several hands on one account look the same, so it is one of the weak signs that are counted over a whole table: see
//! [`crate::gear`]. Shops whose staff answers in shifts are passed over. See docs/detectors/SEQ04-days-without-rest.md.

use crate::seq01::is_by_hand;
use events::{Event, Key, Kind};
use features::Waking;
use serde::{Deserialize, Serialize};

/// A pause as long as this is a rest: four hours. People whose sleep is broken, as a newborn's parents', have one in most nights, in
/// all but a few in a row.
const REST: u32 = 4 * 3600;
/// Seconds without a rest from which no single person is behind it: five days.
const WITHOUT: u32 = 5 * 86_400;
/// Fewer acts cannot fill them: nothing is known of such an account.
const FEWEST_ACTS: u32 = WITHOUT / REST + 2;
/// An account is a desk that answers if its answers outnumber all else by this part of its acts.
const DESK: u32 = 4;

/// The acts of one account by the clock: 32 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hours {
    waking: Waking<REST>,
    /// By how much answers to `owner`'s goods outnumber all else.
    lead: u32,
    owner: Key,
}

impl Hours {
    /// Takes an event of the account.
    pub(crate) fn observe(&mut self, event: &Event) {
        // Of other kinds nobody knows whose hand they were.
        if !is_by_hand(event.kind) || event.kind == Kind::Other {
            return;
        }
        self.waking.push(crate::fanout::second(event.time));
        // Majority vote (Boyer & Moore): whose goods most of the acts answer under, if it is one owner's.
        let answers = event.kind == Kind::Comment || event.owner == event.actor;
        match event.owner {
            owner if answers && owner.is_some() && (self.lead == 0 || owner == self.owner) => {
                (self.owner, self.lead) = (owner, self.lead.saturating_add(1));
            }
            _ => self.lead = self.lead.saturating_sub(1),
        }
    }

    /// Whether it went without rest for longer than a person can; unknown of who acts too little to tell.
    pub(crate) fn without_rest(&self) -> Option<bool> {
        let known = self.waking.events() >= FEWEST_ACTS;
        known.then(|| self.waking.longest().seconds >= WITHOUT && !self.is_desk())
    }

    /// Whether it answers under one owner's goods and does little else.
    fn is_desk(&self) -> bool {
        self.lead >= (self.waking.events() / DESK).max(1)
    }

    /// What it counted.
    pub(crate) fn counts(&self) -> [(&'static str, f64); 3] {
        let hours = |seconds: u32| f64::from(seconds) / 3600.0;
        [
            ("acts", f64::from(self.waking.events())),
            ("hours_without_rest", hours(self.waking.longest().seconds)),
            ("rest_hours", hours(REST)),
        ]
    }

    /// The second in which its longest stretch ended.
    pub(crate) fn ended(&self) -> u32 {
        self.waking.longest().ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;
    use events::EventTime;

    /// Acts of an account at hours since the first midnight.
    fn hours(kind: Kind, owners: &[u64], mut at: Vec<f64>) -> Hours {
        at.sort_by(f64::total_cmp);
        let mut hours = Hours::default();
        for (n, hour) in at.into_iter().enumerate() {
            let time = EventTime((1_778_000_000 + (hour * 3600.0) as i64) * EventTime::SECOND);
            let owner = Key(owners[n % owners.len()]);
            hours.observe(&Event { kind, time, actor: Key(1), owner, ..Event::default() });
        }
        hours
    }

    fn likes(at: Vec<f64>) -> Option<bool> {
        hours(Kind::Like, &[7, 8, 9, 10], at).without_rest()
    }

    /// Acts between getting up and going to bed, a mean number of them an hour.
    fn up(dice: &mut Dice, from: f64, to: f64, an_hour: f64) -> Vec<f64> {
        let hours = |wait: i64| wait as f64 / EventTime::HOUR as f64;
        let next = |now: &f64| Some(now + hours(dice.wait(3600.0 / an_hour)));
        std::iter::successors(Some(from), next).take_while(|&now| now < to).collect()
    }

    #[test]
    fn who_never_rests_shows_it() {
        let mut dice = Dice(11);
        assert_eq!(likes(up(&mut dice, 0.0, 14.0 * 24.0, 2.0)), Some(true));
        // A machine that is switched off at night.
        let days = |day: i32| (f64::from(day) * 24.0, f64::from(day) * 24.0 + 19.0);
        let mut by_day = |day| up(&mut dice, days(day).0, days(day).1, 2.0);
        assert_eq!(likes((0..14).flat_map(&mut by_day).collect()), Some(false));
    }

    #[test]
    fn people_rest_at_odd_hours() {
        let mut dice = Dice(13);
        for _ in 0..200 {
            let mut shifts = Vec::new();
            let mut short_nights = Vec::new();
            let mut newborn = Vec::new();
            for day in 0..30 {
                let midnight = f64::from(day) * 24.0;
                // Shifts that go round, and hardly a pause between two of them.
                let from = midnight + [6.0, 14.0, 22.0][day as usize / 2 % 3];
                shifts.extend(up(&mut dice, from, from + 16.0, 1.5));
                // A night without sleep in each week, and short nights besides.
                let awake = if day % 7 == 3 { 24.0 } else { 18.5 };
                short_nights.extend(up(&mut dice, midnight + 6.0, midnight + 6.0 + awake, 1.5));
                // Up at most of a child's meals.
                newborn.extend(up(&mut dice, midnight + 7.0, midnight + 22.0, 1.0));
                let mut meal = midnight + 22.0;
                while meal < midnight + 29.0 {
                    meal += 2.0 + 2.0 * dice.below(1 << 20) as f64 / f64::from(1 << 20);
                    newborn.extend(up(&mut dice, meal + 0.2, meal + 0.6, 2.5).into_iter().skip(1));
                }
            }
            assert_eq!(likes(shifts), Some(false));
            assert_eq!(likes(short_nights), Some(false));
            assert_eq!(likes(newborn), Some(false));
            // To the other side of the world and back, up all the way.
            let days = [(7.0, 23.0), (31.0, 47.0), (55.0, 82.0), (90.0, 106.0), (114.0, 142.0)];
            let mut day = |(from, to)| up(&mut dice, from, to, 1.5);
            assert_eq!(likes(days.into_iter().flat_map(&mut day).collect()), Some(false));
            // One long live stream.
            assert_eq!(likes(up(&mut dice, 8.0, 8.0 + 40.0, 4.0)), Some(false));
        }
    }

    #[test]
    fn desks_that_answer_in_shifts_are_passed_over() {
        let mut dice = Dice(14);
        let mut round = || up(&mut dice, 0.0, 14.0 * 24.0, 2.5);
        assert_eq!(hours(Kind::Comment, &[7], round()).without_rest(), Some(false));
        // Its own account: what it does there is its business.
        assert_eq!(hours(Kind::Order, &[1], round()).without_rest(), Some(false));
        // Who talks everywhere is no desk.
        assert_eq!(hours(Kind::Comment, &[7, 8, 9, 10], round()).without_rest(), Some(true));
    }

    #[test]
    fn few_acts_say_nothing() {
        let every = |acts: u32| (0..acts).map(|act| f64::from(act) * 3.95).collect();
        assert_eq!(likes(every(FEWEST_ACTS - 1)), None);
        assert_eq!(likes(every(FEWEST_ACTS)), Some(true));
        // Steps that a platform takes, views that play on, and what is of no known kind.
        for kind in [Kind::View, Kind::Pay, Kind::Scan, Kind::Login, Kind::Other] {
            let idle = hours(kind, &[7, 8, 9], up(&mut Dice(15), 0.0, 14.0 * 24.0, 2.0));
            assert_eq!(idle, Hours::default(), "{kind:?}");
        }
    }
}
