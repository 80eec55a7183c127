//! Lines over time. Where a figure is not known the line is interrupted: a straight line across would be made up.

use serde::{Deserialize, Serialize};

use crate::base::UnixMillis;
use crate::report::chart::svg::{Frame, Words, begin, describe, finite, index, number, share, shortened};
use crate::report::chart::{ChartTable, Tone};
use crate::report::html::{SafeSvg, SvgWriter};
use crate::report::text;

/// Figures over time, one line each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// Unique in the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The instants, oldest first.
    pub at: Vec<UnixMillis>,
    /// The lines.
    pub series: Vec<Series>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What it is called.
    pub name: String,
    /// Its colour.
    pub tone: Tone,
    /// A figure of nothing or more for each instant; `None` where it is not known.
    pub values: Vec<Option<f64>>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 44.0;
const RIGHT: f64 = 590.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 190.0;
/// Names beside the ends of the lines need this much height each.
const NAME: f64 = 15.0;
/// More lines are not drawn; the table has them all.
const MOST: usize = 8;

impl Trend {
    pub(super) fn draw(&self) -> SafeSvg {
        let most = self.most();
        let mut svg = SvgWriter::default();
        let view = format!("0 0 {} {}", number(WIDTH), number(HEIGHT));
        begin(&mut svg, &Frame { id: &self.id, class: "trend", view: &view, stretch: false });
        describe(&mut svg, &self.id, &self.title, &self.description());
        grid(&mut svg, most);
        self.dates(&mut svg);
        let drawn: Vec<&Series> = self.series.iter().take(MOST).collect();
        for series in &drawn {
            self.line(&mut svg, series, most);
        }
        self.names(&mut svg, &drawn, most);
        svg.close("svg");
        svg.finish()
    }

    pub(super) fn table(&self) -> ChartTable {
        let headers: Vec<&str> =
            std::iter::once("Date").chain(self.series.iter().map(|s| s.name.as_str())).collect();
        let row = |(place, at): (usize, &UnixMillis)| {
            let figures = self.series.iter().map(|s| figure(known(s, place)));
            std::iter::once(at.to_date()).chain(figures).collect()
        };
        ChartTable::new(&self.title, &headers, self.at.iter().enumerate().map(row).collect())
    }

    fn description(&self) -> String {
        let (Some(first), Some(last)) = (self.at.first(), self.at.last()) else {
            return "Nothing to show yet.".to_owned();
        };
        let newest = self.at.len() - 1;
        let ends = self.series.iter().map(|s| format!("{} {}", s.name, figure(known(s, newest))));
        let ends = ends.collect::<Vec<_>>().join(", ");
        format!("From {} to {}. At the end: {ends}.", first.to_date(), last.to_date())
    }

    /// The top of the scale: 1, 2 or 5 and as many noughts as it takes.
    fn most(&self) -> f64 {
        let all = self.series.iter().flat_map(|s| &s.values);
        let most = all.filter_map(|v| *v).map(finite).fold(0.0_f64, f64::max);
        let mut step = 1.0;
        while step < most && step < 1e300 {
            let next = [2.0, 5.0, 10.0].into_iter().find(|f| step * f >= most);
            step *= next.unwrap_or(10.0);
        }
        step
    }

    fn x(&self, place: usize) -> f64 {
        let millis = |t: Option<&UnixMillis>| t.map_or(0.0, |t| amount_of(*t));
        let (first, last) = (millis(self.at.first()), millis(self.at.last()));
        if last <= first {
            return f64::midpoint(LEFT, RIGHT);
        }
        LEFT + share(millis(self.at.get(place)) - first, last - first) * (RIGHT - LEFT)
    }

    /// A line for each run of known figures; one alone is a dot.
    fn line(&self, svg: &mut SvgWriter, series: &Series, most: f64) {
        let mut run: Vec<(f64, f64)> = Vec::new();
        for place in 0..self.at.len() {
            match known(series, place) {
                Some(value) => run.push((self.x(place), y(value, most))),
                None => draw_run(svg, series.tone, &std::mem::take(&mut run)),
            }
        }
        draw_run(svg, series.tone, &run);
    }

