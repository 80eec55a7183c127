//! A pip requirements file (pip documentation, "Requirements File Format"; version specifiers by PEP 440).

use super::draft::{Draft, Entry};
use super::notes::{INCLUDED_FILE, NO_NAME_IN_URL, NOT_PINNED, UNREADABLE_LINE};
use super::{LockFormat, Lockfile, Origin};
use crate::evidence::DecodeError;
use crate::evidence::receipt::Note;

/// Reads the file. Only `==` (without a wildcard) and `===` pin a version; every other requirement is left out with a
/// warning, because what was installed for it is not known.
pub(super) fn read(text: &str) -> Result<Lockfile, DecodeError> {
    let mut draft = Draft::new(LockFormat::Requirements);
    for (number, line) in logical_lines(text) {
        let place = || format!("line {number}");
        match requirement(&line) {
            Line::Setting => {}
            Line::Package(entry) => {
                draft.merge(*entry, place);
            }
            Line::Left(note) => draft.leave(note, place),
        }
    }
    Ok(draft.finish(None))
}

/// What a line says.
enum Line {
    Package(Box<Entry>),
    Left(Note),
    /// An option of pip's that names no package.
    Setting,
}

/// Lines with their continuations joined and comments removed.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut out: Vec<(usize, String)> = Vec::new();
    let mut continued = false;
    for (number, line) in (1..).zip(text.lines()) {
        let comment = |line: &str| line.trim_start().starts_with('#');
        let body = if comment(line) {
            ""
        } else {
            line.find(" #").or_else(|| line.find("\t#")).and_then(|at| line.get(..at)).unwrap_or(line)
        };
        let (body, more) = body.trim_end().strip_suffix('\\').map_or((body, false), |body| (body, true));
        match out.last_mut() {
            Some((_, open)) if continued => {
                open.push(' ');
                open.push_str(body.trim());
            }
            Some(_) | None => out.push((number, body.trim().to_owned())),
        }
        continued = more;
    }
    out.retain(|(_, line)| !line.is_empty());
    out
}

fn requirement(line: &str) -> Line {
    if let Some(rest) = option(line, &["-e", "--editable"]) {
        return address(rest, &hashes(rest));
    }
    if option(line, &["-r", "--requirement", "-c", "--constraint"]).is_some() {
        return Line::Left(INCLUDED_FILE);
    }
    if line.starts_with('-') {
        return Line::Setting;
    }
    let hashes = hashes(line);
    let body = line.split(" --").next().unwrap_or(line).trim();
    if body.contains("://") && !body.contains(" @ ") && !body.contains("==") {
        return address(body, &hashes);
    }
    let body = body.split(" ;").next().unwrap_or(body);
    if let Some((name, place)) = body.split_once('@').filter(|(name, _)| is_name(bare(name))) {
        return named_address(bare(name), place.trim(), hashes);
    }
    pinned(body.split(';').next().unwrap_or(body), hashes)
}

/// What follows an option, written with a space or an equals sign.
fn option<'l>(line: &'l str, names: &[&str]) -> Option<&'l str> {
    names.iter().find_map(|name| {
        let rest = line.strip_prefix(name)?;
        let short = name.len() == 2;
        let parted = rest.starts_with([' ', '\t', '=']) || short;
        parted.then(|| rest.trim_start_matches([' ', '\t', '=']))
    })
}

fn hashes(line: &str) -> Vec<String> {
    let words = line.split_whitespace().filter_map(|word| word.strip_prefix("--hash="));
    words.map(str::to_owned).collect()
}

/// `name[extra]==1.0`.
fn pinned(body: &str, hashes: Vec<String>) -> Line {
    let Some((name, rest)) =
        body.find(['=', '<', '>', '!', '~', '(']).and_then(|at| body.split_at_checked(at))
    else {
        return if is_name(bare(body)) { Line::Left(NOT_PINNED) } else { Line::Left(UNREADABLE_LINE) };
    };
    let name = bare(name);
    if !is_name(name) {
        return Line::Left(UNREADABLE_LINE);
    }
    let exact = rest.trim_matches(['(', ')', ' ']).split(',').map(str::trim).find_map(|part| {
        let version = part.strip_prefix("===").or_else(|| part.strip_prefix("=="))?.trim();
        (!version.is_empty() && !version.ends_with(".*")).then(|| version.to_owned())
    });
    match exact {
        Some(version) => {
            let mut entry = Entry::new(name, Some(version));
            entry.hashes = hashes;
            Line::Package(Box::new(entry))
        }
        None => Line::Left(NOT_PINNED),
    }
}

/// A name without its extras.
fn bare(name: &str) -> &str {
    name.split('[').next().unwrap_or(name).trim()
}

/// Letters, digits and `-_.`, beginning and ending with a letter or digit.
fn is_name(name: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    edge(name.chars().next())
        && edge(name.chars().next_back())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// An address alone: its name is behind `#egg=`, or in a wheel's file name.
fn address(text: &str, hashes: &[String]) -> Line {
    let text = text.split_whitespace().next().unwrap_or(text);
    let (place, fragment) = text.split_once('#').unwrap_or((text, ""));
    let egg = fragment.split('&').find_map(|part| part.strip_prefix("egg="));
    let name = egg.map(bare).or_else(|| wheel(place).map(|(name, _)| name));
    match name {
        Some(name) if is_name(name) => named_address(name, text, hashes.to_vec()),
        Some(_) | None => Line::Left(NO_NAME_IN_URL),
    }
}

fn named_address(name: &str, place: &str, hashes: Vec<String>) -> Line {
    let place = place.split_whitespace().next().unwrap_or(place);
    let version = wheel(place.split('#').next().unwrap_or(place)).map(|(_, version)| version.to_owned());
    let mut entry = Entry::new(name, version);
    entry.origin = if place.starts_with("git+") || place.starts_with("hg+") || place.starts_with("svn+") {
        Origin::Git(place.to_owned())
    } else if place.starts_with("http") {
        Origin::Url(place.to_owned())
    } else {
        Origin::Local(Some(place.to_owned()))
    };
    entry.hashes = hashes;
    Line::Package(Box::new(entry))
}

/// Name and version of a wheel's file name (`name-1.0-py3-none-any.whl`).
fn wheel(place: &str) -> Option<(&str, &str)> {
    let mut parts = place.rsplit('/').next()?.strip_suffix(".whl")?.split('-');
    Some((parts.next()?, parts.next()?))
}
