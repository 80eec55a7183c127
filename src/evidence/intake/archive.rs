//! Takes zip and tar archives apart: bounded in members and bytes, no links, no way out of the archive.

use std::io::{Cursor, Read};

use crate::base::Digest;
use crate::evidence::intake::compression::{Budget, read_to_end};
use crate::evidence::intake::fault::Fault;
use crate::evidence::{Limit, Limits};

/// Size of a tar header, and of everything else in a tar.
pub(super) const TAR_BLOCK: usize = 512;
/// What is read of a link.
const LINK_BYTES: u64 = 4096;

/// One file taken from an archive.
#[derive(Debug)]
pub(super) struct Member {
    /// Its path inside the archive, as written but for a leading `./`.
    pub(super) name: String,
    /// Digest of what was read of it.
    pub(super) sha256: Digest,
    /// How much was read of it.
    pub(super) size: u64,
    /// Its bytes; empty when it went over a limit.
    pub(super) bytes: Vec<u8>,
    /// Why it is not looked at.
    pub(super) fault: Option<Fault>,
}

/// Gathers members and keeps the archive's own limits.
struct Gathering<'a> {
    limits: &'a Limits,
    members: Vec<Member>,
    total: u64,
    /// Size of the upload: no member can have come from more.
    given: u64,
}

/// What is known of a member before its content is read.
struct Entry {
    name: String,
    link: bool,
    packed: Option<u64>,
}

impl Gathering<'_> {
    /// Reads one member; an error is one about the whole archive.
    fn take(&mut self, entry: Entry, reader: &mut dyn Read) -> Result<(), Fault> {
        if self.members.len() as u64 >= u64::from(self.limits.archive_members) {
            return Err(Fault::Over(Limit::ArchiveMembers));
        }
        let left = self.limits.archive_bytes.saturating_sub(self.total);
        let mut budget = Budget::document(self.limits, 0);
        budget.packed = entry.packed;
        let archive_is_tighter = left < budget.bytes;
        budget.bytes = budget.bytes.min(left);

        let mut bytes = Vec::new();
        // of a link nothing but its target is of interest
        let most = if entry.link { LINK_BYTES } else { u64::MAX };
        let mut fault = read_to_end(&mut reader.take(most), budget, &mut bytes, "archive").err();
        self.total = self.total.saturating_add(bytes.len() as u64);
        if archive_is_tighter && fault == Some(Fault::Over(Limit::DocumentBytes)) {
            return Err(Fault::Over(Limit::ArchiveBytes));
        }
        fault = fault.or_else(|| refusal(&entry));
        let (sha256, size) = (Digest::of(&bytes), bytes.len() as u64);
        if fault.as_ref().is_some_and(|f| f.over().is_some()) {
            bytes = Vec::new();
        }
        let name = entry.name.strip_prefix("./").unwrap_or(&entry.name).to_owned();
        self.members.push(Member { name, sha256, size, bytes, fault });
        Ok(())
    }

    fn finish(mut self) -> Vec<Member> {
        self.members.sort_by(|a, b| a.name.cmp(&b.name));
        self.members
    }
}

/// Why a member is refused for what it is, whatever it contains.
fn refusal(entry: &Entry) -> Option<Fault> {
    if entry.link {
        return Some(Fault::bad("link-member", "links in archives are not followed; pack the file itself"));
    }
    let name = entry.name.as_str();
    let absolute = name.starts_with(['/', '\\']) || name.as_bytes().get(1) == Some(&b':');
    if absolute || name.contains('\0') || name.split(['/', '\\']).any(|part| part == "..") {
        return Some(Fault::bad(
            "unsafe-path",
            "the path leads out of the archive; pack the file again under a relative path without `..`",
        ));
    }
    None
}

