//! Writes values as the bytes of a line: white space, escapes, other lines between the records, and
//! damage.

use super::{dice::Dice, shapes::Json};

/// Writes a value with random white space and escapes, or with none.
pub fn write(json: &Json, style: usize, dice: &mut Dice) -> String {
    let mut out = String::new();
    put(json, style, dice, &mut out);
    out
}

fn blank(style: usize, dice: &mut Dice, out: &mut String) {
    match style {
        1 => out.push(' '),
        2 if dice.one_in(3) => out.push_str(dice.pick(&[" ", "\t", "\r", "  \t"])),
        _ => {}
    }
}

/// Recursion is bounded by the depth of the samples.
fn put(json: &Json, style: usize, dice: &mut Dice, out: &mut String) {
    match json {
        Json::Raw(raw) => out.push_str(raw),
        Json::Text(text) => string(text, style, dice, out),
        Json::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                blank(style, dice, out);
                put(item, style, dice, out);
            }
            blank(style, dice, out);
            out.push(']');
        }
        Json::Map(members) => {
            out.push('{');
            for (at, (key, value)) in members.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                blank(style, dice, out);
                string(key, style, dice, out);
                blank(style / 2 * 2, dice, out);
                out.push(':');
                blank(style, dice, out);
                put(value, style, dice, out);
            }
            blank(style, dice, out);
            out.push('}');
        }
    }
}

fn string(text: &str, style: usize, dice: &mut Dice, out: &mut String) {
    out.push('"');
    // How often a character is escaped unnecessarily.
    let often = if style == 3 { dice.pick(&[&0usize, &1, &4, &20]) } else { &0 };
    for c in text.chars() {
        let plain = !(c.is_control() || c == '"' || c == '\\');
        let mut units = [0; 2];
        match c {
            '\r' if !dice.one_in(9) => out.push_str("\\r"),
            '\n' if !dice.one_in(9) => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' if style == 3 && dice.one_in(4) => out.push_str("\\/"),
            _ if plain && !(*often > 0 && dice.one_in(*often)) => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut units) {
                    let hex = format!("{unit:04x}");
                    let hex = if dice.one_in(2) { hex.to_ascii_uppercase() } else { hex };
                    out.push_str("\\u");
                    out.push_str(&hex);
                }
            }
        }
    }
    out.push('"');
}

/// Lines that are not records of any shape.
pub fn other(dice: &mut Dice) -> Vec<u8> {
    match dice.below(20) {
        0 => Vec::new(),
        1 => b"   ".to_vec(),
        2 => b"a plain line that says crypt32 and 8".to_vec(),
        3 => b"{\"index\":{\"_index\":\"x\"}}".to_vec(),
        4 => b" { \"create\" : {} } ".to_vec(),
        5 => b"{\"delete\":{\"_id\":\"crypt32\"}}".to_vec(),
        6 => b"[1,2,\"crypt32\"]".to_vec(),
        7 => b"\xff\xfe\x00crypt32\x00\xc3".to_vec(),
        8 => b"{\"message\":\"hello\",\"level\":\"info\"}".to_vec(),
        9 => b"{\"SourceName\":\"crypt32\",\"EventID\":8".to_vec(),
        10 => format!("{}crypt32", "[".repeat(5000)).into_bytes(),
        11 => b"{}".to_vec(),
        12 => b"{\"SourceName\":\"crypt32\",\"EventID\":8}".to_vec(),
        13 => dice.pick(&[&b"["[..], b" [", b"{\"a\":["]).to_vec(),
        14 => dice.pick(&[&b","[..], b" , ", b"{\"a\":1},"]).to_vec(),
        15 => dice.pick(&[&b"]"[..], b" ] ", b"],"]).to_vec(),
        16 => b"{\"\\u0069ndex\":{}}".to_vec(),
        17 => dice.pick(&["\u{feff}", "\u{feff}{\"update\":{}}", "\u{feff}["]).as_bytes().to_vec(),
        _ => {
            let long = 1 + dice.below(60);
            (0..long).map(|_| (dice.roll() & 0xFF) as u8).filter(|b| *b != b'\n').collect()
        }
    }
}

/// Damages the bytes of a line, or wraps them in a syslog line.
pub fn spoil(line: &mut Vec<u8>, how: usize, dice: &mut Dice) {
    let place = dice.below(line.len() + 1);
    let syslog = |line: &mut Vec<u8>, head: &str| {
        let mut new = head.as_bytes().to_vec();
        new.append(line);
        *line = new;
    };
    match how {
        1 => line.truncate(place),
        2 => line.insert(place, 0),
        3 => line.insert(place, 0xFF),
        4 => line.push(0),
        5 => line.extend(b" x"),
        6 => syslog(line, " \t"),
        7 => line.extend(b" \t "),
        8 => {
            let again = line.clone();
            line.extend(again);
        }
        9 => syslog(line, "<11>Mar 15 11:27:57 SERVER1 nxWinEvt: "),
        10 => syslog(
            line,
            "<11>1 2010-03-15T11:27:57.000Z SERVER1 Crypt32 - - [NXLOG@14506 EventID=\"8\" SourceName=\"crypt32\"] ",
        ),
        11 => {
            syslog(line, "<11>Mar 15 11:27:57 SERVER1 nxWinEvt: ");
            let head = format!("{} ", line.len());
            syslog(line, &head);
        }
        12 => syslog(line, "\u{feff}"),
        _ => {}
    }
}
