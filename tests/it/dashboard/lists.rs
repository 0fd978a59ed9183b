//! Pages of lists as a browser gets them: the org's own and nobody else's, by role, and everything that people wrote escaped.

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::accounts::Role;

use crate::harness::{CALLER, Voxanne, booking, call_ref};

/// What a stranger on the phone could say their name is.
const HOSTILE: &str = "<script>alert(1)</script>";
const PAGES: [&str; 6] = [
    "/dashboard/messages",
    "/dashboard/contacts",
    "/dashboard/tasks",
    "/dashboard/notifications",
    "/dashboard/search?q=ana",
    "/dashboard/search/suggestions?q=ana",
];

/// Ana booked at Glow and was texted; her contact's id.
async fn ana(vox: &Voxanne) -> String {
    let line = vox.call(&call_ref(1));
    line.in_progress().await.unwrap();
    line.tool("book_appointment", booking("Botox", "2026-12-01", "10:30", "Ana Diaz")).await.unwrap();
    line.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    vox.glow_api().await.get("/contacts").await.good()["items"][0]["id"].as_str().unwrap().to_owned()
}

/// The clinic's visits once more for each `n`, so much later.
async fn comes_again(vox: &Voxanne, (first, last): (u32, u32), later: &str) {
    vox.exec(&format!(
        "set local session_replication_role = replica;
         insert into appointments select (jsonb_populate_record(a, jsonb_build_object(
             'id', gen_random_uuid(), 'starts_at', a.starts_at + {later}, 'ends_at', a.ends_at + {later}))).*
           from appointments a, generate_series({first}, {last}) n"
    ))
    .await;
}

#[tokio::test]
async fn b4_b12_each_role_sees_its_own_clinic_and_nobody_else_does() {
    let vox = Voxanne::start().await;
    let contact = ana(&vox).await;
    let own = [format!("/dashboard/contacts/{contact}"), format!("/dashboard/messages/{contact}")];
    let pages = || PAGES.iter().map(|page| (*page).to_owned()).chain(own.clone());
    for role in [Role::Owner, Role::Manager, Role::FrontDesk, Role::Viewer] {
        let person = vox.glow_staff(role).await;
        for path in pages() {
            let page = person.page(&path).await;
            assert_eq!(page.status, 200, "{role:?} {path}");
            let tells = page.text.contains("Ana Diaz");
            assert!(tells || path.ends_with("/tasks") || path.ends_with("/notifications"), "{role:?} {path}");
        }
        let writes = person.page("/dashboard/tasks").await.text.contains("new-task");
        assert_eq!(writes, role != Role::Viewer, "{role:?}: whoever only reads gets no buttons");
    }
    let other = vox.harbor_owner().await;
    for path in pages() {
        let page = other.page(&path).await;
        let expected = if own.contains(&path) { 404 } else { 200 };
        assert_eq!(page.status, expected, "{path}");
        assert!(!page.text.contains("Ana Diaz") && !page.text.contains("555-0142"), "{path}");
        let stranger = vox.stranger().page(&path).await;
        assert_eq!((stranger.status, stranger.text.contains("Ana")), (303, false), "{path}");
    }
}

#[tokio::test]
async fn w11_what_people_said_and_wrote_is_text_wherever_it_stands() {
    let vox = Voxanne::start().await;
    let contact = ana(&vox).await;
    vox.exec(&format!(
        "update contacts set name = '{HOSTILE}', email = '{HOSTILE}'; update texts set body = '{HOSTILE}', failure = '{HOSTILE}';
         update notifications set title = '{HOSTILE}'; update calls set summary = '{HOSTILE}'"
    ))
    .await;
    let person = vox.glow_staff(Role::Owner).await;
    let task = json!({"title": HOSTILE, "note": HOSTILE, "contact_id": contact});
    assert_eq!(person.api("POST", "/tasks", task).await.status, 201);
    let search = "/dashboard/search?q=%3Cscript";
    let own = [
        format!("/dashboard/contacts/{contact}"),
        format!("/dashboard/messages/{contact}"),
        search.to_owned(),
    ];
    for path in PAGES.iter().take(4).map(|page| (*page).to_owned()).chain(own) {
        let page = person.page(&path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.text.contains(HOSTILE), "{path}");
        assert!(page.text.contains("alert(1)"), "{path} shows none of it, so this proves nothing");
    }
}

