//! The frame and every part that pages share, rendered with made-up data and looked at.
//!
//! `ATTESTRY_STYLE_PAGE=folder` writes the pages there with what they load, to be opened in a browser.

mod findings;

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{anchors_are_unique_and_found, headings_descend_by_one};
use crate::report::{AsOf, Crumb, Frame, NavGroup, NavItem, Notice, Pages, PersonChip, assets};

/// The navigation as `ui.md` has it: title, and icon and label of each page.
const NAVIGATION: &[(&str, &[(&str, &str)])] = &[
    ("", &[("overview", "Overview")]),
    (
        "Compliance",
        &[("controls", "Controls"), ("evidence", "Evidence"), ("gaps", "Gaps"), ("exceptions", "Exceptions")],
    ),
    (
        "Supply chain",
        &[
            ("assets", "Assets"),
            ("sboms", "SBOMs"),
            ("vulnerabilities", "Vulnerabilities"),
            ("findings", "Findings"),
        ],
    ),
    (
        "People",
        &[("reviews", "Access reviews"), ("vendors", "Vendors"), ("audits", "Audits"), ("packs", "Packs")],
    ),
    ("System", &[("sources", "Sources"), ("runs", "Runs"), ("users", "Users"), ("trail", "Audit trail")]),
];

fn groups(current: &str) -> Vec<NavGroup> {
    let item = |(icon, label): &(&'static str, &str)| NavItem {
        label: (*label).to_owned(),
        href: format!("/{icon}"),
        icon,
        current: *icon == current,
    };
    let group = |(title, items): &(&str, &[(&'static str, &str)])| NavGroup {
        title: (*title).to_owned(),
        items: items.iter().map(item).collect(),
    };
    NAVIGATION.iter().map(group).collect()
}

fn frame(current: &str, label: &str) -> Frame {
    Frame {
        organisation: "Northwind Payments".to_owned(),
        version: "Attestry 0.1.0".to_owned(),
        tab: label.to_owned(),
        crumbs: vec![Crumb::link("Compliance", "/controls"), Crumb::here(label)],
        groups: groups(current),
        person: Some(PersonChip::new("Ines Calder", "Compliance officer")),
        csrf: "made-up-token".to_owned(),
        here: "%2Fcontrols%3Fq%3Da".to_owned(),
        as_of: Some(AsOf { label: "20 Nov 2026".to_owned(), ..AsOf::default() }),
        theme: "system",
        ..Frame::default()
    }
}

fn past(mut frame: Frame) -> Frame {
    frame.as_of = Some(AsOf {
        value: "2026-03-31".to_owned(),
        past: true,
        label: "31 Mar 2026".to_owned(),
        keep: vec![("q".to_owned(), "a&b".to_owned())],
    });
    frame.sample = true;
    frame.notice =
        Some(Notice { class: "met", text: "Exception EX-14 is in force until 30 Jun 2026.".to_owned() });
    frame
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/page_tests/style")
}

fn shared() -> Value {
    let text = std::fs::read_to_string(folder().join("data.json")).unwrap();
    let mut view: Value = serde_json::from_str(&text).unwrap();
    view["table"] = serde_json::to_value(findings::table()).unwrap();
    view
}

fn render(name: &str, frame: &Frame, view: &Value) -> String {
    let text = std::fs::read_to_string(folder().join(format!("{name}.hbs"))).unwrap();
    Pages::new().unwrap().show_text(frame, &text, view)
}

fn pages(view: &Value) -> Vec<(&'static str, String)> {
    let before_sign_in = Frame { person: None, groups: Vec::new(), as_of: None, ..frame("", "Sign in") };
    vec![
        ("list", render("list", &frame("findings", "Findings"), view)),
        ("requirement", render("requirement", &past(frame("controls", "6.3.2")), view)),
        ("parts", render("parts", &frame("evidence", "Parts"), view)),
        ("bare", render("bare", &before_sign_in, view)),
    ]
}

fn keep(name: &str, html: &str) {
    let Some(folder) = std::env::var_os("ATTESTRY_STYLE_PAGE").map(PathBuf::from) else { return };
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    for path in assets::head_elements().split('"').filter(|part| part.starts_with("/assets/")) {
        std::fs::write(folder.join(&path[1..]), assets::get(path).unwrap().bytes).unwrap();
    }
    for theme in ["system", "dark"] {
        let themed = html.replacen("data-theme=\"system\"", &format!("data-theme=\"{theme}\""), 1);
        std::fs::write(folder.join(format!("{name}-{theme}.html")), themed).unwrap();
    }
}

/// The size of the styles and scripts of a page.
fn loaded() -> usize {
    let head = assets::head_elements();
    let paths = head.split('"').filter(|part| part.ends_with(".css") || part.ends_with(".js"));
    paths.map(|path| assets::get(path).unwrap().bytes.len()).sum()
}

#[test]
fn every_shared_part_renders_and_can_be_looked_at() {
    for (name, html) in pages(&shared()) {
        keep(name, &html);
        let size = html.len() + loaded();
        assert!(size < 100_000, "{name}: {size} bytes of HTML, styles and scripts");
        assert!(html.trim_end().ends_with("</html>"), "{name}");
    }
}

#[test]
fn pages_in_the_frame_keep_the_basics_of_accessibility() {
    for (name, html) in pages(&shared()) {
        assert_eq!(html.matches("<h1>").count(), 1, "{name}: one h1");
        assert_eq!(html.matches("<main id=\"content\"").count(), 1, "{name}: one main");
        assert_eq!(html.matches("<table").count(), html.matches("<caption").count(), "{name}: captions");
        anchors_are_unique_and_found(name, &html);
        let content = html.split_once("<main ").unwrap().1;
        headings_descend_by_one(name, content);
    }
}

#[test]
fn icons_that_are_used_are_drawn() {
    for (name, html) in pages(&shared()) {
        for used in html.split("<use href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(html.contains(&format!("<symbol id=\"{used}\"")), "{name}: {used}");
        }
    }
}

