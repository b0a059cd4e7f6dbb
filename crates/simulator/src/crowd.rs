//! Natural crowds: real people who act together, or look alike, for reasons of their own.
//!
//! These are the false positives to fear. Each file is one crowd; each picks its members from the town's people once
//! and then acts on its days. The number of crowds grows with the town, their size does not.

mod bad_batch;
mod brushing_talk;
mod campaign_signup;
mod campus_week;
mod checkin;
mod coupon_rush;
mod daily_picks;
mod day_and_night_shop;
mod deal_group;
mod default_praise;
mod exchange;
mod fan_club;
mod firm;
mod first_buyer;
mod flash_sale;
mod friend_vote;
mod group_buy;
mod idol_club;
mod keen_reviewer;
mod link_follower;
mod live_stream;
mod new_parent;
mod onboarding;
mod other_audience;
mod passers_by;
mod player_club;
mod price_protection;
mod private_browser;
mod raffle;
mod rebate;
mod reseller;
mod shared_login;
mod shift_worker;
mod shop_staff;
mod short_sleeper;
mod stand;
mod strict_critic;
mod superfan;
mod support_desk;
mod top_up;
mod trade_in;
mod viral;

pub(crate) use support_desk::{let_pass, on_duty, prompted};
pub(crate) use top_up::{BONUS, THRESHOLD};

use crate::calendar::HOUR;
use crate::dice::Dice;
use crate::ordinary::choose;
use crate::population::Population;
use crate::scenario::Scheme;
use crate::town::{Script, Town};
use crate::visit::Visit;
use events::Kind;

/// All crowds of a town.
pub(crate) fn all(town: &mut Town) -> Vec<Box<dyn Script>> {
    let mut scripts: Vec<Box<dyn Script>> = vec![
        Box::new(live_stream::LiveStreams),
        Box::new(flash_sale::FlashSales),
        Box::new(coupon_rush::CouponRush),
        Box::new(viral::Viral),
        Box::new(passers_by::PassersBy),
        Box::new(checkin::CheckIns::new(town)),
        Box::new(rebate::Rebates::new(town)),
        Box::new(price_protection::PriceProtection),
        Box::new(trade_in::TradeIn),
        Box::new(keen_reviewer::KeenReviewers),
        Box::new(superfan::Superfans::new(town)),
        Box::new(reseller::Resellers::new(town)),
        Box::new(group_buy::GroupBuys),
        Box::new(exchange::Exchanges::new(town)),
        Box::new(top_up::TopUps::new(town)),
    ];
    for number in 0..town.scenario.campaigns(4_000) {
        scripts.push(Box::new(idol_club::IdolClub::new(town, number)));
        scripts.push(Box::new(daily_picks::DailyPicks::new(town, number)));
        scripts.push(Box::new(onboarding::Onboarding::new(town, number)));
        scripts.push(Box::new(campaign_signup::CampaignSignup::new(town, number)));
        scripts.push(Box::new(friend_vote::FriendVote::new(town, number)));
    }
    for number in 0..town.scenario.campaigns(1_300) {
        scripts.push(Box::new(fan_club::FanClub::new(town, number)));
        scripts.push(Box::new(deal_group::DealGroup::new(town, number)));
        scripts.push(Box::new(stand::Stand::new(town, number)));
    }
    if town.scenario.schemes.contains(&Scheme::BadReviewers) {
        scripts.extend(beside_bad_reviews(town));
    }
    scripts
}

/// The crowds that come with S14: people who condemn or praise together, and rightly.
fn beside_bad_reviews(town: &mut Town) -> Vec<Box<dyn Script>> {
    let mut scripts: Vec<Box<dyn Script>> = vec![
        Box::new(strict_critic::StrictCritics::new(town)),
        Box::new(default_praise::DefaultPraise::new(town)),
    ];
    for number in 0..town.scenario.campaigns(2_000) {
        scripts.push(Box::new(bad_batch::BadBatch::new(town, number)));
    }
    scripts
}

