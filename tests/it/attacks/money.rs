//! T15, T16, T20, T21: what makes the server send something in a clinic's name has an end, whoever asks and from however many places.

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::accounts::Role;

use crate::harness::Voxanne;

#[tokio::test]
async fn an_org_invites_fifty_people_a_day_and_taking_them_back_changes_nothing() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let owner = vox.glow_staff(Role::Owner).await;
    let invite = async |n: usize| {
        let wanted = json!({"email": format!("somebody{n}@victim.example"), "role": "viewer"});
        owner.api("POST", "/invitations", wanted).await
    };
    for n in 0..48 {
        let made = invite(n).await.good();
        if n < 20 {
            let id = made["id"].as_str().unwrap();
            assert_eq!(owner.api("DELETE", &format!("/invitations/{id}"), Value::Null).await.status, 204);
        }
    }
    // Two are left, and many ask at once.
    let all = futures::future::join_all((48..58).map(invite)).await;
    assert_eq!(all.iter().filter(|answer| answer.status == 201).count(), 2);
    invite(60).await.refused(429, "too_many_invitations");
    let harbor = vox.harbor_owner().await;
    let theirs = json!({"email": "new@harbor.example", "role": "viewer"});
    harbor.api("POST", "/invitations", theirs).await.good();
    vox.later(SignedDuration::from_hours(24));
    let owner = vox.glow_staff(Role::Owner).await;
    let wanted = json!({"email": "tomorrow@glow.example", "role": "viewer"});
    owner.api("POST", "/invitations", wanted).await.good();
}

#[tokio::test]
async fn an_org_sends_twenty_test_emails_a_day() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let made = api.post("/email-recipients", json!({"address": "victim@else.example"})).await.good();
    let path = format!("/email-recipients/{}/test", made["id"].as_str().unwrap());
    for _ in 0..20 {
        assert_eq!(api.post(&path, Value::Null).await.status, 202);
    }
    api.post(&path, Value::Null).await.refused(429, "too_many_test_emails");
    // Taking the recipient away and adding it anew is no way round.
    api.delete(&format!("/email-recipients/{}", made["id"].as_str().unwrap())).await;
    let again = api.post("/email-recipients", json!({"address": "victim@else.example"})).await.good();
    let path = format!("/email-recipients/{}/test", again["id"].as_str().unwrap());
    api.post(&path, Value::Null).await.refused(429, "too_many_test_emails");
}

#[tokio::test]
async fn w16_a_person_is_mailed_ten_links_a_day_by_strangers_and_each_of_them_works() {
    let vox = Voxanne::start_with(|config| config.server.proxies = 1).await;
    let stranger = vox.stranger();
    let mut asked = 0;
    for hour in 0..6 {
        for n in 0..5 {
            let request = stranger.request("POST", "/forgot");
            let from = format!("203.0.113.{}", hour * 10 + n);
            let form = request.header("x-forwarded-for", from).form(&[("email", "owner@glow.example")]);
            asked += usize::from(form.send().await.unwrap().status() == 200);
            vox.run_jobs().await;
            vox.run_jobs().await;
        }
        vox.later(SignedDuration::from_mins(16));
    }
    assert!(asked >= 25, "{asked}");
    let mails = vox.sandbox.mail().inbox_of("owner@glow.example");
    assert_eq!(mails.len(), 10);
    assert_eq!(vox.count("password_resets where used_at is null").await, 10);
}

#[tokio::test]
async fn what_is_no_address_leaves_no_job_and_whoever_is_stopped_leaves_no_row() {
    let vox = Voxanne::start_with(|config| config.accounts.attempts_per_address_max = 20).await;
    let mut stranger = vox.stranger();
    let jobs = "graphile_worker._private_jobs";
    let before = vox.count(jobs).await;
    let long = format!("{}@glow.example", "a".repeat(5_000));
    for email in ["nobody", "", "a\u{0}b", &long, "\u{0}"] {
        assert_eq!(stranger.form("/forgot", &[("email", email)]).await.status, 200, "nobody learns anything");
    }
    assert_eq!(vox.count(jobs).await, before);
    // W20: a NUL, which the database does not take, is no failure of ours, and belongs to nobody.
    let password = voxanne::seed::DEMO_PASSWORD;
    for email in ["nobody\u{0}@glow.example", "\u{0}", "\u{202e}owner@glow.example"] {
        assert_eq!(stranger.form("/sign-in", &[("email", email), ("password", password)]).await.status, 422);
    }
    for n in 0..20 {
        stranger.form("/forgot", &[("email", &format!("made-up-{n}@glow.example"))]).await;
    }
    let rows = vox.count("attempts").await;
    for n in 20..60 {
        let page = stranger.form("/forgot", &[("email", &format!("made-up-{n}@glow.example"))]).await;
        assert_eq!(page.status, 429);
        let fields =
            [("email", format!("made-up-{n}@glow.example")), ("password", "not it at all".to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(stranger.form("/sign-in", &fields).await.status, 429);
    }
    assert_eq!(vox.count("attempts").await, rows);
    vox.later(SignedDuration::from_mins(15));
    assert_eq!(stranger.form("/forgot", &[("email", "owner@glow.example")]).await.status, 200);
}

#[tokio::test]
async fn t21_keys_and_people_of_one_org_share_its_tests_and_codes() {
    let vox = Voxanne::start().await;
    let (api, owner) = (vox.glow_api().await, vox.glow_staff(Role::Owner).await);
    let mut answers = Vec::new();
    for n in 0..12 {
        let wanted = json!({"phone": format!("+1310555{:04}", 200 + n)});
        let answer = if n % 2 == 0 {
            api.post("/settings/alert-phones", wanted).await
        } else {
            owner.api("POST", "/settings/alert-phones", wanted).await
        };
        answers.push(answer.status);
    }
    let sent = answers.iter().filter(|status| (200..300).contains(*status)).count();
    assert!(sent <= 6 && answers.ends_with(&[429, 429]), "{answers:?}");
}
