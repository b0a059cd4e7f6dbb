//! An event as bytes: what is spilled to disk and what would travel between processes.
//!
//! A record opens with its length, event time and identifier at fixed places, so that records are put in order without
//! decoding them; then a mask says which columns follow. The same event always gives the same bytes: ties between
//! records are settled by comparing them. Keys are hashes and do not compress, so fields are fixed width, not varints.

use events::{
    Batch, Currency, Event, EventTime, Key, Kind, Network, Province, ScanStatus, Segment, Software,
    Span, System, Tool, Waybill,
};

/// The longest text kept, in bytes: a longer one is cut at a character's end. What near-duplicate text is looked for
/// in needs far less.
pub const TEXT_LIMIT: usize = 64 * 1024;

/// Length, time, identifier, mask, kind and status.
const HEADER: usize = 4 + 8 + 8 + 4 + 2;

const AMOUNT: u32 = 1 << 18;
const RATING: u32 = 1 << 19;
const DWELL: u32 = 1 << 20;
const WEIGHT: u32 = 1 << 21;
const ID_TEXT: u32 = 1 << 22;
const TEXT: u32 = 1 << 23;
/// Behind all others, where a reader that does not know it passes it over.
const CURRENCY: u32 = 1 << 24;
/// The same: what the texts of client, address and number said.
const SAID: u32 = 1 << 25;
/// The same: the province of the region.
const PROVINCE: u32 = 1 << 26;
/// The same: the number of a parcel.
const WAYBILL: u32 = 1 << 27;

/// Which texts a reader of records wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// None.
    None,
    /// What people wrote: detection needs it.
    Written,
    /// The identifier's own text: results need it.
    Ids,
    /// Both.
    All,
}

/// Where a record stands in the order of events, and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// Event time.
    pub time: i64,
    /// Identifier.
    pub id: u64,
    /// Bytes, with the length itself.
    pub length: u32,
}

fn keys(event: &Event) -> [Key; 18] {
    [
        event.actor,
        event.subject,
        event.owner,
        event.order,
        event.parcel,
        event.point,
        event.device,
        event.ip,
        event.subnet,
        event.agent,
        event.channel,
        event.source,
        event.phone,
        event.phone_block,
        event.payment,
        event.address,
        event.counterparty,
        event.region,
    ]
}

fn key_mut(event: &mut Event, column: usize) -> &mut Key {
    match column {
        0 => &mut event.actor,
        1 => &mut event.subject,
        2 => &mut event.owner,
        3 => &mut event.order,
        4 => &mut event.parcel,
        5 => &mut event.point,
        6 => &mut event.device,
        7 => &mut event.ip,
        8 => &mut event.subnet,
        9 => &mut event.agent,
        10 => &mut event.channel,
        11 => &mut event.source,
        12 => &mut event.phone,
        13 => &mut event.phone_block,
        14 => &mut event.payment,
        15 => &mut event.address,
        16 => &mut event.counterparty,
        _ => &mut event.region,
    }
}

/// Appends the record of an event whose texts are in `batch`.
pub fn encode(event: &Event, batch: &Batch, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&event.time.0.to_le_bytes());
    out.extend_from_slice(&event.id.0.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.push(event.kind as u8);
    out.push(event.status as u8);
    let mut mask = 0u32;
    for (column, key) in keys(event).into_iter().enumerate() {
        if key.is_some() {
            mask |= 1 << column;
            out.extend_from_slice(&key.0.to_le_bytes());
        }
    }
    if let Some(amount) = event.amount {
        mask |= AMOUNT;
        out.extend_from_slice(&amount.to_le_bytes());
    }
    if let Some(rating) = event.rating {
        mask |= RATING;
        out.extend_from_slice(&rating.to_le_bytes());
    }
    if let Some(dwell) = event.dwell_ms {
        mask |= DWELL;
        out.extend_from_slice(&dwell.to_le_bytes());
    }
    if let Some(weight) = event.weight_g {
        mask |= WEIGHT;
        out.extend_from_slice(&weight.to_le_bytes());
    }
    for (flag, span) in [(ID_TEXT, event.id_text), (TEXT, event.text)] {
        let text = cut(batch.text(span));
        if !text.is_empty() {
            mask |= flag;
            out.extend_from_slice(&(text.len() as u32).to_le_bytes());
            out.extend_from_slice(text.as_bytes());
        }
    }
    if event.currency.is_some() {
        mask |= CURRENCY;
        out.extend_from_slice(event.currency.text().as_bytes());
    }
    let said = said(event);
    if said != [0; 4] {
        mask |= SAID;
        out.extend_from_slice(&said);
    }
    if event.province.is_some() {
        mask |= PROVINCE;
        out.push(event.province.code());
    }
    if event.waybill.is_some() {
        mask |= WAYBILL;
        out.extend_from_slice(&event.waybill.0.to_le_bytes());
    }
    let length = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
    out[start + 20..start + 24].copy_from_slice(&mask.to_le_bytes());
}

