//! Counts records that mention the event but could not be judged: text that no reader knows,
//! records that are broken or too long, and records that do not say whether they are this event.
//! The first few are named, so that "no" is printed only if it is known.

use std::cell::Cell;

mod request;

use crate::{
    article,
    classify::integer,
    event::Event,
    json::{Token, Tokens},
    prefilter, record,
    verdict::{Outcome, Verdict},
};

/// The note about one place, and about several places.
pub const SAID: [&str; 2] =
    ["mentions the event and could not be judged", "mention the event and could not be judged"];
/// The maximum number of places that a note names.
const NAMED: usize = 8;
/// The maximum number of places of one kind that are listed.
const LISTED: usize = 1000;
/// The maximum number of places whose kind is determined, so that a log of short lines costs little.
const SORTED: u64 = 10_000;

/// Whether the record names event 8, another event, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is event 8, whether the article covers it or not.
    This,
    /// It names another source or another event id.
    Another,
    /// It does not say which event it is.
    Open,
}

/// Whether an event with this verdict is event 8.
pub fn told(event: &Event<'_>, verdict: &Verdict) -> Told {
    if verdict.outcome != Outcome::Unrelated {
        return Told::This;
    }
    let sources = || event.source.texts();
    let mut ids = event.id.iter().filter_map(integer).peekable();
    let source = sources().next().is_some()
        && !sources().any(|source| source.eq_ignore_ascii_case(article::SOURCE));
    let id = ids.peek().is_some() && !ids.any(|id| id.low == article::EVENT_ID);
    if source || id { Told::Another } else { Told::Open }
}

/// A record that spans lines, of which not all lines were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The number of the line where the record begins.
    pub line: u64,
    /// The kind of the record.
    pub kind: Opened,
}

/// The kind of a record that spans lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A row whose quote is open.
    Row,
    /// A frame that counts its octets.
    Frame,
    /// An event in XML.
    Event,
    /// A comment in XML.
    Comment,
    /// A block of text.
    Block,
    /// A line that a container runtime has split.
    Split,
}

impl Opened {
    /// The kind in words.
    fn name(self) -> &'static str {
        match self {
            Self::Row => "a row with an open quote",
            Self::Frame => "a frame with an octet count",
            Self::Event => "an <Event>",
            Self::Comment => "a comment (<!--)",
            Self::Block => "a block of text",
            Self::Split => "a split line",
        }
    }

    /// Whether no line opens such a record in JSON and syslog.
    pub fn depends_on_format(self) -> bool {
        !matches!(self, Self::Frame | Self::Split)
    }
}

/// Whether a record that no reader knows may hide the event: it mentions the event, and is not a
/// line of an access log about the URL.
pub fn may_hide_event(record: &[u8]) -> bool {
    prefilter::names_event(record) && !request::is_request(record)
}

/// Places of one kind that mention the event but could not be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Similar {
    /// What the places resemble.
    pub like: &'static str,
    /// The number of places.
    pub count: u64,
    /// The first places: the numbers of their lines, or their offsets in bytes.
    pub places: Vec<u64>,
    /// The places are offsets.
    pub offsets: bool,
}

impl Similar {
    /// The first place of a kind.
    pub fn first(like: &'static str, place: u64, offsets: bool) -> Self {
        Self { like, count: 1, places: vec![place], offsets }
    }
}

/// Places in a text that mention the event but could not be judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unjudged {
    /// The number of places.
    pub count: u64,
    /// The line numbers of the first few places.
    pub lines: Vec<u64>,
    /// All places by kind, in the order of the first place of each kind.
    pub kinds: Vec<Similar>,
    /// The record that the first place is inside of.
    inside: Option<Opening>,
}

impl Unjudged {
    /// Counts a record that begins on this line.
    pub fn add(&mut self, line: u64, record: &[u8]) {
        self.add_inside(None, line, record);
    }

