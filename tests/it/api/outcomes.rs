//! G6, G7, G9: whether "hot" was true, in exact figures that an independent statement counts too.

use serde_json::{Value, json};
use sqlx::Row as _;
use uuid::Uuid;
use voxanne::jobs;

use crate::harness::{Clinic, MANAGER, Voxanne};

/// A scored call, so many days ago.
struct Call {
    days_ago: i64,
    phone: String,
    class: &'static str,
    score: i16,
    temperature: &'static str,
}

async fn call(vox: &Voxanne, clinic: &Clinic, call: &Call) -> Uuid {
    let id = Uuid::now_v7();
    vox.exec(&format!(
        "insert into calls (org_id, id, call_ref, state, caller_phone, turns, class, score, temperature, evidence, scored_at,
                            report_at, created_at, is_test)
         select '{0}', '{id}', '{id}', 'ended', '{1}', '[]', '{2}', {3}, '{4}', '[]', at, at, at, app_ctx.is_own_phone('{0}', '{1}')
           from (select timestamptz '2026-11-24T18:00:00Z' - make_interval(hours => 24 * {5})) t (at)",
        clinic.org.0, call.phone, call.class, call.score, call.temperature, call.days_ago
    ))
    .await;
    id
}

/// A visit for 420 dollars, booked so many days ago by a call or from a phone.
async fn visit(vox: &Voxanne, (call, phone): (Option<Uuid>, Option<&str>), days_ago: i64, status: &str) {
    let text = |value: Option<String>| value.map_or("null".to_owned(), |value| format!("'{value}'"));
    let (call, phone) = (text(call.map(|id| id.to_string())), text(phone.map(str::to_owned)));
    vox.exec(&format!(
        "set session_replication_role = replica;
         update services set price_cents = 42000 where name = 'Botox';
         insert into appointments (org_id, id, location_id, service_id, practitioner_id, call_id, customer_phone, status,
                                   starts_at, ends_at, time_zone, local_starts_at, confirmation_said, created_at)
         select s.org_id, gen_random_uuid(), l.id, s.id, p.id, {call}::uuid, {phone}, '{status}', at + interval '1 day',
                at + interval '1 day 45 minutes', l.time_zone, (at + interval '1 day') at time zone l.time_zone, 'Booked.', at
           from services s
           join lateral (select * from locations l where l.org_id = s.org_id order by position limit 1) l on true
           join lateral (select * from practitioners p where p.org_id = s.org_id order by id limit 1) p on true,
                lateral (select timestamptz '2026-11-24T18:00:00Z' - make_interval(hours => 24 * {days_ago})) t (at)
          where s.org_id = '{}' and s.name = 'Botox';
         set session_replication_role = default;",
        vox.glow.org.0
    ))
    .await;
}

fn phone(n: i64) -> String {
    format!("+131055502{n:02}")
}

fn hot(days_ago: i64, phone: String, score: i16) -> Call {
    Call { days_ago, phone, class: "new_lead", score, temperature: "hot" }
}

