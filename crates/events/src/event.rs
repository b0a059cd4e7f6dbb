//! One event: an immutable fact from the platform, with event time.

use crate::{
    Currency, EventTime, Key, Kind, Network, Province, ScanStatus, Segment, Software, Span, Waybill,
};
use serde::{Deserialize, Serialize};

/// One row of the contract's event table with its identifiers as keys. Plain data: any value is valid, every field
/// but `time`, `id` and `kind` may be absent (`Key::NONE`, `None`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(missing_docs)] // the contract's columns, in its order
pub struct Event {
    pub id: Key,
    /// The identifier's own text, in the batch's arena: results name events by it.
    pub id_text: Span,
    pub time: EventTime,
    pub kind: Kind,
    pub actor: Key,
    pub subject: Key,
    pub owner: Key,
    pub order: Key,
    pub parcel: Key,
    /// Where the parcel's number stands in its carrier's sequence.
    pub waybill: Waybill,
    pub point: Key,
    pub device: Key,
    pub ip: Key,
    /// The address's neighbourhood: /24 of IPv4, /48 of IPv6.
    pub subnet: Key,
    /// Whose network the address is of.
    pub network: Network,
    pub agent: Key,
    /// What the client software says of itself.
    pub software: Software,
    /// Entry channel without what follows the colon (`search`, `share`).
    pub channel: Key,
    /// The whole entry channel (`search:winter coat`).
    pub source: Key,
    pub phone: Key,
    /// The number without its last four digits.
    pub phone_block: Key,
    /// The stretch of the numbering plan that the number is of.
    pub segment: Segment,
    pub payment: Key,
    pub address: Key,
    pub counterparty: Key,
    /// Minor units.
    pub amount: Option<i64>,
    pub currency: Currency,
    pub rating: Option<f32>,
    /// In the batch's arena.
    pub text: Span,
    pub dwell_ms: Option<i64>,
    pub weight_g: Option<i32>,
    pub region: Key,
    /// The province that the region's code says.
    pub province: Province,
    pub status: ScanStatus,
}

/// What kind of thing an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum EntityKind {
    /// An account that acts.
    Account,
    /// What is acted on.
    Subject,
    /// Who benefits from a subject.
    Owner,
    /// A device fingerprint.
    Device,
    /// An IP address.
    Ip,
    /// A neighbourhood of IP addresses.
    Subnet,
    /// A phone number.
    Phone,
    /// Ten thousand neighbouring phone numbers.
    PhoneBlock,
    /// A payment instrument.
    Payment,
    /// A delivery address.
    Address,
    /// Client software.
    Agent,
    /// A courier's network point.
    Point,
    /// A parcel.
    Parcel,
    /// The other side of money or goods.
    Counterparty,
    /// An order. Results name none, so what is only read for them does not keep its text.
    Order,
    /// A region; kept like orders.
    Region,
}

impl EntityKind {
    /// All kinds, in the order of their codes.
    pub const ALL: [EntityKind; 16] = [
        EntityKind::Account,
        EntityKind::Subject,
        EntityKind::Owner,
        EntityKind::Device,
        EntityKind::Ip,
        EntityKind::Subnet,
        EntityKind::Phone,
        EntityKind::PhoneBlock,
        EntityKind::Payment,
        EntityKind::Address,
        EntityKind::Agent,
        EntityKind::Point,
        EntityKind::Parcel,
        EntityKind::Counterparty,
        EntityKind::Order,
        EntityKind::Region,
    ];

    /// The kind of a code; none if there is none of it.
    #[must_use]
    pub fn from_code(code: u8) -> Option<EntityKind> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// The word used in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            EntityKind::Account => "account",
            EntityKind::Subject => "subject",
            EntityKind::Owner => "owner",
            EntityKind::Device => "device",
            EntityKind::Ip => "ip",
            EntityKind::Subnet => "subnet",
            EntityKind::Phone => "phone",
            EntityKind::PhoneBlock => "phone_block",
            EntityKind::Payment => "payment",
            EntityKind::Address => "address",
            EntityKind::Agent => "agent",
            EntityKind::Point => "point",
            EntityKind::Parcel => "parcel",
            EntityKind::Counterparty => "counterparty",
            EntityKind::Order => "order",
            EntityKind::Region => "region",
        }
    }
}

/// A typed identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Which one.
    pub key: Key,
}

impl Event {
    /// The key of one of the event's entities, `Key::NONE` where it has none.
    #[must_use]
    pub fn key(&self, kind: EntityKind) -> Key {
        match kind {
            EntityKind::Account => self.actor,
            EntityKind::Subject => self.subject,
            EntityKind::Owner => self.owner,
            EntityKind::Device => self.device,
            EntityKind::Ip => self.ip,
            EntityKind::Subnet => self.subnet,
            EntityKind::Phone => self.phone,
            EntityKind::PhoneBlock => self.phone_block,
            EntityKind::Payment => self.payment,
            EntityKind::Address => self.address,
            EntityKind::Agent => self.agent,
            EntityKind::Point => self.point,
            EntityKind::Parcel => self.parcel,
            EntityKind::Counterparty => self.counterparty,
            EntityKind::Order => self.order,
            EntityKind::Region => self.region,
        }
    }
}
