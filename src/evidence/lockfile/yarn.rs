//! yarn.lock: Yarn 1's own format, and the one of Yarn 2 and later.

use std::collections::HashMap;

use super::draft::{Draft, Entry};
use super::notes::{NO_NAME, UNREADABLE_LINE};
use super::npm::origin_of;
use super::yarn_entries::{self, Entry as Written};
use super::{LockFormat, Lockfile, Origin};
use crate::evidence::DecodeError;

/// Reads Yarn 1's file. Who asked for a package, and whether for development, is only in package.json.
pub(super) fn read_classic(text: &str) -> Result<Lockfile, DecodeError> {
    let (entries, odd) = yarn_entries::read(text);
    let mut draft = Draft::new(LockFormat::YarnClassic);
    let at = packages(&entries, &mut draft, classic_entry);
    for entry in &entries {
        let Some(from) = entry.keys.first().and_then(|key| at.get(key)) else { continue };
        for (list, name, range) in &entry.lists {
            let to = at.get(format!("{name}@{range}").as_str()).copied();
            if to.is_some() || *list == "dependencies" {
                draft.edge(Some(*from), to, || format!("line {}: {name}", entry.line));
            }
        }
    }
    note_odd(&odd, &mut draft);
    Ok(draft.finish(Some("1".to_owned())))
}

/// Reads the file of Yarn 2 and later. Workspaces are entries too, so what they ask for is direct; whether for
/// development is only in package.json.
pub(super) fn read_berry(text: &str) -> Result<Lockfile, DecodeError> {
    let (mut entries, odd) = yarn_entries::read(text);
    let meta = entries.iter().position(|entry| entry.keys.first() == Some(&"__metadata"));
    let version = meta.map(|at| entries.remove(at)).and_then(|meta| meta.field("version").map(str::to_owned));
    let mut draft = Draft::new(LockFormat::YarnBerry);
    let at = packages(&entries, &mut draft, berry_entry);
    let by_place = patches(&at);
    for entry in &entries {
        let Some(from) = entry.keys.first().and_then(|key| at.get(key)) else { continue };
        let wanted = |list: &str| list == "dependencies" || list == "optionalDependencies";
        for (_, name, range) in entry.lists.iter().filter(|(list, ..)| wanted(list)) {
            let to = find_berry(name, range, &at, &by_place);
            draft.edge(Some(*from), to, || format!("line {}: {name}", entry.line));
        }
    }
    note_odd(&odd, &mut draft);
    draft.reach_from_edges();
    Ok(draft.finish(version))
}

fn note_odd(odd: &[usize], draft: &mut Draft) {
    for line in odd {
        draft.note(UNREADABLE_LINE, || format!("line {line}"));
    }
}

/// Keeps every entry and says which descriptor leads to which package.
fn packages<'a>(
    entries: &[Written<'a>],
    draft: &mut Draft,
    read: fn(&Written<'_>) -> Option<Entry>,
) -> HashMap<&'a str, u32> {
    let mut at = HashMap::new();
    for written in entries {
        let place = || format!("line {}", written.line);
        let Some(entry) = read(written) else {
            draft.leave(NO_NAME, place);
            continue;
        };
        let index = draft.merge(entry, place);
        at.extend(written.keys.iter().map(|key| (*key, index)));
    }
    at
}

/// Name and range of `@scope/name@range`.
fn descriptor(key: &str) -> Option<(&str, &str)> {
    let at = key.char_indices().skip(1).find(|(_, c)| *c == '@').map(|(at, _)| at)?;
    Some((key.get(..at)?, key.get(at + 1..)?))
}

fn classic_entry(written: &Written<'_>) -> Option<Entry> {
    let key = written.keys.first()?;
    let (name, range) = descriptor(key).unwrap_or((key, ""));
    // a package under another name: `alias@npm:name@range`
    let name =
        range.strip_prefix("npm:").map_or(name, |real| descriptor(real).map_or(real, |(name, _)| name));
    let mut entry = Entry::new(name, written.field("version").map(str::to_owned));
    entry.origin = match written.field("resolved") {
        Some(address) => origin_of(address),
        None if range.starts_with("file:") || range.starts_with("link:") => {
            Origin::Local(Some(range.to_owned()))
        }
        None => Origin::Registry(None),
    };
    let sha1 =
        || written.field("resolved")?.rsplit_once('#').map(|(_, hash)| hash).filter(|hash| hash.len() == 40);
    let sha1 = || sha1().map(|hash| format!("sha1:{hash}"));
    entry.hashes.extend(written.field("integrity").map(str::to_owned).or_else(sha1));
    Some(entry)
}

fn berry_entry(written: &Written<'_>) -> Option<Entry> {
    let resolution = written.field("resolution").or_else(|| written.keys.first().copied())?;
    let (name, reference) = descriptor(resolution).unwrap_or((resolution, ""));
    let mut entry = Entry::new(name, written.field("version").map(str::to_owned));
    entry.origin = berry_origin(reference);
    if let Origin::Local(_) = entry.origin {
        entry.version = entry.version.filter(|version| version != "0.0.0-use.local");
    }
    // the checksum is of Yarn's own archive, not of the package as published
    entry.hashes.extend(written.field("checksum").map(|sum| format!("yarn-cache:{sum}")));
    Some(entry)
}

fn berry_origin(reference: &str) -> Origin {
    let owned = || reference.to_owned();
    match reference.split_once(':') {
        Some(("npm", rest)) => rest
            .split_once("::__archiveUrl=")
            .map_or(Origin::Registry(None), |(_, address)| Origin::Url(address.to_owned())),
        // a patched package is still the published one underneath
        Some(("patch", _)) => Origin::Registry(None),
        Some(("workspace" | "link" | "portal" | "file", _)) => Origin::Local(Some(owned())),
        Some(_) => origin_of(reference),
        None => Origin::Registry(None),
    }
}

/// Patched packages, by the descriptor they patch.
fn patches(at: &HashMap<&str, u32>) -> HashMap<String, u32> {
    let patched = |key: &str| {
        let (name, range) = descriptor(key)?;
        let inner = range.strip_prefix("patch:")?.split('#').next()?;
        let inner = inner.replace("%3A", ":").replace("%5E", "^").replace("%40", "@");
        let (_, range) = descriptor(&inner)?;
        Some(format!("{name}@{range}"))
    };
    at.iter().filter_map(|(key, index)| Some((patched(key)?, *index))).collect()
}

fn find_berry(
    name: &str,
    range: &str,
    at: &HashMap<&str, u32>,
    patches: &HashMap<String, u32>,
) -> Option<u32> {
    let keys = [format!("{name}@{range}"), format!("{name}@npm:{range}")];
    let direct = keys.iter().find_map(|key| at.get(key.as_str()));
    direct.or_else(|| keys.iter().find_map(|key| patches.get(key))).copied()
}
