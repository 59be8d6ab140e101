//! [`Engine::decide`] is the one step from a record to the decision about it. Streams
//! ([`crate::engine::filter`]) and the functions that hosts call per record use it, so they all
//! decide alike.

use crate::{
    classify::classify,
    engine::{
        cache::VerdictCache,
        ledger::{Ledger, Origin},
        preflight,
        tag::{Edits, Tag, Tagging},
        unjudged::{Told, may_hide_event, told},
    },
    event::Event,
    policy::{Action, Included, Policy},
    prefilter,
    record::{self, Reading},
    time::DateOrderHints,
    verdict::{Basis, Outcome, Verdict},
};

/// Decides about records, and keeps the cache and the buffers from one record to the next.
#[derive(Debug, Default)]
pub struct Engine {
    policy: Policy,
    tag: Tag,
    origin: Origin,
    cache: Box<VerdictCache>,
    hints: DateOrderHints,
    /// Whether memory may run out. Then [`preflight`] checks for memory first, so that the module
    /// does not stop.
    scarce: bool,
}

/// How a record is delimited in the bytes that the caller hands over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// A record without a line end.
    #[default]
    Record,
    /// A line with its end.
    Line,
    /// A line with its end, inside a record that spans several lines. It passes.
    Part,
}

/// What the caller knows about a record before it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// How the record is delimited.
    pub span: Span,
    /// The length of the byte order mark in front of the record. It belongs to the stream.
    pub mark: usize,
    /// Whether the caller already found a candidate in the record, so the prefilter is skipped.
    pub mentions: bool,
    /// Whether the record is never dropped.
    pub pinned: bool,
}

/// What happens to a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Decision {
    /// The record passes unchanged.
    #[default]
    Pass,
    /// The record is removed.
    Drop,
    /// The record stays, and the edits are applied.
    Tag,
}

/// Why a record was not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The record is longer than `max_record`.
    TooLong,
    /// The prefilter found no candidate in the record, so it is unrelated.
    NoMention,
    /// The line is a part of a record.
    Part,
    /// There is not enough memory to read the record.
    NoMemory,
    /// No reader knows the format of the record, or the record is broken.
    Unknown,
}

/// What a host may say about a record outside its body, such as in metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// Benign or review.
    pub verdict: Outcome,
    /// Why the record is benign.
    pub basis: Option<Basis>,
}

/// The decision about a record. The ledger already counts it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Judgement<'e> {
    /// What happens to the record.
    pub decision: Decision,
    /// The verdict about the record.
    pub outcome: Outcome,
    /// What a host may say outside the body. It is `None` for a record that must stay whatever its
    /// basis is, because the tag's key has another value or the frame counts its octets. So a host
    /// that drops by marks drops the same records as [`Action::Drop`].
    pub marks: Option<Marks>,
    /// Why the record was not judged.
    pub unread: Option<Unread>,
    /// Whether the record mentions the event but could not be judged: it was not read, or it does
    /// not say which event it is. Only [`Engine::decide_accounting`] finds this out.
    pub unjudged: bool,
    /// The tag, as insertions at offsets into the bytes that the caller handed over. For a dropped
    /// record, this is the tag that it gets if it stays after all.
    pub edits: Edits<'e>,
    /// Whether the record should be tagged if it stays, but its format has no place for a tag.
    pub(crate) untagged: bool,
    /// The computer whose ledger row counts the record.
    pub(crate) computer: &'e str,
}

impl Judgement<'_> {
    fn of(unread: Option<Unread>) -> Self {
        Self { unread, ..Self::default() }
    }
}

impl Engine {
    /// Creates an engine with this policy.
    pub fn new(policy: Policy) -> Self {
        Self { policy, ..Self::default() }
    }

    /// Creates an engine for a module whose memory may run out.
    pub fn in_little_memory(policy: Policy) -> Self {
        Self { scarce: true, ..Self::new(policy) }
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Swaps the verdict cache. Engines with the same key and the same conditions may share one,
    /// one at a time.
    pub fn exchange(&mut self, cache: &mut Box<VerdictCache>) {
        core::mem::swap(&mut self.cache, cache);
    }

    /// Decides about a record, and counts the verdict and the decision in the ledger.
    #[allow(clippy::inline_always)] // See below.
    #[inline(always)]
    pub fn decide(
        &mut self,
        record: &[u8],
        context: Context,
        ledger: &mut Ledger,
    ) -> Judgement<'_> {
        self.decide_seeing(record, context, ledger, |_, _| {})
    }

