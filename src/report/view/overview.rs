//! The service's overview page, and the page shown when something went wrong.

use serde::Serialize;

use crate::base::UnixMillis;
use crate::controls::{Evaluation, Framework};
use crate::report::chart::Figure;
use crate::report::mark::{Mark, Tally};
use crate::report::text;
use crate::report::view::control_pages::When;
use crate::report::view::framework::framework_name;
use crate::report::view::shared::{Chip, Fact, Summary};
use crate::report::view::{Crumb, PageView};

/// The overview as shown, top to bottom.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overview {
    /// When the verdicts are from.
    pub evaluated: When,
    /// Whether it is shown as of now: a past day needs nobody today.
    pub is_now: bool,
    /// What needs somebody today, at most five.
    pub attention: Vec<AttentionItem>,
    /// What got worse within a week, the worst first.
    pub worse: Vec<WorseLine>,
    /// What is said beside or instead of it.
    pub worse_note: String,
    /// One bar per framework.
    pub frameworks: Vec<FrameworkBar>,
    /// The next 90 days, week by week.
    pub strip: Option<Figure>,
    /// What has to be renewed in them, the soonest first.
    pub due: Vec<DueLine>,
    /// How much more has to.
    pub due_more: Option<String>,
    /// Sources with their health.
    pub sources: Vec<SourceLine>,
    /// Vendors at risk, the worst first.
    pub vendors: Vec<VendorRisk>,
    /// Newest packs.
    pub packs: Vec<PackLine>,
    /// The ledger; `None` before its first checkpoint.
    pub ledger: Option<LedgerFacts>,
}

/// One thing that needs somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttentionItem {
    /// Suffix of the status' style class.
    pub class: &'static str,
    /// A sentence.
    pub what: String,
    /// Where to act.
    pub href: String,
}

/// A requirement that got worse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorseLine {
    /// Framework and identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its page.
    pub href: String,
    /// What it was.
    pub from: Chip,
    /// What it is.
    pub to: Chip,
    /// The failing item or the missing evidence.
    pub why: String,
}

/// One framework's bar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrameworkBar {
    /// Name with version.
    pub title: String,
    /// Counts per status.
    pub summary: Summary,
    /// Its tree.
    pub href: String,
    /// What changed within seven days, in words.
    pub change: String,
}

/// Evidence that has to be renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DueLine {
    /// What is tested.
    pub what: String,
    /// The test's page.
    pub href: String,
    /// Until when what is there suffices.
    pub when: When,
}

/// A source with its health.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceLine {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Suffix of the status' style class.
    pub class: &'static str,
    /// What became of its last run, in a word.
    pub word: String,
    /// When it last ran.
    pub last: When,
    /// When it runs next.
    pub next: When,
    /// What it brought, or what went wrong.
    pub detail: String,
}

/// A vendor at risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VendorRisk {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Its tier.
    pub tier: String,
    /// Residual score.
    pub residual: String,
    /// Why it is not lower.
    pub why: String,
}

/// A pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackLine {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// What is in it.
    pub detail: String,
    /// When it was made.
    pub when: When,
}

/// The ledger's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerFacts {
    /// Size, root, time of the checkpoint, fingerprint.
    pub facts: Vec<Fact>,
}

impl Overview {
    /// An overview before anything is known, to be filled in.
    pub fn new(evaluated: Option<UnixMillis>) -> Self {
        Self {
            evaluated: When::past_or(evaluated, "not evaluated yet"),
            is_now: true,
            attention: Vec::new(),
            worse: Vec::new(),
            worse_note: String::new(),
            frameworks: Vec::new(),
            strip: None,
            due: Vec::new(),
            due_more: None,
            sources: Vec::new(),
            vendors: Vec::new(),
            packs: Vec::new(),
            ledger: None,
        }
    }
}

impl PageView for Overview {
    const TEMPLATE: &'static str = "overview";
    const SEEN_AS_OF: bool = true;
    const SHARED: bool = true;

    fn tab(&self) -> String {
        "Overview".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Overview")]
    }
}

impl FrameworkBar {
    /// The bar of one framework's verdicts, with what changed since an earlier evaluation.
    pub fn new(
        framework: &Framework,
        evaluation: &Evaluation,
        before: Option<&Evaluation>,
        href: String,
    ) -> Self {
        let title = framework_name(framework);
        let tally = Tally::of_framework(framework, &evaluation.requirements);
        let summary = Summary::new(&framework.id, &format!("{title}: requirements by status"), &tally);
        let change = before.map_or_else(String::new, |before| {
            changed(&Tally::of_framework(framework, &before.requirements), &tally, before.at)
        });
        Self { title, summary, href, change }
    }
}

fn changed(before: &Tally, now: &Tally, since: UnixMillis) -> String {
    let signed = |mark: Mark| {
        let (was, is) = (before.count(mark), now.count(mark));
        let sign = if is > was { "+" } else { "\u{2212}" };
        (is != was)
            .then(|| format!("{} {sign}{}", mark.word().to_lowercase(), text::grouped(is.abs_diff(was))))
    };
    let parts: Vec<String> = Mark::ALL.into_iter().filter_map(signed).collect();
    let since = since.to_date();
    if parts.is_empty() {
        format!("No change since {since}")
    } else {
        format!("{} since {since}", parts.join(", "))
    }
}

impl LedgerFacts {
    /// The facts of the newest checkpoint.
    pub fn new(size: u64, root: &str, at: UnixMillis, fingerprint: &str) -> Self {
        Self {
            facts: vec![
                Fact::text("Size", text::counted(size, "entry", "entries")),
                Fact::text("Checkpoint", at.to_display()),
                Fact::code("Root", text::short_digest(root)),
                Fact::code("Signing key", fingerprint),
            ],
        }
    }
}

/// The page shown when something went wrong; only what may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorPage {
    /// HTTP status.
    pub status: u16,
    /// The problem's title.
    pub title: String,
    /// What happened and what to do.
    pub detail: String,
    /// Identifier to quote when asking for help; `None` when there is none.
    pub request_id: Option<String>,
}
