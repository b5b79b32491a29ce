//! Bills of one Xero organisation that are made in one call.
//!
//! Design note. Calls are what Xero counts, and each bill needs one for its image; so the bills themselves go many in a
//! call. Whoever posts a bill takes a seat; when each seat has handed its bill in or been left, all rows are noted as
//! sent, with the whole body and its key, in one transaction, and the call is made. The answer is told to each by its
//! own reference.
//!
//! While the outcome is not known, nobody's bill goes out in any other way: any of them may send the same bytes with the
//! same key again, which Xero answers from memory, as long as it surely remembers ([`RESENT_US`]). From when it has
//! surely forgotten ([`ALONE_US`]) each looks for its own and goes alone. In between they only look.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{Notify, oneshot};
use uuid::Uuid;

use crate::{
    pipeline::{Context, LedgerKind, ledger::ready_client},
    post::{LedgerEntry, error::LedgerError, xero::convert::bills_together},
    store::{
        StoreError,
        connection::Connection,
        posting::{Posting, posting_advance},
    },
};

/// Xero remembers a key for six minutes from its first use. The same body is sent again for half of that, so that even
/// a slow call comes before the end.
pub(super) const RESENT_US: i64 = 3 * 60 * 1_000_000;
/// From then on it remembers nothing of it, and no call of ours is under way.
pub(super) const ALONE_US: i64 = 7 * 60 * 1_000_000;
/// Whoever is not there by then goes alone.
const WAITED_MAX: Duration = Duration::from_secs(30);

/// What became of a bill that was handed in.
pub(super) enum Outcome {
    /// It goes alone: nobody else came.
    Alone(Posting),
    /// It was sent, and this was said of it.
    Sent(Posting, Result<LedgerEntry, LedgerError>),
}

struct Member {
    posting: Posting,
    body: String,
    told: oneshot::Sender<Outcome>,
}

#[derive(Default)]
struct State {
    /// Seats that were neither left nor handed a bill in.
    awaited: usize,
    members: Vec<Member>,
    closed: bool,
}

/// See the module.
pub(super) struct Together {
    state: Mutex<State>,
    changed: Notify,
}

/// A place in the call; it is left when this is dropped.
pub(in crate::pipeline) struct Seat(Option<Arc<Together>>);

impl Together {
    /// A call with so many seats.
    pub(super) fn with_seats(count: usize) -> (Arc<Self>, Vec<Seat>) {
        let state = Mutex::new(State { awaited: count, ..State::default() });
        let together = Arc::new(Self { state, changed: Notify::new() });
        let seats = (0..count).map(|_| Seat(Some(Arc::clone(&together)))).collect();
        (together, seats)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn complete(&self) {
        loop {
            let changed = self.changed.notified();
            if self.state().awaited == 0 {
                return;
            }
            changed.await;
        }
    }

    /// Waits for the seats, makes the call, and tells each what became of it.
    pub(super) async fn drive(&self, context: &Context, connection: &Connection) {
        let _ = tokio::time::timeout(WAITED_MAX, self.complete()).await;
        let members = {
            let mut state = self.state();
            state.closed = true;
            std::mem::take(&mut state.members)
        };
        let bodies: Vec<&str> = members.iter().map(|member| member.body.as_str()).collect();
        let together = if members.len() > 1 { bills_together(&bodies) } else { None };
        let Some(body) = together else { return alone(members) };
        match noted(context, members, &body).await {
            Ok((members, key)) => send(context, connection, members, &body, &key).await,
            Err((members, error)) => {
                tracing::warn!(%error, "Bills could not be noted together; each goes alone");
                alone(members);
            }
        }
    }
}

fn alone(members: Vec<Member>) {
    for member in members {
        // Whoever does not listen any more was stopped, and looks when it begins again.
        let _ = member.told.send(Outcome::Alone(member.posting));
    }
}

/// Notes all as sent, or none.
async fn noted(
    context: &Context,
    members: Vec<Member>,
    body: &str,
) -> Result<(Vec<Member>, String), (Vec<Member>, StoreError)> {
    let now_us = context.clock.now_us();
    let versions: String =
        members.iter().map(|member| format!("{}:{};", member.posting.id, member.posting.version)).collect();
    let key = Uuid::new_v5(&Uuid::NAMESPACE_OID, versions.as_bytes()).hyphenated().to_string();
    let mut sent: Vec<Posting> = members.iter().map(|member| member.posting.clone()).collect();
    let write = async {
        let txn = context.db.begin_write().await?;
        for posting in &mut sent {
            posting.body = Some(body.to_owned());
            posting.entry_key = Some(key.clone());
            posting.entry_key_at_us = Some(now_us);
            posting.entry_sent_at_us = Some(now_us);
            posting.entry_tried_at_us = Some(now_us);
            posting_advance(&txn, posting).await?;
        }
        txn.commit().await
    };
    if let Err(error) = write.await {
        return Err((members, error));
    }
    let members = members.into_iter().zip(sent).map(|(member, posting)| Member { posting, ..member }).collect();
    Ok((members, key))
}

async fn send(context: &Context, connection: &Connection, members: Vec<Member>, body: &str, key: &str) {
    let mut refused = None;
    let mut answered = Err(LedgerError::TokenRefused { ledger: "Xero" });
    // A refused token is renewed once.
    for _ in 0..2 {
        let (ledger, version) = match ready_client(context, connection, LedgerKind::Xero, refused).await {
            Ok(ready) => ready,
            Err(error) => {
                tracing::warn!(%error, "Bills that go together have no token now");
                break;
            }
        };
        answered = ledger.entries_create_together(body, key).await;
        match answered {
            Err(LedgerError::TokenRefused { .. }) => refused = Some(version),
            Ok(_) | Err(_) => break,
        }
    }
    for member in members {
        let outcome = match &answered {
            Ok(elements) => elements.of(&member.posting.reference),
            Err(error) => Err(error.again()),
        };
        let _ = member.told.send(Outcome::Sent(member.posting, outcome));
    }
}

impl Seat {
    /// Hands a bill in and waits until it was sent; `None` when the call was given up.
    pub(super) async fn hand_in(mut self, posting: Posting, body: String) -> Option<Outcome> {
        let together = self.0.take()?;
        let (told, hears) = oneshot::channel();
        {
            let mut state = together.state();
            if state.closed {
                return Some(Outcome::Alone(posting));
            }
            state.awaited = state.awaited.saturating_sub(1);
            state.members.push(Member { posting, body, told });
        }
        together.changed.notify_waiters();
        hears.await.ok()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(together) = self.0.take() {
            let mut state = together.state();
            state.awaited = state.awaited.saturating_sub(1);
            drop(state);
            together.changed.notify_waiters();
        }
    }
}
