//! The daily summary: once per org and civil day, by the clinic's own clock.

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use voxanne::mail;

use super::{MARIA, add, hot_lead, inbox};
use crate::harness::{CALLER, NOW, Voxanne, booking, call_ref};

/// Moves the clock to an instant.
fn at(vox: &Voxanne, instant: &str) {
    let to: Timestamp = instant.parse().unwrap();
    vox.later(to.duration_since(vox.app.clock.now()));
}

/// One round of the schedule for both clinics, and what is due.
async fn round(vox: &Voxanne) {
    for org in [vox.glow.org, vox.harbor.org] {
        mail::send_summary(&vox.app, org).await.unwrap();
    }
    vox.run_jobs().await;
}

fn subjects(vox: &Voxanne, address: &str) -> Vec<String> {
    inbox(vox, address).into_iter().map(|mail| mail.subject).collect()
}

#[tokio::test]
async fn the_morning_after_a_day_is_told_in_numbers_and_names_nobody() {
    let vox = Voxanne::start().await;
    add(&vox, &vox.glow, MARIA, "en").await;
    round(&vox).await;
    assert_eq!(subjects(&vox, MARIA), ["Glow MedSpa, Monday, November 23: a quiet day"], "7 AM has passed");
    let call = vox.call(&call_ref(1));
    call.in_progress().await.unwrap();
    let said =
        call.tool("book_appointment", booking("Botox", "2026-11-25", "14:00", "Dana Fox")).await.unwrap();
    assert!(said.text().starts_with("Great!"), "{}", said.text());
    vox.exec(&format!(
        "insert into tasks (org_id, id, kind, title, dedupe_key, created_at)
         values ('{}', gen_random_uuid(), 'call_back', 'Call {CALLER} back: billing question of Dana Fox', 'x', '{NOW}')",
        vox.glow.org.0
    ))
    .await;
    hot_lead(&vox, &vox.glow, 2).await;
    vox.run_jobs().await;
    // Pacific time: 6:59 AM, then 7 AM.
    at(&vox, "2026-11-25T14:59:00Z");
    round(&vox).await;
    assert_eq!(subjects(&vox, MARIA).iter().filter(|s| s.contains("November 24")).count(), 0);
    at(&vox, "2026-11-25T15:00:00Z");
    round(&vox).await;
    let mails = inbox(&vox, MARIA);
    let mail = mails.last().unwrap();
    assert_eq!(mail.subject, "Glow MedSpa, Tuesday, November 24: 1 call, 1 visit booked");
    assert_snapshot!(mail.body, @r"
    Glow MedSpa on Tuesday, November 24

    Calls answered: 1
    Visits booked: 1
    Hot leads: 1
    Texts not delivered: 0

    Visits today: 1
    Open tasks: 1
    - Call somebody back who asked for it (since Tuesday, November 24)

    Who gets e-mails of Glow MedSpa is set under Settings, E-mail.
    ");
    for told in ["Dana", "Sarah", "Botox", CALLER, "billing"] {
        assert!(!mail.body.contains(told) && !mail.subject.contains(told), "{told}");
    }
}

#[tokio::test]
async fn restarts_and_workers_at_the_same_time_make_one_summary_a_day() {
    let vox = Voxanne::start().await;
    add(&vox, &vox.glow, MARIA, "en").await;
    let again = vox.restarted().await;
    let rounds =
        (0..8).map(|n| mail::send_summary(if n % 2 == 0 { &vox.app } else { &again.app }, vox.glow.org));
    let queued: usize = futures::future::join_all(rounds).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(queued, 1);
    for _ in 0..3 {
        vox.later(SignedDuration::from_mins(5));
        round(&vox).await;
        round(&vox.restarted().await).await;
    }
    assert_eq!(vox.count("emails where kind = 'daily_summary'").await, 1);
    assert_eq!(vox.count("daily_summaries").await, 1);
}

#[tokio::test]
async fn two_zones_have_two_mornings_and_an_org_is_told_of_itself_alone() {
    let vox = Voxanne::start().await;
    add(&vox, &vox.glow, MARIA, "en").await;
    add(&vox, &vox.harbor, "desk@harbor.example", "es").await;
    let zones: String = vox
        .one(&format!(
            "select string_agg(distinct time_zone, ', ' order by time_zone) from locations where org_id in ('{}', '{}')",
            vox.glow.org.0, vox.harbor.org.0
        ))
        .await;
    assert_eq!(zones, "America/Los_Angeles, America/New_York");
    round(&vox).await;
    hot_lead(&vox, &vox.harbor, 1).await;
    // 7 AM in New York, 4 AM in Los Angeles.
    at(&vox, "2026-11-25T12:00:00Z");
    round(&vox).await;
    let (glow, harbor) = (subjects(&vox, MARIA), subjects(&vox, "desk@harbor.example"));
    assert_eq!(glow, ["Glow MedSpa, Monday, November 23: a quiet day"]);
    let yesterday = harbor.last().unwrap();
    assert!(yesterday.contains("martes 24 de noviembre: 0 llamadas, 0 citas nuevas"), "{harbor:?}");
    at(&vox, "2026-11-25T15:00:00Z");
    round(&vox).await;
    assert_eq!(subjects(&vox, MARIA).len(), 2);
    assert_eq!(
        subjects(&vox, MARIA)[1],
        "Glow MedSpa, Tuesday, November 24: a quiet day",
        "the other's lead is not ours"
    );
}

#[tokio::test]
async fn days_on_which_the_clocks_change_have_one_summary_each() {
    let vox = Voxanne::start().await;
    add(&vox, &vox.glow, MARIA, "en").await;
    // The hour that is skipped on March 14th 2027 and the one that comes twice on November 7th, every quarter of an hour.
    for (hour, from, day) in
        [(2, "2027-03-14T06:00:00Z", "2027-03-14"), (1, "2027-11-07T06:00:00Z", "2027-11-07")]
    {
        vox.exec(&format!("update integration_settings set summary_hour = {hour}")).await;
        at(&vox, from);
        for _ in 0..(26 * 4) {
            mail::send_summary(&vox.app, vox.glow.org).await.unwrap();
            vox.later(SignedDuration::from_mins(15));
        }
        assert_eq!(vox.count(&format!("daily_summaries where local_date = '{day}'")).await, 1, "{day}");
        assert_eq!(vox.count(&format!("emails where dedupe_key like 'summary:{day}:%'")).await, 1, "{day}");
        let hour_of: i32 = vox
            .one(&format!("select extract(hour from queued_at at time zone 'America/Los_Angeles')::int from daily_summaries where local_date = '{day}'"))
            .await;
        assert_eq!(hour_of, if hour == 2 { 3 } else { 1 }, "{day}");
    }
}

#[tokio::test]
async fn nobody_is_told_where_nobody_wants_it() {
    let vox = Voxanne::start().await;
    round(&vox).await;
    assert_eq!(vox.count("daily_summaries").await, 0, "no recipient");
    let id = add(&vox, &vox.glow, MARIA, "en").await;
    let api = vox.glow_api().await;
    api.put("/email-settings", json!({"summary_hour": null})).await.good();
    round(&vox).await;
    assert_eq!(vox.count("daily_summaries").await, 0, "switched off");
    api.put("/email-settings", json!({"summary_hour": 7})).await.good();
    api.patch(&format!("/email-recipients/{id}"), json!({"wants_summary": false})).await.good();
    round(&vox).await;
    assert_eq!(vox.count("daily_summaries").await, 0, "only alerts");
    api.patch(&format!("/email-recipients/{id}"), json!({"wants_summary": true})).await.good();
    let off = vox.restarted_with(|config| config.mail.host = String::new()).await;
    assert_eq!(mail::send_summary(&off.app, vox.glow.org).await.unwrap(), 0, "no mail server");
    round(&vox).await;
    assert_eq!(subjects(&vox, MARIA).len(), 1, "and when there is one, today's is not lost");
}
