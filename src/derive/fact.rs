//! What a statement is about, as one text, so that statements of the same thing can be found by it.
//!
//! Two columns are added. `qualifier` is what the words say beyond the indicator (产业集聚区, 新增); `fact` names all that
//! must be the same for two numbers to be comparable: indicator, qualifier, measure, base of a change, whole of a share,
//! unit and period. `fact` is null where a statement can not be set beside others; `loose_fact` is a fact without its
//! qualifier.

use std::collections::HashMap;

use polars::prelude::{DataFrame, Int32Chunked, IntoColumn, NewChunkedArray, PolarsResult, StringChunked};

use super::outcomes::is_figure;
use crate::vocab::{Indicator, Said, Vocabulary};

/// Between the parts of a fact; in plain text it stands nowhere but in tables.
const SEPARATOR: &str = "\t";

/// The parts of a fact as they stand in a row.
#[derive(Debug, Clone, Copy, Default)]
struct Parts<'r> {
    indicator: Option<&'r str>,
    wording: Option<&'r str>,
    measure: Option<&'r str>,
    change_basis: Option<&'r str>,
    within: Option<&'r str>,
    unit_measure: Option<&'r str>,
    period: Option<&'r str>,
    area_name: Option<&'r str>,
    quote: Option<&'r str>,
    value_text: Option<&'r str>,
}

/// Finds qualifiers and facts.
struct Facts<'v> {
    indicators: HashMap<&'v str, &'v Indicator>,
    vocabulary: &'v Vocabulary,
}

