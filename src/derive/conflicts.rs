//! The tables `conflicts` and `checks`: statements that cannot all be true, and how many were looked at.
//!
//! Nothing is resolved: all statements stay in `observations`, a row here links them. Each check gives one row for
//! everything it looked at, a finding, whether or not something is wrong with it. Those with something wrong
//! are `conflicts`; all of them counted are `checks`.

mod bounds;
mod growth;
mod message;
mod parts;
mod statements;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray};

use super::group::{Group, Observation};
use crate::extract::Measure;
use crate::tidy::{DerivedColumn, DerivedDef, Kind, doubles, texts, wholes};
use crate::vocab::Vocabulary;

use statements::Statements;

/// The kinds of checks; `KIND` of a finding is one of these.
const DIFFERENT_VALUES: &str = "different_values";
const GROWTH_CHAIN: &str = "growth_chain";
const CHANGE_CHAIN: &str = "change_chain";
const FROM_TO: &str = "from_to";
const PART_ABOVE_WHOLE: &str = "part_above_whole";
const PARTS_SUM: &str = "parts_sum";
const SHARES_SUM: &str = "shares_sum";
const RATE_OVER_100: &str = "rate_over_100";
const RATE_BELOW_ZERO: &str = "rate_below_zero";
const LIST_ARITY: &str = "list_arity";
const CONFLICT_KINDS: [&str; 10] = [
    DIFFERENT_VALUES,
    GROWTH_CHAIN,
    CHANGE_CHAIN,
    FROM_TO,
    PART_ABOVE_WHOLE,
    PARTS_SUM,
    SHARES_SUM,
    RATE_OVER_100,
    RATE_BELOW_ZERO,
    LIST_ARITY,
];

/// What two figures may differ by because of how floating point numbers are kept, of their size.
const FLOAT_NOISE: f64 = 1e-9;

