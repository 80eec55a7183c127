//! Backup and restore: a copy verifies, and a state that was set back can be told from the true one.

use std::path::Path;

use sea_orm::{ConnectionTrait as _, Database};
use serde_json::json;

use super::support::{Installation, TestDatabase, cyclonedx, files_below};

fn import(installation: &Installation, name: &str) {
    let file = installation.write(&format!("{name}.json"), cyclonedx(name, 4));
    assert_eq!(installation.import(0, &file, &["--asset", "shop"])["status"], "accepted");
}

fn pack(installation: &Installation, name: &str) -> String {
    let path = installation.folder.path().join(name).to_str().unwrap().to_owned();
    installation.expect(0, &["pack", "create", "--framework", "gdpr", "-o", &path]);
    path
}

fn copy(from: &Path, to: &Path) {
    for file in files_below(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(file, target).unwrap();
    }
}

/// The documented way while nothing runs: the data directory, and the database where it is not inside.
fn restored(backed_up: &Installation) -> Installation {
    let restored = Installation {
        folder: tempfile::tempdir().unwrap(),
        database: TestDatabase::copy_of(&backed_up.database),
    };
    copy(&backed_up.data(), &restored.data());
    restored
}

#[test]
fn a_copy_of_a_stopped_installation_verifies_and_goes_on() {
    let original = Installation::new();
    import(&original, "first");
    let before = original.expect(0, &["ledger", "verify", "--json"]).json();

    let copy = restored(&original);

    let after = copy.expect(0, &["ledger", "verify", "--json"]).json();
    for field in ["entries", "root", "fingerprint", "blobs"] {
        assert_eq!(before[field], after[field], "{field}");
    }
    import(&copy, "second");
    let pack = pack(&copy, "pack.zip");
    copy.expect(0, &["pack", "verify", &pack]);
    copy.expect(0, &["pack", "replay", &pack]);
    copy.expect(0, &["ledger", "verify"]);
}

#[test]
fn the_embedded_database_can_be_copied_while_the_service_works() {
    let original = Installation::new();
    if original.database.is_postgres() {
        eprintln!("skipped: PostgreSQL has its own tools for this");
        return;
    }
    import(&original, "first");
    let target = tempfile::tempdir().unwrap();
    let backup = target.path().join("data/attestry.db");
    std::fs::create_dir_all(backup.parent().unwrap()).unwrap();
    let source = original.data().join("attestry.db");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let database = Database::connect(format!("sqlite://{}", source.display())).await.unwrap();
        database.execute_unprepared(&format!("VACUUM INTO '{}'", backup.display())).await.unwrap();
        database.close().await.unwrap();
    });
    import(&original, "second");
    // Database first, blobs after: the copy has every blob its rows name, and perhaps some more.
    copy(&original.data().join("blobs"), &target.path().join("data/blobs"));
    std::fs::copy(original.data().join("master.key"), target.path().join("data/master.key")).unwrap();

    let copy = Installation { folder: target, database: TestDatabase::new() };

    let report = copy.expect(0, &["ledger", "verify", "--json"]).json();
    assert_eq!((&report["blobs"], &report["problems"]), (&json!(1), &json!([])));
    import(&copy, "second");
}

#[test]
fn a_backup_without_the_master_key_is_of_no_use_to_whoever_finds_it() {
    let original = Installation::new();
    import(&original, "first");
    let copy = restored(&original);
    std::fs::remove_file(copy.data().join("master.key")).unwrap();

    let answer = copy.expect(2, &["ledger", "verify"]);

    assert!(answer.err.contains("restore"), "{}", answer.err);
    assert!(!copy.data().join("master.key").exists());
}

#[test]
fn a_backup_without_its_blobs_does_not_verify() {
    let original = Installation::new();
    import(&original, "first");
    let copy = restored(&original);
    std::fs::remove_dir_all(copy.data().join("blobs")).unwrap();

    copy.expect(4, &["ledger", "verify"]);
}

#[test]
fn a_log_that_only_grew_extends_its_earlier_pack() {
    let installation = Installation::new();
    import(&installation, "first");
    let earlier = pack(&installation, "earlier.zip");
    import(&installation, "second");
    let later = pack(&installation, "later.zip");

    installation.expect(0, &["pack", "verify", &later, "--previous", &earlier]);
    installation.expect(4, &["pack", "verify", &earlier, "--previous", &later]);
}

#[test]
fn a_state_that_was_set_back_does_not_extend_what_was_published() {
    let original = Installation::new();
    import(&original, "first");
    let set_back = restored(&original);
    import(&original, "second");
    let published = pack(&original, "published.zip");
    // As long as it was, and longer: the other history has another root.
    for name in ["other", "third", "fourth", "fifth"] {
        import(&set_back, name);
    }
    let pack = pack(&set_back, "pack.zip");

    set_back.expect(0, &["ledger", "verify"]);
    set_back.expect(0, &["pack", "verify", &pack]);
    let answer = set_back.expect(4, &["pack", "verify", &pack, "--previous", &published]);

    assert!(answer.out.contains("previous pack"), "{}", answer.out);
}
