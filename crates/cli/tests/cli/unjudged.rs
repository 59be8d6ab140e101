//! Every command reports the lines that mention the event and could not be judged.

use std::fs;

use serde_json::Value;

use crate::{folder, run, samples, text};

pub const URL: &str =
    "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt";

fn event_7() -> String {
    format!(
        "{{\"SourceName\":\"crypt32\",\"EventID\":7,\"Message\":\"Successful auto update retrieval \
         of third-party root list sequence number from: <{URL}>\"}}"
    )
}

/// The inputs, with the numbers of the unjudged lines: for the commands that read records, and for
/// the filter, which reads lines.
fn inputs() -> Vec<(String, &'static [u64], &'static [u64])> {
    let cut = format!("{{\"SourceName\":\"crypt32\",\"EventID\":8,\"Message\":\"x <{URL}>");
    let unknown = format!("{{\"zq\":\"crypt32\",\"zr\":8,\"zs\":\"<{URL}>\"}}");
    let xml =
        "<Event xmlns=\"x\"><System><Provider Name=\"crypt32\"/><EventID>8</EventID></System>";
    let deep = format!("{}\"crypt32\",8{}", "[".repeat(40), "]".repeat(40));
    let long = |mention: &str| format!("{{\"a\":\"{}{mention}\"}}", "x".repeat(1 << 20));
    let squid = format!(
        "1773670700.123 0 10.20.0.71 TCP_DENIED/403 3917 GET {URL} - HIER_NONE/- text/html"
    );
    let pretty = format!("{{\n \"zq\": \"crypt32\",\n \"zs\": \"<{URL}>\"\n}}");
    vec![
        (format!("\n\nprose about {URL}\n"), &[3], &[3]),
        (format!("1268652477 10.0.0.1 TCP_MISS/200 GET {URL} - DIRECT text/plain\n"), &[1], &[1]),
        (format!("{{}}\n{cut}\n{{}}\n"), &[2], &[2]),
        // A block of text about another event may end before any of these lines.
        (format!("Event ID: 1\nan ordinary line\nabout <{URL}>\n\n<{URL}>\n"), &[3, 5], &[3, 5]),
        (
            format!(
                "LogName=Application SourceName=MsiInstaller EventCode=1033 EventType=4 \
                 Type=Information Message=Windows Installer installed the product.\n\
                 Hostname=SERVER1 EventID=8 SourceName=crypt32 Message=\"<{URL}>\"\n"
            ),
            &[2],
            &[2],
        ),
        (format!("{unknown}\n{}\n{unknown}", event_7()), &[1, 3], &[1, 3]),
        (unknown.replace('w', "\\u0077"), &[1], &[1]),
        (unknown.replace('/', "\\/"), &[1], &[1]),
        (format!("{{}}\n\n{xml}\n"), &[3], &[3]),
        (format!("{deep}\n"), &[1], &[1]),
        (format!("x\n{}\n{{}}\n{}", long(URL), long(" crypt32 8")), &[2, 4], &[2, 4]),
        (format!("{}\n", long(" crypt32 7")), &[], &[]),
        (format!("{{}}\n{pretty}\n"), &[2], &[4]),
        // A line of a proxy was read whole, unless something else in it mentions the event.
        (squid.clone(), &[], &[]),
        (format!("{{}}\n{squid}\n{squid} crypt32 8\n{squid}"), &[3], &[3]),
        (format!("{{\"message\":\"{squid}\",\"host\":\"proxy01\"}}\n"), &[], &[]),
        (format!("{{\"message\":\"{squid}\",\"zq\":\"crypt32 8\"}}\n"), &[1], &[1]),
        // These records were read, and are other events.
        (format!("{}\n", event_7()), &[], &[]),
        (event_7().replace("crypt32", "Microsoft-Windows-CAPI2").replace(":7", ":4104"), &[], &[]),
        (format!("{{\"SourceName\":\"squid\",\"EventID\":1,\"Message\":\"{URL}\"}}\n"), &[], &[]),
        // Texts that do not mention the event.
        ("loaded C:\\WINDOWS\\system32\\crypt32.dll 8\ncrypt32 11\n".to_owned(), &[], &[]),
        ("GET http://www.download.windowsupdate.com/v9/1.cab 8\n".to_owned(), &[], &[]),
        (String::new(), &[], &[]),
    ]
}

