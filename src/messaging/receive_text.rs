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
/// As many as the provider attaches to one message.
const MEDIA_MAX: i16 = 10;

/// A text as the provider posts it. Holds a number and words: deliberately no `Debug`.
pub struct Inbound<'a> {
    /// The provider's id of the message.
    pub sid: &'a str,
    /// The provider's token of the request, the same when it posts the message again.
    pub repeat_token: Option<&'a str>,
    /// Who wrote.
    pub from: &'a str,
    /// What.
    pub body: &'a str,
    /// Pictures and the like that came with it.
    pub media_count: i16,
    /// Twilio's own reading: STOP, START or HELP.
    pub opt_out_type: Option<&'a str>,
}

impl<'a> Inbound<'a> {
    /// Reads the decoded form; `None` if it names no message.
    pub fn from_form(fields: &'a [(String, String)], repeat_token: Option<&'a str>) -> Option<Self> {
        let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        Some(Self {
            sid: field("MessageSid")
                .or_else(|| field("SmsSid"))
                .filter(|sid| !sid.is_empty() && sid.len() <= 64)?,
            repeat_token: repeat_token.filter(|token| !token.is_empty() && token.len() <= 128),
            from: field("From")?,
            body: field("Body").unwrap_or_default(),
            media_count: field("NumMedia")
                .and_then(|count| count.parse().ok())
                .unwrap_or(0)
                .clamp(0, MEDIA_MAX),
            opt_out_type: field("OptOutType").filter(|word| !word.is_empty()),
        })
    }

    /// Whether Twilio took it for a START, whatever else it may mean to us, such as YES.
    pub fn is_start(&self) -> bool {
        self.opt_out_type.is_some_and(|word| word.eq_ignore_ascii_case("START"))
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
    /// The sender as it was kept: what its thread is found by.
    pub sender: String,
    /// The contact behind the number.
    pub contact: Option<ContactId>,
    /// What was written; counts as the same text when it is the same.
    pub body: String,
    /// What it asks has been done.
    pub is_answered: bool,
}

/// Keeps `inbound`; `None` when it was kept before. STOP and START take effect with the caller's transaction, and whoever
/// wants no more texts is asked nothing any more.
pub async fn receive_text(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    inbound: &Inbound<'_>,
) -> Result<Option<Received>, sqlx::Error> {
    let now = app.clock.now();
    let clean = |text: &str, max: usize| text.chars().filter(|c| *c != '\0').take(max).collect::<String>();
    let (sender, body) = (clean(inbound.from, FROM_CHARS_MAX), clean(inbound.body, BODY_CHARS_MAX));
    let meaning = Meaning::of(&body, inbound.opt_out_type);
    let contact = contacts::known(tx, org, &sender).await?.map(|known| known.id);
    let id: InboundTextId = app.new_id();
    let row = store::NewInbound {
        id,
        sid: inbound.sid,
        repeat_token: inbound.repeat_token,
        from: &sender,
        body: &body,
        media_count: inbound.media_count,
        meaning,
        contact,
        is_read: matches!(meaning, Meaning::Stop | Meaning::Start),
    };
    if !store::insert_inbound(tx, org, &row, now).await? {
        return Ok(None);
    }
    let from = Phone::parse_e164(&sender).ok();
    if let Some(from) = &from {
        let is_stop = meaning.is_stop();
        if is_stop || meaning == Meaning::Start || inbound.is_start() {
            opt(app, tx, org, (from, contact), !is_stop).await?;
        }
        if is_stop {
            store::close_of(tx, org, from.as_str(), meaning.as_str(), now).await?;
        }
    }
    metrics::counter!("voxanne_inbound_texts_total", "meaning" => meaning.as_str()).increment(1);
    tracing::info!(org.id = %org, inbound.id = %id, meaning = meaning.as_str(), "Received a text");
    Ok(Some(Received { id, meaning, from, sender, contact, body, is_answered: false }))
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

/// A text that was kept earlier, locked until the transaction ends: it is answered once.
pub async fn inbound(
    tx: &mut PgConnection,
    org: OrgId,
    id: InboundTextId,
) -> Result<Option<Received>, sqlx::Error> {
    let Some(row) = store::inbound(tx, org, id).await? else { return Ok(None) };
    Ok(Some(Received {
        id,
        meaning: row.meaning.parse().unwrap_or(Meaning::Other),
        from: Phone::parse_e164(&row.from_phone).ok(),
        sender: row.from_phone,
        contact: row.contact_id,
        body: row.body,
        is_answered: row.is_answered,
    }))
}

/// What the text asks is done with the caller's transaction. What is for a person stays unread.
pub async fn mark_answered(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    id: InboundTextId,
    is_for_staff: bool,
) -> Result<(), sqlx::Error> {
    store::answered(tx, org, id, is_for_staff, app.clock.now()).await
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
        let stop = Inbound::from_form(&stop, None).unwrap();
        assert_eq!((stop.from, stop.body, stop.opt_out_type), ("+13105550142", "STOP", Some("STOP")));
        let other = form(include_str!("../../tests/fixtures/peers/twilio.sms.inbound.form.json"));
        let other = Inbound::from_form(&other, Some("")).unwrap();
        assert_eq!((other.sid, other.opt_out_type), ("SM0123456789abcdef0123456789abcdef", None));
        assert_eq!(Meaning::of(other.body, other.opt_out_type), Meaning::Confirm);
    }

    #[test]
    fn a_form_that_names_no_message_is_none() {
        assert!(Inbound::from_form(&[("From".into(), "+13105550142".into())], None).is_none());
    }
}
