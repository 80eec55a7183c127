//! The evidence pages: lists, an item, its bytes and proof, quarantine, uploads with their receipts.

mod content;
mod item;
mod listed;
mod quarantine;
mod raw;
mod turned;
mod upload;

pub use raw::Raw;
pub use turned::Turned;
pub use upload::{Handed, Uploads};
