//! Recognises the lines that begin a record and the lines that continue one. Text blocks have no
//! end of their own: a block ends where another record begins. The rules for a beginning inside a
//! message are therefore stricter than outside one.

use memchr::{memchr, memchr_iter, memchr3};

use crate::{
    article,
    event::Event,
    message,
    record::{
        self,
        block::{
            brackets, clean, details, event_viewer, eventquery, evtexport, forum_logs, mof,
            powershell_list, splunk,
        },
        csv,
        line::ossec::ALERT,
        xml,
    },
    swar,
};

/// The kinds of text blocks that the framer treats differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// Event Viewer's labels up to `Description:`.
    Labels,
    /// The output of `wevtutil`: labels below a number.
    Numbered,
    /// PowerShell's `Format-List`, with its colons in this column.
    List(usize),
    /// Any other block, which continues until another record begins.
    Free,
    /// A block like [`Self::Free`], below the heading of a section.
    Section,
    /// A block with this text at its end: an event in XML as a browser shows it, or a record
    /// between brackets.
    Closed(&'static str),
    /// The output of `evtexport`: labels up to a blank line that no further label follows.
    Exported,
    /// Lines that all begin with `>`.
    Quoted,
    /// An alert of OSSEC: lines up to a blank line.
    Alert,
    /// A message alone, at the beginning of a stream.
    Message,
}

impl Block {
    /// Whether the block's own text shows where it ends.
    pub fn has_end_of_its_own(self) -> bool {
        matches!(self, Self::Closed(_) | Self::Quoted | Self::Alert)
    }
}

/// The kind of block that two lines begin, if any. An empty `second` means that the text ends
/// there.
pub fn block(first: &str, second: &str) -> Option<Block> {
    let (first, second) =
        (first.trim_end_matches(['\r', '\n']), second.trim_end_matches(['\r', '\n']));
    if first.len() < SHORTEST && !first.starts_with(['{', '>']) {
        return event_viewer::is_unknown_first(first, second).then_some(Block::Labels);
    }
    if !may_begin(first) || event_viewer::is_one_line(first) {
        return None;
    }
    if let Some(quoted) = first.strip_prefix('>') {
        let plain = |line: &'_ str| line.strip_prefix(' ').unwrap_or(line).to_owned();
        let (first, second) = (plain(quoted), plain(second.strip_prefix('>').unwrap_or_default()));
        // Nothing begins in lines that are quoted twice.
        let begins = !first.starts_with('>') && block(&first, &second).is_some();
        return begins.then_some(Block::Quoted);
    }
    // The readers of these blocks take a first line that is indented.
    if let Some(block) = strong(first.trim_start_matches([' ', '\t']), second) {
        return Some(block);
    }
    if let Some(column) =
        powershell_list::column(first).filter(|_| powershell_list::begins(first, second))
    {
        return Some(Block::List(column));
    }
    if event_viewer::is_label(first) == Some(false) {
        let own = ["Event Type", "Event Source", "Event Category", "Event ID", "Log Name"];
        let own = own.iter().any(|label| clean(first).starts_with(label));
        let again = label_name(first) == label_name(second);
        return (own || (event_viewer::is_label(second).is_some() && !again))
            .then_some(Block::Labels);
    }
    if event_viewer::is_unknown_first(first, second) && !is_line_record(first) {
        return Some(Block::Labels);
    }
    let key = |line: &str| splunk::key(clean(line)).is_some_and(|(key, _)| key != "Message");
    let free = (splunk::is_time(first) || splunk::begins(first)) && key(second);
    let free = free || splunk::is_list(first, second);
    (free || splunk::is_unknown_first(first, second)).then_some(Block::Free)
}

/// Whether a line is the first one of a section, whatever follows it.
pub fn is_section(line: &str) -> bool {
    (forum_logs::is_otl(line) || forum_logs::is_frst(line))
        && block(line, "") == Some(Block::Section)
}

