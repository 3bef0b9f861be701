//! What is asked of every table, and how pieces of tables are held against it: each piece is looked at once and alone,
//! what came of all is joined.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use arrow_array::RecordBatch;
use rayon::prelude::*;

use super::cell::Batch;
use super::expectations::Expectations;
use super::rule::{List, Lists, Pair, Place, Rule, Test};
use super::tally::{Count, Shown, Tally};
use super::{Outcome, Verdict};
use crate::tidy::TableDescription;

/// How many characters of a text are shown.
const SHOWN_CHARS: usize = 80;

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

    /// What came of all pieces together. Of each table that is there its pieces in the order of their rows; `before` has
    /// the numbers of rows of the tables of an earlier dataset. Of rules that look at rows together no rows are shown:
    /// tallies do not have them.
    pub fn verdict(&self, pieces: &BTreeMap<&str, Vec<&Tally>>, before: Option<&BTreeMap<String, u64>>) -> Verdict {
        let joined = self.join(pieces);
        let tables = self.tables.par_iter().map(|table| joined.outcomes(table.name, before));
        Verdict { expectations: tables.collect::<Vec<_>>().concat() }
    }

    /// The pieces with what rules look up among rows of all pieces.
    pub(super) fn join<'p>(&'p self, pieces: &'p BTreeMap<&str, Vec<&'p Tally>>) -> Joined<'p> {
        let pieces: Vec<Option<&[&Tally]>> =
            self.tables.iter().map(|table| pieces.get(table.name).map(Vec::as_slice)).collect();
        let mut joined = Joined { plan: self, pieces, found: BTreeMap::new() };
        let tables = self.tables.iter().filter(|table| joined.find(table.name).is_some());
        let places: BTreeSet<Place> = tables.flat_map(|table| joined.rules(table)).filter_map(looked_up).collect();
        joined.found = places.into_par_iter().map(|place| (place, joined.rows(place))).collect();
        joined
    }
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

/// All pieces of all tables.
pub(super) struct Joined<'p> {
    plan: &'p Plan,
    /// In the order of the tables; nothing of a table that is not there.
    pieces: Vec<Option<&'p [&'p Tally]>>,
    /// The rows of the lists in which something is looked up.
    found: BTreeMap<Place, Rows>,
}

