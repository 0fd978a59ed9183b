//! Who is no lead whatever the assistant makes of them: somebody who may be hurt, and whoever cannot buy.

use insta::assert_snapshot;
use voxanne::accounts::{Role, Scope};

use super::*;
use crate::harness::{Line, MANAGER, Person};

const NURSE: &str = "+13105550188";
const BREATHLESS: &str = "I can't breathe and my throat is closing up after the injection";
const SWOLLEN: &str = "My lip is swollen and it hurts a lot since the filler yesterday";

async fn start() -> Voxanne {
    let vox = Voxanne::start().await;
    vox.exec(&format!("update integration_settings set clinical_alert_phone = '{NURSE}'")).await;
    vox
}

async fn tells_of_a_lead(line: &Line) -> String {
    line.tool("notify_hot_lead", lead()).await.unwrap().text().to_owned()
}

/// The call ends and is scored.
async fn ends(vox: &Voxanne, (line, n): (&Line, u128)) {
    line.end("customer-ended-call").await.unwrap();
    vox.until_count(&format!("calls where report_at is not null and call_ref = '{}'", call_ref(n)), 1).await;
    vox.run_jobs().await;
    vox.run_jobs().await;
}

#[tokio::test]
async fn ts13_whoever_said_that_they_are_hurt_is_no_lead_of_the_assistants_later() {
    let vox = start().await;
    let line = vox.call(&call_ref(1));
    line.in_progress().await.unwrap();
    line.say_user(BREATHLESS).await.unwrap();
    assert_snapshot!(tells_of_a_lead(&line).await, @"Please hang up now and call 911. I've alerted our team as well.");
    vox.run_jobs().await;
    assert_eq!(told(&vox, [NURSE, MANAGER]), [1, 0]);
    // What can wait for a call back is told so.
    let other = vox.call(&call_ref(2));
    other.in_progress().await.unwrap();
    other.say_user(SWOLLEN).await.unwrap();
    assert_snapshot!(tells_of_a_lead(&other).await, @"I've alerted our team, and they'll call you back as soon as they can. If it gets worse, or your breathing or vision changes, hang up and call 911.");
    for call in [(&line, 1), (&other, 2)] {
        ends(&vox, call).await;
    }
    assert_eq!(vox.count("calls where class = 'clinical_urgency'").await, 2);
    minutes(&vox, 20).await;
    assert_eq!(told(&vox, [MANAGER]), [0], "nobody was told a sale");
    assert_eq!(
        vox.count("hot_lead_alerts").await + vox.count("escalations where kind = 'hot_lead'").await,
        0
    );
    assert_eq!(vox.count("notifications where kind = 'hot_lead'").await, 0);
    // The same lead in a call in which nobody was hurt is one.
    hot_lead(&vox, &vox.glow, 3).await;
    assert_eq!(told(&vox, [MANAGER]), [1]);
}

#[tokio::test]
async fn ts13_a_lead_of_the_assistants_who_says_then_that_they_are_hurt_is_one_no_more() {
    let vox = start().await;
    let line = vox.call(&call_ref(1));
    line.in_progress().await.unwrap();
    assert!(tells_of_a_lead(&line).await.starts_with("Thank you. I've just alerted our team"));
    vox.run_jobs().await;
    line.say_user(BREATHLESS).await.unwrap();
    vox.run_jobs().await;
    assert_eq!(told(&vox, [NURSE, MANAGER]), [1, 2]);
    assert_snapshot!(vox.last_to(MANAGER), @"No hot lead after all: Sarah Johnson, +13105550142 may be hurt. The clinical alert takes its place.");
    ends(&vox, (&line, 1)).await;
    minutes(&vox, 20).await;
    round(&vox).await;
    assert_eq!(told(&vox, [MANAGER])[0], 2, "its ladder has ended");
    assert_eq!(taken(&vox).await, "clinical clinical, open");
    assert_eq!(vox.says(MANAGER, "1").await, vox.texts_to(MANAGER)[1].body, "whoever wants it hears why");
}

#[tokio::test]
async fn ts13_a_lead_of_the_assistants_is_one_no_more_when_the_score_finds_that_they_are_hurt() {
    let vox = start().await;
    hot_lead(&vox, &vox.glow, 1).await;
    reaction(&vox, 1).await;
    assert_eq!(vox.count("calls where class = 'clinical_urgency'").await, 1);
    assert_eq!(taken(&vox).await, "clinical clinical, open");
    minutes(&vox, 20).await;
    assert_eq!(told(&vox, [MANAGER]), [2]);
    // Somebody took it before: it is theirs, and nothing changes.
    hot_lead(&vox, &vox.glow, 2).await;
    vox.says(MANAGER, "1").await;
    reaction(&vox, 2).await;
    assert_eq!(vox.count("escalations where acknowledged_via = 'text'").await, 1);
}

#[tokio::test]
async fn ts13_of_a_symptom_and_a_lead_at_once_no_lead_stays_open() {
    let vox = start().await;
    for n in 1..=12 {
        let line = vox.call(&call_ref(n));
        line.in_progress().await.unwrap();
        let (heard, told) = tokio::join!(line.say_user(SWOLLEN), line.tool("notify_hot_lead", lead()));
        heard.unwrap();
        told.unwrap();
    }
    assert_eq!(vox.count("escalations where kind = 'clinical'").await, 12);
    assert_eq!(vox.count("escalations where kind = 'hot_lead' and closed_at is null").await, 0);
}

