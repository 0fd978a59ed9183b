//! Who listens in this process, by org, and what they have yet to be told.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::event::{Event, Position};
use super::store::Missed;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// Events of one org gathered at once: beyond, everybody is told to look at everything again.
const BURST_MAX: usize = 200;
/// Ids remembered of one org.
const GATHERED_MAX: usize = 256;
/// What they are told then.
pub(super) const RELOAD: &[u8] = br#"{"type":"reload"}"#;

/// The rooms of this process.
#[derive(Default)]
pub(super) struct Rooms {
    state: Mutex<State>,
    /// Something waits to be sent.
    pub stirred: Notify,
    /// Some room may have missed something.
    pub missed: Notify,
}

#[derive(Default)]
struct State {
    /// Whether the database is heard.
    hears: bool,
    /// How often hearing has ended.
    losses: u64,
    seats_given: u64,
    rooms: HashMap<OrgId, Room>,
}

struct Room {
    seats: HashMap<u64, Seat>,
    /// Everything up to here has been gathered.
    position: Position,
    /// Events may be missing: what waits is kept back until they are found, for they come first.
    is_behind: bool,
    waiting: Vec<Event>,
    reload: bool,
    /// The ids that were gathered last, so that a look back does not bring them again.
    gathered: VecDeque<i64>,
}

struct Seat {
    queue: mpsc::Sender<Bytes>,
    lags: CancellationToken,
    recheck: Arc<Notify>,
    holder: Holder,
}

/// Who sits there, as far as the end of a right concerns it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder {
    pub user: Uuid,
    pub session: Option<Uuid>,
}

/// A room that may have missed something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Behind {
    pub org: OrgId,
    pub position: Position,
    losses: u64,
}

/// A socket's place in its room, until it is dropped.
pub(super) struct Place {
    rooms: Arc<Rooms>,
    org: OrgId,
    seat: u64,
    /// What it is to send.
    pub queue: mpsc::Receiver<Bytes>,
    /// Cancelled when more waits than may.
    pub lags: CancellationToken,
    /// Told when its holder may have lost the right.
    pub recheck: Arc<Notify>,
}

/// The rooms of this process.
pub(super) fn rooms(app: &App) -> Arc<Rooms> {
    app.memo.get_or(Rooms::default)
}

impl Rooms {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place in the room of `org`: whatever commits from now on comes to its queue. `position` is where the socket
    /// stands, for a room that is new.
    pub fn join(self: &Arc<Self>, org: OrgId, position: Position, holder: Holder, queue_max: usize) -> Place {
        let (to_queue, queue) = mpsc::channel(queue_max);
        let (lags, recheck) = (CancellationToken::new(), Arc::<Notify>::default());
        let mut state = self.state();
        state.seats_given += 1;
        let (seat, is_behind) = (state.seats_given, !state.hears);
        let room = state.rooms.entry(org).or_insert_with(|| Room {
            seats: HashMap::new(),
            position,
            is_behind,
            waiting: Vec::new(),
            reload: false,
            gathered: VecDeque::new(),
        });
        room.seats
            .insert(seat, Seat { queue: to_queue, lags: lags.clone(), recheck: recheck.clone(), holder });
        drop(state);
        Place { rooms: self.clone(), org, seat, queue, lags, recheck }
    }

    /// The database told of an event.
    pub fn tell(&self, org: OrgId, event: Event) {
        let mut state = self.state();
        let Some(room) = state.rooms.get_mut(&org) else { return };
        if event.is_about_rights() {
            room.seats.values().for_each(|seat| seat.recheck.notify_one());
        }
        if !room.is_behind {
            room.position = event.position();
        }
        room.gather(event);
        drop(state);
        self.stirred.notify_one();
    }

    /// The database is heard from now on.
    pub fn begin_hearing(&self) {
        let mut state = self.state();
        state.hears = true;
        // An end that nobody told of.
        state.rooms.values().flat_map(|room| room.seats.values()).for_each(|seat| seat.recheck.notify_one());
        drop(state);
        self.missed.notify_one();
    }

