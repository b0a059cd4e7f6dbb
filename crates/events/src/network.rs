//! Whose network an address is of: rented machines, a carrier, a campus, somebody else's; read from a table of address ranges.
//!
//! The table is not part of this program and is given by whoever runs an audit: rows of first address, last address, number of the
//! autonomous system, name of its operator, as data sets of routing tables have them. Which operators rent out machines,
//! carry telephones or teach is told by words of their names, listed here. An operator that no word knows is somebody
//! else's, which says nothing.

use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// The most ranges that are read: the world's routing tables have about half a million.
pub const MOST_RANGES: usize = 4_000_000;
/// The most bytes of a table.
pub const MOST_BYTES: usize = 512 << 20;
/// Names of the columns, by which errors name them.
const COLUMNS: [&str; 4] = ["start", "end", "asn", "organisation"];

/// Whose network it is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[repr(u8)]
pub enum Network {
    /// No table was given, or it does not know the address.
    #[default]
    Unknown,
    /// Somebody's of whom no word is known.
    Other,
    /// An operator of data centres, or of tunnels that end in them.
    Hosting,
    /// A carrier, behind whose gateways thousands share an address.
    Carrier,
    /// A university or school.
    Campus,
}

/// Words that begin a word of an operator's name, in lower case. Of several the first kind in this order stands: a carrier's
/// cloud is a cloud.
const CAMPUSES: [&str; 16] = [
    "university",
    "universit",
    "universidad",
    "universidade",
    "college",
    "school",
    "institute of technology",
    "polytechnic",
    "campus",
    "academic",
    "education and research network",
    "cernet",
    "hochschule",
    "renater",
    "jisc",
    "surf b.v",
];
const HOSTING: [&str; 59] = [
    "alibaba",
    "aliyun",
    "tencent",
    "huawei cloud",
    "huawei-cloud",
    "ucloud",
    "baidu",
    "jd cloud",
    "jingdong",
    "kingsoft cloud",
    "qingcloud",
    "volcano engine",
    "volcengine",
    "byteplus",
    "bytedance",
    "capitalonline",
    "zenlayer",
    "amazon",
    "aws",
    "microsoft",
    "azure",
    "google cloud",
    "google llc",
    "oracle",
    "ibm cloud",
    "softlayer",
    "digitalocean",
    "linode",
    "akamai connected cloud",
    "vultr",
    "choopa",
    "constant company",
    "ovh",
    "hetzner",
    "contabo",
    "leaseweb",
    "scaleway",
    "online s.a.s",
    "ionos",
    "m247",
    "datacamp",
    "cdn77",
    "idc",
    "psychz",
    "quadranet",
    "colocrossing",
    "hostinger",
    "hosting",
    "hostwinds",
    "server",
    "vps",
    "datacenter",
    "data center",
    "data centre",
    "colocation",
    "cloud",
    "tzulo",
    "clouvider",
    "packethub",
];
const CARRIERS: [&str; 38] = [
    "china mobile",
    "chinamobile",
    "cmnet",
    "china unicom",
    "chinaunicom",
    "china169",
    "china telecom",
    "chinatelecom",
    "chinanet",
    "china broadnet",
    "china tietong",
    "chunghwa",
    "hutchison",
    "pccw",
    "mobile",
    "wireless",
    "cellular",
    "t-mobile",
    "vodafone",
    "verizon",
    "at&t",
    "sprint",
    "telefonica",
    "orange",
    "telstra",
    "docomo",
    "kddi",
    "softbank",
    "sk telecom",
    "korea telecom",
    "lg uplus",
    "reliance jio",
    "bharti airtel",
    "airtel",
    "mtn",
    "telkomsel",
    "viettel",
    "singtel",
];

impl Network {
    /// The kind of a code; unknown if there is none of it.
    #[must_use]
    pub fn from_code(code: u8) -> Network {
        const ALL: [Network; 5] =
            [Network::Unknown, Network::Other, Network::Hosting, Network::Carrier, Network::Campus];
        ALL.get(usize::from(code)).copied().unwrap_or_default()
    }

    /// The kind of an operator, from its name.
    #[must_use]
    pub fn of_operator(name: &str) -> Network {
        let name = name.to_lowercase();
        let has = |words: &[&str]| {
            words.iter().any(|word| {
                name.match_indices(word).any(|(at, _)| {
                    !name[..at].chars().next_back().is_some_and(char::is_alphanumeric)
                })
            })
        };
        match () {
            () if has(&CAMPUSES) => Network::Campus,
            () if has(&HOSTING) => Network::Hosting,
            () if has(&CARRIERS) => Network::Carrier,
            () => Network::Other,
        }
    }

    /// Whether thousands of strangers are expected behind one address.
    #[must_use]
    pub fn is_crowd(self) -> bool {
        matches!(self, Network::Carrier | Network::Campus)
    }
}

