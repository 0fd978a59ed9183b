//! What must be true in the end of everything that callers were told.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use voxanne::jobs;

use super::callers::{Callers, Errand, Wish};
use super::installation::Installation;
use crate::harness::MANAGER;

/// Rounds of two minutes each until nothing may be left to do.
const ROUNDS_MAX: usize = 20;
/// How long a round may take while there is something to do in it.
const ROUND_MAX: Duration = Duration::from_secs(8);
/// What the worker still has to do, apart from what comes round. (A job without attempts left was replaced.)
const JOBS: &str = "graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where t.identifier in ('deliver_text', 'score_call') and j.attempts < j.max_attempts";

/// The kills cut it off four times before it left, so that a person has to tell: it failed, and a task says so.
const GIVEN_UP: &str = "state = 'failed' and attempts >= 4 and exists (select from tasks k
    where k.org_id = texts.org_id and k.text_id = texts.id and k.done_at is null)";
/// Of a day's texts; more would be a program that gives up.
const GIVEN_UP_MAX: i64 = 2;

/// Lets the program run until nothing waits; gives the number of rounds.
pub async fn until_settled(place: &Installation) -> usize {
    for round in 0..ROUNDS_MAX {
        place.time_passes().await;
        let app = place.app();
        jobs::run_schedules(&app).await.unwrap();
        let dead = jobs::list_dead(&app).await.unwrap();
        assert!(dead.is_empty(), "{dead:?}");
        app.db.close().await;
        if unfinished(place).await == [0, 0, 0] {
            return round;
        }
        let program = place.start().await;
        let begun = Instant::now();
        while place.count(&format!("{JOBS} and j.run_at <= now()")).await > 0 && begun.elapsed() < ROUND_MAX {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(program.terminate().await.success());
    }
    panic!("jobs, texts and messages left over: {:?}", unfinished(place).await);
}

async fn unfinished(place: &Installation) -> [i64; 3] {
    [
        place.count(JOBS).await,
        place.count("texts where state in ('queued', 'sending')").await,
        place.count("inbox where state = 'stored'").await,
    ]
}

/// How much was promised.
#[derive(Debug, Default)]
pub struct Kept {
    pub booked: usize,
    pub alerted: usize,
    pub asked: usize,
}

/// Every promise is kept exactly once, and nothing was done twice for those who heard nothing.
pub async fn assert_kept(place: &Installation, callers: &Callers<'_>) -> Kept {
    let errands = callers.all();
    let visits = per_call(place, "appointments", "status = 'scheduled'").await;
    let alerts = counted(place, "select call_ref, count(*) from hot_lead_alerts group by 1").await;
    let confirmations =
        per_call(place, "texts", "kind = 'confirmation' and state in ('sent', 'delivered')").await;
    let given_up = per_call(place, "texts", GIVEN_UP).await;
    assert!(given_up.values().sum::<i64>() <= GIVEN_UP_MAX, "{given_up:?}");
    let sms = messages_by_number(place);
    let mut kept = Kept { asked: errands.len(), ..Kept::default() };
    for errand in &errands {
        let of_call = |counts: &HashMap<String, i64>| counts.get(&errand.call_ref()).copied().unwrap_or(0);
        let booked = of_call(&visits);
        let texted = sms.get(&errand.phone()).copied().unwrap_or(0);
        let alerted = of_call(&alerts);
        let told = sms.get(&format!("{MANAGER} about {}", errand.phone())).copied().unwrap_or(0);
        assert!(booked <= 1 && alerted <= 1, "{booked} visits, {alerted} alerts: {errand:?}");
        let became = if booked == texted { String::new() } else { story_of(place, &errand.phone()).await };
        let given_up = of_call(&given_up);
        assert_eq!(texted, of_call(&confirmations), "one text for a confirmation: {errand:?}, {became}");
        assert!(
            texted <= booked && told <= alerted,
            "one text for a visit or an alert: {errand:?}, {became}"
        );
        assert!(texted + told + given_up >= booked + alerted, "lost: {errand:?}, {became}");
        if errand.is_booked() {
            assert_eq!(booked, 1, "lost: {errand:?}");
            kept.booked += 1;
        }
        if errand.is_alerted() {
            assert_eq!(alerted, 1, "lost: {errand:?}");
            kept.alerted += 1;
        }
    }
    let known: HashSet<String> = errands.iter().map(Errand::call_ref).collect();
    assert!(visits.keys().chain(alerts.keys()).all(|call| known.contains(call)), "from nowhere");
    assert_ledger(place).await;
    assert_nothing_personal(place, &errands);
    kept
}

/// What became of the texts to a number, for whoever has to understand a failure.
async fn story_of(place: &Installation, phone: &str) -> String {
    sqlx::query_scalar(
        "select coalesce(string_agg(concat_ws(' ', t.kind, t.state, t.verdict, 'attempts', t.attempts, t.failure,
                (select string_agg(concat_ws(' ', j.payload::text, j.attempts, j.run_at - now()), ' and ') from graphile_worker._private_jobs j
                  where j.payload ->> 'text' = t.id::text)), '; '), 'no text')
           from texts t where t.to_phone = $1",
    )
    .bind(phone)
    .fetch_one(&place.admin)
    .await
    .unwrap()
}

