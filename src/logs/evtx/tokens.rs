//! Checks that the rendered XML shows everything in a record's binary XML ([MS-EVEN6] 2.2.12).
//!
//! The crate that renders it is lenient, as a reader of damaged logs must be: it stops after the
//! first root, omits instructions, cuts texts at a zero, and skips values that no element shows.
//! The omitted parts can contain anything. So the tokens of a record that may be the event are
//! checked a second time, against the grammar that Windows writes:
//!
//! ```text
//! fragment header (0F 01 01 00), then one element or template instance, then 00
//! instance   0C 01, id, offset of the definition, the definition if it is here, values
//! definition next, GUID, size, then a fragment
//! element    01 (41 with attributes), size, name, size of the attributes; 02 (03: empty), content, 04;
//!            in definitions, the value that it depends on comes first
//! attribute  06 (46: more follow), name, then a value
//! value      05 01, count, UTF-16; 08, character; 09, name of an entity; in definitions also 0D or 0E, index,
//!            type
//! ```

use std::ops::Range;

use time::Month;

/// The token budget for all records of one chunk. An instance costs its whole template, and a
/// template may show a value many times. Real chunks have at most 23,000 tokens. A long token
/// counts more than once.
const TOKENS: usize = 1 << 16;
/// How many bytes of a long token count as one more token.
const LONG: usize = 128;
/// The maximum number of characters in a name.
const NAME: usize = 256;
/// The maximum nesting depth of fragments.
const DEPTH: usize = 16;
/// The length of a record is a multiple of this.
const ALIGNED: usize = 8;
/// The length of a definition's header, before its fragment.
const DEFINITION: usize = 24;
/// The maximum number of bytes in all values of an instance that no element shows.
const UNSHOWN: usize = 16;
/// The dependency of an element that depends on no value.
const NOTHING: u16 = 0xFFFF;
/// The end of the year 9999 as a FILETIME. The crate shows later years with their last four digits.
const LAST_TIME: u64 = 2_650_467_743_999_999_999;
/// The type of a value that is a fragment.
const FRAGMENT: u8 = 0x21;

/// The beginning of a record that is a template instance. Only forwarded events begin differently.
const INSTANCE: [u8; 5] = [0x0F, 1, 1, 0, 0x0C];

/// Whether a record with these tokens is a template instance.
pub(super) fn is_instance(body: &[u8]) -> bool {
    body.starts_with(&INSTANCE)
}

/// A part of a record that the rendered XML does not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hidden {
    /// The offset of the part in the chunk.
    pub at: usize,
    /// A description of the part.
    pub what: &'static str,
}

/// Checks the records of one chunk.
pub(super) struct Tokens<'c> {
    chunk: &'c [u8],
    left: usize,
    /// The minimum length of the last record as XML, as far as it was checked. It can be six times
    /// as long at most, because of escapes and the brackets of tags.
    pub rendered: usize,
    /// The offset of a value or text of the last record that the rendered XML shows as something
    /// else: characters that XML cannot have, or a time that is none. Records of other events have
    /// such values too, so the check does not fail.
    pub odd: Option<usize>,
}

/// The state of a fragment during the check.
struct Fragment {
    at: usize,
    end: usize,
    /// The values of the instance, if this is the fragment of a template.
    values: Option<Vec<Value>>,
    /// The fragment is the whole record, so it has one root.
    whole: bool,
    begun: bool,
    /// The final token was found.
    ended: bool,
    roots: usize,
    open: usize,
    /// The current position in an element.
    place: Where,
    /// The depth of the outermost omitted element, if one is open.
    left_out: Option<usize>,
    /// How many array elements the last token shows.
    elements: usize,
    /// The minimum length of the last token as XML, and of the tags of the last element.
    rendered: usize,
    tags: usize,
    /// The offset of a value or text that the rendered XML shows as something else.
    odd: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    /// After the name of an element, or after the value of an attribute.
    Tag,
    /// After the name of an attribute.
    Attribute,
    /// In the content of an element, or outside of all elements.
    Content,
}

struct Value {
    kind: u8,
    bytes: Range<usize>,
    shown: bool,
    /// The rendered XML shows something else.
    odd: bool,
}

impl Value {
    /// Whether elements that depend on this value are omitted.
    fn is_null(&self) -> bool {
        self.kind == 0 || (self.kind == FRAGMENT && self.bytes.is_empty())
    }

