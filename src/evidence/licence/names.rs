//! Licences by the names and addresses people write instead of identifiers.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::Confidence;

/// Common names, squeezed as [`squeeze`] does, that are not on the list in that form. One licence each.
const NAMES: &[(&str, &str)] = &[
    ("apache 2", "Apache-2.0"),
    ("apache2", "Apache-2.0"),
    ("apache software 2", "Apache-2.0"),
    ("asl 2", "Apache-2.0"),
    ("al2", "Apache-2.0"),
    ("apache 1.1", "Apache-1.1"),
    ("mit", "MIT"),
    ("expat", "MIT"),
    ("mit x11", "MIT"),
    ("mit expat", "MIT"),
    ("bsd 2 clause", "BSD-2-Clause"),
    ("2 clause bsd", "BSD-2-Clause"),
    ("bsd 2", "BSD-2-Clause"),
    ("simplified bsd", "BSD-2-Clause"),
    ("freebsd", "BSD-2-Clause"),
    ("bsd 3 clause", "BSD-3-Clause"),
    ("3 clause bsd", "BSD-3-Clause"),
    ("bsd 3", "BSD-3-Clause"),
    ("new bsd", "BSD-3-Clause"),
    ("revised bsd", "BSD-3-Clause"),
    ("modified bsd", "BSD-3-Clause"),
    ("bsd new", "BSD-3-Clause"),
    ("gpl 2", "GPL-2.0-only"),
    ("gplv2", "GPL-2.0-only"),
    ("gnu gpl 2", "GPL-2.0-only"),
    ("gpl 3", "GPL-3.0-only"),
    ("gplv3", "GPL-3.0-only"),
    ("gnu gpl 3", "GPL-3.0-only"),
    ("gplv2+", "GPL-2.0-or-later"),
    ("gpl 2 or later", "GPL-2.0-or-later"),
    ("gplv2 or later", "GPL-2.0-or-later"),
    ("gplv3+", "GPL-3.0-or-later"),
    ("gpl 3 or later", "GPL-3.0-or-later"),
    ("gplv3 or later", "GPL-3.0-or-later"),
    ("lgpl 2", "LGPL-2.0-only"),
    ("lgplv2", "LGPL-2.0-only"),
    ("lgplv2+", "LGPL-2.0-or-later"),
    ("lgpl 2.1", "LGPL-2.1-only"),
    ("lgplv2.1", "LGPL-2.1-only"),
    ("gnu lgpl 2.1", "LGPL-2.1-only"),
    ("lgplv2.1+", "LGPL-2.1-or-later"),
    ("lgpl 2.1 or later", "LGPL-2.1-or-later"),
    ("lgpl 3", "LGPL-3.0-only"),
    ("lgplv3", "LGPL-3.0-only"),
    ("lgplv3+", "LGPL-3.0-or-later"),
    ("gnu lesser general public 2.1", "LGPL-2.1-only"),
    ("gnu lesser general public 3", "LGPL-3.0-only"),
    ("gnu general public 2", "GPL-2.0-only"),
    ("gnu general public 3", "GPL-3.0-only"),
    ("agpl 3", "AGPL-3.0-only"),
    ("agplv3", "AGPL-3.0-only"),
    ("agplv3+", "AGPL-3.0-or-later"),
    ("gnu affero general public 3", "AGPL-3.0-only"),
    ("mpl 1.1", "MPL-1.1"),
    ("mpl 2", "MPL-2.0"),
    ("mplv2", "MPL-2.0"),
    ("mplv2.0", "MPL-2.0"),
    ("mozilla public 2", "MPL-2.0"),
    ("epl 1", "EPL-1.0"),
    ("eplv1", "EPL-1.0"),
    ("epl 2", "EPL-2.0"),
    ("eclipse public 1", "EPL-1.0"),
    ("eclipse public 2", "EPL-2.0"),
    ("edl 1", "BSD-3-Clause"),
    ("eclipse distribution 1", "BSD-3-Clause"),
    ("cddl 1", "CDDL-1.0"),
    ("cddl 1.1", "CDDL-1.1"),
    ("cc0", "CC0-1.0"),
    ("cc0 1 universal", "CC0-1.0"),
    ("unlicense", "Unlicense"),
    ("zlib", "Zlib"),
    ("boost 1", "BSL-1.0"),
    ("boost software 1", "BSL-1.0"),
    ("python 2", "Python-2.0"),
    ("psf 2", "PSF-2.0"),
    ("isc", "ISC"),
    ("wtfpl", "WTFPL"),
    ("openssl", "OpenSSL"),
];

