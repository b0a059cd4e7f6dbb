//! Hawkers: accounts that bring one and the same contact to strangers.
//!
//! Who sells by many hands has each of them write little: an offer here, praise of "whom I went to" there, every time in other words and
//! the contact taken apart in another way. The contact is what all of it is for. Where several accounts offered the trade's goods
//! with it (TXT03, TXT04), everybody who names it is looked at. Who warns of it, asks about it or names it once among much else is none of them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use detectors::Class;
use detectors::chance::{bits_binomial, bits_clustered};
use events::{Event, EventTime, Key, Kind};
use features::Keyed;
use groups::{Group, Member, Test};

use crate::adverts::{MISTAKEN, OF_THREE, Page, Written, letters};

/// Accounts that offered goods with a contact from which others are held to sell with it.
const OFFERERS: usize = 3;
/// The fewest adverts of a hawker, and owners that it brought them to.
const FEWEST: usize = 2;
/// The fewest hawkers of one contact.
const FEWEST_HAWKERS: usize = 4;
/// How alike real people are in what they name, as the size of a beta distribution.
const LIKENESS: f64 = 1.0;
/// The most bits of each test.
const MOST_NAMING: f64 = 8.0;
const MOST_BROUGHT: f64 = 8.0;

/// Contacts with which several of some accounts offered goods, in the order of letters.
pub fn contacts(pages: &Keyed<Page>) -> Vec<String> {
    let mut offered: BTreeMap<&str, usize> = BTreeMap::new();
    // Counts: the order of accounts does not show.
    #[allow(clippy::iter_over_hash_type)]
    for page in pages.values() {
        page.contacts.iter().for_each(|contact| *offered.entry(contact).or_default() += 1);
    }
    let shared = offered.into_iter().filter(|&(_, accounts)| accounts >= OFFERERS);
    shared.map(|(contact, _)| contact.to_owned()).collect()
}

/// Who names one of some contacts in what it writes; one a worker.
#[derive(Clone)]
pub struct Naming {
    contacts: AhoCorasick,
    pub accounts: BTreeSet<Key>,
}

impl Naming {
    /// Prepares to look for some contacts; none if they are too many to look for.
    pub fn new(contacts: &[String]) -> Option<Naming> {
        let contacts = AhoCorasick::new(contacts).ok()?;
        Some(Naming { contacts, accounts: BTreeSet::new() })
    }

    /// Takes note of a text.
    pub fn observe(&mut self, event: &Event, text: &str) {
        let written = matches!(event.kind, Kind::Comment | Kind::Review);
        if written && event.actor.is_some() && self.contacts.is_match(&letters(text)) {
            self.accounts.insert(event.actor);
        }
    }
}

/// The hawkers of each contact as a group, in a table of so many accounts: of two contacts of the same accounts the one that more name.
pub fn crews(pages: &Keyed<Page>, contacts: &[String], accounts: usize) -> Vec<Group> {
    let mut by_contact: Vec<(Vec<Hawker<'_>>, usize)> =
        contacts.iter().map(|contact| hawkers(pages, contact)).collect();
    by_contact.sort_by_key(|of| Reverse(of.0.len()));
    let mut taken: BTreeSet<Key> = BTreeSet::new();
    let mut crews = Vec::new();
    for (mut hawkers, naming) in by_contact {
        hawkers.retain(|hawker| !taken.contains(&hawker.account));
        if hawkers.len() >= FEWEST_HAWKERS {
            taken.extend(hawkers.iter().map(|hawker| hawker.account));
            crews.push(group(&hawkers, naming, (contacts.len(), accounts)));
        }
    }
    crews
}

/// An account that sells with a contact.
struct Hawker<'a> {
    account: Key,
    /// All that it wrote.
    texts: usize,
    adverts: Vec<&'a Written>,
}

/// Accounts of whose texts most name the contact or offer goods, in the order of keys; and how many name it at all.
fn hawkers<'a>(pages: &'a Keyed<Page>, contact: &str) -> (Vec<Hawker<'a>>, usize) {
    let names = |text: &Written| text.letters.contains(contact) && !text.reports;
    let mut naming = 0;
    let mut hawkers: Vec<Hawker<'_>> = pages
        .iter()
        .filter_map(|(&account, page)| {
            naming += usize::from(page.written.iter().any(|text| text.letters.contains(contact)));
            let named = page.written.iter().filter(|text| names(text)).count();
            let advert = |text: &&Written| (text.speaks || names(text)) && text.owner != account;
            let adverts: Vec<&Written> = page.written.iter().filter(advert).collect();
            let owners: BTreeSet<Key> = adverts.iter().map(|text| text.owner).collect();
            let texts = page.written.len();
            let enough = named >= FEWEST && adverts.len() >= FEWEST && owners.len() >= FEWEST;
            let little_else = adverts.len() * 3 >= texts * OF_THREE;
            (enough && little_else).then_some(Hawker { account, texts, adverts })
        })
        .collect();
    hawkers.sort_unstable_by_key(|hawker| hawker.account);
    (hawkers, naming)
}

