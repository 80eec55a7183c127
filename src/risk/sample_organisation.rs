//! The sample organisation keeps showing what it is for: every tier, every floor, and vendors in good order.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::base::UnixMillis;
use crate::base::relative::expand;
use crate::evidence::document::{DocumentKind, Opinion};
use crate::risk::facts::{ChangeEvent, DocumentFact, EventKind, VendorFacts};
use crate::risk::figure::{Level, Share};
use crate::risk::floors::FloorRule;
use crate::risk::score::{Tier, VendorScore};
use crate::risk::worked_example::rules;

#[derive(Deserialize)]
struct Organisation {
    asset: Vec<toml::Table>,
    vendor: Vec<Vendor>,
}

#[derive(Deserialize)]
struct Vendor {
    key: String,
    name: String,
    data_classes: Vec<String>,
    sensitivity: Level,
    criticality: Level,
    access: Level,
    #[serde(default)]
    event: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    kind: EventKind,
    at: String,
    open: bool,
    past_sla: bool,
    reviewed_at: Option<String>,
}

#[derive(Deserialize)]
struct Form {
    document: DocumentKind,
    title: String,
    issued: Option<String>,
    period: Option<BTreeMap<String, String>>,
    valid_until: Option<String>,
    coverage: Option<Share>,
    opinion: Option<Opinion>,
    #[serde(default)]
    exceptions: u32,
    bridge_until: Option<String>,
    confirmed: BTreeMap<String, String>,
    file: String,
}

#[derive(Deserialize)]
struct Listing {
    item: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    file: String,
    asset: Option<String>,
    vendor: Option<String>,
}

fn today() -> UnixMillis {
    UnixMillis::parse_lenient("2026-11-20T12:00:00Z").unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/northwind-pay")
}

fn read(file: &str) -> String {
    let text = fs::read_to_string(root().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
    expand(&text, today()).unwrap_or_else(|e| panic!("{file}: {e}"))
}

fn date(text: Option<&String>) -> Option<UnixMillis> {
    text.map(|t| UnixMillis::parse_lenient(t).unwrap())
}

fn organisation() -> Organisation {
    toml::from_str(&read("organisation.toml")).unwrap()
}

fn listing() -> Vec<Item> {
    toml::from_str::<Listing>(&read("evidence.toml")).unwrap().item
}

fn document(item: &Item) -> DocumentFact {
    let form: Form = serde_saphyr::from_str(&read(&item.file)).unwrap();
    let folder = Path::new(&item.file).parent().unwrap().to_owned();
    assert!(root().join(folder).join(&form.file).is_file(), "{} names a missing file", item.file);
    DocumentFact {
        evidence_id: None,
        kind: form.document,
        title: form.title,
        issued: date(form.issued.as_ref()),
        period_to: date(form.period.as_ref().and_then(|p| p.get("to"))),
        valid_until: date(form.valid_until.as_ref()),
        bridge_until: date(form.bridge_until.as_ref()),
        coverage: form.coverage,
        opinion: form.opinion,
        exceptions: form.exceptions,
        confirmed_at: date(form.confirmed.get("at")),
    }
}

fn facts(vendor: Vendor, items: &[Item]) -> VendorFacts {
    let own = items.iter().filter(|item| item.vendor.as_deref() == Some(vendor.key.as_str()));
    let event = |e: Event| ChangeEvent {
        at: date(Some(&e.at)).unwrap(),
        kind: e.kind,
        open: e.open,
        reviewed_at: date(e.reviewed_at.as_ref()),
        past_sla: e.past_sla,
    };
    let handles = |class: &str| vendor.data_classes.iter().any(|c| c == class);
    VendorFacts {
        personal_data: handles("personal"),
        cardholder_data: handles("cardholder"),
        documents: own.map(document).collect(),
        key: vendor.key,
        name: vendor.name,
        sensitivity: vendor.sensitivity,
        criticality: vendor.criticality,
        access: vendor.access,
        events: vendor.event.into_iter().map(event).collect(),
    }
}

fn scores() -> BTreeMap<String, VendorScore> {
    let items = listing();
    let facts = organisation().vendor.into_iter().map(|vendor| facts(vendor, &items));
    facts.map(|f| (f.key.clone(), rules().score(&f, today()))).collect()
}

#[test]
fn every_tier_and_every_floor_occurs() {
    let scores = scores();

    for tier in [Tier::Low, Tier::Medium, Tier::High, Tier::Critical] {
        assert!(scores.values().any(|s| s.tier == tier), "no vendor is {}", tier.as_str());
    }
    let binding = |key: &str| scores[key].binding_floor().map(|floor| floor.rule);
    assert_eq!(binding("tessera-vault"), Some(FloorRule::CardholderDataWithoutAoc));
    assert_eq!(binding("corvid-fraud"), Some(FloorRule::OpenBreach));
    assert_eq!(binding("gatehouse-id"), Some(FloorRule::KnownExploitedPastSla));
    assert_eq!(binding("lantern-helpdesk"), Some(FloorRule::PersonalDataWithoutDpa));
    for key in ["harbour-acquiring", "nimbus-hosting", "quill-mail", "paperclip-supplies"] {
        assert_eq!(scores[key].floors_applied, [], "{key}");
    }
}

#[test]
fn the_vendor_in_good_order_stands_far_below_the_one_whose_attestation_lapsed() {
    let scores = scores();

    assert!(scores["harbour-acquiring"].residual.get() < 35.0);
    assert!(scores["harbour-acquiring"].confidence.get() > 0.7);
    assert!(scores["tessera-vault"].residual.get() >= 70.0);
    assert_eq!(scores["paperclip-supplies"].confidence.get(), 0.0);
}

#[test]
fn the_bridged_report_and_the_waiting_change_are_said_in_words() {
    let scores = scores();
    let says = |key: &str, words: &str| {
        let terms = scores[key].domains.iter().flat_map(|d| &d.terms);
        terms.map(|t| &t.explanation).any(|text| text.contains(words))
    };

    assert!(says("gatehouse-id", "carried by a bridge letter"));
    assert!(says("quill-mail", "held back by a change nobody has reviewed"));
    assert!(says("corvid-fraud", "qualified opinion"));
}

#[test]
fn every_item_names_one_known_subject_and_expands() {
    let organisation = organisation();
    let assets: Vec<&str> = organisation.asset.iter().filter_map(|a| a["key"].as_str()).collect();
    let vendors: Vec<&str> = organisation.vendor.iter().map(|v| v.key.as_str()).collect();

    for item in listing() {
        assert!(item.asset.as_deref().is_none_or(|key| assets.contains(&key)), "{}", item.file);
        assert!(item.vendor.as_deref().is_none_or(|key| vendors.contains(&key)), "{}", item.file);
        assert!(item.asset.is_none() || item.vendor.is_none(), "{} has two subjects", item.file);
        let text = read(&item.file);
        if item.file.ends_with(".json") || item.file.ends_with(".sarif") {
            assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{} is no JSON", item.file);
        }
    }
}

#[test]
fn every_evidence_file_is_listed() {
    let listed: Vec<String> = listing().into_iter().map(|item| item.file).collect();

    for folder in ["evidence", "evidence/advisories", "evidence/documents"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let entry = entry.unwrap();
            let file = format!("{folder}/{}", entry.file_name().to_string_lossy());
            assert!(entry.path().is_dir() || listed.contains(&file), "{file} is not in evidence.toml");
        }
    }
}
