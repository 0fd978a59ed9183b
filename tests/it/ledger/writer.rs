//! The same operations through the database: the shipped `app_ctx.open_ledger` and the shipped statement that reserves,
//! as the program's role, each operation one transaction.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use jiff_sqlx::ToSqlx as _;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;
use voxanne::platform::config::Config;
use voxanne::platform::db::{Class, Db};

use super::clinic::{CELLS, Clinic, Resource, cell, instant};
use super::decision::{Taken, decide, times};
use super::opening::{Opening, call_ref};
use super::spec::{Answer, Claim, Id, Op, Reason, Wish};
use crate::harness::Database;
use crate::shipped;

/// What must never reach a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    Deadlock,
    /// A lock that was not had in time.
    Stall,
    Other(String),
}

/// How the ledger is written; the mutations of [`red`](super::red) change it.
#[derive(Debug, Clone)]
pub struct How {
    pub reserve: String,
    pub release: String,
    /// Locks the UTC day of the start, whatever else the visit touches.
    pub only_the_start_day: bool,
}

impl How {
    /// As it ships.
    pub fn shipped() -> Self {
        let reserve = shipped::statement(&["insert into reservations", "on conflict do nothing"]);
        let release = shipped::statement(&["delete from holds where org_id = $1 and call_ref = $2"]);
        Self { reserve, release, only_the_start_day: false }
    }
}

/// Writes one clinic's ledger.
pub struct Writer {
    pub clinic: Clinic,
    pub db: Db,
    how: How,
    /// Claims that the constraint refused though the look had found them free: under the locks, never.
    pub surprises: AtomicU64,
}

impl Writer {
    pub fn new(database: &Database, clinic: Clinic, how: How, connections: u32) -> Self {
        let mut settings = Config::load(|_| None).unwrap().database;
        settings.live_connections = connections;
        // Who is slow is the benches' business.
        settings.live_wait_ms = 60_000;
        let db = Db::open(&database.app_url, &settings).unwrap();
        Self { clinic, db, how, surprises: AtomicU64::new(0) }
    }

    pub async fn close(&self) {
        self.db.close().await;
    }

    /// Does one operation whole, or nothing of it.
    pub async fn perform(&self, block: u16, op: &Op, now: Timestamp) -> Result<Answer, Fault> {
        match self.attempt(block, op, now).await {
            Ok(answer) => Ok(answer),
            Err(sqlx::Error::Database(e)) => match e.code().as_deref() {
                Some("40P01") => Err(Fault::Deadlock),
                Some("55P03" | "57014" | "25P03") => Err(Fault::Stall),
                // What a plain insert says of a time that was taken meanwhile.
                Some("23P01" | "23505") if e.table() == Some("reservations") => Ok(self.surprised()),
                _ => Err(Fault::Other(e.to_string())),
            },
            Err(sqlx::Error::RowNotFound) => Ok(self.surprised()),
            Err(e) => Err(Fault::Other(e.to_string())),
        }
    }

    fn surprised(&self) -> Answer {
        self.surprises.fetch_add(1, Ordering::Relaxed);
        Answer::Refused
    }

    async fn attempt(&self, block: u16, op: &Op, now: Timestamp) -> sqlx::Result<Answer> {
        let mut tx = self.db.begin(Class::Live, self.clinic.org).await?;
        let answer = match op {
            Op::Book { id, call, wish } => {
                let opening = Opening::of(*wish).by(block, *call, *wish);
                self.book(&mut tx, block, opening, (*id, *wish), now).await?
            }
            Op::Confirm { hold, id, call, wish } => {
                let opening = Opening { hold: Some(*hold), ..Opening::of(*wish).by(block, *call, *wish) };
                self.book(&mut tx, block, opening, (*id, *wish), now).await?
            }
            Op::Hold { id, call, wish, until } => {
                self.hold(&mut tx, block, (*id, *call, *wish), *until, now).await?
            }
            Op::HangUp { call } => {
                // As the end of a call does: without opening anything.
                let release = AssertSqlSafe(self.how.release.clone());
                let (org, call_ref) = (self.clinic.org.0, call_ref(block, *call));
                sqlx::query(release)
                    .bind(org)
                    .bind(call_ref)
                    .bind(None::<uuid::Uuid>)
                    .execute(&mut *tx)
                    .await?;
                Answer::Done
            }
            Op::Move { id, to } => self.move_visit(&mut tx, block, (*id, *to), now).await?,
            Op::Cancel { id, service } => self.cancel(&mut tx, block, (*id, *service), now).await?,
            Op::Import { practitioner, busy } => {
                self.import(&mut tx, block, (*practitioner, busy), now).await?
            }
        };
        tx.commit().await?;
        Ok(answer)
    }

