//! Event XML: text, attributes, elements and all other parts of XML, in every place.

use crypt32_filter::article;

use crate::{ERROR, PAYLOAD, integrity, is_benign, message};

const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// Events as programs write them.
fn genuine() -> Vec<String> {
    let url = article::URL;
    let rendered = message().replace('<', "&lt;").replace('>', "&gt;");
    let system = "<Provider Name='crypt32'/><EventID Qualifiers='49154'>8</EventID><Level>2</Level>\
        <Task>0</Task><Keywords>0x80000000000000</Keywords>\
        <TimeCreated SystemTime='2010-03-15T11:27:57.000000000Z'/>\
        <EventRecordID>4242</EventRecordID><Channel>Application</Channel>\
        <Computer>SERVER1</Computer><Security/>";
    let newer = "<Provider Name='crypt32' Guid='{00000000-0000-0000-0000-000000000000}' \
        EventSourceName='crypt32'/><EventID Qualifiers='49154'>8</EventID><Version>0</Version>\
        <Level>2</Level><Task>0</Task><Opcode>0</Opcode><Keywords>0x80000000000000</Keywords>\
        <TimeCreated SystemTime='2010-03-15T11:27:57Z'/><EventRecordID>4242</EventRecordID>\
        <Correlation ActivityID='{00000000-0000-0000-0000-000000000000}'/>\
        <Execution ProcessID='0' ThreadID='0'/><Channel>Application</Channel>\
        <Computer>server1.corp.example</Computer><Security UserID='S-1-5-18'/>";
    let data = format!("<Data>{url}</Data><Data>{ERROR}\r\n</Data>");
    let rendering = format!(
        "<RenderingInfo Culture='en-US'><Message>{rendered}</Message><Level>Error</Level><Task></Task>\
         <Opcode>Info</Opcode><Channel>Application</Channel><Provider></Provider>\
         <Keywords><Keyword>Classic</Keyword></Keywords></RenderingInfo>"
    );
    let event = |system: &str, data: &str, more: &str| {
        format!(
            "<Event xmlns='{NAMESPACE}'><System>{system}</System>\
             <EventData>{data}</EventData>{more}</Event>"
        )
    };
    let plain = event(system, &data, "");
    let forwarded = event(newer, &format!("{data}<Binary></Binary>"), &rendering);
    let named = data.replacen("<Data>", "<Data Name='param1'>", 1);
    let named = named.replacen("<Data>", "<Data Name='param2'>", 1);
    vec![
        plain.replace('\'', "\""),
        // Event Viewer, with one element per line.
        plain.replace("><", ">\r\n  <"),
        format!("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n{plain}\r\n"),
        forwarded.clone(),
        format!("<34>Mar 15 11:27:57 SERVER1 winlog: {forwarded}"),
        event(system, &named, "<UserData/><DebugData></DebugData>"),
        plain.replace("<", "<e:").replace("<e:/", "</e:").replace("xmlns=", "xmlns:e="),
    ]
}

#[test]
fn what_programs_write_is_benign() {
    for event in genuine() {
        assert!(is_benign(&event), "{:?}: {event}", integrity(&event));
    }
    assert!(is_benign(&genuine()[0].replace(" xmlns=\"", " xmlns = \"")));
    assert!(is_benign(&genuine()[0].replace(&format!(" xmlns=\"{NAMESPACE}\""), "")));
}

/// Inserts text before each occurrence of a pattern.
fn before_each(event: &str, pattern: &str, insert: &str) -> Vec<String> {
    event
        .match_indices(pattern)
        .map(|(at, _)| format!("{}{insert}{}", &event[..at], &event[at..]))
        .collect()
}

