//! The rate limits of both ledgers, counted in the sandbox's own time.

use std::collections::{BTreeMap, VecDeque};

/// `QuickBooks`: calls a minute and a second, for one company.
const QUICKBOOKS_MINUTE_MAX: usize = 500;
const QUICKBOOKS_SECOND_MAX: usize = 10;
/// Xero: calls a minute for one organisation; calls a minute of the whole app.
const XERO_MINUTE_MAX: u32 = 60;
const XERO_APP_MINUTE_MAX: u32 = 10_000;
/// Xero: requests that may be under way at once for one organisation.
pub(super) const XERO_IN_FLIGHT_MAX: u32 = 5;

const SECOND_MS: i64 = 1000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Recent calls of every company.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    quickbooks: BTreeMap<String, VecDeque<i64>>,
    xero: BTreeMap<String, XeroWindows>,
}

#[derive(Debug, Default, Clone, Copy)]
struct XeroWindows {
    minute: Window,
    day: Window,
}

/// A fixed window: it opens with its first call and closes a fixed time later, as Xero's do.
#[derive(Debug, Default, Clone, Copy)]
struct Window {
    since_ms: i64,
    calls: u32,
}

impl Window {
    fn count(&mut self, now_ms: i64, length_ms: i64) {
        if now_ms - self.since_ms >= length_ms {
            *self = Self { since_ms: now_ms, calls: 0 };
        }
        self.calls = self.calls.saturating_add(1);
    }

    fn seconds_left(&self, now_ms: i64, length_ms: i64) -> u64 {
        let left_ms = (self.since_ms + length_ms - now_ms).max(0);
        u64::try_from(left_ms / SECOND_MS).unwrap_or_default() + 1
    }
}

/// What Xero says about the calls left, on every answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct XeroLeft {
    /// Today, of this organisation.
    pub(super) day: u32,
    /// This minute, of this organisation.
    pub(super) minute: u32,
    /// This minute, of the app.
    pub(super) app_minute: u32,
    /// The limit that was broken and the seconds to wait.
    pub(super) broken: Option<(&'static str, u64)>,
}

impl Traffic {
    /// Counts a call to a `QuickBooks` company; `false` when there were too many.
    pub(super) fn quickbooks_count(&mut self, realm: &str, now_ms: i64) -> bool {
        let calls = self.quickbooks.entry(realm.to_owned()).or_default();
        while calls.front().is_some_and(|at| now_ms - at >= MINUTE_MS) {
            calls.pop_front();
        }
        let in_second = calls.iter().rev().take_while(|at| now_ms - **at < SECOND_MS).count();
        if calls.len() >= QUICKBOOKS_MINUTE_MAX || in_second >= QUICKBOOKS_SECOND_MAX {
            return false;
        }
        calls.push_back(now_ms);
        true
    }

    /// Counts a call to a Xero organisation, of which the app's tier allows so many a day.
    pub(super) fn xero_count(&mut self, tenant: &str, now_ms: i64, day_max: u32) -> XeroLeft {
        let windows = self.xero.entry(tenant.to_owned()).or_default();
        windows.minute.count(now_ms, MINUTE_MS);
        windows.day.count(now_ms, DAY_MS);
        let windows = *windows;
        let under_way = |windows: &&XeroWindows| now_ms - windows.minute.since_ms < MINUTE_MS;
        let of_app: u32 = self.xero.values().filter(under_way).map(|windows| windows.minute.calls).sum();
        let broken = if of_app > XERO_APP_MINUTE_MAX {
            Some(("appminute", windows.minute.seconds_left(now_ms, MINUTE_MS)))
        } else if windows.day.calls > day_max {
            Some(("day", windows.day.seconds_left(now_ms, DAY_MS)))
        } else if windows.minute.calls > XERO_MINUTE_MAX {
            Some(("minute", windows.minute.seconds_left(now_ms, MINUTE_MS)))
        } else {
            None
        };
        let (minute, day) = (windows.minute.calls, windows.day.calls);
        XeroLeft {
            day: day_max.saturating_sub(day),
            minute: XERO_MINUTE_MAX.saturating_sub(minute),
            app_minute: XERO_APP_MINUTE_MAX.saturating_sub(of_app),
            broken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MAX: u32 = 5_000;

    #[test]
    fn quickbooks_takes_ten_calls_a_second() {
        let mut traffic = Traffic::default();
        let taken = (0..12).filter(|_| traffic.quickbooks_count("1", 50)).count();
        assert_eq!(taken, QUICKBOOKS_SECOND_MAX);
        assert!(traffic.quickbooks_count("2", 50), "another company is not concerned");
        assert!(traffic.quickbooks_count("1", 1050));
    }

    #[test]
    fn xero_counts_the_calls_of_the_app_over_all_organisations() {
        let mut traffic = Traffic::default();
        let organisations = XERO_APP_MINUTE_MAX / XERO_MINUTE_MAX + 1;
        let calls = (0..organisations).flat_map(|number| (0..XERO_MINUTE_MAX).map(move |_| number));
        let told: Vec<_> =
            calls.map(|number| traffic.xero_count(&number.to_string(), 500_000, DAY_MAX).broken).collect();
        let within = usize::try_from(XERO_APP_MINUTE_MAX).expect("a small number");
        assert!(told.iter().take(within).all(Option::is_none));
        assert!(told.iter().skip(within).all(|broken| matches!(broken, Some(("appminute", _)))));
        assert_eq!(traffic.xero_count("0", 560_000, DAY_MAX).broken, None, "a new minute");
    }

    #[test]
    fn xero_names_the_limit_and_the_wait() {
        let mut traffic = Traffic::default();
        for call in 0..XERO_MINUTE_MAX {
            assert_eq!(traffic.xero_count("t", 100_000, DAY_MAX).broken, None, "call {call}");
        }
        assert_eq!(traffic.xero_count("t", 112_000, DAY_MAX).broken, Some(("minute", 49)));
        assert_eq!(traffic.xero_count("t", 160_000, DAY_MAX).broken, None, "a new minute");
    }

    #[test]
    fn a_days_calls_are_those_of_the_apps_tier() {
        for day_max in [1_000, DAY_MAX] {
            let mut traffic = Traffic::default();
            let mut call = |number: u32| traffic.xero_count("t", i64::from(number) * 2_000, day_max);
            let taken: Vec<XeroLeft> = (100..100 + day_max).map(&mut call).collect();
            assert!(taken.iter().all(|left| left.broken.is_none()), "two seconds apart they are within each minute");
            assert_eq!(taken.last().map(|left| left.day), Some(0));
            assert!(matches!(call(100 + day_max).broken, Some(("day", _))), "{day_max}");
        }
    }
}
