//! The table of field names: which member of a JSON record feeds which field of the event, for all
//! shapes. To support a new JSON shape, add its names here and a row to [`SHAPES`].
//!
//! Sources: the shape table of each producer, as listed in the guide (`docs/shapes.md`).

use std::borrow::Cow;

use crate::event::{Scale, Shapes, typed::Type};

mod tree;

pub(super) use tree::dot;
pub use tree::{Known, Node, Step, step, step_in_any_case, step_or_in_any_case};

/// The meaning of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Event source (provider).
    Source,
    /// Event id.
    Id,
    /// High word of the id.
    Qualifiers,
    /// Level, with the scale of its numbers.
    Level(Scale),
    /// Log (channel).
    Log,
    /// Computer that wrote the event.
    Computer,
    /// Machine that the record describes.
    Host,
    /// Time of the event; earlier rows are preferred.
    Time,
    /// Rendered message.
    Message,
    /// Insertion strings: a list, an object of numbered names, or XML `<Data>` elements.
    Strings,
    /// One insertion string.
    StringAt(u8),
    /// Category or task.
    Category,
    /// Binary data.
    Data,
    /// Version of the operating system.
    OsVersion,
    /// Name of the operating system.
    OsName,
    /// A text that contains the whole event again: an XML `<Event>` or a line.
    EmbeddedCopy,
    /// One record inside this one.
    NestedRecord,
    /// A list of records inside this one.
    RecordList,
    /// Loki's push body.
    Loki,
    /// OTLP's log body.
    Otlp,
    /// The `fields` of Elasticsearch, next to a record or instead of it: lists of the record's
    /// values. Also the structured data of syslog next to the record.
    Fields,
    /// A member of an envelope that is not read.
    Foreign,
    /// A number that does not describe the event, such as the number of the record.
    Counter,
    /// A GUID, which does not describe the event.
    Guid,
    /// The GUID of a provider, of which `crypt32` has none.
    NoGuid,
    /// A set of bits that does not describe the event, such as the keywords.
    Bits,
    /// A time other than the time of the event.
    OtherTime,
    /// A member that only identifies the shape.
    ShapeMarker,
}

/// A member name as the table below defines it. The readers use [`Row`], which takes a quarter of
/// the memory.
#[derive(Debug)]
pub struct Name {
    /// The path from the top of the record, joined by dots. A dotted key means the same path.
    pub path: &'static str,
    /// The meaning of the member.
    pub role: Role,
    /// The shapes that have this generic name, which counts only in them. There, a source with a
    /// short name, or a message, gives way to a specific name of the same role. Empty for a
    /// specific name, which counts in all shapes.
    pub only: &'static [&'static str],
}

impl Role {
    /// The type of the values that the role has, if they feed no field but must be of a type.
    pub(crate) fn unread_type(self) -> Option<Type> {
        match self {
            Self::Counter => Some(Type::Number),
            Self::OtherTime => Some(Type::Time),
            Self::Guid => Some(Type::Guid),
            Self::NoGuid => Some(Type::NoGuid),
            Self::Bits => Some(Type::Bits),
            _ => None,
        }
    }

    /// The role of the insertion string with this index.
    pub fn string_at(index: u64) -> Self {
        Self::StringAt(u8::try_from(index).unwrap_or(u8::MAX))
    }

    /// Whether the member feeds a field of the event. The event then detects contradicting
    /// duplicates itself.
    pub fn is_field(self) -> bool {
        !matches!(
            self,
            Self::EmbeddedCopy
                | Self::NestedRecord
                | Self::RecordList
                | Self::Loki
                | Self::Otlp
                | Self::Fields
                | Self::Foreign
                | Self::Counter
                | Self::Guid
                | Self::NoGuid
                | Self::Bits
                | Self::OtherTime
                | Self::ShapeMarker
        )
    }

    /// Whether an object with such a member may be a record or an envelope.
    pub fn makes_record(self) -> bool {
        !matches!(
            self,
            Self::Foreign
                | Self::ShapeMarker
                | Self::Counter
                | Self::Guid
                | Self::NoGuid
                | Self::Bits
                | Self::OtherTime
                | Self::Time
                | Self::Computer
                | Self::Host
                | Self::OsName
                | Self::OsVersion
        )
    }

