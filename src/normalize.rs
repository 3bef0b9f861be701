//! Stage 3: decoded text -> plain text and the way back.
//!
//! Widths, spaces, dashes, traditional characters and markup residue are folded to one form; page furniture and repeated
//! paragraphs are cut; paragraphs split by a page break are joined. The rows of a table stay lines of
//! their own, with TABs between the cells. Every plain character knows the code points of the decoded
//! text it came from, so nothing here can lose a quotation.
//! What it will not do: change a word, a digit or a unit.

#![deny(clippy::disallowed_methods)]

use crate::issue::{Issue, IssueCode};
use crate::vocab::Vocabulary;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

mod page;
mod repeat;
mod rows;
mod traditional;

/// A gap of this many spaces inside a line is lost text, not layout: centred titles and signature
/// lines of the corpus stay below it, the runs left where a site dropped a paragraph reach hundreds.
const GAP_SPACES: usize = 20;
/// Lines longer than this are prose even when they hold a furniture word.
const FURNITURE_MAX_CHARS: usize = 80;
/// A line shorter than this may stand alone (title, signature); a longer one without an end mark was
/// broken off by a page or a column.
const FULL_LINE_CHARS: usize = 28;
/// A numbered heading is shorter than this; a numbered paragraph longer.
const HEADING_MAX_CHARS: usize = 60;
/// A raised point has no more digits behind it.
const MAX_DECIMALS: usize = 4;
/// Lines repeated word for word count as a repeated body from this length on.
const REPEAT_MIN_CHARS: usize = 40;

/// Plain text in paragraphs, and the way back to the decoded text.
#[derive(Debug, Default)]
pub struct Normalized {
    /// Paragraphs separated by one `\n`; no spaces but those between Latin words or digits. A TAB stands between the
    /// cells of a table's row, and nowhere else.
    pub text: String,
    map: Vec<Run>,
    /// Folded lines that were cut as page furniture; they may tell the date of publication.
    pub furniture: Vec<String>,
}

/// Characters one behind the other that stand for code points one behind the other.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// The byte at which the first one begins.
    at: u32,
    /// The code point in the source that the first one stands for.
    start: u32,
    /// How many code points each stands for: one, where they are more than one character.
    width: u32,
}

/// The characters of a run in the map are counted whenever one is looked up, so it has so many bytes at most.
const RUN_BYTES: usize = 128;

impl Normalized {
    /// The span of the decoded text, in code points, that gave these plain bytes.
    pub fn source_span(&self, plain: &Range<usize>) -> Range<usize> {
        if self.map.is_empty() || plain.is_empty() {
            return 0..0;
        }
        // A character belongs to the span if it begins in it.
        let last_char = self.text.floor_char_boundary(self.text.len() - 1);
        let first = self.text.ceil_char_boundary(plain.start).min(last_char);
        let last = self.text.floor_char_boundary(plain.end - 1).min(last_char);
        span_at(&self.map, &self.text, first).start as usize
            ..span_at(&self.map, &self.text, last.max(first)).end as usize
    }

    /// Adds a line with its way back.
    fn push(&mut self, line: &Line) {
        for (index, run) in line.runs.iter().enumerate() {
            let end = line.runs.get(index + 1).map_or(line.text.len(), |next| next.at as usize);
            let (mut at, mut start) = (run.at as usize, run.start);
            while at < end {
                self.map.push(Run { at: (self.text.len() + at) as u32, start, ..*run });
                let next = line.text.floor_char_boundary(at + RUN_BYTES).min(end);
                start += line.text[at..next].chars().count() as u32;
                at = next;
            }
        }
        self.text.push_str(&line.text);
    }

    /// Ends a paragraph in front of a code point.
    fn push_break(&mut self, before: u32) {
        self.map.push(Run { at: self.text.len() as u32, start: before, width: 0 });
        self.text.push('\n');
    }
}

/// The code points that the character at a byte stands for.
fn span_at(runs: &[Run], text: &str, at: usize) -> Range<u32> {
    let run = runs.partition_point(|run| run.at as usize <= at).saturating_sub(1);
    let Some(run) = runs.get(run) else { return 0..0 };
    let start = run.start + text[run.at as usize..at].chars().count() as u32;
    start..start + run.width
}

/// One plain character and the source code points it stands for.
#[derive(Debug, Clone, Copy)]
struct Folded {
    to: char,
    start: u32,
    end: u32,
}

