//! Tables of shops all over the country that draw numbers as couriers deal them out, and one thing planted: whose numbers stand
//! between strangers', and what must not look like it.

use super::*;

const HOUR: u32 = 3_600;
const START: u32 = 1_778_000_000;
const PROVINCES: [&str; 8] =
    ["110101", "320101", "330101", "350101", "370101", "410101", "430101", "440101"];

/// A table being written: parcels, and the next numbers of the carrier's sequence.
struct Table {
    trips: Vec<Trip>,
    next: u64,
    random: u64,
}

fn shop(number: u64) -> Key {
    Key::of(&format!("shop {number}"))
}

fn outlet(number: u64) -> Key {
    Key::of(&format!("outlet {number}"))
}

/// The outlet at which a shop is at home.
fn home(shop: u64) -> u64 {
    shop
}

impl Table {
    /// Eighty shops, each with a batch of its own, twenty parcels over ten days.
    fn ordinary() -> Table {
        let mut table = Table { trips: Vec::new(), next: 1_000_000, random: 5 };
        for shop in 0..80 {
            let first = table.block(200);
            for number in 0..20 {
                let hours = number as u32 * 12;
                table.send(shop, home(shop), (first + 2 * number, hours * HOUR));
            }
        }
        table
    }

    /// The same with a hundred shops.
    fn hundred() -> Table {
        let mut table = Table::ordinary();
        for shop in 80..100 {
            let first = table.block(200);
            for number in 0..20 {
                table.send(shop, home(shop), (first + number, number as u32 * 12 * HOUR));
            }
        }
        table
    }

    fn block(&mut self, count: u64) -> u64 {
        self.next += count;
        self.next - count
    }

    fn chance(&mut self, below: u64) -> u64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 33) % below
    }

    fn send(&mut self, of: u64, from: u64, at: (u64, u32)) {
        self.send_by("YT88", of, from, at);
    }

    fn send_by(&mut self, carrier: &str, of: u64, from: u64, at: (u64, u32)) {
        let (number, seconds) = at;
        let taken = START + seconds;
        let region = Key::of(PROVINCES[(from % 8) as usize]);
        let mut trip = Trip::default();
        trip.waybill = Waybill::of(&format!("{carrier}{number:011}"));
        (trip.parcel, trip.owner) = (Key(number), shop(of));
        (trip.point, trip.collected) = (outlet(from), taken);
        (trip.last, trip.from) = (taken + 40 * HOUR, region);
        (trip.track.collected, trip.track.outlet) = (taken, outlet(from));
        self.trips.push(trip);
    }

    /// Who stands out: shops, outlets.
    fn named(self) -> (Vec<Key>, Vec<Key>) {
        let book = Book { trips: self.trips, ..Book::default() };
        let owners: Vec<Key> = book.trips.iter().map(|_| Key::NONE).collect();
        let runs = runs(&book, owners.into_iter());
        let keys = |of: &[Excess]| of.iter().map(|excess| excess.key).collect();
        (keys(&runs.shops), keys(&runs.outlets))
    }
}

#[test]
fn batches_of_ones_own_say_nothing() {
    assert_eq!(Table::ordinary().named(), (vec![], vec![]));
}

#[test]
fn resold_numbers_name_the_shops_that_put_them_on_their_parcels() {
    let mut table = Table::ordinary();
    let first = table.block(200);
    for number in 0..90 {
        let of = table.chance(7);
        table.send(of, home(of), (first + number, number as u32 * 2 * HOUR));
    }
    let (shops, outlets) = table.named();
    assert!(shops.len() >= 5 && (0..7).map(shop).filter(|key| shops.contains(key)).count() >= 5);
    assert!(shops.iter().all(|key| (0..7).any(|number| shop(number) == *key)));
    assert_eq!(outlets, []);
}

#[test]
fn an_outlet_that_books_from_a_list_is_named_alone() {
    let mut table = Table::ordinary();
    let first = table.block(200);
    for number in 0..90 {
        let of = table.chance(7);
        let seconds = (number / 9) as u32 * 24 * HOUR + (number % 9) as u32 * 5;
        table.send(of, 203, (first + number, seconds));
    }
    assert_eq!(table.named(), (vec![], vec![outlet(203)]));
}

#[test]
fn another_carriers_pool_names_nobody() {
    // Ten of the shops with stock of one carrier's numbers send some of their parcels by another's pool.
    for by_pool in [6, 9, 14, 20] {
        let mut table = Table::hundred();
        for number in 0..10 * by_pool {
            let of = table.chance(10);
            let hours = number * 240 / (10 * by_pool);
            table.send_by("SF1", of, home(of), (number * 7, hours as u32 * HOUR));
        }
        assert_eq!(table.named(), (vec![], vec![]), "{by_pool}");
    }
}

