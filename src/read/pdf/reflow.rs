//! Pieces of text with their places on pages -> paragraphs.
//!
//! A PDF file holds no paragraphs, only characters at places. So: pieces are gathered into rows; running heads, footers,
//! page numbers and watermarks are left out; two columns are read one after the other; rows whose pieces stand below
//! each other are a table; and a line goes on with the one before it when that one was full and it is not indented.
//! A pure function, linear but for sorting.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::issue::{Issue, IssueCode};
use crate::normalize::has_heading_mark;

/// Beyond this no place on a page is believed, in points (the largest page that PDF knows has 14,400).
const MAX_PLACE: f32 = 100_000.0;
/// Lengths below are in ems: the size of the letters at the place.
///
/// A gap in a row wider than this parts two pieces: cells of a table, or columns.
const PIECE_GAP: f32 = 0.8;
/// A gap wider than this between two Latin words or numbers is a space.
const WORD_GAP: f32 = 0.2;
/// A line that begins so much further right than the others begins a paragraph.
const INDENT: f32 = 0.8;
/// Line beginnings this near each other are the same margin.
const SAME_MARGIN: f32 = 0.3;
/// A line is full when the next word needs so much more room than there is: letters are not measured, and signs are
/// set closer or wider.
const SLACK: f32 = 0.5;
/// Letters so much larger or smaller than those of the line before are another kind of text.
const OTHER_SIZE: f32 = 1.12;
/// Lines so many times further apart than usual are two paragraphs.
const WIDE_LEADING: f32 = 1.35;
/// Letters so many times larger than the text, printed over it, are a watermark.
const WATERMARK_SIZE: f32 = 2.5;
/// More large pieces than this on a page are no watermarks.
const MAX_WATERMARKS: usize = 20;
/// Running heads and page numbers are among so many rows from the top or the bottom of a page.
const MARGIN_ROWS: usize = 3;
/// How far, in points, the places of a running head on two pages may differ.
const SAME_PLACE: f32 = 6.0;
/// In a file of so many pages or fewer two rows that are the same make a running head, in a longer one three.
const FEW_PAGES: usize = 4;
/// A column has at least so many lines.
const COLUMN_LINES: usize = 4;
/// Pieces of a table are no longer than this, on average, in characters.
const MAX_CELL_CHARS: usize = 20;
/// A line of so little of the width of a table may be the rest of a cell.
const NARROW_SHARE: f32 = 0.4;
/// Cells that go on in the next row are looked for in tables of so many columns.
const MIN_WRAPPED_COLUMNS: usize = 3;
/// The space between two columns: a cell goes on only if the next word would not have fitted before it.
const CELL_SPACE_EMS: f32 = 1.0;
/// A table has no more columns than this.
const MAX_COLUMNS: usize = 60;
/// So many lines that end at the same place show where the margin is.
const FULL_LINES: usize = 3;
/// Fewer of them show it if they fill so much of the page between equal margins.
const FULL_SHARE: f32 = 0.75;
/// A block with fewer lines than this takes its margins from the other pages.
const FEW_LINES: usize = 5;

/// A page as a program sees it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Page {
    pub width: f32,
    pub height: f32,
    /// Whether most of it is a picture; only told of pages with little text.
    pub is_picture: bool,
    pub runs: Vec<Run>,
}

/// Characters that stand beside each other. Places are in points, seen in the direction of writing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Run {
    pub text: String,
    pub x0: f32,
    pub x1: f32,
    /// The base line (or any other fixed height of the letters), growing upwards.
    pub y: f32,
    /// The size of the letters.
    pub size: f32,
    /// The direction of writing in degrees, against the clock; 0, 90, 180 and 270 are exact.
    #[serde(skip_serializing_if = "is_zero")]
    pub angle: f32,
}

fn is_zero(angle: &f32) -> bool {
    *angle == 0.0
}

impl Run {
    /// Whether its places make sense.
    pub fn is_sound(&self) -> bool {
        [self.x0, self.x1, self.y, self.size, self.angle].iter().all(|value| value.abs() <= MAX_PLACE)
            && self.x0 <= self.x1
            && self.size >= 0.5
    }
}

/// A piece of a row: runs without a wide gap.
#[derive(Debug, Clone, Default, PartialEq)]
struct Piece {
    text: String,
    x0: f32,
    x1: f32,
    y: f32,
    size: f32,
}

/// Pieces at the same height, from left to right.
type Row = Vec<Piece>;

/// The rows of a page in one direction of writing.
#[derive(Debug)]
struct Sheet {
    /// The number of its page, from 0.
    page: usize,
    /// How wide its page is.
    width: f32,
    rows: Vec<Row>,
}

/// Rows that share their margins: the rows of a page, of a column, or those between columns.
#[derive(Debug, Default)]
struct Block {
    rows: Vec<Row>,
    /// The width of the page, if the block is all of it.
    page_width: Option<f32>,
}

/// A line on its way into a paragraph.
#[derive(Debug, Clone)]
struct Line {
    piece: Piece,
    /// Where the lines around it begin and end.
    left: f32,
    right: f32,
    /// The distance to the line above in the same block, in usual distances; `None` for the first.
    gap: Option<f32>,
    /// A row of a table, its cells joined by tabs.
    is_row: bool,
}

/// The margins of a block and the usual distance of its lines.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Margins {
    left: f32,
    right: f32,
    leading: f32,
}

/// How a file sets its paragraphs.
#[derive(Debug, Clone, Copy)]
struct Style {
    /// The size of most letters.
    body: f32,
    /// Whether first lines are indented; else the words must tell where some paragraphs begin.
    uses_indents: bool,
}

/// Pages -> text with one paragraph a line, and what was left out.
///
/// Cells of a table are separated by a tab.
///
/// ```
/// use zhibiao::read::pdf::reflow::{Page, Run, reflow};
///
/// let line = |text: &str, x0: f32, x1: f32, y: f32| Run { text: text.into(), x0, x1, y, size: 10.0, angle: 0.0 };
/// let runs = vec![line("全年生产总值达到", 20.0, 100.0, 700.0), line("12亿元。", 0.0, 35.0, 680.0)];
/// assert_eq!(reflow(&[Page { runs, ..Page::default() }]).0, "全年生产总值达到12亿元。\n");
/// ```
pub fn reflow(pages: &[Page]) -> (String, Vec<Issue>) {
    let mut issues = Vec::new();
    let body = body_size(pages);
    let mut slanted = Vec::new();
    let mut sheets: Vec<Sheet> = Vec::new();
    for (number, page) in pages.iter().enumerate() {
        for mut runs in by_direction(page, &mut slanted) {
            drop_watermarks(&mut runs, body, &mut slanted);
            sheets.push(Sheet { page: number, width: page.width, rows: rows(runs) });
        }
    }
    if let Some(first) = slanted.first() {
        let message = format!("{} pieces of watermark were left out, the first: {first}", slanted.len());
        issues.push(Issue::new(IssueCode::FurnitureCut, message));
    }
    let heads = drop_running_heads(&mut sheets, pages.len());
    if heads > 0 {
        let message = format!("{heads} running heads, footers and page numbers were left out");
        issues.push(Issue::new(IssueCode::FurnitureCut, message));
    }
    let blocks = blocks(sheets, body);
    let text = paragraphs(&lines(blocks), body);
    (text, issues)
}

