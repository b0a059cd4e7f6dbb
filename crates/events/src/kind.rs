//! The kinds of event and of parcel scan that the contract names.

use serde::{Deserialize, Serialize};

/// What happened. The names are those of the contract; any other name is [`Kind::Other`], kept and counted.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[repr(u8)]
#[allow(missing_docs)] // the contract's own words
pub enum Kind {
    Register,
    Login,
    Join,
    View,
    Search,
    Like,
    Follow,
    Share,
    Comment,
    Vote,
    Favorite,
    Review,
    Cart,
    Order,
    Pay,
    Ship,
    Scan,
    Sign,
    Refund,
    Payout,
    Coupon,
    Subsidy,
    Tip,
    Report,
    #[default]
    Other,
}

impl Kind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Kind; 25] = [
        Kind::Register,
        Kind::Login,
        Kind::Join,
        Kind::View,
        Kind::Search,
        Kind::Like,
        Kind::Follow,
        Kind::Share,
        Kind::Comment,
        Kind::Vote,
        Kind::Favorite,
        Kind::Review,
        Kind::Cart,
        Kind::Order,
        Kind::Pay,
        Kind::Ship,
        Kind::Scan,
        Kind::Sign,
        Kind::Refund,
        Kind::Payout,
        Kind::Coupon,
        Kind::Subsidy,
        Kind::Tip,
        Kind::Report,
        Kind::Other,
    ];

    /// The contract's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Register => "register",
            Kind::Login => "login",
            Kind::Join => "join",
            Kind::View => "view",
            Kind::Search => "search",
            Kind::Like => "like",
            Kind::Follow => "follow",
            Kind::Share => "share",
            Kind::Comment => "comment",
            Kind::Vote => "vote",
            Kind::Favorite => "favorite",
            Kind::Review => "review",
            Kind::Cart => "cart",
            Kind::Order => "order",
            Kind::Pay => "pay",
            Kind::Ship => "ship",
            Kind::Scan => "scan",
            Kind::Sign => "sign",
            Kind::Refund => "refund",
            Kind::Payout => "payout",
            Kind::Coupon => "coupon",
            Kind::Subsidy => "subsidy",
            Kind::Tip => "tip",
            Kind::Report => "report",
            Kind::Other => "other",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn of(name: &str) -> Kind {
        Self::ALL.into_iter().find(|kind| kind.name() == name).unwrap_or(Kind::Other)
    }

    /// The kind with that code, `Other` for a code that no kind has.
    #[must_use]
    pub fn from_code(code: u8) -> Kind {
        Self::ALL.get(usize::from(code)).copied().unwrap_or(Kind::Other)
    }

    /// Whether the event moves a count that a platform shows of its subject: these have rows in `subjects.parquet`
    /// and in `events.parquet`.
    #[must_use]
    pub fn counts(self) -> bool {
        matches!(
            self,
            Kind::Join
                | Kind::View
                | Kind::Like
                | Kind::Follow
                | Kind::Share
                | Kind::Comment
                | Kind::Vote
                | Kind::Favorite
                | Kind::Review
                | Kind::Order
                | Kind::Tip
                | Kind::Other
        )
    }

    /// Whether the event is a deliberate mark left on a subject, as against passing by: what bought engagement,
    /// orders and reviews are made of.
    #[must_use]
    pub fn is_mark(self) -> bool {
        self.counts() && self != Kind::View
    }
}

/// What a parcel scan said, that a person let pass what the platform's risk control had stopped, or that the status is
/// another of the platform's own words for an outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // the contract's own words
pub enum ScanStatus {
    #[default]
    None,
    Created,
    Collected,
    Arrived,
    Departed,
    Delivering,
    Locker,
    Signed,
    SignedAgent,
    Exception,
    Refused,
    Returned,
    Outcome,
    Overridden,
}

impl ScanStatus {
    /// The status of that name; a name that is not a scan's is an outcome.
    #[must_use]
    pub fn of(name: &str) -> ScanStatus {
        match name {
            "" => ScanStatus::None,
            "created" => ScanStatus::Created,
            "collected" => ScanStatus::Collected,
            "arrived" => ScanStatus::Arrived,
            "departed" => ScanStatus::Departed,
            "delivering" => ScanStatus::Delivering,
            "locker" => ScanStatus::Locker,
            "signed" => ScanStatus::Signed,
            "signed_agent" => ScanStatus::SignedAgent,
            "exception" => ScanStatus::Exception,
            "refused" => ScanStatus::Refused,
            "returned" => ScanStatus::Returned,
            "overridden" | "override" | "manual_pass" | "released" => ScanStatus::Overridden,
            _ => ScanStatus::Outcome,
        }
    }

    /// The contract's word; none where nothing was said, or something else than one of these.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            ScanStatus::None | ScanStatus::Outcome => return None,
            ScanStatus::Created => "created",
            ScanStatus::Collected => "collected",
            ScanStatus::Arrived => "arrived",
            ScanStatus::Departed => "departed",
            ScanStatus::Delivering => "delivering",
            ScanStatus::Locker => "locker",
            ScanStatus::Signed => "signed",
            ScanStatus::SignedAgent => "signed_agent",
            ScanStatus::Exception => "exception",
            ScanStatus::Refused => "refused",
            ScanStatus::Returned => "returned",
            ScanStatus::Overridden => "overridden",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EntityKind;

    #[test]
    fn codes_and_names_round_trip() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of(kind.name()), kind);
            assert_eq!(Kind::from_code(kind as u8), kind);
        }
        assert_eq!(Kind::of("teleport"), Kind::Other);
        assert_eq!(Kind::from_code(200), Kind::Other);
        for kind in EntityKind::ALL {
            assert_eq!(EntityKind::from_code(kind as u8), Some(kind));
        }
        assert_eq!(EntityKind::from_code(EntityKind::ALL.len() as u8), None);
        for word in ["created", "signed_agent", "overridden"] {
            assert_eq!(ScanStatus::of(word).name(), Some(word));
        }
        assert_eq!(ScanStatus::of("ok").name(), None);
    }
}
