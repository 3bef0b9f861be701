//! The words in the headers and captions of tables, from `tables.csv`: what a column holds.

use super::load::{fields, records, suggestion};
use super::matcher;
use crate::error::{Error, Result};
use crate::normalize::fold_term;
use aho_corasick::AhoCorasick;
use std::collections::BTreeMap;
use std::ops::Range;

macro_rules! table_kinds {
    ($($variant:ident $name:literal $meaning:literal;)+) => {
        /// What a word of `tables.csv` says of its column.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum TableKind { $(#[doc = $meaning] $variant,)+ }

        impl TableKind {
            /// Every kind with its name in `tables.csv` and what it does.
            pub const ALL: &'static [(TableKind, &'static str, &'static str)] =
                &[$((TableKind::$variant, $name, $meaning),)+];
        }
    };
}

table_kinds! {
    Serial "serial" "The column counts the rows (序号).";
    Name "name" "The column names what is measured (指标).";
    Place "place" "The column names places, one a row (乡镇).";
    Unit "unit" "The column holds the units (计量单位).";
    Other "other" "The column holds no values (备注, 责任单位, 联系电话).";
    Progress "progress" "How much of a plan is done (完成年度计划): its numbers are not read.";
    Target "target" "The values are to be reached (目标, 预期).";
    Estimate "estimate" "The values are expected (预计).";
    Actual "actual" "The values were reached (完成, 实际).";
    Level "level" "The values are amounts (绝对额); the word is no part of what is measured.";
    Up "up" "Changes upwards, unless a sign says otherwise (增长).";
    Rate "rate" "A noun for a rate of change (增速): percent where no unit is told.";
    Change "change" "Changes whose sign tells the direction (增减).";
    Down "down" "Changes downwards (下降).";
    Amount "amount" "Changes in the unit of the level, not in percent (增加额).";
    YearOnYear "yoy" "Against the year before (比上年).";
    Average "average" "Average over the years of a span (年均).";
    Share "share" "Parts of a whole (比重).";
    Rank "rank" "Positions (排名).";
}

/// The words of `tables.csv`, indexed.
#[derive(Debug)]
pub struct TableWords {
    /// For each pattern of the matcher its kinds.
    kinds: Vec<Vec<TableKind>>,
    matcher: AhoCorasick,
}

impl TableWords {
    /// Every word in text order, none overlapping, the longest of those that begin first.
    pub fn in_text<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (Range<usize>, &'t [TableKind])> + 't {
        self.matcher.find_iter(text).map(|m| (m.range(), self.kinds[m.pattern().as_usize()].as_slice()))
    }

    /// The kinds of all words in a text.
    pub fn kinds_in(&self, text: &str) -> Vec<TableKind> {
        self.in_text(text).flat_map(|(_, kinds)| kinds.iter().copied()).collect()
    }
}

/// Reads `tables.csv`.
pub(super) fn load_tables(text: &str) -> Result<TableWords> {
    const FILE: &str = "tables.csv";
    let mut words: BTreeMap<String, Vec<TableKind>> = BTreeMap::new();
    for (line, row) in records(FILE, text, &["term", "kind", "example"])? {
        let problem = |message: String| Error::Vocab { file: FILE.into(), line, message };
        let [term, kind, _] = fields(&row);
        let term = fold_term(term);
        if term.is_empty() {
            return Err(problem("empty term".into()));
        }
        let Some(&(kind, name, _)) = TableKind::ALL.iter().find(|(_, name, _)| *name == kind) else {
            let known = TableKind::ALL.iter().map(|&(_, name, _)| name);
            return Err(problem(format!("unknown kind `{kind}`{}", suggestion(kind, known))));
        };
        let kinds = words.entry(term.clone()).or_default();
        if kinds.contains(&kind) {
            return Err(problem(format!("`{term}` is {name} already")));
        }
        kinds.push(kind);
    }
    Ok(TableWords { matcher: matcher(words.keys().map(String::as_str))?, kinds: words.into_values().collect() })
}
