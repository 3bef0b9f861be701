//! The written tables as data frames, the documents of some areas at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use arrow_schema::{DataType, Field};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowPredicateFn, RowFilter};
use polars::prelude::{
    BooleanChunked, Column, DataFrame, Float64Chunked, Int32Chunked, Int64Chunked, IntoColumn, NamedFrom,
    NewChunkedArray, PolarsResult, Series, StringChunked, polars_bail,
};

use super::{fact, wrong};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::model::Date;
use crate::stored;
use crate::vocab::{Area, Vocabulary};

/// So many documents are looked at together, unless one area alone has more.
pub const GROUP_DOCUMENTS: usize = 1024;
/// Areas are cut into so many groups, about, as long as a group has no more areas than that.
const GROUPS: usize = 24;
/// The most areas of a group, about.
const MAX_AREAS: usize = 16;
/// The most steps from a division to what it has become.
const MAX_SUCCESSORS: usize = 8;

/// Columns of `documents` that the derived tables rest on.
const DOCUMENTS: [&str; 10] = [
    "document_id",
    "source_path",
    "report_kind",
    "ref_area",
    "ref_area_name",
    "area_level",
    "delivered_date",
    "report_year",
    "reviewed_year",
    "duplicate_of",
];

/// Columns of `observations` that the derived tables rest on.
const OBSERVATIONS: [&str; 32] = [
    "obs_id",
    "document_id",
    "sentence_id",
    "section_role",
    "ref_area",
    "ref_area_name",
    "scope",
    "indicator",
    "indicator_text",
    "measure",
    "direction",
    "status",
    "comparator",
    "modifier_text",
    "value",
    "unit",
    "obs_value",
    "unit_measure",
    "decimals",
    "time_period",
    "period_start",
    "period_end",
    "period_kind",
    "period_basis",
    "change_basis",
    "within",
    "role",
    "related_obs_id",
    "flags",
    "value_text",
    "quote",
    "source_start",
];

/// Columns of `issues` that the derived tables rest on.
const ISSUES: [&str; 5] = ["code", "document_id", "source_start", "source_end", "message"];

/// Columns of `targets` that the derived tables rest on.
const TARGETS: [&str; 27] = [
    "target_id",
    "document_id",
    "sentence_id",
    "section_role",
    "is_headline",
    "ref_area",
    "ref_area_name",
    "scope",
    "indicator",
    "indicator_text",
    "status",
    "form",
    "bound",
    "measure",
    "direction",
    "low",
    "high",
    "unit",
    "unit_measure",
    "stretch",
    "modifier_text",
    "horizon",
    "obs_id",
    "flags",
    "target_text",
    "quote",
    "source_start",
];

/// The statements of some areas. Beside the columns of the tables each frame has `area`: the code under which the place
/// is known today, so that a county that became a district keeps its series; of a zone without a code its name. Dates are
/// days since 1970-01-01.
pub struct Group {
    /// One row a document.
    pub documents: DataFrame,
    /// Besides: `year_from` and `year_to`, the first and last year of the period; `rounding`, half a unit of the last
    /// digit in the unit of `obs_value`; `is_damaged`, `is_subject_inferred`; `qualifier` and `fact`, see [`fact`].
    pub observations: DataFrame,
    /// Besides: `year_to`, the last year of the horizon; `change_basis` of its observation; `qualifier` and `fact`.
    pub targets: DataFrame,
    /// One row an issue of a document.
    pub issues: DataFrame,
}

impl Group {
    /// What some of the documents state.
    pub fn part(&self, documents: &HashSet<String>) -> Result<Group> {
        let part = |frame: &DataFrame, table| -> Result<DataFrame> {
            let ids = frame.column("document_id").and_then(Column::str).map_err(wrong(table))?;
            let is_wanted: BooleanChunked =
                ids.iter().map(|id| Some(documents.contains(id.unwrap_or_default()))).collect();
            frame.filter(&is_wanted).map_err(wrong(table))
        };
        Ok(Group {
            documents: part(&self.documents, "documents")?,
            observations: part(&self.observations, "observations")?,
            targets: part(&self.targets, "targets")?,
            issues: part(&self.issues, "issues")?,
        })
    }
}

