//! Where people are on the network and in the world: homes, campuses, offices, terminals, networks of couriers.
//!
//! Shared places are what real people have in common without knowing each other. Addresses are from the private
//! ranges, so that none is anybody's; data centres and mobile carriers have ranges of their own in it.

use crate::dice::{Dice, Weighted};
use crate::name::{Name, Space, mix};
use crate::row::Agent;
use std::fmt::Write;

/// Models from this number on are emulators: what each says that it is.
const EMULATORS_FROM: u16 = 1_000;
const EMULATORS: [&str; 6] =
    ["sdk_gphone64_x86_64", "MuMu", "LDPlayer", "Nox", "BlueStacks", "redroid11_x86_64"];

/// Whose the address ranges of every simulated world are, in the form that `qingliu audit --networks` reads.
pub(crate) const NETWORKS: &str = "\
start,end,asn,organisation
10.0.0.0,10.159.255.255,64512,Simulated Broadband
10.160.0.0,10.160.39.255,64513,Simulated Mobile
10.200.0.0,10.207.255.255,64514,Simulated Campus and Offices
10.240.0.0,10.240.47.255,64515,Simulated Data Center
";

/// Regions of the country.
pub(crate) const REGIONS: u32 = 40;

/// A phone or tablet with its client.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Device {
    pub name: Name,
    pub agent: Agent,
}

/// A shared place: a campus, an office, a hall with public terminals, an exit of a tunnel.
#[derive(Clone, Debug, Default)]
pub(crate) struct Site {
    pub ips: Vec<u32>,
    pub address: Name,
    pub terminals: Vec<Device>,
}

/// A courier's network point.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Point {
    pub region: u32,
    pub colluding: bool,
}

/// The map.
#[derive(Default)]
pub(crate) struct Places {
    pub sites: Vec<Site>,
    pub campuses: Vec<u32>,
    pub offices: Vec<u32>,
    pub halls: Vec<u32>,
    pub tunnels: Vec<u32>,
    pub lockers: Vec<Name>,
    pub points: Vec<Point>,
    pub outlets: Vec<Vec<u32>>,
    pub centres: Vec<u32>,
    models: Weighted,
    devices: u64,
    addresses: u64,
    payments: u64,
}

impl Places {
    /// A map for that many people.
    pub(crate) fn new(seed: u64, people: u32) -> Places {
        let mut dice = Dice::new(seed, "places", 0);
        let mut places = Places::default();
        for model in 1..=70u32 {
            places.models.add(model, 1.0 / f64::from(model + 4));
        }
        places.outlets = vec![Vec::new(); REGIONS as usize];
        for region in 0..REGIONS {
            let centre = places.add_point(region);
            places.centres.push(centre);
            for _ in 0..(people / 1_200).clamp(2, 400) {
                let outlet = places.add_point(region);
                places.outlets[region as usize].push(outlet);
            }
        }
        for _ in 0..(people / 150).max(4) {
            let address = places.address();
            places.lockers.push(address);
        }
        let each = |share: u32| (people / share).max(2);
        places.campuses = places.build(&mut dice, each(1_500), (1, 3), 0);
        places.offices = places.build(&mut dice, each(250), (1, 1), 0);
        places.halls = places.build(&mut dice, each(1_200), (1, 1), 3);
        places.tunnels = places.build_tunnels(&mut dice, each(1_000));
        places
    }

    /// The outlet as owners keep it: region and place in one number.
    pub(crate) fn outlet_code(&self, outlet: u32) -> u32 {
        let region = self.points[outlet as usize].region;
        let near = &self.outlets[region as usize];
        let fits = |code: &u32| near[*code as usize % near.len()] == outlet;
        (region << 8..(region + 1) << 8).find(fits).unwrap_or(region << 8)
    }

    fn build(&mut self, dice: &mut Dice, n: u32, ips: (i64, i64), terminals: u32) -> Vec<u32> {
        (0..n)
            .map(|_| {
                let net = 0x0AC8_0000 | ((dice.bits() as u32 & 0xfff) << 8);
                let site = Site {
                    ips: (0..dice.between(ips.0, ips.1) as u32).map(|i| net + 9 + i).collect(),
                    address: self.address(),
                    terminals: (0..terminals).map(|_| self.device(dice)).collect(),
                };
                self.sites.push(site);
                self.sites.len() as u32 - 1
            })
            .collect()
    }

