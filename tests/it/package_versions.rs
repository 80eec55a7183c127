//! Versions sort as the tools of their ecosystems sort them: every ordering table of the corpus, and the laws of an
//! order for whatever text may come.

use std::cmp::Ordering;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use attestry::evidence::package::{Ecosystem, Scheme, VersionKey};
use flate2::read::GzDecoder;
use proptest::prelude::*;
use serde_json::Value;

/// Rows that no order can satisfy, each with the reason.
const CONTRADICTORY: &[(Scheme, &str, &str)] = &[
    (Scheme::Arch, "1.5 = 1.5-1", NO_RELEASE),
    (Scheme::Arch, "1.5-1 = 1.5", NO_RELEASE),
    (Scheme::Arch, "1.1-1 = 1.1", NO_RELEASE),
    (Scheme::Arch, "1.5.b-1 = 1.5.b", NO_RELEASE),
    (Scheme::Maven, "1.0.0-gradle-rework-beta3 < 1.0.0.RC7-3", CIRCLE),
    (Scheme::Maven, "1.1.0-01-glassfish < 1.1.0.Beta1", CIRCLE),
    (Scheme::Packagist, "1.2.3.# = 1.2.3.1", PLACEHOLDER),
];

/// `1.5.0-1 < 1.5.0-2` holds in the same table.
const NO_RELEASE: &str = "a version without release cannot equal two releases that differ";
/// `X.0.Beta1 < X`, `X < X-1` and `X < X-word` hold in the same table.
const CIRCLE: &str = "Maven puts what is after the release before a pre-release of the same release";
/// `#` stands for any number in PHP, so that it would equal both 1 and 2.
const PLACEHOLDER: &str = "a placeholder cannot equal two numbers that differ";

#[test]
fn every_row_of_the_ordering_tables_holds() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let mut rows = Vec::new();
    for (file, scheme) in TABLES {
        rows.extend(table(&corpus.join("version-ordering").join(file)).map(|row| (*scheme, row)));
    }
    println!("{}", check("ordering tables", rows));
}

#[test]
fn every_row_of_rpmvercmp_holds() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let text = read(&corpus.join("version-ordering/rpm/rpm--rpmvercmp.at"));
    let rows = text.lines().filter_map(|line| {
        let mut fields = line.strip_prefix("RPMVERCMP(")?.strip_suffix(')')?.split(',').map(str::trim);
        let (a, b) = (fields.next()?, fields.next()?);
        let order = fields.next()?.parse::<i8>().ok()?.cmp(&0);
        Some((Scheme::Rpm, Row { a: a.to_owned(), b: b.to_owned(), holds: Holds::Order(order) }))
    });

    println!("{}", check("rpmvercmp", rows.collect()));
}

#[test]
fn every_comparison_of_vers_and_univers_holds() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let mut rows = Vec::new();
    for folder in ["vers/tests", "version-ordering/univers"] {
        for file in files(&corpus.join(folder)).filter(|path| path.to_string_lossy().contains(".json")) {
            let document: Value = serde_json::from_str(&read(&file)).unwrap();
            let tests = document.get("tests").unwrap_or(&document).as_array().unwrap();
            rows.extend(tests.iter().filter_map(comparison));
        }
    }
    println!("{}", check("comparisons", rows));
}

#[test]
fn openssl_releases_are_listed_in_order() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let file = corpus.join("version-ordering/univers/univers--openssl_versort_expected.json");
    let document: Value = serde_json::from_str(&read(&file)).unwrap();
    let releases: Vec<&str> =
        document.as_array().unwrap().iter().map(|entry| entry["string"].as_str().unwrap()).collect();

    for pair in releases.windows(2) {
        assert!(key(Scheme::OpenSsl, pair[0]) < key(Scheme::OpenSsl, pair[1]), "{pair:?}");
    }
}

#[test]
fn versions_of_npm_are_ordered_as_node_semver_orders_them() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let mut rows = Vec::new();
    for (table, order) in [
        ("equality", Ordering::Equal),
        ("increments", Ordering::Less),
        ("version-gt-range", Ordering::Less),
        ("version-lt-range", Ordering::Greater),
    ] {
        let file = format!("version-ordering/node-semver/node-semver--{table}.js");
        let text = read(&corpus.join(file));
        let pairs = text.lines().filter_map(|line| node_pair(line, table == "increments"));
        rows.extend(pairs.map(|(a, b)| (Ecosystem::Npm.scheme(), Row { a, b, holds: Holds::Order(order) })));
    }
    assert!(rows.len() > 60);
    println!("{}", check("node-semver", rows));
}

