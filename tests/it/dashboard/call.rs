//! A call's page: whoever looks at it has read what was said, and stands in the log (W37).

use jiff::SignedDuration;
use voxanne::accounts::Role;

use crate::api::leads::a_lead;
use crate::harness::Voxanne;

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
