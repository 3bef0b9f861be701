//! The table `sentences`: the text of the reports, sentence by sentence, with its place in the outline.

use super::{Get, TableDef};
use crate::model::SentenceRow;

type Column = super::Column<SentenceRow>;

/// One row a sentence.
pub static SENTENCES: TableDef<SentenceRow> = TableDef {
    name: "sentences",
    sentence: "One row a sentence of a report.",
    sentence_zh: "每行是报告中的一个句子。",
    key: &["document_id", "sentence_id"],
    order: "documents as in `documents`, then `sentence_id`",
    columns: &[
        Column::new("document_id", Get::Text(|row| Some(&row.document_id)), "The report; see `documents`.").required(),
        Column::new(
            "sentence_id",
            Get::Int32(|row| Some(row.sentence_id)),
            "The number of the sentence in its document, in text order.",
        )
        .required(),
        Column::new(
            "section_path",
            Get::Text(|row| Some(&row.section_path)),
            "The headings above the sentence from the outermost to the nearest, joined by ` / `; empty before the first heading.",
        )
        .required(),
        Column::new(
            "section_role",
            Get::Text(|row| Some(row.section_role)),
            "What the section is for: review and review_multi_year report results; plan_year, plan_multi_year and annex \
             promise; problems, explanation, glossary, front and other are neither.",
        )
        .required(),
        Column::new(
            "text",
            Get::Text(|row| Some(&row.text)),
            "The sentence after normalisation (widths, spaces, torn lines); the source text at the span is untouched.",
        )
        .required(),
        Column::new(
            "source_start",
            Get::Int32(|row| Some(row.source_start)),
            "Where the sentence begins in the decoded source text, counted in code points from 0.",
        )
        .required()
        .unit("{character}"),
        Column::new(
            "source_end",
            Get::Int32(|row| Some(row.source_end)),
            "Where the sentence ends in the decoded source text: the position after its last code point.",
        )
        .required()
        .unit("{character}"),
    ],
};
