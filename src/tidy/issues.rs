//! The table `issues`: what is wrong with the data, and where.

use super::{Get, TableDef};
use crate::issue::{Issue, IssueCode, Severity};

type Column = super::Column<Issue>;

/// One row a thing that is wrong.
pub static ISSUES: TableDef<Issue> = TableDef {
    name: "issues",
    sentence: "One row a thing that is wrong with a file or at a place in its text; the codebook lists the codes.",
    sentence_zh: "每行是一个文件或其文字某处的一个问题，代码的含义见数据字典末尾；按 `documents` 的报告顺序、再按程序各阶段发现的顺序排列。",
    key: &[],
    order: "by the document as in `documents`, then in the order in which the stages of the program met them",
    columns: &[
        Column::new("code", Get::Text(|issue| Some(issue.code.name())), "What is wrong, as a stable code.")
            .zh("问题的代码，固定不变。")
            .one_of(IssueCode::NAMES)
            .required(),
        Column::new(
            "severity",
            Get::Text(|issue| Some(issue.code.severity().name())),
            "error (rows are missing or not to be trusted), warning or info.",
        )
        .zh("error（缺少数据行或数据行不可信）、warning（警告）或 info（提示）。")
        .one_of(Severity::NAMES)
        .required(),
        Column::new(
            "document_id",
            Get::Text(|issue| issue.document_id.as_deref()),
            "The document concerned; null when the file could not be read at all.",
        )
        .zh("所涉及的报告；文件完全无法读取时为空。"),
        Column::new(
            "source_path",
            Get::Text(|issue| Some(&issue.source_path)),
            "The path of the file as in `documents`.",
        )
        .zh("文件的路径，同 `documents`。")
        .required(),
        Column::new(
            "source_start",
            Get::Int32(|issue| issue.source_start),
            "Where the place begins in the decoded source text, in code points from 0; null for the whole file.",
        )
        .zh("问题所在处在解码后原文中的起点，以码点计，从 0 开始；涉及整个文件时为空。")
        .unit("{character}"),
        Column::new(
            "source_end",
            Get::Int32(|issue| issue.source_end),
            "Where the place ends in the decoded source text: the position after its last code point.",
        )
        .zh("问题所在处在解码后原文中的终点，即最后一个码点之后的位置。")
        .unit("{character}"),
        Column::new("message", Get::Text(|issue| Some(&issue.message)), "What is wrong, in a sentence.")
            .zh("用一句英文说明问题所在。")
            .required(),
    ],
};
