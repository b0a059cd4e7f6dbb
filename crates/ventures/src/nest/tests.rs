//! Goal: farms and rings that deal out addresses, instruments and devices are found by what they live off, and nobody is for
//! sharing alone. Method: a town of 1,600 buyers in homes of their own, families, a campus and an office; one case is planted.

use super::*;
use events::{Event, Kind, ScanStatus};
use trades::Counter;

const DAY: i64 = 86_400;
const START: i64 = 20_000 * DAY;

/// What one account is and does.
#[derive(Clone, Copy, Default)]
struct Buyer {
    account: u64,
    address: u64,
    payment: u64,
    device: u64,
    /// The day on which it signed up; before the table where none.
    came: Option<i64>,
    orders: u64,
    /// Of ten orders, how many come back after they were signed for.
    back: u64,
    /// Whether its parcels are signed for where they went in.
    handed_back: bool,
    /// Whether it looks around again later.
    looks: bool,
}

#[derive(Default)]
struct Town {
    events: Vec<Event>,
    members: Vec<Member>,
    numbers: u64,
}

impl Town {
    fn at(&mut self, kind: Kind, second: i64, event: Event) {
        self.numbers += 1;
        let time = EventTime(second * EventTime::SECOND);
        self.events.push(Event { id: Key(self.numbers), kind, time, ..event });
    }

    fn live(&mut self, buyer: &Buyer) {
        let actor = Key(1_000_000 + buyer.account);
        let first = START + buyer.came.unwrap_or(0) * DAY + 600 * (buyer.account as i64 % 97);
        for number in 0..buyer.orders {
            let second = first + 900 + number as i64 * 2 * DAY;
            let order = Key(buyer.account * 100 + number + 5_000_000);
            let owner = Key(40_000 + (buyer.account * 7 + number * 3) % 60);
            let on =
                Event { actor, order, owner, subject: Key(owner.0 + 9_000), ..Event::default() };
            let amount = Some(5_000);
            let ordered = Event {
                address: Key(2_000_000 + buyer.address),
                device: Key(3_000_000 + buyer.device),
                region: Key(77 + buyer.address % 2),
                amount,
                ..on
            };
            self.at(Kind::Order, second, ordered);
            let payment = Key(4_000_000 + buyer.payment);
            self.at(Kind::Pay, second + 9, Event { payment, amount, ..on });
            let parcel = Key(6_000_000 + buyer.account * 100 + number);
            let (out, home) = (Key(500 + owner.0 % 9), Key(600 + buyer.address % 11));
            let to = if buyer.handed_back { out } else { home };
            let scan = Event { parcel, order, point: out, ..Event::default() };
            let status = ScanStatus::Collected;
            self.at(Kind::Scan, second + 20_000, Event { status, ..scan });
            let status = ScanStatus::Signed;
            self.at(Kind::Scan, second + 2 * DAY, Event { status, point: to, ..scan });
            if (buyer.account + number * 3) % 10 < buyer.back {
                self.at(Kind::Refund, second + 3 * DAY, Event { amount, ..on });
            }
        }
        if let Some(day) = buyer.came {
            let last_look = if buyer.looks { 5 * DAY as u32 } else { 900 };
            self.members.push(Member {
                account: actor,
                subject: Key::NONE,
                agent: Key::NONE,
                event: Key::NONE,
                second: (START + day * DAY) as u32,
                first_act: Some(600),
                returns: [None; detectors::mem01::AGES.len()],
                last_look: Some(last_look),
                intent: true,
            });
        }
    }

    fn nests(mut self, workers: usize) -> Vec<Nest> {
        self.events.sort_by_key(|event| (event.time, event.id));
        let mut counters = vec![Counter::default(); workers];
        for event in &self.events {
            let home = if event.actor.is_some() { event.actor } else { event.parcel };
            counters[(home.0 % workers as u64) as usize].observe(event, "");
        }
        nests(&Book::of(counters), &self.members, (START + 30 * DAY) as u32)
    }
}

/// People: every fourth shares a home and a card with a neighbour, three hundred live on a campus, sixty have their parcels sent
/// to an office; one in ten is new, and half of these order once.
fn people() -> Town {
    let mut town = Town::default();
    for account in 0..1_600 {
        let family = account % 8 == 1;
        let home = if family { account - 1 } else { account };
        let address = match account {
            0..300 => 9_001,
            300..360 => 9_002,
            _ => home,
        };
        // A student's card is often the parents', who live elsewhere.
        let payment = if (0..60).contains(&account) { 400 + account } else { home };
        let new = account % 10 == 3;
        let once = account % 20 == 3;
        town.live(&Buyer {
            account,
            address,
            payment,
            device: account,
            came: new.then_some(account as i64 % 20),
            orders: if once { 1 } else { 1 + account % 4 },
            back: 1,
            handed_back: false,
            looks: !once,
        });
    }
    town
}

/// Accounts that share: addresses, instruments and devices dealt out from so many of each.
fn dealt(n: u64, of: (u64, u64, u64), each: impl Fn(u64) -> Buyer) -> Town {
    let mut town = people();
    for place in 0..n {
        let draw = |salt: u64, of: u64| (place * 2_654_435_761 + salt * 40_503) / 7 % of;
        let own = 50_000 + place;
        town.live(&Buyer {
            account: 20_000 + place,
            address: 30_000 + draw(1, of.0),
            payment: 30_000 + draw(2, of.1),
            device: if of.2 == 0 { own } else { 30_000 + draw(3, of.2) },
            ..each(place)
        });
    }
    town
}

