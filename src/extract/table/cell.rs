//! One cell of a table: the number in it with its sign, bounds and unit; and what a text says of units.

use crate::extract::measure::Direction;
use crate::extract::number::{self, Numeral};
use crate::extract::shape::{bound_before, is_particle};
use crate::vocab::{Cue, TableKind, Vocabulary};
use std::ops::Range;

/// A unit as a header, a name or a cell writes it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct UnitText {
    pub text: String,
    /// What its 万 or 亿 is worth.
    pub scale: f64,
    /// Index into the unit table; `None` for a unit that it does not know.
    pub unit: Option<usize>,
}

/// A number in a cell.
#[derive(Debug, Clone)]
pub(super) struct CellNumber {
    /// The number with its unit and the bounds that touch it; plain bytes.
    pub range: Range<usize>,
    pub numeral: Numeral,
    /// The unit in the cell itself.
    pub unit: Option<UnitText>,
    pub comparator: &'static str,
    pub modifiers: Vec<String>,
    /// 增长, 下降 before the number.
    pub direction: Option<Direction>,
    /// 以上 behind the number: of a target at least so much, of a fact more.
    pub is_above: bool,
    pub is_estimate: bool,
}

/// Multipliers in front of a unit, longest first.
const MULTIPLIERS: [(&str, f64); 6] =
    [("万亿", 1e12), ("千万", 1e7), ("百万", 1e6), ("亿", 1e8), ("万", 1e4), ("千", 1e3)];
/// Signs of a bound, longest first.
const SIGNS: [(&str, &str); 12] = [
    (">=", ">="),
    ("<=", "<="),
    ("≥", ">="),
    ("≧", ">="),
    ("⩾", ">="),
    ("≤", "<="),
    ("≦", "<="),
    ("⩽", "<="),
    (">", ">"),
    ("<", "<"),
    ("≈", "~"),
    ("~", "~"),
];
/// What joins the ends of a range, longest first.
const JOINTS: [&str; 8] = ["——", "—", "--", "-", "―", "~", "至", "到"];
/// A unit is written in at most so many characters.
const UNIT_CHARS: usize = 12;

/// The unit that a text is, if it is one and nothing else: 亿元, 万人, 微克/立方米.
pub(super) fn unit_of(text: &str, vocabulary: &Vocabulary) -> Option<UnitText> {
    let text = text.trim_matches(['±', '+', '-', ' ', '：']);
    if text.is_empty() || text.chars().count() > UNIT_CHARS {
        return None;
    }
    let found = |scale: f64, rest: &str| {
        let (end, unit) = vocabulary.unit_at(rest, 0)?;
        let is_whole = end == rest.len()
            || rest[end..].strip_prefix('/').is_some_and(|per| {
                per.strip_prefix("万").unwrap_or(per).is_empty()
                    || vocabulary
                        .unit_at(per.trim_start_matches(['万', '千', '百']), 0)
                        .is_some_and(|(end, _)| end == per.trim_start_matches(['万', '千', '百']).len())
            });
        is_whole.then(|| UnitText { text: text.to_string(), scale, unit: Some(unit) })
    };
    let multiplied = || {
        MULTIPLIERS.iter().find_map(|(word, scale)| found(*scale, text.strip_prefix(word).filter(|r| !r.is_empty())?))
    };
    found(1.0, text).or_else(multiplied)
}

/// The same for a cell of a column of units, which may hold one that the unit table does not know.
pub(super) fn unit_in_column(text: &str, vocabulary: &Vocabulary) -> Option<UnitText> {
    unit_of(text, vocabulary).or_else(|| {
        let is_unit = !text.is_empty()
            && text.chars().count() <= UNIT_CHARS
            && text.chars().any(char::is_alphanumeric)
            && !text.contains(|c: char| c.is_ascii_digit() || matches!(c, '，' | '。' | '、'));
        let scale = ["万", "亿"].iter().zip([1e4, 1e8]).find(|(word, _)| text.starts_with(**word));
        is_unit.then(|| UnitText { text: text.to_string(), scale: scale.map_or(1.0, |(_, scale)| scale), unit: None })
    })
}

