//! The catalogues against the reference lists, the tests against the catalogues, the documentation against both.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its input has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use attestry::controls::{
    Automation, Catalog, ControlTest, Framework, GatePolicy, Item, ItemKind, SourceFile, Strength,
    SubjectKind,
};

const PCI: &str = "pci-dss-4.0.1";
const SOC2: &str = "soc2-2017";
const GDPR: &str = "gdpr";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every YAML file below `controls/frameworks` and `controls/tests`, named relative to `controls`.
fn control_files() -> Vec<SourceFile> {
    let mut files = Vec::new();
    for folder in ["frameworks", "tests"] {
        collect(&root().join("controls").join(folder), folder, &mut files);
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

fn collect(folder: &Path, name: &str, files: &mut Vec<SourceFile>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{name}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            collect(&entry.path(), &name, files);
        } else if name.ends_with(".yaml") {
            files.push(SourceFile { name, text: fs::read_to_string(entry.path()).unwrap() });
        }
    }
}

fn catalog() -> Catalog {
    Catalog::load(&control_files()).unwrap_or_else(|error| {
        let lines: Vec<String> = error
            .diagnostics
            .iter()
            .map(|d| format!("{}:{}:{} {}: {}", d.file, d.line, d.column, d.code, d.message))
            .collect();
        panic!("{error}:\n{}", lines.join("\n"))
    })
}

/// A reference list; `None` (and a word about it) where the reference is not at hand.
fn reference(name: &str) -> Option<Value> {
    let configured = std::env::var_os("ATTESTRY_REFERENCE").map(PathBuf::from);
    let folder = configured.clone().unwrap_or_else(|| root().join("../shared/reference/controls"));
    if !folder.is_dir() {
        assert!(configured.is_none(), "ATTESTRY_REFERENCE is set but {} does not exist", folder.display());
        eprintln!("skipped: no reference lists at {}", folder.display());
        return None;
    }
    let text = fs::read_to_string(folder.join(name)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn rows<'v>(list: &'v Value, level: &str) -> Vec<&'v Value> {
    let items = list["items"].as_array().unwrap();
    items.iter().filter(|i| level.is_empty() || i["level"] == level).collect()
}

fn ids(rows: &[&Value]) -> BTreeSet<String> {
    rows.iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect()
}

fn of_kind(framework: &Framework, kind: ItemKind) -> BTreeSet<String> {
    framework.items.iter().filter(|i| i.kind == kind).map(|i| i.id.clone()).collect()
}

fn by_id(framework: &Framework) -> BTreeMap<&str, &Item> {
    framework.items.iter().map(|i| (i.id.as_str(), i)).collect()
}

#[test]
fn the_catalogues_have_the_published_sizes() {
    let catalog = catalog();
    let count = |framework: &str, kind| of_kind(catalog.framework(framework).unwrap(), kind).len();

    let pci = [ItemKind::Principal, ItemKind::Appendix, ItemKind::Section, ItemKind::Requirement];
    assert_eq!(pci.map(|kind| count(PCI, kind)), [12, 3, 71, 280]);
    assert_eq!([ItemKind::Principal, ItemKind::Criterion].map(|kind| count(SOC2, kind)), [20, 61]);
    assert_eq!([ItemKind::Principal, ItemKind::Article].map(|kind| count(GDPR, kind)), [11, 99]);
    assert!(catalog.tests.len() >= 30);
    assert_eq!(catalog.framework("soc2-tsc-2017-rev2022").unwrap().id, SOC2);
}

#[test]
fn pci_dss_carries_exactly_the_published_identifiers() {
    let Some(list) = reference("pci-dss-4.0.1.ids.json") else { return };
    let catalog = catalog();
    let framework = catalog.framework(PCI).unwrap();
    let levels = [
        ("principal", ItemKind::Principal),
        ("appendix", ItemKind::Appendix),
        ("section", ItemKind::Section),
        ("requirement", ItemKind::Requirement),
    ];

    for (level, kind) in levels {
        assert_eq!(of_kind(framework, kind), ids(&rows(&list, level)), "{level}");
    }
    let items = by_id(framework);
    for row in rows(&list, "") {
        let item = items[row["id"].as_str().unwrap()];
        assert_eq!(item.parent.as_deref(), row["parent"].as_str(), "parent of {}", item.id);
        assert_eq!(item.superseded_by.as_deref(), row["superseded_by"].as_str(), "{}", item.id);
        assert_eq!(item.mandatory_since.as_deref(), row["mandatory_since"].as_str(), "{}", item.id);
        let everybody = row["applies_to"].as_str().is_none_or(|who| who == "all");
        let heading = item.kind != ItemKind::Requirement;
        assert!(heading || item.applies_to.is_none() == everybody, "applies_to of {}", item.id);
    }
}

