//! Which passwords are accepted: long ones that are not on every guesser's list and not about the person.
//!
//! Length instead of a mix of character classes, as NIST SP 800-63B-4 asks; the length is that of PCI DSS 8.3.6.
//! Nothing is trimmed or changed: spaces and any script count.

use std::collections::BTreeSet;

use secrecy::{ExposeSecret, SecretString};

/// The shortest password accepted, in characters.
pub const MIN_CHARACTERS: usize = 12;

/// The longest password accepted, in bytes; room for any sentence.
pub const MAX_BYTES: usize = 1024;

/// Fewer different characters than this are a pattern, not a password.
const MIN_DIFFERENT: usize = 5;

/// Words that stand alone, or with digits and signs around them, in every guesser's list. Our own short list: it is
/// there to catch the lazy choice, the throttle is there for the rest.
const WORDS: &[&str] = &[
    "abcdef",
    "access",
    "account",
    "admin",
    "administrator",
    "attestry",
    "audit",
    "auditor",
    "autumn",
    "baseball",
    "changeit",
    "changeme",
    "changethis",
    "company",
    "computer",
    "default",
    "dragon",
    "football",
    "guest",
    "iloveyou",
    "letmein",
    "login",
    "master",
    "monkey",
    "newpassword",
    "nopassword",
    "passphrase",
    "passwd",
    "password",
    "passwordpassword",
    "princess",
    "qwerty",
    "qwertyuiop",
    "qwertz",
    "secret",
    "secure",
    "security",
    "service",
    "spring",
    "summer",
    "sunshine",
    "superman",
    "superuser",
    "support",
    "sysadmin",
    "temporary",
    "test",
    "testing",
    "testtest",
    "thisisapassword",
    "trustno",
    "user",
    "username",
    "welcome",
    "whatever",
    "winter",
];

/// Rows of keys and the alphabets; a password that is one stretch of them, either way, is a pattern.
const ROWS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// Why a password is not accepted, in words for the one who chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Too few characters.
    #[error("choose at least {MIN_CHARACTERS} characters: a few words in a row are easy to keep in mind")]
    TooShort,
    /// Too many bytes.
    #[error("choose at most {MAX_BYTES} bytes")]
    TooLong,
    /// A pattern of few characters, or a stretch of the keyboard.
    #[error(
        "this repeats a pattern or follows the keyboard, which is tried first: choose a few words instead"
    )]
    Pattern,
    /// One of the most common passwords, perhaps with digits and signs around it.
    #[error(
        "this is a very common password with something around it, which is tried first: choose a few words"
    )]
    Common,
    /// Built on the person's own name or address.
    #[error(
        "this is built on your own name or address, which is tried first: choose words that are not about you"
    )]
    AboutYou,
}

/// Whether a password may be chosen by the person that `about` names: address, name, organisation.
///
/// # Errors
/// With the reason, to be shown beside the field.
pub fn accept(password: &SecretString, about: &[&str]) -> Result<(), Refused> {
    let text = password.expose_secret();
    if text.chars().count() < MIN_CHARACTERS {
        return Err(Refused::TooShort);
    }
    if text.len() > MAX_BYTES {
        return Err(Refused::TooLong);
    }
    if is_pattern(text) {
        return Err(Refused::Pattern);
    }
    let core = core(text);
    if WORDS.contains(&core.as_str()) {
        return Err(Refused::Common);
    }
    if is_about(text, &core, about) {
        return Err(Refused::AboutYou);
    }
    Ok(())
}

fn is_pattern(text: &str) -> bool {
    let lower = text.to_lowercase();
    let different: BTreeSet<char> = lower.chars().collect();
    if different.len() < MIN_DIFFERENT {
        return true;
    }
    let backwards: String = lower.chars().rev().collect();
    ROWS.iter().any(|row| row.contains(&lower) || row.contains(&backwards))
}

/// The word a password is built on: small letters, the usual replacements undone, what stands around it taken off.
fn core(text: &str) -> String {
    let lower = text.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphabetic() && !"@$".contains(c));
    bare.chars().filter(|c| c.is_alphanumeric() || "@$!".contains(*c)).map(undo).collect()
}

const fn undo(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// Whether what the password is built on is the person: the whole name or address, or one part of it and digits.
fn is_about(text: &str, core: &str, about: &[&str]) -> bool {
    let lower = text.to_lowercase();
    about.iter().any(|name| {
        let name = name.to_lowercase();
        let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| part.chars().count() >= 3);
        let joined: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
        let whole = joined.chars().count() >= 5 && (core == joined || lower.contains(&name));
        whole || parts.into_iter().any(|part| core == part)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judge(text: &str) -> Result<(), Refused> {
        let person = ["anna.berg@northwind.example", "Anna Berg", "Northwind Pay"];
        accept(&SecretString::from(text.to_owned()), &person)
    }

    #[test]
    fn twelve_characters_are_asked_for_and_counted_as_people_count() {
        assert_eq!(judge("elevenchars"), Err(Refused::TooShort));
        assert_eq!(judge("twelve chars"), Ok(()));
        assert_eq!(judge("пароль дома5"), Ok(()));
        assert_eq!(judge("日本語パス"), Err(Refused::TooShort));
    }

    #[test]
    fn long_sentences_are_welcome_up_to_the_limit() {
        let sentence = "a long sentence that i keep in mind. ".repeat(27);

        assert_eq!(judge(&sentence), Ok(()));
        assert_eq!(judge(&sentence.repeat(2)), Err(Refused::TooLong));
    }

    #[test]
    fn a_common_word_is_refused_whatever_stands_around_it() {
        for text in [
            "Password2026!",
            "P@ssw0rd12345",
            "passwordpassword",
            "!!welcome123456",
            "Administrator1",
            "Ch4ngeMe!!2026",
        ] {
            assert_eq!(judge(text), Err(Refused::Common), "{text}");
        }
        assert_eq!(judge("password of the green kettle"), Ok(()));
    }

    #[test]
    fn patterns_and_rows_of_keys_are_refused() {
        for text in
            ["aaaaaaaaaaaa", "abababababab", "123456789012", "qwertyuiopas", "1qaz2wsx3edc", "zyxwvutsrqpo"]
        {
            assert_eq!(judge(text), Err(Refused::Pattern), "{text}");
        }
    }

    #[test]
    fn what_is_built_on_the_person_is_refused() {
        for text in [
            "anna.berg@northwind.example",
            "AnnaBerg2026!",
            "Northwind2026!",
            "123anna.berg@northwind.example",
        ] {
            assert_eq!(judge(text), Err(Refused::AboutYou), "{text}");
        }
        assert_eq!(judge("annual bergamot tea"), Ok(()));
    }

    #[test]
    fn spaces_around_a_password_count() {
        assert_eq!(judge("  nine chars"), Ok(()));
        assert_eq!(judge("nine chars"), Err(Refused::TooShort));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_gets_an_answer(text in "\\PC{0,60}", about in "\\PC{0,20}") {
            let answer = accept(&SecretString::from(text.clone()), &[&about]);

            prop_assert_eq!(answer == Err(Refused::TooShort), text.chars().count() < MIN_CHARACTERS);
        }
    }
}
