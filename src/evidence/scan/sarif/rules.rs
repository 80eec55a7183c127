//! Finds the rule of a result, and from it the level and severity that apply when the result states none.

use std::collections::HashMap;

use serde_json::Value;

use super::model::{index, items, text};
use crate::base::Severity;
use crate::evidence::scan::Tool;

/// The driver and extensions of a run with their rules, and the overrides of its invocations.
#[derive(Default)]
pub(super) struct RuleBook {
    components: Vec<Component>,
    overrides: Vec<Vec<Value>>,
}

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
    component: usize,
    position: usize,
    pub rule: &'b Value,
}

impl RuleBook {
    /// Reads the book of a run from its `tool` and `invocations`.
    pub fn new(tool: &Value, invocations: &Value) -> Self {
        let driver = tool.get("driver").unwrap_or(&Value::Null);
        let components =
            std::iter::once(driver).chain(items(tool, "extensions")).map(Component::new).collect();
        let overrides = invocations
            .as_array()
            .map(|list| list.iter().map(|i| items(i, "ruleConfigurationOverrides").to_vec()).collect())
            .unwrap_or_default();
        Self { components, overrides }
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
        self.components.iter().find_map(|c| text(c.messages.get(id)?, "text"))
    }

    /// The rule of a result: by index in the named component, else by id there, else by id anywhere.
    pub fn find(&self, result: &Value) -> Option<RuleRef<'_>> {
        let reference = result.get("rule").unwrap_or(&Value::Null);
        let id = rule_id(result);
        let named = self.component_of(reference);
        let position = index(result, "ruleIndex").or_else(|| index(reference, "index"));
        if let Some(found) = position.and_then(|p| self.at(named.unwrap_or(0), p)).filter(|r| r.fits(id)) {
            return Some(found);
        }
        let id = id?;
        let order = named.into_iter().chain(0..self.components.len());
        let hits: Vec<usize> = order.filter(|c| self.components[*c].position(id).is_some()).collect();
        let component = *hits.first()?;
        self.at(component, self.components[component].position(id)?)
    }

    fn at(&self, component: usize, position: usize) -> Option<RuleRef<'_>> {
        let rule = self.components.get(component)?.rules.get(position)?;
        Some(RuleRef { component, position, rule })
    }

    fn component_of(&self, reference: &Value) -> Option<usize> {
        let to = reference.get("toolComponent")?;
        if let Some(extension) = index(to, "index") {
            return Some(extension + 1).filter(|c| *c < self.components.len());
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
        let overridden = found.and_then(|rule| self.override_of(result, rule));
        if let Some(level) = overridden {
            return (level, "override");
        }
        let configured = found.and_then(|r| text(r.rule.get("defaultConfiguration")?, "level"));
        configured.map_or(("warning", "default"), |level| (level, "rule"))
    }

    fn override_of(&self, result: &Value, rule: RuleRef<'_>) -> Option<&str> {
        let invocation = result
            .get("provenance")
            .and_then(|p| index(p, "invocationIndex"))
            .or_else(|| (self.overrides.len() == 1).then_some(0))?;
        let list = self.overrides.get(invocation)?;
        let hit = list.iter().find(|o| o.get("descriptor").is_some_and(|d| self.describes(d, rule)))?;
        text(hit.get("configuration")?, "level")
    }

    fn describes(&self, descriptor: &Value, rule: RuleRef<'_>) -> bool {
        let component = self.component_of(descriptor).unwrap_or(0);
        let same_id = text(descriptor, "id").is_some_and(|id| Some(id) == text(rule.rule, "id"));
        let same_place = index(descriptor, "index") == Some(rule.position) && component == rule.component;
        same_id || same_place
    }
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

    /// The rule of that id; `CA1000/1` is a case of the rule `CA1000`.
    fn position(&self, id: &str) -> Option<usize> {
        let mut id = id;
        loop {
            if let Some(position) = self.by_id.get(id) {
                return Some(*position);
            }
            id = id.rsplit_once('/')?.0;
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
