//! When a person is awake and at leisure.
//!
//! One curve of the day with a lunch and an evening peak, shifted by the person's own habit. Bots that imitate people
//! draw from the same curve; only careless ones do not.

use crate::calendar::HOUR;
use crate::dice::Dice;

/// Relative use of the platform by hour of the local day.
const HOURS: [f64; 24] = [
    2.6, 1.5, 0.8, 0.5, 0.4, 0.6, 1.4, 2.6, 3.4, 3.6, 3.7, 4.2, 5.6, 4.8, 3.8, 3.7, 3.9, 4.5, 5.4,
    6.6, 7.6, 8.0, 6.8, 4.4,
];

/// A person's habit: how far their day is shifted, in hours.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rhythm {
    shift: f64,
}

impl Rhythm {
    /// Anybody's.
    pub(crate) fn of_anybody(dice: &mut Dice) -> Rhythm {
        let night_owl = if dice.chance(0.06) { 7.0 } else { 0.0 };
        Rhythm { shift: dice.normal() * 1.4 + night_owl }
    }

    /// A moment of the day, as microseconds from its start.
    pub(crate) fn moment(self, dice: &mut Dice) -> i64 {
        let total: f64 = HOURS.iter().sum();
        let mut at = dice.unit() * total;
        let mut hour = 0;
        while hour < 23 && at >= HOURS[hour] {
            at -= HOURS[hour];
            hour += 1;
        }
        let moment = hour as f64 + at / HOURS[hour] + self.shift;
        (moment.rem_euclid(24.0) * HOUR as f64) as i64
    }
}

/// How much busier than usual the platform is on a day of the week (0 is the first day of a scenario, a Monday).
pub(crate) fn weekday(day: u32) -> f64 {
    match day % 7 {
        5 => 1.2,
        6 => 1.25,
        4 => 1.05,
        _ => 0.93,
    }
}
