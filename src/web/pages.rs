//! One file per group of pages: extract, ask the application once, render.

pub mod account;
pub mod audit_room;
pub mod audit_trail;
pub mod audits;
pub mod confirm;
mod entry;
pub mod findings;
mod listing;
mod mistakes;
pub mod packs;
pub mod passkeys;
pub mod runs;
pub mod sboms;
pub mod search;
pub mod second_factor;
pub mod sign_in;
pub mod sources;
pub mod sso;
pub mod tokens;
pub mod users;
pub mod vendors;
pub mod welcome;
