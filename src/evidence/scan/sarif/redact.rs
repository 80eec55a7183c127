//! Takes secrets out of the logs of secret scanners before anything is stored.
//!
//! Only the strings that hold a secret change; every other byte stays. Equal secrets get equal hashes under one key,
//! so identities and comparisons between runs survive.

use std::collections::BTreeMap;
use std::ops::Range;

use aws_lc_rs::hmac;

use super::json_strings::{Step, visit_strings};
use crate::evidence::decoder::Redaction;

/// Words in a driver's name that mark a tool whose findings are secrets.
const SECRET_SCANNERS: [&str; 10] = [
    "gitleaks",
    "trufflehog",
    "detect-secrets",
    "ggshield",
    "gitguardian",
    "noseyparker",
    "nosey parker",
    "rusty_hog",
    "whispers",
    "secret",
];

/// Replaces secrets when the log is a secret scanner's; `None` when it is not.
pub(super) fn redact(bytes: &[u8], key: &[u8; 32]) -> Option<Redaction> {
    is_secret_scanner(bytes).then_some(())?;
    let secrets = collect(bytes);
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let mut out = Vec::with_capacity(bytes.len());
    let mut copied = 0;
    let mut count = 0;
    visit_strings(bytes, &mut |path, range| {
        let Some(replacement) = replacement(bytes, path, range.clone(), (&secrets, &key)) else { return };
        out.extend_from_slice(&bytes[copied..range.start]);
        out.extend_from_slice(replacement.as_bytes());
        copied = range.end;
        count += 1;
    });
    out.extend_from_slice(&bytes[copied..]);
    Some(Redaction { bytes: out, count })
}

fn is_secret_scanner(bytes: &[u8]) -> bool {
    let mut found = false;
    visit_strings(bytes, &mut |path, range| {
        let (Some(Step::Member(b"name")), Some(Step::Member(b"driver"))) =
            (path.last(), path.iter().nth_back(1))
        else {
            return;
        };
        let name = decoded(bytes, range).to_lowercase();
        found |= SECRET_SCANNERS.iter().any(|word| name.contains(word));
    });
    found
}

/// The secrets of each result (by run and result number), longest first.
fn collect(bytes: &[u8]) -> BTreeMap<Vec<usize>, Vec<String>> {
    let mut secrets: BTreeMap<Vec<usize>, Vec<String>> = BTreeMap::new();
    visit_strings(bytes, &mut |path, range| {
        if holds_code(path) {
            let list = secrets.entry(result_of(path)).or_default();
            let code = decoded(bytes, range);
            list.extend(
                code.split(|c: char| !is_secret_char(c)).filter(|t| is_secret_like(t)).map(str::to_owned),
            );
            list.push(code.trim().to_owned());
        }
    });
    for list in secrets.values_mut() {
        list.retain(|secret| secret.len() >= 6 && !secret.starts_with("hmac-sha256:"));
        list.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        list.dedup();
        list.truncate(64);
    }
    secrets
}

