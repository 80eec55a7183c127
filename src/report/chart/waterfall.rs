//! The waterfall of a vendor's score.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::report::chart::ChartTable;
use crate::report::chart::svg::{Frame, begin, describe, finite, index, number, shortened};
use crate::report::html::{SafeSvg, SvgWriter};
use crate::report::text;

/// A score as a start and the changes that lead to its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waterfall {
    /// Unique in the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The start (an absolute value), then each change with its sign, on a scale of 0 to 100.
    pub steps: Vec<(String, f64)>,
    /// What the end is called.
    pub end: String,
}

const ROW: f64 = 30.0;
const LABEL: f64 = 190.0;
const PLOT: f64 = 190.0;
const WIDTH: f64 = 440.0;
/// More steps than this are not drawn; the table beside the chart has them all.
const MOST_STEPS: usize = 24;

/// One bar of the waterfall: from where to where, and how its figure is written.
struct Step<'a> {
    label: &'a str,
    class: &'static str,
    fill: &'static str,
    from: f64,
    to: f64,
    figure: String,
}

impl Waterfall {
    /// Where the score ends.
    pub fn total(&self) -> f64 {
        self.steps.iter().map(|(_, v)| finite(*v)).sum()
    }

    pub(super) fn draw(&self) -> SafeSvg {
        let steps = self.bars();
        let height = number(ROW.mul_add(index(steps.len()), 22.0));
        let mut svg = SvgWriter::default();
        let view = format!("0 0 {} {height}", number(WIDTH));
        begin(&mut svg, &Frame { id: &self.id, class: "waterfall", view: &view, stretch: false });
        describe(&mut svg, &self.id, &self.title, &self.description());
        scale(&mut svg, ROW.mul_add(index(steps.len()), 4.0));
        for (row, step) in steps.iter().enumerate() {
            step.draw(&mut svg, index(row) * ROW);
        }
        svg.close("svg");
        svg.finish()
    }

    pub(super) fn table(&self) -> ChartTable {
        let figure = |(row, (label, value)): (usize, &(String, f64))| {
            let value = finite(*value);
            vec![label.clone(), if row == 0 { text::score(value) } else { text::change(value) }]
        };
        let mut rows: Vec<Vec<String>> = self.steps.iter().enumerate().map(figure).collect();
        rows.push(vec![self.end.clone(), text::score(self.total())]);
        ChartTable::new(&self.title, &["Step", "Points"], rows)
    }

    fn description(&self) -> String {
        let start = self.steps.first().map_or(0.0, |(_, v)| finite(*v));
        let changes = text::counted(self.steps.len().saturating_sub(1) as u64, "change", "changes");
        format!("From {} by {changes} to {}.", text::score(start), text::score(self.total()))
    }

    fn bars(&self) -> Vec<Step<'_>> {
        let mut at = 0.0;
        let mut bars = Vec::new();
        for (row, (label, value)) in self.steps.iter().take(MOST_STEPS).enumerate() {
            let to = at + finite(*value);
            let (class, fill) = match to.total_cmp(&at) {
                _ if row == 0 => ("fall-start", "#8b8f9c"),
                Ordering::Less => ("fall-down", "#3f9a68"),
                Ordering::Equal => ("fall-none", "#c3c6cf"),
                Ordering::Greater => ("fall-up", "#cf5244"),
            };
            let figure = if row == 0 { text::score(*value) } else { text::change(*value) };
            bars.push(Step { label, class, fill, from: at, to, figure });
            at = to;
        }
        let figure = text::score(self.total());
        let (class, fill) = ("fall-end", "#5b5bd6");
        bars.push(Step { label: &self.end, class, fill, from: 0.0, to: self.total(), figure });
        bars
    }
}

impl Step<'_> {
    fn draw(&self, svg: &mut SvgWriter, y: f64) {
        let (low, high) = (place(self.from.min(self.to)), place(self.from.max(self.to)));
        let middle = number(y + 19.0);
        svg.leaf(
            "text",
            &[("class", "fall-label"), ("x", "0"), ("y", &middle), ("font-size", "15")],
            &shortened(self.label, 24),
        );
        svg.empty(
            "rect",
            &[
                ("class", self.class),
                ("fill", self.fill),
                ("x", &number(low)),
                ("y", &number(y + 6.0)),
                ("width", &number((high - low).max(1.5))),
                ("height", "16"),
            ],
        );
        let x = number(WIDTH);
        let attributes = [
            ("class", "fall-value"),
            ("x", &*x),
            ("y", &*middle),
            ("font-size", "15"),
            ("text-anchor", "end"),
        ];
        svg.leaf("text", &attributes, &self.figure);
    }
}

/// Lines and figures at 0, 25, 50, 75 and 100.
fn scale(svg: &mut SvgWriter, bottom: f64) {
    for value in ["0", "25", "50", "75", "100"] {
        let x = number(place(value.parse().unwrap_or_default()));
        let line = [
            ("class", "fall-grid"),
            ("stroke", "#d9dbe1"),
            ("x1", &*x),
            ("x2", &*x),
            ("y1", "0"),
            ("y2", &number(bottom)),
        ];
        svg.empty("line", &line);
        let y = number(bottom + 14.0);
        let figure =
            [("class", "fall-tick"), ("x", &*x), ("y", &*y), ("font-size", "14"), ("text-anchor", "middle")];
        svg.leaf("text", &figure, value);
    }
}

fn place(value: f64) -> f64 {
    LABEL + value.clamp(0.0, 100.0) / 100.0 * PLOT
}
