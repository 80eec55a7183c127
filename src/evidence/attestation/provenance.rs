//! SLSA provenance (slsa.dev, provenance v0.1, v0.2 and v1): one model for three shapes.

use serde_json::Value;

use super::statement::{RESOURCES, resource};
use super::{Provenance, Resource};
use crate::evidence::loose;

/// The version in a predicate type, when the type is SLSA provenance.
pub(super) fn version(predicate_type: &str) -> Option<&str> {
    predicate_type.strip_prefix("https://slsa.dev/provenance/").filter(|version| version.starts_with('v'))
}

/// Reads a predicate; what another version would write elsewhere is found all the same.
pub(super) fn read(version: &str, predicate: &Value) -> Provenance {
    let mut provenance = match predicate.get("buildDefinition") {
        Some(definition) => of_v1(definition, predicate.get("runDetails").unwrap_or(&Value::Null)),
        None => of_v0(predicate),
    };
    version.clone_into(&mut provenance.version);
    provenance
}

fn of_v1(definition: &Value, run: &Value) -> Provenance {
    let metadata = run.get("metadata").unwrap_or(&Value::Null);
    let materials = resources(definition, "resolvedDependencies");
    let parameters = definition.get("externalParameters").unwrap_or(&Value::Null);
    let (source, reference) = source_of_v1(parameters);
    let source = source.or_else(|| first_repository(&materials).and_then(|one| one.uri.clone()));
    let revision = source.as_deref().and_then(|uri| commit(&materials, uri));
    Provenance {
        version: String::new(),
        builder: run.get("builder").and_then(|builder| loose::text(builder, "id")).map(str::to_owned),
        build_type: loose::text(definition, "buildType").map(str::to_owned),
        source,
        revision: revision.or(reference),
        materials,
        started_at: loose::time(metadata, "startedOn"),
        finished_at: loose::time(metadata, "finishedOn"),
        invocation: loose::text(metadata, "invocationId").map(str::to_owned),
    }
}

/// Repository and reference, as the build types in common use name them.
fn source_of_v1(parameters: &Value) -> (Option<String>, Option<String>) {
    let workflow = parameters.get("workflow").unwrap_or(&Value::Null);
    if let Some(repository) = loose::text(workflow, "repository") {
        return (Some(repository.to_owned()), loose::text(workflow, "ref").map(str::to_owned));
    }
    for name in ["source", "configSource", "buildConfigSource", "sourceToBuild"] {
        let value = parameters.get(name).unwrap_or(&Value::Null);
        let address =
            value.as_str().or_else(|| loose::text(value, "uri")).or_else(|| loose::text(value, "repository"));
        if let Some(address) = address {
            return (Some(address.to_owned()), loose::text(value, "ref").map(str::to_owned));
        }
    }
    (None, None)
}

fn of_v0(predicate: &Value) -> Provenance {
    let metadata = predicate.get("metadata").unwrap_or(&Value::Null);
    let recipe = predicate.get("recipe").unwrap_or(&Value::Null);
    let invocation = predicate.get("invocation").unwrap_or(&Value::Null);
    let materials = resources(predicate, "materials");
    let config = invocation.get("configSource").map(resource).filter(|source| source.uri.is_some());
    let defined_in = recipe.get("definedInMaterial").and_then(Value::as_u64);
    let defined_in = defined_in.and_then(|at| materials.get(usize::try_from(at).ok()?)).cloned();
    let source = config.or(defined_in).or_else(|| first_repository(&materials).cloned());
    let uri = source.as_ref().and_then(|source| source.uri.clone());
    let revision = source.as_ref().and_then(revision).or_else(|| commit(&materials, uri.as_deref()?));
    Provenance {
        version: String::new(),
        builder: predicate.get("builder").and_then(|builder| loose::text(builder, "id")).map(str::to_owned),
        build_type: loose::text(predicate, "buildType")
            .or_else(|| loose::text(recipe, "type"))
            .map(str::to_owned),
        source: uri,
        revision,
        materials,
        started_at: loose::time(metadata, "buildStartedOn"),
        finished_at: loose::time(metadata, "buildFinishedOn"),
        invocation: loose::text(metadata, "buildInvocationId")
            .or_else(|| loose::text(metadata, "buildInvocationID"))
            .map(str::to_owned),
    }
}

fn resources(value: &Value, name: &str) -> Vec<Resource> {
    loose::items(value, name).iter().take(RESOURCES).map(resource).collect()
}

/// The commit a resource is pinned to.
fn revision(resource: &Resource) -> Option<String> {
    ["gitCommit", "sha1"].into_iter().find_map(|name| resource.digests.get(name)).cloned()
}

fn first_repository(materials: &[Resource]) -> Option<&Resource> {
    materials.iter().find(|one| one.uri.as_deref().is_some_and(is_repository))
}

fn is_repository(uri: &str) -> bool {
    uri.starts_with("git+") || uri.starts_with("git://") || uri.starts_with("https://github.com/")
}

/// The commit of the material that is this repository.
fn commit(materials: &[Resource], repository: &str) -> Option<String> {
    let plain = |uri: &str| {
        let uri = uri.strip_prefix("git+").unwrap_or(uri);
        let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
        rest.split('@').next().unwrap_or(rest).trim_end_matches(".git").to_ascii_lowercase()
    };
    let wanted = plain(repository);
    materials.iter().find(|one| one.uri.as_deref().is_some_and(|uri| plain(uri) == wanted)).and_then(revision)
}
