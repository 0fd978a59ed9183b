//! One socket from its first word to its last.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout_at};

use super::http::{Incoming, Wire};
use super::rooms::{Holder, Place, RELOAD, rooms};
use super::store;
use crate::accounts::{self, SocketHolder, TokenError};
use crate::platform::app::App;

/// Frames a client may send between two signs of life: it has nothing to say but that it is there.
const FRAMES_MAX: u32 = 100;
const PING: &[u8] = br#"{"type":"ping"}"#;

/// Why a socket ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The client went away.
    Gone,
    /// It did not say who it is in time.
    Unnamed,
    /// What it said is nothing that it may say here.
    Garbled,
    /// Its token does not hold.
    Refused,
    /// Its token has ended.
    Expired,
    /// Whoever holds it has lost the right.
    Revoked,
    /// It sends more than anybody has to say.
    Floods,
    /// A frame was too long, or none.
    Broken,
    /// It does not read what it is sent.
    Slow,
    /// It gives no sign of life.
    Silent,
    /// This process stops: another one serves it.
    Stopping,
    /// The database could not be asked.
    Unavailable,
}

impl End {
    /// For the metric; and what the client is told, but to one that is gone.
    const fn said(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::Gone => ("gone", 1000, ""),
            Self::Unnamed => ("unnamed", 1008, "say who you are within the time for it"),
            Self::Garbled => ("garbled", 1008, "this is not said here"),
            Self::Refused => ("refused", 1008, "the token does not hold"),
            Self::Expired => ("expired", 4401, "the token has expired"),
            Self::Revoked => ("revoked", 4401, "the session has ended"),
            Self::Floods => ("floods", 1008, "too many frames"),
            Self::Broken => ("broken", 1009, "the frame is too long or broken"),
            Self::Slow => ("slow", 1013, "events are read too slowly"),
            Self::Silent => ("silent", 1001, "no sign of life"),
            Self::Stopping => ("stopping", 1001, "this server stops; connect again"),
            Self::Unavailable => ("unavailable", 1013, "try again in a moment"),
        }
    }
}

/// What a client may say.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Said {
    Subscribe {
        token: SecretString,
        #[serde(default)]
        after: Option<i64>,
    },
    /// That it is there, where WebSocket's own frames do not reach.
    Pong {},
}

/// Open sockets, as a metric.
struct Open;

impl Open {
    fn count() -> Self {
        metrics::gauge!("voxanne_live_sockets").increment(1.0);
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!("voxanne_live_sockets").decrement(1.0);
    }
}

/// Serves a socket until it ends, and says why.
pub(super) async fn serve(app: App, mut wire: Wire) {
    let _open = Open::count();
    let end = match begin(&app, &mut wire).await {
        Ok(subscribed) => keep_telling(&app, &mut wire, subscribed).await,
        Err(end) => end,
    };
    let (reason, code, said) = end.said();
    metrics::counter!("voxanne_live_closes_total", "reason" => reason).increment(1);
    if end != End::Gone {
        wire.close(code, said).await;
    }
}

struct Subscribed {
    holder: SocketHolder,
    place: Place,
    backlog: Vec<Bytes>,
}

/// Who it is, its place, and what it has missed.
async fn begin(app: &App, wire: &mut Wire) -> Result<Subscribed, End> {
    let (token, after) = first_word(app, wire).await?;
    let holder = accounts::verify_socket_token(app, token.expose_secret()).await;
    let holder = holder.map_err(|error| match error {
        TokenError::Database(_) | TokenError::NoKeys => End::Unavailable,
        _ => End::Refused,
    })?;
    match resume(app, &holder, after).await {
        Ok((place, backlog)) => Ok(Subscribed { holder, place, backlog }),
        Err(error) => {
            tracing::warn!(org.id = %holder.org, %error, "A socket could not be given what it has missed");
            Err(End::Unavailable)
        }
    }
}

async fn first_word(app: &App, wire: &mut Wire) -> Result<(SecretString, Option<i64>), End> {
    let until = Instant::now() + app.config.live.subscribe_within();
    for _ in 0..FRAMES_MAX {
        let heard = tokio::select! {
            heard = timeout_at(until, wire.next()) => heard.ok().ok_or(End::Unnamed)?,
            () = app.stopping.cancelled() => return Err(End::Stopping),
        };
        match heard {
            Incoming::Sign => {}
            Incoming::Said(text) => {
                return match serde_json::from_str(&text) {
                    Ok(Said::Subscribe { token, after }) => Ok((token, after)),
                    _ => Err(End::Garbled),
                };
            }
            Incoming::Broken => return Err(End::Broken),
            Incoming::Gone => return Err(End::Gone),
        }
    }
    Err(End::Floods)
}

