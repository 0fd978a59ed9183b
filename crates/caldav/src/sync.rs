//! Learns what changed in a calendar (RFC 6578).

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use reqwest::Url;

use crate::client::Answer;
use crate::xml::{self, DAV};
use crate::{Client, Error, href};

/// More turns than this is a server that never comes to an end.
const PAGES_MAX: usize = 1_000;
const RESOURCES_MAX: usize = 200_000;
/// Begins the tokens that we make ourselves; a server's are URIs, and none has this scheme.
const LISTED: &str = "listing:";

const LIST: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<d:propfind xmlns:d="DAV:"><d:prop><d:getetag/><d:resourcetype/></d:prop></d:propfind>"#
);

/// One object of a calendar, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource {
    /// Its path, in one spelling whatever the server's.
    pub href: String,
    /// Its version.
    pub etag: String,
}

/// What happened since a sync token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// New or changed, by path. Since the beginning: everything there is.
    pub changed: Vec<Resource>,
    /// The paths of what is gone.
    pub removed: Vec<String>,
    /// What to ask with the next time.
    pub sync_token: String,
}

/// The latest of each path: its version, or that it is gone.
type Latest = BTreeMap<String, Option<String>>;

/// One answer.
struct Page {
    sync_token: String,
    /// The server stopped early (507).
    is_truncated: bool,
}

impl Client {
    /// What changed in `calendar` since `sync_token`; everything if there is none.
    ///
    /// [`Error::SyncTokenGone`] asks for everything again. A server that cannot sync is listed instead, and our token
    /// for it is a digest of that list: a list that differs is [`Error::SyncTokenGone`] too, because it cannot say what
    /// was removed.
    pub async fn sync(&self, calendar: &str, sync_token: Option<&str>) -> Result<Changes, Error> {
        let url = href::calendar(calendar)?;
        if sync_token.is_some_and(|token| token.starts_with(LISTED)) {
            return self.list(&url, sync_token).await;
        }
        let mut latest = Latest::new();
        let mut token = sync_token.unwrap_or("").to_owned();
        for page in 0..PAGES_MAX {
            let answer = self.ask_xml(b"REPORT", url.clone(), Some("0"), sync_collection(&token)).await?;
            if !answer.is_success() {
                let refusal = refusal(&answer);
                if page == 0 && sync_token.is_none() && cannot_sync(&answer) {
                    return self.list(&url, None).await;
                }
                return Err(refusal);
            }
            let read = read_page(&url, &answer.multistatus()?, &mut latest)?;
            if !read.is_truncated {
                return Ok(changes(latest, read.sync_token));
            }
            // Otherwise the next turn would be this one.
            if read.sync_token == token || latest.len() > RESOURCES_MAX {
                return Err(Error::Unreadable);
            }
            token = read.sync_token;
        }
        Err(Error::Unreadable)
    }

    /// The same from a list of everything.
    async fn list(&self, url: &Url, sync_token: Option<&str>) -> Result<Changes, Error> {
        let answer = self.ask_xml(b"PROPFIND", url.clone(), Some("1"), LIST.to_owned()).await?;
        let text = answer.multistatus()?;
        let document = xml::parse(&text)?;
        let mut latest = Latest::new();
        for response in xml::responses(&document)? {
            read_response(url, response, &mut latest)?;
        }
        let token = digest_of(&latest);
        match sync_token {
            Some(known) if known == token => {
                Ok(Changes { changed: Vec::new(), removed: Vec::new(), sync_token: token })
            }
            Some(_) => Err(Error::SyncTokenGone),
            None => Ok(changes(latest, token)),
        }
    }
}

fn sync_collection(token: &str) -> String {
    let token = xml::escaped(token);
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?><d:sync-collection xmlns:d="DAV:"><d:sync-token>{token}</d:sync-token><d:sync-level>1</d:sync-level><d:prop><d:getetag/><d:resourcetype/></d:prop></d:sync-collection>"#
    )
}

fn refusal(answer: &Answer) -> Error {
    let token_refused = matches!(answer.status, 400 | 403 | 409 | 412)
        && xml::names(answer.bytes(), (DAV, "valid-sync-token"));
    if token_refused { Error::SyncTokenGone } else { answer.refusal() }
}

/// Servers say in many ways that they do not know a report.
fn cannot_sync(answer: &Answer) -> bool {
    match answer.status {
        400 | 405 | 415 | 422 | 501 => true,
        403 | 409 => xml::names(answer.bytes(), (DAV, "supported-report")),
        _ => false,
    }
}

fn read_page(url: &Url, text: &str, latest: &mut Latest) -> Result<Page, Error> {
    let document = xml::parse(text)?;
    let mut is_truncated = false;
    for response in xml::responses(&document)? {
        is_truncated |= xml::status(response) == Some(507);
        read_response(url, response, latest)?;
    }
    let token = xml::child(document.root_element(), (DAV, "sync-token")).and_then(xml::text);
    Ok(Page { sync_token: token.ok_or(Error::Unreadable)?, is_truncated })
}

/// Takes note of one object; what is said of the calendar itself or of a folder in it is nothing to us.
fn read_response(url: &Url, response: roxmltree::Node<'_, '_>, latest: &mut Latest) -> Result<(), Error> {
    let path = href::path_of(url, &xml::href(response).ok_or(Error::Unreadable)?)?;
    if path.ends_with('/') || format!("{path}/") == href::path_of(url, "")? {
        return Ok(());
    }
    match xml::status(response) {
        Some(404 | 410) => {
            latest.insert(path, None);
        }
        Some(507) => {}
        _ => {
            let kind = xml::prop(response, (DAV, "resourcetype"));
            if kind.is_some_and(|kind| xml::child(kind, (DAV, "collection")).is_some()) {
                return Ok(());
            }
            let etag = xml::prop(response, (DAV, "getetag")).and_then(xml::text);
            latest.insert(path, Some(etag.ok_or(Error::Unreadable)?));
        }
    }
    Ok(())
}

fn changes(latest: Latest, sync_token: String) -> Changes {
    let mut changes = Changes { changed: Vec::new(), removed: Vec::new(), sync_token };
    for (href, etag) in latest {
        match etag {
            Some(etag) => changes.changed.push(Resource { href, etag }),
            None => changes.removed.push(href),
        }
    }
    changes
}

fn digest_of(latest: &Latest) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for (href, etag) in latest {
        // Neither has a line break in it.
        context.update(format!("{href}\n{}\n", etag.as_deref().unwrap_or("")).as_bytes());
    }
    format!("{LISTED}{}", hex::encode(context.finish()))
}
