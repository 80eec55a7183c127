//! Packs as pages show them, and their files as they are handed out.

use bytes::Bytes;

use crate::app::identity::Actor;
use crate::app::{App, Error, Event};
use crate::base::{EngagementId, ErrorKind, Listed, RunId, UnixMillis};
use crate::report::short_digest;
use crate::report::table::{Cell, EmptyState, Row, TableInput, TableRequest, TableView};
use crate::report::view::pack_pages::{FrameworkChoice, PACKS, PackForm, PackPage, PackProgress};
use crate::report::view::{Choice, Fact};
use crate::store::{PackRow, RunState};

/// Where an ordered pack stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackStand {
    /// It is being made, or waits for it.
    Making(String),
    /// It is there.
    Made(u32),
    /// It could not be made.
    Failed(String),
}

impl App {
    /// The packs who looks may see.
    ///
    /// # Errors
    /// When the request is wrong or the database fails.
    pub async fn packs(&self, actor: &Actor, request: &TableRequest) -> Result<TableView, Error> {
        let listed = self.pack_rows(actor, request).await?;
        let empty = EmptyState {
            title: "No pack yet".to_owned(),
            text: "A pack holds verdicts, evidence and proofs for an auditor.".to_owned(),
            href: Some("/packs/new".to_owned()),
            action: Some("Create pack".to_owned()),
        };
        Ok(PACKS.view(request, TableInput { listed, options: Default::default(), empty }))
    }

    async fn pack_rows(&self, actor: &Actor, request: &TableRequest) -> Result<Listed<Row>, Error> {
        let listed = self.store.pack_page(&request.query, actor.engagement).await?;
        Ok(listed.map(pack_row))
    }

    /// The form that orders a pack.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pack_form(&self) -> Result<PackForm, Error> {
        let frameworks = self.catalog.frameworks.iter().map(|f| FrameworkChoice {
            value: f.id.clone(),
            label: crate::report::view::framework_name(f),
            checked: true,
        });
        let open = self.store.engagement_list().await?.into_iter().filter(|e| e.closed_at.is_none());
        let engagements =
            open.map(|e| Choice { value: e.id.to_string(), label: e.name, selected: false }).collect();
        Ok(PackForm::new(frameworks.collect(), engagements))
    }

    /// Where an ordered pack stands.
    ///
    /// # Errors
    /// When there is no such order, or the database fails.
    pub async fn pack_stand(&self, id: RunId) -> Result<PackStand, Error> {
        let run = self.store.run_get(&id.to_string()).await?.filter(|r| r.job == "pack");
        let run = run.ok_or_else(|| Error::not_found("there is no such order of a pack"))?;
        Ok(match run.state {
            RunState::Ready => PackStand::Making("Waiting for its turn".to_owned()),
            RunState::Running if run.progress.is_empty() => PackStand::Making("Beginning".to_owned()),
            RunState::Running => PackStand::Making(run.progress),
            RunState::Done => match self.store.pack_of_run(id).await? {
                Some(pack) => PackStand::Made(pack.number),
                None => PackStand::Failed("the run made no pack".to_owned()),
            },
            RunState::Failed => PackStand::Failed(run.detail),
            RunState::Abandoned => {
                PackStand::Failed("the process that made it ended; order it again".to_owned())
            }
        })
    }

    /// One pack.
    ///
    /// # Errors
    /// When there is none, it is of another engagement than the actor's, or the database fails.
    pub async fn pack_page(&self, actor: &Actor, number: u32) -> Result<PackPage, Error> {
        let pack = self.pack_visible(actor, number).await?;
        let kept = self.blobs.holds(pack.sha256).await?;
        let list = match actor.engagement {
            Some(_) => ("/audit-room", "Audit room"),
            None => ("/packs", "Packs"),
        };
        Ok(PackPage {
            title: format!("Pack {number}"),
            number,
            lead: lead(&pack),
            facts: facts(&pack),
            sha256: pack.sha256.to_hex(),
            file: shown_file(&pack),
            size: crate::report::text::size(pack.bytes),
            kept,
            fingerprint: self.fingerprint(),
            key: self.signer.verifier.to_string(),
            list_href: list.0.to_owned(),
            list_label: list.1.to_owned(),
        })
    }

    /// A pack's file and its name; that it was handed out stands in the audit trail.
    ///
    /// # Errors
    /// When there is none, its file is not kept here, or was changed.
    pub async fn pack_download(&self, actor: &Actor, number: u32) -> Result<(String, Bytes), Error> {
        let pack = self.pack_visible(actor, number).await?;
        if !self.blobs.holds(pack.sha256).await? {
            return Err(Error::not_found(format!(
                "the file of pack {number} is not kept here: it was written where it was created"
            )));
        }
        let bytes = self.blobs.get(pack.sha256).await?;
        let event = Event::done("pack.downloaded", format!("pack:{number}"));
        self.audited(actor, event.after(pack.sha256.to_hex())).await?;
        Ok((shown_file(&pack), bytes))
    }

    /// An auditor does not learn that packs of others exist.
    pub(in crate::app) async fn pack_visible(&self, actor: &Actor, number: u32) -> Result<PackRow, Error> {
        if let Some(engagement) = actor.engagement {
            self.open_engagement(engagement).await?;
        }
        let pack = self.store.pack_get(number).await?;
        let pack = pack.filter(|p| actor.engagement.is_none() || p.engagement == actor.engagement);
        pack.ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no pack {number}")))
    }

    /// Packs of an engagement, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn packs_of(&self, engagement: EngagementId) -> Result<Vec<PackRow>, Error> {
        let all = self.store.pack_list(200).await?;
        Ok(all.into_iter().filter(|p| p.engagement == Some(engagement)).collect())
    }
}

