//! Follows what the database tells, looks for what it could not tell, and passes both on to the rooms.

use std::sync::Arc;
use std::time::Duration;

use super::event::Told;
use super::rooms::{Behind, Rooms, rooms};
use super::store;
use crate::platform::app::App;
use crate::platform::hub::{self, Heard};

/// What triggers tell on.
const EVENTS: &str = "voxanne_events";
/// What ends a session or a person's rights tells on, with the id of either.
const REVOKED: &str = "voxanne_revoked";
/// Between attempts to look for what was missed.
const PAUSE: Duration = Duration::from_secs(1);

/// Sockets of this process are told what happens from now on, once [`hub::start`] has run.
pub fn follow(app: &App) {
    let rooms = rooms(app);
    let told = rooms.clone();
    hub::on(app, EVENTS, move |heard| match heard {
        Heard::Begun => told.begin_hearing(),
        Heard::Ended => told.end_hearing(),
        Heard::Told(event) => match serde_json::from_str::<Told>(event) {
            Ok(Told { org, event }) => told.tell(org, event),
            Err(error) => tracing::warn!(%error, "Was told of an event that cannot be read"),
        },
    });
    let told = rooms.clone();
    hub::on(app, REVOKED, move |heard| {
        if let Heard::Told(who) = heard
            && let Ok(who) = who.parse()
        {
            told.revoke(who);
        }
    });
    app.tasks.spawn(send(app.clone(), rooms.clone()));
    app.tasks.spawn(look(app.clone(), rooms));
}

/// Sends what was gathered, a moment after the first of it came.
async fn send(app: App, rooms: Arc<Rooms>) {
    let gather = Duration::from_millis(app.config.live.gather_ms);
    while app.stopping.run_until_cancelled(rooms.stirred.notified()).await.is_some() {
        tokio::time::sleep(gather).await;
        metrics::counter!("voxanne_live_events_total").increment(rooms.send() as u64);
    }
}

/// Looks for what was missed: when hearing begins again, or all the time where nothing is ever heard.
async fn look(app: App, rooms: Arc<Rooms>) {
    let is_deaf = app.db.is_pooled_outside();
    let every = Duration::from_millis(app.config.live.poll_ms);
    loop {
        let due = async {
            if is_deaf {
                tokio::time::sleep(every).await;
            } else {
                rooms.missed.notified().await;
            }
        };
        if app.stopping.run_until_cancelled(due).await.is_none() {
            return;
        }
        for room in rooms.behind(is_deaf) {
            if let Err(error) = catch_up(&app, &rooms, room).await {
                tracing::warn!(%error, "Could not look for what sockets have missed; trying again");
                let _ = app.stopping.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
                rooms.missed.notify_one();
                break;
            }
        }
    }
}

async fn catch_up(app: &App, rooms: &Rooms, room: Behind) -> Result<(), sqlx::Error> {
    let mut tx = app.begin(room.org).await?;
    let missed = store::since(&mut tx, room.org, room.position).await?;
    tx.commit().await?;
    rooms.catch_up(room, missed);
    Ok(())
}
