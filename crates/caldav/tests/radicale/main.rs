//! The client against a real server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod server;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use server::{Radicale, USER, client, client_with};
use voxanne_caldav::{
    BusyRules, Changes, Client, Condition, Error, NewEvent, busy, event, moved, private, uid,
};

const RULES: BusyRules<'_> = BusyRules { tentative: true, all_day: true, own: None };

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn visit(uid: &str, starts_at: &str) -> String {
    let starts_at = at(starts_at);
    event(&NewEvent {
        uid,
        stamp: at("2026-11-25T12:00:00Z"),
        starts_at,
        ends_at: starts_at + 1.hour(),
        summary: "Botox; Frau Öztürk, 🌸\nzweite Zeile",
        description: Some("Zufahrt über den Hof"),
        location: None,
        private: &[("appointment", "apt_1")],
    })
}

fn hrefs(changes: &Changes) -> Vec<&str> {
    changes.changed.iter().map(|resource| resource.href.as_str()).collect()
}

/// What the calendar's objects keep in the week of Thanksgiving 2026.
async fn kept(client: &Client, calendar: &str) -> Vec<(String, String)> {
    let all = client.sync(calendar, None).await.unwrap();
    let zone = TimeZone::get("America/Los_Angeles").unwrap();
    let mut kept = Vec::new();
    for object in client.fetch(calendar, &hrefs(&all)).await.unwrap() {
        let (from, to) = (at("2026-11-22T00:00:00Z"), at("2026-11-29T00:00:00Z"));
        kept.extend(busy(&object.ics, &zone, &RULES, from, to).unwrap());
    }
    kept.sort();
    kept.into_iter().map(|(start, end)| (start.to_string(), end.to_string())).collect()
}

fn span(start: &str, end: &str) -> (String, String) {
    (format!("2026-11-{start}:00Z"), format!("2026-11-{end}:00Z"))
}

