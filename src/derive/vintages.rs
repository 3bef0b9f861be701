//! The table `vintages`: what each report states of a fact, one statement chosen of all it makes.

use polars::prelude::{
    DataType, Expr, IntoLazy, JoinArgs, JoinType, LazyFrame, NULL, SortMultipleOptions, col, len, lit, when,
};

use super::Group;
use crate::extract::Measure;
use crate::model::{CHANGE_BASES, COMPARATORS, PERIOD_KINDS};
use crate::tidy::{DerivedColumn as Column, DerivedDef, Kind};

/// What a statement of a result may be.
pub(super) const RESULTS: [&str; 2] = ["actual", "estimate"];

/// One row a report and fact.
pub static VINTAGES: DerivedDef = DerivedDef {
    name: "vintages",
    sentence: "One row a report, indicator (with its qualifier), measure, base of the change, unit and period: the one \
               statement chosen of all that the report makes of it. Results and estimates for the area as a whole; no \
               targets, ranks, parts of a whole, damaged numbers, and no numbers that differ within one sentence.",
    sentence_zh: "每份报告对同一指标（含限定语）、度量、对比基期、单位和时期只占一行：从该报告的所有陈述中选出的一个。只含整个地区的\
                  实际数与预计数；不含目标、位次、其中项、残缺数字，以及同一句中互相不同的数字。",
    key: &["obs_id"],
    order: "`area`, `indicator`, `qualifier`, `measure`, `change_basis`, `within`, `unit_measure`, `time_period`, then by the \
            date of the report",
    columns: &[
        Column::new("document_id", Kind::Text, "The report; see `documents`.").zh("报告，见 `documents`。").required().references("documents", &["document_id"]),
        Column::new("report_kind", Kind::Text, "The genre, as in `documents`.").zh("文种，同 `documents`。").required(),
        AREA,
        REF_AREA,
        REF_AREA_NAME,
        AREA_LEVEL,
        Column::new("as_of", Kind::Int32, "The year in which the report was given: the vintage.")
            .zh("报告作出的年份，即数据版本。")
            .required()
            .unit("a"),
        Column::new("delivered_date", Kind::Date, "The day on which the report was given, where the text says it.")
            .zh("报告作出的日期（文中写明时）。"),
        TIME_PERIOD,
        PERIOD_KIND,
        YEAR,
        INDICATOR,
        QUALIFIER,
        MEASURE,
        CHANGE_BASIS,
        WITHIN,
        UNIT_MEASURE,
        OBS_ID,
        OBS_VALUE,
        COMPARATOR,
        STATUS,
        Column::new("decimals", Kind::Int32, "How many digits follow the point in the number as written.")
            .zh("原文数字小数点后的位数。")
            .required()
            .unit("{digit}"),
        Column::new("indicator_text", Kind::Text, "What is measured, in the words of the text.").zh("原文中的指标用语。").required(),
        VALUE_TEXT,
        Column::new("n_statements", Kind::Int32, "How many statements of it the report makes, with the chosen one.")
            .zh("该报告中同一事项的陈述数（含选中的一条）。")
            .required()
            .unit("{row}"),
        Column::new(
            "choice",
            Kind::Text,
            "What decided between the chosen statement and the next best, asked in this order: only (there is one), \
             review_section (it stands in a review, not in a plan or an annex), stated_period (its period is not inferred), \
             exact (no bound, nor about), own_words (its subject stands beside it), actual (no estimate), first (it comes \
             first in the text).",
        )
        .zh("选中该陈述而非次优者的依据，依次为：only（仅此一条）、review_section（位于回顾部分）、stated_period（时期非推断）、\
             exact（精确值）、own_words（主语就在旁边）、actual（非预计）、first（文中最先出现）。")
        .required(),
    ],
};

/// Columns that the tables of this module's kind share.
pub(super) const AREA: Column = Column::new(
    "area",
    Kind::Text,
    "The code under which the area is known today, so that a county that became a district is one series; of a zone without a \
     code its name.",
)
.zh("该地区现行的区划代码，撤县设区等前后视为同一序列；没有代码的功能区为其名称。")
.required();
pub(super) const REF_AREA: Column =
    Column::new("ref_area", Kind::Text, "The GB/T 2260 code of the area in the year of the report.")
        .zh("报告当年的 GB/T 2260 代码。")
        .references("areas", &["ref_area"]);
pub(super) const REF_AREA_NAME: Column =
    Column::new("ref_area_name", Kind::Text, "The name of the area in the year of the report.")
        .zh("报告当年的地区名称。");
pub(super) const AREA_LEVEL: Column =
    Column::new("area_level", Kind::Text, "The level of the area, as in `areas.level`.")
        .zh("地区级别，同 `areas.level`。");
