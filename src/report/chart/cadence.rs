//! A strip of slots: whether something was done as often as it must be, and when it is due next.

use serde::{Deserialize, Serialize};

use crate::base::UnixMillis;
use crate::report::chart::ChartTable;
use crate::report::chart::svg::{Frame, Words, begin, describe, index, number};
use crate::report::html::{SafeSvg, SvgWriter};
use crate::report::text;

/// Slots in which something has to be done once each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cadence {
    /// Unique in the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The slots, oldest first.
    pub slots: Vec<Slot>,
}

/// One slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its first instant.
    pub from: UnixMillis,
    /// Its last instant.
    pub until: UnixMillis,
    /// What became of it.
    pub state: SlotState,
    /// When it was done, or why it was not; empty when there is nothing to say.
    pub note: String,
}

/// What became of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SlotState {
    /// Done in time.
    Kept,
    /// Done after its end.
    Late,
    /// Not done.
    Missed,
    /// Nobody can say: the evidence could not be collected.
    CollectionFailed,
    /// An approved exception covers it.
    Waived,
    /// Still to come.
    Planned,
}

impl SlotState {
    /// Every state, in the order they are counted.
    pub const ALL: [Self; 6] =
        [Self::Kept, Self::Late, Self::Missed, Self::CollectionFailed, Self::Waived, Self::Planned];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kept => "Kept",
            Self::Late => "Late",
            Self::Missed => "Missed",
            Self::CollectionFailed => "Collection failed",
            Self::Waived => "Waived",
            Self::Planned => "Planned",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Kept => "slot fill-met",
            Self::Late => "slot fill-attention",
            Self::Missed => "slot fill-not-met",
            Self::CollectionFailed => "slot fill-unknown",
            Self::Waived => "slot fill-not-applicable",
            Self::Planned => "slot slot-planned",
        }
    }

    /// Its sign in a box of 16 units: nobody has to tell colours apart.
    const fn sign(self) -> Option<&'static str> {
        match self {
            Self::Kept => Some("M3 8.5l3.2 3.2L13 4.8"),
            Self::Late => Some("M8 3v5l3.5 2.5"),
            Self::Missed => Some("M4 4l8 8M12 4l-8 8"),
            Self::CollectionFailed => Some("M8 3v6M8 12v.8"),
            Self::Waived => Some("M3.5 8h9"),
            Self::Planned => None,
        }
    }
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 48.0;
const GAP: f64 = 2.0;
/// A sign is this wide, and smaller in a narrower slot.
const SIGN: f64 = 16.0;
const BAR: f64 = 24.0;
/// A few slots do not become beams.
const WIDEST: f64 = 96.0;
/// The newest are drawn; the table has them all.
const MOST: usize = 72;

impl Cadence {
    pub(super) fn draw(&self) -> SafeSvg {
        let mut svg = SvgWriter::default();
        let view = format!("0 0 {} {}", number(WIDTH), number(HEIGHT));
        begin(&mut svg, &Frame { id: &self.id, class: "cadence", view: &view, stretch: false });
        describe(&mut svg, &self.id, &self.title, &self.description());
        let drawn = &self.slots[self.slots.len().saturating_sub(MOST)..];
        let step = (WIDTH / index(drawn.len().max(1))).min(WIDEST);
        for (place, slot) in drawn.iter().enumerate() {
            slot.draw(&mut svg, index(place) * step, (step - GAP).max(1.0));
        }
        if let (Some(first), Some(last)) = (drawn.first(), drawn.last()) {
            let (from, until) = (first.from.to_date(), last.until.to_date());
            let words = |x, anchor, text| Words { class: "chart-tick", x, y: 42.0, size: "12", anchor, text };
            words(0.0, "start", &from).draw(&mut svg);
            // two dates of 70 units need room beside each other
            let end = step * index(drawn.len()) - GAP;
            if end > 160.0 {
                words(end, "end", &until).draw(&mut svg);
            }
        }
        svg.close("svg");
        svg.finish()
    }

    pub(super) fn table(&self) -> ChartTable {
        let row = |s: &Slot| vec![s.dates(), s.state.word().to_owned(), s.note.clone()];
        ChartTable::new(&self.title, &["Slot", "State", "Note"], self.slots.iter().map(row).collect())
    }

    fn description(&self) -> String {
        let count = |state: SlotState| self.slots.iter().filter(|s| s.state == state).count() as u64;
        let counts = SlotState::ALL.into_iter().map(|state| (state, count(state))).filter(|(_, n)| *n > 0);
        let parts: Vec<String> = counts
            .map(|(state, n)| format!("{} {}", text::grouped(n), state.word().to_lowercase()))
            .collect();
        if parts.is_empty() { "No slots yet.".to_owned() } else { format!("{}.", parts.join(", ")) }
    }
}

impl Slot {
    fn dates(&self) -> String {
        format!("{} to {}", self.from.to_date(), self.until.to_date())
    }

    fn draw(&self, svg: &mut SvgWriter, x: f64, width: f64) {
        svg.open("g", &[]);
        let note = if self.note.is_empty() { String::new() } else { format!(" ({})", self.note) };
        svg.leaf("title", &[], &format!("{}: {}{note}", self.dates(), self.state.word()));
        let bar = [
            ("class", self.state.class()),
            ("x", &number(x)),
            ("y", "1"),
            ("width", &number(width)),
            ("height", &number(BAR)),
            ("rx", "2"),
        ];
        svg.empty("rect", &bar);
        if let Some(sign) = self.state.sign() {
            let scale = (width / SIGN * 100.0).floor().min(100.0) / 100.0;
            let (left, top) = (x + SIGN.mul_add(-scale, width) / 2.0, 1.0 + SIGN.mul_add(-scale, BAR) / 2.0);
            let at = format!("translate({} {}) scale({scale:.2})", number(left), number(top));
            svg.empty("path", &[("class", "slot-sign"), ("fill", "none"), ("transform", &at), ("d", sign)]);
        }
        svg.close("g");
    }
}