/// The files of a zip archive, sorted bytewise by name.
pub(super) fn zip_members(bytes: &[u8], limits: &Limits) -> Result<Vec<Member>, Fault> {
    // the directory is read into memory as a whole, so its size is bounded before: 16 entries a member leave room
    // for folders and for signatures that occur by chance
    let entries = bytes.windows(4).filter(|w| w == b"PK\x01\x02").count() as u64;
    if entries > u64::from(limits.archive_members).saturating_mul(16) {
        return Err(Fault::Over(Limit::ArchiveMembers));
    }
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| Fault::damaged("zip archive", &e))?;
    if archive.has_duplicate_names() {
        // which of the two a reader sees would depend on the reader
        return Err(Fault::bad("duplicate-member", "two members have one name; pack the archive again"));
    }
    let given = bytes.len() as u64;
    let mut gathering = Gathering { limits, members: Vec::new(), total: 0, given };
    for index in 0..archive.len() {
        take_zip_member(&mut archive, index, &mut gathering)?;
    }
    Ok(gathering.finish())
}

/// Takes the member at `index`, unless it is a folder.
fn take_zip_member(
    archive: &mut zip::ZipArchive<Cursor<&[u8]>>,
    index: usize,
    gathering: &mut Gathering<'_>,
) -> Result<(), Fault> {
    let raw = archive.by_index_raw(index).map_err(|e| Fault::damaged("zip archive", &e))?;
    if raw.is_dir() {
        return Ok(());
    }
    let name = raw.name().map_or_else(|_| String::from_utf8_lossy(raw.name_raw()).into_owned(), Into::into);
    let entry =
        Entry { name, link: raw.is_symlink(), packed: Some(raw.compressed_size().min(gathering.given)) };
    let encrypted = raw.encrypted();
    drop(raw);
    if encrypted {
        gathering.take(entry, &mut std::io::empty())?;
        mark_last(gathering, "encrypted", "encrypted members are not read; pack it without a password");
        return Ok(());
    }
    match archive.by_index(index) {
        Ok(mut file) => gathering.take(entry, &mut file),
        Err(error) => {
            gathering.take(entry, &mut std::io::empty())?;
            let message = format!("this member is not readable: {error}; pack it with deflate or stored");
            mark_last(gathering, "damaged", &message);
            Ok(())
        }
    }
}

fn mark_last(gathering: &mut Gathering<'_>, code: &'static str, message: &str) {
    if let Some(last) = gathering.members.last_mut() {
        last.fault.get_or_insert_with(|| Fault::bad(code, message));
    }
}

/// The files of a tar archive, sorted bytewise by name. `packed` is the size of the compressed upload, if it was.
pub(super) fn tar_members(
    reader: &mut dyn Read,
    packed: Option<u64>,
    limits: &Limits,
) -> Result<Vec<Member>, Fault> {
    let budget = Budget { packed, ..Budget::archive(limits, 0) };
    let mut counted = Counted { reader, budget, out: 0, over: None };
    let result = walk_tar(&mut counted, limits);
    match counted.over {
        Some(limit) => Err(Fault::Over(limit)),
        None => result,
    }
}

fn walk_tar(reader: &mut Counted<'_>, limits: &Limits) -> Result<Vec<Member>, Fault> {
    let mut archive = tar::Archive::new(reader);
    let mut gathering = Gathering { limits, members: Vec::new(), total: 0, given: u64::MAX };
    let entries = archive.entries().map_err(|e| Fault::damaged("tar archive", &e))?;
    for entry in entries {
        let mut entry = entry.map_err(|e| Fault::damaged("tar archive", &e))?;
        let kind = entry.header().entry_type();
        if kind.is_dir() || kind.is_pax_global_extensions() {
            continue;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        // devices, pipes and sparse files have no place here either
        let link = !(kind.is_file() || kind.is_contiguous());
        gathering.take(Entry { name, link, packed: None }, &mut entry)?;
    }
    Ok(gathering.finish())
}

/// A reader that fails once the budget of the whole archive is spent, and remembers why.
struct Counted<'a> {
    reader: &'a mut dyn Read,
    budget: Budget,
    out: u64,
    over: Option<Limit>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.out = self.out.saturating_add(read as u64);
        if let Some(limit) = self.budget.exceeded(self.out) {
            self.over = Some(limit);
            return Err(std::io::Error::other("over a limit"));
        }
        Ok(read)
    }
}

