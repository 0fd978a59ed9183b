//! What comes of another phone on the list of those who are told of alerts: a code goes to it, the one before hears of it, and so do
//! the owners (T20).

use uuid::Uuid;

use super::alert_phones::not_begun;
use super::caller::ApiCaller;
use super::problems;
use crate::alert_phones::{self, Asker, BeginError};
use crate::leads::StaffPhone;
use crate::messaging::Rule;
use crate::messaging::wording::PhonePurpose;
use crate::notifications::{self, NewNotification};
use crate::orgs;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AlertRecipientId, OrgId};
use crate::platform::problem::Problem;

/// What of a recipient matters here. Holds a number: deliberately no `Debug`.
#[derive(Clone, Copy)]
pub(super) struct Standing<'a> {
    pub id: AlertRecipientId,
    pub phone: &'a StaffPhone,
    pub is_active: bool,
    pub is_confirmed: bool,
}

impl Standing<'_> {
    /// Whether alerts go there.
    const fn is_told(&self) -> bool {
        self.is_active && self.is_confirmed
    }
}

/// Whether the phone is the org's own for alerts: its code was entered, or its operator set it.
pub(super) async fn is_proved(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    phone: &StaffPhone,
) -> Result<bool, Problem> {
    let Ok(phone) = Phone::parse_e164(phone.as_str()) else { return Ok(false) };
    let settings = orgs::settings(tx, &app.keys, org).await;
    let settings = settings.map_err(|error| problems::database(org, &error))?;
    Ok(alert_phones::is_in_force(&settings, &phone))
}

/// A recipient was added, or changed from what it was `before`.
pub(super) async fn saved(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    (before, now): (Option<Standing<'_>>, Standing<'_>),
) -> Result<(), Problem> {
    let former = before.filter(|before| before.phone != now.phone);
    let is_new = before.is_none() || former.is_some();
    let was_waiting = before.is_some_and(|before| before.is_active) && !is_new;
    if now.is_active && !now.is_confirmed && !was_waiting {
        text_code(app, tx, caller, now.phone).await?;
    }
    if let Some(former) = former {
        tell_former(app, tx, caller, (&former, Some(now.phone))).await?;
    }
    if !is_new {
        return Ok(());
    }
    let (who, end) = (caller.name(), now.phone.last4());
    let title = match former {
        None => format!("{who} put a phone on the list of those who get alerts: it ends in {end}"),
        Some(former) => {
            let was = former.phone.last4();
            format!("{who} changed a phone that gets alerts: it ended in {was}, and ends in {end} now")
        }
    };
    tell_owners(app, tx, caller.org, (&now, title)).await
}

/// A recipient was removed.
pub(super) async fn removed(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    former: &Standing<'_>,
) -> Result<(), Problem> {
    tell_former(app, tx, caller, (former, None)).await?;
    let (who, end) = (caller.name(), former.phone.last4());
    let title = format!("{who} took a phone off the list of those who get alerts: it ends in {end}");
    tell_owners(app, tx, caller.org, (former, title)).await
}

/// Texts the code. Where none can leave now they are on the list all the same and wait: the page says so and sends one when asked.
async fn text_code(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    phone: &StaffPhone,
) -> Result<(), Problem> {
    let Ok(phone) = Phone::parse_e164(phone.as_str()) else { return Ok(()) };
    let actor = caller.actor.to_string();
    let asker = Asker { actor: &actor, language: caller.language() };
    let wanted = (PhonePurpose::Recipient, &phone);
    match alert_phones::begin_change(app, tx, caller.org, wanted, asker).await {
        Ok(_) | Err(BeginError::TooMany | BeginError::NoRecipient) => Ok(()),
        Err(BeginError::Refused(rule)) if !matches!(rule, Rule::Number(_)) => {
            let undone = alert_phones::withdraw_change(app, tx, caller.org, wanted.0, asker).await;
            undone.map(drop).map_err(|error| problems::database(caller.org, &error))
        }
        Err(error) => Err(not_begun(caller.org, &error)),
    }
}

async fn tell_former(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    (former, now): (&Standing<'_>, Option<&StaffPhone>),
) -> Result<(), Problem> {
    let Ok(phone) = Phone::parse_e164(former.phone.as_str()) else { return Ok(()) };
    if !former.is_told() {
        return Ok(());
    }
    let actor = caller.actor.to_string();
    let asker = Asker { actor: &actor, language: caller.language() };
    let notice = (&phone, now.map(StaffPhone::as_str));
    let told = alert_phones::tell_former(app, tx, caller.org, notice, asker).await;
    told.map_err(|error| problems::database(caller.org, &error))
}

async fn tell_owners(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (about, title): (&Standing<'_>, String),
) -> Result<(), Problem> {
    let news = NewNotification {
        kind: "alert_recipients",
        title,
        subject: Some(("alert_recipient", about.id.0)),
        dedupe_key: format!("alert_recipient:{}", app.new_id::<Uuid>()),
    };
    let told = notifications::notify_owners(app, tx, org, &news).await;
    told.map(drop).map_err(|error| problems::database(org, &error))
}
