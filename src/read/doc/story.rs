//! The text of an old Word file: where its pieces lie, and how its characters become lines.

use std::collections::HashMap;

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, SHIFT_JIS, WINDOWS_1252};

use super::compound::Compound;
use super::properties::{Characters, Runs, Styles, characters, paragraphs};
use super::{CONVERT, lists};
use crate::config::ReadOptions;
use crate::issue::IssueCode;
use crate::read::docx::numbering::Numbering;
use crate::read::docx::walk::{Block, Cell, Fields, MAX_COLUMNS, Paragraph, Row, note_lines, table_lines};
use crate::read::docx::{ENCRYPTED, NOTES_HEADING, numbering};

/// The first word of the file of Word 97 and later, and the version from which it holds.
const WORD_97: u16 = 0xA5EC;
const WORD_97_VERSION: u16 = 0x00C0;
/// That of Word 6 and 95.
const WORD_6: u16 = 0xA5DC;
/// Flags of the header: pieces, encrypted, the second table stream.
const HAS_PIECES: u16 = 0x0004;
const IS_ENCRYPTED: u16 = 0x0100;
const SECOND_TABLE: u16 = 0x0200;
/// Where the header of Word 6 tells the first byte of the text, its length, its fonts and its pieces.
const OLD_START_AT: usize = 0x18;
const OLD_LENGTH_AT: usize = 0x34;
const OLD_FONTS_AT: usize = 0xD0;
const OLD_PIECES_AT: usize = 0x160;
/// The header of Word 97: its fixed part, and the numbers of its entries.
const HEADER_BYTES: usize = 32;
const TEXT_LENGTHS: [usize; 7] = [3, 4, 5, 6, 7, 8, 9];
const STYLES: usize = 1;
const FOOTNOTE_MARKS: usize = 2;
const FOOTNOTES: usize = 3;
const CHARACTERS: usize = 12;
const PARAGRAPHS: usize = 13;
const PIECES: usize = 33;
const ENDNOTE_MARKS: usize = 46;
const ENDNOTES: usize = 47;
const LISTS: usize = 73;
const LIST_USES: usize = 74;
/// Characters that are no text.
const PICTURE: u16 = 0x01;
const NOTE: u16 = 0x02;
const CELL_END: u16 = 0x07;
const TAB: u16 = 0x09;
const LINE_END: u16 = 0x0B;
const PAGE_END: u16 = 0x0C;
const PARAGRAPH_END: u16 = 0x0D;
const FIELD_BEGIN: u16 = 0x13;
const FIELD_SEPARATE: u16 = 0x14;
const FIELD_END: u16 = 0x15;
const HYPHEN: u16 = 0x1E;
/// Below this no character is text.
const FIRST_TEXT: u16 = 0x20;
/// Edges of columns nearer than this (in twentieths of a point) are one.
const SAME_EDGE: i32 = 40;
/// Character sets of fonts and the encodings of their text.
const CHARACTER_SETS: &[(u8, &Encoding)] = &[(134, GBK), (136, BIG5), (128, SHIFT_JIS), (129, EUC_KR)];

/// What was read.
#[derive(Default)]
pub struct Document {
    pub lines: Vec<String>,
    pub damages: Vec<String>,
    pub has_pictures: bool,
}

/// A part of a stream.
#[derive(Debug, Clone, Copy, Default)]
pub struct Range {
    pub start: usize,
    pub length: usize,
}

impl Range {
    /// The bytes, empty where the stream ends before.
    pub fn of(self, stream: &[u8]) -> &[u8] {
        stream.get(self.start..self.start.saturating_add(self.length)).unwrap_or_default()
    }

    fn at(header: &[u8], at: usize) -> Range {
        let number = |at: usize| u32_at(header, at).unwrap_or(0) as usize;
        Range { start: number(at), length: number(at + 4) }
    }
}

pub fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|two| u16::from_le_bytes(*two))
}

pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}

fn broken(what: &str) -> (IssueCode, String) {
    (IssueCode::DamagedContainer, format!("the Word file is broken inside: {what}; {CONVERT}"))
}

