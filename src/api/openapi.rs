//! The document that describes the API: OpenAPI 3.1, made from the handlers themselves.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ContentBuilder, HttpMethod, InfoBuilder, OpenApi, PathItem, Ref, RefOr, Required, ResponseBuilder, Server,
};

use crate::accounts::Scope;

/// What refuses any request of the API.
const REFUSALS: [(&str, &str, &str); 4] = [
    ("401", "Unauthenticated", "No valid key."),
    ("403", "MissingScope", "The key lacks the scope."),
    ("404", "NotFound", "There is nothing here, or nothing of yours."),
    ("422", "InvalidField", "A field has a value that it cannot have; `field` names it."),
];
/// What else refuses a change.
const CHANGE_REFUSALS: [(&str, &str, &str); 2] = [
    ("409", "InUse", "Visits to come stand in the way."),
    ("412", "ChangedSince", "It has changed since it was read; `difference` tells what."),
];

/// What refuses a booking, and the last of them a change of a visit.
const VISIT_REFUSALS: [(&str, &str, &str); 2] = [
    (
        "409",
        "Conflict",
        "The time cannot be had (`causes`, `alternatives`), or the visit is not what it was (`difference`).",
    ),
    ("428", "IfMatchRequired", "The version that the change was decided on is missing."),
];

pub(super) fn answer(document: OpenApi) -> Response {
    (StatusCode::OK, Json(document)).into_response()
}

/// Adds what is the same for every operation: server, key and scope, refusals, `Idempotency-Key` and `If-Match`; and a
/// schema for each kind of patch.
pub(super) fn complete(document: &mut OpenApi) {
    document.info = InfoBuilder::new()
        .title("Voxanne")
        .version("1")
        .description(Some(
            "Scheduling of a clinic for its own programs. Rules that all of it keeps: docs/api.md.",
        ))
        .build();
    document.servers = Some(vec![Server::new("/api/v1")]);
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let scope = scope_of(path, &method);
            operation.security = Some(credentials(path, scope));
            let is_visits = path.starts_with("/appointments/{id}/") && method == HttpMethod::Post;
            let is_trial = path.starts_with("/settings/tests/") && path != "/settings/tests/sms";
            let keeps_answers = !path.starts_with("/calendar-connections") && !is_own(path) && !is_trial;
            if keeps_answers && method == HttpMethod::Post {
                add_header(operation, IDEMPOTENCY_KEY, Required::False);
            }
            if is_visits {
                add_header(operation, IF_MATCH, Required::True);
            }
            let is_change =
                matches!(method, HttpMethod::Patch | HttpMethod::Put) && !is_taken_as_it_comes(path);
            if is_change {
                add_header(operation, IF_MATCH, Required::False);
            }
            let more = CHANGE_REFUSALS.iter().filter(|_| is_change);
            let is_booking = method == HttpMethod::Post
                && (scope == Scope::AppointmentsWrite || path.starts_with("/calendar-conflicts/"));
            let conflicts =
                VISIT_REFUSALS.iter().filter(|(status, ..)| is_booking && (is_visits || *status == "409"));
            for (status, name, _) in REFUSALS.iter().chain(more).chain(conflicts) {
                let refusal = RefOr::Ref(Ref::from_response_name(*name));
                operation.responses.responses.insert((*status).to_owned(), refusal);
            }
        }
    }
    let components = document.components.get_or_insert_default();
    for (_, name, description) in REFUSALS.into_iter().chain(CHANGE_REFUSALS).chain(VISIT_REFUSALS) {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let refusal =
            ResponseBuilder::new().description(description).content("application/problem+json", content);
        components.responses.insert(name.to_owned(), refusal.build().into());
    }
    components.schemas.values_mut().for_each(tidy);
    for (_, schema) in components.schemas.iter_mut().filter(|(name, _)| PROVED.contains(&name.as_str())) {
        add_proof(schema);
    }
    let patches: Vec<_> = components.schemas.iter().filter_map(patch_of).collect();
    components.schemas.extend(patches);
    components.schemas.insert("Problem".to_owned(), problem());
    let bearer = |format, about| {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format(format);
        SecurityScheme::Http(scheme.description(Some(about)).build())
    };
    components.add_security_scheme("key", bearer("vxk_…", "A program's key, with its scopes."));
    let token = "A token (JWT) of ours or of the issuer that the installation believes. X-Voxanne-Org names the clinic where its \
        person has several; their role there decides.";
    components.add_security_scheme("token", bearer("JWT", token));
    let cookie = "Somebody who is signed in; their role decides. Changes come from a page of this server.";
    let cookie = ApiKeyValue::with_description("__Host-sid", cookie);
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    prune(document);
}

