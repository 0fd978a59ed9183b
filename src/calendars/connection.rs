//! An account at a provider, and one calendar of it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::choose::Choice;
use super::event::zone_or;
use super::store::{CalendarRow, ConnectionRow};
use crate::platform::ids::{CalendarId, ConnectionId};

/// Who keeps the calendars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderKind {
    /// Google Calendar.
    Google,
    /// A CalDAV server.
    Caldav,
}

impl ProviderKind {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Caldav => "caldav",
        }
    }

    pub(super) fn read(word: &str) -> Self {
        if word == "google" { Self::Google } else { Self::Caldav }
    }
}

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its credentials work, as far as is known.
    Connected,
    /// The provider refuses them: somebody has to connect again.
    NeedsReconnect,
    /// Revoked; what let us in is erased.
    Disconnected,
}

impl State {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::NeedsReconnect => "needs_reconnect",
            Self::Disconnected => "disconnected",
        }
    }

    pub(super) fn read(word: &str) -> Self {
        match word {
            "connected" => Self::Connected,
            "needs_reconnect" => Self::NeedsReconnect,
            _ => Self::Disconnected,
        }
    }
}

/// What jobs need to know of an account.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    pub id: ConnectionId,
    pub provider: ProviderKind,
    pub state: State,
    /// Whose; `None` for the clinic's.
    pub practitioner: Option<Uuid>,
    pub account: Option<String>,
    pub server_url: Option<String>,
    pub secret_sealed: Option<Vec<u8>>,
}

impl From<ConnectionRow> for Connection {
    fn from(row: ConnectionRow) -> Self {
        Self {
            id: row.id,
            provider: ProviderKind::read(&row.provider),
            state: State::read(&row.state),
            practitioner: row.practitioner_id,
            account: row.account,
            server_url: row.server_url,
            secret_sealed: row.secret_sealed,
        }
    }
}

/// A calendar as a job works on it.
#[derive(Debug, Clone)]
pub(super) struct Calendar {
    pub id: CalendarId,
    pub external_id: String,
    /// In which its all-day events are meant.
    pub zone: TimeZone,
    pub blocks: bool,
    pub takes_events: bool,
    pub tentative_blocks: bool,
    pub all_day_blocks: bool,
    pub sync_token: Option<String>,
    pub synced_until: Option<Timestamp>,
    pub failures: i32,
    pub paused_until: Option<Timestamp>,
    pub writes_paused_until: Option<Timestamp>,
    pub channel: Option<Channel>,
    /// Until when that pushes; without one, until when none is asked for.
    pub channel_until: Option<Timestamp>,
    pub connection: Connection,
}

/// Where a provider pushes.
#[derive(Debug, Clone)]
pub(super) struct Channel {
    pub id: Uuid,
    pub resource: String,
}

impl Calendar {
    pub fn new(row: CalendarRow, connection: Connection, clinic: &TimeZone) -> Self {
        let channel = row.channel_id.zip(row.channel_resource);
        Self {
            id: row.id,
            external_id: row.external_id,
            zone: zone_or(row.time_zone.as_deref(), clinic),
            blocks: row.blocks,
            takes_events: row.takes_events,
            tentative_blocks: row.tentative_blocks,
            all_day_blocks: row.all_day_blocks,
            sync_token: row.sync_token,
            synced_until: row.synced_until.map(jiff_sqlx::Timestamp::to_jiff),
            failures: row.failures,
            paused_until: row.paused_until.map(jiff_sqlx::Timestamp::to_jiff),
            writes_paused_until: row.writes_paused_until.map(jiff_sqlx::Timestamp::to_jiff),
            channel: channel.map(|(id, resource)| Channel { id, resource }),
            channel_until: row.channel_expires_at.map(jiff_sqlx::Timestamp::to_jiff),
            connection,
        }
    }

    /// What staff chose about it.
    pub const fn choice(&self) -> Choice {
        Choice {
            blocks: self.blocks,
            takes_events: self.takes_events,
            tentative_blocks: self.tentative_blocks,
            all_day_blocks: self.all_day_blocks,
        }
    }

    /// Whether it may not be asked now.
    pub fn is_paused(&self, now: Timestamp) -> bool {
        self.paused_until.is_some_and(|until| now < until)
    }
}
