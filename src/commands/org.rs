//! Which org a command is about.

use secrecy::SecretString;
use uuid::Uuid;

use super::CommandError;
use super::failure::Doing as _;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// Reads `org_…` or a plain UUID.
pub(super) fn org_id(raw: &str) -> Result<OrgId, String> {
    prefixed(raw, "org_").map(OrgId)
}

/// Reads an id with or without its prefix.
pub(super) fn prefixed(raw: &str, prefix: &str) -> Result<Uuid, String> {
    let bare = raw.strip_prefix(prefix).unwrap_or(raw);
    Uuid::try_parse(bare)
        .map_err(|_not_one| format!("an id looks like {prefix}019ab2c47e107cc39f4e5b1d2a3c4e5f"))
}

/// Fails with a sentence when there is no such org.
pub(super) async fn known(app: &App, org: OrgId) -> Result<OrgId, CommandError> {
    let all = orgs::every_org(app).await.doing("ask the database (has `voxanne migrate` been run?)")?;
    if all.contains(&org) {
        return Ok(org);
    }
    Err(CommandError::Refused(format!("there is no {org}: `voxanne admin org list` shows all of them")))
}

/// A line of standard input: a secret that must not be in the process list.
pub(super) fn line_of_input() -> Result<SecretString, CommandError> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).doing("read the secret from standard input")?;
    Ok(line.trim().into())
}
