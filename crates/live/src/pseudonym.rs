//! What becomes of an account in the log when it is erased.
//!
//! Its events stay, so that no count jumps, under a pseudonym that was drawn and is the hash of nothing: nobody can come
//! to it from a name, and the account's events are still those of one account. Nothing replaces what it used and wrote.
//! The account as what others act on, such as a page that is followed, stays as a key, without its text: that is a count.

use std::hash::{BuildHasher, RandomState};

use engine::codec::Texts;
use events::{Batch, Event, Key, Waybill};
use features::Keyed;

use crate::record;

/// An account on its way out of the log.
#[derive(Debug)]
pub struct Pseudonym {
    account: Key,
    stands: Key,
    /// Its texts.
    texts: Vec<String>,
    /// Entries through a share of it.
    shares: Vec<Key>,
    /// Keys that are not named any more.
    unnamed: Keyed<()>,
}

/// The keys by which an event shows who made it, besides the account itself: what it used, its order and parcel.
pub fn marks(event: &Event) -> [Key; 10] {
    [
        event.device,
        event.ip,
        event.subnet,
        event.agent,
        event.phone,
        event.phone_block,
        event.payment,
        event.address,
        event.order,
        event.parcel,
    ]
}

impl Pseudonym {
    /// Draws a pseudonym for an account with these texts; `unnamed` are the keys that only it used.
    pub fn draw(account: Key, texts: Vec<String>, mut unnamed: Keyed<()>) -> Pseudonym {
        unnamed.insert(account, ());
        let shares = texts.iter().map(|text| Key::of_link(Key::of(text))).collect();
        // A thread of its own has a secret of its own from the system, which ends with it.
        let drawn = std::thread::spawn(|| RandomState::new().hash_one(0)).join();
        let drawn = drawn.unwrap_or_else(|_| RandomState::new().hash_one(0));
        Pseudonym { account, stands: Key(drawn.max(1)), texts, shares, unnamed }
    }

    /// Whether something of the account is in an event: couriers scan its parcels without naming it.
    pub fn concerns(&self, event: &Event) -> bool {
        is_of(event, self.account)
            || self.shares.contains(&event.source)
            || self.is_unnamed(event.parcel)
    }

    /// Whether a key is not named any more.
    pub fn is_unnamed(&self, key: Key) -> bool {
        self.unnamed.contains_key(&key)
    }

    /// What takes the place of an events record. None if nothing of the account is in it.
    pub fn rewrite(&self, payload: &[u8]) -> Option<Vec<u8>> {
        let mut batch = Batch::default();
        record::decode(payload, Texts::All, &mut batch)?;
        record::decode_names(payload, &mut batch)?;
        let named = batch.names.iter().any(|name| self.is_unnamed(name.1));
        if !named && !batch.events.iter().any(|event| self.concerns(event)) {
            return None;
        }
        let mut events = std::mem::take(&mut batch.events);
        for event in &mut events {
            self.hide(event, &batch);
        }
        batch.events = events;
        let all: Vec<u32> = (0..batch.events.len() as u32).collect();
        let mut bytes = Vec::with_capacity(payload.len());
        record::write(&batch, &all, |key| !self.is_unnamed(key), &mut bytes);
        Some(bytes)
    }

    fn hide(&self, event: &mut Event, batch: &Batch) {
        if self.shares.contains(&event.source) {
            event.source = event.channel;
        }
        if self.is_unnamed(event.parcel) {
            // A parcel's number says who got it, to whoever can look it up.
            event.waybill = Waybill::NONE;
        }
        if !is_of(event, self.account) {
            return;
        }
        let id = batch.text(event.id_text);
        if self.texts.iter().any(|text| id.contains(text.as_str())) {
            event.id_text = Default::default();
        }
        if event.counterparty == self.account {
            event.counterparty = self.stands;
        }
        if event.actor == self.account {
            *event = Event {
                actor: self.stands,
                device: Key::NONE,
                ip: Key::NONE,
                subnet: Key::NONE,
                agent: Key::NONE,
                software: Default::default(),
                network: Default::default(),
                segment: Default::default(),
                phone: Key::NONE,
                phone_block: Key::NONE,
                payment: Key::NONE,
                address: Key::NONE,
                region: Key::NONE,
                province: Default::default(),
                text: Default::default(),
                ..*event
            };
        }
    }
}

