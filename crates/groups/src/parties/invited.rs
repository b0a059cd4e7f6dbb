//! Invited: accounts that came by one link through networks that are nobody else's.
//!
//! A campus, a village, a mall goes out by an address or two, and all of them may come by one link; families are two or
//! three at home; a carrier's addresses are everybody's. What no place has is a dozen networks on one day whose only users
//! came by the same link, and who use now this one and now that: somebody rents them. So does a firm, and a class signs
//! up on its school's tablets: neither is a reason to look by itself. What their people do not do is to open the same link
//! again and again, or to sign up, leave no mark on anything and be gone, all of them.

use super::lives::Lives;
use super::visitors::Visit;
use super::{Party, SPEAKS, Told, meeting_time};
use crate::crews::connected;
use crate::group::Test;
use detectors::Class;
use events::Key;
use features::Keyed;

/// The fewest members.
const FEWEST: usize = 8;
/// Addresses of one link that are watched: those by which the most came.
const ADDRESSES: usize = 64;
/// Networks by which one place may go out: these say nothing.
const OF_A_PLACE: usize = 3;
/// The share of an address's users that must have come by the link for it to be the link's own.
const OWN: f64 = 0.8;
/// Seconds between two visits by one link that are two occasions.
const OCCASION: u32 = 600;
/// Accounts that signed up by one link on one device, beyond a family, and such devices, beyond a promoter's.
const ON_DEVICE: usize = 4;
const DEVICES: usize = 3;
/// The least share of a party that lives as it does: what few of it do is not what it is for.
const LEAST: f64 = 0.75;
/// The most bits of each test: none condemns by itself, and networks are not even a reason to look.
const MOST_NETWORKS: f64 = 5.5;
const MOST_GONE: f64 = 6.0;
const MOST_AGAIN: f64 = 8.0;
const MOST_DEVICES: f64 = 5.5;

/// The addresses by which at least two accounts came by a link, most first.
pub(crate) fn addresses(visits: &[Visit]) -> Vec<Key> {
    let mut all: Vec<(Key, Key)> = visits.iter().map(|visit| (visit.ip, visit.account)).collect();
    all.retain(|entry| entry.0.is_some());
    all.sort_unstable();
    all.dedup();
    let same = all.chunk_by(|x, y| x.0 == y.0).filter(|same| same.len() > 1);
    let mut addresses: Vec<(usize, Key)> = same.map(|same| (same.len(), same[0].0)).collect();
    addresses.sort_unstable_by(|x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)));
    addresses.truncate(ADDRESSES);
    addresses.into_iter().map(|entry| entry.1).collect()
}

/// Whether several accounts came by one link through each of several addresses, or signed up on each of several devices.
pub(crate) fn is_tied(visits: &[Visit]) -> bool {
    addresses(visits).len() > OF_A_PLACE || !on_devices(visits).is_empty()
}

/// Who signed up by one link on a device with several others, ascending; nobody where there are few such devices.
fn on_devices(visits: &[Visit]) -> Vec<Key> {
    let mut devices: Vec<(Key, Key)> = Vec::new();
    for own in visits.chunk_by(|x, y| x.account == y.account) {
        let new = own.iter().find(|visit| visit.new && visit.device.is_some());
        devices.extend(new.map(|visit| (visit.device, visit.account)));
    }
    devices.sort_unstable();
    let shared = devices.chunk_by(|x, y| x.0 == y.0).filter(|same| same.len() >= ON_DEVICE);
    let shared: Vec<&[(Key, Key)]> = shared.collect();
    if shared.len() < DEVICES {
        return Vec::new();
    }
    let mut accounts: Vec<Key> = shared.into_iter().flatten().map(|entry| entry.1).collect();
    accounts.sort_unstable();
    accounts
}

/// What one link's visitors show.
struct Guests<'a> {
    visits: &'a [Visit],
    /// All accounts that came by it, ascending.
    accounts: Vec<Key>,
    /// Of these, who used the largest net of the link's own addresses, or signed up on the devices of several.
    members: Vec<Key>,
    /// The networks of that net on its busiest day.
    networks: usize,
}

/// The parties of all links.
pub(crate) fn parties(visits: &[Vec<Visit>], lives: &Lives) -> Vec<Party> {
    let guests: Vec<Guests> = visits.iter().map(|own| Guests::of(own, lives)).collect();
    let price = (guests.len().max(1) as f64).log2();
    let habits: Vec<Habits> = guests.iter().map(|own| Habits::of(own.visits)).collect();
    let whole = habits.iter().fold(Habits::default(), |sum, own| sum.plus(own));
    let mut parties = Vec::new();
    for (own, habit) in guests.iter().zip(&habits) {
        if own.members.len() < FEWEST {
            continue;
        }
        let usual = networks_usual(&guests, own.networks);
        let mut tests = vec![own.networks(usual, price)];
        tests.extend(own.tests(&whole.minus(habit), lives));
        if tests.iter().filter(|test| test.bits >= SPEAKS).count() > 1 {
            parties.push(own.party(tests, lives));
        }
    }
    parties
}

