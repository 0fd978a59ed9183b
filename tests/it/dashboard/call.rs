//! A call's page: who called, what became of their alert, which words did not count; and whoever looks at it has read what was said,
//! and stands in the log (W37).

use jiff::SignedDuration;
use voxanne::accounts::Role;

use crate::api::leads::{HOT, a_lead, a_scored_call};
use crate::harness::{CALLER, Voxanne};

#[tokio::test]
async fn w37_whoever_opens_a_calls_page_is_in_the_log_once_in_ten_minutes() {
    let vox = Voxanne::start().await;
    let call = a_lead(&vox, &vox.glow).await;
    let (viewer, desk) = (vox.glow_staff(Role::Viewer).await, vox.glow_staff(Role::FrontDesk).await);
    let noted = async |email: &str| {
        vox.count(&format!(
            "audit_log where action = 'transcript.read' and subject = '{call}' and org_id = '{}'
                and actor = (select 'staff:usr_' || translate(user_id::text, '-', '') from users where email = '{email}')",
            vox.glow.org.0
        ))
        .await
    };
    // A list says who called and what came of it, and none of the words.
    for list in ["/dashboard/calls", "/dashboard/leads"] {
        assert_eq!(viewer.page(list).await.status, 200);
    }
    assert_eq!(noted("viewer@glow.example").await, 0);
    let page = format!("/dashboard/calls/{call}");
    for _ in 0..2 {
        assert_eq!(viewer.page(&page).await.status, 200);
    }
    assert_eq!(noted("viewer@glow.example").await, 1);
    vox.later(SignedDuration::from_mins(11));
    assert_eq!((viewer.page(&page).await.status, desk.page(&page).await.status), (200, 200));
    assert_eq!((noted("viewer@glow.example").await, noted("frontdesk@glow.example").await), (2, 1));
    // Whoever finds nothing has read nothing.
    assert_eq!(vox.harbor_owner().await.page(&page).await.status, 404);
    assert_eq!(vox.count("audit_log where action = 'transcript.read'").await, 3);
}

#[tokio::test]
async fn a_lead_who_booked_was_taken_by_nobody_and_has_the_name_of_their_alert() {
    let vox = Voxanne::start().await;
    let call = a_scored_call(&vox, HOT, (CALLER, SignedDuration::ZERO)).await;
    let viewer = vox.glow_staff(Role::Viewer).await;
    let path = format!("/dashboard/calls/{call}");
    let seen = async |via: &str| {
        vox.exec(&format!(
            "update escalations set lead_name = 'Sarah Johnson', acknowledged_at = raised_at, acknowledged_by = 'Ann', next_at = null,
                                    acknowledged_via = '{via}', closed_at = raised_at"
        ))
        .await;
        (viewer.page("/dashboard/leads").await.text, viewer.page(&path).await.text)
    };
    let (leads, page) = seen("booked").await;
    assert!(
        leads.contains("Sarah Johnson</a>")
            && page.contains("data-live=\"call contact alert\">Sarah Johnson</h1>")
    );
    assert!(leads.contains(">Booked</span>") && !leads.contains(">Taken</span>"), "{leads}");
    assert!(page.contains(" · booked ") && !page.contains(" · taken "), "{page}");
    let (leads, page) = seen("text").await;
    assert!(leads.contains(">Taken</span>") && !leads.contains(">Booked</span>"), "{leads}");
    assert!(page.contains(" · taken ") && !page.contains(" · booked "), "{page}");
}

#[tokio::test]
async fn words_that_do_not_count_say_why_beside_them() {
    let vox = Voxanne::start().await;
    let said = "My sister wants Botox this week. How much is it?";
    let call = a_scored_call(&vox, said, (CALLER, SignedDuration::ZERO)).await;
    let page = vox.glow_staff(Role::Viewer).await.page(&format!("/dashboard/calls/{call}")).await.text;
    let (_, marked) = page.split_once("<mark class=\"off\"").unwrap_or_else(|| panic!("{page}"));
    let (_, behind) = marked.split_once("</mark>").unwrap();
    assert!(behind.starts_with("<span class=\"small soft\" aria-hidden=\"true\"> ("), "{behind}");
}
