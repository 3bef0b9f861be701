//! The way through the XML of a Word file: what is text, and in which line it stands.

use std::collections::HashMap;

use super::count::written;
use super::numbering::{Numbering, Styles, level_of};
use super::package::Refusal;
use super::xml::{Node, Tag, Xml};
use crate::config::ReadOptions;
use crate::issue::IssueCode;

/// Word has no more columns in a table.
pub const MAX_COLUMNS: usize = 63;
/// A cell with more characters than this holds prose: its table is there for the layout only.
const LAYOUT_CELL_CHARS: usize = 600;
/// Fields whose result is the number of a page: nothing that the report says.
const PAGE_FIELDS: &[&str] = &["PAGE", "PAGEREF", "NUMPAGES", "SECTION", "SECTIONPAGES"];
/// Elements whose content is not shown, or shows what was there before a change.
const UNSEEN: &[&str] = &[
    "del",
    "moveFrom",
    "rt",
    "sectPr",
    "sdtPr",
    "tabs",
    "pPrChange",
    "rPrChange",
    "tblPrChange",
    "trPrChange",
    "tcPrChange",
    "numPrChange",
];
/// Characters of the font Symbol that reports use, by their codes there.
const SYMBOL_FONT: &[(u32, char)] = &[
    (0x25, '%'),
    (0x2B, '+'),
    (0x2D, '-'),
    (0x3C, '<'),
    (0x3D, '='),
    (0x3E, '>'),
    (0x6D, 'μ'),
    (0xA3, '≤'),
    (0xB0, '°'),
    (0xB1, '±'),
    (0xB3, '≥'),
    (0xB4, '×'),
    (0xB7, '·'),
    (0xB8, '÷'),
];
/// What a raised 2 or 3 behind it squares or cubes: m, metre, li.
const SQUARED: [char; 4] = ['m', 'M', '米', '里'];
/// What a cell, a row, a note or its mark counts towards the longest text: empty ones take memory too.
const ITEM_BYTES: usize = 64;
/// The code of a field is read this far.
const MAX_CODE_BYTES: usize = 4096;
/// The private characters of fonts of signs begin here.
const PRIVATE_START: u32 = 0xF000;

/// What was read.
pub struct Walked {
    pub lines: Vec<String>,
    /// The notes in the order of their marks.
    pub notes: Vec<String>,
    pub damages: Vec<String>,
    pub has_pictures: bool,
}

/// Lines that are being gathered: of the body, a cell, a text box or a note.
#[derive(Default)]
pub struct Block {
    pub lines: Vec<String>,
    /// Text of a paragraph whose mark was deleted: the next one goes on with it.
    pub begun: String,
    /// A table lies inside.
    pub has_table: bool,
}

/// A run: pieces of text set alike.
#[derive(Default, Clone, Copy)]
pub struct Run {
    pub is_hidden: bool,
    pub is_raised: bool,
}

#[derive(Default)]
pub struct Paragraph {
    pub text: String,
    /// Raised text that is still going on.
    pub raised: String,
    pub style: Option<String>,
    pub num: Option<String>,
    pub level: Option<usize>,
    /// Its mark was deleted or is hidden: the next paragraph stands in the same line.
    pub is_joined: bool,
    pub run: Run,
    /// Lines of the text boxes that hang on it.
    pub boxes: Vec<String>,
}

#[derive(Default)]
pub struct Cell {
    pub text: Block,
    /// Columns it takes up, the first included.
    pub span: usize,
    /// It goes on with the cell above or before it.
    pub is_merged: bool,
    pub is_deleted: bool,
}

#[derive(Default)]
pub struct Row {
    pub cells: Vec<Cell>,
    pub before: usize,
    pub after: usize,
    pub is_deleted: bool,
}

/// Something open on the stack.
enum Open {
    Paragraph(Box<Paragraph>),
    Table(Vec<Row>),
    Cell(Box<Cell>),
    TextBox(Block),
    /// A note and its key.
    Note(String, Block),
}

/// An open field.
struct Field {
    code: String,
    is_result: bool,
    is_page: bool,
}

/// The open fields: a code is no text, and the number of a page none that the report says.
#[derive(Default)]
pub struct Fields {
    open: Vec<Field>,
    /// How many of the open fields are still in their code, or tell a page.
    in_code: usize,
    in_page: usize,
}

