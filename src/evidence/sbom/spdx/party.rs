//! Persons, organisations and tools as SPDX 2.x writes them: `Person: Jane Doe (jane@example.com)`.
//!
//! SPDX 2.3 §6.8 (creator), §7.5 (supplier) and §7.6 (originator).

use crate::evidence::sbom::spdx::relation::says_nothing;
use crate::evidence::sbom::{Contact, Party, PartyKind};

/// The party a text names; `None` when it says nothing.
pub(super) fn party(text: &str) -> Option<Party> {
    let (kind, rest) = kind(text);
    let name = named(text)?;
    if kind == PartyKind::Tool {
        let (name, version) = tool(name);
        return Some(Party { version: version.map(str::to_owned), ..Party::named(kind, name) });
    }
    let mut party = Party::named(kind, name);
    if let Some(email) = email(rest) {
        party.contacts.push(Contact { email: Some(email.to_owned()), ..Contact::default() });
    }
    Some(party)
}

/// The name alone, without the word for what it is and without address.
pub(super) fn named(text: &str) -> Option<&str> {
    let (kind, rest) = kind(text);
    let has_address = kind != PartyKind::Tool && (email(rest).is_some() || rest.ends_with("()"));
    let name = if has_address { rest.rsplit_once('(').map_or(rest, |(name, _)| name) } else { rest };
    Some(name.trim()).filter(|name| !name.is_empty() && !says_nothing(name))
}

fn kind(text: &str) -> (PartyKind, &str) {
    let words = [
        ("Person:", PartyKind::Person),
        ("Organization:", PartyKind::Organisation),
        ("Tool:", PartyKind::Tool),
    ];
    let found = words.into_iter().find_map(|(word, kind)| Some((kind, text.strip_prefix(word)?)));
    let (kind, rest) = found.unwrap_or((PartyKind::Unknown, text));
    (kind, rest.trim())
}

/// What stands in brackets at the end, when it is an address.
fn email(text: &str) -> Option<&str> {
    let (_, address) = text.strip_suffix(')')?.rsplit_once('(')?;
    Some(address.trim()).filter(|address| address.contains('@'))
}

/// Name and version of a tool, which are written with a hyphen between: at the first hyphen before a number with a
/// dot, else at the last one before a digit.
fn tool(text: &str) -> (&str, Option<&str>) {
    let begins =
        |rest: &str| rest.strip_prefix('v').unwrap_or(rest).starts_with(|c: char| c.is_ascii_digit());
    let is_dotted =
        |rest: &str| rest.split(['-', '+', ' ']).next().is_some_and(|number| number.contains('.'));
    let at = |test: &dyn Fn(&str) -> bool| {
        text.match_indices('-')
            .map(|(at, _)| at)
            .filter(|at| test(text.get(at + 1..).unwrap_or_default()))
            .collect()
    };
    let dotted: Vec<usize> = at(&|rest| begins(rest) && is_dotted(rest));
    let digits: Vec<usize> = at(&begins);
    match dotted.first().or(digits.last()).and_then(|at| Some((text.get(..*at)?, text.get(at + 1..)?))) {
        Some((name, version)) if !name.is_empty() => (name, Some(version)),
        Some(_) | None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_names_and_addresses_are_told_apart() {
        for (text, kind, name, email) in [
            ("Person: Jane Doe (jane@example.com)", PartyKind::Person, "Jane Doe", Some("jane@example.com")),
            ("Organization: ExampleCodeInspect ()", PartyKind::Organisation, "ExampleCodeInspect", None),
            ("Organization: Acme (Europe)", PartyKind::Organisation, "Acme (Europe)", None),
            ("jane", PartyKind::Unknown, "jane", None),
        ] {
            let party = party(text).unwrap();
            assert_eq!((party.kind, party.name.as_deref()), (kind, Some(name)), "{text}");
            assert_eq!(party.emails().next(), email, "{text}");
        }
        assert_eq!(
            (party("NOASSERTION"), party("Organization: "), named("Person: NOASSERTION")),
            (None, None, None)
        );
    }

    #[test]
    fn tools_have_a_name_and_perhaps_a_version() {
        for (text, name, version) in [
            ("Tool: syft-1.2.3", "syft", Some("1.2.3")),
            ("Tool: trivy-0.36.1-16-ga1b2", "trivy", Some("0.36.1-16-ga1b2")),
            ("Tool: spdx-maven-plugin", "spdx-maven-plugin", None),
            ("Tool: log4j-scan-v2", "log4j-scan", Some("v2")),
            ("Tool: github.com/spdx/tools-golang/builder", "github.com/spdx/tools-golang/builder", None),
        ] {
            let party = party(text).unwrap();
            assert_eq!((party.name.as_deref(), party.version.as_deref()), (Some(name), version), "{text}");
        }
    }
}