    /// The maximum number of array elements, or 0 if the value is not an array.
    fn elements(&self) -> usize {
        match self.kind {
            0x83 | 0x84 => self.bytes.len(),
            0x80.. => self.bytes.len() / 2,
            _ => 0,
        }
    }

    /// The minimum length of the value as XML, without the tags that an array repeats.
    fn rendered(&self) -> usize {
        match self.kind {
            0 | FRAGMENT => 0,
            1 | 0x81 => self.bytes.len() / 2,
            2 => self.bytes.len(),
            14 => self.bytes.len() * 2,
            _ => 1,
        }
    }
}

type Checked<T> = Result<T, Hidden>;

fn hidden<T>(at: usize, what: &'static str) -> Checked<T> {
    Err(Hidden { at, what })
}

impl<'c> Tokens<'c> {
    pub fn new(chunk: &'c [u8]) -> Self {
        Self { chunk, left: TOKENS, rendered: 0, odd: None }
    }

    /// Whether the last record may be rendered. It may not if the records show more values than any
    /// real chunk does. Each element of an array is rendered as often as the template shows the
    /// array. `whole` says whether the record passed the check.
    pub fn may_render(&mut self, record: &Range<usize>, whole: bool) -> bool {
        // The type of an array is followed by a zero.
        let array = |pair: &[u8]| matches!(pair, [0x81..=0x95, 0]);
        let body = self.chunk.get(record.clone()).unwrap_or_default();
        // A record that fails the check was not counted completely, so it costs a fixed amount.
        if !whole && body.windows(2).any(array) {
            self.left = self.left.saturating_sub(TOKENS / 16);
        }
        self.left > 0
    }

    /// Checks the record with its tokens in this range of the chunk. Fails with the first part that
    /// the rendered XML does not show.
    pub fn check(&mut self, record: Range<usize>) -> Checked<()> {
        let mut open = vec![Fragment::new(record.start, record.end, None, true)];
        (self.rendered, self.odd) = (0, None);
        while let Some(fragment) = open.last_mut() {
            if fragment.ended || (fragment.at >= fragment.end && !fragment.whole) {
                fragment.finish()?;
                open.pop();
                continue;
            }
            let start = fragment.at;
            let inner = self.token(fragment)?;
            self.rendered += core::mem::take(&mut fragment.rendered);
            self.odd = self.odd.or(fragment.odd);
            let cost = 1 + (fragment.at - start) / LONG + core::mem::take(&mut fragment.elements);
            self.left = self.left.saturating_sub(cost);
            if self.left == 0 {
                return hidden(start, "more tokens than the records of a chunk have");
            }
            if let Some(inner) = inner {
                if open.len() >= DEPTH {
                    return hidden(inner.at, "fragments inside more fragments than events have");
                }
                open.push(inner);
            }
        }
        Ok(())
    }

