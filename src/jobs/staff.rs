//! Jobs of people's accounts, and of what they did.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use uuid::Uuid;

use super::failure::{app_of, concluded};
use crate::accounts::{self, AUDIT_TASK, CheckAudit, RESET_TASK, ResetAsked, STAFF_MAIL_TASK, StaffMail};
use crate::mail;
use crate::platform::ids::OrgId;

/// Writes a mail with a link of its own.
impl TaskHandler for StaffMail {
    const IDENTIFIER: &'static str = STAFF_MAIL_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, mail::write_staff_mail(&app, &self).await)
    }
}

/// Looks who asked for another password. It is nobody's org that asks: who it is, is not known yet.
impl TaskHandler for ResetAsked {
    const IDENTIFIER: &'static str = RESET_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, OrgId(Uuid::nil()), accounts::begin_reset(&app, &self).await)
    }
}

/// Looks through the log of who did what.
impl TaskHandler for CheckAudit {
    const IDENTIFIER: &'static str = AUDIT_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, accounts::check_whole_audit(&app, self).await)
    }
}
