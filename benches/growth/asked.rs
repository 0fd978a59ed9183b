//! What is asked. Consecutive questions differ, so that none is answered from a look that was kept.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::load::Shot;
use crate::stage::secret;

const DAYS: u64 = 88;
const BUSY_DAYS: u64 = 14;
const PEOPLE: [&str; 9] = ["anyone", "Amy", "Bruno", "Carla", "David", "Emil", "Fiona", "Gustav", "Hanna"];
const BUSY_SERVICES: [&str; 3] = ["Laser Hair Removal", "Chemical Peel", "Botox"];

/// Makes requests about seeded clinics.
#[derive(Clone)]
pub struct Asked {
    message: String,
    today: Date,
}

impl Asked {
    pub fn new(today: Date) -> Self {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/vapi/server/tool-calls.openapi.string-arguments.json"
        );
        let message: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        Self { message: message.to_string().replace(",\\\"part_of_day\\\":\\\"afternoon\\\"", ""), today }
    }

    /// The same questions to ten clinics and to a thousand: one of ten, spread over all there are.
    pub fn of_clinic(&self, clinics: u64, number: u64) -> Shot {
        let clinic = clinic_of(clinics, number);
        let person = PEOPLE[usize::try_from(number / 10 % 5).unwrap()];
        self.openings(clinic, number, day_of(number), ("Botox", person))
    }

    /// The busy clinic: its two weeks at once, for every service and person in turn.
    pub fn of_the_busy_clinic(&self, number: u64) -> Shot {
        let service = BUSY_SERVICES[usize::try_from(number % 3).unwrap()];
        let person = PEOPLE[usize::try_from(number / 3 % 9).unwrap()];
        let from = number / 27 % BUSY_DAYS;
        let (from, to) = (self.day(from), self.day(from + BUSY_DAYS - 1));
        let arguments = format!(
            "{{\\\"service\\\":\\\"{service}\\\",\\\"fromDate\\\":\\\"{from}\\\",\\\"toDate\\\":\\\"{to}\\\",\\\"practitioner\\\":\\\"{person}\\\"}}"
        );
        self.ask(0, number, ("find_openings", &arguments))
    }

    fn openings(&self, clinic: u64, number: u64, day: u64, (service, person): (&str, &str)) -> Shot {
        let date = self.day(day);
        let arguments = format!(
            "{{\\\"service\\\":\\\"{service}\\\",\\\"date\\\":\\\"{date}\\\",\\\"practitioner\\\":\\\"{person}\\\"}}"
        );
        self.ask(clinic, number, ("check_availability", &arguments))
    }

    /// The request itself: which tool, and how it is asked.
    fn ask(&self, clinic: u64, number: u64, (tool, arguments): (&str, &str)) -> Shot {
        let body = self
            .message
            .replace("check_availability", tool)
            .replace("{\\\"service\\\":\\\"Botox\\\",\\\"date\\\":\\\"2026-11-26\\\"}", arguments)
            .replace("019ab2c4-7e10-7cc3-9f4e-5b1d2a3c4e5f", &format!("call-{number}"))
            .replace("b7a1d9c2-3e54-4f6a-8c1d-0a9e5f7b6c31", &format!("assistant-{clinic}"))
            .replace("2c9e4f10-6b8d-4a37-9d5e-7f1b3c5a8e62", &format!("number-{clinic}"))
            .replace("+13105550142", &format!("+1310{}", 3_000_000 + number));
        let request = Request::post("/api/webhooks/vapi")
            .header("host", "127.0.0.1")
            .header("content-type", "application/json")
            .header("x-vapi-secret", secret(clinic));
        Shot { request: request.body(Full::new(Bytes::from(body))).unwrap(), expects: "\"result\":" }
    }

    /// A day that is asked about.
    pub fn day(&self, day: u64) -> Date {
        // Two days from now in UTC is the future in every zone.
        self.today.checked_add((2 + i64::try_from(day).unwrap()).days()).unwrap()
    }
}

/// One of ten clinics, wherever among all of them.
pub fn clinic_of(clinics: u64, number: u64) -> u64 {
    number % 10 * (clinics / 10) + 1
}

/// The day of a question, never the same for the same person of the same clinic within seconds.
pub fn day_of(number: u64) -> u64 {
    number / 50 % DAYS
}
