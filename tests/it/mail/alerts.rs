//! Alerts by e-mail: with the text, once per call and recipient, to nobody else's.

use insta::assert_snapshot;

use super::{MARIA, add, hot_lead, inbox, states, tasks};
use crate::harness::{CALLER, MANAGER, Voxanne, call_ref};

#[tokio::test]
async fn ts14_a_hot_lead_is_mailed_once_however_often_it_is_raised() {
    let vox = Voxanne::start().await;
    add(&vox, &vox.glow, MARIA, "en").await;
    for _ in 0..3 {
        assert!(hot_lead(&vox, &vox.glow, 1).await.starts_with("Thank you. I've just alerted our team"));
    }
    vox.run_jobs().await;
    vox.run_jobs().await;
    let taken = vox.sandbox.mail().taken();
    assert_eq!((taken.len(), states(&vox).await.as_str()), (1, "sent"));
    let mail = &taken[0];
    assert_eq!((mail.from.as_str(), mail.to.as_str()), ("voxanne@alerts.example", MARIA));
    assert_eq!(mail.subject, "Hot lead at Glow MedSpa: call back now");
    // It leads to the page on which the alert is taken with a click.
    let call: String = vox.one("select 'call_' || replace(id::text, '-', '') from calls").await;
    assert_snapshot!(mail.body.replace(&format!("{}/dashboard/calls/{call}", vox.url), "https://…/call"), @r"
    A caller is worth calling back now.

    Name: Sarah Johnson
    Phone: +13105550142
    Interest: Botox Consultation
    Summary: Wants Botox this week

    Call them back as soon as you can.

    Take it, so that nobody else is told: https://…/call

    Who gets e-mails of Glow MedSpa is set under Settings, E-mail.
    ");
    let id: String = vox.one("select replace(id::text, '-', '') from emails").await;
    assert_eq!(mail.message_id, format!("{id}@alerts.example"));
    assert_eq!(vox.texts_to(MANAGER).len(), 1, "and the text as before");
    hot_lead(&vox, &vox.glow, 2).await;
    vox.run_jobs().await;
    assert_eq!(inbox(&vox, MARIA).len(), 2, "another call is another alert");
}

#[tokio::test]
async fn each_recipient_gets_an_alert_in_their_language_if_they_want_any_and_no_other_org_is_told() {
    let vox = Voxanne::start().await;
    add(&vox, &vox.glow, MARIA, "en").await;
    add(&vox, &vox.glow, "lucia@glow.example", "es").await;
    let quiet = add(&vox, &vox.glow, "quiet@glow.example", "en").await;
    add(&vox, &vox.harbor, "desk@harbor.example", "en").await;
    let api = vox.glow_api().await;
    api.patch(&format!("/email-recipients/{quiet}"), serde_json::json!({"wants_alerts": false})).await.good();
    hot_lead(&vox, &vox.glow, 1).await;
    vox.run_jobs().await;
    let mut to: Vec<_> = vox.sandbox.mail().taken().into_iter().map(|mail| (mail.to, mail.subject)).collect();
    to.sort();
    let expected = [
        ("lucia@glow.example", "Cliente interesado en Glow MedSpa: llame ahora"),
        (MARIA, "Hot lead at Glow MedSpa: call back now"),
    ];
    assert_eq!(to, expected.map(|(to, subject)| (to.to_owned(), subject.to_owned())));
    hot_lead(&vox, &vox.harbor, 1).await;
    vox.run_jobs().await;
    assert_eq!(
        inbox(&vox, "desk@harbor.example").len(),
        1,
        "the other org has an alert of its own, so this proves something"
    );
    assert_eq!(inbox(&vox, MARIA).len(), 1);
}

#[tokio::test]
async fn each_site_mails_its_own_people() {
    let vox = Voxanne::start().await;
    let api = vox.api(&vox.denver, &voxanne::accounts::Scope::ALL).await;
    let sites = api.get("/locations?limit=100").await.good()["items"].as_array().unwrap().clone();
    let site = |zone: &str| sites.iter().find(|site| site["time_zone"] == zone).unwrap()["id"].clone();
    add(&vox, &vox.denver, "all@juniper.example", "en").await;
    let mut ids = Vec::new();
    for (who, zone) in [("dee", "America/Denver"), ("pia", "America/Phoenix")] {
        let fields =
            serde_json::json!({"address": format!("{who}@juniper.example"), "location_id": site(zone)});
        let made = api.post("/email-recipients", fields).await.good();
        assert_eq!(made["location_id"], site(zone));
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    let to = |vox: &Voxanne| {
        let of = |who: &str| inbox(vox, &format!("{who}@juniper.example")).len();
        [of("all"), of("dee"), of("pia")]
    };
    // The assistant that answered says where.
    for (n, clinic, mails) in [(1, &vox.denver, [1, 1, 0]), (2, &vox.phoenix, [2, 1, 1])] {
        vox.call_from(clinic, &call_ref(n), Some(CALLER)).in_progress().await.unwrap();
        hot_lead(&vox, clinic, n).await;
        vox.run_jobs().await;
        assert_eq!(to(&vox), mails, "call {n}");
    }
    // A possible reaction, too.
    let call = vox.call_from(&vox.phoenix, &call_ref(3), Some(CALLER));
    call.in_progress().await.unwrap();
    call.say_user("My face is swollen after filler yesterday, this is urgent").await.unwrap();
    vox.run_jobs().await;
    assert_eq!(to(&vox), [3, 1, 2]);
    // Whoever gets those of all again hears of Phoenix.
    let dee = format!("/email-recipients/{}", ids[0]);
    api.patch(&dee, serde_json::json!({"location_id": null})).await.good();
    hot_lead(&vox, &vox.phoenix, 4).await;
    vox.run_jobs().await;
    assert_eq!(to(&vox), [4, 2, 3]);
}

#[tokio::test]
async fn ts13_a_possible_reaction_is_mailed_too_and_its_subject_says_nothing_of_it() {
    let vox = Voxanne::start().await;
    add(&vox, &vox.glow, MARIA, "en").await;
    let call = vox.call(&call_ref(1));
    call.in_progress().await.unwrap();
    call.say_user("My face is swollen after filler yesterday, this is urgent").await.unwrap();
    call.end("customer-ended-call").await.unwrap();
    call.end("customer-ended-call").await.unwrap();
    vox.until_count("calls where report_at is not null", 1).await;
    vox.run_jobs().await;
    vox.run_jobs().await;
    let mails = inbox(&vox, MARIA);
    assert_eq!((mails.len(), vox.sandbox.mail().taken().len()), (1, 1));
    assert_eq!(mails[0].subject, "Urgent at Glow MedSpa: call a caller back now");
    assert!(
        mails[0].body.contains(&format!("Phone: {CALLER}\nReported: face is swollen\n")),
        "{}",
        mails[0].body
    );
}

#[tokio::test]
async fn w11_what_a_caller_is_called_adds_no_header_and_no_line() {
    let vox = Voxanne::start().await;
    add(&vox, &vox.glow, MARIA, "en").await;
    let line = vox.call(&call_ref(1));
    let evil = "Eve\r\nBcc: eve@evil.example\r\n.\r\nMAIL FROM:<x@evil.example> \u{202e}x";
    let lead = serde_json::json!({"leadName": evil, "leadPhone": CALLER, "serviceInterest": evil, "urgency": "high", "summary": evil});
    line.tool("notify_hot_lead", lead).await.unwrap();
    vox.run_jobs().await;
    let taken = vox.sandbox.mail().taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(
        taken[0].headers,
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding"
        ]
    );
    assert!(
        !taken[0]
            .body
            .lines()
            .any(|line| line.starts_with("Bcc") || line.starts_with('.') || line.starts_with("MAIL"))
    );
}

#[tokio::test]
async fn without_a_mail_server_the_call_goes_on_and_a_task_says_so_once_a_day() {
    let vox = Voxanne::start_with(|config| config.mail.host = String::new()).await;
    hot_lead(&vox, &vox.glow, 1).await;
    assert_eq!(tasks(&vox).await, "", "nobody wants any");
    let api = vox.glow_api().await;
    let made = api.post("/email-recipients", serde_json::json!({"address": MARIA})).await.good();
    assert_eq!(made["delivery"], "off");
    for call in 2..4 {
        assert!(hot_lead(&vox, &vox.glow, call).await.starts_with("Thank you. I've just alerted our team"));
    }
    vox.run_jobs().await;
    assert_snapshot!(tasks(&vox).await, @"set_up_email: Alerts reach nobody by e-mail: No mail server is set up. Ask whoever runs Voxanne to set mail.host.");
    assert_eq!(states(&vox).await, "");
    assert_eq!(vox.texts_to(MANAGER).len(), 3);
    assert_eq!(api.get("/email-settings").await.good()["delivery"], "off");
    let id = made["id"].as_str().unwrap();
    api.post(&format!("/email-recipients/{id}/test"), serde_json::json!({})).await.refused(409, "email_off");
}
