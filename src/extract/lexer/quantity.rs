//! Numerals with their units, ranges, ratios, fractions and ordinals -> tokens.

use super::unit::{DOUBLING, UnitRead};
use super::{Kind, Lexer, Quantity, RangeEnd, Token, bare};
use crate::extract::number::{self, Numeral, Script};
use crate::vocab::Cue;

/// From here on a Chinese numeral with a unit is a count; below it it may be a slogan (三个代表).
pub(super) const SPELT_OUT_COUNT: f64 = 20.0;
/// 翻了将近一番: so many characters lie between the verb and its number at most.
const DOUBLING_REACH: usize = 5;
/// Rounded parts of a whole may miss 100 by this much.
const RATIO_TOLERANCE: f64 = 0.6;

impl Lexer<'_, '_> {
    /// A date, a quantity or a number in a name; `None` if no number begins here or a longer word does.
    pub(super) fn take_number(&mut self, at: usize, c: char, word_end: usize) -> Option<usize> {
        if let Some((time, end)) = self.time_at(at)
            && end >= word_end
        {
            self.push(at..end, Kind::Time(Box::new(time)));
            return Some(end);
        }
        if c == '零'
            && let Some((end, word)) = self.vocabulary.word_at(self.text, at + c.len_utf8())
            && word.cues.has(Cue::ZeroCount)
            && end >= word_end
        {
            self.push(at..end, Kind::Quantity(Box::new(bare(Numeral::new(end, 0.0, Script::Chinese)))));
            return Some(end);
        }
        if c == '零'
            && let Some(end) = self.take_zero(at)
        {
            return Some(end);
        }
        if is_sign_or_letter(c) && self.previous_char(at).is_ascii_alphanumeric() {
            return None;
        }
        if c == '半' {
            return self.take_half(at, word_end);
        }
        if c == '○' || c == '〇' {
            return None;
        }
        let is_unit = |i: usize| self.begins_unit(i);
        let mut numeral = number::scan(self.text, at, &is_unit)?;
        let is_name = word_end == numeral.end
            && self.vocabulary.word_at(self.text, at).is_some_and(|(_, word)| word.cues.has(Cue::Name));
        if word_end > numeral.end || is_name {
            return None;
        }
        self.take_second_point(&mut numeral);
        let has_unit = numeral.is_damaged && self.vocabulary.unit_at(self.text, numeral.end).is_some();
        if !c.is_ascii_digit() && c != '-' && is_sign_or_letter(c) && !self.is_signed(c, &numeral) {
            return None;
        }
        let is_plain = numeral.script == Script::Arabic && !has_unit;
        if is_plain && self.is_in_name(at, &numeral) || numeral.is_damaged && !has_unit {
            let end = self.name_end(numeral.end);
            self.push(at..end, Kind::NameNumber);
            return Some(end);
        }
        if let Some(end) = self.take_ratio(at, &numeral) {
            return Some(end);
        }
        if let Some(end) = self.take_slash_fraction(at, &numeral) {
            return Some(end);
        }
        let read = self.unit_behind(&numeral);
        if let Some(end) = self.take_range(at, &numeral, &read) {
            return Some(end);
        }
        let is_doubling = read.text == DOUBLING && self.follows_doubling_verb(at);
        if numeral.script == Script::Chinese && !is_doubling && !self.counts_in_chinese(at, at, &numeral, &read) {
            if self.is_seen_in_chinese(at, &numeral, &read) {
                let quantity = self.quantity(&mut numeral, &read);
                let is_stretch = read.text == "年" && quantity.numeral.value >= SPELT_OUT_COUNT;
                self.out.uncounted.push(Token { range: at..read.end, kind: Kind::Quantity(Box::new(quantity)) });
                if is_stretch {
                    // 二十多年的建设: a time that names no year.
                    self.push(at..read.end, Kind::Time(Box::default()));
                    return Some(read.end);
                }
            }
            return None;
        }
        if let Some((value, split)) = numeral.low.take() {
            // 七八万人 is 七 to 八万人.
            let low = Numeral { value, end: split, ..numeral.clone() };
            let ends = (
                Quantity { unit_is_shared: true, ..self.quantity(&mut low.clone(), &read) },
                self.quantity(&mut numeral, &read),
            );
            self.push(at..split, Kind::Quantity(Box::new(Quantity { range: Some(RangeEnd::Low), ..ends.0 })));
            self.push(split..read.end, Kind::Quantity(Box::new(Quantity { range: Some(RangeEnd::High), ..ends.1 })));
            return Some(read.end);
        }
        let end = read.end;
        let quantity = self.quantity_of(&mut numeral, read);
        self.push(at..end, Kind::Quantity(Box::new(quantity)));
        Some(end)
    }

