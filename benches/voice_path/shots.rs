//! What is asked: the recorded messages of the voice platform, each with ids, callers and days of its own.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::load::Shot;
use crate::stage::{CLINICS, PRACTITIONERS, VISITS_PER_CLINIC, ZONE, secret};

const CELLS_PER_CLINIC: u64 = 6_480;
const DAYS: u64 = 90;
const HOT: &str = "I'm interested in Botox and filler, I have budget, need it this week";

/// Makes requests about the seeded clinics.
#[derive(Clone)]
pub struct Messages {
    check: String,
    book: String,
    ring: String,
    hot: String,
    today: Date,
    run: u64,
}

/// A half hour of a practitioner, as `seed.sql` deals them out.
struct Cell {
    practitioner: &'static str,
    date: Date,
    time: String,
}

impl Messages {
    /// `run` keeps the ids of one run apart from those of another.
    pub fn new(today: Date, run: u64) -> Self {
        Self {
            check: fixture("tool-calls.openapi.string-arguments")
                .replace(",\\\"part_of_day\\\":\\\"afternoon\\\"", ""),
            book: fixture("tool-calls.observed.book"),
            ring: fixture("assistant-request"),
            hot: fixture("end-of-call-report.hot-lead-not-booked")
                .replace("Hi, can I get lip filler on Thursday afternoon?", HOT),
            today,
            run,
        }
    }

    /// The redacted body that a booking leaves in the inbox.
    pub fn stored_booking(&self) -> String {
        let mut body = serde_json::from_str(&self.book).unwrap();
        voxanne_vapi::redact::redact(&mut body);
        body.to_string()
    }

    /// "Which times are free on that day?"
    pub fn check(&self, number: u64) -> Shot {
        let clinic = number % CLINICS + 1;
        let body = self.check.replace("2026-11-26", &self.day(number / CLINICS % DAYS).to_string());
        self.to_product(clinic, number, &body, "\"result\":")
    }

    /// "Book this one, please": a time that nobody else is asked for.
    pub fn book(&self, number: u64) -> Shot {
        let clinic = number % CLINICS + 1;
        self.book_cell(clinic, number, VISITS_PER_CLINIC + number / CLINICS, "I've confirmed your Botox")
    }

    /// The same at a clinic whose calendar is not known: staff will confirm it.
    pub fn book_pending(&self, number: u64) -> Shot {
        let clinic = number % CLINICS + 1;
        self.book_cell(clinic, number, VISITS_PER_CLINIC + number / CLINICS, "will call you within 24 hours")
    }

    /// The same time, from the other end of the walk, for everybody.
    pub fn book_same(&self, number: u64, turn: u64) -> Shot {
        self.book_cell(1, number, CELLS_PER_CLINIC - 1 - turn, "\"result\":")
    }

    /// When [`Messages::book_same`] asks for.
    pub fn same_start(&self, turn: u64) -> (Timestamp, &'static str) {
        let cell = self.cell(CELLS_PER_CLINIC - 1 - turn);
        let local = format!("{}T{}", cell.date, cell.time).parse::<jiff::civil::DateTime>().unwrap();
        let zone = TimeZone::get(ZONE).unwrap();
        (local.to_zoned(zone).unwrap().timestamp(), cell.practitioner)
    }

    fn book_cell(&self, clinic: u64, number: u64, step: u64, expects: &'static str) -> Shot {
        assert!(step < CELLS_PER_CLINIC, "the calendar is full: shorten the rounds");
        let cell = self.cell(step);
        let practitioner = format!("\"practitioner\":\"{}\"", cell.practitioner);
        let body = self
            .book
            .replace("\"slot_id\":\"s_20261126T143000_r2\"", &practitioner)
            .replace("Lip Filler", "Botox")
            .replace("2026-11-26", &cell.date.to_string())
            .replace("14:30", &cell.time);
        self.to_product(clinic, number, &body, expects)
    }

    /// A phone rings; the caller is known and has a visit to come.
    pub fn ring(&self, number: u64) -> Shot {
        self.to_product(number % CLINICS + 1, number, &self.ring, "\"customerName\":\"Dana\"")
    }

    /// The report of a hot caller's call.
    pub fn hot_report(&self, number: u64) -> Shot {
        self.to_product(number % CLINICS + 1, number, &self.hot, "200 {")
    }

    /// Who called, in [`Messages::hot_report`].
    pub fn caller(number: u64) -> String {
        format!("+1310{}", 3_000_000 + number)
    }

    fn to_product(&self, clinic: u64, number: u64, body: &str, expects: &'static str) -> Shot {
        let caller = if expects.contains("Dana") {
            2_000_000 + number / CLINICS % VISITS_PER_CLINIC
        } else {
            3_000_000 + number
        };
        let body = body
            .replace("019ab2c4-7e10-7cc3-9f4e-5b1d2a3c4e5f", &format!("call-{}-{number}", self.run))
            .replace("b7a1d9c2-3e54-4f6a-8c1d-0a9e5f7b6c31", &format!("assistant-{clinic}"))
            .replace("2c9e4f10-6b8d-4a37-9d5e-7f1b3c5a8e62", &format!("number-{clinic}"))
            .replace("+13105550142", &format!("+1310{caller}"));
        let request = Request::post("/api/webhooks/vapi")
            .header("host", "127.0.0.1")
            .header("content-type", "application/json")
            .header("x-vapi-secret", secret(clinic));
        Shot { request: request.body(Full::new(Bytes::from(body))).unwrap(), expects }
    }

    /// The baseline's question about the same day of the same clinic.
    pub fn select_day(&self, number: u64) -> Shot {
        let clinic = number % CLINICS + 1;
        let date = self.day(number / CLINICS % DAYS);
        let zone = TimeZone::get(ZONE).unwrap();
        let midnight = |date: Date| date.to_zoned(zone.clone()).unwrap().timestamp().as_second();
        let path = format!("/{clinic}/{}/{}", midnight(date), midnight(date.checked_add(1.day()).unwrap()));
        let request = Request::get(path).header("host", "127.0.0.1").body(Full::default()).unwrap();
        Shot { request, expects: "200 [" }
    }

    fn day(&self, number: u64) -> Date {
        // Two days from now in UTC is the future in every zone.
        self.today.checked_add((2 + i64::try_from(number).unwrap()).days()).unwrap()
    }

    fn cell(&self, step: u64) -> Cell {
        let cell = step * 7_919 % CELLS_PER_CLINIC;
        let minutes = 540 + cell % 18 * 30;
        Cell {
            practitioner: PRACTITIONERS[usize::try_from(cell / 18 % 4).unwrap()],
            date: self.day(cell / 72),
            time: format!("{:02}:{:02}", minutes / 60, minutes % 60),
        }
    }
}

/// A recorded message on one line, as it is on the wire.
fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/vapi/server/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str::<serde_json::Value>(&text).unwrap().to_string()
}
