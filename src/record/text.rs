//! Text shapes: one row per shape. A reader takes a whole record and fills an event, or leaves it
//! alone and says no.

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

/// Fills the event from a record of its shape; `None` where the text is no such record. `part`
/// goes into every [`crate::event::Place`].
pub type Read = for<'a> fn(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()>;

/// One shape.
pub struct Shape {
    /// Its name.
    pub name: &'static str,
    /// The ASCII characters without which no text has this shape. Most lines lack one, and then no
    /// reader looks at them.
    signs: &'static str,
    /// The same where one of several is enough.
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
}

/// Shapes of one line; and Fluent Bit's text of several, which comes as one string in JSON.
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

/// What Logstash prints, which begins like JSON.
const RUBYDEBUG: Shape = shape("rubydebug", "{}=>\"\n", block::brackets::rubydebug);

/// Reads text that begins like JSON and is none.
pub fn like_json(text: &str, emit: Emit<'_>) -> Option<()> {
    read_as(text, [&RUBYDEBUG].into_iter(), emit)
}

/// Shapes of more than a line, and CSV.
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
/// What only looks like anything once it is none of the others.
static REST: &[Shape] = &[shape("message", " ", message_alone::event)];

/// Every text shape. The first that reads a record names it.
pub fn shapes() -> impl Iterator<Item = &'static Shape> {
    LINES.iter().chain(BLOCKS).chain(REST)
}

/// The shortest text of any shape. Most shapes need more, but a log of short lines must not be tried on all of them.
const SHORTEST: usize = "Event Source: X.".len();

/// The shapes that a text may have.
fn possible<'t>(
    text: &str,
    shapes: impl Iterator<Item = &'t Shape>,
) -> impl Iterator<Item = &'t Shape> {
    let occurring = Occurring::of(text);
    shapes.filter(move |shape| shape.may_be(&occurring))
}

/// Reads one record and emits its event.
pub fn read(text: &str, emit: Emit<'_>) -> Option<()> {
    if text.len() < SHORTEST {
        return None;
    }
    if let Cow::Owned(plain) = syslog::unescaped(text)
        && read_as(&plain, LINES.iter().chain(REST), emit).is_some()
    {
        return Some(());
    }
    if STREAMS && text.starts_with('>') && text.contains('\n') {
        return read_as(&block::unquoted(text)?, shapes(), emit);
    }
    if STREAMS && text.starts_with('>') {
        // Of what is one line, people quote this.
        let viewer = BLOCKS.iter().filter(|shape| shape.name.starts_with("eventviewer"));
        return read_as(&block::unquoted(text)?, viewer.filter(|s| s.delimiters.is_empty()), emit);
    }
    read_as(text, shapes(), emit)
}

fn read_as<'t>(text: &str, shapes: impl Iterator<Item = &'t Shape>, emit: Emit<'_>) -> Option<()> {
    // An event is large: most shapes refuse a record without touching it, and most texts have none.
    let mut possible = possible(text, shapes).peekable();
    possible.peek()?;
    let mut event = Event::default();
    for shape in possible {
        if !event.is_untouched() {
            event = Event::default();
        }
        if (shape.read)(text, 0, &mut event).is_some() {
            event.shape = shape.name;
            // No other program leaves one behind a value.
            if shape.name != "wevtutil" && text.contains('\0') {
                event.leave_unread("a byte that is 0", "");
            }
            emit(&event);
            return Some(());
        }
    }
    None
}

/// Reads text that says the event of its record once more. `None` where it has no shape.
pub fn again<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    if let Cow::Owned(plain) = syslog::unescaped(text) {
        let mut copied = None;
        let copy = &mut |copy: &Event<'_>| copied = event.say_copy(copy, part);
        if read_as(&plain, LINES.iter().chain(REST), copy).is_some() {
            return copied;
        }
    }
    for shape in possible(text, shapes()) {
        let mut said = Event::default();
        if (shape.read)(text, part, &mut said).is_some() {
            return (shape.read)(text, part, event);
        }
    }
    None
}
