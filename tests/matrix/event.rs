//! One event, which the shapes express.

use crypt32_filter::article;

/// The values of an event. The shapes differ only in their format.
#[derive(Clone)]
pub struct Said {
    pub source: &'static str,
    /// The low word of the identifier.
    pub id: u32,
    /// The high word of the identifier.
    pub qualifiers: u32,
    pub level: Level,
    pub log: &'static str,
    pub url: &'static str,
    pub error: &'static str,
    /// Text after the error, in the message only.
    pub tail: &'static str,
    /// Whether there is a third insertion string.
    pub third: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Error,
    Information,
}

/// All formats of a level.
impl Level {
    fn of<T>(self, error: T, information: T) -> T {
        if self == Self::Error { error } else { information }
    }
    pub fn word(self) -> &'static str {
        self.of("Error", "Information")
    }
    pub fn lower(self) -> &'static str {
        self.of("error", "information")
    }
    /// In the format of `NXLog` and Wazuh.
    pub fn upper(self) -> &'static str {
        self.of("ERROR", "INFO")
    }
    /// An event type of the legacy API.
    pub fn legacy(self) -> u32 {
        self.of(1, 4)
    }
    /// A level of Windows Vista and later.
    pub fn modern(self) -> u32 {
        self.of(2, 4)
    }
    pub fn nxlog(self) -> u32 {
        self.of(4, 2)
    }
    pub fn otlp(self) -> u32 {
        self.of(17, 9)
    }
    pub fn azure(self) -> u32 {
        self.of(1, 4)
    }
    pub fn gelf(self) -> u32 {
        self.of(3, 6)
    }
}

impl Said {
    /// The first event that KB2253680 prints.
    pub fn first() -> Self {
        Self {
            source: "crypt32",
            id: 8,
            qualifiers: 0xC002,
            level: Level::Error,
            log: "Application",
            url: article::URL,
            error: "The server name or address could not be resolved",
            tail: "",
            third: false,
        }
    }

    /// The same with another error.
    pub fn with_error(error: &'static str) -> Self {
        Self { error, ..Self::first() }
    }

    /// The full identifier.
    pub fn full_id(&self) -> u32 {
        self.qualifiers << 16 | self.id
    }

    /// The identifier of shapes without qualifiers. They keep only the low word, so a wrong high
    /// word is visible only if a record has one.
    pub fn bare_id(&self) -> u32 {
        if self.qualifiers == 0xC002 { self.id } else { self.full_id() }
    }

    /// The rendered message.
    pub fn message(&self) -> String {
        let Self { url, error, tail, .. } = self;
        format!("{}<{url}>{}{error}{tail}\r\n", article::PREFIX, article::BEFORE_ERROR)
    }

    /// The message from collectors that remove the line end.
    pub fn short_message(&self) -> String {
        self.message().trim_end().to_owned()
    }

    /// The insertion strings.
    pub fn strings(&self) -> Vec<String> {
        let mut strings = vec![self.url.to_owned(), format!("{}\r\n", self.error)];
        if self.third {
            strings.push("payload".to_owned());
        }
        strings
    }

    /// The insertion strings joined into one.
    pub fn joined(&self, separator: &str) -> String {
        let strings = self.strings();
        let strings: Vec<&str> = strings.iter().map(|string| string.trim_end()).collect();
        strings.join(separator)
    }

    /// The insertion strings as XML elements.
    pub fn elements(&self, name: &str) -> String {
        let strings = self.strings();
        let element = |s: &String| format!("<{name}>{}</{name}>", escape(s));
        strings.iter().map(element).collect()
    }

    /// An XML `<Event>`, with or without a rendered message.
    pub fn xml(&self, rendered: bool) -> String {
        let info = if rendered {
            format!(
                "<RenderingInfo Culture='en-US'><Message>{}</Message><Level>{}</Level></RenderingInfo>",
                escape(&self.message()),
                self.level.word()
            )
        } else {
            String::new()
        };
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
             <Provider Name='{}'/><EventID Qualifiers='{}'>{}</EventID><Level>{}</Level>\
             <Task>0</Task><Keywords>0x80000000000000</Keywords>\
             <TimeCreated SystemTime='2010-03-15T11:27:57.0000000Z'/>\
             <EventRecordID>4242</EventRecordID><Channel>{}</Channel>\
             <Computer>SERVER1</Computer><Security/></System><EventData>{}</EventData>{info}</Event>",
            self.source,
            self.qualifiers,
            self.id,
            self.level.modern(),
            self.log,
            self.elements("Data"),
        )
    }
}

/// Text inside XML, with line ends protected from normalisation.
fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('\r', "&#13;").replace('\n', "&#10;")
}