/// Reads the text of an opened file.
pub fn read(file: &mut Compound, options: &ReadOptions) -> Result<Document, (IssueCode, String)> {
    let (stream, is_whole) = file.stream("/WordDocument").map_err(|error| broken(&error.to_string()))?;
    let (Some(kind), Some(version), Some(flags)) = (u16_at(&stream, 0), u16_at(&stream, 2), u16_at(&stream, 10)) else {
        return Err(broken("it has no header"));
    };
    if kind != WORD_97 && kind != WORD_6 {
        return Err(broken("it does not begin like a Word text"));
    }
    if flags & IS_ENCRYPTED != 0 {
        return Err((IssueCode::UnsupportedContainer, ENCRYPTED.to_string()));
    }
    let mut document = if kind == WORD_6 || version < WORD_97_VERSION {
        old_document(&stream, flags, options)?
    } else {
        let name = if flags & SECOND_TABLE != 0 { "/1Table" } else { "/0Table" };
        let (table, _) = file.stream(name).map_err(|_| broken(&format!("the stream {name} is missing")))?;
        // Only wide tables need it, so a file without it is sound.
        let data =
            if file.has("/Data") { file.stream("/Data").map_or(Vec::new(), |(data, _)| data) } else { Vec::new() };
        document(&stream, &table, &data, options)?
    };
    if !is_whole {
        document.damages.push("the text ends before its end".to_string());
    }
    Ok(document)
}

/// A character with the byte it stands at.
struct Unit {
    unit: u16,
    place: u32,
}

/// A piece of the text: how many characters, from which byte on, of one byte or two.
struct Piece {
    count: usize,
    start: usize,
    is_narrow: bool,
}

/// The table of pieces, as far as it is sound.
fn pieces(table: &[u8]) -> Option<Vec<Piece>> {
    const MODIFIER: u8 = 1;
    const PIECE_TABLE: u8 = 2;
    const NARROW: u32 = 0x4000_0000;
    let mut at = 0;
    while *table.get(at)? == MODIFIER {
        at += 3 + usize::from(u16_at(table, at + 1)?);
    }
    if table[at] != PIECE_TABLE {
        return None;
    }
    let table = Range { start: at + 5, length: u32_at(table, at + 1)? as usize }.of(table);
    let count = table.len().checked_sub(4)? / 12;
    let mut pieces = Vec::with_capacity(count);
    for index in 0..count {
        let (from, to) = (u32_at(table, 4 * index)?, u32_at(table, 4 * index + 4)?);
        let place = u32_at(table, 4 * (count + 1) + 8 * index + 2)?;
        let is_narrow = place & NARROW != 0;
        let start = (place & !NARROW) as usize / if is_narrow { 2 } else { 1 };
        pieces.push(Piece { count: to.checked_sub(from)? as usize, start, is_narrow });
    }
    Some(pieces)
}

/// The characters of all pieces, at most so many, and whether some of them lie outside the stream.
fn units(stream: &[u8], pieces: &[Piece], most: usize) -> (Vec<Unit>, bool) {
    let mut units = Vec::new();
    let mut is_cut = false;
    for piece in pieces {
        let width = if piece.is_narrow { 1 } else { 2 };
        let count = piece.count.min(most - units.len());
        let there = stream.len().saturating_sub(piece.start) / width;
        is_cut |= there < count;
        let bytes = stream.get(piece.start..).unwrap_or_default();
        units.extend(bytes.chunks_exact(width).take(count).enumerate().map(|(index, bytes)| Unit {
            unit: match bytes {
                [low, high] => u16::from_le_bytes([*low, *high]),
                [byte, ..] => windows_1252(*byte),
                [] => 0,
            },
            place: (piece.start + index * width) as u32,
        }));
        // What comes behind keeps its number.
        let lost = count - count.min(there);
        units.extend((0..lost).map(|_| Unit { unit: 0, place: u32::MAX }));
    }
    (units, is_cut)
}

fn windows_1252(byte: u8) -> u16 {
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&byte));
    text.chars().next().map_or(0, |character| character as u16)
}

