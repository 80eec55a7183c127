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
    /// Its evidence, what came in first standing first.
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
    /// How many days ago it came in.
    pub days_ago: i64,
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
    #[serde(default)]
    arrived: i64,
    earlier: Option<Earlier>,
}

/// Editions of the same evidence that came in before.
#[derive(serde::Deserialize)]
struct Earlier {
    days_ago: Vec<i64>,
    file: Option<String>,
}

impl Listed {
    /// Every edition: its file, how many days ago it came in, and the day its dates are relative to, in days ago.
    fn editions(&self) -> impl Iterator<Item = (&str, i64, i64)> {
        let before = self.earlier.iter().flat_map(|earlier| {
            let file = earlier.file.as_deref().unwrap_or(&self.file);
            earlier.days_ago.iter().map(move |days| (file, *days, *days))
        });
        before.chain([(self.file.as_str(), self.arrived, 0)])
    }
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
        let text = |name: &str, days_ago: i64| {
            let raw = embedded(Northwind::get(name), name)?;
            expand(&raw, today.plus_days(-days_ago)).map_err(|e| wrong(name, &e))
        };
        let declared: Declared =
            toml::from_str(&text("organisation.toml", 0)?).map_err(|e| wrong("organisation.toml", &e))?;
        let listing: Listing =
            toml::from_str(&text("evidence.toml", 0)?).map_err(|e| wrong("evidence.toml", &e))?;
        let mut files = Vec::new();
        for listed in &listing.item {
            for (file, days_ago, dated) in listed.editions() {
                let bytes = text(file, dated)?.into_bytes();
                let (name, asset) = (format!("northwind-pay/{}", listed.file), listed.asset.clone());
                files.push(SampleFile { name, bytes, asset, days_ago });
            }
        }
        files.sort_by_key(|file| std::cmp::Reverse(file.days_ago));
        let name = "Northwind Pay (sample data)".to_owned();
        Ok(Self { name, assets: declared.asset, vendors: declared.vendor, files })
    }
}
