//! Evidence that is a list: the strongest few with their numbers, the rest as one sum.

/// What a test used: names and values.
pub type Evidence = Vec<(&'static str, f64)>;

/// How many of a list are given one by one.
pub(crate) const LISTED: usize = 5;

/// The names of one number of each, from the first on.
macro_rules! listed {
    ($what:literal, $number:literal) => {
        [
            concat!($what, "_1_", $number),
            concat!($what, "_2_", $number),
            concat!($what, "_3_", $number),
            concat!($what, "_4_", $number),
            concat!($what, "_5_", $number),
        ]
    };
}
pub(crate) use listed;

/// Adds a list, strongest first, of which each has bits and numbers under the names given; what is not listed one by one is summed
/// under `rest`.
pub(crate) fn list<const N: usize>(
    evidence: &mut Evidence,
    mut each: Vec<(f64, [f64; N])>,
    names: [[&'static str; LISTED]; N],
    rest: &'static str,
) {
    each.sort_by(|x, y| {
        let numbers = x.1.iter().zip(&y.1).map(|(x, y)| y.total_cmp(x));
        y.0.total_cmp(&x.0).then(numbers.fold(std::cmp::Ordering::Equal, |a, b| a.then(b)))
    });
    for (place, (_, numbers)) in each.iter().take(LISTED).enumerate() {
        evidence.extend(names.iter().zip(numbers).map(|(names, value)| (names[place], *value)));
    }
    let others = each.iter().skip(LISTED).map(|one| one.0).sum::<f64>();
    if each.len() > LISTED {
        evidence.push((rest, others));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_are_listed_and_the_rest_is_summed() {
        let names = [listed!("shop", "here"), listed!("shop", "all")];
        let each: Vec<(f64, [f64; 2])> =
            (1..=7).map(|n| (f64::from(n), [f64::from(n), 9.0])).collect();
        let mut evidence = Evidence::new();
        list(&mut evidence, each, names, "other_shops_bits");
        assert_eq!(evidence[..2], [("shop_1_here", 7.0), ("shop_1_all", 9.0)]);
        assert_eq!(evidence.last(), Some(&("other_shops_bits", 3.0)));
        assert_eq!(evidence.len(), 11);
    }
}
