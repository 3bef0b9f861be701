//! Tables: consecutive rows -> drafts, cell by cell.
//!
//! The rows above the first number are the header; a header cell that is empty belongs to the one it was merged with. The
//! header says what a column holds ([`column`]), the first columns name what a row is about, and every number ([`cell`])
//! stands where the two meet. A number is read only if its unit, its indicator or its header says what it is; the others
//! are left to an issue. A table without a header is read as prose is read.

mod cell;
mod column;

use super::lexer::{Kind, Token};
use super::measure::{Direction, Measure};
use super::period::Period;
use super::scope::{self, Head};
use super::{Draft, Sentences, Status, clause, link};
use crate::model::{Report, SectionRole, Sentence};
use crate::normalize::heading_mark;
use crate::parse::is_row;
use crate::vocab::{TableKind, Vocabulary};
use cell::{CellNumber, UnitText};
use column::{Column, Role};
use std::ops::Range;

/// A header has at most so many rows.
const MAX_HEADER_ROWS: usize = 4;
/// The caption of a table stands in at most so many short lines above it.
const CAPTION_LINES: usize = 3;
const CAPTION_CHARS: usize = 60;
/// The rule that made a row.
pub(super) const RULE: &str = "table";

/// What one row gives.
#[derive(Debug, Default)]
pub(super) struct RowRead<'a> {
    /// `related` counts through the drafts of the whole table.
    pub drafts: Vec<Draft>,
    /// The name and the cells in words (与经济增长同步) of columns of targets, which may be targets without a number.
    pub words: Vec<Token<'a>>,
}

/// What the rows of one table give.
#[derive(Debug, Default)]
pub(super) struct TableRead<'a> {
    pub rows: Vec<RowRead<'a>>,
    /// Numbers that were not read, and why.
    pub unread: Vec<(Range<usize>, &'static str)>,
}

/// Where the table is and what its words are looked up in.
pub(super) struct Site<'a> {
    pub text: &'a str,
    pub report: &'a Report,
    pub vocabulary: &'a Vocabulary,
}

/// How many sentences from this one on are rows of a table.
pub(super) fn rows_from(text: &str, sentences: &[Sentence]) -> usize {
    sentences.iter().take_while(|sentence| is_row(&text[sentence.range.clone()])).count()
}

/// A row: its sentence, and the plain bytes of its cells.
struct Row<'a> {
    sentence: &'a Sentence,
    tokens: &'a [Token<'a>],
    cells: Vec<Range<usize>>,
}

/// Reads the table whose rows are the sentences `rows`; `lexed` are the tokens of all sentences.
pub(super) fn read<'a>(
    site: &Site<'a>,
    sentences: &'a [Sentence],
    lexed: &'a Sentences<'a>,
    rows: Range<usize>,
) -> TableRead<'a> {
    let grid: Vec<Row> = rows
        .clone()
        .map(|i| Row { sentence: &sentences[i], tokens: lexed.of(i), cells: cells(site.text, &sentences[i].range) })
        .collect();
    let above: Vec<Range<usize>> = sentences[..rows.start]
        .iter()
        .rev()
        .map(|sentence| sentence.range.clone())
        .take_while(|line| is_caption(&site.text[line.clone()]))
        .take(CAPTION_LINES)
        .collect();
    let mut reader = Reader { site, grid: &grid, captions: above, out: TableRead::default(), count: 0 };
    let mut from = 0;
    while from < grid.len() {
        let end = reader.block_end(from);
        reader.read_block(from..end);
        from = end;
    }
    reader.out
}

/// The cells of a row, without the TABs.
fn cells(text: &str, row: &Range<usize>) -> Vec<Range<usize>> {
    let mut from = row.start;
    let ranges = text[row.clone()].split('\t').map(|cell| {
        let range = from..from + cell.len();
        from = range.end + '\t'.len_utf8();
        range
    });
    ranges.collect()
}

/// How many cells of a row hold something.
fn filled(row: &Row) -> usize {
    row.cells.iter().filter(|cell| !cell.is_empty()).count()
}

fn is_caption(line: &str) -> bool {
    !is_row(line) && line.chars().count() <= CAPTION_CHARS && !line.contains('。')
}

