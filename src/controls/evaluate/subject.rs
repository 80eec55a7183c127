//! One subject's verdict: which evidence speaks, whether it may, and what it says.

use crate::base::UnixMillis;
use crate::controls::compile::Compiled;
use crate::controls::judge::{self, Flips, Item, Judgement, Scene, Truth};
use crate::controls::words;
use crate::controls::{
    EvidenceNeed, Facts, Feed, Observation, Period, Subject, SubjectKind, Take, TestStatus, Value,
};

use super::{EvaluateOptions, brief};

/// What a subject is assessed with.
pub(in crate::controls) struct Assessment<'a> {
    pub compiled: &'a Compiled<'a>,
    pub at: UnixMillis,
    pub feed: Feeds,
}

/// What the advisory feeds allow to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::controls) enum Feeds {
    /// Everything; also when no feed is needed.
    Usable,
    /// Only what is known: silence about a package proves nothing.
    Single,
    /// Only what is known, and why: a feed that is followed fell behind.
    Behind(String),
    /// Nothing, and why.
    Unusable(String),
}

/// Said where a pass would rest on silence.
const SINGLE: &str = "only single advisories are known here";

/// The verdict on a subject with all that led to it.
#[derive(Debug)]
pub(in crate::controls) struct Verdict {
    pub status: TestStatus,
    pub explanation: String,
    pub relied_on: Vec<String>,
    pub items: Vec<Item>,
    pub more: u64,
    /// What was judged, when something could be.
    pub judged: Option<Judgement>,
}

impl Verdict {
    fn without_evidence(status: TestStatus, explanation: String) -> Self {
        Self { status, explanation, relied_on: Vec::new(), items: Vec::new(), more: 0, judged: None }
    }
}

/// Whether the newest whole advisory feed, and every one that a source follows, can be relied on. Single records are no
/// database, however new they are.
pub(in crate::controls) fn feed(
    compiled: &Compiled<'_>,
    facts: &Facts,
    options: EvaluateOptions,
    flips: &mut Flips,
) -> Feeds {
    if compiled.test.evidence.as_ref().is_none_or(|need| need.feed == Feed::NotNeeded) {
        return Feeds::Usable;
    }
    let feeds = || facts.subjects.iter().filter(|s| s.kind == SubjectKind::Feed);
    let newest = feeds().filter(|feed| is_whole(feed)).filter_map(updated).max();
    let Some(newest) = newest else {
        if feeds().any(|feed| updated(feed).is_some()) {
            return Feeds::Single;
        }
        return Feeds::Unusable(format!("there is no advisory feed: {}", words::feed_words()));
    };
    let limit = Period::Hours(options.feed_max_age_hours);
    if !flips.passed(limit.after(newest), options.at) {
        // every feed is asked, so that the instant at which the first falls behind is known
        let behind: Vec<String> = feeds().filter_map(|feed| behind(feed, options, flips)).collect();
        return behind.into_iter().next().map_or(Feeds::Usable, Feeds::Behind);
    }
    let date = newest.to_display();
    Feeds::Unusable(format!("the advisories are of {date}, the limit is {limit}: {}", words::feed_words()))
}

/// Why a feed that is followed says nothing by its silence; `None` when it does, or when nobody follows it.
fn behind(feed: &Subject, options: EvaluateOptions, flips: &mut Flips) -> Option<String> {
    if feed.fields.get("followed") != Some(&Value::Bool(true)) {
        return None;
    }
    let id = &feed.id;
    let Some(updated) = updated(feed) else {
        return Some(format!("the feed {id} was never fetched: look at its source"));
    };
    if !is_whole(feed) {
        return Some(format!("the feed {id} is not whole: collect it again"));
    }
    let limit = Period::Hours(options.feed_max_age_hours);
    let old = flips.passed(limit.after(updated), options.at);
    let date = updated.to_display();
    old.then(|| format!("the feed {id} is of {date}, the limit is {limit}: look at its source"))
}

fn is_whole(feed: &Subject) -> bool {
    feed.fields.get("whole") == Some(&Value::Bool(true))
}

/// When a feed was updated; a feed without advisories is none.
fn updated(feed: &Subject) -> Option<UnixMillis> {
    if feed.fields.get("advisories").is_some_and(|n| matches!(n, Value::Int(0))) {
        return None;
    }
    if let Some(Value::Int(at)) = feed.fields.get("last_updated") { Some(UnixMillis(*at)) } else { None }
}

/// Assesses one member of the population.
pub(in crate::controls) fn assess(with: &Assessment<'_>, subject: &Subject, flips: &mut Flips) -> Verdict {
    let Some(need) = &with.compiled.test.evidence else {
        let judged = judge::judge(&with.compiled.pass, &with.scene(subject, &[]), flips);
        return with.conclude(judged, &[], None);
    };
    let (speaking, doubtful) = with.speaking(need, subject, flips);
    let Some(newest) = speaking.first() else {
        return with.silent(need, doubtful);
    };
    let judged = judge::judge(&with.compiled.pass, &with.scene(subject, &speaking), flips);
    let obstacle = with.obstacle((newest, &speaking), judged.truth, flips);
    with.conclude(judged, &speaking, obstacle)
}