/// Why a table of ranges cannot be used. Rows are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkFault {
    /// A cell is not what it should be.
    #[error("row {row}, column {column}: {reason}")]
    Cell {
        /// Which row.
        row: usize,
        /// Which column.
        column: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// There are too many rows.
    #[error("has more than {MOST_RANGES} rows")]
    TooMany,
}

/// A range of addresses: first, last, whose; and the place, from 1, of the nearest before it that had not ended where it begins.
type Range<A> = (A, A, Network, u32);

/// Ranges of addresses and whose they are. Where ranges lie in each other, as a few do in every data set, the one that begins
/// last stands, and of those that begin together the shortest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks {
    four: Vec<Range<u32>>,
    six: Vec<Range<u128>>,
}

impl Networks {
    /// Reads a table: comma-separated rows without quotes, or with the operator in quotes; a first row whose first cell is no
    /// address is its header.
    ///
    /// # Errors
    /// The first row that is not four cells of the right kind, or a table of too many.
    pub fn parse(text: &str) -> Result<Networks, NetworkFault> {
        let mut networks = Networks::default();
        // An operator has seven ranges on average.
        let mut operators: BTreeMap<&str, Network> = BTreeMap::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim_end_matches('\r');
            let is_header = at == 0 && address(line.split(',').next().unwrap_or(line)).is_none();
            if line.trim().is_empty() || is_header {
                continue;
            }
            if networks.len() >= MOST_RANGES {
                return Err(NetworkFault::TooMany);
            }
            networks.read(line, at + 1, &mut operators)?;
        }
        Ok(networks.ordered())
    }

    /// Puts the ranges of another table beside these: tables for IPv4 and IPv6 often come apart.
    ///
    /// # Errors
    /// There are too many of them.
    pub fn join(mut self, other: Networks) -> Result<Networks, NetworkFault> {
        if self.len() + other.len() > MOST_RANGES {
            return Err(NetworkFault::TooMany);
        }
        self.four.extend(other.four);
        self.six.extend(other.six);
        Ok(self.ordered())
    }

    fn read<'a>(
        &mut self,
        line: &'a str,
        row: usize,
        operators: &mut BTreeMap<&'a str, Network>,
    ) -> Result<(), NetworkFault> {
        let mut cells = line.splitn(4, ',');
        let mut cell = |at: usize| {
            let column = COLUMNS[at];
            let missing = || NetworkFault::Cell { row, column, reason: "is missing".to_owned() };
            cells.next().map(|cell| cell.trim().trim_matches('"')).ok_or_else(missing)
        };
        let (start, end, number, name) = (cell(0)?, cell(1)?, cell(2)?, cell(3)?);
        let fault =
            |at: usize, reason: String| NetworkFault::Cell { row, column: COLUMNS[at], reason };
        let wrong = |at: usize, text: &str| fault(at, format!("\"{text}\" is no IP address"));
        let first = address(start).ok_or_else(|| wrong(0, start))?;
        let last = address(end).ok_or_else(|| wrong(1, end))?;
        if number.trim_start_matches("AS").parse::<u32>().is_err() {
            return Err(fault(2, format!("\"{number}\" is no number of an autonomous system")));
        }
        let network = *operators.entry(name).or_insert_with(|| Network::of_operator(name));
        match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) if first <= last => {
                self.four.push((first.into(), last.into(), network, 0));
            }
            (IpAddr::V6(first), IpAddr::V6(last)) if first <= last => {
                self.six.push((first.into(), last.into(), network, 0));
            }
            _ => return Err(fault(1, format!("{end} is before {start} or of another kind"))),
        }
        Ok(())
    }

    fn ordered(mut self) -> Networks {
        order(&mut self.four);
        order(&mut self.six);
        self
    }

    /// Whose network an address is of.
    #[must_use]
    pub fn of(&self, address: IpAddr) -> Network {
        match address {
            IpAddr::V4(address) => find(&self.four, u32::from(address)),
            IpAddr::V6(address) => match address.to_ipv4_mapped() {
                Some(address) => find(&self.four, u32::from(address)),
                None => find(&self.six, u128::from(address)),
            },
        }
    }

    /// Ranges held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.four.len() + self.six.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn address(text: &str) -> Option<IpAddr> {
    text.trim().trim_matches('"').parse().ok()
}

/// Sorts ranges, the wider of those that begin together first, and says of each which is around it.
fn order<A: Ord + Copy>(ranges: &mut [Range<A>]) {
    ranges.sort_unstable_by_key(|range| (range.0, Reverse(range.1), range.2));
    let mut open: Vec<(A, u32)> = Vec::new();
    for (place, range) in (1..).zip(ranges) {
        while open.pop_if(|last| last.0 < range.0).is_some() {}
        range.3 = open.last().map_or(0, |last| last.1);
        open.push((range.1, place));
    }
}

