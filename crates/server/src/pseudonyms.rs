//! Identifiers replaced by keyed hashes at the door, so that nothing past it holds the identifier itself.
//!
//! The hash is HMAC-SHA256 over the identifier's kind and key; docs/operating.md has the formula, for who has to find the
//! names of others again. All columns that name accounts have one kind, so that an account is the same whatever it does: who
//! acts here is paid there. A name that is such a hash already stays what it is, so that what was answered can be asked for. Equal identifiers stay equal, so everything that counts,
//! links and groups works as before, neighbourhoods of addresses and blocks of phone numbers included; what is lost is the
//! way back, for everyone without the key. Without it a stored identifier cannot be looked up either, so a lost
//! key means that the old identifiers and the new ones are strangers.

use crate::access::hex;
use events::{Batch, EntityKind, Key, Span, Waybill, is_token};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The kinds of entity that are accounts, or may be: what is followed is one, and who benefits. Where the name of one is
/// not to be kept, it is kept in no column.
const ACCOUNTS: &[EntityKind] =
    &[EntityKind::Account, EntityKind::Subject, EntityKind::Owner, EntityKind::Counterparty];

/// Columns that can be replaced, and the kinds of entity that are replaced with them.
pub(crate) const COLUMNS: [(&str, &[EntityKind]); 10] = [
    ("actor", ACCOUNTS),
    ("device", &[EntityKind::Device]),
    ("ip", &[EntityKind::Ip, EntityKind::Subnet]),
    ("phone", &[EntityKind::Phone, EntityKind::PhoneBlock]),
    ("payment", &[EntityKind::Payment]),
    ("address", &[EntityKind::Address]),
    ("counterparty", ACCOUNTS),
    ("order", &[EntityKind::Order]),
    ("agent", &[EntityKind::Agent]),
    ("parcel", &[EntityKind::Parcel]),
];

/// Kinds of entity.
const KINDS: usize = EntityKind::ALL.len();
/// Identifiers whose replacement is remembered.
const KNOWN: usize = 1 << 14;
/// In place of a kind, for entries through what an account shared.
const SHARED: u8 = 255;
/// The least bytes of a key.
const KEY_BYTES: usize = 32;

/// Replaces identifiers. Keeps a memory of replacements, so one is made for each thread.
#[derive(Clone)]
pub struct Pseudonyms {
    mac: Hmac<Sha256>,
    replaced: [bool; KINDS],
    known: Vec<(EntityKind, Key, Key)>,
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonyms")
    }
}

impl Pseudonyms {
    /// Replaces the identifiers of these columns with this key.
    ///
    /// # Errors
    /// The key is too short.
    pub fn new(key: &[u8], columns: &[String]) -> Result<Pseudonyms, String> {
        let key = key.trim_ascii();
        if key.len() < KEY_BYTES {
            return Err(format!("holds {} bytes; a key has {KEY_BYTES} or more", key.len()));
        }
        let mac = Hmac::new_from_slice(key).map_err(|fault| fault.to_string())?;
        let mut replaced = [false; KINDS];
        for (_, kinds) in COLUMNS.iter().filter(|(name, _)| columns.iter().any(|c| c == name)) {
            for kind in *kinds {
                replaced[*kind as usize] = true;
            }
        }
        Ok(Pseudonyms {
            mac,
            replaced,
            known: vec![(EntityKind::Account, Key::NONE, Key::NONE); KNOWN],
        })
    }

    /// Whether identifiers of that kind are replaced.
    #[must_use]
    pub fn replaces(&self, kind: EntityKind) -> bool {
        self.replaced[kind as usize]
    }

    /// The text that stands for an identifier.
    #[must_use]
    pub fn text(&self, kind: EntityKind, key: Key) -> String {
        let kind = if ACCOUNTS.contains(&kind) { EntityKind::Account } else { kind };
        self.tagged(kind as u8, key)
    }

    fn tagged(&self, kind: u8, key: Key) -> String {
        let mut mac = self.mac.clone();
        mac.update(&[kind]);
        mac.update(&key.0.to_le_bytes());
        let tag = mac.finalize().into_bytes();
        format!("h:{}", hex(&tag[..12]))
    }

