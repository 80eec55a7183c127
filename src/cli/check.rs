//! `controls lint|list|test` and `config check`.

use std::path::PathBuf;

use serde::Serialize;

use crate::app::{
    App, Config, Error, control_files, controls_in, diagnostic_text, frameworks_of, load_catalog,
};
use crate::cli::args::{ListArgs, TestArgs};
use crate::cli::exit::Outcome;
use crate::cli::output::{Output, Style};
use crate::controls::{Catalog, Framework};

/// Shows the effective configuration.
pub fn config(config: &Config, output: &Output) -> Outcome {
    for (key, value) in config.shown() {
        output.line(&format!("{} = {value}", output.paint(Style::Bold, &key)));
    }
    Outcome::Fine
}

/// Checks the control files.
pub fn lint(config: &Config, paths: &[PathBuf], output: &Output) -> Result<Outcome, Error> {
    let mut files = control_files(config)?;
    for path in paths {
        files.extend(controls_in(path)?);
    }
    match Catalog::load(&files) {
        Ok(catalog) => {
            let items: usize = catalog.frameworks.iter().map(|f| f.items.len()).sum();
            let (frameworks, tests) = (catalog.frameworks.len(), catalog.tests.len());
            output
                .line(&format!("{frameworks} frameworks with {items} items and {tests} tests: no problems"));
            output.line(&format!("catalogue {}", catalog.digest));
            Ok(Outcome::Fine)
        }
        Err(error) => {
            for diagnostic in &error.diagnostics {
                output.line(&diagnostic_text(diagnostic));
            }
            output.note(&error.to_string());
            Ok(Outcome::NotMet)
        }
    }
}

/// One framework in the list of frameworks.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    title: &'a str,
    version: &'a str,
    items: usize,
    assessed: usize,
}

/// Lists frameworks, or the items of one.
pub fn list(config: &Config, args: &ListArgs, output: &Output) -> Result<Outcome, Error> {
    let (catalog, _) = load_catalog(config)?;
    let Some(id) = &args.framework else { return list_frameworks(&catalog, args.json, output) };
    let frameworks = frameworks_of(&catalog, std::slice::from_ref(id))?;
    for framework in frameworks {
        if args.json {
            output.json(&framework.items)?;
        } else {
            list_items(framework, output);
        }
    }
    Ok(Outcome::Fine)
}

fn list_frameworks(catalog: &Catalog, json: bool, output: &Output) -> Result<Outcome, Error> {
    let listed: Vec<Listed<'_>> = catalog
        .frameworks
        .iter()
        .map(|f| Listed {
            id: &f.id,
            title: &f.title,
            version: &f.version,
            items: f.items.len(),
            assessed: f.items.iter().filter(|i| i.is_assessed()).count(),
        })
        .collect();
    if json {
        output.json(&listed)?;
    } else {
        let rows: Vec<Vec<String>> = listed
            .iter()
            .map(|f| vec![f.id.to_owned(), f.title.to_owned(), f.items.to_string(), f.assessed.to_string()])
            .collect();
        output.table(&["framework", "title", "items", "assessed"], &rows);
    }
    Ok(Outcome::Fine)
}

fn list_items(framework: &Framework, output: &Output) {
    output.line(&output.paint(Style::Bold, &framework.title));
    for item in &framework.items {
        let mark = if item.is_assessed() { "•" } else { " " };
        output.line(&format!("  {mark} {:<12} {}", item.id, item.title));
    }
    output.line(&output.paint(Style::Dim, framework.notice.trim()));
}

/// Explains how a file would fare in a test.
pub async fn test(app: &App, args: &TestArgs, output: &Output) -> Result<Outcome, Error> {
    let shown = args.evidence.display();
    let bytes =
        std::fs::read(&args.evidence).map_err(|e| Error::upstream(format!("could not read {shown}: {e}")))?;
    let explained = app.explain_file(&args.id, &shown.to_string(), bytes).await?;
    for line in &explained.lines {
        output.line(line);
    }
    Ok(if explained.passes { Outcome::Fine } else { Outcome::NotMet })
}
