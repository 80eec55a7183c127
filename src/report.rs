//! What people read, and the packs that prove it.

pub mod pack;
