//! The table `vintages`: what each report states of a fact, one statement chosen of all it makes.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array};

use super::fact::{Fact, Facts, LooseFact};
use super::group::{Day, Document, Group, Observation};
use crate::extract::Measure;
use crate::model::{CHANGE_BASES, COMPARATORS, PERIOD_KINDS};
use crate::tidy::{DerivedColumn as Column, DerivedDef, Kind, doubles, texts, wholes};
use crate::vocab::Vocabulary;

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

/// What a report states of a fact: the chosen statement, and what is known of the others.
#[derive(Debug, Clone)]
pub(super) struct Vintage<'g> {
    pub document: &'g Document<'g>,
    pub statement: &'g Observation<'g>,
    pub area: &'g str,
    /// The year in which the report was given, and the one it reviews.
    pub as_of: i32,
    pub reviewed_year: i32,
    /// The last year of the period.
    pub year: i32,
    pub loose_fact: LooseFact<'g>,
    pub qualifier: Option<String>,
    pub doubts: Doubts,
    /// Between which bounds all exact statements lie; `None` where there is none.
    pub least: Option<f64>,
    pub most: Option<f64>,
    pub n_statements: i32,
    pub choice: &'static str,
}

/// What speaks against a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Doubts {
    pub outside_review: bool,
    period_inferred: bool,
    /// 0 for an exact figure, 1 for about, 2 for a bound.
    pub inexact: i32,
    pub words_inferred: bool,
    pub estimated: bool,
}

/// What is asked of two statements of one report, in this order, and the name of the rule: the first answer that is not
/// equal decides, and the lesser one is better.
fn questions(left: &Vintage, right: &Vintage) -> [(Ordering, &'static str); 6] {
    let (one, other) = (left.doubts, right.doubts);
    [
        (one.outside_review.cmp(&other.outside_review), "review_section"),
        (one.period_inferred.cmp(&other.period_inferred), "stated_period"),
        (one.inexact.cmp(&other.inexact), "exact"),
        (one.words_inferred.cmp(&other.words_inferred), "own_words"),
        (one.estimated.cmp(&other.estimated), "actual"),
        (left.statement.source_start.cmp(&right.statement.source_start), "first"),
    ]
}

impl<'g> Vintage<'g> {
    pub fn fact(&self) -> Fact<'_, 'g> {
        (self.loose_fact, self.qualifier.as_deref().unwrap_or_default())
    }

    /// The order of rows that are of one table: that of the fact.
    pub fn order(&self) -> impl Ord {
        let Observation { indicator, measure, change_basis, within, unit_measure, time_period, .. } = *self.statement;
        (self.area, indicator, self.qualifier.as_deref(), measure, change_basis, within, unit_measure, time_period)
    }

    /// The order of reports.
    pub fn date(&self) -> (i32, Option<Day>, &'g str) {
        (self.as_of, self.document.delivered_date, self.document.document_id)
    }
}

/// One row a report and fact.
pub(super) fn vintages<'g>(group: &'g Group<'g>, vocabulary: &'g Vocabulary) -> Vec<Vintage<'g>> {
    let mut vintages = Vec::new();
    for stated in candidates(group, vocabulary).chunk_by_mut(|a, b| a.statement.document == b.statement.document) {
        stated.sort_by(|a, b| (a.fact(), a.statement.sentence_id).cmp(&(b.fact(), b.statement.sentence_id)));
        for same in stated.chunk_by_mut(|a, b| a.fact() == b.fact()) {
            vintages.extend(chosen(same));
        }
    }
    vintages.sort_by(|a, b| a.order().cmp(&b.order()).then_with(|| a.date().cmp(&b.date())));
    vintages
}

/// The best of the statements that a report makes of a fact, which come sentence by sentence.
fn chosen<'g>(statements: &mut [Vintage<'g>]) -> Option<Vintage<'g>> {
    let mut sound: Vec<&Vintage> = Vec::with_capacity(statements.len());
    for sentence in statements.chunk_by(|a, b| a.statement.sentence_id == b.statement.sentence_id) {
        // 分别 that could not be told apart: one of the numbers belongs to something else.
        let is_one = !is_apart(sentence.iter());
        sound.extend(sentence.iter().filter(|one| one.doubts.inexact > 0 || is_one));
    }
    sound.sort_by(|a, b| {
        let asked = questions(a, b).into_iter().map(|(answer, _)| answer).find(|answer| answer.is_ne());
        asked.unwrap_or_else(|| a.statement.obs_id.cmp(b.statement.obs_id))
    });
    let (best, rest) = sound.split_first()?;
    let decided = |next: &&Vintage| questions(best, next).into_iter().find(|(answer, _)| answer.is_ne());
    Some(Vintage {
        least: greatest(sound.iter().filter_map(|one| one.least)),
        most: least(sound.iter().filter_map(|one| one.most)),
        n_statements: sound.len() as i32,
        choice: match rest.first() {
            None => "only",
            Some(next) => decided(next).map_or("first", |(_, rule)| rule),
        },
        ..(*best).clone()
    })
}

