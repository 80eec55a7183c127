//! Tests over whole pages: every template rendered, nothing unescaped, the same bytes twice, readable by everybody.

mod style;

use std::collections::BTreeSet;

use crate::report::assets::{self, Templates};
use crate::report::fixture::Fixture;
use crate::report::view::{ErrorPage, FrameworkReport, Overview, PackReadme};
use crate::report::{Mark, Pages};

fn error_page() -> ErrorPage {
    ErrorPage {
        status: 404,
        title: "No such vendor".to_owned(),
        detail: "There is no vendor of that name. It may have been renamed.".to_owned(),
        request_id: Some("0198f2c4-77aa".to_owned()),
    }
}

/// Every page, by name.
fn pages(fixture: &Fixture) -> Vec<(&'static str, String)> {
    let pages = Pages::new().unwrap();
    let report = FrameworkReport::build(&fixture.report());
    let parts = [fixture.part()];
    let readme = PackReadme::build(&fixture.pack(&parts));
    let control = |id: &str| pages.control_page(&fixture.control(id)).unwrap();
    let empty = Overview::new(None);
    vec![
        ("report", pages.framework_report(&report).unwrap()),
        ("readme", pages.pack_readme(&readme).unwrap()),
        ("control", control("6.3.2")),
        ("control-manual", control("6.1.1")),
        ("overview", pages.overview(&fixture.overview()).unwrap()),
        ("overview-empty", pages.overview(&empty).unwrap()),
        ("error", pages.error(&error_page()).unwrap()),
    ]
}

/// The text between two markers, to look at a piece of a page.
fn piece<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    let start = html.find(from).unwrap();
    let end = html[start..].find(to).unwrap();
    &html[start..start + end + to.len()]
}

/// Writes a page to the folder named by `ATTESTRY_PAGES_OUT`, to be looked at in a browser.
fn keep(name: &str, html: &str) {
    let Some(folder) = std::env::var_os("ATTESTRY_PAGES_OUT").map(std::path::PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("attestry.css"), assets::css()).unwrap();
    let local = html.replace(&assets::css_path(), "attestry.css");
    std::fs::write(folder.join(format!("{name}.html")), local).unwrap();
}

#[test]
fn every_page_renders_and_can_be_looked_at() {
    let fixture = Fixture::new();

    let pages = pages(&fixture);

    for (name, html) in &pages {
        keep(name, html);
    }
    assert!(pages.iter().all(|(_, html)| html.trim_end().ends_with("</html>")));
}

#[test]
fn templates_hold_no_raw_output_no_scripts_and_no_inline_styles() {
    let mut seen = 0;
    for file in Templates::iter().filter(|f| f.ends_with(".hbs")) {
        let bytes = Templates::get(&file).unwrap().data;
        let text = std::str::from_utf8(&bytes).unwrap();
        for banned in [
            "{{{",
            "{{&",
            "{{~{",
            "<script",
            "style=",
            " onload",
            " onclick",
            "javascript:",
            "http:",
            "https:",
        ] {
            assert!(!text.contains(banned), "{file} holds {banned}");
        }
        seen += 1;
    }

    assert!(seen >= 14);
}