#[test]
fn what_node_semver_calls_a_version_is_one() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let file =
        |table: &str| corpus.join(format!("version-ordering/node-semver/node-semver--{table}-versions.js"));

    for line in read(&file("valid")).lines().filter(|line| line.starts_with("  ['")) {
        let version = line.split('\'').nth(1).unwrap();
        assert!(Ecosystem::Npm.version_key(version).is_some(), "{version}");
    }
    for line in read(&file("invalid")).lines().filter(|line| line.starts_with("  ['")) {
        let version = line.split('\'').nth(1).unwrap();
        assert_eq!(Ecosystem::Npm.version_key(version), None, "{version}");
    }
}

/// The two versions of a line of a table; none where one of them is a range.
fn node_pair(line: &str, increment: bool) -> Option<(String, String)> {
    let fields: Vec<&str> = line.trim().strip_prefix("['")?.split('\'').collect();
    // Between the versions of an increment stands its name. One with an identifier after them may go down: it
    // replaces what the version had.
    let (a, b) = match (&fields[..], increment) {
        ([a, _, _, _, b, _], true) => (a, b),
        ([a, _, b, ..], false) => (a, b),
        _ => return None,
    };
    let is_version = |text: &str| {
        let text = text.trim_start_matches([' ', '=', 'v']);
        text.split(['.', '-']).count() >= 3 && !text.contains([' ', '*', '<', '>', '~', '^', 'x', '|'])
    };
    (is_version(a) && is_version(b)).then(|| ((*a).to_owned(), (*b).to_owned()))
}

const TABLES: &[(&str, Scheme)] = &[
    ("osv-scalibr/alpine-versions.txt", Scheme::Alpine),
    ("osv-scalibr/alpine-versions-generated.txt.gz", Scheme::Alpine),
    ("univers/univers--alpine_test.txt", Scheme::Alpine),
    ("osv-scalibr/cran-versions.txt", Scheme::Cran),
    ("osv-scalibr/cran-versions-generated.txt", Scheme::Cran),
    ("osv-scalibr/debian-versions.txt", Scheme::Debian),
    ("osv-scalibr/debian-versions-generated.txt.gz", Scheme::Debian),
    ("osv-scalibr/hackage-versions.txt", Scheme::Dotted),
    ("osv-scalibr/maven-versions.txt", Scheme::Maven),
    ("osv-scalibr/maven-versions-generated.txt.gz", Scheme::Maven),
    ("osv-scalibr/nuget-versions.txt", Scheme::NuGet),
    ("osv-scalibr/packagist-versions.txt", Scheme::Packagist),
    ("osv-scalibr/packagist-versions-generated.txt.gz", Scheme::Packagist),
    ("osv-scalibr/pub-versions.txt", Scheme::Pub),
    ("osv-scalibr/pypi-versions.txt", Scheme::Pep440),
    ("osv-scalibr/pypi-versions-generated.txt.gz", Scheme::Pep440),
    ("osv-scalibr/redhat-versions.txt", Scheme::Rpm),
    ("osv-scalibr/rubygems-versions.txt", Scheme::RubyGems),
    ("osv-scalibr/rubygems-versions-generated.txt", Scheme::RubyGems),
    ("osv-scalibr/semver-versions.txt", Scheme::Semver),
];

/// What a row says of its two versions.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Holds {
    Order(Ordering),
    NotAfter,
    Different,
}

#[derive(Debug)]
struct Row {
    a: String,
    b: String,
    holds: Holds,
}

/// Holds every row to its word; says how many there were.
fn check(what: &str, rows: Vec<(Scheme, Row)>) -> String {
    let mut failures = Vec::new();
    let mut excused = 0;
    for (scheme, row) in &rows {
        let order = key(*scheme, &row.a).cmp(&key(*scheme, &row.b));
        let holds = match row.holds {
            Holds::Order(expected) => order == expected,
            Holds::NotAfter => order.is_le(),
            Holds::Different => order.is_ne(),
        };
        let name = match row.holds {
            Holds::Order(Ordering::Less) => format!("{} < {}", row.a, row.b),
            Holds::Order(Ordering::Equal) => format!("{} = {}", row.a, row.b),
            Holds::Order(Ordering::Greater) => format!("{} > {}", row.a, row.b),
            Holds::NotAfter => format!("{} <= {}", row.a, row.b),
            Holds::Different => format!("{} != {}", row.a, row.b),
        };
        let listed = CONTRADICTORY.iter().any(|(of, row, _)| of == scheme && *row == name);
        match (holds, listed) {
            (false, false) => failures.push(format!("{scheme:?}: {name}")),
            (true, true) => {
                failures.push(format!("{scheme:?}: {name} holds, and is listed as contradictory"))
            }
            (false, true) => excused += 1,
            (true, false) => {}
        }
    }
    assert!(failures.is_empty(), "{} of {} rows:\n{}", failures.len(), rows.len(), failures.join("\n"));
    format!("{what}: {} rows, {excused} contradictory", rows.len())
}

fn key(scheme: Scheme, text: &str) -> VersionKey {
    scheme.key(text).unwrap_or_else(|| panic!("{text} is no version of {scheme:?}"))
}

