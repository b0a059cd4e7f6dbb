//! The contract's columns, as a closed list.
//!
//! Names are the contract's own and never change; the order is the contract's, and it decides which of several faults
//! of one row is named.

/// A column of the contract's event table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // the contract's own words
pub enum Column {
    Id,
    Time,
    Kind,
    Actor,
    Subject,
    Owner,
    Order,
    Parcel,
    Point,
    Device,
    Ip,
    Agent,
    Source,
    Phone,
    Payment,
    Address,
    Counterparty,
    Amount,
    Currency,
    Rating,
    Text,
    DwellMs,
    WeightG,
    Region,
    Status,
}

impl Column {
    /// Every column with its name, in the contract's order.
    pub const ALL: [(Column, &'static str); 25] = [
        (Column::Id, "id"),
        (Column::Time, "time"),
        (Column::Kind, "kind"),
        (Column::Actor, "actor"),
        (Column::Subject, "subject"),
        (Column::Owner, "owner"),
        (Column::Order, "order"),
        (Column::Parcel, "parcel"),
        (Column::Point, "point"),
        (Column::Device, "device"),
        (Column::Ip, "ip"),
        (Column::Agent, "agent"),
        (Column::Source, "source"),
        (Column::Phone, "phone"),
        (Column::Payment, "payment"),
        (Column::Address, "address"),
        (Column::Counterparty, "counterparty"),
        (Column::Amount, "amount"),
        (Column::Currency, "currency"),
        (Column::Rating, "rating"),
        (Column::Text, "text"),
        (Column::DwellMs, "dwell_ms"),
        (Column::WeightG, "weight_g"),
        (Column::Region, "region"),
        (Column::Status, "status"),
    ];

    /// The contract's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.get(self as usize).map_or("", |(_, name)| name)
    }

    /// The column of that name.
    #[must_use]
    pub fn of(name: &str) -> Option<Column> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(column, _)| column)
    }

    /// Whether the column holds an identifier or a word, so that its cells become keys.
    #[must_use]
    pub fn is_identifier(self) -> bool {
        !matches!(
            self,
            Column::Time
                | Column::Amount
                | Column::Rating
                | Column::Text
                | Column::DwellMs
                | Column::WeightG
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_the_order_of_the_codes() {
        for (at, (column, name)) in Column::ALL.into_iter().enumerate() {
            assert_eq!(column as usize, at);
            assert_eq!(column.name(), name);
            assert_eq!(Column::of(name), Some(column));
        }
        assert_eq!(Column::of("attrs"), None);
    }
}
