//! What people read: the framework report, the pack's pages and the service's overview, from data to HTML.
//!
//! A view model ([`view`]) turns verdicts into plain formatted strings, a template lays them out, and [`render::Pages`]
//! joins the two. Nothing here reads the clock or orders anything by chance: the same input gives the same bytes,
//! because reports go into packs that can be re-created and compared.

pub mod assets;
pub mod chart;
mod content;
pub mod gate;
mod html;
mod icons;
mod mark;
pub mod pack;
pub mod render;
pub mod table;
pub(crate) mod text;
pub mod view;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod page_tests;

pub use html::SafeSvg;
pub use mark::{Mark, Tally};
pub use render::{Pages, RenderError};
pub use text::{anchor, control_href, short_digest};
pub use view::{
    AsOf, CheckpointFacts, Choice, ControlInput, ControlPage, ControlPages, Crumb, ErrorPage, EvidenceRow,
    Field, FormError, Frame, FrameworkBar, FrameworkReport, NavGroup, NavItem, Notice, Overview,
    PackFrameworkInput, PackInput, PackReadme, PackedEvidence, PageView, PersonChip, ReportInput,
    SelectField, VendorRow,
};