    /// The key under which an identifier is kept; `tokens` are those that replace one already.
    fn key(&mut self, kind: EntityKind, key: Key, tokens: &[Key]) -> Key {
        if key.is_none() || !self.replaced[kind as usize] || is_in(tokens, key) {
            return key;
        }
        let slot = (key.0 as usize ^ (kind as usize) << 8) % KNOWN;
        let (known_kind, known, kept) = self.known[slot];
        if known == key && known_kind == kind {
            return kept;
        }
        let kept = Key::of(&self.text(kind, key));
        self.known[slot] = (kind, key, kept);
        kept
    }

    /// Replaces them in a batch; the texts of the replaced ones are in it no more.
    pub fn replace(&mut self, batch: &mut Batch) {
        let names = batch.names.iter().filter(|name| is_token(batch.text(name.2)));
        let mut tokens: Vec<Key> = names.map(|name| name.1).collect();
        tokens.sort_unstable();
        let tokens = tokens.as_slice();
        let share = Key::of("share");
        let old = std::mem::take(&mut batch.arena);
        batch.arena.reserve(old.len());
        for event in &mut batch.events {
            event.actor = self.key(EntityKind::Account, event.actor, tokens);
            event.device = self.key(EntityKind::Device, event.device, tokens);
            event.ip = self.key(EntityKind::Ip, event.ip, tokens);
            event.subnet = self.key(EntityKind::Subnet, event.subnet, tokens);
            event.phone = self.key(EntityKind::Phone, event.phone, tokens);
            event.phone_block = self.key(EntityKind::PhoneBlock, event.phone_block, tokens);
            event.payment = self.key(EntityKind::Payment, event.payment, tokens);
            event.address = self.key(EntityKind::Address, event.address, tokens);
            event.counterparty = self.key(EntityKind::Counterparty, event.counterparty, tokens);
            event.agent = self.key(EntityKind::Agent, event.agent, tokens);
            event.parcel = self.key(EntityKind::Parcel, event.parcel, tokens);
            event.subject = self.key(EntityKind::Subject, event.subject, tokens);
            event.owner = self.key(EntityKind::Owner, event.owner, tokens);
            event.order = self.key(EntityKind::Order, event.order, tokens);
            if self.replaces(EntityKind::Account) && event.channel == share && event.source != share
            {
                // It names who shared. Of entries only keys are kept, which who knows the names could guess.
                event.source = Key::of(&self.tagged(SHARED, event.source));
            }
            if self.replaces(EntityKind::Parcel) {
                event.waybill = Waybill::NONE;
            }
            event.id_text = moved(event.id_text, &old, &mut batch.arena);
            event.text = moved(event.text, &old, &mut batch.arena);
        }
        for (kind, key, span) in &mut batch.names {
            if self.replaced[*kind as usize] && !is_in(tokens, *key) {
                let text = self.text(*kind, *key);
                *key = Key::of(&text);
                *span = kept(&text, &mut batch.arena);
            } else {
                *span = moved(*span, &old, &mut batch.arena);
            }
        }
    }
}

fn is_in(tokens: &[Key], key: Key) -> bool {
    !tokens.is_empty() && tokens.binary_search(&key).is_ok()
}

fn moved(span: Span, old: &str, arena: &mut String) -> Span {
    kept(span.of(old), arena)
}

