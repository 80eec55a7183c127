//! Package URLs pass the specification's own tests, type by type.

use std::fs;
use std::path::{Path, PathBuf};

use attestry::evidence::package::{Purl, PurlParts};
use serde_json::Value;

use super::package_versions::corpus;

#[test]
fn every_test_of_the_specification_passes() {
    let Some(folder) = corpus().map(|corpus| corpus.join("purl/tests")) else {
        println!("skipped: no corpus");
        return;
    };
    let mut failures = Vec::new();
    let mut count = 0;
    for file in files(&folder).into_iter().chain(files(&folder.join("spec"))) {
        let document: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        for test in document["tests"].as_array().unwrap() {
            count += 1;
            if let Err(why) = check(test) {
                failures.push(format!("{}: {}: {why}", file.display(), test["description"]));
            }
        }
    }
    println!("{count} tests of the specification");
    assert!(count > 300);
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
}

fn check(test: &Value) -> Result<(), String> {
    let input = &test["input"];
    let read = match test["test_type"].as_str().unwrap() {
        "build" => build(input),
        "parse" | "validate" => Purl::read(input.as_str().unwrap()),
        other => return Err(format!("unknown test type {other}")),
    };
    if test["expected_failure"].as_bool() == Some(true) {
        return read.map_or(Ok(()), |purl| Err(format!("{input} was read as {}", purl.canonical())));
    }
    let purl = read.ok_or_else(|| format!("{input} was refused"))?;
    let expected = &test["expected_output"];
    match expected.as_str() {
        Some(text) if text == purl.canonical() => Ok(()),
        Some(text) => Err(format!("{text} expected, {} found", purl.canonical())),
        None => parts(&purl, expected),
    }
}

fn build(input: &Value) -> Option<Purl> {
    let text = |key: &str| input[key].as_str();
    let qualifiers: Vec<(&str, &str)> = input["qualifiers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value.as_str().unwrap()))
        .collect();
    Purl::build(&PurlParts {
        kind: text("type").unwrap_or_default(),
        namespace: text("namespace"),
        name: text("name").unwrap_or_default(),
        version: text("version"),
        qualifiers: &qualifiers,
        subpath: text("subpath"),
    })
}

fn parts(purl: &Purl, expected: &Value) -> Result<(), String> {
    let found = [
        ("type", Some(purl.kind().into())),
        ("namespace", purl.namespace()),
        ("name", Some(purl.name())),
        ("version", purl.version()),
        ("subpath", purl.subpath()),
    ];
    for (part, value) in found {
        if value.as_deref() != expected[part].as_str() {
            return Err(format!("{part}: {value:?} found, {} expected", expected[part]));
        }
    }
    let qualifiers: serde_json::Map<String, Value> =
        purl.qualifiers().map(|(key, value)| (key.to_owned(), value.into_owned().into())).collect();
    let wanted = expected["qualifiers"].as_object().cloned().unwrap_or_default();
    (qualifiers == wanted)
        .then_some(())
        .ok_or_else(|| format!("qualifiers: {qualifiers:?} found, {wanted:?} expected"))
}

/// The documents of a folder, not of those inside it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files
}
