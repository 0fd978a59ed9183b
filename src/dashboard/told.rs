//! Titles of tasks and notifications in the reader's language. They are stored in English, as they were told; what the program itself
//! wrote is known by its pattern, and what a person wrote stays as it is.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::language::Language;

/// A line for each: `"English {}" = "Spanish {}"`.
const LINES: &str = include_str!("../../locales/told.toml");
/// A title may hold a title, and that an advice.
const DEPTH_MAX: u8 = 2;

struct Pattern {
    english: Vec<String>,
    spanish: Vec<String>,
}

/// What says most first: `Text not sent: …` before what fits everything.
static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let lines: toml::Table = toml::from_str(LINES).unwrap_or_else(|_| toml::Table::new());
    let pieces = |line: &str| line.split("{}").map(str::to_owned).collect();
    let pattern = |(english, spanish): (String, toml::Value)| {
        spanish.as_str().map(|spanish| Pattern { english: pieces(&english), spanish: pieces(spanish) })
    };
    let mut patterns: Vec<Pattern> = lines.into_iter().filter_map(pattern).collect();
    patterns.sort_by_key(|one| std::cmp::Reverse(one.english.iter().map(String::len).sum::<usize>()));
    patterns
});

/// `title` as the reader reads it.
pub(super) fn told(language: Language, title: &str) -> Cow<'_, str> {
    match language {
        Language::English => Cow::Borrowed(title),
        Language::Spanish => translated(title, 0),
    }
}

fn translated(title: &str, depth: u8) -> Cow<'_, str> {
    let found = PATTERNS.iter().find_map(|pattern| Some((pattern, held(&pattern.english, title)?)));
    let Some((pattern, held)) = found.filter(|_| depth <= DEPTH_MAX) else { return Cow::Borrowed(title) };
    let mut held = held.into_iter().map(|part| translated(part, depth + 1));
    let mut words = String::with_capacity(title.len() * 2);
    for piece in &pattern.spanish {
        words.push_str(piece);
        words.push_str(&held.next().unwrap_or_default());
    }
    Cow::Owned(words)
}

/// What stands in `title` for each `{}` between the pieces; `None` where it is another title.
fn held<'a>(pieces: &[String], title: &'a str) -> Option<Vec<&'a str>> {
    let (first, others) = pieces.split_first()?;
    let mut rest = title.strip_prefix(first.as_str())?;
    let Some((last, between)) = others.split_last() else { return rest.is_empty().then(Vec::new) };
    let mut found = Vec::with_capacity(others.len());
    for piece in between {
        let at = rest.find(piece.as_str())?;
        found.push(&rest[..at]);
        rest = &rest[at + piece.len()..];
    }
    found.push(rest.strip_suffix(last.as_str())?);
    found.iter().all(|part| !part.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spanish(title: &str) -> Cow<'_, str> {
        told(Language::Spanish, title)
    }

    #[test]
    fn what_the_program_told_is_read_in_spanish() {
        assert_eq!(spanish("Answer a text"), "Conteste un mensaje");
        assert_eq!(spanish("Hot lead: call Nina Falk back now"), "Interesado caliente: llame ya a Nina Falk");
        assert_eq!(
            spanish("Text not sent: The recipient replied STOP. Call instead."),
            "Mensaje no enviado: La persona respondió STOP. Mejor llame."
        );
        assert_eq!(
            spanish("A visit was moved at short notice: decide on the fee of the policy"),
            "Se cambió una cita con poca antelación: decida sobre el cargo de la política"
        );
        assert_eq!(
            spanish("3 visits on Friday, December 4 at Glow have not answered a reminder: call them"),
            "3 citas del Friday, December 4 en Glow no han respondido al recordatorio: llame a las personas"
        );
    }

    #[test]
    fn what_a_person_wrote_stays_as_it_is() {
        for own in ["Order towels", "Text not sent: ", "", "Hot lead: call", "Answer a text from Ruth"] {
            assert_eq!(spanish(own), own);
        }
        assert_eq!(told(Language::English, "Answer a text"), "Answer a text");
    }

    #[test]
    fn both_languages_hold_the_same() {
        assert!(PATTERNS.len() > 60, "the titles were not read");
        for pattern in &*PATTERNS {
            assert_eq!(pattern.english.len(), pattern.spanish.len(), "{:?}", pattern.english);
            assert!(
                pattern.english.iter().any(|piece| piece.len() > 3),
                "{:?} fits everything",
                pattern.english
            );
        }
    }
}
