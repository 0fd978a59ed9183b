//! Alerts the manager to a caller worth calling back now.

use super::escalation::AlertKind;
use super::ladder::Ladder;
use super::store;
use super::store::escalations::{self, NewEscalation};
use super::store::of_call;
use crate::mail;
use crate::messaging::wording::{self, HotLead};
use crate::notifications::{self, NewNotification};
use crate::orgs::Settings;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AlertId, CallId, LocationId, OrgId};

/// What raised an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// The assistant, during the call.
    Tool,
    /// The caller's own words, as they were said.
    Transcript,
    /// The score, at its end.
    Score,
}

impl Trigger {
    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Transcript => "transcript",
            Self::Score => "score",
        }
    }
}

/// A hot lead as far as it is known. Names a person: deliberately no `Debug`.
#[derive(Clone, Copy)]
pub struct NewAlert<'a> {
    /// The platform's call: there is one alert for it.
    pub call_ref: &'a str,
    /// Our record of it.
    pub call: Option<CallId>,
    /// The site that was called, when that is known; else the record of the call tells it.
    pub location: Option<LocationId>,
    /// What raised it.
    pub trigger: Trigger,
    /// The caller's name.
    pub name: Option<&'a str>,
    /// The number to call back, E.164.
    pub phone: Option<&'a str>,
    /// The service they want.
    pub interest: Option<&'a str>,
    /// What to know before calling.
    pub summary: Option<&'a str>,
    /// `high` or `medium`.
    pub urgency: Option<&'a str>,
    /// 0 to 100.
    pub score: Option<i16>,
}

/// What raising an alert did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised {
    /// False when the call had its alert already, or is no lead: nothing was done.
    pub first: bool,
    /// Whether a text tells the team, this time or before.
    pub text_queued: bool,
}

/// Raises the call's one alert: row, ladder, text, e-mails and notification in the caller's transaction. A caller who may be hurt is
/// no lead, whatever else is told of them: clinical staff have been alerted, and nothing is done. Nor is who sells, misdialled, looks
/// for work or complains, once the call was scored so.
///
/// The constraint decides between triggers that race: the second waits for the first one's commit and does nothing. Against a
/// clinical alert the row of the call decides, which whoever raises either has written to.
pub async fn raise_alert(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    new: NewAlert<'_>,
) -> Result<Raised, sqlx::Error> {
    if let Some(text_queued) = of_call::no_lead(tx, org, new.call_ref).await? {
        return Ok(Raised { first: false, text_queued });
    }
    let id: AlertId = app.new_id();
    if !store::insert(tx, org, id, &new, app.clock.now()).await? {
        let text_queued = store::has_text(tx, org, new.call_ref).await?;
        return Ok(Raised { first: false, text_queued });
    }
    let lead = HotLead {
        name: new.name.unwrap_or_default(),
        phone: new.phone.unwrap_or_default(),
        interest: new.interest.unwrap_or_default(),
        summary: new.summary.unwrap_or_default(),
    };
    let key = format!("hot_lead:{}", new.call_ref);
    let (text_queued, location) = begin_ladder(app, tx, org, settings, (&new, &lead)).await?;
    let who = new.name.unwrap_or("a caller");
    let notification = NewNotification {
        kind: "hot_lead",
        title: format!("Hot lead: call {who} back now"),
        subject: Some(("hot_lead_alert", id.0)),
        dedupe_key: key.clone(),
    };
    notifications::notify(app, tx, org, &notification).await?;
    let clinic = (org, settings.clinic_name.as_str());
    let about = mail::About { reason: &key, call: new.call, location };
    mail::alert_recipients(app, tx, clinic, mail::StaffAlert::HotLead(lead), about).await?;
    metrics::counter!("voxanne_hot_lead_alerts_total", "trigger" => new.trigger.as_str()).increment(1);
    Ok(Raised { first: true, text_queued })
}

/// Tells the first people of the call's ladder, or leaves it for opening; whether a text tells somebody, and the site it is of.
async fn begin_ladder(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    (new, lead): (&NewAlert<'_>, &HotLead<'_>),
) -> Result<(bool, Option<LocationId>), sqlx::Error> {
    let begun = NewEscalation {
        id: app.new_id(),
        kind: AlertKind::HotLead,
        call_ref: new.call_ref,
        call: new.call,
        location: new.location,
        lead_name: new.name,
        lead_phone: new.phone,
        about: new.interest,
        is_of_report: new.trigger == Trigger::Score,
    };
    let Some(mut escalation) = escalations::insert(tx, org, &begun, app.clock.now()).await? else {
        return Ok((false, new.location));
    };
    let location = escalation.location;
    let ladder = Ladder::read_with_sites(app, tx, org, settings).await?;
    if let Some(opening) = ladder.rests_until(&escalation) {
        ladder.rest(tx, &mut escalation, opening).await?;
        return Ok((false, location));
    }
    escalation.waits_for_opening = ladder.is_unattended(&escalation);
    let text = ladder.climb(tx, &mut escalation, (Some(wording::hot_lead_alert(lead)), &[])).await?;
    Ok((text.is_some(), location))
}
