//! Adverts: who offers the trade's goods again and again, under strangers' works.
//!
//! One text can be mistaken, and a person may pass an offer on once. Whoever is named by TXT03 is looked at again, at all it wrote:
//! a text counts as an advert where TXT03 or TXT04 (calls for brushers) speaks of it, or where it names a contact that the same account advertised with, in
//! whatever words. What is said is one class of evidence (content), that it is brought to one stranger after the other is another (path).
//! Who only quotes an offer or warns of it is not named, and so not looked at; who answers under its own goods brings it to nobody.

use std::collections::BTreeSet;

use detectors::chance::bits_binomial;
use detectors::{Code, Finding};
use events::{Event, Key, Kind};
use features::Keyed;
use texts::TextCode;

use crate::EngineError;
use crate::again;
use crate::codec::Texts;
use crate::slices::Ordered;

/// Adverts of one account, and owners that it brought them to, from which it is told: fewer are an occasion.
const FEWEST: usize = 5;
const OWNERS: usize = 3;
/// Of three texts, and of three things done on purpose, so many are adverts where nothing else is worth a word.
const OF_THREE: usize = 2;
/// The share of anybody's texts that may be taken for adverts, or name what was advertised, and advertise nothing. None of some
/// fifty thousand honest reviews and comments was.
const MISTAKEN: f64 = 0.01;
/// The most that bringing adverts to strangers says, in bits.
const MOST_BITS: f64 = 10.0;
/// Texts that are kept of an account: beyond that those with the smallest ids.
const MOST_TEXTS: usize = 256;
/// Contacts that are kept of an account: beyond that the first in the alphabet.
const MOST_CONTACTS: usize = 64;
/// Accounts that are looked at: beyond that those with the smallest keys.
const MOST_ACCOUNTS: usize = 1 << 14;
/// The name of those bits in the evidence of a finding.
const REPETITION: &str = "repetition";
/// The fewest letters and digits of a contact that is known again, and the most of a text that it is looked for in.
const LEAST_CONTACT: usize = 5;
const MOST_LETTERS: usize = 96;

/// An account that advertises, and how much of what it does that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Advertiser {
    /// Which.
    pub account: Key,
    /// Its texts.
    pub texts: usize,
    /// Those that are adverts.
    pub adverts: usize,
    /// Owners that they were brought to.
    pub owners: usize,
    /// What that says, in bits.
    pub bits: f64,
    /// It does hardly anything else on purpose.
    pub whole: bool,
}

/// A text of an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Written {
    id: Key,
    owner: Key,
    speaks: bool,
    letters: String,
}

/// What an account wrote, and did besides.
#[derive(Clone, Debug, Default)]
struct Page {
    written: Vec<Written>,
    /// Contacts that it advertised with.
    contacts: BTreeSet<String>,
    /// What else it did on purpose.
    others: u64,
}

impl Page {
    fn cut(&mut self) {
        self.written.sort_unstable();
        self.written.truncate(MOST_TEXTS);
        while self.contacts.len() > MOST_CONTACTS {
            self.contacts.pop_last();
        }
    }
}

/// Looks at the accounts that TXT03 names, in a table of so many accounts; in the order of keys.
pub fn found(
    findings: &[Finding],
    accounts: usize,
    ordered: &Ordered,
    workers: usize,
) -> Result<Vec<Advertiser>, EngineError> {
    let named = findings.iter().filter(|finding| finding.code == Code::Txt03);
    let mut named: Vec<Key> = named.map(|finding| finding.entity.key).collect();
    named.sort_unstable();
    named.dedup();
    named.truncate(MOST_ACCOUNTS);
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let pages: Keyed<Page> = named.iter().map(|&key| (key, Page::default())).collect();
    let gatherings = vec![pages; workers];
    let gathered = again::look(ordered, gatherings, Texts::Written, observe)?;
    let mut whole: Keyed<Page> = Keyed::default();
    for part in gathered {
        // Sums and sets: the order in which accounts come does not show.
        #[allow(clippy::iter_over_hash_type)]
        for (key, page) in part {
            let known = whole.entry(key).or_default();
            known.written.extend(page.written);
            known.contacts.extend(page.contacts);
            known.others += page.others;
        }
    }
    let told = named.iter().filter_map(|&key| judged(key, whole.remove(&key)?, accounts));
    Ok(told.collect())
}

/// Adds to what is known of an account.
fn observe(pages: &mut Keyed<Page>, event: &Event, text: &str) {
    let Some(page) = pages.get_mut(&event.actor) else { return };
    if !matches!(event.kind, Kind::Comment | Kind::Review) || text.is_empty() {
        page.others += u64::from(event.kind.is_mark());
        return;
    }
    let found = texts::examine(text);
    let of_trade = |code| matches!(code, TextCode::Trade | TextCode::Recruitment);
    let speaks = found.iter().any(|found| of_trade(found.code));
    if speaks {
        let contacts = texts::contacts(text).into_iter().map(|contact| letters(&contact.value));
        page.contacts.extend(contacts.filter(|contact| contact.len() >= LEAST_CONTACT));
    }
    let owner = if event.owner.is_some() { event.owner } else { event.subject };
    let letters = letters(text);
    page.written.push(Written { id: event.id, owner, speaks, letters });
    if page.written.len() >= 2 * MOST_TEXTS {
        page.cut();
    }
}