    /// Reads one token. Returns the fragment that it refers to, if any.
    fn token(&self, fragment: &mut Fragment) -> Checked<Option<Fragment>> {
        let start = fragment.at;
        let mut cursor = Cursor { chunk: self.chunk, at: start, end: fragment.end };
        let token = cursor.byte()?;
        let mut inner = None;
        match token {
            0x00 => {
                fragment.end(self.chunk, cursor.at)?;
                cursor.at = fragment.end;
            }
            0x0F if !fragment.begun => {
                if cursor.take(3)? != [1, 1, 0] {
                    return hidden(start, "a fragment of another version");
                }
            }
            0x0C if fragment.open == 0 => {
                fragment.root(start)?;
                inner = Some(instance(&mut cursor)?);
            }
            0x01 | 0x41 if fragment.place == Where::Content => {
                if fragment.open == 0 {
                    fragment.root(start)?;
                }
                fragment.open += 1;
                if let Some(values) = &fragment.values {
                    let depends = cursor.u16()?;
                    let value = values.get(usize::from(depends));
                    if depends != NOTHING && value.is_none() {
                        return hidden(start, "a place for a missing value");
                    }
                    if value.is_some_and(Value::is_null) {
                        fragment.left_out.get_or_insert(fragment.open);
                    }
                }
                cursor.take(4)?;
                // Each letter of the name is two bytes, and both tags have it.
                fragment.tags = cursor.name()?.len();
                fragment.shows(fragment.tags);
                if token == 0x41 {
                    cursor.take(4)?;
                }
                fragment.place = Where::Tag;
            }
            0x06 | 0x46 if fragment.place != Where::Content => {
                fragment.shows(cursor.name()?.len() / 2);
                fragment.place = Where::Attribute;
            }
            0x02 if fragment.place != Where::Content => fragment.place = Where::Content,
            0x03 if fragment.place != Where::Content => {
                fragment.close();
                fragment.place = Where::Content;
            }
            0x04 if fragment.place == Where::Content && fragment.open > 0 => fragment.close(),
            0x05 | 0x45 | 0x08 | 0x48 | 0x09 | 0x49
                if fragment.left_out.is_some() && fragment.place == Where::Content =>
            {
                return hidden(start, "text in an omitted element");
            }
            0x05 | 0x45 if fragment.takes_text() => {
                if cursor.byte()? != 1 {
                    return hidden(start, "a value of another type");
                }
                let count = cursor.u16()?;
                let text = cursor.take(usize::from(count) * 2)?;
                if !is_text(text, false) {
                    return hidden(start, "a text that contains a zero");
                }
                fragment.shows(text.len() / 2);
                fragment.notes(start, !is_xml(text));
            }
            0x08 | 0x48 if fragment.takes_text() => {
                let character = cursor.take(2)?;
                fragment.notes(start, !is_xml(character));
            }
            0x09 | 0x49 if fragment.takes_text() => {
                let name: Vec<u8> = cursor.name()?.iter().step_by(2).copied().collect();
                if !matches!(&*name, b"lt" | b"gt" | b"amp" | b"quot" | b"apos") {
                    return hidden(start, "an unknown XML entity");
                }
            }
            0x0D | 0x0E if fragment.takes_text() && fragment.values.is_some() => {
                inner = fragment.show_value(&mut cursor, start)?;
            }
            _ => return hidden(start, "a token that events do not have"),
        }
        fragment.begun = true;
        fragment.at = cursor.at;
        Ok(inner)
    }
}

impl Fragment {
    fn new(at: usize, end: usize, values: Option<Vec<Value>>, whole: bool) -> Self {
        let (begun, ended, roots, open, left_out) = (false, false, 0, 0, None);
        let place = Where::Content;
        let (elements, rendered, tags, odd) = (0, 0, 0, None);
        Self {
            at,
            end,
            values,
            whole,
            begun,
            ended,
            roots,
            open,
            place,
            left_out,
            elements,
            rendered,
            tags,
            odd,
        }
    }

    fn root(&mut self, at: usize) -> Checked<()> {
        self.roots += 1;
        if self.roots > 1 && (self.whole || self.values.is_some()) {
            return hidden(at, "a second root");
        }
        Ok(())
    }

    /// Reads the place of a value. Returns the fragment that the value is, if it is one.
    fn show_value(&mut self, cursor: &mut Cursor<'_>, start: usize) -> Checked<Option<Self>> {
        let index = usize::from(cursor.u16()?);
        cursor.byte()?;
        let value = self.values.as_mut().and_then(|values| values.get_mut(index));
        let Some(value) = value else {
            return hidden(start, "a place for a missing value");
        };
        // Other programs still show such a value.
        if self.left_out.is_some() && !value.is_null() {
            return hidden(start, "a value in an omitted element");
        }
        value.shown |= self.left_out.is_none();
        self.elements = value.elements();
        let (at, odd) = (value.bytes.start, value.odd);
        let rendered = value.rendered() + self.elements * self.tags;
        let inner = value.kind == FRAGMENT && !value.bytes.is_empty();
        let inner = inner.then(|| Self::new(value.bytes.start, value.bytes.end, None, false));
        if inner.is_some() && self.place != Where::Content {
            return hidden(start, "elements in an attribute");
        }
        self.shows(rendered);
        self.notes(at, odd);
        Ok(inner)
    }

    /// Notes the offset of a value or text that is `odd`.
    fn notes(&mut self, at: usize, odd: bool) {
        self.odd = self.odd.or_else(|| odd.then_some(at));
    }

    /// Adds to the length of the last token as XML.
    fn shows(&mut self, length: usize) {
        if self.left_out.is_none() {
            self.rendered += length;
        }
    }

    fn takes_text(&self) -> bool {
        self.open > 0 && self.place != Where::Tag
    }

    fn close(&mut self) {
        self.left_out.take_if(|outermost| *outermost == self.open);
        self.open -= 1;
    }

