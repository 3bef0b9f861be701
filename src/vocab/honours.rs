//! The words of claims, from `honours.csv`: what says that an honour was won, who gave it, how far up, and what is one;
//! places among others without a number.
//!
//! They have matchers of their own, apart from those of `cues.csv`: here 获 is a cue and 收获 (harvest) hides it.

use super::CueExample;
use super::load::{fields, records, suggestion};
use super::trie::Trie;
use super::words::Words;
use crate::error::{Error, Result};
use crate::normalize::fold_term;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

macro_rules! honour_kinds {
    ($($variant:ident $name:literal $meaning:literal;)+) => {
        /// What a word of `honours.csv` does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum HonourKind { $(#[doc = $meaning] $variant,)+ }

        impl HonourKind {
            /// Every kind with its name in `honours.csv` and what it does.
            pub const ALL: &'static [(HonourKind, &'static str, &'static str)] =
                &[$((HonourKind::$variant, $name, $meaning),)+];

            /// The name in `honours.csv`.
            pub fn name(self) -> &'static str {
                HonourKind::ALL[self as usize].1
            }
        }
    };
}

honour_kinds! {
    Win "win" "Says that the honour behind it was won (荣获, 获评).";
    Gain "gain" "Says so of many other things too (获得, 成为): the honour needs a mark and a level or quotation marks.";
    Become "become" "成为: like gain, and never in a plan.";
    Grant "grant" "What a giver does (授予, 命名为): needs 被 or 获 before it.";
    Strive "strive" "Works for the honour behind it (争创, 创建): a target, and only in a plan.";
    Pass "pass" "The honour stands between it and a check, or before it (通过…验收).";
    Check "check" "Ends what is passed (验收, 复审).";
    CheckWord "check_word" "Stands between the honour and its check (年度).";
    Done "done" "The honour stands before it (创建成功).";
    Crown "crown" "Behind a number: how often the honour before it was won (七连冠).";
    Guard "none" "Holds a cue and is none (收获).";
    Mark "mark" "In a title it tells that it is an honour; `value` is the form (示范区, 先进集体).";
    Level "level" "At the head of a title, of a giver or of a pool it tells the level, which is `value` (全国, 省级).";
    NoLevel "no_level" "Begins like a level and is none (市场).";
    Giver "giver" "Gives honours (国务院, 省政府).";
    GiverEnd "giver_end" "Ends the name of one that gives honours (部, 委员会).";
    Given "given" "Stands between the giver and the title (授予的).";
    Tail "tail" "Closes a title and is no part of it (称号).";
    Filler "filler" "Stands between the cue and the title and is no part of it (首批, 全市唯一).";
    Adverb "adverb" "Stands between what got the honour and the cue (再次, 先后).";
    Lead "lead" "Stands before what got the honour and is no part of it (推动).";
    Promise "promise" "In a plan it tells that the honour is still to be won (推动, 争取).";
    Vague "vague" "A place among others without a number (前列, 领先).";
    Standing "standing" "Such a place that needs no group between it and its verb (名列前茅).";
    Slogan "slogan" "Before such a place it tells that nothing is claimed (奋力).";
    Ranked "ranked" "Ends what is ranked; `value` is its kind (增速).";
    RankAdverb "rank_adverb" "Stands between what is ranked and its place (长期).";
    PoolEnd "pool_end" "Ends the name of a group (城市).";
    AreaEnd "area_end" "Ends a title that an area gets (城市): without words for who got it, it is the reporting area.";
    NotTitle "not_title" "At the end of the words it tells that they are no honour (资金, 批复).";
    NotHonour "not_honour" "Anywhere in the words it tells that they are no honour (获批上市).";
}

/// The kinds of [`HonourWords::cues_in`].
const CUES: &[HonourKind] = &[
    HonourKind::Win,
    HonourKind::Gain,
    HonourKind::Become,
    HonourKind::Grant,
    HonourKind::Strive,
    HonourKind::Pass,
    HonourKind::Done,
    HonourKind::Crown,
    HonourKind::Guard,
];

/// What `value` may be of a mark: the forms of an honour.
pub const HONOUR_FORMS: [&str; 5] = ["designation", "pilot", "award", "list", "praise"];
/// What `value` may be of what is ranked.
pub const RANKED: [&str; 5] = ["level", "growth", "increment", "share", "assessment"];
/// What `value` may be of a level.
pub const HONOUR_LEVELS: [&str; 6] = ["international", "national", "region", "province", "city", "county"];

/// The words of `honours.csv`, indexed.
#[derive(Debug)]
pub struct HonourWords {
    cues: Vec<(String, HonourKind)>,
    cue_trie: Trie,
    /// For each mark its form.
    marks: Vec<&'static str>,
    mark_trie: Trie,
    levels: Words<&'static str>,
    ranked: Words<&'static str>,
    vague: Vec<String>,
    vague_trie: Trie,
    /// The words of the other kinds.
    lists: BTreeMap<HonourKind, Words>,
    pub examples: Vec<CueExample>,
}

