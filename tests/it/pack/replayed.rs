//! Every verdict comes out of the pack alone, and a changed one is named.

use attestry::controls::{RequirementStatus, TestStatus};
use attestry::report::pack::{PackError, diff, replay};

use super::tampered::GOOD;
use super::world::{World, rezip, source, unzip};

#[test]
fn the_verdicts_of_a_pack_are_recomputed_from_it_alone() {
    let mut world = World::new();
    let pack = world.pack();

    let replayed = replay(source(pack), Some(|_, _| Ok("[1]\n".to_owned()))).unwrap();

    assert_eq!(replayed.differences, []);
    assert!(replayed.identical && replayed.scores);
    assert_eq!((replayed.tests, replayed.requirements), (1, 2));
    assert_eq!(world.evaluation.results[0].status, TestStatus::Pass);
}

#[test]
fn a_verdict_that_was_changed_and_signed_is_named() {
    let mut world = World::new();
    world.evaluation.requirements[1].status = RequirementStatus::EvidenceMet;
    world.evaluation.results[0].population = 7;

    let replayed = replay(source(world.pack()), None).unwrap();

    let named: Vec<&str> = replayed.differences.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(named, ["test sbom.inventory", "requirement house 1.2"]);
    assert!(!replayed.identical);
    assert!(replayed.differences[1].packed.contains("evidence_met"));
    assert!(replayed.differences[1].recomputed.contains("manual_required"));
}

#[test]
fn a_verdict_that_was_left_out_or_made_up_is_named() {
    let mut world = World::new();
    let mut made_up = world.evaluation.requirements.remove(0);
    "9.9".clone_into(&mut made_up.id);
    world.evaluation.requirements.push(made_up);

    let replayed = replay(source(world.pack()), None).unwrap();

    let named: Vec<&str> = replayed.differences.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(named, ["requirement house 9.9", "requirement house 1.1"]);
    assert_eq!(
        (replayed.differences[0].recomputed.as_str(), replayed.differences[1].packed.as_str()),
        ("", "")
    );
}

#[test]
fn other_definitions_are_named() {
    let mut world = World::new();
    world.definitions[1].text = world.definitions[1].text.replace("at_least: 1}", "at_least: 2}");

    let replayed = replay(source(world.pack()), None).unwrap();

    assert_eq!(replayed.differences[0].what, "control definitions");
}

#[test]
fn other_scores_are_named() {
    let replayed =
        replay(source(World::new().pack()), Some(|rules, facts| Ok(format!("{rules}{facts}")))).unwrap();

    assert_eq!(replayed.differences.len(), 1);
    assert_eq!(replayed.differences[0].what, "vendor scores");
    assert_eq!(replayed.differences[0].recomputed, "weights: 1\n{}\n");
}

#[test]
fn nothing_is_computed_from_a_pack_that_does_not_verify() {
    for name in GOOD.keys().filter(|name| name.starts_with("replay/")) {
        let mut members = unzip(&World::new().pack());
        members.remove(name);

        let error = replay(source(rezip(&members)), None).unwrap_err();

        assert!(matches!(&error, PackError::NotVerified { detail, .. } if detail.contains(name)), "{error}");
        assert!(error.to_string().starts_with("NOT VERIFIED"));
    }
}

#[test]
fn a_pack_whose_replay_data_cannot_be_read_is_not_verified() {
    let mut world = World::new();
    "frameworks: [".clone_into(&mut world.definitions[0].text);

    let error = replay(source(world.pack()), None).unwrap_err();

    assert!(matches!(&error, PackError::Replay { member, .. } if member == "replay/definitions/"), "{error}");
}

#[test]
fn two_packs_of_one_state_do_not_differ() {
    let difference = diff(source(World::new().pack()), source(World::new().pack())).unwrap();

    assert!(difference.identical, "{difference:?}");
}

#[test]
fn what_changed_between_two_packs_is_listed_by_requirement_and_item() {
    let before = World::new().pack();
    let mut world = World::new();
    world.items.pop();
    world.evaluation.requirements[0].status = RequirementStatus::Stale;
    let gone = world.evaluation.requirements.remove(1);

    let difference = diff(source(before.clone()), source(world.pack())).unwrap();
    let reverse = diff(source(world.pack()), source(before)).unwrap();

    let change = &difference.requirements;
    assert_eq!((change[0].id.as_str(), change[0].after), ("1.1", Some(RequirementStatus::Stale)));
    assert_eq!(change[0].before, Some(RequirementStatus::EvidenceMet));
    assert_eq!((change[1].id.as_str(), change[1].after), ("1.2", None));
    assert_eq!(change[1].explanation, gone.explanation);
    assert_eq!((change.len(), difference.added.len(), difference.removed.len()), (2, 0, 1));
    assert_eq!(difference.removed[0].file, "broken.json");
    assert_eq!((reverse.added, reverse.removed), (difference.removed, difference.added));
    assert!(!difference.identical && !difference.definitions_changed);
}
