//! What integration tests share: an application on a temporary directory, the real binary, a database of their own.
//!
//! Tests run on SQLite; with `TEST_DATABASE_URL` they run on PostgreSQL, each in a fresh database of that server.

mod app;
mod binary;
mod database;
mod evidence;
mod http;
mod signed_in;

pub use app::{START, TestApp, engagement, signed_in, upload, with_app, with_app_of};
pub use binary::{Answer, Installation, Service};
pub use database::TestDatabase;
pub use evidence::{cyclonedx, inventory, osv_feed, sarif, vendor};
pub use http::{Reply, get, request, send};
pub use signed_in::{SESSION, Visitor};

/// Whether the long form of a test is asked for.
pub fn deep() -> bool {
    std::env::var_os("ATTESTRY_DEEP").is_some_and(|v| v == "1")
}

/// Every file below a folder.
pub fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if path.is_file() {
            files.push(path);
        }
    }
    files
}