/// Whether a gap between two pieces of text is a space: between Latin words and numbers it is, even a narrow one, or
/// the numbers of two narrow columns would become one.
pub(super) fn is_space(gap: f32, size: f32, before: &str, behind: &str) -> bool {
    gap > size * WORD_GAP
        && before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '%')
        && behind.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '±'))
}

/// How wide a text is in ems: hanzi and wide signs one, others half of one.
pub fn ems(text: &str) -> f32 {
    text.chars().map(|c| if is_wide(c) { 1.0 } else { 0.5 }).sum()
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2014}' | '\u{2018}'..='\u{201d}' | '\u{2026}' | '\u{2460}'..='\u{24ff}' | '\u{2e80}'..)
}

/// The size that most characters have.
fn body_size(pages: &[Page]) -> f32 {
    let mut counts: HashMap<i64, usize> = HashMap::new();
    for run in pages.iter().flat_map(|page| &page.runs).filter(|run| run.is_sound()) {
        *counts.entry((run.size * 2.0).round() as i64).or_default() += run.text.chars().count();
    }
    let most = counts.into_iter().max_by_key(|&(size, count)| (count, size));
    most.map_or(10.0, |(size, _)| (size as f32 / 2.0).max(1.0))
}

// ---- directions and watermarks

/// The runs of a page, apart by their direction of writing, the commonest first; slanted ones are given away.
fn by_direction(page: &Page, slanted: &mut Vec<String>) -> Vec<Vec<Run>> {
    let mut directions: [(usize, Vec<Run>); 4] = Default::default();
    for run in page.runs.iter().filter(|run| run.is_sound() && !run.text.trim().is_empty()) {
        match [0.0, 90.0, 180.0, 270.0].iter().position(|&angle| angle == run.angle) {
            Some(at) => {
                directions[at].0 += run.text.chars().count();
                directions[at].1.push(run.clone());
            }
            None => slanted.push(run.text.clone()),
        }
    }
    let mut directions: Vec<_> = directions.into_iter().filter(|(count, _)| *count > 0).collect();
    directions.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    directions.into_iter().map(|(_, runs)| if is_vertical(&runs) { turned(runs) } else { runs }).collect()
}

/// Whether the writing goes downwards: most runs are one character that stands below the one before it.
fn is_vertical(runs: &[Run]) -> bool {
    let is_step = |pair: &[Run]| {
        let (above, below) = (&pair[0], &pair[1]);
        let step = (above.y - below.y) / above.size;
        above.text.chars().count() == 1
            && below.text.chars().count() == 1
            && (above.x0 - below.x0).abs() < above.size * 0.5
            && (0.8..1.5).contains(&step)
    };
    let steps = runs.windows(2).filter(|pair| is_step(pair)).count();
    steps >= 8 && steps * 2 > runs.iter().map(|run| run.text.chars().count()).sum::<usize>()
}

/// Vertical writing as if it were level: down becomes right, and the columns from right to left become rows.
fn turned(runs: Vec<Run>) -> Vec<Run> {
    let turn = |run: Run| Run { x0: -run.y - run.size, x1: -run.y, y: run.x0, ..run };
    runs.into_iter().map(turn).collect()
}

/// Takes away huge letters that are printed over lines of text.
fn drop_watermarks(runs: &mut Vec<Run>, body: f32, dropped: &mut Vec<String>) {
    let is_large = |run: &Run| run.size >= body * WATERMARK_SIZE;
    let large: Vec<Run> = runs.iter().filter(|run| is_large(run)).cloned().collect();
    if large.len() > MAX_WATERMARKS {
        return;
    }
    for mark in large {
        let is_under = |run: &&Run| {
            !is_large(run)
                && run.x0 < mark.x1
                && mark.x0 < run.x1
                && run.y > mark.y - mark.size * 0.2
                && run.y + run.size < mark.y + mark.size
        };
        if runs.iter().filter(is_under).count() >= 2 {
            runs.retain(|run| *run != mark);
            dropped.push(mark.text);
        }
    }
}

// ---- rows

/// Runs -> rows from the top to the bottom.
fn rows(mut runs: Vec<Run>) -> Vec<Row> {
    runs.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x0.total_cmp(&b.x0)));
    let mut rows: Vec<Vec<Run>> = Vec::new();
    // The highest letters of a row tell what stands beside them; those of another column may be larger and reach lower.
    let (mut bottom, mut top) = (0.0f32, 0.0f32);
    for run in runs {
        let overlap = (run.y + run.size).min(top) - run.y.max(bottom);
        match rows.last_mut() {
            Some(row) if overlap > run.size.min(top - bottom) * 0.5 => row.push(run),
            _ => {
                (bottom, top) = (run.y, run.y + run.size);
                rows.push(vec![run]);
            }
        }
    }
    rows.into_iter().map(pieces).filter(|row| !row.is_empty()).collect()
}

/// The runs of a row -> its pieces from left to right.
fn pieces(mut runs: Vec<Run>) -> Row {
    runs.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let mut row: Row = Vec::new();
    let mut last_run: Option<Run> = None;
    for run in runs {
        // Bold letters are sometimes made by printing them twice.
        let is_again = last_run.as_ref().is_some_and(|last| {
            last.text == run.text
                && (last.x0 - run.x0).abs() < run.size * 0.15
                && (last.y - run.y).abs() < run.size * 0.15
        });
        if is_again {
            continue;
        }
        match row.last_mut() {
            Some(piece) if run.x0 - words_end(piece, 0.5) < run.size.max(piece.size) * PIECE_GAP => {
                if is_space(run.x0 - piece.x1, run.size, &piece.text, &run.text) {
                    piece.text.push(' ');
                }
                // The place and size of a piece are those of its largest letters.
                if run.size > piece.size {
                    (piece.y, piece.size) = (run.y, run.size);
                }
                piece.text.push_str(&run.text);
                piece.x1 = piece.x1.max(run.x1);
            }
            _ => row.push(Piece { text: run.text.clone(), x0: run.x0, x1: run.x1, y: run.y, size: run.size }),
        }
        last_run = Some(run);
    }
    for piece in &mut row {
        piece.text = as_written(piece.text.trim());
    }
    row.retain(|piece| !piece.text.is_empty());
    row
}

