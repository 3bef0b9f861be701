//! Signs that a number lost something: digits, its point, its 万, the space that kept it apart.
//!
//! A number that shows one is kept as it stands and flagged `damaged`; nothing is repaired.

use super::lexer::Quantity;
use super::measure::Measure;
use crate::vocab::Vocabulary;
use std::ops::Range;

/// Marks that stand where a character could not be decoded or printed.
const LOST: [char; 2] = ['\u{fffd}', '□'];
/// A count per so many (千人床位数3.0张, 户均2.6人) may have decimals.
const PER_COUNTS: &[&str] = &["每", "均", "千人", "万人", "百人", "百户", "万户"];

/// Whether the number at `range` shows that something is lost at it; `clause` holds it.
pub fn is_damaged(
    text: &str,
    clause: &Range<usize>,
    range: &Range<usize>,
    quantity: &Quantity,
    measure: Measure,
    vocabulary: &Vocabulary,
) -> bool {
    quantity.numeral.is_damaged
        || lost_its_multiplier(&text[clause.start..range.start], quantity, measure, vocabulary)
        || is_next_to_loss(text, range, quantity.unit.is_none())
}

/// 49.5件: a decimal of things that come whole is proof of a lost 万.
fn lost_its_multiplier(before: &str, quantity: &Quantity, measure: Measure, vocabulary: &Vocabulary) -> bool {
    let is_count = vocabulary.dimension(quantity.unit) == Some("count");
    is_count
        && quantity.numeral.decimals > 0
        && quantity.numeral.multiplier.is_empty()
        && matches!(measure, Measure::Level | Measure::ChangeAbs)
        && !PER_COUNTS.iter().any(|per| before.contains(per))
}

/// Whether marks of lost characters touch the number: 增长??%, 达到47?, 1?25亿元.
fn is_next_to_loss(text: &str, range: &Range<usize>, is_bare: bool) -> bool {
    let (before, behind) = (&text[..range.start], &text[range.end..]);
    let touches = before.ends_with(LOST) || behind.starts_with(LOST);
    // A question mark is one where nothing else ends: behind a bare number, between digits, or in a run.
    let follows =
        before.strip_suffix('？').is_some_and(|rest| rest.ends_with(|c: char| c == '？' || c.is_ascii_digit()));
    let precedes = behind.strip_prefix('？').is_some_and(|rest| is_bare || rest.starts_with('？'));
    touches || follows || precedes
}

/// Whether a number opens its paragraph and nothing says what it measures: the words before it are lost.
pub fn has_lost_head(text: &str, at: usize, wording: &str) -> bool {
    wording.is_empty() && (at == 0 || text[..at].ends_with('\n'))
}

/// Whether a space that kept two numbers apart went lost between the source and the plain text: `8.8 8` read as 8.88.
/// Digits that all stand apart (1 9 9 7) are only letter-spaced, and where the plain text has the space it groups thousands.
pub fn is_glued(source: &str, plain: &str) -> bool {
    if plain.contains(' ') {
        return false;
    }
    let (mut joined, mut apart, mut has_space) = (false, false, false);
    let mut last: Option<char> = None;
    for c in source.chars() {
        if c.is_whitespace() {
            has_space = true;
            continue;
        }
        // Full-width digits and points are digits and points here too; a space beside a point parts nothing.
        let is_digit = c.is_ascii_digit() || matches!(c, '０'..='９');
        let is_point = matches!(c, '.' | '．');
        let follows_digit = last.is_some_and(|last| last.is_ascii_digit() || matches!(last, '０'..='９'));
        joined |= follows_digit && (is_digit || is_point) && !has_space;
        apart |= follows_digit && is_digit && has_space;
        last = Some(c);
        has_space = false;
    }
    joined && apart
}

#[cfg(test)]
mod tests {
    use super::is_glued;

    #[test]
    fn spaces_between_digits() {
        assert!(is_glued("8.8\t8", "8.88"));
        assert!(is_glued("12 5户", "125户"));
        assert!(!is_glued("1 9 9 7 年", "1997年"));
        assert!(!is_glued("7 4 7 7 2 亿元", "74772亿元"));
        assert!(!is_glued("1 5 ．3 ％", "15.3%"));
        assert!(!is_glued("12 .2％", "12.2%"));
        assert!(!is_glued("99.1 %", "99.1%"));
        assert!(!is_glued("1 234 567件", "1 234 567件"));
    }
}
