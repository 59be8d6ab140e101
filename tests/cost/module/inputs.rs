//! Inputs that repeat one text: each token of each grammar, in each place where a reader, a framer
//! or a detector looks for it.

use crypt32_filter::{article, record::names::NAMES};

/// An input of any length: a beginning, a repeated text, and an end.
#[derive(Clone, Debug)]
pub struct Input {
    pub before: String,
    pub again: String,
    pub behind: String,
}

impl Input {
    /// An input of about this length in bytes.
    pub fn of(&self, length: usize) -> Vec<u8> {
        let rest = length.saturating_sub(self.before.len() + self.behind.len());
        let again = self.again.repeat(rest.div_ceil(self.again.len().max(1)));
        [&*self.before, &*again, &*self.behind].concat().into_bytes()
    }
}

/// The tokens of JSON, XML, CSV, syslog, CEF and the text shapes.
const TOKENS: &[&str] = &[
    "a",
    "a ",
    "8",
    "-8",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\0",
    "\u{feff}",
    "\u{1e}",
    "é",
    "\u{202e}",
    "\"",
    "\"\"",
    "\"\"\"",
    "'",
    "''",
    "=",
    "=\"",
    "==",
    "a=",
    "a=b ",
    "a=b&&",
    "\\=",
    ":",
    ": ",
    "::",
    ",",
    ", ",
    ";",
    "|",
    "||",
    "[",
    "]",
    "[]",
    "[[",
    "{",
    "}",
    "{}",
    "{\"a\":",
    "[{",
    "(",
    ")",
    "()",
    "<",
    ">",
    "<a>",
    "</a>",
    "<a/>",
    "<a b='c'/>",
    "<!--",
    "<!-- -->",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "<?a?>",
    "<!DOCTYPE",
    "&",
    "&amp;",
    "&#65;",
    "&#x",
    "/",
    "\\",
    "\\\\",
    "\\\"",
    "\\n",
    "\\r\\n",
    "\\t",
    "\\u0063",
    "\\u005c",
    "\\ud800",
    "#",
    "#011",
    "#012",
    "@",
    "@cee:",
    "%1",
    "--",
    "----",
    "-",
    "_",
    ".",
    ". ",
    "..",
    "0x",
    "*",
    "**",
    "~",
    "<13>",
    "<13>1 ",
    "1 <13>",
    "Mar 15 11:27:57 ",
    "2010 Mar 15 11:27:57 ",
    "03/15/2010 11:27:57 AM",
    "20100315112757.000000",
    "CEF:0|",
    "LEEF:1.0|",
    "cs1=a cs1Label=b ",
    "rawEvent=",
    "ad.a=b ",
    "Key[0]=a ",
    "MSWinEventLog",
    "MSWinEventLog\t1\t",
    "WinEvtLog: ",
    "->WinEvtLog ",
    "AgentDevice=",
    "EvntSLog: ",
    "LogParser:",
    "(EventID 8)",
    "crypt32",
    "crypt32: ",
    "8: ",
    ": [Error] ",
    "Application[error] ",
    "win_eventlog,",
    "Data_1=\"a\",",
    "EventID=8i,",
    "[8 / 0x8] ",
    "Source Name: a ",
    "Strings: ['a'] ",
    "Event Type: Error",
    "Event Source: crypt32",
    "Event ID: 8",
    "Log Name: Application",
    "Source: crypt32",
    "Description:",
    "Data:",
    "0000: 61",
    "Event Xml:",
    "Event[0]:",
    "<Event>",
    "<Event ",
    "<Event/>",
    "</Event>",
    "<Events>",
    "</Events>",
    "<?xml version='1.0'?>",
    "<Data>a</Data>",
    "LogName=Application",
    "SourceName=crypt32",
    "EventCode=8",
    "Message=",
    "Message=a ",
    "RecordNumber=1",
    "TaskCategory=",
    "TaskCategory=a ",
    "Source : crypt32",
    "Id : 8",
    "  ",
    "   a",
    "Type  Event  Source",
    "------------------------",
    "Listing the events in 'a' log of host 'b'",
    "[1] crypt32",
    "   Type:     ERROR",
    "Error - a | Source = crypt32 | ID = 8",
    "Error: (a) (Source: crypt32) (EventID: 8)",
    "Computer Name: a",
    "Event Code: 8",
    "[ Application Events ]",
    "Application errors:",
    "=====",
    "#TYPE a#Application/crypt32/8",
    "EventID,Source,Message,a",
    "EventID,",
    "8,crypt32,a,b",
    "3/15/2010,11:27:57 AM,crypt32,Error,None,8,N/A,A,a",
    "3/15/2010,11:27:57 AM,crypt32,Error,None,8,N/A,A,\"a",
    "3/15/2010,11:27:57 AM,crypt32,Error,None,8,N\"A,A,\"\"\"",
    "Error,3/15/2010 11:27:57 AM,crypt32,8,None,a",
    "Error\t3/15/2010 11:27:57 AM\tcrypt32\t8\tNone\ta",
    "datetime,timestamp_desc,source,source_long,message,parser",
    "{\"index\":{}}",
    "{\"a\":1},",
    "{\"a\":1}",
    "[{\"a\":1}]",
    "{\"SourceName\":\"crypt32\",\"EventID\":8}",
    "2010-03-15T11:27:57Z",
    "\x1b[31m",
    "2010-03-15 11:27:57 +0000 a: {\"a\":1}",
    "2010-03-15T11:27:57+00:00\ta\t{\"a\":1}",
    "2010 Mar 15 11:27:57 (A) any->a {\"a\":1}",
    "/a.log:12:{\"a\":1}",
    "a-1  | {\"a\":1}",
    "a-1  | ",
    "1268652477|EVT|A||crypt32/8;a;b",
    "1268652477|EVTX|Server||crypt32/8;a",
    "2010-03-15 11:27:57Z,A,crypt32,8,a",
    "instance of Win32_NTLogEvent",
    "instance of Win32_NTLogEvent\n{\n",
    "InsertionStrings = {",
    "EventCode = 8;",
    "\"a\", ",
    "};",
    "Event number\t\t\t: 1",
    "String: 1\t\t\t: a",
    "Event identifier\t\t: 0xc0020008 (3221356552)",
    "[Application] [ERROR] [8] [crypt32] [A] [a]",
    "[Application] [ERROR] [8] [crypt32] [",
    "[0] a: [1268652477.0, {\"a\"=>\"b\"}]",
    "\"a\"=>\"b\", ",
    "=>",
    "8,A,crypt32,Application,[ERR],0,a",
    "- <Event xmlns='a'>",
    "- <System>",
    "+ <a>",
    "xml_string: ",
    "Message string: ",
    "/XP, XE: [8 / 0x8] ",
];

