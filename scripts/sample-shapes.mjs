// The shapes of the bundled log: how log shippers write a Windows event. Each function takes {
// source, id, high, level, log, message, strings, computer, at, record } and returns a line. `high`
// is the upper half of the 32-bit event identifier; `at` is the number of milliseconds since 1970
// in UTC.

import { iso, plain } from "./sample-kit.mjs";

const wmiTime = (at) => `${iso(at).slice(0, 19).replace(/[-T:]/g, "")}.000000+000`;
const full = (event) => ((event.high << 16) | event.id) >>> 0;
const params = (strings) => Object.fromEntries(strings.map((text, i) => [`param${i + 1}`, text]));
const LEGACY = { Error: 1, Warning: 2, Information: 4, "Audit Success": 8 };
const MODERN = { Error: 2, Warning: 3, Information: 4, "Audit Success": 0 };
const NXLOG = { Error: 4, Warning: 3, Information: 2, "Audit Success": 2, Verbose: 1 };

/** Winlogbeat 1.0 on the machine itself, with the whole 32-bit identifier. */
export function winlogbeat1(e) {
  return JSON.stringify({
    "@timestamp": iso(e.at),
    beat: { hostname: e.computer, name: e.computer },
    category: "None",
    computer_name: e.computer,
    count: 1,
    event_id: full(e),
    level: e.level,
    log_name: e.log,
    message: e.message,
    record_number: String(e.record),
    source_name: e.source,
    type: "eventlogging",
  });
}

/** Winlogbeat 5 on the machine itself. */
export function winlogbeat5(e) {
  return JSON.stringify({
    "@timestamp": iso(e.at),
    beat: { hostname: e.computer, name: e.computer, version: "5.6.16" },
    computer_name: e.computer,
    event_data: params(e.strings),
    event_id: e.id,
    level: e.level,
    log_name: e.log,
    message: e.message,
    record_number: String(e.record),
    source_name: e.source,
    type: "eventlogging",
  });
}

/** Winlogbeat 8 on a collector that receives forwarded events. */
export function winlogbeat8(e) {
  return JSON.stringify({
    "@timestamp": iso(e.at),
    event: { created: iso(e.at + 2210), kind: "event", code: String(e.id), provider: e.source },
    log: { level: e.level.toLowerCase() },
    message: e.message.trimEnd(),
    host: { name: e.computer },
    agent: { type: "winlogbeat", version: "8.12.0", name: "WEC01" },
    ecs: { version: "8.0.0" },
    winlog: {
      api: "wineventlog",
      channel: e.log === "Application" ? "ForwardedEvents" : e.log,
      computer_name: e.computer,
      event_id: String(e.id),
      provider_name: e.source,
      record_id: e.record,
      keywords: ["Classic"],
      event_data: params(e.strings),
    },
    tags: ["forwarded"],
  });
}

/** NXLog CE with im_mseventlog. */
export function nxlog(e) {
  const type = { Information: "INFO", Verbose: "DEBUG" }[e.level] ?? e.level.toUpperCase();
  return JSON.stringify({
    EventTime: plain(e.at),
    EventTimeWritten: plain(e.at),
    Hostname: e.computer,
    EventType: type,
    SeverityValue: NXLOG[e.level],
    Severity: type,
    EventID: e.id,
    SourceName: e.source,
    FileName: e.log,
    RecordNumber: e.record,
    Category: "None",
    Message: e.message,
    EventReceivedTime: plain(e.at + 1000),
    SourceModuleName: "eventlog",
    SourceModuleType: "im_mseventlog",
  });
}

/** The same record after a syslog header, as a relay writes it. */
export function syslogNxlog(e) {
  const [, month, day, clock] = /^\w+, (\d+) (\w+) \d+ ([\d:]+)/.exec(new Date(e.at).toUTCString());
  return `<11>${day} ${month.replace(/^0/, " ")} ${clock} ${e.computer} nxWinEvt: ${nxlog(e)}`;
}

/** Fluent Bit with in_winlog. */
export function fluentBit(e) {
  return JSON.stringify({
    RecordNumber: e.record,
    TimeGenerated: `${plain(e.at)} +0000`,
    TimeWritten: `${plain(e.at)} +0000`,
    EventID: e.id,
    Qualifiers: e.high,
    EventType: e.level,
    EventCategory: 0,
    Channel: e.log,
    SourceName: e.source,
    ComputerName: e.computer,
    Data: "",
    Sid: "",
    Message: e.message,
    StringInserts: e.strings,
  });
}

/** OpenTelemetry Collector, windowseventlog receiver before 0.89. */
export function otel(e) {
  return JSON.stringify({
    channel: e.log,
    computer: e.computer,
    event_id: { id: e.id, qualifiers: e.high },
    keywords: ["Classic"],
    level: e.level,
    message: e.message,
    opcode: "0",
    provider: { event_source: "", guid: "", name: e.source },
    record_id: e.record,
    system_time: iso(e.at).replace("Z", "0000Z"),
    task: "0",
    event_data: {},
  });
}

/** Vector, windows_event_log source. */
export function vector(e) {
  return JSON.stringify({
    timestamp: iso(e.at),
    message: e.message,
    host: e.computer,
    source_type: "windows_event_log",
    event_id: e.id,
    record_id: e.record,
    level: e.level,
    level_value: MODERN[e.level],
    channel: e.log,
    provider_name: e.source,
    computer: e.computer,
    process_id: 0,
    thread_id: 0,
    keywords: "0x0080000000000000",
    keyword_names: ["Classic"],
    qualifiers: e.high,
    string_inserts: e.strings,
  });
}

/** WMI's Win32_NTLogEvent, as logstash-input-eventlog reads it. */
export function wmi(e) {
  return JSON.stringify({
    Category: 0,
    CategoryString: null,
    ComputerName: e.computer,
    Data: null,
    EventCode: e.id,
    EventIdentifier: full(e),
    EventType: LEGACY[e.level],
    InsertionStrings: e.strings,
    Logfile: e.log,
    Message: e.message,
    RecordNumber: e.record,
    SourceName: e.source,
    TimeGenerated: wmiTime(e.at),
    TimeWritten: wmiTime(e.at),
    Type: e.level.toLowerCase(),
    User: null,
  });
}
