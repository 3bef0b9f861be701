//! The table `indicators`: the catalogue by which observations are named, as data.

use super::{Get, TableDef};

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
    sentence_zh: "",
    key: &["indicator"],
    order: "that of the catalogue: theme by theme",
    columns: &[
        Column::new("indicator", Get::Text(|row| Some(&row.id)), "The id; it is never given to another indicator.").required(),
        Column::new("name_zh", Get::Text(|row| Some(&row.name_zh)), "The name in Chinese, in the wording of official statistics.")
            .required(),
        Column::new("name_en", Get::Text(|row| Some(&row.name_en)), "The name in English.").required(),
        Column::new("definition", Get::Text(|row| row.definition.as_deref()), "What is counted, in one sentence."),
        Column::new(
            "themes",
            Get::Text(|row| Some(&row.themes)),
            "The field it belongs to, such as economy or housing, then further ones, joined by |.",
        )
        .required(),
        Column::new(
            "unit_measure",
            Get::Text(|row| Some(&row.unit_measure)),
            "The base unit of its levels: ISO 4217 or UCUM; 1 for an index.",
        )
        .required(),
        Column::new(
            "kind",
            Get::Text(|row| Some(&row.kind)),
            "stock (at a moment), flow (over a period), ratio, index or growth; flows alone may be added over time.",
        )
        .required(),
        Column::new(
            "dimensions",
            Get::Text(|row| Some(&row.dimensions)),
            "The dimensions a level of it can have (money, count, area), joined by |; changes in % are always possible.",
        )
        .required(),
        Column::new(
            "core",
            Get::Boolean(|row| Some(row.core)),
            "Whether nearly every report is expected to state it; `coverage` has these.",
        )
        .required(),
        Column::new("terms", Get::Text(|row| Some(&row.terms)), "The wordings that mean it, joined by |.").required(),
        Column::new(
            "terms_in_use",
            Get::Text(|row| row.terms_in_use.as_deref()),
            "Those wordings that were in use in some years only, as `wording first/last`, joined by |; .. is an open end.",
        ),
        Column::new("note", Get::Text(|row| row.note.as_deref()), "Breaks and differences of definition to beware of."),
    ],
};
