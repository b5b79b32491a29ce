//! A gate that a test holds: it lets calls through, keeps one waiting, or cuts the line at the one that was chosen.

use std::{
    sync::{Condvar, Mutex, MutexGuard},
    time::Duration,
};

use tokio::sync::Notify;
use vouch::sandbox::Gate;

/// No call is kept waiting longer.
const HELD_MAX: Duration = Duration::from_secs(30);

/// Where a call's line is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Before the ledger does anything.
    Before,
    /// After it was done: only the answer is lost.
    After,
}

impl Cut {
    pub(crate) const BOTH: [Self; 2] = [Self::Before, Self::After];
}

/// What happens beside a cut: a process is killed, an entry is changed.
type Act = Box<dyn FnOnce() + Send>;

#[derive(Default)]
enum Mode {
    #[default]
    Open,
    /// Every call that holds the text waits for `release`; with `once` only the first.
    Hold { holds: String, once: bool },
    /// The call whose `METHOD path` holds the text is cut, after so many that did and were let through.
    CutAt { holds: String, let_through: usize, cut: Cut, act: Act },
}

#[derive(Default)]
struct State {
    mode: Mode,
    /// Calls since the gate was set last.
    calls: Vec<String>,
    /// The call that waits.
    waiting: Option<String>,
    /// What to do with it: `None` inside is to let it through.
    verdict: Option<Option<Cut>>,
    /// The call under way that loses its answer.
    answer_lost: Option<String>,
    under_way: usize,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Turnstile {
    state: Mutex<State>,
    released: Condvar,
    changed: Notify,
}

impl Turnstile {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics while it holds the gate")
    }

    fn set(&self, mode: Mode) {
        let mut state = self.lock();
        state.mode = mode;
        state.calls.clear();
    }

    /// Lets everything through.
    pub(crate) fn open(&self) {
        self.set(Mode::Open);
    }

    /// Keeps every call waiting.
    pub(crate) fn hold(&self) {
        self.set(Mode::Hold { holds: String::new(), once: false });
    }

    /// Keeps the next call waiting that holds this text.
    pub(crate) fn hold_next(&self, holds: &str) {
        self.set(Mode::Hold { holds: holds.to_owned(), once: true });
    }

    /// Cuts the `nth` call from now on whose `METHOD path` holds the text, counted from one.
    pub(crate) fn cut_at(&self, holds: &str, nth: usize, cut: Cut) {
        self.act_at(holds, nth, cut, || {});
    }

    /// The same, and does something at that moment.
    pub(crate) fn act_at(&self, holds: &str, nth: usize, cut: Cut, act: impl FnOnce() + Send + 'static) {
        let holds = holds.to_owned();
        self.set(Mode::CutAt { holds, let_through: nth - 1, cut, act: Box::new(act) });
    }

    /// Whether the chosen call has not come yet.
    pub(crate) fn still_set(&self) -> bool {
        matches!(self.lock().mode, Mode::CutAt { .. })
    }

    /// Waits until the chosen call has come.
    pub(crate) async fn met(&self) {
        self.until(|state| (!matches!(state.mode, Mode::CutAt { .. })).then_some(())).await;
    }

    /// The calls since the gate was set last.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.lock().calls.clone()
    }

    /// Waits until a call waits here.
    pub(crate) async fn arrived(&self) -> String {
        self.until(|state| state.waiting.clone()).await
    }

    /// Waits until nothing is being carried out.
    pub(crate) async fn idle(&self) {
        self.until(|state| (state.under_way == 0).then_some(())).await;
    }

    async fn until<T>(&self, look: impl Fn(&State) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            if let Some(found) = look(&self.lock()) {
                return found;
            }
            changed.await;
        }
    }

    /// Says what happens to the call that waits.
    pub(crate) fn release(&self, verdict: Option<Cut>) {
        let mut state = self.lock();
        assert!(state.waiting.take().is_some(), "a call waits");
        state.verdict = Some(verdict);
        self.released.notify_all();
    }

    fn verdict_on<'a>(&'a self, mut state: MutexGuard<'a, State>, call: &str) -> (MutexGuard<'a, State>, Option<Cut>) {
        match &mut state.mode {
            Mode::Open => (state, None),
            Mode::Hold { holds, .. } if !call.contains(holds.as_str()) => (state, None),
            Mode::Hold { once, .. } => {
                if *once {
                    state.mode = Mode::Open;
                }
                state.waiting = Some(call.to_owned());
                self.changed.notify_waiters();
                // A test that failed releases nothing any more; its runtime still waits for this thread.
                let released = self.released.wait_timeout_while(state, HELD_MAX, |state| state.verdict.is_none());
                (state, _) = released.expect("no test panics while it holds the gate");
                let verdict = state.verdict.take().flatten();
                (state, verdict)
            }
            Mode::CutAt { holds, .. } if !call.contains(holds.as_str()) => (state, None),
            Mode::CutAt { let_through, .. } if *let_through > 0 => {
                *let_through -= 1;
                (state, None)
            }
            Mode::CutAt { cut, .. } => {
                let cut = *cut;
                if cut == Cut::Before {
                    self.act(&mut state);
                }
                (state, Some(cut))
            }
        }
    }

    /// Does what was to be done at the chosen call, once.
    fn act(&self, state: &mut State) {
        if let Mode::CutAt { act, .. } = std::mem::take(&mut state.mode) {
            act();
        }
    }
}

impl Gate for Turnstile {
    fn before_commit(&self, call: &str) -> bool {
        let mut state = self.lock();
        state.calls.push(call.to_owned());
        state.under_way += 1;
        let (mut state, cut) = self.verdict_on(state, call);
        if cut == Some(Cut::After) {
            state.answer_lost = Some(call.to_owned());
        }
        if cut == Some(Cut::Before) {
            state.under_way -= 1;
        }
        self.changed.notify_waiters();
        cut != Some(Cut::Before)
    }

    fn after_commit(&self, call: &str) -> bool {
        let mut state = self.lock();
        let lost = state.answer_lost.as_deref() == Some(call);
        if lost {
            state.answer_lost = None;
            self.act(&mut state);
        }
        state.under_way -= 1;
        self.changed.notify_waiters();
        !lost
    }
}
