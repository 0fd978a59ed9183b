//! Twilio's webhook for texts that people send.

use insta::assert_snapshot;
use voxanne::seed;
use voxanne_sandbox::twilio::Inbound;

use super::{ANN, FREED, free, join, last_to, link_of, post_text, say, standing, text_us, webhook};
use crate::harness::{CALLER, Voxanne};

#[tokio::test]
async fn e12_an_unsigned_or_wrongly_signed_text_is_refused_and_nothing_is_stored() {
    let vox = Voxanne::start().await;
    let url = webhook(&vox, &vox.glow);
    let form = [("MessageSid", "SM1"), ("From", CALLER), ("Body", "STOP")];
    assert_eq!(vox.http.post(&url).form(&form).send().await.unwrap().status(), 403);
    let sandbox = vox.sandbox.twilio();
    let harbors = format!("sandbox-{}", seed::HARBOR.twilio_account);
    let forged = Inbound {
        account_sid: seed::GLOW.twilio_account,
        auth_token: &harbors,
        from: CALLER,
        to: &vox.glow.number,
        body: "STOP",
        opt_out_type: None,
        media: 0,
    };
    assert_eq!(sandbox.text_us(&url, &forged).await.unwrap().status, 403);
    let nobody = url.replace(&vox.glow.org.0.to_string(), "00000000-0000-7000-8000-000000000000");
    assert_eq!(sandbox.text_us(&nobody, &forged).await.unwrap().status, 403);
    assert_eq!((vox.count("inbound_texts").await, vox.count("opt_outs").await), (0, 0));
}

#[tokio::test]
async fn a_text_is_kept_once_and_answered_with_nothing_to_say() {
    let vox = Voxanne::start().await;
    let token = format!("sandbox-{}", seed::GLOW.twilio_account);
    let text = Inbound {
        account_sid: seed::GLOW.twilio_account,
        auth_token: &token,
        from: CALLER,
        to: &vox.glow.number,
        body: "Is there parking\0?",
        opt_out_type: None,
        media: 0,
    };
    for _ in 0..2 {
        let answer =
            vox.sandbox.twilio().text_us_again(&webhook(&vox, &vox.glow), &text, "SM42").await.unwrap();
        assert_eq!((answer.status, answer.content_type.as_str()), (200, "text/xml"));
        assert_eq!(answer.body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>");
        vox.run_jobs().await;
    }
    assert_eq!(vox.count("inbound_texts where meaning = 'other'").await, 1);
    assert_eq!(vox.count("tasks").await, 1);
}

#[tokio::test]
async fn help_is_answered_unless_twilio_did() {
    let vox = Voxanne::start().await;
    post_text(&vox, &vox.glow, CALLER, "HELP", Some("HELP")).await;
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER).len(), 0);
    say(&vox, CALLER, "help").await;
    assert_snapshot!(last_to(&vox, CALLER), @"Glow MedSpa: To reach our team, call +13105550199. Reply STOP to opt out.");
}

#[tokio::test]
async fn b_another_orgs_texts_and_links_reach_nothing_here() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    free(&vox, FREED).await;
    let answer = post_text(&vox, &vox.harbor, ANN, "TAKE", None).await;
    assert_eq!(answer.status, 200, "a good text to the other clinic, or this proves nothing");
    post_text(&vox, &vox.harbor, ANN, "LEAVE", None).await;
    post_text(&vox, &vox.harbor, ANN, "STOP", None).await;
    vox.run_jobs().await;
    assert_eq!(standing(&vox).await, "101 offered 1");
    assert_eq!(vox.count(&format!("opt_outs where org_id = '{}'", vox.glow.org.0)).await, 0);
    // The same row under the other org: the link still leads to the org that the directory names.
    vox.exec(&format!("update directory set owner_org = '{}' where kind = 'offer'", vox.harbor.org.0)).await;
    let answer = vox.http.post(link_of(&vox, ANN)).send().await.unwrap();
    assert_eq!(answer.status(), 404, "an org without that offer");
    assert_eq!(vox.count("appointments").await, 0);
}

#[tokio::test]
async fn a_short_code_is_kept_for_staff_and_not_answered() {
    let vox = Voxanne::start().await;
    assert_eq!(text_us(&vox, "72345", "Your code is 1234").await.status, 200);
    vox.run_jobs().await;
    assert_eq!((vox.count("inbound_texts").await, vox.count("tasks").await), (1, 1));
    assert_eq!(vox.count("texts").await, 0);
}
