//! Partial answers: `fields=kind,items(id,start)`.

use serde_json::{Map, Value};

use super::door::Refusal;

/// Every name that a mask may have, at any depth: a misspelt one is refused, as Google does.
const NAMES: &[&str] = &[
    "kind",
    "etag",
    "id",
    "status",
    "summary",
    "description",
    "location",
    "start",
    "end",
    "date",
    "dateTime",
    "timeZone",
    "transparency",
    "recurringEventId",
    "eventType",
    "attendees",
    "self",
    "responseStatus",
    "extendedProperties",
    "private",
    "updated",
    "created",
    "items",
    "nextPageToken",
    "nextSyncToken",
];

/// What `mask` names of `value`.
pub(super) fn masked(value: Value, mask: &str) -> Result<Value, Refusal> {
    let mut rest = mask;
    let mask = Mask::read(&mut rest).filter(|_| rest.is_empty());
    Ok(mask.ok_or_else(|| Refusal::new(400, "invalidParameter"))?.apply(value))
}

/// Names with what is wanted below them; empty for all of it.
struct Mask(Vec<(String, Mask)>);

impl Mask {
    fn read(rest: &mut &str) -> Option<Self> {
        let mut names = Vec::new();
        loop {
            let end = rest.find([',', '(', ')', '/']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            if !NAMES.contains(&name) {
                return None;
            }
            *rest = after;
            let below = if let Some(after) = rest.strip_prefix('/') {
                *rest = after;
                // One name, or one name with more below it.
                let end = rest.find([',', ')']).unwrap_or(rest.len());
                let (mut path, after) = rest.split_at(end);
                *rest = after;
                Self::read(&mut path)?
            } else if let Some(after) = rest.strip_prefix('(') {
                *rest = after;
                let below = Self::read(rest)?;
                *rest = rest.strip_prefix(')')?;
                below
            } else {
                Self(Vec::new())
            };
            names.push((name.to_owned(), below));
            let Some(after) = rest.strip_prefix(',') else { return Some(Self(names)) };
            *rest = after;
        }
    }

    fn apply(&self, value: Value) -> Value {
        match value {
            _ if self.0.is_empty() => value,
            Value::Array(items) => items.into_iter().map(|item| self.apply(item)).collect(),
            Value::Object(mut all) => {
                let kept = self.0.iter().filter_map(|(name, below)| {
                    all.remove(name).map(|value| (name.clone(), below.apply(value)))
                });
                Value::Object(kept.collect::<Map<_, _>>())
            }
            value => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_mask_keeps_what_it_names() {
        let page = json!({
            "kind": "k", "etag": "e",
            "items": [{ "id": "a", "summary": "x", "extendedProperties": { "private": { "p": "1" }, "shared": {} } }],
        });
        let masked = |mask: &str| masked(page.clone(), mask).ok();
        assert_eq!(
            masked("kind,items(id,extendedProperties/private)"),
            Some(
                json!({ "kind": "k", "items": [{ "id": "a", "extendedProperties": { "private": { "p": "1" } } }] })
            )
        );
        assert_eq!(masked("items/id,kind"), Some(json!({ "kind": "k", "items": [{ "id": "a" }] })));
        assert_eq!(masked("nextPageToken"), Some(json!({})));
        for wrong in ["", "kynd", "items(id", "items)", "kind,,etag"] {
            assert_eq!(masked(wrong), None, "{wrong}");
        }
    }
}
