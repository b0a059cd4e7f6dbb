//! Opinions: whether the thing was bought, what money came afterwards, and that no account fills the memory.

use events::{Event, EventTime, Key, Kind};
use trades::{Book, Counter, MOST_OPINIONS};

const DAY: i64 = EventTime::DAY;
const START: i64 = 1_780_000_000_000_000;

fn event(kind: Kind, actor: u64, subject: u64, day: i64) -> Event {
    Event {
        id: Key(actor * 1_000_003 + subject * 101 + day as u64 + kind as u64),
        time: EventTime(START + day * DAY),
        kind,
        actor: Key(actor),
        subject: Key(subject),
        owner: Key(subject / 10 + 500),
        ..Event::default()
    }
}

fn rated(actor: u64, subject: u64, day: i64) -> Event {
    Event { rating: Some(1.0), ..event(Kind::Review, actor, subject, day) }
}

fn paid(kind: Kind, actor: u64, subject: u64, day: i64) -> Event {
    Event { amount: Some(900), ..event(kind, actor, subject, day) }
}

fn payout(actor: u64, from: u64, day: i64) -> Event {
    Event {
        counterparty: Key(from),
        subject: Key::NONE,
        owner: Key::NONE,
        ..paid(Kind::Payout, actor, 1, day)
    }
}

fn opinions(events: &[Event]) -> Vec<trades::Opinion> {
    let mut counter = Counter::default();
    events.iter().for_each(|event| counter.observe(event, ""));
    Book::of(vec![counter]).opinions
}

#[test]
fn money_answers_what_was_said_before_it() {
    let all = opinions(&[
        event(Kind::Order, 1, 20, 0),
        rated(1, 20, 2),
        paid(Kind::Refund, 1, 20, 3),
        // The refund of another thing from the same shop answers nothing that was said of this one.
        paid(Kind::Refund, 1, 21, 3),
        // Money that came before is no answer.
        paid(Kind::Refund, 2, 20, 0),
        rated(2, 20, 2),
        // The shop pays, though no order is named.
        rated(3, 20, 2),
        payout(3, 502, 4),
        // Somebody else pays.
        rated(4, 20, 2),
        payout(4, 77, 4),
        // Too late.
        rated(5, 20, 2),
        payout(5, 502, 40),
    ]);
    let of = |actor| all.iter().find(|opinion| opinion.actor == Key(actor)).unwrap();
    assert_eq!((of(1).bought, of(1).answered), (true, 900));
    assert_eq!((of(2).bought, of(2).answered), (false, 0));
    assert_eq!((of(3).answered, of(3).paid), (900, false));
    assert_eq!((of(4).answered, of(4).paid), (0, true));
    assert_eq!((of(5).answered, of(5).paid), (0, false));
}

#[test]
fn accounts_are_as_old_as_their_first_event() {
    let mut counter = Counter::default();
    counter.observe(&rated(1, 20, 5), "");
    counter.observe(&rated(2, 20, 5), "");
    let day = |n: i64| ((START + n * DAY) / 1_000_000) as u32;
    counter.came([(Key(1), day(1)), (Key(3), day(0))].into_iter());
    let all = Book::of(vec![counter]).opinions;
    let first = |actor| all.iter().find(|o| o.actor == Key(actor)).unwrap().first;
    assert_eq!((first(1), first(2)), (day(1), day(5)));
}

#[test]
fn a_million_opinions_of_one_account_are_kept_up_to_the_limit() {
    let mut counter = Counter::default();
    for n in 0..1_000_000 {
        counter.observe(&rated(1, 10 + n % 5_000, (n / 100_000) as i64), "");
    }
    let book = Book::of(vec![counter]);
    assert_eq!(book.opinions.len(), MOST_OPINIONS as usize);
    assert_eq!(book.dropped, 1_000_000 - u64::from(MOST_OPINIONS));
    assert!(book.opinions.is_sorted_by_key(|o| (o.subject, o.second, o.event)));
}