    /// Whether the value must be text and not a number.
    pub fn is_text(self) -> bool {
        matches!(
            self,
            Self::Source
                | Self::Level(Words)
                | Self::Log
                | Self::Computer
                | Self::Host
                | Self::Message
                | Self::OsName
        )
    }
}

impl Name {
    /// Whether a program that ignores case would read another spelling of this name, and its value
    /// affects the verdict. Short common names are left out, and so are computers and times, which
    /// collectors add in every spelling.
    const fn decides(&self) -> bool {
        // Programs read these names as the record or as a copy of it.
        const HOLDERS: [&str; 9] = [
            "_source",
            "_raw",
            "full_log",
            "jsonPayload",
            "textPayload",
            "EventXml",
            "event.original",
            "winlog.xml",
            "document.data",
        ];
        // `level` is not in this list: two shapes spell it differently, and `Level` and `level`
        // must agree.
        const SHORT: [&str; 9] =
            ["id", "source", "type", "name", "data", "host", "log", "body", "event"];
        let mut short = 0;
        while short < SHORT.len() {
            if SHORT[short].eq_ignore_ascii_case(self.path) {
                return false;
            }
            short += 1;
        }
        let mut holder = 0;
        while holder < HOLDERS.len() {
            if tree::same(HOLDERS[holder].as_bytes(), self.path.as_bytes()) {
                return true;
            }
            holder += 1;
        }
        matches!(
            self.role,
            Role::RecordList
                | Role::Loki
                | Role::Otlp
                | Role::Foreign
                | Role::Source
                | Role::Id
                | Role::Qualifiers
                | Role::Level(_)
                | Role::Log
                | Role::Message
                | Role::Strings
                | Role::StringAt(_)
                | Role::Category
                | Role::Data
        )
    }
}

/// A member name in the form for lookups.
#[derive(Clone, Copy)]
pub struct Row {
    /// The meaning of the member.
    pub role: Role,
    /// The offset of the path in [`PATHS`].
    start: u16,
    length: u8,
    /// The index in [`ONLY`] of the shapes that have the name.
    only: u8,
}

impl Row {
    /// The path of the name.
    pub fn path(self) -> &'static str {
        let start = usize::from(self.start);
        PATHS.get(start..start + usize::from(self.length)).unwrap_or_default()
    }

    /// Whether only some shapes have the name.
    pub fn is_generic(self) -> bool {
        self.only != 0
    }

    /// The shapes that have the name, if it is generic.
    pub fn owners(self) -> Shapes {
        Shapes(ONLY[usize::from(self.only)])
    }

    /// Whether the name is generic and at least one of these shapes has it.
    pub fn is_only_of(self, shapes: Shapes) -> bool {
        self.owners().0 & shapes.0 != 0
    }
}

/// The name with this number.
pub fn row(number: u16) -> Row {
    ROWS[usize::from(number)]
}

/// Whether a record may have a member of this name, in this spelling or in another case.
#[inline(never)]
pub fn is_known(name: &str) -> bool {
    !matches!(step_or_in_any_case(Node::TOP, Node::TOP, name).0, Step::Unknown)
}

/// All names, in the order of their numbers.
pub fn rows() -> &'static [Row] {
    &ROWS
}

macro_rules! names {
    ($($role:expr => { $($path:literal $(in $($shape:literal)|+)?),+ $(,)? })+) => {
        /// All names. Within one role, earlier names are preferred.
        pub static NAMES: &[Name] = &[
            $($(Name { path: $path, role: $role, only: &[$($($shape),+)?] }),+),+
        ];
        /// All paths, concatenated.
        static PATHS: &str = concat!($($($path),+),+);
    };
}

static ROWS: [Row; NAMES.len()] = TABLES.0;
/// The sets of shapes that have generic names. The first set is empty.
static ONLY: [u32; 64] = TABLES.1;
const TABLES: ([Row; NAMES.len()], [u32; 64], Owners) = tables();

