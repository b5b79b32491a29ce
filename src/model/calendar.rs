//! Working time: which days count, and when a number of working hours has passed.

use std::collections::BTreeSet;

use jiff::{ToSpan, civil};

/// The hour at which a working day begins.
const BEGINS: i8 = 9;
/// The hour at which it ends.
const ENDS: i8 = 18;
/// How far ahead an end is looked for, in days; about ten years.
const DAYS_MAX: u32 = 3_660;

/// Hong Kong's general holidays that are not Sundays, as gazetted by its government for 2025 to 2027.
const HONG_KONG: &[(i16, i8, i8)] = &[
    (2025, 1, 1),
    (2025, 1, 29),
    (2025, 1, 30),
    (2025, 1, 31),
    (2025, 4, 4),
    (2025, 4, 18),
    (2025, 4, 19),
    (2025, 4, 21),
    (2025, 5, 1),
    (2025, 5, 5),
    (2025, 5, 31),
    (2025, 7, 1),
    (2025, 10, 1),
    (2025, 10, 7),
    (2025, 10, 29),
    (2025, 12, 25),
    (2025, 12, 26),
    (2026, 1, 1),
    (2026, 2, 17),
    (2026, 2, 18),
    (2026, 2, 19),
    (2026, 4, 3),
    (2026, 4, 4),
    (2026, 4, 6),
    (2026, 4, 7),
    (2026, 5, 1),
    (2026, 5, 25),
    (2026, 6, 19),
    (2026, 7, 1),
    (2026, 9, 26),
    (2026, 10, 1),
    (2026, 10, 19),
    (2026, 12, 25),
    (2026, 12, 26),
    (2027, 1, 1),
    (2027, 2, 6),
    (2027, 2, 8),
    (2027, 2, 9),
    (2027, 3, 26),
    (2027, 3, 27),
    (2027, 3, 29),
    (2027, 4, 5),
    (2027, 5, 1),
    (2027, 5, 13),
    (2027, 6, 9),
    (2027, 7, 1),
    (2027, 9, 16),
    (2027, 10, 1),
    (2027, 10, 8),
    (2027, 12, 25),
    (2027, 12, 27),
];

/// The days on which nobody works, beside Saturdays and Sundays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    /// Holidays.
    pub holidays: BTreeSet<civil::Date>,
}

impl Calendar {
    /// Hong Kong's.
    #[must_use]
    pub fn hong_kong() -> Self {
        let day = |(year, month, day): &(i16, i8, i8)| civil::Date::new(*year, *month, *day).ok();
        Self { holidays: HONG_KONG.iter().filter_map(day).collect() }
    }

    /// Whether people work on a day.
    #[must_use]
    pub fn is_working(&self, day: civil::Date) -> bool {
        !matches!(day.weekday(), civil::Weekday::Saturday | civil::Weekday::Sunday) && !self.holidays.contains(&day)
    }

    /// When so many working hours have passed since a moment, in the firm's own time. Time before nine, after six and on
    /// days off does not count.
    #[must_use]
    pub fn after(&self, from: civil::DateTime, hours: u32) -> civil::DateTime {
        let mut left_minutes = i64::from(hours) * 60;
        let mut day = from.date();
        let mut begin_minutes = i64::from(from.hour()) * 60 + i64::from(from.minute());
        for _ in 0..DAYS_MAX {
            let (opens, closes) = (i64::from(BEGINS) * 60, i64::from(ENDS) * 60);
            let start = begin_minutes.max(opens);
            let open_minutes = if self.is_working(day) { (closes - start).max(0) } else { 0 };
            if open_minutes > 0 && left_minutes <= open_minutes {
                let end = start + left_minutes;
                let hour = i8::try_from(end / 60).unwrap_or(ENDS);
                return day.at(hour, i8::try_from(end % 60).unwrap_or(0), 0, 0);
            }
            left_minutes -= open_minutes;
            begin_minutes = 0;
            let Ok(next) = day.checked_add(1.day()) else { break };
            day = next;
        }
        day.at(ENDS, 0, 0, 0)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn working_hours_skip_nights_weekends_and_holidays() {
        let calendar = Calendar::hong_kong();
        let table = [
            // A Wednesday morning: the same day.
            (date(2026, 11, 25).at(10, 30, 0, 0), 4, date(2026, 11, 25).at(14, 30, 0, 0)),
            // Over the night.
            (date(2026, 11, 25).at(17, 0, 0, 0), 2, date(2026, 11, 26).at(10, 0, 0, 0)),
            // Friday evening to Monday.
            (date(2026, 11, 27).at(19, 0, 0, 0), 1, date(2026, 11, 30).at(10, 0, 0, 0)),
            // Lunar new year: from Monday 16 February past three holidays to Friday.
            (date(2026, 2, 16).at(17, 0, 0, 0), 2, date(2026, 2, 20).at(10, 0, 0, 0)),
            // Before work begins.
            (date(2026, 11, 25).at(3, 0, 0, 0), 9, date(2026, 11, 25).at(18, 0, 0, 0)),
        ];
        for (from, hours, expected) in table {
            assert_eq!(calendar.after(from, hours), expected, "{from} + {hours} h");
        }
    }
}
