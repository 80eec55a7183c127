//! Reads OpenVEX (github.com/openvex/spec): 0.2.0 and the 0.0.x drafts before it.
//!
//! The drafts wrote vulnerabilities and products as plain text and subcomponents beside the products; all of it is
//! read. What a statement leaves out it inherits from the document (0.2.0, "Inheritance").

use serde_json::Value;
use serde_json::value::RawValue;

use super::words::{Justification, Status};
use super::{Identifier, VexDocument, VexProduct, VexStatement};
use crate::base::Digest;
use crate::evidence::decoder::{DecodeError, Decoded, Decoder, Probe};
use crate::evidence::loose::{self, Members};
use crate::evidence::{Counts, Encoding, Evidence, EvidenceKind, Records, Warnings};

/// Statements, and products of all statements together, that one document may have.
pub(super) const MOST: usize = 2_000_000;

/// Bytes the products of one document may take, however often one text is referred to.
pub(super) const MOST_BYTES: usize = 512 * 1024 * 1024;

/// OpenVEX in JSON.
pub struct OpenVex;

impl Decoder for OpenVex {
    fn format(&self) -> &'static str {
        "openvex"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Vex
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        let head = probe.head();
        let named = |context: &str| context.contains("openvex.dev/ns") || context.contains("openvex/spec");
        if head.text("@context").is_some_and(named) {
            return true;
        }
        // the context may also be a list, which the outline does not hold
        head.has("@context")
            && probe.json().is_some_and(|json| json.has("statements"))
            && Members::of(probe.bytes)
                .ok()
                .and_then(|members| members.raw("@context"))
                .is_some_and(|context| named(context.get()))
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let members = Members::of(input.bytes)?;
        let version = format_version(&members)?;
        let Some(statements) = members.list("statements") else {
            let message = "`statements` is no list, so the document states nothing that can be read";
            return Err(DecodeError::at("wrong-type", "/statements", message));
        };
        let mut reader = Reader::new(&members);
        for (place, raw) in statements.iter().enumerate() {
            reader.statement(place, raw)?;
        }
        Ok(reader.finish(version))
    }
}

/// The version named by the context; the drafts' context names none.
fn format_version(members: &Members<'_>) -> Result<Option<String>, DecodeError> {
    let context = members.raw("@context").map_or("", RawValue::get);
    let Some((_, rest)) = context.split_once("openvex.dev/ns/v") else { return Ok(None) };
    let version: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    if ["0.0", "0.1", "0.2"]
        .iter()
        .any(|known| version == *known || version.starts_with(&format!("{known}.")))
    {
        return Ok(Some(version));
    }
    let message = format!("OpenVEX `{version}` is not read; read are 0.2.0 and the 0.0.x drafts");
    Err(DecodeError::at("unsupported-version", "/@context", message))
}

struct Reader {
    document: VexDocument,
    records: Records,
    warnings: Warnings,
    size: usize,
}

impl Reader {
    fn new(members: &Members<'_>) -> Self {
        let mut warnings = Warnings::default();
        for name in members.duplicates() {
            let text = "a member is written twice in one object; the last was read";
            warnings.add("duplicate-key", || format!("/{name}"), text);
        }
        let document = VexDocument {
            id: members.text("@id"),
            author: members.text("author"),
            role: members.text("role"),
            namespace: None,
            timestamp: members.time("timestamp"),
            last_updated: members.time("last_updated"),
            version: members.scalar("version"),
            statements: Vec::new(),
        };
        if document.author.is_none() {
            let text = "the document names no author, so nobody answers for its statements";
            warnings.add("no-author", || "/author".to_owned(), text);
        }
        if document.timestamp.is_none() {
            let text =
                "the document's time is missing or no date; newer statements cannot be told from older";
            warnings.add("bad-timestamp", || "/timestamp".to_owned(), text);
        }
        Self { document, records: Records::default(), warnings, size: 0 }
    }

    fn statement(&mut self, place: usize, raw: &RawValue) -> Result<(), DecodeError> {
        self.records.read += 1;
        let path = format!("/statements/{place}");
        let value: Value = serde_json::from_str(raw.get()).map_err(|error| DecodeError::json(&error))?;
        let Some((vulnerability, aliases)) = vulnerability(&value) else {
            self.records.dropped += 1;
            let text = "a statement does not say which vulnerability it is about; it was left out";
            self.warnings.add("no-vulnerability", || path, text);
            return Ok(());
        };
        let products = products(&value)?;
        self.size += products.iter().map(VexProduct::size).sum::<usize>();
        if place >= MOST || self.size > MOST_BYTES {
            return Err(DecodeError::too_many_records());
        }
        let own_time = loose::time(&value, "timestamp");
        let own_update = loose::time(&value, "last_updated");
        let status_raw = loose::text(&value, "status").unwrap_or_default().to_owned();
        let justification_raw = loose::text(&value, "justification").map(str::to_owned);
        let statement = VexStatement {
            identity: Digest::from_bytes([0; 32]),
            path,
            vulnerability,
            aliases,
            products,
            status: Status::from_openvex(&status_raw),
            status_raw,
            justification: justification_raw.as_deref().and_then(Justification::from_word),
            justification_raw,
            impact: loose::text(&value, "impact_statement").map(str::to_owned),
            action: loose::text(&value, "action_statement").map(str::to_owned),
            timestamp: own_time.or(self.document.timestamp),
            // a statement with a time of its own was not touched by a later change elsewhere in the document
            last_updated: own_update.or(if own_time.is_none() { self.document.last_updated } else { None }),
        };
        self.note(&statement);
        self.records.kept += 1;
        self.document.statements.push(statement);
        Ok(())
    }

