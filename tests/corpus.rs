//! The guarantees over whole reports: the samples, and where they lie beside the checkout, the annotated and
//! the real ones. Every row's `value_text` is the decoded text at its span, ids are unique, no file vanishes.

mod common;

use common::{assert_none, beside, root, vocabulary};
use rayon::prelude::*;
use std::collections::HashSet;
use std::path::Path;
use zhibiao::config::{Config, ReadOptions};
use zhibiao::decode::decode;
use zhibiao::document::document;
use zhibiao::issue::Severity;
use zhibiao::model::{DocumentOutcome, RawFile};
use zhibiao::read::{list_inputs, read};

/// What one folder held.
#[derive(Default)]
struct Counts {
    files: usize,
    documents: usize,
    observations: usize,
}

/// Reads every file of a folder and gives what is wrong with what came out.
fn check_folder(folder: &Path) -> (Counts, Vec<String>) {
    let inputs = list_inputs(&ReadOptions { inputs: vec![".".into()], ..ReadOptions::default() }, folder).unwrap();
    let results: Vec<(usize, usize, Vec<String>)> = inputs
        .par_iter()
        .map(|input| {
            let (file, issues) = read(input, &ReadOptions::default());
            let Some(file) = file else {
                let is_told = issues.iter().any(|issue| issue.code.severity() == Severity::Error);
                return (
                    0,
                    0,
                    if is_told { Vec::new() } else { vec![format!("{}: no row and no issue", input.source_path)] },
                );
            };
            let outcome = document(&file, &Config::default(), vocabulary());
            let wrong =
                faults(&file, &outcome).into_iter().map(|fault| format!("{}: {fault}", input.source_path)).collect();
            (usize::from(outcome.document.is_some()), outcome.observations.len(), wrong)
        })
        .collect();
    let mut counts = Counts { files: inputs.len(), ..Counts::default() };
    let mut wrong = Vec::new();
    for (documents, observations, faults) in results {
        counts.documents += documents;
        counts.observations += observations;
        wrong.extend(faults);
    }
    println!(
        "{}: {} files, {} documents, {} observations",
        folder.display(),
        counts.files,
        counts.documents,
        counts.observations
    );
    (counts, wrong)
}

fn faults(file: &RawFile, outcome: &DocumentOutcome) -> Vec<String> {
    let mut faults = Vec::new();
    let (decoded, _) = decode(file, &Config::default(), vocabulary());
    let Some(decoded) = decoded else {
        if outcome.document.is_some() || !outcome.issues.iter().any(|issue| issue.code.severity() == Severity::Error) {
            faults.push("refused without an issue of severity error".into());
        }
        return faults;
    };
    let Some(row) = &outcome.document else { return vec!["decoded, but no row in documents".into()] };
    let text: Vec<char> = decoded.text.chars().collect();
    let slice = |start: i32, end: i32| -> Option<String> {
        Some(text.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?.iter().collect())
    };
    if row.chars as usize != text.len()
        || row.n_observations as usize != outcome.observations.len()
        || row.n_issues as usize != outcome.issues.len()
    {
        faults.push(format!("the counts of {row:?} are wrong"));
    }
    let mut ids = HashSet::new();
    let mut last = 0;
    for row in &outcome.observations {
        if slice(row.source_start, row.source_end).as_deref() != Some(row.value_text.as_str())
            || row.value_text.is_empty()
        {
            faults.push(format!(
                "value_text `{}` is not the text at {}..{}",
                row.value_text, row.source_start, row.source_end
            ));
        }
        if !ids.insert(&row.obs_id) {
            faults.push(format!("two rows have the id {}", row.obs_id));
        }
        if row.source_start < last {
            faults.push(format!("`{}` at {} stands out of order", row.value_text, row.source_start));
        }
        last = row.source_start;
        if !decoded.text.contains(&row.quote) || !row.quote.contains(row.value_text.trim()) {
            faults
                .push(format!("the quote `{}` of `{}` is not in the text or not around it", row.quote, row.value_text));
        }
    }
    let honours = outcome
        .honours
        .iter()
        .map(|row| (&row.honour_id, &row.title_text, &row.quote, row.source_start, row.source_end));
    let rankings = outcome
        .rankings
        .iter()
        .map(|row| (&row.ranking_id, &row.rank_text, &row.quote, row.source_start, row.source_end));
    for rows in [honours.collect::<Vec<_>>(), rankings.collect::<Vec<_>>()] {
        let mut last = 0;
        for (id, words, quote, start, end) in rows {
            if slice(start, end).as_ref() != Some(words) || words.is_empty() {
                faults.push(format!("`{words}` is not the text at {start}..{end}"));
            }
            if !ids.insert(id) {
                faults.push(format!("two rows have the id {id}"));
            }
            if start < last {
                faults.push(format!("`{words}` at {start} stands out of order"));
            }
            last = end;
            if !decoded.text.contains(quote) || !quote.contains(words.trim()) {
                faults.push(format!("the quote `{quote}` of `{words}` is not in the text or not around it"));
            }
        }
    }
    let mut last = 0;
    for row in &outcome.targets {
        if slice(row.source_start, row.source_end).as_deref() != Some(row.target_text.as_str())
            || row.target_text.is_empty()
        {
            let (start, end) = (row.source_start, row.source_end);
            faults.push(format!("target_text `{}` is not the text at {start}..{end}", row.target_text));
        }
        if !ids.insert(&row.target_id) {
            faults.push(format!("two rows have the id {}", row.target_id));
        }
        if row.source_start < last {
            faults.push(format!("the target `{}` at {} stands out of order", row.target_text, row.source_start));
        }
        last = row.source_end;
        if !decoded.text.contains(&row.quote) || !row.quote.contains(row.target_text.trim()) {
            faults.push(format!(
                "the quote `{}` of the target `{}` is not in the text or not around it",
                row.quote, row.target_text
            ));
        }
    }
    for sentence in &outcome.sentences {
        if slice(sentence.source_start, sentence.source_end).is_none_or(|words| words.trim().is_empty()) {
            faults.push(format!(
                "the sentence `{}` at {}..{} is outside the text",
                sentence.text, sentence.source_start, sentence.source_end
            ));
        }
    }
    faults.extend(term_faults(outcome));
    faults
}

