//! One record in, one decision out: what a policy does with it, counted in a ledger. The streams of
//! [`crate::engine::filter`] and the functions that hosts call for each record decide by this, and so alike.

#[cfg(feature = "streams")]
use crate::engine::unjudged::{Told, told};
use crate::{
    classify::classify,
    engine::{
        cache::VerdictCache,
        ledger::{Ledger, Origin},
        tag::{Edits, Tagging},
    },
    policy::{Action, Policy},
    record::{self, Reading},
    time::DateOrderHints,
    verdict::{Basis, Outcome, Verdict},
};

/// Judges records, and keeps what is reused from one to the next.
#[derive(Debug, Default)]
pub struct Judge {
    policy: Policy,
    /// The account. What is not a verdict (bytes, tags made, records dropped) is counted by the
    /// caller, who does it.
    pub ledger: Ledger,
    /// What is to be inserted after [`Decision::Tag`].
    pub insertions: Edits,
    origin: Origin,
    cache: Box<VerdictCache>,
    hints: DateOrderHints,
    outcome: Outcome,
    /// The last record could not be judged.
    #[cfg(feature = "streams")]
    open: bool,
    marks: Option<Marks>,
    /// What happens to the last record if it stays, and how many then count as untagged.
    stay: (Decision, u64),
}

/// What may be said about a record beside it, where a host has a place for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// Benign or review.
    pub verdict: Outcome,
    /// Why it is benign.
    pub basis: Option<Basis>,
}

/// What happens to a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Decision {
    /// It stays as it is.
    #[default]
    Pass,
    /// It goes.
    Drop,
    /// The insertions go into the object that begins here.
    Tag(usize),
}

impl Judge {
    /// A judge with these options and this account.
    pub fn new(policy: Policy, ledger: Ledger) -> Self {
        Self { policy, ledger, ..Self::default() }
    }

    /// The options.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The verdict about the last record.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Whether the last record is none that was understood, or does not say what it is.
    #[cfg(feature = "streams")]
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// What may be said beside the last record. Nothing about one that must stay whatever its basis
    /// (something else stands under the tag's key, or its frame counts its octets): who drops by
    /// marks then drops what [`Action::Drop`] drops.
    pub fn marks(&self) -> Option<Marks> {
        self.marks
    }

    /// What happens to the last record if it stays, also after [`Decision::Drop`].
    pub(crate) fn stay(&mut self) -> Decision {
        let (decision, untagged) = self.stay;
        self.ledger.untagged += untagged;
        decision
    }

    /// Exchanges the records that it remembers, which judges with the same key and the same conditions
    /// may share, one at a time.
    pub fn exchange(&mut self, cache: &mut Box<VerdictCache>) {
        core::mem::swap(&mut self.cache, cache);
    }

    /// Counts a record of that many bytes as removed, after [`Decision::Drop`].
    pub fn count_dropped(&mut self, bytes: usize) {
        self.ledger.count_dropped(bytes, &self.origin);
    }

    /// Takes the last [`count_dropped`](Self::count_dropped) back: the record stays after all.
    pub fn count_kept(&mut self, bytes: usize) {
        self.ledger.count_kept(bytes, &self.origin);
    }

    /// Counts a record that is no candidate.
    pub fn pass(&mut self) -> Decision {
        self.outcome = Outcome::Unrelated;
        self.marks = None;
        self.ledger.unrelated += 1;
        Decision::Pass
    }

    /// Classifies a record, given without its line end, counts its verdict, and decides. A
    /// `pinned` one is never dropped.
    pub fn judge(&mut self, record: &[u8], pinned: bool) -> Decision {
        #[cfg(feature = "streams")]
        let mut open = false;
        #[cfg(feature = "streams")]
        {
            self.open = false;
        }
        let Self { policy, ledger, origin, cache, .. } = self;
        if let Some((verdict, reading)) = cache.get(record, origin) {
            return self.decide(record, pinned, &reading, &verdict);
        }
        let (slots, taken) = cache.begin();
        let mut verdict: Option<Verdict> = None;
        origin.clear();
        let reading = record::read_noting(record, &policy.key, Some(slots), &mut |event| {
            taken.add(record, event);
            let new = classify(event, policy);
            #[cfg(feature = "streams")]
            {
                open |= told(event, &new) == Told::Open;
            }
            match &mut verdict {
                Some(verdict) => verdict.merge(&new),
                None => verdict = Some(new),
            }
            if origin.computer.is_empty() && new.outcome != Outcome::Unrelated {
                origin.set(event);
            }
        });
        ledger.unparsed += u64::from(reading == Reading::Broken);
        match verdict {
            Some(verdict)
                if verdict.outcome != Outcome::Unrelated && reading != Reading::Broken =>
            {
                cache.insert(record, &reading, &verdict, origin);
                self.decide(record, pinned, &reading, &verdict)
            }
            _ => {
                #[cfg(feature = "streams")]
                {
                    self.open = open || matches!(reading, Reading::Broken | Reading::Unknown);
                }
                self.pass()
            }
        }
    }

