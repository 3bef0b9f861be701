//! Attention: how often the terms of each dictionary stand in the parts of a document.

use crate::model::{Report, SectionRole, TermCountRow, TermMatchRow};
use crate::vocab::Dictionaries;
use std::collections::BTreeMap;

/// All sentences of one role.
struct Part {
    sentences: i32,
    chars: i32,
    /// What is found of each dictionary.
    topics: Vec<Topic>,
}

/// What is found of a dictionary in one part.
#[derive(Clone, Default)]
struct Topic {
    /// Mentions by term.
    mentions: BTreeMap<usize, i32>,
    chars: i32,
    sentences: i32,
}

/// The rows of `term_counts` (every dictionary for every role that the document has, found or not) and of `term_matches`
/// (the terms found).
pub fn count_terms(
    text: &str,
    report: &Report,
    document_id: &str,
    dictionaries: &Dictionaries,
) -> (Vec<TermCountRow>, Vec<TermMatchRow>) {
    let mut parts: BTreeMap<SectionRole, Part> = BTreeMap::new();
    for sentence in &report.sentences {
        let text = &text[sentence.range.clone()];
        let none_found = || Part { sentences: 0, chars: 0, topics: vec![Topic::default(); dictionaries.names.len()] };
        let part = parts.entry(sentence.role).or_insert_with(none_found);
        part.sentences += 1;
        part.chars += visible_chars(text);
        let mut previous = None;
        for (range, term) in dictionaries.terms_in(text) {
            let dictionary = dictionaries.terms[term].dictionary;
            let topic = &mut part.topics[dictionary];
            *topic.mentions.entry(term).or_default() += 1;
            topic.chars += visible_chars(&text[range]);
            topic.sentences += i32::from(previous != Some(dictionary));
            previous = Some(dictionary);
        }
    }
    let (mut counts, mut matches) = (Vec::new(), Vec::new());
    for (dictionary, name) in dictionaries.names.iter().enumerate() {
        for (role, part) in &parts {
            let topic = &part.topics[dictionary];
            let n_terms = topic.mentions.values().sum::<i32>();
            counts.push(TermCountRow {
                document_id: document_id.to_string(),
                dictionary: name.clone(),
                section_role: role.name(),
                n_terms,
                n_distinct_terms: topic.mentions.len() as i32,
                n_term_chars: topic.chars,
                n_term_sentences: topic.sentences,
                n_chars: part.chars,
                n_sentences: part.sentences,
                per_10k_chars: (part.chars > 0).then(|| f64::from(n_terms) * 1e4 / f64::from(part.chars)),
            });
            matches.extend(topic.mentions.iter().map(|(&term, &n_terms)| TermMatchRow {
                document_id: document_id.to_string(),
                dictionary: name.clone(),
                section_role: role.name(),
                term: dictionaries.terms[term].text.clone(),
                concept: dictionaries.terms[term].concept.clone(),
                n_terms,
            }));
        }
    }
    (counts, matches)
}

/// Characters without white space, with punctuation.
fn visible_chars(text: &str) -> i32 {
    text.chars().filter(|character| !character.is_whitespace()).count() as i32
}
