//! One file per group of pages: extract, ask the application once, render.

mod entry;
pub mod findings;
mod listing;
mod mistakes;
pub mod packs;
pub mod runs;
pub mod sboms;
pub mod search;
pub mod sources;
pub mod vendors;
pub mod welcome;