/// Names several licences go by, with the likeliest.
const GUESSES: &[(&str, &str)] = &[
    ("apache", "Apache-2.0"),
    ("apache software", "Apache-2.0"),
    ("asl", "Apache-2.0"),
    ("bsd", "BSD-3-Clause"),
    ("bsd like", "BSD-3-Clause"),
    ("bsd style", "BSD-3-Clause"),
    ("mit like", "MIT"),
    ("mit style", "MIT"),
    ("gpl", "GPL-1.0-or-later"),
    ("gnu gpl", "GPL-1.0-or-later"),
    ("gnu general public", "GPL-1.0-or-later"),
    ("lgpl", "LGPL-2.0-or-later"),
    ("gnu lgpl", "LGPL-2.0-or-later"),
    ("gnu lesser general public", "LGPL-2.1-or-later"),
    ("agpl", "AGPL-3.0-or-later"),
    ("mpl", "MPL-2.0"),
    ("mozilla public", "MPL-2.0"),
    ("epl", "EPL-2.0"),
    ("eclipse public", "EPL-2.0"),
    ("cddl", "CDDL-1.0"),
    ("artistic", "Artistic-2.0"),
    ("psf", "PSF-2.0"),
    ("python software foundation", "PSF-2.0"),
    ("python", "Python-2.0"),
    ("cc by", "CC-BY-4.0"),
];

/// Addresses without scheme, `www.` and ending.
const ADDRESSES: &[(&str, &str)] = &[
    ("apache.org/licenses/license-2.0", "Apache-2.0"),
    ("apache.org/licenses/license-1.1", "Apache-1.1"),
    ("apache.org/license/license-2.0", "Apache-2.0"),
    ("apache.org/licenses", "Apache-2.0"),
    ("gnu.org/licenses/gpl-2.0", "GPL-2.0-only"),
    ("gnu.org/licenses/old-licenses/gpl-2.0", "GPL-2.0-only"),
    ("gnu.org/licenses/gpl-3.0", "GPL-3.0-only"),
    ("gnu.org/licenses/lgpl-2.1", "LGPL-2.1-only"),
    ("gnu.org/licenses/old-licenses/lgpl-2.1", "LGPL-2.1-only"),
    ("gnu.org/licenses/lgpl-3.0", "LGPL-3.0-only"),
    ("gnu.org/licenses/agpl-3.0", "AGPL-3.0-only"),
    ("mozilla.org/mpl/2.0", "MPL-2.0"),
    ("mozilla.org/en-us/mpl/2.0", "MPL-2.0"),
    ("mozilla.org/mpl/mpl-1.1", "MPL-1.1"),
    ("eclipse.org/legal/epl-v10", "EPL-1.0"),
    ("eclipse.org/legal/epl-2.0", "EPL-2.0"),
    ("eclipse.org/legal/epl-v20", "EPL-2.0"),
    ("eclipse.org/org/documents/epl-v10", "EPL-1.0"),
    ("eclipse.org/org/documents/epl-2.0", "EPL-2.0"),
    ("eclipse.org/org/documents/edl-v10", "BSD-3-Clause"),
    ("creativecommons.org/publicdomain/zero/1.0", "CC0-1.0"),
    ("creativecommons.org/licenses/by/4.0", "CC-BY-4.0"),
    ("creativecommons.org/licenses/by/3.0", "CC-BY-3.0"),
    ("creativecommons.org/licenses/by-sa/4.0", "CC-BY-SA-4.0"),
    ("boost.org/license_1_0", "BSL-1.0"),
    ("unlicense.org", "Unlicense"),
    ("json.org/license", "JSON"),
    ("opensource.org/licenses/mit-license", "MIT"),
    ("opensource.org/licenses/bsd-license", "BSD-2-Clause"),
    ("wtfpl.net", "WTFPL"),
];

