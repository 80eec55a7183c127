//! Integration tests: one binary, one module per concern.

mod catalogue_ids;
mod controls_fixtures;
mod pack;
