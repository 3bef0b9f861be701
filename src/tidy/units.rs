//! The table `units`: how units as written become base units, as data.

use super::{Get, TableDef};
use crate::vocab::DIMENSIONS;

/// A row of `units`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnitRow {
    pub unit: String,
    pub dimension: String,
    pub unit_measure: String,
    pub factor: f64,
    pub name_en: String,
}

type Column = super::Column<UnitRow>;

/// One row a unit.
pub static UNITS: TableDef<UnitRow> = TableDef {
    name: "units",
    sentence: "One row a unit as reports write it, without 万 and 亿, which multiply any unit.",
    sentence_zh: "每行是报告中写出的一个单位，不含可以加在任何单位前的万和亿；按单位表的顺序排列。",
    key: &["unit"],
    order: "that of the list of units",
    columns: &[
        Column::new("unit", Get::Text(|row| Some(&row.unit)), "The unit as written, such as 公顷 or 人次.")
            .zh("原文写出的单位，如 公顷、人次。")
            .required(),
        Column::new(
            "dimension",
            Get::Text(|row| Some(&row.dimension)),
            "What it measures, such as money, area or count.",
        )
        .zh("量纲，如 money（金额）、area（面积）、count（数量）。")
        .one_of(DIMENSIONS)
        .required(),
        Column::new(
            "unit_measure",
            Get::Text(|row| Some(&row.unit_measure)),
            "The base unit it is turned into: ISO 4217 for money, UCUM for the rest.",
        )
        .zh("换算成的基本单位：货币用 ISO 4217，其余用 UCUM。")
        .required(),
        Column::new("factor", Get::Double(|row| Some(row.factor)), "How many base units it is: 10000 for 公顷 in m2.")
            .zh("等于多少个基本单位：公顷换算成 m2 为 10000。")
            .required()
            .unit("as in unit_measure"),
        Column::new("name_en", Get::Text(|row| Some(&row.name_en)), "The name in English.").zh("英文名称。").required(),
    ],
};
