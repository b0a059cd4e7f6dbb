//! What each code promises: where it shows itself, how often it may speak where nobody cheats, how its evidence gives its
//! bits again.

use super::derived;
use super::world::{Found, World};
use detectors::Code;

/// Where a code shows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Among the schemes of the simulator.
    BySchemes,
    /// In the town, where it is planted.
    InTown,
    /// In a page that `scan` reads.
    OnPages,
}

/// Bits and score, worked out again.
pub type Derive = fn(&Found, &World) -> (f64, f64);

/// What a code promises.
pub struct Promise {
    pub shown: Shown,
    /// Findings for a thousand people among whom nobody cheats: places to look at, that accuse nobody. What judges accounts, groups,
    /// owners, outlets and texts has none.
    pub organic: usize,
    pub derive: Derive,
}

/// What a code promises. It has no arm for the rest: whoever adds a code says it here.
pub fn promise(code: Code) -> Promise {
    use Shown::{BySchemes, InTown, OnPages};
    let (shown, organic, derive): (Shown, usize, Derive) = match code {
        Code::Vel01 | Code::Vel03 | Code::Vel04 | Code::Seq01 => (InTown, 2, derived::by_usual),
        Code::Vel02 | Code::Net01 => (BySchemes, 2, derived::by_usual),
        Code::Net02 | Code::Seq04 => (BySchemes, 0, derived::by_sign),
        Code::Net03 | Code::Mem02 => (InTown, 0, derived::by_sign),
        Code::Rev01 => (BySchemes, 0, derived::rev01),
        Code::Rev02 => (BySchemes, 0, derived::rev02),
        Code::Rev03 => (BySchemes, 0, derived::rev03),
        Code::Mem01 => (BySchemes, 0, derived::mem01),
        Code::Mem05 => (BySchemes, 0, derived::mem05),
        Code::Mem03 => (BySchemes, 0, derived::mem03),
        Code::Mem04 | Code::Pay05 => (BySchemes, 0, derived::by_lives),
        Code::Log05 => (InTown, 0, derived::by_lives),
        Code::Net04 => (BySchemes, 0, derived::net04),
        Code::Syn01 => (BySchemes, 0, derived::syn01),
        Code::Syn03 => (BySchemes, 0, derived::syn03),
        Code::Seq02 => (BySchemes, 0, derived::seq02),
        Code::Seq03 => (InTown, 0, derived::seq03),
        Code::Pay01 => (BySchemes, 0, derived::pay01),
        Code::Pay02 => (BySchemes, 0, derived::pay02),
        Code::Pay03 => (BySchemes, 0, derived::pay03),
        Code::Pay06 => (BySchemes, 0, derived::by_orders_undone),
        Code::Pay07 => (InTown, 0, derived::by_orders_undone),
        Code::Pay04 => (InTown, 0, derived::pay04),
        Code::Log01 => (BySchemes, 0, derived::log01),
        Code::Log02 | Code::Log04 => (BySchemes, 0, derived::by_traits),
        Code::Log03 => (BySchemes, 0, derived::log03),
        Code::Log06 => (InTown, 0, derived::log06),
        Code::Ops01 => (BySchemes, 0, derived::ops01),
        Code::Txt01 => (InTown, 0, derived::by_grounds),
        Code::Txt03 | Code::Txt04 | Code::Txt05 => (BySchemes, 0, derived::by_grounds),
        Code::Txt02 | Code::Txt06 => (OnPages, 0, derived::by_grounds),
        Code::Txt07 => (InTown, 0, derived::txt07),
    };
    Promise { shown, organic, derive }
}
