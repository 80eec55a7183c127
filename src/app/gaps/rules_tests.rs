//! Each rule is turned on and off by the one thing it asks about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::app::ScoreLine;
use crate::app::gaps::rules::{Facts, RULES};
use crate::app::standing::Standing;
use crate::app::surroundings::{SourceState, Surroundings};
use crate::base::{Digest, RunId, UnixMillis};
use crate::controls::{Catalog, ControlTest, Evaluation, Framework};
use crate::evidence::ReceiptStatus;
use crate::report::EvidenceRow;
use crate::store::{AssetRow, FeedRow, RunRow, RunState, SourceRow, Trigger, Unread};

const NOW: UnixMillis = UnixMillis(1_800_000_000_000);

struct World {
    catalog: Catalog,
    standing: Standing,
    around: Surroundings,
}

/// One deployable with SBOM and scan, one direct test that passes on proven, new evidence, a current feed, a source
/// that ran: nobody has anything to ask.
fn world() -> World {
    let framework: Framework = serde_json::from_value(serde_json::json!({
        "id": "f", "title": "F", "version": "1", "notice": "n",
        "items": [{"id": "1", "kind": "requirement", "title": "T", "automation": "full", "provide": "Provide: it"}]}))
    .unwrap();
    let test: ControlTest = serde_json::from_value(serde_json::json!({
        "id": "t", "title": "It is so", "evidences": [{"framework": "f", "id": "1", "strength": "direct"}],
        "population": {"of": "asset", "when_empty": "none"}, "evidence": {"kind": "sbom", "feed": "current"},
        "pass": {"path": "evidence.components", "at_least": 1}, "cadence": {"days": 30, "from": "default"},
        "severity": "high", "remediation": "Mend it."}))
    .unwrap();
    let evaluation: Evaluation = serde_json::from_value(serde_json::json!({
        "at": NOW, "catalog": Digest::of(b""),
        "results": [{"test": "t", "definition": Digest::of(b""), "inputs": Digest::of(b""), "status": "pass",
            "population": 1, "evaluated": 1, "failing": [], "more_failing": 0, "explanation": "", "at": NOW,
            "valid_until": null,
            "subjects": [{"subject": "shop", "status": "pass", "explanation": "", "relied_on": ["e"]}]}],
        "requirements": [{"framework": "f", "id": "1", "status": "evidence_met", "explanation": "", "tests": ["t"],
            "provide": null}]}))
    .unwrap();
    let catalog = Catalog { frameworks: vec![framework], tests: vec![test], digest: Digest::of(b"") };
    let standing = Standing { evaluation, evidence: vec![evidence()], unproven: BTreeMap::new() };
    World { catalog, standing, around: around() }
}

fn evidence() -> EvidenceRow {
    EvidenceRow {
        id: "e".to_owned(),
        kind: None,
        format: String::new(),
        file: "bom.json".to_owned(),
        subject: "asset:shop".to_owned(),
        sha256: Digest::of(b""),
        bytes: 1,
        produced_at: None,
        collected_at: NOW.plus_days(-1),
        ledger_index: None,
        status: ReceiptStatus::Accepted,
    }
}

fn around() -> Surroundings {
    let asset = AssetRow {
        key: "shop".to_owned(),
        name: "Shop".to_owned(),
        asset_type: "deployable".to_owned(),
        in_scope: true,
        environment: "production".to_owned(),
        owner: "platform".to_owned(),
        data_classes: Vec::new(),
        internet_facing: false,
        updated_at: NOW,
    };
    let kind = |kind: &str| ("asset:shop".to_owned(), kind.to_owned());
    Surroundings {
        at: NOW,
        is_now: true,
        standing: None::<Arc<Standing>>,
        week_before: None,
        sources: vec![SourceState { row: source(), schedule: None, run: Some(run(RunState::Done)) }],
        assets: vec![asset],
        kinds: BTreeSet::from([kind("sbom"), kind("scan")]),
        unread: Vec::new(),
        withdrawals: Vec::new(),
        feeds: vec![FeedRow { key: "rustsec".to_owned(), last_updated: NOW, whole: true, advisories: 1 }],
        vendors: Vec::<ScoreLine>::new(),
        packs: Vec::new(),
        ledger: None,
    }
}

fn source() -> SourceRow {
    SourceRow {
        id: "s".to_owned(),
        name: "Repository".to_owned(),
        source_type: "directory".to_owned(),
        config: "{}".to_owned(),
        secret: None,
        enabled: true,
        cursor: String::new(),
        updated_at: NOW,
    }
}

fn run(state: RunState) -> RunRow {
    RunRow {
        id: RunId::new(),
        job: "collect".to_owned(),
        source_id: Some("s".to_owned()),
        trigger: Trigger::Now,
        state,
        due_at: NOW,
        started_at: NOW,
        finished_at: Some(NOW),
        owner: String::new(),
        fence: 1,
        missed: 0,
        accepted: 0,
        duplicates: 0,
        quarantined: 0,
        detail: "the token was refused".to_owned(),
        request: String::new(),
        progress: String::new(),
    }
}

