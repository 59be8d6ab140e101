//! `Label: value` lines up to `Description:`, as Event Viewer copies them (Windows XP and Server
//! 2003, and Vista and later), as Microsoft prints them in its articles, and as `wevtutil` and
//! `eventquery /FO LIST` write them. No line after `Description:` is a label.
//!
//! Sources: KB2253680 as published; Event Viewer of each system; public `wevtutil` output.

use memchr::memchr;

use super::{clean, first_line, junk, lines, moment, put};
use crate::{
    event::{Event, Scale},
    record::{
        names::Role,
        typed::{self, Type},
        xml,
    },
    swar::split_once,
};

/// The meaning of a label.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    /// The value of a field.
    Is(Role),
    /// The date.
    Date,
    /// The time of day.
    Clock,
    /// The message: all text that follows.
    Rest,
    /// A value of this type that feeds no field.
    Other(Type),
}

/// The labels of a format.
struct Labels {
    rows: &'static [(&'static str, Label)],
    /// For each upper-case letter, a bit for each row whose label begins with it.
    by_letter: [u32; 26],
}

impl Labels {
    const fn new(rows: &'static [(&'static str, Label)]) -> Self {
        let (mut by_letter, mut row) = ([0; 26], 0);
        while row < rows.len() {
            by_letter[(rows[row].0.as_bytes()[0] - b'A') as usize] |= 1 << row;
            row += 1;
        }
        Self { rows, by_letter }
    }

    /// The rows whose label begins with this byte.
    fn beginning_with(&self, first: u8) -> impl Iterator<Item = usize> + use<> {
        let letter = usize::from(first.wrapping_sub(b'A'));
        let mut rest = self.by_letter.get(letter).copied().unwrap_or(0);
        core::iter::from_fn(move || {
            let row = rest.trailing_zeros();
            rest &= rest.wrapping_sub(1);
            (row < u32::BITS).then_some(row as usize)
        })
    }
}

use Label::{Clock, Date, Is, Other, Rest};

/// Event Viewer of Windows XP and Server 2003, and the article.
static XP: Labels = Labels::new(&[
    ("Event Type", Is(Role::Level(Scale::Words))),
    ("Event Source", Is(Role::Source)),
    ("Event Category", Is(Role::Category)),
    ("Event ID", Is(Role::Id)),
    ("Date", Date),
    ("Time", Clock),
    ("User", Other(Type::NAME)),
    ("Computer", Is(Role::Computer)),
    ("Description", Rest),
]);

/// Event Viewer of Vista and later, and `wevtutil`.
static VISTA: Labels = Labels::new(&[
    ("Log Name", Is(Role::Log)),
    ("Source", Is(Role::Source)),
    ("Date", Is(Role::Time)),
    ("Event ID", Is(Role::Id)),
    ("Task Category", Is(Role::Category)),
    ("Task", Is(Role::Category)),
    ("Level", Is(Role::Level(Scale::Words))),
    ("Type", Is(Role::Level(Scale::Words))),
    ("Opcode", Other(Type::NAME)),
    ("OpCode", Other(Type::NAME)),
    ("Keywords", Other(Type::Keyword)),
    ("Keyword", Other(Type::Keyword)),
    ("User", Other(Type::NAME)),
    ("User Name", Other(Type::NAME)),
    ("Computer", Is(Role::Computer)),
    ("Description", Rest),
]);

/// `eventquery.vbs /FO LIST /V`.
static QUERY: Labels = Labels::new(&[
    ("Type", Is(Role::Level(Scale::Words))),
    ("Event", Is(Role::Id)),
    ("Date Time", Is(Role::Time)),
    ("Source", Is(Role::Source)),
    ("ComputerName", Is(Role::Computer)),
    ("Category", Is(Role::Category)),
    ("User", Other(Type::NAME)),
    ("Description", Rest),
]);

