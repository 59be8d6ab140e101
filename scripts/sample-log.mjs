// Writes the bundled log: three days of an invented plant whose Windows XP and Server 2003 machines
// cannot reach Windows Update. The seed is fixed, so the bytes are always the same.
//
//   node scripts/sample-log.mjs FILE
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { argv, pid } from "node:process";
import { fileURLToPath } from "node:url";
import { CAB, message, random, URL_KNOWN } from "./sample-kit.mjs";
import {
  fluentBit,
  nxlog,
  otel,
  syslogNxlog,
  vector,
  winlogbeat1,
  winlogbeat5,
  winlogbeat8,
  wmi,
} from "./sample-shapes.mjs";

const START = Date.UTC(2026, 2, 16);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const ERRORS = {
  unresolved: "The server name or address could not be resolved",
  notConnected: "This network connection does not exist",
  timeout: "This operation returned because the timeout period expired",
  refuses: "The specified server cannot perform the requested operation",
  cannotConnect: "A connection with the server could not be established",
};

/** Name, shape, hours of the day in which it runs, and errors with weights. */
const COMPUTERS = [
  ["TILL-01", winlogbeat5, [7, 21], { unresolved: 1 }],
  ["TILL-02", winlogbeat5, [7, 21], { unresolved: 1 }],
  ["TILL-03", winlogbeat1, [7, 21], { unresolved: 19, notConnected: 1 }],
  ["PRESS-HMI-1", nxlog, [0, 24], { unresolved: 4, timeout: 1 }],
  ["PRESS-HMI-2", syslogNxlog, [5, 23], { notConnected: 1 }],
  ["XRAY-VIEWER", fluentBit, [6, 20], { unresolved: 1 }],
  ["LAB-XP-07", wmi, [8, 18], { unresolved: 1 }],
  ["GATE2003", winlogbeat8, [0, 24], { unresolved: 9, refuses: 1 }],
  ["SCADA-HIST", otel, [0, 24], { unresolved: 2, cannotConnect: 1 }],
  ["DOCK-PC", vector, [6, 22], { unresolved: 1 }],
];

function crypt32(error, url = URL_KNOWN) {
  return {
    source: "crypt32",
    id: 8,
    high: 0xc002,
    level: "Error",
    log: "Application",
    message: message(`${error}\r\n`, url),
    strings: [url, `${error}\r\n`],
  };
}

const event = ([source, id, high, level, log, message, strings]) => {
  return { source, id, high, level, log, message, strings };
};

/** Other events of such machines. None of them is the article's event. */
const OTHER = [
  ["EventLog", 6005, 0x8000, "Information", "System", "The Event log service was started.", []],
  [
    "Service Control Manager",
    7036,
    0x4000,
    "Information",
    "System",
    "The Windows Installer service entered the stopped state.",
    ["Windows Installer", "stopped"],
  ],
  [
    "W32Time",
    29,
    0xc000,
    "Error",
    "System",
    "The time provider NtpClient is configured to acquire time from one or more time sources, however none of the sources are currently accessible.",
    ["15"],
  ],
  [
    "Userenv",
    1517,
    0x8000,
    "Warning",
    "Application",
    "Windows saved user PLANT\\operator registry while an application or service was still using the registry during log off.",
    ["PLANT\\operator"],
  ],
  [
    "Application Error",
    1000,
    0xc000,
    "Error",
    "Application",
    "Faulting application labelprint.exe, version 2.1.0.8, faulting module msvcr71.dll, version 7.10.3052.4, fault address 0x00008bd3.",
    ["labelprint.exe", "2.1.0.8", "msvcr71.dll"],
  ],
  [
    "MsiInstaller",
    11707,
    0x0000,
    "Information",
    "Application",
    "Product: PressView 4 -- Installation operation completed successfully.",
    ["Product: PressView 4"],
  ],
  ["Print", 8, 0x8000, "Warning", "System", "Printer Labels-2 was purged.", ["Labels-2"]],
  [
    "Security",
    528,
    0x0000,
    "Audit Success",
    "Security",
    "Successful Logon:\r\n\tUser Name:\toperator\r\n\tDomain:\tPLANT\r\n\tLogon Type:\t2\r\n",
    ["operator", "PLANT", "2"],
  ],
  [
    "Security",
    538,
    0x0000,
    "Audit Success",
    "Security",
    "User Logoff:\r\n\tUser Name:\toperator\r\n\tDomain:\tPLANT\r\n",
    ["operator", "PLANT"],
  ],
  [
    "Microsoft-Windows-Sysmon",
    8,
    0x0000,
    "Information",
    "Microsoft-Windows-Sysmon/Operational",
    "CreateRemoteThread detected:\r\nSourceImage: C:\\Windows\\System32\\csrss.exe\r\nTargetImage: C:\\Windows\\System32\\cmd.exe\r\nStartModule: C:\\Windows\\System32\\crypt32.dll",
    ["csrss.exe", "cmd.exe"],
  ],
].map(event);
const WEIGHTS = [2, 60, 18, 6, 5, 4, 3, 30, 28, 1];

