//! Packs prove themselves: what is intact verifies anywhere, and nothing can be changed unseen.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops at the first surprise, in its helpers too"
)]

mod forged;
mod hostile;
mod python;
mod replayed;
mod tampered;
mod world;

use attestry::base::Digest;
use attestry::ledger::note::parse_pinned_key;
use attestry::report::pack::{PackSource, Previous, Verdict, VerifyOptions, verify};
use world::{World, key, rezip, source, unpack, unzip};

#[test]
fn a_pack_is_intact_and_with_its_key_verified() {
    let mut world = World::new();
    let (pack, summary) = world.try_pack().unwrap();
    let pinned = VerifyOptions { pinned: Some(*world.key.public()), previous: None };

    let intact = verify(source(pack.clone()), &VerifyOptions::default());
    let verified = verify(source(pack.clone()), &pinned);

    let signer = world.key.public().fingerprint();
    assert_eq!(intact.first_failure(), None, "{intact:#?}");
    assert_eq!(intact.verdict, Verdict::Intact);
    assert_eq!(intact.headline, format!("INTACT, signed by {signer}, signer not pinned"));
    assert_eq!(verified.verdict, Verdict::Verified);
    assert_eq!(verified.headline, format!("VERIFIED, signed by {signer}"));
    assert_eq!((intact.items, intact.gaps, intact.sample), (3, 1, true));
    assert_eq!(summary.sha256, Digest::of(&pack));
    assert_eq!((summary.bytes, summary.items, summary.quarantined), (pack.len() as u64, 3, 1));
    assert_eq!(summary.members, unzip(&pack).len() as u64);
}

#[test]
fn the_layout_is_the_contract() {
    let names: Vec<String> = unzip(&World::rotated().pack()).into_keys().collect();

    let layout = include_str!("pack/layout.txt");
    assert_eq!(names, layout.lines().collect::<Vec<_>>());
}

#[test]
fn the_tables_are_safe_and_list_what_was_quarantined() {
    let members = unzip(&World::new().pack());
    let text = |name: &str| String::from_utf8(members[name].clone()).unwrap();

    assert_eq!(
        text("gaps.csv"),
        "framework,requirement,status,reason,tests,evidence,what to do\r\n\
         house,1.2,manual_required,\"nobody looked, \"\"yet\"\"\",,,'@look\r\n\
         ,,quarantined,'=not JSON,,00000000-0000-0000-0000-000000000003,\
         collect it again or correct it: a quarantined file proves nothing\r\n"
    );
    let digest = "884b5a3d637f";
    let index = text("controls/index.csv");
    assert_eq!(index.lines().count(), 2);
    assert!(index.contains(&format!("evidence/sbom/{digest}-bom.json,{digest}")), "{index}");
    assert_eq!(text("populations/sbom.inventory.csv"), "subject\r\n'=payments-api\r\n");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let one = World::rotated().pack();
    let mut backwards = World::rotated();
    backwards.items.reverse();

    assert!(one == World::rotated().pack());
    assert!(one == backwards.pack());
}

#[test]
fn nothing_of_the_machine_is_in_the_container() {
    let pack = World::new().pack();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&pack)).unwrap();
    let mut names = Vec::new();

    for at in 0..zip.len() {
        let entry = zip.by_index(at).unwrap();
        assert_eq!(entry.last_modified(), Some(zip::DateTime::default()));
        assert_eq!((entry.external_attributes(), entry.system()), (0, zip::System::Dos));
        assert_eq!(entry.extra_data().unwrap_or_default(), b"");
        names.push(entry.name().unwrap().into_owned());
    }

    assert!(names.is_sorted());
}

#[test]
fn a_pack_unzipped_or_zipped_anew_still_verifies() {
    let members = unzip(&World::rotated().pack());
    let folder = tempfile::tempdir().unwrap();
    unpack(&members, folder.path());
    std::fs::create_dir(folder.path().join("empty")).unwrap();

    let anew = verify(source(rezip(&members)), &VerifyOptions::default());
    let unzipped = verify(PackSource::at(folder.path()).unwrap(), &VerifyOptions::default());

    assert_eq!(anew.first_failure(), None);
    assert_eq!(unzipped.first_failure(), None);
}

#[test]
fn a_pack_after_a_key_change_verifies_with_the_present_key_only() {
    let mut world = World::rotated();
    let pack = world.pack();
    let with = |seed| VerifyOptions { pinned: Some(*key(seed).public()), previous: None };

    let present = verify(source(pack.clone()), &with(2));
    let former = verify(source(pack.clone()), &with(1));
    let strange = verify(source(pack), &with(3));

    assert_eq!(present.verdict, Verdict::Verified, "{present:#?}");
    assert_eq!(former.verdict, Verdict::NotVerified);
    let step = former.first_failure().unwrap();
    assert_eq!(step.member.as_deref(), Some("keys/log.pem"));
    assert!(step.detail.contains("used that key earlier"), "{step:?}");
    assert!(!strange.first_failure().unwrap().detail.contains("earlier"));
}

#[test]
fn both_forms_of_the_key_can_be_pinned() {
    let world = World::new();

    for text in [world.vkey.to_string(), world.key.public().to_pem()] {
        assert_eq!(parse_pinned_key(&text).unwrap(), *world.key.public());
    }
}

#[test]
fn a_later_pack_proves_that_the_log_only_grew_since_the_previous_one() {
    let mut world = World::new();
    let before = world.pack();
    let checkpoint = String::from_utf8(unzip(&before)["checkpoint.txt"].clone()).unwrap();
    let previous = Previous { checkpoint, consistency: None };
    let check = |pack: &[u8], previous: &Previous| {
        verify(source(pack), &VerifyOptions { pinned: None, previous: Some(previous.clone()) })
    };
    let old_size = world.log.head().size;
    world.log.append(world.log.entries[4].clone());
    let after = world.pack();
    let hashes = world.log.consistency(old_size);
    let note = String::from_utf8(unzip(&after)["checkpoint.txt"].clone()).unwrap();
    let file = attestry::ledger::tlog_proof::ConsistencyFile { old_size, hashes, checkpoint: note };
    let proven = Previous { consistency: Some(file.to_string()), ..previous.clone() };

    assert!(check(&before, &previous).is_ok(), "the same checkpoint needs no proof");
    assert!(check(&after, &proven).is_ok(), "{:#?}", check(&after, &proven));
    assert!(!check(&after, &previous).is_ok(), "no proof, no verdict");
    let newer = Previous { checkpoint: file.checkpoint.clone(), consistency: None };
    assert!(!check(&before, &newer).is_ok(), "a log does not shrink");
    let own_start = Previous { checkpoint: world.earlier.clone().unwrap(), consistency: None };
    assert!(check(&after, &own_start).is_ok(), "the pack's own proof starts there");
}

#[test]
fn what_would_not_verify_is_not_made() {
    let mut lost = World::new();
    lost.log.blobs.clear();
    let mut changed = World::new();
    changed.log.blobs.values_mut().for_each(|bytes| bytes[0] ^= 1);
    let mut other_signer = World::new();
    other_signer.key = key(9);
    let mut other_entry = World::new();
    other_entry.log.entries[1][20] ^= 1;
    let mut outside = World::new();
    outside.items[0].ledger_index = 99;

    for (what, world) in [
        ("lost blob", &mut lost),
        ("changed blob", &mut changed),
        ("other signer", &mut other_signer),
        ("other entry", &mut other_entry),
        ("outside the log", &mut outside),
    ] {
        assert!(world.try_pack().is_err(), "{what}");
    }
}
