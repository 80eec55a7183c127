//! Names inside a pack: safe on every file system, unique even where case does not count.

use std::collections::{BTreeMap, BTreeSet};

use super::input::PackItem;
use crate::base::Digest;

/// The longest path a member may have.
const MAX_PATH: usize = 240;
/// How much of a file's own name is kept.
const MAX_FILE: usize = 80;

/// Whether a path stays inside the pack and is the same on every file system.
///
/// Segments of ASCII letters, digits and `._+@=(),-`, none empty, none beginning or ending with a dot.
pub fn is_safe(path: &str) -> bool {
    path.len() <= MAX_PATH && path.split('/').all(is_safe_segment)
}

fn is_safe_segment(segment: &str) -> bool {
    let dots = segment.starts_with('.') || segment.ends_with('.');
    !segment.is_empty() && !dots && segment.bytes().all(is_safe_byte)
}

const fn is_safe_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'.' | b'_' | b'+' | b'@' | b'=' | b'(' | b')' | b',' | b'-')
}

/// One path segment made of any text: what is not safe becomes `_`.
pub fn safe_segment(text: &str) -> String {
    let safe = |c: char| if u8::try_from(c).is_ok_and(is_safe_byte) { c } else { '_' };
    let kept: String = text.chars().take(MAX_FILE).map(safe).collect();
    let kept = kept.trim_matches('.');
    if kept.is_empty() { "_".to_owned() } else { kept.to_owned() }
}

/// Where each evidence item's bytes stand in a pack, by evidence id.
///
/// Items that share kind and bytes share one member, named after the earliest of them in the ledger. Pages link to
/// these paths, so a caller that renders pages asks here first.
pub fn evidence_paths(items: &[PackItem]) -> BTreeMap<String, String> {
    let mut ordered: Vec<&PackItem> = items.iter().collect();
    ordered.sort_by_key(|item| item.ledger_index);
    let mut by_bytes: BTreeMap<(&str, Digest), String> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    let mut paths = BTreeMap::new();
    for item in ordered {
        let key = (item.statement.kind.as_str(), item.sha256);
        let path = by_bytes.entry(key).or_insert_with(|| free_path(item, &mut taken));
        paths.insert(item.statement.id.to_string(), path.clone());
    }
    paths
}

/// The short name, or with the whole digest when another item has it; the digest makes that one unique.
fn free_path(item: &PackItem, taken: &mut BTreeSet<String>) -> String {
    let digest = item.sha256.to_hex();
    let path = |digest: &str| {
        let name = item.statement.file.rsplit(['/', '\\']).next().unwrap_or_default();
        format!("evidence/{}/{digest}-{}", safe_segment(&item.statement.kind), safe_segment(name))
    };
    let short = path(&digest[..12]);
    if taken.insert(short.to_ascii_lowercase()) {
        return short;
    }
    let long = path(&digest);
    taken.insert(long.to_ascii_lowercase());
    long
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_pack_or_differ_between_systems_are_not_safe() {
        for path in
            ["a", "controls/pci-dss-4.0.1/6.3.2/control.html", "evidence/sbom/0a-b_c.json", "x/32(1)(b)/y"]
        {
            assert!(is_safe(path), "{path}");
        }
        let long = "a".repeat(241);
        let unsafe_paths = [
            "", "/", "/a", "a/", "a//b", "..", "../a", "a/../b", "./a", ".a", "a.", "a./b", "a\\b", "c:x",
            "a b", "é", "a\0", "a\n", "a%2e", "~", "*", &long,
        ];
        for path in unsafe_paths {
            assert!(!is_safe(path), "{path:?}");
        }
    }

    #[test]
    fn any_text_becomes_a_safe_segment() {
        for text in ["", ".", "..", "../../etc/passwd", "CON:", "a b\0c", "é.json", "....", &"x".repeat(500)]
        {
            assert!(is_safe(&safe_segment(text)), "{text:?}");
        }
        assert_eq!(safe_segment("bom.cdx.json"), "bom.cdx.json");
        assert_eq!(safe_segment("a/b.json"), "a_b.json");
    }
}
