//! Many words found in a text, of those that begin at one place the longest.
//!
//! For thousands of words a tree of characters is built in a small part of the time of an automaton, and it reads a
//! Chinese text as fast: most characters begin no word, and words are short.

use std::ops::Range;

/// Where there is no node or no word.
const NONE: u32 = u32::MAX;

/// A tree of the characters of words.
#[derive(Debug)]
pub(super) struct Trie {
    /// For every character that may begin a word, by its number, the node.
    first: Vec<u32>,
    /// The children of a node stand together, in the order of their characters.
    nodes: Vec<Node>,
}

/// What can follow the characters on the way to a node, and which word they are.
#[derive(Debug, Clone, Copy)]
struct Node {
    character: char,
    word: u32,
    children: (u32, u32),
}

impl Trie {
    /// A tree of words; they are told by their place in the list, the same word by its first. No word is empty.
    pub fn new<'w>(words: impl Iterator<Item = &'w str>) -> Trie {
        let mut words: Vec<(&str, u32)> = words.zip(0..NONE).filter(|(word, _)| !word.is_empty()).collect();
        words.sort_unstable();
        words.dedup_by_key(|(word, _)| *word);
        let root = Node { character: char::MIN, word: NONE, children: (0, 0) };
        let mut trie = Trie { first: Vec::new(), nodes: vec![root] };
        // Of every node the words that go through it, and how many bytes of them lie behind it.
        let mut ways = vec![(words.as_slice(), 0)];
        let mut at = 0;
        while let Some(&(mut words, depth)) = ways.get(at) {
            if let Some(((_, word), rest)) = words.split_first().filter(|((text, _), _)| text.len() == depth) {
                trie.nodes[at].word = *word;
                words = rest;
            }
            let from = trie.nodes.len() as u32;
            let next = |(text, _): &(&str, u32)| text[depth..].chars().next().unwrap_or_default();
            for group in words.chunk_by(|a, b| next(a) == next(b)) {
                let character = next(&group[0]);
                trie.nodes.push(Node { character, ..root });
                ways.push((group, depth + character.len_utf8()));
            }
            trie.nodes[at].children = (from, trie.nodes.len() as u32);
            at += 1;
        }
        let (from, to) = trie.nodes[0].children;
        trie.first = vec![NONE; trie.nodes[to as usize - 1].character as usize + 1];
        for node in from..to {
            trie.first[trie.nodes[node as usize].character as usize] = node;
        }
        trie
    }

    fn child(&self, node: Node, character: char) -> Option<Node> {
        let children = self.nodes.get(node.children.0 as usize..node.children.1 as usize)?;
        let at = children.binary_search_by_key(&character, |child| child.character).ok()?;
        Some(children[at])
    }

    /// The longest word that a text begins with, and its length.
    fn longest(&self, text: &str) -> Option<(usize, usize)> {
        let mut rest = text.chars();
        let first = *self.first.get(rest.next()? as usize)?;
        let mut node = self.nodes.get(first as usize).copied();
        let mut found = None;
        while let Some(Node { word, .. }) = node {
            if word != NONE {
                found = Some((text.len() - rest.as_str().len(), word as usize));
            }
            node = node.zip(rest.next()).and_then(|(node, character)| self.child(node, character));
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
        }
    }
}
