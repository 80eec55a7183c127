//! Our verdicts on changed CycloneDX XML against `xmllint` with the XSDs of the corpus.
//!
//! Without a corpus, or without `xmllint` (Debian: libxml2-utils) on the PATH: skipped, and said so.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure is the answer")]

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use attestry::evidence::Encoding;
use attestry::evidence::validity;

const VERSIONS: &[&str] = &["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

fn corpus() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("ATTESTRY_CORPUS") {
        let path = PathBuf::from(path);
        assert!(path.join("MANIFEST.tsv").is_file(), "ATTESTRY_CORPUS is set, but is no corpus");
        return Some(path);
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    beside.join("MANIFEST.tsv").is_file().then_some(beside)
}

/// The document with one tag changed, in each of several ways, for tags spread over it.
fn changed(text: &str) -> Vec<String> {
    let tags: Vec<(usize, &str)> = text
        .match_indices('<')
        .filter(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic()))
        .map(|(at, _)| (at, &text[at..at + text[at..].find('>').unwrap() + 1]))
        .collect();
    let every = (tags.len() / 12).max(1);
    let mut all = Vec::new();
    for (at, tag) in tags.into_iter().step_by(every) {
        let (before, after) = (&text[..at], &text[at + tag.len()..]);
        let name = tag[1..].split([' ', '>', '/', '\n', '\t', '\r']).next().unwrap();
        let open = tag.trim_end_matches('>').trim_end_matches('/');
        let end = &tag[open.len()..];
        all.push(format!("{before}{open} no-such-attribute=\"x\"{end}{after}"));
        all.push(format!("{before}<{name}{end}{after}"));
        all.push(format!("{before}<noSuchElement/>{tag}{after}"));
        all.push(format!("{before}{tag}{}{after}", if end == ">" { "<noSuchElement/>" } else { "" }));
        all.push(format!("{before}{tag}{}{after}", if end == ">" { "no such text" } else { "" }));
        if let (">", Some(close)) = (end, after.find(&format!("</{name}>"))) {
            let rest = &after[close + name.len() + 3..];
            let whole = &after[..close + name.len() + 3];
            all.push(format!("{before}{rest}"));
            all.push(format!("{before}{tag}{whole}{tag}{whole}{rest}"));
        }
    }
    all
}

/// A schema in `folder` that finds the licence list beside it.
fn schema(corpus: &Path, version: &str, folder: &Path) -> PathBuf {
    let schemas = corpus.join("schemas/cyclonedx");
    let text = fs::read_to_string(schemas.join(format!("bom-{version}.xsd"))).unwrap();
    fs::copy(schemas.join("spdx.xsd"), folder.join("spdx.xsd")).unwrap();
    let path = folder.join(format!("bom-{version}.xsd"));
    let local =
        text.replace("schemaLocation=\"http://cyclonedx.org/schema/spdx\"", "schemaLocation=\"spdx.xsd\"");
    fs::write(&path, local).unwrap();
    path
}

/// The files that `xmllint` finds valid; those that are not well-formed are not among them.
fn official(schema: &Path, files: &[PathBuf]) -> HashSet<PathBuf> {
    let mut valid = HashSet::new();
    for files in files.chunks(200) {
        let output = Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema"])
            .arg(schema)
            .args(files)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        valid.extend(text.lines().filter_map(|line| line.strip_suffix(" validates")).map(PathBuf::from));
    }
    valid
}

#[test]
fn changed_xml_gets_the_official_verdict() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus (set ATTESTRY_CORPUS)");
        return;
    };
    if Command::new("xmllint").arg("--version").output().is_err() {
        println!("skipped: no xmllint on the PATH (Debian: libxml2-utils)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut faults = Vec::new();
    for version in VERSIONS {
        let mut files = Vec::new();
        for entry in fs::read_dir(corpus.join("sbom/cyclonedx/valid").join(version)).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "xml") {
                for text in changed(&fs::read_to_string(&path).unwrap()) {
                    let file = folder.path().join(format!("{version}-{}.xml", files.len()));
                    fs::write(&file, text).unwrap();
                    files.push(file);
                }
            }
        }
        let valid = official(&schema(&corpus, version, folder.path()), &files);
        println!("{version}: {} changed documents, {} valid", files.len(), valid.len());
        for file in &files {
            let ours =
                validity::check("cyclonedx", version, Encoding::Xml, &fs::read(file).unwrap()).unwrap();
            if ours.valid != valid.contains(file) {
                let first = ours.violations.first().map(|v| format!("{} {}", v.place, v.message));
                faults.push(format!("{}: ours {} {first:?}", file.display(), ours.valid));
            }
        }
    }

    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
}
