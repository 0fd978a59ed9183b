//! Every text to people, literally, in both languages.

#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::{Timestamp, Zoned};
use proptest::prelude::*;
use voxanne_twilio::encoding::{self, Encoding};

use super::built_in::opt_out;
use super::*;

const GLOW: Letterhead<'_> = Letterhead::plain("Glow MedSpa", Some("+12025550123"), Language::English);

fn at(moment: &str) -> Zoned {
    moment.parse().unwrap()
}

fn sunday() -> Zoned {
    at("2026-02-01T14:00[America/New_York]")
}

fn spanish(head: Letterhead<'_>) -> Letterhead<'_> {
    Letterhead { language: Language::Spanish, ..head }
}

fn without_phone(head: Letterhead<'_>) -> Letterhead<'_> {
    Letterhead { phone: None, ..head }
}

#[test]
fn t_s7_a_confirmation_says_when_and_how_to_opt_out_and_names_no_treatment() {
    assert_eq!(
        confirmation(&GLOW, &sunday()),
        "Glow MedSpa: your appointment is confirmed for Sunday, February 1 at 2:00 PM. \
         Questions? Call +12025550123. Reply STOP to opt out."
    );
    assert_eq!(
        confirmation(&without_phone(GLOW), &sunday()),
        "Glow MedSpa: your appointment is confirmed for Sunday, February 1 at 2:00 PM. Reply STOP to opt out."
    );
    assert_eq!(
        confirmation(&spanish(GLOW), &sunday()),
        "Glow MedSpa: su cita queda confirmada para el domingo 1 de febrero a las 2:00 PM. \
         ¿Preguntas? Llame al +12025550123. Responda STOP para no recibir mas mensajes."
    );
}

#[test]
fn t_m8_a_text_shows_weekday_and_half_of_the_day() {
    let moment = at("2026-02-01T13:40[America/New_York]");
    for head in [GLOW, spanish(GLOW)] {
        let text = confirmation(&head, &moment);
        assert!(text.contains("1:40 PM") && (text.contains("Sunday") || text.contains("domingo")), "{text}");
    }
}

#[test]
fn a_pending_booking_promises_a_call_within_a_day() {
    assert_eq!(
        pending(&GLOW, &sunday()),
        "Glow MedSpa: we have your appointment request for Sunday, February 1 at 2:00 PM. \
         We'll call you within 24 hours to confirm. Questions? Call +12025550123. Reply STOP to opt out."
    );
    assert_eq!(
        pending(&without_phone(spanish(GLOW)), &sunday()),
        "Glow MedSpa: recibimos su solicitud de cita para el domingo 1 de febrero a las 2:00 PM. \
         Le llamaremos dentro de 24 horas para confirmarla. Responda STOP para no recibir mas mensajes."
    );
}

#[test]
fn a_change_says_the_new_time_and_a_cancellation_the_old_one() {
    assert_eq!(
        change(&GLOW, &sunday()),
        "Glow MedSpa: your appointment has been moved to Sunday, February 1 at 2:00 PM. \
         Questions? Call +12025550123. Reply STOP to opt out."
    );
    assert_eq!(
        change(&without_phone(spanish(GLOW)), &sunday()),
        "Glow MedSpa: su cita ahora es el domingo 1 de febrero a las 2:00 PM. Responda STOP para no recibir mas mensajes."
    );
    assert_eq!(
        cancellation(&without_phone(GLOW), &sunday()),
        "Glow MedSpa: your appointment on Sunday, February 1 at 2:00 PM is cancelled. Reply STOP to opt out."
    );
    assert_eq!(
        cancellation(&without_phone(spanish(GLOW)), &sunday()),
        "Glow MedSpa: su cita del domingo 1 de febrero a las 2:00 PM queda cancelada. \
         Responda STOP para no recibir mas mensajes."
    );
}

#[test]
fn a_series_says_how_many_and_when_the_first_is() {
    assert_eq!(
        series(&without_phone(GLOW), 6, &sunday()),
        "Glow MedSpa: 6 visits are booked for you, the first on Sunday, February 1 at 2:00 PM. Reply STOP to opt out."
    );
    assert_eq!(
        series(&without_phone(spanish(GLOW)), 6, &sunday()),
        "Glow MedSpa: le reservamos 6 citas; la primera es el domingo 1 de febrero a las 2:00 PM. \
         Responda STOP para no recibir mas mensajes."
    );
}

#[test]
fn an_offer_says_until_when_and_how_and_names_no_treatment() {
    let (until, link) = (at("2026-01-31T13:40[America/New_York]"), "https://hooks.example.com/w/abc");
    assert_eq!(
        waitlist_offer(&GLOW, &sunday(), &until, Some(link)),
        "Glow MedSpa: a time opened up: Sunday, February 1 at 2:00 PM. Reply TAKE by 1:40 PM today to book it, or PASS. \
         Or tap https://hooks.example.com/w/abc. Reply STOP to opt out."
    );
    let long = format!("https://hooks.example.com/{}", "x".repeat(200));
    assert_eq!(
        waitlist_offer(&GLOW, &sunday(), &until, Some(&long)),
        "Glow MedSpa: a time opened up: Sunday, February 1 at 2:00 PM. Reply TAKE by 1:40 PM today to book it, or PASS. \
         Reply STOP to opt out."
    );
    assert_eq!(
        waitlist_offer(&spanish(GLOW), &sunday(), &until, Some(link)),
        "Glow MedSpa: se abre una hora: domingo 1 de febrero a las 2:00 PM. Responda TAKE antes de la 1:40 PM de hoy \
         para reservarla, o PASS. O toque https://hooks.example.com/w/abc. \
         Responda STOP para no recibir mas mensajes."
    );
}

#[test]
fn d14_a_reminder_counts_days_by_the_clinics_calendar() {
    let told = |head: &Letterhead<'_>, now: &str, asks| {
        reminder(head, &sunday(), now.parse::<Timestamp>().unwrap(), asks)
    };
    let head = without_phone(GLOW);
    assert_eq!(
        told(&head, "2026-01-29T19:00:00Z", true),
        "Glow MedSpa: a reminder that your appointment is Sunday, February 1 at 2:00 PM. \
         Reply C to confirm, R to reschedule, X to cancel. Reply STOP to opt out."
    );
    // 23:59 and 00:01 in New York: the hours are the same, the day is not.
    assert_eq!(
        told(&head, "2026-02-01T04:59:00Z", false),
        "Glow MedSpa: a reminder that your appointment is tomorrow, Sunday, February 1 at 2:00 PM. Reply STOP to opt out."
    );
    assert_eq!(
        told(&head, "2026-02-01T05:01:00Z", false),
        "Glow MedSpa: a reminder that your appointment is today, Sunday, February 1 at 2:00 PM. Reply STOP to opt out."
    );
    assert_eq!(
        told(&spanish(head), "2026-01-31T19:00:00Z", true),
        "Glow MedSpa: le recordamos su cita: mañana, domingo 1 de febrero a las 2:00 PM. \
         Responda C para confirmar, R para cambiarla o X para cancelarla. Responda STOP para no recibir mas mensajes."
    );
    assert_eq!(
        told(&spanish(head), "2026-02-01T17:00:00Z", false),
        "Glow MedSpa: le recordamos su cita: hoy, domingo 1 de febrero a las 2:00 PM. \
         Responda STOP para no recibir mas mensajes."
    );
}

#[test]
fn who_was_not_helped_and_whose_details_are_missing_is_asked_to_reply() {
    assert_eq!(
        missed_call(&GLOW),
        "Glow MedSpa: sorry we couldn't help you on the phone. Reply with what you need and we'll get back to you. \
         Questions? Call +12025550123. Reply STOP to opt out."
    );
    assert_eq!(
        missed_call(&without_phone(spanish(GLOW))),
        "Glow MedSpa: sentimos no haberle atendido por teléfono. Responda con lo que necesita y le contactaremos. \
         Responda STOP para no recibir mas mensajes."
    );
    assert_eq!(
        details_request(&without_phone(GLOW)),
        "Glow MedSpa: to finish your booking, please reply with your full name and the day and time you would like. \
         Reply STOP to opt out."
    );
    assert_eq!(
        details_request(&without_phone(spanish(GLOW))),
        "Glow MedSpa: para completar su reserva, responda con su nombre completo y la fecha y hora que prefiere. \
         Responda STOP para no recibir mas mensajes."
    );
}

#[test]
fn answers_carry_the_clinics_name_and_help_its_number() {
    assert_eq!(reply(&GLOW, "You’re set."), "Glow MedSpa: You're set.");
    assert_eq!(reply(&spanish(GLOW), "Quedó confirmada."), "Glow MedSpa: Quedo confirmada.");
    assert_eq!(help(&GLOW), "Glow MedSpa: To reach our team, call +12025550123. Reply STOP to opt out.");
    assert_eq!(
        help(&without_phone(GLOW)),
        "Glow MedSpa: To reach our team, call us during opening hours. Reply STOP to opt out."
    );
    assert_eq!(
        help(&spanish(GLOW)),
        "Glow MedSpa: Para hablar con nuestro equipo, llame al +12025550123. Responda STOP para no recibir mas mensajes."
    );
}

#[test]
fn a_step_of_a_sequence_greets_whoever_has_a_name() {
    let body = "{clinic}: Hi {first_name}, we'd love to see you again.";
    assert_eq!(
        nurture(&GLOW, body, Some("Ana")),
        "Glow MedSpa: Hi Ana, we'd love to see you again. Reply STOP to opt out."
    );
    assert_eq!(
        nurture(&GLOW, body, None),
        "Glow MedSpa: Hi, we'd love to see you again. Reply STOP to opt out."
    );
    assert_eq!(
        nurture(&GLOW, "{first_name}, {nonsense}come back to {clinic}. {moment", Some("Ana")),
        "Ana, come back to Glow MedSpa. Reply STOP to opt out."
    );
    assert_eq!(nurture(&GLOW, "{first_name}, come back.", None), "come back. Reply STOP to opt out.");
}

#[test]
fn letters_outside_gsm7_become_their_nearest() {
    assert_eq!(gsm7_safe("Café “Señor” — it’s 5…"), "Café \"Señor\" - it's 5...");
    assert_eq!(gsm7_safe("Łódź\u{a0}Spa™ 🔥 çà"), "Lodz Spa(TM)  cà");
    assert_eq!(gsm7_safe("e\u{301}€[x]"), "e€[x]");
    let nameless = Letterhead::plain("美容", Some(" "), Language::English);
    assert_eq!(
        confirmation(&nameless, &sunday()),
        "Your clinic: your appointment is confirmed for Sunday, February 1 at 2:00 PM. Reply STOP to opt out."
    );
}

/// Every text to a person, by name.
pub(super) fn all(head: &Letterhead<'_>, moment: &Zoned, link: &str) -> Vec<(&'static str, String)> {
    let now = moment.timestamp();
    vec![
        ("confirmation", confirmation(head, moment)),
        ("pending", pending(head, moment)),
        ("change", change(head, moment)),
        ("cancellation", cancellation(head, moment)),
        ("series", series(head, 52, moment)),
        ("waitlist_offer", waitlist_offer(head, moment, moment, Some(link))),
        ("reminder", reminder(head, moment, now, false)),
        ("reminder, asking", reminder(head, moment, now, true)),
        ("missed_call", missed_call(head)),
        ("details_request", details_request(head)),
        ("times_offer", times_offer(head, &[moment.clone(), moment.clone()], true)),
        ("times_offer, open again", times_offer(head, &[moment.clone(), moment.clone()], false)),
        ("nurture", nurture(head, "{clinic}: hi {first_name}, call {phone} soon!", head.first_name)),
    ]
}

proptest! {
    #[test]
    fn patient_texts_are_one_line_of_gsm7_in_two_segments(
        clinic in "\\PC{0,400}|[\\[~€é]{0,400}",
        phone in ".*",
        name in ".*",
        second in 1_700_000_000_i64..2_000_000_000,
        language in prop_oneof![Just(Language::English), Just(Language::Spanish)],
    ) {
        let moment = Timestamp::from_second(second).unwrap().in_tz("America/Los_Angeles").unwrap();
        let head = Letterhead::plain(&clinic, Some(&phone), language).to(Some(&name)).about(Some(&name));
        for (kind, text) in all(&head, &moment, &phone) {
            let (encoding, segments) = encoding::segments(&text);
            prop_assert!(encoding == Encoding::Gsm7 && segments <= PATIENT_SEGMENTS_MAX, "{kind}: {segments}: {text}");
            prop_assert!(!text.contains(['\n', '\r']));
            prop_assert!(text.ends_with(opt_out(language)), "{kind}: {text}");
        }
        for text in [reply(&head, &name), help(&head)] {
            let (encoding, segments) = encoding::segments(&text);
            prop_assert!(encoding == Encoding::Gsm7 && segments <= PATIENT_SEGMENTS_MAX && !text.contains('\n'), "{text}");
        }
    }
}
