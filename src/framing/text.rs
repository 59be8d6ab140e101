//! Lines, text blocks and CSV in a stream: decides which lines form one record.

use std::borrow::Cow;

use memchr::memchr;

use crate::{
    message, prefilter,
    record::{line::message_alone, without_line_end},
    swar,
};

use super::{
    Doubt, Framer, Give, Heading, Kind, LONGEST_MESSAGE, LOOK, LOOK_SECOND, Labels, Mode,
    block_start::{self, Block, Reach},
    csv::{self, Quotes},
};

impl Framer {
    /// The part of a line that is read to detect its kind.
    pub(super) fn shown(&self, from: usize, end: usize, most: usize) -> Cow<'_, str> {
        swar::lossy(&self.buffer[from..end.min(from + most)])
    }

    /// The first bytes of the line after `end`; `None` until enough bytes have come.
    pub(super) fn second(&self, end: usize, most: usize) -> Option<Cow<'_, str>> {
        let far = self.second_end(end, most)?;
        Some(swar::lossy(&self.buffer[end..far]))
    }

    /// The end of that line, or of its first `most` bytes.
    fn second_end(&self, end: usize, most: usize) -> Option<usize> {
        let rest = &self.buffer[end..];
        match memchr(b'\n', &rest[..rest.len().min(most)]) {
            Some(at) => Some(end + at + 1),
            None if rest.len() >= most => Some(end + most),
            None => self.ended.then_some(self.buffer.len()),
        }
    }

    /// Decides whether the next line is a part of the block above it, from the lines below. Returns
    /// whether enough bytes have come.
    pub(super) fn settle(&mut self) -> bool {
        let begin = self.base + self.start as u64;
        let Some(Doubt { line, .. }) = self.doubt else { return true };
        if self.quoting.is_some_and(|(_, end)| begin < end) {
            return true;
        }
        let Some(end) = self.line_end() else { return false };
        let bytes = &self.buffer[self.start..end];
        if bytes.trim_ascii().is_empty() {
            return true;
        }
        if !self.below.is_another(bytes, self.line) {
            self.quoting = Some((line, u64::MAX));
            return true;
        }
        // Most records are about something else.
        if !prefilter::names_event(bytes) {
            return true;
        }
        let Some(goes_on) = self.below.goes_on(&self.buffer[end..], self.line + 1, self.ended)
        else {
            return false;
        };
        self.quoting = goes_on.then_some((line, self.base + end as u64));
        self.doubt = self.doubt.filter(|_| goes_on);
        true
    }

    /// Begins a block. If the block above it was cut off, this one may be a part of it, unless it has
    /// a `strong` beginning.
    fn begin_block(&mut self, block: Block, strong: bool) {
        let begin = self.base + self.start as u64;
        self.doubt = self.doubt.filter(|doubt| {
            let labels = doubt.labels == Some(block) && doubt.end < begin;
            (labels || !doubt.blank) && !strong
        });
        self.quoting = self.doubt.map(|doubt| (doubt.line, u64::MAX));
    }

    /// Handles a whole line that begins neither JSON nor XML.
    pub(super) fn line(&mut self, give: Give<'_>) -> bool {
        let Some(end) = self.line_end() else { return false };
        let first = swar::lossy(&self.buffer[self.start..end.min(self.start + LOOK)]);
        let text = first.trim_end_matches(['\r', '\n']);
        if text.trim().is_empty() {
            self.heading.blank();
            if let Some((row, _)) = self.names.as_mut().filter(|(row, _)| *row == self.line) {
                *row += 1;
            }
            self.quoting = None;
            if let Some(doubt) = &mut self.doubt {
                doubt.blank = true;
            }
            self.give(end, Kind::Blank, give);
            return true;
        }
        if end - self.start > self.max {
            self.give(end, Kind::Record, give);
            return true;
        }
        let second = match self.second_end(end, LOOK_SECOND) {
            Some(far) => swar::lossy(&self.buffer[end..far]),
            None if block_start::wants_second(text) => return false,
            None => Cow::Borrowed(""),
        };
        let whole = end - self.start <= LOOK;
        if self.format.csv() && whole {
            if let Some(heading) = below_names(&mut self.names, self.line, text, &second) {
                self.heading = heading;
            }
            if let Some(type_line) = text.strip_prefix("#TYPE ") {
                let Some(next) = self.second_end(end, LOOK) else { return false };
                let second = String::from_utf8_lossy(&self.buffer[end..next]);
                if let Some(header) = csv::Header::below_type(type_line, &second) {
                    let text = format!("{text}\n{}", second.trim_end());
                    self.heading = Heading::Csv(text, header);
                    self.give(next, Kind::Heading, give);
                    return true;
                }
            }
            if let Some(header) = csv::Header::of(text) {
                let denied = block_start::foreign_header(text, &second).is_some();
                let Some(next) = self.second_end(end, if denied { LOOK } else { 0 }) else {
                    return false;
                };
                let row = swar::lossy(&self.buffer[end..next]);
                self.heading = Heading::Csv(text.to_owned(), header.above_row(&row));
                self.give(end, Kind::Heading, give);
                return true;
            }
        }
        let foreign =
            if self.format.csv() { block_start::foreign_header(text, &second) } else { None };
        if let Some(delimiter) = foreign {
            // Some headers in other languages are known.
            self.heading = match csv::Header::above_layout(text, delimiter) {
                Some(header) => Heading::Csv(text.to_owned(), header),
                None => Heading::None,
            };
            self.give(end, Kind::Heading, give);
            return true;
        }
        let block = match self.format.blocks() {
            true if self.heading.csv().is_some_and(|header| header.claims(text)) => None,
            true if !self.begun && message::begins(text.trim_start()) => Some(Block::Message),
            true => block_start::block(text, &second),
            false => None,
        };
        // Below a header that fits, a row does not belong to a layout without a header.
        let headed = || self.heading.csv().is_some_and(|header| header.claims(text));
        let delimiter = if self.format.csv() { csv::begins(text) } else { None };
        let delimiter = delimiter.filter(|_| !headed());
        if let (None, None) = (block, delimiter)
            && self.format.blocks()
            && let Some(heading) = self.heading.next(text)
        {
            self.heading = heading;
            self.give(end, Kind::Heading, give);
            return true;
        }
        if let Some(block) = block {
            let strong = block_start::is_strong(text, &second);
            self.begin_block(block, strong);
            self.labels = Labels::default();
            self.scan = end;
            self.look = end;
            self.mode = Mode::Block { block, reach: Reach::Labels, blank: false };
        } else if delimiter == Some(b'\t') {
            // Event Viewer's TXT has no quotes, so a message continues until another record begins.
            self.scan = end;
            self.look = end;
            self.mode = Mode::Block { block: Block::Free, reach: Reach::Message, blank: false };
        } else if let Some(delimiter) = delimiter {
            self.mode = Mode::Quoted { quotes: Quotes::default(), delimiter, headed: false };
        } else if let Some(csv::Header { delimiter, .. }) = self.heading.csv() {
            let delimiter = *delimiter;
            self.mode = Mode::Quoted { quotes: Quotes::default(), delimiter, headed: true };
        } else {
            self.alone(end, give);
        }
        true
    }

    /// Emits a line that is a record by itself. It may be the first one of a text below labels.
    fn alone(&mut self, end: usize, give: Give<'_>) {
        let text = self.labels.line(&self.buffer[self.start..end], self.line);
        self.give_under(end, end, Kind::Record, self.heading.is_table(), give);
        if text {
            let line = self.labels.first();
            self.quoting = Some((line, u64::MAX));
            let end = self.base + self.start as u64;
            self.doubt = Some(Doubt { line, end, labels: None, blank: false });
            self.labels = Labels::default();
        }
    }

    /// Handles the next line of a CSV record.
    pub(super) fn quoted(&mut self, give: Give<'_>) -> bool {
        let end = self.line_end();
        let Mode::Quoted { quotes, delimiter, headed } = &mut self.mode else { return false };
        let Some(end) = end else {
            let headed = *headed;
            if self.ended {
                self.end_quoted(headed, false, give);
            }
            return self.ended;
        };
        let open = quotes.line(&self.buffer[self.scan..end], *delimiter);
        let (headed, sound) = (*headed, quotes.sound());
        if self.scan > self.start && end - self.start > self.max {
            self.rewind(self.scan, give);
            return true;
        }
        self.scan = end;
        self.look = end;
        if !open {
            self.end_quoted(headed, sound, give);
        }
        true
    }

    /// Ends a CSV record. `sound` says that its quotes are closed correctly.
    pub(super) fn end_quoted(&mut self, headed: bool, sound: bool, give: Give<'_>) {
        if !sound && self.holds_others() {
            // A quote was not meant as one. The first line alone may lack half of the message.
            return self.rewind(self.scan, give);
        }
        self.give_under(self.scan, self.scan, Kind::Record, headed, give);
    }

    /// Whether another record begins on a later line of the current one.
    pub(super) fn holds_others(&self) -> bool {
        let lines = || self.buffer[self.start..self.scan].split_inclusive(|b| *b == b'\n').skip(1);
        let seconds = lines().skip(1).map(Some).chain([None]);
        lines().zip(seconds).any(|(line, second)| {
            let line = String::from_utf8_lossy(without_line_end(line));
            let second =
                second.map(|second| without_line_end(&second[..second.len().min(LOOK_SECOND)]));
            let second = String::from_utf8_lossy(second.unwrap_or_default());
            self.heading.csv().is_some_and(|header| header.begins(&line))
                || block_start::interrupts(&line, &second, false)
        })
    }

    /// Handles the next line of a text block.
    pub(super) fn block(&mut self, give: Give<'_>) -> bool {
        let Some(end) = self.line_end() else {
            if self.ended {
                self.end_block(give);
            }
            return self.ended;
        };
        let Mode::Block { block, reach, blank } = self.mode else { return false };
        if end - self.scan > self.max {
            // The line is too long, and so is its block.
            self.give(end, Kind::Record, give);
            return true;
        }
        if block == Block::Message && end - self.start > LONGEST_MESSAGE {
            self.end_block(give);
            return true;
        }
        let first = self.shown(self.scan, end, LOOK);
        let second = match self.second(end, LOOK_SECOND) {
            Some(second) => second,
            None if block_start::wants_second(&first) => return false,
            None => Cow::Borrowed(""),
        };
        // Only these blocks use their first line again. Other blocks can have many short lines.
        let asks = matches!(block, Block::List(_) | Block::Labels | Block::Numbered | Block::Free);
        let begin = if asks && self.oversized.is_none() {
            let near = end.min(self.start + LOOK_SECOND);
            let line = &self.buffer[self.start..near];
            let line = memchr(b'\n', line).map_or(line, |at| without_line_end(&line[..=at]));
            swar::lossy(line)
        } else {
            Cow::Borrowed("")
        };
        let line = block_start::Line { first: &first, second: &second, blank, begin: &begin };
        let part = block_start::goes_on(block, reach, line);
        match part {
            block_start::Part::Another => {
                let text = match block {
                    Block::Labels | Block::Numbered => reach != Reach::Labels,
                    Block::Message | Block::Quoted => false,
                    _ => true,
                };
                // Event Viewer's rows with tabs end where another record begins.
                let row = csv::begins(&begin) == Some(b'\t');
                let quotes = text && !row && (!blank || reach == Reach::Described);
                let line = self.oversized.map_or(self.line, |(_, line)| line);
                let quoting = quotes.then_some((line, u64::MAX));
                let ends = row || matches!(block, Block::Message | Block::Quoted);
                let labels = match block {
                    Block::Labels | Block::Numbered => reach == Reach::Labels,
                    _ => matches!(block, Block::List(_)) && !blank,
                };
                let labels = labels.then_some(block);
                self.end_block(give);
                self.quoting = quoting;
                let end = self.base + self.start as u64;
                self.doubt = if ends { None } else { Some(Doubt { line, end, labels, blank }) };
            }
            block_start::Part::Goes(reach) => {
                let blank = first.trim().is_empty();
                self.mode = Mode::Block { block, reach, blank };
                self.scan = end;
                self.look = end;
                self.too_long(end);
            }
            block_start::Part::Last => {
                self.scan = end;
                self.end_block(give);
            }
        }
        true
    }

    pub(super) fn end_block(&mut self, give: Give<'_>) {
        let Mode::Block { block, .. } = self.mode else { return };
        if block == Block::Message && self.oversized.is_none() {
            let text = String::from_utf8_lossy(&self.buffer[self.start..self.scan]);
            if !message_alone::is_message_in_lines(text.trim()) {
                return self.rewind_as(Kind::Record, self.scan, give);
            }
        }
        if let Block::Closed(end) = block
            && self.oversized.is_none()
            && !self.buffer[self.start..self.scan].trim_ascii_end().ends_with(end.as_bytes())
        {
            return self.rewind(self.scan, give);
        }
        let headed = block == Block::Section && matches!(self.heading, Heading::Section(_));
        self.give_under(self.scan, self.scan, Kind::Record, headed, give);
    }
}

/// The header of unknown names, if a line is a row below it and below blank lines. Keeps the line if
/// it may be such a header.
fn below_names(
    names: &mut Option<(u64, String)>,
    line: u64,
    text: &str,
    second: &str,
) -> Option<Heading> {
    let above = names.take().filter(|(row, _)| *row == line);
    if second.trim().is_empty() && block_start::is_names(text) {
        *names = Some((line + 1, text.to_owned()));
    }
    let (_, above) = above?;
    let delimiter = csv::row_of_layout(text)?;
    let header = csv::Header::unknown(&above).filter(|header| header.delimiter == delimiter)?;
    Some(Heading::Csv(above, header))
}