/// A file of Word 97 or later.
fn document(stream: &[u8], table: &[u8], data: &[u8], options: &ReadOptions) -> Result<Document, (IssueCode, String)> {
    let cut = || broken("its header is cut");
    let words = usize::from(u16_at(stream, HEADER_BYTES).ok_or_else(cut)?);
    let numbers_at = HEADER_BYTES + 2 + 2 * words;
    let numbers = usize::from(u16_at(stream, numbers_at).ok_or_else(cut)?);
    let ranges_at = numbers_at + 2 + 4 * numbers + 2;
    let range = |index: usize| Range::at(stream, ranges_at + 8 * index);
    let lengths = TEXT_LENGTHS.map(|index| u32_at(stream, numbers_at + 2 + 4 * index).unwrap_or(0) as usize);
    let [body, footnotes, headers, macros, comments, endnotes, boxes] = lengths;
    let total = lengths.iter().fold(0usize, |sum, length| sum.saturating_add(*length));
    if total > stream.len() {
        return Err(broken("it has fewer bytes than characters"));
    }
    // Notes, text boxes, headers and comments may be as long again.
    if body > options.max_text_chars || total / 2 > options.max_text_chars {
        let message = format!("the text has {total} characters; read.max_text_chars is {}", options.max_text_chars);
        return Err((IssueCode::LimitExceeded, message));
    }
    let pieces = pieces(range(PIECES).of(table)).ok_or_else(|| broken("its table of pieces makes no sense"))?;
    let (units, is_cut) = units(stream, &pieces, total);
    let mut damages = Vec::new();
    if is_cut || units.len() < body {
        damages.push("some pieces of the text lie outside the file".to_string());
    }
    let part = |from: usize, length: usize| units.get(from..(from + length).min(units.len())).unwrap_or_default();

    let footnote_text = part(body, footnotes);
    let endnotes_at = body + footnotes + headers + macros + comments;
    let endnote_text = part(endnotes_at, endnotes);
    let marks: HashMap<usize, (bool, usize)> = [(FOOTNOTE_MARKS, false), (ENDNOTE_MARKS, true)]
        .iter()
        .flat_map(|&(index, is_end)| {
            let marks = positions(range(index).of(table), 2);
            marks.into_iter().enumerate().map(move |(note, at)| (at, (is_end, note)))
        })
        .collect();
    let mut teller = Teller {
        paragraphs: paragraphs(stream, table, data, range(PARAGRAPHS), total),
        characters: characters(stream, table, range(CHARACTERS), total),
        styles: Styles::read(range(STYLES).of(table)),
        numbering: lists::read(table, range(LISTS), range(LIST_USES)),
        marks,
        noted: Vec::new(),
        max_depth: options.max_depth,
        has_pictures: false,
    };
    let mut lines = teller.lines(part(0, body), true);
    lines.extend(teller.lines(part(endnotes_at + endnotes, boxes), false));
    let starts = [positions(range(FOOTNOTES).of(table), 0), positions(range(ENDNOTES).of(table), 0)];
    let mut notes = Vec::new();
    for (number, (is_end, note)) in std::mem::take(&mut teller.noted).into_iter().enumerate() {
        let (text, starts) = if is_end { (endnote_text, &starts[1]) } else { (footnote_text, &starts[0]) };
        let (Some(&from), Some(&to)) = (starts.get(note), starts.get(note + 1)) else { continue };
        let text = text.get(from..to.min(text.len())).unwrap_or_default();
        notes.extend(note_lines(number + 1, teller.lines(text, false)));
    }
    if !notes.is_empty() {
        lines.push(NOTES_HEADING.to_string());
        lines.extend(notes);
    }
    Ok(Document { lines, damages, has_pictures: teller.has_pictures })
}

/// The places in a table of places with so many bytes of something else behind each; empty unless they rise.
fn positions(table: &[u8], other: usize) -> Vec<usize> {
    let count = table.len().saturating_sub(4) / (4 + other);
    let places: Vec<usize> = (0..=count).filter_map(|index| u32_at(table, 4 * index)).map(|at| at as usize).collect();
    if places.is_sorted() { places } else { Vec::new() }
}

/// A file of Word 6 or 95: one byte a character, or two in the encoding of its fonts. Tables are not told.
fn old_document(stream: &[u8], flags: u16, options: &ReadOptions) -> Result<Document, (IssueCode, String)> {
    let length = u32_at(stream, OLD_LENGTH_AT).unwrap_or(0) as usize;
    if length > stream.len() {
        return Err(broken("it has fewer bytes than characters"));
    }
    if length / 2 > options.max_text_chars {
        let message = format!("the text has {length} bytes; read.max_text_chars is {}", options.max_text_chars);
        return Err((IssueCode::LimitExceeded, message));
    }
    let start = u32_at(stream, OLD_START_AT).unwrap_or(0) as usize;
    let one = || vec![Piece { count: length, start, is_narrow: true }];
    let pieces = match flags & HAS_PIECES {
        0 => one(),
        _ => pieces(Range::at(stream, OLD_PIECES_AT).of(stream)).ok_or_else(|| broken("its pieces make no sense"))?,
    };
    let mut bytes = Vec::new();
    for piece in &pieces {
        // The places of one-byte pieces are not doubled here.
        let start = if flags & HAS_PIECES == 0 || !piece.is_narrow { piece.start } else { 2 * piece.start };
        let count = piece.count.min(length - bytes.len());
        bytes.extend_from_slice(Range { start, length: count }.of(stream));
    }
    let mut fonts = Range::at(stream, OLD_FONTS_AT).of(stream).get(2..).unwrap_or_default();
    let mut encoding = WINDOWS_1252;
    while let [size, ..] = fonts {
        let known = fonts.get(4).and_then(|set| CHARACTER_SETS.iter().find(|(known, _)| known == set));
        if let Some((_, known)) = known {
            encoding = known;
            break;
        }
        fonts = fonts.get(usize::from(*size) + 1..).unwrap_or_default();
    }
    let (text, _) = encoding.decode_without_bom_handling(&bytes);
    let units: Vec<Unit> = text.encode_utf16().map(|unit| Unit { unit, place: u32::MAX }).collect();
    let mut teller = Teller {
        paragraphs: Runs::default(),
        characters: Runs::default(),
        styles: Styles::default(),
        numbering: Numbering::default(),
        marks: HashMap::new(),
        noted: Vec::new(),
        max_depth: options.max_depth,
        has_pictures: false,
    };
    let lines = teller.lines(&units, false);
    let damages =
        if bytes.len() < length { vec!["some of the text lies outside the file".to_string()] } else { vec![] };
    Ok(Document { lines, damages, has_pictures: teller.has_pictures })
}

