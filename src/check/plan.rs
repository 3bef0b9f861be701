//! What is asked of every table, and how pieces of tables are held against it: each piece is looked at once and alone,
//! what came of all is joined.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use arrow_array::RecordBatch;
use rayon::prelude::*;

use super::cell::Batch;
use super::expectations::Expectations;
use super::rule::{List, Lists, Pair, Place, Rule, Test};
use super::runs::Tallies;
use super::tally::{Count, Shown, Tally};
use super::{Outcome, Verdict};
use crate::error::{Error, Result};
use crate::tidy::TableDescription;

/// How many characters of a text are shown.
const SHOWN_CHARS: usize = 80;
/// Of the keys that fail a rule so many are remembered, to show rows that have them.
const FAILING_KEPT: usize = 1 << 16;

/// What is asked of every table.
pub struct Plan {
    tables: Vec<Table>,
    lists: Lists,
    expectations: Expectations,
    limit: usize,
}

/// What is asked of a table.
struct Table {
    name: &'static str,
    columns: Vec<String>,
    /// The columns that are shown of every failing row.
    explaining: Vec<String>,
    rules: Vec<Rule>,
}

impl Table {
    fn new(table: &TableDescription, expectations: &Expectations, lists: &mut Lists) -> Table {
        let columns: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        let mut explaining: Vec<String> = table.key.iter().map(|name| name.to_string()).collect();
        explaining.extend(expectations.show.iter().filter(|name| columns.contains(name)).cloned());
        let mut rules = Rule::of_definition(table, lists);
        rules.extend(Rule::of_file(table, expectations, lists));
        Table { name: table.name, columns, explaining, rules }
    }

    /// Key, columns in question and columns that explain, each once.
    fn shown(&self, batch: &Batch, row: usize, rule: &Rule) -> Shown {
        let mut shown = Shown::new();
        for column in self.explaining.iter().chain(&rule.columns) {
            if !shown.iter().any(|(name, _)| name == column) {
                let text = batch.column(column).cell(row).to_string();
                let cut: String = text.chars().take(SHOWN_CHARS).collect();
                shown.push((column.clone(), if cut.len() < text.len() { format!("{cut}…") } else { text }));
            }
        }
        shown
    }
}

impl Plan {
    /// What definitions and expectations ask; of each expectation so many failing rows are kept.
    pub fn new(tables: &[TableDescription], expectations: Expectations, limit: usize) -> Plan {
        let mut lists = Lists::new(tables);
        let tables = tables.iter().map(|table| Table::new(table, &expectations, &mut lists)).collect();
        Plan { tables, lists, expectations, limit }
    }

    fn find(&self, table: &str) -> Option<(usize, &Table)> {
        self.tables.iter().enumerate().find(|(_, known)| known.name == table)
    }

    /// What a piece of a table (some rows that follow each other) adds to the verdict.
    pub fn tally(&self, table: &str, batches: &[RecordBatch]) -> Tally {
        let mut tally = self.begin(table);
        batches.iter().for_each(|batch| self.add(table, batch, &mut tally));
        self.close(table, &mut tally);
        tally
    }

    /// The tally of no rows.
    pub(super) fn begin(&self, table: &str) -> Tally {
        let Some((at, table)) = self.find(table) else { return Tally::default() };
        Tally {
            rows: 0,
            filled: vec![false; table.columns.len()],
            counts: vec![Count::default(); table.rules.len()],
            lists: vec![Vec::new(); self.lists.of_table(at).len()],
        }
    }

    /// Looks at the next rows of a piece.
    pub(super) fn add(&self, table: &str, batch: &RecordBatch, tally: &mut Tally) {
        let Some((at, table)) = self.find(table) else { return };
        let batch = &Batch::new(batch);
        tally.rows += batch.len() as u64;
        for (column, is_filled) in table.columns.iter().zip(&mut tally.filled) {
            *is_filled |= batch.column(column).count() > 0;
        }
        for (rule, count) in table.rules.iter().zip(&mut tally.counts) {
            let Test::Row(test, filter) = &rule.test else { continue };
            let (takes, holds) = (filter.of(batch), test.of(batch));
            for row in (0..batch.len()).filter(|row| takes(*row)) {
                let Some(holds) = holds(row) else { continue };
                count.looked_at += 1;
                if !holds {
                    count.failed += 1;
                    if count.failing.len() < self.limit {
                        count.failing.push(table.shown(batch, row, rule));
                    }
                }
            }
        }
        for (list, pairs) in self.lists.of_table(at).iter().zip(&mut tally.lists) {
            list.add(batch, pairs);
        }
    }