fn find<A: Ord + Copy>(ranges: &[Range<A>], address: A) -> Network {
    let mut place = ranges.partition_point(|range| range.0 <= address);
    while let Some(range) = place.checked_sub(1).and_then(|at| ranges.get(at)) {
        if address <= range.1 {
            return range.2;
        }
        place = range.3 as usize;
    }
    Network::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "start,end,asn,org\n\
        1.0.0.0,1.0.0.255,13335,\"Cloudflare, Inc.\"\n\
        36.128.0.0,36.191.255.255,9808,China Mobile Communications Group Co.\n\
        47.88.0.0,47.91.255.255,45102,Alibaba (US) Technology Co.\n\
        59.64.0.0,59.79.255.255,4538,China Education and Research Network Center\n\
        81.2.69.0,81.2.69.255,20712,Andrews & Arnold Ltd\n\
        2001:da8::,2001:da8:ffff:ffff:ffff:ffff:ffff:ffff,23910,Tsinghua University\r\n";

    #[test]
    fn addresses_are_found_in_their_ranges() {
        let networks = Networks::parse(TABLE).unwrap();
        assert_eq!(networks.len(), 6);
        for (address, network) in [
            ("1.0.0.0", Network::Hosting),
            ("36.191.255.255", Network::Carrier),
            ("47.90.1.1", Network::Hosting),
            ("59.64.0.0", Network::Campus),
            ("81.2.69.160", Network::Other),
            ("81.2.70.0", Network::Unknown),
            ("10.0.0.1", Network::Unknown),
            ("2001:da8::1", Network::Campus),
            ("2001:db8::1", Network::Unknown),
            ("::ffff:47.90.1.1", Network::Hosting),
        ] {
            assert_eq!(networks.of(address.parse().unwrap()), network, "{address}");
            assert_eq!(Network::from_code(network as u8), network);
        }
    }

    #[test]
    fn operators_are_known_by_words() {
        for (name, network) in [
            ("Hetzner Online GmbH", Network::Hosting),
            ("M247 Europe SRL", Network::Hosting),
            ("T-Mobile USA, Inc.", Network::Carrier),
            ("CHINA UNICOM China169 Backbone", Network::Carrier),
            ("China Telecom Cloud", Network::Hosting),
            ("Cernet2 IX at Tsinghua", Network::Campus),
            ("Automobile Club", Network::Other),
            ("Observer Media", Network::Other),
            ("", Network::Other),
        ] {
            assert_eq!(Network::of_operator(name), network, "{name}");
        }
    }

    #[test]
    fn a_bad_row_is_named() {
        let said = |text: &str| Networks::parse(text).unwrap_err().to_string();
        let good = "1.0.0.0,1.0.0.255,1,A\n";
        assert_eq!(
            said(&format!("{good}1.0.1.x,1.0.1.9,1,A")),
            "row 2, column start: \"1.0.1.x\" is no IP address"
        );
        assert_eq!(
            said(&format!("{good}1.0.2.0,1.0.1.9,1,A")),
            "row 2, column end: 1.0.1.9 is before 1.0.2.0 or of another kind"
        );
        assert_eq!(
            said(&format!("{good}1.0.2.0,1.0.2.9,AU")),
            "row 2, column organisation: is missing"
        );
        assert_eq!(
            said(&format!("{good}1.0.2.0,1.0.2.9,x,A")),
            "row 2, column asn: \"x\" is no number of an autonomous system"
        );
    }

    #[test]
    fn of_ranges_in_each_other_the_last_to_begin_stands() {
        let wide = Networks::parse("1.0.0.0,1.0.0.255,1,China Mobile\n").unwrap();
        let narrow = Networks::parse("1.0.0.16,1.0.0.31,2,Hetzner\n").unwrap();
        let both = narrow.join(wide).unwrap();
        assert_eq!(both.of("1.0.0.20".parse().unwrap()), Network::Hosting);
        assert_eq!(both.of("1.0.0.2".parse().unwrap()), Network::Carrier);
        assert_eq!(both.of("1.0.0.40".parse().unwrap()), Network::Carrier);
        assert_eq!(both.of("1.0.1.0".parse().unwrap()), Network::Unknown);
        let together = "1.0.0.0,1.0.0.255,1,China Mobile\n1.0.0.0,1.0.0.15,2,Hetzner\n\
            1.0.0.8,1.0.0.63,3,Tsinghua University\n";
        let together = Networks::parse(together).unwrap();
        for (address, network) in [
            ("1.0.0.1", Network::Hosting),
            ("1.0.0.9", Network::Campus),
            ("1.0.0.20", Network::Campus),
            ("1.0.0.64", Network::Carrier),
        ] {
            assert_eq!(together.of(address.parse().unwrap()), network, "{address}");
        }
    }
}
