//! A published dataset and annotations made by hand -> how much of them the dataset has right.
//!
//! A row meets an annotation when their places in the text overlap; each meets one at most, the best overlap
//! first. Of the pairs that met, every field is compared. It reads, and changes nothing; what an annotation holds
//! is explained in `data/gold/README.md`.

mod load;
mod page;

pub use load::{Annotations, Document, Extracted, Gold, Span};

use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use crate::error::Result;

/// The fields compared, in the order of the page; the first [`TUPLE`] make the tuple.
pub const FIELDS: [&str; 11] = [
    "value",
    "unit",
    "measure",
    "direction",
    "status",
    "comparator",
    "period",
    "role",
    "within",
    "scope",
    "indicator_text",
];
/// How many of the [`FIELDS`] must be right for the tuple; the wording besides for the full row.
const TUPLE: usize = 7;
/// The place of `indicator_text` among the [`FIELDS`].
const WORDING: usize = 10;

/// Values are the same when they differ by less than this part: annotations round fractions to two digits.
const VALUE_TOLERANCE: f64 = 5e-4;
/// Wordings are the same when this much of their characters is shared (F1).
const WORDING_SHARED: f64 = 0.6;
/// Characters of a wording that do not count.
const WORDING_IGNORED: &str = " \t\n\u{3000}\u{a0},，、。;；:：()（）“”\"'‘’《》的了和及与";

/// Multipliers in front of a unit, the longer first.
const MULTIPLIERS: [(&str, f64); 10] = [
    ("万亿", 1e12),
    ("千亿", 1e11),
    ("百亿", 1e10),
    ("十亿", 1e9),
    ("千万", 1e7),
    ("百万", 1e6),
    ("亿", 1e8),
    ("万", 1e4),
    ("千", 1e3),
    ("百", 1e2),
];
/// Units written in two ways.
const SAME_UNITS: [(&str, &str); 10] = [
    ("％", "%"),
    ("元人民币", "元"),
    ("人民币", "元"),
    ("名", "人"),
    ("个百分点", "百分点"),
    ("平米", "平方米"),
    ("㎡", "平方米"),
    ("微克/m3", "微克/立方米"),
    ("μg/m3", "微克/立方米"),
    ("μg/m³", "微克/立方米"),
];

/// What was counted for one document, or for several together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Score {
    /// Annotations that count.
    pub gold: usize,
    /// Rows of the dataset that count.
    pub rows: usize,
    /// Pairs that met.
    pub met: usize,
    /// Of them, those with the field right, in the order of [`FIELDS`].
    pub right: [usize; FIELDS.len()],
    /// Pairs with value, unit, measure, direction, status, comparator and period right.
    pub tuple: usize,
    /// Pairs with the wording right besides.
    pub full: usize,
    /// Pairs whose annotation has a catalogue id, and those whose row has the same.
    pub linked: (usize, usize),
    /// Pairs whose row has an id that the annotation could have, and those where it has it.
    pub links: (usize, usize),
}

impl Score {
    fn add(&mut self, other: &Score) {
        self.gold += other.gold;
        self.rows += other.rows;
        self.met += other.met;
        self.right.iter_mut().zip(other.right).for_each(|(sum, count)| *sum += count);
        self.tuple += other.tuple;
        self.full += other.full;
        self.linked = (self.linked.0 + other.linked.0, self.linked.1 + other.linked.1);
        self.links = (self.links.0 + other.links.0, self.links.1 + other.links.1);
    }

    /// The share of the rows that are observations.
    pub fn precision(&self) -> f64 {
        share(self.met, self.rows)
    }

    /// The share of the annotations that were found.
    pub fn recall(&self) -> f64 {
        share(self.met, self.gold)
    }

    /// The F1 of counting only `hits` of the pairs that met.
    fn f1(&self, hits: usize) -> f64 {
        share(2 * hits, self.rows + self.gold)
    }

