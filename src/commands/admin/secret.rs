//! `voxanne admin secret`: add one, move the platform over, revoke the other.

use clap::{Subcommand, ValueEnum};
use secrecy::ExposeSecret;
use uuid::Uuid;
use voxanne_vapi::auth::Scheme;

use super::super::CommandError;
use super::super::failure::Doing as _;
use super::super::org::{known, line_of_input, org_id};
use super::super::output::say;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::platform::secrets;

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Make a secret up and print it, or take one from standard input
    Add {
        /// Whose
        #[arg(long, value_parser = org_id)]
        org: OrgId,
        /// How the platform proves that it knows it
        #[arg(long, value_enum, default_value = "x-vapi-secret")]
        scheme: Proof,
        /// Read the secret from standard input instead of making one up
        #[arg(long)]
        stdin: bool,
    },
    /// End a secret; replicas forget it within seconds
    Revoke {
        /// Whose
        #[arg(long, value_parser = org_id)]
        org: OrgId,
        /// Which, as `secret list` shows it
        id: Uuid,
    },
    /// List active secrets by id, never by value
    List {
        /// Whose
        #[arg(long, value_parser = org_id)]
        org: OrgId,
    },
}

/// The forms that the platform's credentials take.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Proof {
    /// The secret itself in x-vapi-secret
    XVapiSecret,
    /// Authorization: Bearer
    Bearer,
    /// The platform's HMAC credential as it is by default
    HmacDefault,
    /// HMAC over the body alone, in X-Vapi-Signature
    HmacBodyOnly,
}

impl Proof {
    fn scheme(self) -> Scheme {
        match self {
            Self::XVapiSecret => Scheme::VapiSecret,
            Self::Bearer => Scheme::bearer(),
            Self::HmacDefault => Scheme::hmac_default(),
            Self::HmacBodyOnly => Scheme::hmac_body_only(),
        }
    }
}

pub(super) async fn run(app: &App, action: Action) -> Result<(), CommandError> {
    match action {
        Action::Add { org, scheme, stdin } => add(app, org, scheme, stdin).await,
        Action::Revoke { org, id } => revoke(app, org, id).await,
        Action::List { org } => list(app, org).await,
    }
}

async fn add(app: &App, org: OrgId, proof: Proof, is_given: bool) -> Result<(), CommandError> {
    let org = known(app, org).await?;
    let secret =
        if is_given { line_of_input()? } else { secrets::new_token().doing("make up a secret")?.into() };
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    let id = orgs::issue_secret(app, &mut tx, org, &proof.scheme(), &secret).await.doing("add the secret")?;
    tx.commit().await.doing("commit the secret")?;
    if is_given {
        say(id);
    } else {
        say(format_args!("{id}  {}", secret.expose_secret()));
        say("This is shown once: the secret is kept sealed.");
    }
    Ok(())
}

async fn revoke(app: &App, org: OrgId, id: Uuid) -> Result<(), CommandError> {
    let org = known(app, org).await?;
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    let is_revoked = orgs::revoke_secret(app, &mut tx, org, id).await.doing("revoke the secret")?;
    tx.commit().await.doing("commit the end of the secret")?;
    if !is_revoked {
        return Err(CommandError::Refused(format!("{org} has no active secret {id}")));
    }
    say("Revoked.");
    Ok(())
}

async fn list(app: &App, org: OrgId) -> Result<(), CommandError> {
    let org = known(app, org).await?;
    let active = orgs::credentials(app, org).await.doing("read the secrets")?;
    for credential in active.iter() {
        let form = match &credential.scheme {
            Scheme::VapiSecret => "x-vapi-secret",
            Scheme::Bearer { .. } => "bearer",
            Scheme::Hmac(_) => "hmac",
        };
        say(format_args!("{}  {form}", credential.id.0));
    }
    if active.is_empty() {
        say("No active secret: this org's door is closed.");
    }
    Ok(())
}
