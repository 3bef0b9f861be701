//! The end of the road: a dataset is held against what is expected of it.
//!
//! What the definitions of the tables say (columns, keys, references, closed lists) is expected without being said
//! again; value ranges, sums and the rest are data ([`Expectations`]). A [`Plan`] looks at each piece of a table once and
//! alone; what it keeps of a piece, a [`Tally`], can be stored. The tallies of all pieces together make the [`Verdict`].

mod cell;
mod expectations;
mod plan;
mod rule;
mod runs;
mod tally;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use rayon::prelude::*;
use serde::Serialize;

use crate::error::{Error, Result};
use crate::issue::Severity;
use crate::stored;
use crate::tidy::TableDescription;

pub use expectations::Expectations;
pub use plan::Plan;
pub use runs::Tallies;
pub use tally::Tally;

/// How many rows are looked at together.
const BATCH_ROWS: usize = 8192;
/// How many row groups are looked at before what is kept of them goes to the disk.
const GROUPS_AT_ONCE: usize = 64;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct CheckOptions {
    /// A file of expectations; without one those inside the program.
    pub expectations: Option<PathBuf>,
    /// A dataset whose tables must not be much longer.
    pub against: Option<PathBuf>,
    /// How many failing rows are shown of each expectation.
    pub rows: usize,
}

/// One expectation and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    pub id: String,
    pub severity: Severity,
    pub sentence: String,
    /// How many rows (or columns, where the sentence speaks of columns) it was asked of.
    pub looked_at: u64,
    pub failed: u64,
    /// The first that failed: column and value, for the key, the columns in question and those that explain.
    pub failing: Vec<Vec<(String, String)>>,
}

impl Outcome {
    fn new(id: String, severity: Severity, sentence: String) -> Outcome {
        Outcome { id, severity, sentence, looked_at: 0, failed: 0, failing: Vec::new() }
    }

    /// One thing looked at, which failed if it has something to show.
    fn tell(&mut self, failing: Option<Vec<(String, String)>>, limit: usize) {
        self.looked_at += 1;
        if let Some(failing) = failing {
            self.failed += 1;
            if self.failing.len() < limit {
                self.failing.push(failing);
            }
        }
    }
}

/// What came of all expectations, table by table.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Verdict {
    pub expectations: Vec<Outcome>,
}

impl Verdict {
    /// Those that do not hold.
    pub fn failed(&self) -> impl Iterator<Item = &Outcome> {
        self.expectations.iter().filter(|outcome| outcome.failed > 0)
    }

    /// Whether one of severity error does not hold.
    pub fn has_errors(&self) -> bool {
        self.failed().any(|outcome| outcome.severity == Severity::Error)
    }

    /// One line an expectation, behind it the failing rows.
    pub fn to_text(&self) -> String {
        let mut page = String::new();
        for outcome in &self.expectations {
            let Outcome { id, severity, sentence, looked_at, failed, failing } = outcome;
            let (mark, count) = match failed {
                0 => ("ok  ", looked_at.to_string()),
                _ => ("FAIL", format!("{failed} of {looked_at}")),
            };
            // Writing to a string cannot fail.
            let _ = writeln!(page, "{mark} {:<8} {id:<44} {count:>14}  {sentence}", severity.name());
            for row in failing {
                let row: Vec<String> = row.iter().map(|(column, value)| format!("{column}={value}")).collect();
                let _ = writeln!(page, "       {}", row.join(" "));
            }
            let rest = failed - failing.len() as u64;
            if rest > 0 && !failing.is_empty() {
                let _ = writeln!(page, "       and {rest} more");
            }
        }
        let count = |severity| self.failed().filter(|outcome| outcome.severity == severity).count();
        let (all, failed) = (self.expectations.len(), self.failed().count());
        let _ = writeln!(
            page,
            "{all} expectations, {} hold; failing: {} of severity error, {} of severity warning",
            all - failed,
            count(Severity::Error),
            count(Severity::Warning)
        );
        page
    }
}