    /// Counts a benign or review record, and decides.
    fn decide(
        &mut self,
        record: &[u8],
        pinned: bool,
        reading: &Reading,
        verdict: &Verdict,
    ) -> Decision {
        let Self { policy, ledger, insertions, origin, hints, .. } = self;
        // How many benign records of its computer came before.
        let before = ledger.count(verdict, origin, hints);
        self.outcome = verdict.outcome;
        self.marks = None;
        if policy.action == Action::Observe {
            return Decision::Pass;
        }
        let framed = octet_count(record).is_some();
        let accepted = verdict.basis.is_some_and(|basis| policy.accept.contains(basis));
        let kept = policy.keep_every > 0 && before.is_multiple_of(policy.keep_every);
        let drop = policy.action == Action::Drop && accepted && !kept && !pinned && !framed;
        let tagging = match reading {
            Reading::Json { at, layout } => {
                insertions.prepare(&record[*at..], layout, verdict, policy)
            }
            _ => Tagging::Insert,
        };
        self.marks = (tagging != Tagging::Conflict && !framed)
            .then_some(Marks { verdict: verdict.outcome, basis: verdict.basis });
        self.stay = match (tagging, reading) {
            (Tagging::Insert, Reading::Json { at, .. }) if !framed => (Decision::Tag(*at), 0),
            (Tagging::Insert, _) => (Decision::Pass, 1),
            _ => (Decision::Pass, 0),
        };
        match tagging {
            Tagging::Conflict => {
                ledger.conflicts += 1;
                Decision::Pass
            }
            _ if drop => Decision::Drop,
            _ => self.stay(),
        }
    }
}

/// The count of octets with which a line begins, as syslog over TCP may frame its messages (RFC 6587),
/// and the length of its digits: another length of the message would make it wrong. A sign is none, but
/// who reads the count may take it for one.
pub(crate) fn octet_count(record: &[u8]) -> Option<(usize, usize)> {
    let sign = usize::from(record.starts_with(b"+"));
    let digits = record[sign..].iter().take_while(|byte| byte.is_ascii_digit());
    let (mut count, mut end) = (0_usize, sign);
    for digit in digits {
        count = count.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
        end += 1;
    }
    (end > sign && record[end..].starts_with(b" <")).then_some((count, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record with something of its own in its message, which is no value that may differ.
    fn record(own: usize, more: &str) -> String {
        let time = "2010-03-15 11:27:57";
        format!(
            r#"{{"EventTime":"{time}","SourceName":"crypt32","EventID":8,"Message":"{own}"{more}}}"#
        )
    }

    /// A judge, and whether it remembers a record like this one.
    struct Memory(Judge);

    impl Memory {
        fn new(reserved: bool) -> Self {
            let mut judge = Judge::new(Policy::default(), Ledger::default());
            if reserved {
                judge.cache.reserve();
                // Once is enough.
                judge.cache.reserve();
            }
            Self(judge)
        }

        fn learn(&mut self, record: &str) -> &mut Self {
            self.0.judge(record.as_bytes(), false);
            self
        }

        fn has(&mut self, record: &str) -> bool {
            self.0.cache.get(record.as_bytes(), &mut Origin::default()).is_some()
        }
    }

    #[test]
    fn what_must_stay_has_no_marks() {
        let policy = Policy { action: Action::Tag, ..Policy::default() };
        let mut judge = Judge::new(policy, Ledger::default());
        let line = format!("<13>Mar 15 11:27:57 A crypt32: {}", record(0, ""));
        for (record, marked) in [
            (record(0, ""), true),
            (record(0, r#","kb":1"#), false),
            (format!("{} {line}", line.len()), false),
            (line, true),
        ] {
            judge.judge(record.as_bytes(), false);
            assert_eq!(judge.outcome(), Outcome::Review, "{record}");
            assert_eq!(judge.marks().is_some(), marked, "{record}");
        }
    }

    /// All other tests compare what is remembered with what is read anew, and would not notice if nothing
    /// were remembered.
    #[test]
    fn the_last_ones_are_remembered() {
        for (reserved, count) in [(false, 16), (true, 8)] {
            let mut memory = Memory::new(reserved);
            for own in 0..20 {
                memory.learn(&record(own, ""));
                // The first one comes again and again.
                assert!(memory.has(&record(0, "")), "{own}");
            }
            let held: Vec<usize> = (0..20).filter(|own| memory.has(&record(*own, ""))).collect();
            let expected: Vec<usize> = core::iter::once(0).chain(21 - count..20).collect();
            assert_eq!(held, expected);
        }
    }

    /// Behind white space too.
    #[test]
    fn what_may_differ_may_differ() {
        let at =
            |time: &str, more: &str| format!("  {}", record(0, more)).replace("11:27:57", time);
        for (known, like, has) in [
            (r#","n":1"#, r#","n":234"#, true),
            (r#","Computer":"A""#, r#","Computer":"BC""#, true),
            (r#","Computer":"A","host.name":"A""#, r#","Computer":"BC","host.name":"BC""#, true),
            (r#","Computer":"A","host.name":"A""#, r#","Computer":"BC","host.name":"A""#, false),
            (r#","Computer":"A","host.name":"D""#, r#","Computer":"BC","host.name":"D""#, false),
        ] {
            let known = at("11:27:57", known);
            assert_eq!(Memory::new(false).learn(&known).has(&at("11:37:58", like)), has, "{known}");
        }
    }

    #[test]
    fn what_would_take_much_memory_is_not() {
        for reserved in [false, true] {
            let long = |length: usize| record(0, &format!(r#","a":"{}""#, "x".repeat(length)));
            let most = 4096 - long(0).len();
            assert!(Memory::new(reserved).learn(&long(most)).has(&long(most)));
            assert!(!Memory::new(reserved).learn(&long(most + 1)).has(&long(most + 1)));
            assert!(!Memory::new(reserved).learn(&long(most)).has(&long(most + 1)));
            // Of many values, the first may differ; one is the time.
            let many = |changed: usize| {
                let value = |at| if at == changed { 7 } else { 5 };
                record(
                    0,
                    &(0..70).map(|at| format!(r#","n{at}":{}"#, value(at))).collect::<String>(),
                )
            };
            let mut memory = Memory::new(reserved);
            let free = (0..70).filter(|at| memory.learn(&many(70)).has(&many(*at))).count();
            assert_eq!(free, 63);
        }
    }
}
