//! The dictionaries, one a file of `dictionaries/`: words whose mentions tell how much is said about a topic.

use super::load::{read_csv, suggestion};
use super::trie::Trie;
use crate::error::{Error, Result};
use crate::model::Shared;
use crate::normalize::fold_term;
use std::collections::HashMap;
use std::ops::Range;

/// The columns a dictionary may have; only the first must be there.
const COLUMNS: [&str; 5] = ["term", "concept", "example", "not_in", "note"];

/// A term of a dictionary.
#[derive(Debug, Clone)]
pub struct DictionaryTerm {
    /// Index into [`Dictionaries::names`].
    pub dictionary: usize,
    pub text: Shared,
    /// The part of the topic it belongs to.
    pub concept: Option<Shared>,
    pub example: Option<String>,
    /// Longer words in which it is not counted.
    pub not_in: Vec<String>,
    pub note: Option<String>,
}

/// All dictionaries, indexed.
#[derive(Debug)]
pub struct Dictionaries {
    /// The names of the files without `.csv`, sorted.
    pub names: Vec<Shared>,
    /// The terms of the first dictionary as they stand there, then those of the next.
    pub terms: Vec<DictionaryTerm>,
    /// The texts that are looked for, in small letters.
    trie: Trie,
    /// What each text of the trie is: in several dictionaries it may be several patterns.
    patterns: Vec<Vec<Pattern>>,
}

/// A text looked for: a term, or a longer word in which a term is not counted.
#[derive(Debug, Clone, Copy)]
struct Pattern {
    dictionary: usize,
    term: Option<usize>,
}

impl Dictionaries {
    /// Every mention of a term and the term's index, in text order. Within a dictionary none overlap: the first wins, of
    /// those that begin together the longest; dictionaries know nothing of each other.
    pub fn terms_in(&self, text: &str) -> impl Iterator<Item = (Range<usize>, usize)> + use<> {
        let mut found: Vec<(Pattern, Range<usize>)> = Vec::new();
        // Of each dictionary one more than the place in `found` of the last one; made when one is found.
        let mut last: Vec<usize> = Vec::new();
        self.trie.each_overlapping(
            text,
            |c| c.to_ascii_lowercase(),
            |range, text_found| {
                if is_cut(text, &range) {
                    return;
                }
                last.resize(self.names.len(), 0);
                for &pattern in &self.patterns[text_found] {
                    let last = &mut last[pattern.dictionary];
                    match last.checked_sub(1).map(|last| &mut found[last]) {
                        Some((_, before)) if range.start != before.start && range.start < before.end => {}
                        Some(shorter) if range.start == shorter.1.start => *shorter = (pattern, range.clone()),
                        _ => {
                            found.push((pattern, range.clone()));
                            *last = found.len();
                        }
                    }
                }
            },
        );
        found.into_iter().filter_map(|(pattern, range)| pattern.term.map(|term| (range, term)))
    }
}

/// Whether a Latin letter or digit at an end of a match goes on outside it: AI in RAIL, 5G in 15GB.
fn is_cut(text: &str, range: &Range<usize>) -> bool {
    let goes_on = |before: &str, behind: &str| {
        before.ends_with(|c: char| c.is_ascii_alphanumeric()) && behind.starts_with(|c: char| c.is_ascii_alphanumeric())
    };
    let (before, rest) = text.split_at(range.start);
    let (found, behind) = rest.split_at(range.end - range.start);
    goes_on(before, found) || goes_on(found, behind)
}

/// Reads the files of `dictionaries/`, each with its name, in their order.
pub(super) fn load_dictionaries<'a>(files: impl Iterator<Item = &'a (String, String)>) -> Result<Dictionaries> {
    let (mut names, mut terms) = (Vec::new(), Vec::new());
    for (file, text) in files {
        load_dictionary(file, text, names.len(), &mut terms)?;
        names.push(file.trim_start_matches("dictionaries/").trim_end_matches(".csv").into());
    }
    let patterns = terms.iter().enumerate().flat_map(|(index, term)| {
        let itself = (term.text.as_str(), Pattern { dictionary: term.dictionary, term: Some(index) });
        let longer =
            term.not_in.iter().map(|word| (word.as_str(), Pattern { dictionary: term.dictionary, term: None }));
        std::iter::once(itself).chain(longer)
    });
    let (trie, patterns) = Trie::grouped(patterns.map(|(text, pattern)| (text.to_ascii_lowercase(), pattern)));
    Ok(Dictionaries { names, terms, trie, patterns })
}

