//! Version ranges pass the tests of the `vers` specification and of its reference implementation.

use std::fs;
use std::io::Read;
use std::path::Path;

use attestry::evidence::package::{Comparator, Vers};
use flate2::read::GzDecoder;
use serde_json::Value;

use super::package_versions::corpus;

/// A tilde goes to the next minor number, also from a pre-release; the reference implementation alone stops at 0.8.1
/// here, against npm and against its own row for `^1.2.3-beta.1`.
const CONTRADICTORY: &str = ">= 0.2.0 <= 0.9.6 || ~0.8.0-pre";

#[test]
fn every_range_test_of_the_specification_passes() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let mut failures = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(corpus.join("vers/tests")).unwrap() {
        let document = read(&entry.unwrap().path());
        for test in document["tests"].as_array().unwrap() {
            match check(test) {
                None => {}
                Some(Ok(())) => count += 1,
                Some(Err(why)) => failures.push(format!("{}: {why}", test["input"])),
            }
        }
    }
    println!("{count} range tests of the specification");
    assert!(failures.is_empty(), "{} failed, {count} passed:\n{}", failures.len(), failures.join("\n"));
    assert!(count > 500);
}

#[test]
fn every_range_of_the_npm_advisories_is_understood() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let document = read(&corpus.join("version-ordering/univers/univers--npm_advisory.json.gz"));
    let mut failures = Vec::new();
    let rows = document.as_array().unwrap();
    for row in rows {
        let native = row["npm_native"].as_str().unwrap();
        let found = Vers::from_native("npm", native).map(|range| range.to_string());
        let same = found.as_deref() == Ok(row["expected_vers"].as_str().unwrap());
        if same == (native == CONTRADICTORY) {
            failures.push(format!("{native}: {found:?}, {} expected", row["expected_vers"]));
        }
    }
    println!("{} ranges of npm advisories", rows.len());
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

/// The outcome of a test about ranges; `None` for one about something else.
fn check(test: &Value) -> Option<Result<(), String>> {
    let input = &test["input"];
    let expected = &test["expected_output"];
    let text = |key: &str| input[key].as_str().unwrap_or_default();
    Some(match test["test_type"].as_str()? {
        "from_native" => {
            same(Vers::from_native(text("scheme"), text("native_range")).map(|r| r.to_string()), expected)
        }
        "validate" => same(Vers::read(input.as_str()?).map(|range| range.to_string()), expected),
        "containment" => {
            let found = Vers::read(text("vers")).map(|range| range.contains(text("version")));
            if found == Ok(expected.as_bool()) {
                Ok(())
            } else {
                Err(format!("{found:?}, {expected} expected"))
            }
        }
        "parse" if test["expected_failure"].as_bool() == Some(true) => {
            let message = test["expected_message"].as_str();
            match Vers::read_canonical(input.as_str()?) {
                Err(error) if Some(error.to_string().as_str()) == message => Ok(()),
                other => Err(format!("{other:?}, {message:?} expected")),
            }
        }
        "parse" => parsed(input.as_str()?, expected),
        _ => return None,
    })
}

fn same<E: std::fmt::Debug>(found: Result<String, E>, expected: &Value) -> Result<(), String> {
    match found {
        Ok(text) if Some(text.as_str()) == expected.as_str() => Ok(()),
        other => Err(format!("{other:?}, {expected} expected")),
    }
}

fn parsed(text: &str, expected: &Value) -> Result<(), String> {
    let range = Vers::read_canonical(text).map_err(|error| error.to_string())?;
    let sign = |comparator: Comparator| match comparator.sign() {
        "" => "=",
        sign => sign,
    };
    let found: Vec<[&str; 2]> =
        range.constraints().iter().map(|c| [sign(c.comparator()), c.version()]).collect();
    let found = serde_json::json!({ "scheme": range.kind(), "version_constraints": found });
    (found == *expected).then_some(()).ok_or_else(|| format!("{found}, {expected} expected"))
}

fn read(path: &Path) -> Value {
    let bytes = fs::read(path).unwrap();
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut raw = Vec::new();
        GzDecoder::new(&bytes[..]).read_to_end(&mut raw).unwrap();
        return serde_json::from_slice(&raw).unwrap();
    }
    serde_json::from_slice(&bytes).unwrap()
}
