//! The `attestry` program.
fn main() {}
