//! Opens a pack that anybody may have made: a zip file or a folder, read under limits.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::name::is_safe;
use crate::base::Digest;

/// The most members a pack may have.
const MAX_MEMBERS: usize = 2_000_000;
/// The most bytes one member may have.
const MAX_MEMBER: u64 = 16 << 30;
/// The most bytes all members may have.
const MAX_TOTAL: u64 = 256 << 30;
/// What a member may grow by when it is inflated, once it is larger than [`RATIO_FLOOR`].
const MAX_RATIO: u64 = 400;
const RATIO_FLOOR: u64 = 64 << 20;
/// The same for all members together.
const TOTAL_FLOOR: u64 = 1 << 30;
/// How deep folders may be nested.
const MAX_DEPTH: usize = 16;

/// Bytes that can be read from anywhere.
pub trait Seekable: Read + Seek {}

impl<R: Read + Seek> Seekable for R {}

/// A pack as it was handed over.
pub enum PackSource {
    /// A zip file.
    Zip(Box<dyn Seekable>),
    /// A folder it was unpacked into.
    Directory(PathBuf),
}

impl PackSource {
    /// The file or folder at a path.
    ///
    /// # Errors
    /// When it does not exist or cannot be read.
    pub fn at(path: &Path) -> io::Result<Self> {
        if fs::metadata(path)?.is_dir() {
            return Ok(Self::Directory(path.to_owned()));
        }
        Ok(Self::Zip(Box::new(BufReader::new(File::open(path)?))))
    }
}

/// Something wrong with a container: what, and which member if it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) member: Option<String>,
    pub(super) what: String,
}

impl Fault {
    pub(super) fn new(member: &str, what: impl Into<String>) -> Self {
        Self { member: Some(member.to_owned()), what: what.into() }
    }
}

/// A container whose members can be read one at a time.
pub(super) struct Opened {
    place: Place,
    members: BTreeMap<String, Entry>,
    /// What is wrong with its list of members.
    pub(super) faults: Vec<Fault>,
}

struct Entry {
    at: usize,
    size: u64,
}

enum Place {
    Zip(Box<ZipArchive<Box<dyn Seekable>>>),
    Directory(PathBuf),
}

impl Opened {
    /// Lists the members; `Err` says why it is no container at all.
    pub(super) fn open(source: PackSource) -> Result<Self, String> {
        match source {
            PackSource::Zip(reader) => Self::open_zip(reader),
            PackSource::Directory(root) => Self::open_directory(root),
        }
    }

    fn open_zip(reader: Box<dyn Seekable>) -> Result<Self, String> {
        let unreadable = |error| format!("this is no readable zip file: {error}");
        let mut zip = ZipArchive::new(reader).map_err(unreadable)?;
        if zip.len() > MAX_MEMBERS {
            return Err(format!("it has more than {MAX_MEMBERS} members"));
        }
        let mut list = List::default();
        let mut headers = Vec::with_capacity(zip.len());
        for at in 0..zip.len() {
            let entry =
                zip.by_index_raw(at).map_err(|error| format!("member {at} is unreadable: {error}"))?;
            headers.push((entry.header_start(), entry.name_raw().to_vec()));
            if !(entry.is_dir() && entry.size() == 0) {
                list.add_zipped(at, &entry);
            }
        }
        let directory = zip.has_duplicate_names().then(|| zip.central_directory_start());
        let mut reader = zip.into_inner();
        if let Some(start) = directory {
            list.faults.extend(duplicates(&mut reader, start).map_err(|error| error.to_string())?);
        }
        list.faults.extend(headers.iter().filter_map(|(start, name)| two_faced(&mut reader, *start, name)));
        // members may share compressed bytes, so that each alone stays under the ratio
        let length = reader.seek(SeekFrom::End(0)).map_err(|error| error.to_string())?;
        if list.total > TOTAL_FLOOR && list.total / MAX_RATIO > length {
            return Err(format!("its {length} bytes would grow to {}", list.total));
        }
        let zip = ZipArchive::new(reader).map_err(unreadable)?;
        Ok(list.opened(Place::Zip(Box::new(zip))))
    }

    fn open_directory(root: PathBuf) -> Result<Self, String> {
        let mut list = List::default();
        walk(&root, "", &mut list)?;
        Ok(list.opened(Place::Directory(root)))
    }

