//! What a table reads from its address, shows and writes.

use std::io::{Cursor, Read as _};

use handlebars::Handlebars;

use super::fixture::{SPEC, input, row};
use super::*;
use crate::base::{Count, ListError, Listed, UnixMillis};
use crate::report::assets::Templates;

const AT: UnixMillis = UnixMillis(1_795_132_800_000);

fn rendered(query: &str, input: TableInput) -> String {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    for file in Templates::iter().filter(|f| f.starts_with("partials/")) {
        let text = Templates::get(&file).unwrap().data;
        let name = file.strip_suffix(".hbs").unwrap();
        handlebars.register_template_string(name, std::str::from_utf8(&text).unwrap()).unwrap();
    }
    let table = SPEC.view(&SPEC.read(query).unwrap(), input);
    let data = serde_json::json!({"frame": {"csrf": "token-<1>"}, "table": table});
    handlebars.render_template("{{> partials/table table}}", &data).unwrap()
}

#[test]
fn the_made_up_table_is_declared_soundly() {
    assert_eq!(SPEC.problems(), Vec::<String>::new());
    let wrong = TableSpec { keep: &["q"], default_sort: ("sha256", Direction::Ascending), ..SPEC };
    assert_eq!(wrong.problems().len(), 2);
}

#[test]
fn an_address_is_read_into_a_query_and_unknown_parameters_are_ignored() {
    let request = SPEC
        .read(
            "q=+log4j+&status=accepted&status=quarantined&status=accepted&sort=-bytes&rows=50&utm=x&subject=",
        )
        .unwrap();

    assert_eq!(request.query.search, "log4j");
    assert_eq!(request.query.filter("status"), ["accepted", "quarantined"]);
    assert_eq!(
        (request.query.sort.as_str(), request.query.descending, request.query.limit),
        ("bytes", true, 50)
    );
    assert!(request.query.filter("subject").is_empty() && request.query.filter("utm").is_empty());
    assert_eq!(request.columns, ["file", "status", "received", "bytes", "sha256"]);
}

#[test]
fn an_unknown_value_is_refused_with_the_values_there_are() {
    let says = |query: &str| SPEC.read(query).unwrap_err().to_string();

    assert!(says("status=red").contains("accepted, quarantined"));
    assert!(says("sort=sha256").contains("file, received, bytes"));
    assert!(says("columns=file,colour").contains("colour"));
    assert!(says("rows=7").contains("25, 50, 100, 200"));
    assert!(says("format=exe").contains("csv, xlsx or json"));
    assert!(says(&format!("q={}", "x".repeat(201))).contains("200"));
    assert_eq!(SPEC.read("after=a&before=b"), Err(ListError::TwoCursors));
    let many: Vec<String> = (0..60).map(|n| format!("subject=s{n}")).collect();
    assert!(says(&many.join("&")).contains("more than 50"));
}

#[test]
fn the_first_column_cannot_be_hidden_and_the_order_is_the_tables() {
    let request = SPEC.read("columns=requirements&columns=bytes").unwrap();

    assert_eq!(request.columns, ["file", "bytes", "requirements"]);
    let all = SPEC.read("columns=sha256,bytes,received,status,file").unwrap();
    assert!(!all.columns_chosen, "the usual columns are not written into links");
}

#[test]
fn links_keep_everything_but_what_they_change_and_go_back_to_the_first_page() {
    let query = "as_of=2026-03-31&run=7&q=a%26b&status=accepted&subject=pay&sort=file&columns=file,bytes&rows=50&after=c";
    let view = SPEC.view(&SPEC.read(query).unwrap(), input(vec![row(1)]));

    let all =
        "as_of=2026-03-31&run=7&q=a%26b&status=accepted&subject=pay&sort=file&columns=file%2Cbytes&rows=50";
    assert_eq!(view.here, format!("/evidence?{all}&after=c"));
    assert_eq!(view.pager.next.as_deref(), Some(&*format!("/evidence?{all}&after=n")));
    assert_eq!(view.pager.previous.as_deref(), Some(&*format!("/evidence?{all}&before=p")));
    assert_eq!(view.pager.exports[0].href, format!("/evidence?{all}&format=csv"));
    assert_eq!(
        view.columns[0].href.as_deref(),
        Some(&*format!("/evidence?{}&sort=-file", all.replace("&sort=file", "")))
    );
    assert_eq!(view.narrowed[2].href, format!("/evidence?{}", all.replace("&subject=pay", "")));
    assert_eq!(view.clear_href, "/evidence?as_of=2026-03-31&run=7&sort=file&columns=file%2Cbytes&rows=50");
    assert_eq!(view.pager.sizes[0].href, format!("/evidence?{}", all.replace("&rows=50", "")));
}

#[test]
fn every_address_a_table_makes_reads_back_as_it_was_meant() {
    let query = "as_of=2026-03-31&q=%C3%A9%20%3D&status=accepted&sort=file&columns=file,bytes&rows=50";
    let request = SPEC.read(query).unwrap();
    let view = SPEC.view(&request, input(vec![row(1)]));

    assert_eq!(SPEC.read(view.here.split_once('?').unwrap().1).unwrap(), request);
    let turned = SPEC.read(view.columns[0].href.as_ref().unwrap().split_once('?').unwrap().1).unwrap();
    assert_eq!((turned.query.sort.as_str(), turned.query.descending), ("file", true));
}

