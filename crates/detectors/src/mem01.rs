//! MEM01 bulk registration: newcomers of one club and stretch of time who register like a script and then do nothing.
//!
//! Works on a whole table: a worker watches the accounts at home with it, the watches are merged, and cohorts are judged
//! against each other. Shared phones and addresses alone accuse nobody here: a promoter's stand has them too. What speaks is the rhythm of registrations,
//! the mix of client software counted by device, devices that change their software between accounts, neighbouring phone numbers used from different
//! networks, and how many ever come back, pooled in bits. See docs/detectors/MEM01-bulk-registration.md.

mod cohort;
mod null;
mod numbers;

use crate::Finding;
use crate::fanout::second;
use crate::mem05::{self, Errand, Share};
use events::{Event, Key, Kind};
use features::Keyed;

/// An account that first showed itself by registering or joining.
#[derive(Clone, Copy, Debug)]
struct Newcomer {
    account: Key,
    /// What it joined, none if it only registered.
    subject: Key,
    /// The event that made it a newcomer.
    event: Key,
    device: Key,
    agent: Key,
    phone: Key,
    /// The number without its last digits.
    block: Key,
    /// Where it signed up from.
    subnet: Key,
    /// When it was first seen, in microseconds.
    time: i64,
    /// Seconds from then to its first act other than logging in; `NEVER` if there was none.
    first_act: u32,
    /// Seconds since 1970 of the joining.
    joined: u32,
    /// Seconds to its first act from each of [`AGES`] on.
    returns: [u32; AGES.len()],
    /// Seconds to its latest look, search, basket or order; `NEVER` if there was none.
    last_look: u32,
    /// Whether it looked, searched or bought within its first day.
    intent: bool,
}

/// Ages, in seconds, after which a newcomer can come back: a day, a week, thirty days.
pub const AGES: [u32; 3] = [86_400, 7 * 86_400, 30 * 86_400];

/// A newcomer as an audit of members sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Which account.
    pub account: Key,
    /// What it joined on signing up, if anything.
    pub subject: Key,
    /// Its client software.
    pub agent: Key,
    /// The event that made it a newcomer.
    pub event: Key,
    /// Seconds since 1970 of that.
    pub second: u32,
    /// Seconds from then to its first act other than logging in.
    pub first_act: Option<u32>,
    /// Seconds from then to its first act from each of [`AGES`] on.
    pub returns: [Option<u32>; AGES.len()],
    /// Seconds from then to its latest look, search, basket or order.
    pub last_look: Option<u32>,
    /// Whether it looked, searched or bought within its first day.
    pub intent: bool,
}

const NEVER: u32 = u32::MAX;
/// Joining later than this after registering is a member's choice, not part of signing up.
const SIGN_UP_SECONDS: u32 = 3_600;

/// How an account came: the place of its newcomer, or one of the two below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Coming(u32);

impl Coming {
    /// It was there before: its first event is something else than signing up.
    const SETTLED: Coming = Coming(u32::MAX - 1);
    /// It has not been seen.
    const UNKNOWN: Coming = Coming(u32::MAX);
}

impl Default for Coming {
    fn default() -> Coming {
        Coming::UNKNOWN
    }
}

/// What one worker saw of the accounts at home with it: 250 bytes for each newcomer, besides an account's [`Coming`].
#[derive(Clone, Debug, Default)]
pub struct Cohorts {
    /// Of those accounts whose coming nobody else keeps.
    known: Keyed<Coming>,
    newcomers: Vec<Newcomer>,
    /// What each of them came for.
    errands: Vec<Errand>,
    share: Share,
    agents: Keyed<u32>,
    last: u32,
}

impl Cohorts {
    /// Takes an event. All events of an account come to one worker, in order of time.
    pub fn observe(&mut self, event: &Event) {
        let mut coming = self.known.get(&event.actor).copied().unwrap_or_default();
        self.observe_with(event, &mut coming);
        if event.actor.is_some() {
            self.known.insert(event.actor, coming);
        }
    }

    /// The same for who keeps what is known of each account: the default before its first event.
    pub fn observe_with(&mut self, event: &Event, coming: &mut Coming) {
        self.last = self.last.max(second(event.time));
        match *coming {
            _ if event.actor.is_none() => {}
            Coming::UNKNOWN => *coming = self.first(event),
            Coming::SETTLED => {}
            Coming(at) => {
                if let Some(newcomer) = self.newcomers.get_mut(at as usize) {
                    newcomer.later(event);
                    let since = second(event.time).saturating_sub(newcomer.seconds());
                    self.errands[at as usize].observe(event, since, self.share);
                }
            }
        }
    }

