//! Content lines: what an object is made of.
//!
//! `icalendar` reads each line. Its reader of whole objects is not used: it calls itself for each component in a
//! component, so that a hostile object ends the program, and it refuses all of an object for one line that nobody needs.

use icalendar::parser::{Property, unfold};

use super::ReadError;

/// Events have alarms in them, alarms have nothing.
const DEPTH_MAX: usize = 8;

/// One property, its name and its parameters' names in capitals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub name: String,
    pub params: Vec<(String, String)>,
    pub value: String,
}

impl Line {
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What a line is to the object.
pub(super) enum Part<'a> {
    Begin(String),
    End,
    /// A property, not read yet.
    Content(&'a str),
}

/// One line with the components that it is in, from the outermost.
pub(super) struct Placed<'a> {
    pub part: Part<'a>,
    /// The line as it is written, with its folds and its line break.
    pub raw: &'a str,
    /// Without the component that this line begins; with the one that it ends.
    pub inside: Vec<String>,
}

/// Reads the content lines of one whole object, calling `take` with each.
pub(super) fn walk<'a>(ics: &'a str, mut take: impl FnMut(&Placed<'a>)) -> Result<(), ReadError> {
    let mut placed = Placed { part: Part::End, raw: "", inside: Vec::new() };
    let mut is_whole = false;
    for raw in lines(ics.trim_start_matches('\u{feff}')) {
        let Some(name) = name_of(raw) else {
            // A line without a name belongs to nothing that is read.
            continue;
        };
        placed.raw = raw;
        match name.as_str() {
            "BEGIN" => {
                let component = value_of(raw);
                if placed.inside.len() == DEPTH_MAX || placed.inside.is_empty() && component != "VCALENDAR" {
                    return Err(ReadError::NotACalendar);
                }
                placed.part = Part::Begin(component.clone());
                take(&placed);
                placed.inside.push(component);
            }
            "END" => {
                if placed.inside.last() != Some(&value_of(raw)) {
                    return Err(ReadError::NotACalendar);
                }
                placed.part = Part::End;
                take(&placed);
                placed.inside.pop();
                is_whole = placed.inside.is_empty();
            }
            _ if placed.inside.is_empty() => return Err(ReadError::NotACalendar),
            _ => {
                placed.part = Part::Content(raw);
                take(&placed);
            }
        }
    }
    // Half an event would look like one without its exceptions.
    if is_whole && placed.inside.is_empty() { Ok(()) } else { Err(ReadError::NotACalendar) }
}

/// The name of a content line, in capitals.
pub(super) fn name_of(raw: &str) -> Option<String> {
    let end = raw.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(raw.len());
    (end > 0).then(|| raw[..end].to_ascii_uppercase())
}

/// A content line's name, parameters and value.
///
/// One that the library does not understand has an empty value, and so is refused by whoever needs it.
pub(super) fn read(raw: &str) -> Option<Line> {
    let name = name_of(raw)?;
    let unfolded = unfold(raw.trim_end_matches(['\r', '\n']));
    let property = Property::try_from(unfolded.as_str());
    let Ok(property) = property else {
        return Some(Line { name, params: Vec::new(), value: String::new() });
    };
    let params = property.params.into_iter().map(|param| {
        let value = param.val.map_or_else(String::new, |value| value.as_str().trim().to_owned());
        (param.key.as_str().to_ascii_uppercase(), value)
    });
    Some(Line { name, params: params.collect(), value: property.val.as_str().trim().to_owned() })
}

/// The value of `BEGIN` and `END`, in capitals.
fn value_of(raw: &str) -> String {
    raw.split_once(':').map_or_else(String::new, |(_, value)| value.trim().to_ascii_uppercase())
}

/// The lines as they are written, each with the ones that continue it.
fn lines(ics: &str) -> impl Iterator<Item = &str> {
    let mut rest = ics;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = 0;
        loop {
            end = rest[end..].find('\n').map_or(rest.len(), |at| end + at + 1);
            if !rest[end..].starts_with([' ', '\t']) {
                break;
            }
        }
        let (line, after) = rest.split_at(end);
        rest = after;
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_folded_line_is_one_line() {
        let raw = "ATTENDEE;CN=\"Roe; Anna\";PARTSTAT=DECL\r\n INED:mailto:anna@\r\n\tclinic.example\r\n";
        let folded = lines(raw).collect::<Vec<_>>();
        assert_eq!(folded, [raw]);
        let line = read(raw).unwrap();
        assert_eq!(line.value, "mailto:anna@clinic.example");
        assert_eq!(line.param("PARTSTAT"), Some("DECLINED"));
        assert_eq!(line.param("CN"), Some("Roe; Anna"));
    }

    #[test]
    fn quoted_zones_and_small_letters_are_read() {
        let line = read("dtstart;tzid=\"Europe/Berlin\":20261126T090000\n").unwrap();
        assert_eq!(
            line,
            Line {
                name: "DTSTART".into(),
                params: vec![("TZID".into(), "Europe/Berlin".into())],
                value: "20261126T090000".into()
            }
        );
    }

    #[test]
    fn half_an_object_is_none() {
        let whole = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(walk(whole, |_| {}), Ok(()));
        for end in (0..whole.len() - 2).filter(|end| !whole[..*end].ends_with("END:VCALENDAR")) {
            assert_eq!(walk(&whole[..end], |_| {}), Err(ReadError::NotACalendar), "{end}");
        }
        let crossed = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT\n";
        assert_eq!(walk(crossed, |_| {}), Err(ReadError::NotACalendar));
    }

    #[test]
    fn an_object_of_components_in_components_is_refused() {
        let deep = format!("BEGIN:VCALENDAR\n{}", "BEGIN:VEVENT\n".repeat(500_000));
        assert_eq!(walk(&deep, |_| {}), Err(ReadError::NotACalendar));
    }
}
