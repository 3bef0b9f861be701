//! Dates, years and spans of them: 2019年, 2016—2020年, 2019年1—11月, 11月底, 1月23日.

use super::{Lexer, Span, Time};
use crate::extract::number;

/// Behind 五年 they make it a span that ends with the year spoken of.
const SPAN_ENDS: &[&str] =
    &["以来", "来", "间", "里", "平均", "累计", "合计", "新增", "下降", "增长", "提高", "增加", "减少", "提升", "净增"];
/// Before 五年 they make it such a span.
const SPAN_STARTS: &[&str] = &["过去", "过去的", "近", "最近", "这", "前"];
/// Before 五年 they make it a span that lies ahead.
const AHEAD: &[&str] = &["今后", "今后的", "未来", "未来的", "接下来"];
/// Before or behind 三年 they make it a name or a duration.
const NO_SPAN_BEFORE: &[&str] = &["连续", "每", "用", "第", "满", "仅", "提前", "延长", "缩短"];
const NO_SPAN_BEHIND: &[&str] = &["行动", "计划", "规划", "期", "制", "级", "度", "内", "滚动", "攻坚"];

impl Lexer<'_, '_> {
    /// A date or a span: 2019年, 2016—2020年, 2019年1—11月, 11月底, 1月23日.
    pub(super) fn time_at(&self, at: usize) -> Option<(Time, usize)> {
        if self.previous_char(at).is_ascii_alphanumeric() {
            return None;
        }
        if let Some((year, mut end)) = number::year_digits(self.text, at) {
            let behind_year = self.skip(end, &["年度", "年"]);
            let dash = self.skip(behind_year.unwrap_or(end), &["—", "-", "~", "至", "到"]);
            if let Some(second_at) = dash
                && let Some((second, second_end)) =
                    number::year_digits(self.text, self.skip(second_at, &["—"]).unwrap_or(second_at))
                && let Some(span_end) = self.skip(second_end, &["年度", "年"])
                && second >= year
            {
                return Some((Time { years: Some((year, second)), ..Time::default() }, span_end));
            }
            end = behind_year?;
            let time = Time { years: Some((year, year)), ..Time::default() };
            if let Some(end) = self.skip(end, &["以来", "起"]) {
                return Some((Time { is_since: true, ..time }, end));
            }
            if let Some((part, end)) = self.part_of_year(end) {
                return Some((Time { months: part.months, is_part_of_year: true, ..time }, end));
            }
            let months = self.months_at(end);
            return Some((Time { months: months.map(|m| m.0), ..time }, months.map_or(end, |m| m.1)));
        }
        if let Some(found) = self.part_of_year(at).or_else(|| self.span_at(at)) {
            return Some(found);
        }
        let (months, end) = self.months_at(at)?;
        Some((Time { months: Some(months), ..Time::default() }, end))
    }

    /// 上半年, 下半年, 一季度, 前三季度, 第四季度, 1-3季度.
    pub(super) fn part_of_year(&self, at: usize) -> Option<(Time, usize)> {
        let part =
            |first: u32, last: u32| Time { months: Some((first, last)), is_part_of_year: true, ..Time::default() };
        let halves = [("上半年", (1, 6)), ("下半年", (7, 12))];
        if let Some(&(half, (first, last))) = halves.iter().find(|(half, _)| self.text[at..].starts_with(half)) {
            return Some((part(first, last), at + half.len()));
        }
        let number = |at: usize| -> Option<(u32, usize)> {
            let mut chars = self.text[at..].char_indices();
            let quarter = "一二三四"
                .chars()
                .zip("1234".chars())
                .position(|(word, digit)| self.text[at..].starts_with(word) || self.text[at..].starts_with(digit))?;
            chars.next();
            Some((quarter as u32 + 1, at + chars.next().map_or(self.text.len() - at, |(next, _)| next)))
        };
        let front = self.skip(at, &["前"]);
        let (quarter, end) = number(front.or(self.skip(at, &["第"])).unwrap_or(at))?;
        let later = self.skip(end, &["-", "—", "至", "到"]).and_then(number);
        let end_of_number = later.map_or(end, |(_, end)| end);
        let end = self.skip(end_of_number, &["季度"])?;
        let last = later.map_or(quarter, |(last, _)| last);
        let first = if front.is_some() { 1 } else { quarter };
        (first <= last).then(|| (part(first * 3 - 2, last * 3), end))
    }

