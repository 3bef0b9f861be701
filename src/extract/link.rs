//! From wording to catalogue: the longest term wins, and its context must not forbid it.

use crate::vocab::{Indicator, Vocabulary};

/// The catalogue entry a number belongs to, if the wording names one. `clause` is the context for `with` and
/// `without`; `dimension` that of a level's unit, `None` where any will do.
pub fn link(wording: &str, clause: &str, dimension: Option<&str>, vocabulary: &Vocabulary) -> Option<usize> {
    if let Some(index) = vocabulary
        .whole_term(wording)
        .filter(|&index| fits(&vocabulary.indicators[index], wording, &(0..wording.len()), clause, dimension))
    {
        return Some(index);
    }
    let mut best: Option<(usize, usize, usize)> = None;
    for (range, word) in vocabulary.words_in(wording) {
        for &index in &word.indicators {
            let entry = &vocabulary.indicators[index];
            if !fits(entry, wording, &range, clause, dimension) {
                continue;
            }
            // Of terms of equal length the later one is the head of a Chinese noun phrase.
            let candidate = (range.len(), range.start, index);
            if best.is_none_or(|known| (candidate.0, candidate.1) > (known.0, known.1)) {
                best = Some(candidate);
            }
        }
    }
    best.map(|(_, _, index)| index)
}

fn fits(
    entry: &Indicator,
    wording: &str,
    range: &std::ops::Range<usize>,
    clause: &str,
    dimension: Option<&str>,
) -> bool {
    let before = &wording[..range.start];
    let after = &wording[range.end..];
    let has = |word: &String| clause.contains(word.as_str()) || wording.contains(word.as_str());
    !entry.not_after.iter().any(|word| before.ends_with(word.as_str()))
        && !entry.not_before.iter().any(|word| after.starts_with(word.as_str()))
        && (entry.with.is_empty() || entry.with.iter().any(has))
        && !entry.without.iter().any(has)
        && dimension
            .is_none_or(|dimension| entry.dimensions.is_empty() || entry.dimensions.iter().any(|d| d == dimension))
}

/// The longest catalogue term that a clause without a number names, and its entry.
pub fn term_in(clause: &str, vocabulary: &Vocabulary) -> Option<(String, usize)> {
    let index = link(clause, clause, None, vocabulary)?;
    let terms = vocabulary.words_in(clause).filter(|(_, word)| word.indicators.contains(&index));
    terms.max_by_key(|(range, _)| range.len()).map(|(range, _)| (clause[range].to_string(), index))
}
