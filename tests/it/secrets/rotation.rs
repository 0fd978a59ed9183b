//! Keys are rotated.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use secrecy::{ExposeSecret as _, SecretString};
use voxanne::platform::app::App;
use voxanne::platform::clock::Clock;
use voxanne::platform::db::Db;
use voxanne::platform::ids::{Ids, OrgId};
use voxanne::platform::secrets::{Keys, Lost, Tally, new_key};
use voxanne::{calendars, orgs};

use super::{KEY_SECRET, TOKEN, connect_calendar, connect_twilio, issue_secret, keys, opens_calendar};
use crate::harness::{KEY, Voxanne, call_ref, config};

/// The key that is rotated to.
const NEW: &str = "bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXcgbmV3IG5ldy4=";
/// How often everything is sealed anew while everybody works.
const ROUNDS: usize = 10;
/// What has to be sealed, opened and answered meanwhile at least: fewer prove little.
const DONE_MIN: usize = 50;
/// Webhook secrets that a replica issues meanwhile: each more is one more to seal anew in every round.
const ISSUED: usize = 20;

async fn reseal(app: &App, vox: &Voxanne, lost: Lost) -> Tally {
    let mut all = Tally::default();
    for org in [vox.glow.org, vox.harbor.org, vox.denver.org] {
        all += orgs::reseal(app, org, lost).await.unwrap();
        all += calendars::reseal(app, org, lost).await.unwrap();
    }
    all
}

async fn needs(app: &App, vox: &Voxanne) -> Tally {
    let mut all = Tally::default();
    for org in [vox.glow.org, vox.harbor.org, vox.denver.org] {
        all += orgs::standing(app, org).await.unwrap().tally;
        all += calendars::tally(app, org).await.unwrap();
    }
    all
}

/// The same installation with these keys, without a server.
fn with(vox: &Voxanne, keys: Keys) -> App {
    let config = config(&vox.sandbox);
    let db = Db::open(&vox.database.app_url, &config.database).unwrap();
    App::new(config, db, Clock::fixed(vox.app.clock.now()), Ids::random(), keys).unwrap()
}

/// A key alone: what opens with it needs no other.
fn alone(vox: &Voxanne, key: &SecretString) -> App {
    with(vox, Keys::new(key, &"".into()).unwrap())
}

async fn twilio_token(app: &App, org: OrgId) -> Option<String> {
    let mut tx = app.begin(org).await.unwrap();
    let settings = orgs::settings(&mut tx, &app.keys, org).await.unwrap();
    tx.commit().await.unwrap();
    settings.twilio.map(|account| account.auth_token.expose_secret().to_owned())
}

async fn twilio_key(app: &App, org: OrgId) -> Option<String> {
    let mut tx = app.begin(org).await.unwrap();
    let settings = orgs::settings(&mut tx, &app.keys, org).await.unwrap();
    tx.commit().await.unwrap();
    settings.twilio?.api_key.map(|key| key.secret.expose_secret().to_owned())
}

#[tokio::test]
async fn w34_after_resealing_no_row_needs_a_former_key_and_doing_it_again_changes_nothing() {
    let vox = Voxanne::start().await;
    connect_twilio(&vox.app, vox.glow.org).await;
    let calendar = connect_calendar(&vox, &vox.app, &vox.glow).await;
    let (revoked, _) = issue_secret(&vox.app, vox.harbor.org).await;
    let mut tx = vox.app.begin(vox.harbor.org).await.unwrap();
    assert!(orgs::revoke_secret(&vox.app, &mut tx, vox.harbor.org, revoked).await.unwrap());
    tx.commit().await.unwrap();

    let new = new_key().unwrap();
    let after = with(&vox, keys(&new, &[]));
    // Each of three clinics has a webhook secret and an account's token, and one a key of the account's and both of a calendar's; one that was revoked is in no
    // use, and sealed anew all the same.
    assert_eq!(needs(&after, &vox).await, Tally { former: 9, ..Tally::default() });
    assert_eq!(needs(&alone(&vox, &new), &vox).await.lost, 9);
    assert_eq!(reseal(&after, &vox, Lost::Stay).await, Tally { former: 10, ..Tally::default() });
    let rules: i64 = vox.one("select sum(rules_version)::bigint from orgs").await;
    assert_eq!(reseal(&after, &vox, Lost::Stay).await, Tally { current: 9, ..Tally::default() });
    assert_eq!(vox.one::<i64>("select sum(rules_version)::bigint from orgs").await, rules);

    let new_alone = alone(&vox, &new);
    // The calendar's access token is asked for anew.
    assert_eq!(needs(&new_alone, &vox).await, Tally { current: 8, ..Tally::default() });
    assert_eq!(twilio_token(&new_alone, vox.glow.org).await.as_deref(), Some(TOKEN));
    assert_eq!(twilio_key(&new_alone, vox.glow.org).await.as_deref(), Some(KEY_SECRET));
    assert!(opens_calendar(&new_alone, vox.glow.org, calendar).await);
    // Still not to be thrown away: what is presented is found by digests of the oldest key.
    assert!(orgs::standing(&new_alone, vox.glow.org).await.unwrap().misses_oldest);
    assert!(!orgs::standing(&after, vox.glow.org).await.unwrap().misses_oldest);
    let served = vox.restarted_by(keys(&new, &[])).await;
    let (status, _) = served.post_as(&vox.glow.secret, "/api/webhooks/vapi", "{}").await;
    assert_ne!(status, 401);
}