impl Fields {
    /// Whether text here is seen.
    pub fn is_shown(&self) -> bool {
        self.in_code + self.in_page == 0
    }

    pub fn is_in_code(&self) -> bool {
        self.in_code > 0
    }

    pub fn begin(&mut self, max_depth: usize) {
        if self.open.len() < max_depth {
            self.open.push(Field { code: String::new(), is_result: false, is_page: false });
            self.in_code += 1;
        }
    }

    pub fn add_code(&mut self, text: &str) {
        if let Some(field) = self.open.last_mut().filter(|field| field.code.len() < MAX_CODE_BYTES) {
            field.code.push_str(text);
        }
    }

    /// The code ends, the result begins.
    pub fn separate(&mut self) {
        let Some(field) = self.open.last_mut().filter(|field| !field.is_result) else { return };
        field.is_result = true;
        field.is_page = is_page_field(&field.code);
        self.in_page += usize::from(field.is_page);
        self.in_code -= 1;
    }

    /// The field ends; gives the text of one that has no result but is seen.
    pub fn end(&mut self) -> Option<String> {
        let field = self.open.pop()?;
        self.in_page -= usize::from(field.is_page);
        if field.is_result {
            return None;
        }
        self.in_code -= 1;
        overprinted(&field.code)
    }

    /// A code never goes on in the next paragraph: its separator or its end was lost.
    pub fn end_paragraph(&mut self) {
        if std::mem::take(&mut self.in_code) > 0 {
            self.open.iter_mut().for_each(|field| field.is_result = true);
        }
    }
}

/// An open element.
struct Element {
    name: &'static str,
    /// Of alternatives: one was taken.
    is_taken: bool,
    /// How many things were open before it.
    opened: usize,
}

/// One walk through the parts of a file.
pub struct Walk<'a> {
    styles: &'a Styles,
    numbering: &'a mut Numbering,
    options: &'a ReadOptions,
    elements: Vec<Element>,
    body: Block,
    open: Vec<Open>,
    /// The number of elements at which something unseen began.
    unseen: Option<usize>,
    fields: Fields,
    /// The marks of notes, by key.
    marks: HashMap<String, usize>,
    notes: HashMap<String, Vec<String>>,
    written: usize,
    mismatches: usize,
    damages: Vec<String>,
    has_pictures: bool,
}

impl<'a> Walk<'a> {
    pub fn new(styles: &'a Styles, numbering: &'a mut Numbering, options: &'a ReadOptions) -> Walk<'a> {
        Walk {
            styles,
            numbering,
            options,
            elements: Vec::new(),
            body: Block::default(),
            open: Vec::new(),
            unseen: None,
            fields: Fields::default(),
            marks: HashMap::new(),
            notes: HashMap::new(),
            written: 0,
            mismatches: 0,
            damages: Vec::new(),
            has_pictures: false,
        }
    }

    /// Goes through one part.
    pub fn part(&mut self, text: &str, name: &str) -> Result<(), Refusal> {
        let mut xml = Xml::new(text);
        self.mismatches = 0;
        while let Some(node) = xml.next() {
            match node {
                Node::Start(name, tag) => self.start(name, &tag)?,
                Node::End(name) => self.end(name),
                Node::Text(text) => self.characters(&text),
            }
            if self.written > self.options.max_text_chars.saturating_mul(char::MAX_LEN_UTF8) {
                let message = format!("the text is longer than read.max_text_chars ({})", self.options.max_text_chars);
                return Err((IssueCode::LimitExceeded, message));
            }
        }
        let unclosed = self.elements.len();
        if xml.errors + self.mismatches + unclosed > 0 {
            self.damages.push(format!(
                "{name} is broken: {} tags are no XML, {} do not fit, {unclosed} are not closed",
                xml.errors, self.mismatches
            ));
        }
        if xml.unknown_entities > 0 {
            self.damages
                .push(format!("{name} has {} references to entities, which are not resolved", xml.unknown_entities));
        }
        self.close_down_to(0);
        self.elements.clear();
        self.fields = Fields::default();
        self.unseen = None;
        Ok(())
    }

    pub fn finish(mut self) -> Walked {
        self.close_down_to(0);
        let mut marks: Vec<(usize, String)> = self.marks.into_iter().map(|(key, mark)| (mark, key)).collect();
        marks.sort_unstable();
        let mut notes = Vec::new();
        for (mark, key) in marks {
            notes.extend(note_lines(mark, self.notes.remove(&key).unwrap_or_default()));
        }
        Walked { lines: self.body.finish(), notes, damages: self.damages, has_pictures: self.has_pictures }
    }

    fn parent(&self) -> &'static str {
        self.elements.last().map_or("", |element| element.name)
    }

