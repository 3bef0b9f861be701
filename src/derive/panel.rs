//! The tables `panel` and `panel_wide`: one value a fact, chosen among what all reports of the area state.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray};

use super::vintages::{
    AREA, AREA_LEVEL, CHANGE_BASIS, COMPARATOR, INDICATOR, MEASURE, OBS_ID, OBS_VALUE, PERIOD_KIND, QUALIFIER,
    REF_AREA, REF_AREA_NAME, STATUS, TIME_PERIOD, UNIT_MEASURE, VALUE_TEXT, Vintage, WITHIN, YEAR, greatest, is_apart,
    least, shared_columns,
};
use crate::tidy::{
    ColumnDescription, DerivedColumn as Column, DerivedDef, Kind, TableDescription, Values, doubles, texts, wholes,
};
use crate::vocab::{Indicator, Vocabulary};

/// One row a fact.
pub static PANEL: DerivedDef = DerivedDef {
    name: "panel",
    sentence: "One row an area, indicator (with its qualifier), measure, base of the change, unit and period: the value \
               chosen among the `vintages`. It is that of the report that reviews the period, so the figure first stated \
               when the period was over; later revisions are in `latest_value` and `vintages`.",
    sentence_zh: "每个地区、指标（含限定语）、度量、对比基期、单位和时期占一行：从 `vintages` 中选出的数值。取回顾该时期的报告\
                  所述，即时期结束后首次公布的数；后来的修订见 `latest_value` 与 `vintages`。",
    key: &["obs_id"],
    order: "`area`, `indicator`, `qualifier`, `measure`, `change_basis`, `within`, `unit_measure`, `time_period`",
    columns: &[
        AREA,
        REF_AREA,
        REF_AREA_NAME,
        AREA_LEVEL,
        TIME_PERIOD,
        PERIOD_KIND,
        YEAR,
        INDICATOR,
        QUALIFIER,
        MEASURE,
        CHANGE_BASIS,
        WITHIN,
        UNIT_MEASURE,
        OBS_VALUE,
        COMPARATOR,
        STATUS,
        VALUE_TEXT,
        OBS_ID,
        Column::new("document_id", Kind::Text, "The report it stands in; see `documents`.").zh("所在报告，见 `documents`。").required().references("documents", &["document_id"]),
        Column::new("as_of", Kind::Int32, "The year in which that report was given.").zh("该报告作出的年份。").required().unit("a"),
        Column::new(
            "choice",
            Kind::Text,
            "What decided between the chosen report and the next best, asked in this order: only (one report states it), \
             reviewing_report (it reviews the last year of the period), exact (no bound, nor about), actual (no estimate), \
             review_section, own_words (as in `vintages.choice`), work_report (a 政府工作报告 before other genres), \
             first_report (the earlier one), document (by its id, where nothing else tells them apart).",
        )
        .zh("选中该报告而非次优者的依据，依次为：only（仅一份报告）、reviewing_report（回顾该时期末年的报告）、exact（精确值）、\
             actual（非预计）、review_section、own_words（同 `vintages.choice`）、work_report（政府工作报告优先）、\
             first_report（较早者）、document（按报告编号）。")
        .required(),
        Column::new("n_statements", Kind::Int32, "How many statements all reports make of it.")
            .zh("所有报告中的陈述总数。")
            .required()
            .unit("{row}"),
        Column::new("n_documents", Kind::Int32, "How many reports state it: the rows in `vintages`.")
            .zh("陈述该事项的报告数，即 `vintages` 中的行数。")
            .required()
            .unit("{row}"),
        Column::new("first_value", Kind::Double, "The value in the earliest report that states it.")
            .zh("最早报告中的数值。")
            .required()
            .unit("as in unit_measure"),
        Column::new("first_as_of", Kind::Int32, "The year of the earliest report that states it.")
            .zh("最早报告的年份。")
            .required()
            .unit("a"),
        Column::new("latest_value", Kind::Double, "The value in the latest report that states it.")
            .zh("最新报告中的数值。")
            .required()
            .unit("as in unit_measure"),
        Column::new("latest_as_of", Kind::Int32, "The year of the latest report that states it.")
            .zh("最新报告的年份。")
            .required()
            .unit("a"),
        Column::new("min_value", Kind::Double, "The least value in `vintages`.")
            .zh("各版本的最小值。")
            .required()
            .unit("as in unit_measure"),
        Column::new("max_value", Kind::Double, "The greatest value in `vintages`.")
            .zh("各版本的最大值。")
            .required()
            .unit("as in unit_measure"),
        Column::new(
            "is_conflict",
            Kind::Boolean,
            "Whether exact statements differ by more than their rounding, within a report or between reports.",
        )
        .zh("精确陈述之间的差异是否超过舍入误差（报告内或报告间）。")
        .required(),
    ],
};

/// What all reports of an area state of a fact: the chosen vintage, and what is known of the others.
pub(super) struct Fact<'g> {
    chosen: Vintage<'g>,
    n_documents: i32,
    /// Value and year of the earliest and the latest report.
    first: (f64, i32),
    latest: (f64, i32),
    min_value: Option<f64>,
    max_value: Option<f64>,
    is_conflict: bool,
}

