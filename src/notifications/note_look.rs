//! Counts how much somebody looks at, whatever kind of thing it is: writes it down and tells the owners when it is very much, and
//! stops whoever goes on and on (W37).
//!
//! Counted in this process and not in the database: an ordinary look costs nothing. Several replicas count apart, so the bounds are
//! those of each.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::notify::{NewNotification, notify_owners};
use crate::accounts::{self, Act};
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// Over how long looks are counted.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// More than anybody looks at in an hour who does their work, in points: the owners are told.
const MANY: u32 = 100;
/// Nobody reads so much: it is refused until the hour is over.
const TOO_MANY: u32 = MANY * 50;
/// A further part of a list shows many at once.
const POINTS_OF_A_PART: u32 = 5;
/// Counts that are kept; those whose hour is over go first.
const KEPT_MAX: usize = 20_000;

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Contacts,
    Threads,
    Calls,
    Leads,
    Visits,
    Searches,
}

impl Kind {
    /// Of the first part of a path behind `/api/v1` or `/dashboard`.
    fn of(first: &str) -> Option<Self> {
        Some(match first {
            // The consents are numbers, and whoever waits has a name.
            "contacts" | "consents" | "waitlist" => Self::Contacts,
            "threads" | "messages" => Self::Threads,
            "calls" => Self::Calls,
            "leads" | "alerts" => Self::Leads,
            "appointments" | "calendar" => Self::Visits,
            "search" => Self::Searches,
            _ => return None,
        })
    }

    /// In the owners' notification.
    const fn words(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Threads => "texts",
            Self::Calls => "calls",
            Self::Leads => "leads",
            Self::Visits => "visits",
            Self::Searches => "search results",
        }
    }
}

/// A look at something of clients: its kind, what it was of, and how much it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    kind: Kind,
    subject: u64,
    points: u32,
}

impl Look {
    /// What a GET of `path` with `query` shows; `None` for what everybody sees, such as the first part of a list, and for all else.
    fn of(path: &str, query: &str) -> Option<Self> {
        let rest = path.strip_prefix("/api/v1/").or_else(|| path.strip_prefix("/dashboard/"))?;
        let (first, one) = rest.split_once('/').unwrap_or((rest, ""));
        let kind = Kind::of(first)?;
        let is_list = one.is_empty() || one == "events";
        let asked =
            query.split('&').filter_map(|part| part.split_once('=')).filter(|(_, value)| !value.is_empty());
        // A name that is written otherwise is read as it is meant, and nobody writes one so who means well.
        let mut names = asked.map(|(name, _)| name).peekable();
        let is_filtered = names.peek().is_some();
        let goes_on = names.any(|name| matches!(name, "cursor" | "after" | "before") || name.contains('%'));
        let points = match kind {
            Kind::Searches => 1,
            _ if goes_on => POINTS_OF_A_PART,
            // Number after number, or day after day.
            Kind::Contacts | Kind::Visits if is_list && is_filtered => 1,
            _ if is_list => return None,
            _ => 1,
        };
        let mut hasher = DefaultHasher::new();
        (rest, if is_list || goes_on { query } else { "" }).hash(&mut hasher);
        Some(Self { kind, subject: hasher.finish(), points })
    }
}

/// What one actor looked at within the hour.
struct Count {
    since: Timestamp,
    seen: HashSet<u64>,
    points: u32,
}

#[derive(Default)]
struct Counts(Mutex<HashMap<(OrgId, String, Kind), Count>>);

/// How it stands after a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Usual,
    /// It has just become very much.
    Many,
    /// Until then nothing more is shown.
    TooMany(Timestamp),
}

impl Counts {
    fn add(&self, (org, actor): (OrgId, &str), look: Look, now: Timestamp) -> Standing {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |count: &Count| now.duration_since(count.since) >= WINDOW;
        if all.len() >= KEPT_MAX {
            all.retain(|_, count| !is_over(count));
        }
        let new = || Count { since: now, seen: HashSet::new(), points: 0 };
        let count = all.entry((org, actor.to_owned(), look.kind)).or_insert_with(new);
        if is_over(count) {
            *count = new();
        }
        if count.points >= TOO_MANY {
            return Standing::TooMany(count.since.checked_add(WINDOW).unwrap_or(now));
        }
        if !count.seen.insert(look.subject) {
            return Standing::Usual;
        }
        let before = count.points;
        count.points = before.saturating_add(look.points);
        if before < MANY && count.points >= MANY { Standing::Many } else { Standing::Usual }
    }
}

