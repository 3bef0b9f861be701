//! Dates, years and spans of them: 2019年, 2016—2020年, 2019年1—11月, 11月底, 1月23日.

use super::{Lexer, Time};
use crate::extract::number;

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
                return Some((Time { years: Some((year, second)), months: None }, span_end));
            }
            end = behind_year?;
            let months = self.months_at(end);
            return Some((
                Time { years: Some((year, year)), months: months.map(|m| m.0) },
                months.map_or(end, |m| m.1),
            ));
        }
        let (months, end) = self.months_at(at)?;
        Some((Time { years: None, months: Some(months) }, end))
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
        let end = self.skip(end, &["底", "初", "末", "中旬", "上旬", "下旬"]).unwrap_or(end);
        ((1..=12).contains(&months.0) && (1..=12).contains(&months.1) && months.0 <= months.1).then_some((months, end))
    }
}
