//! One pass over a sentence: words of the vocabulary, numerals with their units, dates, ordinals and
//! punctuation; the longest match wins. Everything else is [`Kind::Text`].
//!
//! The lexer decides what *is* a number and what only looks like one (5G, 53号院, “18条措施”); what a
//! number means is decided by the rules over these tokens.

use super::number::{Numeral, Script};
use crate::vocab::{Cue, CueSet, Vocabulary, Word};
use std::ops::Range;

mod names;
mod quantity;
mod time;
mod unit;

/// What a number begins with, and 翻, 下, 前 and 第, which stand before numbers.
static BEGINNINGS: Characters = Characters::of(&[
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '零', '〇', '○', '一', '二', '两', '三', '四', '五', '六', '七',
    '八', '九', '十', '百', '千', '万', '亿', '廿', '卅', '半', '数', '几', '壹', '贰', '叁', '肆', '伍', '陆', '柒',
    '捌', '玖', '拾', '-', '+', '±', '负', 'O', 'o', 'l', 'I', '上', '翻', '下', '前', '第',
]);
static MARKS: Characters = Characters::of(&[
    '，', '。', '；', '：', '、', '！', '？', '（', '）', '《', '》', '“', '”', '…', '—', '|', '\n', '\t',
]);

/// A year at the head of a quotation no longer than this belongs to a name.
const DATED_NAME_CHARS: usize = 40;
/// A quotation this short is a name: the numbers in it assert nothing.
const QUOTED_NAME_CHARS: usize = 10;

#[derive(Debug, Clone)]
pub struct Token<'v> {
    /// Bytes of the plain text.
    pub range: Range<usize>,
    pub kind: Kind<'v>,
}

impl Token<'_> {
    /// The cues of a word that is no term of the catalogue; none of any other token.
    pub fn cues(&self) -> CueSet {
        match &self.kind {
            Kind::Word(word) if word.indicators.is_empty() => word.cues,
            _ => CueSet::default(),
        }
    }

    /// The cues of a word, also of a term of the catalogue; none of any other token.
    pub fn word_cues(&self) -> CueSet {
        match &self.kind {
            Kind::Word(word) => word.cues,
            _ => CueSet::default(),
        }
    }

    pub fn quantity(&self) -> Option<&Quantity> {
        match &self.kind {
            Kind::Quantity(quantity) => Some(quantity),
            _ => None,
        }
    }

    /// Whether a clause ends here: ，；：。！？ and the end of a line or of a cell.
    pub fn ends_clause(&self) -> bool {
        matches!(self.kind, Kind::Punct('，' | '；' | '：' | '。' | '！' | '？' | '\n' | '\t'))
    }
}

#[derive(Debug, Clone)]
pub enum Kind<'v> {
    Word(&'v Word),
    Quantity(Box<Quantity>),
    Time(Box<Time>),
    /// 第三: a position if the clause ranks something.
    Ordinal(f64),
    /// 前三: a position or better.
    Top(f64),
    /// A number that is part of a name.
    NameNumber,
    Punct(char),
    Text,
}

/// A numeral and the unit behind it.
#[derive(Debug, Clone)]
pub struct Quantity {
    pub numeral: Numeral,
    /// Index into the unit table; `None` for a bare number.
    pub unit: Option<usize>,
    /// The unit as written, its multiplier in front: 万平方米.
    pub unit_text: String,
    /// Set for the two ends of a range.
    pub range: Option<RangeEnd>,
    /// The unit was taken over from the other end of a range or the next number of a list.
    pub unit_is_shared: bool,
    /// One of the parts of 18.3:42.3:39.4.
    pub is_ratio_part: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeEnd {
    Low,
    High,
}

/// A year, a span of years or months, as far as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Time {
    pub years: Option<(i32, i32)>,
    pub months: Option<(u32, u32)>,
    /// 上半年, 一季度: the months are a part of the year that is meant, not a date.
    pub is_part_of_year: bool,
    /// 2010年以来: from that year on.
    pub is_since: bool,
    pub span: Option<Span>,
}

/// A number of years seen from the year spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// 三年来, 近五年
    Last(i32),
    /// 五年累计, 五年新增: looked back on or ahead to, as the section does.
    During(i32),
    /// 今后五年
    Next(i32),
    /// 五年前
    Ago(i32),
    /// 前三年: the first years of the span looked at.
    First(i32),
}

/// What the lexer makes of a sentence.
#[derive(Debug, Default)]
pub struct Lexed<'v> {
    pub tokens: Vec<Token<'v>>,
    /// Numbers in words that count nothing (抓好三项工程, 用半年时间): seen, but words to the rules.
    pub uncounted: Vec<Token<'v>>,
}

