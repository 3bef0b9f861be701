//! What a statement is about, so that statements of the same thing can be found by it.
//!
//! A qualifier is what the words say beyond the indicator (产业集聚区, 新增). A [`Fact`] is all that must be the same for two
//! numbers to be comparable: indicator, qualifier, measure, base of a change, whole of a share, unit and period.

use std::collections::HashMap;

use super::group::{Observation, Target};
use super::outcomes::is_figure;
use crate::vocab::{Indicator, Said, Vocabulary};

/// A fact without its qualifier, what is not there as an empty text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct LooseFact<'g> {
    indicator: &'g str,
    measure: &'g str,
    change_basis: &'g str,
    within: &'g str,
    unit_measure: &'g str,
    period: &'g str,
}

/// A fact: what is said, and the qualifier of it, empty where there is none.
pub(super) type Fact<'q, 'g> = (LooseFact<'g>, &'q str);

/// The parts of a fact as they stand in a row.
#[derive(Debug, Clone, Copy)]
struct Parts<'g> {
    indicator: &'g Indicator,
    measure: Option<&'g str>,
    change_basis: Option<&'g str>,
    within: Option<&'g str>,
    unit_measure: Option<&'g str>,
    period: Option<&'g str>,
}

impl<'g> Parts<'g> {
    /// All that must be the same, or none where a part that is needed is not known.
    fn fact(self) -> Option<LooseFact<'g>> {
        let (mut measure, mut within) = (self.measure?, self.within);
        // 城镇化率 and 研发投入占GDP比重 are shares by themselves, however they are worded. Ranks have a table of their own.
        if measure == "share" && self.indicator.kind == "ratio" {
            (measure, within) = ("level", None);
        }
        (measure != "rank").then_some(LooseFact {
            indicator: &self.indicator.id,
            measure,
            change_basis: self.change_basis.unwrap_or_default(),
            within: within.unwrap_or_default(),
            unit_measure: self.unit_measure?,
            period: self.period?,
        })
    }
}

/// Finds qualifiers and facts.
pub(super) struct Facts<'v> {
    indicators: HashMap<&'v str, &'v Indicator>,
    vocabulary: &'v Vocabulary,
}

impl<'v> Facts<'v> {
    pub fn new(vocabulary: &'v Vocabulary) -> Facts<'v> {
        let indicators = vocabulary.indicators.iter().map(|indicator| (indicator.id.as_str(), indicator)).collect();
        Facts { indicators, vocabulary }
    }

    fn indicator(&self, id: Option<&str>) -> Option<&'v Indicator> {
        self.indicators.get(id?).copied()
    }

    /// The fact that a sound result for the area as a whole states; `None` for anything else.
    pub fn of_result<'g>(&self, row: &Observation<'g>) -> Option<LooseFact<'g>>
    where
        'v: 'g,
    {
        let is_result = matches!(row.status, "actual" | "estimate");
        let is_whole = row.scope == "self" && !matches!(row.role, Some("part" | "from"));
        if !is_result || !is_whole || row.has_flag("damaged") {
            return None;
        }
        let parts = Parts {
            indicator: self.indicator(row.indicator)?,
            measure: Some(row.measure),
            change_basis: row.change_basis,
            within: row.within,
            unit_measure: row.unit_measure,
            period: row.time_period,
        };
        parts.fact()
    }

    /// What an observation says beyond its indicator.
    pub fn qualifier(&self, row: &Observation) -> Option<String> {
        let said =
            Said { wording: row.indicator_text, quote: row.quote, value_text: row.value_text, ..Said::default() };
        self.said(said, row.indicator, Some(row.measure), row.time_period, row.ref_area_name)
    }

    /// What a target says beyond its indicator.
    pub fn qualifier_of_target(&self, row: &Target) -> Option<String> {
        let said =
            Said { wording: row.indicator_text, quote: row.quote, value_text: row.target_text, ..Said::default() };
        self.said(said, row.indicator, row.measure, row.horizon, row.ref_area_name)
    }

    fn said(
        &self,
        said: Said,
        indicator: Option<&str>,
        measure: Option<&str>,
        period: Option<&str>,
        area: Option<&str>,
    ) -> Option<String> {
        let indicator = self.indicator(indicator)?;
        let said = Said {
            area,
            is_share: indicator.kind == "ratio" || measure == Some("share"),
            is_level: measure == Some("level"),
            is_one_year: period.is_some_and(|period| !period.contains('/')),
            ..said
        };
        self.vocabulary.series.qualifier(indicator, said)
    }

    /// The base of the change that a target promises, `found` being its observation, and its fact. A fact have only
    /// figures that an outcome can be held against, and relative targets, whose outcome is shown.
    pub fn of_target<'g>(
        &self,
        row: &Target<'g>,
        found: Option<&Observation<'g>>,
    ) -> (Option<&'g str>, Option<LooseFact<'g>>)
    where
        'v: 'g,
    {
        let indicator = self.indicator(row.indicator);
        // 增速高于全省1个百分点: what a reader would set beside it is the growth of the year, of a rate the rate.
        let is_ratio = indicator.is_some_and(|indicator| indicator.kind == "ratio");
        let (measure, change_basis, unit_measure) = match (row.form, is_ratio) {
            ("relative", true) => (Some("level"), None, Some("%")),
            ("relative", false) => (Some("change_pct"), Some("yoy"), Some("%")),
            _ => (row.measure, found.and_then(|found| found.change_basis), row.unit_measure),
        };
        let is_part = found.is_some_and(|found| found.role == Some("part"));
        let is_whole = row.scope == "self" && !is_part;
        let within = found.and_then(|found| found.within);
        let parts = indicator
            .filter(|_| (is_figure(row.form) || row.form == "relative") && is_whole)
            .map(|indicator| Parts { indicator, measure, change_basis, within, unit_measure, period: row.horizon });
        (change_basis, parts.and_then(Parts::fact))
    }
}

/// 2021 of `2021`, 2025 of `2021/2025`.
pub(super) fn last_year(horizon: &str) -> Option<i32> {
    horizon.rsplit('/').next()?.get(..4)?.parse().ok()
}
