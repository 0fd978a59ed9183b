//! The second provider behind the same mirror and the same reconciler, at a real Radicale.

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use voxanne::calendars::{self, CaldavAccount, ConnectError, Trouble};
use voxanne_caldav::{Client, Condition, NewEvent, Object};

use super::radicale::{PASSWORD, Radicale, USER, client};
use super::*;

struct Served {
    vox: Voxanne,
    /// Lives as long as the test.
    _radicale: Radicale,
    calendar: String,
    client: Client,
}

fn account(radicale: &Radicale, password: &str) -> CaldavAccount {
    CaldavAccount {
        practitioner: None,
        url: radicale.url.to_string(),
        username: USER.into(),
        password: password.into(),
    }
}

/// Glow with the clinic's calendar at a Radicale.
async fn served() -> Served {
    let radicale = Radicale::start();
    let calendar = radicale.make_calendar("Clinic", "VEVENT").await;
    let vox = Voxanne::start().await;
    vox.exec("update integration_settings set calendar_of_record = false").await;
    calendars::connect_caldav(&vox.app, vox.glow.org, account(&radicale, PASSWORD)).await.unwrap();
    vox.run_jobs().await;
    Served { vox, _radicale: radicale, calendar, client: client() }
}

impl Served {
    async fn objects(&self) -> Vec<Object> {
        let all = self.client.sync(&self.calendar, None).await.unwrap();
        let hrefs: Vec<&str> = all.changed.iter().map(|resource| resource.href.as_str()).collect();
        self.client.fetch(&self.calendar, &hrefs).await.unwrap()
    }

    /// Our events there, by start.
    async fn ours(&self) -> Vec<(Timestamp, Object)> {
        let objects = self.objects().await.into_iter();
        let ours = objects.filter(|object| voxanne_caldav::private(&object.ics, "voxanneVisit").is_some());
        let zone = jiff::tz::TimeZone::UTC;
        ours.map(|object| (voxanne_caldav::span(&object.ics, &zone).unwrap().0, object)).collect()
    }

    async fn person_puts(&self, name: &str, ics: &str) {
        self.client.put(&self.calendar, name, ics, Condition::Any).await.unwrap();
    }

    async fn next_look(&self) {
        self.vox.later(SignedDuration::from_mins(5));
        self.vox.next_round().await;
    }
}

fn theirs(uid: &str, starts_at: &str, hours: i64) -> String {
    let starts_at: Timestamp = starts_at.parse().unwrap();
    voxanne_caldav::event(&NewEvent {
        uid,
        stamp: starts_at,
        starts_at,
        ends_at: starts_at + hours.hours(),
        summary: "Dentist",
        description: None,
        location: None,
        private: &[],
    })
}

#[tokio::test]
async fn what_a_person_keeps_there_is_not_offered() {
    let served = served().await;
    served.person_puts("dentist.ics", &theirs("dentist", "2026-12-01T17:00:00Z", 3)).await;
    let weekly = theirs("weekly", "2026-12-02T18:00:00Z", 1);
    let weekly =
        weekly.replace("SUMMARY:", "RRULE:FREQ=WEEKLY;COUNT=4\r\nEXDATE:20261209T180000Z\r\nSUMMARY:");
    served.person_puts("weekly.ics", &weekly).await;
    served.next_look().await;
    assert_eq!(served.vox.count("external_busy").await, 4);
    let said = available(&served.vox, 1, "2026-12-01").await;
    assert!(said.starts_with("For Tuesday, December 1st, I have availability at 12 PM"), "{said}");
    served.client.delete(&served.calendar, "weekly.ics", None).await.unwrap();
    served.next_look().await;
    assert_eq!(served.vox.count("external_busy").await, 1);
}

