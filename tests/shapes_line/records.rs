//! The event in each shape. Every record here is constructed from the sources named in the readers'
//! documentation.

pub const URL: &str =
    "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt";
pub const PREFIX: &str =
    "Failed auto update retrieval of third-party root list sequence number from:";
pub const LISTED: &str = "The server name or address could not be resolved";
pub const SIBLING: &str = "This operation returned because the timeout period expired.";
pub const CAUSE: &str = "A connection with the server could not be established";

/// The content of a record.
#[derive(Clone)]
pub struct Facts {
    pub source: &'static str,
    pub id: &'static str,
    pub error_level: bool,
    pub log: &'static str,
    pub category: &'static str,
    pub url: &'static str,
    pub error: &'static str,
    pub system: &'static str,
    pub third: bool,
    pub data: bool,
    pub appended: &'static str,
}

pub const EVENT: Facts = Facts {
    source: "crypt32",
    id: "8",
    error_level: true,
    log: "Application",
    category: "None",
    url: URL,
    error: LISTED,
    system: "Windows Server 2003",
    third: false,
    data: false,
    appended: "",
};

impl Facts {
    pub fn text(&self) -> String {
        format!("{PREFIX} <{}> with error: {}{}", self.url, self.error, self.appended)
    }

    pub fn level(&self, error: &'static str, warning: &'static str) -> &'static str {
        if self.error_level { error } else { warning }
    }
}

pub const ASCTIME: &str = "Mon Mar 15 11:27:57 2010";
pub const RFC3164: &str = "Mar 15 11:27:57";
pub const RFC3339: &str = "2010-03-15T11:27:57Z";

pub fn syslog(rest: &str) -> String {
    format!("<131>{RFC3164} SERVER1 {rest}")
}

pub fn octets(line: &str) -> String {
    format!("{} {line}", line.len())
}

pub fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

pub fn ossec(f: &Facts) -> String {
    ossec_with(f, f.id)
}

pub fn ossec_hex(f: &Facts) -> String {
    ossec_with(f, &format!("0x{:08X}", f.id.parse::<u32>().unwrap()))
}

pub fn ossec_with(f: &Facts, id: &str) -> String {
    let level = f.level("ERROR", "WARNING");
    let (log, source, text) = (f.log, f.source, f.text());
    format!(
        "2010 Mar 15 11:27:57 WinEvtLog: {log}: {level}({id}): {source}: (no user): no domain: SERVER1: {text}"
    )
}

pub fn archived(agent: &str, f: &Facts) -> String {
    format!("2010 Mar 15 12:00:00 {agent}->WinEvtLog {}", ossec(f))
}

pub fn wazuh_alert(f: &Facts) -> String {
    let status = f.level("ERROR", "WARNING");
    format!(
        r#"{{"timestamp":"2010-03-15T12:27:58.000+0000","agent":{{"name":"server1"}},"full_log":{},"decoder":{{"name":"windows"}},"data":{{"id":"{}","status":"{status}","data":"{}","system_name":"SERVER1"}},"location":"WinEvtLog"}}"#,
        json(&ossec(f)),
        f.id,
        f.source
    )
}

pub fn snare(tab: &str, host: &str, f: &Facts) -> String {
    let data = if f.data { "0000: 01" } else { "" };
    let level = f.level("Error", "Warning");
    let fields = [
        &format!("{host}MSWinEventLog"),
        "3",
        f.log,
        "67",
        ASCTIME,
        f.id,
        f.source,
        "Unknown User",
        "N/A",
        level,
        "SERVER1",
        f.category,
        data,
        &f.text(),
        "66",
    ];
    fields.join(tab)
}

pub fn snare_blanks(f: &Facts) -> String {
    let data = Facts { data: false, ..f.clone() };
    syslog(&snare(" ", "", &data))
}

/// Without a criticality, a data field and a counter at the end.
pub fn snare_short(f: &Facts) -> String {
    let level = f.level("Error", "Warning");
    let (log, id, source, category, text) = (f.log, f.id, f.source, f.category, f.text());
    syslog(&format!(
        "MSWinEventLog\t{log}\t67\t{ASCTIME}\t{id}\t{source}\tN/A\tN/A\t{level}\tSERVER1\t{category}\t{text}"
    ))
}

pub fn event_reporter(f: &Facts) -> String {
    let (level, source, id, text) = (f.level("[ERR]", "[WRN]"), f.source, f.id, f.text());
    format!("<11>EvntSLog: {level} {ASCTIME}: SERVER1/{source} ({id}) - \"{text}\"")
}