/// The lines `a < b` of a table; `#` and `//` start remarks.
fn table(path: &Path) -> impl Iterator<Item = Row> + use<> {
    let text = read(path);
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.into_iter().filter(|line| !line.starts_with(['#', '/']) && !line.trim().is_empty()).map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [a, sign, b] = fields[..] else { panic!("no row: {line}") };
        let order = match sign {
            "<" => Ordering::Less,
            "=" => Ordering::Equal,
            ">" => Ordering::Greater,
            _ => panic!("no sign: {line}"),
        };
        Row { a: a.to_owned(), b: b.to_owned(), holds: Holds::Order(order) }
    })
}

fn comparison(test: &Value) -> Option<(Scheme, Row)> {
    let kind = test.get("test_type")?.as_str()?;
    let input = test.get("input").filter(|_| matches!(kind, "comparison" | "equality"))?;
    let scheme = Scheme::of_vers(input.get("input_scheme")?.as_str()?).unwrap();
    let expected = test.get("expected_output")?;
    let texts = if kind == "comparison" { expected } else { input.get("versions")? }.as_array()?;
    let [a, b] = &texts[..] else { panic!("no pair: {test}") };
    let holds = match expected.as_bool() {
        None => Holds::NotAfter,
        Some(true) => Holds::Order(Ordering::Equal),
        Some(false) => Holds::Different,
    };
    Some((scheme, Row { a: a.as_str()?.to_owned(), b: b.as_str()?.to_owned(), holds }))
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path())
}

fn read(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    let mut text = String::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    } else {
        text = String::from_utf8(bytes).unwrap();
    }
    text
}

/// The corpus; `None` when there is none and nothing says there should be.
pub fn corpus() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("ATTESTRY_CORPUS") {
        let path = PathBuf::from(path);
        assert!(
            path.join("MANIFEST.tsv").is_file(),
            "ATTESTRY_CORPUS is set, but {} is no corpus",
            path.display()
        );
        return Some(path);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    path.join("MANIFEST.tsv").is_file().then_some(path)
}

/// Texts near enough to versions to meet every rule, and some that are none.
fn version() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[0-9]{1,3}",
        Just("0".to_owned()),
        Just("00".to_owned()),
        "[.~^+_:!-]",
        "(alpha|beta|a|b|m|rc|cr|pre|dev|post|snapshot|sp|ga|final|p|r|git|pl|v|x|c)",
        ".",
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

const SCHEMES: &[Scheme] = &[
    Scheme::Semver,
    Scheme::Pub,
    Scheme::Pep440,
    Scheme::Maven,
    Scheme::NuGet,
    Scheme::RubyGems,
    Scheme::Packagist,
    Scheme::Debian,
    Scheme::Alpine,
    Scheme::Rpm,
    Scheme::Dotted,
    Scheme::Cran,
    Scheme::Conan,
    Scheme::Arch,
    Scheme::Gentoo,
    Scheme::OpenSsl,
    Scheme::Datetime,
    Scheme::Lexicographic,
    Scheme::Generic,
];

proptest! {
    #[test]
    fn every_order_is_total_antisymmetric_and_transitive(a in version(), b in version(), c in version()) {
        for ecosystem in Ecosystem::ALL {
            let compare = |a: &str, b: &str| ecosystem.compare(a, b);
            let keys = [&a, &b, &c].map(|text| ecosystem.version_key(text));
            prop_assert_eq!(compare(&a, &b).is_some(), keys[0].is_some() && keys[1].is_some());
            if keys[0].is_some() {
                prop_assert_eq!(compare(&a, &a), Some(Ordering::Equal));
            }
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).map(Ordering::reverse));
            if let [Some(x), Some(y), Some(z)] = keys {
                prop_assert_eq!(compare(&a, &b), Some(x.cmp(&y)));
                prop_assert_eq!(x == y, x.cmp(&y).is_eq());
                if x <= y && y <= z {
                    prop_assert!(x <= z);
                }
            }
        }
    }

    #[test]
    fn no_text_makes_an_order_panic(text: String) {
        for scheme in SCHEMES {
            if let Some(key) = scheme.key(&text) {
                prop_assert!(!key.as_bytes().is_empty());
            }
        }
    }

    #[test]
    fn the_semver_key_agrees_with_the_semver_crate(
        a in "(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]?)){2}(-[a-c0-9]{0,1}[a-c-]{1,2}(\\.(0|[1-9])){0,2})?(\\+[0-9a-z]{1,3})?",
        b in "(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]?)){2}(-[a-c0-9]{0,1}[a-c-]{1,2}(\\.(0|[1-9])){0,2})?(\\+[0-9a-z]{1,3})?",
    ) {
        let (x, y) = (semver::Version::parse(&a).unwrap(), semver::Version::parse(&b).unwrap());
        prop_assert_eq!(Ecosystem::CratesIo.compare(&a, &b), Some(x.cmp_precedence(&y)));
    }
}
