//! `voxanne serve` and `voxanne work`: production's two roles.

use std::sync::Arc;

use tokio::net::TcpListener;

use super::CommandError;
use super::failure::Doing as _;
use super::roles;
use super::sealed;
use super::start::{self, How, Started};
use crate::orgs;
use crate::platform::app::App;
use crate::platform::config::Server;
use crate::platform::ids::OrgId;
use crate::platform::telemetry;

/// How to serve.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Leave background jobs to processes that run `voxanne work`
    #[arg(long)]
    no_worker: bool,
}

/// Serves HTTP until told to stop.
pub(super) async fn serve(args: Args) -> Result<(), CommandError> {
    let config = start::config()?;
    telemetry::start_logging(&config.log);
    let listener = roles::listen(&config.server.listen, "server.listen (PORT)").await?;
    check_address(&config.server, &listener)?;
    let mut started = Started::begin(config, How::to_serve()).await?;
    say_where_texts_go(&started);
    let mut done = sealed::check(&started.app).await;
    if done.is_ok() {
        done = check_doors(&started.app).await;
    }
    if done.is_ok() {
        done = run(&mut started, Some(listener), !args.no_worker).await;
    }
    started.end().await;
    done
}

/// Works on background jobs until told to stop.
pub(super) async fn work() -> Result<(), CommandError> {
    let config = start::config()?;
    telemetry::start_logging(&config.log);
    let mut started = Started::begin(config, How::to_serve()).await?;
    say_where_texts_go(&started);
    let mut done = sealed::check(&started.app).await;
    if done.is_ok() {
        done = run(&mut started, None, true).await;
    }
    started.end().await;
    done
}

/// Off this machine, sessions go over https alone: a cookie that may travel in the open is anybody's.
fn check_address(settings: &Server, listener: &TcpListener) -> Result<(), CommandError> {
    let is_here = listener.local_addr().doing("ask for the address")?.ip().is_loopback();
    if is_here || settings.allow_insecure || settings.public_url.starts_with("https://") {
        return Ok(());
    }
    Err(CommandError::Refused(format!(
        "server.public_url (BACKEND_URL) is not https, and server.listen ({}) is open to the network, where anybody could read \
         passwords and cookies: set BACKEND_URL to the https address of the proxy in front, listen on 127.0.0.1, or set \
         server.allow_insecure (VOXANNE_SERVER_ALLOW_INSECURE=true) where the network is trusted",
        settings.listen
    )))
}

async fn run(started: &mut Started, listener: Option<TcpListener>, works: bool) -> Result<(), CommandError> {
    let address = listener.as_ref().and_then(|listener| listener.local_addr().ok());
    let mut stop = roles::start(started, listener, works).await?;
    if let Some(address) = address {
        tracing::info!(%address, worker = works, "Ready");
    } else {
        tracing::info!("Ready");
    }
    stop.wait(started).await
}

fn say_where_texts_go(started: &Started) {
    if let Some(sandbox) = &started.sandbox {
        let outbox = format!("{}/twilio/messages", sandbox.url());
        tracing::warn!(outbox, "There is no Twilio account: texts go to the sandbox and reach no phone");
    }
}

/// Which orgs have an assistant and no active secret, and whether anybody has one.
pub(super) struct Doors {
    pub closed: Vec<OrgId>,
    pub is_any_open: bool,
}

/// Looks at the credentials of every org.
pub(super) async fn doors(app: &App) -> Result<Doors, Arc<sqlx::Error>> {
    let mut doors = Doors { closed: Vec::new(), is_any_open: false };
    for org in orgs::every_org(app).await? {
        let mut tx = app.begin(org).await?;
        let is_closed = orgs::is_closed_to_platform(&mut tx, org).await?;
        tx.commit().await?;
        doors.is_any_open |= !orgs::credentials(app, org).await?.is_empty();
        if is_closed {
            doors.closed.push(org);
        }
    }
    Ok(doors)
}

/// A15: assistants without any secret at all would mean that every call is refused.
async fn check_doors(app: &App) -> Result<(), CommandError> {
    let doors = doors(app).await.doing("read the webhook secrets")?;
    if let (Some(org), false) = (doors.closed.first(), doors.is_any_open) {
        return Err(CommandError::Refused(format!(
            "no webhook secret is active, so every call would be refused: run `voxanne admin secret add --org {org}`"
        )));
    }
    for org in doors.closed {
        tracing::warn!(org.id = %org, "This org has an assistant and no active webhook secret: its calls are refused");
    }
    Ok(())
}