    /// Handles the end token of the fragment.
    fn end(&mut self, chunk: &[u8], at: usize) -> Checked<()> {
        let rest = chunk.get(at..self.end).unwrap_or_default();
        // Windows pads records to a multiple of eight bytes, with arbitrary previous content.
        let holds = rest.len() >= ALIGNED || !self.whole;
        if let Some(first) = rest.iter().position(|&byte| byte != 0).filter(|_| holds) {
            return hidden(at + first, "bytes behind the last token");
        }
        self.ended = true;
        Ok(())
    }

    /// Checks that all elements are closed, and that all values of a template with content are
    /// shown.
    fn finish(&self) -> Checked<()> {
        if self.open > 0 || self.place != Where::Content {
            return hidden(self.end, "an element that does not end");
        }
        if self.whole && self.roots == 0 {
            return hidden(self.end, "no element");
        }
        // Templates of classic events have the length of the binary data as a separate value, which
        // no element shows. So unshown numbers are allowed here.
        let unshown = |value: &&Value| {
            let holds = matches!(value.kind, 1 | 2 | 14 | 19 | FRAGMENT | 0x80..);
            !value.shown && holds && !value.bytes.is_empty()
        };
        if let Some(value) = self.values.iter().flatten().find(unshown) {
            return hidden(value.bytes.start, "a value that no element shows");
        }
        // The bytes of a few numbers are too short to hide a text.
        let mut left = UNSHOWN;
        for value in self.values.iter().flatten().filter(|value| value.kind == 0 || !value.shown) {
            match usize::checked_sub(left, value.bytes.len()) {
                Some(rest) => left = rest,
                None => return hidden(value.bytes.start, "values that no element shows"),
            }
        }
        Ok(())
    }
}

/// Reads a whole template instance. Returns the fragment of its definition, with the values.
fn instance(cursor: &mut Cursor<'_>) -> Checked<Fragment> {
    let start = cursor.at;
    if cursor.byte()? != 1 {
        return hidden(start, "a template instance of another version");
    }
    cursor.take(4)?;
    let definition = cursor.offset()?;
    let mut head = Cursor { chunk: cursor.chunk, at: definition, end: cursor.chunk.len() };
    head.take(DEFINITION - 4)?;
    let size = head.offset()?;
    let body = head.at;
    head.take(size)?;
    if definition == cursor.at {
        cursor.take(DEFINITION + size)?;
    }
    let count = cursor.offset()?;
    let mut described = Cursor { end: cursor.end, ..*cursor };
    cursor.take(count.saturating_mul(4))?;
    let mut values = Vec::with_capacity(count);
    for _ in 0..count {
        let (size, kind, zero) = (described.u16()?, described.byte()?, described.byte()?);
        let at = cursor.at;
        let bytes = cursor.take(size.into())?;
        if zero != 0 || !is_value(kind, bytes) {
            return hidden(at, "a value that does not fit its type");
        }
        values.push(Value { kind, bytes: at..cursor.at, shown: false, odd: is_odd(kind, bytes) });
    }
    Ok(Fragment::new(body, body + size, Some(values), false))
}

/// Whether a value of this type can have these bytes, and the rendered XML shows all of them.
fn is_value(kind: u8, bytes: &[u8]) -> bool {
    let length = bytes.len();
    if kind & 0x80 != 0 && kind & 0x7F != 1 {
        // The length of an array is a multiple of its element size. Arrays of strings are not
        // allowed here, because a string may end early.
        return match kind & 0x7F {
            3 | 4 => true,
            5 | 6 => length.is_multiple_of(2),
            7 | 8 | 11 | 13 | 20 => length.is_multiple_of(4),
            9 | 10 | 12 | 17 | 21 => length.is_multiple_of(8),
            15 | 18 => length.is_multiple_of(16),
            _ => false,
        };
    }
    match kind {
        // A removed value keeps its bytes: those of a number, or of a GUID.
        0 => length <= 16,
        1 => is_text(bytes, true),
        0x81 => length.is_multiple_of(2) && (bytes.is_empty() || bytes.ends_with(&[0, 0])),
        2 => !bytes.strip_suffix(&[0]).unwrap_or(bytes).contains(&0),
        3 | 4 => length == 1,
        5 | 6 => length == 2,
        7 | 8 | 11 | 13 | 20 => length == 4,
        9 | 10 | 12 | 17 | 21 => length == 8,
        15 | 18 => length == 16,
        16 => matches!(length, 4 | 8),
        19 => bytes.get(1).is_some_and(|&parts| length == 8 + 4 * usize::from(parts)),
        14 | FRAGMENT => true,
        _ => false,
    }
}

