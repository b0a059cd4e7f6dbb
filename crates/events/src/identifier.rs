//! What follows from an identifier's own text: an address's neighbourhood, a phone number's block; and which names a
//! reader has told lately.

use crate::{Batch, EntityKind, Key, Network};
use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Keys of one kind whose names are remembered as told: a power of two.
const TOLD: usize = 16 * 1024;
/// The same where all is forgotten after each small batch: what does not fit a core's own cache is slow to look at.
const TOLD_BRIEFLY: usize = 256;
/// Addresses whose neighbourhood is remembered: a power of two.
const SUBNETS: usize = 4 * 1024;
/// The same in small batches.
const SUBNETS_BRIEFLY: usize = 256;
/// Entries whose channel is remembered.
const CHANNELS: usize = 256;
/// Kinds of entity.
const KINDS: usize = EntityKind::ALL.len();

/// Names told lately: a direct-mapped memory, so that it is small and needs no upkeep. Forgetting costs a repeated name.
#[derive(Debug)]
pub(crate) struct Names {
    /// Keys of each kind, mixed with `since`.
    told: Vec<u64>,
    /// How many of each kind.
    each: usize,
    /// Changes when all is forgotten, so that what was told before is not known again.
    since: u64,
}

impl Default for Names {
    fn default() -> Names {
        Names { told: vec![0; KINDS * TOLD], each: TOLD, since: 0 }
    }
}

impl Names {
    /// Tells what a key stands for, unless that was done lately, or nobody will ask: results name neither orders nor regions.
    pub(crate) fn note(&mut self, kind: EntityKind, key: Key, text: &str, batch: &mut Batch) {
        if kind >= EntityKind::Order && !self.is_brief() {
            return;
        }
        let mark = key.0 ^ self.since;
        let slot = self.slot(kind, key);
        if let Some(slot) = self.told.get_mut(slot).filter(|slot| **slot != mark) {
            *slot = mark;
            let span = batch.keep(text);
            batch.names.push((kind, key, span));
        }
    }

    /// Whether that was done lately.
    pub(crate) fn is_told(&self, kind: EntityKind, key: Key) -> bool {
        self.told.get(self.slot(kind, key)) == Some(&(key.0 ^ self.since))
    }

    /// Whether all is forgotten after each small batch.
    fn is_brief(&self) -> bool {
        self.each == TOLD_BRIEFLY
    }

    /// Takes no name for told any more. Clearing the memory would cost more than reading a small batch does.
    pub(crate) fn forget(&mut self) {
        self.since = self.since.wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.each = TOLD_BRIEFLY;
        self.told.truncate(KINDS * TOLD_BRIEFLY);
    }

    fn slot(&self, kind: EntityKind, key: Key) -> usize {
        kind as usize * self.each + (key.0 as usize & (self.each - 1))
    }
}

/// Neighbourhoods of addresses met lately, and whose they are, as usually spelled; kept like [`Names`]. Forgetting costs
/// taking the address apart again.
#[derive(Debug)]
pub(crate) struct Subnets {
    known: Vec<(Key, (Key, Network))>,
}

impl Default for Subnets {
    fn default() -> Subnets {
        Subnets { known: vec![(Key::NONE, (Key::NONE, Network::Unknown)); SUBNETS] }
    }
}

impl Subnets {
    pub(crate) fn around(&self, address: Key) -> Option<(Key, Network)> {
        let (known, around) = *self.known.get(self.slot(address))?;
        (known == address).then_some(around)
    }

    pub(crate) fn remember(&mut self, address: Key, around: (Key, Network)) {
        let slot = self.slot(address);
        if let Some(slot) = self.known.get_mut(slot) {
            *slot = (address, around);
        }
    }

    /// Remembers fewer from here on, for small batches.
    pub(crate) fn shorten(&mut self) {
        self.known.truncate(SUBNETS_BRIEFLY);
    }

    fn slot(&self, address: Key) -> usize {
        address.0 as usize & (self.known.len() - 1)
    }
}

/// Entry channels met lately; there are few. Forgetting costs looking for the colon again.
#[derive(Debug, Default)]
pub(crate) struct Channels {
    /// The text's key, and the entry's and channel's.
    known: Vec<(Key, (Key, Key))>,
}

impl Channels {
    /// The keys of an entry (`search:winter coat`) and of its channel (`search`). Of a link that was passed on it is the key
    /// that the account's makes ([`Key::of_link`]).
    pub(crate) fn of(&mut self, text: &str) -> (Key, Key) {
        let written = Key::of(text);
        if self.known.is_empty() {
            self.known.resize(CHANNELS, (Key::NONE, (Key::NONE, Key::NONE)));
        }
        let slot = &mut self.known[written.0 as usize % CHANNELS];
        if slot.0 != written {
            let (channel, rest) = text.split_once([':', '：']).unwrap_or((text, ""));
            let source = match channel {
                "share" if !rest.is_empty() => Key::of_link(Key::of(rest)),
                _ => written,
            };
            *slot = (written, (source, Key::of(channel)));
        }
        slot.1
    }
}

