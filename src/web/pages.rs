//! One file per group of pages: extract, ask the application once, render.

pub mod findings;
mod listing;
pub mod runs;
pub mod sboms;
pub mod search;
pub mod sources;
pub mod vendors;
