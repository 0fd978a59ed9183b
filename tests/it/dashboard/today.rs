//! The Today page: what waits, by whose name and in which order; what it shows of running calls is read, and stands in the log (W37).

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;
use voxanne::accounts::Role;

use crate::harness::{CALLER, Voxanne, booking, call_ref};

#[tokio::test]
async fn w37_the_last_words_of_a_running_call_are_noted_as_read_once_in_ten_minutes() {
    let vox = Voxanne::start().await;
    let viewer = vox.glow_staff(Role::Viewer).await;
    let noted = "audit_log where action = 'transcript.read' and actor like 'staff:usr_%'";
    let call = vox.call(&call_ref(7));
    call.in_progress().await.unwrap();
    viewer.page("/dashboard").await;
    assert_eq!(vox.count(noted).await, 0, "nothing was said yet");
    call.say_user("Do you treat rosacea?").await.unwrap();
    vox.until_count("utterances", 1).await;
    assert!(viewer.page("/dashboard").await.text.contains("Do you treat rosacea?"));
    assert_eq!(vox.count(noted).await, 1);
    viewer.page("/dashboard").await;
    assert_eq!(vox.count(noted).await, 1);
    vox.later(SignedDuration::from_mins(11));
    // The list of calls shows them as well.
    assert!(viewer.page("/dashboard/calls").await.text.contains("Do you treat rosacea?"));
    assert_eq!(vox.count(noted).await, 2);
    viewer.page("/dashboard").await;
    assert_eq!(vox.count(noted).await, 2);
}

/// A call that runs, whose caller is worth calling back.
async fn hot_lead(vox: &Voxanne, name: &str) {
    let call = vox.call(&call_ref(7));
    call.in_progress().await.unwrap();
    let lead = json!({"leadName": name, "leadPhone": CALLER, "serviceInterest": "Botox", "urgency": "high",
                      "summary": "Wants to come this week"});
    call.tool("notify_hot_lead", lead).await.unwrap();
    vox.until_count("escalations", 1).await;
}

#[tokio::test]
async fn a_caller_has_the_name_of_their_alert_and_only_hot_leads_wait_beside_hot_leads() {
    let vox = Voxanne::start().await;
    hot_lead(&vox, "Sarah Johnson").await;
    let org = vox.glow.org.0;
    vox.exec(&format!(
        "insert into escalations (org_id, id, kind, call_ref, raised_at, due_at)
         values ('{org}', gen_random_uuid(), 'clinical', 'another', '2026-11-24T17:00:00Z', '2026-11-24T17:00:00Z');
         insert into tasks (org_id, id, kind, title, dedupe_key, created_at) values
           ('{org}', gen_random_uuid(), 'clinical_call_back', 'Can wait least', 'least', '2026-11-24T16:00:00Z'),
           ('{org}', gen_random_uuid(), 'email_unknown', 'Can wait longest', 'longest', '2026-11-24T17:00:00Z')"
    ))
    .await;
    let viewer = vox.glow_staff(Role::Viewer).await;
    let today = viewer.page("/dashboard").await.text;
    let part = |id: &str| {
        let (_, part) = today.split_once(&format!("id=\"{id}\"")).unwrap();
        part.split("<section").next().unwrap()
    };
    assert!(part("figures").contains("<span class=\"than soft\">1 waiting</span>"), "{today}");
    assert!(part("running").contains("Sarah Johnson"), "{today}");
    let at = |title: &str| part("tasks").find(title).unwrap_or_else(|| panic!("{title}: {today}"));
    assert!(at("Can wait least") < at("Can wait longest"), "{today}");
    assert!(viewer.page("/dashboard/calls").await.text.contains("Sarah Johnson"));
}

