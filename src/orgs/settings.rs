//! What an org decided about alerts, texts, calendars and vendors.

use secrecy::SecretString;

use super::store;
use crate::language::Language;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::platform::secrets::Keys;

/// The column names that sealed values are bound to.
pub(super) const TWILIO_TOKEN: &str = "integration_settings.twilio_auth_token";
pub(super) const TWILIO_KEY_SECRET: &str = "integration_settings.twilio_api_key_secret";
pub(super) const VAPI_KEY: &str = "integration_settings.vapi_private_key";

/// An org's settings, secrets opened.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The clinic's name as callers know it.
    pub clinic_name: String,
    /// The ISO region in which a number without `+` is read.
    pub default_region: String,
    /// The first location's zone.
    pub time_zone: String,
    /// The clinic's own line, for transfers.
    pub human_phone: Option<String>,
    /// Who is told of hot leads.
    pub hot_lead_alert_phone: Option<String>,
    /// Who is told of clinical urgency; hot leads' phone when unset.
    pub clinical_alert_phone: Option<String>,
    /// Minutes after the first telling of an alert at which the next people are told.
    pub alert_rungs_minutes: Vec<i16>,
    /// A hot lead that comes while nobody is there is told at opening.
    pub alerts_wait_for_opening: bool,
    /// Scores from here are hot.
    pub hot_threshold: i16,
    /// Scores from here are warm.
    pub warm_threshold: i16,
    /// True: a booking is final without an outside calendar.
    pub calendar_of_record: bool,
    /// ISO regions that may be texted.
    pub text_regions: Vec<String>,
    /// Texts of the org in a day.
    pub texts_per_day_max: i32,
    /// The kill switch of all texts.
    pub texting_enabled: bool,
    /// Hour of the recipient's day from which texts leave that can wait.
    pub quiet_until: i8,
    /// Hour of the recipient's day up to which they leave.
    pub quiet_from: i8,
    /// `always`, `with_consent` or `never`.
    pub keep_recordings: String,
    /// The language of texts to people of whom none is known.
    pub language: Language,
    /// Whether the org's own templates may name the treatment.
    pub texts_name_treatments: bool,
    /// Whether feeds tell who comes.
    pub feed_names: bool,
    /// How long before a visit its person is reminded, in minutes; empty is never.
    pub reminder_minutes: Vec<i32>,
    /// Whether callers whose call ended before they were helped get a text.
    pub missed_call_text: bool,
    /// Whether hot callers of a closed clinic are offered two held times by text.
    pub after_hours_offer: bool,
    /// Whether whoever signs in has to have a second factor.
    pub requires_second_factor: bool,
    /// The org's own account, when it has one.
    pub twilio: Option<TwilioAccount>,
    /// The voice platform's management key, when it was given.
    pub vapi_private_key: Option<SecretString>,
}

/// An org's own Twilio account.
#[derive(Debug, Clone)]
pub struct TwilioAccount {
    /// `AC…`
    pub account_sid: String,
    /// Its token, which also signs callbacks.
    pub auth_token: SecretString,
    /// What texts are sent with in place of the token, when it was given.
    pub api_key: Option<TwilioKey>,
    /// A number, or a messaging service (`MG…`).
    pub sender: Option<String>,
}

/// A key of a Twilio account that can be revoked alone.
#[derive(Debug, Clone)]
pub struct TwilioKey {
    /// `SK…`
    pub sid: String,
    /// Its secret.
    pub secret: SecretString,
}

/// Reads the settings of the transaction's org. A secret that no key opens counts as not given, and is logged.
pub async fn settings(tx: &mut PgConnection, keys: &Keys, org: OrgId) -> Result<Settings, sqlx::Error> {
    let row = store::settings(tx, org).await?;
    let opened = |column, sealed: Option<Vec<u8>>| {
        let sealed = sealed?;
        keys.open(org, column, &sealed)
            .inspect_err(
                |error| tracing::error!(org.id = %org, column, %error, "A stored secret does not open"),
            )
            .ok()
    };
    let token = opened(TWILIO_TOKEN, row.twilio_auth_token_sealed);
    let key_secret = opened(TWILIO_KEY_SECRET, row.twilio_api_key_secret_sealed);
    let api_key = row.twilio_api_key_sid.zip(key_secret).map(|(sid, secret)| TwilioKey { sid, secret });
    let twilio = row.twilio_account_sid.zip(token).map(|(account_sid, auth_token)| TwilioAccount {
        account_sid,
        auth_token,
        api_key,
        sender: row.twilio_sender,
    });
    Ok(Settings {
        clinic_name: row.clinic_name,
        default_region: row.default_region,
        time_zone: row.time_zone.unwrap_or_else(|| "UTC".into()),
        human_phone: row.human_phone,
        hot_lead_alert_phone: row.hot_lead_alert_phone,
        clinical_alert_phone: row.clinical_alert_phone,
        alert_rungs_minutes: row.alert_rungs_minutes,
        alerts_wait_for_opening: row.alerts_wait_for_opening,
        hot_threshold: row.hot_threshold,
        warm_threshold: row.warm_threshold,
        calendar_of_record: row.calendar_of_record,
        text_regions: row.text_regions,
        texts_per_day_max: row.texts_per_day_max,
        texting_enabled: row.texting_enabled,
        quiet_until: i8::try_from(row.quiet_until).unwrap_or(8),
        quiet_from: i8::try_from(row.quiet_from).unwrap_or(21),
        keep_recordings: row.keep_recordings,
        language: row.language.parse().unwrap_or(Language::English),
        texts_name_treatments: row.texts_name_treatments,
        feed_names: row.feed_names,
        reminder_minutes: row.reminder_minutes,
        missed_call_text: row.missed_call_text,
        after_hours_offer: row.after_hours_offer,
        requires_second_factor: row.requires_second_factor,
        twilio,
        vapi_private_key: opened(VAPI_KEY, row.vapi_private_key_sealed),
    })
}
