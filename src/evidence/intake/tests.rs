//! What intake promises decoders and asks of them, tried with a format made for it.

use super::*;
use crate::evidence::decoder::Redaction;
use crate::evidence::scan::Scan;
use crate::evidence::{Counts, Encoding, Records};

/// A format that does whatever its documents say.
struct Puppet;

impl Decoder for Puppet {
    fn format(&self) -> &'static str {
        "puppet"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Scan
    }

    fn kind_of(&self, evidence: &Evidence) -> EvidenceKind {
        let closed = matches!(evidence, Evidence::Scan(scan) if scan.successful == Some(false));
        if closed { EvidenceKind::Vex } else { EvidenceKind::Scan }
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        probe.bytes.starts_with(b"puppet")
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        assert!(!input.bytes.ends_with(b"panic"), "as asked");
        let successful = Some(!input.bytes.ends_with(b"vex"));
        Ok(Decoded {
            format_version: Some(String::from_utf8_lossy(input.bytes).into_owned()),
            encoding: Encoding::Yaml,
            evidence: Evidence::Scan(Scan { successful, ..Scan::default() }),
            records: Records { read: 1, kept: 1, ..Records::default() },
            counts: Counts::from([("findings".to_owned(), 1)]),
            warnings: Vec::new(),
            produced_at: None,
        })
    }

    fn decode_archive(&self, members: &[ArchiveMember<'_>]) -> Option<Result<Decoded, DecodeError>> {
        let all = members.iter().all(|m| m.name.starts_with("crates/"));
        all.then(|| self.decode(&Probe::new("", format!("{}", members.len()).as_bytes())))
    }

    fn redact(&self, input: &Probe<'_>, key: &[u8; 32]) -> Option<Redaction> {
        let text = String::from_utf8_lossy(input.bytes);
        let hidden = text.replace("hunter2", &format!("<{}>", key[0]));
        (hidden != text).then(|| Redaction { bytes: hidden.into_bytes(), count: 1 })
    }
}

fn read_puppet(bytes: &[u8]) -> Vec<Reading> {
    let upload = Upload { name: "x", bytes, kind: None, limits: Limits::default(), redaction_key: &[7; 32] };
    read_with(&Job { upload: &upload, decoders: &[&Puppet] })
}

fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

#[test]
fn a_decoder_that_panics_quarantines_the_document_and_nothing_else() {
    let reading = read_puppet(b"puppet panic").remove(0);

    assert_eq!(reading.receipt.status, ReceiptStatus::Quarantined);
    assert_eq!(reading.receipt.errors[0].code, "internal");
    assert_eq!(reading.receipt.format.as_deref(), Some("puppet"));
}

#[test]
fn secrets_are_replaced_before_storing_and_before_decoding() {
    let reading = read_puppet(b"puppet hunter2").remove(0);

    assert_eq!(reading.stored.as_deref(), Some(&b"puppet <7>"[..]));
    assert_eq!(reading.receipt.sha256, Digest::of(b"puppet <7>"));
    assert_eq!((reading.receipt.redacted, reading.receipt.bytes), (1, 14));
    assert_eq!(reading.receipt.format_version.as_deref(), Some("puppet <7>"));
}

#[test]
fn a_member_with_secrets_is_stored_without_them() {
    let reading = read_puppet(&tar_of(&[("a", b"puppet hunter2")])).remove(0);

    assert_eq!(reading.receipt.file, "x!/a");
    assert_eq!(reading.stored.as_deref(), Some(&b"puppet <7>"[..]));
}

#[test]
fn a_document_without_secrets_is_stored_as_given() {
    let reading = read_puppet(b"puppet").remove(0);

    assert!(reading.stored.is_none());
    assert_eq!((reading.receipt.redacted, reading.receipt.sha256), (0, Digest::of(b"puppet")));
}

#[test]
fn an_archive_a_decoder_claims_has_one_receipt_for_itself() {
    let archive = tar_of(&[("./crates/b", b"2"), ("crates/a", b"1")]);

    let readings = read_puppet(&archive);

    assert_eq!(readings.len(), 1);
    assert_eq!(readings[0].receipt.file, "x");
    assert_eq!(readings[0].receipt.sha256, Digest::of(&archive));
    assert_eq!(readings[0].receipt.format_version.as_deref(), Some("2"));
    assert!(readings[0].stored.is_none());
}

#[test]
fn the_kind_may_depend_on_the_content() {
    assert_eq!(read_puppet(b"puppet vex")[0].receipt.kind, Some(EvidenceKind::Vex));
    assert_eq!(read_puppet(b"puppet")[0].receipt.kind, Some(EvidenceKind::Scan));
}