#[tokio::test]
async fn g9_a_call_that_was_a_test_leaves_no_alert_behind_and_is_counted_nowhere() {
    let vox = Voxanne::start().await;
    hot_lead(&vox, "Sarah Johnson").await;
    vox.run_jobs().await;
    let (org, key) = (vox.glow.org.0, format!("clinical:{}", call_ref(7)));
    vox.exec(&format!(
        "insert into escalations (org_id, id, kind, call_ref, raised_at, due_at)
         select '{org}', gen_random_uuid(), 'clinical', call_ref, raised_at, due_at from escalations;
         insert into escalations (org_id, id, kind, call_ref, raised_at, due_at)
         values ('{org}', gen_random_uuid(), 'hot_lead', 'another', '2026-11-24T17:00:00Z', '2026-11-24T17:00:00Z');
         insert into tasks (org_id, id, kind, title, dedupe_key, created_at)
         select '{org}', gen_random_uuid(), 'clinical_call_back', 'Call back', '{key}', raised_at from escalations where kind = 'clinical'"
    ))
    .await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    let today = async || desk.page("/dashboard").await.text;
    let counted = |page: &str| {
        let than = |tile: &str| {
            tile.split_once("<span class=\"than soft\">").unwrap().1.split('<').next().unwrap().to_owned()
        };
        page.split("class=\"tile\"").skip(1).take(2).map(than).collect::<Vec<_>>()
    };
    let before = today().await;
    assert_eq!(counted(&before), ["1 running", "2 waiting"], "{before}");
    assert_eq!(before.matches("Possible reaction: call back now").count(), 1);

    // The clinic's own: it is open, says so, and nothing counts it.
    vox.exec("update calls set is_test = true").await;
    let own = today().await;
    assert_eq!(counted(&own), ["0 running", "1 waiting"], "{own}");
    assert_eq!(
        own.matches("<span class=\"badge \">Test</span>").count(),
        3,
        "two alerts and the call: {own}"
    );
    vox.exec("update calls set is_test = false").await;

    // Whoever says that it was a test ends what it raised.
    let id: uuid::Uuid = vox.one("select id from calls").await;
    let path = format!("/calls/call_{}", id.simple());
    desk.api("PATCH", &path, json!({"is_test": true})).await.good();
    let after = today().await;
    assert_eq!(counted(&after), ["0 running", "1 waiting"], "{after}");
    assert!(!after.contains("Possible reaction: call back now"), "{after}");
    assert_eq!(after.matches("Hot lead: call back now").count(), 1, "the other call's: {after}");
    let closed = "escalations where closed_at is not null and acknowledged_via";
    assert_eq!(vox.count(&format!("{closed} = 'no_lead' and acknowledged_by = 'test'")).await, 1);
    assert_eq!(vox.count(&format!("{closed} = 'api' and kind = 'clinical'")).await, 1);
    assert_eq!(vox.count("tasks where kind = 'clinical_call_back' and done_at is null").await, 0);
    let told: String = vox.one("select body from texts where body like 'No hot lead%'").await;
    assert!(told.starts_with("No hot lead after all, a test call: Sarah Johnson"), "{told}");
    // Nor does one that was said to be a test while it runs raise anything.
    let own = vox.call(&call_ref(8));
    own.in_progress().await.unwrap();
    let id: Uuid = vox.one(&format!("select id from calls where call_ref = '{}'", call_ref(8))).await;
    let of_own = format!("/calls/call_{}", id.simple());
    desk.api("PATCH", &of_own, json!({"is_test": true})).await.good();
    let lead = json!({"leadName": "Maria", "leadPhone": CALLER, "serviceInterest": "Botox", "urgency": "high",
                      "summary": "Tries it out"});
    own.tool("notify_hot_lead", lead).await.unwrap();
    assert_eq!(vox.count(&format!("escalations where call_ref = '{}'", call_ref(8))).await, 0);
    // Said again, or taken back, it changes nothing of that.
    for is_test in [true, false] {
        desk.api("PATCH", &path, json!({"is_test": is_test})).await.good();
        assert_eq!(vox.count("escalations where closed_at is null").await, 1);
    }
}

