//! `attestry gate` as a pipeline sees it: inputs, exit codes, JSON and SARIF, and cargo-audit's own answers.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use attestry::evidence::{Evidence, Limits, Upload, intake};
use serde_json::{Value, json};

use super::matching_oracle::{corpus, read, theirs};
use super::support::{Answer, Installation, inventory};

fn cargo_lock(packages: &[(&str, &str)]) -> String {
    let mut out = "version = 4\n".to_owned();
    for (name, version) in packages {
        let source = "registry+https://github.com/rust-lang/crates.io-index";
        write!(out, "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"{source}\"\n")
            .unwrap();
    }
    out
}

fn rustsec(id: &str, package: &str, more: &str, patched: &str) -> String {
    format!(
        "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\ndate = \"2026-01-02\"\n{more}\n\n[versions]\n\
         patched = [{patched}]\n```\n\n# Something is wrong in {package}\n\nMore words.\n"
    )
}

const HIGH: &str = "aliases = [\"CVE-2026-1111\"]\ncvss = \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H\"";

/// An installation with a small RustSec checkout: a high one with a fix, and one on maintenance.
fn with_database() -> Installation {
    let installation = Installation::new();
    let high = rustsec("RUSTSEC-2026-0001", "leftpad", HIGH, "\">=1.2.0\"");
    installation.write("db/crates/leftpad/RUSTSEC-2026-0001.md", high);
    let old = rustsec("RUSTSEC-2026-0002", "dusty", "informational = \"unmaintained\"", "");
    installation.write("db/crates/dusty/RUSTSEC-2026-0002.md", old);
    installation.write("db/README.md", "# Advisories");
    installation
}

fn npm_advisory(id: &str, package: &str) -> Value {
    json!({
        "schema_version": "1.6.0", "id": id, "modified": "2026-02-01T00:00:00Z",
        "published": "2026-02-01T00:00:00Z", "summary": "Bad code",
        "affected": [{
            "package": {"ecosystem": "npm", "name": package},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
        }],
    })
}

fn npm_lock(packages: &[(&str, &str)]) -> String {
    let mut list = serde_json::Map::new();
    list.insert(String::new(), json!({"name": "shop", "version": "1.0.0"}));
    for (name, version) in packages {
        let resolved = format!("https://registry.npmjs.org/{name}/-/{name}-{version}.tgz");
        list.insert(format!("node_modules/{name}"), json!({"version": version, "resolved": resolved}));
    }
    json!({"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": list}).to_string()
}

/// Every finding as `advisory package version`.
fn found(answer: &Answer) -> Vec<String> {
    let document = answer.json();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let findings = document["findings"].as_array().unwrap();
    let line = |f: &Value| format!("{} {} {}", text(f, "advisory"), text(f, "package"), text(f, "version"));
    findings.iter().map(line).collect()
}

#[test]
fn a_lock_file_with_a_fixable_vulnerability_closes_the_gate_without_a_data_directory() {
    let installation = with_database();
    installation.write("Cargo.lock", cargo_lock(&[("leftpad", "1.1.9"), ("serde", "1.0.0")]));

    let answer = installation.expect(1, &["gate", "--advisories", "db", "Cargo.lock", "--json"]);

    assert_eq!(found(&answer), ["CVE-2026-1111 leftpad 1.1.9"]);
    let finding = &answer.json()["findings"][0];
    assert_eq!(finding["aliases"], json!(["RUSTSEC-2026-0001"]));
    assert_eq!(finding["purl"], "pkg:cargo/leftpad@1.1.9");
    assert_eq!(finding["severity"], "high");
    assert_eq!(finding["fixed_in"], json!(["1.2.0"]));
    assert!(finding["why"].as_str().unwrap().contains("1.1.9 is not patched (>=1.2.0)"), "{finding}");
    assert_eq!(answer.json()["outcome"], "violated");
    assert!(!installation.data().exists());
    let text = installation.expect(1, &["gate", "--advisories", "db", "Cargo.lock"]).out;
    assert!(text.contains("FAIL leftpad 1.1.9: CVE-2026-1111"), "{text}");
    assert!(text.contains("gate closed: 1 violations"), "{text}");
}

#[test]
fn fixed_versions_pass_and_informational_advisories_only_warn() {
    let installation = with_database();
    installation.write("Cargo.lock", cargo_lock(&[("leftpad", "1.2.0"), ("dusty", "0.1.0")]));

    let answer = installation.expect(0, &["gate", "--advisories", "db", "Cargo.lock", "--json"]);

    assert_eq!(found(&answer), ["RUSTSEC-2026-0002 dusty 0.1.0"]);
    assert_eq!(answer.json()["findings"][0]["level"], "warn");
    assert_eq!(answer.json()["undecided"], json!([]));
}

