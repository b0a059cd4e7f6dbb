//! Medians and other quantiles.
//!
//! Between two values the quantile is interpolated linearly, so the median of an even number is the mean of the middle
//! two.

/// The middle value.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    quantile(&mut values, 0.5)
}

/// The value below which a share `at` lies. Sorts the values.
pub(crate) fn quantile(values: &mut [f64], at: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let place = at * last as f64;
    let below = (place.floor() as usize).min(last);
    let above = (below + 1).min(last);
    let part = place - below as f64;
    Some(values[below] + (values[above] - values[below]) * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), Some(2.5));
        assert_eq!(median(std::iter::empty()), None);
        assert_eq!(quantile(&mut [0.0, 10.0, 20.0, 30.0], 0.9), Some(27.0));
        assert_eq!(quantile(&mut [7.0], 0.9), Some(7.0));
    }
}
