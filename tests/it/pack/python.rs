//! The verifier in the pack, Python and OpenSSL alone, says what ours says.

use std::io::{Cursor, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use attestry::report::pack::{PackSource, VERIFIER, VerifyOptions, verify};
use zip::write::SimpleFileOptions;

use super::forged::{CASES, forged, wrong_logs};
use super::tampered::GOOD;
use super::world::{Members, World, key, rezip, unpack, unzip, zip_of};

/// A tampered pack: what it is called in messages, the zip file, and the member that must be named.
type Tampered = (String, Vec<u8>, Option<String>);

fn changed(name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut members = GOOD.clone();
    change(members.get_mut(name).unwrap());
    rezip(&members)
}

fn flips() -> impl Iterator<Item = Tampered> {
    GOOD.iter().flat_map(|(name, bytes)| {
        let at = [0, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1];
        at.into_iter().map(move |at| {
            let bit = at % 8;
            (
                format!("bit {bit} of byte {at} of {name}"),
                changed(name, |b| b[at] ^= 1 << bit),
                Some(name.clone()),
            )
        })
    })
}

fn moved() -> impl Iterator<Item = Tampered> {
    GOOD.keys().flat_map(|name| {
        let mut removed = GOOD.clone();
        let bytes = removed.remove(name).unwrap();
        let mut renamed = removed.clone();
        renamed.insert(format!("{name}.x"), bytes);
        let mut longer = GOOD.clone();
        longer.get_mut(name).unwrap().push(b'\n');
        [("without", removed), ("renamed", renamed), ("longer", longer)]
            .map(|(what, members)| (format!("{what} {name}"), rezip(&members), Some(name.clone())))
    })
}

fn hostile() -> Vec<Tampered> {
    let with = |name: &str, bytes: &[u8]| {
        zip_of(GOOD.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).chain([(name, bytes)]))
    };
    let mut link = zip::ZipWriter::new(Cursor::new(with("zz", b"")));
    link.add_symlink("yy", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let good = rezip(&GOOD);
    let mut twice = with("README.htmX", b"<h1>Pack</h1>");
    while let Some(at) = twice.windows(11).position(|name| name == b"README.htmX") {
        twice[at + 10] = b'l';
    }
    let mut two_names = good.clone();
    two_names[30] = b'X';
    let named = |name: &str| Some(name.to_owned());
    let mut packs = vec![
        ("a bomb".to_owned(), with("zz", &vec![0; 80 << 20]), named("zz")),
        ("a link".to_owned(), link.finish().unwrap().into_inner(), None),
        ("a name twice".to_owned(), twice, named("README.html")),
        ("two names".to_owned(), two_names, named("README.html")),
        ("no zip".to_owned(), b"no zip".to_vec(), None),
        ("nothing".to_owned(), Vec::new(), None),
        ("truncated".to_owned(), good[..good.len() - 30].to_vec(), None),
        ("half".to_owned(), good[..good.len() / 2].to_vec(), None),
    ];
    for name in [
        "../x",
        "/x",
        "a//b",
        "./x",
        "extra.txt",
        "evidence/sbom/x",
        "README.HTML",
        "keys/changes/9.dsse.json",
    ] {
        packs.push((format!("with {name}"), with(name, b"x"), None));
    }
    packs
}

/// Runs the verifier of the pack over all files in one process.
fn python(folder: &Path, files: &[std::path::PathBuf]) -> Vec<(String, Vec<String>)> {
    let verifier = folder.join("verify.py");
    std::fs::write(&verifier, VERIFIER).unwrap();
    let driver = folder.join("drive.py");
    std::fs::write(&driver, include_str!("drive.py")).unwrap();
    let mut child = Command::new("python3")
        .arg(driver)
        .arg(verifier)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is needed for this test");
    let list: String = files.iter().map(|file| format!("{}\n", file.display())).collect();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(list.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn good_packs() -> Vec<Tampered> {
    let mut plain = World::new();
    plain.earlier = None;
    [("rotated", GOOD.clone()), ("plain", unzip(&plain.pack()))]
        .map(|(what, members): (&str, Members)| (what.to_owned(), rezip(&members), None))
        .into()
}

#[test]
fn python_agrees_on_every_good_and_every_tampered_pack() {
    let folder = tempfile::tempdir().unwrap();
    let forged = CASES.iter().map(|case| (case.0.to_owned(), rezip(&forged(case)), None));
    let wrong = wrong_logs()
        .into_iter()
        .map(|(what, pack, named)| (what.to_owned(), rezip(&pack), Some(named.to_owned())));
    let packs: Vec<Tampered> = good_packs()
        .into_iter()
        .chain(flips())
        .chain(moved())
        .chain(hostile())
        .chain(forged)
        .chain(wrong)
        .collect();
    let mut files = Vec::new();
    for (at, (_, zip, _)) in packs.iter().enumerate() {
        files.push(folder.path().join(format!("{at}.zip")));
        std::fs::write(&files[at], zip).unwrap();
    }

    let said = python(folder.path(), &files);

    assert_eq!(said.len(), packs.len());
    let mut disagree = Vec::new();
    for (((what, _, named), file), (verdict, faults)) in packs.iter().zip(&files).zip(&said) {
        let ours = verify(PackSource::at(file).unwrap(), &VerifyOptions::default());
        let names_it = named.as_ref().is_none_or(|name| faults.iter().any(|fault| fault.contains(name)));
        if *verdict != ours.headline || !names_it {
            disagree.push(format!("{what}: {verdict} {faults:?} against {:?}", ours.first_failure()));
        }
    }
    assert!(disagree.is_empty(), "{}", disagree.join("\n"));
    assert!(said[0].0.starts_with("INTACT") && said[1].0.starts_with("INTACT"));
    assert_eq!(said.iter().filter(|(verdict, _)| verdict.starts_with("INTACT")).count(), 2);
}

#[cfg(unix)]
#[test]
fn the_command_in_the_guide_works_as_the_guide_says() {
    let folder = tempfile::tempdir().unwrap();
    unpack(&GOOD, folder.path());
    let elsewhere = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new("python3")
            .args(["-B", folder.path().join("verify.py").to_str().unwrap(), folder.path().to_str().unwrap()])
            .args(arguments)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let keep = |name: &str, text: String| {
        let path = elsewhere.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let right = key(2);
    let vkey = keep("vkey", super::world::vkey(&right).to_string());
    let pem = keep("pem", right.public().to_pem());
    let wrong = keep("wrong", key(3).public().to_pem());
    let signer = right.public().fingerprint();

    assert_eq!(run(&[]), (Some(0), format!("INTACT, signed by {signer}, signer not pinned\n")));
    assert_eq!(run(&["--key", &vkey]), (Some(0), format!("VERIFIED, signed by {signer}\n")));
    assert_eq!(run(&["--key", &pem]), (Some(0), format!("VERIFIED, signed by {signer}\n")));
    let (code, text) = run(&["--key", &wrong]);
    assert_eq!((code, text.lines().next()), (Some(4), Some("NOT VERIFIED")));
    let report = folder.path().join("report.html");
    std::fs::rename(&report, elsewhere.path().join("report.html")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("report.html"), &report).unwrap();
    let (code, text) = run(&[]);
    assert!(code == Some(4) && text.contains("report.html"), "{text}");
}

/// Runs the shell block of the guide in a folder.
fn by_hand(folder: &Path) -> std::process::Output {
    let guide = String::from_utf8(GOOD["verify.md"].clone()).unwrap();
    let block = guide.split_once("```sh\n").unwrap().1.split_once("```").unwrap().0;
    Command::new("sh").args(["-euc", block]).current_dir(folder).output().unwrap()
}

#[test]
fn the_commands_to_check_by_hand_work_and_refuse_what_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    unpack(&GOOD, folder.path());
    let fingerprint = key(2).public().fingerprint().to_string();

    let good = by_hand(folder.path());

    let said = String::from_utf8(good.stdout).unwrap();
    assert!(good.status.success(), "{said}{}", String::from_utf8_lossy(&good.stderr));
    assert!(said.starts_with(fingerprint.strip_prefix("SHA256:").unwrap()));
    assert_eq!(said.matches("Signature Verified Successfully").count(), 2);
    assert_eq!(said.matches("https://in-toto.io/Statement/v1").count(), 3);
    for name in ["report.html", "manifest.json", "checkpoint.txt", "added.txt"] {
        let path = folder.path().join(name);
        let before = std::fs::read(&path).unwrap_or_default();
        std::fs::write(&path, [&before[..], b"x"].concat()).unwrap();
        assert!(!by_hand(folder.path()).status.success(), "{name}");
        std::fs::write(&path, before).unwrap();
    }
}

#[test]
fn the_guide_shows_the_verifier_and_promises_nothing_it_cannot_keep() {
    let guide = String::from_utf8(GOOD["verify.md"].clone()).unwrap();

    assert!(guide.ends_with(&format!("```python\n{VERIFIER}```\n")));
    assert_eq!(GOOD["verify.py"], VERIFIER.as_bytes());
    assert!(!guide.to_lowercase().contains("compliant"));
}
