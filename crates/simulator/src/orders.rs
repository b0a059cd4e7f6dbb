//! From an order to the parcel at the door, and the money both ways.
//!
//! The steps of one order keep their order in time: order, pay, ship, scans, sign, and only then a review, a refund
//! or a payout. An empty parcel weighs what an envelope weighs; a matched one what the goods would.

use crate::calendar::{HOUR, MINUTE, SECOND};
use crate::catalogue::Catalogue;
use crate::dice::Dice;
use crate::name::{Name, Space};
use crate::person::Person;
use crate::places::{Places, REGIONS};
use crate::population::Population;
use crate::row::{Label, Row, Said, Source};
use crate::text::{Sort, Text};
use crate::town::Town;
use crate::visit::Visit;
use events::{Kind, ScanStatus};

/// What the parcel holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goods {
    Real,
    /// Nothing, sent through that network point.
    Empty(u32),
    /// Something else of the same weight.
    Matched,
}

/// An order about to be placed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purchase {
    pub subject: u32,
    pub amount: i64,
    pub goods: Goods,
    pub address: Name,
    pub payment: Name,
    /// A waybill number that was got elsewhere than from the courier.
    pub waybill: Name,
}

/// An order that was paid, and when its parcel is signed for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deal {
    pub who: u32,
    pub subject: u32,
    pub order: Name,
    pub amount: i64,
    pub payment: Name,
    pub signed: i64,
    pub label: Label,
}

impl Purchase {
    /// To the buyer's own address and from their own means, at the asking price.
    pub(crate) fn usual(town: &Town, visit: &Visit, subject: u32, goods: Goods) -> Purchase {
        let person = visit.who.map(|who| town.person(who));
        Purchase {
            subject,
            amount: town.catalogue.subjects[subject as usize].price,
            goods,
            address: person.map_or(Name::NONE, |p| p.address),
            payment: person.map_or(Name::NONE, |p| p.payment),
            waybill: Name::NONE,
        }
    }
}

/// A hired hand comes to goods as people do, by one of many ways, after a search or without, and looks at them as long.
pub(crate) fn pretend(town: &mut Town, dice: &mut Dice, who: u32, time: i64, goods: u32) -> Visit {
    let topic = town.catalogue.subjects[goods as usize].topic;
    let mut visit = town.visit(dice, who, time).labelled(Label::Fake);
    let ways = [Source::Home, Source::Profile, Source::Direct, Source::Ad];
    visit.source = dice.pick(&ways).unwrap_or_default();
    if dice.chance(0.4) {
        visit.search(town, Text::new(Sort::Search, topic, dice.bits()));
    }
    let dwell = Visit::dwell(town, dice, goods);
    visit.view(town, goods, dwell);
    visit
}

/// Somebody looks at goods and buys them as people do; `None` when they think better of it.
pub(crate) fn look_and_buy(
    town: &mut Town,
    dice: &mut Dice,
    visit: &mut Visit,
    goods: u32,
) -> Option<Deal> {
    let dwell = Visit::dwell(town, dice, goods);
    visit.view(town, goods, dwell);
    let purchase = Purchase::usual(town, visit, goods, Goods::Real);
    buy(town, dice, visit, purchase)
}

/// Orders and pays, and is sent it; `None` when the buyer thinks better of it before paying.
pub(crate) fn buy(
    town: &mut Town,
    dice: &mut Dice,
    visit: &mut Visit,
    purchase: Purchase,
) -> Option<Deal> {
    let mut deal = pay(town, dice, visit, purchase)?;
    deal.signed = deliver(town, dice, (&deal, &purchase), deal.signed);
    Some(deal)
}

