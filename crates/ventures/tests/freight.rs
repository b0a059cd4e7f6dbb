//! Goal: who signs beside strangers, and who stands behind several shops' odd parcels, is found; guests and shops that others send for
//! are not. Method: a market of eight cities with seeded ordinary life; one case is planted.

mod dice;

use detectors::Code;
use events::{Event, EventTime, Key, Kind, ScanStatus};
use trades::{Book, Counter};
use ventures::{Parcels, Venture, freight, parcels};

use dice::Dice;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const START: i64 = 1_778_000_000;
const DAYS: u64 = 20;
const CITIES: [&str; 8] =
    ["110105", "310104", "440106", "510104", "330106", "420106", "610104", "370102"];
const SHOPS: u64 = 40;
const BUYERS: u64 = 1_200;

/// An order, as a test plants it.
#[derive(Clone, Copy)]
struct Order {
    buyer: u64,
    shop: u64,
    card: u64,
    address: u64,
    /// The city where the parcel goes in, and the outlet there.
    from: (u64, u64),
    /// The city where it is signed for.
    to: u64,
    /// When it is signed for, in seconds after the start.
    signed: i64,
}

struct Market {
    dice: Dice,
    events: Vec<Event>,
}

impl Market {
    fn new() -> Market {
        let mut market = Market { dice: Dice(11), events: Vec::new() };
        for buyer in 1..=BUYERS {
            market.login(buyer, buyer % 8);
            for _ in 0..1 + market.dice.below(4) {
                let order = market.honest(buyer);
                market.order(order);
            }
        }
        market
    }

    /// A parcel from the shop's own outlet to the buyer's city; one in twenty goes to friends elsewhere.
    fn honest(&mut self, buyer: u64) -> Order {
        let shop = self.dice.below(SHOPS);
        let gift = self.dice.below(20) == 0;
        let day = 3 + self.dice.below(DAYS) as i64;
        let signed = day * DAY + 9 * HOUR + self.dice.below(9 * 3_600) as i64;
        Order {
            buyer,
            shop,
            card: buyer,
            address: if gift { 500_000 + self.dice.below(9_000) } else { buyer },
            from: (shop % 8, shop % 3),
            to: if gift { self.dice.below(8) } else { buyer % 8 },
            signed,
        }
    }

    fn event(&mut self, kind: Kind, second: i64) -> Event {
        let id = Key(9_000_000 + self.events.len() as u64);
        Event {
            id,
            kind,
            time: EventTime((START + second) * EventTime::SECOND),
            ..Event::default()
        }
    }

    fn login(&mut self, buyer: u64, city: u64) {
        let region = Key::of(CITIES[city as usize]);
        let event = Event { actor: Key(buyer), region, ..self.event(Kind::Login, 0) };
        self.events.push(event);
    }

    fn order(&mut self, order: Order) {
        let number = 1_000_000 + self.events.len() as u64;
        let region = |city: u64| Key::of(CITIES[city as usize]);
        let event = Event {
            actor: Key(order.buyer),
            subject: Key(70_000 + order.shop),
            owner: Key(60_000 + order.shop),
            order: Key(number),
            address: Key(80_000_000 + order.address),
            payment: Key(90_000_000 + order.card),
            amount: Some(5_000),
            region: region(order.to),
            ..self.event(Kind::Order, order.signed - 3 * DAY)
        };
        self.events.push(event);
        use ScanStatus::{Arrived, Collected, Delivering, Signed};
        let outlet = 40_000 + order.from.0 * 100 + order.from.1;
        let door = 50_000 + order.to;
        for (status, hours, city, point) in [
            (Collected, 48, order.from.0, outlet),
            (Arrived, 10, order.to, 55_000 + order.to),
            (Delivering, 2, order.to, door),
            (Signed, 0, order.to, door),
        ] {
            let event = Event {
                order: Key(number),
                parcel: Key(2 * number),
                point: Key(point),
                region: region(city),
                status,
                ..self.event(Kind::Scan, order.signed - hours * HOUR)
            };
            self.events.push(event);
        }
    }

    fn judged(mut self) -> (Parcels, Vec<Venture>) {
        self.events.sort_by_key(|event| (event.time, event.id));
        let mut counter = Counter::default();
        self.events.iter().for_each(|event| counter.observe(event, ""));
        let book = Book::of(vec![counter]);
        let found = parcels(&book);
        let known = vec![false; book.trades.len()];
        let crews = freight(&book, &found, &known);
        (found, crews)
    }

