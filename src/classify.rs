//! Event to verdict. Pure and total: same event, same answer; no clock, no panic, and nothing
//! allocated for an unrelated record.
//!
//! Every value that the record gives for a field is looked at, never only the first: a record that
//! says `crypt32` here and something else there is to be reviewed.

use std::borrow::Cow;

use serde::Serialize;

use crate::{
    article::{self, Error, Tier},
    bytes,
    event::{Event, Kind, Said, Scale, Strings, same_machine},
    message::{self, Message},
    policy::Policy,
    verdict::{Condition, State, Verdict},
};

/// The verdict about one event.
pub fn classify(event: &Event<'_>, policy: &Policy) -> Verdict {
    let Some(facts) = Facts::of_candidate(event, policy) else {
        return Verdict::UNRELATED;
    };
    let error = facts.error();
    let states = Condition::ALL.map(|condition| match condition {
        Condition::Source => facts.source(),
        Condition::EventId => facts.event_id(),
        Condition::Severity => severity(event),
        Condition::Log => log(event, policy),
        Condition::Message => facts.message(),
        Condition::Url => facts.url(),
        Condition::Error => met(error.is_some_and(|error| error.tier.basis().is_some())),
        Condition::System => system(event, policy),
        Condition::Integrity => met(facts.contradiction().is_none()),
        Condition::Unreachable => match error {
            // A server answered: that Windows Update was out of reach is then an assumption.
            Some(Error { code: Some(58), .. }) | None => State::Assumed,
            Some(error) if error.tier <= Tier::C => State::Met,
            Some(_) => State::Assumed,
        },
        // One record can never show these.
        Condition::SecurityProduct | Condition::NoFailure => State::Assumed,
    });
    Verdict::of(states, error)
}

fn met(holds: bool) -> State {
    if holds { State::Met } else { State::Failed }
}

/// What was seen of one condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The condition.
    pub code: Condition,
    /// How it stands.
    pub state: State,
    /// What the record has, where it says anything.
    pub seen: Option<String>,
}

/// The evidence behind a verdict, condition by condition; empty for an unrelated event.
pub fn evidence(event: &Event<'_>, policy: &Policy, verdict: &Verdict) -> Vec<Evidence> {
    let Some(facts) = Facts::of_candidate(event, policy) else {
        return Vec::new();
    };
    let all = |texts: &mut dyn Iterator<Item = &str>| {
        let mut distinct: Vec<&str> = Vec::new();
        for text in texts {
            if !distinct.contains(&text) {
                distinct.push(text);
            }
        }
        (!distinct.is_empty()).then(|| message::shown(&distinct.join(" / ")).into_owned())
    };
    let seen = |condition| match condition {
        Condition::Source => all(&mut facts.sources()),
        Condition::EventId => {
            let ids = all(&mut event.id.iter().map(|said| &*said.value))
                .or_else(|| facts.named().map(|(_, id)| id.to_owned()));
            match (ids, event.qualifiers.first()) {
                (Some(ids), Some(qualifiers)) => Some(format!("{ids}, qualifiers {qualifiers}")),
                (ids, _) => ids,
            }
        }
        Condition::Severity => all(&mut event.level.texts()),
        Condition::Log => all(&mut event.log.texts()),
        Condition::Message => all(&mut event.message.texts())
            .or_else(|| all(&mut event.strings.iter().flat_map(Strings::iter))),
        Condition::Url => all(&mut facts.urls()),
        Condition::Error => all(&mut facts.error_texts()),
        Condition::System => all(&mut event.os_name.texts().chain(event.os_version.texts())),
        Condition::Integrity => facts.contradiction().map(str::to_owned),
        Condition::Unreachable => facts.error().map(|error| error.symbol.to_owned()),
        Condition::SecurityProduct | Condition::NoFailure => None,
    };
    let evidence = |code| Evidence { code, state: verdict.state(code), seen: seen(code) };
    Condition::ALL.map(evidence).into()
}

/// An integer field, as far as it matters here.
#[derive(Clone, Copy)]
pub(crate) struct Integer {
    pub(crate) low: u16,
    /// The other bits of a 32-bit number; `None` where it is wider.
    high: Option<u16>,
}