#[derive(Clone, Copy)]
struct Owners {
    names: [&'static str; 32],
    count: usize,
}

impl Owners {
    /// The bit of a shape.
    const fn bit(&mut self, shape: &'static str) -> u32 {
        let mut at = 0;
        while at < self.count && !tree::same(self.names[at].as_bytes(), shape.as_bytes()) {
            at += 1;
        }
        if at == self.count {
            self.names[at] = shape;
            self.count += 1;
        }
        1 << at
    }
}

#[allow(clippy::cast_possible_truncation)]
const fn tables() -> ([Row; NAMES.len()], [u32; 64], Owners) {
    let none = Row { role: Role::Foreign, start: 0, length: 0, only: 0 };
    let (mut rows, mut sets) = ([none; NAMES.len()], [0; 64]);
    let mut owners = Owners { names: [""; 32], count: 0 };
    let (mut row, mut start, mut count) = (0, 0, 1);
    while row < NAMES.len() {
        let Name { path, role, only } = &NAMES[row];
        let (mut set, mut shape, mut at) = (0, 0, 0);
        while shape < only.len() {
            set |= owners.bit(only[shape]);
            shape += 1;
        }
        while at < count && sets[at] != set {
            at += 1;
        }
        if at == count {
            sets[at] = set;
            count += 1;
        }
        assert!(path.len() < 256, "a name is too long");
        rows[row] = Row { role: *role, start, length: path.len() as u8, only: at as u8 };
        start += path.len() as u16;
        row += 1;
    }
    (rows, sets, owners)
}

use Role::{
    Bits, Category, Computer, Counter, Data, EmbeddedCopy, Fields, Foreign, Guid, Host, Id, Level,
    Log, Loki, Message, NestedRecord, NoGuid, OsName, OsVersion, OtherTime, Otlp, Qualifiers,
    RecordList, ShapeMarker, Source, StringAt, Strings, Time,
};
use Scale::{Azure, Legacy, Modern, Nxlog, Words};

names! {
    Source => {
        "SourceName", "source_name", "winlog.provider_name", "event.provider", "ProviderName",
        "provider.name", "provider.event_source", "provider_name",
        "Event.System.Provider.#attributes.Name", "Event.System.Provider.#attributes.EventSourceName",
        "Event.System.Provider_attributes.Name", "Event.System.Provider_attributes.EventSourceName",
        "Event.System.Provider.Name", "System.Provider.Name", "System.Provider.#attributes.Name",
        "Event.System.Provider.EventSourceName", "System.Provider.EventSourceName",
        "System.Provider.#attributes.EventSourceName",
        "EventChannel.System.ProviderName", "win.system.providerName", "win.system.eventSourceName",
        "data.win.system.providerName", "data.win.system.eventSourceName", "_SourceName",
        "Event.System.Provider.@Name", "Event.System.Provider.@EventSourceName",
        "System.Provider.@Name", "System.Provider.@EventSourceName", "sourceName",
        "tags.Source", "fields.Source", "EventChannel.System.EventSourceName",
        "RenderingInfo.Provider", "Event.RenderingInfo.Provider",
        "Source" in "azure" | "powershell-eventlog" | "telegraf",
        "Provider" in "azure-windowsevent" | "evtxecmd" | "hayabusa",
        "source" in "promtail" | "zabbix",
        "kibana.alert.original_event.provider", "signal.original_event.provider",
        "data.data" in "wazuh-eventlog" | "wazuh",
        "data.extra_data" in "wazuh-eventlog" | "wazuh",
    }
    Id => {
        "EventID", "event_id", "event_id.id", "winlog.event_id", "event.code", "EventCode",
        "EventIdentifier", "InstanceId", "EventId", "Event.System.EventID",
        "Event.System.EventID.#text", "Event.System.EventID.Value", "System.EventID",
        "System.EventID.Value", "System.EventID.#text", "EventChannel.System.EventID",
        "win.system.eventID", "data.win.system.eventID", "_EventID", "tags.EventID",
        "fields.EventID", "eventCode",
        "event_identifier", "message_identifier",
        "kibana.alert.original_event.code", "signal.original_event.code",
        "Id" in "powershell-winevent",
        "eventid" in "osquery" | "zabbix",
        "data.id" in "wazuh-eventlog" | "wazuh",
    }
    Qualifiers => {
        "Qualifiers", "qualifiers", "event_id.qualifiers", "winlog.qualifiers",
        "Event.System.EventID.#attributes.Qualifiers", "Event.System.EventID_attributes.Qualifiers",
        "Event.System.EventIDQualifier", "Event.System.EventID.Qualifiers",
        "System.EventID.Qualifiers", "System.EventID.#attributes.Qualifiers",
        "Event.System.EventID.@Qualifiers", "System.EventID.@Qualifiers",
        "fields.Qualifiers", "tags.Qualifiers", "_Qualifiers",
    }
    Level(Legacy) => {
        "EventType", "event_type", "EntryType", "_EventType",
        "Type" in "wmi" | "wmi-object" | "windows" | "splunk",
    }
    Level(Modern) => {
        "level_value", "event_level", "Event.System.Level", "System.Level", "EventChannel.System.Level",
        "win.system.level", "data.win.system.level", "tags.Level", "fields.Level",
        "Level" in "fluentbit-winevtlog" | "fluentd2" | "evtxecmd"
            | "powershell-winevent" | "telegraf" | "windows",
        "level" in "winlogbeat" | "otel" | "vector" | "promtail" | "datadog" | "nxlog-gelf" | "osquery"
            | "windows",
    }
    // In Zabbix, Error has the same number as in NXLog.
    Level(Nxlog) => { "SeverityValue", "_SeverityValue", "severity" in "zabbix" }
    Level(Azure) => { "EventLevel" }
    Level(Words) => {
        "LevelDisplayName", "levelText", "LevelText", "log.level", "Severity", "_Severity",
        "EventLevelName", "EventTypeName", "win.system.severityValue", "data.win.system.severityValue",
        "EventChannel.System.SeverityValue", "tags.LevelText", "fields.LevelText",
        "RenderingInfo.Level", "Event.RenderingInfo.Level", "winlog.level",
        "data.status" in "wazuh-eventlog" | "wazuh",
    }
    Log => {
        "Channel", "channel", "winlog.channel", "log_name", "LogName", "Logfile", "EventLog",
        "Event.System.Channel", "System.Channel", "EventChannel.System.Channel",
        "win.system.channel", "data.win.system.channel", "_FileName", "_Channel", "tags.Channel",
        "fields.Channel", "RenderingInfo.Channel", "Event.RenderingInfo.Channel",
        "FileName" in "nxlog",
        "data.type" in "wazuh-eventlog" | "wazuh",
    }
    Computer => {
        "Computer", "computer", "ComputerName", "computer_name", "winlog.computer_name",
        "MachineName", "computerName", "Event.System.Computer", "System.Computer", "EventChannel.System.Computer",
        "win.system.computer", "data.win.system.computer", "tags.Computer", "fields.Computer",
        "Hostname" in "nxlog" | "windows",
        "_Hostname" in "nxlog-gelf",
        "hostname" in "windows" | "syslog",
        "logsource" in "syslog",
        "host.host" in "zabbix",
        "data.system_name" in "wazuh-eventlog",
    }
    Host => {
        "host.name", "host.hostname", "tags.host",
        "host" in "vector" | "telegraf" | "splunk-hec" | "splunk" | "nxlog-gelf" | "windows" | "syslog",
    }
    Time => {
        "EventTime", "TimeGenerated", "time_generated", "timeCreated", "system_time",
        "TimeCreated", "TimeCreated.SystemTime", "TimeCreated.value", "TimeGenerated.value",
        "Event.System.TimeCreated.#attributes.SystemTime",
        "Event.System.TimeCreated_attributes.SystemTime", "Event.System.TimeCreated.SystemTime",
        "System.TimeCreated.SystemTime", "System.TimeCreated.#attributes.SystemTime",
        "Event.System.TimeCreated.@SystemTime", "System.TimeCreated.@SystemTime",
        "EventChannel.System.SystemTime", "win.system.systemTime", "data.win.system.systemTime",
        "fields.TimeCreated", "datetime", "@timestamp", "timestamp", "Timestamp", "time",
        "tags.TimeCreated", "_EventTime",
        "timeWritten",
    }
    Message => {
        "Message", "message", "MESSAGE", "description", "description_title", "Description",
        "RenderedDescription", "full_message", "win.system.message", "data.win.system.message",
        "EventChannel.System.Message", "EventChannel.Message", "Event.RenderingInfo.Message",
        "RenderingInfo.Message", "fields.Message", "tags.Message", "_Message",
        "short_message" in "nxlog-gelf",
        "value" in "zabbix",
    }
    Strings => {
        "StringInserts", "string_inserts", "insertionStrings", "event_data", "winlog.event_data", "EventData",
        "Event.EventData", "InsertionStrings", "ReplacementStrings", "Properties",
        "_StringInserts", "Event.EventData_attributes",
        "user_data",
        "message_inserts", "ParameterXml", "win.eventdata", "data.win.eventdata",
        "EventChannel.EventData", "Payload", "winlog.user_data", "Event.UserData",
        "strings" in "plaso",
        "Details" in "hayabusa",
        "AllFieldInfo" in "hayabusa",
    }
    StringAt(0) => { "fields.Data_1" }
    StringAt(1) => { "fields.Data_2" }
    StringAt(2) => { "fields.Data_3", "fields.Data", "tags.Data_3" }
    Category => {
        "Category", "CategoryString", "CategoryNumber", "category", "EventCategory",
        "event_category", "Task", "task", "TaskCategory", "winlog.task", "Event.System.Task",
        "System.Task", "EventChannel.System.Task", "win.system.task", "data.win.system.task",
        "_Category", "fields.Task", "tags.Task", "TaskDisplayName", "TaskValue", "taskText", "task_name",
        "fields.TaskText", "tags.TaskText",
        "_Task", "_TaskValue", "event.action", "RenderingInfo.Task", "Event.RenderingInfo.Task",
    }
    Data => {
        "Data", "Binary", "BinaryData", "Event.BinaryEventData", "Event.ProcessingErrorData",
        "Event.DebugData", "UserData", "BinaryEventData", "ProcessingErrorData", "DebugData",
        "win.userData", "win.binaryEventData", "win.processingErrorData", "win.debugData",
        "data.win.userData", "data.win.binaryEventData", "data.win.processingErrorData",
        "data.win.debugData", "EventChannel.UserData", "strings_parsed", "PayloadData1", "PayloadData2", "PayloadData3", "PayloadData4",
        "PayloadData5", "PayloadData6", "MapDescription", "ExecutableInfo", "RemoteHost",
    }
    OsVersion => { "host.os.version", "host.os.kernel", "host.os.build", "os.version" }
    OsName => {
        "host.os.name", "host.os.full", "host.os.family", "host.os.platform", "host.os.type",
        "os.name",
    }
    EmbeddedCopy => {
        "System", "event.original", "full_log", "xml", "xml_string", "EventXml", "EventXML", "winlog.xml",
        "_EventXML",
        "RawXml", "RawEventData", "Event", "data", "_raw",
        "kibana.alert.original_event.original", "signal.original_event.original",
    }
    NestedRecord => {
        "_source", "event", "body", "document.data", "log", "line", "jsonPayload", "textPayload",
        "result", "columns", "properties", "payload", "source_json",
    }
    RecordList => { "hits.hits", "documents", "metrics", "records", "logEvents", "events", "results" }
    Loki => { "streams", "data.result" }
    Otlp => { "resourceLogs" }
    Fields => {
        "fields",
        // The structured data of a syslog line that a parser split: Vector's members of NXLog and of
        // the syslog-ng agent, and the text that others write.
        "NXLOG@14506", "win@18372.4", "extradata", "structured_data", "structured-data",
    }
    Foreign => {
        "inner_hits", "entries", "resource_logs", "instrumentationLibraryLogs", "scopeLogs", "scope_logs",
        "logRecords", "log_records", "resourceSpans", "resource_spans", "resourceMetrics",
        "resource_metrics", "resourceProfiles", "resource_profiles", "json_payload", "text_payload",
        "protoPayload", "aggregations", "responses",
        // Winlogbeat writes here why a message is missing.
        "message_error",
    }
    Counter => {
        "RecordNumber", "record_number", "RecordId", "EventRecordID", "EventRecordId", "eventRecordID", "record_id",
        "winlog.record_id", "Event.System.EventRecordID", "System.EventRecordID",
        "EventChannel.System.EventRecordID", "win.system.eventRecordID", "data.win.system.eventRecordID",
        "fields.EventRecordID", "tags.EventRecordID", "ProcessID", "ThreadID", "ProcessId", "ThreadId",
        "ChunkNumber", "ExtraDataOffset", "_RecordNumber",
        "Event.System.Version", "Event.System.Opcode",
        "Version" in "fluentbit-winevtlog",
        "Opcode" in "fluentbit-winevtlog",
        "Index" in "powershell-eventlog",
        "fields.Version" in "telegraf",
        "fields.Opcode" in "telegraf",
        "fields.ProcessID" in "telegraf",
        "fields.ThreadID" in "telegraf",
    }
    NoGuid => { "ProviderGuid" in "fluentbit-winevtlog" }
    Guid => {
        "ActivityID" in "fluentbit-winevtlog",
        "RelatedActivityID" in "fluentbit-winevtlog",
        "fields.ActivityID" in "telegraf",
        "fields.RelatedActivityID" in "telegraf",
    }
    Bits => {
        "Event.System.Keywords",
        "Keywords" in "fluentbit-winevtlog",
    }
    OtherTime => { "TimeWritten", "TimeWritten.value", "time_written", "EventTimeWritten", "EventReceivedTime", "ingestionTime", "_EventReceivedTime" }
    ShapeMarker => {
        "__CLASS", "RuleTitle", "SourceModuleType", "decoder.name", "sourcetype", "data_type", "program", "ident",
        "appname", "eventtype",
    }
}

/// How Graylog starts the names of members that come from any version of Winlogbeat, and how
/// today's Winlogbeat starts them.
const GRAYLOG: [(&str, &str); 14] = [
    ("source_name", "winlog.provider_name"),
    ("event_id", "winlog.event_id"),
    ("event_data_", "winlog.event_data."),
    ("event_", "event."),
    ("log_name", "winlog.channel"),
    ("log_level", "log.level"),
    ("level", "log.level"),
    ("record_number", "winlog.record_id"),
    ("host_os_", "host.os."),
    ("host_", "host."),
    ("user_data_", "winlog.user_data."),
    ("winlog_event_data_", "winlog.event_data."),
    ("winlog_user_data_", "winlog.user_data."),
    ("winlog_", "winlog."),
];

/// The name of a member in the producer's spelling. Graylog adds a prefix and replaces the dots.
pub fn as_spelled(name: &str) -> Cow<'_, str> {
    let Some(own) = name.strip_prefix("winlogbeat_") else { return Cow::Borrowed(name) };
    let found = GRAYLOG.iter().find_map(|(begin, beat)| Some((own.strip_prefix(begin)?, beat)));
    let (rest, beat) = found.unwrap_or((own, &"winlog."));
    Cow::Owned(format!("{beat}{rest}"))
}