/// A line of the decoded text, folded. Most lines are as they were written, and only borrowed.
#[derive(Debug, Default)]
struct Line<'a> {
    text: Cow<'a, str>,
    /// How many characters it has.
    chars: usize,
    runs: Vec<Run>,
    /// Found behind the last sentence of a paragraph.
    is_watermark: bool,
    /// The row of a table: its cells are parted by TABs.
    is_row: bool,
}

impl<'a> Line<'a> {
    fn new(folded: &[Folded]) -> Line<'a> {
        let mut text = String::with_capacity(3 * folded.len());
        let mut runs: Vec<Run> = Vec::new();
        let mut goes_on = None;
        for c in folded {
            let width = c.end - c.start;
            if width != 1 || goes_on != Some(c.start) {
                runs.push(Run { at: text.len() as u32, start: c.start, width });
            }
            goes_on = (width == 1).then_some(c.end);
            text.push(c.to);
        }
        Line { text: text.into(), chars: folded.len(), runs, ..Line::default() }
    }

    /// A line that is plain as it is written.
    fn plain(text: &'a str, chars: usize, start: u32) -> Line<'a> {
        Line { text: text.into(), chars, runs: vec![Run { at: 0, start, width: 1 }], ..Line::default() }
    }

    /// The code point it begins at.
    fn start(&self) -> u32 {
        self.runs.first().map_or(0, |run| run.start)
    }

    /// The code point behind it.
    fn end(&self) -> u32 {
        span_at(&self.runs, &self.text, self.text.floor_char_boundary(self.text.len().saturating_sub(1))).end
    }

    /// Its characters one by one.
    fn folded(&self) -> Vec<Folded> {
        let mut folded = Vec::with_capacity(self.chars);
        for (index, run) in self.runs.iter().enumerate() {
            let end = self.runs.get(index + 1).map_or(self.text.len(), |next| next.at as usize);
            let spans = (run.start..).map(|start| (start, start + run.width));
            let chars = self.text[run.at as usize..end].chars().zip(spans);
            folded.extend(chars.map(|(to, (start, end))| Folded { to, start, end }));
        }
        folded
    }

    /// Parts the line at a byte; gives what is behind it.
    fn split_off(&mut self, at: usize) -> Line<'a> {
        let folded = self.folded();
        let (before, behind) = folded.split_at(self.text[..at].chars().count());
        *self = Line::new(before);
        Line::new(behind)
    }

    fn issue(&self, code: IssueCode, message: impl Into<String>) -> Issue {
        Issue::new(code, message).at(self.start() as usize, self.end() as usize)
    }
}

/// Decoded text -> plain text with its map; the issues say what was cut or joined.
pub fn normalize(decoded: &str, vocabulary: &Vocabulary) -> (Normalized, Vec<Issue>) {
    let mut out = Normalized { text: String::with_capacity(decoded.len()), ..Normalized::default() };
    let mut issues = Vec::new();
    let lines = fold_lines(decoded, vocabulary, &mut issues);
    let lines = page::part_glued(lines, vocabulary);
    let lines = repeat::drop_repeated(lines, &mut issues);
    let lines = page::drop_summary(lines, &mut issues);
    let lines = page::cut(lines, vocabulary, &mut out.furniture, &mut issues);
    let lines = drop_repeated_lines(lines, &mut issues);
    let mut previous: Option<LineShape> = None;
    for line in lines {
        let shape = (!line.is_row).then(|| LineShape::of(&line.text, line.chars));
        let goes_on = |before: &LineShape| shape.as_ref().is_some_and(|shape| before.runs_into(shape, &line.text));
        if previous.as_ref().is_some_and(goes_on) {
            issues.push(line.issue(IssueCode::ParagraphRejoined, "joined to the paragraph before it"));
        } else if !out.text.is_empty() {
            out.push_break(line.start());
        }
        out.push(&line);
        previous = shape;
    }
    issues.sort_by_key(|issue| issue.source_start);
    (out, issues)
}

