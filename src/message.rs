//! The grammar of the message: `PREFIX [<]URL[>] with error: ERROR TAIL`. The whole text must fit.
//!
//! The known URL is compared first, so that ` with error: ` inside another URL cannot move the
//! split. The module also reads the wordings that collectors write if they find no message text
//! ("The description for Event ID 8 ... cannot be found"), as long as the wording keeps the two
//! insertion strings.

mod difference;

use core::slice;
use std::borrow::Cow;

use crate::swar::Words;
use crate::{article, policy::Localised, swar};
pub use difference::difference;

/// A parsed message that fits the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'m> {
    /// The URL, without brackets.
    pub url: &'m str,
    /// The error text, without the tail. It may still end in one dot.
    pub error: &'m str,
    /// The source and the id that a "cannot be found" wording names.
    pub named: Option<(&'m str, &'m str)>,
    /// Whether this is the template or a wording, rather than bare insertion strings.
    pub whole: bool,
    /// Whether the text around URL and error is a localised template, which may be non-ASCII.
    pub localised: Option<&'m Localised>,
    /// Whether it is a known wording of Windows in another language.
    pub foreign: bool,
}

/// Parses a message; `None` if it does not fit the grammar. `strings` are the first two insertion
/// strings, because some collectors give the first one as the message.
pub fn parse<'m>(
    text: &'m str,
    strings: Option<(&'m str, &'m str)>,
    localised: &'m [Localised],
) -> Option<Message<'m>> {
    let text = unquote(text);
    template(text, article::PREFIX, article::BEFORE_ERROR, "")
        .or_else(|| wording(text))
        .or_else(|| {
            localised.iter().find_map(|entry| {
                let (before, between, after) = entry.parts();
                let found = template(text, before, between, after)?;
                Some(Message { localised: Some(entry), ..found })
            })
        })
        .or_else(|| bare(text, strings))
}

fn message<'m>(url: &'m str, error: &'m str) -> Message<'m> {
    Message { url, error, named: None, whole: true, localised: None, foreign: false }
}

/// Removes the further pair of quotes that Wazuh puts around the message.
fn unquote(text: &str) -> &str {
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

fn template<'m>(text: &'m str, prefix: &str, between: &str, after: &str) -> Option<Message<'m>> {
    let rest = strip_start(text, prefix)?;
    let inner = rest.strip_prefix('<').unwrap_or(rest);
    let known = inner.strip_prefix(article::URL).and_then(|rest| after_url(rest, between));
    if let Some(error) = known {
        return Some(message(article::URL, error_text(error, after)?));
    }
    let (url, rest) = inner.split_at(find(inner, between)?);
    let url = url.strip_suffix('>').unwrap_or(url);
    let error = error_text(after_url(rest, between)?, after)?;
    single_line(url).then_some(message(url, error))
}

fn after_url<'m>(rest: &'m str, between: &str) -> Option<&'m str> {
    strip_start(rest.strip_prefix('>').unwrap_or(rest), between)
}

/// The text after `start`. A line end matches with and without a carriage return, because
/// collectors write both.
fn strip_start<'m>(text: &'m str, start: &str) -> Option<&'m str> {
    let exact = text.strip_prefix(start);
    if exact.is_some() || !start.has(b'\n') {
        return exact;
    }
    let mut rest = text;
    for line in start.split_inclusive('\n') {
        let content = line.strip_suffix('\n').unwrap_or(line);
        rest = rest.strip_prefix(content.strip_suffix('\r').unwrap_or(content))?;
        if content.len() < line.len() {
            rest = rest.strip_prefix('\r').unwrap_or(rest).strip_prefix('\n')?;
        }
    }
    Some(rest)
}