    fn grandparent(&self) -> &'static str {
        self.elements.iter().rev().nth(1).map_or("", |element| element.name)
    }

    fn start(&mut self, name: &'static str, tag: &Tag) -> Result<(), Refusal> {
        if self.elements.len() >= self.options.max_depth {
            let message = format!("elements lie more than {} deep; see read.max_depth", self.options.max_depth);
            return Err((IssueCode::LimitExceeded, message));
        }
        let opened = self.open.len();
        if self.unseen.is_none() {
            if self.is_unseen(name, tag) {
                self.unseen = Some(self.elements.len());
            } else {
                self.enter(name, tag);
            }
        }
        self.elements.push(Element { name, is_taken: false, opened });
        Ok(())
    }

    /// Whether what lies inside an element is no part of the text.
    fn is_unseen(&mut self, name: &str, tag: &Tag) -> bool {
        match name {
            "del" | "moveFrom" => !matches!(self.parent(), "rPr" | "trPr"),
            "Choice" | "Fallback" => match self.elements.last_mut() {
                Some(element) if element.name == "AlternateContent" => std::mem::replace(&mut element.is_taken, true),
                _ => false,
            },
            "fldSimple" => is_page_field(&tag.attribute("instr").unwrap_or_default()),
            "footnote" | "endnote" => tag.attribute("type").is_some_and(|kind| kind != "normal"),
            name => UNSEEN.contains(&name),
        }
    }

    fn enter(&mut self, name: &'static str, tag: &Tag) {
        let parent = self.parent();
        match name {
            "p" => {
                // A paragraph never lies in another but by way of a text box: its end was lost.
                if matches!(self.open.last(), Some(Open::Paragraph(_))) {
                    self.close();
                }
                self.open.push(Open::Paragraph(Box::default()));
            }
            "tbl" => self.open.push(Open::Table(Vec::new())),
            "txbxContent" => self.open.push(Open::TextBox(Block::default())),
            "footnote" | "endnote" => {
                let key = note_key(name, tag);
                self.open.push(Open::Note(key, Block::default()));
            }
            "tc" => self.open.push(Open::Cell(Box::new(Cell { span: 1, ..Cell::default() }))),
            "tr" => {
                self.written += ITEM_BYTES;
                if let Some(Open::Table(rows)) = self.open.last_mut() {
                    rows.push(Row::default());
                }
            }
            "gridSpan" | "vMerge" | "hMerge" | "cellDel" => self.set_cell(name, tag),
            "gridBefore" | "gridAfter" => self.set_row(name, tag),
            "del" | "moveFrom" if parent == "trPr" => self.set_row(name, tag),
            "altChunk" => self.damages.push("a file inside the file (altChunk) was not read".to_string()),
            "blip" | "imagedata" => self.has_pictures = true,
            "den" => self.write("/"),
            "fldChar" => self.field(tag),
            "footnoteReference" | "endnoteReference" => self.mark(name, tag),
            "tab" | "ptab" if parent == "r" => self.write(" "),
            "br" | "cr" if parent == "r" => self.write("\n"),
            "noBreakHyphen" => self.write("-"),
            "sym" => {
                if let Some(character) = symbol(tag) {
                    self.write(character.encode_utf8(&mut [0; 4]));
                }
            }
            _ => self.set_paragraph(name, tag),
        }
    }

    /// Settings of the open paragraph and its run.
    fn set_paragraph(&mut self, name: &str, tag: &Tag) {
        let (parent, grandparent) = (self.parent(), self.grandparent());
        let styles = self.styles;
        let Some(Open::Paragraph(paragraph)) = self.open.last_mut() else { return };
        let of_mark = parent == "rPr" && grandparent == "pPr";
        let of_run = parent == "rPr" && grandparent == "r";
        match name {
            "pStyle" => paragraph.style = tag.val(),
            "numId" if parent == "numPr" => paragraph.num = tag.val(),
            "ilvl" if parent == "numPr" => paragraph.level = level_of(tag.val()),
            "framePr" if tag.attribute("dropCap").is_some_and(|cap| cap != "none") => paragraph.is_joined = true,
            "del" | "moveFrom" if of_mark => paragraph.is_joined = true,
            "vanish" if of_mark => paragraph.is_joined = tag.is_on(),
            "r" => {
                let is_hidden = paragraph.style.as_deref().is_some_and(|style| styles.is_hidden(style));
                paragraph.run = Run { is_hidden, is_raised: false };
            }
            "rStyle" if of_run => {
                if let Some(style) = tag.val() {
                    paragraph.run.is_hidden |= styles.is_hidden(&style);
                    paragraph.run.is_raised = styles.is_raised(&style);
                }
            }
            "vanish" if of_run => paragraph.run.is_hidden = tag.is_on(),
            "vertAlign" if of_run => paragraph.run.is_raised = tag.val().as_deref() == Some("superscript"),
            _ => {}
        }
    }

    fn set_cell(&mut self, name: &str, tag: &Tag) {
        let Some(Open::Cell(cell)) = self.open.last_mut() else { return };
        match name {
            "gridSpan" => cell.span = columns(tag).max(1),
            // Without a value it goes on with the cell before.
            "cellDel" => cell.is_deleted = true,
            _ => cell.is_merged = tag.val().is_none_or(|value| value == "continue"),
        }
    }

    fn set_row(&mut self, name: &str, tag: &Tag) {
        let Some(Open::Table(rows)) = self.open.last_mut() else { return };
        let Some(row) = rows.last_mut() else { return };
        match name {
            "gridBefore" => row.before = columns(tag),
            "gridAfter" => row.after = columns(tag),
            _ => row.is_deleted = true,
        }
    }

    fn end(&mut self, name: &'static str) {
        // An end that fits none of the open elements is passed over; one that fits an outer one ends the inner ones too.
        let fits = self.elements.iter().rposition(|element| element.name == name);
        let Some(at) = fits else {
            self.mismatches += 1;
            return;
        };
        if at + 1 != self.elements.len() {
            self.mismatches += 1;
            if name.is_empty() {
                return;
            }
        }
        let opened = self.elements[at].opened;
        self.elements.truncate(at);
        match self.unseen {
            Some(unseen) if unseen < at => {}
            _ => {
                self.unseen = None;
                self.close_down_to(opened);
            }
        }
    }

    fn close_down_to(&mut self, count: usize) {
        while self.open.len() > count {
            self.close();
        }
    }

    /// Closes the innermost open thing and hands what it holds to the one around it.
    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::Paragraph(paragraph)) => self.close_paragraph(*paragraph),
            Some(Open::Table(rows)) => {
                let lines = table_lines(rows);
                let block = self.block();
                block.has_table = true;
                block.lines.extend(lines);
            }
            Some(Open::Cell(cell)) => {
                self.written += ITEM_BYTES;
                match self.open.last_mut() {
                    Some(Open::Table(rows)) => match rows.last_mut() {
                        Some(row) => row.cells.push(*cell),
                        None => rows.push(Row { cells: vec![*cell], ..Row::default() }),
                    },
                    _ => self.block().lines.extend(cell.text.finish()),
                }
            }
            Some(Open::TextBox(block)) => {
                let lines = block.finish();
                match self.open.last_mut() {
                    Some(Open::Paragraph(paragraph)) => paragraph.boxes.extend(lines),
                    _ => self.block().lines.extend(lines),
                }
            }
            Some(Open::Note(key, block)) => {
                self.written += ITEM_BYTES;
                self.notes.insert(key, block.finish());
            }
            None => {}
        }
    }

    /// The lines that belong to the innermost body, cell, text box or note.
    fn block(&mut self) -> &mut Block {
        self.open.iter_mut().rev().find_map(Open::block).unwrap_or(&mut self.body)
    }

    fn close_paragraph(&mut self, mut paragraph: Paragraph) {
        paragraph.settle();
        self.fields.end_paragraph();
        if paragraph.is_joined {
            let block = self.block();
            block.begun.push_str(&paragraph.text);
            block.lines.extend(paragraph.boxes);
            return;
        }
        let (num, level, style) = (paragraph.num.as_deref(), paragraph.level, paragraph.style.as_deref());
        let place = self.numbering.place(num, level, style, self.styles);
        let label = place.and_then(|(num, level)| self.numbering.count(&num, level, self.styles)).unwrap_or_default();
        self.written += label.len();
        let block = self.block();
        block.add_paragraph(&label, &paragraph.text);
        block.lines.extend(paragraph.boxes);
    }

    /// The open paragraph, where text may be written to it.
    fn shown_paragraph(&mut self) -> Option<&mut Paragraph> {
        match self.open.last_mut() {
            Some(Open::Paragraph(paragraph)) if self.fields.is_shown() && !paragraph.run.is_hidden => Some(paragraph),
            _ => None,
        }
    }

    fn write(&mut self, text: &str) {
        let Some(paragraph) = self.shown_paragraph() else { return };
        paragraph.write(text);
        self.written += text.len();
    }

    fn characters(&mut self, text: &str) {
        if self.unseen.is_some() {
            return;
        }
        match self.parent() {
            // Line ends and tabs of the XML are spaces; those of the text are elements.
            "t" if text.contains(['\n', '\r', '\t']) => self.write(&text.replace(['\n', '\r', '\t'], " ")),
            "t" => self.write(text),
            "instrText" => self.fields.add_code(text),
            _ => {}
        }
    }

    fn field(&mut self, tag: &Tag) {
        match tag.attribute("fldCharType").as_deref() {
            Some("begin") => self.fields.begin(self.options.max_depth),
            Some("separate") => self.fields.separate(),
            Some("end") => {
                if let Some(text) = self.fields.end() {
                    self.write(&text);
                }
            }
            _ => {}
        }
    }

    /// Writes the mark of a note: one count for all notes.
    fn mark(&mut self, name: &str, tag: &Tag) {
        let (key, next) = (note_key(name, tag), self.marks.len() + 1);
        if self.shown_paragraph().is_none() {
            return;
        }
        let number = *self.marks.entry(key).or_insert(next);
        self.written += ITEM_BYTES;
        if let Some(paragraph) = self.shown_paragraph() {
            paragraph.mark(number);
        }
    }
}

