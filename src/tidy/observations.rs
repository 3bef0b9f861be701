//! The table `observations`: every number that a report asserts about the world, with what it
//! measures, of which place and time, and the exact words it was taken from.

use super::{Get, TableDef};
use crate::extract::{Direction, Measure, Status};
use crate::model::{
    CHANGE_BASES, COMPARATORS, FLAGS, OBS_STATUSES, ObservationRow, PERIOD_BASES, PERIOD_KINDS, ROLES, SectionRole,
};

type Column = super::Column<ObservationRow>;

/// One row a number asserted.
pub static OBSERVATIONS: TableDef<ObservationRow> = TableDef {
    name: "observations",
    sentence: "One row a number that a report states as a result, an estimate, a promise or a norm.",
    sentence_zh: "每行是报告陈述的一个数字：结果、预计、承诺或规定；按 `documents` 的报告顺序、再按 `source_start` 排列。",
    key: &["obs_id"],
    order: "documents as in `documents`, then `source_start`",
    columns: &[
        Column::new(
            "obs_id",
            Get::Text(|row| Some(&row.obs_id)),
            "The id of the row, made from document, span and role; it stays the same from run to run.",
        ).zh("本行的编号，由报告、位置和作用生成；每次运行都不变。")
        .required(),
        Column::new("document_id", Get::Text(|row| Some(&row.document_id)), "The report; see `documents`.").zh("所属报告，见 `documents`。").references("documents", &["document_id"]).required(),
        Column::new(
            "sentence_id",
            Get::Int32(|row| Some(row.sentence_id)),
            "The sentence that holds the number; with `document_id` the key of `sentences`.",
        ).zh("数字所在的句子；与 `document_id` 一起是 `sentences` 的主键。").references("sentences", &["document_id", "sentence_id"])
        .required(),
        Column::new(
            "section_path",
            Get::Text(|row| Some(&row.section_path)),
            "The headings above the number from the outermost to the nearest, joined by ` / `.",
        ).zh("数字上方的各级标题，由外到内，用 ` / ` 连接。")
        .required(),
        Column::new(
            "section_role",
            Get::Text(|row| Some(row.section_role)),
            "What the section is for, such as review or plan_year; see `sentences.section_role`.",
        ).zh("所在部分的作用，如 review、plan_year，见 `sentences.section_role`。").one_of(SectionRole::NAMES)
        .required(),
        Column::new(
            "ref_area",
            Get::Text(|row| row.ref_area.as_deref()),
            "The reporting area: GB/T 2260 code of six digits as text; what the number is about is in `scope`.",
        ).zh("报告地区：六位 GB/T 2260 代码，文本型；数字说的是谁，见 `scope`。").references("areas", &["ref_area"]),
        Column::new("ref_area_name", Get::Text(|row| row.ref_area_name.as_deref()), "The name of the reporting area.").zh("报告地区的名称。"),
        Column::new(
            "scope",
            Get::Text(|row| Some(&row.scope)),
            "Whom the number is about: `self` for the reporting area as a whole, else the place, unit or part as the text \
             names it (全国, a business district, an enterprise).",
        ).zh("数字说的是谁：`self` 为报告地区整体，否则为原文写出的地方、单位或部分（全国、某开发区、某企业）。")
        .required(),
        Column::new(
            "indicator",
            Get::Text(|row| row.indicator.as_deref()),
            "What is measured, as an id of `indicators`; null when the catalogue does not know it.",
        ).zh("所测的指标，即 `indicators` 中的编号；指标目录中没有时为空。").references("indicators", &["indicator"]),
        Column::new(
            "indicator_text",
            Get::Text(|row| Some(&row.indicator_text)),
            "What is measured, in the words of the text, without verbs that only say that it was done.",
        ).zh("所测的内容，用原文的词语，去掉只表示“做了”的动词。")
        .required(),
        Column::new(
            "measure",
            Get::Text(|row| Some(row.measure)),
            "The kind of statement: level (an amount, count or rate), change_pct (relative change), change_abs (change of a \
             level), rank (a position), share (part of a whole), multiple (times something).",
        ).zh("陈述的种类：level（总量、数量或比率）、change_pct（相对变化）、change_abs（水平的变化量）、rank（名次）、share（占比）、multiple（倍数）。").one_of(Measure::NAMES)
        .required(),
        Column::new(
            "direction",
            Get::Text(|row| row.direction),
            "Of changes: up, down or flat; null for level, rank and share.",
        ).zh("变化的方向：up（上升）、down（下降）、flat（持平）；level、rank、share 为空。").one_of(Direction::NAMES),
        Column::new(
            "status",
            Get::Text(|row| Some(row.status)),
            "actual (reported as reached), estimate (预计, for a period not yet closed), target (promised for a coming or \
             running period) or requirement (a norm to be kept).",
        ).zh("actual（已经达到）、estimate（预计，时期尚未结束）、target（对将来或当前时期的承诺）、requirement（应守的标准）。").one_of(Status::NAMES)
        .required(),
        Column::new(
            "comparator",
            Get::Text(|row| Some(row.comparator)),
            "How the true figure relates to the stated one: = exact, ~ about, > or >= more than or at least, < or <= less \
             than or at most.",
        ).zh("真实数值与所述数值的关系：= 相等，~ 大约，> 超过，>= 不少于，< 不到，<= 不超过。").one_of(&COMPARATORS)
        .required(),
        Column::new(
            "modifier_text",
            Get::Text(|row| row.modifier_text.as_deref()),
            "The words that qualify the number, as written (左右, 不少于, 力争).",
        ).zh("限定数字的词语，按原文（左右、不少于、力争）。"),
        Column::new(
            "value",
            Get::Double(|row| Some(row.value)),
            "The number as written, with 万 and 亿 left in the unit: 4500 for 4500亿元; falls are positive here.",
        ).zh("原文写出的数值，万、亿留在单位里：4500亿元 为 4500；下降在这里也是正数。")
        .required()
        .unit("as in unit"),
        Column::new(
            "unit",
            Get::Text(|row| Some(&row.unit)),
            "The unit as written with its 万 or 亿 (亿元, 万人, %); empty where the text gives none or has lost it.",
        ).zh("原文的单位，连同万、亿（亿元、万人、%）；原文没有或丢失时为空文本。")
        .required(),
        Column::new(
            "obs_value",
            Get::Double(|row| Some(row.obs_value)),
            "The number in base units and with its sign: 450000000000 for 4500亿元, -15.4 for 下降15.4%; use it for sums and \
             comparisons.",
        ).zh("换算成基本单位并带符号的数值：4500亿元 为 450000000000，下降15.4% 为 -15.4；求和与比较请用这一列。")
        .required()
        .unit("as in unit_measure"),
        Column::new(
            "unit_measure",
            Get::Text(|row| row.unit_measure.as_deref()),
            "The unit of `obs_value`: ISO 4217 for money (CNY), UCUM for the rest (%, km, m2, {person}); null when unknown.",
        ).zh("`obs_value` 的单位：货币用 ISO 4217（CNY），其余用 UCUM（%、km、m2、{person}）；不明时为空。"),
        Column::new(
            "decimals",
            Get::Int32(|row| Some(row.decimals)),
            "How many digits follow the point in the number as written: its rounding.",
        ).zh("原文数字小数点后的位数，即它的舍入精度。")
        .required()
        .unit("{digit}"),
        Column::new(
            "time_period",
            Get::Text(|row| row.time_period.as_deref()),
            "The period as ISO 8601: 2019, 2016/2020 (years, both included), 2019-01/2019-11 (cumulated months).",
        ).zh("所属时期，ISO 8601：2019；2016/2020（起止年，含两端）；2019-01/2019-11（累计月份）。"),
        Column::new("period_start", Get::Date(|row| row.period_start), "The first day of the period.").zh("时期的第一天。"),
        Column::new("period_end", Get::Date(|row| row.period_end), "The last day of the period.").zh("时期的最后一天。"),
        Column::new(
            "period_kind",
            Get::Text(|row| Some(row.period_kind)),
            "year, ytd (from January to a month), part_year (other months), multi_year, point (at a moment) or unspecified.",
        ).zh("year（一年）、ytd（一月至某月）、part_year（其他月份）、multi_year（多年）、point（某一时刻）或 unspecified（不明）。").one_of(&PERIOD_KINDS)
        .required(),
        Column::new(
            "period_basis",
            Get::Text(|row| Some(row.period_basis)),
            "How the period is known: explicit (the clause says it), section (from the heading) or inferred (from the year \
             of the report).",
        ).zh("时期如何得知：explicit（句中写明）、section（来自标题）或 inferred（由报告年份推断）。").one_of(&PERIOD_BASES)
        .required(),
        Column::new(
            "change_basis",
            Get::Text(|row| row.change_basis),
            "Of changes, what they are measured against: yoy (a year before), annual_average, since_year_start, versus (a \
             base that is named).",
        ).zh("变化与什么相比：yoy（上年）、annual_average（年均）、since_year_start（年初）、versus（写明的其他基数）。").one_of(&CHANGE_BASES),
        Column::new(
            "within",
            Get::Text(|row| row.within.as_deref()),
            "For ranks and shares, the whole or the group compared with, as written (全市, 全国).",
        ).zh("占比和名次的整体或比较范围，按原文（全市、全国）。"),
        Column::new(
            "role",
            Get::Text(|row| row.role),
            "The part of the number in its statement: from and to (从…提升至…), part (其中…); else null.",
        ).zh("数字在陈述中的作用：from 和 to（从…提升至…）、part（其中…）；其他为空。").one_of(&ROLES),
        Column::new(
            "related_obs_id",
            Get::Text(|row| row.related_obs_id.as_deref()),
            "The `obs_id` of the number it belongs to: the whole of a part, the other end of from and to.",
        ).zh("与它相关的数字的 `obs_id`：部分所属的整体，from 与 to 的另一端。").references("observations", &["obs_id"]),
        Column::new(
            "obs_status",
            Get::Text(|row| Some(row.obs_status)),
            "Status by the SDMX list CL_OBS_STATUS: A normal, E estimated, P provisional, F forecast or target, D other \
             definition, U unreliable because the text is damaged.",
        ).zh("按 SDMX 代码表 CL_OBS_STATUS 的状态：A 正常，E 预计，P 初步，F 目标，D 口径不同，U 因原文缺损而不可靠。").one_of(&OBS_STATUSES)
        .required(),
        Column::new(
            "flags",
            Get::Text(|row| row.flags.as_deref()),
            "Doubts about the row, joined by |: damaged, unit_missing, subject_inferred, period_inferred and others; null \
             when there is none.",
        ).zh("对本行的疑点，用 | 连接：damaged（数字残缺）、unit_missing（缺单位）、list_mismatch（“分别”前后数目不符）、unit_shared（单位取自并列的数字）、subject_inferred（主语承前）、period_inferred（时期为推断）；没有时为空。").each_of(&FLAGS),
        Column::new(
            "rule_id",
            Get::Text(|row| Some(row.rule_id)),
            "The rule of the program that made the row.",
        ).zh("生成本行的程序规则。")
        .required(),
        Column::new(
            "value_text",
            Get::Text(|row| Some(&row.value_text)),
            "The number and its unit exactly as in the decoded source text, with approximators that touch it (近24万人).",
        ).zh("数字及其单位，与解码后原文完全一致，含紧邻的约数词（近24万人）。")
        .required(),
        Column::new(
            "quote",
            Get::Text(|row| Some(&row.quote)),
            "The shortest piece of the source text with both the number and what it measures.",
        ).zh("同时含有数字及其所测内容的最短一段原文。")
        .required(),
        Column::new(
            "source_start",
            Get::Int32(|row| Some(row.source_start)),
            "Where `value_text` begins in the decoded source text, counted in code points from 0.",
        ).zh("`value_text` 在解码后原文中的起点，以码点计，从 0 开始。")
        .required()
        .unit("{character}"),
        Column::new(
            "source_end",
            Get::Int32(|row| Some(row.source_end)),
            "Where `value_text` ends in the decoded source text: the position after its last code point.",
        ).zh("`value_text` 在解码后原文中的终点，即最后一个码点之后的位置。")
        .required()
        .unit("{character}"),
    ],
};
