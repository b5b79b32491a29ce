//! Keeps this process within QuickBooks' ten calls a second for each company (accounting-apis, Q11), so that it need
//! not be refused first. Xero's limits are by the minute, and its refusals say how long to wait.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{sync::Mutex, time::Instant};

use crate::post::LedgerKind;

/// Ten a second and a margin for calls that overtake each other on the way.
const QUICKBOOKS_BETWEEN: Duration = Duration::from_millis(115);

/// When each company may be called next. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace(Arc<Mutex<HashMap<String, Instant>>>);

impl Pace {
    /// Waits for this company's turn.
    pub(super) async fn turn(&self, kind: LedgerKind, company: &str) {
        if kind == LedgerKind::Xero {
            return;
        }
        let turn = {
            let mut next = self.0.lock().await;
            let now = Instant::now();
            let turn = next.get(company).copied().unwrap_or(now).max(now);
            next.insert(company.to_owned(), turn + QUICKBOOKS_BETWEEN);
            turn
        };
        tokio::time::sleep_until(turn).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn quickbooks_is_called_ten_times_a_second_at_most() {
        let (pace, started) = (Pace::default(), Instant::now());
        for _ in 0..4 {
            pace.turn(LedgerKind::QuickBooks, "1").await;
        }
        assert!(started.elapsed() >= QUICKBOOKS_BETWEEN * 3);
        let other = Instant::now();
        pace.turn(LedgerKind::QuickBooks, "2").await;
        pace.turn(LedgerKind::Xero, "1").await;
        assert!(other.elapsed() < QUICKBOOKS_BETWEEN, "other companies do not wait");
    }
}