/// Turns characters into lines.
struct Teller {
    paragraphs: Runs<super::properties::Paragraph>,
    characters: Runs<Characters>,
    styles: Styles,
    numbering: Numbering,
    /// The marks of notes by the number of their character: whether an endnote, and which.
    marks: HashMap<usize, (bool, usize)>,
    /// The notes in the order of their marks.
    noted: Vec<(bool, usize)>,
    max_depth: usize,
    has_pictures: bool,
}

impl Teller {
    /// The lines of a part of the text; only the body has marks of notes.
    fn lines(&mut self, units: &[Unit], is_body: bool) -> Vec<String> {
        let mut body = Block::default();
        let mut table = Table::default();
        let mut paragraph = Paragraph::default();
        let mut fields = Fields::default();
        let mut text: Vec<u16> = Vec::new();
        for (at, &Unit { unit, place }) in units.iter().enumerate() {
            let set = self.characters.at(place).map(|(_, set)| *set).unwrap_or_default();
            let is_seen = !set.is_hidden && !set.is_deleted;
            if paragraph.run.is_raised != set.is_raised || unit < FIRST_TEXT {
                flush(&mut text, &mut paragraph);
                paragraph.run.is_raised = set.is_raised;
            }
            match unit {
                FIELD_BEGIN if is_seen => fields.begin(self.max_depth),
                FIELD_SEPARATE if is_seen => fields.separate(),
                FIELD_END if is_seen => paragraph.write(&fields.end().unwrap_or_default()),
                PARAGRAPH_END | CELL_END => {}
                PAGE_END if self.ends_paragraph(place) => {}
                _ if !is_seen => {}
                _ if fields.is_in_code() => fields.add_code(&String::from_utf16_lossy(&[unit])),
                _ if !fields.is_shown() => {}
                PICTURE => self.has_pictures = true,
                NOTE if is_body => {
                    if let Some(note) = self.marks.remove(&at) {
                        self.noted.push(note);
                        paragraph.mark(self.noted.len());
                    }
                }
                TAB => paragraph.write(" "),
                LINE_END | PAGE_END => paragraph.write("\n"),
                HYPHEN => paragraph.write("-"),
                _ if unit >= FIRST_TEXT => text.push(set.sign.unwrap_or(unit)),
                _ => {}
            }
            let is_end = matches!(unit, PARAGRAPH_END | CELL_END) || unit == PAGE_END && self.ends_paragraph(place);
            if !is_end {
                continue;
            }
            fields.end_paragraph();
            let mut ended = std::mem::take(&mut paragraph);
            ended.settle();
            let set = self.paragraphs.at(place).map(|(_, set)| set.clone()).unwrap_or_default();
            if !set.is_in_table && unit != CELL_END {
                body.lines.extend(std::mem::take(&mut table).lines());
            }
            let block = if set.is_in_table { &mut table.cell } else { &mut body };
            if !is_seen && unit == PARAGRAPH_END {
                // The mark is deleted or hidden: the next paragraph goes on.
                block.begun.push_str(&ended.text);
                continue;
            }
            // The mark of a cell outside a table is the end of a row whose properties are lost.
            let is_bare_end = unit == CELL_END && !set.is_in_table;
            if set.ends_row && set.depth <= 1 || is_bare_end {
                table.close_row(set.edges);
                continue;
            }
            let place = self.styles.list_of(&set).filter(|(_, level)| usize::from(*level) < numbering::LEVELS);
            let none = numbering::Styles::default();
            let label = place
                .filter(|(list, _)| self.numbering.lists.contains_key(&list.to_string()))
                .and_then(|(list, level)| self.numbering.count(&list.to_string(), usize::from(level), &none));
            block.add_paragraph(&label.unwrap_or_default(), &ended.text);
            if unit == CELL_END && set.is_in_table && set.depth <= 1 {
                table.close_cell();
            }
        }
        flush(&mut text, &mut paragraph);
        paragraph.settle();
        body.lines.extend(table.lines());
        body.add_paragraph("", &paragraph.text);
        body.finish()
    }