    /// All figures by name: precision, recall, F1 (`detect`), the fields, `tuple`, `full`, `linked` and
    /// `link_precision`; the last two are `None` when there is nothing to link.
    pub fn figures(&self) -> Vec<(&'static str, Option<f64>)> {
        let some = |(all, right): (usize, usize)| (all > 0).then(|| share(right, all));
        let mut figures =
            vec![("P", Some(self.precision())), ("R", Some(self.recall())), ("detect", Some(self.f1(self.met)))];
        figures.extend(FIELDS.iter().zip(self.right).map(|(field, right)| (*field, Some(share(right, self.met)))));
        figures.push(("tuple", Some(self.f1(self.tuple))));
        figures.push(("full", Some(self.f1(self.full))));
        figures.push(("linked", some(self.linked)));
        figures.push(("link_precision", some(self.links)));
        figures
    }
}

/// How the annotations with one phenomenon fared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct PhenomenonScore {
    pub gold: usize,
    pub met: usize,
    pub tuple: usize,
    pub full: usize,
}

impl PhenomenonScore {
    /// The shares found, with the tuple right, and right in full; what was missed is wrong.
    fn shares(self) -> [f64; 3] {
        [self.met, self.tuple, self.full].map(|count| share(count, self.gold))
    }
}

/// The outcome of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Evaluation {
    /// Annotated documents by name, and their scores.
    pub documents: Vec<(String, Score)>,
    pub total: Score,
    pub phenomena: BTreeMap<String, PhenomenonScore>,
    /// Annotated documents that the dataset does not have; all their annotations count as missed.
    pub absent: Vec<String>,
    /// Every wrong field, missed annotation and row without an annotation.
    pub errors: Vec<Value>,
}

/// Compares a published dataset (OUTPUT or OUTPUT/current) with a directory of annotations.
///
/// # Errors
///
/// When there is no dataset, there are no annotations, or one of them cannot be read; the message says where.
pub fn evaluate(dataset: &Path, gold: &Path) -> Result<Evaluation> {
    let annotations = load::annotations(gold)?;
    let names: Vec<&str> = annotations.documents.iter().map(|gold| gold.name.as_str()).collect();
    let extracted = load::dataset(dataset, &names)?;
    Ok(compare(&annotations, &extracted))
}

/// Compares rows, by the name of their document, with annotations.
pub fn compare(annotations: &Annotations, extracted: &HashMap<String, Vec<Extracted>>) -> Evaluation {
    let mut evaluation = Evaluation::default();
    for document in &annotations.documents {
        let rows = extracted.get(&document.name);
        if rows.is_none() {
            evaluation.absent.push(document.name.clone());
        }
        let rows = rows.map_or(&[][..], Vec::as_slice);
        let score = compare_document(document, rows, annotations.indicators.as_ref(), &mut evaluation);
        evaluation.total.add(&score);
        evaluation.documents.push((document.name.clone(), score));
    }
    evaluation
}

fn compare_document(
    document: &Document,
    rows: &[Extracted],
    indicators: Option<&HashSet<String>>,
    evaluation: &mut Evaluation,
) -> Score {
    let is_inside = |row: &&Extracted| {
        document.spans.as_ref().is_none_or(|spans| spans.iter().any(|s| (s.start..s.end).contains(&row.start)))
    };
    let phenomena: Vec<Vec<&str>> = (0..document.gold.len()).map(|at| phenomena(&document.gold, at)).collect();
    let (optional, gold): (Vec<usize>, Vec<usize>) =
        (0..document.gold.len()).partition(|&at| document.gold[at].optional);
    let phenomena: Vec<&Vec<&str>> = gold.iter().map(|&at| &phenomena[at]).collect();
    let optional: Vec<&Gold> = optional.into_iter().map(|at| &document.gold[at]).collect();
    let gold: Vec<&Gold> = gold.into_iter().map(|at| &document.gold[at]).collect();

    // A row that touches nothing but an optional annotation counts neither way.
    let rows: Vec<&Extracted> = rows.iter().filter(is_inside).collect();
    let touched = |gold: &[&Gold]| -> HashSet<usize> { overlaps(gold, &rows).into_iter().map(|(_, at)| at).collect() };
    let (by_gold, by_optional) = (touched(&gold), touched(&optional));
    let is_counted = |at: &usize| by_gold.contains(at) || !by_optional.contains(at);
    let rows: Vec<&Extracted> = (0..rows.len()).filter(is_counted).map(|at| rows[at]).collect();

    let mut score = Score { gold: gold.len(), rows: rows.len(), ..Score::default() };
    let mut met = vec![None; gold.len()];
    let mut is_met = vec![false; rows.len()];
    for (at, row) in pairs(&gold, &rows) {
        met[at] = Some(rows[row]);
        is_met[row] = true;
    }
    for ((gold, row), phenomena) in gold.iter().zip(&met).zip(phenomena) {
        let (tuple, full) = match row {
            Some(row) => compare_pair(&document.name, gold, row, indicators, &mut score, &mut evaluation.errors),
            None => {
                evaluation.errors.push(json!({"doc": document.name, "missed": gold.value_text, "quote": gold.quote}));
                (false, false)
            }
        };
        for phenomenon in phenomena {
            let seen = evaluation.phenomena.entry((*phenomenon).to_string()).or_default();
            seen.gold += 1;
            seen.met += usize::from(row.is_some());
            seen.tuple += usize::from(tuple);
            seen.full += usize::from(full);
        }
    }
    for (row, _) in rows.iter().zip(is_met).filter(|(_, is_met)| !is_met) {
        evaluation.errors.push(json!({"doc": document.name, "spurious": row.value_text, "quote": row.quote}));
    }
    score
}