/// Hanzi that a font calls radicals or compatibility forms become the hanzi that they are; all else stays.
fn as_written(text: &str) -> String {
    let is_double = |c: char| {
        matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}')
            && !('\u{fa0e}'..='\u{fa29}').contains(&c)
    };
    let is_break = |c: char| c.is_control() && c.is_whitespace();
    if !text.contains(is_double) && !text.contains(is_break) {
        return text.to_string();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match SIMPLE_RADICALS.iter().find(|(radical, _)| *radical == c) {
            Some((_, hanzi)) => out.push(*hanzi),
            None if is_double(c) => out.extend(c.nfkc()),
            // A tab or a line feed inside a piece would pass for one of ours.
            None => out.push(if is_break(c) { ' ' } else { c }),
        }
    }
    out
}

/// Signs of the block "CJK Radicals Supplement" that are a hanzi of their own; Unicode's normal forms leave them as they are
/// (EquivalentUnifiedIdeograph.txt has them).
const SIMPLE_RADICALS: [(char, char); 31] = [
    ('⺟', '母'),
    ('⺠', '民'),
    ('⻁', '虎'),
    ('⻄', '西'),
    ('⻅', '见'),
    ('⻆', '角'),
    ('⻉', '贝'),
    ('⻋', '车'),
    ('⻓', '长'),
    ('⻔', '门'),
    ('⻘', '青'),
    ('⻙', '韦'),
    ('⻚', '页'),
    ('⻛', '风'),
    ('⻜', '飞'),
    ('⻝', '食'),
    ('⻢', '马'),
    ('⻣', '骨'),
    ('⻤', '鬼'),
    ('⻥', '鱼'),
    ('⻦', '鸟'),
    ('⻧', '卤'),
    ('⻨', '麦'),
    ('⻩', '黄'),
    ('⻬', '齐'),
    ('⻭', '歯'),
    ('⻮', '齿'),
    ('⻰', '龙'),
    ('⻳', '龟'),
    ('⺎', '兀'),
    ('⺒', '巳'),
];

// ---- running heads, footers, page numbers

/// Takes away what stands at the same place of several pages, and gives how many rows that were.
fn drop_running_heads(sheets: &mut [Sheet], pages: usize) -> usize {
    let needed = if pages <= FEW_PAGES { 2 } else { 3 };
    // Rows near the top or the bottom by their words, the digits left out.
    let mut groups: HashMap<String, Vec<Margin>> = HashMap::new();
    for (at, sheet) in sheets.iter().enumerate() {
        for (row, pieces) in sheet.rows.iter().enumerate() {
            if row < MARGIN_ROWS || row + MARGIN_ROWS >= sheet.rows.len() {
                let margin = Margin::of(sheet.page, at, row, pieces);
                groups.entry(margin.words.clone()).or_default().push(margin);
            }
        }
    }
    let mut drop: Vec<(usize, usize)> = Vec::new();
    for group in groups.into_values() {
        let group = at_one_place(group);
        for margins in group {
            let pages_seen = 1 + margins.windows(2).filter(|pair| pair[0].page != pair[1].page).count();
            let is_number = margins[0].words.chars().all(|c| !c.is_alphabetic()) && !margins[0].numbers.is_empty();
            let repeats = pages_seen >= needed && runs_on(&margins) && (!is_number || counts_up(&margins));
            let is_told = margins[0].is_page_number();
            if repeats || is_told {
                drop.extend(margins.iter().map(|margin| (margin.sheet, margin.row)));
            }
        }
    }
    drop.sort_unstable();
    drop.dedup();
    for &(sheet, row) in drop.iter().rev() {
        sheets[sheet].rows.remove(row);
    }
    drop.len()
}

/// A row near the top or the bottom of a page.
#[derive(Debug, Clone)]
struct Margin {
    page: usize,
    sheet: usize,
    row: usize,
    y: f32,
    /// Its text without spaces, `#` for each number.
    words: String,
    numbers: Vec<i64>,
}

impl Margin {
    fn of(page: usize, sheet: usize, row: usize, pieces: &Row) -> Margin {
        let (mut words, mut numbers, mut digits) = (String::new(), Vec::new(), String::new());
        let text: String = pieces.iter().map(|piece| format!("{} ", piece.text)).collect();
        for c in text.chars() {
            match c.to_digit(10).or_else(|| (c as u32).checked_sub('０' as u32).filter(|digit| *digit < 10)) {
                Some(digit) => digits.push_str(&digit.to_string()),
                None => {
                    if !digits.is_empty() {
                        words.push('#');
                        numbers.push(digits.parse().unwrap_or(i64::MAX));
                        digits.clear();
                    }
                    words.extend((!c.is_whitespace()).then_some(c));
                }
            }
        }
        let y = pieces.iter().map(|piece| piece.y).fold(f32::MIN, f32::max);
        Margin { page, sheet, row, y, words, numbers }
    }

    /// Whether its words alone say that it is the number of a page: `- 3 -`, `第3页 共20页`, `Page 3 of 20`.
    fn is_page_number(&self) -> bool {
        let bare: String =
            self.words.chars().filter(|c| !matches!(c, '-' | '—' | '–' | '－' | '―' | '·' | '~' | '〜')).collect();
        let is_dashed = bare == "#" && self.words.chars().count() >= 3;
        let is_address = bare.contains("://") && bare.ends_with("#/#");
        is_dashed
            || is_address
            || matches!(
                bare.as_str(),
                "第#页" | "第#页共#页" | "第#页，共#页" | "第#页/共#页" | "共#页第#页" | "Page#of#" | "Page#"
            )
    }
}

/// The rows of a group apart by their height on the page.
fn at_one_place(mut group: Vec<Margin>) -> Vec<Vec<Margin>> {
    group.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.page.cmp(&b.page)));
    let mut places: Vec<Vec<Margin>> = Vec::new();
    for margin in group {
        match places.last_mut() {
            Some(place) if place.last().is_some_and(|last| margin.y - last.y <= SAME_PLACE) => place.push(margin),
            _ => places.push(vec![margin]),
        }
    }
    for place in &mut places {
        place.sort_by_key(|margin| margin.page);
    }
    places
}

/// Whether each number of the rows is always the same or grows with the pages.
fn runs_on(margins: &[Margin]) -> bool {
    let count = margins[0].numbers.len();
    let at = |margin: &Margin, i: usize| margin.numbers.get(i).copied().unwrap_or(i64::MAX);
    (0..count).all(|i| {
        margins.windows(2).all(|pair| at(&pair[0], i) == at(&pair[1], i))
            || margins.windows(2).all(|pair| grows_with_pages(&pair[0], &pair[1], i))
    })
}

/// Whether the first or the last number is that of the page.
fn counts_up(margins: &[Margin]) -> bool {
    let last = margins[0].numbers.len().saturating_sub(1);
    [0, last].iter().any(|&i| margins.windows(2).all(|pair| grows_with_pages(&pair[0], &pair[1], i)))
}

fn grows_with_pages(before: &Margin, after: &Margin, i: usize) -> bool {
    match (before.numbers.get(i), after.numbers.get(i)) {
        (Some(a), Some(b)) => b.checked_sub(*a) == i64::try_from(after.page - before.page).ok(),
        _ => false,
    }
}

// ---- columns

