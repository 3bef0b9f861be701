//! The table `target_outcomes`: targets beside what later reports of the same area state of them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray};

use super::fact::{Facts, LooseFact, last_year};
use super::group::{Document, Group, Target};
use super::vintages::{
    AREA, AREA_LEVEL, CHANGE_BASIS, INDICATOR, QUALIFIER, REF_AREA, REF_AREA_NAME, RESULTS, Vintage,
};
use crate::extract::Measure;
use crate::model::{COMPARATORS, TARGET_FORMS};
use crate::tidy::{DerivedColumn as Column, DerivedDef, Kind, doubles, texts, wholes};
use crate::vocab::{VerdictRule, VerdictRules, Vocabulary};

/// What became of a target.
const VERDICTS: [&str; 6] = ["met", "missed", "other_words", "not_stated", "no_report", NOT_COMPARABLE];

/// One row a target that an outcome could be held against.
pub static TARGET_OUTCOMES: DerivedDef = DerivedDef {
    name: "target_outcomes",
    sentence: "One row a target for the area as a whole with a known indicator and horizon, beside the outcome that a later \
               report of the same area states: same indicator and qualifier, measure, base of the change, unit and period.",
    sentence_zh: "每行是一个针对整个地区、指标与期限已知的目标，旁列同一地区后来报告所述的结果：指标与限定语、度量、对比基期、单位和\
                  时期均相同。",
    key: &["target_id"],
    order: "`area`, the year of the target's report, its `document_id`, then as in `targets`",
    columns: &[
        Column::new("target_id", Kind::Text, "The target; see `targets`.").zh("目标，见 `targets`。").required().references("targets", &["target_id"]),
        Column::new("document_id", Kind::Text, "The report that sets it; see `documents`.").zh("提出目标的报告。").required().references("documents", &["document_id"]),
        Column::new("as_of", Kind::Int32, "The year in which that report was given.").zh("该报告作出的年份。").required().unit("a"),
        Column::new(
            "outcome_document_id",
            Kind::Text,
            "The report that states the outcome; with the verdict not_stated the one that reviews the last year of the \
             horizon and does not state it.",
        )
        .zh("陈述结果的报告；结论为 not_stated 时，为回顾期末年份而未陈述该项的报告。").references("documents", &["document_id"]),
        AREA,
        REF_AREA,
        REF_AREA_NAME,
        AREA_LEVEL,
        INDICATOR,
        Column::new("indicator_text", Kind::Text, "What the target is for, in the words of the text.").zh("目标指标的原文用语。").required(),
        QUALIFIER,
        Column::new("measure", Kind::Text, "The kind of figure, as in `targets`.").zh("度量，同 `targets`。").one_of(Measure::NAMES),
        CHANGE_BASIS,
        Column::new("unit_measure", Kind::Text, "The unit of target, outcome, gap and tolerance; the outcome of a relative target is in %.").zh("目标、结果、差距与容差的单位；相对目标的结果以 % 计。"),
        Column::new("time_period", Kind::Text, "The horizon of the target and the period of the outcome, ISO 8601.")
            .zh("目标期限，也是结果的时期（ISO 8601）。")
            .required(),
        Column::new("year", Kind::Int32, "The last year of the horizon.").zh("期限的最后一年。").required().unit("a"),
        Column::new("is_headline", Kind::Boolean, "Whether it stands in the list of main targets; see `targets`.")
            .zh("是否属于主要目标清单，见 `targets`。")
            .required(),
        Column::new("form", Kind::Text, "point, bound, range, relative, delegated or qualitative; see `targets`.")
            .zh("目标形式，见 `targets`。")
            .required().one_of(&TARGET_FORMS),
        Column::new("bound", Kind::Text, "=, ~, >=, <=, > or <, of the size as written; see `targets`.").zh("界限，见 `targets`。").one_of(&COMPARATORS),
        Column::new("low", Kind::Double, "The least value that meets the target; see `targets`.")
            .zh("达到目标的最小值，见 `targets`。")
            .unit("as in unit_measure"),
        Column::new("high", Kind::Double, "The greatest value that meets the target; see `targets`.")
            .zh("达到目标的最大值，见 `targets`。")
            .unit("as in unit_measure"),
        Column::new("stretch", Kind::Double, "The figure striven for beyond the firm one.").zh("力争达到的数值。").unit("as in unit_measure"),
        Column::new("modifier_text", Kind::Text, "The words that make the target harder or softer (确保, 力争, 左右).")
            .zh("使目标更硬或更软的词语（确保、力争、左右）。"),
        Column::new("target_text", Kind::Text, "The words that state the target.").zh("陈述目标的原文。").required(),
        Column::new("outcome_obs_id", Kind::Text, "The statement of the outcome; see `observations`.").zh("陈述结果的观测，见 `observations`。").references("observations", &["obs_id"]),
        Column::new("outcome_value", Kind::Double, "The outcome in base units.").zh("结果（基本单位）。").unit("as in unit_measure"),
        Column::new("outcome_status", Kind::Text, "actual or estimate.").zh("actual 实际数，estimate 预计数。").one_of(&RESULTS),
        Column::new("outcome_comparator", Kind::Text, "=, ~, >, >=, < or <=, as in `observations`.").zh("结果的比较符。").one_of(&COMPARATORS),
        Column::new("outcome_value_text", Kind::Text, "The outcome as in the source text.").zh("结果的原文。"),
        Column::new("outcome_text", Kind::Text, "What the outcome is of, in the words of the text.").zh("结果指标的原文用语。"),
        Column::new(
            "candidate_obs_id",
            Kind::Text,
            "Without an outcome, the best statement of the indicator for the period whose words say more or less than the \
             target's; see `observations`.",
        )
        .zh("没有结果时，用语与目标不同的、最可能相关的陈述，见 `observations`。")
        .references("observations", &["obs_id"]),
        Column::new(
            "match",
            Kind::Text,
            "Why the two belong together: id (both say the indicator and nothing beyond it) or id_and_words (both say the \
             same beyond it, see `qualifier`).",
        )
        .zh("配对依据：id（双方均只说该指标）、id_and_words（双方限定语相同，见 `qualifier`）。"),
        Column::new(
            "gap",
            Kind::Double,
            "The outcome minus the target: minus the point, minus the bound, of a range minus the nearer end (0 within it).",
        )
        .zh("结果减目标：减去该值、该界限；区间则减去较近一端（区间内为 0）。")
        .unit("as in unit_measure"),
        Column::new(
            "verdict",
            Kind::Text,
            "met or missed; other_words (a later report states the indicator for the period only in words that say more or \
             less than the target's, see `candidate_obs_id`; whether it is the outcome is for a reader to tell); not_stated (a \
             report reviews the last year of the horizon, none states the outcome); no_report (no work report that reviews it \
             is among the inputs); not_comparable, see `reason`.",
        )
        .zh("met 达到；missed 未达到；other_words 后来的报告只以不同的用语陈述该指标该时期的数（见 `candidate_obs_id`），是否即为结果须\
             由读者判断；not_stated 有回顾该年的报告但未陈述结果；no_report 输入中没有回顾该年的工作报告；not_comparable 不可比，\
             见 `reason`。")
        .required().one_of(&VERDICTS),
        Column::new(
            "reason",
            Kind::Text,
            "Why it is not comparable: relative, delegated or qualitative (the form), measure (a rank or unknown), unit (not \
             known), part (of another number), outcome_is_bound (突破3000亿元 leaves it open), coarse (the indicator counts other \
             things from report to report), words (an indicator that is not core, and the wordings have too little in \
             common). With relative and the last three the outcome columns hold what was found, for a relative target the growth \
             of the year.",
        )
        .zh("不可比的原因：relative、delegated、qualitative（形式）、measure（位次或未知）、unit（单位未知）、part（其中项）、\
             outcome_is_bound（结果只有上下限）、coarse（该指标在各报告中所指不一）、words（非核心指标且用语相差太大）；后三种情形下\
             结果各列仍列出所找到的陈述。"),
        Column::new(
            "rule",
            Kind::Text,
            "How the outcome was held against it: exact (a bare figure, reached or passed on the good side), about (左右, with \
             the tolerance), at_least, at_most (of the value with its sign: a fall of 5 % or more is at_most -5), range; see `verdicts.csv` of the vocabulary.",
        )
        .zh("判定规则：exact 达到或好于该值、about 左右（含容差）、at_least 不低于、at_most 不高于、range 区间；见词表 `verdicts.csv`。"),
        Column::new("tolerance", Kind::Double, "By how much the outcome could fall short and still meet the target.")
            .zh("仍算达到目标的容差。")
            .unit("as in unit_measure"),
    ],
};

