//! What is embedded in the binary: control files, score rules, and the sample organisation.

use std::path::Path;

use rust_embed::RustEmbed;

use crate::app::{AssetConfig, Error, VendorConfig};
use crate::base::relative::expand;
use crate::base::{ErrorKind, UnixMillis};
use crate::controls::SourceFile;

#[derive(RustEmbed)]
#[folder = "controls"]
struct Controls;

#[derive(RustEmbed)]
#[folder = "sample/northwind-pay"]
struct Northwind;

/// The sample organisation, dated relative to today.
pub struct SampleOrganisation {
    /// Its name.
    pub name: String,
    /// Its assets.
    pub assets: Vec<AssetConfig>,
    /// Its vendors.
    pub vendors: Vec<VendorConfig>,
    /// Its evidence: file name, bytes, and the asset it is about.
    pub files: Vec<SampleFile>,
}

/// One file of the sample organisation.
pub struct SampleFile {
    /// Name.
    pub name: String,
    /// Content with its dates filled in.
    pub bytes: Vec<u8>,
    /// The asset it is about; documents name their vendor themselves.
    pub asset: Option<String>,
}

#[derive(serde::Deserialize)]
struct Listing {
    item: Vec<Listed>,
}

#[derive(serde::Deserialize)]
struct Listed {
    file: String,
    #[serde(default)]
    asset: Option<String>,
}

#[derive(serde::Deserialize)]
struct Declared {
    #[serde(default)]
    asset: Vec<AssetConfig>,
    #[serde(default)]
    vendor: Vec<VendorConfig>,
}

/// The built-in frameworks and tests.
pub fn builtin_controls() -> Vec<SourceFile> {
    let is_control = |name: &str| name.starts_with("frameworks/") || name.starts_with("tests/");
    Controls::iter()
        .filter(|name| is_control(name))
        .filter_map(|name| {
            let file = Controls::get(&name)?;
            Some(SourceFile {
                name: name.into_owned(),
                text: String::from_utf8_lossy(&file.data).into_owned(),
            })
        })
        .collect()
}

/// The user's own frameworks and tests.
///
/// # Errors
/// When the directory cannot be read.
pub fn controls_in(directory: &Path) -> Result<Vec<SourceFile>, Error> {
    let failed =
        |e: &dyn std::fmt::Display| Error::upstream(format!("could not read {}: {e}", directory.display()));
    let files = crate::collect::files_below(directory).map_err(|e| failed(&e))?;
    let yaml = files.into_iter().filter(|f| f.extension().is_some_and(|e| e == "yaml" || e == "yml"));
    yaml.map(|file| {
        let text = std::fs::read_to_string(&file).map_err(|e| failed(&e))?;
        let name = file.strip_prefix(directory).unwrap_or(&file).display().to_string();
        Ok(SourceFile { name, text })
    })
    .collect()
}

/// The built-in rules of the vendor score.
pub fn builtin_rules() -> Result<String, Error> {
    embedded(Controls::get("vendor-score.yaml"), "controls/vendor-score.yaml")
}

fn embedded(file: Option<rust_embed::EmbeddedFile>, name: &str) -> Result<String, Error> {
    let missing = || Error::new(ErrorKind::Internal, format!("{name} is not in the binary"));
    Ok(String::from_utf8_lossy(&file.ok_or_else(missing)?.data).into_owned())
}

impl SampleOrganisation {
    /// Fills in the dates relative to `today`.
    ///
    /// # Errors
    /// When an embedded file is wrong, which a test excludes.
    pub fn northwind_pay(today: UnixMillis) -> Result<Self, Error> {
        let wrong = |name: &str, e: &dyn std::fmt::Display| {
            Error::new(ErrorKind::Internal, format!("the sample file {name} is wrong: {e}"))
        };
        let text = |name: &str| {
            let raw = embedded(Northwind::get(name), name)?;
            expand(&raw, today).map_err(|e| wrong(name, &e))
        };
        let declared: Declared =
            toml::from_str(&text("organisation.toml")?).map_err(|e| wrong("organisation.toml", &e))?;
        let listing: Listing =
            toml::from_str(&text("evidence.toml")?).map_err(|e| wrong("evidence.toml", &e))?;
        let mut files = Vec::new();
        for listed in listing.item {
            let bytes = text(&listed.file)?.into_bytes();
            files.push(SampleFile {
                name: format!("northwind-pay/{}", listed.file),
                bytes,
                asset: listed.asset,
            });
        }
        let name = "Northwind Pay (sample data)".to_owned();
        Ok(Self { name, assets: declared.asset, vendors: declared.vendor, files })
    }
}
