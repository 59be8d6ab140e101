//! Syslog framing: where a header ends and the message begins.

/// Where a JSON object begins that reaches to the end of a syslog line.
pub fn json_at(line: &str) -> Option<usize> {
    if !line.trim_end().ends_with('}') || !has_header(line) {
        return None;
    }
    // Structured data may hold a brace too, but not behind a space or colon outside its quotes.
    line.match_indices('{')
        .map(|(at, _)| at)
        .filter(|&at| line[..at].ends_with([' ', ':', '\u{feff}']))
        .take(4)
        .find(|&at| crate::json::Tokens::new(&line[at..]).whole_object())
}

/// Whether a line begins like syslog: with a priority, or with a time as RFC 3164 and RFC 5424
/// write it.
fn has_header(line: &str) -> bool {
    let bytes = line.as_bytes();
    let after = match line.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some((pri, _)) => {
            return (1..=3).contains(&pri.len()) && pri.bytes().all(|b| b.is_ascii_digit());
        }
        None => bytes,
    };
    let digit = |i: usize| after.get(i).is_some_and(u8::is_ascii_digit);
    let is = |i: usize, b: u8| after.get(i) == Some(&b);
    let rfc3164 = is(3, b' ') && digit(5) && is(6, b' ') && digit(7) && is(9, b':') && is(12, b':');
    let rfc3339 = (0..4).all(digit) && is(4, b'-') && is(7, b'-') && is(10, b'T');
    rfc3164 || rfc3339
}
