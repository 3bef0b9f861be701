//! The three years of a report: given, reviewed, planned. They differ between genres, and sources may disagree.
//!
//! The years looked back on and planned are those of the headings of the two parts: a heading names its year beside the very
//! words it is about. The year given is that of the day of the meeting, else that of the title, which scrapers copy and which
//! is not believed against the headings. Only a text that has none of them is asked for the years it speaks of; the file
//! name is believed before these, if the text comes near its year. What a report of results or statistics looks back on
//! stands in its title; it is given in that year or the next. A source whose year is none of the three is told as an issue.

use super::*;
use crate::extract::number::year_digits;
use std::collections::BTreeMap;

/// The three years of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Years {
    pub report: Option<i32>,
    pub reviewed: Option<i32>,
    pub planned: Option<i32>,
    pub(super) basis: Basis,
}

/// What the years rest on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Basis {
    /// Title, day or headings name a year.
    #[default]
    Stated,
    /// The years that the text speaks of.
    Text,
    FileName,
}

/// Where a year may stand besides the text of the report.
pub(super) struct Sources<'a> {
    pub title: Option<&'a str>,
    pub delivered: Option<Date>,
    pub published: Option<Date>,
    pub file_name: &'a str,
}

impl Years {
    pub(super) fn find(kind: ReportKind, sources: &Sources, text: &str, ranges: &[SentenceRange]) -> Years {
        let title_year = sources.title.and_then(first_year);
        let file_year = first_year(sources.file_name).filter(|&year| may_be_of(text, year));
        let delivered = sources.delivered;
        let (review_heading, plan_heading) =
            heading_years(text, ranges, delivered.map(|day| day.year).or(title_year).or(file_year));
        // The year planned is not the one looked back on.
        let review_heading = review_heading.filter(|_| review_heading != plan_heading);
        let looks_back_only = matches!(kind, ReportKind::Performance | ReportKind::Communique);
        let (mut report, mut reviewed) = if looks_back_only {
            let reviewed = title_year.or(review_heading);
            (reviewed.map(|year| published_for(year, sources.published)), reviewed)
        } else {
            let given = delivered
                .map(|day| day.year)
                .or(title_year.filter(|year| review_heading.is_none_or(|r| (0..=1).contains(&(year - r)))));
            let from_delivery = delivered.map(|day| if day.month >= LATE_MONTH { day.year } else { day.year - 1 });
            let reviewed = review_heading
                .or(from_delivery)
                .or(plan_heading.map(|year| year - 1))
                .or(given.map(|year| reviewed_of(text, year)));
            let planned = plan_heading.filter(|&p| reviewed.is_none_or(|r| (0..=1).contains(&(p - r))));
            // Held before its year began, such a report speaks of the months of the year in progress.
            let planned = planned.map(|year| if is_given_late(text, year - 1) { year - 1 } else { year });
            (given.or(planned).or(reviewed.map(|year| year + 1)), reviewed)
        };
        let mut basis = Basis::Stated;
        if reviewed.is_none() {
            let told = told_year(text, sources.published);
            let year = told.or(file_year).or_else(|| inferred_year(text));
            basis = if told.is_none() && file_year.is_some() { Basis::FileName } else { Basis::Text };
            // The name of a file that looks back on a year names that year; what a text tells is the year it was given.
            (report, reviewed) = match (looks_back_only, told) {
                (true, None) => (year.map(|year| published_for(year, sources.published)), year),
                (true, Some(given)) => (Some(given), Some(given - 1)),
                (false, _) => (year, year.map(|year| reviewed_of(text, year))),
            };
        }
        let planned = plan_heading.filter(|&p| reviewed.is_none_or(|r| (0..=1).contains(&(p - r))));
        Years { report, reviewed, planned: planned.or(reviewed.map(|year| year + 1)), basis }
    }

    /// The five years that end with the reviewed one.
    pub fn look_back(&self) -> Option<(i32, i32)> {
        self.reviewed.map(|year| (year - PLAN_YEARS + 1, year))
    }

