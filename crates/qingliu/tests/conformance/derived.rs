//! The bits and the score of a finding, worked out again from its evidence by what its page says, not by the program's own code
//! where that is more than a tail probability.
//!
//! Two ways. Most evidence holds the numbers of a test, which give the bits. What streams by is held against what is usual among
//! the keys of the table, so that is counted again from the events. The accounts and counts that the evidence of crews of orders and of
//! nests names are found again among the events as well.

use super::codes::{Shown, promise};
use super::world::{Found, World, bare, schemes, town};
use detectors::chance::{bits_at_least, bits_at_most, bits_binomial, bits_clustered, ln_gamma};
use detectors::{CATALOGUE, Class, mem03, mem05, rev02, rev03, seq03, settle};
use std::collections::BTreeSet;

/// The most of a test: nothing observed can mean more.
const MOST: f64 = 1_000.0;
/// The policy's prior against a group, and what text evidence, opinions and provinces have to overcome, in bits.
const PRIOR: f64 = 6.0;
const STANDS: f64 = 10.0;

fn logistic(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

fn scored(bits: f64) -> (f64, f64) {
    (bits, logistic(bits))
}

/// What streams by, against what is usual.
pub fn by_usual(found: &Found, world: &World) -> (f64, f64) {
    let mut again = vec![bare(found)];
    settle(&world.usual, &mut again);
    let again = again.first().unwrap_or_else(|| panic!("does not stand: {}", found.told()));
    (f64::from(again.bits), f64::from(again.score))
}

/// A sign that hardly any account shows; or, of NET02, what streams by.
pub fn by_sign(found: &Found, world: &World) -> (f64, f64) {
    let Some(known) = found.get("accounts_known") else { return by_usual(found, world) };
    let rarity = -((found.value("accounts_alike") + 1.0) / (known + 2.0)).log2();
    let bits = rarity.min(found.value("most_bits"));
    (bits, 1.0 - (-bits).exp2())
}

/// Grounds of a text add up.
pub fn by_grounds(found: &Found, _: &World) -> (f64, f64) {
    let bits = found.evidence.iter().filter(|entry| entry.0.ends_with("_bits")).map(|e| e.1).sum();
    (bits, logistic(bits - STANDS))
}

pub fn txt07(found: &Found, _: &World) -> (f64, f64) {
    let price = (found.value("read") / found.value("reaching")).log2();
    assert!((price - found.value("price_bits")).abs() < 1e-9, "{}", found.told());
    let bits = found.value("reached_bits") - price;
    (bits, logistic(bits - 99_f64.log2()))
}

pub fn rev01(found: &Found, _: &World) -> (f64, f64) {
    scored((found.value("told_bits") - found.value("price_bits")).min(MOST))
}

pub fn rev02(found: &Found, _: &World) -> (f64, f64) {
    let (shift, attack) = rev02::derive(&found.evidence).unwrap();
    assert!((shift - found.value("shift_bits")).abs() < 1e-6, "{}", found.told());
    (attack.max(0.0), logistic(attack - STANDS))
}

pub fn rev03(found: &Found, _: &World) -> (f64, f64) {
    const EACH: f64 = 12.0;
    let (deviation, money) = rev03::derive(&found.evidence).unwrap();
    let bits = deviation.min(EACH) + money.min(EACH) - found.value("price_bits");
    (bits, logistic(bits - STANDS))
}

pub fn mem01(found: &Found, _: &World) -> (f64, f64) {
    let spoke = ["silent_bits", "rhythm_bits", "software_bits", "change_bits", "number_bits"];
    let told: f64 = spoke.iter().map(|name| found.value(name)).sum();
    scored(told - found.value("untried_bits") - found.value("price_bits"))
}

pub fn mem03(found: &Found, _: &World) -> (f64, f64) {
    scored(mem03::derive(&found.evidence).unwrap())
}

pub fn mem05(found: &Found, _: &World) -> (f64, f64) {
    let bits = mem05::derive(&found.evidence).unwrap();
    (bits, f64::from(mem05::score(bits)))
}

pub fn seq03(found: &Found, _: &World) -> (f64, f64) {
    let [even, regular] = seq03::derive(&found.evidence).unwrap();
    let bits = even.max(regular) - found.value("price_bits");
    (bits, logistic(bits - STANDS))
}

/// A member's bits are those of the group's table; the group's are its classes' beyond the prior.
pub fn syn01(found: &Found, world: &World) -> (f64, f64) {
    const CLASSES: [Class; 8] = [
        Class::Synchrony,
        Class::Infrastructure,
        Class::Content,
        Class::Path,
        Class::Logistics,
        Class::Money,
        Class::Registration,
        Class::Device,
    ];
    let (bits, members) = &world.groups[&(found.value("group") as i32)];
    let classes = CLASSES.iter().filter_map(|class| found.get(class.bits_name()));
    let told = classes.sum::<f64>() - PRIOR;
    assert!((told - found.value("group_bits")).abs() < 1e-3, "{}", found.told());
    assert!((told - bits).abs() < 1e-3 && members.len() as f64 == found.value("group_members"));
    (members[&found.subject], logistic(told))
}

/// More than others lead to expect, by a negative binomial and by a binomial: what says less stands.
fn beyond(shown: f64, of: f64, expected: f64, alike: f64) -> f64 {
    bits_at_least(shown, expected, alike).min(bits_binomial(shown, of, expected / of.max(1.0)))
}

fn excess(found: &Found, [shown, of, expected]: [&str; 3]) -> f64 {
    let [shown, of, expected] = [shown, of, expected].map(|name| found.value(name));
    beyond(shown, of, expected, found.value("alike")) - found.value("price_bits")
}

pub fn log03(found: &Found, _: &World) -> (f64, f64) {
    scored(excess(found, ["light", "weighed", "expected"]))
}

pub fn pay02(found: &Found, _: &World) -> (f64, f64) {
    scored(excess(found, ["turns", "orders", "expected"]))
}

/// Of several traits the strongest speaks, which one of them has to be.
pub fn by_traits(found: &Found, _: &World) -> (f64, f64) {
    let traits = found.evidence.iter().filter_map(|entry| entry.0.strip_suffix("_expected"));
    let each = traits.map(|name| {
        let (of, expected) = (format!("{name}_of"), format!("{name}_expected"));
        excess(found, [name, &of, &expected])
    });
    let off = |bits: f64| (bits - found.bits).abs();
    scored(each.min_by(|x, y| off(*x).total_cmp(&off(*y))).unwrap())
}

pub fn pay03(found: &Found, _: &World) -> (f64, f64) {
    let each = |shown: &str, of: &str| {
        let (expected, alike) = (format!("{shown}_expected"), format!("{shown}_alike"));
        beyond(found.value(shown), found.value(of), found.value(&expected), found.value(&alike))
    };
    let told = each("just_above", "near_knee") + each("takers_again", "takers");
    scored(told - found.value("price_bits"))
}

/// Money back again and again for so many of all buyers, and of those who ordered twice: what says less stands.
pub fn by_orders_undone(found: &Found, _: &World) -> (f64, f64) {
    let [shown, again, expected] = ["sent_back_again", "ordered_again", "ordered_again_expected"]
        .map(|name| found.value(name));
    let of_them = bits_binomial(shown, again, expected / again) - found.value("price_bits");
    let of_all = excess(found, ["sent_back_again", "buyers", "sent_back_again_expected"]);
    let most = found.get("most_come_back_expected");
    let doubt = most.is_some_and(|most| bits_binomial(shown, again, most / again) < 3.0);
    scored(of_them.min(of_all).min(if doubt { 20.0 } else { MOST }))
}

pub fn ops01(found: &Found, _: &World) -> (f64, f64) {
    let (passed, expected) = (found.value("passed_for_owner"), found.value("expected"));
    scored(bits_at_least(passed, expected, f64::INFINITY) - found.value("price_bits"))
}

pub fn log06(found: &Found, _: &World) -> (f64, f64) {
    let (together, expected) = (found.value("together"), found.value("together_expected"));
    let bits = bits_at_least(together, expected, found.value("alike"));
    scored(bits - found.value("price_bits"))
}

/// How the accounts of a nest live, against other buyers.
pub fn by_lives(found: &Found, _: &World) -> (f64, f64) {
    let [showing, known] = ["showing", "known"].map(|name| found.value(name) as usize);
    let bits = bits_clustered(showing, known, found.value("elsewhere"), found.value("alike"));
    scored(bits - found.value("price_bits"))
}

/// A bound of a binomial tail, in bits: as many trials as there were, times how far the share is from the chance.
fn chernoff(shown: f64, of: f64, chance: f64) -> f64 {
    let share = shown / of;
    let part = |of: f64, usual: f64| if of > 0.0 { of * (of / usual).log2() } else { 0.0 };
    of * (part(share, chance) + part(1.0 - share, 1.0 - chance))
}

/// Views that left at once, or that stayed too much alike; and the marks that did not come with them.
pub fn syn03(found: &Found, _: &World) -> (f64, f64) {
    const SIZE: f64 = 1.5;
    const MOST_SILENCE: f64 = 6.0;
    let [marks, expected] = ["marks", "marks_expected"].map(|name| found.value(name));
    let few = bits_at_most(marks, expected, SIZE);
    let (staying, of, usual, marking) = if found.get("left_at_once").is_some() {
        (found.value("left_at_once"), found.value("views"), "left_usual_share", "silence_bits")
    } else {
        (found.value("stayed_alike"), found.value("told"), "alike_usual_share", "marking_bits")
    };
    let many = if marking == "marking_bits" { bits_at_least(marks, expected, SIZE) } else { 0.0 };
    let marked = few.max(many).min(MOST_SILENCE);
    assert!((marked - found.value(marking)).abs() < 1e-6, "{}", found.told());
    let alike = 1.0 + (of - 1.0).max(0.0) * found.value("alike");
    let stayed = chernoff(staying, of, found.value(usual)) / alike;
    assert!((stayed - found.value("staying_bits")).abs() < 1e-6, "{}: {stayed}", found.told());
    let entry = found.get("entry_bits").unwrap_or(0.0);
    scored(found.value("staying_bits") + marked + entry - found.value("price_bits"))
}

/// Whether the finding's accounts are members of its group, and as many things as it counts are in the table, some of them theirs:
/// counts are of the whole crew, of whom only those are members who are sure to be.
#[track_caller]
fn recounted<'a>(
    found: &Found,
    world: &World,
    counted: &str,
    actors: impl Iterator<Item = &'a str>,
) {
    let (_, members) = &world.groups[&(found.value("group") as i32)];
    assert!(found.accounts.iter().all(|account| members.contains_key(account)), "{}", found.told());
    let accounts: BTreeSet<&str> = found.accounts.iter().map(String::as_str).collect();
    let (mut there, mut theirs) = (0.0, 0.0);
    for actor in actors {
        there += 1.0;
        theirs += f64::from(u8::from(accounts.contains(actor)));
    }
    let count = found.value(counted);
    assert!(count >= 1.0 && there >= count && theirs >= 1.0, "{there}, {theirs}: {}", found.told());
}

