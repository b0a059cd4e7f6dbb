//! VEL02 device fan-out: more accounts on one device in an hour, day or week than devices have in this table.
//!
//! Terminals in shops and dormitories carry dozens of people; where they are common, they are usual. A farm that gives each account its own
//! device passes; the coincidence graph is for those. See docs/detectors/VEL02-device-fan-out.md.

use crate::Code;
use crate::fanout::Watched;
use events::EntityKind;

/// The share of devices with at least x accounts falls by prior as x^-3: a household shares by twos and threes.
pub(crate) const WATCHED: [Watched; 1] =
    [Watched { kind: EntityKind::Device, code: Code::Vel02, start: 1.0, exponent: 3.0 }];