/// A target, and what later reports state of it.
pub(super) struct Promise<'g> {
    target: &'g Target<'g>,
    document: &'g Document<'g>,
    area: &'g str,
    /// The year in which the report was given.
    as_of: i32,
    /// The last year of the horizon.
    year: i32,
    change_basis: Option<&'g str>,
    loose_fact: Option<LooseFact<'g>>,
    qualifier: Option<String>,
    outcome: Option<&'g Vintage<'g>>,
    /// The best statement whatever it says beyond the indicator.
    candidate: Option<&'g Vintage<'g>>,
    /// A work report that reviews the last year of the horizon.
    reviewing_document_id: Option<&'g str>,
}

/// Every target that the table has, with its outcome.
pub(super) fn target_outcomes<'g>(
    group: &'g Group<'g>,
    vintages: &'g [Vintage<'g>],
    vocabulary: &'g Vocabulary,
) -> Vec<Promise<'g>> {
    let mut stated: HashMap<(&str, LooseFact), Vec<&Vintage>> = HashMap::new();
    for vintage in vintages {
        stated.entry((vintage.area, vintage.loose_fact)).or_default().push(vintage);
    }
    let mut reviews: HashMap<(&str, i32), Vec<&Document>> = HashMap::new();
    for (document, area) in group.documents.iter().zip(&group.areas) {
        if let (Some(area), Some(year), "work_report") = (*area, document.reviewed_year, document.report_kind) {
            reviews.entry((area, year)).or_default().push(document);
        }
    }
    let mut promises = promises(group, vocabulary);
    for promise in &mut promises {
        if let Some(same) = promise.loose_fact.and_then(|loose| stated.get(&(promise.area, loose))) {
            let same = || same.iter().copied();
            let outcome = stated_later(promise, same().filter(|vintage| vintage.qualifier == promise.qualifier));
            (promise.outcome, promise.candidate) = (outcome, stated_later(promise, same()));
        }
        let later = reviews.get(&(promise.area, promise.year)).into_iter().flatten().filter_map(|review| {
            let is_later = review.report_year? >= promise.as_of && review.document_id != promise.document.document_id;
            is_later.then_some((review.report_year, review.document_id))
        });
        promise.reviewing_document_id = later.min().map(|(_, id)| id);
    }
    promises.sort_by_key(|promise| {
        let Target { document_id, source_start, target_id, .. } = *promise.target;
        (promise.area, promise.as_of, document_id, source_start, target_id)
    });
    promises
}

