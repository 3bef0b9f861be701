//! One column of a table: what its header, the caption and the section say of its numbers.

use super::Site;
use super::cell::{self, UnitText};
use crate::extract::Status;
use crate::extract::lexer::{self, Kind, Token};
use crate::extract::measure::Direction;
use crate::extract::period::{Period, Place, Question, TimeState};
use crate::extract::scope::{self, Head};
use crate::model::{SectionRole, Sentence};
use crate::vocab::{Cue, TableKind, Vocabulary};
use std::ops::Range;

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Serial,
    Name,
    Unit,
    Value,
    /// Anything else: remarks, names of offices, dates.
    Other,
}

/// A column or a row of changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Change {
    /// Said by the word (下降); `None` where the sign tells it.
    pub direction: Option<Direction>,
    /// A noun for a rate (增速): percent where no unit is told.
    pub is_rate: bool,
}

impl Change {
    pub fn of(direction: Direction) -> Change {
        Change { direction: Some(direction), is_rate: false }
    }
}

/// What all columns of a table share.
pub(super) struct Context<'s, 'a> {
    pub site: &'s Site<'a>,
    /// The lines above the table, the nearest first.
    pub captions: &'s [&'a str],
    /// Those of 单位：亿元.
    pub units: Vec<UnitText>,
    /// A row of the table, for its section.
    pub sentence: Option<&'a Sentence>,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub role: Role,
    /// Its header cells from top to bottom, without a mark between them.
    pub header: String,
    /// Every row is about a place.
    pub names_places: bool,
    pub unit: Option<UnitText>,
    pub caption_units: Vec<UnitText>,
    pub change: Option<Change>,
    /// The changes are in the unit of the level.
    pub is_amount: bool,
    pub basis: Option<&'static str>,
    pub is_average: bool,
    pub is_share: bool,
    pub is_rank: bool,
    pub is_preliminary: bool,
    pub status: Status,
    pub period: Period,
    /// What the header says is measured, without times, units and words such as 绝对额.
    pub residual: Option<String>,
    /// The whole of a share, the group of a rank.
    pub within: Option<String>,
    /// The place the column is about.
    pub place: Option<Range<usize>>,
    is_progress: bool,
    tells_status: bool,
    tells_time: bool,
}

/// What is left of a header when the words of tables are gone says something from so many characters on.
const MIN_RESIDUAL_CHARS: usize = 2;

impl Column {
    /// A column with these header cells.
    pub fn of(cells: &[Range<usize>], context: &Context) -> Column {
        let Site { text, report, vocabulary } = *context.site;
        let mut cells = cells.to_vec();
        cells.dedup();
        let header: String = cells.iter().map(|cell| &text[cell.clone()]).collect();
        let unit = cells.iter().rev().find_map(|cell| cell::bracketed_unit(&text[cell.clone()], vocabulary));
        let tokens: Vec<Token> =
            cells.iter().flat_map(|cell| lexer::lex(text, cell, vocabulary, report.report_year).tokens).collect();
        let (kinds, residual) = words_of(&cells, &tokens, text, vocabulary);
        let has = |kind: TableKind| kinds.contains(&kind);
        let place = residual.as_ref().and_then(|words| {
            let range = cells.iter().find(|cell| text[(*cell).clone()] == **words)?;
            match scope::of_name(range.clone(), text, report, vocabulary) {
                Head::Silent => None,
                head => Some((head, range.clone())),
            }
        });
        let residual = residual.filter(|_| place.is_none());
        let tells_status = status_of(&kinds, true).is_some();
        let (status, period, tells_time) = time(&cells, &tokens, &kinds, context);
        let change = change_of(&kinds, &header);
        let is_share = has(TableKind::Share);
        let unit = unit.map(|(unit, _)| unit);
        let is_progress = has(TableKind::Progress) || is_progress(&kinds, unit.as_ref());
        Column {
            role: role_of(&kinds, &header),
            names_places: has(TableKind::Place),
            unit,
            caption_units: context.units.clone(),
            change: change.filter(|_| !is_share && !has(TableKind::Rank)),
            is_amount: has(TableKind::Amount),
            basis: basis_of(&kinds, &tokens),
            is_average: has(TableKind::Average),
            is_share,
            is_rank: has(TableKind::Rank),
            is_preliminary: tokens.iter().any(|token| token.word_cues().has(Cue::Preliminary)),
            status,
            period,
            within: is_share.then(|| whole_of(&header)).flatten(),
            residual: residual.filter(|_| !is_share && !has(TableKind::Rank)),
            place: place.and_then(|(head, range)| matches!(head, Head::Part(_)).then_some(range)),
            is_progress,
            tells_status,
            tells_time,
            header,
        }
    }

