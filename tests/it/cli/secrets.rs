//! Secrets of the configuration appear nowhere: not in output, not in logs, not on disk.

use crate::support::{Answer, Installation, cyclonedx};

const MASTER: &str = "6b1f0c2d9e8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c";
const PASSWORD: &str = "correct-horse-battery";

#[test]
fn config_check_masks_secrets_and_shows_the_rest() {
    let installation = Installation::new();
    let mut command = installation.command(&["config", "check"]);
    command.env("ATTESTRY_MASTER_KEY", MASTER);
    command.env("ATTESTRY_DATABASE_URL", format!("postgres://auditor:{PASSWORD}@db.example/attestry"));

    let answer = Answer::of(command.env("ATTESTRY_LISTEN", "127.0.0.1:9999"));

    assert_eq!(answer.code, 0);
    assert!(answer.out.contains("master_key = ***"), "{}", answer.out);
    assert!(answer.out.contains("postgres://auditor:***@db.example/attestry"), "{}", answer.out);
    assert!(answer.out.contains("listen = 127.0.0.1:9999"));
    assert!(!answer.out.contains(MASTER) && !answer.out.contains(PASSWORD));
    assert!(!installation.data().exists());
}

#[test]
fn the_most_talkative_log_tells_no_secret() {
    let installation = Installation::new();
    let file = installation.write("bom.json", cyclonedx("shop", 2));
    let file = file.to_str().unwrap();
    let commands: &[&[&str]] = &[
        &["-vv", "import", file, "--asset", "shop"],
        &["-vv", "evaluate"],
        &["-vv", "pack", "create", "--framework", "gdpr", "-o", "pack.zip"],
        &["-vv", "ledger", "verify"],
    ];
    for arguments in commands {
        let mut command = installation.command(arguments);

        let answer = Answer::of(command.env("ATTESTRY_MASTER_KEY", MASTER));

        assert!(answer.code <= 1, "{arguments:?}: {}", answer.err);
        assert!(!answer.out.contains(MASTER) && !answer.err.contains(MASTER), "{arguments:?}");
        if let Some(password) = installation.database.url().and_then(|url| password_of(&url)) {
            assert!(!answer.out.contains(&password) && !answer.err.contains(&password), "{arguments:?}");
        }
    }
    assert!(!installation.data().join("master.key").exists(), "the key came from the environment");
    for file in crate::support::files_below(installation.folder.path()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!contains(&bytes, MASTER.as_bytes()), "{} holds the master key", file.display());
    }
}

#[test]
fn a_wrong_master_key_says_what_to_do_and_ends_with_2() {
    let installation = Installation::new();
    installation.expect(0, &["migrate"]);
    let mut command = installation.command(&["ledger", "verify"]);

    let answer = Answer::of(command.env("ATTESTRY_MASTER_KEY", MASTER));

    assert_eq!(answer.code, 2, "{}", answer.err);
    assert!(answer.err.contains("ATTESTRY_MASTER_KEY"), "{}", answer.err);
    assert!(!answer.err.contains(MASTER));
    std::fs::remove_file(installation.data().join("master.key")).unwrap();
    let lost = installation.expect(2, &["ledger", "verify"]);
    assert!(lost.err.contains("master.key"), "{}", lost.err);
    assert!(!installation.data().join("master.key").exists(), "no new key is made in place of a lost one");
}

#[test]
fn a_mistake_in_the_database_address_does_not_repeat_the_password() {
    let installation = Installation::new();
    let config = format!(
        "database_url = \"mysql://auditor:{PASSWORD}@db/x\"\nmaster_key = \"{MASTER}\"\nlisten = 5\n"
    );
    installation.write("attestry.toml", config);

    let wrong_type = installation.expect(2, &["--config", "attestry.toml", "config", "check"]);
    let wrong_scheme = installation
        .expect(2, &["--database", &format!("mysql://auditor:{PASSWORD}@db/x"), "config", "check"]);

    for answer in [wrong_type, wrong_scheme] {
        assert!(!answer.err.contains(PASSWORD) && !answer.err.contains(MASTER), "{}", answer.err);
    }
}

fn password_of(url: &str) -> Option<String> {
    let (user, _) = url.split_once("://")?.1.rsplit_once('@')?;
    Some(user.split_once(':')?.1.to_owned())
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}