fn group(hawkers: &[Hawker<'_>], naming: usize, (contacts, accounts): (usize, usize)) -> Group {
    let adverts: usize = hawkers.iter().map(|hawker| hawker.adverts.len()).sum();
    let texts: usize = hawkers.iter().map(|hawker| hawker.texts).sum();
    let price = (contacts.max(1) as f64).log2() + (accounts.max(2) as f64).log2();
    // Whoever names the contact and is no hawker says how usual it is to name it.
    let others = (naming - hawkers.len()) as f64;
    let usual = (others + 1.0) / (accounts as f64 + 2.0);
    let naming = bits_clustered(hawkers.len(), hawkers.len(), usual, LIKENESS);
    let brought = bits_binomial(adverts as f64, texts as f64, MISTAKEN) - price;
    let tests = vec![
        Test {
            name: "one_contact",
            class: Class::Content,
            observed: 1.0,
            expected: usual,
            bits: naming.min(MOST_NAMING),
        },
        Test {
            name: "brought_to_strangers",
            class: Class::Path,
            observed: adverts as f64 / texts as f64,
            expected: MISTAKEN,
            bits: brought.clamp(0.0, MOST_BROUGHT),
        },
    ];
    let meetings = hawkers.iter().flat_map(|hawker| {
        hawker.adverts.iter().map(|text| (hawker.account, text.subject, text.time))
    });
    let mut meetings: Vec<(Key, Key, EventTime)> = meetings.collect();
    meetings.sort_unstable_by_key(|meeting| (meeting.2, meeting.0, meeting.1));
    let mut at: Vec<(Key, EventTime, Key)> = meetings.iter().map(|m| (m.1, m.2, m.0)).collect();
    at.sort_unstable();
    let mut jobs: Vec<(Key, u32, EventTime, EventTime)> = at
        .chunk_by(|x, y| x.0 == y.0)
        .map(|same| {
            let members: BTreeSet<Key> = same.iter().map(|one| one.2).collect();
            (same[0].0, members.len() as u32, same[0].1, same[same.len() - 1].1)
        })
        .collect();
    jobs.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
    let bits = |hawker: &Hawker<'_>| {
        bits_binomial(hawker.adverts.len() as f64, hawker.texts as f64, MISTAKEN)
    };
    let mut members: Vec<Member> = hawkers
        .iter()
        .map(|hawker| Member {
            account: hawker.account,
            bits: bits(hawker),
            jobs: hawker.adverts.len() as u32,
        })
        .collect();
    members.sort_by(|x, y| y.bits.total_cmp(&x.bits).then(x.account.cmp(&y.account)));
    Group { members, jobs, meetings, tests, surplus: 0.0, devices: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adverts;
    use policy::{Policy, Verdict};

    const OFFER: &str = "卡盟低价代刷，加V qnk59948";
    const PRAISE: &str = "之前数据一直上不去，后来找了qn丶k59.9 48，现在好多了";
    const CALL: &str = "有想弄热度的吗，q nk丶59948丶";
    const HONEST: &str = "拍得真好，下次还来";

    /// Accounts from 1 on that wrote these texts, each under another's works.
    fn pages(written: &[Vec<&str>]) -> Keyed<Page> {
        let mut pages: Keyed<Page> = Keyed::default();
        let mut id = 0;
        for (account, texts) in (1..).zip(written) {
            pages.entry(Key(account)).or_default();
            for (number, text) in (0..).zip(texts) {
                id += 1;
                let event = Event {
                    id: Key(id),
                    kind: Kind::Comment,
                    actor: Key(account),
                    subject: Key(1_000 + number),
                    owner: Key(2_000 + number),
                    time: EventTime(id as i64),
                    ..Event::default()
                };
                adverts::observe(&mut pages, &event, text);
            }
        }
        pages
    }

    fn found(written: &[Vec<&str>]) -> Vec<Group> {
        let pages = pages(written);
        crews(&pages, &contacts(&pages), 8_000)
    }

    #[test]
    fn accounts_that_bring_one_contact_to_strangers_are_a_crew() {
        let mut written = vec![vec![OFFER, PRAISE, CALL]; 3];
        // Who never offers anything, and who has a word of its own, too.
        written.push(vec![PRAISE, CALL]);
        written.push(vec![CALL, PRAISE, PRAISE, HONEST]);
        let crews = found(&written);
        assert_eq!(crews.len(), 1);
        let mut members: Vec<u64> = crews[0].members.iter().map(|m| m.account.0).collect();
        members.sort_unstable();
        assert_eq!(members, [1, 2, 3, 4, 5]);
        assert_eq!(crews[0].meetings.len(), 3 * 3 + 2 + 3);
        assert_eq!(Policy::default().group(&crews[0].classes()).0, Verdict::Fake);
    }

    #[test]
    fn who_warns_asks_or_names_it_once_is_none_of_them() {
        let mut written = vec![vec![OFFER, PRAISE, CALL]; 4];
        written.push(vec!["大家别信qnk59948，我被骗了"; 6]);
        written.push(vec!["qnk59948 靠谱吗"; 3]);
        written.push(vec![CALL, HONEST, HONEST, HONEST]);
        let crews = found(&written);
        assert_eq!(crews.len(), 1);
        assert!(crews[0].members.iter().all(|member| member.account.0 <= 4));
    }

    #[test]
    fn a_contact_that_two_offer_goods_with_is_looked_for_in_nobody_else() {
        let mut written = vec![vec![OFFER, PRAISE, CALL]; 2];
        written.extend(vec![vec![PRAISE, CALL]; 6]);
        assert!(found(&written).is_empty());
    }

    #[test]
    fn a_contact_in_reviews_of_nobodys_trade_is_no_advert() {
        // A circle's number, which nobody offers goods with.
        assert!(found(&vec![vec!["加我们的群qnk59948，一起拍照"; 4]; 9]).is_empty());
    }

    #[test]
    fn all_who_write_are_looked_at_for_a_known_contact() {
        let mut naming = Naming::new(&["qnk59948".to_owned()]).unwrap();
        let by = |actor| Event { kind: Kind::Comment, actor, ..Event::default() };
        naming.observe(&by(Key(1)), CALL);
        naming.observe(&by(Key(2)), HONEST);
        naming.observe(&by(Key::NONE), CALL);
        assert_eq!(naming.accounts.into_iter().collect::<Vec<Key>>(), [Key(1)]);
    }
}
