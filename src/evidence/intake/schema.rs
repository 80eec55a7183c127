//! Writes into the receipt whether an accepted document keeps its format's rules.

use crate::evidence::validity::{self, Verdict};
use crate::evidence::{Probe, ReceiptStatus, Warning};

use super::{Reading, guarded};

/// The stable code of the warnings.
const CODE: &str = "schema";

/// The reading with the verdict on its document: `schema_valid`, and one warning for each kind of violation.
///
/// Nothing is refused for it: what a decoder understood stays accepted.
pub(super) fn judged(mut reading: Reading, document: &Probe<'_>) -> Reading {
    if reading.receipt.status != ReceiptStatus::Accepted || is_wrapped(document) {
        return reading;
    }
    let receipt = &mut reading.receipt;
    let (Some(format), Some(version), Some(encoding)) =
        (&receipt.format, &receipt.format_version, receipt.encoding)
    else {
        return reading;
    };
    // a fault of ours leaves the question open instead of ending the process
    let verdict = guarded(|| Ok(validity::check(format, version, encoding, document.bytes)));
    let Ok(Some(verdict)) = verdict else { return reading };
    receipt.schema_valid = Some(verdict.valid);
    receipt.warnings.extend(warnings(&verdict));
    reading
}

/// Whether the document lies inside an answer of GitHub's API, which no schema describes.
fn is_wrapped(document: &Probe<'_>) -> bool {
    document.head().has("sbom")
}

/// One warning for each kind of violation, with the first place and what is wrong there.
fn warnings(verdict: &Verdict) -> impl Iterator<Item = Warning> {
    verdict.counts.iter().map(|(kind, count)| {
        let first = verdict.violations.iter().find(|violation| violation.kind == *kind);
        let message = match first {
            Some(first) => format!("{}: {}", kind.sentence(), first.message),
            None => kind.sentence().to_owned(),
        };
        let path = first.map(|violation| violation.place.clone()).unwrap_or_default();
        Warning { code: CODE.to_owned(), path, count: *count, message }
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Upload, read};
    use crate::evidence::Limits;

    fn receipt(text: &str) -> crate::evidence::Receipt {
        let bytes = text.as_bytes();
        let upload = Upload {
            name: "bom.json",
            bytes,
            kind: None,
            limits: Limits::default(),
            redaction_key: &[0; 32],
        };
        read(&upload).remove(0).receipt
    }

    #[test]
    fn a_document_that_keeps_the_rules_is_valid() {
        let receipt = receipt(r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1}"#);

        assert_eq!(receipt.schema_valid, Some(true));
        assert!(receipt.warnings.iter().all(|w| w.code != "schema"), "{:?}", receipt.warnings);
    }

    #[test]
    fn a_document_that_breaks_rules_is_accepted_with_one_warning_for_each_kind() {
        let receipt = receipt(
            r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[
                {"type":"library","name":"a","x":1,"y":2},{"type":"library"}]}"#,
        );

        assert_eq!(receipt.schema_valid, Some(false));
        assert_eq!(receipt.errors, []);
        let found = receipt.warnings.iter().filter(|w| w.code == "schema");
        let found: Vec<_> = found.map(|w| (w.path.as_str(), w.count)).collect();
        assert_eq!(found, [("/components/0/x", 2), ("/components/1", 1)]);
    }

    #[test]
    fn a_format_without_rules_stays_undecided() {
        let receipt = receipt(r#"{"sbom":{"spdxVersion":"SPDX-2.3","packages":[]}}"#);

        assert_eq!(receipt.schema_valid, None);
    }
}
