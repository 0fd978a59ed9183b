//! Times on offer.

use std::str::FromStr;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{EntryId, HoldId, LocationId, OfferId, OrgId, ServiceId};

/// How far an offer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferState {
    /// It can be taken.
    Open,
    /// It became a visit.
    Taken,
    /// It was refused.
    Declined,
    /// Nobody answered in time.
    Lapsed,
}

impl OfferState {
    const ALL: [Self; 4] = [Self::Open, Self::Taken, Self::Declined, Self::Lapsed];

    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Taken => "taken",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
        }
    }
}

/// A word that is no state.
#[derive(Debug, thiserror::Error)]
#[error("unknown state of an offer")]
pub struct UnknownState;

impl FromStr for OfferState {
    type Err = UnknownState;

    fn from_str(word: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.as_str() == word).ok_or(UnknownState)
    }
}

/// An offer to insert.
#[derive(Debug)]
pub(in crate::waitlist) struct NewOffer<'a> {
    pub id: OfferId,
    pub entry: EntryId,
    pub hold: HoldId,
    pub practitioner: Uuid,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub freed: (Uuid, Timestamp, Timestamp),
    pub token_digest: &'a [u8],
    pub expires_at: Timestamp,
}

/// False when the freed time or the entry has an open offer.
pub(in crate::waitlist) async fn insert_offer(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewOffer<'_>,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "insert into waitlist_offers (org_id, id, entry_id, hold_id, practitioner_id, starts_at, ends_at, freed_practitioner_id,
            freed_from, freed_until, token_digest, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing",
    )
    .bind(org)
    .bind(new.id)
    .bind(new.entry)
    .bind(new.hold)
    .bind(new.practitioner)
    .bind(new.starts_at.to_sqlx())
    .bind(new.ends_at.to_sqlx())
    .bind(new.freed.0)
    .bind(new.freed.1.to_sqlx())
    .bind(new.freed.2.to_sqlx())
    .bind(new.token_digest)
    .bind(new.expires_at.to_sqlx())
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// An offer with whom it was made to. Holds a number and a name: deliberately no `Debug`.
pub(in crate::waitlist) struct Offer {
    pub id: OfferId,
    pub state: OfferState,
    pub hold: Option<HoldId>,
    pub entry: EntryId,
    pub entry_state: String,
    pub location: LocationId,
    pub service: ServiceId,
    pub practitioner: Uuid,
    pub phone: String,
    pub name: Option<String>,
    pub starts_at: Timestamp,
    pub freed_practitioner: Uuid,
    pub freed_from: Timestamp,
    pub freed_until: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    id: OfferId,
    state: String,
    hold_id: Option<HoldId>,
    entry_id: EntryId,
    entry_state: String,
    location_id: LocationId,
    service_id: ServiceId,
    practitioner_id: Uuid,
    phone: String,
    name: Option<String>,
    starts_at: jiff_sqlx::Timestamp,
    freed_practitioner_id: Uuid,
    freed_from: jiff_sqlx::Timestamp,
    freed_until: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
}

/// The offer as it is now, without a lock.
pub(in crate::waitlist) async fn offer(
    tx: &mut PgConnection,
    org: OrgId,
    id: OfferId,
) -> sqlx::Result<Option<Offer>> {
    let row: Option<Row> = sql_as(
        "select o.id, o.state, o.hold_id, o.entry_id, e.state as entry_state, e.location_id, e.service_id, o.practitioner_id,
                c.phone, c.name, o.starts_at, o.freed_practitioner_id, o.freed_from, o.freed_until, o.expires_at
           from waitlist_offers o
           join waitlist_entries e on e.org_id = o.org_id and e.id = o.entry_id
           join contacts c on c.org_id = e.org_id and c.id = e.contact_id
          where o.org_id = $1 and o.id = $2",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Offer {
        id: row.id,
        state: row.state.parse().map_err(|e| sqlx::Error::Decode(Box::new(e)))?,
        hold: row.hold_id,
        entry: row.entry_id,
        entry_state: row.entry_state,
        location: row.location_id,
        service: row.service_id,
        practitioner: row.practitioner_id,
        phone: row.phone,
        name: row.name,
        starts_at: row.starts_at.to_jiff(),
        freed_practitioner: row.freed_practitioner_id,
        freed_from: row.freed_from.to_jiff(),
        freed_until: row.freed_until.to_jiff(),
        expires_at: row.expires_at.to_jiff(),
    }))
}

