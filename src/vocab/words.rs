//! A few dozen words of one kind, asked for at the head, at the end or anywhere in a text.

use std::collections::BTreeMap;
use std::ops::Range;

/// Words and what each of them says, found by their first and by their last character.
#[derive(Debug)]
pub(super) struct Words<T = ()> {
    /// Under every first character the words, the longest first.
    by_first: BTreeMap<char, Vec<(String, T)>>,
    /// The same under the last character.
    by_last: BTreeMap<char, Vec<(String, T)>>,
}

impl<T> Default for Words<T> {
    fn default() -> Words<T> {
        Words { by_first: BTreeMap::new(), by_last: BTreeMap::new() }
    }
}

impl<T: Copy> Words<T> {
    pub fn add(&mut self, word: &str, says: T) {
        let insert = |index: &mut BTreeMap<char, Vec<(String, T)>>, character: Option<char>| {
            let words = index.entry(character.unwrap_or_default()).or_default();
            let at = words.partition_point(|(known, _)| known.len() >= word.len());
            words.insert(at, (word.to_string(), says));
        };
        insert(&mut self.by_first, word.chars().next());
        insert(&mut self.by_last, word.chars().next_back());
    }

    pub fn count(&self) -> usize {
        self.by_first.values().map(Vec::len).sum()
    }

    /// The longest word that a text begins with, and what it says.
    pub fn prefix<'t>(&self, text: &'t str) -> Option<(&'t str, T)> {
        let words = self.by_first.get(&text.chars().next()?)?;
        words.iter().find(|(word, _)| text.starts_with(word.as_str())).map(|(word, says)| (&text[..word.len()], *says))
    }

    /// The longest word that a text ends with, and what it says.
    pub fn suffix<'t>(&self, text: &'t str) -> Option<(&'t str, T)> {
        let words = self.by_last.get(&text.chars().next_back()?)?;
        let (word, says) = words.iter().find(|(word, _)| text.ends_with(word.as_str()))?;
        Some((&text[text.len() - word.len()..], *says))
    }

    /// Where the first word begins in a text, of two at one place the longer.
    pub fn first(&self, text: &str) -> Option<Range<usize>> {
        self.all(text).next()
    }

    /// The word that ends last in a text, the longest of those.
    pub fn last(&self, text: &str) -> Option<Range<usize>> {
        self.all(text).max_by_key(|range| (range.end, range.len()))
    }

    /// Whether a text holds a word.
    pub fn are_in(&self, text: &str) -> bool {
        self.all(text).next().is_some()
    }

    /// At every place of a text the longest word that begins there.
    fn all(&self, text: &str) -> impl Iterator<Item = Range<usize>> {
        let found = text.char_indices().filter_map(|(at, _)| Some((at, self.prefix(&text[at..])?)));
        found.map(|(at, (word, _))| at..at + word.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_same_is_found_as_word_by_word(
            list in proptest::collection::btree_set("[a一二]{1,4}", 0..10),
            text in "[ab一二三]{0,20}",
        ) {
            let mut words = Words::default();
            for word in &list {
                words.add(word, ());
            }
            let mut longest: Vec<&str> = list.iter().map(String::as_str).collect();
            longest.sort_by_key(|word| std::cmp::Reverse(word.len()));
            let begins = longest.iter().find(|word| text.starts_with(**word)).copied();
            prop_assert_eq!(words.prefix(&text).map(|(word, ())| word), begins);
            let ends = longest.iter().find(|word| text.ends_with(**word)).copied();
            prop_assert_eq!(words.suffix(&text).map(|(word, ())| word), ends);
            let first = list.iter().filter_map(|word| text.find(word.as_str()).map(|at| at..at + word.len()));
            prop_assert_eq!(words.first(&text), first.min_by_key(|range| (range.start, std::cmp::Reverse(range.end))));
            let last = list.iter().filter_map(|word| text.rfind(word.as_str()).map(|at| at..at + word.len()));
            prop_assert_eq!(words.last(&text), last.max_by_key(|range| (range.end, range.len())));
            prop_assert_eq!(words.are_in(&text), list.iter().any(|word| text.contains(word.as_str())));
            prop_assert_eq!(words.count(), list.len());
        }
    }
}
