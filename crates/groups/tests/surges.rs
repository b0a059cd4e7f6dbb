//! Surges: a bought wave of reviews is a crew, and the waves that people make are not. Small shops over two weeks.

mod lots;

use events::{Event, EventTime, Key, Kind};
use groups::{Activity, Examination, Group, Ledger, Limits, judge, search};
use lots::Lots;
use policy::{Policy, Verdict};

const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

/// What honest people say: a few hundred phrases, hardly two alike in one place.
fn words(lots: &mut Lots) -> String {
    const ABOUT: [&str; 16] = [
        "颜色",
        "包装",
        "味道",
        "物流",
        "客服",
        "尺寸",
        "面料",
        "做工",
        "价格",
        "手感",
        "声音",
        "电池",
        "说明书",
        "盖子",
        "拉链",
        "按键",
    ];
    const HOW: [&str; 12] = [
        "不错",
        "还行",
        "一般",
        "很好",
        "出乎意料",
        "满意",
        "有点小问题",
        "比上次好",
        "挺喜欢",
        "可以接受",
        "没话说",
        "正常",
    ];
    let mut text = String::new();
    for _ in 0..1 + lots.below(3) {
        text.push_str(ABOUT[lots.below(16) as usize]);
        text.push_str(HOW[lots.below(12) as usize]);
        text.push('，');
    }
    text
}

/// Six phrases handed to the writers of one job, of which each text has three.
fn handed(lots: &mut Lots, job: u64) -> String {
    let mut text = String::new();
    let first = lots.below(6);
    for step in 0..3 {
        text.push_str(&format!("第{job}号说法{}", (first + step * (1 + lots.below(2))) % 6));
        text.push('。');
    }
    text
}

#[derive(Default)]
struct Town {
    events: Vec<(Event, String)>,
}

impl Town {
    fn add(&mut self, who: &str, kind: Kind, what: &str, second: u64, text: String) {
        let owner = what.split('-').next().unwrap_or(what);
        let event = Event {
            id: Key(self.events.len() as u64 + 1),
            time: EventTime((1_700_000_000 + second as i64) * EventTime::SECOND),
            kind,
            actor: Key::of(who),
            subject: if matches!(kind, Kind::Register) { Key::NONE } else { Key::of(what) },
            owner: if matches!(kind, Kind::Register) { Key::NONE } else { Key::of(owner) },
            ..Event::default()
        };
        self.events.push((event, text));
    }

    fn see(&mut self, who: &str, kind: Kind, what: &str, second: u64) {
        self.add(who, Kind::View, what, second, String::new());
        self.add(who, kind, what, second + 20, String::new());
    }

    fn rate(&mut self, who: &str, what: &str, second: u64, stars: f32, text: String) {
        self.add(who, Kind::Review, what, second, text);
        if let Some((event, _)) = self.events.last_mut() {
            event.rating = Some(stars);
        }
    }

    /// 900 people who look, like, buy and review what they bought.
    fn people(&mut self, lots: &mut Lots) {
        for person in 0..900 {
            let who = format!("p{person}");
            for _ in 0..8 {
                let what = format!("s{}-{}", lots.below(60), lots.below(4));
                self.see(&who, Kind::Like, &what, lots.below(14 * DAY));
            }
            for _ in 0..3 {
                let what = format!("s{}-{}", lots.below(60), lots.below(4));
                let when = lots.below(11 * DAY);
                self.see(&who, Kind::Order, &what, when);
                let later = when + DAY + lots.below(2 * DAY);
                self.add(&who, Kind::Review, &what, later, words(lots));
                if lots.one_in(2) {
                    let what = format!("s{}-0", lots.below(60));
                    let later = lots.below(14 * DAY);
                    self.add(&who, Kind::Review, &what, later, words(lots));
                }
            }
        }
    }

