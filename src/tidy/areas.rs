//! The table `areas`: the administrative divisions by which reports are placed, as data.

use super::{Get, TableDef};
use crate::vocab::LEVELS;

/// A row of `areas`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AreaRow {
    pub code: String,
    pub name: String,
    pub level: String,
    pub parent: Option<String>,
    pub valid_from: Option<i32>,
    pub valid_to: Option<i32>,
    pub successor: Option<String>,
}

type Column = super::Column<AreaRow>;

/// One row a division and its time of validity.
pub static AREAS: TableDef<AreaRow> = TableDef {
    name: "areas",
    sentence: "One row an administrative division (GB/T 2260) under one name; a renamed one has several.",
    sentence_zh: "每行是一个行政区划（GB/T 2260）的一个名称及其有效年份；更名者有多行。",
    key: &["ref_area", "name"],
    order: "by `ref_area`, then that of the list",
    columns: &[
        Column::new("ref_area", Get::Text(|row| Some(&row.code)), "The code of six digits, as text.")
            .zh("六位代码（文本）。")
            .required(),
        Column::new("name", Get::Text(|row| Some(&row.name)), "The full name, without the names of its parents.")
            .zh("全称，不含上级名称。")
            .required(),
        Column::new("level", Get::Text(|row| Some(&row.level)), "Its level: national, province, city or county.")
            .zh("级别：national（国家）、province（省级）、city（地级）、county（县级）。")
            .required().one_of(&LEVELS),
        Column::new("parent", Get::Text(|row| row.parent.as_deref()), "The code of the division it belongs to.")
            .zh("所属上级区划的代码。").references("areas", &["ref_area"]),
        Column::new(
            "valid_from",
            Get::Int32(|row| row.valid_from),
            "The year of the first revision of the list that has this code and name; null when that is the oldest, of \
             2002; 2017 stands for some year from then on, since the list has no revision between 2016 and today.",
        )
        .zh("代码表首次出现该代码与名称的年份；2002 年最早一版已有时为空；2017 表示 2016 年之后某年，具体年份不详。")
        .unit("a"),
        Column::new(
            "valid_to",
            Get::Int32(|row| row.valid_to),
            "The year of the last revision that has it, null while it is valid; 2016 stands for some year from then on.",
        )
        .zh("代码表最后一次出现的年份，仍有效时为空；2016 表示 2016 年之后某年终止，具体年份不详。")
        .unit("a"),
        Column::new(
            "successor",
            Get::Text(|row| row.successor.as_deref()),
            "The code that took its place, where that is beyond doubt; its own code where only the name changed.",
        )
        .zh("取代它的代码；仅更名时为原代码。").references("areas", &["ref_area"]),
    ],
};
