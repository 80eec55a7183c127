//! What each type asks of its parts: <https://github.com/package-url/purl-spec/tree/main/types>.
//!
//! Case and characters are normalised as the definitions say; a namespace the definition prohibits is refused. One it
//! requires is only missed where the package has no name without it: real documents write `pkg:golang/stdlib`.

/// How one part is written.
pub(super) type Change = fn(u8) -> u8;

/// How the parts of one type are written and what they must have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub namespace: Change,
    pub name: Change,
    pub version: Change,
    pub subpath: Change,
    pub needs_namespace: Tristate,
    /// A qualifier without which the package is not identified.
    pub needs_qualifier: Option<&'static str>,
    /// Whether name and version are well formed, as they will be written.
    pub is_valid: fn(name: &str, version: Option<&str>) -> bool,
}

/// Whether there has to be a namespace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Tristate {
    Required,
    Optional,
    Prohibited,
}

fn same(byte: u8) -> u8 {
    byte
}

fn lower(byte: u8) -> u8 {
    byte.to_ascii_lowercase()
}

fn kebab(byte: u8) -> u8 {
    if byte == b'_' { b'-' } else { byte }
}

fn pypi(byte: u8) -> u8 {
    kebab(lower(byte))
}

fn dart(byte: u8) -> u8 {
    let byte = lower(byte);
    if byte.is_ascii_alphanumeric() { byte } else { b'_' }
}

const ANY: Rules = Rules {
    namespace: same,
    name: same,
    version: same,
    subpath: same,
    needs_namespace: Tristate::Optional,
    needs_qualifier: None,
    is_valid: |_, _| true,
};
/// Namespace and name without regard to case.
const CASELESS: Rules = Rules { namespace: lower, name: lower, ..ANY };
const ALONE: Rules = Rules { needs_namespace: Tristate::Prohibited, ..ANY };

/// The rules of a type in lower case; a type without definition has none.
pub(super) fn of(kind: &str) -> Rules {
    match kind {
        "alpm" | "apk" | "bitbucket" | "brew" | "composer" | "deb" | "git" | "github" | "hex"
        | "luarocks" => CASELESS,
        "bazel" | "cargo" | "cocoapods" | "conda" | "cran" | "gem" | "mlflow" | "nuget" | "opam"
        | "vcpkg" => ALONE,
        "bitnami" => Rules { name: lower, ..ALONE },
        "chrome-extension" => Rules { name: lower, is_valid: is_chrome_extension, ..ALONE },
        "cpan" => Rules { is_valid: |name, _| !name.contains("::"), ..ANY },
        "hackage" => Rules { name: kebab, ..ALONE },
        "huggingface" => Rules { version: lower, ..ANY },
        "julia" => Rules { needs_qualifier: Some("uuid"), ..ALONE },
        // Red Hat's own documents put a namespace here.
        "oci" => Rules { name: lower, version: lower, ..ANY },
        "otp" => Rules { name: lower, subpath: lower, ..ALONE },
        "pub" => Rules { name: dart, ..ALONE },
        "pypi" => Rules { name: pypi, version: lower, ..ALONE },
        "qpkg" | "rpm" | "yocto" => Rules { namespace: lower, ..ANY },
        "swid" => Rules { needs_qualifier: Some("tag_id"), ..ANY },
        "swift" => Rules { needs_namespace: Tristate::Required, ..ANY },
        "vscode-extension" => Rules { version: lower, needs_namespace: Tristate::Required, ..CASELESS },
        _ => ANY,
    }
}

/// `MLflow` names are without regard to case where Databricks keeps the models.
pub(super) fn mlflow_name(repository: &str) -> Change {
    if repository.to_ascii_lowercase().contains("databricks") { lower } else { same }
}

fn is_chrome_extension(name: &str, version: Option<&str>) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    name.len() == 32
        && name.bytes().all(|byte| (b'a'..=b'p').contains(&byte))
        && version.is_none_or(|version| version.split('.').count() <= 4 && version.split('.').all(number))
}
