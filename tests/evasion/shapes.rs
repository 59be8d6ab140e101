//! Evasions with text layouts: names that a layout does not have, separators of another reader, and
//! white space that belongs to no field.

use crypt32_filter::{article, verdict::Condition};
use serde_json::json;

use crate::{ERROR, Trick, message, review, unrelated};

fn text() -> String {
    message(article::URL, ERROR)
}

/// The event as a CEF connector writes it, with an additional extension.
fn cef(more: &str) -> String {
    let text = text();
    format!(
        "CEF:0|Microsoft|System or Application Event||crypt32:8|Failed auto update retrieval|Unknown| \
         externalId=8 cat=Application cs3=crypt32 cs3Label=EventSource dvchost=SERVER1 msg={text}{more}"
    )
}

/// The raw event of an `ArcSight` connector, with additional pairs.
fn raw_event(more: &str) -> String {
    let pairs = [
        "EventlogType\\=Application",
        "WindowsVersion\\=Windows Server 2003",
        "EventSource\\=crypt32",
        "EventID\\=8",
        "ComputerName\\=SERVER1",
        &format!("Key[0]\\={}", article::URL),
        &format!("Key[1]\\={ERROR}"),
    ];
    let pairs = pairs.join("&&");
    format!("CEF:0|Microsoft|System or Application Event||crypt32:8|x|5| rawEvent={pairs}{more}")
}

/// A LEEF line of this product, with additional attributes.
fn leef(product: &str, more: &str) -> String {
    let text = text();
    format!(
        "<13>Mar 15 11:27:57 SERVER1 LEEF:1.0|{product}|8|devTime=Mar 15 2010 11:27:57\tcat=Application\t\
         sev=3\tsource=crypt32\tmsg={text}{more}"
    )
}

/// An RFC 5424 line with text after the parameters that name the event.
fn nxlog(more: &str) -> String {
    let text = text();
    format!(
        "<11>1 2010-03-15T11:27:57.000Z SERVER1 Crypt32 - - [NXLOG@14506 EventID=\"8\" \
         SourceName=\"crypt32\" Channel=\"Application\" {more}] {text}"
    )
}

fn win_collect(user: &str) -> String {
    let text = text();
    format!(
        "<13>Mar 15 11:27:57 SERVER1 AgentDevice=WindowsLog\tAgentLogFile=Application\tSource=crypt32\t\
         Computer=SERVER1\tUser={user}\tEventID=8\tEventType=1\tEventCategory=0\tMessage={text}"
    )
}

/// Fluent Bit's printed form of a record.
fn printed(members: &str) -> String {
    format!("[0] winlog: [1632321564.23, {{{members}\"Message\"=>\"{}\"}}]", text())
}

fn telegraf(tags: &str) -> String {
    format!(
        "win_eventlog,Channel=Application,Computer=SERVER1,EventID=8,Level=2,Source=crypt32{tags},host=S \
         Message=\"{}\" 1268652477000000000",
        text()
    )
}

fn splunk(keywords: &str) -> String {
    format!(
        "03/15/2010 11:27:57 AM LogName=Application SourceName=crypt32 EventCode=8 EventType=1 Type=Error \
         ComputerName=SERVER1 Keywords={keywords} Message={}",
        text()
    )
}

fn xml(keywords: &str) -> String {
    format!(
        "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System><Provider \
         Name=\"crypt32\"/><EventID Qualifiers=\"49154\">8</EventID><Level>2</Level><Keywords>{keywords}\
         </Keywords><Channel>Application</Channel><Computer>SERVER1</Computer></System><EventData><Data>{}</Data>\
         <Data>{ERROR}</Data></EventData></Event>",
        article::URL
    )
}

fn viewer_row(source: &str, id: &str) -> String {
    format!("3/15/2010,11:27:57 AM,\"{source}\",Error,None,\"{id}\",N/A,SERVER1,\"{}\"", text())
}

fn snare(tab: &str) -> String {
    let text = text();
    let fields = [
        "SERVER1",
        "MSWinEventLog",
        "3",
        "Application",
        "1",
        "Mon Mar 15 11:27:57 2010",
        "8",
        "crypt32",
        "N/A",
        "N/A",
        "Error",
        "SERVER1",
        "None",
        "",
        &text,
        "5",
    ];
    fields.join("\t").replace("\tcrypt32\t", &format!("{tab}crypt32{tab}"))
}

