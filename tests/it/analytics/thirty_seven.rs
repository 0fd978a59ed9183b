//! Thirty-seven calls at two sites in two zones, around midnight and across a change of the clocks; what came of them; and
//! what must not be counted.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::harness::Voxanne;

/// Friday to Tuesday. Denver's clocks go back on the Sunday; Phoenix keeps its.
pub const RANGE: &str = "from=2026-10-30&to=2026-11-03";

/// Which site, or which none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    Denver,
    Phoenix,
    /// An assistant that nobody knows: it belongs to the first site.
    Nowhere,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    Answered,
    Missed,
    Ringing,
}

/// A call, and the visits that it made: service, state, start.
struct Call {
    name: &'static str,
    at: At,
    when: Timestamp,
    came: Came,
    class: Option<(&'static str, &'static str)>,
    visits: Vec<(&'static str, &'static str, &'static str)>,
}

fn call(name: &'static str, at: At, when: &str, class: &'static str, temperature: &'static str) -> Call {
    let class = Some((class, temperature));
    Call { name, at, when: when.parse().unwrap(), came: Came::Answered, class, visits: vec![] }
}

fn missed(name: &'static str, at: At, when: &str) -> Call {
    Call { came: Came::Missed, class: None, ..call(name, at, when, "", "") }
}

impl Call {
    fn visit(mut self, service: &'static str, status: &'static str, starts_at: &'static str) -> Self {
        self.visits.push((service, status, starts_at));
        self
    }
}

const NAMES: [&str; 16] =
    ["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "n10", "n11", "n12", "n13", "n14", "n15"];

/// Sixteen calls while the sites are open: eight on Monday in Denver, eight on Tuesday in Phoenix.
fn ordinary(n: usize) -> Call {
    let (at, begins) = if n.is_multiple_of(2) {
        (At::Denver, "2026-11-02T17:00:00Z")
    } else {
        (At::Phoenix, "2026-11-03T18:00:00Z")
    };
    let begins: Timestamp = begins.parse().unwrap();
    let when = (begins + SignedDuration::from_mins(i64::try_from(n).unwrap())).to_string();
    let (class, temperature) = match n {
        0..4 => ("new_lead", "hot"),
        4..8 => ("new_lead", "warm"),
        8..12 => ("existing_patient", "warm"),
        _ => ("job_seeker", "cold"),
    };
    let ordinary = call(NAMES[n], at, &when, class, temperature);
    match n {
        0 => Call { at: At::Nowhere, ..ordinary }
            .visit("Consultation", "completed", "2026-11-03T20:00:00Z")
            .visit("Botox", "no_show", "2026-11-03T21:00:00Z"),
        1 => ordinary.visit("Dermal Filler", "completed", "2026-11-12T20:00:00Z"),
        8 => ordinary.visit("Botox", "scheduled", "2026-12-10T20:00:00Z"),
        14 => Call { came: Came::Missed, class: None, ..ordinary },
        15 => Call { came: Came::Ringing, class: None, ..ordinary },
        _ => ordinary,
    }
}

fn calls() -> Vec<Call> {
    use At::{Denver, Phoenix};
    let mut calls = vec![
        // The first moments of the range, each by its own clock.
        call("c1", Denver, "2026-10-30T06:00:00Z", "new_lead", "hot").visit(
            "Botox",
            "completed",
            "2026-11-03T17:00:00Z",
        ),
        missed("c2", Phoenix, "2026-10-30T07:00:00Z"),
        // The last ones. The visit is made after midnight, and belongs to the day of its call.
        call("c3", Denver, "2026-11-04T06:59:59Z", "new_lead", "hot").visit(
            "Dermal Filler",
            "scheduled",
            "2026-11-20T20:00:00Z",
        ),
        call("c4", Phoenix, "2026-11-04T06:59:59Z", "new_lead", "warm"),
        // Half past one on the Sunday, twice.
        call("c5", Denver, "2026-11-01T07:30:00Z", "existing_patient", "hot").visit(
            "Botox",
            "arrived",
            "2026-11-03T18:00:00Z",
        ),
        call("c6", Denver, "2026-11-01T08:30:00Z", "vendor", "cold"),
        // Before Denver opens on Monday, and as it does.
        call("c7", Denver, "2026-11-02T15:30:00Z", "complaint", "cold").visit(
            "Consultation",
            "scheduled",
            "2026-12-09T20:00:00Z",
        ),
        call("c8", Denver, "2026-11-02T16:00:00Z", "new_lead", "warm"),
        call("c9", Denver, "2026-10-30T15:00:00Z", "new_lead", "hot").visit(
            "Botox",
            "cancelled",
            "2026-11-10T20:00:00Z",
        ),
        // The last second before they close on Friday, and the first after.
        call("c10", Denver, "2026-10-30T23:59:59Z", "existing_patient", "warm"),
        call("c11", Denver, "2026-10-31T00:00:00Z", "new_lead", "cold"),
        missed("c12", Phoenix, "2026-10-31T00:00:00Z"),
        call("c13", Phoenix, "2026-10-30T23:30:00Z", "wrong_number", "cold"),
        // The days before.
        call("b1", Denver, "2026-10-25T06:00:00Z", "new_lead", "hot"),
        missed("b2", Phoenix, "2026-10-30T06:59:59Z"),
        call("b3", Denver, "2026-10-30T05:59:59Z", "new_lead", "warm"),
        call("b4", Denver, "2026-10-27T16:01:00Z", "new_lead", "hot").visit(
            "Botox",
            "completed",
            "2026-10-29T20:00:00Z",
        ),
        call("b5", Denver, "2026-10-27T16:02:00Z", "new_lead", "hot"),
        call("b6", Denver, "2026-10-27T16:03:00Z", "existing_patient", "warm").visit(
            "Dermal Filler",
            "no_show",
            "2026-10-30T20:00:00Z",
        ),
        call("b7", Denver, "2026-10-27T16:04:00Z", "existing_patient", "warm"),
        call("b8", Denver, "2026-10-27T16:05:00Z", "existing_patient", "warm"),
    ];
    calls.extend((0..NAMES.len()).map(ordinary));
    calls
}

/// The id of what a name stands for.
pub fn id_of(name: &str) -> Uuid {
    let mut bytes = [0x37; 16];
    for (at, byte) in bytes.iter_mut().zip(name.bytes()) {
        *at = byte;
    }
    Uuid::from_bytes(bytes)
}

fn phone_of(name: &str) -> String {
    let number = name.bytes().fold(0u32, |number, byte| (number * 31 + u32::from(byte)) % 10_000);
    format!("+1720555{number:04}")
}

/// Writes them all.
pub async fn write(vox: &Voxanne) {
    let calls = calls();
    assert_eq!(calls.len(), 37);
    vox.exec(
        "update services set price_cents = case name when 'Botox' then 39000 when 'Dermal Filler' then 70000
                                                     when 'Consultation' then 0 else price_cents end",
    )
    .await;
    for call in &calls {
        write_call(vox, call).await;
        for (place, visit) in call.visits.iter().enumerate() {
            write_visit(vox, call, place, visit).await;
        }
    }
    vox.exec(&format!("update calls set cost_usd = 0.123456 where id = '{}'", id_of("c1"))).await;
    what_came_of_them(vox).await;
    what_does_not_count(vox).await;
}

async fn write_call(vox: &Voxanne, call: &Call) {
    let quoted = |text: Option<&str>| text.map_or("null".to_owned(), |text| format!("'{text}'"));
    let assistant = match call.at {
        At::Denver => Some(vox.denver.assistant_id.as_str()),
        At::Phoenix => Some(vox.phoenix.assistant_id.as_str()),
        At::Nowhere => Some("who-is-this"),
    };
    let (class, temperature) = call.class.unzip();
    let spoke = call.came == Came::Answered;
    let state = if call.came == Came::Ringing { "in_progress" } else { "ended" };
    let scored = if class.is_some() { "at" } else { "null" };
    let length = if spoke { "60, 0.05" } else { "null, null" };
    vox.exec(&format!(
        "insert into calls (org_id, id, call_ref, state, assistant_ref, caller_phone, caller_spoke, class, temperature, score,
                            evidence, turns, created_at, scored_at, duration_seconds, cost_usd)
         select '{}', '{}', '{}', '{state}', {}, '{}', {spoke}, {}, {}, 50, '[]', '[]', at, {scored}, {length}
           from (select timestamptz '{}') t (at)",
        vox.denver.org.0,
        id_of(call.name),
        call.name,
        quoted(assistant),
        phone_of(call.name),
        quoted(class),
        quoted(temperature),
        call.when,
    ))
    .await;
}

/// Booked two minutes into the call.
async fn write_visit(vox: &Voxanne, call: &Call, place: usize, visit: &(&str, &str, &str)) {
    let (service, status, starts_at) = visit;
    let site = usize::from(call.at == At::Phoenix);
    let id = id_of(&format!("v{place}{}", call.name));
    let (call_id, booked_at) = (format!("'{}'", id_of(call.name)), call.when + SignedDuration::from_mins(2));
    a_visit(vox, (id, &call_id, &phone_of(call.name)), (service, status, starts_at), (site, booked_at)).await;
}

async fn a_visit(
    vox: &Voxanne,
    (id, call, phone): (Uuid, &str, &str),
    (service, status, starts_at): (&str, &str, &str),
    (site, booked_at): (usize, Timestamp),
) {
    vox.exec(&format!(
        "set session_replication_role = replica;
         insert into appointments (org_id, id, location_id, service_id, practitioner_id, call_id, customer_phone, status, starts_at,
                                   ends_at, time_zone, local_starts_at, confirmation_said, created_at)
         select s.org_id, '{id}', l.id, s.id, p.id, {call}, '{phone}', '{status}', at, at + interval '30 minutes', l.time_zone,
                at at time zone l.time_zone, 'Booked.', '{booked_at}'
           from services s
           join lateral (select * from locations l where l.org_id = s.org_id order by position, id offset {site} limit 1) l on true
           join lateral (select * from practitioners p where p.org_id = s.org_id order by id limit 1) p on true,
                lateral (select timestamptz '{starts_at}') t (at)
          where s.org_id = '{}' and s.name = '{service}';
         set session_replication_role = default;",
        vox.denver.org.0
    ))
    .await;
}

/// An alert of a call, told so many seconds after it was due, and taken so many after it was told.
async fn alert(vox: &Voxanne, name: &str, kind: &str, told: i64, taken: Option<i64>, state: &str) {
    let (org, call, id) = (vox.denver.org.0, id_of(name), id_of(&format!("e{name}")));
    let text = id_of(&format!("t{name}"));
    let taken = taken.map_or("null, null, null, null".to_owned(), |seconds| {
        let at = format!("at + interval '{seconds} seconds'");
        format!("{at}, 'Maria', 'text', {at}")
    });
    vox.exec(&format!(
        "insert into texts (org_id, id, kind, dedupe_key, to_phone, body, segments, state, verdict, call_id, queued_at, sent_at)
         select '{org}', '{text}', '{kind}_alert', '{text}', '+17205550177', 'Hot.', 1, '{state}', 'allowed: staff', id, created_at,
                created_at + interval '{told} seconds' from calls where id = '{call}';
         insert into escalations (org_id, id, kind, call_ref, call_id, raised_at, due_at, first_told_at, acknowledged_at,
                                  acknowledged_by, acknowledged_via, closed_at)
         select '{org}', '{id}', '{kind}', '{name}', id, at, at, at, {taken}
           from (select id, created_at as at from calls where id = '{call}') c;
         insert into escalation_tellings (org_id, id, escalation_id, rung, phone, text_id, told_at)
         select '{org}', '{text}', '{id}', 0, '+17205550177', '{text}', raised_at from escalations where id = '{id}'"
    ))
    .await;
}

/// A text about a call or a visit, or about none.
async fn text(vox: &Voxanne, kind: &str, (state, queued_at): (&str, &str), about: &str) {
    let id = Uuid::now_v7();
    vox.exec(&format!(
        "insert into texts (org_id, id, kind, dedupe_key, to_phone, body, segments, state, verdict, queued_at) values
           ('{}', '{id}', '{kind}', '{id}', '+17205550142', 'Hello.', 1, '{state}', 'allowed: by its class', '{queued_at}');
         update texts set {about} where id = '{id}'",
        vox.denver.org.0
    ))
    .await;
}

async fn asked_in_vain(vox: &Voxanne, name: &str, key: &str, (service, on, part): (&str, &str, &str)) {
    vox.exec(&format!(
        "insert into tool_calls (org_id, call_ref, tool_call_id, name, arguments_digest, answer, asked_at, unmet_service_id,
                                 unmet_location_id, unmet_on, unmet_part)
         select c.org_id, c.call_ref, '{key}', 'check_availability', '', 'Nothing.', c.created_at + interval '30 seconds', s.id, l.id,
                {on}, '{part}'
           from calls c
           left join assistants n on n.org_id = c.org_id and n.platform_assistant_id = c.assistant_ref
           join services s on s.org_id = c.org_id and s.name = '{service}'
           join lateral (select * from locations l where l.org_id = c.org_id order by position, id limit 1) h on true
           join locations l on l.org_id = c.org_id and l.id = coalesce(n.location_id, h.id)
          where c.id = '{}'",
        id_of(name)
    ))
    .await;
}

