// The shapes of the benchmark's logs: how collectors write an event of events.mjs.

import { iso, plain } from "../scripts/sample-kit.mjs";
import { nxlog } from "../scripts/sample-shapes.mjs";

const short = (at) => {
  const [, day, month, clock] = /^\w+, (\d+) (\w+) \d+ ([\d:]+)/.exec(new Date(at).toUTCString());
  return `${month} ${day.replace(/^0/, " ")} ${clock}`;
};
const LEVEL = { Error: 2, Information: 4, Verbose: 5 };
const QUALIFIERS = (e) => (e.source === "crypt32" ? 0xc002 : 0);

/** Winlogbeat 7 on a collector that receives forwarded events. */
function winlogbeat7(e) {
  return {
    "@timestamp": iso(e.at),
    event: {
      created: iso(e.at + 2210),
      kind: "event",
      code: e.id,
      provider: e.source,
      action: "None",
    },
    log: { level: e.level.toLowerCase() },
    message: e.message.trimEnd(),
    host: { name: e.computer },
    agent: { type: "winlogbeat", version: "7.17.18", hostname: "WEC01" },
    ecs: { version: "1.12.0" },
    winlog: {
      api: "wineventlog",
      channel: e.log === "Application" ? "ForwardedEvents" : e.log,
      computer_name: e.computer,
      event_id: e.id,
      provider_name: e.source,
      record_id: e.record,
      event_data: e.fields,
    },
  };
}

/** Fluent Bit with in_winlog. */
function fluentBit(e) {
  return {
    RecordNumber: e.record,
    TimeGenerated: `${plain(e.at)} +0000`,
    TimeWritten: `${plain(e.at)} +0000`,
    EventID: e.id,
    Qualifiers: QUALIFIERS(e),
    EventType: e.level,
    EventCategory: 0,
    Channel: e.log,
    SourceName: e.source,
    ComputerName: e.computer,
    Data: "",
    Sid: "",
    Message: e.message,
    StringInserts: Object.values(e.fields).map(String),
  };
}

const json = (shape) => (e) => JSON.stringify(shape(e));

/** The shapes with one JSON object per line. */
export const JSON_SHAPES = [json(winlogbeat7), nxlog, json(fluentBit)];

/** NXLog with few fields: about 100 bytes. */
export const tiny = json((e) => ({
  EventID: e.id,
  SourceName: e.source,
  Hostname: e.computer,
  Message: e.message.trimEnd(),
}));

/**
 * The same objects with `<`, `>`, `&` and non-ASCII characters escaped, as Go's and Python's
 * encoders may write them.
 */
export const escaped = JSON_SHAPES.map(
  (shape) => (e) =>
    shape(e).replace(
      /[<>&\u007f-\uffff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
);

const xml = (text) =>
  String(text)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/\r/g, "&#13;")
    .replace(/\n/g, "&#10;");

/** One `<Event>` per line, like the XML of evtx_dump without its line breaks. */
export function eventXml(e) {
  const data = Object.entries(e.fields).map(([name, value]) =>
    name.startsWith("param")
      ? `<Data>${xml(value)}</Data>`
      : `<Data Name="${name}">${xml(value)}</Data>`,
  );
  return (
    '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>' +
    `<Provider Name="${e.source}"></Provider><EventID Qualifiers="${QUALIFIERS(e)}">${e.id}</EventID>` +
    `<Level>${LEVEL[e.level]}</Level><Task>0</Task><Keywords>0x80000000000000</Keywords>` +
    `<TimeCreated SystemTime="${iso(e.at)}"></TimeCreated><EventRecordID>${e.record}</EventRecordID>` +
    `<Channel>${e.log}</Channel><Computer>${e.computer}</Computer><Security></Security></System>` +
    `<EventData>${data.join("")}</EventData></Event>`
  );
}

const oneLine = (message) => message.trimEnd().replace(/\s+/g, " ");

/** Snare over syslog. */
export function snare(e) {
  const [weekday] = new Date(e.at).toUTCString().split(",");
  const time = `${weekday} ${short(e.at)} ${new Date(e.at).getUTCFullYear()}`;
  const cells = ["MSWinEventLog", 3, e.log, e.record % 1000, time, e.id, e.source, "Unknown User"];
  cells.push("N/A", e.level, e.computer, "None", "", oneLine(e.message), e.record % 997);
  return `<131>${short(e.at)} ${e.computer}\t${cells.join("\t")}`;
}

/** ArcSight's CEF with the raw event inside. */
export function cef(e) {
  const value = (text) => String(text).trimEnd().replace(/\s+/g, " ").replace(/=/g, "\\=");
  const keys = Object.values(e.fields).map((text, i) => `&&Key[${i}]\\=${value(text)}`);
  const title = oneLine(e.message).slice(0, 63).replace(/\|/g, "\\|");
  return (
    `CEF:0|Microsoft|System or Application Event||${e.source}:${e.id}|${title}|Unknown| eventId=${e.record} ` +
    `externalId=${e.id} rawEvent=EventlogType\\=${e.log}&&EventIndex\\=${e.record}&&WindowsVersion\\=Windows Server 2003` +
    `&&WindowsKeyMapFamily\\=Windows 2003&&WindowsParserFamily\\=Windows 2003&&DetectTime\\=${plain(e.at)}` +
    `&&EventSource\\=${e.source}&&EventID\\=${e.id}&&EventType\\=${e.level}&&EventCategory\\=0&&User\\=null` +
    `&&ComputerName\\=${e.computer}${keys.join("")} cat=${e.log} rt=${e.at} cs2=0 cs3=${e.source} ` +
    `cs2Label=EventlogCategory cs3Label=EventSource dvchost=${e.computer}`
  );
}
