//! The component inventory of a cargo workspace, made with `cargo metadata` and written as CycloneDX 1.5.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use cyclonedx_bom::external_models::date_time::DateTime;
use cyclonedx_bom::external_models::normalized_string::NormalizedString;
use cyclonedx_bom::external_models::spdx::SpdxExpression;
use cyclonedx_bom::external_models::uri::Purl;
use cyclonedx_bom::models::bom::{Bom, SpecVersion, UrnUuid};
use cyclonedx_bom::models::component::{Classification, Component, Components, Scope};
use cyclonedx_bom::models::dependency::{Dependencies, Dependency};
use cyclonedx_bom::models::license::{LicenseChoice, Licenses};
use cyclonedx_bom::models::metadata::Metadata as BomMetadata;
use cyclonedx_bom::models::tool::{Tool, Tools};

use crate::base::{Digest, UnixMillis};
use crate::collect::CollectError;

/// The CycloneDX JSON document of the workspace at `path`: every package its members need to build and run, by the
/// versions of `Cargo.lock`. Development-only dependencies are left out. The same lock file and time give the same bytes.
///
/// # Errors
/// When cargo cannot read the workspace, for example because `Cargo.lock` is absent or out of date.
pub fn workspace_sbom(path: &Path, at: UnixMillis) -> Result<Vec<u8>, CollectError> {
    let failed =
        |detail: String| CollectError::Tool { tool: "cargo metadata", place: path.to_owned(), detail };
    let metadata = MetadataCommand::new()
        .manifest_path(path.join("Cargo.toml"))
        .other_options(vec!["--locked".to_owned()])
        .exec()
        .map_err(|e| failed(shortened(&e.to_string())))?;
    let bom = Inventory::new(&metadata).bom(path, at);
    let mut json = Vec::new();
    bom.output_as_json(&mut json, SpecVersion::V1_5).map_err(|e| CollectError::Tool {
        tool: "cyclonedx-bom",
        place: path.to_owned(),
        detail: e.to_string(),
    })?;
    json.push(b'\n');
    Ok(json)
}

fn shortened(text: &str) -> String {
    text.lines().take(6).collect::<Vec<_>>().join(" ").chars().take(400).collect()
}

/// What the workspace's members need.
struct Inventory<'m> {
    packages: BTreeMap<&'m PackageId, &'m Package>,
    needs: BTreeMap<&'m PackageId, BTreeSet<&'m PackageId>>,
    members: Vec<&'m PackageId>,
}

impl<'m> Inventory<'m> {
    fn new(metadata: &'m Metadata) -> Self {
        let all: BTreeMap<_, _> = metadata.packages.iter().map(|p| (&p.id, p)).collect();
        let mut edges: BTreeMap<&PackageId, BTreeSet<&PackageId>> = BTreeMap::new();
        for node in metadata.resolve.iter().flat_map(|r| &r.nodes) {
            let shipped = |d: &&cargo_metadata::NodeDep| {
                d.dep_kinds.is_empty() || d.dep_kinds.iter().any(|k| k.kind != DependencyKind::Development)
            };
            edges.insert(&node.id, node.deps.iter().filter(shipped).map(|d| &d.pkg).collect());
        }
        let members: Vec<&PackageId> = metadata.workspace_members.iter().collect();
        let mut reached: BTreeSet<&PackageId> = BTreeSet::new();
        let mut open = members.clone();
        while let Some(id) = open.pop() {
            if reached.insert(id) {
                open.extend(edges.get(id).into_iter().flatten());
            }
        }
        Self {
            packages: all.into_iter().filter(|(id, _)| reached.contains(id)).collect(),
            needs: edges.into_iter().filter(|(id, _)| reached.contains(id)).collect(),
            members,
        }
    }

    fn bom(&self, path: &Path, at: UnixMillis) -> Bom {
        let components: Vec<Component> = self.packages.values().map(|p| self.component(p)).collect();
        let dependencies = self.needs.iter().filter_map(|(id, needs)| {
            let dependencies = needs.iter().filter_map(|n| self.reference(n)).collect();
            Some(Dependency { dependency_ref: self.reference(id)?, dependencies })
        });
        let mut dependencies: Vec<Dependency> = dependencies.collect();
        let root = self.root(path);
        dependencies.push(Dependency {
            dependency_ref: root.bom_ref.clone().unwrap_or_default(),
            dependencies: self.members.iter().filter_map(|m| self.reference(m)).collect(),
        });
        let references: Vec<&str> = components.iter().filter_map(|c| c.bom_ref.as_deref()).collect();
        Bom {
            serial_number: serial(&references.join("\n"), at),
            metadata: Some(metadata_of(root, at)),
            components: Some(Components(components)),
            dependencies: Some(Dependencies(dependencies)),
            ..Bom::default()
        }
    }

