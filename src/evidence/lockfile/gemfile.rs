//! Gemfile.lock (Bundler's own format).

use std::collections::HashMap;

use super::draft::{Draft, Entry};
use super::notes::UNREADABLE_LINE;
use super::{LockFormat, Lockfile, Origin};
use crate::evidence::DecodeError;

/// Where the reader stands.
#[derive(Default)]
struct Reader<'t> {
    section: &'t str,
    origin: Option<Origin>,
    from: Option<u32>,
    at: HashMap<&'t str, u32>,
    by_version: HashMap<(&'t str, &'t str), u32>,
    asked: Vec<(u32, &'t str, usize)>,
    wanted: Vec<&'t str>,
    bundler: Option<&'t str>,
}

/// Reads the file. Groups, and so what is for development, are only in the Gemfile.
pub(super) fn read(text: &str) -> Result<Lockfile, DecodeError> {
    let mut draft = Draft::new(LockFormat::Gemfile);
    let mut reader = Reader::default();
    for (number, line) in (1..).zip(text.lines().filter(|line| !line.trim().is_empty())) {
        reader.line(number, line, &mut draft);
    }
    for (from, name, number) in &reader.asked {
        // Bundler itself is a dependency that is never locked
        if *name != "bundler" {
            draft.edge(Some(*from), reader.at.get(name).copied(), || format!("entry {number}: {name}"));
        }
    }
    for name in reader.wanted.iter().filter(|name| **name != "bundler") {
        draft.edge(None, reader.at.get(name).copied(), || format!("DEPENDENCIES: {name}"));
    }
    draft.reach_from_edges();
    // what lies in the project's own folders is there because the Gemfile asks for it
    Ok(draft.finish(reader.bundler.map(str::to_owned)))
}

impl<'t> Reader<'t> {
    fn line(&mut self, number: usize, line: &'t str, draft: &mut Draft) {
        let body = line.trim();
        let depth = line.len() - line.trim_start().len();
        match (depth, self.section) {
            (0, _) => {
                self.section = body;
                self.origin = None;
            }
            (2, "GEM" | "GIT" | "PATH" | "PLUGIN SOURCE") => self.place(body),
            (4, "GEM" | "GIT" | "PATH" | "PLUGIN SOURCE") => self.spec(number, body, draft),
            (6, "GEM" | "GIT" | "PATH" | "PLUGIN SOURCE") => {
                let name = body.split(' ').next().unwrap_or(body);
                self.asked.extend(self.from.map(|from| (from, name, number)));
            }
            (2, "DEPENDENCIES") => {
                self.wanted.push(body.split([' ', '!']).next().unwrap_or(body));
            }
            (2, "CHECKSUMS") => self.checksum(body, draft),
            (_, "BUNDLED WITH") => self.bundler = Some(body),
            _ => {}
        }
    }

    /// `remote:` and `revision:` of the section that follows.
    fn place(&mut self, body: &str) {
        let Some((key, value)) = body.split_once(": ") else { return };
        match (key, self.section) {
            ("remote", "GEM") if !value.starts_with("https://rubygems.org") => {
                self.origin = Some(Origin::Registry(Some(value.to_owned())));
            }
            ("remote", "GIT") => self.origin = Some(Origin::Git(value.to_owned())),
            ("remote", "PATH") => self.origin = Some(Origin::Local(Some(value.to_owned()))),
            ("revision", _) => {
                if let Some(Origin::Git(address)) = &mut self.origin {
                    address.push('@');
                    address.push_str(value);
                }
            }
            _ => {}
        }
    }

    /// `name (version)`, or `name (version-platform)` for each platform it is built for.
    fn spec(&mut self, number: usize, body: &'t str, draft: &mut Draft) {
        let Some((name, version)) = named(body) else {
            self.from = None;
            draft.leave(UNREADABLE_LINE, || format!("entry {number}"));
            return;
        };
        let mut entry = Entry::new(name, Some(version.to_owned()));
        entry.origin = self.origin.clone().unwrap_or(Origin::Registry(None));
        let index = draft.merge(entry, || format!("entry {number}"));
        self.from = Some(index);
        self.at.insert(name, index);
        self.by_version.insert((name, version), index);
    }

    fn checksum(&self, body: &str, draft: &mut Draft) {
        let Some(index) = named(body).and_then(|key| self.by_version.get(&key)) else { return };
        let hashes = body.rsplit_once(") ").map(|(_, hashes)| hashes.split(',')).into_iter().flatten();
        if let Some(package) = draft.package_mut(*index) {
            package.hashes.extend(
                hashes.filter_map(|hash| hash.trim().split_once('=')).map(|(a, h)| format!("{a}:{h}")),
            );
        }
    }
}

fn named(body: &str) -> Option<(&str, &str)> {
    let (name, rest) = body.split_once(" (")?;
    let version = rest.split(')').next()?.split('-').next()?;
    (!version.is_empty()).then_some((name, version))
}
