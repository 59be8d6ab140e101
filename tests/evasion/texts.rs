//! Evasions with the message and its URL.

use crypt32_filter::{article, verdict::Condition};
use serde_json::json;

use crate::{ERROR, Trick, message, review, set};

pub fn tricks() -> Vec<Trick> {
    let mut tricks = urls();
    tricks.extend(appended());
    tricks.extend(characters());
    tricks
}

/// Cases 4 and 11: addresses that look like the known one, or redirect the list.
fn urls() -> Vec<Trick> {
    let host = "www.download.windowsupdate.com";
    let path = "/msdownload/update/v3/static/trustedr/en/authrootseq.txt";
    let urls = [
        format!("http://{host}.evil.example{path}"),
        format!("http://evil.example/{host}{path}"),
        format!("http://{host}@evil.example{path}"),
        format!("http://{host}:80@evil.example{path}"),
        format!("http://{host}.{path}"),
        format!("http://{host}:8080{path}"),
        format!("http://{host}:80{path}"),
        format!("http://www%2edownload.windowsupdate.com{path}"),
        format!("http://xn--download-q2a.windowsupdate.com{path}"),
        format!("http://www.d\u{43e}wnload.windowsupdate.com{path}"),
        format!("http://\u{ff57}ww.download.windowsupdate.com{path}"),
        format!("http://{host}\u{200b}{path}"),
        format!("http://{host}\\@evil.example{path}"),
        format!("http:\\\\{host}{path}"),
        format!("http://evil.example#{host}{path}"),
        format!("http://evil.example?{host}{path}"),
        format!("https://{host}{path}"),
        format!("HTTP://{host}{path}"),
        format!("http://{}{path}", host.to_uppercase()),
        format!("http:/{host}{path}"),
        format!("http://{host}/{path}"),
        format!("http://{host}{path}?x=1"),
        format!("http://{host}{path}#x"),
        format!("http://{host}{path}%00"),
        format!("http://{host}{path} "),
        format!(
            "http://{host}/msdownload/../msdownload/update/v3/static/trustedr/en/authrootseq.txt"
        ),
        "http://pki.corp.example/authrootseq.txt".to_owned(),
        "file://server/share/authrootseq.txt".to_owned(),
        "\\\\server\\share\\authrootseq.txt".to_owned(),
        "http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootstl.cab"
            .to_owned(),
        String::new(),
    ];
    let mut tricks = Vec::new();
    for url in urls {
        let why =
            "the list comes from another place, or the URL was made to look like the known one";
        let mut record = set("Message", message(&url, ERROR));
        record["StringInserts"] = json!([url, ERROR]);
        tricks.push(review(
            format!("4 {url:?} everywhere"),
            why,
            Condition::Url,
            record.to_string(),
        ));
        let record = set("StringInserts", json!([url, ERROR]));
        tricks.push(review(
            format!("4 {url:?} as a string"),
            why,
            Condition::Url,
            record.to_string(),
        ));
        let record = set("Message", message(&url, ERROR));
        tricks.push(review(
            format!("4 {url:?} in the message"),
            why,
            Condition::Url,
            record.to_string(),
        ));
    }
    for (name, url) in [
        ("moves the split", format!("http://evil.example/ with error: {ERROR}")),
        (
            "moves the split, known URL behind",
            format!("http://evil.example/> with error: x <{}", article::URL),
        ),
    ] {
        let mut record = set("Message", message(&url, ERROR));
        record["StringInserts"] = json!(null);
        tricks.push(review(
            format!("4 {name}"),
            "\" with error: \" in another URL must not make a known error",
            Condition::Url,
            record.to_string(),
        ));
    }
    tricks
}