/// What is asked of two reports that state the same, in this order, and the name of the rule: the first answer that is
/// not equal decides, and the lesser one is better.
fn questions(left: &Vintage, right: &Vintage) -> [(Ordering, &'static str); 9] {
    let (one, other) = (left.doubts, right.doubts);
    let is_other_kind = |vintage: &Vintage| vintage.document.report_kind != "work_report";
    [
        (distance(left).cmp(&distance(right)), "reviewing_report"),
        (one.inexact.cmp(&other.inexact), "exact"),
        (one.estimated.cmp(&other.estimated), "actual"),
        (one.outside_review.cmp(&other.outside_review), "review_section"),
        (one.words_inferred.cmp(&other.words_inferred), "own_words"),
        (is_other_kind(left).cmp(&is_other_kind(right)), "work_report"),
        (left.as_of.cmp(&right.as_of), "first_report"),
        (left.document.delivered_date.cmp(&right.document.delivered_date), "first_report"),
        (left.document.document_id.cmp(right.document.document_id), "document"),
    ]
}

/// The report that reviews the year first, then later ones, then those that reviewed it before it was over.
fn distance(vintage: &Vintage) -> i32 {
    match vintage.year {
        year if vintage.reviewed_year == year => 0,
        year if vintage.as_of > year => 1,
        _ => 2,
    }
}

/// One row an area and fact.
pub(super) fn panel<'g>(vintages: &[Vintage<'g>]) -> Vec<Fact<'g>> {
    let mut all: Vec<&Vintage> = vintages.iter().collect();
    all.sort_by(|a, b| (a.area, a.fact()).cmp(&(b.area, b.fact())));
    let same = all.chunk_by_mut(|a, b| (a.area, a.fact()) == (b.area, b.fact()));
    let mut panel: Vec<Fact> = same.filter_map(chosen).collect();
    panel.sort_by(|a, b| a.chosen.order().cmp(&b.chosen.order()));
    panel
}

/// The best of what several reports state of a fact.
fn chosen<'g>(vintages: &mut [&Vintage<'g>]) -> Option<Fact<'g>> {
    let answered = |answer: &(Ordering, &'static str)| answer.0.is_ne();
    vintages.sort_by(|a, b| questions(a, b).into_iter().find(answered).map_or(Ordering::Equal, |(answer, _)| answer));
    let (best, rest) = vintages.split_first()?;
    let choice = rest.first().map_or("only", |next| {
        // A report without a date is not told from another by it.
        let has_dates = best.document.delivered_date.is_some() && next.document.delivered_date.is_some();
        let mut asked = questions(best, next);
        if !has_dates {
            asked[7].0 = Ordering::Equal;
        }
        asked.into_iter().find(answered).map_or("first", |(_, rule)| rule)
    });
    let dated = || vintages.iter().map(|one| (one.date(), (one.statement.obs_value, one.as_of)));
    let values = || vintages.iter().map(|one| one.statement.obs_value);
    Some(Fact {
        n_documents: vintages.len() as i32,
        first: dated().min_by_key(|(date, _)| *date)?.1,
        latest: dated().max_by_key(|(date, _)| *date)?.1,
        min_value: least(values()),
        max_value: greatest(values()),
        is_conflict: is_apart(vintages.iter().copied()),
        chosen: Vintage {
            n_statements: vintages.iter().map(|one| one.n_statements).sum(),
            choice,
            ..Vintage::clone(best)
        },
    })
}

/// The columns of the table.
pub(super) fn columns(panel: &[Fact]) -> Vec<(&'static str, ArrayRef)> {
    let mut columns = shared_columns(panel, |row| &row.chosen);
    let conflicts: BooleanArray = panel.iter().map(|row| Some(row.is_conflict)).collect();
    columns.extend([
        ("choice", texts(panel.iter().map(|row| row.chosen.choice))),
        ("n_statements", wholes(panel.iter().map(|row| row.chosen.n_statements))),
        ("n_documents", wholes(panel.iter().map(|row| row.n_documents))),
        ("first_value", doubles(panel.iter().map(|row| row.first.0))),
        ("first_as_of", wholes(panel.iter().map(|row| row.first.1))),
        ("latest_value", doubles(panel.iter().map(|row| row.latest.0))),
        ("latest_as_of", wholes(panel.iter().map(|row| row.latest.1))),
        ("min_value", doubles(panel.iter().map(|row| row.min_value))),
        ("max_value", doubles(panel.iter().map(|row| row.max_value))),
        ("is_conflict", Arc::new(conflicts) as ArrayRef),
    ]);
    columns
}

/// The table that is published as CSV too.
pub(super) const PANEL_WIDE: &str = "panel_wide";

