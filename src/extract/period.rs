//! Of which time a number speaks: dates in its sentence first, then words such as 五年来 and 截至11月,
//! then what its section looks back on or forward to.

use super::lexer::{Kind, Time, Token};
use crate::model::{Date, Report, SectionRole, Sentence};
use crate::vocab::Cue;

/// A span of time as the columns of `observations` tell it.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// ISO 8601: `2019`, `2016/2020`, `2019-01/2019-11`.
    pub text: Option<String>,
    pub start: Option<Date>,
    pub end: Option<Date>,
    pub kind: &'static str,
    pub basis: &'static str,
}

impl Period {
    pub fn years(first: i32, last: i32, basis: &'static str) -> Period {
        let (text, kind) = if first == last { (first.to_string(), "year") } else { (format!("{first}/{last}"), "multi_year") };
        Period { text: Some(text), start: Date::new(first, 1, 1), end: Date::new(last, 12, 31), kind, basis }
    }

    fn months(year: i32, first: u32, last: u32, basis: &'static str) -> Period {
        let last_day = [31, 30, 29, 28].into_iter().find_map(|day| Date::new(year, last, day));
        Period { text: Some(format!("{year}-{first:02}/{year}-{last:02}")), start: Date::new(year, first, 1), end: last_day, kind: "ytd", basis }
    }

    fn unknown() -> Period {
        Period { text: None, start: None, end: None, kind: "unspecified", basis: "inferred" }
    }
}

/// The time words met so far in a sentence; each holds until another or the end of its reach.
#[derive(Debug, Clone, Default)]
pub struct TimeState {
    years: Option<(i32, i32)>,
    /// Cumulated up to a month (截至11月); ends at a semicolon.
    until_month: Option<u32>,
    is_multi_year: bool,
}

impl TimeState {
    /// Takes in the tokens of a clause before its numbers are judged. `has_number` is false for a clause
    /// that only sets the scene.
    pub fn read(&mut self, tokens: &[Token], text: &str, report: &Report, sentence: &Sentence) {
        let mut is_by_now = false;
        for (i, token) in tokens.iter().enumerate() {
            match &token.kind {
                Kind::Word(word) => {
                    is_by_now = word.cues.has(Cue::ThisYearEnd);
                    if word.cues.has(Cue::MultiYear) {
                        self.is_multi_year = true;
                        self.years = crate::parse::plan_period(&text[token.range.clone()]).filter(|_| !sentence.role.is_plan());
                    }
                    if word.cues.has(Cue::OneYear) {
                        *self = TimeState::default();
                    }
                    if word.cues.has(Cue::LastYear) {
                        self.set_year(if sentence.role.is_plan() { report.reviewed_year } else { report.reviewed_year.map(|y| y - 1) });
                    }
                    if word.cues.has(Cue::ThisYear) {
                        self.set_year(if sentence.role.is_plan() { report.planned_year } else { report.reviewed_year });
                    }
                }
                Kind::Time(time) => {
                    if !is_base(tokens, i) {
                        self.take(*time, is_by_now, report, sentence);
                    }
                    is_by_now = false;
                }
                _ => is_by_now = false,
            }
        }
    }

    /// Forgets what reaches no further than a semicolon.
    pub fn end_part(&mut self) {
        self.until_month = None;
    }

    /// Whether the years spoken of end before the planned one: a fact told inside a plan.
    pub fn is_before(&self, planned: Option<i32>) -> bool {
        matches!((self.years, planned), (Some((_, last)), Some(planned)) if last < planned)
    }

    fn set_year(&mut self, year: Option<i32>) {
        if let Some(year) = year {
            *self = TimeState { years: Some((year, year)), ..TimeState::default() };
        }
    }

    fn take(&mut self, time: Time, is_by_now: bool, report: &Report, sentence: &Sentence) {
        if let Some(years) = time.years {
            *self = TimeState { years: Some(years), ..TimeState::default() };
        }
        if let Some((first, last)) = time.months {
            // A single day or month dates an event: the year stands. Only a count up to it is partial.
            if (is_by_now || last > first && first == 1) && !sentence.role.is_plan() {
                self.until_month = Some(last);
                let year = self.years.map(|y| y.1).or(report.reviewed_year);
                self.years = year.map(|y| (y, y));
            }
        }
    }

    /// The period of a number. `is_average` is true for 年均 growth, `streak` for 连续N年.
    pub fn period(&self, report: &Report, sentence: &Sentence, is_average: bool, streak: Option<i32>) -> Period {
        let basis_year = match sentence.role {
            SectionRole::PlanYear | SectionRole::Annex => report.planned_year,
            SectionRole::PlanMultiYear => sentence.span.map(|s| s.1),
            _ => report.reviewed_year,
        };
        if let Some(length) = streak
            && let Some(last) = self.years.map(|y| y.1).or(basis_year)
        {
            return Period::years(last - length + 1, last, "explicit");
        }
        if let Some((first, last)) = self.years {
            return match self.until_month {
                Some(month) => Period::months(last, 1, month, "explicit"),
                None => Period::years(first, last, "explicit"),
            };
        }
        if self.is_multi_year && !sentence.role.is_plan() {
            return look_back(report).unwrap_or_else(Period::unknown);
        }
        if let Some((first, last)) = sentence.span {
            return Period::years(first, last, "section");
        }
        if is_average && !sentence.role.is_plan() {
            let mut period = look_back(report).unwrap_or_else(Period::unknown);
            period.basis = "inferred";
            return period;
        }
        basis_year.map_or_else(Period::unknown, |year| Period::years(year, year, "section"))
    }
}

/// The five years that end with the reviewed one.
fn look_back(report: &Report) -> Option<Period> {
    report.reviewed_year.map(|year| Period::years(year - 4, year, "explicit"))
}

/// Whether the time at `i` is the base of a comparison (较2015年), not the time spoken of.
fn is_base(tokens: &[Token], i: usize) -> bool {
    let before = i.checked_sub(1).map(|j| &tokens[j].kind);
    let after = tokens.get(i + 1).map(|t| &t.kind);
    let compares = |kind: Option<&Kind>| matches!(kind, Some(Kind::Word(word)) if word.cues.has_any(&[Cue::Versus, Cue::From]));
    // 是2005年的1.8倍
    let is_multiple = matches!(tokens.get(i + 2).map(|t| &t.kind), Some(Kind::Quantity(q)) if q.unit_text == "倍");
    let is_name = matches!(after, Some(Kind::Punct('”')));
    compares(before) || is_multiple || is_name
}
