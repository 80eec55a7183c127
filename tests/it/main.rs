//! Integration tests: one binary, one module per concern.

mod controls_fixtures;
mod pack;