/// The targets that the table has.
fn promises<'g>(group: &'g Group<'g>, vocabulary: &'g Vocabulary) -> Vec<Promise<'g>> {
    let facts = Facts::new(vocabulary);
    let promise = |target: &'g Target<'g>| {
        let document = &group.documents[target.document];
        let is_meant = target.scope == "self" && target.indicator.is_some();
        let area = group.areas[target.document].filter(|_| is_meant)?;
        let (as_of, year) = (document.report_year?, target.horizon.and_then(last_year)?);
        let found = target.obs_id.and_then(|id| group.observations.get(group.row_of(id)?));
        let (change_basis, loose_fact) = facts.of_target(target, found);
        Some(Promise {
            target,
            document,
            area,
            as_of,
            year,
            change_basis,
            loose_fact,
            qualifier: facts.qualifier_of_target(target),
            outcome: None,
            candidate: None,
            reviewing_document_id: None,
        })
    };
    group.targets.iter().filter_map(promise).collect()
}

/// The best of some statements of the same, in another report that was given no earlier; of equal ones the first.
fn stated_later<'g>(promise: &Promise<'g>, vintages: impl Iterator<Item = &'g Vintage<'g>>) -> Option<&'g Vintage<'g>> {
    let is_other = |vintage: &&Vintage| vintage.document.document_id != promise.document.document_id;
    let later = vintages.filter(|vintage| is_other(vintage) && vintage.as_of >= promise.as_of);
    later.min_by_key(|vintage| {
        let is_late = vintage.reviewed_year != promise.year;
        let doubts = vintage.doubts;
        (is_late, doubts.inexact, doubts.outside_review, vintage.as_of, vintage.document.document_id)
    })
}

