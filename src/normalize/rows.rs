//! Which lines are the rows of a table: only there a TAB parts cells. Anywhere else it is white space.

use super::{Folded, Written, tidy_line};

/// A cell of more characters is a paragraph.
const CELL_CHARS: usize = 40;
/// Of the rows of a table at most one in so many holds a paragraph.
const PROSE_SHARE: usize = 4;
/// A line with a longer cell, or with more cells, is none of a table.
const MAX_CELL_CHARS: usize = 400;
const MAX_CELLS: usize = 60;
/// Rows of one table differ by at most so many cells, unless only the last ones are missing.
const NEARLY: usize = 1;
/// A table has at least so many rows with two cells or more.
const MIN_ROWS: usize = 2;

/// What a line with TABs looks like.
struct Shape {
    cells: usize,
    /// How many cells hold something.
    filled: usize,
    /// A cell is long, or holds the end of a sentence.
    is_prose: bool,
}

/// The cells of a line, each folded as a line of its own.
fn cells(line: &[Folded]) -> impl Iterator<Item = Vec<Folded>> {
    line.split(|c| c.to == '\t').map(cell)
}

/// One cell; the # in front of a name (#工业) says 其中 and is no residue of markup.
fn cell(written: &[Folded]) -> Vec<Folded> {
    let first = written.iter().find(|c| c.to != ' ').filter(|c| c.to == '#');
    first.copied().into_iter().chain(tidy_line(written)).collect()
}

/// A row as it stands in the plain text: folded cells with one TAB between them.
pub(super) fn row(line: &[Folded]) -> Vec<Folded> {
    let mut tabs = line.iter().filter(|c| c.to == '\t');
    let mut row = Vec::with_capacity(line.len());
    for cell in cells(line) {
        row.extend(cell);
        row.extend(tabs.next());
    }
    row
}

/// For every line whether it is a row. Empty lines part nothing; `is_cut` names the lines with TABs that are page
/// furniture.
pub(super) fn marked(lines: &[Written], is_cut: impl Fn(&[Folded]) -> bool) -> Vec<bool> {
    let mut marks = vec![false; lines.len()];
    let mut run: Vec<(usize, Shape)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let mut shape_here = None;
        if let Written::Folded(line) = line {
            let has_tab = line.iter().any(|c| c.to == '\t');
            if line.iter().all(|c| matches!(c.to, ' ' | '\t')) || (has_tab && is_cut(line)) {
                continue;
            }
            shape_here = has_tab.then(|| shape(line)).filter(may_be_row);
        }
        let width = run.iter().map(|(_, shape)| shape.cells).max();
        let goes_on = shape_here.as_ref().is_some_and(|shape| width.is_none_or(|width| belongs(shape, width)));
        if !goes_on {
            mark(&mut run, &mut marks);
        }
        run.extend(shape_here.map(|shape| (index, shape)));
    }
    mark(&mut run, &mut marks);
    marks
}

fn shape(line: &[Folded]) -> Shape {
    let mut shape = Shape { cells: 0, filled: 0, is_prose: false };
    for cell in cells(line) {
        shape.cells += 1;
        shape.filled += usize::from(!cell.is_empty());
        shape.is_prose |= cell.len() > CELL_CHARS || cell.iter().any(|c| c.to == '。');
        if cell.len() > MAX_CELL_CHARS {
            shape.cells = MAX_CELLS + 1;
            break;
        }
    }
    shape
}

/// An indented paragraph is none.
fn may_be_row(shape: &Shape) -> bool {
    shape.cells <= MAX_CELLS && !(shape.filled == 1 && shape.is_prose)
}

/// Whether a line goes on with a table that is so many cells wide.
fn belongs(shape: &Shape, width: usize) -> bool {
    shape.cells.abs_diff(width) <= NEARLY || (shape.filled >= 2 && shape.cells < width)
}

/// Marks the lines of a run if they are a table.
fn mark(run: &mut Vec<(usize, Shape)>, marks: &mut [bool]) {
    let rows = run.iter().filter(|(_, shape)| shape.filled >= 2).count();
    let prose = run.iter().filter(|(_, shape)| shape.is_prose).count();
    let is_table = rows >= MIN_ROWS && prose * PROSE_SHARE <= run.len();
    for (index, _) in run.drain(..).filter(|_| is_table) {
        marks[index] = true;
    }
}
