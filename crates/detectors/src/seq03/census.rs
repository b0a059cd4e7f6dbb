//! Where people live: a subject whose people are those of the whole country is one that everybody likes, however local the others
//! of its table are.
//!
//! Source: Seventh National Population Census of the People's Republic of China, 2020 (National Bureau of Statistics, Communiqué
//! No. 3); for Taiwan, Hong Kong and Macau, which it did not count by province, their own figures of that year.

use super::origins::PROVINCES;

/// People of each province, in hundred thousands, in the order of [`events::Province::NUMBERS`].
pub(super) const PEOPLE: [u32; PROVINCES] = [
    219, 139, 746, 349, 240, 426, 241, 319, 249, 847, 646, 610, 415, 452, 1015, 994, 578, 664,
    1260, 501, 101, 321, 837, 386, 472, 36, 395, 250, 59, 72, 259, 236, 75, 7,
];

/// The share of people in each of some provinces, which sum to 1 over these.
pub(super) fn shares(seen: &[usize]) -> [f64; PROVINCES] {
    let sum: f64 = seen.iter().map(|&place| f64::from(PEOPLE[place])).sum();
    let mut shares = [0.0; PROVINCES];
    for &place in seen {
        shares[place] = f64::from(PEOPLE[place]) / sum;
    }
    shares
}