    fn first(&mut self, event: &Event) -> Coming {
        if event.agent.is_some() {
            *self.agents.entry(event.agent).or_default() += 1;
        }
        let signs_up = matches!(event.kind, Kind::Register | Kind::Join);
        let at = Coming(u32::try_from(self.newcomers.len()).unwrap_or(u32::MAX));
        if !signs_up || at >= Coming::SETTLED {
            return Coming::SETTLED;
        }
        let joins = event.kind == Kind::Join;
        self.errands.push(Errand::new(event, second(event.time), self.share));
        self.newcomers.push(Newcomer {
            account: event.actor,
            subject: if joins { event.subject } else { Key::NONE },
            event: event.id,
            device: event.device,
            agent: event.agent,
            phone: event.phone,
            block: event.phone_block,
            subnet: event.subnet,
            time: event.time.0,
            first_act: NEVER,
            joined: second(event.time),
            returns: [NEVER; AGES.len()],
            last_look: NEVER,
            intent: false,
        });
        at
    }

    /// Adds up what several workers saw. The order of the parts does not matter.
    #[must_use]
    pub fn merge(parts: Vec<Cohorts>) -> Cohorts {
        let mut whole = Cohorts::default();
        for part in parts {
            whole.last = whole.last.max(part.last);
            whole.newcomers.extend(part.newcomers);
            whole.errands.extend(part.errands);
            for (agent, count) in part.agents {
                *whole.agents.entry(agent).or_default() += count;
            }
        }
        whole
    }

    /// The newcomers, in the order of (second, account), and the second of the last event.
    #[must_use]
    pub fn members(&self) -> (Vec<Member>, u32) {
        let acted = |seconds: u32| (seconds != NEVER).then_some(seconds);
        let member = |newcomer: &Newcomer| Member {
            account: newcomer.account,
            subject: newcomer.subject,
            agent: newcomer.agent,
            event: newcomer.event,
            second: newcomer.seconds(),
            first_act: acted(newcomer.first_act),
            returns: newcomer.returns.map(acted),
            last_look: acted(newcomer.last_look),
            intent: newcomer.intent,
        };
        let mut members: Vec<Member> = self.newcomers.iter().map(member).collect();
        members.sort_unstable_by_key(|member| (member.second, member.account));
        (members, self.last)
    }

    /// Judges all cohorts. Findings name the club joined, with the accounts as members (several findings where there
    /// are more than [`Finding::MEMBERS`]), in a fixed order.
    #[must_use]
    pub fn finish(mut self) -> Vec<Finding> {
        self.newcomers.sort_unstable_by_key(|n| (n.subject, n.time, n.account));
        cohort::judge_all(&self.newcomers, &self.agents, self.last)
    }

    /// What is to be said of newcomers who came for an errand (MEM05): findings name whom they came for, with the accounts as
    /// members (several findings where there are more than [`Finding::MEMBERS`]), in a fixed order.
    #[must_use]
    pub fn errands(&self) -> Vec<Finding> {
        mem05::found(&self.errands, self.last)
    }
}

impl Newcomer {
    fn later(&mut self, event: &Event) {
        let since = second(event.time).saturating_sub(second(events::EventTime(self.time)));
        match event.kind {
            Kind::Join if self.subject.is_none() && since <= SIGN_UP_SECONDS => {
                self.subject = event.subject;
                self.joined = second(event.time);
                let fill = |mine: &mut Key, theirs: Key| {
                    *mine = if mine.is_none() { theirs } else { *mine };
                };
                fill(&mut self.device, event.device);
                fill(&mut self.agent, event.agent);
                fill(&mut self.subnet, event.subnet);
                if self.phone.is_none() {
                    (self.phone, self.block) = (event.phone, event.phone_block);
                }
            }
            Kind::Register | Kind::Login | Kind::Join => {}
            _ => self.act(event.kind, since),
        }
    }

    fn act(&mut self, kind: Kind, since: u32) {
        self.first_act = self.first_act.min(since);
        for (age, first) in AGES.iter().zip(&mut self.returns) {
            if since >= *age {
                *first = (*first).min(since);
            }
        }
        let means =
            matches!(kind, Kind::View | Kind::Search | Kind::Cart | Kind::Order | Kind::Pay);
        if means {
            self.last_look = since;
        }
        self.intent |= means && since < AGES[0];
    }

    /// Whether it had done nothing within so many seconds.
    fn is_silent(&self, seconds: u32) -> bool {
        self.first_act == NEVER || self.first_act > seconds
    }

    fn seconds(&self) -> u32 {
        second(events::EventTime(self.time))
    }
}

#[cfg(test)]
mod tests;
