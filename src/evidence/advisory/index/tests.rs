use super::*;
use crate::evidence::advisory::{Affected, Interval, Requirements};

fn advisory(id: &str, aliases: &[&str], affected: Affected) -> Advisory {
    let mut out = Advisory::new("osv", id);
    out.aliases = aliases.iter().map(|a| (*a).to_owned()).collect();
    out.published = Some(UnixMillis(id.len() as i64));
    out.severity = Severity::Low;
    out.affected = vec![affected];
    out
}

fn none(ecosystem: &str, package: &str) -> Affected {
    Affected { ecosystem: ecosystem.to_owned(), package: package.to_owned(), ..Affected::default() }
}

fn between(introduced: &str, fixed: &str) -> Affected {
    let own = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let interval = Interval { introduced: own(introduced), fixed: own(fixed), ..Interval::default() };
    Affected { intervals: vec![interval], ..none("crates.io", "demo") }
}

fn except(patched: &[&str], unaffected: &[&str]) -> Affected {
    let own = |list: &[&str]| list.iter().map(|r| (*r).to_owned()).collect();
    let requirements = Requirements { patched: own(patched), unaffected: own(unaffected) };
    Affected { requirements: Some(requirements), ..none("crates.io", "demo") }
}

fn hits(index: &Index, version: &str) -> Vec<Match> {
    match index.matches("crates.io", "demo", version) {
        Outcome::Affected(matches) => matches,
        Outcome::NotAffected => Vec::new(),
        Outcome::Unknown { reason, .. } => panic!("{reason}"),
    }
}

#[test]
fn an_interval_holds_its_beginning_and_not_its_fix() {
    let index = Index::build([advisory("GHSA-1", &[], between("1.0.0", "1.2.0"))]);

    assert!(hits(&index, "0.9.9").is_empty() && hits(&index, "1.2.0").is_empty());
    assert!(hits(&index, "1.0.0-alpha").is_empty(), "a pre-release comes before its release");
    let found = &hits(&index, "1.2.0-rc.1+build")[0];
    assert_eq!(found.fixed, ["1.2.0"]);
    assert_eq!(found.reports[0].proof.to_string(), "1.2.0-rc.1+build is in [1.0.0, 1.2.0)");
}

#[test]
fn last_affected_and_listed_versions_are_included() {
    let mut affected = between("1.0.0", "");
    affected.intervals[0].last_affected = Some("1.5".to_owned());
    affected.versions = vec!["0.3.0".to_owned()];
    let index = Index::build([advisory("GHSA-1", &[], affected)]);

    assert_eq!(hits(&index, "1.5.0")[0].reports[0].proof.to_string(), "1.5.0 is in [1.0.0, 1.5]");
    assert!(hits(&index, "1.5.1").is_empty());
    assert_eq!(hits(&index, "0.3.0")[0].reports[0].proof.to_string(), "0.3.0 is among the listed versions");
}

#[test]
fn rustsec_requirements_are_judged_as_written() {
    let index = Index::build([advisory("RUSTSEC-1", &[], except(&[">= 1.2.3", "^0.9.5"], &["< 0.5.0"]))]);

    let found = &hits(&index, "1.0.0")[0];
    assert_eq!(found.fixed, ["1.2.3"]);
    assert_eq!(
        found.reports[0].proof.to_string(),
        "1.0.0 is neither patched (>= 1.2.3 or ^0.9.5) nor unaffected (< 0.5.0)"
    );
    assert_eq!(hits(&index, "0.9.4")[0].fixed, ["0.9.5", "1.2.3"]);
    for fine in ["0.4.9", "0.9.5", "1.2.3", "1.3.0-beta"] {
        assert!(hits(&index, fine).is_empty(), "{fine}");
    }
    assert!(!hits(&Index::build([advisory("R", &[], except(&[], &[]))]), "9.9.9").is_empty());
}

