//! The routes of the API, each with a request that succeeds.

use serde_json::{Value, json};
use voxanne::accounts::Role;

use super::Row;

fn row(method: &'static str, path: &'static str, id: &'static str, body: Value) -> Row {
    Row { method, path, id, query: "", body, gives: None }
}

pub(super) fn rows() -> Vec<Row> {
    rows_of_keys()
        .into_iter()
        .chain(rows_of_scheduling())
        .chain(rows_of_waiting())
        .chain(rows_of_calendars())
        .chain(rows_of_texts())
        .chain(rows_of_email())
        .chain(rows_of_sequences())
        .chain(rows_of_alerts())
        .chain(rows_of_leads())
        .chain(rows_of_figures())
        .chain(rows_of_settings())
        .chain(rows_of_lists())
        .chain(rows_of_team())
        .collect()
}

fn rows_of_team() -> Vec<Row> {
    let none = || Value::Null;
    let invitation = json!({"email": "new@clinic.example", "role": "viewer"});
    let gives = Some(Role::Viewer);
    vec![
        row("get", "/team", "", none()),
        Row { gives, ..row("patch", "/team/{id}", "$member", json!({"role": "viewer"})) },
        row("delete", "/team/{id}", "$member", none()),
        row("get", "/team/sign-in", "", none()),
        row("put", "/team/sign-in", "", json!({"requires_second_factor": false})),
        row("get", "/invitations", "", none()),
        Row { gives, ..row("post", "/invitations", "", invitation) },
        row("delete", "/invitations/{id}", "$invitation", none()),
    ]
}

/// They come first: each row is asked with keys of its own, and a clinic may make more while it has fewer than a hundred.
fn rows_of_keys() -> Vec<Row> {
    vec![
        row("get", "/keys", "", Value::Null),
        row("post", "/keys", "", json!({"name": "Another", "scopes": ["keys:write"]})),
        row("delete", "/keys/{id}", "$key", Value::Null),
    ]
}

fn rows_of_settings() -> Vec<Row> {
    let none = || Value::Null;
    let code = json!({"purpose": "clinical", "code": "$code"});
    let twilio = json!({
        "account_sid": format!("AC{}", "1".repeat(32)), "auth_token": "token", "sender": "+13105550100",
    });
    vec![
        row("get", "/settings/alert-phones", "", none()),
        row("post", "/settings/alert-phones", "", json!({"phone": "+13105550186"})),
        row("post", "/settings/alert-phones/confirm", "", code),
        row("delete", "/settings/alert-phones/pending", "", none()),
        row("post", "/settings/tests/sms", "", json!({})),
        row("post", "/settings/tests/webhook", "", none()),
        row("post", "/settings/tests/calendar", "", none()),
        row("post", "/settings/tests/assistant", "", none()),
        row("post", "/settings/tests/email", "", none()),
        row("get", "/settings/org", "", none()),
        row("put", "/settings/org", "", json!({"name": "Glow", "region": "US", "language": "en"})),
        row("get", "/settings/twilio", "", none()),
        row("put", "/settings/twilio", "", twilio),
        row("delete", "/settings/twilio", "", none()),
        row("get", "/settings/voice-platform", "", none()),
        row("put", "/settings/voice-platform", "", json!({"private_key": "a-private-key"})),
    ]
    .into_iter()
    .chain(rows_of_the_voice_platform())
    .collect()
}

fn rows_of_the_voice_platform() -> Vec<Row> {
    let none = || Value::Null;
    let assistant = json!({"platform_assistant_id": "asst_1", "location_id": "$location", "name": "Second"});
    let number = json!({"number": "+13105550161", "location_id": "$location"});
    vec![
        row("get", "/assistants", "", none()),
        row("post", "/assistants", "", assistant),
        row("get", "/assistants/{id}", "$assistant", none()),
        row("patch", "/assistants/{id}", "$assistant", json!({"name": "Front desk"})),
        row("delete", "/assistants/{id}", "$free_assistant", none()),
        row("get", "/phone-numbers", "", none()),
        row("post", "/phone-numbers", "", number),
        row("get", "/phone-numbers/{id}", "$number", none()),
        row("patch", "/phone-numbers/{id}", "$number", json!({"assistant_id": null})),
        row("delete", "/phone-numbers/{id}", "$number", none()),
        row("get", "/webhook-secrets", "", none()),
        row("post", "/webhook-secrets", "", json!({})),
        row("delete", "/webhook-secrets/{id}", "$secret", none()),
        row("get", "/doors", "", none()),
        row("post", "/doors", "", none()),
        row("delete", "/doors/{id}", "$door", none()),
        row("get", "/assistant-sheet", "", none()),
    ]
}