/// The rows of all pages -> blocks in reading order.
fn blocks(sheets: Vec<Sheet>, body: f32) -> Vec<Block> {
    let gutters: Vec<Option<f32>> = sheets.iter().map(|sheet| gutter(&sheet.rows, body)).collect();
    let mut known: Vec<f32> = gutters.iter().flatten().copied().collect();
    known.sort_by(f32::total_cmp);
    let usual = known.get(known.len() / 2).copied();
    let mut blocks = Vec::new();
    for (Sheet { rows, width, .. }, own) in sheets.into_iter().zip(gutters) {
        // The last page may have too few lines to show its columns.
        let gutter = own.or_else(|| usual.filter(|&x| crossing_share(&rows, x) < 0.2));
        match gutter {
            Some(x) => part(rows, x, &mut blocks),
            None => blocks.push(Block { rows, page_width: Some(width) }),
        }
    }
    blocks.retain(|block| !block.rows.is_empty());
    blocks
}

fn crosses(piece: &Piece, x: f32) -> bool {
    words_start(piece) < x && x < words_end(piece, 1.0)
}

fn crossing_share(rows: &[Row], x: f32) -> f32 {
    let pieces = rows.iter().flatten().count().max(1);
    rows.iter().flatten().filter(|piece| crosses(piece, x)).count() as f32 / pieces as f32
}

/// Where two columns part: a white strip in the middle with lines of prose on both sides.
fn gutter(rows: &[Row], body: f32) -> Option<f32> {
    let (left, right) = extent(rows.iter().flatten())?;
    let width = right - left;
    let narrow: Vec<&Piece> = rows.iter().flatten().filter(|piece| piece.x1 - piece.x0 < width * 0.6).collect();
    let step = (body / 4.0).max(width / 4000.0);
    let bins = (width / step) as usize + 1;
    let bin = |x: f32| (((x - left) / step) as usize).min(bins - 1);
    let mut change = vec![0i64; bins + 1];
    for piece in &narrow {
        change[bin(words_start(piece))] += 1;
        change[bin(words_end(piece, 1.0)) + 1] -= 1;
    }
    // A title may stand across it.
    let allowed = 1 + narrow.len() as i64 / 20;
    let (mut covered, mut from, mut best) = (0, None, None::<(usize, usize)>);
    for (at, delta) in change.iter().enumerate() {
        covered += delta;
        let is_middle = at * 4 > bins && at * 4 < bins * 3;
        if is_middle && covered <= allowed {
            let start = *from.get_or_insert(at);
            if best.is_none_or(|(a, b)| at - start > b - a) {
                best = Some((start, at));
            }
        } else {
            from = None;
        }
    }
    let (from, to) = best?;
    let x = left + (from + to + 1) as f32 / 2.0 * step;
    let side = |is_left: bool| -> Vec<&Piece> {
        narrow.iter().copied().filter(|piece| !crosses(piece, x) && (piece.x0 < x) == is_left).collect()
    };
    let is_wide_enough = (to - from + 1) as f32 * step >= body * 0.7;
    (is_wide_enough && is_prose(&side(true)) && is_prose(&side(false))).then_some(x)
}

/// Whether lines fill a column of their own, as those of a table do not.
fn is_prose(pieces: &[&Piece]) -> bool {
    let left = quantile(pieces.iter().map(|piece| piece.x0).collect(), 0.1);
    let right = quantile(pieces.iter().map(|piece| words_end(piece, 1.0)).collect(), 0.9);
    let is_full = |piece: &&&Piece| piece.x1 > right - piece.size * 2.5 && piece.x0 < left + piece.size * 3.0;
    pieces.len() >= COLUMN_LINES && pieces.iter().filter(is_full).count() * 2 > pieces.len()
}

/// The leftmost and the rightmost place.
fn extent<'a>(pieces: impl Iterator<Item = &'a Piece>) -> Option<(f32, f32)> {
    pieces.fold(None, |extent, piece| {
        let (left, right) = extent.unwrap_or((piece.x0, piece.x1));
        Some((left.min(piece.x0), right.max(piece.x1)))
    })
}

/// Rows of two columns -> blocks; a row across both ends the columns above it.
fn part(rows: Vec<Row>, x: f32, blocks: &mut Vec<Block>) {
    let mut sides: [Block; 3] = Default::default();
    for row in rows {
        if row.iter().any(|piece| crosses(piece, x)) {
            blocks.extend(sides[..2].iter_mut().map(std::mem::take));
            sides[2].rows.push(row);
            continue;
        }
        blocks.push(std::mem::take(&mut sides[2]));
        let (left, right): (Row, Row) = row.into_iter().partition(|piece| piece.x0 < x);
        for (side, row) in [left, right].into_iter().enumerate().filter(|(_, row)| !row.is_empty()) {
            sides[side].rows.push(row);
        }
    }
    blocks.extend(sides);
}

// ---- tables

/// Turns runs of rows with several cells into lines with tabs; other rows into one line each.
fn lines(blocks: Vec<Block>) -> Vec<Line> {
    let margins = margins(&blocks);
    let mut lines = Vec::new();
    for (block, margins) in blocks.into_iter().zip(margins) {
        let mut above: Option<f32> = None;
        let mut rows = block.rows.as_slice();
        // How many of the rows have been looked through for cells that go on: each is so once.
        let mut searched = 0;
        while !rows.is_empty() {
            // Rows of one piece each are lines, a run of others is a table or is not.
            let run = rows.iter().take_while(|row| row.len() >= 2).count();
            let (length, unwrapped) = match (searched == 0).then(|| unwrapped(rows)) {
                Some(Ok(found)) => found,
                other => {
                    searched = searched.max(other.and_then(Result::err).unwrap_or(0));
                    (run, rows[..run.max(1)].to_vec())
                }
            };
            searched = searched.saturating_sub(length.max(1));
            let is_table = is_table(&unwrapped);
            let cells = match is_table {
                true => cells(&unwrapped),
                false => unwrapped.iter().map(|row| row.iter().map(|p| p.text.as_str()).collect()).collect(),
            };
            let separator = if is_table { "\t" } else { " " };
            for (row, cells) in unwrapped.iter().zip(&cells) {
                let Some((x0, x1)) = extent(row.iter()) else { continue };
                let largest = row.iter().max_by(|a, b| a.size.total_cmp(&b.size));
                let (y, size) = largest.map_or((0.0, 1.0), |piece| (piece.y, piece.size));
                let piece = Piece { text: cells.join(separator), x0, x1, y, size };
                let gap = above.map(|above| (above - y) / margins.leading.max(1.0));
                above = Some(y);
                lines.push(Line { piece, left: margins.left, right: margins.right, gap, is_row: is_table });
            }
            rows = &rows[length.max(1)..];
        }
    }
    lines
}

