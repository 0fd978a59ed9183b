//! Mails that carry a link: an invitation, a forgotten password. They are written and sent by `mail`, which stands above.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store::{members, users};
use crate::language::Language;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{InvitationId, OrgId, ResetId, UserId};
use crate::platform::jobs::{NewJob, Priority, enqueue};
use crate::platform::secrets::Keys;

/// The task that writes such a mail.
pub const STAFF_MAIL_TASK: &str = "write_staff_mail";

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// Becoming staff.
    Invitation(InvitationId),
    /// Another password.
    Reset(ResetId),
}

impl Link {
    /// Its row.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Invitation(id) => id.0,
            Self::Reset(id) => id.0,
        }
    }
}

/// The job: whose mail, and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffMail {
    /// The org that it is sent for.
    pub org: OrgId,
    /// What it is for.
    pub link: Link,
    /// Whose password; nobody's for an invitation.
    pub user: Option<UserId>,
}

/// The link's token: nowhere stored, known to whoever has the installation's key or the mail.
pub(super) fn token(keys: &Keys, link: Link) -> String {
    match link {
        Link::Invitation(id) => keys.derived_token(&format!("link {id}")),
        Link::Reset(id) => keys.derived_token(&format!("link {id}")),
    }
}

/// The page that a mail leads to.
pub fn page_of(app: &App, link: Link) -> String {
    let base = match app.config.server.public_url.as_str() {
        "" => "http://localhost:3001",
        url => url,
    };
    let page = match link {
        Link::Invitation(_) => "invitation",
        Link::Reset(_) => "reset",
    };
    format!("{base}/{page}/{}", token(&app.keys, link))
}

/// Leaves the job with the transaction.
pub(super) async fn queue(
    tx: &mut PgConnection,
    org: OrgId,
    link: Link,
    user: Option<UserId>,
) -> Result<(), sqlx::Error> {
    let job = NewJob {
        task: STAFF_MAIL_TASK,
        queue: STAFF_MAIL_TASK,
        payload: &StaffMail { org, link, user },
        key: format!("{STAFF_MAIL_TASK}:{}", link.id()),
        after: Duration::ZERO,
        priority: Priority::Usual,
    };
    enqueue(tx, org, job).await
}

/// What a mail says besides its link. Names a person: deliberately no `Debug`.
pub struct MailFacts {
    /// Where to.
    pub to: String,
    /// Of its words.
    pub language: Language,
    /// What the clinic is called.
    pub clinic: String,
    /// Minutes for which the link works.
    pub works_minutes: i64,
}

/// What the job's mail has to say; `None` when nobody needs it any more. The transaction is of the job's org and person.
pub async fn mail_facts(
    app: &App,
    tx: &mut PgConnection,
    job: &StaffMail,
) -> Result<Option<MailFacts>, sqlx::Error> {
    let clinic = members::org_name(tx, job.org).await?;
    let config = &app.config.accounts;
    match (job.link, job.user) {
        (Link::Invitation(id), _) => {
            let found = members::find_invitation(tx, job.org, id).await?;
            let works_minutes = config.invitation_hours * 60;
            Ok(found.map(|of| MailFacts { to: of.email, language: of.language, clinic, works_minutes }))
        }
        (Link::Reset(_), Some(user)) => {
            let Some(user) = users::find(tx, user).await? else { return Ok(None) };
            let language = user.language()?;
            Ok(Some(MailFacts { to: user.email, language, clinic, works_minutes: config.reset_minutes }))
        }
        (Link::Reset(_), None) => Ok(None),
    }
}
