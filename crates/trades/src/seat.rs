//! A seat: the city that an account mostly logs in from.
//!
//! Only a city that most logins name is kept (Boyer & Moore 1981): one place and one number an account, however long the table is.

use crate::place::Place;

/// What is known of where an account logs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seat {
    place: Place,
    /// Logins from there beyond those from elsewhere.
    lead: u32,
}

impl Seat {
    /// Notes a login.
    pub(crate) fn add(&mut self, place: Place) {
        match self.lead {
            0 => *self = Seat { place, lead: 1 },
            _ if self.place == place => self.lead = self.lead.saturating_add(1),
            _ => self.lead -= 1,
        }
    }

    /// The city, where one is ahead.
    pub(crate) fn place(self) -> Option<Place> {
        (self.lead > 0).then_some(self.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(places: &[u16]) -> Option<Place> {
        let mut seat = Seat::default();
        places.iter().for_each(|&place| seat.add(Place(place)));
        seat.place()
    }

    #[test]
    fn a_journey_moves_nobody() {
        assert_eq!(seat(&[3301, 3301, 4403, 3301]), Some(Place(3301)));
        assert_eq!(seat(&[4403, 3301, 3301]), Some(Place(3301)));
        assert_eq!(seat(&[4403, 3301]), None);
        assert_eq!(seat(&[]), None);
    }
}