/// One row a conflict.
pub static CONFLICTS: DerivedDef = DerivedDef {
    name: "conflicts",
    sentence: "One row a contradiction: statements of one report, or of several reports of one place, that cannot all be \
               true within their rounding. Nothing is resolved; all statements stay in `observations`. Either a text \
               contradicts itself, or a figure was revised, or the program misread one: look at the quotes.",
    sentence_zh: "每行一处矛盾：同一报告内或同一地区不同报告之间，在各自四舍五入误差之内仍不能同时成立的表述。此处不作取舍，各条表述均保留在 \
                  `observations` 中。原因可能是原文自相矛盾、数据事后修订或程序误读，请核对原文。",
    key: &["conflict_id"],
    order: "by area (unknown ones first), document as in `documents`, place in the text, then kind",
    columns: &[
        DerivedColumn::new("conflict_id", Kind::Text, "The id of the row: the kind and the observation in question; it stays the same from run to run.")
            .zh("本行编号，由矛盾类型与相关观测组成，重复运行不变。")
            .required(),
        DerivedColumn::new(
            "kind",
            Kind::Text,
            "different_values (the same thing has two values), growth_chain (last year's level grown by the stated rate is \
             not this year's), change_chain (the same with a change in units or points), from_to (从 A 到 B does not give the \
             change stated behind it), part_above_whole (其中), parts_sum (the parts add up to more than the whole), shares_sum \
             (the shares of a structure do not add up to 100), rate_over_100, rate_below_zero, list_arity (分别 with more \
             or fewer numbers than things, or numbers side by side that are told of one thing only).",
        )
        .zh("类型：different_values（同一事物两个数值）、growth_chain（上年数值按增速推算不等于本年数值）、change_chain（同上，按增减量推算）、\
             from_to（由甲到乙与所述变化不符）、part_above_whole（其中项大于总项）、parts_sum（分项之和大于总项）、shares_sum（构成比重之和不为100）、\
             rate_over_100（比率超过100）、rate_below_zero（比率为负）、list_arity（“分别”前后个数不等，或并列数值只对应一个事物）。")
        .required().one_of(&CONFLICT_KINDS),
        DerivedColumn::new("area", Kind::Text, "The place: the code under which it is known today, of a zone without a code its name; null when the place of the report is unknown.")
            .zh("地区现行代码，没有代码的功能区为其名称；报告地区不明时为空。"),
        DerivedColumn::new("indicator", Kind::Text, "What is measured, as an id of `indicators`; null when the catalogue does not know it.")
            .zh("指标编号，见 `indicators`；目录未收录时为空。").references("indicators", &["indicator"]),
        DerivedColumn::new("indicator_text", Kind::Text, "What is measured, in the words of the statement in question.")
            .zh("原文中的指标表述。")
            .required(),
        DerivedColumn::new("measure", Kind::Text, "The kind of statement, as in `observations.measure`.")
            .zh("表述类型，同 `observations.measure`。")
            .required().one_of(Measure::NAMES),
        DerivedColumn::new("time_period", Kind::Text, "The period of the statement in question, as ISO 8601.")
            .zh("所涉时期（ISO 8601）。"),
        DerivedColumn::new("unit_measure", Kind::Text, "The unit of `obs_value` and of the columns counted from it.")
            .zh("`obs_value` 及相关各列的单位。"),
        DerivedColumn::new("document_id", Kind::Text, "The report with the statement in question; see `documents`.")
            .zh("相关表述所在报告，见 `documents`。")
            .required().references("documents", &["document_id"]),
        DerivedColumn::new("sentence_id", Kind::Int32, "The sentence of the statement; with `document_id` the key of `sentences`.")
            .zh("相关表述所在句子，与 `document_id` 合为 `sentences` 的主键。")
            .required().references("sentences", &["document_id", "sentence_id"]),
        DerivedColumn::new("obs_id", Kind::Text, "The statement in question, as in `observations`: the later value, this year's level, the part, the change.")
            .zh("相关表述在 `observations` 中的编号：较后的数值、本年数值、其中项或变化量。")
            .required().references("observations", &["obs_id"]),
        DerivedColumn::new("obs_value", Kind::Double, "Its value in base units.").zh("该表述的数值（基本单位）。").required().unit("as in unit_measure"),
        DerivedColumn::new("value_text", Kind::Text, "Its number exactly as in the source text.").zh("该数值的原文。").required(),
        DerivedColumn::new("other_document_id", Kind::Text, "The report with the statement it is set against; null when the statement is wrong by itself.")
            .zh("对照表述所在报告；单条表述自身不成立时为空。").references("documents", &["document_id"]),
        DerivedColumn::new("other_obs_id", Kind::Text, "The statement it is set against: the earlier value, last year's level, the whole, the start of a change.")
            .zh("对照表述编号：较早的数值、上年数值、总项或变化的起点。").references("observations", &["obs_id"]),
        DerivedColumn::new("other_indicator_text", Kind::Text, "What that statement measures, in its words.").zh("对照表述的指标原文。"),
        DerivedColumn::new("other_value", Kind::Double, "The value of that statement in base units.").zh("对照表述的数值（基本单位）。").unit("as in unit_measure of that statement"),
        DerivedColumn::new("other_value_text", Kind::Text, "Its number exactly as in the source text.").zh("对照数值的原文。"),
        DerivedColumn::new("third_obs_id", Kind::Text, "The third statement where there are three: the growth of a chain, the end of a change.")
            .zh("第三条表述编号（如有）：增速或变化的终点。").references("observations", &["obs_id"]),
        DerivedColumn::new("third_value", Kind::Double, "The value of that statement in base units.").zh("第三条表述的数值（基本单位）。").unit("as in unit_measure of that statement"),
        DerivedColumn::new("third_value_text", Kind::Text, "Its number exactly as in the source text.").zh("第三个数值的原文。"),
        DerivedColumn::new("expected", Kind::Double, "What `obs_value` would be, or its limit, if the other statements were right; null where no figure follows.")
            .zh("若其他表述成立，`obs_value` 应有的数值或界限；无法推算时为空。")
            .unit("as in unit_measure"),
        DerivedColumn::new("difference", Kind::Double, "`obs_value` less `expected`.").zh("`obs_value` 与 `expected` 之差。").unit("as in unit_measure"),
        DerivedColumn::new("tolerance", Kind::Double, "The greatest difference that the rounding of the numbers as written explains.")
            .zh("按原文数字的舍入误差所容许的最大差额。")
            .unit("as in unit_measure"),
        DerivedColumn::new("is_same_document", Kind::Boolean, "Whether all statements are of one report: then it contradicts itself or was misread; else a later report may have revised the figure.")
            .zh("是否同一报告：是则为自相矛盾或误读，否则可能是后一报告修订了数据。")
            .required(),
        DerivedColumn::new("is_same_sentence", Kind::Boolean, "Whether all statements are of one sentence; then a misreading of a list is likely.")
            .zh("是否同一句：是则很可能是并列成分的误读。")
            .required(),
        DerivedColumn::new("message", Kind::Text, "What is wrong, with the figures.").zh("矛盾说明（英文，含数值）。").required(),
    ],
};

