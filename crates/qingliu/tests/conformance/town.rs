//! A small market in which everything is planted that no scheme of the simulator shows, beside the people of whom it has to
//! stand out: 1,200 buyers of eight cities, forty shops, and videos that the whole country likes.

use super::support::{COLUMNS, Row};

/// Kinds of client, of which nobody's is told apart from others'.
const AGENT: &str = "Mozilla/5.0 (Linux; Android 14; 2304FPN6DC) AppleWebKit/537.36";
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const START: i64 = 1_778_000_000;
const CITIES: [&str; 8] =
    ["110105", "310104", "440106", "510104", "330106", "420106", "610104", "370102"];
const SHOPS: u64 = 40;
const BUYERS: u64 = 1_200;
/// Whose addresses these are: `--networks` reads it.
pub const NETWORKS: &str = "start,end,asn,organisation\n\
     10.0.0.0,10.255.255.255,1,Town Net\n47.90.0.0,47.90.255.255,2,Rented Hosting\n";
/// Numbers of provinces and how many millions live there.
const PROVINCES: [(u64, u64); 31] = [
    (11, 22),
    (12, 14),
    (13, 75),
    (14, 35),
    (15, 24),
    (21, 43),
    (22, 24),
    (23, 32),
    (31, 25),
    (32, 85),
    (33, 65),
    (34, 61),
    (35, 42),
    (36, 45),
    (37, 102),
    (41, 99),
    (42, 58),
    (43, 66),
    (44, 126),
    (45, 50),
    (46, 10),
    (50, 32),
    (51, 84),
    (52, 39),
    (53, 47),
    (54, 4),
    (61, 40),
    (62, 25),
    (63, 6),
    (64, 7),
    (65, 26),
];
/// A page that brings calls to a number that is none of the maker's.
const DOORWAY: &str = "格林峰热水器全国24小时服务热线400-000-1122\n\
     格林峰热水器官方售后服务电话:400-000-1122\n格林峰热水器维修电话(点击拨打)400-000-1122\n\
     格林峰热水器全国统一客服热线 400-000-1122\n格林峰热水器厂家售后报修电话 400-000-1122\n\
     格林峰热水器上门维修服务中心\n格林峰热水器人工客服24小时在线 400-000-1122";

/// A stream of seeded numbers, enough for a test.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// A cell by its column's name.
type Cell<'a> = (&'a str, String);

struct Town {
    dice: Dice,
    rows: Vec<(i64, Row)>,
}

/// An order and its parcel.
#[derive(Clone)]
struct Order {
    buyer: String,
    shop: u64,
    card: String,
    address: String,
    device: String,
    /// Points where the parcel went in and was signed for, and the city of either.
    from: (String, u64),
    to: (String, u64),
    /// When it was signed for, in seconds after the start.
    signed: i64,
    stars: Option<u64>,
}