async fn what_came_of_them(vox: &Voxanne) {
    for (name, told, taken) in
        [("c1", 2, Some(60)), ("c3", 4, Some(120)), ("c5", 6, Some(300)), ("c9", 8, None), ("n0", 20, None)]
    {
        alert(vox, name, "hot_lead", told, taken, "delivered").await;
    }
    alert(vox, "b4", "hot_lead", 3, None, "sent").await;
    // Nobody took the alert of whoever booked first.
    let first =
        "acknowledged_at = raised_at + interval '7 seconds', closed_at = raised_at + interval '7 seconds'";
    vox.exec(&format!(
        "update escalations set {first}, acknowledged_by = 'voxanne', acknowledged_via = 'booked' where id = '{}'",
        id_of("eb4")
    ))
    .await;
    // Booked by the staff who called back: it proves "hot" right, and is no booking of the receptionist.
    let booked_at = "2026-11-05T18:00:00Z".parse().unwrap();
    let visit = ("Botox", "completed", "2026-11-03T19:00:00Z");
    a_visit(vox, (id_of("by staff"), "null", &phone_of("n2")), visit, (0, booked_at)).await;
    let of_call = |name: &str| format!("call_id = '{}'", id_of(name));
    text(vox, "confirmation", ("delivered", "2026-10-30T06:02:00Z"), &of_call("c1")).await;
    text(vox, "confirmation", ("undelivered", "2026-11-01T07:32:00Z"), &of_call("c5")).await;
    text(vox, "confirmation", ("failed", "2026-10-30T15:02:00Z"), &of_call("c9")).await;
    let of_visit = format!("appointment_id = '{}'", id_of("v0n8"));
    text(vox, "reminder", ("delivered", "2026-11-03T20:00:00Z"), &of_visit).await;
    text(vox, "message", ("sent", "2026-11-03T20:00:00Z"), "sent_by = 'staff'").await;
    asked_in_vain(vox, "n2", "1", ("Botox", "'2026-11-05'", "morning")).await;
    asked_in_vain(vox, "n2", "again", ("Botox", "'2026-11-05'", "morning")).await;
    asked_in_vain(vox, "n2", "2", ("Botox", "'2026-11-06'", "morning")).await;
    asked_in_vain(vox, "n4", "1", ("Botox", "'2026-11-05'", "morning")).await;
    asked_in_vain(vox, "n5", "1", ("Dermal Filler", "null", "any")).await;
    asked_in_vain(vox, "b5", "1", ("Botox", "'2026-11-05'", "evening")).await;
}

