use super::*;

fn thing(ids: &[&str], version: Option<&str>) -> Subject {
    Subject {
        identifiers: ids.iter().map(|id| Identifier::of(id)).collect(),
        version: version.map(str::to_owned),
    }
}

fn stated(ids: &[&str], version: Option<&str>, range: Option<&str>) -> VexProduct {
    VexProduct {
        identifiers: ids.iter().map(|id| Identifier::of(id)).collect(),
        version: version.map(str::to_owned),
        range: range.map(str::to_owned),
        subcomponents: Vec::new(),
    }
}

fn check(cases: &[(VexProduct, Subject, Fit)]) {
    for (product, subject, expected) in cases {
        assert_eq!(fit(product, subject), *expected, "{product:?} {subject:?}");
    }
}

#[test]
fn products_are_told_by_any_identifier_and_by_version() {
    use VersionMatch::{Any, Exact, InRange};
    let cases = [
        (stated(&["pkg:npm/a@1"], None, None), thing(&["pkg:npm/a@1"], None), Fit::Yes(Exact)),
        (stated(&["pkg:npm/a@1.0.0"], None, None), thing(&["pkg:npm/a@1.0.0+x"], None), Fit::Unclear),
        (stated(&["pkg:npm/a"], Some("1"), None), thing(&["pkg:npm/a"], Some("1")), Fit::Yes(Exact)),
        (stated(&["pkg:npm/a"], None, None), thing(&["pkg:npm/a@1"], None), Fit::Yes(Any)),
        (stated(&["pkg:npm/a@1"], None, None), thing(&["pkg:npm/a"], None), Fit::Unclear),
        (
            stated(&["pkg:npm/a"], None, Some("vers:npm/<2.0.0")),
            thing(&["pkg:npm/a@1.0.0"], None),
            Fit::Yes(InRange),
        ),
        (
            stated(&["pkg:npm/a"], None, Some("vers:npm/<2.0.0")),
            thing(&["pkg:npm/a@2.0.0"], None),
            Fit::OtherVersion,
        ),
        (stated(&["pkg:npm/a"], None, Some("before 2")), thing(&["pkg:npm/a@1.0.0"], None), Fit::Unclear),
        (stated(&["pkg:npm/a@1?x=y"], None, None), thing(&["pkg:npm/a@1"], None), Fit::Other),
        (stated(&["pkg:npm/a@2", "pkg:npm/a"], None, None), thing(&["pkg:npm/a@1"], None), Fit::OtherVersion),
    ];
    check(&cases);
}

#[test]
fn names_that_are_no_package_urls_are_compared_by_their_own_rules() {
    use VersionMatch::{Any, Exact};
    let cases = [
        (
            stated(&["cpe:2.3:a:v:p:1.0:*:*:*:*:*:*:*"], None, None),
            thing(&["cpe:/a:v:p:1.0"], None),
            Fit::Yes(Exact),
        ),
        (
            stated(&["cpe:/a:v:p"], None, None),
            thing(&["cpe:2.3:a:V:p:1.0:*:*:*:*:*:*:*"], None),
            Fit::Yes(Any),
        ),
        (stated(&["cpe:/a:v:p:2"], None, None), thing(&["cpe:/a:v:p:1"], None), Fit::OtherVersion),
        (stated(&["cpe:/a:v:q:1"], None, None), thing(&["cpe:/a:v:p:1"], None), Fit::Other),
        (stated(&["https://x.example/p"], None, None), thing(&["https://x.example/p"], None), Fit::Yes(Any)),
        (
            stated(&["urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#a"], None, None),
            thing(&["urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/2#a"], None),
            Fit::Other,
        ),
    ];
    check(&cases);
}

#[test]
fn other_bytes_are_another_product_whatever_their_name() {
    let with = |purl: &str, hash: &str| vec![Identifier::of(purl), Identifier::hash("SHA-256", hash)];
    let product = VexProduct { identifiers: with("pkg:npm/a@1", "aa"), ..VexProduct::default() };
    let same = Subject { identifiers: with("pkg:npm/b@9", "AA"), version: None };
    let other = Subject { identifiers: with("pkg:npm/a@1", "bb"), version: None };

    assert_eq!(fit(&product, &same), Fit::Yes(VersionMatch::Identical));
    assert_eq!(fit(&product, &other), Fit::Other);
}