/// 37 calls of Glow that count, and three that do not.
pub async fn thirty_seven_calls(vox: &Voxanne) {
    // 24 hot ones that have had their time, six of each score; two of three booked, one of three came.
    for n in 0..24 {
        let score = i16::try_from(70 + 10 * (n % 4)).unwrap();
        let id = call(vox, &vox.glow, &hot(15 + n, phone(n), score)).await;
        let status = if n % 3 == 1 { "completed" } else { "scheduled" };
        match (n % 3, n % 2) {
            // On the day after the last one that counts.
            (0, _) => visit(vox, (None, Some(&phone(n))), n, "completed").await,
            (_, 0) => visit(vox, (Some(id), None), 15 + n, status).await,
            (_, _) => visit(vox, (None, Some(&phone(n))), 5 + n, status).await,
        }
    }
    // Six warm ones: the first two are one person who called twice and came once.
    for n in 24..30 {
        let person = phone(n.max(25));
        let warm = Call { class: "existing_patient", temperature: "warm", ..hot(15 + n, person, 50) };
        call(vox, &vox.glow, &warm).await;
    }
    visit(vox, (None, Some(&phone(25))), 38, "arrived").await;
    // Three cold ones, two of them with a score that would be hot.
    for (n, class, score) in [(30, "new_lead", 20), (31, "complaint", 80), (32, "clinical_urgency", 90)] {
        let cold = Call { class, temperature: "cold", ..hot(15 + n, phone(n), score) };
        call(vox, &vox.glow, &cold).await;
    }
    // Four that have not had their time; one has booked already.
    for n in 33..37 {
        call(vox, &vox.glow, &hot(n - 32, phone(n), 90)).await;
    }
    visit(vox, (None, Some(&phone(33))), 0, "scheduled").await;
    // The clinic's own line, a call of long ago, another clinic's.
    call(vox, &vox.glow, &hot(20, MANAGER.to_owned(), 100)).await;
    call(vox, &vox.glow, &hot(95, phone(50), 100)).await;
    call(vox, &vox.harbor, &hot(20, phone(51), 100)).await;
}

/// 50 hot calls of Glow that have had their time: nobody of the 25 with 70 points booked, each of the 25 with 90 did.
pub async fn fifty_hot_calls(vox: &Voxanne) {
    for n in 0..50 {
        let score = if n < 25 { 70 } else { 90 };
        let id = call(vox, &vox.glow, &hot(20, phone(n), score)).await;
        if n >= 25 {
            visit(vox, (Some(id), None), 20, "scheduled").await;
        }
    }
}

/// The same figures, from the visits' side and without a line of the product's.
const INDEPENDENT: &str = "
with counted as (
  select * from calls
   where org_id = $1 and caller_phone <> $2 and created_at < timestamptz '2026-11-24T18:00:00Z' - interval '14 days'
     and created_at >= timestamptz '2026-08-27 00:00 America/Los_Angeles'),
pairs as (
  select c.id as call, a.id as visit, a.status::text, s.price_cents, a.call_id,
         row_number() over (partition by a.id order by (a.call_id = c.id) desc nulls last, c.created_at desc) as place
    from counted c
    join appointments a on a.org_id = c.org_id
     and (a.call_id = c.id or (a.customer_phone = c.caller_phone and a.created_at - c.created_at >= interval '0'
                               and a.created_at - c.created_at < interval '14 days'))
    join services s on s.org_id = a.org_id and s.id = a.service_id)
select c.temperature, count(distinct c.id), count(distinct p.call),
       count(distinct p.call) filter (where p.status in ('arrived', 'completed')),
       coalesce(sum(p.price_cents) filter (where p.place = 1 and p.status in ('arrived', 'completed')), 0)::bigint
  from counted c left join pairs p on p.call = c.id group by 1";

