//! What somebody is in an org, and what that allows.

use std::fmt;
use std::str::FromStr;

use super::Scope;

/// A role. Each may do what the ones after it may, and more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything; an org keeps at least one.
    Owner,
    /// Everything but who is staff and which programs have keys.
    Manager,
    /// The day's work: visits, the waitlist, texts, callers, tasks.
    FrontDesk,
    /// Looking.
    Viewer,
}

const VIEWER: [Scope; 10] = [
    Scope::CatalogueRead,
    Scope::AppointmentsRead,
    Scope::WaitlistRead,
    Scope::CalendarsRead,
    Scope::MessagesRead,
    Scope::LeadsRead,
    Scope::SettingsRead,
    Scope::CallsRead,
    Scope::TasksRead,
    Scope::AnalyticsRead,
];
const FRONT_DESK: [Scope; 15] = {
    let mut all = [Scope::AppointmentsWrite; 15];
    all.split_at_mut(10).0.copy_from_slice(&VIEWER);
    all[11] = Scope::WaitlistWrite;
    all[12] = Scope::MessagesWrite;
    all[13] = Scope::LeadsWrite;
    all[14] = Scope::TasksWrite;
    all
};
const MANAGER: [Scope; 20] = {
    let mut all = [Scope::CatalogueWrite; 20];
    all.split_at_mut(15).0.copy_from_slice(&FRONT_DESK);
    all[16] = Scope::CalendarsWrite;
    all[17] = Scope::SettingsWrite;
    all[18] = Scope::TeamRead;
    all[19] = Scope::AuditRead;
    all
};

impl Role {
    /// Every role, from most to least.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Manager, Self::FrontDesk, Self::Viewer];

    /// As it is stored and written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::FrontDesk => "front_desk",
            Self::Viewer => "viewer",
        }
    }

    /// What it may do.
    pub const fn scopes(self) -> &'static [Scope] {
        match self {
            Self::Owner => &Scope::ALL,
            Self::Manager => &MANAGER,
            Self::FrontDesk => &FRONT_DESK,
            Self::Viewer => &VIEWER,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|role| role.name() == raw);
        known.ok_or_else(|| format!("must be one of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn each_role_may_do_what_the_next_may_and_more() {
        for pair in Role::ALL.windows(2) {
            let (more, less) = (pair[0].scopes(), pair[1].scopes());
            assert!(less.iter().all(|scope| more.contains(scope)) && more.len() > less.len(), "{pair:?}");
        }
        let viewer = Role::Viewer.scopes();
        assert!(viewer.iter().all(|scope| scope.name().ends_with(":read")));
        let reads = Scope::ALL.iter().filter(|scope| scope.name().ends_with(":read"));
        let kept_from: Vec<_> = reads.filter(|scope| !viewer.contains(scope)).map(|s| s.name()).collect();
        assert_eq!(kept_from, ["team:read", "audit:read"]);
        for role in Role::ALL {
            let mut scopes = role.scopes().to_vec();
            scopes.sort_unstable();
            scopes.dedup();
            assert_eq!(scopes.len(), role.scopes().len(), "{role}: one scope twice");
            assert_eq!(role.to_string().parse::<Role>().unwrap(), role);
        }
        assert!(!Role::Manager.scopes().contains(&Scope::TeamWrite));
        assert!(!Role::Manager.scopes().contains(&Scope::KeysWrite));
    }
}
