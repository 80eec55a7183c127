//! The rules of the house that no compiler holds: who may import whom, how long a file may be, which words are never
//! printed.

mod imports;
mod source;

use std::collections::BTreeMap;
use std::path::Path;

use attestry::base::{Clock as _, SystemClock, UnixMillis};

use imports::imports;
use source::{Source, files, sources};

/// Who may import whom, beside itself. Down only; adapters never each other; drivers never an adapter that stores or
/// collects.
const LAYERS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("evidence", &["base"]),
    ("ledger", &["base"]),
    ("controls", &["base", "evidence"]),
    ("risk", &["base", "evidence"]),
    ("migrations", &[]),
    ("store", &["base", "evidence", "controls", "risk", "ledger", "migrations"]),
    ("net", &["base"]),
    ("collect", &["base", "evidence", "controls", "risk", "ledger", "net"]),
    ("report", &["base", "evidence", "controls", "risk", "ledger"]),
    ("app", &["base", "evidence", "controls", "risk", "ledger", "store", "collect", "report", "net"]),
    ("jobs", &["base", "evidence", "controls", "risk", "ledger", "app", "report"]),
    ("web", &["base", "evidence", "controls", "risk", "ledger", "app", "report"]),
    ("cli", &["base", "evidence", "controls", "risk", "ledger", "app", "report", "jobs", "web"]),
];

