//! Looks at a finished call for promises that were not kept, and gives staff one task for each kind.

use std::sync::Arc;

use jiff::civil::Time;

use super::claims::{Claim, Kind, Said, claims};
use super::compare::{Fact, Facts, Listed, Told, Verdict, compare};
use super::{store, wording};
use crate::calls::{self, CallRecord};
use crate::notifications::{self, NewNotification};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};
use crate::scheduling::{self, RuleBook};
use crate::tasks::{self, NewTask};

/// Why a call was not looked at. The queue tries again.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// The org's rules could not be read.
    #[error("the rules could not be read")]
    Rules(#[from] Arc<sqlx::Error>),
}

/// Compares what the assistant said in `call` with what the tools returned. Running twice raises nothing more.
pub async fn check_promises(app: &App, org: OrgId, call: CallId) -> Result<(), CheckError> {
    let book = scheduling::rule_book(app, org, None).await?;
    let mut tx = app.begin(org).await?;
    let Some(record) = calls::find(&mut tx, org, call).await?.filter(|call| call.has_report) else {
        return Ok(());
    };
    let Some(facts) = facts(&mut tx, org, &record, &book).await? else { return Ok(()) };
    let turns: Vec<Said<'_>> =
        record.turns.iter().map(|turn| Said { is_caller: turn.is_caller, text: &turn.text }).collect();
    let claims = claims(&turns, facts.today);
    let verdicts = compare(&claims, &facts);
    let mut raised = Vec::new();
    for kind in Kind::ALL {
        // The last one is what the caller went away with.
        let last = claims.iter().zip(&verdicts).rev().find_map(|(claim, verdict)| match verdict {
            Verdict::False(fact) if claim.kind == kind => Some((claim, fact)),
            _ => None,
        });
        if let Some((claim, fact)) = last
            && raise(app, &mut tx, org, &record, (claim, fact)).await?
        {
            raised.push(kind);
        }
    }
    tx.commit().await?;
    for kind in &raised {
        metrics::counter!("voxanne_false_promises_total", "kind" => kind.as_str()).increment(1);
        tracing::warn!(org.id = %org, call.id = %call, kind = kind.as_str(), "A call held a promise that was not kept");
    }
    Ok(())
}

/// The task with both quotes, and a notification without them. False when the call has it already.
async fn raise(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    record: &CallRecord,
    (claim, fact): (&Claim, &Fact),
) -> Result<bool, sqlx::Error> {
    let key = format!("false_promise:{}:{}", record.call_ref, claim.kind.as_str());
    let task = NewTask {
        kind: "false_promise",
        title: wording::title(claim.kind).into(),
        detail: Some(wording::detail(claim, fact)),
        call: Some(record.id),
        dedupe_key: key.clone(),
        ..NewTask::default()
    };
    if !tasks::raise(app, tx, org, &task).await? {
        return Ok(false);
    }
    let news = NewNotification {
        kind: "false_promise",
        title: wording::NOTICE.into(),
        subject: Some(("call", record.id.0)),
        dedupe_key: key,
    };
    notifications::notify(app, tx, org, &news).await?;
    Ok(true)
}

/// What the rows say; none when the org has no site, hence no clock.
async fn facts(
    tx: &mut PgConnection,
    org: OrgId,
    record: &CallRecord,
    book: &RuleBook,
) -> Result<Option<Facts>, sqlx::Error> {
    let Some(row) = store::call(tx, org, record.id).await? else { return Ok(None) };
    let Some(location) = book.location(row.location_id) else { return Ok(None) };
    let began_at = row.began_at.to_jiff();
    let visits = store::visits(tx, org, record.id, began_at).await?;
    let told = calls::told_in(tx, org, &record.call_ref).await?.into_iter();
    let prices = store::prices(tx, org).await?.into_iter();
    Ok(Some(Facts {
        today: began_at.to_zoned(location.zone.clone()).date(),
        told: told
            .map(|told| Told { tool: snake(&told.name), answer: told.answer, is_error: told.is_error })
            .collect(),
        has_cancelled: visits.iter().any(|visit| visit.is_off),
        visits: visits
            .iter()
            .filter(|visit| !visit.is_off)
            .map(|visit| visit.local_starts_at.to_jiff())
            .collect(),
        is_texted: row.is_texted,
        is_called_back: row.is_called_back,
        is_transferred: row.is_transferred,
        prices: prices
            .map(|row| Listed {
                names: std::iter::once(row.name).chain(row.aliases).collect(),
                cents: row.price_cents.map(i64::from),
            })
            .collect(),
        bounds: bounds(book),
    }))
}

/// Assistants in the field call tools by either spelling.
fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// When any site opens or closes on any day.
fn bounds(book: &RuleBook) -> Vec<Time> {
    let mut all = Vec::new();
    for location in &book.locations {
        let weeks = location.hours.weeks.iter().flat_map(|week| week.days.iter());
        for span in weeks.chain(location.hours.overrides.values()).flatten() {
            all.extend([span.opens_minute(), span.closes_minute()].map(time_of));
        }
    }
    all
}

fn time_of(minute: u16) -> Time {
    let part = |n: u16| i8::try_from(n).unwrap_or(0);
    Time::new(part(minute / 60 % 24), part(minute % 60), 0, 0).unwrap_or(Time::midnight())
}
