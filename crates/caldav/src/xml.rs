//! Reads the answers of `WebDAV` (RFC 4918) and writes the few names we ask for.

use roxmltree::{Document, Node, ParsingOptions};

use crate::Error;

pub(crate) const DAV: &str = "DAV:";
pub(crate) const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
/// A list of twenty thousand events has about ten of them for each.
const NODES_MAX: u32 = 400_000;

/// The document, if it is one. Document types, and with them entities of any kind, are refused.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, Error> {
    let options = ParsingOptions { nodes_limit: NODES_MAX, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|_not_xml| Error::Unreadable)
}

/// The `response`s of a multistatus.
pub(crate) fn responses<'a, 'input>(
    document: &'a Document<'input>,
) -> Result<impl Iterator<Item = Node<'a, 'input>>, Error> {
    let root = document.root_element();
    if !root.has_tag_name((DAV, "multistatus")) {
        return Err(Error::Unreadable);
    }
    Ok(root.children().filter(|node| node.has_tag_name((DAV, "response"))))
}

/// The first child of that name.
pub(crate) fn child<'a, 'input>(
    node: Node<'a, 'input>,
    name: (&'static str, &'static str),
) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.has_tag_name(name))
}

/// The words directly in `node`, without what is around them; `None` if there are none.
pub(crate) fn text(node: Node<'_, '_>) -> Option<String> {
    let words: String = node.children().filter_map(|part| part.is_text().then(|| part.text())?).collect();
    let words = words.trim();
    (!words.is_empty()).then(|| words.to_owned())
}

/// The address that `node` names.
pub(crate) fn href(node: Node<'_, '_>) -> Option<String> {
    text(child(node, (DAV, "href"))?)
}

/// The status of a whole `response`, as servers give it for what is gone.
pub(crate) fn status(response: Node<'_, '_>) -> Option<u16> {
    code(&text(child(response, (DAV, "status"))?)?)
}

/// A property that the server has and shows.
pub(crate) fn prop<'a, 'input>(
    response: Node<'a, 'input>,
    name: (&'static str, &'static str),
) -> Option<Node<'a, 'input>> {
    response
        .children()
        .filter(|part| part.has_tag_name((DAV, "propstat")))
        .filter(|part| status(*part).is_none_or(|code| (200..300).contains(&code)))
        .filter_map(|part| child(part, (DAV, "prop")))
        .find_map(|props| child(props, name))
}

/// Whether the body of a refusal names this condition.
pub(crate) fn names(body: &[u8], condition: (&'static str, &'static str)) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    parse(text).is_ok_and(|document| document.descendants().any(|node| node.has_tag_name(condition)))
}

/// For text between tags.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `HTTP/1.1 404 Not Found`.
fn code(status: &str) -> Option<u16> {
    status.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_entity_is_never_expanded() {
        let laughs = (1..10).map(|i| format!("<!ENTITY l{i} \"{}\">", format!("&l{};", i - 1).repeat(10)));
        let bomb = format!(
            "<!DOCTYPE x [<!ENTITY l0 \"lol\">{}]><multistatus xmlns=\"DAV:\">&l9;</multistatus>",
            laughs.collect::<String>()
        );
        assert!(matches!(parse(&bomb), Err(Error::Unreadable)));
        let file = r#"<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>"#;
        assert!(matches!(parse(file), Err(Error::Unreadable)));
    }

    #[test]
    fn a_document_as_deep_as_it_is_long_is_no_fault() {
        for depth in [100_000, 1_000_000] {
            let deep = format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
            if let Ok(document) = parse(&deep) {
                assert!(responses(&document).is_err());
            }
        }
    }

    #[test]
    fn more_nodes_than_any_calendar_has_are_refused() {
        let many = format!("<a>{}</a>", "<b/>".repeat(1_000_000));
        assert!(matches!(parse(&many), Err(Error::Unreadable)));
    }

    proptest! {
        #[test]
        fn g11_no_answer_makes_the_reader_panic(text in ".{0,200}", tags in "[<>/a-zD:=\" &;!\\[\\]]{0,200}") {
            for text in [text, tags] {
                if let Ok(document) = parse(&text) && let Ok(found) = responses(&document) {
                    for response in found {
                        let _ = (href(response), status(response), prop(response, (DAV, "getetag")).map(self::text));
                    }
                }
            }
        }
    }
}