pub fn event_reporter_long(f: &Facts) -> String {
    let (level, log, source, id, text) =
        (f.level("[ERR]", "[WRN]"), f.log, f.source, f.id, f.text());
    format!(
        "{RFC3164} 192.0.2.9 EvntSLog: {level} {ASCTIME}: N\\A/{log}/SERVER1/{source} ({id}) - {text}"
    )
}

pub fn adiscon(f: &Facts) -> String {
    let category = if f.category == "None" { "0" } else { "5" };
    let (id, source, log) = (f.id, f.source, f.log);
    format!(
        "EvntSLog: {id},N/A,{source},{log},{},{category},{}",
        f.level("[ERR]", "[WRN]"),
        f.text()
    )
}

/// WinSyslog's file prefix instead of a syslog header.
pub fn winsyslog(times: &str, rest: &str) -> String {
    format!("{times},SERVER1,16,3,{rest}")
}

/// The record of Fluent Bit's `in_winlog`, as its file output writes it.
pub fn fluent_bit_file(f: &Facts) -> String {
    let category = if f.category == "None" { 0 } else { 5 };
    format!(
        "winlog.0: [1268652477.238334100, {{\"TimeGenerated\":\"2010-03-15 11:27:57 +0000\",\"EventID\":{},\"Qualifiers\":49154,\"EventType\":\"{}\",\"EventCategory\":{category},\"Channel\":\"{}\",\"SourceName\":\"{}\",\"ComputerName\":\"SERVER1\",\"Message\":{},\"StringInserts\":[\"{}\",\"{}\"]}}]",
        f.id,
        f.level("Error", "Warning"),
        f.log,
        f.source,
        json(&f.text()),
        f.url,
        f.error
    )
}

/// The format of Kiwi Syslog's files.
pub fn kiwi(time: &str, rest: &str) -> String {
    format!("{time}\tDaemon.Error\tSERVER1\t{rest}")
}

pub fn evtsys(f: &Facts) -> String {
    format!("{}: {}: {}", f.source, f.id, f.text())
}

pub fn nic_windows(f: &Facts) -> String {
    let (log, id, source, level) = (f.log, f.id, f.source, f.level("Error", "Warning"));
    let (category, data) = (f.category, if f.data { "01" } else { "" });
    format!(
        "%NICWIN-4-{log}_{id}_{source}: {log},rn=-4242 cid=0x00000000 eid=0x00001210,{ASCTIME},{id},{source},,{level},SERVER1,{category},{data},{}",
        f.text()
    )
}

pub fn check_mk(f: &Facts) -> String {
    let (state, source) = (f.level("C", "W"), f.source.replace(' ', "_"));
    format!("{state} {RFC3164} 49154.{} {source} {}", f.id, f.text())
}

pub fn syslog_ng(f: &Facts) -> String {
    let (level, log, source) = (f.level("Error", "Warning"), f.log, f.source);
    format!("N/A: {log} {source}: [{level}] {} (EventID {})", f.text(), f.id)
}

pub fn syslog_ng_5424(f: &Facts) -> String {
    let (level, log, source, id) = (f.level("Error", "Warning"), f.log, f.source, f.id);
    let (number, category, rest) = (f.level("2", "3"), f.category, syslog_ng(f));
    format!(
        "<131>1 {RFC3339} SERVER1 {source} 3748 - [win@18372.4 EVENT_ID=\"{id}\" EVENT_LEVEL=\"{number}\" EVENT_NAME=\"{log}\" EVENT_SOURCE=\"{source}\" EVENT_TYPE=\"{level}\" EVENT_CATEGORY=\"{category}\" EVENT_USERNAME=\"A\\\\B\\\"\\]\"][meta sequenceId=\"3\"] {rest}"
    )
}

pub fn ntsyslog(f: &Facts) -> String {
    let level = f.level("error", "warning");
    let log = f.log.to_ascii_lowercase();
    syslog(&format!("{log}[{level}] {} N/A {}", f.id, f.text()))
}

pub fn win_collect(tab: &str, f: &Facts) -> String {
    let pairs = [
        "AgentDevice=WindowsLog",
        &format!("AgentLogFile={}", f.log),
        "PluginVersion=7.2.2.1",
        &format!("Source={}", f.source),
        "Computer=SERVER1",
        "OriginatingComputer=192.0.2.7",
        "User=",
        "Domain=",
        &format!("EventID={}", f.id),
        &format!("EventIDCode={}", f.id),
        &format!("EventType={}", f.level("1", "2")),
        &format!("EventCategory={}", if f.category == "None" { "0" } else { "5" }),
        "RecordNumber=4242",
        "TimeGenerated=1268652477",
        "TimeWritten=1268652477",
        "Level=0",
        "Keywords=0",
        "Task=0",
        "Opcode=0",
        &format!("Message={}", f.text()),
    ];
    pairs.join(tab)
}

