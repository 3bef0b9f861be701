//! The table `term_counts`: how much the parts of a document say about each topic.

use super::{Get, TableDef};
use crate::model::{SectionRole, TermCountRow};

type Column = super::Column<TermCountRow>;

/// One row a document, dictionary and section role.
pub static TERM_COUNTS: TableDef<TermCountRow> = TableDef {
    name: "term_counts",
    sentence: "One row a document, dictionary and section role: how often the terms of the dictionary stand in the sentences \
               of that role, and how long these are. Every dictionary has a row for every role that the document has, so \
               0 is counted and not missing. Sum over the roles for the whole document; leave glossary and annex out to \
               count what was said.",
    sentence_zh: "每行是一份文件、一部词典和一种章节类型：该类型的句子中词典词语出现的次数，以及这些句子的长度。文件中有的每种章节类型，\
                  每部词典都有一行，所以 0 表示没有出现，而不是缺失。对各章节类型求和即得全文；只看报告正文时应去掉 glossary 和 annex。",
    key: &["document_id", "dictionary", "section_role"],
    order: "documents as in `documents`, then `dictionary`, then the roles as review, review_multi_year, problems, plan_year, \
            plan_multi_year, explanation, glossary, annex, front, other",
    columns: &[
        Column::new("document_id", Get::Text(|row| Some(&row.document_id)), "The report; see `documents`.")
            .zh("报告，见 `documents`。")
            .required().references("documents", &["document_id"]),
        Column::new(
            "dictionary",
            Get::Text(|row| Some(&row.dictionary)),
            "The topic: the name of the dictionary, such as digital_economy; its terms are in `dictionary_terms`.",
        )
        .zh("主题，即词典的名称，如 digital_economy；词语见 `dictionary_terms`。")
        .required(),
        Column::new(
            "section_role",
            Get::Text(|row| Some(row.section_role)),
            "What the sentences are for, such as review or plan_year; see `sentences.section_role`.",
        )
        .zh("句子所在章节的类型，如 review（回顾）、plan_year（当年计划），见 `sentences.section_role`。")
        .required().one_of(SectionRole::NAMES),
        Column::new(
            "n_terms",
            Get::Int32(|row| Some(row.n_terms)),
            "How often terms of the dictionary stand there, every mention counted; of terms that overlap the one that begins \
             first, then the longest.",
        )
        .zh("词典词语出现的总次数，每次出现都计；词语重叠时取先开始的，同时开始取最长的。")
        .required()
        .unit("{term}"),
        Column::new("n_distinct_terms", Get::Int32(|row| Some(row.n_distinct_terms)), "How many different terms stand there.")
            .zh("出现的不同词语的个数。")
            .required()
            .unit("{term}"),
        Column::new(
            "n_term_chars",
            Get::Int32(|row| Some(row.n_term_chars)),
            "How many characters the terms counted in `n_terms` take, white space left out.",
        )
        .zh("`n_terms` 所计词语的总字符数，不含空白。")
        .required()
        .unit("{character}"),
        Column::new(
            "n_term_sentences",
            Get::Int32(|row| Some(row.n_term_sentences)),
            "How many of the sentences hold a term.",
        )
        .zh("含有词典词语的句子数。")
        .required()
        .unit("{sentence}"),
        Column::new(
            "n_chars",
            Get::Int32(|row| Some(row.n_chars)),
            "How long all sentences of the role are together: characters of `sentences.text` with headings and punctuation, \
             without white space.",
        )
        .zh("该章节类型全部句子的字符数（分母）：`sentences.text` 的字符，含标题和标点，不含空白。")
        .required()
        .unit("{character}"),
        Column::new(
            "n_sentences",
            Get::Int32(|row| Some(row.n_sentences)),
            "How many sentences the role has, headings and rows of tables included.",
        )
        .zh("该章节类型的句子数（分母），含标题和表格的行。")
        .required()
        .unit("{sentence}"),
        Column::new(
            "per_10k_chars",
            Get::Double(|row| row.per_10k_chars),
            "Mentions per 10,000 characters: `n_terms` by `n_chars`. For several roles together divide the sums.",
        )
        .zh("每万字出现次数：`n_terms` 除以 `n_chars`；合并多种章节类型时，应先分别求和再相除。")
        .unit("{term}/(10000.{character})"),
    ],
};
