//! What a gate knows: advisories, exploitation and VEX statements, from files or from the installation.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::app::{App, Error};
use crate::base::{DAY_MS, ErrorKind, UnixMillis};
use crate::controls::FEED_MAX_AGE_HOURS;
use crate::evidence::advisory::{Advisory, Exploitation};
use crate::evidence::decoder::{ArchiveMember, DECODERS};
use crate::evidence::vex::{self, VexDocument};
use crate::evidence::{Evidence, EvidenceKind, Limits, Reading};
use crate::report::gate::GateSource;

use super::inputs::{bytes_of, problems, readings};

/// Databases are larger than evidence: npm's alone has over 200,000 records.
const LIMITS: Limits = Limits {
    document_bytes: 2 << 30,
    archive_bytes: 8 << 30,
    archive_members: 4_000_000,
    ratio: 200,
    depth: 128,
};

/// Everything a gate may be asked with.
#[derive(Default)]
pub struct Knowledge {
    /// The advisories.
    pub advisories: Vec<Advisory>,
    /// CVE ids known to be exploited; `None` without a catalogue.
    pub exploited: Option<HashSet<String>>,
    /// Probability of exploitation by CVE id; `None` without scores.
    pub epss: Option<HashMap<String, f64>>,
    /// Where it came from.
    pub sources: Vec<GateSource>,
    /// Why silence proves nothing.
    pub doubts: Vec<String>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

impl Knowledge {
    /// Reads files and directories.
    ///
    /// # Errors
    /// When a path does not exist or cannot be read, or a file named holds no advisories.
    pub fn read(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut knowledge = Self::default();
        for path in paths {
            if path.is_dir() {
                knowledge.read_directory(path)?;
            } else {
                let read = readings(&path.display().to_string(), &bytes_of(path)?, LIMITS);
                match read.as_slice() {
                    [only] if only.evidence.is_none() => return Err(Error::invalid(problems(&only.receipt))),
                    _ => knowledge.take_all(read)?,
                }
            }
        }
        Ok(knowledge)
    }

    /// Whether it says how urgent a vulnerability is and names none: the installation's advisories are meant then.
    pub fn needs_installation(&self) -> bool {
        self.advisories.is_empty() && (self.exploited.is_some() || self.epss.is_some())
    }

    /// Reads a directory as the database it is, else file by file; what is no evidence at all is left out.
    fn read_directory(&mut self, root: &Path) -> Result<(), Error> {
        let shown = root.display().to_string();
        let mut files = Vec::new();
        for path in crate::app::files_below(root)? {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push((name, bytes_of(&path)?));
        }
        let members: Vec<ArchiveMember<'_>> =
            files.iter().map(|(name, bytes)| ArchiveMember { name, bytes }).collect();
        let databases = DECODERS.iter().filter(|decoder| decoder.kind() == EvidenceKind::Advisories);
        for decoder in databases {
            let Some(Ok(decoded)) = decoder.decode_archive(&members) else { continue };
            let source = (shown.as_str(), decoder.format());
            self.add(source, decoded.evidence, (decoded.records.dropped, decoded.produced_at))?;
            return Ok(());
        }
        let mut read = Vec::new();
        for (name, bytes) in &files {
            read.extend(readings(&format!("{shown}/{name}"), bytes, LIMITS));
        }
        self.take_all(read)
    }

    /// Takes the files of a directory or the members of an archive; those that are no evidence are counted.
    fn take_all(&mut self, read: Vec<Reading>) -> Result<(), Error> {
        let mut others = Vec::new();
        for reading in read {
            if reading.receipt.errors.iter().any(|problem| problem.code == "unknown-format") {
                others.push(reading.receipt.file);
            } else if reading.evidence.is_none() {
                self.doubts.push(problems(&reading.receipt));
            } else {
                self.take(reading)?;
            }
        }
        if let Some(first) = others.first() {
            self.notes
                .push(format!("{} files are no advisories and were left out, first {first}", others.len()));
        }
        Ok(())
    }

    fn take(&mut self, reading: Reading) -> Result<(), Error> {
        let Some(evidence) = reading.evidence else { return Ok(()) };
        let format = reading.receipt.format.as_deref().unwrap_or_default();
        let facts = (reading.receipt.records.dropped, reading.produced_at);
        self.add((&reading.receipt.file, format), evidence, facts)
    }

