//! Groups names of the same vulnerability: union-find over ids and aliases.

use std::collections::HashMap;

/// Names joined so far.
#[derive(Debug, Default)]
pub(super) struct Groups {
    numbers: HashMap<String, usize>,
    parents: Vec<usize>,
}

impl Groups {
    /// Says that all these names mean the same vulnerability.
    pub(super) fn join(&mut self, id: &str, aliases: &[String]) {
        let own = self.number(id);
        for alias in aliases {
            let (a, b) = (self.number(alias), own);
            let (a, b) = (self.root(a), self.root(b));
            self.parents[a.max(b)] = a.min(b);
        }
    }

    /// The group of a name; a name never joined is a group of its own.
    pub(super) fn of(&mut self, id: &str) -> usize {
        let number = self.number(id);
        self.root(number)
    }

    /// The names of every group, sorted.
    pub(super) fn names(&mut self) -> HashMap<usize, Vec<String>> {
        let mut names: HashMap<usize, Vec<String>> = HashMap::new();
        let all: Vec<(String, usize)> = self.numbers.iter().map(|(name, at)| (name.clone(), *at)).collect();
        for (name, at) in all {
            names.entry(self.root(at)).or_default().push(name);
        }
        for list in names.values_mut() {
            list.sort();
        }
        names
    }

    fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.parents.len();
        self.parents.push(number);
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// The representative; paths are halved on the way, so that long chains stay cheap.
    fn root(&mut self, mut at: usize) -> usize {
        while self.parents[at] != at {
            self.parents[at] = self.parents[self.parents[at]];
            at = self.parents[at];
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_joined_over_a_third_one_are_one_group() {
        let mut groups = Groups::default();
        groups.join("RUSTSEC-1", &["CVE-1".to_owned()]);
        groups.join("GHSA-1", &["CVE-1".to_owned()]);
        groups.join("GHSA-2", &[]);

        assert_eq!(groups.of("RUSTSEC-1"), groups.of("GHSA-1"));
        assert_ne!(groups.of("GHSA-2"), groups.of("GHSA-1"));
        let group = groups.of("CVE-1");
        assert_eq!(groups.names()[&group], ["CVE-1", "GHSA-1", "RUSTSEC-1"]);
    }
}
