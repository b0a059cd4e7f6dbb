//! What accounts come with, over a whole table: clients that say they are tools and devices that change (NET02), addresses of rented machines (NET03),
//! numbers of virtual operators and of cards for machines (MEM02); and whether they ever rest (SEQ04).
//!
//! Each of these is a sign that honest people show as well, so it is weak twice over: an account by itself gets less than what
//! makes a class of evidence count, and only where hardly anybody shows the sign; a group gets what its members show beyond
//! the accounts of the table, against a null under which groups of real people differ as widely as they can, and together never
//! more than one account. See docs/detectors/NET02-device-integrity.md, NET03-rented-networks.md,
//! MEM02-number-segments.md and SEQ04-days-without-rest.md.

use crate::chance::bits_clustered;
use crate::seq04::Hours;
use crate::{Class, Code, Finding};
use events::{Entity, EntityKind, Event, EventTime, Key, Network, Segment, Tool};
use serde::{Deserialize, Serialize};

/// The most bits that the signs of one account have together: below what makes a class of evidence count (`class_bits` of the policy).
pub const MOST_ALONE: f64 = 2.5;
/// How rare a sign must be among accounts before it is told of one of them, in bits.
const RARE_BITS: f64 = 6.0;
/// The same of going without rest, which no single person does at all: where one in eight does, accounts are not people's.
const RARE_RESTLESS_BITS: f64 = 3.0;
/// The most that the strongest sign adds to a group, and each other: together as much as to one account, so that they are
/// never the second class of evidence that makes a group fake. Clubs play on emulators and staffs sit behind one network.
const MOST_TOGETHER: [f64; Sign::ALL.len()] = [1.5, 0.5, 0.5, 0.0, 0.0];
/// The most that going without rest adds to a group: friends who share their accounts go round the clock together.
const MOST_RESTLESS: f64 = 0.5;
/// How alike the members of one real group are in a sign, as the size of a beta distribution: that most members of a club show
/// it is a wonder of four to eight bits where few others do, which is why so little of it counts.
const LIKENESS: f64 = 1.0;
/// Devices from which an account may be one that changes them: two telephones, a tablet and a desk are four.
const MANY_DEVICES: f64 = 5.0;
/// The most days it acts for each of them.
const DAYS_A_DEVICE: f64 = 2.0;
/// Seconds of a day.
const DAY_SECONDS: u32 = 86_400;
/// The fewest members of a group of whom a sign can be told.
const FEWEST: usize = 5;

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// At least half of what the account's clients said of themselves is that they are tools.
    Tools,
    /// At least half of its acts came from rented machines.
    Rented,
    /// Its number is a virtual operator's or of a card for machines.
    Numbers,
    /// It came with many devices, one for every other day that it acted. Of single accounts the detector that streams tells.
    Devices,
    /// It acted for days and nights without a pause to sleep.
    Restless,
}

/// What one account came with: 56 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gear {
    /// A bit for each device, by its hash: counted as [`features::Distinct`] counts many.
    devices: u64,
    /// Days on which it acted.
    days: u16,
    clients: u16,
    tools: u16,
    placed: u16,
    rented: u16,
    last: u32,
    tool: Tool,
    segment: Segment,
    hours: Hours,
}

impl Sign {
    /// All of them.
    pub const ALL: [Sign; 5] =
        [Sign::Tools, Sign::Rented, Sign::Numbers, Sign::Devices, Sign::Restless];

    /// The detector that tells of it.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Sign::Tools | Sign::Devices => Code::Net02,
            Sign::Rented => Code::Net03,
            Sign::Numbers => Code::Mem02,
            Sign::Restless => Code::Seq04,
        }
    }

    /// Its class of evidence.
    #[must_use]
    pub fn class(self) -> Class {
        self.code().entry().class
    }

    /// Its word as a test of groups.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Sign::Tools => "tools",
            Sign::Rented => "rented_networks",
            Sign::Numbers => "number_segments",
            Sign::Devices => "changing_devices",
            Sign::Restless => "without_rest",
        }
    }

    /// Whether it is told of single accounts where it is that rare.
    fn is_told(self, rarity: f64) -> bool {
        match self {
            Sign::Tools | Sign::Rented | Sign::Numbers => rarity >= RARE_BITS,
            Sign::Devices => false,
            Sign::Restless => rarity >= RARE_RESTLESS_BITS,
        }
    }
}

