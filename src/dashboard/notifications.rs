//! `/dashboard/notifications`: what staff were told, the latest first.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::cursor::Cursor;
use super::list::notifications::{ToldVisit, told_visits};
use super::page::{self, PageError};
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::Scope;
use crate::notifications::{self, Listed, WantedNotifications};
use crate::platform::app::App;
use crate::platform::ids::{AppointmentId, NotificationId};
use crate::platform::problem::Problem;

/// Rows of a part of the list.
const ROWS: i64 = 50;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/notifications", get(show_notifications))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// `yes`: only what nobody has read.
    #[serde(default)]
    unread: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/notifications.html")]
struct NotificationsPage {
    s: Shell,
    told: Vec<Listed>,
    visits: Vec<ToldVisit>,
    next: Option<Cursor>,
    asked: Asked,
}

async fn show_notifications(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    if !staff.may(Scope::TasksRead) {
        return Err(Problem::NOT_FOUND.into());
    }
    let (org, is_owner) = (staff.org, staff.may(Scope::TeamWrite));
    let mut tx = app.begin(org).await?;
    let s = Shell::load(&app, &mut tx, staff, Place::Notifications).await?;
    let after = asked.after.as_deref().and_then(Cursor::parse);
    let wanted = WantedNotifications {
        is_unread: (asked.unread == "yes").then_some(true),
        is_owner,
        after: after.map(|cursor| (cursor.at, NotificationId(cursor.id))),
        limit: ROWS + 1,
        ..WantedNotifications::default()
    };
    let mut told = notifications::list(&mut tx, org, &wanted).await?;
    let next = Cursor::behind(&mut told, ROWS, |one| Cursor { at: one.created_at.to_jiff(), id: one.id.0 });
    let visits = if s.staff.may(Scope::AppointmentsRead) {
        let ids: Vec<NotificationId> = told.iter().map(|one| one.id).collect();
        told_visits(&mut tx, org, &ids).await?
    } else {
        Vec::new()
    };
    tx.commit().await?;
    Ok(page::render(&NotificationsPage { s, told, visits, next, asked }))
}

/// What it is about, where that is of this kind.
fn subject(told: &Listed, kind: &str) -> Option<uuid::Uuid> {
    told.subject_id.filter(|_| told.subject_kind.as_deref() == Some(kind))
}

impl NotificationsPage {
    /// Whose visit, what for and when; nothing where it is about something else.
    fn about(&self, told: &Listed) -> String {
        let Some(visit) = self.visits.iter().find(|visit| visit.id == told.id) else {
            return String::new();
        };
        let person = visit.person.as_deref().unwrap_or(self.s.t("Somebody"));
        format!(
            "{person} · {} · {}",
            visit.service,
            self.s.moment_at(visit.starts_at.to_jiff(), &visit.time_zone)
        )
    }

    /// The page about what it tells; `None` when there is none that the reader may see.
    fn href(&self, told: &Listed) -> Option<String> {
        let subject = |kind: &str| subject(told, kind);
        if let Some(call) = told.call_id.filter(|_| self.s.may("calls:read")) {
            return Some(format!("/dashboard/calls/{call}"));
        }
        if let Some(visit) = subject("appointment").filter(|_| self.s.may("appointments:read")) {
            return Some(format!("/dashboard/calendar?visit={}", AppointmentId(visit)));
        }
        let is_calendar = subject("calendar_connection").or(subject("calendar_conflict")).is_some();
        let is_texting = told.kind == "texting";
        ((is_calendar || is_texting) && self.s.may("settings:read")).then(|| "/dashboard/settings".to_owned())
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn icon(&self, told: &Listed) -> &'static str {
        match told.kind.as_str() {
            "hot_lead" | "clinical_urgency" | "alert_unacknowledged" => "leads",
            "appointment" | "calendar" => "calendar",
            "call_back" | "false_promise" => "calls",
            "texting" => "messages",
            "many_reads" | "bulk_reads" | "alert_recipients" | "email_recipients" => "audit",
            _ => "notifications",
        }
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn tone(&self, told: &Listed) -> &'static str {
        match told.kind.as_str() {
            "clinical_urgency" => "bad",
            "hot_lead"
            | "alert_unacknowledged"
            | "many_reads"
            | "bulk_reads"
            | "alert_recipients"
            | "email_recipients" => "warn",
            _ => "soft",
        }
    }
}
