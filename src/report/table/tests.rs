//! Behaviour of the table.
