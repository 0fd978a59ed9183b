//! Texts to people, one function each.

use jiff::{Timestamp, Zoned};
use voxanne_twilio::encoding;

use super::alphabet::gsm7_field;
use super::built_in::unnamed;
use super::template::{Part, Template, TemplateKind};
use super::write::{close, fill, write};
use super::{About, CLINIC_MAX, Letterhead, PATIENT_SEGMENTS_MAX, PHONE_MAX, REPLY_MAX};
use crate::language::Language;

/// The appointment stands.
pub fn confirmation(head: &Letterhead<'_>, moment: &Zoned) -> String {
    write(head, TemplateKind::Confirmation, &About { moment: Some(moment), ..About::default() })
}

/// Several visits stand, this is the first.
pub fn series(head: &Letterhead<'_>, visits: usize, moment: &Zoned) -> String {
    write(head, TemplateKind::Series, &About { moment: Some(moment), visits, ..About::default() })
}

/// The time is kept, a human confirms it.
pub fn pending(head: &Letterhead<'_>, moment: &Zoned) -> String {
    write(head, TemplateKind::Pending, &About { moment: Some(moment), ..About::default() })
}

/// The visit has another time now.
pub fn change(head: &Letterhead<'_>, moment: &Zoned) -> String {
    write(head, TemplateKind::Change, &About { moment: Some(moment), ..About::default() })
}

/// The visit of that moment is called off.
pub fn cancellation(head: &Letterhead<'_>, moment: &Zoned) -> String {
    write(head, TemplateKind::Cancellation, &About { moment: Some(moment), ..About::default() })
}

/// A time opened up, theirs for the asking until then. A link that does not fit is left out, the words alone are enough.
pub fn waitlist_offer(head: &Letterhead<'_>, moment: &Zoned, until: &Zoned, link: Option<&str>) -> String {
    let about = About { moment: Some(moment), until: Some(until), link, ..About::default() };
    write(head, TemplateKind::WaitlistOffer, &about)
}

/// The visit comes closer; `asks` for C, R or X. Today and tomorrow are counted at `now` by the clock of the visit.
pub fn reminder(head: &Letterhead<'_>, moment: &Zoned, now: Timestamp, asks: bool) -> String {
    let today = now.to_zoned(moment.time_zone().clone()).date();
    let about = About { moment: Some(moment), today: Some(today), asks, ..About::default() };
    write(head, TemplateKind::Reminder, &about)
}

/// The call ended before they were helped.
pub fn missed_call(head: &Letterhead<'_>) -> String {
    write(head, TemplateKind::MissedCall, &About::default())
}

/// What we still need to know.
pub fn details_request(head: &Letterhead<'_>) -> String {
    write(head, TemplateKind::DetailsRequest, &About::default())
}

/// A step of a sequence, in the words of its author; places that nothing fills are left out, and so is what is too long.
pub fn nurture(head: &Letterhead<'_>, body: &str, first_name: Option<&str>) -> String {
    let (head, about) = (head.to(first_name), About::default());
    let mut template = Template::read(body);
    template.parts.retain(|part| match part {
        Part::Words(_) => true,
        Part::Unknown(_) => false,
        Part::Place(_) => fill(&Template { parts: vec![part.clone()] }, &head, &about).is_some(),
    });
    let whole = fill(&template, &head, &about).unwrap_or_default();
    if encoding::segments(&whole).1 <= PATIENT_SEGMENTS_MAX {
        return whole;
    }
    close(&gsm7_field(&whole, REPLY_MAX, ""), head.language, false, false)
}

/// To somebody who texted us: a sentence or two of ours.
pub fn reply(head: &Letterhead<'_>, said: &str) -> String {
    let thanks = match head.language {
        Language::English => "Thank you.",
        Language::Spanish => "Gracias.",
    };
    let clinic = gsm7_field(head.clinic, CLINIC_MAX, unnamed(head.language));
    format!("{clinic}: {}", gsm7_field(said, REPLY_MAX, thanks))
}

/// To whoever asks who we are.
pub fn help(head: &Letterhead<'_>) -> String {
    let phone = head.phone.map(|phone| gsm7_field(phone, PHONE_MAX, "")).filter(|phone| !phone.is_empty());
    let said = match (head.language, phone) {
        (Language::English, Some(phone)) => {
            format!("To reach our team, call {phone}. Reply STOP to opt out.")
        }
        (Language::English, None) => {
            "To reach our team, call us during opening hours. Reply STOP to opt out.".into()
        }
        (Language::Spanish, Some(phone)) => {
            format!("Para hablar con nuestro equipo, llame al {phone}. Responda STOP para no recibir mas mensajes.")
        }
        (Language::Spanish, None) => {
            "Para hablar con nuestro equipo, llame en horario de oficina. Responda STOP para no recibir mas mensajes.".into()
        }
    };
    reply(head, &said)
}