#[test]
fn one_vulnerability_of_several_sources_is_reported_once() {
    let mut ghsa = advisory("GHSA-1", &["CVE-1"], between("", "1.0.0"));
    ghsa.severity = Severity::Critical;
    let index = Index::build([
        advisory("RUSTSEC-1", &["CVE-1"], except(&[">= 0.9.0"], &[])),
        ghsa,
        advisory("RUSTSEC-2", &[], except(&[], &[])),
    ]);

    let both = hits(&index, "0.8.0");
    assert_eq!(both.len(), 2);
    assert_eq!((both[0].id.as_str(), both[0].severity), ("CVE-1", Severity::Critical));
    assert_eq!(both[0].ids, ["CVE-1", "GHSA-1", "RUSTSEC-1"]);
    assert_eq!(both[0].reports.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["GHSA-1", "RUSTSEC-1"]);
    let one = &hits(&index, "0.9.5")[0];
    assert_eq!((one.reports.len(), one.disagreeing.as_slice()), (1, &["RUSTSEC-1".to_owned()][..]));
}

#[test]
fn withdrawn_advisories_match_nothing_and_link_nothing() {
    let mut gone = advisory("GHSA-1", &["CVE-1", "CVE-2"], between("", ""));
    gone.withdrawn = Some(UnixMillis(9));
    let stale = advisory("GHSA-1", &["CVE-1", "CVE-2"], between("", ""));
    let index = Index::build([
        stale,
        gone,
        advisory("A", &["CVE-1"], between("", "")),
        advisory("B", &["CVE-2"], between("", "")),
    ]);

    assert_eq!((hits(&index, "1.0.0").len(), index.len()), (2, 2));
}

#[test]
fn what_cannot_be_ordered_is_unknown() {
    let mut npm = none("npm", "left");
    npm.versions = vec!["1.0.0".to_owned()];
    let index = Index::build([
        advisory("GHSA-1", &[], between("1.0.0", "1.2.0")),
        advisory("GHSA-2", &[], npm),
        advisory("GHSA-3", &[], Affected { package: "odd".to_owned(), ..between("one", "two") }),
    ]);

    let unknown = |ecosystem: &str, name: &str, version: &str| {
        let Outcome::Unknown { reason, candidates, matches } = index.matches(ecosystem, name, version) else {
            panic!("{ecosystem} {name} {version} should be unknown")
        };
        (reason, candidates, matches.len())
    };
    let (reason, candidates, _) = unknown("crates.io", "demo", "1.1");
    assert!(reason.contains("`1.1`") && candidates == ["GHSA-1"]);
    assert_eq!(unknown("npm", "left", "1.0.0").2, 1, "what is listed by version is certain");
    assert_eq!(unknown("npm", "left", "2.0.0").2, 0);
    assert!(unknown("crates.io", "odd", "1.0.0").0.contains("`one`"));
}

#[test]
fn names_and_ecosystems_are_found_as_purls_write_them() {
    let index =
        Index::build([advisory("A", &[], Affected { package: "My_Crate".to_owned(), ..between("", "") })]);

    assert!(matches!(index.matches("cargo", "my-crate", "1.0.0"), Outcome::Affected(_)));
    assert!(matches!(index.matches("crates.io", "my_crate", "1.0.0"), Outcome::Affected(_)));
    assert_eq!(index.matches("crates.io", "other", "1.0.0"), Outcome::NotAffected);
    assert!(Index::can_judge("cargo") && !Index::can_judge("Something Else"));
}

proptest::proptest! {
    #[test]
    fn no_version_makes_it_panic(a in "[0-9a-z.+-]{0,12}", b in "[0-9a-z.+<>=^~ -]{0,12}", v in "[0-9]\\.[0-9]\\.[0-9](-[a-z0-9]{1,3})?") {
        let index = Index::build([advisory("A", &[], between(&a, &b)), advisory("B", &[], except(&[&b], &[&a]))]);
        drop((index.matches("crates.io", "demo", &v), index.matches("crates.io", "demo", &a)));
    }
}
