//! The initial corpus: the fixtures, in the form of each target.

use super::oracle::dice::Dice;

fn rows() -> Vec<serde_json::Value> {
    let rows = include_str!("../../fixtures/records.jsonl").lines();
    rows.map(|row| serde_json::from_str(row).expect("a row")).collect()
}

fn of(families: &[&str]) -> Vec<Vec<u8>> {
    let wanted = |row: &serde_json::Value| families.iter().any(|family| row["family"] == **family);
    let all = rows().into_iter().filter(wanted);
    all.map(|row| row["payload"].as_str().expect("text").as_bytes().to_vec()).collect()
}

fn golden() -> Vec<Vec<u8>> {
    [
        include_str!("../../golden/integrity.jsonl"),
        include_str!("../../golden/message.jsonl"),
        include_str!("../../golden/candidates.jsonl"),
    ]
    .into_iter()
    .flat_map(str::lines)
    .map(|line| {
        let row: serde_json::Value = serde_json::from_str(line).expect("a case");
        let record = &row["record"];
        record.as_str().map_or_else(|| record.to_string(), str::to_owned).into_bytes()
    })
    .collect()
}

pub fn json() -> Vec<Vec<u8>> {
    let mut seeds = of(&["json", "near-miss"]);
    seeds.extend(golden());
    seeds.extend(
        [
            r#"{"a":[1,-0.5e+3,true,null,"\u00e9\ud83d\ude00\\\"\/\b\f\n\r\t"],"a":{}}"#,
            "[[[]],{\"\":0}]",
            "1e999",
            "\"\\ud800\"",
        ]
        .map(|text| text.as_bytes().to_vec()),
    );
    seeds
}

pub fn xml() -> Vec<Vec<u8>> {
    of(&["xml"])
}

pub fn text() -> Vec<Vec<u8>> {
    of(&["text", "syslog", "cef", "influx"])
}

pub fn csv() -> Vec<Vec<u8>> {
    of(&["csv"])
}

pub fn records() -> Vec<Vec<u8>> {
    [json(), xml(), text(), csv()].concat()
}

/// Streams of a few records, after the bytes that choose options and chunks.
pub fn streams() -> Vec<Vec<u8>> {
    let records = records();
    let streams = records.chunks(4).zip((0..=u8::MAX).cycle());
    streams
        .map(|(some, n)| {
            [vec![n.wrapping_mul(37), n, n.wrapping_mul(91)], some.join(&b'\n')].concat()
        })
        .collect()
}

/// Objects, after the bytes that choose options and a verdict.
pub fn objects() -> Vec<Vec<u8>> {
    let mut objects = json();
    objects.extend(
        [
            r#"{"tags":["benign"],"a":1}"#,
            r#"{"tags":[],"tags":[]}"#,
            r#""tags":["review",{"a":["KB2253680"]}]"#,
            r#"{"kb":{"verdict":"benign"}}"#,
            r#"{"t\u0061gs":["\u0062enign"] , "kb ":1 }"#,
            "{ }",
        ]
        .map(|text| text.as_bytes().to_vec()),
    );
    let heads =
        (0..=u8::MAX).cycle().map(|n| [n & 0x83, 0, n % 6, 0, if n % 2 == 0 { 0 } else { n }]);
    objects.iter().zip(heads).map(|(object, head)| [&head[..], object].concat()).collect()
}

/// Records with every value that may differ between cache hits, after the bytes that choose the
/// changes.
pub fn twins() -> Vec<Vec<u8>> {
    let mut dice = Dice(2_253_680);
    let mut records = json();
    records.extend(TWINS.map(|text| text.as_bytes().to_vec()));
    let head = |dice: &mut Dice| (0..9 + dice.below(24)).map(|_| dice.below(256) as u8).collect();
    records.iter().map(|record| [head(&mut dice), record.clone()].concat()).collect()
}

