//! The words of plans, from `targets.csv`: what makes a statement a target, also without a number.
//!
//! They have a matcher of their own, apart from that of `cues.csv`: the words of a plan are looked for in clauses of
//! plans only, and longer ones (基本同步) must not hide the words that numbers need.

use super::CueExample;
use super::load::{fields, records, suggestion};
use super::trie::Trie;
use super::words::Words;
use crate::error::{Error, Result};
use crate::model::COMPARATORS;
use crate::normalize::fold_term;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

macro_rules! target_kinds {
    ($($variant:ident $name:literal $meaning:literal;)+) => {
        /// What a word of `targets.csv` does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum TargetKind { $(#[doc = $meaning] $variant,)+ }

        impl TargetKind {
            /// Every kind with its name in `targets.csv` and what it does.
            pub const ALL: &'static [(TargetKind, &'static str, &'static str)] =
                &[$((TargetKind::$variant, $name, $meaning),)+];

            /// The name in `targets.csv`.
            pub fn name(self) -> &'static str {
                TargetKind::ALL[self as usize].1
            }
        }
    };
}

target_kinds! {
    Goal "goal" "Opens the list of targets (目标是).";
    Commitment "commitment" "How firmly it is promised (确保, 力争): goes into `modifier_text`.";
    Stretch "stretch" "Asks for more than the figure before it (努力争取更好结果).";
    Equal "equal" "As much as what stands before it behind 与 or 和 (同步, 持平).";
    Compare "compare" "More or less than what stands behind it (高于).";
    Meet "meet" "A verb of meeting: behind it what another level has set (完成…省定目标).";
    Delegated "delegated" "Says by itself that a standard set elsewhere is met (全面达标).";
    Manner "manner" "An adverb before a change (稳步, 进一步).";
    Change "change" "A change that needs an adverb to be a target without a number (增长 in 稳步增长).";
    Qualitative "qualitative" "A target without a number on its own (稳中提质).";
    Point "point" "A number in a word, exact (零增长).";
    Bound "bound" "A number in a word, a bound (正增长, 两位数增长).";
    Standing "standing" "A place among others without a number (前列).";
    StandingVerb "standing_verb" "Stands before the group that a place is in (位居).";
    Reference "reference" "What a comparison must hold to be one (全省, 上年, 经济).";
    Average "average" "Ends the name of a mean (平均水平).";
    Authority "authority" "Who has set a task (上级, 省).";
    Order "order" "How it was set (下达, 核定).";
    TaskNoun "task_noun" "What was set (目标, 任务).";
    Filler "filler" "Stands around what was set and says nothing (各项).";
    TaskEnd "task_end" "Closes what was set as a bound (以内).";
    Subject "subject" "What targets are set for besides the indicators of the catalogue (国际收支).";
    SubjectStart "subject_start" "May stand before the subject and is no part of it (推动).";
    LeadVerb "lead_verb" "What stands before it and the word itself are no part of the subject (通过多种措施促进农民收入…).";
    SubjectEnd "subject_end" "May stand behind the subject (水平, 增速).";
    SubjectTail "subject_tail" "An adverb between the subject and what is said of it (均, 也): no part of either.";
    NotSubject "not_subject" "No target: a cause, a fear or the past (随着, 防止).";
    Guard "none" "Begins like another word of this file and is none (保证金).";
}

/// The kinds that are looked for in a clause; the others are asked for at a place.
const SCANNED: &[TargetKind] = &[
    TargetKind::Goal,
    TargetKind::Commitment,
    TargetKind::Stretch,
    TargetKind::Equal,
    TargetKind::Compare,
    TargetKind::Meet,
    TargetKind::Delegated,
    TargetKind::Manner,
    TargetKind::Change,
    TargetKind::Qualitative,
    TargetKind::Point,
    TargetKind::Bound,
    TargetKind::Standing,
    TargetKind::Guard,
];

const DIRECTIONS: &[&str] = &["up", "down", "flat"];

/// One row of `targets.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetWord {
    pub text: String,
    pub kind: TargetKind,
    pub bound: Option<&'static str>,
    pub direction: Option<&'static str>,
    pub number: Option<f64>,
}

/// The words of `targets.csv`, indexed.
#[derive(Debug)]
pub struct TargetWords {
    /// For each word of the trie its rows.
    scanned: Vec<Vec<TargetWord>>,
    scanner: Trie,
    /// The words of the other kinds.
    lists: BTreeMap<TargetKind, Words>,
    pub examples: Vec<CueExample>,
}