fn farm(place: u64) -> Buyer {
    Buyer { came: Some(place as i64 % 20), orders: 1, ..Buyer::default() }
}

fn codes(nest: &Nest) -> Vec<Code> {
    nest.shared.iter().map(|shared| shared.code).collect()
}

#[test]
fn a_town_has_no_nests() {
    assert!(people().nests(1).is_empty());
}

#[test]
fn a_farm_is_found_whole_with_devices_of_its_own_or_not() {
    for of in [(12, 25, 0), (6, 8, 12)] {
        let nests = dealt(80, of, farm).nests(2);
        assert_eq!(nests.len(), 1);
        assert_eq!(codes(&nests[0]), [Code::Mem04]);
        assert!(nests[0].members.len() >= 76, "{}", nests[0].members.len());
        assert!(nests[0].members.iter().all(|member| member.0 >= 1_020_000));
        let bits: f64 = nests[0].classes().iter().map(|class| class.1).sum();
        assert!(nests[0].whole && bits > 10.0, "{bits}");
        let found = nests[0].findings();
        assert_eq!(found.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::Net04, Code::Mem04]);
    }
}

#[test]
fn one_roof_with_a_stock_of_cards_and_telephones_is_a_farm() {
    let nests = dealt(60, (1, 8, 12), farm).nests(1);
    assert_eq!(nests.iter().map(codes).collect::<Vec<_>>(), [vec![Code::Mem04]]);
}

#[test]
fn a_ring_that_sends_most_of_it_back_is_found() {
    let ring = |_| Buyer { orders: 5, back: 8, ..Buyer::default() };
    let nests = dealt(26, (8, 11, 0), ring).nests(3);
    let members: usize = nests.iter().map(|nest| nest.members.len()).sum();
    assert!(nests.iter().all(|nest| codes(nest) == [Code::Pay05] && !nest.whole));
    assert!(members >= 20, "{members}");
    assert!(nests.iter().all(|nest| nest.trades.len() < nest.members.len() * 5));
}

#[test]
fn parcels_that_never_left_are_found() {
    let brush = |_| Buyer { orders: 3, handed_back: true, ..Buyer::default() };
    let nests = dealt(40, (6, 5, 6), brush).nests(1);
    assert_eq!(nests.iter().map(codes).collect::<Vec<_>>(), [vec![Code::Log05]]);
}

#[test]
fn a_firm_that_deals_out_cards_and_desks_accuses_nobody() {
    let firm = |place: u64| Buyer {
        came: Some(1),
        orders: 1 + place % 5,
        back: 1,
        looks: true,
        ..Buyer::default()
    };
    let nests = dealt(30, (5, 4, 8), firm).nests(1);
    assert_eq!(nests.len(), 1);
    assert!(nests[0].shared.is_empty() && nests[0].trades.is_empty());
    let bits: f64 = nests[0].classes().iter().map(|class| class.1).sum();
    assert!(bits <= MOST_TIED);
    // Seen for two days only, half of its buyers have ordered once.
    let mut town = dealt(30, (5, 4, 8), |place| Buyer { came: Some(27), orders: 1, ..firm(place) });
    town.members.iter_mut().for_each(|member| member.last_look = Some(900));
    assert!(town.nests(1).iter().all(|nest| nest.shared.is_empty()));
}

#[test]
fn crowds_that_live_like_a_farm_are_none() {
    // New students of one campus and month, all with one order, and every third pair of room-mates with one card.
    let mut town = people();
    for place in 0..120 {
        town.live(&Buyer {
            account: 20_000 + place,
            address: 9_001,
            payment: 30_000 + if place % 6 == 1 { place - 1 } else { place },
            device: 30_000 + place,
            ..farm(place)
        });
    }
    assert!(town.nests(1).is_empty());
    // A clerk of a village shop who orders for everybody, on one telephone and one card.
    let clerk = |place| Buyer { orders: 1 + place % 3, ..farm(place) };
    assert!(dealt(60, (1, 1, 1), clerk).nests(1).is_empty());
}

#[test]
fn a_village_and_its_county_school_are_no_nest() {
    // Forty families of one parcel station have a child with the parents' card at one school.
    let mut town = people();
    for family in 0..40 {
        for child in [0, 1] {
            town.live(&Buyer {
                account: 20_000 + family * 2 + child,
                address: 9_003 - 2 * child,
                payment: 30_000 + family,
                device: 30_000 + family * 2 + child,
                orders: 2,
                looks: true,
                ..Buyer::default()
            });
        }
    }
    let accused = town.nests(1).into_iter().filter(|nest| !nest.shared.is_empty());
    assert_eq!(accused.count(), 0);
}

#[test]
fn how_events_are_spread_over_workers_does_not_show() {
    let all = |workers| format!("{:?}", dealt(80, (12, 25, 0), farm).nests(workers));
    assert_eq!(all(1), all(4));
    assert!(nests(&Book::default(), &[], 0).is_empty());
}
