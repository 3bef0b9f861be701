//! The written tables, read back for the documents of some areas at a time.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use arrow_array::cast::AsArray;
use arrow_array::{Array, StringArray};
use sha2::{Digest, Sha256};

use super::group::{Document, Group, Stated};
use super::parts::Parts;
use crate::error::{Error, Result};
use crate::stored;
use crate::vocab::{Area, Vocabulary};

/// So many documents are looked at together, unless one area alone has more.
pub const GROUP_DOCUMENTS: usize = 1024;
/// Areas are cut into so many groups, about, as long as a group has no more areas than that.
const GROUPS: usize = 24;
/// The most areas of a group, about.
const MAX_AREAS: usize = 16;
/// Up to so many bytes of rows wait in memory for their turn.
const WAITING_BYTES: usize = 96 << 20;
/// The most steps from a division to what it has become.
const MAX_SUCCESSORS: usize = 8;

/// The tables of a run, and which documents belong together.
pub struct Written {
    directory: PathBuf,
    /// Document to the place it is of, as that is known today; no copies.
    area_of: HashMap<String, Option<String>>,
    groups: Vec<HashSet<String>>,
}

impl Written {
    /// Looks through `documents` in a directory of tables.
    pub fn open(directory: PathBuf, vocabulary: &Vocabulary) -> Result<Written> {
        let columns = ["document_id", "ref_area", "ref_area_name", "duplicate_of"];
        let today = today(&vocabulary.areas);
        let mut area_of = HashMap::new();
        // An unknown place makes a group of its own for each document, in front.
        let mut by_area: BTreeMap<(Option<String>, Option<String>), Vec<String>> = BTreeMap::new();
        let wrong_file = |message: String| Error::Table { table: Document::TABLE, message };
        let file = stored::open(&stored::path_of(&directory, Document::TABLE), wrong_file)?;
        stored::each_batch(file, columns, wrong_file, |batch| {
            let [ids, codes, names, copies] =
                columns.map(|name| batch.column_by_name(name).map(AsArray::as_string::<i32>));
            let text = |column: Option<&StringArray>, row: usize| {
                column.filter(|column| column.is_valid(row)).map(|column| column.value(row).to_string())
            };
            for row in 0..batch.num_rows() {
                let (Some(id), None) = (text(ids, row), text(copies, row)) else { continue };
                // A zone without a code goes by its name.
                let area = text(codes, row).map(|code| today.get(&code).cloned().unwrap_or(code));
                let area = area.or_else(|| text(names, row));
                let alone = area.is_none().then(|| id.clone());
                by_area.entry((area.clone(), alone)).or_default().push(id.clone());
                area_of.insert(id, area);
            }
            Ok(())
        })?;
        let usual = (by_area.len() / GROUPS).next_power_of_two().min(MAX_AREAS) as u64;
        let areas = by_area.into_iter();
        let areas = areas.map(|((area, alone), documents)| (begins_group(area.or(alone), usual), documents));
        let groups = grouped(areas);
        Ok(Written { directory, area_of, groups })
    }

    /// The documents of some areas at a time, areas in the order of their codes.
    pub fn groups(&self) -> &[HashSet<String>] {
        &self.groups
    }

    /// What the documents of some groups state, as it is written; `parts` are groups that are looked at together.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] or [`Error::Io`] when a table cannot be read.
    pub fn parted(&self, parts: &[Vec<&HashSet<String>>]) -> Result<Parts> {
        Parts::read(&self.directory, parts, WAITING_BYTES)
    }

    /// What the documents of one group state; as [`Written::parted`].
    ///
    /// # Errors
    ///
    /// As [`Written::parted`].
    pub fn stated(&self, documents: &HashSet<String>) -> Result<Stated> {
        self.parted(&[vec![documents]])?.stated(0)
    }

    /// Some of the documents that were read.
    pub fn group<'r>(&'r self, stated: &'r Stated, documents: &HashSet<String>) -> Result<Group<'r>> {
        Group::of(stated, documents, |id| self.area_of.get(id)?.as_deref())
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

#[cfg(test)]
mod tests {
    use super::super::group::Observation;
    use super::*;
    use crate::config::WriteOptions;
    use crate::model::{Date, DocumentRow, ObservationRow};
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
        let stated = written.stated(&all).unwrap();
        let group = written.group(&stated, &all).unwrap();
        assert_eq!(group.documents.iter().map(|row| row.document_id).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(group.areas, [Some("130608"), None, Some("130608")]);
        assert_eq!(group.observations.iter().map(|row| row.document).collect::<Vec<_>>(), [0, 1, 2]);
        let years = |row: &Observation| (row.year_from(), row.year_to());
        assert!(group.observations.iter().all(|row| years(row) == (Some(2018), Some(2019))));
        // Half of 0.1 亿元, half of 1 亿元; of nothing the factor is not known.
        let roundings = group.observations.iter().map(Observation::rounding).zip([5e6, 5e7, 0.005]);
        assert!(roundings.into_iter().all(|(found, expected)| (found - expected).abs() < 1e-6 * expected));
        let damaged: Vec<bool> = group.observations.iter().map(|row| row.has_flag("damaged")).collect();
        assert_eq!(damaged, [false, true, false]);
        assert_eq!(group.targets.len(), 0);
        // The same where nothing may wait in memory.
        let parts = Parts::read(&written.directory, &[vec![&all], vec![]], 0).unwrap();
        let again = parts.stated(0).unwrap();
        let again = written.group(&again, &all).unwrap();
        assert_eq!(format!("{:?}", again.observations), format!("{:?}", group.observations));
        assert_eq!(format!("{:?}", again.documents), format!("{:?}", group.documents));
        let none = parts.stated(1).unwrap();
        assert_eq!(written.group(&none, &all).unwrap().documents.len(), 0);
        // A part of what was read.
        let one = written.group(&stated, &["b".to_string()].into()).unwrap();
        assert_eq!(one.observations.iter().map(|row| row.obs_id).collect::<Vec<_>>(), ["b-5"]);
        assert_eq!((one.row_of("b-5"), one.row_of("a-189.7")), (Some(0), None));
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
