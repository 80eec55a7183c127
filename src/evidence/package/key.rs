//! Bytes that sort as versions do.

/// A version in the order of its scheme: comparing two keys compares the versions.
///
/// Two spellings of one version have equal keys. Keys of different schemes must not be compared: the bytes mean
/// something else in each.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionKey(Box<[u8]>);

impl VersionKey {
    /// The bytes, for an index that sorts by them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Ends a text; no byte of an escaped text is as low.
const TEXT_END: u8 = 0;
/// Stands before a byte that is not above it, so that [`TEXT_END`] stays the lowest.
const ESCAPE: u8 = 1;
/// Stands before the decimal digits of a number that needs more than eight bytes.
const LONG: u8 = 9;
/// Most decimal digits that always fit into 64 bits.
const SHORT_DIGITS: usize = 19;

/// Writes a key from left to right; what is written first decides first.
pub(super) struct KeyWriter(Vec<u8>);

impl KeyWriter {
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(32))
    }

    /// One byte of a scheme's own alphabet.
    pub(super) fn tag(&mut self, tag: u8) -> &mut Self {
        self.0.push(tag);
        self
    }

    /// A number of any length in decimal digits; no digits are zero.
    pub(super) fn number(&mut self, digits: &str) -> &mut Self {
        let digits = digits.trim_start_matches('0').as_bytes();
        if digits.len() > SHORT_DIGITS {
            // Longer than any file we read is out of reach of 32 bits, so that saturating loses no order.
            let length = u32::try_from(digits.len()).unwrap_or(u32::MAX);
            self.0.push(LONG);
            self.0.extend_from_slice(&length.to_be_bytes());
            self.0.extend_from_slice(digits);
        } else {
            let value = digits.iter().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
            self.count(value);
        }
        self
    }

    /// A number that was counted; sorts among those of [`KeyWriter::number`].
    pub(super) fn count(&mut self, value: u64) -> &mut Self {
        let bytes = value.to_be_bytes();
        let zeros = usize::try_from(value.leading_zeros() / 8).unwrap_or(0);
        let bytes = bytes.get(zeros..).unwrap_or_default();
        self.0.push(u8::try_from(bytes.len()).unwrap_or(LONG));
        self.0.extend_from_slice(bytes);
        self
    }

    /// Numbers between dots, missing ones being zero: zeros at the end are left out, so that a longer list is newer.
    pub(super) fn numbers(&mut self, tag: u8, text: &str) -> &mut Self {
        let mut zeros = 0_usize;
        for part in text.split('.') {
            if part.bytes().all(|byte| byte == b'0') {
                zeros += 1;
                continue;
            }
            for _ in 0..std::mem::take(&mut zeros) {
                self.tag(tag).number("0");
            }
            self.tag(tag).number(part);
        }
        self.tag(TEXT_END)
    }

    /// A text by its bytes; a prefix sorts first.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for &byte in text.as_bytes() {
            if byte <= ESCAPE {
                self.0.push(ESCAPE);
                self.0.push(byte + 1);
            } else {
                self.0.push(byte);
            }
        }
        self.0.push(TEXT_END);
        self
    }

    /// A text without regard to the case of ASCII letters.
    pub(super) fn caseless(&mut self, text: &str) -> &mut Self {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.text(&text.to_ascii_lowercase())
        } else {
            self.text(text)
        }
    }

    pub(super) fn finish(self) -> VersionKey {
        VersionKey(self.0.into_boxed_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(digits: &str) -> VersionKey {
        let mut writer = KeyWriter::new();
        writer.number(digits);
        writer.finish()
    }

    fn text(text: &str) -> VersionKey {
        let mut writer = KeyWriter::new();
        writer.text(text).tag(7);
        writer.finish()
    }

    #[test]
    fn numbers_of_any_length_sort_by_value() {
        let ascending = [
            "0",
            "1",
            "9",
            "10",
            "255",
            "256",
            "9999999999999999999",
            "18446744073709551616",
            "18446744073709551617",
            "100000000000000000000000",
        ];
        for pair in ascending.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        }
        assert_eq!(number("007"), number("7"));
        assert_eq!(number(""), number("0"));
    }

    proptest::proptest! {
        #[test]
        fn texts_sort_as_their_bytes(a: String, b: String) {
            proptest::prop_assert_eq!(text(&a).cmp(&text(&b)), a.as_bytes().cmp(b.as_bytes()));
        }

        #[test]
        fn counts_sort_as_numbers(a: u64, b: u64) {
            proptest::prop_assert_eq!(number(&a.to_string()).cmp(&number(&b.to_string())), a.cmp(&b));
        }
    }
}
