//! One search over everything, for the palette and its page. A handful of each kind, named by what it is.

use crate::app::supply::words::{encoded, key_of};
use crate::app::{App, Error};
use crate::report::view::supply::{Found, SearchGroup, SearchPage};
use crate::store::{Hit, SEARCHED_ROWS};

/// Results of each kind.
const MOST: usize = 5;
/// Shorter than this, a word is in almost everything.
const SHORTEST: usize = 2;
/// Longer than this nobody types.
const LONGEST: usize = 200;

impl App {
    /// What is called like that.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_page(&self, text: &str) -> Result<SearchPage, Error> {
        let sought: String = text.trim().chars().take(LONGEST).collect();
        if sought.chars().count() < SHORTEST {
            let nothing = Some("Type at least two letters of a name, an identifier or a title.".to_owned());
            return Ok(SearchPage { sought, nothing, ..SearchPage::default() });
        }
        let mut groups = self.in_catalogue(&sought);
        groups.extend(self.in_store(&sought).await?);
        groups.retain(|group| !group.found.is_empty());
        let nothing = groups.is_empty().then(|| "Nothing is called like that.".to_owned());
        let bound = format!(
            "At most {MOST} of each kind; of components and findings the newest {SEARCHED_ROWS} are looked through."
        );
        Ok(SearchPage { sought, groups, nothing, bound })
    }

    /// The same as one list, for the palette.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search(&self, text: &str) -> Result<Vec<Found>, Error> {
        Ok(self.search_page(text).await?.groups.into_iter().flat_map(|group| group.found).collect())
    }

    fn in_catalogue(&self, sought: &str) -> Vec<SearchGroup> {
        let needle = sought.to_lowercase();
        let controls = self.catalog.frameworks.iter().flat_map(|framework| {
            framework.items.iter().map(move |item| {
                let kind = "Control";
                let href = format!("/controls/{}/{}", encoded(&framework.id), encoded(&item.id));
                let label = format!("{} {}", item.id, item.title);
                (item.id.to_lowercase(), Found { label, href, kind, detail: framework.id.clone() })
            })
        });
        let tests = self.catalog.tests.iter().map(|test| {
            let href = format!("/tests/{}", encoded(&test.id));
            (
                test.id.to_lowercase(),
                Found { label: test.title.clone(), href, kind: "Test", detail: test.id.clone() },
            )
        });
        vec![
            SearchGroup { title: "Controls", found: best(controls, &needle), all: None },
            SearchGroup { title: "Tests", found: best(tests, &needle), all: None },
        ]
    }

    async fn in_store(&self, sought: &str) -> Result<Vec<SearchGroup>, Error> {
        let (store, most, q) = (&self.store, MOST as u64, encoded(sought));
        let assets = found(store.search_assets(sought, most).await?, "Asset", |(key, _, _)| {
            format!("/evidence?subject={}", encoded(&format!("asset:{key}")))
        });
        let vendors = found(store.search_vendors(sought, most).await?, "Vendor", |(key, _, _)| {
            format!("/vendors/{}", encoded(key))
        });
        let findings = found(store.search_findings(sought, most).await?, "Finding", |(identity, _, _)| {
            format!("/findings/{identity}")
        });
        let components = found(store.search_components(sought, most).await?, "Component", |(at, _, _)| {
            format!("/sboms/{at}")
        });
        let evidence = found(store.search_evidence(sought, most).await?, "Evidence", |(id, _, _)| {
            format!("/evidence/{id}")
        });
        let all = |list: &str| Some(format!("{list}?q={q}"));
        Ok(vec![
            SearchGroup { title: "Assets", found: assets, all: None },
            SearchGroup { title: "Vendors", found: vendors, all: all("/vendors") },
            SearchGroup { title: "Findings", found: findings, all: all("/findings") },
            SearchGroup { title: "Components", found: components, all: None },
            SearchGroup { title: "Evidence", found: evidence, all: all("/evidence") },
        ])
    }
}

/// The first few whose identifier or label has the text; those whose identifier is or begins with it come first.
fn best(all: impl Iterator<Item = (String, Found)>, needle: &str) -> Vec<Found> {
    let place = |(id, found): &(String, Found)| match id {
        id if id == needle => Some(0),
        id if id.starts_with(needle) => Some(1),
        id if id.contains(needle) => Some(2),
        _ => found.label.to_lowercase().contains(needle).then_some(3),
    };
    let mut matching: Vec<(u8, Found)> =
        all.filter_map(|entry| place(&entry).map(|place| (place, entry.1))).collect();
    matching.sort_by_key(|(place, _)| *place);
    matching.into_iter().take(MOST).map(|(_, found)| found).collect()
}

fn found(hits: Vec<Hit>, kind: &'static str, href: impl Fn(&Hit) -> String) -> Vec<Found> {
    let one = |hit: Hit| {
        let href = href(&hit);
        let (_, label, detail) = hit;
        Found { label, href, kind, detail: key_of(&detail).to_owned() }
    };
    hits.into_iter().map(one).collect()
}