/// The rows of a table some of whose cells go on in the rows below, each with the whole of its cells, and how many rows
/// they were; where no cell does, how many rows were looked through.
fn unwrapped(rows: &[Row]) -> Result<(usize, Vec<Row>), usize> {
    let mut widest = 0.0f32;
    let is_part = |row: &&Row| {
        let Some((x0, x1)) = extent(row.iter()) else { return false };
        if row.len() >= 2 {
            widest = widest.max(x1 - x0);
        }
        row.len() >= 2 || (x1 - x0 < widest * NARROW_SHARE && !is_caption(&row[0].text))
    };
    let region = &rows[..rows.iter().take_while(is_part).count()];
    let is_usual = |columns: &Vec<(f32, f32)>| (MIN_WRAPPED_COLUMNS..=MAX_COLUMNS).contains(&columns.len());
    let columns = columns(region).filter(is_usual).ok_or(region.len())?;
    let mut whole: Vec<Row> = Vec::new();
    // How many rows belong to the table, and how many whole ones they make: a single piece below it may be a paragraph.
    let (mut taken, mut made, mut is_wrapped) = (0, 0, false);
    for (index, row) in region.iter().enumerate() {
        let parts = whole.last().and_then(|above| parts_of(row, above, &columns));
        let is_of_table = made == whole.len();
        if let (Some(parts), Some(above)) = (parts, whole.last_mut()) {
            for (part, piece) in parts.into_iter().zip(row) {
                above[part].text.push_str(&piece.text);
                above[part].x1 = above[part].x1.max(piece.x1);
            }
            is_wrapped = true;
            if is_of_table {
                taken = index + 1;
            }
        } else {
            whole.push(row.clone());
            if row.len() >= 2 {
                (taken, made) = (index + 1, whole.len());
            }
        }
    }
    whole.truncate(made);
    if is_wrapped { Ok((taken, whole)) } else { Err(region.len()) }
}

/// Which cells of the row above the pieces of a row go on with: those that fill their column, by pieces that are no
/// numbers and no headings; `None` for a row of its own.
fn parts_of(row: &Row, above: &Row, columns: &[(f32, f32)]) -> Option<Vec<usize>> {
    if row.len() >= columns.len() {
        return None;
    }
    let mut has_words = false;
    let mut part = |piece: &Piece| {
        let is_value =
            piece.text.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(|c: char| c.is_ascii_digit());
        if has_heading_mark(&piece.text) {
            return None;
        }
        has_words |= !is_value;
        let column = nearest(piece, columns)?;
        let at = above.iter().position(|cell| nearest(cell, columns) == Some(column))?;
        let edge = columns.get(column + 1).map_or(columns[column].1, |next| next.0);
        // A number goes on with words (增长 / 5%以上), but not with a number.
        let is_number = above[at].text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '%' | '-' | '+'));
        let room = first_word(piece) + piece.size * CELL_SPACE_EMS;
        (above[at].x1 + room >= edge && !(is_value && is_number)).then_some(at)
    };
    let parts: Option<Vec<usize>> = row.iter().map(&mut part).collect();
    parts.filter(|_| has_words)
}

/// Whether a line stands above or below a table: 表2 …, 附件1, 单位：亿元, 注：….
fn is_caption(text: &str) -> bool {
    let numbered = ["附表", "表", "专栏"].iter().filter_map(|word| text.strip_prefix(word));
    let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    numbered.into_iter().any(|rest| rest.trim_start().starts_with(is_number))
        || ["附件", "单位：", "单位:", "注：", "注:"].iter().any(|word| text.starts_with(word))
}

/// The column that a piece stands in.
fn nearest(piece: &Piece, columns: &[(f32, f32)]) -> Option<usize> {
    let distance = |column: &(f32, f32)| ((piece.x0 + piece.x1) - (column.0 + column.1)).abs();
    (0..columns.len()).min_by(|&a, &b| distance(&columns[a]).total_cmp(&distance(&columns[b])))
}

/// Whether rows of several pieces are a table: short cells that stand below each other.
fn is_table(rows: &[Row]) -> bool {
    let pieces = rows.iter().map(Vec::len).sum::<usize>();
    let chars = rows.iter().flatten().map(|piece| piece.text.chars().count()).sum::<usize>();
    rows.len() >= 2
        && rows.iter().all(|row| row.len() <= MAX_COLUMNS)
        && chars <= pieces * MAX_CELL_CHARS
        && columns(rows).is_some()
}

/// The columns of a table: the places of the cells of its widest rows, if they stand below each other.
fn columns(rows: &[Row]) -> Option<Vec<(f32, f32)>> {
    let count = rows.iter().map(Vec::len).max()?;
    let mut columns = vec![(f32::MAX, f32::MIN); count];
    for row in rows.iter().filter(|row| row.len() == count) {
        for (column, piece) in columns.iter_mut().zip(row) {
            *column = (column.0.min(piece.x0), column.1.max(piece.x1));
        }
    }
    columns.windows(2).all(|pair| pair[0].1 <= pair[1].0).then_some(columns)
}

/// The cells of the rows of a table, an empty one where a row has none.
fn cells(rows: &[Row]) -> Vec<Vec<&str>> {
    let columns = columns(rows).unwrap_or_default();
    let distance = |piece: &Piece, column: &(f32, f32)| ((piece.x0 + piece.x1) - (column.0 + column.1)).abs();
    rows.iter()
        .map(|row| {
            let mut cells = vec![""; columns.len()];
            let mut next = 0;
            for (i, piece) in row.iter().enumerate() {
                // Each cell goes to the nearest column that leaves room for those behind it.
                let last = columns.len().saturating_sub(row.len() - i);
                let nearest = (next..=last)
                    .min_by(|&a, &b| distance(piece, &columns[a]).total_cmp(&distance(piece, &columns[b])));
                if let Some(at) = nearest {
                    cells[at] = piece.text.as_str();
                    next = at + 1;
                }
            }
            cells
        })
        .collect()
}

// ---- paragraphs

/// The margins of each block; one with few lines takes those of a block it fits into.
fn margins(blocks: &[Block]) -> Vec<Margins> {
    let own: Vec<Margins> = blocks.iter().map(margins_of).collect();
    let mut known: Option<Margins> = None;
    let firm = |i: usize| blocks[i].rows.len() >= FEW_LINES;
    let mut next_firm: Vec<Option<Margins>> = vec![None; blocks.len()];
    for i in (0..blocks.len()).rev() {
        next_firm[i] = if firm(i) { Some(own[i]) } else { next_firm.get(i + 1).copied().flatten() };
    }
    let mut out = Vec::with_capacity(blocks.len());
    for (i, margins) in own.into_iter().enumerate() {
        let em = blocks[i].rows.iter().flatten().map(|piece| piece.size).fold(1.0, f32::max);
        let fits = |other: &Margins| margins.left >= other.left - em && margins.right <= other.right + em;
        let is_same_left = |other: &Margins| (margins.left - other.left).abs() < em;
        let other = [known, next_firm[i]].into_iter().flatten().find(|other| fits(other));
        out.push(match other {
            Some(other) if !firm(i) => Margins { left: other.left, right: other.right, leading: other.leading },
            Some(other) if is_same_left(&other) => Margins { right: margins.right.max(other.right), ..margins },
            _ => margins,
        });
        if firm(i) {
            known = Some(margins);
        }
    }
    out
}

