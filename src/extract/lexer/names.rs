//! Which numbers count something, and which only look like it: codes, addresses, slogans, parts of names.

use super::quantity::SPELT_OUT_COUNT;
use super::unit::UnitRead;
use super::{Kind, Lexer};
use crate::extract::number::Numeral;
use crate::vocab::Cue;

/// A bare four-digit number this near to the report's year is a year whose 年 was lost.
const NEAR_YEARS: i32 = 15;
/// No indicator of the genre has more digits before the point; longer runs are telephone numbers.
const MAX_DIGITS: usize = 9;
/// 一〇五 is a count; four digits are a year.
const MAX_SPELT_OUT: usize = 3;
/// 上百 is "at least a hundred"; 加上十年 holds no 上十.
const LEAST_VAGUE: f64 = 100.0;
/// A list of line or house numbers is looked through this far.
const MAX_LISTED_NAMES: usize = 12;

impl Lexer<'_, '_> {
    /// Whether the Arabic number at `at` belongs to a name, an address, a code or a damaged date.
    pub(super) fn is_in_name(&self, at: usize, numeral: &Numeral) -> bool {
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
    pub(super) fn list_ends_in_name(&self, mut at: usize) -> bool {
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
    pub(super) fn name_end(&self, mut end: usize) -> usize {
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

    /// 北三至八条: behind a word that nothing knows, lanes are counted by 条.
    pub(super) fn is_lane(&self, at: usize, read: &UnitRead) -> bool {
        let follows_text =
            self.previous_token().is_some_and(|token| token.range.end == at && matches!(token.kind, Kind::Text));
        read.text == "条" && follows_text
    }

    /// Whether a numeral in words that counts nothing is a numeric expression all the same, and no part of a name or of a
    /// longer run.
    pub(super) fn is_seen_in_chinese(&self, at: usize, numeral: &Numeral, read: &UnitRead) -> bool {
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
    pub(super) fn counts_in_chinese(&self, at: usize, numeral_at: usize, numeral: &Numeral, read: &UnitRead) -> bool {
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
        // 突破百万大关
        let passes = before.has(Cue::OverBefore)
            && ["大关", "关口", "台阶"].iter().any(|mark| self.text[numeral.end..].starts_with(mark));
        let (Some(unit), end) = (read.unit, read.end) else { return passes };
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
    pub(super) fn is_span_of_work(&self, at: usize) -> bool {
        let bounds = [Cue::To, Cue::From, Cue::Up, Cue::Down, Cue::CutVerb, Cue::Completion, Cue::AtLeastBefore];
        self.previous_cues().has_any(&bounds) || self.previous_char(at) == '用'
    }
}

fn is_numeral(c: char) -> bool {
    matches!(
        c,
        '零' | '一'
            | '二'
            | '两'
            | '三'
            | '四'
            | '五'
            | '六'
            | '七'
            | '八'
            | '九'
            | '十'
            | '百'
            | '千'
            | '万'
            | '亿'
    )
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

/// Whether the digits behind a colon are no minutes: 45:70.
fn is_minute_past(text: &str) -> bool {
    text.bytes().next().is_some_and(|digit| (b'6'..=b'9').contains(&digit))
}
