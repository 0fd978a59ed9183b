//! What a first load brings over the line, as the server sends it: the page and all that it names.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;
use reqwest::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING};
use voxanne::accounts::Role;

use crate::harness::{Person, Voxanne};

/// Bytes of an answer for a browser that takes gzip, and how long it may be kept.
async fn sent(person: &Person, path: &str) -> (usize, String) {
    let request = person.request("GET", path).header(ACCEPT_ENCODING, "gzip, deflate, br");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let header = |name| answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    assert_eq!(header(CONTENT_ENCODING), "gzip", "{path}");
    let kept = header(CACHE_CONTROL);
    (answer.bytes().await.unwrap().len(), kept)
}

/// Scripts, styles and pictures that a page names.
fn named(html: &str) -> BTreeSet<String> {
    let urls = html.split(['"', '\'']).filter(|word| word.starts_with("/assets/"));
    urls.map(|url| url.split('#').next().unwrap().to_owned()).collect()
}

/// All bytes of a page's first load.
async fn weight(person: &Person, path: &str) -> usize {
    let (mut bytes, kept) = sent(person, path).await;
    assert!(kept.contains("no-store") || kept.contains("private"), "{path}: {kept}: names people");
    let assets = named(&person.page(path).await.text);
    assert!(assets.len() >= 4, "{path}: {assets:?}");
    for asset in &assets {
        let (more, kept) = sent(person, asset).await;
        assert!(kept.contains("immutable"), "{asset}: {kept}");
        bytes += more;
    }
    bytes
}

/// Two hundred visits from Monday to Friday, each somebody's and each with a room or device, and sixty calls of today, which three
/// people are still in.
async fn fill(vox: &Voxanne, monday: Date) {
    let org = vox.glow.org.0;
    let now = vox.app.clock.now();
    let people = format!(
        "insert into contacts (org_id, id, phone, name, created_at)
         select '{org}', gen_random_uuid(), '+1310556' || lpad(i::text, 4, '0'),
                (array['Ana', 'Bertha', 'Carla', 'Dolores', 'Elena', 'Frances', 'Greta', 'Hannah', 'Iris', 'Jo'])[1 + i % 10] || ' ' ||
                (array['Diaz', 'Evans', 'Flores', 'Garcia', 'Hughes', 'Ito', 'Jones', 'Kim', 'Lopez', 'Moore', 'Nguyen', 'Ortiz', 'Park',
                       'Quinn', 'Reyes', 'Smith', 'Tran', 'Usman', 'Vega', 'Wong'])[1 + i / 10 % 20], '{now}'
           from generate_series(1, 200) i"
    );
    let visits = format!(
        "insert into appointments (org_id, id, location_id, service_id, practitioner_id, contact_id, status, starts_at, ends_at, time_zone,
                local_starts_at, customer_phone, customer_name, confirmation_said, created_at)
         select '{org}', gen_random_uuid(), l.id, s.ids[1 + n % cardinality(s.ids)], p.ids[1 + n % 4], c.id,
                (array['pending', 'scheduled', 'scheduled', 'arrived'])[1 + n % 4]::appointment_status, t.at, t.at + interval '45 min',
                l.time_zone, t.local, c.phone, c.name, 'Booked.', '{now}'
           from (select c.*, row_number() over (order by phone)::int as n from contacts c where org_id = '{org}' and phone like '+1310556%') c
           join locations l on l.org_id = c.org_id
          cross join (select array_agg(id order by id) as ids from services where org_id = '{org}') s
          cross join (select array_agg(id order by id) as ids from resources where org_id = '{org}' and kind = 'practitioner') p
          cross join lateral (select date '{monday}' + n % 5 + time '09:00' + (n / 20) * interval '45 min' as local) w
          cross join lateral (select w.local, w.local at time zone l.time_zone as at) t"
    );
    let things = format!(
        "insert into reservations (org_id, resource_id, starts_at, ends_at, appointment_id)
         select a.org_id, r.ids[1 + (row_number() over (partition by a.starts_at order by a.id))::int % cardinality(r.ids)],
                a.starts_at, a.ends_at, a.id
           from appointments a
          cross join (select array_agg(id order by id) as ids from resources where org_id = '{org}' and kind <> 'practitioner') r
          where a.org_id = '{org}'"
    );
    let calls = format!(
        "insert into calls (org_id, id, call_ref, state, caller_phone, contact_id, caller_spoke, class, temperature, score, summary,
                duration_seconds, report_at, scored_at, ended_at, created_at)
         select c.org_id, gen_random_uuid(), 'weight-' || n, (case when n <= 3 then 'in_progress' else 'ended' end)::call_state, c.phone, c.id, true,
                case when n > 3 then 'new_lead' end, case when n > 3 then (array['hot', 'warm', 'cold'])[1 + n % 3] end,
                case when n > 3 then 40 + n end, 'Asked for a time and what it costs: ' || c.name, 60 + n,
                case when n > 3 then at end, case when n > 3 then at end, case when n > 3 then at end, at
           from (select c.*, row_number() over (order by phone) as n from contacts c where org_id = '{org}' and phone like '+1310556%') c
          cross join lateral (select timestamptz '{now}' - n * interval '1 min' as at) t
          where n <= 60"
    );
    for statement in [people, visits, things, calls] {
        vox.exec(&statement).await;
    }
    assert_eq!(vox.count("appointments").await, 200);
}

/// The same with what its grid asks for.
async fn calendar(person: &Person, view: &str, (from, to): (Date, Date)) -> usize {
    let page = weight(person, &format!("/dashboard/calendar?date={from}&view={view}")).await;
    page + sent(person, &format!("/dashboard/calendar/events?from={from}&to={to}")).await.0
}

#[tokio::test]
async fn w28_a_first_load_of_today_is_at_most_60_kb_and_of_the_calendar_120() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let today = vox.app.clock.now().in_tz("America/Los_Angeles").unwrap().date();
    let monday = today.checked_sub(i32::from(today.weekday().to_monday_zero_offset()).days()).unwrap();
    fill(&vox, monday).await;
    let day = calendar(&owner, "day", (monday, monday)).await;
    let week = calendar(&owner, "week", (monday, monday.checked_add(6.days()).unwrap())).await;
    let today = weight(&owner, "/dashboard").await;
    eprintln!("first load, gzipped: Today {today} bytes, Calendar: a day {day}, a week {week}");
    assert!(today <= 60 * 1024, "Today: {today} bytes");
    assert!(day <= 120 * 1024, "Calendar, a day: {day} bytes");
    assert!(week <= 120 * 1024, "Calendar, a week: {week} bytes");
}
