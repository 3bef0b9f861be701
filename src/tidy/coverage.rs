//! The table `coverage`: which headline indicators each report states, so that a missing number can
//! be told from a number that was never given.

use polars::prelude::{DataFrame, IntoLazy, JoinArgs, JoinType, PolarsResult, col, df};

use super::{Get, TableDef};
use crate::error::{Error, Result};
use crate::model::{DocumentRow, ObservationRow, TargetRow};

/// The flag of a number that has lost digits, its unit or its noun.
const DAMAGED: &str = "damaged";

/// What a report says of an indicator.
pub(crate) const FOUND: &str = "found";
const TARGET_ONLY: &str = "target_only";
const NOT_MENTIONED: &str = "not_mentioned";
const STATES: [&str; 4] = [FOUND, TARGET_ONLY, DAMAGED, NOT_MENTIONED];

/// A row of `coverage`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CoverageRow {
    pub document_id: String,
    pub indicator: String,
    pub state: &'static str,
    pub n_actual: i32,
    pub n_estimate: i32,
    pub n_target: i32,
    pub n_damaged: i32,
}

type Column = super::Column<CoverageRow>;

/// One row a document and core indicator.
pub static COVERAGE: TableDef<CoverageRow> = TableDef {
    name: "coverage",
    sentence: "One row a document and core indicator, also where the report does not state it.",
    sentence_zh: "每行是一份报告与一个核心指标，报告未提及的也占一行；按 `documents` 的报告顺序、再按 `indicators` 的指标顺序排列。",
    key: &["document_id", "indicator"],
    order: "documents as in `documents`, then indicators as in `indicators`",
    columns: &[
        Column::new("document_id", Get::Text(|row| Some(&row.document_id)), "The report; see `documents`.").zh("所属报告，见 `documents`。").references("documents", &["document_id"]).required(),
        Column::new("indicator", Get::Text(|row| Some(&row.indicator)), "The indicator; see `indicators`, those with `core`.").zh("指标，见 `indicators` 中 `core` 为真的各行。").references("indicators", &["indicator"])
            .required(),
        Column::new(
            "state",
            Get::Text(|row| Some(row.state)),
            "found (a result or an estimate is stated), target_only (only a target or norm, with or without a number), damaged (only in numbers that \
             have lost a part) or not_mentioned.",
        ).zh("found（写明了结果或预计）、target_only（只有目标或标准，不论有无数字）、damaged（只出现在残缺的数字中）或 not_mentioned（未提及）。").one_of(&STATES)
        .required(),
        Column::new("n_actual", Get::Int32(|row| Some(row.n_actual)), "Undamaged observations with status actual, of any scope.").zh("status 为 actual 且未残缺的 `observations` 行数，不论 scope。")
            .required()
            .unit("{row}"),
        Column::new(
            "n_estimate",
            Get::Int32(|row| Some(row.n_estimate)),
            "Undamaged observations with status estimate, of any scope.",
        ).zh("status 为 estimate 且未残缺的 `observations` 行数，不论 scope。")
        .required()
        .unit("{row}"),
        Column::new(
            "n_target",
            Get::Int32(|row| Some(row.n_target)),
            "Undamaged observations with status target or requirement, and rows of `targets` without an observation, of any \
             scope.",
        ).zh("status 为 target 或 requirement 且未残缺的 `observations` 行数，加上 `targets` 中没有数字的行数，不论 scope。")
        .required()
        .unit("{row}"),
        Column::new("n_damaged", Get::Int32(|row| Some(row.n_damaged)), "Observations flagged damaged, whatever their status.").zh("标有 damaged 的 `observations` 行数，不论 status。")
            .required()
            .unit("{row}"),
    ],
};

