//! go.sum and go.mod (Go Modules Reference, "go.sum files" and "go.mod files").

use std::collections::HashMap;

use super::draft::{Draft, Entry};
use super::notes::{ONLY_GO_MOD, REPLACED_MODULE, UNREADABLE_LINE};
use super::{LockFormat, Lockfile, Origin, Reach};
use crate::evidence::DecodeError;

/// Reads go.sum. It also lists modules of which only the go.mod took part in choosing versions; those are left out.
pub(super) fn read_sum(text: &str) -> Result<Lockfile, DecodeError> {
    let mut draft = Draft::new(LockFormat::GoSum);
    let mut only_mod: HashMap<(&str, &str), (usize, u64)> = HashMap::new();
    let mut known: HashMap<(&str, &str), u32> = HashMap::new();
    let lines = || (1_usize..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    for (number, line) in lines() {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [name, version, hash] = parts.as_slice() else {
            draft.leave(UNREADABLE_LINE, || format!("line {number}"));
            continue;
        };
        if let Some(version) = version.strip_suffix("/go.mod") {
            only_mod.entry((name, version)).or_insert((number, 0)).1 += 1;
            continue;
        }
        let mut entry = Entry::new(*name, Some((*version).to_owned()));
        entry.hashes.push((*hash).to_owned());
        known.insert((name, version), draft.merge(entry, || format!("line {number}")));
    }
    let mut left: Vec<_> = only_mod.into_iter().map(|(key, (line, count))| (line, count, key)).collect();
    left.sort_unstable();
    for (line, count, key) in left {
        for _ in 0..count {
            match known.contains_key(&key) {
                true => draft.merged(),
                false => draft.leave(ONLY_GO_MOD, || format!("line {line}")),
            }
        }
    }
    Ok(draft.finish(None))
}

/// One directive with its words.
struct Directive<'t> {
    line: usize,
    verb: &'t str,
    words: Vec<&'t str>,
    indirect: bool,
}

/// Reads go.mod: `require` with `replace` applied. From Go 1.17 on it lists every module of the build.
pub(super) fn read_mod(text: &str) -> Result<Lockfile, DecodeError> {
    let directives = directives(text);
    let version = directives.iter().find(|d| d.verb == "go").and_then(|d| d.words.first());
    let replaced = replacements(&directives);
    let mut draft = Draft::new(LockFormat::GoMod);
    for directive in directives.iter().filter(|d| d.verb == "require") {
        let place = || format!("line {}", directive.line);
        let [name, version] = directive.words.as_slice() else {
            draft.leave(UNREADABLE_LINE, place);
            continue;
        };
        let target = replaced.get(&(*name, Some(*version))).or_else(|| replaced.get(&(*name, None)));
        if target.is_some() {
            draft.note(REPLACED_MODULE, place);
        }
        let (name, version) = target.copied().unwrap_or((name, Some(version)));
        let mut entry = Entry::new(name, version.map(str::to_owned));
        if version.is_none() {
            entry.origin = Origin::Local(Some(name.to_owned()));
        }
        let index = draft.merge(entry, place);
        let direct = !directive.indirect;
        if direct {
            draft.edge(None, Some(index), String::new);
        }
        if let Some(package) = draft.package_mut(index).filter(|p| p.reach != Reach::Direct) {
            package.reach = if direct { Reach::Direct } else { Reach::Transitive };
        }
    }
    Ok(draft.finish(version.map(|version| (*version).to_owned())))
}

fn directives(text: &str) -> Vec<Directive<'_>> {
    let mut out = Vec::new();
    let mut block = None;
    for (line, written) in (1..).zip(text.lines()) {
        let (body, comment) = written.split_once("//").unwrap_or((written, ""));
        let words: Vec<&str> = body.split_whitespace().map(|word| word.trim_matches(['"', '`'])).collect();
        let indirect = comment.trim_start().starts_with("indirect");
        match (block, words.as_slice()) {
            (_, []) => {}
            (_, [")"]) => block = None,
            (None, [verb, "("]) => block = Some(*verb),
            (Some(verb), all) => out.push(Directive { line, verb, words: all.to_vec(), indirect }),
            (None, [verb, rest @ ..]) => out.push(Directive { line, verb, words: rest.to_vec(), indirect }),
        }
    }
    out
}

type Module<'t> = (&'t str, Option<&'t str>);

/// `old [version] => new [version]`; a new one without a version is a folder.
fn replacements<'t>(directives: &[Directive<'t>]) -> HashMap<Module<'t>, Module<'t>> {
    let pair = |words: &[&'t str]| match words {
        [name] => Some((*name, None)),
        [name, version] => Some((*name, Some(*version))),
        [] | [_, _, ..] => None,
    };
    let read = |words: &[&'t str]| {
        let arrow = words.iter().position(|word| *word == "=>")?;
        Some((pair(words.get(..arrow)?)?, pair(words.get(arrow + 1..)?)?))
    };
    directives.iter().filter(|d| d.verb == "replace").filter_map(|d| read(&d.words)).collect()
}
