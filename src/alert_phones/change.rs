//! A number that is to get alerts, and the code that proves it.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::store;
use crate::accounts::{self, Act};
use crate::language::Language;
use crate::messaging::wording::{PhonePurpose, phone_code, phone_notice};
use crate::messaging::{Kind, NewText, Queued, Rule, queue_text, queue_text_before};
use crate::orgs::Settings;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::platform::secrets::Keys;

/// How long a code counts.
pub(super) const CODE_LASTS: SignedDuration = SignedDuration::from_mins(10);
/// Codes that are texted for an org in a day: each costs, and goes to a number that nobody has proved.
pub(super) const CODES_PER_DAY: i64 = 6;
/// Codes that may be entered for one change.
pub(super) const TRIES_MAX: i16 = 5;
/// What counts as a day.
pub(super) const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// Who asks, as the audit log names them, and in which language they are answered.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// Such as `staff:usr_…`.
    pub actor: &'a str,
    /// Of the texts that come of it.
    pub language: Language,
}

/// A number whose code is waited for. Holds a number: deliberately no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct PendingPhone {
    /// Which change.
    pub id: Uuid,
    /// What the number is to be.
    pub purpose: PhonePurpose,
    /// E.164.
    pub phone: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// From then on its code counts no more.
    pub expires_at: Timestamp,
    /// How often the code was texted.
    pub(super) sends: i16,
    /// How many codes were entered.
    pub(super) tries: i16,
}

impl PendingPhone {
    /// Whether a code that is entered now could count.
    pub(super) fn counts(&self, now: Timestamp) -> bool {
        now < self.expires_at && self.tries < TRIES_MAX
    }
}

/// The setting that a confirmed number becomes; a recipient's becomes none.
pub(super) const fn column(purpose: PhonePurpose) -> Option<&'static str> {
    match purpose {
        PhonePurpose::HotLead => Some("hot_lead_alert_phone"),
        PhonePurpose::Clinical => Some("clinical_alert_phone"),
        PhonePurpose::Recipient => None,
    }
}

/// The number that is in force.
pub(super) fn in_force(settings: &Settings, purpose: PhonePurpose) -> Option<&str> {
    match purpose {
        PhonePurpose::HotLead => settings.hot_lead_alert_phone.as_deref(),
        PhonePurpose::Clinical => settings.clinical_alert_phone.as_deref(),
        PhonePurpose::Recipient => None,
    }
}

/// Whether `phone` is the org's own for alerts of either kind.
pub fn is_in_force(settings: &Settings, phone: &Phone) -> bool {
    let own = [settings.hot_lead_alert_phone.as_deref(), settings.clinical_alert_phone.as_deref()];
    own.contains(&Some(phone.as_str()))
}

/// The six digits of a change: they follow from its id and the installation's key, so that they are kept nowhere.
pub(super) fn code_of(keys: &Keys, change: Uuid) -> String {
    let digest = keys.digest(&format!("phone_change:{change}"));
    let number = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("{:06}", number % 1_000_000)
}

/// Whether `entered` is the code, whatever is between its digits. By digests, so that the time it takes tells nothing.
pub(super) fn is_code(keys: &Keys, change: Uuid, entered: &str) -> bool {
    let digits: String = entered.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    keys.digest(&digits) == keys.digest(&code_of(keys, change))
}

/// Texts the code of `pending` to its number.
pub(super) async fn text_code(
    app: &App,
    tx: &mut PgConnection,
    (org, settings): (OrgId, &Settings),
    pending: &PendingPhone,
    asker: Asker<'_>,
) -> Result<Result<Queued, Rule>, sqlx::Error> {
    let Ok(to) = Phone::parse_e164(&pending.phone) else { return Ok(Err(Rule::Number("not_a_number"))) };
    let code = code_of(&app.keys, pending.id);
    let new = NewText {
        kind: Kind::PhoneCode,
        to: &to,
        body: phone_code(pending.purpose, &settings.clinic_name, &code, asker.language),
        dedupe_key: format!("phone_code:{}:{}", pending.id, pending.sends),
        contact: None,
        appointment: None,
        call: None,
        sent_by: Some(asker.actor),
    };
    Ok(match queue_text_before(app, tx, org, settings, (new, pending.expires_at)).await? {
        Queued::Refused(rule) => Err(rule),
        queued => Ok(queued),
    })
}

/// Tells the number before that it gets no more alerts; `now` is the one that does.
pub(super) async fn text_notice(
    app: &App,
    tx: &mut PgConnection,
    (org, settings): (OrgId, &Settings),
    (purpose, now): (PhonePurpose, Option<&str>),
    asker: Asker<'_>,
) -> Result<(), sqlx::Error> {
    let before = in_force(settings, purpose).filter(|before| now != Some(*before));
    let Some(to) = before.and_then(|before| Phone::parse_e164(before).ok()) else { return Ok(()) };
    text_notice_to(app, tx, (org, settings), (&to, purpose, now), asker).await
}

/// The same to a number that is given.
pub(super) async fn text_notice_to(
    app: &App,
    tx: &mut PgConnection,
    (org, settings): (OrgId, &Settings),
    (to, purpose, now): (&Phone, PhonePurpose, Option<&str>),
    asker: Asker<'_>,
) -> Result<(), sqlx::Error> {
    let change: Uuid = app.new_id();
    let new = NewText {
        kind: Kind::PhoneNotice,
        to,
        body: phone_notice(purpose, &settings.clinic_name, now, asker.language),
        dedupe_key: format!("phone_notice:{change}"),
        contact: None,
        appointment: None,
        call: None,
        sent_by: Some(asker.actor),
    };
    queue_text(app, tx, org, settings, new).await?;
    Ok(())
}

/// Writes down who did what about which kind of number; the number itself stays out of the log.
pub(super) async fn write_down(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (action, purpose): (&'static str, PhonePurpose),
    asker: Asker<'_>,
) -> Result<(), sqlx::Error> {
    let detail = serde_json::json!({ "purpose": purpose.as_str() });
    let act = Act { actor: asker.actor, action, subject: None, detail };
    accounts::record_act(app, tx, org, &act).await
}

/// Whether the org had its codes of the day.
pub(super) async fn had_enough_codes(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
) -> Result<bool, sqlx::Error> {
    Ok(store::codes_since(tx, org, a_day_ago(app)).await? >= CODES_PER_DAY)
}

pub(super) fn a_day_ago(app: &App) -> Timestamp {
    let now = app.clock.now();
    now.checked_sub(A_DAY).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use secrecy::SecretString;

    use super::*;

    #[test]
    fn a_code_is_six_digits_of_its_change_alone() {
        let keys = Keys::new(&SecretString::from("dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q="), &"".into())
            .unwrap();
        let codes: Vec<String> = (0..50_u128).map(|n| code_of(&keys, Uuid::from_u128(n))).collect();
        assert!(codes.iter().all(|code| code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())));
        let mut told = codes.clone();
        told.sort();
        told.dedup();
        assert!(told.len() > 45, "{told:?}");
        let code = &codes[7];
        let spaced = format!(" {}-{} ", &code[..3], &code[3..]);
        assert!(is_code(&keys, Uuid::from_u128(7), &spaced));
        assert!(!is_code(&keys, Uuid::from_u128(8), code) && !is_code(&keys, Uuid::from_u128(7), ""));
    }
}
