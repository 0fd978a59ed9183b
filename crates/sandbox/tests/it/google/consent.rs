//! Consent, tokens, and whose they are.

use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use voxanne_google_calendar::{ConsentRequest, Error, challenge};
use voxanne_sandbox::google::Call;

use super::{BACK, CALENDAR, SCOPES, VERIFIER, World, client, consent, part, sign_in};

#[tokio::test]
async fn consent_gives_tokens_for_what_was_ticked() {
    let world = World::start().await;
    world.google.consents_next("ann@glow.example");
    world.google.refuse_scope("ann@glow.example", SCOPES[1]);
    let back = consent(&world.client, SCOPES).await;
    assert_eq!(back.as_str().split('?').next(), Some(BACK));
    assert_eq!(part(&back, "state").as_deref(), Some("st&te"));
    let code = part(&back, "code").unwrap();
    let tokens = world.client.exchange(&code, BACK, &VERIFIER.into()).await.unwrap();
    assert_eq!(tokens.expires_in.as_secs(), 3599);
    let mut scopes = tokens.scopes;
    scopes.sort_unstable();
    assert_eq!(scopes, [SCOPES[2], SCOPES[0]]);
    let (from, to) = (super::at("2026-11-26T00:00:00Z"), super::at("2026-11-27T00:00:00Z"));
    let refused = world.client.free_busy(&tokens.access_token, &["primary"], from, to).await;
    assert!(
        matches!(refused, Err(Error::Forbidden { reason }) if reason == "insufficientPermissions"),
        "a scope that was not ticked"
    );
}

#[tokio::test]
async fn a_person_can_say_no() {
    let world = World::start().await;
    world.google.refuses_next();
    let back = consent(&world.client, SCOPES).await;
    assert_eq!(part(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!((part(&back, "code"), part(&back, "state").as_deref()), (None, Some("st&te")));
}

#[tokio::test]
async fn a_code_works_once_and_only_for_who_asked() {
    let world = World::start().await;
    let code = async || part(&consent(&world.client, SCOPES).await, "code").unwrap();
    let used = code().await;
    world.client.exchange(&used, BACK, &VERIFIER.into()).await.unwrap();
    let again = world.client.exchange(&used, BACK, &VERIFIER.into()).await;
    assert!(matches!(again, Err(Error::InvalidGrant)), "{again:?}");
    let other = world.client.exchange(&code().await, BACK, &"another verifier".into()).await;
    assert!(matches!(other, Err(Error::InvalidGrant)), "{other:?}");
    let elsewhere = world.client.exchange(&code().await, "https://else.example/", &VERIFIER.into()).await;
    assert!(matches!(elsewhere, Err(Error::Rejected { http: 400, .. })), "{elsewhere:?}");
    let late = code().await;
    world.later(SignedDuration::from_mins(11));
    let late = world.client.exchange(&late, BACK, &VERIFIER.into()).await;
    assert!(matches!(late, Err(Error::InvalidGrant)), "{late:?}");
}

#[tokio::test]
async fn google_shows_a_broken_request_to_the_person() {
    let world = World::start().await;
    let ask =
        |redirect_uri, challenge| ConsentRequest { redirect_uri, state: "s", challenge, scopes: SCOPES };
    let good = challenge(&VERIFIER.into());
    for (redirect_uri, challenge) in [("https://else.example/", good.as_str()), (BACK, "plain")] {
        let url = world.client.consent_url(&ask(redirect_uri, challenge));
        assert_eq!(reqwest::get(url).await.unwrap().status(), 400, "{redirect_uri} {challenge}");
    }
}

#[tokio::test]
async fn the_wrong_secret_is_the_programs_fault_not_the_persons() {
    let world = World::start().await;
    world.google.set_app("voxanne.apps.example", "rotated");
    let refused = world.client.refresh(&world.refresh).await;
    assert!(matches!(refused, Err(Error::Rejected { http: 401, reason }) if reason == "invalid_client"));
}

#[tokio::test]
async fn g2_an_expired_access_token_is_refused_and_a_refresh_helps() {
    let world = World::start().await;
    world.later(SignedDuration::from_secs(3600));
    assert!(matches!(world.client.calendars(&world.access).await, Err(Error::Unauthorized)));
    let tokens = world.client.refresh(&world.refresh).await.unwrap();
    assert!(tokens.refresh_token.is_none(), "a refresh gives none");
    world.client.calendars(&tokens.access_token).await.unwrap();
    world.google.expire_access_tokens(CALENDAR);
    assert!(matches!(world.client.calendars(&tokens.access_token).await, Err(Error::Unauthorized)));
    assert_eq!(world.google.refreshes(CALENDAR), 1);
    assert_eq!(world.google.requests(CALENDAR, Call::Calendars), 3);
}

#[tokio::test]
async fn g3_a_consent_that_was_ended_is_invalid_grant() {
    let world = World::start().await;
    world.google.revoke_account(CALENDAR);
    assert!(matches!(world.client.calendars(&world.access).await, Err(Error::Unauthorized)));
    assert!(matches!(world.client.refresh(&world.refresh).await, Err(Error::InvalidGrant)));
}

#[tokio::test]
async fn f12_revoking_ends_the_consent_and_again_is_fine() {
    let world = World::start().await;
    assert_eq!(world.google.live_grants(CALENDAR), 1);
    world.client.revoke(&world.refresh).await.unwrap();
    assert_eq!(world.google.live_grants(CALENDAR), 0);
    world.client.revoke(&world.refresh).await.unwrap();
    world.client.revoke(&SecretString::from("never seen")).await.unwrap();
    assert!(matches!(world.client.refresh(&world.refresh).await, Err(Error::InvalidGrant)));
}

#[tokio::test]
async fn a_second_consent_may_come_without_a_refresh_token() {
    let world = World::start().await;
    world.google.leave_out_refresh_token(CALENDAR, true);
    assert!(sign_in(&world.client, &world.google, CALENDAR).await.refresh_token.is_none());
    world.client.refresh(&world.refresh).await.unwrap();
    world.google.leave_out_refresh_token(CALENDAR, false);
    let tokens = sign_in(&world.client, &world.google, CALENDAR).await;
    assert_ne!(tokens.refresh_token.unwrap().expose_secret(), world.refresh.expose_secret());
}

#[tokio::test]
async fn a_token_of_one_account_never_sees_anothers_calendar() {
    let world = World::start().await;
    let other = sign_in(&client(&world.sandbox), &world.google, "desk@harbor.example").await.access_token;
    let id = world.lunch();
    assert!(matches!(world.client.event(&other, CALENDAR, &id).await, Ok(None)));
    assert!(world.client.event(&world.access, CALENDAR, &id).await.unwrap().is_some());
    let (start, end) = super::visit();
    let insert = world.client.insert(&other, CALENDAR, &super::new_event("apt01", &start, &end)).await;
    assert!(matches!(insert, Err(Error::NotFound)));
    let lists = |access| world.client.calendars(access);
    assert_eq!(lists(&other).await.unwrap()[0].id, "desk@harbor.example");
    assert_eq!(lists(&world.access).await.unwrap()[0].id, CALENDAR);
}
