//! The table `coverage`: which headline indicators each report states, so that a missing number can
//! be told from a number that was never given.

use std::collections::HashMap;

use super::{Get, TableDef};

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
pub fn coverage(
    documents: &[DocumentRow],
    observations: &[ObservationRow],
    targets: &[TargetRow],
    core: &[String],
) -> Vec<CoverageRow> {
    let position: HashMap<&str, usize> = core.iter().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
    let mut counts: HashMap<&str, Vec<Counts>> = HashMap::new();
    for document in documents {
        counts.insert(&document.document_id, vec![Counts::default(); core.len()]);
    }
    // The row of a core indicator, to be counted in.
    let mut count = |document: &str, indicator: Option<&str>, add: &dyn Fn(&mut Counts)| {
        if let Some(at) = indicator.and_then(|indicator| position.get(indicator))
            && let Some(counts) = counts.get_mut(document).and_then(|counts| counts.get_mut(*at))
        {
            add(counts);
        }
    };
    for row in observations {
        count(&row.document_id, row.indicator.as_deref(), &|counts| match row.status {
            _ if is_damaged(row) => counts.damaged += 1,
            "actual" => counts.actual += 1,
            "estimate" => counts.estimate += 1,
            "target" | "requirement" => counts.target += 1,
            _ => {}
        });
    }
    // A target without a number counts beside the observations; one with a number rests on one of them.
    for row in targets.iter().filter(|row| row.obs_id.is_none()) {
        count(&row.document_id, row.indicator.as_deref(), &|counts| counts.target += 1);
    }
    let mut rows = Vec::with_capacity(documents.len() * core.len());
    for document in documents {
        let id: &str = &document.document_id;
        for (indicator, counts) in core.iter().zip(counts.get(id).into_iter().flatten()) {
            rows.push(CoverageRow {
                document_id: document.document_id.clone(),
                indicator: indicator.clone(),
                state: counts.state(),
                n_actual: counts.actual,
                n_estimate: counts.estimate,
                n_target: counts.target,
                n_damaged: counts.damaged,
            });
        }
    }
    rows
}

/// What a document states of an indicator.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    actual: i32,
    estimate: i32,
    target: i32,
    damaged: i32,
}

impl Counts {
    fn state(self) -> &'static str {
        if self.actual + self.estimate > 0 {
            FOUND
        } else if self.target > 0 {
            TARGET_ONLY
        } else if self.damaged > 0 {
            DAMAGED
        } else {
            NOT_MENTIONED
        }
    }
}

fn is_damaged(row: &ObservationRow) -> bool {
    row.flags.as_deref().is_some_and(|flags| flags.split('|').any(|flag| flag == DAMAGED))
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
        let rows = coverage(&documents, &observations, &targets, &core);
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
        assert_eq!(coverage(&[], &[], &[], &[]), []);
        assert_eq!(coverage(&[document("a")], &[], &[], &[]), []);
        assert_eq!(coverage(&[], &[], &[], &["gdp".to_string()]), []);
    }
}