/// Where most lines of a block begin, where the longest end, and how far they are apart.
fn margins_of(block: &Block) -> Margins {
    let lone: Vec<&Piece> = block.rows.iter().filter(|row| row.len() == 1).flatten().collect();
    let all: Vec<&Piece> = if lone.is_empty() { block.rows.iter().flatten().collect() } else { lone };
    let left = quantile(all.iter().map(|piece| piece.x0).collect(), 0.1);
    let mut right = quantile(all.iter().map(|piece| words_end(piece, 0.5)).collect(), 0.95);
    // A margin is where several lines end; where all are short it is as wide as the other one.
    let is_full = |piece: &&&Piece| words_end(piece, 0.5) > right - piece.size * SAME_MARGIN;
    if all.iter().filter(is_full).count() < FULL_LINES {
        // Not so on a page that is turned.
        let is_short = |width: f32| left >= 0.0 && right - left < (width - 2.0 * left) * FULL_SHARE;
        let width = block.page_width.filter(|&width| is_short(width));
        right = width.map_or(right, |width| right.max(width - left));
    }
    let tops: Vec<f32> = block.rows.iter().filter_map(|row| row.first()).map(|piece| piece.y).collect();
    let leading = quantile(tops.windows(2).map(|pair| pair[0] - pair[1]).collect(), 0.5);
    Margins { left, right, leading }
}

/// Where the words of a line begin: a full-width sign before them is half empty.
fn words_start(piece: &Piece) -> f32 {
    let has_sign = piece.text.starts_with(|c: char| is_opening(c) && is_wide(c));
    if has_sign { (piece.x0 + piece.size * 0.5).min(piece.x1) } else { piece.x0 }
}

/// Where the words of a line end: a full-width sign behind them is half empty (`share` 0.5) or hangs in the margin (1.0).
fn words_end(piece: &Piece, share: f32) -> f32 {
    let has_sign = piece.text.ends_with(|c: char| is_closing(c) && is_wide(c));
    if has_sign { (piece.x1 - piece.size * share).max(piece.x0) } else { piece.x1 }
}

fn quantile(mut values: Vec<f32>, share: f32) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get((values.len() as f32 * share) as usize).or(values.last()).copied().unwrap_or(0.0)
}

/// Lines -> paragraphs, each ended by a line feed.
fn paragraphs(lines: &[Line], body: f32) -> String {
    let indented = lines.iter().filter(|line| line.piece.x0 > line.left + line.piece.size * INDENT).count();
    let style = Style { body, uses_indents: indented * 20 > lines.len() };
    let mut text = String::new();
    // Notes at the foot of a page wait for the end of the paragraph that goes on behind them.
    let mut notes: Vec<&Line> = Vec::new();
    let mut last: Option<&Line> = None;
    for line in lines {
        if let Some(before) = last {
            let is_note = line.piece.size * OTHER_SIZE < body && before.piece.size * OTHER_SIZE > body;
            let follows_note = notes.last().is_some_and(|note| line.gap.is_some() && is_like(note, line));
            if !line.is_row && line.gap.is_some() && (is_note || follows_note) {
                notes.push(line);
                continue;
            }
            if goes_on(before, line, style) {
                join(&mut text, &line.piece.text);
                last = Some(line);
                continue;
            }
            end_paragraph(&mut text, &mut notes, style);
        }
        text.push_str(&line.piece.text);
        last = Some(line);
    }
    if last.is_some() {
        end_paragraph(&mut text, &mut notes, style);
    }
    text
}

/// Ends the paragraph and writes the notes that waited for it.
fn end_paragraph(text: &mut String, notes: &mut Vec<&Line>, style: Style) {
    text.push('\n');
    let mut before: Option<&Line> = None;
    for note in notes.drain(..) {
        if before.is_some_and(|before| !goes_on(before, note, style)) {
            text.push('\n');
        }
        join(text, &note.piece.text);
        before = Some(note);
    }
    if before.is_some() {
        text.push('\n');
    }
}

fn is_like(a: &Line, b: &Line) -> bool {
    let ratio = a.piece.size / b.piece.size;
    ratio < OTHER_SIZE && 1.0 / ratio < OTHER_SIZE
}

/// Whether a line goes on with the paragraph of the line before it.
fn goes_on(before: &Line, line: &Line, style: Style) -> bool {
    let Style { body, uses_indents } = style;
    let (a, b) = (&before.piece, &line.piece);
    if before.is_row || line.is_row || !is_like(before, line) {
        return false;
    }
    let em = b.size;
    let is_ended = a.text.ends_with(['。', '！', '？', '；', '：', '.', '”', '）', ';', ':']);
    // The first word of this line would still have fitted into the one before: that one was the last of its paragraph.
    if before.right - a.x1 > first_word(b) + em * SLACK {
        return false;
    }
    let has_mark = has_heading_mark(&a.text) || has_heading_mark(&b.text);
    // A title of two lines, each in the middle.
    if a.size > body * OTHER_SIZE
        && !is_ended
        && !has_mark
        && line.gap.is_none_or(|gap| gap * body < a.size * WIDE_LEADING)
    {
        return true;
    }
    let indent = b.x0 - line.left;
    if indent > em * INDENT {
        // A block may be indented as a whole.
        return line.gap.is_some() && (a.x0 - b.x0).abs() < em * SAME_MARGIN && !is_ended && !has_mark;
    }
    match line.gap {
        Some(gap) if gap > 2.0 * WIDE_LEADING || (gap > WIDE_LEADING && is_ended) => false,
        _ => uses_indents || !(is_ended && has_heading_mark(&b.text)),
    }
}

/// How wide the first piece of a line is that cannot be parted: signs that open, a word or a hanzi, signs that close.
fn first_word(piece: &Piece) -> f32 {
    let mut word = String::new();
    let mut characters = piece.text.chars().peekable();
    while let Some(c) = characters.next_if(|&c| is_opening(c)) {
        word.push(c);
    }
    if let Some(first) = characters.next() {
        word.push(first);
        let is_of_word = |c: char| c.is_ascii() && !c.is_ascii_whitespace();
        while let Some(c) = characters.next_if(|&c| (is_of_word(first) && is_of_word(c)) || (first == '—' && c == '—'))
        {
            word.push(c);
        }
    }
    while let Some(c) = characters.next_if(|&c| is_closing(c)) {
        word.push(c);
    }
    // A quotation mark or an ASCII sign is not parted from a number behind it.
    if word.ends_with(|c: char| c.is_ascii() || c == '”') {
        while let Some(c) = characters.next_if(char::is_ascii_alphanumeric) {
            word.push(c);
        }
    }
    (ems(&word) * piece.size).min(piece.x1 - piece.x0)
}

