//! The vendor attestation document: a small YAML form with the key facts of a vendor's report, contract or certificate.
//!
//! Strict on purpose: a person types it, and a misspelt key that is silently ignored would be a fact that is lost.

use serde::Deserialize;
use serde_saphyr::{Options, budget, options};

use crate::base::UnixMillis;
use crate::evidence::document::{DocumentKind, Opinion, VendorDocument};
use crate::evidence::{
    Counts, DecodeError, Decoded, Decoder, Encoding, Evidence, EvidenceKind, Probe, Records,
};

/// Reads `attestry: document/v1` YAML.
pub struct VendorDocumentYaml;

const MARK: &str = "document/v1";
/// No form typed by a person comes near this size.
const MAX_BYTES: usize = 256 * 1_024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    attestry: String,
    vendor: String,
    document: String,
    title: Option<String>,
    issuer: Option<String>,
    issued: Option<String>,
    period: Option<Period>,
    valid_until: Option<String>,
    #[serde(default)]
    covers: Vec<String>,
    coverage: Option<f64>,
    opinion: Option<String>,
    exceptions: Option<u32>,
    #[serde(default)]
    article_28_points: Vec<String>,
    bridge_until: Option<String>,
    confirmed: Option<Confirmed>,
    file: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Period {
    from: Option<String>,
    to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmed {
    by: Option<String>,
    at: Option<String>,
}

impl Decoder for VendorDocumentYaml {
    fn format(&self) -> &'static str {
        "attestry-document"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Document
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        mark_line(probe.bytes).is_some()
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let text = text_of(input.bytes)?;
        let form: Form = serde_saphyr::from_str_with_options(text, bounds()).map_err(|e| malformed(&e))?;
        if form.attestry.trim() != MARK {
            let message = format!("document version `{}` is not read, only `{MARK}`", form.attestry);
            return Err(DecodeError::at("unsupported-version", "attestry", message));
        }
        let document = document(form, text)?;
        Ok(Decoded {
            format_version: Some(MARK.to_owned()),
            encoding: Encoding::Yaml,
            produced_at: document.confirmed_at.or(document.issued),
            evidence: Evidence::Document(document),
            records: Records { read: 1, kept: 1, merged: 0, dropped: 0 },
            counts: Counts::from([("documents".to_owned(), 1)]),
            warnings: Vec::new(),
        })
    }
}

/// The number of the top-level line `attestry: document/…`, looked for near the beginning only.
fn mark_line(bytes: &[u8]) -> Option<usize> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(16 * 1_024)]);
    head.lines().position(|line| {
        let value = line.trim_start_matches('\u{FEFF}').strip_prefix("attestry").map(str::trim_start);
        let value = value.and_then(|v| v.strip_prefix(':'));
        value.is_some_and(|v| v.trim_start().trim_start_matches(['"', '\'']).starts_with("document/"))
    })
}

fn text_of(bytes: &[u8]) -> Result<&str, DecodeError> {
    if bytes.len() > MAX_BYTES {
        let message =
            format!("a vendor document has at most {MAX_BYTES} bytes; name the report under `file:` instead");
        return Err(DecodeError::new("document-too-large", message));
    }
    std::str::from_utf8(bytes)
        .map_err(|_| DecodeError::new("not-utf8", "the document is not UTF-8; save it as UTF-8"))
}

/// Aliases are of no use in this form and the way YAML bombs are built, so none are read.
fn bounds() -> Options {
    options! {
        budget: budget! {
            max_events: 20_000,
            max_nodes: 10_000,
            max_aliases: 0,
            max_anchors: 0,
            max_depth: 16,
            max_documents: 1,
            max_total_scalar_bytes: MAX_BYTES,
            max_merge_keys: 0,
        },
        with_snippet: false,
    }
}

fn malformed(error: &serde_saphyr::Error) -> DecodeError {
    let place = error.location().map_or_else(String::new, |l| format!("line {}", l.line()));
    let text = error.to_string();
    let message = format!(
        "the vendor document cannot be read: {text}; the keys are attestry, vendor, document, title, issuer, issued, \
         period {{from, to}}, valid_until, covers, coverage, opinion, exceptions, article_28_points, bridge_until, \
         confirmed {{by, at}} and file"
    );
    DecodeError::at("malformed-document", place, message)
}

/// Which end of a day a date without time means.
#[derive(Clone, Copy)]
enum Day {
    Start,
    End,
}

/// Checks values one by one and says in which line a wrong one stands.
struct Checker<'t> {
    text: &'t str,
}