    /// It is not heard any more.
    pub fn end_hearing(&self) {
        let mut state = self.state();
        state.hears = false;
        state.losses += 1;
        state.rooms.values_mut().for_each(|room| room.is_behind = true);
    }

    /// A session has ended, or a person may no longer sign in.
    pub fn revoke(&self, who: Uuid) {
        let state = self.state();
        let seats = state.rooms.values().flat_map(|room| room.seats.values());
        seats
            .filter(|seat| seat.holder.session == Some(who) || seat.holder.user == who)
            .for_each(|seat| seat.recheck.notify_one());
    }

    /// The rooms that may have missed something; all of them when the database is never heard.
    pub fn behind(&self, all: bool) -> Vec<Behind> {
        let state = self.state();
        let rooms = state.rooms.iter().filter(|(_, room)| all || room.is_behind);
        rooms.map(|(org, room)| Behind { org: *org, position: room.position, losses: state.losses }).collect()
    }

    /// What a room has missed is found: it comes before what was told meanwhile.
    pub fn catch_up(&self, room: Behind, missed: Missed) {
        let mut state = self.state();
        let losses = state.losses;
        let Some(found) = state.rooms.get_mut(&room.org) else { return };
        found.position = missed.position;
        let told_meanwhile = std::mem::take(&mut found.waiting);
        found.reload |= !missed.are_all;
        let known = std::mem::take(&mut found.gathered);
        let missed = missed.events.into_iter().filter(|event| !known.contains(&event.id));
        let mut all: Vec<Event> = missed.chain(told_meanwhile).collect();
        // Found in two looks, they may lie the wrong way round.
        all.sort_by_key(|event| event.id);
        found.gathered = known;
        if all.iter().any(Event::is_about_rights) {
            found.seats.values().for_each(|seat| seat.recheck.notify_one());
        }
        for event in all {
            found.gather(event);
        }
        // Lost again while this was looked for: then more is missing.
        found.is_behind = losses != room.losses;
        drop(state);
        self.stirred.notify_one();
    }

    /// Sends what was gathered; says how many events. Whoever has too much waiting already is left behind.
    pub fn send(&self) -> usize {
        let mut state = self.state();
        let mut sent = 0;
        for room in state.rooms.values_mut().filter(|room| !room.is_behind) {
            let reload = std::mem::take(&mut room.reload).then(|| Bytes::from_static(RELOAD));
            let events = std::mem::take(&mut room.waiting);
            for message in reload.into_iter().chain(events.iter().map(Event::message)) {
                sent += 1;
                room.seats.retain(|_, seat| {
                    let keeps_up = seat.queue.try_send(message.clone()).is_ok();
                    if !keeps_up {
                        seat.lags.cancel();
                    }
                    keeps_up
                });
            }
        }
        sent
    }
}

