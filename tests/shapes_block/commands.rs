//! What the commands of Windows and of Sysinternals print.

use crate::records::{Shape, list};

pub static SHAPES: &[Shape] = &[
    Shape {
        name: "wevtutil",
        write: |s| {
            format!(
                "Event[0]\n  Log Name: {}\n  Source: {}\n  Date: 2010-03-15T11:27:57.000\n  Event ID: {}\n  Task: {}\0\n  Level: {}\n  Opcode: N/A\0\n  Keyword: Classic\n  User: N/A\n  User Name: N/A\n  Computer: SERVER1\n  Description: \n{}\n\n",
                s.log,
                s.source,
                s.id,
                s.category,
                s.level,
                s.message()
            )
        },
        silent: &["data", "number"],
    },
    Shape {
        name: "Get-EventLog | Format-List *",
        write: |s| {
            list(
                80,
                &[
                    ("EventID", s.id.clone()),
                    ("MachineName", "SERVER1".into()),
                    ("Data", if s.data { "{1, 2}" } else { "{}" }.into()),
                    ("Index", "4242".into()),
                    (
                        "Category",
                        if s.category == "None" { "(0)".into() } else { s.category.clone() },
                    ),
                    ("EntryType", s.level.clone()),
                    ("Message", s.message()),
                    ("Source", s.source.clone()),
                    ("ReplacementStrings", format!("{{{}, {}\r\n{}}}", s.url, s.error, s.after)),
                    ("TimeGenerated", "3/15/2010 11:27:57 AM".into()),
                    ("UserName", String::new()),
                ],
            )
        },
        silent: &["log", "number"],
    },
    Shape {
        name: "Get-WinEvent | Format-List *",
        write: |s| {
            list(
                120,
                &[
                    ("Message", s.message()),
                    ("Id", s.id.clone()),
                    ("Version", String::new()),
                    ("Level", if s.level == "Error" { "2" } else { "4" }.into()),
                    ("Task", if s.category == "None" { "0" } else { "5" }.into()),
                    ("ProviderName", s.source.clone()),
                    ("LogName", s.log.clone()),
                    ("MachineName", "SERVER1".into()),
                    ("TimeCreated", "3/15/2010 11:27:57 AM".into()),
                    ("LevelDisplayName", s.level.clone()),
                    ("Properties", "{System.Diagnostics.Eventing.Reader.EventProperty}".into()),
                ],
            )
        },
        silent: &["data", "number"],
    },
    Shape {
        name: "psloglist",
        write: |s| {
            format!(
                "[04242] {}\n   Type:     {}\n   Computer: SERVER1\n   Time:     3/15/2010 11:27:57 AM   ID:       {}\n{}\n",
                s.source,
                s.level.to_uppercase(),
                s.id,
                s.message()
            )
        },
        silent: &["log", "category", "data", "number"],
    },
    Shape {
        name: "eventquery, list",
        write: |s| {
            format!(
                "Type:          {}\nEvent:         {}\nDate Time:     3/15/2010 11:27:57 AM\nSource:        {}\nComputerName:  SERVER1\nCategory:      {}\nUser:          N/A\nDescription:   {}",
                s.level,
                s.id,
                s.source,
                s.category,
                s.message()
            )
        },
        silent: &["log", "data", "number"],
    },
];