/// One row a report and kind of check.
pub static CHECKS: DerivedDef = DerivedDef {
    name: "checks",
    sentence: "One row a report and kind of check that could be made in it: how many were made and how many failed. A check \
               of several reports counts for the one with the statement in question; the failed ones are in `conflicts`.",
    sentence_zh: "每行为一份报告的一类核对：核对次数与未通过次数。跨报告的核对计入相关表述所在报告；未通过者见 `conflicts`。",
    key: &["document_id", "kind"],
    order: "by area (unknown ones first), document as in `documents`, then kind",
    columns: &[
        DerivedColumn::new("document_id", Kind::Text, "The report; see `documents`.")
            .zh("报告编号，见 `documents`。")
            .required()
            .references("documents", &["document_id"]),
        DerivedColumn::new("area", Kind::Text, "The place, as in `conflicts.area`; null when unknown.")
            .zh("地区现行代码；不明时为空。"),
        DerivedColumn::new("kind", Kind::Text, "The kind of check, as in `conflicts.kind`.")
            .zh("核对类型，同 `conflicts.kind`。")
            .required()
            .one_of(&CONFLICT_KINDS),
        DerivedColumn::new(
            "n_checked",
            Kind::Int32,
            "How many checks of the kind were made; null for list_arity, where lists without a fault are not counted.",
        )
        .zh("核对次数；list_arity 未统计无误的列举，故为空。")
        .unit("{check}"),
        DerivedColumn::new("n_conflicts", Kind::Int32, "How many of them failed.")
            .zh("未通过次数。")
            .required()
            .unit("{check}"),
    ],
};

/// What a check has found out. Statements are named by their place among the observations.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Finding<'g> {
    kind: &'static str,
    /// The statement in question, and those it is set against.
    at: usize,
    other: Option<usize>,
    third: Option<usize>,
    expected: Option<f64>,
    tolerance: Option<f64>,
    note: Option<&'g str>,
    is_conflict: bool,
}

impl<'g> Finding<'g> {
    fn of(kind: &'static str, at: usize) -> Finding<'g> {
        let (other, third, expected, tolerance, note) = (None, None, None, None, None);
        Finding { kind, at, other, third, expected, tolerance, note, is_conflict: false }
    }

    fn new(kind: &'static str, at: usize, expected: f64, tolerance: f64) -> Finding<'g> {
        Finding { expected: Some(expected), tolerance: Some(tolerance), ..Finding::of(kind, at) }
    }

    fn against(self, other: usize) -> Finding<'g> {
        Finding { other: Some(other), ..self }
    }

    fn and(self, third: usize) -> Finding<'g> {
        Finding { third: Some(third), ..self }
    }

    /// A conflict if the value lies above what is expected by more than the tolerance.
    fn if_above(self, value: f64) -> Finding<'g> {
        let is_conflict = self.passes(|expected| value - expected);
        Finding { is_conflict: self.is_conflict || is_conflict, ..self }
    }

    /// A conflict if the value lies below what is expected by more than the tolerance.
    fn if_below(self, value: f64) -> Finding<'g> {
        let is_conflict = self.passes(|expected| expected - value);
        Finding { is_conflict: self.is_conflict || is_conflict, ..self }
    }

    /// A conflict if the value differs from what is expected by more than the tolerance.
    fn if_off(self, value: f64) -> Finding<'g> {
        self.if_above(value).if_below(value)
    }

    fn passes(&self, distance: impl Fn(f64) -> f64) -> bool {
        let both = self.expected.zip(self.tolerance);
        both.is_some_and(|(expected, tolerance)| distance(expected) > tolerance + expected.abs() * FLOAT_NOISE)
    }
}