fn kept(text: &str, arena: &mut String) -> Span {
    let start = u32::try_from(arena.len()).unwrap_or(u32::MAX);
    arena.push_str(text);
    Span { start, len: text.len() as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use input::Bodies;

    const EVENT: &[u8] = br#"{"id":"e1","time":1767225600,"kind":"like","actor":"anna","device":"device-one","ip":"10.1.2.3","phone":"13812345678","parcel":"YT8812345678901"}"#;

    fn columns() -> Vec<String> {
        ["device", "ip", "phone", "parcel"].map(str::to_owned).to_vec()
    }

    #[test]
    fn nothing_of_an_identifier_is_left() {
        let mut bodies = Bodies::new(10).unwrap();
        let mut batch = bodies.json(EVENT).unwrap().batch;
        let mut again = batch.clone();
        let before = batch.events[0];
        let mut replace = Pseudonyms::new(&[7; 32], &columns()).unwrap();
        replace.replace(&mut batch);
        for gone in ["device-one", "10.1.2", "1381234", "YT8812345678901"] {
            assert!(!batch.arena.contains(gone), "{gone} in {}", batch.arena);
        }
        let after = batch.events[0];
        assert_eq!(batch.text(after.id_text), "e1");
        assert_eq!((after.actor, after.time), (before.actor, before.time));
        assert_eq!(before.waybill, Waybill::of("YT8812345678901"));
        assert_eq!(after.waybill, Waybill::NONE);
        for (a, b) in [
            (before.device, after.device),
            (before.ip, after.ip),
            (before.subnet, after.subnet),
            (before.phone, after.phone),
            (before.parcel, after.parcel),
        ] {
            assert!(a.is_some() && b.is_some() && a != b);
        }
        for (kind, key, span) in &batch.names {
            assert_eq!(Key::of(batch.text(*span)), *key);
            assert_eq!(after.key(*kind), *key, "{kind:?}");
        }
        Pseudonyms::new(&[7; 32], &columns()).unwrap().replace(&mut again);
        assert_eq!(again.events, batch.events);
        let mut other = bodies.json(EVENT).unwrap().batch;
        Pseudonyms::new(&[8; 32], &columns()).unwrap().replace(&mut other);
        assert_ne!(other.events[0].device, after.device);
    }

    #[test]
    fn an_account_is_the_same_in_every_column_and_named_in_none() {
        let text = r#"[{"id":"f","time":1767225600,"kind":"follow","actor":"anna","subject":"bert","source":"share:cora"},
            {"id":"p","time":1767225601,"kind":"payout","actor":"bert","owner":"anna","counterparty":"cora","order":"o1"},
            {"id":"q","time":1767225602,"kind":"view","actor":"dora","source":"share"}]"#;
        let columns = ["counterparty", "order"].map(str::to_owned);
        let mut bodies = Bodies::new(10).unwrap();
        let mut replace = Pseudonyms::new(&[7; 32], &columns).unwrap();
        let mut batch = bodies.json(text.as_bytes()).unwrap().batch;
        let before = batch.events.clone();
        replace.replace(&mut batch);
        for gone in ["anna", "bert", "cora", "o1"] {
            assert!(!batch.arena.contains(gone), "{gone} in {}", batch.arena);
        }
        let [follow, payout, view] = &batch.events[..] else { panic!("three events") };
        assert_eq!((follow.actor, follow.subject), (payout.owner, payout.actor));
        assert_ne!(payout.counterparty, before[1].counterparty);
        assert_ne!(follow.source, before[0].source);
        assert_eq!((follow.channel, view.source), (before[0].channel, before[2].source));
        // What was answered means the same when it comes back.
        let anna = replace.text(EntityKind::Account, Key::of("anna"));
        let again = text.replace("anna", &anna);
        let mut again = bodies.json(again.as_bytes()).unwrap().batch;
        replace.replace(&mut again);
        assert_eq!(again.events[0].actor, follow.actor);
        assert_eq!(again.events[1].owner, follow.actor);
        assert!(again.names.iter().any(|name| again.text(name.2) == anna));
    }

    #[test]
    fn the_formula_is_the_one_on_the_page() {
        let replace = Pseudonyms::new(&[b'k'; 32], &columns()).unwrap();
        let page = include_str!("../../../docs/operating.md");
        for (kind, text) in [(EntityKind::Account, "anna"), (EntityKind::Ip, "10.1.2.3")] {
            let told = format!("`{text}` becomes `{}`", replace.text(kind, Key::of(text)));
            assert!(page.contains(&told), "the page should say: {told}");
        }
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(Pseudonyms::new(b"secret\n", &columns()).is_err());
    }
}