#[test]
fn the_pager_counts_and_says_when_it_stopped_counting() {
    let range = |rows: Vec<Row>, start, total| {
        let listed = Listed { rows, start, next: None, previous: None, total };
        SPEC.view(&SPEC.read("").unwrap(), TableInput { listed, ..input(Vec::new()) }).pager.range
    };

    assert_eq!(range(vec![row(1), row(2)], 25, Count::Exactly(312)), "26–27 of 312");
    assert_eq!(range(vec![row(1)], 0, Count::AtLeast(10_001)), "1–1 of more than 10\u{202f}000");
    assert_eq!(range(Vec::new(), 0, Count::Exactly(0)), "nothing");
}

#[test]
fn a_table_is_rendered_with_order_selection_and_links() {
    let html = rendered("sort=file&status=accepted", input(vec![row(1), row(2)]));

    for expected in [
        "aria-sort=\"ascending\"",
        "<input type=\"checkbox\" name=\"id\" value=\"id-1\" aria-label=\"Select &#x3D;file1.json\">",
        "name=\"csrf\" value=\"token-&lt;1&gt;\"",
        "<a href=\"/evidence/id-2\">&#x3D;file2.json</a>",
        "chip-not-met",
        "26–27 of 312",
        "Remove Status Accepted",
        "value=\"accepted\" checked",
        "data-confirm=\"Withdraw the selected items?\"",
        "<code title=\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\">",
    ] {
        assert!(html.contains(expected), "{expected} is not in {html}");
    }
    assert!(!html.contains("style=") && !html.contains("onclick"));
}

#[test]
fn an_empty_table_says_the_next_step_and_an_overly_narrow_one_how_to_widen_it() {
    let nothing = rendered("", input(Vec::new()));
    let narrow = rendered("q=x", input(Vec::new()));

    assert!(nothing.contains("Upload evidence") && !nothing.contains("<table"));
    assert!(narrow.contains("Remove all filters") && !narrow.contains("Upload evidence"));
}

fn about() -> ExportAbout {
    ExportAbout {
        title: "Evidence".to_owned(),
        organisation: "Northwind Pay".to_owned(),
        at: AT,
        narrowed: vec![("Search".to_owned(), "=cmd".to_owned())],
    }
}

fn exported(format: ExportFormat, query: &str) -> Vec<u8> {
    let columns = SPEC.exported(&SPEC.read(query).unwrap());
    let export = Export::begin(format, Vec::new(), columns, &about()).unwrap();
    let mut odd = row(3);
    odd.cells[2] = Cell::Missing("not collected".into());
    export.write_all([vec![row(1), row(2)], vec![odd]]).unwrap()
}

#[test]
fn an_export_as_csv_says_what_it_is_and_keeps_the_chosen_columns() {
    let text = String::from_utf8(exported(ExportFormat::Csv, "columns=file,bytes,received")).unwrap();

    insta::assert_snapshot!(text, @r#"
    # Evidence of Northwind Pay · exported 20 Nov 2026 00:00 UTC · Search: =cmd
    file,received,bytes
    '=file1.json,2026-11-20T00:00:00.001Z,1000
    '=file2.json,2026-11-20T00:00:00.002Z,2000
    '=file3.json,,3000
    "#);
}

#[test]
fn an_export_as_json_gives_values_and_not_what_is_shown() {
    let rows: serde_json::Value = serde_json::from_slice(&exported(ExportFormat::Json, "")).unwrap();

    assert_eq!(rows.as_array().unwrap().len(), 3);
    assert_eq!(rows[0]["file"], "=file1.json");
    assert_eq!(rows[0]["bytes"], 1_000);
    assert_eq!(rows[0]["status"], "quarantined");
    assert_eq!(rows[0]["requirements"][1], "6.3.3", "without a choice optional columns are exported too");
    assert!(rows[2]["received"].is_null());
    let none =
        Export::begin(ExportFormat::Json, Vec::new(), SPEC.exported(&SPEC.read("").unwrap()), &about());
    assert_eq!(none.unwrap().finish().unwrap(), b"[\n]\n");
}

fn part(book: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn an_export_as_a_spreadsheet_has_words_figures_dates_and_no_formula() {
    let book = exported(ExportFormat::Xlsx, "");

    let sheet = part(&book, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("=file1.json") && !sheet.contains("<f>"), "{sheet}");
    assert!(sheet.contains("<v>1000</v>") && sheet.contains("t=\"inlineStr\""));
    assert!(sheet.contains("state=\"frozen\"") && sheet.contains("<autoFilter ref=\"A1:F4\"/>"), "{sheet}");
    assert!(sheet.contains("<v>46346<"), "the date is a figure with a format: {sheet}");
    assert!(part(&book, "xl/styles.xml").contains("yyyy-mm-dd"));
    assert!(part(&book, "xl/workbook.xml").contains("name=\"About\""));
    assert!(part(&book, "docProps/core.xml").contains("2026-11-20T00:00:00Z"));
}

#[test]
fn the_same_rows_give_the_same_bytes_in_every_format() {
    for format in ExportFormat::ALL {
        assert_eq!(exported(format, ""), exported(format, ""), "{format:?}");
    }
}

#[test]
fn a_file_is_named_after_what_it_holds_and_when() {
    let hostile = ExportAbout { title: "Évidence/../\"x\r\n".to_owned(), ..about() };

    assert_eq!(about().file_name(ExportFormat::Xlsx), "evidence-2026-11-20.xlsx");
    assert_eq!(hostile.file_name(ExportFormat::Csv), "vidence-x-2026-11-20.csv");
}
