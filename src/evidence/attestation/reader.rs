//! Finds every attestation in a document: one, a list, one a line, or wrapped as services hand them out.

use serde_json::value::RawValue;

use super::envelope::Envelope;
use super::{Attestation, Content, Verification, Wrapping, bundle, metadata, pep740, statement};
use crate::base::Digest;
use crate::evidence::decoder::{DecodeError, Decoded};
use crate::evidence::loose::Members;
use crate::evidence::{Counts, Encoding, Evidence, Records, Warnings};

use super::Attestations;

/// Attestations of one document.
const MOST: usize = 100_000;

/// One attestation and what it takes to verify it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) attestation: Attestation,
    pub(super) proof: Proof,
}

/// What a signature can be checked on.
#[derive(Debug)]
pub(super) enum Proof {
    /// Nothing: it is not signed, or signed in a way that is not checked.
    None,
    /// A DSSE envelope.
    Envelope(Envelope),
    /// A Sigstore bundle, as JSON.
    Bundle(String),
}

/// Everything read from one document.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) found: Vec<Found>,
    pub(super) encoding: Encoding,
    version: Option<String>,
    records: Records,
    warnings: Warnings,
    failure: Option<DecodeError>,
}

impl Reader {
    /// Reads a document.
    ///
    /// A broken one among several is left out and counted; nothing readable at all is an error.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Self {
            found: Vec::new(),
            encoding: Encoding::Json,
            version: None,
            records: Records::default(),
            warnings: Warnings::default(),
            failure: None,
        };
        let values: Result<Vec<&RawValue>, _> =
            serde_json::Deserializer::from_slice(bytes).into_iter().collect();
        match values {
            Ok(values) if values.len() > 1 => reader.several(&values)?,
            Ok(values) => values.iter().try_for_each(|value| reader.one(value, ""))?,
            Err(error) => reader.lines(bytes, &error)?,
        }
        match reader.failure.take() {
            Some(failure) if reader.found.is_empty() => Err(failure),
            Some(_) | None => Ok(reader),
        }
    }

    fn several(&mut self, values: &[&RawValue]) -> Result<(), DecodeError> {
        self.encoding = Encoding::Jsonl;
        for (place, value) in values.iter().enumerate() {
            self.one(value, &format!("/{place}"))?;
        }
        Ok(())
    }

    /// One a line, some of them broken; `error` is what is wrong with the document as a whole.
    fn lines(&mut self, bytes: &[u8], error: &serde_json::Error) -> Result<(), DecodeError> {
        let lines = bytes.split(|byte| *byte == b'\n').enumerate();
        let filled = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
        let read: Vec<(usize, Result<&RawValue, _>)> =
            filled.map(|(at, line)| (at + 1, serde_json::from_slice(line))).collect();
        if read.iter().all(|(_, value)| value.is_err()) {
            return Err(DecodeError::json(error));
        }
        self.encoding = Encoding::Jsonl;
        for (line, value) in read {
            let path = format!("line {line}");
            match value {
                Ok(value) => self.one(value, &path)?,
                Err(error) => {
                    self.records.read += 1;
                    self.drop(DecodeError { path, ..DecodeError::json(&error) });
                }
            }
        }
        Ok(())
    }

    /// One value: an attestation, a list of them, or a wrapper around some.
    fn one(&mut self, raw: &RawValue, path: &str) -> Result<(), DecodeError> {
        if let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(raw.get()) {
            for (at, raw) in list.iter().enumerate() {
                self.wrapper(raw, &format!("{path}/{at}"))?;
            }
            return Ok(());
        }
        self.wrapper(raw, path)
    }

    fn wrapper(&mut self, raw: &RawValue, path: &str) -> Result<(), DecodeError> {
        let members = Members::inside(raw).unwrap_or_default();
        // GitHub's and npm's answers
        if members.has("attestations") && !members.has("predicateType") {
            for (at, inner) in members.list("attestations").unwrap_or_default().iter().enumerate() {
                self.wrapped(inner, "bundle", &format!("{path}/attestations/{at}"))?;
            }
            return Ok(());
        }
        // PyPI's answer (PEP 740, "Provenance objects")
        if members.has("attestation_bundles") {
            for (at, inner) in members.list("attestation_bundles").unwrap_or_default().iter().enumerate() {
                let group = Members::inside(inner).unwrap_or_default();
                for (of, one) in group.list("attestations").unwrap_or_default().iter().enumerate() {
                    self.attestation(one, &format!("{path}/attestation_bundles/{at}/attestations/{of}"))?;
                }
            }
            return Ok(());
        }
        self.wrapped(raw, "bundle", path)
    }

    /// The attestation itself, or the one in the member of that name.
    fn wrapped(&mut self, raw: &RawValue, name: &str, path: &str) -> Result<(), DecodeError> {
        match Members::inside(raw).and_then(|members| members.raw(name)) {
            Some(inner) => self.attestation(inner, &format!("{path}/{name}")),
            None => self.attestation(raw, path),
        }
    }

    fn attestation(&mut self, raw: &RawValue, path: &str) -> Result<(), DecodeError> {
        self.records.read += 1;
        if self.found.len() == MOST {
            return Err(DecodeError::too_many_records());
        }
        match found(raw, path) {
            Ok(found) => {
                self.records.kept += 1;
                self.version.get_or_insert_with(|| version(&found.attestation));
                if has_broken_signature(&found.proof) {
                    let text =
                        "a signature of the envelope is not base64 as DSSE allows it; it verifies nothing";
                    self.warnings.add("bad-signature", || format!("{path}/signatures"), text);
                }
                if lacks_predicate_type(&found.attestation.content) {
                    let text = "a statement has no `predicateType`, so what it says cannot be told";
                    self.warnings.add("no-predicate-type", || path.to_owned(), text);
                }
                if matches!(found.attestation.content, Content::Other) {
                    let text =
                        "the payload is of a type that is not read; it is kept only in the original document";
                    self.warnings.add("other-payload", || path.to_owned(), text);
                }
                self.found.push(found);
            }
            Err(error) => self.drop(error),
        }
        Ok(())
    }

    fn drop(&mut self, error: DecodeError) {
        self.records.dropped += 1;
        let text = format!("an attestation could not be read and was left out: {}", error.message);
        self.warnings.add("unreadable-attestation", || error.path.clone(), &text);
        self.failure.get_or_insert(error);
    }

    /// What the importer keeps of it.
    pub(super) fn finish(mut self) -> Decoded {
        let text = "signatures are not checked while reading; nothing here is verified yet";
        for found in self.found.iter().filter(|found| !found.attestation.signatures.is_empty()) {
            self.warnings.add("unverified", || found.attestation.path.clone(), text);
        }
        if self.found.is_empty() {
            let text = "the document holds no attestation";
            self.warnings.add("no-attestations", String::new, text);
        }
        let list: Vec<Attestation> = self.found.into_iter().map(|found| found.attestation).collect();
        let runs = list.iter().filter_map(|one| match &one.content {
            Content::Statement(statement) => statement.provenance.as_ref()?.finished_at,
            Content::Link(_) | Content::Layout(_) | Content::Artefact(_) | Content::Other => None,
        });
        Decoded {
            format_version: self.version,
            encoding: self.encoding,
            produced_at: runs.max(),
            counts: counts(&list),
            evidence: Evidence::Attestation(Attestations { list }),
            records: self.records,
            warnings: self.warnings.finish(),
        }
    }
}

