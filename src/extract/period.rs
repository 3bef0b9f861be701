//! Of which time a number speaks: dates in its sentence first, then words such as 五年来 and 截至11月,
//! then what its section looks back on or forward to.

use super::lexer::{Kind, Span, Time, Token};
use crate::model::{Date, Report, ReportKind, SectionRole, Sentence};
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
        let (text, kind) =
            if first == last { (first.to_string(), "year") } else { (format!("{first}/{last}"), "multi_year") };
        Period { text: Some(text), start: Date::new(first, 1, 1), end: Date::new(last, 12, 31), kind, basis }
    }

    pub(super) fn months(year: i32, first: u32, last: u32, basis: &'static str) -> Period {
        let last_day = [31, 30, 29, 28].into_iter().find_map(|day| Date::new(year, last, day));
        Period {
            text: Some(format!("{year}-{first:02}/{year}-{last:02}")),
            start: Date::new(year, first, 1),
            end: last_day,
            kind: if first == 1 { "ytd" } else { "part_year" },
            basis,
        }
    }

    pub(super) fn unknown() -> Period {
        Period { text: None, start: None, end: None, kind: "unspecified", basis: "inferred" }
    }
}

/// The time words met so far in a sentence; each holds until another or the end of its reach.
#[derive(Debug, Clone, Default)]
pub struct TimeState {
    years: Option<(i32, i32)>,
    /// The months of a count (截至11月, 上半年); ends at a semicolon.
    months: Option<(u32, u32)>,
    /// The year a change starts from (由1997年的…); holds for what else starts in the sentence.
    start: Option<(i32, i32)>,
    is_multi_year: bool,
    /// 今年以来: what is told has happened.
    is_told_past: bool,
}

/// What the words right before a number tell of its time alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct OwnTime {
    /// 由1997年的…: the year of this number only.
    pub years: Option<(i32, i32)>,
    /// 比2015年, 比“十二五”末: the year a change is counted from.
    pub base: Option<i32>,
}

/// What a number asks of its time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Question {
    pub own: OwnTime,
    pub is_change: bool,
    /// 年均 growth.
    pub is_average: bool,
    /// 同比: of a span the last year counts.
    pub is_yoy: bool,
    /// The level a change starts from.
    pub is_start: bool,
    /// A level reached (达到95%, 由45%提高到83%): of a span looked back on the last year counts.
    pub is_end: bool,
    /// With 达 or 为, which may also sum up the years named.
    pub is_sum: bool,
    /// 连续N年.
    pub streak: Option<i32>,
}

/// Where a number stands: the report and the sentence's section decide what the text leaves open.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub report: &'a Report,
    pub sentence: &'a Sentence,
}

impl Place<'_> {
    /// The year of 今年.
    fn this_year(&self) -> Option<i32> {
        match self.report.kind {
            ReportKind::Performance | ReportKind::Communique => self.report.reviewed_year,
            _ => self.report.report_year,
        }
    }

    /// The year a number speaks of when its sentence names none.
    fn year(&self) -> Option<i32> {
        match self.sentence.role {
            SectionRole::PlanYear | SectionRole::Annex => self.report.planned_year,
            SectionRole::PlanMultiYear | SectionRole::ReviewMultiYear => self.sentence.span.map(|s| s.1),
            _ => self.report.reviewed_year,
        }
    }

    fn is_plan(&self) -> bool {
        self.sentence.role.is_plan()
    }
}