/// Whether an account made an event, or was the other side of it.
pub fn is_of(event: &Event, account: Key) -> bool {
    event.actor == account || event.counterparty == account
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Lately;
    use events::{EntityKind, EventTime, Network, Province, Segment};

    fn event(batch: &mut Batch, actor: &str, phone: &str) -> Event {
        let id_text = batch.keep(&format!("like by {actor}"));
        let text = batch.keep("写得好");
        for (kind, name) in [(EntityKind::Account, actor), (EntityKind::Phone, phone)] {
            let span = batch.keep(name);
            batch.names.push((kind, Key::of(name), span));
        }
        let (actor, phone) = (Key::of(actor), Key::of(phone));
        let time = EventTime(5);
        Event { id: Key(9), id_text, text, time, actor, phone, ..Event::default() }
    }

    #[test]
    fn nothing_of_the_account_is_left_and_everything_of_others() {
        let mut batch = Batch::default();
        for (actor, phone) in [("ann", "7001"), ("bob", "7002"), ("ann", "7003")] {
            let event = event(&mut batch, actor, phone);
            batch.events.push(event);
        }
        batch.events[1].counterparty = Key::of("ann");
        batch.events[1].source = Key::of_link(Key::of("ann"));
        batch.events[1].channel = Key::of("share");
        batch.events[0].network = Network::Carrier;
        batch.events[0].segment = Segment::Virtual;
        for (at, parcel) in [(0, "YT8800000001"), (1, "YT8800000002")] {
            batch.events[at].region = Key::of("440300");
            batch.events[at].province = Province::of("440300");
            batch.events[at].parcel = Key::of(parcel);
            batch.events[at].waybill = Waybill::of(parcel);
        }
        // A courier's scan of the account's parcel names nobody.
        let Event { id, time, parcel, waybill, .. } = batch.events[0];
        batch.events.push(Event { id, time, parcel, waybill, ..Event::default() });
        let mut bytes = Vec::new();
        record::encode(&batch, &[0, 1, 2, 3], &mut Lately::new(), &mut bytes);
        let own = ["7001", "YT8800000001"].map(|text| (Key::of(text), ()));
        let of = |account| {
            Pseudonym::draw(Key::of(account), vec![account.to_owned()], own.into_iter().collect())
        };
        let gone = of("ann").rewrite(&bytes).unwrap();
        assert!(gone.len() < bytes.len());
        let mut left = Batch::default();
        record::decode(&gone, Texts::All, &mut left).unwrap();
        record::decode_names(&gone, &mut left).unwrap();
        assert!(!left.arena.contains("ann") && !left.arena.contains("7001"), "{}", left.arena);
        // The other phone is one that somebody else uses too.
        assert!(left.arena.contains("7002") && left.arena.contains("7003"));
        let stands = left.events[0].actor;
        assert!(stands.is_some() && stands != Key::of("ann"));
        assert_eq!(left.events[2].actor, stands);
        assert_eq!((left.events[0].phone, left.events[0].text.len), (Key::NONE, 0));
        let said = (left.events[0].network, left.events[0].segment);
        assert_eq!(said, (Network::Unknown, Segment::Unknown));
        assert_eq!(
            (left.events[0].region, left.events[0].province),
            (Key::NONE, Province::default())
        );
        assert_eq!([0, 3].map(|at| left.events[at].waybill), [Waybill::NONE; 2]);
        assert_eq!(left.events[0].parcel, left.events[3].parcel);
        let other = left.events[1];
        assert_eq!((other.counterparty, other.source), (stands, Key::of("share")));
        assert_eq!((other.actor, other.phone), (Key::of("bob"), Key::of("7002")));
        assert_eq!(left.text(other.text), "写得好");
        assert_eq!(other.waybill, Waybill::of("YT8800000002"));
        assert_eq!(other.province, Province::of("440300"));
        assert!(left.events.iter().all(|event| event.id == Key(9)));
        // Two erasures have nothing in common.
        assert_ne!(of("ann").stands, of("ann").stands);
        let nobody = Pseudonym::draw(Key::of("eve"), Vec::new(), Keyed::default());
        assert_eq!(nobody.rewrite(&bytes), None);
    }
}
