//! Progress bars on anything that may take a second; none when standard error is not a terminal.

use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::app::Progress;

/// Draws one bar or spinner at a time.
pub struct Bars {
    shown: bool,
    current: Mutex<Option<(String, ProgressBar)>>,
}

impl Bars {
    /// Bars on standard error, when it is a terminal and nobody asked for silence.
    pub fn new(wanted: bool) -> Self {
        Self { shown: wanted && std::io::stderr().is_terminal(), current: Mutex::new(None) }
    }

    fn with(&self, work: impl FnOnce(&mut Option<(String, ProgressBar)>)) {
        // A poisoned lock only means another thread died while drawing.
        let mut current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        work(&mut current);
    }
}

impl Progress for Bars {
    fn begin(&self, step: &str, total: u64) {
        if !self.shown {
            return;
        }
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
        let template = if total > 0 { "{spinner} {msg} [{bar:24}] {pos}/{len}" } else { "{spinner} {msg}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        bar.set_message(step.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        self.with(|current| *current = Some((step.to_owned(), bar)));
    }

    fn advance(&self, done: u64) {
        self.with(|current| {
            if let Some((_, bar)) = current {
                bar.inc(done);
            }
        });
    }

    fn end(&self, note: &str) {
        self.with(|current| {
            if let Some((step, bar)) = current.take() {
                bar.finish_and_clear();
                bar.println(format!("✓ {step}: {note}"));
            }
        });
    }
}