/// How many networks of its own a link has, on average over those that have no more than some other.
fn networks_usual(guests: &[Guests], networks: usize) -> f64 {
    let others = guests.iter().filter(|other| other.networks < networks);
    let (sum, count) = others.fold((0.0, 0.0), |s, o| (s.0 + o.networks as f64, s.1 + 1.0));
    (sum + 1.0) / (count + 1.0)
}

impl Guests<'_> {
    fn of<'a>(visits: &'a [Visit], lives: &Lives) -> Guests<'a> {
        let mut accounts: Vec<Key> = visits.iter().map(|visit| visit.account).collect();
        accounts.dedup();
        let subnets: Keyed<Key> = visits.iter().map(|visit| (visit.ip, visit.subnet)).collect();
        // Of each address of its own: its network, and which guests used it on which day.
        let mut own: Vec<(Key, Vec<(Key, u32)>)> = Vec::new();
        for address in addresses(visits) {
            let mut users: Vec<Key> = lives.users(address).into_iter().map(|u| u.0).collect();
            users.sort_unstable();
            users.dedup();
            let guests = users.iter().filter(|user| accounts.binary_search(user).is_ok()).count();
            if guests > 1 && guests as f64 >= OWN * users.len() as f64 {
                let mut guests = lives.users(address);
                guests.retain(|user| accounts.binary_search(&user.0).is_ok());
                let subnet = subnets.get(&address).copied().unwrap_or_default();
                own.push((if subnet.is_some() { subnet } else { address }, guests));
            }
        }
        let (mut members, networks) = net(&own);
        if networks <= OF_A_PLACE {
            members.clear();
        }
        members.extend(on_devices(visits));
        members.sort_unstable();
        members.dedup();
        Guests { visits, accounts, members, networks }
    }

    /// Networks of its own on one day: each beyond a place's is as rare as the other links show.
    fn networks(&self, usual: f64, price: f64) -> Test {
        let further = (usual / (1.0 + usual)).min(0.5);
        let beyond = self.networks.saturating_sub(OF_A_PLACE) as f64;
        let bits = -further.log2() * beyond - price;
        Test {
            name: "own_networks",
            class: Class::Infrastructure,
            observed: self.networks as f64,
            expected: usual,
            bits: bits.clamp(0.0, MOST_NETWORKS),
        }
    }

    fn tests(&self, others: &Habits, lives: &Lives) -> Vec<Test> {
        let is_member = |account: &Key| self.members.binary_search(account).is_ok();
        let of_members = |visit: &&Visit| is_member(&visit.account);
        let visits: Vec<Visit> = self.visits.iter().filter(of_members).copied().collect();
        let own = Habits::of(&visits);
        let told = |(showing, known): (usize, usize), (shown, all): (usize, usize)| Told {
            showing,
            known,
            elsewhere: (shown as f64 + 1.0) / (all as f64 + 2.0),
        };
        let mut tests = Vec::new();
        if own.on_devices.1 > 0 {
            let signed_up = visits.iter().filter(|visit| visit.new).map(|visit| visit.account);
            let gone = Told::of(&signed_up.collect::<Vec<_>>(), &self.accounts, lives, |life| {
                life.is_gone(lives.end)
            });
            tests.push(gone.of_most(LEAST).test("gone", Class::Registration, MOST_GONE));
            let devices = told(own.on_devices, others.on_devices);
            let devices = devices.of_most(LEAST);
            tests.push(devices.test("sign_up_devices", Class::Device, MOST_DEVICES));
        }
        if own.looked.1 > 0 {
            let again = told(own.looked, others.looked);
            tests.push(again.of_most(LEAST).test("came_again", Class::Path, MOST_AGAIN));
        }
        tests
    }

    /// The members that live as the party does: who has another life is not accused for the others' lack of one.
    fn convicted(&self, tests: &[Test], lives: &Lives) -> Vec<Key> {
        let speaks = |name| tests.iter().any(|test| test.name == name && test.bits >= SPEAKS);
        let (gone, again) = (speaks("gone"), speaks("came_again"));
        let mut members = self.members.clone();
        if gone || again {
            members.retain(|member| {
                let from = self.visits.partition_point(|visit| visit.account < *member);
                let own = self.visits[from..].iter().take_while(|visit| visit.account == *member);
                let own: Vec<Visit> = own.copied().collect();
                let life = lives.of(*member);
                // Of who came shortly before the table's end it is not known yet.
                let fits = !life.marked && life.is_gone(lives.end) != Some(false);
                (gone && fits && own.iter().any(|visit| visit.new))
                    || (again && Habits::of(&own).looked.0 > 0)
            });
        }
        members
    }

    /// Who signed up by the link is what it was for; of others only what they did there.
    fn party(&self, tests: Vec<Test>, lives: &Lives) -> Party {
        let members = self.convicted(&tests, lives);
        let is_member = |account: &Key| members.binary_search(account).is_ok();
        let own = || self.visits.iter().filter(|visit| is_member(&visit.account));
        let time = |second: u32| meeting_time(i64::from(second) * 1000);
        let new = own().filter(|visit| visit.new).count();
        let whole = new * 2 > members.len();
        let looked = own().filter(|visit| visit.subject.is_some() && !visit.new);
        let mut meetings: Vec<(Key, Key, events::EventTime)> =
            looked.map(|visit| (visit.account, visit.subject, time(visit.second))).collect();
        if whole {
            let first = members.iter().map(|&member| (member, lives.of(member).first));
            let first = first.filter(|entry| entry.1.1.is_some());
            meetings
                .extend(first.map(|(member, (second, subject))| (member, subject, time(second))));
        }
        let mut owners: Vec<(Key, u32)> = own().map(|visit| (visit.owner, visit.second)).collect();
        owners.retain(|owner| owner.0.is_some());
        owners.sort_unstable();
        let owners = owners.chunk_by(|x, y| x.0 == y.0);
        let owners = owners
            .map(|same| (same[0].0, (time(same[0].1), time(same[same.len() - 1].1))))
            .collect();
        Party::new(meetings, owners, tests, whole)
    }
}

