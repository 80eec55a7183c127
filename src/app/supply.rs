//! What the pages of the supply chain, of vendors and of the machinery show: rows to cells, one use case per page.

mod findings;
mod insight;
pub(in crate::app) mod listing;
mod runs;
mod sboms;
mod search;
mod sources;
mod vendors;
pub(in crate::app) mod words;

pub(in crate::app) use insight::Insights;
pub use listing::{Exported, Listing};
pub use runs::RunProgress;