/// The length of the shortest first line of a block, in bytes, unless it is an unknown label, a
/// brace, or quoted.
const SHORTEST: usize = "Id :".len();
/// The length of the shortest line that is a record by itself, in bytes. Without this bound, every
/// reader would try every line of a log of short lines.
const SHORTEST_RECORD: usize = "1268652477|EVTX|S||a/8;x".len();
/// The length of the shortest time, in bytes.
const SHORTEST_TIME: usize = 12;

/// Whether a line has what every first line of a block has: a label, a key, a number in brackets,
/// or a time. This is the fast path for most lines, which have none of these.
fn may_begin(line: &str) -> bool {
    let bytes = line.as_bytes();
    let sign = || memchr3(b':', b'=', b'<', bytes).is_some() || memchr(b'[', bytes).is_some();
    (line.len() >= SHORTEST && sign())
        || (line.len() >= SHORTEST_TIME && line.starts_with(|c: char| c.is_ascii_digit()))
        || line.starts_with(['i', '+', '-', '{', '>'])
        || (line.starts_with([' ', '\t']) && mof::begins(line.trim_start()))
}

/// The end of the record that begins with this line, if the line determines it and does not contain
/// it yet.
fn closed_by(line: &str) -> Option<&'static str> {
    let end = match line.as_bytes().first()? {
        b'[' if brackets::begins_fluent_bit(line) => {
            let open = brackets::leaves_open(line, false);
            return (open || !clean(line).ends_with(PRINTED_END)).then_some(PRINTED_END);
        }
        b'[' if brackets::begins_cloudwatch(line) => "]",
        b'i' if mof::begins(line) => MOF_END,
        _ if xml::begins_tree(line) => "</Event>",
        _ => return None,
    };
    (!clean(line).ends_with(end)).then_some(end)
}

/// The ends of a record that Fluent Bit prints, and of an instance in MOF. Inside a string they end
/// nothing.
const PRINTED_END: &str = "}]";
const MOF_END: &str = "};";

fn label_name(line: &str) -> &str {
    let line = clean(line);
    swar::split_once(line, b':').map_or(line, |(name, _)| name).trim_end()
}

/// Whether a block that two lines begin may begin directly below any other line.
pub fn is_strong(first: &str, second: &str) -> bool {
    let first = first.trim_end_matches(['\r', '\n']);
    let block = strong(first.trim_start_matches([' ', '\t']), second);
    // A number alone may be a line of the block above.
    block.is_some_and(|block| block != Block::Numbered || second.starts_with([' ', '\t']))
}

/// The beginnings that no line of a message resembles by accident.
fn strong(first: &str, second: &str) -> Option<Block> {
    if event_viewer::is_wevtutil_start(first, second) {
        return Some(Block::Numbered);
    }
    if let Some(end) = closed_by(first) {
        return Some(Block::Closed(end));
    }
    if brackets::begins_rubydebug(first, second) {
        return Some(Block::Closed("}"));
    }
    if first.starts_with(ALERT) {
        return Some(Block::Alert);
    }
    if evtexport::begins(first) {
        return Some(Block::Exported);
    }
    if details::begins(first) {
        return Some(Block::Free);
    }
    if forum_logs::is_psloglist(first, second)
        || forum_logs::is_otl(first)
        || forum_logs::is_frst(first)
        || forum_logs::is_rsit(first, second)
    {
        return Some(Block::Section);
    }
    if (event_viewer::is_query_label(first, 0) && event_viewer::is_query_label(second, 1))
        || splunk::is_time(first) && splunk::begins(second)
    {
        return Some(Block::Free);
    }
    let shown = clean(first);
    let pair = |a: &str, b: &str| {
        shown.starts_with(a) && label_name(first) == a && label_name(second) == b
    };
    (pair("Event Type", "Event Source") || pair("Log Name", "Source")).then_some(Block::Labels)
}

