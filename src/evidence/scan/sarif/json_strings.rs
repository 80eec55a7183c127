//! Visits every string value of a JSON text with the member names that lead to it, well-formed or not.
//!
//! Used to find secrets, which must be found in a broken document too: it is stored like any other.

use std::ops::Range;

/// Steps a path keeps; what is nested deeper is visited with the path up to here, so that memory stays bounded.
const MAX_DEPTH: usize = 256;

/// One step from the root to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// A member of an object, its name as written.
    Member(&'a [u8]),
    /// An element of a list.
    Element(usize),
}

/// Calls `visit` with the path and the byte range (quotes excluded) of every string that is a value.
pub(super) fn visit_strings<'a>(bytes: &'a [u8], visit: &mut dyn FnMut(&[Step<'a>], Range<usize>)) {
    let mut path: Vec<Step<'a>> = Vec::new();
    let mut beyond = 0_usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' if path.len() >= MAX_DEPTH => beyond += 1,
            b'}' | b']' if beyond > 0 => beyond -= 1,
            b'{' => path.push(Step::Member(&[])),
            b'[' => path.push(Step::Element(0)),
            b'}' | b']' => {
                path.pop();
            }
            b',' if beyond == 0 => {
                if let Some(Step::Element(number)) = path.last_mut() {
                    *number += 1;
                }
            }
            b'"' => {
                let end = string_end(bytes, at);
                if is_name(bytes, end + 1) {
                    if let (0, Some(Step::Member(name))) = (beyond, path.last_mut()) {
                        *name = &bytes[at..end];
                    }
                } else {
                    visit(&path, at..end);
                }
                at = end + 1;
            }
            _ => {}
        }
    }
}

/// The index of the closing quote, or the end of the text.
fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Whether a colon follows, white space aside.
fn is_name(bytes: &[u8], from: usize) -> bool {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(text: &str) -> Vec<(usize, String)> {
        let mut out = Vec::new();
        visit_strings(text.as_bytes(), &mut |path, range| out.push((path.len(), text[range].to_owned())));
        out
    }

    #[test]
    fn values_are_visited_with_their_path_and_names_are_not() {
        let mut paths = Vec::new();
        visit_strings(br#"{"a":[{"b":"x"},"y"]}"#, &mut |path, _| paths.push(path.to_vec()));

        assert_eq!(paths[0], vec![Step::Member(b"a"), Step::Element(0), Step::Member(b"b")]);
        assert_eq!(paths[1], vec![Step::Member(b"a"), Step::Element(1)]);
    }

    #[test]
    fn a_broken_text_still_yields_its_strings() {
        assert_eq!(
            strings("{\"a\":\"x\ny\\\"z\", \"b\": \"cut"),
            [(1, "x\ny\\\"z".to_owned()), (1, "cut".to_owned())]
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            visit_strings(&bytes, &mut |_, range| assert!(range.end <= bytes.len()));
        }
    }
}