pub(super) const TIME_PERIOD: Column =
    Column::new("time_period", Kind::Text, "The period as ISO 8601: 2019, 2016/2020 (years, both included).")
        .zh("时期（ISO 8601）：2019、2016/2020（含首尾年份）。")
        .required();
pub(super) const PERIOD_KIND: Column =
    Column::new("period_kind", Kind::Text, "year, ytd, part_year, multi_year; see `observations.period_kind`.")
        .zh("时期类别：year 全年、ytd 年初至某月、part_year 年内其他月份、multi_year 多年。")
        .required()
        .one_of(&PERIOD_KINDS);
pub(super) const YEAR: Column =
    Column::new("year", Kind::Int32, "The last year of the period.").zh("时期的最后一年。").required().unit("a");
pub(super) const INDICATOR: Column =
    Column::new("indicator", Kind::Text, "What is measured, as an id of `indicators`.")
        .zh("指标代码，见 `indicators`。")
        .required()
        .references("indicators", &["indicator"]);
pub(super) const QUALIFIER: Column = Column::new(
    "qualifier",
    Kind::Text,
    "What the words say beyond the indicator (产业集聚区, 新增); null for the indicator itself. Rows with and without one are \
     different things. Wordings are reduced by `series.csv` of the vocabulary.",
)
.zh("指标名称之外的限定语（产业集聚区、新增）；为空即指标本身。有无限定语的行不是同一事物。");
pub(super) const MEASURE: Column =
    Column::new("measure", Kind::Text, "level, change_pct, change_abs, share or multiple; see `observations.measure`.")
        .zh("度量：level 水平、change_pct 变动率、change_abs 变动量、share 比重、multiple 倍数。")
        .required()
        .one_of(Measure::NAMES);
pub(super) const CHANGE_BASIS: Column = Column::new(
    "change_basis",
    Kind::Text,
    "Of changes, what they are measured against: yoy, annual_average, since_year_start or versus; so an average over \
     years never stands for the growth of one.",
)
.zh("变动的对比基期：yoy 上年、annual_average 年均、since_year_start 年初、versus 指定基期；年均增速不会冒充当年增速。")
.one_of(&CHANGE_BASES);
pub(super) const WITHIN: Column =
    Column::new("within", Kind::Text, "Of shares, the whole, as written.").zh("比重的总体（原文）。");
pub(super) const UNIT_MEASURE: Column =
    Column::new("unit_measure", Kind::Text, "The unit of the values: ISO 4217 or UCUM.")
        .zh("数值单位（ISO 4217 或 UCUM）。")
        .required();
pub(super) const OBS_ID: Column = Column::new("obs_id", Kind::Text, "The statement chosen; see `observations`.")
    .zh("选中的陈述，见 `observations`。")
    .required()
    .references("observations", &["obs_id"]);
pub(super) const VALUE_TEXT: Column =
    Column::new("value_text", Kind::Text, "The number and its unit as in the source text.")
        .zh("原文中的数字及单位。")
        .required();
pub(super) const OBS_VALUE: Column =
    Column::new("obs_value", Kind::Double, "The chosen value in base units, with its sign.")
        .zh("选中的数值（基本单位，带符号）。")
        .required()
        .unit("as in unit_measure");
pub(super) const COMPARATOR: Column =
    Column::new("comparator", Kind::Text, "=, ~ (about), >, >=, < or <=, as in `observations.comparator`.")
        .zh("比较符：=、~（左右）、>、>=、<、<=。")
        .required()
        .one_of(&COMPARATORS);
pub(super) const STATUS: Column = Column::new("status", Kind::Text, "actual or estimate.")
    .zh("actual 实际数，estimate 预计数。")
    .required()
    .one_of(&RESULTS);

/// The order of rows that are of one table: that of the fact, then of the report.
pub(super) const FACT_ORDER: [&str; 8] =
    ["area", "indicator", "qualifier", "measure", "change_basis", "within", "unit_measure", "time_period"];

/// What is asked of two statements of one report, in this order: the column, smaller is better, and the name of the rule.
const QUESTIONS: [(&str, &str); 6] = [
    ("outside_review", "review_section"),
    ("period_inferred", "stated_period"),
    ("inexact", "exact"),
    ("words_inferred", "own_words"),
    ("estimated", "actual"),
    ("source_start", "first"),
];