/// About whoever is signed in.
fn is_own(path: &str) -> bool {
    path.starts_with("/account")
}

/// What is known of a calendar changes by the minute, and a call may be running; an account is its person's alone; a role is a word.
fn is_taken_as_it_comes(path: &str) -> bool {
    is_own(path) || ["/calendars/", "/calls/", "/team/"].iter().any(|begin| path.starts_with(begin))
}

/// What opens an operation, any one of them.
fn credentials(path: &str, scope: Scope) -> Vec<SecurityRequirement> {
    let of = |name: &str| SecurityRequirement::new(name, [scope.name()]);
    if is_own(path) {
        return vec![SecurityRequirement::new("session", [] as [&str; 0])];
    }
    vec![of("key"), of("token"), of("session")]
}

/// Described properties whose schema is written in place come as "all of it and an object": made one schema again.
fn tidy(schema: &mut RefOr<Schema>) {
    let object = match schema {
        RefOr::T(Schema::Object(object)) => object,
        // The items of a page are written in place.
        RefOr::T(Schema::Array(array)) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                tidy(items);
            }
            return;
        }
        RefOr::T(_) | RefOr::Ref(_) => return,
    };
    for property in object.properties.values_mut() {
        tidy(property);
        let RefOr::T(Schema::AllOf(all)) = &*property else { continue };
        let [of, RefOr::T(Schema::Object(note))] = all.items.as_slice() else { continue };
        let (description, default) = (note.description.clone(), note.default.clone());
        let mut of = of.clone();
        match &mut of {
            RefOr::T(Schema::Object(of)) => (of.description, of.default) = (description, default),
            RefOr::T(Schema::Array(of)) => (of.description, of.default) = (description, default),
            RefOr::Ref(_) | RefOr::T(_) => continue,
        }
        *property = of;
    }
}

/// Whoever writes these shows that they are there.
const PROVED: [&str; 2] = ["AlertRecipientFields", "EmailRecipientFields"];

fn add_proof(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::Object(object)) = schema else { return };
    for (name, about) in [
        ("password", "Of a person who signed in more than 15 minutes ago, where this goes somewhere new."),
        ("second_factor", "A code of their second factor in its place."),
    ] {
        let field = ObjectBuilder::new().schema_type(Type::String).description(Some(about)).build();
        object.properties.insert(name.to_owned(), Schema::Object(field).into());
    }
}

/// Schemas that nothing refers to are only in the way.
fn prune(document: &mut OpenApi) {
    let Ok(text) = serde_json::to_string(document) else { return };
    if let Some(components) = &mut document.components {
        components.schemas.retain(|name, _| text.contains(&format!("\"#/components/schemas/{name}\"")));
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    let all = [
        (HttpMethod::Get, item.get.as_mut()),
        (HttpMethod::Post, item.post.as_mut()),
        (HttpMethod::Put, item.put.as_mut()),
        (HttpMethod::Patch, item.patch.as_mut()),
        (HttpMethod::Delete, item.delete.as_mut()),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation?)))
}

/// What is about texts.
const MESSAGES: [&str; 6] =
    ["consents", "contacts", "sequences", "text-templates", "threads", "wording-settings"];
/// What the org decides.
const SETTINGS: [&str; 9] = [
    "alert-recipients",
    "assistant-sheet",
    "assistants",
    "doors",
    "email-recipients",
    "email-settings",
    "phone-numbers",
    "settings",
    "webhook-secrets",
];