/// The units in the brackets of a header or a name (绝对额（亿元）, 增长±%), and where such a bracket stands.
pub(super) fn bracketed_unit(text: &str, vocabulary: &Vocabulary) -> Option<(UnitText, Range<usize>)> {
    let mut end = text.len();
    while let Some(open) = text[..end].rfind('（') {
        let from = open + '（'.len_utf8();
        let inside = &text[from..];
        let length = inside.find('）').unwrap_or(inside.len());
        if let Some(unit) = unit_of(&inside[..length], vocabulary) {
            let close = from + length;
            return Some((unit, open..(close + '）'.len_utf8()).min(text.len())));
        }
        end = open;
    }
    let percent = text.rfind('%')?;
    let is_last = text[percent + 1..].trim_end_matches(['）', ' ']).is_empty() && !text.contains('（');
    let unit = unit_of("%", vocabulary).filter(|_| is_last)?;
    Some((unit, percent..text.len()))
}

/// The units behind 单位： in a caption: 单位：亿元、%.
pub(super) fn caption_units(text: &str, vocabulary: &Vocabulary) -> Vec<UnitText> {
    let Some(at) = text.find("单位：") else { return Vec::new() };
    let behind = &text[at + "单位：".len()..];
    let behind = behind.split(['\t', '）']).find(|part| !part.is_empty()).unwrap_or_default();
    behind.split(['、', '，', '；', ' ']).filter_map(|unit| unit_of(unit, vocabulary)).collect()
}

/// A year in four digits and nothing else.
pub(super) fn bare_year(text: &str) -> Option<i32> {
    number::year_digits(text, 0).filter(|&(_, end)| end == text.len() && text.is_ascii()).map(|(year, _)| year)
}

/// The number that a cell holds, or the two ends of a range; nothing where it holds anything else besides.
pub(super) fn numbers(text: &str, cell: &Range<usize>, vocabulary: &Vocabulary) -> Vec<CellNumber> {
    if is_date(&text[cell.clone()]) {
        return Vec::new();
    }
    Scan { text: &text[..cell.end], at: cell.start, vocabulary }.numbers().unwrap_or_default()
}

/// 2021年, 2021年1-11月, 9月, 2022-01-05, 一季度
fn is_date(text: &str) -> bool {
    let behind_year = number::year_digits(text, 0).map(|(_, end)| &text[end..]);
    behind_year.is_some_and(|behind| behind.starts_with(['年', '-', '/']))
        || ["月", "日", "季度", "半年"].iter().any(|end| text.contains(end))
}

struct Scan<'t, 'v> {
    text: &'t str,
    at: usize,
    vocabulary: &'v Vocabulary,
}