    /// Counts a record on this line, which is inside the record that this line or an earlier one has
    /// opened.
    pub fn add_inside(&mut self, opening: Option<Opening>, line: u64, record: &[u8]) {
        if self.count == 0 {
            self.inside = opening;
        }
        self.count += 1;
        if self.lines.len() < NAMED {
            self.lines.push(line);
        }
        let sorted = self.count <= SORTED;
        let resembled = if sorted { like(record).unwrap_or(TEXT) } else { FURTHER };
        match self.kinds.iter_mut().find(|kind| kind.like == resembled) {
            Some(kind) => {
                kind.count += 1;
                if kind.places.len() < LISTED {
                    kind.places.push(line);
                }
            }
            None => self.kinds.push(Similar::first(resembled, line, false)),
        }
    }

    /// The first place alone.
    #[must_use]
    pub fn first(&self) -> Self {
        let lines = self.lines.iter().take(1).copied().collect();
        let kinds = self.kinds.iter().take(1).cloned().collect();
        Self { count: self.count.min(1), lines, kinds, ..*self }
    }

    /// The record that the first place is inside of.
    pub fn inside(&self) -> Option<Opening> {
        self.inside
    }

    /// A note for a person; `None` if there is no such place.
    pub fn note(&self) -> Option<String> {
        let all = match self.count {
            0 => return None,
            1 => format!("1 record {}", SAID[0]),
            count => format!("{count} records {}", SAID[1]),
        };
        let first = if self.count == 1 { "it" } else { "the first" };
        let like = self.kinds.first().map_or(TEXT, |kind| kind.like);
        let like = match self.inside {
            Some(Opening { line, kind }) if self.lines.first() == Some(&line) => {
                format!("; {first} begins {}", kind.name())
            }
            Some(Opening { line, kind }) => {
                format!("; {first} is inside {} that begins on line {line}", kind.name())
            }
            None if like == TEXT => String::new(),
            None => format!("; {first} looks like {like}"),
        };
        Some(format!("{all} ({}{like})", lines(&self.lines, self.count)))
    }
}

/// Formats the numbers of the first lines, for `count` lines in all.
pub fn lines(first: &[u64], count: u64) -> String {
    let word = if count == 1 { "line" } else { "lines" };
    let named: Vec<_> = first.iter().map(u64::to_string).collect();
    let more = if count > first.len() as u64 { ", ..." } else { "" };
    format!("{word} {}{more}", named.join(", "))
}

/// Formats that the texts in all their records identify, and the reason why such a record cannot be
/// judged.
const FORMATS: &[(&[&str], &str)] = &[
    (
        &["\"columns\"", "\"rows\""],
        "the answer of Log Analytics or Elasticsearch SQL, but there the names are apart from the values: \
         export CSV, or records with names",
    ),
    (
        &["\"field\"", "\"@message\""],
        "the answer of CloudWatch Logs Insights, but there each field is a record: export the log events",
    ),
    (
        &["\"attributes\"", "\"EventIDQualifier\""],
        "the answer of Datadog's API, but there the record is deeper than it is read: export its attributes",
    ),
    (&["\"Provider_Name\""], "Zircolite's JSON, but it has all strings in one field"),
    (&["/subscriptions/", "Microsoft", ","], "Azure's CSV, but without the header of its columns"),
    (
        &["CLASSNAME=\"Win32_NTLogEvent\""],
        "wmic /format:rawxml, which is not read: use /format:list or /format:csv",
    ),
    (
        &["<Objs ", "<Obj "],
        "PowerShell's Export-Clixml, which is not read: use Export-Csv or ConvertTo-Json",
    ),
    (
        &["<Property Name=\"", "System.Diagnostics.Event"],
        "PowerShell's ConvertTo-Xml, which is not read: use Export-Csv or ConvertTo-Json",
    ),
    (
        &["SourceName=", "EventID=", ";"],
        "NXLog's key-value pairs, which are not read: write JSON instead",
    ),
];