#[test]
fn several_inputs_and_sources_are_judged_together_and_a_malicious_package_closes_the_gate() {
    let installation = with_database();
    installation.write("MAL-2026-1.json", npm_advisory("MAL-2026-1", "evil").to_string());
    installation.write("web/package-lock.json", npm_lock(&[("evil", "9.0.0"), ("good", "1.0.0")]));
    installation.write("bom.json", inventory("shop", &[("leftpad", "1.0.0")]));
    let arguments = [
        "gate",
        "--advisories",
        "db",
        "--advisories",
        "MAL-2026-1.json",
        "--json",
        "bom.json",
        "web/package-lock.json",
    ];

    let answer = installation.expect(1, &arguments);

    assert_eq!(found(&answer), ["CVE-2026-1111 leftpad 1.0.0", "MAL-2026-1 evil 9.0.0"]);
    let document = answer.json();
    assert_eq!(document["findings"][1]["rules"], json!(["malicious", "any-finding"]));
    assert_eq!(document["inputs"][0]["kind"], "sbom");
    assert_eq!(document["inputs"][1]["format"], "npm-lock");
}

#[test]
fn silence_without_advisories_is_no_pass() {
    let installation = with_database();
    installation.write("package-lock.json", npm_lock(&[("good", "1.0.0")]));
    installation.write("Cargo.lock", cargo_lock(&[("leftpad", "1.2.0")]));

    let uncovered = installation.expect(3, &["gate", "--advisories", "db", "package-lock.json", "--json"]);
    let questions = uncovered.json()["open_questions"].to_string();
    assert!(questions.contains("npm, of which no advisories are known here"), "{questions}");
    // nothing was ever imported here
    let nothing = installation.expect(3, &["gate", "Cargo.lock", "--json"]);
    assert!(nothing.json()["open_questions"][0].as_str().unwrap().contains("no advisories"), "{nothing:?}");
    // a few single advisories are no database
    let advisory = installation.write("MAL-2026-1.json", npm_advisory("MAL-2026-1", "evil").to_string());
    installation.import(0, &advisory, &[]);
    let partial = installation.expect(3, &["gate", "package-lock.json", "--json"]);
    assert!(partial.json()["open_questions"].to_string().contains("no whole database"), "{partial:?}");
}

#[test]
fn old_advisories_leave_the_gate_closed_when_their_age_is_asked_for() {
    let installation = with_database();
    installation.write("Cargo.lock", cargo_lock(&[("leftpad", "1.2.0")]));
    let arguments = ["gate", "--advisories", "db", "Cargo.lock", "--json", "--max-age"];

    let old = installation.expect(3, &[&arguments[..], &["1"]].concat());

    assert!(old.json()["open_questions"][0].as_str().unwrap().contains("older than 1 hours"), "{old:?}");
    installation.expect(0, &[&arguments[..], &["4000000"]].concat());
}

#[test]
fn policies_decide_and_their_mistakes_are_named() {
    let installation = with_database();
    installation.write("Cargo.lock", cargo_lock(&[("leftpad", "1.1.9")]));
    installation.write("bom.json", inventory("shop", &[("leftpad", "1.2.0")]));
    let rule = |rest: &str| format!("version: 1\nname: ours\n{rest}");
    installation.write(
        "lax.yaml",
        rule("rules:\n  - {id: a, title: Any, on: findings, level: warn, when: {path: id, exists: true}}\n"),
    );
    installation.write(
        "components.yaml",
        rule("rules:\n  - {id: b, title: No leftpad, on: components, level: fail, when: {path: name, eq: leftpad}}\n"),
    );
    installation.write(
        "quality.yaml",
        rule("rules:\n  - id: c\n    title: Minimum elements\n    on: quality\n    level: fail\n    when: {all: [{path: profile, eq: ntia-2021}, {path: outcome, eq: failed}]}\n"),
    );
    installation.write(
        "bad.yaml",
        rule("rules:\n  - {id: d, title: X, on: findings, level: fail, when: {path: severty, eq: high}}\n"),
    );
    let gate = |code: i32, policy: &str, input: &str| {
        installation.expect(code, &["gate", "--advisories", "db", "--policy", policy, input])
    };

    assert!(gate(0, "lax.yaml", "Cargo.lock").out.contains("policy ours holds; 1 warnings"));
    assert!(gate(1, "components.yaml", "bom.json").out.contains("FAIL [b] bom.json: leftpad 1.2.0"));
    assert!(gate(1, "quality.yaml", "bom.json").out.contains("FAIL [c]"));
    assert!(
        gate(3, "quality.yaml", "Cargo.lock").out.contains("rules on quality were not asked of lock files")
    );
    let bad = gate(2, "bad.yaml", "Cargo.lock");
    assert!(bad.err.contains("bad.yaml:4:") && bad.err.contains("severty"), "{}", bad.err);
    assert!(bad.out.is_empty());
    gate(2, "missing.yaml", "Cargo.lock");
}