/// Drops a paragraph that stands a second time under the same heading; under another it was said again on purpose.
fn drop_repeated_lines<'a>(mut lines: Vec<Line<'a>>, issues: &mut Vec<Issue>) -> Vec<Line<'a>> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut section = 0;
    let mut is_repeated = Vec::with_capacity(lines.len());
    for line in &lines {
        section += usize::from(!line.is_row && heading_mark(&line.text).is_some_and(|(level, _)| level < 2));
        let may_repeat = !line.is_row && line.chars >= REPEAT_MIN_CHARS;
        let repeats = may_repeat && seen.insert(&line.text, section) == Some(section);
        is_repeated.push(repeats);
        if repeats {
            let message = format!("a paragraph of {} characters stands a second time and was dropped", line.chars);
            issues.push(line.issue(IssueCode::RepeatedParagraph, message));
        }
    }
    let mut is_repeated = is_repeated.into_iter();
    lines.retain(|_| is_repeated.next() != Some(true));
    lines
}

/// What decides whether two lines are one paragraph.
struct LineShape {
    is_heading: bool,
    is_ended: bool,
    ends_in_list: bool,
    ends_in_subscript: bool,
    /// 《 without its 》: the line was broken inside a title.
    opens_title: bool,
    chars: usize,
}

impl LineShape {
    fn of(text: &str, chars: usize) -> LineShape {
        let last = text.chars().next_back().unwrap_or(' ');
        LineShape {
            is_heading: has_heading_mark(text) && chars < HEADING_MAX_CHARS,
            is_ended: matches!(last, '。' | '！' | '？' | '；' | '：' | '…' | '.')
                || (matches!(last, '”' | '）')
                    && text.chars().rev().nth(1).is_some_and(|c| matches!(c, '。' | '！' | '？'))),
            ends_in_list: matches!(last, '，' | '、'),
            ends_in_subscript: text.ends_with("PM") || (text.ends_with("2.5") && chars <= 3) || text.ends_with("PM2.5"),
            opens_title: last_title_mark(text) == Some('《'),
            chars,
        }
    }

    /// Whether the next line goes on with the paragraph that this line began.
    fn runs_into(&self, next: &LineShape, text: &str) -> bool {
        if self.opens_title && text.contains('》') && !text[..text.find('》').unwrap_or(0)].contains('《') {
            return true;
        }
        if has_heading_mark(text) || text.starts_with("各位代表") {
            return false;
        }
        if self.ends_in_list
            || (self.ends_in_subscript
                && self.chars > 2
                && (next.chars <= 3 || text.starts_with(|c: char| !c.is_ascii())))
                && !self.is_ended
        {
            return true;
        }
        !self.is_heading && !self.is_ended && self.chars >= FULL_LINE_CHARS && !starts_with_run_in_heading(text)
    }
}

/// The last 《 or 》.
fn last_title_mark(text: &str) -> Option<char> {
    // Few characters begin with the byte that these two begin with.
    let mut marks =
        memchr::memrchr_iter("《".as_bytes()[0], text.as_bytes()).filter_map(|at| text[at..].chars().next());
    marks.find(|c| matches!(c, '《' | '》'))
}

/// Whether the line opens with a short sentence of its own (公共安全有效巩固。…): the mark of a new
/// paragraph even where the end mark of the one before was lost.
fn starts_with_run_in_heading(text: &str) -> bool {
    let Some(end) = text.find('。') else { return text.chars().count() < FULL_LINE_CHARS / 2 };
    let first = &text[..end];
    let chars = first.chars().count();
    (5..=24).contains(&chars)
        && !first.starts_with(['“', '（', '、', '，', '”', '）'])
        && !first.contains(['，', '、', '；'])
        && !first.chars().any(|c| c.is_ascii_digit())
}

/// Whether a character is a hanzi of the first block, as nearly all are.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// Whether a line begins as headings do: 第一部分, 一、, （一）, 1. or ——.
pub fn has_heading_mark(text: &str) -> bool {
    heading_mark(text).is_some()
}

/// The level and the byte length of the mark a heading begins with: 第X部分 0, 一、 1, （一） 2, 1. 3.
pub fn heading_mark(text: &str) -> Option<(usize, usize)> {
    let is_numeral = |c: &char| matches!(c, '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十');
    let numeral_run = |s: &str| s.chars().take_while(is_numeral).map(char::len_utf8).sum::<usize>();
    if let Some(rest) = text.strip_prefix('第') {
        let run = numeral_run(rest);
        for word in ["部分", "章"] {
            if run > 0 && rest[run..].starts_with(word) {
                return Some((0, '第'.len_utf8() + run + word.len()));
            }
        }
    }
    let run = numeral_run(text);
    if run > 0 && text[run..].starts_with(['、', '．']) {
        return Some((1, run + '、'.len_utf8()));
    }
    if let Some(rest) = text.strip_prefix('（') {
        let run = numeral_run(rest);
        if run > 0 && rest[run..].starts_with('）') {
            return Some((2, 2 * '（'.len_utf8() + run));
        }
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=3).contains(&digits) {
        let rest = &text[digits..];
        if let Some(mark) = rest.chars().next()
            && matches!(mark, '.' | '、' | '．')
            && !rest[mark.len_utf8()..].starts_with(|c: char| c.is_ascii_digit())
        {
            return Some((3, digits + mark.len_utf8()));
        }
    }
    text.starts_with("——").then_some((4, "——".len()))
}