fn is_opening(c: char) -> bool {
    matches!(c, '“' | '‘' | '（' | '《' | '〈' | '【' | '「' | '『' | '［' | '(' | '[')
}

fn is_closing(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '？'
            | '！'
            | '”'
            | '’'
            | '）'
            | '》'
            | '〉'
            | '】'
            | '」'
            | '』'
            | '］'
            | '％'
            | '%'
            | ')'
            | ']'
            | ','
            | '.'
            | '…'
    )
}

/// Adds a line to its paragraph; Latin words keep a space between them.
fn join(text: &mut String, line: &str) {
    if text.ends_with(|c: char| c.is_ascii_alphabetic()) && line.starts_with(|c: char| c.is_ascii_alphabetic()) {
        text.push(' ');
    }
    text.push_str(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of letters of a size, as wide as they are.
    fn sized(text: &str, x0: f32, y: f32, size: f32) -> Run {
        Run { text: text.into(), x0, x1: x0 + ems(text) * size, y, size, angle: 0.0 }
    }

    fn at(text: &str, x0: f32, y: f32) -> Run {
        sized(text, x0, y, 10.0)
    }

    fn page(runs: Vec<Run>) -> Page {
        Page { width: 300.0, height: 400.0, is_picture: false, runs }
    }

    /// Lines of a page of twenty hanzi a line, from the top, 18 points apart; a leading `>` stands for an indent of two.
    fn set(lines: &[&str]) -> Vec<Run> {
        let line = |(i, text): (usize, &&str)| {
            let y = 370.0 - 18.0 * i as f32;
            text.strip_prefix('>').map_or_else(|| at(text, 50.0, y), |text| at(text, 70.0, y))
        };
        lines.iter().enumerate().map(line).collect()
    }

    fn text(pages: Vec<Page>) -> String {
        reflow(&pages).0
    }

    const FULL: &str = "一年来全县上下同心协力推进各项工作落到实处";

    #[test]
    fn full_lines_go_on_and_indents_begin_paragraphs() {
        let first = set(&[
            ">全年地区生产总值达到一百八十六亿元，",
            "比上年增长百分之五点八，一般公共预算收入",
            "达到九亿元。",
            ">新建学校四所。",
            ">改造老旧小区十二个，惠及居民三千余户，",
        ]);
        let second = set(&["新增绿地十公顷。", ">以上是工作的主要情况。"]);
        assert_eq!(
            text(vec![page(first), page(second)]),
            "全年地区生产总值达到一百八十六亿元，比上年增长百分之五点八，一般公共预算收入达到九亿元。\n新建学校四所。\n\
             改造老旧小区十二个，惠及居民三千余户，新增绿地十公顷。\n以上是工作的主要情况。\n"
        );
    }

    #[test]
    fn a_line_is_full_when_the_next_number_has_no_room() {
        let lines = set(&["全年一般公共预算收入为", "12345678.90亿元。", FULL]);
        assert_eq!(text(vec![page(lines)]), format!("全年一般公共预算收入为\n12345678.90亿元。\n{FULL}\n"));
        let lines = set(&["去年全年一般公共预算收入总额达到", "12345678.90亿元。", FULL]);
        assert_eq!(text(vec![page(lines)]), format!("去年全年一般公共预算收入总额达到12345678.90亿元。\n{FULL}\n"));
    }

    #[test]
    fn titles_and_headings_stand_alone() {
        let mut runs = vec![sized("政府工作报告", 100.0, 390.0, 20.0)];
        runs.extend(set(&[
            ">一、去年工作回顾",
            ">过去的一年，我们团结奋斗，完成了全年各项",
            "任务。",
            ">二、今年工作安排",
        ]));
        assert_eq!(
            text(vec![page(runs)]),
            "政府工作报告\n一、去年工作回顾\n过去的一年，我们团结奋斗，完成了全年各项任务。\n二、今年工作安排\n"
        );
    }

    #[test]
    fn without_indents_gaps_and_headings_part_paragraphs() {
        let ended = "过去的一年，我们团结奋斗，完成了各项任务。";
        let mut runs = vec![at(ended, 50.0, 370.0), at(FULL, 50.0, 352.0), at(ended, 50.0, 334.0)];
        runs.extend([at(ended, 50.0, 304.0), at("一、推进改革开放，建设现代产业体系的工作", 50.0, 286.0)]);
        assert_eq!(
            text(vec![page(runs)]),
            format!("{ended}{FULL}{ended}\n{ended}\n一、推进改革开放，建设现代产业体系的工作\n")
        );
    }

    #[test]
    fn running_heads_and_page_numbers_are_left_out() {
        let sheet = |number: usize| {
            let town = ["东", "南", "西", "北"][number - 1];
            let mut runs =
                vec![sized("会议文件之一", 120.0, 395.0, 8.0), sized(&format!("— {number} —"), 140.0, 10.0, 8.0)];
            let words =
                [">新建{}大道。", ">{}乡新增就业一千人。", ">绿化{}山。"].map(|words| words.replace("{}", town));
            runs.extend(set(&words.each_ref().map(String::as_str)));
            runs.push(at(&format!("{}.{number}", number * 7), 70.0, 300.0));
            runs.push(at(&format!("{town}部的道路绿化照明和排水工程全部按期完成。"), 50.0, 270.0));
            page(runs)
        };
        let (text, issues) = reflow(&[sheet(1), sheet(2), sheet(3), sheet(4)]);
        let body = |town: &str, number: &str| {
            let last = format!("{town}部的道路绿化照明和排水工程全部按期完成。");
            format!("新建{town}大道。\n{town}乡新增就业一千人。\n绿化{town}山。\n{number}\n{last}\n")
        };
        assert_eq!(text, body("东", "7.1") + &body("南", "14.2") + &body("西", "21.3") + &body("北", "28.4"));
        assert_eq!(issues[0].message, "8 running heads, footers and page numbers were left out");
    }

    #[test]
    fn page_numbers_are_told_by_their_words_or_by_counting() {
        let words =
            |text: &str| Margin::of(0, 0, 0, &vec![Piece { text: text.into(), ..Piece::default() }]).is_page_number();
        for number in ["- 12 -", "—3—", "第3页 共20页", "第 3 页", "Page 3 of 20", "第３页"] {
            assert!(words(number), "{number}");
        }
        for other in ["12", "2021年", "3.5", "第3条", "-", "增长12%"] {
            assert!(!words(other), "{other}");
        }
        let numbered = |numbers: [&str; 3]| {
            let sheet = |number: &str| page([set(&[FULL, FULL, FULL, FULL]), vec![at(number, 150.0, 20.0)]].concat());
            text(numbers.iter().map(|number| sheet(number)).collect())
        };
        assert!(!numbered(["7", "8", "9"]).contains('8'));
        assert!(numbered(["7", "18", "9"]).contains("18"));
    }

    #[test]
    fn two_columns_are_read_one_after_the_other() {
        let column = |x: f32, shift: f32, lines: &[&str]| -> Vec<Run> {
            lines.iter().enumerate().map(|(i, line)| at(line, x, 330.0 - shift - 18.0 * i as f32)).collect()
        };
        let left = column(
            50.0,
            0.0,
            &["左栏甲乙丙丁戊己庚辛，", "左栏第二行甲乙丙丁戊", "左栏第三行甲乙丙丁戊", "左栏第四行甲乙丙丁戊"],
        );
        let right =
            column(170.0, 6.0, &["右栏第一行甲乙丙丁戊", "右栏第二行甲乙丙丁戊", "右栏第三行甲乙丙丁戊", "右栏结束。"]);
        let title = vec![sized("通栏标题在此", 100.0, 370.0, 20.0)];
        assert_eq!(
            text(vec![page([right, title, left].concat())]),
            "通栏标题在此\n左栏甲乙丙丁戊己庚辛，左栏第二行甲乙丙丁戊左栏第三行甲乙丙丁戊左栏第四行甲乙丙丁戊\
             右栏第一行甲乙丙丁戊右栏第二行甲乙丙丁戊右栏第三行甲乙丙丁戊右栏结束。\n"
        );
    }

    #[test]
    fn raised_and_large_letters_do_not_move_lines() {
        let mut runs = vec![at("新增绿地面积达到五十平方公里，折合m", 50.0, 370.0)];
        runs.push(sized("2", 226.0, 375.0, 6.0));
        runs.push(at("，比上年多，", 229.0, 370.0));
        runs.extend([at("新增公园三个，改造小区十二个，惠及居民。", 50.0, 354.0), sized("大字", 300.0, 364.0, 20.0)]);
        assert_eq!(
            text(vec![page(runs)]),
            "新增绿地面积达到五十平方公里，折合m2，比上年多， 大字\n新增公园三个，改造小区十二个，惠及居民。\n"
        );
    }

    #[test]
    fn rows_of_a_table_keep_their_cells() {
        let row = |y: f32, cells: [&str; 3]| {
            let places = [50.0, 150.0, 220.0];
            cells
                .iter()
                .zip(places)
                .filter(|(cell, _)| !cell.is_empty())
                .map(|(cell, x)| at(cell, x, y))
                .collect::<Vec<_>>()
        };
        let runs = [
            set(&[FULL]),
            row(340.0, ["指标", "单位", "数值"]),
            row(322.0, ["粮食产量", "万吨", "23.5"]),
            row(304.0, ["新增就业", "", "5200"]),
            vec![at("以上。", 70.0, 280.0)],
        ];
        assert_eq!(
            text(vec![page(runs.concat())]),
            format!("{FULL}\n指标\t单位\t数值\n粮食产量\t万吨\t23.5\n新增就业\t\t5200\n以上。\n")
        );
    }

    #[test]
    fn cells_that_go_on_in_the_next_row_are_put_together() {
        let row = |y: f32, cells: [&str; 3]| {
            let cells = cells.into_iter().zip([50.0, 150.0, 220.0]).filter(|(cell, _)| !cell.is_empty());
            cells.map(|(cell, x)| at(cell, x, y)).collect::<Vec<_>>()
        };
        let runs = [
            set(&[FULL]),
            row(340.0, ["指标", "完成", "计划"]),
            row(328.0, ["一般公共预算收入", "5200", "6000"]),
            row(316.0, ["（万元）", "", ""]),
            // A group of rows is no rest of a cell, and neither is what stands under a short one.
            row(304.0, ["二、农业", "", ""]),
            row(292.0, ["粮食产量", "23.5", "24"]),
            row(280.0, ["其中稻谷", "", ""]),
            row(268.0, ["城镇居民人均可支", "3", "保持基本稳定"]),
            row(256.0, ["配收入增速", "", "并有所提高"]),
        ];
        assert_eq!(
            text(vec![page(runs.concat())]),
            format!(
                "{FULL}\n指标\t完成\t计划\n一般公共预算收入（万元）\t5200\t6000\n二、农业\t\t\n粮食产量\t23.5\t24\n\
                 其中稻谷\t\t\n城镇居民人均可支配收入增速\t3\t保持基本稳定并有所提高\n"
            )
        );
    }

    #[test]
    fn watermarks_are_left_out() {
        let mut runs = set(&[FULL, FULL, "全部完成。"]);
        runs.push(Run { angle: 45.0, ..sized("内部资料", 80.0, 300.0, 40.0) });
        runs.push(sized("样稿", 60.0, 320.0, 90.0));
        let (text, issues) = reflow(&[page(runs)]);
        assert_eq!(text, format!("{FULL}{FULL}全部完成。\n"));
        assert_eq!(issues[0].message, "2 pieces of watermark were left out, the first: 内部资料");
    }

    #[test]
    fn vertical_writing_is_read_from_right_to_left() {
        let column = |x: f32, text: &str| -> Vec<Run> {
            text.chars().enumerate().map(|(i, c)| at(&c.to_string(), x, 350.0 - 10.0 * i as f32)).collect()
        };
        let runs = [column(250.0, "全县粮食总产量达到二"), column(230.0, "十三万吨创历史新高。")].concat();
        assert_eq!(text(vec![page(runs)]), "全县粮食总产量达到二十三万吨创历史新高。\n");
    }

    #[test]
    fn notes_wait_for_the_end_of_the_paragraph() {
        let mut first = set(&[FULL, FULL, FULL, FULL, FULL]);
        first.push(sized("注：本表数据为初步统计数。", 50.0, 30.0, 7.0));
        let second = set(&["至此完成。", ">另起一段。"]);
        assert_eq!(
            text(vec![page(first), page(second)]),
            format!("{}至此完成。\n注：本表数据为初步统计数。\n另起一段。\n", FULL.repeat(5))
        );
    }

    #[test]
    fn radicals_become_hanzi_and_all_else_stays() {
        assert_eq!(as_written("\u{2f00}\u{2f64}２０２１年⻅⻓\u{f9b4}\t①㎡"), "一用２０２１年见长領 ①㎡");
    }

    #[test]
    fn letters_printed_twice_count_once() {
        let mut runs = set(&["全年完成。"]);
        runs.push(at("全年完成。", 50.3, 369.8));
        assert_eq!(text(vec![page(runs)]), "全年完成。\n");
    }

    #[test]
    fn odd_places_do_no_harm() {
        let odd = [f32::NAN, f32::INFINITY, -1e30, 0.0, 1e5, -1e5];
        let mut runs = Vec::new();
        for (i, &x0) in odd.iter().enumerate() {
            for &y in &odd {
                runs.push(Run {
                    text: format!("文{i}"),
                    x0,
                    x1: odd[(i + 1) % odd.len()],
                    y,
                    size: y.abs(),
                    angle: x0,
                });
            }
        }
        runs.extend(odd.map(|y| Run { y, ..at("文", 0.0, 0.0) }));
        assert!(reflow(&[page(runs)]).0.contains('文'));
        assert_eq!(reflow(&[]), (String::new(), Vec::new()));
    }
}