    fn judged(&self, parts: usize) -> Vec<Group> {
        let mut events: Vec<&(Event, String)> = self.events.iter().collect();
        events.sort_by_key(|event| (event.0.time, event.0.id));
        let mut activities: Vec<Activity> = (0..parts).map(|_| Activity::new(false)).collect();
        for (event, _) in &events {
            activities[event.actor.0 as usize % parts].observe(event);
        }
        let search = search(Ledger::of(activities), parts, Limits::default());
        let mut looks = vec![Examination::new(&search); parts];
        for (number, (event, text)) in events.iter().rev().enumerate() {
            looks[number % parts].observe(event, text);
        }
        let look = looks.into_iter().reduce(|mut all, part| {
            all.join(part);
            all
        });
        judge(&search, &look.expect("at least one part"))
    }

    /// Accounts that some group calls fake.
    fn called(&self) -> Vec<Key> {
        let groups = self.judged(2);
        let fake = |group: &&Group| Policy::default().group(&group.classes()).0 == Verdict::Fake;
        let mut called: Vec<Key> =
            groups.iter().filter(fake).flat_map(|g| g.members.iter().map(|m| m.account)).collect();
        called.sort_unstable();
        called.dedup();
        called
    }
}

fn town(seed: u64) -> (Town, Lots) {
    let (mut town, mut lots) = (Town::default(), Lots(seed));
    town.people(&mut lots);
    (town, lots)
}

/// A studio of forty with five jobs of about twenty reviews within a day, most accounts in two or three of them.
fn campaign(town: &mut Town, lots: &mut Lots) {
    for writer in 0..40 {
        let who = format!("w{writer}");
        for _ in 0..3 {
            let what = format!("s{}-{}", lots.below(60), lots.below(4));
            town.see(&who, Kind::Like, &what, lots.below(14 * DAY));
        }
        for job in 0..5u64 {
            if !lots.one_in(2) {
                let when = (2 + job * 2) * DAY + lots.below(DAY);
                let what = format!("s{}-1", 50 + job);
                town.add(&who, Kind::Review, &what, when, handed(lots, job));
            }
        }
    }
}

#[test]
fn a_bought_wave_of_reviews_is_found_and_nobody_else() {
    let (mut town, mut lots) = town(11);
    campaign(&mut town, &mut lots);
    let called = town.called();
    let writers: Vec<Key> = (0..40).map(|writer| Key::of(&format!("w{writer}"))).collect();
    let found = writers.iter().filter(|writer| called.binary_search(writer).is_ok()).count();
    assert!(found >= 36, "{found} of 40");
    assert_eq!(called.len(), found, "somebody honest is accused");
}

#[test]
fn a_live_stream_with_its_shouts_is_a_crowd() {
    let (mut town, mut lots) = town(12);
    const SHOUTS: [&str; 5] = ["上链接", "已拍，已拍", "666", "来了来了", "主播好美，上链接"];
    for evening in 0..4u64 {
        for fan in 0..180 {
            let who = format!("p{}", (fan * 5 + evening) % 900);
            let when = (3 + evening * 2) * DAY + 20 * HOUR + lots.below(HOUR);
            town.see(&who, Kind::Like, &format!("live{evening}-{evening}"), when);
            for shout in 0..2 {
                let text = SHOUTS[lots.below(5) as usize].to_string();
                let at = when + 40 + shout * MINUTE;
                town.add(&who, Kind::Comment, &format!("live{evening}-{evening}"), at, text);
            }
        }
    }
    assert_eq!(town.called(), []);
}

#[test]
fn a_flash_sale_and_its_reviews_are_a_crowd() {
    let (mut town, mut lots) = town(13);
    for sale in 0..3u64 {
        for buyer in 0..150 {
            let who = format!("p{}", (buyer * 6 + sale) % 900);
            let when = (2 + sale * 3) * DAY + 20 * HOUR + lots.below(3 * MINUTE);
            town.see(&who, Kind::Order, &format!("s{}-0", 20 + sale), when);
            let text = match lots.below(3) {
                0 => "此用户没有填写评价。".to_string(),
                1 => "好评，物美价廉".to_string(),
                _ => words(&mut lots),
            };
            let later = when + DAY + lots.below(20 * HOUR);
            town.add(&who, Kind::Review, &format!("s{}-0", 20 + sale), later, text);
        }
    }
    assert_eq!(town.called(), []);
}