/// What a target asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Aim<'t> {
    indicator: &'t str,
    form: &'t str,
    bound: Option<&'t str>,
    direction: Option<&'t str>,
    text: &'t str,
    low: Option<f64>,
    high: Option<f64>,
}

/// How an outcome stands to its target.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Judged {
    verdict: &'static str,
    rule: VerdictRule,
    gap: f64,
    tolerance: f64,
}

/// So much of a number is lost when it is computed with.
const EPSILON: f64 = 1e-9;
/// Gaps are told to so many parts of a unit.
const ROUNDING: f64 = 1e9;

/// Holds an outcome against a target; none where the target has no figure.
fn judge(rules: &VerdictRules, aim: Aim, outcome: f64, comparator: &str) -> Option<Judged> {
    if !is_figure(aim.form) {
        return None;
    }
    let rule = match (aim.form, aim.low, aim.high) {
        ("range", Some(_), Some(_)) => VerdictRule::Range,
        ("point", ..) if aim.bound == Some("~") => VerdictRule::About,
        _ if aim.bound == Some("<") && rules.is_near(aim.text) => VerdictRule::About,
        ("point", ..) => VerdictRule::Exact,
        (_, Some(_), None) => VerdictRule::AtLeast,
        (_, None, Some(_)) => VerdictRule::AtMost,
        _ => return None,
    };
    let (low, high) = (aim.low.or(aim.high)?, aim.high.or(aim.low)?);
    let is_lower_better = match rule {
        VerdictRule::AtLeast => false,
        VerdictRule::AtMost => true,
        _ => rules.is_lower_better(aim.indicator) || aim.direction == Some("down"),
    };
    let nearest = outcome.max(low.min(high)).min(low.max(high));
    let wanted = if is_lower_better { high } else { low };
    let tolerance = rules.tolerance(rule) * wanted.abs();
    let slack = tolerance + EPSILON * wanted.abs().max(1.0);
    let reaches = if is_lower_better { outcome <= wanted + slack } else { outcome >= wanted - slack };
    // 突破2900亿元 says that it was more, not how much.
    let is_open = match comparator {
        ">" | ">=" => reaches == is_lower_better,
        "<" | "<=" => reaches != is_lower_better,
        _ => false,
    };
    let verdict = match (is_open, reaches) {
        (true, _) => NOT_COMPARABLE,
        (false, true) => "met",
        (false, false) => "missed",
    };
    Some(Judged { verdict, rule, gap: rounded(outcome - nearest), tolerance: rounded(tolerance) })
}

/// Whether a target of this form names a figure that an outcome can reach.
pub(super) fn is_figure(form: &str) -> bool {
    matches!(form, "point" | "bound" | "range")
}

/// Without the noise of binary fractions: 1.2 for 10.2 - 9.
fn rounded(difference: f64) -> f64 {
    (difference * ROUNDING).round() / ROUNDING
}

const NOT_COMPARABLE: &str = "not_comparable";