    /// Like [`Self::decide`], and also counts what could not be judged. A module without a whole
    /// ledger does not call this, because the search for mentions would make it larger.
    pub fn decide_accounting(
        &mut self,
        record: &[u8],
        context: Context,
        ledger: &mut Ledger,
    ) -> Judgement<'_> {
        let mut open = false;
        let judgement = self.decide_seeing(record, context, ledger, |event, verdict| {
            open |= told(event, verdict) == Told::Open;
        });
        let left = match judgement.unread {
            // The prefilter finds no candidate in UTF-16.
            Some(Unread::NoMention) => memchr::memchr(0, record).is_some(),
            Some(_) => true,
            None => open && judgement.outcome == Outcome::Unrelated,
        };
        let unjudged = left && may_hide_event(record);
        ledger.count_unjudged(u64::from(unjudged));
        Judgement { unjudged, ..judgement }
    }

    /// Like [`Self::decide`], and calls `see` with each event and its verdict.
    ///
    /// This function is on the stack while a record is read. The steps before and after are
    /// separate functions, because some hosts have little stack for locals.
    #[inline(never)]
    fn decide_seeing(
        &mut self,
        whole: &[u8],
        mut context: Context,
        ledger: &mut Ledger,
        mut see: impl FnMut(&Event<'_>, &Verdict),
    ) -> Judgement<'_> {
        let record = match self.gate(whole, context, ledger) {
            Ok(record) => record,
            Err(unread) => return Judgement::of(Some(unread)),
        };
        let Self { policy, origin, cache, .. } = self;
        if let Some((verdict, reading)) = cache.get(record, origin) {
            context.pinned |= !policy.only_computers.includes(|| &origin.computer).holds();
            return self.act(whole.len(), record, context, &reading, &verdict, ledger);
        }
        let (wildcards, offsets) = cache.begin();
        let mut verdict: Option<Verdict> = None;
        let mut included = Included::default();
        origin.clear();
        let reading = record::read_noting(record, &policy.key, Some(wildcards), &mut |event| {
            offsets.add(record, event);
            let new = classify(event, policy);
            see(event, &new);
            // A record with another event than a benign one is not dropped anyway.
            if new.outcome == Outcome::Benign {
                let computer = || event.computer().unwrap_or_default();
                included.add(policy.only_computers.includes(computer));
            }
            match &mut verdict {
                Some(verdict) => verdict.merge(&new),
                None => verdict = Some(new),
            }
            if origin.computer.is_empty() && new.outcome != Outcome::Unrelated {
                origin.set(event);
            }
        });
        match verdict {
            Some(verdict)
                if verdict.outcome != Outcome::Unrelated && reading != Reading::Broken =>
            {
                cache.insert(record, &reading, &verdict, origin);
                context.pinned |= !included.holds();
                self.act(whole.len(), record, context, &reading, &verdict, ledger)
            }
            _ => {
                let unread = matches!(reading, Reading::Broken | Reading::Unknown);
                ledger.count_unrelated(reading == Reading::Broken);
                Judgement::of(unread.then_some(Unread::Unknown))
            }
        }
    }

    /// Returns the record without its line end and byte order mark, or why it is not read.
    #[inline(never)]
    fn gate<'r>(
        &self,
        whole: &'r [u8],
        context: Context,
        ledger: &mut Ledger,
    ) -> Result<&'r [u8], Unread> {
        let by_itself = context.span == Span::Record;
        let end = |bytes: &'r [u8], end: u8| match bytes {
            [rest @ .., last] if *last == end && !by_itself => rest,
            _ => bytes,
        };
        let line = end(whole, b'\n');
        if line.len() > self.policy.max_record {
            ledger.count_oversized();
            return Err(Unread::TooLong);
        }
        let record = end(line, b'\r').get(context.mark..).unwrap_or_default();
        if !context.mentions && prefilter::find(record, 0).is_none() {
            ledger.count_lines(1, 0);
            return Err(Unread::NoMention);
        }
        if context.span == Span::Part {
            ledger.count_lines(1, 0);
            return Err(Unread::Part);
        }
        if self.scarce && !preflight::can_reserve(record.len()) {
            ledger.count_oversized();
            return Err(Unread::NoMemory);
        }
        ledger.count_read();
        Ok(record)
    }

    /// Decides about a record with this verdict. `length` is the number of bytes that the caller
    /// handed over.
    #[inline(never)]
    fn act(
        &mut self,
        length: usize,
        record: &[u8],
        context: Context,
        reading: &Reading,
        verdict: &Verdict,
        ledger: &mut Ledger,
    ) -> Judgement<'_> {
        let Self { policy, tag, origin, hints, .. } = self;
        // The number of earlier benign records of the same computer.
        let before = ledger.count(verdict, origin, hints);
        let mut judgement = Judgement { outcome: verdict.outcome, ..Judgement::default() };
        if policy.action == Action::Observe {
            return judgement;
        }
        let framed = octet_count(record).is_some();
        let tagging = match reading {
            Reading::Json { at, layout } => tag.prepare(&record[*at..], layout, verdict, policy),
            _ => Tagging::Insert,
        };
        if tagging == Tagging::Conflict {
            ledger.count_conflict();
            return judgement;
        }
        if !framed {
            judgement.marks = Some(Marks { verdict: verdict.outcome, basis: verdict.basis });
        }
        match (tagging, reading) {
            (Tagging::Insert, Reading::Json { at, .. }) if !framed => {
                judgement.edits = tag.edits(context.mark + at);
                judgement.decision = Decision::Tag;
            }
            (Tagging::Insert, _) => judgement.untagged = true,
            _ => {}
        }
        let accepted = verdict.basis.is_some_and(|basis| policy.accept.contains(basis));
        let kept = policy.keep_every > 0 && before.is_multiple_of(policy.keep_every);
        if policy.action == Action::Drop && accepted && !kept && !context.pinned && !framed {
            judgement.decision = Decision::Drop;
            judgement.computer = &origin.computer;
            ledger.count_dropped(length - context.mark, judgement.computer);
        } else {
            ledger.count_kept(judgement.edits.len(), judgement.untagged);
        }
        judgement
    }
}

