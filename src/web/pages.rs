//! One file per group of pages: extract, ask the application once, render.

mod entry;
mod mistakes;
pub mod packs;
pub mod welcome;
