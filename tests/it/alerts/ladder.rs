//! The ladder: in order, each rung once, until the last.

use futures::future::join_all;
use insta::assert_snapshot;
use voxanne::leads::{self, EscalateAlert};
use voxanne::platform::ids::{CallId, EscalationId};

use super::*;
use crate::harness::MANAGER;

const FIRST: &str = "🔥 VOXANNE HOT LEAD ALERT:\n👤 Name: Sarah Johnson\n📞 Phone: +13105550142\n💉 Interest: Botox Consultation\n\
                     📝 Summary: High-value lead detected during call\n\nAction: Call them back ASAP to close the booking!";

#[tokio::test]
async fn nobody_takes_it_and_the_next_people_are_told_rung_by_rung() {
    let vox = Voxanne::start().await;
    rota(&vox).await;
    assert!(hot_lead(&vox, &vox.glow, 1).await.starts_with("Thank you. I've just alerted our team"));
    let all = [ANN, BO, CY, MANAGER];
    assert_eq!(told(&vox, all), [1, 0, 0, 0]);
    assert_eq!(vox.last_to(ANN), FIRST);
    minutes(&vox, 2).await;
    assert_eq!(told(&vox, all), [1, 0, 0, 0], "too early");
    minutes(&vox, 1).await;
    assert_eq!(told(&vox, all), [1, 1, 0, 0]);
    assert_snapshot!(vox.last_to(BO), @"VOXANNE HOT LEAD STILL WAITING (3 min): Sarah Johnson, +13105550142, Botox Consultation. Nobody has it yet. Reply 1 to take it.");
    minutes(&vox, 5).await;
    assert_eq!(told(&vox, all), [1, 1, 1, 0]);
    assert_eq!(tasks(&vox).await, "");
    minutes(&vox, 7).await;
    assert_eq!(told(&vox, all), [2, 2, 2, 1], "everybody, and the phone of the settings");
    assert_snapshot!(tasks(&vox).await, @"alert_unacknowledged: Nobody has acknowledged a hot lead: call Sarah Johnson back");
    assert_eq!(
        vox.count("notifications where kind = 'alert_unacknowledged' and subject_kind = 'escalation'").await,
        1
    );
    for _ in 0..3 {
        minutes(&vox, 30).await;
        round(&vox).await;
    }
    assert_eq!(told(&vox, all), [2, 2, 2, 1], "the ladder has an end");
    assert_eq!(vox.count("escalations where rung = 3 and next_at is null and closed_at is null").await, 1);
}

#[tokio::test]
async fn the_phone_of_the_settings_alone_is_told_and_reminded_once_per_rung() {
    let vox = Voxanne::start().await;
    hot_lead(&vox, &vox.glow, 1).await;
    assert_eq!(vox.last_to(MANAGER), FIRST);
    for (pause, texts) in [(3, 2), (5, 3), (7, 4), (60, 4)] {
        minutes(&vox, pause).await;
        round(&vox).await;
        assert_eq!(vox.texts_to(MANAGER).len(), texts);
    }
}

#[tokio::test]
async fn an_org_says_when_its_rungs_are() {
    let vox = Voxanne::start().await;
    let api = rota(&vox).await;
    let settings = json!({"alert_rungs_minutes": [10], "alerts_wait_for_opening": false});
    api.put("/settings/alerts", settings).await.good();
    hot_lead(&vox, &vox.glow, 1).await;
    minutes(&vox, 9).await;
    assert_eq!(told(&vox, [ANN, BO, CY]), [1, 0, 0]);
    minutes(&vox, 1).await;
    assert_eq!(told(&vox, [ANN, BO, CY]), [2, 1, 1], "one rung: everybody");
}

#[tokio::test]
async fn a_ladder_whose_job_was_lost_is_climbed_by_the_round() {
    let vox = Voxanne::start().await;
    rota(&vox).await;
    hot_lead(&vox, &vox.glow, 1).await;
    vox.exec("delete from graphile_worker._private_jobs").await;
    vox.later(SignedDuration::from_mins(4));
    round(&vox).await;
    assert_eq!(told(&vox, [ANN, BO, CY]), [1, 1, 0]);
}

#[tokio::test]
async fn many_workers_at_one_rung_tell_once() {
    let vox = Voxanne::start().await;
    rota(&vox).await;
    hot_lead(&vox, &vox.glow, 1).await;
    vox.later(SignedDuration::from_mins(3));
    let id: uuid::Uuid = vox.one("select id from escalations").await;
    let job = EscalateAlert { org: vox.glow.org, escalation: EscalationId(id), rung: 1 };
    for done in join_all((0..8).map(|_| leads::escalate(&vox.app, job))).await {
        done.unwrap();
    }
    // The same job again later, as a worker that stalled would.
    leads::escalate(&vox.app, job).await.unwrap();
    vox.run_jobs().await;
    assert_eq!(told(&vox, [ANN, BO, CY]), [1, 1, 0]);
    assert_eq!(vox.count("escalation_tellings").await, 2);
}