pub fn cef_escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('=', "\\=")
}

pub fn cef_full(f: &Facts) -> String {
    let category = if f.category == "None" { "0" } else { "5" };
    let third = if f.third { "&&Key[2]\\=more" } else { "" };
    let (id, source, log, system) = (f.id, f.source, f.log, f.system);
    let level = f.level("Error", "Warning");
    let error = format!("{}{}", f.error, f.appended);
    format!(
        "CEF:0|Microsoft|System or Application Event||{source}:{id}|Failed auto update retrieval of third-party root list sequen|Unknown| eventId=39 externalId={id} rawEvent=EventlogType\\={log}&&EventIndex\\=4242&&WindowsVersion\\={system}&&WindowsKeyMapFamily\\=Windows 2003&&WindowsParserFamily\\=Windows 2003|2003|5&&DetectTime\\=2010-03-15 11:27:57&&EventSource\\={source}&&EventID\\={id}&&EventType\\={level}&&EventCategory\\={category}&&User\\=null&&ComputerName\\=SERVER1&&Key[0]\\={}&&Key[1]\\={}{third} art=1268652478000 cat={log} rt=1268652477000 cs2={category} cs3={source} cs2Label=EventlogCategory cs3Label=EventSource ahost=collector agt=192.0.2.3 dvchost=SERVER1 ad.WindowsVersion={system} ad.Key[0]={} aid=3o0\\=\\=",
        cef_escape(f.url),
        cef_escape(&error),
        cef_escape(f.url),
    )
}

pub fn cef_plain(f: &Facts) -> String {
    let (id, source, log, text) = (f.id, f.source, f.log, cef_escape(&f.text()));
    let level = f.level("ERROR", "WARNING");
    format!(
        "CEF:0|NXLog|a \\| b|2.9|{id}|-|7|DetectTime=2010-03-15 11:27:57 EventType={level} dvchost=SERVER1 Channel={log} SourceName={source} externalId={id} msg={text}"
    )
}

/// For 2.0, `format` ends in the delimiter field.
pub fn leef(format: &str, tab: &str, f: &Facts) -> String {
    let (format, delimiter) = format.split_at(8);
    let delimiter = if delimiter.is_empty() { String::new() } else { format!("{delimiter}|") };
    let system = f.system.rsplit(' ').next().unwrap();
    let level = f.level("Error", "Warning");
    let head = format!("{format}|Microsoft|Windows|{system}|{}|{delimiter}", f.id);
    let pairs = [
        "devTime=Mar 15 2010 11:27:57",
        &format!("cat={}", f.log),
        "sev=3",
        &format!("EventType={level}"),
        &format!("source={}", f.source),
        &format!("msg={}", f.text()),
    ];
    head + &pairs.join(tab)
}

pub fn nxlog_5424(f: &Facts) -> String {
    let (id, source, log) = (f.id, f.source, f.log);
    let (value, word) = (f.level("4", "3"), f.level("ERROR", "WARNING"));
    format!(
        "<11>1 2010-03-15T11:27:57.000Z SERVER1 {source} 1 - [NXLOG@14506 EventTime=\"2010-03-15 11:27:57\" EventID=\"{id}\" SourceName=\"{source}\" Channel=\"{log}\" SeverityValue=\"{value}\" EventType=\"{word}\" Note=\"a \\\"quoted\\\" \\] EventID=\"] \u{feff}{}",
        f.text()
    )
    .replace("57.000Z SERVER1", "57Z SERVER1")
}

/// The names in the RFC's own example.
pub fn rfc_5424(f: &Facts) -> String {
    let (id, source) = (f.id, f.source);
    format!(
        "<165>1 {RFC3339} SERVER1 evntslog - ID47 [exampleSDID@32473 iut=\"3\" eventSource=\"{source}\" eventID=\"{id}\"] {}",
        f.text()
    )
}

pub fn telegraf(f: &Facts) -> String {
    let tag = |text: &str| text.replace(' ', "\\ ");
    let (number, word) = (f.level("2", "3"), f.level("Error", "Warning"));
    let category = if f.category == "None" { "" } else { "Task=5," };
    let third = if f.third { ",Data_3=\"more\"" } else { "" };
    let data = if f.data { ",Binary=\"01\"" } else { "" };
    format!(
        "win_eventlog,Channel={},Computer=SERVER1,EventID={},Keywords=Classic,Level={number},LevelText={word},{category}Source={},host=SERVER1 Data_1=\"{}\",Data_2=\"{}\"{third}{data},EventRecordID=4242i,UserName=\"NT AUTHORITY\\\\X\",Message=\"{}\",TimeCreated=\"{RFC3339}\",Version=0i 1268652477000000000",
        tag(f.log),
        f.id,
        tag(f.source),
        f.url,
        f.error,
        f.text(),
    )
}