/// What people say who are disappointed: few phrases, since few are.
fn complaint(lots: &mut Lots) -> String {
    const WRONG: [&str; 10] = [
        "掉色严重",
        "漏液了",
        "收到是坏的",
        "和描述不符",
        "发错货",
        "缝线开了",
        "味道很冲",
        "拆开少东西",
        "完全不能用",
        "不推荐",
    ];
    let first = lots.below(10);
    let second = (first + 1 + lots.below(9)) % 10;
    format!("{}，{}", WRONG[first as usize], WRONG[second as usize])
}

/// A town where buyers complain now and then, with the worst that is said of anybody when more do.
fn worst_said_of(add: impl Fn(&mut Town, &mut Lots)) -> Option<Verdict> {
    let (mut town, mut lots) = town(18);
    for unlucky in 0..120 {
        let (who, what) = (format!("p{}", unlucky * 7), format!("s{}-1", lots.below(60)));
        let when = lots.below(10 * DAY);
        town.see(&who, Kind::Order, &what, when);
        town.rate(&who, &what, when + DAY, 1.0, complaint(&mut lots));
    }
    add(&mut town, &mut lots);
    town.judged(2).iter().map(|group| Policy::default().group(&group.classes()).0).max()
}

#[test]
fn buyers_of_one_bad_batch_are_not_even_suspect() {
    let worst = worst_said_of(|town, lots| {
        for buyer in 0..45 {
            let who = format!("p{}", buyer * 17);
            town.see(&who, Kind::Order, "s30-3", 5 * DAY + lots.below(DAY));
            let when = 8 * DAY + lots.below(30 * HOUR);
            town.rate(&who, "s30-3", when, 1.0, complaint(lots));
        }
    });
    assert!(worst.is_none_or(|worst| worst == Verdict::Genuine), "{worst:?}");
}

#[test]
fn who_was_sent_a_sample_without_an_order_is_not_even_suspect() {
    let worst = worst_said_of(|town, lots| {
        for guest in 0..45 {
            let (who, when) = (format!("p{}", guest * 17), 8 * DAY + lots.below(30 * HOUR));
            town.rate(&who, "s30-3", when, 1.0, complaint(lots));
        }
    });
    assert!(worst.is_none_or(|worst| worst == Verdict::Genuine), "{worst:?}");
}

#[test]
fn a_video_that_catches_on_is_a_crowd() {
    let (mut town, mut lots) = town(14);
    for viewer in 0..300 {
        // Half of them came to the platform for it.
        let new = viewer % 2 == 0;
        let who = if new { format!("n{viewer}") } else { format!("p{}", viewer * 3) };
        let when = 6 * DAY + lots.below(20 * HOUR);
        if new {
            town.add(&who, Kind::Register, "", when - MINUTE, String::new());
        }
        town.see(&who, Kind::Like, "star-1", when);
        if lots.one_in(3) {
            town.add(
                &who,
                Kind::Comment,
                "star-1",
                when + 60,
                format!("{}，笑死", words(&mut lots)),
            );
        }
        if lots.one_in(4) {
            town.add(&who, Kind::Share, "star-1", when + 90, String::new());
        }
        if new && lots.one_in(2) {
            let again = when + DAY + lots.below(2 * DAY);
            town.see(&who, Kind::Like, "star-2", again);
        }
    }
    assert_eq!(town.called(), []);
}

#[test]
fn newcomers_at_a_stand_and_their_suggestions_are_a_crowd() {
    let (mut town, mut lots) = town(15);
    for guest in 0..120 {
        let who = format!("g{guest}");
        let when = 5 * DAY + 10 * HOUR + guest * 3 * MINUTE;
        town.add(&who, Kind::Register, "", when, String::new());
        town.add(&who, Kind::Join, "club-0", when + 30, String::new());
        for suggested in 0..8 {
            let owner = format!("u{suggested}-x");
            if !lots.one_in(3) {
                town.add(&who, Kind::Follow, &owner, when + 60 + suggested * 3, String::new());
            }
        }
    }
    assert_eq!(town.called(), []);
}

