//! Counts SQL statements: what a page costs the database shows in the figures, and tests hold pages to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::DatabaseConnection;

use crate::store::Store;

/// How many statements were sent over the connections that share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Statements(Arc<AtomicU64>);

impl Statements {
    /// Counts the statements of a connection and of all its clones made later. Begins and ends of transactions are
    /// not among them.
    pub(super) fn count(&self, connection: &mut DatabaseConnection) {
        let sent = Arc::clone(&self.0);
        connection.set_metric_callback(move |_| {
            sent.fetch_add(1, Ordering::Relaxed);
        });
    }
}

impl Store {
    /// SQL statements sent since it was connected, by all its clones; transactions' begins and ends not counted.
    pub fn statements(&self) -> u64 {
        self.statements.0.load(Ordering::Relaxed)
    }
}
