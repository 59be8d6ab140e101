//! The one step from a record to what becomes of it: [`Engine::decide`]. Streams
//! ([`crate::engine::filter`]) and the functions that hosts call for each record take it, and so decide alike.

use crate::{
    classify::classify,
    engine::{
        cache::VerdictCache,
        ledger::{Ledger, Origin},
        preflight,
        tag::{Edits, Tag, Tagging},
    },
    event::Event,
    policy::{Action, Policy},
    prefilter,
    record::{self, Reading},
    time::DateOrderHints,
    verdict::{Basis, Outcome, Verdict},
};

/// Decides about records, and keeps what is reused from one to the next.
#[derive(Debug, Default)]
pub struct Engine {
    policy: Policy,
    tag: Tag,
    origin: Origin,
    cache: Box<VerdictCache>,
    hints: DateOrderHints,
    /// Memory may run out, which must not stop the module: [`preflight`] asks for it first.
    scarce: bool,
}

/// What a record is to the one who hands it over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// A record by itself, without a line end.
    #[default]
    Record,
    /// A line with its end.
    Line,
    /// A line with its end, inside a record that spans several: it passes.
    Part,
}

/// What is known about a record before it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// What it is.
    pub span: Span,
    /// How many bytes in front of it belong to the stream: its byte order mark.
    pub mark: usize,
    /// It mentions a candidate, and is not searched again.
    pub mentions: bool,
    /// It is never dropped.
    pub pinned: bool,
}

/// What happens to a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Decision {
    /// It stays as it is.
    #[default]
    Pass,
    /// It goes.
    Drop,
    /// It stays, with the edits.
    Tag,
}

/// Why nothing is known about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is longer than `max_record`.
    TooLong,
    /// It mentions no candidate, and so is none.
    NoMention,
    /// It is a part of a record.
    Part,
    /// There is no memory to read it.
    NoMemory,
    /// No reader knows its shape, or it is broken.
    Unknown,
}

/// What may be said about a record beside it, where a host has a place for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// Benign or review.
    pub verdict: Outcome,
    /// Why it is benign.
    pub basis: Option<Basis>,
}

/// What was decided about a record. The ledger has it already.
#[derive(Clone, Copy, Debug, Default)]
pub struct Judgement<'e> {
    /// What happens to it.
    pub decision: Decision,
    /// Its verdict.
    pub outcome: Outcome,
    /// What may be said beside it. Nothing about a record that must stay whatever its basis (something
    /// else stands under the tag's key, or its frame counts its octets): who drops by marks then drops
    /// what [`Action::Drop`] drops.
    pub marks: Option<Marks>,
    /// Why nothing is known about it.
    pub unread: Option<Unread>,
    /// Its tag, at offsets into what was handed over. Of a dropped record, the tag that it gets if it stays
    /// after all.
    pub edits: Edits<'e>,
    /// It should be tagged if it stays, and is of a shape that has no place for it.
    pub(crate) untagged: bool,
    /// The computer whose row of the ledger counts it.
    pub(crate) computer: &'e str,
}

impl Judgement<'_> {
    fn of(unread: Option<Unread>) -> Self {
        Self { unread, ..Self::default() }
    }
}

impl Engine {
    /// An engine with these options.
    pub fn new(policy: Policy) -> Self {
        Self { policy, ..Self::default() }
    }

    /// An engine for a module whose memory may run out.
    pub fn in_little_memory(policy: Policy) -> Self {
        Self { scarce: true, ..Self::new(policy) }
    }

    /// The options.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Exchanges the records that it remembers, which engines with the same key and the same conditions
    /// may share, one at a time.
    pub fn exchange(&mut self, cache: &mut Box<VerdictCache>) {
        core::mem::swap(&mut self.cache, cache);
    }

    /// Decides about a record, and counts what it is and what is to be done with it.
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

    /// [`Self::decide`], where `see` is handed each event that is read, with its verdict.
    ///
    /// This function waits while a record is read, so that what comes before and after has functions of its
    /// own: some hosts have little room for their locals.
    #[inline(never)]
    pub fn decide_seeing(
        &mut self,
        whole: &[u8],
        context: Context,
        ledger: &mut Ledger,
        mut see: impl FnMut(&Event<'_>, &Verdict),
    ) -> Judgement<'_> {
        let record = match self.gate(whole, context, ledger) {
            Ok(record) => record,
            Err(unread) => return Judgement::of(Some(unread)),
        };
        let Self { policy, origin, cache, .. } = self;
        if let Some((verdict, reading)) = cache.get(record, origin) {
            return self.act(whole.len(), record, context, &reading, &verdict, ledger);
        }
        let (wildcards, offsets) = cache.begin();
        let mut verdict: Option<Verdict> = None;
        origin.clear();
        let reading = record::read_noting(record, &policy.key, Some(wildcards), &mut |event| {
            offsets.add(record, event);
            let new = classify(event, policy);
            see(event, &new);
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
                self.act(whole.len(), record, context, &reading, &verdict, ledger)
            }
            _ => {
                let unread = matches!(reading, Reading::Broken | Reading::Unknown);
                ledger.count_unrelated(reading == Reading::Broken);
                Judgement::of(unread.then_some(Unread::Unknown))
            }
        }
    }

    /// The record in what was handed over, if it has to be read.
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

    /// What happens to a record with this verdict; `length` is that of all that was handed over.
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
        // How many benign records of its computer came before.
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

    /// An engine, and whether it remembers a record like this one.
    struct Memory(Engine);

    impl Memory {
        fn new(reserved: bool) -> Self {
            let mut engine = Engine::new(Policy::default());
            if reserved {
                engine.cache.reserve();
                // Once is enough.
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
