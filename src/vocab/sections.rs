//! Where section cues stand in a text: they are few and short, and nearly no place of a text begins one.

use super::SectionCue;
use std::ops::Range;

/// Some of the section cues, found by their first characters.
#[derive(Debug, Default)]
pub struct CueIndex {
    /// A bit for every character, by its number: whether a cue begins with it.
    begins: Vec<u64>,
    /// The cues by their first characters, each with its place among all.
    cues: Vec<(char, String, usize)>,
}

impl CueIndex {
    /// An index of those of the cues that are asked for.
    pub(super) fn new(all: &[SectionCue], is_asked: impl Fn(&SectionCue) -> bool) -> CueIndex {
        let mut index = CueIndex::default();
        for (place, cue) in all.iter().enumerate().filter(|(_, cue)| is_asked(cue)) {
            let Some(first) = cue.cue.chars().next() else { continue };
            let (word, bit) = bit_of(first);
            index.begins.resize(index.begins.len().max(word + 1), 0);
            index.begins[word] |= bit;
            index.cues.push((first, cue.cue.clone(), place));
        }
        index.cues.sort_unstable();
        index
    }

    /// The cues that begin in the first so many characters of a text, those within others too: where each stands, and
    /// its place among all cues.
    pub fn find_iter<'t>(&'t self, text: &'t str, chars: usize) -> impl Iterator<Item = (Range<usize>, usize)> + 't {
        let begins = |&(_, c): &(usize, char)| {
            let (word, bit) = bit_of(c);
            self.begins.get(word).is_some_and(|bits| bits & bit != 0)
        };
        text.char_indices().take(chars).filter(begins).flat_map(move |(at, c)| {
            let from = self.cues.partition_point(|(first, ..)| *first < c);
            let same = self.cues[from..].iter().take_while(move |(first, ..)| *first == c);
            let here = same.filter(move |(_, cue, _)| text[at..].starts_with(cue.as_str()));
            here.map(move |(_, cue, place)| (at..at + cue.len(), *place))
        })
    }
}

/// The bit of a character, and in which word it is.
fn bit_of(character: char) -> (usize, u64) {
    (character as usize / 64, 1 << (character as u32 % 64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SectionRole;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_same_is_found_as_cue_by_cue(
            words in proptest::collection::vec("[a一二]{1,4}", 0..10),
            text in "[ab一二三]{0,20}",
            chars in 0..20usize,
        ) {
            let cue = |cue: &String| SectionCue {
                cue: cue.clone(),
                role: SectionRole::Other,
                in_heading: !cue.starts_with('a'),
                example: String::new(),
            };
            let cues: Vec<SectionCue> = words.iter().map(cue).collect();
            let mut found: Vec<_> = CueIndex::new(&cues, |cue| cue.in_heading).find_iter(&text, chars).collect();
            found.sort_by_key(|(range, place)| (*place, range.start));
            let places = |word: &str| -> Vec<Range<usize>> {
                let starts = text.char_indices().take(chars).filter(|(at, _)| text[*at..].starts_with(word));
                starts.map(|(at, _)| at..at + word.len()).collect()
            };
            let asked = cues.iter().enumerate().filter(|(_, cue)| cue.in_heading);
            let expected: Vec<_> =
                asked.flat_map(|(place, cue)| places(&cue.cue).into_iter().map(move |range| (range, place))).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
