//! Takes a file apart under limits, finds its decoder, and writes the receipt.
//!
//! Nothing is decided by a file's name or by what its sender claims: packing and format are told from the bytes.

use std::borrow::Cow;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::base::{Digest, UnixMillis};
use crate::evidence::decoder::{ArchiveMember, DECODERS, JsonOutline};
use crate::evidence::receipt::{Note, Notes};
use crate::evidence::{
    Compression, DecodeError, Decoded, Decoder, Evidence, EvidenceKind, Limit, Limits, Probe, Problem,
    Receipt, ReceiptStatus, Records,
};

mod archive;
mod cards;
mod compression;
mod fault;
mod json_scan;
mod outline;
mod schema;
mod signatures;
mod text;

use archive::Member;
use cards::Original;
use compression::Budget;
use fault::Fault;
use schema::judged;

/// One file on its way in.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    /// The file's name as given.
    pub name: &'a str,
    /// Its bytes as given.
    pub bytes: &'a [u8],
    /// The kind the caller insists on; a document of another kind is quarantined.
    pub kind: Option<EvidenceKind>,
    /// The limits it is read under.
    pub limits: Limits,
    /// Key for replacing secrets before anything is stored.
    pub redaction_key: &'a [u8; 32],
}

/// One document taken from an upload: its receipt so far, its content, and the bytes to store.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The receipt; `evidence_id` is still empty and `status` never `Duplicate`.
    pub receipt: Receipt,
    /// The content; `None` when quarantined.
    pub evidence: Option<Evidence>,
    /// When the tool says it produced the document.
    pub produced_at: Option<UnixMillis>,
    /// The bytes to store when they differ from the upload's (archive member, redacted).
    pub stored: Option<Vec<u8>>,
    /// The limit it broke: then only digest, size and limit are recorded, no bytes.
    pub over: Option<Limit>,
}

impl Reading {
    /// Takes back that it was understood: the bytes are kept, with the reason, and prove nothing.
    pub fn quarantine(&mut self, problem: Problem) {
        self.receipt.status = ReceiptStatus::Quarantined;
        self.receipt.records = Records::default();
        self.receipt.counts.clear();
        self.receipt.errors.insert(0, problem);
        self.evidence = None;
    }
}

/// Reads one upload: one reading for a document, one per member for an archive (sorted bytewise by name).
///
/// An archive that a decoder reads as one document (an advisory database) has one reading, for the archive itself.
pub fn read(upload: &Upload<'_>) -> Vec<Reading> {
    read_with(&Job { upload, decoders: DECODERS })
}

/// One upload and the formats it may be of.
struct Job<'a> {
    upload: &'a Upload<'a>,
    decoders: &'a [&'a dyn Decoder],
}

fn read_with(job: &Job<'_>) -> Vec<Reading> {
    let upload = job.upload;
    let given = upload.bytes.len() as u64;
    let packing = compression::sniff(upload.bytes);
    let mut receipt = Receipt::blank(upload.name, Digest::of(upload.bytes), given);
    receipt.compression = packing;
    match open(upload, packing) {
        Err(fault) => vec![cards::kept_out(refused(receipt, fault, &upload.limits), upload.bytes)],
        Ok(Content::Document(bytes)) => vec![read_document(receipt, bytes, job)],
        Ok(Content::Archive(members)) => read_archive(&receipt, members, job),
    }
}

/// The outermost shape of a JSON document; `None` when it is not well-formed JSON.
pub fn json_outline(bytes: &[u8]) -> Option<JsonOutline> {
    outline::outline(bytes)
}

/// The outermost members in the first 64 KiB of what may be a broken JSON object.
pub(crate) fn json_head(bytes: &[u8]) -> JsonOutline {
    json_scan::head(bytes)
}

/// What an upload turned out to hold.
enum Content<'a> {
    Document(Cow<'a, [u8]>),
    Archive(Vec<Member>),
}

/// Undoes the packing of an upload.
fn open<'a>(upload: &Upload<'a>, packing: Option<Compression>) -> Result<Content<'a>, Fault> {
    let (bytes, limits) = (upload.bytes, &upload.limits);
    let given = bytes.len() as u64;
    let is_tar = packing.is_none() && archive::is_tar(bytes);
    let most = if packing.is_some() || is_tar { limits.archive_bytes } else { limits.document_bytes };
    if given > most {
        return Err(Fault::Over(if most == limits.document_bytes {
            Limit::DocumentBytes
        } else {
            Limit::ArchiveBytes
        }));
    }
    match packing {
        Some(Compression::Zip) => archive::zip_members(bytes, limits).map(Content::Archive),
        Some(packing) => open_stream(bytes, packing, limits),
        None if is_tar => archive::tar_members(&mut Cursor::new(bytes), None, limits).map(Content::Archive),
        None => Ok(Content::Document(Cow::Borrowed(bytes))),
    }
}

