//! Reads what a gate is asked about: bills of materials and lock files, as one list of packages each.

use std::collections::HashSet;
use std::path::Path;

use crate::app::Error;
use crate::base::ErrorKind;
use crate::evidence::advisory::PackageQuery;
use crate::evidence::licence::{self, LicenceExpression};
use crate::evidence::lockfile::{self, LockFormat, LockedPackage, Lockfile, Origin, Reach};
use crate::evidence::package::Purl;
use crate::evidence::sbom::{Component, Sbom, Scope};
use crate::evidence::vex::{Identifier, Subject};
use crate::evidence::{Evidence, Limits, Reading, Receipt, Upload, intake};

/// One document the gate is asked about.
pub struct Input {
    /// Path as given; `archive!/member` inside an archive.
    pub file: String,
    /// Its format.
    pub format: String,
    /// The bill of materials and its receipt; `None` for a lock file.
    pub sbom: Option<(Sbom, Receipt)>,
    /// Its packages.
    pub packages: Vec<Package>,
    /// What it is about, as VEX statements may name it.
    pub product: Subject,
    /// Why not everything in it could be looked at.
    pub gaps: Vec<String>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// One component or locked package.
pub struct Package {
    /// Name as the input writes it.
    pub name: String,
    /// Version; empty when not stated.
    pub version: String,
    /// Package URL.
    pub purl: Option<String>,
    /// How it is looked up; `None` when it comes from no public registry or names no package.
    pub query: Option<PackageQuery>,
    /// CPE names.
    pub cpes: Vec<String>,
    /// `runtime`, `optional` or `development`.
    pub scope: Option<&'static str>,
    /// Whether the project itself asks for it.
    pub direct: Option<bool>,
    /// `registry`, `git`, `url`, `local` or `toolchain`.
    pub origin: Option<&'static str>,
    /// Supplier as stated.
    pub supplier: Option<String>,
    /// Licences as stated; `None` where the input is of a kind that states none.
    pub licence: Option<LicenceExpression>,
    /// How many digests are stated.
    pub hashes: usize,
    /// What VEX statements may call it.
    pub subject: Subject,
}

/// Warnings of lock files by which packages were left out that a build would install.
const GAPS: &[&str] =
    &["not-pinned", "unreadable-line", "included-file", "no-name", "no-version", "unnamed-url"];

/// Reads a file whole.
///
/// # Errors
/// Wrong input when there is no such file, else that it cannot be read.
pub fn bytes_of(path: &Path) -> Result<Vec<u8>, Error> {
    let shown = path.display();
    if path.is_dir() {
        return Err(Error::invalid(format!("{shown} is a directory; name the file")));
    }
    std::fs::read(path).map_err(|e| {
        let kind =
            if e.kind() == std::io::ErrorKind::NotFound { ErrorKind::NotFound } else { ErrorKind::Upstream };
        Error::new(kind, format!("could not read {shown}: {e}"))
    })
}

/// Takes a file apart; nothing of it is stored, so nothing needs to be redacted under a secret key.
pub fn readings(name: &str, bytes: &[u8], limits: Limits) -> Vec<Reading> {
    intake::read(&Upload { name, bytes, kind: None, limits, redaction_key: &[0; 32] })
}

/// Why a document was not understood.
pub fn problems(receipt: &Receipt) -> String {
    let text: Vec<&str> = receipt.errors.iter().map(|problem| problem.message.as_str()).collect();
    format!("{}: {}", receipt.file, text.join("; "))
}

impl Input {
    /// Reads one file: one input, or one for each member of an archive.
    ///
    /// # Errors
    /// When it cannot be read, or is neither a bill of materials nor a lock file.
    pub fn read(path: &Path, limits: Limits) -> Result<Vec<Self>, Error> {
        let bytes = bytes_of(path)?;
        let name = path.display().to_string();
        let locked = lockfile::read(&name, &bytes)
            .map_err(|e| Error::invalid(format!("{name}: {e}")).caused_by(e.clone()))?;
        if let Some(locked) = locked {
            return Ok(vec![Self::of_lockfile(name, &locked)]);
        }
        readings(&name, &bytes, limits).into_iter().map(Self::of_reading).collect()
    }

    fn of_reading(reading: Reading) -> Result<Self, Error> {
        let Some(evidence) = reading.evidence else { return Err(Error::invalid(problems(&reading.receipt))) };
        let Evidence::Sbom(sbom) = evidence else {
            let kind = reading.receipt.kind.map_or("document", |kind| kind.as_str());
            let file = &reading.receipt.file;
            return Err(Error::invalid(format!(
                "{file} is of kind {kind}; a gate takes bills of materials and lock files"
            )));
        };
        let dropped = reading.receipt.records.dropped;
        let gaps =
            (dropped > 0).then(|| format!("{dropped} entries could not be read")).into_iter().collect();
        Ok(Self {
            file: reading.receipt.file.clone(),
            format: reading.receipt.format.clone().unwrap_or_default(),
            packages: of_components(&sbom),
            product: product(&sbom),
            gaps,
            notes: Vec::new(),
            sbom: Some((sbom, reading.receipt)),
        })
    }