#[tokio::test]
async fn a_visit_has_its_event_there_once_wherever_it_moves() {
    let served = served().await;
    assert!(book(&served.vox, 1, "10:00").await.starts_with("Great!"));
    served.vox.run_jobs().await;
    served.next_look().await;
    let ours = served.ours().await;
    assert_eq!(ours.len(), 1);
    assert_eq!(ours[0].0.to_string(), "2026-12-01T18:00:00Z");
    assert!(ours[0].1.ics.contains("SUMMARY:Botox - Ana D."), "{}", ours[0].1.ics);
    assert_eq!(served.vox.count("external_busy").await, 0);

    // Whatever a person writes on it stays.
    let noted = ours[0].1.ics.replace("SUMMARY:Botox - Ana D.", "SUMMARY:Botox - Ana D. (forms!)");
    served.person_puts(&ours[0].1.href, &noted).await;
    move_to(&served.vox, 2, "2026-12-01", "15:00").await;
    served.vox.run_jobs().await;
    let ours = served.ours().await;
    assert_eq!((ours.len(), ours[0].0.to_string()), (1, "2026-12-01T23:00:00Z".to_owned()));
    assert!(ours[0].1.ics.contains("(forms!)"));
    assert_eq!(served.vox.count("calendar_conflicts").await, 0);

    served.vox.call(&call_ref(3)).tool("cancel_appointment", serde_json::json!({})).await.unwrap();
    served.vox.run_jobs().await;
    assert_eq!(served.ours().await.len(), 0);
    served.next_look().await;
    assert_eq!(served.vox.count("calendar_conflicts").await, 0);
}

#[tokio::test]
async fn what_a_person_does_to_our_event_is_a_question() {
    let served = served().await;
    book(&served.vox, 1, "10:00").await;
    served.vox.run_jobs().await;
    served.next_look().await;
    let (_, event) = served.ours().await.remove(0);
    let later: Timestamp = "2026-12-01T20:00:00Z".parse().unwrap();
    let moved = voxanne_caldav::moved(&event.ics, (later, later + 45.minutes()), later, &[]).unwrap();
    served.person_puts(&event.href, &moved).await;
    served.next_look().await;
    assert_eq!(served.vox.count("calendar_conflicts where kind = 'moved' and resolved_at is null").await, 1);
    assert_eq!(served.vox.count("external_busy").await, 1, "their time is kept meanwhile");
    served.client.delete(&served.calendar, &event.href, None).await.unwrap();
    served.next_look().await;
    assert_eq!(
        served.vox.count("calendar_conflicts where kind = 'deleted' and resolved_at is null").await,
        1
    );
    assert_eq!(status(&served.vox).await, "scheduled");
}

#[tokio::test]
async fn an_old_mirror_is_brought_up_to_date_while_the_caller_waits() {
    let served = served().await;
    served.person_puts("dentist.ics", &theirs("dentist", "2026-12-01T17:00:00Z", 3)).await;
    served.vox.later(SignedDuration::from_mins(11));
    let said = available(&served.vox, 1, "2026-12-01").await;
    assert!(said.starts_with("For Tuesday, December 1st, I have availability at 12 PM"), "{said}");
    assert!(book(&served.vox, 2, "13:00").await.starts_with("Great!"));
}

#[tokio::test]
async fn an_event_that_is_not_understood_makes_the_calendar_unknown_and_never_free() {
    let served = served().await;
    let strange = theirs("strange", "2026-12-01T17:00:00Z", 3);
    let strange = strange.replace("SUMMARY:", "RRULE:FREQ=MINUTELY;COUNT=3\r\nSUMMARY:");
    served.person_puts("strange.ics", &strange).await;
    served.next_look().await;
    assert_eq!(served.vox.one::<String>("select failure from calendars where blocks").await, "unreadable");
    served.vox.later(SignedDuration::from_mins(11));
    assert!(book(&served.vox, 1, "10:00").await.contains("within 24 hours"));
}

#[tokio::test]
async fn what_a_person_mistypes_is_refused_and_nothing_is_stored() {
    let radicale = Radicale::start();
    radicale.make_calendar("Clinic", "VEVENT").await;
    let vox = Voxanne::start().await;
    let tried = calendars::connect_caldav(&vox.app, vox.glow.org, account(&radicale, "wrong")).await;
    assert!(matches!(tried, Err(ConnectError::Provider(Trouble::NeedsReconnect))), "{tried:?}");
    // An address in our own network is nobody's calendar where clinics are not trusted with it.
    let strict = vox.restarted_with(|config| config.calendars.private_networks = false).await;
    let tried = calendars::connect_caldav(&strict.app, vox.glow.org, account(&radicale, PASSWORD)).await;
    assert!(matches!(tried, Err(ConnectError::Provider(Trouble::NotPermitted))), "{tried:?}");
    assert_eq!(vox.count("calendar_connections").await, 0);
}