/// First the place, then the look at what was missed: whatever commits between the two is found by at least one of them.
async fn resume(
    app: &App,
    holder: &SocketHolder,
    after: Option<i64>,
) -> Result<(Place, Vec<Bytes>), sqlx::Error> {
    let mut tx = app.begin(holder.org).await?;
    let standing = store::standing(&mut tx, holder.org, after).await?;
    let seen = standing.seen();
    let position = seen.unwrap_or_else(|| standing.newest());
    let who = Holder { user: holder.user.0, session: holder.session.map(|session| session.0) };
    let place = rooms(app).join(holder.org, position, who, app.config.live.queue_max);
    let missed = store::since(&mut tx, holder.org, position).await?;
    tx.commit().await?;
    let mut said = Vec::with_capacity(missed.events.len() + 2);
    let is_known = after.is_none() || seen.is_some();
    let last = if missed.are_all { position.id } else { standing.id };
    // Before the id it may resume from: whoever is cut off between the two must look again.
    if !is_known || !missed.are_all {
        said.push(Bytes::from_static(RELOAD));
    }
    let subscribed = json!({"type": "subscribed", "org": holder.org.to_string(), "last": last});
    said.push(subscribed.to_string().into());
    said.extend(missed.events.iter().map(super::event::Event::message));
    Ok((place, said))
}

async fn keep_telling(app: &App, wire: &mut Wire, subscribed: Subscribed) -> End {
    let Subscribed { holder, mut place, backlog } = subscribed;
    for message in backlog {
        if let Err(end) = say(app, wire, &place, message).await {
            return end;
        }
    }
    let live = &app.config.live;
    let mut ping = ticks(live.ping_every());
    let mut recheck = ticks(live.recheck_every());
    let (mut heard_at, mut frames) = (Instant::now(), 0);
    let lags = place.lags.clone();
    let revoked = place.recheck.clone();
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return End::Stopping,
            () = lags.cancelled() => return End::Slow,
            heard = wire.next() => {
                (heard_at, frames) = (Instant::now(), frames + 1);
                if let Some(end) = wrong(&heard, frames) {
                    return end;
                }
            }
            Some(message) = place.queue.recv() => {
                if let Err(end) = say(app, wire, &place, message).await {
                    return end;
                }
            }
            _ = ping.tick() => {
                frames = 0;
                if heard_at.elapsed() > live.silent_for() {
                    return End::Silent;
                }
                if let Err(end) = say(app, wire, &place, Bytes::from_static(PING)).await {
                    return end;
                }
                if !wire.ping().await {
                    return End::Gone;
                }
            }
            _ = recheck.tick() => if let Some(end) = lost(app, &holder).await { return end },
            () = revoked.notified() => if let Some(end) = lost(app, &holder).await { return end },
            () = sleep(until(app, holder.expires_at)) => {
                if holder.expires_at <= app.clock.now() {
                    return End::Expired;
                }
            }
        }
    }
}

fn ticks(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// How long until then, by the app's clock; a little at least, for that clock may stand still.
fn until(app: &App, then: Timestamp) -> Duration {
    let left = Duration::try_from(then.duration_since(app.clock.now())).unwrap_or(Duration::ZERO);
    left.max(Duration::from_millis(10))
}

/// What is wrong with what was heard, the `frames`th since the last sign of life.
fn wrong(heard: &Incoming, frames: u32) -> Option<End> {
    match heard {
        _ if frames > FRAMES_MAX => Some(End::Floods),
        Incoming::Sign => None,
        Incoming::Said(text) => match serde_json::from_str(text) {
            Ok(Said::Pong {}) => None,
            _ => Some(End::Garbled),
        },
        Incoming::Broken => Some(End::Broken),
        Incoming::Gone => Some(End::Gone),
    }
}

/// Whether the holder may no longer listen. A database that cannot be asked ends nothing: the token's own end does.
async fn lost(app: &App, holder: &SocketHolder) -> Option<End> {
    if holder.expires_at <= app.clock.now() {
        return Some(End::Expired);
    }
    match accounts::still_holds(app, holder).await {
        Ok(true) => None,
        Ok(false) => Some(End::Revoked),
        Err(error) => {
            tracing::warn!(org.id = %holder.org, %error, "Could not look whether a socket's holder still may");
            None
        }
    }
}

/// Sends one message, unless the client has too many waiting meanwhile.
async fn say(app: &App, wire: &mut Wire, place: &Place, message: Bytes) -> Result<(), End> {
    tokio::select! {
        sent = wire.say(message) => if sent { Ok(()) } else { Err(End::Gone) },
        () = place.lags.cancelled() => Err(End::Slow),
        () = app.stopping.cancelled() => Err(End::Stopping),
    }
}
