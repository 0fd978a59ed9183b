//! Finds what somebody typed.

use super::store::{self, CallFound, Callers, ContactFound, TaskFound, ThreadFound, VisitFound};
use crate::calls::TestCalls;
use crate::phone::Phone;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, CallId, ContactId, OrgId};

/// Fewer digits are in every number.
const DIGITS_MIN: usize = 3;

/// What to find. Somebody may have typed a name: deliberately no `Debug`.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// As it was typed.
    pub words: &'a str,
    /// Where a national number belongs to (ISO 3166).
    pub region: &'a str,
    /// Whether calls may be told.
    pub calls: bool,
    /// Whether visits may be told.
    pub visits: bool,
    /// Whether tasks may be told.
    pub tasks: bool,
    /// Whether calls that only tried the assistant out are found.
    pub tests: TestCalls,
}

/// What was found, at most eight of each. Names people: deliberately no `Debug`.
#[derive(Default)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Found {
    pub contacts: Vec<ContactFound>,
    pub calls: Vec<CallFound>,
    pub visits: Vec<VisitFound>,
    pub threads: Vec<ThreadFound>,
    pub tasks: Vec<TaskFound>,
}

/// People by the beginning of their name, last name or e-mail address, or by digits of their number; and what is theirs. A
/// whole number also finds calls, visits and texts of somebody who is no contact, and a name the calls of whom only an alert
/// calls so. Tasks also by their words.
pub async fn find(tx: &mut PgConnection, org: OrgId, wanted: &Wanted<'_>) -> sqlx::Result<Found> {
    let words = wanted.words.trim();
    if words.is_empty() {
        return Ok(Found::default());
    }
    let typed = Typed::of(words, wanted.region);
    let contacts = match &typed {
        Typed::Words => store::contacts_by_words(tx, org, words).await?,
        Typed::Digits { digits, .. } => store::contacts_by_digits(tx, org, digits).await?,
    };
    let ids: Vec<ContactId> = contacts.iter().map(|contact| contact.id).collect();
    let mut phones: Vec<String> = contacts.iter().map(|contact| contact.phone.clone()).collect();
    let number = typed.number();
    if let Some(number) = number.filter(|number| !phones.iter().any(|phone| phone == number)) {
        phones.push(number.to_owned());
    }
    let of = Callers { contacts: &ids, number, words: typed.is_words().then_some(words) };
    let calls = if wanted.calls { store::calls(tx, org, &of, wanted.tests).await? } else { Vec::new() };
    let visits = if wanted.visits { store::visits(tx, org, &ids, number).await? } else { Vec::new() };
    let tasks = if wanted.tasks {
        let call_ids: Vec<CallId> = calls.iter().map(|call| call.id).collect();
        let visit_ids: Vec<AppointmentId> = visits.iter().map(|visit| visit.id).collect();
        store::tasks(tx, org, words, (&ids, &call_ids, &visit_ids)).await?
    } else {
        Vec::new()
    };
    let threads = store::threads(tx, org, &phones).await?;
    Ok(Found { contacts, calls, visits, threads, tasks })
}

/// What was typed.
#[derive(PartialEq, Eq)]
enum Typed {
    /// A name, an address, or words.
    Words,
    /// A number, or a part of one.
    Digits { digits: String, number: Option<String> },
}

impl Typed {
    fn of(words: &str, region: &str) -> Self {
        let is_number = words.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
        let digits: String = words.chars().filter(char::is_ascii_digit).collect();
        if !is_number || digits.len() < DIGITS_MIN {
            return Self::Words;
        }
        let number = Phone::parse(words, region).ok().map(|phone| phone.as_str().to_owned());
        Self::Digits { digits, number }
    }

    fn is_words(&self) -> bool {
        matches!(self, Self::Words)
    }

    fn number(&self) -> Option<&str> {
        match self {
            Self::Words => None,
            Self::Digits { number, .. } => number.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_a_number_and_anything_else_is_words() {
        let number = |words| match Typed::of(words, "US") {
            Typed::Words => None,
            Typed::Digits { digits, number } => Some((digits, number)),
        };
        let whole = Some("+13105550142".to_owned());
        assert_eq!(number("(310) 555-0142"), Some(("3105550142".to_owned(), whole.clone())));
        assert_eq!(number("+1 310 555 0142"), Some(("13105550142".to_owned(), whole)));
        assert_eq!(number("0142"), Some(("0142".to_owned(), None)));
        for words in ["Ana", "42", "ana4213@mail.example", "room 101"] {
            assert_eq!(number(words), None, "{words}");
        }
    }
}
