//! Our verdicts against those of the official schemas: on every document of the corpus, and on thousands of documents
//! made from valid ones by one change each.
//!
//! The schemas are read from the corpus (`schemas/`), never vendored. Without a corpus: skipped, and said so.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure is the answer")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use attestry::evidence::Encoding;
use attestry::evidence::validity::{self, Violation};
use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

/// How many changed documents are made of each format and version at most.
const CHANGES: usize = 1500;

/// A format and version with its official schema.
struct Official {
    format: &'static str,
    version: &'static str,
    schema: &'static str,
    /// The corpus folders whose documents it is asked about.
    folders: &'static [&'static str],
    /// The member that names the version.
    marker: &'static str,
}

const CYCLONEDX: Official = Official {
    format: "cyclonedx",
    version: "",
    schema: "",
    folders: &["sbom/cyclonedx", "vex/cyclonedx"],
    marker: "specVersion",
};
const SPDX: Official =
    Official { format: "spdx", version: "", schema: "", folders: &["sbom/spdx"], marker: "spdxVersion" };

const OFFICIAL: &[Official] = &[
    Official { version: "1.2", schema: "cyclonedx/bom-1.2.schema.json", ..CYCLONEDX },
    Official { version: "1.3", schema: "cyclonedx/bom-1.3.schema.json", ..CYCLONEDX },
    Official { version: "1.4", schema: "cyclonedx/bom-1.4.schema.json", ..CYCLONEDX },
    Official { version: "1.5", schema: "cyclonedx/bom-1.5.schema.json", ..CYCLONEDX },
    Official { version: "1.6", schema: "cyclonedx/bom-1.6.schema.json", ..CYCLONEDX },
    Official { version: "1.7", schema: "cyclonedx/bom-1.7.schema.json", ..CYCLONEDX },
    Official { version: "SPDX-2.2", schema: "spdx/2.2.2--spdx-schema.json", ..SPDX },
    Official { version: "SPDX-2.3", schema: "spdx/2.3.1--spdx-schema.json", ..SPDX },
    Official {
        version: "3.0.1",
        schema: "spdx/spdx-schema-v3.0.1.json",
        folders: &["sbom/spdx/3.0"],
        marker: "@context",
        ..SPDX
    },
    Official {
        format: "openvex",
        version: "0.2.0",
        schema: "openvex/openvex_json_schema.json",
        folders: &["vex/openvex"],
        marker: "@context",
    },
    Official {
        format: "csaf",
        version: "2.0",
        schema: "csaf/csaf_json_schema.json",
        folders: &["vex/csaf/2.0"],
        marker: "document",
    },
    Official {
        format: "sarif",
        version: "2.1.0",
        schema: "sarif/sarif-schema-2.1.0.json",
        folders: &["scans/sarif"],
        marker: "version",
    },
];

impl Official {
    /// Whether the document claims to be of this version.
    fn claims(&self, document: &Value) -> bool {
        match document[self.marker].as_str() {
            Some(text) => text.rsplit("/v").next().is_some_and(|_| {
                text == self.version || text.contains(self.version.trim_start_matches("SPDX-"))
            }),
            None => document[self.marker].is_object() && self.format == "csaf",
        }
    }

    fn validator(&self, schemas: &Path) -> Validator {
        let read = |name: &str| -> Value {
            let mut schema = serde_json::from_str(&fs::read_to_string(schemas.join(name)).unwrap()).unwrap();
            without_inner_ids(&mut schema, true);
            schema
        };
        let registry = Registry::new()
            .add("http://cyclonedx.org/schema/spdx.schema.json", read("cyclonedx/spdx.schema.json"))
            .and_then(|r| {
                r.add(
                    "http://cyclonedx.org/schema/jsf-0.82.schema.json",
                    read("cyclonedx/jsf-0.82.schema.json"),
                )
            })
            .and_then(|r| {
                let defs = read("cyclonedx/cryptography-defs.schema.json");
                r.add("http://cyclonedx.org/schema/cryptography-defs.schema.json", defs)
            })
            .and_then(|r| r.add("https://www.first.org/cvss/cvss-v2.0.json", read("csaf/cvss-v2.0.json")))
            .and_then(|r| r.add("https://www.first.org/cvss/cvss-v3.0.json", read("csaf/cvss-v3.0.json")))
            .and_then(|r| r.add("https://www.first.org/cvss/cvss-v3.1.json", read("csaf/cvss-v3.1.json")))
            .and_then(|r| r.prepare())
            .unwrap();
        jsonschema::options()
            .with_registry(&registry)
            .should_validate_formats(true)
            .build(&read(self.schema))
            .unwrap()
    }
}

