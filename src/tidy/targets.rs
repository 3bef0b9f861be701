//! The table `targets`: what a plan says is to be reached, with a number or without.

use super::{Get, TableDef};
use crate::extract::{Direction, Measure};
use crate::model::{COMPARATORS, FLAGS, SectionRole, TARGET_FORMS, TARGET_STATUSES, TargetRow};

type Column = super::Column<TargetRow>;

/// One row a target.
pub static TARGETS: TableDef<TargetRow> = TableDef {
    name: "targets",
    sentence: "One row a target: every promise or norm with a number (observations with status target or requirement, the \
               two ends of a range together, without the value that a change starts from), and of indicators and the \
               usual subjects of plans also the targets without one.",
    sentence_zh: "每行是一个目标：每个带数字的承诺或标准（`observations` 中 status 为 target 或 requirement 的行，区间的两端合为一行，不含变化的起点值），以及各指标和计划常见事项的不带数字的目标；按 `documents` 的报告顺序、再按 `source_start` 排列。",
    key: &["target_id"],
    order: "documents as in `documents`, then `source_start`",
    columns: &[
        Column::new(
            "target_id",
            Get::Text(|row| Some(&row.target_id)),
            "The id of the row, made from document and span; it stays the same from run to run.",
        ).zh("本行的编号，由报告和位置生成；每次运行都不变。")
        .required(),
        Column::new("document_id", Get::Text(|row| Some(&row.document_id)), "The report; see `documents`.").zh("所属报告，见 `documents`。").references("documents", &["document_id"]).required(),
        Column::new(
            "sentence_id",
            Get::Int32(|row| Some(row.sentence_id)),
            "The sentence that holds the target; with `document_id` the key of `sentences`.",
        ).zh("目标所在的句子；与 `document_id` 一起是 `sentences` 的主键。").references("sentences", &["document_id", "sentence_id"])
        .required(),
        Column::new(
            "section_path",
            Get::Text(|row| Some(&row.section_path)),
            "The headings above the target from the outermost to the nearest, joined by ` / `.",
        ).zh("目标上方的各级标题，由外到内，用 ` / ` 连接。")
        .required(),
        Column::new(
            "section_role",
            Get::Text(|row| Some(row.section_role)),
            "What the section is for, such as plan_year or plan_multi_year; see `sentences.section_role`.",
        ).zh("所在部分的作用，如 plan_year、plan_multi_year，见 `sentences.section_role`。").one_of(SectionRole::NAMES)
        .required(),
        Column::new(
            "is_headline",
            Get::Boolean(|row| Some(row.is_headline)),
            "Whether it stands behind the words that open the list of main targets (目标是), in the same sentence.",
        ).zh("是否在同一句中位于引出主要目标的词语（目标是）之后。")
        .required(),
        Column::new(
            "ref_area",
            Get::Text(|row| row.ref_area.as_deref()),
            "The reporting area: GB/T 2260 code of six digits as text.",
        ).zh("报告地区：六位 GB/T 2260 代码，文本型。").references("areas", &["ref_area"]),
        Column::new("ref_area_name", Get::Text(|row| row.ref_area_name.as_deref()), "The name of the reporting area.").zh("报告地区的名称。"),
        Column::new(
            "scope",
            Get::Text(|row| Some(&row.scope)),
            "Whom the target is for: `self` for the reporting area as a whole, else as in `observations.scope`.",
        ).zh("目标是谁的：`self` 为报告地区整体，否则同 `observations.scope`。")
        .required(),
        Column::new(
            "indicator",
            Get::Text(|row| row.indicator.as_deref()),
            "What the target is for, as an id of `indicators`; null when the catalogue does not know it.",
        ).zh("目标所指的指标，即 `indicators` 中的编号；指标目录中没有时为空。").references("indicators", &["indicator"]),
        Column::new(
            "indicator_text",
            Get::Text(|row| Some(&row.indicator_text)),
            "What the target is for, in the words of the text; subjects joined by 、 or 和 that share a target stand together.",
        ).zh("目标所指的内容，用原文的词语；用 、 或 和 并列、共有一个目标的写在一起。")
        .required(),
        Column::new(
            "status",
            Get::Text(|row| Some(row.status)),
            "target (promised for a coming or running period) or requirement (a norm to be kept).",
        ).zh("target（对将来或当前时期的承诺）或 requirement（应守的标准）。").one_of(&TARGET_STATUSES)
        .required(),
        Column::new(
            "form",
            Get::Text(|row| Some(row.form)),
            "point (one figure, exact or about), bound (at least or at most), range (from one figure to another), relative \
             (against something else: 与经济增长同步, 高于全省平均水平), delegated (what another level has set: 完成省定目标) \
             or qualitative (in words only: 稳步增长).",
        ).zh("point（一个数，确切或大约）、bound（至少或至多）、range（从一个数到另一个数）、relative（与别的事物相比：与经济增长同步、高于全省平均水平）、delegated（上级下达：完成省定目标）、qualitative（只用文字：稳步增长）。").one_of(&TARGET_FORMS)
        .required(),
        Column::new(
            "bound",
            Get::Text(|row| row.bound),
            "How the figure or the reference is meant, of the size as written: = exact, ~ about (左右), >= at least (以上), \
             <= at most (以内), > or < beyond; for a fall >= is a fall of at least so much. Null where nothing says it.",
        ).zh("数字或参照物如何理解，按原文所写的大小：= 相等，~ 大约（左右），>= 不少于（以上），<= 不超过（以内），> 或 < 超过或低于；下降时 >= 指至少下降这么多。没有说明时为空。").one_of(&COMPARATORS),
        Column::new(
            "measure",
            Get::Text(|row| row.measure),
            "The kind of figure, as in `observations.measure` (level, change_pct, …); null where the words do not tell.",
        ).zh("数字的种类，同 `observations.measure`（level、change_pct 等）；文字没有说明时为空。").one_of(Measure::NAMES),
        Column::new(
            "direction",
            Get::Text(|row| row.direction),
            "Of changes: up, down or flat; also of targets in words (稳步增长 up, 基本稳定 flat).",
        ).zh("变化的方向：up、down、flat；文字目标也有（稳步增长为 up，基本稳定为 flat）。").one_of(Direction::NAMES),
        Column::new(
            "low",
            Get::Double(|row| row.low),
            "The least `obs_value` that meets the target, with its sign; of about and exact the figure itself; null where \
             there is no lower end. Of a relative target with a figure, the distance from the reference.",
        ).zh("达到目标的最小 `obs_value`，带符号；大约和确切时为该数本身；没有下限时为空。相对目标带数字时，为与参照物的差距。")
        .unit("as in unit_measure"),
        Column::new(
            "high",
            Get::Double(|row| row.high),
            "The greatest `obs_value` that meets the target, with its sign: -3 for a fall of 3 % or more; of about and exact \
             the figure itself; null where there is no upper end.",
        ).zh("达到目标的最大 `obs_value`，带符号：下降3%以上为 -3；大约和确切时为该数本身；没有上限时为空。")
        .unit("as in unit_measure"),
        Column::new(
            "unit",
            Get::Text(|row| row.unit.as_deref()),
            "The unit of the figure as written (%, 亿元, 万人); null without a figure.",
        ).zh("数字的单位，按原文（%、亿元、万人）；没有数字时为空。"),
        Column::new(
            "unit_measure",
            Get::Text(|row| row.unit_measure.as_deref()),
            "The unit of `low`, `high` and `stretch`: ISO 4217 for money (CNY), UCUM for the rest (%, km, {person}).",
        ).zh("`low`、`high`、`stretch` 的单位：货币用 ISO 4217（CNY），其余用 UCUM（%、km、{person}）。"),
        Column::new(
            "reference",
            Get::Text(|row| row.reference.as_deref()),
            "Of a relative target what it is set against (经济增长, 全省平均水平, 上年); of a delegated one who has set it \
             (国家, 省, 上级); of a place among others the group (全市); as written.",
        ).zh("相对目标的参照物（经济增长、全省平均水平、上年）；下达目标的下达者（国家、省、上级）；位次目标的范围（全市）；按原文。"),
        Column::new(
            "stretch",
            Get::Double(|row| row.stretch),
            "The figure striven for beyond the firm one (7%以上、力争8%: 8).",
        ).zh("在确定的数字之外力争的数字（7%以上、力争8%：8）。")
        .unit("as in unit_measure"),
        Column::new(
            "stretch_text",
            Get::Text(|row| row.stretch_text.as_deref()),
            "The words that ask for more than the firm figure (力争达到8%, 努力争取更好结果), as written; at the end of a list \
             they stand in every row of it.",
        ).zh("要求超过确定数字的词语（力争达到8%、努力争取更好结果），按原文；位于一串目标末尾时，各行都有。"),
        Column::new(
            "modifier_text",
            Get::Text(|row| row.modifier_text.as_deref()),
            "The words that make the target harder or softer, as written and joined by | (确保, 力争, 左右, 以上).",
        ).zh("使目标变硬或变软的词语，按原文，用 | 连接（确保、力争、左右、以上）。"),
        Column::new(
            "horizon",
            Get::Text(|row| row.horizon.as_deref()),
            "By when or over which years, as ISO 8601: 2021, or 2021/2025 (years, both included); null when unknown.",
        ).zh("到何时或在哪几年，ISO 8601：2021；2021/2025（起止年，含两端）；不明时为空。"),
        Column::new(
            "obs_id",
            Get::Text(|row| row.obs_id.as_deref()),
            "The observation with the figure, of a range the one with its low end as written; null without a figure.",
        ).zh("带数字的那行 `observations`，区间为原文较小的一端；没有数字时为空。").references("observations", &["obs_id"]),
        Column::new(
            "obs_id_high",
            Get::Text(|row| row.obs_id_high.as_deref()),
            "Of a range, the observation with its other end.",
        ).zh("区间另一端的 `observations` 行。").references("observations", &["obs_id"]),
        Column::new(
            "obs_id_stretch",
            Get::Text(|row| row.obs_id_stretch.as_deref()),
            "The observation with the figure in `stretch`.",
        ).zh("`stretch` 中数字的 `observations` 行。").references("observations", &["obs_id"]),
        Column::new(
            "flags",
            Get::Text(|row| row.flags.as_deref()),
            "Doubts about the row, joined by |, as in `observations.flags`; null when there is none.",
        ).zh("对本行的疑点，用 | 连接，同 `observations.flags`；没有时为空。").each_of(&FLAGS),
        Column::new(
            "rule_id",
            Get::Text(|row| Some(row.rule_id)),
            "The rule of the program that made the row; with a figure that of the observation.",
        ).zh("生成本行的程序规则；带数字时为相应 `observations` 行的规则。")
        .required(),
        Column::new(
            "target_text",
            Get::Text(|row| Some(&row.target_text)),
            "The words that state the target, exactly as in the decoded source text: 6%左右, 与经济增长同步, 稳步增长.",
        ).zh("陈述目标的词语，与解码后原文完全一致：6%左右、与经济增长同步、稳步增长。")
        .required(),
        Column::new(
            "quote",
            Get::Text(|row| Some(&row.quote)),
            "A piece of the source text with both the target and what it is for.",
        ).zh("同时含有目标及其所指内容的一段原文。")
        .required(),
        Column::new(
            "source_start",
            Get::Int32(|row| Some(row.source_start)),
            "Where `target_text` begins in the decoded source text, counted in code points from 0.",
        ).zh("`target_text` 在解码后原文中的起点，以码点计，从 0 开始。")
        .required()
        .unit("{character}"),
        Column::new(
            "source_end",
            Get::Int32(|row| Some(row.source_end)),
            "Where `target_text` ends in the decoded source text: the position after its last code point.",
        ).zh("`target_text` 在解码后原文中的终点，即最后一个码点之后的位置。")
        .required()
        .unit("{character}"),
    ],
};
