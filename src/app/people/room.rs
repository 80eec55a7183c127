//! The audit room: what an auditor sees of their engagement, and an officer previews as them.

use std::collections::BTreeSet;

use crate::app::identity::{Actor, Permission};
use crate::app::people::no_such_engagement;
use crate::app::report::evidence_row;
use crate::app::{App, Error};
use crate::base::{EngagementId, EvidenceId, UnixMillis};
use crate::controls::{Evaluation, Framework};
use crate::report::table::{Cell, CellView};
use crate::report::view::people::{
    RoomFramework, RoomPack, RoomPage, RoomRequirement, RoomRequirementInput, RoomRow, requirement,
};
use crate::report::view::{Chip, Fact, Summary, framework_name};
use crate::report::{EvidenceRow, Mark};
use crate::store::{EngagementRow, PackRow};

/// Whose audit room is entered, and how.
struct Entered {
    engagement: EngagementRow,
    /// Seen by somebody else than its auditor.
    preview: bool,
    /// The instant verdicts are shown for: the period's end, or now if that lies ahead.
    at: UnixMillis,
}

impl Entered {
    /// What links carry so that a preview stays one.
    fn query(&self) -> String {
        if self.preview { format!("?engagement={}", self.engagement.id) } else { String::new() }
    }

    fn holds(&self, framework: &str) -> bool {
        self.engagement.frameworks.split_whitespace().any(|id| id == framework)
    }
}

impl App {
    /// Auditors enter their own engagement and learn of no other; who may see everything enters any.
    async fn enter(&self, actor: &Actor, asked: Option<EngagementId>) -> Result<Entered, Error> {
        let id = match (actor.engagement, asked) {
            (Some(own), None) => own,
            (Some(own), Some(asked)) if own == asked => own,
            (None, Some(asked)) if actor.may(Permission::ViewCompliance) => asked,
            (Some(_) | None, _) => return Err(no_such_engagement()),
        };
        let engagement = self.open_engagement(id).await?;
        let at = engagement.to.min(self.now());
        Ok(Entered { engagement, preview: actor.engagement.is_none(), at })
    }

    /// The audit room.
    ///
    /// # Errors
    /// When there is no such engagement for the actor, it is closed, or the database fails.
    pub async fn audit_room(&self, actor: &Actor, asked: Option<EngagementId>) -> Result<RoomPage, Error> {
        let entered = self.enter(actor, asked).await?;
        let evaluation = self.room_verdicts(entered.at).await?;
        let engagement = &entered.engagement;
        let caution = match &evaluation {
            None => Some("Nothing was evaluated in this period yet, so no verdict is shown.".to_owned()),
            Some(_) => None,
        };
        let frameworks = self.catalog.frameworks.iter().filter(|f| entered.holds(&f.id));
        let frameworks = frameworks
            .enumerate()
            .map(|(no, framework)| room_framework((no, framework), evaluation.as_ref(), &entered))
            .collect();
        let packs = self.packs_of(engagement.id).await?.iter().map(room_pack).collect();
        let evaluated = evaluation.as_ref().map_or_else(|| "not evaluated".to_owned(), |e| e.at.to_display());
        Ok(RoomPage {
            heading: engagement.name.clone(),
            lead: "What the evidence says about each requirement, and the packs that prove it.".to_owned(),
            preview: entered.preview,
            caution,
            facts: vec![
                Fact::text("Period", format!("{} to {}", engagement.from.to_date(), engagement.to.to_date())),
                Fact::text("Time zone", engagement.time_zone.clone()),
                Fact::text("Scope", engagement.frameworks.replace(' ', ", ")),
                Fact::text("Verdicts of", evaluated),
                Fact::code("Signing key", self.fingerprint()),
            ],
            packs,
            frameworks,
        })
    }

    /// One requirement in the audit room.
    ///
    /// # Errors
    /// When the engagement does not hold it, or as [`App::audit_room`].
    pub async fn audit_room_requirement(
        &self,
        (actor, asked): (&Actor, Option<EngagementId>),
        (framework, item): (&str, &str),
    ) -> Result<RoomRequirement, Error> {
        let entered = self.enter(actor, asked).await?;
        let missing = || Error::not_found("this engagement has no such requirement");
        let framework = self.catalog.framework(framework).filter(|f| entered.holds(&f.id));
        let framework = framework.ok_or_else(missing)?;
        let item = framework.items.iter().find(|i| i.id == item && i.is_assessed()).ok_or_else(missing)?;
        let evaluation = self.room_evaluation(entered.at, (&framework.id, &item.id)).await?;
        let evidence = self.room_evidence(&evaluation).await?;
        let (catalog, evaluation, evidence) = (&self.catalog, &evaluation, evidence.as_slice());
        let input = RoomRequirementInput { framework, catalog, evaluation, evidence };
        Ok(RoomRequirement {
            room_href: format!("/audit-room{}", entered.query()),
            framework: framework_name(framework),
            preview: entered.preview,
            engagement: entered.engagement.name.clone(),
            as_of: evaluation.at.to_display(),
            requirement: requirement(&input, item),
        })
    }

