//! Writes a mail with a link of its own: an invitation, a forgotten password.

use std::time::Duration;

use super::deliver::{DeliverEmail, deliver_after};
use super::email::Kind;
use super::store::{self, NewRow};
use super::wording;
use crate::accounts::{self, Link, StaffMail};
use crate::platform::app::App;
use crate::platform::ids::EmailId;

/// Runs the job: the mail as its invitation or reset is now, once. The link is filled in when it leaves.
pub async fn write_staff_mail(app: &App, job: &StaffMail) -> Result<(), sqlx::Error> {
    let mut tx = match job.user {
        Some(user) => app.begin_both(job.org, user).await?,
        None => app.begin(job.org).await?,
    };
    let Some(facts) = accounts::mail_facts(app, &mut tx, job).await? else { return Ok(()) };
    let (kind, words) = match job.link {
        Link::Invitation(_) => {
            let words = wording::invitation(facts.language, &facts.clinic, facts.works_minutes / 60);
            (Kind::Invitation, words)
        }
        Link::Reset(_) => (Kind::PasswordReset, wording::password_reset(facts.language, facts.works_minutes)),
    };
    let id: EmailId = app.new_id();
    let row = NewRow {
        id,
        kind,
        dedupe_key: &format!("{}:{}", kind.as_str(), job.link.id()),
        recipient: job.link.id(),
        to: &facts.to,
        words: &words,
        call: None,
    };
    if store::insert(&mut tx, job.org, &row, app.clock.now()).await? {
        deliver_after(&mut tx, &DeliverEmail::first(job.org, id), kind, Duration::ZERO).await?;
        metrics::counter!("voxanne_emails_total", "state" => "queued", "kind" => kind.as_str()).increment(1);
    }
    tx.commit().await
}
