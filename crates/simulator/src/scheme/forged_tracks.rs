//! S15, forged tracks: sham orders of real people that no goods are sent for.
//!
//! An outlet books parcels that nobody brought in, in the order of its list, once a day, and writes the rest of their way: at even
//! gaps, or collected and signed for with nothing between, or, who takes more trouble, as ways are. A reseller buys up a run of
//! waybill numbers and sells them on one by one to shops all over the country, who put them on parcels of paper that do travel
//! from their own outlets. Nobody is paid on the platform and nobody takes a common way to the goods.

use super::{clients, colluding_point, hire};
use crate::calendar::{DAY, HOUR, MINUTE, SECOND};
use crate::catalogue::Catalogue;
use crate::dice::Dice;
use crate::name::{Name, Space};
use crate::orders::{self, Deal, Goods, Purchase};
use crate::person::Person;
use crate::row::{Label, Row, Said};
use crate::scenario::Scheme;
use crate::town::{Script, Town};
use crate::visit::Visit;
use events::{Kind, ScanStatus};

/// An outlet with its clients, a reseller with theirs, and who orders for both.
pub(crate) struct ForgedTracks {
    number: u32,
    workers: Vec<u32>,
    /// What the outlet's clients sell, and what the reseller's do.
    written: Vec<u32>,
    resold: Vec<u32>,
    outlet: u32,
    /// The next number of the outlet's list, and of the run that was bought up.
    next: [u64; 2],
}

impl ForgedTracks {
    pub(crate) fn new(town: &mut Town, number: u32) -> ForgedTracks {
        let mut dice = town.dice("forged tracks", u64::from(number));
        let hired = (Label::Fake, town.scenario.size(90));
        let workers = hire(town, &mut dice, (Scheme::ForgedTracks, number), hired);
        let mut shelf = |town: &mut Town| -> Vec<u32> {
            let clients = clients(town, &mut dice, true, 7);
            let of = |&seller: &u32| town.catalogue.owners[seller as usize].subjects.clone();
            clients.iter().flat_map(of).collect()
        };
        let (written, resold) = (shelf(town), shelf(town));
        let outlet = colluding_point(town, &mut dice);
        let next = [0, 1].map(|_| {
            town.couriers.as_mut().map_or(0, |couriers| {
                let carrier = couriers.any();
                couriers.allot(carrier, 5_000)
            })
        });
        ForgedTracks { number, workers, written, resold, outlet, next }
    }

    fn draw(&mut self, of: usize) -> Name {
        self.next[of] += 1;
        Name::new(Space::Waybill, self.next[of] - 1)
    }

    /// Looks at the goods that are to be ordered, as people do.
    fn choose(town: &mut Town, dice: &mut Dice, who: u32, at: (i64, u32)) -> (Visit, Purchase) {
        let (time, goods) = at;
        let visit = orders::pretend(town, dice, who, time, goods);
        let purchase = Purchase::usual(town, &visit, goods, Goods::Matched);
        (visit, purchase)
    }

    /// Books a day's parcels that nobody brought in and writes their ways.
    fn write(&mut self, town: &mut Town, dice: &mut Dice, deals: &[(Deal, Name)], evening: i64) {
        let careless = town.scenario.hardness.sharing;
        let mut time = evening;
        for (deal, address) in deals {
            time += (3 + dice.below(6) as i64) * SECOND;
            if dice.chance((1.0 - careless) / 3.0) {
                time += dice.between(1, 20) * MINUTE;
            }
            let waybill = self.draw(0);
            let way = dice.unit();
            let way = match way {
                way if way < careless * 0.6 => Way::Even,
                way if way < careless => Way::Unseen,
                _ => Way::Likely,
            };
            self.way(town, dice, (deal, *address, waybill), (time, way));
        }
    }

    fn way(&self, town: &mut Town, dice: &mut Dice, of: (&Deal, Name, Name), at: (i64, Way)) {
        use ScanStatus::{Arrived, Collected, Delivering, Departed};
        let ((deal, address, waybill), (time, way)) = (of, at);
        let on = town.catalogue.subjects[deal.subject as usize];
        let region = town.person(deal.who).region;
        let mut row = Row::new(time, Kind::Scan, Label::Fake);
        (row.order, row.parcel) = (deal.order, waybill);
        orders::stand(town, &mut row, self.outlet);
        let mut ship = Row { time: time - 4 * MINUTE, kind: Kind::Ship, ..row };
        (ship.subject, ship.owner) =
            (Catalogue::name(deal.subject), Catalogue::owner_name(on.owner));
        town.calendar.note(ship);
        let home = town.places.points[self.outlet as usize].region;
        let (from, to) = (town.places.centres[home as usize], town.places.centres[region as usize]);
        let last = dice.pick(&town.places.outlets[region as usize]).unwrap_or(to);
        let stops = [
            (self.outlet, Collected),
            (from, Departed),
            (to, Arrived),
            (last, Arrived),
            (last, Delivering),
        ];
        let gap = dice.between(4, 7) * HOUR;
        for (step, (point, said)) in stops.into_iter().enumerate() {
            if step > 0 {
                row.time += match way {
                    Way::Likely => 5 * MINUTE + (dice.wait(5.0) * HOUR as f64) as i64,
                    Way::Even | Way::Unseen => gap,
                };
            }
            orders::stand(town, &mut row, point);
            row.weight_g = if step == 0 { on.weight_g + 12 } else { -1 };
            row.said = Said::Scan(said);
            if way != Way::Unseen || step == 0 {
                town.calendar.note(row);
            }
        }
        row.time += if way == Way::Even { gap } else { (dice.wait(3.0) * HOUR as f64) as i64 };
        (row.kind, row.actor, row.address) = (Kind::Sign, Person::name(deal.who), address);
        row.said = Said::Scan(ScanStatus::Signed);
        town.calendar.note(row);
    }
}

/// How a way is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Even,
    Unseen,
    Likely,
}

impl Script for ForgedTracks {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("forged day", (u64::from(self.number) << 16) | u64::from(day));
        let begins = town.calendar.begins(day);
        let mut sales: Vec<(i64, u32)> = Vec::new();
        for &who in &self.workers {
            let time = begins + town.person(who).rhythm.moment(&mut dice);
            if dice.chance(0.4) && town.exists(who, time) {
                sales.push((time, who));
            }
        }
        sales.sort_unstable();
        let mut listed = Vec::new();
        for (time, who) in sales {
            let writes = dice.chance(0.5);
            let shelf = if writes { &self.written } else { &self.resold };
            let Some(goods) = dice.pick(shelf) else { continue };
            let (mut visit, mut purchase) = Self::choose(town, &mut dice, who, (time, goods));
            if writes {
                let deal = orders::pay(town, &mut dice, &mut visit, purchase);
                listed.extend(deal.map(|deal| (deal, purchase.address)));
            } else {
                purchase.waybill = self.draw(1);
                let _ = orders::buy(town, &mut dice, &mut visit, purchase);
            }
        }
        // What is ordered late is booked with the next morning's; the list is in no shop's order.
        let morning = begins + DAY + 9 * HOUR;
        self.write(town, &mut dice, &listed, morning);
    }
}
