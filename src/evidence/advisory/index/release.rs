//! Releases of Linux distributions, so that `Debian:12` and `distro=bookworm` are the same one.

/// OSV ecosystem without its release, and the release in one spelling (`Debian:12` → `Debian`, `12`).
///
/// An ecosystem that is no distribution keeps its whole name: the text behind the colon is no release there.
pub(super) fn split(ecosystem: &str) -> (&str, Option<String>) {
    let Some((family, rest)) = ecosystem.split_once(':') else { return (ecosystem, None) };
    if !FAMILIES.contains(&family) {
        return (ecosystem, None);
    }
    let rest = rest.trim();
    (family, Some(normal(family, rest)).filter(|release| !release.is_empty()))
}

/// The release that a package URL's `distro` qualifier states.
pub(super) fn of_distro(family: &str, distro: &str) -> Option<String> {
    let distro = distro.trim().to_ascii_lowercase();
    let name =
        distro.find(|c: char| c.is_ascii_digit()).map_or("", |at| distro.get(..at).unwrap_or_default());
    // `debian-12`, `esm-infra/xenial`, `opensuse-leap-15.4`, `bookworm`
    let version = distro.strip_prefix(name).filter(|_| !name.is_empty()).unwrap_or(&distro);
    let version = version.rsplit('/').next().unwrap_or(version);
    let release = match family {
        "SUSE" => normal(family, &suse(version)),
        _ => normal(family, version.rsplit_once('-').filter(|_| name.is_empty()).map_or(version, |p| p.1)),
    };
    Some(release).filter(|release| !release.is_empty())
}

/// Distributions whose OSV ecosystem carries a release (OSV schema, "Defined Ecosystems").
const FAMILIES: &[&str] = &[
    "AlmaLinux",
    "Alpaquita",
    "Alpine",
    "BellSoft Hardened Containers",
    "CleanStart",
    "Debian",
    "Mageia",
    "MinimOS",
    "Photon OS",
    "Red Hat",
    "Rocky Linux",
    "SUSE",
    "Ubuntu",
    "openEuler",
    "openSUSE",
    "Azure Linux",
];

/// `15.3` is written `15 SP3` by OSV.
fn suse(version: &str) -> String {
    match version.split_once('.') {
        Some((major, minor)) if minor != "0" => format!("{major} sp{minor}"),
        Some((major, _)) => major.to_owned(),
        None => version.to_owned(),
    }
}

fn normal(family: &str, release: &str) -> String {
    let release = release.trim().to_ascii_lowercase();
    match family {
        "Debian" => parts(code_name(DEBIAN, &release), 1),
        "Ubuntu" => {
            // extended maintenance mends the same release: `Pro:18.04:LTS`
            let number = release.split(':').find(|part| part.starts_with(|c: char| c.is_ascii_digit()));
            parts(code_name(UBUNTU, number.unwrap_or(&release)), 2)
        }
        "Alpine" => parts(release.trim_start_matches('v'), 2),
        "AlmaLinux" | "Rocky Linux" => parts(&release, 1),
        "Red Hat" => red_hat(&release),
        "SUSE" => tail(&release),
        "openSUSE" => release.trim_start_matches("leap").trim().to_owned(),
        _ => release,
    }
}

/// Red Hat names releases by CPE: `enterprise_linux:9::appstream` is release 9, other products stay themselves.
fn red_hat(release: &str) -> String {
    let mut fields = release.split(':');
    match (fields.next(), fields.next()) {
        (Some("enterprise_linux"), Some(version)) => parts(version, 1),
        (Some(product), Some(version)) => format!("{product}:{version}"),
        _ => parts(release, 1),
    }
}

/// The version at the end of a product's name: `15 sp3` of `linux enterprise server 15 sp3`.
fn tail(product: &str) -> String {
    let words: Vec<&str> = product.split_whitespace().collect();
    let from = words.iter().rposition(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    from.and_then(|at| words.get(at..)).map_or_else(|| product.to_owned(), |version| version.join(" "))
}

/// The first `count` numbers of a version.
fn parts(version: &str, count: usize) -> String {
    let kept: Vec<&str> = version.split('.').take(count).collect();
    kept.join(".")
}

fn code_name<'r>(names: &[(&str, &'r str)], release: &'r str) -> &'r str {
    names.iter().find(|(name, _)| *name == release).map_or(release, |(_, number)| *number)
}

const DEBIAN: &[(&str, &str)] = &[
    ("wheezy", "7"),
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
];

const UBUNTU: &[(&str, &str)] = &[
    ("trusty", "14.04"),
    ("xenial", "16.04"),
    ("bionic", "18.04"),
    ("focal", "20.04"),
    ("jammy", "22.04"),
    ("noble", "24.04"),
    ("oracular", "24.10"),
    ("plucky", "25.04"),
    ("questing", "25.10"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_of_osv_and_of_package_urls_meet() {
        let osv = |text: &str| split(text).1.unwrap_or_default();
        let purl = |family: &str, distro: &str| of_distro(family, distro).unwrap_or_default();
        for (ecosystem, distros) in [
            ("Debian:12", &["debian-12", "bookworm", "debian-12.5", "12"][..]),
            ("Alpine:v3.18", &["alpine-3.18.4", "3.18", "alpine-3.18"]),
            ("Ubuntu:22.04:LTS", &["ubuntu-22.04", "jammy"]),
            ("Ubuntu:Pro:16.04:LTS", &["ubuntu-16.04", "esm-infra/xenial"]),
            ("Red Hat:enterprise_linux:9::appstream", &["rhel-9.2", "redhat-9"]),
            ("Rocky Linux:8", &["rocky-8.9"]),
            ("SUSE:Linux Enterprise Server 15 SP3", &["sles-15.3"]),
            ("openSUSE:Leap 15.4", &["opensuse-leap-15.4"]),
        ] {
            let (family, _) = split(ecosystem);
            for distro in distros {
                assert_eq!(purl(family, distro), osv(ecosystem), "{ecosystem} {distro}");
            }
        }
        assert_eq!(split("crates.io"), ("crates.io", None));
        assert_eq!(split("Maven:https://repo.example/maven2"), ("Maven:https://repo.example/maven2", None));
        assert_ne!(osv("Red Hat:rhel_aus:8.6::appstream"), osv("Red Hat:enterprise_linux:8::appstream"));
        assert_eq!(of_distro("Debian", ""), None);
    }
}
