//! The table `issues`: what is wrong with the data, and where.

use super::{Get, TableDef};
use crate::issue::Issue;

type Column = super::Column<Issue>;

/// One row a thing that is wrong.
pub static ISSUES: TableDef<Issue> = TableDef {
    name: "issues",
    sentence: "One row a thing that is wrong with a file or at a place in its text; the codebook lists the codes.",
    sentence_zh: "",
    key: &[],
    order: "by the document as in `documents`, then in the order in which the stages of the program met them",
    columns: &[
        Column::new("code", Get::Text(|issue| Some(issue.code.name())), "What is wrong, as a stable code.").required(),
        Column::new(
            "severity",
            Get::Text(|issue| Some(issue.code.severity().name())),
            "error (rows are missing or not to be trusted), warning or info.",
        )
        .required(),
        Column::new(
            "document_id",
            Get::Text(|issue| issue.document_id.as_deref()),
            "The document concerned; null when the file could not be read at all.",
        ),
        Column::new(
            "source_path",
            Get::Text(|issue| Some(&issue.source_path)),
            "The path of the file as in `documents`.",
        )
        .required(),
        Column::new(
            "source_start",
            Get::Int32(|issue| issue.source_start),
            "Where the place begins in the decoded source text, in code points from 0; null for the whole file.",
        )
        .unit("{character}"),
        Column::new(
            "source_end",
            Get::Int32(|issue| issue.source_end),
            "Where the place ends in the decoded source text: the position after its last code point.",
        )
        .unit("{character}"),
        Column::new("message", Get::Text(|issue| Some(&issue.message)), "What is wrong, in a sentence.").required(),
    ],
};
