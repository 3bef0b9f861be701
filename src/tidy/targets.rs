//! The table `targets`: what a plan says is to be reached, with a number or without.

use super::{Get, TableDef};
use crate::model::TargetRow;

type Column = super::Column<TargetRow>;

/// One row a target.
pub static TARGETS: TableDef<TargetRow> = TableDef {
    name: "targets",
    sentence: "One row a target: every promise or norm with a number (observations with status target or requirement, the \
               two ends of a range together, without the value that a change starts from), and of indicators and the \
               usual subjects of plans also the targets without one.",
    sentence_zh: "",
    key: &["target_id"],
    order: "documents as in `documents`, then `source_start`",
    columns: &[
        Column::new(
            "target_id",
            Get::Text(|row| Some(&row.target_id)),
            "The id of the row, made from document and span; it stays the same from run to run.",
        )
        .required(),
        Column::new("document_id", Get::Text(|row| Some(&row.document_id)), "The report; see `documents`.").required(),
        Column::new(
            "sentence_id",
            Get::Int32(|row| Some(row.sentence_id)),
            "The sentence that holds the target; with `document_id` the key of `sentences`.",
        )
        .required(),
        Column::new(
            "section_path",
            Get::Text(|row| Some(&row.section_path)),
            "The headings above the target from the outermost to the nearest, joined by ` / `.",
        )
        .required(),
        Column::new(
            "section_role",
            Get::Text(|row| Some(row.section_role)),
            "What the section is for, such as plan_year or plan_multi_year; see `sentences.section_role`.",
        )
        .required(),
        Column::new(
            "is_headline",
            Get::Boolean(|row| Some(row.is_headline)),
            "Whether it stands behind the words that open the list of main targets (目标是), in the same sentence.",
        )
        .required(),
        Column::new(
            "ref_area",
            Get::Text(|row| row.ref_area.as_deref()),
            "The reporting area: GB/T 2260 code of six digits as text.",
        ),
        Column::new("ref_area_name", Get::Text(|row| row.ref_area_name.as_deref()), "The name of the reporting area."),
        Column::new(
            "scope",
            Get::Text(|row| Some(&row.scope)),
            "Whom the target is for: `self` for the reporting area as a whole, else as in `observations.scope`.",
        )
        .required(),
        Column::new(
            "indicator",
            Get::Text(|row| row.indicator.as_deref()),
            "What the target is for, as an id of `indicators`; null when the catalogue does not know it.",
        ),
        Column::new(
            "indicator_text",
            Get::Text(|row| Some(&row.indicator_text)),
            "What the target is for, in the words of the text; subjects joined by 、 or 和 that share a target stand together.",
        )
        .required(),
        Column::new(
            "status",
            Get::Text(|row| Some(row.status)),
            "target (promised for a coming or running period) or requirement (a norm to be kept).",
        )
        .required(),
        Column::new(
            "form",
            Get::Text(|row| Some(row.form)),
            "point (one figure, exact or about), bound (at least or at most), range (from one figure to another), relative \
             (against something else: 与经济增长同步, 高于全省平均水平), delegated (what another level has set: 完成省定目标) \
             or qualitative (in words only: 稳步增长).",
        )
        .required(),
        Column::new(
            "bound",
            Get::Text(|row| row.bound),
            "How the figure or the reference is meant, of the size as written: = exact, ~ about (左右), >= at least (以上), \
             <= at most (以内), > or < beyond; for a fall >= is a fall of at least so much. Null where nothing says it.",
        ),
        Column::new(
            "measure",
            Get::Text(|row| row.measure),
            "The kind of figure, as in `observations.measure` (level, change_pct, …); null where the words do not tell.",
        ),
        Column::new(
            "direction",
            Get::Text(|row| row.direction),
            "Of changes: up, down or flat; also of targets in words (稳步增长 up, 基本稳定 flat).",
        ),
        Column::new(
            "low",
            Get::Double(|row| row.low),
            "The least `obs_value` that meets the target, with its sign; of about and exact the figure itself; null where \
             there is no lower end. Of a relative target with a figure, the distance from the reference.",
        )
        .unit("as in unit_measure"),
        Column::new(
            "high",
            Get::Double(|row| row.high),
            "The greatest `obs_value` that meets the target, with its sign: -3 for a fall of 3 % or more; of about and exact \
             the figure itself; null where there is no upper end.",
        )
        .unit("as in unit_measure"),
        Column::new(
            "unit",
            Get::Text(|row| row.unit.as_deref()),
            "The unit of the figure as written (%, 亿元, 万人); null without a figure.",
        ),
        Column::new(
            "unit_measure",
            Get::Text(|row| row.unit_measure.as_deref()),
            "The unit of `low`, `high` and `stretch`: ISO 4217 for money (CNY), UCUM for the rest (%, km, {person}).",
        ),
        Column::new(
            "reference",
            Get::Text(|row| row.reference.as_deref()),
            "Of a relative target what it is set against (经济增长, 全省平均水平, 上年); of a delegated one who has set it \
             (国家, 省, 上级); of a place among others the group (全市); as written.",
        ),
        Column::new(
            "stretch",
            Get::Double(|row| row.stretch),
            "The figure striven for beyond the firm one (7%以上、力争8%: 8).",
        )
        .unit("as in unit_measure"),
        Column::new(
            "stretch_text",
            Get::Text(|row| row.stretch_text.as_deref()),
            "The words that ask for more than the firm figure (力争达到8%, 努力争取更好结果), as written; at the end of a list \
             they stand in every row of it.",
        ),
        Column::new(
            "modifier_text",
            Get::Text(|row| row.modifier_text.as_deref()),
            "The words that make the target harder or softer, as written and joined by | (确保, 力争, 左右, 以上).",
        ),
        Column::new(
            "horizon",
            Get::Text(|row| row.horizon.as_deref()),
            "By when or over which years, as ISO 8601: 2021, or 2021/2025 (years, both included); null when unknown.",
        ),
        Column::new(
            "obs_id",
            Get::Text(|row| row.obs_id.as_deref()),
            "The observation with the figure, of a range the one with its low end as written; null without a figure.",
        ),
        Column::new(
            "obs_id_high",
            Get::Text(|row| row.obs_id_high.as_deref()),
            "Of a range, the observation with its other end.",
        ),
        Column::new(
            "obs_id_stretch",
            Get::Text(|row| row.obs_id_stretch.as_deref()),
            "The observation with the figure in `stretch`.",
        ),
        Column::new(
            "flags",
            Get::Text(|row| row.flags.as_deref()),
            "Doubts about the row, joined by |, as in `observations.flags`; null when there is none.",
        ),
        Column::new(
            "rule_id",
            Get::Text(|row| Some(row.rule_id)),
            "The rule of the program that made the row; with a figure that of the observation.",
        )
        .required(),
        Column::new(
            "target_text",
            Get::Text(|row| Some(&row.target_text)),
            "The words that state the target, exactly as in the decoded source text: 6%左右, 与经济增长同步, 稳步增长.",
        )
        .required(),
        Column::new(
            "quote",
            Get::Text(|row| Some(&row.quote)),
            "A piece of the source text with both the target and what it is for.",
        )
        .required(),
        Column::new(
            "source_start",
            Get::Int32(|row| Some(row.source_start)),
            "Where `target_text` begins in the decoded source text, counted in code points from 0.",
        )
        .required()
        .unit("{character}"),
        Column::new(
            "source_end",
            Get::Int32(|row| Some(row.source_end)),
            "Where `target_text` ends in the decoded source text: the position after its last code point.",
        )
        .required()
        .unit("{character}"),
    ],
};
