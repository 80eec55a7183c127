//! The append-only log that shows what was recorded, in which order, and that nothing was changed since.
//!
//! One SHA-256 Merkle log (RFC 6962 §2, RFC 9162 §2) whose leaves are the exact bytes of DSSE envelopes around
//! in-toto Statements, with heads and proofs in the C2SP text formats, so that anyone can check it with other tools:
//!
//! | module | format |
//! |---|---|
//! | [`merkle`] | RFC 6962 §2.1 hashes, RFC 9162 §2.1.3 and §2.1.4 proofs |
//! | [`note`] | c2sp.org/signed-note: Ed25519 signatures over text |
//! | [`checkpoint`] | c2sp.org/tlog-checkpoint: origin, size, root |
//! | [`tlog_proof`] | c2sp.org/tlog-proof and the consistency form of c2sp.org/tlog-witness |
//! | [`dsse`] | DSSE v1 envelopes, in one canonical form only |
//! | [`statement`] | in-toto Statement v1 |
//! | [`key`] | Ed25519 keys, and secrets sealed under the master key |
//! | [`key_ring`] | which keys may sign at a point of the log: rotation by logging the new key |
//! | [`verify`] | rebuilds the log from its entries and names the first disagreement |
//!
//! Nothing here reads a clock, a file or a database. What it proves is bounded: alteration, back-dating, removal and
//! forking *after* a checkpoint left our hands. It cannot prove that a source told the truth.

mod encoding;

pub mod checkpoint;
pub mod dsse;
pub mod key;
pub mod key_ring;
pub mod merkle;
pub mod note;
pub mod statement;
pub mod tlog_proof;
pub mod verify;

/// The most bytes one entry may have: c2sp.org/tlog-tiles prefixes each entry with its length as a `uint16`.
pub const MAX_ENTRY_BYTES: usize = 65_535;
