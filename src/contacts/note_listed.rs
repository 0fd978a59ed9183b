//! Writes down who goes on and on through the list of the people who called, and tells the owners of it (W37).

use jiff::SignedDuration;
use serde_json::json;

use crate::accounts::{self, Act};
use crate::notifications::{self, NewNotification};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{ContactId, OrgId};

/// As the audit log calls it.
const ACTION: &str = "contacts.read";
/// A part that is looked at again within so long was looked at once.
const ONE_LOOK: SignedDuration = SignedDuration::from_mins(10);
/// Over how long parts are counted.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// Parts that nobody needs who looks for somebody: there is a search.
const MANY: i64 = 10;

/// Notes that `actor` read the part of the list after `after`, in the caller's transaction. Its first part is what everybody sees.
pub async fn note_listed(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (actor, after): (&str, Option<ContactId>),
) -> Result<(), sqlx::Error> {
    let Some(after) = after else { return Ok(()) };
    let now = app.clock.now();
    let before = |by: SignedDuration| now.checked_sub(by).unwrap_or(now);
    let subject = after.to_string();
    if accounts::has_read(tx, org, (actor, ACTION, &subject), before(ONE_LOOK)).await? {
        return Ok(());
    }
    let act = Act { actor, action: ACTION, subject: Some(subject), detail: json!({}) };
    accounts::record_act(app, tx, org, &act).await?;
    if accounts::subjects_read(tx, org, (actor, &[ACTION]), before(WINDOW)).await? < MANY {
        return Ok(());
    }
    let members = accounts::list_members(tx).await?;
    let member = members.iter().find(|member| actor == format!("staff:{}", member.user));
    let who = member.map_or(actor, |member| &member.name);
    let news = NewNotification {
        kind: "many_reads",
        title: format!("{who} has read {MANY} parts or more of the list of contacts within an hour"),
        subject: None,
        // Once an hour and person.
        dedupe_key: format!("many_contacts:{actor}:{}", now.as_second() / WINDOW.as_secs()),
    };
    if notifications::notify_owners(app, tx, org, &news).await? {
        tracing::warn!(org.id = %org, actor, "Somebody reads very many contacts");
    }
    Ok(())
}
