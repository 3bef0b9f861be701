//! The table `sentences`: the text of the reports, sentence by sentence, with its place in the outline.

use super::{Get, TableDef};
use crate::model::{SectionRole, SentenceRow};

type Column = super::Column<SentenceRow>;

/// One row a sentence.
pub static SENTENCES: TableDef<SentenceRow> = TableDef {
    name: "sentences",
    sentence: "One row a sentence of a report.",
    sentence_zh: "每行是报告中的一个句子，按 `documents` 的报告顺序、再按 `sentence_id` 排列。",
    key: &["document_id", "sentence_id"],
    order: "documents as in `documents`, then `sentence_id`",
    columns: &[
        Column::new("document_id", Get::Text(|row| Some(&row.document_id)), "The report; see `documents`.").zh("所属报告，见 `documents`。").references("documents", &["document_id"]).required(),
        Column::new(
            "sentence_id",
            Get::Int32(|row| Some(row.sentence_id)),
            "The number of the sentence in its document, in text order.",
        ).zh("句子在报告中的序号，按正文顺序。")
        .required(),
        Column::new(
            "section_path",
            Get::Text(|row| Some(&row.section_path)),
            "The headings above the sentence from the outermost to the nearest, joined by ` / `; empty before the first heading.",
        ).zh("句子上方的各级标题，由外到内，用 ` / ` 连接；第一个标题之前为空。")
        .required(),
        Column::new(
            "section_role",
            Get::Text(|row| Some(row.section_role)),
            "What the section is for: review and review_multi_year report results; plan_year, plan_multi_year and annex \
             promise; problems, explanation, glossary, front and other are neither.",
        ).zh("所在部分的作用：review（上年回顾）和 review_multi_year（多年回顾）报告结果；plan_year（年度计划）、plan_multi_year（多年规划）和 annex（附件）作出承诺；problems（存在问题）、explanation（说明）、glossary（名词解释）、front（标题等）和 other（其他）两者都不是。").one_of(SectionRole::NAMES)
        .required(),
        Column::new(
            "text",
            Get::Text(|row| Some(&row.text)),
            "The sentence after normalisation (widths, spaces, torn lines); the source text at the span is untouched.",
        ).zh("规范化以后的句子（全角半角、空格、断行）；原文相应位置的文字未作改动。")
        .required(),
        Column::new(
            "source_start",
            Get::Int32(|row| Some(row.source_start)),
            "Where the sentence begins in the decoded source text, counted in code points from 0.",
        ).zh("句子在解码后原文中的起点，以码点计，从 0 开始。")
        .required()
        .unit("{character}"),
        Column::new(
            "source_end",
            Get::Int32(|row| Some(row.source_end)),
            "Where the sentence ends in the decoded source text: the position after its last code point.",
        ).zh("句子在解码后原文中的终点，即最后一个码点之后的位置。")
        .required()
        .unit("{character}"),
    ],
};
