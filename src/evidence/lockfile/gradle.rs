//! gradle.lockfile (Gradle User Manual, "Locking Versions"; the single-file form and the older one per configuration).

use super::draft::{Draft, Entry};
use super::notes::UNREADABLE_LINE;
use super::{LockFormat, Lockfile, Scope};
use crate::evidence::DecodeError;

/// Reads the file. Who asked for a package is not in it; a package that is only in test configurations is for
/// development.
pub(super) fn read(text: &str) -> Result<Lockfile, DecodeError> {
    let mut draft = Draft::new(LockFormat::Gradle);
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("empty=") {
            continue;
        }
        let (package, configurations) = line.split_once('=').unwrap_or((line, ""));
        let Some((name, version)) = package.rsplit_once(':').filter(|(name, _)| name.contains(':')) else {
            draft.leave(UNREADABLE_LINE, || format!("line {number}"));
            continue;
        };
        let mut entry = Entry::new(name, Some(version.to_owned()));
        entry.scope = scope(configurations);
        draft.merge(entry, || format!("line {number}"));
    }
    Ok(draft.finish(None))
}

fn scope(configurations: &str) -> Scope {
    let mut names = configurations.split(',').map(str::trim).filter(|name| !name.is_empty()).peekable();
    if names.peek().is_none() {
        return Scope::Unknown;
    }
    if names.all(is_for_tests) { Scope::Development } else { Scope::Runtime }
}

/// `testRuntimeClasspath`, `androidTestDebugCompileClasspath`, `integrationTestCompileClasspath`.
fn is_for_tests(name: &str) -> bool {
    name.starts_with("test") || name.contains("Test")
}