fn has_broken_signature(proof: &Proof) -> bool {
    match proof {
        Proof::Envelope(envelope) => envelope.signatures.iter().any(|signature| signature.is_broken),
        Proof::None | Proof::Bundle(_) => false,
    }
}

fn lacks_predicate_type(content: &Content) -> bool {
    matches!(content, Content::Statement(statement) if statement.predicate_type.is_empty())
}

fn counts(list: &[Attestation]) -> Counts {
    let mut counts = Counts::new();
    let mut add = |key: &str, count: usize| *counts.entry(key.to_owned()).or_default() += count as u64;
    for one in list {
        match &one.content {
            Content::Statement(statement) => {
                add("statements", 1);
                add("subjects", statement.subjects.len());
            }
            Content::Link(_) => add("links", 1),
            Content::Layout(_) => add("layouts", 1),
            Content::Artefact(_) => add("artefacts", 1),
            Content::Other => add("other_payloads", 1),
        }
        add("signatures", one.signatures.len());
    }
    counts.retain(|_, count| *count > 0);
    counts
}

/// The version shown for the document: the bundle's, else the statement's.
fn version(attestation: &Attestation) -> String {
    if let Wrapping::SigstoreBundle(version) = &attestation.wrapping {
        return version.clone();
    }
    let written = match &attestation.content {
        Content::Statement(statement) => statement.statement_type.rsplit('/').next().unwrap_or_default(),
        Content::Link(_) => "link",
        Content::Layout(_) => "layout",
        Content::Artefact(_) | Content::Other => "1",
    };
    written.to_owned()
}