impl Scan<'_, '_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn numbers(mut self) -> Option<Vec<CellNumber>> {
        let mut comparator = "=";
        let mut modifiers = Vec::new();
        let mut direction = None;
        let mut start = None;
        loop {
            let before = self.at;
            if let Some((sign, meaning)) = SIGNS.iter().find(|(sign, _)| self.rest().starts_with(sign)) {
                comparator = meaning;
                modifiers.push((*sign).to_string());
                start = start.or(Some(before));
                self.at += sign.len();
                continue;
            }
            if self.begins_number() {
                break;
            }
            let Some((end, word)) = self.vocabulary.word_at(self.text, self.at) else {
                let first = self.rest().chars().next()?;
                let is_filler = is_particle(&self.text[self.at..self.at + first.len_utf8()])
                    || matches!(first, '到' | '达' | '至' | '约' | ' ');
                if !is_filler {
                    return None;
                }
                self.at += first.len_utf8();
                start = None;
                continue;
            };
            let cues = word.cues;
            if !word.indicators.is_empty() {
                return None;
            }
            let bound = bound_before(cues);
            match bound {
                Some(found) => {
                    comparator = found;
                    modifiers.push(self.text[self.at..end].to_string());
                    let touches = !cues.has(Cue::ControlBefore);
                    start = if touches { start.or(Some(before)) } else { None };
                }
                None if cues.has_any(&[Cue::Up, Cue::RateUp]) => (direction, start) = (Some(Direction::Up), None),
                None if cues.has_any(&[Cue::Down, Cue::RateDown]) => (direction, start) = (Some(Direction::Down), None),
                None if cues.has_any(&[Cue::To, Cue::Completion, Cue::Realised, Cue::YearOnYear, Cue::NotNoun]) => {
                    start = None;
                }
                None => return None,
            }
            self.at = end;
        }
        let start = start.unwrap_or(self.at);
        let (numeral, unit) = self.number()?;
        let first = CellNumber {
            range: start..self.at,
            numeral,
            unit,
            comparator,
            modifiers,
            direction,
            is_above: false,
            is_estimate: false,
        };
        if let Some(joint) = JOINTS.iter().find(|joint| self.rest().starts_with(**joint)) {
            self.at += joint.len();
            return self.range(first);
        }
        let mut numbers = vec![first];
        self.end(&mut numbers)?;
        Some(numbers)
    }

    fn begins_number(&self) -> bool {
        let digits = self.rest().strip_prefix(['-', '+', '—', '±']).unwrap_or(self.rest());
        digits.starts_with(|c: char| c.is_ascii_digit())
            || self.rest().starts_with(['一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '负'])
    }

    /// The number at this place and the unit behind it.
    fn number(&mut self) -> Option<(Numeral, Option<UnitText>)> {
        let is_unit =
            |at: usize| self.vocabulary.unit_at(self.text, at).is_some_and(|(end, _)| end > at + '万'.len_utf8());
        // A long dash before a digit is a minus.
        let dash = self.rest().strip_prefix('—').map(|_| self.at + '—'.len_utf8());
        let mut numeral = number::scan(self.text, dash.unwrap_or(self.at), &is_unit)?;
        numeral.is_negative |= dash.is_some();
        self.at = numeral.end;
        if numeral.is_percentage {
            return Some((numeral, unit_of("%", self.vocabulary)));
        }
        let unit = self.vocabulary.unit_at(self.text, self.at).map(|(end, unit)| {
            let end = self.text[end..]
                .strip_prefix('/')
                .map_or(end, |per| self.vocabulary.unit_at(per, 0).map_or(end, |(length, _)| end + 1 + length));
            let text = self.text[self.at..end].to_string();
            self.at = end;
            UnitText { text, scale: 1.0, unit: Some(unit) }
        });
        Some((numeral, unit))
    }

    /// 6%-6.5%, 8.5-9.0: the upper end; the lower one takes its unit and multiplier.
    fn range(mut self, mut low: CellNumber) -> Option<Vec<CellNumber>> {
        let from = self.at;
        if !self.rest().starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let (numeral, unit) = self.number()?;
        if low.numeral.multiplier.is_empty() && low.unit.is_none() {
            (low.numeral.multiplier, low.numeral.scale) = (numeral.multiplier, numeral.scale);
        }
        low.unit = low.unit.or(unit.clone());
        if low.unit != unit || low.numeral.value * low.numeral.scale > numeral.value * numeral.scale {
            return None;
        }
        let high = CellNumber { range: from..self.at, numeral, unit, comparator: "<=", ..low.clone() };
        low.comparator = ">=";
        let mut numbers = vec![low, high];
        self.end(&mut numbers)?;
        Some(numbers)
    }

    /// What may stand behind the number: 左右, 以上, a remark in brackets; nothing else.
    fn end(mut self, numbers: &mut [CellNumber]) -> Option<()> {
        let last = numbers.last_mut()?;
        while let Some(first) = self.rest().chars().next() {
            if let Some((end, word)) = self.vocabulary.word_at(self.text, self.at) {
                let comparator = if word.cues.has(Cue::ApproxAfter) {
                    "~"
                } else if word.cues.has(Cue::AboveAfter) {
                    last.is_above = true;
                    ">"
                } else if word.cues.has(Cue::WithinAfter) {
                    "<="
                } else {
                    return None;
                };
                if comparator == "~" || last.comparator == "=" {
                    last.comparator = comparator;
                }
                last.modifiers.push(self.text[self.at..end].to_string());
                last.range.end = end;
                self.at = end;
                continue;
            }
            match first {
                '↑' => last.direction = Some(Direction::Up),
                '↓' => last.direction = Some(Direction::Down),
                '*' | ' ' => {}
                '（' if self.rest().ends_with('）') && !self.rest().contains(|c: char| c.is_ascii_digit()) => {
                    let kinds = self.vocabulary.tables.kinds_in(self.rest());
                    last.is_estimate = kinds.contains(&TableKind::Estimate);
                    return Some(());
                }
                _ => return None,
            }
            self.at += first.len_utf8();
        }
        Some(())
    }
}
