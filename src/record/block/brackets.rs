//! Records with fields in brackets, on one or several lines: the text of the `CloudWatch` agent,
//! the terminal and file output of Fluent Bit, and the terminal output of Logstash.
//!
//! Sources: `wineventlog` of amazon-cloudwatch-agent; Fluent Bit's `out_stdout`, the printer of
//! msgpack-c, which escapes nothing, and the documentation of `out_file`; Logstash's codec
//! `rubydebug`.

use crate::{
    event::{Event, Scale},
    json::write_string,
    record::{
        Nesting, json,
        line::{Fill, is_number, split_unescaped, unescape},
        names::Role,
        typed::Type,
    },
    swar,
};

/// Reads the text of the `CloudWatch` agent: `[LOG] [LEVEL] [ID] [SOURCE] [COMPUTER] [TEXT]`.
pub fn cloudwatch<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let [log, level, id, source, computer, text] = fields(text)?;
    let message = swar::trim(text).strip_suffix(']')?;
    let mut fill = Fill::new(event, part);
    fill.say(Role::Log, log);
    fill.say(Role::Level(Scale::Words), level);
    fill.say(Role::Id, id);
    fill.say(Role::Source, source);
    fill.say(Role::Computer, computer);
    fill.say(Role::Message, message);
    Some(())
}

/// The fields in brackets. The last one includes its closing bracket.
fn fields(text: &str) -> Option<[&str; 6]> {
    let mut rest = text.strip_prefix('[')?;
    let mut fields = [""; 6];
    for field in fields.iter_mut().take(5) {
        (*field, rest) = rest.split_once("] [")?;
        if field.contains(['[', ']', '\n']) {
            return None;
        }
    }
    let [_, level, id, ..] = fields;
    let capitals = !level.is_empty() && level.bytes().all(|byte| byte.is_ascii_uppercase());
    fields[5] = rest;
    (capitals && is_number(id)).then_some(fields)
}

/// Whether a record of the `CloudWatch` agent begins with this line.
pub fn begins_cloudwatch(line: &str) -> bool {
    fields(line).is_some()
}

/// Reads what Fluent Bit prints: `[NUMBER] TAG: [TIME, {"NAME"=>VALUE, ...}]`. Since version 2.1,
/// `[TIME, {}]` replaces the time.
pub fn fluent_bit<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let map = swar::trim(behind_time(text)?).strip_suffix(']')?;
    let mut sound = true;
    copy(&as_json(map, false, &mut sound)?, part, event)?;
    if !sound {
        event.leave_unread("a map that is printed without escapes", map);
    }
    Some(())
}

/// Reads what Fluent Bit writes into a file: `TAG: [TIME, {"NAME":VALUE, ...}]`.
pub fn fluent_bit_file<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (tag, rest) = text.split_once(": [")?;
    let (time, map) = rest.split_once(", ")?;
    let known = Type::Word.fits(tag) && !time.is_empty() && Type::Time.fits(time);
    let object = swar::trim(map).strip_suffix(']').filter(|_| known && !tag.is_empty())?;
    copy(object, part, event)
}

/// Reads what Logstash prints: `{`, lines of `"NAME" => VALUE`, `}`.
pub fn rubydebug<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (first, rest) = text.split_once('\n')?;
    if begins_rubydebug(first, rest) {
        copy(&as_json(text, true, &mut true)?, part, event)
    } else {
        None
    }
}

/// Whether a record that Logstash prints begins with these lines.
pub fn begins_rubydebug(first: &str, second: &str) -> bool {
    let value = || second.lines().next().is_some_and(|line| line.contains("\" => "));
    swar::trim(first) == "{" && second.starts_with(' ') && value()
}

/// Adds the event of an object that has exactly one event.
fn copy(object: &str, part: u8, event: &mut Event<'_>) -> Option<()> {
    let (mut count, mut copied) = (0, None);
    json::read(object, "", Nesting::default(), None, &mut |read| {
        count += 1;
        copied = event.say_copy(read, part);
    })
    .ok()?;
    copied.filter(|()| count == 1)
}

/// The map after the number, the tag and the time.
fn behind_time(text: &str) -> Option<&str> {
    let (number, rest) = text.strip_prefix('[')?.split_once("] ")?;
    let (tag, rest) = rest.split_once(": [")?;
    let (time, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(", {}], ")?,
        None => rest.split_once(", ")?,
    };
    let known = !number.is_empty()
        && Type::Number.fits(number)
        && Type::Word.fits(tag)
        && !time.is_empty()
        && Type::Time.fits(time);
    (known && rest.starts_with('{')).then_some(rest)
}

/// Whether a record that Fluent Bit prints begins with this line.
pub fn begins_fluent_bit(line: &str) -> bool {
    behind_time(line).is_some()
}