    /// The same column as one of plain amounts.
    pub fn as_level(&self) -> Column {
        Column { change: None, is_share: false, is_rank: false, residual: None, within: None, ..self.clone() }
    }

    /// A change, a share or a rank without a time of its own is that of the column before it: 2022年预期, 增长（%）.
    pub fn take_over(&mut self, level: &Column) {
        let is_of_level = self.role == Role::Value && (self.change.is_some() || self.is_share || self.is_rank);
        if !is_of_level || self.is_average {
            return;
        }
        if !self.tells_time {
            self.period = level.period.clone();
        }
        if !self.tells_status && self.period.text == level.period.text {
            self.status = level.status;
        }
        if self.residual.is_none() && level.change.is_none() {
            self.residual.clone_from(&level.residual);
        }
    }

    /// Settles what the header left open by what the column holds: so many numbers, so many words.
    pub fn settle(&mut self, values: usize, texts: usize) {
        match self.role {
            Role::Value if self.is_progress => self.role = Role::Other,
            // 指标 (unnamed or not) over words: the names; over numbers: values.
            Role::Value if values == 0 || texts > 2 * values => {
                let is_silent = !self.tells_status && self.unit.is_none() && self.change.is_none();
                self.role = if is_silent && values < texts { Role::Name } else { Role::Value };
            }
            Role::Name if values > texts => self.role = Role::Value,
            _ => {}
        }
    }
}

fn role_of(kinds: &[TableKind], header: &str) -> Role {
    let has = |kind: TableKind| kinds.contains(&kind);
    let is_value = [TableKind::Target, TableKind::Estimate, TableKind::Actual, TableKind::Level, TableKind::Share];
    if has(TableKind::Other) {
        Role::Other
    } else if has(TableKind::Serial) {
        Role::Serial
    } else if has(TableKind::Unit) {
        Role::Unit
    } else if has(TableKind::Name)
        && !header.contains(|c: char| c.is_ascii_digit())
        && !is_value.iter().any(|&kind| has(kind))
    {
        Role::Name
    } else {
        Role::Value
    }
}

fn change_of(kinds: &[TableKind], header: &str) -> Option<Change> {
    let has = |kind: TableKind| kinds.contains(&kind);
    let is_rate = has(TableKind::Rate) || header.contains("±%");
    if has(TableKind::Down) && !has(TableKind::Up) {
        return Some(Change { direction: Some(Direction::Down), is_rate });
    }
    let is_change = [TableKind::Up, TableKind::Rate, TableKind::Change].iter().any(|&kind| has(kind));
    is_change.then_some(Change { direction: None, is_rate })
}

