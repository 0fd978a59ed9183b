//! The accept loop: deadlines for headers and writes, caps on connections, and a shutdown that finishes what it started.
//!
//! Our own because `axum::serve` has no header deadline: a client that sends one byte a minute would hold a
//! connection for ever. Body deadlines are in the handlers that read bodies.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::middleware::AddExtension;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tower::Layer as _;
use tracing::{info, warn};

use super::app::App;
use super::client::ClientAddress;
use super::per_address::PerAddress;

/// More headers than any vendor sends, and fewer than hurt.
const HEADERS_MAX: usize = 100;
/// Bytes of request line and headers together.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Files other than clients' connections: the database's, the vendors', logs.
const OTHER_FILES: u64 = 200;
/// Pause after the system refuses to accept (out of file descriptors): the connections in hand go on.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until [`App::stopping`](super::app::Parts::stopping), then finishes requests in hand within the drain time.
pub async fn serve(app: App, listener: TcpListener, router: Router) {
    app.serves.store(true, Ordering::SeqCst);
    allow_open_files(app.config.server.connections_max);
    let connections = Arc::new(Semaphore::new(app.config.server.connections_max));
    let addresses = PerAddress::new(app.config.server.connections_per_address_max);
    let graceful = Arc::new(GracefulShutdown::new());
    loop {
        let permit = tokio::select! {
            permit = connections.clone().acquire_owned() => permit,
            () = app.stopping.cancelled() => break,
        };
        let Ok(permit) = permit else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = app.stopping.cancelled() => break,
        };
        match accepted {
            Ok((stream, client)) => {
                // Closed without a word: whoever floods gets no work done for it.
                let Some(place) = addresses.take(client.ip()) else { continue };
                let named = axum::Extension(ClientAddress(client.ip())).layer(router.clone());
                let connection = serve_connection(&app, stream, named, &graceful);
                app.tasks.spawn(async move {
                    connection.await;
                    drop((permit, place));
                });
            }
            Err(error) => {
                warn!(%error, "Could not accept a connection; pausing");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    let drain = Duration::from_secs(app.config.server.drain_seconds);
    if let Some(graceful) = Arc::into_inner(graceful)
        && tokio::time::timeout(drain, graceful.shutdown()).await.is_err()
    {
        warn!("Some connections were still open after the drain time");
    }
    app.drained.cancel();
    info!("Stopped accepting; requests in hand are finished");
}

/// Asks the system for as many open files as there may be connections, and some for everything else. Many systems start
/// a process with 1,024 and allow far more; with fewer, accepting pauses.
fn allow_open_files(connections: usize) {
    let wanted = connections as u64 + OTHER_FILES;
    match getrlimit(Resource::RLIMIT_NOFILE) {
        Ok((soft, hard)) if soft < wanted => {
            if setrlimit(Resource::RLIMIT_NOFILE, wanted.min(hard), hard).is_err() || hard < wanted {
                warn!(wanted, hard, "Fewer open files are allowed than server.connections_max needs");
            }
        }
        Ok(_) => {}
        Err(error) => warn!(%error, "Could not read how many files may be open"),
    }
}

fn serve_connection(
    app: &App,
    stream: TcpStream,
    router: AddExtension<Router, ClientAddress>,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<> {
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(app.config.server.header_seconds))
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .keep_alive(true);
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(Duration::from_secs(app.config.server.write_seconds)));
    let stream = TokioIo::new(Box::pin(stream));
    let connection = http.serve_connection(stream, TowerToHyperService::new(router));
    let watched = graceful.watch(connection);
    async move {
        // A broken connection is the client's business; handlers have logged what matters.
        let _ = watched.await;
    }
}