    /// The piece has no more rows.
    pub(super) fn close(&self, table: &str, tally: &mut Tally) {
        let Some((at, _)) = self.find(table) else { return };
        for (list, pairs) in self.lists.of_table(at).iter().zip(&mut tally.lists) {
            list.close(pairs);
        }
    }

    /// Adds the next piece of a table to those of all tables.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the disk fails.
    pub fn gather(&self, tallies: &mut Tallies, table: &str, tally: Tally) -> Result<()> {
        let Some((number, table)) = self.find(table) else { return Ok(()) };
        tallies.push(table.name, number, tally).map_err(disk)
    }

    /// What came of all pieces together. `before` has the numbers of rows of the tables of an earlier dataset. Of rules that
    /// look at rows together no rows are shown: tallies do not have them.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the disk fails.
    pub fn verdict(&self, tallies: &mut Tallies, before: Option<&BTreeMap<String, u64>>) -> Result<Verdict> {
        let joined = self.join(tallies)?;
        let tables = self.tables.iter().map(|table| joined.outcomes(table.name, before));
        Ok(Verdict { expectations: tables.collect::<Vec<_>>().concat() })
    }

    /// The pieces with what came of the rules that look at rows of all pieces.
    pub(super) fn join<'p>(&'p self, tallies: &'p mut Tallies) -> Result<Joined<'p>> {
        let is_there = |place: Place| self.tables.get(place.table).is_some_and(|t| tallies.tables.contains_key(t.name));
        let mut looks: BTreeMap<&str, Vec<Look>> = BTreeMap::new();
        for table in self.tables.iter().filter(|table| tallies.tables.contains_key(table.name)) {
            let asked = table.rules.iter().filter(|rule| looked_up(rule).is_none_or(is_there));
            looks.insert(table.name, asked.map(Look::new).collect());
        }
        let places: BTreeSet<Place> = looks.values().flatten().filter_map(|look| looked_up(look.rule)).collect();
        let keeps_failing = self.limit > 0;
        tallies
            .each_part(|lists| {
                let rows = |place: &Place| (*place, rows(lists.get(place).map_or(&[], Vec::as_slice)));
                let found: BTreeMap<Place, Rows> = places.par_iter().map(rows).collect();
                let looks = looks.par_iter_mut().flat_map(|(_, looks)| looks);
                looks.for_each(|look| look.add(&lists, &found, keeps_failing));
            })
            .map_err(disk)?;
        Ok(Joined { plan: self, pieces: &tallies.tables, looks })
    }
}

fn disk(error: std::io::Error) -> Error {
    Error::io("cannot keep the keys of rows in", "a temporary file")(error)
}

/// The list of which a rule looks something up among all rows.
fn looked_up(rule: &Rule) -> Option<Place> {
    match rule.test {
        Test::Row(..) => None,
        Test::Unique(place) | Test::Leads(_, place) | Test::Counted(_, place) => Some(place),
    }
}

/// How many rows have each key. That two of five million keys share a digest has odds of one in a million.
type Rows = HashMap<u64, u64, BuildHasherDefault<AsItIs>>;

fn rows(pairs: &[Pair]) -> Rows {
    let mut rows = Rows::default();
    rows.reserve(pairs.len());
    for (digest, number) in pairs {
        *rows.entry(*digest).or_default() += number;
    }
    rows
}

/// Digests need no hashing.
#[derive(Default)]
pub(super) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// A rule, and what came of it where it looks at rows together.
struct Look<'p> {
    rule: &'p Rule,
    looked_at: u64,
    failed: u64,
    /// The pairs that failed; the number is 1 where the rule does not ask for one.
    failing: HashSet<Pair>,
}