    /// Whether the character at this byte is the last of a paragraph.
    fn ends_paragraph(&self, place: u32) -> bool {
        self.paragraphs.at(place).is_some_and(|(end, _)| end <= place.saturating_add(2))
    }
}

fn flush(text: &mut Vec<u16>, paragraph: &mut Paragraph) {
    if !text.is_empty() {
        paragraph.write(&String::from_utf16_lossy(text));
        text.clear();
    }
}

/// A table that is being read.
#[derive(Default)]
struct Table {
    rows: Vec<Row>,
    /// Where the columns of each row begin and end.
    edges: Vec<Vec<i16>>,
    cells: Vec<Cell>,
    cell: Block,
}

impl Table {
    fn close_cell(&mut self) {
        self.cells.push(Cell { text: std::mem::take(&mut self.cell), span: 1, ..Cell::default() });
    }

    fn close_row(&mut self, edges: Vec<i16>) {
        if !self.cell.lines.is_empty() {
            self.close_cell();
        }
        if !self.cells.is_empty() {
            self.rows.push(Row { cells: std::mem::take(&mut self.cells), ..Row::default() });
            self.edges.push(edges);
        }
    }

    fn lines(mut self) -> Vec<String> {
        self.close_row(Vec::new());
        let mut grid = self.edges.concat();
        grid.sort_unstable();
        grid.dedup_by(|edge, before| i32::from(*edge) - i32::from(*before) < SAME_EDGE);
        if grid.len() <= MAX_COLUMNS {
            let column = |edge: i16| grid.partition_point(|known| i32::from(*known) < i32::from(edge) - SAME_EDGE);
            for (row, edges) in
                self.rows.iter_mut().zip(&self.edges).filter(|(row, edges)| row.cells.len() + 1 == edges.len())
            {
                row.before = column(edges[0]);
                for (cell, edges) in row.cells.iter_mut().zip(edges.windows(2)) {
                    cell.span = column(edges[1]).saturating_sub(column(edges[0])).max(1);
                }
            }
        }
        table_lines(self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_one_byte_and_of_two() {
        // A modifier, then two pieces: two characters of one byte at 10, three of two bytes at 20.
        let mut table = vec![1, 2, 0, 9, 9, 2];
        let mut pieces_bytes = Vec::new();
        for place in [0u32, 2, 5] {
            pieces_bytes.extend(place.to_le_bytes());
        }
        for start in [(10u32 * 2) | 0x4000_0000, 20] {
            pieces_bytes.extend([0, 0]);
            pieces_bytes.extend(start.to_le_bytes());
            pieces_bytes.extend([0, 0]);
        }
        table.extend((pieces_bytes.len() as u32).to_le_bytes());
        table.extend(&pieces_bytes);
        let mut stream = vec![0; 26];
        stream[10..12].copy_from_slice(b"5\x96");
        stream[20..26].copy_from_slice(&[0x76, 0x51, 0x2D, 0x4E, 0x0D, 0]);

        let found = pieces(&table).unwrap();
        let told = |most: usize, stream: &[u8]| {
            let (units, is_cut) = units(stream, &found, most);
            (
                units.iter().map(|unit| unit.unit).collect::<Vec<_>>(),
                units.iter().map(|unit| unit.place).collect::<Vec<_>>(),
                is_cut,
            )
        };
        let characters = vec![u16::from(b'5'), 0x2013, 0x5176, 0x4E2D, PARAGRAPH_END];
        assert_eq!(told(5, &stream), (characters.clone(), vec![10, 11, 20, 22, 24], false));
        assert_eq!(told(3, &stream).0, characters[..3]);
        // What lies outside the stream keeps its number and is no character.
        let (cut, _, is_cut) = told(5, &stream[..22]);
        assert_eq!((cut, is_cut), (vec![u16::from(b'5'), 0x2013, 0x5176, 0, 0], true));
        // Places that run backwards make no sense.
        table[14..18].copy_from_slice(&9u32.to_le_bytes());
        assert!(pieces(&table).is_none());
    }
}