/// The largest net of addresses that accounts tie: who used it, ascending, and the most networks of it in use on one day.
fn net(own: &[(Key, Vec<(Key, u32)>)]) -> (Vec<Key>, usize) {
    let mut users: Vec<(Key, usize)> = Vec::new();
    for (place, (_, guests)) in own.iter().enumerate() {
        users.extend(guests.iter().map(|guest| (guest.0, place)));
    }
    users.sort_unstable();
    users.dedup();
    let ties: Vec<(usize, usize)> =
        users.windows(2).filter(|w| w[0].0 == w[1].0).map(|w| (w[0].1, w[1].1)).collect();
    let mut best: (usize, usize, Vec<Key>) = (0, 0, Vec::new());
    for part in connected(own.len(), &ties) {
        let mut days: Vec<(u32, Key)> = Vec::new();
        let mut members: Vec<Key> = Vec::new();
        for &place in &part {
            let (network, guests) = &own[place];
            days.extend(guests.iter().map(|guest| (guest.1, *network)));
            members.extend(guests.iter().map(|guest| guest.0));
        }
        members.sort_unstable();
        members.dedup();
        days.sort_unstable();
        days.dedup();
        let most = days.chunk_by(|x, y| x.0 == y.0).map(<[_]>::len).max().unwrap_or(0);
        if (most, members.len()) > (best.0, best.1) {
            best = (most, members.len(), members);
        }
    }
    (best.2, best.0)
}

/// What the visitors of links do: (who shows it, of whom it is known).
#[derive(Clone, Copy, Debug, Default)]
struct Habits {
    /// Looked by the link on another occasion again; of all who looked.
    looked: (usize, usize),
    /// Signed up by the link on a device with several others; of all who signed up on a known device.
    on_devices: (usize, usize),
}

impl Habits {
    /// Of visits by account and time.
    fn of(visits: &[Visit]) -> Habits {
        let mut habits = Habits::default();
        for own in visits.chunk_by(|x, y| x.account == y.account) {
            let mut looks = own.iter().filter(|visit| !visit.new && visit.subject.is_some());
            if let Some(first) = looks.next() {
                let again = looks.any(|look| look.second - first.second >= OCCASION);
                habits.looked = (habits.looked.0 + usize::from(again), habits.looked.1 + 1);
            }
            let on_device = |visit: &Visit| visit.new && visit.device.is_some();
            habits.on_devices.1 += usize::from(own.iter().any(on_device));
        }
        habits.on_devices.0 = on_devices(visits).len();
        habits
    }

    fn each(&self, other: &Habits, of: fn(usize, usize) -> usize) -> Habits {
        let pair = |x: (usize, usize), y: (usize, usize)| (of(x.0, y.0), of(x.1, y.1));
        Habits {
            looked: pair(self.looked, other.looked),
            on_devices: pair(self.on_devices, other.on_devices),
        }
    }

    fn plus(&self, other: &Habits) -> Habits {
        self.each(other, |x, y| x + y)
    }

    fn minus(&self, other: &Habits) -> Habits {
        self.each(other, usize::saturating_sub)
    }
}
