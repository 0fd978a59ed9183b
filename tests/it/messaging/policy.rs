//! Every text has a verdict: by consent, by the clock, by its caps. Nothing leaves without one.

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use voxanne::messaging::{Kind, Queued, Rule};

use super::{book, later, queue_kind, unreported};
use crate::harness::{CALLER, Voxanne};

/// In New York, while the clinic is in Los Angeles.
const NEW_YORKER: &str = "+12125550142";

async fn at(vox: &Voxanne, instant: &str) {
    let instant: Timestamp = instant.parse().unwrap();
    later(vox, instant.duration_since(vox.app.clock.now()).as_secs()).await;
}

async fn verdicts(vox: &Voxanne) -> String {
    vox.one("select coalesce(string_agg(kind || ' ' || state || ', ' || verdict, E'\\n' order by queued_at, dedupe_key), '') from texts")
        .await
}

#[tokio::test]
async fn t13_what_can_wait_leaves_in_the_morning_of_the_stricter_clock_and_once() {
    let vox = unreported().await;
    // 8:30 PM in Los Angeles, 11:30 PM in New York.
    at(&vox, "2026-12-02T04:30:00Z").await;
    for (to, key) in [(CALLER, "here"), (NEW_YORKER, "there")] {
        let queued = queue_kind(&vox, &vox.glow, Kind::Message, to, key).await;
        assert!(matches!(queued, Queued::Yes(_)), "{queued:?}");
    }
    queue_kind(&vox, &vox.glow, Kind::Confirmation, NEW_YORKER, "asked").await;
    vox.run_jobs().await;
    assert_eq!((vox.texts_to(CALLER).len(), vox.texts_to(NEW_YORKER).len()), (1, 1));
    assert_snapshot!(verdicts(&vox).await, @"
    confirmation sent, allowed: transactional
    message sent, allowed: conversational
    message queued, waits: quiet_hours
    ");
    let leaves: String = vox.one("select leave_after::text from texts where state = 'queued'").await;
    assert_eq!(leaves, "2026-12-02 16:00:00+00", "8 AM in Los Angeles is the stricter one");
    // A job that comes early finds it is still night there or here: 5 AM and 8 AM.
    at(&vox, "2026-12-02T13:00:00Z").await;
    assert_eq!(vox.texts_to(NEW_YORKER).len(), 1);
    at(&vox, "2026-12-02T16:00:00Z").await;
    assert_eq!(vox.texts_to(NEW_YORKER).len(), 2);
    later(&vox, 3600).await;
    assert_eq!(vox.texts_to(NEW_YORKER).len(), 2);
}

#[tokio::test]
async fn t13_an_org_may_keep_shorter_hours_and_never_longer_ones() {
    let vox = Voxanne::start().await;
    vox.exec("update integration_settings set quiet_until = 9, quiet_from = 18").await;
    // 6:30 PM.
    at(&vox, "2026-12-02T02:30:00Z").await;
    queue_kind(&vox, &vox.glow, Kind::Message, CALLER, "late").await;
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER).len(), 0);
    at(&vox, "2026-12-02T17:00:00Z").await;
    assert_eq!(vox.texts_to(CALLER).len(), 1);
    assert!(vox.refuses("update integration_settings set quiet_until = 7").await);
    assert!(vox.refuses("update integration_settings set quiet_from = 22").await);
}

#[tokio::test]
async fn t9_a_stop_at_night_holds_back_what_waits_for_the_morning() {
    let vox = Voxanne::start().await;
    at(&vox, "2026-12-02T06:00:00Z").await;
    queue_kind(&vox, &vox.glow, Kind::Message, CALLER, "waits").await;
    let api = vox.glow_api().await;
    let no = json!({"phone": CALLER, "purpose": "texts", "given": false, "source": "voice", "note": "Said so on the phone"});
    assert_eq!(api.post("/consents", no).await.status, 201);
    at(&vox, "2026-12-02T17:00:00Z").await;
    assert_eq!(vox.texts_to(CALLER).len(), 0);
    assert_snapshot!(verdicts(&vox).await, @"message failed, denied: opted_out");
}