/// A plain integer: decimal without leading zeros, or `0x` hex. Anything else is none.
pub(crate) fn integer(said: &Said<'_>) -> Option<Integer> {
    if said.kind == Kind::Other {
        return None;
    }
    let text = &*said.value;
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (radix, digits) = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) if !negative => (16, hex),
        _ => (10, digits),
    };
    if digits.is_empty() || (radix == 10 && digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    // The low bits of a number of any length; `wide` once 32 bits do not hold it.
    let (mut bits, mut wide) = (0u32, false);
    for digit in digits.bytes() {
        let digit = char::from(digit).to_digit(radix)?;
        let next = u64::from(bits) * u64::from(radix) + u64::from(digit);
        wide |= next > u64::from(u32::MAX);
        #[allow(clippy::cast_possible_truncation)]
        {
            bits = next as u32;
        }
    }
    if negative {
        wide |= bits > 1 << 31;
        bits = bits.wrapping_neg();
    }
    let [b0, b1, b2, b3] = bits.to_le_bytes();
    let high = (!wide).then_some(u16::from_le_bytes([b2, b3]));
    Some(Integer { low: u16::from_le_bytes([b0, b1]), high })
}

/// Whether an id is 8 with one of the high words that this event can have. What is no plain
/// integer is not.
fn is_event_8(said: &Said<'_>) -> bool {
    // None, that of the full identifier, and that of one without its severity bits.
    let known = [0, article::QUALIFIERS, article::QUALIFIERS & 0x0FFF];
    integer(said).is_some_and(|id| {
        id.low == article::EVENT_ID && id.high.is_some_and(|high| known.contains(&high))
    })
}

/// What the conditions share: the event with its messages taken apart.
struct Facts<'e> {
    event: &'e Event<'e>,
    policy: &'e Policy,
    /// One entry a message field, in their order; `None` where it does not fit.
    messages: [Option<Message<'e>>; 6],
}

impl<'e> Facts<'e> {
    /// The facts of a candidate; `None` for any other event.
    fn of_candidate(event: &'e Event<'e>, policy: &'e Policy) -> Option<Self> {
        let is_source = |text: &str| text.eq_ignore_ascii_case(article::SOURCE);
        let (mut has_id, mut is_8) = (false, false);
        for id in event.id.iter().filter_map(integer) {
            has_id = true;
            is_8 |= id.low == article::EVENT_ID;
        }
        let has_source = event.source.first().is_some();
        let is_crypt32 = event.source.texts().any(is_source);
        // Most records end here, before any message is read.
        if (has_source && !is_crypt32) || (has_id && !is_8) {
            return None;
        }
        let facts = Self::new(event, policy);
        if has_source && has_id {
            return Some(facts);
        }
        let known_strings = event.strings.iter().any(|list| {
            Self::pair(list).is_some_and(|(url, error)| {
                url == article::URL && !message::error_of_string(error).is_empty()
            }) && !list.too_many()
        });
        let named = facts.named();
        let whole = facts.messages.iter().flatten().any(|message| message.whole);
        if !known_strings && !whole && named.is_none() {
            return None;
        }
        if let Some((source, id)) = named {
            let other_id = integer(&said(id)).is_some_and(|id| id.low != article::EVENT_ID);
            if (!has_source && !is_source(source)) || (!has_id && other_id) {
                return None;
            }
        }
        Some(facts)
    }

    fn new(event: &'e Event<'e>, policy: &'e Policy) -> Self {
        let strings = event.strings.iter().find_map(Self::pair);
        let mut messages = [None; 6];
        for (slot, text) in messages.iter_mut().zip(event.message.texts()) {
            *slot = message::parse(text, strings, &policy.localised);
        }
        Self { event, policy, messages }
    }

    /// The two strings of a list, also where one string holds both.
    fn pair(list: &'e Strings<'_>) -> Option<(&'e str, &'e str)> {
        match list.only() {
            Some(joined) => message::split_joined(joined),
            None => Some((list.get(0)?, list.get(1)?)),
        }
    }