/// An address in its usual spelling, with its neighbourhood written to `around`: /24 of IPv4, /48 of IPv6. `None` if it is
/// no address.
pub(crate) fn ip_of<'a>(text: &'a str, around: &mut String) -> Option<Cow<'a, str>> {
    around.clear();
    if let (Ok(_), Some(last)) = (text.parse::<Ipv4Addr>(), text.rfind('.')) {
        // Only the usual spelling of an IPv4 address is accepted, so the text itself will do.
        around.push_str(&text[..last]);
        around.push_str(".0/24");
        return Some(Cow::Borrowed(text));
    }
    let six: Ipv6Addr = text.parse().ok()?;
    if let Some(four) = six.to_ipv4_mapped() {
        let [a, b, c, _] = four.octets();
        around.push_str(&format!("{a}.{b}.{c}.0/24"));
        return Some(Cow::Owned(four.to_string()));
    }
    let [a, b, c, ..] = six.segments();
    around.push_str(&format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)));
    Some(Cow::Owned(six.to_string()))
}

/// Whether a text has nothing but what addresses are written with: digits, dots and colons.
pub(crate) fn is_spelled_as_ip(text: &str) -> bool {
    let digit = |b: u8| b.is_ascii_hexdigit() || b == b'.' || b == b':';
    text.contains(['.', ':']) && text.bytes().all(digit)
}

/// What a token begins with that took an identifier's place.
const TOKEN: &str = "h:";
/// Its hexadecimal digits.
const TOKEN_DIGITS: usize = 24;

/// Whether a text is what the live service keeps in place of an identifier, where it is told to.
#[must_use]
pub fn is_token(text: &str) -> bool {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.strip_prefix(TOKEN).is_some_and(|rest| rest.len() == TOKEN_DIGITS && rest.bytes().all(hex))
}

/// A phone number in one spelling: digits only, without China's country code; a token stays as it is.
pub(crate) fn number_of<'a>(text: &'a str, scratch: &'a mut String) -> &'a str {
    if text.bytes().all(|b| b.is_ascii_digit()) && text.len() <= 11 {
        return text;
    }
    let is_number = text.bytes().all(|b| b.is_ascii_digit() || b"+-() .".contains(&b));
    if !is_number || text.bytes().filter(u8::is_ascii_digit).count() < 7 {
        return text;
    }
    scratch.clear();
    scratch.extend(text.chars().filter(char::is_ascii_digit));
    let bare = scratch.trim_start_matches("00");
    match bare.strip_prefix("86") {
        Some(rest) if rest.len() == 11 && rest.starts_with('1') => rest,
        _ => bare,
    }
}

/// The ten thousand numbers around one: all but the last four digits. Of a token or a masked number it is the digits
/// before the dash or the mask, if there are at least seven.
pub(crate) fn block_of(number: &str) -> Option<&str> {
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    if digits == number.len() {
        return (digits >= 8).then(|| &number[..digits - 4]);
    }
    let next = number.as_bytes().get(digits)?;
    (digits >= 7 && matches!(next, b'-' | b'*')).then(|| &number[..digits])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_by_a_link_is_told_from_the_account_that_passed_it_on() {
        let mut channels = Channels::default();
        let share = Key::of("share");
        for text in ["share:ann", "share：ann", "share:ann"] {
            assert_eq!(channels.of(text), (Key::of_link(Key::of("ann")), share));
        }
        assert_ne!(channels.of("share:bert").0, Key::of_link(Key::of("ann")));
        assert_eq!(
            (channels.of("share"), channels.of("share:")),
            ((share, share), (Key::of("share:"), share))
        );
        assert_eq!(channels.of("search:ann"), (Key::of("search:ann"), Key::of("search")));
    }

    #[test]
    fn neighbourhoods() {
        let mut around = String::new();
        for (text, address, subnet) in [
            ("1.2.3.4", Some("1.2.3.4"), "1.2.3.0/24"),
            ("2001:DB8:1:2::5", Some("2001:db8:1:2::5"), "2001:db8:1::/48"),
            ("::ffff:1.2.3.4", Some("1.2.3.4"), "1.2.3.0/24"),
            ("1.2.3", None, ""),
            ("1.2.3.400", None, ""),
            ("01.2.3.4", None, ""),
        ] {
            assert_eq!(ip_of(text, &mut around).as_deref(), address, "{text}");
            assert_eq!(around, subnet, "{text}");
        }
    }

    #[test]
    fn phones() {
        let mut scratch = String::new();
        for (text, number, block) in [
            ("13812345678", "13812345678", Some("1381234")),
            ("+86 138-1234-5678", "13812345678", Some("1381234")),
            ("(415) 555-0100", "4155550100", Some("415555")),
            ("1500941-essuud9p", "1500941-essuud9p", Some("1500941")),
            ("1381234****", "1381234****", Some("1381234")),
            ("138****5678", "138****5678", None),
            ("c0ffee", "c0ffee", None),
            ("12345", "12345", None),
        ] {
            assert_eq!(number_of(text, &mut scratch), number);
            assert_eq!(block_of(number), block, "{text}");
        }
    }
}
