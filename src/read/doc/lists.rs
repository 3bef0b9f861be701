//! The lists of an old Word file, brought into the form that those of newer files have.

use super::story::{Range, u16_at, u32_at};
use crate::read::docx::numbering::{Description, LEVELS, Level, List, Numbering};

/// What an entry takes: of a list, a level without its variable parts, a use of a list, a changed level.
const LIST_BYTES: usize = 28;
const LEVEL_BYTES: usize = 28;
const USE_BYTES: usize = 16;
const CHANGE_BYTES: usize = 8;
/// Word takes no more uses of lists.
const MAX_USES: usize = 2046;
/// Word takes no longer pattern; a longer one is damage.
const MAX_PATTERN_CHARS: usize = 64;

/// The names that newer files give to the formats of numbers.
const FORMATS: &[(u8, &str)] = &[
    (0, "decimal"),
    (1, "upperRoman"),
    (2, "lowerRoman"),
    (3, "upperLetter"),
    (4, "lowerLetter"),
    (10, "ideographDigital"),
    (11, "japaneseCounting"),
    (14, "decimalFullWidth"),
    (16, "japaneseLegal"),
    (17, "japaneseDigitalTenThousand"),
    (18, "decimalEnclosedCircle"),
    (19, "decimalFullWidth2"),
    (22, "decimalZero"),
    (23, "bullet"),
    (26, "decimalEnclosedFullstop"),
    (27, "decimalEnclosedParen"),
    (28, "decimalEnclosedCircleChinese"),
    (29, "ideographEnclosedCircle"),
    (30, "ideographTraditional"),
    (31, "ideographZodiac"),
    (33, "taiwaneseCounting"),
    (34, "ideographLegalTraditional"),
    (35, "taiwaneseCountingThousand"),
    (36, "taiwaneseDigital"),
    (37, "chineseCounting"),
    (38, "chineseLegalSimplified"),
    (39, "chineseCountingThousand"),
    (57, "numberInDash"),
    (255, "none"),
];

/// Reads the lists and their uses from the table stream; what is damaged ends the reading.
pub fn read(table: &[u8], lists: Range, uses: Range) -> Numbering {
    let mut numbering = Numbering::default();
    if lists.length > 0 {
        read_lists(table, lists.start, &mut numbering);
    }
    if uses.length > 0 {
        read_uses(table, uses.start, &mut numbering);
    }
    numbering
}

fn read_lists(table: &[u8], start: usize, numbering: &mut Numbering) -> Option<()> {
    let count = usize::from(u16_at(table, start)?);
    // The levels follow behind all the lists.
    let mut at = start + 2 + count * LIST_BYTES;
    for list in 0..count {
        let entry = table.get(start + 2 + list * LIST_BYTES..)?.get(..LIST_BYTES)?;
        let has_one_level = entry[26] & 1 == 1;
        let mut description = Description::default();
        for level in 0..if has_one_level { 1 } else { LEVELS } {
            let (read, next) = read_level(table, at)?;
            description.levels[level] = Some(read);
            at = next;
        }
        numbering.descriptions.insert(u32_at(entry, 0)?.to_string(), description);
    }
    Some(())
}

fn read_uses(table: &[u8], start: usize, numbering: &mut Numbering) -> Option<()> {
    let count = (u32_at(table, start)? as usize).min(MAX_USES);
    let mut at = start + 4 + count.checked_mul(USE_BYTES)?;
    for index in 0..count {
        let entry = table.get(start + 4 + index * USE_BYTES..)?.get(..USE_BYTES)?;
        let mut list = List { description: u32_at(entry, 0)?.to_string(), ..List::default() };
        // Behind all the uses, for each of them, what it changes.
        at += 4;
        for _ in 0..entry[12] {
            let Some(flags) = u32_at(table, at + 4) else { break };
            let level = (flags & 0xF) as usize;
            let begins = flags & 0x10 != 0;
            let start = u32_at(table, at)?;
            at += CHANGE_BYTES;
            if begins && level < LEVELS {
                list.starts[level] = Some(i64::from(start));
            }
            if flags & 0x20 != 0 {
                let Some((changed, next)) = read_level(table, at) else { break };
                if level < LEVELS {
                    list.levels[level] = Some(changed);
                }
                at = next;
            }
        }
        numbering.lists.insert((index + 1).to_string(), list);
    }
    Some(())
}

/// A level and where the next one begins.
fn read_level(table: &[u8], at: usize) -> Option<(Level, usize)> {
    let entry = table.get(at..)?.get(..LEVEL_BYTES)?;
    let flags = entry[5];
    let pattern_at = at + LEVEL_BYTES + usize::from(entry[24]) + usize::from(entry[25]);
    let length = usize::from(u16_at(table, pattern_at)?);
    let units = table.get(pattern_at + 2..)?.get(..2 * length)?;
    let units = units.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).take(MAX_PATTERN_CHARS);
    let mut pattern = String::new();
    for character in char::decode_utf16(units).flatten() {
        match character as usize {
            // The number of a level stands as the index of that level.
            level if level < LEVELS => pattern.push_str(&format!("%{}", level + 1)),
            _ => pattern.push(character),
        }
    }
    let format = FORMATS.iter().find(|(number, _)| *number == entry[4]).map_or("decimal", |(_, name)| name);
    let level = Level {
        start: i64::from(u32_at(entry, 0)?),
        format: format.to_string(),
        pattern,
        is_tight: entry[15] == 2,
        restart: (flags & 8 != 0).then(|| usize::from(entry[26])),
        style: None,
        is_legal: flags & 4 != 0,
    };
    Some((level, pattern_at + 2 + 2 * length))
}
