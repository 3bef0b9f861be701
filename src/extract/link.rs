//! From wording to catalogue: the longest term wins, and its context must not forbid it.

use crate::vocab::Vocabulary;
use std::ops::Range;

/// The catalogue entry a number belongs to, if the wording names one. `clause` is the context for `with` and
/// `without`; `dimension` that of a level's unit, `None` where any will do.
pub fn link(wording: &str, clause: &str, dimension: Option<&str>, vocabulary: &Vocabulary) -> Option<usize> {
    link_behind(0, wording, clause, dimension, vocabulary)
}

/// The same for a property of something (老旧小区改造惠及居民): the entry must name the property, which begins at `from`.
pub fn link_behind(
    from: usize,
    wording: &str,
    clause: &str,
    dimension: Option<&str>,
    vocabulary: &Vocabulary,
) -> Option<usize> {
    find(from, wording, clause, dimension, vocabulary).map(|(_, index)| index)
}

/// Whether a number of this dimension can be of an entry that its subject brings along.
pub fn suits(index: usize, dimension: Option<&str>, vocabulary: &Vocabulary) -> bool {
    let entry = &vocabulary.indicators[index];
    dimension
        .is_none_or(|dimension| entry.dimensions.is_empty() || entry.dimensions.iter().any(|known| known == dimension))
}

/// The entry a share is of: in 文化产业增加值占地区生产总值 the part, not the whole behind 占.
pub fn link_part(wording: &str, clause: &str, vocabulary: &Vocabulary) -> Option<usize> {
    let part = &wording[..wording.find('占').unwrap_or(wording.len())];
    if let Some(index) =
        vocabulary.share_term(part).filter(|_| part.len() < wording.len() || clause.contains(&format!("{part}占")))
    {
        return Some(index);
    }
    let (range, index) = find(0, wording, clause, None, vocabulary)?;
    match wording.find('占') {
        Some(at) if range.start > at => link(&wording[..at], clause, None, vocabulary),
        _ => Some(index),
    }
}

/// The longest catalogue term that a clause without a number names, and its entry.
pub fn term_in(clause: &str, vocabulary: &Vocabulary) -> Option<(String, usize)> {
    find(0, clause, clause, None, vocabulary).map(|(range, index)| (clause[range].to_string(), index))
}

/// Whether the words end with a term of the catalogue: the head of a Chinese noun phrase stands last.
pub fn ends_with_term(words: &str, vocabulary: &Vocabulary) -> bool {
    let last = vocabulary.words_in(words).last();
    vocabulary.whole_term(words).is_some()
        || last.is_some_and(|(range, word)| range.end == words.len() && !word.indicators.is_empty())
}

fn find(
    from: usize,
    wording: &str,
    clause: &str,
    dimension: Option<&str>,
    vocabulary: &Vocabulary,
) -> Option<(Range<usize>, usize)> {
    let fits = |index: &usize, range: &Range<usize>| fits(*index, wording, range, clause, dimension, vocabulary);
    let whole = 0..wording.len();
    if let Some(index) = vocabulary.whole_term(wording).filter(|index| fits(index, &whole)) {
        return Some((whole, index));
    }
    let mut best: Option<(Range<usize>, usize)> = None;
    for (range, word) in vocabulary.words_in(wording) {
        // Of terms of equal length the later one is the head of a Chinese noun phrase.
        let is_better = best.as_ref().is_none_or(|(known, _)| (range.len(), range.start) > (known.len(), known.start));
        let is_named = range.end > from;
        if let Some(&index) = word.indicators.iter().find(|index| is_better && is_named && fits(index, &range)) {
            best = Some((range, index));
        }
    }
    best
}

fn fits(
    index: usize,
    wording: &str,
    range: &Range<usize>,
    clause: &str,
    dimension: Option<&str>,
    vocabulary: &Vocabulary,
) -> bool {
    let entry = &vocabulary.indicators[index];
    let before = &wording[..range.start];
    let after = &wording[range.end..];
    let has = |word: &String| clause.contains(word.as_str()) || wording.contains(word.as_str());
    suits(index, dimension, vocabulary)
        && !entry.not_after.iter().any(|word| before.ends_with(word.as_str()))
        && !entry.not_before.iter().any(|word| after.starts_with(word.as_str()))
        && (entry.with.is_empty() || entry.with.iter().any(has))
        && !entry.without.iter().any(has)
}
