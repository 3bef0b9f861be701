//! How a dataset differs in kind from the one before it: what tells that the inputs, the vocabulary or the program have
//! changed in a way nobody meant. Row by row comparison is not its task.

use std::collections::BTreeMap;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch, StringArray};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::stored;
use crate::tidy::coverage::FOUND;

/// With fewer documents than this, in either dataset, a share says nothing and nothing is an alarm.
const FEWEST_DOCUMENTS: u64 = 20;
/// How much the share of documents of unknown place may rise.
const MAX_PLACE_RISE: f64 = 0.01;
/// How much the share of observations without a catalogue id may rise.
const MAX_UNLINKED_RISE: f64 = 0.01;
/// How much the share of documents that state a core indicator may fall.
const MAX_COVERAGE_FALL: f64 = 0.03;
/// Which share of the observations may have units never seen before.
const MAX_NEW_UNIT_SHARE: f64 = 0.01;
/// How many units and indicators are named.
const NAMED: usize = 50;
/// How many of them are named in a sentence.
const NAMED_IN_SENTENCE: usize = 5;

/// What is counted of one dataset.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Portrait {
    documents: u64,
    /// Documents of which no place was found.
    unknown_place: u64,
    observations: u64,
    /// Observations without a catalogue id.
    unlinked: u64,
    /// Observations by their unit as written.
    units: BTreeMap<String, u64>,
    /// Documents that state a core indicator, by its id.
    stated: BTreeMap<String, u64>,
}

impl Portrait {
    /// Counts the tables in a directory; only the columns needed are read.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Config`] when a table cannot be read.
    pub fn read(directory: &Path) -> Result<Portrait> {
        let mut portrait = Portrait::default();
        each(directory, "documents", ["ref_area_name"], |[name]| {
            portrait.documents += name.len() as u64;
            portrait.unknown_place += name.null_count() as u64;
        })?;
        each(directory, "observations", ["unit", "indicator"], |[unit, indicator]| {
            portrait.observations += unit.len() as u64;
            portrait.unlinked += indicator.null_count() as u64;
            unit.iter().flatten().filter(|unit| !unit.is_empty()).for_each(|unit| add(&mut portrait.units, unit, 1));
        })?;
        each(directory, "coverage", ["indicator", "state"], |[indicator, state]| {
            for (indicator, state) in indicator.iter().flatten().zip(state) {
                add(&mut portrait.stated, indicator, u64::from(state == Some(FOUND)));
            }
        })?;
        Ok(portrait)
    }
}

/// Counts without a copy of what is there already.
fn add(counts: &mut BTreeMap<String, u64>, name: &str, count: u64) {
    match counts.get_mut(name) {
        Some(sum) => *sum += count,
        None => {
            counts.insert(name.to_string(), count);
        }
    }
}

/// Hands text columns of a table on, some rows at a time.
fn each<const N: usize>(
    directory: &Path,
    table: &str,
    columns: [&str; N],
    mut take: impl FnMut([&StringArray; N]),
) -> Result<()> {
    let path = stored::path_of(directory, table);
    let wrong = |message: String| Error::Config(format!("{} cannot be read: {message}", path.display()));
    let text = |batch: &RecordBatch, name: &str| -> Result<StringArray> {
        let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
        column.cloned().ok_or_else(|| wrong(format!("it has no text column {name}")))
    };
    stored::each_batch(stored::open(&path, wrong)?, columns, wrong, |batch| {
        let found = columns.iter().map(|name| text(&batch, name)).collect::<Result<Vec<_>>>()?;
        take(std::array::from_fn(|at| &found[at]));
        Ok(())
    })?;
    Ok(())
}

/// What is otherwise in a dataset than in the one before it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// How many units stand in the new dataset that were nowhere in the old one.
    pub new_units: usize,
    /// How many observations have such a unit.
    pub new_unit_observations: u64,
    /// The commonest of them.
    pub units: Vec<NewUnit>,
    /// The share of documents of which no place was found.
    pub unknown_place: Share,
    /// The share of observations without a catalogue id.
    pub unlinked: Share,
    /// Core indicators that a smaller share of the documents states than before, the greatest fall first.
    pub coverage_fallen: Vec<Fall>,
    /// A sentence for everything beyond its bound.
    pub alarms: Vec<String>,
}

/// A unit that was never seen before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewUnit {
    pub unit: String,
    pub observations: u64,
}

/// A count and its share, now and before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    pub count: u64,
    pub share: f64,
    pub previous_share: f64,
}

/// A core indicator that is stated less often.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fall {
    pub indicator: String,
    /// The share of documents that state it.
    pub share: f64,
    pub previous_share: f64,
}

impl Drift {
    /// Compares two datasets.
    pub fn between(old: &Portrait, new: &Portrait) -> Drift {
        let is_new = |(unit, _): &(&String, &u64)| !old.units.contains_key(*unit);
        let mut units: Vec<NewUnit> = (new.units.iter().filter(is_new))
            .map(|(unit, &observations)| NewUnit { unit: unit.clone(), observations })
            .collect();
        // Of the same count in the order of the alphabet, in which they stand.
        units.sort_by_key(|unit| std::cmp::Reverse(unit.observations));
        let (new_units, new_unit_observations) = (units.len(), units.iter().map(|unit| unit.observations).sum());
        units.truncate(NAMED);
        let mut fallen: Vec<Fall> = (old.stated.iter())
            .filter_map(|(indicator, &before)| {
                // An indicator that is core no more has no rows and is none that fell.
                let now = *new.stated.get(indicator)?;
                let [share, previous_share] = [share(now, new.documents), share(before, old.documents)];
                (share < previous_share).then(|| Fall { indicator: indicator.clone(), share, previous_share })
            })
            .collect();
        fallen.sort_by(|left, right| right.by().total_cmp(&left.by()));
        fallen.truncate(NAMED);
        let mut drift = Drift {
            new_units,
            new_unit_observations,
            units,
            unknown_place: Share {
                count: new.unknown_place,
                share: share(new.unknown_place, new.documents),
                previous_share: share(old.unknown_place, old.documents),
            },
            unlinked: Share {
                count: new.unlinked,
                share: share(new.unlinked, new.observations),
                previous_share: share(old.unlinked, old.observations),
            },
            coverage_fallen: fallen,
            alarms: Vec::new(),
        };
        if old.documents.min(new.documents) >= FEWEST_DOCUMENTS {
            drift.alarms = drift.beyond_bounds(new.observations);
        }
        drift
    }

