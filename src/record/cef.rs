//! CEF (`ArcSight`) and LEEF (`QRadar`), with or without a syslog header.
//!
//! `ArcSight`'s connector for Windows keeps the whole event in `rawEvent`, as `Name=value` pairs
//! separated by `&&`, and may repeat parts of it under `ad.`. All of them are read, so that a
//! difference is found. Neither the header's severity nor `sev` is a level of the event.
//!
//! Sources: the CEF and LEEF guides; a sample of the connector in the tests of Splunk Connect for
//! Syslog.

use std::borrow::Cow;

use crate::{
    article,
    event::{Event, Scale},
    record::{
        line::{Fill, is_number, split_unescaped, tab, unescape},
        names::Role,
        syslog,
        typed::Type,
    },
    swar::{self, Words, until},
};

const CEF: &[(&str, Role)] = &[
    // `eventId` is the connector's own number of the event. It differs from `EventID` only in case.
    ("eventId", Role::ShapeMarker),
    ("externalId", Role::Id),
    ("EventID", Role::Id),
    ("EventSource", Role::Source),
    ("SourceName", Role::Source),
    ("cat", Role::Log),
    ("EventlogType", Role::Log),
    ("Channel", Role::Log),
    ("EventType", Role::Level(Scale::Legacy)),
    ("EventCategory", Role::Category),
    ("EventlogCategory", Role::Category),
    ("dvchost", Role::Computer),
    ("ComputerName", Role::Computer),
    ("Hostname", Role::Computer),
    ("WindowsVersion", Role::OsName),
    ("WindowsKeyMapFamily", Role::OsName),
    ("WindowsParserFamily", Role::OsName),
    ("rt", Role::Time),
    ("DetectTime", Role::Time),
    ("msg", Role::Message),
    ("Message", Role::Message),
    ("Description", Role::Message),
    ("Strings", Role::Strings),
    ("InsertionStrings", Role::Strings),
    ("ReplacementStrings", Role::Strings),
    ("Data", Role::Data),
    ("Binary", Role::Data),
];

/// The full names of some keys in the CEF dictionary.
const FULL: [(&str, &str); 4] = [
    ("deviceEventCategory", "cat"),
    ("deviceHostName", "dvchost"),
    ("deviceReceiptTime", "rt"),
    ("message", "msg"),
];

/// CEF keys that feed no field, with the types of their values.
const TYPES: [(&str, Type); 3] =
    [("eventId", Type::Number), ("EventIndex", Type::Number), ("User", Type::NAME)];

const LEEF: &[(&str, Role)] = &[
    ("EventID", Role::Id),
    ("EventIDCode", Role::Id),
    ("externalId", Role::Id),
    ("source", Role::Source),
    ("Source", Role::Source),
    ("SourceName", Role::Source),
    ("EventSource", Role::Source),
    ("cat", Role::Log),
    ("AgentLogFile", Role::Log),
    ("Channel", Role::Log),
    ("EventType", Role::Level(Scale::Legacy)),
    ("EventCategory", Role::Category),
    ("Computer", Role::Computer),
    ("ComputerName", Role::Computer),
    ("identHostName", Role::Computer),
    ("devTime", Role::Time),
    ("msg", Role::Message),
    ("Message", Role::Message),
];

/// LEEF keys that feed no field, with the types of their values.
const LEEF_TYPES: [(&str, Type); 8] = [
    ("sev", Type::Number),
    ("usrName", Type::NAME),
    ("accountName", Type::NAME),
    ("domain", Type::NAME),
    ("policy", Type::NAME),
    ("realm", Type::NAME),
    ("role", Type::NAME),
    ("url", Type::Word),
];

/// The first row of the names in each place: the extension, `rawEvent`, `ad.`, the header and
/// labelled fields.
const EXTENSION: u16 = 0;
const RAW_EVENT: u16 = 100;
const ADDITIONAL: u16 = 200;
const HEADER: u16 = 300;
const LABELLED: u16 = 400;