/// Case 5: text added to the article's message.
fn appended() -> Vec<Trick> {
    let known = message(article::URL, ERROR);
    let help = article::HELP_LINES[0];
    let cases = [
        (
            "a sentence behind",
            Condition::Error,
            format!("{known}. Also user x was added to Administrators."),
        ),
        (
            "a sentence in the error",
            Condition::Error,
            format!("{known} Also user x was added to Administrators."),
        ),
        (
            "a second error",
            Condition::Error,
            format!("{known}. This network connection does not exist."),
        ),
        (
            "a second URL",
            Condition::Error,
            message(article::URL, &format!("{ERROR} http://evil.example/")),
        ),
        ("a URL as the error", Condition::Error, message(article::URL, article::URL)),
        ("a line behind", Condition::Message, format!("{known}.\r\nUser x was added.")),
        (
            "a far line behind",
            Condition::Message,
            format!("{known}.{}User x was added.", "\r\n".repeat(500)),
        ),
        (
            "a far word behind",
            Condition::Error,
            format!("{known}.{}User x was added.", " ".repeat(5000)),
        ),
        ("a second event", Condition::Message, format!("{known}\r\n{known}")),
        (
            "a help line of its own",
            Condition::Message,
            format!(
                "{known}.\r\nFor more information, see Help and Support Center at http://evil.example/."
            ),
        ),
        (
            "text behind the help line",
            Condition::Message,
            format!("{known}.\r\n{help} User x was added."),
        ),
        ("two help lines", Condition::Message, format!("{known}.\r\n{help}\r\n{help}")),
        (
            "a help line before the error",
            Condition::Message,
            message(article::URL, &format!("\r\n{help}\r\n{ERROR}")),
        ),
        ("text in front", Condition::Message, format!("User x was added. {known}")),
        ("a line in front", Condition::Message, format!("User x was added.\r\n{known}")),
        ("text between", Condition::Url, known.replace("> with", "> (user x) with")),
        ("quotes around more", Condition::Error, format!("\"{known}\" \"User x was added.\"")),
        ("quotes inside", Condition::Error, format!("\"{known}\"x\"")),
        ("an escaped line behind", Condition::Message, format!("{known}\\r\\nUser x was added.")),
        (
            "a wording with more strings",
            Condition::Error,
            format!(
                "The description for Event ID ( 8 ) in Source ( crypt32 ) could not be found. It contains the following insertion string(s): {}, {ERROR}, payload.",
                article::URL
            ),
        ),
        (
            "a wording with text behind",
            Condition::Error,
            format!(
                "The description for Event ID ( 8 ) in Source ( crypt32 ) could not be found. It contains the following insertion string(s): {}, {ERROR}. User x was added.",
                article::URL
            ),
        ),
        (
            "a quoted wording with more strings",
            Condition::Error,
            format!(
                "The description for Event ID '8' in Source 'crypt32' cannot be found.  The local computer may not have the necessary registry information or message DLL files to display the message, or you may not have permission to access them.  The following information is part of the event:'{}', '{ERROR}', 'payload'",
                article::URL
            ),
        ),
        (
            "joined strings with more",
            Condition::Error,
            format!("{}, {ERROR}, payload", article::URL),
        ),
        (
            "a log line in the message",
            Condition::Message,
            format!("Mar 15 11:27:57 SERVER1 crypt32: 8: {known}"),
        ),
        (
            "a record in the message",
            Condition::Message,
            json!({"SourceName": "Security", "EventID": 1102}).to_string(),
        ),
    ];
    let why = "the whole message must be the article's";
    let mut tricks: Vec<Trick> = cases
        .into_iter()
        .map(|(name, fails, message)| {
            review(format!("5 {name}"), why, fails, set("Message", message).to_string())
        })
        .collect();
    // The same in the insertion string, if there is no message.
    for error in [
        format!("{ERROR}. User x was added."),
        format!("{ERROR}\r\nUser x was added."),
        format!("{ERROR}\r\n\r\n"),
        format!("{ERROR} "),
        format!(" {ERROR}"),
        format!("{ERROR}.."),
        format!("\"{ERROR}\""),
        "12007 (x)".to_owned(),
        "0x2EE7 x".to_owned(),
        "12007,5".to_owned(),
    ] {
        let mut record = set("StringInserts", json!([article::URL, error]));
        record["Message"] = json!("");
        tricks.push(review(
            format!("5 error string {error:?}"),
            "an error is compared whole",
            Condition::Error,
            record.to_string(),
        ));
    }
    tricks
}

/// Case 6: characters that are invisible, or look like others.
fn characters() -> Vec<Trick> {
    let mut tricks = Vec::new();
    for character in [
        '\u{0}',
        '\u{7}',
        '\u{8}',
        '\u{b}',
        '\u{c}',
        '\u{1b}',
        '\u{7f}',
        '\u{85}',
        '\u{a0}',
        '\u{ad}',
        '\u{200b}',
        '\u{200d}',
        '\u{202e}',
        '\u{2028}',
        '\u{2029}',
        '\u{2066}',
        '\u{3000}',
        '\u{feff}',
        '\u{ff0e}',
        '\u{e0041}',
    ] {
        let why = "the event is plain ASCII, in one line";
        for (place, text) in [
            ("behind", format!("{}{character}", message(article::URL, ERROR))),
            ("in front", format!("{character}{}", message(article::URL, ERROR))),
            (
                "in the error",
                message(article::URL, &ERROR.replace("name", &format!("na{character}me"))),
            ),
            (
                "in the URL",
                message(&article::URL.replace("down", &format!("do{character}wn")), ERROR),
            ),
            (
                "between",
                message(article::URL, ERROR).replace(" with", &format!("{character} with")),
            ),
        ] {
            tricks.push(review(
                format!("6 {character:?} {place}"),
                why,
                Condition::Integrity,
                set("Message", text).to_string(),
            ));
        }
        let record = set("StringInserts", json!([article::URL, format!("{ERROR}{character}")]));
        tricks.push(review(
            format!("6 {character:?} in a string"),
            why,
            Condition::Integrity,
            record.to_string(),
        ));
    }
    tricks
}
