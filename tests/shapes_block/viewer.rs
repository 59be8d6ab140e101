//! Event Viewer's copies to the clipboard.

use crypt32_filter::article;

use crate::records::{Shape, Spec};

pub static SHAPES: &[Shape] = &[
    Shape {
        name: "Event Viewer of XP, copied",
        write: |s| {
            let data = if s.data { "Data:\r\n0000: 01 02 03 04   ....\r\n" } else { "" };
            format!(
                "Event Type:\t{}\r\nEvent Source:\t{}\r\nEvent Category:\t{}\r\nEvent ID:\t{}\r\nDate:\t\t3/15/2010\r\nTime:\t\t11:27:57 AM\r\nUser:\t\tN/A\r\nComputer:\tSERVER1\r\nDescription:\r\n{}\r\n\r\n{}\r\n{data}",
                s.level,
                s.source,
                s.category,
                s.id,
                s.message(),
                article::HELP_LINES[0]
            )
        },
        silent: &["log", "number"],
    },
    Shape {
        name: "the article's text, squeezed",
        write: |s| {
            format!(
                "Event Type:{}\nEvent Source:{}\nEvent ID:{}\nDescription:{}",
                s.level,
                s.source,
                s.id,
                s.message().replace(['<', '>'], "")
            )
        },
        silent: &["log", "category", "computer", "data", "number"],
    },
    Shape { name: "Event Viewer of Vista, copied", write: vista, silent: &["data", "number"] },
    Shape {
        name: "Event Viewer of XP, in one line",
        write: xp_line,
        silent: &["log", "data", "number"],
    },
    Shape {
        name: "Event Viewer of Vista, in one line",
        write: |s| vista(s).split_whitespace().collect::<Vec<_>>().join(" ") + "\n",
        silent: &["data", "number"],
    },
    Shape {
        name: "Event Viewer of Vista, quoted",
        write: |s| vista(s).lines().map(|line| format!("> {line}\n")).collect(),
        silent: &["data", "number"],
    },
    // In this view, data are a line like those of the insertion strings.
    Shape {
        name: "Event Viewer of Vista, friendly view",
        write: friendly,
        silent: &["data", "number"],
    },
    Shape {
        name: "Event Viewer of Vista, copied with XML",
        write: |s| {
            let level = if s.level == "Error" { 2 } else { 4 };
            let binary = if s.data { "<Binary>0102</Binary>" } else { "" };
            let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
            format!(
                "{}\nEvent Xml:\n<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\n  <System>\n    <Provider Name=\"{}\" />\n    <EventID Qualifiers=\"49154\">{}</EventID>\n    <Level>{level}</Level>\n    <Task>0</Task>\n    <Channel>{}</Channel>\n    <Computer>SERVER1</Computer>\n  </System>\n  <EventData>\n    <Data>{}</Data>\n    <Data>{}\n</Data>{binary}\n  </EventData>\n</Event>\n",
                vista(s),
                s.source,
                s.id,
                s.log,
                escape(&s.url),
                escape(&s.error)
            )
        },
        silent: &["number"],
    },
];

/// A copy of XP's on a page that replaced its line ends by blanks.
fn xp_line(s: &Spec) -> String {
    let message = s.message().split_whitespace().collect::<Vec<_>>().join(" ");
    format!(
        "Event Type: {} Event Source: {} Event Category: {} Event ID: {} Date: 3/15/2010 Time: 11:27:57 AM User: N/A Computer: SERVER1 Description: {message}\n",
        s.level, s.source, s.category, s.id
    )
}

/// The details of an event, from the tab of that name.
fn friendly(s: &Spec) -> String {
    let (level, task) =
        (if s.level == "Error" { 2 } else { 3 }, if s.category == "None" { 0 } else { 5 });
    format!(
        "+ System \n\n  - Provider \n\n   [ Name]  {} \n \n  - EventID {} \n\n   [ Qualifiers]  49154 \n \n   Level {level} \n \n   Task {task} \n \n   Keywords 0x80000000000000 \n \n  - TimeCreated \n\n   [ SystemTime]  2010-03-15T11:27:57.000000000Z \n \n   EventRecordID 4242 \n \n   Channel {} \n \n   Computer SERVER1 \n \n   Security \n \n\n- EventData \n\n   {} \n   {} {}\n",
        s.source, s.id, s.log, s.url, s.error, s.after
    )
}

pub fn vista(s: &Spec) -> String {
    format!(
        "Log Name:      {}\nSource:        {}\nDate:          3/15/2010 11:27:57 AM\nEvent ID:      {}\nTask Category: {}\nLevel:         {}\nKeywords:      Classic\nUser:          N/A\nComputer:      SERVER1\nDescription:\n{}",
        s.log,
        s.source,
        s.id,
        s.category,
        s.level,
        s.message()
    )
}