#[test]
fn numbers_resold_are_found_beside_another_carriers() {
    let mut table = Table::ordinary();
    let first = table.block(200);
    for number in 0..90 {
        let of = table.chance(7);
        table.send(of, home(of), (first + number, number as u32 * 2 * HOUR));
        table.send_by("SF1", of, home(of), (number * 7, number as u32 * 2 * HOUR));
    }
    let (shops, _) = table.named();
    assert!(shops.len() >= 5 && shops.iter().all(|key| (0..7).any(|n| shop(n) == *key)));
}

#[test]
fn clients_of_a_depot_far_from_home_are_not_named() {
    // Twelve shops send two fifths of their parcels from a warehouse that books them in of an evening.
    let mut table = Table::hundred();
    let first = table.block(400);
    for number in 0..160 {
        let of = table.chance(12);
        let seconds = (number / 16) as u32 * 24 * HOUR + (number % 16) as u32 * 8;
        table.send(of, 301, (first + number, seconds));
    }
    let (shops, outlets) = table.named();
    assert_eq!(shops, []);
    // It looks as a list does: what it means is not for its numbers alone to say.
    assert_eq!(outlets, [outlet(301)]);
}

#[test]
fn one_pool_for_the_whole_country_names_nobody() {
    // Ten shops without numbers of their own, one of which sells much in an hour now and then.
    let mut table = Table::ordinary();
    let first = table.block(1_000);
    for number in 0..400 {
        let burst = number % 50 < 12;
        let of = if burst { 80 } else { 80 + table.chance(10) };
        let noise = table.chance(14) as u32 * HOUR;
        table.send(of, home(of), (first + 2 * number, number as u32 * HOUR / 2 + noise));
    }
    assert_eq!(table.named(), (vec![], vec![]));
}

#[test]
fn warehouses_villages_and_holidays_name_nobody() {
    // A warehouse sends for fifteen shops from everywhere, a van books a village's parcels in the order of their numbers.
    let mut table = Table::ordinary();
    let first = table.block(1_000);
    for number in 0..300 {
        let of = 80 + table.chance(15);
        let seconds = (number / 30) as u32 * 24 * HOUR + (number % 30) as u32;
        table.send(of, 301, (first + number, seconds));
    }
    // For two days the shops of one outlet bring theirs to another one in the province, which books them in one go.
    let first = table.block(200);
    for shop in 100..105 {
        let batch = table.block(200);
        for number in 0..12 {
            table.send(shop, 402, (batch + number, number as u32 * 20 * HOUR));
        }
    }
    for number in 0..30 {
        let of = 100 + table.chance(5);
        table.send(of, 410, (first + number, 200 * HOUR + number as u32 * 4));
    }
    assert_eq!(table.named(), (vec![], vec![]));
}

#[test]
fn where_many_shops_do_so_it_is_how_numbers_are_dealt_out() {
    let mut table = Table::ordinary();
    let first = table.block(2_000);
    for number in 0..600 {
        let of = table.chance(30);
        table.send(of, home(of), (first + number, number as u32 * HOUR / 3));
    }
    assert_eq!(table.named().0, []);
}

#[test]
fn tokens_and_places_unknown_say_nothing() {
    for hide in [
        |trip: &mut Trip| trip.waybill = Waybill::NONE,
        |trip: &mut Trip| trip.from = Key::NONE,
        |trip: &mut Trip| trip.owner = Key::NONE,
    ] {
        let mut table = Table::ordinary();
        let first = table.block(200);
        for number in 0..90 {
            let of = table.chance(7);
            table.send(of, 203, (first + number, number as u32));
        }
        table.trips.iter_mut().for_each(hide);
        assert_eq!(table.named(), (vec![], vec![]));
    }
}

#[test]
fn hostile_tables_give_finite_bits() {
    let mut table = Table::ordinary();
    for number in 0..3_000 {
        let of = table.chance(50);
        let outlets = if of == 7 { 40 } else { 3 };
        let from = table.chance(outlets);
        table.send(of, from, (table.next + number % 900, table.random as u32 % (400 * HOUR)));
    }
    for (at, trip) in table.trips.iter_mut().enumerate().filter(|(at, _)| at % 5 == 0) {
        trip.waybill = Waybill([u64::MAX, 1, 1 << 47][at % 3]);
        trip.track.collected = [u32::MAX, 0, 1][at % 3];
        (trip.collected, trip.last) = (u32::MAX - trip.track.collected, 0);
    }
    let book = Book { trips: table.trips, ..Book::default() };
    let runs = runs(&book, book.trips.iter().map(|_| Key::NONE));
    for excess in runs.shops.iter().chain(&runs.outlets) {
        let sound = excess.bits.is_finite() && excess.shown <= excess.seen && excess.expected > 0.0;
        assert!(sound, "{excess:?}");
    }
}
