//! Finds an account's calendars from whatever address a person typed (RFC 6764, RFC 4791 section 6 and 7).

use reqwest::Url;
use reqwest::header::LOCATION;
use roxmltree::Node;

use crate::client::Answer;
use crate::xml::{self, CALDAV, DAV};
use crate::{Client, Error, href, ics};

const REDIRECTS_MAX: usize = 5;
/// An account has one home, or one of its own and one of its group.
const HOMES_MAX: usize = 5;
const CALENDARS_MAX: usize = 500;

const WHO_AM_I: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop>"#,
    r"<d:current-user-principal/><c:calendar-home-set/><d:resourcetype/><d:displayname/>",
    r"<c:supported-calendar-component-set/><d:current-user-privilege-set/>",
    r"<c:calendar-timezone/><c:calendar-timezone-id/>",
    r"</d:prop></d:propfind>"
);

/// A calendar that can hold events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEntry {
    /// Where it is, absolute.
    pub url: String,
    /// What its owner calls it.
    pub name: String,
    /// Whether events can be written; assumed where the server does not say.
    pub can_write: bool,
    /// Its zone as an IANA name, if it has one.
    pub time_zone: Option<String>,
}

/// What one address tells.
struct Told {
    homes: Vec<Url>,
    principal: Option<Url>,
    /// The address is a calendar itself.
    calendar: Option<CalendarEntry>,
}

impl Client {
    /// The calendars of the account that take events, in the server's order.
    ///
    /// `base` may be the server's address, the account's, or that of one calendar; `/.well-known/caldav` and the root of
    /// the host are tried as well. Follows at most five redirects, each to the same host or over `https`.
    pub async fn calendars(&self, base: &Url) -> Result<Vec<CalendarEntry>, Error> {
        let mut refusal = Error::NotFound;
        let mut alone = None;
        for start in starts(base) {
            match self.homes_from(start).await {
                Ok(told) if !told.homes.is_empty() => return self.calendars_in(&told.homes).await,
                Ok(told) => alone = alone.or(told.calendar),
                // The other addresses are at the same host.
                Err(error @ (Error::Unreachable { .. } | Error::Busy { .. } | Error::NotAllowed)) => {
                    return Err(error);
                }
                Err(error) => refusal = the_one_to_tell(refusal, error),
            }
        }
        alone.map(|calendar| vec![calendar]).ok_or(refusal)
    }

    /// The homes that `start` or the principal it names tells of.
    async fn homes_from(&self, start: Url) -> Result<Told, Error> {
        let told = self.told_by(start).await?;
        match told.principal {
            Some(ref principal) if told.homes.is_empty() => {
                let homes = self.told_by(principal.clone()).await?.homes;
                Ok(Told { homes, ..told })
            }
            _ => Ok(told),
        }
    }

    async fn told_by(&self, address: Url) -> Result<Told, Error> {
        let (url, text) = self.propfind(address, "0").await?;
        let document = xml::parse(&text)?;
        let mut told = Told { homes: Vec::new(), principal: None, calendar: None };
        for response in xml::responses(&document)? {
            let homes = xml::prop(response, (CALDAV, "calendar-home-set"));
            let homes = homes.iter().flat_map(Node::children).filter(|node| node.has_tag_name((DAV, "href")));
            let homes = homes.filter_map(|node| named(&url, &xml::text(node)?).ok());
            told.homes.extend(homes.take(HOMES_MAX));
            let principal = xml::prop(response, (DAV, "current-user-principal"))
                .and_then(xml::href)
                .map(|href| named(&url, &href));
            told.principal = told.principal.or(principal.and_then(Result::ok));
            told.calendar = told.calendar.or_else(|| entry(&url, response));
        }
        Ok(told)
    }

    async fn calendars_in(&self, homes: &[Url]) -> Result<Vec<CalendarEntry>, Error> {
        let mut calendars: Vec<CalendarEntry> = Vec::new();
        for home in homes {
            let (url, text) = self.propfind(home.clone(), "1").await?;
            let document = xml::parse(&text)?;
            for calendar in xml::responses(&document)?.filter_map(|response| entry(&url, response)) {
                if calendars.len() < CALENDARS_MAX && calendars.iter().all(|known| known.url != calendar.url)
                {
                    calendars.push(calendar);
                }
            }
        }
        Ok(calendars)
    }