/// The tokens of one sentence.
pub fn lex<'v>(text: &str, sentence: &Range<usize>, vocabulary: &'v Vocabulary, report_year: Option<i32>) -> Lexed<'v> {
    let mut lexed = Lexed::default();
    lex_behind(&mut lexed, text, sentence, vocabulary, report_year);
    lexed
}

/// The same, its tokens behind those of other sentences; what counts nothing is left of this one alone.
pub(super) fn lex_behind<'v>(
    lexed: &mut Lexed<'v>,
    text: &str,
    sentence: &Range<usize>,
    vocabulary: &'v Vocabulary,
    report_year: Option<i32>,
) {
    lexed.uncounted.clear();
    let first = lexed.tokens.len();
    let text = &text[..sentence.end];
    Lexer { text, vocabulary, report_year, out: lexed, from: sentence.start, first }.run();
    mark_quoted_names(text, &mut lexed.tokens[first..], &mut lexed.uncounted);
    share_list_units(&mut lexed.tokens[first..]);
}

struct Lexer<'t, 'v> {
    text: &'t str,
    vocabulary: &'v Vocabulary,
    report_year: Option<i32>,
    out: &'t mut Lexed<'v>,
    /// Where the sentence begins, and its first token.
    from: usize,
    first: usize,
}

impl<'v> Lexer<'_, 'v> {
    fn run(&mut self) {
        let mut at = self.from;
        while let Some(c) = self.text[at..].chars().next() {
            let word = self.vocabulary.word_at(self.text, at).map(|found| self.without_overlap(at, found));
            at = match (self.take_other(at, c, word.map_or(at, |(end, _)| end)), word) {
                (Some(end), _) => end,
                (None, Some((end, word))) => self.take_word(at..end, word),
                (None, None) => self.take_text(at..at + c.len_utf8()),
            };
        }
    }

    /// Takes a number, a time, a place among others or a mark; the known word at `at` ends at `word_end`.
    fn take_other(&mut self, at: usize, c: char, word_end: usize) -> Option<usize> {
        if MARKS.contains(c) && word_end == at {
            let end = at + c.len_utf8();
            self.push(at..end, Kind::Punct(c));
            return Some(end);
        }
        if !BEGINNINGS.contains(c) {
            return None;
        }
        if c == '翻' {
            return self.take_doublings(at);
        }
        if !matches!(c, '下' | '前' | '第')
            && let Some(end) = self.take_number(at, c, word_end)
        {
            return Some(end);
        }
        if matches!(c, '上' | '下' | '前' | '第')
            && let Some((time, end)) =
                self.part_of_year(at).or_else(|| self.first_years(at)).filter(|&(_, end)| end >= word_end)
        {
            self.push(at..end, Kind::Time(Box::new(time)));
            return Some(end);
        }
        if c == '第' || c == '前' { self.take_ordinal(at, c, word_end) } else { None }
    }

    fn take_word(&mut self, range: Range<usize>, word: &'v Word) -> usize {
        let end = range.end;
        let zero = word.cues.has_any(&[Cue::Zero, Cue::Double, Cue::Quadruple]);
        self.push(range, if zero { Kind::Quantity(Box::new(word_quantity(word, end))) } else { Kind::Word(word) });
        end
    }

    fn take_text(&mut self, range: Range<usize>) -> usize {
        let end = range.end;
        match self.out.tokens[self.first..].last_mut() {
            Some(Token { range: before, kind: Kind::Text }) if before.end == range.start => before.end = end,
            _ => self.push(range, Kind::Text),
        }
        end
    }

    /// 占地 is 占 where a longer term begins inside it: 占地区生产总值.
    fn without_overlap(&self, at: usize, (end, word): (usize, &'v Word)) -> (usize, &'v Word) {
        let from = at + self.text[at..].chars().next().map_or(0, char::len_utf8);
        let hides =
            |(behind, term): (usize, &Word)| behind > end && behind - from > end - at && !term.indicators.is_empty();
        if word.may_hide_term
            && self.vocabulary.word_at(self.text, from).is_some_and(hides)
            && let Some((shorter, part)) = self.vocabulary.word_at(&self.text[..from], at)
            && shorter == from
        {
            return (shorter, part);
        }
        (end, word)
    }

    fn push(&mut self, range: Range<usize>, kind: Kind<'v>) {
        self.out.tokens.push(Token { range, kind });
    }

    fn previous_char(&self, at: usize) -> char {
        self.text[self.from..at].chars().next_back().unwrap_or(' ')
    }

    fn previous_token(&self) -> Option<&Token<'v>> {
        self.out.tokens[self.first..].last()
    }

    fn previous_cues(&self) -> CueSet {
        self.previous_token().map(Token::word_cues).unwrap_or_default()
    }

    fn skip(&self, at: usize, words: &[&str]) -> Option<usize> {
        words.iter().find(|word| self.text[at..].starts_with(**word)).map(|word| at + word.len())
    }
}