/// A record of Winlogbeat as Graylog keeps it, with another member.
fn graylog(name: &str, value: &str) -> String {
    json!({
        "source": "SERVER1", "message": text(), "winlogbeat_winlog_provider_name": "crypt32",
        "winlogbeat_winlog_event_id": "8", "winlogbeat_winlog_channel": "Application",
        "winlogbeat_winlog_computer_name": "SERVER1", "winlogbeat_host_name": "SERVER1",
        name: value,
    })
    .to_string()
}

/// The records without an evasion.
pub fn benign() -> Vec<(String, String)> {
    let names = "\"SourceName\"=>\"crypt32\", \"EventID\"=>8, \"StringInserts\"=>[], ";
    let copy = xml("0x80000000000000").replace('"', "\\\"");
    [
        cef(""),
        cef(" cs4Label=Reason or Error Code cs4=x deviceEventCategory=Application"),
        raw_event("&&WindowsParserFamily\\=Windows 2003|2003|5"),
        leef("Microsoft|Windows|2003", ""),
        nxlog("TaskValue=\"0\""),
        nxlog(&format!("EventXML=\"{copy}\"")),
        win_collect("CORP\\tom"),
        printed(names),
        telegraf(""),
        splunk("Classic"),
        xml("0x80000000000000"),
        viewer_row("crypt32", "8"),
        snare("\t"),
        graylog("winlogbeat_host_os_name", "Windows Server 2003"),
    ]
    .into_iter()
    .map(|record| (format!("a layout of text: {record}"), record))
    .collect()
}

pub fn tricks() -> Vec<Trick> {
    let mut tricks = names();
    tricks.extend(flat_names());
    tricks.extend(printed_maps());
    tricks.extend(blanks());
    tricks
}

/// Values for the event under names that the layout does not have.
fn names() -> Vec<Trick> {
    let other = xml("0x80000000000000").replace("crypt32", "Security").replace('"', "\\\"");
    let why = "another program reads that the event is another one, or holds more";
    [
        (Condition::Integrity, cef(" cs3Label=CommandLine")),
        (Condition::Log, cef(" deviceEventCategory=Security")),
        (
            Condition::Source,
            cef(" deviceCustomString1=Security deviceCustomString1Label=EventSource"),
        ),
        (Condition::EventId, cef(" deviceEventClassId=Security:4625")),
        (Condition::Integrity, cef(" deviceHostName=SERVER2")),
        (Condition::EventId, cef(" cs1=4625 cs1Label=EventID")),
        (Condition::Source, cef(" cs1=Sysmon cs1Label=SourceName")),
        (Condition::Integrity, cef(" cs5=payload cs5Label=Key[2]")),
        (Condition::Severity, cef(" cs1=Information cs1Label=EventType")),
        (Condition::System, raw_event("&&WindowsKeyMapFamily\\=Windows 2008 R2")),
        (Condition::System, raw_event("&&WindowsParserFamily\\=Windows 7|7|6")),
        (Condition::System, raw_event("&&WindowsParserFamily\\=Windows 2003|Windows 10")),
        (Condition::System, raw_event("&&WindowsParserFamily\\=Windows 2003|5|user x")),
        (Condition::Integrity, cef(" CS1=Sysmon CS1Label=SourceName")),
        (Condition::System, leef("Microsoft|Windows 7|2003", "")),
        (Condition::System, leef("Microsoft|Windows Server 2012|1", "")),
        (Condition::Severity, leef("Microsoft|Windows|2003", "\tLevel=4")),
        (Condition::Severity, leef("Microsoft|Windows|2003", "\tSeverity=Information")),
        (Condition::Integrity, leef("Microsoft|Windows|2003", "\tBinary=4D5A")),
        (Condition::Integrity, leef("Microsoft|Windows|2003", "\tData=4D5A")),
        (Condition::EventId, leef("Microsoft|Windows|2003", "\tQualifiers=0")),
        (Condition::EventId, leef("Microsoft|Windows|2003", "\tEventCode=4625")),
        (Condition::Log, leef("Microsoft|Windows|2003", "\tAgentLogFile=Security")),
        (Condition::Integrity, leef("Microsoft|Windows|2003", "\tCategory=7")),
        (Condition::Integrity, leef("Microsoft|Windows|2003", "\tKey[2]=evil")),
        (Condition::Integrity, leef("Microsoft|Windows|2003", "\tparam3=evil")),
        (Condition::Integrity, leef("Microsoft|Windows|2003", "\tx=a\\tEventID=4625")),
        (
            Condition::Integrity,
            leef("Microsoft|Windows|2003", "^x=a\tEventID=4625")
                .replace("LEEF:1.0", "LEEF:2.0")
                .replace("|8|", "|8|^|")
                .replace("\tcat", "^cat")
                .replace("\tsev", "^sev")
                .replace("\tsource", "^source")
                .replace("\tmsg", "^msg"),
        ),
        (Condition::Source, nxlog(&format!("EventXML=\"{other}\""))),
        (Condition::Source, nxlog(&format!("event.original=\"{other}\""))),
        (Condition::Integrity, nxlog("full_log=\"user x was added\"")),
        (Condition::Integrity, nxlog("TaskValue=\"5\"")),
        (Condition::Integrity, win_collect("a\\tEventID=4625")),
        (Condition::Integrity, telegraf(",Data_3=evil")),
        (Condition::Url, telegraf(",Data=evil")),
        (Condition::EventId, telegraf(",Qualifiers=0")),
        (Condition::Integrity, splunk("Audit Failure")),
        (Condition::Integrity, xml("0x8010000000000000")),
    ]
    .into_iter()
    .map(|(fails, record)| review(format!("names of text: {record}"), why, fails, record))
    .collect()
}