#[tokio::test]
async fn a_crash_between_telling_and_mark_tells_nobody_and_the_next_try_tells_once() {
    let vox = Voxanne::start().await;
    rota(&vox).await;
    hot_lead(&vox, &vox.glow, 1).await;
    vox.exec(
        "create function crash() returns trigger language plpgsql as $$ begin raise exception 'crash'; end $$;
         create trigger crash before update on escalations for each row when (new.rung = 1) execute function crash()",
    )
    .await;
    vox.later(SignedDuration::from_mins(3));
    let id: uuid::Uuid = vox.one("select id from escalations").await;
    let job = EscalateAlert { org: vox.glow.org, escalation: EscalationId(id), rung: 1 };
    assert!(leads::escalate(&vox.app, job).await.is_err(), "or this proves nothing");
    vox.run_jobs().await;
    assert_eq!((told(&vox, [ANN, BO]), vox.count("escalation_tellings").await), ([1, 0], 1));
    vox.exec("drop trigger crash on escalations").await;
    round(&vox).await;
    assert_eq!(told(&vox, [ANN, BO]), [1, 1]);
}

#[tokio::test]
async fn ts14_tool_then_score_and_score_then_tool_are_one_alert_with_one_ladder() {
    let vox = Voxanne::start().await;
    rota(&vox).await;
    for (n, tool_is_first) in [(1, true), (2, false)] {
        let call = vox.call(&call_ref(n));
        call.in_progress().await.unwrap();
        if tool_is_first {
            call.tool("notify_hot_lead", lead()).await.unwrap();
        }
        call.say_user("I'm interested in Botox and filler, I have budget, need it this week").await.unwrap();
        call.end("customer-ended-call").await.unwrap();
        call.end("customer-ended-call").await.unwrap();
        vox.until_count("calls where report_at is not null", i64::try_from(n).unwrap()).await;
        vox.run_jobs().await;
        vox.run_jobs().await;
        if !tool_is_first {
            call.tool("notify_hot_lead", lead()).await.unwrap();
        }
        vox.run_jobs().await;
    }
    let triggers: String =
        vox.one("select string_agg(trigger, ', ' order by created_at, call_ref) from hot_lead_alerts").await;
    assert_eq!(triggers, "tool, score");
    assert_eq!((vox.count("escalations").await, vox.count("escalation_tellings").await), (2, 2));
    assert_eq!(told(&vox, [ANN, BO]), [2, 0]);
    minutes(&vox, 3).await;
    assert_eq!(told(&vox, [ANN, BO]), [2, 2]);
}

#[tokio::test]
async fn ts14_a_score_and_a_tool_at_once_are_one_alert_whoever_is_first() {
    let vox = Voxanne::start().await;
    let mut triggers = [0, 0];
    for n in 1..=30 {
        let call = vox.call(&call_ref(n));
        call.in_progress().await.unwrap();
        call.say_user("I'm interested in Botox and filler, I have budget, need it this week").await.unwrap();
        call.end("customer-ended-call").await.unwrap();
        vox.until_count(&format!("calls where report_at is not null and call_ref = '{}'", call_ref(n)), 1)
            .await;
        let id: uuid::Uuid =
            vox.one(&format!("select id from calls where call_ref = '{}'", call_ref(n))).await;
        // The queue's own try comes later, and finds the score there.
        let score = leads::score_call(&vox.app, vox.glow.org, CallId(id));
        let (scored, said) = tokio::join!(score, call.tool("notify_hot_lead", lead()));
        scored.unwrap();
        assert!(said.unwrap().text().starts_with("Thank you. I've just alerted our team"));
        let of = |trigger: &str| {
            format!("hot_lead_alerts where trigger = '{trigger}' and call_ref = '{}'", call_ref(n))
        };
        let [tool, score] = [vox.count(&of("tool")).await, vox.count(&of("score")).await];
        assert_eq!(tool + score, 1, "of call {n}");
        triggers[usize::from(score == 1)] += 1;
    }
    assert_eq!((vox.count("escalations").await, vox.count("escalation_tellings").await), (30, 30));
    assert_eq!(vox.count("texts where kind = 'hot_lead_alert'").await, 30, "{triggers:?}");
    assert_eq!(
        vox.one::<i64>("select deadlocks from pg_stat_database where datname = current_database()").await,
        0
    );
}

#[tokio::test]
async fn whoever_is_removed_mid_ladder_is_told_nothing_more_and_can_take_nothing() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let ann = on_rota(&vox, &api, "Ann", ANN, 1).await;
    on_rota(&vox, &api, "Bo", BO, 2).await;
    hot_lead(&vox, &vox.glow, 1).await;
    assert_eq!(api.delete(&format!("/alert-recipients/{ann}")).await.status, 204);
    vox.says(ANN, "1").await;
    assert_eq!(
        told(&vox, [ANN, BO]),
        [2, 0],
        "the alert, and that there will be none; she is a stranger now"
    );
    assert_eq!(taken(&vox).await, "open");
    minutes(&vox, 3).await;
    minutes(&vox, 5).await;
    minutes(&vox, 7).await;
    assert_eq!(told(&vox, [ANN, BO]), [2, 3]);
    assert_eq!(vox.count("escalation_tellings where name = 'Ann'").await, 1, "what was told stays on record");
}
