//! The table `observations`: every number that a report asserts about the world, with what it
//! measures, of which place and time, and the exact words it was taken from.

use super::{Get, TableDef};
use crate::model::ObservationRow;

type Column = super::Column<ObservationRow>;

/// One row a number asserted.
pub static OBSERVATIONS: TableDef<ObservationRow> = TableDef {
    name: "observations",
    sentence: "One row a number that a report states as a result, an estimate, a promise or a norm.",
    sentence_zh: "",
    key: &["obs_id"],
    order: "documents as in `documents`, then `source_start`",
    columns: &[
        Column::new(
            "obs_id",
            Get::Text(|row| Some(&row.obs_id)),
            "The id of the row, made from document, span and role; it stays the same from run to run.",
        )
        .required(),
        Column::new("document_id", Get::Text(|row| Some(&row.document_id)), "The report; see `documents`.").required(),
        Column::new(
            "sentence_id",
            Get::Int32(|row| Some(row.sentence_id)),
            "The sentence that holds the number; with `document_id` the key of `sentences`.",
        )
        .required(),
        Column::new(
            "section_path",
            Get::Text(|row| Some(&row.section_path)),
            "The headings above the number from the outermost to the nearest, joined by ` / `.",
        )
        .required(),
        Column::new(
            "section_role",
            Get::Text(|row| Some(row.section_role)),
            "What the section is for, such as review or plan_year; see `sentences.section_role`.",
        )
        .required(),
        Column::new(
            "ref_area",
            Get::Text(|row| row.ref_area.as_deref()),
            "The reporting area: GB/T 2260 code of six digits as text; what the number is about is in `scope`.",
        ),
        Column::new("ref_area_name", Get::Text(|row| row.ref_area_name.as_deref()), "The name of the reporting area."),
        Column::new(
            "scope",
            Get::Text(|row| Some(&row.scope)),
            "Whom the number is about: `self` for the reporting area as a whole, else the place, unit or part as the text \
             names it (全国, a business district, an enterprise).",
        )
        .required(),
        Column::new(
            "indicator",
            Get::Text(|row| row.indicator.as_deref()),
            "What is measured, as an id of `indicators`; null when the catalogue does not know it.",
        ),
        Column::new(
            "indicator_text",
            Get::Text(|row| Some(&row.indicator_text)),
            "What is measured, in the words of the text, without verbs that only say that it was done.",
        )
        .required(),
        Column::new(
            "measure",
            Get::Text(|row| Some(row.measure)),
            "The kind of statement: level (an amount, count or rate), change_pct (relative change), change_abs (change of a \
             level), rank (a position), share (part of a whole), multiple (times something).",
        )
        .required(),
        Column::new(
            "direction",
            Get::Text(|row| row.direction),
            "Of changes: up, down or flat; null for level, rank and share.",
        ),
        Column::new(
            "status",
            Get::Text(|row| Some(row.status)),
            "actual (reported as reached), estimate (预计, for a period not yet closed), target (promised for a coming or \
             running period) or requirement (a norm to be kept).",
        )
        .required(),
        Column::new(
            "comparator",
            Get::Text(|row| Some(row.comparator)),
            "How the true figure relates to the stated one: = exact, ~ about, > or >= more than or at least, < or <= less \
             than or at most.",
        )
        .required(),
        Column::new(
            "modifier_text",
            Get::Text(|row| row.modifier_text.as_deref()),
            "The words that qualify the number, as written (左右, 不少于, 力争).",
        ),
        Column::new(
            "value",
            Get::Double(|row| Some(row.value)),
            "The number as written, with 万 and 亿 left in the unit: 4500 for 4500亿元; falls are positive here.",
        )
        .required()
        .unit("as in unit"),
        Column::new(
            "unit",
            Get::Text(|row| Some(&row.unit)),
            "The unit as written with its 万 or 亿 (亿元, 万人, %); empty where the text gives none or has lost it.",
        )
        .required(),
        Column::new(
            "obs_value",
            Get::Double(|row| Some(row.obs_value)),
            "The number in base units and with its sign: 450000000000 for 4500亿元, -15.4 for 下降15.4%; use it for sums and \
             comparisons.",
        )
        .required()
        .unit("as in unit_measure"),
        Column::new(
            "unit_measure",
            Get::Text(|row| row.unit_measure.as_deref()),
            "The unit of `obs_value`: ISO 4217 for money (CNY), UCUM for the rest (%, km, m2, {person}); null when unknown.",
        ),
        Column::new(
            "decimals",
            Get::Int32(|row| Some(row.decimals)),
            "How many digits follow the point in the number as written: its rounding.",
        )
        .required()
        .unit("{digit}"),
        Column::new(
            "time_period",
            Get::Text(|row| row.time_period.as_deref()),
            "The period as ISO 8601: 2019, 2016/2020 (years, both included), 2019-01/2019-11 (cumulated months).",
        ),
        Column::new("period_start", Get::Date(|row| row.period_start), "The first day of the period."),
        Column::new("period_end", Get::Date(|row| row.period_end), "The last day of the period."),
        Column::new(
            "period_kind",
            Get::Text(|row| Some(row.period_kind)),
            "year, ytd (from January to a month), part_year (other months), multi_year, point (at a moment) or unspecified.",
        )
        .required(),
        Column::new(
            "period_basis",
            Get::Text(|row| Some(row.period_basis)),
            "How the period is known: explicit (the clause says it), section (from the heading) or inferred (from the year \
             of the report).",
        )
        .required(),
        Column::new(
            "change_basis",
            Get::Text(|row| row.change_basis),
            "Of changes, what they are measured against: yoy (a year before), annual_average, since_year_start, versus (a \
             base that is named).",
        ),
        Column::new(
            "within",
            Get::Text(|row| row.within.as_deref()),
            "For ranks and shares, the whole or the group compared with, as written (全市, 全国).",
        ),
        Column::new(
            "role",
            Get::Text(|row| row.role),
            "The part of the number in its statement: from and to (从…提升至…), part (其中…); else null.",
        ),
        Column::new(
            "related_obs_id",
            Get::Text(|row| row.related_obs_id.as_deref()),
            "The `obs_id` of the number it belongs to: the whole of a part, the other end of from and to.",
        ),
        Column::new(
            "obs_status",
            Get::Text(|row| Some(row.obs_status)),
            "Status by the SDMX list CL_OBS_STATUS: A normal, E estimated, P provisional, F forecast or target, D other \
             definition, U unreliable because the text is damaged.",
        )
        .required(),
        Column::new(
            "flags",
            Get::Text(|row| row.flags.as_deref()),
            "Doubts about the row, joined by |: damaged, unit_missing, subject_inferred, period_inferred and others; null \
             when there is none.",
        ),
        Column::new(
            "rule_id",
            Get::Text(|row| Some(row.rule_id)),
            "The rule of the program that made the row.",
        )
        .required(),
        Column::new(
            "value_text",
            Get::Text(|row| Some(&row.value_text)),
            "The number and its unit exactly as in the decoded source text, with approximators that touch it (近24万人).",
        )
        .required(),
        Column::new(
            "quote",
            Get::Text(|row| Some(&row.quote)),
            "The shortest piece of the source text with both the number and what it measures.",
        )
        .required(),
        Column::new(
            "source_start",
            Get::Int32(|row| Some(row.source_start)),
            "Where `value_text` begins in the decoded source text, counted in code points from 0.",
        )
        .required()
        .unit("{character}"),
        Column::new(
            "source_end",
            Get::Int32(|row| Some(row.source_end)),
            "Where `value_text` ends in the decoded source text: the position after its last code point.",
        )
        .required()
        .unit("{character}"),
    ],
};
