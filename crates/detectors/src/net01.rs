//! NET01 shared instruments: more accounts on one payment instrument, delivery address or block of phone numbers in an
//! hour, day or week than these have in this table.
//!
//! Families share cards and doors, lockers and dormitories share one address between hundreds; the table says how far. See
//! docs/detectors/NET01-shared-instruments.md.

use crate::Code;
use crate::fanout::Watched;
use events::EntityKind;

/// All fall by prior as x^-3, as households do.
pub(crate) const WATCHED: [Watched; 3] = [
    Watched { kind: EntityKind::PhoneBlock, code: Code::Net01, start: 1.0, exponent: 3.0 },
    Watched { kind: EntityKind::Payment, code: Code::Net01, start: 1.0, exponent: 3.0 },
    Watched { kind: EntityKind::Address, code: Code::Net01, start: 1.0, exponent: 3.0 },
];