impl<'p> Look<'p> {
    fn new(rule: &'p Rule) -> Look<'p> {
        Look { rule, looked_at: 0, failed: 0, failing: HashSet::new() }
    }

    /// Looks at the keys of one part of all digests.
    fn add(&mut self, lists: &BTreeMap<Place, Vec<Pair>>, found: &BTreeMap<Place, Rows>, keeps_failing: bool) {
        let pairs = |place| lists.get(place).map_or(&[] as &[Pair], Vec::as_slice);
        let count = |place, digest| found.get(place).and_then(|rows: &Rows| rows.get(&digest)).copied().unwrap_or(0);
        let mut fails = |pair, rows| {
            self.failed += rows;
            if keeps_failing && rows > 0 && self.failing.len() < FAILING_KEPT {
                self.failing.insert(pair);
            }
        };
        match &self.rule.test {
            Test::Row(..) => {}
            Test::Unique(keys) => {
                for (digest, rows) in found.get(keys).into_iter().flatten() {
                    self.looked_at += rows;
                    fails((*digest, 1), rows - 1);
                }
            }
            Test::Leads(own, known) => {
                for (digest, rows) in pairs(own) {
                    self.looked_at += rows;
                    fails((*digest, 1), if count(known, *digest) == 0 { *rows } else { 0 });
                }
            }
            Test::Counted(own, rows) => {
                for (digest, number) in pairs(own) {
                    self.looked_at += 1;
                    let holds = f64::from_bits(*number) == count(rows, *digest) as f64;
                    fails((*digest, *number), u64::from(!holds));
                }
            }
        }
    }
}

/// All pieces of all tables.
pub(super) struct Joined<'p> {
    plan: &'p Plan,
    pieces: &'p BTreeMap<&'static str, Vec<Tally>>,
    /// What is asked of each table that is there; nothing about tables that are not.
    looks: BTreeMap<&'p str, Vec<Look<'p>>>,
}

impl<'p> Joined<'p> {
    fn find(&self, table: &str) -> Option<(&'p Table, &'p [Tally], &[Look<'p>])> {
        let (_, table) = self.plan.find(table)?;
        Some((table, self.pieces.get(table.name)?, self.looks.get(table.name)?))
    }

    /// What came of everything asked of a table; nothing if it is not there.
    pub fn outcomes(&self, table: &str, before: Option<&BTreeMap<String, u64>>) -> Vec<Outcome> {
        let Some((table, pieces, looks)) = self.find(table) else { return Vec::new() };
        let mut outcomes: Vec<Outcome> = looks.iter().map(|look| self.outcome(table, look, pieces)).collect();
        outcomes.push(self.filled(table, pieces));
        if let Some(before) = before.and_then(|before| before.get(table.name)) {
            outcomes.push(self.length(table, pieces, *before));
        }
        outcomes
    }

    fn outcome(&self, table: &Table, look: &Look, pieces: &[Tally]) -> Outcome {
        let rule = look.rule;
        let mut outcome = Outcome::new(rule.id.clone(), rule.severity, rule.sentence.clone());
        (outcome.looked_at, outcome.failed) = (look.looked_at, look.failed);
        if let Test::Row(..) = rule.test {
            let at = table.rules.iter().position(|known| std::ptr::eq(known, rule));
            for count in pieces.iter().filter_map(|piece| piece.counts.get(at?)) {
                outcome.looked_at += count.looked_at;
                outcome.failed += count.failed;
                let room = self.plan.limit - outcome.failing.len();
                outcome.failing.extend(count.failing.iter().take(room).cloned());
            }
        }
        outcome
    }

    /// No column without any value, unless it may be so.
    fn filled(&self, table: &Table, pieces: &[Tally]) -> Outcome {
        let options = &self.plan.expectations.filled;
        let sentence = format!("In a table of {} rows or more, no column is without any value.", options.min_rows);
        let mut outcome = Outcome::new(format!("{}.filled", table.name), options.severity, sentence);
        let length: u64 = pieces.iter().map(|piece| piece.rows).sum();
        for (at, column) in table.columns.iter().enumerate() {
            let is_filled = pieces.iter().any(|piece| piece.filled.get(at).is_some_and(|is_filled| *is_filled));
            let may_be_empty = length < options.min_rows
                || options.except.iter().any(|name| *name == format!("{}.{column}", table.name));
            let failing = (!is_filled && !may_be_empty).then(|| vec![("column".to_string(), column.clone())]);
            outcome.tell(failing, self.plan.limit);
        }
        outcome
    }

    /// Not much shorter than before.
    fn length(&self, table: &Table, pieces: &[Tally], before: u64) -> Outcome {
        let options = &self.plan.expectations.rows;
        let sentence = format!("The table has not lost more than {} % of its rows.", options.max_fall_pct);
        let mut outcome = Outcome::new(format!("{}.rows", table.name), options.severity, sentence);
        let now: u64 = pieces.iter().map(|piece| piece.rows).sum();
        let least = before as f64 * (1.0 - options.max_fall_pct / 100.0);
        let failing = ((now as f64) < least)
            .then(|| vec![("rows_before".to_string(), before.to_string()), ("rows".to_string(), now.to_string())]);
        outcome.tell(failing, 1);
        outcome
    }

    /// Searches for the rows that outcomes of a table do not have: of each failed rule that looks at rows together.
    pub fn searches<'j>(&'j self, table: &str, outcomes: &'j mut [Outcome]) -> Vec<Search<'j>> {
        let Some((table, _, looks)) = self.find(table).filter(|_| self.plan.limit > 0) else { return Vec::new() };
        let failed = looks.iter().zip(outcomes).filter(|(_, outcome)| outcome.failed > 0);
        let search = |(look, outcome): (&'j Look<'p>, &'j mut Outcome)| {
            let own = match look.rule.test {
                Test::Row(..) => return None,
                Test::Unique(own) | Test::Leads(own, _) | Test::Counted(own, _) => own,
            };
            let list = self.plan.lists.get(own)?;
            Some(Search { table, look, list, met: HashSet::new(), limit: self.plan.limit, outcome })
        };
        failed.filter_map(search).collect()
    }
}

/// A search for the rows of a table that fail a rule which looks at rows together.
pub(super) struct Search<'j> {
    table: &'j Table,
    look: &'j Look<'j>,
    /// What the rule asks of a row.
    list: &'j List,
    /// The failing keys met so far.
    met: HashSet<u64>,
    limit: usize,
    outcome: &'j mut Outcome,
}

