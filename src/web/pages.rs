//! One file per group of pages: extract, ask the application once, render.

pub mod account;
pub mod confirm;
mod entry;
mod mistakes;
pub mod packs;
pub mod passkeys;
pub mod second_factor;
pub mod sign_in;
pub mod sso;
pub mod welcome;