/// The lines of the decoded text, folded; empty ones left out.
fn fold_lines<'a>(decoded: &'a str, vocabulary: &Vocabulary, issues: &mut Vec<Issue>) -> Vec<Line<'a>> {
    let written = written_lines(decoded);
    let is_furniture = |line: &[Folded]| {
        let text: String = tidy_line(&without_tabs(line.to_vec())).iter().map(|c| c.to).collect();
        text.chars().count() <= FURNITURE_MAX_CHARS && page::is_furniture(&text, vocabulary)
    };
    let marks = rows::marked(&written, is_furniture);
    let mut lines = Vec::with_capacity(written.len());
    for (line, is_row) in written.into_iter().zip(marks) {
        match line {
            Written::Plain { text, chars, start } => lines.push(Line::plain(text, chars, start)),
            Written::Folded(line) if is_row => lines.push(Line { is_row, ..Line::new(&rows::row(&line)) }),
            Written::Folded(line) => finish_line(&without_tabs(line), &mut lines, issues),
        }
    }
    lines
}

/// Outside tables a TAB is a space.
fn without_tabs(mut line: Vec<Folded>) -> Vec<Folded> {
    for c in line.iter_mut().filter(|c| c.to == '\t') {
        c.to = ' ';
    }
    line
}

/// A line as it is written.
enum Written<'a> {
    /// Nothing in it needs folding; it begins at a code point.
    Plain { text: &'a str, chars: usize, start: u32 },
    /// Every character folded and the TABs kept.
    Folded(Vec<Folded>),
}

/// What a character is to the look that finds the lines that need no folding.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[repr(u8)]
enum Kind {
    /// Itself wherever it stands.
    Plain,
    /// The same, and a hanzi.
    Hanzi,
    /// A hanzi that no simplified text has.
    Traditional,
    /// Itself unless it stands between digits, or but for a full stop only there.
    Separator,
    /// A space of any width.
    Blank,
    LineEnd,
    /// Anything else: another character stands for it, or it hangs on its neighbours.
    Special,
}