/// Finds the label of a line, and the value after it.
fn label<'l>(line: &'l str, labels: &Labels) -> Option<(usize, Label, &'l str)> {
    let first = line.bytes().find(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n'))?;
    let mut possible = labels.beginning_with(first).peekable();
    // Fast path: no label begins like most lines.
    possible.peek()?;
    let (name, value) = split_once(line, b':')?;
    // Only copies have another spelling of the white space.
    let mut near = None;
    for row in possible {
        let (label, meaning) = labels.rows[row];
        if name == label {
            return Some((row, meaning, value));
        }
        if near.is_none() && same(name, label) {
            near = Some((row, meaning, value));
        }
    }
    near
}

/// Whether a name is this label. Copies in forums remove spaces, add some, or replace them with
/// non-breaking ones.
fn same(name: &str, label: &str) -> bool {
    // No label has more than one space.
    name == label
        || (name.len() + 1 >= label.len()
            && name.chars().filter(|c| !c.is_whitespace()).eq(label.chars().filter(|c| *c != ' ')))
}

/// Whether the first of two lines is in the place of the first label of a block, but is not a known
/// label: the second line is a label that always follows another one. A copy may have the first
/// label in another spelling or language, so its value belongs to the event.
pub fn is_unknown_first(first: &str, second: &str) -> bool {
    let follows = |name: &str| ["Event Source", "Source"].iter().any(|own| same(name, own));
    // The second line is asked first, because almost none is such a label.
    split_once(second, b':').is_some_and(|(name, _)| follows(name))
        && may_be_label(first)
        && is_label(first).is_none()
}

/// Whether a line looks like a label, in any language.
pub fn may_be_label(line: &str) -> bool {
    let plain = |c: char| c.is_alphabetic() || c.is_whitespace() || "_-'()\u{feff}".contains(c);
    let name = split_once(line, b':').map(|(name, _)| clean(name));
    name.is_some_and(|name| name.len() <= 48 && name.chars().all(plain))
}

/// Whether a line has a label of one of these formats, and whether it is the label of the message.
pub fn is_label(line: &str) -> Option<bool> {
    [&XP, &VISTA]
        .into_iter()
        .find_map(|labels| label(clean(line), labels))
        .map(|found| found.1 == Rest)
}

/// Reads the labels, and returns the text after the label of the message. Returns `None` if the
/// text does not begin with a label, or names neither an id nor a source.
#[expect(clippy::option_option, reason = "no record; a record; a record with a message")]
fn header<'a>(
    text: &'a str,
    labels: &Labels,
    part: u8,
    event: &mut Event<'a>,
) -> Option<Option<&'a str>> {
    let (mut date, mut clock) = (None, None);
    let mut rest = None;
    let mut begun = false;
    let rest_of = |at: usize, line: &str| text.get(at + line.len()..).and_then(first_line);
    for (at, line) in lines(text) {
        let shown = clean(line);
        if shown.is_empty() {
            continue;
        }
        let Some((row, label, value)) = label(line, labels) else {
            // At most one unknown line may precede the labels.
            if !begun {
                let (second, _) = rest_of(at, line)?;
                label(second, labels)?;
            }
            match split_once(shown, b':') {
                Some((name, value)) if is_name(name) => event.leave_unread(name, clean(value)),
                _ => junk(event, part, shown),
            }
            continue;
        };
        begun = true;
        let value = match label {
            Rest => {
                rest = Some(&text[at + line.len() - value.len()..]);
                break;
            }
            _ => clean(value),
        };
        match label {
            Is(role) => put(event, part, row, role, value),
            Date => event.time.repeated |= date.replace(value).is_some_and(|old| old != value),
            Clock => event.time.repeated |= clock.replace(value).is_some_and(|old| old != value),
            Other(holds) => typed::check_name(event, part, labels.rows[row].0, holds, value),
            Rest => {}
        }
    }
    moment(event, part, date, clock);
    let named = !event.id.is_empty() || !event.source.is_empty();
    (begun && named).then_some(rest)
}