/// Orders by one way, against the share of other shops' orders that come by it.
pub fn seq02(found: &Found, world: &World) -> (f64, f64) {
    let cells = [("kind", "order"), ("owner", &found.subject[..])];
    recounted(found, world, "orders", world.rows(&cells).map(|row| world.cell("actor", row)));
    let share = (found.value("elsewhere") + 0.5) / (found.value("visited_elsewhere") + 1.0);
    let expected = found.value("visited_orders") * share;
    let bits = bits_at_least(found.value("orders"), expected, f64::INFINITY);
    assert!(found.value("stay_from") * 1.45 >= found.value("stay_to"), "{}", found.told());
    scored(bits - found.value("price_bits"))
}

/// Payouts on terms that come again and again; or a whole book that repays orders with a wage on top.
pub fn pay01(found: &Found, world: &World) -> (f64, f64) {
    let cells = [("kind", "payout"), ("counterparty", &found.subject[..])];
    let paid: Vec<&str> = world.rows(&cells).map(|row| world.cell("actor", row)).collect();
    assert_eq!(paid.len() as f64, found.value("payouts"), "{}", found.told());
    recounted(found, world, "orders", paid.into_iter());
    if found.get("wage_from").is_some() {
        return whole_book(found, ["fitting", "fitting_expected", "fitting_bits", "missing_bits"]);
    }
    let tried = found.value("terms_tried_bits");
    let terms = listed(found, "terms", ["payouts", "expected"]);
    let terms =
        terms.map(|[payouts, expected]| bits_at_least(payouts, expected, f64::INFINITY) - tried);
    let others = found.get("other_terms_bits").unwrap_or(0.0);
    scored(terms.sum::<f64>() + others - found.value("price_bits"))
}