/// The tables of a run, and which documents belong together.
pub struct Written<'v> {
    directory: PathBuf,
    vocabulary: &'v Vocabulary,
    /// Document to the place it is of, as that is known today; no copies.
    area_of: HashMap<String, Option<String>>,
    groups: Vec<HashSet<String>>,
    /// Of each table the first and the last row group in which a document has rows.
    places: HashMap<&'static str, Places>,
}

/// The first and the last row group of each document.
type Places = HashMap<String, (usize, usize)>;

impl<'v> Written<'v> {
    /// Looks through `documents` in a directory of tables.
    pub fn open(directory: PathBuf, vocabulary: &'v Vocabulary) -> Result<Written<'v>> {
        let columns = ["document_id", "ref_area", "ref_area_name", "duplicate_of"];
        let documents = read(&directory, "documents", &columns, None)?;
        let today = today(&vocabulary.areas);
        let texts = |name: &str| -> PolarsResult<Vec<Option<String>>> {
            Ok(documents.column(name)?.str()?.iter().map(|text| text.map(str::to_string)).collect())
        };
        let mut area_of = HashMap::new();
        // An unknown place makes a group of its own for each document, in front.
        let mut by_area: BTreeMap<(Option<String>, Option<String>), Vec<String>> = BTreeMap::new();
        let [ids, codes, names, copies] = columns.map(|column| texts(column).map_err(wrong("documents")));
        for (((id, code), name), copy) in ids?.into_iter().zip(codes?).zip(names?).zip(copies?) {
            let (Some(id), None) = (id, copy) else { continue };
            // A zone without a code goes by its name.
            let area = code.map(|code| today.get(&code).cloned().unwrap_or(code)).or(name);
            let alone = area.is_none().then(|| id.clone());
            by_area.entry((area.clone(), alone)).or_default().push(id.clone());
            area_of.insert(id.clone(), area);
        }
        let usual = (by_area.len() / GROUPS).next_power_of_two().min(MAX_AREAS) as u64;
        let areas = by_area.into_iter();
        let areas = areas.map(|((area, alone), documents)| (begins_group(area.or(alone), usual), documents));
        let tables = ["documents", "observations", "targets", "issues"];
        let places = tables.map(|table| Ok((table, places(&directory, table)?)));
        let places = places.into_iter().collect::<Result<_>>()?;
        Ok(Written { directory, vocabulary, area_of, groups: grouped(areas), places })
    }

    /// The documents of some areas at a time, areas in the order of their codes.
    pub fn groups(&self) -> &[HashSet<String>] {
        &self.groups
    }

    /// What the documents state.
    pub fn group(&self, documents: &HashSet<String>) -> Result<Group> {
        let frame = |table, columns: &[&str]| {
            let places = self.places.get(table).map(|places| (documents, places));
            let mut frame = read(&self.directory, table, columns, places)?;
            self.add_area(&mut frame).map_err(wrong(table))?;
            Ok::<DataFrame, Error>(frame)
        };
        let (observations, targets) = rayon::join(
            || {
                let mut observations = frame("observations", &OBSERVATIONS)?;
                add_numbers(&mut observations).map_err(wrong("observations"))?;
                fact::add_to_observations(&mut observations, self.vocabulary).map_err(wrong("observations"))?;
                Ok::<DataFrame, Error>(observations)
            },
            || frame("targets", &TARGETS),
        );
        let (observations, mut targets) = (observations?, targets?);
        fact::add_to_targets(&mut targets, &observations, self.vocabulary).map_err(wrong("targets"))?;
        Ok(Group {
            documents: frame("documents", &DOCUMENTS)?,
            observations,
            targets,
            issues: frame("issues", &ISSUES)?,
        })
    }

    fn add_area(&self, frame: &mut DataFrame) -> PolarsResult<()> {
        let ids = frame.column("document_id")?.str()?.iter();
        let areas: Vec<Option<&str>> = ids.map(|id| self.area_of.get(id.unwrap_or_default())?.as_deref()).collect();
        frame.with_column(Series::new("area".into(), areas).into_column())?;
        Ok(())
    }
}

/// Whether a group begins with an area, as one area in so many does. Which ones is told by their names, so that a report
/// more or less does not move areas from group to group.
fn begins_group(area: Option<String>, usual: u64) -> bool {
    let digest = Sha256::digest(area.unwrap_or_default());
    u64::from(digest[0]).is_multiple_of(usual)
}

/// The documents of areas put together up to the size of a group; with each area, whether it begins one.
fn grouped(areas: impl Iterator<Item = (bool, Vec<String>)>) -> Vec<HashSet<String>> {
    let mut groups: Vec<HashSet<String>> = Vec::new();
    for (begins, documents) in areas {
        match groups.last_mut() {
            Some(last) if !begins && last.len() + documents.len() <= GROUP_DOCUMENTS => last.extend(documents),
            _ => groups.push(documents.into_iter().collect()),
        }
    }
    // Without a document the derived tables are written as well, empty.
    if groups.is_empty() {
        groups.push(HashSet::new());
    }
    groups
}

/// Every code that went on under another one, with the last of them.
fn today(areas: &[Area]) -> HashMap<String, String> {
    let successor: HashMap<&str, &str> = areas
        .iter()
        .filter_map(|area| Some((area.code.as_str(), area.successor_code.as_deref()?)))
        .filter(|(code, successor)| code != successor)
        .collect();
    let last = |code: &str| {
        let mut last = code.to_string();
        for _ in 0..MAX_SUCCESSORS {
            let Some(next) = successor.get(last.as_str()) else { break };
            last = next.to_string();
        }
        last
    };
    successor.keys().map(|code| (code.to_string(), last(code))).collect()
}

/// Years of the period, rounding and damage of every observation.
fn add_numbers(observations: &mut DataFrame) -> PolarsResult<()> {
    let year = |name: &str| -> PolarsResult<Int32Chunked> {
        let days = observations.column(name)?.i32()?;
        Ok(days.iter().map(|days| days.map(|days| Date::from_days(days).year)).collect())
    };
    let (from, to) = (year("period_start")?, year("period_end")?);
    let value = observations.column("value")?.f64()?;
    let base = observations.column("obs_value")?.f64()?;
    let decimals = observations.column("decimals")?.i32()?;
    let rounding: Float64Chunked = value
        .iter()
        .zip(base.iter())
        .zip(decimals.iter())
        .map(|((value, base), decimals)| {
            let (value, base, decimals) = (value?, base?, decimals?);
            let factor = if value == 0.0 { 1.0 } else { (base / value).abs() };
            Some(0.5 * 10f64.powi(-decimals) * factor)
        })
        .collect();
    let flags = observations.column("flags")?.str()?;
    let flagged = |flag: &str| -> BooleanChunked {
        let has = |flags: &str| flags.split('|').any(|known| known == flag);
        flags.iter().map(|flags| Some(flags.is_some_and(has))).collect()
    };
    let (is_damaged, is_subject_inferred) = (flagged("damaged"), flagged("subject_inferred"));
    for (name, column) in [("year_from", from.into_column()), ("year_to", to.into_column())] {
        observations.with_column(column.with_name(name.into()))?;
    }
    observations.with_column(rounding.into_column().with_name("rounding".into()))?;
    observations.with_column(is_damaged.into_column().with_name("is_damaged".into()))?;
    observations.with_column(is_subject_inferred.into_column().with_name("is_subject_inferred".into()))?;
    Ok(())
}

/// Where the documents of a written table have their rows.
fn places(directory: &Path, table: &'static str) -> Result<Places> {
    let path = directory.join(format!("{table}.parquet"));
    let wrong_file = |message: String| Error::Table { table, message };
    let metadata = stored::metadata(&path, wrong_file)?;
    let mut places = Places::new();
    for group in 0..metadata.metadata().num_row_groups() {
        let file = stored::reopen(&path, &metadata)?.with_row_groups(vec![group]);
        stored::each_batch(file, ["document_id"], wrong_file, |batch| {
            let mut last = None;
            for id in batch.column(0).as_string::<i32>().iter().flatten().filter(|id| last.replace(*id) != Some(*id)) {
                match places.get_mut(id) {
                    Some(place) => place.1 = group,
                    None => drop(places.insert(id.to_string(), (group, group))),
                }
            }
            Ok(())
        })?;
    }
    Ok(places)
}

/// Columns of a written table, of all documents or of some, whose places are known.
fn read(
    directory: &Path,
    table: &'static str,
    columns: &[&str],
    wanted: Option<(&HashSet<String>, &Places)>,
) -> Result<DataFrame> {
    let path = directory.join(format!("{table}.parquet"));
    let wrong_file = |message: String| Error::Table { table, message };
    let mut file = stored::open(&path, wrong_file)?;
    if let Some((documents, places)) = wanted {
        let documents = documents.clone();
        let places = documents.iter().filter_map(|id| places.get(id));
        let groups: BTreeSet<usize> = places.flat_map(|&(first, last)| first..=last).collect();
        file = file.with_row_groups(groups.into_iter().collect());
        let only_id = ProjectionMask::columns(file.parquet_schema(), ["document_id"]);
        let is_wanted = move |batch: RecordBatch| {
            let ids = batch.column(0).as_string::<i32>();
            Ok(ids.iter().map(|id| Some(documents.contains(id.unwrap_or_default()))).collect::<BooleanArray>())
        };
        file = file.with_row_filter(RowFilter::new(vec![Box::new(ArrowPredicateFn::new(only_id, is_wanted))]));
    }
    let mut frames = Vec::new();
    let schema = stored::each_batch(file, columns.iter().copied(), wrong_file, |batch| {
        frames.push(frame_of(&batch).map_err(wrong(table))?);
        Ok(())
    })?;
    let mut frame = frame_of(&RecordBatch::new_empty(schema)).map_err(wrong(table))?;
    for rows in frames {
        frame.vstack_mut_owned(rows).map_err(wrong(table))?;
    }
    Ok(frame)
}

/// Arrow columns as columns of polars; dates as days.
fn frame_of(batch: &RecordBatch) -> PolarsResult<DataFrame> {
    let schema = batch.schema();
    let column = |(field, array): (&Arc<Field>, &ArrayRef)| -> PolarsResult<Column> {
        let name = field.name().as_str().into();
        Ok(match field.data_type() {
            DataType::Utf8 => StringChunked::from_iter_options(name, array.as_string::<i32>().iter()).into_column(),
            DataType::Int32 => {
                Int32Chunked::from_iter_options(name, array.as_primitive::<Int32Type>().iter()).into_column()
            }
            DataType::Date32 => {
                Int32Chunked::from_iter_options(name, array.as_primitive::<Date32Type>().iter()).into_column()
            }
            DataType::Int64 => {
                Int64Chunked::from_iter_options(name, array.as_primitive::<Int64Type>().iter()).into_column()
            }
            DataType::Float64 => {
                Float64Chunked::from_iter_options(name, array.as_primitive::<Float64Type>().iter()).into_column()
            }
            DataType::Boolean => BooleanChunked::from_iter_options(name, array.as_boolean().iter()).into_column(),
            other => polars_bail!(SchemaMismatch: "column {} is {other}, which no table holds", field.name()),
        })
    };
    let columns = schema.fields().iter().zip(batch.columns()).map(column).collect::<PolarsResult<Vec<_>>>()?;
    DataFrame::new(batch.num_rows(), columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::WriteOptions;
    use crate::model::{DocumentRow, ObservationRow};
    use crate::publish;
    use crate::tidy;

    fn area(code: &str, successor: Option<&str>) -> Area {
        Area {
            code: code.into(),
            name: code.into(),
            level: "county".into(),
            parent_code: None,
            valid_from: None,
            valid_to: None,
            successor_code: successor.map(Into::into),
        }
    }

    fn document(id: &str, area: Option<&str>, copy_of: Option<&str>) -> DocumentRow {
        DocumentRow {
            document_id: id.into(),
            ref_area: area.map(Into::into),
            duplicate_of: copy_of.map(Into::into),
            report_kind: "work_report".into(),
            container: "txt".into(),
            ..DocumentRow::default()
        }
    }

    /// A level of so many 亿元 in 2019, of a document.
    fn observation(document: &str, value: f64, decimals: i32, flags: Option<&str>) -> ObservationRow {
        ObservationRow {
            obs_id: format!("{document}-{value}"),
            document_id: document.into(),
            value,
            obs_value: value * 1e8,
            decimals,
            period_start: Date::new(2018, 1, 1).map(Date::days_since_epoch),
            period_end: Date::new(2019, 12, 31).map(Date::days_since_epoch),
            flags: flags.map(Into::into),
            ..ObservationRow::default()
        }
    }

    fn texts(frame: &DataFrame, column: &str) -> Vec<Option<String>> {
        let column = frame.column(column).unwrap().str().unwrap();
        column.iter().map(|text| text.map(str::to_string)).collect()
    }

    #[test]
    fn documents_of_one_place_come_together_and_copies_stay_out() {
        let output = tempfile::tempdir().unwrap();
        let output = publish::open(output.path());
        let mut publication = output.begin(&WriteOptions::default(), crate::publish::no_plan()).unwrap();
        let documents = [
            document("a", Some("130621"), None),
            document("b", None, None),
            document("c", Some("130608"), None),
            document("d", Some("130608"), Some("c")),
        ];
        publication.append(&tidy::DOCUMENTS, &documents).unwrap();
        let observations = [
            observation("a", 189.7, 1, None),
            observation("b", 5.0, 0, Some("unit_missing|damaged")),
            observation("c", 0.0, 2, Some("period_inferred")),
            observation("d", 7.0, 0, None),
        ];
        publication.append(&tidy::OBSERVATIONS, &observations).unwrap();
        publication.append(&tidy::TARGETS, &[]).unwrap();
        publication.append(&tidy::ISSUES, &[]).unwrap();
        let mut vocabulary = Vocabulary::embedded().unwrap();
        vocabulary.areas = vec![area("130621", Some("130608")), area("130608", Some("130608"))];
        let written = Written::open(publication.written().unwrap(), &vocabulary).unwrap();

        let all: HashSet<String> = ["a", "b", "c"].map(String::from).into();
        assert_eq!(written.groups().iter().flatten().cloned().collect::<HashSet<_>>(), all);
        assert!(written.groups().iter().any(|group| group.contains("a") && group.contains("c")));
        let group = written.group(&all).unwrap();
        assert_eq!(texts(&group.documents, "document_id"), ["a", "b", "c"].map(|id| Some(id.to_string())));
        let today = [Some("130608".to_string()), None, Some("130608".to_string())];
        assert_eq!(texts(&group.documents, "area"), today);
        assert_eq!(texts(&group.observations, "area"), today);
        let column = |name: &str| group.observations.column(name).unwrap();
        assert_eq!(column("year_from").i32().unwrap().iter().collect::<Vec<_>>(), [Some(2018); 3]);
        assert_eq!(column("year_to").i32().unwrap().iter().collect::<Vec<_>>(), [Some(2019); 3]);
        // Half of 0.1 亿元, half of 1 亿元; of nothing the factor is not known.
        let rounding: Vec<f64> = column("rounding").f64().unwrap().iter().flatten().collect();
        assert!(
            rounding.iter().zip([5e6, 5e7, 0.005]).all(|(found, expected)| (found - expected).abs() < 1e-6 * expected)
        );
        assert_eq!(column("is_damaged").bool().unwrap().iter().collect::<Vec<_>>(), [false, true, false].map(Some));
        assert_eq!(group.targets.height(), 0);
    }

    #[test]
    fn a_group_ends_before_it_grows_too_large_but_holds_an_area_whole() {
        let area =
            |count: usize, name: &str| (name == "b", (0..count).map(|i| format!("{name}{i}")).collect::<Vec<_>>());
        let groups = grouped([area(1000, "a"), area(24, "aa"), area(1, "c"), area(3000, "d")].into_iter());
        assert_eq!(groups.iter().map(HashSet::len).collect::<Vec<_>>(), [1024, 1, 3000]);
        let groups = grouped([area(3, "a"), area(4, "aa"), area(5, "b"), area(1, "c")].into_iter());
        assert_eq!(groups.iter().map(HashSet::len).collect::<Vec<_>>(), [7, 6]);
        assert_eq!(grouped([].into_iter()), [HashSet::new()]);
    }

    #[test]
    fn a_code_is_followed_to_the_last_one_and_not_in_circles() {
        let areas =
            [area("1", Some("2")), area("2", Some("3")), area("3", None), area("4", Some("5")), area("5", Some("4"))];
        let today = today(&areas);
        assert_eq!(today.get("1").map(String::as_str), Some("3"));
        assert_eq!(today.get("2").map(String::as_str), Some("3"));
        assert!(!today.contains_key("3"));
        assert!(today.contains_key("4"));
    }
}