    fn add(
        &mut self,
        (name, format): (&str, &str),
        evidence: Evidence,
        (dropped, as_of): (u64, Option<UnixMillis>),
    ) -> Result<(), Error> {
        let mut source = GateSource {
            name: name.to_owned(),
            format: format.to_owned(),
            records: 0,
            as_of: as_of.map(UnixMillis::to_rfc3339),
        };
        match evidence {
            Evidence::Advisories(list) => {
                source.records = list.len() as u64;
                self.advisories.extend(list);
            }
            Evidence::Exploitation(stated) => {
                source.records = stated.len() as u64;
                source.as_of = stated.updated().map(UnixMillis::to_rfc3339);
                self.exploitation(stated);
            }
            Evidence::Sbom(_)
            | Evidence::Scan(_)
            | Evidence::Access(_)
            | Evidence::Document(_)
            | Evidence::Changes(_)
            | Evidence::Vex(_)
            | Evidence::Attestation(_) => {
                return Err(Error::invalid(format!("{name} is {format}, not advisories, KEV or EPSS")));
            }
        }
        if dropped > 0 {
            self.doubts.push(format!("{dropped} records of {name} could not be read"));
        }
        self.sources.push(source);
        Ok(())
    }

    fn exploitation(&mut self, stated: Exploitation) {
        match stated {
            Exploitation::Known(catalogue) => {
                let cves = catalogue.entries.into_iter().map(|entry| entry.cve.to_ascii_uppercase());
                self.exploited.get_or_insert_default().extend(cves);
            }
            Exploitation::Predicted(scores) => {
                let pairs = scores.scores.into_iter().map(|s| (s.cve.to_ascii_uppercase(), s.probability));
                self.epss.get_or_insert_default().extend(pairs);
            }
        }
    }

    /// Doubts every source whose newest statement is older than that.
    pub fn at_most_old(&mut self, hours: u32, now: UnixMillis) {
        for source in &self.sources {
            let as_of = source.as_of.as_deref().and_then(|text| UnixMillis::parse_lenient(text).ok());
            if as_of.is_none_or(|at| now.since(at) > i64::from(hours) * (DAY_MS / 24)) {
                let as_of = source.as_of.as_deref().unwrap_or("an unknown date");
                self.doubts.push(format!("{} is of {as_of}, older than {hours} hours", source.name));
            }
        }
    }
}

impl App {
    /// Adds the installation's advisories, with a doubt where no whole and current database is among its feeds.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn gate_knowledge(&self, knowledge: &mut Knowledge) -> Result<(), Error> {
        let now = self.now();
        let feeds = self.store.feed_list().await?;
        let limit = i64::from(FEED_MAX_AGE_HOURS) * (DAY_MS / 24);
        let current = |feed: &&crate::store::FeedRow| now.since(feed.last_updated) <= limit;
        if feeds.iter().any(|feed| feed.whole) {
            if !feeds.iter().filter(|feed| feed.whole).any(|feed| current(&feed)) {
                let text = format!("the imported advisory database is older than {FEED_MAX_AGE_HOURS} hours");
                knowledge.doubts.push(text);
            }
        } else if !feeds.is_empty() {
            let text = "only single advisories were imported, no whole database";
            knowledge.doubts.push(text.to_owned());
        }
        knowledge.sources.extend(feeds.iter().map(|feed| GateSource {
            name: format!("feed {}", feed.key),
            format: feed.key.clone(),
            records: feed.advisories,
            as_of: Some(feed.last_updated.to_rfc3339()),
        }));
        knowledge.advisories = self.store.advisory_list().await?;
        Ok(())
    }
}

/// Reads VEX documents, each with the file it came from.
///
/// # Errors
/// When one cannot be read or holds no statement.
pub fn vex_documents(paths: &[PathBuf], limits: Limits) -> Result<Vec<(String, VexDocument)>, Error> {
    let mut documents = Vec::new();
    for path in paths {
        for reading in readings(&path.display().to_string(), &bytes_of(path)?, limits) {
            let file = reading.receipt.file.clone();
            let document = match reading.evidence {
                Some(Evidence::Vex(document)) => document,
                Some(Evidence::Sbom(bom)) => vex::from_cyclonedx(&bom),
                Some(
                    Evidence::Scan(_)
                    | Evidence::Access(_)
                    | Evidence::Document(_)
                    | Evidence::Advisories(_)
                    | Evidence::Exploitation(_)
                    | Evidence::Changes(_)
                    | Evidence::Attestation(_),
                ) => VexDocument::default(),
                None => return Err(Error::new(ErrorKind::Invalid, problems(&reading.receipt))),
            };
            if document.statements.is_empty() {
                return Err(Error::invalid(format!("{file} holds no VEX statement")));
            }
            documents.push((file, document));
        }
    }
    Ok(documents)
}