impl PackStand {
    /// The page that shows it; `None` once the pack has one of its own.
    pub fn page(&self, poll: String) -> Option<PackProgress> {
        match self {
            Self::Making(label) => Some(PackProgress { label: label.clone(), poll, problem: None }),
            Self::Failed(why) => Some(PackProgress {
                label: String::new(),
                poll: String::new(),
                problem: Some(format!("The pack could not be made: {why}")),
            }),
            Self::Made(_) => None,
        }
    }
}

fn pack_row(pack: PackRow) -> Row {
    let href = format!("/packs/{}", pack.number);
    Row {
        id: pack.number.to_string(),
        href: Some(href),
        cells: vec![
            Cell::Text(format!("Pack {}", pack.number)),
            Cell::List(pack.frameworks.clone()),
            Cell::Time(pack.as_of),
            Cell::time_or(pack.period_from, "one day"),
            Cell::Number(i64::from(pack.items)),
            Cell::Number(i64::from(pack.gaps)),
            Cell::Bytes(pack.bytes),
            Cell::Time(pack.made_at),
            Cell::Code(pack.sha256.to_hex()),
        ],
    }
}

fn lead(pack: &PackRow) -> String {
    let frameworks = pack.frameworks.join(", ");
    match pack.period_from {
        Some(from) => format!("{frameworks}, {} to {}", from.to_date(), pack.as_of.to_date()),
        None => format!("{frameworks}, as of {}", pack.as_of.to_display()),
    }
}

fn facts(pack: &PackRow) -> Vec<Fact> {
    let made: UnixMillis = pack.made_at;
    vec![
        Fact::text("Created", made.to_display()),
        Fact::text("Evidence", crate::report::text::counted(u64::from(pack.items), "item", "items")),
        Fact::text("Gaps", crate::report::text::counted(u64::from(pack.gaps), "requirement", "requirements")),
        Fact::text(
            "Pinned to",
            crate::report::text::counted(pack.checkpoint_size, "ledger entry", "ledger entries"),
        ),
        Fact::code("SHA-256", short_digest(&pack.sha256.to_hex())),
    ]
}

/// The file's name; packs of earlier versions have none of their own.
fn shown_file(pack: &PackRow) -> String {
    if pack.file.is_empty() { format!("attestry-pack-{}.zip", pack.number) } else { pack.file.clone() }
}
