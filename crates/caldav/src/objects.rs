//! Reads and writes single objects of a calendar (RFC 4791).

use std::fmt;

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};

use crate::client::Body;
use crate::xml::{self, CALDAV, DAV};
use crate::{Client, Error, href};

/// What servers take at once without trouble.
const CHUNK: usize = 50;

/// An object of a calendar with what is in it. Its `Debug` shows nothing of the event.
#[derive(Clone, PartialEq, Eq)]
pub struct Object {
    /// Its path, in one spelling whatever the server's.
    pub href: String,
    /// Its version.
    pub etag: String,
    /// iCalendar text.
    pub ics: String,
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object").field("etag", &self.etag).finish_non_exhaustive()
    }
}

/// What must hold for a write to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition<'a> {
    /// Nothing is there yet.
    Absent,
    /// This version is there.
    Matches(&'a str),
    /// Whatever is there is replaced.
    Any,
}

impl Client {
    /// The objects at `hrefs` that are still there, in no certain order.
    pub async fn fetch(&self, calendar: &str, hrefs: &[&str]) -> Result<Vec<Object>, Error> {
        let mut objects = Vec::with_capacity(hrefs.len());
        // The last is the next.
        let mut waiting: Vec<&[&str]> = hrefs.chunks(CHUNK).rev().collect();
        while let Some(chunk) = waiting.pop() {
            match self.multiget(calendar, chunk).await? {
                Some(found) => objects.extend(found),
                // Fifty events with pictures in them are too much for one answer; one alone is not.
                None if chunk.len() > 1 => {
                    let (first, second) = chunk.split_at(chunk.len() / 2);
                    waiting.extend([second, first]);
                }
                None => return Err(Error::Unreadable),
            }
        }
        Ok(objects)
    }

    /// The object at `href`; `None` if there is none.
    pub async fn get(&self, calendar: &str, href: &str) -> Result<Option<Object>, Error> {
        let base = href::calendar(calendar)?;
        let url = href::url_of(&base, href)?;
        let answer = self.ask(Method::GET, url, |request| request.header(ACCEPT, "text/calendar")).await?;
        match answer.status {
            200 => {}
            404 | 410 => return Ok(None),
            204 | 300..400 => return Err(Error::Unreadable),
            _ => return Err(answer.refusal()),
        }
        let Some(etag) = answer.header(&ETAG).map(str::to_owned) else {
            // Some proxies drop it; the report has it in its body.
            return Ok(self.fetch(calendar, &[href]).await?.pop());
        };
        Ok(Some(Object { href: href::path_of(&base, href)?, etag, ics: answer.text()? }))
    }

    /// Writes `ics` at `href`, and says its new version if the server does. A server that keeps something other than it
    /// was given does not: read it again then.
    ///
    /// [`Error::Changed`] if `condition` does not hold.
    pub async fn put(
        &self,
        calendar: &str,
        href: &str,
        ics: &str,
        condition: Condition<'_>,
    ) -> Result<Option<String>, Error> {
        let url = href::url_of(&href::calendar(calendar)?, href)?;
        let answer = self
            .ask(Method::PUT, url, |request| {
                let request =
                    request.header(CONTENT_TYPE, "text/calendar; charset=utf-8").body(ics.to_owned());
                match condition {
                    Condition::Absent => request.header(IF_NONE_MATCH, "*"),
                    Condition::Matches(etag) => request.header(IF_MATCH, etag),
                    Condition::Any => request,
                }
            })
            .await?;
        if answer.is_success() {
            return Ok(answer.header(&ETAG).map(str::to_owned));
        }
        Err(answer.refusal())
    }

    /// Deletes the object at `href`, if it is still the version `if_match`. What is gone already is deleted.
    pub async fn delete(&self, calendar: &str, href: &str, if_match: Option<&str>) -> Result<(), Error> {
        let url = href::url_of(&href::calendar(calendar)?, href)?;
        let answer = self
            .ask(Method::DELETE, url, |request| match if_match {
                Some(etag) => request.header(IF_MATCH, etag),
                None => request,
            })
            .await?;
        match answer.status {
            200..300 | 404 | 410 => Ok(()),
            _ => Err(answer.refusal()),
        }
    }

    /// The path that an object named `name` has in `calendar`, as [`Client::sync`] will tell it.
    pub fn path(calendar: &str, name: &str) -> Result<String, Error> {
        href::path_of(&href::calendar(calendar)?, name)
    }

    /// One report; `None` if its answer is too long to be read.
    async fn multiget(&self, calendar: &str, hrefs: &[&str]) -> Result<Option<Vec<Object>>, Error> {
        let url = href::calendar(calendar)?;
        // A path in our spelling has nothing in it that XML would mind.
        let paths: Vec<String> =
            hrefs.iter().map(|href| href::path_of(&url, href)).collect::<Result<_, _>>()?;
        let asked = format!("<d:href>{}</d:href>", paths.join("</d:href><d:href>"));
        let body = format!(
            r#"<?xml version="1.0" encoding="utf-8"?><c:calendar-multiget xmlns:d="DAV:" xmlns:c="{CALDAV}"><d:prop><d:getetag/><c:calendar-data/></d:prop>{asked}</c:calendar-multiget>"#
        );
        let answer = self.ask_xml(b"REPORT", url.clone(), Some("1"), body).await?;
        if answer.is_success() && matches!(answer.body, Body::TooLong) {
            return Ok(None);
        }
        let text = answer.multistatus()?;
        let document = xml::parse(&text)?;
        let mut objects = Vec::with_capacity(paths.len());
        for response in xml::responses(&document)? {
            let href = href::path_of(&url, &xml::href(response).ok_or(Error::Unreadable)?)?;
            let etag = xml::prop(response, (DAV, "getetag")).and_then(xml::text);
            let ics = xml::prop(response, (CALDAV, "calendar-data")).and_then(xml::text);
            match (etag, ics) {
                (Some(etag), Some(ics)) => objects.push(Object { href, etag, ics }),
                _ if matches!(xml::status(response), Some(404 | 410)) => {}
                _ if gone(response) => {}
                // Left out silently, its time would be free.
                _ => return Err(Error::Unreadable),
            }
        }
        Ok(Some(objects))
    }
}

/// Some servers tell what is gone property by property.
fn gone(response: roxmltree::Node<'_, '_>) -> bool {
    let mut parts = response.children().filter(|part| part.has_tag_name((DAV, "propstat"))).peekable();
    parts.peek().is_some() && parts.all(|part| matches!(xml::status(part), Some(404 | 410)))
}
