//! `filter --reply rsyslog`: exactly one line for each line, whatever arrives.

use serde_json::{Value, json};

use crate::{command, folder, ledger, run, text};

const DROP: [&str; 5] = ["filter", "--reply", "rsyslog", "--action", "drop"];

/// A message as rsyslog writes it.
fn message(raw: &str) -> String {
    json!({"msg": raw, "rawmsg": raw, "hostname": "SERVER1", "$!": null}).to_string()
}

/// The variables in the replies to these lines.
fn replies(args: &[&str], input: &[u8]) -> Vec<Value> {
    let output = run(args, input);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let lines = text(&output.stdout);
    assert!(lines.is_empty() || lines.ends_with('\n'));
    let set = |line: &str| serde_json::from_str::<Value>(line).unwrap()["$!"].clone();
    lines.lines().map(set).collect()
}

fn nothing() -> Value {
    json!({"kb_action": "pass", "kb_verdict": "", "kb_id": "", "kb_basis": ""})
}

#[test]
fn the_decision_about_a_message_is_that_about_its_record() {
    let path = folder("replies").join("ledger.json");
    let records = command::samples();
    let lines: String = records.iter().map(|record| message(record) + "\n").collect();
    let args = [&DROP[..], &["--ledger", path.to_str().unwrap()]].concat();
    let replies = replies(&args, lines.as_bytes());
    assert_eq!(replies.len(), records.len());
    for (record, reply) in records.iter().zip(&replies) {
        let kept = run(&["filter", "-q", "--action", "drop"], record.as_bytes()).stdout;
        assert_eq!(reply["kb_action"] == "drop", kept.is_empty(), "{record}");
    }
    let dropped = replies.iter().filter(|reply| reply["kb_action"] == "drop").count();
    let ledger = ledger(&path);
    assert_eq!(
        (ledger["dropped"].as_u64(), ledger["tagged"].as_u64()),
        (Some(dropped as u64), Some(0))
    );
    assert!(dropped > 0 && replies.iter().any(|reply| reply["kb_verdict"] == "review"));
}

/// The options are those of the filter, and by default nothing is dropped.
#[test]
fn the_policy_decides() {
    let benign = message(&command::samples()[0]);
    let mut wanted = json!({
        "kb_action": "drop", "kb_verdict": "benign", "kb_id": "KB2253680", "kb_basis": "listed",
    });
    assert_eq!(replies(&DROP, (benign.clone() + "\n").as_bytes()), [wanted.clone()]);
    wanted["kb_action"] = "pass".into();
    assert_eq!(replies(&DROP[..3], (benign.clone() + "\n").as_bytes()), [wanted.clone()]);
    let strict = [&DROP[..], &["--accept", "cause"]].concat();
    assert_eq!(replies(&strict, (benign + "\n").as_bytes()), [wanted]);
}

#[test]
fn each_line_has_one_reply() {
    let benign = message(&command::samples()[0]);
    let twice = benign.replacen('{', "{\"rawmsg\":\"another\",", 1);
    let long = message(&"x".repeat(20 << 20));
    let lines =
        ["", "{", "[]", "null", "{\"rawmsg\":8}", "{\"msg\":\"x\"}", &twice, "\u{0}", &long];
    let mut input = lines.join("\n").into_bytes();
    input.extend_from_slice(b"\n\xff\xfe\n{\"rawmsg\":\"\xff\"}\r\n");
    input.extend_from_slice((benign.clone() + "\n").as_bytes());
    // rsyslog ended while it wrote this line.
    input.extend_from_slice(&benign.as_bytes()[..100]);
    let replies = replies(&DROP, &input);
    assert_eq!(replies.len(), lines.len() + 3);
    let (last, others) = replies.split_last().unwrap();
    assert!(others.iter().all(|reply| *reply == nothing()), "{others:?}");
    assert_eq!(last["kb_action"], "drop");
    let warning = text(&run(&DROP, b"<13>in another interface\n").stderr);
    assert!(warning.contains("1 of 1 lines are not rsyslog messages"), "{warning}");
}