/// Reads one file; its columns may stand in any order.
fn load_dictionary(file: &str, text: &str, dictionary: usize, terms: &mut Vec<DictionaryTerm>) -> Result<()> {
    let problem = |line: usize, message: String| Error::Vocab { file: file.into(), line, message };
    let (header, rows) = read_csv(file, text)?;
    if let Some(unknown) = header.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        return Err(problem(1, format!("unknown column `{unknown}`{}", suggestion(unknown, COLUMNS.into_iter()))));
    }
    if !header.iter().any(|name| name == COLUMNS[0]) {
        return Err(problem(1, format!("there is no column `{}`", COLUMNS[0])));
    }
    let first = terms.len();
    // Upper and lower case are one, as they are in the text.
    let mut lines: HashMap<String, usize> = HashMap::new();
    for (line, row) in rows {
        let [term, concept, example, not_in, note] = COLUMNS.map(|column| {
            let at = header.iter().position(|name| name == column);
            at.and_then(|at| row.get(at)).map(String::as_str).filter(|value| !value.is_empty())
        });
        let text = fold_term(term.unwrap_or_default());
        if text.is_empty() {
            return Err(problem(line, "empty term".into()));
        }
        if let Some(first) = lines.insert(text.to_ascii_lowercase(), line) {
            return Err(problem(line, format!("`{text}` is already in line {first}")));
        }
        let not_in: Vec<String> =
            not_in.unwrap_or_default().split('|').map(fold_term).filter(|w| !w.is_empty()).collect();
        if let Some(other) = not_in.iter().find(|longer| **longer == text || !longer.contains(text.as_str())) {
            return Err(problem(line, format!("`{other}` is no longer word with `{text}` in it")));
        }
        let kept = |value: Option<&str>| value.map(str::to_string);
        let (text, concept) = (text.into(), concept.map(Shared::from));
        terms.push(DictionaryTerm { dictionary, text, concept, example: kept(example), not_in, note: kept(note) });
    }
    let mut longer = terms[first..].iter().flat_map(|term| &term.not_in);
    if let Some((word, &line)) = longer.find_map(|word| Some((word, lines.get(&word.to_ascii_lowercase())?))) {
        return Err(problem(line, format!("`{word}` is a term; it hides shorter ones without standing in `not_in`")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionaries(files: &[(&str, &str)]) -> Dictionaries {
        let files: Vec<_> = files.iter().map(|&(name, text)| (name.to_string(), text.to_string())).collect();
        load_dictionaries(files.iter()).unwrap()
    }

    /// `digital 大数据` for every mention of 大数据 in that dictionary.
    fn found(dictionaries: &Dictionaries, text: &str) -> Vec<String> {
        let mut terms: Vec<_> = dictionaries.terms_in(text).collect();
        terms.sort_by_key(|(_, term)| dictionaries.terms[*term].dictionary);
        let named = terms.into_iter().map(|(range, term)| {
            let name = &dictionaries.names[dictionaries.terms[term].dictionary];
            format!("{name} {}", &text[range])
        });
        named.collect()
    }

    #[test]
    fn the_first_and_longest_wins_within_a_dictionary_and_every_mention_counts() {
        let dictionaries = dictionaries(&[("dictionaries/d.csv", "term\n居民收入\n收入差距\n大数据\n大数据局\n")]);
        assert_eq!(
            found(&dictionaries, "缩小居民收入差距，收入差距；大数据局用大数据，大数据"),
            ["d 居民收入", "d 收入差距", "d 大数据局", "d 大数据", "d 大数据"]
        );
    }

    #[test]
    fn dictionaries_know_nothing_of_each_other() {
        let files =
            [("dictionaries/a.csv", "term\n数字乡村\n"), ("dictionaries/b.csv", "term\n乡村\n数字乡村建设\n乡\n")];
        assert_eq!(found(&dictionaries(&files), "乡村、数字乡村建设"), ["a 数字乡村", "b 乡村", "b 数字乡村建设"]);
    }

    #[test]
    fn a_term_is_not_counted_in_the_words_of_not_in() {
        let dictionaries = dictionaries(&[("dictionaries/d.csv", "not_in,term\n民生活|国民生,民生\n,活动\n")]);
        assert_eq!(found(&dictionaries, "民生改善人民生活动人，国民生产"), ["d 民生"]);
    }

    #[test]
    fn latin_terms_need_borders_and_no_case() {
        let dictionaries = dictionaries(&[("dictionaries/d.csv", "term\n５G\nAI\n互联网+\n")]);
        assert_eq!(found(&dictionaries, "15G、5GB、RAIL、AI2"), Vec::<String>::new());
        assert_eq!(found(&dictionaries, "5g基站、建AI+园，互联网+AI"), ["d 5g", "d AI", "d 互联网+", "d AI"]);
    }

    #[test]
    fn columns_may_be_left_out_and_a_mark_of_excel_is_skipped() {
        let dictionaries =
            dictionaries(&[("dictionaries/数字.csv", "\u{feff}# 说明\nconcept,term\n,大数据\n网络,宽带\n")]);
        let terms: Vec<_> =
            dictionaries.terms.iter().map(|term| (term.text.as_str(), term.concept.as_deref())).collect();
        assert_eq!(dictionaries.names, ["数字"]);
        assert_eq!(terms, [("大数据", None), ("宽带", Some("网络"))]);
    }
}