/// The scope that an operation takes; `tests/it/api/access.rs` holds every handler to it.
fn scope_of(path: &str, method: &HttpMethod) -> Scope {
    let is_read = *method == HttpMethod::Get;
    match path.split('/').nth(1) {
        Some("appointments" | "openings" | "holds" | "series") if is_read => Scope::AppointmentsRead,
        Some("appointments" | "openings" | "holds" | "series") => Scope::AppointmentsWrite,
        Some("calendar-settings") if is_read => Scope::CalendarsRead,
        Some("calendar-settings") => Scope::CalendarsWrite,
        // It quotes callers.
        Some("settings") if path == "/settings/scoring/preview" => Scope::LeadsRead,
        Some("alerts" | "leads") if is_read => Scope::LeadsRead,
        Some("alerts" | "leads") => Scope::LeadsWrite,
        Some("calls") if !is_read => Scope::LeadsWrite,
        Some("analytics" | "analytics.csv") => Scope::AnalyticsRead,
        Some("practitioners") if path.ends_with("/feed") => Scope::CalendarsWrite,
        Some(part) if MESSAGES.contains(&part) && is_read => Scope::MessagesRead,
        Some(part) if MESSAGES.contains(&part) => Scope::MessagesWrite,
        Some(part) if SETTINGS.contains(&part) && is_read => Scope::SettingsRead,
        Some(part) if SETTINGS.contains(&part) => Scope::SettingsWrite,
        Some("calls") => Scope::CallsRead,
        Some("tasks" | "notifications") if is_read => Scope::TasksRead,
        Some("tasks" | "notifications") => Scope::TasksWrite,
        Some("audit-log") => Scope::AuditRead,
        // Whoever finds people may read them; what else is found is what else they may read.
        Some("search") => Scope::MessagesRead,
        Some("team" | "invitations") if is_read => Scope::TeamRead,
        Some("team" | "invitations") => Scope::TeamWrite,
        Some("keys") => Scope::KeysWrite,
        Some("waitlist") if is_read => Scope::WaitlistRead,
        Some("waitlist") => Scope::WaitlistWrite,
        Some(calendars) if calendars.starts_with("calendar") && is_read => Scope::CalendarsRead,
        Some(calendars) if calendars.starts_with("calendar") => Scope::CalendarsWrite,
        _ if is_read => Scope::CatalogueRead,
        _ => Scope::CatalogueWrite,
    }
}

const IDEMPOTENCY_KEY: (&str, &str) =
    ("Idempotency-Key", "The same request with the same key takes effect once; kept for a day.");
const IF_MATCH: (&str, &str) = ("If-Match", "The ETag of what was read: refused when it has changed since.");

fn add_header(operation: &mut Operation, header: (&str, &str), required: Required) {
    let string = ObjectBuilder::new().schema_type(Type::String).build();
    let parameter = ParameterBuilder::new()
        .name(header.0)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(header.1))
        .schema(Some(string))
        .build();
    operation.parameters.get_or_insert_default().push(parameter.into());
}

/// `LocationPatch` from `LocationFields`: the same fields, none of them required and none with a default.
fn patch_of((name, schema): (&String, &RefOr<Schema>)) -> Option<(String, RefOr<Schema>)> {
    let kind = name.strip_suffix("Fields")?;
    let RefOr::T(Schema::Object(object)) = schema else { return None };
    let mut patch = object.clone();
    patch.required.clear();
    patch.description = Some("Fields to change; null takes one away.".to_owned());
    for property in patch.properties.values_mut() {
        match property {
            RefOr::T(Schema::Object(property)) => property.default = None,
            RefOr::T(Schema::Array(property)) => property.default = None,
            RefOr::Ref(_) | RefOr::T(_) => {}
        }
    }
    Some((format!("{kind}Patch"), Schema::Object(patch).into()))
}

fn problem() -> RefOr<Schema> {
    let string = || ObjectBuilder::new().schema_type(Type::String);
    ObjectBuilder::new()
        .description(Some("RFC 9457. `code` is stable; docs/problems.md has them all."))
        .property("type", string())
        .property("title", string())
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .property("code", string())
        .property("detail", string().description(Some("What to do about it, for people.")))
        .property("field", string().description(Some("The field that is wrong, such as `needs[0].any_of`.")))
        .required("type")
        .required("status")
        .required("code")
        .required("detail")
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
        .examples([json!({
            "type": "/problems#invalid_field", "title": "Unprocessable Entity", "status": 422, "code": "invalid_field",
            "detail": "time_zone must be an IANA time zone such as America/Los_Angeles.", "field": "time_zone",
        })])
        .into()
}