/// Holds the tables in a directory against what is expected of them.
///
/// # Errors
///
/// [`Error::Config`] or [`Error::Io`] when there is nothing that can be checked, or a file is broken.
pub fn check(directory: &Path, tables: &[TableDescription], options: &CheckOptions) -> Result<Verdict> {
    let expectations = Expectations::load(options.expectations.as_deref(), tables)?;
    let plan = Plan::new(tables, expectations, options.rows);
    let mut verdict = Verdict::default();
    let mut files = Vec::new();
    for table in tables {
        let file = File::open(directory, table)?;
        let outcome = columns_of(file.as_ref(), table, options.rows);
        files.extend(file.filter(|_| outcome.failed == 0));
        verdict.expectations.push(outcome);
    }
    let groups: Vec<(&File, usize)> =
        files.iter().flat_map(|file| (0..file.groups()).map(move |group| (file, group))).collect();
    let mut tallies = Tallies::new(&std::env::temp_dir());
    for some in groups.chunks(GROUPS_AT_ONCE) {
        let some: Vec<(&str, Tally)> = some
            .par_iter()
            .map(|(file, group)| Ok((file.table.name, file.tally(*group, &plan)?)))
            .collect::<Result<_>>()?;
        some.into_iter().try_for_each(|(table, tally)| plan.gather(&mut tallies, table, tally))?;
    }
    // A table without a row group is there too.
    files.iter().try_for_each(|file| plan.gather(&mut tallies, file.table.name, plan.begin(file.table.name)))?;
    let before = options.against.as_deref().map(|against| rows_of(against, &files)).transpose()?;
    let joined = plan.join(&mut tallies)?;
    for file in &files {
        let mut outcomes = joined.outcomes(file.table.name, before.as_ref());
        let mut searches = joined.searches(file.table.name, &mut outcomes);
        if !searches.is_empty() {
            file.each_batch((0..file.groups()).collect(), |batch| {
                searches.iter_mut().for_each(|search| search.add(batch));
            })?;
        }
        verdict.expectations.extend(outcomes);
    }
    Ok(verdict)
}

/// Whether the file is there with the columns that the definition says.
fn columns_of(file: Option<&File>, table: &TableDescription, limit: usize) -> Outcome {
    let sentence = "The table is there, with the columns and types of its definition.".to_string();
    let mut outcome = Outcome::new(format!("{}.columns", table.name), Severity::Error, sentence);
    let Some(file) = file else {
        outcome.tell(Some(vec![("table".into(), "missing".into())]), limit);
        return outcome;
    };
    for expected in table.schema().fields() {
        let wrong = match file.metadata.schema().field_with_name(expected.name()) {
            Ok(field) if field.data_type() == expected.data_type() => None,
            Ok(field) => Some(format!("{}, not {}", field.data_type(), expected.data_type())),
            Err(_) => Some("missing".to_string()),
        };
        outcome
            .tell(wrong.map(|wrong| vec![("column".into(), expected.name().clone()), ("type".into(), wrong)]), limit);
    }
    outcome
}

/// The numbers of rows of those tables that another directory has too.
fn rows_of(directory: &Path, files: &[File]) -> Result<BTreeMap<String, u64>> {
    let mut rows = BTreeMap::new();
    for table in files.iter().map(|file| file.table) {
        if let Some(file) = File::open(directory, table)? {
            // A file does not say less than none.
            let length = file.metadata.metadata().file_metadata().num_rows().unsigned_abs();
            rows.insert(table.name.to_string(), length);
        }
    }
    Ok(rows)
}

/// The file of a table.
struct File<'t> {
    table: &'t TableDescription,
    path: PathBuf,
    metadata: ArrowReaderMetadata,
}