/// The text before `end`. Line ends match as in [`strip_start`].
fn strip_end<'m>(text: &'m str, end: &str) -> Option<&'m str> {
    let exact = text.strip_suffix(end);
    if exact.is_some() || !end.has(b'\n') {
        return exact;
    }
    let mut rest = text;
    for (i, line) in end.rsplit('\n').enumerate() {
        if i > 0 {
            rest = rest.strip_suffix('\n')?;
            rest = rest.strip_suffix('\r').unwrap_or(rest);
        }
        rest = rest.strip_suffix(line.strip_suffix('\r').unwrap_or(line))?;
    }
    Some(rest)
}

/// The position of `needle`. Line ends match as in [`strip_start`].
fn find(text: &str, needle: &str) -> Option<usize> {
    let exact = text.find_words(needle);
    if exact.is_some() || !needle.has(b'\n') {
        return exact;
    }
    let first = needle.trim_start_matches('\r').chars().next()?;
    let mut starts = text.match_indices([first, '\r']).map(|(at, _)| at);
    starts.find(|at| text.get(*at..).is_some_and(|rest| strip_start(rest, needle).is_some()))
}

/// The error text before a valid tail; `None` if more than a tail follows it.
fn error_text<'m>(rest: &'m str, after: &str) -> Option<&'m str> {
    let mut text = trim_end(rest);
    for line in article::HELP_LINES {
        if let Some(before) = text.strip_suffix(line) {
            text = trim_end(before);
            break;
        }
    }
    if !after.is_empty() {
        text = trim_end(strip_end(text, after).unwrap_or(text));
    }
    text = trim_end(text.strip_suffix('.').unwrap_or(text));
    text = text.strip_suffix('.').unwrap_or(text);
    single_line(text).then_some(text)
}

/// Removes the white space of a tail: the characters, and the two-character escapes that some
/// shapes print.
fn trim_end(text: &str) -> &str {
    let mut text = text;
    loop {
        text = swar::trim_end(text, b" \t\r\n");
        let [before @ .., b'\\', b'r' | b'n' | b't'] = text.as_bytes() else { return text };
        text = text.get(..before.len()).unwrap_or_default();
    }
}

/// Whether the text has no line end, neither as a character nor as an escape, and no other control
/// character.
fn single_line(text: &str) -> bool {
    let mut rest = text.as_bytes();
    loop {
        match rest.get(swar::unescaped(rest)..) {
            Some([b'\\', after @ ..]) if !matches!(after, [b'r' | b'n', ..]) => rest = after,
            Some([_, ..]) => return false,
            _ => return true,
        }
    }
}

/// The error text of an insertion string, without at most one line end. A final dot may stay,
/// because the comparison with the known texts ignores it.
pub fn error_of_string(text: &str) -> &str {
    if !matches!(text.as_bytes().last(), Some(b'\n' | b'n')) {
        return text;
    }
    let mut ends = ["\r\n", "\n", "\\r\\n", "\\n"].iter();
    ends.find_map(|end| text.strip_suffix(end)).unwrap_or(text)
}

/// Splits one string that holds both insertion strings, after the known URL.
pub fn split_joined(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix(article::URL)?;
    [", ", " | ", " \u{a6} ", "|"]
        .iter()
        .find_map(|separator| rest.strip_prefix(separator))
        .map(|error| (article::URL, error))
}

/// Parses a message that consists of insertion strings only.
fn bare<'m>(text: &'m str, strings: Option<(&'m str, &'m str)>) -> Option<Message<'m>> {
    if let Some((url, error)) = strings
        && trim_end(text) == url
    {
        return Some(Message { whole: false, ..message(url, error_text(error, "")?) });
    }
    let (url, error) = split_joined(text).or_else(|| {
        let rest = text.strip_prefix(article::URL)?;
        Some((article::URL, rest.strip_prefix(' ')?))
    })?;
    Some(Message { whole: false, ..message(url, error_text(error, "")?) })
}