/// The identifier a name or address means, and how sure that is.
pub(super) fn identify(text: &str) -> Option<(&'static str, Confidence)> {
    if text.len() > 300 {
        return None;
    }
    if text.contains("://") || text.starts_with("www.") {
        return by_address(text).map(|id| (id, Confidence::Normalised));
    }
    let tables = tables();
    let lower = text.to_lowercase();
    if let Some(id) = tables.ids.get(lower.as_str()) {
        return Some((id, Confidence::Normalised));
    }
    let squeezed = squeeze(text);
    let known = tables.names.get(squeezed.as_str()).map(|id| (*id, Confidence::Normalised));
    let guess =
        || GUESSES.iter().find(|(name, _)| *name == squeezed).map(|(_, id)| (*id, Confidence::Guessed));
    known.or_else(guess)
}

/// The exception a loosely written name means.
pub(super) fn exception(text: &str) -> Option<&'static str> {
    let mut all = spdx::identifiers::EXCEPTIONS.iter().map(|exception| exception.name);
    all.find(|name| name.eq_ignore_ascii_case(text))
}

struct Tables {
    /// Identifiers in lower case.
    ids: HashMap<String, &'static str>,
    /// Names, squeezed.
    names: HashMap<String, &'static str>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let list = spdx::identifiers::LICENSES;
        let mut names: HashMap<String, &'static str> =
            NAMES.iter().map(|(name, id)| ((*name).to_owned(), *id)).collect();
        let deprecated = |name: &str| spdx::license_id(name).is_some_and(spdx::LicenseId::is_deprecated);
        // a name that a current and a deprecated identifier share means the current one
        let (old, current): (Vec<_>, Vec<_>) = list.iter().partition(|licence| deprecated(licence.name));
        for licence in current.into_iter().chain(old) {
            names.entry(squeeze(licence.full_name)).or_insert(licence.name);
        }
        Tables {
            ids: list.iter().map(|licence| (licence.name.to_lowercase(), licence.name)).collect(),
            names,
        }
    })
}

/// Small letters; without punctuation and the words that make no difference; `2.0` and `v2` as `2`.
fn squeeze(text: &str) -> String {
    let lower = text.to_lowercase().replace("licence", "license");
    let words = lower.split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '+'));
    let mut out = String::with_capacity(lower.len());
    for word in words {
        let word = word.trim_matches('.');
        let number = word
            .strip_prefix('v')
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            .unwrap_or(word);
        let word = number
            .strip_suffix(".0")
            .filter(|whole| whole.bytes().all(|b| b.is_ascii_digit()))
            .unwrap_or(number);
        if matches!(
            word,
            "" | "the" | "license" | "licensed" | "licenses" | "version" | "v" | "ver" | "under" | "a"
        ) {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn by_address(text: &str) -> Option<&'static str> {
    let lower = text.trim().to_lowercase();
    let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let rest = rest.split(['#', '?']).next().unwrap_or(rest).trim_end_matches('/');
    let rest = [".html", ".txt", ".php", ".en", ".htm"]
        .iter()
        .find_map(|end| rest.strip_suffix(end))
        .unwrap_or(rest);
    if let Some((_, id)) = ADDRESSES.iter().find(|(address, _)| *address == rest) {
        return Some(id);
    }
    let lists = [
        "opensource.org/licenses/",
        "opensource.org/license/",
        "spdx.org/licenses/",
        "choosealicense.com/licenses/",
    ];
    let name = lists.iter().find_map(|list| rest.strip_prefix(list))?;
    tables().ids.get(name).copied()
}
