//! The icons of a page, drawn once at its top: only those that it uses, for a page has to stay small.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::report::assets::Templates;

/// Where a layout wants its icons.
const PLACE: &str = "<!-- icons -->";

/// How a page refers to an icon.
const USE: &str = "\"#i-";

/// What scripts draw: the copy button's answer and the palette.
const OF_SCRIPTS: [&str; 4] = ["arrow-right", "check", "copy", "search"];

/// The sheets the icons are kept in, one symbol a line.
const SHEETS: [&str; 2] = ["partials/icons.hbs", "partials/icons-app.hbs"];

/// Every icon: name and `<symbol>` element.
static SYMBOLS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let sheets = SHEETS.iter().filter_map(|sheet| Templates::get(sheet));
    let text: String = sheets.map(|file| String::from_utf8_lossy(&file.data).into_owned()).collect();
    text.lines().filter_map(|line| Some((name_of(line)?.to_owned(), line.to_owned()))).collect()
});

fn name_of(line: &str) -> Option<&str> {
    line.strip_prefix("<symbol id=\"i-")?.split('"').next()
}

/// The page with its icons in place; a page that wants none stays as it is.
pub(super) fn placed(page: String) -> String {
    let Some((before, after)) = page.split_once(PLACE) else { return page };
    let mut used: BTreeSet<&str> = OF_SCRIPTS.into();
    used.extend(after.split(USE).skip(1).filter_map(|rest| rest.split('"').next()));
    let mut out = String::with_capacity(page.len() + 8 * 1024);
    out.push_str(before);
    out.push_str("<svg class=\"sprite\" aria-hidden=\"true\">\n");
    for (_, symbol) in SYMBOLS.iter().filter(|(name, _)| used.contains(name.as_str())) {
        out.push_str(symbol);
        out.push('\n');
    }
    out.push_str("</svg>");
    out.push_str(after);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_carries_the_icons_it_uses_and_those_of_scripts_alone() {
        let page = placed(format!("<body>{PLACE}<use href=\"#i-met\"></use></body>"));

        for name in OF_SCRIPTS.into_iter().chain(["met"]) {
            assert!(page.contains(&format!("<symbol id=\"i-{name}\"")), "{name}: {page}");
        }
        assert_eq!(page.matches("<symbol").count(), OF_SCRIPTS.len() + 1);
        assert!(page.ends_with("</svg><use href=\"#i-met\"></use></body>"));
    }

    #[test]
    fn a_page_without_a_place_for_icons_stays_as_it_is() {
        assert_eq!(placed("<p>\"#i-met\"</p>".to_owned()), "<p>\"#i-met\"</p>");
    }

    #[test]
    fn every_icon_that_a_template_or_a_script_names_is_drawn() {
        let known: BTreeSet<&str> = SYMBOLS.iter().map(|(name, _)| name.as_str()).collect();
        for file in Templates::iter() {
            let content = Templates::get(&file).unwrap();
            let text = String::from_utf8_lossy(&content.data).into_owned();
            for name in text.split(USE).skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(name.contains("{{") || known.contains(name), "{name} in {file}");
            }
        }
    }
}
