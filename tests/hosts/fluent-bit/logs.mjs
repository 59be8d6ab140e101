// The logs for the tests with Fluent Bit.
import { sample, samples } from "../streams/records.mjs";

/** Records in the format of in_winlog. Every hundredth is a Crypt32 8 with one of five errors. */
export function sparse(count) {
  const benign = JSON.parse(sample("fluentbit-winlog"));
  const [url] = benign.StringInserts;
  const errors = [
    "The server name or address could not be resolved",
    "This network connection does not exist.",
    "This operation returned because the timeout period expired.",
    "A connection with the server could not be established",
    "Access is denied.",
  ];
  let lines = "";
  for (let i = 0; i < count; i++) {
    const time = new Date(1268652477000 + i * 700).toISOString().slice(0, 19).replace("T", " ");
    const record = {
      ...benign,
      RecordNumber: i,
      TimeGenerated: `${time} +0000`,
      TimeWritten: `${time} +0000`,
      ComputerName: `SERVER${i % 37}`,
    };
    if (i % 100 === 42) {
      const error = errors[Math.floor(i / 100) % errors.length];
      record.StringInserts = [url, error];
      record.Message = benign.Message.replace(/with error: .*/s, `with error: ${error}\r\n`);
    } else {
      record.SourceName = ["W32Time", "EventLog", "Service Control Manager"][i % 3];
      record.EventID = [35, 6005, 7036][i % 3];
      record.EventType = "Information";
      record.Channel = "System";
      const text = "The Windows Installer service entered the running state as configured. ";
      record.Message = `${text.repeat(3)}${i}\r\n`;
      record.StringInserts = ["Windows Installer", "running"];
    }
    lines += `${JSON.stringify(record)}\n`;
  }
  return lines;
}

/**
 * Every sample of one line in its own shape, and in a `log` or `message` field, including XML and
 * text.
 */
export function shapes() {
  const records = [];
  for (const { payload } of samples) {
    if (payload.startsWith("{")) records.push(JSON.parse(payload));
    records.push({ log: payload }, { message: payload, host: "relay" });
  }
  const { ProviderName, EventID, Channel, Computer, Message } = JSON.parse(
    sample("fluentbit-winevtlog"),
  );
  records.push({ System: sample("event-xml"), Message: "", StringInserts: [] });
  for (const id of [EventID, 7]) {
    const text =
      `ProviderName=${ProviderName}\nProviderGuid=\nQualifiers=49154\nEventID=${id}\nVersion=0\n` +
      `Level=2\nTask=0\nOpcode=0\nKeywords=0x80000000000000\n` +
      `TimeCreated=2010-03-15 11:27:57 +0000\nEventRecordID=1\nActivityID=\nRelatedActivityID=\n` +
      `ProcessID=0\nThreadID=0\nChannel=${Channel}\nComputer=${Computer}\nUserID=\n` +
      `Message=${Message}`;
    records.push({ log: text });
  }
  records.push({ x: "\u0000\u0007é\u{1F600}", big: "y".repeat(900_000) });
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}
