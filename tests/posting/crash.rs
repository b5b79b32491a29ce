//! Death at every await of the posting handler.
//!
//! The handler's future is polled so many times and then dropped. For whatever lives outside the process this is what
//! `kill -9` is: what was sent was sent, what was committed was committed, and nothing after it happens. If a call is on
//! its way at that moment, both ends of it are tried: the ledger never gets it, and the ledger does it.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context as TaskContext, Poll, Wake, Waker},
};

use tokio::{sync::Notify, task::JoinSet};
use vouch::{pipeline, queue::Failed};

use crate::{
    gate::{Cut, Turnstile},
    house::{Goal, House},
};

/// More calls than any posting makes; each has a house of its own, for most of their time is waiting.
const CALLS_MAX: usize = 9;
/// A handler that is polled more often between two calls does not get on.
const POLLS_MAX: usize = 500;

/// Where the handler dies: so many polls after so many calls were answered. A call that comes before that many polls is
/// on its way when it dies.
#[derive(Debug, Clone, Copy)]
struct Point {
    answered: usize,
    polls: usize,
}

/// What is left of vouch after the handler's death.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    /// The process is gone as well.
    Nothing,
    /// The process goes on: the handler was stopped because its time was up.
    Process,
}

/// How far a handler came.
#[derive(Debug)]
enum Reached {
    /// Its end; the point lies behind it.
    End,
    /// The point, with nothing on its way.
    Point,
    /// The call that was on its way when it died.
    Call(String),
}

type Outcome = Result<(), Failed>;

/// Wakes the test instead of the runtime, so that the test decides about each poll.
#[derive(Default)]
struct Woken(Notify);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }
}

/// Polls the handler up to the point and drops it there; a call on its way then ends as `cut` says.
async fn die_at(gate: &Turnstile, point: Point, cut: Cut, handler: impl Future<Output = Outcome>) -> Reached {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let reached = {
        let mut handler = pin!(handler);
        let (mut answered, mut polls) = (0, 0);
        loop {
            if let Poll::Ready(outcome) = handler.as_mut().poll(&mut TaskContext::from_waker(&waker)) {
                outcome.expect("nothing was in its way");
                break Reached::End;
            }
            // Either a call stands at the gate, or the handler waits for something of its own.
            let call = tokio::select! {
                biased;
                call = gate.arrived() => Some(call),
                () = woken.0.notified() => None,
            };
            match call {
                Some(call) if answered == point.answered => break Reached::Call(call),
                Some(_) => {
                    gate.release(None);
                    answered += 1;
                    polls = 0;
                    woken.0.notified().await;
                }
                None => {
                    polls += 1;
                    if answered == point.answered && polls >= point.polls {
                        break Reached::Point;
                    }
                }
            }
        }
    };
    if matches!(reached, Reached::Call(_)) {
        gate.release(Some(cut));
    }
    gate.open();
    gate.idle().await;
    reached
}

/// One death and its aftermath.
async fn crash(house: &mut House, point: Point, cut: Cut, left: Left, seconds_before: i64) -> Reached {
    if seconds_before > 0 {
        // A young consent: QuickBooks changes the refresh token once a day, and losing that answer needs a person.
        house.consent().await;
    }
    let id = house.approved().await;
    house.advance(seconds_before);
    let job = house.claim().await;
    house.gate.hold();
    let reached = die_at(&house.gate, point, cut, pipeline::run(&house.context, job)).await;
    if left == Left::Nothing {
        house.restart().await;
    }
    // Past the dead worker's lease, and long enough for Xero to forget its request keys.
    house.advance(400);
    house.settle().await;
    house.assert_posted_once(id, &format!("death at {point:?}, {reached:?}, {cut:?}")).await;
    reached
}

/// Every point after so many answered calls: poll after poll until the next call is on its way, then that call with
/// both of its ends. Answers that call; there is none after the last.
async fn crash_after(goal: Goal, answered: usize, left: Left, seconds_before: i64) -> Option<String> {
    let mut house = House::new(goal).await;
    for polls in 1..POLLS_MAX {
        match crash(&mut house, Point { answered, polls }, Cut::Before, left, seconds_before).await {
            Reached::Point => {}
            Reached::End => return None,
            Reached::Call(call) => {
                let point = Point { answered, polls: POLLS_MAX };
                let again = crash(&mut house, point, Cut::After, left, seconds_before).await;
                // The first documents of a house also make the supplier, so they have calls that later ones have not;
                // how many documents that takes depends on when the first of them die.
                let fewer_calls = matches!(again, Reached::End);
                assert!(fewer_calls || matches!(again, Reached::Call(_)), "{again:?} is {call} of another document");
                return Some(call);
            }
        }
    }
    panic!("after {answered} answers the handler does not get on");
}

async fn crash_everywhere(goal: Goal, left: Left, seconds_before: i64) {
    let mut lanes = JoinSet::new();
    for answered in 0..CALLS_MAX {
        lanes.spawn(async move { (answered, crash_after(goal, answered, left, seconds_before).await) });
    }
    let mut calls = BTreeMap::new();
    while let Some(lane) = lanes.join_next().await {
        let (answered, call) = lane.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        calls.insert(answered, call);
    }
    assert_eq!(calls.get(&(CALLS_MAX - 1)), Some(&None), "more calls than were tried");
    let mut wanted = vec![goal.entry_call(), goal.image_call()];
    if seconds_before > 0 {
        wanted.push(goal.token_call());
    }
    for wanted in wanted {
        let cut = |call: &Option<String>| call.as_ref().is_some_and(|call| call.contains(wanted));
        assert!(calls.values().any(cut), "{wanted} was on its way at a death: {calls:?}");
    }
}

#[tokio::test]
async fn quickbooks_paid() {
    crash_everywhere(Goal::QUICKBOOKS_PAID, Left::Nothing, 0).await;
}

#[tokio::test]
async fn quickbooks_bill_with_a_token_that_ended() {
    crash_everywhere(Goal::QUICKBOOKS_BILL, Left::Nothing, 3_600).await;
}

#[tokio::test]
async fn xero_paid_with_a_token_that_ended() {
    crash_everywhere(Goal::XERO_PAID, Left::Nothing, 1_800).await;
}

#[tokio::test]
async fn xero_bill() {
    crash_everywhere(Goal::XERO_BILL, Left::Nothing, 0).await;
}

#[tokio::test]
async fn xero_paid_in_a_process_that_goes_on() {
    crash_everywhere(Goal::XERO_PAID, Left::Process, 0).await;
}
