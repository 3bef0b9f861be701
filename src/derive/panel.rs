//! The tables `panel` and `panel_wide`: one value a fact, chosen among what all reports of the area state.

use std::collections::BTreeMap;

use polars::prelude::{
    DataFrame, DataType, Expr, Float64Chunked, Int32Chunked, IntoColumn, IntoLazy, LazyFrame, NewChunkedArray,
    PolarsResult, StringChunked, col, len, lit, when,
};

use super::vintages::{
    AREA, AREA_LEVEL, CHANGE_BASIS, COMPARATOR, FACT_ORDER, INDICATOR, MEASURE, OBS_ID, OBS_VALUE, PERIOD_KIND,
    QUALIFIER, REF_AREA, REF_AREA_NAME, STATUS, TIME_PERIOD, UNIT_MEASURE, VALUE_TEXT, WITHIN, YEAR, ascending,
    deciding_rule,
};
use crate::tidy::{ColumnDescription, DerivedColumn as Column, DerivedDef, Kind, TableDescription, Values};
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

/// What is asked of two reports that state the same, in this order; smaller is better.
const QUESTIONS: [(&str, &str); 9] = [
    ("distance", "reviewing_report"),
    ("inexact", "exact"),
    ("estimated", "actual"),
    ("outside_review", "review_section"),
    ("words_inferred", "own_words"),
    ("other_kind", "work_report"),
    ("as_of", "first_report"),
    ("delivered_date", "first_report"),
    ("document_id", "document"),
];

/// The columns of the chosen vintage.
const TAKEN: [&str; 19] = [
    "ref_area",
    "ref_area_name",
    "area_level",
    "time_period",
    "period_kind",
    "year",
    "indicator",
    "qualifier",
    "measure",
    "change_basis",
    "within",
    "unit_measure",
    "obs_value",
    "comparator",
    "status",
    "value_text",
    "obs_id",
    "document_id",
    "as_of",
];

/// One row an area and fact.
pub(super) fn panel(vintages: &DataFrame) -> LazyFrame {
    let order: Vec<&str> = ["area", "fact"].into_iter().chain(QUESTIONS.map(|(column, _)| column)).collect();
    let by_date = ["as_of", "delivered_date", "document_id"].map(col);
    let in_time = |column: &str| col(column).sort_by(by_date.clone(), ascending());
    let mut columns: Vec<Expr> = TAKEN.iter().map(|name| col(*name).first()).collect();
    columns.extend([
        deciding_rule(&QUESTIONS),
        col("n_statements").sum(),
        len().cast(DataType::Int32).alias("n_documents"),
        in_time("obs_value").first().alias("first_value"),
        in_time("as_of").first().alias("first_as_of"),
        in_time("obs_value").last().alias("latest_value"),
        in_time("as_of").last().alias("latest_as_of"),
        col("obs_value").min().alias("min_value"),
        col("obs_value").max().alias("max_value"),
        (col("least").max() - col("most").min()).gt(lit(0.0)).fill_null(lit(false)).alias("is_conflict"),
    ]);
    // The report that reviews the year first, then later ones, then those that reviewed it before it was over.
    let distance = when(col("reviewed_year").eq(col("year")))
        .then(lit(0))
        .when(col("as_of").gt(col("year")))
        .then(lit(1))
        .otherwise(lit(2));
    vintages
        .clone()
        .lazy()
        .with_columns([
            distance.alias("distance"),
            col("report_kind").neq(lit("work_report")).cast(DataType::Int32).alias("other_kind"),
        ])
        .sort(order, ascending())
        .group_by_stable([col("area"), col("fact")])
        .agg(columns)
        .sort(FACT_ORDER, ascending())
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
            let name = indicator.id.clone();
            columns.push(WideColumn { name, indicator, unit: &indicator.unit, is_change: false });
        }
        let name = format!("{}_yoy", indicator.id);
        columns.push(WideColumn { name, indicator, unit: PERCENT, is_change: true });
    }
    columns
}

/// One row an area and year with a value.
pub(super) fn panel_wide(panel: &DataFrame, vocabulary: &Vocabulary) -> PolarsResult<DataFrame> {
    let columns = wide_columns(vocabulary);
    let text = |name: &str| panel.column(name)?.str();
    let (area, area_name, area_level) = (text("area")?, text("ref_area_name")?, text("area_level")?);
    let (period_kind, indicator, qualifier) = (text("period_kind")?, text("indicator")?, text("qualifier")?);
    let (measure, change_basis, unit) = (text("measure")?, text("change_basis")?, text("unit_measure")?);
    let comparator = text("comparator")?;
    let (year, as_of) = (panel.column("year")?.i32()?, panel.column("as_of")?.i32()?);
    let value = panel.column("obs_value")?.f64()?;
    let mut position: BTreeMap<(&str, bool), usize> = BTreeMap::new();
    for (at, column) in columns.iter().enumerate() {
        position.insert((&column.indicator.id, column.is_change), at);
    }
    let mut rows: BTreeMap<(&str, i32), Vec<Option<f64>>> = BTreeMap::new();
    // Of each area the year of its latest report with the name and the level in it.
    let mut names: BTreeMap<&str, (i32, Option<&str>, Option<&str>)> = BTreeMap::new();
    for row in 0..panel.height() {
        let (Some(area), Some(year), Some(indicator)) = (area.get(row), year.get(row), indicator.get(row)) else {
            continue;
        };
        let name = (as_of.get(row).unwrap_or_default(), area_name.get(row), area_level.get(row));
        names.entry(area).and_modify(|known| *known = (*known).max(name)).or_insert(name);
        let is_change = match (measure.get(row), change_basis.get(row)) {
            (Some("level" | "share"), None) => false,
            (Some("change_pct"), Some("yoy")) => true,
            _ => continue,
        };
        let is_plain = qualifier.get(row).is_none() && period_kind.get(row) == Some("year");
        let is_figure = matches!(comparator.get(row), Some("=" | "~"));
        let Some(&at) = position.get(&(indicator, is_change)) else { continue };
        if is_plain && is_figure && unit.get(row) == Some(columns[at].unit) {
            let values = rows.entry((area, year)).or_insert_with(|| vec![None; columns.len()]);
            values[at] = values[at].or(value.get(row));
        }
    }
    let named: Vec<(Option<&str>, Option<&str>)> =
        rows.keys().map(|(area, _)| names.get(area).map_or((None, None), |known| (known.1, known.2))).collect();
    let mut frame = vec![
        StringChunked::from_iter_values("area".into(), rows.keys().map(|(area, _)| *area)).into_column(),
        StringChunked::from_iter_options("area_name".into(), named.iter().map(|known| known.0)).into_column(),
        StringChunked::from_iter_options("area_level".into(), named.iter().map(|known| known.1)).into_column(),
        Int32Chunked::from_iter_values("year".into(), rows.keys().map(|(_, year)| *year)).into_column(),
    ];
    for (at, column) in columns.iter().enumerate() {
        let values = rows.values().map(|values| values[at]);
        frame.push(Float64Chunked::from_iter_options(column.name.as_str().into(), values).into_column());
    }
    DataFrame::new(rows.len(), frame)
}
