//! Whose evidence it is, as pages and reports say it.

use std::sync::{Mutex, PoisonError};

use crate::app::{App, Error};
use crate::base::UnixMillis;

/// How long pages may go on without noticing that another process loaded the sample.
const KNOWN_MS: i64 = 5_000;

/// What was last read about the sample, so that not every page has to ask: when, and its name if there is one.
#[derive(Debug, Default)]
pub struct SampleKnown(Mutex<Option<(UnixMillis, Option<String>)>>);

impl SampleKnown {
    fn get(&self, now: UnixMillis) -> Option<Option<String>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, name) = known.as_ref()?;
        // Once a directory is the sample's it stays so; that it is not may change.
        (name.is_some() || (0..KNOWN_MS).contains(&now.since(*at))).then(|| name.clone())
    }

    fn set(&self, now: UnixMillis, name: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, name));
    }
}

impl App {
    /// Whose evidence it is, and whether it is the sample's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shown_organisation(&self) -> Result<(String, bool), Error> {
        let name = self.store.setting_get("sample").await?;
        self.sample.set(self.now(), name.clone());
        Ok(self.named(name))
    }

    /// The same for the frame of every page, as it was known within the last seconds: without a statement.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn framed_organisation(&self) -> Result<(String, bool), Error> {
        match self.sample.get(self.now()) {
            Some(name) => Ok(self.named(name)),
            None => self.shown_organisation().await,
        }
    }

    fn named(&self, sample: Option<String>) -> (String, bool) {
        match sample {
            Some(name) => (name, true),
            None => (self.config.organisation.name.clone(), false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_it_is_the_samples_is_known_for_good_and_that_it_is_not_for_seconds() {
        let (known, start) = (SampleKnown::default(), UnixMillis(1_000_000));
        assert_eq!(known.get(start), None);

        known.set(start, None);
        assert_eq!(known.get(start.plus_millis(KNOWN_MS - 1)), Some(None));
        assert_eq!(known.get(start.plus_millis(KNOWN_MS)), None, "somebody may have loaded the sample");
        assert_eq!(known.get(start.plus_millis(-1)), None, "the clock was set back");

        known.set(start, Some("Northwind".to_owned()));
        assert_eq!(known.get(start.plus_days(400)), Some(Some("Northwind".to_owned())));
    }
}
