//! Writes down who read or heard what a caller said, and tells the owners when somebody does so very often (W37).

use jiff::SignedDuration;
use serde_json::json;

use crate::accounts::{self, Act};
use crate::notifications::{self, NewNotification};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};

/// A page that is looked at again within so long was looked at once: it comes anew whenever something happens, and a player
/// asks for a recording piece by piece.
const ONE_LOOK: SignedDuration = SignedDuration::from_mins(10);
/// Over how long reads are counted.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// More calls than anybody follows up in an hour.
const MANY: i64 = 60;
/// What counts as having read a call.
const READS: [&str; 2] = [Part::Transcript.action(), Part::Recording.action()];

/// What was read of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What was said.
    Transcript,
    /// How it sounded.
    Recording,
}

impl Part {
    /// As the audit log calls it.
    const fn action(self) -> &'static str {
        match self {
            Self::Transcript => "transcript.read",
            Self::Recording => "recording.read",
        }
    }
}

/// Notes that `actor` read the last words of these calls: they are their transcript, too. Last in a transaction, since a line of
/// the log makes others wait until it commits.
pub async fn note_last_words(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (calls, actor): (&[CallId], &str),
) -> Result<(), sqlx::Error> {
    for call in calls {
        note_read(app, tx, org, (*call, actor, Part::Transcript)).await?;
    }
    Ok(())
}

/// Notes that `actor` read that part of the call, in the caller's transaction.
pub async fn note_read(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (call, actor, part): (CallId, &str, Part),
) -> Result<(), sqlx::Error> {
    let now = app.clock.now();
    let before = |by: SignedDuration| now.checked_sub(by).unwrap_or(now);
    let (action, subject) = (part.action(), call.to_string());
    if accounts::has_read(tx, org, (actor, action, &subject), before(ONE_LOOK)).await? {
        return Ok(());
    }
    let act = Act { actor, action, subject: Some(subject), detail: json!({}) };
    accounts::record_act(app, tx, org, &act).await?;
    if accounts::subjects_read(tx, org, (actor, &READS), before(WINDOW)).await? < MANY {
        return Ok(());
    }
    let members = accounts::list_members(tx).await?;
    let name = members
        .into_iter()
        .find(|member| actor == format!("staff:{}", member.user))
        .map(|member| member.name);
    let who = name.as_deref().unwrap_or(actor);
    let news = NewNotification {
        kind: "many_reads",
        title: format!("{who} has read {MANY} calls or more within an hour"),
        subject: None,
        // Once an hour and person.
        dedupe_key: format!("many_reads:{actor}:{}", now.as_second() / WINDOW.as_secs()),
    };
    if notifications::notify_owners(app, tx, org, &news).await? {
        tracing::warn!(org.id = %org, actor, "Somebody reads very many calls");
    }
    Ok(())
}