#[test]
fn a_policy_may_list_licences() {
    let installation = with_database();
    let component = |name: &str, licence: &str| {
        json!({"type": "library", "name": name, "version": "1", "purl": format!("pkg:cargo/{name}@1.0.0"),
               "licenses": [{"expression": licence}]})
    };
    let bom = json!({"bomFormat": "CycloneDX", "specVersion": "1.6",
        "components": [component("a", "MIT OR GPL-3.0-only"), component("b", "GPL-3.0-only")]});
    installation.write("bom.json", bom.to_string());
    let rules =
        "rules:\n  - {id: l, title: Denied, on: licences, level: fail, when: {path: verdict, eq: denied}}\n";
    let lists = "licences:\n  allow: [{id: MIT}]\n  deny: [{family: strong-copyleft}]\n";
    installation.write("policy.yaml", format!("version: 1\nname: l\n{lists}{rules}"));
    installation
        .write("bad.yaml", format!("version: 1\nname: l\nlicences:\n  deny: [{{id: Nonsense}}]\n{rules}"));

    let answer = installation
        .expect(1, &["gate", "--advisories", "db", "--policy", "policy.yaml", "bom.json", "--json"]);

    let document = answer.json();
    let violations = document["violations"].as_array().unwrap();
    let components: Vec<&str> = violations.iter().map(|v| v["component"].as_str().unwrap()).collect();
    assert_eq!(components, ["b 1"]);
    let bad = installation.expect(2, &["gate", "--advisories", "db", "--policy", "bad.yaml", "bom.json"]);
    assert!(bad.err.contains("bad.yaml:4:") && bad.err.contains("Nonsense"), "{}", bad.err);
}

#[test]
fn a_vex_statement_suppresses_and_its_reason_is_shown() {
    let installation = with_database();
    installation.write("Cargo.lock", cargo_lock(&[("leftpad", "1.1.9")]));
    let statement = |status: &str, version: &str| {
        json!({
            "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.test/vex/1", "author": "Maker",
            "timestamp": "2026-03-01T00:00:00Z", "version": 1,
            "statements": [{
                "vulnerability": {"name": "CVE-2026-1111"},
                "products": [{"@id": format!("pkg:cargo/leftpad@{version}")}],
                "status": status, "justification": "vulnerable_code_not_present",
            }],
        })
    };
    installation.write("vex.json", statement("not_affected", "1.1.9").to_string());
    installation.write("other.json", statement("not_affected", "1.1.8").to_string());
    let gate = |code: i32, vex: &str| {
        let arguments = ["gate", "--advisories", "db", "--vex", vex, "Cargo.lock", "--json"];
        installation.expect(code, &arguments).json()["findings"][0].clone()
    };

    let suppressed = gate(0, "vex.json");
    let other = gate(1, "other.json");

    assert_eq!(suppressed["suppressed"], true);
    let why = suppressed["why"].as_str().unwrap();
    assert!(
        why.contains("suppressed: VEX of Maker says not_affected (vulnerable_code_not_present)"),
        "{why}"
    );
    assert_eq!(other["suppressed"], false);
    assert!(
        other["why"].as_str().unwrap().contains("not followed, because it is about another version"),
        "{other}"
    );
    installation.expect(2, &["gate", "--advisories", "db", "--vex", "Cargo.lock", "Cargo.lock"]);
}

#[test]
fn what_is_known_to_be_exploited_closes_the_gate() {
    let installation = with_database();
    let low = HIGH.replace("A:H", "A:L").replace("AC:L", "AC:H");
    installation
        .write("db/crates/leftpad/RUSTSEC-2026-0001.md", rustsec("RUSTSEC-2026-0001", "leftpad", &low, ""));
    installation.write("Cargo.lock", cargo_lock(&[("leftpad", "1.1.9")]));
    let kev = |cve: &str| {
        json!({
            "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.01.01",
            "dateReleased": "2026-01-01T00:00:00.000Z", "count": 1,
            "vulnerabilities": [{
                "cveID": cve, "vendorProject": "x", "product": "y", "vulnerabilityName": "z", "dateAdded": "2026-01-01",
                "shortDescription": "s", "requiredAction": "a", "dueDate": "2026-02-01",
                "knownRansomwareCampaignUse": "Unknown", "notes": "", "cwes": [],
            }],
        })
        .to_string()
    };
    installation.write("kev.json", kev("CVE-2026-1111"));
    installation.write("other.json", kev("CVE-2026-2222"));
    let gate = |code: i32, more: &[&str]| {
        installation
            .expect(code, &[&["gate", "--advisories", "db", "Cargo.lock", "--json"], more].concat())
            .json()
    };

    assert_eq!(gate(1, &["--advisories", "kev.json"])["findings"][0]["known_exploited"], true);
    assert_eq!(gate(0, &["--advisories", "other.json"])["findings"][0]["known_exploited"], false);
    // without the catalogue it cannot be told
    let unknown = gate(3, &[]);
    assert_eq!(unknown["findings"][0]["known_exploited"], Value::Null);
    assert!(unknown["notes"].to_string().contains("KEV"), "{unknown}");
}