impl<'v> Facts<'v> {
    fn new(vocabulary: &'v Vocabulary) -> Facts<'v> {
        let indicators = vocabulary.indicators.iter().map(|indicator| (indicator.id.as_str(), indicator)).collect();
        Facts { indicators, vocabulary }
    }

    fn qualifier(&self, parts: Parts) -> Option<String> {
        let indicator = *self.indicators.get(parts.indicator?)?;
        let said = Said {
            wording: parts.wording.unwrap_or_default(),
            quote: parts.quote.unwrap_or_default(),
            value_text: parts.value_text.unwrap_or_default(),
            area: parts.area_name,
            is_share: indicator.kind == "ratio" || parts.measure == Some("share"),
            is_level: parts.measure == Some("level"),
            is_one_year: parts.period.is_some_and(|period| !period.contains('/')),
        };
        self.vocabulary.series.qualifier(indicator, said)
    }

    /// All that must be the same, or none where a part that is needed is not known.
    fn fact(&self, parts: Parts, qualifier: Option<&str>) -> Option<String> {
        let indicator = *self.indicators.get(parts.indicator?)?;
        let (mut measure, mut within) = (parts.measure?, parts.within);
        // 城镇化率 and 研发投入占GDP比重 are shares by themselves, however they are worded. Ranks have a table of their own.
        if measure == "share" && indicator.kind == "ratio" {
            (measure, within) = ("level", None);
        }
        if measure == "rank" {
            return None;
        }
        let optional = [qualifier, parts.change_basis, within].map(Option::unwrap_or_default);
        let [qualifier, change_basis, within] = optional;
        let parts = [&indicator.id, qualifier, measure, change_basis, within, parts.unit_measure?, parts.period?];
        Some(parts.join(SEPARATOR))
    }
}

/// Adds `qualifier` and `fact`; a fact have only sound results for the area as a whole.
pub(super) fn add_to_observations(observations: &mut DataFrame, vocabulary: &Vocabulary) -> PolarsResult<()> {
    let facts = Facts::new(vocabulary);
    let text = |name: &str| observations.column(name)?.str();
    let (area, scope, status, role) = (text("area")?, text("scope")?, text("status")?, text("role")?);
    let (indicator, wording, measure) = (text("indicator")?, text("indicator_text")?, text("measure")?);
    let (change_basis, within, unit_measure) = (text("change_basis")?, text("within")?, text("unit_measure")?);
    let (period, area_name) = (text("time_period")?, text("ref_area_name")?);
    let (quote, value_text) = (text("quote")?, text("value_text")?);
    let is_damaged = observations.column("is_damaged")?.bool()?;
    let (mut qualifiers, mut all) = (Vec::new(), Vec::new());
    for row in 0..observations.height() {
        let parts = Parts {
            indicator: indicator.get(row),
            wording: wording.get(row),
            measure: measure.get(row),
            change_basis: change_basis.get(row),
            within: within.get(row),
            unit_measure: unit_measure.get(row),
            period: period.get(row),
            area_name: area_name.get(row),
            quote: quote.get(row),
            value_text: value_text.get(row),
        };
        let qualifier = facts.qualifier(parts);
        let is_result = matches!(status.get(row), Some("actual" | "estimate"));
        let is_whole = scope.get(row) == Some("self") && !matches!(role.get(row), Some("part" | "from"));
        let is_sound = is_damaged.get(row) == Some(false) && area.get(row).is_some();
        let fact = (is_result && is_whole && is_sound).then(|| facts.fact(parts, qualifier.as_deref())).flatten();
        qualifiers.push(qualifier);
        all.push(fact);
    }
    add(observations, qualifiers, all)
}

/// Adds `year_to`, `change_basis`, `qualifier` and `fact`; a fact have only figures that an outcome can be held against,
/// and relative targets, whose outcome is shown.
pub(super) fn add_to_targets(
    targets: &mut DataFrame,
    observations: &DataFrame,
    vocabulary: &Vocabulary,
) -> PolarsResult<()> {
    let facts = Facts::new(vocabulary);
    let found = observations.column("obs_id")?.str()?;
    let (bases, wholes) = (observations.column("change_basis")?.str()?, observations.column("within")?.str()?);
    let roles = observations.column("role")?.str()?;
    let row_of: HashMap<&str, usize> = found.iter().enumerate().filter_map(|(row, id)| Some((id?, row))).collect();
    let text = |name: &str| targets.column(name)?.str();
    let (area, scope, form, obs_id) = (text("area")?, text("scope")?, text("form")?, text("obs_id")?);
    let (indicator, wording, measure) = (text("indicator")?, text("indicator_text")?, text("measure")?);
    let (unit_measure, horizon, area_name) = (text("unit_measure")?, text("horizon")?, text("ref_area_name")?);
    let (quote, target_text) = (text("quote")?, text("target_text")?);
    let (mut qualifiers, mut all, mut change_bases, mut years) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in 0..targets.height() {
        let at = obs_id.get(row).and_then(|id| row_of.get(id).copied());
        let parts = Parts {
            indicator: indicator.get(row),
            wording: wording.get(row),
            measure: measure.get(row),
            change_basis: at.and_then(|at| bases.get(at)),
            within: at.and_then(|at| wholes.get(at)),
            unit_measure: unit_measure.get(row),
            period: horizon.get(row),
            area_name: area_name.get(row),
            quote: quote.get(row),
            value_text: target_text.get(row),
        };
        let qualifier = facts.qualifier(parts);
        let form = form.get(row).unwrap_or_default();
        // 增速高于全省1个百分点: what a reader would set beside it is the growth of the year, of a rate the rate.
        let is_ratio = parts.indicator.and_then(|id| facts.indicators.get(id)).is_some_and(|i| i.kind == "ratio");
        let parts = match (form, is_ratio) {
            ("relative", true) => {
                Parts { measure: Some("level"), change_basis: None, unit_measure: Some("%"), ..parts }
            }
            ("relative", false) => {
                Parts { measure: Some("change_pct"), change_basis: Some("yoy"), unit_measure: Some("%"), ..parts }
            }
            _ => parts,
        };
        let is_part = at.and_then(|at| roles.get(at)) == Some("part");
        let is_whole = scope.get(row) == Some("self") && area.get(row).is_some() && !is_part;
        let fact = ((is_figure(form) || form == "relative") && is_whole)
            .then(|| facts.fact(parts, qualifier.as_deref()))
            .flatten();
        qualifiers.push(qualifier);
        all.push(fact);
        change_bases.push(parts.change_basis);
        years.push(horizon.get(row).and_then(last_year));
    }
    let change_bases = StringChunked::from_iter_options("change_basis".into(), change_bases.into_iter());
    let years = Int32Chunked::from_iter_options("year_to".into(), years.into_iter());
    targets.with_column(change_bases.into_column())?;
    targets.with_column(years.into_column())?;
    add(targets, qualifiers, all)
}

fn add(frame: &mut DataFrame, qualifiers: Vec<Option<String>>, facts: Vec<Option<String>>) -> PolarsResult<()> {
    let loose = facts.iter().map(|fact| fact.as_deref().map(without_qualifier));
    frame.with_column(StringChunked::from_iter_options("loose_fact".into(), loose).into_column())?;
    frame.with_column(StringChunked::from_iter_options("qualifier".into(), qualifiers.into_iter()).into_column())?;
    frame.with_column(StringChunked::from_iter_options("fact".into(), facts.into_iter()).into_column())?;
    Ok(())
}

/// A fact whatever the words say beyond the indicator.
fn without_qualifier(fact: &str) -> String {
    let mut parts: Vec<&str> = fact.split(SEPARATOR).collect();
    if let Some(qualifier) = parts.get_mut(1) {
        *qualifier = "";
    }
    parts.join(SEPARATOR)
}

/// 2021 of `2021`, 2025 of `2021/2025`.
fn last_year(horizon: &str) -> Option<i32> {
    horizon.rsplit('/').next()?.get(..4)?.parse().ok()
}