#[tokio::test]
async fn alerts_have_the_name_that_was_put_right_and_those_beyond_twenty_are_counted() {
    let vox = Voxanne::start().await;
    let before = vox.call(&call_ref(6));
    before.in_progress().await.unwrap();
    before.tool("book_appointment", booking("Botox", "2026-12-01", "10:30", "Sara Jonson")).await.unwrap();
    before.end("customer-ended-call").await.unwrap();
    hot_lead(&vox, "Sara Jonson").await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    let contacts = desk.api("GET", "/contacts", Value::Null).await.good();
    let path = format!("/contacts/{}", contacts["items"][0]["id"].as_str().unwrap());
    desk.api("PATCH", &path, json!({"name": "Sarah Johnson"})).await.good();
    let org = vox.glow.org.0;
    vox.exec(&format!(
        "insert into escalations (org_id, id, kind, call_ref, raised_at, due_at)
         select '{org}', gen_random_uuid(), 'hot_lead', 'of ' || n, '2026-11-24T19:00:00Z', '2026-11-24T19:00:00Z' from generate_series(1, 20) n"
    ))
    .await;
    for path in ["/dashboard", "/dashboard/leads"] {
        let page = desk.page(path).await.text;
        let (_, alerts) = page.split_once("id=\"alerts\"").unwrap();
        assert!(alerts.contains("Sarah Johnson") && !alerts.contains("Sara Jonson"), "{page}");
        assert_eq!(page.matches("Hot lead: call back now").count(), 20);
        assert!(alerts.contains("1 more alert waits, and comes up as these are taken."), "{page}");
    }
}

#[tokio::test]
async fn the_demo_opens_on_a_clinic_with_a_past() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    vox.later(SignedDuration::from_hours(5));
    voxanne::seed::demo_past(&vox.app).await.unwrap();
    let visits = vox.count("appointments").await;
    voxanne::seed::demo_past(&vox.app).await.unwrap();
    assert_eq!(vox.count("appointments").await, visits, "it has one past");
    assert!(visits > 40, "{visits}");
    // 3 PM at the clinic.
    for status in ["completed", "arrived", "scheduled", "cancelled", "no_show"] {
        let today = format!("appointments where status = '{status}' and starts_at >= '2026-11-24T08:00:00Z'");
        assert!(vox.count(&today).await > 0 || status == "arrived", "{status}");
    }
    // Its calls are scored as any call is, and nobody is told of what was.
    vox.run_jobs().await;
    for told in ["texts", "tasks", "notifications", "emails", "calls where scored_at is null"] {
        assert_eq!(vox.count(told).await, 0, "{told}");
    }
    assert!(vox.sandbox.twilio().messages().is_empty());
    for temperature in ["hot", "warm", "cold"] {
        assert!(vox.count(&format!("calls where temperature = '{temperature}'")).await > 10, "{temperature}");
    }
    for class in ["new_lead", "vendor", "wrong_number"] {
        assert!(vox.count(&format!("calls where class = '{class}'")).await > 2, "{class}");
    }
    // Hot callers who booked nothing in their call are alerts that somebody took.
    let alerts = vox.count("hot_lead_alerts").await;
    let taken = "escalations where acknowledged_at > raised_at and closed_at is not null and next_at is null";
    assert!(alerts > 3 && vox.count(taken).await == alerts, "{alerts}");
    let in_vain = "calls c where temperature = 'hot' and not exists (select from appointments a where a.contact_id = c.contact_id)";
    assert!(vox.count(in_vain).await > 3, "no clinic wins all of them");
    assert_eq!(vox.count("calls where created_at > '2026-11-24T23:00:00Z'").await, 0);
    let figures = api.get("/analytics?from=2026-11-10&to=2026-11-24").await.good()["now"].clone();
    let booked = figures["calls"]["booked"].as_i64().unwrap();
    assert!(booked > 40 && figures["calls"]["missed"].as_i64().unwrap() > 2, "{figures}");
    // What is ahead is kept: its practitioner has no other visit then.
    let service = api.id_of("/services", "Botox").await;
    let at = "2026-11-24T23:45:00Z";
    let visit: Uuid =
        vox.one(&format!("select practitioner_id from appointments where starts_at = '{at}'")).await;
    let why =
        format!("/openings/why?service_id={service}&starts_at={at}&practitioner_id=res_{}", visit.simple());
    assert_eq!(api.get(&why).await.good()["causes"][0]["code"], "practitioner_busy");
    let owner = vox.glow_staff(Role::Owner).await;
    let leads = owner.page("/dashboard/leads").await.text;
    assert!(!leads.contains("Too few calls yet") && leads.contains("Dermal Filler"), "{leads}");
    let hot = owner.page("/dashboard/leads?temperature=hot&alert=taken").await.text;
    assert!(hot.contains("Taken") && !hot.contains("No such calls"), "{hot}");
    for page in ["/dashboard", "/dashboard/calls", "/dashboard/analytics", "/dashboard/calendar?view=week"] {
        assert_eq!(owner.page(page).await.status, 200, "{page}");
    }
}