#[test]
fn wrong_inputs_end_with_2_and_say_what_they_are() {
    let installation = with_database();
    installation.write("scan.sarif", super::support::sarif("x", None));
    installation.write("noise.bin", [0, 159, 146, 150]);
    installation.write("broken/Cargo.lock", "<html>");
    for input in ["scan.sarif", "noise.bin", "broken/Cargo.lock", "no-such-file", "db"] {
        let answer = installation.expect(2, &["gate", "--advisories", "db", input, "--json"]);

        assert!(answer.out.is_empty() && answer.err.contains(input), "{input}: {}", answer.err);
    }
    installation.expect(2, &["gate", "--advisories", "nowhere", "Cargo.lock"]);
    installation.expect(2, &["gate", "--json", "--sarif", "Cargo.lock"]);
    installation.expect(2, &["gate"]);
}

#[test]
fn sarif_is_read_by_our_own_reader() {
    let installation = with_database();
    installation.write("Cargo.lock", cargo_lock(&[("leftpad", "1.1.9"), ("dusty", "0.1.0")]));

    let answer = installation.expect(1, &["gate", "--advisories", "db", "Cargo.lock", "--sarif"]);

    let upload = Upload {
        name: "gate.sarif",
        bytes: answer.out.as_bytes(),
        kind: None,
        limits: Limits::default(),
        redaction_key: &[0; 32],
    };
    let reading = intake::read(&upload).remove(0);
    let Some(Evidence::Scan(scan)) = reading.evidence else { panic!("{:?}", reading.receipt) };
    assert_eq!(scan.tools[0].name, "attestry");
    assert_eq!(reading.receipt.records.kept, 2, "{:?}", reading.receipt);
    let results = &answer.json()["runs"][0]["results"];
    assert_eq!((&results[0]["level"], &results[1]["level"]), (&json!("error"), &json!("warning")));
}

#[test]
fn every_lock_file_of_the_corpus_gets_cargo_audits_findings() {
    let Some(corpus) = corpus() else { return };
    let installation = Installation::new();
    let databases = std::fs::read_dir(corpus.join("advisories/rustsec")).unwrap().map(|e| e.unwrap().path());
    let database = databases.filter(|p| p.to_string_lossy().ends_with(".tar.gz")).min().unwrap();
    let mut expected = BTreeSet::new();
    let mut arguments = vec!["gate".to_owned(), "--json".to_owned(), "--advisories".to_owned()];
    arguments.push(database.display().to_string());
    for case in std::fs::read_dir(corpus.join("oracle/cargo-audit")).unwrap() {
        let case = case.unwrap().path();
        let file = |name: &str| {
            let plain = case.join(name);
            read(&if plain.is_file() { plain } else { case.join(format!("{name}.gz")) })
        };
        let name = format!("{}/Cargo.lock", case.file_name().unwrap().to_string_lossy());
        installation.write(&name, file("Cargo.lock"));
        let (vulnerabilities, warnings) = theirs(&file("cargo-audit.json"));
        let vulnerabilities = vulnerabilities.into_iter().map(|key| format!("vulnerability|{key}"));
        expected.extend(vulnerabilities.chain(warnings).map(|key| format!("{name}|{key}")));
        arguments.push(name);
    }

    let answer = installation.run(&arguments);

    let document = answer.json();
    let mut ours = BTreeSet::new();
    for finding in document["findings"].as_array().unwrap() {
        let text = |key: &str| finding[key].as_str().unwrap();
        for report in finding["reports"].as_array().unwrap() {
            let (class, id) = (report["class"].as_str().unwrap(), report["id"].as_str().unwrap());
            ours.insert(format!("{}|{class}|{id}|{}|{}", text("file"), text("package"), text("version")));
        }
    }
    assert!(expected.len() > 10, "{} expected", expected.len());
    let differences: Vec<_> = ours.symmetric_difference(&expected).collect();
    assert!(differences.is_empty(), "{differences:#?}");
    assert_eq!(answer.code, 1, "{}", document["open_questions"]);
    println!("{} lock files, {} findings as cargo-audit has them", arguments.len() - 4, ours.len());
}