#[test]
fn soc_2_carries_exactly_the_published_identifiers() {
    let Some(list) = reference("soc2-tsc-2017-rev2022.ids.json") else { return };
    let catalog = catalog();
    let framework = catalog.framework(SOC2).unwrap();

    assert_eq!(of_kind(framework, ItemKind::Criterion), ids(&rows(&list, "")));
    let items = by_id(framework);
    for row in rows(&list, "") {
        let item = items[row["id"].as_str().unwrap()];
        assert_eq!(item.parent.as_deref(), row["series"].as_str(), "series of {}", item.id);
    }
}

#[test]
fn gdpr_carries_all_articles_and_every_paragraph_that_obliges() {
    let Some(list) = reference("gdpr.ids.json") else { return };
    let catalog = catalog();
    let framework = catalog.framework(GDPR).unwrap();
    let items = by_id(framework);

    assert_eq!(of_kind(framework, ItemKind::Article), ids(&rows(&list, "article")));
    for row in rows(&list, "article") {
        assert_eq!(items[row["id"].as_str().unwrap()].title, row["title"].as_str().unwrap());
    }
    let oblige: Vec<&Value> =
        rows(&list, "paragraph").into_iter().filter(|r| r["obligation"] == true).collect();
    let marked = framework.items.iter().filter(|i| i.kind == ItemKind::Paragraph && i.obligation);
    assert_eq!(oblige.len(), 118);
    assert_eq!(marked.map(|i| i.id.clone()).collect::<BTreeSet<_>>(), ids(&oblige));
    let known = ids(&rows(&list, ""));
    let numbered = framework.items.iter().filter(|i| i.kind != ItemKind::Principal);
    assert!(numbered.into_iter().all(|i| known.contains(&i.id)));
}

#[test]
fn exactly_what_the_evidence_map_lists_is_assessed() {
    let Some(map) = reference("evidence-map.json") else { return };
    let catalog = catalog();

    for (key, framework) in [("pci", PCI), ("soc2", SOC2), ("gdpr", GDPR)] {
        let expected: BTreeMap<&str, Automation> = map["rows"][key]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| (r["id"].as_str().unwrap(), automation(r)))
            .collect();
        let framework = catalog.framework(framework).unwrap();
        let actual: BTreeMap<&str, Automation> =
            framework.items.iter().filter_map(|i| Some((i.id.as_str(), i.automation?))).collect();
        assert_eq!(actual, expected, "{}", framework.id);
    }
}

fn automation(row: &Value) -> Automation {
    match row["automation"].as_str().unwrap() {
        "F" => Automation::Full,
        "P" => Automation::Partial,
        "M" => Automation::Manual,
        other => panic!("unknown automation {other}"),
    }
}

#[test]
fn every_assessed_item_says_what_to_provide_and_how_often() {
    for framework in catalog().frameworks {
        for item in framework.items.iter().filter(|i| i.is_assessed()) {
            let provide = item.provide.as_deref().unwrap_or_default();
            assert!(provide.len() > 20 && provide.ends_with('.'), "{} {}", framework.id, item.id);
            assert!(item.cadence.is_some() || item.superseded_by.is_some(), "{} {}", framework.id, item.id);
        }
    }
}

#[test]
fn titles_are_short() {
    for framework in catalog().frameworks {
        // Article titles are the law's own.
        for item in framework.items.iter().filter(|i| i.kind != ItemKind::Article) {
            assert!((3..=80).contains(&item.title.chars().count()), "{} {}", framework.id, item.id);
        }
    }
}

#[test]
fn every_link_names_an_assessed_item_that_is_still_in_force() {
    let catalog = catalog();

    for test in &catalog.tests {
        for link in &test.evidences {
            let items = by_id(catalog.framework(&link.framework).unwrap());
            let item = items[link.id.as_str()];
            assert!(item.is_assessed(), "{}: {} is a heading", test.id, link.id);
            assert!(item.superseded_by.is_none(), "{}: {} is superseded", test.id, link.id);
        }
    }
}

#[test]
fn a_link_that_can_decide_says_what_it_covers_and_what_it_leaves_open() {
    for test in catalog().tests {
        for link in test.evidences.iter().filter(|l| l.strength != Strength::Context) {
            let said = link.part.is_some() && link.leaves_open.is_some();
            assert!(said, "{} → {} {}", test.id, link.framework, link.id);
        }
    }
}