    fn fitting(&self) -> impl Iterator<Item = &Message<'e>> {
        self.messages.iter().flatten()
    }

    /// The source and id in a "cannot be found" wording.
    fn named(&self) -> Option<(&'e str, &'e str)> {
        let event = self.event;
        self.fitting()
            .find_map(|message| message.named)
            .or_else(|| event.message.texts().find_map(message::named_without_strings))
    }

    fn sources(&self) -> impl Iterator<Item = &str> {
        let named = if self.event.source.is_empty() { self.named() } else { None };
        self.event.source.texts().chain(named.map(|(source, _)| source))
    }

    fn source(&self) -> State {
        let plain = self.event.source.iter().all(|said| said.kind != Kind::Other);
        let mut sources = self.sources().peekable();
        let some = sources.peek().is_some();
        met(plain && some && sources.all(|source| source.eq_ignore_ascii_case(article::SOURCE)))
    }

    fn event_id(&self) -> State {
        let event = self.event;
        let shown = if event.id.is_empty() {
            self.named().is_some_and(|(_, id)| is_event_8(&said(id)))
        } else {
            event.id.iter().all(is_event_8)
        };
        let qualifiers = event.qualifiers.iter().all(|said| {
            integer(said).is_some_and(|q| q.low == article::QUALIFIERS && q.high == Some(0))
        });
        met(shown && qualifiers)
    }

    fn message(&self) -> State {
        let given = self.event.message.iter().filter(|said| !said.value.trim().is_empty()).count();
        if given > 0 {
            return met(self.fitting().count() == given);
        }
        let mut lists = self.event.strings.iter();
        met(lists.any(|list| !list.too_many() && Self::pair(list).is_some()))
    }

    fn urls(&self) -> impl Iterator<Item = &str> {
        let strings = self.event.strings.iter().filter_map(|list| match Self::pair(list) {
            Some((url, _)) => Some(url),
            None => list.get(0),
        });
        self.fitting().map(|message| message.url).chain(strings)
    }

    fn url(&self) -> State {
        let mut urls = self.urls().peekable();
        met(urls.peek().is_some() && urls.all(|url| url == article::URL))
    }

    fn error_texts(&self) -> impl Iterator<Item = &str> {
        let strings = self.event.strings.iter().filter_map(|list| match Self::pair(list) {
            Some((_, error)) => Some(error),
            // The URL is missing, and the error stands by itself.
            None => list.get(1),
        });
        let strings = strings.map(message::error_of_string);
        self.fitting().map(|message| message.error).chain(strings)
    }

    /// The error, where every text that gives one gives the same known one.
    fn error(&self) -> Option<&'static Error> {
        let known = |text: &str| {
            Error::by_text(text)
                .or_else(|| Error::by_number(text))
                .or_else(|| self.policy.localised.iter().find_map(|language| language.error(text)))
        };
        let mut texts = self.error_texts();
        let text = texts.next()?;
        let error = known(text)?;
        texts.all(|other| other == text || known(other) == Some(error)).then_some(error)
    }

    /// The first thing that speaks against the record as a whole.
    fn contradiction(&self) -> Option<&'static str> {
        let event = self.event;
        let lists = || event.strings.iter();
        if event.fields().iter().any(|field| field.repeated)
            || event.strings.repeated
            || lists().any(Strings::repeated)
        {
            return Some("a field is said twice with different values");
        }
        if lists().any(Strings::too_many) {
            return Some("there are more insertion strings than two");
        }
        if event.data.iter().any(|said| !matches!(&*said.value, "System.Byte[]")) {
            return Some("there is binary data");
        }
        let none = ["none", "0", "(0)", "n/a"];
        let is_none = |said: &Said<'_>| {
            said.kind != Kind::Other && none.iter().any(|n| said.value.eq_ignore_ascii_case(n))
        };
        if !event.category.iter().all(is_none) {
            return Some("the event has a category");
        }
        // Where the record has fields of its own, a wording must not name another event.
        let other_source = |source: &str| {
            !event.source.is_empty() && !source.eq_ignore_ascii_case(article::SOURCE)
        };
        let other_id = |id| !event.id.is_empty() && !is_event_8(&said(id));
        let mut named = self.fitting().filter_map(|message| message.named);
        if named.any(|(source, id)| other_source(source) || other_id(id)) {
            return Some("the message names another event");
        }
        let mut computers = event.computer.texts();
        if let Some(first) = computers.next()
            && !computers.all(|other| same_machine(first, other))
        {
            return Some("two computers are named");
        }
        if self.sources().any(|source| odd(source, &[])) {
            return Some("the source has characters that the event never has");
        }
        let odd_string = |text: &str| odd(bytes::trim_end(text, b"\r\n"), &[]);
        let localised = |text: &str| self.policy.localised.iter().any(|l| l.error(text).is_some());
        let odd_list = |list| match (Self::pair(list), list.only()) {
            // The bar between joined strings is the grammar's own.
            (Some((_, error)), Some(_)) => odd_string(error) && !localised(error),
            _ => list
                .iter()
                .any(|text| odd_string(text) && !localised(message::error_of_string(text))),
        };
        if lists().any(odd_list) {
            return Some("an insertion string has characters that the event never has");
        }
        let texts = event.message.texts().zip(&self.messages);
        for (text, parsed) in texts {
            // So are the bar in a message of joined strings, and a localised template.
            let inner = match parsed {
                Some(parsed) if parsed.localised.is_some() && localised(parsed.error) => parsed.url,
                Some(parsed) if parsed.localised.is_some() || !parsed.whole => parsed.error,
                _ => text,
            };
            if odd(inner, b"\t\r\n") {
                return Some("the message has characters that the event never has");
            }
        }
        None
    }
}

/// A value as a field would hold it.
fn said(value: &str) -> Said<'_> {
    let place = crate::event::Place { part: 0, row: 0 };
    Said { place, kind: Kind::Text, scale: Scale::Words, value: Cow::Borrowed(value) }
}

