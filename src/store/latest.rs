//! The one thing that was asked for last, kept in memory while it stays the same.

use std::sync::{Mutex, PoisonError};

/// What was asked for last, under a key that another thing, or the same thing after a change, never has.
pub(super) struct Latest<T>(Mutex<Option<(String, T)>>);

impl<T: Clone> Latest<T> {
    /// Nothing yet.
    pub(super) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// What is kept under this key.
    pub(super) fn get(&self, key: &str) -> Option<T> {
        let latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        latest.as_ref().filter(|(of, _)| of == key).map(|(_, value)| value.clone())
    }

    /// Keeps this, and forgets what was kept before.
    pub(super) fn keep(&self, key: &str, value: &T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((key.to_owned(), value.clone()));
    }
}
