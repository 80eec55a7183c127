use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Purl {
    Purl::read(text).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn the_key_has_neither_qualifiers_nor_subpath() {
    let purl = read("pkg:deb/debian/curl@7.50?distro=jessie&arch=i386#src");

    assert_eq!(purl.key(), "pkg:deb/debian/curl@7.50");
    assert_eq!(purl.canonical(), "pkg:deb/debian/curl@7.50?arch=i386&distro=jessie#src");
    assert_eq!(purl.raw(), "pkg:deb/debian/curl@7.50?distro=jessie&arch=i386#src");
}

#[test]
fn spellings_of_one_package_share_a_key() {
    for spelling in [
        "pkg:npm/%40angular/core@1",
        "pkg:npm/@angular/core@1",
        "pkg://npm/%40angular/core@1",
        "PKG:NPM/@angular/core@1",
    ] {
        assert_eq!(read(spelling).key(), "pkg:npm/%40angular/core@1", "{spelling}");
    }
}

#[test]
fn what_is_no_package_url_is_none() {
    for text in
        ["", "pkg:", "npm/x", "pkg:npm/", "pkg:a b/c", "pkg:npm/@1", "pkg:npm/x?a=1&a=2", "pkg:npm/%ff"]
    {
        assert_eq!(Purl::read(text), None, "{text}");
    }
}

#[test]
fn parts_are_decoded_views() {
    let purl = read("pkg:maven/org.apache/my%20lib@1%2B2?classifier=a%2Fb&type=jar#x/y%20z");

    assert_eq!(purl.kind(), "maven");
    assert_eq!(purl.namespace().as_deref(), Some("org.apache"));
    assert_eq!(purl.name(), "my lib");
    assert_eq!(purl.version().as_deref(), Some("1+2"));
    assert_eq!(purl.qualifier("classifier").as_deref(), Some("a/b"));
    assert_eq!(purl.subpath().as_deref(), Some("x/y z"));
    assert_eq!(purl.package_name(), "org.apache:my lib");
    assert_eq!(purl.ecosystem(), Some(Ecosystem::Maven));
}

#[test]
fn names_are_those_of_the_advisories() {
    for (text, name) in [
        ("pkg:npm/%40babel/core@7", "@babel/core"),
        ("pkg:golang/github.com/gin-gonic/gin@v1.9.0", "github.com/gin-gonic/gin"),
        ("pkg:golang/stdlib@1.20", "stdlib"),
        ("pkg:deb/debian/openssl@3", "openssl"),
        ("pkg:composer/Laravel/framework", "laravel/framework"),
        ("pkg:pypi/Zope.Interface", "zope.interface"),
    ] {
        assert_eq!(read(text).package_name(), name, "{text}");
    }
}

#[test]
fn a_subpath_cannot_climb() {
    assert_eq!(read("pkg:npm/x#../a/./%2E%2E/b/").canonical(), "pkg:npm/x#a/b");
    assert_eq!(read("pkg:npm/x#..").canonical(), "pkg:npm/x");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text: String, tail in "[a-z@/%?#&=.0-9]{0,30}") {
        let _ = (Purl::read(&text), Purl::read(&format!("pkg:npm/{tail}")));
    }

    #[test]
    fn the_canonical_form_is_its_own(tail in "[a-zA-Z@/%?#&=._:0-9-]{1,30}", kind in "(npm|pypi|maven|deb|x)") {
        if let Some(purl) = Purl::read(&format!("pkg:{kind}/{tail}")) {
            let again = Purl::read(purl.canonical()).unwrap();
            prop_assert_eq!(again.canonical(), purl.canonical());
            prop_assert_eq!(again.key(), purl.key());
            prop_assert_eq!(again.raw(), purl.canonical());
        }
    }

    #[test]
    fn parts_come_back_from_what_they_built(name in "[^/]{1,12}", version in ".{1,12}", value in ".{1,12}") {
        let parts = PurlParts { kind: "generic", name: &name, version: Some(&version), qualifiers: &[("a", &value)], ..PurlParts::default() };
        let purl = read(Purl::build(&parts).unwrap().canonical());
        prop_assert_eq!(purl.name(), name);
        prop_assert_eq!(purl.version().unwrap(), version);
        prop_assert_eq!(purl.qualifier("a").unwrap(), value);
    }
}