#[tokio::test]
async fn marketing_needs_a_yes_on_record_and_a_stop_takes_it_back() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let nurture = async |key: &str| queue_kind(&vox, &vox.glow, Kind::Nurture, CALLER, key).await;
    assert_eq!(nurture("unasked").await, Queued::Refused(Rule::NoConsent));
    assert_eq!(vox.count("tasks").await, 0, "nobody waits for it");
    let say = async |purpose: &str, given: bool| {
        let line = json!({"phone": CALLER, "purpose": purpose, "given": given, "source": "web"});
        let status = api.post("/consents", line).await.status;
        vox.later(SignedDuration::from_secs(1));
        status
    };
    assert_eq!((say("marketing", true).await, say("marketing", true).await), (201, 200), "once is enough");
    assert!(matches!(nurture("asked").await, Queued::Yes(_)));
    // Taken back before it leaves.
    assert_eq!(say("marketing", false).await, 201);
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER).len(), 0);
    assert_eq!(say("marketing", true).await, 201);
    assert!(matches!(nurture("again").await, Queued::Yes(_)));
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER).len(), 1);
    // No texts at all is no marketing either, also once texts are wanted again.
    assert_eq!((say("texts", false).await, say("texts", true).await), (201, 201));
    assert_eq!(nurture("after").await, Queued::Refused(Rule::NoConsent));
    let ledger = api.get("/consents?phone=%2B13105550142").await.good();
    assert_eq!(ledger["items"].as_array().unwrap().len(), 5);
    assert!(vox.refuses("update consents set given = true").await, "a ledger is not changed");
}

#[tokio::test]
async fn marketing_is_seldom() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let yes = json!({"phone": CALLER, "purpose": "marketing", "given": true, "source": "paper"});
    assert_eq!(api.post("/consents", yes).await.status, 201);
    for key in ["a", "b"] {
        assert!(matches!(queue_kind(&vox, &vox.glow, Kind::Nurture, CALLER, key).await, Queued::Yes(_)));
    }
    let third = queue_kind(&vox, &vox.glow, Kind::Nurture, CALLER, "c").await;
    assert_eq!(third, Queued::Refused(Rule::MarketingHadEnough));
    assert!(matches!(queue_kind(&vox, &vox.glow, Kind::Reminder, CALLER, "visit").await, Queued::Yes(_)));
}

#[tokio::test]
async fn only_whoever_said_stop_says_start() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().opt_out(CALLER);
    book(&vox, 1, CALLER, 10).await;
    vox.run_jobs().await;
    let api = vox.glow_api().await;
    let line = json!({"phone": CALLER, "purpose": "texts", "given": true, "source": "staff"});
    let refused = api.post("/consents", line).await;
    assert_eq!((refused.status, refused.body["code"].as_str()), (409, Some("only_themselves")));
    assert_eq!(vox.count("opt_outs").await, 1);
}

#[tokio::test]
async fn t16_floods_of_an_hour_or_to_one_prefix_stop_and_staff_alerts_do_not() {
    let vox = Voxanne::start_with(|c| {
        c.texts.per_org_per_hour_max = 6;
        c.texts.per_prefix_per_hour_max = 3;
    })
    .await;
    let text =
        async |to: &str| queue_kind(&vox, &vox.glow, Kind::Confirmation, to, &format!("to {to}")).await;
    for n in 0..3 {
        assert!(matches!(text(&format!("+1310555014{n}")).await, Queued::Yes(_)));
    }
    assert_eq!(text("+13105550149").await, Queued::Refused(Rule::PrefixTooFast));
    for n in 0..3 {
        assert!(matches!(text(&format!("+1{}5550142", 212 + n)).await, Queued::Yes(_)));
    }
    assert_eq!(text("+14155550142").await, Queued::Refused(Rule::OrgTooFast));
    let alert = queue_kind(&vox, &vox.glow, Kind::HotLeadAlert, "+13105550199", "alert").await;
    assert!(matches!(alert, Queued::Yes(_)));
    vox.later(SignedDuration::from_secs(3601));
    assert!(matches!(text("+13105550148").await, Queued::Yes(_)), "an hour later it may");
}

#[tokio::test]
async fn no_text_leaves_without_a_stored_verdict() {
    let vox = unreported().await;
    book(&vox, 1, CALLER, 10).await;
    vox.run_jobs().await;
    assert_snapshot!(verdicts(&vox).await, @"confirmation sent, allowed: transactional");
    for word in ["", "denied: opted_out", "waits: quiet_hours"] {
        let without = format!("update texts set verdict = '{word}'");
        assert!(
            vox.refuses(&without).await,
            "the database lets no text be on its way by the verdict {word:?}"
        );
    }
}