/// Whether two wordings have so much in common that they are of the same thing: half of the shorter one in one piece
/// (违建 and 违法建筑), or seven tenths of it in the same order (旅游总收入 and 旅游综合收入).
fn are_alike(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut longest = 0;
    // Of the part of `left` read so far and each beginning of `right`: the piece both end with, and all in common.
    let (mut pieces, mut common) = (vec![0; right.len() + 1], vec![0; right.len() + 1]);
    for character in &left {
        let (pieces_before, common_before) = (pieces.clone(), common.clone());
        for (at, other) in right.iter().enumerate() {
            let is_same = character == other;
            pieces[at + 1] = if is_same { pieces_before[at] + 1 } else { 0 };
            common[at + 1] = if is_same { common_before[at] + 1 } else { common[at].max(common_before[at + 1]) };
            longest = longest.max(pieces[at + 1]);
        }
    }
    let shorter = left.len().min(right.len());
    2 * longest >= shorter || 10 * common[right.len()] >= 7 * shorter
}

/// What the table says of a target beside its outcome.
struct Told<'g> {
    verdict: &'static str,
    reason: Option<&'g str>,
    judged: Option<Judged>,
    outcome_document_id: Option<&'g str>,
    candidate_obs_id: Option<&'g str>,
    match_kind: Option<&'static str>,
}

fn told<'g>(promise: &Promise<'g>, rules: &VerdictRules, core: &HashSet<&str>) -> Told<'g> {
    let Promise { target, outcome, candidate, reviewing_document_id: reviewing, .. } = *promise;
    let aim = Aim {
        indicator: target.indicator.unwrap_or_default(),
        form: target.form,
        bound: target.bound,
        direction: target.direction,
        text: target.target_text,
        low: target.low,
        high: target.high,
    };
    let stated = outcome.map(|outcome| outcome.statement);
    let judged = stated.and_then(|stated| judge(rules, aim, stated.obs_value, stated.comparator));
    let words = (target.indicator_text, stated.map_or("", |stated| stated.indicator_text));
    let (verdict, reason) = match (judged, promise.loose_fact) {
        (Some(_), _) if rules.is_coarse(aim.indicator) => (NOT_COMPARABLE, Some("coarse")),
        (Some(_), _) if !core.contains(aim.indicator) && !are_alike(words.0, words.1) => {
            (NOT_COMPARABLE, Some("words"))
        }
        (Some(judged), _) => (judged.verdict, (judged.verdict == NOT_COMPARABLE).then_some("outcome_is_bound")),
        (None, _) if !is_figure(target.form) => (NOT_COMPARABLE, Some(target.form)),
        (None, None) => (NOT_COMPARABLE, Some(why_not(target.measure, target.unit_measure))),
        (None, Some(_)) if candidate.is_some() => ("other_words", None),
        (None, Some(_)) if reviewing.is_some() => ("not_stated", None),
        (None, Some(_)) => ("no_report", None),
    };
    Told {
        verdict,
        reason,
        judged,
        outcome_document_id: match verdict {
            "not_stated" => reviewing,
            _ => outcome.map(|outcome| outcome.document.document_id),
        },
        candidate_obs_id: candidate.filter(|_| verdict == "other_words").map(|candidate| candidate.statement.obs_id),
        match_kind: judged.map(|_| if promise.qualifier.is_some() { "id_and_words" } else { "id" }),
    }
}