/// Sets every document against every core indicator and counts what it states of it.
///
/// Rows come in the order of `documents`, then of `core`.
///
/// # Errors
///
/// [`Error::Table`] when the data frame engine fails.
pub fn coverage(
    documents: &[DocumentRow],
    observations: &[ObservationRow],
    targets: &[TargetRow],
    core: &[String],
) -> Result<Vec<CoverageRow>> {
    let to_error = |error: polars::error::PolarsError| Error::Table { table: "coverage", message: error.to_string() };
    let counts = count(documents, observations, targets, core).map_err(to_error)?;
    rows(&counts, documents, core).map_err(to_error)
}

/// The counts of every document and core indicator, with their positions in the two lists.
fn count(
    documents: &[DocumentRow],
    observations: &[ObservationRow],
    targets: &[TargetRow],
    core: &[String],
) -> PolarsResult<DataFrame> {
    let documents = df!(
        "document" => (0..documents.len() as i64).collect::<Vec<_>>(),
        "document_id" => documents.iter().map(|row| row.document_id.as_str()).collect::<Vec<_>>(),
        "every" => vec![0i32; documents.len()],
    )?;
    let core = df!(
        "position" => (0..core.len() as i64).collect::<Vec<_>>(),
        "indicator" => core.iter().map(String::as_str).collect::<Vec<_>>(),
        "every" => vec![0i32; core.len()],
    )?;
    // A target without a number counts beside the observations; one with a number rests on one of them.
    let wordy = targets.iter().filter(|row| row.obs_id.is_none());
    let wordy: Vec<(&str, &str)> =
        wordy.filter_map(|row| Some((row.document_id.as_str(), row.indicator.as_deref()?))).collect();
    let counted = |is_counted: fn(&ObservationRow) -> bool, of_wordy: i32| -> Vec<i32> {
        let counts = linked(observations).map(|row| i32::from(is_counted(row)));
        counts.chain(wordy.iter().map(|_| of_wordy)).collect()
    };
    let stated: Vec<(&str, &str)> =
        linked(observations).filter_map(|row| Some((row.document_id.as_str(), row.indicator.as_deref()?))).collect();
    let (ids, indicators): (Vec<&str>, Vec<&str>) = stated.into_iter().chain(wordy.iter().copied()).unzip();
    let stated = df!(
        "document_id" => ids,
        "indicator" => indicators,
        "n_actual" => counted(|row| row.status == "actual" && !is_damaged(row), 0),
        "n_estimate" => counted(|row| row.status == "estimate" && !is_damaged(row), 0),
        "n_target" => counted(|row| matches!(row.status, "target" | "requirement") && !is_damaged(row), 1),
        "n_damaged" => counted(is_damaged, 0),
    )?;

    let key = [col("document_id"), col("indicator")];
    let stated = stated.lazy().group_by(key.clone()).agg([
        col("n_actual").sum(),
        col("n_estimate").sum(),
        col("n_target").sum(),
        col("n_damaged").sum(),
    ]);
    // Equal on a column that is the same everywhere: every document with every indicator.
    documents
        .lazy()
        .inner_join(core.lazy(), col("every"), col("every"))
        .join(stated, key.clone(), key, JoinArgs::new(JoinType::Left))
        .sort(["document", "position"], Default::default())
        .collect()
}

/// The observations of a known indicator.
fn linked(observations: &[ObservationRow]) -> impl Iterator<Item = &ObservationRow> {
    observations.iter().filter(|row| row.indicator.is_some())
}

fn is_damaged(row: &ObservationRow) -> bool {
    row.flags.as_deref().is_some_and(|flags| flags.split('|').any(|flag| flag == DAMAGED))
}