impl TimeState {
    /// Takes in a run of tokens; gives back what concerns only the number right behind it.
    pub fn read(&mut self, tokens: &[Token], text: &str, place: Place) -> OwnTime {
        let mut own = OwnTime::default();
        let mut is_by_now = false;
        let mut leads: Option<Cue> = None;
        for (at, token) in tokens.iter().enumerate() {
            match &token.kind {
                // 在去年的基础上增长8%, 高于去年水平: a yardstick, not the time.
                Kind::Word(word)
                    if word.cues.has_any(&[Cue::LastYear, Cue::YearBefore]) && is_yardstick(text, &tokens[at..]) => {}
                Kind::Word(word) => {
                    let cues = word.cues;
                    is_by_now = cues.has(Cue::ThisYearEnd);
                    let named = if cues.has(Cue::LastYear) {
                        place.this_year().map(|year| year - 1)
                    } else if cues.has(Cue::ThisYear) {
                        place.this_year()
                    } else if cues.has(Cue::YearBefore) {
                        place.year().map(|year| year - 1)
                    } else {
                        None
                    };
                    if let Some(year) = named {
                        let time = Time { years: Some((year, year)), ..Time::default() };
                        self.take(time, false, leads, &mut own, place);
                    }
                    if cues.has(Cue::MultiYear) {
                        let plan = crate::parse::plan_period(word_text(text, token));
                        // In a plan only one that is not over yet: “十二五”时期年均增长11%.
                        let is_told = |years: &(i32, i32)| {
                            !place.is_plan() || place.report.planned_year.is_some_and(|year| years.1 >= year)
                        };
                        match plan.filter(is_told) {
                            Some((first, last)) => {
                                let goes_on = word_text(text, token).ends_with("以来");
                                let first = if word_text(text, token).ends_with('末') { last } else { first };
                                let last = place.year().filter(|_| goes_on).unwrap_or(last).max(first);
                                let years = (first, last);
                                self.take(
                                    Time { years: Some(years), ..Time::default() },
                                    false,
                                    leads,
                                    &mut own,
                                    place,
                                );
                                self.is_multi_year = leads.is_none();
                            }
                            None => (self.is_multi_year, self.years) = (true, None),
                        }
                    }
                    // 目前我市城镇化率比全省低12个百分点: a fact told inside a plan.
                    if place.is_plan()
                        && word_text(text, token) == NOW
                        && let Some(year) = place.report.reviewed_year
                    {
                        let time = Time { years: Some((year, year)), ..Time::default() };
                        self.take(time, false, leads, &mut own, place);
                    }
                    if WHOLE_YEAR.contains(&word_text(text, token)) {
                        self.months = None;
                    }
                    if cues.has(Cue::ThisYear) && behind_is(text, token, "以来") {
                        self.is_told_past = true;
                    }
                    if cues.has(Cue::OneYear) {
                        let year = place.report.reviewed_year;
                        *self = TimeState { years: year.map(|year| (year, year)), ..TimeState::default() };
                    }
                    if cues.has(Cue::Versus) {
                        own.base = plan_end(&text[token.range.end..]);
                    }
                    leads = [Cue::From, Cue::Versus].into_iter().find(|&cue| cues.has(cue));
                }
                Kind::Time(time) => {
                    self.take(**time, is_by_now, leads, &mut own, place);
                    (is_by_now, leads) = (false, None);
                }
                Kind::Punct('“' | '”') => {}
                _ => (is_by_now, leads) = (false, None),
            }
        }
        own
    }

    /// Whether a time was read.
    pub fn is_known(&self) -> bool {
        self.years.is_some() || self.is_multi_year
    }

    /// Forgets what reaches no further than a semicolon.
    pub fn end_part(&mut self) {
        self.months = None;
    }

    /// Whether the years spoken of end before the planned one: a fact told inside a plan.
    pub fn is_before(&self, planned: Option<i32>) -> bool {
        matches!((self.years, planned), (Some((_, last)), Some(planned)) if last < planned)
    }

    /// Whether the years spoken of begin after the reviewed one: a promise told inside a review.
    pub fn is_after(&self, reviewed: Option<i32>) -> bool {
        !self.is_told_past && matches!((self.years, reviewed), (Some((first, _)), Some(reviewed)) if first > reviewed)
    }

    fn take(&mut self, time: Time, is_by_now: bool, leads: Option<Cue>, own: &mut OwnTime, place: Place) {
        let years = match (time.years, time.span) {
            (Some((first, _)), _) if time.is_since => place.year().map(|last| (first, last.max(first))),
            (None, Some(Span::Ago(count))) if leads.is_some() => place.year().map(|year| (year - count, year - count)),
            (None, Some(Span::Ago(_))) => return,
            (None, Some(span)) => match self.span_years(span, place) {
                // 从1953年到1978年的二十六年间: the years are told already.
                Some((first, last)) if self.years.is_some_and(|known| known.1 - known.0 == last - first) => return,
                years => years,
            },
            (years, _) => years,
        };
        match (leads, years) {
            // 从2016年到2020年 is a span, not a start.
            (Some(Cue::From), Some(years)) if !time.is_since && years.0 == years.1 => {
                own.years = Some(years);
                self.start = Some(years);
                return;
            }
            (Some(Cue::From), Some(years)) => *self = TimeState { years: Some(years), ..TimeState::default() },
            (Some(_), Some((_, last))) => {
                own.base = Some(last);
                return;
            }
            // 比上半年收窄6个百分点
            (Some(_), None) => return,
            (_, Some(years)) => {
                let is_multi_year = time.span.is_some() && years.0 < years.1;
                *self = TimeState { years: Some(years), start: self.start, is_multi_year, ..TimeState::default() };
            }
            (_, None) => {}
        }
        if let Some((first, last)) = time.months {
            // A single day or month dates an event: the year stands. Only a count up to it is partial.
            let is_count = (is_by_now || last > first && first == 1) && !place.is_plan();
            if is_count || time.is_part_of_year {
                self.months = Some(if time.is_part_of_year { (first, last) } else { (1, last) });
                let year = self.years.map(|y| y.1).or(if place.is_plan() {
                    place.report.planned_year
                } else {
                    place.report.reviewed_year
                });
                self.years = year.map(|y| (y, y));
            }
        }
    }

