//! What other rules would have changed, before they are saved.

use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{InForce, OwnRules, in_force};
use super::scoring::{Scored, Scorer, Temperature};
use super::store;
use super::store::scores::PastCall;
use super::window::Window;
use crate::orgs::Settings;
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};
use crate::platform::public::Public;

/// Calls that are looked at, the latest ones.
const CALLS_MAX: i64 = 2_000;
/// Calls in memory at once.
const PAGE: i64 = 50;
/// Calls that are shown one by one.
const SHOWN_MAX: usize = 20;

/// How history would look by other rules.
#[derive(Serialize, ToSchema)]
pub struct RulesPreview {
    /// Which calls were looked at.
    pub window: Window,
    /// How many of them: the latest, and not more than 2,000.
    pub scored: i64,
    /// How many there are.
    pub of: i64,
    /// The same in a sentence.
    pub sentence: String,
    /// Calls with an alert, by the rules in force and by the wanted ones.
    pub alerts: NowAndThen,
    /// Of those, the ones that the assistant raised during the call: no rule keeps them back.
    pub raised_by_assistant: i64,
    /// Calls per temperature.
    pub temperatures: Temperatures,
    /// How many would have another score or temperature.
    pub changed: i64,
    /// Some of them, another temperature first.
    pub changes: Vec<Change>,
}

/// By the rules in force, and by the wanted ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct NowAndThen {
    /// By the rules in force.
    pub now: i64,
    /// By the wanted ones.
    pub then: i64,
}

/// Of each temperature.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Temperatures {
    pub hot: NowAndThen,
    pub warm: NowAndThen,
    pub cold: NowAndThen,
}

/// A call that would be another one. Quotes a caller: deliberately no `Debug`.
#[derive(Serialize, ToSchema)]
pub struct Change {
    /// Which.
    #[schema(inline)]
    pub call_id: Public<CallId>,
    /// When it came.
    #[schema(inline)]
    pub at: Instant,
    /// By the rules in force.
    pub before: Verdict,
    /// By the wanted ones.
    pub after: Verdict,
}

/// A verdict in short.
#[derive(PartialEq, Eq, Serialize, ToSchema)]
pub struct Verdict {
    /// 0 to 100.
    pub score: u8,
    /// How soon to call back.
    #[schema(value_type = String)]
    pub temperature: Temperature,
    /// The caller's words that earned points.
    pub words: Vec<String>,
}

impl Verdict {
    fn of(scored: &Scored) -> Self {
        let earned = scored.evidence.iter().filter(|evidence| evidence.points > 0);
        Self {
            score: scored.score,
            temperature: scored.temperature,
            words: earned.map(|evidence| evidence.words.clone()).collect(),
        }
    }
}

/// Scores the calls of the last `days` days by the rules in force and by `wanted`, the latest first. Writes nothing.
pub async fn preview_rules(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    (wanted, days): (&OwnRules, i32),
) -> Result<RulesPreview, sqlx::Error> {
    let window = Window::last(days, &settings.time_zone, app.clock.now());
    let which = window.since.0;
    let InForce { own, services, .. } = in_force(tx, org, settings).await?;
    let (now, then) = (own.with_catalogue(&services), wanted.with_catalogue(&services));
    let (now, then) = (Scorer::new(&now), Scorer::new(&then));
    let mut seen = Seen::default();
    let mut after = None;
    while seen.scored < CALLS_MAX {
        let page = store::scores::past_calls(tx, org, which, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.created_at.to_jiff(), last.id));
        for call in &page {
            let turns = call.turns();
            let platform = call.platform();
            seen.call(call, &now.score(&turns, platform), &then.score(&turns, platform));
        }
    }
    let of = store::scores::count_past(tx, org, which).await?;
    Ok(seen.into_preview(window, of))
}

/// What was seen so far.
#[derive(Default)]
struct Seen {
    scored: i64,
    alerts: NowAndThen,
    by_tool: i64,
    temperatures: Temperatures,
    changed: i64,
    /// With another temperature.
    moved: Vec<Change>,
    /// With another score only.
    nudged: Vec<Change>,
}

impl Seen {
    fn call(&mut self, call: &PastCall, now: &Scored, then: &Scored) {
        let is_hot = |scored: &Scored| scored.temperature == Temperature::Hot;
        self.scored += 1;
        self.by_tool += i64::from(call.by_tool);
        self.alerts.now += i64::from(call.by_tool || is_hot(now));
        self.alerts.then += i64::from(call.by_tool || is_hot(then));
        self.temperatures.of(now.temperature).now += 1;
        self.temperatures.of(then.temperature).then += 1;
        let (before, after) = (Verdict::of(now), Verdict::of(then));
        let is_moved = before.temperature != after.temperature;
        if !is_moved && before.score == after.score {
            return;
        }
        self.changed += 1;
        let shown = if is_moved { &mut self.moved } else { &mut self.nudged };
        if shown.len() < SHOWN_MAX {
            let at = Instant(call.created_at.to_jiff());
            shown.push(Change { call_id: Public(call.id), at, before, after });
        }
    }

    fn into_preview(self, window: Window, of: i64) -> RulesPreview {
        let mut changes = self.moved;
        changes.extend(self.nudged);
        changes.truncate(SHOWN_MAX);
        RulesPreview {
            sentence: sentence(self.alerts.then, self.alerts.now),
            window,
            scored: self.scored,
            of,
            alerts: self.alerts,
            raised_by_assistant: self.by_tool,
            temperatures: self.temperatures,
            changed: self.changed,
            changes,
        }
    }
}

impl Temperatures {
    const fn of(&mut self, temperature: Temperature) -> &mut NowAndThen {
        match temperature {
            Temperature::Hot => &mut self.hot,
            Temperature::Warm => &mut self.warm,
            Temperature::Cold => &mut self.cold,
        }
    }
}

/// "You would have had 4 alerts instead of 19."
pub(super) fn sentence(then: i64, now: i64) -> String {
    let alerts = if then == 1 { "1 alert".to_owned() } else { format!("{then} alerts") };
    if then == now {
        return format!("You would have had {alerts}, as many as now.");
    }
    format!("You would have had {alerts} instead of {now}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slider_says_it_in_a_sentence() {
        assert_eq!(sentence(4, 19), "You would have had 4 alerts instead of 19.");
        assert_eq!(sentence(1, 0), "You would have had 1 alert instead of 0.");
        assert_eq!(sentence(3, 3), "You would have had 3 alerts, as many as now.");
    }
}
