//! A person now, or a call back that the clinic can keep.

use insta::assert_snapshot;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{CALLER, Voxanne, call_ref};

const CONNECTING: &str = "Somebody from our team can take your call now. One moment, I'm connecting you.";

async fn asked(vox: &Voxanne, call: u128, arguments: Value) -> String {
    // What is asked differently has an id of its own.
    let id = format!("{arguments}");
    vox.call(&call_ref(call)).tool_with_id(&id, "request_human", arguments).await.unwrap().text().to_owned()
}

async fn without_a_front_desk() -> Voxanne {
    let vox = Voxanne::start().await;
    vox.exec(&format!("update locations set human_phone = null where org_id = '{}'", vox.glow.org.0)).await;
    vox
}

#[tokio::test]
async fn while_somebody_is_there_the_caller_is_connected_and_nobody_has_to_call_back() {
    let vox = Voxanne::start().await;
    assert_eq!(asked(&vox, 1, json!({"reason": "A question about my bill"})).await, CONNECTING);
    assert_eq!(vox.count("tasks").await, 0);
    let (_, transfer) = vox.post_fixture("transfer-destination-request").await;
    assert_eq!(transfer["destination"]["number"], "+13105550199");
}

#[tokio::test]
async fn a_transfer_that_nobody_answered_becomes_a_call_back_once() {
    let vox = Voxanne::start().await;
    assert_eq!(asked(&vox, 1, json!({"reason": "My bill"})).await, CONNECTING);
    let again = asked(&vox, 1, json!({"reason": "My bill", "urgency": "high"})).await;
    assert_snapshot!(again, @"I've asked our team to call you back on the number you're calling from today before 6 PM.");
    assert_eq!(asked(&vox, 1, json!({"reason": "My bill, please"})).await, again);
    assert_eq!(vox.count("tasks").await, 1);
    assert_snapshot!(
        vox.one::<String>("select kind || ': ' || title from tasks").await,
        @"call_back: Urgent: call +13105550142 back, promised today before 6 PM: My bill"
    );
    assert_eq!(vox.count("notifications where kind = 'call_back'").await, 1);
    assert_eq!(vox.count("tasks t join calls c on c.org_id = t.org_id and c.id = t.call_id").await, 1);
    // Another call is another wish.
    assert_eq!(asked(&vox, 2, json!({"reason": "My bill"})).await, CONNECTING);
}

#[tokio::test]
async fn the_promise_is_for_when_somebody_is_there() {
    let vox = without_a_front_desk().await;
    let promise = async |call| asked(&vox, call, json!({"reason": "My bill"})).await;
    assert_snapshot!(promise(1).await, @"I've asked our team to call you back on the number you're calling from today before 6 PM.");
    // Ten minutes before the end of the day nobody can be asked to call today.
    vox.later(SignedDuration::from_mins(7 * 60 + 50));
    assert_snapshot!(promise(2).await, @"I've asked our team to call you back on the number you're calling from when we open on Wednesday at 9 AM.");
    // After midnight, before opening.
    vox.later(SignedDuration::from_hours(8));
    assert_snapshot!(promise(3).await, @"I've asked our team to call you back on the number you're calling from today, after 9 AM.");
    // The rules are today's: two weeks closed from now on.
    vox.exec(&format!(
        "insert into closures (org_id, id, local_date)
         select '{}', gen_random_uuid(), day::date from generate_series('2026-11-25'::date, '2026-12-08'::date, '1 day') day",
        vox.glow.org.0
    ))
    .await;
    assert_snapshot!(promise(4).await, @"I've asked our team to call you back on the number you're calling from when we open on Wednesday, December 9th at 9 AM.");
    vox.exec(&format!(
        "insert into closures (org_id, id, local_date)
         select '{}', gen_random_uuid(), day::date from generate_series('2026-12-09'::date, '2027-03-31'::date, '1 day') day",
        vox.glow.org.0
    ))
    .await;
    assert_snapshot!(promise(5).await, @"I've asked our team to call you back on the number you're calling from as soon as they can.");
    assert_eq!(vox.count("tasks where kind = 'call_back'").await, 5);
}

#[tokio::test]
async fn at_night_nobody_is_rung_and_a_call_back_is_promised() {
    let vox = Voxanne::start().await;
    vox.later(SignedDuration::from_hours(10));
    assert!(asked(&vox, 1, json!({"reason": "My bill"})).await.contains("when we open on Wednesday at 9 AM"));
    let (_, transfer) = vox.post_fixture("transfer-destination-request").await;
    assert_eq!(transfer["destination"], Value::Null);
    assert_snapshot!(
        transfer["error"].as_str().unwrap(),
        @"I'm sorry, nobody can take the call right now. Please try again during opening hours."
    );
}

#[tokio::test]
async fn without_a_number_none_is_promised_until_one_is_given() {
    let vox = without_a_front_desk().await;
    let hidden = vox.call_from(&vox.glow, &call_ref(1), None);
    let said = hidden.tool("request_human", json!({"reason": "My visits"})).await.unwrap();
    assert_snapshot!(said.text(), @"What's the best phone number to reach you at, please?");
    assert_eq!(vox.count("tasks").await, 0);
    let given = json!({"reason": "My visits", "customerPhone": "310 555 0123"});
    let said = hidden.tool_with_id("call_h", "requestHuman", given.clone()).await.unwrap();
    assert_snapshot!(said.text(), @"I've asked our team to call you back on the number you gave me today before 6 PM.");
    // The same call twice.
    vox.later(SignedDuration::from_hours(9));
    assert_eq!(hidden.tool_with_id("call_h", "requestHuman", given).await.unwrap().text(), said.text());
    assert_snapshot!(
        vox.one::<String>("select title from tasks").await,
        @"Call +13105550123 back, promised today before 6 PM: My visits"
    );
    // A caller id comes first; another number is told beside it.
    asked(&vox, 2, json!({"reason": "My\nbill", "customerPhone": "+13105550123"})).await;
    assert_snapshot!(
        vox.one::<String>("select title from tasks where title like '%also%'").await,
        @"Call +13105550142 back (also gave +13105550123), promised when we open on Wednesday at 9 AM: My bill"
    );
}

#[tokio::test]
async fn the_task_is_the_clinics_own() {
    let vox = Voxanne::start().await;
    vox.exec("update locations set human_phone = null").await;
    let harbor = vox.call_from(&vox.harbor, &call_ref(1), Some(CALLER));
    // It is 1 PM in New York.
    let said = harbor.tool("request_human", json!({"reason": "My bill"})).await.unwrap();
    assert!(said.text().contains("today before"), "{}", said.text());
    assert_eq!(vox.count(&format!("tasks where org_id = '{}'", vox.harbor.org.0)).await, 1);
    assert_eq!(vox.count(&format!("tasks where org_id = '{}'", vox.glow.org.0)).await, 0);
}
