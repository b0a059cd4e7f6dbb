//! A market of shops with a brushing ring, paid opinions and honest payers: whose orders are told apart, and whose are
//! not touched.

use detectors::Class;
use events::{Event, EventTime, Key, Kind, ScanStatus};
use std::collections::BTreeSet;
use trades::{Book, Counter};
use ventures::{PointShare, Venture, find, outlets, payers};

const DAY: i64 = 86_400;
const PLATFORM: Key = Key(9_001);
const MIDDLEMAN: Key = Key(9_002);

/// A stream of numbers that looks like chance and is the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

#[derive(Default)]
struct Market {
    events: Vec<(Event, &'static str)>,
    brushed: BTreeSet<Key>,
    numbers: u64,
}

impl Market {
    fn add(&mut self, event: Event, text: &'static str) {
        self.numbers += 1;
        self.events.push((Event { id: Key(1_000_000 + self.numbers), ..event }, text));
    }

    /// One order with its way, its parcel and its review; gives back its number.
    fn order(&mut self, buyer: u64, shop: u64, time: i64, way: Way) -> Key {
        let (actor, subject, owner) = (Key(buyer), Key(50_000 + shop), Key(40_000 + shop));
        let at = |seconds: i64| EventTime((time + seconds) * EventTime::SECOND);
        let base = Event { actor, ..Event::default() };
        let search = Event { kind: Kind::Search, time: at(-i64::from(way.stay) - 90), ..base };
        self.add(search, way.words);
        for rival in 0..way.rivals {
            let view = Event {
                kind: Kind::View,
                time: at(-i64::from(way.stay) - 60 + i64::from(rival)),
                subject: Key(70_000 + u64::from(rival)),
                dwell_ms: Some(20_000),
                ..base
            };
            self.add(view, "");
        }
        let on = Event { subject, owner, ..base };
        let dwell_ms = Some(i64::from(way.stay) * 1000);
        self.add(Event { kind: Kind::View, time: at(-i64::from(way.stay)), dwell_ms, ..on }, "");
        self.numbers += 1;
        let order = Key(2_000_000 + self.numbers);
        let amount = Some(price(shop));
        self.add(Event { kind: Kind::Order, time: at(0), order, amount, ..on }, "");
        let parcel = Key(3_000_000 + self.numbers);
        let scan = Event {
            kind: Kind::Scan,
            time: at(3_600),
            order,
            parcel,
            point: way.point,
            weight_g: Some(way.weight),
            status: ScanStatus::Collected,
            ..Event::default()
        };
        self.add(scan, "");
        if way.praised {
            let review = Event { kind: Kind::Review, time: at(2 * DAY), order, ..on };
            self.add(Event { rating: Some(5.0), ..review }, "很好用");
        }
        if let Some((payer, sum)) = way.paid {
            let payout = Event {
                kind: Kind::Payout,
                time: at(3 * DAY),
                counterparty: payer,
                amount: Some(sum),
                ..base
            };
            self.add(payout, "");
        }
        order
    }

