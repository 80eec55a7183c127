//! What every drawing has: its frame, its name and description, and how figures become attributes.

use crate::report::html::SvgWriter;
use crate::report::mark::Mark;

pub(super) struct Frame<'a> {
    pub id: &'a str,
    pub class: &'static str,
    pub view: &'a str,
    pub stretch: bool,
}

pub(super) fn begin(svg: &mut SvgWriter, frame: &Frame<'_>) {
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

pub(super) fn describe(svg: &mut SvgWriter, id: &str, title: &str, description: &str) {
    svg.leaf("title", &[("id", &format!("{id}-t"))], title);
    svg.leaf("desc", &[("id", &format!("{id}-d"))], description);
}

/// The colour a drawing has where there is no style sheet.
pub(super) const fn fill(mark: Mark) -> &'static str {
    match mark {
        Mark::Met => "#3f9a68",
        Mark::NotMet => "#cf5244",
        Mark::Attention => "#b98218",
        Mark::Unknown => "#9a62c7",
        Mark::Manual => "#3d84c6",
        Mark::NotApplicable => "#8b8f9c",
    }
}

pub(crate) const fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "at most a few dozen rows")]
pub(super) const fn index(row: usize) -> f64 {
    row as f64
}

pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// The label cut to this many characters.
pub(super) fn shortened(label: &str, most: usize) -> String {
    if label.chars().count() <= most {
        return label.to_owned();
    }
    label.chars().take(most - 1).chain(['…']).collect()
}

/// A text of a drawing: where, how large, and from which side.
pub(super) struct Words<'a> {
    pub class: &'static str,
    pub x: f64,
    pub y: f64,
    pub size: &'static str,
    pub anchor: &'static str,
    pub text: &'a str,
}

impl Words<'_> {
    pub(super) fn draw(&self, svg: &mut SvgWriter) {
        let attributes = [
            ("class", self.class),
            ("x", &number(self.x)),
            ("y", &number(self.y)),
            ("font-size", self.size),
            ("text-anchor", self.anchor),
        ];
        svg.leaf("text", &attributes, self.text);
    }
}

/// A share of a whole that may be nothing: between 0 and 1.
pub(super) fn share(part: f64, whole: f64) -> f64 {
    let share = finite(part) / whole;
    if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
}

/// A count as a length.
#[expect(clippy::cast_precision_loss, reason = "a drawing of some hundred units needs no more than 53 bits")]
pub(super) const fn amount(count: u64) -> f64 {
    count as f64
}