/// The kind of every character of the basic plane.
fn kinds() -> &'static [Kind] {
    static KINDS: OnceLock<Vec<Kind>> = OnceLock::new();
    KINDS.get_or_init(|| {
        let kind = |c: char| match c {
            c if is_line_end(c) => Kind::LineEnd,
            '.' | '，' | '：' | '·' => Kind::Separator,
            '\t' | '*' | '#' | '\\' | '_' | '^' | '}' | '$' | '"' | '&' | '<' => Kind::Special,
            c if fold(c).eq([' ']) => Kind::Blank,
            c if traditional::simplified(c) != c && is_han(c) => Kind::Traditional,
            c if !fold(c).eq([c]) => Kind::Special,
            c if is_han(c) => Kind::Hanzi,
            _ => Kind::Plain,
        };
        (0..=0xffff).map(|code| char::from_u32(code).map_or(Kind::Special, kind)).collect()
    })
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{0b}' | '\u{0c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// A line while it is looked at. Spaces at its ends are no part of what stands in it.
#[derive(Debug, Clone, Default)]
struct Seen {
    bytes: Range<usize>,
    /// The code point it begins at.
    start: u32,
    /// What stands in it: bytes and code points.
    inner: Range<usize>,
    inner_chars: Range<u32>,
    needs_folding: bool,
}

/// The characters at the beginning of a text that are themselves wherever they stand.
struct PlainRun {
    bytes: usize,
    chars: u32,
    hanzi: usize,
}

impl PlainRun {
    fn of(text: &str, kinds: &[Kind]) -> PlainRun {
        let mut run = PlainRun { bytes: 0, chars: 0, hanzi: 0 };
        for c in text.chars() {
            match kinds.get(c as usize) {
                Some(Kind::Hanzi) => run.hanzi += 1,
                Some(Kind::Plain) => {}
                _ => break,
            }
            run.bytes += c.len_utf8();
            run.chars += 1;
        }
        run
    }
}

/// The lines as they are written; of those that need no folding the empty ones are left out.
fn written_lines(decoded: &str) -> Vec<Written<'_>> {
    let kinds = kinds();
    let bytes = decoded.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let (mut hanzi, mut traditional) = (0, 0);
    let mut lines: Vec<Seen> = Vec::new();
    let mut line = Seen::default();
    let (mut next, mut chars) = (0, 0);
    while let Some(c) = decoded[next..].chars().next() {
        let (at, here) = (next, chars);
        let kind = kinds.get(c as usize).copied().unwrap_or(Kind::Special);
        if kind <= Kind::Hanzi && line.inner.end == at {
            // As nearly all characters are.
            let run = PlainRun::of(&decoded[at..], kinds);
            (next, chars, hanzi) = (at + run.bytes, here + run.chars, hanzi + run.hanzi);
            (line.inner.end, line.inner_chars.end) = (next, chars);
            continue;
        }
        (next, chars) = (at + c.len_utf8(), here + 1);
        if kind == Kind::LineEnd {
            line.bytes.end = at;
            lines.push(line);
            line = Seen { bytes: next..next, start: here + 1, ..Seen::default() };
            continue;
        }
        if kind == Kind::Blank {
            continue;
        }
        if line.inner.is_empty() {
            (line.inner.start, line.inner_chars.start) = (at, here);
        } else if line.inner.end != at {
            line.needs_folding = true;
        }
        (line.inner.end, line.inner_chars.end) = (next, here + 1);
        match kind {
            Kind::Hanzi => hanzi += 1,
            Kind::Traditional => {
                (hanzi, traditional) = (hanzi + 1, traditional + 1);
                line.needs_folding = true;
            }
            Kind::Separator => {
                let is_plain = match c {
                    '.' => at > 0 && bytes[at - 1].is_ascii_alphanumeric(),
                    _ => !(at > 0 && is_digit(at - 1) && is_digit(next)),
                };
                line.needs_folding |= !is_plain;
            }
            Kind::Special => line.needs_folding = true,
            Kind::Plain | Kind::Blank | Kind::LineEnd => {}
        }
    }
    line.bytes.end = decoded.len();
    lines.push(line);

    let is_traditional = traditional::is_traditional(hanzi, traditional);
    let mut written = Vec::with_capacity(lines.len());
    for Seen { bytes, start, inner, inner_chars, needs_folding } in lines {
        if needs_folding || is_traditional {
            fold_line(decoded, bytes, start, is_traditional, &mut written);
        } else if !inner.is_empty() {
            let (text, chars) = (&decoded[inner], inner_chars.len());
            written.push(Written::Plain { text, chars, start: inner_chars.start });
        }
    }
    written
}

/// Folds a line; an escape in it may end one.
fn fold_line(decoded: &str, bytes: Range<usize>, start: u32, is_traditional: bool, lines: &mut Vec<Written>) {
    let kinds = kinds();
    let mut line: Vec<Folded> = Vec::with_capacity(bytes.len() / 2);
    let mut here = start;
    let mut rest = &decoded[bytes.start..];
    let behind = decoded.len() - bytes.end;
    while let Some(c) = rest.chars().next().filter(|_| rest.len() > behind) {
        let kind = kinds.get(c as usize).copied().unwrap_or(Kind::Special);
        if !is_traditional && matches!(kind, Kind::Plain | Kind::Hanzi | Kind::Separator) {
            line.push(Folded { to: c, start: here, end: here + 1 });
            (rest, here) = (&rest[c.len_utf8()..], here + 1);
            continue;
        }
        let (bytes, c) = escape(rest).or_else(|| lost(rest, &line)).unwrap_or((c.len_utf8(), c));
        let end = here + rest[..bytes].chars().count() as u32;
        match c {
            c if is_line_end(c) => lines.push(Written::Folded(std::mem::take(&mut line))),
            '\t' => line.push(Folded { to: c, start: here, end }),
            _ => {
                let c = if is_traditional { traditional::simplified_in_traditional(c) } else { c };
                line.extend(fold(c).map(|to| Folded { to, start: here, end }));
            }
        }
        (rest, here) = (&rest[bytes..], end);
    }
    lines.push(Written::Folded(line));
}