/// The columns of the table.
pub(super) fn columns(promises: &[Promise], vocabulary: &Vocabulary) -> Vec<(&'static str, ArrayRef)> {
    let core = vocabulary.indicators.iter().filter(|indicator| indicator.is_core);
    let core: HashSet<&str> = core.map(|indicator| indicator.id.as_str()).collect();
    let told: Vec<Told> = promises.iter().map(|promise| told(promise, &vocabulary.verdicts, &core)).collect();
    let told = || told.iter();
    let of = || promises.iter();
    let targets = || promises.iter().map(|promise| promise.target);
    let stated = || promises.iter().map(|promise| promise.outcome.map(|outcome| outcome.statement));
    let headlines: BooleanArray = targets().map(|row| Some(row.is_headline)).collect();
    vec![
        ("target_id", texts(targets().map(|row| row.target_id))),
        ("document_id", texts(targets().map(|row| row.document_id))),
        ("as_of", wholes(of().map(|row| row.as_of))),
        ("outcome_document_id", texts(told().map(|row| row.outcome_document_id))),
        ("area", texts(of().map(|row| row.area))),
        ("ref_area", texts(targets().map(|row| row.ref_area))),
        ("ref_area_name", texts(targets().map(|row| row.ref_area_name))),
        ("area_level", texts(of().map(|row| row.document.area_level))),
        ("indicator", texts(targets().map(|row| row.indicator))),
        ("indicator_text", texts(targets().map(|row| row.indicator_text))),
        ("qualifier", texts(of().map(|row| row.qualifier.as_deref()))),
        ("measure", texts(targets().map(|row| row.measure))),
        ("change_basis", texts(of().map(|row| row.change_basis))),
        ("unit_measure", texts(targets().map(|row| row.unit_measure))),
        ("time_period", texts(targets().map(|row| row.horizon))),
        ("year", wholes(of().map(|row| row.year))),
        ("is_headline", Arc::new(headlines) as ArrayRef),
        ("form", texts(targets().map(|row| row.form))),
        ("bound", texts(targets().map(|row| row.bound))),
        ("low", doubles(targets().map(|row| row.low))),
        ("high", doubles(targets().map(|row| row.high))),
        ("stretch", doubles(targets().map(|row| row.stretch))),
        ("modifier_text", texts(targets().map(|row| row.modifier_text))),
        ("target_text", texts(targets().map(|row| row.target_text))),
        ("outcome_obs_id", texts(stated().map(|row| row.map(|row| row.obs_id)))),
        ("outcome_value", doubles(stated().map(|row| row.map(|row| row.obs_value)))),
        ("outcome_status", texts(stated().map(|row| row.map(|row| row.status)))),
        ("outcome_comparator", texts(stated().map(|row| row.map(|row| row.comparator)))),
        ("outcome_value_text", texts(stated().map(|row| row.map(|row| row.value_text)))),
        ("outcome_text", texts(stated().map(|row| row.map(|row| row.indicator_text)))),
        ("candidate_obs_id", texts(told().map(|row| row.candidate_obs_id))),
        ("match", texts(told().map(|row| row.match_kind))),
        ("gap", doubles(told().map(|row| row.judged.map(|judged| judged.gap)))),
        ("verdict", texts(told().map(|row| row.verdict))),
        ("reason", texts(told().map(|row| row.reason))),
        ("rule", texts(told().map(|row| row.judged.map(|judged| judged.rule.name())))),
        ("tolerance", doubles(told().map(|row| row.judged.map(|judged| judged.tolerance)))),
    ]
}

