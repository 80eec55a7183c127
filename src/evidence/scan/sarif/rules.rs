//! Finds the rule of a result, and from it the level and severity that apply when the result states none.

use std::collections::HashMap;

use serde_json::Value;

use super::model::{index, items, text};
use crate::base::Severity;
use crate::evidence::scan::Tool;

/// Extensions read; no tool has a hundredth of it, and every result may search them.
const EXTENSIONS: usize = 1_000;
/// Parts of a hierarchical rule id (`CA1000/1`) taken off in search of its rule.
const ID_PARTS: usize = 8;

/// The driver and extensions of a run with their rules, and the levels its invocations override.
#[derive(Default)]
pub(super) struct RuleBook {
    components: Vec<Component>,
    by_id: HashMap<String, Spot>,
    overrides: Vec<HashMap<Spot, String>>,
}

/// Component and position of a rule.
type Spot = (usize, usize);

#[derive(Default)]
struct Component {
    name: Option<String>,
    guid: Option<String>,
    version: Option<String>,
    rules: Vec<Value>,
    by_id: HashMap<String, usize>,
    messages: Value,
}

/// A rule, and where in the book it stands.
#[derive(Clone, Copy)]
pub(super) struct RuleRef<'b> {
    spot: Spot,
    pub rule: &'b Value,
}

impl RuleBook {
    /// Reads the book of a run from its `tool` and `invocations`.
    pub fn new(tool: &Value, invocations: &Value) -> Self {
        let driver = tool.get("driver").unwrap_or(&Value::Null);
        let extensions = items(tool, "extensions").iter().take(EXTENSIONS);
        let components: Vec<_> = std::iter::once(driver).chain(extensions).map(Component::new).collect();
        let mut book = Self { components, ..Self::default() };
        for (at, component) in book.components.iter().enumerate() {
            for (id, position) in &component.by_id {
                book.by_id.entry(id.clone()).or_insert((at, *position));
            }
        }
        let list = invocations.as_array().map_or(&[][..], Vec::as_slice);
        book.overrides = list.iter().map(|invocation| book.overridden(invocation)).collect();
        book
    }

    /// The driver's name; `unknown tool` when it has none.
    pub fn tool(&self) -> Tool {
        let driver = self.components.first();
        Tool {
            name: driver.and_then(|d| d.name.clone()).unwrap_or_else(|| "unknown tool".to_owned()),
            version: driver.and_then(|d| d.version.clone()),
        }
    }

    /// The driver's message string of that id.
    pub fn global_message(&self, id: &str) -> Option<&str> {
        text(self.components.first()?.messages.get(id)?, "text")
    }