/// Whether a string is open at the end of a line that Fluent Bit prints, if one was `open` at its
/// beginning. A line break is always inside a string.
pub fn leaves_open(line: &str, mut open: bool) -> bool {
    for (at, _) in line.match_indices('"') {
        open = !open || !ends_string(&line[at + 1..]);
    }
    open
}

/// Whether a string can end before this text. Strings are printed without escapes.
fn ends_string(after: &str) -> bool {
    ["=>", ", ", "}", "]"].iter().any(|next| after.starts_with(next))
}

/// The names that Fluent Bit's two inputs for event logs write. Strings are printed without
/// escapes, so a string of another input can imitate further names. With these names only, it
/// cannot do so without repeating a name.
const PRINTED: [&str; 29] = [
    "RecordNumber",
    "TimeGenerated",
    "TimeWritten",
    "EventID",
    "Qualifiers",
    "EventType",
    "EventCategory",
    "Channel",
    "SourceName",
    "ComputerName",
    "Data",
    "Sid",
    "Message",
    "StringInserts",
    "ProviderName",
    "ProviderGuid",
    "Version",
    "Level",
    "Task",
    "Opcode",
    "Keywords",
    "TimeCreated",
    "EventRecordID",
    "ActivityID",
    "RelatedActivityID",
    "ProcessID",
    "ThreadID",
    "Computer",
    "UserID",
];

/// Converts a printed msgpack map to JSON. Strings are printed without escapes, so a string ends at
/// the first quote that can end it. Ruby's maps have escapes, and their lists have numbers. `sound`
/// stays true if no string can end elsewhere and every name is one of [`PRINTED`].
fn as_json(map: &str, ruby: bool, sound: &mut bool) -> Option<String> {
    let mut json = String::with_capacity(map.len());
    let mut rest = map;
    while let Some(first) = rest.as_bytes().first() {
        let length = match first {
            b'"' if ruby => {
                let (string, _) = split_unescaped(rest.get(1..)?, b"\"");
                write_string(&mut json, &unescape(string, ruby_escape));
                string.len() + 2
            }
            b'[' if ruby && let Some(length) = index(rest) => length,
            b'"' => {
                let inner = rest.get(1..)?;
                let mut quotes = inner.match_indices('"').map(|(at, _)| at);
                let end = quotes.find(|at| ends_string(inner.get(at + 1..).unwrap_or_default()))?;
                let string = inner.get(..end)?;
                let name = inner.get(end + 1..).is_some_and(|after| after.starts_with("=>"));
                *sound &= !string.contains('"') && (!name || PRINTED.contains(&string));
                write_string(&mut json, string);
                end + 2
            }
            b'=' if rest.starts_with("=>") => {
                json.push(':');
                2
            }
            b'{' | b'}' | b'[' | b']' | b',' | b' ' | b'\r' | b'\n' => {
                json.push(char::from(*first));
                1
            }
            _ => {
                let word = |byte: u8| byte.is_ascii_alphanumeric() || b"-+.:".contains(&byte);
                let end = rest.bytes().position(|byte| !word(byte)).filter(|&end| end > 0)?;
                match rest.split_at_checked(end)?.0 {
                    "nil" => json.push_str("null"),
                    time if ruby && time.contains(':') => write_string(&mut json, time),
                    word => json.push_str(word),
                }
                end
            }
        };
        rest = rest.get(length..)?;
    }
    Some(json)
}

/// The length of `[0] `, which Ruby's printer writes before an element.
fn index(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('[')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let known = digits > 0 && rest[digits..].starts_with("] ");
    known.then_some(digits + "[] ".len())
}

fn ruby_escape(char: char) -> Option<char> {
    match char {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '"' | '\\' | '#' => Some(char),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::as_json;

    #[test]
    fn maps_are_printed_like_this() {
        let map = r#"{"a"=>"say "x"", "b"=>[1, nil, "\"], "c"=>{"d"=>true}, "e"=>{}}"#;
        let json = r#"{"a":"say \"x\"", "b":[1, null, "\\"], "c":{"d":true}, "e":{}}"#;
        let mut sound = true;
        assert_eq!(as_json(map, false, &mut sound).as_deref(), Some(json));
        assert!(!sound);
        let map =
            "{\n \"a\" => \"say \\\"x\\\"\\n\", \"b\" => [\n [0] 1,\n [1] nil\n], \"t\" => 1:2\n}";
        let json = "{\n \"a\" : \"say \\\"x\\\"\\n\", \"b\" : [\n 1,\n null\n], \"t\" : \"1:2\"\n}";
        assert_eq!(as_json(map, true, &mut true).as_deref(), Some(json));
        for broken in [r#"{"a"=>"x"#, "{\"a\"=>?}"] {
            assert_eq!(as_json(broken, false, &mut true), None, "{broken}");
        }
    }
}
