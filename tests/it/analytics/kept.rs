//! ADR 40: what is kept of days and what is counted from the rows agree, whatever changes afterwards.

use jiff::civil::date;
use voxanne::analytics::{self, Figures, Wanted};
use voxanne::leads::{self, Outcomes, Thresholds};
use voxanne::{jobs, orgs};

use super::thirty_seven::{id_of, write};
use crate::harness::Voxanne;

/// Figures of the whole, of a site and of an assistant; what came of ninety days of calls, and which alerts there would have been.
type Told = (Vec<Figures>, Outcomes, Thresholds);

/// How much is believed of what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// As the program reads it.
    Kept,
    /// Nothing: everything is counted.
    Rows,
    /// Everything: as if no change had been told.
    Blindly,
}

async fn told(vox: &Voxanne, by: By) -> Told {
    let org = vox.denver.org;
    let mut tx = vox.app.begin(org).await.unwrap();
    let before = match by {
        By::Kept => "select 1",
        By::Rows => "delete from kept_days",
        By::Blindly => "delete from day_changes",
    };
    sqlx::raw_sql(before).execute(&mut *tx).await.unwrap();
    let all = Wanted { from: date(2026, 10, 30), to: date(2026, 11, 24), location: None, assistant: None };
    let places = analytics::places(&mut tx, org).await.unwrap();
    let one_site = Wanted { location: Some(places.locations[1].id), ..all };
    let one_assistant = Wanted { assistant: Some(places.assistants[0].id), ..all };
    let mut figures = vec![];
    for wanted in [all, one_site, one_assistant] {
        figures.push(analytics::count_figures(&vox.app, &mut tx, org, &wanted).await.unwrap());
    }
    let settings = orgs::settings(&mut tx, &vox.app.keys, org).await.unwrap();
    let outcomes = match by {
        By::Rows => leads::outcomes(&vox.app, &mut tx, org, &settings, 90).await,
        By::Kept | By::Blindly => leads::lately(&vox.app, &mut tx, org, &settings, 90).await,
    };
    let thresholds = leads::thresholds(&vox.app, &mut tx, org, &settings, 90).await.unwrap();
    tx.rollback().await.unwrap();
    (figures, outcomes.unwrap(), thresholds)
}

async fn keep(vox: &Voxanne) {
    analytics::keep_figures(&vox.app, vox.denver.org).await.unwrap();
    while analytics::keep_figures(&vox.app, vox.denver.org).await.unwrap() > 0 {}
    leads::keep_tallies(&vox.app, vox.denver.org).await.unwrap();
    assert_eq!(vox.count("day_changes").await, 0);
}

