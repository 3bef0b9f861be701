//! The table `areas`: the administrative divisions by which reports are placed, as data.

use super::{Get, TableDef};

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
    sentence_zh: "每行是一个行政区划（GB/T 2260）的一个名称及其有效年份。",
    key: &["ref_area", "name"],
    order: "by `ref_area`, then that of the list",
    columns: &[
        Column::new("ref_area", Get::Text(|row| Some(&row.code)), "The code of six digits, as text.").required(),
        Column::new("name", Get::Text(|row| Some(&row.name)), "The full name, without the names of its parents.")
            .required(),
        Column::new(
            "level",
            Get::Text(|row| Some(&row.level)),
            "Its level, from the country and the provinces down to the counties.",
        )
        .required(),
        Column::new("parent", Get::Text(|row| row.parent.as_deref()), "The code of the division it belongs to."),
        Column::new(
            "valid_from",
            Get::Int32(|row| row.valid_from),
            "The first year of the code; null when older than the list.",
        )
        .unit("a"),
        Column::new("valid_to", Get::Int32(|row| row.valid_to), "The last year of the code; null while it is valid.")
            .unit("a"),
        Column::new("successor", Get::Text(|row| row.successor.as_deref()), "The code that took its place."),
    ],
};
