//! The table `indicators`: the catalogue by which observations are named, as data.

use super::{Get, TableDef};
use crate::vocab::{DIMENSIONS, INDICATOR_KINDS};

/// A row of `indicators`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IndicatorRow {
    pub id: String,
    pub name_zh: String,
    pub name_en: String,
    pub definition: Option<String>,
    /// Joined by `|`.
    pub themes: String,
    pub unit_measure: String,
    pub kind: String,
    /// Joined by `|`.
    pub dimensions: String,
    pub core: bool,
    /// Joined by `|`.
    pub terms: String,
    /// Joined by `|`.
    pub terms_in_use: Option<String>,
    pub note: Option<String>,
}

type Column = super::Column<IndicatorRow>;

/// One row an indicator of the catalogue.
pub static INDICATORS: TableDef<IndicatorRow> = TableDef {
    name: "indicators",
    sentence: "One row an indicator of the catalogue, whether or not a report states it.",
    sentence_zh: "每行是指标目录中的一个指标，不论有无报告提及；按目录的顺序，一个主题接一个主题。",
    key: &["indicator"],
    order: "that of the catalogue: theme by theme",
    columns: &[
        Column::new("indicator", Get::Text(|row| Some(&row.id)), "The id; it is never given to another indicator.").zh("指标编号；绝不改给别的指标。").required(),
        Column::new("name_zh", Get::Text(|row| Some(&row.name_zh)), "The name in Chinese, in the wording of official statistics.").zh("中文名称，用官方统计的说法。")
            .required(),
        Column::new("name_en", Get::Text(|row| Some(&row.name_en)), "The name in English.").zh("英文名称。").required(),
        Column::new("definition", Get::Text(|row| row.definition.as_deref()), "What is counted, in one sentence.").zh("用一句话说明统计什么。"),
        Column::new(
            "themes",
            Get::Text(|row| Some(&row.themes)),
            "The field it belongs to, such as economy or housing, then further ones, joined by |.",
        ).zh("所属领域，如 economy（经济）、housing（住房），其后是其他相关领域，用 | 连接。")
        .required(),
        Column::new(
            "unit_measure",
            Get::Text(|row| Some(&row.unit_measure)),
            "The base unit of its levels: ISO 4217 or UCUM; 1 for an index.",
        ).zh("水平值的基本单位：ISO 4217 或 UCUM；指数为 1。")
        .required(),
        Column::new(
            "kind",
            Get::Text(|row| Some(&row.kind)),
            "stock (at a moment), flow (over a period), ratio, index or growth; flows alone may be added over time.",
        ).zh("stock（存量，某一时刻）、flow（流量，一段时期）、ratio（比率）、index（指数）或 growth（增速）；只有 flow 可以跨时期相加。").one_of(INDICATOR_KINDS)
        .required(),
        Column::new(
            "dimensions",
            Get::Text(|row| Some(&row.dimensions)),
            "The dimensions a level of it can have (money, count, area), joined by |; changes in % are always possible.",
        ).zh("水平值可能的量纲（money 金额、count 数量、area 面积等），用 | 连接；百分比变化总是可能的。").each_of(DIMENSIONS)
        .required(),
        Column::new(
            "core",
            Get::Boolean(|row| Some(row.core)),
            "Whether nearly every report is expected to state it; `coverage` has these.",
        ).zh("是否几乎每份报告都应写明；`coverage` 收录这些指标。")
        .required(),
        Column::new("terms", Get::Text(|row| Some(&row.terms)), "The wordings that mean it, joined by |.").zh("表示该指标的各种说法，用 | 连接。").required(),
        Column::new(
            "terms_in_use",
            Get::Text(|row| row.terms_in_use.as_deref()),
            "Those wordings that were in use in some years only, as `wording first/last`, joined by |; .. is an open end.",
        ).zh("只在某些年份使用的说法，写作 `说法 首年/末年`，用 | 连接；.. 表示没有端点。"),
        Column::new("note", Get::Text(|row| row.note.as_deref()), "Breaks and differences of definition to beware of.").zh("应注意的口径变化和差异。"),
    ],
};
