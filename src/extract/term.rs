//! Attention: how often the terms of each dictionary stand in the parts of a document.

use crate::model::{Report, SectionRole, Shared, TermCountRow, TermMatchRow};
use crate::vocab::Dictionaries;
use std::collections::BTreeMap;

/// All sentences of one role.
struct Part {
    sentences: i32,
    chars: i32,
    /// Mentions by term.
    mentions: Vec<i32>,
    /// What is found of each dictionary.
    topics: Vec<Topic>,
}

/// What is found of a dictionary in one part.
#[derive(Clone, Default)]
struct Topic {
    chars: i32,
    sentences: i32,
    /// The number in the part of the last sentence with one.
    last_sentence: i32,
}

/// The rows of `term_counts` (every dictionary for every role that the document has, found or not) and of `term_matches`
/// (the terms found).
pub fn count_terms(
    text: &str,
    report: &Report,
    document_id: &Shared,
    dictionaries: &Dictionaries,
) -> (Vec<TermCountRow>, Vec<TermMatchRow>) {
    let mut parts: BTreeMap<SectionRole, Part> = BTreeMap::new();
    for sentence in &report.sentences {
        let text = &text[sentence.range.clone()];
        let none_found = || Part {
            sentences: 0,
            chars: 0,
            mentions: vec![0; dictionaries.terms.len()],
            topics: vec![Topic::default(); dictionaries.names.len()],
        };
        let part = parts.entry(sentence.role).or_insert_with(none_found);
        part.sentences += 1;
        part.chars += visible_chars(text);
        for (range, term) in dictionaries.terms_in(text) {
            let dictionary = dictionaries.terms[term].dictionary;
            let topic = &mut part.topics[dictionary];
            part.mentions[term] += 1;
            topic.chars += visible_chars(&text[range]);
            topic.sentences += i32::from(topic.last_sentence != part.sentences);
            topic.last_sentence = part.sentences;
        }
    }
    let (mut counts, mut matches) = (Vec::new(), Vec::new());
    for (dictionary, name) in dictionaries.names.iter().enumerate() {
        // The terms of a dictionary stand together.
        let first = dictionaries.terms.partition_point(|term| term.dictionary < dictionary);
        let terms = dictionaries.terms[first..].iter().take_while(|term| term.dictionary == dictionary);
        for (role, part) in &parts {
            let topic = &part.topics[dictionary];
            let found = terms.clone().zip(&part.mentions[first..]).filter(|(_, mentions)| **mentions > 0);
            let n_terms = found.clone().map(|(_, mentions)| mentions).sum::<i32>();
            counts.push(TermCountRow {
                document_id: document_id.clone(),
                dictionary: name.clone(),
                section_role: role.name(),
                n_terms,
                n_distinct_terms: found.clone().count() as i32,
                n_term_chars: topic.chars,
                n_term_sentences: topic.sentences,
                n_chars: part.chars,
                n_sentences: part.sentences,
                per_10k_chars: (part.chars > 0).then(|| f64::from(n_terms) * 1e4 / f64::from(part.chars)),
            });
            matches.extend(found.map(|(term, &n_terms)| TermMatchRow {
                document_id: document_id.clone(),
                dictionary: name.clone(),
                section_role: role.name(),
                term: term.text.clone(),
                concept: term.concept.clone(),
                n_terms,
            }));
        }
    }
    (counts, matches)
}

/// Characters without white space, with punctuation.
fn visible_chars(text: &str) -> i32 {
    // Nearly all characters are beyond the last that is white space.
    text.chars().filter(|character| *character > '\u{3000}' || !character.is_whitespace()).count() as i32
}
