//! What world to simulate: a scenario is all that its bytes depend on.
//!
//! Hardness turns the knobs that an attacker pays for: more ordinary activity as cover, longer jobs, fewer bots a job,
//! fewer shared devices. Harder worlds are not larger ones.

use crate::bulk::Bulk;
use crate::record::Record;
use crate::town::Town;
use crate::truth::Truth;

/// A family of abuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// S1: likes and follows in bursts from racks of phones.
    DeviceFarm,
    /// S2: likes by single bots with devices, homes and habits of their own.
    StealthLikes,
    /// S3: sham orders of real people, sent as empty parcels and paid back.
    BrushingRing,
    /// S4: purchases spread over hours by accounts that share nothing.
    SpreadPurchases,
    /// S5: paraphrased praise, and one-star attacks on rivals.
    ReviewSpam,
    /// S6: followers that follow and do nothing else.
    ZombieFollowers,
    /// S7: members registered by script.
    BulkMembers,
    /// S8: a shared link opened by machines.
    ShareInflation,
    /// S9: subsidised orders whose money and goods go in a circle.
    SubsidyLoop,
    /// S10: real buyers who praise for their money back.
    ExperienceOfficers,
    /// S11: views without dwell.
    ViewInflation,
    /// S12: subsidised baskets paid, refunded and paid again.
    RefundCircle,
    /// S13: likes from emulators on devices never seen before, behind rented addresses.
    EmulatorFarm,
    /// S14: bad reviews for money, and a rival's one-star attack. Its crowds come with it, see [`Scheme::USUAL`].
    BadReviewers,
    /// S15: tracks written without parcels, and waybill numbers bought up and sold on. Couriers come with it.
    ForgedTracks,
    /// S16: offers of bought engagement, calls for brushers and hidden contacts in comments and reviews.
    TradeAdverts,
    /// S17: an employee who lets pass one shop's prompts.
    Insider,
    /// S18: views that last, all as long.
    LastingViews,
    /// S19: accounts made for the coupon of a first order. A filling campus comes with it, and firms.
    NewCustomerFarm,
    /// S20: accounts that have paid back what they signed for. Firms come with it.
    RefundRing,
    /// S21: likes by machines that are never switched off. People who seem to be up for long come with it.
    RoundTheClock,
    /// S22: accounts made by the hundred, each for one job. Raffles come with it, and shops that advertise.
    SmallAccounts,
    /// S23: machines that come by links which a few accounts passed on. Followers who pass on what is new come with it, some by whose
    /// links machines come as well.
    SharedLinks,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Scheme; 23] = [
        Scheme::DeviceFarm,
        Scheme::StealthLikes,
        Scheme::BrushingRing,
        Scheme::SpreadPurchases,
        Scheme::ReviewSpam,
        Scheme::ZombieFollowers,
        Scheme::BulkMembers,
        Scheme::ShareInflation,
        Scheme::SubsidyLoop,
        Scheme::ExperienceOfficers,
        Scheme::ViewInflation,
        Scheme::RefundCircle,
        Scheme::EmulatorFarm,
        Scheme::BadReviewers,
        Scheme::ForgedTracks,
        Scheme::TradeAdverts,
        Scheme::Insider,
        Scheme::LastingViews,
        Scheme::NewCustomerFarm,
        Scheme::RefundRing,
        Scheme::RoundTheClock,
        Scheme::SmallAccounts,
        Scheme::SharedLinks,
    ];

    /// Those at work unless a scenario says otherwise. The others were added later and have to be named, since figures of markets
    /// made before stand: what comes with them, crowds too, would move all of these.
    pub const USUAL: [Scheme; 12] = {
        let [usual @ .., _, _, _, _, _, _, _, _, _, _, _] = Scheme::ALL;
        usual
    };

    /// The code in truth tables.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Scheme::DeviceFarm => "S1",
            Scheme::StealthLikes => "S2",
            Scheme::BrushingRing => "S3",
            Scheme::SpreadPurchases => "S4",
            Scheme::ReviewSpam => "S5",
            Scheme::ZombieFollowers => "S6",
            Scheme::BulkMembers => "S7",
            Scheme::ShareInflation => "S8",
            Scheme::SubsidyLoop => "S9",
            Scheme::ExperienceOfficers => "S10",
            Scheme::ViewInflation => "S11",
            Scheme::RefundCircle => "S12",
            Scheme::EmulatorFarm => "S13",
            Scheme::BadReviewers => "S14",
            Scheme::ForgedTracks => "S15",
            Scheme::TradeAdverts => "S16",
            Scheme::Insider => "S17",
            Scheme::LastingViews => "S18",
            Scheme::NewCustomerFarm => "S19",
            Scheme::RefundRing => "S20",
            Scheme::RoundTheClock => "S21",
            Scheme::SmallAccounts => "S22",
            Scheme::SharedLinks => "S23",
        }
    }
}

