//! A parsed candidate, which the conditions about source, id, message and integrity share.

use core::fmt;
use std::borrow::Cow;

use super::{
    integer::{integer, is_event_8},
    level, met, system,
};
use crate::{
    article::{self, Error},
    event::{Event, Field, Kind, Place, Said, Scale, Strings, Unread, same_machine, typed::Type},
    message::{self, Message},
    policy::Policy,
    swar::{self, Words},
    verdict::State,
};

/// One event with its messages parsed, so that each condition need not parse them again.
pub(super) struct Facts<'e> {
    event: &'e Event<'e>,
    policy: &'e Policy,
    /// One entry for each message field, in the same order; `None` if the message does not fit the
    /// grammar.
    messages: [Option<Message<'e>>; 6],
}

impl<'e> Facts<'e> {
    /// Parses a candidate. Returns `None` for any other event.
    pub(super) fn of_candidate(event: &'e Event<'e>, policy: &'e Policy) -> Option<Self> {
        let (mut has_id, mut is_8) = (false, false);
        for id in event.id.iter().filter_map(integer) {
            has_id = true;
            is_8 |= id.low == article::EVENT_ID;
        }
        let has_source = event.source.first().is_some();
        let is_crypt32 = event.source.texts().any(is_source);
        // Fast path: most records end here, before any message is parsed.
        if (has_source && !is_crypt32) || (has_id && !is_8) {
            return None;
        }
        // Most of the others have no message and no string to parse.
        let silent = event.message.is_empty() && event.strings.iter().next().is_none();
        if silent && !(has_source && has_id) {
            return None;
        }
        let facts = Self::new(event, policy);
        if has_source && has_id {
            return Some(facts);
        }
        let known_strings = event.strings.iter().any(|list| {
            Self::two(list).is_some_and(|(url, error)| {
                url == article::URL && !message::error_of_string(error).is_empty()
            })
        });
        let named = facts.named();
        // Without a source, a template of another language or Splunk's wording identifies the event
        // only by the URL, because both can surround the strings of any event.
        let tells = |(text, message): (&str, &Option<Message<'_>>)| {
            message.is_some_and(|message| {
                let own = has_source || message.url == article::URL;
                message.whole && (own || text.has_words(article::PREFIX))
            })
        };
        let whole = event.message.texts().zip(&facts.messages).any(tells);
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
        let strings = event.strings.iter().find_map(Self::two);
        let mut messages = [None; 6];
        for (slot, text) in messages.iter_mut().zip(event.message.texts()) {
            *slot = message::parse(text, strings, &policy.localised);
        }
        Self { event, policy, messages }
    }

    /// The URL and the error of a list with exactly two strings.
    fn two(list: &'e Strings<'_>) -> Option<(&'e str, &'e str)> {
        if list.too_many() { None } else { Self::pair(list) }
    }

    /// The first two strings of a list. One string that holds both is split.
    fn pair(list: &'e Strings<'_>) -> Option<(&'e str, &'e str)> {
        match list.only() {
            Some(joined) => message::split_joined(joined),
            None => Some((list.get(0)?, list.get(1)?)),
        }
    }