fn rows_of_alerts() -> Vec<Row> {
    let none = || Value::Null;
    let somebody = json!({"name": "Jo", "phone": "+13105550188", "location_id": "$location"});
    let settings = json!({"alert_rungs_minutes": [5], "alerts_wait_for_opening": true});
    vec![
        row("get", "/alerts", "", none()),
        row("get", "/alerts/summary", "", none()),
        row("get", "/alerts/{id}", "$alert", none()),
        row("post", "/alerts/{id}/acknowledge", "$alert", json!({"by": "Maria"})),
        row("get", "/alert-recipients", "", none()),
        row("post", "/alert-recipients", "", somebody),
        row("get", "/alert-recipients/{id}", "$staff", none()),
        row("patch", "/alert-recipients/{id}", "$staff", json!({"step": 2})),
        row("delete", "/alert-recipients/{id}", "$staff", none()),
        row("get", "/settings/first-run", "", none()),
        row("get", "/settings/first-run/{step}", "", none()),
        row("put", "/settings/first-run/{step}", "", json!({"state": "skipped"})),
        row("get", "/settings/alerts", "", none()),
        row("put", "/settings/alerts", "", settings),
    ]
}

fn rows_of_email() -> Vec<Row> {
    let none = || Value::Null;
    vec![
        row("get", "/email-recipients", "", none()),
        row("post", "/email-recipients", "", json!({"address": "jo@clinic.example"})),
        row("get", "/email-recipients/{id}", "$recipient", none()),
        row("patch", "/email-recipients/{id}", "$recipient", json!({"language": "es"})),
        row("post", "/email-recipients/{id}/test", "$recipient", none()),
        row("delete", "/email-recipients/{id}", "$recipient", none()),
        row("get", "/email-settings", "", none()),
        row("put", "/email-settings", "", json!({"summary_hour": 8})),
    ]
}

fn rows_of_calendars() -> Vec<Row> {
    let none = || Value::Null;
    let choice =
        json!({"blocks": true, "takes_events": true, "tentative_blocks": false, "all_day_blocks": true});
    let caldav = json!({
        "provider": "caldav", "url": "$caldav", "username": "anna", "password": "sword fish", "practitioner_id": "$practitioner",
    });
    vec![
        row("get", "/calendar-connections", "", none()),
        row("get", "/calendar-connections/{id}", "$connection", none()),
        row("post", "/calendar-connections/{id}/refresh", "$connection", none()),
        row("post", "/calendar-connections", "", caldav),
        row("put", "/calendars/{id}", "$calendar", choice),
        row("get", "/calendar-conflicts", "", none()),
        row("post", "/calendar-conflicts/{id}/resolve", "$conflict", json!({"resolution": "ours"})),
        row("delete", "/calendar-connections/{id}", "$connection", none()),
        row("post", "/practitioners/{id}/feed", "$practitioner", none()),
        row("delete", "/practitioners/{id}/feed", "$practitioner", none()),
        row("get", "/calendar-settings", "", none()),
        row("put", "/calendar-settings", "", json!({"feed_names": true})),
    ]
}

fn rows_of_sequences() -> Vec<Row> {
    let none = || Value::Null;
    let words = json!({"en": "{clinic}: how are you today? {questions}"});
    let fields = json!({
        "name": "Thanks", "trigger": "after_visit", "services": ["$service"], "steps": [{"after_days": 1, "words": words}],
    });
    vec![
        row("get", "/sequences", "", none()),
        row("post", "/sequences", "", fields.clone()),
        row("post", "/sequences/from-template", "", json!({"template": "came_close"})),
        row("get", "/sequences/{id}", "$sequence", none()),
        row("put", "/sequences/{id}", "$sequence", fields),
        row("post", "/sequences/{id}/preview", "$sequence", json!({})),
        row("get", "/sequences/{id}/runs", "$sequence", none()),
        row("post", "/sequences/runs/{id}/stop", "$run", json!({})),
        row("delete", "/sequences/{id}", "$sequence", none()),
    ]
}