impl<'p> Joined<'p> {
    fn find(&self, table: &str) -> Option<(&'p Table, &'p [&'p Tally])> {
        let (at, table) = self.plan.find(table)?;
        Some((table, self.pieces.get(at).copied().flatten()?))
    }

    /// What is asked of a table; nothing about tables that are not there.
    fn rules<'j>(&'j self, table: &'p Table) -> impl Iterator<Item = &'p Rule> + use<'j, 'p> {
        let is_there = |place: Place| self.pieces.get(place.table).is_some_and(Option::is_some);
        table.rules.iter().filter(move |rule| looked_up(rule).is_none_or(is_there))
    }

    /// The lists of all pieces.
    fn lists(&self, place: Place) -> impl Iterator<Item = &'p [Pair]> + use<'p> {
        let pieces = self.pieces.get(place.table).copied().flatten().unwrap_or_default();
        pieces.iter().filter_map(move |piece| piece.lists.get(place.list).map(Vec::as_slice))
    }

    fn rows(&self, place: Place) -> Rows {
        let mut rows = Rows::default();
        rows.reserve(self.lists(place).map(<[Pair]>::len).sum());
        for (digest, number) in self.lists(place).flatten() {
            *rows.entry(*digest).or_default() += number;
        }
        rows
    }

    /// Tells of a key how many rows of a list have it.
    fn count(&self, place: Place) -> impl Fn(u64) -> u64 {
        let rows = self.found.get(&place);
        move |digest| rows.and_then(|rows| rows.get(&digest)).copied().unwrap_or(0)
    }

    /// What came of everything asked of a table; nothing if it is not there.
    pub fn outcomes(&self, table: &str, before: Option<&BTreeMap<String, u64>>) -> Vec<Outcome> {
        let Some((table, pieces)) = self.find(table) else { return Vec::new() };
        let mut outcomes: Vec<Outcome> = self.rules(table).map(|rule| self.outcome(table, rule, pieces)).collect();
        outcomes.push(self.filled(table, pieces));
        if let Some(before) = before.and_then(|before| before.get(table.name)) {
            outcomes.push(self.length(table, pieces, *before));
        }
        outcomes
    }

    fn outcome(&self, table: &Table, rule: &Rule, pieces: &[&Tally]) -> Outcome {
        let mut outcome = Outcome::new(rule.id.clone(), rule.severity, rule.sentence.clone());
        match rule.test {
            Test::Row(..) => {
                let at = table.rules.iter().position(|known| std::ptr::eq(known, rule));
                for count in pieces.iter().filter_map(|piece| piece.counts.get(at?)) {
                    outcome.looked_at += count.looked_at;
                    outcome.failed += count.failed;
                    let room = self.plan.limit - outcome.failing.len();
                    outcome.failing.extend(count.failing.iter().take(room).cloned());
                }
            }
            Test::Unique(keys) => {
                outcome.looked_at = self.lists(keys).flatten().map(|(_, rows)| rows).sum();
                outcome.failed = outcome.looked_at - self.found.get(&keys).map_or(0, |rows| rows.len() as u64);
            }
            Test::Leads(own, known) => {
                let count = self.count(known);
                for (digest, rows) in self.lists(own).flatten() {
                    outcome.looked_at += rows;
                    outcome.failed += if count(*digest) == 0 { *rows } else { 0 };
                }
            }
            Test::Counted(own, rows) => {
                let count = self.count(rows);
                for (digest, number) in self.lists(own).flatten() {
                    outcome.looked_at += 1;
                    outcome.failed += u64::from(f64::from_bits(*number) != count(*digest) as f64);
                }
            }
        }
        outcome
    }

    /// No column without any value, unless it may be so.
    fn filled(&self, table: &Table, pieces: &[&Tally]) -> Outcome {
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
    fn length(&self, table: &Table, pieces: &[&Tally], before: u64) -> Outcome {
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
        let Some((table, _)) = self.find(table).filter(|_| self.plan.limit > 0) else { return Vec::new() };
        let failed = self.rules(table).zip(outcomes).filter(|(_, outcome)| outcome.failed > 0);
        let search = |(rule, outcome): (&'j Rule, &'j mut Outcome)| {
            let (own, there) = match rule.test {
                Test::Row(..) => return None,
                Test::Unique(keys) => (keys, keys),
                Test::Leads(own, there) | Test::Counted(own, there) => (own, there),
            };
            let (list, found) = (self.plan.lists.get(own)?, self.found.get(&there)?);
            Some(Search { table, rule, list, found, met: HashSet::new(), limit: self.plan.limit, outcome })
        };
        failed.filter_map(search).collect()
    }
}

/// A search for the rows of a table that fail a rule which looks at rows together.
pub(super) struct Search<'j> {
    table: &'j Table,
    rule: &'j Rule,
    /// What the rule asks of a row, and the rows among which it is looked up.
    list: &'j List,
    found: &'j Rows,
    /// The keys met so far.
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
            let Some((digest, number)) = pair(row) else { continue };
            let count = self.found.get(&digest).copied().unwrap_or(0);
            let holds = match self.rule.test {
                Test::Row(..) => true,
                Test::Unique(_) => self.met.insert(digest),
                Test::Leads(..) => count > 0,
                Test::Counted(..) => f64::from_bits(number) == count as f64,
            };
            if !holds {
                self.outcome.failing.push(self.table.shown(batch, row, self.rule));
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
        let tallies: Vec<(&str, Vec<Tally>)> = tallies.collect();
        let pieces = tallies.iter().map(|(table, tallies)| (*table, tallies.iter().collect())).collect();
        plan.verdict(&pieces, None)
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
        let failed = |pieces: &[Tally]| {
            failed(&plan.verdict(&BTreeMap::from([("units", pieces.iter().collect())]), None), "units.key")
        };
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
            let pieces = [("documents", documents.iter().collect()), ("observations", vec![&first, &second])];
            failed(&plan.verdict(&BTreeMap::from(pieces), None), id)
        };
        let id = "observations.document_id.references";
        assert_eq!(failed(&[documents(&["d3", "d2"]), documents(&["d1"])], id), Some((0, 5)));
        assert_eq!(failed(&[documents(&["d1"]), documents(&["d3"])], id), Some((2, 5)));
        assert_eq!(failed(&[], id), Some((5, 5)));
        // Each says that it has one; d1 and d2 have two.
        let id = "documents.n_observations.total";
        assert_eq!(failed(&[documents(&["d3", "d2"]), documents(&["d1"])], id), Some((2, 3)));
        // Nothing is asked about a table that is not there.
        let verdict = plan.verdict(&BTreeMap::from([("observations", vec![&first, &second])]), None);
        assert_eq!(super::tests::failed(&verdict, "observations.document_id.references"), None);
        assert_eq!(super::tests::failed(&verdict, "documents.key"), None);
        assert_eq!(super::tests::failed(&verdict, "observations.key"), Some((4, 5)));
    }

    #[test]
    fn rows_are_compared_with_those_before() {
        let plan = plan(0);
        let tally = plan.tally("units", &[tidy::UNITS.batch(&sound().units).unwrap()]);
        let pieces = BTreeMap::from([("units", vec![&tally, &tally])]);
        let failed = |before: &[(&str, u64)]| {
            let before = before.iter().map(|(table, rows)| (table.to_string(), *rows)).collect();
            failed(&plan.verdict(&pieces, Some(&before)), "units.rows")
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
                document_id: format!("{document:016}"),
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
        let verdict = plan(2).verdict(&BTreeMap::from([("observations", vec![&again])]), None);
        let span = verdict.expectations.iter().find(|outcome| outcome.id == "observations.span").unwrap();
        assert_eq!((span.failed, span.failing.len()), (3, 2));
        assert_eq!(span.failing[1][0], ("obs_id".to_string(), SECOND.to_string()));
    }
}