impl<'a> Assessment<'a> {
    const fn scene<'s>(&self, subject: &'s Subject, observations: &'s [&'s Observation]) -> Scene<'s> {
        Scene { at: self.at, subject, observations }
    }

    /// The observations that speak, newest first, and how many might if they said more about themselves.
    fn speaking<'s>(
        &self,
        need: &EvidenceNeed,
        subject: &'s Subject,
        flips: &mut Flips,
    ) -> (Vec<&'s Observation>, usize) {
        let mut candidates: Vec<&Observation> =
            subject.observations.iter().filter(|o| o.kind == need.kind).collect();
        candidates.sort_by(|a, b| (b.observed_at, &b.evidence).cmp(&(a.observed_at, &a.evidence)));
        let (mut speaking, mut doubtful) = (Vec::new(), 0);
        for candidate in candidates {
            let speaks = match &self.compiled.speaks {
                Some(condition) => judge::truth_of(condition, &self.scene(subject, &[candidate]), flips),
                None => Truth::True,
            };
            match speaks {
                Truth::True => speaking.push(candidate),
                Truth::Unknown => doubtful += 1,
                Truth::False => {}
            }
            if need.take == Take::Newest && !speaking.is_empty() {
                break;
            }
        }
        (speaking, doubtful)
    }

    fn silent(&self, need: &EvidenceNeed, doubtful: usize) -> Verdict {
        let condition = self.compiled.speaks.as_ref();
        let asked = condition.map(|c| format!(" where {}", words::condition(c))).unwrap_or_default();
        let name = words::evidence_name(need.kind);
        if doubtful > 0 {
            let text = format!("{doubtful} with too little said to tell whether it is a {name}{asked}");
            return Verdict::without_evidence(TestStatus::Unknown, text);
        }
        Verdict::without_evidence(TestStatus::Missing, format!("there is no {name}{asked}: import one"))
    }

    /// What keeps the evidence from deciding, worst first.
    fn obstacle(
        &self,
        (newest, speaking): (&Observation, &[&Observation]),
        truth: Truth,
        flips: &mut Flips,
    ) -> Option<(TestStatus, String)> {
        let name = words::evidence_name(newest.kind);
        let limit = self.compiled.fresh;
        // Always asked, so that the instant at which it goes stale is known even while something worse stands.
        let stale = limit.filter(|period| flips.passed(period.after(newest.observed_at), self.at));
        if let Some(broken) = speaking.iter().find(|o| is_incomplete(o)) {
            let text =
                format!("the {name} of {} is incomplete: collect it again", broken.observed_at.to_date());
            return Some((TestStatus::Unknown, text));
        }
        match &self.feed {
            Feeds::Unusable(why) => return Some((TestStatus::Unknown, why.clone())),
            // A known match is real; only silence needs the whole database.
            Feeds::Single if truth == Truth::True => {
                return Some((TestStatus::Unknown, format!("{SINGLE}: {}", words::feed_words())));
            }
            Feeds::Behind(why) if truth == Truth::True => return Some((TestStatus::Unknown, why.clone())),
            Feeds::Single | Feeds::Behind(_) | Feeds::Usable => {}
        }
        let period = stale?;
        let text = format!(
            "the newest {name} is of {}, the limit is {period}: collect a new one",
            newest.observed_at.to_date()
        );
        Some((TestStatus::Stale, text))
    }

    /// Puts the verdict together. An obstacle keeps a failure from being one, but what was found is still listed.
    fn conclude(
        &self,
        judged: Judgement,
        speaking: &[&Observation],
        obstacle: Option<(TestStatus, String)>,
    ) -> Verdict {
        let said = brief::clause(self.compiled, &judged);
        let (status, explanation) = match (obstacle, judged.truth) {
            (Some((status, why)), Truth::False) => (status, format!("{why}; it shows: {said}")),
            (Some((status, why)), Truth::True | Truth::Unknown) => (status, why),
            (None, Truth::True) => (TestStatus::Pass, format!("{}{said}", of(speaking))),
            (None, Truth::False) => (TestStatus::Fail, said),
            (None, Truth::Unknown) => (TestStatus::Unknown, said),
        };
        let relied_on = speaking.iter().map(|o| o.evidence.clone()).collect();
        let (items, more) = (judged.items.clone(), judged.more);
        Verdict { status, explanation, relied_on, items, more, judged: Some(judged) }
    }
}

fn is_incomplete(observation: &Observation) -> bool {
    matches!(observation.fields.get("completeness"), Some(Value::Text(word)) if word == "failed" || word == "partial")
}

/// "scan result of 2026-11-01: " before what it says.
fn of(speaking: &[&Observation]) -> String {
    match speaking {
        [] => String::new(),
        [one] => format!("{} of {}: ", words::evidence_name(one.kind), one.observed_at.to_date()),
        [newest, rest @ ..] => format!(
            "{} of {} and {} more: ",
            words::evidence_name(newest.kind),
            newest.observed_at.to_date(),
            rest.len()
        ),
    }
}
