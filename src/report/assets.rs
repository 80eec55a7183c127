//! The files pages load, embedded, each under a name that carries its digest.
//!
//! Because the name changes with the content, a browser may keep a file for ever.

use std::borrow::Cow;

use rust_embed::RustEmbed;

use crate::base::Digest;

/// Templates and styles, embedded in the program.
#[derive(RustEmbed)]
#[folder = "templates"]
pub(crate) struct Templates;

/// The style sheet's path among the templates.
const CSS: &str = "assets/attestry.css";

/// What answers under `/assets/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The content.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type.
    pub content_type: &'static str,
    /// The header that lets a browser keep it for ever.
    pub cache_control: &'static str,
    /// Strong entity tag, with quotes.
    pub etag: String,
}

/// The URL path of the style sheet: `/assets/attestry.<digest>.css`.
pub fn css_path() -> String {
    format!("/assets/{}", css_name())
}

/// The asset at a URL path (with or without `/assets/`); `None` for every other name, also an outdated one.
pub fn get(path: &str) -> Option<Asset> {
    let name = path.strip_prefix("/assets/").unwrap_or(path);
    if name != css_name() {
        return None;
    }
    let bytes = Templates::get(CSS)?.data;
    let etag = format!("\"{}\"", Digest::of(&bytes).to_hex());
    Some(Asset {
        bytes,
        content_type: "text/css; charset=utf-8",
        cache_control: "public, max-age=31536000, immutable",
        etag,
    })
}

/// The style sheet's text.
pub(crate) fn css() -> String {
    Templates::get(CSS).map(|file| String::from_utf8_lossy(&file.data).into_owned()).unwrap_or_default()
}

fn css_name() -> String {
    let digest = Digest::of(css().as_bytes()).to_hex();
    format!("attestry.{}.css", &digest[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_answers_under_its_own_name_only() {
        let asset = get(&css_path()).unwrap();

        assert!(asset.bytes.len() > 1_000);
        assert!(asset.cache_control.contains("immutable"));
        assert_eq!(get("/assets/attestry.css"), None);
        assert_eq!(get("/assets/../layouts/document.hbs"), None);
    }
}