    fn note(&mut self, statement: &VexStatement) {
        let path = || statement.path.clone();
        if statement.status == Status::Unknown {
            let text = "a status is missing or none that is known; its vulnerability stays open";
            self.warnings.add("unknown-status", path, text);
        }
        if statement.justification_raw.is_some() && statement.justification.is_none() {
            let text =
                "a justification is none of the five words; it is kept as written and justifies nothing";
            self.warnings.add("unknown-justification", path, text);
        }
        let explained = statement.justification.is_some() || statement.impact.is_some();
        if statement.status == Status::NotAffected && !explained {
            let text =
                "a product is said not to be affected, without a reason; nothing is suppressed by that";
            self.warnings.add("no-justification", path, text);
        }
        if statement.products.is_empty() {
            let text = "a statement names no product, so it applies to nothing";
            self.warnings.add("no-products", path, text);
        }
    }

    fn finish(mut self, version: Option<String>) -> Decoded {
        if self.document.statements.is_empty() {
            let text = "the document makes no statement";
            self.warnings.add("no-statements", || "/statements".to_owned(), text);
        }
        self.document.identify();
        Decoded {
            format_version: version,
            encoding: Encoding::Json,
            produced_at: self.document.last_updated.max(self.document.timestamp),
            evidence: Evidence::Vex(self.document),
            records: self.records,
            counts: Counts::from([("statements".to_owned(), self.records.read)]),
            warnings: self.warnings.finish(),
        }
    }
}

/// Name and aliases of the vulnerability: an object since 0.2.0, text before.
fn vulnerability(statement: &Value) -> Option<(String, Vec<String>)> {
    let value = statement.get("vulnerability")?;
    if let Some(name) = loose::scalar(value) {
        return Some((name, Vec::new()));
    }
    let mut aliases = loose::texts(value, "aliases");
    let name = match (loose::text(value, "name"), loose::text(value, "@id")) {
        (Some(name), _) => name.to_owned(),
        // an address ends in the identifier
        (None, Some(iri)) => iri.trim_end_matches('/').rsplit('/').next().unwrap_or(iri).to_owned(),
        (None, None) if aliases.is_empty() => return None,
        (None, None) => aliases.remove(0),
    };
    aliases.retain(|alias| *alias != name);
    aliases.sort_unstable();
    aliases.dedup();
    Some((name, aliases))
}

/// The products of a statement, each limited to the subcomponents written in it or, in the drafts, beside it.
fn products(statement: &Value) -> Result<Vec<VexProduct>, DecodeError> {
    let list = match statement.get("products") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one @ (Value::String(_) | Value::Object(_))) => std::slice::from_ref(one),
        Some(Value::Null | Value::Bool(_) | Value::Number(_)) | None => &[],
    };
    let beside = parts(statement);
    // each product gets its own copy
    let beside_size: usize = beside.iter().map(VexProduct::size).sum();
    if beside_size.saturating_mul(list.len()) > MOST_BYTES {
        return Err(DecodeError::too_many_records());
    }
    let product = |value: &Value| {
        let mut product = component(value)?;
        product.subcomponents = parts(value);
        if product.subcomponents.is_empty() {
            product.subcomponents.clone_from(&beside);
        }
        Some(product)
    };
    Ok(list.iter().filter_map(product).collect())
}

fn parts(value: &Value) -> Vec<VexProduct> {
    loose::items(value, "subcomponents").iter().filter_map(component).collect()
}

/// A component: text, or `@id`, `identifiers` and `hashes` (0.2.0, "Component").
fn component(value: &Value) -> Option<VexProduct> {
    let mut identifiers = Vec::new();
    if let Some(text) =
        value.as_str().or_else(|| loose::text(value, "@id")).filter(|text| !text.trim().is_empty())
    {
        identifiers.push(Identifier::of(text));
    }
    let known = value.get("identifiers").and_then(Value::as_object).into_iter().flatten();
    identifiers.extend(known.filter_map(|(_, id)| id.as_str()).map(Identifier::of));
    let hashes = value.get("hashes").and_then(Value::as_object).into_iter().flatten();
    identifiers.extend(hashes.filter_map(|(name, hash)| Some(Identifier::hash(name, hash.as_str()?))));
    identifiers.sort_unstable();
    identifiers.dedup();
    (!identifiers.is_empty()).then(|| VexProduct { identifiers, ..VexProduct::default() })
}
