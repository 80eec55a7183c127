//! Keeps payment card numbers out: a document that holds one is quarantined and stored with the numbers masked.
//!
//! Not even the digest of the original is kept: with six digits hidden, a million guesses would find them. What came
//! is remembered under a keyed hash only, as with redacted secrets.

use aws_lc_rs::hmac;

use crate::base::Digest;
use crate::evidence::card_number::{Survey, masked, survey};
use crate::evidence::intake::archive::Member;
use crate::evidence::{Problem, Reading};

/// The reason's stable code.
const CODE: &str = "card-number";

/// The reading as it may be kept: the same one, unless the text it came from holds card numbers.
pub(super) fn kept_out(mut reading: Reading, text: &[u8]) -> Reading {
    if reading.over.is_some() {
        return reading;
    }
    // what was redacted is looked through as it would be stored
    let text = reading.stored.as_deref().unwrap_or(text);
    let Some((found, (bytes, count))) = survey(text).zip(masked(text)) else { return reading };
    let path = format!("line {}, byte {}", found.line, found.offset);
    reading.quarantine(problem(&found, path));
    reading.receipt.redacted += count;
    reading.receipt.sha256 = Digest::of(&bytes);
    reading.stored = Some(bytes);
    reading
}

/// The same for an archive that is one document: it cannot be masked without making another archive of it, so a note
/// of what it was takes its place.
pub(super) fn archive_kept_out(mut reading: Reading, members: &[Member], whole: Original<'_>) -> Reading {
    if reading.over.is_some() {
        return reading;
    }
    let first = members.iter().find_map(|m| survey(&m.bytes).map(|found| (m, found)));
    let Some((member, found)) = first else { return reading };
    let path = format!("{}, line {}, byte {}", member.name, found.line, found.offset);
    reading.quarantine(problem(&found, path));
    let hash = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, whole.key), whole.bytes);
    let note =
        format!("withheld: it holds payment card numbers; hmac-sha256:{}\n", hex::encode(hash.as_ref()));
    reading.receipt.redacted += found.count;
    reading.receipt.sha256 = Digest::of(note.as_bytes());
    reading.stored = Some(note.into_bytes());
    reading
}

/// The bytes as given, and the key under which they are remembered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Original<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) key: &'a [u8; 32],
}

fn problem(found: &Survey, path: String) -> Problem {
    let tests = match found.tests {
        0 => String::new(),
        n if n == found.count => " (published for tests)".to_owned(),
        n => format!(" ({n} of them published for tests)"),
    };
    let (count, issuer, first) = (found.count, found.issuer, &found.masked);
    let message = if count == 1 {
        format!(
            "it holds 1 payment card number{tests} like {issuer} {first}; it was masked before anything was stored. \
             Find out how it came into the file, remove it there, and import the file again."
        )
    } else {
        format!(
            "it holds {count} payment card numbers{tests}, the first like {issuer} {first}; they were masked before \
             anything was stored. Find out how they came into the file, remove them there, and import it again."
        )
    };
    Problem { code: CODE.to_owned(), path, message }
}
