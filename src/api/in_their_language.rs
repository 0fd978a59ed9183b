//! Refusals in the language of whoever reads them: a session's person in their own, a program by `Accept-Language`, else English.
//!
//! The one place where a refusal changes its words: handlers say what is wrong in English, and know no language.

use std::sync::{Arc, OnceLock};

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::language::Language;
use crate::platform::problem::Problem;

/// Who reads the answer: known once the caller of the request is.
#[derive(Debug, Clone, Default)]
pub(super) struct Reader(Arc<OnceLock<Language>>);

impl Reader {
    /// The caller reads this.
    pub fn reads(&self, language: Language) {
        // A request has one caller; whoever was found first stays.
        let _ = self.0.set(language);
    }
}

/// The first language of `Accept-Language`, if it is one of ours.
pub(super) fn accepted(headers: &HeaderMap) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let first = wanted.unwrap_or_default().split([',', ';']).next().unwrap_or_default();
    Language::of_tag(first).unwrap_or_default()
}

/// Runs the request and puts what it is refused with into words of its reader.
pub(super) async fn answer(mut request: Request, next: Next) -> Response {
    let (asked, reader) = (accepted(request.headers()), Reader::default());
    request.extensions_mut().insert(reader.clone());
    let response = next.run(request).await;
    let language = reader.0.get().copied().unwrap_or(asked);
    match response.extensions().get::<Problem>() {
        Some(problem) if language != Language::English => {
            let mut told = said(problem, language).into_response();
            for (name, value) in response.headers() {
                if !told.headers().contains_key(name) && name != header::CONTENT_LENGTH {
                    told.headers_mut().insert(name, value.clone());
                }
            }
            told.headers_mut()
                .insert(header::CONTENT_LANGUAGE, header::HeaderValue::from_static(language.as_str()));
            told
        }
        _ => response,
    }
}

/// The same refusal in this language. Codes, names of fields and what is data stay.
pub(super) fn said(problem: &Problem, language: Language) -> Problem {
    let field = problem.members.as_ref().and_then(|members| members.get("field")?.as_str());
    // "name must have 1 to 80 characters.": what is wrong follows the field's name.
    let wrong =
        field.and_then(|field| problem.detail.strip_prefix(field)?.strip_prefix(' ')?.strip_suffix('.'));
    let detail = match (field, wrong) {
        (Some(field), Some(wrong)) => format!("{field}: {}.", language.say(wrong)),
        _ => language.say(&problem.detail),
    };
    let title = problem.status.canonical_reason().map(|title| language.say(title));
    Problem { title, ..problem.clone().saying(detail) }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::api::problems::invalid_field;

    #[test]
    fn the_first_language_that_is_asked_for_decides() {
        let of = |asked: &'static str| {
            accepted(&HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(asked))]))
        };
        assert_eq!([of("es"), of("es-MX,en;q=0.8")], [Language::Spanish; 2]);
        assert_eq!([of("en-US,es;q=0.9"), of("fr"), of("")], [Language::English; 3]);
        assert_eq!(accepted(&HeaderMap::new()), Language::English);
    }

    #[test]
    fn a_field_keeps_its_name() {
        let told = said(&invalid_field("needs[0].any_of", "must have at most 9 entries"), Language::Spanish);
        assert_eq!(told.detail, "needs[0].any_of: debe tener como mucho 9 entradas.");
        assert_eq!(told.title.as_deref(), Some("Dato incorrecto"));
        assert_eq!(said(&Problem::NOT_FOUND, Language::Spanish).detail, "Aquí no hay nada.");
    }
}
