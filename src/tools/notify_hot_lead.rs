//! Tells the manager at once that this caller is worth calling back.

use super::arguments::{Arguments, Names, clean};
use super::attempt::AttemptError;
use super::run::{Answer, Caller};
use super::speech;
use crate::calls::{self, Asked};
use crate::leads::{self, NewAlert, Trigger};
use crate::orgs;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::scheduling::RuleBook;
use crate::spoken_name::SpokenName;

/// What fits into an alert.
const SUMMARY_CHARS_MAX: usize = 200;
/// A treatment's name, not a story.
const INTEREST_CHARS_MAX: usize = 80;

pub(super) async fn answer(
    app: &App,
    tx: &mut PgConnection,
    caller: &Caller,
    book: &RuleBook,
    (asked, arguments): (&Asked, Arguments<'_>),
) -> Result<Answer, AttemptError> {
    let said_phone = arguments
        .text(Names::LEAD_PHONE)
        .and_then(|said| Phone::parse(&said, &book.settings.default_region).ok());
    let Some(phone) = caller.phone.clone().or_else(|| said_phone.clone()) else {
        return Ok(Answer::result(speech::WHICH_PHONE));
    };
    let name = arguments.text(Names::LEAD_NAME).and_then(|said| SpokenName::parse(&said));
    let call_ref = caller.call_ref.clone().unwrap_or_else(|| asked.tool_call_id.clone());
    let call = match &caller.call_ref {
        Some(call_ref) => Some(
            calls::ensure(
                tx,
                caller.org,
                app.new_id(),
                call_ref,
                caller.phone.as_ref().map(Phone::as_str),
                app.clock.now(),
            )
            .await?,
        ),
        None => None,
    };
    let cut = |text: Option<String>, max| text.map(|t| clean(&t, max));
    let interest = cut(arguments.text(Names::INTEREST), INTEREST_CHARS_MAX);
    // The caller id comes first; another number that was given is told beside it.
    let other =
        said_phone.filter(|said| !said.same(&phone)).map(|said| format!("Also gave {}.", said.as_str()));
    let said = [other, arguments.text(Names::SUMMARY)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let summary = cut(Some(said).filter(|s| !s.is_empty()), SUMMARY_CHARS_MAX);
    let urgency = arguments.text(Names::URGENCY).filter(|u| matches!(u.as_str(), "high" | "medium"));
    let alert = NewAlert {
        call_ref: &call_ref,
        call,
        location: caller.location,
        trigger: Trigger::Tool,
        name: name.as_ref().map(SpokenName::as_str),
        phone: Some(phone.as_str()),
        interest: interest.as_deref(),
        summary: summary.as_deref(),
        urgency: urgency.as_deref(),
        score: None,
    };
    // Whom to text must be today's word: no look at the ledger vouches for the kept rules here.
    let settings = orgs::settings(tx, &app.keys, caller.org).await?;
    let raised = leads::raise_alert(app, tx, caller.org, &settings, alert).await?;
    Ok(Answer::result(if raised.text_queued { speech::LEAD_TEXTED } else { speech::LEAD_NOTED }))
}
