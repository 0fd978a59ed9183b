//! What a key may do.

use std::fmt;
use std::str::FromStr;

/// One permission of a key or a role. It allows what it names, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Read locations, services, people, resources, hours, closures, time off and policy.
    CatalogueRead,
    /// Change them.
    CatalogueWrite,
    /// Read openings, visits and holds.
    AppointmentsRead,
    /// Book, move, cancel and hold.
    AppointmentsWrite,
    /// Read who waits for an opening.
    WaitlistRead,
    /// Add to the waitlist and take from it.
    WaitlistWrite,
    /// Read outside calendars, their health and conflicts.
    CalendarsRead,
    /// Connect, choose and revoke them, settle conflicts, make feeds.
    CalendarsWrite,
    /// Read texts, threads, templates, consents and sequences.
    MessagesRead,
    /// Write texts, templates, consents and sequences.
    MessagesWrite,
    /// Read scored calls and alerts: what callers said, who was told, and what came of it.
    LeadsRead,
    /// Answer alerts.
    LeadsWrite,
    /// Read what the org decided about reminders, quiet hours, alerts and who is told of them, and e-mails.
    SettingsRead,
    /// Change it.
    SettingsWrite,
    /// Read calls: who called, what was said and done.
    CallsRead,
    /// Read tasks and notifications.
    TasksRead,
    /// Take, finish and write them.
    TasksWrite,
    /// Read figures.
    AnalyticsRead,
    /// Read who is staff, and who was invited.
    TeamRead,
    /// Invite, change roles and remove.
    TeamWrite,
    /// Read the log of who did what.
    AuditRead,
    /// List, make and revoke keys.
    KeysWrite,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 22] = [
        Self::CatalogueRead,
        Self::CatalogueWrite,
        Self::AppointmentsRead,
        Self::AppointmentsWrite,
        Self::WaitlistRead,
        Self::WaitlistWrite,
        Self::CalendarsRead,
        Self::CalendarsWrite,
        Self::MessagesRead,
        Self::MessagesWrite,
        Self::LeadsRead,
        Self::LeadsWrite,
        Self::SettingsRead,
        Self::SettingsWrite,
        Self::CallsRead,
        Self::TasksRead,
        Self::TasksWrite,
        Self::AnalyticsRead,
        Self::TeamRead,
        Self::TeamWrite,
        Self::AuditRead,
        Self::KeysWrite,
    ];

    /// As it is stored and written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CatalogueRead => "catalogue:read",
            Self::CatalogueWrite => "catalogue:write",
            Self::AppointmentsRead => "appointments:read",
            Self::AppointmentsWrite => "appointments:write",
            Self::WaitlistRead => "waitlist:read",
            Self::WaitlistWrite => "waitlist:write",
            Self::CalendarsRead => "calendars:read",
            Self::CalendarsWrite => "calendars:write",
            Self::MessagesRead => "messages:read",
            Self::MessagesWrite => "messages:write",
            Self::LeadsRead => "leads:read",
            Self::LeadsWrite => "leads:write",
            Self::SettingsRead => "settings:read",
            Self::SettingsWrite => "settings:write",
            Self::CallsRead => "calls:read",
            Self::TasksRead => "tasks:read",
            Self::TasksWrite => "tasks:write",
            Self::AnalyticsRead => "analytics:read",
            Self::TeamRead => "team:read",
            Self::TeamWrite => "team:write",
            Self::AuditRead => "audit:read",
            Self::KeysWrite => "keys:write",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|scope| scope.name() == raw);
        known.ok_or_else(|| format!("a scope is one of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_read_as_it_is_written() {
        for scope in Scope::ALL {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        assert!("catalogue:*".parse::<Scope>().is_err());
    }
}