    /// The five years that begin with the planned one.
    pub fn look_ahead(&self) -> Option<(i32, i32)> {
        self.planned.map(|year| (year, year + PLAN_YEARS - 1))
    }

    /// What is missing or disagrees, each with its evidence.
    pub(super) fn issues(&self, sources: &Sources, text: &str) -> Vec<Issue> {
        let file_name = sources.file_name;
        let mut issues = Vec::new();
        let (Some(report), Some(reviewed)) = (self.report, self.reviewed) else {
            let message = "no year in the title, the occasion line, the headings or the file name";
            return vec![Issue::new(IssueCode::YearUnknown, message)];
        };
        match self.basis {
            Basis::Stated => {}
            Basis::Text => issues.push(Issue::new(
                IssueCode::YearInferred,
                format!(
                    "no title, day or heading names a year; the years the text speaks of make it a report of {report}"
                ),
            )),
            Basis::FileName => issues.push(Issue::new(
                IssueCode::YearFromFileName,
                format!("the text names no year of its own; taken from the file name `{file_name}`"),
            )),
        }
        let known = reviewed..=report.max(self.planned.unwrap_or(report));
        let outside = |words: &str| {
            let years = all_years(words);
            let is_outside = !years.is_empty() && !years.iter().any(|year| known.contains(year));
            is_outside.then(|| years[0])
        };
        let believed = format!("the report was given in {report} and looks back on {reviewed}");
        for (source, words) in [("title", sources.title.unwrap_or("")), ("file name", file_name)] {
            if let Some(year) = outside(words) {
                let message = format!("the {source} `{words}` names {year}, but {believed}");
                issues.push(Issue::new(IssueCode::YearContradicted, message));
            }
        }
        if let Some(day) = sources.delivered.filter(|day| !known.contains(&day.year)) {
            let message = format!("the occasion line names {day}, but {believed}");
            issues.push(Issue::new(IssueCode::YearContradicted, message));
        }
        // A file name is believed before the years that a text happens to speak of, but not against its word in silence.
        let is_named_only = self.basis == Basis::FileName;
        let opened = is_named_only.then(|| opened_year(opening_part(text, REVIEW_BEGINS))).flatten();
        if let Some(year) = opened.filter(|year| !known.contains(year)) {
            let message = format!("the review opens with {year}, but by the file name `{file_name}` {believed}");
            issues.push(Issue::new(IssueCode::YearContradicted, message));
        }
        // Pages are put up again years later; none is put up before its report is given.
        let is_early = |day: &Date| sources.delivered.is_some_and(|given| *day < given) || day.year < reviewed;
        if let Some(day) = sources.published.filter(is_early) {
            let given = sources.delivered.map_or(format!("in {report}"), |given| format!("on {given}"));
            let message = format!("the page names {day} as its day of publication, but the report was given {given}");
            issues.push(Issue::new(IssueCode::YearContradicted, message));
        }
        issues
    }
}

/// From this month on a report looks back on the year in progress.
const LATE_MONTH: u32 = 7;

/// The year in which a report that looks back on `reviewed` was given: the page's, if that is the same year or the next one;
/// a page put up again years later tells nothing.
fn published_for(reviewed: i32, published: Option<Date>) -> i32 {
    published.map(|day| day.year).filter(|year| (reviewed..=reviewed + 1).contains(year)).unwrap_or(reviewed + 1)
}

/// The first year written with four digits.
pub(crate) fn first_year(text: &str) -> Option<i32> {
    text.char_indices().find_map(|(at, _)| year_at(text, at))
}

/// The last year of a text: in 2016—2020年工作回顾 the one the review ends with.
pub(crate) fn last_year(text: &str) -> Option<i32> {
    text.char_indices().rev().find_map(|(at, _)| year_at(text, at))
}

fn all_years(text: &str) -> Vec<i32> {
    text.char_indices().filter_map(|(at, _)| year_at(text, at)).collect()
}

fn year_at(text: &str, at: usize) -> Option<i32> {
    let is_joined = || text[..at].ends_with(|c: char| c.is_ascii_digit());
    year_digits(text, at).filter(|_| !is_joined()).map(|(year, _)| year)
}