/// A run of ASCII question marks or of private characters, where other characters were lost: spaces or symbols, for which
/// a space will do. Between digits a digit or a point may have been lost, so U+FFFD stands there and makes the number a
/// damaged one; question marks between a digit and a mark stay, as the unit is lost there. Gives the length of the run in
/// bytes and what it stands for.
fn lost(text: &str, before: &[Folded]) -> Option<(usize, char)> {
    let is_private = |c: char| matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10fffd}');
    let marks = text.bytes().take_while(|&b| b == b'?').count();
    let private: usize = text.chars().take_while(|&c| is_private(c)).map(char::len_utf8).sum();
    let bytes = if marks >= 2 { marks } else { private };
    let behind = text[bytes..].chars().next().and_then(|c| fold(c).next()).unwrap_or(' ');
    match before.last().is_some_and(|c| c.to.is_ascii_digit()) {
        _ if bytes == 0 => None,
        true if behind.is_ascii_digit() => Some((bytes, '\u{fffd}')),
        true if marks > 0 && behind != ' ' && !behind.is_alphabetic() => None,
        _ => Some((bytes, ' ')),
    }
}

/// An escape left as plain characters: `&nbsp;`, `&#160;`, `<U+00A0>`, a written-out `\r\n` or `\u3000`. Gives its length in
/// bytes and what it stands for.
fn escape(text: &str) -> Option<(usize, char)> {
    match text.as_bytes().first()? {
        b'&' => entity(text),
        b'<' => code_point("<U+".len(), text.strip_prefix("<U+")?, '>'),
        b'\\' => {
            let mark = [r"\r\n", r"\n", r"\r"].iter().find(|mark| text.starts_with(**mark));
            let is_word = |mark: &str| text[mark.len()..].starts_with(|c: char| c.is_ascii_lowercase());
            mark.filter(|mark| **mark != r"\r" || !is_word(mark)).map(|mark| (mark.len(), '\n')).or_else(|| {
                let hex = text.strip_prefix(r"\u").or_else(|| text.strip_prefix(r"\x"))?;
                let digits = if text.starts_with(r"\u") { 4 } else { 2 };
                let c = char::from_u32(u32::from_str_radix(hex.get(..digits)?, 16).ok()?)?;
                Some((2 + digits, c))
            })
        }
        _ => None,
    }
}

/// The character of a hexadecimal code that a mark ends.
fn code_point(before: usize, hex: &str, mark: char) -> Option<(usize, char)> {
    let end = hex.bytes().take(7).position(|b| b == mark as u8).filter(|&end| end > 0)?;
    let c = char::from_u32(u32::from_str_radix(&hex[..end], 16).ok()?)?;
    Some((before + end + mark.len_utf8(), c))
}

/// The entities of HTML that office programs and editors of web pages write.
const ENTITIES: [(&str, char); 36] = [
    ("nbsp", ' '),
    ("emsp", ' '),
    ("ensp", ' '),
    ("thinsp", ' '),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("laquo", '《'),
    ("raquo", '》'),
    ("mdash", '—'),
    ("ndash", '–'),
    ("minus", '−'),
    ("hellip", '…'),
    ("middot", '·'),
    ("bull", '•'),
    ("times", '×'),
    ("divide", '÷'),
    ("plusmn", '±'),
    ("deg", '°'),
    ("permil", '‰'),
    ("sup2", '²'),
    ("sup3", '³'),
    ("frac12", '½'),
    ("micro", 'µ'),
    ("yen", '¥'),
    ("copy", '©'),
    ("reg", '®'),
    ("ge", '≥'),
    ("le", '≤'),
    ("alpha", 'α'),
];

/// `&nbsp;`, `&#160;`, `&#x3000;`, also where the `&` itself was escaped.
fn entity(text: &str) -> Option<(usize, char)> {
    let inner =
        text.strip_prefix("&amp;").filter(|inner| inner.starts_with(|c: char| c == '#' || c.is_ascii_alphabetic()));
    if let Some(found) = inner.and_then(|inner| named_or_numbered("&amp;".len(), inner)) {
        return Some(found);
    }
    named_or_numbered('&'.len_utf8(), &text[1..])
}