#[tokio::test]
async fn g7_thirty_seven_calls_have_exact_figures_which_an_independent_count_shares() {
    let vox = Voxanne::start().await;
    thirty_seven_calls(&vox).await;
    let told = vox.glow_api().await.get("/leads/outcomes").await.good();
    assert_eq!((&told["calls"], &told["ripening"]), (&json!(33), &json!(4)));
    assert_eq!(told["days_to_book"], 14);
    assert_eq!(
        told["window"],
        json!({
            "since": "2026-08-27T07:00:00Z", "until": "2026-11-24T18:00:00Z", "days": 90, "time_zone": "America/Los_Angeles",
        }),
    );
    let outcome = |calls: i64, booked: i64, showed: i64, revenue: i64| json!({"calls": calls, "booked": booked, "showed": showed, "revenue_cents": revenue});
    assert_eq!(told["temperatures"]["hot"], outcome(24, 16, 8, 8 * 42_000));
    // One person's visit is both calls' success and nobody's revenue twice.
    assert_eq!(told["temperatures"]["warm"], outcome(6, 2, 2, 42_000));
    assert_eq!(told["temperatures"]["cold"], outcome(3, 0, 0, 0));
    let independent =
        sqlx::query(INDEPENDENT).bind(vox.glow.org.0).bind(MANAGER).fetch_all(&vox.admin).await.unwrap();
    assert_eq!(independent.len(), 3);
    for row in independent {
        let counted = outcome(row.get(1), row.get(2), row.get(3), row.get(4));
        assert_eq!(told["temperatures"][row.get::<&str, _>(0)], counted);
    }

    // What cannot be hot is in no band.
    let bands: Vec<(i64, i64, i64, i64)> = told["bands"]
        .as_array()
        .unwrap()
        .iter()
        .map(|band| {
            ["/from", "/to", "/outcome/calls", "/outcome/booked"]
                .map(|key| band.pointer(key).unwrap().as_i64().unwrap())
                .into()
        })
        .filter(|(_, _, calls, _)| *calls > 0)
        .collect();
    assert_eq!(bands, [(20, 29, 1, 0), (50, 59, 6, 2), (70, 79, 6, 4), (80, 89, 6, 4), (90, 100, 12, 8)]);

    // 16 of 24; Wilson: 0.4671 to 0.8203. 16 of 18 who booked; 32 / (24 + 18).
    let judgement = &told["judgement"];
    assert_eq!(judgement["finding"], "holds");
    assert_eq!(
        judgement["in_force"],
        json!({
            "threshold": 70, "calls": 24, "booked": 16, "precision": 0.6667, "precision_low": 0.4671,
            "precision_high": 0.8203, "recall": 0.8889, "f1": 0.7619,
        }),
    );
}

#[tokio::test]
async fn g6_a_threshold_whose_callers_do_not_book_is_told_with_a_better_one() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let empty = api.get("/leads/outcomes").await.good();
    assert_eq!(empty["judgement"]["finding"], "not_enough_calls");
    assert_eq!(
        empty["judgement"]["reason"],
        "Not enough calls yet: 0 of 20 hot calls have had time to book."
    );
    assert_eq!(empty["judgement"]["in_force"]["precision"], Value::Null);
    fifty_hot_calls(&vox).await;
    let told = api.get("/leads/outcomes?days=30").await.good();
    let judgement = &told["judgement"];
    assert_eq!(judgement["finding"], "another_is_better");
    assert_eq!(
        (&judgement["suggested"]["threshold"], &judgement["suggested"]["precision"]),
        (&json!(75), &json!(1.0))
    );
    assert_eq!(
        judgement["reason"],
        "From 75 on, 25 of 25 callers booked and 100% of all who did were among them (F1 1 instead of 0.6667)."
    );
    vox.exec("update integration_settings set precision_floor_percent = 60").await;
    let told = api.get("/leads/outcomes?days=30").await.good();
    assert_eq!(told["judgement"]["finding"], "below_floor");
    assert_eq!(
        told["judgement"]["reason"],
        "50% of hot callers booked, fewer than 60%; from 75 on it would have been 100%."
    );
    api.get("/leads/outcomes?days=366").await.refused(422, "invalid_field");
}

#[tokio::test]
async fn the_slider_says_which_alerts_there_would_have_been_and_who_of_them_booked() {
    let vox = Voxanne::start().await;
    thirty_seven_calls(&vox).await;
    vox.exec("update integration_settings set alerts_per_week_budget = 3").await;
    let slider = vox.glow_api().await.get("/leads/thresholds").await.good();
    // Thirteen of the first 24 and the four of this week.
    assert_eq!((&slider["calls"], &slider["hot_threshold"]), (&json!(17), &json!(70)));
    let at = |threshold: i64| {
        let all = slider["thresholds"].as_array().unwrap();
        all.iter().find(|at| at["threshold"] == threshold).unwrap().clone()
    };
    assert_eq!(slider["thresholds"].as_array().unwrap().len(), 13);
    let alerts: Vec<i64> = [40, 70, 75, 85, 95, 100].map(|t| at(t)["alerts"].as_i64().unwrap()).into();
    // Without 2, 4, 8 and 10, who booked in the call.
    assert_eq!(alerts, [13, 13, 11, 8, 3, 3]);
    // 0, 3, 6, 9, 12 never booked; 3, 7 and 11 have a hundred points; of this week's, one has.
    assert_eq!((&at(70)["booked"], &at(95)["booked"]), (&json!(5), &json!(2)));
    assert_eq!(at(85)["sentence"], "You would have had 8 alerts instead of 13.");
    assert_eq!(at(85)["alerts_per_week"], 2.0);
    assert_eq!(slider["suggested_threshold"], 75, "13 in four weeks are more than three a week");
    vox.glow_api().await.get("/leads/thresholds?days=0").await.refused(422, "invalid_field");
}