/// Columns of a table by their names.
type Columns = Vec<(&'static str, ArrayRef)>;

/// The columns of both tables for a group of areas.
pub(super) fn conflicts(group: &Group, vocabulary: &Vocabulary) -> (Columns, Columns) {
    let statements = Statements::of(group, vocabulary);
    let findings = [
        values::different_values(&statements),
        growth::growth_chain(&statements),
        growth::change_chain(&statements),
        growth::from_to(&statements),
        parts::part_above_whole(&statements),
        parts::parts_sum(&statements),
        parts::shares_sum(&statements),
        bounds::rate_over_100(&statements),
        bounds::rate_below_zero(&statements),
        bounds::list_arity(&statements),
    ]
    .concat();
    (told(&findings, &statements), counted(&findings, group))
}

/// The findings with something wrong, as columns of `conflicts`.
fn told(findings: &[Finding], statements: &Statements) -> Columns {
    let area = |at: usize| statements.group.areas[statements.all[at].row.document];
    let mut wrong: Vec<&Finding> = findings.iter().filter(|finding| finding.is_conflict).collect();
    wrong.sort_by_key(|finding| (area(finding.at), finding.at, finding.kind));
    let rows = || wrong.iter().map(|finding| statements.all[finding.at].row);
    let of = |at: Option<usize>| at.map(|at| statements.all[at].row);
    let others = || wrong.iter().map(move |finding| of(finding.other));
    let thirds = || wrong.iter().map(move |finding| of(finding.third));
    // Whether those that a statement is set against are of the same report or sentence.
    let all_same = |place: fn(&Observation) -> (usize, i32)| -> ArrayRef {
        let same = rows().zip(others().zip(thirds())).map(|(row, (other, third))| {
            Some([other, third].into_iter().flatten().all(|against| place(against) == place(row)))
        });
        Arc::new(same.collect::<BooleanArray>())
    };
    let difference = |(finding, row): (&&Finding, &Observation)| Some(row.obs_value - finding.expected?);
    let ids: Vec<String> =
        wrong.iter().zip(rows()).map(|(finding, row)| format!("{}:{}", finding.kind, row.obs_id)).collect();
    let messages: Vec<String> = wrong.iter().map(|finding| message::message(finding, statements)).collect();
    vec![
        ("conflict_id", texts(ids.iter().map(String::as_str))),
        ("kind", texts(wrong.iter().map(|finding| finding.kind))),
        ("area", texts(wrong.iter().map(|finding| area(finding.at)))),
        ("indicator", texts(rows().map(|row| row.indicator))),
        ("indicator_text", texts(rows().map(|row| row.indicator_text))),
        ("measure", texts(rows().map(|row| row.measure))),
        ("time_period", texts(rows().map(|row| row.time_period))),
        ("unit_measure", texts(rows().map(|row| row.unit_measure))),
        ("document_id", texts(rows().map(|row| row.document_id))),
        ("sentence_id", wholes(rows().map(|row| row.sentence_id))),
        ("obs_id", texts(rows().map(|row| row.obs_id))),
        ("obs_value", doubles(rows().map(|row| row.obs_value))),
        ("value_text", texts(rows().map(|row| row.value_text))),
        ("other_document_id", texts(others().map(|row| row.map(|row| row.document_id)))),
        ("other_obs_id", texts(others().map(|row| row.map(|row| row.obs_id)))),
        ("other_indicator_text", texts(others().map(|row| row.map(|row| row.indicator_text)))),
        ("other_value", doubles(others().map(|row| row.map(|row| row.obs_value)))),
        ("other_value_text", texts(others().map(|row| row.map(|row| row.value_text)))),
        ("third_obs_id", texts(thirds().map(|row| row.map(|row| row.obs_id)))),
        ("third_value", doubles(thirds().map(|row| row.map(|row| row.obs_value)))),
        ("third_value_text", texts(thirds().map(|row| row.map(|row| row.value_text)))),
        ("expected", doubles(wrong.iter().map(|finding| finding.expected))),
        ("difference", doubles(wrong.iter().zip(rows()).map(difference))),
        ("tolerance", doubles(wrong.iter().map(|finding| finding.tolerance))),
        ("is_same_document", all_same(|row| (row.document, 0))),
        ("is_same_sentence", all_same(|row| (row.document, row.sentence_id))),
        ("message", texts(messages.iter().map(String::as_str))),
    ]
}

/// All findings, counted by report and kind, as columns of `checks`.
fn counted(findings: &[Finding], group: &Group) -> Columns {
    let mut counts: BTreeMap<(Option<&str>, usize, &str), (i32, i32)> = BTreeMap::new();
    for finding in findings {
        let document = group.observations[finding.at].document;
        let count = counts.entry((group.areas[document], document, finding.kind)).or_default();
        count.0 += 1;
        count.1 += i32::from(finding.is_conflict);
    }
    // Lists without a fault are not counted.
    let checked = |((_, _, kind), (checked, _)): (&(_, _, &str), &(i32, _))| (*kind != LIST_ARITY).then_some(*checked);
    vec![
        ("document_id", texts(counts.keys().map(|(_, document, _)| group.documents[*document].document_id))),
        ("area", texts(counts.keys().map(|(area, ..)| *area))),
        ("kind", texts(counts.keys().map(|(_, _, kind)| *kind))),
        ("n_checked", wholes(counts.iter().map(checked))),
        ("n_conflicts", wholes(counts.values().map(|(_, failed)| *failed))),
    ]
}
