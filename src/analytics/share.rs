//! Shares and steps of change. Pure.

/// `part` of `whole`, to four digits; of nothing there is no share.
pub(super) fn share(part: i64, whole: i64) -> Option<f64> {
    let number = |count: i64| i32::try_from(count).map_or(f64::MAX, f64::from);
    (whole > 0).then(|| (number(part) / number(whole) * 10_000.0).round() / 10_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_four_digits_and_nothing_has_none() {
        assert_eq!(share(1, 3), Some(0.3333));
        assert_eq!(share(3, 3), Some(1.0));
        assert_eq!(share(0, 0), None);
    }
}
