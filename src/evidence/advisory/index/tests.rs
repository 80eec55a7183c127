use super::*;
use crate::evidence::advisory::{Affected, CommitRange, Interval, Requirements};

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
    let mut listed = none("Nowhere", "left");
    listed.versions = vec!["1.0.0".to_owned()];
    let commits = CommitRange { repo: "r".to_owned(), intervals: vec![Interval::default()] };
    let index = Index::build([
        advisory("GHSA-1", &[], between("1.0.0", "1.2.0")),
        advisory("GHSA-2", &[], listed),
        advisory("GHSA-3", &[], Affected { package: "odd".to_owned(), ..between("one", "two") }),
        advisory("GHSA-4", &[], Affected { commits: vec![commits], ..none("npm", "hashes") }),
    ]);

    let unknown = |ecosystem: &str, name: &str, version: &str| {
        let Outcome::Unknown { reason, candidates, matches } = index.matches(ecosystem, name, version) else {
            panic!("{ecosystem} {name} {version} should be unknown")
        };
        (reason, candidates, matches.len())
    };
    let (reason, candidates, _) = unknown("crates.io", "demo", "latest");
    assert!(reason.contains("`latest`") && candidates == ["GHSA-1"], "{reason}");
    assert!(unknown("crates.io", "demo", "").0.contains("states no version"));
    assert!(
        matches!(index.matches("Nowhere", "left", "1.0.0"), Outcome::Affected(_)),
        "a listed version is certain"
    );
    assert!(unknown("Nowhere", "left", "2.0.0").0.contains("cannot be ordered"));
    assert!(unknown("crates.io", "odd", "1.0.0").0.contains("`one`"));
    assert!(unknown("npm", "hashes", "1.0.0").0.contains("only commits"));
    let (reason, candidates, _) = unknown("PyPI", "demo", "1.0");
    assert!(reason.contains("no advisories of PyPI") && candidates.is_empty());
    assert_eq!(index.matches("crates.io", "other", "latest"), Outcome::NotAffected);
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

fn distribution(ecosystem: &str, package: &str, fixed: &str) -> Affected {
    let interval = Interval { fixed: Some(fixed.to_owned()), ..Interval::default() };
    Affected { intervals: vec![interval], ..none(ecosystem, package) }
}

fn asked(index: &Index, purl: &str) -> Outcome {
    index.matches_purl(purl).expect("a package URL of a known ecosystem")
}

#[test]
fn distributions_are_asked_by_release_and_source_package() {
    let mut dsa = advisory("DSA-1", &[], distribution("Debian:12", "openssl", "3.0.15-1"));
    dsa.affected.push(distribution("Debian:11", "openssl", "1.1.1w-0"));
    let index = Index::build([dsa]);

    let Outcome::Affected(found) = asked(&index, "pkg:deb/debian/openssl@3.0.11-1?distro=debian-12") else {
        panic!()
    };
    let proof = &found[0].reports[0].proof;
    assert_eq!((proof.ecosystem.as_str(), proof.comparator.as_str()), ("Debian:12", "debian"));
    assert_eq!(
        (proof.confidence, found[0].fixed.as_slice()),
        (Confidence::ExactPurl, &["3.0.15-1".to_owned()][..])
    );
    let source = asked(&index, "pkg:deb/debian/libssl3@3.0.11-1?distro=bookworm&upstream=openssl");
    let Outcome::Affected(found) = source else { panic!() };
    assert_eq!(found[0].reports[0].proof.confidence, Confidence::NameMatch);
    assert_eq!(asked(&index, "pkg:deb/debian/openssl@1.1.1w-0?distro=debian-11"), Outcome::NotAffected);
    assert!(
        matches!(asked(&index, "pkg:deb/debian/openssl@1.1.1n-0"), Outcome::Affected(_)),
        "in every release"
    );
    let Outcome::Unknown { reason, .. } = asked(&index, "pkg:deb/debian/openssl@3.0.11-1") else { panic!() };
    assert!(reason.contains("release of Debian"), "{reason}");
}