/// Reads a line of CEF: `CEF:0|VENDOR|PRODUCT|VERSION|CLASS|NAME|SEVERITY|EXTENSION`.
pub fn cef<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    let [format, vendor, product, version, class, name, severity, extension] =
        pipes(header.rest, "CEF:")?;
    let mut fill = Fill::new(event, part);
    check_device(&mut fill, format.strip_prefix("CEF:")?, [vendor, product, version]);
    fill.check("the severity of the device", Type::NAME, severity);
    say_class(&mut fill, class);
    // A first pass reads the labels, because `cs3Label` may come after `cs3`, which it names. It
    // also reads `rt`, which has a time zone and is therefore preferred.
    let mut labels = Labels::default();
    let mut seen = Seen::default();
    each_pair(extension, &mut |key, value| {
        if let Some(custom) = key.strip_suffix("Label").and_then(Custom::of) {
            if !labels.set(custom, value) {
                fill.unread(key, value);
            }
            fill.check("a label", Type::Words(6), plain(value));
        } else if key == "rt" {
            fill.say_named(CEF, EXTENSION, key, value);
        }
    });
    let mut last = ("", "");
    let before = each_pair(extension, &mut |key, value| {
        last = (key, value);
        let key = FULL.iter().find(|(full, _)| *full == key).map_or(key, |(_, key)| key);
        if key == "deviceEventClassId" {
            say_class(&mut fill, value);
        } else if key == "rawEvent" {
            for pair in value.split_words("&&") {
                match pair.split_words_once("\\=").or_else(|| pair.split_once('=')) {
                    Some((key, _)) if !Type::Word.fits(key) => {
                        fill.unread("a name in rawEvent", pair);
                    }
                    Some((key, value)) => seen.say(&mut fill, RAW_EVENT, key, value),
                    None => fill.unread("text without a name in rawEvent", pair),
                }
            }
        } else if is_in_another_case(key) {
            fill.unread("a name in another case", key);
        } else if let Some(custom) = Custom::of(key) {
            let label = labels.get(custom);
            let mut known = CEF.iter().filter(|(_, role)| *role != Role::ShapeMarker);
            let known = known.find(|(known, _)| known.eq_ignore_ascii_case(label));
            seen.say(&mut fill, LABELLED, known.map_or(label, |(known, _)| known), value);
            if known.is_none() {
                fill.check("a field with a label of its own", Type::NAME, plain(value));
            }
        } else if let Some(key) = key.strip_prefix("ad.") {
            seen.say(&mut fill, ADDITIONAL, key, value);
        } else {
            seen.say(&mut fill, EXTENSION, key, value);
        }
    });
    fill.left_over(before);
    fill.left_over(glued(last));
    // The event name is the message, which may be cut, unless the extension gives the message.
    let name = plain(name);
    if !seen.message || name.has_words(article::BEFORE_ERROR) {
        fill.say_at(HEADER, Role::Message, name);
    } else if !is_cut(&name) {
        // Several words could name another event.
        fill.check("the name of the event", Type::Word, name);
    }
    fill.header(&header, seen.computer);
    say_system(&mut fill, [vendor, product, version], header.host);
    Some(())
}

/// Whether this is the start of the event's message, cut before the error.
fn is_cut(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    match name.strip_prefix(article::PREFIX) {
        Some(url) => article::URL.starts_with(url.strip_prefix('<').unwrap_or(url)),
        None => article::PREFIX.starts_with(name),
    }
}

/// The beginning of the names of insertion strings, such as `Key[0]`.
const LIST: &str = "Key[";

/// Whether a name begins like that of an insertion string, in any case.
fn is_string(name: &str) -> bool {
    name.get(..LIST.len()).is_some_and(|start| start.eq_ignore_ascii_case(LIST))
}