    /// Asks for our properties, and says where the answer came from in the end.
    async fn propfind(&self, mut url: Url, depth: &'static str) -> Result<(Url, String), Error> {
        for _ in 0..=REDIRECTS_MAX {
            let answer = self.ask_xml(b"PROPFIND", url.clone(), Some(depth), WHO_AM_I.to_owned()).await?;
            if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
                return Ok((url, answer.multistatus()?));
            }
            url = redirected(&url, &answer)?;
            self.guard().allows(&url)?;
        }
        Err(Error::Unreadable)
    }
}

/// Where to look, in this order, each once.
fn starts(base: &Url) -> Vec<Url> {
    let mut starts = vec![base.clone()];
    for path in ["/.well-known/caldav", "/"] {
        if let Ok(url) = base.join(path)
            && !starts.contains(&url)
        {
            starts.push(url);
        }
    }
    starts
}

fn redirected(url: &Url, answer: &Answer) -> Result<Url, Error> {
    let location = answer.header(&LOCATION).ok_or(Error::Unreadable)?;
    sent_on(url, location)
}

/// An address as an answer from `url` names it. At the same host it is asked as that was: behind a proxy, servers name
/// themselves in the clear.
fn named(url: &Url, href: &str) -> Result<Url, Error> {
    let next = url.join(href).map_err(|_no_url| Error::Unreadable)?;
    if next.host_str() == url.host_str() && next.scheme() != url.scheme() {
        return href::url_of(url, href);
    }
    sent_on(url, href)
}

/// Credentials go along, so never to another host in the clear.
fn sent_on(url: &Url, location: &str) -> Result<Url, Error> {
    let next = url.join(location).map_err(|_no_url| Error::Unreadable)?;
    let same_host = next.host_str() == url.host_str() && next.scheme() == url.scheme();
    if next.scheme() == "https" || same_host { Ok(next) } else { Err(Error::NotAllowed) }
}

/// One address of three says most: that the password is wrong, rather than that there is nothing.
fn the_one_to_tell(before: Error, now: Error) -> Error {
    let weight = |error: &Error| match error {
        Error::Unauthorized => 3,
        Error::Forbidden => 2,
        Error::Unavailable { .. } => 1,
        _ => 0,
    };
    if weight(&now) > weight(&before) { now } else { before }
}

/// The calendar that `response` tells of, if it is one for events.
fn entry(url: &Url, response: Node<'_, '_>) -> Option<CalendarEntry> {
    let kind = xml::prop(response, (DAV, "resourcetype"))?;
    xml::child(kind, (CALDAV, "calendar"))?;
    if let Some(set) = xml::prop(response, (CALDAV, "supported-calendar-component-set"))
        && !components(set).any(|name| name.eq_ignore_ascii_case("VEVENT"))
    {
        return None;
    }
    let address = href::url_of(url, &xml::href(response)?).ok()?;
    let name = xml::prop(response, (DAV, "displayname")).and_then(xml::text);
    let last = address.path_segments()?.rfind(|segment| !segment.is_empty()).map(str::to_owned);
    Some(CalendarEntry {
        name: name.or(last)?,
        can_write: xml::prop(response, (DAV, "current-user-privilege-set")).is_none_or(grants_writing),
        time_zone: time_zone(response),
        url: address.into(),
    })
}

fn components<'a>(set: Node<'a, '_>) -> impl Iterator<Item = &'a str> {
    set.children().filter_map(|component| component.attribute("name"))
}

fn grants_writing(privileges: Node<'_, '_>) -> bool {
    privileges.descendants().any(|node| {
        ["all", "write", "write-content", "bind"].iter().any(|name| node.has_tag_name((DAV, *name)))
    })
}

fn time_zone(response: Node<'_, '_>) -> Option<String> {
    let named = xml::prop(response, (CALDAV, "calendar-timezone-id")).and_then(xml::text);
    let written = || xml::prop(response, (CALDAV, "calendar-timezone")).and_then(xml::text);
    named.and_then(|id| ics::zone_name(&id)).or_else(|| ics::zone_of(&written()?))
}
