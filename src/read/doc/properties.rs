//! How the paragraphs and characters of an old Word file are set: pages of properties, found by place in the stream.

use super::story::{Range, u16_at, u32_at};

/// Properties lie in pages of this size.
const PAGE_BYTES: usize = 512;
/// Where the number of the page ends in an entry.
const PAGE_MASK: u32 = 0x003F_FFFF;
/// What a run of paragraphs and one of characters takes in its page, beside its place.
const PARAGRAPH_ENTRY: usize = 13;
const CHARACTER_ENTRY: usize = 1;
/// A style is followed through so many others it is based on.
const MAX_BASES: usize = 64;

/// What is set for a paragraph.
#[derive(Debug, Default, Clone)]
pub struct Paragraph {
    pub style: u16,
    pub is_in_table: bool,
    pub ends_row: bool,
    /// How deep the table lies, 1 for one in the body.
    pub depth: u32,
    /// The list, from 1, and the level in it.
    pub list: Option<u16>,
    pub level: Option<u8>,
    /// Where the columns of the row begin that this paragraph ends, and where the last one ends.
    pub edges: Vec<i16>,
}

/// What is set for characters.
#[derive(Debug, Default, Clone, Copy)]
pub struct Characters {
    pub is_hidden: bool,
    pub is_deleted: bool,
    pub is_raised: bool,
    /// A character of a font of signs, by its number there.
    pub sign: Option<u16>,
}

/// Runs of bytes of the stream with what is set for them, by their first byte.
#[derive(Debug)]
pub struct Runs<T>(Vec<(u32, u32, T)>);

impl<T> Default for Runs<T> {
    fn default() -> Runs<T> {
        Runs(Vec::new())
    }
}

impl<T> Runs<T> {
    /// The run that a byte lies in: its end and what is set.
    pub fn at(&self, place: u32) -> Option<(u32, &T)> {
        let index = self.0.partition_point(|(start, _, _)| *start <= place).checked_sub(1)?;
        self.0.get(index).filter(|(_, end, _)| place < *end).map(|(_, end, set)| (*end, set))
    }
}

/// The paragraphs, by the index in the table stream; a text of `most` characters has no more of them.
pub fn paragraphs(stream: &[u8], table: &[u8], data: &[u8], index: Range, most: usize) -> Runs<Paragraph> {
    runs(stream, table, index, most, PARAGRAPH_ENTRY, |page, at| {
        let mut paragraph = Paragraph::default();
        let Some(&words) = page.get(at) else { return paragraph };
        // The length counts words; 0 says that it stands in the next byte.
        let (start, length) = match words {
            0 => (at + 2, page.get(at + 1).map_or(0, |words| 2 * usize::from(*words))),
            words => (at + 1, 2 * usize::from(words) - 1),
        };
        let body = page.get(start..start + length).unwrap_or_default();
        paragraph.style = u16_at(body, 0).unwrap_or(0);
        paragraph.apply(body.get(2..).unwrap_or_default(), data);
        paragraph
    })
}

/// The characters, by the index in the table stream; a text of `most` characters has no more runs of them.
pub fn characters(stream: &[u8], table: &[u8], index: Range, most: usize) -> Runs<Characters> {
    runs(stream, table, index, most, CHARACTER_ENTRY, |page, at| {
        let mut characters = Characters::default();
        let length = page.get(at).copied().map_or(0, usize::from);
        characters.apply(page.get(at + 1..at + 1 + length).unwrap_or_default());
        characters
    })
}

/// The runs of all pages that an index names; a page that is not there gives none.
fn runs<T: Default>(
    stream: &[u8],
    table: &[u8],
    index: Range,
    most: usize,
    entry: usize,
    read: impl Fn(&[u8], usize) -> T,
) -> Runs<T> {
    let index = index.of(table);
    let pages = index.len().saturating_sub(4) / 8;
    let mut runs = Vec::new();
    // More pages than the stream has would be the same ones again.
    for page in 0..pages.min(stream.len() / PAGE_BYTES) {
        if runs.len() > most {
            break;
        }
        let Some(number) = u32_at(index, 4 * (pages + 1) + 4 * page) else { break };
        let at = (number & PAGE_MASK) as usize * PAGE_BYTES;
        let Some(page) = stream.get(at..at + PAGE_BYTES) else { continue };
        let count = usize::from(page[PAGE_BYTES - 1]);
        if 4 * (count + 1) + entry * count >= PAGE_BYTES {
            continue;
        }
        for run in 0..count {
            let (Some(start), Some(end)) = (u32_at(page, 4 * run), u32_at(page, 4 * run + 4)) else { break };
            let offset = 2 * usize::from(page[4 * (count + 1) + entry * run]);
            runs.push((start, end, if offset == 0 { T::default() } else { read(page, offset) }));
        }
    }
    runs.sort_by_key(|(start, _, _)| *start);
    Runs(runs)
}

/// The code of the property that defines the columns of a row.
const DEFINE_TABLE: u16 = 0xD608;

/// The codes of the properties that say where longer ones stand, as those of the end of a wide table's row do.
const LONG_PROPERTIES: u16 = 0x6645;
const LONG_PROPERTIES_2: u16 = 0x6646;
/// No row needs more: any number of paragraphs may name the same ones.
const MAX_LONG_BYTES: usize = 4096;