/// What the texts behind an event's keys said when it was read.
fn said(event: &Event) -> [u8; 4] {
    let Software { tool, system } = event.software;
    [tool as u8, system as u8, event.network as u8, event.segment as u8]
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(TEXT_LIMIT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The head of the record that `bytes` start with; none if it is broken.
#[inline]
pub fn head(bytes: &[u8]) -> Option<Head> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (time, rest) = rest.split_first_chunk::<8>()?;
    let (id, _) = rest.split_first_chunk::<8>()?;
    let length = u32::from_le_bytes(*length);
    let whole = length as usize >= HEADER && length as usize <= bytes.len();
    whole.then(|| Head { time: i64::from_le_bytes(*time), id: u64::from_le_bytes(*id), length })
}

/// Where the span of a text starts that was not wanted: in no arena, so that it tells only that there is one, and how long it is.
const ELSEWHERE: u32 = u32::MAX;

/// The event of a whole record; the texts wanted are appended to `arena`. None if the record is broken.
#[inline]
pub fn decode(record: &[u8], texts: Texts, arena: &mut String) -> Option<Event> {
    let head = head(record)?;
    let mut rest = record.get(20..)?;
    let mask = u32::from_le_bytes(take(&mut rest)?);
    let [kind, status] = take(&mut rest)?;
    let mut event = Event {
        id: Key(head.id),
        time: EventTime(head.time),
        kind: Kind::from_code(kind),
        status: status_of(status),
        ..Event::default()
    };
    let mut present = mask & (AMOUNT - 1);
    while present != 0 {
        let column = present.trailing_zeros() as usize;
        present &= present - 1;
        *key_mut(&mut event, column) = Key(u64::from_le_bytes(take(&mut rest)?));
    }
    if mask & AMOUNT != 0 {
        event.amount = Some(i64::from_le_bytes(take(&mut rest)?));
    }
    if mask & RATING != 0 {
        event.rating = Some(f32::from_le_bytes(take(&mut rest)?));
    }
    if mask & DWELL != 0 {
        event.dwell_ms = Some(i64::from_le_bytes(take(&mut rest)?));
    }
    if mask & WEIGHT != 0 {
        event.weight_g = Some(i32::from_le_bytes(take(&mut rest)?));
    }
    for (flag, wanted) in [(ID_TEXT, Texts::Ids), (TEXT, Texts::Written)] {
        if mask & flag == 0 {
            continue;
        }
        let length = u32::from_le_bytes(take(&mut rest)?) as usize;
        let (text, after) = rest.split_at_checked(length)?;
        rest = after;
        if wanted == texts || texts == Texts::All {
            let start = u32::try_from(arena.len()).ok()?;
            arena.push_str(std::str::from_utf8(text).ok()?);
            let span = Span { start, len: length as u32 };
            if flag == ID_TEXT {
                event.id_text = span;
            } else {
                event.text = span;
            }
        } else if flag == TEXT {
            event.text = Span { start: ELSEWHERE, len: length as u32 };
        }
    }
    if mask & CURRENCY != 0 {
        let letters: [u8; 3] = take(&mut rest)?;
        event.currency = Currency::of(std::str::from_utf8(&letters).ok()?);
    }
    if mask & SAID != 0 {
        let [tool, system, network, segment] = take(&mut rest)?;
        event.software =
            Software { tool: Tool::from_code(tool), system: System::from_code(system) };
        event.network = Network::from_code(network);
        event.segment = Segment::from_code(segment);
    }
    if mask & PROVINCE != 0 {
        let [province] = take(&mut rest)?;
        event.province = Province::from_code(province);
    }
    if mask & WAYBILL != 0 {
        event.waybill = Waybill(u64::from_le_bytes(take(&mut rest)?));
    }
    Some(event)
}

#[inline]
fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*first)
}