    fn names(&self, svg: &mut SvgWriter, drawn: &[&Series], most: f64) {
        let newest = |s: &Series| (0..self.at.len()).rev().find_map(|place| known(s, place));
        let mut ends: Vec<(f64, &Series)> =
            drawn.iter().filter_map(|s| newest(s).map(|value| (y(value, most), *s))).collect();
        ends.sort_by(|a, b| a.0.total_cmp(&b.0));
        let count = ends.len();
        let mut last = f64::NEG_INFINITY;
        for (place, (wanted, series)) in ends.into_iter().enumerate() {
            // below the one before, and high enough that those after it have room
            let lowest = BOTTOM - index(count - 1 - place) * NAME;
            let y = wanted.max(last + NAME).min(lowest);
            last = y;
            let class = format!("trend-end fill-{}", series.tone.class());
            let mark =
                [("class", class.as_str()), ("cx", &number(RIGHT + 12.0)), ("cy", &number(y)), ("r", "4")];
            svg.empty("circle", &mark);
            let text = &shortened(&series.name, 16);
            let words = Words {
                class: "chart-label",
                x: RIGHT + 22.0,
                y: y + 4.0,
                size: "12",
                anchor: "start",
                text,
            };
            words.draw(svg);
        }
    }

    fn dates(&self, svg: &mut SvgWriter) {
        let (Some(first), Some(last)) = (self.at.first(), self.at.last()) else { return };
        let (from, until) = (first.to_date(), last.to_date());
        let y = BOTTOM + 20.0;
        let words = |x, anchor, text| Words { class: "chart-tick", x, y, size: "12", anchor, text };
        if last <= first {
            words(self.x(0), "middle", &from).draw(svg);
            return;
        }
        words(LEFT, "start", &from).draw(svg);
        words(RIGHT, "end", &until).draw(svg);
    }
}

fn draw_run(svg: &mut SvgWriter, tone: Tone, run: &[(f64, f64)]) {
    match run {
        [] => {}
        [(x, y)] => {
            let class = format!("fill-{}", tone.class());
            svg.empty("circle", &[("class", &class), ("cx", &number(*x)), ("cy", &number(*y)), ("r", "2.5")]);
        }
        run => {
            let points: Vec<String> =
                run.iter().map(|(x, y)| format!("{},{}", number(*x), number(*y))).collect();
            let class = format!("trend-line stroke-{}", tone.class());
            let points = points.join(" ");
            svg.empty("polyline", &[("class", &class), ("fill", "none"), ("points", &points)]);
        }
    }
}

fn grid(svg: &mut SvgWriter, most: f64) {
    for part in [0.0, 0.5, 1.0] {
        let height = number(y(most * part, most));
        let line = [
            ("class", "chart-grid"),
            ("x1", &number(LEFT)),
            ("x2", &number(RIGHT)),
            ("y1", &*height),
            ("y2", &*height),
        ];
        svg.empty("line", &line);
        let text = &tick(most * part);
        let y = y(most * part, most) + 4.0;
        Words { class: "chart-tick", x: LEFT - 8.0, y, size: "12", anchor: "end", text }.draw(svg);
    }
}

fn known(series: &Series, place: usize) -> Option<f64> {
    series.values.get(place).copied().flatten().filter(|v| v.is_finite()).map(|v| v.max(0.0))
}

fn y(value: f64, most: f64) -> f64 {
    BOTTOM - share(value, most) * (BOTTOM - TOP)
}

fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "not known".to_owned(), tick)
}

/// A figure without needless decimals, and short however large it is.
fn tick(value: f64) -> String {
    match value {
        v if v >= 1e9 => format!("{v:.0e}"),
        v if v.fract().abs() < 1e-9 => {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1e9")]
            let whole = v as u64;
            text::grouped(whole)
        }
        v => text::score(v),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a drawing needs no milliseconds")]
const fn amount_of(time: UnixMillis) -> f64 {
    time.0 as f64
}