impl TargetWords {
    /// Every word that is looked for, in text order, none overlapping, the longest of those that begin first.
    pub fn in_text<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (Range<usize>, &'t [TargetWord])> + 't {
        self.scanner.find_iter(text).map(|(range, word)| (range, self.scanned[word].as_slice()))
    }

    /// Every word that is looked for, once for each of its kinds.
    pub(super) fn scanned(&self) -> impl Iterator<Item = (&str, TargetKind)> {
        self.scanned.iter().flatten().map(|word| (word.text.as_str(), word.kind))
    }

    /// The longest word of a kind that a text begins with.
    pub fn prefix<'t>(&self, kind: TargetKind, text: &'t str) -> Option<&'t str> {
        self.lists.get(&kind)?.prefix(text).map(|(word, ())| word)
    }

    /// The longest word of a kind that a text ends with.
    pub fn suffix<'t>(&self, kind: TargetKind, text: &'t str) -> Option<&'t str> {
        self.lists.get(&kind)?.suffix(text).map(|(word, ())| word)
    }

    /// A text without the words of a kind at its end.
    pub fn without_suffixes<'t>(&self, kind: TargetKind, mut text: &'t str) -> &'t str {
        while let Some(end) = self.suffix(kind, text) {
            text = &text[..text.len() - end.len()];
        }
        text
    }

    /// The word of a kind that ends last in a text, the longest of those.
    pub fn last_of(&self, kind: TargetKind, text: &str) -> Option<Range<usize>> {
        self.lists.get(&kind)?.last(text)
    }

    /// Whether a text holds a word of a kind.
    pub fn holds(&self, kind: TargetKind, text: &str) -> bool {
        self.lists.get(&kind).is_some_and(|words| words.are_in(text))
    }

    /// How many words there are.
    pub fn count(&self) -> usize {
        self.scanned.iter().map(Vec::len).sum::<usize>() + self.lists.values().map(Words::count).sum::<usize>()
    }
}

/// Reads `targets.csv`.
pub(super) fn load_targets(text: &str) -> Result<TargetWords> {
    const FILE: &str = "targets.csv";
    let mut lines: HashMap<(String, TargetKind), usize> = HashMap::new();
    let mut scanned: BTreeMap<String, Vec<TargetWord>> = BTreeMap::new();
    let mut lists: BTreeMap<TargetKind, Words> = BTreeMap::new();
    let mut examples = Vec::new();
    let header = ["term", "kind", "bound", "direction", "number", "example", "want"];
    for (line, row) in records(FILE, text, &header)? {
        let problem = |message: String| Error::Vocab { file: FILE.into(), line, message };
        let [term, kind, bound, direction, number, example, want] = fields(&row);
        let term = fold_term(term);
        if term.is_empty() {
            return Err(problem("empty term".into()));
        }
        let Some(&(kind, name, _)) = TargetKind::ALL.iter().find(|(_, name, _)| *name == kind) else {
            let known = TargetKind::ALL.iter().map(|&(_, name, _)| name);
            return Err(problem(format!("unknown kind `{kind}`{}", suggestion(kind, known))));
        };
        if let Some(first) = lines.insert((term.clone(), kind), line) {
            return Err(problem(format!("`{term}` as {name} is already in line {first}")));
        }
        let one_of = |what: &str, word: &str, known: &[&'static str]| match known.iter().find(|k| **k == word) {
            Some(&known) => Ok(Some(known)),
            None if word.is_empty() => Ok(None),
            None => Err(problem(format!("unknown {what} `{word}`; it is one of {}", known.join(", ")))),
        };
        let bound = one_of("bound", bound, &COMPARATORS)?;
        let direction = one_of("direction", direction, DIRECTIONS)?;
        let number = match number {
            "" => None,
            digits => match digits.parse::<f64>() {
                Ok(number) if number.is_finite() => Some(number),
                _ => return Err(problem(format!("`{digits}` is no number"))),
            },
        };
        if matches!(kind, TargetKind::Point | TargetKind::Bound) && (number.is_none() || bound.is_none()) {
            return Err(problem(format!("`{term}` as {name} needs a bound and a number")));
        }
        if !example.is_empty() {
            examples.push(CueExample {
                file: FILE,
                line,
                term: term.clone(),
                example: example.into(),
                want: want.into(),
            });
        }
        if SCANNED.contains(&kind) {
            let word = TargetWord { text: term.clone(), kind, bound, direction, number };
            scanned.entry(term).or_default().push(word);
        } else {
            lists.entry(kind).or_default().add(&term, ());
        }
    }
    Ok(TargetWords {
        scanner: Trie::new(scanned.keys().map(String::as_str)),
        scanned: scanned.into_values().collect(),
        lists,
        examples,
    })
}