#[tokio::test]
async fn a_task_is_written_taken_finished_and_taken_back_from_the_page() {
    let vox = Voxanne::start().await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    let empty = desk.page("/dashboard/tasks").await.text;
    assert!(empty.contains("Nothing to do"));
    let made = desk.api("POST", "/tasks", json!({"title": "Order needles"})).await.good();
    let id = made["id"].as_str().unwrap();
    let path = format!("/tasks/{id}");
    let team = vox.glow_staff(Role::Owner).await.api("GET", "/team", Value::Null).await.good();
    let luis = team["items"].as_array().unwrap().iter().find(|m| m["name"] == "Luis Ortega").unwrap();
    let user = luis["user_id"].as_str().unwrap();
    desk.api("PATCH", &path, json!({"assignee_id": user, "note": "By Friday"})).await.good();
    let page = desk.page("/dashboard/tasks?who=me").await.text;
    assert!(page.contains("Order needles") && page.contains("By Friday") && page.contains("Luis Ortega"));
    assert!(!desk.page("/dashboard/tasks?who=nobody").await.text.contains(&format!("id=\"{id}\"")));
    let other =
        vox.harbor_owner().await.api("GET", "/team", Value::Null).await.good()["items"][0]["user_id"].clone();
    let refused = desk.api("PATCH", &path, json!({"assignee_id": other})).await;
    assert_eq!(refused.refused(422, "invalid_field")["field"], "assignee_id");

    desk.api("POST", &format!("{path}/done"), json!({})).await.good();
    let page = desk.page("/dashboard/tasks").await.text;
    assert!(page.contains(&format!("/api/v1/tasks/{id}/reopen")), "one click takes it back");
    assert!(desk.page("/dashboard/tasks?state=done").await.text.contains("Luis Ortega"), "who did it");
    desk.api("POST", &format!("{path}/reopen"), json!({})).await.good();
    assert!(desk.page("/dashboard/tasks").await.text.contains(&format!("/api/v1/tasks/{id}/done")));
    let viewer = vox.glow_staff(Role::Viewer).await;
    assert_eq!(viewer.api("POST", &format!("{path}/done"), json!({})).await.status, 403);
}

#[tokio::test]
async fn a_thread_shows_both_ways_what_became_of_each_text_and_who_wrote_it() {
    let vox = Voxanne::start().await;
    let contact = ana(&vox).await;
    vox.sandbox.twilio().settled().await;
    vox.says(CALLER, "Is there parking?").await;
    vox.run_jobs().await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    let path = format!("/dashboard/messages/{contact}");
    let page = desk.page(&path).await.text;
    assert!(page.contains("Is there parking?") && page.contains("Mark as handled"), "{page}");
    desk.api("POST", &format!("/threads/{contact}/messages"), json!({"body": "Yes, behind the house."}))
        .await
        .good();
    let page = desk.page(&path).await.text;
    assert!(page.contains("Yes, behind the house.") && page.contains("Luis Ortega"));
    assert!(!page.contains("Mark as handled"), "whoever answers has handled it");
    vox.says(CALLER, "STOP").await;
    vox.run_jobs().await;
    assert!(desk.page(&path).await.text.contains("they said STOP"));
    let refused = desk.api("POST", &format!("/threads/{contact}/messages"), json!({"body": "Hello?"})).await;
    refused.refused(409, "text_refused");
}