/// Notes that `actor` asks for what `path` with `query` shows. Seconds to wait, when it is refused. The same again within an hour, as
/// a page that comes anew, counts once.
pub async fn note_look(
    app: &App,
    (org, actor): (OrgId, &str),
    (path, query): (&str, &str),
) -> Result<Option<i64>, sqlx::Error> {
    let Some(look) = Look::of(path, query) else { return Ok(None) };
    let now = app.clock.now();
    let counts = app.memo.get_or(Counts::default);
    match counts.add((org, actor), look, now) {
        Standing::Usual => Ok(None),
        Standing::TooMany(until) => Ok(Some(until.duration_since(now).as_secs().max(1))),
        Standing::Many => tell(app, (org, actor), look.kind, now).await.map(|()| None),
    }
}

async fn tell(app: &App, (org, actor): (OrgId, &str), kind: Kind, now: Timestamp) -> Result<(), sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let detail = json!({ "of": kind.words(), "points": MANY });
    let act = Act { actor, action: "records.read_many", subject: None, detail };
    accounts::record_act(app, &mut tx, org, &act).await?;
    let members = accounts::list_members(&mut tx).await?;
    let member = members.iter().find(|member| actor == format!("staff:{}", member.user));
    let who = member.map_or(actor, |member| &member.name);
    let news = NewNotification {
        kind: "bulk_reads",
        title: format!("{who} looks at very many {} within an hour", kind.words()),
        subject: None,
        dedupe_key: format!("bulk_reads:{actor}:{}:{}", kind.words(), now.as_second() / WINDOW.as_secs()),
    };
    if notify_owners(app, &mut tx, org, &news).await? {
        tracing::warn!(org.id = %org, actor, of = kind.words(), "Somebody looks at very much");
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(path: &str, query: &str) -> Option<u32> {
        Look::of(path, query).map(|look| look.points)
    }

    #[test]
    fn one_thing_counts_a_further_part_counts_more_and_what_everybody_sees_does_not() {
        assert_eq!(points("/api/v1/contacts/con_1", ""), Some(1));
        assert_eq!(points("/dashboard/messages/con_1", ""), Some(1));
        assert_eq!(points("/dashboard/contacts", "after=x"), Some(POINTS_OF_A_PART));
        assert_eq!(points("/api/v1/threads", "limit=100&cursor=x"), Some(POINTS_OF_A_PART));
        assert_eq!(points("/api/v1/search", "q=an"), Some(1));
        assert_eq!(points("/api/v1/appointments", "from=2027-01-01T00:00:00Z"), Some(1));
        assert_eq!(points("/api/v1/appointments", "limit=100&cursor=x"), Some(POINTS_OF_A_PART));
        assert_eq!(points("/api/v1/contacts", "phone=%2B13105550123"), Some(1));
        assert_eq!(points("/api/v1/consents", "cursor=x"), Some(POINTS_OF_A_PART));
        assert_eq!(points("/api/v1/threads", "cur%73or=x"), Some(POINTS_OF_A_PART));
        for (path, query) in [
            ("/api/v1/contacts", ""),
            ("/dashboard/calls", "after="),
            ("/dashboard/calendar", ""),
            ("/dashboard/contacts", "q=&after="),
            ("/api/v1/calls", "outcome=booked"),
            ("/api/v1/services/svc_1", ""),
            ("/dashboard/settings/alerts", ""),
            ("/dashboard", ""),
        ] {
            assert_eq!(points(path, query), None, "{path}?{query}");
        }
    }

    #[test]
    fn the_same_again_counts_once_the_hundredth_tells_and_an_hour_ends_it() {
        let (counts, org, now) = (Counts::default(), OrgId(uuid::Uuid::nil()), Timestamp::UNIX_EPOCH);
        let look = |subject| Look { kind: Kind::Contacts, subject, points: 1 };
        for subject in 1..u64::from(MANY) {
            assert_eq!(counts.add((org, "a"), look(subject), now), Standing::Usual);
            assert_eq!(counts.add((org, "a"), look(subject), now), Standing::Usual);
        }
        assert_eq!(counts.add((org, "a"), look(0), now), Standing::Many);
        assert_eq!(counts.add((org, "b"), look(0), now), Standing::Usual, "each for themselves");
        for subject in u64::from(MANY)..u64::from(TOO_MANY) {
            assert_eq!(counts.add((org, "a"), look(subject), now), Standing::Usual);
        }
        let then = now + WINDOW;
        assert_eq!(counts.add((org, "a"), look(0), now), Standing::TooMany(then));
        assert_eq!(counts.add((org, "a"), look(0), then), Standing::Usual);
    }
}
