//! One event inside the simulator: compact, without texts, with its label.
//!
//! Rows wait in the calendar by the hundred thousand, so names are numbers and texts are recipes; they become a
//! [`Record`](crate::Record) only when they leave.

use crate::name::Name;
use crate::text::Text;
use events::{Kind, ScanStatus};

/// What an account or an event is in truth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// A real person acting for themselves.
    #[default]
    Genuine,
    /// Counts neither way: friends asked for votes, paid but real reviewers, a bot's ordinary activity.
    Gray,
    /// Made to deceive.
    Fake,
}

impl Label {
    /// The word in truth tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Label::Genuine => "genuine",
            Label::Gray => "gray",
            Label::Fake => "fake",
        }
    }
}

/// Entry channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Source {
    #[default]
    None,
    Home,
    Follow,
    Search(Text),
    Push,
    Profile,
    Direct,
    Ad,
    Live,
    Picks,
    Qr,
    Share(Name),
}

/// What the platform or the courier said of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Said {
    #[default]
    Nothing,
    Ok,
    Done,
    Scan(ScanStatus),
}

/// One event. Amounts, dwell and weight below zero, a rating or region of zero: not given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub time: i64,
    pub kind: Kind,
    pub label: Label,
    pub actor: Name,
    pub subject: Name,
    pub owner: Name,
    pub order: Name,
    pub parcel: Name,
    pub point: Name,
    pub device: Name,
    pub ip: u32,
    pub agent: Agent,
    pub source: Source,
    pub phone: Phone,
    pub payment: Name,
    pub address: Name,
    pub counterparty: Name,
    pub amount: i64,
    pub rating: u8,
    pub text: Text,
    pub dwell_ms: i64,
    pub weight_g: i32,
    pub region: u32,
    pub said: Said,
}

impl Row {
    /// An event of which nothing but time, kind and label is known yet.
    pub(crate) fn new(time: i64, kind: Kind, label: Label) -> Row {
        Row {
            time,
            kind,
            label,
            actor: Name::NONE,
            subject: Name::NONE,
            owner: Name::NONE,
            order: Name::NONE,
            parcel: Name::NONE,
            point: Name::NONE,
            device: Name::NONE,
            ip: 0,
            agent: Agent::default(),
            source: Source::None,
            phone: Phone::default(),
            payment: Name::NONE,
            address: Name::NONE,
            counterparty: Name::NONE,
            amount: -1,
            rating: 0,
            text: Text::default(),
            dwell_ms: -1,
            weight_g: -1,
            region: 0,
            said: Said::Nothing,
        }
    }
}

/// Client software: a phone model with its system, and a release of the app; model 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Agent {
    pub model: u16,
    pub release: u8,
}

/// A phone number: its block of ten thousand, and a token for the rest; block 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Phone {
    pub block: u32,
    pub token: u32,
}