    /// 8.38.8%: two numbers were glued; the first is what is left of them.
    fn take_second_point(&self, numeral: &mut Numeral) {
        let digits = |at: usize| self.text[at..].bytes().take_while(u8::is_ascii_digit).count();
        while numeral.script == Script::Arabic
            && numeral.decimals > 0
            && numeral.multiplier.is_empty()
            && self.text[numeral.end..].starts_with('.')
            && digits(numeral.end + 1) > 0
        {
            numeral.end += 1 + digits(numeral.end + 1);
            numeral.is_damaged = true;
        }
    }

    /// 翻三番, 翻了2番.
    pub(super) fn take_doublings(&mut self, at: usize) -> Option<usize> {
        let number_at = self.skip(at, &["翻了", "翻"])?;
        let mut numeral = number::scan(self.text, number_at, &|_| false)?;
        let read = self.unit_behind(&numeral);
        if read.text != DOUBLING {
            return None;
        }
        let quantity = self.quantity(&mut numeral, &read);
        self.push(at..read.end, Kind::Quantity(Box::new(quantity)));
        Some(read.end)
    }

    /// 翻了近一番: 翻 stands a few characters before; 一番 alone is no doubling.
    fn follows_doubling_verb(&self, at: usize) -> bool {
        self.text[self.from..at].chars().rev().take(DOUBLING_REACH).any(|c| c == '翻')
    }

    /// 事故数为零, 降到零: zero at the end of its clause; 零下12℃: a negative number.
    fn take_zero(&mut self, at: usize) -> Option<usize> {
        let end = at + '零'.len_utf8();
        if self.text[end..].starts_with('下') {
            let number_at = end + '下'.len_utf8();
            let mut numeral = number::scan(self.text, number_at, &|i| self.begins_unit(i))?;
            let read = self.unit_behind(&numeral);
            if self.vocabulary.dimension(read.unit) != Some("temperature") {
                return None;
            }
            numeral.is_negative = true;
            let quantity = self.quantity(&mut numeral, &read);
            self.push(at..read.end, Kind::Quantity(Box::new(quantity)));
            return Some(read.end);
        }
        let ends_clause = self.text[end..].chars().next().is_none_or(|c| matches!(c, '，' | '。' | '；' | '、' | '\n'));
        if ends_clause && matches!(self.previous_char(at), '为' | '到' | '至' | '于' | '是' | '达') {
            self.push(at..end, Kind::Quantity(Box::new(bare(Numeral::new(end, 0.0, Script::Chinese)))));
            return Some(end);
        }
        None
    }

    /// 半年, 半个月: half a unit of time. It counts behind a verb of change or a bound; 上半年 and 每半年 are none.
    fn take_half(&mut self, at: usize, word_end: usize) -> Option<usize> {
        let end = at + '半'.len_utf8();
        if self.text[at..].starts_with("半数") && word_end <= at {
            let numeral = number::scan(self.text, at, &|_| false)?;
            let read = self.unit_behind(&numeral);
            self.push(
                at..read.end,
                Kind::Quantity(Box::new(Quantity { unit: read.unit, unit_text: read.text, ..bare(numeral) })),
            );
            return Some(end + '数'.len_utf8());
        }
        let mut numeral = Numeral { decimals: 1, ..Numeral::new(end, 0.5, Script::Chinese) };
        let read = self.unit_behind(&numeral);
        let is_time = self.vocabulary.dimension(read.unit) == Some("time");
        let before = self.previous_char(at);
        let is_half_of = matches!(before, '上' | '下' | '前' | '后' | '大' | '小' | '每' | '多' | '个' | '年' | '“');
        if !is_time || is_half_of || word_end > read.end {
            return None;
        }
        let quantity = self.quantity(&mut numeral, &read);
        let token = Token { range: at..read.end, kind: Kind::Quantity(Box::new(quantity)) };
        let changes = [Cue::Up, Cue::Down, Cue::CutVerb, Cue::To, Cue::NearBefore, Cue::BelowBefore, Cue::OverBefore];
        if !self.previous_cues().has_any(&changes) {
            self.out.uncounted.push(token);
            return None;
        }
        self.out.tokens.push(token);
        Some(read.end)
    }

