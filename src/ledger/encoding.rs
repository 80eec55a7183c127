//! The text encodings every ledger format shares, read strictly: one value has one spelling.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::base::Digest;

/// Standard base64 with padding (RFC 4648 §4).
pub fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads standard base64; missing padding, line breaks, other alphabets and stray trailing bits are refused.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads one SHA-256 hash from strict base64.
pub fn hash_from_base64(text: &str) -> Option<Digest> {
    let bytes: [u8; 32] = from_base64(text)?.try_into().ok()?;
    Some(Digest::from_bytes(bytes))
}

/// Reads an ASCII decimal without sign and without leading zeroes.
pub fn from_decimal(text: &str) -> Option<u64> {
    let digits_only = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    if !digits_only || leading_zero {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_has_one_spelling() {
        assert_eq!(from_base64("aGk="), Some(b"hi".to_vec()));
        for other in ["aGk", "aGl=", "aG k=", "aGk=\n", "aGk==", "_-8=", "a"] {
            assert_eq!(from_base64(other), None, "{other:?}");
        }
    }

    #[test]
    fn decimals_have_one_spelling() {
        assert_eq!(from_decimal("0"), Some(0));
        assert_eq!(from_decimal("18446744073709551615"), Some(u64::MAX));
        for other in ["", "00", "01", "+1", "-1", " 1", "1 ", "0x1", "18446744073709551616", "١"] {
            assert_eq!(from_decimal(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_hash_has_32_bytes() {
        let digest = Digest::of(b"x");

        assert_eq!(hash_from_base64(&to_base64(digest.as_bytes())), Some(digest));
        assert_eq!(hash_from_base64(&to_base64(&[0; 31])), None);
        assert_eq!(hash_from_base64(&to_base64(&[0; 33])), None);
    }
}
