//! Keeps a text that somebody sent us, once, and does at once what the carriers' words ask.

use super::meaning::Meaning;
use super::record_consent::{ConsentError, NewConsent, Purpose, Source, record_consent};
use super::store;
use crate::contacts;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{ContactId, InboundTextId, OrgId};

/// Ten segments: more than any provider delivers as one message.
const BODY_CHARS_MAX: usize = 1600;
/// A number or a short code.
const FROM_CHARS_MAX: usize = 32;

/// A text as the provider posts it. Holds a number and words: deliberately no `Debug`.
pub struct Inbound<'a> {
    /// The provider's id of the message.
    pub sid: &'a str,
    /// Who wrote.
    pub from: &'a str,
    /// What.
    pub body: &'a str,
    /// Twilio's own reading: STOP, START or HELP.
    pub opt_out_type: Option<&'a str>,
}

impl<'a> Inbound<'a> {
    /// Reads the decoded form; `None` if it names no message.
    pub fn from_form(fields: &'a [(String, String)]) -> Option<Self> {
        let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        Some(Self {
            sid: field("MessageSid")
                .or_else(|| field("SmsSid"))
                .filter(|sid| !sid.is_empty() && sid.len() <= 64)?,
            from: field("From")?,
            body: field("Body").unwrap_or_default(),
            opt_out_type: field("OptOutType").filter(|word| !word.is_empty()),
        })
    }
}

/// A text that was kept. Holds a number: deliberately no `Debug`.
pub struct Received {
    /// Which.
    pub id: InboundTextId,
    /// What it means.
    pub meaning: Meaning,
    /// Whom an answer would go to; `None` for what is no number, such as a short code.
    pub from: Option<Phone>,
}

/// Keeps `inbound`; `None` when it was kept before. STOP and START take effect with the caller's transaction.
pub async fn receive_text(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    inbound: &Inbound<'_>,
) -> Result<Option<Received>, sqlx::Error> {
    let now = app.clock.now();
    let clean = |text: &str, max: usize| text.chars().filter(|c| *c != '\0').take(max).collect::<String>();
    let (from, body) = (clean(inbound.from, FROM_CHARS_MAX), clean(inbound.body, BODY_CHARS_MAX));
    let meaning = Meaning::of(&body, inbound.opt_out_type);
    let contact = contacts::known(tx, org, &from).await?.map(|known| known.id);
    let id: InboundTextId = app.new_id();
    let row = store::NewInbound { id, sid: inbound.sid, from: &from, body: &body, meaning, contact };
    if !store::insert_inbound(tx, org, &row, now).await? {
        return Ok(None);
    }
    let from = Phone::parse_e164(&from).ok();
    if let Some(from) = &from {
        let is_start = inbound.opt_out_type.is_some_and(|word| word.eq_ignore_ascii_case("START"));
        let is_stop = meaning == Meaning::Stop;
        if is_stop || meaning == Meaning::Start || is_start {
            opt(app, tx, org, (from, contact), !is_stop).await?;
        }
    }
    metrics::counter!("voxanne_inbound_texts_total", "meaning" => meaning.as_str()).increment(1);
    tracing::info!(org.id = %org, inbound.id = %id, meaning = meaning.as_str(), "Received a text");
    Ok(Some(Received { id, meaning, from }))
}

/// A carrier's word takes effect and stays in the ledger.
async fn opt(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (phone, contact): (&Phone, Option<ContactId>),
    given: bool,
) -> Result<(), sqlx::Error> {
    let new = NewConsent {
        phone,
        contact,
        purpose: Purpose::Texts,
        given,
        source: Source::Reply,
        note: None,
        recorded_by: "caller",
    };
    match record_consent(app, tx, org, new).await {
        // Their own START needs nobody's leave.
        Ok(_) | Err(ConsentError::OnlyThemselves) => Ok(()),
        Err(ConsentError::Database(error)) => Err(error),
    }
}

/// Whether the number said STOP to this org.
pub async fn has_opted_out(tx: &mut PgConnection, org: OrgId, phone: &Phone) -> Result<bool, sqlx::Error> {
    store::has_opted_out(tx, org, phone.as_str()).await
}

/// A text that was kept earlier.
pub async fn inbound(
    tx: &mut PgConnection,
    org: OrgId,
    id: InboundTextId,
) -> Result<Option<Received>, sqlx::Error> {
    let Some((from, meaning)) = store::inbound(tx, org, id).await? else { return Ok(None) };
    let meaning = meaning.parse().unwrap_or(Meaning::Other);
    Ok(Some(Received { id, meaning, from: Phone::parse_e164(&from).ok() }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::collections::BTreeMap;

    use super::*;

    fn form(raw: &str) -> Vec<(String, String)> {
        serde_json::from_str::<BTreeMap<String, String>>(raw).unwrap().into_iter().collect()
    }

    #[test]
    fn the_recorded_forms_are_read() {
        let stop = form(include_str!("../../tests/fixtures/peers/twilio.sms.inbound.stop.form.json"));
        let stop = Inbound::from_form(&stop).unwrap();
        assert_eq!((stop.from, stop.body, stop.opt_out_type), ("+13105550142", "STOP", Some("STOP")));
        let other = form(include_str!("../../tests/fixtures/peers/twilio.sms.inbound.form.json"));
        let other = Inbound::from_form(&other).unwrap();
        assert_eq!((other.sid, other.opt_out_type), ("SM0123456789abcdef0123456789abcdef", None));
        assert_eq!(Meaning::of(other.body, other.opt_out_type), Meaning::Other);
    }

    #[test]
    fn a_form_that_names_no_message_is_none() {
        assert!(Inbound::from_form(&[("From".into(), "+13105550142".into())]).is_none());
    }
}