/// The members that define each shape. The first row with all members present decides.
pub static SHAPES: &[(&str, &[&str])] = &[
    ("hayabusa", &["RuleTitle", "EventID"]),
    ("wazuh", &["win.system.eventID"]),
    ("wazuh", &["data.win.system.eventID"]),
    ("wazuh", &["EventChannel.System.EventID"]),
    ("wazuh-eventlog", &["full_log", "data.id"]),
    ("wazuh-eventlog", &["decoder.name", "data.id"]),
    ("winlogbeat-ecs", &["winlog.event_id"]),
    ("winlogbeat-ecs", &["winlog.provider_name"]),
    ("winlogbeat-ecs", &["event.code", "event.provider"]),
    ("nxlog-gelf", &["_SourceName"]),
    ("nxlog-gelf", &["_EventID"]),
    ("nxlog", &["SourceModuleType"]),
    ("nxlog", &["SourceName", "SeverityValue"]),
    ("evtxecmd", &["EventId"]),
    // An object of WMI with all members, including those of its class.
    ("wmi-object", &["__CLASS", "EventIdentifier"]),
    ("wmi", &["EventIdentifier"]),
    ("wmi", &["EventCode"]),
    ("powershell-eventlog", &["InstanceId"]),
    ("powershell-eventlog", &["EntryType"]),
    ("powershell-winevent", &["ProviderName", "Id"]),
    // Some properties of an object, chosen with `Select-Object`.
    ("powershell-eventlog", &["MachineName", "Source"]),
    // The table WindowsEvent has this name too.
    ("azure-windowsevent", &["Provider", "EventID"]),
    ("azure", &["EventLevelName"]),
    ("azure", &["RenderedDescription"]),
    ("azure", &["EventLog"]),
    ("fluentbit-winlog", &["SourceName", "EventID", "StringInserts"]),
    ("fluentbit-winlog", &["SourceName", "EventID", "EventCategory"]),
    // A record that was built by hand with the Windows names.
    ("windows", &["SourceName", "EventID"]),
    ("fluentd2", &["ProviderName", "Description"]),
    ("fluentbit-winevtlog", &["ProviderName", "EventID"]),
    ("insightidr", &["sourceName", "eventCode"]),
    ("fluentbit-winevtlog", &["System", "StringInserts"]),
    ("plaso", &["event_identifier", "data_type"]),
    ("fluentd", &["source_name", "channel"]),
    ("fluentd", &["source_name", "event_type"]),
    ("winlogbeat", &["source_name", "event_id"]),
    ("vector", &["provider_name", "event_id"]),
    ("otel", &["provider.name"]),
    ("otel", &["event_id.id"]),
    ("promtail", &["source", "event_id"]),
    ("osquery", &["provider_name", "eventid"]),
    ("zabbix", &["eventid", "value"]),
    ("telegraf", &["tags.Source"]),
    ("splunk-hec", &["event", "sourcetype"]),
    ("datadog", &["Event.System.EventIDQualifier"]),
    ("datadog", &["Event.System.Provider.Name"]),
    ("evtx_dump", &["Event.System.EventID"]),
    ("evtx_dump", &["Event.System.EventID.#text"]),
    ("velociraptor", &["System.EventID.Value"]),
    ("velociraptor", &["System.Provider.Name"]),
    // A result row of Splunk with some of the fields.
    ("splunk", &["_raw"]),
    // A line of syslog that a parser split.
    ("syslog", &["program", "message"]),
    ("syslog", &["ident", "message"]),
    ("syslog", &["appname", "message"]),
    ("cloudwatch-logs", &["ingestionTime"]),
];