/// The wordings of readers that found no message text. A space matches any white space; `{id}`,
/// `{source}` and `{strings}` match the values to extract; `{last}` matches any of [`LAST_LINES`].
const WORDINGS: [&str; 8] = [
    // Windows NT 4 and 2000.
    "The description for Event ID ( {id} ) in Source ( {source} ) could not be found. It contains \
     the following insertion string(s): {strings}",
    // Event Viewer of Windows XP and Server 2003.
    "The description for Event ID ( {id} ) in Source ( {source} ) cannot be found. The local \
     computer may not have the necessary registry information or message DLL files to display \
     messages from a remote computer. You may be able to use the /AUXSOURCE= flag to retrieve this \
     description; see Help and Support for details. The following information is part of the \
     event: {strings}",
    // Event Viewer of Vista and later.
    "The description for Event ID {id} from source {source} cannot be found. Either the component \
     that raises this event is not installed on your local computer or the installation is \
     corrupted. You can install or repair the component on the local computer. If the event \
     originated on another computer, the display information had to be saved with the event. The \
     following information was included with the event: {strings}{last}",
    // .NET: EventLogEntry.Message.
    "The description for Event ID '{id}' in Source '{source}' cannot be found. The local computer \
     may not have the necessary registry information or message DLL files to display the message, \
     or you may not have permission to access them. The following information is part of the \
     event:{strings}",
    // pywin32: win32evtlogutil.
    "<The description for Event ID ( {id} ) in Source ( '{source}' ) could not be found. It \
     contains the following insertion string(s):'{strings}'.>",
    // Splunk.
    "Splunk could not get the description for this event. Either the component that raises this \
     event is not installed on your local computer or the installation is corrupt. Got the \
     following information from this event: {strings}",
    // Event Viewer of Vista and later, Japanese, as in two public pastes.
    "ソース \"{source}\" からのイベント ID {id} の説明が見つかりません。このイベントを発生させるコンポーネントがローカル \
     コンピューターにインストールされていないか、インストールが壊れています。ローカル コンピューターにコンポーネントを\
     インストールするか、コンポーネントを修復してください。 イベントが別のコンピューターから発生している場合、イベントと\
     共に表示情報を保存する必要があります。 イベントには次の情報が含まれています: {strings}{last}",
    // Event Viewer of Windows XP and Server 2003, Russian, as in two public pastes.
    "Не найдено описание для события с кодом ( {id} ) в источнике ( {source} ). Возможно, на локальном \
     компьютере нет нужных данных в реестре или файлов DLL сообщений для отображения сообщений \
     удаленного компьютера. В записи события содержится следующая информация: {strings}",
];

/// The last lines that Vista and later write. The empty text matches if there is no such line.
const LAST_LINES: [&str; 4] = [
    "メッセージ リソースは存在しますが、メッセージがメッセージ テーブルに見つかりませんでした。",
    "The message resource is present but the message was not found in the message table",
    "The specified resource type cannot be found in the image file",
    "",
];

/// The beginnings of the wordings. Many wordings share a beginning.
const STARTS: [&str; 5] = [
    "The description for Event ID",
    "<The description for",
    "Splunk could not get",
    "ソース",
    "Не найдено описание",
];

/// Whether a message may begin with this line.
pub fn begins(line: &str) -> bool {
    let starts = || STARTS.iter().chain(&["Failed auto update retrieval"]);
    starts().any(|start| line.starts_with(start))
}

fn wording(text: &str) -> Option<Message<'_>> {
    // This test is cheaper than trying each wording.
    if !STARTS.iter().any(|start| text.starts_with(start)) {
        return None;
    }
    WORDINGS.iter().find_map(|pattern| {
        let (mut id, mut source, mut strings) = (None, None, "");
        let mut rest = text;
        let mut pattern: &str = pattern;
        while let Some(open) = pattern.find('{') {
            let close = pattern.find('}')?;
            rest = literal(rest, &pattern[..open])?;
            let name = &pattern[open + 1..close];
            pattern = &pattern[close + 1..];
            let value;
            (value, rest) = if name == "strings" {
                let tails =
                    if pattern == "{last}" { &LAST_LINES } else { slice::from_ref(&pattern) };
                let end = tails.iter().find_map(|tail| find_tail(rest, tail))?;
                (&rest[..end], "")
            } else {
                rest.split_at(rest.find([' ', '\'', '"'])?)
            };
            match name {
                "id" => id = Some(value),
                "source" => source = Some(value),
                _ => {
                    strings = value;
                    pattern = "";
                }
            }
        }
        let (url, error) = two_strings(strings)?;
        let foreign = !text.starts_with(['T', '<', 'S']);
        Some(Message { named: source.zip(id), foreign, ..message(url, error) })
    })
}

