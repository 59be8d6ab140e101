//! Text shapes: one row per shape. A reader takes a whole record and fills an event, or leaves it
//! alone and says no.

use crate::{
    event::Event,
    reader::{
        Emit, cef,
        line::{agents, ossec, pairs, plain, snare, structured, telegraf},
        xml,
    },
};

#[cfg(feature = "blocks")]
use crate::reader::{block, csv, line::plaso};

/// Fills the event from a record of its shape; `None` where the text is no such record. `part`
/// goes into every [`crate::event::Place`].
pub type Shape = for<'a> fn(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()>;

/// Shapes of one line; and Fluent Bit's text of several, which comes as one string in JSON.
static LINES: &[(&str, Shape)] = &[
    ("xml", xml::event),
    ("xml", plain::xml),
    ("cef", cef::cef),
    ("leef", cef::leef),
    ("ossec", ossec::event),
    ("snare", snare::event),
    ("wincollect", pairs::win_collect),
    ("fluentbit-winevtlog", pairs::fluent_bit),
    ("eventreporter", agents::event_reporter),
    ("logparser", agents::log_parser),
    ("syslog-ng", agents::syslog_ng),
    ("rfc5424", structured::event),
    ("evtsys", agents::evtsys),
    ("ntsyslog", agents::ntsyslog),
    ("telegraf", telegraf::event),
    ("dds", plain::dds),
];

/// Shapes of more than a line, and CSV.
#[cfg(feature = "blocks")]
static BLOCKS: &[(&str, Shape)] = &[
    ("powershell-list", block::list::event),
    ("eventquery-list", block::labels::query),
    ("eventviewer-xp", block::labels::xp),
    ("eventviewer", block::labels::vista),
    ("wevtutil", block::labels::wevtutil),
    ("splunk", block::keys::event),
    ("psloglist", block::forum::psloglist),
    ("rsit", block::forum::rsit),
    ("otl", block::forum::otl),
    ("frst", block::forum::frst),
    ("eventquery", block::query::event),
    ("eventviewer-csv-xp", csv::xp),
    ("eventviewer-csv", csv::vista),
    ("psloglist-csv", csv::psloglist),
    ("csv", csv::with_header),
    ("plaso", csv::plaso::event),
    ("plaso", plaso::event),
];
#[cfg(not(feature = "blocks"))]
static BLOCKS: &[(&str, Shape)] = &[];

/// What only looks like anything once it is none of the others.
static REST: &[(&str, Shape)] = &[("message", plain::event)];

/// Every text shape, by name. The first that reads a record names it.
pub fn shapes() -> impl Iterator<Item = &'static (&'static str, Shape)> {
    LINES.iter().chain(BLOCKS).chain(REST)
}

/// Reads one record and emits its event.
pub fn read(text: &str, emit: Emit<'_>) -> Option<()> {
    // An event is large: most shapes refuse a record without touching it.
    let mut event = Event::default();
    for (name, shape) in shapes() {
        if !event.is_untouched() {
            event = Event::default();
        }
        if shape(text, 0, &mut event).is_some() {
            event.shape = name;
            emit(&event);
            return Some(());
        }
    }
    None
}

/// Reads text that says the event of its record once more.
pub fn again<'a>(text: &'a str, part: u8, event: &mut Event<'a>) {
    for (_, shape) in shapes() {
        let mut said = Event::default();
        if shape(text, part, &mut said).is_some() {
            let _ = shape(text, part, event);
            return;
        }
    }
}
