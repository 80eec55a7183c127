//! The ecosystems advisories are written for, by the names of OSV and the types of package URLs.

use std::cmp::Ordering;

use super::name::Naming;
use super::{Scheme, VersionKey};

/// Declares the ecosystems with their OSV name, the scheme of their versions and the spelling of their names.
macro_rules! ecosystems {
    ($($(#[$doc:meta])* $variant:ident = $osv:literal, $scheme:ident, $naming:ident;)*) => {
        /// Where a package comes from: decides how its name and its versions are read.
        ///
        /// A distribution's release (`Debian:12`) is no part of it: the order of versions is the same in all.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Ecosystem {
            $($(#[$doc])* $variant,)*
        }

        impl Ecosystem {
            /// Every ecosystem.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in OSV's list of ecosystems, without release; for the last four, which OSV has not, our own.
            ///
            /// <https://ossf.github.io/osv-schema/#affectedpackage-field>
            pub fn osv_name(self) -> &'static str {
                match self {
                    $(Self::$variant => $osv,)*
                }
            }

            /// How versions are ordered here.
            pub fn scheme(self) -> Scheme {
                match self {
                    $(Self::$variant => Scheme::$scheme,)*
                }
            }

            /// How names are spelled here.
            pub(super) fn naming(self) -> Naming {
                match self {
                    $(Self::$variant => Naming::$naming,)*
                }
            }
        }
    };
}

ecosystems! {
    /// Rust crates.
    CratesIo = "crates.io", Semver, Crate;
    /// JavaScript packages.
    Npm = "npm", Semver, Npm;
    /// Python packages.
    PyPi = "PyPI", Pep440, Python;
    /// Java packages.
    Maven = "Maven", Maven, Maven;
    /// .NET packages.
    NuGet = "NuGet", NuGet, Caseless;
    /// Ruby gems.
    RubyGems = "RubyGems", RubyGems, Exact;
    /// PHP packages of Composer.
    Packagist = "Packagist", Packagist, Caseless;
    /// Go modules and the standard library.
    Go = "Go", Semver, Caseless;
    /// Erlang and Elixir packages.
    Hex = "Hex", Semver, Caseless;
    /// Dart packages.
    Pub = "Pub", Pub, Exact;
    /// Haskell packages.
    Hackage = "Hackage", Dotted, Exact;
    /// The Haskell compiler and its libraries.
    Ghc = "GHC", Dotted, Exact;
    /// R packages.
    Cran = "CRAN", Cran, Exact;
    /// R packages of Bioconductor.
    Bioconductor = "Bioconductor", Cran, Exact;
    /// Swift packages by the address of their repository.
    SwiftUrl = "SwiftURL", Semver, Swift;
    /// C and C++ packages of Conan.
    ConanCenter = "ConanCenter", Conan, Exact;
    /// Actions of GitHub workflows.
    GitHubActions = "GitHub Actions", Semver, Caseless;
    /// Bitnami's packages.
    Bitnami = "Bitnami", Semver, Caseless;
    /// Julia packages.
    Julia = "Julia", Semver, Exact;
    /// Kubernetes.
    Kubernetes = "Kubernetes", Semver, Exact;
    /// Extensions of Visual Studio Code.
    VsCode = "VSCode", Semver, Exact;
    /// Projects fuzzed by OSS-Fuzz.
    OssFuzz = "OSS-Fuzz", Generic, Exact;
    /// OCaml packages.
    Opam = "opam", Debian, Exact;
    /// Android.
    Android = "Android", Generic, Exact;
    /// The Linux kernel.
    Linux = "Linux", Generic, Exact;
    /// FreeBSD ports.
    FreeBsd = "FreeBSD", Generic, Exact;
    /// Debian packages.
    Debian = "Debian", Debian, Exact;
    /// Ubuntu packages.
    Ubuntu = "Ubuntu", Debian, Exact;
    /// Debian packages that Echo rebuilds.
    Echo = "Echo", Debian, Exact;
    /// Packages of Alpine Linux.
    Alpine = "Alpine", Alpine, Exact;
    /// Packages of Alpaquita Linux.
    Alpaquita = "Alpaquita", Alpine, Exact;
    /// `BellSoft`'s hardened containers.
    BellSoft = "BellSoft Hardened Containers", Alpine, Exact;
    /// Packages of Wolfi.
    Wolfi = "Wolfi", Alpine, Exact;
    /// Packages of Chainguard.
    Chainguard = "Chainguard", Alpine, Exact;
    /// Packages of `MinimOS`.
    MinimOs = "MinimOS", Alpine, Exact;
    /// Red Hat's packages.
    RedHat = "Red Hat", Rpm, Exact;
    /// Packages of Rocky Linux.
    RockyLinux = "Rocky Linux", Rpm, Exact;
    /// Packages of `AlmaLinux`.
    AlmaLinux = "AlmaLinux", Rpm, Exact;
    /// SUSE's packages.
    Suse = "SUSE", Rpm, Exact;
    /// Packages of `openSUSE`.
    OpenSuse = "openSUSE", Rpm, Exact;
    /// Packages of `openEuler`.
    OpenEuler = "openEuler", Rpm, Exact;
    /// Packages of Mageia.
    Mageia = "Mageia", Rpm, Exact;
    /// Packages of Azure Linux.
    AzureLinux = "Azure Linux", Rpm, Exact;
    /// Packages of Photon OS.
    PhotonOs = "Photon OS", Rpm, Exact;
    /// RPM packages of any other distribution.
    Rpm = "rpm", Rpm, Exact;
    /// Debian packages of any other distribution.
    Deb = "deb", Debian, Exact;
    /// Alpine packages of any other distribution.
    Apk = "apk", Alpine, Exact;
    /// Anything else: numbers by value, words by letter.
    Generic = "generic", Generic, Exact;
}

impl Ecosystem {
    /// The ecosystem of an OSV name with or without its suffix (`Debian:12`, `Red Hat:enterprise_linux:9`).
    ///
    /// `None` for a name OSV does not list.
    pub fn of_osv(name: &str) -> Option<Self> {
        let base = name.split_once(':').map_or(name, |(base, _)| base).trim();
        let own = |found: &Self| !matches!(found, Self::Rpm | Self::Deb | Self::Apk | Self::Generic);
        Self::ALL.iter().copied().filter(own).find(|found| found.osv_name().eq_ignore_ascii_case(base))
    }

    /// The ecosystem of a package URL's type; distributions are told apart by the namespace.
    ///
    /// `None` for types whose versions have no known order.
    pub fn of_purl_type(kind: &str, namespace: Option<&str>) -> Option<Self> {
        let namespace = namespace.unwrap_or_default();
        Some(match kind {
            "cargo" => Self::CratesIo,
            "npm" => Self::Npm,
            "pypi" => Self::PyPi,
            "maven" => Self::Maven,
            "nuget" => Self::NuGet,
            "gem" => Self::RubyGems,
            "composer" => Self::Packagist,
            "golang" => Self::Go,
            "hex" | "otp" => Self::Hex,
            "pub" => Self::Pub,
            "hackage" => Self::Hackage,
            "cran" => Self::Cran,
            "bioconductor" => Self::Bioconductor,
            "swift" => Self::SwiftUrl,
            "conan" => Self::ConanCenter,
            "github" | "githubactions" => Self::GitHubActions,
            "bitnami" => Self::Bitnami,
            "julia" => Self::Julia,
            "vscode-extension" => Self::VsCode,
            "opam" => Self::Opam,
            "deb" => Self::of_debian(namespace),
            "apk" => Self::of_alpine(namespace),
            // What older releases of Syft wrote for `apk`.
            "alpine" => Self::Alpine,
            "rpm" => Self::of_rpm(namespace),
            "generic" => Self::Generic,
            _ => return None,
        })
    }

    fn of_debian(namespace: &str) -> Self {
        match namespace {
            "" | "debian" => Self::Debian,
            "ubuntu" => Self::Ubuntu,
            "echo" => Self::Echo,
            _ => Self::Deb,
        }
    }

    fn of_alpine(namespace: &str) -> Self {
        match namespace {
            "" | "alpine" => Self::Alpine,
            "alpaquita" => Self::Alpaquita,
            "bellsoft-hardened-containers" => Self::BellSoft,
            "wolfi" => Self::Wolfi,
            "chainguard" => Self::Chainguard,
            "minimos" => Self::MinimOs,
            _ => Self::Apk,
        }
    }

    fn of_rpm(namespace: &str) -> Self {
        match namespace {
            "redhat" | "rhel" => Self::RedHat,
            "rocky" | "rocky-linux" | "rockylinux" => Self::RockyLinux,
            "almalinux" | "alma" => Self::AlmaLinux,
            "suse" | "sles" | "sled" => Self::Suse,
            "opensuse" => Self::OpenSuse,
            "openeuler" => Self::OpenEuler,
            "mageia" => Self::Mageia,
            "azurelinux" | "azure-linux" => Self::AzureLinux,
            "photon" | "photon-os" => Self::PhotonOs,
            _ => Self::Rpm,
        }
    }

    /// The sortable key of a version in this ecosystem's own order; `None` when it is no version here.
    pub fn version_key(self, text: &str) -> Option<VersionKey> {
        let text = text.trim();
        // The toolchain calls itself `go1.21rc2`; advisories on the standard library say `1.21.0-rc2`.
        let toolchain = text.strip_prefix("go").filter(|_| self == Self::Go);
        self.scheme().key(toolchain.unwrap_or(text))
    }

    /// The order of two versions; `None` when one is none here.
    pub fn compare(self, a: &str, b: &str) -> Option<Ordering> {
        Some(self.version_key(a)?.cmp(&self.version_key(b)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn osv_names_are_read_with_and_without_their_suffix() {
        for (name, ecosystem) in [
            ("Debian:12", Ecosystem::Debian),
            ("Alpine:v3.18", Ecosystem::Alpine),
            ("Red Hat:enterprise_linux:9::appstream", Ecosystem::RedHat),
            ("Ubuntu:22.04:LTS", Ecosystem::Ubuntu),
            ("crates.io", Ecosystem::CratesIo),
            ("Maven:https://repo.example/maven", Ecosystem::Maven),
        ] {
            assert_eq!(Ecosystem::of_osv(name), Some(ecosystem), "{name}");
        }
        assert_eq!(Ecosystem::of_osv("generic"), None);
        assert_eq!(Ecosystem::of_osv("Something Else"), None);
    }

    #[test]
    fn every_osv_name_leads_back_to_its_ecosystem() {
        for &ecosystem in Ecosystem::ALL {
            let own =
                matches!(ecosystem, Ecosystem::Rpm | Ecosystem::Deb | Ecosystem::Apk | Ecosystem::Generic);
            assert_eq!(Ecosystem::of_osv(ecosystem.osv_name()), (!own).then_some(ecosystem));
        }
    }

    #[test]
    fn distributions_are_told_apart_by_the_namespace() {
        assert_eq!(Ecosystem::of_purl_type("deb", Some("ubuntu")), Some(Ecosystem::Ubuntu));
        assert_eq!(Ecosystem::of_purl_type("deb", None), Some(Ecosystem::Debian));
        assert_eq!(Ecosystem::of_purl_type("rpm", Some("rocky")), Some(Ecosystem::RockyLinux));
        assert_eq!(Ecosystem::of_purl_type("rpm", Some("amzn")), Some(Ecosystem::Rpm));
        assert_eq!(Ecosystem::of_purl_type("apk", Some("wolfi")), Some(Ecosystem::Wolfi));
        assert_eq!(Ecosystem::of_purl_type("docker", None), None);
    }

    #[test]
    fn the_go_toolchain_is_a_version_of_the_standard_library() {
        assert_eq!(Ecosystem::Go.compare("go1.21.3", "v1.21.3"), Some(Ordering::Equal));
        assert_eq!(Ecosystem::Go.compare("go1.21rc2", "1.21.0"), Some(Ordering::Less));
    }
}
