//! Tools whose logs are posted in forums.

use crate::records::Shape;

pub static SHAPES: &[Shape] = &[
    Shape {
        name: "RSIT",
        write: |s| {
            format!(
                "Computer Name: SERVER1\nEvent Code: {}\nMessage: {}\n\nRecord Number: 4242\nSource Name: {}\nTime Written: 20100315112757.000000+000\nEvent Type: {}\nUser: ",
                s.id,
                s.message(),
                s.source,
                s.level
            )
        },
        silent: &["log", "category", "data", "number"],
    },
    Shape {
        name: "RSIT below the heading of its section",
        write: |s| {
            format!(
                "======{} event log======\n\nComputer Name: SERVER1\nEvent Code: {}\nMessage: {}\n\nRecord Number: 4242\nSource Name: {}\nTime Written: 20100315112757.000000+000\nEvent Type: {}\nUser: \n\n",
                s.log,
                s.id,
                s.message(),
                s.source,
                s.level
            )
        },
        silent: &["category", "data", "number"],
    },
    Shape {
        name: "OTL",
        write: |s| {
            let id = if s.id == "8" { "131080" } else { &s.id };
            format!(
                "[ {} Events ]\nError - 3/15/2010 11:27:57 AM | Computer Name = SERVER1 | Source = {} | ID = {id}\nDescription = {}",
                s.log,
                s.source,
                s.message().replace(" from:", "\n from:")
            )
        },
        silent: &["category", "data", "number", "level"],
    },
    Shape {
        name: "FRST",
        write: |s| {
            format!(
                "{}: (03/15/2010 11:27:57 AM) (Source: {}) (EventID: {}) (User: )\nDescription: {}",
                s.level,
                s.source,
                s.id,
                s.message()
            )
        },
        silent: &["log", "category", "data", "computer", "number"],
    },
];
