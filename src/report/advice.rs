//! What to do: the article's resolution that fits the findings of a log best.

use serde::Serialize;

use super::Computer;
use crate::{article::RESOLUTIONS, report::style::counted, str_enum::words};

/// The heading of the advice.
pub const TITLE: &str = "What to do";

/// A resolution of the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// The records are benign, so ignore them.
    Ignore,
    /// Let the computers reach Windows Update.
    Reach,
}
words!(Resolution: Ignore = "ignore", Reach = "reach");

impl Resolution {
    /// The resolution in this project's words.
    pub fn text(self) -> &'static str {
        RESOLUTIONS[self as usize]
    }
}

/// The resolution that fits best.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// The resolution.
    pub resolution: Resolution,
    /// The reason, for a person.
    pub words: String,
}

impl Advice {
    /// The advice that follows from the findings about the computers; `None` without a benign event.
    pub(super) fn of(computers: &[Computer]) -> Option<Self> {
        let noisy = || computers.iter().filter(|computer| computer.benign > 0);
        noisy().next()?;
        let reached =
            noisy().filter(|computer| computer.neighbours.iter().any(|event| event.contradicts));
        let began = noisy().filter(|computer| computer.start.is_some());
        let computers = |count: usize| counted(count as u64, "computer", "computers");
        let (resolution, words) = match (reached.count(), began.count()) {
            (0, 0) => (
                Resolution::Ignore,
                "Every condition that a record can show is met, and no record that was read \
                 contradicts the article's cause. Tag or drop the records, and keep the ledger."
                    .to_owned(),
            ),
            (0, began) => (
                Resolution::Reach,
                format!(
                    "On {} the event began within this log: find out what changed in the network at \
                     that time.",
                    computers(began)
                ),
            ),
            (reached, _) => (
                Resolution::Reach,
                format!(
                    "{} also reached Windows Update, or had a real problem with the downloaded list: \
                     the connection is not simply blocked. Look at the router and the proxy of the \
                     SYSTEM account.",
                    computers(reached)
                ),
            ),
        };
        Some(Self { resolution, words })
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        article::Error,
        classify::related,
        report::{Report, Seen, advice::Resolution},
        time::Moment,
        verdict::{State, Verdict},
    };

    /// The advice about a log of one computer. Each event 8 has no other id, and the id 0 is an
    /// unrelated event.
    fn advice(events: &[(i64, Option<u32>)]) -> Option<(Resolution, String)> {
        let benign = Verdict::of([State::Met; 12], Error::by_code(12007));
        let mut report = Report::default();
        for &(seconds, other) in events {
            report.see(Seen {
                computer: Some("SERVER1"),
                when: Moment::unix(seconds, 0),
                verdict: if other.is_some() { &Verdict::UNRELATED } else { &benign },
                related: other.and_then(|id| related::named("crypt32", id)),
                carved: false,
            });
        }
        report.finish().advice.map(|advice| (advice.resolution, advice.words))
    }

    #[test]
    fn a_log_without_a_benign_event_needs_no_advice() {
        assert_eq!(advice(&[]), None);
        assert_eq!(advice(&[(0, Some(7))]), None);
    }

    #[test]
    fn records_that_nothing_contradicts_are_ignored() {
        let (resolution, words) = advice(&[(0, None)]).unwrap();
        assert_eq!(resolution, Resolution::Ignore);
        assert!(resolution.text().starts_with("Ignore the records"));
        assert!(words.ends_with("keep the ledger."), "{words}");
    }

    #[test]
    fn a_success_shows_that_the_connection_is_not_simply_blocked() {
        let (resolution, words) = advice(&[(0, None), (600, Some(7)), (1200, None)]).unwrap();
        assert_eq!(resolution, Resolution::Reach);
        assert!(words.starts_with("1 computer also reached Windows Update"), "{words}");
    }

    #[test]
    fn a_beginning_within_the_log_shows_a_change() {
        let quiet = (0, Some(0));
        let events = (0..20).map(|n| (900_000 + n * 600, None));
        let (resolution, words) =
            advice(&[quiet].into_iter().chain(events).collect::<Vec<_>>()).unwrap();
        assert_eq!(resolution, Resolution::Reach);
        assert!(words.starts_with("On 1 computer the event began"), "{words}");
    }
}