    /// The rule of a result: by index in the named component, else by id there, else by id anywhere.
    pub fn find(&self, result: &Value) -> Option<RuleRef<'_>> {
        let reference = result.get("rule").unwrap_or(&Value::Null);
        let position = index(result, "ruleIndex").or_else(|| index(reference, "index"));
        self.look_up(rule_id(result), position, self.component_of(reference))
    }

    fn look_up(
        &self,
        id: Option<&str>,
        position: Option<usize>,
        named: Option<usize>,
    ) -> Option<RuleRef<'_>> {
        let by_index = position.and_then(|p| self.at((named.unwrap_or(0), p)));
        if let Some(found) = by_index.filter(|rule| rule.fits(id)) {
            return Some(found);
        }
        let id = id?;
        let there = named.and_then(|c| Some((c, shortened(id, &self.components.get(c)?.by_id)?)));
        self.at(there.or_else(|| shortened(id, &self.by_id))?)
    }

    fn at(&self, spot: Spot) -> Option<RuleRef<'_>> {
        let rule = self.components.get(spot.0)?.rules.get(spot.1)?;
        Some(RuleRef { spot, rule })
    }

    fn component_of(&self, reference: &Value) -> Option<usize> {
        let to = reference.get("toolComponent")?;
        if let Some(extension) = index(to, "index") {
            return extension.checked_add(1).filter(|c| *c < self.components.len());
        }
        let (name, guid) = (text(to, "name"), text(to, "guid"));
        self.components.iter().position(|c| {
            (name.is_some() && c.name.as_deref() == name) || (guid.is_some() && c.guid.as_deref() == guid)
        })
    }

    /// The level that applies when the result states none, with where it comes from.
    pub fn default_level<'b>(
        &'b self,
        result: &Value,
        found: Option<RuleRef<'b>>,
    ) -> (&'b str, &'static str) {
        if let Some(level) = found.and_then(|rule| self.override_of(result, rule)) {
            return (level, "override");
        }
        let configured = found.and_then(|r| text(r.rule.get("defaultConfiguration")?, "level"));
        configured.map_or(("warning", "default"), |level| (level, "rule"))
    }

    fn override_of(&self, result: &Value, rule: RuleRef<'_>) -> Option<&str> {
        let named = result.get("provenance").and_then(|p| index(p, "invocationIndex"));
        let invocation = named.or_else(|| (self.overrides.len() == 1).then_some(0))?;
        self.overrides.get(invocation)?.get(&rule.spot).map(String::as_str)
    }

    /// The levels one invocation overrides, by rule.
    fn overridden(&self, invocation: &Value) -> HashMap<Spot, String> {
        let entries = items(invocation, "ruleConfigurationOverrides").iter().filter_map(|entry| {
            let descriptor = entry.get("descriptor")?;
            let level = text(entry.get("configuration")?, "level")?;
            let named = self.component_of(descriptor);
            let rule = self.look_up(text(descriptor, "id"), index(descriptor, "index"), named)?;
            Some((rule.spot, level.to_owned()))
        });
        entries.collect()
    }
}

/// The entry of that id, or of the id with its last parts taken off: `CA1000/1` is a case of `CA1000`.
fn shortened<T: Copy>(id: &str, by_id: &HashMap<String, T>) -> Option<T> {
    let ids = std::iter::successors(Some(id), |id| Some(id.rsplit_once('/')?.0)).take(ID_PARTS);
    ids.filter_map(|id| by_id.get(id)).next().copied()
}

impl Component {
    fn new(value: &Value) -> Self {
        let rules = items(value, "rules").to_vec();
        let mut by_id = HashMap::new();
        for (position, rule) in rules.iter().enumerate() {
            if let Some(id) = text(rule, "id") {
                by_id.entry(id.to_owned()).or_insert(position);
            }
        }
        let version = text(value, "version").or_else(|| text(value, "semanticVersion"));
        Self {
            name: text(value, "name").map(str::to_owned),
            guid: text(value, "guid").map(str::to_owned),
            version: version.map(str::to_owned),
            rules,
            by_id,
            messages: value.get("globalMessageStrings").cloned().unwrap_or_default(),
        }
    }
}

impl RuleRef<'_> {
    /// Whether an index may be trusted: the rule there carries the result's id, or one of them carries none.
    fn fits(&self, id: Option<&str>) -> bool {
        match (text(self.rule, "id"), id) {
            (Some(rule), Some(id)) => {
                id == rule || id.strip_prefix(rule).is_some_and(|case| case.starts_with('/'))
            }
            (_, _) => true,
        }
    }
}

/// The rule id a result states.
pub(super) fn rule_id(result: &Value) -> Option<&str> {
    text(result, "ruleId").or_else(|| text(result.get("rule")?, "id"))
}

/// The `security-severity` of result or rule: a CVSS score or a word; `None` when absent, empty or not understood.
pub(super) fn security_severity(result: &Value, rule: Option<&Value>) -> Option<(Severity, String)> {
    [Some(result), rule].into_iter().flatten().find_map(|holder| {
        let written = holder.get("properties")?.get("security-severity")?;
        let raw = written.as_str().map_or_else(|| written.to_string(), |text| text.trim().to_owned());
        let severity = match raw.parse::<f64>() {
            Ok(score) => Severity::from_cvss(score),
            Err(_) => Severity::from_word(&raw),
        };
        (severity != Severity::Unknown).then_some((severity, raw))
    })
}
