//! The table `term_matches`: the terms behind `term_counts`, one by one.

use super::{Get, TableDef};
use crate::model::{SectionRole, TermMatchRow};

type Column = super::Column<TermMatchRow>;

/// One row a document, dictionary, section role and term found.
pub static TERM_MATCHES: TableDef<TermMatchRow> = TableDef {
    name: "term_matches",
    sentence: "One row a document, dictionary, section role and term that stands there: what `term_counts` adds up, for \
               another coding. A term without a row is not there; the lengths of the sentences are in `term_counts`.",
    sentence_zh: "每行是一份文件、一部词典、一种章节类型和其中出现的一个词语：即 `term_counts` 的明细，供重新编码。没有行的词语就是没有出现；\
                  分母见 `term_counts`。",
    key: &["document_id", "dictionary", "section_role", "term"],
    order: "as in `term_counts`, then the terms as in `dictionary_terms`",
    columns: &[
        Column::new("document_id", Get::Text(|row| Some(&row.document_id)), "The report; see `documents`.")
            .zh("报告，见 `documents`。")
            .required()
            .references("documents", &["document_id"]),
        Column::new(
            "dictionary",
            Get::Text(|row| Some(&row.dictionary)),
            "The topic: the name of the dictionary, as in `term_counts`.",
        )
        .zh("主题，即词典的名称，同 `term_counts`。")
        .required(),
        Column::new(
            "section_role",
            Get::Text(|row| Some(row.section_role)),
            "What the sentences are for, as in `term_counts`.",
        )
        .zh("句子所在章节的类型，同 `term_counts`。")
        .required()
        .one_of(SectionRole::NAMES),
        Column::new("term", Get::Text(|row| Some(&row.term)), "The term, as in `dictionary_terms`.")
            .zh("词语，同 `dictionary_terms`。")
            .required()
            .references("dictionary_terms", &["dictionary", "term"]),
        Column::new(
            "concept",
            Get::Text(|row| row.concept.as_deref()),
            "The part of the topic that the term belongs to; null where the dictionary names none.",
        )
        .zh("词语所属的子主题；词典未标明时为空。"),
        Column::new("n_terms", Get::Int32(|row| Some(row.n_terms)), "How often the term is counted there; at least 1.")
            .zh("该词语出现的次数，至少为 1。")
            .required()
            .unit("{term}"),
    ],
};