fn status_of(code: u8) -> ScanStatus {
    const ALL: [ScanStatus; 14] = [
        ScanStatus::None,
        ScanStatus::Created,
        ScanStatus::Collected,
        ScanStatus::Arrived,
        ScanStatus::Departed,
        ScanStatus::Delivering,
        ScanStatus::Locker,
        ScanStatus::Signed,
        ScanStatus::SignedAgent,
        ScanStatus::Exception,
        ScanStatus::Refused,
        ScanStatus::Returned,
        ScanStatus::Outcome,
        ScanStatus::Overridden,
    ];
    ALL.get(usize::from(code)).copied().unwrap_or(ScanStatus::Outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(batch: &mut Batch) -> Event {
        let mut event = Event {
            id: Key(7),
            id_text: batch.keep("évènement-7"),
            time: EventTime(-5),
            kind: Kind::Scan,
            amount: Some(-3),
            currency: Currency::of("JPY"),
            rating: Some(4.5),
            text: batch.keep("好评 👍"),
            dwell_ms: Some(i64::MAX),
            weight_g: Some(-1),
            status: ScanStatus::Outcome,
            software: Software { tool: Tool::Library, system: System::Linux },
            network: Network::Campus,
            segment: Segment::Machine,
            province: Province::of("440300"),
            waybill: Waybill::of("YT8812345678901"),
            ..Event::default()
        };
        for column in 0..18 {
            *key_mut(&mut event, column) = Key(1000 + column as u64);
        }
        event
    }

    #[test]
    fn every_column_survives() {
        let mut batch = Batch::default();
        let event = full(&mut batch);
        let mut bytes = Vec::new();
        encode(&event, &batch, &mut bytes);
        let mut arena = String::from("before");
        let ids = decode(&bytes, Texts::Ids, &mut arena).unwrap();
        assert_eq!(Event { id_text: event.id_text, text: event.text, ..ids }, event);
        assert_eq!(&arena, "beforeévènement-7");
        assert_eq!((ids.text.of(&arena), ids.text.len), ("", "好评 👍".len() as u32));
        let written = decode(&bytes, Texts::Written, &mut arena).unwrap();
        let span = written.text;
        assert_eq!(&arena[span.start as usize..(span.start + span.len) as usize], "好评 👍");
        let bare = Event { id: Key(1), ..Event::default() };
        bytes.clear();
        encode(&bare, &batch, &mut bytes);
        assert_eq!(bytes.len(), HEADER);
        assert_eq!(decode(&bytes, Texts::Ids, &mut arena), Some(bare));
    }

    #[test]
    fn a_record_cut_anywhere_is_broken_and_not_a_panic() {
        let mut batch = Batch::default();
        let event = full(&mut batch);
        let mut bytes = Vec::new();
        encode(&event, &batch, &mut bytes);
        for end in 0..bytes.len() {
            assert_eq!(decode(&bytes[..end], Texts::Written, &mut String::new()), None);
        }
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let mut batch = Batch::default();
        let text = batch.keep(&"刷".repeat(40_000));
        let event = Event { id: Key(1), text, ..Event::default() };
        let mut bytes = Vec::new();
        encode(&event, &batch, &mut bytes);
        let mut arena = String::new();
        let read = decode(&bytes, Texts::Written, &mut arena).unwrap();
        assert_eq!(read.text.len as usize, TEXT_LIMIT / 3 * 3);
        assert_eq!(arena.len() % 3, 0);
    }
}
