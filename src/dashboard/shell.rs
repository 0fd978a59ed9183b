//! What every page has around it: who is signed in where, what waits, and the words to say it in.

use std::borrow::Borrow;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::list::{self, COUNTED_MAX, Waiting};
use super::{assets, say, told};
use crate::accounts::{Role, Scope, Staff};
use crate::language::Language;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::tasks;

/// The places of the navigation, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Today,
    Calls,
    Calendar,
    Leads,
    Contacts,
    Messages,
    Tasks,
    Notifications,
    Analytics,
    Settings,
    Team,
    Audit,
    Account,
    Search,
}

impl Place {
    /// Those that the side bar lists.
    pub const LISTED: [Self; 11] = [
        Self::Today,
        Self::Calls,
        Self::Calendar,
        Self::Leads,
        Self::Contacts,
        Self::Messages,
        Self::Tasks,
        Self::Analytics,
        Self::Settings,
        Self::Team,
        Self::Audit,
    ];

    /// Its address.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Today => "/dashboard",
            Self::Calls => "/dashboard/calls",
            Self::Calendar => "/dashboard/calendar",
            Self::Leads => "/dashboard/leads",
            Self::Contacts => "/dashboard/contacts",
            Self::Messages => "/dashboard/messages",
            Self::Tasks => "/dashboard/tasks",
            Self::Notifications => "/dashboard/notifications",
            Self::Analytics => "/dashboard/analytics",
            Self::Settings => "/dashboard/settings",
            Self::Team => "/dashboard/team",
            Self::Audit => "/dashboard/audit",
            Self::Account => "/dashboard/account",
            Self::Search => "/dashboard/search",
        }
    }

    /// Its name, in English.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Calls => "Calls",
            Self::Calendar => "Calendar",
            Self::Leads => "Leads",
            Self::Contacts => "Contacts",
            Self::Messages => "Messages",
            Self::Tasks => "Tasks",
            Self::Notifications => "Notifications",
            Self::Analytics => "Analytics",
            Self::Settings => "Settings",
            Self::Team => "Team",
            Self::Audit => "Audit log",
            Self::Account => "Your account",
            Self::Search => "Search",
        }
    }

    /// The symbol in `templates/icons.html`.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Calls => "calls",
            Self::Calendar => "calendar",
            Self::Leads => "leads",
            Self::Contacts | Self::Account => "contacts",
            Self::Messages => "messages",
            Self::Tasks => "tasks",
            Self::Notifications => "notifications",
            Self::Analytics => "analytics",
            Self::Settings => "settings",
            Self::Team => "team",
            Self::Audit => "audit",
            Self::Search => "search",
        }
    }

    /// What one must be allowed to see it; `None`: whoever is signed in.
    pub const fn scope(self) -> Option<Scope> {
        match self {
            Self::Calls | Self::Contacts => Some(Scope::CallsRead),
            Self::Calendar => Some(Scope::AppointmentsRead),
            Self::Leads => Some(Scope::LeadsRead),
            Self::Messages => Some(Scope::MessagesRead),
            Self::Tasks | Self::Notifications => Some(Scope::TasksRead),
            Self::Analytics => Some(Scope::AnalyticsRead),
            Self::Settings => Some(Scope::SettingsRead),
            Self::Team => Some(Scope::TeamRead),
            Self::Audit => Some(Scope::AuditRead),
            Self::Today | Self::Account | Self::Search => None,
        }
    }
}

/// Those within a thumb's reach on a phone.
const NEAR: [Place; 4] = [Place::Today, Place::Calls, Place::Calendar, Place::Tasks];

/// A count as it is shown.
fn words_of(count: i64) -> String {
    if count > COUNTED_MAX { format!("{COUNTED_MAX}+") } else { count.to_string() }
}

/// What `base.html` and every page need.
#[derive(Debug)]
pub(super) struct Shell {
    /// Who looks.
    pub staff: Staff,
    /// The page's place.
    pub here: Place,
    /// What waits for somebody, and the org's own words.
    pub waiting: Waiting,
    /// The moment of the page.
    pub now: Timestamp,
    /// The clinic's zone: that of its first site.
    pub zone: TimeZone,
    /// Seconds for which the reader stays signed in at the least.
    pub seconds_left: i64,
}

impl Shell {
    /// Reads it, in the page's transaction: one statement.
    pub async fn load(
        app: &App,
        tx: &mut PgConnection,
        staff: Staff,
        here: Place,
    ) -> Result<Self, sqlx::Error> {
        let waiting = list::waiting(tx, staff.org, staff.may(Scope::TeamWrite)).await?;
        let zone = TimeZone::get(&waiting.time_zone).unwrap_or(TimeZone::UTC);
        let seconds_left = staff.seconds_left(app);
        Ok(Self { staff, here, waiting, now: app.clock.now(), zone, seconds_left })
    }

