//! Adverts: who offers the trade's goods, calls for brushers or hides a contact again and again, under strangers' works.
//!
//! One text can be mistaken, and a person may pass an offer on once. Whoever is named by TXT03, TXT04 or TXT05 is looked at again, at all it wrote:
//! a text counts as an advert where one of these speaks of it, or where it names a contact with which the same account offered goods or work, in
//! whatever words. What is said is one class of evidence (content), that it is brought to one stranger after the other is another (path).
//! Who only quotes an offer or warns of it is not named, and so not looked at; who answers under its own goods brings it to nobody.
//! Where several advertise with one contact, they and all others who bring it to strangers are a crew: see [`hawkers`](crate::hawkers).

use std::collections::BTreeSet;

use detectors::chance::bits_binomial;
use detectors::{Code, Finding};
use events::{EntityKind, Event, EventTime, Key, Kind};
use features::Keyed;
use groups::Group;
use texts::TextCode;

use crate::EngineError;
use crate::again;
use crate::codec::Texts;
use crate::hawkers::{self, Naming};
use crate::slices::Ordered;

/// What names who may advertise: of an account that several name the first is noted.
const CODES: [Code; 3] = [Code::Txt03, Code::Txt04, Code::Txt05];
/// Adverts of one account, and owners that it brought them to, from which it is told: fewer are an occasion.
const FEWEST: usize = 5;
const OWNERS: usize = 3;
/// Of three texts, and of three things done on purpose, so many are adverts where nothing else is worth a word.
pub(crate) const OF_THREE: usize = 2;
/// The share of anybody's texts that may be taken for adverts, or name what was advertised, and advertise nothing. None of some
/// fifty thousand honest reviews and comments was.
pub(crate) const MISTAKEN: f64 = 0.01;
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
pub(crate) struct Written {
    id: Key,
    pub(crate) time: EventTime,
    pub(crate) subject: Key,
    /// Whose it is under; the subject where nobody is named.
    pub(crate) owner: Key,
    /// It offers the trade's goods, or work for it, or hides a contact.
    pub(crate) speaks: bool,
    /// It reports of such offers, or warns of them.
    pub(crate) reports: bool,
    pub(crate) letters: String,
}

/// What an account wrote, and did besides.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub(crate) written: Vec<Written>,
    /// Contacts with which it offered goods or work.
    pub(crate) contacts: BTreeSet<String>,
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

/// Who advertises.
#[derive(Clone, Debug, Default)]
pub struct Advertisers {
    /// Accounts that do so again and again, each by itself, in the order of keys.
    pub alone: Vec<Advertiser>,
    /// Accounts that bring one contact to strangers.
    pub crews: Vec<Group>,
}

/// Looks at the accounts that texts name, in a table of so many accounts.
pub fn found(
    findings: &[Finding],
    accounts: usize,
    ordered: &Ordered,
    workers: usize,
) -> Result<Advertisers, EngineError> {
    let named = findings.iter().filter(|finding| CODES.contains(&finding.code));
    let mut named: Vec<Key> = named.map(|finding| finding.entity.key).collect();
    named.sort_unstable();
    named.dedup();
    named.truncate(MOST_ACCOUNTS);
    if named.is_empty() {
        return Ok(Advertisers::default());
    }
    let mut pages = pages(&named, ordered, workers)?;
    let judged = |key: &Key| judged(*key, pages.get(key)?, accounts);
    let alone: Vec<Advertiser> = named.iter().filter_map(judged).collect();
    let contacts = hawkers::contacts(&pages);
    let Some(naming) = Naming::new(&contacts).filter(|_| !contacts.is_empty()) else {
        return Ok(Advertisers { alone, crews: Vec::new() });
    };
    let gathered = again::look(ordered, vec![naming; workers], Texts::Written, Naming::observe)?;
    let mut others: BTreeSet<Key> = gathered.into_iter().flat_map(|part| part.accounts).collect();
    others.retain(|account| named.binary_search(account).is_err());
    let others: Vec<Key> = others.into_iter().take(MOST_ACCOUNTS).collect();
    if !others.is_empty() {
        pages.extend(self::pages(&others, ordered, workers)?);
    }
    let crews = hawkers::crews(&pages, &contacts, accounts);
    Ok(Advertisers { alone, crews })
}

