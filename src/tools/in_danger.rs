//! Listens to the caller's own words in what a tool is told: somebody who may be hurt is no sale.

use super::arguments::{Arguments, Names};
use super::run::{Act, Answer, Caller};
use super::speech::clinical;
use crate::calls::Asked;
use crate::leads::scoring::Danger;
use crate::leads::{self, Heard, InDanger, Trigger};
use crate::phone::{Phone, emergency_number};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::scheduling::RuleBook;

/// Arguments that hold what the caller said, whatever the tool.
const WORDS: [Names; 6] =
    [Names::REASON, Names::SUMMARY, Names::NOTES, Names::INTEREST, Names::SERVICE, Names::HINT];

/// Raises the clinical alert when the caller's words name a symptom, with the claim's transaction. Nobody is a lead of whom that was
/// heard earlier in the call.
pub(super) async fn hear(
    app: &App,
    tx: &mut PgConnection,
    caller: &Caller,
    book: &RuleBook,
    (act, asked, arguments): (Act, &Asked, Arguments<'_>),
) -> Result<Option<InDanger>, sqlx::Error> {
    let said: Vec<String> = WORDS.into_iter().filter_map(|names| arguments.text(names)).collect();
    let phone = caller.phone.clone().or_else(|| said_phone(book, arguments));
    let heard = Heard {
        call_ref: caller.call_ref.as_deref(),
        otherwise: &asked.tool_call_id,
        caller_id: caller.phone.as_ref().map(Phone::as_str),
        phone: phone.as_ref().map(Phone::as_str),
        said: &said,
        trigger: Trigger::Tool,
    };
    let found = leads::hear_danger(app, tx, caller.org, &heard).await?;
    match (found, act, &caller.call_ref) {
        (None, Act::NotifyHotLead, Some(call_ref)) => leads::heard_before(tx, caller.org, call_ref).await,
        _ => Ok(found),
    }
}

/// The number that was given by voice, by any of its names.
pub(super) fn said_phone(book: &RuleBook, arguments: Arguments<'_>) -> Option<Phone> {
    let said = arguments.text(Names::CUSTOMER_PHONE).or_else(|| arguments.text(Names::LEAD_PHONE))?;
    Phone::parse(&said, &book.settings.default_region).ok()
}

/// What is said instead of doing anything, when help cannot wait.
pub(super) fn instead(book: &RuleBook, found: Option<InDanger>) -> Option<Answer> {
    let found = found.filter(|found| found.danger == Danger::Emergency)?;
    Some(Answer::result(clinical::emergency(number(book), found.text_queued)))
}

/// What was done, and that the team was alerted beside it. What gets the caller a person says so itself.
pub(super) fn beside(book: &RuleBook, found: Option<InDanger>, act: Act, answer: Answer) -> Answer {
    let says_so = matches!(act, Act::NotifyHotLead | Act::RequestHuman);
    match found.filter(|found| found.text_queued && !says_so && !answer.is_error) {
        Some(_) => Answer { text: clinical::and_alerted(&answer.text, number(book)), ..answer },
        None => answer,
    }
}

/// What to dial for help where the clinic is.
pub(super) fn number(book: &RuleBook) -> &'static str {
    emergency_number(&book.settings.default_region)
}
