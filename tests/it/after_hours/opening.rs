//! What staff find when they open.

use insta::assert_snapshot;

use super::{EVENING, after, hot, later, tasks};
use crate::harness::CALLER;

#[tokio::test]
async fn staff_find_one_task_per_call_when_they_open_and_none_before() {
    let vox = after(EVENING).await;
    hot(&vox, 1, CALLER).await;
    // 8:59 in the morning.
    later(&vox, 14 * 60 - 1).await;
    assert_eq!(tasks(&vox, "call_hot_lead").await, "");
    for _ in 0..3 {
        later(&vox, 1).await;
    }
    assert_snapshot!(tasks(&vox, "call_hot_lead").await, @"Call +13105550142: hot lead while you were closed, two times offered by text, no visit yet");
    assert_eq!(vox.count("tasks where kind = 'call_hot_lead' and call_id is not null").await, 1);
}

#[tokio::test]
async fn a_caller_who_is_known_is_named_in_the_task_and_in_the_text() {
    let vox = after(EVENING).await;
    vox.exec(&format!(
        "insert into contacts (org_id, id, phone, name, created_at) values ('{}', gen_random_uuid(), '{CALLER}', 'Dana Fox', now())",
        vox.glow.org.0
    ))
    .await;
    hot(&vox, 1, CALLER).await;
    assert!(vox.last_to(CALLER).starts_with("Hi Dana, this is Glow MedSpa."), "{}", vox.last_to(CALLER));
    later(&vox, 14 * 60).await;
    assert_snapshot!(tasks(&vox, "call_hot_lead").await, @"Call Dana Fox (+13105550142): hot lead while you were closed, two times offered by text, no visit yet");
    let said = vox.says(CALLER, "2").await;
    assert!(said.contains("confirmed for"), "{said}");
    assert_eq!(vox.count("appointments where customer_name = 'Dana Fox'").await, 1);
}