/// Counts one pair; gives whether the tuple and the full row are right.
fn compare_pair(
    name: &str,
    gold: &Gold,
    row: &Extracted,
    indicators: Option<&HashSet<String>>,
    score: &mut Score,
    errors: &mut Vec<Value>,
) -> (bool, bool) {
    let compared = fields(gold, row);
    let mut wrong = Map::new();
    score.met += 1;
    for (at, (is_right, told, found)) in compared.iter().enumerate() {
        score.right[at] += usize::from(*is_right);
        if !is_right {
            wrong.insert(FIELDS[at].into(), json!([told, found]));
        }
    }
    let tuple = compared[..TUPLE].iter().all(|(is_right, ..)| *is_right);
    let full = tuple && compared[WORDING].0;
    score.tuple += usize::from(tuple);
    score.full += usize::from(full);
    let (told, found) = (filled(&gold.indicator), filled(&row.indicator));
    let is_linked = told.is_some();
    let is_link = found.is_some_and(|id| indicators.is_none_or(|known| known.contains(id)));
    score.linked.0 += usize::from(is_linked);
    score.linked.1 += usize::from(is_linked && told == found);
    score.links.0 += usize::from(is_link);
    score.links.1 += usize::from(is_link && told == found);
    if (is_linked || is_link) && told != found {
        wrong.insert("indicator".into(), json!([told, found]));
    }
    if !wrong.is_empty() {
        errors.push(json!({"doc": name, "wrong": wrong, "quote": gold.quote}));
    }
    (tuple, full)
}

/// Of each field: whether it is right, what the annotation says, what the row says.
fn fields(gold: &Gold, row: &Extracted) -> [(bool, Value, Value); FIELDS.len()] {
    let (gold_multiplier, gold_unit) = split_unit(&gold.unit);
    let (row_multiplier, row_unit) = split_unit(&row.unit);
    let value = row.value.is_some_and(|v| is_close(gold.value * gold_multiplier, v.abs() * row_multiplier));
    let unit = row.value.is_some() && same_unit(gold_unit) == same_unit(row_unit);
    let plain = |told: Option<&str>, found: Option<&str>| (told == found, json!(told), json!(found));
    let scope = |scope: &Option<String>| filled(scope).unwrap_or("self").to_string();
    let (told_scope, found_scope) = (scope(&gold.scope), scope(&row.scope));
    let wording = shared(&gold.indicator_text, &row.indicator_text) >= WORDING_SHARED;
    [
        (value, json!(gold.value), json!(row.value)),
        (unit, json!(gold.unit), json!(row.unit)),
        plain(Some(&gold.measure), Some(&row.measure)),
        plain(filled(&gold.direction), filled(&row.direction)),
        plain(Some(&gold.status), Some(&row.status)),
        plain(Some(&gold.comparator), Some(&row.comparator)),
        (plain_period(&gold.period) == plain_period(&row.period), json!(gold.period), json!(row.period)),
        plain(filled(&gold.role), filled(&row.role)),
        plain(filled(&gold.within), filled(&row.within)),
        plain(Some(&told_scope), Some(&found_scope)),
        (wording, json!(gold.indicator_text), json!(row.indicator_text)),
    ]
}