/// Whether another record or a heading begins with this line of a block. `blank` says that the line
/// before it is blank.
pub fn interrupts(first: &str, second: &str, blank: bool) -> bool {
    let line = first.trim_end_matches(['\r', '\n']);
    let event_tag = |rest: &str| rest.starts_with([' ', '>', 's']);
    line.starts_with("{\"")
        || matches!(line, "{" | "[")
        || line.strip_prefix("<Event").is_some_and(event_tag)
        || line.starts_with("<?xml")
        || is_line_record(line)
        || is_csv(line)
        || (may_begin(line) && strong(line, second).is_some())
        || (eventquery::is_ruler(line) && eventquery::heading(second).is_some())
        || (blank && (is_heading(line) || foreign_header(line, second).is_some()))
        || (blank && block(line, second).is_some())
}

/// Whether a line alone is a record that some reader knows, or a message.
fn is_known(line: &str) -> bool {
    // Fast path: most messages of Windows XP end with one of these lines, after a blank one.
    let help = article::HELP_LINES.contains(&line);
    !help
        && event_viewer::is_label(line).is_none()
        && names(line, &|event| event.shape == "message")
}

/// Whether a line alone is a record that names its source or id.
pub fn is_record(line: &str) -> bool {
    event_viewer::is_label(line).is_none() && names(line, &|_| false)
}

/// Whether a reader gets an event from the line that names its source or id, or that satisfies
/// `or`.
fn names(line: &str, or: &dyn Fn(&Event<'_>) -> bool) -> bool {
    if line.len() < SHORTEST_RECORD {
        return false;
    }
    let mut named = false;
    record::read(clean(line).as_bytes(), "", &mut |event| {
        named |= !event.source.is_empty() || !event.id.is_empty() || or(event);
    });
    named
}

/// Whether a line is CSV: a header, or a record of a layout without one.
fn is_csv(line: &str) -> bool {
    line.starts_with("#TYPE ") || csv::begins(line).is_some() || csv::Header::of(line).is_some()
}

/// Fast path: whether a line may be the names of columns. Event Viewer of Vista and later writes five
/// of them above its CSV, in the language of the computer.
pub fn is_names(line: &str) -> bool {
    csv::DELIMITERS.iter().any(|byte| memchr_iter(*byte, line.as_bytes()).nth(2).is_some())
}

/// The delimiter of such a header, because the line after it is a row of a layout without one.
pub fn foreign_header(line: &str, second: &str) -> Option<u8> {
    let row = if is_names(line) { csv::row_of_layout(second) } else { None };
    row.filter(|delimiter| csv::may_name(line, *delimiter))
}

/// Whether a line is a heading of the lines below it.
pub fn is_heading(line: &str) -> bool {
    forum_logs::section(line).is_some() || eventquery::heading(line).is_some()
}

/// Whether a line alone is a record: syslog with its priority, OSSEC, CEF, LEEF, line protocol.
fn is_line_record(line: &str) -> bool {
    let priority =
        line.strip_prefix('<').and_then(|rest| rest.split_once('>')).is_some_and(|(digits, _)| {
            (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
        });
    priority
        || event_viewer::is_one_line(line)
        || ["CEF:", "LEEF:", "win_eventlog,", "EvntSLog: "].iter().any(|s| line.starts_with(s))
        || (line.len() > 20 && line.as_bytes()[0].is_ascii_digit() && line.contains(" WinEvtLog: "))
}

/// Whether the next line is needed to decide what begins with this line.
pub fn wants_second(first: &str) -> bool {
    let line = first.trim_end_matches(['\r', '\n']);
    if line.len() < SHORTEST && !line.starts_with(['{', '>']) {
        return event_viewer::may_be_label(clean(line));
    }
    if !may_begin(line) && !line.bytes().any(|b| b"#-,;|\t".contains(&b)) {
        return false;
    }
    let shown = clean(line);
    (event_viewer::may_be_label(shown) && !is_line_record(line))
        || event_viewer::is_label(line) == Some(false)
        || event_viewer::is_query_label(line, 0)
        || shown == "Event Xml:"
        || shown.starts_with(['[', '#'])
        || shown == "{"
        || shown.starts_with('>')
        || shown.starts_with("Computer Name: ")
        || splunk::begins(line)
        || splunk::may_begin(shown)
        || splunk::is_property(shown)
        || splunk::is_time(line)
        || eventquery::is_ruler(line)
        || is_names(line)
        || powershell_list::column(line).is_some()
}

/// A line of a block, with its surroundings.
#[derive(Clone, Copy)]
pub struct Line<'l> {
    /// The line.
    pub first: &'l str,
    /// The line after it.
    pub second: &'l str,
    /// Whether the line before it is blank.
    pub blank: bool,
    /// The first line of the block.
    pub begin: &'l str,
}

/// The progress inside a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Labels may follow.
    Labels,
    /// The message follows.
    Described,
    /// The message has begun.
    Message,
    /// The event's XML has begun.
    Xml,
}