/// The columns that go from the chosen statement into its row.
const TAKEN: [&str; 29] = [
    "report_kind",
    "area",
    "ref_area",
    "ref_area_name",
    "area_level",
    "as_of",
    "delivered_date",
    "reviewed_year",
    "time_period",
    "period_kind",
    "year",
    "indicator",
    "qualifier",
    "measure",
    "change_basis",
    "within",
    "unit_measure",
    "obs_id",
    "obs_value",
    "comparator",
    "status",
    "decimals",
    "indicator_text",
    "value_text",
    "outside_review",
    "inexact",
    "words_inferred",
    "estimated",
    "loose_fact",
];

/// One row a report and fact; beside the columns of the table those that `panel` asks for.
pub(super) fn vintages(group: &Group) -> LazyFrame {
    let questions = QUESTIONS.map(|(column, _)| column);
    let order: Vec<&str> = ["document_id", "fact"].into_iter().chain(questions).chain(["obs_id"]).collect();
    let mut columns: Vec<Expr> = TAKEN.iter().map(|name| col(*name).first()).collect();
    columns.extend([
        len().cast(DataType::Int32).alias("n_statements"),
        // The bounds that all exact statements must share to agree.
        col("least").max(),
        col("most").min(),
        deciding_rule(&QUESTIONS),
    ]);
    candidates(group)
        .sort(order, ascending())
        .group_by_stable([col("document_id"), col("fact")])
        .agg(columns)
        .sort(FACT_ORDER.into_iter().chain(["as_of", "delivered_date", "document_id"]).collect::<Vec<_>>(), ascending())
}

/// The statements a report may be quoted with.
fn candidates(group: &Group) -> LazyFrame {
    let documents = group.documents.clone().lazy().select([
        col("document_id"),
        col("report_kind"),
        col("area_level"),
        col("report_year").alias("as_of"),
        col("reviewed_year").fill_null(col("report_year")).alias("reviewed_year"),
        col("delivered_date"),
    ]);
    let is = |column: &str, values: &[&str]| {
        values.iter().fold(lit(false), |any, value| any.or(col(column).eq(lit(value.to_string()))))
    };
    let flag = |expr: Expr, name: &str| expr.cast(DataType::Int32).alias(name);
    let is_exact = col("comparator").eq(lit("="));
    let exact = |expr: Expr| when(is_exact.clone()).then(expr).otherwise(lit(NULL));
    let stated = group
        .observations
        .clone()
        .lazy()
        .filter(col("fact").is_not_null())
        .join(documents, [col("document_id")], [col("document_id")], JoinArgs::new(JoinType::Inner))
        // A year that is not over has no result.
        .filter(col("as_of").is_not_null())
        .filter(
            col("year_to")
                .lt_eq(col("reviewed_year"))
                .or(is("period_kind", &["ytd", "part_year"]).and(col("year_to").lt_eq(col("as_of")))),
        )
        .with_columns([
            col("year_to").alias("year"),
            flag(is("section_role", OUTSIDE_REVIEW), "outside_review"),
            flag(is("period_basis", &["inferred"]), "period_inferred"),
            flag(col("is_subject_inferred"), "words_inferred"),
            flag(is("status", &["estimate"]), "estimated"),
            when(is_exact.clone())
                .then(lit(0))
                .when(col("comparator").eq(lit("~")))
                .then(lit(1))
                .otherwise(lit(2))
                .alias("inexact"),
            exact(col("obs_value") - col("rounding")).alias("least"),
            exact(col("obs_value") + col("rounding")).alias("most"),
        ]);
    // 分别 that could not be told apart: one of the numbers belongs to something else.
    let sentence = [col("document_id"), col("sentence_id"), col("fact")];
    let unlike =
        stated.clone().group_by(sentence.clone()).agg([(col("least").max() - col("most").min()).alias("apart")]);
    stated
        .join(unlike, sentence.clone(), sentence, JoinArgs::new(JoinType::Left))
        .filter(is_exact.not().or(col("apart").lt_eq(lit(0.0))))
}

/// Sections that quote results for another purpose than to report them.
const OUTSIDE_REVIEW: &[&str] =
    &["problems", "plan_year", "plan_multi_year", "explanation", "glossary", "annex", "front"];

/// The name of the first question on which the first and the second row of a group differ.
pub(super) fn deciding_rule(questions: &[(&str, &'static str)]) -> Expr {
    let differ = |column: &str| col(column).first().neq(col(column).get(lit(1), true));
    let rule = questions
        .iter()
        .rev()
        .fold(lit("first"), |rule, (column, name)| when(differ(column)).then(lit(*name)).otherwise(rule));
    when(len().eq(lit(1))).then(lit("only")).otherwise(rule).alias("choice")
}

/// Ascending by all columns, nulls first.
pub(super) fn ascending() -> SortMultipleOptions {
    SortMultipleOptions::default().with_maintain_order(true)
}