/// Which annotation meets which row: those that overlap most (as part of what both cover) first.
fn pairs(gold: &[&Gold], rows: &[&Extracted]) -> Vec<(usize, usize)> {
    let part = |g: &Gold, r: &Extracted| {
        let common = g.end.min(r.end) - g.start.max(r.start);
        common as f64 / (g.end.max(r.end) - g.start.min(r.start)) as f64
    };
    let mut candidates: Vec<(f64, usize, usize)> =
        overlaps(gold, rows).into_iter().map(|(g, r)| (part(gold[g], rows[r]), g, r)).collect();
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut gold_taken, mut row_taken) = (vec![false; gold.len()], vec![false; rows.len()]);
    let mut pairs = Vec::new();
    for (_, g, r) in candidates {
        if !gold_taken[g] && !row_taken[r] {
            (gold_taken[g], row_taken[r]) = (true, true);
            pairs.push((g, r));
        }
    }
    pairs
}

/// All annotations and rows with a code point in common.
fn overlaps(gold: &[&Gold], rows: &[&Extracted]) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&at| rows[at].start);
    // How far the rows up to here reach, so that the search backwards can stop.
    let mut reach = Vec::with_capacity(order.len());
    let mut furthest = 0;
    for &at in &order {
        furthest = furthest.max(rows[at].end);
        reach.push(furthest);
    }
    let mut overlaps = Vec::new();
    for (g, gold) in gold.iter().enumerate() {
        let mut before = order.partition_point(|&at| rows[at].start < gold.end);
        while before > 0 && reach[before - 1] > gold.start {
            before -= 1;
            if rows[order[before]].end > gold.start {
                overlaps.push((g, order[before]));
            }
        }
    }
    overlaps
}

/// The phenomena of an annotation: those it names, or else those that its fields show.
fn phenomena(gold: &[Gold], at: usize) -> Vec<&str> {
    let row = &gold[at];
    if let Some(named) = &row.phenomenon {
        return named.split('|').filter(|name| !name.is_empty()).collect();
    }
    let is_range = |low: Option<&Gold>, high: Option<&Gold>| {
        low.zip(high).is_some_and(|(low, high)| {
            (low.comparator.as_str(), high.comparator.as_str()) == (">=", "<=")
                && low.indicator_text == high.indicator_text
                && (0..=2).contains(&(high.start - low.end))
        })
    };
    let before = at.checked_sub(1).and_then(|at| gold.get(at));
    let is_rank = row.measure == "rank";
    let in_words = row.value_text.replace("百分点", "");
    let is_span = row.period.split_once('/').is_some_and(|(from, to)| from.len() == 4 && to.len() == 4);
    [
        ("respectively", row.quote.contains("分别")),
        ("from_to", matches!(row.role.as_deref(), Some("from" | "to"))),
        ("part", row.role.as_deref() == Some("part")),
        ("range", is_range(Some(row), gold.get(at + 1)) || is_range(before, Some(row))),
        ("rank", is_rank),
        ("share", row.measure == "share"),
        ("multiple", row.measure == "multiple"),
        ("chinese_numeral", !is_rank && in_words.contains(|c| "一二两三四五六七八九十百半".contains(c))),
        ("fraction", ["分之", "成", "半"].iter().any(|word| in_words.contains(word)) && !in_words.contains("百分之")),
        ("bound", row.comparator != "="),
        ("target", row.status == "target"),
        ("estimate", row.status == "estimate"),
        ("zero", row.value == 0.0),
        ("damaged", row.unit.is_empty() && row.note.is_some()),
        ("multi_year", is_span),
        ("scope", filled(&row.scope).is_some_and(|scope| scope != "self")),
    ]
    .into_iter()
    .filter_map(|(name, holds)| holds.then_some(name))
    .collect()
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= (VALUE_TOLERANCE * a.abs().max(b.abs())).max(1e-9)
}

