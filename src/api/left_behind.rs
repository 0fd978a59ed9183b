//! What somebody who is staff no more leaves behind, for a person to decide on (W38).

use crate::accounts::Left;
use crate::leads;
use crate::mail;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{MembershipId, OrgId};
use crate::tasks::{self, NewTask};

/// Leaves a task that lists the keys that were revoked with them, whose programs stand still, and the places that look like theirs where alerts go; none where there is nothing.
pub(super) async fn ask(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (id, left): (MembershipId, &Left),
) -> Result<(), sqlx::Error> {
    let mut lines: Vec<String> =
        left.keys.iter().map(|key| format!("API key, revoked: {}", key.name)).collect();
    let listing = mail::Listing { limit: mail::RECIPIENTS_MAX, ..mail::Listing::default() };
    for recipient in mail::list_recipients(tx, org, &listing).await? {
        if is_same(recipient.address.as_str(), &left.email) {
            lines.push(format!("E-mails: {}", recipient.address.as_str()));
        }
    }
    let listing = leads::Listing { limit: leads::RECIPIENTS_MAX, ..leads::Listing::default() };
    for listed in leads::list_recipients(tx, org, &listing).await? {
        let recipient = listed.recipient;
        if is_theirs(&recipient.name, &left.name) {
            lines.push(format!("Alerts by text: {}, {}", recipient.name, recipient.phone));
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    let task = NewTask {
        kind: "member_left",
        title: format!("{} is staff no more: decide on what is left of theirs", left.name),
        detail: Some(lines.join("\n")),
        // They may come back, and leave again.
        dedupe_key: format!("member_left:{}:{}", id.0, app.clock.now()),
        ..NewTask::default()
    };
    tasks::raise(app, tx, org, &task).await.map(drop)
}

fn is_same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// A list has no address beside a phone: the name is all there is, and often the first one alone.
fn is_theirs(listed: &str, name: &str) -> bool {
    let first = name.split_whitespace().next();
    first.is_some_and(|first| is_same(listed, name) || is_same(listed, first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_people_in_full_or_by_their_first_name() {
        assert!(is_theirs("maria lopez", "Maria Lopez") && is_theirs(" Maria", "Maria Lopez"));
        assert!(
            !is_theirs("Mari", "Maria Lopez") && !is_theirs("Lopez", "Maria Lopez") && !is_theirs("", "")
        );
    }
}