impl HonourWords {
    /// Every cue in text order, none overlapping, the longest of those that begin first; guards are left out.
    pub fn cues_in<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (Range<usize>, HonourKind)> + 't {
        let found = self.cue_trie.find_iter(text).map(|(range, word)| (range, self.cues[word].1));
        found.filter(|(_, kind)| *kind != HonourKind::Guard)
    }

    /// The words of [`HonourWords::cues_in`], guards among them.
    pub(super) fn cues(&self) -> impl Iterator<Item = (&str, HonourKind)> {
        self.cues.iter().map(|(word, kind)| (word.as_str(), *kind))
    }

    /// The words of [`HonourWords::vague_in`].
    pub(super) fn vague(&self) -> impl Iterator<Item = &str> {
        self.vague.iter().map(String::as_str)
    }

    /// Every mark in text order with its form.
    pub fn marks_in<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (Range<usize>, &'static str)> + 't {
        self.mark_trie.find_iter(text).map(|(range, word)| (range, self.marks[word]))
    }

    /// The level that a text begins with: the word and what it says.
    pub fn level_of<'t>(&self, text: &'t str) -> Option<(&'t str, &'static str)> {
        if self.prefix(HonourKind::NoLevel, text).is_some() {
            return None;
        }
        self.levels.prefix(text)
    }

    /// What is ranked, by the end of its name: growth for 税收增速.
    pub fn ranked(&self, text: &str) -> Option<&'static str> {
        self.ranked.suffix(text).map(|(_, kind)| kind)
    }

    /// Every place without a number, in text order, the longest of those that begin first.
    pub fn vague_in<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        self.vague_trie.find_iter(text).map(|(range, _)| range)
    }

    /// The longest word of a kind that a text begins with.
    pub fn prefix<'t>(&self, kind: HonourKind, text: &'t str) -> Option<&'t str> {
        self.lists.get(&kind)?.prefix(text).map(|(word, ())| word)
    }

    /// The longest word of a kind that a text ends with.
    pub fn suffix<'t>(&self, kind: HonourKind, text: &'t str) -> Option<&'t str> {
        self.lists.get(&kind)?.suffix(text).map(|(word, ())| word)
    }

    /// Where the first word of a kind begins in a text, of two at one place the longer.
    pub fn first(&self, kind: HonourKind, text: &str) -> Option<Range<usize>> {
        self.lists.get(&kind)?.first(text)
    }

    /// Whether a text holds a word of a kind.
    pub fn holds(&self, kind: HonourKind, text: &str) -> bool {
        self.lists.get(&kind).is_some_and(|words| words.are_in(text))
    }
}

/// Reads `honours.csv`.
pub(super) fn load_honours(text: &str) -> Result<HonourWords> {
    const FILE: &str = "honours.csv";
    let mut lines: HashMap<(String, HonourKind), usize> = HashMap::new();
    let mut cues: BTreeMap<String, HonourKind> = BTreeMap::new();
    let mut marks: BTreeMap<String, &'static str> = BTreeMap::new();
    let (mut levels, mut ranked) = (Words::default(), Words::default());
    let mut vague: Vec<String> = Vec::new();
    let mut lists: BTreeMap<HonourKind, Words> = BTreeMap::new();
    let mut examples = Vec::new();
    for (line, row) in records(FILE, text, &["term", "kind", "value", "example", "want"])? {
        let problem = |message: String| Error::Vocab { file: FILE.into(), line, message };
        let [term, kind, value, example, want] = fields(&row);
        let term = fold_term(term);
        if term.is_empty() {
            return Err(problem("empty term".into()));
        }
        let Some(&(kind, name, _)) = HonourKind::ALL.iter().find(|(_, name, _)| *name == kind) else {
            let known = HonourKind::ALL.iter().map(|&(_, name, _)| name);
            return Err(problem(format!("unknown kind `{kind}`{}", suggestion(kind, known))));
        };
        if let Some(first) = lines.insert((term.clone(), kind), line) {
            return Err(problem(format!("`{term}` as {name} is already in line {first}")));
        }
        let one_of = |known: &[&'static str]| match known.iter().find(|known| **known == value) {
            Some(&known) => Ok(known),
            None => Err(problem(format!("unknown value `{value}`; of a {name} it is one of {}", known.join(", ")))),
        };
        match kind {
            HonourKind::Mark => {
                marks.insert(term.clone(), one_of(&HONOUR_FORMS)?);
            }
            HonourKind::Level => levels.add(&term, one_of(&HONOUR_LEVELS)?),
            HonourKind::Ranked => ranked.add(&term, one_of(&RANKED)?),
            _ if !value.is_empty() => return Err(problem(format!("`{term}` as {name} takes no value"))),
            kind if CUES.contains(&kind) => {
                if let Some(other) = cues.insert(term.clone(), kind) {
                    return Err(problem(format!("`{term}` is {} already; a cue has one kind", other.name())));
                }
            }
            HonourKind::Vague => vague.push(term.clone()),
            kind => lists.entry(kind).or_default().add(&term, ()),
        }
        if !example.is_empty() {
            examples.push(CueExample { file: FILE, line, term, example: example.into(), want: want.into() });
        }
    }
    Ok(HonourWords {
        cue_trie: Trie::new(cues.keys().map(String::as_str)),
        cues: cues.into_iter().collect(),
        mark_trie: Trie::new(marks.keys().map(String::as_str)),
        marks: marks.into_values().collect(),
        levels,
        ranked,
        vague_trie: Trie::new(vague.iter().map(String::as_str)),
        vague,
        lists,
        examples,
    })
}
