//! Validates our own VEX documents against the formats' official schemas, where the corpus is at hand.

use std::fs;
use std::path::{Path, PathBuf};

use attestry::base::UnixMillis;
use attestry::evidence::vex::{
    Decision, DecisionProduct, Decisions, Identifier, Justification, Role, Said, to_csaf_vex,
    to_cyclonedx_vex, to_openvex,
};
use serde_json::Value;

fn schemas() -> Option<PathBuf> {
    let corpus = std::env::var_os("ATTESTRY_CORPUS").map(PathBuf::from);
    let beside = corpus.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"));
    beside.join("schemas/openvex").is_dir().then(|| beside.join("schemas"))
}

fn product(name: &str, identifiers: Vec<Identifier>) -> DecisionProduct {
    DecisionProduct { name: name.to_owned(), version: Some("1.0".to_owned()), identifiers }
}

/// Products known by everything a product may be known by; the last one by its name only.
fn products() -> [DecisionProduct; 4] {
    let hash = Identifier::hash("SHA-256", &"ab".repeat(32));
    let link = Identifier::of("urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#a%2Fb");
    [
        product("app", vec![Identifier::of("pkg:oci/app@1.0"), hash]),
        product("box", vec![Identifier::of("cpe:2.3:h:example:box:1.0:*:*:*:*:*:*:*")]),
        product("part", vec![link]),
        product("a name only", Vec::new()),
    ]
}

/// Everything a decision may say, of each product.
fn list() -> Vec<Decision> {
    let impact = || "The code is compiled out.".to_owned();
    let said = [
        Said::NotAffected { justification: Some(Justification::VulnerableCodeNotPresent), impact: impact() },
        Said::NotAffected { justification: None, impact: impact() },
        Said::Affected { action: "Update to 2.0.".to_owned() },
        Said::Fixed,
        Said::UnderInvestigation,
    ];
    let [_, _, link, name] = products();
    let mut list = Vec::new();
    for (at, said) in said.into_iter().enumerate() {
        for (of, product) in products().into_iter().enumerate() {
            let system = if of == 3 { "RUSTSEC" } else { "CVE" };
            list.push(Decision {
                vulnerability: format!("{system}-2024-10{at}{of}"),
                aliases: vec![format!("GHSA-aaaa-bbbb-{at}{of}cc")],
                product,
                components: if at % 2 == 0 { vec![link.clone(), name.clone()] } else { Vec::new() },
                said: said.clone(),
                at: UnixMillis(1_700_000_000_000),
            });
        }
    }
    list
}

fn decisions() -> Decisions {
    let issues = vec![
        (UnixMillis(1_700_000_000_000), "First issue.".to_owned()),
        (UnixMillis(1_700_100_000_000), "More decisions.".to_owned()),
    ];
    Decisions {
        id: "https://example.org/vex/1".to_owned(),
        title: "What we decided".to_owned(),
        author: "Example Company".to_owned(),
        role: Role::Vendor,
        namespace: "https://example.org".to_owned(),
        issues,
        list: list(),
    }
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn faults(schema: &Value, others: &[(&str, PathBuf)], document: &Value) -> Vec<String> {
    let mut registry = jsonschema::Registry::new();
    for (uri, path) in others {
        registry = registry.add(*uri, json(path)).unwrap();
    }
    let registry = registry.prepare().unwrap();
    let validator =
        jsonschema::options().with_registry(&registry).should_validate_formats(true).build(schema).unwrap();
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn our_documents_keep_the_official_schemas() {
    let Some(schemas) = schemas() else {
        println!("skipped: no schemas");
        return;
    };
    let at = |path: &str| schemas.join(path);
    let openvex = faults(&json(&at("openvex/openvex_json_schema.json")), &[], &to_openvex(&decisions()));
    assert!(openvex.is_empty(), "{}", openvex.join("\n"));

    let cvss = |version: &str| at(&format!("csaf/cvss-v{version}.json"));
    let others = [
        ("https://www.first.org/cvss/cvss-v2.0.json", cvss("2.0")),
        ("https://www.first.org/cvss/cvss-v3.0.json", cvss("3.0")),
        ("https://www.first.org/cvss/cvss-v3.1.json", cvss("3.1")),
    ];
    let csaf = faults(&json(&at("csaf/csaf_json_schema.json")), &others, &to_csaf_vex(&decisions()));
    assert!(csaf.is_empty(), "{}", csaf.join("\n"));

    let others = [
        ("http://cyclonedx.org/schema/spdx.schema.json", at("cyclonedx/spdx.schema.json")),
        ("http://cyclonedx.org/schema/jsf-0.82.schema.json", at("cyclonedx/jsf-0.82.schema.json")),
    ];
    let cyclonedx =
        faults(&json(&at("cyclonedx/bom-1.6.schema.json")), &others, &to_cyclonedx_vex(&decisions()));
    assert!(cyclonedx.is_empty(), "{}", cyclonedx.join("\n"));
}