pub fn plaso_message(f: &Facts) -> String {
    let (id, source, url, error) = (f.id, f.source, f.url, f.error);
    let third = if f.third { "  'more'" } else { "" };
    let category = if f.category == "None" { "0" } else { "5" };
    let word = f.level("Error", "Warning");
    let appended = f.appended;
    format!(
        "[{id} / 0x{:04x}] Severity: {word} Record Number: 4242 Event Type: {word} event Event Category: {category} Source Name: {source} Computer Name: SERVER1 Strings: ['{url}'  '{error}{appended}\\r\\n'{third}]",
        id.parse::<u32>().unwrap()
    )
}

pub fn plaso(f: &Facts) -> String {
    format!("{RFC3339},Creation Time,EVT,WinEVT,{},winevt,OS:AppEvent.Evt,-", plaso_message(f))
}

pub fn plaso_l2t(f: &Facts) -> String {
    format!(
        "03/15/2010,11:27:57,UTC,...B,EVT,WinEVT,Creation Time,-,SERVER1,[{} / 0x{:04x}] Strings: ['http...,{},2,OS:AppEvent.Evt,77,-,winevt,-",
        f.id,
        f.id.parse::<u32>().unwrap(),
        plaso_message(f)
    )
}

/// The insertion strings and the fields after them, with this delimiter.
pub fn joined(delimiter: &str, f: &Facts) -> String {
    format!("{}{delimiter}{} {}", f.url, f.error, f.appended)
}

pub fn tln(number: &str, f: &Facts) -> String {
    let (source, id, level) = (f.source, f.id, f.level("Error", "Warn"));
    format!("1268652477|EVT|SERVER1|N/A|{number}{source}/{id};{level};{}", joined(",", f))
}

pub fn tln_evtx(f: &Facts) -> String {
    format!("1268652477|EVTX|SERVER1||{}/{};\"{},\"", f.source, f.id, joined(",", f).trim_end())
}

pub fn evtparse(f: &Facts) -> String {
    let (source, id, level) = (f.source, f.id, f.level("Error", "Warn"));
    format!("{ASCTIME} Z,SERVER1,S-1-5-18,{source},{id},{level},{}", joined(";", f))
}

/// The tree that a browser and Event Viewer show.
pub fn xml_tree(sign: &str, f: &Facts) -> String {
    let xml = xml(f).replace("><", ">\n<");
    let sign = |line: &str| {
        let opens = !line.starts_with("</") && !line.contains("</") && !line.ends_with("/>");
        format!("{}{line}\n", if opens && line.starts_with('<') { sign } else { "" })
    };
    xml.split('\n').map(sign).collect()
}

pub fn dds(f: &Facts) -> String {
    let level = f.level("error", "warning");
    format!("3/15/2010 11:27:57 AM, {level}: {} [{}]  - {}", f.source, f.id, f.text())
}

pub fn fluent_bit(f: &Facts) -> String {
    let task = if f.category == "None" { "0" } else { "5" };
    format!(
        "ProviderName={}\nProviderGuid=\nQualifiers=49154\nEventID={}\nVersion=0\nLevel={}\nTask={task}\nOpcode=0\nKeywords=0x80000000000000\nTimeCreated=2010-03-15 11:27:57 +0000\nEventRecordID=4242\nChannel={}\nComputer=SERVER1\nUserID=\nMessage={}",
        f.source,
        f.id,
        f.level("2", "3"),
        f.log,
        f.text()
    )
}

pub fn xml(f: &Facts) -> String {
    let task = if f.category == "None" { "0" } else { "5" };
    let data = if f.data { "<Binary>01</Binary>" } else { "" };
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{}'/><EventID Qualifiers='49154'>{}</EventID><Level>{}</Level><Task>{task}</Task><TimeCreated SystemTime='2010-03-15T11:27:57.000Z'/><Channel>{}</Channel><Computer>SERVER1</Computer></System><EventData><Data>{}</Data><Data>{}{}\r\n</Data>{data}</EventData></Event>",
        f.source,
        f.id,
        f.level("2", "3"),
        f.log,
        f.url,
        f.error,
        f.appended
    )
}
