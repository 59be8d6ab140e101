//! Every shape, the values that it can express, and its spelling of the time.

use crate::records::*;

/// The values of a shape in addition to the message.
#[derive(Clone, Copy, PartialEq)]
pub enum Has {
    Source,
    Id,
    /// The full identifier fits into the id field.
    Level,
    Log,
    Category,
    System,
    Third,
    Data,
}
use Has::{Category, Data, Id, Level, Log, Source, System, Third};

pub struct Shape {
    pub name: &'static str,
    pub write: fn(&Facts) -> String,
    pub has: &'static [Has],
    pub time: &'static str,
    pub computer: bool,
}

const OSSEC_TIME: &str = "2010 Mar 15 11:27:57";
const COMMA: &str = "2010-03-15,11:27:57";
const SPACED: &str = "2010-03-15 11:27:57";
const US: &str = "03-15-2010\t11:27:57";
const UNIX: &str = "1268652477";
const WITH_YEAR: &str = "Mar 15 2010 11:27:57";
const XML_TIME: &str = "2010-03-15T11:27:57.000Z";
const ZONED: &str = "2010-03-15 11:27:57 +0000";

const fn shape(
    name: &'static str,
    write: fn(&Facts) -> String,
    has: &'static [Has],
    time: &'static str,
) -> Shape {
    Shape { name, write, has, time, computer: true }
}

const FEW: &[Has] = &[Source, Id, Level];
const AGENT: &[Has] = &[Source, Id, Level, Log];
const MOST: &[Has] = &[Source, Id, Level, Log, Category];
const CEF: &[Has] = &[Source, Id, Level, Log, Category, System, Third];
const LEEF: &[Has] = &[Source, Id, Level, Log, System];
const PLASO: &[Has] = &[Source, Id, Level, Category, Third];
const TELEGRAF: &[Has] = &[Source, Id, Level, Log, Category, Third, Data];
const SNARE: &[Has] = &[Source, Id, Level, Log, Category, Data];