    /// The verdicts as of an instant, without the results behind them.
    async fn room_verdicts(&self, at: UnixMillis) -> Result<Option<Evaluation>, Error> {
        let Some(row) = self.store.evaluation_newest(at).await? else { return Ok(None) };
        let requirements = self.store.evaluation_verdicts(row.no).await?;
        Ok(Some(Evaluation { at: row.at, catalog: row.catalog, results: Vec::new(), requirements }))
    }

    /// The verdict on one requirement with the results behind it.
    async fn room_evaluation(
        &self,
        at: UnixMillis,
        (framework, item): (&str, &str),
    ) -> Result<Evaluation, Error> {
        let Some(row) = self.store.evaluation_newest(at).await? else {
            let catalog = self.catalog.digest;
            return Ok(Evaluation { at, catalog, results: Vec::new(), requirements: Vec::new() });
        };
        let mut requirements = self.store.evaluation_verdicts(row.no).await?;
        requirements.retain(|v| v.framework == framework && v.id == item);
        let tests: BTreeSet<String> = requirements.iter().flat_map(|v| v.tests.clone()).collect();
        let mut results = self.store.evaluation_results(row.no).await?;
        results.retain(|r| tests.contains(&r.test));
        Ok(Evaluation { at: row.at, catalog: row.catalog, results, requirements })
    }

    /// The evidence that results relied on; beyond what a page shows it is only counted there.
    async fn room_evidence(&self, evaluation: &Evaluation) -> Result<Vec<EvidenceRow>, Error> {
        let relied = evaluation.results.iter().flat_map(|r| &r.subjects).flat_map(|s| &s.relied_on);
        let ids: BTreeSet<EvidenceId> = relied.filter_map(|id| id.parse().ok()).collect();
        let ids: Vec<EvidenceId> = ids.into_iter().take(200).collect();
        let rows: Vec<EvidenceRow> = self.store.evidence_some(&ids).await?.iter().map(evidence_row).collect();
        Ok(rows)
    }
}

fn room_framework(
    (no, framework): (usize, &Framework),
    evaluation: Option<&Evaluation>,
    entered: &Entered,
) -> RoomFramework {
    use crate::controls::RequirementStatus as S;
    let verdict = |id: &str| {
        let all = evaluation.map(|e| e.requirements.as_slice()).unwrap_or_default();
        all.iter().find(|v| v.framework == framework.id && v.id == id)
    };
    let query = entered.query();
    let row = |item: &crate::controls::Item| {
        let found = verdict(&item.id);
        RoomRow {
            id: item.id.clone(),
            href: format!("/audit-room/{}/{}{query}", framework.id, item.id),
            title: item.title.clone(),
            chip: Chip::of_requirement(found.map_or(S::Unknown, |v| v.status)),
            explanation: found.map_or_else(|| "Not evaluated.".to_owned(), |v| v.explanation.clone()),
        }
    };
    let assessed: Vec<_> = framework.items.iter().filter(|i| i.is_assessed()).collect();
    let marks = assessed.iter().map(|i| verdict(&i.id).map_or(S::Unknown, |v| v.status));
    let tally = marks.map(|status| Mark::of_requirement(status).0).collect();
    let name = framework_name(framework);
    RoomFramework {
        id: no.to_string(),
        summary: Summary::new(&format!("room-{no}"), &name, &tally),
        name,
        rows: assessed.into_iter().map(row).collect(),
    }
}

fn room_pack(pack: &PackRow) -> RoomPack {
    let href = format!("/packs/{}", pack.number);
    RoomPack {
        label: format!("Pack {}", pack.number),
        download: format!("{href}/download"),
        href,
        span: match pack.period_from {
            Some(from) => format!("{} to {}", from.to_date(), pack.as_of.to_date()),
            None => pack.as_of.to_date(),
        },
        sha256: CellView::of(&Cell::Code(pack.sha256.to_hex())),
        made: CellView::of(&Cell::Time(pack.made_at)),
    }
}
