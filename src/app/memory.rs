//! What the application remembers between requests: things that cannot change any more, and the overview until
//! something happens.

use std::sync::{Arc, Mutex, PoisonError};

/// How many of each kind are remembered.
const MOST: usize = 6;

/// Few values by key, the newest first. A value that is shared is never changed.
#[derive(Debug)]
pub(super) struct Memory<K, V> {
    kept: Mutex<Vec<(K, Arc<V>)>>,
}

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self { kept: Mutex::new(Vec::new()) }
    }
}

impl<K: PartialEq, V> Memory<K, V> {
    /// What is remembered of that key.
    pub fn get(&self, key: &K) -> Option<Arc<V>> {
        // A thread that died while it held the lock left the list whole: entries are replaced, never edited.
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(k, _)| k == key).map(|(_, v)| Arc::clone(v))
    }

    /// Remembers a value, and forgets the oldest when there are too many.
    pub fn put(&self, key: K, value: V) -> Arc<V> {
        let value = Arc::new(value);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(k, _)| *k != key);
        kept.insert(0, (key, Arc::clone(&value)));
        kept.truncate(MOST);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_remembered_and_the_oldest_forgotten() {
        let memory = Memory::default();
        for n in 0..10 {
            memory.put(n, n * 2);
        }

        assert_eq!(memory.get(&9).as_deref(), Some(&18));
        assert_eq!(memory.get(&0), None);
    }
}