/// Whether a text is an index as programs print it, without a sign or a zero in front.
fn is_index(text: &str) -> bool {
    text == "0" || (!text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What the extension has given so far.
#[derive(Default)]
struct Seen {
    message: bool,
    computer: bool,
}

impl Seen {
    fn say<'a>(&mut self, fill: &mut Fill<'_, 'a>, base: u16, key: &str, value: &'a str) {
        let raw = value;
        // The connector writes `null` for an empty value.
        let value = if raw == "null" { Cow::Borrowed("") } else { plain(raw) };
        let says = !value.is_empty();
        if is_string(key) {
            let number = key.strip_prefix(LIST).and_then(|rest| rest.strip_suffix(']'));
            let index = number.filter(|number| is_index(number)).and_then(|n| swar::number(n, 10));
            return match index {
                Some(index) if says => {
                    self.message = true;
                    fill.say(Role::string_at(index), value);
                }
                Some(0 | 1) => {}
                // An empty third string is a third string, too.
                _ => fill.unread("an insertion string", raw),
            };
        }
        // The text before the first pipe is the family of Windows; the numbers behind it belong to
        // the connector's parser.
        let family = if key == "WindowsParserFamily" { value.split_once('|') } else { None };
        let family = family.filter(|(_, rest)| rest.split('|').all(is_number));
        let value = family.map(|(family, _)| Cow::Owned(family.to_owned())).unwrap_or(value);
        // The connector reports the operating system of the computer whose log it fetches.
        if key == "ComputerName" {
            fill.say_at(base, Role::Host, value.clone());
        }
        if let Some((known, holds)) = TYPES.iter().find(|(known, _)| *known == key) {
            fill.check_name(known, *holds, value.clone());
        }
        self.message |= says && matches!(key, "msg" | "Message");
        self.computer |= says && matches!(key, "ComputerName" | "dvchost" | "Hostname");
        let known = fill.say_named(CEF, base, key, value);
        // The connector does not escape the separator of these pairs, so an insertion string could
        // contain a pair. Therefore all of their names must be known.
        let typed = TYPES.iter().any(|(typed, _)| *typed == key);
        if base == RAW_EVENT && !known && !typed {
            fill.unread("a name in rawEvent", raw);
        }
    }
}

/// Reads a line of LEEF: `LEEF:1.0|VENDOR|PRODUCT|VERSION|ID|ATTRIBUTES`. In 2.0, a field for the
/// delimiter follows the id.
pub fn leef<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    let [format, vendor, product, version, id, attributes] = pipes(header.rest, "LEEF:")?;
    let (field, attributes) = match attributes.split_once('|') {
        Some((field, rest)) if format.starts_with("LEEF:2") && !field.has(b'=') => (field, rest),
        _ => ("", attributes),
    };
    let delimiter = leef_delimiter(field);
    let tab = tab(attributes).unwrap_or("\t");
    let mut fill = Fill::new(event, part);
    check_device(&mut fill, format.strip_prefix("LEEF:")?, [vendor, product, version]);
    if delimiter.is_none() && !field.is_empty() {
        fill.unread("the delimiter", field);
    }
    say_class(&mut fill, id);
    let (mut computer, mut last) = (false, ("", ""));
    let mut each = |pair: &'a str| match pair.split_once('=') {
        Some((key, _)) if !Type::Word.fits(key) => fill.unread("a name", pair),
        Some((key, value)) => {
            last = (key, value);
            computer |= matches!(key, "Computer" | "ComputerName" | "identHostName");
            if let Some((known, holds)) = LEEF_TYPES.iter().find(|(known, _)| *known == key) {
                fill.check_name(known, *holds, value);
            }
            if is_string(key) {
                fill.unread(key, value);
            }
            fill.check_tabs(value);
            fill.say_named(LEEF, EXTENSION, key, value);
        }
        None => fill.left_over(pair),
    };
    match delimiter {
        Some(delimiter) => attributes.split(delimiter).for_each(&mut each),
        None => attributes.split_words(tab).for_each(&mut each),
    }
    fill.left_over(glued(last));
    fill.header(&header, computer);
    say_system(&mut fill, [vendor, product, version], header.host);
    Some(())
}

