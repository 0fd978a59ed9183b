//! Listens for symptoms while the call still runs: in what the caller says, and in what a tool is told of it.

use super::alert::{Raised, Trigger};
use super::clinical::{NewClinicalAlert, raise_clinical_alert};
use super::scoring::{self, Danger};
use super::store::of_call;
use crate::calls;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// What was heard, and from whom. A person's words: deliberately no `Debug`.
pub struct Heard<'a> {
    /// The platform's call.
    pub call_ref: Option<&'a str>,
    /// What stands for the call when the platform names none.
    pub otherwise: &'a str,
    /// The platform's caller id, as it came.
    pub caller_id: Option<&'a str>,
    /// The number to call back, E.164.
    pub phone: Option<&'a str>,
    /// The caller's own words, each by itself.
    pub said: &'a [String],
    /// Where they were heard.
    pub trigger: Trigger,
}

/// How bad it is, and what was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InDanger {
    /// How fast somebody must act.
    pub danger: Danger,
    /// Whether a text tells clinical staff, this time or before.
    pub text_queued: bool,
}

/// Raises the call's one clinical alert with the caller's transaction when a symptom was heard; nothing is read or
/// written when none was.
pub async fn hear_danger(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    heard: &Heard<'_>,
) -> Result<Option<InDanger>, sqlx::Error> {
    let worst =
        heard.said.iter().filter_map(|said| scoring::danger_in(said)).max_by_key(|(danger, _)| *danger);
    let Some((danger, symptom)) = worst else { return Ok(None) };
    let call = match heard.call_ref {
        Some(call_ref) => {
            Some(calls::ensure(tx, org, app.new_id(), call_ref, heard.caller_id, app.clock.now()).await?)
        }
        None => None,
    };
    let settings = orgs::settings(tx, &app.keys, org).await?;
    let alert = NewClinicalAlert {
        call_ref: heard.call_ref.unwrap_or(heard.otherwise),
        call,
        phone: heard.phone,
        symptom: &symptom,
        danger: Some(danger),
        trigger: heard.trigger,
        named_help: None,
    };
    let Raised { text_queued, .. } = raise_clinical_alert(app, tx, org, &settings, alert).await?;
    Ok(Some(InDanger { danger, text_queued }))
}

/// The clinical alert that the call has already: whatever is told of its caller later, they may be hurt.
pub async fn heard_before(
    tx: &mut PgConnection,
    org: OrgId,
    call_ref: &str,
) -> Result<Option<InDanger>, sqlx::Error> {
    let clinical = of_call::clinical(tx, org, call_ref).await?;
    Ok(clinical.map(|clinical| {
        let heard = clinical.about.as_deref().and_then(scoring::danger_in);
        let danger = heard.map_or(Danger::Urgent, |(danger, _)| danger);
        InDanger { danger, text_queued: clinical.has_text }
    }))
}