/// Whether a text can be a label.
fn is_name(text: &str) -> bool {
    text.len() <= 32 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b" _-()".contains(&b))
}

/// Whether the text begins with a label, or with an unknown line in its place.
fn begins(text: &str, labels: &Labels) -> Option<bool> {
    let (first, rest) = first_line(text)?;
    let unknown = || first_line(rest).is_some_and(|(second, _)| is_unknown_first(first, second));
    Some(label(first, labels).is_some() || unknown())
}

fn message<'a>(event: &mut Event<'a>, part: u8, text: &'a str) {
    put(event, part, usize::from(super::JUNK) - 2, Role::Message, clean(text));
}

/// Event Viewer of Windows XP and Server 2003, and the text of the article.
pub fn xp<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    if !begins(text, &XP)? || !is_xp(text) {
        return None;
    }
    if let Some(rest) = header(text, &XP, part, event)? {
        let (text, data) = split_data(rest);
        message(event, part, text);
        if let Some(data) = data {
            put(event, part, XP.rows.len(), Role::Data, data);
        }
    }
    Some(())
}

/// Whether the labels are those of Windows XP and Server 2003: one of them occurs only there, or
/// none occurs only in Vista and later.
fn is_xp(text: &str) -> bool {
    let mut vista = false;
    for (_, line) in lines(text) {
        let Some((name, _)) = split_once(line, b':') else { continue };
        if ["Event Type", "Event Source", "Event Category"].iter().any(|own| same(name, own)) {
            return true;
        }
        vista |= ["Log Name", "Source", "Level", "Task Category"].iter().any(|own| same(name, own));
        if same(name, "Description") {
            break;
        }
    }
    !vista
}

/// Splits off the hex dump that follows the message of an event with binary data.
fn split_data(text: &str) -> (&str, Option<&str>) {
    let dump = |line: &str| {
        let bytes = line.as_bytes();
        bytes.len() > 6
            && bytes[..4].iter().all(u8::is_ascii_hexdigit)
            && bytes[4] == b':'
            && bytes[5..].trim_ascii_start().first().is_some_and(u8::is_ascii_hexdigit)
    };
    let mut found = None;
    let mut dumped = false;
    for (at, line) in lines(text) {
        let shown = clean(line);
        if shown == "Data:" {
            (found, dumped) = (Some((at, at + line.len())), false);
        } else if !shown.is_empty() && found.is_some() {
            if dump(shown) {
                dumped = true;
            } else {
                found = None;
            }
        }
    }
    match found {
        Some((end, start)) if dumped || clean(&text[start..]).is_empty() => {
            (&text[..end], Some(clean(&text[start..])))
        }
        _ => (text, None),
    }
}

/// Whether a line is a whole copy without its line ends, as web pages show it.
pub fn is_one_line(line: &str) -> bool {
    (line.starts_with("Event Type:") || line.starts_with("Log Name:"))
        && line.contains(" Event ID:")
}

/// Event Viewer of Windows XP and Server 2003, in one line.
pub fn xp_in_line<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    in_line(text, &XP, xp, part, event)
}

/// Event Viewer of Vista and later, in one line.
pub fn vista_in_line<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    in_line(text, &VISTA, vista, part, event)
}

/// Reads labels on one line, in the order of Event Viewer, by putting each label on its own line.
fn in_line<'a>(
    text: &'a str,
    labels: &Labels,
    read: for<'l> fn(&'l str, u8, &mut Event<'l>) -> Option<()>,
    part: u8,
    event: &mut Event<'a>,
) -> Option<()> {
    let text = clean(text);
    if !text.starts_with(labels.rows[0].0) || text.contains('\n') || !is_one_line(text) {
        return None;
    }
    let (head, message) = text.split_once(" Description:").unwrap_or((text, ""));
    let (mut whole, mut rest) = (String::new(), head);
    for (label, _) in labels.rows.iter().skip(1) {
        let at = rest
            .match_indices(label)
            .map(|(at, _)| at)
            .find(|&at| rest[..at].ends_with(' ') && rest[at + label.len()..].starts_with(':'));
        if let Some(at) = at {
            whole.push_str(&rest[..at]);
            whole.push('\n');
            rest = &rest[at..];
        }
    }
    let whole = format!("{whole}{rest}\nDescription:{message}");
    let mut copy = Event::default();
    read(&whole, 0, &mut copy)?;
    event.say_copy(&copy, part)
}

