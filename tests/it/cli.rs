//! The command line as a contract: exit codes, what stands on standard output, what a receipt holds.

mod admin;
mod controls;
mod integrity;
mod receipts;
mod secrets;

use serde_json::json;

use super::support::{Answer, Installation, cyclonedx, sarif};

/// Every command, as it is asked for help.
const COMMANDS: &[&[&str]] = &[
    &[],
    &["demo"],
    &["serve"],
    &["admin"],
    &["admin", "create-link"],
    &["migrate"],
    &["import"],
    &["collect"],
    &["advisories"],
    &["advisories", "sync"],
    &["advisories", "import"],
    &["advisories", "match"],
    &["advisories", "status"],
    &["gate"],
    &["evaluate"],
    &["report"],
    &["vendors"],
    &["vendors", "score"],
    &["pack"],
    &["pack", "create"],
    &["pack", "verify"],
    &["pack", "replay"],
    &["ledger"],
    &["ledger", "verify"],
    &["controls"],
    &["controls", "lint"],
    &["controls", "list"],
    &["controls", "test"],
    &["config"],
    &["config", "check"],
    &["completions"],
];

#[test]
fn every_command_explains_itself() {
    let installation = Installation::new();
    for command in COMMANDS {
        let arguments: Vec<&str> = command.iter().copied().chain(["--help"]).collect();

        let answer = installation.expect(0, &arguments);

        assert!(answer.out.contains("Usage: attestry"), "{command:?}");
        assert!(answer.err.is_empty(), "{command:?}: {}", answer.err);
    }
    assert!(!installation.data().exists(), "help needs no data directory");
}

#[test]
fn the_overview_of_commands_names_the_exit_codes() {
    let answer = Installation::new().expect(0, &["--help"]);

    assert!(answer.out.contains("Exit codes: 0 fine"), "{}", answer.out);
}

#[test]
fn completions_are_printed_for_the_usual_shells() {
    let installation = Installation::new();
    for shell in ["bash", "zsh", "fish"] {
        let answer = installation.expect(0, &["completions", shell]);

        assert!(answer.out.contains("attestry") && answer.out.len() > 1000, "{shell}");
    }
}

/// What is wrong whatever the installation holds; `bom.json` is a sound file.
const WRONG: &[&[&str]] = &[
    &["imporrt"],
    &["import"],
    &["import", "no-such-file.json"],
    &["import", "bom.json", "--kind", "poem"],
    &["import", "bom.json", "--asset", "../../etc"],
    &["evaluate", "--framework", "iso-9000"],
    &["evaluate", "--as-of", "2999-01-01"],
    &["evaluate", "--as-of", "yesterday"],
    &["evaluate", "--from", "2026-01-01"],
    &["report", "--framework", "iso-9000", "-o", "report.html"],
    &["pack", "create", "--framework", "iso-9000", "-o", "pack.zip"],
    &["pack", "create", "--framework", "gdpr", "--as-of", "2999-01-01", "-o", "pack.zip"],
    &[
        "pack",
        "create",
        "--framework",
        "gdpr",
        "--from",
        "2026-02-01",
        "--to",
        "2026-01-01",
        "-o",
        "pack.zip",
    ],
    &["pack", "verify", "no-such-pack.zip"],
    &["pack", "replay", "no-such-pack.zip"],
    &["controls", "list", "--framework", "iso-9000"],
    &["controls", "test", "no.such-test", "--evidence", "bom.json"],
    &["collect", "nowhere"],
    &["advisories", "sync", "nowhere"],
    &["advisories", "import", "no-such-file.zip"],
    &["advisories", "import", "bom.json", "--feed", "no-such-feed"],
    &["--database", "mysql://h/d", "migrate"],
    &["--config", "no-such.toml", "config", "check"],
];

#[test]
fn wrong_use_ends_with_2() {
    let installation = Installation::new();
    installation.write("bom.json", cyclonedx("shop", 1));
    for arguments in WRONG {
        let answer = installation.expect(2, arguments);

        assert!(answer.out.is_empty(), "{arguments:?} printed {}", answer.out);
        assert!(answer.err.contains("error:"), "{arguments:?}: {}", answer.err);
        assert!(!answer.err.contains("panicked"), "{arguments:?}: {}", answer.err);
    }
    assert!(!installation.folder.path().join("pack.zip").exists());
}

#[test]
fn a_place_that_exists_but_cannot_be_read_ends_with_3() {
    let installation = Installation::new();
    let file = installation.write("plain-file", "x");
    let nowhere = file.join("data");

    let below_a_file = installation.expect(3, &["--data", nowhere.to_str().unwrap(), "migrate"]);

    assert!(below_a_file.err.contains("plain-file"), "{}", below_a_file.err);
    #[cfg(unix)]
    {
        let sound = installation.write("inbox/bom.json", cyclonedx("shop", 1));
        // Listed as a file, gone when it is opened: a FIFO's or socket's way of being unreadable is not a test's.
        let socket =
            std::os::unix::net::UnixListener::bind(installation.folder.path().join("socket")).unwrap();
        let unreadable = installation.folder.path().join("socket");

        let arguments = ["import", "--json", unreadable.to_str().unwrap(), sound.to_str().unwrap()];
        let answer = installation.expect(3, &arguments);

        assert_eq!(answer.json_lines().len(), 1, "the sound file is imported all the same");
        assert!(answer.err.contains("could not read"), "{}", answer.err);
        drop(socket);
    }
}

