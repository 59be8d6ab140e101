//! The text shapes, one row per shape. A reader takes a whole record and either fills an event or
//! rejects the record.

use std::borrow::Cow;

use crate::{
    STREAMS,
    event::Event,
    record::{
        Emit, block, cef, csv,
        line::{
            collectors, message_alone, name_value, ossec, plaso, rfc5424_data, snare,
            syslog_agents, telegraf, tln,
        },
        syslog, xml,
    },
    swar::Occurring,
};

/// Fills the event from a record of one shape. `None` if the text does not have the shape. `part`
/// goes into every [`crate::event::Place`].
pub type Read = for<'a> fn(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()>;

/// A text shape.
pub struct Shape {
    /// The name of the shape.
    pub name: &'static str,
    /// ASCII characters that every text of this shape contains. Most lines lack one of them, so
    /// most readers are skipped.
    signs: &'static str,
    /// ASCII characters: a text of this shape contains at least one of them.
    delimiters: &'static str,
    read: Read,
}

const fn shape(name: &'static str, signs: &'static str, read: Read) -> Shape {
    Shape { name, signs, delimiters: "", read }
}

const fn table(
    name: &'static str,
    signs: &'static str,
    delimiters: &'static str,
    read: Read,
) -> Shape {
    Shape { name, signs, delimiters, read }
}

impl Shape {
    fn may_be(&self, occurring: &Occurring) -> bool {
        occurring.all(self.signs) && (self.delimiters.is_empty() || occurring.any(self.delimiters))
    }

    /// Records a NUL as not understood. Only `wevtutil` leaves one after a value, and its reader
    /// checks those.
    fn check_nul(&self, text: &str, event: &mut Event<'_>) {
        if self.name != "wevtutil" && text.contains('\0') {
            event.leave_unread("a byte that is 0", "");
        }
    }
}

/// Shapes of one line, and Fluent Bit's text of several lines, which is one string in JSON.
static LINES: &[Shape] = &[
    shape("xml", "<>E", xml::event),
    shape("xml", "<>E", message_alone::xml),
    shape("cef", "CEF:|", cef::cef),
    shape("leef", "LEF:|", cef::leef),
    shape("ossec", "WEL:()", ossec::event),
    shape("snare", "MSWEL", snare::event),
    shape("wincollect", "AD=", name_value::win_collect),
    shape("fluentbit-winevtlog", "PNEID=\n", name_value::fluent_bit),
    shape("eventreporter", "E:()", syslog_agents::event_reporter),
    shape("adiscon", ",[]", syslog_agents::adiscon),
    shape("logparser", "LP:", syslog_agents::log_parser),
    shape("syslog-ng", "EID:[]()", syslog_agents::syslog_ng),
    shape("rfc5424", "[]=\"", rfc5424_data::event),
    shape("evtsys", ": ", syslog_agents::evtsys),
    shape("ntsyslog", "[] ", syslog_agents::ntsyslog),
    shape("telegraf", "EIDS=", telegraf::event),
    shape("dds", ",:[]-", message_alone::dds),
];

/// The output of Logstash's `rubydebug`, which starts like JSON.
const RUBYDEBUG: Shape = shape("rubydebug", "{}=>\"\n", block::brackets::rubydebug);

/// Reads text that starts like JSON but is not JSON.
pub fn like_json(text: &str, emit: Emit<'_>) -> Option<()> {
    read_as(text, [&RUBYDEBUG].into_iter(), emit)
}

/// Shapes of several lines, and CSV.
static BLOCKS: &[Shape] = if STREAMS { ALL_BLOCKS } else { &[] };

