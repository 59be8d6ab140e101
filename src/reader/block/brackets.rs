//! Records whose fields stand in brackets, perhaps over several lines: the text of the `CloudWatch` agent,
//! and what Fluent Bit prints on a terminal.
//!
//! Sources: `wineventlog` of amazon-cloudwatch-agent; Fluent Bit's `out_stdout` and the printer of
//! msgpack-c, which escapes nothing.

use crate::{
    event::{Event, Scale},
    json::write_string,
    reader::{
        Nesting, json,
        line::{Fill, is_number},
        names::Role,
        typed::Type,
    },
};

/// Reads the text of the `CloudWatch` agent: `[LOG] [LEVEL] [ID] [SOURCE] [COMPUTER] [TEXT]`.
pub fn cloudwatch<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let [log, level, id, source, computer, text] = fields(text)?;
    let message = text.trim_ascii_end().strip_suffix(']')?;
    let mut fill = Fill::new(event, part);
    fill.say(Role::Log, log);
    fill.say(Role::Level(Scale::Words), level);
    fill.say(Role::Id, id);
    fill.say(Role::Source, source);
    fill.say(Role::Computer, computer);
    fill.say(Role::Message, message);
    Some(())
}

/// The fields in brackets; the last one with what closes it.
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

/// Reads what Fluent Bit prints: `[NUMBER] TAG: [TIME, {"NAME"=>VALUE, ...}]`, since 2.1 with
/// `[TIME, {}]` for the time.
pub fn fluent_bit<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let map = behind_time(text)?.trim_ascii_end().strip_suffix(']')?;
    let object = as_json(map)?;
    let (mut count, mut copied) = (0, None);
    json::read(&object, "", Nesting::default(), None, &mut |read| {
        count += 1;
        copied = event.say_copy(read, part);
    })
    .ok()?;
    copied.filter(|()| count == 1)
}

/// The map behind the number, the tag and the time.
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

/// A map of msgpack, as it is printed, as JSON. Strings are printed as they are: one ends with the first
/// quote behind which it can end.
fn as_json(map: &str) -> Option<String> {
    let mut json = String::with_capacity(map.len());
    let mut rest = map;
    while let Some(first) = rest.as_bytes().first() {
        let length = match first {
            b'"' => {
                let inner = rest.get(1..)?;
                let mut quotes = inner.match_indices('"').map(|(at, _)| at);
                let end = quotes.find(|at| {
                    let after = inner.get(at + 1..).unwrap_or_default();
                    ["=>", ", ", "}", "]"].iter().any(|next| after.starts_with(next))
                })?;
                write_string(&mut json, inner.get(..end)?);
                end + 2
            }
            b'=' if rest.starts_with("=>") => {
                json.push(':');
                2
            }
            b'{' | b'}' | b'[' | b']' | b',' | b' ' => {
                json.push(char::from(*first));
                1
            }
            _ => {
                let word = |byte: u8| byte.is_ascii_alphanumeric() || b"-+.".contains(&byte);
                let end = rest.bytes().position(|byte| !word(byte)).filter(|&end| end > 0)?;
                let (word, _) = rest.split_at_checked(end)?;
                json.push_str(if word == "nil" { "null" } else { word });
                end
            }
        };
        rest = rest.get(length..)?;
    }
    Some(json)
}

#[cfg(test)]
mod tests {
    use super::as_json;

    #[test]
    fn maps_are_printed_like_this() {
        let map = r#"{"a"=>"say "x"", "b"=>[1, nil, "\"], "c"=>{"d"=>true}, "e"=>{}}"#;
        let json = r#"{"a":"say \"x\"", "b":[1, null, "\\"], "c":{"d":true}, "e":{}}"#;
        assert_eq!(as_json(map).as_deref(), Some(json));
        for broken in [r#"{"a"=>"x"#, "{\"a\"=>?}"] {
            assert_eq!(as_json(broken), None, "{broken}");
        }
    }
}