/// What the rows before told, for the parts behind 其中.
struct Whole {
    wording: String,
    indicator: Option<usize>,
    /// Its drafts by column.
    drafts: Vec<(usize, usize)>,
    /// 其中 was said: the rows behind are parts until one that says something alone.
    has_parts: bool,
    /// It has no numbers of its own.
    is_label: bool,
    /// The name in the first of two columns of names, which goes on where that column is empty.
    upper: Option<Name>,
}

/// What a row is about.
#[derive(Clone)]
struct Name {
    range: Range<usize>,
    wording: String,
    indicator: Option<usize>,
    unit: Option<UnitText>,
    measure: Option<column::Change>,
    is_average: bool,
    is_part: bool,
    /// The row is about another place, or one part of the area.
    place: Option<Range<usize>>,
    /// The row is about a year.
    period: Option<Period>,
    /// A number with its unit at the end of the name.
    level: Option<CellNumber>,
}

struct Reader<'s, 'a> {
    site: &'s Site<'a>,
    grid: &'s [Row<'a>],
    captions: Vec<Range<usize>>,
    out: TableRead<'a>,
    /// How many drafts the table has so far.
    count: usize,
}

impl<'a> Reader<'_, 'a> {
    fn text(&self, range: &Range<usize>) -> &'a str {
        &self.site.text[range.clone()]
    }

    fn numbers(&self, cell: &Range<usize>) -> Vec<CellNumber> {
        cell::numbers(self.site.text, cell, self.site.vocabulary)
    }

    /// Whether a row holds values: a number behind its first text that is no year.
    fn has_values(&self, row: &Row) -> bool {
        let is_value = |cell: &Range<usize>| {
            !cell.is_empty()
                && cell::bare_year(self.text(cell)).is_none()
                && (!self.numbers(cell).is_empty() || self.states_something(row, cell))
        };
        let is_count = |cell: &Range<usize>| {
            let text = self.text(cell);
            text.len() <= 2 && (text.bytes().all(|b| b.is_ascii_digit()) || "甲乙丙丁".contains(text))
        };
        let counts_columns = filled(row) >= 3 && row.cells.iter().filter(|cell| !cell.is_empty()).all(is_count);
        !counts_columns && row.cells.iter().skip(1).any(is_value)
    }

    /// Whether a cell holds a number with a unit among other words.
    fn states_something(&self, row: &Row, cell: &Range<usize>) -> bool {
        within(row.tokens, cell).iter().any(|token| token.quantity().is_some_and(|q| q.unit.is_some()))
    }

    /// Where the table that begins at `from` ends: before the next header.
    fn block_end(&self, from: usize) -> usize {
        let mut had_values = false;
        for (at, row) in self.grid.iter().enumerate().skip(from) {
            if self.has_values(row) {
                had_values = true;
            } else if had_values && self.is_header(row) {
                return at;
            }
        }
        self.grid.len()
    }

    /// Whether a row between the others begins a new table: its first cell is that of a header.
    fn is_header(&self, row: &Row) -> bool {
        let filled: Vec<&str> = row.cells.iter().filter(|cell| !cell.is_empty()).map(|cell| self.text(cell)).collect();
        let words = &self.site.vocabulary.tables;
        let names = |text: &str| {
            let kinds = words.kinds_in(text);
            [TableKind::Name, TableKind::Place, TableKind::Serial].iter().any(|kind| kinds.contains(kind))
        };
        filled.len() >= 2 && filled.first().is_some_and(|first| names(first) && first.chars().count() <= 8)
    }

    fn read_block(&mut self, rows: Range<usize>) {
        let first = rows.clone().find(|&at| self.has_values(&self.grid[at])).unwrap_or(rows.end);
        // A row that names a group stands below the header.
        let is_group = |row: &Row| filled(row) == 1 && row.cells.first().is_some_and(|cell| !cell.is_empty());
        let is_wide = |at: &usize| filled(&self.grid[*at]) >= 2;
        let head = (rows.start..first).find(is_wide).unwrap_or(first);
        for at in rows.start..head {
            let cells = self.grid[at].cells.iter().filter(|cell| !cell.is_empty()).cloned();
            let cells: Vec<Range<usize>> = cells.collect();
            self.captions.splice(0..0, cells);
        }
        self.captions.truncate(CAPTION_LINES);
        let body = (head..first).find(|&at| is_group(&self.grid[at])).unwrap_or(first);
        let header = head..body;
        let is_understood = header.len() <= MAX_HEADER_ROWS && first < rows.end;
        let columns = if is_understood { self.columns(header.clone(), body..rows.end) } else { Vec::new() };
        let has = |role: Role| columns.iter().any(|column| column.role == role);
        if !has(Role::Name) || !has(Role::Value) {
            self.read_as_prose(rows);
            return;
        }
        self.out.rows.extend((rows.start..body).map(|_| RowRead::default()));
        let mut whole: Option<Whole> = None;
        for at in body..rows.end {
            let read = self.read_row(at, &columns, &mut whole);
            self.count += read.drafts.len();
            self.out.rows.push(read);
        }
    }

    fn columns(&self, header: Range<usize>, body: Range<usize>) -> Vec<Column> {
        let width = self.grid[header.start..body.end].iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let header_cells = filled_header(&self.grid[header], width);
        let body = &self.grid[body];
        let captions: Vec<&str> = self.captions.iter().map(|caption| self.text(caption)).collect();
        let units = captions.iter().find_map(|caption| {
            Some(cell::caption_units(caption, self.site.vocabulary)).filter(|units| !units.is_empty())
        });
        let context = column::Context {
            site: self.site,
            captions: &captions,
            units: units.unwrap_or_default(),
            sentence: body.first().map(|row| row.sentence),
        };
        let mut columns: Vec<Column> = header_cells.iter().map(|cells| Column::of(cells, &context)).collect();
        for (at, column) in columns.iter_mut().enumerate() {
            let cells =
                || body.iter().filter_map(|row| row.cells.get(at).filter(|cell| !cell.is_empty()).map(|c| (row, c)));
            let numbers = cells().filter(|(_, cell)| !self.numbers(cell).is_empty()).count();
            // 地区生产总值3003亿元 in a column of names is still a name.
            let stated = cells().filter(|(row, cell)| column.role == Role::Value && self.states_something(row, cell));
            let values = numbers.max(stated.count());
            let texts = cells().count() - values;
            column.settle(values, texts);
            // 单位 over names of offices.
            let units =
                cells().filter(|(_, cell)| cell::unit_of(self.text(cell), self.site.vocabulary).is_some()).count();
            if column.role == Role::Unit && units * 2 < cells().count() {
                column.role = Role::Name;
            }
        }
        for at in 1..columns.len() {
            let (before, rest) = columns.split_at_mut(at);
            if let (Some(level), Some(column)) = (before.iter().rev().find(|c| c.role == Role::Value), rest.first_mut())
            {
                column.take_over(level);
            }
        }
        // 1, 2, 3 down the first column count the rows, whatever their header says.
        let counts: Vec<&str> =
            body.iter().filter_map(|row| row.cells.first()).filter(|c| !c.is_empty()).map(|c| self.text(c)).collect();
        let is_serial = counts.len() >= 2
            && counts
                .iter()
                .all(|text| text.trim_end_matches(['.', '、', '。']).parse::<u32>().is_ok_and(|n| n < 1000));
        if is_serial && columns.len() > 2 {
            columns[0].role = Role::Other;
        }
        // What stands left of the first values names the rows.
        let first_value = columns.iter().position(|column| column.role == Role::Value).unwrap_or(columns.len());
        let repeated = columns[..first_value]
            .iter()
            .filter(|c| c.role == Role::Name)
            .map(|c| c.header.clone())
            .collect::<Vec<_>>();
        for column in columns.iter_mut().skip(first_value) {
            // 指标, 数值, 指标, 数值: two tables side by side.
            if column.role == Role::Name && (column.header.is_empty() || !repeated.contains(&column.header)) {
                column.role = Role::Other;
            }
        }
        columns
    }

    fn read_row(&mut self, at: usize, columns: &[Column], whole: &mut Option<Whole>) -> RowRead<'a> {
        let grid = self.grid;
        let row = &grid[at];
        let mut drafts: Vec<Draft> = Vec::new();
        let mut words: Vec<Token> = Vec::new();
        let mut by_column = Vec::new();
        let mut name: Option<Name> = None;
        let mut upper: Option<Name> = whole.as_ref().and_then(|whole| whole.upper.clone());
        let mut unit: Option<UnitText> = None;
        let mut is_fresh = false;
        let has_values = self.has_values(row);
        for (index, column) in columns.iter().enumerate() {
            let Some(range) = row.cells.get(index).filter(|cell| !cell.is_empty()) else { continue };
            match column.role {
                Role::Name => {
                    if !is_fresh {
                        unit = None;
                    }
                    let mut found = self.name(row, range, whole.as_ref(), has_values);
                    if column.names_places && found.place.is_none() && !is_whole(&found.wording) {
                        found.place = Some(range.clone());
                    }
                    if is_fresh || index > 0 && row.cells.first().is_some_and(Range::is_empty) {
                        upper = name.take().filter(|_| is_fresh).or(upper);
                        if let Some(upper) = upper.as_ref().filter(|_| !found.is_part) {
                            self.complete(&mut found, upper);
                        }
                    } else {
                        upper = None;
                    }
                    if let Some(level) = columns[index..].iter().find(|column| column.role == Role::Value) {
                        drafts.extend(self.level_in_name(row, &found, level));
                    }
                    name = Some(found);
                    is_fresh = true;
                }
                Role::Unit => unit = cell::unit_in_column(self.text(range), self.site.vocabulary),
                Role::Value => {
                    is_fresh = false;
                    let Some(name) = name.as_ref() else {
                        self.leave(range, "no name stands before it");
                        continue;
                    };
                    let made = self.read_cell(row, range, (index, column), name, unit.as_ref(), whole.as_ref());
                    if made.first().is_some_and(|draft| matches!(draft.measure, Measure::Level | Measure::Share)) {
                        by_column.push((index, self.count + drafts.len()));
                    }
                    if made.is_empty() && self.may_be_target(column, name) {
                        if words.is_empty() {
                            words.extend_from_slice(within(row.tokens, &name.range));
                        }
                        // The TAB before the cell ends the clause of the name.
                        words.extend_from_slice(within(row.tokens, &(range.start - '\t'.len_utf8()..range.end)));
                    }
                    drafts.extend(made);
                }
                Role::Serial | Role::Other => {}
            }
        }
        if let Some(name) = name {
            let is_part = name.is_part;
            if !is_part {
                *whole = Some(Whole {
                    wording: name.wording,
                    indicator: name.indicator,
                    drafts: by_column,
                    has_parts: false,
                    is_label: !has_values,
                    upper,
                });
            } else if let Some(whole) = whole {
                whole.has_parts = true;
            }
        }
        RowRead { drafts, words }
    }

    /// Completes a name (城镇) by the one in the column before it (居民人均可支配收入).
    fn complete(&self, name: &mut Name, upper: &Name) {
        name.unit = name.unit.take().or(upper.unit.clone());
        name.measure = name.measure.or(upper.measure);
        name.is_average |= upper.is_average;
        // 经济发展 in the first column is a group of rows.
        let is_thing = upper.indicator.is_some() || upper.unit.is_some();
        if name.indicator.is_none() && is_thing {
            (name.wording, name.indicator) = self.joined(&upper.wording, upper.indicator, &name.wording);
        }
    }

    /// The wording of a part or a kind (城镇) of a thing (常住人口) and its entry: 城镇常住人口 where the catalogue knows
    /// that, else the names one after the other; never the entry of the thing itself.
    fn joined(&self, thing: &str, thing_indicator: Option<usize>, part: &str) -> (String, Option<usize>) {
        let vocabulary = self.site.vocabulary;
        let after = format!("{thing}{part}");
        let mut known = [after.clone(), format!("{part}{thing}")].into_iter().filter(|words| vocabulary.is_term(words));
        if let Some(words) = known.next() {
            let indicator = self.link(&words);
            return (words, indicator);
        }
        // 工业 of the product is its value added.
        let added = format!("{part}增加值");
        let indicator = match thing.ends_with("生产总值") && vocabulary.is_term(&added) {
            true => self.link(&added),
            false => self.link(&after).filter(|index| thing_indicator != Some(*index)),
        };
        (after, indicator)
    }

    fn leave(&mut self, range: &Range<usize>, why: &'static str) {
        self.out.unread.push((range.clone(), why));
    }

    fn link(&self, words: &str) -> Option<usize> {
        link::link(words, words, None, self.site.vocabulary)
    }

    /// The name in the first column: without its number, its unit and 其中, and with the whole it is a part of.
    fn name(&self, row: &Row, range: &Range<usize>, whole: Option<&Whole>, has_values: bool) -> Name {
        let vocabulary = self.site.vocabulary;
        let last = within(row.tokens, range).last().filter(|token| token.quantity().is_some_and(|q| q.unit.is_some()));
        let level = last.and_then(|token| self.numbers(&token.range).into_iter().next());
        let range = &(range.start..level.as_ref().map_or(range.end, |number| number.range.start));
        let mut from = range.start;
        while let Some((_, length)) = heading_mark(&self.site.text[from..range.end]) {
            from += length;
        }
        let mut is_part = false;
        for mark in ["其中：", "其中", "#"] {
            if let Some(rest) = self.site.text[from..range.end].strip_prefix(mark) {
                from = range.end - rest.len();
                is_part = true;
                break;
            }
        }
        while let Some((_, length)) = heading_mark(&self.site.text[from..range.end]) {
            from += length;
        }
        let written = &self.site.text[from..range.end];
        let found_unit = cell::bracketed_unit(written, vocabulary);
        let mut wording = match &found_unit {
            Some((_, bracket)) => format!("{}{}", &written[..bracket.start], &written[bracket.end..]),
            None => written.to_string(),
        };
        let measure = column::change_of_name(&mut wording, vocabulary);
        let is_average = wording.contains("年均");
        let mut indicator = self.link(&wording);
        let whole = whole.filter(|whole| !whole.wording.is_empty());
        let goes_on = whole.is_some_and(|whole| whole.has_parts) && indicator.is_none();
        let is_of_product = whole.is_some_and(|whole| whole.wording.ends_with("生产总值")) && wording.ends_with('业');
        is_part = (is_part || goes_on || is_of_product) && whole.is_some_and(|whole| !whole.is_label) && has_values;
        // 一、经济发展 is a group of rows, 居民收入 without numbers a thing whose kinds follow.
        let thing = whole.filter(|whole| has_values && (is_part || whole.is_label && whole.indicator.is_some()));
        if let Some(thing) = thing {
            if indicator.is_none() {
                (wording, indicator) = self.joined(&thing.wording, thing.indicator, &wording);
            } else if is_part && vocabulary.whole_term(&wording).is_some() {
                wording.insert_str(0, &thing.wording);
            }
        }
        let (place, period) = (self.place_of(range), self.year_of(range));
        let end = found_unit.as_ref().map_or(range.end, |(_, bracket)| from + bracket.start);
        Name {
            range: from..end,
            wording,
            indicator,
            unit: found_unit.map(|(unit, _)| unit),
            measure,
            is_average,
            is_part,
            place,
            period,
            level,
        }
    }

    /// Whether words in a column may be a target of the year planned; those for another year have no rule.
    fn may_be_target(&self, column: &Column, name: &Name) -> bool {
        let planned = self.site.report.planned_year.map(|year| year.to_string());
        column.status == Status::Target
            && column.period.text == planned
            && self.text(&name.range).starts_with(&name.wording)
    }

    /// What the caption says is measured, where it names one thing: 各街道工业增加值增速.
    fn caption_term(&self) -> Option<(String, usize)> {
        self.captions.iter().find_map(|caption| link::term_in(self.text(caption), self.site.vocabulary))
    }

    /// A row about one place.
    fn place_of(&self, range: &Range<usize>) -> Option<Range<usize>> {
        match scope::of_name(range.clone(), self.site.text, self.site.report, self.site.vocabulary) {
            Head::Part(place) => Some(place),
            _ => None,
        }
    }

    /// A row about one year.
    fn year_of(&self, range: &Range<usize>) -> Option<Period> {
        let text = self.text(range);
        let year = cell::bare_year(text).or_else(|| cell::bare_year(text.strip_suffix('年')?));
        year.map(|year| Period::years(year, year, "explicit"))
    }

    /// 地区生产总值3003亿元: a level told behind the name, of the time of the first values.
    fn level_in_name(&self, row: &Row, name: &Name, first: &Column) -> Option<Draft> {
        let number = name.level.as_ref()?;
        let name = Name { unit: None, measure: None, ..name.clone() };
        self.draft(row, &number.range, &first.as_level(), &name, None, number).ok()
    }

    /// The drafts of one cell: one, or the two ends of a range.
    fn read_cell(
        &mut self,
        row: &Row<'a>,
        range: &Range<usize>,
        (index, column): (usize, &Column),
        name: &Name,
        unit: Option<&UnitText>,
        whole: Option<&Whole>,
    ) -> Vec<Draft> {
        let numbers = self.numbers(range);
        if numbers.is_empty() {
            return self.read_statement(row, range, column, name);
        }
        let mut drafts = Vec::new();
        for number in &numbers {
            match self.draft(row, range, column, name, unit, number) {
                Ok(mut draft) => {
                    let is_level = matches!(draft.measure, Measure::Level | Measure::Share);
                    let of =
                        |whole: &Whole| whole.drafts.iter().find(|(column, _)| *column == index).map(|(_, at)| *at);
                    draft.related = whole.filter(|_| name.is_part && is_level).and_then(of);
                    draft.role = draft.related.map(|_| "part");
                    drafts.push(draft);
                }
                Err(why) => {
                    self.leave(range, why);
                    return Vec::new();
                }
            }
        }
        drafts
    }

    /// A cell that holds more than a number (控制在3%以内，力争2.8%): read as prose behind the name of its row.
    fn read_statement(&mut self, row: &Row<'a>, range: &Range<usize>, column: &Column, name: &Name) -> Vec<Draft> {
        if !self.states_something(row, range) {
            return Vec::new();
        }
        let own = within(row.tokens, range);
        let Site { text, report, vocabulary } = *self.site;
        let mut read = clause::read_sentence(text, own, row.sentence, report, vocabulary);
        if read.drafts.iter().any(|draft| draft.wording.is_empty()) {
            let tokens = [within(row.tokens, &name.range), own].concat();
            read = clause::read_sentence(text, &tokens, row.sentence, report, vocabulary);
        }
        let drafts = read.drafts.into_iter().filter(|draft| range.start <= draft.range.start && draft.unit.is_some());
        let settled = drafts.map(|draft| Draft {
            quote: row.sentence.range.clone(),
            clause: range.clone(),
            status: column.status,
            period: if draft.period.basis == "explicit" { draft.period.clone() } else { column.period.clone() },
            rule: RULE,
            related: None,
            role: None,
            ..draft
        });
        settled.collect()
    }

    /// What one number says, or why it cannot be told.
    fn draft(
        &self,
        row: &Row,
        range: &Range<usize>,
        column: &Column,
        name: &Name,
        row_unit: Option<&UnitText>,
        number: &CellNumber,
    ) -> Result<Draft, &'static str> {
        let vocabulary = self.site.vocabulary;
        let dimension = |unit: &UnitText| vocabulary.dimension(unit.unit);
        let is_percent = |unit: &UnitText| dimension(unit) == Some("percent");
        // A header that says what is measured makes the row a place, a year or a part of it.
        let (mut wording, mut indicator, mut place) = (name.wording.clone(), name.indicator, column.place.clone());
        if let Some(residual) = &column.residual {
            if name.place.is_some() || name.period.is_some() || is_whole(&name.wording) {
                wording.clone_from(residual);
                place = name.place.clone().or(place);
                indicator = self.link(residual);
            } else if !(indicator.is_some() && wording.ends_with(|c| residual.ends_with(c))) {
                // 水泥, 产量; but 发电量 says it already.
                wording.push_str(residual);
                // 普通高中, 专任教师: a term that the header names alone is of all of it.
                let term = link::term_in(&wording, vocabulary).filter(|(term, _)| !residual.contains(term.as_str()));
                indicator = term.map(|(_, index)| index);
            }
        } else if name.place.is_some() && name.indicator.is_none() {
            let Some((term, index)) = self.caption_term() else {
                return Err("its column does not say what is measured");
            };
            (wording, indicator, place) = (term, Some(index), name.place.clone());
        }
        if column.header.is_empty() && number.unit.is_none() {
            return Err("the table has no header");
        }
        let change = number
            .direction
            .map(column::Change::of)
            .or(column.change)
            .or(name.measure.filter(|_| !column.is_share && !column.is_rank));
        let own = number.unit.as_ref();
        let named = name.unit.as_ref().or(row_unit);
        let unit = if change.is_some() && (column.change.is_some() || number.direction.is_some()) {
            // The unit of the row is that of the level.
            let percent = column.caption_units.iter().find(|unit| is_percent(unit));
            let only = match column.caption_units.as_slice() {
                [only] => Some(only),
                _ => None,
            };
            let amount = named.or(only).filter(|_| column.is_amount && number.direction.is_none());
            own.or(column.unit.as_ref()).or(amount).or(percent)
        } else if column.is_share {
            own.or(column.unit.as_ref()).or(named.filter(|unit| is_percent(unit)))
        } else {
            let suits = |unit: &&UnitText| {
                indicator.is_none_or(|index| link::suits(index, dimension(unit), vocabulary)) || change.is_some()
            };
            own.or(named).or(column.unit.as_ref()).or(column.caption_units.first().filter(suits))
        };
        if own.is_none() && unit.is_none() && cell::bare_year(self.text(range)).is_some() {
            return Err("it may be a year");
        }
        if unit.is_none() && change.is_some() && column.is_amount {
            return Err("its unit is not told");
        }
        let measure = if column.is_rank {
            Measure::Rank
        } else if column.is_share {
            Measure::Share
        } else if change.is_some() {
            match unit {
                Some(unit) if unit.text.ends_with("百分点") => Measure::ChangeAbs,
                Some(unit) if !is_percent(unit) => Measure::ChangeAbs,
                _ => Measure::ChangePct,
            }
        } else {
            Measure::Level
        };
        let is_change = matches!(measure, Measure::ChangePct | Measure::ChangeAbs);
        if measure == Measure::Level && own.is_some_and(is_percent) && named.is_some_and(|unit| !is_percent(unit)) {
            return Err("its unit is not that of its row");
        }
        if let Some(index) = indicator
            && measure == Measure::Level
            && unit.is_some_and(|unit| !link::suits(index, dimension(unit), vocabulary))
        {
            indicator = unit.and_then(|unit| link::link(&wording, &wording, dimension(unit), vocabulary));
        }
        let implied = unit_percent(change, measure, vocabulary);
        if measure == Measure::Level && unit.is_none() && indicator.is_none() {
            return Err("neither its unit nor its indicator is told");
        }
        let is_rate = |index: usize| vocabulary.indicators[index].unit.contains('%');
        let says_rate = ["率", "比重", "占比", "比例", "度", "指数", "程度"].iter().any(|end| wording.ends_with(end));
        if measure == Measure::Level && unit.is_some_and(is_percent) && !indicator.map_or(says_rate, is_rate) {
            return Err("a percentage without a word of what");
        }
        if measure == Measure::Share && unit.is_none() {
            return Err("its unit is not told");
        }
        let value = number.numeral.value;
        let is_falling = change.is_some_and(|change| change.direction == Some(Direction::Down));
        let direction = is_change.then_some(match () {
            () if value == 0.0 => Direction::Flat,
            () if number.numeral.is_negative && is_falling => return Err("a fall with a minus sign"),
            () if number.numeral.is_negative || is_falling => Direction::Down,
            () => Direction::Up,
        });
        let multiplier = number.numeral.multiplier;
        let unit_text = match (measure, unit) {
            (Measure::Rank, _) => "位".to_string(),
            (_, Some(unit)) => format!("{multiplier}{}", unit.text),
            (_, None) => multiplier.to_string(),
        };
        // An index, a position and a zero need no unit.
        let is_bare =
            measure == Measure::Rank || value == 0.0 || measure == Measure::Level && wording.ends_with("指数");
        let status = if number.is_estimate { Status::Estimate } else { column.status };
        let comparator = match number.comparator {
            ">" if number.is_above && status == Status::Target => ">=",
            other => other,
        };
        let change_basis = match () {
            () if !is_change => None,
            () if name.is_average => Some("annual_average"),
            () => column.basis,
        };
        Ok(Draft {
            range: number.range.clone(),
            quote: row.sentence.range.clone(),
            clause: range.clone(),
            subject_inferred: false,
            indicator: match measure {
                Measure::Share => vocabulary.share_term(&name.wording).or(indicator),
                _ => indicator,
            },
            inherited_indicator: None,
            wording,
            measure,
            direction,
            status,
            is_preliminary: column.is_preliminary,
            comparator,
            modifiers: number.modifiers.clone(),
            value,
            scale: number.numeral.scale * unit.filter(|_| measure != Measure::Rank).map_or(1.0, |unit| unit.scale),
            is_negative: number.numeral.is_negative && measure == Measure::Level,
            unit: if measure == Measure::Rank { None } else { unit.map_or(implied, |unit| unit.unit) },
            unit_text,
            unit_is_shared: false,
            decimals: number.numeral.decimals,
            period: name.period.clone().unwrap_or_else(|| column.period.clone()),
            change_basis,
            within: column.within.clone(),
            scope: place,
            role: None,
            related: None,
            is_unit_missing: unit.is_none() && implied.is_none() && !is_bare,
            is_damaged: number.numeral.is_damaged,
            is_mismatched: false,
            rule: RULE,
        })
    }

    /// Rows of a table that is not understood: read as prose, but a number without a unit says nothing here.
    fn read_as_prose(&mut self, rows: Range<usize>) {
        for at in rows {
            let row = &self.grid[at];
            if matches!(row.sentence.role, SectionRole::Front | SectionRole::Glossary) {
                self.out.rows.push(RowRead::default());
                continue;
            }
            // A name and what is said of it are one clause.
            let is_pair = filled(row) == 2;
            let tokens: Vec<Token> =
                row.tokens.iter().filter(|t| !is_pair || !matches!(t.kind, Kind::Punct('\t'))).cloned().collect();
            let read =
                clause::read_sentence(self.site.text, &tokens, row.sentence, self.site.report, self.site.vocabulary);
            let mut drafts = Vec::new();
            let mut places = Vec::new();
            for mut draft in read.drafts {
                let is_told = draft.unit.is_some() || draft.measure == Measure::Rank;
                places.push(is_told.then_some(self.count + drafts.len()));
                if !is_told {
                    self.out.unread.push((draft.range.clone(), "the table has no header"));
                    continue;
                }
                draft.related = draft.related.and_then(|related| places.get(related).copied().flatten());
                drafts.push(draft);
            }
            self.count += drafts.len();
            self.out.rows.push(RowRead { drafts, words: Vec::new() });
        }
    }
}

