//! The bar of requirements by status.

use serde::{Deserialize, Serialize};

use crate::report::chart::ChartTable;
use crate::report::chart::svg::{Frame, begin, describe, fill, number};
use crate::report::html::{SafeSvg, SvgWriter};
use crate::report::mark::Mark;
use crate::report::text;

/// One bar, split by status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusBar {
    /// Unique in the page: the names of title and description hang on it.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// Count per status, in the order shown.
    pub segments: Vec<(Mark, u64)>,
}

const BAR_WIDTH: f64 = 1000.0;
const GAP: f64 = 3.0;
/// Even one requirement among hundreds stays visible.
const LEAST: f64 = 6.0;

impl StatusBar {
    pub(super) fn draw(&self) -> SafeSvg {
        let mut svg = SvgWriter::default();
        begin(&mut svg, &Frame { id: &self.id, class: "bar", view: "0 0 1000 12", stretch: true });
        describe(&mut svg, &self.id, &self.title, &self.description());
        let mut x = 0.0;
        for (mark, width) in self.widths() {
            let class = format!("fill-{}", mark.class());
            svg.empty(
                "rect",
                &[
                    ("class", &class),
                    ("fill", fill(mark)),
                    ("x", &number(x)),
                    ("y", "0"),
                    ("width", &number(width)),
                    ("height", "12"),
                ],
            );
            x += width + GAP;
        }
        svg.close("svg");
        svg.finish()
    }

    pub(super) fn table(&self) -> ChartTable {
        let rows = self.segments.iter().map(|(m, n)| vec![m.word().to_owned(), text::grouped(*n)]);
        ChartTable::new(&self.title, &["Status", "Requirements"], rows.collect())
    }

    fn description(&self) -> String {
        let parts: Vec<String> = self
            .segments
            .iter()
            .filter(|(_, n)| *n > 0)
            .map(|(m, n)| format!("{} {}", text::grouped(*n), m.word().to_lowercase()))
            .collect();
        if parts.is_empty() { "Nothing to show.".to_owned() } else { format!("{}.", parts.join(", ")) }
    }

    /// Widths that fill the bar: proportional, but no segment thinner than [`LEAST`].
    #[expect(clippy::cast_precision_loss, reason = "a bar of 1000 units needs no more than 53 bits")]
    pub(super) fn widths(&self) -> Vec<(Mark, f64)> {
        let shown: Vec<(Mark, u64)> = self.segments.iter().copied().filter(|(_, n)| *n > 0).collect();
        let total: f64 = shown.iter().map(|(_, n)| *n as f64).sum();
        let room = BAR_WIDTH - GAP * (shown.len().max(1) - 1) as f64;
        let raised: Vec<(Mark, f64)> =
            shown.iter().map(|(m, n)| (*m, (*n as f64 / total * room).max(LEAST))).collect();
        let sum: f64 = raised.iter().map(|(_, w)| w).sum();
        raised.into_iter().map(|(m, w)| (m, w / sum * room)).collect()
    }
}