/// Properties in the data stream, at the place that the operand tells.
fn long_properties<'d>(operand: &[u8], data: &'d [u8]) -> Option<&'d [u8]> {
    let at = u32_at(operand, 0)? as usize;
    let length = usize::from(u16_at(data, at)?).min(MAX_LONG_BYTES);
    data.get(at + 2..at + 2 + length)
}

/// Goes over single properties: a code and its operand, whose length the code tells.
fn for_each(mut bytes: &[u8], mut take: impl FnMut(u16, &[u8])) {
    while let Some(code) = u16_at(bytes, 0) {
        bytes = &bytes[2..];
        let (skip, length) = match code >> 13 {
            0 | 1 => (0, 1),
            2 | 4 | 5 => (0, 2),
            3 => (0, 4),
            7 => (0, 3),
            _ if code == DEFINE_TABLE => {
                (2, u16_at(bytes, 0).map_or(0, |length| usize::from(length).saturating_sub(1)))
            }
            _ => (1, bytes.first().copied().map_or(0, usize::from)),
        };
        let Some(operand) = bytes.get(skip..skip + length) else { return };
        take(code, operand);
        bytes = &bytes[skip + length..];
    }
}

fn is_on(operand: &[u8]) -> bool {
    matches!(operand.first(), Some(1 | 0x81))
}

impl Paragraph {
    /// `data` is the stream for properties that are too long for a page.
    fn apply(&mut self, properties: &[u8], data: &[u8]) {
        let mut elsewhere: &[u8] = &[];
        for_each(properties, |code, operand| match code {
            LONG_PROPERTIES | LONG_PROPERTIES_2 => elsewhere = long_properties(operand, data).unwrap_or_default(),
            0x2416 => self.is_in_table = is_on(operand),
            0x2417 => self.ends_row = is_on(operand),
            0x6649 => self.depth = u32_at(operand, 0).unwrap_or(0),
            0x260A => self.level = operand.first().copied(),
            0x460B => self.list = u16_at(operand, 0),
            DEFINE_TABLE => {
                let columns = operand.first().map_or(0, |columns| usize::from(*columns));
                let edges = operand.get(1..).unwrap_or_default().as_chunks::<2>().0.iter().take(columns + 1);
                self.edges = edges.map(|edge| i16::from_le_bytes(*edge)).collect();
            }
            _ => {}
        });
        if !elsewhere.is_empty() {
            self.apply(elsewhere, &[]);
        }
        if self.is_in_table {
            self.depth = self.depth.max(1);
        }
    }
}

impl Characters {
    fn apply(&mut self, properties: &[u8]) {
        for_each(properties, |code, operand| match code {
            0x0800 => self.is_deleted = is_on(operand),
            0x083C => self.is_hidden = is_on(operand),
            0x2A48 => self.is_raised = operand.first() == Some(&1),
            0x6A09 => self.sign = u16_at(operand, 2),
            _ => {}
        });
    }
}

/// What a style says of the list of its paragraphs.
#[derive(Debug, Default)]
struct Style {
    base: u16,
    list: Option<u16>,
    level: Option<u8>,
}

/// The styles of a file by their numbers.
#[derive(Debug, Default)]
pub struct Styles(Vec<Style>);

impl Styles {
    /// Reads the style sheet.
    pub fn read(sheet: &[u8]) -> Styles {
        let mut styles = Vec::new();
        let (Some(header), Some(count), Some(base)) = (u16_at(sheet, 0), u16_at(sheet, 2), u16_at(sheet, 4)) else {
            return Styles::default();
        };
        let mut at = 2 + usize::from(header);
        for _ in 0..count {
            let Some(length) = u16_at(sheet, at).map(usize::from) else { break };
            let body = sheet.get(at + 2..at + 2 + length).unwrap_or_default();
            styles.push(Style::read(body, usize::from(base)).unwrap_or_default());
            at += 2 + length;
        }
        Styles(styles)
    }

    /// The list and the level of a paragraph: its own, else those of its style or one it is based on.
    pub fn list_of(&self, paragraph: &Paragraph) -> Option<(u16, u8)> {
        let mut style = self.0.get(usize::from(paragraph.style));
        let (mut list, mut level) = (paragraph.list, paragraph.level);
        for _ in 0..MAX_BASES {
            let Some(told) = style.filter(|_| list.is_none() || level.is_none()) else { break };
            list = list.or(told.list);
            level = level.or(told.level);
            style = self.0.get(usize::from(told.base));
        }
        list.filter(|list| *list > 0).map(|list| (list, level.unwrap_or(0)))
    }
}

impl Style {
    fn read(body: &[u8], base_bytes: usize) -> Option<Style> {
        const PARAGRAPH_STYLE: u16 = 1;
        let kind_and_base = u16_at(body, 2)?;
        let mut style = Style { base: kind_and_base >> 4, ..Style::default() };
        if kind_and_base & 0xF != PARAGRAPH_STYLE {
            return Some(style);
        }
        // Behind the fixed part the name with its length and a zero, then the properties of the paragraph.
        let name = usize::from(u16_at(body, base_bytes)?);
        let at = base_bytes + 2 * (name + 2);
        let length = usize::from(u16_at(body, at)?);
        let properties = body.get(at + 2..at + 2 + length)?.get(2..)?;
        let mut paragraph = Paragraph::default();
        paragraph.apply(properties, &[]);
        (style.list, style.level) = (paragraph.list, paragraph.level);
        Some(style)
    }
}
