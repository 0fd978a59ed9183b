//! The Today page: what it shows of running calls is read, and stands in the log (W37).

use jiff::SignedDuration;
use voxanne::accounts::Role;

use crate::harness::{Voxanne, call_ref};

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
    viewer.page("/dashboard").await;
    assert_eq!(vox.count(noted).await, 2);
}