fn rows(counts: &DataFrame, documents: &[DocumentRow], core: &[String]) -> PolarsResult<Vec<CoverageRow>> {
    let document = counts.column("document")?.i64()?;
    let position = counts.column("position")?.i64()?;
    let [n_actual, n_estimate, n_target, n_damaged] = [
        counts.column("n_actual")?,
        counts.column("n_estimate")?,
        counts.column("n_target")?,
        counts.column("n_damaged")?,
    ];
    let (n_actual, n_estimate, n_target, n_damaged) =
        (n_actual.i32()?, n_estimate.i32()?, n_target.i32()?, n_damaged.i32()?);

    let mut rows = Vec::with_capacity(counts.height());
    for index in 0..counts.height() {
        let (Some(document), Some(indicator)) = (
            document.get(index).and_then(|position| documents.get(position as usize)),
            position.get(index).and_then(|position| core.get(position as usize)),
        ) else {
            continue;
        };
        let mut row = CoverageRow {
            document_id: document.document_id.clone(),
            indicator: indicator.clone(),
            state: "",
            // Nothing stated is no row on the right side of the join.
            n_actual: n_actual.get(index).unwrap_or(0),
            n_estimate: n_estimate.get(index).unwrap_or(0),
            n_target: n_target.get(index).unwrap_or(0),
            n_damaged: n_damaged.get(index).unwrap_or(0),
        };
        row.state = state(&row);
        rows.push(row);
    }
    Ok(rows)
}

fn state(row: &CoverageRow) -> &'static str {
    if row.n_actual + row.n_estimate > 0 {
        FOUND
    } else if row.n_target > 0 {
        TARGET_ONLY
    } else if row.n_damaged > 0 {
        DAMAGED
    } else {
        NOT_MENTIONED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(id: &str) -> DocumentRow {
        DocumentRow { document_id: id.into(), ..DocumentRow::default() }
    }

    fn observation(
        document: &str,
        indicator: Option<&str>,
        status: &'static str,
        flags: Option<&str>,
    ) -> ObservationRow {
        ObservationRow {
            document_id: document.into(),
            indicator: indicator.map(Into::into),
            status,
            flags: flags.map(Into::into),
            ..ObservationRow::default()
        }
    }

    #[test]
    fn every_document_stands_against_every_core_indicator() {
        let documents = [document("b"), document("a")];
        let core = ["gdp".to_string(), "cpi".to_string(), "fdi_used".to_string()];
        let observations = [
            observation("a", Some("gdp"), "actual", None),
            observation("a", Some("gdp"), "actual", Some("subject_inferred")),
            observation("a", Some("gdp"), "target", None),
            observation("a", Some("gdp"), "estimate", Some("unit_missing|damaged")),
            observation("b", Some("gdp"), "requirement", None),
            observation("b", Some("cpi"), "actual", Some("damaged")),
            observation("b", Some("roads"), "actual", None),
            observation("b", None, "actual", None),
        ];
        let target = |indicator: &str, obs_id: Option<&str>| TargetRow {
            document_id: "a".into(),
            indicator: Some(indicator.into()),
            obs_id: obs_id.map(Into::into),
            ..TargetRow::default()
        };
        let targets = [target("gdp", Some("a-1-2")), target("cpi", None)];
        let rows = coverage(&documents, &observations, &targets, &core).unwrap();
        let shown: Vec<_> = rows
            .iter()
            .map(|row| {
                let counts = [row.n_actual, row.n_estimate, row.n_target, row.n_damaged];
                (row.document_id.as_str(), row.indicator.as_str(), row.state, counts)
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("b", "gdp", "target_only", [0, 0, 1, 0]),
                ("b", "cpi", "damaged", [0, 0, 0, 1]),
                ("b", "fdi_used", "not_mentioned", [0, 0, 0, 0]),
                ("a", "gdp", "found", [2, 0, 1, 1]),
                ("a", "cpi", "target_only", [0, 0, 1, 0]),
                ("a", "fdi_used", "not_mentioned", [0, 0, 0, 0]),
            ]
        );
    }

    #[test]
    fn nothing_in_gives_nothing_out() {
        assert_eq!(coverage(&[], &[], &[], &[]).unwrap(), []);
        assert_eq!(coverage(&[document("a")], &[], &[], &[]).unwrap(), []);
        assert_eq!(coverage(&[], &[], &[], &["gdp".to_string()]).unwrap(), []);
    }
}
