//! Families of licences by the duties they bring.

use serde::{Deserialize, Serialize};

/// What duties a licence brings to whoever distributes or runs the software.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Notices only, or nothing at all.
    Permissive,
    /// Changes to the licensed files stay under the licence; works around them need not.
    WeakCopyleft,
    /// The whole work comes under the licence when it is distributed.
    StrongCopyleft,
    /// The same already when it is offered over a network.
    NetworkCopyleft,
    /// Use, field or modification is restricted: no open-source licence.
    Proprietary,
    /// Not on the SPDX list, or on it without a family here.
    Unknown,
}

/// Duties begin with use over a network.
const NETWORK: &[&str] =
    &["AGPL-", "CPAL-1.0", "EUPL-1.1", "EUPL-1.2", "OSL-", "RPL-", "NPOSL-3.0", "Parity-"];
/// Restricted in use.
const PROPRIETARY: &[&str] = &[
    "BUSL-",
    "Elastic-2.0",
    "SSPL-",
    "PolyForm-",
    "CC-BY-NC",
    "CC-BY-ND",
    "Hippocratic-",
    "JPL-image",
    "MS-LPL",
    "Aladdin",
    "Sun-PPP",
    "Intel-ACPI",
    "FSL-",
    "Adobe-Utopia",
];
/// File or library level.
const WEAK: &[&str] = &[
    "LGPL-",
    "LGPLLR",
    "MPL-",
    "EPL-",
    "CDDL-",
    "CPL-",
    "IPL-",
    "MS-RL",
    "CECILL-C",
    "APSL-",
    "NPL-",
    "SPL-",
    "Nokia",
    "ErlPL-",
    "Interbase-",
    "YPL-",
    "gSOAP-",
    "LPL-",
    "RSCPL",
    "SISSL",
    "CATOSL-",
    "OCLC-",
    "Motosoto",
    "CUA-OPL-",
    "wxWindows",
    "eCos-2.0",
    "EUDatagrid",
    "NASA-1.3",
    "OFL-",
    "Nunit",
    "MulanPubL-",
];
/// The whole work.
const STRONG: &[&str] = &[
    "GPL-",
    "CC-BY-SA-",
    "CECILL-1",
    "CECILL-2",
    "Sleepycat",
    "QPL-",
    "GFDL-",
    "EUPL-1.0",
    "ODbL-",
    "BitTorrent-",
    "Copyleft",
    "copyleft-next",
    "SimPL-",
    "TAPR-OHL",
    "CERN-OHL-S",
    "LiLiQ-Rplus",
];
/// Permissive although neither OSI nor FSF approved them.
const PERMISSIVE: &[&str] = &[
    "MIT",
    "BSD-",
    "Apache-",
    "ISC",
    "Zlib",
    "HPND",
    "X11",
    "CC0-",
    "CC-BY-1",
    "CC-BY-2",
    "CC-BY-3",
    "CC-BY-4",
    "CC-PDDC",
    "0BSD",
    "BlueOak-",
    "WTFPL",
    "Unicode-",
    "Libpng",
    "libpng-",
    "curl",
    "bzip2-",
    "PSF-",
    "Python-",
    "PostgreSQL",
    "TCL",
    "SMLNJ",
    "Spencer-",
    "SunPro",
    "FSFUL",
    "FSFAP",
    "GPL-CC",
    "Beerware",
    "ICU",
    "IJG",
    "NTP",
    "OLDAP-",
    "OpenSSL",
    "Ruby",
    "SGI-B-",
    "Info-ZIP",
    "CDLA-Permissive-",
    "PDDL-",
    "blessing",
    "Unlicense",
    "NIST-PD",
    "Bitstream-Vera",
    "GD",
    "mpich2",
    "W3C",
    "Xnet",
    "ZPL-",
    "AFL-",
    "Artistic-",
    "BSL-",
    "NCSA",
    "UPL-",
    "MS-PL",
    "MulanPSL-",
    "Vim",
    "TMate",
    "LiLiQ-P-",
    "SSH-",
    "Latex2e",
    "SAX-PD",
    "dtoa",
    "snprintf",
    "mailprio",
    "lsof",
    "diffmark",
];
/// Exceptions that let works around the library be under other terms.
const LINKING: &[&str] = &[
    "Classpath-exception-",
    "GCC-exception-",
    "Autoconf-exception-",
    "Bison-exception-",
    "Libtool-exception",
    "OpenJDK-assembly-exception-",
    "Linux-syscall-note",
    "LLVM-exception",
    "Font-exception-",
    "WxWindows-exception-",
    "eCos-exception-",
    "freertos-exception-",
    "GNAT-exception",
    "i2p-gpl-java-exception",
    "LGPL-3.0-linking-exception",
    "mif-exception",
    "OCaml-LGPL-linking-exception",
    "openvpn-openssl-exception",
    "Qt-LGPL-exception-",
    "u-boot-exception-",
    "Universal-FOSS-exception-",
    "Swift-exception",
    "GStreamer-exception-",
    "FLTK-exception",
    "Fawkes-Runtime-exception",
    "Bootloader-exception",
    "DigiRule-FOSS-exception",
    "GPL-3.0-linking-exception",
];

impl Family {
    /// The family of an identifier, softened by a linking exception.
    pub fn of(id: Option<&str>, exception: Option<&str>) -> Self {
        let Some(id) = id else { return Self::Unknown };
        let family = Self::of_id(id);
        let linking = exception.is_some_and(|exception| begins(exception, LINKING));
        match family {
            Self::StrongCopyleft | Self::NetworkCopyleft if linking => Self::WeakCopyleft,
            Self::Permissive
            | Self::WeakCopyleft
            | Self::StrongCopyleft
            | Self::NetworkCopyleft
            | Self::Proprietary
            | Self::Unknown => family,
        }
    }

    fn of_id(id: &str) -> Self {
        if begins(id, PROPRIETARY) {
            return Self::Proprietary;
        }
        if begins(id, NETWORK) {
            return Self::NetworkCopyleft;
        }
        if begins(id, WEAK) {
            return Self::WeakCopyleft;
        }
        // deprecated identifiers carry their linking exception in the name
        if id.starts_with("GPL-") && id.contains("-with-") {
            return Self::WeakCopyleft;
        }
        if begins(id, STRONG) {
            return Self::StrongCopyleft;
        }
        let Some(licence) = spdx::license_id(id) else { return Self::Unknown };
        if licence.is_copyleft() {
            Self::StrongCopyleft
        } else if licence.is_osi_approved() || licence.is_fsf_free_libre() || begins(id, PERMISSIVE) {
            Self::Permissive
        } else {
            Self::Unknown
        }
    }

    /// The word used in policies and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Permissive => "permissive",
            Self::WeakCopyleft => "weak-copyleft",
            Self::StrongCopyleft => "strong-copyleft",
            Self::NetworkCopyleft => "network-copyleft",
            Self::Proprietary => "proprietary",
            Self::Unknown => "unknown",
        }
    }

    /// The family of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        const ALL: [Family; 6] = [
            Family::Permissive,
            Family::WeakCopyleft,
            Family::StrongCopyleft,
            Family::NetworkCopyleft,
            Family::Proprietary,
            Family::Unknown,
        ];
        ALL.into_iter().find(|family| family.as_str() == word)
    }
}

fn begins(id: &str, list: &[&str]) -> bool {
    list.iter().any(|start| id.starts_with(start))
}