/// Lines that open a structure for the following lines.
const OPENINGS: &[&str] = &[
    "",
    "EventID,Source,Message,a\n",
    "EventID\tSource\tMessage\ta\n",
    "#TYPE a#Application/crypt32/8\nEventID,Source,Message,a\n",
    "3/15/2010,11:27:57 AM,crypt32,Error,None,8,N/A,A,\"",
    "Error,3/15/2010 11:27:57 AM,crypt32,8,None,\"",
    "Event Type: Error\nEvent Source: crypt32\n",
    "Event Type: Error\nEvent Source: crypt32\nDescription:\n",
    "Log Name: Application\nSource: crypt32\nDescription:\na\nEvent Xml:\n<Event>",
    "Event[0]:\n  Log Name: Application\n",
    "Source       : crypt32\nId           : 8\nMessage      : ",
    "LogName=Application\nSourceName=crypt32\nEventCode=8\n",
    "03/15/2010 11:27:57 AM LogName=Application SourceName=crypt32 EventCode=8 TaskCategory=",
    "ProviderName=crypt32\nEventID=8\n",
    "Listing the events in 'Application' log of host 'A'\n---- ----- ---------- ------------\nType Event Date Time  Source      \n---- ----- ---------- ------------\n",
    "Application errors:\n==================\nError: (03/15/2010 11:27:57 AM) (Source: crypt32) (EventID: 8)\nDescription: ",
    "[ Application Events ]\nError - a | Computer Name = A | Source = crypt32 | ID = 8\nDescription = ",
    "Computer Name: A\nEvent Code: 8\nMessage: ",
    "[04242] crypt32\n   Type:     ERROR\n",
    "<Event><System><Provider Name='crypt32'/><EventID>8</EventID></System><EventData>",
    "<Event xmlns='a' ",
    "<Event><!--",
    "<Event><System><Computer>",
    "[\n",
    "{\"SourceName\":\"crypt32\",\"EventID\":8,\"a\":[\n",
    "<13>Mar 15 11:27:57 A crypt32: ",
    "<13>Mar 15 11:27:57 A ",
    "<13>1 2010-03-15T11:27:57Z A crypt32 - - [a EventID=\"8\" SourceName=\"crypt32\" b=\"",
    "<13>Mar 15 11:27:57 A CEF:0|a|crypt32|c|crypt32:8|e|f|",
    "<13>Mar 15 11:27:57 A LEEF:2.0|Microsoft|crypt32|c|8|^|",
    "<13>Mar 15 11:27:57 A MSWinEventLog\t1\tApplication\t1\tMon Mar 15 11:27:57 2010\t8\tcrypt32\t",
    "2010 Mar 15 11:27:57 (A) any->WinEvtLog 2010 Mar 15 11:27:57 WinEvtLog: Application: ERROR(8): crypt32: ",
    "<13>Mar 15 11:27:57 A AgentDevice=WindowsLog\tSource=crypt32\tEventID=8\t",
    "<13>Mar 15 11:27:57 A EvntSLog: [ERR] Mon Mar 15 11:27:57 2010: A/crypt32 (8) - \"",
    "<13>Mar 15 11:27:57 A crypt32: Application crypt32: [Error] ",
    "win_eventlog,Source=crypt32,EventID=8 Message=\"",
    "2010-03-15T11:27:57,Content,EVT,WinEVTX,[8 / 0x8] Source Name: crypt32 ",
    "Failed auto update retrieval of third-party root list sequence number from: <",
    "The description for Event ID ( 8 ) in Source ( crypt32 ) cannot be found. ",
    "2010-03-15 11:27:57 +0000 a: {\"SourceName\":\"crypt32\",\"EventID\":8,\"Message\":\"",
    "2010 Mar 15 11:27:57 (A) any->EventChannel {\"win\":{\"system\":{\"providerName\":\"crypt32\",\"eventID\":\"8\",\"message\":\"",
    "1268652477|EVT|A||crypt32/8;Error;",
    "instance of Win32_NTLogEvent\n{\n EventCode = 8;\n SourceName = \"crypt32\";\n InsertionStrings = {\"",
    "instance of Win32_NTLogEvent\n{\n",
    "Event number\t\t: 1\nEvent identifier\t: 0xc0020008 (3221356552)\nSource name\t: crypt32\n",
    "[Application] [ERROR] [8] [crypt32] [A] [",
    "[0] a: [1268652477.0, {\"SourceName\"=>\"crypt32\", \"EventID\"=>8, \"a\"=>\"",
    "8,A,crypt32,Application,[ERR],0,",
    "- <Event xmlns='a'>\n- <System>\n <Provider Name='crypt32'/>\n <EventID>8</EventID>\n",
    "datetime,timestamp_desc,source,source_long,message,parser,display_name,tag\n",
];