    /// The years of 三年来, 今后五年, 前三年; `None` where there is no year to count from.
    fn span_years(&self, span: Span, place: Place) -> Option<(i32, i32)> {
        match span {
            Span::Last(count) => {
                let last = if place.is_plan() { place.report.reviewed_year } else { place.year() }?;
                Some((last - count + 1, last))
            }
            Span::Ago(_) => None,
            Span::During(count) if !place.is_plan() => self.span_years(Span::Last(count), place),
            Span::Next(count) | Span::During(count) => {
                let own = place.sentence.span.filter(|(first, last)| place.is_plan() && last - first + 1 == count);
                own.or(place.report.planned_year.map(|first| (first, first + count - 1)))
            }
            Span::First(count) => {
                let (first, last) = place.sentence.span.or(self.years)?;
                (first + count - 1 <= last).then_some((first, first + count - 1))
            }
        }
    }

    /// The period of a number.
    pub fn period(&self, place: Place, question: Question) -> Period {
        let since =
            |year: i32| question.own.base.filter(|base| question.is_change && year - base >= 2).map(|base| base + 1);
        if let Some(length) = question.streak
            && let Some(last) = self.years.map(|y| y.1).or(place.year())
        {
            return Period::years(last - length + 1, last, "explicit");
        }
        if let Some((first, last)) = question.own.years.or(self.start.filter(|_| question.is_start)) {
            return Period::years(first, last, "explicit");
        }
        let is_of_last = question.is_yoy || (self.is_multi_year && question.is_end && !question.is_sum);
        if let Some((_, last)) = self.years.filter(|_| is_of_last && self.months.is_none() && !place.is_plan()) {
            return Period::years(last, last, "explicit");
        }
        if let Some((first, last)) = self.years {
            // 到2025年，年均增长5%: from the planned year to that one.
            let planned = place
                .report
                .planned_year
                .filter(|&planned| question.is_average && place.is_plan() && first == last && planned < last);
            if let Some(planned) = planned {
                return Period::years(planned, last, "inferred");
            }
            return match self.months {
                Some((from, until)) => Period::months(last, from, until, "explicit"),
                None if question.is_average && first == last && !place.is_plan() => {
                    Period::years(last - LOOK_BACK, last, "inferred")
                }
                None => Period::years(since(last).unwrap_or(first), last, "explicit"),
            };
        }
        if let Some((_, last)) = place.sentence.span.filter(|_| question.is_end && !place.is_plan()) {
            return Period::years(last, last, "section");
        }
        if let Some((_, last)) = place.sentence.span.filter(|_| question.is_yoy && !place.is_plan()) {
            return Period::years(last, last, "section");
        }
        if let Some((first, last)) = place.sentence.span {
            return Period::years(since(last).unwrap_or(first), last, "section");
        }
        let looks_back = (self.is_multi_year || question.is_average) && !place.is_plan();
        match place.year() {
            Some(year) if looks_back => {
                Period::years(year - LOOK_BACK, year, if self.is_multi_year { "explicit" } else { "inferred" })
            }
            Some(year) => Period::years(since(year).unwrap_or(year), year, "section"),
            None => Period::unknown(),
        }
    }
}

/// In a plan it leads back to the facts.
const NOW: &str = "目前";

/// The words that end what 上半年 began.
const WHOLE_YEAR: [&str; 2] = ["全年", "年内"];

/// A look back over five years begins this many years before the one it ends with.
const LOOK_BACK: i32 = 4;

fn behind_is(text: &str, token: &Token, words: &str) -> bool {
    text[token.range.clone()].ends_with(words) || text[token.range.end..].starts_with(words)
}

/// Whether the year named first is only what a change is measured from.
fn is_yardstick(text: &str, tokens: &[Token]) -> bool {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return false };
    let behind = &text[first.range.end..last.range.end];
    behind.contains("基础上") || ["水平", "的水平", "实际水平"].iter().any(|words| behind.starts_with(words))
}

fn word_text<'t>(text: &'t str, token: &Token) -> &'t str {
    &text[token.range.clone()]
}

/// The year that a plan named right behind 比 ended with: “十二五”末 -> 2015.
fn plan_end(behind: &str) -> Option<i32> {
    let end = behind.find(['末', '底']).filter(|&at| behind[..at].chars().count() <= 8)?;
    crate::parse::plan_period(&behind[..end]).map(|(_, last)| last)
}