    /// Whether a sign or a letter before the digits may be read: +3.2%, 负0.5%, l3.6% measure something.
    fn is_signed(&self, sign: char, numeral: &Numeral) -> bool {
        let unit = self.vocabulary.unit_at(self.text, numeral.end).map(|(_, unit)| &self.vocabulary.units[unit]);
        match sign {
            '+' | '±' | '负' => unit.is_some_and(|unit| matches!(unit.dimension.as_str(), "percent" | "temperature")),
            _ => unit.is_some(),
        }
    }

    /// 18.3:42.3:39.4 and 45:55 give their parts; a ratio of two that is no whole (1:10000) is a scale and gives nothing.
    fn take_ratio(&mut self, at: usize, first: &Numeral) -> Option<usize> {
        if !self.text[first.end..].starts_with(':') {
            return None;
        }
        let mut parts: Vec<std::ops::Range<usize>> = std::iter::once(at..first.end).collect();
        let mut end = first.end;
        while self.text[end..].starts_with(':') && self.text[end + 1..].starts_with(|c: char| c.is_ascii_digit()) {
            let part = number::scan(self.text, end + 1, &|_| true)?;
            parts.push(end + 1..part.end);
            end = part.end;
        }
        let sum: f64 = parts.iter().filter_map(|part| self.text[part.clone()].parse::<f64>().ok()).sum();
        let is_whole = (sum - 100.0).abs() <= RATIO_TOLERANCE;
        match parts.len() {
            1 => return None,
            2 if !is_whole => self.push(at..end, Kind::NameNumber),
            _ => {
                for (index, part) in parts.into_iter().enumerate() {
                    if index > 0 {
                        self.push(part.start - 1..part.start, Kind::Punct('、'));
                    }
                    if let Some(numeral) = number::scan(self.text, part.start, &|_| true) {
                        self.push(part, Kind::Quantity(Box::new(Quantity { is_ratio_part: true, ..bare(numeral) })));
                    }
                }
            }
        }
        Some(end)
    }