    fn beyond_bounds(&self, observations: u64) -> Vec<String> {
        let mut alarms = Vec::new();
        if share(self.new_unit_observations, observations) > MAX_NEW_UNIT_SHARE {
            let names: Vec<&str> = self.units.iter().take(NAMED_IN_SENTENCE).map(|unit| unit.unit.as_str()).collect();
            alarms.push(format!(
                "{} observations have units never seen before: {}{}",
                self.new_unit_observations,
                names.join(", "),
                and_more(self.new_units)
            ));
        }
        if self.unknown_place.rise() > MAX_PLACE_RISE {
            alarms.push(format!("documents of unknown place: {}", self.unknown_place.sentence()));
        }
        if self.unlinked.rise() > MAX_UNLINKED_RISE {
            alarms.push(format!("observations without a catalogue id: {}", self.unlinked.sentence()));
        }
        let far: Vec<&Fall> = self.coverage_fallen.iter().filter(|fall| fall.by() > MAX_COVERAGE_FALL).collect();
        if !far.is_empty() {
            let percent = |share: f64| format!("{:.1} %", 100.0 * share);
            let told = far.iter().take(NAMED_IN_SENTENCE).map(|fall| {
                format!("{} {} (before {})", fall.indicator, percent(fall.share), percent(fall.previous_share))
            });
            alarms.push(format!(
                "fewer documents state {}{}",
                told.collect::<Vec<_>>().join(", "),
                and_more(far.len())
            ));
        }
        alarms
    }
}

impl Share {
    fn rise(self) -> f64 {
        self.share - self.previous_share
    }

    fn sentence(self) -> String {
        format!("{}, {:.1} % (before {:.1} %)", self.count, 100.0 * self.share, 100.0 * self.previous_share)
    }
}

impl Fall {
    fn by(&self) -> f64 {
        self.previous_share - self.share
    }
}

fn and_more(count: usize) -> String {
    match count.saturating_sub(NAMED_IN_SENTENCE) {
        0 => String::new(),
        more => format!(" and {more} more"),
    }
}

/// A share that no rows at all have not.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn portrait(documents: u64, units: &[(&str, u64)], gdp: u64) -> Portrait {
        Portrait {
            documents,
            unknown_place: 1,
            observations: 1000,
            unlinked: 400,
            units: units.iter().map(|&(unit, count)| (unit.to_string(), count)).collect(),
            stated: BTreeMap::from([("gdp".to_string(), gdp), ("population".to_string(), 10)]),
        }
    }

    #[test]
    fn what_is_within_its_bounds_is_told_without_an_alarm() {
        let old = portrait(100, &[("亿元", 900)], 90);
        let new = portrait(100, &[("亿元", 900), ("架次", 2), ("台套", 3)], 88);
        let drift = Drift::between(&old, &new);
        assert_eq!((drift.new_units, drift.new_unit_observations), (2, 5));
        assert_eq!(drift.units[0], NewUnit { unit: "台套".into(), observations: 3 });
        assert_eq!(
            drift.coverage_fallen,
            [Fall { indicator: "gdp".into(), share: 0.88, previous_share: 0.9 }],
            "population is as before"
        );
        assert_eq!(drift.unknown_place, Share { count: 1, share: 0.01, previous_share: 0.01 });
        assert!(drift.alarms.is_empty(), "{:?}", drift.alarms);
        let same = Drift::between(&old, &old);
        assert_eq!((same.new_units, same.coverage_fallen.len(), same.alarms.len()), (0, 0, 0));
    }

    #[test]
    fn what_is_beyond_its_bound_is_an_alarm() {
        let old = portrait(100, &[("亿元", 900)], 90);
        let new = Portrait {
            unknown_place: 7,
            unlinked: 450,
            ..portrait(100, &[("亿元", 900), ("b", 2), ("c", 2), ("d", 2), ("e", 2), ("f", 2), ("g", 5)], 80)
        };
        assert_eq!(
            Drift::between(&old, &new).alarms,
            [
                "15 observations have units never seen before: g, b, c, d, e and 1 more",
                "documents of unknown place: 7, 7.0 % (before 1.0 %)",
                "observations without a catalogue id: 450, 45.0 % (before 40.0 %)",
                "fewer documents state gdp 80.0 % (before 90.0 %)",
            ]
        );
        // With a handful of documents every share jumps.
        let (few, fewer) = (Portrait { documents: 19, ..old }, Portrait { documents: 19, ..new });
        assert!(Drift::between(&few, &fewer).alarms.is_empty());
    }

    #[test]
    fn an_indicator_that_is_core_no_more_did_not_fall() {
        let old = portrait(100, &[], 90);
        let mut new = old.clone();
        new.stated.remove("gdp");
        assert!(Drift::between(&old, &new).coverage_fallen.is_empty());
    }
}