fn named_or_numbered(before: usize, text: &str) -> Option<(usize, char)> {
    if let Some(hex) = text.strip_prefix("#x").or_else(|| text.strip_prefix("#X")) {
        return code_point(before + 2, hex, ';');
    }
    if let Some(number) = text.strip_prefix('#') {
        let end = number.bytes().take(8).position(|b| b == b';')?;
        let c = char::from_u32(number[..end].parse().ok()?)?;
        return Some((before + 1 + end + 1, c));
    }
    let (name, c) =
        ENTITIES.iter().find(|(name, _)| text.strip_prefix(name).is_some_and(|rest| rest.starts_with(';')))?;
    Some((before + name.len() + 1, *c))
}

/// The form in which every character is compared: one width, one dash, one dot, one kind of space, simplified hanzi.
/// Chinese punctuation is the standard; ASCII commas between digits are put back by [`tidy_line`].
pub fn fold(c: char) -> impl Iterator<Item = char> {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    let (text, one): (&'static str, char) = match narrow {
        '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' | '\u{2060}' | '\u{202a}'..='\u{202e}' => ("", ' '),
        '\u{e000}'..='\u{f8ff}' => ("", ' '),
        c if c.is_control() && c != '\t' => ("", ' '),
        '\t' | '\u{a0}' | '\u{3000}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => (" ", ' '),
        ',' | '﹐' => ("，", ' '),
        ';' => ("；", ' '),
        ':' | '∶' | '︰' => ("：", ' '),
        '(' => ("（", ' '),
        ')' => ("）", ' '),
        '!' => ("！", ' '),
        '?' => ("？", ' '),
        '★' | '☆' | '※' | '▲' | '●' | '■' | '◆' => ("", ' '),
        '•' | '・' | '‧' | '∙' => ("·", ' '),
        '‐' | '‑' | '−' | '–' | '─' => ("-", ' '),
        '～' | '∼' | '〜' => ("~", ' '),
        '「' | '『' | '〝' | '＂' => ("“", ' '),
        '」' | '』' | '〞' => ("”", ' '),
        '㎡' => ("平方米", ' '),
        '㎞' => ("公里", ' '),
        '㎏' => ("公斤", ' '),
        '²' => ("2", ' '),
        '³' => ("3", ' '),
        'µ' => ("μ", ' '),
        '│' | '┃' => ("|", ' '),
        other => ("\0", traditional::simplified(other)),
    };
    let single = (text == "\0").then_some(one);
    let text = if single.is_some() { "" } else { text };
    single.into_iter().chain(text.chars())
}

/// A vocabulary term in the form the text will have.
pub fn fold_term(term: &str) -> String {
    let folded: Vec<Folded> = term.chars().flat_map(fold).map(|to| Folded { to, start: 0, end: 0 }).collect();
    tidy_line(&folded).iter().map(|c| c.to).collect()
}

fn finish_line(line: &[Folded], lines: &mut Vec<Line>, issues: &mut Vec<Issue>) {
    let is_space = |c: &Folded| c.to == ' ';
    let first = line.iter().position(|c| !is_space(c)).unwrap_or(line.len());
    let last = line.iter().rposition(|c| !is_space(c)).map_or(first, |i| i + 1);
    let mut push = |piece: &[Folded]| {
        let tidied = tidy_line(piece);
        if !tidied.is_empty() {
            lines.push(Line::new(&tidied));
        }
    };
    // A gap breaks the line; shorter runs of spaces are dropped by `tidy_line`.
    let (mut from, mut at) = (first, first);
    while at < last {
        let run = line[at..last].iter().take_while(|c| is_space(c)).count();
        if run >= GAP_SPACES {
            issues.push(
                Issue::new(IssueCode::GapInParagraph, format!("{run} spaces in a row inside a paragraph"))
                    .at(line[at].start as usize, line[at + run - 1].end as usize),
            );
            push(&line[from..at]);
            from = at + run;
        }
        at += run.max(1);
    }
    push(&line[from..last]);
}