/// What some accounts wrote.
fn pages(of: &[Key], ordered: &Ordered, workers: usize) -> Result<Keyed<Page>, EngineError> {
    let pages: Keyed<Page> = of.iter().map(|&key| (key, Page::default())).collect();
    let gathered = again::look(ordered, vec![pages; workers], Texts::Written, observe)?;
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
    whole.values_mut().for_each(Page::cut);
    Ok(whole)
}

/// Adds to what is known of an account.
pub(crate) fn observe(pages: &mut Keyed<Page>, event: &Event, text: &str) {
    let Some(page) = pages.get_mut(&event.actor) else { return };
    if !matches!(event.kind, Kind::Comment | Kind::Review) || text.is_empty() {
        page.others += u64::from(event.kind.is_mark());
        return;
    }
    let found = texts::examine(text);
    let of_trade = |code| matches!(code, TextCode::Trade | TextCode::Recruitment);
    let hides = found.iter().any(|found| found.code == TextCode::HiddenContact);
    let offers = found.iter().any(|found| of_trade(found.code));
    let speaks = offers || hides;
    if offers {
        let contacts = texts::contacts(text).into_iter().map(|contact| letters(&contact.value));
        page.contacts.extend(contacts.filter(|contact| contact.len() >= LEAST_CONTACT));
    }
    let owner = if event.owner.is_some() { event.owner } else { event.subject };
    page.written.push(Written {
        id: event.id,
        time: event.time,
        subject: event.subject,
        owner,
        speaks,
        reports: !speaks && texts::reports(text),
        letters: letters(text),
    });
    if page.written.len() >= 2 * MOST_TEXTS {
        page.cut();
    }
}

/// The Latin letters and digits of a text, without what stands between them: names of contacts are made of these, and are
/// taken apart to hide them.
pub(crate) fn letters(text: &str) -> String {
    let folded = text.chars().map(detectors::text::fold);
    let kept = folded.filter(char::is_ascii_alphanumeric).take(MOST_LETTERS);
    kept.map(|letter| letter.to_ascii_lowercase()).collect()
}

fn judged(account: Key, page: &Page, accounts: usize) -> Option<Advertiser> {
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
    let mut first: Keyed<Code> = Keyed::default();
    for finding in findings.iter().filter(|finding| CODES.contains(&finding.code)) {
        let code = first.entry(finding.entity.key).or_insert(finding.code);
        *code = finding.code.min(*code);
    }
    for finding in findings {
        let key = finding.entity.key;
        if finding.entity.kind != EntityKind::Account || first.get(&key) != Some(&finding.code) {
            continue;
        }
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
    noted.filter(|_| CODES.contains(&finding.code)).map(|entry| entry.1)
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
        judged(Key(7), &pages[&Key(7)], 8_000)
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
    fn calls_for_brushers_and_hidden_contacts_count_again_and_again() {
        let calls = ["急招刷单员，宝妈学生优先，一单19块，佣金日结，加微信 abc30742"; 6];
        let hides = ["想要同款的＋徽❤七二三七七六五九，懂的来"; 6];
        for texts in [calls, hides] {
            assert_eq!(said(&texts, 6, 0).map(|told| told.adverts), Some(6), "{texts:?}");
            assert_eq!(said(&texts, 2, 0), None);
        }
    }

    #[test]
    fn the_contact_of_another_is_not_ones_own() {
        // Who names it without ever offering anything has advertised with no contact.
        assert_eq!(said(&[AGAIN; 12], 6, 0), None);
    }
}