/// Every input: each token, alone and on a line, after each opening, and as a value of each JSON
/// name.
pub fn all() -> Vec<Input> {
    let mut inputs = Vec::new();
    let mut add = |before: &str, again: String, behind: &str| {
        inputs.push(Input { before: before.to_owned(), again, behind: behind.to_owned() });
    };
    for opening in OPENINGS {
        for token in TOKENS {
            add(opening, (*token).to_owned(), "");
            add(opening, format!("{token}\n"), "");
        }
    }
    let url = article::URL;
    let (good, start) = (format!("\"{url}\""), r#"{"SourceName":"crypt32","EventID":8"#);
    for (before, behind) in [
        (format!("{start},\"Message\":\""), "\"}"),
        (format!("{start},\"xml\":\"<Event>"), "\"}"),
        (format!("{start},\"StringInserts\":[{good},"), "]}"),
        (format!("{start},\"StringInserts\":\""), "\"}"),
        (format!("{start},"), "\"b\":1}"),
        ("{\"x\":\"crypt32\",\"message\":\"".to_owned(), "\"}"),
        ("{\"x\":\"crypt32\",\"event\":".to_owned(), "}"),
        ("{\"x\":\"crypt32\",\"streams\":[{\"values\":[".to_owned(), "]}]}"),
        ("{\"x\":\"crypt32\",\"hits\":{\"hits\":[".to_owned(), "]}}"),
        (
            "{\"x\":\"crypt32\",\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[".to_owned(),
            "]}]}]}",
        ),
        // Kibana, Splunk, Azure, Graylog, Zabbix, osquery, Google Cloud.
        ("{\"x\":\"crypt32\",\"fields\":{\"event.code\":[\"8\"],\"a\":[".to_owned(), "]}}"),
        ("{\"preview\":false,\"result\":{\"x\":\"crypt32\",\"_raw\":\"".to_owned(), "\"}}"),
        ("{\"x\":\"crypt32\",\"records\":[".to_owned(), "]}"),
        ("{\"x\":\"crypt32\",\"messages\":[".to_owned(), "]}"),
        ("{\"source\":\"crypt32\",\"eventid\":8,\"severity\":4,\"value\":\"".to_owned(), "\"}"),
        ("{\"x\":\"crypt32\",\"columns\":{\"eventid\":\"8\",\"data\":\"".to_owned(), "\"}}"),
        ("{\"jsonPayload\":{\"SourceName\":\"crypt32\",\"a\":[".to_owned(), "]}}"),
    ] {
        for token in TOKENS {
            // Directly, and as text of a JSON string.
            add(&before, (*token).to_owned(), behind);
            let text = serde_json::to_string(token).expect("text");
            add(&before, text[1..text.len() - 1].to_owned(), behind);
        }
    }
    for name in NAMES {
        for value in ["1", "\"a\"", "[]", "{}", "[1]", "\"{\\\"a\\\":1}\"", "\"<Event/>\"", "null"]
        {
            add(start, format!(",\"{}\":{value}", name.path), "}");
        }
        // The path as nested objects.
        let open: String = name.path.split('.').map(|part| format!("{{\"{part}\":")).collect();
        let close = "}".repeat(name.path.split('.').count());
        for (inner, end) in [("\"a\"", ""), ("[", "]"), ("\"", "\"")] {
            let again = if end.is_empty() {
                format!(",{}", &open[1..]) + inner + &close[1..]
            } else {
                "[".to_owned()
            };
            match end {
                "" => add(start, again, "}"),
                _ => add(&format!("{open}{inner}"), again, &format!("{end}{close}")),
            }
        }
        add(&format!("{{\"x\":\"crypt32\",\"{}\":", name.path), open, "0");
    }
    inputs
}
