//! Whether the threshold of "hot" is right, by what came of calls. Pure.

use serde::Serialize;
use utoipa::ToSchema;

use super::outcomes::Outcome;
use super::store::tally::Tally;
use crate::language::Language;

/// Fewer hot calls prove nothing.
const ENOUGH: i64 = 20;
/// A threshold that is not better by this much is as good as the one there is.
const CLEARLY: f64 = 0.05;
/// Thresholds that are weighed are multiples of this.
const STEP: usize = 5;
/// The 97.5 % point of the normal distribution: intervals of 95 %.
const Z: f64 = 1.959_964;

/// What is to be said of the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Not enough hot calls yet.
    NotEnoughCalls,
    /// No other one is clearly better.
    Holds,
    /// Fewer of the hot callers book than the org wants: another one keeps the floor.
    BelowFloor,
    /// Fewer book than wanted, and no threshold would change that.
    BelowFloorEverywhere,
    /// Another one is clearly better.
    AnotherIsBetter,
}

/// What is said of the threshold, and why.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Judgement {
    /// In a word.
    pub finding: Finding,
    /// In a sentence.
    pub reason: String,
    /// The threshold in force and what came of it.
    pub in_force: Quality,
    /// The one to take instead, if any.
    pub suggested: Option<Quality>,
}

/// How well a threshold tells who books.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Quality {
    /// Hot from this score.
    pub threshold: i16,
    /// Calls at or above it.
    pub calls: i64,
    /// Of those, the ones that were booked.
    pub booked: i64,
    /// Their share; null without calls.
    pub precision: Option<f64>,
    /// Wilson's interval of that share at 95 %: what it could really be.
    pub precision_low: Option<f64>,
    /// Its upper end.
    pub precision_high: Option<f64>,
    /// Of all calls that were booked, the share at or above the threshold.
    pub recall: Option<f64>,
    /// The harmonic mean of precision and recall.
    pub f1: Option<f64>,
}

/// Weighs the thresholds above `warm` against the one in force. Only calls whose class can be hot count.
pub(super) fn judge(rows: &[Tally], (hot, warm): (i16, i16), floor_percent: Option<i16>) -> Judgement {
    let now = Quality::of(rows, hot);
    if now.calls < ENOUGH {
        let reason =
            format!("Not enough calls yet: {} of {ENOUGH} hot calls have had time to book.", now.calls);
        return Judgement { finding: Finding::NotEnoughCalls, reason, in_force: now, suggested: None };
    }
    let others: Vec<Quality> = (5..=100i16)
        .step_by(STEP)
        .filter(|threshold| *threshold > warm && *threshold != hot)
        .map(|threshold| Quality::of(rows, threshold))
        .filter(|quality| quality.calls >= ENOUGH)
        .collect();
    let floor = floor_percent.map(|percent| f64::from(percent) / 100.0);
    if let Some(floor) = floor.filter(|floor| now.precision.unwrap_or(0.0) < *floor) {
        return below_floor(now, others, floor);
    }
    let keeps_floor = |quality: &Quality| floor.is_none_or(|floor| quality.precision.unwrap_or(0.0) >= floor);
    let best = others.into_iter().filter(keeps_floor).reduce(better);
    match best.filter(|best| f1(best) - f1(&now) >= CLEARLY) {
        Some(best) => Judgement {
            finding: Finding::AnotherIsBetter,
            reason: format!(
                "From {} on, {} of {} callers booked and {} of all who did were among them (F1 {} instead of {}).",
                best.threshold,
                best.booked,
                best.calls,
                percent(best.recall),
                best.f1.unwrap_or(0.0),
                now.f1.unwrap_or(0.0)
            ),
            in_force: now,
            suggested: Some(best),
        },
        None => Judgement {
            finding: Finding::Holds,
            reason: format!(
                "{} of {} hot callers booked; no other threshold is clearly better.",
                now.booked, now.calls
            ),
            in_force: now,
            suggested: None,
        },
    }
}

/// The lowest threshold that keeps the floor loses the fewest callers.
fn below_floor(now: Quality, others: Vec<Quality>, floor: f64) -> Judgement {
    let keeps = others
        .into_iter()
        .find(|other| other.threshold > now.threshold && other.precision.is_some_and(|share| share >= floor));
    let falls =
        format!("{} of hot callers booked, fewer than {}", percent(now.precision), percent(Some(floor)));
    let (finding, reason) = match &keeps {
        Some(other) => (
            Finding::BelowFloor,
            format!("{falls}; from {} on it would have been {}.", other.threshold, percent(other.precision)),
        ),
        None => (
            Finding::BelowFloorEverywhere,
            format!(
                "{falls}, and no threshold with enough calls would have kept that: look at the words and weights."
            ),
        ),
    };
    Judgement { finding, reason, in_force: now, suggested: keeps }
}

/// The higher F1; of equal ones the lower threshold, which misses nobody.
fn better(a: Quality, b: Quality) -> Quality {
    if f1(&b) > f1(&a) { b } else { a }
}

