//! `/settings/twilio`: the account that an org's texts leave from.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::presence::{Proof, prove};
use super::problems::{self, invalid_field};
use super::request::Received;
use crate::accounts::Scope;
use crate::messaging::{self, AccountHealth};
use crate::orgs::{self, CreateError, TwilioAccount, TwilioKey};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::bounded::Text;
use crate::platform::db::PgConnection;
use crate::platform::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_twilio_account, set_twilio_account, delete_twilio_account))
}

/// The account that texts leave from. None of its secrets is shown.
#[derive(Debug, Serialize, ToSchema)]
struct TwilioStanding {
    /// Whether it is the org's own; otherwise the installation's.
    own: bool,
    /// `AC12…89ab`; null when texts cannot leave.
    account_sid: Option<String>,
    /// The number or messaging service that texts come from.
    sender: Option<String>,
    /// `SK12…89ab` when a key signs in; null when the auth token does.
    api_key_sid: Option<String>,
    /// What keeps texts from leaving, and what to do about it; null when nothing does.
    trouble: Option<String>,
    /// Texts that have not left.
    waiting: i64,
}

impl From<AccountHealth> for TwilioStanding {
    fn from(health: AccountHealth) -> Self {
        let standing = Self {
            own: health.is_own,
            account_sid: None,
            sender: None,
            api_key_sid: None,
            trouble: None,
            waiting: health.waiting,
        };
        match health.account {
            // The installation's account is its operator's business.
            Ok((sid, sender, key)) => Self {
                account_sid: Some(masked(&sid)),
                sender: Some(sender),
                api_key_sid: key.as_deref().map(masked),
                trouble: health.trouble.map(|trouble| trouble.sentence()),
                ..standing
            },
            Err(why) => Self { trouble: Some(why.to_owned()), ..standing },
        }
    }
}

/// Enough to recognise it.
fn masked(sid: &str) -> String {
    let (start, end) = (sid.get(..4).unwrap_or_default(), sid.get(sid.len().saturating_sub(4)..));
    format!("{start}…{}", end.unwrap_or_default())
}

/// An account of the org's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TwilioWanted {
    /// `AC` and 32 hexadecimal digits.
    #[schema(inline)]
    account_sid: Text<1, 40>,
    /// Its token, which also signs what Twilio posts to us.
    #[schema(inline)]
    auth_token: Text<1, 100>,
    /// A number of it in E.164 form, or a messaging service (`MG…`).
    #[schema(inline)]
    sender: Text<1, 40>,
    /// `SK…`: texts are sent with this key, and the token only verifies.
    #[schema(inline)]
    api_key_sid: Option<Text<1, 40>>,
    /// Its secret.
    #[schema(inline)]
    api_key_secret: Option<Text<1, 100>>,
    /// Of whoever asks, when they signed in more than 15 minutes ago.
    #[serde(default)]
    password: Option<String>,
    /// A code of their second factor, where they have one.
    #[serde(default)]
    second_factor: Option<String>,
}

impl TwilioWanted {
    fn account(&self) -> Result<TwilioAccount, Problem> {
        let is_id = |id: &str, prefix: &str| {
            let digits = id.strip_prefix(prefix);
            id.len() == 34 && digits.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_hexdigit()))
        };
        if !is_id(self.account_sid.as_str(), "AC") {
            return Err(invalid_field(
                "account_sid",
                "must be AC and 32 hexadecimal digits, from Twilio's console",
            ));
        }
        let sender = self.sender.as_str();
        if !is_id(sender, "MG") && Phone::parse_e164(sender).is_err() {
            return Err(invalid_field(
                "sender",
                "must be a number in E.164 form, such as +13105550100, or MG and 32 hexadecimal digits",
            ));
        }
        let api_key = match (&self.api_key_sid, &self.api_key_secret) {
            (None, None) => None,
            (Some(sid), Some(secret)) if is_id(sid.as_str(), "SK") => {
                Some(TwilioKey { sid: sid.as_str().to_owned(), secret: secret.as_str().into() })
            }
            (Some(_), Some(_)) => {
                return Err(invalid_field("api_key_sid", "must be SK and 32 hexadecimal digits"));
            }
            (Some(_), None) => return Err(invalid_field("api_key_secret", "is missing")),
            (None, Some(_)) => return Err(invalid_field("api_key_sid", "is missing")),
        };
        Ok(TwilioAccount {
            account_sid: self.account_sid.as_str().to_owned(),
            auth_token: self.auth_token.as_str().into(),
            api_key,
            sender: Some(sender.to_owned()),
        })
    }
}

/// Shows from which account texts leave, and what keeps them from leaving.
#[utoipa::path(get, path = "/settings/twilio", tag = "settings", responses((status = 200, body = TwilioStanding, description = "Without its secrets")))]
async fn get_twilio_account(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let there = current(&app, &mut tx, &caller).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&there)
}

/// Gives the org an account of its own: its texts leave from there, those that wait at once. Nothing is asked of Twilio here; the next
/// text tells whether it lets us in. A person who signed in more than 15 minutes ago gives their password, too.
#[utoipa::path(put, path = "/settings/twilio", tag = "settings", request_body = TwilioWanted, responses((status = 200, body = TwilioStanding, description = "Connected")))]
async fn set_twilio_account(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let wanted: TwilioWanted = request.json()?;
    let account = wanted.account()?;
    let proof =
        Proof { password: wanted.password.as_deref(), second_factor: wanted.second_factor.as_deref() };
    prove(&app, &caller, proof).await?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let connected = messaging::connect_twilio(&app, &mut tx, caller.org, &account).await;
    connected.map_err(|error| match error {
        CreateError::Database(error) => failed(error),
        error => {
            tracing::error!(org.id = %caller.org, %error, "Could not keep a Twilio account");
            Problem::INTERNAL
        }
    })?;
    caller.did(&app, &mut tx, ("twilio.connect", None)).await?;
    let there = current(&app, &mut tx, &caller).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&there)
}

/// Takes the org's own account away: its texts leave from the installation's, if that has one.
#[utoipa::path(delete, path = "/settings/twilio", tag = "settings", responses((status = 204, description = "Taken away")))]
async fn delete_twilio_account(State(app): State<App>, caller: ApiCaller) -> Result<StatusCode, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    if orgs::disconnect_twilio(&mut tx, caller.org, app.clock.now()).await.map_err(failed)? {
        caller.did(&app, &mut tx, ("twilio.disconnect", None)).await?;
    }
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn current(app: &App, tx: &mut PgConnection, caller: &ApiCaller) -> Result<TwilioStanding, Problem> {
    let health = messaging::account_health(app, tx, caller.org).await;
    health.map(TwilioStanding::from).map_err(|error| problems::database(caller.org, &error))
}