impl Room {
    /// Only the last word about a thing waits, at its own place: whoever has seen it has seen all that committed before.
    fn gather(&mut self, event: Event) {
        if self.gathered.len() == GATHERED_MAX {
            self.gathered.pop_front();
        }
        self.gathered.push_back(event.id);
        self.waiting.retain(|earlier| !event.repeats(earlier));
        self.waiting.push(event);
        if self.waiting.len() > BURST_MAX {
            self.waiting.clear();
            self.reload = true;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.rooms.state();
        if let Some(room) = state.rooms.get_mut(&self.org) {
            room.seats.remove(&self.seat);
            if room.seats.is_empty() {
                state.rooms.remove(&self.org);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const HERE: OrgId = OrgId(Uuid::from_u128(1));
    const SOMEBODY: Holder = Holder { user: Uuid::nil(), session: None };
    const START: Position = Position { id: 0, horizon: 0 };

    fn event(id: i64, subject: u128) -> Event {
        let at = "2026-11-24T18:00:00.000000Z".to_owned();
        Event { id, kind: "call".into(), subject: Uuid::from_u128(subject), at, horizon: id }
    }

    fn hearing() -> Arc<Rooms> {
        let rooms = Arc::<Rooms>::default();
        rooms.begin_hearing();
        rooms
    }

    /// The ids that wait for a socket; 0 is a reload.
    fn told(place: &mut Place) -> Vec<i64> {
        let mut ids = vec![];
        while let Ok(message) = place.queue.try_recv() {
            let message: serde_json::Value = serde_json::from_slice(&message).unwrap();
            ids.push(message["id"].as_i64().unwrap_or(0));
        }
        ids
    }

    #[test]
    fn the_last_word_about_a_thing_is_told_at_its_own_place() {
        let rooms = hearing();
        let mut place = rooms.join(HERE, START, SOMEBODY, 16);
        for (id, subject) in [(1, 10), (2, 20), (3, 10)] {
            rooms.tell(HERE, event(id, subject));
        }
        rooms.tell(OrgId(Uuid::from_u128(2)), event(4, 10));
        assert_eq!(rooms.send(), 2);
        assert_eq!(told(&mut place), [2, 3]);
    }

    fn missed(ids: &[i64]) -> Missed {
        let events: Vec<Event> = ids.iter().map(|id| event(*id, id.unsigned_abs().into())).collect();
        let position = events.last().unwrap().position();
        Missed { events, are_all: true, position }
    }

    #[test]
    fn what_was_missed_is_told_before_what_came_after() {
        let rooms = hearing();
        let mut place = rooms.join(HERE, START, SOMEBODY, 16);
        rooms.end_hearing();
        rooms.begin_hearing();
        rooms.tell(HERE, event(5, 50));
        assert_eq!(rooms.send(), 0, "first what is missing");
        let behind = rooms.behind(false);
        assert_eq!(behind[0].position, START);
        rooms.catch_up(behind[0], missed(&[3, 4]));
        rooms.send();
        assert_eq!(told(&mut place), [3, 4, 5]);
        assert!(rooms.behind(false).is_empty());
    }

    #[test]
    fn a_second_loss_while_the_first_is_mended_is_mended_too() {
        let rooms = hearing();
        let mut place = rooms.join(HERE, START, SOMEBODY, 16);
        rooms.end_hearing();
        let behind = rooms.behind(false);
        rooms.begin_hearing();
        rooms.end_hearing();
        rooms.catch_up(behind[0], missed(&[3]));
        assert_eq!((rooms.send(), told(&mut place)), (0, vec![]));
        let again = rooms.behind(false);
        assert_eq!(again[0].position, event(3, 30).position());
        rooms.catch_up(again[0], missed(&[3, 4]));
        rooms.send();
        assert_eq!(told(&mut place), [3, 4]);
    }

    #[test]
    fn w4_who_does_not_read_is_left_behind_and_nobody_else() {
        let rooms = hearing();
        let (slow, mut quick) = (rooms.join(HERE, START, SOMEBODY, 2), rooms.join(HERE, START, SOMEBODY, 16));
        for id in 1..=3 {
            rooms.tell(HERE, event(id, id.unsigned_abs().into()));
            rooms.send();
        }
        assert!(slow.lags.is_cancelled() && !quick.lags.is_cancelled());
        assert_eq!(told(&mut quick), [1, 2, 3]);
    }

    #[test]
    fn a_flood_becomes_one_request_to_look_again() {
        let rooms = hearing();
        let mut place = rooms.join(HERE, START, SOMEBODY, 16);
        for id in 1..=300 {
            rooms.tell(HERE, event(id, id.unsigned_abs().into()));
        }
        rooms.tell(HERE, event(301, 300));
        rooms.send();
        let told = told(&mut place);
        assert_eq!(told[0], 0);
        assert!(told.len() <= 16);
    }

    #[test]
    fn an_empty_room_is_forgotten() {
        let rooms = hearing();
        let places = [rooms.join(HERE, START, SOMEBODY, 2), rooms.join(HERE, START, SOMEBODY, 2)];
        assert_eq!(rooms.state().rooms.len(), 1);
        drop(places);
        assert!(rooms.state().rooms.is_empty());
    }
}
