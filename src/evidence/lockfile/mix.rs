//! mix.lock (Elixir's own format: one map of terms, which Mix writes one package a line).

use std::collections::HashMap;

use super::draft::{Draft, Entry};
use super::notes::UNREADABLE_LINE;
use super::{LockFormat, Lockfile, Origin};
use crate::evidence::DecodeError;

/// Reads the file. Who asked for a package, and whether for development, is only in mix.exs.
pub(super) fn read(text: &str) -> Result<Lockfile, DecodeError> {
    let mut draft = Draft::new(LockFormat::Mix);
    let mut at: HashMap<&str, u32> = HashMap::new();
    let mut asked = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if matches!(line, "" | "%{" | "}" | "%{}") || line.starts_with('#') {
            continue;
        }
        let Some((app, entry)) = package(line) else {
            draft.leave(UNREADABLE_LINE, || format!("line {number}"));
            continue;
        };
        let index = draft.merge(entry, || format!("line {number}"));
        at.insert(app, index);
        asked.extend(wanted(line).into_iter().map(|(name, optional)| (index, name, optional)));
    }
    for (from, name, optional) in asked {
        let to = at.get(name).copied();
        if to.is_some() || !optional {
            draft.edge(Some(from), to, || name.to_owned());
        }
    }
    Ok(draft.finish(None))
}

/// `"app": {:hex, :name, "1.0.0", "digest", …, "hexpm", "digest"},` or `"app": {:git, "address", "commit", …},`.
fn package(line: &str) -> Option<(&str, Entry)> {
    let (app, rest) = line.strip_prefix('"')?.split_once("\": {:")?;
    let (kind, rest) = rest.split_once(", ")?;
    let mut texts = rest.split('"').skip(1).step_by(2);
    match kind {
        "hex" => {
            let name = rest.strip_prefix(':')?.split(',').next()?.trim_matches('"');
            let (version, inner) = (texts.next()?, texts.next());
            let mut entry = Entry::new(name, Some(version.to_owned()));
            entry.hashes = inner.into_iter().map(|hash| format!("sha256:{hash}")).collect();
            Some((app, entry))
        }
        "git" => {
            let (address, commit) = (texts.next()?, texts.next().unwrap_or_default());
            let mut entry = Entry::new(app, None);
            entry.origin = Origin::Git(format!("git+{address}@{commit}"));
            Some((app, entry))
        }
        _ => None,
    }
}

/// Dependencies, `{:name, "requirement", [hex: :name, repo: "hexpm", optional: false]}` each, and whether optional.
fn wanted(line: &str) -> Vec<(&str, bool)> {
    let parts = line.split("{:").skip(2);
    parts
        .filter_map(|part| {
            let (name, rest) = part.split_once(',')?;
            rest.contains("[hex: :").then(|| (name.trim_matches('"'), rest.contains("optional: true")))
        })
        .collect()
}