/// The status of a column and the time it speaks of: the header's own words first, then the caption, then the section.
fn time(cells: &[Range<usize>], tokens: &[Token], kinds: &[TableKind], context: &Context) -> (Status, Period, bool) {
    let Site { text, report, vocabulary } = *context.site;
    let bare = cells.iter().rev().find_map(|cell| cell::bare_year(&text[cell.clone()]));
    let named = tokens.iter().filter_map(|token| match &token.kind {
        Kind::Time(time) => time.years,
        _ => None,
    });
    let last_year = bare.or(named.map(|years| years.1).max());
    let role = context.sentence.map_or(SectionRole::Other, |sentence| sentence.role);
    let caption = context.captions.iter().find_map(|line| status_of(&vocabulary.tables.kinds_in(line), false));
    let is_later = last_year.zip(report.reviewed_year).map(|(year, reviewed)| year > reviewed);
    let status = status_of(kinds, true).unwrap_or(match (is_later, caption) {
        (Some(true), _) => Status::Target,
        (Some(false), Some(Status::Target)) if last_year < report.planned_year => Status::Actual,
        (_, Some(caption)) => caption,
        (Some(false), None) => Status::Actual,
        (None, None) if role.is_plan() => Status::Target,
        (None, None) => Status::Actual,
    });
    if let Some(year) = bare {
        return (status, Period::years(year, year, "explicit"), true);
    }
    let Some(sentence) = context.sentence else { return (status, Period::unknown(), false) };
    // A fact in an annex is of the year looked back on, a promise in a review of the year planned.
    let is_promise = status == Status::Target;
    let role = match (role.is_plan(), is_promise) {
        (true, false) => SectionRole::Review,
        (false, true) => SectionRole::PlanYear,
        _ => role,
    };
    let span = sentence.span.filter(|_| role == sentence.role);
    let sentence = Sentence { role, span, ..sentence.clone() };
    let place = Place { report, sentence: &sentence };
    let mut state = TimeState::default();
    state.read(tokens, text, place);
    let has = |kind: TableKind| kinds.contains(&kind);
    let is_change = change_of(kinds, "").is_some();
    let question = Question {
        is_change,
        is_average: has(TableKind::Average),
        is_yoy: is_change && has(TableKind::YearOnYear),
        ..Question::default()
    };
    // 12月: the month alone.
    let month = tokens.iter().find_map(|token| match &token.kind {
        Kind::Time(time) if !time.is_part_of_year => time.months.filter(|months| months.0 == months.1 && months.0 > 1),
        _ => None,
    });
    let year = last_year.or(if is_promise { report.planned_year } else { report.reviewed_year });
    if let (Some((month, _)), Some(year)) = (month, year) {
        return (status, Period::months(year, month, month, "explicit"), true);
    }
    if state.is_known() {
        return (status, state.period(place, question), true);
    }
    let from_caption = context.captions.iter().find_map(|line| {
        let kinds = vocabulary.tables.kinds_in(line);
        let years = years_in(line);
        let suits = status_of(&kinds, false).is_none_or(|told| (told == Status::Target) == is_promise);
        let [year] = years.as_slice() else { return None };
        suits.then_some(*year)
    });
    if let Some(year) = from_caption {
        return (status, Period::years(year, year, "section"), false);
    }
    (status, state.period(place, question), false)
}

/// The years that a caption names, each once.
fn years_in(line: &str) -> Vec<i32> {
    let starts = line
        .char_indices()
        .filter(|(at, c)| c.is_ascii_digit() && !line[..*at].ends_with(|c: char| c.is_ascii_digit()));
    let mut years: Vec<i32> =
        starts.filter_map(|(at, _)| crate::extract::number::year_digits(line, at).map(|(year, _)| year)).collect();
    years.sort_unstable();
    years.dedup();
    years
}

/// What the words of a header or a caption say; `None` where they say nothing or two things.
fn status_of(kinds: &[TableKind], is_header: bool) -> Option<Status> {
    let has = |kind: TableKind| kinds.contains(&kind);
    let (target, estimate, actual) = (has(TableKind::Target), has(TableKind::Estimate), has(TableKind::Actual));
    match (target, estimate, actual) {
        (_, true, _) if is_header => Some(Status::Estimate),
        (false, true, _) => Some(Status::Estimate),
        // 完成目标
        (true, _, true) => None,
        (true, _, false) => Some(Status::Target),
        (false, _, true) => Some(Status::Actual),
        (false, _, false) => None,
    }
}