/// Unpacks a compressed stream: a tar is taken apart as it flows by, a zip once it is whole.
fn open_stream<'a>(bytes: &[u8], packing: Compression, limits: &Limits) -> Result<Content<'a>, Fault> {
    let what = compression::word(packing);
    let packed = bytes.len() as u64;
    let mut reader = compression::stream(bytes, packing).map_err(|e| Fault::damaged(what, &e))?;
    let mut head = Vec::new();
    let budget = Budget::document(limits, packed);
    compression::read_to_end(&mut reader.by_ref().take(archive::TAR_BLOCK as u64), budget, &mut head, what)?;
    if archive::is_tar(&head) {
        let mut whole = Cursor::new(head).chain(reader);
        return archive::tar_members(&mut whole, Some(packed), limits).map(Content::Archive);
    }
    compression::read_to_end(&mut reader, budget, &mut head, what)?;
    match compression::sniff(&head) {
        Some(Compression::Zip) => archive::zip_members(&head, limits).map(Content::Archive),
        Some(inner) => Err(Fault::bad(
            "nested-compression",
            format!("a {} inside a {what}; undo one of them", compression::word(inner)),
        )),
        None => Ok(Content::Document(Cow::Owned(head))),
    }
}

/// Reads an archive as one document where a decoder does so, else member by member.
fn read_archive(receipt: &Receipt, members: Vec<Member>, job: &Job<'_>) -> Vec<Reading> {
    if members.is_empty() {
        let fault = Fault::bad("empty-archive", "the archive holds no file");
        return vec![refused(receipt.clone(), fault, &job.upload.limits)];
    }
    if let Some(what) = office_document(&members) {
        let fault =
            Fault::bad("unknown-format", format!("{what} is not read; export it as JSON, CSV or YAML"));
        let reading = refused(receipt.clone(), fault, &job.upload.limits);
        return vec![cards::archive_kept_out(reading, &members, original(job))];
    }
    if let Some(reading) = read_whole_archive(receipt, &members, job) {
        return vec![cards::archive_kept_out(reading, &members, original(job))];
    }
    members.into_iter().map(|member| read_member(receipt, member, job)).collect()
}

const fn original<'a>(job: &Job<'a>) -> Original<'a> {
    Original { bytes: job.upload.bytes, key: job.upload.redaction_key }
}

/// A zip that is a document of its own rather than an archive of evidence.
fn office_document(members: &[Member]) -> Option<&'static str> {
    let has = |name: &str| members.iter().any(|m| m.name == name);
    if has("[Content_Types].xml") {
        return Some("an Office document (xlsx, docx)");
    }
    has("META-INF/MANIFEST.MF").then_some("a Java archive")
}

const REFUSED_MEMBER: Note =
    Note { code: "refused-member", message: "a member was left out: a link, or a path out of the archive" };

/// The archive as one document, when a decoder reads it so.
fn read_whole_archive(receipt: &Receipt, members: &[Member], job: &Job<'_>) -> Option<Reading> {
    let mut notes = Notes::default();
    for refused in members.iter().filter(|m| m.fault.is_some()) {
        notes.add(REFUSED_MEMBER, || refused.name.clone());
    }
    let sound: Vec<ArchiveMember<'_>> = members
        .iter()
        .filter(|m| m.fault.is_none())
        .map(|m| ArchiveMember { name: &m.name, bytes: &m.bytes })
        .collect();
    let (decoder, result) = job.decoders.iter().find_map(|decoder| {
        let result = guarded(|| decoder.decode_archive(&sound).transpose());
        result.transpose().map(|result| (*decoder, result))
    })?;
    let mut receipt = receipt.clone();
    receipt.warnings = notes.into_warnings();
    Some(conclude(receipt, decoder, result, job.upload))
}

/// Reads one file of an archive.
fn read_member(archive: &Receipt, member: Member, job: &Job<'_>) -> Reading {
    let name = format!("{}!/{}", job.upload.name, member.name);
    let mut receipt = Receipt::blank(name, member.sha256, member.size);
    receipt.compression = archive.compression;
    let inner = compression::sniff(&member.bytes);
    let opened = match (member.fault, inner) {
        (Some(fault), _) => Err(fault),
        (None, Some(Compression::Zip)) => Err(nested_archive()),
        (None, Some(packing)) => match open_stream(&member.bytes, packing, &job.upload.limits) {
            Ok(Content::Document(bytes)) => Ok(bytes),
            Ok(Content::Archive(_)) => Err(nested_archive()),
            Err(fault) => Err(fault),
        },
        (None, None) if archive::is_tar(&member.bytes) => Err(nested_archive()),
        (None, None) => Ok(Cow::Borrowed(member.bytes.as_slice())),
    };
    let mut reading = match opened {
        Ok(bytes) => read_document(receipt, bytes, job),
        Err(fault) => cards::kept_out(refused(receipt, fault, &job.upload.limits), &member.bytes),
    };
    if reading.stored.is_none() && reading.over.is_none() {
        reading.stored = Some(member.bytes);
    }
    reading
}

