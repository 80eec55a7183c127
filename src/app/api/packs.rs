//! Packs for programs.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::api::{Page, instant};
use crate::app::identity::Actor;
use crate::app::{App, Error, PackStand};
use crate::base::{ListQuery, RunId};
use crate::store::PackRow;

/// A pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PackRecord {
    /// Its number, from 1.
    pub number: u32,
    /// When it was made.
    #[schema(format = DateTime)]
    pub made_at: String,
    /// Framework ids.
    pub frameworks: Vec<String>,
    /// Start of the period; null for a pack of one day.
    #[schema(format = DateTime)]
    pub period_from: Option<String>,
    /// The instant it is for.
    #[schema(format = DateTime)]
    pub as_of: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Size of the file.
    pub bytes: u64,
    /// Evidence items in it.
    pub items: u32,
    /// Gaps in it.
    pub gaps: u32,
    /// Ledger entries the checkpoint it pins covers.
    pub checkpoint_size: u64,
}

/// Where an ordered pack stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderRecord {
    /// The order.
    #[schema(format = "uuid")]
    pub id: String,
    /// `making`, `made` or `failed`.
    pub state: String,
    /// How far it is, or why it failed; empty once it is made.
    pub detail: String,
    /// The pack, once it is made: `/api/v1/packs/{number}`.
    pub pack: Option<u32>,
}

impl App {
    /// A page of the packs who asks may see.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn api_packs(&self, actor: &Actor, query: &ListQuery) -> Result<Page<PackRecord>, Error> {
        Ok(self.store.pack_page(query, actor.engagement).await?.map(pack).into())
    }

    /// One pack.
    ///
    /// # Errors
    /// When there is none, it is of another engagement than the actor's, or the database fails.
    pub async fn api_pack(&self, actor: &Actor, number: u32) -> Result<PackRecord, Error> {
        Ok(pack(self.pack_visible(actor, number).await?))
    }

    /// Where an ordered pack stands.
    ///
    /// # Errors
    /// When there is no such order, or the database fails.
    pub async fn api_order(&self, id: RunId) -> Result<OrderRecord, Error> {
        let (state, detail, pack) = match self.pack_stand(id).await? {
            PackStand::Making(words) => ("making", words, None),
            PackStand::Made(number) => ("made", String::new(), Some(number)),
            PackStand::Failed(why) => ("failed", why, None),
        };
        Ok(OrderRecord { id: id.to_string(), state: state.to_owned(), detail, pack })
    }
}

fn pack(row: PackRow) -> PackRecord {
    PackRecord {
        number: row.number,
        made_at: instant(row.made_at),
        frameworks: row.frameworks,
        period_from: row.period_from.map(instant),
        as_of: instant(row.as_of),
        sha256: row.sha256.to_hex(),
        bytes: row.bytes,
        items: row.items,
        gaps: row.gaps,
        checkpoint_size: row.checkpoint_size,
    }
}