    /// Forty accounts of other cities, who buy from four shops and have it signed for in one city; by day and moment as told.
    fn strangers(&mut self, address: fn(u64) -> u64, moment: fn(&mut Dice) -> i64) {
        for buyer in 2_001..=2_040 {
            self.login(buyer, 1 + buyer % 7);
            for shop in 0..4 {
                let day = 3 + self.dice.below(DAYS) as i64;
                let signed = day * DAY + moment(&mut self.dice);
                let card = 3_000 + buyer % 12;
                let address = address(buyer);
                self.order(Order { buyer, shop, card, address, from: (shop, shop), to: 0, signed });
            }
        }
    }
}

fn named(found: &Parcels, code: Code) -> Vec<u64> {
    let of = found.findings.iter().filter(|finding| finding.code == code);
    of.map(|finding| finding.entity.key.0).collect()
}

/// What everybody signs for within four minutes of a day.
fn at_once(dice: &mut Dice) -> i64 {
    14 * HOUR + dice.below(240) as i64
}

fn all_day(dice: &mut Dice) -> i64 {
    9 * HOUR + dice.below(9 * 3_600) as i64
}

#[test]
fn an_ordinary_market_names_nobody() {
    let (found, crews) = Market::new().judged();
    assert_eq!((named(&found, Code::Log06), crews.len()), (Vec::new(), 0));
}

#[test]
fn a_desk_that_signs_for_strangers_is_named_and_they_are_a_crew() {
    let mut market = Market::new();
    market.strangers(|buyer| buyer, at_once);
    let (found, crews) = market.judged();
    assert_eq!(named(&found, Code::Log06), [50_000]);
    assert_eq!(crews.len(), 1);
    let members = &crews[0].members;
    assert!(members.len() >= 36 && members.iter().all(|member| member.0.0 > 2_000), "{members:?}");
    let speaking = crews[0].classes.iter().filter(|class| class.1 >= 3.0);
    assert!(speaking.count() >= 3, "{:?}", crews[0].classes);
}

#[test]
fn guests_of_one_house_and_people_who_come_by_day_are_nobody() {
    let mut market = Market::new();
    market.strangers(|_| 7, at_once);
    let (found, crews) = market.judged();
    assert_eq!((named(&found, Code::Log06), crews.len()), (Vec::new(), 0));
    let mut market = Market::new();
    market.strangers(|buyer| buyer, all_day);
    let (found, crews) = market.judged();
    assert_eq!((named(&found, Code::Log06), crews.len()), (Vec::new(), 0));
}

#[test]
fn where_no_address_is_told_they_may_be_of_one_house() {
    let mut market = Market::new();
    market.strangers(|buyer| buyer, at_once);
    market.events.iter_mut().for_each(|event| event.address = Key::NONE);
    let (found, _) = market.judged();
    assert_eq!(named(&found, Code::Log06), []);
}

#[test]
fn the_same_people_behind_bought_numbers_are_a_crew() {
    let mut market = Market::new();
    for buyer in 2_001..=2_030 {
        for shop in 0..3 {
            let order = market.honest(buyer);
            let outlet = (market.dice.below(8), 10 + market.dice.below(60));
            market.order(Order { shop, from: outlet, address: buyer, to: buyer % 8, ..order });
        }
    }
    let (found, crews) = market.judged();
    assert_eq!(named(&found, Code::Log04), [60_000, 60_001, 60_002]);
    assert_eq!(crews.len(), 1);
    let members = &crews[0].members;
    assert!(members.len() >= 24 && members.iter().all(|member| member.0.0 > 2_000), "{members:?}");
}

#[test]
fn shops_that_others_send_for_have_customers_of_their_own() {
    let mut market = Market::new();
    for buyer in 1..=300 {
        let order = market.honest(buyer);
        let outlet = (market.dice.below(8), 10 + market.dice.below(60));
        market.order(Order { shop: SHOPS + buyer % 3, from: outlet, ..order });
    }
    let (found, crews) = market.judged();
    assert_eq!(named(&found, Code::Log04).len(), 3);
    assert!(crews.is_empty(), "{crews:?}");
}