    fn fitting(&self) -> impl Iterator<Item = &Message<'e>> {
        self.messages.iter().flatten()
    }

    /// The source and id that a "cannot be found" wording names.
    pub(super) fn named(&self) -> Option<(&'e str, &'e str)> {
        let event = self.event;
        self.fitting()
            .find_map(|message| message.named)
            .or_else(|| event.message.texts().find_map(message::named_without_strings))
    }

    pub(super) fn sources(&self) -> impl Iterator<Item = &str> {
        let named = if self.event.source.is_empty() { self.named() } else { None };
        self.event.source.texts().chain(named.map(|(source, _)| source))
    }

    pub(super) fn source(&self) -> State {
        let plain = self.event.source.iter().all(|said| said.kind != Kind::Other);
        let mut sources = self.sources().peekable();
        let some = sources.peek().is_some();
        met(plain && some && sources.all(is_source))
    }

    pub(super) fn event_id(&self) -> State {
        let event = self.event;
        let shown = if event.id.is_empty() {
            self.named().is_some_and(|(_, id)| is_event_8(&said(id)))
        } else {
            event.id.iter().all(is_event_8)
        };
        met(shown && event.qualifiers.iter().all(is_qualifiers))
    }

    pub(super) fn message(&self) -> State {
        let given = self.event.message.iter().filter(|said| !said.value.trim().is_empty()).count();
        if given > 0 {
            return met(self.fitting().count() == given);
        }
        let mut lists = self.event.strings.iter();
        met(lists.any(|list| Self::two(list).is_some()))
    }

    pub(super) fn urls(&self) -> impl Iterator<Item = &str> {
        let strings = self.event.strings.iter().filter_map(|list| match Self::pair(list) {
            Some((url, _)) => Some(url),
            None => list.get(0),
        });
        self.fitting().map(|message| message.url).chain(strings)
    }

    pub(super) fn url(&self) -> State {
        let mut urls = self.urls().peekable();
        met(urls.peek().is_some() && urls.all(|url| url == article::URL))
    }

    pub(super) fn error_texts(&self) -> impl Iterator<Item = &str> {
        let strings = self.event.strings.iter().filter_map(|list| match Self::pair(list) {
            Some((_, error)) => Some(error),
            // The URL is missing, and the list has only the error.
            None => list.get(1),
        });
        let strings = strings.map(message::error_of_string);
        self.fitting().map(|message| message.error).chain(strings)
    }

    /// The error, if all texts that name one name the same known error.
    pub(super) fn error(&self) -> Option<&'static Error> {
        let mut texts = self.error_texts();
        let text = texts.next()?;
        let error = self.known_error(text)?;
        let same = |other: &str| other == text || self.known_error(other) == Some(error);
        texts.all(same).then_some(error)
    }

    fn known_error(&self, text: &str) -> Option<&'static Error> {
        Error::by_text(text)
            .or_else(|| Error::by_number(text))
            .or_else(|| self.policy.localised.iter().find_map(|language| language.error(text)))
    }

    fn is_no_category(&self, said: &Said<'_>) -> bool {
        let known = article::NO_CATEGORY.iter().any(|none| said.value.eq_ignore_ascii_case(none));
        let none =
            known || self.policy.localised.iter().any(|language| language.is_none(&said.value));
        said.kind != Kind::Other && none
    }

    /// A value outside the event that contradicts it, if a reader could take it for the event's own.
    /// Insertion strings have no value of their own.
    fn contradicting(&self) -> Option<&'e str> {
        let event = self.event;
        let nothing = |field: &'e Field<'e>| field.beside().next().is_none();
        if event.fields().into_iter().all(nothing) && event.strings.beside().next().is_none() {
            return None;
        }
        let text = |said: &'e Said<'e>| (said.kind != Kind::Other).then_some(&*said.value);
        let error = self.error();
        let is_error = |text: &str| error.is_some() && self.known_error(text) == error;
        let source = |said| text(said).is_some_and(is_source);
        let log = |said| text(said).is_some_and(|log| system::accepts(log, self.policy));
        let strings = event.strings.iter().find_map(Self::two);
        let message = |said| {
            text(said).is_some_and(|text| {
                let parsed = message::parse(text, strings, &self.policy.localised);
                event.message.texts().any(|message| message == text)
                    || text.trim().is_empty()
                    || parsed.is_some_and(|m| m.url == article::URL && is_error(m.error))
            })
        };
        let computer = |said| {
            text(said).is_some_and(|text| {
                event.computer().is_none_or(|computer| same_machine(computer, text))
            })
        };
        let pair = |list: &'e Strings<'e>| {
            !list.repeated()
                && Self::two(list).is_some_and(|(url, error)| {
                    url == article::URL && is_error(message::error_of_string(error))
                })
        };
        let fields: [(&'e Field<'e>, Fits<'_, 'e>); 11] = [
            (&event.source, &source),
            (&event.id, &is_event_8),
            (&event.qualifiers, &is_qualifiers),
            (&event.level, &level::is_error),
            (&event.log, &log),
            (&event.message, &message),
            (&event.computer, &computer),
            (&event.host, &|said| Type::Computer.fits(&said.value)),
            (&event.time, &|said| Type::Time.fits(&said.value)),
            (&event.category, &|said| self.is_no_category(said)),
            (&event.data, &|said| !is_data(said)),
        ];
        let other = |(field, fits): (&'e Field<'e>, Fits<'_, 'e>)| {
            field.beside().find(|said| !fits(said)).map(|said| &*said.value)
        };
        let list = || event.strings.beside().find(|list| !pair(list)).map(|_| "");
        fields.into_iter().find_map(other).or_else(list)
    }

    /// The first contradiction in the record as a whole.
    pub(super) fn contradiction(&self) -> Option<Contradiction<'e>> {
        let event = self.event;
        if let Some(unread) = &event.unread {
            return Some(Contradiction::Unread(unread));
        }
        self.inconsistency().map(|(what, held)| Contradiction::Inconsistency(what, held))
    }

    fn inconsistency(&self) -> Option<(&'static str, &'e str)> {
        let event = self.event;
        let lists = || event.strings.iter();
        let value = |said: &'e Said<'e>| &*said.value;
        if event.fields().iter().any(|field| field.repeated)
            || event.strings.repeated
            || lists().any(Strings::repeated)
        {
            return Some(("a field occurs twice with different values", ""));
        }
        if lists().any(Strings::too_many) {
            return Some(("there are more insertion strings than two", ""));
        }
        if let Some(data) = event.data.iter().find(|said| is_data(said)) {
            return Some(("there is binary data", value(data)));
        }
        if let Some(category) = event.category.iter().find(|said| !self.is_no_category(said)) {
            return Some(("the event has a category", value(category)));
        }
        if let Some(time) = event.time.iter().find(|said| !Type::Time.fits(&said.value)) {
            return Some(("a time cannot be read", value(time)));
        }
        let mut computers = event.computer.iter().chain(event.host.iter());
        if let Some(computer) = computers.find(|said| !Type::Computer.fits(&said.value)) {
            return Some(("a computer has an impossible name", value(computer)));
        }
        // A word takes precedence over a number, but a broken number shows that something was not
        // read.
        if let Some(level) = event.level.iter().find(|said| level::is_broken(said))
            && level::severity(event) != State::Failed
        {
            return Some(("a level is neither a word nor a number", value(level)));
        }
        if let Some(other) = self.contradicting() {
            return Some((
                "a copy, a name in another case or a value outside the event contradicts it",
                other,
            ));
        }
        // If the record has its own fields, a wording must not name another event.
        let other_source = |source: &str| {
            !event.source.is_empty() && !source.eq_ignore_ascii_case(article::SOURCE)
        };
        let other_id = |id| !event.id.is_empty() && !is_event_8(&said(id));
        let mut named = self.fitting().filter_map(|message| message.named);
        if named.any(|(source, id)| other_source(source) || other_id(id)) {
            return Some(("the message names another event", ""));
        }
        let mut computers = event.computer.texts();
        if let Some(first) = computers.next()
            && !computers.all(|other| same_machine(first, other))
        {
            return Some(("two computers are named", ""));
        }
        if self.sources().any(|source| odd(source, &[])) {
            return Some(("the source has characters that the event never has", ""));
        }
        let odd_string = |text: &str| odd(swar::trim_end(text, b"\r\n"), &[]);
        let localised = |text: &str| self.policy.localised.iter().any(|l| l.error(text).is_some());
        let odd_list = |list| match (Self::pair(list), list.only()) {
            // The bar between joined strings belongs to the grammar, so only the error is checked.
            (Some((_, error)), Some(_)) => odd_string(error) && !localised(error),
            _ => list
                .iter()
                .any(|text| odd_string(text) && !localised(message::error_of_string(text))),
        };
        if lists().any(odd_list) {
            return Some(("an insertion string has characters that the event never has", ""));
        }
        let texts = event.message.texts().zip(&self.messages);
        for (text, parsed) in texts {
            // The bar in a message of joined strings and a localised template also belong to the
            // grammar.
            let inner = match parsed {
                Some(parsed) if parsed.localised.is_some() && localised(parsed.error) => parsed.url,
                Some(parsed) if parsed.localised.is_some() || parsed.foreign || !parsed.whole => {
                    parsed.error
                }
                _ => text,
            };
            if odd(inner, b"\t\r\n") {
                return Some(("the message has characters that the event never has", ""));
            }
        }
        None
    }
}

