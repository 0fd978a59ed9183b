//! The figures that are one number, each with what it means and how it has changed.

use crate::analytics::{Figures, Totals};
use crate::dashboard::say;
use crate::dashboard::shell::Shell;

/// One figure.
pub(super) struct Tile {
    pub what: &'static str,
    /// What it means, in a sentence: also `docs/analytics.md`.
    pub means: &'static str,
    pub much: String,
    /// What it is made of.
    pub of: String,
    /// How it is against the days before.
    pub change: String,
    /// Whether that is good.
    pub tone: &'static str,
}

/// Which way is good.
#[derive(Clone, Copy)]
enum Better {
    More,
    Less,
    Neither,
}

pub(super) fn tiles(s: &Shell, figures: &Figures) -> Vec<Tile> {
    let (now, before) = (&figures.now, &figures.before);
    let mut tiles = of_calls(s, now, before);
    tiles.extend(of_money(s, now, before));
    tiles.extend(of_leads(s, now, before));
    tiles.extend(of_work(s, now, before));
    tiles
}

fn of_calls(s: &Shell, now: &Totals, before: &Totals) -> Vec<Tile> {
    let (calls, were) = (&now.calls, &before.calls);
    vec![
        Tile {
            what: s.t("Calls answered"),
            means: s.t("Calls in which the caller said or asked the assistant something."),
            much: count(calls.answered),
            of: s.tn("of {} calls", count(calls.calls)),
            ..counted(s, (calls.answered, were.answered), Better::More)
        },
        Tile {
            what: s.t("Calls missed"),
            means: s.t("Calls that are over and in which the caller never said a word: it rang out, failed, or they hung up at the greeting."),
            much: count(calls.missed),
            of: s.tn("of {} calls", count(calls.calls)),
            ..counted(s, (calls.missed, were.missed), Better::Less)
        },
        Tile {
            what: s.t("Calls that booked"),
            means: s.t("The share of answered calls in which at least one visit was made."),
            much: share(s, calls.conversion),
            of: s.tn("{} calls", count(calls.booked)),
            ..shared(s, (calls.conversion, were.conversion), Better::More)
        },
        Tile {
            what: s.t("New leads that booked"),
            means: s.t("The share of calls of people who are new in which a visit was made."),
            much: share(s, calls.new_lead_conversion),
            of: s.tn("of {} new leads", count(calls.new_leads)),
            ..shared(s, (calls.new_lead_conversion, were.new_lead_conversion), Better::More)
        },
        Tile {
            what: s.t("After hours"),
            means: s.t("The share of calls that came while the site was closed, by its hours as they are now."),
            much: share(s, calls.after_hours_share),
            of: s.tn("{} calls", count(calls.after_hours)),
            ..shared(s, (calls.after_hours_share, were.after_hours_share), Better::Neither)
        },
    ]
}

fn of_money(s: &Shell, now: &Totals, before: &Totals) -> Vec<Tile> {
    let (visits, were) = (&now.visits, &before.visits);
    let revenue = (visits.revenue_booked_cents, were.revenue_booked_cents);
    vec![
        Tile {
            what: s.t("Revenue booked"),
            means: s
                .t("What the visits cost that callers made, by today's prices and by the day of the call."),
            much: s.money(visits.revenue_booked_cents),
            of: s.tn("{} visits", count(visits.bookings)),
            ..counted(s, revenue, Better::More)
        },
        Tile {
            what: s.t("Revenue kept"),
            means: s.t(
                "What the visits cost to which callers came, by today's prices and by the day of the visit.",
            ),
            much: s.money(visits.revenue_kept_cents),
            of: s.tn("{} visits", count(visits.kept)),
            ..counted(s, (visits.revenue_kept_cents, were.revenue_kept_cents), Better::More)
        },
        Tile {
            what: s.t("No-shows"),
            means: s.t("Of the visits that callers made and that were due, the share to which nobody came."),
            much: share(s, visits.no_show_rate),
            of: s.tn("{} visits", count(visits.no_shows)),
            ..shared(s, (visits.no_show_rate, were.no_show_rate), Better::Less)
        },
    ]
}

fn of_leads(s: &Shell, now: &Totals, before: &Totals) -> Vec<Tile> {
    let (speed, was, hot) = (&now.speed, &before.speed, &now.hot);
    vec![
        Tile {
            what: s.t("Hot lead to text"),
            means: s.t("From when somebody should know of a hot lead until the text had left: half were as fast."),
            much: length(s, speed.median_seconds_to_alert),
            of: s.tn("nine of ten within {}", length(s, speed.p90_seconds_to_alert)),
            ..timed(s, (speed.median_seconds_to_alert, was.median_seconds_to_alert))
        },
        Tile {
            what: s.t("Text to somebody who has it"),
            means: s.t("From the first text about a hot lead until a person took it: half were as fast. Whoever booked before that counts in none."),
            much: length(s, speed.median_seconds_to_acknowledge),
            of: s.tn("nine of ten within {}", length(s, speed.p90_seconds_to_acknowledge)),
            ..timed(s, (speed.median_seconds_to_acknowledge, was.median_seconds_to_acknowledge))
        },
        Tile {
            what: s.t("Hot was true"),
            means: s.t("Of the hot calls that have had two weeks to book, the share whose person booked."),
            much: share(s, hot.precision),
            of: s.tn("of {} hot calls", count(hot.calls)),
            ..shared(s, (hot.precision, before.hot.precision), Better::More)
        },
        Tile {
            what: s.t("Asked for in vain"),
            means: s.t("Times that callers asked for and could not have; the same question again in a call counts once."),
            much: count(now.unmet),
            of: s.t("times").to_owned(),
            ..counted(s, (now.unmet, before.unmet), Better::Less)
        },
    ]
}