/// Whether the rendered XML shows something else than these bytes, which fit the type.
fn is_odd(kind: u8, bytes: &[u8]) -> bool {
    match kind {
        1 | 0x81 => !is_xml(bytes),
        2 => !bytes.iter().all(|&byte| is_xml_char(byte.into())),
        // The crate shows other numbers than 0 and 1 as numbers, but Windows shows `true`.
        13 => !matches!(bytes, [0 | 1, 0, 0, 0]),
        17 => bytes.as_array().is_none_or(|time| u64::from_le_bytes(*time) > LAST_TIME),
        18 => !bytes.as_array().is_some_and(is_system_time),
        _ => false,
    }
}

/// Whether these numbers are a date and a time of day ([MS-DTYP] 2.3.13). For others, the crate shows
/// the beginning of 1601.
fn is_system_time(bytes: &[u8; 16]) -> bool {
    let number = |at: usize| bytes.get(at..).and_then(|rest| rest.first_chunk());
    let [year, month, _, day, hour, minute, second, milli] =
        [0, 2, 4, 6, 8, 10, 12, 14].map(|at| number(at).map_or(0, |two| u16::from_le_bytes(*two)));
    let month = u8::try_from(month).ok().and_then(|month| Month::try_from(month).ok());
    let days = month.map_or(0, |month| month.length(year.into()));
    (1601..=9999).contains(&year)
        && (1..=days.into()).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60
        && milli < 1000
}

/// Whether XML can have all characters of this UTF-16 text. Zeros may end it, or separate texts.
fn is_xml(text: &[u8]) -> bool {
    let (units, _) = text.as_chunks::<2>();
    let units = units.iter().map(|&unit| u16::from_le_bytes(unit));
    char::decode_utf16(units).all(|c| c.is_ok_and(is_xml_char))
}

fn is_xml_char(c: char) -> bool {
    !matches!(c, '\x01'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}')
}

/// Whether UTF-16 is shown completely. The text after a zero is not shown. `ended` allows one zero
/// at the end.
fn is_text(bytes: &[u8], ended: bool) -> bool {
    let (units, odd) = bytes.as_chunks::<2>();
    let zero = units.iter().position(|unit| *unit == [0, 0]);
    odd.is_empty() && zero.is_none_or(|at| ended && at + 1 == units.len())
}

/// A read position in the chunk. Bytes after `end` cannot be read.
#[derive(Clone, Copy)]
struct Cursor<'c> {
    chunk: &'c [u8],
    at: usize,
    end: usize,
}

impl<'c> Cursor<'c> {
    fn take(&mut self, count: usize) -> Checked<&'c [u8]> {
        let end = self.at.checked_add(count).filter(|&end| end <= self.end);
        match end.and_then(|end| self.chunk.get(self.at..end)) {
            Some(bytes) => {
                self.at += count;
                Ok(bytes)
            }
            None => hidden(self.at, "a token that is cut off"),
        }
    }

    fn byte(&mut self) -> Checked<u8> {
        Ok(self.take(1)?.first().copied().unwrap_or_default())
    }

    fn u16(&mut self) -> Checked<u16> {
        Ok(self.take(2)?.first_chunk().map_or(0, |bytes| u16::from_le_bytes(*bytes)))
    }

    fn offset(&mut self) -> Checked<usize> {
        let number = self.take(4)?.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        Ok(usize::try_from(number).unwrap_or(usize::MAX))
    }

    /// Reads the offset of a name, and the name. The first use of a name in the chunk contains the
    /// name itself, which is then skipped.
    fn name(&mut self) -> Checked<&'c [u8]> {
        let at = self.at;
        let offset = self.offset()?;
        let mut cursor = Self { at: offset, end: self.chunk.len(), ..*self };
        cursor.take(6)?;
        let count = cursor.u16()?;
        let name = cursor.take(usize::from(count) * 2)?;
        let end = cursor.take(2)?;
        let (units, _) = name.as_chunks::<2>();
        let plain = |unit: &[u8; 2]| {
            matches!(unit, [b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b':', 0])
        };
        let fits = (1..=NAME).contains(&units.len());
        if end != [0, 0] || !fits || !units.iter().all(plain) {
            return hidden(at, "a name that no element of an event has");
        }
        if offset == self.at {
            self.take(cursor.at - offset)?;
        }
        Ok(name)
    }
}