fn rows_of_leads() -> Vec<Row> {
    let none = || Value::Null;
    let weights = json!({"high_value": 40, "medium": 20, "positive": 30, "urgency": 30});
    let rules = json!({"weights": weights, "hot_threshold": 75, "warm_threshold": 40});
    vec![
        row("get", "/settings/scoring", "", none()),
        row("put", "/settings/scoring", "", json!({"rules": rules})),
        row("get", "/settings/scoring/versions", "", none()),
        row("post", "/settings/scoring/preview", "", json!({"rules": rules})),
        row("get", "/leads", "", none()),
        row("get", "/leads/{id}", "$lead", none()),
        row("get", "/leads/thresholds", "", none()),
        row("get", "/leads/outcomes", "", none()),
    ]
}

fn rows_of_figures() -> Vec<Row> {
    vec![
        row("get", "/analytics", "", Value::Null),
        row("get", "/analytics.csv", "", Value::Null),
        row("patch", "/calls/{id}", "$lead", json!({"is_test": true})),
    ]
}

fn rows_of_lists() -> Vec<Row> {
    let none = || Value::Null;
    let by_hand = json!({"title": "Order needles", "contact_id": "$contact", "appointment_id": "$visit", "call_id": "$lead"});
    vec![
        row("get", "/calls", "", none()),
        row("get", "/calls/running", "", none()),
        row("get", "/calls/{id}", "$lead", none()),
        row("get", "/calls/{id}/recording", "$lead", none()),
        row("get", "/tasks", "", none()),
        row("post", "/tasks", "", by_hand),
        row("get", "/tasks/{id}", "$task", none()),
        row("patch", "/tasks/{id}", "$task", json!({"note": "Ana knows where."})),
        row("post", "/tasks/{id}/done", "$task", none()),
        row("post", "/tasks/{id}/reopen", "$task", none()),
        row("get", "/notifications", "", none()),
        row("get", "/notifications/unread", "", none()),
        row("post", "/notifications/{id}/read", "$notification", none()),
        row("post", "/notifications/read-all", "", none()),
        row("get", "/audit-log", "", none()),
        row("get", "/audit-log/check", "", none()),
        row("post", "/audit-log/check", "", none()),
        Row { query: "?q=Ana", ..row("get", "/search", "", none()) },
    ]
}

fn rows_of_texts() -> Vec<Row> {
    let (none, words) = (|| Value::Null, "{clinic}: {moment}.");
    let consent = json!({"phone": "+13105550142", "purpose": "marketing", "given": true, "source": "web"});
    let texting = json!({
        "texting_enabled": true, "reminder_minutes": [1440], "missed_call_text": true, "quiet_from": 20, "quiet_until": 9,
    });
    let preview = json!({"kind": "change", "language": "en", "body": words});
    vec![
        row("get", "/text-templates", "", none()),
        row("get", "/text-templates/{kind}/{language}", "", none()),
        row("put", "/text-templates/{kind}/{language}", "", json!({"body": words})),
        row("delete", "/text-templates/{kind}/{language}", "", none()),
        row("post", "/text-templates/preview", "", preview),
        row("get", "/wording-settings", "", none()),
        row("put", "/wording-settings", "", json!({"language": "es", "name_treatments": false})),
        row("get", "/settings/texting", "", none()),
        row("put", "/settings/texting", "", texting),
        row("get", "/consents", "", none()),
        row("post", "/consents", "", consent),
        row("get", "/contacts", "", none()),
        row("get", "/contacts/{id}", "$contact", none()),
        row("patch", "/contacts/{id}", "$contact", json!({"language": "es"})),
        row("get", "/threads", "", none()),
        row("get", "/threads/{id}", "$contact", none()),
        row("post", "/threads/{id}/messages", "$contact", json!({"body": "See you at two?"})),
        row("post", "/threads/{id}/read", "$contact", none()),
    ]
}

