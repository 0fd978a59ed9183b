//! Sealed secrets on real PostgreSQL: swapped, rotated under load, and by the real program when a key went too early.

mod program;
mod rotation;

use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;
use voxanne::orgs::{self, TwilioAccount, TwilioKey};
use voxanne::platform::app::App;
use voxanne::platform::ids::OrgId;
use voxanne::platform::secrets::{Keys, new_key};
use voxanne_vapi::auth::Scheme;

use crate::harness::{Clinic, KEY, Voxanne};

const TOKEN: &str = "AC-token-of-the-clinics-own-account";
const KEY_SECRET: &str = "secret-of-the-key-that-the-clinic-sends-with";
const REFRESH: &str = "1//refresh-token-of-the-clinics-calendar";

/// `current` seals; the tests' own key is the oldest, from which the database's password derives.
fn keys(current: &SecretString, former: &[&SecretString]) -> Keys {
    let former = former.iter().map(|key| key.expose_secret()).chain([KEY]).collect::<Vec<_>>().join(",");
    Keys::new(current, &former.into()).unwrap()
}

async fn connect_twilio(app: &App, org: OrgId) {
    let account = TwilioAccount {
        account_sid: "AC0".to_owned(),
        auth_token: TOKEN.into(),
        api_key: Some(TwilioKey { sid: "SK0".to_owned(), secret: KEY_SECRET.into() }),
        sender: Some("+12025550100".to_owned()),
    };
    let mut tx = app.begin(org).await.unwrap();
    orgs::connect_twilio(&mut tx, &app.keys, org, &account, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn issue_secret(app: &App, org: OrgId) -> (Uuid, SecretString) {
    let secret: SecretString = format!("whsec_{}", new_key().unwrap().expose_secret()).into();
    let mut tx = app.begin(org).await.unwrap();
    let id = orgs::issue_secret(app, &mut tx, org, &Scheme::VapiSecret, &secret).await.unwrap();
    tx.commit().await.unwrap();
    (id, secret)
}

/// An account at Google with both of its secrets.
async fn connect_calendar(vox: &Voxanne, app: &App, clinic: &Clinic) -> Uuid {
    let id: Uuid = app.new_id();
    let seal = |column| app.calendar_keys.seal_row(clinic.org, (column, id), REFRESH).unwrap();
    sqlx::query(
        "insert into calendar_connections (org_id, id, practitioner_id, provider, secret_sealed, access_token_sealed)
         select $1, $2, p.id, 'google', $3, $4 from practitioners p
          where p.org_id = $1 and not exists (select from calendar_connections k where k.org_id = $1 and k.practitioner_id = p.id)
          limit 1",
    )
    .bind(clinic.org.0)
    .bind(id)
    .bind(seal("calendar_secret"))
    .bind(seal("calendar_access"))
    .execute(&vox.admin)
    .await
    .unwrap();
    id
}

/// Whether what lets us into the account opens, all of it that is kept.
async fn opens_calendar(app: &App, org: OrgId, id: Uuid) -> bool {
    let mut tx = app.begin(org).await.unwrap();
    let (secret, access): (Vec<u8>, Option<Vec<u8>>) = sqlx::query_as(
        "select secret_sealed, access_token_sealed from calendar_connections where org_id = $1 and id = $2",
    )
    .bind(org.0)
    .bind(id)
    .fetch_one(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let opens = |column, sealed: &[u8]| {
        let opened = app.calendar_keys.open_row(org, (column, id), sealed);
        opened.is_ok_and(|plain| plain.expose_secret() == REFRESH)
    };
    opens("calendar_secret", &secret) && access.is_none_or(|sealed| opens("calendar_access", &sealed))
}

#[tokio::test]
async fn w33_a_secret_swapped_into_another_row_column_or_org_does_not_open() {
    let vox = Voxanne::start().await;
    let (glow, harbor) = (vox.glow.org, vox.harbor.org);
    let (one, two) = (
        connect_calendar(&vox, &vox.app, &vox.glow).await,
        connect_calendar(&vox, &vox.app, &vox.glow).await,
    );
    let third = connect_calendar(&vox, &vox.app, &vox.harbor).await;
    let (secret, _) = issue_secret(&vox.app, glow).await;
    assert!(opens_calendar(&vox.app, glow, one).await && opens_calendar(&vox.app, harbor, third).await);
    let before = orgs::credentials(&vox.restarted().await.app, glow).await.unwrap().len();

    let copy = |column: &str, from: Uuid| {
        format!(
            "update calendar_connections set secret_sealed = (select {column} from calendar_connections where id = '{from}')"
        )
    };
    for (swap, org, row) in [
        (format!("{} where id = '{two}'", copy("secret_sealed", one)), glow, two),
        (format!("{} where id = '{one}'", copy("access_token_sealed", one)), glow, one),
        (format!("{} where id = '{third}'", copy("secret_sealed", one)), harbor, third),
    ] {
        vox.exec(&swap).await;
        assert!(!opens_calendar(&vox.app, org, row).await, "{swap}");
    }
    // A webhook secret that was revoked cannot come back as another one.
    vox.exec(&format!(
        "update webhook_credentials set secret_sealed =
                (select secret_sealed from webhook_credentials where org_id = '{0}' and id <> '{secret}' limit 1)
          where org_id = '{0}' and id = '{secret}'",
        glow.0
    ))
    .await;
    let after = orgs::credentials(&vox.restarted().await.app, glow).await.unwrap().len();
    assert_eq!(after, before - 1);
}