impl Search<'_> {
    /// Looks at the next rows.
    pub fn add(&mut self, batch: &RecordBatch) {
        let batch = &Batch::new(batch);
        let mut pair = self.list.of(batch);
        for row in 0..batch.len() {
            if self.outcome.failing.len() == self.limit {
                return;
            }
            let Some(pair) = pair(row).filter(|pair| self.look.failing.contains(pair)) else { continue };
            // Of rows with one key the first is as it should be.
            let is_first = matches!(self.look.rule.test, Test::Unique(_)) && self.met.insert(pair.0);
            if !is_first {
                self.outcome.failing.push(self.table.shown(batch, row, self.look.rule));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{DOCUMENT, FIRST, Rows as Dataset, SECOND, observation, sound, tables};
    use super::*;
    use crate::model::{DocumentRow, ObservationRow};
    use crate::tidy::{self, UnitRow};
    use proptest::prelude::*;

    fn plan(limit: usize) -> Plan {
        let tables = tables();
        let expectations = Expectations::load(None, &tables).unwrap();
        Plan::new(&tables, expectations, limit)
    }

    fn batches(rows: &Dataset, documents: &[DocumentRow]) -> Vec<(&'static str, RecordBatch)> {
        vec![
            ("documents", tidy::DOCUMENTS.batch(documents).unwrap()),
            ("observations", tidy::OBSERVATIONS.batch(&rows.observations).unwrap()),
            ("issues", tidy::ISSUES.batch(&rows.issues).unwrap()),
            ("coverage", tidy::COVERAGE.batch(std::slice::from_ref(&rows.coverage)).unwrap()),
            ("units", tidy::UNITS.batch(&rows.units).unwrap()),
        ]
    }

    /// The verdict on pieces: of every table those that lie between the cuts, each handed over in two batches.
    fn verdict(plan: &Plan, batches: &[(&'static str, RecordBatch)], cuts: &[usize]) -> Verdict {
        let tallies = batches.iter().map(|(table, batch)| {
            let length = batch.num_rows();
            let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (length + 1)).chain([length]).collect();
            ends.sort_unstable();
            let starts = [0].into_iter().chain(ends.clone());
            let piece = |(start, end): (usize, &usize)| {
                let middle = (start + end) / 2;
                plan.tally(table, &[batch.slice(start, middle - start), batch.slice(middle, end - middle)])
            };
            (*table, starts.zip(&ends).map(piece).collect::<Vec<Tally>>())
        });
        verdict_on(plan, &tallies.collect::<Vec<_>>(), None)
    }

    /// The verdict on the pieces of tables that are there.
    fn verdict_on(plan: &Plan, pieces: &[(&str, Vec<Tally>)], before: Option<&BTreeMap<String, u64>>) -> Verdict {
        let mut tallies = Tallies::new(&std::env::temp_dir());
        for (table, pieces) in pieces {
            // A table that is there has a piece, be it without rows.
            for piece in pieces.iter().cloned().chain([plan.tally(table, &[])]) {
                plan.gather(&mut tallies, table, piece).unwrap();
            }
        }
        plan.verdict(&mut tallies, before).unwrap()
    }

    /// How often an expectation failed, of how many.
    fn failed(verdict: &Verdict, id: &str) -> Option<(u64, u64)> {
        let outcome = verdict.expectations.iter().find(|outcome| outcome.id == id)?;
        Some((outcome.failed, outcome.looked_at))
    }

    fn document(id: &str, n_observations: i32) -> DocumentRow {
        DocumentRow { document_id: id.into(), n_observations, ..sound().document }
    }

    #[test]
    fn a_key_that_stands_in_two_pieces_fails() {
        let unit = |unit: &str| UnitRow { unit: unit.into(), dimension: "area".into(), ..UnitRow::default() };
        let plan = plan(3);
        let of = |units: &[&str]| {
            plan.tally("units", &[tidy::UNITS.batch(&units.iter().map(|name| unit(name)).collect::<Vec<_>>()).unwrap()])
        };
        let failed = |pieces: &[Tally]| failed(&verdict_on(&plan, &[("units", pieces.to_vec())], None), "units.key");
        assert_eq!(failed(&[of(&["公顷", "亩"]), of(&["平方米"])]), Some((0, 3)));
        assert_eq!(failed(&[of(&["公顷", "亩"]), of(&["亩"])]), Some((1, 3)));
        assert_eq!(failed(&[of(&["公顷", "公顷"]), of(&["亩", "公顷"]), of(&["亩"])]), Some((3, 5)));
        assert_eq!(failed(&[]), Some((0, 0)));
    }

    #[test]
    fn a_reference_is_found_in_any_piece() {
        let plan = plan(3);
        let documents = |ids: &[&str]| {
            let rows: Vec<DocumentRow> = ids.iter().map(|id| document(id, 1)).collect();
            plan.tally("documents", &[tidy::DOCUMENTS.batch(&rows).unwrap()])
        };
        let of = |document_id: &str| ObservationRow {
            document_id: document_id.into(),
            ..observation(FIRST, "level", 1.0, "CNY")
        };
        let rows: Vec<ObservationRow> = ["d1", "d2", "d2", "d1", "d3"].map(of).into();
        let observations =
            |rows: &[ObservationRow]| plan.tally("observations", &[tidy::OBSERVATIONS.batch(rows).unwrap()]);
        let (first, second) = (observations(&rows[..2]), observations(&rows[2..]));
        let failed = |documents: &[Tally], id: &str| {
            let pieces = [("documents", documents.to_vec()), ("observations", vec![first.clone(), second.clone()])];
            failed(&verdict_on(&plan, &pieces, None), id)
        };
        let id = "observations.document_id.references";
        assert_eq!(failed(&[documents(&["d3", "d2"]), documents(&["d1"])], id), Some((0, 5)));
        assert_eq!(failed(&[documents(&["d1"]), documents(&["d3"])], id), Some((2, 5)));
        assert_eq!(failed(&[], id), Some((5, 5)));
        // Each says that it has one; d1 and d2 have two.
        let id = "documents.n_observations.total";
        assert_eq!(failed(&[documents(&["d3", "d2"]), documents(&["d1"])], id), Some((2, 3)));
        // Nothing is asked about a table that is not there.
        let verdict = verdict_on(&plan, &[("observations", vec![first, second])], None);
        assert_eq!(super::tests::failed(&verdict, "observations.document_id.references"), None);
        assert_eq!(super::tests::failed(&verdict, "documents.key"), None);
        assert_eq!(super::tests::failed(&verdict, "observations.key"), Some((4, 5)));
    }

    #[test]
    fn rows_are_compared_with_those_before() {
        let plan = plan(0);
        let tally = plan.tally("units", &[tidy::UNITS.batch(&sound().units).unwrap()]);
        let pieces = [("units", vec![tally.clone(), tally])];
        let failed = |before: &[(&str, u64)]| {
            let before = before.iter().map(|(table, rows)| (table.to_string(), *rows)).collect();
            failed(&verdict_on(&plan, &pieces, Some(&before)), "units.rows")
        };
        assert_eq!(failed(&[("units", 2), ("areas", 9)]), Some((0, 1)));
        assert_eq!(failed(&[("units", 3)]), Some((1, 1)));
        assert_eq!(failed(&[("areas", 9)]), None);
    }

    /// Rows of which some fail this or that, in no order.
    fn any_observation() -> impl Strategy<Value = ObservationRow> {
        let ids = (0..40u8, 0..4u8, 0..3u8);
        let rest = (prop_oneof![Just("level"), Just("change_pct")], -200.0..400.0, 14..16i32, any::<[bool; 3]>());
        (ids, rest).prop_map(|((id, document, sentence_id), (measure, value, source_end, [given, listed, related]))| {
            ObservationRow {
                document_id: format!("{document:016}").into(),
                sentence_id: sentence_id.into(),
                direction: given.then_some("up"),
                flags: (!listed).then(|| "odd".into()),
                related_obs_id: related.then(|| FIRST.into()),
                source_end,
                ..observation(&format!("{id:016}"), measure, value, "%")
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn pieces_together_say_what_the_whole_says(
            observations in proptest::collection::vec(any_observation(), 0..40),
            documents in proptest::collection::vec((0..4u8, 0..12), 0..6),
            cuts in proptest::collection::vec(any::<usize>(), 0..6),
            limit in 0..4usize,
        ) {
            let documents: Vec<DocumentRow> =
                documents.into_iter().map(|(id, count)| document(&format!("{id:016}"), count)).collect();
            let batches = batches(&Dataset { observations, ..sound() }, &documents);
            let plan = plan(limit);
            prop_assert_eq!(verdict(&plan, &batches, &cuts), verdict(&plan, &batches, &[]));
        }

        #[test]
        fn a_tally_is_read_back_from_its_bytes(
            observations in proptest::collection::vec(any_observation(), 0..20),
            limit in 0..3usize,
            cut in any::<prop::sample::Index>(),
        ) {
            let tally = plan(limit).tally("observations", &[tidy::OBSERVATIONS.batch(&observations).unwrap()]);
            let bytes = tally.to_bytes();
            prop_assert_eq!(Tally::from_bytes(&bytes), Some(tally));
            prop_assert_eq!(Tally::from_bytes(&bytes[..cut.index(bytes.len())]), None);
            prop_assert_eq!(Tally::from_bytes(&[bytes.as_slice(), &[0]].concat()), None);
        }
    }

    #[test]
    fn failing_rows_of_a_tally_are_kept_in_its_bytes() {
        let rows = [FIRST, SECOND, DOCUMENT]
            .map(|id| ObservationRow { source_end: 15, ..observation(id, "level", 1.0, "CNY") });
        let tally = plan(2).tally("observations", &[tidy::OBSERVATIONS.batch(&rows).unwrap()]);
        let again = Tally::from_bytes(&tally.to_bytes()).unwrap();
        let verdict = verdict_on(&plan(2), &[("observations", vec![again])], None);
        let span = verdict.expectations.iter().find(|outcome| outcome.id == "observations.span").unwrap();
        assert_eq!((span.failed, span.failing.len()), (3, 2));
        assert_eq!(span.failing[1][0], ("obs_id".to_string(), SECOND.to_string()));
    }
}