#[test]
fn no_page_and_no_template_passes_judgement() {
    for (name, html) in pages(&Fixture::new()) {
        assert!(!html.to_lowercase().contains("compliant"), "{name}");
        assert!(
            !html.contains('%') || name != "report" || !html.contains("% met"),
            "{name} shows counts, not percentages"
        );
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(pages(&Fixture::new()), pages(&Fixture::new()));
}

#[test]
fn the_order_of_evidence_and_vendors_as_given_does_not_matter() {
    let fixture = Fixture::new();
    let mut shuffled = Fixture::new();
    shuffled.rows.reverse();
    shuffled.vendors.reverse();

    assert_eq!(FrameworkReport::build(&fixture.report()), FrameworkReport::build(&shuffled.report()));
}

#[test]
fn hostile_text_stays_text_on_every_page() {
    const EVIL: &str = "<script>alert(1)</script>{{head.title}}\"'`=</style><!--";
    let mut fixture = Fixture::new();
    fixture.organisation = EVIL.to_owned();
    fixture.framework.title = EVIL.to_owned();
    fixture.framework.notice = EVIL.to_owned();
    for item in &mut fixture.framework.items {
        item.title = EVIL.to_owned();
    }
    for verdict in &mut fixture.evaluation.requirements {
        verdict.explanation = EVIL.to_owned();
        verdict.provide = Some(EVIL.to_owned());
    }
    for result in &mut fixture.evaluation.results {
        result.explanation = EVIL.to_owned();
        for item in &mut result.failing {
            item.reason = EVIL.to_owned();
        }
    }
    for test in &mut fixture.catalog.tests {
        test.title = EVIL.to_owned();
        test.remediation = EVIL.to_owned();
    }
    for row in fixture.rows.iter_mut().chain(fixture.evidence.iter_mut().map(|e| &mut e.row)) {
        row.file = EVIL.to_owned();
    }
    for vendor in &mut fixture.vendors {
        vendor.name = EVIL.to_owned();
        vendor.waterfall[0].0 = EVIL.to_owned();
    }

    for (name, html) in pages(&fixture) {
        let html = html.replace(&assets::head_elements(), "");
        assert!(!html.contains("<script") && !html.contains("<!--"), "{name}");
        assert_eq!(html.matches("</style>").count(), html.matches("<style>").count(), "{name}");
        if name == "report" {
            assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;{{head.title}}&quot;"));
        }
    }
}

#[test]
fn self_contained_pages_load_nothing() {
    for (name, html) in pages(&Fixture::new()) {
        let own_file = ["report", "readme", "control", "control-manual"].contains(&name);
        assert_eq!(own_file, html.contains("default-src 'none'; style-src 'sha256-"), "{name}");
        assert_eq!(!own_file, html.contains("<link rel=\"stylesheet\" href=\"/assets/attestry."), "{name}");
        let html = html.replace(&assets::head_elements(), "");
        assert!(!html.contains(" src=") && !html.contains("url(") && !html.contains("@import"), "{name}");
    }
}

#[test]
fn pages_keep_the_basics_of_accessibility() {
    for (name, html) in pages(&Fixture::new()) {
        assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"), "{name}");
        assert_eq!(html.matches("<h1>").count(), 1, "{name}: one h1");
        assert_eq!(html.matches("<main id=\"content\"").count(), 1, "{name}: one main");
        let tables = html.matches("<table").count();
        assert_eq!(tables, html.matches("<caption").count(), "{name}: a caption per table");
        assert!(
            html.matches("<th").count() - html.matches("<thead").count() <= html.matches(" scope=\"").count()
        );
        assert_eq!(html.matches("role=\"img\"").count(), html.matches("<desc ").count(), "{name}");
        headings_descend_by_one(name, &html);
        anchors_are_unique_and_found(name, &html);
    }
}

fn headings_descend_by_one(name: &str, html: &str) {
    let mut last = 0_u32;
    for (at, _) in html.match_indices("<h") {
        let level = html[at + 2..].chars().next().and_then(|c| c.to_digit(10));
        if let Some(level) = level.filter(|_| html[at + 3..].starts_with([' ', '>'])) {
            assert!(level <= last + 1, "{name}: h{level} after h{last} at {}", &html[at..at + 60]);
            last = level;
        }
    }
    assert!(last > 0, "{name} has headings");
}

fn anchors_are_unique_and_found(name: &str, html: &str) {
    let values = |start: &'static str| {
        html.match_indices(start).map(move |(at, _)| html[at + start.len()..].split('"').next().unwrap())
    };
    let ids: Vec<&str> = values(" id=\"").collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "{name}: ids are unique");
    for target in values("href=\"#") {
        assert!(unique.contains(target), "{name}: #{target} leads nowhere");
    }
}

#[test]
fn a_requirement_reads_like_this() {
    let html =
        Pages::new().unwrap().framework_report(&FrameworkReport::build(&Fixture::new().report())).unwrap();

    insta::assert_snapshot!(
        "requirement",
        piece(&html, "<article class=\"req\" id=\"r-7.2.4\">", "</article>")
    );
    insta::assert_snapshot!("attention", piece(&html, "<section id=\"attention\">", "</section>"));
    insta::assert_snapshot!("cover", piece(&html, "<header class=\"cover\">", "</header>"));
}

#[test]
fn a_pack_index_and_a_definition_read_like_this() {
    let all = pages(&Fixture::new());

    let readme = &all.iter().find(|(name, _)| *name == "readme").unwrap().1;
    insta::assert_snapshot!(
        "index",
        piece(readme, "<tr class=\"rowgroup\"><th scope=\"rowgroup\" colspan=\"3\">12", "</tbody>")
    );
    let control = &all.iter().find(|(name, _)| *name == "control").unwrap().1;
    insta::assert_snapshot!("definition", piece(control, "<pre", "</pre>"));
}

#[test]
fn an_assessed_item_that_was_not_evaluated_is_unknown_and_not_left_out() {
    let report = FrameworkReport::build(&Fixture::new().report());

    let item = report.chapters[1].groups[0].requirements.iter().find(|r| r.id == "7.2.5.1").unwrap();
    assert_eq!((item.chip.word, item.explanation.as_str()), ("Unknown", "Not evaluated in this run."));
    assert!(report.gaps.iter().any(|g| g.id == "7.2.5.1"));
}

#[test]
fn long_lists_are_cut_and_counted() {
    let report = FrameworkReport::build(&Fixture::new().report());

    let test = &report.chapters[0].groups[1].requirements[1].tests[0];
    assert_eq!(test.failing.len(), 20);
    assert_eq!(test.failing_more.as_deref(), Some("1\u{202f}210 more failing items"));
}

