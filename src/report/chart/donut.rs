//! A ring of parts with their names and figures beside it.

use serde::{Deserialize, Serialize};

use crate::report::chart::svg::{Frame, Words, amount, begin, describe, index, number, share, shortened};
use crate::report::chart::{ChartTable, Tone};
use crate::report::html::{SafeSvg, SvgWriter};
use crate::report::text;

/// What a whole is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Donut {
    /// Unique in the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// What several of the things counted are called.
    pub noun: String,
    /// Name, figure and colour of each part.
    pub parts: Vec<(String, u64, Tone)>,
}

const SIZE: f64 = 160.0;
const WIDTH: f64 = 400.0;
const LINE: f64 = 20.0;
/// More parts than this are drawn as one; the table has them all.
const MOST: usize = 7;

impl Donut {
    pub(super) fn draw(&self) -> SafeSvg {
        let mut svg = SvgWriter::default();
        let view = format!("0 0 {} {}", number(WIDTH), number(SIZE));
        begin(&mut svg, &Frame { id: &self.id, class: "donut", view: &view, stretch: false });
        describe(&mut svg, &self.id, &self.title, &self.description());
        svg.empty("circle", &ring("donut-track", None));
        let drawn = self.drawn();
        let total = amount(self.total());
        let mut before = 0.0;
        for (_, count, tone) in &drawn {
            let part = share(amount(*count), total) * 100.0;
            let class = format!("stroke-{}", tone.class());
            svg.empty("circle", &ring(&class, Some((&dashes(part), &number(-before)))));
            before += part;
        }
        let text = &text::grouped(self.total());
        Words { class: "donut-total", x: 80.0, y: 86.0, size: "18", anchor: "middle", text }.draw(&mut svg);
        legend(&mut svg, &drawn);
        svg.close("svg");
        svg.finish()
    }

    pub(super) fn table(&self) -> ChartTable {
        let rows = self.parts.iter().map(|(name, count, _)| vec![name.clone(), text::grouped(*count)]);
        let noun = text::capitalised(&self.noun);
        ChartTable::new(&self.title, &["Part", &noun], rows.collect())
    }

    fn total(&self) -> u64 {
        self.parts.iter().fold(0, |sum, (_, count, _)| sum.saturating_add(*count))
    }

    fn description(&self) -> String {
        let parts: Vec<String> =
            self.parts.iter().map(|(name, count, _)| format!("{name} {}", text::grouped(*count))).collect();
        if parts.is_empty() {
            return "Nothing to show.".to_owned();
        }
        format!("{} {}: {}.", text::grouped(self.total()), self.noun, parts.join(", "))
    }

    fn drawn(&self) -> Vec<(String, u64, Tone)> {
        if self.parts.len() <= MOST {
            return self.parts.clone();
        }
        let (kept, others) = self.parts.split_at(MOST - 1);
        let rest = others.iter().fold(0_u64, |sum, (_, count, _)| sum.saturating_add(*count));
        let others = (format!("{} others", others.len()), rest, Tone::Neutral);
        kept.iter().cloned().chain([others]).collect()
    }
}

/// A ring whose way round is 100 long, beginning at the top.
fn ring<'a>(class: &'a str, dash: Option<(&'a str, &'a str)>) -> Vec<(&'static str, &'a str)> {
    let mut attributes = vec![
        ("class", class),
        ("fill", "none"),
        ("cx", "80"),
        ("cy", "80"),
        ("r", "62"),
        ("stroke-width", "22"),
        ("pathLength", "100"),
    ];
    if let Some((dashes, offset)) = dash {
        attributes.extend([
            ("stroke-dasharray", dashes),
            ("stroke-dashoffset", offset),
            ("transform", "rotate(-90 80 80)"),
        ]);
    }
    attributes
}

fn dashes(part: f64) -> String {
    format!("{} {}", number(part), number(100.0 - part))
}

fn legend(svg: &mut SvgWriter, parts: &[(String, u64, Tone)]) {
    let top = (SIZE - index(parts.len()) * LINE) / 2.0;
    for (place, (name, count, tone)) in parts.iter().enumerate() {
        let y = top + index(place) * LINE;
        let class = format!("fill-{}", tone.class());
        let key = [
            ("class", class.as_str()),
            ("x", "184"),
            ("y", &number(y + 4.0)),
            ("width", "10"),
            ("height", "10"),
            ("rx", "2"),
        ];
        svg.empty("rect", &key);
        let name = &shortened(name, 20);
        let count = &text::grouped(*count);
        let y = y + 14.0;
        Words { class: "chart-label", x: 202.0, y, size: "13", anchor: "start", text: name }.draw(svg);
        Words { class: "chart-value", x: WIDTH, y, size: "13", anchor: "end", text: count }.draw(svg);
    }
}