impl Town {
    fn put(&mut self, second: i64, kind: &str, cells: &[Cell<'_>]) {
        let mut row = Row::default();
        row[0] = format!("t{}", self.rows.len());
        let time = chrono::DateTime::from_timestamp(START + second, 0).unwrap();
        row[1] = time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        row[2] = kind.to_owned();
        for (name, cell) in cells {
            row[COLUMNS.iter().position(|column| column == name).unwrap()] = cell.clone();
        }
        self.rows.push((second, row));
    }

    fn login(&mut self, account: &str, city: u64, more: &[Cell<'_>]) {
        let mut cells = vec![
            ("actor", account.to_owned()),
            ("agent", AGENT.to_owned()),
            ("region", CITIES[city as usize].to_owned()),
        ];
        cells.extend_from_slice(more);
        self.put(0, "login", &cells);
    }

    /// A parcel from the shop's own outlet to the buyer's city; one in twenty goes to friends elsewhere.
    fn honest(&mut self, buyer: u64) -> Order {
        let shop = self.dice.below(SHOPS);
        let gift = self.dice.below(20) == 0;
        let day = 3 + self.dice.below(20) as i64;
        let friend = self.dice.below(9_000);
        let city = if gift { self.dice.below(8) } else { buyer % 8 };
        let stars = [5, 5, 5, 5, 5, 5, 4, 4, 3, 1][self.dice.below(10) as usize];
        Order {
            buyer: format!("p{buyer}"),
            shop,
            card: format!("card-p{buyer}"),
            address: if gift { format!("friend{friend}") } else { format!("home{buyer}") },
            device: format!("phone-p{buyer}"),
            from: (format!("out{}-{}", shop % 8, shop % 3), shop % 8),
            to: (format!("door{city}"), city),
            signed: day * DAY + 9 * HOUR + self.dice.below(9 * 3_600) as i64,
            stars: (self.dice.below(4) == 0).then_some(stars),
        }
    }

    /// Everything of an order, and when it was, or would have been, praised.
    fn order(&mut self, order: &Order) -> i64 {
        let number = format!("o{}", self.rows.len());
        let shop = format!("shop{}", order.shop);
        let goods = format!("goods{}-{}", order.shop, self.dice.below(8));
        let amount = (800 + 10 * ((order.shop * 977) % 900)).to_string();
        let of = |kind: &str| (kind.to_owned(), number.clone());
        let sold = [
            ("actor", order.buyer.clone()),
            ("subject", goods),
            ("owner", shop),
            ("order", of("order").1),
            ("amount", amount),
            ("payment", order.card.clone()),
            ("address", order.address.clone()),
            ("device", order.device.clone()),
            ("region", CITIES[order.to.1 as usize].to_owned()),
        ];
        self.put(order.signed - 3 * DAY, "order", &sold);
        let scans = [
            ("collected", 48, &order.from.0, order.from.1),
            ("arrived", 10, &format!("centre{}", order.to.1), order.to.1),
            ("delivering", 2, &order.to.0, order.to.1),
            ("signed", 0, &order.to.0, order.to.1),
        ];
        for (status, hours, point, city) in scans {
            let scan = [
                ("order", number.clone()),
                ("parcel", format!("P{number}")),
                ("point", point.clone()),
                ("status", status.to_owned()),
                ("region", CITIES[city as usize].to_owned()),
            ];
            self.put(order.signed - hours * HOUR, "scan", &scan);
        }
        let said = order.signed + DAY;
        if let Some(stars) = order.stars {
            let review = [&sold[..4], &[("rating", stars.to_string())]].concat();
            self.put(said, "review", &review);
        }
        said
    }

    fn people(&mut self) {
        for buyer in 1..=BUYERS {
            let cells = [
                ("device", format!("phone-p{buyer}")),
                ("ip", format!("10.{}.{}.7", buyer / 200, buyer % 200)),
                ("phone", format!("138{buyer:04}{:04}", buyer * 37 % 10_000)),
            ];
            self.login(&format!("p{buyer}"), buyer % 8, &cells);
            for _ in 0..1 + self.dice.below(4) {
                let order = self.honest(buyer);
                self.order(&order);
            }
        }
    }

    /// LOG06: strangers to a city, who sign at one of its desks within the same minutes.
    fn strangers(&mut self) {
        for buyer in 1..=40 {
            let name = format!("stranger{buyer}");
            self.login(&name, 1 + buyer % 7, &[]);
            for shop in 0..4 {
                let day = 3 + self.dice.below(20) as i64;
                let moment = self.dice.below(240) as i64;
                self.order(&Order {
                    buyer: name.clone(),
                    shop,
                    card: format!("card-s{}", buyer % 12),
                    address: format!("desk{buyer}"),
                    device: format!("phone-{name}"),
                    from: (format!("out{}-{shop}", shop % 8), shop % 8),
                    to: ("door0".to_owned(), 0),
                    signed: day * DAY + 14 * HOUR + moment,
                    stars: None,
                });
            }
        }
    }

    /// LOG05: accounts to which one hand deals out homes, cards and telephones, and whose parcels are signed for where they went in.
    fn nest(&mut self) {
        for place in 0..40 {
            let draw = |salt: u64, of: u64| (place * 2_654_435_761 + salt * 40_503) / 7 % of;
            for _ in 0..3 {
                let honest = self.honest(place);
                self.order(&Order {
                    buyer: format!("nest{place}"),
                    address: format!("dealt{}", draw(1, 6)),
                    card: format!("card-dealt{}", draw(2, 5)),
                    device: format!("phone-dealt{}", draw(3, 6)),
                    to: honest.from.clone(),
                    stars: None,
                    ..honest
                });
            }
        }
    }

    /// PAY04: a shop's buyers of whom many write, and those with five stars are paid a little for it.
    fn thanks(&mut self) {
        for buyer in 1..=120 {
            let fair = [5, 5, 5, 5, 5, 5, 4, 4, 3, 1][self.dice.below(10) as usize];
            let stars = (self.dice.below(3) > 0).then_some(fair);
            let order = Order { shop: 13, stars, ..self.honest(buyer) };
            let said = self.order(&order);
            if stars == Some(5) {
                let paid = [
                    ("actor", order.buyer.clone()),
                    ("counterparty", "purse".to_owned()),
                    ("amount", "300".to_owned()),
                ];
                self.put(said + DAY / 2, "payout", &paid);
            }
        }
    }

    /// PAY07: accounts that order again and again at one shop and have all of it paid back.
    fn undo(&mut self) {
        for place in 0..42 {
            let order = self.honest(300 + place);
            let number = format!("o{}", self.rows.len());
            let said = self.order(&Order {
                buyer: format!("undo{}", place % 14),
                shop: 21,
                device: format!("phone-undo{}", place % 14),
                card: format!("card-undo{}", place % 14),
                stars: None,
                ..order
            });
            let refund = [
                ("actor", format!("undo{}", place % 14)),
                ("owner", "shop21".to_owned()),
                ("order", number),
                ("amount", (800 + 10 * ((21 * 977) % 900)).to_string()),
            ];
            self.put(said, "refund", &refund);
        }
    }

    /// SEQ03: what everybody likes, and one thing that is liked as often in every province.
    fn country(&mut self) {
        let all: u64 = PROVINCES.iter().map(|province| province.1).sum();
        for video in 0..60 {
            let even = video == 0;
            for _ in 0..if even { 620 } else { 40 + self.dice.below(200) } {
                let mut left = self.dice.below(all);
                let by_people = PROVINCES.iter().position(|province| {
                    let here = left < province.1;
                    left = left.saturating_sub(province.1);
                    here
                });
                let evenly = self.dice.below(31) as usize;
                let place = if even { evenly } else { by_people.unwrap() };
                let like = [
                    ("subject", format!("video{video}")),
                    ("owner", format!("creator{video}")),
                    ("region", format!("{}0100", PROVINCES[place].0)),
                ];
                let second = self.dice.below(20 * 86_400) as i64;
                self.put(second, "vote", &like);
            }
        }
    }

    /// VEL01, SEQ01: a flood by one account, and one that acts by a timer.
    fn machines(&mut self) {
        let act = |account: &str, subject: u64| {
            [("actor", account.to_owned()), ("subject", format!("video{}", subject % 60))]
        };
        for n in 0..5_000 {
            self.put(5 * DAY + n / 50, "view", &act("flood", 3));
        }
        for n in 0..80 {
            self.put(2 * DAY + 97 * n, "search", &act("timer", n as u64));
        }
    }

    /// VEL03, VEL04: a thousand accounts of one address, and as many that like one thing within the hour.
    fn address(&mut self) {
        for n in 0..1_000 {
            let view = [
                ("actor", format!("p{}", 1 + n % BUYERS)),
                ("subject", "video7".to_owned()),
                ("ip", "10.9.9.9".to_owned()),
            ];
            self.put(6 * DAY + 3 * n as i64, "view", &view);
            let like = [view[0].clone(), ("subject", "video9".to_owned())];
            self.put(8 * DAY + 3 * n as i64, "like", &like);
        }
    }

    /// NET03, MEM02, TXT01: few who come from rented machines or with numbers of machines, and one who writes doorways.
    fn few(&mut self) {
        for n in 0..6 {
            let cells = [("ip", format!("47.90.3.{n}")), ("device", format!("rented{n}"))];
            self.login(&format!("rented{n}"), n, &cells);
            self.login(&format!("card{n}"), n, &[("phone", format!("1701234{n:04}"))]);
        }
        for n in 0..3 {
            let said = [
                ("actor", "doorway".to_owned()),
                ("subject", format!("video{n}")),
                ("text", DOORWAY.to_owned()),
            ];
            self.put(n * DAY, "comment", &said);
        }
    }

    /// TXT07: a writer without doubts among those who have some, as [`writers`] has them.
    fn writers(&mut self) {
        for n in 0..60 {
            let (fake, said) = written(n);
            let by = if fake { "machine".to_owned() } else { format!("p{}", n + 1) };
            let said = [("actor", by), ("subject", format!("video{}", n % 60)), ("text", said)];
            self.put(n as i64 * HOUR, "comment", &said);
        }
    }
}

/// Something that one of two writers says, and whether it is the one without doubts.
fn written(n: u64) -> (bool, String) {
    let nouns = ["box", "strap", "lamp", "cable", "cover", "case", "stand"];
    let draw = |salt: u64| (n * 2_654_435_761 + salt * 40_503) / 64;
    let (noun, other) = (nouns[(draw(1) % 7) as usize], nouns[(draw(2) % 7) as usize]);
    match n.is_multiple_of(2) {
        true => (true, format!("This {noun} is great, and the {other} is great.")),
        false => (false, format!("not sure about this {noun}  (number {n}) but {other} ok")),
    }
}

/// Labelled texts of both writers, from which `train texts` learns to tell them apart.
pub fn writers() -> String {
    let mut table = String::from("words,by\n");
    for n in 1_000..1_400 {
        let (fake, said) = written(n);
        table.push_str(&format!("\"{said}\",{}\n", if fake { "fake" } else { "genuine" }));
    }
    table
}

/// The whole town, in the order of time.
pub fn rows() -> Vec<Row> {
    let mut town = Town { dice: Dice(11), rows: Vec::new() };
    town.people();
    town.strangers();
    town.nest();
    town.thanks();
    town.undo();
    town.country();
    town.machines();
    town.address();
    town.few();
    town.writers();
    town.rows.sort_by_key(|row| row.0);
    town.rows.into_iter().map(|row| row.1).collect()
}