#[test]
fn every_form_that_acts_carries_the_token() {
    for (name, html) in pages(&shared()) {
        let posts = html.matches("method=\"post\"").count();
        assert_eq!(posts, html.matches("name=\"csrf\" value=\"made-up-token\"").count(), "{name}");
    }
}

#[test]
fn the_frame_marks_the_page_and_offers_what_the_reader_can_do() {
    let html = render("list", &frame("findings", "Findings"), &shared());

    assert!(html.contains("href=\"/findings\" title=\"Findings\" aria-current=\"page\""));
    assert!(html.contains("action=\"/sign-out\"") && html.contains(">IC</span>"));
    assert!(!html.contains("band-past") && html.contains("data-theme=\"system\""));
}

#[test]
fn a_page_of_a_past_day_says_so_and_leads_back_to_now() {
    let html = render("requirement", &past(frame("controls", "6.3.2")), &shared());

    assert!(html.contains("As known on <strong>31 Mar 2026</strong>"));
    assert!(html.contains("<a href=\"?q&#x3D;a%26b\">Back to now</a>"));
    assert!(html.contains("<input type=\"hidden\" name=\"q\" value=\"a&amp;b\">"));
}

#[test]
fn who_is_not_signed_in_sees_no_navigation() {
    let html = pages(&shared()).pop().unwrap().1;

    assert!(!html.contains("<nav") && !html.contains("/sign-out") && !html.contains("/theme"));
}

#[test]
fn hostile_text_in_the_frame_stays_text() {
    const EVIL: &str = "\"><script>alert(1)</script>{{frame.csrf}}";
    let mut evil = past(frame("controls", EVIL));
    evil.organisation = EVIL.to_owned();
    evil.person = Some(PersonChip::new(EVIL, EVIL));
    evil.search = EVIL.to_owned();
    evil.here = EVIL.to_owned();
    evil.notice = Some(Notice { class: "met", text: EVIL.to_owned() });
    evil.as_of = Some(AsOf {
        label: EVIL.to_owned(),
        past: true,
        keep: vec![(EVIL.to_owned(), EVIL.to_owned())],
        value: EVIL.to_owned(),
    });
    evil.groups[0].items[0].label = EVIL.to_owned();

    let html = render("list", &evil, &shared()).replace(&assets::head_elements(), "");

    assert!(!html.contains("<script"));
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;{{frame.csrf}}"));
}
