//! Being put on the list by voice.

use insta::assert_snapshot;
use serde_json::json;

use super::{ANN, join, text_us};
use crate::harness::{Voxanne, call_ref};

#[tokio::test]
async fn joining_again_keeps_the_place_changes_the_window_and_says_the_same() {
    let vox = Voxanne::start().await;
    assert_eq!(join(&vox, ANN).await, join(&vox, ANN).await);
    let line = vox.call_from(&vox.glow, &call_ref(3), Some(ANN));
    let wish = json!({ "serviceType": "botox", "from": "2026-12-07", "to": "December 11th", "partOfDay": "after work" });
    assert_snapshot!(line.tool("join_waitlist", wish).await.unwrap().text(), @"I've put you on the waitlist for Botox. If a time opens up in the evening between Monday, December 7th and Friday, December 11th, we'll text you.");
    let wish = json!({ "serviceType": "botox", "fromDate": "next week" });
    let said = line.tool("join_waitlist", wish).await.unwrap().text().to_owned();
    assert!(said.contains("between Monday, November 30th and Sunday, December 6th"), "{said}");
    let wish = json!({ "serviceType": "botox", "from": "2026-12-07", "to": "December 11th", "partOfDay": "after work" });
    line.tool("join_waitlist", wish).await.unwrap();
    let kept: String = vox
        .one("select string_agg(local_from || ' ' || local_to || ' ' || part_of_day, ', ') from waitlist_entries")
        .await;
    assert_eq!(kept, "2026-12-07 2026-12-11 evening");
}

#[tokio::test]
async fn a_hidden_number_an_unknown_service_and_a_window_without_days_are_not_put_on_it() {
    let vox = Voxanne::start().await;
    let hidden = vox.call_from(&vox.glow, &call_ref(1), None);
    let said = hidden.tool("join_waitlist", json!({ "serviceType": "Botox" })).await.unwrap();
    assert_snapshot!(said.text(), @"I can only put the number you're calling from on the waitlist, and I can't see it. Please call us from your own phone.");
    let line = vox.call_from(&vox.glow, &call_ref(2), Some(ANN));
    let said = line.tool("join_waitlist", json!({ "serviceType": "haircut" })).await.unwrap();
    assert_snapshot!(said.text(), @"Which treatment would you like to book?");
    let wish = json!({ "serviceType": "Botox", "from": "2026-12-11", "to": "2026-12-07" });
    assert_snapshot!(line.tool("join_waitlist", wish).await.unwrap().text(), @"Which day would you like to come in?");
    assert_eq!(vox.count("waitlist_entries").await, 0);
}

#[tokio::test]
async fn a_text_is_promised_only_where_one_may_go() {
    let vox = Voxanne::start().await;
    text_us(&vox, ANN, "STOP").await;
    assert_snapshot!(join(&vox, ANN).await, @"I've put you on the waitlist for Botox. If a time opens up between Tuesday, November 24th and Thursday, December 24th, our team will call you.");
    assert_eq!(
        vox.count("tasks where kind = 'waitlist_unreachable'").await,
        1,
        "a promise of a call is a task"
    );
    assert_snapshot!(join(&vox, "+447400123456").await, @"I've put you on the waitlist for Botox. If a time opens up between Tuesday, November 24th and Thursday, December 24th, our team will call you.");
}