    fn of_lockfile(file: String, locked: &Lockfile) -> Self {
        let (gaps, notes): (Vec<_>, Vec<_>) =
            locked.warnings.iter().partition(|warning| GAPS.contains(&warning.code.as_str()));
        let said = |list: Vec<&crate::evidence::Warning>| {
            list.into_iter()
                .map(|w| format!("{} ({} times, first at {})", w.message, w.count, w.path))
                .collect()
        };
        Self {
            file,
            format: locked.format.as_str().to_owned(),
            sbom: None,
            packages: locked.packages.iter().map(|package| of_locked(locked.format, package)).collect(),
            product: Subject::default(),
            gaps: said(gaps),
            notes: said(notes),
        }
    }
}

/// What a bill of materials is about.
fn product(sbom: &Sbom) -> Subject {
    let mut subject = sbom.root.as_deref().map(subject).unwrap_or_default();
    subject.identifiers.extend(sbom.name.iter().map(|name| Identifier::Other(name.clone())));
    subject.version = subject.version.or_else(|| sbom.version.clone());
    subject
}

fn subject(component: &Component) -> Subject {
    let purls = component.purls().map(|purl| Identifier::Purl(purl.to_owned()));
    let cpes = component.cpes().map(|cpe| Identifier::Cpe(cpe.to_owned()));
    let hashes = component.details.iter().flat_map(|details| &details.hashes);
    let hashes = hashes.map(|hash| Identifier::hash(&hash.algorithm, &hash.value));
    Subject { identifiers: purls.chain(cpes).chain(hashes).collect(), version: component.version.clone() }
}

fn of_components(sbom: &Sbom) -> Vec<Package> {
    let asked: HashSet<u32> =
        sbom.dependencies.iter().filter(|(from, _)| from.is_none()).map(|(_, to)| *to).collect();
    let direct = |place: u32| (!asked.is_empty()).then(|| asked.contains(&place));
    let components = (0_u32..).zip(&sbom.components);
    components.map(|(place, component)| of_component(component, direct(place))).collect()
}

fn of_component(component: &Component, direct: Option<bool>) -> Package {
    let version = component.version.clone().unwrap_or_default();
    let mut query = component.purls().find_map(crate::evidence::advisory::package_query);
    if let Some((_, asked)) = query.as_mut().and_then(|query| query.names.first_mut())
        && asked.is_empty()
    {
        asked.clone_from(&version);
    }
    Package {
        name: component.name.clone(),
        version,
        purl: component.purl.clone(),
        query,
        cpes: component.cpes().map(str::to_owned).collect(),
        scope: component.scope.map(|scope| match scope {
            Scope::Required => "runtime",
            Scope::Optional => "optional",
            Scope::Excluded => "development",
        }),
        direct,
        origin: None,
        supplier: component.supplier.clone(),
        licence: Some(licence::of_component(component)),
        hashes: component.details.as_ref().map_or(0, |details| details.hashes.len()),
        subject: subject(component),
    }
}

fn of_locked(format: LockFormat, package: &LockedPackage) -> Package {
    let asked = match &package.origin {
        Origin::Registry(None) => true,
        // another registry of crates holds other crates; the other managers' are mostly mirrors
        Origin::Registry(Some(_)) => format != LockFormat::Cargo,
        Origin::Git(_) | Origin::Url(_) | Origin::Local(_) | Origin::Toolchain => false,
    };
    let purl = package.purl.as_deref().filter(|_| asked && package.version.is_some());
    let identifiers = package.purl.iter().map(|purl| Identifier::Purl(purl.clone())).collect();
    Package {
        name: package.name.clone(),
        version: package.version.clone().unwrap_or_default(),
        purl: package.purl.clone(),
        query: purl.and_then(Purl::read).and_then(|purl| PackageQuery::of(&purl)),
        cpes: Vec::new(),
        scope: match package.scope {
            lockfile::Scope::Runtime => Some("runtime"),
            lockfile::Scope::Development => Some("development"),
            lockfile::Scope::Unknown => None,
        },
        direct: match package.reach {
            Reach::Direct => Some(true),
            Reach::Transitive => Some(false),
            Reach::Unknown => None,
        },
        origin: Some(match package.origin {
            Origin::Registry(_) => "registry",
            Origin::Git(_) => "git",
            Origin::Url(_) => "url",
            Origin::Local(_) => "local",
            Origin::Toolchain => "toolchain",
        }),
        supplier: None,
        licence: None,
        hashes: package.hashes.len(),
        subject: Subject { identifiers, version: package.version.clone() },
    }
}