#[test]
fn nothing_else_may_stand_in_an_event() {
    let pieces = [
        "x y".to_owned(),
        PAYLOAD.to_owned(),
        "&#120;&#32;&#120;".to_owned(),
        "&x;".to_owned(),
        "\u{a0}".to_owned(),
        "\u{c}".to_owned(),
        format!("<!-- {PAYLOAD} -->"),
        "<!---->".to_owned(),
        format!("<?x {PAYLOAD}?>"),
        format!("<![CDATA[{PAYLOAD}]]>"),
        "<![CDATA[]]>".to_owned(),
        format!("<!DOCTYPE Event [<!ENTITY x '{PAYLOAD}'>]>"),
        format!("<Note>{PAYLOAD}</Note>"),
        format!("<Data>{PAYLOAD}</Data>"),
        format!("<Data Name='x'>{PAYLOAD}</Data>"),
        format!("<Data Name='{}'/>", PAYLOAD.replace(' ', "_")),
        "<powershell_-enc_SQBFAFgA/>".to_owned(),
        format!("<x:Level xmlns:x='y'>{PAYLOAD}</x:Level>"),
        format!("<Message>{PAYLOAD}</Message>"),
        format!("<Binary>{}</Binary>", "4D5A90"),
        format!("<BinaryEventData>{}</BinaryEventData>", "4D5A90"),
        format!(
            "<ProcessingErrorData><ErrorCode>5</ErrorCode><x>{PAYLOAD}</x></ProcessingErrorData>"
        ),
        format!("<DebugData>{PAYLOAD}</DebugData>"),
        format!("<UserData><x>{PAYLOAD}</x></UserData>"),
        format!("<UserData x='{PAYLOAD}'/>"),
        format!("<System><Note>{PAYLOAD}</Note></System>"),
        "<System><EventID>4625</EventID></System>".to_owned(),
        "<EventID>4625</EventID>".to_owned(),
        "<EventData/>".to_owned(),
        "<Provider Name='Security'/>".to_owned(),
        "<Channel>Security</Channel>".to_owned(),
        "<Computer>OTHER</Computer>".to_owned(),
        "<Event/>".to_owned(),
        format!("<Event>{PAYLOAD}</Event>"),
    ];
    let (mut count, mut wrong) = (0, Vec::new());
    for event in genuine() {
        for piece in &pieces {
            let mut places = before_each(&event, "<", piece);
            places.push(format!("{event}{piece}"));
            for record in places {
                count += 1;
                if is_benign(&record) {
                    wrong.push(record);
                }
            }
        }
    }
    println!("{count} records");
    assert!(count > 5000, "only {count} records");
    assert!(wrong.is_empty(), "{} benign\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_other_attribute_may_stand_in_an_event() {
    let pieces = [
        format!(" note='{PAYLOAD}'"),
        " note=''".to_owned(),
        format!(" Name='{PAYLOAD}'"),
        format!(" xmlns:x='{PAYLOAD}'"),
        format!(" xml:lang='{PAYLOAD}'"),
        format!(" Culture='{PAYLOAD}'"),
        format!(" SystemTime='{PAYLOAD}'"),
        format!(" Guid='{PAYLOAD}'"),
        format!(" UserID='{PAYLOAD}'"),
        format!(" ProcessID='{PAYLOAD}'"),
        format!(" Qualifiers='{PAYLOAD}'"),
        " EventSourceName='Security'".to_owned(),
        format!(" name='{PAYLOAD}'"),
        format!(" x:Name='{PAYLOAD}'"),
        format!(" xmlns='{PAYLOAD}'"),
    ];
    let (mut count, mut wrong) = (0, Vec::new());
    for event in genuine() {
        let ends: Vec<usize> = event
            .match_indices('<')
            .filter(|(at, _)| !event[at + 1..].starts_with(['/', '?']))
            .filter_map(|(at, _)| Some(at + event[at..].find(['>', '/'])?))
            .collect();
        for piece in &pieces {
            for &at in ends.iter().filter(|&&at| at > event.find("<Event").unwrap_or(0)) {
                // A slash in the namespace does not end the tag.
                let at = at + event[at..].find(['>']).unwrap();
                let at = if event[..at].ends_with('/') { at - 1 } else { at };
                let record = format!("{}{piece}{}", &event[..at], &event[at..]);
                count += 1;
                if is_benign(&record) {
                    wrong.push(record);
                }
            }
        }
    }
    println!("{count} records");
    assert!(count > 1000, "only {count} records");
    assert!(wrong.is_empty(), "{} benign\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_value_may_be_free_text() {
    let (mut count, mut wrong) = (0, Vec::new());
    for event in genuine() {
        // Attributes.
        let quote = if event.contains("Name='") { '\'' } else { '"' };
        let mut rest = 0;
        while let Some(from) = event[rest..].find(&format!("={quote}")).map(|at| rest + at + 2) {
            let to = from + event[from..].find(quote).unwrap();
            for value in [PAYLOAD, "x y"] {
                count += 1;
                let record = format!("{}{value}{}", &event[..from], &event[to..]);
                if is_benign(&record) {
                    wrong.push(record);
                }
            }
            rest = to;
        }
        // Text, including empty text.
        for (at, _) in event.match_indices("></").chain(event.match_indices("</")) {
            let at = if event[at..].starts_with('>') { at + 1 } else { at };
            let from = event[..at].rfind('>').unwrap() + 1;
            for value in [PAYLOAD.to_owned(), format!("{} {PAYLOAD}", &event[from..at])] {
                count += 1;
                let record = format!("{}{value}{}", &event[..from], &event[at..]);
                if is_benign(&record) {
                    wrong.push(record);
                }
            }
        }
    }
    println!("{count} records");
    assert!(count > 300, "only {count} records");
    assert!(wrong.is_empty(), "{} benign\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn only_a_standard_declaration_may_stand_in_front() {
    let event = &genuine()[0];
    for declaration in [
        format!("<?xml version='1.0' note='{PAYLOAD}'?>"),
        format!("<?xml version='{PAYLOAD}'?>"),
        format!("<?xml version='1.0' encoding='{PAYLOAD}'?>"),
        format!("<?xml {PAYLOAD}?>"),
        format!("<?xml-stylesheet href='{PAYLOAD}'?>"),
        format!("<?{PAYLOAD}?>"),
        format!("<!-- {PAYLOAD} -->"),
        format!("<!DOCTYPE Event [<!ENTITY x '{PAYLOAD}'>]>"),
        "<?xml version='1.0'?><?xml version='1.0'?>".to_owned(),
        PAYLOAD.to_owned(),
        "<x/>".to_owned(),
    ] {
        let record = format!("{declaration}{event}");
        assert!(!is_benign(&record), "{record}");
    }
}

#[test]
fn an_element_said_twice_must_say_the_same() {
    let event = &genuine()[0];
    let id = "<EventID Qualifiers=\"49154\">8</EventID>";
    assert!(is_benign(&event.replace(id, &id.repeat(2))));
    for other in [
        "<EventID Qualifiers=\"49154\">7</EventID>",
        "<EventID>8</EventID>",
        "<EventID/>",
        "<EventRecordID>7</EventRecordID>",
        "<Security UserID=\"S-1-5-18\"/>",
        "<Task>5</Task>",
        "<TimeCreated SystemTime=\"2011-03-15T11:27:57Z\"/>",
    ] {
        for record in [format!("{id}{other}"), format!("{other}{id}")] {
            let record = event.replace(id, &record);
            assert!(!is_benign(&record), "{record}");
        }
    }
}

#[test]
fn insertion_strings_in_json_follow_the_same_rules() {
    let data = format!("<Data>{}</Data><Data>{ERROR}</Data>", article::URL);
    let item = format!(
        "<DataItem type=\"System.XmlData\" time=\"2010-03-15T11:27:57\" sourceHealthServiceId=\"x\">\
         <EventData xmlns=\"{NAMESPACE}\">{data}</EventData></DataItem>"
    );
    let record = |data: &str| {
        serde_json::json!({
            "source": "crypt32", "channel": "Application", "computer": "SERVER1", "event_id": 8,
            "level": 2, "levelText": "Error", "event_data": data, "message": message(),
        })
        .to_string()
    };
    for data in [&data, &item, &format!("{data}<Binary></Binary>")] {
        assert!(is_benign(&record(data)), "{data}");
    }
    for data in [
        format!("{data}<Binary>4D5A</Binary>"),
        format!("{data}<Foo payload='{PAYLOAD}'/>"),
        format!("{data}<!-- {PAYLOAD} -->"),
        format!("{data}{PAYLOAD}"),
        format!("{data}<Data/>"),
        data.replacen("<Data>", "<Data Name='x'>", 1),
        item.replace("System.XmlData", PAYLOAD),
        item.replace("2010-03-15T11:27:57", PAYLOAD),
        item.replace(NAMESPACE, PAYLOAD),
        item.replace("<DataItem ", "<DataItem x='y' "),
        format!("<Event>{data}</Event>"),
        format!("<System/>{data}"),
    ] {
        assert!(!is_benign(&record(&data)), "{data}");
    }
}

#[test]
fn the_evidence_shows_what_was_not_understood() {
    let event = &genuine()[0];
    let note = event.replace("</System>", &format!("<Note>{PAYLOAD}</Note></System>"));
    let said = integrity(&note).unwrap();
    assert_eq!(said, format!("an XML element was not understood: <Note>{PAYLOAD}</Note>"));
}
