//! Every change of every member is seen, and the file is named.

use std::sync::LazyLock;

use attestry::report::pack::{Verification, VerifyOptions, verify};
use proptest::prelude::*;

use super::world::{Members, World, rezip, source, unzip, zip_of};

pub static GOOD: LazyLock<Members> = LazyLock::new(|| unzip(&World::rotated().pack()));

fn check(members: &Members) -> Verification {
    verify(source(rezip(members)), &VerifyOptions::default())
}

fn assert_refused(verification: &Verification, name: &str) {
    assert!(!verification.is_ok(), "{name} was changed unseen");
    let named = verification.steps.iter().any(|step| !step.ok && step.member.as_deref() == Some(name));
    assert!(named, "{name} is not named: {:#?}", verification.steps);
}

#[test]
fn the_untouched_pack_verifies() {
    assert_eq!(check(&GOOD).first_failure(), None);
}

#[test]
fn a_flipped_bit_in_any_member_is_seen_and_the_file_named() {
    for (name, bytes) in GOOD.iter() {
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            for bit in [0, 5] {
                let mut members = GOOD.clone();
                members.get_mut(name).unwrap()[at] ^= 1 << bit;
                assert_refused(&check(&members), name);
            }
        }
    }
}

#[test]
fn a_shortened_or_lengthened_member_is_seen() {
    for name in GOOD.keys() {
        let mut short = GOOD.clone();
        short.get_mut(name).unwrap().pop();
        let mut long = GOOD.clone();
        long.get_mut(name).unwrap().push(b'\n');

        assert_refused(&check(&short), name);
        assert_refused(&check(&long), name);
    }
}

#[test]
fn a_removed_member_is_named() {
    for name in GOOD.keys() {
        let mut members = GOOD.clone();
        members.remove(name);
        assert_refused(&check(&members), name);
    }
}

#[test]
fn an_added_member_is_named() {
    for name in ["EXTRA.txt", "evidence/sbom/other.json", "keys/other.pem", "proofs/77.tlog-proof", "zz/zz"] {
        let mut members = GOOD.clone();
        members.insert(name.to_owned(), b"x".to_vec());
        assert_refused(&check(&members), name);
    }
}

#[test]
fn a_renamed_member_is_named() {
    for name in GOOD.keys() {
        let mut members = GOOD.clone();
        let bytes = members.remove(name).unwrap();
        let other = format!("{name}.bak");
        members.insert(other.clone(), bytes);
        let verification = check(&members);
        assert_refused(&verification, name);
    }
}

#[test]
fn a_member_that_is_there_twice_is_named() {
    let placeholder = "README.htmX";
    for (name, bytes) in [("README.html", &b"other"[..]), ("README.html", &GOOD["README.html"])] {
        let members = GOOD.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        // the writer refuses a name twice, so the second one is renamed in the finished file
        let mut zip = zip_of(members.chain([(placeholder, bytes)]));
        for at in 0..zip.len() - placeholder.len() {
            if zip[at..].starts_with(placeholder.as_bytes()) {
                zip[at..at + placeholder.len()].copy_from_slice(name.as_bytes());
            }
        }
        assert_refused(&verify(source(zip), &VerifyOptions::default()), name);
    }
}

#[test]
fn two_members_that_swap_their_content_are_named() {
    let mut members = GOOD.clone();
    let first = members["README.html"].clone();
    let second = members.insert("report.html".to_owned(), first).unwrap();
    members.insert("README.html".to_owned(), second);

    let verification = check(&members);

    assert!(verification.steps.iter().any(|step| step.detail.contains("report.html")));
    assert_refused(&verification, "README.html");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_changes_of_members_are_always_seen(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1_u8..), 1..4)
    ) {
        let mut members = GOOD.clone();
        for (member, at, mask) in changes {
            let name = member.get(&members.keys().cloned().collect::<Vec<_>>()).clone();
            let bytes = members.get_mut(&name).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= mask;
        }
        prop_assume!(members != *GOOD);

        prop_assert!(!check(&members).is_ok());
    }
}