/// Adds the operating system of the sender, if the device is Windows. A version that no Windows has
/// is the agent's and is ignored.
fn say_system<'a>(fill: &mut Fill<'_, 'a>, device: [&'a str; 3], host: &'a str) {
    let [vendor, product, version] = device;
    if vendor != "Microsoft" || !product.starts_with("Windows") {
        return;
    }
    fill.say_at(HEADER, Role::Host, host);
    fill.say_at(HEADER, Role::OsName, plain(product));
    let (major, dotted) = version.split_once('.').unwrap_or((version, ""));
    match major {
        "" => {}
        _ if dotted.is_empty() => {
            fill.say_at(LABELLED, Role::OsName, [product, " ", version].concat());
        }
        "4" | "5" | "6" | "10" => fill.say_at(HEADER, Role::OsVersion, version),
        _ => {}
    }
}

/// Text after the last value of a record. Where the value itself may contain blanks, the text is
/// seen in the value, so this is empty. Elsewhere the text would be lost with a value that no
/// condition checks.
fn glued<'a>((key, value): (&str, &'a str)) -> &'a str {
    const FREE: [&str; 10] = [
        "msg",
        "Message",
        "rawEvent",
        "cat",
        "source",
        "Source",
        "SourceName",
        "EventSource",
        "WindowsVersion",
        "devTime",
    ];
    let key = key.strip_prefix("ad.").unwrap_or(key);
    let time = key == "rt" && !value.starts_with(|c: char| c.is_ascii_digit());
    if FREE.contains(&key) || time || Custom::of(key).is_some() || key.ends_with("URI") {
        return "";
    }
    value.split_once([' ', '\t']).map_or("", |(_, more)| more)
}

/// The delimiter: a character, or its number as `x09` or `0x09`.
fn leef_delimiter(field: &str) -> Option<char> {
    let hex = field.strip_prefix("0x").or_else(|| field.strip_prefix('x'));
    match hex.and_then(|digits| swar::number_32(digits, 16)) {
        Some(code) => char::from_u32(code),
        None => field.chars().next().filter(|char| char.len_utf8() == field.len()),
    }
}

/// The fields between pipes. The first one starts with `sign`; the last one is the rest of the
/// text.
fn pipes<'a, const N: usize>(text: &'a str, sign: &str) -> Option<[&'a str; N]> {
    let mut rest = text.trim_start_matches(' ');
    if !rest.starts_with(sign) {
        return None;
    }
    let mut fields = [""; N];
    let (last, heads) = fields.split_last_mut()?;
    for field in heads {
        (*field, rest) = split_unescaped(rest, b"|");
        rest = rest.strip_prefix('|')?;
    }
    *last = swar::trim_end(rest, swar::BLANKS);
    Some(fields)
}

/// Checks the version of the format, and the vendor, product and version of the device.
fn check_device<'a>(fill: &mut Fill<'_, 'a>, format: &'a str, names: [&'a str; 3]) {
    let digits = format.strip_suffix(".0").unwrap_or(format);
    fill.check("the version of the format", Type::Number, digits);
    for name in names {
        fill.check("the device", Type::Words(4), plain(name));
    }
}

/// Reads the class: `SOURCE:ID`, the id alone, the source alone, or nothing. Any other class
/// belongs to another event.
fn say_class<'a>(fill: &mut Fill<'_, 'a>, class: &'a str) {
    let (source, id) = class.rsplit_once(':').unwrap_or(("", class));
    if is_number(id) {
        fill.say_at(HEADER, Role::Source, plain(source));
        fill.say_at(HEADER, Role::Id, id);
    } else if !matches!(class, "" | "-") && !class.eq_ignore_ascii_case(article::SOURCE) {
        fill.unread("the class of the event", class);
    }
}