async fn what_does_not_count(vox: &Voxanne) {
    use At::Denver;
    let extra = |name, when| call(name, Denver, when, "new_lead", "hot");
    for other in [extra("x0", "2026-10-25T05:59:59Z"), extra("x1", "2026-11-04T07:00:00Z")] {
        write_call(vox, &other).await;
    }
    let visited =
        |name| extra(name, "2026-11-02T18:00:00Z").visit("Botox", "completed", "2026-11-03T22:00:00Z");
    for (name, mark) in [("x2", "is_test = true"), ("x3", "is_outbound = true")] {
        let call = visited(name);
        write_call(vox, &call).await;
        vox.exec(&format!("update calls set {mark} where id = '{}'", id_of(name))).await;
        if name == "x2" {
            write_visit(vox, &call, 0, &call.visits[0]).await;
            alert(vox, name, "hot_lead", 500, Some(500), "delivered").await;
            asked_in_vain(vox, name, "1", ("Botox", "'2026-11-05'", "morning")).await;
        }
    }
    vox.exec(&format!("update calls set temperature = 'warm' where id = '{}'", id_of("x3"))).await;
    alert(vox, "c7", "clinical", 400, None, "queued").await;
    text(vox, "test_alert", ("delivered", "2026-11-03T20:00:00Z"), "sent_by = 'staff'").await;
}