/// Drops spaces that mean nothing and markup residue, and gives digits back their ASCII separators.
fn tidy_line(line: &[Folded]) -> Vec<Folded> {
    let mut out: Vec<Folded> = Vec::with_capacity(line.len());
    let to = |i: usize| line.get(i).map_or('\0', |c| c.to);
    let mut in_subscript = 0usize;
    let mut quote_open = false;
    let mut i = 0;
    while i < line.len() {
        let mut c = line[i];
        // All that is looked at below is ASCII.
        if !c.to.is_ascii() || c.to.is_ascii_alphanumeric() {
            out.push(c);
            i += 1;
            continue;
        }
        let before = out.last().map_or('\0', |c| c.to);
        match c.to {
            ' ' => {
                let run = line[i..].iter().take_while(|c| c.to == ' ').count();
                let after = to(i + run);
                if (is_word(before) || is_list_mark(&out) && after.is_ascii_digit())
                    && after.is_ascii_alphanumeric()
                    && !(is_spaced_digit(&out, before) && after.is_ascii_digit() && !to(i + run + 1).is_ascii_digit())
                {
                    out.push(c);
                }
                i += run;
                continue;
            }
            '*' if to(i + 1) == '*' => {
                i += 2;
                continue;
            }
            '#' if out.is_empty() => {
                i += 1;
                continue;
            }
            '\\' if matches!(to(i + 1), '%' | '&' | '_' | '$' | '~') => {
                i += 1;
                continue;
            }
            '_' | '^' if to(i + 1) == '{' => {
                in_subscript += 1;
                i += 2;
                continue;
            }
            '_' if before.is_ascii_alphabetic() && to(i + 1).is_ascii_digit() => {
                i += 1;
                continue;
            }
            '}' if in_subscript > 0 => {
                in_subscript -= 1;
                i += 1;
                continue;
            }
            '$' => {
                i += 1;
                continue;
            }
            '"' => {
                quote_open = !quote_open;
                c.to = if quote_open { '“' } else { '”' };
            }
            '.' if !before.is_ascii() && before != '\0' && !to(i + 1).is_ascii_digit() => c.to = '。',
            _ => {}
        }
        out.push(c);
        i += 1;
    }
    narrow_separators(&mut out, line);
    out
}

/// Gives digits back their ASCII separators; judged by what is left when markup is gone.
fn narrow_separators(out: &mut [Folded], line: &[Folded]) {
    let to = |out: &[Folded], i: usize| out.get(i).map_or('\0', |c| c.to);
    for i in 1..out.len() {
        if !out[i - 1].to.is_ascii_digit() {
            continue;
        }
        out[i].to = match out[i].to {
            '，' if is_thousands(out, i) && !has_space(line, &out[i], &out[i + 1]) => ',',
            '：' if to(out, i + 1).is_ascii_digit() => ':',
            // 14·1%: a raised point.
            '·' if is_raised_point(out, i) => '.',
            other => other,
        };
    }
}

/// Whether a space stood between two neighbours: 5， 120家 is a list, 5，120家 a number.
fn has_space(line: &[Folded], before: &Folded, after: &Folded) -> bool {
    let from = line.partition_point(|c| c.start < before.end);
    line[from..].iter().take_while(|c| c.start < after.start).any(|c| c.to == ' ')
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '%'
}

/// Whether the line so far is the number of a list: 1. 2020年 must not become 1.2020年.
fn is_list_mark(out: &[Folded]) -> bool {
    const MAX_DIGITS: usize = 2;
    let [digits @ .., dot] = out else { return false };
    dot.to == '.' && (1..=MAX_DIGITS).contains(&digits.len()) && digits.iter().all(|c| c.to.is_ascii_digit())
}

/// Whether the digit just written stands alone, as in letter-spaced 1 9 9 3 年.
fn is_spaced_digit(out: &[Folded], before: char) -> bool {
    before.is_ascii_digit()
        && !out.iter().rev().nth(1).is_some_and(|c| c.to.is_ascii_alphanumeric() && c.end == out[out.len() - 1].start)
}

/// Whether the comma at `i` groups thousands: exactly three digits follow, and no decimal point stands before.
fn is_thousands(line: &[Folded], i: usize) -> bool {
    let digit = |k: usize| line.get(i + k).is_some_and(|c| c.to.is_ascii_digit());
    let leading = line[..i].iter().rev().take(4).take_while(|c| c.to.is_ascii_digit()).count();
    let is_decimal = i.checked_sub(leading + 1).is_some_and(|before| line[before].to == '.');
    digit(1) && digit(2) && digit(3) && !digit(4) && (1..=3).contains(&leading) && !is_decimal
}

/// Whether the dot at `i` stands for a decimal point: digits and a percent sign follow.
fn is_raised_point(line: &[Folded], i: usize) -> bool {
    let digits = line[i + 1..].iter().take(MAX_DECIMALS + 1).take_while(|c| c.to.is_ascii_digit()).count();
    (1..=MAX_DECIMALS).contains(&digits) && line.get(i + 1 + digits).is_some_and(|c| c.to == '%')
}