impl Checker<'_> {
    fn error(&self, key: &str, message: String) -> DecodeError {
        let name = key.rsplit('.').next().unwrap_or(key);
        let line = self.text.lines().position(|line| {
            line.match_indices(name).any(|(at, _)| line[at + name.len()..].trim_start().starts_with(':'))
        });
        let path = line.map_or_else(|| key.to_owned(), |at| format!("line {}", at + 1));
        DecodeError::at("wrong-value", path, format!("`{key}`: {message}"))
    }

    fn date(&self, key: &str, value: Option<&String>, day: Day) -> Result<Option<UnixMillis>, DecodeError> {
        let Some(value) = value.filter(|v| !v.trim().is_empty()) else { return Ok(None) };
        let parsed = match day {
            Day::Start => UnixMillis::parse_lenient(value),
            Day::End => UnixMillis::parse_as_of(value),
        };
        parsed.map(Some).map_err(|_| {
            self.error(key, format!("`{value}` is no date; write it as 2026-03-31 or 2026-03-31T17:00:00Z"))
        })
    }

    fn kind(&self, word: &str) -> Result<DocumentKind, DecodeError> {
        DocumentKind::ALL.into_iter().find(|k| k.as_str() == word.trim()).ok_or_else(|| {
            let words: Vec<_> = DocumentKind::ALL.iter().map(|k| k.as_str()).collect();
            self.error("document", format!("`{word}` is no kind of document; one of {}", words.join(", ")))
        })
    }

    fn opinion(&self, word: Option<&String>) -> Result<Option<Opinion>, DecodeError> {
        let Some(word) = word else { return Ok(None) };
        let all = [Opinion::Unqualified, Opinion::Qualified, Opinion::Adverse, Opinion::Disclaimer];
        all.into_iter().find(|o| o.as_str() == word.trim()).map(Some).ok_or_else(|| {
            let words = all.map(Opinion::as_str).join(", ");
            self.error("opinion", format!("`{word}` is no opinion; one of {words}"))
        })
    }

    fn points(&self, points: &[String]) -> Result<Vec<String>, DecodeError> {
        let mut points: Vec<String> = points.iter().map(|p| p.trim().to_ascii_lowercase()).collect();
        if let Some(wrong) = points.iter().find(|p| p.len() != 1 || !("a".."i").contains(&p.as_str())) {
            let message = format!("`{wrong}` is no point of GDPR article 28(3); they are a to h");
            return Err(self.error("article_28_points", message));
        }
        points.sort();
        points.dedup();
        Ok(points)
    }

    fn coverage(&self, share: Option<f64>) -> Result<Option<f64>, DecodeError> {
        match share {
            Some(share) if !(0.0..=1.0).contains(&share) => {
                Err(self.error("coverage", format!("`{share}` is no share; write a number from 0 to 1")))
            }
            share => Ok(share),
        }
    }

    fn vendor(&self, key: &str) -> Result<String, DecodeError> {
        match key.trim() {
            "" => Err(self
                .error("vendor", "is empty; write the vendor's key, for example acme-payments".to_owned())),
            key => Ok(key.to_owned()),
        }
    }

    fn order(&self, from: Option<UnixMillis>, to: Option<UnixMillis>) -> Result<(), DecodeError> {
        match (from, to) {
            (Some(from), Some(to)) if from > to => {
                Err(self.error("period.to", "lies before `from`".to_owned()))
            }
            (_, _) => Ok(()),
        }
    }
}