/// Orders and pays, and nothing is sent yet: until it is, the deal counts as signed for when it was paid.
pub(crate) fn pay(
    town: &mut Town,
    dice: &mut Dice,
    visit: &mut Visit,
    purchase: Purchase,
) -> Option<Deal> {
    let who = visit.who?;
    let (person, on) = (town.person(who), town.catalogue.subjects[purchase.subject as usize]);
    let (phone, county) = (person.phone, Places::county(person.region, who));
    let order = town.fresh(Space::Order);
    let mut row = visit.row(Kind::Order);
    (row.subject, row.owner) = (Catalogue::name(purchase.subject), Catalogue::owner_name(on.owner));
    (row.order, row.amount, row.said) = (order, purchase.amount, Said::Ok);
    (row.phone, row.address, row.region) = (phone, purchase.address, county);
    town.calendar.note(row);
    visit.pause(4.0 + dice.wait(25.0));
    if visit.label != Label::Fake && dice.chance(0.03) {
        return None;
    }
    (row.time, row.kind, row.payment) = (visit.time, Kind::Pay, purchase.payment);
    (row.phone, row.address, row.region) = (Default::default(), Name::NONE, 0);
    town.calendar.note(row);
    visit.pause(2.0);
    Some(Deal {
        who,
        subject: purchase.subject,
        order,
        amount: purchase.amount,
        payment: purchase.payment,
        signed: row.time,
        label: visit.label,
    })
}

/// The parcel's way from the seller's outlet to the buyer's; says when it is signed for.
fn deliver(town: &mut Town, dice: &mut Dice, of: (&Deal, &Purchase), paid: i64) -> i64 {
    let (deal, purchase) = of;
    let on = town.catalogue.subjects[deal.subject as usize];
    let person = town.person(deal.who);
    let (region, locker) = (person.region, person.populations.has(Population::Locker));
    if on.weight_g < 45 && deal.label == Label::Genuine {
        town.people[deal.who as usize].populations.add(Population::LightParcel);
    }
    let weight = match purchase.goods {
        Goods::Empty(_) => dice.lognormal(24.0, 0.25),
        Goods::Matched => f64::from(on.weight_g) * dice.within(0.93, 1.05),
        Goods::Real => f64::from(on.weight_g + 12) * dice.within(0.97, 1.04),
    };
    let mut route = route(town, dice, (on.owner, region), purchase.goods);
    let mut row = Row::new(paid, Kind::Ship, deal.label);
    row.order = deal.order;
    row.time += 20 * MINUTE + (dice.wait(7.0) * HOUR as f64) as i64;
    route[0] = open(town, route[0], row.time);
    row.parcel = number(town, (on.owner, route[0]), purchase.waybill);
    let flies = town.couriers.as_ref().is_some_and(|couriers| couriers.flies(on.owner));
    (row.subject, row.owner) = (Catalogue::name(deal.subject), Catalogue::owner_name(on.owner));
    stand(town, &mut row, route[0]);
    town.calendar.note(row);
    (row.subject, row.owner, row.kind) = (Name::NONE, Name::NONE, Kind::Scan);
    let handover = if locker { ScanStatus::Locker } else { ScanStatus::Delivering };
    let last = route.len() - 1;
    for (stop, &point) in route.iter().enumerate() {
        stand(town, &mut row, point);
        let doings: &[ScanStatus] = match stop {
            0 => &[ScanStatus::Collected, ScanStatus::Departed],
            _ if stop == last => &[ScanStatus::Arrived, handover],
            _ => &[ScanStatus::Arrived, ScanStatus::Departed],
        };
        for (step, &doing) in doings.iter().enumerate() {
            let hours = if step == 0 { 5.0 } else { 1.3 };
            row.time += match flies && stop == 2 && step == 0 && stop != last {
                true => 2 * HOUR + (dice.wait(1.5) * HOUR as f64) as i64,
                false => 4 * MINUTE + (dice.wait(hours) * HOUR as f64) as i64,
            };
            row.weight_g = if step == 0 { (weight * dice.within(0.99, 1.01)) as i32 } else { -1 };
            row.said = Said::Scan(doing);
            note(town, &mut row, point);
        }
    }
    row.time += 10 * MINUTE + (dice.wait(if locker { 9.0 } else { 3.0 }) * HOUR as f64) as i64;
    (row.kind, row.weight_g) = (Kind::Sign, -1);
    (row.actor, row.address) = (Person::name(deal.who), purchase.address);
    let agent =
        if locker || dice.chance(0.3) { ScanStatus::SignedAgent } else { ScanStatus::Signed };
    row.said = Said::Scan(agent);
    town.calendar.note(row);
    row.time
}

