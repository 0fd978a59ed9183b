//! What another issuer's token has to say, beyond being signed: how its person was asked who they are, and that it ends soon.

use serde_json::{Value, json};
use voxanne::accounts;

use super::tokens::{SECRET, asks, believes, changed, claims, head, now, signed};
use crate::harness::Voxanne;

fn with(name: &str, to: Value) -> String {
    signed(&head(), &changed(claims(), name, to), SECRET.as_bytes())
}

const HAS: &str = "update users set totp_secret_sealed = '\\x00', totp_confirmed_at = now() where email = 'owner@glow.example'";
const HAS_NOT: &str = "update users set totp_confirmed_at = null";

/// The clinic wants a second factor of everybody, or not.
async fn wants(vox: &Voxanne, wants: bool) {
    let org = vox.glow.org.0;
    vox.exec(&format!(
        "update integration_settings set requires_second_factor = {wants} where org_id = '{org}'"
    ))
    .await;
}

#[tokio::test]
async fn a_token_of_another_issuer_is_no_way_around_a_second_factor() {
    let vox = Voxanne::start_with(believes).await;
    let trusting = vox.restarted_with(|config| {
        believes(config);
        config.tokens.second_factor_is_issuers = true;
    });
    let trusting = trusting.await;
    let [one, two, silent] = [json!("aal1"), json!("aal2"), Value::Null].map(|aal| with("aal", aal));
    for (what, has, is_wanted) in
        [("neither", HAS_NOT, false), ("has one", HAS, false), ("wanted", HAS_NOT, true)]
    {
        vox.exec(has).await;
        wants(&vox, is_wanted).await;
        let is_due = what != "neither";
        // By the settings as they are, and where the issuer is said to ask everybody: what a token says counts in any case.
        for (token, strict, believing) in
            [(&one, !is_due, !is_due), (&two, true, true), (&silent, !is_due, true)]
        {
            for (vox, opens) in [(&vox, strict), (&trusting, believing)] {
                let answer = asks(vox, token, None).await;
                if opens {
                    answer.good();
                } else {
                    answer.refused(403, "second_factor_required");
                }
                let socket = accounts::verify_socket_token(&vox.app, token).await;
                assert_eq!(socket.is_ok(), opens, "{what}: {token}");
            }
        }
    }
    // Words of other issuers for it are none of ours.
    for aal in [json!("aal3"), json!("AAL2"), json!("")] {
        asks(&vox, &with("aal", aal), None).await.refused(403, "second_factor_required");
    }
}

#[tokio::test]
async fn a_token_that_lasts_longer_than_is_allowed_is_not_believed() {
    let vox = Voxanne::start_with(believes).await;
    let day = vox.restarted_with(|config| {
        believes(config);
        config.tokens.lifetime_seconds_max = 24 * 3600;
    });
    let day = day.await;
    let lasts = |seconds: i64| with("exp", json!(now() + seconds));
    asks(&vox, &lasts(3600), None).await.good();
    asks(&vox, &lasts(3601), None).await.refused(401, "unauthenticated");
    asks(&day, &lasts(3601), None).await.good();
    asks(&day, &lasts(24 * 3600 + 1), None).await.refused(401, "unauthenticated");
    // Issued long ago for long, or at a time that it does not say.
    let old = changed(changed(claims(), "iat", json!(now() - 7200)), "exp", json!(now() + 60));
    asks(&vox, &signed(&head(), &old, SECRET.as_bytes()), None).await.refused(401, "unauthenticated");
    let silent = |seconds: i64| {
        let claims = changed(changed(claims(), "iat", Value::Null), "exp", json!(now() + seconds));
        signed(&head(), &claims, SECRET.as_bytes())
    };
    asks(&vox, &silent(3600), None).await.good();
    asks(&vox, &silent(3601), None).await.refused(401, "unauthenticated");
}
