//! What holds at every moment, not only in the end: a mirror that says when it was true tells what was true then.

use std::collections::BTreeSet;

use jiff_sqlx::Timestamp as Stored;

use super::play::History;

#[derive(Debug, sqlx::FromRow)]
struct MirrorRow {
    external_id: String,
    synced_at: Stored,
    refs: Vec<String>,
}

impl History {
    /// Nothing that was busy before a mirror's last look is free in it, nor is anything busy that was not.
    pub async fn mirrors_are_as_old_as_they_say(&self) -> Result<(), String> {
        let rows: Vec<MirrorRow> = sqlx::query_as(
            "select c.external_id, c.synced_at, array(select distinct b.event_ref from external_busy b
                      where b.org_id = c.org_id and b.calendar_id = c.id) as refs
               from calendars c join calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
              where c.org_id = $1 and c.blocks and c.sync_token is not null and k.state <> 'disconnected'",
        )
        .bind(self.clinic.org.0)
        .fetch_all(&self.vox.admin)
        .await
        .unwrap();
        for row in rows {
            let calendars = self.clinic.calendars.iter();
            let (n, calendar) = calendars.enumerate().find(|(_, it)| it.name == row.external_id).unwrap();
            let refs: BTreeSet<&str> = row.refs.iter().map(String::as_str).collect();
            let known = self.diary.touched.iter().filter(|((of, id), at)| {
                *of == n && **at < row.synced_at.to_jiff() && !self.diary.phantoms.contains(id)
            });
            for ((_, id), _) in known {
                let event = self.google.event(&calendar.name, id).unwrap();
                let is_busy =
                    !event.is_deleted && !event.is_transparent && (calendar.days_block || !event.is_all_day);
                let is_ahead = event.end > row.synced_at.to_jiff();
                if is_ahead && is_busy != refs.contains(id.as_str()) {
                    return Err(format!(
                        "the mirror of calendar {n} was read since {id} was touched: busy {is_busy} there"
                    ));
                }
            }
        }
        Ok(())
    }
}