/// The relation of a line to the block before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The line belongs to the block, which has then reached this point.
    Goes(Reach),
    /// The line is the last one of the block.
    Last,
    /// The line begins something else.
    Another,
}

/// Whether a line is the head of another section or the end of the log, in the style of the tools
/// that forums use.
fn is_ruled(line: Line<'_>) -> bool {
    let shown = clean(line.first);
    let second = clean(line.second);
    let between = |ruler| shown.starts_with(ruler) && shown.ends_with(ruler);
    between("=====")
        || between("-----")
        || shown == "< End of report >"
        || (shown.ends_with(':') && second.len() >= 5 && second.bytes().all(|byte| byte == b'='))
}

/// Whether a line is only the prompt of a console, after the output of a command.
fn is_prompt(shown: &str) -> bool {
    let path = shown.strip_prefix("PS ").unwrap_or(shown).as_bytes();
    matches!(path, [b'A'..=b'Z', b':', b'\\', .., b'>'])
}

/// Decides the relation of a line to the block before it.
pub fn goes_on(block: Block, reach: Reach, line: Line<'_>) -> Part {
    let shown = clean(line.first);
    if let Block::Closed(end) = block {
        // A string that is open is a message.
        let (inside, open) = match end {
            PRINTED_END => (false, brackets::leaves_open(shown, true)),
            MOF_END => {
                let inside = reach == Reach::Message;
                (inside, mof::leaves_open(line.first, inside))
            }
            _ => (false, false),
        };
        let reach = if open { Reach::Message } else { Reach::Labels };
        return match () {
            () if shown != "{" && interrupts(line.first, line.second, line.blank) => Part::Another,
            // A list in MOF has the same end, and so does a map inside one of Ruby's maps.
            () if end == "}" && !line.first.starts_with('}') => Part::Goes(reach),
            () if inside || open => Part::Goes(reach),
            () if shown == end || (end != MOF_END && shown.ends_with(end)) => Part::Last,
            () => Part::Goes(reach),
        };
    }
    if block == Block::Alert {
        return if shown.is_empty() { Part::Last } else { Part::Goes(reach) };
    }
    if block == Block::Quoted {
        return if line.first.starts_with('>') { Part::Goes(reach) } else { Part::Another };
    }
    if block == Block::Message {
        let ends = message::begins(shown)
            || interrupts(line.first, line.second, line.blank)
            || is_record(shown);
        return if ends { Part::Another } else { Part::Goes(reach) };
    }
    if block == Block::Exported {
        let ends = evtexport::begins(line.first)
            || (line.blank && !evtexport::goes_on(line.first))
            || interrupts(line.first, line.second, line.blank);
        return if ends { Part::Another } else { Part::Goes(reach) };
    }
    if reach == Reach::Xml {
        return if shown.ends_with("</Event>") { Part::Last } else { Part::Goes(reach) };
    }
    if shown.is_empty() {
        return Part::Goes(reach);
    }
    if let Block::List(column) = block {
        let name = powershell_list::name(line.first, column);
        if line.blank && name.is_some() && name == powershell_list::name(line.begin, column) {
            return Part::Another;
        }
        if name.is_some() || line.first.starts_with([' ', '\t']) {
            return Part::Goes(reach);
        }
    }
    if matches!(block, Block::Labels | Block::Numbered) {
        if reach == Reach::Labels
            && let Some(message) = event_viewer::is_label(line.first)
        {
            let again = block == Block::Labels
                && line.blank
                && label_name(line.first) == label_name(line.begin);
            return match message {
                _ if again => Part::Another,
                false => Part::Goes(reach),
                true if shown.ends_with(':') => Part::Goes(Reach::Described),
                true => Part::Goes(Reach::Message),
            };
        }
        // Only after the labels does an event in XML belong to the block.
        let xml = shown == "Event Xml:" && line.second.trim_start().starts_with("<Event");
        if reach != Reach::Labels && xml {
            return Part::Goes(Reach::Xml);
        }
    }
    // Splunk's keys continue below the first one and a blank line.
    let first_key = block == Block::Free && reach == Reach::Labels && splunk::may_begin(line.begin);
    if first_key && splunk::key(shown).is_some() {
        return Part::Goes(Reach::Message);
    }
    let ends = (block == Block::Section && is_ruled(line)) || is_prompt(shown);
    if line.blank && ends {
        return Part::Another;
    }
    // The message may form a paragraph of its own, which is then no record.
    let known = line.blank && reach != Reach::Described && is_known(shown);
    if known || interrupts(line.first, line.second, line.blank) {
        return Part::Another;
    }
    Part::Goes(if reach == Reach::Described { Reach::Message } else { reach })
}