/// Whether there is a control character other than `allowed`, or anything non-ASCII.
fn odd(text: &str, allowed: &[u8]) -> bool {
    let mut rest = text.as_bytes();
    while let Some([stop, after @ ..]) = rest.get(bytes::printable(rest)..) {
        if !allowed.contains(stop) {
            return true;
        }
        rest = after;
    }
    false
}

fn severity(event: &Event<'_>) -> State {
    let mut word = None;
    let mut number = None;
    for said in event.level.iter().filter(|said| said.kind != Kind::Other) {
        let (slot, holds) = if is_numeral(said) {
            (&mut number, level_number(integer(said), said.scale))
        } else {
            (&mut word, level_word(&said.value))
        };
        if let Some(holds) = holds {
            *slot = Some(slot.unwrap_or(true) && holds);
        }
    }
    word.or(number).map_or(State::Assumed, met)
}

/// Whether a value is meant as a number, also where it is none that a level can be (`4.0`).
fn is_numeral(said: &Said<'_>) -> bool {
    said.kind == Kind::Number || said.value.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

fn level_number(level: Option<Integer>, scale: Scale) -> Option<bool> {
    let number = match level {
        Some(Integer { low, high: Some(0) }) => low,
        _ => u16::MAX,
    };
    match scale {
        Scale::Legacy => Some(number == 1),
        Scale::Modern => Some(number == 2),
        Scale::Nxlog => Some(number == 4),
        Scale::Otlp => Some((17..=20).contains(&number)),
        Scale::Azure => Some(number == 1 || number == 2),
        Scale::Gelf => Some(number == 3),
        Scale::Words => None,
    }
}

/// Whether a word says Error; `None` for a word that is not known (another language).
fn level_word(word: &str) -> Option<bool> {
    const ERROR: [&str; 4] = ["error", "error event", "[err]", "failure"];
    const OTHER: [&str; 26] = [
        "information",
        "informational",
        "information event",
        "info",
        "warning",
        "warning event",
        "warn",
        "success",
        "success event",
        "critical",
        "fatal",
        "verbose",
        "debug",
        "trace",
        "notice",
        "alert",
        "emergency",
        "emerg",
        "crit",
        "panic",
        "[inf]",
        "[wrn]",
        "[warn]",
        "[info]",
        "success audit",
        "failure audit",
    ];
    let is = |known: &&str| word.eq_ignore_ascii_case(known);
    if ERROR.iter().any(is) {
        return Some(true);
    }
    let audit = word.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("audit"))
        || word.len() > 5
            && word.get(word.len() - 5..).is_some_and(|end| end.eq_ignore_ascii_case("audit"));
    (audit || OTHER.iter().any(is)).then_some(false)
}

fn log(event: &Event<'_>, policy: &Policy) -> State {
    let accepted = |log: &str| {
        ["Application", "ForwardedEvents"].iter().any(|name| log.eq_ignore_ascii_case(name))
            || policy.logs.iter().any(|name| log.eq_ignore_ascii_case(name))
    };
    // A list or an object is no name.
    let holds = |said: &Said<'_>| said.kind != Kind::Other && accepted(&said.value);
    if event.log.is_empty() { State::Assumed } else { met(event.log.iter().all(holds)) }
}

fn system(event: &Event<'_>, policy: &Policy) -> State {
    let unknown = if policy.require_system { State::Failed } else { State::Assumed };
    let forwarded = event.log.texts().any(|log| log.eq_ignore_ascii_case("ForwardedEvents"));
    let own = match event.computer.first() {
        Some(computer) => {
            !event.host.is_empty() && event.host.texts().all(|host| same_machine(host, computer))
        }
        None => false,
    };
    if forwarded || !own {
        return unknown;
    }
    let versions = event.os_version.texts().map(version_fits);
    let names = event.os_name.texts().filter_map(name_fits);
    let mut said = versions.chain(names).peekable();
    if said.peek().is_none() { unknown } else { met(said.all(|fits| fits)) }
}

/// XP is 5.1; XP x64, Server 2003 and 2003 R2 are 5.2.
fn version_fits(version: &str) -> bool {
    ["5.1", "5.2"].iter().any(|known| {
        version
            .strip_prefix(known)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// Whether a name is of a system that the article covers; `None` where it only says Windows.
fn name_fits(name: &str) -> Option<bool> {
    let words = || name.split([' ', '(', ')', ',', '_', '-']).filter(|word| !word.is_empty());
    let has = |word: &str| words().any(|w| w.eq_ignore_ascii_case(word));
    let general = ["windows", "microsoft", "server", "nt"];
    if words().all(|word| general.iter().any(|g| word.eq_ignore_ascii_case(g))) {
        return None;
    }
    let windows = has("windows") || has("microsoft") || has("win");
    Some((has("XP") || (has("2003") && windows)) && (windows || name.eq_ignore_ascii_case("XP")))
}