#[tokio::test]
async fn a_week_over_the_budget_leaves_one_task_and_keeps_no_alert_back() {
    let vox = Voxanne::start().await;
    // Five in the week that ended on Sunday, one before it and one after it.
    for (n, (days_ago, score)) in
        [(2, 70), (3, 70), (4, 80), (5, 90), (7, 90), (9, 95), (1, 95)].into_iter().enumerate()
    {
        call(&vox, &vox.glow, &hot(days_ago, phone(i64::try_from(n).unwrap()), score)).await;
    }
    vox.exec(
        "insert into hot_lead_alerts (org_id, id, call_ref, call_id, trigger, created_at)
         select org_id, gen_random_uuid(), call_ref, id, 'score', created_at from calls",
    )
    .await;
    let budget = async |alerts: i32| {
        let org = vox.glow.org.0;
        vox.exec(&format!(
            "update integration_settings set alerts_per_week_budget = {alerts} where org_id = '{org}'"
        ))
        .await;
        jobs::run_schedules(&vox.app).await.unwrap();
        vox.count("tasks where kind = 'alert_budget'").await
    };
    jobs::run_schedules(&vox.app).await.unwrap();
    assert_eq!(vox.count("tasks where kind = 'alert_budget'").await, 0, "nobody asked for one");
    assert_eq!(budget(5).await, 0, "five are not more than five");
    assert_eq!(budget(3).await, 1);
    let told: String = vox.one("select title from tasks where kind = 'alert_budget'").await;
    assert_eq!(
        told,
        "5 hot lead alerts last week, more than the 3 you want. From a threshold of 75 on instead of 70 there would have been 3."
    );
    assert_eq!(budget(1).await, 1, "one task for one week");
    vox.later(jiff::SignedDuration::from_hours(7 * 24));
    assert_eq!(budget(3).await, 1, "the next week had one");
    assert_eq!(vox.count("hot_lead_alerts").await, 7);
}

#[tokio::test]
async fn a_budget_that_no_threshold_keeps_or_that_is_kept_by_now_is_told_so() {
    let vox = Voxanne::start().await;
    for n in 0..2 {
        call(&vox, &vox.glow, &hot(4, phone(n), 100)).await;
        call(&vox, &vox.harbor, &hot(4, phone(n), 60)).await;
    }
    vox.exec(
        "insert into hot_lead_alerts (org_id, id, call_ref, call_id, trigger, created_at)
         select org_id, gen_random_uuid(), call_ref, id, 'score', created_at from calls;
         update integration_settings set alerts_per_week_budget = 1",
    )
    .await;
    jobs::run_schedules(&vox.app).await.unwrap();
    let told = async |clinic: &Clinic| -> String {
        let org = clinic.org.0;
        vox.one(&format!("select title from tasks where kind = 'alert_budget' and org_id = '{org}'")).await
    };
    let begins = "2 hot lead alerts last week, more than the 1 you want.";
    let glow =
        format!("{begins} No threshold would have kept to that: look at the words and weights of scoring.");
    assert_eq!(told(&vox.glow).await, glow);
    assert_eq!(told(&vox.harbor).await, format!("{begins} The rules in force now would have kept to that."));
}