/// A unit as multiplier and rest. 千 and 百 count only alone: 千米 and 百分点 are units.
fn split_unit(unit: &str) -> (f64, &str) {
    let unit = unit.trim();
    for (word, multiplier) in MULTIPLIERS {
        if let Some(rest) = unit.strip_prefix(word)
            && (rest.is_empty() || !matches!(word, "千" | "百"))
        {
            return (multiplier, rest);
        }
    }
    (1.0, unit)
}

fn same_unit(unit: &str) -> &str {
    SAME_UNITS.iter().find(|(written, _)| *written == unit).map_or(unit, |(_, plain)| plain)
}

/// A year told as a span of itself, or from January to December, is that year.
fn plain_period(period: &str) -> &str {
    let period = period.trim();
    let Some((from, to)) = period.split_once('/') else { return period };
    match (from.strip_suffix("-01"), to.strip_suffix("-12")) {
        _ if from == to => from,
        (Some(first), Some(last)) if first == last => first,
        _ => period,
    }
}

/// The F1 of the characters of two wordings, each as often as it stands there.
fn shared(told: &str, found: &str) -> f64 {
    let count = |text: &str| {
        let mut counts: HashMap<char, usize> = HashMap::new();
        text.chars().filter(|c| !WORDING_IGNORED.contains(*c)).for_each(|c| *counts.entry(c).or_default() += 1);
        counts
    };
    let (told, found) = (count(told), count(found));
    let common: usize = told.iter().map(|(c, times)| found.get(c).map_or(0, |other| *times.min(other))).sum();
    share(2 * common, told.values().sum::<usize>() + found.values().sum::<usize>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 增长6% in the review of 2020, at a place.
    fn gold(start: i64, end: i64) -> Gold {
        Gold {
            quote: "地区生产总值增长6%".into(),
            value_text: "6%".into(),
            indicator_text: "地区生产总值".into(),
            value: 6.0,
            unit: "%".into(),
            measure: "change_pct".into(),
            direction: Some("up".into()),
            status: "actual".into(),
            comparator: "=".into(),
            period: "2020".into(),
            scope: Some("self".into()),
            within: None,
            role: None,
            indicator: Some("gdp".into()),
            phenomenon: None,
            note: None,
            optional: false,
            start,
            end,
            occurrence: None,
        }
    }

    /// The row that has the same right.
    fn row(start: i64, end: i64) -> Extracted {
        Extracted {
            value: Some(6.0),
            unit: "%".into(),
            measure: "change_pct".into(),
            direction: Some("up".into()),
            status: "actual".into(),
            comparator: "=".into(),
            period: "2020".into(),
            scope: Some("self".into()),
            indicator_text: "地区生产总值".into(),
            indicator: Some("gdp".into()),
            value_text: "6%".into(),
            start,
            end,
            ..Extracted::default()
        }
    }

    fn compare_one(gold: Vec<Gold>, rows: Vec<Extracted>) -> Evaluation {
        let documents = vec![Document { name: "a".into(), gold, spans: None }];
        compare(&Annotations { documents, indicators: None }, &HashMap::from([("a".to_string(), rows)]))
    }

    fn met(gold: &[Gold], rows: &[Extracted]) -> Vec<(usize, usize)> {
        let mut pairs = pairs(&gold.iter().collect::<Vec<_>>(), &rows.iter().collect::<Vec<_>>());
        pairs.sort_unstable();
        pairs
    }

    #[test]
    fn the_best_overlap_meets_first_and_each_only_once() {
        // The wide row covers both; the narrow one fits the second exactly, so the first is left for the wide.
        assert_eq!(met(&[gold(0, 4), gold(4, 8)], &[row(0, 8), row(4, 8)]), [(0, 0), (1, 1)]);
        // Touching ends are no overlap.
        assert_eq!(met(&[gold(0, 4)], &[row(4, 8)]), []);
        // Equal overlaps: the earlier annotation, then the earlier row.
        assert_eq!(met(&[gold(0, 4), gold(0, 4)], &[row(0, 4)]), [(0, 0)]);
        assert_eq!(met(&[gold(0, 4)], &[row(0, 4), row(0, 4)]), [(0, 0)]);
        // A long row far before does not hide behind later ones that end earlier.
        assert_eq!(met(&[gold(20, 22)], &[row(0, 30), row(5, 6), row(8, 9)]), [(0, 0)]);
    }

    #[test]
    fn counts_become_figures() {
        let mut wrong = row(10, 12);
        (wrong.status, wrong.indicator) = ("target".into(), None);
        let mut gold = vec![gold(0, 2), gold(10, 12), gold(20, 22), gold(30, 32)];
        gold[3].indicator = None;
        let evaluation = compare_one(gold, vec![row(0, 2), wrong, row(30, 32), row(40, 42), row(50, 52)]);
        let score = &evaluation.total;
        assert_eq!((score.gold, score.rows, score.met, score.tuple, score.full), (4, 5, 3, 2, 2));
        assert_eq!((score.linked, score.links), ((2, 1), (2, 1)));
        let figures: HashMap<&str, Option<f64>> = score.figures().into_iter().collect();
        for (name, want) in [
            ("P", 3.0 / 5.0),
            ("R", 3.0 / 4.0),
            ("detect", 6.0 / 9.0),
            ("value", 1.0),
            ("status", 2.0 / 3.0),
            ("tuple", 4.0 / 9.0),
            ("full", 4.0 / 9.0),
            ("linked", 0.5),
            ("link_precision", 0.5),
        ] {
            assert_eq!(figures[name], Some(want), "{name}");
        }
        let told: Vec<String> = evaluation.errors.iter().map(Value::to_string).collect();
        assert_eq!(told.len(), 5, "{told:?}");
        assert!(told[0].contains(r#""status":["actual","target"]"#) && told[0].contains(r#""indicator":["gdp",null]"#));
        assert!(told[1].contains(r#""missed":"6%""#) && told[3].contains(r#""spurious":"6%""#), "{told:?}");
        assert_eq!(compare_one(vec![], vec![]).total.figures()[0], ("P", Some(0.0)));
    }

    #[test]
    fn optional_annotations_count_neither_way() {
        let optional = Gold { optional: true, ..gold(10, 12) };
        let found = compare_one(vec![gold(0, 2), optional.clone()], vec![row(0, 2), row(10, 12)]);
        assert_eq!((found.total.gold, found.total.rows, found.total.met), (1, 1, 1));
        // A row that touches an annotation that counts is counted, optional or not.
        let both = compare_one(vec![gold(9, 11), optional], vec![row(10, 12)]);
        assert_eq!((both.total.gold, both.total.rows, both.total.met), (1, 1, 1));
    }

    #[test]
    fn only_annotated_parts_count() {
        let spans = Some(vec![Span { start: 0, end: 10 }, Span { start: 20, end: 30 }]);
        let documents = vec![Document { name: "a".into(), gold: vec![gold(8, 10)], spans }];
        let rows = HashMap::from([("a".to_string(), vec![row(8, 10), row(10, 12), row(20, 22), row(30, 32)])]);
        let score = compare(&Annotations { documents, indicators: None }, &rows).total;
        assert_eq!((score.gold, score.rows, score.met), (1, 2, 1));
    }

    #[test]
    fn absent_documents_are_missed_and_told() {
        let documents = vec![Document { name: "b".into(), gold: vec![gold(0, 2)], spans: None }];
        let evaluation = compare(&Annotations { documents, indicators: None }, &HashMap::new());
        assert_eq!((evaluation.total.gold, evaluation.total.met), (1, 0));
        assert_eq!(evaluation.absent, ["b"]);
    }

    #[test]
    fn only_ids_that_could_be_given_count_as_links() {
        let documents = vec![Document { name: "a".into(), gold: vec![gold(0, 2), gold(4, 6)], spans: None }];
        let rows = vec![row(0, 2), Extracted { indicator: Some("new".into()), ..row(4, 6) }];
        let rows = HashMap::from([("a".to_string(), rows)]);
        let links = |indicators| compare(&Annotations { documents: documents.clone(), indicators }, &rows).total.links;
        assert_eq!(links(None), (2, 1));
        assert_eq!(links(Some(HashSet::from(["gdp".to_string()]))), (1, 1));
    }

    #[test]
    fn fields_are_compared_by_what_they_mean() {
        let right = |told: Gold, found: Extracted| fields(&told, &found).map(|(is_right, ..)| is_right);
        let amount = |value: f64, unit: &str| Gold { value, unit: unit.into(), ..gold(0, 2) };
        let found = |value: f64, unit: &str| Extracted { value: Some(value), unit: unit.into(), ..row(0, 2) };
        let value_and_unit = |told, found| right(told, found)[..2].to_vec();
        for (told, found, want) in [
            (amount(1.6, "万名"), found(16000.0, "人"), [true, true]),
            (amount(1.0, "万亿元"), found(10000.0, "亿元"), [true, true]),
            (amount(2.0, "千克"), found(2.0, "千克"), [true, true]),
            (amount(2.0, "千克"), found(2000.0, "克"), [false, false]),
            (amount(33.33, "%"), found(33.3333, "％"), [true, true]),
            (amount(33.33, "%"), found(33.0, "%"), [false, true]),
            (amount(28.0, "个百分点"), found(-28.0, "百分点"), [true, true]),
            (amount(5.0, ""), found(5.0, "个"), [true, false]),
        ] {
            assert_eq!(value_and_unit(told.clone(), found.clone()), want, "{told:?} {found:?}");
        }
        let nothing = Extracted { value: None, ..row(0, 2) };
        assert_eq!(value_and_unit(gold(0, 2), nothing), [false, false]);
        for (told, found, want) in [
            ("2020", "2020/2020", true),
            ("2020", "2020-01/2020-12", true),
            ("2016/2020", "2016/2020", true),
            ("2019-01/2019-11", "2019", false),
            ("2019-01/2020-12", "2019", false),
        ] {
            let told = Gold { period: told.into(), ..gold(0, 2) };
            assert_eq!(right(told, Extracted { period: found.into(), ..row(0, 2) })[6], want, "{found}");
        }
        let empty = Extracted { scope: None, within: Some(String::new()), ..row(0, 2) };
        assert_eq!(right(gold(0, 2), empty), [true; FIELDS.len()]);
        assert_eq!(shared("新增、改造公厕", "改造公厕"), 2.0 * 4.0 / (4.0 + 6.0));
        assert_eq!(shared("", "公厕"), 0.0);
    }

    #[test]
    fn phenomena_are_named_or_shown_by_the_fields() {
        let low = Gold { value_text: "3".into(), comparator: ">=".into(), status: "target".into(), ..gold(10, 11) };
        let high = Gold { value_text: "5家".into(), comparator: "<=".into(), ..gold(12, 14) };
        let rows = [low, high, Gold { phenomenon: Some("list|zero".into()), ..gold(20, 22) }];
        assert_eq!(phenomena(&rows, 0), ["range", "bound", "target"]);
        assert_eq!(phenomena(&rows, 1), ["range", "bound"]);
        assert_eq!(phenomena(&rows, 2), ["list", "zero"]);
        let shown = |row: Gold| phenomena(&[row], 0).join("|");
        let words = |value_text: &str, measure: &str| Gold {
            value_text: value_text.into(),
            measure: measure.into(),
            ..gold(0, 2)
        };
        assert_eq!(shown(words("第三", "rank")), "rank");
        assert_eq!(shown(words("近六成", "share")), "share|chinese_numeral|fraction");
        assert_eq!(shown(words("百分之九十", "level")), "chinese_numeral");
        assert_eq!(shown(words("3个百分点", "change_abs")), "");
        let part = Gold { role: Some("part".into()), scope: Some("园区".into()), value: 0.0, ..gold(0, 2) };
        assert_eq!(shown(part), "part|zero|scope");
        let damaged =
            Gold { unit: String::new(), note: Some("no unit".into()), period: "2016/2020".into(), ..gold(0, 2) };
        assert_eq!(shown(damaged), "damaged|multi_year");
        let score = compare_one(rows.to_vec(), vec![row(20, 22)]);
        assert_eq!(score.phenomena["range"], PhenomenonScore { gold: 2, met: 0, tuple: 0, full: 0 });
        assert_eq!(score.phenomena["list"], PhenomenonScore { gold: 1, met: 1, tuple: 1, full: 1 });
    }
}