    fn find(mut self, workers: usize) -> (Book, Vec<Venture>, BTreeSet<Key>) {
        self.events.sort_by_key(|(event, _)| (event.time, event.id));
        let mut counters = vec![Counter::default(); workers];
        for (event, text) in &self.events {
            let home = if event.actor.is_some() { event.actor } else { event.parcel };
            counters[(home.0 % workers as u64) as usize].observe(event, text);
        }
        let book = Book::of(counters);
        let ventures = find(&book, &payers(&book));
        (book, ventures, self.brushed)
    }
}

#[derive(Clone, Copy)]
struct Way {
    words: &'static str,
    rivals: u8,
    stay: u32,
    point: Key,
    weight: i32,
    praised: bool,
    paid: Option<(Key, i64)>,
}

fn price(shop: u64) -> i64 {
    1_000 + 730 * shop as i64
}

/// Forty shops and 600 honest buyers. A platform gives some whole orders away, another payer a twentieth back.
fn honest(dice: &mut Dice) -> Market {
    let mut market = Market::default();
    for buyer in 1..=600 {
        for _ in 0..1 + dice.below(5) {
            let shop = dice.below(40);
            let paid = match dice.below(12) {
                0 => Some((PLATFORM, price(shop))),
                1 | 2 => Some((Key(9_003), price(shop) / 20)),
                _ => None,
            };
            let way = Way {
                words: ["手机壳", "耳机", "牛仔裤", "洗面奶"][dice.below(4) as usize],
                rivals: dice.below(4) as u8,
                stay: 5 + (dice.below(1_000) * dice.below(1_000) / 1_500) as u32,
                point: Key(600 + shop),
                weight: 100 + 37 * shop as i32,
                praised: dice.below(6) == 0,
                paid,
            };
            let time = DAY * (20_000 + dice.below(12) as i64) + dice.below(80_000) as i64;
            market.order(buyer, shop, time, way);
        }
    }
    market
}

fn brush(market: &mut Market, dice: &mut Dice, point: Key, commission: bool) {
    for buyer in 601..=640 {
        for shop in 0..6 {
            if dice.below(3) == 0 {
                continue;
            }
            let on_top = 300 + 50 * dice.below(3) as i64;
            let way = Way {
                words: "法式透明手机壳 奶油色",
                rivals: 2 + dice.below(2) as u8,
                stay: 310 + dice.below(100) as u32,
                point,
                weight: 50 + dice.below(8) as i32,
                praised: dice.below(5) > 0,
                paid: commission.then_some((MIDDLEMAN, price(shop) + on_top)),
            };
            let time = DAY * (20_003 + shop as i64) + dice.below(80_000) as i64;
            let order = market.order(buyer, shop, time, way);
            market.brushed.insert(order);
        }
    }
}

fn orders(book: &Book, ventures: &[Venture]) -> BTreeSet<Key> {
    let places = ventures.iter().flat_map(|venture| &venture.trades);
    places.map(|(place, _)| book.trades[*place as usize].order).collect()
}

fn bits(venture: &Venture, class: Class) -> f64 {
    venture.classes.iter().find(|entry| entry.0 == class).map_or(0.0, |entry| entry.1)
}

/// The ventures of made-up orders, once it is sure that these are the brushed ones and hardly any other.
fn brushed_told_apart(market: Market) -> Vec<Venture> {
    let (book, ventures, brushed) = market.find(1);
    let strong: Vec<Venture> = ventures.into_iter().filter(|v| v.made_up).collect();
    let found = orders(&book, &strong);
    let right = found.intersection(&brushed).count();
    assert!(right * 100 >= brushed.len() * 95, "{right} of {}", brushed.len());
    assert!(right * 100 >= found.len() * 98, "{right} of {} found", found.len());
    strong
}

#[test]
fn a_brushing_ring_is_found_order_by_order() {
    let mut dice = Dice(1);
    let mut market = honest(&mut dice);
    brush(&mut market, &mut dice, Key(800), true);
    let strong = brushed_told_apart(market);
    let ring = &strong[0];
    for class in [Class::Path, Class::Money, Class::Content, Class::Logistics] {
        assert!(bits(ring, class) >= 3.0, "{class:?}: {:?}", ring.classes);
    }
}

#[test]
fn without_payouts_the_way_is_enough() {
    let mut dice = Dice(2);
    let mut market = honest(&mut dice);
    brush(&mut market, &mut dice, Key(800), false);
    brushed_told_apart(market);
}

#[test]
fn who_gives_orders_away_or_pays_rebates_makes_no_crew() {
    let mut dice = Dice(3);
    let (_, ventures, _) = honest(&mut dice).find(1);
    for venture in &ventures {
        let sum: f64 = venture.classes.iter().map(|class| class.1).sum();
        assert!(sum < 6.0 && !venture.made_up, "{:?}", venture.classes);
    }
}

#[test]
fn a_purse_that_gives_some_orders_away_is_no_payer() {
    let known = |bonuses: u64| {
        let mut dice = Dice(6);
        let mut market = honest(&mut dice);
        for number in 0..bonuses {
            let time = EventTime((DAY * 20_012 + number as i64) * EventTime::SECOND);
            let payout = Event {
                kind: Kind::Payout,
                time,
                actor: Key(1 + number % 600),
                counterparty: PLATFORM,
                amount: Some([88, 120, 200, 300][dice.below(4) as usize]),
                ..Event::default()
            };
            market.add(payout, "");
        }
        let (book, _, _) = market.find(1);
        payers(&book).iter().any(|payer| payer.key == PLATFORM)
    };
    assert!(known(0) && !known(900));
}

/// The outlets of a market's ring, against all orders that are not its own.
fn outlets_of_ring(market: Market) -> Vec<PointShare> {
    let (book, ventures, _) = market.find(1);
    let ring = ventures.iter().find(|venture| venture.made_up).expect("the ring");
    let made_up: Vec<u32> = ring.trades.iter().map(|trade| trade.0).collect();
    let others: Vec<u32> = (0..book.trades.len() as u32)
        .filter(|place| made_up.binary_search(place).is_err())
        .collect();
    outlets(&book, &made_up, &others)
}

#[test]
fn an_outlet_of_nothing_but_brushed_parcels_is_found() {
    let mut dice = Dice(1);
    let mut market = honest(&mut dice);
    brush(&mut market, &mut dice, Key(800), true);
    let outlets = outlets_of_ring(market);
    assert!(
        outlets.iter().any(|share| share.point == Key(800) && share.bits > 20.0),
        "{outlets:?}"
    );
}

#[test]
fn an_outlet_that_a_shop_uses_anyway_did_its_work() {
    let mut dice = Dice(4);
    let mut market = honest(&mut dice);
    // All brushed parcels go in at shop 0's own outlet: strange for the other shops, usual for this one.
    brush(&mut market, &mut dice, Key(600), true);
    let outlets = outlets_of_ring(market);
    let share = outlets.iter().find(|share| share.point == Key(600));
    assert!(share.is_some_and(|share| share.owners == 5), "{outlets:?}");
}

#[test]
fn how_events_are_spread_over_workers_does_not_show() {
    let find = |workers| {
        let mut dice = Dice(5);
        let mut market = honest(&mut dice);
        brush(&mut market, &mut dice, Key(800), true);
        let (_, ventures, _) = market.find(workers);
        format!("{ventures:?}")
    };
    let one = find(1);
    assert_eq!(one, find(2));
    assert_eq!(one, find(7));
}