/// R2: who asks again under the same id hears the same.
pub async fn assert_told_again(callers: &Callers<'_>, how_many: usize) {
    for errand in callers.all().iter().filter(|e| e.is_booked()).take(how_many) {
        assert_eq!(callers.hear_again(errand).await.heard, errand.heard, "{errand:?}");
    }
}

async fn assert_ledger(place: &Installation) {
    let overlaps =
        "reservations a join reservations b on a.org_id = b.org_id and a.resource_id = b.resource_id
         and a.lane = b.lane and a.during && b.during and a.starts_at < b.starts_at";
    assert_eq!(place.count(overlaps).await, 0, "two people in one place");
    let orphans = "reservations r left join appointments a on a.org_id = r.org_id and a.id = r.appointment_id where a.id is null";
    assert_eq!(place.count(orphans).await, 0, "a time that nobody booked");
    let unkept = "appointments a where not exists (select from reservations r where r.org_id = a.org_id
         and r.appointment_id = a.id and r.resource_id = a.practitioner_id and r.starts_at <= a.starts_at and r.ends_at >= a.ends_at)";
    assert_eq!(place.count(unkept).await, 0, "a visit without its time");
    let roomless = "appointments a join services s on s.org_id = a.org_id and s.id = a.service_id
         where s.name <> 'Consultation' and (select count(*) from reservations r where r.org_id = a.org_id and r.appointment_id = a.id) <> 2";
    assert_eq!(place.count(roomless).await, 0, "a visit without its room or device");
    assert_eq!(
        place.count(&format!("texts where state not in ('sent', 'delivered') and not ({GIVEN_UP})")).await,
        0,
        "texts that did not leave"
    );
}

/// W31: in no log of the killed and restarted programs.
fn assert_nothing_personal(place: &Installation, errands: &[Errand]) {
    let log = place.log();
    for said in ["Dana", "I have budget", "whsec_"] {
        assert!(!log.contains(said), "{said}");
    }
    assert!(!errands.iter().any(|errand| log.contains(&errand.phone()[2..])), "a number in the log");
}

/// How many texts each number got; the manager's by whom they are about.
fn messages_by_number(place: &Installation) -> HashMap<String, i64> {
    let mut counts = HashMap::new();
    for text in place.sandbox.twilio().messages() {
        let about = text.body.lines().find_map(|line| line.strip_prefix("📞 Phone: "));
        let to = about.map_or_else(|| text.to.clone(), |phone| format!("{} about {phone}", text.to));
        *counts.entry(to).or_default() += 1;
    }
    counts
}

async fn per_call(place: &Installation, table: &str, condition: &str) -> HashMap<String, i64> {
    let sql = format!(
        "select c.call_ref, count(*) from (select * from {table} where {condition}) x
           join calls c on c.org_id = x.org_id and c.id = x.call_id group by 1"
    );
    counted(place, &sql).await
}

async fn counted(place: &Installation, sql: &str) -> HashMap<String, i64> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as(sqlx::AssertSqlSafe(sql.to_owned())).fetch_all(&place.admin).await.unwrap();
    rows.into_iter().collect()
}

/// How many of the errands wished for a visit and heard of none.
pub fn refused(errands: &[Errand]) -> usize {
    errands.iter().filter(|e| matches!(e.wish, Wish::Visit(_)) && e.heard.is_some() && !e.is_booked()).count()
}
