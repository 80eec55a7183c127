//! The parts of a SARIF log that are read. Each part is read on its own, so that an odd one spoils only itself.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::evidence::scan::json_repair;

/// A whole log; runs keep their parts unread.
#[derive(Deserialize)]
pub(super) struct Log<'a> {
    #[serde(default)]
    pub version: Value,
    #[serde(default, rename = "$schema")]
    pub schema: Value,
    #[serde(default, borrow)]
    pub runs: Option<Vec<Option<Run<'a>>>>,
}

/// One run of one tool.
#[derive(Deserialize)]
pub(super) struct Run<'a> {
    #[serde(default, borrow)]
    pub tool: Option<&'a RawValue>,
    #[serde(default, borrow)]
    pub results: Option<&'a RawValue>,
    #[serde(default, borrow)]
    pub invocations: Option<&'a RawValue>,
    #[serde(default, borrow)]
    pub artifacts: Option<&'a RawValue>,
    #[serde(default, borrow, rename = "externalPropertyFileReferences")]
    pub external: Option<&'a RawValue>,
}

/// An artifact as far as an index into the list needs it.
#[derive(Deserialize, Default)]
pub(super) struct Artifact {
    #[serde(default)]
    location: Value,
}

impl Run<'_> {
    /// The results; `None` when the member is absent or null, `Err` when it is no list.
    pub fn results(&self) -> Option<Result<Vec<&RawValue>, serde_json::Error>> {
        self.results.map(|raw| serde_json::from_str(raw.get()))
    }

    /// URIs of the artifacts by index.
    pub fn artifact_uris(&self) -> Vec<Option<String>> {
        let list: Vec<Option<Artifact>> =
            self.artifacts.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
        list.into_iter().map(|a| text(&a?.location, "uri").map(str::to_owned)).collect()
    }

    /// Whether results are kept in another file.
    pub fn results_elsewhere(&self) -> bool {
        self.external.map(value).is_some_and(|v| !items(&v, "results").is_empty())
    }
}

/// Reads one part; odd strings are mended, anything else unreadable is null.
pub(super) fn value(raw: &RawValue) -> Value {
    try_value(raw).unwrap_or_default()
}

/// Reads one part; odd strings are mended.
pub(super) fn try_value(raw: &RawValue) -> Option<Value> {
    let text = raw.get();
    serde_json::from_str(text)
        .ok()
        .or_else(|| serde_json::from_slice(&json_repair::repair(text.as_bytes())?.0).ok())
}

/// A non-empty string member.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str().filter(|text| !text.trim().is_empty())
}

/// The elements of a list member; empty when absent, null or of another type.
pub(super) fn items<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A member that is an index; SARIF writes -1 for "none".
pub(super) fn index(value: &Value, name: &str) -> Option<usize> {
    usize::try_from(value.get(name)?.as_u64()?).ok()
}

/// Text fit for storage: U+0000, which databases refuse, is replaced.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { Cow::Borrowed(text) }
}