#[test]
fn every_test_says_a_failure_in_few_words_that_fit_one_and_many() {
    for test in catalog().tests {
        let says = test.says.as_deref().unwrap_or_default();
        assert!((10..=80).contains(&says.chars().count()), "{}: {says}", test.id);
        assert!(!says.ends_with('.') && says.chars().next().unwrap().is_lowercase(), "{}: {says}", test.id);
        let singular = ["is ", "are ", "has ", "have ", "was ", "were ", "does ", "do "];
        assert!(!singular.iter().any(|verb| says.starts_with(verb)), "{}: {says}", test.id);
    }
}

#[test]
fn a_dependency_or_configuration_scan_never_speaks_for_network_scans() {
    for test in catalog().tests {
        let network = |id: &str| id.starts_with("11.3") || id.starts_with("11.4");
        assert!(!test.evidences.iter().any(|l| l.framework == PCI && network(&l.id)), "{}", test.id);
    }
}

#[test]
fn every_test_has_a_fixture_and_every_fixture_a_test() {
    let folder = root().join("tests/fixtures/controls");
    let files = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let fixtures: BTreeSet<String> =
        files.map(|p| p.file_stem().unwrap().to_str().unwrap().to_owned()).collect();

    assert_eq!(fixtures, catalog().tests.into_iter().map(|t| t.id).collect());
}

#[test]
fn no_control_file_claims_compliance() {
    for file in control_files() {
        assert!(!file.text.to_lowercase().contains("compliant"), "{}", file.name);
    }
}

#[test]
fn the_documented_examples_load_beside_the_built_in_files() {
    let text = fs::read_to_string(root().join("docs/controls.md")).unwrap();
    let examples = text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned());
    let (gates, examples): (Vec<String>, Vec<String>) =
        examples.partition(|text| text.starts_with("version:"));
    let mut files = control_files();
    files.extend(examples.into_iter().map(|text| {
        let folder = if text.starts_with("tests:") { "tests" } else { "frameworks" };
        SourceFile { name: format!("{folder}/example.yaml"), text }
    }));

    let (built_in, extended) = (catalog(), Catalog::load(&files).unwrap());

    assert_eq!(extended.tests.len(), built_in.tests.len() + 1);
    assert_eq!(extended.frameworks.len(), built_in.frameworks.len() + 1);
    assert_eq!(gates.len(), 1);
    for text in gates {
        GatePolicy::load(&SourceFile { name: "gate.yaml".to_owned(), text }).unwrap();
    }
}

#[test]
fn the_documented_table_equals_the_tests() {
    let text = fs::read_to_string(root().join("docs/controls.md")).unwrap();
    let (_, rest) = text.split_once("<!-- tests: begin -->\n").unwrap();
    let (table, _) = rest.split_once("<!-- tests: end -->").unwrap();

    let expected = documented(&catalog().tests);
    assert!(table == expected, "put this between the marks in docs/controls.md:\n{expected}");
}

fn documented(tests: &[ControlTest]) -> String {
    let mut out = String::from(
        "| test | what is tested | about | evidence | PCI DSS | SOC 2 | GDPR |\n|---|---|---|---|---|---|---|\n",
    );
    for test in tests {
        let links = [PCI, SOC2, GDPR].map(|framework| links(test, framework));
        let about = subject(test.population.of);
        let row = [format!("`{}`", test.id), test.title.clone(), about.to_owned(), evidence(test)];
        writeln!(out, "| {} | {} |", row.join(" | "), links.join(" | ")).unwrap();
    }
    out
}

/// Direct links bold, supporting ones plain, context in brackets.
fn links(test: &ControlTest, framework: &str) -> String {
    let shown = test.evidences.iter().filter(|l| l.framework == framework).map(|l| match l.strength {
        Strength::Direct => format!("**{}**", l.id),
        Strength::Supporting => l.id.clone(),
        Strength::Context => format!("({})", l.id),
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn evidence(test: &ControlTest) -> String {
    let Some(need) = &test.evidence else { return "the record itself".to_owned() };
    let fresh = need.fresh.as_ref().map(|span| format!(", at most {} old", span.0)).unwrap_or_default();
    format!("{}{fresh}", need.kind.as_str())
}

const fn subject(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Asset => "asset",
        SubjectKind::Vendor => "vendor",
        SubjectKind::Feed => "feed",
        SubjectKind::Source => "source",
        SubjectKind::Installation => "installation",
    }
}
