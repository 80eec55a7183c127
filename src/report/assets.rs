//! The files pages load, embedded, each under a name that carries its digest.
//!
//! Because the name changes with the content, a browser may keep a file for ever. Sources are kept apart by concern;
//! style sheets are joined in a fixed order, script modules stand alone.

use std::borrow::Cow;
use std::sync::LazyLock;

use rust_embed::RustEmbed;

use crate::base::Digest;

/// Templates and styles, embedded in the program.
#[derive(RustEmbed)]
#[folder = "templates"]
pub(crate) struct Templates;

/// Tokens, type and parts, and what is a document's alone: all that a report or a pack needs.
const DOCUMENT_CSS: &[&str] = &[BASE_CSS, "document.css"];

/// What documents and pages share, and the name of the service's sheet.
const BASE_CSS: &str = "attestry.css";

/// What pages of the service have, in the order in which later rules win.
const PAGE_CSS: &[&str] =
    &[BASE_CSS, "frame.css", "forms.css", "lists.css", "parts.css", "identity.css", "controls.css"];

/// The script modules of every page; each does one thing, and none is needed to read or to act.
const MODULES: &[&str] = &[
    "menus.js",
    "palette.js",
    "keys.js",
    "lists.js",
    "dates.js",
    "copy.js",
    "confirm.js",
    "progress.js",
    "drop.js",
];

/// Modules of single pages, which their templates load by `{{module "…"}}`.
const PAGE_MODULES: &[&str] = &["passkey.js"];

/// The sign in the browser's tab.
const ICON: &str = "icon.svg";

/// Pieces of a style sheet that say the same in fewer characters.
const SHORTER: &[(&str, &str)] = &[
    ("; ", ";"),
    (": ", ":"),
    (" {", "{"),
    ("{ ", "{"),
    (" }", "}"),
    (" > ", ">"),
    (" 0.", " ."),
    ("(0.", "(."),
    (":0.", ":."),
];

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

/// An asset and the name it is served under.
struct Served {
    source: &'static str,
    name: String,
    asset: Asset,
}

static SERVED: LazyLock<Vec<Served>> = LazyLock::new(|| {
    let mut all = vec![served(BASE_CSS, squeezed(&joined(PAGE_CSS))), served(ICON, joined(&[ICON]))];
    all.extend(MODULES.iter().chain(PAGE_MODULES).map(|module| served(module, bare(&joined(&[module])))));
    all
});

/// The URL path of the service's style sheet: `/assets/attestry.<digest>.css`.
pub fn css_path() -> String {
    path_of(BASE_CSS)
}

/// The asset at a URL path (with or without `/assets/`); `None` for every other name, also an outdated one.
pub fn get(path: &str) -> Option<Asset> {
    let name = path.strip_prefix("/assets/").unwrap_or(path);
    SERVED.iter().find(|served| served.name == name).map(|served| served.asset.clone())
}

/// The style sheet of a self-contained document.
pub(crate) fn css() -> String {
    joined(DOCUMENT_CSS)
}

/// The elements of a page's head that load its style, sign and scripts.
pub(crate) fn head_elements() -> String {
    let mut head = format!(
        "<link rel=\"stylesheet\" href=\"{}\">\n<link rel=\"icon\" type=\"image/svg+xml\" href=\"{}\">",
        css_path(),
        path_of(ICON)
    );
    for module in MODULES {
        head.push('\n');
        head.push_str(&script_element(module));
    }
    head
}

/// The element that loads a module of a single page; `None` for every other name.
pub(crate) fn page_module(name: &str) -> Option<String> {
    PAGE_MODULES.contains(&name).then(|| script_element(name))
}

fn script_element(module: &str) -> String {
    format!("<script type=\"module\" src=\"{}\"></script>", path_of(module))
}

/// The URL path of one source; its own name, which nothing answers to, when there is none.
fn path_of(source: &str) -> String {
    let name = SERVED.iter().find(|served| served.source == source).map_or(source, |s| s.name.as_str());
    format!("/assets/{name}")
}

fn joined(names: &[&str]) -> String {
    let texts = names.iter().filter_map(|name| Templates::get(&format!("assets/{name}")));
    texts.map(|file| String::from_utf8_lossy(&file.data).into_owned()).collect()
}

/// A style sheet without comments and the spaces no browser needs. Our own sheets keep these out of strings.
fn squeezed(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    for (index, part) in css.split("/*").enumerate() {
        let text = if index == 0 { part } else { part.split_once("*/").map_or("", |(_, after)| after) };
        out.extend(text.lines().map(str::trim));
    }
    for (long, short) in SHORTER {
        out = out.replace(long, short);
    }
    out.replace(", ", ",").replace(";}", "}")
}

/// A script without indentation and lines of comment. Our own scripts keep line breaks out of texts.
fn bare(script: &str) -> String {
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn served(source: &'static str, content: String) -> Served {
    let digest = Digest::of(content.as_bytes()).to_hex();
    let (stem, extension) = source.rsplit_once('.').unwrap_or((source, ""));
    let asset = Asset {
        bytes: Cow::Owned(content.into_bytes()),
        content_type: content_type(extension),
        cache_control: "public, max-age=31536000, immutable",
        etag: format!("\"{digest}\""),
    };
    Served { source, name: format!("{stem}.{}.{extension}", &digest[..16]), asset }
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
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

    #[test]
    fn everything_a_page_loads_is_there_with_its_type() {
        let head = head_elements();
        let paths: Vec<&str> = head.split('"').filter(|part| part.starts_with("/assets/")).collect();

        assert_eq!(paths.len(), MODULES.len() + 2);
        for path in paths {
            let asset = get(path).unwrap_or_else(|| panic!("{path} is missing"));
            assert!(!asset.bytes.is_empty(), "{path}");
            let kind =
                if path.ends_with(".js") { "text/javascript; charset=utf-8" } else { asset.content_type };
            assert_eq!(asset.content_type, kind);
            assert_ne!(asset.content_type, "application/octet-stream", "{path}");
        }
    }

    #[test]
    fn every_script_and_style_in_the_folder_is_served() {
        let known: Vec<&str> =
            [DOCUMENT_CSS, PAGE_CSS, MODULES, PAGE_MODULES, &[ICON]].into_iter().flatten().copied().collect();

        for file in Templates::iter().filter_map(|f| f.strip_prefix("assets/").map(str::to_owned)) {
            assert!(known.contains(&file.as_str()), "{file} is in no list");
        }
    }

    #[test]
    fn scripts_can_be_served_without_their_comments() {
        for module in MODULES.iter().chain(PAGE_MODULES) {
            let script = joined(&[module]);
            assert!(!script.contains("/*"), "{module}: comments are lines of their own");
            for text in script.split('`').skip(1).step_by(2) {
                assert!(!text.contains('\n'), "{module}: a text goes over several lines: {text}");
            }
        }
        assert_eq!(bare("// why\n  let a = 1;\n\n  f(); // here\n"), "let a = 1;\nf(); // here\n");
    }

    #[test]
    fn styles_and_scripts_of_a_page_stay_small() {
        let size = |path: &str| get(path).unwrap().bytes.len();
        let head = head_elements();
        let scripts: usize = head.split('"').filter(|p| p.ends_with(".js")).map(size).sum();

        assert!(size(&css_path()) < 50_000, "style sheet of {} bytes", size(&css_path()));
        assert!(scripts < 20_000, "scripts of {scripts} bytes");
    }
}
