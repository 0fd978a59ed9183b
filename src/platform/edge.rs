//! The accept loop: deadlines for headers and writes, caps on connections of all, of one address and of what no caller waits
//! for, and a shutdown that finishes what it started.
//!
//! Our own because `axum::serve` has no header deadline: a client that sends one byte a minute would hold a
//! connection for ever. Body deadlines are in the handlers that read bodies. A connection that became a WebSocket has its
//! own deadlines (`src/live`), counts among the connections until it closes, and still has to read what is written.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::middleware::AddExtension;
use axum::{Extension, Router};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tokio_util::task::TaskTracker;
use tower::Layer as _;
use tracing::{info, warn};

use super::app::App;
use super::client::ClientAddress;
use super::config::Server;
use super::desk_share::DeskPlace;
use super::per_address::{PerAddress, Place};

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
    let desk = Arc::new(Semaphore::new(app.config.server.desk_connections_max));
    let addresses = PerAddress::new(per_address_max(&app.config.server));
    let in_hand = TaskTracker::new();
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
                let Some(place) = addresses.take(client.ip()) else {
                    metrics::counter!("voxanne_connections_refused_total", "why" => "address").increment(1);
                    continue;
                };
                let _ = stream.set_nodelay(true);
                let at_desk = DeskPlace::of(&desk);
                let stream = Counted { stream, _places: (permit, place, at_desk.clone()) };
                let named = Named { address: ClientAddress(client.ip()), at_desk }.layer(&router);
                app.tasks.spawn(in_hand.track_future(serve_connection(&app, stream, named)));
            }
            Err(error) => {
                warn!(%error, "Could not accept a connection; pausing");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    let drain = Duration::from_secs(app.config.server.drain_seconds);
    in_hand.close();
    if tokio::time::timeout(drain, in_hand.wait()).await.is_err() {
        warn!("Some connections were still open after the drain time");
    }
    app.drained.cancel();
    info!("Stopped accepting; requests in hand are finished");
}

/// Behind proxies every connection has the address of one of them, and none says anything of a client.
const fn per_address_max(server: &Server) -> usize {
    if server.proxies == 0 { server.connections_per_address_max } else { server.connections_max }
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
    stream: Counted,
    router: NamedRouter,
) -> impl Future<Output = ()> + Send + use<> {
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(app.config.server.header_seconds))
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .keep_alive(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(Duration::from_secs(app.config.server.write_seconds)));
    let stream = TokioIo::new(Box::pin(stream));
    // What becomes a WebSocket leaves this future, and keeps its stream: write deadline and places go with it.
    let connection = http.serve_connection(stream, TowerToHyperService::new(router)).with_upgrades();
    let stopping = app.stopping.clone();
    async move {
        let mut connection = pin!(connection);
        // A broken connection is the client's business; handlers have logged what matters.
        if stopping.run_until_cancelled(connection.as_mut()).await.is_none() {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// What each request of a connection says of it.
struct Named {
    address: ClientAddress,
    at_desk: DeskPlace,
}

type NamedRouter = AddExtension<AddExtension<Router, ClientAddress>, DeskPlace>;

impl Named {
    fn layer(self, router: &Router) -> NamedRouter {
        Extension(self.at_desk).layer(Extension(self.address).layer(router.clone()))
    }
}

/// A connection and the places that it takes, until it closes, whatever it has become.
struct Counted {
    stream: TcpStream,
    _places: (OwnedSemaphorePermit, Place, DeskPlace),
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