/// Crates with one home.
const HOMES: &[(&str, &[&str])] = &[
    ("actix_web", &["web"]),
    ("handlebars", &["report"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("indicatif", &["cli"]),
    ("sea_orm", &["store", "migrations"]),
    ("sea_orm_migration", &["store", "migrations"]),
    ("sqlx", &["store"]),
    ("cargo_metadata", &["collect"]),
    ("cyclonedx_bom", &["collect"]),
    ("cron", &["app"]),
    ("reqwest", &["net"]),
    ("openidconnect", &["app"]),
    ("webauthn_rs", &["app"]),
    ("argon2", &["app"]),
];

/// Files that may be longer than 400 lines, each with its reason.
const LONG: &[(&str, &str)] = &[];

#[test]
fn every_import_points_down() {
    let mut wrong = Vec::new();
    let layers: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    for source in sources() {
        let Some(module) = source.module.first() else { continue };
        let allowed = layers
            .get(module.as_str())
            .unwrap_or_else(|| panic!("{module} is in no layer: say who it may use"));
        for used in source.imports() {
            if used != *module && layers.contains_key(used.as_str()) && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{} uses crate::{used}", source.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_program_itself_only_starts_the_command_line() {
    let main = std::fs::read_to_string(root().join("src/main.rs")).unwrap();

    assert!(main.lines().count() <= 40);
    assert!(main.contains("attestry::cli::run()"));
    assert_eq!(main.matches("attestry::").count(), 1, "main.rs uses more than attestry::cli::run");
}

#[test]
fn crates_with_one_home_are_used_nowhere_else() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(module) = source.module.first() else { continue };
        for (name, homes) in HOMES {
            if source.mentions(&format!("{name}::")) && !homes.contains(&module.as_str()) {
                wrong.push(format!("{} uses {name}, whose home is {}", source.name, homes.join(" and ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_database_engine_is_asked_for_in_one_file_only() {
    let asks = |s: &Source| s.mentions("DbBackend") || s.mentions("DatabaseBackend");
    let names: Vec<String> = sources().into_iter().filter(asks).map(|s| s.name).collect();

    assert_eq!(names, ["src/store/connect.rs"]);
}

#[test]
fn no_file_is_longer_than_400_lines_without_a_reason() {
    let mut wrong = Vec::new();
    for folder in ["src", "migrations", "tests"] {
        for file in files(&root().join(folder), "rs") {
            let lines = std::fs::read_to_string(&file).unwrap().lines().count();
            let name = source::name(&file);
            if lines > 400 && !LONG.iter().any(|(long, _)| *long == name) {
                wrong.push(format!("{name} has {lines} lines"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    let unwraps = |s: &Source| s.product.contains(".unwrap()");
    let wrong: Vec<String> = sources().into_iter().filter(unwraps).map(|s| s.name).collect();

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_template_prints_anything_unescaped() {
    let mut seen = 0;
    for file in files(&root().join("templates"), "hbs") {
        let text = std::fs::read_to_string(&file).unwrap();
        for unescaped in ["{{{", "{{&"] {
            assert!(!text.contains(unescaped), "{} prints something unescaped", source::name(&file));
        }
        seen += 1;
    }
    assert!(seen > 5, "the templates moved: {seen} found");
}

/// We say what the evidence says. The flattering word is an assessor's, and not even theirs to give a program.
#[test]
fn nothing_that_is_shown_says_the_flattering_word() {
    let flattering = |text: &str| text.to_lowercase().contains(concat!("compli", "ant"));
    let mut wrong: Vec<String> =
        sources().into_iter().filter(|s| flattering(&s.product_text)).map(|s| s.name).collect();
    for folder in ["templates", "controls", "sample", "src"] {
        for extension in ["hbs", "yaml", "css", "js", "md", "toml", "py", "html", "json"] {
            let shown = files(&root().join(folder), extension).into_iter();
            wrong.extend(
                shown.filter(|f| flattering(&std::fs::read_to_string(f).unwrap())).map(|f| source::name(&f)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An exception that nobody looks at again is a rule that was dropped.
#[test]
fn every_exception_for_a_known_weakness_says_until_when_and_has_not_expired() {
    let text = std::fs::read_to_string(root().join(".cargo/deny.toml")).unwrap();
    let deny: toml::Table = toml::from_str(&text).unwrap();
    let today = SystemClock.now();
    let excepted = |section: &str, key: &str| deny[section][key].as_array().unwrap().clone();
    let wrapped = excepted("bans", "deny").into_iter().filter(|ban| ban.get("wrappers").is_some());
    for exception in excepted("advisories", "ignore").into_iter().chain(wrapped) {
        let reason = exception.get("reason").and_then(|reason| reason.as_str()).unwrap_or_default();
        let (_, date) = reason.split_once("expires ").unwrap_or_else(|| panic!("no `expires`: {exception}"));
        let until = UnixMillis::parse_lenient(&date[..10]).unwrap();
        assert!(today < until, "look again whether this is still needed: {exception}");
    }
}

#[test]
fn imports_are_found_however_they_are_written() {
    let module = ["web".to_owned(), "pages".to_owned()];
    let of = |code: &str| imports(code, &module);

    assert_eq!(of("use crate::store::Store;"), ["store"]);
    assert_eq!(of("use crate::{app::{App, Error}, store::{self, Store}};"), ["app", "store"]);
    assert_eq!(of("fn f() { crate::collect::x(super::own()) }"), ["collect"]);
    assert_eq!(of("use super::super::store::Store;"), ["store"]);
    assert_eq!(of("use super::{own, super::store};"), ["store"]);
    assert_eq!(of("mod tests { use super::super::own; use super::super::super::risk::X; }"), ["risk"]);
    assert_eq!(of("mod tests { mod deep { } } use super::super::ledger::X;"), ["ledger"]);
    assert!(of("pub(super) fn f() {} use super::own;").is_empty());
}

#[test]
fn words_in_comments_and_strings_are_no_imports() {
    let source = Source::of(
        "src/web.rs",
        "// crate::store\nconst A: &str = \"crate::store {\"; /* crate::store */ const B: char = '\"';",
    );

    assert!(source.imports().is_empty(), "{}", source.code);
}

#[test]
fn code_of_tests_is_told_from_the_products() {
    let text = "fn a() { b() }\n#[cfg(test)]\nmod tests { fn c() { d.unwrap() } }\nfn e() { f() }";
    let source = Source::of("src/web.rs", text);

    assert!(!source.product.contains("unwrap") && source.product.contains("fn e()"), "{}", source.product);
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
