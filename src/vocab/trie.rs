//! Many words found in a text, of those that begin at one place the longest.
//!
//! For thousands of words a tree of characters is built in a small part of the time of an automaton, and it reads a
//! Chinese text as fast: most characters begin no word, and words are short. The tree lies in one list: a node knows
//! where its children are laid, and each of them stands as far behind that as the number of its character says.

use std::collections::BTreeMap;
use std::ops::Range;

/// The word of a node where none ends, and the parent of an empty place.
const NONE: u32 = u32::MAX;
/// The place of the root; no character has this number.
const ROOT: u32 = 0;

/// A tree of the characters of words.
#[derive(Debug)]
pub(super) struct Trie {
    /// For every character up to the last one that stands in a word its number, from 1; 0 for those in none.
    numbers: Vec<u16>,
    nodes: Vec<Node>,
    /// A bit for the first two characters of every word, so that most that begin none are told without a look at the tree;
    /// all bits where a word has one character only.
    openings: Vec<u64>,
}

/// What can follow the characters on the way to a node, and which word they are.
#[derive(Debug, Clone, Copy)]
struct Node {
    parent: u32,
    /// The child by the character of number n is at `children + n`.
    children: u32,
    word: u32,
}

/// So many bits tell apart the first two characters of some thousands of words.
const OPENINGS: usize = 1 << 16;

/// The bit of two characters.
fn opening(first: char, second: char) -> usize {
    let both = u32::from(first).wrapping_mul(0x9e37_79b1).wrapping_add(u32::from(second)).wrapping_mul(0x85eb_ca6b);
    (both >> 16) as usize
}

/// The bits of the first two characters of words.
fn openings_of(words: &[(&str, u32)]) -> Vec<u64> {
    let mut openings = vec![0; OPENINGS / 64];
    for (word, _) in words {
        let mut characters = word.chars();
        match (characters.next(), characters.next()) {
            (Some(first), Some(second)) => {
                let bit = opening(first, second);
                openings[bit / 64] |= 1 << (bit % 64);
            }
            _ => openings.fill(u64::MAX),
        }
    }
    openings
}

const EMPTY: Node = Node { parent: NONE, children: 0, word: NONE };

impl Trie {
    /// A tree of words; they are told by their place in the list, the same word by its first. No word is empty.
    pub fn new<'w>(words: impl Iterator<Item = &'w str>) -> Trie {
        let mut words: Vec<(&str, u32)> = words.zip(0..NONE).filter(|(word, _)| !word.is_empty()).collect();
        words.sort_unstable();
        words.dedup_by_key(|(word, _)| *word);
        let openings = openings_of(&words);
        let mut trie = Trie { numbers: numbers_of(&words), nodes: vec![EMPTY], openings };
        // Of every node the words that go through it, and how many bytes of them lie behind it.
        let mut ways = vec![(ROOT, words.as_slice(), 0)];
        // No place before this one is empty.
        let mut first_empty = 1;
        let mut at = 0;
        while let Some(&(node, mut words, depth)) = ways.get(at) {
            at += 1;
            if let Some(((_, word), rest)) = words.split_first().filter(|((text, _), _)| text.len() == depth) {
                trie.nodes[node as usize].word = *word;
                words = rest;
            }
            let next = |(text, _): &(&str, u32)| text[depth..].chars().next().unwrap_or_default();
            let groups: Vec<_> = words.chunk_by(|a, b| next(a) == next(b)).collect();
            let numbers: Vec<u32> = groups.iter().map(|group| trie.number(next(&group[0]))).collect();
            let children = trie.room_for(&numbers, &mut first_empty);
            trie.nodes[node as usize].children = children;
            for (group, number) in groups.into_iter().zip(numbers) {
                let child = children + number;
                trie.nodes[child as usize].parent = node;
                ways.push((child, group, depth + next(&group[0]).len_utf8()));
            }
        }
        trie
    }

    /// A tree of words that stand for other things, and for each word of it these things.
    pub fn grouped<W: AsRef<str> + Ord, T>(words: impl Iterator<Item = (W, T)>) -> (Trie, Vec<Vec<T>>) {
        let mut index: BTreeMap<W, Vec<T>> = BTreeMap::new();
        for (word, thing) in words {
            index.entry(word).or_default().push(thing);
        }
        (Trie::new(index.keys().map(AsRef::as_ref)), index.into_values().collect())
    }

    /// Where children with these numbers may be laid: every one of their places is there and empty.
    fn room_for(&mut self, numbers: &[u32], first_empty: &mut u32) -> u32 {
        let Some((least, most)) = numbers.iter().min().zip(numbers.iter().max()) else { return 0 };
        let is_empty = |nodes: &[Node], at: u32| at != ROOT && nodes.get(at as usize).is_none_or(|n| n.parent == NONE);
        while !is_empty(&self.nodes, *first_empty) {
            *first_empty += 1;
        }
        let mut children = first_empty.saturating_sub(*least);
        while !numbers.iter().all(|number| is_empty(&self.nodes, children + number)) {
            children += 1;
        }
        let length = self.nodes.len().max((children + most) as usize + 1);
        self.nodes.resize(length, EMPTY);
        children
    }

    /// The number of a character; 0 if it stands in no word.
    fn number(&self, character: char) -> u32 {
        self.numbers.get(character as usize).copied().unwrap_or_default().into()
    }

    /// The child of a node by a character.
    fn child(&self, parent: u32, character: char) -> Option<u32> {
        let child = self.nodes.get(parent as usize)?.children + self.number(character);
        self.nodes.get(child as usize).filter(|node| node.parent == parent).map(|_| child)
    }

    /// Tells all words in text order, also those that overlap: of those that begin together the shortest first. The words
    /// stand in the tree as `folded` makes the characters, which must keep their lengths.
    pub fn each_overlapping(
        &self,
        text: &str,
        folded: impl Fn(char) -> char,
        mut found: impl FnMut(Range<usize>, usize),
    ) {
        let mut behind = text.chars();
        let mut next = behind.next().map(&folded);
        let mut begin = 0;
        while let Some(first) = next {
            let mut rest = behind.clone();
            next = behind.next().map(&folded);
            let bit = opening(first, next.unwrap_or(char::MIN));
            if self.openings[bit / 64] & 1 << (bit % 64) != 0 {
                let mut node = self.child(ROOT, first);
                while let Some(here) = node {
                    let word = self.nodes[here as usize].word;
                    if word != NONE {
                        found(begin..text.len() - rest.as_str().len(), word as usize);
                    }
                    node = rest.next().and_then(|character| self.child(here, folded(character)));
                }
            }
            begin += first.len_utf8();
        }
    }

    /// The longest word that a text begins with, and its length.
    fn longest(&self, text: &str) -> Option<(usize, usize)> {
        let mut rest = text.chars();
        let mut found = None;
        let mut node = ROOT;
        while let Some(child) = rest.next().and_then(|character| self.child(node, character)) {
            node = child;
            let word = self.nodes[node as usize].word;
            if word != NONE {
                found = Some((text.len() - rest.as_str().len(), word as usize));
            }
        }
        found
    }

    /// The longest word that begins exactly at `at`: its end and its place in the list.
    pub fn longest_at(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        let (length, word) = self.longest(text.get(at..)?)?;
        Some((at + length, word))
    }

    /// All words in text order, none overlapping, the longest of those that begin first.
    pub fn find_iter<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (Range<usize>, usize)> + 't {
        let mut at = 0;
        std::iter::from_fn(move || {
            while let Some(character) = text[at..].chars().next() {
                let begin = at;
                if let Some((length, word)) = self.longest(&text[at..]) {
                    at += length;
                    return Some((begin..at, word));
                }
                at += character.len_utf8();
            }
            None
        })
    }
}

