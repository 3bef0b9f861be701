//! What stands beside numbers and is not in the vocabulary yet: wordings of rows that no catalogue entry takes, and nouns
//! right behind numbers that have no unit. The list tells where a new entry is worth most.

#![deny(clippy::disallowed_methods)]

use crate::document::Walked;
use crate::extract::{Source, numbers_seen};
use crate::normalize::is_han;
use crate::vocab::Vocabulary;
use std::collections::HashMap;
use std::fmt::Write;

/// A noun is told by its first characters: 农村 of 农村人口 (rural population).
const NOUN_CHARS: usize = 2;
/// An example longer than this says no more.
const EXAMPLE_CHARS: usize = 40;
/// How much stands before the number in the example of a noun.
const CONTEXT_CHARS: usize = 10;

/// How often a word stands in a text or in many, and one place.
#[derive(Debug, Clone)]
struct Count {
    documents: usize,
    rows: usize,
    example: String,
}

/// An example ends where its sentence or its line ends.
const LINE_ENDS: [char; 3] = ['\n', '\r', '。'];

/// What one document, or several, hold that nothing covers.
#[derive(Debug, Default)]
pub struct Unseen {
    documents: usize,
    wordings: HashMap<String, Count>,
    nouns: HashMap<String, Count>,
}

impl Unseen {
    /// What one document holds.
    pub fn of(walked: &Walked, vocabulary: &Vocabulary) -> Unseen {
        let mut found = Unseen { documents: 1, ..Unseen::default() };
        let rows = walked.extracted.observations.iter();
        for row in rows.filter(|row| row.indicator.is_none() && !row.indicator_text.is_empty()) {
            count(&mut found.wordings, &row.indicator_text, &row.quote);
        }
        let source = Source::new(&walked.decoded.text);
        let numbers = numbers_seen(&walked.normalized, &source, &walked.report, vocabulary);
        for number in numbers.iter().filter(|number| number.unit.is_empty()) {
            let behind = source.slice(&(number.end..(number.end + NOUN_CHARS).min(source.len())));
            if behind.chars().count() == NOUN_CHARS && behind.chars().all(is_han) {
                let from = number.start.saturating_sub(CONTEXT_CHARS);
                let to = (number.end + CONTEXT_CHARS).min(source.len());
                let (before, rest) = (source.slice(&(from..number.start)), source.slice(&(number.start..to)));
                let before = before.rsplit(LINE_ENDS).next().unwrap_or_default();
                let rest = rest.split(LINE_ENDS).next().unwrap_or_default();
                count(&mut found.nouns, behind, &format!("{before}{rest}"));
            }
        }
        found
    }

    /// Adds what another document holds; the example of the first stays.
    pub fn add(&mut self, other: Unseen) {
        self.documents += other.documents;
        for (all, more) in [(&mut self.wordings, other.wordings), (&mut self.nouns, other.nouns)] {
            for (word, count) in more {
                match all.get_mut(&word) {
                    Some(known) => {
                        known.documents += count.documents;
                        known.rows += count.rows;
                    }
                    None => {
                        all.insert(word, count);
                    }
                }
            }
        }
    }

    /// Two tables of at most `top` lines each: what most documents hold first, then what has most rows.
    pub fn to_text(&self, top: usize) -> String {
        let mut page = String::new();
        let tables = [
            ("wordings of rows without a catalogue id", "wording", &self.wordings),
            ("nouns right behind numbers without a unit", "noun", &self.nouns),
        ];
        for (index, (title, word, counts)) in tables.into_iter().enumerate() {
            let rows: usize = counts.values().map(|count| count.rows).sum();
            let gap = if index > 0 { "\n" } else { "" };
            let _ = writeln!(page, "{gap}{title}: {} in {rows} rows of {} documents", counts.len(), self.documents);
            let _ = writeln!(page, "documents   rows  {word}  example");
            let mut order: Vec<(&String, &Count)> = counts.iter().collect();
            order.sort_by(|(a, x), (b, y)| (y.documents, y.rows, a).cmp(&(x.documents, x.rows, b)));
            for (word, count) in order.into_iter().take(top) {
                let _ = writeln!(page, "{:>9} {:>6}  {word}  {}", count.documents, count.rows, count.example);
            }
        }
        page
    }
}

fn count(counts: &mut HashMap<String, Count>, word: &str, example: &str) {
    match counts.get_mut(word) {
        Some(known) => known.rows += 1,
        None => {
            let one_line: String = example.split_whitespace().collect();
            let example = one_line.chars().take(EXAMPLE_CHARS).collect();
            counts.insert(word.to_string(), Count { documents: 1, rows: 1, example });
        }
    }
}
