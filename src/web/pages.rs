//! One file per group of pages: extract, ask the application once, render.

pub mod evidence;