/// A value under a name of the event that does not describe the event.
pub enum Nothing {
    /// Any value.
    Any,
    /// The description of a WMI class.
    Class,
    /// Exactly this text.
    Text(&'static str),
}

/// The names of the event that a shape uses for something else.
pub static NOTHING: &[(&str, &str, Nothing)] = &[
    ("wmi-object", "Qualifiers", Nothing::Class),
    ("wmi-object", "Qualifiers", Nothing::Text("System.Management.QualifierDataCollection")),
    // The level of a rule.
    ("hayabusa", "Level", Nothing::Any),
    // The name of the table.
    ("azure", "Type", Nothing::Text("Event")),
    ("azure-windowsevent", "Type", Nothing::Text("WindowsEvent")),
    // Two bits of the identifier: 3 is Error.
    ("plaso", "severity", Nothing::Text("3")),
    ("wazuh", "EventChannel.System.Message", Nothing::Text("No message")),
    ("wazuh", "win.system.message", Nothing::Text("No message")),
    ("wazuh", "data.win.system.message", Nothing::Text("No message")),
];

/// Names of records that the Elastic Common Schema and users of shippers also use for other things.
pub const SHARED: [&str; 3] = ["event", "log", "fields"];

/// Whether a dotted name begins with one of these.
pub fn is_shared(name: &str) -> bool {
    dot(name).is_some_and(|dot| SHARED.contains(&&name[..dot]))
}

/// Objects that contain records and nothing else of a record.
pub const HOLDERS: [&str; 2] = ["hits", "document"];

/// Objects in which other programs put their own names, so that they may have no name of the event.
pub const OBJECTS: [&str; 8] =
    ["host", "host.os", "os", "tags", "data", "winlog", "document", "hits"];

/// Words that pipelines write under `level` about themselves, whatever the record is, and the numbers
/// of pino, which no level of Windows has.
pub const OF_PIPELINES: [&str; 11] =
    ["info", "debug", "trace", "notice", "warn", "10", "20", "30", "40", "50", "60"];

/// Objects whose other members are data of the event if the name starts with one of these prefixes.
pub static DATA: &[(&str, &[&str])] = &[
    // Telegraf's configuration can move members between these two.
    ("fields", &["Data_", "UserData", "Binary"]),
    ("tags", &["Data_", "UserData", "Binary"]),
    // Wazuh puts the content of UserData next to the other members.
    ("win", &[""]),
    ("data.win", &[""]),
    ("EventChannel", &[""]),
];

/// A bit mask of the names in a record that define shapes.
#[derive(Clone, Copy, Default)]
pub struct Seen(u128);

impl Seen {
    /// Adds a name.
    pub fn insert(&mut self, row: u16) {
        self.0 |= sign(SIGNS[usize::from(row)]);
    }

