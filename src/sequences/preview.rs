//! A sequence on a timeline: what would leave when, to whom, and why not.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::sequence::{Sequence, Step, StopReason};
use super::store::{self, Window};
use super::timeline::{Beginning, Next, is_overtaken};
use super::words::{self, Reader};
use crate::language::Language;
use crate::messaging::{self, Class, Forecast, Rule, Verdict};
use crate::orgs;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{ContactId, OrgId, SequenceId};
use crate::scheduling;

/// How far back people are counted who would have entered.
pub const COUNTED_DAYS: i64 = 30;
/// Who is addressed in an example.
const EXAMPLE: &str = "Ana";

/// For whom, and from when on.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Somebody; anybody with consent when not given.
    pub contact: Option<ContactId>,
    /// Where anybody lives; the clinic's own zone when not given.
    pub zone: Option<TimeZone>,
    /// When the run begins; now when not given.
    pub entered_at: Option<Timestamp>,
}

/// What becomes of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It leaves then.
    Leaves(Timestamp),
    /// It is left out, by this rule.
    Skipped(&'static str),
    /// It does not leave, and nothing after it.
    Stopped(StopReason),
}

/// A step, foreseen.
#[derive(Debug, Clone)]
pub struct Foreseen {
    /// When it is due.
    pub due_at: Timestamp,
    /// What [`may_send`](crate::messaging::may_send) says then; `None` for what comes after the end of the run.
    pub verdict: Option<Verdict>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Its text in each language.
    pub texts: Vec<(Language, String)>,
}

/// A timeline.
#[derive(Debug)]
pub struct Preview {
    /// When the run begins.
    pub entered_at: Timestamp,
    /// By which clock days and hours are counted.
    pub time_zone: String,
    /// In which language the recipient is texted.
    pub language: Language,
    /// The steps in order.
    pub steps: Vec<Foreseen>,
    /// People of the last thirty days who would have entered, had they consented.
    pub people: i64,
    /// Those of them who had not.
    pub without_consent: i64,
}

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// There is no such sequence.
    #[error("there is no such sequence")]
    NotFound,
    /// There is no such contact.
    #[error("there is no such contact")]
    NobodyThere,
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// The clinic's rules could not be read.
    #[error("the rules could not be read")]
    Rules(#[from] Arc<sqlx::Error>),
}

/// Foresees a run by the functions that the worker asks. Nothing is written.
pub async fn preview(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceId,
    asked: &Asked,
) -> Result<Preview, PreviewError> {
    let book = scheduling::rule_book(app, org, None).await?;
    let settings = orgs::settings(tx, &app.keys, org).await?;
    let Sequence { fields, .. } = store::find(tx, org, id).await?.ok_or(PreviewError::NotFound)?;
    let clinic = TimeZone::get(&settings.time_zone).unwrap_or(TimeZone::UTC);
    let person = match asked.contact {
        Some(contact) => Some(store::person(tx, org, contact).await?.ok_or(PreviewError::NobodyThere)?),
        None => None,
    };
    let phone = person.as_ref().and_then(|person| Phone::parse_e164(&person.phone).ok());
    let forecast = match &phone {
        Some(phone) => messaging::forecast(app, tx, org, &settings, phone).await?,
        None => Forecast::of_anybody(app, &settings, asked.zone.as_ref().unwrap_or(&clinic)),
    };
    let now = app.clock.now();
    let beginning = Beginning {
        entered_at: asked.entered_at.unwrap_or(now),
        zone: clinic,
        max_days: i16::try_from(fields.max_days.get()).unwrap_or(i16::MAX),
    };
    let own = person.as_ref().and_then(|person| person.language.as_deref()?.parse().ok());
    let language = own.unwrap_or(settings.language);
    let name = person.as_ref().map_or(Some(EXAMPLE), |person| person.name.as_deref());
    let texts = |step: &Step| {
        let of = |(language, _)| {
            let reader =
                Reader { name, language, location: None, service: fields.services.first().map(|id| id.0) };
            (language, words::text(&book, step, reader))
        };
        step.words.each().map(of).collect()
    };
    let timeline = foresee(&fields.steps, &beginning, forecast);
    let steps = fields.steps.iter().zip(timeline).map(|(step, (due_at, verdict, outcome))| Foreseen {
        due_at,
        verdict,
        outcome,
        texts: texts(step),
    });
    let steps = steps.collect();
    let since = now.checked_sub(SignedDuration::from_hours(24 * COUNTED_DAYS)).unwrap_or(now);
    let counted = store::count_candidates(tx, org, &fields, Window { since, until: now }).await?;
    Ok(Preview {
        entered_at: beginning.entered_at,
        time_zone: settings.time_zone,
        language,
        steps,
        people: counted.people,
        without_consent: counted.without_consent,
    })
}

/// What the worker will do, step by step: quiet hours first, then the rules, then the gap. A step that is left out late makes
/// the one after it late as well.
fn foresee(
    steps: &[Step],
    beginning: &Beginning,
    mut forecast: Forecast,
) -> Vec<(Timestamp, Option<Verdict>, Outcome)> {
    let (mut last_sent_at, mut stopped, mut now) = (None, None, beginning.entered_at);
    let mut all = Vec::new();
    for (nth, step) in steps.iter().enumerate() {
        let due = beginning.due(step, last_sent_at);
        if let Some(reason) = stopped {
            all.push((due, None, Outcome::Stopped(reason)));
            continue;
        }
        now = now.max(due);
        let following = steps.get(nth + 1).map(|step| beginning.due(step, last_sent_at));
        let verdict = forecast.verdict(Class::Marketing, due);
        let outcome = if is_overtaken(due, following, now) && !beginning.is_over(now) {
            Outcome::Skipped("late")
        } else {
            outcome_of(beginning, &forecast, &mut now)
        };
        match outcome {
            Outcome::Leaves(at) => {
                forecast.count(Class::Marketing, at);
                last_sent_at = Some(at);
            }
            Outcome::Skipped(_) => {}
            Outcome::Stopped(reason) => stopped = Some(reason),
        }
        all.push((due, Some(verdict), outcome));
    }
    all
}

/// What becomes of a step that is taken at `now`, which moves on to when that is settled.
fn outcome_of(beginning: &Beginning, forecast: &Forecast, now: &mut Timestamp) -> Outcome {
    let mut moves = 0;
    loop {
        if beginning.is_over(*now) {
            return Outcome::Stopped(StopReason::MaxDays);
        }
        let rule = match (forecast.daytime_from(*now), forecast.verdict(Class::Marketing, *now)) {
            (None, _) => Rule::TooLate,
            (Some(morning), _) if morning > *now => {
                *now = morning;
                continue;
            }
            (_, Verdict::Deny(rule)) => rule,
            (_, Verdict::Allow(_) | Verdict::Wait(_)) => return Outcome::Leaves(*now),
        };
        match beginning.held_back(rule, moves, *now) {
            Next::Later { at, moves: more } => (*now, moves) = (at, more),
            Next::Skip(rule) => return Outcome::Skipped(rule),
            Next::Stop(reason) => return Outcome::Stopped(reason),
        }
    }
}