/** An event of the family about the root list, with its error. */
function extract(source, id, high, url, error) {
  const message = `Failed extract of third-party root list from auto update cab at: <${url}> with error: ${error}`;
  return event([source, id, high, "Error", "Application", message, [url, error]]);
}

const REACHED = event([
  "crypt32",
  7,
  0x4002,
  "Information",
  "Application",
  `Successful auto update retrieval of third-party root list sequence number from: <${URL_KNOWN}>\r\n`,
  [URL_KNOWN],
]);
const EXPIRED = extract(
  "crypt32",
  11,
  0xc002,
  CAB,
  "A required certificate is not within its validity period when verifying against the current system clock or the timestamp in the signed file.\r\n",
);
const NO_LIST = extract(
  "Microsoft-Windows-CAPI2",
  4107,
  0,
  CAB.replace("www.download.", "ctldl."),
  "The data is invalid.",
);

/**
 * Other events of the family: a mobile computer that reaches Windows Update now and then, one with an
 * old list in its cache, and one with Windows 7 that gets a page from the proxy. Computer, shape,
 * event and the hours after the start.
 */
const FAMILY = [
  ["DOCK-PC", vector, REACHED, [7.8, 13.1, 31.2, 37.9, 55.4, 61]],
  ["XRAY-VIEWER", fluentBit, EXPIRED, [6.3, 11.7, 16.9, 30.4, 35.2, 40.8, 54.6, 59.9, 64.1]],
  ["OFFICE-07", winlogbeat8, NO_LIST, [9.2, 33.5, 57.1]],
];

/** Lines that are not events, for each day. The requests on them were seen by a proxy. */
const LINES = [
  (at) => `proxy01 squid[2114]: ${request(at, "10.20.0.71")}`,
  (at) => `proxy01 squid[2114]: ${request(at, "10.20.0.72")}`,
  () => "fw-plant kernel: DROP IN=eth1 OUT=eth0 SRC=10.20.0.71 DST=203.0.113.9 PROTO=TCP DPT=80",
  () => "",
];

const request = (at, client) =>
  `${(at / 1000).toFixed(3)}      0 ${client} TCP_DENIED/403 3917 GET ${URL_KNOWN} - HIER_NONE/- text/html`;

/** A line that only quotes the event. Nothing proves that, so it cannot be judged. */
const QUOTE =
  "wiki: if you see crypt32 event 8 on the tills, read KB2253680 before you open a ticket";

/** A relay has cut off this record at the length of a short datagram. It cannot be judged either. */
const CUT = [44.2, "PRESS-HMI-2", (e) => e, (line) => line.slice(0, 480)];

