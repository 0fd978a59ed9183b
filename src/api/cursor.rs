//! Lists in pages: a cursor names the last item that was seen, so that rows added or gone meanwhile move nothing.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::problems;
use crate::platform::ids::Prefixed;
use crate::platform::problem::Problem;

/// Longer than every cursor.
const CURSOR_BYTES_MAX: usize = 200;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// At most `limit` of them.
    pub items: Vec<T>,
    /// Ask with this as `cursor` for the items after these; null when there are none.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of `limit` items from one more than that, if there are more.
    pub fn of<Id: Prefixed + std::fmt::Display>(
        mut items: Vec<T>,
        limit: i64,
        place: impl Fn(&T) -> (String, Id),
    ) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = items.len() > limit;
        items.truncate(limit);
        let last = if has_more { items.last() } else { None };
        let next_cursor = last.map(|last| {
            let (key, id) = place(last);
            URL_SAFE_NO_PAD.encode(format!("{key} {id}"))
        });
        Self { items, next_cursor }
    }
}

/// The sort key and id after which a list goes on.
pub(super) fn place_of<Key: FromStr, Id: Prefixed + Into<Uuid>>(
    cursor: &str,
) -> Result<(String, Uuid), Problem> {
    let wrong = || problems::invalid_field("cursor", "is none that this list gave");
    if cursor.len() > CURSOR_BYTES_MAX {
        return Err(wrong());
    }
    let place = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let place = place.ok_or_else(wrong)?;
    let (key, id) = place.rsplit_once(' ').ok_or_else(wrong)?;
    let id = Id::parse(id).ok_or_else(wrong)?;
    // What is no key of this list must not reach the database.
    if key.parse::<Key>().is_err() {
        return Err(wrong());
    }
    Ok((key.to_owned(), id.into()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::platform::ids::{LocationId, ServiceId};

    #[test]
    fn a_cursor_says_where_a_page_ended_and_nothing_else_is_one() {
        let ids: Vec<LocationId> = (1..=3).map(|n| LocationId(Uuid::from_u128(n))).collect();
        let page = Page::of(ids.clone(), 2, |id| ("7".to_owned(), *id));
        assert_eq!(page.items, ids[..2]);
        let cursor = page.next_cursor.unwrap();
        assert_eq!(place_of::<i16, LocationId>(&cursor).unwrap(), ("7".to_owned(), ids[1].0));
        assert!(place_of::<i16, ServiceId>(&cursor).is_err(), "another list's");
        assert!(place_of::<jiff::Timestamp, LocationId>(&cursor).is_err(), "another key's");
        for other in ["", "!", "AAAA", &"A".repeat(300)] {
            assert!(place_of::<i16, LocationId>(other).is_err(), "{other}");
        }
        assert!(Page::of(ids, 3, |id| (String::new(), *id)).next_cursor.is_none());
    }
}
