//! How far long work has come, told to whoever watches.

/// Watches long work.
pub trait Progress: Send + Sync {
    /// A step begins; `total` units are expected, 0 when unknown.
    fn begin(&self, step: &str, total: u64);
    /// So many units of the step are done.
    fn advance(&self, done: u64);
    /// The step ended; `note` says with what.
    fn end(&self, note: &str);
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _step: &str, _total: u64) {}
    fn advance(&self, _done: u64) {}
    fn end(&self, _note: &str) {}
}