/// Text in one encoding within text in another. A reader that guesses the encoding from one part
/// cannot read the other part.
#[test]
fn another_encoding_hides_nothing() {
    let wide = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    };
    let [little, big] = [u16::to_le_bytes, u16::to_be_bytes];
    let record =
        |url: &str| format!("{{\"zq\":\"crypt32\",\"zr\":8,\"zs\":\"<{url}> with error: x\"}}\n");
    let evt = fs::read("../../tests/fixtures/evt/crypt32_event8_clean.evt").unwrap();
    let filler = "{\"a\":\"b\"}\n";
    let nuls = format!("{{\"a\":\"{}\"}}\n", "x\0".repeat(600));
    let others = wide(&"{\"a\":\"日本語日本語日本語\"}\n".repeat(40), little);
    for url in [URL, "http://other.example/list.txt"] {
        let text = record(url);
        for input in [
            [b"\xFF\xFE", text.as_bytes()].concat(),
            [b"\xFE\xFF", text.as_bytes()].concat(),
            [b"\xFE\xFF", &*wide(filler, little), &wide(&text, little)].concat(),
            [b"\xFF\xFE", &*wide(filler, little), text.as_bytes()].concat(),
            [b"\xFF\xFE", &*wide(filler, little), b" ", text.as_bytes()].concat(),
            [b"\xFF\xFE", &*wide(filler, little), b"\n", &wide(&text, little)].concat(),
            [b"\xFF\xFE", &*wide(filler, little), &wide(&text, big)].concat(),
            [nuls.as_bytes(), text.as_bytes()].concat(),
            [filler.as_bytes(), &*wide(&text, little)].concat(),
            [filler.as_bytes(), &*wide(&text, big)].concat(),
            [filler.as_bytes(), &*evt].concat(),
            [&[0; 48], &evt[48..]].concat(),
            [b"1", &evt[1..]].concat(),
            [b"\xEF\xBB\xBF", &*evt].concat(),
            [&*others, text.as_bytes()].concat(),
            [&*others, &*wide(&text, little)].concat(),
        ] {
            for command in ["classify", "report"] {
                let output = run(&[command, "--check"], &input);
                let said = crate::text(&output.stderr);
                assert!(said.contains("could not be judged"), "{command} {said}\n{input:?}");
                assert_eq!(output.status.code(), Some(1), "{command} {said}");
            }
            let output = run(&["filter", "--action", "drop"], &input);
            let said = crate::text(&output.stderr);
            assert!(output.stdout == input);
            assert!(said.contains("passes unchanged") || said.contains("could not be judged"));
        }
        // The same text without the other encoding is read.
        let alone = [&*others, &*wide(&filler.repeat(3), little)].concat();
        assert_eq!(run(&["report", "--check"], &alone).status.code(), Some(0));
    }
}

/// The wording of the report.
fn words(lines: &[u64]) -> String {
    let named: Vec<_> = lines.iter().map(u64::to_string).collect();
    match lines.len() {
        1 => format!("1 record mentions the event and could not be judged (line {}", named[0]),
        n => format!(
            "{n} records mention the event and could not be judged (lines {}",
            named.join(", ")
        ),
    }
}

#[test]
fn what_could_not_be_judged_is_named_by_its_line() {
    for (input, read, lines) in inputs() {
        let shown = &input[..input.len().min(200)];
        for command in ["filter", "classify", "explain", "report"] {
            let output = run(&[command], input.as_bytes());
            let said = text(&output.stderr);
            let lines = if command == "filter" { lines } else { read };
            if lines.is_empty() {
                assert!(!said.contains("could not be judged"), "{command} {said}\n{shown}");
            } else {
                assert!(said.contains(&words(lines)), "{command} {said}\n{shown}");
            }
            assert_eq!(output.status.code(), Some(0), "{command} {shown}");
            if command == "filter" {
                assert!(output.stdout == input.as_bytes());
            }
        }
        for command in ["classify", "report"] {
            let code = run(&[command, "--check"], input.as_bytes()).status.code();
            assert_eq!(code, Some(i32::from(!read.is_empty())), "{command} {shown}");
        }
        let json = run(&["report", "--output", "json"], input.as_bytes()).stdout;
        let report: Value = serde_json::from_slice(&json).unwrap();
        let count = report["totals"]["unjudged"].as_u64().unwrap_or_default();
        assert_eq!(count, read.len() as u64, "{shown}");
        let table = text(&run(&["report"], input.as_bytes()).stdout);
        assert_eq!(table.contains("could not be judged"), !read.is_empty(), "{table}");
    }
}

