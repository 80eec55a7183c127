//! A disk that runs full: new work is refused in words, and nothing that was stored is lost.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use super::support::{Answer, Installation, cyclonedx};

/// A small file system in memory, gone with the test.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where mounting is not allowed.
    fn new(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "attestry-test"]).arg(folder.path());
        mount.stdout(Stdio::null()).stderr(Stdio::null());
        mount.status().is_ok_and(|s| s.success()).then(|| Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills what is left but for that many bytes.
    fn fill(&self, leave: usize) -> PathBuf {
        let path = self.path().join("filler");
        let mut file = std::fs::File::create(&path).unwrap();
        while file.write_all(&[7; 4096]).is_ok() {}
        let size = file.metadata().unwrap().len();
        file.set_len(size.saturating_sub(leave as u64)).unwrap();
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: whatever still has a file open must not keep the test's folder.
        drop(Command::new("umount").arg("-l").arg(self.path()).status());
    }
}

/// The program with its data directory on the small disk.
fn run(installation: &Installation, disk: &SmallDisk, arguments: &[&str]) -> Answer {
    let mut command = installation.command(arguments);
    Answer::of(command.env("ATTESTRY_DATA", disk.path().join("data")))
}

/// Bytes that do not compress are of no importance here; many components are.
fn large() -> Vec<u8> {
    cyclonedx("large", 9000)
}

fn refused(answer: &Answer) {
    assert_eq!(answer.code, 3, "{} {}", answer.out, answer.err);
    let words = answer.err.to_lowercase();
    let clear = ["no space", "full", "enospc"].iter().any(|w| words.contains(w));
    assert!(clear, "the message does not say what is wrong: {}", answer.err);
    assert!(!words.contains("panicked"), "{}", answer.err);
}

#[test]
fn a_full_disk_refuses_new_evidence_and_loses_none() {
    let Some(disk) = SmallDisk::new(24) else {
        eprintln!("skipped: mounting a tmpfs needs root");
        return;
    };
    let installation = Installation::new();
    let first = installation.write("first.json", cyclonedx("first", 5));
    let second = installation.write("second.json", large());
    let (first, second) = (first.to_str().unwrap(), second.to_str().unwrap());
    assert_eq!(run(&installation, &disk, &["import", first, "--asset", "shop"]).code, 0);
    let filler = disk.fill(1 << 20);

    refused(&run(&installation, &disk, &["import", second, "--asset", "shop"]));

    let report = run(&installation, &disk, &["ledger", "verify", "--json"]);
    assert_eq!(report.code, 0, "{}", report.err);
    assert_eq!((&report.json()["blobs"], &report.json()["problems"]), (&json!(1), &json!([])));
    std::fs::remove_file(filler).unwrap();
    let again = run(&installation, &disk, &["import", first, second, "--asset", "shop", "--json"]);
    let states: Vec<_> = again.json_lines().iter().map(|r| r["status"].clone()).collect();
    assert_eq!(states, ["duplicate", "accepted"]);
    assert_eq!(run(&installation, &disk, &["ledger", "verify"]).code, 0);
}

#[test]
fn not_a_single_byte_left_is_an_answer_in_words_and_no_loss_either() {
    let Some(disk) = SmallDisk::new(24) else {
        eprintln!("skipped: mounting a tmpfs needs root");
        return;
    };
    let installation = Installation::new();
    let first = installation.write("first.json", cyclonedx("first", 5));
    let second = installation.write("second.json", cyclonedx("second", 5));
    let (first, second) = (first.to_str().unwrap(), second.to_str().unwrap());
    assert_eq!(run(&installation, &disk, &["import", first, "--asset", "shop"]).code, 0);
    let filler = disk.fill(0);

    for arguments in [
        &["import", second, "--asset", "shop"][..],
        &["evaluate"],
        &["pack", "create", "--framework", "gdpr", "-o", disk.path().join("pack.zip").to_str().unwrap()],
    ] {
        let answer = run(&installation, &disk, arguments);
        // PostgreSQL has a disk of its own: there only the files are refused.
        let elsewhere = installation.database.is_postgres() && arguments[0] == "evaluate";
        assert!(answer.code == 3 || elsewhere, "{arguments:?}: {} {}", answer.code, answer.err);
        assert!(!answer.err.contains("panicked"), "{arguments:?}: {}", answer.err);
    }
    assert!(!disk.path().join("pack.zip").exists());

    std::fs::remove_file(filler).unwrap();
    assert_eq!(run(&installation, &disk, &["ledger", "verify"]).code, 0);
    let after = run(&installation, &disk, &["import", first, second, "--asset", "shop", "--json"]);
    let states: Vec<_> = after.json_lines().iter().map(|r| r["status"].clone()).collect();
    assert_eq!(states, ["duplicate", "accepted"]);
    assert_eq!(run(&installation, &disk, &["ledger", "verify"]).code, 0);
}