    /// The words in the reader's language.
    pub fn t(&self, english: &'static str) -> &'static str {
        say::t(self.language(), english)
    }

    /// The same with `value` in the place of `{}`; of one thing as one says it.
    pub fn tn(&self, english: &'static str, value: impl std::fmt::Display) -> String {
        say::tn(self.language(), english, value)
    }

    /// The title of a task in the reader's language; what a person wrote stays as it is.
    pub fn task<'a>(&self, kind: &str, title: &'a str) -> std::borrow::Cow<'a, str> {
        if kind == tasks::BY_HAND { title.into() } else { self.told(title) }
    }

    /// What the program told, such as the title of a notification, in the reader's language.
    pub fn told<'a>(&self, title: &'a str) -> std::borrow::Cow<'a, str> {
        told::told(self.language(), title)
    }

    /// The same of what has several lines.
    pub fn told_lines(&self, detail: &str) -> String {
        detail.lines().map(|line| self.told(line)).collect::<Vec<_>>().join("\n")
    }

    /// The language of the reader.
    pub fn language(&self) -> Language {
        self.staff.language
    }

    /// Where a file of `assets/` is served.
    #[expect(clippy::unused_self, reason = "templates call it on the shell")]
    pub fn asset(&self, name: &str) -> &'static str {
        assets::url(name)
    }

    /// Whether the reader may do what `scope` names, such as `tasks:write`.
    pub fn may(&self, scope: &str) -> bool {
        scope.parse().is_ok_and(|scope| self.staff.may(scope))
    }

    /// The places that the reader may see.
    pub fn places(&self) -> Vec<Place> {
        let may = |place: &Place| place.scope().is_none_or(|scope| self.staff.may(scope));
        Place::LISTED.into_iter().filter(may).collect()
    }

    /// What waits at a place; 0 shows nothing.
    pub fn count(&self, place: impl Borrow<Place>) -> i64 {
        match place.borrow() {
            Place::Leads => self.waiting.alerts,
            Place::Tasks => self.waiting.tasks,
            Place::Messages => self.waiting.threads,
            Place::Notifications => self.waiting.notifications,
            _ => 0,
        }
    }

    /// That as it is shown.
    pub fn count_words(&self, place: impl Borrow<Place>) -> String {
        words_of(self.count(place))
    }

    /// The four places within a thumb's reach on a phone.
    pub fn tabs(&self) -> Vec<Place> {
        self.places().into_iter().filter(|place| NEAR.contains(place)).collect()
    }

    /// What waits at the other places, as it is shown; `None`: nothing does.
    pub fn count_of_more(&self) -> Option<String> {
        let others = self.places().into_iter().filter(|place| !NEAR.contains(place));
        let count: i64 = others.map(|place| self.count(place)).sum();
        (count > 0).then(|| words_of(count))
    }

    /// The role's name for people.
    pub fn role(&self) -> &'static str {
        self.t(match self.staff.role {
            Role::Owner => "Owner",
            Role::Manager => "Manager",
            Role::FrontDesk => "Front desk",
            Role::Viewer => "Viewer",
        })
    }

    /// A time of day in the clinic's zone.
    pub fn clock(&self, at: impl Borrow<Timestamp>) -> String {
        say::clock(*at.borrow(), &self.zone)
    }

    /// A moment in the clinic's zone, with its day unless it is today.
    pub fn moment(&self, at: impl Borrow<Timestamp>) -> String {
        say::moment(*at.borrow(), self.now, &self.zone, self.language())
    }

    /// A time of day of a visit by the clock of its site, whose `zone` is named where that is another clock than the clinic's.
    pub fn clock_at(&self, at: impl Borrow<Timestamp>, zone: &str) -> String {
        let (site, named) = self.site(*at.borrow(), zone);
        say::clock(*at.borrow(), &site) + &named
    }

    /// The same of a moment, with its day unless it is today there.
    pub fn moment_at(&self, at: impl Borrow<Timestamp>, zone: &str) -> String {
        let (site, named) = self.site(*at.borrow(), zone);
        say::moment(*at.borrow(), self.now, &site, self.language()) + &named
    }

    fn site(&self, at: Timestamp, zone: &str) -> (TimeZone, String) {
        let site = TimeZone::get(zone).unwrap_or_else(|_| self.zone.clone());
        let is_another = site.to_offset(at) != self.zone.to_offset(at);
        let named = if is_another { format!(" ({})", say::place(zone)) } else { String::new() };
        (site, named)
    }

    /// A day.
    pub fn day(&self, date: impl Borrow<Date>) -> String {
        say::day(*date.borrow(), self.language())
    }

    /// Today at the clinic.
    pub fn today(&self) -> Date {
        self.now.to_zoned(self.zone.clone()).date()
    }

    /// A number as people write it: `(310) 555-0142` at home, as it is elsewhere.
    #[expect(clippy::unused_self, reason = "templates call it on the shell")]
    pub fn phone(&self, phone: &str) -> String {
        say::phone(phone)
    }

    /// Where a zone of time is named for: `Los Angeles`.
    #[expect(clippy::unused_self, reason = "templates call it on the shell")]
    pub fn place(&self, zone: &str) -> String {
        say::place(zone)
    }

    /// Cents as money.
    #[expect(clippy::unused_self, reason = "templates call it on the shell")]
    pub fn money(&self, cents: impl Borrow<i64>) -> String {
        say::money(*cents.borrow())
    }

    /// A share in hundredths.
    pub fn percent(&self, share: f64) -> String {
        self.language().percent(share)
    }

    /// Seconds as a length of time.
    #[expect(clippy::unused_self, reason = "templates call it on the shell")]
    pub fn length(&self, seconds: impl Borrow<i64>) -> String {
        say::length(*seconds.borrow())
    }
}