#[tokio::test]
async fn calendars_are_found_from_the_servers_address_alone() {
    let radicale = Radicale::start();
    let work = radicale.make_calendar("Work", "VEVENT").await;
    radicale.make_calendar("Tasks", "VTODO").await;
    let client = client();

    let found = client.calendars(&radicale.url).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].name, "Work");
    assert_eq!(found[0].url, work.replace('@', "%40"));
    assert_eq!(found[0].time_zone.as_deref(), Some("America/Los_Angeles"));
    assert!(found[0].can_write);

    for address in [format!("/{USER}/"), format!("/{USER}/work/"), "/.well-known/caldav".into()] {
        let url = radicale.url.join(&address).unwrap();
        assert_eq!(client.calendars(&url).await.unwrap(), found, "{address}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_from_a_wrong_address() {
    let radicale = Radicale::start();
    let calendar = radicale.make_calendar("Work", "VEVENT").await;
    let stranger = client_with("guess");
    assert!(matches!(stranger.calendars(&radicale.url).await, Err(Error::Unauthorized)));
    assert!(matches!(stranger.sync(&calendar, None).await, Err(Error::Unauthorized)));
    let nowhere = radicale.url.join(&format!("/{USER}/gone/")).unwrap();
    assert!(matches!(client().sync(nowhere.as_str(), None).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_visit_is_written_moved_and_deleted_and_a_persons_edit_wins() {
    let radicale = Radicale::start();
    let calendar = radicale.make_calendar("Work", "VEVENT").await;
    let client = client();
    let ics = visit("apt-1@voxanne", "2026-11-26T17:00:00Z");

    let etag = client.put(&calendar, "apt-1@voxanne.ics", &ics, Condition::Absent).await.unwrap();
    let again = client.put(&calendar, "apt-1@voxanne.ics", &ics, Condition::Absent).await;
    assert!(matches!(again, Err(Error::Changed)), "{again:?}");

    let path = Client::path(&calendar, "apt-1@voxanne.ics").unwrap();
    let first = client.get(&calendar, "apt-1@voxanne.ics").await.unwrap().unwrap();
    assert_eq!(first.href, path);
    assert!(etag.is_none_or(|etag| etag == first.etag));
    assert_eq!(uid(&first.ics).as_deref(), Some("apt-1@voxanne"));
    assert_eq!(private(&first.ics, "appointment").as_deref(), Some("apt_1"));
    assert!(first.ics.contains("Öztürk\\, 🌸\\nzweite"), "{}", first.ics);

    // A person renames it on the phone.
    let renamed = first.ics.replace("Botox", "Botox (Raum 2)");
    client.put(&calendar, &path, &renamed, Condition::Matches(&first.etag)).await.unwrap();
    let later = at("2026-11-26T19:00:00Z");
    let stamp = at("2026-11-25T13:00:00Z");
    let ours = moved(&first.ics, (later, later + 1.hour()), stamp, &[]).unwrap();
    let refused = client.put(&calendar, &path, &ours, Condition::Matches(&first.etag)).await;
    assert!(matches!(refused, Err(Error::Changed)), "{refused:?}");
    assert!(matches!(client.delete(&calendar, &path, Some(&first.etag)).await, Err(Error::Changed)));

    let theirs = client.get(&calendar, &path).await.unwrap().unwrap();
    let ours = moved(&theirs.ics, (later, later + 1.hour()), stamp, &[]).unwrap();
    client.put(&calendar, &path, &ours, Condition::Matches(&theirs.etag)).await.unwrap();
    assert_eq!(kept(&client, &calendar).await, [span("26T19:00", "26T20:00")]);
    let both = client.get(&calendar, &path).await.unwrap().unwrap();
    assert!(both.ics.contains("(Raum 2)") && both.ics.contains("SEQUENCE:1"), "{}", both.ics);

    client.delete(&calendar, &path, Some(&both.etag)).await.unwrap();
    client.delete(&calendar, &path, Some(&both.etag)).await.unwrap();
    assert_eq!(client.get(&calendar, &path).await.unwrap(), None);
    assert_eq!(client.fetch(&calendar, &[&path]).await.unwrap(), []);
}

#[tokio::test]
async fn changes_come_one_by_one_and_removals_are_told() {
    let radicale = Radicale::start();
    let calendar = radicale.make_calendar("Work", "VEVENT").await;
    let client = client();
    let put = async |name: &str, starts_at: &str| {
        client.put(&calendar, &format!("{name}.ics"), &visit(name, starts_at), Condition::Any).await.unwrap();
    };
    let path = |name: &str| Client::path(&calendar, &format!("{name}.ics")).unwrap();

    put("a", "2026-11-23T17:00:00Z").await;
    put("b", "2026-11-24T17:00:00Z").await;
    let all = client.sync(&calendar, None).await.unwrap();
    assert_eq!(hrefs(&all), [path("a"), path("b")]);

    put("b", "2026-11-24T18:00:00Z").await;
    put("c@clinic é", "2026-11-25T17:00:00Z").await;
    client.delete(&calendar, &path("a"), None).await.unwrap();
    let since = client.sync(&calendar, Some(&all.sync_token)).await.unwrap();
    assert_eq!(hrefs(&since), [path("b"), path("c@clinic é")]);
    assert_eq!(since.removed, [path("a")]);
    assert_eq!(client.fetch(&calendar, &[&path("a"), &path("c@clinic é")]).await.unwrap().len(), 1);

    let nothing = client.sync(&calendar, Some(&since.sync_token)).await.unwrap();
    assert!(nothing.changed.is_empty() && nothing.removed.is_empty(), "{nothing:?}");
}

#[tokio::test]
async fn t_g2_a_token_that_the_server_does_not_know_asks_for_everything_again() {
    let radicale = Radicale::start();
    let calendar = radicale.make_calendar("Work", "VEVENT").await;
    let client = client();
    for token in ["http://radicale.org/ns/sync/0000", "nonsense & <more>"] {
        let refused = client.sync(&calendar, Some(token)).await;
        assert!(matches!(refused, Err(Error::SyncTokenGone)), "{token}: {refused:?}");
    }
    let listed = client.sync(&calendar, Some("listing:0")).await;
    assert!(matches!(listed, Err(Error::SyncTokenGone)), "{listed:?}");
    client.sync(&calendar, None).await.unwrap();
}

#[tokio::test]
async fn t_g5_a_series_with_exceptions_and_whole_days_keeps_the_right_times() {
    let radicale = Radicale::start();
    let calendar = radicale.make_calendar("Work", "VEVENT").await;
    let client = client();
    let series = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n\
        BEGIN:VTIMEZONE\r\nTZID:America/Los_Angeles\r\n\
        BEGIN:DAYLIGHT\r\nTZOFFSETFROM:-0800\r\nTZOFFSETTO:-0700\r\nTZNAME:PDT\r\n\
        DTSTART:20070311T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\nEND:DAYLIGHT\r\n\
        BEGIN:STANDARD\r\nTZOFFSETFROM:-0700\r\nTZOFFSETTO:-0800\r\nTZNAME:PST\r\n\
        DTSTART:20071104T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r\nEND:STANDARD\r\n\
        END:VTIMEZONE\r\n\
        BEGIN:VEVENT\r\nUID:team\r\nDTSTAMP:20261101T000000Z\r\nSUMMARY:Team\r\n\
        DTSTART;TZID=America/Los_Angeles:20261102T090000\r\nDTEND;TZID=America/Los_Angeles:20261102T093000\r\n\
        RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE\r\nEXDATE;TZID=America/Los_Angeles:20261123T090000\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:team\r\nDTSTAMP:20261101T000000Z\r\nSUMMARY:Team\r\n\
        RECURRENCE-ID;TZID=America/Los_Angeles:20261124T090000\r\n\
        DTSTART;TZID=America/Los_Angeles:20261124T140000\r\nDTEND;TZID=America/Los_Angeles:20261124T150000\r\n\
        END:VEVENT\r\nEND:VCALENDAR\r\n";
    let holiday = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:day\r\n\
        DTSTAMP:20261101T000000Z\r\nDTSTART;VALUE=DATE:20261126\r\nDTEND;VALUE=DATE:20261128\r\n\
        SUMMARY:Día de Acción de Gracias 🦃\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    client.put(&calendar, "team.ics", series, Condition::Absent).await.unwrap();
    client.put(&calendar, "day.ics", holiday, Condition::Absent).await.unwrap();
    assert_eq!(
        kept(&client, &calendar).await,
        [span("24T22:00", "24T23:00"), span("25T17:00", "25T17:30"), span("26T08:00", "28T08:00")]
    );
}

#[tokio::test]
async fn t_g9_a_calendar_of_three_hundred_events_is_read_whole() {
    let radicale = Radicale::start();
    let calendar = radicale.make_calendar("Work", "VEVENT").await;
    let client = client();
    for n in 0..300 {
        let starts_at = (at("2026-11-22T00:00:00Z") + (n * 20).minutes()).to_string();
        let ics = visit(&format!("e{n}"), &starts_at);
        client.put(&calendar, &format!("e{n}.ics"), &ics, Condition::Absent).await.unwrap();
    }
    let all = client.sync(&calendar, None).await.unwrap();
    assert_eq!(all.changed.len(), 300);
    let objects = client.fetch(&calendar, &hrefs(&all)).await.unwrap();
    assert_eq!(objects.len(), 300);
    for object in &objects {
        assert!(all.changed.iter().any(|known| known.href == object.href && known.etag == object.etag));
    }
    assert_eq!(kept(&client, &calendar).await.len(), 300);
}
