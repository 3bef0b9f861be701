//! The words of `checks.csv`: how statements may be compared with each other.

use super::load::{fields, records, suggestion};
use super::matcher;
use crate::error::{Error, Result};
use crate::normalize::fold_term;
use aho_corasick::AhoCorasick;
use std::collections::{BTreeMap, BTreeSet};

macro_rules! check_kinds {
    ($($variant:ident $name:literal $meaning:literal;)+) => {
        /// What a word of `checks.csv` says of a statement that holds it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum CheckKind { $(#[doc = $meaning] $variant,)+ }

        impl CheckKind {
            /// Every kind with its name in `checks.csv` and what it does.
            pub const ALL: &'static [(CheckKind, &'static str, &'static str)] =
                &[$((CheckKind::$variant, $name, $meaning),)+];
        }
    };
}

check_kinds! {
    Apart "apart" "Only statements with the same of these words tell the same thing (累计, 日均).";
    GrowthAlone "growth_alone" "The growth does not follow from the levels: at constant prices or on another base (增加值, 可比口径).";
    Beyond100 "beyond_100" "A percentage of it may pass 100 (计划, 完成率).";
    Mean "mean" "A mean, a price or a standard: parts may be above the whole (人均).";
}

/// The words of `checks.csv`, indexed.
#[derive(Debug)]
pub struct CheckWords {
    lists: BTreeMap<CheckKind, (Vec<String>, AhoCorasick)>,
}

impl CheckWords {
    /// Whether a text holds a word of a kind.
    pub fn holds(&self, kind: CheckKind, text: &str) -> bool {
        self.lists.get(&kind).is_some_and(|(_, matcher)| matcher.is_match(text))
    }

    /// The words of a kind in a text, each once, joined by `|`.
    pub fn found(&self, kind: CheckKind, text: &str) -> String {
        let Some((words, matcher)) = self.lists.get(&kind) else { return String::new() };
        let found: BTreeSet<&str> = matcher.find_iter(text).map(|m| words[m.pattern().as_usize()].as_str()).collect();
        found.into_iter().collect::<Vec<_>>().join("|")
    }
}

/// Reads `checks.csv`.
pub(super) fn load_checks(text: &str) -> Result<CheckWords> {
    const FILE: &str = "checks.csv";
    let mut words: BTreeMap<CheckKind, Vec<String>> = BTreeMap::new();
    for (line, row) in records(FILE, text, &["term", "kind", "example"])? {
        let problem = |message: String| Error::Vocab { file: FILE.into(), line, message };
        let [term, kind, example] = fields(&row);
        let term = fold_term(term);
        let Some(&(kind, name, _)) = CheckKind::ALL.iter().find(|(_, name, _)| *name == kind) else {
            let known = CheckKind::ALL.iter().map(|&(_, name, _)| name);
            return Err(problem(format!("unknown kind `{kind}`{}", suggestion(kind, known))));
        };
        if term.is_empty() || !fold_term(example).contains(&term) {
            return Err(problem(format!("the example of `{term}` does not hold it")));
        }
        let list = words.entry(kind).or_default();
        if list.contains(&term) {
            return Err(problem(format!("`{term}` is {name} already")));
        }
        list.push(term);
    }
    let mut lists = BTreeMap::new();
    for (kind, list) in words {
        let matcher = matcher(list.iter().map(String::as_str))?;
        lists.insert(kind, (list, matcher));
    }
    Ok(CheckWords { lists })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_once_the_longest_first() {
        let text =
            "term,kind,example\n开工,apart,开工3套\n新开工,apart,新开工3套\n累计,apart,累计3套\n人均,mean,人均3元\n";
        let words = load_checks(text).unwrap();
        assert_eq!(words.found(CheckKind::Apart, "累计新开工住房3套，累计人均4元"), "新开工|累计");
        assert_eq!(words.found(CheckKind::Apart, "住房3套"), "");
        assert!(words.holds(CheckKind::Mean, "人均收入"));
        assert!(!words.holds(CheckKind::Beyond100, "人均收入"));
    }
}