impl Open {
    fn block(&mut self) -> Option<&mut Block> {
        match self {
            Open::TextBox(block) | Open::Note(_, block) => Some(block),
            Open::Cell(cell) => Some(&mut cell.text),
            Open::Paragraph(_) | Open::Table(_) => None,
        }
    }
}

impl Block {
    /// Adds the lines of a paragraph, the number of its list before the first.
    pub fn add_paragraph(&mut self, label: &str, text: &str) {
        let text = std::mem::take(&mut self.begun) + text;
        let mut lines = text.split('\n').map(str::trim).filter(|line| !line.is_empty());
        self.lines.extend(lines.next().map(|line| format!("{label}{line}")));
        self.lines.extend(lines.map(str::to_string));
    }

    /// Text that waits for a next paragraph becomes a line: there is none.
    pub fn end_line(&mut self) {
        let begun = std::mem::take(&mut self.begun);
        let begun = begun.trim();
        self.lines.extend((!begun.is_empty()).then(|| begun.to_string()));
    }

    pub fn finish(mut self) -> Vec<String> {
        self.end_line();
        self.lines
    }

    fn chars(&self) -> usize {
        self.lines.iter().map(|line| line.chars().count()).sum()
    }
}

impl Paragraph {
    /// Adds text as its run is set.
    pub fn write(&mut self, text: &str) {
        if self.run.is_raised {
            self.raised.push_str(text);
        } else {
            self.settle();
            self.text.push_str(text);
        }
    }