#[tokio::test]
async fn a_notification_says_when_the_visit_was_when_it_was_told() {
    let vox = Voxanne::start().await;
    ana(&vox).await;
    let line = vox.call(&call_ref(2));
    for (day, moment) in [(2, "December 2nd"), (3, "December 3rd")] {
        vox.later(SignedDuration::from_secs(1));
        let moved = line
            .tool_with_id(
                moment,
                "reschedule_appointment",
                json!({"newDate": format!("2026-12-0{day}"), "newTime": "11:15"}),
            )
            .await
            .unwrap();
        assert!(moved.text().contains(moment), "{}", moved.text());
    }
    let owner = vox.glow_staff(Role::Owner).await;
    let page = owner.page("/dashboard/notifications").await.text;
    let told: Vec<_> =
        page.split("Ana Diaz · ").skip(1).map(|rest| rest.split_once('<').unwrap().0).collect();
    let expected = ["Botox · Dec 3, 11:15 AM", "Botox · Dec 2, 11:15 AM", "Botox · Dec 1, 10:30 AM"];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn notifications_lead_to_what_they_are_about_and_the_bell_counts_them() {
    let vox = Voxanne::start().await;
    ana(&vox).await;
    let owner = vox.glow_staff(Role::Owner).await;
    let page = owner.page("/dashboard/notifications").await.text;
    assert!(page.contains("/dashboard/calendar?visit=apt_") && page.contains("is-unread"));
    assert!(page.contains("Notifications, 1 unread"), "the bell");
    owner.api("POST", "/notifications/read-all", json!({})).await.good();
    let page = owner.page("/dashboard/notifications").await.text;
    assert!(page.contains("Notifications, 0 unread") && !page.contains("is-unread"));
    assert!(owner.page("/dashboard/notifications?unread=yes").await.text.contains("Nothing new"));
}

#[tokio::test]
async fn the_pages_are_there_in_spanish() {
    let vox = Voxanne::start().await;
    ana(&vox).await;
    vox.exec("update users set language = 'es'").await;
    let owner = vox.glow_staff(Role::Owner).await;
    for (path, words) in [
        ("/dashboard/messages", "Conversaciones"),
        ("/dashboard/contacts", "Los más recientes primero"),
        ("/dashboard/tasks", "Tarea nueva"),
        ("/dashboard/notifications", "Lo que pasó"),
        ("/dashboard/search?q=ana", "Búsqueda: ana"),
    ] {
        let page = owner.page(path).await.text;
        assert!(page.contains(words) && page.contains("<html lang=\"es\""), "{path}");
    }
}

#[tokio::test]
async fn how_much_is_suggested_is_said_to_those_who_do_not_see_it() {
    let vox = Voxanne::start().await;
    ana(&vox).await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    let page = desk.page("/dashboard").await.text;
    assert!(page.contains("<p class=\"visually-hidden\" role=\"status\" data-suggested></p>"), "{page}");
    let suggested = desk.page("/dashboard/search/suggestions?q=ana").await.text;
    let links = suggested.matches("class=\"over\"").count();
    assert!(links > 1 && suggested.contains(&format!("data-found=\"Found: {links}\"")), "{suggested}");
    let nothing = desk.page("/dashboard/search/suggestions?q=zzz").await.text;
    assert!(nothing.contains("data-found=\"Nothing was found\""), "{nothing}");
}

#[tokio::test]
async fn a_contact_has_the_soonest_of_many_visits_to_come_and_all_of_their_calls() {
    let vox = Voxanne::start().await;
    let contact = ana(&vox).await;
    // The first of a long series, each at another hour of the years to come.
    comes_again(&vox, (1, 40), "n * interval '30 days'").await;
    let page =
        vox.glow_staff(Role::FrontDesk).await.page(&format!("/dashboard/contacts/{contact}")).await.text;
    let (_, ahead) = page.split_once("id=\"ahead\"").unwrap();
    let ahead = ahead.split("</section>").next().unwrap();
    assert_eq!(ahead.matches("<li>").count(), 30);
    assert!(ahead.find("Dec 1").unwrap() < ahead.find("Dec 31").unwrap(), "{ahead}");
    let all = format!("href=\"/dashboard/calls?contact={contact}&amp;tests=with\"");
    assert!(page.contains(&all), "{page}");
}

#[tokio::test]
async fn what_happened_with_a_contact_is_read_back_to_the_first_of_it() {
    let vox = Voxanne::start().await;
    let contact = ana(&vox).await;
    // Eighty visits that were, two at each of their hours.
    comes_again(&vox, (2, 81), "n / 2 * interval '-30 days'").await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    let (mut path, mut visits, mut others) = (format!("/dashboard/contacts/{contact}"), vec![], 0);
    for _ in 0..10 {
        let page = desk.page(&path).await.text;
        let timeline = page.split_once("id=\"timeline\"").unwrap().1.split("</section>").next().unwrap();
        assert!(timeline.matches("<li>").count() <= 30, "{timeline}");
        for href in timeline.split("<a class=\"over\" href=\"").skip(1) {
            let href = href.split('"').next().unwrap();
            match href.strip_prefix("/dashboard/calendar?visit=") {
                Some(visit) => visits.push(visit.to_owned()),
                None => others += 1,
            }
        }
        let Some((_, next)) = timeline.split_once("?after=") else { break };
        path = format!("/dashboard/contacts/{contact}?after={}", next.split('"').next().unwrap());
    }
    let shown = visits.len();
    visits.sort_unstable();
    visits.dedup();
    assert_eq!((visits.len(), shown), (80, 80), "each once");
    assert!(others > 0, "their call and texts stand among them");
}

#[tokio::test]
async fn whoever_reads_a_thread_keeps_it_while_they_look_for_older_ones() {
    let vox = Voxanne::start().await;
    let contact = ana(&vox).await;
    vox.exec(
        "set local session_replication_role = replica;
         insert into texts select (jsonb_populate_record(t, jsonb_build_object(
             'id', gen_random_uuid(), 'dedupe_key', 'copy-' || n, 'to_phone', '+1555556' || 1000 + n, 'queued_at', t.queued_at - n * interval '1 hour'))).*
           from texts t, generate_series(1, 60) n where t.to_phone = '+13105550142'",
    )
    .await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    let path = format!("/dashboard/messages/{contact}");
    let page = desk.page(&path).await.text;
    let (_, older) = page.split_once(&format!("href=\"{path}?unread=&amp;after=")).unwrap();
    let older = desk.page(&format!("{path}?after={}", older.split('"').next().unwrap())).await.text;
    assert!(page.contains("id=\"thread\"") && older.contains("id=\"thread\""), "{older}");
    assert!(page.contains("(555) 556-1001") && !older.contains("(555) 556-1001"), "{older}");
    assert!(older.contains("(555) 556-1060") && !page.contains("(555) 556-1060"), "{page}");
}

#[tokio::test]
async fn a_list_of_tasks_stays_narrowed_to_what_was_chosen() {
    let vox = Voxanne::start().await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    desk.api("POST", "/tasks", json!({"title": "Order towels"})).await.good();
    let page = desk.page("/dashboard/tasks?kind=clinical_call_back").await.text;
    assert!(page.contains("<option value=\"clinical_call_back\" selected>"), "{page}");
    assert!(page.contains("No such tasks") && !page.contains("Nothing to do"), "{page}");
    let page = desk.page("/dashboard/tasks?kind=%22%3E%3Cb").await.text;
    assert!(!page.contains("\" selected>"), "what is no kind is not offered: {page}");
    assert!(desk.page("/dashboard/tasks").await.text.contains("Order towels"));
}