/// Older CycloneDX schemas give inner schemas an `$id` that is no address; nothing refers to them.
fn without_inner_ids(schema: &mut Value, outermost: bool) {
    match schema {
        Value::Object(members) => {
            if !outermost && members.get("$id").is_some_and(Value::is_string) {
                members.remove("$id");
            }
            members.values_mut().for_each(|value| without_inner_ids(value, false));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| without_inner_ids(value, false)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn corpus() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("ATTESTRY_CORPUS") {
        let path = PathBuf::from(path);
        assert!(path.join("MANIFEST.tsv").is_file(), "ATTESTRY_CORPUS is set, but is no corpus");
        return Some(path);
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    beside.join("MANIFEST.tsv").is_file().then_some(beside)
}

/// The JSON documents below a folder that are small enough to be changed many times, in the order of their names.
fn documents(folder: &Path, most: usize, found: &mut BTreeMap<PathBuf, Value>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents(&path, most, found);
            continue;
        }
        let mut bytes = fs::read(&path).unwrap();
        if path.extension().is_some_and(|e| e == "gz") {
            let mut unpacked = Vec::new();
            let read =
                flate2::read::MultiGzDecoder::new(bytes.as_slice()).take(64 << 20).read_to_end(&mut unpacked);
            if read.is_err() {
                continue;
            }
            bytes = unpacked;
        }
        let text = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(&bytes);
        if text.len() <= most
            && let Ok(document) = serde_json::from_slice(text)
        {
            found.insert(path, document);
        }
    }
}

/// Where the two verdicts differ, as a sentence.
fn difference(official: &Official, validator: &Validator, document: &Value, what: &str) -> Option<String> {
    let bytes = serde_json::to_vec(document).unwrap();
    let ours = validity::check(official.format, official.version, Encoding::Json, &bytes).unwrap();
    let theirs = validator.is_valid(document);
    // the crate judges e-mail addresses only with its international domain tables, which are not built in
    let address = |v: &Violation| v.message.ends_with("an e-mail address");
    let beyond = theirs && !ours.violations.is_empty() && ours.violations.iter().all(address);
    (ours.valid != theirs && !beyond).then(|| {
        let error = validator.iter_errors(document).next().map(|e| format!("{} {e}", e.instance_path()));
        let first: Vec<_> =
            ours.violations.iter().map(|v| format!("{} {}", v.place, v.message)).take(2).collect();
        let theirs: String = error.unwrap_or_default().chars().take(300).collect();
        format!("{what}: ours {} {first:?}, official {theirs:?}", ours.valid)
    })
}

/// Every place in a document, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                places(value, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            for (place, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{place}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The ways one place of a document is changed; `None` where a way does not apply.
fn change(document: &Value, place: &str, way: usize) -> Option<Value> {
    let mut changed = document.clone();
    let value = changed.pointer_mut(place)?;
    match way {
        0 => drop(value.as_object_mut()?.insert("no-such-member".to_owned(), json!("x"))),
        1 => {
            let (above, name) = place.rsplit_once('/')?;
            changed
                .pointer_mut(above)?
                .as_object_mut()?
                .remove(&name.replace("~1", "/").replace("~0", "~"))?;
        }
        2 => *value = if value.is_string() { json!(7) } else { json!("text") },
        3 => *value = json!(value.as_str().map(|_| "no such value : at all")?),
        4 => {
            let items = value.as_array_mut()?;
            items.push(items.first()?.clone());
        }
        5 => *value = Value::Null,
        6 => *value = json!(value.as_str().map(|_| "")?),
        7 => *value = if value.is_array() { json!([]) } else { json!({}) },
        8 => *value = json!(value.as_number().map(|_| -1)?),
        9 => *value = json!(value.as_number().map(|_| 1.5)?),
        10 => *value = json!(format!("{}\u{e9} ", value.as_str()?)),
        11 => *value = json!(format!("https://example.org/{}", value.as_str()?)),
        _ => return None,
    }
    Some(changed)
}

#[test]
fn our_verdict_on_every_document_is_the_official_one() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus (set ATTESTRY_CORPUS)");
        return;
    };
    let mut faults = Vec::new();
    for official in OFFICIAL {
        let validator = official.validator(&corpus.join("schemas"));
        let mut found = BTreeMap::new();
        official.folders.iter().for_each(|folder| documents(&corpus.join(folder), 8 << 20, &mut found));
        let mut asked = 0;
        for (path, document) in found.iter().filter(|(_, document)| official.claims(document)) {
            asked += 1;
            faults.extend(difference(official, &validator, document, &path.display().to_string()));
        }
        println!("{} {}: {asked} documents", official.format, official.version);
    }

    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn one_change_gets_the_official_verdict() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus (set ATTESTRY_CORPUS)");
        return;
    };
    let mut faults = Vec::new();
    for official in OFFICIAL {
        let validator = official.validator(&corpus.join("schemas"));
        let mut found = BTreeMap::new();
        official.folders.iter().for_each(|folder| documents(&corpus.join(folder), 30 << 10, &mut found));
        found.retain(|_, document| official.claims(document) && validator.is_valid(document));
        let changed = changes(official, &validator, &found, &mut faults);
        println!("{} {}: {changed} changes of {} documents", official.format, official.version, found.len());
    }

    faults.truncate(60);
    assert!(faults.is_empty(), "differ:\n{}", faults.join("\n"));
}

/// Tries changes spread over all documents and places; returns how many.
fn changes(
    official: &Official,
    validator: &Validator,
    found: &BTreeMap<PathBuf, Value>,
    faults: &mut Vec<String>,
) -> usize {
    let mut all = Vec::new();
    for (path, document) in found {
        let mut at = Vec::new();
        places(document, "", &mut at);
        all.extend(
            at.into_iter().flat_map(|place| (0..12).map(move |way| (path, document, place.clone(), way))),
        );
    }
    // a stride that shares no factor with the ways, so that every way is tried at many places
    let stride = (all.len() / CHANGES / 12 * 12 + 1).max(1);
    let mut tried = 0;
    for (path, document, place, way) in all.iter().step_by(stride) {
        let Some(changed) = change(document, place, *way) else { continue };
        tried += 1;
        let what = format!("{} {} {place} way {way}", official.version, path.display());
        faults.extend(difference(official, validator, &changed, &what));
    }
    tried
}