fn rows_of_waiting() -> Vec<Row> {
    let none = || Value::Null;
    vec![
        row("get", "/waitlist", "", none()),
        row("post", "/waitlist", "", json!({"service_id": "$service", "phone": "+13105550101"})),
        row("delete", "/waitlist/{id}", "$entry", none()),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table, row by row")]
fn rows_of_scheduling() -> Vec<Row> {
    let none = || Value::Null;
    let hours = "?location_id=$location&practitioner_id=$practitioner";
    let day = json!({"weekday": "monday", "opens": "09:00", "closes": "17:00"});
    let off = json!({"practitioner_id": "$practitioner", "starts_at": "2027-01-05T17:00:00Z", "ends_at": "2027-01-06T01:00:00Z"});
    let first = json!({"service_id": "$service", "starts_at": "2027-01-11T18:30:00Z"});
    let from_templates = json!({"services": [{"template": "Chemical Peel"}], "location_id": "$location", "practitioners": ["$practitioner"]});
    let series = json!({"first": first, "visits": 2, "every_days": 7});
    vec![
        row("get", "/locations", "", none()),
        row("post", "/locations", "", json!({"name": "Annex", "time_zone": "America/Denver"})),
        row("get", "/locations/{id}", "$location", none()),
        row("patch", "/locations/{id}", "$location", json!({"parking": "Behind the house."})),
        row("get", "/services", "", none()),
        row("post", "/services", "", json!({"name": "Lash Lift", "practitioners": ["$practitioner"]})),
        row("post", "/services/from-templates", "", from_templates),
        row("get", "/services/{id}", "$service", none()),
        row("patch", "/services/{id}", "$service", json!({"duration_minutes": 50})),
        row("get", "/practitioners", "", none()),
        row("post", "/practitioners", "", json!({"name": "Kim Lee", "location_id": "$location"})),
        row("get", "/practitioners/{id}", "$practitioner", none()),
        row("patch", "/practitioners/{id}", "$practitioner", json!({"title": "Lead injector"})),
        row("get", "/resources", "", none()),
        row("post", "/resources", "", json!({"name": "Chair", "kind": "room", "location_id": "$location"})),
        row("get", "/resources/{id}", "$resource", none()),
        row("patch", "/resources/{id}", "$resource", json!({"name": "Room One"})),
        Row { query: hours, ..row("get", "/hours", "", none()) },
        Row { query: hours, ..row("put", "/hours", "", json!({"hours": [day]})) },
        row("get", "/closures", "", none()),
        row("post", "/closures", "", json!({"local_date": "2026-12-25", "location_id": "$location"})),
        row("get", "/closures/{id}", "$closure", none()),
        row("patch", "/closures/{id}", "$closure", json!({"reason": "Inventory"})),
        row("delete", "/closures/{id}", "$closure", none()),
        row("get", "/time-off", "", none()),
        row("post", "/time-off", "", off),
        row("get", "/time-off/{id}", "$off", none()),
        row("patch", "/time-off/{id}", "$off", json!({"reason": "Training"})),
        row("delete", "/time-off/{id}", "$off", none()),
        row("get", "/policy", "", none()),
        Row {
            query: "?service_id=$service&from=2026-12-01&to=2026-12-03",
            ..row("get", "/openings", "", none())
        },
        Row {
            query: "?service_id=$service&starts_at=2026-12-01T18:30:00Z",
            ..row("get", "/openings/why", "", none())
        },
        row("get", "/appointments", "", none()),
        row(
            "post",
            "/appointments",
            "",
            json!({"service_id": "$service", "starts_at": "2026-12-03T18:30:00Z"}),
        ),
        row("get", "/appointments/{id}", "$visit", none()),
        row("get", "/appointments/{id}/changes", "$visit", none()),
        row("post", "/appointments/{id}/move", "$visit", json!({"starts_at": "2026-12-07T18:30:00Z"})),
        row("post", "/appointments/{id}/confirm-attendance", "$visit", json!({})),
        row("get", "/appointments/{id}/reminders", "$visit", none()),
        row("post", "/appointments/{id}/state", "$visit", json!({"status": "arrived"})),
        row("post", "/appointments/{id}/cancel", "$second", json!({"reason": "Ill"})),
        row("post", "/series", "", series),
        row(
            "post",
            "/holds",
            "",
            json!({"time": {"service_id": "$service", "starts_at": "2026-12-09T18:30:00Z"}}),
        ),
        row("delete", "/holds/{id}", "$hold", none()),
        row("delete", "/services/{id}", "$spare_service", none()),
        row("delete", "/practitioners/{id}", "$spare_person", none()),
        row("delete", "/resources/{id}", "$spare_resource", none()),
        row("post", "/policy", "", json!({"notice_minutes": 1440, "fee_cents": 5000})),
    ]
}