/// Whether exact statements lie apart by more than their rounding.
pub(super) fn is_apart<'v, 'g: 'v>(statements: impl Iterator<Item = &'v Vintage<'g>> + Clone) -> bool {
    let low = greatest(statements.clone().filter_map(|one| one.least));
    let high = least(statements.filter_map(|one| one.most));
    low.zip(high).is_some_and(|(low, high)| low - high > 0.0)
}

pub(super) fn greatest(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    numbers.reduce(f64::max)
}

pub(super) fn least(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    numbers.reduce(f64::min)
}

/// The statements a report may be quoted with, each as if it were the only one.
fn candidates<'g>(group: &'g Group<'g>, vocabulary: &'g Vocabulary) -> Vec<Vintage<'g>> {
    let facts = Facts::new(vocabulary);
    let candidate = |statement: &'g Observation<'g>| {
        let document = &group.documents[statement.document];
        let area = group.areas[statement.document]?;
        let (as_of, year) = (document.report_year?, statement.year_to()?);
        let reviewed_year = document.reviewed_year.unwrap_or(as_of);
        // A year that is not over has no result.
        let is_over = year <= reviewed_year || (matches!(statement.period_kind, "ytd" | "part_year") && year <= as_of);
        let loose_fact = facts.of_result(statement).filter(|_| is_over)?;
        let rounding = statement.rounding();
        let exact = |bound: f64| (statement.comparator == "=").then_some(bound);
        Some(Vintage {
            document,
            statement,
            area,
            as_of,
            reviewed_year,
            year,
            loose_fact,
            qualifier: facts.qualifier(statement),
            doubts: Doubts {
                outside_review: OUTSIDE_REVIEW.contains(&statement.section_role),
                period_inferred: statement.period_basis == "inferred",
                inexact: match statement.comparator {
                    "=" => 0,
                    "~" => 1,
                    _ => 2,
                },
                words_inferred: statement.has_flag("subject_inferred"),
                estimated: statement.status == "estimate",
            },
            least: exact(statement.obs_value - rounding),
            most: exact(statement.obs_value + rounding),
            n_statements: 1,
            choice: "only",
        })
    };
    group.observations.iter().filter_map(candidate).collect()
}

/// Sections that quote results for another purpose than to report them.
const OUTSIDE_REVIEW: &[&str] =
    &["problems", "plan_year", "plan_multi_year", "explanation", "glossary", "annex", "front"];

/// The columns that rows with a chosen statement share, by their names.
pub(super) fn shared_columns<'v, 'g: 'v, V>(
    all: &'v [V],
    of: fn(&'v V) -> &'v Vintage<'g>,
) -> Vec<(&'static str, ArrayRef)> {
    let stated = || all.iter().map(move |row| of(row).statement);
    let of = || all.iter().map(of);
    vec![
        ("area", texts(of().map(|row| row.area))),
        ("ref_area", texts(stated().map(|row| row.ref_area))),
        ("ref_area_name", texts(stated().map(|row| row.ref_area_name))),
        ("area_level", texts(of().map(|row| row.document.area_level))),
        ("time_period", texts(stated().map(|row| row.time_period))),
        ("period_kind", texts(stated().map(|row| row.period_kind))),
        ("year", wholes(of().map(|row| row.year))),
        ("indicator", texts(stated().map(|row| row.indicator))),
        ("qualifier", texts(of().map(|row| row.qualifier.as_deref()))),
        ("measure", texts(stated().map(|row| row.measure))),
        ("change_basis", texts(stated().map(|row| row.change_basis))),
        ("within", texts(stated().map(|row| row.within))),
        ("unit_measure", texts(stated().map(|row| row.unit_measure))),
        ("obs_id", texts(stated().map(|row| row.obs_id))),
        ("obs_value", doubles(stated().map(|row| row.obs_value))),
        ("comparator", texts(stated().map(|row| row.comparator))),
        ("status", texts(stated().map(|row| row.status))),
        ("value_text", texts(stated().map(|row| row.value_text))),
        ("document_id", texts(of().map(|row| row.document.document_id))),
        ("as_of", wholes(of().map(|row| row.as_of))),
    ]
}

/// The columns of the table.
pub(super) fn columns(all: &[Vintage]) -> Vec<(&'static str, ArrayRef)> {
    let mut columns = shared_columns(all, |row| row);
    let dates: Date32Array = all.iter().map(|row| row.document.delivered_date.map(|Day(days)| days)).collect();
    columns.extend([
        ("report_kind", texts(all.iter().map(|row| row.document.report_kind))),
        ("delivered_date", Arc::new(dates) as ArrayRef),
        ("decimals", wholes(all.iter().map(|row| row.statement.decimals))),
        ("indicator_text", texts(all.iter().map(|row| row.statement.indicator_text))),
        ("n_statements", wholes(all.iter().map(|row| row.n_statements))),
        ("choice", texts(all.iter().map(|row| row.choice))),
    ]);
    columns
}
