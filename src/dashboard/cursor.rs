//! Where a list goes on: the moment and id of the last row that was seen, in the address of the next part.

use jiff::Timestamp;
use uuid::Uuid;

/// Written as `2026-11-24T18:00:00Z~0192…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// When the last row was.
    pub at: Timestamp,
    /// Which it was.
    pub id: Uuid,
}

impl Cursor {
    /// What an address says; `None` for anything else, which begins the list anew.
    pub fn parse(written: &str) -> Option<Self> {
        let (at, id) = written.split_once('~')?;
        Some(Self { at: at.parse().ok()?, id: Uuid::try_parse(id).ok()? })
    }

    /// The cursor behind the first `limit` of rows that are one more than that, if they are.
    pub fn behind<T>(rows: &mut Vec<T>, limit: i64, place: impl Fn(&T) -> Self) -> Option<Self> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        if has_more { rows.last().map(place) } else { None }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}~{}", self.at, self.id.simple())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        let cursor = Cursor { at: Timestamp::UNIX_EPOCH, id: Uuid::from_u128(7) };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        assert_eq!(Cursor::parse("yesterday~7"), None);
    }

    #[test]
    fn a_list_goes_on_only_when_there_is_more() {
        let place = |n: &u128| Cursor { at: Timestamp::UNIX_EPOCH, id: Uuid::from_u128(*n) };
        let mut rows = vec![1, 2, 3];
        assert_eq!(Cursor::behind(&mut rows, 2, place).map(|cursor| cursor.id.as_u128()), Some(2));
        assert_eq!((rows.len(), Cursor::behind(&mut rows, 2, place)), (2, None));
    }
}