#[tokio::test]
async fn w34_what_no_key_opens_stays_until_it_is_given_up() {
    let vox = Voxanne::start().await;
    connect_twilio(&vox.app, vox.glow.org).await;
    connect_calendar(&vox, &vox.app, &vox.glow).await;
    let new = new_key().unwrap();
    let app = alone(&vox, &new);
    let (_, kept) = issue_secret(&app, vox.harbor.org).await;
    // The access token goes at once: whoever needs one asks for it.
    assert_eq!(reseal(&app, &vox, Lost::Stay).await, Tally { lost: 8, current: 1, former: 1 });
    // The key turns up: nothing was lost by trying.
    assert_eq!(needs(&with(&vox, keys(&new, &[])), &vox).await, Tally { former: 8, current: 1, lost: 0 });

    assert_eq!(reseal(&app, &vox, Lost::Go).await, Tally { lost: 8, current: 1, former: 0 });
    assert_eq!(needs(&app, &vox).await, Tally { current: 1, ..Tally::default() });
    assert_eq!(twilio_token(&app, vox.glow.org).await, None);
    assert_eq!(vox.count("calendar_connections where state = 'needs_reconnect'").await, 1);
    assert_eq!(vox.count("tasks where kind = 'reconnect_calendar'").await, 1, "staff are told");
    assert_eq!(vox.count("webhook_credentials where revoked_at is null").await, 1);
    let served = vox.restarted_by(Keys::new(&new, &"".into()).unwrap()).await;
    let (status, _) = served.post_as(kept.expose_secret(), "/api/webhooks/vapi", "{}").await;
    assert_ne!(status, 401);
}

#[tokio::test]
async fn a_secret_under_digests_of_a_lost_key_is_found_again_once_that_key_is_given_up() {
    let vox = Voxanne::start().await;
    let new = new_key().unwrap();
    reseal(&with(&vox, keys(&new, &[])), &vox, Lost::Stay).await;
    let app = alone(&vox, &new);
    assert!(orgs::standing(&app, vox.glow.org).await.unwrap().misses_oldest);
    assert_eq!(reseal(&app, &vox, Lost::Go).await, Tally { current: 6, ..Tally::default() });
    assert!(!orgs::standing(&app, vox.glow.org).await.unwrap().misses_oldest);
    let served = vox.restarted_by(Keys::new(&new, &"".into()).unwrap()).await;
    let (status, _) = served.post_as(&vox.glow.secret, "/api/webhooks/vapi", "{}").await;
    assert_ne!(status, 401);
}

/// Two replicas in the middle of a rotation: each seals by its own key and knows the other's.
struct Rotation {
    old: Voxanne,
    new: Voxanne,
    is_over: AtomicBool,
    done: AtomicUsize,
}

impl Rotation {
    fn goes_on(&self) -> bool {
        self.done.fetch_add(1, Ordering::Relaxed);
        !self.is_over.load(Ordering::Relaxed)
    }

    /// Seals in places that are being sealed anew.
    async fn seals(&self, vox: &Voxanne) {
        let mut issued = 0;
        while self.goes_on() {
            connect_twilio(&vox.app, self.old.glow.org).await;
            if issued < ISSUED {
                issue_secret(&vox.app, self.old.harbor.org).await;
                issued += 1;
            }
        }
    }

    /// Opens everything, as whoever uses it would.
    async fn opens(&self, vox: &Voxanne) {
        while self.goes_on() {
            assert_eq!(twilio_token(&vox.app, self.old.glow.org).await.as_deref(), Some(TOKEN));
            assert_eq!(needs(&vox.app, &self.old).await.lost, 0);
        }
    }

    /// Calls come in all the time; replicas that have just started know no secret yet.
    async fn answers(&self) {
        let mut number = 0;
        while self.goes_on() {
            let starting = self.new.restarted_by(keys(&KEY.into(), &[&NEW.into()])).await;
            for vox in [&self.old, &self.new, &starting] {
                number += 1;
                let call = vox.call(&call_ref(number));
                let said = call.tool("check_availability", serde_json::json!({"date": "2026-12-01"})).await;
                assert!(said.unwrap().text().starts_with("For Tuesday"));
            }
        }
    }

    async fn seals_anew(&self) {
        let mut round = 0;
        // On a slow machine more of them: until enough has happened meanwhile.
        while round < ROUNDS || self.done.load(Ordering::Relaxed) <= DONE_MIN {
            round += 1;
            assert_eq!(reseal(&self.new.app, &self.old, Lost::Stay).await.lost, 0);
        }
        self.is_over.store(true, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn w34_keys_rotate_under_load_without_a_failure() {
    let vox = Voxanne::start().await;
    connect_twilio(&vox.app, vox.glow.org).await;
    connect_calendar(&vox, &vox.app, &vox.glow).await;
    let new: SecretString = NEW.into();
    let rotation = Rotation {
        old: vox.restarted_by(keys(&KEY.into(), &[&new])).await,
        new: vox.restarted_by(keys(&new, &[])).await,
        is_over: AtomicBool::new(false),
        done: AtomicUsize::new(0),
    };
    tokio::join!(
        rotation.seals_anew(),
        rotation.seals(&rotation.old),
        rotation.seals(&rotation.new),
        rotation.opens(&rotation.old),
        rotation.opens(&rotation.new),
        rotation.answers(),
    );
    // The old replica is gone: one more time, and nothing needs its key.
    reseal(&rotation.new.app, &vox, Lost::Stay).await;
    let left = needs(&alone(&vox, &new), &vox).await;
    assert!(left.lost == 0 && left.former == 0 && left.current > 10, "{left:?}");
}
