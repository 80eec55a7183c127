//! A grid of counts, darker where there is more; every cell says its figure.

use serde::{Deserialize, Serialize};

use crate::report::chart::ChartTable;
use crate::report::chart::svg::{Frame, Words, amount, begin, describe, index, number, share, shortened};
use crate::report::html::{SafeSvg, SvgWriter};
use crate::report::text;

/// How much there is of each of two things together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeatMap {
    /// Unique in the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// What the rows are.
    pub row_noun: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Each row's name and its figures; `None` where it is not known.
    pub rows: Vec<(String, Vec<Option<u64>>)>,
}

const WIDTH: f64 = 720.0;
const LEFT: f64 = 168.0;
const HEAD: f64 = 22.0;
const ROW: f64 = 28.0;
/// Twelve letters above narrow columns.
const HEAD_ROOM: f64 = 80.0;
/// More are not drawn; the table has them all.
const MOST_ROWS: usize = 40;
const MOST_COLUMNS: usize = 53;
const LEVELS: [&str; 6] = ["heat-0", "heat-1", "heat-2", "heat-3", "heat-4", "heat-5"];

impl HeatMap {
    pub(super) fn draw(&self) -> SafeSvg {
        let rows = &self.rows[..self.rows.len().min(MOST_ROWS)];
        let columns = &self.columns[..self.columns.len().min(MOST_COLUMNS)];
        let mut svg = SvgWriter::default();
        let height = ROW.mul_add(index(rows.len()), HEAD);
        let view = format!("0 0 {} {}", number(WIDTH), number(height));
        begin(&mut svg, &Frame { id: &self.id, class: "heat", view: &view, stretch: false });
        describe(&mut svg, &self.id, &self.title, &self.description());
        let width = ((WIDTH - LEFT) / index(columns.len().max(1))).min(96.0);
        heads(&mut svg, columns, width);
        let most = self.most();
        for (place, (name, values)) in rows.iter().enumerate() {
            let y = ROW.mul_add(index(place), HEAD);
            let text = &shortened(name, 24);
            Words { class: "chart-label", x: 0.0, y: y + 18.0, size: "12", anchor: "start", text }
                .draw(&mut svg);
            for (column, head) in columns.iter().enumerate() {
                let value = values.get(column).copied().flatten();
                let cell = Cell { name, head, value, x: index(column).mul_add(width, LEFT), y, width };
                cell.draw(&mut svg, most);
            }
        }
        svg.close("svg");
        svg.finish()
    }

    pub(super) fn table(&self) -> ChartTable {
        let noun = text::capitalised(&self.row_noun);
        let headers: Vec<&str> =
            std::iter::once(noun.as_str()).chain(self.columns.iter().map(String::as_str)).collect();
        let row = |(name, values): &(String, Vec<Option<u64>>)| {
            let figures = (0..self.columns.len()).map(|at| figure(values.get(at).copied().flatten()));
            std::iter::once(name.clone()).chain(figures).collect()
        };
        ChartTable::new(&self.title, &headers, self.rows.iter().map(row).collect())
    }

    fn most(&self) -> u64 {
        self.rows.iter().flat_map(|(_, values)| values).copied().flatten().max().unwrap_or(0)
    }

    fn description(&self) -> String {
        let cells = self.rows.iter().flat_map(|(name, values)| {
            values.iter().zip(&self.columns).map(move |(value, column)| (*value, name, column))
        });
        match cells.filter(|(value, ..)| value.is_some()).max_by_key(|(value, ..)| *value) {
            Some((Some(most), name, column)) if most > 0 => {
                format!("Most in {name}, {column}: {}.", text::grouped(most))
            }
            Some(_) => "None anywhere.".to_owned(),
            None => "Nothing to show.".to_owned(),
        }
    }
}

/// One cell of the grid.
struct Cell<'a> {
    name: &'a str,
    head: &'a str,
    value: Option<u64>,
    x: f64,
    y: f64,
    width: f64,
}

impl Cell<'_> {
    fn draw(&self, svg: &mut SvgWriter, most: u64) {
        svg.open("g", &[]);
        svg.leaf("title", &[], &format!("{}, {}: {}", self.name, self.head, figure(self.value)));
        let class = self.value.map_or("heat-none", |value| level(value, most));
        let rect = [
            ("class", class),
            ("x", &number(self.x)),
            ("y", &number(self.y)),
            ("width", &number((self.width - 2.0).max(1.0))),
            ("height", &number(ROW - 2.0)),
            ("rx", "2"),
        ];
        svg.empty("rect", &rect);
        let text = self.value.map_or_else(|| "?".to_owned(), text::grouped);
        if self.width >= 30.0 && text.chars().count() <= 6 {
            let x = self.x + (self.width - 2.0) / 2.0;
            let class =
                if class == "heat-5" || class == "heat-4" { "heat-figure-dark" } else { "heat-figure" };
            Words { class, x, y: self.y + 18.0, size: "12", anchor: "middle", text: &text }.draw(svg);
        }
        svg.close("g");
    }
}

fn heads(svg: &mut SvgWriter, columns: &[String], width: f64) {
    // as many letters as a column is wide; narrow columns name every so many
    let every = if width >= 30.0 { 1 } else { 8 };
    let most = if width >= 90.0 { 13 } else { 5 };
    for (place, name) in columns.iter().enumerate().step_by(every) {
        let x = index(place).mul_add(width, LEFT);
        if every > 1 && x > WIDTH - HEAD_ROOM {
            break;
        }
        let text = &shortened(name, if every > 1 { 12 } else { most });
        Words { class: "chart-tick", x, y: 14.0, size: "12", anchor: "start", text }.draw(svg);
    }
}

/// Nothing is 0; anything is at least 1.
fn level(value: u64, most: u64) -> &'static str {
    if value == 0 {
        return LEVELS[0];
    }
    match share(amount(value), amount(most)) {
        s if s > 0.8 => LEVELS[5],
        s if s > 0.6 => LEVELS[4],
        s if s > 0.4 => LEVELS[3],
        s if s > 0.2 => LEVELS[2],
        _ => LEVELS[1],
    }
}

fn figure(value: Option<u64>) -> String {
    value.map_or_else(|| "not known".to_owned(), text::grouped)
}
