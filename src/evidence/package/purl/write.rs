//! From what was written, or from parts, to the canonical text.

use super::PurlParts;
use super::escape::{Source, encode};
use super::rules::{self, Rules, Tristate};

pub(super) const SCHEME: &str = "pkg:";
/// The type whose names are paths.
const GIT: &str = "git";

/// Key and value as written.
type Qualifier<'t> = (&'t str, &'t str);

/// The canonical text and how much of it is the key; `None` when a rule is broken.
pub(super) fn read(text: &str) -> Option<(String, usize)> {
    let rest = text.get(SCHEME.len()..)?;
    if !text.get(..SCHEME.len())?.eq_ignore_ascii_case(SCHEME) {
        return None;
    }
    let rest = rest.trim_start_matches('/');
    let (rest, subpath) = split_last(rest, '#');
    let (rest, qualifiers) = split_last(rest, '?');
    let (kind, rest) = rest.split_once('/')?;
    let (path, version) = split_version(rest.trim_matches('/'))?;
    let (namespace, name) = split_path(kind, path);
    let pairs = match qualifiers {
        Some(text) => text
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('='))
            .collect::<Option<Vec<_>>>()?,
        None => Vec::new(),
    };
    let parts = PurlParts { kind, namespace, name, version, qualifiers: &pairs, subpath };
    canonical(&parts, Source::Encoded, text.len())
}

pub(super) fn build(parts: &PurlParts<'_>) -> Option<(String, usize)> {
    canonical(parts, Source::Plain, 64)
}

fn split_last(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.rsplit_once(separator) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// Namespace and name. A repository of `git` has its host as namespace and the whole path there as name.
pub(super) fn split_path<'t>(kind: &str, path: &'t str) -> (Option<&'t str>, &'t str) {
    let split = if kind.eq_ignore_ascii_case(GIT) { path.split_once('/') } else { path.rsplit_once('/') };
    match split {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, path),
    }
}

/// Cuts off the version. An `@` at the start of a segment is an npm scope, unless no name follows it.
fn split_version(path: &str) -> Option<(&str, Option<&str>)> {
    let Some((before, version)) = path.rsplit_once('@') else {
        return Some((path, None));
    };
    let starts_segment = before.is_empty() || before.ends_with('/');
    match (starts_segment, version.contains('/')) {
        (true, true) => Some((path, None)),
        (true, false) => None,
        (false, _) => Some((before, Some(version))),
    }
}

fn canonical(parts: &PurlParts<'_>, source: Source, capacity: usize) -> Option<(String, usize)> {
    let mut out = String::with_capacity(capacity + 8);
    out.push_str(SCHEME);
    write_kind(&mut out, parts.kind)?;
    let mut rules = rules::of(out.get(SCHEME.len()..)?);
    let qualifiers = sorted(parts.qualifiers)?;
    if parts.kind.eq_ignore_ascii_case("mlflow") {
        let repository = value_of(&qualifiers, "repository_url").unwrap_or_default();
        rules.name = rules::mlflow_name(repository);
    }
    if rules.needs_qualifier.is_some_and(|key| value_of(&qualifiers, key).is_none_or(str::is_empty)) {
        return None;
    }
    write_path(&mut out, parts, source, &rules)?;
    let key_length = out.len();
    write_qualifiers(&mut out, &qualifiers, source)?;
    if let Some(subpath) = parts.subpath {
        write_subpath(&mut out, subpath, source, &rules)?;
    }
    Some((out, key_length))
}

/// Letters, digits, dots and hyphens, starting with a letter.
fn write_kind(out: &mut String, kind: &str) -> Option<()> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    if !kind.starts_with(|c: char| c.is_ascii_alphabetic()) || !kind.bytes().all(allowed) {
        return None;
    }
    out.extend(kind.chars().map(|c| c.to_ascii_lowercase()));
    Some(())
}

fn write_path(out: &mut String, parts: &PurlParts<'_>, source: Source, rules: &Rules) -> Option<()> {
    let before_namespace = out.len();
    for segment in parts.namespace.into_iter().flat_map(|namespace| namespace.split('/')) {
        if !segment.is_empty() {
            out.push('/');
            encode(out, segment, source, rules.namespace)?;
        }
    }
    let has_namespace = out.len() > before_namespace;
    match (rules.needs_namespace, has_namespace) {
        (Tristate::Required, false) | (Tristate::Prohibited, true) => return None,
        (Tristate::Required | Tristate::Optional | Tristate::Prohibited, _) => {}
    }
    let name = parts.name.trim_matches('/');
    if name.is_empty() {
        return None;
    }
    let name_start = out.len() + 1;
    if parts.kind.eq_ignore_ascii_case(GIT) {
        for segment in name.split('/').filter(|segment| !segment.is_empty()) {
            out.push('/');
            encode(out, segment, source, rules.name)?;
        }
    } else {
        out.push('/');
        encode(out, name, source, rules.name)?;
    }
    let name_end = out.len();
    if let Some(version) = parts.version.filter(|version| !version.is_empty()) {
        out.push('@');
        encode(out, version, source, rules.version)?;
    }
    let version = out.get(name_end + 1..).filter(|version| !version.is_empty());
    (rules.is_valid)(out.get(name_start..name_end)?, version).then_some(())
}

/// The qualifiers by key; `None` when a key is malformed or there twice.
fn sorted<'t>(qualifiers: &[Qualifier<'t>]) -> Option<Vec<Qualifier<'t>>> {
    let mut kept: Vec<Qualifier<'t>> =
        qualifiers.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
    if !kept.iter().all(|(key, _)| is_key(key)) {
        return None;
    }
    let lower = |key: &'t str| key.bytes().map(|byte| byte.to_ascii_lowercase());
    kept.sort_by(|(a, _), (b, _)| lower(a).cmp(lower(b)));
    let twice = kept.windows(2).any(|pair| match pair {
        [(a, _), (b, _)] => a.eq_ignore_ascii_case(b),
        _ => false,
    });
    (!twice).then_some(kept)
}

/// Keys are in lower case. The specification's own tests refuse one that starts in upper case and lower the others.
fn is_key(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

fn value_of<'t>(qualifiers: &[Qualifier<'t>], key: &str) -> Option<&'t str> {
    qualifiers.iter().find(|(found, _)| found.eq_ignore_ascii_case(key)).map(|(_, value)| *value)
}

fn write_qualifiers(out: &mut String, qualifiers: &[Qualifier<'_>], source: Source) -> Option<()> {
    for (index, (key, value)) in qualifiers.iter().enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        out.extend(key.chars().map(|c| c.to_ascii_lowercase()));
        out.push('=');
        encode(out, value, source, |byte| byte)?;
    }
    Some(())
}

fn write_subpath(out: &mut String, subpath: &str, source: Source, rules: &Rules) -> Option<()> {
    let mut separator = '#';
    for segment in subpath.split('/').filter(|segment| !matches!(*segment, "" | "." | "..")) {
        let start = out.len();
        out.push(separator);
        encode(out, segment, source, rules.subpath)?;
        // `%2E%2E` is `..` too.
        if matches!(out.get(start + 1..), Some("." | "..")) {
            out.truncate(start);
        } else {
            separator = '/';
        }
    }
    Some(())
}