impl Gear {
    /// Takes an event of the account.
    pub fn observe(&mut self, event: &Event) {
        if event.agent.is_some() && self.clients < u16::MAX {
            self.clients += 1;
            if event.software.tool != Tool::None {
                self.tools += 1;
                self.tool = self.tool.max(event.software.tool);
            }
        }
        if event.network != Network::Unknown && self.placed < u16::MAX {
            self.placed += 1;
            self.rented += u16::from(event.network == Network::Hosting);
        }
        self.segment = self.segment.max(event.segment);
        let second = crate::fanout::second(event.time);
        if event.device.is_some() {
            self.devices |= 1 << (event.device.0 >> 58);
        }
        if self.days == 0 || second / DAY_SECONDS != self.last / DAY_SECONDS {
            self.days = self.days.saturating_add(1);
        }
        self.last = second;
        self.hours.observe(event);
    }

    /// Whether anything is known of a sign, and whether the account shows it.
    #[must_use]
    pub fn shows(&self, sign: Sign) -> Option<bool> {
        let (known, shown) = match sign {
            Sign::Restless => return self.hours.without_rest(),
            Sign::Tools => (self.clients > 0, 2 * u32::from(self.tools) >= u32::from(self.clients)),
            Sign::Rented => (self.placed > 0, 2 * u32::from(self.rented) >= u32::from(self.placed)),
            Sign::Numbers => (
                self.segment != Segment::Unknown,
                matches!(self.segment, Segment::Virtual | Segment::Machine),
            ),
            Sign::Devices => {
                let devices = self.devices();
                let many = devices >= MANY_DEVICES;
                (self.devices != 0, many && DAYS_A_DEVICE * devices >= f64::from(self.days))
            }
        };
        known.then_some(shown)
    }

    /// How many devices there were, by the bits that none of them set.
    fn devices(&self) -> f64 {
        let unset = f64::from(self.devices.count_zeros()).max(0.5);
        (-64.0 * (unset / 64.0).ln()).round()
    }

    /// What it counted of a sign.
    fn counts(&self, sign: Sign) -> [(&'static str, f64); 3] {
        let whole = |n: u16| f64::from(n);
        match sign {
            Sign::Tools => [
                ("client_events", whole(self.clients)),
                ("tool_events", whole(self.tools)),
                ("tool", f64::from(self.tool as u8)),
            ],
            Sign::Rented => [
                ("placed_events", whole(self.placed)),
                ("rented_events", whole(self.rented)),
                ("network", f64::from(Network::Hosting as u8)),
            ],
            Sign::Restless => self.hours.counts(),
            Sign::Devices => [
                ("devices", self.devices()),
                ("days", whole(self.days)),
                ("device_bits", f64::from(self.devices.count_ones())),
            ],
            Sign::Numbers => [
                ("numbers", 1.0),
                ("segment_numbers", 1.0),
                ("segment", f64::from(self.segment as u8)),
            ],
        }
    }
}

/// What a group shows of a sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// Which.
    pub sign: Sign,
    /// The share of its members who show it.
    pub share: f64,
    /// The same of the other accounts of the table.
    pub elsewhere: f64,
    /// What that is worth.
    pub bits: f64,
}

/// What the accounts of a table come with.
#[derive(Clone, Debug, Default)]
pub struct Gears {
    accounts: Vec<(Key, Gear)>,
    /// Of each sign: accounts of whom it is known, and those who show it.
    known: [u64; Sign::ALL.len()],
    shown: [u64; Sign::ALL.len()],
}

impl Gears {
    /// Takes an account; each comes once.
    pub fn note(&mut self, account: Key, gear: Gear) {
        let mut any = false;
        for sign in Sign::ALL {
            let Some(shows) = gear.shows(sign) else { continue };
            any = true;
            self.known[sign as usize] += 1;
            self.shown[sign as usize] += u64::from(shows);
        }
        if any {
            self.accounts.push((account, gear));
        }
    }

    /// Adds up what several workers saw. The order of the parts does not matter.
    #[must_use]
    pub fn merge(parts: Vec<Gears>) -> Gears {
        let mut whole = Gears::default();
        for part in parts {
            whole.accounts.extend(part.accounts);
            for at in 0..Sign::ALL.len() {
                whole.known[at] += part.known[at];
                whole.shown[at] += part.shown[at];
            }
        }
        whole.accounts.sort_unstable_by_key(|account| account.0);
        whole
    }

