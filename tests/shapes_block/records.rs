//! The content of a record, and the shapes that express it.

use crypt32_filter::article;

/// The content of a record.
#[derive(Clone)]
pub struct Spec {
    pub source: String,
    pub id: String,
    pub level: String,
    pub number: String,
    pub log: String,
    pub category: String,
    pub url: String,
    pub error: String,
    pub after: String,
    pub data: bool,
}

impl Spec {
    pub fn new() -> Self {
        Self {
            source: "crypt32".into(),
            id: "8".into(),
            level: "Error".into(),
            number: "1".into(),
            log: "Application".into(),
            category: "None".into(),
            url: article::URL.into(),
            error: "The server name or address could not be resolved".into(),
            after: String::new(),
            data: false,
        }
    }

    pub fn message(&self) -> String {
        let Self { url, error, after, .. } = self;
        format!("{}<{url}>{}{error}\r\n{after}", article::PREFIX, article::BEFORE_ERROR)
    }
}

/// A format for the event.
pub struct Shape {
    pub name: &'static str,
    pub write: fn(&Spec) -> String,
    /// The values that it cannot express.
    pub silent: &'static [&'static str],
}

pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// PowerShell's list output: aligned colons, and long values wrapped at the width of the console.
pub fn list(width: usize, fields: &[(&str, String)]) -> String {
    let column = fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default() + 1;
    let mut text = String::new();
    for (name, value) in fields {
        text += &format!("{name:column$}: ");
        let mut first = true;
        for line in value.split("\r\n") {
            let mut rest = line;
            loop {
                let room = width.saturating_sub(column + 2).max(20);
                let cut = if rest.len() <= room {
                    rest.len()
                } else {
                    rest[..room].rfind(' ').map_or(room, |at| at + 1)
                };
                if !first {
                    text += &" ".repeat(column + 2);
                }
                first = false;
                text += rest[..cut].trim_end();
                text += "\r\n";
                rest = &rest[cut..];
                if rest.is_empty() {
                    break;
                }
            }
        }
    }
    text
}
