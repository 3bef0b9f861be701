//! The table `honours`: titles, awards and places on lists that a report claims or promises.

use super::{Get, TableDef};
use crate::model::{HonourRow, SectionRole};
use crate::vocab::{HONOUR_FORMS, HONOUR_LEVELS};

type Column = super::Column<HonourRow>;

/// One row an honour.
pub static HONOURS: TableDef<HonourRow> = TableDef {
    name: "honours",
    sentence: "One row an honour claimed: a title, an award, a place on a list of the best or of pilots, public praise, as the \
               report words it; of a plan also those striven for. Each title of a list is a row of its own. Whether it was \
               really given is not checked.",
    sentence_zh: "每行一项报告所称的荣誉：称号、奖项、入选的名单或试点、通报表扬，均按原文；计划部分的“争创”也在内（status 为 target）。\
                  并列的多个称号各占一行。是否属实未经核对。",
    key: &["honour_id"],
    order: "documents as in `documents`, then `sentence_id` and place in the text",
    columns: &[
        Column::new(
            "honour_id",
            Get::Text(|row| Some(&row.honour_id)),
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
            "The sentence that holds the honour; with `document_id` the key of `sentences`.",
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
            Get::Text(|row| row.scope.as_deref()),
            "Who got it: `self` for the reporting area, else the part, unit, thing or person as written (区图书馆, 3个社区); null \
             where the words do not tell. A recipient not named in the clause is that of the honour before it in the \
             sentence, or `self` where the title is one that areas get; both are flagged scope_inferred.",
        )
        .zh("获得者：`self` 为报告地区本身，否则为原文所写的单位、地方、项目或个人（如“区图书馆”“3个社区”）；原文未说明时为空。\
             分句中未写获得者的，取同句前一项荣誉的获得者；称号本身属于地区的（如文明城市）取 `self`；两者都标 scope_inferred。"),
        Column::new(
            "title",
            Get::Text(|row| Some(&row.title)),
            "The name of the honour in the words of the text, without quotation marks, 称号, a year at its head and a count of \
             times at its end (七连冠).",
        )
        .zh("荣誉名称，按原文，去掉引号、“称号”、前面的年份和后面的“七连冠”之类。")
        .required(),
        Column::new(
            "form",
            Get::Text(|row| row.form),
            "What kind of honour it is by the words of its title: designation (示范区, 文明城市, 先进集体), pilot (试点, 试验区), award \
             (奖), list (百强, 典型案例) or praise (通报表扬); null where no known word tells.",
        )
        .zh("荣誉的种类，由名称中的词判定：designation（示范区、文明城市、先进集体等称号）、pilot（试点、试验区）、award（奖项）、\
             list（百强、典型案例等名单）、praise（通报表扬）；无可判定的词时为空。").one_of(&HONOUR_FORMS),
        Column::new(
            "level",
            Get::Text(|row| row.level),
            "How far up: international, national, region (several provinces), province, city or county; by the first word of \
             level in the title, else by the giver or the words before the title (全市首批). In a report of a district of a \
             municipality 市 is of the level of a province. Null where no word tells.",
        )
        .zh("级别：international（国际）、national（国家）、region（跨省区域）、province（省）、city（市）、county（县区）；\
             依名称中首个级别词，其次依授予者或名称前的词（如“全市首批”）；直辖市区县报告中的“市”为省级。无级别词时为空。").one_of(&HONOUR_LEVELS),
        Column::new(
            "giver",
            Get::Text(|row| row.giver.as_deref()),
            "Who gave it, as written (国务院, 省委、省政府); null where it is not said.",
        )
        .zh("授予者，按原文（如“国务院”“省委、省政府”）；未写明时为空。"),
        Column::new(
            "status",
            Get::Text(|row| Some(row.status)),
            "actual (won) or target (striven for or promised in a plan). In a plan a plain 获评 without a word of striving is \
             actual, any other cue target; both are flagged status_inferred.",
        )
        .zh("actual（已获得）或 target（计划中争取的）。计划部分没有“争取、推动”等词时，“获评”等视为 actual，其余视为 target，\
             并标 status_inferred。")
        .required().one_of(&["actual", "target"]),
        Column::new(
            "time_period",
            Get::Text(|row| row.time_period.as_deref()),
            "The year or years it is claimed for, as ISO 8601; of 连续五年 the five years that end with the one spoken of. Not \
             the year of the award itself, where the text does not tell that.",
        )
        .zh("所称荣誉对应的年份（ISO 8601）；“连续五年”为截至所述年份的五年。原文未写颁授年份时，不等于颁授年份。"),
        Column::new(
            "period_basis",
            Get::Text(|row| Some(row.period_basis)),
            "Where the years are from: title (2021年度…), explicit (the sentence), section (what the section looks back on or \
             forward to) or inferred.",
        )
        .zh("年份的依据：title（名称中）、explicit（句中写明）、section（章节所述年份）、inferred（推断）。")
        .required().one_of(&["title", "explicit", "section", "inferred"]),
        Column::new("cue", Get::Text(|row| Some(&row.cue)), "The word that claims it, as written (荣获, 入选, 争创).")
            .zh("表明获得的词，按原文（荣获、入选、争创）。")
            .required(),
        Column::new(
            "batch",
            Get::Text(|row| row.batch.as_deref()),
            "Which batch or session it was of, where that stands before the title (首批, 第二届).",
        )
        .zh("名称前所写的批次或届次（首批、第二届）。"),
        Column::new(
            "times",
            Get::Int32(|row| row.times),
            "How many times or years in a row, or for which time (连续三年, 第四次, 七连冠); null where it is not said.",
        )
        .zh("连续或累计的次数（连续三年、第四次、七连冠）；未写明时为空。"),
        Column::new(
            "times_text",
            Get::Text(|row| row.times_text.as_deref()),
            "The words of `times` where they stand before the title.",
        )
        .zh("`times` 的原文（写在名称之前时）。"),
        Column::new(
            "count",
            Get::Int32(|row| row.count),
            "How many of them, where the text counts the honour itself (3个一等奖).",
        )
        .zh("该荣誉的数量，原文计数时填写（如“3个一等奖”）。"),
        Column::new(
            "flags",
            Get::Text(|row| row.flags.as_deref()),
            "Doubts about the row, joined by |: scope_inferred, status_inferred; null when there is none.",
        )
        .zh("存疑标记，以 | 相连：scope_inferred（获得者为推断）、status_inferred（状态为推断）；无则为空。"),
        Column::new(
            "rule_id",
            Get::Text(|row| Some(row.rule_id)),
            "The rule of the program that made the row: the kind of its cue in `honours.csv`.",
        )
        .zh("生成该行的规则，即提示词在 `honours.csv` 中的种类。")
        .required(),
        Column::new(
            "title_text",
            Get::Text(|row| Some(&row.title_text)),
            "The words of the honour exactly as in the decoded source text.",
        )
        .zh("荣誉名称在解码后原文中的确切文字。")
        .required(),
        Column::new(
            "quote",
            Get::Text(|row| Some(&row.quote)),
            "A piece of the source text with the honour, its cue and who got it.",
        )
        .zh("含荣誉、提示词和获得者的原文片段。")
        .required(),
        Column::new(
            "source_start",
            Get::Int32(|row| Some(row.source_start)),
            "Where `title_text` begins in the decoded source text, counted in code points from 0.",
        )
        .zh("`title_text` 在解码后原文中的起点（按码点，从 0 起）。")
        .required()
        .unit("{character}"),
        Column::new(
            "source_end",
            Get::Int32(|row| Some(row.source_end)),
            "Where `title_text` ends in the decoded source text: the position after its last code point.",
        )
        .zh("`title_text` 在解码后原文中的终点（末字之后）。")
        .required()
        .unit("{character}"),
    ],
};