/// A year is written with so many digits.
const YEAR_DIGITS: usize = 4;

/// Where each year of a text is spoken of; not the bounds of spans and bases of comparisons.
fn year_places(text: &str) -> BTreeMap<i32, Vec<usize>> {
    let mut found: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    for at in places(text, "年") {
        let from = at - last_chars(&text[..at], YEAR_DIGITS).len();
        if let Some((year, end)) = year_digits(text, from)
            && end == at
            && !text[..from].ends_with(['到', '至', '—', '-', '比', '较', '自', '从'])
            // 是2011年的1.6倍
            && !(text[..from].ends_with('是') && text[at..].starts_with("年的"))
        {
            found.entry(year).or_default().push(at);
        }
    }
    found
}

/// Whether a text may be of a year: the years it speaks of lie around that year.
fn may_be_of(text: &str, year: i32) -> bool {
    let mut spoken = places(text, "年").filter_map(|at| {
        let digits = last_chars(&text[..at], YEAR_DIGITS);
        year_digits(text, at - digits.len()).filter(|&(_, end)| end == at).map(|(year, _)| year)
    });
    // The year after the last one spoken of: a review of 2019 may call its year 今年 only.
    let any = spoken.next();
    let (first, last) = spoken.fold((any, any), |(first, last), year| (first.min(Some(year)), last.max(Some(year))));
    first.zip(last).is_none_or(|(first, last)| (first..=last + 1).contains(&year))
}

/// The year in which a report was given, where the text or its page all but says it.
fn told_year(text: &str, published: Option<Date>) -> Option<i32> {
    let opening = first_chars(text, OPENING_CHARS);
    let speaks_of = |year: i32| holds(text, &format!("{year}年"));
    congress_year(opening)
        .or_else(|| published.map(|day| day.year).filter(|&year| speaks_of(year) || speaks_of(year - 1)))
}

/// A review begins in one of so many parts of a text, from its start.
const REVIEW_BEGINS: usize = 12;

/// The good start into a five-year plan is told in one of so many parts.
const PLAN_BEGUN: usize = 6;
/// Rises over the years looked back on are told in one of so many parts.
const RISES_END: usize = 3;

/// One of so many parts of a text, from its start.
fn opening_part(text: &str, parts: usize) -> &str {
    let length = (text.chars().count() / parts).max(OPENING_CHARS);
    first_chars(text, length)
}

/// The year in which a report was given, from the years it speaks of, the most telling first. Asked of 378 real reports whose
/// year is known, the first clue is right in 188 of 193 cases, that of a plan begun in 30 of 33, that of rises in 26 of 31,
/// the last in 151 of 245.
fn inferred_year(text: &str) -> Option<i32> {
    let begins = opening_part(text, REVIEW_BEGINS);
    opened_year(begins)
        .or_else(|| plan_reviewed(begins))
        .or_else(|| plan_begun(opening_part(text, PLAN_BEGUN)))
        .or_else(|| risen_year(opening_part(text, RISES_END)))
        .and_then(|reviewed| given_after(text, reviewed))
        .or_else(|| common_year(text))
}

/// A report that looks back on `reviewed` was given the year after, unless it speaks of the year in progress.
fn given_after(text: &str, reviewed: i32) -> Option<i32> {
    Some(if is_given_late(text, reviewed) { reviewed } else { reviewed + 1 })
}

/// The year of a meeting of the National People's Congress that the government reports to: terms of five years since the
/// fifth, which began in 1978, one meeting a year.
fn congress_year(opening: &str) -> Option<i32> {
    const FIFTH_TERM: i32 = 1978;
    const CONGRESS: &str = "届全国人民代表大会第";
    let represented = opening[opening.find("我代表")?..].split('。').next()?;
    // 向第十届全国人民代表大会第一次会议报告; not 第九届……会议以来的五年.
    let addressed = &represented[represented.find("向第")? + "向第".len()..];
    let (term, session) = addressed.split_once(CONGRESS)?;
    let session = session.split("次会议").next()?;
    let number = |words: &str| {
        let (value, end) = crate::extract::number::chinese_value(words, 0)?;
        (end == words.len()).then_some(value as i32)
    };
    let (term, session) = (number(term)?, number(session)?);
    (term >= 5 && (1..=PLAN_YEARS).contains(&session)).then(|| FIFTH_TERM + (term - 5) * PLAN_YEARS + session - 1)
}