#[test]
fn the_overview_and_the_report_count_alike() {
    let fixture = Fixture::new();

    let bar = &fixture.overview().frameworks[0];

    assert_eq!(bar.title, "PCI DSS 4.0.1");
    assert_eq!(bar.summary.counts, FrameworkReport::build(&fixture.report()).summary.counts);
    let html = Pages::new().unwrap().overview(&fixture.overview()).unwrap();
    assert!(html.contains("PCI DSS 4.0.1</a></h3>"));
}

#[test]
fn what_is_met_through_an_exception_says_so() {
    let report = FrameworkReport::build(&Fixture::new().report());

    let item = &report.chapters[2].groups[0].requirements[0];
    assert_eq!(
        (item.id.as_str(), item.chip.word, item.chip.detail),
        ("12.8.2", "Met", "with an exception in force")
    );
    assert!(report.gaps.iter().any(|g| g.id == "12.8.2" && g.chip.detail == "exception in force"));
}

#[test]
fn every_assessed_item_of_the_shipped_frameworks_is_in_its_report() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/controls/frameworks");
    let Ok(files) = std::fs::read_dir(folder) else { return eprintln!("skipped: no frameworks in {folder}") };
    let mut fixture = Fixture::new();
    let pages = Pages::new().unwrap();

    for file in files.map(|f| f.unwrap().path()) {
        fixture.framework = serde_saphyr::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();

        let html = pages.framework_report(&FrameworkReport::build(&fixture.report())).unwrap();

        for item in fixture.framework.items.iter().filter(|i| i.is_assessed()) {
            let article = format!("<article class=\"req\" id=\"{}\">", crate::report::anchor("r", &item.id));
            assert_eq!(html.matches(&article).count(), 1, "{} {}", fixture.framework.id, item.id);
        }
        anchors_are_unique_and_found(&fixture.framework.id, &html);
        headings_descend_by_one(&fixture.framework.id, &html);
        assert!(!html.to_lowercase().contains("compliant"), "{}", fixture.framework.id);
        keep(&format!("real-{}", fixture.framework.id), &html);
    }
}

#[test]
fn the_worst_comes_first() {
    let report = FrameworkReport::build(&Fixture::new().report());

    let ids: Vec<&str> = report.attention.iter().map(|a| a.id.as_str()).collect();
    assert_eq!(ids, ["6.3.2", "6.3.3", "7.2.5.1", "7.2.4", "12.8.4", "6.4.2"]);
    assert_eq!(report.vendors[0].name, "Halcyon Hosting");
}

#[test]
fn text_has_contrast_in_both_themes() {
    let css = assets::css();

    for theme in [Theme::Light, Theme::Dark] {
        let assert = |ink: &str, ground: &str, least: f64| assert_contrast(&css, theme, (ink, ground), least);
        for ground in ["bg", "sunken", "hover", "raised"] {
            for ink in ["text", "text-2", "accent", "not-met", "manual"] {
                assert(ink, ground, 4.5);
            }
            assert("field-line", ground, 3.0);
        }
        for mark in Mark::ALL.map(Mark::class) {
            assert(mark, &format!("{mark}-tint"), 4.5);
            assert(mark, "bg", 4.5);
            assert("text", &format!("{mark}-tint"), 4.5);
            assert(&format!("{mark}-fill"), "bg", 3.0);
        }
        for ground in ["primary", "primary-hover", "danger"] {
            assert("on-fill", ground, 4.5);
        }
        for ink in ["text", "text-2", "accent"] {
            assert(ink, "accent-tint", 4.5);
        }
        assert("band-text", "band", 4.5);
    }
}

#[derive(Clone, Copy, Debug)]
enum Theme {
    Light,
    Dark,
}

fn assert_contrast(css: &str, theme: Theme, (ink, ground): (&str, &str), least: f64) {
    let (a, b) = (luminance(css, theme, ink), luminance(css, theme, ground));
    let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
    assert!(ratio >= least, "--{ink} on --{ground}, {theme:?}: {ratio:.2}");
}

/// Relative luminance (WCAG 2.2) of a `light-dark(oklch(), oklch())` token.
fn luminance(css: &str, theme: Theme, token: &str) -> f64 {
    let both = css.split_once(&format!("\n  --{token}: light-dark(")).unwrap().1.split_once(';').unwrap().0;
    let colour = both.split("oklch(").nth(match theme {
        Theme::Light => 1,
        Theme::Dark => 2,
    });
    let value = colour.unwrap().split_once(')').unwrap().0;
    let numbers: Vec<f64> = value.split([' ', '%']).filter_map(|n| n.parse().ok()).collect();
    let (l, c, h) = (numbers[0] / 100.0, numbers[1], numbers[2].to_radians());
    let (a, b) = (c * h.cos(), c * h.sin());
    let long = (0.396_337_777_4_f64.mul_add(a, 0.215_803_757_3 * b) + l).powi(3);
    let medium = (l - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let short = (l - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    let red = 4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short;
    let green = -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short;
    let blue = -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701 * short;
    0.2126 * red.clamp(0.0, 1.0) + 0.7152 * green.clamp(0.0, 1.0) + 0.0722 * blue.clamp(0.0, 1.0)
}
