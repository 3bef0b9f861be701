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
    Quantity(Quantity),
    Time(Time),
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
    let mut lexer =
        Lexer { text: &text[..sentence.end], vocabulary, report_year, out: Lexed::default(), from: sentence.start };
    lexer.run();
    let mut lexed = lexer.out;
    mark_quoted_names(text, &mut lexed);
    share_list_units(&mut lexed.tokens);
    lexed
}

struct Lexer<'t, 'v> {
    text: &'t str,
    vocabulary: &'v Vocabulary,
    report_year: Option<i32>,
    out: Lexed<'v>,
    from: usize,
}

impl<'v> Lexer<'_, 'v> {
    fn run(&mut self) {
        let mut at = self.from;
        while let Some(c) = self.text[at..].chars().next() {
            at = self.take_at(at, c);
        }
    }

    /// Takes the token at `at`; gives where it ends.
    fn take_at(&mut self, at: usize, c: char) -> usize {
        let word = self.vocabulary.word_at(self.text, at).map(|found| self.without_overlap(at, found));
        let word_end = word.map_or(at, |(end, _)| end);
        if c == '翻'
            && let Some(end) = self.take_doublings(at)
        {
            return end;
        }
        if may_begin_number(c)
            && let Some(end) = self.take_number(at, c, word_end)
        {
            return end;
        }
        if matches!(c, '上' | '下' | '前' | '第')
            && let Some((time, end)) =
                self.part_of_year(at).or_else(|| self.first_years(at)).filter(|&(_, end)| end >= word_end)
        {
            self.push(at..end, Kind::Time(time));
            return end;
        }
        if (c == '第' || c == '前')
            && let Some(end) = self.take_ordinal(at, c, word_end)
        {
            return end;
        }
        if let Some((end, word)) = word {
            let zero = word.cues.has_any(&[Cue::Zero, Cue::Double, Cue::Quadruple]);
            self.push(at..end, if zero { Kind::Quantity(word_quantity(word, end)) } else { Kind::Word(word) });
            return end;
        }
        let end = at + c.len_utf8();
        if is_punctuation(c) {
            self.push(at..end, Kind::Punct(c));
        } else if let Some(Token { range, kind: Kind::Text }) = self.out.tokens.last_mut()
            && range.end == at
        {
            range.end = end;
        } else {
            self.push(at..end, Kind::Text);
        }
        end
    }

    /// 占地 is 占 where a longer term begins inside it: 占地区生产总值.
    fn without_overlap(&self, at: usize, (end, word): (usize, &'v Word)) -> (usize, &'v Word) {
        let inside = self.text[at..end].char_indices().skip(1).map(|(offset, _)| at + offset);
        for from in inside.filter(|_| word.indicators.is_empty() && word.text.chars().count() == 2) {
            let hides = self
                .vocabulary
                .word_at(self.text, from)
                .is_some_and(|(behind, term)| behind > end && behind - from > end - at && !term.indicators.is_empty());
            if hides
                && let Some((shorter, part)) = self.vocabulary.word_at(&self.text[..from], at)
                && shorter == from
            {
                return (shorter, part);
            }
        }
        (end, word)
    }

    fn push(&mut self, range: Range<usize>, kind: Kind<'v>) {
        self.out.tokens.push(Token { range, kind });
    }

    fn previous_char(&self, at: usize) -> char {
        self.text[self.from..at].chars().next_back().unwrap_or(' ')
    }

    fn previous_cues(&self) -> CueSet {
        self.out.tokens.last().map(Token::word_cues).unwrap_or_default()
    }

    fn skip(&self, at: usize, words: &[&str]) -> Option<usize> {
        words.iter().find(|word| self.text[at..].starts_with(**word)).map(|word| at + word.len())
    }
}

fn may_begin_number(c: char) -> bool {
    c.is_ascii_digit() || "零〇○一二两三四五六七八九十百千万亿廿卅半上数几壹贰叁肆伍陆柒捌玖拾-+±负OolI".contains(c)
}

fn is_punctuation(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '；'
            | '：'
            | '、'
            | '！'
            | '？'
            | '（'
            | '）'
            | '《'
            | '》'
            | '“'
            | '”'
            | '…'
            | '—'
            | '|'
            | '\n'
            | '\t'
    )
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
fn mark_quoted_names(text: &str, lexed: &mut Lexed) {
    let is_short = |name: &str| name.chars().count() <= DATED_NAME_CHARS;
    for (open, close, limit) in [('“', '”', QUOTED_NAME_CHARS), ('《', '》', usize::MAX)] {
        let mut opened: Option<usize> = None;
        let mut names: Vec<Range<usize>> = Vec::new();
        for i in 0..lexed.tokens.len() {
            match lexed.tokens[i].kind {
                Kind::Punct(c) if c == open => opened = Some(i),
                Kind::Punct(c) if c == close => {
                    // “2010年全省先进县”, 《若干措施（2024—2028年）》: the years of a name are no times.
                    if let Some(from) = opened
                        .filter(|&from| is_short(&text[lexed.tokens[from].range.end..lexed.tokens[i].range.start]))
                    {
                        let all = if open == '《' { i - from - 1 } else { 1 };
                        for token in lexed.tokens[from + 1..i].iter_mut().take(all) {
                            if matches!(token.kind, Kind::Time(_)) {
                                token.kind = Kind::Text;
                            }
                        }
                    }
                    if let Some(from) = opened.take()
                        && text[lexed.tokens[from].range.end..lexed.tokens[i].range.start].chars().count() <= limit
                    {
                        names.push(lexed.tokens[from].range.end..lexed.tokens[i].range.start);
                        for token in &mut lexed.tokens[from + 1..i] {
                            if matches!(token.kind, Kind::Quantity(_) | Kind::Ordinal(_) | Kind::Top(_)) {
                                token.kind = Kind::NameNumber;
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        // Both lists are in text order.
        let mut names = names.into_iter().peekable();
        lexed.uncounted.retain(|token| {
            while names.next_if(|name| name.end <= token.range.start).is_some() {}
            names.peek().is_none_or(|name| token.range.start < name.start)
        });
    }
}

/// 28个和15个百分点: the first number takes the unit that the list shares.
fn share_list_units(tokens: &mut [Token]) {
    for i in (0..tokens.len()).rev() {
        let j = i + 2;
        if j >= tokens.len() {
            continue;
        }
        let joins = match &tokens[i + 1].kind {
            Kind::Punct('、') => true,
            Kind::Word(word) => word.cues.has(Cue::Conjunction),
            _ => false,
        };
        let (Kind::Quantity(first), Kind::Quantity(second)) = (&tokens[i].kind, &tokens[j].kind) else { continue };
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