/// What rsyslog writes beside the record agrees with it, or the message is not dropped.
#[test]
fn a_message_agrees_with_its_record() {
    let text = "Failed auto update retrieval of third-party root list sequence number from: \
        <http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt> \
        with error: The server name or address could not be resolved";
    let raw = format!("<27>Mar 15 11:27:57 SERVER1 crypt32: 8: {text}");
    let nxlog = json!({"EventTime": "2010-03-15 11:27:57", "Hostname": "SERVER1", "SeverityValue": 4,
        "EventID": 8, "SourceName": "crypt32", "FileName": "Application", "Message": text});
    let parsed = format!("<13>Mar 15 11:27:57 SERVER1 agent: {nxlog}");
    let another = json!({"EventID": 4625, "SourceName": "Security", "Message": "User x was added"});
    let none = Value::Null;
    for (msg, raw, variables, action) in [
        (format!(" 8: {text}"), &raw, none.clone(), "drop"),
        (format!(" 8: {text}\n"), &raw, json!({}), "drop"),
        (String::new(), &raw, none.clone(), "drop"),
        (" 8: User x was added".to_owned(), &raw, none.clone(), "pass"),
        (format!(" 8: {text} x"), &raw, none.clone(), "pass"),
        (another.to_string(), &raw, none, "pass"),
        (format!(" 8: {text}"), &raw, json!({"usr": {"site": "x"}}), "drop"),
        (format!(" 8: {text}"), &raw, another.clone(), "pass"),
        (format!(" 8: {text}"), &raw, json!({"EventID": 4625}), "pass"),
        (format!(" 8: {text}"), &raw, json!("User x was added"), "pass"),
        (format!(" 8: {text}"), &raw, json!({"Message": "User x was added"}), "pass"),
        // mmjsonparse sets these variables.
        (format!(" {nxlog}"), &parsed, nxlog.clone(), "drop"),
        (format!(" {nxlog}"), &parsed, another, "pass"),
    ] {
        let line = json!({"msg": msg, "rawmsg": raw, "hostname": "SERVER1", "$!": variables});
        let reply = &replies(&DROP, format!("{line}\n").as_bytes())[0];
        assert_eq!(reply["kb_action"], action, "{line}: {reply}");
        // A member occurs twice.
        for more in
            ["\"msg\":\"x\"", "\"$!\":null", "\"hostname\":\"SERVER1\"", "\"\\u006dsg\":\"\""]
        {
            let line = line.to_string();
            let twice = format!("{},{more}}}\n", line.strip_suffix('}').unwrap());
            assert_eq!(replies(&DROP, twice.as_bytes())[0]["kb_action"], "pass", "{twice}");
        }
    }
}

/// A record of several lines is judged as a whole.
#[test]
fn a_message_may_have_several_lines() {
    let block = "Event Type:\tError\r\nEvent Source:\tcrypt32\r\nEvent Category:\tNone\r\n\
        Event ID:\t8\r\nDate:\t\t3/15/2010\r\nTime:\t\t11:27:57 AM\r\nUser:\t\tN/A\r\n\
        Computer:\tSERVER1\r\nDescription:\r\nFailed auto update retrieval of third-party root \
        list sequence number from: <http://www.download.windowsupdate.com/msdownload/update/v3/\
        static/trustedr/en/authrootseq.txt> with error: The server name or address could not be \
        resolved\r\n";
    let input =
        format!("{}\n{}\n", message(block), message(&block.replace("Error", "Information")));
    let replies = replies(&DROP, input.as_bytes());
    let of = |name: &str| replies.iter().map(|reply| reply[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("kb_action"), ["drop", "pass"]);
    assert_eq!(of("kb_verdict"), ["benign", "review"]);
}

#[test]
fn a_reply_excludes_other_outputs() {
    for other in [["--output", "ndjson"], ["--format", "json"], ["--summary", "-"]] {
        assert_eq!(run(&[&DROP[..], &other[..]].concat(), b"").status.code(), Some(2));
    }
}