#[test]
fn a_fan_club_is_a_crowd() {
    let (mut town, mut lots) = town(16);
    for video in 0..6u64 {
        for fan in 0..60 {
            if lots.one_in(3) {
                continue;
            }
            let when = (1 + video * 2) * DAY + 12 * HOUR + lots.below(4 * HOUR);
            let who = format!("p{}", fan * 7);
            town.see(&who, Kind::Like, &format!("idol-{video}"), when);
            let text = "宝贝加油，永远支持你".to_string();
            town.add(&who, Kind::Comment, &format!("idol-{video}"), when + 50, text);
        }
    }
    assert_eq!(town.called(), []);
}

/// A circle of forty that reads five books in two weeks, buys them and says of each what it is and how it was.
fn readers(town: &mut Town, lots: &mut Lots, sign: &str) {
    const BOOK: [&str; 9] =
        ["开头慢", "结尾好", "译笔顺", "人物活", "字太小", "读了两遍", "想送人", "哭了", "有嚼头"];
    for book in 0..5u64 {
        for reader in 0..40 {
            if lots.one_in(5) {
                continue;
            }
            let (who, what) = (format!("p{}", reader * 11), format!("s{}-1", 40 + book));
            let when = book * 2 * DAY + lots.below(2 * DAY);
            town.see(&who, Kind::Order, &what, when);
            let (one, other) = (lots.below(9), lots.below(9));
            let text = format!("{sign}{}，{}", BOOK[one as usize], BOOK[other as usize]);
            town.rate(&who, &what, when + DAY + lots.below(DAY), 5.0, text);
        }
    }
}

#[test]
fn a_reading_circle_that_names_itself_is_not_accused() {
    let called = |sign: &str| {
        let (mut town, mut lots) = town(19);
        readers(&mut town, &mut lots, sign);
        town.called().len()
    };
    assert_eq!(called("本周共读，"), 0);
    // Who says the same at five shops without any reason to is what a crew looks like.
    assert!(called("") > 30);
}

#[test]
fn who_is_angry_at_one_update_is_not_accused() {
    let (mut town, mut lots) = town(20);
    for user in 0..200 {
        let (who, when) = (format!("p{}", user * 4), 8 * DAY + lots.below(30 * HOUR));
        let text = match lots.below(4) {
            0 => format!("什么破更新，闪退，{}", complaint(&mut lots)),
            1 => "更新后打不开".to_string(),
            _ => "闪退".to_string(),
        };
        town.rate(&who, "s30-3", when, 1.0, text);
    }
    assert_eq!(town.called(), []);
}

/// A town with seventy who order three things on every day, five days of seven; people pay 30 for what they order.
fn hunters(amount: i64, led: bool) -> Vec<Key> {
    let (mut town, mut lots) = town(21);
    for (event, _) in town.events.iter_mut().filter(|event| event.0.kind == Kind::Order) {
        event.amount = Some(3_000);
    }
    for day in 0..14 {
        let listed: Vec<String> =
            (0..3).map(|_| format!("s{}-{}", lots.below(60), lots.below(4))).collect();
        for hunter in (0..70).filter(|hunter| (hunter + day * 3) % 7 < 5) {
            let mut when = day * DAY + 8 * HOUR + lots.below(2 * HOUR);
            for what in &listed {
                town.see(&format!("p{}", hunter * 11), Kind::Order, what, when);
                let [.., (view, _), (order, _)] = &mut town.events[..] else { continue };
                order.amount = Some(amount);
                let source = if led { "share:p3" } else { "feed" };
                let channel = source.split(':').next().unwrap_or(source);
                (view.channel, view.source) = (Key::of(channel), Key::of(source));
                when += 40;
            }
        }
    }
    town.called()
}

#[test]
fn who_takes_what_a_list_says_is_free_is_not_accused() {
    assert_eq!(hunters(0, false), []);
    assert_eq!(hunters(1, false), []);
}

#[test]
fn neighbours_who_order_what_one_of_them_sends_round_are_not_accused() {
    assert_eq!(hunters(3_000, true), []);
    // Seventy who do so unasked, day after day, are sent.
    assert!(hunters(3_000, false).len() > 60);
}

#[test]
fn what_is_found_does_not_depend_on_who_looked_or_when() {
    let (mut town, mut lots) = town(17);
    campaign(&mut town, &mut lots);
    let of = |parts: usize| format!("{:?}", town.judged(parts));
    assert_eq!(of(1), of(3));
}
