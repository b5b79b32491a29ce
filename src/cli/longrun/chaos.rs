//! Failing calls, drawn from a seed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::sandbox::{Fault, FaultKind, Gate, Sandbox};

/// Whatever can go wrong with a call, with the waits of a run that must end.
const KINDS: [FaultKind; 9] = [
    FaultKind::DropBeforeCommit,
    FaultKind::DropAfterCommit,
    FaultKind::Status401,
    FaultKind::Status429 { retry_after: Some(1) },
    FaultKind::Status500,
    FaultKind::Status503Html,
    FaultKind::SlowMs(2_500),
    FaultKind::Garbage,
    FaultKind::HalfJson,
];
/// The calls that fail: those to the books. A lost consent needs a person, and is a test of its own.
const BOOKS: [&str; 2] = ["/v3/company/", "/api.xro/"];

/// Arms a fault for the next call to the books, now and then.
pub(super) struct Chaos {
    sandbox: Sandbox,
    every: u32,
    state: Mutex<State>,
}

struct State {
    chance: StdRng,
    calls: u32,
    faults: u32,
}

impl Chaos {
    /// Lets one call in `every` fail from now on; none when it is nought.
    pub(super) fn install(sandbox: &Sandbox, seed: u64, every: u32) -> Arc<Self> {
        let state = State { chance: StdRng::seed_from_u64(seed), calls: 0, faults: 0 };
        let chaos = Arc::new(Self { sandbox: sandbox.clone(), every, state: Mutex::new(state) });
        sandbox.gate_install(Arc::clone(&chaos) as _);
        chaos
    }

    /// Calls to the books so far.
    pub(super) fn calls(&self) -> u32 {
        self.state().calls
    }

    /// Faults so far.
    pub(super) fn faults(&self) -> u32 {
        self.state().faults
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gate for Chaos {
    fn before_commit(&self, call: &str) -> bool {
        let Some(books) = BOOKS.iter().find(|books| call.contains(**books)) else { return true };
        let mut state = self.state();
        state.calls += 1;
        if self.every > 0 && state.chance.random_range(0..self.every) == 0 {
            let kind = KINDS[state.chance.random_range(0..KINDS.len())];
            state.faults += 1;
            self.sandbox.fault_arm(Fault { matches: (*books).to_owned(), kind });
        }
        true
    }

    fn after_commit(&self, _call: &str) -> bool {
        true
    }
}
