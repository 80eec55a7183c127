//! One file per group of pages: extract, ask the application once, render.

pub mod account;
pub mod audit_room;
pub mod audit_trail;
pub mod audits;
pub mod confirm;
pub mod controls;
mod entry;
pub mod evidence;
pub mod findings;
pub mod gaps;
mod listing;
mod mistakes;
pub mod overview;
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