/// The CEF fields whose meaning is given by a label, each with its short and its full name.
const CUSTOM: [[&str; 2]; 7] = [
    ["cs", "deviceCustomString"],
    ["cn", "deviceCustomNumber"],
    ["cfp", "deviceCustomFloatingPoint"],
    ["c6a", "deviceCustomIPv6Address"],
    ["flexString", "flexString"],
    ["flexNumber", "flexNumber"],
    ["flexDate", "deviceCustomDate"],
];

/// One of these fields: the index in [`CUSTOM`], and the number of the field.
#[derive(Clone, Copy)]
struct Custom(usize, usize);

impl Custom {
    fn of(key: &str) -> Option<Self> {
        let number =
            |name: &&str| usize::try_from(swar::number(key.strip_prefix(*name)?, 10)?).ok();
        (0..).zip(&CUSTOM).find_map(|(kind, names)| {
            names
                .iter()
                .find_map(|name| number(name).filter(|number| *number < 8))
                .map(|n| Self(kind, n))
        })
    }
}

/// The names that are compared where they are read, and not by [`Fill::say_named`], like those in
/// [`CUSTOM`], which a number follows.
const NAMED: [&str; 5] = ["deviceEventClassId", "rawEvent", FULL[0].0, FULL[1].0, FULL[2].0];

/// Whether this is one of these names, or of their labels, in another case.
fn is_in_another_case(key: &str) -> bool {
    const LABEL: &str = "Label";
    let (name, label) =
        key.split_at_checked(key.len().wrapping_sub(LABEL.len())).unwrap_or((key, ""));
    let (name, odd) =
        if label.eq_ignore_ascii_case(LABEL) { (name, label != LABEL) } else { (key, false) };
    let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
    let start = &name[..name.len() - digits];
    let known = if digits == 0 { &NAMED[..] } else { CUSTOM.as_flattened() };
    known.iter().any(|known| start.eq_ignore_ascii_case(known) && (odd || start != *known))
        || key.starts_with("AD.")
}

/// The labels of an extension.
#[derive(Default)]
struct Labels<'a>([[&'a str; 8]; CUSTOM.len()]);

impl<'a> Labels<'a> {
    fn get(&self, Custom(kind, number): Custom) -> &'a str {
        self.0[kind][number]
    }

    /// Sets the label of a field. False if the field already has another label.
    fn set(&mut self, Custom(kind, number): Custom, label: &'a str) -> bool {
        let slot = &mut self.0[kind][number];
        let fits = slot.is_empty() || *slot == label;
        *slot = label;
        fits
    }
}

/// Calls `take` with each `key=value` of an extension. A value ends before the next key. Returns
/// the text before the first key.
fn each_pair<'a>(extension: &'a str, take: &mut dyn FnMut(&'a str, &'a str)) -> &'a str {
    let (before, mut rest) = split_key(extension, true);
    while let Some((key, value)) = rest.split_once('=') {
        let after;
        let (value, next) = split_key(value, false);
        (rest, after) = (next, value);
        take(key, after.trim_end_matches(' '));
    }
    before
}

/// Splits a text before its first `key=`. A key starts after a blank, or with the text if `word` is
/// true, and has only letters, digits, dots, underscores and brackets.
fn split_key(text: &str, word: bool) -> (&str, &str) {
    let is_key = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'[' | b']');
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        // The key is read backwards from its `=`, because few bytes belong to one.
        let at = from + until(bytes.get(from..).unwrap_or_default(), [b'='; 3]);
        let Some(before) = bytes.get(..at).filter(|_| at < bytes.len()) else { return (text, "") };
        let start = before.iter().rposition(|byte| !is_key(byte)).map_or(0, |last| last + 1);
        let begins = match start.checked_sub(1) {
            Some(blank) => before.get(blank) == Some(&b' '),
            None => word,
        };
        if begins && start < at {
            return text.split_at(start);
        }
        from = at + 1;
    }
}

fn plain(value: &str) -> Cow<'_, str> {
    unescape(value, |char| match char {
        '=' | '|' | '\\' => Some(char),
        'n' => Some('\n'),
        'r' => Some('\r'),
        _ => None,
    })
}