/// The crowds that come with a scheme: people who look like it for reasons of their own.
pub(crate) fn beside(town: &mut Town, scheme: Scheme) -> Vec<Box<dyn Script>> {
    match scheme {
        Scheme::TradeAdverts => {
            return vec![
                Box::new(brushing_talk::BrushingTalk::new(town)),
                Box::new(shop_staff::ShopStaff::new(town)),
            ];
        }
        Scheme::Insider => return vec![Box::new(support_desk::SupportDesk::new(town))],
        Scheme::LastingViews => return vec![Box::new(other_audience::OtherAudiences::new(town))],
        Scheme::NewCustomerFarm => {
            return vec![
                Box::new(campus_week::CampusWeek::new(town, 0)),
                Box::new(firm::Firm::new(town, 0)),
            ];
        }
        Scheme::RefundRing => return vec![Box::new(firm::Firm::new(town, 1))],
        Scheme::RoundTheClock => {
            return vec![
                Box::new(shift_worker::ShiftWorkers::new(town)),
                Box::new(short_sleeper::ShortSleepers::new(town)),
                Box::new(new_parent::NewParents::new(town)),
                Box::new(shared_login::SharedLogins::new(town)),
                Box::new(day_and_night_shop::DayAndNightShops::new(town)),
            ];
        }
        Scheme::SmallAccounts => {
            return vec![
                Box::new(raffle::Raffle::new(town, 0)),
                Box::new(raffle::Raffle::new(town, 1)),
                Box::new(first_buyer::FirstBuyers::new(town, 0)),
            ];
        }
        Scheme::SharedLinks => {
            return vec![
                Box::new(link_follower::LinkFollowers::new(town, 0)),
                Box::new(link_follower::LinkFollowers::new(town, 1)),
            ];
        }
        Scheme::EmulatorFarm => {}
        _ => return Vec::new(),
    }
    let mut scripts: Vec<Box<dyn Script>> =
        vec![Box::new(private_browser::PrivateBrowsers::new(town))];
    for number in 0..town.scenario.campaigns(2_000) {
        scripts.push(Box::new(player_club::PlayerClub::new(town, number)));
    }
    scripts
}

/// That many people, most of whom care about the topic; they belong to the crowd from then on.
fn enlist(town: &mut Town, dice: &mut Dice, of: (u16, Population), n: usize) -> Vec<u32> {
    let (topic, population) = of;
    let mut members = dice.sample(&town.by_taste[usize::from(topic)], n * 3 / 4);
    members.extend(dice.sample(&town.citizens, n - members.len()));
    members.sort_unstable();
    members.dedup();
    for &who in &members {
        town.people[who as usize].populations.add(population);
    }
    members
}

/// That many people who belong to the crowd and hardly come for anything else.
fn who_hardly_else(town: &mut Town, population: Population, n: usize) -> Vec<u32> {
    let mut dice = town.dice(population.name(), 0);
    let mut people = dice.sample(&town.citizens, town.citizens.len());
    people.retain(|&who| town.person(who).populations.is_empty());
    people.truncate(n);
    for &who in &people {
        let person = &mut town.people[who as usize];
        person.populations.add(population);
        person.pace = 0.05;
    }
    people
}

/// Somebody who is up from one time to another, looks in that many times an hour, and likes what is to their taste.
fn be_up(town: &mut Town, dice: &mut Dice, who: u32, (from, until): (i64, i64), an_hour: f64) {
    let mut time = from;
    loop {
        time += (dice.wait(1.0 / an_hour) * HOUR as f64) as i64;
        if time >= until {
            return;
        }
        if !town.exists(who, time) {
            continue;
        }
        let mut visit = town.visit(dice, who, time);
        if let Some(subject) = choose(town, dice, &mut visit, None) {
            let dwell = Visit::dwell(town, dice, subject);
            visit.view(town, subject, dwell);
            visit.mark(town, Kind::Like, subject);
        }
    }
}

/// A creator or seller from the upper part of the ranks, below the most famous ones.
fn known_owner(town: &Town, dice: &mut Dice, sells: bool) -> u32 {
    let of = if sells { &town.catalogue.sellers } else { &town.catalogue.creators };
    of[2 + dice.below(of.len() / 3)]
}

/// The members who have registered by then.
fn present(town: &Town, members: &[u32], time: i64) -> Vec<u32> {
    members.iter().copied().filter(|&who| town.person(who).born < time).collect()
}
