//! Calendars for the bench's clinics: mirrors written as rows, and one account at a Google that can be made to stall.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use uuid::Uuid;
use voxanne::calendars;
use voxanne::platform::app::App;
use voxanne::platform::clock::Clock;
use voxanne::platform::ids::OrgId;
use voxanne_google_calendar::Endpoints;
use voxanne_sandbox::{GoogleFake, Sandbox};

use crate::stage::Stage;

/// Whose calendar the ninth clinic connects; it has no mirror beside that.
pub const ACCOUNT: &str = "front@clinic.example";
/// Where Google would send a person back to.
const PUBLIC_URL: &str = "http://127.0.0.1:1";
const PAUSE_SECONDS: u64 = 2;

/// Four practitioners of each of the first five clinics have a calendar with 400 events of the next ninety days.
const MIRRORS: &str = "
insert into calendar_connections (org_id, id, practitioner_id, provider)
select org_id, id, id, 'google' from practitioners where right(org_id::text, 12)::bigint <= 5;
insert into calendars (org_id, id, connection_id, external_id, name, blocks, takes_events, synced_at, synced_until)
select org_id, id, id, 'primary', 'Calendar', true, true, now() + interval '1 hour', now() + interval '400 days' from calendar_connections;
insert into external_busy (org_id, id, calendar_id, event_ref, starts_at, ends_at)
select c.org_id, gen_random_uuid(), c.id, 'event-' || n, at, at + interval '20 minutes'
  from calendars c, generate_series(1, 400) n,
       lateral (select date_trunc('hour', now()) + n * interval '5 hours' + interval '5 minutes' as at) t;
analyze";

/// Writes the mirrors.
pub async fn seed_mirrors(stage: &Stage) {
    sqlx::raw_sql(MIRRORS).execute(&stage.admin).await.unwrap();
}

/// The sandbox that plays Google.
pub struct Vendor(Sandbox);

impl Vendor {
    pub async fn start() -> Self {
        let clock = Clock::system();
        Self(Sandbox::start(None, Arc::new(move || clock.now())).await.unwrap())
    }

    pub fn google(&self) -> GoogleFake {
        self.0.google()
    }

    /// Longer than a server waits before it asks again.
    pub const fn pause() -> Duration {
        Duration::from_secs(PAUSE_SECONDS + 1)
    }

    /// The product's settings that lead to it.
    pub fn settings(&self) -> [(&'static str, String); 7] {
        let google = Endpoints::at(&self.0.url());
        [
            ("GOOGLE_CLIENT_ID", "bench".into()),
            ("GOOGLE_CLIENT_SECRET", "bench".into()),
            ("VOXANNE_GOOGLE_AUTH_URL", google.auth_url),
            ("VOXANNE_GOOGLE_TOKEN_URL", google.token_url),
            ("VOXANNE_GOOGLE_REVOKE_URL", google.revoke_url),
            ("VOXANNE_GOOGLE_API_URL", google.api_url),
            ("VOXANNE_CALENDARS_LIVE_PAUSE_SECONDS", PAUSE_SECONDS.to_string()),
        ]
    }

    /// Consents for the ninth clinic; its mirror was true an hour ago.
    pub async fn connect_clinic_nine(&self, stage: &Stage) {
        let settings = self.settings();
        let app = stage.app(|config| {
            let of = |name: &str| settings.iter().find(|(n, _)| *n == name).unwrap().1.clone();
            config.server.public_url = PUBLIC_URL.into();
            config.google.client_id = of("GOOGLE_CLIENT_ID");
            config.google.client_secret = of("GOOGLE_CLIENT_SECRET").into();
            config.google.auth_url = of("VOXANNE_GOOGLE_AUTH_URL");
            config.google.token_url = of("VOXANNE_GOOGLE_TOKEN_URL");
            config.google.api_url = of("VOXANNE_GOOGLE_API_URL");
        });
        self.consent(&app, OrgId(Uuid::from_u128(9))).await;
        app.db.close().await;
        sqlx::raw_sql(
            "update integration_settings set calendar_of_record = false where org_id = '00000000-0000-0000-0000-000000000009';
             update calendars set synced_at = now() - interval '1 hour' where org_id = '00000000-0000-0000-0000-000000000009'",
        )
        .execute(&stage.admin)
        .await
        .unwrap();
    }

    async fn consent(&self, app: &App, org: OrgId) {
        self.google().consents_next(ACCOUNT);
        let mut tx = app.begin(org).await.unwrap();
        let by_bench = calendars::Asker { actor: "bench", session: None };
        let begun = calendars::begin_consent(app, &mut tx, org, None, by_bench).await.unwrap();
        tx.commit().await.unwrap();
        let opened = calendars::open_consent(app, &begun.ticket, None).await.unwrap();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let sent_back = http.get(&opened.consent_url).send().await.unwrap();
        let back = sent_back.headers()["location"].to_str().unwrap().parse::<reqwest::Url>().unwrap();
        let of = |name: &str| back.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned());
        let (state, code) = (of("state").unwrap(), of("code"));
        let browser = opened.browser.expose_secret();
        let returned = calendars::Returned { state: &state, code: code.as_deref(), browser, who: None };
        calendars::finish_consent(app, returned).await.unwrap();
    }
}
