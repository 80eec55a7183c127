//! One file per group of pages: extract, ask the application once, render.

pub mod controls;
pub mod gaps;
pub mod overview;
pub mod packs;