impl<'t> File<'t> {
    /// The file of a table in a directory, if it is there.
    fn open(directory: &Path, table: &'t TableDescription) -> Result<Option<File<'t>>> {
        let path = stored::path_of(directory, table.name);
        if !path.is_file() {
            return Ok(None);
        }
        let metadata = stored::metadata(&path, |message| broken(table.name, &message))?;
        Ok(Some(File { table, path, metadata }))
    }

    fn groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    fn tally(&self, group: usize, plan: &Plan) -> Result<Tally> {
        let name = self.table.name;
        let mut tally = plan.begin(name);
        self.each_batch(vec![group], |batch| plan.add(name, batch, &mut tally))?;
        plan.close(name, &mut tally);
        Ok(tally)
    }

    /// Hands the rows of some row groups on, some at a time.
    fn each_batch(&self, groups: Vec<usize>, mut take: impl FnMut(&RecordBatch)) -> Result<()> {
        let rows = stored::reopen(&self.path, &self.metadata)?.with_row_groups(groups).with_batch_size(BATCH_ROWS);
        let columns = self.table.columns.iter().map(|column| column.name.as_str());
        stored::each_batch(
            rows,
            columns,
            |message| broken(self.table.name, &message),
            |batch| {
                take(&batch);
                Ok(())
            },
        )?;
        Ok(())
    }
}

fn broken(table: &str, message: &str) -> Error {
    Error::Config(format!("{table}.parquet cannot be read: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::WriteOptions;
    use crate::issue::{Issue, IssueCode};
    use crate::manifest::Sources;
    use crate::model::{Date, DocumentRow, ObservationRow, SentenceRow, TargetRow};
    use crate::publish::open as open_output;
    use crate::tidy::{self, AreaRow, CoverageRow, IndicatorRow, UnitRow};
    use crate::vocab::Vocabulary;
    use arrow_array::StringArray;
    use arrow_schema::Schema;
    use parquet::arrow::ArrowWriter;
    use std::fs;
    use std::sync::{Arc, LazyLock};
    use tempfile::TempDir;

    static TABLES: LazyLock<Vec<TableDescription>> =
        LazyLock::new(|| crate::tidy::tables(&Vocabulary::embedded().unwrap()));

    pub(super) fn tables() -> Vec<TableDescription> {
        TABLES.clone()
    }

    pub(super) const DOCUMENT: &str = "00000000000000d1";
    pub(super) const FIRST: &str = "00000000000000a1";
    pub(super) const SECOND: &str = "00000000000000a2";

    /// A small dataset that is as it should be.
    pub(super) struct Rows {
        pub document: DocumentRow,
        pub observations: Vec<ObservationRow>,
        pub targets: Vec<TargetRow>,
        pub issues: Vec<Issue>,
        pub coverage: CoverageRow,
        pub units: Vec<UnitRow>,
    }

    pub(super) fn observation(id: &str, measure: &'static str, value: f64, unit_measure: &str) -> ObservationRow {
        ObservationRow {
            obs_id: id.into(),
            document_id: DOCUMENT.into(),
            section_role: "review",
            ref_area: Some("110101".into()),
            scope: "self".into(),
            indicator: Some("gdp".into()),
            indicator_text: "地区生产总值".into(),
            measure,
            direction: (measure == "change_pct").then_some("up"),
            status: "actual",
            comparator: "=",
            value,
            obs_value: value,
            unit_measure: Some(unit_measure.into()),
            time_period: Some("2021".into()),
            period_start: Date::new(2021, 1, 1).map(Date::days_since_epoch),
            period_end: Date::new(2021, 12, 31).map(Date::days_since_epoch),
            period_kind: "year",
            period_basis: "section",
            obs_status: "A",
            rule_id: "level",
            value_text: "5.1%".into(),
            quote: "地区生产总值增长5.1%".into(),
            source_start: 10,
            source_end: 14,
            ..ObservationRow::default()
        }
    }

    pub(super) fn sound() -> Rows {
        let target = TargetRow {
            target_id: "00000000000000b1".into(),
            document_id: DOCUMENT.into(),
            section_role: "plan_year",
            status: "target",
            form: "point",
            low: Some(5.0),
            high: Some(5.0),
            obs_id: Some(SECOND.into()),
            target_text: "5%".into(),
            source_end: 2,
            ..TargetRow::default()
        };
        let mut issue = Issue::new(IssueCode::UnitMissing, "no unit");
        issue.document_id = Some(DOCUMENT.into());
        Rows {
            document: DocumentRow {
                document_id: DOCUMENT.into(),
                container: "txt".into(),
                report_kind: "work_report".into(),
                ref_area: Some("110101".into()),
                area_level: Some("county".into()),
                n_observations: 2,
                n_issues: 1,
                ..DocumentRow::default()
            },
            observations: vec![observation(FIRST, "level", 3.1e11, "CNY"), observation(SECOND, "change_pct", 5.1, "%")],
            targets: vec![target],
            issues: vec![issue],
            coverage: CoverageRow {
                document_id: DOCUMENT.into(),
                indicator: "gdp".into(),
                state: "found",
                n_actual: 2,
                ..CoverageRow::default()
            },
            units: vec![UnitRow { unit: "公顷".into(), dimension: "area".into(), ..UnitRow::default() }],
        }
    }

    fn published(rows: &Rows) -> (TempDir, PathBuf) {
        published_with(rows, &WriteOptions::default())
    }

    fn published_with(rows: &Rows, options: &WriteOptions) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let output = open_output(folder.path());
        let mut publication = output.begin(options, crate::publish::no_plan()).unwrap();
        let sentence = SentenceRow {
            document_id: DOCUMENT.into(),
            sentence_id: 0,
            section_path: Default::default(),
            section_role: "review",
            text: "地区生产总值增长5.1%。".into(),
            source_start: 0,
            source_end: 15,
        };
        let gdp =
            IndicatorRow { id: "gdp".into(), kind: "flow".into(), dimensions: "money".into(), ..Default::default() };
        let area = AreaRow { code: "110101".into(), level: "county".into(), ..AreaRow::default() };
        publication.append(&tidy::DOCUMENTS, std::slice::from_ref(&rows.document)).unwrap();
        publication.append(&tidy::SENTENCES, &[sentence]).unwrap();
        publication.append(&tidy::OBSERVATIONS, &rows.observations).unwrap();
        publication.append(&tidy::TARGETS, &rows.targets).unwrap();
        publication.append(&tidy::ISSUES, &rows.issues).unwrap();
        publication.append(&tidy::COVERAGE, std::slice::from_ref(&rows.coverage)).unwrap();
        publication.append(&tidy::INDICATORS, &[gdp]).unwrap();
        publication.append(&tidy::UNITS, &rows.units).unwrap();
        publication.append(&tidy::AREAS, &[area]).unwrap();
        let directory = publication.finish(Sources::default(), &[], &tables()).unwrap().directory;
        // The tables that these rows have nothing for are there all the same.
        for table in tables().iter().filter(|table| !stored::path_of(&directory, table.name).exists()) {
            write(&directory, table.name, &RecordBatch::new_empty(Arc::new(table.schema())));
        }
        (folder, directory)
    }

    fn write(directory: &Path, table: &str, batch: &RecordBatch) {
        let file = fs::File::create(stored::path_of(directory, table)).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
    }

    fn options() -> CheckOptions {
        CheckOptions { rows: 1, ..CheckOptions::default() }
    }

    /// What the page says of the expectations that do not hold once the rows are changed.
    fn failures(change: impl FnOnce(&mut Rows)) -> Vec<String> {
        let mut rows = sound();
        change(&mut rows);
        let (_folder, directory) = published(&rows);
        failing_lines(&check(&directory, &tables(), &options()).unwrap())
    }

    /// The lines of failing expectations and of their rows, with single spaces.
    fn failing_lines(verdict: &Verdict) -> Vec<String> {
        let page = verdict.to_text();
        let lines = page.lines().filter(|line| line.starts_with("FAIL") || line.starts_with("    "));
        lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn a_sound_dataset_passes() {
        let (_folder, directory) = published(&sound());
        let verdict = check(&directory, &tables(), &options()).unwrap();
        assert_eq!(failing_lines(&verdict), [] as [&str; 0]);
        assert!(!verdict.has_errors());
        let page = verdict.to_text();
        let line = page.lines().find(|line| line.contains("observations.key")).unwrap();
        assert_eq!(
            line.split_whitespace().collect::<Vec<_>>().join(" "),
            "ok error observations.key 2 No two rows have the same obs_id."
        );
        let count = verdict.expectations.len();
        assert!(page.ends_with(&format!(
            "{count} expectations, {count} hold; failing: 0 of severity error, 0 of severity warning\n"
        )));
    }

    #[test]
    fn a_key_that_stands_twice_fails() {
        let failing = failures(|rows| rows.units.push(rows.units[0].clone()));
        assert_eq!(failing, ["FAIL error units.key 1 of 2 No two rows have the same unit.", "unit=公顷"]);
    }

    #[test]
    fn a_value_that_is_not_listed_fails() {
        let failing = failures(|rows| rows.observations[0].flags = Some("damaged|odd".into()));
        // A damaged number is no longer counted among the results.
        assert_eq!(failing[0], "FAIL error observations.flags.values 1 of 1 flags holds what its definition lists.");
        assert_eq!(failing[1], format!("obs_id={FIRST} value_text=5.1% quote=地区生产总值增长5.1% flags=damaged|odd"));
        assert_eq!(
            failing[2],
            "FAIL error coverage.n_actual.total 1 of 1 n_actual is the number of undamaged results in observations."
        );
        assert_eq!(failing[3], format!("document_id={DOCUMENT} indicator=gdp n_actual=2"));
        assert!(failing[4].starts_with("FAIL error coverage.n_damaged.total 1 of 1"));
    }

    #[test]
    fn a_reference_to_nothing_fails() {
        let failing = failures(|rows| {
            rows.targets[0].obs_id = Some("00000000000000ff".into());
            rows.observations[1].sentence_id = 7;
        });
        assert_eq!(
            failing,
            [
                "FAIL error observations.sentence_id.references 1 of 2 document_id, sentence_id is found in sentences."
                    .to_string(),
                format!(
                    "obs_id={SECOND} value_text=5.1% quote=地区生产总值增长5.1% document_id={DOCUMENT} sentence_id=7"
                ),
                "FAIL error targets.obs_id.references 1 of 1 obs_id is found in observations.".to_string(),
                "target_id=00000000000000b1 target_text=5% quote= obs_id=00000000000000ff".to_string(),
            ]
        );
    }

    #[test]
    fn a_value_out_of_its_range_is_a_warning() {
        let mut rows = sound();
        rows.observations[1].obs_value = 510.0;
        rows.observations[1].change_basis = Some("yoy");
        let (_folder, directory) = published(&rows);
        let verdict = check(&directory, &tables(), &options()).unwrap();
        let failing = failing_lines(&verdict);
        assert!(
            failing[0].starts_with("FAIL warning range.gdp.change_pct.yoy|annual_average 1 of 1 obs_value of gdp change_pct yoy|annual_average lies in ["),
            "{failing:?}"
        );
        assert_eq!(
            failing[1],
            format!(
                "obs_id={SECOND} value_text=5.1% quote=地区生产总值增长5.1% obs_value=510 change_basis=yoy indicator=gdp measure=change_pct"
            )
        );
        assert!(!verdict.has_errors());
    }

    #[test]
    fn an_id_of_another_form_fails() {
        let failing = failures(|rows| rows.document.ref_area = Some("11010".into()));
        let told = "FAIL error documents.ref_area.form 1 of 1 ref_area is six digits.".to_string();
        assert!(failing.contains(&told), "{failing:?}");
        let failing = failures(|rows| rows.targets[0].target_id = "b1?".into());
        assert_eq!(
            failing,
            [
                "FAIL error targets.target_id.form 1 of 1 target_id is a document_id and a span.",
                "target_id=b1? target_text=5% quote="
            ]
        );
    }

    #[test]
    fn words_that_do_not_fit_their_span_fail() {
        let failing = failures(|rows| rows.observations[0].source_end = 15);
        assert_eq!(
            failing[0],
            "FAIL error observations.span 1 of 2 value_text is as long as the span it was cut from."
        );
        assert_eq!(
            failing[1],
            format!("obs_id={FIRST} value_text=5.1% quote=地区生产总值增长5.1% source_start=10 source_end=15")
        );
        assert_eq!(failing.len(), 2);
    }

    #[test]
    fn a_period_that_ends_before_it_begins_fails() {
        let failing = failures(|rows| {
            let row = &mut rows.observations[0];
            std::mem::swap(&mut row.period_start, &mut row.period_end);
        });
        assert_eq!(failing[0], "FAIL error observations.period 1 of 2 A period does not end before it begins.");
        assert!(failing[1].ends_with("period_start=2021-12-31 period_end=2021-01-01"), "{failing:?}");
    }

    #[test]
    fn what_must_be_given_under_a_condition_fails_without() {
        let failing = failures(|rows| rows.observations[1].direction = None);
        assert_eq!(failing[0], "FAIL error observations.direction.given 1 of 1 A change in percent has a direction.");
        assert!(failing[1].ends_with("direction=null measure=change_pct"), "{failing:?}");
        let failing = failures(|rows| {
            rows.observations[0].time_period = None;
            rows.observations[1].time_period = None;
            rows.observations[1].period_kind = "unspecified";
        });
        assert_eq!(failing[0], "FAIL error observations.period.given 1 of 1 Only an unspecified period has no words.");
    }

    #[test]
    fn a_total_that_is_not_that_of_the_parts_fails() {
        let failing = failures(|rows| rows.document.n_issues = 3);
        assert_eq!(
            failing,
            [
                "FAIL error documents.n_issues.total 1 of 1 n_issues is the number of its rows in issues.".to_string(),
                format!("document_id={DOCUMENT} source_path= n_issues=3"),
            ]
        );
    }

    #[test]
    fn a_missing_table_and_a_column_of_another_type_fail() {
        let (_folder, directory) = published(&sound());
        fs::remove_file(stored::path_of(&directory, "areas")).unwrap();
        let units = tidy::UNITS.describe().schema();
        let others = units.fields().iter().filter(|field| field.name() != "factor").cloned();
        let factor = Arc::new(arrow_schema::Field::new("factor", arrow_schema::DataType::Int32, true));
        let schema = Schema::new(others.chain([factor]).collect::<Vec<_>>());
        write(&directory, "units", &RecordBatch::new_empty(Arc::new(schema)));
        let verdict = check(&directory, &tables(), &options()).unwrap();
        let sentence = "The table is there, with the columns and types of its definition.";
        assert_eq!(
            failing_lines(&verdict),
            [
                format!("FAIL error units.columns 1 of 5 {sentence}"),
                "column=factor type=Int32, not Float64".to_string(),
                format!("FAIL error areas.columns 1 of 1 {sentence}"),
                "table=missing".to_string(),
            ]
        );
        assert!(verdict.has_errors());
    }

    #[test]
    fn a_required_column_without_a_value_fails() {
        let (_folder, directory) = published(&sound());
        let batch = tidy::UNITS.batch(&sound().units).unwrap();
        let fields = batch.schema_ref().fields().iter().map(|field| field.as_ref().clone().with_nullable(true));
        let mut columns = batch.columns().to_vec();
        columns[4] = Arc::new(StringArray::from(vec![None::<&str>]));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        write(&directory, "units", &RecordBatch::try_new(schema, columns).unwrap());
        assert_eq!(
            failing_lines(&check(&directory, &tables(), &options()).unwrap()),
            [
                "FAIL error units.required 1 of 1 Columns that must have a value have one in every row.",
                "unit=公顷 dimension=area unit_measure= factor=0 name_en=null",
            ]
        );
    }

    #[test]
    fn a_column_without_any_value_fails_unless_it_may() {
        let (folder, directory) = published(&sound());
        let file = folder.path().join("mine.toml");
        let mine = expectations::EMBEDDED.replace("min_rows = 1000", "min_rows = 2");
        fs::write(&file, mine.replace("except = [", "except = [\n    \"observations.within\",")).unwrap();
        let options = CheckOptions { expectations: Some(file), rows: 9, ..CheckOptions::default() };
        let failing = failing_lines(&check(&directory, &tables(), &options).unwrap());
        assert!(failing[0].starts_with("FAIL warning observations.filled "), "{failing:?}");
        assert!(failing.contains(&"column=ref_area_name".to_string()));
        assert!(!failing.contains(&"column=within".to_string()) && !failing.contains(&"column=indicator".to_string()));
    }

    #[test]
    fn a_table_that_lost_rows_fails() {
        let (_before, before) = published(&sound());
        let mut rows = sound();
        rows.observations.pop();
        rows.targets.clear();
        (rows.document.n_observations, rows.coverage.n_actual) = (1, 1);
        let (_folder, directory) = published(&rows);
        let options = CheckOptions { against: Some(before), rows: 1, ..CheckOptions::default() };
        let sentence = "The table has not lost more than 5 % of its rows.";
        assert_eq!(
            failing_lines(&check(&directory, &tables(), &options).unwrap()),
            [
                format!("FAIL warning observations.rows 1 of 1 {sentence}"),
                "rows_before=2 rows=1".to_string(),
                format!("FAIL warning targets.rows 1 of 1 {sentence}"),
                "rows_before=1 rows=0".to_string(),
            ]
        );
    }

    #[test]
    fn a_broken_file_cannot_be_checked() {
        let (_folder, directory) = published(&sound());
        fs::write(stored::path_of(&directory, "units"), b"PAR1").unwrap();
        let error = check(&directory, &tables(), &options()).unwrap_err();
        assert!(error.to_string().starts_with("units.parquet cannot be read: "), "{error}");
    }

    #[test]
    fn no_more_rows_are_shown_than_asked_for() {
        let mut rows = sound();
        rows.observations.iter_mut().for_each(|row| row.source_end = 20);
        let (_folder, directory) = published(&rows);
        let failing = failing_lines(&check(&directory, &tables(), &options()).unwrap());
        assert_eq!(failing.len(), 3);
        assert_eq!(failing[2], "and 1 more");
    }

    #[test]
    fn rows_fail_the_same_in_one_row_group_and_in_many() {
        let mut rows = sound();
        rows.observations.extend(rows.observations.clone());
        rows.observations[3].sentence_id = 7;
        rows.observations[2].source_end = 20;
        rows.units.push(rows.units[0].clone());
        let options = CheckOptions { rows: 9, ..CheckOptions::default() };
        let page = |row_group_rows| {
            let (_folder, directory) =
                published_with(&rows, &WriteOptions { row_group_rows, ..WriteOptions::default() });
            check(&directory, &tables(), &options).unwrap().to_text()
        };
        let (one, many) = (page(1000), page(1));
        assert_eq!(one, many);
        assert_eq!(one.matches("obs_id=").count(), 4, "{one}");
        let at = many.find("FAIL error    observations.key").unwrap();
        let shown: Vec<&str> = many[at..].lines().skip(1).take(2).collect();
        assert!(shown[0].trim().starts_with(&format!("obs_id={FIRST} ")), "{shown:?}");
        assert!(shown[1].trim().starts_with(&format!("obs_id={SECOND} ")), "{shown:?}");
    }
}
