//! Charts as SVG made here: the stacked status bar and the waterfall of a vendor's score.
//!
//! Colours are presentation attributes, so a drawing also stands alone; the style sheet overrides them by class, so
//! it follows the theme. No style attributes, no scripts, no text that is not escaped.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::report::html::{SafeSvg, SvgWriter};
use crate::report::mark::{Mark, Tally};
use crate::report::text;

/// A chart as figures and labels; it becomes markup only when drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "chart", rename_all = "kebab-case")]
pub enum Chart {
    /// How many requirements carry each status, as one bar.
    StatusBar(StatusBar),
    /// How a score came about, step by step.
    Waterfall(Waterfall),
}

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

const BAR_WIDTH: f64 = 1000.0;
const GAP: f64 = 3.0;
/// Even one requirement among hundreds stays visible.
const LEAST: f64 = 6.0;

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
        }
    }
}

impl StatusBar {
    fn draw(&self) -> SafeSvg {
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
    fn widths(&self) -> Vec<(Mark, f64)> {
        let shown: Vec<(Mark, u64)> = self.segments.iter().copied().filter(|(_, n)| *n > 0).collect();
        let total: f64 = shown.iter().map(|(_, n)| *n as f64).sum();
        let room = BAR_WIDTH - GAP * (shown.len().max(1) - 1) as f64;
        let raised: Vec<(Mark, f64)> =
            shown.iter().map(|(m, n)| (*m, (*n as f64 / total * room).max(LEAST))).collect();
        let sum: f64 = raised.iter().map(|(_, w)| w).sum();
        raised.into_iter().map(|(m, w)| (m, w / sum * room)).collect()
    }
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

    fn draw(&self) -> SafeSvg {
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
            &shortened(self.label),
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

struct Frame<'a> {
    id: &'a str,
    class: &'static str,
    view: &'a str,
    stretch: bool,
}

fn begin(svg: &mut SvgWriter, frame: &Frame<'_>) {
    let named = format!("{0}-t {0}-d", frame.id);
    let ratio = if frame.stretch { "none" } else { "xMinYMin meet" };
    svg.open(
        "svg",
        &[
            ("class", frame.class),
            ("viewBox", frame.view),
            ("preserveAspectRatio", ratio),
            ("role", "img"),
            ("aria-labelledby", &named),
        ],
    );
}

fn describe(svg: &mut SvgWriter, id: &str, title: &str, description: &str) {
    svg.leaf("title", &[("id", &format!("{id}-t"))], title);
    svg.leaf("desc", &[("id", &format!("{id}-d"))], description);
}

/// The colour a drawing has where there is no style sheet.
const fn fill(mark: Mark) -> &'static str {
    match mark {
        Mark::Met => "#3f9a68",
        Mark::NotMet => "#cf5244",
        Mark::Attention => "#b98218",
        Mark::Unknown => "#9a62c7",
        Mark::Manual => "#3d84c6",
        Mark::NotApplicable => "#8b8f9c",
    }
}

fn place(value: f64) -> f64 {
    LABEL + value.clamp(0.0, 100.0) / 100.0 * PLOT
}

pub(crate) const fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "at most a few dozen rows")]
const fn index(row: usize) -> f64 {
    row as f64
}

fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

fn shortened(label: &str) -> String {
    if label.chars().count() <= 24 {
        return label.to_owned();
    }
    label.chars().take(23).chain(['…']).collect()
}

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

        assert!((widths.iter().map(|(_, w)| w).sum::<f64>() - (BAR_WIDTH - GAP)).abs() < 1e-6);
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
