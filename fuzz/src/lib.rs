//! What must hold for any input. A broken rule is a panic, which the fuzzer reports with the input.

use std::collections::HashSet;
use std::sync::OnceLock;
use zhibiao::config::Config;
use zhibiao::decode::decode;
use zhibiao::document::document;
use zhibiao::issue::Issue;
use zhibiao::model::{Decoded, DocumentOutcome, RawFile};
use zhibiao::vocab::Vocabulary;

/// The embedded vocabulary, loaded once.
pub fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: OnceLock<Vocabulary> = OnceLock::new();
    VOCABULARY.get_or_init(|| Vocabulary::embedded().unwrap())
}

/// Loads what is loaded once, so that its time counts for no input.
pub fn load() {
    vocabulary();
}

/// Settings of a run, with limits low enough to be met.
pub fn config() -> &'static Config {
    static CONFIG: OnceLock<Config> = OnceLock::new();
    CONFIG.get_or_init(|| {
        let mut config = Config::default();
        config.read.max_depth = 64;
        config.read.max_text_chars = 100_000;
        config.read.max_unpacked_bytes = 1 << 20;
        config
    })
}

/// A file through its reader: a sound text, or an issue that says why there is none.
pub fn text_of(container: &'static str, bytes: &[u8]) -> Option<Decoded> {
    let file = RawFile::new("report", container, bytes.to_vec());
    let (decoded, issues) = decode(&file, config(), vocabulary());
    check_text(decoded.as_ref(), &issues);
    decoded
}

/// A text is what its evidence says, and issues point into it.
pub fn check_text(decoded: Option<&Decoded>, issues: &[Issue]) {
    let Some(decoded) = decoded else {
        assert!(!issues.is_empty(), "no text and no issue");
        return;
    };
    assert_eq!(decoded.replacements, decoded.text.matches('\u{FFFD}').count());
    assert!(decoded.score <= 1.0 && !decoded.text.trim().is_empty());
    let length = decoded.text.chars().count();
    assert!(length <= config().read.max_text_chars);
    issues.iter().for_each(|issue| check_issue(issue, length));
}

fn check_issue(issue: &Issue, length: usize) {
    assert!(!issue.message.is_empty());
    let (Some(start), Some(end)) = (issue.source_start, issue.source_end) else { return };
    assert!(0 <= start && start <= end && end as usize <= length, "{issue:?} in {length} characters");
}

/// A file through all stages: every row leads back to its words.
pub fn check_road(container: &'static str, bytes: &[u8]) {
    let file = RawFile::new("2021年甲市报告", container, bytes.to_vec());
    let text = decode(&file, config(), vocabulary()).0.map(|decoded| decoded.text);
    let outcome = document(&file, config(), vocabulary());
    assert_eq!(outcome.document.is_some(), text.is_some());
    match text {
        Some(text) => check_rows(&outcome, &text.chars().collect::<Vec<_>>()),
        None => assert!(outcome.observations.is_empty() && !outcome.issues.is_empty()),
    }
}

fn check_rows(outcome: &DocumentOutcome, characters: &[char]) {
    let slice = |start: i32, end: i32| -> Option<String> {
        Some(characters.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?.iter().collect())
    };
    let mut ids = HashSet::new();
    let known: HashSet<&str> = outcome.observations.iter().map(|row| row.obs_id.as_str()).collect();
    for row in &outcome.observations {
        assert_eq!(slice(row.source_start, row.source_end).as_ref(), Some(&row.value_text), "{row:?}");
        assert!(!row.value_text.is_empty(), "{row:?}");
        assert!(ids.insert(row.obs_id.as_str()), "two rows have the id {}", row.obs_id);
        assert!(row.value.is_finite() && row.value >= 0.0 && row.obs_value.is_finite(), "{row:?}");
        let sentence = &outcome.sentences[row.sentence_id as usize - 1];
        assert!(sentence.source_start <= row.source_start && row.source_end <= sentence.source_end, "{row:?}");
        assert!(row.related_obs_id.iter().all(|id| known.contains(id.as_str())), "{row:?}");
    }
    for row in &outcome.targets {
        assert_eq!(slice(row.source_start, row.source_end).as_ref(), Some(&row.target_text), "{row:?}");
        assert!(!row.target_text.is_empty(), "{row:?}");
        assert!(ids.insert(row.target_id.as_str()), "two rows have the id {}", row.target_id);
        let figures = [&row.obs_id, &row.obs_id_high, &row.obs_id_stretch];
        assert!(figures.into_iter().flatten().all(|id| known.contains(id.as_str())), "{row:?}");
        assert!(row.low.zip(row.high).is_none_or(|(low, high)| low <= high), "{row:?}");
    }
    for sentence in &outcome.sentences {
        assert!(slice(sentence.source_start, sentence.source_end).is_some_and(|words| !words.is_empty()));
    }
    outcome.issues.iter().for_each(|issue| check_issue(issue, characters.len()));
}
