//! What a sentence may claim besides its numbers, told by one look for the words that such claims need.

use super::trie::Trie;
use super::{HonourKind, HonourWords, TargetKind, TargetWords};
use std::collections::BTreeMap;

/// What the words of a sentence may say; the rules for each decide whether they do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Claims(u8);

impl Claims {
    /// A target without a number, or one that asks for more than its number.
    pub const TARGET: Claims = Claims(1);
    /// A change that is a target behind an adverb or another change.
    const CHANGE: Claims = Claims(1 << 1);
    const ADVERB: Claims = Claims(1 << 2);
    /// An honour, in any section.
    pub const HONOUR: Claims = Claims(1 << 3);
    /// An honour worked for, if the section is a plan.
    pub const HONOUR_AHEAD: Claims = Claims(1 << 4);
    /// An honour, unless the section is a plan.
    pub const HONOUR_REACHED: Claims = Claims(1 << 5);
    /// A place among others.
    pub const STANDING: Claims = Claims(1 << 6);
    /// That a list of targets begins.
    pub const GOAL: Claims = Claims(1 << 7);

    pub fn has(self, claim: Claims) -> bool {
        self.0 & claim.0 != 0
    }

    fn and(self, other: Claims) -> Claims {
        Claims(self.0 | other.0)
    }

    fn of_target(kind: TargetKind) -> Claims {
        use TargetKind::{
            Bound, Change, Compare, Delegated, Equal, Goal, Manner, Meet, Point, Qualitative, Standing, Stretch,
        };
        match kind {
            Stretch | Equal | Compare | Meet | Delegated | Qualitative | Point | Bound | Standing => Claims::TARGET,
            Change => Claims::CHANGE,
            Manner => Claims::ADVERB,
            Goal => Claims::GOAL,
            _ => Claims::default(),
        }
    }

    fn of_honour(kind: HonourKind) -> Claims {
        match kind {
            HonourKind::Guard => Claims::default(),
            HonourKind::Strive => Claims::HONOUR_AHEAD,
            HonourKind::Become => Claims::HONOUR_REACHED,
            _ => Claims::HONOUR,
        }
    }
}

/// How many places there are for two characters: those that words begin with are some hundreds.
const PLACES: usize = 1 << PLACE_BITS;
const PLACE_BITS: u32 = 14;

/// The place of two characters, or of one that is a word; others may have the same.
fn place(first: char, second: Option<char>) -> usize {
    let second = second.map_or(0, u32::from);
    let mixed = u32::from(first).wrapping_mul(0x9e37_79b1) ^ second.wrapping_mul(0x85eb_ca77);
    (mixed >> (u32::BITS - PLACE_BITS)) as usize
}

/// The words that claims need.
#[derive(Debug)]
pub(super) struct ClaimWords {
    trie: Trie,
    /// For two characters, at their [`place`], whether a word may begin with them: most text is passed over by that.
    begins: Vec<bool>,
    /// For each word of the trie what it and the words that it begins with may claim.
    claims: Vec<Claims>,
}

impl ClaimWords {
    pub fn new(targets: &TargetWords, honours: &HonourWords) -> ClaimWords {
        let mut words: BTreeMap<&str, Claims> = BTreeMap::new();
        let of_targets = targets.scanned().map(|(word, kind)| (word, Claims::of_target(kind)));
        let of_honours = honours.cues().map(|(word, kind)| (word, Claims::of_honour(kind)));
        let of_places = honours.vague().map(|word| (word, Claims::STANDING));
        let all = of_targets.chain(of_honours).chain(of_places);
        for (word, claim) in all.filter(|(_, claim)| *claim != Claims::default()) {
            let known = words.entry(word).or_default();
            *known = known.and(claim);
        }
        let mut begins = vec![false; PLACES];
        for word in words.keys() {
            let mut characters = word.chars();
            begins[place(characters.next().unwrap_or_default(), characters.next())] = true;
        }
        let claims_of = |word: &str| {
            let prefixes = word.char_indices().skip(1).map(|(end, _)| &word[..end]).chain([word]);
            prefixes.filter_map(|prefix| words.get(prefix)).fold(Claims::default(), |all, claim| all.and(*claim))
        };
        let claims = words.keys().map(|word| claims_of(word)).collect();
        ClaimWords { trie: Trie::new(words.keys().copied()), begins, claims }
    }

    /// What a text may claim: the words of its parts are looked for as well.
    pub fn in_text(&self, text: &str) -> Claims {
        let mut found = Claims::default();
        let mut characters = text.char_indices().peekable();
        while let Some((at, first)) = characters.next() {
            let second = characters.peek().map(|&(_, character)| character);
            if (self.begins[place(first, second)] || self.begins[place(first, None)])
                && let Some((_, word)) = self.trie.longest_at(text, at)
            {
                let claims = self.claims[word];
                if claims.has(Claims::CHANGE) && found.has(Claims::CHANGE.and(Claims::ADVERB)) {
                    found = found.and(Claims::TARGET);
                }
                found = found.and(claims);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::Vocabulary;

    #[test]
    fn words_tell_what_may_be_claimed() {
        let vocabulary = Vocabulary::embedded().unwrap();
        let claims = |text: &str| {
            let found = vocabulary.claims_in(text);
            [Claims::TARGET, Claims::HONOUR, Claims::HONOUR_AHEAD, Claims::HONOUR_REACHED, Claims::STANDING]
                .map(|claim| found.has(claim))
        };
        assert_eq!(claims("全市经济稳步增长。"), [true, false, false, false, false]);
        assert_eq!(claims("全市人口增长。"), [false; 5]);
        assert_eq!(claims("荣获全国先进集体称号。"), [false, true, false, false, false]);
        assert_eq!(claims("争创国家卫生县城。"), [false, false, true, false, false]);
        assert_eq!(claims("成为全国试点。"), [false, false, false, true, false]);
        assert!(claims("总量位居全省前列。")[4]);
        assert_eq!(claims(""), [false; 5]);
    }
}