/// Titles of the rules that find something.
fn asked(world: &World) -> Vec<&'static str> {
    let (catalog, standing, around) = (&world.catalog, &world.standing, &world.around);
    let facts = Facts { catalog, standing, around, feed_max_age_hours: 48 };
    RULES.iter().filter(|r| !(r.find)(&facts).is_empty()).map(|r| r.title).collect()
}

/// Asserts that this change makes one rule ask, and no other.
fn turns_on(title: &str, change: impl FnOnce(&mut World)) {
    let mut world = world();
    assert!(asked(&world).is_empty(), "{:?}", asked(&world));
    change(&mut world);
    assert_eq!(asked(&world), [title]);
}

#[test]
fn a_quarantined_file_about_something_in_scope() {
    let unread =
        |subject: &str| Unread { id: "q".to_owned(), file: "x".to_owned(), subject: subject.to_owned() };
    turns_on(RULES[0].title, |w| w.around.unread = vec![unread("asset:shop"), unread("asset:other")]);
}

#[test]
fn a_source_that_failed_or_never_ran() {
    turns_on(RULES[1].title, |w| w.around.sources[0].run = Some(run(RunState::Failed)));
    turns_on(RULES[1].title, |w| w.around.sources[0].run = None);
}

#[test]
fn a_feed_that_is_partial_old_or_not_there() {
    turns_on(RULES[2].title, |w| w.around.feeds[0].whole = false);
    turns_on(RULES[2].title, |w| w.around.feeds[0].last_updated = NOW.plus_days(-3));
    turns_on(RULES[2].title, |w| w.around.feeds.clear());
    turns_on(RULES[2].title, |w| {
        let old = NOW.plus_days(-3);
        w.around.feeds.push(FeedRow { key: "kev".to_owned(), last_updated: old, whole: true, advisories: 0 });
    });
}

#[test]
fn a_feed_that_is_followed_leads_to_its_source() {
    let mut world = world();
    let followed = SourceRow {
        id: "f".to_owned(),
        source_type: "advisory-feed".to_owned(),
        config: "{\"feed\": \"rustsec\"}".to_owned(),
        ..source()
    };
    world.around.sources.push(SourceState { row: followed, schedule: None, run: Some(run(RunState::Done)) });
    world.around.feeds[0].last_updated = NOW.plus_days(-3);

    let (catalog, standing, around) = (&world.catalog, &world.standing, &world.around);
    let found = (RULES[2].find)(&Facts { catalog, standing, around, feed_max_age_hours: 48 });

    assert_eq!((found.len(), found[0].href.as_str()), (1, "/sources/f"));
    let nothing: Vec<FeedRow> = Vec::new();
    world.around.feeds = nothing;
    let (catalog, standing, around) = (&world.catalog, &world.standing, &world.around);
    let found = (RULES[2].find)(&Facts { catalog, standing, around, feed_max_age_hours: 48 });
    assert!(found[0].detail.contains("never fetched"), "{}", found[0].detail);
}

#[test]
fn a_deployable_without_scan() {
    turns_on(RULES[3].title, |w| {
        w.around.kinds.remove(&("asset:shop".to_owned(), "scan".to_owned()));
    });
}

#[test]
fn an_asset_without_owner() {
    turns_on(RULES[4].title, |w| w.around.assets[0].owner = " ".to_owned());
}

#[test]
fn evidence_older_than_its_cadence() {
    turns_on(RULES[5].title, |w| w.standing.evidence[0].collected_at = NOW.plus_days(-31));
}

#[test]
fn evidence_whose_completeness_is_not_proven() {
    turns_on(RULES[6].title, |w| {
        w.standing.unproven.insert("e".to_owned(), "partial".to_owned());
    });
}

#[test]
fn a_document_that_expires_within_the_period() {
    let line = |until: UnixMillis| -> ScoreLine {
        let facts: crate::risk::VendorFacts = serde_json::from_value(serde_json::json!({
            "key": "v", "name": "V", "sensitivity": 1.0, "criticality": 1.0, "access": 1.0, "personal_data": false,
            "cardholder_data": false, "events": [],
            "documents": [{"kind": "pci_aoc", "title": "AOC", "valid_until": until}]}))
        .unwrap();
        let rules = crate::app::score::load_rules().unwrap().0;
        ScoreLine { score: rules.score(&facts, NOW), facts }
    };
    turns_on(RULES[7].title, |w| w.around.vendors = vec![line(NOW.plus_days(10)), line(NOW.plus_days(100))]);
}

#[test]
fn supporting_evidence_alone() {
    turns_on(RULES[8].title, |w| {
        w.catalog.tests[0].evidences[0].strength = crate::controls::Strength::Supporting;
    });
}

#[test]
fn a_requirement_nothing_speaks_for() {
    turns_on(RULES[9].title, |w| {
        let verdict = &mut w.standing.evaluation.requirements[0];
        verdict.status = crate::controls::RequirementStatus::ManualRequired;
        verdict.tests.clear();
    });
}