/// The number of bytes of a line that are read to detect its kind, and of the lines below a record
/// that are read to decide whether the block above it has ended.
pub const LOOK: usize = 4096;

/// Whether another record begins with a line below a block. `blank` says whether a blank line is
/// between them.
pub fn is_another(line: &[u8], block: Block, reach: Reach, blank: bool) -> bool {
    let first = swar::lossy(&line[..line.len().min(LOOK)]);
    goes_on(block, reach, Line { first: &first, second: "", blank, begin: "" }) == Part::Another
}

/// The search for a line that belongs to the block above a record.
#[derive(Clone, Copy, Debug, Default)]
pub struct Below {
    /// Up to the line with this number, another record begins with each line that was read and is
    /// not blank. It is kept because the search begins again at every record.
    known: u64,
}

impl Below {
    /// Whether another record begins with the line with this number.
    pub fn is_another(&self, line: &[u8], number: u64) -> bool {
        number <= self.known || is_another(line, Block::Free, Reach::Message, true)
    }

    /// Whether a block may go on in the bytes below a record, which begin with the line with this
    /// number; `None` if more bytes must decide. The end of the input says as little about the block
    /// as another line of it does.
    pub fn goes_on(&mut self, rest: &[u8], number: u64, ended: bool) -> Option<bool> {
        let most = rest.len().min(LOOK);
        let mut lines = rest[..most].split_inclusive(|byte| *byte == b'\n').peekable();
        let mut number = number;
        while let Some(line) = lines.next() {
            let whole = line.ends_with(b"\n") || ended || most < rest.len();
            let cut = lines.peek().is_none() && most < rest.len();
            let blank = line.iter().all(u8::is_ascii_whitespace);
            if !blank && !whole {
                return None;
            }
            if !blank && !cut {
                if !self.is_another(line, number) {
                    return Some(true);
                }
                self.known = self.known.max(number);
            }
            number += 1;
        }
        if rest.len() >= LOOK { Some(false) } else { ended.then_some(true) }
    }
}

#[cfg(test)]
mod tests {
    use super::{article, names};

    #[test]
    fn help_lines_are_no_records() {
        for line in article::HELP_LINES {
            assert!(!names(line, &|event| event.shape == "message"), "{line}");
        }
    }
}
