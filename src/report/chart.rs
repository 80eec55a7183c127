//! Charts as SVG made here: status bar, waterfall, trend, cadence strip, donut and heat map.
//!
//! Colours come from the style sheet by class, so a drawing follows the theme wherever it stands. No style attributes,
//! no scripts, no text that is not escaped. Every drawing names and describes itself, and every chart can say its
//! figures as a table.

mod cadence;
mod donut;
mod heat;
mod status_bar;
mod svg;
mod trend;
mod waterfall;

use serde::{Deserialize, Serialize};

use crate::report::html::SafeSvg;
use crate::report::mark::{Mark, Tally};
use crate::report::text;

pub use cadence::{Cadence, Slot, SlotState};
pub use donut::Donut;
pub use heat::HeatMap;
pub use status_bar::StatusBar;
pub(crate) use svg::finite;
pub use trend::{Series, Trend};
pub use waterfall::Waterfall;

/// A chart as figures and labels; it becomes markup only when drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "chart", rename_all = "kebab-case")]
pub enum Chart {
    /// How many requirements carry each status, as one bar.
    StatusBar(StatusBar),
    /// How a score came about, step by step.
    Waterfall(Waterfall),
    /// How figures changed over time.
    Trend(Trend),
    /// Whether something was done as often as it must be.
    Cadence(Cadence),
    /// What a whole is made of.
    Donut(Donut),
    /// How much there is of each of two things together.
    HeatMap(HeatMap),
}

/// The colour of a part of a chart; its words never depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// One of the six statuses.
    Mark(Mark),
    /// What the chart is about.
    Accent,
    /// What it is compared with.
    Neutral,
}

impl Tone {
    /// The suffix of its classes `fill-…` and `stroke-…`.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Mark(mark) => mark.class(),
            Self::Accent => "accent",
            Self::Neutral => "neutral",
        }
    }
}

/// The figures of a chart as a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChartTable {
    /// What it shows.
    pub caption: String,
    /// Headings; the first is of the rows' names.
    pub headers: Vec<String>,
    /// Rows; each begins with its name.
    pub rows: Vec<Vec<String>>,
}

impl ChartTable {
    fn new(caption: &str, headers: &[&str], rows: Vec<Vec<String>>) -> Self {
        let headers = headers.iter().map(|h| (*h).to_owned()).collect();
        Self { caption: caption.to_owned(), headers, rows }
    }
}

/// A chart with the table of its figures, as `partials/chart` takes it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// The drawing.
    pub chart: Chart,
    /// Its figures.
    pub table: ChartTable,
}

impl Figure {
    /// The chart with its table.
    pub fn of(chart: Chart) -> Self {
        Self { table: chart.table(), chart }
    }
}

impl Chart {
    /// The bar of a tally.
    pub fn status_bar(id: &str, title: &str, tally: &Tally) -> Self {
        let segments = Mark::ALL.into_iter().map(|m| (m, tally.count(m))).collect();
        Self::StatusBar(StatusBar { id: text::anchor("c", id), title: title.to_owned(), segments })
    }

    /// Draws it.
    pub fn draw(&self) -> SafeSvg {
        match self {
            Self::StatusBar(bar) => bar.draw(),
            Self::Waterfall(fall) => fall.draw(),
            Self::Trend(trend) => trend.draw(),
            Self::Cadence(cadence) => cadence.draw(),
            Self::Donut(donut) => donut.draw(),
            Self::HeatMap(map) => map.draw(),
        }
    }

    /// Its figures as a table: all of them, also those a drawing has no room for.
    pub fn table(&self) -> ChartTable {
        match self {
            Self::StatusBar(bar) => bar.table(),
            Self::Waterfall(fall) => fall.table(),
            Self::Trend(trend) => trend.table(),
            Self::Cadence(cadence) => cadence.table(),
            Self::Donut(donut) => donut.table(),
            Self::HeatMap(map) => map.table(),
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests {
    use super::*;

    fn waterfall(steps: &[(&str, f64)]) -> Waterfall {
        Waterfall {
            id: "w".to_owned(),
            title: "Score".to_owned(),
            steps: steps.iter().map(|(l, v)| ((*l).to_owned(), *v)).collect(),
            end: "Residual".to_owned(),
        }
    }

    #[test]
    fn a_status_bar_fills_its_width_and_keeps_one_among_many_visible() {
        let tally: Tally = std::iter::repeat_n(Mark::Met, 999).chain(std::iter::once(Mark::NotMet)).collect();
        let Chart::StatusBar(bar) = Chart::status_bar("all", "All", &tally) else { panic!("a bar") };

        let widths = bar.widths();

        assert!((widths.iter().map(|(_, w)| w).sum::<f64>() - 997.0).abs() < 1e-6);
        assert!(widths[1].1 > 5.0);
    }

    #[test]
    fn charts_name_and_describe_themselves() {
        let tally: Tally = [Mark::Met, Mark::Unknown].into_iter().collect();

        insta::assert_snapshot!("status_bar", Chart::status_bar("x", "By <status>", &tally).draw().as_str());
        let fall = waterfall(&[("Inherent", 87.5), ("Access <x>", -20.0), ("Floor", 2.5)]);
        insta::assert_snapshot!("waterfall", Chart::Waterfall(fall).draw().as_str().replace("><", ">\n<"));
    }

    #[test]
    fn empty_and_hostile_figures_draw_something_finite() {
        let empty = Chart::status_bar("x", "None", &Tally::default()).draw();
        let odd = Chart::Waterfall(waterfall(&[("a", f64::NAN), ("b", f64::INFINITY), ("c", -1e300)])).draw();

        for svg in [empty, odd] {
            assert!(!svg.as_str().contains("NaN\"") && !svg.as_str().contains("inf\""), "{}", svg.as_str());
        }
    }

    #[test]
    fn a_chart_survives_the_way_through_the_template_data() {
        let chart = Chart::Waterfall(waterfall(&[("Inherent", 50.0)]));

        let value = serde_json::to_value(&chart).unwrap();

        assert_eq!(serde_json::from_value::<Chart>(value).unwrap(), chart);
    }
}