/// The octet count at the start of a line, as in syslog over TCP (RFC 6587), and the length of its
/// digits. An edit would make the count wrong. A sign is not valid, but a receiver may accept one.
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

/// The maximum length of a counted frame, which no sender reaches. A larger count is not one.
const LONGEST_FRAME: usize = 16 << 20;

/// Like [`octet_count`], with at most `most` bytes if the count is none.
pub(crate) fn counted_frame(record: &[u8], most: usize) -> Option<(usize, usize)> {
    let (count, end) = octet_count(record)?;
    Some((if count <= LONGEST_FRAME { count } else { most }, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record with a text in its message that is not a wildcard span.
    fn record(own: usize, more: &str) -> String {
        let time = "2010-03-15 11:27:57";
        format!(
            r#"{{"EventTime":"{time}","SourceName":"crypt32","EventID":8,"Message":"{own}"{more}}}"#
        )
    }

    /// An engine whose cache is tested.
    struct Memory(Engine);

    impl Memory {
        fn new(reserved: bool) -> Self {
            let mut engine = Engine::new(Policy::default());
            if reserved {
                engine.cache.reserve();
                // A second call changes nothing.
                engine.cache.reserve();
            }
            Self(engine)
        }

        fn learn(&mut self, record: &str) -> &mut Self {
            self.0.decide(record.as_bytes(), Context::default(), &mut Ledger::default());
            self
        }

        fn has(&mut self, record: &str) -> bool {
            self.0.cache.get(record.as_bytes(), &mut Origin::default()).is_some()
        }
    }

    #[test]
    fn what_must_stay_has_no_marks() {
        let policy = Policy { action: Action::Tag, ..Policy::default() };
        let mut engine = Engine::new(policy);
        let line = format!("<13>Mar 15 11:27:57 A crypt32: {}", record(0, ""));
        for (record, marked) in [
            (record(0, ""), true),
            (record(0, r#","kb":1"#), false),
            (format!("{} {line}", line.len()), false),
            (line, true),
        ] {
            let mut ledger = Ledger::default();
            let judgement = engine.decide(record.as_bytes(), Context::default(), &mut ledger);
            assert_eq!(judgement.outcome, Outcome::Review, "{record}");
            assert_eq!(judgement.marks.is_some(), marked, "{record}");
        }
    }

    /// All other tests compare cached verdicts with new ones, and would not notice an
    /// empty cache.
    #[test]
    fn the_last_ones_are_remembered() {
        for (reserved, count) in [(false, 16), (true, 8)] {
            let mut memory = Memory::new(reserved);
            for own in 0..20 {
                memory.learn(&record(own, ""));
                // The first record repeats.
                assert!(memory.has(&record(0, "")), "{own}");
            }
            let held: Vec<usize> = (0..20).filter(|own| memory.has(&record(*own, ""))).collect();
            let expected: Vec<usize> = core::iter::once(0).chain(21 - count..20).collect();
            assert_eq!(held, expected);
        }
    }

    /// Also after white space.
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
            // The cache has 64 wildcard spans. One of them is the time.
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