    /// Adds the mark of a note.
    pub fn mark(&mut self, number: usize) {
        self.settle();
        self.text.push_str(&format!("［{number}］"));
    }

    /// Adds raised text: the square of a unit as a sign, a number as the mark of a note, so that neither runs into
    /// the digits and words beside it.
    pub fn settle(&mut self) {
        if self.raised.is_empty() {
            return;
        }
        let raised = std::mem::take(&mut self.raised);
        let number = raised.trim();
        let is_number = number.starts_with(|c: char| c.is_ascii_digit())
            && number.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '，' | '、' | '-'));
        match (number, is_number) {
            ("2", _) if self.text.ends_with(SQUARED) => self.text.push('²'),
            ("3", _) if self.text.ends_with(SQUARED) => self.text.push('³'),
            (number, true) => self.text.push_str(&format!("［{number}］")),
            _ => self.text.push_str(&raised),
        }
    }
}

/// The lines of a table: rows with TAB between their cells, or paragraphs where it only makes the layout.
pub fn table_lines(mut rows: Vec<Row>) -> Vec<String> {
    let mut is_layout = false;
    let mut filled_columns = 0;
    rows.retain(|row| !row.is_deleted);
    for row in &mut rows {
        row.cells.retain(|cell| !cell.is_deleted);
        for cell in &mut row.cells {
            cell.text.end_line();
            if cell.is_merged {
                cell.text.lines.clear();
            }
            is_layout = is_layout || cell.text.has_table || cell.text.chars() > LAYOUT_CELL_CHARS;
        }
        filled_columns = filled_columns.max(row.cells.iter().filter(|cell| !cell.text.lines.is_empty()).count());
    }
    if is_layout || filled_columns <= 1 {
        return rows.into_iter().flat_map(|row| row.cells).flat_map(|cell| cell.text.lines).collect();
    }
    rows.iter().map(Row::line).filter(|line| !line.trim().is_empty()).collect()
}

