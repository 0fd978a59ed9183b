#![allow(clippy::unwrap_used, reason = "tests")]
use std::cell::Cell;
use std::future::poll_fn;
use std::task::Poll;

use futures::FutureExt as _;
use uuid::Uuid;

use super::super::{Seat, step_by_step};
use super::*;

const SECOND: SignedDuration = SignedDuration::from_secs(1);

fn lines(cores: u32) -> (Arc<Lines>, Clock) {
    let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
    (Arc::new(Lines::new(clock.clone(), cores)), clock)
}

fn come(lines: &Arc<Lines>, org: u128) -> Option<Guest> {
    lines.come(OrgId(Uuid::from_u128(org)), (6, 100))
}

/// Whether a request of the org begins at once.
fn sits(lines: &Arc<Lines>, org: u128) -> Option<Seated> {
    come(lines, org)?.sit().now_or_never().flatten()
}

/// The first org asks for six at once, for a second.
fn flood(lines: &Arc<Lines>, clock: &Clock) {
    let all: Vec<_> = (0..6).map(|_| sits(lines, 1).unwrap()).collect();
    clock.advance(SECOND);
    drop(all);
}

#[test]
fn only_orgs_that_asked_lately_are_remembered_and_none_waits_beyond_its_line() {
    let (lines, clock) = lines(2);
    let come = |org| lines.come(OrgId(Uuid::from_u128(org)), (1, 1));
    let (first, second) = (come(1).unwrap(), come(1).unwrap());
    assert!(come(1).is_none(), "one on the seat, one in line");
    drop((first, come(2)));
    assert!(come(1).is_some());
    clock.advance(PRESENT);
    drop(come(3));
    assert_eq!(lines.locked().len(), 2, "whoever has a request in hand stays");
    drop(second);
    drop(come(3));
    assert_eq!(lines.locked().len(), 1);
}

#[tokio::test]
async fn w27_whoever_takes_much_has_one_core_while_somebody_else_is_there_and_all_seats_alone() {
    let (lines, clock) = lines(2);
    flood(&lines, &clock);
    let alone: Vec<_> = (0..6).map(|_| sits(&lines, 1).unwrap()).collect();
    assert!(sits(&lines, 1).is_none(), "there are six");
    drop(alone);
    // Somebody reads a page: whoever floods is worked on one by one from then on.
    drop(sits(&lines, 2).unwrap());
    let one = sits(&lines, 1).unwrap();
    let mut next = Box::pin(come(&lines, 1).unwrap().sit());
    assert!(next.as_mut().now_or_never().is_none());
    assert!(sits(&lines, 2).is_some() && sits(&lines, 3).is_some(), "nobody else waits");
    drop(one);
    let next = next.now_or_never().flatten().unwrap();
    // Until that is long ago.
    clock.advance(PRESENT);
    assert!(sits(&lines, 1).is_some());
    drop(next);
}

#[tokio::test]
async fn w27_whoever_takes_much_begins_when_those_who_take_little_are_answered() {
    let (lines, clock) = lines(2);
    flood(&lines, &clock);
    let page = sits(&lines, 2).unwrap();
    let mut first = Box::pin(come(&lines, 1).unwrap().sit());
    let mut second = Box::pin(come(&lines, 1).unwrap().sit());
    assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
    drop(page);
    assert!(second.as_mut().now_or_never().is_none(), "each in its turn");
    drop(first.now_or_never().flatten().unwrap());
    assert!(second.now_or_never().flatten().is_some());
}

#[tokio::test]
async fn w27_whoever_takes_much_stands_aside_when_somebody_who_takes_little_comes() {
    let (lines, clock) = lines(2);
    flood(&lines, &clock);
    drop(sits(&lines, 2).unwrap());
    let begun = sits(&lines, 1).unwrap();
    assert!(begun.stand_aside().is_none(), "nobody is there");
    let page = sits(&lines, 2).unwrap();
    assert!(page.stand_aside().is_none());
    let mut aside = Box::pin(begun.stand_aside().unwrap().until_free());
    assert!(aside.as_mut().now_or_never().is_none());
    let mut next = Box::pin(come(&lines, 1).unwrap().sit());
    drop(page);
    assert!(next.as_mut().now_or_never().is_none(), "it has begun before");
    assert!(aside.now_or_never().is_some() && begun.stand_aside().is_none());
    drop(begun);
    assert!(next.now_or_never().flatten().is_some());
}