/// Characters of the basic plane, a bit each.
struct Characters([u64; 1 << 10]);

impl Characters {
    const fn of(characters: &[char]) -> Characters {
        let mut bits = [0; 1 << 10];
        let mut i = 0;
        while i < characters.len() {
            let code = characters[i] as usize;
            bits[code / 64] |= 1 << (code % 64);
            i += 1;
        }
        Characters(bits)
    }

    fn contains(&self, c: char) -> bool {
        self.0.get(c as usize / 64).is_some_and(|bits| bits >> (c as usize % 64) & 1 == 1)
    }
}

fn bare(numeral: Numeral) -> Quantity {
    Quantity { numeral, unit: None, unit_text: String::new(), range: None, unit_is_shared: false, is_ratio_part: false }
}

/// The quantity that a word stands for: 清零 is 0, 翻一番 is 2 倍.
fn word_quantity(word: &Word, end: usize) -> Quantity {
    let (value, unit) = if word.cues.has(Cue::Quadruple) {
        (4.0, "倍")
    } else if word.cues.has(Cue::Double) {
        (2.0, "倍")
    } else {
        (0.0, "")
    };
    Quantity { unit_text: unit.to_string(), ..bare(Numeral::new(end, value, Script::Chinese)) }
}

/// Numbers inside a short quotation or a title assert nothing.
fn mark_quoted_names(text: &str, tokens: &mut [Token], uncounted: &mut Vec<Token>) {
    if !tokens.iter().any(|token| matches!(token.kind, Kind::Punct('”' | '》'))) {
        return;
    }
    let is_short = |name: &str| name.chars().count() <= DATED_NAME_CHARS;
    for (open, close, limit) in [('“', '”', QUOTED_NAME_CHARS), ('《', '》', usize::MAX)] {
        let mut opened: Option<usize> = None;
        let mut names: Vec<Range<usize>> = Vec::new();
        for i in 0..tokens.len() {
            match tokens[i].kind {
                Kind::Punct(c) if c == open => opened = Some(i),
                Kind::Punct(c) if c == close => {
                    // “2010年全省先进县”, 《若干措施（2024—2028年）》: the years of a name are no times.
                    if let Some(from) =
                        opened.filter(|&from| is_short(&text[tokens[from].range.end..tokens[i].range.start]))
                    {
                        let all = if open == '《' { i - from - 1 } else { 1 };
                        for token in tokens[from + 1..i].iter_mut().take(all) {
                            if matches!(token.kind, Kind::Time(_)) {
                                token.kind = Kind::Text;
                            }
                        }
                    }
                    if let Some(from) = opened.take()
                        && text[tokens[from].range.end..tokens[i].range.start].chars().count() <= limit
                    {
                        names.push(tokens[from].range.end..tokens[i].range.start);
                        for token in &mut tokens[from + 1..i] {
                            if matches!(token.kind, Kind::Quantity(_) | Kind::Ordinal(_) | Kind::Top(_)) {
                                token.kind = Kind::NameNumber;
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        if names.is_empty() {
            continue;
        }
        // Both lists are in text order.
        let mut names = names.into_iter().peekable();
        uncounted.retain(|token| {
            while names.next_if(|name| name.end <= token.range.start).is_some() {}
            names.peek().is_none_or(|name| token.range.start < name.start)
        });
    }
}

/// 28个和15个百分点: the first number takes the unit that the list shares.
fn share_list_units(tokens: &mut [Token]) {
    for i in (0..tokens.len()).rev() {
        let [first, joint, second, ..] = &tokens[i..] else { continue };
        let (Kind::Quantity(first), Kind::Quantity(second)) = (&first.kind, &second.kind) else { continue };
        let joins = match &joint.kind {
            Kind::Punct('、') => true,
            Kind::Word(word) => word.cues.has(Cue::Conjunction),
            _ => false,
        };
        let is_elided_points = first.unit_text == "个" && second.unit_text.ends_with("百分点");
        let is_bare_list = first.unit.is_none()
            && first.numeral.multiplier.is_empty()
            && second.unit.is_some()
            && first.numeral.script == Script::Arabic;
        if joins && first.range.is_none() && (is_elided_points || is_bare_list) {
            let (unit, unit_text) = (second.unit, second.unit_text.clone());
            let (multiplier, scale) = (second.numeral.multiplier, second.numeral.scale);
            if let Kind::Quantity(first) = &mut tokens[i].kind {
                first.unit = unit;
                first.unit_text = unit_text;
                first.unit_is_shared = true;
                if is_bare_list {
                    first.numeral.multiplier = multiplier;
                    first.numeral.scale = scale;
                }
            }
        }
    }
}