/// For every character its number: those that stand in the most words have the lowest, so that children lie close.
fn numbers_of(words: &[(&str, u32)]) -> Vec<u16> {
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    for character in words.iter().flat_map(|(word, _)| word.chars()) {
        *counts.entry(character).or_default() += 1;
    }
    let mut numbers = vec![0; counts.keys().last().map_or(0, |&last| last as usize + 1)];
    let mut characters: Vec<(char, u32)> = counts.into_iter().collect();
    characters.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    for ((character, _), number) in characters.into_iter().zip(1..=u16::MAX) {
        numbers[character as usize] = number;
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use aho_corasick::{AhoCorasick, MatchKind};
    use proptest::prelude::*;

    fn found(words: &[&str], text: &str) -> Vec<(String, usize)> {
        let trie = Trie::new(words.iter().copied());
        trie.find_iter(text).map(|(range, word)| (text[range].to_string(), word)).collect()
    }

    #[test]
    fn the_longest_word_that_begins_first_is_found() {
        let words = ["生产", "生产总值", "总值增长", "增长", "值", "增长", "长𠮷"];
        let own = |text: &str, word| (text.to_string(), word);
        assert_eq!(found(&words, "地区生产总值增长"), [own("生产总值", 1), own("增长", 3)]);
        assert_eq!(found(&words, "生产总，长𠮷值"), [own("生产", 0), own("长𠮷", 6), own("值", 4)]);
        assert_eq!(found(&words, ""), []);
        assert_eq!(found(&[], "增长"), []);
        assert_eq!(found(&[""], "增长"), []);
    }

    #[test]
    fn a_word_begins_exactly_where_it_is_asked_for() {
        let trie = Trie::new(["增长", "增长率"].into_iter());
        let text = "年增长率";
        assert_eq!(trie.longest_at(text, 3), Some((12, 1)));
        assert_eq!(trie.longest_at("年增长", 3), Some((9, 0)));
        for at in [0, 1, 4, 12, 13] {
            assert_eq!(trie.longest_at(text, at), None);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_same_is_found_as_by_an_automaton(
            words in proptest::collection::vec("[ab一二]{1,5}", 0..12),
            text in "[abc一二三]{0,40}",
        ) {
            let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&words).unwrap();
            let expected: Vec<(Range<usize>, usize)> =
                automaton.find_iter(&text).map(|found| (found.range(), found.pattern().as_usize())).collect();
            let trie = Trie::new(words.iter().map(String::as_str));
            prop_assert_eq!(trie.find_iter(&text).collect::<Vec<_>>(), expected);
            let mut expected: Vec<Range<usize>> = words.iter().flat_map(|word| {
                (0..text.len()).filter(|&at| text.is_char_boundary(at) && text[at..].starts_with(word.as_str()))
                    .map(|at| at..at + word.len()).collect::<Vec<_>>()
            }).collect();
            expected.sort_by_key(|range| (range.start, range.end));
            expected.dedup();
            let mut found: Vec<(Range<usize>, usize)> = Vec::new();
            trie.each_overlapping(&text, |c| c, |range, word| found.push((range, word)));
            prop_assert!(found.iter().all(|(range, word)| text[range.clone()] == words[*word]));
            prop_assert_eq!(found.into_iter().map(|(range, _)| range).collect::<Vec<_>>(), expected);
        }
    }
}
