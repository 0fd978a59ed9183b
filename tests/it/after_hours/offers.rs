//! Who is offered times, when, and what is held meanwhile.

use insta::assert_snapshot;
use voxanne_sandbox::twilio::Text;

use super::{EVENING, HOT, NIGHT, after, books, called, held, hot, later, standing, told};
use crate::harness::{CALLER, MANAGER, Voxanne, booking, call_ref};

#[tokio::test]
async fn a_hot_caller_of_the_evening_is_texted_two_held_times_at_once() {
    let vox = after(EVENING).await;
    hot(&vox, 1, CALLER).await;
    assert_snapshot!(told(&vox, CALLER).join("\n"), @"Hi, this is Glow MedSpa. We're closed now but kept two times for you: 1) Wednesday, November 25 at 9:00 AM 2) Thursday, November 26 at 9:00 AM. Reply 1 or 2 and it's yours, or tell us another day. Reply STOP to opt out.");
    assert_snapshot!(held(&vox).await, @"Wed 25 09:00, Thu 26 09:00");
    assert_eq!(vox.count("questions where kind = 'book_time' and closed_at is null").await, 1);
    let (text, treatment): (&Text, &str) = (&vox.texts_to(CALLER)[0], "ontouring");
    assert!(!text.body.contains(treatment), "{}", text.body);
    // The score again, as a replayed dead letter would: promise 2.
    vox.exec("select graphile_worker.add_job('score_call', json_build_object('org', org_id, 'call', id)) from calls").await;
    vox.run_jobs().await;
    vox.run_jobs().await;
    assert_eq!((told(&vox, CALLER).len(), standing(&vox).await.as_str()), (1, "open 1"));
}

#[tokio::test]
async fn t13_by_night_the_text_waits_for_the_morning_and_its_times_leave_an_hour_to_answer() {
    let vox = after(NIGHT).await;
    hot(&vox, 1, CALLER).await;
    assert_eq!(told(&vox, CALLER).len(), 0);
    assert_snapshot!(held(&vox).await, @"Wed 25 09:00, Thu 26 09:00");
    // 7:59 and 8:01.
    later(&vox, 8 * 60 + 59).await;
    assert_eq!(told(&vox, CALLER).len(), 0);
    later(&vox, 2).await;
    assert_snapshot!(told(&vox, CALLER).join("\n"), @"Hi, this is Glow MedSpa. We're closed now but kept two times for you: 1) Wednesday, November 25 at 9:00 AM 2) Thursday, November 26 at 9:00 AM. Reply 1 or 2 and it's yours, or tell us another day. Reply STOP to opt out.");
}

#[tokio::test]
async fn a_text_that_could_not_leave_in_time_offers_nothing_any_more() {
    let vox = after(NIGHT).await;
    hot(&vox, 1, CALLER).await;
    // The worker was away until noon.
    later(&vox, 13 * 60).await;
    assert_eq!(told(&vox, CALLER).len(), 0);
    assert_eq!((held(&vox).await.as_str(), standing(&vox).await.as_str()), ("", "lapsed 1"));
    assert_eq!(vox.count("tasks where kind = 'call_hot_lead'").await, 1);
}

#[tokio::test]
async fn whose_call_broke_off_is_offered_times_and_no_apology_beside_them() {
    let vox = after(EVENING).await;
    let call = vox.call(&call_ref(1));
    call.in_progress().await.unwrap();
    call.say_user(HOT).await.unwrap();
    call.end("call.in-progress.error-providerfault-eleven-labs-500").await.unwrap();
    vox.run_jobs().await;
    later(&vox, 3).await;
    assert_eq!(told(&vox, CALLER).len(), 1, "{:?}", told(&vox, CALLER));
    assert!(told(&vox, CALLER)[0].contains("kept two times"));
}

#[tokio::test]
async fn whoever_is_promised_a_call_today_is_offered_times_only_if_that_is_tomorrow() {
    // 7 AM: somebody is there at nine. 7 PM: somebody is there tomorrow.
    for (hours, offers) in [(21, 0), (EVENING, 1)] {
        let vox = after(hours).await;
        let call = vox.call(&call_ref(1));
        call.in_progress().await.unwrap();
        call.say_user(HOT).await.unwrap();
        call.tool("request_human", serde_json::json!({"reason": "prices"})).await.unwrap();
        call.end("customer-ended-call").await.unwrap();
        vox.run_jobs().await;
        vox.run_jobs().await;
        assert_eq!(vox.count("calls where temperature = 'hot'").await, 1);
        assert_eq!(vox.count("times_offers").await, offers, "{hours}");
    }
}