fn f1(quality: &Quality) -> f64 {
    quality.f1.unwrap_or(0.0)
}

impl Quality {
    fn of(rows: &[Tally], threshold: i16) -> Self {
        let can_buy = || rows.iter().filter(|row| row.can_buy);
        let (all, hot) =
            (Outcome::of(can_buy()), Outcome::of(can_buy().filter(|row| row.score >= threshold)));
        let precision = share(hot.booked, hot.calls);
        let recall = share(hot.booked, all.booked);
        let interval = wilson(hot.booked, hot.calls);
        Self {
            threshold,
            calls: hot.calls,
            booked: hot.booked,
            precision: precision.map(rounded),
            precision_low: interval.map(|(low, _)| rounded(low)),
            precision_high: interval.map(|(_, high)| rounded(high)),
            recall: recall.map(rounded),
            // 2PR / (P + R), in whole calls.
            f1: share(2 * hot.booked, hot.calls + all.booked).map(rounded),
        }
    }
}

/// Wilson's score interval of `hits` in `tries` at 95 %: it keeps its promise for few calls and for shares near 0 and 1
/// (Wilson 1927; Brown, Cai and `DasGupta` 2001).
fn wilson(hits: i64, tries: i64) -> Option<(f64, f64)> {
    let (share, n) = (share(hits, tries)?, float(tries));
    let z2 = Z * Z;
    let centre = share + z2 / (2.0 * n);
    let margin = Z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    Some((((centre - margin) / scale).max(0.0), ((centre + margin) / scale).min(1.0)))
}

fn share(part: i64, of: i64) -> Option<f64> {
    (of > 0).then(|| float(part) / float(of))
}

/// Calls of an org in a year are far fewer than an `i32` holds.
fn float(count: i64) -> f64 {
    f64::from(i32::try_from(count).unwrap_or(i32::MAX))
}

/// Four places: more would be noise, and equal data must give equal answers.
fn rounded(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}

fn percent(share: Option<f64>) -> String {
    Language::English.percent(share.unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(score: i16, calls: i64, booked: i64) -> Tally {
        Tally {
            can_buy: true,
            score,
            temperature: String::new(),
            by_tool: false,
            is_ripe: true,
            calls,
            booked,
            booked_in_call: 0,
            showed: 0,
            revenue_cents: 0,
        }
    }

    fn judged(rows: &[Tally], floor: Option<i16>) -> (Finding, Option<i16>) {
        let judgement = judge(rows, (70, 40), floor);
        (judgement.finding, judgement.suggested.map(|quality| quality.threshold))
    }

    #[test]
    fn wilsons_interval_is_the_textbooks() {
        // 8 of 10: 0.4902 to 0.9433 (Brown, Cai and DasGupta); none of 20 is not nobody ever.
        let rounded = |(low, high)| (rounded(low), rounded(high));
        assert_eq!(wilson(8, 10).map(rounded), Some((0.4902, 0.9433)));
        assert_eq!(wilson(0, 20).map(rounded), Some((0.0, 0.1611)));
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn nineteen_hot_calls_prove_nothing_and_twenty_do() {
        assert_eq!(judged(&[calls(70, 19, 0)], Some(50)), (Finding::NotEnoughCalls, None));
        assert_eq!(judged(&[calls(70, 20, 18)], Some(50)), (Finding::Holds, None));
        assert!(judge(&[], (70, 40), None).reason.starts_with("Not enough calls yet: 0 of 20"));
    }

    #[test]
    fn a_threshold_that_lets_through_who_never_books_gives_way_to_a_higher_one() {
        let rows = [calls(70, 60, 6), calls(90, 30, 27)];
        assert_eq!(judged(&rows, None), (Finding::AnotherIsBetter, Some(75)));
        // 33 of 90 is under the floor, 27 of 30 is not.
        assert_eq!(judged(&rows, Some(60)), (Finding::BelowFloor, Some(75)));
        assert_eq!(judged(&rows, Some(95)), (Finding::BelowFloorEverywhere, None));
    }

    #[test]
    fn a_threshold_that_misses_who_books_gives_way_to_a_lower_one_but_never_to_a_warm_one() {
        let rows = [calls(30, 100, 90), calls(50, 60, 54), calls(80, 25, 24)];
        assert_eq!(judged(&rows, None), (Finding::AnotherIsBetter, Some(45)));
    }

    #[test]
    fn a_little_better_is_no_better() {
        assert_eq!(judged(&[calls(65, 2, 2), calls(75, 40, 30)], None), (Finding::Holds, None));
    }

    #[test]
    fn calls_that_cannot_be_hot_count_nowhere() {
        let complaint = Tally { can_buy: false, ..calls(100, 500, 0) };
        let judgement = judge(&[complaint, calls(75, 20, 20)], (70, 40), Some(50));
        assert_eq!((judgement.in_force.calls, judgement.in_force.precision), (20, Some(1.0)));
        assert_eq!((judgement.in_force.recall, judgement.in_force.f1), (Some(1.0), Some(1.0)));
    }
}
