//! VEL03 address fan-out: more accounts behind one IP or subnet in an hour, day or week than addresses have in this table.
//!
//! A campus or a carrier's gateway holds thousands and is no crime; so the prior's tail is flat, and a table with such gateways flattens it
//! further. Rotating addresses pass. See docs/detectors/VEL03-address-fan-out.md.

use crate::Code;
use crate::fanout::Watched;
use events::EntityKind;

/// An IP's tail by prior is x^-2 (families, offices); a subnet's is flatter still and starts at two.
pub(crate) const WATCHED: [Watched; 2] = [
    Watched { kind: EntityKind::Ip, code: Code::Vel03, start: 1.0, exponent: 2.0 },
    Watched { kind: EntityKind::Subnet, code: Code::Vel03, start: 2.0, exponent: 1.5 },
];