    /// Whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The shape of the record, and all shapes that match: an additional name must not hide what
    /// another shape would read. The shape is empty if no row of [`SHAPES`] matches.
    #[inline(never)] // Inlined, its locals would stay on the stack while a nested record is read.
    pub fn shapes(self) -> (&'static str, Shapes) {
        let (mut first, mut all) = ("", 0);
        for (shape, signs) in SHAPE_SIGNS.iter().enumerate() {
            if self.0 & signs != *signs {
                continue;
            }
            let name = SHAPE_NAMES[shape];
            if first.is_empty() {
                first = name;
            }
            // A record that was built by hand does not have any other shape.
            if name != "windows" || name == first {
                all |= SHAPE_OWNERS[shape];
            }
        }
        (first, Shapes(all))
    }
}

/// The set that holds only this shape.
pub fn shapes_of(shape: &str) -> Shapes {
    let found = SHAPE_NAMES.iter().position(|name| *name == shape);
    Shapes(found.map_or(0, |index| SHAPE_OWNERS[index]))
}

/// The bit of each row's shape; 0 if the shape has no generic names.
static SHAPE_OWNERS: [u32; SHAPES.len()] = {
    let (mut bits, mut shape) = ([0; SHAPES.len()], 0);
    while shape < SHAPES.len() {
        let (mut owners, count) = (TABLES.2, TABLES.2.count);
        let bit = owners.bit(SHAPES[shape].0);
        bits[shape] = if owners.count == count { bit } else { 0 };
        shape += 1;
    }
    bits
};

/// The shape name of each row. At run time, [`SHAPE_SIGNS`] replaces the member names.
static SHAPE_NAMES: [&str; SHAPES.len()] = {
    let (mut names, mut shape) = ([""; SHAPES.len()], 0);
    while shape < SHAPES.len() {
        names[shape] = SHAPES[shape].0;
        shape += 1;
    }
    names
};
/// The marker bits that each row needs.
static SHAPE_SIGNS: [u128; SHAPES.len()] = SHAPE_TABLES.0;
/// The marker number of each name, from 1; most names have none, which is 0.
static SIGNS: [u8; NAMES.len()] = SHAPE_TABLES.1;
const SHAPE_TABLES: ([u128; SHAPES.len()], [u8; NAMES.len()]) = shape_tables();

/// The bit of a marker.
const fn sign(number: u8) -> u128 {
    1_u128.wrapping_shl(number as u32) & !1
}

const fn shape_tables() -> ([u128; SHAPES.len()], [u8; NAMES.len()]) {
    let (mut shapes, mut names) = ([0; SHAPES.len()], [0; NAMES.len()]);
    let (mut shape, mut count) = (0, 0);
    while shape < SHAPES.len() {
        let mut member = 0;
        while member < SHAPES[shape].1.len() {
            let row = number(SHAPES[shape].1[member]);
            if names[row] == 0 {
                count += 1;
                assert!(count < 128, "there are more signs than bits");
                names[row] = count;
            }
            shapes[shape] |= sign(names[row]);
            member += 1;
        }
        shape += 1;
    }
    (shapes, names)
}

/// The number of a name.
const fn number(name: &str) -> usize {
    let mut row = 0;
    while !tree::same(NAMES[row].path.as_bytes(), name.as_bytes()) {
        row += 1;
        assert!(row < NAMES.len(), "a shape has a member that is no name");
    }
    row
}