fn of_work(s: &Shell, now: &Totals, before: &Totals) -> Vec<Tile> {
    let (calls, were) = (&now.calls, &before.calls);
    vec![
        Tile {
            what: s.t("Time on the phone"),
            means: s.t("How long all calls took together, as the voice platform reports it."),
            much: s.length(calls.seconds),
            of: s.tn("{} calls", count(calls.calls)),
            ..counted(s, (calls.seconds, were.seconds), Better::Neither)
        },
        Tile {
            what: s.t("Cost of calls"),
            means: s.t("What the voice platform charged for the calls."),
            much: cost(calls.cost_micros),
            of: s.tn("{} calls", count(calls.calls)),
            ..counted(s, (calls.cost_micros, were.cost_micros), Better::Less)
        },
        Tile {
            what: s.t("Texts delivered"),
            means: s.t("Texts that the carrier delivered, of those that left."),
            much: count(now.texts.delivered),
            of: s.tn("of {} sent", count(now.texts.sent)),
            ..counted(s, (now.texts.delivered, before.texts.delivered), Better::Neither)
        },
        Tile {
            what: s.t("Texts that failed"),
            means: s.t("Texts that were refused and never left, or left and did not arrive."),
            much: count(now.texts.failed),
            of: s.tn("{} sent", count(now.texts.sent)),
            ..counted(s, (now.texts.failed, before.texts.failed), Better::Less)
        },
    ]
}

/// What every tile has that says nothing yet but how it changed.
fn changed(change: String, tone: &'static str) -> Tile {
    Tile { what: "", means: "", much: String::new(), of: String::new(), change, tone }
}

#[expect(clippy::cast_precision_loss, reason = "shown in hundredths")]
fn counted(s: &Shell, (now, before): (i64, i64), better: Better) -> Tile {
    if now == before {
        return changed(s.t("as before").to_owned(), "soft");
    }
    if before == 0 {
        return changed(s.t("none before").to_owned(), "soft");
    }
    let by = now.abs_diff(before) as f64 / before as f64;
    let words = if by < 0.005 {
        s.t("about as before").to_owned()
    } else if now > before {
        s.tn("{} more", s.percent(by))
    } else {
        s.tn("{} less", s.percent(by))
    };
    changed(words, tone(now > before, better))
}

fn shared(s: &Shell, (now, before): (Option<f64>, Option<f64>), better: Better) -> Tile {
    let Some((now, before)) = now.zip(before) else { return changed(String::new(), "soft") };
    let points = ((now - before) * 100.0).round();
    if points == 0.0 {
        return changed(s.t("about as before").to_owned(), "soft");
    }
    let words = if points > 0.0 {
        s.tn("{} points more", format!("{points:.0}"))
    } else {
        s.tn("{} points less", format!("{:.0}", -points))
    };
    changed(words, tone(points > 0.0, better))
}

fn timed(s: &Shell, (now, before): (Option<f64>, Option<f64>)) -> Tile {
    let Some((now, before)) = now.zip(before) else { return changed(String::new(), "soft") };
    let words = if (now - before).abs() < 1.0 {
        return changed(s.t("about as before").to_owned(), "soft");
    } else if now < before {
        s.tn("{} faster", say::length(whole(before - now)))
    } else {
        s.tn("{} slower", say::length(whole(now - before)))
    };
    changed(words, tone(now > before, Better::Less))
}

const fn tone(is_more: bool, better: Better) -> &'static str {
    match (is_more, better) {
        (_, Better::Neither) => "soft",
        (true, Better::More) | (false, Better::Less) => "good",
        (false, Better::More) | (true, Better::Less) => "bad",
    }
}

/// With commas between thousands.
fn count(number: i64) -> String {
    say::grouped(number.unsigned_abs())
}

/// `32%`, or a dash where there is nothing to be a share of.
pub(super) fn share(s: &Shell, share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| s.percent(share))
}

/// Millionths of a dollar as money.
pub(super) fn cost(micros: i64) -> String {
    say::money((micros + 5_000) / 10_000)
}

fn length(s: &Shell, seconds: Option<f64>) -> String {
    seconds.map_or_else(|| "–".to_owned(), |seconds| s.length(whole(seconds)))
}

#[expect(clippy::cast_possible_truncation, reason = "seconds of a range of days")]
fn whole(seconds: f64) -> i64 {
    seconds.round() as i64
}
