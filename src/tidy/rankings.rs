//! The table `rankings`: places among others that a report claims or promises, with a number or without.

use super::{Get, TableDef};
use crate::model::{COMPARATORS, PERIOD_BASES, RankingRow, SectionRole};

type Column = super::Column<RankingRow>;

/// One row a place claimed.
pub static RANKINGS: TableDef<RankingRow> = TableDef {
    name: "rankings",
    sentence: "One row a place claimed among others: every observation of a rank (居全市第二; but not 全国第一大港, a name), and \
               places without a number (位居全省前列). Whether it is true is not checked.",
    sentence_zh: "每行一个所称的位次：全部名次观测值（居全市第二；“全国第一大港”之类的名称除外）以及没有数字的位次（位居全省前列）。\
                  是否属实未经核对。",
    key: &["ranking_id"],
    order: "documents as in `documents`, then `source_start`",
    columns: &[
        Column::new(
            "ranking_id",
            Get::Text(|row| Some(&row.ranking_id)),
            "The id of the row, made from document and span; it stays the same from run to run.",
        )
        .zh("行的编号，由文件编号和原文位置组成，每次运行不变。")
        .required(),
        Column::new("document_id", Get::Text(|row| Some(&row.document_id)), "The report; see `documents`.")
            .zh("所属报告，见 `documents`。")
            .required().references("documents", &["document_id"]),
        Column::new(
            "sentence_id",
            Get::Int32(|row| Some(row.sentence_id)),
            "The sentence that holds the place; with `document_id` the key of `sentences`.",
        )
        .zh("所在句子；与 `document_id` 合为 `sentences` 的键。")
        .required().references("sentences", &["document_id", "sentence_id"]),
        Column::new(
            "section_path",
            Get::Text(|row| Some(&row.section_path)),
            "The headings above it from the outermost to the nearest, joined by ` / `.",
        )
        .zh("所在章节的各级标题，由外到内，以 ` / ` 相连。")
        .required(),
        Column::new(
            "section_role",
            Get::Text(|row| Some(row.section_role)),
            "What the section is for, such as review or plan_year; see `sentences.section_role`.",
        )
        .zh("章节的作用，如 review（回顾）、plan_year（当年计划）；见 `sentences.section_role`。")
        .required().one_of(SectionRole::NAMES),
        Column::new(
            "ref_area",
            Get::Text(|row| row.ref_area.as_deref()),
            "The reporting area: GB/T 2260 code of six digits as text.",
        )
        .zh("报告所属地区：GB/T 2260 六位代码（文本）。").references("areas", &["ref_area"]),
        Column::new("ref_area_name", Get::Text(|row| row.ref_area_name.as_deref()), "The name of the reporting area.")
            .zh("报告所属地区的名称。"),
        Column::new(
            "scope",
            Get::Text(|row| Some(&row.scope)),
            "Whose place it is: `self` for the reporting area as a whole, else the part as in `observations.scope`.",
        )
        .zh("谁的位次：`self` 为报告地区整体，否则为其中的部分，同 `observations.scope`。")
        .required(),
        Column::new(
            "indicator",
            Get::Text(|row| row.indicator.as_deref()),
            "What is ranked, as an id of `indicators`; null when the catalogue does not know it.",
        )
        .zh("排名的对象，即 `indicators` 的编号；目录中没有时为空。").references("indicators", &["indicator"]),
        Column::new(
            "indicator_text",
            Get::Text(|row| Some(&row.indicator_text)),
            "What is ranked, in the words of the text without those of the group; the name of the list where the area itself \
             has a place on it (全国百强县).",
        )
        .zh("排名的对象，按原文，不含比较范围；地区本身在某榜单上有名次时为榜单名（全国百强县）。")
        .required(),
        Column::new(
            "of_measure",
            Get::Text(|row| row.of_measure),
            "Of what the place speaks: level (总量), growth (增速), increment (增量), share (占比) or assessment (考核, 满意度), by the \
             last word of what is ranked, or by the one number it is told of (增长5%，居全省第三: growth); null where neither \
             tells.",
        )
        .zh("排名的是什么：level（总量）、growth（增速）、increment（增量）、share（占比）、assessment（考核、满意度等评价）；\
             依对象的末词，或依其前唯一的数值（“增长5%，居全省第三”为 growth）；都不能判定时为空。"),
        Column::new(
            "form",
            Get::Text(|row| Some(row.form)),
            "first (第一, 首位, 之首), place (another number), within (前三: that place or better) or vague (前列, 领先: no number).",
        )
        .zh("形式：first（第一、首位、之首）、place（其他名次）、within（前三：该名次以内）、vague（前列、领先：没有数字）。")
        .required(),
        Column::new(
            "rank",
            Get::Double(|row| row.rank),
            "The place: 1 is the first. Null for vague places, which must not become a number.",
        )
        .zh("名次，1 为第一。前列等没有数字的位次为空。")
        .unit("{rank}"),
        Column::new(
            "comparator",
            Get::Text(|row| row.comparator),
            "= that place, <= that place or better (前三); null for vague places.",
        )
        .zh("= 为该名次，<= 为该名次以内（前三）；没有数字时为空。").one_of(&COMPARATORS),
        Column::new(
            "total",
            Get::Int32(|row| row.total),
            "Of how many, where the text tells it (在全市18个区中排第三: 18).",
        )
        .zh("参加比较的总数，原文写明时填写（“在全市18个区中排第三”为 18）。"),
        Column::new(
            "within",
            Get::Text(|row| row.within.as_deref()),
            "The group it is a place in, as written (全市, 全国大中城市); null where it is not told.",
        )
        .zh("比较范围，按原文（全市、全国大中城市）；未写明时为空。"),
        Column::new(
            "pool_level",
            Get::Text(|row| row.pool_level),
            "How far the group reaches: international, national, region, province, city or county, by the first word of level \
             in `within`; null where none tells.",
        )
        .zh("比较范围的级别：international、national、region、province、city、county，依 `within` 中首个级别词；不能判定时为空。"),
        Column::new(
            "role",
            Get::Text(|row| row.role),
            "Of a change of place (由第11位升至第5位) which end it is: from or to; else null.",
        )
        .zh("位次变动的哪一端（由第11位升至第5位）：from 或 to；否则为空。"),
        Column::new(
            "status",
            Get::Text(|row| Some(row.status)),
            "actual, estimate, target or requirement, as in `observations.status`.",
        )
        .zh("actual（已实现）、estimate（预计）、target（目标）或 requirement（要求），同 `observations.status`。")
        .required(),
        Column::new(
            "time_period",
            Get::Text(|row| row.time_period.as_deref()),
            "Of when it speaks, as ISO 8601; of 连续五年 the five years that end with the one spoken of; null when unknown.",
        )
        .zh("所指时间（ISO 8601）；“连续五年”为截至所述年份的五年；不明时为空。"),
        Column::new(
            "period_basis",
            Get::Text(|row| Some(row.period_basis)),
            "Where the time is from: explicit, section or inferred, as in `observations.period_basis`.",
        )
        .zh("时间的依据：explicit、section 或 inferred，同 `observations.period_basis`。")
        .required().one_of(&PERIOD_BASES),
        Column::new(
            "obs_id",
            Get::Text(|row| row.obs_id.as_deref()),
            "The observation with the number; null for vague places.",
        )
        .zh("对应的观测值；没有数字时为空。").references("observations", &["obs_id"]),
        Column::new(
            "flags",
            Get::Text(|row| row.flags.as_deref()),
            "Doubts about the row, joined by |, as in `observations.flags`; null when there is none.",
        )
        .zh("存疑标记，以 | 相连，同 `observations.flags`；无则为空。"),
        Column::new("rule_id", Get::Text(|row| Some(row.rule_id)), "The rule of the program that made the row.")
            .zh("生成该行的规则。")
            .required(),
        Column::new(
            "rank_text",
            Get::Text(|row| Some(&row.rank_text)),
            "The words of the place exactly as in the decoded source text: 第二, 首位; of vague places with verb and group \
             (位居全省前列).",
        )
        .zh("位次在解码后原文中的确切文字：第二、首位；没有数字的连同动词和范围（位居全省前列）。")
        .required(),
        Column::new(
            "quote",
            Get::Text(|row| Some(&row.quote)),
            "A piece of the source text with both the place and what is ranked.",
        )
        .zh("含位次和排名对象的原文片段。")
        .required(),
        Column::new(
            "source_start",
            Get::Int32(|row| Some(row.source_start)),
            "Where `rank_text` begins in the decoded source text, counted in code points from 0.",
        )
        .zh("`rank_text` 在解码后原文中的起点（按码点，从 0 起）。")
        .required()
        .unit("{character}"),
        Column::new(
            "source_end",
            Get::Int32(|row| Some(row.source_end)),
            "Where `rank_text` ends in the decoded source text: the position after its last code point.",
        )
        .zh("`rank_text` 在解码后原文中的终点（末字之后）。")
        .required()
        .unit("{character}"),
    ],
};