#[test]
fn an_unreachable_database_ends_with_3_and_tells_no_password() {
    let installation = Installation::new();

    let answer =
        installation.expect(3, &["--database", "postgres://me:open-sesame@127.0.0.1:9/none", "migrate"]);

    assert!(!answer.err.contains("open-sesame"), "{}", answer.err);
}

#[test]
fn any_command_creates_and_migrates_an_empty_data_directory() {
    let commands: &[&[&str]] = &[
        &["migrate"],
        &["ledger", "verify"],
        &["vendors", "score"],
        &["collect"],
        &["advisories", "sync"],
        &["advisories", "status"],
        &["evaluate", "--framework", "gdpr"],
        &["import", "inbox"],
    ];
    for command in commands {
        let installation = Installation::new();
        std::fs::create_dir(installation.folder.path().join("inbox")).unwrap();

        let answer = installation.run(command);

        assert!(answer.code <= 1, "{command:?}: {} {}", answer.code, answer.err);
        assert!(installation.data().join("master.key").exists(), "{command:?}");
        installation.expect(0, &["ledger", "verify"]);
    }
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_master_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let installation = Installation::new();
    installation.expect(0, &["migrate"]);

    let mode = std::fs::metadata(installation.data().join("master.key")).unwrap().permissions().mode();

    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn evaluating_ends_with_1_while_something_is_open_and_prints_one_document() {
    let installation = Installation::new();
    let file = installation.write("bom.json", cyclonedx("shop", 3));
    installation.import(0, &file, &["--asset", "shop"]);

    let document = installation.expect(1, &["evaluate", "--json"]).json();

    assert!(document["requirements"].as_array().unwrap().len() > 400);
    assert!(!document["results"].as_array().unwrap().is_empty());
    let one = installation.expect(1, &["evaluate", "--json", "--framework", "gdpr"]).json();
    assert!(one["requirements"].as_array().unwrap().iter().all(|r| r["framework"] == "gdpr"));
}

#[test]
fn todays_date_is_no_future() {
    let installation = Installation::new();
    let today = attestry::base::Clock::now(&attestry::base::SystemClock).to_date();

    let answer = installation.run(&["evaluate", "--as-of", &today]);

    assert_eq!(answer.code, 1, "{}", answer.err);
}

#[test]
fn a_report_is_one_file_that_loads_nothing() {
    let installation = Installation::new();

    installation.expect(0, &["report", "--framework", "gdpr", "-o", "report.html"]);

    let html = std::fs::read_to_string(installation.folder.path().join("report.html")).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>") || html.starts_with("<!doctype html>"));
    assert!(!html.contains("src=\"http") && !html.contains("<script"), "it loads something");
}

#[test]
fn a_vendor_declared_in_the_configuration_is_scored() {
    let installation = Installation::new();
    let config = "[[vendor]]\nkey = \"nimbus\"\nname = \"Nimbus\"\nsensitivity = 1.0\ncriticality = 0.5\naccess = 0.5\n";
    let config = installation.write("attestry.toml", config);

    let answer =
        installation.expect(0, &["--config", config.to_str().unwrap(), "vendors", "score", "--json"]);

    let scores = answer.json();
    assert_eq!(scores[0]["score"]["vendor"], "nimbus");
    assert!(scores[0]["score"]["residual"].as_f64().unwrap() > 0.0);
}

#[test]
fn a_source_that_cannot_be_read_is_a_problem_of_its_run_and_ends_with_3() {
    let installation = Installation::new();
    let inbox = installation.write("inbox/scan.sarif", sarif("Semgrep", Some(true)));
    let inbox = inbox.parent().unwrap().display();
    let config = format!(
        "[[source]]\nname = \"inbox\"\ntype = \"directory\"\npath = \"{inbox}\"\nasset = \"shop\"\n\
         [[source]]\nname = \"gone\"\ntype = \"directory\"\npath = \"{inbox}/gone\"\n"
    );
    let config = installation.write("attestry.toml", config);

    let answer = installation.expect(3, &["--config", config.to_str().unwrap(), "collect", "--json"]);

    let receipts = answer.json_lines();
    assert_eq!(receipts.len(), 1);
    assert_eq!((&receipts[0]["status"], &receipts[0]["file"]), (&json!("accepted"), &json!("scan.sarif")));
    assert!(answer.err.contains("gone"), "{}", answer.err);
}

/// A table or note may stand on standard output only when no JSON was asked for.
pub(super) fn only_json(answer: &Answer) {
    assert!(!answer.out.trim().is_empty());
    answer.json_lines();
}

#[test]
fn what_an_import_added_is_covered_by_a_signed_head() {
    let installation = Installation::new();
    let file = installation.write("scan.sarif", sarif("Semgrep", Some(true)));
    installation.import(0, &file, &["--asset", "api"]);

    let report = installation.expect(0, &["ledger", "verify", "--json"]).json();

    assert_eq!(report["covered"], report["entries"]);
}