/// Why no outcome can be held against a target with a figure.
fn why_not(measure: Option<&str>, unit: Option<&str>) -> &'static str {
    match (measure, unit) {
        (None | Some("rank"), _) => "measure",
        (_, None) => "unit",
        _ => "part",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(indicator: &'static str, figure: f64) -> Aim<'static> {
        Aim {
            indicator,
            form: "point",
            bound: Some("="),
            direction: Some("up"),
            text: "",
            low: Some(figure),
            high: Some(figure),
        }
    }

    fn verdict(aim: Aim, outcome: f64, comparator: &str) -> &'static str {
        let vocabulary = Vocabulary::embedded().unwrap();
        judge(&vocabulary.verdicts, aim, outcome, comparator).unwrap().verdict
    }

    #[test]
    fn every_example_of_the_vocabulary_gives_its_verdict() {
        let vocabulary = Vocabulary::embedded().unwrap();
        let rules = &vocabulary.verdicts;
        assert!(rules.examples.len() >= 15);
        for example in &rules.examples {
            let (low, high) = (Some(example.low), Some(example.high));
            let aim = match example.name.as_str() {
                "about" => Aim { bound: Some("~"), ..point("gdp", example.low) },
                "at_least" => Aim { form: "bound", bound: Some(">="), high: None, ..point("gdp", example.low) },
                "at_most" => Aim { form: "bound", bound: Some("<="), low: None, ..point("gdp", example.low) },
                "range" => Aim { form: "range", low, high, ..point("gdp", 0.0) },
                "exact" => point("gdp", example.low),
                indicator => Aim { indicator, ..point("gdp", example.low) },
            };
            let judged = judge(rules, aim, example.outcome, "=").unwrap();
            assert_eq!(judged.verdict, example.want, "verdicts.csv:{}", example.line);
        }
    }

    #[test]
    fn gap_and_tolerance_are_in_the_unit_of_the_target() {
        let vocabulary = Vocabulary::embedded().unwrap();
        let about = Aim { bound: Some("~"), ..point("gdp", 8.0) };
        let judged = judge(&vocabulary.verdicts, about, 7.5, "=").unwrap();
        assert_eq!((judged.verdict, judged.rule, judged.gap), ("missed", VerdictRule::About, -0.5));
        assert!((judged.tolerance - 0.4).abs() < 1e-12);
        let range = Aim { form: "range", low: Some(5.0), high: Some(5.5), ..point("gdp", 0.0) };
        let gap = |outcome| judge(&vocabulary.verdicts, range, outcome, "=").unwrap().gap;
        assert_eq!((gap(4.5), gap(5.2), gap(6.0)), (-0.5, 0.0, 0.5));
        assert_eq!(judge(&vocabulary.verdicts, Aim { low: None, high: None, ..about }, 8.0, "=").map(|j| j.gap), None);
    }

    #[test]
    fn a_promised_fall_is_met_by_a_greater_one() {
        let fall = Aim { direction: Some("down"), ..point("fires_not_listed", -10.0) };
        assert_eq!(verdict(fall, -12.0, "="), "met");
        assert_eq!(verdict(fall, -8.0, "="), "missed");
    }

    #[test]
    fn an_outcome_that_is_a_bound_decides_only_where_it_can() {
        let level = point("gdp", 2900.0);
        assert_eq!(verdict(level, 3000.0, ">"), "met");
        assert_eq!(verdict(level, 2800.0, ">"), "not_comparable");
        assert_eq!(verdict(level, 2800.0, "<"), "missed");
        assert_eq!(verdict(level, 3000.0, "<"), "not_comparable");
        let ceiling = Aim { form: "bound", bound: Some("<="), low: None, ..point("cpi", 3.0) };
        assert_eq!(verdict(ceiling, 3.0, "<="), "met");
        let near = Aim { form: "bound", bound: Some("<"), low: None, text: "接近1000亿元", ..point("gdp", 1000.0) };
        assert_eq!((verdict(near, 1260.0, "="), verdict(near, 900.0, "=")), ("met", "missed"));
        assert_eq!(verdict(Aim { text: "低于1000亿元", ..near }, 1260.0, "="), "missed");
        assert_eq!(verdict(ceiling, 2.0, ">"), "not_comparable");
    }

    #[test]
    fn wordings_are_alike_by_a_piece_or_by_their_order() {
        assert!(are_alike("拆除违法建筑", "违法建筑"));
        assert!(are_alike("创新团队", "研发团队"));
        assert!(are_alike("旅游总收入", "旅游综合收入"));
        assert!(!are_alike("新增公办学位", "新增义务教育学位"));
        assert!(!are_alike("新建市政道路", "完成绿化带"));
        assert!(are_alike("", "绿化带"));
    }

    #[test]
    fn what_is_missing_is_told() {
        assert_eq!(why_not(Some("rank"), Some("{rank}")), "measure");
        assert_eq!(why_not(Some("level"), None), "unit");
        assert_eq!(why_not(Some("level"), Some("CNY")), "part");
    }
}