    /// Tunnels end in data centres, where rented machines also are.
    fn build_tunnels(&mut self, dice: &mut Dice, n: u32) -> Vec<u32> {
        (0..n)
            .map(|_| {
                let ips = (0..6).map(|_| Self::data_centre(dice)).collect();
                self.sites.push(Site { ips, ..Site::default() });
                self.sites.len() as u32 - 1
            })
            .collect()
    }

    fn add_point(&mut self, region: u32) -> u32 {
        self.points.push(Point { region, colluding: false });
        self.points.len() as u32 - 1
    }

    /// A device as bought in a shop.
    pub(crate) fn device(&mut self, dice: &mut Dice) -> Device {
        self.devices += 1;
        let model = self.models.draw(dice).unwrap_or(1) as u16;
        let release = dice.lognormal(1.6, 0.7) as u8;
        let name = Name::new(Space::Device, self.devices);
        Device { name, agent: Agent { model, release: 36u8.saturating_sub(release.min(9)) } }
    }

    pub(crate) fn address(&mut self) -> Name {
        self.addresses += 1;
        Name::new(Space::Address, self.addresses)
    }

    pub(crate) fn payment(&mut self) -> Name {
        self.payments += 1;
        Name::new(Space::Payment, self.payments)
    }

    /// An address in a rented rack.
    pub(crate) fn data_centre(dice: &mut Dice) -> u32 {
        0x0AF0_0000 | ((dice.below(48) as u32) << 8) | (dice.between(2, 250) as u32)
    }

    /// A home's line: the carrier gives it another address every few days.
    pub(crate) fn home_ip(home: u32, region: u32, day: u32) -> u32 {
        let line = mix(u64::from(home) | 0x1e_0000_0000);
        let lease = 2 + (line & 15) as u32;
        let turn = mix(line ^ u64::from((day + (line >> 8) as u32 % lease) / lease));
        0x0A00_0000 | ((region * 4) << 16) | ((line >> 20) as u32 & 0x3_ff00) | (turn as u32 & 0xff)
    }

    /// A mobile carrier's gateway: some dozens of addresses for a whole region.
    pub(crate) fn mobile_ip(dice: &mut Dice, region: u32) -> u32 {
        0x0AA0_0000 | (region << 8) | dice.between(10, 41) as u32
    }

    /// A county of a region by GB/T 2260's scheme.
    pub(crate) fn county(region: u32, number: u32) -> u32 {
        let province = [11, 31, 32, 33, 35, 37, 41, 43, 44, 61][(region % 10) as usize];
        province * 10_000 + (region / 10 + 1) * 100 + number % 8 + 1
    }

    /// A model that is an emulator.
    pub(crate) fn emulator(dice: &mut Dice) -> u16 {
        EMULATORS_FROM + dice.below(EMULATORS.len()) as u16
    }

    /// Appends the text of a client.
    pub(crate) fn agent(agent: Agent, out: &mut String) {
        if let Some(at) = agent.model.checked_sub(EMULATORS_FROM) {
            let product = EMULATORS[usize::from(at) % EMULATORS.len()];
            let _ = write!(out, "app/8.{} (Android 11; {product})", agent.release);
            return;
        }
        let (model, release) = (u32::from(agent.model), agent.release);
        let made = mix(u64::from(model)) as u32;
        let _ = if model % 4 == 3 {
            write!(
                out,
                "app/8.{release} (iPhone{},{}; iOS {})",
                12 + model % 5,
                made % 4,
                16 + made % 3
            )
        } else {
            let (maker, system) = (["V", "PK", "RM", "NX"][(made % 4) as usize], 11 + made % 5);
            write!(out, "app/8.{release} (Android {system}; {maker}{})", 1_000 + made % 9_000)
        };
    }

    pub(crate) fn point_name(number: u32) -> Name {
        Name::new(Space::Point, u64::from(number))
    }
}