#[test]
fn a_package_of_a_go_module_is_a_doubt_and_a_module_is_none() {
    let index = Index::build([advisory("GO-1", &[], distribution("Go", "golang.org/x/net", "0.17.0"))]);

    assert!(matches!(asked(&index, "pkg:golang/golang.org/x/net@v0.1.0"), Outcome::Affected(_)));
    let Outcome::Unknown { reason, .. } = asked(&index, "pkg:golang/golang.org/x/net/http2@v0.1.0") else {
        panic!()
    };
    assert!(reason.contains("module `golang.org/x/net`"), "{reason}");
    assert_eq!(asked(&index, "pkg:golang/golang.org/x/net/http2@v0.17.0"), Outcome::NotAffected);
    assert_eq!(asked(&index, "pkg:golang/golang.org/x/net/v2@v0.1.0"), Outcome::NotAffected);
}

#[test]
fn a_tag_that_moves_says_nothing() {
    let index =
        Index::build([advisory("GHSA-1", &[], distribution("GitHub Actions", "actions/download", "4.1.3"))]);

    assert!(matches!(asked(&index, "pkg:github/actions/download@v4"), Outcome::Unknown { .. }));
    assert!(matches!(asked(&index, "pkg:github/actions/download@v4.1.2"), Outcome::Affected(_)));
}

#[test]
fn one_advisory_is_asked_of_many_packages() {
    let question = Index::affected_by(advisory(
        "A",
        &[],
        Affected { package: "My_Crate".to_owned(), ..between("", "1.0.0") },
    ));

    assert_eq!(
        question.keys(),
        [LookupKey { ecosystem: "crates.io".to_owned(), name: "my-crate".to_owned() }]
    );
    let query = package_query("pkg:cargo/my_crate@0.9.0").unwrap();
    assert_eq!(LookupKey::of_query(&query).collect::<Vec<_>>(), question.keys());
    assert!(matches!(question.judge(&query), Outcome::Affected(_)));
    assert_eq!(question.judge(&package_query("pkg:cargo/my_crate@1.0.0").unwrap()), Outcome::NotAffected);
    let module = package_query("pkg:golang/golang.org/x/net/http2@v1").unwrap();
    let keys: Vec<String> = LookupKey::of_query(&module).map(|key| key.name).collect();
    assert_eq!(keys, ["golang.org/x/net", "golang.org/x", "golang.org/x/net/http2"]);
}

#[test]
fn an_answer_survives_json() {
    let index = Index::build([advisory("GHSA-1", &["CVE-1"], between("1.0.0", "1.2.0"))]);
    for version in ["1.1.0", "1.2.0", "latest"] {
        let outcome = index.matches("crates.io", "demo", version);
        let json = serde_json::to_string(&outcome).unwrap();
        assert_eq!(serde_json::from_str::<Outcome>(&json).unwrap(), outcome, "{json}");
    }
}

#[test]
fn sources_that_share_an_id_both_count() {
    let mut other = advisory("CVE-1", &[], between("1.0.0", "1.2.0"));
    other.source = "nvd".to_owned();
    let index = Index::build([other, advisory("CVE-1", &[], between("1.0.0", "1.3.0"))]);

    assert_eq!(hits(&index, "1.1.0")[0].reports.len(), 2);
}

proptest::proptest! {
    #[test]
    fn the_order_of_advisories_changes_no_answer(seed in 0_usize..24, version in "[0-2]\\.[0-9]\\.[0-9]") {
        let mut list = vec![
            advisory("A", &["CVE-1"], between("", "1.5.0")),
            advisory("B", &["CVE-1", "CVE-2"], between("1.0.0", "")),
            advisory("C", &["CVE-2"], except(&[">= 1.9.0"], &[])),
            advisory("D", &[], between("0.5.0", "2.0.0")),
        ];
        let straight = Index::build(list.clone()).matches("crates.io", "demo", &version);
        list.rotate_left(seed % 4);
        list.swap(seed % 3, 3);
        proptest::prop_assert_eq!(Index::build(list).matches("crates.io", "demo", &version), straight);
    }

    #[test]
    fn no_version_makes_it_panic(a in "[0-9a-z.+-]{0,12}", b in "[0-9a-z.+<>=^~ -]{0,12}", v in "[0-9]\\.[0-9]\\.[0-9](-[a-z0-9]{1,3})?") {
        let index = Index::build([advisory("A", &[], between(&a, &b)), advisory("B", &[], except(&[&b], &[&a]))]);
        drop((index.matches("crates.io", "demo", &v), index.matches("crates.io", "demo", &a)));
    }
}
