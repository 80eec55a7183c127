//! One file per group of pages: extract, ask the application once, render.

pub mod packs;
mod entry;
mod mistakes;
pub mod welcome;
