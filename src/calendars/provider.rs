//! Whoever keeps a calendar: one set of questions for both.

use std::time::Duration;

use super::ask::AskError;
use super::caldav::{self, Caldav};
use super::connection::{Calendar, Connection, ProviderKind};
use super::event::{SeenEvent, Span, Wanted};
use super::google::{self, Google};
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// What changed in a calendar, and where to go on from.
pub(super) struct Changes {
    pub events: Vec<SeenEvent>,
    pub sync_token: String,
}

/// A calendar as its account lists it.
pub(super) struct Listed {
    pub external_id: String,
    pub name: String,
    pub time_zone: Option<String>,
    /// The account's own calendar, which visits can be written into.
    pub is_main: bool,
    /// Its events can be read.
    pub is_usable: bool,
}

/// An account at whoever keeps its calendars.
pub(super) enum Provider<'a> {
    Google(Google<'a>),
    Caldav(Caldav),
}

impl<'a> Provider<'a> {
    /// The account, with this much time for each request.
    pub fn of(
        app: &'a App,
        org: OrgId,
        connection: &Connection,
        deadline: Duration,
    ) -> Result<Self, AskError> {
        Ok(match connection.provider {
            ProviderKind::Google => {
                let client = google::client(app, deadline);
                Self::Google(Google { app, org, connection: connection.id, client })
            }
            ProviderKind::Caldav => Self::Caldav(caldav::account(app, org, connection, deadline)?),
        })
    }

    /// For jobs, which nobody waits for.
    pub fn patient(app: &'a App, org: OrgId, connection: &Connection) -> Result<Self, AskError> {
        Self::of(app, org, connection, Duration::from_secs(app.config.calendars.timeout_seconds))
    }

    /// Everything since the sync token; without one, everything within `window`.
    pub async fn changes(
        &self,
        calendar: &Calendar,
        since: Option<&str>,
        window: Span,
    ) -> Result<Changes, AskError> {
        match self {
            Self::Google(google) => google.changes(calendar, since, window).await,
            Self::Caldav(caldav) => caldav.changes(calendar, since, window).await,
        }
    }

    /// The event as it is now; `None` when there is none of that name.
    pub async fn event(&self, calendar: &Calendar, event_ref: &str) -> Result<Option<SeenEvent>, AskError> {
        match self {
            Self::Google(google) => google.event(calendar, event_ref).await,
            Self::Caldav(caldav) => caldav.event(calendar, event_ref).await,
        }
    }

    /// Writes a new event and says its etag.
    pub async fn insert(&self, calendar: &Calendar, wanted: &Wanted) -> Result<String, AskError> {
        match self {
            Self::Google(google) => google.insert(calendar, wanted).await,
            Self::Caldav(caldav) => caldav.insert(calendar, wanted).await,
        }
    }

    /// Gives an event our time, and leaves alone whatever else a person did to it. Revives one that was deleted.
    pub async fn change(
        &self,
        calendar: &Calendar,
        wanted: &Wanted,
        etag: Option<&str>,
    ) -> Result<String, AskError> {
        match self {
            Self::Google(google) => google.change(calendar, wanted, etag).await,
            Self::Caldav(caldav) => caldav.change(calendar, wanted, etag).await,
        }
    }

    /// Takes an event out; one that is not there is out.
    pub async fn remove(
        &self,
        calendar: &Calendar,
        event_ref: &str,
        etag: Option<&str>,
    ) -> Result<(), AskError> {
        match self {
            Self::Google(google) => google.remove(calendar, event_ref, etag).await,
            Self::Caldav(caldav) => caldav.remove(calendar, event_ref, etag).await,
        }
    }

    /// The account's calendars.
    pub async fn calendars(&self) -> Result<Vec<Listed>, AskError> {
        match self {
            Self::Google(google) => google.calendars().await,
            Self::Caldav(caldav) => caldav.calendars().await,
        }
    }
}
