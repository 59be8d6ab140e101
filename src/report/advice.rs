//! What to do: the article's resolutions that fit the findings of a log, and what other events of the
//! family ask for.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Computer, Neighbour};
use crate::{
    article::RESOLUTIONS,
    classify::related::{ProblemCause, RelatedKind},
    report::style::counted,
    str_enum::words,
};

/// The heading of the advice.
pub const TITLE: &str = "What to do";

/// The kind of an advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Records are to review. No other advice says that such a computer's records can be ignored.
    Review,
    /// A resolution of the article: the records are benign, so ignore them.
    Ignore,
    /// A resolution of the article: let the computers reach Windows Update.
    Reach,
    /// Another event shows a real problem, which the article does not cover.
    Repair,
}
words!(Resolution: Review = "review", Ignore = "ignore", Reach = "reach", Repair = "repair");

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// The kind of the advice.
    pub resolution: Resolution,
    /// The computers, the reason and the steps, for a person. The article's own resolution is not
    /// repeated.
    pub words: String,
    /// The address of the runbook's section about the event that asks for it.
    pub guide: Option<String>,
}

/// The address of the runbook.
const RUNBOOK: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/runbook.md#");

/// The address of the runbook's section about a related event, if it has one.
pub fn runbook(event: &str, kind: RelatedKind) -> Option<String> {
    let section = match (kind, event) {
        (RelatedKind::Reached, _) => "crypt32-7",
        (RelatedKind::Problem, "crypt32 11") => "crypt32-11",
        (RelatedKind::Problem, "CAPI2 11" | "CAPI2 4107") => "capi2-4107",
        _ => return None,
    };
    Some(format!("{RUNBOOK}{section}"))
}

/// The names of computers by what to do about them.
#[derive(Default)]
struct Cases<'c> {
    /// Some records are to review, so the benign ones may not be the whole story.
    reviews: Vec<&'c str>,
    /// The problems: event and cause.
    problems: BTreeMap<(&'c str, Option<ProblemCause>), Vec<&'c str>>,
    /// Windows Update was also reached, and not only before or after the events 8.
    sometimes: Vec<&'c str>,
    /// The event began within the log.
    began: Vec<&'c str>,
    /// Windows Update was reached after the last event 8.
    ended: Vec<&'c str>,
    /// Nothing contradicts the article's cause.
    quiet: Vec<&'c str>,
}

impl<'c> Cases<'c> {
    fn see(&mut self, computer: &'c Computer) {
        let name = computer.name.as_str();
        let of = |kind| computer.neighbours.iter().filter(move |event| event.kind == kind);
        for Neighbour { event, cause, .. } in of(RelatedKind::Problem) {
            self.problems.entry((event, *cause)).or_default().push(name);
        }
        if computer.review > 0 {
            self.reviews.push(name);
        }
        if computer.benign == 0 {
            return;
        }
        let reached = || of(RelatedKind::Reached).filter(|event| event.contradicts);
        let some = reached().next().is_some();
        let ended = reached().all(|event| event.after == event.count);
        let before = reached().all(|event| event.between == 0 && event.before > 0);
        if some && ended {
            self.ended.push(name);
        } else if some && !before {
            self.sometimes.push(name);
        } else if some || computer.start.is_some() {
            self.began.push(name);
        } else if of(RelatedKind::Problem).next().is_none() && computer.review == 0 {
            self.quiet.push(name);
        }
    }
}

impl Advice {
    /// The whole advice: the words, and the article's resolution if it has one.
    pub fn text(&self) -> String {
        let [ignore, reach, _] = RESOLUTIONS;
        match self.resolution {
            Resolution::Ignore => format!("{} {ignore}", self.words),
            Resolution::Reach => format!("{} {reach}", self.words),
            Resolution::Review | Resolution::Repair => self.words.clone(),
        }
    }

