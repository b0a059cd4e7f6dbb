//! An account and what it is apt to do.
//!
//! People and bots are made by the same hand from the same distributions; a scheme then changes only what its
//! business needs. What an account is in truth is kept beside it and never shows in its names.

use crate::calendar::DAY;
use crate::dice::Dice;
use crate::name::{Name, Space, mix};
use crate::places::{Device, Places, REGIONS};
use crate::population::Populations;
use crate::rhythm::Rhythm;
use crate::row::{Label, Phone};
use crate::text::TOPIC_COUNT;

/// An account.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// When it registered.
    pub born: i64,
    /// Ordinary sessions a day.
    pub pace: f64,
    pub rhythm: Rhythm,
    pub tastes: [u16; 3],
    /// Chance to like a film that is opened.
    pub likes: f64,
    /// Chance to comment on it.
    pub talks: f64,
    /// Chance to buy goods that are opened.
    pub buys: f64,
    /// Chance to review what was bought.
    pub reviews: f64,
    pub home: u32,
    pub region: u32,
    pub phone: Phone,
    pub payment: Name,
    pub address: Name,
    pub devices: [Device; 2],
    /// The place where the working day is spent.
    pub work: Option<u32>,
    /// The hall whose terminals are used.
    pub hall: Option<u32>,
    /// The tunnel that is used.
    pub tunnel: Option<u32>,
    pub follows: Vec<u32>,
    pub populations: Populations,
    pub label: Label,
    /// What its ordinary activity counts as.
    pub cover: Label,
    /// The campaign it works in.
    pub campaign: Option<u32>,
}

impl Person {
    /// Somebody who registered some time before `start`.
    pub(crate) fn anybody(dice: &mut Dice, places: &mut Places, number: u32, start: i64) -> Person {
        let region = (REGIONS as f64 * dice.unit() * dice.unit()) as u32;
        let device = places.device(dice);
        Person {
            born: start - ((0.2 + dice.wait(160.0)) * DAY as f64) as i64,
            pace: dice.lognormal(0.53, 0.75).min(6.0),
            rhythm: Rhythm::of_anybody(dice),
            tastes: std::array::from_fn(|_| dice.below(TOPIC_COUNT) as u16),
            likes: dice.lognormal(0.075, 0.85).min(0.7),
            talks: dice.lognormal(0.014, 0.9).min(0.2),
            buys: dice.lognormal(0.032, 0.7).min(0.3),
            reviews: dice.lognormal(0.2, 0.7).min(0.9),
            home: number,
            region,
            phone: Self::phone(dice, region, number),
            payment: places.payment(),
            address: places.address(),
            devices: [device, if dice.chance(0.22) { places.device(dice) } else { device }],
            work: None,
            hall: None,
            tunnel: None,
            follows: Vec::new(),
            populations: Populations::default(),
            label: Label::Genuine,
            cover: Label::Genuine,
            campaign: None,
        }
    }

    /// A number bought in a shop of the region; one in twenty-five is of a virtual carrier.
    fn phone(dice: &mut Dice, region: u32, number: u32) -> Phone {
        let carrier = if dice.chance(0.04) {
            dice.pick(&[170, 171, 165, 167, 162])
        } else {
            dice.pick(&[130, 133, 135, 138, 139, 150, 158, 177, 180, 185, 186, 189, 199])
        };
        let exchange = mix(u64::from(region)) as u32 % 9_000 + dice.below(400) as u32;
        Phone { block: carrier.unwrap_or(138) * 10_000 + exchange, token: number }
    }

    pub(crate) fn name(number: u32) -> Name {
        Name::new(Space::Account, u64::from(number))
    }
}
