//! How figures, digests, anchors and links are written.

use std::fmt::Write as _;

/// A whole number with thousands separated by a narrow space that does not break: `12 480`.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + 8);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// A whole number that may be below nothing, written with a real minus.
pub(crate) fn signed(number: i64) -> String {
    let figure = grouped(number.unsigned_abs());
    if number < 0 { format!("\u{2212}{figure}") } else { figure }
}

/// A word for machines: `Not met` is `not-met`.
pub(crate) fn slug(word: &str) -> String {
    let parts = word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// A number and its noun: `1 requirement`, `2 requirements`.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// A size for people: `512 B`, `48.2 kB`.
pub(crate) fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        1_000_000_000.. => (1_000_000_000, "GB"),
    };
    // in whole tenths, so that no rounding differs between machines
    let tenths = bytes / (unit / 10);
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

/// A score with one decimal.
pub(crate) fn score(value: f64) -> String {
    // a sum that ends at minus nothing is nothing
    format!("{:.1}", if value.abs() < 0.05 { 0.0 } else { value })
}

/// A change with its sign, written with a real minus.
pub(crate) fn change(value: f64) -> String {
    let figure = score(value.abs());
    match value {
        v if v >= 0.05 => format!("+{figure}"),
        v if v <= -0.05 => format!("\u{2212}{figure}"),
        _ => figure,
    }
}

/// A digest shortened in the middle: `ba7816bf…0015ad`.
pub fn short_digest(hex: &str) -> String {
    let count = hex.chars().count();
    if count <= 16 {
        return hex.to_owned();
    }
    let head: String = hex.chars().take(8).collect();
    let tail: String = hex.chars().skip(count - 6).collect();
    format!("{head}…{tail}")
}

/// The first letter in upper case.
pub(crate) fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// An identifier as a heading shows it: `6.3`, but `Chapter II` for `chapter-II`.
pub(crate) fn heading_id(id: &str) -> String {
    if id.starts_with(|c: char| c.is_ascii_lowercase()) {
        capitalised(&id.replace('-', " "))
    } else {
        id.to_owned()
    }
}

/// The anchor of a thing: letters, digits, `.` and `-` stay, everything else becomes `_` and its code.
///
/// Different ids have different anchors, and none needs escaping in an attribute or a fragment.
pub fn anchor(prefix: &str, id: &str) -> String {
    let mut out = format!("{prefix}-");
    for c in id.chars() {
        if c.is_ascii_alphanumeric() || c == '.' || c == '-' {
            out.push(c);
        } else {
            write!(out, "_{:x}_", u32::from(c)).unwrap_or_default();
        }
    }
    out
}

/// A relative link to a path inside the pack, each segment percent-encoded.
///
/// Segments that would climb or name a scheme are encoded or dropped, so that a hostile name stays inside the pack.
pub(crate) fn path_href(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for segment in path.split('/').filter(|s| !s.is_empty() && *s != "." && *s != "..") {
        if !out.is_empty() {
            out.push('/');
        }
        for byte in segment.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                write!(out, "%{byte:02X}").unwrap_or_default();
            }
        }
    }
    out
}

/// The pack's path of a requirement's page, as a relative link from the pack's root.
pub fn control_href(framework: &str, id: &str) -> String {
    path_href(&format!("controls/{}/{}/control.html", flat(framework), flat(id)))
}

/// An id is one folder, whatever it holds.
fn flat(id: &str) -> String {
    id.replace('/', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_for_people() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(counted(1, "item", "items"), "1 item");
        assert_eq!(signed(-1_000), "\u{2212}1\u{202f}000");
        assert_eq!(slug("Not met: by hand"), "not-met-by-hand");
        assert_eq!(size(999), "999 B");
        assert_eq!(size(48_290), "48.2 kB");
        assert_eq!(size(u64::MAX), "18446744073.7 GB");
        assert_eq!(change(-3.25), "\u{2212}3.2");
        assert_eq!(change(-0.01), "0.0");
        assert_eq!(score(f64::NAN), "NaN");
    }

    #[test]
    fn digests_are_shortened_in_the_middle_and_short_ones_are_left() {
        assert_eq!(short_digest("ba7816bf8f01cfea414140de5dae2223"), "ba7816bf…ae2223");
        assert_eq!(short_digest("abc"), "abc");
    }

    #[test]
    fn identifiers_that_are_words_read_as_words() {
        assert_eq!(heading_id("chapter-II"), "Chapter II");
        assert_eq!(heading_id("CC6.1"), "CC6.1");
    }

    #[test]
    fn anchors_of_different_ids_differ_and_hold_no_markup() {
        assert_eq!(anchor("r", "6.3.2"), "r-6.3.2");
        assert_ne!(anchor("r", "a b"), anchor("r", "a_b"));
        assert_eq!(anchor("r", "\"><x"), "r-_22__3e__3c_x");
    }

    #[test]
    fn links_stay_inside_the_pack() {
        assert_eq!(control_href("pci-dss-4.0.1", "6.3.2"), "controls/pci-dss-4.0.1/6.3.2/control.html");
        assert_eq!(path_href("evidence/../../etc/a b#?.json"), "evidence/etc/a%20b%23%3F.json");
        assert_eq!(path_href("javascript:alert(1)"), "javascript%3Aalert%281%29");
    }
}