    /// Waits for the locks, reaps, and says what is taken.
    async fn open(
        &self,
        tx: &mut PgConnection,
        block: u16,
        opening: Opening,
        now: Timestamp,
    ) -> sqlx::Result<Taken> {
        let Opening { from, until, whole_block, .. } = opening;
        let day = |cell: u16| instant(block, cell).to_zoned(TimeZone::UTC).date().to_sqlx();
        let mut days =
            if whole_block { vec![day(0), day(CELLS - 1)] } else { vec![day(from), day(until - 1)] };
        days.dedup_by_key(|d| d.to_jiff());
        if self.how.only_the_start_day && !whole_block {
            days.truncate(1);
        }
        let question = opening.own.map_or_else(|| json!({}), |own| json!({"own": Uuid::from_u128(own)}));
        let own_keys: Vec<String> = opening.call.iter().map(|call| format!("call:{call}")).collect();
        let rows: Vec<LookRow> = sqlx::query_as(
            "select kind, resource_id, lane, starts_at, ends_at
               from app_ctx.open_ledger($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) where kind in ('reserved', 'external')",
        )
        .bind(self.clinic.org.0)
        .bind(opening.resources.iter().map(|r| self.clinic.resource(*r)).collect::<Vec<_>>())
        .bind(days)
        .bind(own_keys)
        .bind(instant(block, from).to_sqlx())
        .bind(instant(block, until).to_sqlx())
        .bind(now.to_sqlx())
        .bind(opening.call)
        .bind(opening.start.map(|start| instant(block, start).to_sqlx()))
        .bind(opening.hold.map(Uuid::from_u128))
        .bind(question)
        .fetch_all(tx)
        .await?;
        let understand = |(kind, resource, lane, from, until): LookRow| {
            let lane = if kind == "external" { 1 } else { u8::try_from(lane.unwrap()).unwrap() };
            (self.clinic.which(resource.unwrap()), lane, from.unwrap().to_jiff(), until.unwrap().to_jiff())
        };
        Ok(rows.into_iter().map(understand).collect())
    }

