//! The town: everything there is, and the days as they pass.
//!
//! Each day everybody lives an ordinary day, then every script (a crowd or a scheme) makes its accounts act, and the
//! day's events leave in the order of time. Every script throws its own dice, so leaving a scheme out changes names but
//! not what everybody else does.

use crate::calendar::{Calendar, DAY};
use crate::catalogue::Catalogue;
use crate::couriers::{self, Couriers};
use crate::dice::Dice;
use crate::name::{Name, Space};
use crate::person::Person;
use crate::places::Places;
use crate::record::{Record, Scribe};
use crate::scenario::{Scenario, Scheme};
use crate::text::TOPIC_COUNT;
use crate::truth::{Tally, Truth};
use crate::visit::Visit;
use crate::{crowd, ordinary, scheme, settle};

/// Midnight in China before Monday 2 March 2026, in microseconds since 1970.
const START: i64 = 1_772_380_800_000_000;

/// Something that makes accounts act together on a day.
///
/// # Contract
/// Notes events of that day or later, and throws only its own dice.
pub(crate) trait Script {
    fn day(&mut self, town: &mut Town, day: u32);
}

/// One campaign of a scheme, or of friends who ask for votes (`scheme` is none).
pub(crate) struct Campaign {
    pub scheme: Option<Scheme>,
    pub number: u32,
    pub members: Vec<u32>,
}

impl Campaign {
    /// The campaign's name in truth tables.
    pub(crate) fn name(&self) -> String {
        format!("{}_{}", self.scheme.map_or("friend_vote", Scheme::code), self.number)
    }
}

/// The world while it is simulated.
pub(crate) struct Town {
    pub scenario: Scenario,
    pub calendar: Calendar,
    pub catalogue: Catalogue,
    pub places: Places,
    /// Where numbers are in sequence.
    pub couriers: Option<Couriers>,
    pub people: Vec<Person>,
    pub campaigns: Vec<Campaign>,
    /// The genuine accounts that were there before any script added some, and are not dormant.
    pub citizens: Vec<u32>,
    /// Those of them who care about a topic.
    pub by_taste: Vec<Vec<u32>>,
    counters: [u64; 4],
}

impl Town {
    /// A town before its first day.
    pub(crate) fn found(scenario: Scenario) -> Town {
        let (seed, people, days) = (scenario.seed, scenario.people, scenario.days);
        let mut town = Town {
            calendar: Calendar::new(START, days),
            catalogue: Catalogue::new(seed, people, START, days),
            places: Places::new(seed, people),
            couriers: None,
            people: Vec::with_capacity(people as usize * 5 / 4),
            campaigns: Vec::new(),
            citizens: Vec::new(),
            by_taste: Vec::new(),
            counters: [0; 4],
            scenario,
        };
        settle::settle(&mut town);
        town.take_census();
        town
    }

    /// Lives through every day.
    pub(crate) fn run<E>(
        mut self,
        mut each: impl FnMut(&Record) -> Result<(), E>,
    ) -> Result<Truth, E> {
        self.catalogue.set_out(START);
        if self.scenario.schemes.contains(&Scheme::ForgedTracks) {
            couriers::set_up(&mut self);
        }
        let mut scripts = crowd::all(&mut self);
        scripts.extend(scheme::all(&mut self));
        let mut scribe = Scribe::new(self.scenario.seed);
        let (mut tally, mut record) = (Tally::default(), Record::default());
        for day in 0..self.scenario.days {
            self.catalogue.set_out(self.calendar.begins(day) + DAY / 2);
            ordinary::live(&mut self, day);
            for script in &mut scripts {
                script.day(&mut self, day);
            }
            for row in self.calendar.close() {
                scribe.write(&row, &mut record);
                tally.count(&row, &record);
                each(&record)?;
            }
        }
        Ok(tally.truth(&self, &scribe))
    }

    /// Dice of that stream.
    pub(crate) fn dice(&self, stream: &str, number: u64) -> Dice {
        Dice::new(self.scenario.seed, stream, number)
    }

    /// Adds somebody who registered before the first day.
    pub(crate) fn add_person(&mut self, dice: &mut Dice) -> u32 {
        let number = self.people.len() as u32;
        let person = Person::anybody(dice, &mut self.places, number, self.calendar.begins(0));
        self.people.push(person);
        number
    }

    /// The person of that number.
    pub(crate) fn person(&self, who: u32) -> &Person {
        &self.people[who as usize]
    }

    /// Notes who the citizens are and what they care about, once the people have settled.
    fn take_census(&mut self) {
        self.by_taste = vec![Vec::new(); TOPIC_COUNT];
        for (who, person) in self.people.iter().enumerate().filter(|(_, p)| p.pace > 0.1) {
            self.citizens.push(who as u32);
            for (i, &taste) in person.tastes.iter().enumerate() {
                if !person.tastes[..i].contains(&taste) {
                    self.by_taste[usize::from(taste)].push(who as u32);
                }
            }
        }
    }

    /// Whether the account has registered by then.
    pub(crate) fn exists(&self, who: u32, time: i64) -> bool {
        self.person(who).born < time
    }

    /// A visit to the platform that begins at that time, as the person would make it.
    pub(crate) fn visit(&self, dice: &mut Dice, who: u32, time: i64) -> Visit {
        let day = ((time - START) / DAY).max(0) as u32;
        let hour = (time - START).rem_euclid(DAY) / (DAY / 24);
        Visit::of(self, dice, (who, day, hour), time)
    }

    /// The name of something that had none.
    pub(crate) fn fresh(&mut self, space: Space) -> Name {
        let counter = match space {
            Space::Order => 0,
            Space::Parcel => 1,
            Space::Desk => 2,
            _ => 3,
        };
        self.counters[counter] += 1;
        Name::new(space, self.counters[counter])
    }

    /// A time of that day, by hours of the local clock.
    pub(crate) fn at(&self, day: u32, hours: f64) -> i64 {
        self.calendar.begins(day) + (hours * (DAY / 24) as f64) as i64
    }
}
