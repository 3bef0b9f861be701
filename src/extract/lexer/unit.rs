//! The unit behind a numeral, and the words 半, 多 and 番 that change what the numeral is worth.

use super::{Lexer, Quantity, bare};
use crate::extract::number::Numeral;
use crate::vocab::Cue;

/// The unit of a doubling (翻三番), the unit of a multiple, and how often at most something doubles.
pub(super) const DOUBLING: &str = "番";
const TIMES: &str = "倍";
const MAX_DOUBLINGS: f64 = 10.0;

/// A unit as read behind a numeral.
#[derive(Clone)]
pub(super) struct UnitRead {
    /// Index into the unit table.
    pub unit: Option<usize>,
    pub end: usize,
    /// As written, with the numeral's multiplier in front: 万平方米.
    pub text: String,
    /// 半 behind or inside it: 一年半, 两个半小时.
    pub is_half: bool,
    /// 多 behind or inside it: 3年多, 5个多月.
    pub is_more: bool,
}

impl Lexer<'_, '_> {
    /// Whether a unit, a name's suffix or a word that is no unit begins here and has more than one character: 千瓦,
    /// 千伏变电站, 成立, not 万.
    pub(super) fn begins_unit(&self, at: usize) -> bool {
        let unit = self.vocabulary.unit_at(self.text, at).map(|(end, _)| end);
        let guard = self.unit_guard_end(at);
        unit.max(self.vocabulary.name_suffix_at(self.text, at)).max(guard).is_some_and(|end| end > at + '万'.len_utf8())
    }

    /// Where a word ends that begins like a unit and is none.
    pub(super) fn unit_guard_end(&self, at: usize) -> Option<usize> {
        let (end, _) = self.vocabulary.word_at(self.text, at).filter(|(_, word)| word.cues.has(Cue::UnitGuard))?;
        Some(end)
    }

    /// The unit behind a numeral.
    pub(super) fn unit_behind(&self, numeral: &Numeral) -> UnitRead {
        let none = UnitRead { unit: None, end: numeral.end, text: String::new(), is_half: false, is_more: false };
        if numeral.is_percentage {
            let unit = self.vocabulary.unit_at("%", 0).map(|(_, unit)| unit);
            return UnitRead { unit, text: "%".to_string(), ..none };
        }
        if let Some(end) = self.skip(numeral.end, &[DOUBLING]) {
            return UnitRead { end, text: DOUBLING.to_string(), ..none };
        }
        if let Some(read) = self.split_unit(numeral) {
            return read;
        }
        let guard_end = self.unit_guard_end(numeral.end).unwrap_or(0);
        let Some((mut end, unit)) = self.vocabulary.unit_at(self.text, numeral.end).filter(|(end, _)| *end > guard_end)
        else {
            return UnitRead { text: numeral.multiplier.to_string(), ..none };
        };
        let mut text = [numeral.multiplier, &self.text[numeral.end..end]].concat();
        for joint in ["/", "·"] {
            if let Some(second_at) = self.skip(end, &[joint])
                && let Some((second_end, _)) = self.vocabulary.unit_at(self.text, second_at)
            {
                text.push_str(&self.text[end..second_end]);
                end = second_end;
            }
        }
        let dimension = self.vocabulary.units[unit].dimension.as_str();
        let behind = &self.text[end..];
        // 一年半, 一倍半; but 一年半数
        let is_half = (dimension == "time" || text == TIMES)
            && behind.starts_with('半')
            && !behind.starts_with("半数")
            && numeral.decimals == 0;
        if is_half {
            return UnitRead { unit: Some(unit), end: end + '半'.len_utf8(), text, is_half, is_more: false };
        }
        // 增长一倍多, 3年多, 5公里多; but 3亿元多渠道筹集
        let is_always = matches!(text.as_str(), TIMES | "年" | "个月");
        let is_measure = !matches!(dimension, "count" | "percent" | "rank" | "index");
        let ends_there =
            |rest: &str| rest.chars().next().is_none_or(|c| matches!(c, '，' | '。' | '、' | '；' | '的' | '）'));
        let is_more = behind.strip_prefix('多').is_some_and(|rest| is_always || is_measure && ends_there(rest));
        end += if is_more { '多'.len_utf8() } else { 0 };
        UnitRead { unit: Some(unit), end, text, is_half: false, is_more }
    }

    /// 个半月, 个多小时, 个多百分点: 半 and 多 stand inside the unit.
    pub(super) fn split_unit(&self, numeral: &Numeral) -> Option<UnitRead> {
        let split_at = self.skip(numeral.end, &["个半", "个多"])?;
        let is_half = self.text[..split_at].ends_with('半');
        let first = self.text[split_at..].chars().next()?;
        let end = match first {
            '月' => split_at + first.len_utf8(),
            _ => self.vocabulary.unit_at(self.text, split_at)?.0,
        };
        // 4个半天 are four half days: only what is counted by 个 can be split.
        let whole = format!("个{}", &self.text[split_at..end]);
        let (_, unit) = self.vocabulary.unit_at(&whole, 0).filter(|(whole_end, _)| *whole_end == whole.len())?;
        let found = &self.vocabulary.units[unit];
        matches!(found.dimension.as_str(), "time" | "percent").then(|| UnitRead {
            unit: Some(unit),
            end,
            text: format!("{}{}", numeral.multiplier, found.text),
            is_half,
            is_more: !is_half,
        })
    }

    /// A numeral with the unit read behind it; 半 and 多 behind the unit belong to the numeral, 番 is a doubling.
    pub(super) fn quantity_of(&self, numeral: &mut Numeral, read: UnitRead) -> Quantity {
        numeral.is_more |= read.is_more;
        if read.is_half {
            numeral.value += 0.5;
            numeral.decimals = 1;
        }
        let is_doubling = read.text == DOUBLING && (1.0..=MAX_DOUBLINGS).contains(&numeral.value);
        let mut quantity = Quantity { unit: read.unit, unit_text: read.text, ..bare(numeral.clone()) };
        if is_doubling && numeral.decimals == 0 {
            quantity.numeral.value = 2f64.powf(numeral.value);
            quantity.unit_text = TIMES.to_string();
            quantity.unit = self.vocabulary.unit_at(TIMES, 0).map(|(_, unit)| unit);
        }
        quantity
    }

    /// The same with a unit that is read on.
    pub(super) fn quantity(&self, numeral: &mut Numeral, read: &UnitRead) -> Quantity {
        self.quantity_of(numeral, read.clone())
    }
}
