//! The end of a history: everything that was on its way comes, every pause is over.

use jiff::SignedDuration;
use voxanne_sandbox::google::Pushes;

use super::look::End;
use super::play::History;

/// Rounds until nothing happens any more.
const ROUNDS_MAX: usize = 12;
/// Longer than any pause that we take by ourselves, and than half an access token's life.
const ROUND: SignedDuration = SignedDuration::from_mins(31);

impl History {
    /// Lets everything come to rest, and looks.
    pub async fn end(&mut self) -> Result<(), String> {
        self.trace.add("the end".to_owned());
        self.vox.sandbox.clear_faults();
        self.google.set_pushes(Pushes::Lost);
        for (n, calendar) in self.clinic.calendars.iter().enumerate() {
            self.google.bad_day(&calendar.email, None);
            self.show(n, Some("owner"));
        }
        self.google.settled().await;
        self.reconnect_all().await;
        let mut quiet = 0;
        let mut before = self.fingerprint().await;
        for _ in 0..ROUNDS_MAX {
            self.round().await;
            let now = self.fingerprint().await;
            quiet = if now == before { quiet + 1 } else { 0 };
            before = now;
            if quiet == 2 {
                return self.look().await;
            }
        }
        Err(format!("no rest after {ROUNDS_MAX} rounds: {before:?}"))
    }

    async fn reconnect_all(&self) {
        for (n, calendar) in self.clinic.calendars.iter().enumerate().filter(|(_, it)| it.is_main()) {
            let is_connected: bool = sqlx::query_scalar(
                "select exists (select from calendar_connections where org_id = $1 and account = $2 and connected)",
            )
            .bind(self.clinic.org.0)
            .bind(&calendar.email)
            .fetch_one(&self.vox.admin)
            .await
            .unwrap();
            if !is_connected {
                self.reconnect(n).await;
            }
        }
    }

    async fn round(&self) {
        self.vox.later(ROUND);
        self.trace.add("round".to_owned());
        self.keep().await;
        voxanne::calendars::check_mirrors(&self.vox.app, self.clinic.org).await.unwrap();
        self.run_all().await;
        self.google.settled().await;
        self.reconnect_all().await;
    }

    /// What a round may not change once all is quiet: writes at Google, and what is known of them.
    async fn fingerprint(&self) -> (u64, String) {
        let known = sqlx::query_scalar(
            "select concat(
               (select string_agg(concat(appointment_id, calendar_id, state, etag, version, starts_at), ' ' order by appointment_id, calendar_id)
                  from calendar_events where org_id = $1), ' / ',
               (select string_agg(concat(id, resolution, etag), ' ' order by id) from calendar_conflicts where org_id = $1), ' / ',
               (select string_agg(concat(calendar_id, event_ref, starts_at), ' ' order by calendar_id, event_ref, starts_at)
                  from external_busy where org_id = $1), ' / ',
               (select string_agg(concat(id, sync_token is null, failure), ' ' order by id) from calendars where org_id = $1))",
        )
        .bind(self.clinic.org.0)
        .fetch_one(&self.vox.admin)
        .await
        .unwrap();
        (self.writes(), known)
    }

    async fn look(&self) -> Result<(), String> {
        let wrong = End::of(self).await.look().await;
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
    }
}
