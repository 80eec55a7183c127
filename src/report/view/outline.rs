//! The outline of a framework: chapters, the headings in them, and the assessed items under each.

use std::collections::{HashMap, HashSet};

use crate::controls::{Framework, Item};

/// One top item and what is assessed below it.
#[derive(Debug)]
pub(crate) struct Chapter<'a> {
    pub item: &'a Item,
    pub groups: Vec<Group<'a>>,
    /// Headings right below the top under which nothing is assessed.
    pub silent: Vec<&'a Item>,
}

/// Assessed items under one heading, or right below the top.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    pub heading: Option<&'a Item>,
    pub items: Vec<&'a Item>,
}

impl<'a> Chapter<'a> {
    /// Every assessed item, in catalogue order.
    pub fn assessed(&self) -> impl Iterator<Item = &'a Item> {
        self.groups.iter().flat_map(|g| g.items.iter().copied())
    }

    fn add(&mut self, heading: Option<&'a Item>, item: &'a Item) {
        // a heading stands once, wherever its items are in the catalogue
        let same = |g: &&mut Group<'_>| g.heading.map(|h| &h.id) == heading.map(|h| &h.id);
        match self.groups.iter_mut().rev().find(same) {
            Some(group) => group.items.push(item),
            None => self.groups.push(Group { heading, items: vec![item] }),
        }
    }
}

/// Where an item sits: its chapter, and the heading its assessed children come under.
#[derive(Clone, Copy)]
struct Seat<'a> {
    chapter: usize,
    heading: Option<&'a Item>,
}

/// Cuts a catalogue into chapters in one pass. An item whose parent does not stand before it opens its own chapter,
/// so no order of items, and no cycle, loses one.
pub(crate) fn outline(framework: &Framework) -> Vec<Chapter<'_>> {
    let speaking = with_assessed_below(framework);
    let mut chapters: Vec<Chapter<'_>> = Vec::new();
    let mut seats: HashMap<&str, Seat<'_>> = HashMap::new();
    for item in &framework.items {
        let above = item.parent.as_deref().and_then(|p| seats.get(p)).copied();
        let seat = match above {
            None => {
                chapters.push(Chapter { item, groups: Vec::new(), silent: Vec::new() });
                Seat { chapter: chapters.len() - 1, heading: None }
            }
            Some(seat) if item.is_assessed() => seat,
            Some(seat) => Seat { heading: Some(item), ..seat },
        };
        let chapter = &mut chapters[seat.chapter];
        if item.is_assessed() {
            chapter.add(seat.heading, item);
        } else if item.parent.as_deref() == Some(&chapter.item.id) && !speaking.contains(item.id.as_str()) {
            chapter.silent.push(item);
        }
        seats.insert(&item.id, seat);
    }
    chapters
}

/// Ids of items that have something assessed below them.
fn with_assessed_below(framework: &Framework) -> HashSet<&str> {
    let mut above = HashSet::new();
    for item in framework.items.iter().rev() {
        if let Some(parent) =
            item.parent.as_deref().filter(|_| item.is_assessed() || above.contains(&*item.id))
        {
            above.insert(parent);
        }
    }
    above
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framework(items: &[(&str, Option<&str>, bool)]) -> Framework {
        let items: Vec<_> = items
            .iter()
            .map(|(id, parent, assessed)| {
                let automation = assessed.then_some("full");
                serde_json::json!({"id": id, "kind": "section", "parent": parent, "title": id, "automation": automation})
            })
            .collect();
        let value = serde_json::json!({
            "id": "f", "title": "F", "version": "1", "notice": "n", "items": items});
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn assessed_items_come_under_their_nearest_heading() {
        let framework = framework(&[
            ("1", None, false),
            ("1.0", Some("1"), true),
            ("1.1", Some("1"), false),
            ("1.1.1", Some("1.1"), true),
            ("1.1.1.a", Some("1.1.1"), true),
            ("1.2", Some("1"), false),
            ("2", None, true),
        ]);

        let chapters = outline(&framework);

        let shape: Vec<_> = chapters
            .iter()
            .map(|c| (c.item.id.as_str(), c.groups.iter().map(|g| g.items.len()).collect::<Vec<_>>()))
            .collect();
        assert_eq!(shape, [("1", vec![1, 2]), ("2", vec![1])]);
        assert_eq!(chapters[0].groups[1].heading.unwrap().id, "1.1");
        assert_eq!(chapters[0].silent[0].id, "1.2");
    }

    #[test]
    fn no_disorder_loses_an_item() {
        let framework = framework(&[("a", Some("b"), true), ("b", Some("a"), true), ("c", Some("c"), true)]);

        assert_eq!(outline(&framework).iter().flat_map(Chapter::assessed).count(), 3);
    }
}
