//! Tells which lock file a document is, by its name and by what it says of itself.

use crate::evidence::DecodeError;
use crate::evidence::lockfile::LockFormat;

/// How much of a file is looked at to recognise it.
const HEAD: usize = 64 * 1024;

/// The format, when the name or the content gives one.
///
/// # Errors
/// When the name promises a format that the content contradicts.
pub(super) fn format(name: &str, bytes: &[u8]) -> Result<Option<LockFormat>, DecodeError> {
    let head = String::from_utf8_lossy(bytes.get(..HEAD).unwrap_or(bytes));
    let base = name.rsplit(['/', '\\', '!']).next().unwrap_or(name);
    let Some(named) = by_name(base, &head) else { return Ok(by_content(&head)) };
    if holds(named, &head) {
        return Ok(Some(named));
    }
    let found =
        by_content(&head).map_or_else(String::new, |other| format!(" (it looks like {})", other.as_str()));
    let message = format!("{base} is named like a {} but does not read like one{found}", named.as_str());
    Err(DecodeError::new("not-that-lockfile", message))
}

/// What the name promises.
fn by_name(base: &str, head: &str) -> Option<LockFormat> {
    Some(match base {
        "Cargo.lock" => LockFormat::Cargo,
        "package-lock.json" | "npm-shrinkwrap.json" | ".package-lock.json" => LockFormat::Npm,
        "yarn.lock" if is_berry(head) => LockFormat::YarnBerry,
        "yarn.lock" => LockFormat::YarnClassic,
        "pnpm-lock.yaml" => LockFormat::Pnpm,
        "poetry.lock" => LockFormat::Poetry,
        "uv.lock" => LockFormat::Uv,
        "Pipfile.lock" => LockFormat::Pipfile,
        "go.sum" | "go.work.sum" => LockFormat::GoSum,
        "go.mod" => LockFormat::GoMod,
        "gradle.lockfile" | "buildscript-gradle.lockfile" => LockFormat::Gradle,
        "composer.lock" => LockFormat::Composer,
        "Gemfile.lock" | "gems.locked" => LockFormat::Gemfile,
        "packages.lock.json" => LockFormat::Nuget,
        "pubspec.lock" => LockFormat::Pubspec,
        "mix.lock" => LockFormat::Mix,
        other => return by_ending(&other.to_ascii_lowercase()),
    })
}

fn by_ending(base: &str) -> Option<LockFormat> {
    let requirements =
        base.ends_with(".txt") && (base.contains("requirements") || base.starts_with("constraints"));
    requirements.then_some(LockFormat::Requirements)
}

/// Whether the content does not contradict the name.
fn holds(format: LockFormat, head: &str) -> bool {
    let start = head.trim_start();
    let object = start.starts_with('{');
    match format {
        LockFormat::Cargo | LockFormat::Poetry | LockFormat::Uv => is_toml(head),
        LockFormat::Npm => object && is_npm(head),
        LockFormat::Nuget => object && head.contains("\"dependencies\""),
        LockFormat::Pipfile => object && (head.contains("\"_meta\"") || head.contains("\"default\"")),
        LockFormat::Composer => object && head.contains("\"packages\""),
        LockFormat::Pnpm => head.contains("lockfileVersion:"),
        LockFormat::Pubspec => lines(head).any(|line| line.starts_with("packages:")),
        LockFormat::GoMod => lines(head).any(|line| line.starts_with("module")),
        LockFormat::Gemfile => lines(head).any(|line| GEM_SECTIONS.contains(&line.trim_end())),
        LockFormat::Mix => start.starts_with("%{"),
        // An empty one of these is a project without dependencies.
        LockFormat::GoSum => lines(head).all(is_go_sum_line),
        LockFormat::Gradle => {
            lines(head).all(|line| line.starts_with("empty=") || line.matches(':').count() >= 2)
        }
        LockFormat::YarnClassic => {
            head.contains("yarn lockfile") || lines(head).all(|l| l.starts_with(' ') || l.ends_with(':'))
        }
        LockFormat::YarnBerry => true,
        LockFormat::Requirements => !object && !start.starts_with('<'),
    }
}

const GEM_SECTIONS: [&str; 4] = ["GEM", "GIT", "PATH", "DEPENDENCIES"];

/// Lines that are neither blank nor comments; the last one is left out when it may be cut.
fn lines(head: &str) -> impl Iterator<Item = &str> {
    let whole =
        if head.len() < HEAD { head } else { head.rsplit_once('\n').map_or(head, |(whole, _)| whole) };
    whole.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with(['#', '/']))
}

/// What the content says, where it cannot be anything else.
fn by_content(head: &str) -> Option<LockFormat> {
    let start = head.trim_start();
    if start.starts_with('{') {
        return by_json(head);
    }
    if start.starts_with("%{") && head.contains("{:hex, :") {
        return Some(LockFormat::Mix);
    }
    by_marker(head).or_else(|| by_lines(head))
}

fn by_json(head: &str) -> Option<LockFormat> {
    if is_npm(head) {
        Some(LockFormat::Npm)
    } else if head.contains("\"_meta\"") && head.contains("\"pipfile-spec\"") {
        Some(LockFormat::Pipfile)
    } else if head.contains("\"content-hash\"") && head.contains("\"packages\"") {
        Some(LockFormat::Composer)
    } else if head.contains("\"contentHash\"") && head.contains("\"resolved\"") {
        Some(LockFormat::Nuget)
    } else {
        None
    }
}

fn by_marker(head: &str) -> Option<LockFormat> {
    let line = |start: &str| head.lines().any(|line| line.starts_with(start));
    let packages = line("[[package]]");
    if is_berry(head) {
        Some(LockFormat::YarnBerry)
    } else if head.contains("# yarn lockfile v1") {
        Some(LockFormat::YarnClassic)
    } else if line("lockfileVersion:") && (line("packages:") || line("importers:") || line("dependencies:")) {
        Some(LockFormat::Pnpm)
    } else if packages && head.contains("generated by Cargo") {
        Some(LockFormat::Cargo)
    } else if packages && head.contains("generated by Poetry") {
        Some(LockFormat::Poetry)
    } else if packages && line("requires-python") {
        Some(LockFormat::Uv)
    } else if head.contains("# This is a Gradle generated file for dependency locking") {
        Some(LockFormat::Gradle)
    } else {
        None
    }
}

fn by_lines(head: &str) -> Option<LockFormat> {
    if GEM_SECTIONS.iter().any(|section| head.lines().any(|line| line == *section))
        && head.contains("\n  specs:")
    {
        return Some(LockFormat::Gemfile);
    }
    let mut lines = lines(head).peekable();
    (lines.peek().is_some() && lines.all(is_go_sum_line)).then_some(LockFormat::GoSum)
}

fn is_npm(head: &str) -> bool {
    let marked = head.contains("\"lockfileVersion\"");
    marked && (head.contains("\"packages\"") || head.contains("\"dependencies\"") || head.len() < HEAD)
}

fn is_berry(head: &str) -> bool {
    head.lines().any(|line| line.starts_with("__metadata:"))
}

fn is_toml(head: &str) -> bool {
    let first = lines(head).next();
    first.is_none_or(|line| line.starts_with('[') || line.contains(" = ") || line.contains('='))
}

/// `module version h1:digest=`.
fn is_go_sum_line(line: &str) -> bool {
    let mut parts = line.split_whitespace();
    let (Some(_), Some(version), Some(digest), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    version.starts_with('v') && digest.starts_with("h1:")
}