/** Records that need review: hours after the start, computer, and the deviation. */
const REVIEW = [
  [
    14.3,
    "LAB-XP-07",
    (e) => ({
      ...e,
      ...crypt32(ERRORS.unresolved, "http://roots.lab-cache.example/trustedr/en/authrootseq.txt"),
    }),
  ],
  [33.1, "TILL-02", (e) => ({ ...e, level: "Information" })],
  [
    38.6,
    "LAB-XP-07",
    (e) => ({
      ...e,
      ...crypt32(ERRORS.unresolved, "http://roots.lab-cache.example/trustedr/en/authrootseq.txt"),
    }),
  ],
  [
    40.4,
    "SCADA-HIST",
    (e) => ({ ...e, ...crypt32("The server returned an invalid or unrecognized response") }),
  ],
  [
    40.6,
    "SCADA-HIST",
    (e) => ({ ...e, ...crypt32("The server returned an invalid or unrecognized response") }),
  ],
  [
    55.2,
    "XRAY-VIEWER",
    (e) => ({ ...e, message: `${e.message}Remote access tool installed by helpdesk.\r\n` }),
  ],
  [57.8, "GATE2003", (e) => e, (line) => line.replace('"code":"8"', '"code":"11"')],
  [
    61.5,
    "PRESS-HMI-1",
    (e) => ({
      ...e,
      message: "The description for EventID 8 from source crypt32 cannot be found.",
    }),
  ],
];

/** A random key of `weights`, chosen by weight. */
function pick(weights, next) {
  const entries = Object.entries(weights);
  let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [key, weight] of entries) {
    left -= weight;
    if (left < 0) return key;
  }
  return entries[0][0];
}

/** The lines of the log in chronological order. */
export function sampleLog(days = 3) {
  const next = random(2253680);
  const events = [];
  COMPUTERS.forEach(([computer, shape, [from, to], errors], index) => {
    for (let day = 0; day < days; day++) {
      const end = START + (day * 24 + to) * HOUR;
      // From the boot on, every ten minutes with some seconds of variation.
      let at = START + (day * 24 + from) * HOUR + (index * 37 + next() * 300) * 1000;
      for (; at < end; at += 10 * MINUTE + (next() - 0.5) * 8000) {
        events.push({ at, computer, shape, event: crypt32(ERRORS[pick(errors, next)]) });
      }
      for (let i = 0; i < 110; i++) {
        const time = START + (day * 24 + from + next() * (to - from)) * HOUR;
        events.push({ at: time, computer, shape, event: OTHER[pick(WEIGHTS, next)] });
      }
    }
  });
  for (const [computer, shape, event, hours] of FAMILY)
    for (const hour of hours.filter((hour) => hour < days * 24))
      events.push({ at: START + hour * HOUR, computer, shape, event });
  for (const [hours, computer, change, edit] of [...REVIEW, CUT]) {
    const shape = COMPUTERS.find(([name]) => name === computer)[1];
    const event = change(crypt32(ERRORS.unresolved));
    events.push({ at: START + hours * HOUR, computer, shape, event, edit });
  }
  const logged = (at, text) => {
    events.push({ at, text: text && `${new Date(at).toISOString().slice(0, 19)}Z ${text}` });
  };
  for (let day = 0; day < days; day++) {
    for (const line of LINES) {
      const at = START + (day + next()) * 24 * HOUR;
      logged(at, line(at));
    }
  }
  logged(START + 20.5 * HOUR, QUOTE);
  events.sort((a, b) => a.at - b.at);
  const records = {};
  return events.map(({ at, computer, shape, event, edit, text }) => {
    if (event === undefined) return text;
    records[computer] = (records[computer] ?? 1000 + computer.length * 311) + 1;
    const whole = {
      ...event,
      computer,
      at: Math.floor(at / 1000) * 1000,
      record: records[computer],
    };
    const line = shape(whole);
    return edit ? edit(line) : line;
  });
}

/** Writes the log to a file and replaces it atomically, because others may be reading it. */
export function writeSampleLog(file) {
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.${pid}`;
  writeFileSync(fresh, `${sampleLog().join("\n")}\n`);
  renameSync(fresh, file);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  if (argv.length !== 3) throw new Error("usage: node scripts/sample-log.mjs FILE");
  writeSampleLog(argv[2]);
}
