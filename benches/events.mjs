// The events of the benchmark's logs: random Windows events from a fixed seed, with the texts and
// fields of real events.

import { CAB, message, random, URL_KNOWN } from "../scripts/sample-kit.mjs";

/** Errors that KB2253680 and KB317541 print for the event. Every contestant must accept them. */
export const ERRORS = [
  "The server name or address could not be resolved",
  "This network connection does not exist",
  "This operation returned because the timeout period expired",
];

/** The message up to the error. */
export const MESSAGE = message("");

const USERS = ["operator", "svc_backup", "anna.weber", "SYSTEM", "t.okafor", "labprint", "jlopez"];
const DOMAINS = ["PLANT", "CORP", "NT AUTHORITY", "WORKGROUP"];
const SITES = ["TILL", "PRESS-HMI", "LAB-XP", "DOCK-PC", "GATE", "FILESRV", "DC", "WS-ENG"];
const PROGRAMS = [
  "C:\\Windows\\System32\\svchost.exe",
  "C:\\Windows\\System32\\services.exe",
  "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
  "C:\\Program Files (x86)\\PressView 4\\pvserver.exe",
  "C:\\Windows\\explorer.exe",
  "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe",
  "C:\\Windows\\System32\\spoolsv.exe",
  "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
];
const SERVICES = ["Windows Installer", "Print Spooler", "BITS", "Windows Update", "WinHTTP Proxy"];

/** Random choices, all from one seed. */
export class Dice {
  constructor(seed) {
    this.next = random(seed);
  }
  under(n) {
    return Math.floor(this.next() * n);
  }
  of(list) {
    return list[this.under(list.length)];
  }
  hex(digits) {
    let text = "";
    while (text.length < digits) text += this.under(16).toString(16);
    return text;
  }
  ip() {
    return `10.${this.under(64)}.${this.under(256)}.${1 + this.under(254)}`;
  }
  guid() {
    return `{${[8, 4, 4, 4, 12].map((n) => this.hex(n).toUpperCase()).join("-")}}`;
  }
  sid() {
    return `S-1-5-21-${this.under(2 ** 32)}-${this.under(2 ** 32)}-${this.under(2 ** 31)}-${1000 + this.under(9000)}`;
  }
}

const security = (id, message, fields, level = "Information") => ({
  source: "Microsoft-Windows-Security-Auditing",
  id,
  level,
  log: "Security",
  message,
  fields,
});

/** Kinds of other events, with their frequencies. */
const KINDS = [
  [
    24,
    (d) => {
      const sid = d.sid();
      const user = d.of(USERS);
      const domain = d.of(DOMAINS);
      const logon = `0x${d.hex(6)}`;
      const ip = d.ip();
      return security(
        4624,
        `An account was successfully logged on.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-0-0\r\n\tLogon ID:\t\t0x0\r\n\r\nNew Logon:\r\n\tSecurity ID:\t\t${sid}\r\n\tAccount Name:\t\t${user}\r\n\tAccount Domain:\t\t${domain}\r\n\tLogon ID:\t\t${logon}\r\n\r\nNetwork Information:\r\n\tSource Network Address:\t${ip}\r\n`,
        {
          TargetUserSid: sid,
          TargetUserName: user,
          TargetDomainName: domain,
          LogonType: d.of([2, 3, 3, 3, 5, 10]),
          IpAddress: ip,
        },
      );
    },
  ],
  [
    14,
    (d) => {
      const program = d.of(PROGRAMS);
      const parent = d.of(PROGRAMS);
      return security(
        4688,
        `A new process has been created.\r\n\r\nProcess Information:\r\n\tNew Process ID:\t\t0x${d.hex(4)}\r\n\tNew Process Name:\t${program}\r\n\tToken Elevation Type:\t%%1936\r\n\tCreator Process Name:\t${parent}\r\n`,
        {
          NewProcessName: program,
          ParentProcessName: parent,
          CommandLine: `"${program}" -k netsvcs -p ${d.under(65536)}`,
          SubjectUserName: d.of(USERS),
        },
      );
    },
  ],
  [
    18,
    (d) => {
      const source = d.ip();
      const port = 1024 + d.under(60000);
      const to = d.ip();
      return security(
        5156,
        `The Windows Filtering Platform has permitted a connection.\r\n\r\nApplication Information:\r\n\tProcess ID:\t\t${d.under(9000)}\r\n\tApplication Name:\t\\device\\harddiskvolume2\\windows\\system32\\svchost.exe\r\n\r\nNetwork Information:\r\n\tSource Address:\t\t${source}\r\n\tSource Port:\t\t${port}\r\n\tDestination Address:\t${to}\r\n`,
        { SourceAddress: source, SourcePort: port, DestAddress: to, Protocol: 6 },
      );
    },
  ],
  [
    12,
    (d) => {
      const service = d.of(SERVICES);
      const state = d.of(["running", "stopped"]);
      return {
        source: "Service Control Manager",
        id: 7036,
        level: "Information",
        log: "System",
        message: `The ${service} service entered the ${state} state.`,
        fields: { param1: service, param2: state, Binary: d.hex(80) },
      };
    },
  ],
  [
    14,
    (d) => {
      const program = d.of(PROGRAMS);
      const hash = d.hex(64).toUpperCase();
      return {
        source: "Microsoft-Windows-Sysmon",
        id: 1,
        level: "Information",
        log: "Microsoft-Windows-Sysmon/Operational",
        message: `Process Create:\r\nProcessGuid: ${d.guid()}\r\nProcessId: ${d.under(9000)}\r\nImage: ${program}\r\nUser: ${d.of(DOMAINS)}\\${d.of(USERS)}\r\nHashes: SHA256=${hash}\r\n`,
        fields: { Image: program, Hashes: `SHA256=${hash}`, IntegrityLevel: "Medium" },
      };
    },
  ],
  [
    6,
    (d) => ({
      source: "Application Error",
      id: 1000,
      level: "Error",
      log: "Application",
      message: `Faulting application labelprint.exe, version 2.1.0.${d.under(20)}, faulting module msvcr71.dll, version 7.10.3052.4, fault address 0x${d.hex(8)}.`,
      fields: { param1: "labelprint.exe", param2: `2.1.0.${d.under(20)}`, param3: "msvcr71.dll" },
    }),
  ],
  [
    6,
    (d) => ({
      source: "Microsoft-Windows-PowerShell",
      id: 4104,
      level: "Verbose",
      log: "Microsoft-Windows-PowerShell/Operational",
      message: `Creating Scriptblock text (1 of 1):\r\n${script(d, 300)}\r\n\r\nScriptBlock ID: ${d.guid()}\r\nPath: C:\\Scripts\\inventory.ps1`,
      fields: { MessageNumber: "1", MessageTotal: "1", Path: "C:\\Scripts\\inventory.ps1" },
    }),
  ],
  [
    6,
    (d) => ({
      source: "MSSQLSERVER",
      id: 18456,
      level: "Information",
      log: "Application",
      message: `Login failed for user '${d.of(USERS)}'. Reason: Could not find a login matching the name provided. [CLIENT: ${d.ip()}]`,
      fields: { param1: d.of(USERS), param2: ` [CLIENT: ${d.ip()}]`, Binary: d.hex(60) },
    }),
  ],
];
const WEIGHT = KINDS.reduce((sum, [weight]) => sum + weight, 0);

