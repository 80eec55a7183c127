//! Attestry collects compliance evidence, keeps the original bytes in a tamper-evident ledger, tests them against PCI
//! DSS, SOC 2 and GDPR, and writes evidence packs that anyone can verify without trusting this program.
//!
//! # The house
//!
//! One crate, thirteen modules, five layers; imports point down only, and `tests/it/layers.rs` holds it.
//!
//! | layer | modules | what lives there |
//! |---|---|---|
//! | 4 drivers | [`cli`], [`web`], [`jobs`] | the command line, HTTP, the scheduler: ask one use case, show its answer |
//! | 3 use cases | [`app`] | one file per use case; [`app::App`] is put together here and nowhere else |
//! | 2 adapters | [`store`], [`collect`], [`report`], [`net`] | SQL and blobs; what fetches documents; pages, reports and packs; the one HTTP client |
//! | 1 domain | [`evidence`], [`controls`], [`risk`], [`ledger`] | pure: no clock, no I/O, no framework |
//! | 0 base | [`base`] | identifiers, instants, digests, severities, error kinds |
//!
//! `migrations/` is the schema, `controls/` the frameworks and tests (data), `templates/` the pages, `sample/` the
//! sample organisation; all four are embedded in the binary.
//!
//! # One document's way through it
//!
//! A bill of materials arrives by `attestry import`, by a source on its schedule, or by the demonstration. All three end
//! in [`app::App::import`]; there is no other way in.
//!
//! 1. **Known?** Its SHA-256 is looked up. The same bytes on the same subject are *seen again*: a dated record that
//!    counts for freshness, and nothing else happens.
//! 2. **Read.** [`evidence::intake::read`] unpacks it under [`evidence::Limits`], asks each
//!    [`evidence::Decoder`] whether it recognises the content, and returns typed [`evidence::Evidence`] with a
//!    [`evidence::Receipt`] that counts every record as kept, merged or dropped. What cannot be understood comes back
//!    quarantined with the reason: it is stored too, and proves nothing.
//! 3. **Kept.** The bytes go to [`store::BlobStore`] under their digest. Then one transaction
//!    (`Store::evidence_record`) inserts the item, its component rows, and a ledger entry: a DSSE envelope around an
//!    in-toto statement ([`ledger::statement`]) appended to an RFC 6962 Merkle tree ([`ledger::merkle`]). A crash before
//!    the commit leaves an orphaned blob and a run that shows as abandoned; doing it again is the repair.
//! 4. **Judged.** [`app::App::facts`] turns rows into [`controls::Facts`], matching components against the advisories
//!    ([`evidence::advisory::Index`]). [`controls::evaluate()`] tests them and rolls the results up per requirement,
//!    each with its explanation, population, failing items and the digest of its inputs.
//! 5. **Shown.** [`report`] renders the verdicts; [`report::pack`] writes them with the original bytes, envelopes,
//!    inclusion proofs and replay data into one signed zip. [`app::pack_verify`] and the pack's own `verify.py` check it
//!    with nothing but the pack; [`app::pack_replay`] recomputes every verdict from it.
//!
//! # Where is …?
//!
//! | looking for | go to |
//! |---|---|
//! | a format | one file under `evidence/`, listed once in [`evidence::decoder::DECODERS`] |
//! | a query | `store/<noun>.rs`, noun first |
//! | what a condition in a test means | [`controls::Predicate`] |
//! | the vendor score's formula | `risk/score.rs`, its weights in `controls/vendor-score.yaml` |
//! | an exit code, an HTTP status | `cli/exit.rs`, `web/problem.rs` |
//! | a route | the table in `web/routes.rs` |
//! | when something runs | `jobs.rs` ticks, `app/work.rs` fires and claims |
//!
//! # Where this differs from a textbook, and why
//!
//! * The ledger entry is signed before its place is known and appended last in the transaction, because appending holds
//!   the one lock all writers share.
//! * [`evidence::sbom::Sbom`] is our own small model: no library reads all the versions in use, and one decoder more
//!   must not change the model.
//! * A feed of single advisories is not a database: it can prove that something is affected, never that nothing is.
//! * [`net`] is an adapter that another one (`collect`) may use: it holds a policy, not a source. Nothing here opens a
//!   connection but through it, and to the configured database.
#![forbid(unsafe_code)]

pub mod app;
pub mod base;
pub mod cli;
pub mod collect;
pub mod controls;
pub mod evidence;
pub mod jobs;
pub mod ledger;
#[path = "../migrations/mod.rs"]
pub mod migrations;
pub mod net;
pub mod report;
pub mod risk;
pub mod store;
pub mod web;