/// Of four leads each stands otherwise, and is found by what its badge says and by nothing else.
async fn each_is_found_by_its_badge(vox: &Voxanne, owner: &Person) {
    let badges = [("open", "Not taken"), ("taken", "Taken"), ("booked", "Booked"), ("withdrawn", "No lead")];
    vox.exec(
        "with four as (select id, row_number() over (order by raised_at) as n from escalations)
         update escalations e set acknowledged_via = case n when 2 then 'api' when 3 then 'booked' else acknowledged_via end,
                acknowledged_at = case when n > 1 then acknowledged_at end, acknowledged_by = case when n > 1 then acknowledged_by end
           from four where four.id = e.id and n > 1;
         update escalations set acknowledged_via = null, acknowledged_at = null, acknowledged_by = null
          where id = (select id from escalations order by raised_at limit 1)",
    )
    .await;
    for (alert, badge) in badges {
        let page = owner.page(&format!("/dashboard/leads?alert={alert}")).await.text;
        let list = page.split_once("<tbody>").unwrap().1;
        for (_, other) in badges {
            let count = list.matches(&format!(">{other}</span>")).count();
            assert_eq!(count, usize::from(other == badge), "{other} among {badge}: {list}");
        }
    }
    // Programs ask whether somebody has to take it: whoever booked is off the list as whoever was taken is.
    let api = vox.api(&vox.glow, &[Scope::LeadsRead]).await;
    for (acknowledged, count) in [("true", 2), ("false", 1)] {
        let page = api.get(&format!("/leads?acknowledged={acknowledged}")).await.good();
        assert_eq!(page["items"].as_array().map(Vec::len), Some(count), "{acknowledged}: {page}");
    }
}

#[tokio::test]
async fn what_cannot_buy_ends_the_lead_that_the_assistant_took_it_for() {
    let vox = start().await;
    let calls = [
        ("vendor", "We sell Botox and filler supplies, do you have budget this week for a demo?"),
        ("wrong_number", "Sorry, wrong number. Though I'd love Botox and filler today, I have budget"),
        ("job_seeker", "Hi, I'd like to apply for a job as an injector, are you hiring?"),
        (
            "complaint",
            "I want to make a complaint, the Botox you did was terrible and I want it fixed this week",
        ),
    ];
    let mut heard = Vec::new();
    for (n, (_, said)) in (1..).zip(calls) {
        let line = vox.call(&call_ref(n));
        line.in_progress().await.unwrap();
        tells_of_a_lead(&line).await;
        line.say_user(said).await.unwrap();
        ends(&vox, (&line, n)).await;
        heard.push(vox.last_to(MANAGER));
        vox.later(SignedDuration::from_secs(1));
    }
    assert_snapshot!(heard.join("\n"), @r"
    No hot lead after all, somebody who sells: Sarah Johnson, +13105550142. No need to call.
    No hot lead after all, a wrong number: Sarah Johnson, +13105550142. No need to call.
    No hot lead after all, somebody who looks for work: Sarah Johnson, +13105550142. No need to call.
    No hot lead after all, a complaint: Sarah Johnson, +13105550142. See the call before you call back.
    ");
    assert_eq!(
        taken(&vox).await,
        "no_lead vendor, no_lead wrong_number, no_lead job_seeker, no_lead complaint"
    );
    minutes(&vox, 20).await;
    round(&vox).await;
    assert_eq!((told(&vox, [MANAGER]), tasks(&vox).await.as_str()), ([8], ""));
    // None of it was taken, and none counts as if it had been.
    let api = vox.glow_api().await;
    let alert = newest(&api).await;
    assert_eq!(
        (alert["acknowledged_via"].as_str(), alert["acknowledged_by"].as_str()),
        (Some("no_lead"), Some("complaint"))
    );
    assert!(alert["seconds_to_acknowledge"].is_null() && !alert["closed_at"].is_null());
    let times = api.get("/alerts/summary").await.good()["hot_lead"].clone();
    assert_eq!((times["alerts"].clone(), times["withdrawn"].clone()), (json!(4), json!(4)));
    assert_eq!(
        (times["acknowledged"].clone(), times["share_acknowledged_within_5_minutes"].clone()),
        (json!(0), json!(null))
    );
    let owner = vox.glow_staff(Role::Owner).await;
    let page = owner.page("/dashboard/leads").await.text;
    assert_eq!(page.matches("No lead</span>").count(), 4, "{page}");
    assert!(!page.contains(">Not taken</span>"), "{page}");
    each_is_found_by_its_badge(&vox, &owner).await;
    // Somebody who can buy stays a lead, however little they said.
    let line = vox.call(&call_ref(5));
    line.in_progress().await.unwrap();
    tells_of_a_lead(&line).await;
    line.say_user("How much does it cost?").await.unwrap();
    ends(&vox, (&line, 5)).await;
    assert_eq!(vox.count("escalations where closed_at is null").await, 1);
}

#[tokio::test]
async fn what_the_assistant_tells_late_of_a_call_that_cannot_buy_tells_nobody() {
    let vox = start().await;
    let line = vox.call(&call_ref(1));
    line.in_progress().await.unwrap();
    line.say_user("We sell Botox and filler supplies, do you have budget this week for a demo?")
        .await
        .unwrap();
    ends(&vox, (&line, 1)).await;
    assert_eq!(vox.count("calls where class = 'vendor'").await, 1);
    tells_of_a_lead(&line).await;
    vox.run_jobs().await;
    assert_eq!(told(&vox, [MANAGER]), [0]);
    assert_eq!(vox.count("hot_lead_alerts").await, 0);
}