/// Everything that can happen to what figures are made of, and whether it changes any of these.
fn changes() -> Vec<(&'static str, String, bool)> {
    let id = |name: &str| format!("'{}'", id_of(name));
    let call = |name: &str, set: &str| format!("update calls set {set} where id = {}", id(name));
    let visit = |name: &str, set: &str| format!("update appointments set {set} where id = {}", id(name));
    let copied = |name: &str, of: &str, set: &str| {
        format!(
            "insert into appointments select (jsonb_populate_record(a, jsonb_build_object('id', {}) || '{set}')).*
               from appointments a where id = {}",
            id(name),
            id(of)
        )
    };
    vec![
        ("somebody comes at last", visit("v0n8", "status = 'arrived'"), true),
        ("and the visit is over", visit("v0n8", "status = 'completed'"), true),
        ("nobody came", visit("v0c3", "status = 'no_show'"), true),
        ("a visit that was kept was on another day", visit("v0c1", "starts_at = '2026-10-28T17:00:00Z', ends_at = '2026-10-28T18:00:00Z'"), true),
        ("a visit ahead is moved", visit("v0c7", "starts_at = starts_at + interval '1 day', ends_at = ends_at + interval '1 day'"), false),
        ("a visit ahead is called off", visit("v0c7", "status = 'cancelled'"), false),
        ("the answer to a text books a visit for an old call", copied("late", "v0n8", r#"{"booked_by": "text", "status": "scheduled", "created_at": "2026-11-24T17:59:00Z"}"#), true),
        ("and it takes place within the hour", visit("late", "status = 'arrived'"), true),
        ("a visit is of another service", visit("v0n1", "service_id = (select id from services where org_id = appointments.org_id and name = 'Botox')"), true),
        ("a visit is at another site", visit("v0n1", "location_id = (select id from locations where org_id = appointments.org_id order by position limit 1)"), true),
        ("a visit was of nobody's call", visit("v0b4", "call_id = null"), true),
        ("a visit is somebody else's", visit("by staff", "customer_phone = '+17205559999'"), true),
        ("a price changes", "update services set price_cents = 41000 where name = 'Botox'".to_owned(), true),
        ("a call was a test", call("c1", "is_test = true"), true),
        ("and was none after all", call("c1", "is_test = false"), true),
        ("a call is scored again", call("n5", "temperature = 'hot', score = 90"), true),
        ("a call is of another class", call("n5", "class = 'vendor'"), true),
        ("a call cost more", call("n6", "cost_usd = 1"), true),
        ("a call took longer", call("n6", "duration_seconds = 600"), true),
        ("somebody did say something", call("c2", "caller_spoke = true"), true),
        ("a call that went on has ended", call("n15", "state = 'ended', caller_spoke = false"), true),
        ("a call was by another assistant", call("n2", "assistant_ref = (select n.platform_assistant_id from assistants n where n.org_id = calls.org_id and n.location_id = (select l.id from locations l where l.org_id = calls.org_id order by l.position offset 1 limit 1))"), true),
        ("a call was by an assistant that nobody knows", call("n3", "assistant_ref = 'who'"), true),
        ("a call had another number", call("n4", "caller_phone = '+17205559999'"), true),
        ("a call was one that was made", call("n7", "is_outbound = true"), true),
        ("a text arrived after all", "update texts set state = 'delivered' where state = 'failed'".to_owned(), true),
        ("a text is gone", "delete from texts where kind = 'message'".to_owned(), true),
        ("somebody takes an alert", format!("update escalations set acknowledged_at = due_at + interval '900 seconds', acknowledged_by = 'Ana', acknowledged_via = 'api', closed_at = due_at + interval '900 seconds' where id = {}", id("ec9")), true),
        ("a text of an alert left later", format!("update texts set sent_at = sent_at + interval '1 hour' where id = {}", id("tc9")), true),
        ("somebody was not told", format!("delete from escalation_tellings where id = {}", id("tc5")), true),
        ("an alert never was", format!("delete from escalation_tellings where id = {}; delete from escalations where id = {}", id("tc3"), id("ec3")), true),
        ("a time could be had", "update tool_calls set unmet_service_id = null, unmet_location_id = null, unmet_on = null, unmet_part = null where call_ref = 'n5'".to_owned(), true),
        ("a question is gone", "delete from tool_calls where call_ref = 'n4'".to_owned(), true),
        ("a site has other hours", "update weekly_hours set closes_minute = closes_minute - 60 where closes_minute > opens_minute + 60".to_owned(), true),
        ("a site has another zone", "update locations set time_zone = 'America/New_York' where name like '%Phoenix'".to_owned(), true),
        ("an assistant answers for another site", "update assistants n set location_id = (select l.id from locations l where l.org_id = n.org_id order by l.position limit 1) where n.location_id = (select l.id from locations l where l.org_id = n.org_id order by l.position offset 1 limit 1)".to_owned(), true),
        ("a visit is gone", format!("delete from texts where appointment_id = {0}; delete from appointments where id = {0}", id("v0c5")), true),
        ("an alert was raised by the tool", format!("insert into hot_lead_alerts (org_id, id, call_ref, trigger, created_at) select org_id, id, call_ref, 'tool', created_at from calls where id = {}", id("c9")), true),
        ("a call is gone", format!("delete from calls where id = {}", id("c8")), true),
    ]
}

#[tokio::test]
async fn w12_kept_days_and_counted_ones_agree_after_whatever_changes() {
    let vox = Voxanne::start().await;
    write(&vox).await;
    assert_eq!(told(&vox, By::Kept).await, told(&vox, By::Rows).await);
    keep(&vox).await;
    assert!(vox.count("kept_days where kind = 'figures'").await > 100);
    assert!(vox.count("kept_days where kind = 'hot'").await > 100);
    assert!(vox.count("kept_days where kind = 'tally'").await > 50);
    let mut before = told(&vox, By::Rows).await;
    assert_eq!(told(&vox, By::Kept).await, before);
    for (what, change, matters) in changes() {
        vox.exec(&change).await;
        let counted = told(&vox, By::Rows).await;
        assert_eq!(counted != before, matters, "{what}");
        assert_eq!(told(&vox, By::Kept).await, counted, "{what}");
        keep(&vox).await;
        assert_eq!(told(&vox, By::Kept).await, counted, "{what}, kept anew");
        before = counted;
    }
}

#[tokio::test]
async fn a_change_that_were_not_told_would_be_seen_by_this_test() {
    let vox = Voxanne::start().await;
    write(&vox).await;
    keep(&vox).await;
    let blind = ["somebody comes at last", "a call was a test", "a text is gone", "a question is gone"];
    for (what, change, _) in changes().into_iter().filter(|(what, ..)| blind.contains(what)) {
        vox.exec(&change).await;
        assert_ne!(told(&vox, By::Blindly).await, told(&vox, By::Rows).await, "{what}");
        keep(&vox).await;
    }
}

#[tokio::test]
async fn a_day_is_kept_when_it_is_over_and_its_calls_have_had_their_time() {
    let vox = Voxanne::start().await;
    write(&vox).await;
    // The round comes by itself, and takes some days at once.
    jobs::run_schedules(&vox.app).await.unwrap();
    assert!(vox.count("kept_days").await > 100);
    keep(&vox).await;
    let last = |kind: &str| {
        format!(
            "select max(until)::text from kept_days where kind = '{kind}' and org_id = '{}'",
            vox.denver.org.0
        )
    };
    // Midnight in Phoenix and Denver; now is 18:00 on the 24th.
    assert_eq!(vox.one::<String>(&last("figures")).await, "2026-11-23 07:00:00+00");
    assert_eq!(vox.one::<String>(&last("hot")).await, "2026-11-10 07:00:00+00");
    assert_eq!(vox.one::<String>(&last("tally")).await, "2026-11-10 07:00:00+00");
    // Thirteen hours after midnight no call of the day before can still book.
    vox.app.clock.advance(jiff::SignedDuration::from_hours(2));
    keep(&vox).await;
    assert_eq!(vox.one::<String>(&last("figures")).await, "2026-11-24 07:00:00+00");
}

#[tokio::test]
async fn a_call_that_books_moves_and_cancels_writes_down_no_change_of_a_day() {
    let vox = Voxanne::start().await;
    // By the database's own clock, which the triggers go by.
    vox.exec(&format!(
        "insert into calls (org_id, id, call_ref, state, created_at) values ('{0}', '{1}', 'live', 'in_progress', now());
         update calls set caller_spoke = true, state = 'ended', class = 'new_lead', temperature = 'hot' where id = '{1}'",
        vox.denver.org.0,
        id_of("live")
    ))
    .await;
    vox.exec(&format!(
        "set session_replication_role = replica; set constraints all deferred; set session_replication_role = default;
         insert into appointments (org_id, id, location_id, service_id, practitioner_id, call_id, status, starts_at, ends_at, time_zone,
                                   local_starts_at, confirmation_said, created_at)
         select s.org_id, '{1}', l.id, s.id, p.id, '{1}', 'scheduled', now() + interval '3 days', now() + interval '3 days 30 minutes',
                'UTC', now(), 'Booked.', now()
           from services s join locations l on l.org_id = s.org_id join practitioners p on p.org_id = s.org_id
          where s.org_id = '{0}' limit 1;
         update appointments set starts_at = starts_at + interval '1 day', ends_at = ends_at + interval '1 day' where id = '{1}';
         update appointments set status = 'cancelled' where id = '{1}'",
        vox.denver.org.0,
        id_of("live")
    ))
    .await;
    assert_eq!(vox.count("day_changes").await, 0);
    vox.exec(&format!(
        "update calls set created_at = created_at - interval '2 days' where id = '{}'",
        id_of("live")
    ))
    .await;
    assert!(vox.count("day_changes").await > 0, "or this proves nothing");
}
