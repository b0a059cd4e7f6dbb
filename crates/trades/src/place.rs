//! A place: the province and city of a region code, and how far apart provinces are at least.
//!
//! Regions arrive as keys, so all codes of provinces, cities and counties that GB/T 2260's scheme leaves room for are
//! hashed once and looked up: some megabytes, made when the first scan names a region. Distances are what is certain:
//! between the middles of two provinces less how far each reaches from its middle, so that neighbours are at no distance.

use std::sync::LazyLock;

use events::Key;
use features::Keyed;

/// The first four digits of a region's code; the last two are zero for a whole province.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub u16);

/// By province: its code, the degrees north and east of its middle, and the kilometres that it reaches from there.
const PROVINCES: [(u16, f64, f64, f64); 34] = [
    (11, 40.2, 116.4, 120.0),
    (12, 39.3, 117.3, 120.0),
    (13, 39.0, 116.1, 420.0),
    (14, 37.5, 112.3, 380.0),
    (15, 44.0, 113.0, 1_350.0),
    (21, 41.3, 122.8, 330.0),
    (22, 43.6, 126.2, 450.0),
    (23, 47.9, 128.0, 650.0),
    (31, 31.2, 121.5, 90.0),
    (32, 32.9, 119.5, 330.0),
    (33, 29.2, 120.1, 280.0),
    (34, 31.9, 117.2, 340.0),
    (35, 26.0, 118.0, 320.0),
    (36, 27.7, 115.7, 370.0),
    (37, 36.4, 118.5, 420.0),
    (41, 33.9, 113.6, 360.0),
    (42, 31.1, 112.4, 440.0),
    (43, 27.7, 111.8, 400.0),
    (44, 23.3, 113.5, 450.0),
    (45, 23.8, 108.8, 420.0),
    (46, 19.2, 109.8, 180.0),
    (50, 30.0, 107.8, 300.0),
    (51, 30.6, 102.9, 600.0),
    (52, 26.8, 106.9, 350.0),
    (53, 25.0, 101.5, 520.0),
    (54, 31.5, 88.5, 1_100.0),
    (61, 35.2, 108.9, 520.0),
    (62, 37.5, 101.5, 900.0),
    (63, 35.5, 96.0, 750.0),
    (64, 37.3, 106.2, 280.0),
    (65, 41.5, 85.0, 1_200.0),
    (71, 23.7, 121.0, 230.0),
    (81, 22.4, 114.1, 50.0),
    (82, 22.2, 113.6, 40.0),
];

/// Cities have the numbers 00 (the whole province) to 34, areas governed from afar 51 to 54, and 90 those that the province
/// governs itself.
fn cities() -> impl Iterator<Item = u16> {
    (0..=34).chain(51..=54).chain([90])
}

static PLACES: LazyLock<Keyed<Place>> = LazyLock::new(|| {
    let mut places = Keyed::default();
    for (province, ..) in PROVINCES {
        let _ = places.insert(digits(u32::from(province), 2), Place(province * 100));
        for city in cities() {
            let place = province * 100 + city;
            let _ = places.insert(digits(u32::from(place), 4), Place(place));
            for county in 0..100 {
                let code = u32::from(place) * 100 + county;
                let _ = places.insert(digits(code, 6), Place(place));
            }
        }
    }
    places
});

fn digits(code: u32, count: usize) -> Key {
    let mut text = [b'0'; 6];
    let mut left = code;
    for digit in text[..count].iter_mut().rev() {
        *digit = b'0' + (left % 10) as u8;
        left /= 10;
    }
    std::str::from_utf8(&text[..count]).map_or(Key::NONE, Key::of)
}

impl Place {
    /// The place of a region, if it is a code of the scheme.
    #[must_use]
    pub fn of(region: Key) -> Option<Place> {
        if region.is_none() { None } else { PLACES.get(&region).copied() }
    }

    /// The first two digits.
    #[must_use]
    pub fn province(self) -> u16 {
        self.0 / 100
    }

    /// Whether it surely lies in another city: a whole province may hold any of its cities.
    #[must_use]
    pub fn is_elsewhere(self, other: Place) -> bool {
        let whole = self.0.is_multiple_of(100) || other.0.is_multiple_of(100);
        self.province() != other.province() || (!whole && self != other)
    }

    /// Kilometres that surely lie between two places.
    #[must_use]
    pub fn least_distance(self, other: Place) -> f64 {
        let find = |place: Place| PROVINCES.iter().find(|known| known.0 == place.province());
        match (find(self), find(other)) {
            (Some(a), Some(b)) if a.0 != b.0 => {
                (great_circle((a.1, a.2), (b.1, b.2)) - a.3 - b.3).max(0.0)
            }
            _ => 0.0,
        }
    }
}

/// Kilometres between two points of the globe, in degrees.
fn great_circle(a: (f64, f64), b: (f64, f64)) -> f64 {
    const EARTH: f64 = 6_371.0;
    let (north, south) = (a.0.to_radians(), b.0.to_radians());
    let (up, over) = ((south - north) / 2.0, (b.1 - a.1).to_radians() / 2.0);
    let half = up.sin().powi(2) + north.cos() * south.cos() * over.sin().powi(2);
    2.0 * EARTH * half.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(code: &str) -> Place {
        Place::of(Key::of(code)).unwrap_or_else(|| panic!("{code} is a place"))
    }

    #[test]
    fn codes_of_all_lengths_are_places() {
        assert_eq!(place("330106"), Place(3301));
        assert_eq!(place("3301"), Place(3301));
        assert_eq!(place("33"), Place(3300));
        assert_eq!(place("429004"), Place(4290));
        for other in ["", "990101", "3301060", "杭州市", "339901"] {
            assert_eq!(Place::of(Key::of(other)), None, "{other}");
        }
        assert!(place("330106").is_elsewhere(place("330201")));
        assert!(!place("330106").is_elsewhere(place("330199")));
        assert!(!place("330106").is_elsewhere(place("330000")));
        assert!(place("330000").is_elsewhere(place("310000")));
    }

    #[test]
    fn distances_are_never_more_than_between_the_nearest_towns() {
        // Roads between towns on either side of a border are short; what is between far capitals is still known.
        for (a, b) in
            [("33", "31"), ("15", "23"), ("65", "62"), ("51", "54"), ("44", "81"), ("32", "37")]
        {
            assert_eq!(place(a).least_distance(place(b)), 0.0, "{a} {b}");
        }
        let far = place("110101").least_distance(place("440101"));
        assert!((1_200.0..1_500.0).contains(&far), "{far}");
        assert_eq!(far, place("440101").least_distance(place("110101")));
        assert_eq!(place("330101").least_distance(place("330201")), 0.0);
    }
}