    fn root(&self, path: &Path) -> Component {
        if let [only] = self.members.as_slice()
            && let Some(package) = self.packages.get(only)
        {
            let reference = format!("workspace:{}@{}", package.name, package.version);
            return Component::new(
                Classification::Application,
                package.name.as_str(),
                &package.version.to_string(),
                Some(reference),
            );
        }
        let folder =
            path.canonicalize().ok().and_then(|p| p.file_name().map(|n| n.to_string_lossy().into_owned()));
        let name = folder.unwrap_or_else(|| "workspace".to_owned());
        let mut root =
            Component::new(Classification::Application, &name, "", Some(format!("workspace:{name}")));
        root.version = None;
        root
    }

    /// `pkg:cargo/NAME@VERSION`, told apart by where it comes from when two packages share name and version.
    fn reference(&self, id: &PackageId) -> Option<String> {
        let package = self.packages.get(id)?;
        let same =
            self.packages.values().filter(|p| p.name == package.name && p.version == package.version).count();
        let base = format!("pkg:cargo/{}@{}", package.name, package.version);
        let source = package.source.as_ref().map_or("path", |s| s.repr.as_str());
        Some(if same > 1 { format!("{base}#{}", &Digest::of(source.as_bytes()).to_hex()[..8]) } else { base })
    }

    fn component(&self, package: &Package) -> Component {
        let kind = if package.targets.iter().any(cargo_metadata::Target::is_bin) && package.source.is_none() {
            Classification::Application
        } else {
            Classification::Library
        };
        let version = package.version.to_string();
        let mut component =
            Component::new(kind, package.name.as_str(), &version, self.reference(&package.id));
        component.purl = Purl::new("cargo", package.name.as_str(), &version).ok();
        component.scope = Some(Scope::Required);
        component.author = match package.authors.as_slice() {
            [] => None,
            authors => Some(NormalizedString::new(&authors.join(", "))),
        };
        component.licenses = package.license.as_deref().map(|text| {
            // crates.io still holds the old `MIT/Apache-2.0` spelling.
            let expression = text.replace('/', " OR ");
            Licenses(vec![match SpdxExpression::try_from(expression) {
                Ok(expression) => LicenseChoice::Expression(expression),
                Err(_) => LicenseChoice::license(text),
            }])
        });
        component
    }
}

/// Derived from content and time, so that the same collection gives the same document.
fn serial(content: &str, at: UnixMillis) -> Option<UrnUuid> {
    let digest = Digest::of(format!("{}\n{content}", at.0).as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    Some(UrnUuid::from(uuid::Builder::from_custom_bytes(bytes).into_uuid()))
}

fn metadata_of(root: Component, at: UnixMillis) -> BomMetadata {
    BomMetadata {
        timestamp: DateTime::try_from(at.to_rfc3339()).ok(),
        tools: Some(Tools::List(vec![Tool::new("Attestry", "attestry", env!("CARGO_PKG_VERSION"))])),
        authors: None,
        component: Some(root),
        manufacture: None,
        supplier: None,
        licenses: None,
        properties: None,
        lifecycles: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inventory_of_this_workspace_names_what_it_ships_and_nothing_it_only_tests_with() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let at = UnixMillis(1_790_000_000_000);

        let json = workspace_sbom(here, at).unwrap();
        let again = workspace_sbom(here, at).unwrap();

        assert_eq!(json, again);
        let bom = Bom::parse_from_json(json.as_slice()).unwrap();
        let names: Vec<String> = bom.components.unwrap().0.iter().map(|c| c.name.to_string()).collect();
        assert!(names.iter().any(|n| n == "actix-web") && names.iter().any(|n| n == "sea-orm"));
        assert!(!names.iter().any(|n| n == "criterion" || n == "proptest"));
    }

    #[test]
    fn a_folder_without_a_lock_file_says_what_failed() {
        let empty = tempfile::tempdir().unwrap();

        let error = workspace_sbom(empty.path(), UnixMillis(0)).unwrap_err();

        assert!(error.to_string().starts_with("cargo metadata failed in "), "{error}");
    }
}