/// 全市, 合计: the row is about the whole.
fn is_whole(name: &str) -> bool {
    const WHOLES: [&str; 8] = ["全市", "全区", "全县", "全省", "全国", "合计", "总计", "全州"];
    WHOLES.contains(&name)
}

/// A noun for a rate of change is in percent where nothing else is said.
fn unit_percent(change: Option<column::Change>, measure: Measure, vocabulary: &Vocabulary) -> Option<usize> {
    let is_rate = change.is_some_and(|change| change.is_rate) && measure == Measure::ChangePct;
    vocabulary.unit_at("%", 0).filter(|_| is_rate).map(|(_, unit)| unit)
}

/// The tokens inside a cell.
fn within<'t, 'v>(tokens: &'t [Token<'v>], cell: &Range<usize>) -> &'t [Token<'v>] {
    let from = tokens.partition_point(|token| token.range.start < cell.start);
    let to = tokens.partition_point(|token| token.range.start < cell.end);
    &tokens[from..to.max(from)]
}

/// For every column its header cells from top to bottom; an empty cell belongs to the one it was merged with.
fn filled_header(header: &[Row], width: usize) -> Vec<Vec<Range<usize>>> {
    let own = |row: &Row, at: usize| row.cells.get(at).filter(|cell| !cell.is_empty()).cloned();
    let mut columns: Vec<Vec<Range<usize>>> = vec![Vec::new(); width];
    // Where the merged cells of the rows above begin: a lower cell is not filled from beyond them.
    let mut starts_above = vec![true; width];
    for (index, row) in header.iter().enumerate() {
        let mut last: Option<Range<usize>> = None;
        let mut starts = vec![false; width];
        for at in 0..width {
            if index > 0 && starts_above[at] {
                last = None;
            }
            match own(row, at) {
                Some(cell) => {
                    starts[at] = true;
                    columns[at].push(cell.clone());
                    last = Some(cell);
                }
                None => {
                    starts[at] = index > 0 && starts_above[at];
                    columns[at].extend(last.clone());
                }
            }
        }
        starts_above = starts;
    }
    columns
}
