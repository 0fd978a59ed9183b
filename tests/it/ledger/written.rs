//! What is written, read back for the comparison with what should be.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;
use voxanne::platform::db::Class;

use super::clinic::{CELLS, cell, instant};
use super::spec::{Claim, Owner, Reason, State};
use super::writer::Writer;

impl Writer {
    /// What is written of a block now.
    pub async fn state(&self, block: u16) -> sqlx::Result<State> {
        let mut tx = self.db.begin(Class::Live, self.clinic.org).await?;
        let (since, until) = (instant(block, 0).to_sqlx(), instant(block, CELLS).to_sqlx());
        let claims: Vec<ClaimRow> = sqlx::query_as(
            "select r.resource_id, r.lane, r.starts_at, r.ends_at, coalesce(r.appointment_id, r.hold_id), r.hold_expires_at
               from reservations r where r.starts_at >= $1 and r.starts_at < $2 order by 1, 2, 3",
        )
        .bind(since)
        .bind(until)
        .fetch_all(&mut *tx)
        .await?;
        let holds: Vec<(Uuid, String, jiff_sqlx::Timestamp)> = sqlx::query_as(
            "select id, call_ref, starts_at from holds where starts_at >= $1 and starts_at < $2",
        )
        .bind(since)
        .bind(until)
        .fetch_all(&mut *tx)
        .await?;
        let visits: Vec<Uuid> = sqlx::query_scalar(
            "select id from appointments where starts_at >= $1 and starts_at < $2 and status = 'scheduled'",
        )
        .bind(since)
        .bind(until)
        .fetch_all(&mut *tx)
        .await?;
        let busy: Vec<(Uuid, jiff_sqlx::Timestamp, jiff_sqlx::Timestamp)> = sqlx::query_as(
            "select c.practitioner_id, b.starts_at, b.ends_at
               from external_busy b join calendar_connections c on c.org_id = b.org_id and c.id = b.calendar_id
              where b.starts_at >= $1 and b.starts_at < $2 order by 1, 2, 3",
        )
        .bind(since)
        .bind(until)
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        let mut state = State::default();
        let lapses_at: BTreeMap<Uuid, Timestamp> =
            claims.iter().filter_map(|c| Some((c.4, c.5?.to_jiff()))).collect();
        for id in visits {
            state.owners.insert(id.as_u128(), Owner { reason: Reason::Visit, claims: Vec::new() });
        }
        for (id, call_ref, starts_at) in holds {
            let call = call_ref.rsplit('-').next().unwrap().parse().unwrap();
            // A hold without claims would confirm nothing: it is told apart by when it lapses.
            let until = lapses_at.get(&id).copied().unwrap_or(Timestamp::MAX);
            let reason = Reason::Hold { call, start: cell(block, starts_at.to_jiff()), until };
            state.owners.insert(id.as_u128(), Owner { reason, claims: Vec::new() });
        }
        for (resource, lane, from, until, owner, _) in claims {
            let (from, until) = (cell(block, from.to_jiff()), cell(block, until.to_jiff()));
            let lane = u8::try_from(lane).unwrap();
            let claim = Claim { resource: self.clinic.which(resource), lane, from, until };
            // A claim whose visit was cancelled has an owner that nobody was told of.
            let stray = || Owner { reason: Reason::Visit, claims: Vec::new() };
            state.owners.entry(owner.as_u128()).or_insert_with(stray).claims.push(claim);
        }
        for (practitioner, from, until) in busy {
            let interval = (cell(block, from.to_jiff()), cell(block, until.to_jiff()));
            state.busy.entry(self.clinic.which(practitioner)).or_default().push(interval);
        }
        Ok(state)
    }
}

type ClaimRow = (Uuid, i16, jiff_sqlx::Timestamp, jiff_sqlx::Timestamp, Uuid, Option<jiff_sqlx::Timestamp>);
