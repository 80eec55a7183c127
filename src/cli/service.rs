//! `demo` and `serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use crate::app::{App, DemoOptions, DemoSummary, Error};
use crate::cli::admin;
use crate::cli::args::DemoArgs;
use crate::cli::exit::Outcome;
use crate::cli::output::{Output, Style};
use crate::cli::packs::print_made;
use crate::cli::progress::Bars;
use crate::cli::verdicts::{print_counts, print_scores};
use crate::{jobs, web};

/// Runs the demonstration, then serves unless told not to.
pub async fn demo(app: Arc<App>, args: DemoArgs, output: &Output) -> Result<Outcome, Error> {
    let options = DemoOptions { path: args.path, pack: free_pack_path(&app) };
    let summary = app.demo(&options, &Bars::new(!args.json)).await?;
    if args.json {
        output.json(&summary)?;
    } else {
        print_summary(output, &app, &summary);
    }
    if args.no_serve {
        return Ok(Outcome::Fine);
    }
    serve(app, output).await
}

/// The next unused name: packs are never replaced.
fn free_pack_path(app: &App) -> PathBuf {
    let folder = app.config().data.join("packs");
    let day = app.now().to_date();
    let mut number = 1_u32;
    loop {
        let path = folder.join(format!("northwind-pay-{day}-{number}.zip"));
        if !path.exists() {
            return path;
        }
        number += 1;
    }
}

fn print_summary(output: &Output, app: &App, summary: &DemoSummary) {
    output.line(
        &output.paint(Style::Bold, &format!("Evidence of {} and this workspace", summary.organisation)),
    );
    let mut rows: Vec<Vec<String>> =
        summary.evidence.iter().map(|(kind, n)| vec![kind.to_string(), n.to_string()]).collect();
    rows.push(vec!["quarantined".to_owned(), summary.quarantined.to_string()]);
    output.table(&["kind", "items"], &rows);
    output.line("");
    print_counts(output, &summary.frameworks);
    output.line("");
    print_scores(output, &summary.vendors);
    output.line("");
    print_made(output, &summary.pack);
    let path = summary.pack.path.display();
    output.line(&format!("  check it   attestry pack verify {path}"));
    output.line(&format!("             attestry pack replay {path}"));
    for problem in &summary.problems {
        output.note(&format!("note: {problem}"));
    }
    output.line("");
    output.line(&output.paint(
        Style::Dim,
        "Vulnerability verdicts rest on the sample's small advisory set. For your own evidence import a full one:",
    ));
    output.line(&output.paint(
        Style::Dim,
        &format!(
            "  attestry --data DIR import advisory-db.tar.gz   (this directory, {}, is the sample's)",
            app.config().data.display()
        ),
    ));
}

/// Serves pages and runs the scheduler until told to stop.
pub async fn serve(app: Arc<App>, output: &Output) -> Result<Outcome, Error> {
    let server = web::bind(Arc::clone(&app))?;
    for address in server.addresses() {
        output.note(&format!("listening on http://{address}"));
    }
    show_first_link(&app, server.addresses(), output).await?;
    let scheduler = jobs::start(Arc::clone(&app));
    let handle = server.handle();
    let running = server.run();
    tokio::pin!(running);
    let served = tokio::select! {
        served = &mut running => {
            scheduler.stop().await;
            served
        }
        () = asked_to_stop() => {
            // Work first: connections that the web workers opened end with them.
            scheduler.stop().await;
            tokio::join!(handle.stop(true), running).1
        }
    };
    // The link that was shown ends with the service that showed it.
    app.sample_links_end().await?;
    served.map_err(|e| Error::upstream(format!("the service stopped: {e}")))?;
    Ok(Outcome::Fine)
}

/// Where nobody can sign in yet, or sample data is shown, the terminal says how to come in.
async fn show_first_link(app: &App, addresses: &[SocketAddr], output: &Output) -> Result<(), Error> {
    let Some(link) = app.first_link().await? else { return Ok(()) };
    let base = match (&app.config().public_url, addresses.first()) {
        (None, Some(bound)) if bound.ip().is_unspecified() => format!("http://127.0.0.1:{}", bound.port()),
        (None, Some(bound)) => format!("http://{bound}"),
        (Some(_), _) | (None, None) => admin::base(app.config()),
    };
    output.note(&format!("open {}", admin::address(&link, &base)));
    Ok(())
}

/// Waits for SIGTERM or an interrupt from the terminal.
async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(error) => {
            tracing::warn!("cannot listen for SIGTERM: {error}");
            drop(interrupted.await);
        }
    }
}