/// The kind of a record that resembles no format.
const TEXT: &str = "text in an unknown format";

/// The kind of the places beyond a limit.
pub const FURTHER: &str = "further places";

/// The number of bytes of a record that are searched.
const LOOK: usize = 4096;

/// The format that an unread record resembles most.
fn like(record: &[u8]) -> Option<&'static str> {
    let record = record.trim_ascii_start();
    let start = &record[..record.len().min(LOOK)];
    let has = |sign: &&str| memchr::memmem::find(start, sign.as_bytes()).is_some();
    let known = FORMATS.iter().find(|(signs, _)| signs.iter().all(has));
    known.map(|(_, name)| *name).or_else(|| syntax(record))
}

/// The syntax of an unread record.
fn syntax(record: &[u8]) -> Option<&'static str> {
    let line = record.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let many = |byte: u8| memchr::memchr_iter(byte, line).nth(3).is_some();
    let has = |text: &[u8]| memchr::memmem::find(line, text).is_some();
    let element = record.trim_ascii_end().strip_suffix(b",").is_some_and(whole);
    Some(match record {
        [b'{', ..] if element => {
            "an element of a JSON array: write each record alone, as jq -c '.[]' does"
        }
        [b'[', ..] if is_array(record) => {
            "a JSON array: write one record per line, as jq -c '.[]' does"
        }
        [b'{', ..] if is_wrapped(record) => return None,
        [b'{' | b'[', ..] if whole(record) => "JSON with unknown names",
        [b'{' | b'[', b'{' | b'"' | b' ' | b'\n' | b'\r' | b'\t', ..] => {
            "JSON that is cut off or broken"
        }
        [b'"', ..] if has(b"\":") => "a part of a JSON object that spans lines",
        [b'<', b'0'..=b'9', ..] => "syslog with unknown content",
        [b'<', ..] => "XML that is cut off, broken or unknown",
        _ if has(b"CEF:") || has(b"LEEF:") => "CEF or LEEF with unknown fields",
        _ if has(b"{\"") && line.trim_ascii_end().ends_with(b"}") => "JSON after an unknown prefix",
        _ if many(b'\t') => "columns with tabs, whose header is unknown or not in the record",
        _ if many(b';') || many(b',') || many(b'|') => {
            "CSV, whose header is unknown or not in the record"
        }
        _ => return None,
    })
}

fn whole(record: &[u8]) -> bool {
    let text = core::str::from_utf8(record.trim_ascii_end());
    text.is_ok_and(|text| Tokens::new(text).whole_object())
}

/// Whether this is a line of text that the command made an object of: its only member is the
/// message.
fn is_wrapped(record: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(record) else { return false };
    let mut tokens = Tokens::new(text);
    let mut next = || tokens.next();
    matches!(next(), Ok(Token::ObjectStart))
        && matches!(next(), Ok(Token::Key(key)) if key.is("message"))
        && matches!(next(), Ok(Token::String(_)))
        && matches!(next(), Ok(Token::ObjectEnd))
        && matches!(next(), Ok(Token::End))
}

fn is_array(record: &[u8]) -> bool {
    let text = core::str::from_utf8(record.trim_ascii_end());
    text.is_ok_and(|text| record::read_array(text, &mut |_| {}).is_ok())
}

/// Collects whether the events of one record are event 8.
#[derive(Debug, Default)]
pub struct Known {
    pub(crate) any: Cell<bool>,
    pub(crate) this: Cell<bool>,
    pub(crate) open: Cell<bool>,
}

impl Known {
    /// Adds the answer about one event.
    pub fn add(&self, told: Told) {
        self.any.set(true);
        self.this.set(self.this.get() || told == Told::This);
        self.open.set(self.open.get() || told == Told::Open);
    }

    /// Whether no event is this one, and at least one does not say which it is or nothing was read.
    pub fn is_open(&self) -> bool {
        !self.this.get() && (self.open.get() || !self.any.get())
    }
}
