//! Numerals with their units, ranges, ratios, ordinals — and the numbers that only look like one.

use super::{Kind, Lexer, Quantity, RangeEnd, Time, Token, bare};
use crate::extract::number::{self, Numeral, Script};
use crate::vocab::Cue;

/// A bare four-digit number this near to the report's year is a year whose 年 was lost.
const NEAR_YEARS: i32 = 15;
/// From here on a Chinese numeral with a unit is a count; below it it may be a slogan (三个代表).
const SPELT_OUT_COUNT: f64 = 20.0;
/// No indicator of the genre has more digits before the point; longer runs are telephone numbers.
const MAX_DIGITS: usize = 9;
/// The unit of a doubling (翻三番), the unit of a multiple, and how often at most something doubles.
const DOUBLING: &str = "番";
const TIMES: &str = "倍";
const MAX_DOUBLINGS: f64 = 10.0;
/// 翻了将近一番: so many characters lie between the verb and its number at most.
const DOUBLING_REACH: usize = 5;
/// Rounded parts of a whole may miss 100 by this much.
const RATIO_TOLERANCE: f64 = 0.6;
/// 一〇五 is a count; four digits are a year.
const MAX_SPELT_OUT: usize = 3;
/// 上百 is "at least a hundred"; 加上十年 holds no 上十.
const LEAST_VAGUE: f64 = 100.0;
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
        let has_unit = self.vocabulary.unit_at(self.text, numeral.end).is_some();
        if !c.is_ascii_digit() && c != '-' && is_sign_or_letter(c) && !self.is_signed(c, &numeral) {
            return None;
        }
        let is_plain = numeral.script == Script::Arabic && !(numeral.is_damaged && has_unit);
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
        if let Some(end) = self.take_range(at, &numeral) {
            return Some(end);
        }
        let read = self.unit_behind(&numeral);
        let is_doubling = read.text == DOUBLING && self.follows_doubling_verb(at);
        if numeral.script == Script::Chinese && !is_doubling && !self.counts_in_chinese(at, at, &numeral, &read) {
            if self.is_seen_in_chinese(at, &numeral, &read) {
                let quantity = self.quantity(&mut numeral, &read);
                let is_stretch = read.text == "年" && quantity.numeral.value >= SPELT_OUT_COUNT;
                self.out.uncounted.push(Token { range: at..read.end, kind: Kind::Quantity(quantity) });
                if is_stretch {
                    // 二十多年的建设: a time that names no year.
                    self.push(at..read.end, Kind::Time(Time::default()));
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
            self.push(at..split, Kind::Quantity(Quantity { range: Some(RangeEnd::Low), ..ends.0 }));
            self.push(split..read.end, Kind::Quantity(Quantity { range: Some(RangeEnd::High), ..ends.1 }));
            return Some(read.end);
        }
        let quantity = self.quantity(&mut numeral, &read);
        self.push(at..read.end, Kind::Quantity(quantity));
        Some(read.end)
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

    /// A numeral with the unit read behind it; 半 and 多 behind the unit belong to the numeral, 番 is a doubling.
    fn quantity(&self, numeral: &mut Numeral, read: &UnitRead) -> Quantity {
        numeral.is_more |= read.is_more;
        if read.is_half {
            numeral.value += 0.5;
            numeral.decimals = 1;
        }
        let mut quantity = Quantity { unit: read.unit, unit_text: read.text.clone(), ..bare(numeral.clone()) };
        let is_doubling = read.text == DOUBLING && (1.0..=MAX_DOUBLINGS).contains(&numeral.value);
        if is_doubling && numeral.decimals == 0 {
            quantity.numeral.value = 2f64.powf(numeral.value);
            quantity.unit_text = TIMES.to_string();
            quantity.unit = self.vocabulary.unit_at(TIMES, 0).map(|(_, unit)| unit);
        }
        quantity
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
        self.push(at..read.end, Kind::Quantity(quantity));
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
            if !read.unit.is_some_and(|unit| self.vocabulary.units[unit].dimension == "temperature") {
                return None;
            }
            numeral.is_negative = true;
            let quantity = self.quantity(&mut numeral, &read);
            self.push(at..read.end, Kind::Quantity(quantity));
            return Some(read.end);
        }
        let ends_clause = self.text[end..].chars().next().is_none_or(|c| matches!(c, '，' | '。' | '；' | '、' | '\n'));
        if ends_clause && matches!(self.previous_char(at), '为' | '到' | '至' | '于' | '是' | '达') {
            self.push(at..end, Kind::Quantity(bare(Numeral::new(end, 0.0, Script::Chinese))));
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
                Kind::Quantity(Quantity { unit: read.unit, unit_text: read.text, ..bare(numeral) }),
            );
            return Some(end + '数'.len_utf8());
        }
        let mut numeral = Numeral { decimals: 1, ..Numeral::new(end, 0.5, Script::Chinese) };
        let read = self.unit_behind(&numeral);
        let is_time = read.unit.is_some_and(|unit| self.vocabulary.units[unit].dimension == "time");
        let before = self.previous_char(at);
        let is_half_of = matches!(before, '上' | '下' | '前' | '后' | '大' | '小' | '每' | '多' | '个' | '年' | '“');
        if !is_time || is_half_of || word_end > read.end {
            return None;
        }
        let quantity = self.quantity(&mut numeral, &read);
        let token = Token { range: at..read.end, kind: Kind::Quantity(quantity) };
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

    /// Whether a unit, a name's suffix or a word that is no unit begins here and has more than one character: 千瓦,
    /// 千伏变电站, 成立, not 万.
    fn begins_unit(&self, at: usize) -> bool {
        let unit = self.vocabulary.unit_at(self.text, at).map(|(end, _)| end);
        let guard = self.unit_guard_end(at);
        unit.max(self.vocabulary.name_suffix_at(self.text, at)).max(guard).is_some_and(|end| end > at + '万'.len_utf8())
    }

    /// Where a word ends that begins like a unit and is none.
    fn unit_guard_end(&self, at: usize) -> Option<usize> {
        let (end, _) = self.vocabulary.word_at(self.text, at).filter(|(_, word)| word.cues.has(Cue::UnitGuard))?;
        Some(end)
    }

    /// Whether the Arabic number at `at` belongs to a name, an address, a code or a damaged date.
    fn is_in_name(&self, at: usize, numeral: &Numeral) -> bool {
        let before = self.previous_char(at);
        let behind = &self.text[numeral.end..];
        let next = behind.chars().next().unwrap_or(' ');
        let unit = self.vocabulary.unit_at(self.text, numeral.end);
        let digits = self.text[at..numeral.end].bytes().take_while(u8::is_ascii_digit).count();
        let starts_code = matches!(before, '+' | '×' | '№' | '#' | '/' | '_' | '〔' | '[' | '’' | '‘')
            || before.is_ascii_alphabetic()
            || (before == '-' && self.text[..at - 1].ends_with(|c: char| c.is_ascii_alphabetic()));
        let is_bracketed = matches!(before, '（' | '［' | '【' | '〔') && matches!(next, '）' | '］' | '】' | '〕');
        let continues_code = matches!(next, '+' | '×' | '_' | '#' | '〕' | ']' | '°')
            || (next.is_ascii_alphabetic() && unit.is_none())
            || (next == '/' && behind[1..].starts_with(|c: char| c.is_ascii_digit()) && digits > 1);
        let is_per = before == '每' || before == '第';
        // 前7年, 头20年, 新30年 tell which years; 提前7年 how many.
        let is_span = matches!(before, '前' | '头' | '新')
            && !self.text[self.from..at].ends_with("提前")
            && unit.is_some_and(|(_, unit)| self.vocabulary.units[unit].text == "年");
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
            && numeral.value <= 24.0
            && !is_minute_past(&behind[1..])
            && behind[1..].bytes().take_while(u8::is_ascii_digit).count() == 2
            && !behind[1..].contains(':');
        starts_code
            || is_bracketed
            || continues_code
            || is_per
            || is_span
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

    /// 18.3:42.3:39.4 and 45:55 give their parts; a ratio of two that is no whole (1:10000) is a scale and gives nothing.
    fn take_ratio(&mut self, at: usize, first: &Numeral) -> Option<usize> {
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
        let read = self.unit_behind(&numeral);
        self.push(at..end, Kind::Quantity(Quantity { unit: read.unit, unit_text: read.text, ..bare(numeral) }));
        Some(end)
    }

    /// 5%—5.5%, 1-2个, 3至5年, 三到五个, 百分之五至六: two quantities, the first with the unit of the second.
    fn take_range(&mut self, at: usize, low: &Numeral) -> Option<usize> {
        let low_read = self.unit_behind(low);
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
        let mut low_quantity = self.quantity(&mut low, &low_read);
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
            Kind::Quantity(Quantity { range: Some(RangeEnd::Low), unit_is_shared: is_shared, ..low_quantity }),
        );
        self.push(low_end..dash_end, Kind::Punct('、'));
        self.push(dash_end..high_read.end, Kind::Quantity(Quantity { range: Some(RangeEnd::High), ..high_quantity }));
        Some(high_read.end)
    }

    /// 北三至八条: behind a word that nothing knows, lanes are counted by 条.
    fn is_lane(&self, at: usize, read: &UnitRead) -> bool {
        let follows_text =
            self.out.tokens.last().is_some_and(|token| token.range.end == at && matches!(token.kind, Kind::Text));
        read.text == "条" && follows_text
    }

    /// The unit behind a numeral.
    fn unit_behind(&self, numeral: &Numeral) -> UnitRead {
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
        let mut text = format!("{}{}", numeral.multiplier, &self.text[numeral.end..end]);
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
    fn split_unit(&self, numeral: &Numeral) -> Option<UnitRead> {
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

    /// Whether a numeral in words that counts nothing is a numeric expression all the same, and no part of a name or of a
    /// longer run.
    fn is_seen_in_chinese(&self, at: usize, numeral: &Numeral, read: &UnitRead) -> bool {
        let before = self.previous_char(at);
        let has_number = self.text[at..numeral.end].contains(|c| c != '零');
        read.unit.is_some()
            && has_number
            && !is_ordinal_mark(before)
            && !is_numeral(before)
            && !is_digit_run(&self.text[at..numeral.end])
            && !self.text[read.end..].starts_with('“')
            && self.vocabulary.name_suffix_at(self.text, numeral.end).is_none()
    }

    /// Whether a Chinese numeral counts something: most are parts of words and slogans. The expression begins at `at`, the
    /// numeral at `numeral_at`, behind the lower end of a range.
    fn counts_in_chinese(&self, at: usize, numeral_at: usize, numeral: &Numeral, read: &UnitRead) -> bool {
        let before = self.previous_cues();
        let previous = self.previous_char(at);
        let run = &self.text[numeral_at..numeral.end];
        if numeral.is_percentage {
            return true;
        }
        // 三至八条 and 东四九条 are names of streets.
        let follows_numeral = is_numeral(previous)
            || (matches!(previous, '至' | '到') && self.text[..at].chars().rev().nth(1).is_some_and(is_numeral));
        if before.has(Cue::NamePrefix)
            || is_ordinal_mark(previous)
            || follows_numeral
            || (is_digit_run(run) && numeral.low.is_none())
        {
            return false;
        }
        let (Some(unit), end) = (read.unit, read.end) else { return false };
        let unit = &self.vocabulary.units[unit];
        let first = self.text[at..].chars().next().unwrap_or(' ');
        if matches!(first, '百' | '千' | '万' | '亿') {
            // 突破千家, 近万场次, 百余家; but 万元以上企业.
            return numeral.is_more || before.has_any(&[Cue::OverBefore, Cue::NearBefore, Cue::ApproxBefore]);
        }
        if matches!(first, '上' | '数' | '几') {
            // 上百家 is a bound; 数十家 and 几十家 say only "some". 线上百家 and 以上百余户 hold no 上百.
            let is_high = numeral.value * numeral.scale >= LEAST_VAGUE;
            return first == '上'
                && is_high
                && !matches!(previous, '以' | '线' | '网' | '路' | '海' | '水' | '陆' | '街' | '身');
        }
        if !numeral.multiplier.is_empty() {
            return true;
        }
        let behind = &self.text[end..];
        if unit.dimension == "ratio" || unit.text == "倍" || unit.text.ends_with("百分点") {
            return true;
        }
        // 一两个 says "a few".
        let is_few = numeral.low.is_some_and(|(low, _)| low < 2.0);
        if behind.starts_with('“') || numeral.value < 2.0 || first == '零' || is_few {
            return false;
        }
        if before.has(Cue::Streak) {
            return true;
        }
        // 九十年代, 一百周年
        if self.vocabulary.name_suffix_at(self.text, numeral.end).is_some_and(|suffix_end| suffix_end >= end) {
            return false;
        }
        if unit.text == "年" && !self.is_span_of_work(at) {
            return false;
        }
        if numeral.value >= SPELT_OUT_COUNT {
            return true;
        }
        let counts = self
            .vocabulary
            .word_at(&unit.text, 0)
            .is_some_and(|(end, word)| end == unit.text.len() && word.cues.has(Cue::PlainUnit));
        let names = |at: usize| self.vocabulary.name_suffix_at(self.text, at).is_some();
        counts && !names(end) && !names(numeral.end) && !self.vocabulary.is_slogan_noun_at(self.text, end)
    }

    /// Years in words are a duration behind a verb of change, a bound or 用; else they only date: 二十多年的建设.
    fn is_span_of_work(&self, at: usize) -> bool {
        let bounds = [Cue::To, Cue::From, Cue::Up, Cue::Down, Cue::CutVerb, Cue::Completion, Cue::AtLeastBefore];
        self.previous_cues().has_any(&bounds) || self.previous_char(at) == '用'
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

/// A unit as read behind a numeral.
struct UnitRead {
    /// Index into the unit table.
    unit: Option<usize>,
    end: usize,
    /// As written, with the numeral's multiplier in front: 万平方米.
    text: String,
    /// 半 behind or inside it: 一年半, 两个半小时.
    is_half: bool,
    /// 多 behind or inside it: 3年多, 5个多月.
    is_more: bool,
}

fn is_numeral(c: char) -> bool {
    "零一二两三四五六七八九十百千万亿".contains(c)
}

/// Behind these a numeral in words is an ordinal, or the rest of a vague number that was seen already.
fn is_ordinal_mark(c: char) -> bool {
    matches!(c, '第' | '数' | '几' | '上')
}

/// 一二三, 二三: digits without a place are no number, unless a round zero spells them out (一〇五).
fn is_digit_run(run: &str) -> bool {
    let digits = run.chars().count();
    let is_spelt_out = digits <= MAX_SPELT_OUT && run.contains(['〇', '○']);
    digits > 1 && !is_spelt_out && !run.contains(['十', '百', '千', '万', '亿', '点', '廿', '卅', '拾', '佰', '仟'])
}

fn is_sign_or_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '-' | '+' | '±' | '负')
}

/// Whether the digits behind a colon are no minutes: 45:70.
fn is_minute_past(text: &str) -> bool {
    text.bytes().next().is_some_and(|digit| (b'6'..=b'9').contains(&digit))
}
