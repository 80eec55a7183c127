//! Prometheus figures: what is stored, read when asked, and how requests went, counted as they come.

use std::sync::LazyLock;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::app::Figures;
use crate::base::ErrorKind;
use crate::web::Problem;

type Labels = Vec<(&'static str, String)>;

/// Requests by route pattern and status; patterns, not paths, so that nobody can fill the memory.
static REQUESTS: LazyLock<Family<Labels, Counter>> = LazyLock::new(Family::default);
static SECONDS: LazyLock<Histogram> = LazyLock::new(|| Histogram::new(exponential_buckets(0.0005, 2.0, 14)));

/// Counts a request and logs it once, without its query string: that may hold secrets.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let began = Instant::now();
    let method = request.method().to_string();
    let response = next.call(request).await?;
    let route = response.request().match_pattern().unwrap_or_else(|| "(none)".to_owned());
    let status = response.status().as_u16();
    let took = began.elapsed();
    SECONDS.observe(took.as_secs_f64());
    let labels = vec![("method", method.clone()), ("route", route.clone()), ("status", status.to_string())];
    REQUESTS.get_or_create(&labels).inc();
    tracing::debug!(http.status = status, "{method} {route} answered {status} in {} µs", took.as_micros());
    Ok(response)
}

/// The figures in the text format of `OpenMetrics`.
///
/// # Errors
/// When they cannot be written as text.
pub fn exposition(figures: &Figures) -> Result<String, Problem> {
    let mut registry = Registry::with_prefix("attestry");
    registry.register("http_requests", "Requests answered", REQUESTS.clone());
    registry.register("http_request_seconds", "Time to answer a request", SECONDS.clone());
    let gauges = |counts: &[(String, String, u64)], names: [&'static str; 2]| {
        let family = Family::<Labels, Gauge<f64, AtomicU64>>::default();
        for (one, two, n) in counts {
            let labels = vec![(names[0], one.clone()), (names[1], two.clone())];
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
            family.get_or_create(&labels).set(*n as f64);
        }
        family
    };
    let evidence = gauges(&figures.evidence, ["kind", "status"]);
    registry.register("evidence_items", "Stored evidence items", evidence);
    let requirements = gauges(&figures.requirements, ["framework", "status"]);
    registry.register("requirements", "Requirements of the newest evaluation", requirements);
    let runs = Family::<Labels, Gauge>::default();
    for (state, n) in &figures.runs {
        let n = i64::try_from(*n).unwrap_or(i64::MAX);
        runs.get_or_create(&vec![("state", (*state).to_owned())]).set(n);
    }
    registry.register("recent_runs", "Of the newest hundred runs, how many are in which state", runs);
    let entries = Gauge::<i64>::default();
    entries.set(i64::try_from(figures.ledger_entries).unwrap_or(i64::MAX));
    registry.register("ledger_entries", "Entries in the ledger", entries);
    let statements = Counter::<u64>::default();
    statements.inc_by(figures.statements);
    registry.register("sql_statements", "SQL statements sent by this process", statements);
    ages(&mut registry, figures);
    let mut text = String::new();
    encode(&mut text, &registry)
        .map_err(|e| Problem::new(ErrorKind::Internal, format!("could not write the figures: {e}")))?;
    Ok(text)
}

fn ages(registry: &mut Registry, figures: &Figures) {
    if let Some(age) = figures.checkpoint_age_seconds {
        let gauge = Gauge::<i64>::default();
        gauge.set(age);
        registry.register("checkpoint_age_seconds", "Age of the newest checkpoint", gauge);
    }
    let feeds = Family::<Labels, Gauge>::default();
    for (feed, age) in &figures.feed_age_seconds {
        feeds.get_or_create(&vec![("feed", feed.clone())]).set(*age);
    }
    registry.register("feed_age_seconds", "Age of each advisory feed's content", feeds);
}
