//! Packs asked for on a page or through the API: queued as a run, made by the scheduler, watched from anywhere.

use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::app::identity::Actor;
use crate::app::pack::PackRequest;
use crate::app::run::HeldRun;
use crate::app::{App, Error, Event, Progress, frameworks_of};
use crate::base::{EngagementId, ErrorKind, RunId, UnixMillis};
use crate::store::{Finish, NewRun, RunRow, Store, Trigger};

/// How often the words of progress reach the database.
const TELL: Duration = Duration::from_millis(300);

/// A pack that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackOrder {
    /// Framework ids or aliases; all when empty.
    pub frameworks: Vec<String>,
    /// The instant; the end of the period in period mode; now when absent.
    pub as_of: Option<UnixMillis>,
    /// Start of the period, in period mode.
    pub from: Option<UnixMillis>,
    /// The engagement it is for.
    pub engagement: Option<EngagementId>,
}

impl App {
    /// Checks an order and queues it; returns the run that will make the pack.
    ///
    /// # Errors
    /// When a framework is unknown, a date lies in the future, the period ends before it begins, or the database fails.
    pub async fn pack_order(&self, actor: &Actor, order: &PackOrder) -> Result<RunId, Error> {
        frameworks_of(self.catalog(), &order.frameworks)?;
        let at = self.checked_instant(order.as_of)?;
        if order.from.is_some_and(|from| from > at) {
            return Err(Error::invalid("from: the period ends before it begins"));
        }
        let request = serde_json::to_string(order)
            .map_err(|e| Error::new(ErrorKind::Internal, "could not write down the order").caused_by(e))?;
        let new = NewRun {
            job: "pack".to_owned(),
            source_id: None,
            schedule_id: None,
            trigger: Trigger::Now,
            due_at: self.now(),
            missed: 0,
            request,
        };
        let id = self.store.run_enqueue(&new).await?;
        self.audited(actor, Event::done("pack.ordered", format!("run:{id}")).after(json!(order))).await?;
        self.wake.notify_one();
        Ok(id)
    }

    /// Makes the pack of a claimed run.
    pub(in crate::app) async fn pack_carry_out(&self, run: HeldRun, row: &RunRow) -> Result<(), Error> {
        let watch = Told::default();
        let done = {
            let telling = tell(&self.store, row, &watch);
            tokio::select! {
                done = self.pack_ordered(row, &watch) => done,
                () = telling => Ok(()),
            }
        };
        let error = done.as_ref().err().map_or_else(String::new, ToString::to_string);
        self.finish(run, &Finish { error, ..Finish::default() }).await?;
        done
    }

    async fn pack_ordered(&self, row: &RunRow, watch: &Told) -> Result<(), Error> {
        let order: PackOrder = serde_json::from_str(&row.request)
            .map_err(|e| Error::invalid("the order of this run cannot be read").caused_by(e))?;
        let day = order.as_of.unwrap_or_else(|| self.now()).to_date();
        let folder = self.config.data.join("packs");
        let request = PackRequest {
            frameworks: order.frameworks,
            as_of: order.as_of,
            from: order.from,
            // the run's own name: a run that is carried out again after a crash finds what it left
            output: folder.join(format!("evidence-{day}-{}.zip", short(row.id))),
            engagement: order.engagement,
        };
        self.pack_make(&request, Some(row.id), watch).await.map(|_| ())
    }
}

/// Enough of a run's identifier to tell packs of one day apart.
fn short(id: RunId) -> String {
    let text = id.0.simple().to_string();
    text[text.len() - 8..].to_owned()
}

/// The words of progress, until they are told.
#[derive(Debug, Default)]
struct Told(Mutex<String>);

impl Told {
    fn say(&self, words: String) {
        if let Ok(mut last) = self.0.lock() {
            *last = words;
        }
    }

    fn last(&self) -> String {
        self.0.lock().map_or_else(|_| String::new(), |last| last.clone())
    }
}

impl Progress for Told {
    fn begin(&self, step: &str, _total: u64) {
        self.say(step.to_owned());
    }

    fn advance(&self, _done: u64) {}

    fn end(&self, note: &str) {
        self.say(note.to_owned());
    }
}

/// Writes the words of progress down as they change; ends never.
async fn tell(store: &Store, row: &RunRow, watch: &Told) {
    let mut told = String::new();
    loop {
        tokio::time::sleep(TELL).await;
        let words = watch.last();
        if words != told {
            if let Err(error) = store.run_progress(row, &words).await {
                tracing::warn!(run.id = %row.id, %error, "could not note the progress of run {}", row.id);
            }
            told = words;
        }
    }
}