impl Row {
    /// The cells with TAB between them; a wide cell is followed by empty ones.
    fn line(&self) -> String {
        let mut cells = vec![String::new(); self.before];
        for cell in &self.cells {
            let words = cell.text.lines.iter().flat_map(|line| line.split_whitespace());
            cells.push(words.collect::<Vec<_>>().join(" "));
            cells.resize(cells.len() + cell.span - 1, String::new());
        }
        cells.resize(cells.len() + self.after, String::new());
        cells.join("\t")
    }
}

/// How many columns a setting speaks of.
fn columns(tag: &Tag) -> usize {
    tag.number().and_then(|number| usize::try_from(number).ok()).unwrap_or(0).min(MAX_COLUMNS)
}

/// The lines of a note, its mark before the first.
pub fn note_lines(mark: usize, lines: Vec<String>) -> impl Iterator<Item = String> {
    let mark = format!("［{mark}］");
    lines.into_iter().enumerate().map(move |(index, line)| if index == 0 { format!("{mark}{line}") } else { line })
}

/// What tells a note: whether it is a footnote or an endnote, and its id.
fn note_key(name: &str, tag: &Tag) -> String {
    let kind = if name.starts_with('f') { "footnote" } else { "endnote" };
    format!("{kind} {}", tag.attribute("id").unwrap_or_default())
}

/// Whether the result of a field is the number of a page.
fn is_page_field(code: &str) -> bool {
    let word = code.split_whitespace().next().unwrap_or_default();
    PAGE_FIELDS.iter().any(|field| word.eq_ignore_ascii_case(field))
}

/// A number in a ring, which is a field without a result: `EQ \o\ac(○,1)`.
fn overprinted(code: &str) -> Option<String> {
    let code = code.trim();
    let is_overprint = code.get(..2)?.eq_ignore_ascii_case("eq") && code.contains("\\o");
    let inside = code.strip_suffix(')')?.rsplit([',', '，', ';']).next()?.trim().trim_end_matches(')');
    let number = inside.parse().ok().map(|number| written(number, "decimalEnclosedCircle"));
    is_overprint.then(|| number.unwrap_or_else(|| inside.to_string()))
}

/// A character told by its number in a font.
fn symbol(tag: &Tag) -> Option<char> {
    let code = u32::from_str_radix(tag.attribute("char")?.trim(), 16).ok()?;
    let in_font = code.checked_sub(PRIVATE_START).filter(|code| *code <= 0xFF);
    let is_symbol = tag.attribute("font").is_some_and(|font| font.eq_ignore_ascii_case("Symbol"));
    let named = in_font.filter(|_| is_symbol).and_then(|code| SYMBOL_FONT.iter().find(|(known, _)| *known == code));
    named.map(|(_, character)| *character).or_else(|| char::from_u32(code))
}