/// The offer that a link's token belongs to.
pub(in crate::waitlist) async fn offer_of_token(
    tx: &mut PgConnection,
    org: OrgId,
    token_digest: &[u8],
) -> sqlx::Result<Option<OfferId>> {
    sql_scalar("select id from waitlist_offers where org_id = $1 and token_digest = $2")
        .bind(org)
        .bind(token_digest)
        .fetch_optional(tx)
        .await
}

pub(in crate::waitlist) async fn open_offer_of(
    tx: &mut PgConnection,
    org: OrgId,
    entry: EntryId,
) -> sqlx::Result<Option<OfferId>> {
    sql_scalar("select id from waitlist_offers where org_id = $1 and entry_id = $2 and state = 'open'")
        .bind(org)
        .bind(entry)
        .fetch_optional(tx)
        .await
}

/// Moves an offer from one state to another; false when it was not in the first.
pub(in crate::waitlist) async fn settle_offer(
    tx: &mut PgConnection,
    org: OrgId,
    id: OfferId,
    (from, to): (OfferState, OfferState),
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql("update waitlist_offers set state = $4, settled_at = $5
          where org_id = $1 and id = $2 and state = $3")
    .bind(org)
    .bind(id)
    .bind(from.as_str())
    .bind(to.as_str())
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Open offers whose time is over.
pub(in crate::waitlist) async fn lapsing(
    tx: &mut PgConnection,
    org: OrgId,
    now: Timestamp,
) -> sqlx::Result<Vec<OfferId>> {
    sql_scalar(
        "select id from waitlist_offers where org_id = $1 and state = 'open' and expires_at <= $2 order by expires_at limit 200",
    )
    .bind(org)
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await
}

/// An offer that somebody's answer may be about.
#[derive(Debug, Clone, Copy)]
pub struct Answerable {
    /// Which.
    pub id: OfferId,
    state: OfferState,
}

impl Answerable {
    /// Whether it can be taken.
    pub fn is_open(&self) -> bool {
        self.state == OfferState::Open
    }
}

/// The latest offers made to a number, newest first.
pub async fn offers_of(tx: &mut PgConnection, org: OrgId, phone: &str) -> sqlx::Result<Vec<Answerable>> {
    let rows: Vec<(OfferId, String)> = sql_as(
        "select o.id, o.state
           from contacts c
           join waitlist_entries e on e.org_id = c.org_id and e.contact_id = c.id
           join waitlist_offers o on o.org_id = e.org_id and o.entry_id = e.id
          where c.org_id = $1 and c.phone = $2 order by o.created_at desc, o.id desc limit 20",
    )
    .bind(org)
    .bind(phone)
    .fetch_all(tx)
    .await?;
    let read = |(id, state): (OfferId, String)| Ok(Answerable { id, state: state.parse()? });
    rows.into_iter()
        .map(read)
        .collect::<Result<_, UnknownState>>()
        .map_err(|e| sqlx::Error::Decode(Box::new(e)))
}

/// The state of the visit that an entry became.
pub(in crate::waitlist) async fn visit_of(
    tx: &mut PgConnection,
    org: OrgId,
    entry: EntryId,
) -> sqlx::Result<Option<String>> {
    sql_scalar(
        "select a.status::text from waitlist_entries e join appointments a on a.org_id = e.org_id and a.id = e.appointment_id
          where e.org_id = $1 and e.id = $2",
    )
    .bind(org)
    .bind(entry)
    .fetch_optional(tx)
    .await
}
