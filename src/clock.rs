//! The clock: the only place that asks what time it is, so that tests can choose.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{Timestamp, civil, tz::TimeZone};

/// Where the time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine.
    System,
    /// A time that moves only when told to; tests own it.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at an instant, in microseconds since 1970.
    #[must_use]
    pub fn fixed(at_us: i64) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at_us)))
    }

    /// Now, in microseconds since 1970: the form in which instants are stored.
    #[must_use]
    pub fn now_us(&self) -> i64 {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the clock")]
            Self::System => Timestamp::now().as_microsecond(),
            Self::Fixed(at_us) => at_us.load(Ordering::SeqCst),
        }
    }

    /// Moves a fixed clock; the machine's clock stays as it is.
    pub fn advance_us(&self, by_us: i64) {
        if let Self::Fixed(at_us) = self {
            at_us.fetch_add(by_us, Ordering::SeqCst);
        }
    }

    /// Today, in the firm's time zone.
    #[must_use]
    pub fn today(&self, zone: &TimeZone) -> civil::Date {
        date_in(self.now_us(), zone)
    }
}

/// The calendar date of an instant in a time zone.
#[must_use]
pub fn date_in(at_us: i64, zone: &TimeZone) -> civil::Date {
    let instant = Timestamp::from_microsecond(at_us).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.to_zoned(zone.clone()).date()
}

/// An instant as people read it, in a time zone: `2026-11-22 14:05`.
#[must_use]
pub fn text_in(at_us: i64, zone: &TimeZone) -> String {
    let instant = Timestamp::from_microsecond(at_us).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}