/// What the string becomes; `None` when it stays.
fn replacement(
    bytes: &[u8],
    path: &[Step<'_>],
    range: Range<usize>,
    (secrets, key): (&BTreeMap<Vec<usize>, Vec<String>>, &hmac::Key),
) -> Option<String> {
    let text = decoded(bytes, range);
    if text.is_empty() || is_hash(&text) {
        return None;
    }
    if holds_code(path) || (is_fingerprint(path) && is_secret_like(&text)) {
        return Some(keyed(key, &text));
    }
    let list = secrets.get(&result_of(path)).filter(|_| path.len() > 4)?;
    let mut cleaned = text.clone();
    for secret in list.iter().filter(|s| is_secret_like(s)) {
        if cleaned.contains(secret.as_str()) {
            cleaned = cleaned.replace(secret.as_str(), &keyed(key, secret));
        }
    }
    (cleaned != text).then(|| escaped(&cleaned))
}

/// Whether the string is source code shown in a result, where a secret scanner shows the secret.
fn holds_code(path: &[Step<'_>]) -> bool {
    let has = |name: &[u8]| path.contains(&Step::Member(name));
    let ends = |name: &[u8]| path.last() == Some(&Step::Member(name));
    (has(b"snippet") && (ends(b"text") || ends(b"binary") || ends(b"markdown")))
        || (has(b"contents") && has(b"artifacts"))
        || has(b"insertedContent")
        || (has(b"properties") && has(b"results") && is_secret_name(path))
}

/// Members of property bags that carry the secret under its own name.
fn is_secret_name(path: &[Step<'_>]) -> bool {
    let Some(Step::Member(name)) = path.last() else { return false };
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    ["secret", "match", "raw", "rawv2", "matches", "token", "password"].contains(&name.as_str())
}

fn is_fingerprint(path: &[Step<'_>]) -> bool {
    path.iter().any(|step| matches!(step, Step::Member(b"fingerprints" | b"partialFingerprints")))
}

/// Run and result number on the path.
fn result_of(path: &[Step<'_>]) -> Vec<usize> {
    path.iter()
        .filter_map(|step| match step {
            Step::Element(number) => Some(*number),
            Step::Member(_) => None,
        })
        .take(2)
        .collect()
}

/// Long, unbroken, letters and digits mixed, and no digest or UUID.
fn is_secret_like(text: &str) -> bool {
    let digits = text.bytes().any(|b| b.is_ascii_digit());
    let letters = text.bytes().any(|b| b.is_ascii_alphabetic());
    text.len() >= 12 && digits && letters && text.chars().all(is_secret_char) && !is_digest(text)
}

fn is_secret_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_+/.~!@#$%^&*=".contains(c)
}

/// Hexadecimal of a length hashes have, and nothing else.
fn is_digest(text: &str) -> bool {
    [40, 64, 128].contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_hash(text: &str) -> bool {
    text.strip_prefix("hmac-sha256:").is_some_and(|hex| hex.len() == 64)
}

fn keyed(key: &hmac::Key, secret: &str) -> String {
    format!("hmac-sha256:{}", hex::encode(hmac::sign(key, secret.as_bytes()).as_ref()))
}

/// The string the literal stands for; raw bytes as they are where the literal is broken.
fn decoded(bytes: &[u8], range: Range<usize>) -> String {
    let raw = String::from_utf8_lossy(&bytes[range]);
    serde_json::from_str(&format!("\"{raw}\"")).unwrap_or_else(|_| raw.into_owned())
}

/// The text as the inside of a JSON string literal.
fn escaped(text: &str) -> String {
    let literal = serde_json::Value::from(text).to_string();
    literal.trim_start_matches('"').strip_suffix('"').map(str::to_owned).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn log(tool: &str) -> String {
        serde_json::json!({"version": "2.1.0", "runs": [{"results": [{
            "ruleId": "aws", "message": {"text": "found AKIAIOSFODNN7EXAMPLE in a.env"},
            "partialFingerprints": {"commitSha": "da39a3ee5e6b4b0d3255bfef95601890afd80709", "match": "AKIAIOSFODNN7EXAMPLE"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.env"},
                "region": {"startLine": 3, "snippet": {"text": "key = \"AKIAIOSFODNN7EXAMPLE\"\n"}},
                "contextRegion": {"snippet": {"text": "a\nAKIAIOSFODNN7EXAMPLE\nb"}}}}]}],
            "tool": {"driver": {"name": tool}}}]})
        .to_string()
    }

    #[test]
    fn no_secret_of_a_secret_scanner_survives_and_nothing_else_changes() {
        let original = log("gitleaks");

        let redacted = redact(original.as_bytes(), &KEY).expect("gitleaks finds secrets");

        let text = String::from_utf8(redacted.bytes).unwrap();
        assert!(!text.contains("AKIAIOSFODNN7EXAMPLE"));
        assert!(text.contains("da39a3ee5e6b4b0d3255bfef95601890afd80709") && text.contains("a.env"));
        assert_eq!(redacted.count, 4);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(value["runs"][0]["results"][0]["message"]["text"].as_str().unwrap().contains("hmac-sha256:"));
    }

    #[test]
    fn the_hash_depends_on_the_key_and_on_nothing_else() {
        let original = log("gitleaks");
        let once = redact(original.as_bytes(), &KEY).unwrap().bytes;

        assert_eq!(redact(original.as_bytes(), &KEY).unwrap().bytes, once);
        assert_ne!(redact(original.as_bytes(), &[8; 32]).unwrap().bytes, once);
        assert_eq!(redact(&once, &KEY).unwrap().count, 0, "a second redaction finds nothing");
    }

    #[test]
    fn other_scanners_keep_their_code() {
        assert!(redact(log("CodeQL").as_bytes(), &KEY).is_none());
    }

    #[test]
    fn a_broken_log_is_redacted_too() {
        let broken = log("TruffleHog").replace("\\n", "\n");
        let cut = &broken[..broken.len() - 1];

        let redacted = redact(cut.as_bytes(), &KEY).unwrap();

        assert!(!String::from_utf8(redacted.bytes).unwrap().contains("AKIAIOSFODNN7EXAMPLE"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(text in "[\\[\\]{}\",:\\\\a-z0-9A-Z\n]{0,120}") {
            let log = format!("{{\"driver\":{{\"name\":\"gitleaks\"}},{text}");
            let _ = redact(log.as_bytes(), &KEY);
        }
    }
}