    /// 前三年
    pub(super) fn first_years(&self, at: usize) -> Option<(Time, usize)> {
        self.span_at(self.skip(at, &["前"])?).filter(|(time, _)| matches!(time.span, Some(Span::First(_))))
    }

    /// 三年来, 近五年, 五年累计, 今后五年, 前三年: years seen from the one spoken of.
    fn span_at(&self, at: usize) -> Option<(Time, usize)> {
        let digits = self.text[at..].bytes().take_while(u8::is_ascii_digit).count();
        let (count, end) = match digits {
            0 => number::chinese_value(self.text, at)?,
            1 | 2 => (self.text[at..at + digits].parse().ok()?, at + digits),
            _ => return None,
        };
        let end = self.skip(self.skip(end, &["多", "个"]).unwrap_or(end), &["年"])?;
        let before = &self.text[self.from..at];
        let leads = |words: &[&str]| words.iter().any(|word| before.ends_with(word));
        if !(2.0..100.0).contains(&count) || leads(NO_SPAN_BEFORE) || self.skip(end, NO_SPAN_BEHIND).is_some() {
            return None;
        }
        let count = count as i32;
        let time = |span: Span, end: usize| Some((Time { span: Some(span), ..Time::default() }, end));
        if let Some(end) = self.skip(end, &["前"]) {
            return time(Span::Ago(count), end);
        }
        if leads(AHEAD) {
            return time(Span::Next(count), end);
        }
        if leads(&["前"]) {
            return time(Span::First(count), end);
        }
        match self.skip(end, SPAN_ENDS) {
            // 三年累计增长: 累计 goes on as a word.
            Some(behind) if self.text[end..behind].chars().count() == 1 || self.text[end..behind] == *"以来" => {
                time(Span::Last(count), behind)
            }
            Some(_) if leads(SPAN_STARTS) => time(Span::Last(count), end),
            Some(_) => time(Span::During(count), end),
            None => leads(SPAN_STARTS).then(|| time(Span::Last(count), end)).flatten(),
        }
    }

    /// 11月, 1-11月, 1月至11月, 1月23日, 六月; with 份, 底, 初, 末 and the day.
    fn months_at(&self, at: usize) -> Option<((u32, u32), usize)> {
        let number = |at: usize| -> Option<(u32, usize)> {
            let digits = self.text[at..].bytes().take_while(u8::is_ascii_digit).count();
            if (1..=2).contains(&digits) {
                return Some((self.text[at..at + digits].parse().ok()?, at + digits));
            }
            let (value, end) = number::chinese_value(self.text, at).filter(|_| digits == 0)?;
            Some((value as u32, end))
        };
        let (first, first_end) = number(at)?;
        let behind_first = self.skip(first_end, &["月份", "月"]);
        let mut months = (first, first);
        let mut end = match behind_first {
            Some(end) => end,
            None => self.skip(first_end, &["-", "—", "~", "至", "到"]).and_then(|second_at| {
                let (second, second_end) = number(second_at)?;
                months.1 = second;
                self.skip(second_end, &["月份", "月"])
            })?,
        };
        if behind_first.is_some()
            && let Some(second_at) = self.skip(end, &["-", "—", "~", "至", "到"])
            && let Some((second, second_end)) = number(second_at)
            && let Some(span_end) = self.skip(second_end, &["月份", "月"])
        {
            months.1 = second;
            end = span_end;
        }
        if let Some((_, day_end)) = number(end)
            && let Some(day_end) = self.skip(day_end, &["日", "号"])
        {
            end = day_end;
        }
        let end =
            self.skip(end, &["底前", "末前", "初前", "底", "初", "末", "中旬", "上旬", "下旬", "前"]).unwrap_or(end);
        ((1..=12).contains(&months.0) && (1..=12).contains(&months.1) && months.0 <= months.1).then_some((months, end))
    }
}