#[tokio::test]
async fn on_the_night_when_the_clocks_change_hours_are_those_of_the_morning() {
    // Saturday, March 13th 2027, 11 PM in Los Angeles; the clocks skip an hour before the morning.
    let vox = after(110 * 24 - 11).await;
    hot(&vox, 1, CALLER).await;
    let times: String = vox
        .one("select (t.leave_after at time zone 'America/Los_Angeles') || ' ' || (o.opens_at at time zone 'America/Los_Angeles')
                  || ' ' || (o.expires_at at time zone 'America/Los_Angeles')
              from times_offers o join texts t on t.call_id = o.call_id and t.kind = 'times_offer'")
        .await;
    assert_eq!(times, "2027-03-14 08:00:00 2027-03-14 09:00:00 2027-03-14 10:00:00");
    later(&vox, 8 * 60 - 1).await;
    assert_eq!(told(&vox, CALLER).len(), 0);
    later(&vox, 2).await;
    assert!(told(&vox, CALLER)[0].contains("1) Sunday, March 14 at"), "{:?}", told(&vox, CALLER));
}

#[tokio::test]
async fn what_is_offered_can_be_had_by_nobody_else_until_it_lapses() {
    let vox = after(EVENING).await;
    hot(&vox, 1, CALLER).await;
    for (n, date) in [(11, "2026-11-25"), (12, "2026-11-26")] {
        let said = books(&vox, n, "+13105550152", date, "9:00 AM").await;
        assert!(!said.starts_with("Great!"), "{said}");
    }
    assert_eq!(vox.count("appointments").await, 0);
    // 10:01 in the morning: an hour after the opening.
    later(&vox, 15 * 60 + 1).await;
    assert_eq!((held(&vox).await.as_str(), standing(&vox).await.as_str()), ("", "lapsed 1"));
    let said = books(&vox, 13, "+13105550152", "2026-11-26", "9:00 AM").await;
    assert!(said.starts_with("Great!"), "{said}");
}

#[tokio::test]
async fn a_caller_who_speaks_spanish_is_texted_in_spanish() {
    let vox = after(EVENING).await;
    let said = format!("Hola, buenas tardes. {HOT}, por favor");
    called(&vox, &vox.glow, (1, Some(CALLER)), &said).await;
    assert_snapshot!(told(&vox, CALLER).join("\n"), @"Hola, le escribe Glow MedSpa. Ahora tenemos cerrado, pero le guardamos dos horas: 1) miércoles 25 de noviembre a las 9:00 AM 2) jueves 26 de noviembre a las 9:00 AM. Responda 1 o 2 y es suya, o diga otro dia. Responda STOP para no recibir mas mensajes.");
    // Nobody knows them yet: what follows is in the language that they spoke.
    let said = vox.says(CALLER, "1").await;
    assert!(said.starts_with("Glow MedSpa: su cita queda confirmada para el"), "{said}");
}

#[tokio::test]
async fn whoever_was_asked_in_spanish_is_answered_in_spanish_whatever_they_text() {
    let vox = after(EVENING).await;
    called(&vox, &vox.glow, (1, Some(CALLER)), &format!("Hola, buenas tardes. {HOT}, por favor")).await;
    assert_eq!(vox.count("contacts").await, 0, "nobody knows them");
    let nothing =
        "Glow MedSpa: No hay ninguna cita que podamos cambiar por mensaje. Por favor, llame al +13105550199.";
    assert_eq!(vox.says(CALLER, "R").await, nothing);
    // Also when nothing is asked any more.
    assert_ne!(vox.says(CALLER, "no").await, nothing);
    assert_eq!(vox.says(CALLER, "X").await, nothing);
    // Whoever was offered none is answered in the clinic's language.
    let said = vox.says("+13105550152", "R").await;
    assert!(said.starts_with("Glow MedSpa: There's no visit"), "{said}");
}

#[tokio::test]
async fn a_word_of_courtesy_makes_nobody_spanish_and_what_is_known_comes_first() {
    let vox = after(EVENING).await;
    let call = vox.call(&call_ref(1));
    call.in_progress().await.unwrap();
    for said in ["Hi, I have a question about prices", HOT, "Thanks, gracias"] {
        call.say_user(said).await.unwrap();
    }
    call.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    vox.run_jobs().await;
    assert!(vox.last_to(CALLER).starts_with("Hi, this is"), "{}", vox.last_to(CALLER));
    let other = "+13105550152";
    vox.exec(&format!(
        "insert into contacts (org_id, id, phone, language, created_at) values ('{}', gen_random_uuid(), '{other}', 'es', now())",
        vox.glow.org.0
    ))
    .await;
    hot(&vox, 2, other).await;
    assert!(vox.last_to(other).starts_with("Hola, le escribe"), "{}", vox.last_to(other));
}

#[tokio::test]
async fn nobody_is_offered_anything_who_needs_or_wants_none() {
    let vox = after(EVENING).await;
    let nobody = [
        "Sorry, wrong number. Though I'd love Botox and filler today, I have budget",
        "I want to make a complaint, the Botox you did was terrible and I want it fixed this week",
        "We sell Botox and filler supplies, do you have budget this week for a demo?",
        "My face is swollen after filler yesterday, this is urgent",
        "How much does it cost?",
    ];
    for (n, said) in (1..).zip(nobody) {
        called(&vox, &vox.glow, (n, Some(CALLER)), said).await;
    }
    // Staff who try their line, and a hidden number.
    hot(&vox, 11, MANAGER).await;
    called(&vox, &vox.glow, (12, None), HOT).await;
    // T11: who said STOP gets none, and nothing is held for them.
    let stopped = "+13105550152";
    vox.exec(&format!(
        "insert into opt_outs (org_id, phone, source, opted_out_at) values ('{}', '{stopped}', 'reply', now())",
        vox.glow.org.0
    ))
    .await;
    hot(&vox, 13, stopped).await;
    // Who booked in the call.
    let line = vox.call_from(&vox.glow, &call_ref(14), Some("+13105550153"));
    line.in_progress().await.unwrap();
    line.say_user(HOT).await.unwrap();
    let mut wish = booking("Botox", "2026-12-01", "10:30", "Ana Diaz");
    wish["customerPhone"] = "+13105550153".into();
    line.tool("book_appointment", wish).await.unwrap();
    line.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    // An org that does not want it, and one that texts nobody.
    vox.exec("update integration_settings set after_hours_offer = false").await;
    hot(&vox, 15, "+13105550154").await;
    vox.exec("update integration_settings set after_hours_offer = true, texting_enabled = false").await;
    hot(&vox, 16, "+13105550155").await;
    assert_eq!(vox.count("calls where temperature = 'hot'").await, 6);
    assert_eq!(vox.count("times_offers").await + vox.count("texts where kind = 'times_offer'").await, 0);
    assert_eq!(held(&vox).await, "");
    // The rule could have failed.
    vox.exec("update integration_settings set texting_enabled = true").await;
    hot(&vox, 17, "+13105550156").await;
    assert_eq!(vox.count("times_offers").await, 1);
}

#[tokio::test]
async fn while_the_clinic_is_open_nobody_is_texted_times() {
    let vox = Voxanne::start().await;
    hot(&vox, 1, CALLER).await;
    assert_eq!(vox.count("calls where temperature = 'hot'").await, 1);
    assert_eq!(vox.count("times_offers").await, 0);
    // Nor in the evening about a call of the morning.
    later(&vox, EVENING * 60).await;
    vox.exec("select graphile_worker.add_job('score_call', json_build_object('org', org_id, 'call', id)) from calls").await;
    vox.run_jobs().await;
    vox.run_jobs().await;
    assert_eq!(vox.count("times_offers").await, 0);
}

#[tokio::test]
async fn a_number_is_offered_times_once_a_day_whatever_it_calls_about() {
    let vox = after(EVENING).await;
    hot(&vox, 1, CALLER).await;
    later(&vox, 10).await;
    hot(&vox, 2, CALLER).await;
    // Who calls again is on the phone: nothing is kept from them there, and an answer still counts.
    assert_eq!((told(&vox, CALLER).len(), standing(&vox).await.as_str()), (1, "lapsed 1"));
    assert_eq!(held(&vox).await, "");
    assert!(vox.says(CALLER, "2").await.contains("confirmed for Thursday, November 26 at 9:00 AM"));
}

#[tokio::test]
async fn whoever_calls_instead_of_texting_gets_the_very_time_by_phone() {
    let vox = after(EVENING).await;
    hot(&vox, 1, CALLER).await;
    let said = books(&vox, 2, CALLER, "2026-11-25", "9:00 AM").await;
    assert!(said.starts_with("Great!"), "{said}");
    later(&vox, 14 * 60).await;
    assert_eq!(standing(&vox).await, "booked 1");
    assert_eq!(vox.count("tasks where kind = 'call_hot_lead'").await, 0);
}

#[tokio::test]
async fn a_text_that_has_not_left_is_taken_back_when_its_times_are_kept_no_more() {
    let vox = after(NIGHT).await;
    hot(&vox, 1, CALLER).await;
    let line = vox.call(&call_ref(2));
    line.in_progress().await.unwrap();
    line.say_user("Sorry, I dialled you again by mistake while I was getting the kids ready for bed")
        .await
        .unwrap();
    line.end("customer-ended-call").await.unwrap();
    assert_eq!((held(&vox).await.as_str(), standing(&vox).await.as_str()), ("", "lapsed 0"));
    later(&vox, 10 * 60 + 1).await;
    assert_eq!(vox.count("texts where kind = 'times_offer' and state <> 'failed'").await, 0);
    let task: String = vox.one("select title from tasks where kind = 'call_hot_lead'").await;
    assert_snapshot!(task, @"Call +13105550142: hot lead while you were closed, no visit yet");
}

#[tokio::test]
async fn what_is_in_no_catalogue_is_offered_as_a_consultation_if_there_is_one() {
    let vox = after(EVENING).await;
    let vague = "How much would it cost? Money is no issue, I can't wait to come in and I need it this week";
    called(&vox, &vox.glow, (1, Some(CALLER)), vague).await;
    let wanted: String = vox
        .one("select coalesce(max(c.temperature || ' ' || s.name), 'none') from calls c left join times_offers o on o.call_id = c.id
              left join services s on s.id = o.service_id")
        .await;
    assert_eq!(wanted, "hot Consultation");
    // Without one, nothing is made up.
    vox.exec("update services set active = false where name = 'Consultation'").await;
    called(&vox, &vox.glow, (2, Some("+13105550152")), vague).await;
    assert_eq!(vox.count("times_offers").await, 1);
}
