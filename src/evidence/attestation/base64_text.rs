//! Base64 as envelopes and bundles write it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// Decodes standard or URL-safe base64 (RFC 4648 §4 and §5; DSSE allows either), padded and in its one canonical
/// spelling; `None` for anything else.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_alphabet_is_read_and_only_the_canonical_spelling() {
        assert_eq!(decode("-_8=").as_deref(), Some(&[0xfb, 0xff][..]));
        assert_eq!(decode("+/8=").as_deref(), Some(&[0xfb, 0xff][..]));
        for wrong in ["+_8=", "+/8", "+/9=", "+/8=\n", " +/8="] {
            assert_eq!(decode(wrong), None, "{wrong:?}");
        }
    }
}