/// What attackers spend on not being seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hardness {
    /// Ordinary sessions a bot lives per day, as a multiple of what an average person does.
    pub cover: f64,
    /// How much longer than usual a job takes.
    pub spread: f64,
    /// Share of a pool that joins each of its jobs.
    pub join: f64,
    /// Share of a farm's phones that are shared or sit in a data centre.
    pub sharing: f64,
}

impl Hardness {
    /// Careless attackers.
    #[must_use]
    pub fn plain() -> Hardness {
        Hardness { cover: 0.4, spread: 0.5, join: 0.85, sharing: 0.9 }
    }

    /// Attackers as the sources describe them.
    #[must_use]
    pub fn usual() -> Hardness {
        Hardness { cover: 1.0, spread: 1.0, join: 0.6, sharing: 0.55 }
    }

    /// Attackers who know how they are looked for.
    #[must_use]
    pub fn hard() -> Hardness {
        Hardness { cover: 1.3, spread: 2.0, join: 0.35, sharing: 0.15 }
    }
}

/// A world to simulate.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The world's seed: the same scenario gives the same bytes.
    pub seed: u64,
    /// Genuine people; at least 200 are made.
    pub people: u32,
    /// Days observed; at least 3 are simulated.
    pub days: u32,
    /// The schemes at work.
    pub schemes: Vec<Scheme>,
    /// How well attackers hide.
    pub hardness: Hardness,
}

impl Default for Scenario {
    fn default() -> Scenario {
        Scenario {
            seed: 1,
            people: 4_000,
            days: 10,
            schemes: Scheme::USUAL.to_vec(),
            hardness: Hardness::usual(),
        }
    }
}

/// All events of a world, in the order of time, and the truth about them.
#[derive(Clone, Debug)]
pub struct World {
    /// The events.
    pub records: Vec<Record>,
    /// What they are in truth.
    pub truth: Truth,
}

impl Scenario {
    /// A plain large world for measuring speed, see [`Bulk`].
    #[must_use]
    pub fn bulk(events: u64, accounts: u64, seed: u64) -> Bulk {
        Bulk { events, accounts, seed }
    }

    /// Simulates and keeps every event: for worlds that fit in memory.
    #[must_use]
    pub fn run(&self) -> World {
        let mut records = Vec::new();
        let truth = self.stream(|record| records.push(record.clone()));
        World { records, truth }
    }

    /// Simulates and hands over each event in the order of time; the record is reused for the next one.
    pub fn stream(&self, mut each: impl FnMut(&Record)) -> Truth {
        let never: Result<Truth, std::convert::Infallible> = self.try_stream(|record| {
            each(record);
            Ok(())
        });
        match never {
            Ok(truth) => truth,
            Err(impossible) => match impossible {},
        }
    }

    /// As [`Scenario::stream`], and stops at the first error.
    ///
    /// # Errors
    /// Whatever `each` gives.
    pub fn try_stream<E>(&self, each: impl FnMut(&Record) -> Result<(), E>) -> Result<Truth, E> {
        let mut scenario = self.clone();
        scenario.people = scenario.people.clamp(200, 50_000_000);
        scenario.days = scenario.days.clamp(3, 3_660);
        scenario.schemes.sort_unstable();
        scenario.schemes.dedup();
        Town::found(scenario).run(each)
    }

    /// How many campaigns of a scheme a world of this size has.
    pub(crate) fn campaigns(&self, each: u32) -> u32 {
        (self.people / each).max(1)
    }

    /// The size of one campaign or crowd that has `base` members in a world of 4,000 people: constant in larger
    /// worlds, which have more of them, and smaller in smaller ones.
    pub(crate) fn size(&self, base: usize) -> usize {
        let shrink = (f64::from(self.people) / 4_000.0).sqrt().min(1.0);
        ((base as f64 * shrink) as usize).max(4)
    }
}