/// The counts of terms against the sentences themselves.
fn term_faults(outcome: &DocumentOutcome) -> Vec<String> {
    let mut faults = Vec::new();
    let roles: HashSet<&str> = outcome.sentences.iter().map(|sentence| sentence.section_role).collect();
    let keys: HashSet<(&str, &str)> =
        outcome.term_counts.iter().map(|row| (row.dictionary.as_str(), row.section_role)).collect();
    if keys.len() != outcome.term_counts.len() || keys.len() != roles.len() * vocabulary().dictionaries.names.len() {
        faults.push("term_counts has not one row for each dictionary and role".into());
    }
    for row in &outcome.term_counts {
        let texts = outcome.sentences.iter().filter(|sentence| sentence.section_role == row.section_role);
        let texts: Vec<String> = texts.map(|sentence| sentence.text.to_ascii_uppercase()).collect();
        let chars = texts.iter().flat_map(|text| text.chars()).filter(|c| !c.is_whitespace()).count();
        let is_its = |dictionary: &str, role: &str| row.dictionary == dictionary && role == row.section_role;
        let matches: Vec<_> =
            outcome.term_matches.iter().filter(|found| is_its(&found.dictionary, found.section_role)).collect();
        let mentions: i32 = matches.iter().map(|found| found.n_terms).sum();
        let written: i32 = matches.iter().map(|found| found.n_terms * found.term.chars().count() as i32).sum();
        if (row.n_chars as usize, row.n_sentences as usize) != (chars, texts.len())
            || (row.n_terms, row.n_distinct_terms, row.n_term_chars) != (mentions, matches.len() as i32, written)
            || row.n_term_sentences > row.n_sentences.min(row.n_terms)
        {
            faults.push(format!("{row:?} does not add up"));
        }
        for found in matches {
            let term = found.term.to_ascii_uppercase();
            let most: usize = texts.iter().map(|text| text.matches(term.as_str()).count()).sum();
            if found.n_terms < 1 || found.n_terms as usize > most {
                faults.push(format!("{found:?}: the text has it {most} times"));
            }
        }
    }
    faults
}

#[test]
fn sample_reports_keep_the_guarantees() {
    let (counts, wrong) = check_folder(&root().join("data/reports"));
    assert_none("rows break a guarantee", &wrong);
    assert_eq!((counts.files, counts.documents), (11, 11));
    assert!(counts.observations > 500, "{}", counts.observations);
}

#[test]
fn annotated_reports_keep_the_guarantees() {
    let Some(folder) = beside("shared/gold") else { return };
    let (counts, wrong) = check_folder(&folder);
    assert_none("rows break a guarantee", &wrong);
    assert!(counts.documents >= 5 && counts.observations > 300);
}

#[test]
fn real_reports_keep_the_guarantees() {
    let Some(folder) = beside("shared/corpus") else { return };
    let (counts, wrong) = check_folder(&folder);
    assert_none("rows break a guarantee", &wrong);
    assert!(counts.documents > 300 && counts.observations > 30_000);
}