fn is_source(text: &str) -> bool {
    text.eq_ignore_ascii_case(article::SOURCE)
}

fn is_qualifiers(said: &Said<'_>) -> bool {
    integer(said).is_some_and(|q| q.low == article::QUALIFIERS && q.high == Some(0))
}

/// Whether a value is binary data. PowerShell prints `System.Byte[]` in place of an array, and that
/// text is no data.
fn is_data(said: &Said<'_>) -> bool {
    said.value != "System.Byte[]"
}

/// Whether a value agrees with the event.
type Fits<'f, 'e> = &'f dyn Fn(&'e Said<'e>) -> bool;

/// A contradiction in the record as a whole.
#[derive(Clone, Copy)]
pub(super) enum Contradiction<'e> {
    /// The values do not fit together, and the value that shows it, if there is one.
    Inconsistency(&'static str, &'e str),
    /// A part of the record was not read.
    Unread(&'e Unread<'e>),
}

impl fmt::Display for Contradiction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inconsistency(what, "") => f.write_str(what),
            Self::Inconsistency(what, held) => write!(f, "{what}: {held}"),
            Self::Unread(Unread { place, held }) if held.is_empty() => {
                write!(f, "{place} was not understood")
            }
            Self::Unread(Unread { place, held }) => write!(f, "{place} was not understood: {held}"),
        }
    }
}

/// Wraps a text as a value of a field.
fn said(value: &str) -> Said<'_> {
    let place = Place { part: 0, row: 0 };
    Said { place, kind: Kind::Text, scale: Scale::Words, value: Cow::Borrowed(value) }
}

/// Whether the text has a control character that is not in `allowed`, or a non-ASCII character.
fn odd(text: &str, allowed: &[u8]) -> bool {
    let mut rest = text.as_bytes();
    while let Some([stop, after @ ..]) = rest.get(swar::printable(rest)..) {
        if !allowed.contains(stop) {
            return true;
        }
        rest = after;
    }
    false
}