/// For a single record, "unrelated" is printed only if the record was read.
#[test]
fn a_record_that_is_not_read_is_not_said_to_be_another() {
    use crypt32_filter::{policy::Policy, report::assessment::assess};
    let unjudged = |record: &[u8]| {
        let json = serde_json::to_value(assess(record, &Policy::default())).unwrap();
        (json["verdict"].as_str().unwrap().to_owned(), json.get("unjudged").is_some())
    };
    let not_read = ("unrelated".to_owned(), true);
    let benign = "{\"SourceName\":\"crypt32\",\"EventID\":8}";
    let evt = fs::read("../../tests/fixtures/evt/crypt32_event8_clean.evt").unwrap();
    let wide: Vec<u8> = benign.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let two = format!("{benign}\n{benign}");
    let cut = &benign[..benign.len() - 1];
    for record in [&*evt, &wide, two.as_bytes(), cut.as_bytes(), URL.as_bytes()] {
        assert_eq!(unjudged(record), not_read, "{record:?}");
    }
    assert_eq!(unjudged(benign.as_bytes()), ("review".to_owned(), false));
    for record in [&*event_7(), "", "x", "{\"a\":1}", "[{\"EventID\":8}]"] {
        assert_eq!(unjudged(record.as_bytes()), ("unrelated".to_owned(), false), "{record}");
    }
}

/// The line numbers do not depend on chunks or on the number of inputs.
#[test]
fn lines_are_those_of_the_file() {
    let folder = folder("unjudged");
    let (small, large) = (folder.join("small"), folder.join("large"));
    fs::write(&small, format!("{{}}\nx {URL}")).unwrap();
    let filler = format!("{{\"a\":\"{}\"}}\n", "x".repeat(700)).repeat(4000);
    let mention = format!("at {URL}\n");
    fs::write(&large, [&*filler, &mention, &filler, &mention].concat()).unwrap();
    let files = [small.to_str().unwrap(), large.to_str().unwrap(), small.to_str().unwrap()];
    for args in [&["filter"][..], &["filter", "--output", "ndjson"], &["classify", "--candidates"]]
    {
        let output = run(&[args, &files].concat(), b"");
        let said: Vec<_> = text(&output.stderr)
            .lines()
            .filter(|line| line.contains("could not be judged"))
            .map(str::to_owned)
            .collect();
        assert_eq!(said.len(), 3, "{args:?} {said:?}");
        assert!(said[0].contains("(line 2") && said[2].contains("(line 2"), "{said:?}");
        assert!(said[1].contains("(lines 4001, 8002"), "{args:?} {said:?}");
    }
}

/// The filter passes the lines of records that span lines unread.
#[test]
fn a_line_inside_a_record_that_spans_lines_is_named() {
    let block = format!(
        "Event Type:\tError\r\nEvent Source:\tcrypt32\r\nEvent Category:\tNone\r\nEvent ID:\t8\r\n\
         Date:\t\t3/15/2010\r\nTime:\t\t11:27:57 AM\r\nUser:\t\tN/A\r\nComputer:\tSERVER1\r\n\
         Description:\r\nFailed auto update retrieval of third-party root list sequence number from: \
         <{URL}> with error: This network connection does not exist.\r\n"
    );
    let output = run(&["filter", "--action", "drop"], block.as_bytes());
    assert!(output.stdout == block.as_bytes());
    assert!(text(&output.stderr).contains(&words(&[10])), "{}", text(&output.stderr));
    let read = run(&["classify", "--check"], block.as_bytes());
    assert_eq!((text(&read.stderr), read.status.code()), (String::new(), Some(0)));
}