    /// What is told of single accounts: signs that hardly anybody shows, in the order of accounts.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let rare = Sign::ALL.map(|sign| {
            let at = sign as usize;
            -((self.shown[at] as f64 + 1.0) / (self.known[at] as f64 + 2.0)).log2()
        });
        let mut found = Vec::new();
        for (account, gear) in &self.accounts {
            let told =
                |sign: &Sign| sign.is_told(rare[*sign as usize]) && gear.shows(*sign) == Some(true);
            // Several share what one may have.
            let most =
                MOST_ALONE / Sign::ALL.iter().filter(|sign| told(sign)).count().max(1) as f64;
            for sign in Sign::ALL.into_iter().filter(told) {
                let (at, rarity) = (sign as usize, rare[sign as usize]);
                let bits = rarity.min(most);
                let mut evidence = gear.counts(sign).to_vec();
                evidence.extend([
                    ("accounts_known", self.known[at] as f64),
                    ("accounts_alike", self.shown[at] as f64),
                    ("rarity_bits", rarity),
                    ("most_bits", most),
                ]);
                let last = match sign {
                    Sign::Restless => gear.hours.ended(),
                    _ => gear.last,
                };
                found.push(Finding {
                    code: sign.code(),
                    entity: Entity { kind: EntityKind::Account, key: *account },
                    time: EventTime(i64::from(last) * EventTime::SECOND),
                    event: Key::NONE,
                    score: (1.0 - (-bits).exp2()) as f32,
                    bits: bits as f32,
                    evidence,
                    members: Vec::new(),
                });
            }
        }
        found
    }

    /// What a group of accounts shows beyond the rest of the table, in the order of signs.
    #[must_use]
    pub fn of_group(&self, members: &[Key]) -> Vec<Shown> {
        let gears = || {
            members.iter().filter_map(|member| {
                let at = self.accounts.binary_search_by_key(member, |account| account.0).ok()?;
                Some(self.accounts[at].1)
            })
        };
        let mut shown: Vec<Shown> = Vec::new();
        for sign in Sign::ALL {
            let known = gears().filter(|gear| gear.shows(sign).is_some()).count();
            let showing = gears().filter(|gear| gear.shows(sign) == Some(true)).count();
            if known < FEWEST || showing == 0 {
                continue;
            }
            let others = self.known[sign as usize].saturating_sub(known as u64) as f64;
            let alike = self.shown[sign as usize].saturating_sub(showing as u64) as f64;
            let elsewhere = (alike + 1.0) / (others + 2.0);
            let most = match sign {
                // A few machines among people say nothing of these.
                Sign::Restless if 2 * showing < known => continue,
                Sign::Restless => MOST_RESTLESS,
                _ => f64::INFINITY,
            };
            let bits = bits_clustered(showing, known, elsewhere, LIKENESS).min(most);
            let share = showing as f64 / known as f64;
            shown.push(Shown { sign, share, elsewhere, bits });
        }
        // The strongest first, and of equals the first sign.
        let mut order: Vec<usize> = (0..shown.len()).collect();
        order.sort_by(|&a, &b| shown[b].bits.total_cmp(&shown[a].bits).then(a.cmp(&b)));
        for (at, most) in order.into_iter().zip(MOST_TOGETHER) {
            shown[at].bits = shown[at].bits.min(most);
        }
        shown.retain(|shown| shown.bits > 0.0);
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::Software;

    fn act(agent: u64, tool: Tool, network: Network, segment: Segment) -> Event {
        let software = Software { tool, ..Software::default() };
        let time = EventTime(1_778_000_000_000_000);
        Event { agent: Key(agent), software, network, segment, time, ..Event::default() }
    }

    /// A table of people, `of` in a thousand of whom show every sign.
    fn table(people: u64, of: u64) -> Gears {
        let mut parts = vec![Gears::default(), Gears::default()];
        for person in 0..people {
            let odd = person % 1_000 < of;
            let mut gear = Gear::default();
            gear.observe(&match odd {
                true => act(1, Tool::Emulator, Network::Hosting, Segment::Virtual),
                false => act(2, Tool::None, Network::Other, Segment::Ordinary),
            });
            parts[(person % 2) as usize].note(Key(person + 1), gear);
        }
        Gears::merge(parts)
    }

    #[test]
    fn what_is_rare_is_told_and_accuses_nobody_alone() {
        let found = table(4_000, 5).findings();
        assert_eq!(found.len(), 3 * 20);
        let codes: Vec<Code> = found[..3].iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [Code::Net02, Code::Net03, Code::Mem02]);
        for finding in &found {
            let value = |name| finding.evidence.iter().find(|e| e.0 == name).unwrap().1;
            let rarity =
                -((value("accounts_alike") + 1.0) / (value("accounts_known") + 2.0)).log2();
            assert_eq!(rarity, value("rarity_bits"));
            assert_eq!(finding.bits, rarity.min(value("most_bits")) as f32);
            assert!((0.0..=1.0).contains(&finding.score));
        }
    }

    #[test]
    fn what_many_show_is_told_of_nobody() {
        assert_eq!(table(4_000, 40).findings(), []);
        assert_eq!(Gears::default().findings(), []);
        let mut gears = Gears::default();
        gears.note(Key(1), Gear::default());
        assert_eq!(gears.findings(), []);
    }

    #[test]
    fn a_group_gets_what_the_table_does_not_show_and_no_more_than_one_account() {
        let gears = table(4_000, 50);
        let farm: Vec<Key> = (0..40).map(|n| Key(n + 1)).collect();
        let shown = gears.of_group(&farm);
        assert_eq!(shown.iter().map(|shown| shown.bits).collect::<Vec<_>>(), [1.5, 0.5, 0.5]);
        assert!(shown.iter().all(|shown| shown.share == 1.0 && shown.elsewhere < 0.05));
        let people: Vec<Key> = (100..140).map(|n| Key(n + 1)).collect();
        assert_eq!(gears.of_group(&people), []);
        assert_eq!(gears.of_group(&farm[..3]), []);
        assert_eq!(gears.of_group(&[]), []);
    }

    #[test]
    fn a_club_that_mostly_plays_on_emulators_is_hardly_a_wonder() {
        // One in ten of everybody, and most of the club: more than may count.
        assert!((4.0..5.0).contains(&bits_clustered(20, 30, 0.1, LIKENESS)));
        assert!(MOST_TOGETHER.iter().sum::<f64>() <= MOST_ALONE);
        assert!(bits_clustered(30, 30, 0.01, LIKENESS) > 8.0);
        assert_eq!(bits_clustered(3, 30, 0.1, LIKENESS), 0.0);
        for (showing, known, share) in [(30, 30, 1e-9), (1, 1, 0.5), (5_000, 5_000, 0.2)] {
            assert!(bits_clustered(showing, known, share, LIKENESS).is_finite());
        }
    }

    #[test]
    fn a_new_device_for_every_other_day_is_a_sign() {
        let shows = |devices: u64, days: i64, visits: u64| {
            let mut gear = Gear::default();
            for visit in 0..visits {
                let day = visit as i64 * days / visits as i64;
                let time = EventTime(1_778_000_000_000_000 + day * EventTime::DAY);
                let device = Key((visit % devices + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
                gear.observe(&Event { time, device, ..Event::default() });
            }
            gear.shows(Sign::Devices)
        };
        assert_eq!(shows(4, 2, 40), Some(false), "two telephones, a tablet and a desk");
        assert_eq!(shows(6, 30, 300), Some(false), "a hall with six terminals");
        assert_eq!(shows(12, 10, 12), Some(true));
        assert_eq!(shows(5_000, 10, 5_000), Some(true));
        assert_eq!(Gear::default().shows(Sign::Devices), None);
    }

    #[test]
    fn who_never_rests_is_told_weakly_among_people_who_do() {
        let account = |pause: i64| {
            let mut gear = Gear::default();
            for act in 0..100 {
                let time = EventTime(1_778_000_000_000_000 + act * pause * EventTime::HOUR);
                gear.observe(&Event { kind: events::Kind::Like, time, ..Event::default() });
            }
            gear
        };
        let table = |people: u64, machines: u64| {
            let mut gears = Gears::default();
            (0..machines).for_each(|machine| gears.note(Key(machine + 1), account(3)));
            (0..people).for_each(|person| gears.note(Key(1_000 + person), account(5)));
            gears
        };
        let found = table(1_000, 40).findings();
        assert_eq!(found.len(), 40, "a farm does not hide behind itself");
        for finding in &found {
            let value = |name| finding.evidence.iter().find(|e| e.0 == name).unwrap().1;
            assert_eq!((finding.code, f64::from(finding.bits)), (Code::Seq04, MOST_ALONE));
            assert_eq!((value("acts"), value("hours_without_rest")), (100.0, 297.0));
            assert_eq!(finding.time.seconds(), 1_778_000_000 + 297 * 3600);
            let rarity =
                -((value("accounts_alike") + 1.0) / (value("accounts_known") + 2.0)).log2();
            assert_eq!(rarity, value("rarity_bits"));
        }
        assert_eq!(table(1_000, 200).findings(), [], "accounts are not people's");
        assert_eq!(table(12, 1).findings(), [], "too few to know");
        let members: Vec<Key> = (1..=20).map(Key).collect();
        let shown = table(1_000, 40).of_group(&members);
        assert_eq!(shown.len(), 1);
        assert_eq!((shown[0].sign, shown[0].bits), (Sign::Restless, MOST_RESTLESS));
        let most_rest: Vec<Key> = members.iter().copied().chain((1_000..1_030).map(Key)).collect();
        assert_eq!(table(1_000, 40).of_group(&most_rest), []);
    }

    #[test]
    fn half_of_what_is_known_decides() {
        let mut gear = Gear::default();
        assert_eq!(Sign::ALL.map(|sign| gear.shows(sign)), [None; 5]);
        for n in 0..6 {
            let (tool, network) = match n < 2 {
                true => (Tool::Library, Network::Hosting),
                false => (Tool::None, Network::Carrier),
            };
            gear.observe(&act(1, tool, network, Segment::Unknown));
        }
        let shown = Sign::ALL.map(|sign| gear.shows(sign));
        assert_eq!(shown, [Some(false), Some(false), None, None, None]);
        assert_eq!(size_of::<Gear>(), 56);
    }
}