    /// Every member with its size, in order.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, u64)> {
        self.members.iter().map(|(path, entry)| (path.as_str(), entry.size))
    }

    /// How large a member says it is.
    pub(super) fn size_of(&self, path: &str) -> Option<u64> {
        self.members.get(path).map(|entry| entry.size)
    }

    /// Whether there is such a member.
    pub(super) fn has(&self, path: &str) -> bool {
        self.members.contains_key(path)
    }

    /// All bytes of a small member.
    pub(super) fn read(&mut self, path: &str, most: u64) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        self.with(path, most, |reader| reader.read_to_end(&mut bytes).map(|_| ()))?;
        Ok(bytes)
    }

    /// The digest of a member of any size.
    pub(super) fn digest(&mut self, path: &str) -> Result<Digest, Fault> {
        let mut hash = Sha256::new();
        self.with(path, MAX_MEMBER, |reader| {
            let mut chunk = vec![0; 64 * 1024];
            loop {
                match reader.read(&mut chunk)? {
                    0 => return Ok(()),
                    read => hash.update(&chunk[..read]),
                }
            }
        })?;
        Ok(Digest::from_bytes(hash.finalize().into()))
    }

    /// Hands a member to `take`, which sees no more bytes than the container says it has.
    fn with(
        &mut self,
        path: &str,
        most: u64,
        take: impl FnOnce(&mut dyn Read) -> io::Result<()>,
    ) -> Result<(), Fault> {
        let Some(entry) = self.members.get(path) else { return Err(Fault::new(path, "is missing")) };
        if entry.size > most {
            return Err(Fault::new(path, format!("has {} bytes, more than {most}", entry.size)));
        }
        let unreadable = |error: io::Error| Fault::new(path, format!("cannot be read: {error}"));
        let opened: Box<dyn Read> = match &mut self.place {
            Place::Zip(zip) => Box::new(zip.by_index(entry.at).map_err(|error| unreadable(error.into()))?),
            Place::Directory(root) => Box::new(File::open(root.join(path)).map_err(unreadable)?),
        };
        // one byte more, to notice a member that is longer than it says
        let mut limited = opened.take(entry.size + 1);
        take(&mut limited).map_err(unreadable)?;
        if limited.limit() != 1 {
            return Err(Fault::new(path, "does not have the size it says"));
        }
        Ok(())
    }
}

#[derive(Default)]
struct List {
    members: BTreeMap<String, Entry>,
    lower: BTreeSet<String>,
    total: u64,
    faults: Vec<Fault>,
}

impl List {
    fn add_zipped<R: Read + ?Sized>(&mut self, at: usize, entry: &ZipFile<'_, R>) {
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let (size, packed) = (entry.size(), entry.compressed_size());
        if entry.is_symlink() || entry.encrypted() {
            self.faults.push(Fault::new(&name, "is a link or encrypted"));
        } else if size > RATIO_FLOOR && size / MAX_RATIO > packed {
            self.faults.push(Fault::new(&name, format!("would grow from {packed} to {size} bytes")));
        }
        self.add(name, Entry { at, size });
    }

    fn add(&mut self, name: String, entry: Entry) {
        self.total = self.total.saturating_add(entry.size);
        if !is_safe(&name) {
            self.faults.push(Fault::new(&name, "has a name that is not safe"));
        } else if !self.lower.insert(name.to_ascii_lowercase()) {
            self.faults.push(Fault::new(&name, "is there twice"));
        } else if entry.size > MAX_MEMBER || self.total > MAX_TOTAL {
            self.faults.push(Fault::new(&name, "makes the pack larger than any pack may be"));
        } else {
            self.members.insert(name, entry);
        }
    }

    fn opened(self, place: Place) -> Opened {
        Opened { place, members: self.members, faults: self.faults }
    }
}

/// A member whose own header (APPNOTE 4.3.7) names it otherwise than the directory: readers would disagree on it.
fn two_faced(reader: &mut (impl Read + Seek), start: u64, name: &[u8]) -> Option<Fault> {
    let mut own = vec![0; 30 + name.len()];
    let read = reader.seek(SeekFrom::Start(start)).and_then(|_| reader.read_exact(&mut own));
    let length = u16::from_le_bytes([own[26], own[27]]);
    let same = usize::from(length) == name.len() && own[30..] == *name;
    let fault = || Fault::new(&String::from_utf8_lossy(name), "has another name in its own header");
    (read.is_err() || !same).then(fault)
}

/// Which names a central directory has twice (APPNOTE 4.3.12); the archive's index keeps only one of them.
fn duplicates(reader: &mut (impl Read + Seek), start: u64) -> io::Result<Vec<Fault>> {
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    reader.seek(SeekFrom::Start(start))?;
    for _ in 0..MAX_MEMBERS {
        let mut signature = [0; 4];
        reader.read_exact(&mut signature)?;
        if signature != *b"PK\x01\x02" {
            break;
        }
        let mut header = [0; 42];
        reader.read_exact(&mut header)?;
        let number = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let mut name = vec![0; usize::from(number(24))];
        reader.read_exact(&mut name)?;
        reader.seek(SeekFrom::Current(i64::from(number(26)) + i64::from(number(28))))?;
        let name = String::from_utf8_lossy(&name).into_owned();
        if seen.contains(&name) {
            faults.push(Fault::new(&name, "is there twice"));
        }
        seen.insert(name);
    }
    Ok(faults)
}

fn walk(folder: &Path, path: &str, list: &mut List) -> Result<(), String> {
    if path.split('/').count() > MAX_DEPTH || list.members.len() > MAX_MEMBERS {
        return Err(format!("it has more than {MAX_MEMBERS} members or {MAX_DEPTH} levels of folders"));
    }
    let unreadable = |error: io::Error| format!("the folder `{}` cannot be read: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let name = if path.is_empty() { name } else { format!("{path}/{name}") };
        // of the entry itself: a link is not followed
        let kind = entry.metadata().map_err(unreadable)?;
        if kind.is_dir() {
            walk(&entry.path(), &name, list)?;
        } else if kind.is_file() {
            list.add(name, Entry { at: 0, size: kind.len() });
        } else {
            list.faults.push(Fault::new(&name, "is a link or no file"));
        }
    }
    Ok(())
}