/// The year that sentences of the review begin with: 2004年，…, 刚刚过去的2016年是…; of several the last.
fn opened_year(begins: &str) -> Option<i32> {
    const LEADS: [&str; 3] = ["刚刚过去的", "在刚刚过去的", "过去的"];
    let year_of = |sentence: SentenceRange| {
        let sentence = begins[sentence].trim_start_matches(|c: char| !c.is_alphanumeric());
        let from = LEADS.iter().find_map(|lead| sentence.strip_prefix(lead)).unwrap_or(sentence);
        let (year, end) = year_digits(from, 0)?;
        from[end..].strip_prefix('年')?.starts_with(['，', '是']).then_some(year)
    };
    outline::sentence_ranges(begins).into_iter().filter_map(year_of).max()
}

/// The last year that a rise is told to: 从1997年的7万亿元增加到2002年的10万亿元.
fn risen_year(text: &str) -> Option<i32> {
    let clauses = text.split(['。', '；', '，', '\n']);
    let rise = |clause: &str| {
        let to = clause
            .match_indices('到')
            .find_map(|(at, mark)| year_digits(clause, at + mark.len()).map(|(year, _)| (year, at)));
        // 1958年到1967年 is a span and no rise.
        let is_rise = |year: i32, from: &str| !from.ends_with('年') && first_year(from).is_some_and(|from| from < year);
        to.filter(|&(year, at)| is_rise(year, &clause[..at])).map(|(year, _)| year)
    };
    clauses.filter_map(rise).max()
}

/// The last year of the five-year plan that a heading looks back on: “十一五”时期…的回顾.
fn plan_reviewed(begins: &str) -> Option<i32> {
    outline::sentence_ranges(begins).into_iter().find_map(|sentence| {
        let heading = outline::own_words(&begins[sentence]);
        let looks_back = ["回顾", "成就"].iter().any(|cue| heading.contains(cue));
        let is_heading = heading.chars().count() <= HEADING_CHARS && !heading.ends_with('。');
        if !looks_back || !is_heading {
            return None;
        }
        plan_period(heading).map(|(_, last)| last)
    })
}

/// The first year of a five-year plan that a review says began well: 实现“十三五”良好开局.
fn plan_begun(begins: &str) -> Option<i32> {
    const NEAR_CHARS: usize = 8;
    const SAID_CHARS: usize = 40;
    begins.match_indices("五”").find_map(|(at, mark)| {
        let end = at + mark.len();
        let behind = first_chars(&begins[end..], NEAR_CHARS);
        let said = last_chars(&begins[..end], SAID_CHARS).rsplit(['。', '；', '\n']).next()?;
        let plan = &said[said.rfind('“')?..];
        let is_done = ["实现", "取得", "迈出"].iter().any(|words| said.contains(words));
        let is_begun = behind.split(['，', '。', '；']).next()?.contains("开局");
        (is_done && is_begun).then(|| plan_period(plan)).flatten().map(|(first, _)| first)
    })
}

/// The year a report was given in, from the year it speaks of most: one told of in the first half is the year
/// looked back on (the plan says 今年), one told of in the second half the year planned.
fn common_year(text: &str) -> Option<i32> {
    let (year, found) = year_places(text).into_iter().max_by_key(|(year, found)| (found.len(), *year))?;
    let median = found[found.len() / 2];
    (found.len() >= MIN_MENTIONS).then_some(if median * 2 < text.len() { year + 1 } else { year })
}

/// Words of the months of a year in progress, as reports at its end have them.
const LATE_WORDS: [&str; 6] = ["今年以来", "今年上半年", "今年前", "前三季度", "1-9月", "1—9月"];