    /// The advice that follows from the findings about the computers.
    pub(super) fn of(computers: &[Computer]) -> Vec<Self> {
        let mut cases = Cases::default();
        for computer in computers {
            cases.see(computer);
        }
        let reviews = (!cases.reviews.is_empty()).then(|| Self {
            resolution: Resolution::Review,
            words: format!(
                "On {} there are records to review: read them before you ignore the benign ones.",
                names(&cases.reviews)
            ),
            guide: None,
        });
        let problems = cases.problems.iter().map(|(&(event, cause), on)| Self {
            resolution: Resolution::Repair,
            words: format!("On {} {}", names(on), problem(event, cause)),
            guide: runbook(event, RelatedKind::Problem),
        });
        let reached = !cases.sometimes.is_empty();
        let some = [
            (
                Resolution::Reach,
                &cases.sometimes,
                "Windows Update was also reached, so the connection is not simply blocked: find out \
                 what differs at those times.",
            ),
            (
                Resolution::Reach,
                &cases.began,
                "the event began within this log: find out what changed in the network at that time.",
            ),
            (
                Resolution::Ignore,
                &cases.quiet,
                "every condition that a record can show is met, and no record that was read \
                 contradicts the article's cause. Keep the ledger.",
            ),
            (
                Resolution::Ignore,
                &cases.ended,
                "Windows Update was reached after the last event 8: the failures have ended, or pause.",
            ),
        ];
        let article =
            [Resolution::Reach, Resolution::Ignore].into_iter().filter_map(|resolution| {
                let fits = some.iter().filter(|(of, on, _)| *of == resolution && !on.is_empty());
                let reasons = fits.map(|(_, on, why)| format!("On {} {why}", names(on)));
                let words: Vec<_> = reasons.collect();
                let guide = runbook("", RelatedKind::Reached);
                let guide = guide.filter(|_| reached && resolution == Resolution::Reach);
                (!words.is_empty()).then(|| Self { resolution, words: words.join(" "), guide })
            });
        reviews.into_iter().chain(problems).chain(article).collect()
    }
}

/// What happened, and what to do about it.
fn problem(event: &str, cause: Option<ProblemCause>) -> String {
    let (what, todo) = match cause {
        Some(ProblemCause::Expired) => (
            "a certificate in the signature of the root list had expired",
            "Check the date and the time zone there first. If they are right, an old list is in the \
             cache: clear the cache, as KB2328240 describes.",
        ),
        Some(ProblemCause::NotAList) => (
            "something that is no root list was fetched",
            "Ask the owner of the proxy what it answers to this request. Then clear the cache, as \
             KB2328240 describes.",
        ),
        Some(ProblemCause::Untrusted) => (
            "the root list had a signature that is not trusted",
            "No article explains this. Tell security, because something on the way may replace the \
             list. Otherwise, the computer lacks a root certificate.",
        ),
        Some(ProblemCause::Computer) => (
            "the root list could not be stored or opened",
            "Check the permissions on the folders for temporary files, and the space on the disk.",
        ),
        None => (
            "there is a real problem that the article does not cover",
            "Read the error in the record.",
        ),
    };
    format!("{what} ({event}). {todo}")
}

