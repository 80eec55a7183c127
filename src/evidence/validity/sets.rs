//! Which rule sets there are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::rule_text;
use super::rules::Rules;
use super::xml::{self, XmlRules};

const CYCLONEDX: &[&str] =
    &[include_str!("rules/cyclonedx.rules"), include_str!("rules/spdx-licence-ids.rules")];
const SPDX_2: &[&str] = &[include_str!("rules/spdx2.rules")];
const SPDX_3: &[&str] = &[include_str!("rules/spdx3.rules")];
const OPENVEX: &[&str] = &[include_str!("rules/openvex.rules")];
const CSAF: &[&str] = &[include_str!("rules/csaf.rules")];
const SARIF: &[&str] = &[include_str!("rules/sarif.rules")];

/// Every rule set for JSON and YAML: the format's name, the version as documents write it, the files with the rules,
/// and the version's name in them.
pub(super) const SETS: &[(&str, &str, &[&str], &str)] = &[
    ("cyclonedx", "1.2", CYCLONEDX, "1.2"),
    ("cyclonedx", "1.3", CYCLONEDX, "1.3"),
    ("cyclonedx", "1.4", CYCLONEDX, "1.4"),
    ("cyclonedx", "1.5", CYCLONEDX, "1.5"),
    ("cyclonedx", "1.6", CYCLONEDX, "1.6"),
    ("cyclonedx", "1.7", CYCLONEDX, "1.7"),
    ("spdx", "2.2", SPDX_2, "2.2"),
    ("spdx", "2.3", SPDX_2, "2.3"),
    ("spdx", "3.0", SPDX_3, "3.0.1"),
    ("spdx", "3.0.0", SPDX_3, "3.0.0"),
    ("spdx", "3.0.1", SPDX_3, "3.0.1"),
    ("openvex", "0.2", OPENVEX, "0.2.0"),
    ("openvex", "0.2.0", OPENVEX, "0.2.0"),
    ("csaf", "2.0", CSAF, "2.0"),
    ("sarif", "2.1.0", SARIF, "2.1.0"),
];

const CYCLONEDX_XML: &[&str] =
    &[include_str!("rules/cyclonedx-xml.rules"), include_str!("rules/spdx-licence-ids.rules")];

/// Every rule set for XML: the format's name, and the version as documents and rules write it.
pub(super) const XML_SETS: &[(&str, &str)] = &[
    ("cyclonedx", "1.0"),
    ("cyclonedx", "1.1"),
    ("cyclonedx", "1.2"),
    ("cyclonedx", "1.3"),
    ("cyclonedx", "1.4"),
    ("cyclonedx", "1.5"),
    ("cyclonedx", "1.6"),
    ("cyclonedx", "1.7"),
];

/// Rule sets that were read, by format and version.
type Known<T> = Mutex<HashMap<(&'static str, &'static str), Option<Arc<T>>>>;

/// The rules for a version of a format, read when first asked for; `None` where there are none.
pub(super) fn rules(format: &str, version: &str) -> Option<Arc<Rules>> {
    static KNOWN: std::sync::LazyLock<Known<Rules>> = std::sync::LazyLock::new(Known::default);
    let (format, version, files, name) = SETS.iter().find(|(f, v, ..)| *f == format && *v == version)?;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    // a file that cannot be read is a fault of ours, which the tests show; here it is as if there were none
    known.entry((format, version)).or_insert_with(|| rule_text::read(files, name).ok().map(Arc::new)).clone()
}

/// The rules for a version of a format in XML; `None` where there are none.
pub(super) fn xml_rules(format: &str, version: &str) -> Option<Arc<XmlRules>> {
    static KNOWN: std::sync::LazyLock<Known<XmlRules>> = std::sync::LazyLock::new(Known::default);
    let (format, version) = XML_SETS.iter().find(|(f, v)| *f == format && *v == version)?;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known
        .entry((format, version))
        .or_insert_with(|| xml::rules(CYCLONEDX_XML, version).ok().map(Arc::new))
        .clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_set_can_be_read() {
        for (format, version, files, name) in SETS {
            let read = rule_text::read(files, name);

            assert!(read.is_ok(), "{format} {version}: {:?}", read.err());
        }
    }

    #[test]
    fn every_rule_set_for_xml_can_be_read() {
        for (_, version) in XML_SETS {
            let read = xml::rules(CYCLONEDX_XML, version);

            assert!(read.is_ok(), "{version}: {:?}", read.err());
        }
    }
}