/// Whether a tar archive begins here: its header carries a checksum over itself.
pub(super) fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.get(..TAR_BLOCK) else { return false };
    let field: String = header[148..156].iter().map(|b| *b as char).collect();
    let Ok(stated) = u64::from_str_radix(field.trim_matches([' ', '\0']), 8) else { return false };
    let sum: u64 = header
        .iter()
        .enumerate()
        .map(|(i, b)| if (148..156).contains(&i) { u64::from(b' ') } else { u64::from(*b) })
        .sum();
    header[0] != 0 && stated == sum
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn codes(members: &[Member]) -> Vec<(&str, Option<&'static str>)> {
        members
            .iter()
            .map(|m| {
                let code = match &m.fault {
                    None => None,
                    Some(Fault::Over(limit)) => Some(limit.name()),
                    Some(Fault::Bad(error)) => Some(error.code),
                };
                (m.name.as_str(), code)
            })
            .collect()
    }

    #[test]
    fn paths_that_lead_out_of_the_archive_are_refused_and_the_rest_is_read() {
        let archive = zip_of(&[("b.json", b"{}"), ("../a.json", b"{}"), ("/etc/c", b""), ("d\\..\\e", b"")]);

        let members = zip_members(&archive, &Limits::default()).unwrap();

        let unsafe_path = Some("unsafe-path");
        assert_eq!(
            codes(&members),
            [
                ("../a.json", unsafe_path),
                ("/etc/c", unsafe_path),
                ("b.json", None),
                ("d\\..\\e", unsafe_path)
            ]
        );
    }

    #[test]
    fn a_bomb_in_an_archive_stops_at_its_limit_and_the_next_member_is_read() {
        let zeros = vec![0_u8; 8 * 1024 * 1024];

        let members = zip_members(&zip_of(&[("bomb", &zeros), ("ok", b"{}")]), &Limits::default()).unwrap();

        assert_eq!(codes(&members), [("bomb", Some("ratio")), ("ok", None)]);
        assert!(members[0].bytes.is_empty() && members[0].size < 2 * 1024 * 1024 + 128 * 1024);
    }

    #[test]
    fn too_many_members_and_too_many_bytes_refuse_the_archive() {
        let archive = zip_of(&[("a", b"1234"), ("b", b"5678"), ("c", b"9")]);
        let few = Limits { archive_members: 2, ..Limits::default() };
        let small = Limits { archive_bytes: 6, ..Limits::default() };

        assert_eq!(zip_members(&archive, &few).unwrap_err(), Fault::Over(Limit::ArchiveMembers));
        assert_eq!(zip_members(&archive, &small).unwrap_err(), Fault::Over(Limit::ArchiveBytes));
    }

    #[test]
    fn a_tar_is_known_by_its_checksum_and_its_links_are_refused() {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(2);
        header.set_mode(0o644);
        builder.append_data(&mut header, "./x/a.json", &b"{}"[..]).unwrap();
        let mut link = tar::Header::new_gnu();
        link.set_entry_type(tar::EntryType::Symlink);
        link.set_size(0);
        builder.append_link(&mut link, "b", "/etc/passwd").unwrap();
        let archive = builder.into_inner().unwrap();

        assert!(is_tar(&archive) && !is_tar(&[0; 1024]) && !is_tar(b"{}"));
        let members = tar_members(&mut archive.as_slice(), None, &Limits::default()).unwrap();
        assert_eq!(codes(&members), [("b", Some("link-member")), ("x/a.json", None)]);
    }
}