/// Numbers of a list, one by one.
fn listed<'a, const N: usize>(
    found: &'a Found,
    what: &'a str,
    numbers: [&'a str; N],
) -> impl Iterator<Item = [f64; N]> + 'a {
    (1..).map_while(move |place: u32| {
        found.get(&format!("{what}_{place}_{}", numbers[0]))?;
        Some(numbers.map(|number| found.value(&format!("{what}_{place}_{number}"))))
    })
}

/// A payer's whole book: each payout that fits has log2(0.95 / r) bits and each that does not log2(0.05 / (1 - r)), where r is the chance of
/// each; of which the evidence has the sums, so these are held to what sums of such can be.
fn whole_book(found: &Found, [fits, expected, fits_bits, others_bits]: [&str; 4]) -> (f64, f64) {
    let [payouts, fits, expected] = ["payouts", fits, expected].map(|name| found.value(name));
    let [fits_bits, others_bits] = [fits_bits, others_bits].map(|name| found.value(name));
    assert!(fits >= 0.75 * payouts, "{}", found.told());
    // Of chances with a given sum equal ones say least (Jensen's inequality).
    assert!(fits_bits >= fits * (0.95 * fits / expected).log2() - 1e-6, "{}", found.told());
    assert!(fits_bits <= fits * (0.95_f64 / 1e-4).log2(), "{}", found.told());
    let others = payouts - fits;
    assert!(others_bits >= others * 0.05_f64.log2() - 1e-6, "{}", found.told());
    assert!(others_bits <= others * (0.05_f64 / 0.02).log2() + 1e-6, "{}", found.told());
    scored(fits_bits + others_bits - found.value("price_bits"))
}