/// Event Viewer of Vista and later, with or without the XML below.
pub fn vista<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    if begins(text, &VISTA)? { described(text, part, event) } else { None }
}

/// The text output of `wevtutil`: a line with a number, and indented lines below it.
pub fn wevtutil<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (first, rest) = first_line(text)?;
    let behind = behind_number(first)?;
    described(rest, part, event)?;
    if !behind.is_empty() {
        event.leave_unread("the text after the number", behind);
    }
    if lines(text).any(|(_, line)| has_added_nul(line)) {
        event.leave_unread("a byte that is 0", "");
    }
    Some(())
}

/// The labels whose values Windows translates. `wevtutil` appends a NUL to some translations.
const TRANSLATED: [&str; 6] = ["Task", "Level", "Opcode", "OpCode", "Keyword", "Keywords"];

/// Whether a line has a NUL that `wevtutil` did not append.
fn has_added_nul(line: &str) -> bool {
    if memchr(0, line.as_bytes()).is_none() {
        return false;
    }
    let line = line.trim_end_matches(['\r', '\n']);
    let own = label(line, &VISTA).filter(|(row, ..)| TRANSLATED.contains(&VISTA.rows[*row].0));
    own.and_then(|(.., value)| value.strip_suffix('\0')).is_none_or(|value| value.contains('\0'))
}

/// The text after `Event[0]:`, or after `Event[0]` in newer builds. Normally it is empty.
fn behind_number(line: &str) -> Option<&str> {
    let (digits, behind) = clean(line).strip_prefix("Event[")?.split_once(']')?;
    let number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    number.then(|| clean(behind.strip_prefix(':').unwrap_or(behind)))
}

/// Whether `wevtutil` begins an event with these lines. Text may follow the number.
pub fn is_wevtutil_start(line: &str, second: &str) -> bool {
    let labels = || second.starts_with([' ', '\t']) && is_label(second) == Some(false);
    behind_number(line).is_some_and(|behind| behind.is_empty() || labels())
}

fn described<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let Some(rest) = header(text, &VISTA, part, event)? else { return Some(()) };
    let (text, said_again) = split_xml(rest);
    message(event, part, text);
    if let Some(again) = said_again {
        // Text that is not an event was added to the message.
        if xml::event(again, part, &mut Event::default()).is_some() {
            let _ = xml::event(again, part, event);
        } else {
            junk(event, part, again);
        }
    }
    Some(())
}

/// The XML that Event Viewer puts below the message.
fn split_xml(text: &str) -> (&str, Option<&str>) {
    let found = lines(text).filter(|(_, line)| clean(line) == "Event Xml:").last();
    match found {
        Some((at, line)) => (&text[..at], Some(clean(&text[at + line.len()..]))),
        None => (text, None),
    }
}

/// `eventquery.vbs /FO LIST`.
pub fn query<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (first, rest) = first_line(text)?;
    let (second, _) = first_line(rest)?;
    if !(is_query_label(first, 0) && is_query_label(second, 1)) {
        return None;
    }
    if let Some(rest) = header(text, &QUERY, part, event)? {
        message(event, part, rest);
    }
    Some(())
}

/// Whether a line is this label of `eventquery.vbs /FO LIST`.
pub fn is_query_label(line: &str, row: usize) -> bool {
    label(clean(line), &QUERY).is_some_and(|found| found.0 == row)
}
