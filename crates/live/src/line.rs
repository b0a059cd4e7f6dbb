//! An event as a line of JSON, with the contract's columns and texts.
//!
//! A column that the event does not have is left out. What the log never holds as text (entry channels, outcomes other than a
//! scan's) is written as its key or left out, so that nothing is claimed that is not known.

use std::fmt::Write;

use events::{Event, EventTime, Key, Span};

/// Entry channels of which the whole text is known.
const CHANNELS: [&str; 5] = ["feed", "search", "share", "direct", "qr"];

/// Writes an event; `text` knows what keys stand for.
pub fn write<'a>(
    event: &Event,
    arena: &str,
    text: impl Fn(Key) -> Option<&'a str>,
    out: &mut String,
) {
    let _ = write!(out, "{{\"id\":");
    match event.id_text.of(arena) {
        "" => put(&number(event.id), out),
        id => put(id, out),
    }
    let _ = write!(out, ",\"time\":\"{}\"", moment(event.time));
    let _ = write!(out, ",\"kind\":\"{}\"", event.kind.name());
    let named = |key: Key| text(key).map_or_else(|| number(key), str::to_owned);
    let keys = [
        ("actor", event.actor),
        ("subject", event.subject),
        ("owner", event.owner),
        ("order", event.order),
        ("parcel", event.parcel),
        ("point", event.point),
        ("device", event.device),
        ("ip", event.ip),
        ("agent", event.agent),
    ];
    keys.iter().for_each(|&(column, key)| cell(column, key, named, out));
    cell("source", event.source, |_| entry(event), out);
    let keys = [
        ("phone", event.phone),
        ("payment", event.payment),
        ("address", event.address),
        ("counterparty", event.counterparty),
    ];
    keys.iter().for_each(|&(column, key)| cell(column, key, named, out));
    if let Some(amount) = event.amount {
        let _ = write!(out, ",\"amount\":{amount}");
    }
    if event.currency.is_some() {
        let _ = write!(out, ",\"currency\":\"{}\"", event.currency.text());
    }
    if let Some(rating) = event.rating.filter(|rating| rating.is_finite()) {
        let _ = write!(out, ",\"rating\":{rating}");
    }
    if event.text != Span::default() {
        out.push_str(",\"text\":");
        put(event.text.of(arena), out);
    }
    if let Some(dwell) = event.dwell_ms {
        let _ = write!(out, ",\"dwell_ms\":{dwell}");
    }
    if let Some(weight) = event.weight_g {
        let _ = write!(out, ",\"weight_g\":{weight}");
    }
    cell("region", event.region, named, out);
    if let Some(status) = event.status.name() {
        let _ = write!(out, ",\"status\":\"{status}\"");
    }
    out.push_str("}\n");
}

fn cell(column: &str, key: Key, text: impl Fn(Key) -> String, out: &mut String) {
    if key.is_some() {
        let _ = write!(out, ",\"{column}\":");
        put(&text(key), out);
    }
}

fn put(text: &str, out: &mut String) {
    // A text is always writable as JSON.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// How a key is written whose text is not known.
fn number(key: Key) -> String {
    format!("#{:016x}", key.0)
}

fn entry(event: &Event) -> String {
    let known = |key: Key| CHANNELS.into_iter().find(|channel| Key::of(channel) == key);
    match (known(event.source), known(event.channel)) {
        (Some(source), _) => source.to_owned(),
        (None, Some(channel)) => format!("{channel}:{}", number(event.source)),
        (None, None) => number(event.source),
    }
}

/// A time as RFC 3339 writes it, in UTC.
fn moment(time: EventTime) -> String {
    let (days, rest) = (time.0.div_euclid(EventTime::DAY), time.0.rem_euclid(EventTime::DAY));
    // Years of 400 have 146,097 days; they are counted from 1 March of the year 0.
    let since = days + 719_468;
    let (era, day) = (since.div_euclid(146_097), since.rem_euclid(146_097));
    let of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
    let march = (5 * of_year + 2) / 153;
    let (date, month) = (of_year - (153 * march + 2) / 5 + 1, (march + 2) % 12 + 1);
    let year = of_era + era * 400 + i64::from(month <= 2);
    let (seconds, micros) = (rest / EventTime::SECOND, rest % EventTime::SECOND);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_others_read_them() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_399_000_001, "2000-02-28T23:59:59.000001Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (1_709_251_199_999_999, "2024-02-29T23:59:59.999999Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(moment(EventTime(micros)), text);
        }
    }

    #[test]
    fn texts_are_found_or_written_as_keys() {
        let event = Event {
            id: Key(1),
            actor: Key::of("张\"三"),
            subject: Key(0xabc),
            source: Key::of("search:coat"),
            channel: Key::of("search"),
            amount: Some(-5),
            rating: Some(4.5),
            ..Event::default()
        };
        let mut out = String::new();
        let text = |key| (key == event.actor).then_some("张\"三");
        write(&event, "", text, &mut out);
        let read: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(read["actor"], "张\"三");
        assert_eq!(read["subject"], "#0000000000000abc");
        assert_eq!(read["source"], format!("search:#{:016x}", event.source.0));
        assert_eq!((read["amount"].as_i64(), read["rating"].as_f64()), (Some(-5), Some(4.5)));
        assert!(read.get("phone").is_none() && read.get("status").is_none());
    }
}