#[tokio::test]
async fn w27_of_more_cores_as_many_stand_aside_as_are_needed() {
    let (lines, clock) = lines(8);
    flood(&lines, &clock);
    drop(sits(&lines, 2).unwrap());
    let four: Vec<_> = (0..4).map(|_| sits(&lines, 1).unwrap()).collect();
    let _page = sits(&lines, 2).unwrap();
    let aside: Vec<_> = four.iter().filter_map(Seated::stand_aside).collect();
    assert_eq!(aside.len(), 1);
    // Whoever goes away while standing aside leaves nothing behind.
    drop((four, aside));
    assert!(sits(&lines, 1).is_some_and(|begun| begun.stand_aside().is_none()));
}

#[tokio::test]
async fn whoever_stands_aside_goes_on_after_a_while() {
    let (lines, clock) = lines(1);
    flood(&lines, &clock);
    drop(sits(&lines, 2).unwrap());
    let begun = sits(&lines, 1).unwrap();
    let _endless = sits(&lines, 2).unwrap();
    begun.stand_aside().unwrap().until_free().await;
    clock.advance(STANDS_ASIDE);
    assert!(begun.stand_aside().is_none(), "that was enough");
}

#[tokio::test]
async fn w27_no_step_of_a_request_is_done_while_it_stands_aside() {
    let (lines, clock) = lines(2);
    flood(&lines, &clock);
    drop(sits(&lines, 2).unwrap());
    let (seat, steps) = (Seat::default(), Cell::new(0));
    let work = poll_fn(|_| {
        steps.set(steps.get() + 1);
        // It takes its seat in its first step, as whoever asks turns out to be known.
        seat.0.lock().unwrap().get_or_insert_with(|| sits(&lines, 1).unwrap());
        if steps.get() < 3 { Poll::Pending } else { Poll::Ready(()) }
    });
    let mut request = Box::pin(step_by_step(&seat, work));
    let mut goes_on = || request.as_mut().now_or_never();
    assert_eq!((goes_on(), steps.get()), (None, 1));
    let page = sits(&lines, 2).unwrap();
    assert_eq!((goes_on(), steps.get()), (None, 1), "somebody who takes little is there");
    drop(page);
    assert_eq!((goes_on(), steps.get()), (None, 2));
    assert_eq!((goes_on(), steps.get()), (Some(()), 3));
}

#[tokio::test]
async fn two_clinics_that_take_much_do_not_give_way_to_each_other() {
    let (lines, clock) = lines(2);
    let both: Vec<_> = [1, 2, 1, 2, 2].map(|org| sits(&lines, org).unwrap()).into();
    clock.advance(SECOND);
    drop(both);
    let (one, other) = (sits(&lines, 1), sits(&lines, 2));
    assert!(one.is_some() && other.is_some());
    assert!(sits(&lines, 1).is_none() && sits(&lines, 2).is_none(), "each has half of the cores");
}

#[tokio::test]
async fn w27_whoever_takes_much_has_half_of_more_cores() {
    let (lines, clock) = lines(8);
    flood(&lines, &clock);
    let _page = sits(&lines, 2).unwrap();
    let _three: Vec<_> = (0..3).map(|_| sits(&lines, 1).unwrap()).collect();
    assert!(sits(&lines, 1).is_none(), "a half of eight, with what others have of it");
}

#[tokio::test]
async fn a_clinic_with_a_slow_request_is_not_held_back() {
    let (lines, clock) = lines(8);
    drop(sits(&lines, 2));
    let _slow = sits(&lines, 1).unwrap();
    clock.advance(SECOND * 5);
    let _pages: Vec<_> = (0..5).map(|_| sits(&lines, 1).unwrap()).collect();
}

#[tokio::test]
async fn whoever_is_held_back_is_not_held_up_by_what_does_not_end() {
    let (lines, clock) = lines(1);
    flood(&lines, &clock);
    drop(sits(&lines, 2));
    let _endless = sits(&lines, 1).unwrap();
    assert!(come(&lines, 1).unwrap().sit().await.is_some());
}