/// Records with several times, computers, numbers, tags, and objects that may be records.
pub const TWINS: [&str; 4] = [
    concat!(
        r#"{"n":1,"EventTime":"2010-03-15 11:27:57","time":1268652477,"ComputerName":"SERVER1","#,
        r#""Computer":"SERVER1","a":"","tags":["x"],"SourceName":"crypt32","EventID":8,"z":0,"#,
        r#""SeverityValue":4,"Message":"Failed auto update retrieval of third-party root list "#,
        r#"sequence number from: <http://www.download.windowsupdate.com/msdownload/update/v3/"#,
        r#"static/trustedr/en/authrootseq.txt> with error: The server name or address could not "#,
        r#"be resolved\r\n","o":{"n":1,"s":"a"},"l":[1,"a"],"b":-1.5e3,"s":"x"}"#,
    ),
    concat!(
        r#" { "@timestamp":"2010-03-15T11:27:57Z" , "event":{"created":"2010-03-15T11:27:59Z","#,
        r#""code":8,"note":"1","more":{"n":1},"n":2},"host":{"name":"SERVER1","x":"y"},"#,
        r#""message":"Failed auto update retrieval of third-party root list sequence number from: "#,
        r#"<http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/"#,
        r#"authrootseq.txt> with error: This network connection does not exist.\r\n","winlog":{"#,
        r#""channel":"Application","computer_name":"SERVER1","event_id":8,"#,
        r#""provider_name":"crypt32","record_id":7,"api":"x"},"tags":[] } "#,
    ),
    concat!(
        r#"{"Hostname":"SERVER1","EventReceivedTime":"2010-03-15 11:27:57","EventTime":"","#,
        r#""TimeGenerated":"2010-03-15 11:27:57","SourceModuleType":"im_mseventlog","id":1,"#,
        r#""tags":{"Source":"crypt32","n":"1"},"EventID":8,"RecordNumber":4242,"Message":"#,
        r#""Failed auto update retrieval of third-party root list sequence number from: "#,
        r#"<http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/"#,
        r#"authrootseq.txt> with error: x","kb":{"verdict":"review","id":"KB2253680"},"e":1}"#,
    ),
    concat!(
        r#"{"fields":{"EventID":"8","TimeCreated":"1","n":"1"},"event":{"verdict":"benign","#,
        r#""id":"KB2253680","x":1},"SourceName":"crypt32","EventID":8,"Computer":"a","#,
        r#""host":{"name":"a","os":{"version":"5.1","build":"2600"}},"StringInserts":["#,
        r#""http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/"#,
        r#"authrootseq.txt","12029"],"level":"Error","pid":0}"#,
    ),
];

/// An earlier finding about the oracle itself: `host` in a record that is no longer Vector's.
const FOUND: [u8; 31] = [
    0x68, 0x66, 0x26, 0x02, 0x86, 0x14, 0xde, 0xab, 0x78, 0xfd, 0xba, 0xd4, 0x03, 0x8e, 0x38, 0xe3,
    0x8e, 0x38, 0xe3, 0x8e, 0x36, 0x35, 0x35, 0x32, 0xbe, 0xd7, 0x46, 0x59, 0x4e, 0xdc, 0x0e,
];

/// Choices for the oracle's streams.
pub fn choices() -> Vec<Vec<u8>> {
    let mut dice = Dice(2_253_680);
    let choices = (0..64).map(|_| {
        let length = 8 + dice.below(60);
        (0..length).map(|_| dice.below(256) as u8).collect()
    });
    choices.chain([FOUND.to_vec()]).collect()
}

/// Calls of Fluent Bit's functions and of the arena.
pub fn calls() -> Vec<Vec<u8>> {
    let records = records();
    let mut calls: Vec<Vec<u8>> = records
        .chunks(3)
        .zip((0..=u8::MAX).cycle())
        .map(|(some, n)| [vec![n % 6, n], some.join(&b'\n')].concat())
        .collect();
    calls.extend(choices().into_iter().map(|choice| [vec![255], choice].concat()));
    calls
}

pub fn evt() -> Vec<Vec<u8>> {
    vec![
        include_bytes!("../../fixtures/evt/crypt32_event8_clean.evt").to_vec(),
        include_bytes!("../../fixtures/evt/crypt32_event8_dirty.evt").to_vec(),
        include_bytes!("../../fixtures/evt/crypt32_event8_wrapped.evt").to_vec(),
        include_bytes!("../../fixtures/evt/moex01-System.evt").to_vec(),
    ]
}

pub fn evtx() -> Vec<Vec<u8>> {
    vec![include_bytes!("../../fixtures/evtx/omerbenamram-Application_no_crc32.evtx").to_vec()]
}

/// Files of every kind, after the byte that chooses the chunks.
pub fn containers() -> Vec<Vec<u8>> {
    let text = records().join(&b'\n');
    let text = &text[..text.len().min(20_000)];
    let utf16: Vec<u8> =
        String::from_utf8_lossy(text).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let stored = gzip(&text[..5000]);
    let mut files = vec![text.to_vec(), [b"\xFF\xFE", &utf16[..]].concat(), stored];
    files.extend(evt().into_iter().filter(|file| file.len() < 10_000));
    files.into_iter().map(|file| [vec![97], file].concat()).collect()
}

/// A gzip member with stored (uncompressed) data, so that a changed byte changes only one byte of
/// the content.
fn gzip(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("short");
    let mut crc = u32::MAX;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    let mut out = b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01".to_vec();
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend_from_slice(data);
    out.extend((!crc).to_le_bytes());
    out.extend(u32::from(length).to_le_bytes());
    out
}

/// Words with a meaning for a reader.
pub const WORDS: [&str; 40] = [
    "crypt32",
    "Crypt32",
    "8",
    "49154",
    "3221356552",
    "Application",
    "Error",
    "SERVER1",
    "authrootseq.txt",
    "third-party root list sequence number",
    "Failed auto update retrieval of ",
    "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt",
    " with error: ",
    "The server name or address could not be resolved",
    "This network connection does not exist.",
    "12007",
    "\\u0063",
    "\\r\\n",
    "\r\n",
    "\n",
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "<Event>",
    "</Event>",
    "&lt;",
    "<![CDATA[",
    "CEF:0|",
    "<11>1 ",
    "\"kb\":",
    "\"tags\":[",
    "\"_source\":",
    "\"EventID\":",
    "\u{feff}",
    "\u{200b}",
];
