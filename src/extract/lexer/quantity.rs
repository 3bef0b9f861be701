//! Numerals with their units, ranges, ratios, ordinals — and the numbers that only look like one.

use super::{Kind, Lexer, Quantity, RangeEnd, bare};
use crate::extract::number::{self, Numeral, Script};
use crate::vocab::Cue;

/// A bare four-digit number this near to the report's year is a year whose 年 was lost.
const NEAR_YEARS: i32 = 15;
/// From here on a Chinese numeral with a unit is a count; below it it may be a slogan (三个代表).
const SPELT_OUT_COUNT: f64 = 20.0;
/// No indicator of the genre has more digits before the point; longer runs are telephone numbers.
const MAX_DIGITS: usize = 9;
/// A list of line or house numbers is looked through this far.
const MAX_LISTED_NAMES: usize = 12;

impl Lexer<'_, '_> {
    /// A date, a quantity or a number in a name; `None` if no number begins here or a longer word does.
    pub(super) fn take_number(&mut self, at: usize, c: char, word_end: usize) -> Option<usize> {
        if let Some((time, end)) = self.time_at(at)
            && end >= word_end
        {
            self.push(at..end, Kind::Time(time));
            return Some(end);
        }
        if c == '零'
            && let Some((end, word)) = self.vocabulary.word_at(self.text, at + c.len_utf8())
            && word.cues.has(Cue::ZeroCount)
        {
            self.push(at..end, Kind::Quantity(bare(Numeral::new(end, 0.0, Script::Chinese))));
            return Some(end);
        }
        if c == '-' && self.previous_char(at).is_ascii_alphanumeric() {
            return None;
        }
        if c == '○' || c == '〇' {
            return None;
        }
        let is_unit = |i: usize| self.begins_unit(i);
        let numeral = number::scan(self.text, at, &is_unit)?;
        let is_name = word_end == numeral.end
            && self.vocabulary.word_at(self.text, at).is_some_and(|(_, word)| word.cues.has(Cue::Name));
        if word_end > numeral.end || is_name {
            return None;
        }
        if numeral.script == Script::Arabic && self.is_in_name(at, &numeral) {
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
        if let Some(end) = self.take_range(at, &numeral) {
            return Some(end);
        }
        let (unit, end, unit_text) = self.unit_behind(&numeral);
        if numeral.script == Script::Chinese && !self.counts_in_chinese(at, &numeral, unit, end) {
            return None;
        }
        let mut numeral = numeral;
        let mut end = end;
        if let Some(more) = self
            .skip(end, &["多"])
            .filter(|_| unit.is_some_and(|u| matches!(self.vocabulary.units[u].text.as_str(), "倍" | "年" | "个月")))
        {
            // 增长一倍多
            numeral.is_more = true;
            end = more;
        }
        self.push(at..end, Kind::Quantity(Quantity { unit, unit_text, ..bare(numeral) }));
        Some(end)
    }

    /// Whether a unit or a name's suffix of more than one character begins here: 千瓦, 千伏变电站, not 万.
    fn begins_unit(&self, at: usize) -> bool {
        let unit = self.vocabulary.unit_at(self.text, at).map(|(end, _)| end);
        unit.max(self.vocabulary.name_suffix_at(self.text, at)).is_some_and(|end| end > at + '万'.len_utf8())
    }

    /// Whether the Arabic number at `at` belongs to a name, an address, a code or a damaged date.
    fn is_in_name(&self, at: usize, numeral: &Numeral) -> bool {
        let before = self.previous_char(at);
        let behind = &self.text[numeral.end..];
        let next = behind.chars().next().unwrap_or(' ');
        let unit = self.vocabulary.unit_at(self.text, numeral.end);
        let digits = self.text[at..numeral.end].bytes().take_while(u8::is_ascii_digit).count();
        let starts_code = matches!(before, '+' | '×' | '№' | '#' | '/' | '_' | '〔' | '[')
            || before.is_ascii_alphabetic()
            || (before == '-' && self.text[..at - 1].ends_with(|c: char| c.is_ascii_alphabetic()));
        let is_bracketed = matches!(before, '（' | '［' | '【' | '〔') && matches!(next, '）' | '］' | '】' | '〕');
        let continues_code = matches!(next, '+' | '×' | '_' | '#' | '〕' | ']' | '°')
            || (next.is_ascii_alphabetic() && unit.is_none())
            || (next == '/' && behind[1..].starts_with(|c: char| c.is_ascii_digit()) && digits > 1);
        let is_per = before == '每' || before == '第';
        let suffix = self
            .vocabulary
            .name_suffix_at(self.text, numeral.end)
            .is_some_and(|end| unit.is_none_or(|(unit_end, _)| end >= unit_end));
        let is_bare = unit.is_none() && numeral.multiplier.is_empty() && !numeral.is_more;
        let is_damaged_date = is_bare && (next == '日' || next == '月' || next == '时' || next == '年');
        let is_lost_year = is_bare
            && digits == 4
            && numeral.decimals == 0
            && self.report_year.is_none_or(|year| (numeral.value as i32 - year).abs() <= NEAR_YEARS)
            && (1949.0..2060.0).contains(&numeral.value);
        let is_code =
            is_bare && numeral.decimals == 0 && (digits > MAX_DIGITS || self.text[at..].starts_with("0") && digits > 1);
        // 5、6号楼: a list that ends in a name.
        let is_listed_name = is_bare && self.list_ends_in_name(numeral.end);
        // 工业4.0: a version, not a measure.
        let is_version = is_bare && numeral.decimals == 1 && self.text[at..numeral.end].ends_with(".0");
        let is_list_mark =
            is_bare && at == self.from && numeral.decimals == 0 && (at == 0 || self.text[..at].ends_with('\n'));
        let is_time_of_day = next == ':'
            && digits <= 2
            && behind[1..].bytes().take_while(u8::is_ascii_digit).count() == 2
            && !behind[1..].contains(':');
        starts_code
            || is_bracketed
            || continues_code
            || is_per
            || suffix
            || is_damaged_date
            || is_lost_year
            || is_code
            || is_listed_name
            || is_version
            || is_list_mark
            || is_time_of_day
            || self.previous_cues().has(Cue::NamePrefix)
    }

    /// Whether bare numbers joined by 、 or 和 go on from `at` to one that makes a name: 5、6和8号线.
    fn list_ends_in_name(&self, mut at: usize) -> bool {
        for _ in 0..MAX_LISTED_NAMES {
            let Some(next) = self.skip(at, &["、", "和", "及"]) else { return false };
            let digits = self.text[next..].bytes().take_while(u8::is_ascii_digit).count();
            at = next + digits;
            if digits == 0 {
                return false;
            }
            if self.vocabulary.name_suffix_at(self.text, at).is_some() {
                return true;
            }
        }
        false
    }

    /// Where the name ends that a number is part of: the rest of the code and its suffix.
    fn name_end(&self, mut end: usize) -> usize {
        while let Some(c) = self.text[end..].chars().next() {
            let is_code = c.is_ascii_alphanumeric()
                || matches!(c, '+' | '×' | '_' | '°' | '/')
                || (matches!(c, '.' | ':' | '-') && self.text[end + 1..].starts_with(|c: char| c.is_ascii_digit()));
            if !is_code {
                break;
            }
            end += c.len_utf8();
        }
        self.vocabulary.name_suffix_at(self.text, end).unwrap_or(end)
    }

    /// 18.3:42.3:39.4 gives its parts; a ratio of two (1:10000) is a scale and gives nothing.
    fn take_ratio(&mut self, at: usize, first: &Numeral) -> Option<usize> {
        let mut parts: Vec<std::ops::Range<usize>> = std::iter::once(at..first.end).collect();
        let mut end = first.end;
        while self.text[end..].starts_with(':') && self.text[end + 1..].starts_with(|c: char| c.is_ascii_digit()) {
            let part = number::scan(self.text, end + 1, &|_| true)?;
            parts.push(end + 1..part.end);
            end = part.end;
        }
        match parts.len() {
            1 => return None,
            2 => self.push(at..end, Kind::NameNumber),
            _ => {
                for (index, part) in parts.into_iter().enumerate() {
                    if index > 0 {
                        self.push(part.start - 1..part.start, Kind::Punct('、'));
                    }
                    if let Some(numeral) = number::scan(self.text, part.start, &|_| true) {
                        self.push(part, Kind::Quantity(Quantity { is_ratio_part: true, ..bare(numeral) }));
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
        let (unit, _, unit_text) = self.unit_behind(&numeral);
        self.push(at..end, Kind::Quantity(Quantity { unit, unit_text, ..bare(numeral) }));
        Some(end)
    }

    /// 5%—5.5%, 1-2个, 3至5年: two quantities, the first with the unit of the second.
    fn take_range(&mut self, at: usize, low: &Numeral) -> Option<usize> {
        if low.script == Script::Chinese {
            return None;
        }
        let (low_unit, low_end, low_text) = self.unit_behind(low);
        let dash_end = self.skip(low_end, &["——", "—", "--", "-", "~", "至", "到"])?;
        if !self.text[dash_end..].starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let is_unit = |i: usize| self.begins_unit(i);
        let high = number::scan(self.text, dash_end, &is_unit)?;
        if self.is_in_name(dash_end, &high) {
            let end = self.name_end(high.end);
            self.push(at..end, Kind::NameNumber);
            return Some(end);
        }
        let (high_unit, high_end, high_text) = self.unit_behind(&high);
        if high_unit.is_none()
            || high.value * high.scale < low.value * low.scale
            || (low_unit.is_some() && low_unit != high_unit)
        {
            return None;
        }
        let mut low = low.clone();
        let is_shared = low_unit.is_none();
        if is_shared && low.multiplier.is_empty() {
            low.multiplier = high.multiplier;
            low.scale = high.scale;
        }
        let unit_text = if is_shared { high_text.clone() } else { low_text };
        self.push(
            at..low_end,
            Kind::Quantity(Quantity {
                unit: high_unit,
                unit_text,
                range: Some(RangeEnd::Low),
                unit_is_shared: is_shared,
                ..bare(low)
            }),
        );
        self.push(low_end..dash_end, Kind::Punct('、'));
        self.push(
            dash_end..high_end,
            Kind::Quantity(Quantity {
                unit: high_unit,
                unit_text: high_text,
                range: Some(RangeEnd::High),
                ..bare(high)
            }),
        );
        Some(high_end)
    }

    /// The unit behind a numeral: its index, where it ends, and how it is written with its multiplier.
    fn unit_behind(&self, numeral: &Numeral) -> (Option<usize>, usize, String) {
        if numeral.is_percentage {
            let percent = self.vocabulary.unit_at("%", 0);
            return (percent.map(|(_, unit)| unit), numeral.end, "%".to_string());
        }
        let guard = self.vocabulary.word_at(self.text, numeral.end).filter(|(_, word)| word.cues.has(Cue::UnitGuard));
        let guard_end = guard.map_or(0, |(end, _)| end);
        let Some((mut end, unit)) = self.vocabulary.unit_at(self.text, numeral.end).filter(|(end, _)| *end > guard_end)
        else {
            return (None, numeral.end, numeral.multiplier.to_string());
        };
        // 万余 behind the unit's place is read by the numeral; 个多月 is not a unit.
        let mut text = format!("{}{}", numeral.multiplier, &self.text[numeral.end..end]);
        for joint in ["/", "·"] {
            if let Some(second_at) = self.skip(end, &[joint])
                && let Some((second_end, _)) = self.vocabulary.unit_at(self.text, second_at)
            {
                text.push_str(&self.text[end..second_end]);
                end = second_end;
            }
        }
        (Some(unit), end, text)
    }

    /// Whether a Chinese numeral counts something: most are parts of words and slogans.
    fn counts_in_chinese(&self, at: usize, numeral: &Numeral, unit: Option<usize>, end: usize) -> bool {
        let before = self.previous_cues();
        let previous = self.previous_char(at);
        let run = &self.text[at..numeral.end];
        let is_digit_run = run.chars().count() > 1 && !run.contains(['十', '百', '千', '万', '亿', '点']);
        if numeral.is_percentage {
            return true;
        }
        // 三至八条 and 东四九条 are names of streets.
        let is_numeral = |c: char| "零一二三四五六七八九十百".contains(c);
        let follows_numeral = is_numeral(previous)
            || (matches!(previous, '至' | '到') && self.text[..at].chars().rev().nth(1).is_some_and(is_numeral));
        if matches!(previous, '第' | '数' | '几') || follows_numeral || is_digit_run {
            return false;
        }
        let Some(unit) = unit else { return false };
        let unit = &self.vocabulary.units[unit];
        let first = self.text[at..].chars().next().unwrap_or(' ');
        if matches!(first, '百' | '千' | '万' | '亿') {
            // 突破千家, 近万场次; but 万元以上企业.
            return before.has_any(&[Cue::OverBefore, Cue::NearBefore, Cue::ApproxBefore]);
        }
        if !numeral.multiplier.is_empty() {
            return true;
        }
        let behind = &self.text[end..];
        if unit.dimension == "ratio" || unit.text == "倍" || unit.text.ends_with("百分点") {
            return true;
        }
        if behind.starts_with('“') || numeral.value < 2.0 || first == '零' {
            return false;
        }
        if numeral.value >= SPELT_OUT_COUNT {
            return true;
        }
        if before.has(Cue::Streak) {
            return true;
        }
        let counts = self
            .vocabulary
            .word_at(&unit.text, 0)
            .is_some_and(|(end, word)| end == unit.text.len() && word.cues.has(Cue::PlainUnit));
        let names = |at: usize| self.vocabulary.name_suffix_at(self.text, at).is_some();
        counts && !names(end) && !names(numeral.end)
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