/// One attestation by its shape.
fn found(raw: &RawValue, path: &str) -> Result<Found, DecodeError> {
    let Some(members) = Members::inside(raw) else {
        return Err(DecodeError::at("wrong-type", path, "an attestation is an object, this is none"));
    };
    if bundle::is_bundle(&members) {
        return bundle::read(&members, raw, path);
    }
    if members.has("payload") && members.has("payloadType") {
        let envelope = Envelope::read(&members, path)?;
        return of_envelope(envelope, Wrapping::Dsse, path);
    }
    if members.has("verification_material") || members.has("envelope") {
        return pep740::read(&members, path);
    }
    if let Some(signed) = members.object("signed") {
        return metablock(&members, &signed, path);
    }
    let content = match metadata::read(&members) {
        Some(content) => content,
        None => Content::Statement(statement::read(&members, path)?),
    };
    Ok(Found { attestation: bare(content, Wrapping::Bare, path), proof: Proof::None })
}

/// What an envelope holds.
pub(super) fn of_envelope(envelope: Envelope, wrapping: Wrapping, path: &str) -> Result<Found, DecodeError> {
    let attestation = Attestation {
        path: path.to_owned(),
        wrapping,
        payload_type: Some(envelope.payload_type.clone()),
        payload: Some(Digest::of(&envelope.payload)),
        signatures: envelope.signatures.iter().map(|signature| signature.key_id.clone()).collect(),
        content: envelope.content(path)?,
        verification: Verification::unchecked(),
    };
    Ok(Found { attestation, proof: Proof::Envelope(envelope) })
}

/// An attestation in no envelope.
pub(super) fn bare(content: Content, wrapping: Wrapping, path: &str) -> Attestation {
    Attestation {
        path: path.to_owned(),
        wrapping,
        payload_type: None,
        payload: None,
        signatures: Vec::new(),
        content,
        verification: Verification::unchecked(),
    }
}

fn metablock(members: &Members<'_>, signed: &Members<'_>, path: &str) -> Result<Found, DecodeError> {
    let Some(content) = metadata::read(signed) else {
        let message = "`signed` is neither an in-toto link nor a layout";
        return Err(DecodeError::at("unknown-metadata", format!("{path}/signed"), message));
    };
    let mut attestation = bare(content, Wrapping::Metablock, path);
    let signatures = members.list("signatures").unwrap_or_default();
    attestation.signatures =
        signatures.iter().map(|raw| Members::inside(raw).and_then(|one| one.text("keyid"))).collect();
    Ok(Found { attestation, proof: Proof::None })
}