    async fn book(
        &self,
        tx: &mut PgConnection,
        block: u16,
        opening: Opening,
        (id, wish): (Id, Wish),
        now: Timestamp,
    ) -> sqlx::Result<Answer> {
        let taken = self.open(tx, block, opening, now).await?;
        let Some(claims) = decide(block, wish, &taken) else { return Ok(Answer::Refused) };
        self.reserve(tx, block, id, Reason::Visit, &claims).await?;
        let (from, until) = times(block, wish);
        sqlx::query(
            "insert into appointments (org_id, id, location_id, service_id, practitioner_id, status, starts_at, ends_at,
                    time_zone, local_starts_at, confirmation_said, created_at)
             values ($1, $2, $3, $4, $5, 'scheduled', $6, $7, 'UTC', $6 at time zone 'UTC', 'Booked.', $8)",
        )
        .bind(self.clinic.org.0)
        .bind(Uuid::from_u128(id))
        .bind(self.clinic.location())
        .bind(self.clinic.service(wish.service))
        .bind(self.clinic.resource(claims[0].resource))
        .bind(from.to_sqlx())
        .bind(until.to_sqlx())
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
        Ok(Answer::Placed(claims))
    }

    async fn hold(
        &self,
        tx: &mut PgConnection,
        block: u16,
        (id, call, wish): (Id, u8, Wish),
        lapses_at: Timestamp,
        now: Timestamp,
    ) -> sqlx::Result<Answer> {
        let taken = self.open(tx, block, Opening::of(wish).by(block, call, wish), now).await?;
        let Some(claims) = decide(block, wish, &taken) else { return Ok(Answer::Refused) };
        let reason = Reason::Hold { call, start: wish.start, until: lapses_at };
        self.reserve(tx, block, id, reason, &claims).await?;
        let (from, until) = times(block, wish);
        sqlx::query(
            "insert into holds (org_id, id, call_ref, location_id, service_id, practitioner_id, starts_at, ends_at, expires_at, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(self.clinic.org.0)
        .bind(Uuid::from_u128(id))
        .bind(call_ref(block, call))
        .bind(self.clinic.location())
        .bind(self.clinic.service(wish.service))
        .bind(self.clinic.resource(claims[0].resource))
        .bind(from.to_sqlx())
        .bind(until.to_sqlx())
        .bind(lapses_at.to_sqlx())
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
        Ok(Answer::Placed(claims))
    }

    async fn move_visit(
        &self,
        tx: &mut PgConnection,
        block: u16,
        (id, to): (Id, Wish),
        now: Timestamp,
    ) -> sqlx::Result<Answer> {
        let opening = Opening { whole_block: true, own: Some(id), ..Opening::of(to) };
        let taken = self.open(tx, block, opening, now).await?;
        if !self.is_active(tx, id).await? {
            return Ok(Answer::Gone);
        }
        let Some(claims) = decide(block, to, &taken) else { return Ok(Answer::Refused) };
        self.give_up(tx, id).await?;
        self.reserve(tx, block, id, Reason::Visit, &claims).await?;
        let (from, until) = times(block, to);
        sqlx::query(
            "update appointments set practitioner_id = $3, starts_at = $4, ends_at = $5, local_starts_at = $4 at time zone 'UTC',
                    version = version + 1 where org_id = $1 and id = $2",
        )
        .bind(self.clinic.org.0)
        .bind(Uuid::from_u128(id))
        .bind(self.clinic.resource(claims[0].resource))
        .bind(from.to_sqlx())
        .bind(until.to_sqlx())
        .execute(tx)
        .await?;
        Ok(Answer::Placed(claims))
    }

    async fn cancel(
        &self,
        tx: &mut PgConnection,
        block: u16,
        (id, service): (Id, u8),
        now: Timestamp,
    ) -> sqlx::Result<Answer> {
        let opening = Opening { whole_block: true, ..Opening::of(Wish { service, start: 0 }) };
        self.open(tx, block, opening, now).await?;
        if !self.is_active(tx, id).await? {
            return Ok(Answer::Gone);
        }
        self.give_up(tx, id).await?;
        sqlx::query("update appointments set status = 'cancelled' where org_id = $1 and id = $2")
            .bind(self.clinic.org.0)
            .bind(Uuid::from_u128(id))
            .execute(tx)
            .await?;
        Ok(Answer::Done)
    }

    async fn import(
        &self,
        tx: &mut PgConnection,
        block: u16,
        (practitioner, busy): (Resource, &[(u16, u16)]),
        now: Timestamp,
    ) -> sqlx::Result<Answer> {
        let opening = Opening {
            resources: vec![practitioner],
            whole_block: true,
            ..Opening::of(Wish { service: 0, start: 0 })
        };
        self.open(tx, block, opening, now).await?;
        let (org, calendar) = (self.clinic.org.0, self.clinic.calendar(practitioner));
        let before: Vec<(jiff_sqlx::Timestamp, jiff_sqlx::Timestamp)> = sqlx::query_as(
            "delete from external_busy where org_id = $1 and calendar_id = $2 and starts_at >= $3 and starts_at < $4
             returning starts_at, ends_at",
        )
        .bind(org)
        .bind(calendar)
        .bind(instant(block, 0).to_sqlx())
        .bind(instant(block, CELLS).to_sqlx())
        .fetch_all(&mut *tx)
        .await?;
        sqlx::query(
            "insert into external_busy (org_id, id, calendar_id, event_ref, starts_at, ends_at)
             select $1, gen_random_uuid(), $2, 'theirs', b.f, b.u from unnest($3::timestamptz[], $4::timestamptz[]) b (f, u)",
        )
        .bind(org)
        .bind(calendar)
        .bind(busy.iter().map(|b| instant(block, b.0).to_sqlx()).collect::<Vec<_>>())
        .bind(busy.iter().map(|b| instant(block, b.1).to_sqlx()).collect::<Vec<_>>())
        .execute(tx)
        .await?;
        let mut before: Vec<_> =
            before.iter().map(|(f, u)| (cell(block, f.to_jiff()), cell(block, u.to_jiff()))).collect();
        before.sort_unstable();
        Ok(Answer::Mirrored(before))
    }

    async fn is_active(&self, tx: &mut PgConnection, id: Id) -> sqlx::Result<bool> {
        sqlx::query_scalar(
            "select exists (select from appointments where org_id = $1 and id = $2 and status = 'scheduled')",
        )
        .bind(self.clinic.org.0)
        .bind(Uuid::from_u128(id))
        .fetch_one(tx)
        .await
    }

    async fn give_up(&self, tx: &mut PgConnection, id: Id) -> sqlx::Result<()> {
        sqlx::query("delete from reservations where org_id = $1 and appointment_id = $2")
            .bind(self.clinic.org.0)
            .bind(Uuid::from_u128(id))
            .execute(tx)
            .await?;
        Ok(())
    }

    /// The shipped statement. When the constraint keeps any claim out, the transaction goes back whole.
    async fn reserve(
        &self,
        tx: &mut PgConnection,
        block: u16,
        id: Id,
        reason: Reason,
        claims: &[Claim],
    ) -> sqlx::Result<()> {
        let row = |c: &Claim| {
            let (from, until) = (instant(block, c.from), instant(block, c.until));
            json!({"r": self.clinic.resource(c.resource), "l": c.lane, "s": from.to_string(), "e": until.to_string()})
        };
        let (appointment, hold, lapses_at) = match reason {
            Reason::Visit => (Some(Uuid::from_u128(id)), None, None),
            Reason::Hold { until, .. } => (None, Some(Uuid::from_u128(id)), Some(until.to_sqlx())),
        };
        let written = sqlx::query(AssertSqlSafe(self.how.reserve.clone()))
            .bind(self.clinic.org.0)
            .bind(Value::from(claims.iter().map(row).collect::<Vec<_>>()))
            .bind(appointment)
            .bind(hold)
            .bind(lapses_at)
            .execute(tx)
            .await?;
        if written.rows_affected() == claims.len() as u64 { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
    }
}

/// A row of a look, as far as it says what is taken.
type LookRow =
    (String, Option<Uuid>, Option<i16>, Option<jiff_sqlx::Timestamp>, Option<jiff_sqlx::Timestamp>);