fn nested_archive() -> Fault {
    Fault::bad("nested-archive", "an archive inside an archive is not opened; import it on its own")
}

/// Reads one unpacked document.
fn read_document(mut receipt: Receipt, bytes: Cow<'_, [u8]>, job: &Job<'_>) -> Reading {
    let text = match text::normalise(bytes, &job.upload.limits) {
        Ok(text) => text,
        Err(fault) => return refused(receipt, fault, &job.upload.limits),
    };
    receipt.warnings = text.warnings;
    let reading = read_text(receipt, &text.bytes, job);
    cards::kept_out(reading, &text.bytes)
}

/// Reads the text of a document.
fn read_text(mut receipt: Receipt, text: &[u8], job: &Job<'_>) -> Reading {
    if text::first_sign(text).is_none() {
        let message =
            "the file is empty; an empty file proves nothing, not even that there is nothing to report";
        return refused(receipt, Fault::bad("empty", message), &job.upload.limits);
    }
    let name = receipt.file.clone();
    let probe = Probe::new(&name, text);
    let Some(decoder) = guarded(|| Ok(job.decoders.iter().find(|d| d.recognises(&probe)))).ok().flatten()
    else {
        let fault = Fault::bad("unknown-format", signatures::unknown(&probe));
        return refused(receipt, fault, &job.upload.limits);
    };
    let redaction = match guarded(|| Ok(decoder.redact(&probe, job.upload.redaction_key))) {
        Ok(redaction) => redaction.filter(|r| r.count > 0),
        // what may hold secrets that could not be found is not stored as it is
        Err(error) => return withheld(conclude(receipt, *decoder, Err(error), job.upload)),
    };
    let Some(redaction) = redaction else {
        let result = guarded(|| decoder.decode(&probe));
        return judged(conclude(receipt, *decoder, result, job.upload), &probe);
    };
    receipt.sha256 = Digest::of(&redaction.bytes);
    receipt.redacted = redaction.count;
    // decoded after the redaction, so that no secret reaches the typed content either
    let redacted = Probe::new(&name, &redaction.bytes);
    let result = guarded(|| decoder.decode(&redacted));
    let mut reading = judged(conclude(receipt, *decoder, result, job.upload), &redacted);
    reading.stored = Some(redaction.bytes);
    reading
}

/// Runs a decoder; a fault of ours becomes a quarantined document instead of the end of the process.
fn guarded<T>(run: impl FnOnce() -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(DecodeError::new("internal", "reading it failed inside this program; please report the file"))
    })
}

/// Writes what a decoder said into the receipt.
fn conclude(
    mut receipt: Receipt,
    decoder: &dyn Decoder,
    result: Result<Decoded, DecodeError>,
    upload: &Upload<'_>,
) -> Reading {
    receipt.format = Some(decoder.format().to_owned());
    receipt.kind = Some(decoder.kind());
    let decoded = match result {
        Ok(decoded) => decoded,
        Err(error) => return refused(receipt, Fault::Bad(error), &upload.limits),
    };
    let found = decoder.kind_of(&decoded.evidence);
    receipt.kind = Some(found);
    receipt.format_version = decoded.format_version;
    receipt.encoding = Some(decoded.encoding);
    receipt.warnings.extend(decoded.warnings);
    if let Some(wanted) = upload.kind.filter(|wanted| *wanted != found) {
        let message = format!("the document is of kind `{found}`, not `{wanted}`; import it as `{found}`");
        return refused(receipt, Fault::bad("kind-mismatch", message), &upload.limits);
    }
    receipt.status = ReceiptStatus::Accepted;
    receipt.records = decoded.records;
    receipt.counts = decoded.counts;
    Reading {
        receipt,
        evidence: Some(decoded.evidence),
        produced_at: decoded.produced_at,
        stored: None,
        over: None,
    }
}

/// A document nothing more is known of than why.
fn refused(mut receipt: Receipt, fault: Fault, limits: &Limits) -> Reading {
    let over = fault.over();
    receipt.status = ReceiptStatus::Quarantined;
    receipt.errors.push(fault.problem(limits));
    Reading { receipt, evidence: None, produced_at: None, stored: None, over }
}

/// The same reading with nothing to store.
fn withheld(mut reading: Reading) -> Reading {
    reading.stored = Some(Vec::new());
    reading.receipt.sha256 = Digest::of(b"");
    reading
}

#[cfg(test)]
mod tests;