/// Of a payer its book; of a shop the stars of the reviews that were answered, and its payers' books.
pub fn pay04(found: &Found, world: &World) -> (f64, f64) {
    const CLASS: f64 = 10.0;
    const ABSENT: f64 = -6.0;
    if found.kind == "counterparty" {
        let cells = [("kind", "payout"), ("counterparty", &found.subject[..])];
        recounted(found, world, "orders", world.rows(&cells).map(|row| world.cell("actor", row)));
        let sums = ["answering", "answering_expected", "answering_bits", "others_bits"];
        return whole_book(found, sums);
    }
    let cells = [("kind", "review"), ("owner", &found.subject[..])];
    recounted(found, world, "reviews", world.rows(&cells).map(|row| world.cell("actor", row)));
    let [all, five] = ["reviews", "five_stars"].map(|name| found.value(name));
    let [usual, alike] = ["five_stars_usual_share", "alike"].map(|name| found.value(name));
    let (a, b) = (usual * alike, (1.0 - usual) * alike);
    let beta = |x: f64, y: f64| ln_gamma(x) + ln_gamma(y) - ln_gamma(x + y);
    let chance = |k: f64| {
        let ways = ln_gamma(all + 1.0) - ln_gamma(k + 1.0) - ln_gamma(all - k + 1.0);
        (ways + beta(k + a, all - k + b) - beta(a, b)).exp()
    };
    let tail: f64 = (five as u32..=all as u32).map(|k| chance(f64::from(k))).sum();
    let stars = -tail.log2() - found.value("price_bits");
    let content = if stars > 0.0 { stars.min(CLASS) } else { ABSENT };
    assert!((content - found.value("content_bits")).abs() < 1e-6, "{content}: {}", found.told());
    scored(content + found.value("money_bits") - PRIOR)
}