/// Whether a report speaks of the year after `year` as the next one, and of months of `year` as done.
fn is_given_late(text: &str, year: i32) -> bool {
    let first_half = first_half(text);
    mentions(text, "明年") >= MIN_MENTIONS && LATE_WORDS.iter().any(|words| holds(first_half, words))
        || holds(first_half, &format!("预计到{year}年底"))
}

fn first_half(text: &str) -> &str {
    first_chars(text, text.chars().count() / 2)
}

/// The year that a report given in `given` looks back on: the one before, unless its first half speaks of the
/// months of `given` and more of that year, as reports at the end of a term do.
fn reviewed_of(text: &str, given: i32) -> i32 {
    let first_half = first_half(text);
    let count = |year: i32| {
        let ends = [format!("{year}年底"), format!("{year}年末"), format!("到{year}年")];
        year_places(first_half).get(&year).map_or(0, Vec::len)
            + ends.iter().map(|words| mentions(first_half, words)).sum::<usize>()
    };
    // Given late in its year a report looks back on that year's months.
    let expected = [format!("预计到{given}年"), format!("预计{given}年")];
    let is_late = LATE_WORDS.iter().any(|words| holds(first_half, words))
        || expected.iter().any(|words| holds(first_half, words));
    if is_late && count(given) > count(given - 1) { given } else { given - 1 }
}

/// So near behind 主要工作 a word makes it one that is looked back on: 主要工作回顾.
const LOOKING_BACK_CHARS: usize = 6;

/// The years that the headings name for the review and for the plan. `given` is the year of the report, if another
/// place tells it.
fn heading_years(text: &str, ranges: &[SentenceRange], given: Option<i32>) -> (Option<i32>, Option<i32>) {
    let (mut review, mut plan) = (None, None);
    // The years of headings without a telling word: 2024年建设迈出新步伐, then 抓好2025年政府工作.
    let mut plain: Vec<i32> = Vec::new();
    for sentence in ranges {
        let piece = &text[sentence.clone()];
        let is_line = || !piece.ends_with('。') && !is_longer(piece, HEADING_CHARS);
        if heading_mark(piece).is_none_or(|(level, _)| level > 2) && !is_line() || is_row(piece) {
            continue;
        }
        let heading = outline::own_words(piece);
        plain.extend(first_year(heading).filter(|_| !heading.contains("五”")));
        if review.is_none() && ["回顾", "总结", "发展成就", "工作情况"].iter().any(|cue| heading.contains(cue))
        {
            let end = heading.find("回顾").unwrap_or(heading.len());
            // “十五”工作回顾和2005年发展情况: what stands behind is looked back on too.
            let behind = &heading[end..];
            let is_told = ["情况", "总结", "成就"].iter().any(|cue| behind.contains(cue));
            review = last_year(&heading[..end]).or_else(|| last_year(behind).filter(|_| is_told));
        }
        let plan_cue = ["任务", "工作安排", "工作部署", "重点工作", "总体要求", "预期目标", "工作建议", "主要工作"]
            .iter()
            .filter_map(|cue| heading.find(cue))
            .min();
        // 2020年主要工作回顾 plans nothing.
        let looks_back = |at: usize| {
            let near = first_chars(&heading[at..], LOOKING_BACK_CHARS);
            ["回顾", "总结", "情况"].iter().any(|cue| near.contains(cue))
        };
        if let Some(at) = plan_cue
            .filter(|&at| plan.is_none() && !looks_back(at) && !heading.contains("规划") && !heading.contains("时期"))
        {
            // 2010年经济社会发展预期目标 in a report that looks back on 2005: the goals of a five-year plan.
            plan = last_year(&heading[..at]).filter(|&year| review.is_none_or(|review| year <= review + 1));
        }
    }
    let is_pair = |years: &&[i32]| years[1] == years[0] + 1 && given.is_none_or(|given| years[1] == given);
    let next = plain.windows(2).find(is_pair).filter(|_| review.is_none() && plan.is_none());
    next.map_or((review, plan), |years| (Some(years[0]), Some(years[1])))
}
