//! A preview tells what then happens.

use std::fmt::Write as _;

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use voxanne::platform::ids::{ContactId, Prefixed as _, SequenceId, SequenceRunId};
use voxanne::sequences;

use super::{ANN, add, agrees, day, no_booking};
use crate::harness::{Api, Voxanne};

/// A small generator: the same sequences in every run, different ones for another seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> i32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i32::try_from((self.0 >> 33) % sides).unwrap()
    }

    /// Minutes and days that grow, at hours from morning to night.
    fn steps(&mut self) -> Vec<Value> {
        let mut steps = Vec::new();
        if self.roll(2) == 0 {
            let minutes = 60 * (1 + self.roll(24));
            steps.push(json!({"after_minutes": minutes, "words": {"en": "{clinic}: hello. {questions}"}}));
        }
        let mut days = 0;
        for _ in 0..=self.roll(5) {
            days += 1 + self.roll(3);
            let mut step = day(days, "hello");
            step["at_hour"] = json!(8 + self.roll(13));
            steps.push(step);
        }
        steps
    }
}

/// A contact with consent who is in the sequence since now, and whom nothing has happened to.
async fn joins(vox: &Voxanne, api: &Api, path: &str, phone: &str) -> (ContactId, SequenceRunId) {
    agrees(api, phone).await;
    let sequence = SequenceId::parse(path.trim_start_matches("/sequences/")).unwrap();
    let (contact, run): (ContactId, SequenceRunId) = (vox.app.new_id(), vox.app.new_id());
    let (org, now) = (vox.glow.org.0, vox.app.clock.now());
    vox.exec(&format!(
        "insert into contacts (org_id, id, phone, created_at) values ('{org}', '{contact}', '{phone}', '{now}');
         insert into sequence_runs (org_id, id, sequence_id, contact_id, cause_id, time_zone, next_at, entered_at)
         values ('{org}', '{run}', '{sequence}', '{contact}', '{run}', 'America/Los_Angeles', '{now}', '{now}')",
        contact = contact.0, run = run.0, sequence = sequence.0
    ))
    .await;
    (contact, run)
}

/// Each step as it was foreseen: an instant, or why not.
fn foreseen(preview: &Value) -> Vec<String> {
    let steps = preview["steps"].as_array().unwrap().iter();
    let told = steps.map(|step| {
        let at: Option<Timestamp> = step["leaves_at"].as_str().map(|at| at.parse().unwrap());
        at.map_or_else(|| step["reason"].as_str().unwrap().to_owned(), |at| at.to_string())
    });
    told.collect()
}

/// Each step as it happened.
async fn happened(vox: &Voxanne, run: SequenceRunId, steps: usize) -> Vec<String> {
    let mut all = Vec::new();
    for step in 0..steps {
        let told: String = vox
            .one(&format!(
                "select coalesce(
                   (select to_char(queued_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from texts
                     where dedupe_key = 'nurture:{run}:{step}'),
                   (select s ->> 'reason' from jsonb_array_elements(skipped) s where (s ->> 'step')::int = {step}), stop_reason, '-')
                   from sequence_runs where id = '{run}'",
                run = run.0
            ))
            .await;
        all.push(told);
    }
    all
}

#[tokio::test]
async fn the_instants_of_a_preview_are_those_of_the_texts() {
    let vox = Voxanne::start_with(|config| config.texts.per_number_per_day_max = 1).await;
    let api = vox.glow_api().await;
    // Los Angeles, New York, Honolulu, Denver; a Tuesday evening, and the clocks have their changes inside.
    let areas = ["310", "212", "808", "303"];
    let mut dice = Dice(20_261_124);
    vox.later(SignedDuration::from_hours(24 * 104 + 9));
    let mut told = Vec::new();
    for n in 0..16 {
        let mut fields = no_booking(&dice.steps());
        fields["max_days"] = json!(16 + dice.roll(6));
        let path = add(&api, fields).await;
        let phone = format!("+1{}55501{n:02}", areas[n % areas.len()]);
        let (contact, run) = joins(&vox, &api, &path, &phone).await;
        let preview =
            api.post(&format!("{path}/preview"), json!({"contact_id": contact.to_string()})).await.good();
        told.push((run, foreseen(&preview)));
    }
    for _ in 0..24 * 26 {
        sequences::advance(&vox.app, vox.glow.org).await.unwrap();
        vox.later(SignedDuration::from_hours(1));
    }
    let mut kinds = [0; 3];
    for (run, foreseen) in told {
        assert_eq!(happened(&vox, run, foreseen.len()).await, foreseen, "run {run}");
        for step in &foreseen {
            let kind = if step.starts_with("20") { 0 } else { 1 + usize::from(step == "max_days") };
            kinds[kind] += 1;
        }
    }
    assert!(kinds[0] > 20 && kinds[1] > 2, "left, were left out, came too late: {kinds:?}");
}

#[tokio::test]
async fn an_example_in_another_zone_shows_words_segments_and_quiet_hours() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let made = api.post("/sequences/from-template", json!({"template": "came_close"})).await.good();
    assert_eq!((&made["active"], &made["trigger"]), (&json!(false), &json!("no_booking")));
    let path = format!("/sequences/{}/preview", made["id"].as_str().unwrap());
    let asked = json!({"time_zone": "Pacific/Honolulu", "entered_at": "2027-03-10T18:00:00Z"});
    let preview = api.post(&path, asked).await.good();
    let mut shown = String::new();
    for step in preview["steps"].as_array().unwrap() {
        writeln!(shown, "due {} leaves {} {}", step["due_at"], step["leaves_at"], step["verdict"]).unwrap();
        for text in step["texts"].as_array().unwrap() {
            writeln!(shown, "  {} {} {}", text["language"], text["segments"], text["body"]).unwrap();
        }
    }
    assert_snapshot!(shown);
    assert_eq!(vox.count("texts").await, 0);
    assert_eq!(vox.count("sequence_runs").await, 0);
}

#[tokio::test]
async fn a_preview_for_somebody_says_what_forbids_it() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let path = add(&api, no_booking(&[day(1, "one"), day(2, "two")])).await;
    let (contact, _) = joins(&vox, &api, &path, ANN).await;
    super::consents(&api, ANN, false).await;
    let preview =
        api.post(&format!("{path}/preview"), json!({"contact_id": contact.to_string()})).await.good();
    let steps = &preview["steps"];
    assert_eq!(
        (&steps[0]["verdict"], &steps[0]["outcome"]),
        (&json!("denied: no_consent"), &json!("stopped"))
    );
    assert_eq!((&steps[1]["verdict"], &steps[1]["reason"]), (&Value::Null, &json!("no_consent")));
    let nobody = ContactId(uuid::Uuid::nil()).to_string();
    let wrong = api.post(&format!("{path}/preview"), json!({"contact_id": nobody})).await.wrong_field();
    assert_eq!(wrong.0, "contact_id");
    let wrong =
        api.post(&format!("{path}/preview"), json!({"time_zone": "Mars/Olympus"})).await.wrong_field();
    assert_eq!(wrong.0, "time_zone");
}