fn document(form: Form, text: &str) -> Result<VendorDocument, DecodeError> {
    let check = Checker { text };
    let kind = check.kind(&form.document)?;
    let period = form.period.as_ref();
    let period_from = check.date("period.from", period.and_then(|p| p.from.as_ref()), Day::Start)?;
    let period_to = check.date("period.to", period.and_then(|p| p.to.as_ref()), Day::End)?;
    check.order(period_from, period_to)?;
    let confirmed_at = form.confirmed.as_ref().and_then(|c| c.at.as_ref());
    Ok(VendorDocument {
        vendor: check.vendor(&form.vendor)?,
        document: kind,
        title: form.title.unwrap_or_else(|| kind.as_str().to_owned()),
        issuer: form.issuer,
        issued: check.date("issued", form.issued.as_ref(), Day::Start)?,
        period_from,
        period_to,
        valid_until: check.date("valid_until", form.valid_until.as_ref(), Day::End)?,
        covers: form.covers,
        opinion: check.opinion(form.opinion.as_ref())?,
        exceptions: form.exceptions.unwrap_or(0),
        article_28_points: check.points(&form.article_28_points)?,
        bridge_until: check.date("bridge_until", form.bridge_until.as_ref(), Day::End)?,
        coverage: check.coverage(form.coverage)?,
        confirmed_at: check.date("confirmed.at", confirmed_at, Day::Start)?,
        confirmed_by: form.confirmed.and_then(|c| c.by),
        file: form.file,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = "\
# facts of the report
attestry: document/v1
vendor: acme-payments
document: pci_aoc
title: AOC 2026
issuer: Example QSA GmbH
issued: 2026-01-10
period: {from: 2025-01-01, to: 2025-12-31}
valid_until: 2027-01-09
covers: [card-processing]
coverage: 1.0
opinion: unqualified
exceptions: 0
article_28_points: [h, a, a]
bridge_until: 2026-03-31
confirmed: {by: Dana Reyes, at: 2026-01-15}
file: acme-aoc.pdf
";

    fn decode(text: &str) -> Result<VendorDocument, DecodeError> {
        let probe = Probe::new("a.yaml", text.as_bytes());
        assert!(VendorDocumentYaml.recognises(&probe));
        let Evidence::Document(document) = VendorDocumentYaml.decode(&probe)?.evidence else {
            panic!("no document")
        };
        Ok(document)
    }

    fn changed(from: &str, to: &str) -> DecodeError {
        decode(&FULL.replace(from, to)).expect_err("wrong value")
    }

    #[test]
    fn every_fact_of_the_form_is_read() {
        let document = decode(FULL).unwrap();

        assert_eq!((document.vendor.as_str(), document.document), ("acme-payments", DocumentKind::PciAoc));
        assert_eq!(document.issued.unwrap().to_rfc3339(), "2026-01-10T00:00:00.000Z");
        assert_eq!(document.valid_until.unwrap().to_rfc3339(), "2027-01-09T23:59:59.999Z");
        assert_eq!(document.period_to.unwrap().to_rfc3339(), "2025-12-31T23:59:59.999Z");
        assert_eq!((document.opinion, document.coverage), (Some(Opinion::Unqualified), Some(1.0)));
        assert_eq!(document.article_28_points, ["a", "h"]);
        assert_eq!(document.confirmed_by.as_deref(), Some("Dana Reyes"));
        assert_eq!(document.file.as_deref(), Some("acme-aoc.pdf"));
    }

    #[test]
    fn vendor_and_kind_are_enough() {
        let document = decode("attestry: document/v1\nvendor: acme\ndocument: dpa\n").unwrap();

        assert_eq!((document.title.as_str(), document.exceptions, document.coverage), ("dpa", 0, None));
    }

    #[test]
    fn a_misspelt_key_is_refused_with_its_line() {
        let error = changed("valid_until:", "valid_untill:");

        assert_eq!(error.path, "line 9");
        assert!(error.message.contains("valid_untill") && error.message.contains("bridge_until"));
    }

    #[test]
    fn wrong_values_name_line_reason_and_remedy() {
        let kind = changed("pci_aoc", "aoc");
        assert_eq!(kind.path, "line 4");
        assert!(kind.message.contains("pci_aoc") && kind.message.contains("responsibility_matrix"));
        let date = changed("2026-01-10", "10.1.2026");
        assert_eq!((date.path.as_str(), date.message.contains("2026-03-31")), ("line 7", true));
        assert_eq!(changed("coverage: 1.0", "coverage: 1.5").path, "line 11");
        assert_eq!(changed("coverage: 1.0", "coverage: .nan").code, "wrong-value");
        assert_eq!(changed("unqualified", "good").path, "line 12");
        assert_eq!(changed("[h, a, a]", "[i]").path, "line 14");
        assert_eq!(changed("from: 2025-01-01", "from: 2026-01-01").path, "line 8");
        assert_eq!(changed("vendor: acme-payments", "vendor: ''").path, "line 3");
        assert_eq!(changed("document/v1", "document/v2").code, "unsupported-version");
    }

    #[test]
    fn anchors_depth_and_size_are_bounded() {
        let bomb = format!("{FULL}x: &a [1]\ny: [*a, *a]\n");
        assert_eq!(decode(&bomb).unwrap_err().code, "malformed-document");
        let deep = format!("{FULL}x: {}{}\n", "[".repeat(5_000), "]".repeat(5_000));
        assert_eq!(decode(&deep).unwrap_err().code, "malformed-document");
        let huge = format!("{FULL}#{}\n", "x".repeat(MAX_BYTES));
        assert_eq!(decode(&huge).unwrap_err().code, "document-too-large");
        assert!(decode(&format!("{FULL}vendor: twice\n")).is_err());
    }

    #[test]
    fn other_yaml_is_not_claimed() {
        let recognised = |text: &str| VendorDocumentYaml.recognises(&Probe::new("a.yaml", text.as_bytes()));

        assert!(!recognised("apiVersion: v1\nkind: Pod\n"));
        assert!(!recognised("note:\n  attestry: document/v1\n"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-z0-9:{}\\[\\]&*|>'\"# \n.-]{0,120}") {
            let whole = format!("attestry: document/v1\n{text}");
            drop(VendorDocumentYaml.decode(&Probe::new("x", whole.as_bytes())));
            drop(decode(&FULL.replace("2026-01-10", &text)));
        }
    }
}
