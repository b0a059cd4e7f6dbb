//! Schemes of abuse: what is sold as likes, followers, orders, praise and members.
//!
//! Each file is one scheme and plans its campaigns before the first day. A scheme's accounts are made or hired from
//! the same people as everybody else; only what they do for the scheme tells them apart.

mod bad_reviewers;
mod brushing_ring;
mod bulk_members;
mod device_farm;
mod emulator_farm;
mod experience_officers;
mod forged_tracks;
mod insider;
mod lasting_views;
mod new_customer_farm;
mod refund_circle;
mod refund_ring;
mod review_spam;
mod round_the_clock;
mod share_inflation;
mod shared_links;
mod small_accounts;
mod spread_purchases;
mod stealth_likes;
mod subsidy_loop;
mod trade_adverts;
mod view_inflation;
mod zombie_followers;

pub(crate) use new_customer_farm::sign_up_and_buy;
pub(crate) use shared_links::open_links;

use crate::crowd;
use crate::dice::Dice;
use crate::row::Label;
use crate::scenario::Scheme;
use crate::settle;
use crate::town::{Campaign, Script, Town};

/// All campaigns of the schemes at work.
pub(crate) fn all(town: &mut Town) -> Vec<Box<dyn Script>> {
    let mut scripts: Vec<Box<dyn Script>> = Vec::new();
    for scheme in town.scenario.schemes.clone() {
        let campaigns = match scheme {
            Scheme::BulkMembers | Scheme::DeviceFarm => town.scenario.campaigns(2_000),
            Scheme::ExperienceOfficers => town.scenario.campaigns(2_000),
            _ => town.scenario.campaigns(4_000),
        };
        scripts.extend(crowd::beside(town, scheme));
        for number in 0..campaigns {
            scripts.push(campaign(town, scheme, number));
        }
    }
    scripts
}

fn campaign(town: &mut Town, scheme: Scheme, number: u32) -> Box<dyn Script> {
    match scheme {
        Scheme::DeviceFarm => Box::new(device_farm::DeviceFarm::new(town, number)),
        Scheme::StealthLikes => Box::new(stealth_likes::StealthLikes::new(town, number)),
        Scheme::BrushingRing => Box::new(brushing_ring::BrushingRing::new(town, number)),
        Scheme::SpreadPurchases => Box::new(spread_purchases::SpreadPurchases::new(town, number)),
        Scheme::ReviewSpam => Box::new(review_spam::ReviewSpam::new(town, number)),
        Scheme::ZombieFollowers => Box::new(zombie_followers::ZombieFollowers::new(town, number)),
        Scheme::BulkMembers => Box::new(bulk_members::BulkMembers::new(town, number)),
        Scheme::ShareInflation => Box::new(share_inflation::ShareInflation::new(town, number)),
        Scheme::SubsidyLoop => Box::new(subsidy_loop::SubsidyLoop::new(town, number)),
        Scheme::RefundCircle => Box::new(refund_circle::RefundCircle::new(town, number)),
        Scheme::ExperienceOfficers => {
            Box::new(experience_officers::ExperienceOfficers::new(town, number))
        }
        Scheme::EmulatorFarm => Box::new(emulator_farm::EmulatorFarm::new(town, number)),
        Scheme::BadReviewers => Box::new(bad_reviewers::BadReviewers::new(town, number)),
        Scheme::ForgedTracks => Box::new(forged_tracks::ForgedTracks::new(town, number)),
        Scheme::TradeAdverts => Box::new(trade_adverts::TradeAdverts::new(town, number)),
        Scheme::Insider => Box::new(insider::Insider::new(town, number)),
        Scheme::LastingViews => Box::new(lasting_views::LastingViews::new(town, number)),
        Scheme::NewCustomerFarm => Box::new(new_customer_farm::NewCustomerFarm::new(town, number)),
        Scheme::RefundRing => Box::new(refund_ring::RefundRing::new(town, number)),
        Scheme::RoundTheClock => Box::new(round_the_clock::RoundTheClock::new(town, number)),
        Scheme::SmallAccounts => Box::new(small_accounts::SmallAccounts::new(town, number)),
        Scheme::SharedLinks => Box::new(shared_links::SharedLinks::new(town, number)),
        Scheme::ViewInflation => Box::new(view_inflation::ViewInflation::new(town, number)),
    }
}

/// Makes accounts for a campaign. They live ordinary days as cover, as much as the scenario's hardness says.
fn make_bots(town: &mut Town, dice: &mut Dice, of: (Scheme, u32), n: usize) -> Vec<u32> {
    let campaign = town.campaigns.len() as u32;
    let cover = town.scenario.hardness.cover;
    let mut members = Vec::with_capacity(n);
    for _ in 0..n {
        let who = town.add_person(dice);
        settle::live_somewhere(town, dice, who as usize);
        let person = &mut town.people[who as usize];
        person.pace *= cover * 1.15;
        (person.label, person.cover) = (Label::Fake, Label::Gray);
        person.campaign = Some(campaign);
        for _ in 0..dice.count(4.0) {
            let owner = town.catalogue.famous(dice);
            town.people[who as usize].follows.extend(owner);
        }
        settle::arrive(town, dice, who);
        members.push(who);
    }
    town.campaigns.push(Campaign { scheme: Some(of.0), number: of.1, members: members.clone() });
    members
}

/// Hires real people for a campaign; their own life stays genuine.
fn hire(town: &mut Town, dice: &mut Dice, of: (Scheme, u32), hired: (Label, usize)) -> Vec<u32> {
    let (label, n) = hired;
    let campaign = town.campaigns.len() as u32;
    let mut members = dice.sample(&town.citizens, n * 2);
    members.retain(|&who| town.person(who).campaign.is_none());
    members.truncate(n);
    for &who in &members {
        let person = &mut town.people[who as usize];
        (person.label, person.campaign) = (label, Some(campaign));
    }
    town.campaigns.push(Campaign { scheme: Some(of.0), number: of.1, members: members.clone() });
    members
}

/// Owners who buy fakes: not the most famous, who need none.
fn clients(town: &mut Town, dice: &mut Dice, sell: bool, n: usize) -> Vec<u32> {
    let all = if sell { &town.catalogue.sellers } else { &town.catalogue.creators };
    let clients = dice.sample(&all[all.len() / 5..], n);
    for &owner in &clients {
        town.catalogue.owners[owner as usize].bought = true;
    }
    clients
}

/// A point that takes empty parcels for money.
fn colluding_point(town: &mut Town, dice: &mut Dice) -> u32 {
    let region = dice.below(town.places.outlets.len());
    let point = dice.pick(&town.places.outlets[region]).unwrap_or(0);
    town.places.points[point as usize].colluding = true;
    point
}

/// When the jobs of a campaign begin: that many, spread over the period, not at night.
fn timetable(town: &Town, dice: &mut Dice, jobs: usize) -> Vec<i64> {
    let days = town.scenario.days as usize;
    let mut times: Vec<i64> = (0..jobs)
        .map(|_| {
            let day = dice.below(days) as u32;
            town.at(day, dice.within(8.0, 20.0))
        })
        .collect();
    times.sort_unstable();
    times
}
