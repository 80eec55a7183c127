//! What a page says apart from its frame, rendered once for everybody who asks for the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::Digest;

/// Contents kept; the largest has some hundred kilobytes.
const KEPT: usize = 64;

/// Template and digest of what was shown with it.
type Key = (&'static str, Digest);

/// Contents by what they were made of: the same view gives the same text, whoever looks at it.
#[derive(Debug, Default)]
pub(super) struct Contents(Mutex<HashMap<Key, Arc<str>>>);

impl Contents {
    /// The content of that key, made when it is not kept.
    pub fn of<E>(&self, key: Key, make: impl FnOnce() -> Result<String, E>) -> Result<Arc<str>, E> {
        if let Some(kept) = self.with(|kept| kept.get(&key).cloned()) {
            return Ok(kept);
        }
        let made: Arc<str> = make()?.into();
        self.with(|kept| {
            if kept.len() >= KEPT {
                kept.clear();
            }
            kept.insert(key, Arc::clone(&made));
        });
        Ok(made)
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<Key, Arc<str>>) -> T) -> T {
        // what is kept can be made again, so a panic elsewhere spoils nothing
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_made_once_and_something_else_anew() {
        let contents = Contents::default();
        let mut made = 0;
        for text in ["a", "a", "b", "a"] {
            let key = ("page", Digest::of(text.as_bytes()));
            let content = contents.of(key, || {
                made += 1;
                Ok::<_, ()>(text.to_owned())
            });
            assert_eq!(content.as_deref(), Ok(text));
        }
        assert_eq!(made, 2);
    }

    #[test]
    fn what_could_not_be_made_is_not_kept() {
        let contents = Contents::default();
        let key = ("page", Digest::of(b"x"));

        assert_eq!(contents.of(key, || Err::<String, _>("broken")), Err("broken"));
        assert_eq!(contents.of(key, || Ok::<_, &str>("whole".to_owned())).as_deref(), Ok("whole"));
    }
}