/// The names of a few computers, or the number of many.
fn names(computers: &[&str]) -> String {
    match computers {
        ["-"] => "computers without a name".to_owned(),
        [one] => (*one).to_owned(),
        [first, second] => format!("{first} and {second}"),
        [first, second, third] => format!("{first}, {second} and {third}"),
        all => counted(all.len() as u64, "computer", "computers"),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        article::Error,
        classify::related::{self, ProblemCause},
        report::{
            Report, Seen,
            advice::{Advice, Resolution},
        },
        time::Moment,
        verdict::{State, Verdict},
    };

    /// The advice about events: the computer, the time in seconds, and the id. The id 8 is a benign
    /// event 8, 1008 is one to review, and 0 is an unrelated event.
    fn advice(events: &[(&str, i64, u32)], cause: Option<ProblemCause>) -> Vec<Advice> {
        let benign = Verdict::of([State::Met; 12], Error::by_code(12007));
        let review = Verdict::of([State::Failed; 12], None);
        let mut report = Report::default();
        for &(computer, seconds, id) in events {
            let source = if id > 4096 { "CAPI2" } else { "crypt32" };
            let related = related::named(source, id).map(|of| related::Related { cause, ..of });
            report.see(Seen {
                computer: Some(computer),
                when: Moment::unix(seconds, 0),
                verdict: match id {
                    8 => &benign,
                    1008 => &review,
                    _ => &Verdict::UNRELATED,
                },
                related,
                carved: false,
            });
        }
        report.finish().advice
    }

    fn kinds(advice: &[Advice]) -> Vec<Resolution> {
        advice.iter().map(|advice| advice.resolution).collect()
    }

    #[test]
    fn a_log_without_a_benign_event_or_a_problem_needs_no_advice() {
        assert_eq!(advice(&[], None), []);
        assert_eq!(advice(&[("A", 0, 7)], None), []);
    }

    #[test]
    fn records_that_nothing_contradicts_are_ignored() {
        let advice = advice(&[("A", 0, 8)], None);
        assert_eq!(kinds(&advice), [Resolution::Ignore]);
        let words = &advice[0].words;
        assert!(words.starts_with("On A every condition"), "{words}");
        assert!(advice[0].text().contains(". Ignore the records: "), "{advice:?}");
        assert!(words.ends_with("Keep the ledger."), "{words}");
        assert_eq!(advice[0].guide, None);
    }

    #[test]
    fn the_records_of_a_computer_with_one_to_review_are_not_simply_ignored() {
        let advice = advice(&[("A", 0, 8), ("A", 60, 1008), ("B", 0, 8)], None);
        assert_eq!(kinds(&advice), [Resolution::Review, Resolution::Ignore]);
        assert!(advice[0].words.starts_with("On A there are records to review"), "{advice:?}");
        assert!(advice[1].words.starts_with("On B every condition"), "{advice:?}");
    }

    #[test]
    fn a_success_shows_that_the_connection_is_not_simply_blocked() {
        let advice = advice(&[("A", 0, 8), ("A", 600, 7), ("A", 1200, 8)], None);
        assert_eq!(kinds(&advice), [Resolution::Reach]);
        assert!(advice[0].words.starts_with("On A Windows Update was also reached"), "{advice:?}");
        assert!(advice[0].guide.as_ref().unwrap().ends_with("/docs/runbook.md#crypt32-7"));
    }

    #[test]
    fn a_success_before_or_after_all_events_is_a_change() {
        let before = advice(&[("A", 0, 7), ("A", 600, 8)], None);
        assert_eq!(kinds(&before), [Resolution::Reach]);
        assert!(before[0].words.starts_with("On A the event began"), "{before:?}");
        let after = advice(&[("A", 0, 8), ("A", 600, 7)], None);
        assert_eq!(kinds(&after), [Resolution::Ignore]);
        assert!(after[0].words.ends_with("the failures have ended, or pause."), "{after:?}");
    }

    #[test]
    fn a_beginning_within_the_log_shows_a_change() {
        let quiet = ("A", 0, 0);
        let events = (0..20).map(|n| ("A", 900_000 + n * 600, 8));
        let advice = advice(&[quiet].into_iter().chain(events).collect::<Vec<_>>(), None);
        assert_eq!(kinds(&advice), [Resolution::Reach]);
        assert!(advice[0].words.starts_with("On A the event began"), "{advice:?}");
    }

    /// The advice names what the other event says, and neither the router nor the other computers.
    #[test]
    fn a_problem_has_its_own_advice() {
        let events = [("A", 0, 8), ("A", 600, 11), ("B", 0, 4107), ("C", 0, 8)];
        for (cause, says) in [
            (Some(ProblemCause::Expired), "Check the date"),
            (Some(ProblemCause::NotAList), "what it answers"),
            (Some(ProblemCause::Untrusted), "Tell security"),
            (Some(ProblemCause::Computer), "space on the disk"),
            (None, "Read the error"),
        ] {
            let advice = advice(&events, cause);
            let want = [Resolution::Repair, Resolution::Repair, Resolution::Ignore];
            assert_eq!(kinds(&advice), want);
            for (advice, (on, event, section)) in advice
                .iter()
                .zip([("B", "CAPI2 4107", "capi2-4107"), ("A", "crypt32 11", "crypt32-11")])
            {
                let words = &advice.words;
                assert!(words.starts_with(&format!("On {on} ")), "{words}");
                assert!(words.contains(&format!(" ({event}). ")), "{words}");
                assert!(words.contains(says) && !words.contains("router"), "{words}");
                assert!(advice.guide.as_ref().unwrap().ends_with(section), "{advice:?}");
            }
            assert!(advice[2].words.starts_with("On C every condition"), "{advice:?}");
        }
    }
}