const ALL_BLOCKS: &[Shape] = &[
    shape("powershell-list", " :", block::powershell_list::event),
    shape("eventquery-list", ":\n", block::event_viewer::query),
    shape("eventviewer-xp", "ET:", block::event_viewer::xp_in_line),
    shape("eventviewer", "LN:", block::event_viewer::vista_in_line),
    shape("eventviewer-xp", ":", block::event_viewer::xp),
    shape("eventviewer", ":", block::event_viewer::vista),
    shape("wevtutil", "E[]:", block::event_viewer::wevtutil),
    shape("splunk", "=", block::splunk::event),
    shape("psloglist", "[]:\n", block::forum_logs::psloglist),
    shape("rsit", "CNE:", block::forum_logs::rsit),
    shape("otl", "|=-", block::forum_logs::otl),
    shape("frst", ":()", block::forum_logs::frst),
    shape("mof", "{}=;", block::mof::event),
    shape("eventviewer-details", "[]SE", block::details::event),
    shape("ossec", "*WEL:()\n", ossec::alert),
    shape("evtexport", ":E", block::evtexport::event),
    shape("cloudwatch", "[]", block::brackets::cloudwatch),
    shape("fluentbit-print", "[]{}=>", block::brackets::fluent_bit),
    shape("fluentbit-file", "[]{}:\"", block::brackets::fluent_bit_file),
    RUBYDEBUG,
    shape("eventquery", "TES-\n", block::eventquery::event),
    table("eventviewer-csv-xp", "", ",\t;", csv::xp),
    table("eventviewer-csv", "", ",\t;", csv::vista),
    table("psloglist-csv", "", ",\t;", csv::psloglist),
    table("csv", "\n", ",\t;|", csv::with_header),
    shape("plaso", "[]/x", csv::plaso::event),
    shape("plaso", ",[]/x", plaso::event),
    shape("nic-windows", "%NICW,=:", collectors::nic_windows),
    shape("check_mk", ":. ", collectors::check_mk),
    shape("tln", "|/;EVT", tln::event),
    shape("evtparse", ",:Z", tln::csv),
];
/// A shape that is too general to be tried before the others.
static REST: &[Shape] = &[shape("message", " ", message_alone::event)];

/// All text shapes. They are tried in this order, and the first one that reads a record is its
/// shape.
pub fn shapes() -> impl Iterator<Item = &'static Shape> {
    LINES.iter().chain(BLOCKS).chain(REST)
}

/// The minimum length of a text. Most shapes need more, but a log of short lines must not be tried
/// on all of them.
const SHORTEST: usize = "Event Source: X.".len();

/// The shapes that are possible for a text with these bytes.
fn possible<'t>(
    occurring: &Occurring,
    shapes: impl Iterator<Item = &'t Shape>,
) -> impl Iterator<Item = &'t Shape> {
    shapes.filter(move |shape| shape.may_be(occurring))
}

/// Reads one record and emits its event.
pub fn read(text: &str, emit: Emit<'_>) -> Option<()> {
    if text.len() < SHORTEST {
        return None;
    }
    let occurring = Occurring::of(text);
    if occurring.any("#")
        && let Cow::Owned(plain) = syslog::unescaped(text)
        && read_as(&plain, LINES.iter().chain(REST), emit).is_some()
    {
        return Some(());
    }
    if STREAMS && text.starts_with('>') {
        // People quote only the one-line forms of Event Viewer.
        let lines = text.contains('\n');
        let quoted = |shape: &&Shape| {
            lines || (shape.name.starts_with("eventviewer") && shape.delimiters.is_empty())
        };
        return read_as(&block::unquoted(text)?, shapes().filter(quoted), emit);
    }
    read_possible(text, possible(&occurring, shapes()), emit)
}

fn read_as<'t>(text: &str, shapes: impl Iterator<Item = &'t Shape>, emit: Emit<'_>) -> Option<()> {
    read_possible(text, possible(&Occurring::of(text), shapes), emit)
}

fn read_possible<'t>(
    text: &str,
    possible: impl Iterator<Item = &'t Shape>,
    emit: Emit<'_>,
) -> Option<()> {
    // The event is created late, because it is large and most texts have no possible shape. It is
    // reused while readers reject the record without changing it.
    let mut possible = possible.peekable();
    possible.peek()?;
    let mut event = Event::default();
    for shape in possible {
        if !event.is_untouched() {
            event = Event::default();
        }
        if (shape.read)(text, 0, &mut event).is_some() {
            event.shape = shape.name;
            shape.check_nul(text, &mut event);
            emit(&event);
            return Some(());
        }
    }
    None
}

/// Reads text that contains the event of its record again. `None` if the text has no known shape.
pub fn again<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    if let Cow::Owned(plain) = syslog::unescaped(text) {
        let mut copied = None;
        let copy = &mut |copy: &Event<'_>| copied = event.say_copy(copy, part);
        if read_as(&plain, LINES.iter().chain(REST), copy).is_some() {
            return copied;
        }
    }
    for shape in possible(&Occurring::of(text), shapes()) {
        let mut said = Event::default();
        if (shape.read)(text, part, &mut said).is_some() {
            shape.check_nul(text, event);
            return (shape.read)(text, part, event);
        }
    }
    None
}