#[test]
fn a_record_is_named_by_its_line_or_its_offset() {
    let row = |output: Vec<u8>| -> Value {
        serde_json::from_str(text(&output).lines().next().unwrap()).unwrap()
    };
    let input = format!("\n\n[\n{}\n,\n{{\"b\":1}}]", event_7());
    assert_eq!(row(run(&["classify"], input.as_bytes()).stdout)["line"], 4);
    let evt = fs::read("../../tests/fixtures/evt/crypt32_event8_clean.evt").unwrap();
    let first = row(run(&["classify"], &evt).stdout);
    assert_eq!((first["offset"].as_u64(), first["line"].as_u64()), (Some(48), None));
    assert!(text(&run(&["explain"], &evt).stdout).starts_with("Offset 48, event 1: "));
}

/// The report lists the places by kind, with as many lines as `--top` allows, and JSON has all.
#[test]
fn the_report_lists_what_could_not_be_judged_by_kind() {
    let input = format!("{{\"zq\":\"<{URL}>\"}}\n{}", format!("about {URL}\n").repeat(30));
    let report = |args: &[&str]| text(&run(&[&["report"], args].concat(), input.as_bytes()).stdout);
    let table = report(&["--top", "3"]);
    let [json, prose] = ["     1  JSON with unknown names", "    30  text in an unknown format"];
    assert!(table.contains(&format!("{json}    line 1\n")), "{table}");
    assert!(table.contains(&format!("{prose}  lines 2, 3, 4, and 27 more\n")), "{table}");
    assert!(report(&["--top", "0"]).contains(", 29, 30, 31\n"));
    let all: Value = serde_json::from_str(&report(&["--output", "json"])).unwrap();
    assert_eq!(all["totals"]["unjudged"], 31);
    assert_eq!(all["unjudged"][1]["count"], 30);
    assert_eq!(all["unjudged"][1]["lines"].as_array().unwrap().len(), 30);
}

/// For responses and exports in an unreadable format, the message names the most similar format.
#[test]
fn the_nearest_format_is_named() {
    let columns =
        r#"{"tables":[{"columns":[{"name":"Source"},{"name":"EventID"}],"rows":[["crypt32",8]]}]}"#;
    let insights = r#"{"results":[[{"field":"@message","value":"crypt32 8"}]]}"#;
    let clixml = r#"<Objs Version="1.1"><Obj RefId="0"><S N="Source">crypt32</S><I32 N="EventID">8</I32></Obj></Objs>"#;
    let raw_xml = r#"<INSTANCE CLASSNAME="Win32_NTLogEvent"><VALUE>crypt32</VALUE><VALUE>8</VALUE></INSTANCE>"#;
    let azure =
        r"2010-03-15T11:27:57Z,crypt32,8,Event,/subscriptions/x/providers/Microsoft.Compute/y";
    for (input, looks_like) in [
        (columns, "the answer of Log Analytics"),
        (insights, "the answer of CloudWatch Logs Insights"),
        (clixml, "PowerShell's Export-Clixml"),
        (raw_xml, "wmic /format:rawxml"),
        (azure, "Azure's CSV, but without the header of its columns"),
    ] {
        for command in ["filter", "classify", "report"] {
            let output = run(&[command], format!("{input}\n").as_bytes());
            let said = text(&output.stderr);
            assert!(said.contains(&format!("looks like {looks_like}")), "{command}: {said}");
        }
    }
    // The filter reads no row below its header, and makes an object of a line of text.
    let rows = "Time,Source,EventID,Level,User\n3/15/2010,crypt32,8,Error,N/A\n";
    let said = text(&run(&["filter"], rows.as_bytes()).stderr);
    assert!(
        said.contains("looks like CSV, whose header is unknown or not in the record"),
        "{said}"
    );
    let prose = format!("prose about {URL}\n");
    let said = text(&run(&["filter", "--output", "ndjson"], prose.as_bytes()).stderr);
    assert!(said.contains("(line 1)"), "{said}");
}

#[test]
fn the_filter_says_what_to_do_with_an_array() {
    let samples = samples();
    let record = text(&samples).lines().next().unwrap().to_owned();
    for (input, looks_like) in [
        (format!("[{record},{record}]\n"), "a JSON array: write one record per line"),
        (format!("[\n{record},\n{record}\n]\n"), "an element of a JSON array: write each record"),
    ] {
        let said = text(&run(&["filter"], input.as_bytes()).stderr);
        assert!(said.contains(&format!("looks like {looks_like}")), "{said}");
    }
}