/// The Latin letters and digits of a text, without what stands between them: names of contacts are made of these, and are
/// taken apart to hide them.
fn letters(text: &str) -> String {
    let folded = text.chars().map(detectors::text::fold);
    let kept = folded.filter(char::is_ascii_alphanumeric).take(MOST_LETTERS);
    kept.map(|letter| letter.to_ascii_lowercase()).collect()
}

fn judged(account: Key, mut page: Page, accounts: usize) -> Option<Advertiser> {
    page.cut();
    let names = |letters: &str| page.contacts.iter().any(|contact| letters.contains(contact));
    let is_advert = |text: &&Written| text.speaks || names(&text.letters);
    let adverts = page.written.iter().filter(is_advert);
    // Under its own works it may say what it likes.
    let mut owners: Vec<Key> = adverts.map(|text| text.owner).filter(|&o| o != account).collect();
    let (texts, adverts) = (page.written.len(), owners.len());
    owners.sort_unstable();
    owners.dedup();
    if adverts < FEWEST || owners.len() < OWNERS || adverts * 3 < texts * OF_THREE {
        return None;
    }
    let price = (accounts.max(2) as f64).log2();
    let bits = bits_binomial(adverts as f64, texts as f64, MISTAKEN) - price;
    let rest = page.others + (texts - adverts) as u64;
    (bits > 0.0).then_some(Advertiser {
        account,
        texts,
        adverts,
        owners: owners.len(),
        bits: bits.min(MOST_BITS),
        whole: adverts as u64 * 3 >= (adverts as u64 + rest) * OF_THREE as u64,
    })
}

/// Notes on the findings of these accounts what was found of them.
pub fn note(findings: &mut [Finding], advertisers: &[Advertiser]) {
    for finding in findings.iter_mut().filter(|finding| finding.code == Code::Txt03) {
        let key = finding.entity.key;
        let Ok(at) = advertisers.binary_search_by_key(&key, |one| one.account) else { continue };
        let Advertiser { texts, adverts, owners, bits, .. } = advertisers[at];
        finding.evidence.extend([
            ("written", texts as f64),
            ("adverts", adverts as f64),
            ("owners", owners as f64),
            (REPETITION, bits),
        ]);
    }
}

/// What a finding says of how often the adverts of its account came to strangers, in bits.
pub fn repetition(finding: &Finding) -> Option<f64> {
    let noted = finding.evidence.iter().find(|entry| entry.0 == REPETITION);
    noted.filter(|_| finding.code == Code::Txt03).map(|entry| entry.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "卡盟低价代刷，加V qnk59948";
    const AGAIN: &str = "需要涨粉的来，q nk.599 48";
    const WARNS: &str = "大家小心，“卡盟低价代刷，加V qnk59948”是骗子，我被骗了，已经举报给警方";
    const HONEST: &str = "拍得真好，下次还来";

    /// What is said of an account that wrote these texts, each under the works of one of so many owners.
    fn said(texts: &[&str], owners: u64, marks: u64) -> Option<Advertiser> {
        let mut pages: Keyed<Page> = [(Key(7), Page::default())].into_iter().collect();
        for (number, text) in (0..).zip(texts) {
            let owner = Key(100 + number % owners);
            let event = Event { kind: Kind::Comment, actor: Key(7), owner, ..Event::default() };
            observe(&mut pages, &Event { id: Key(number + 1), ..event }, text);
        }
        for _ in 0..marks {
            let like = Event { kind: Kind::Like, actor: Key(7), ..Event::default() };
            observe(&mut pages, &like, "");
        }
        judged(Key(7), pages.remove(&Key(7))?, 8_000)
    }

    #[test]
    fn an_offer_under_one_strangers_work_after_the_other_is_an_advertisers() {
        let texts = [OFFER, AGAIN, AGAIN, OFFER, AGAIN, HONEST];
        let told = said(&texts, 6, 0).unwrap();
        assert_eq!((told.texts, told.adverts, told.owners), (6, 5, 5));
        assert!(told.bits > 6.0 && told.whole, "{told:?}");
        // With a life of its own only its texts are adverts.
        assert!(!said(&texts, 6, 30).unwrap().whole);
    }

    #[test]
    fn one_advert_a_warning_and_ones_own_shop_are_nobodys_trade() {
        assert_eq!(said(&[OFFER, HONEST, HONEST, HONEST, HONEST, HONEST], 6, 0), None);
        assert_eq!(said(&[WARNS; 12], 6, 0), None);
        assert_eq!(said(&[OFFER; 12], 1, 0), None);
        // Of a person who writes much a few texts may be mistaken.
        let mut much = vec![HONEST; 60];
        much.extend([OFFER; 6]);
        assert_eq!(said(&much, 6, 0), None);
    }

    #[test]
    fn the_contact_of_another_is_not_ones_own() {
        // Who names it without ever offering anything has advertised with no contact.
        assert_eq!(said(&[AGAIN; 12], 6, 0), None);
    }
}
