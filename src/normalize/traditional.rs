//! Traditional characters as simplified ones, one for one, so that one vocabulary reads both. Only the plain text
//! changes; the decoded text, and what is quoted from it, stays as it was written.

use std::sync::OnceLock;

use encoding_rs::GBK;
use ferrous_opencc::{OpenCC, config::BuiltinConfig};

/// The block of hanzi that is converted; beyond it lie none that reports use.
const FIRST: char = '\u{3400}';
const LAST: char = '\u{9FFF}';
/// A text in which so large a share of the hanzi is in no simplified text is traditional: true ones have three in ten,
/// simplified ones with a name or a quotation in them not one in a hundred.
const TRADITIONAL_SHARE: f64 = 0.1;

/// For every hanzi from [`FIRST`] to [`LAST`] what stands for it in the plain text.
struct Tables {
    /// Characters that simplified text has (those of GB 2312) stay: 乾, 於 and 徵 may be meant.
    any_text: Vec<char>,
    /// In traditional text they are not meant.
    traditional_text: Vec<char>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let hanzi: Vec<char> = (FIRST..=LAST).collect();
        let traditional_text = converted(&hanzi).unwrap_or_else(|| hanzi.clone());
        let mut any_text = traditional_text.clone();
        for character in hanzi_of_gb2312() {
            if let Some(place) = (character as usize).checked_sub(FIRST as usize).and_then(|at| any_text.get_mut(at)) {
                *place = character;
            }
        }
        Tables { any_text, traditional_text }
    })
}

/// The characters converted one by one: each in a line of its own, so that no two make a word.
fn converted(hanzi: &[char]) -> Option<Vec<char>> {
    let lines: String = hanzi.iter().flat_map(|&character| [character, '\n']).collect();
    let lines = OpenCC::from_config(BuiltinConfig::T2s).ok()?.convert(&lines);
    let converted: Vec<char> = lines.lines().filter_map(|line| line.chars().next()).collect();
    (converted.len() == hanzi.len()).then_some(converted)
}

/// The hanzi of GB 2312, by their codes: to decode them all is much faster than to look for the code of each.
fn hanzi_of_gb2312() -> Vec<char> {
    let codes: Vec<u8> = (0xB0..=0xF7).flat_map(|row| (0xA1..=0xFE).flat_map(move |cell| [row, cell])).collect();
    let (text, _, _) = GBK.decode(&codes);
    // Five codes at the end of a row are free; what stands for them is no hanzi.
    text.chars().filter(|character| (FIRST..=LAST).contains(character)).collect()
}

fn look_up(table: &[char], character: char) -> char {
    let place = (character as usize).checked_sub(FIRST as usize);
    place.and_then(|place| table.get(place)).copied().unwrap_or(character)
}

/// The simplified form of a character that no simplified text has; any other is itself.
pub fn simplified(character: char) -> char {
    if character < FIRST { character } else { look_up(&tables().any_text, character) }
}

/// The simplified form of a character of a traditional text.
pub fn simplified_in_traditional(character: char) -> char {
    look_up(&tables().traditional_text, character)
}

/// Whether a text with so many hanzi, of which so many are in no simplified text, is written in traditional characters.
pub fn is_traditional(hanzi: usize, traditional: usize) -> bool {
    hanzi > 0 && traditional as f64 >= hanzi as f64 * TRADITIONAL_SHARE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(text: &str, convert: fn(char) -> char) -> String {
        text.chars().map(convert).collect()
    }

    fn is_traditional(text: &str) -> bool {
        let hanzi: Vec<char> = text.chars().filter(|character| ('\u{4E00}'..=LAST).contains(character)).collect();
        super::is_traditional(
            hanzi.len(),
            hanzi.iter().filter(|&&character| simplified(character) != character).count(),
        )
    }

    #[test]
    fn characters_that_simplified_text_lacks_become_simplified() {
        assert_eq!(each("全區參加瀋陽糧食總產值達到臺灣", simplified), "全区参加沈阳粮食总产值达到台湾");
        assert_eq!(each("乾县、於潜、徵羽、著名，ABC１２３", simplified), "乾县、於潜、徵羽、著名，ABC１２３");
        assert_eq!(each("低於，徵收，今後，乾旱，著名", simplified_in_traditional), "低于，征收，今后，干旱，著名");
    }

    #[test]
    fn simplified_characters_of_gb2312_stay() {
        let kept = hanzi_of_gb2312();
        assert!(kept.iter().all(|&character| simplified(character) == character));
        assert_eq!((kept.len(), kept[0], kept[6762]), (6763, '啊', '齄'));
    }

    #[test]
    fn a_text_is_traditional_by_a_tenth_of_its_characters() {
        assert!(is_traditional("全區糧食總產量達到38.6萬噸"));
        assert!(!is_traditional("全区粮食总产量达到38.6万吨，龍头企业9家，增长一成。"));
        assert!(!is_traditional("2020"));
    }
}