/// Names in which Graylog replaced the dots.
fn flat_names() -> Vec<Trick> {
    [
        (Condition::System, "winlogbeat_host_os_name", "Windows 10"),
        (Condition::System, "winlogbeat_host_os_version", "10.0"),
        (Condition::System, "winlogbeat_host_os_kernel", "10.0.19041.1"),
        (Condition::Integrity, "winlogbeat_host_hostname", "x y z"),
        (Condition::Integrity, "winlogbeat_user_data_SubjectUserName", "admin"),
    ]
    .into_iter()
    .map(|(fails, name, value)| {
        let why = "it is the name of Winlogbeat, of which Graylog replaces the dots";
        review(format!("{name} {value}"), why, fails, graylog(name, value))
    })
    .collect()
}

/// Fluent Bit prints strings unescaped, so a string can look like further names.
fn printed_maps() -> Vec<Trick> {
    let event = "\"SourceName\"=>\"crypt32\", \"EventID\"=>8, ";
    let why = "a string of another record prints so";
    ["\"request\"=>\"GET /shell.php\", ", "\"Sid\"=>\"a\"b\", ", "\"a\"=>{\"b\"=>1}, "]
        .into_iter()
        .map(|other| {
            let record = printed(&format!("{other}{event}"));
            review(format!("printed: {other}"), why, Condition::Integrity, record)
        })
        .collect()
}

/// Unicode white space and control characters next to a value or a record.
fn blanks() -> Vec<Trick> {
    let why = "it is a part of the value, which is another one then";
    let mut tricks = Vec::new();
    for blank in ['\u{a0}', '\u{2028}', '\u{3000}', '\u{85}', '\u{b}', '\u{c}'] {
        let name = format!("blank {blank:?}");
        for record in [
            viewer_row(&format!("crypt32{blank}"), "8"),
            viewer_row(&format!("{blank}crypt32"), "8"),
            format!("{blank}{}", viewer_row("crypt32", "8")),
            format!(
                "4242,Application,crypt32{blank},ERROR,S,3/15/2010 11:27:57 AM,8,None,\"{}\"",
                text()
            ),
        ] {
            tricks.push(unrelated(format!("{name}: {record}"), why, record));
        }
        let message = [Condition::Message, Condition::Error, Condition::Integrity];
        for (fails, record) in [
            (message[1], cef(&blank.to_string())),
            (message[1], leef("Microsoft|Windows|2003", &blank.to_string())),
            (message[0], format!("{}{blank}", telegraf(""))),
        ] {
            tricks.push(review(format!("{name} behind: {record}"), why, fails, record));
        }
    }
    tricks.push(unrelated(
        "tabs of two kinds",
        "a program splits at one of them only",
        snare("#011"),
    ));
    tricks
}