/// Orders whose parcels went through the point.
pub fn log01(found: &Found, world: &World) -> (f64, f64) {
    let here: BTreeSet<&str> =
        world.rows(&[("point", &found.subject)]).map(|row| world.cell("order", row)).collect();
    let ordered = world.rows(&[("kind", "order")]);
    let ordered = ordered.filter(|&row| here.contains(world.cell("order", row)));
    recounted(found, world, "parcels", ordered.map(|row| world.cell("actor", row)));
    // Fisher's exact test, shop by shop: of all its parcels so many went in here, of which so many are the crew's.
    let ways = |n: f64, k: f64| ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
    let exact = |[mine, ours, others_here, others]: [f64; 4]| {
        let (here, all) = (mine + others_here, ours + others);
        let chance = |k: f64| (ways(here, k) + ways(all - here, ours - k) - ways(all, ours)).exp();
        let most = here.min(ours) as u32;
        let possible = (mine as u32..=most).map(f64::from).filter(|k| ours - k <= all - here);
        -possible.map(chance).sum::<f64>().min(1.0).log2()
    };
    let numbers = ["parcels_here", "parcels", "others_here", "others"];
    let shops: f64 = listed(found, "shop", numbers).map(exact).sum();
    scored(shops + found.get("other_shops_bits").unwrap_or(0.0))
}

/// The accounts that are tied, and how many of them name the thing that most do.
pub fn net04(found: &Found, world: &World) -> (f64, f64) {
    let accounts: BTreeSet<&str> = found.accounts.iter().map(String::as_str).collect();
    let column = found.kind.as_str();
    let name = [(column, &found.subject[..])];
    let here: BTreeSet<&str> = world.rows(&name).map(|row| world.cell("actor", row)).collect();
    let here = here.into_iter().filter(|account| !account.is_empty()).count() as f64;
    assert!(here >= found.value("accounts_here"), "{here} of {}", found.told());
    assert_eq!(accounts.len() as f64, found.value("buyers").min(256.0), "{}", found.told());
    assert!(found.value("knots") >= 1.0 && found.value("households") > 1.0);
    let knots = listed(found, "knot", ["households_near", "households_using"]);
    let knots: f64 = knots.map(|[near, using]| (near / using).log2().max(0.0)).sum();
    let others = found.get("other_knots_bits").unwrap_or(0.0);
    scored(knots + others - found.value("price_bits"))
}

/// Every finding of a code, and what there is to say against one.
fn wrong(found: &Found, world: &World) -> Option<String> {
    let (bits, score) = (promise(found.code).derive)(found, world);
    let fits = (bits - found.bits).abs() <= 1e-3 * (1.0 + bits.abs())
        && (score - found.score).abs() <= 1e-3;
    (!fits).then(|| format!("{bits} bits, score {score} ({}): {}", found.score, found.told()))
}

#[test]
fn every_code_shows_itself_and_its_evidence_derives_it_again() {
    let worlds = [(Shown::BySchemes, schemes()), (Shown::InTown, town())];
    let mut wrongs: Vec<String> = Vec::new();
    for entry in &CATALOGUE {
        let promise = promise(entry.code);
        let mut shown = 0;
        for (place, world) in worlds {
            let own = world.found.iter().filter(|found| found.code == entry.code);
            for found in own {
                shown += usize::from(place == promise.shown);
                wrongs.extend(wrong(found, world));
            }
        }
        if shown == 0 && promise.shown != Shown::OnPages {
            wrongs.push(format!("{} does not show itself: {:?}", entry.id, promise.shown));
        }
        eprintln!("{}: {shown} derived", entry.id);
    }
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
}
