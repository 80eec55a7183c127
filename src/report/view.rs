//! View models: plain formatted strings in the order they are shown. Templates only lay them out.

mod account;
mod api_page;
mod control;
mod control_pages;
pub mod evidence_pages;
mod form;
mod frame;
mod framework;
mod gaps;
mod gaps_page;
mod outline;
mod overview;
pub mod pack_pages;
pub mod people;
mod readme;
mod requirement;
mod shared;
mod sign_in;
mod sources;
pub mod supply;

pub use account::{AccountPage, Moment, PasskeyLine, PasswordPage, SessionLine, device};
pub use api_page::{ApiField, ApiGroup, ApiOperation, ApiPage, ApiSchema};
pub use control::{ControlInput, ControlPage, ControlPages};
pub use control_pages::{
    ControlsInput, ControlsPage, Links, NextStep, Order, RequirementInput, RequirementPage, TestPage,
    TreeQuery, VerdictStep, When,
};
pub use form::{Choice, Field, FormError, SelectField};
pub use frame::{AsOf, Crumb, Frame, NavGroup, NavItem, Notice, PageView, PersonChip};
pub(crate) use framework::framework_name;
pub use framework::{AttentionLine, ChapterView, FrameworkReport, GroupHeading, GroupView, ReportInput};
pub use gaps::GapLine;
pub use gaps_page::{GapGroup, GapItem, GapsPage};
pub use overview::{
    AttentionItem, DueLine, ErrorPage, FrameworkBar, LedgerFacts, Overview, PackLine, SourceLine, VendorRisk,
    WorseLine,
};
pub use readme::{CheckpointFacts, PackFrameworkInput, PackInput, PackReadme, PackedEvidence};
pub use requirement::{FailingLine, PartView, Requirement, TestView};
pub use shared::{Chip, CountCell, EvidenceLine, EvidenceRow, Fact, Head, Summary, VendorLine, VendorRow};
pub use sign_in::{
    CodePage, ConfirmPage, QrView, RecoveryPage, SamplePerson, SecondFactorPage, SignInPage, SsoButton,
    WelcomePage,
};