/** Lines of a script with at least that many characters. */
export function script(d, length) {
  let text = "";
  while (text.length < length) {
    const host = `${d.of(SITES)}-${d.under(90)}`;
    text += d.of([
      `$disk = Get-WmiObject Win32_LogicalDisk -ComputerName ${host} -Filter "DriveType=3"\r\n`,
      `if ($disk.FreeSpace -lt ${d.under(90)}GB) { Write-Warning "low on ${host}: $($disk.DeviceID)" }\r\n`,
      `Copy-Item -Path '\\\\${host}\\c$\\logs\\*.evt' -Destination "D:\\archive\\${d.hex(8)}" -Force\r\n`,
      `$rows += [pscustomobject]@{ Name = '${host}'; Address = '${d.ip()}'; Seen = (Get-Date) }\r\n`,
    ]);
  }
  return text;
}

/** The article's event. */
export function ours(d) {
  const error = d.of(ERRORS);
  return {
    source: "crypt32",
    id: 8,
    level: "Error",
    log: "Application",
    message: message(`${error}\r\n`),
    fields: { param1: URL_KNOWN, param2: `${error}\r\n` },
  };
}

/** Another event that contains the filter's search strings. */
export function near(d) {
  return d.under(2) === 0
    ? {
        ...ours(d),
        id: 11,
        message: `Failed extract of third-party root list from auto update cab at: <${CAB}> with error: The data is invalid.\r\n`,
        fields: { param1: CAB, param2: "The data is invalid.\r\n" },
      }
    : {
        source: "Microsoft-Windows-Sysmon",
        id: 7,
        level: "Information",
        log: "Microsoft-Windows-Sysmon/Operational",
        message: `Image loaded:\r\nImage: ${d.of(PROGRAMS)}\r\nImageLoaded: C:\\Windows\\System32\\crypt32.dll\r\nSigned: true\r\n`,
        fields: { ImageLoaded: "C:\\Windows\\System32\\crypt32.dll", Signed: "true" },
      };
}

/** Any other event. */
export function other(d) {
  let left = d.under(WEIGHT);
  for (const [weight, make] of KINDS) {
    left -= weight;
    if (left < 0) return make(d);
  }
  return KINDS[0][1](d);
}

/** An event with its time, computer and number. */
export function placed(event, d, number) {
  const computer = `${d.of(SITES)}-${1 + d.under(40)}`;
  // The events are about a second apart.
  const at = Date.UTC(2026, 2, 16) + number * 1000 + d.under(1000);
  return { ...event, computer, at, record: 100_000 + number };
}
