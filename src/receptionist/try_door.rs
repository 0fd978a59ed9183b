//! Posts a signed message to our own door, by the address that the voice platform uses.

use reqwest::StatusCode;
use serde_json::json;
use voxanne_vapi::auth::{Credential, present};

use crate::orgs;
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::platform::trial::Check;

/// What the message is: of no kind that means anything here, so that it is kept once and has no effect.
const KIND: &str = "voxanne-test";
/// What nobody was given.
const NOBODYS: &str = "a-secret-that-nobody-was-given";

/// Whether a message that is signed with the org's secret arrives by the public address, is believed, and is the org's; and whether
/// one that is not is refused.
pub async fn try_door(app: &App, org: OrgId) -> Result<Vec<Check>, sqlx::Error> {
    let base = &app.config.server.public_url;
    if base.is_empty() {
        return Ok(vec![Check::wrong(
            "address",
            "This installation has no public address.",
            "Ask whoever runs it to set BACKEND_URL to its https address.",
        )]);
    }
    let credentials = orgs::credentials(app, org).await.map_err(|_shared| sqlx::Error::PoolClosed)?;
    let Some(credential) = credentials.last() else {
        return Ok(vec![Check::wrong(
            "secret",
            "The clinic has no active secret, so its door is closed.",
            "Make a secret in Settings, Assistant, and give it to the voice platform.",
        )]);
    };
    let mut tx = app.begin(org).await?;
    let assistant = orgs::assistants(&mut tx, org, (None, None, 1)).await?.into_iter().next();
    tx.commit().await?;
    let url = format!("{base}/api/webhooks/vapi");
    let assistant = assistant.map(|assistant| assistant.platform_assistant_id);
    let call = json!({ "id": format!("test-{}", app.new_id::<uuid::Uuid>()), "assistantId": assistant });
    let body = json!({ "message": { "type": KIND, "call": call } }).to_string();
    let signed = post(app, &url, credential, &body).await;
    let mut checks = vec![reached(&url, &signed)];
    let Ok(status) = signed else { return Ok(checks) };
    checks.push(believed(status));
    if assistant.is_some() && status == StatusCode::OK {
        checks.push(Check::good("org", "The secret and the assistant name this clinic."));
    } else if assistant.is_none() {
        checks.push(Check::wrong(
            "org",
            "The clinic has no assistant, so a message that names one is nobody's.",
            "Add the assistant's id in Settings, Assistant.",
        ));
    }
    let stranger = Credential { secret: NOBODYS.into(), ..credential.clone() };
    checks.push(match post(app, &url, &stranger, &body).await {
        Ok(StatusCode::UNAUTHORIZED) => Check::good("stranger", "A message with another secret is refused."),
        Ok(status) => Check::wrong(
            "stranger",
            format!("A message with another secret was answered with {}.", status.as_u16()),
            "Something between the Internet and this server answers in its place: look at the proxy.",
        ),
        Err(_) => Check::wrong("stranger", "The second message did not arrive.", "Try again in a moment."),
    });
    Ok(checks)
}

fn reached(url: &str, answer: &Result<StatusCode, reqwest::Error>) -> Check {
    match answer {
        Ok(_) => Check::good("address", format!("{url} leads here.")),
        Err(error) => {
            let how = if error.is_timeout() {
                "did not answer in time"
            } else if error.is_connect() {
                "cannot be connected to"
            } else {
                "does not answer as it should"
            };
            Check::wrong(
                "address",
                format!("{url} {how}."),
                "Compare BACKEND_URL with the server's name, its certificate and the proxy before it.",
            )
        }
    }
}

fn believed(status: StatusCode) -> Check {
    match status {
        StatusCode::OK => {
            Check::good("secret", "A message that is signed with the clinic's secret is believed.")
        }
        StatusCode::UNAUTHORIZED => Check::wrong(
            "secret",
            "A message that is signed with the clinic's secret is refused (401).",
            "The address leads to another installation, or the assistant's id is another clinic's: compare both.",
        ),
        status => Check::wrong(
            "secret",
            format!("The door answers with {}.", status.as_u16()),
            "Something between the Internet and this server answers in its place, or it is in trouble: look at its log.",
        ),
    }
}

async fn post(
    app: &App,
    url: &str,
    credential: &Credential,
    body: &str,
) -> Result<StatusCode, reqwest::Error> {
    let mut request = app.http.post(url).header("content-type", "application/json").body(body.to_owned());
    for (name, value) in present(credential, ("POST", url, body.as_bytes()), app.clock.now()) {
        request = request.header(name, value);
    }
    Ok(request.send().await.map_err(reqwest::Error::without_url)?.status())
}
