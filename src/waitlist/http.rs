//! The link of an offer. Looking takes nothing: previews and scanners look. Only the button does.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use jiff::Zoned;

use super::page::{Shown, page};
use super::spoken::sentence;
use super::store::{self, Offer, OfferState};
use super::take::{Taken, ended, take};
use crate::language::Language;
use crate::orgs::{self, Claimed, Settings};
use crate::platform::app::App;
use crate::platform::ids::{OfferId, OrgId};
use crate::platform::page::{notice, respond};
use crate::platform::telemetry::chain;
use crate::scheduling;
use crate::when;

const NO_SUCH_OFFER: &str = "This link leads to no offer. Please call us to book.";
const TRY_AGAIN: &str = "We couldn't reach our calendar just now. Please try again in a moment.";

/// Routes for people who were offered a time.
pub fn router() -> Router<App> {
    Router::new().route("/w/{token}", get(show_offer).post(take_offer)).layer(DefaultBodyLimit::max(1024))
}

/// An offer as its link shows it.
struct Linked {
    org: OrgId,
    id: OfferId,
}

async fn show_offer(State(app): State<App>, Path(token): Path<String>) -> Response {
    answer(shown(&app, &token).await)
}

async fn take_offer(State(app): State<App>, Path(token): Path<String>) -> Response {
    answer(taken(&app, &token).await)
}

/// Why there is no page of the clinic's.
enum NoPage {
    NoSuchOffer,
    Trouble,
}

impl<E: std::error::Error> From<E> for NoPage {
    fn from(error: E) -> Self {
        tracing::warn!(error = chain(&error), "Could not answer the link of an offer");
        Self::Trouble
    }
}

type Page = Result<(StatusCode, String), NoPage>;

async fn linked(app: &App, token: &str) -> Result<Linked, NoPage> {
    // A full stop behind the link in the text is no part of it.
    let token = token.trim_end_matches('.');
    let owner = orgs::owner_of(app, &Claimed::Offer(token.to_owned())).await?.ok_or(NoPage::NoSuchOffer)?;
    let mut tx = app.begin(owner.org).await?;
    let id = store::offer_of_token(&mut tx, owner.org, &app.keys.digest(token)).await?;
    tx.commit().await?;
    Ok(Linked { org: owner.org, id: id.ok_or(NoPage::NoSuchOffer)? })
}

async fn shown(app: &App, token: &str) -> Page {
    let linked = linked(app, token).await?;
    let book = scheduling::rule_book(app, linked.org, None).await?;
    let mut tx = app.begin(linked.org).await?;
    let settings = orgs::settings(&mut tx, &app.keys, linked.org).await?;
    let offer = store::offer(&mut tx, linked.org, linked.id).await?.ok_or(NoPage::NoSuchOffer)?;
    let location = book.locations.iter().find(|l| l.id == offer.location).ok_or(NoPage::NoSuchOffer)?;
    let at = offer.starts_at.to_zoned(location.zone.clone());
    let end = ended(app, &mut tx, linked.org, &offer, &at).await?;
    tx.commit().await?;
    Ok(match end {
        Some(end) => said(&settings, &end),
        None => (StatusCode::OK, page(&settings.clinic_name, &on_offer(app, &offer, &at))),
    })
}

fn on_offer(app: &App, offer: &Offer, at: &Zoned) -> Shown {
    let is_kept = offer.state == OfferState::Open && offer.expires_at > app.clock.now();
    let until = at.time_zone().to_datetime(offer.expires_at).strftime("%-I:%M %p").to_string();
    Shown::OnOffer { moment: when::text_moment(at, Language::English), until: is_kept.then_some(until) }
}

async fn taken(app: &App, token: &str) -> Page {
    let linked = linked(app, token).await?;
    let taken = take(app, linked.org, linked.id).await?.ok_or(NoPage::NoSuchOffer)?;
    let mut tx = app.begin(linked.org).await?;
    let settings = orgs::settings(&mut tx, &app.keys, linked.org).await?;
    tx.commit().await?;
    Ok(said(&settings, &taken))
}

fn said(settings: &Settings, taken: &Taken) -> (StatusCode, String) {
    let status = match taken {
        Taken::Booked { .. } | Taken::AlreadyTheirs { .. } => StatusCode::OK,
        Taken::Gone | Taken::NotBookable | Taken::HasAnotherVisit => StatusCode::CONFLICT,
        Taken::Past | Taken::Over => StatusCode::GONE,
    };
    (status, page(&settings.clinic_name, &Shown::Said(sentence(taken, Language::English))))
}

fn answer(page_or_none: Page) -> Response {
    let (status, html) = match page_or_none {
        Ok(shown) => shown,
        Err(NoPage::NoSuchOffer) => (StatusCode::NOT_FOUND, notice("Waitlist", NO_SUCH_OFFER)),
        Err(NoPage::Trouble) => (StatusCode::SERVICE_UNAVAILABLE, notice("Waitlist", TRY_AGAIN)),
    };
    respond(status, html)
}
