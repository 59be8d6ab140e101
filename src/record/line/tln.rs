//! A timeline of events: five fields between bars, as the forensic tools `evtparse`, `lfle` and
//! `evtxparse` write it; and the CSV rows of `evtparse`.
//!
//! Source: `evtparse.pl`, `lfle.pl` and `evtxparse.pl` of github.com/keydet89/Tools. They print the
//! low word of the id, remove tabs and carriage returns from the insertion strings, and replace
//! line feeds with blanks.

use crate::{
    article,
    event::{Event, Scale},
    record::{
        line::{Fill, is_number},
        names::Role,
        typed::Type,
    },
    swar::Words,
};

/// Reads `TIME|EVT|COMPUTER|USER|SOURCE/ID;TYPE;STRINGS`. `lfle` writes the record number before
/// the source, and `evtxparse` omits the type.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let mut fields = text.splitn(5, '|');
    let (time, kind, computer) = (fields.next()?, fields.next()?, fields.next()?);
    let (user, described) = (fields.next()?, fields.next()?);
    let (number, described) = numbered(described);
    let (identity, rest) = described.split_once(';')?;
    let (source, id) = identity.rsplit_once('/')?;
    let (level, strings) = match kind {
        "EVT" => rest.split_once(';')?,
        "EVTX" => ("", rest),
        _ => return None,
    };
    // `evtxparse` does not know the computer name, and writes this instead.
    let unknown = kind == "EVTX" && computer == "Server";
    let row = Row {
        time,
        computer: if unknown { "" } else { computer },
        user,
        source,
        id,
        level,
        strings,
    };
    let mut fill = row.say(',', part, event)?;
    fill.check("the number of the record", Type::Number, number);
    Some(())
}

/// Removes `[4242] - `.
fn numbered(text: &str) -> (&str, &str) {
    let numbered = text.strip_prefix('[').and_then(|rest| rest.split_words_once("] - "));
    numbered.filter(|(number, _)| Type::Number.fits(number)).unwrap_or(("", text))
}

/// Reads `TIME Z,COMPUTER,USER,SOURCE,ID,TYPE,STRINGS`.
pub fn csv<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let mut fields = text.splitn(7, ',');
    let time = fields.next().filter(|time| time.ends_with(" Z"))?;
    let (computer, user, source) = (fields.next()?, fields.next()?, fields.next()?);
    let (id, level, strings) = (fields.next()?, fields.next()?, fields.next()?);
    Row { time, computer, user, source, id, level, strings }.say(';', part, event).map(drop)
}

struct Row<'a> {
    time: &'a str,
    computer: &'a str,
    user: &'a str,
    source: &'a str,
    id: &'a str,
    level: &'a str,
    strings: &'a str,
}

impl<'a> Row<'a> {
    /// Adds the values of the row. `delimiter` separates the insertion strings.
    fn say<'e>(self, delimiter: char, part: u8, event: &'e mut Event<'a>) -> Option<Fill<'e, 'a>> {
        let Self { time, computer, user, source, id, level, strings } = self;
        let level = level_of(level)?;
        if time.is_empty() || !Type::Time.fits(time) || !is_number(id) {
            return None;
        }
        let mut fill = Fill::new(event, part);
        fill.say(Role::Time, time);
        fill.say(Role::Computer, computer);
        fill.check("the user", Type::Sid, if user == "N/A" { "" } else { user });
        fill.say(Role::Source, source);
        fill.say(Role::Id, id);
        fill.say(Role::Level(Scale::Words), level);
        let strings = unquoted(strings.trim_end_matches([' ', '\r', '\n']));
        let known =
            strings.strip_prefix(article::URL).and_then(|rest| rest.strip_prefix(delimiter));
        let (url, error) = match known {
            Some(error) => (article::URL, error),
            None => strings.split_once(delimiter).unwrap_or((strings, "")),
        };
        for string in [url, error.trim_end_matches(' ')] {
            if !string.is_empty() {
                fill.string(string.into());
            }
        }
        Some(fill)
    }
}

/// A list whose last string ends at the end of its line, because Log Parser put it in quotes.
fn unquoted(strings: &str) -> &str {
    let inner = strings.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or(strings, |inner| inner.strip_suffix(',').unwrap_or(inner))
}

/// The event type for the short name that the tools write.
fn level_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "" => "",
        "Error" => "Error",
        "Warn" => "Warning",
        "Info" => "Information",
        "Success" => "Success Audit",
        "Failure" => "Failure Audit",
        _ => return None,
    })
}
