//! Text for a person on a terminal: colours, widths and numbers.

/// The style of a text for a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether to use terminal colours.
    pub color: bool,
    /// The maximum number of columns in a line; `None` for no limit.
    pub width: Option<usize>,
}

impl Style {
    /// The text in the colour of an SGR code, if colours are on.
    pub fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Wraps the text into lines that fit after an indentation of `indent` columns.
    pub fn wrap(self, text: &str, indent: usize) -> Vec<String> {
        wrap(text, self.width.map_or(usize::MAX, |width| width.saturating_sub(indent)))
    }
}

/// The minimum width. Fewer columns hold no readable text.
const NARROWEST: usize = 12;

/// Wraps the text at blanks into lines of at most `width` columns. A longer word is cut.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(NARROWEST);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let mut length = word.chars().count();
        let mut word = word;
        let fits = used + length + usize::from(used > 0) <= width;
        if let Some(line) = lines.last_mut().filter(|_| fits) {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += length;
            continue;
        }
        while length > width {
            let cut = word.char_indices().nth(width).map_or(word.len(), |(at, _)| at);
            let (head, rest) = word.split_at(cut);
            lines.push(head.to_owned());
            (word, length) = (rest, length - width);
        }
        lines.push(word.to_owned());
        used = length;
    }
    lines.retain(|line| !line.is_empty());
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// The text in at most `width` columns. A longer text loses its middle.
pub fn middle(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let tail = width.saturating_sub(3) / 2;
    let head = text.chars().take(width.saturating_sub(3 + tail));
    head.chain(" … ".chars()).chain(text.chars().skip(length - tail)).collect()
}

/// A bar for a share: `most` blocks for all, and at least one block if `count` is not 0.
pub fn bar(count: u64, all: u64, most: usize) -> String {
    let share = u128::from(count) * most as u128 / u128::from(all.max(1));
    let blocks = usize::try_from(share).unwrap_or(most).clamp(usize::from(count > 0), most.max(1));
    "\u{2588}".repeat(blocks)
}

/// Formats a count with a comma between thousands.
pub fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun in the singular or plural.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_and_long_words_are_cut() {
        assert_eq!(wrap("one two three four five", 13), ["one two three", "four five"]);
        assert_eq!(wrap("a 12345678901234567890 b", 12), ["a", "123456789012", "34567890 b"]);
        assert_eq!(wrap("", 80), [""]);
        assert_eq!(wrap("ü".repeat(30).as_str(), 12).len(), 3);
    }

    #[test]
    fn the_middle_is_left_out() {
        assert_eq!(middle("short", 12), "short");
        assert_eq!(middle("abcdefghijklmnopqrstuvwxyz", 12), "abcde … wxyz");
    }

    #[test]
    fn a_bar_shows_a_share() {
        let lengths = [(0, 10), (1, 1000), (10, 10)].map(|(a, b)| bar(a, b, 20).chars().count());
        assert_eq!(lengths, [0, 1, 20]);
    }

    #[test]
    fn thousands_have_commas() {
        let numbers = [0, 12, 999, 1000, 1_234_567].map(number);
        assert_eq!(numbers, ["0", "12", "999", "1,000", "1,234,567"]);
    }
}
