//! Recovery codes: ten to print, each good once, for the day the telephone is gone.
//!
//! A code is twenty characters, 100 random bits, so its SHA-256 needs neither salt nor slowness: nobody tries 2¹⁰⁰,
//! nor that divided by all the codes in a stolen database. (Two groups of five, 50 bits, would be found by one
//! graphics card in a day; that is why there are four.) Whoever guesses at the page meets the throttle.

use std::fmt;

use secrecy::zeroize::Zeroizing;

use super::{NoRandomness, random_bytes, same_bytes};
use crate::base::Digest;

/// How many codes are given at a time.
pub const CODES: usize = 10;

const CHARACTERS: usize = 20;
const GROUP: usize = 5;

/// Base32 after Crockford: no `i l o u`; what is typed for them is read as `1 1 0`.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A code in clear, shown once.
pub struct RecoveryCode(Zeroizing<String>);

impl RecoveryCode {
    /// Makes a new set. Showing a new set makes the old one void: the caller replaces all rows.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate_set() -> Result<Vec<Self>, NoRandomness> {
        (0..CODES).map(|_| Self::generate()).collect()
    }

    fn generate() -> Result<Self, NoRandomness> {
        let random = random_bytes::<CHARACTERS>()?;
        // 256 is a multiple of 32: the remainder favours no letter
        let letters = random.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)]));
        Ok(Self(Zeroizing::new(letters.collect())))
    }

    /// The code as it is shown: `xxxxx-xxxxx-xxxxx-xxxxx`.
    pub fn shown(&self) -> Zeroizing<String> {
        let groups: Vec<&str> =
            self.0.as_bytes().chunks(GROUP).filter_map(|c| str::from_utf8(c).ok()).collect();
        Zeroizing::new(groups.join("-"))
    }

    /// What is stored of it.
    pub fn digest(&self) -> Digest {
        digest(&self.0)
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// Which of a person's unused codes was typed, if any; the caller marks that one used in the same transaction.
///
/// Capitals, spaces and dashes do not matter; `o` is read as `0`, `i` and `l` as `1`.
pub fn matching(typed: &str, unused: &[Digest]) -> Option<usize> {
    let read = normalise(typed)?;
    let typed = digest(&read);
    let mut found = None;
    // all are compared: the time must not tell which one fitted
    for (index, stored) in unused.iter().enumerate() {
        if same_bytes(typed.as_bytes(), stored.as_bytes()) {
            found = Some(index);
        }
    }
    found
}

fn normalise(typed: &str) -> Option<Zeroizing<String>> {
    let mut read = Zeroizing::new(String::with_capacity(CHARACTERS));
    for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let c = match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        };
        let known = u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte));
        if !known || read.len() == CHARACTERS {
            return None;
        }
        read.push(c);
    }
    (read.len() == CHARACTERS).then_some(read)
}

fn digest(code: &str) -> Digest {
    let mut bytes = Zeroizing::new(b"attestry recovery code\n".to_vec());
    bytes.extend_from_slice(code.as_bytes());
    Digest::of(&bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn digests(codes: &[RecoveryCode]) -> Vec<Digest> {
        codes.iter().map(RecoveryCode::digest).collect()
    }

    #[test]
    fn ten_different_codes_are_given_in_four_groups() {
        let codes = RecoveryCode::generate_set().unwrap();
        let shown: BTreeSet<String> = codes.iter().map(|c| c.shown().to_string()).collect();

        assert_eq!(shown.len(), CODES);
        for code in &shown {
            let lengths: Vec<usize> = code.split('-').map(str::len).collect();
            assert_eq!(lengths, [5, 5, 5, 5], "{code}");
            assert!(!code.contains(['i', 'l', 'o', 'u']), "{code}");
        }
    }

    #[test]
    fn each_code_is_found_at_its_place_and_not_once_it_is_used() {
        let codes = RecoveryCode::generate_set().unwrap();
        let mut unused = digests(&codes);

        for (index, code) in codes.iter().enumerate() {
            assert_eq!(matching(&code.shown(), &unused), Some(index));
        }
        unused.remove(3);
        assert_eq!(matching(&codes[3].shown(), &unused), None);
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        let code = RecoveryCode(Zeroizing::new("01abc23def45ghj67kmn".to_owned()));

        for typed in ["01abc-23def-45ghj-67kmn", "OIABC 23DEF 45GHJ 67KMN", " ol-abc23def45ghj67kmn "] {
            assert_eq!(matching(typed, &[code.digest()]), Some(0), "{typed}");
        }
        for wrong in [
            "",
            "01abc-23def-45ghj-67km",
            "01abc-23def-45ghj-67kmnp",
            "01abc-23def-45ghj-67kmu",
            "01abc-23def-45ghj-67kmḱ",
        ] {
            assert_eq!(matching(wrong, &[code.digest()]), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_is_not_printed() {
        assert_eq!(format!("{:?}", RecoveryCode::generate().unwrap()), "RecoveryCode(…)");
    }

    proptest! {
        #[test]
        fn nothing_typed_at_random_fits(typed in "\\PC{0,30}") {
            let codes = RecoveryCode::generate_set().unwrap();

            prop_assert_eq!(matching(&typed, &digests(&codes)), None);
        }
    }
}