/// The points a parcel passes: an empty one starts at the point that was paid to take it.
fn route(town: &Town, dice: &mut Dice, ends: (u32, u32), goods: Goods) -> Vec<u32> {
    let (owner, region) = ends;
    let outlet = town.catalogue.owners[owner as usize].outlet;
    let from_region = (outlet >> 8) % REGIONS;
    let near = &town.places.outlets[from_region as usize];
    let first = match goods {
        Goods::Empty(point) => point,
        Goods::Real | Goods::Matched => near[outlet as usize % near.len()],
    };
    let mut route = vec![first];
    let from_region = town.places.points[first as usize].region;
    route.push(town.places.centres[from_region as usize]);
    if from_region != region {
        route.push(town.places.centres[region as usize]);
    }
    let there = &town.places.outlets[region as usize];
    route.extend(dice.pick(there));
    route
}

/// Notes a scan as the point's books have it.
fn note(town: &mut Town, row: &mut Row, point: u32) {
    let mut noted = *row;
    if let Some(couriers) = &town.couriers {
        if row.said == Said::Scan(ScanStatus::Collected) {
            (noted.time, row.time) = couriers.booked(point, row.parcel, row.time);
        } else {
            noted.time += couriers.wrong(point);
        }
    }
    town.calendar.note(noted);
}

/// The outlet that takes a parcel in.
fn open(town: &Town, outlet: u32, time: i64) -> u32 {
    let near = &town.places.outlets[town.places.points[outlet as usize].region as usize];
    town.couriers.as_ref().map_or(outlet, |couriers| couriers.open(outlet, near, time))
}

/// The number of a parcel of that owner and outlet, unless it has one.
pub(crate) fn number(town: &mut Town, of: (u32, u32), given: Name) -> Name {
    match &mut town.couriers {
        None => town.fresh(Space::Parcel),
        Some(_) if !given.is_none() => given,
        Some(couriers) => couriers.number(of.0, of.1),
    }
}

/// Puts a row at a point.
pub(crate) fn stand(town: &Town, row: &mut Row, point: u32) {
    row.point = Places::point_name(point);
    row.region = Places::county(town.places.points[point as usize].region, point);
}

/// The seller gives money back through the platform.
pub(crate) fn refund(town: &mut Town, deal: &Deal, time: i64, amount: i64) {
    let owner = Catalogue::owner_name(town.catalogue.subjects[deal.subject as usize].owner);
    let mut row = Row::new(time, Kind::Refund, deal.label);
    (row.actor, row.order, row.payment) = (Person::name(deal.who), deal.order, deal.payment);
    (row.subject, row.owner, row.counterparty) = (Catalogue::name(deal.subject), owner, owner);
    (row.amount, row.said) = (amount, Said::Done);
    town.calendar.note(row);
}

/// Somebody pays an account money: a rebate, a prize, a reward, a wage.
pub(crate) fn payout(town: &mut Town, deal: &Deal, from: Name, paid: (i64, i64)) {
    let (time, amount) = paid;
    let mut row = Row::new(time, Kind::Payout, deal.label);
    (row.actor, row.payment, row.counterparty) = (Person::name(deal.who), deal.payment, from);
    (row.amount, row.said) = (amount, Said::Done);
    town.calendar.note(row);
}

/// The platform pays a part of the price.
pub(crate) fn subsidise(town: &mut Town, deal: &Deal, time: i64, amount: i64) {
    let on = town.catalogue.subjects[deal.subject as usize];
    let mut row = Row::new(time + SECOND, Kind::Subsidy, deal.label);
    (row.actor, row.order, row.amount) = (Person::name(deal.who), deal.order, amount);
    (row.subject, row.owner) = (Catalogue::name(deal.subject), Catalogue::owner_name(on.owner));
    town.calendar.note(row);
}