/// What `panel_wide` says of the table; the columns follow the vocabulary.
pub fn panel_wide_description(vocabulary: &Vocabulary) -> TableDescription {
    let column = |name: &str, kind, sentence: &str, sentence_zh: &str, is_key: bool| ColumnDescription {
        name: name.to_string(),
        kind,
        unit: None,
        nullable: !is_key,
        values: Values::Open,
        reference: None,
        sentence: sentence.to_string(),
        sentence_zh: sentence_zh.to_string(),
    };
    let mut columns = vec![
        column("area", Kind::Text, AREA.sentence, AREA.sentence_zh, true),
        column(
            "area_name",
            Kind::Text,
            "The name of the area in its latest report.",
            "地区名称（以最新报告为准）。",
            false,
        ),
        column("area_level", Kind::Text, AREA_LEVEL.sentence, AREA_LEVEL.sentence_zh, false),
        column("year", Kind::Int32, "The year.", "年份。", true),
    ];
    for wide in wide_columns(vocabulary) {
        let Indicator { name_en, name_zh, .. } = wide.indicator;
        let (sentence, sentence_zh) = match wide.is_change {
            false => (format!("{name_en}."), format!("{name_zh}。")),
            true => (format!("{name_en}, change on the year before."), format!("{name_zh}，比上年增长。")),
        };
        let mut column = column(&wide.name, Kind::Double, &sentence, &sentence_zh, false);
        column.unit = Some(wide.unit.to_string());
        columns.push(column);
    }
    TableDescription {
        name: PANEL_WIDE,
        sentence: "One row an area and year, one column a core indicator: its level, and as NAME_yoy its change on the year \
                   before. The rows of `panel` that are of a whole year, without a qualifier and no bounds, in the unit of the \
                   indicator. Also as panel_wide.csv (UTF-8 with byte order mark).",
        sentence_zh: "每个地区、年份一行，每个核心指标一列：列名即指标为水平值，加 _yoy 为比上年增长。取 `panel` 中全年、无限定语、\
                      非上下限、单位与指标一致的行。另有 panel_wide.csv（UTF-8，带 BOM）。",
        key: &["area", "year"],
        order: "`area`, `year`",
        columns,
    }
}

/// A column of `panel_wide` besides area and year.
struct WideColumn<'v> {
    name: String,
    indicator: &'v Indicator,
    unit: &'v str,
    is_change: bool,
}

/// Percent, of which a change is told in points and not in percent.
const PERCENT: &str = "%";

/// Of each core indicator its level and its change on the year before; an index has its change only.
fn wide_columns(vocabulary: &Vocabulary) -> Vec<WideColumn<'_>> {
    let mut columns = Vec::new();
    for indicator in vocabulary.indicators.iter().filter(|indicator| indicator.is_core) {
        let is_level = indicator.kind != "index" && indicator.kind != "growth";
        if is_level {
            let name = indicator.id.to_string();
            columns.push(WideColumn { name, indicator, unit: &indicator.unit, is_change: false });
        }
        let name = format!("{}_yoy", indicator.id);
        columns.push(WideColumn { name, indicator, unit: PERCENT, is_change: true });
    }
    columns
}

/// One row an area and year with a value.
pub(super) fn panel_wide(panel: &[Fact], vocabulary: &Vocabulary) -> Vec<(String, ArrayRef)> {
    let columns = wide_columns(vocabulary);
    let position: HashMap<(&str, bool), usize> =
        columns.iter().enumerate().map(|(at, column)| ((column.indicator.id.as_str(), column.is_change), at)).collect();
    let mut rows: BTreeMap<(&str, i32), Vec<Option<f64>>> = BTreeMap::new();
    // Of each area the year of its latest report with the name and the level in it.
    let mut names: BTreeMap<&str, (i32, Option<&str>, Option<&str>)> = BTreeMap::new();
    for Fact { chosen, .. } in panel {
        let Vintage { area, year, as_of, statement, .. } = *chosen;
        let name = (as_of, statement.ref_area_name, chosen.document.area_level);
        names.entry(area).and_modify(|known| *known = (*known).max(name)).or_insert(name);
        let is_change = match (statement.measure, statement.change_basis) {
            ("level" | "share", None) => false,
            ("change_pct", Some("yoy")) => true,
            _ => continue,
        };
        let is_plain = chosen.qualifier.is_none() && statement.period_kind == "year";
        let is_figure = matches!(statement.comparator, "=" | "~");
        let indicator = statement.indicator.unwrap_or_default();
        let Some(&at) = position.get(&(indicator, is_change)) else { continue };
        if is_plain && is_figure && statement.unit_measure == Some(columns[at].unit) {
            let values = rows.entry((area, year)).or_insert_with(|| vec![None; columns.len()]);
            values[at] = values[at].or(Some(statement.obs_value));
        }
    }
    let named = || rows.keys().map(|(area, _)| names.get(area).map_or((None, None), |known| (known.1, known.2)));
    let mut made = vec![
        ("area".to_string(), texts(rows.keys().map(|(area, _)| *area))),
        ("area_name".to_string(), texts(named().map(|(name, _)| name))),
        ("area_level".to_string(), texts(named().map(|(_, level)| level))),
        ("year".to_string(), wholes(rows.keys().map(|(_, year)| *year))),
    ];
    for (at, column) in columns.into_iter().enumerate() {
        made.push((column.name, doubles(rows.values().map(|values| values[at]))));
    }
    made
}
