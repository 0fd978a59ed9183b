//! Whether every sealed value can be opened with the keys that were given.

use super::CommandError;
use super::failure::Doing as _;
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::{accounts, calendars, orgs};

/// What is wrong with the keys for an org, each with what to do.
pub(super) async fn complaints(app: &App, org: OrgId) -> Result<Vec<String>, CommandError> {
    let own = orgs::standing(app, org).await.doing("read which keys an org's secrets need")?;
    let calendars = calendars::tally(app, org).await.doing("read which keys an org's calendars need")?;
    let mut wrong = Vec::new();
    if own.tally.lost > 0 {
        wrong.push(format!(
            "{org} has secrets that no key opens: put the key that sealed them back into secrets.former_keys \
             (VOXANNE_SECRETS_FORMER_KEYS){UNLESS_LOST}"
        ));
    }
    if own.misses_oldest {
        wrong.push(format!(
            "{org} cannot be found by what callers present: the oldest key must stay the last of secrets.former_keys \
             (VOXANNE_SECRETS_FORMER_KEYS){UNLESS_LOST}"
        ));
    }
    if calendars.lost > 0 {
        wrong.push(format!(
            "{org} has calendars that no key opens: put the key that sealed them back into google.former_encryption_keys \
             (VOXANNE_GOOGLE_FORMER_ENCRYPTION_KEYS), or into secrets.former_keys if GOOGLE_ENCRYPTION_KEY was empty \
             then{UNLESS_LOST}"
        ));
    }
    Ok(wrong)
}

/// What is wrong with the keys for the second factors of people.
pub(super) async fn of_people(app: &App) -> Result<Option<String>, CommandError> {
    let people = accounts::tally(app).await.doing("read which keys second factors need")?;
    Ok((people.lost > 0).then(|| {
        format!(
            "there are second factors that no key opens: put the key that sealed them back into secrets.former_keys \
             (VOXANNE_SECRETS_FORMER_KEYS){UNLESS_LOST}"
        )
    }))
}

const UNLESS_LOST: &str =
    "; if it is gone for good, `voxanne admin reseal --forget-lost` gives up what needs it";

/// W34: a key that went too early is missed now, and not in the middle of a call.
pub(super) async fn check(app: &App) -> Result<(), CommandError> {
    for org in orgs::every_org(app).await.doing("list the orgs")? {
        if let Some(wrong) = complaints(app, org).await?.into_iter().next() {
            return Err(CommandError::Refused(wrong));
        }
    }
    match of_people(app).await? {
        Some(wrong) => Err(CommandError::Refused(wrong)),
        None => Ok(()),
    }
}