    /// 2/3: a fraction as a percentage.
    fn take_slash_fraction(&mut self, at: usize, top: &Numeral) -> Option<usize> {
        let rest = self.text[top.end..].strip_prefix('/')?;
        let bottom = rest.chars().next()?.to_digit(10).filter(|&bottom| f64::from(bottom) > top.value)?;
        let end = top.end + 2;
        let goes_on =
            self.text[end..].starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '月' | '日'));
        if goes_on || top.end != at + 1 || top.value < 1.0 {
            return None;
        }
        let value = (top.value / f64::from(bottom) * 1e4).round() / 100.0;
        let numeral = Numeral { value, decimals: 2, is_percentage: true, end, ..top.clone() };
        let read = self.unit_behind(&numeral);
        self.push(
            at..end,
            Kind::Quantity(Box::new(Quantity { unit: read.unit, unit_text: read.text, ..bare(numeral) })),
        );
        Some(end)
    }

    /// 5%—5.5%, 1-2个, 3至5年, 三到五个, 百分之五至六: two quantities, the first with the unit of the second.
    fn take_range(&mut self, at: usize, low: &Numeral, low_read: &UnitRead) -> Option<usize> {
        let dash_end = self.skip(low_read.end, &["——", "—", "――", "―", "--", "-", "~", "至", "到"])?;
        let joint = &self.text[low_read.end..dash_end];
        // 从5%到8% is a change.
        if matches!(joint, "至" | "到") && self.previous_cues().has(Cue::From) {
            return None;
        }
        let is_unit = |i: usize| self.begins_unit(i);
        let mut low = Numeral { low: None, ..low.clone() };
        let first = self.text[dash_end..].chars().next()?;
        if !first.is_ascii_digit() && (low.script == Script::Arabic || first == '半') {
            return None;
        }
        let mut high = number::scan(self.text, dash_end, &is_unit)?;
        if high.script == Script::Arabic && self.is_in_name(dash_end, &high) {
            if low.script == Script::Chinese {
                return None;
            }
            let end = self.name_end(high.end);
            self.push(at..end, Kind::NameNumber);
            return Some(end);
        }
        let mut high_read = self.unit_behind(&high);
        if low.is_percentage && !high.is_percentage && high_read.unit.is_none() {
            // 百分之五至六
            high.is_percentage = true;
            high_read = self.unit_behind(&high);
        } else if high.is_percentage && !low.is_percentage && low_read.unit.is_none() && low.value < 10.0 {
            // 六到七成
            low.value *= 10.0;
            low.is_percentage = true;
        } else if low.script == Script::Chinese
            && !low.is_percentage
            && (self.is_lane(at, &high_read) || !self.counts_in_chinese(at, dash_end, &high, &high_read))
        {
            return None;
        }
        if high_read.unit.is_none()
            || high.value * high.scale < low.value * low.scale
            || (low_read.unit.is_some() && low_read.unit != high_read.unit)
        {
            return None;
        }
        let is_shared = low_read.unit.is_none();
        if is_shared && low.multiplier.is_empty() && low.value < high.value {
            low.multiplier = high.multiplier;
            low.scale = high.scale;
        }
        let low_end = low_read.end;
        let mut low_quantity = self.quantity(&mut low, low_read);
        if is_shared {
            low_quantity.unit = high_read.unit;
            low_quantity.unit_text = match low_quantity.numeral.multiplier == high.multiplier {
                true => high_read.text.clone(),
                false => high_read.text[high.multiplier.len()..].to_string(),
            };
        }
        let high_quantity = self.quantity(&mut high, &high_read);
        self.push(
            at..low_end,
            Kind::Quantity(Box::new(Quantity {
                range: Some(RangeEnd::Low),
                unit_is_shared: is_shared,
                ..low_quantity
            })),
        );
        self.push(low_end..dash_end, Kind::Punct('、'));
        self.push(
            dash_end..high_read.end,
            Kind::Quantity(Box::new(Quantity { range: Some(RangeEnd::High), ..high_quantity })),
        );
        Some(high_read.end)
    }

    /// 第三, 第3位, 前三名.
    pub(super) fn take_ordinal(&mut self, at: usize, c: char, word_end: usize) -> Option<usize> {
        let number_at = at + c.len_utf8();
        let digits = self.text[number_at..].bytes().take_while(u8::is_ascii_digit).count();
        let (value, mut end) = if digits > 0 {
            (self.text[number_at..number_at + digits].parse().ok()?, number_at + digits)
        } else {
            number::chinese_value(self.text, number_at)?
        };
        if word_end > end || !(1.0..=400.0).contains(&value) {
            return None;
        }
        let behind_place = self.skip(end, &["位", "名"]);
        let counts_more = behind_place.is_none() && self.vocabulary.unit_at(self.text, end).is_some();
        if counts_more || self.vocabulary.name_suffix_at(self.text, end).is_some() {
            // 第七次, 第一产业; 前三季度, 前5个月 go on as text.
            let end = if c == '第' { end } else { number_at };
            self.push(at..end, if c == '第' { Kind::NameNumber } else { Kind::Text });
            return Some(end);
        }
        end = behind_place.unwrap_or(end);
        self.push(at..end, if c == '第' { Kind::Ordinal(value) } else { Kind::Top(value) });
        Some(end)
    }
}

fn is_sign_or_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '-' | '+' | '±' | '负')
}