/// The kinds of the words of tables in a header, and what else it says: its words without those, times, brackets and
/// cues. A term of the catalogue (工业增加值) is no word of tables, whatever it holds.
fn words_of(
    cells: &[Range<usize>],
    tokens: &[Token],
    text: &str,
    vocabulary: &Vocabulary,
) -> (Vec<TableKind>, Option<String>) {
    const CUES: &[Cue] = &[
        Cue::SinceYearStart,
        Cue::YearOnYear,
        Cue::LastYear,
        Cue::YearBefore,
        Cue::ThisYear,
        Cue::ThisYearEnd,
        Cue::MultiYear,
        Cue::OneYear,
        Cue::NotNoun,
        Cue::Up,
        Cue::Down,
        Cue::RateUp,
        Cue::RateDown,
        Cue::Estimate,
        Cue::Preliminary,
        Cue::Completion,
        Cue::Realised,
        Cue::AnnualAverage,
        Cue::Versus,
        Cue::To,
        Cue::RankVerb,
    ];
    let is_term = |token: &&Token| matches!(&token.kind, Kind::Word(word) if !word.indicators.is_empty());
    let terms: Vec<Range<usize>> = tokens.iter().filter(is_term).map(|token| token.range.clone()).collect();
    let mut kinds = Vec::new();
    let mut cut: Vec<Range<usize>> = Vec::new();
    for cell in cells {
        for (range, found) in vocabulary.tables.in_text(&text[cell.clone()]) {
            let range = cell.start + range.start..cell.start + range.end;
            if !terms.iter().any(|term| term.start < range.end && range.start < term.end) {
                kinds.extend(found);
                cut.push(range);
            }
        }
    }
    // 居民消费价格涨幅 is a term and a rate.
    if tokens.iter().filter(is_term).any(|token| token.word_cues().has_any(&[Cue::RateUp, Cue::RateDown])) {
        kinds.push(TableKind::Rate);
    }
    let mut depth = 0usize;
    let mut words = String::new();
    for token in tokens {
        match &token.kind {
            Kind::Punct('（') => depth += 1,
            Kind::Punct('）') => depth = depth.saturating_sub(1),
            _ => {}
        }
        let says = match &token.kind {
            Kind::Word(word) => !word.indicators.is_empty() || !word.cues.has_any(CUES),
            Kind::Text => true,
            _ => false,
        };
        if depth > 0 || !says {
            continue;
        }
        let characters = text[token.range.clone()].char_indices().map(|(at, c)| (token.range.start + at, c));
        let kept = characters.filter(|(at, c)| c.is_alphabetic() && !cut.iter().any(|cut| cut.contains(at)));
        words.extend(kept.map(|(_, c)| c));
    }
    let residual = (words.chars().count() >= MIN_RESIDUAL_CHARS).then_some(words);
    (kinds, residual)
}

/// What changes are measured against.
fn basis_of(kinds: &[TableKind], tokens: &[Token]) -> Option<&'static str> {
    if kinds.contains(&TableKind::Average) {
        Some("annual_average")
    } else if tokens.iter().any(|token| token.word_cues().has(Cue::SinceYearStart)) {
        Some("since_year_start")
    } else if kinds.contains(&TableKind::YearOnYear) {
        Some("yoy")
    } else {
        None
    }
}

/// 完成年初预期（%）: how much of a plan is done.
fn is_progress(kinds: &[TableKind], unit: Option<&UnitText>) -> bool {
    let has = |kind: TableKind| kinds.contains(&kind);
    has(TableKind::Target) && has(TableKind::Actual) && unit.is_some_and(|unit| unit.text == "%")
}

/// 占地区生产总值比重 -> 地区生产总值
fn whole_of(header: &str) -> Option<String> {
    let behind = &header[header.find('占')? + '占'.len_utf8()..];
    let end = ["的", "比", "（", "%"].iter().filter_map(|mark| behind.find(mark)).min().unwrap_or(behind.len());
    (end > 0).then(|| behind[..end].to_string())
}

/// The word of change at the end of a name (地区生产总值增速), which is taken off unless it is part of a term. One that is
/// no change (人口自然增长率) has no cue of one.
pub(super) fn change_of_name(name: &mut String, vocabulary: &Vocabulary) -> Option<Change> {
    let (range, word) = vocabulary.words_in(name).last()?;
    if range.end != name.len() {
        return None;
    }
    let (cues, start) = (word.cues, range.start);
    let is_rate = cues.has_any(&[Cue::RateUp, Cue::RateDown]);
    let direction = if cues.has_any(&[Cue::Down, Cue::RateDown]) {
        Some(Direction::Down)
    } else if cues.has_any(&[Cue::Up, Cue::RateUp]) {
        None
    } else {
        return None;
    };
    // 居民消费价格涨幅 is a name of its own.
    if !word.indicators.is_empty() {
        return Some(Change { direction, is_rate });
    }
    if start == 0 {
        return None;
    }
    name.truncate(start);
    for word in ["年均", "同比", "比上年"] {
        if let Some(kept) = name.strip_suffix(word) {
            name.truncate(kept.len());
        }
    }
    Some(Change { direction, is_rate })
}