pub const SHAPES: &[Shape] = &[
    shape("ossec", ossec, AGENT, OSSEC_TIME),
    shape("ossec", ossec_hex, AGENT, OSSEC_TIME),
    shape("ossec", |f| archived("(agent one) 192.0.2.7", f), AGENT, OSSEC_TIME),
    shape("ossec", |f| archived("server1", f), AGENT, OSSEC_TIME),
    shape("ossec", |f| syslog(&ossec(f)), AGENT, OSSEC_TIME),
    shape("wazuh-eventlog", wazuh_alert, AGENT, "2010 Mar 15 11:27:57"),
    shape("snare", |f| snare("\t", "SERVER1\t", f), SNARE, ASCTIME),
    shape("snare", |f| syslog(&snare("\t", "", f)), SNARE, ASCTIME),
    shape("snare", |f| syslog(&snare("#011", "", f)), SNARE, ASCTIME),
    shape("snare", |f| format!("<131>{RFC3164} SERVER1\t{}", snare("\t", "", f)), SNARE, ASCTIME),
    shape(
        "snare",
        |f| format!("<131>{RFC3164} SERVER1#011{}", snare("#011", "", f)),
        SNARE,
        ASCTIME,
    ),
    shape("snare", |f| format!("<131>{RFC3164}  {}", snare("\t", "", f)), SNARE, ASCTIME),
    shape("snare", |f| snare("\\t", "relay SERVER1\\t", f).replace("relay ", ""), SNARE, ASCTIME),
    shape("snare", |f| syslog(&snare(";", "", f)), SNARE, ASCTIME),
    // After rsyslog's tag.
    shape("snare", |f| syslog(&snare("\t", "", f).replacen('\t', ":\t", 1)), SNARE, ASCTIME),
    shape("snare", |f| syslog(&snare("\t", "", f).replacen('\t', ": ", 1)), SNARE, ASCTIME),
    shape("snare", |f| syslog(&snare("#011", "", f).replacen("#011", ": #011", 1)), SNARE, ASCTIME),
    shape("snare", |f| kiwi("2010-03-15 11:28:03", &snare("\t", "SERVER1\t", f)), SNARE, ASCTIME),
    shape("snare", snare_blanks, MOST, ASCTIME),
    shape("snare", snare_short, MOST, ASCTIME),
    shape(
        "snare",
        |f| format!("{}\td41d8cd98f00b204e9800998ecf8427e", snare("\t", "SERVER1\t", f)),
        SNARE,
        ASCTIME,
    ),
    shape(
        "evtsys",
        |f| syslog(&format!("{}: {}: {}", f.source, f.id, f.text())),
        &[Source, Id],
        RFC3164,
    ),
    shape(
        "evtsys",
        |f| syslog(&format!("evtsys: {}: {}: {}", f.source, f.id, f.text())),
        &[Source, Id],
        RFC3164,
    ),
    shape(
        "evtsys",
        |f| syslog(&format!("{}: {}: DOM1\\jo.doe: {}", f.source, f.id, f.text())),
        &[Source, Id],
        RFC3164,
    ),
    shape("evtsys", |f| kiwi(SPACED, &evtsys(f)), &[Source, Id], SPACED),
    shape(
        "evtsys",
        |f| kiwi(SPACED, &format!("{RFC3164} SERVER1 {}", evtsys(f))),
        &[Source, Id],
        SPACED,
    ),
    shape("evtsys", |f| kiwi(US, &evtsys(f)), &[Source, Id], US),
    shape("nic-windows", nic_windows, SNARE, ASCTIME),
    shape("nic-windows", |f| syslog(&nic_windows(f)), SNARE, ASCTIME),
    Shape { computer: false, ..shape("check_mk", check_mk, FEW, RFC3164) },
    shape("eventreporter", event_reporter, &[Source, Id, Level], ASCTIME),
    shape("eventreporter", event_reporter_long, AGENT, ASCTIME),
    shape("adiscon", |f| syslog(&adiscon(f)), MOST, RFC3164),
    shape(
        "adiscon",
        |f| winsyslog("2010-03-15,11:28:03,2010-03-15,11:27:57", &adiscon(f)),
        MOST,
        COMMA,
    ),
    shape("adiscon", |f| winsyslog("2010-03-15,11:27:57", &adiscon(f)), MOST, COMMA),
    shape("syslog-ng", |f| syslog(&syslog_ng(f)), AGENT, RFC3164),
    shape(
        "syslog-ng",
        |f| syslog(&format!("{}[3720]: {}", f.source, syslog_ng(f).replacen("N/A", "", 1))),
        AGENT,
        RFC3164,
    ),
    shape("syslog-ng", syslog_ng_5424, MOST, RFC3339),
    shape("ntsyslog", ntsyslog, &[Id, Level, Log], RFC3164),
    shape(
        "logparser",
        |f| syslog(&format!("LogParser:{}: {}", f.source, f.text())),
        &[Source],
        RFC3164,
    ),
    shape("wincollect", |f| syslog(&win_collect("\t", f)), MOST, UNIX),
    shape("wincollect", |f| syslog(&win_collect("\\t", f)), MOST, UNIX),
    shape("wincollect", |f| syslog(&win_collect("#011", f)), MOST, UNIX),
    shape("wincollect", |f| syslog(&win_collect(" ", f)), MOST, UNIX),
    shape("cef", cef_full, CEF, "1268652477000"),
    shape("cef", |f| syslog(&cef_full(f)), CEF, "1268652477000"),
    shape("cef", |f| syslog(&cef_plain(f)), AGENT, "2010-03-15 11:27:57"),
    shape("leef", |f| syslog(&leef("LEEF:1.0", "\t", f)), LEEF, WITH_YEAR),
    shape("leef", |f| syslog(&leef("LEEF:1.0", "\\t", f)), LEEF, WITH_YEAR),
    shape("leef", |f| syslog(&leef("LEEF:2.0^", "^", f)), LEEF, WITH_YEAR),
    shape("leef", |f| syslog(&leef("LEEF:2.0x7c", "|", f)), LEEF, WITH_YEAR),
    shape("rfc5424", nxlog_5424, AGENT, "2010-03-15 11:27:57"),
    shape("rfc5424", |f| octets(&nxlog_5424(f)), AGENT, "2010-03-15 11:27:57"),
    shape("rfc5424", rfc_5424, &[Source, Id], RFC3339),
    shape("telegraf", telegraf, TELEGRAF, RFC3339),
    shape("tln", |f| tln("", f), FEW, UNIX),
    shape("tln", |f| tln("[4242] - ", f), FEW, UNIX),
    shape("tln", tln_evtx, &[Source, Id], UNIX),
    shape("evtparse", evtparse, FEW, "Mon Mar 15 11:27:57 2010 Z"),
    shape("plaso", plaso, PLASO, RFC3339),
    shape("plaso", plaso_l2t, PLASO, RFC3339),
    Shape { computer: false, ..shape("dds", dds, &[Source, Id, Level], "3/15/2010 11:27:57 AM") },
    shape("fluentbit-winevtlog", fluent_bit, MOST, ZONED),
    shape("fluentbit-file", fluent_bit_file, MOST, ZONED),
    shape("fluentbit-winevtlog", |f| format!("{{\"log\":{}}}", json(&fluent_bit(f))), MOST, ZONED),
    shape("xml", |f| syslog(&xml(f)), SNARE, XML_TIME),
    shape("xml", |f| xml_tree("- ", f), SNARE, XML_TIME),
    shape("xml", |f| xml_tree("\u{2212}", f), SNARE, XML_TIME),
    shape("xml", |f| format!("<13>1 {RFC3339} relay app 1 - - {}", xml(f)), SNARE, XML_TIME),
    shape("xml", |f| syslog(&format!("agent[7]: {}", xml(f))), SNARE, XML_TIME),
];
