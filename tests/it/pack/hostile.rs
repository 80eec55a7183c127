//! Files that only look like packs: refused, without a crash and without filling memory or disk.

use std::io::{Cursor, Write};

use attestry::report::pack::{PackSource, VerifyOptions, verify};
use zip::write::SimpleFileOptions;

use super::tampered::GOOD;
use super::world::{World, rezip, source, unpack, zip_of};

fn refused(pack: Vec<u8>) -> String {
    let verification = verify(source(pack), &VerifyOptions::default());
    assert!(!verification.is_ok());
    assert_eq!(verification.headline, "NOT VERIFIED");
    verification
        .steps
        .iter()
        .filter(|step| !step.ok)
        .map(|step| step.detail.clone())
        .collect::<Vec<_>>()
        .join("\n")
}

fn with(name: &str, bytes: &[u8]) -> Vec<u8> {
    let members = GOOD.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    zip_of(members.chain([(name, bytes)]))
}

#[test]
fn what_is_no_zip_is_refused() {
    for bytes in [&b""[..], b"PK", b"PK\x05\x06", b"no zip at all", &[0; 100_000]] {
        refused(bytes.to_vec());
    }
    let empty = zip_of([]);
    assert!(refused(empty).contains("manifest.json"));
}

#[test]
fn a_truncated_zip_is_refused_wherever_it_ends() {
    let pack = World::new().pack();
    for length in (0..pack.len()).step_by(pack.len() / 40) {
        refused(pack[..length].to_vec());
    }
}

#[test]
fn names_that_would_leave_the_folder_are_refused() {
    for name in ["../x", "a/../../x", "/etc/passwd", "C:\\x", "a\\..\\x", "./x", "a//b", "x\u{202e}y"] {
        assert!(refused(with(name, b"x")).contains("has a name that is not safe"), "{name}");
    }
    assert!(refused(with("README.HTML", b"x")).contains("is there twice"));
}

#[test]
fn a_member_with_two_names_is_refused() {
    let mut zip = rezip(&GOOD);
    let own = zip.windows(11).position(|name| name == b"README.html").unwrap();
    zip[own] = b'X';

    assert!(refused(zip).contains("`README.html` has another name in its own header"));
}

#[test]
fn a_link_is_refused_and_not_followed() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in GOOD.iter().filter(|(name, _)| *name != "README.html") {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.add_symlink("README.html", "/etc/passwd", SimpleFileOptions::default()).unwrap();

    let why = refused(zip.finish().unwrap().into_inner());

    assert!(why.contains("`README.html` is a link"), "{why}");
}

#[cfg(unix)]
#[test]
fn a_link_in_a_folder_is_refused_and_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    unpack(&GOOD, folder.path());
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(elsewhere.path(), &GOOD["README.html"]).unwrap();
    std::fs::remove_file(folder.path().join("README.html")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("README.html")).unwrap();

    let verification = verify(PackSource::at(folder.path()).unwrap(), &VerifyOptions::default());

    assert_eq!(verification.first_failure().unwrap().member.as_deref(), Some("README.html"));
}

#[test]
fn a_member_that_would_grow_beyond_measure_is_refused() {
    let bomb = with("zz.txt", &vec![0; 80 << 20]);
    assert!(bomb.len() < 1 << 20);

    assert!(refused(bomb).contains("`zz.txt` would grow from"));
}

#[test]
fn members_that_share_compressed_bytes_to_grow_together_are_refused() {
    // forty entries of 60 MB, all over the bytes of one
    let names: Vec<String> = (10..50).map(|number| format!("bomb-{number}")).collect();
    let one = zip_of([("bomb-10", &vec![0; 60 << 20][..])]);
    let start = one.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    let end = one.windows(4).rposition(|bytes| bytes == b"PK\x05\x06").unwrap();
    let (data, entry, mut tail) = (&one[..start], &one[start..end], one[end..].to_vec());
    let mut zip = data.to_vec();
    for name in &names {
        let mut entry = entry.to_vec();
        entry[46..53].copy_from_slice(name.as_bytes());
        zip.extend(entry);
    }
    let count = u16::try_from(names.len()).unwrap().to_le_bytes();
    let size = u32::try_from(entry.len() * names.len()).unwrap().to_le_bytes();
    tail[8..10].copy_from_slice(&count);
    tail[10..12].copy_from_slice(&count);
    tail[12..16].copy_from_slice(&size);
    zip.extend(tail);

    assert!(refused(zip).contains("would grow to"));
}

#[test]
fn a_member_longer_than_it_says_is_refused() {
    // the sizes in the headers say 13 bytes, the compressed stream holds more
    let mut members = GOOD.clone();
    members.insert("README.html".to_owned(), vec![b'a'; 50_000]);
    let mut zip = rezip(&members);
    let (wrong, right) = (50_000_u32.to_le_bytes(), 13_u32.to_le_bytes());
    for at in 0..zip.len() - 4 {
        if zip[at..at + 4] == wrong {
            zip[at..at + 4].copy_from_slice(&right);
        }
    }

    assert!(refused(zip).contains("README.html"));
}

#[test]
fn random_bytes_in_the_container_never_crash() {
    let pack = World::new().pack();
    for at in (0..pack.len()).step_by(29) {
        let mut broken = pack.clone();
        broken[at] ^= 0xff;
        // a change of the container that no member shows is allowed; a crash is not
        verify(source(broken), &VerifyOptions::default());
    }
}