/// The source and the id in `NXLog`'s wording, which keeps no insertion strings.
pub fn named_without_strings(text: &str) -> Option<(&str, &str)> {
    let rest = unquote(text).strip_prefix("The description for EventID ")?;
    let (id, rest) = rest.split_words_once(" from source ")?;
    let source = trim_end(rest).strip_suffix(" cannot be found.")?;
    Some((source, id))
}

/// Whether a text is Winlogbeat's reason for a message that is not there.
pub fn is_missing(text: &str) -> bool {
    const NUMBER: &str = "The system cannot find message text for message number 3221356552 in the \
                          message file for ";
    const OPEN: &str = "Failed to open HKLM\\SYSTEM\\";
    let file = text.strip_prefix(NUMBER).and_then(|file| file.strip_suffix('.'));
    let (path, name) = match (file, text.strip_prefix(OPEN)) {
        (Some(file), _) => (file, "\\crypt32.dll"),
        (None, Some(key)) => (key, "\\crypt32"),
        (None, None) => return false,
    };
    let at = path.len().saturating_sub(name.len());
    let own = path.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(name));
    own && !path.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Matches `pattern` at the start of `text` and returns the rest. A space matches any white space.
fn literal<'m>(text: &'m str, pattern: &str) -> Option<&'m str> {
    let mut rest = text;
    for (i, word) in pattern.split(' ').enumerate() {
        if i > 0 {
            let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            // Some writers omit the space at the very end ("the event:'URL'").
            if trimmed.len() == rest.len() && !word.is_empty() {
                return None;
            }
            rest = trimmed;
        }
        rest = rest.strip_prefix(word)?;
    }
    Some(rest)
}

/// The end of the insertion strings, after which only `pattern` and white space follow.
fn find_tail(text: &str, pattern: &str) -> Option<usize> {
    let pattern = pattern.trim_start();
    if pattern.is_empty() {
        return Some(text.len());
    }
    let first = pattern.split(' ').next()?;
    let ends = |after: &str| trim_end(after).is_empty();
    let mut at = 0;
    loop {
        at += text.get(at..)?.find_words(first)?;
        if literal(text.get(at..)?, pattern).is_some_and(ends) {
            return Some(at);
        }
        at += first.len();
    }
}

/// The two insertion strings of a wording: joined by a comma, quoted, or on one line each.
fn two_strings(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches([' ', '\t', '\r', '\n']);
    if let Some(rest) = text.strip_prefix('\'') {
        let (url, rest) = rest.split_words_once("', '").filter(|(url, _)| !url.is_empty())?;
        let error = trim_end(rest).strip_suffix('\'')?;
        return Some((url, error_text(error, "")?));
    }
    let (url, error) = match text.strip_prefix(article::URL) {
        Some(rest) => (article::URL, rest),
        None => text.split_at(text.find([',', ' ', '\t', '\r', '\n']).filter(|&end| end > 0)?),
    };
    let error = if let Some(error) = error.strip_prefix(',') {
        error.strip_prefix(' ')?
    } else {
        let error_line = error.trim_start_matches([' ', '\t', '\r', '\n']);
        if error_line.len() == error.len() {
            return None;
        }
        error_line
    };
    Some((url, error_text(error, "")?))
}

/// A message for display. Long ones are cut.
pub fn shown(text: &str) -> Cow<'_, str> {
    const MOST: usize = 240;
    if text.chars().count() <= MOST {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().take(MOST).chain(['\u{2026}']).collect())
}
