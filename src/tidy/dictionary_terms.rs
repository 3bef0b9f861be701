//! The table `dictionary_terms`: the dictionaries of the run, as data.

use super::{Get, TableDef};
use crate::model::Shared;

/// A row of `dictionary_terms`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DictionaryTermRow {
    pub dictionary: Shared,
    pub term: Shared,
    pub concept: Option<Shared>,
    pub example: Option<String>,
    pub not_in: Option<String>,
    pub note: Option<String>,
}

type Column = super::Column<DictionaryTermRow>;

/// One row a term of a dictionary.
pub static DICTIONARY_TERMS: TableDef<DictionaryTermRow> = TableDef {
    name: "dictionary_terms",
    sentence: "One row a term of a dictionary: the words that `term_counts` counts. The lists are written for this program; \
               another coding is made by editing them or adding one.",
    sentence_zh: "每行是一部词典中的一个词语，即 `term_counts` 所统计的词。词表由本项目编写；修改或增加词表即可得到另一种编码。",
    key: &["dictionary", "term"],
    order: "`dictionary`, then that of its file",
    columns: &[
        Column::new(
            "dictionary",
            Get::Text(|row| Some(&row.dictionary)),
            "The topic: the name of the dictionary's file.",
        )
        .zh("主题，即词典文件的名称。")
        .required(),
        Column::new(
            "term",
            Get::Text(|row| Some(&row.term)),
            "The word that is looked for, in simplified characters and narrow letters, as the text is when it is counted.",
        )
        .zh("要查找的词语：简体、半角，与计数时的文本一致。")
        .required(),
        Column::new(
            "concept",
            Get::Text(|row| row.concept.as_deref()),
            "The part of the topic that it belongs to; null where the dictionary names none.",
        )
        .zh("词语所属的子主题；词典未标明时为空。"),
        Column::new(
            "example",
            Get::Text(|row| row.example.as_deref()),
            "A phrase in which it is counted, checked by `zhibiao vocab`.",
        )
        .zh("计入该词语的例句，由 `zhibiao vocab` 检查。"),
        Column::new(
            "not_in",
            Get::Text(|row| row.not_in.as_deref()),
            "Longer words, joined by |, in which it is not counted.",
        )
        .zh("不计该词语的更长的词，以 | 分隔。"),
        Column::new("note", Get::Text(|row| row.note.as_deref()), "What an analyst should know of it.")
            .zh("使用说明。"),
    ],
};
