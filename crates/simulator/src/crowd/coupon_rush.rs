//! Coupon rush: coupons are given out on the stroke of the hour and gone in a minute.

use super::{enlist, known_owner, present};
use crate::name::Space;
use crate::ordinary;
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};

/// Every other day at ten.
pub(crate) struct CouponRush;

impl Script for CouponRush {
    fn day(&mut self, town: &mut Town, day: u32) {
        if !day.is_multiple_of(2) {
            return;
        }
        let mut dice = town.dice("coupon rush", u64::from(day));
        for _ in 0..town.scenario.campaigns(4_000) {
            let seller = known_owner(town, &mut dice, true);
            let campaign = town.fresh(Space::Campaign);
            let topic = town.catalogue.owners[seller as usize].topic;
            let begins = town.at(day, 10.0);
            let size = town.scenario.size(90);
            let rushing = enlist(town, &mut dice, (topic, Population::CouponRush), size);
            for who in present(town, &rushing, begins) {
                let mut visit = town.visit(&mut dice, who, begins).by(Source::Push);
                visit.pause(dice.wait(22.0));
                visit.coupon(town, campaign, seller, 300);
                let goods = town.catalogue.of_owner(&mut dice, seller, begins);
                if let Some(goods) = goods.filter(|_| dice.chance(0.35)) {
                    visit.view(town, goods, dice.lognormal(20.0, 0.8));
                    ordinary::shop(town, &mut dice, (visit, 0.2), goods);
                }
            }
        }
    }
}
