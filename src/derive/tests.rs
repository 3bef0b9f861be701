//! The derived tables of rows made by hand, written and read again.

use std::collections::HashMap;
use std::sync::OnceLock;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{Array, RecordBatch};

use super::*;
use crate::config::WriteOptions;
use crate::model::{Date, DocumentRow, ObservationRow, TargetRow};
use crate::tidy;

fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: OnceLock<Vocabulary> = OnceLock::new();
    VOCABULARY.get_or_init(|| Vocabulary::embedded().unwrap())
}

/// A work report of the area 411700 that is given in a year and reviews the one before.
fn report(id: &str, year: i32) -> DocumentRow {
    DocumentRow {
        document_id: id.into(),
        container: "txt".into(),
        report_kind: "work_report".into(),
        ref_area: Some("411700".into()),
        ref_area_name: Some("青山市".into()),
        area_level: Some("city".into()),
        report_year: Some(year),
        reviewed_year: Some(year - 1),
        ..DocumentRow::default()
    }
}

/// What a report states of gdp in 2020: so much growth on the year before.
fn growth(document: &str, id: &str, value: f64) -> ObservationRow {
    ObservationRow {
        measure: "change_pct",
        change_basis: Some("yoy"),
        unit: "%".into(),
        unit_measure: Some("%".into()),
        obs_value: value,
        ..level(document, id, value)
    }
}

/// The same as a level in 亿元.
fn level(document: &str, id: &str, value: f64) -> ObservationRow {
    ObservationRow {
        obs_id: id.into(),
        document_id: document.into(),
        sentence_id: id.bytes().map(i32::from).sum(),
        section_role: "review",
        ref_area: Some("411700".into()),
        ref_area_name: Some("青山市".into()),
        scope: "self".into(),
        indicator: Some("gdp".into()),
        indicator_text: "地区生产总值".into(),
        measure: "level",
        status: "actual",
        comparator: "=",
        value,
        unit: "亿元".into(),
        obs_value: value * 1e8,
        unit_measure: Some("CNY".into()),
        decimals: 1,
        period_kind: "year",
        period_basis: "section",
        obs_status: "A",
        value_text: value.to_string(),
        quote: format!("地区生产总值{value}"),
        source_start: 10,
        ..of_years(2020, 2020)
    }
}

fn of_years(first: i32, last: i32) -> ObservationRow {
    let period = if first == last { first.to_string() } else { format!("{first}/{last}") };
    ObservationRow {
        time_period: Some(period),
        period_start: Date::new(first, 1, 1).map(Date::days_since_epoch),
        period_end: Date::new(last, 12, 31).map(Date::days_since_epoch),
        ..ObservationRow::default()
    }
}

/// A target of gdp growth in 2020 with the observation it rests on.
fn target(document: &str, id: &str, low: f64) -> (TargetRow, ObservationRow) {
    let observation = ObservationRow { status: "target", ..growth(document, &format!("o-{id}"), low) };
    let row = TargetRow {
        target_id: id.into(),
        document_id: document.into(),
        section_role: "plan_year",
        is_headline: true,
        ref_area: observation.ref_area.clone(),
        ref_area_name: observation.ref_area_name.clone(),
        scope: "self".into(),
        indicator: observation.indicator.clone(),
        indicator_text: observation.indicator_text.clone(),
        status: "target",
        form: "bound",
        bound: Some(">="),
        measure: Some("change_pct"),
        direction: Some("up"),
        low: Some(low),
        unit: Some("%".into()),
        unit_measure: Some("%".into()),
        horizon: Some("2020".into()),
        obs_id: Some(observation.obs_id.clone()),
        target_text: format!("{low}%以上"),
        quote: format!("地区生产总值增长{low}%以上"),
        ..TargetRow::default()
    };
    (row, observation)
}

type Tables = HashMap<&'static str, RecordBatch>;

/// The derived tables of some rows.
fn derived(documents: &[DocumentRow], observations: &[ObservationRow], targets: &[TargetRow]) -> Tables {
    let output = tempfile::tempdir().unwrap();
    let output = crate::publish::open(output.path());
    let mut publication = output.begin(&WriteOptions::default(), crate::publish::no_plan()).unwrap();
    publication.append(&tidy::DOCUMENTS, documents).unwrap();
    publication.append(&tidy::OBSERVATIONS, observations).unwrap();
    publication.append(&tidy::TARGETS, targets).unwrap();
    publication.append(&tidy::ISSUES, &[]).unwrap();
    let written = Written::open(publication.written().unwrap(), vocabulary()).unwrap();
    assert_eq!(written.groups().len(), 1);
    let made = all_of(&written);
    made.into_iter().map(|(table, rows)| (table.name, rows)).collect()
}

/// The derived tables of the first group.
fn all_of(written: &Written) -> Vec<Made> {
    let documents = &written.groups()[0];
    let stated = written.stated(documents).unwrap();
    tables_of(&written.group(&stated, documents).unwrap(), vocabulary()).unwrap()
}

/// The tables of what one report of 2021 states.
fn stated(observations: &[ObservationRow]) -> Tables {
    derived(&[report("d", 2021)], observations, &[])
}

fn texts(rows: &RecordBatch, column: &str) -> Vec<String> {
    let values = rows.column_by_name(column).unwrap().as_string::<i32>();
    values.iter().map(|text| text.unwrap_or("-").to_string()).collect()
}

fn numbers(rows: &RecordBatch, column: &str) -> Vec<f64> {
    let values = rows.column_by_name(column).unwrap().as_primitive::<Float64Type>();
    values.iter().map(|number| number.unwrap_or(f64::NAN)).collect()
}

fn counts(rows: &RecordBatch, column: &str) -> Vec<i32> {
    rows.column_by_name(column).unwrap().as_primitive::<Int32Type>().iter().flatten().collect()
}

/// The id chosen of two statements, and why.
fn choice(left: ObservationRow, right: ObservationRow) -> (String, String) {
    let tables = stated(&[left, right]);
    let vintages = &tables["vintages"];
    assert_eq!(counts(vintages, "n_statements"), [2]);
    (texts(vintages, "obs_id").remove(0), texts(vintages, "choice").remove(0))
}

#[test]
fn a_report_is_quoted_with_its_best_statement() {
    let first = || ObservationRow { source_start: 1, ..growth("d", "first", 5.0) };
    let better = || ObservationRow { source_start: 2, ..growth("d", "better", 6.0) };
    let chosen = |worse: ObservationRow| choice(worse, better());
    let told = |rule: &str| ("better".to_string(), rule.to_string());
    assert_eq!(chosen(ObservationRow { section_role: "plan_year", ..first() }), told("review_section"));
    assert_eq!(chosen(ObservationRow { period_basis: "inferred", ..first() }), told("stated_period"));
    assert_eq!(chosen(ObservationRow { comparator: "~", ..first() }), told("exact"));
    assert_eq!(chosen(ObservationRow { comparator: ">", ..first() }), told("exact"));
    assert_eq!(chosen(ObservationRow { flags: Some("subject_inferred".into()), ..first() }), told("own_words"));
    assert_eq!(chosen(ObservationRow { status: "estimate", ..first() }), told("actual"));
    assert_eq!(chosen(first()), ("first".to_string(), "first".to_string()));
    // 突破2900亿元，达到2950亿元: the exact one, although its words are those of the other.
    let bound = ObservationRow { comparator: ">", ..first() };
    let exact = ObservationRow { flags: Some("subject_inferred".into()), ..better() };
    assert_eq!(choice(bound, exact), told("exact"));
    assert_eq!(texts(&stated(&[first()])["vintages"], "choice"), ["only"]);
}

#[test]
fn numbers_that_differ_within_a_sentence_are_not_chosen() {
    let one = growth("d", "a", 8.0);
    let other = ObservationRow { sentence_id: one.sentence_id, ..growth("d", "b", 9.5) };
    assert_eq!(stated(&[one.clone(), other.clone()])["vintages"].num_rows(), 0);
    // 8.0 and 8.04 are the same to the digits given; a bound contradicts nothing.
    let same = ObservationRow { obs_value: 8.04, decimals: 2, ..other.clone() };
    assert_eq!(texts(&stated(&[one.clone(), same])["vintages"], "obs_id"), ["a"]);
    let bound = ObservationRow { comparator: ">", ..other };
    assert_eq!(texts(&stated(&[one, bound])["vintages"], "obs_id"), ["a"]);
}

#[test]
fn only_sound_results_of_the_whole_area_are_vintages() {
    let kept = |row: ObservationRow| stated(&[row])["vintages"].num_rows();
    let row = || growth("d", "a", 5.0);
    assert_eq!(kept(row()), 1);
    assert_eq!(kept(ObservationRow { role: Some("to"), ..row() }), 1);
    assert_eq!(kept(ObservationRow { role: Some("from"), ..row() }), 0);
    assert_eq!(kept(ObservationRow { role: Some("part"), ..row() }), 0);
    assert_eq!(kept(ObservationRow { scope: "高新区".into(), ..row() }), 0);
    assert_eq!(kept(ObservationRow { status: "target", ..row() }), 0);
    assert_eq!(kept(ObservationRow { indicator: None, ..row() }), 0);
    assert_eq!(kept(ObservationRow { measure: "rank", ..row() }), 0);
    assert_eq!(kept(ObservationRow { unit_measure: None, ..row() }), 0);
    assert_eq!(kept(ObservationRow { flags: Some("unit_missing|damaged".into()), ..row() }), 0);
    // A year that was not over when the report was given.
    assert_eq!(kept(ObservationRow { ..with_years(row(), 2021, 2021) }), 0);
}

fn with_years(row: ObservationRow, first: i32, last: i32) -> ObservationRow {
    let ObservationRow { time_period, period_start, period_end, .. } = of_years(first, last);
    ObservationRow { time_period, period_start, period_end, ..row }
}

#[test]
fn what_is_not_the_same_has_rows_of_its_own() {
    let yoy = growth("d", "yoy", 3.6);
    let average = ObservationRow {
        change_basis: Some("annual_average"),
        period_kind: "multi_year",
        ..with_years(growth("d", "average", 6.3), 2016, 2020)
    };
    let part = ObservationRow { indicator_text: "产业集聚区生产总值".into(), ..growth("d", "part", 12.0) };
    let amount = level("d", "amount", 2859.0);
    let tables = stated(&[yoy, average, part, amount]);
    let panel = &tables["panel"];
    assert_eq!(texts(panel, "obs_id"), ["average", "yoy", "amount", "part"]);
    assert_eq!(texts(panel, "qualifier"), ["-", "-", "-", "产业集聚区"]);
    let wide = &tables["panel_wide"];
    assert_eq!((texts(wide, "area"), counts(wide, "year")), (vec!["411700".to_string()], vec![2020]));
    assert_eq!((numbers(wide, "gdp"), numbers(wide, "gdp_yoy")), (vec![285_900_000_000.0], vec![3.6]));
    assert_eq!(texts(wide, "area_name"), ["青山市"]);
}

#[test]
fn a_bound_and_another_unit_stay_out_of_the_wide_panel() {
    let bound = ObservationRow { comparator: ">", ..level("d", "a", 2900.0) };
    let dollars = ObservationRow { unit_measure: Some("USD".into()), ..level("d", "b", 400.0) };
    assert_eq!(stated(&[bound, dollars])["panel_wide"].num_rows(), 0);
    let about = ObservationRow { comparator: "~", ..level("d", "a", 2900.0) };
    assert_eq!(numbers(&stated(&[about])["panel_wide"], "gdp"), [290_000_000_000.0]);
}

#[test]
fn the_panel_takes_the_reviewing_report_and_keeps_the_revision() {
    let later = ObservationRow { decimals: 2, ..level("late", "revised", 2871.25) };
    let tables = derived(
        &[report("late", 2023), report("first", 2021), report("other", 2022)],
        &[later, level("first", "stated", 2859.0), growth("other", "growth", 3.6)],
        &[],
    );
    let panel = &tables["panel"];
    assert_eq!(texts(panel, "obs_id"), ["growth", "stated"]);
    assert_eq!(texts(panel, "choice"), ["only", "reviewing_report"]);
    assert_eq!((counts(panel, "n_documents"), counts(panel, "n_statements")), (vec![1, 2], vec![1, 2]));
    let of_level = |column: &str| numbers(panel, column)[1] / 1e8;
    assert_eq!((of_level("obs_value"), of_level("first_value"), of_level("latest_value")), (2859.0, 2859.0, 2871.25));
    assert_eq!((of_level("min_value"), of_level("max_value")), (2859.0, 2871.25));
    assert_eq!((counts(panel, "first_as_of")[1], counts(panel, "latest_as_of")[1]), (2021, 2023));
    let conflicts: Vec<_> = panel.column_by_name("is_conflict").unwrap().as_boolean().iter().flatten().collect();
    assert_eq!(conflicts, [false, true]);
    assert_eq!(counts(&tables["vintages"], "as_of"), [2022, 2021, 2023]);
}

#[test]
fn a_communique_gives_way_to_the_work_report_of_its_year() {
    let communique = DocumentRow { report_kind: "communique".into(), ..report("a", 2021) };
    let tables =
        derived(&[communique, report("b", 2021)], &[growth("a", "communique", 3.5), growth("b", "report", 3.6)], &[]);
    assert_eq!(texts(&tables["panel"], "obs_id"), ["report"]);
    assert_eq!(texts(&tables["panel"], "choice"), ["work_report"]);
}

/// Verdict, reason and report of the outcome of one target of the report of 2020.
fn outcome(target: (TargetRow, ObservationRow), observations: &[ObservationRow]) -> [String; 3] {
    let mut all = vec![target.1];
    all.extend_from_slice(observations);
    let tables = derived(&[report("plan", 2020), report("next", 2021)], &all, &[target.0]);
    let frame = &tables["target_outcomes"];
    assert_eq!(frame.num_rows(), 1);
    ["verdict", "reason", "outcome_document_id"].map(|column| texts(frame, column).remove(0))
}

#[test]
fn a_target_meets_the_outcome_of_the_next_report() {
    let promise = || target("plan", "t", 8.0);
    let found = |row: ObservationRow| outcome(promise(), &[row]);
    assert_eq!(found(growth("next", "a", 8.3)), ["met", "-", "next"]);
    assert_eq!(found(growth("next", "a", 7.4)), ["missed", "-", "next"]);
    let not_stated = ["not_stated", "-", "next"];
    // The five-year average, another year, a level, a part, the plan's own words.
    let average = ObservationRow { change_basis: Some("annual_average"), ..growth("next", "a", 8.3) };
    assert_eq!(found(with_years(average.clone(), 2016, 2020)), not_stated);
    assert_eq!(found(average), not_stated);
    assert_eq!(found(with_years(growth("next", "a", 8.3), 2019, 2019)), not_stated);
    assert_eq!(found(level("next", "a", 2859.0)), not_stated);
    assert_eq!(found(ObservationRow { role: Some("part"), ..growth("next", "a", 8.3) }), not_stated);
    let cluster = ObservationRow { indicator_text: "产业集聚区生产总值".into(), ..growth("next", "a", 8.3) };
    assert_eq!(found(cluster), ["other_words", "-", "-"]);
    assert_eq!(found(ObservationRow { status: "target", ..growth("next", "a", 8.3) }), not_stated);
    assert_eq!(found(growth("plan", "a", 8.3)), not_stated);
}

#[test]
fn a_figure_told_in_other_words_is_shown_and_not_judged() {
    let (row, promised) = target("plan", "t", 8.0);
    let reports = [report("plan", 2020), report("next", 2021)];
    let other =
        ObservationRow { indicator_text: "民营经济地区生产总值".into(), ..growth("next", "other", 9.0) };
    let tables = derived(&reports, &[promised, other], &[row]);
    let frame = &tables["target_outcomes"];
    assert_eq!(texts(frame, "verdict"), ["other_words"]);
    assert_eq!(texts(frame, "candidate_obs_id"), ["other"]);
    assert_eq!(frame.column_by_name("outcome_value").unwrap().null_count(), 1);
}

#[test]
fn a_zone_without_a_code_goes_by_its_name() {
    let zone = |document: DocumentRow| DocumentRow {
        ref_area: None,
        ref_area_name: Some("青山市高新区".into()),
        area_level: Some("zone".into()),
        ..document
    };
    let reports = [zone(report("plan", 2020)), zone(report("next", 2021))];
    let of_zone =
        |row: ObservationRow| ObservationRow {
            ref_area: None, ref_area_name: Some("青山市高新区".into()), ..row
        };
    let (row, promised) = target("plan", "t", 8.0);
    let row = TargetRow { ref_area: None, ref_area_name: Some("青山市高新区".into()), ..row };
    let tables = derived(&reports, &[of_zone(promised), of_zone(growth("next", "stated", 7.7))], &[row]);
    let frame = &tables["target_outcomes"];
    assert_eq!((texts(frame, "area"), texts(frame, "verdict")), (vec!["青山市高新区".into()], vec!["missed".into()]));
    // 7.7 - 8 without the noise of floating point.
    assert_eq!(numbers(frame, "gap"), [-0.3]);
}

#[test]
fn no_report_is_told_from_not_stated() {
    let (row, observation) = target("plan", "t", 8.0);
    let reports = [report("plan", 2020), report("later", 2023)];
    let tables = derived(&reports, std::slice::from_ref(&observation), std::slice::from_ref(&row));
    assert_eq!(texts(&tables["target_outcomes"], "verdict"), ["no_report"]);
    // A report of a later year may state it all the same.
    let late = growth("later", "late", 8.0);
    let tables = derived(&reports, &[observation, late], &[row]);
    let frame = &tables["target_outcomes"];
    assert_eq!(texts(frame, "verdict"), ["met"]);
    assert_eq!(texts(frame, "outcome_document_id"), ["later"]);
    assert_eq!((texts(frame, "match"), texts(frame, "rule")), (vec!["id".to_string()], vec!["at_least".to_string()]));
    assert_eq!((numbers(frame, "gap"), numbers(frame, "tolerance")), (vec![0.0], vec![0.0]));
}

#[test]
fn the_reviewing_report_comes_before_a_later_one() {
    let (row, observation) = target("plan", "t", 8.0);
    let reports = [report("later", 2022), report("plan", 2020), report("next", 2021)];
    let rows = [observation, growth("later", "b", 7.9), growth("next", "a", 8.1)];
    let tables = derived(&reports, &rows, &[row]);
    assert_eq!(texts(&tables["target_outcomes"], "outcome_obs_id"), ["a"]);
}

#[test]
fn targets_without_a_figure_say_why_they_cannot_be_compared() {
    let wordless = |form: &'static str| {
        let (row, observation) = target("plan", "t", 8.0);
        let row = TargetRow { form, bound: None, low: None, unit_measure: None, obs_id: None, measure: None, ..row };
        outcome((row, observation), &[growth("next", "a", 8.3)])
    };
    for form in ["delegated", "qualitative"] {
        assert_eq!(wordless(form), ["not_comparable", form, "-"]);
    }
    // Of a relative one the growth of the year is shown.
    assert_eq!(wordless("relative"), ["not_comparable", "relative", "next"]);
    let (row, observation) = target("plan", "t", 8.0);
    let row = TargetRow { measure: Some("rank"), ..row };
    assert_eq!(outcome((row, observation), &[])[1], "measure");
    let (row, observation) = target("plan", "t", 8.0);
    assert_eq!(outcome((row, ObservationRow { role: Some("part"), ..observation }), &[])[1], "part");
    let (row, observation) = target("plan", "t", 8.0);
    assert_eq!(outcome((TargetRow { unit_measure: None, ..row }, observation), &[])[1], "unit");
}

#[test]
fn indicators_that_are_not_core_need_like_words() {
    let (row, observation) = target("plan", "t", 8.0);
    let named = |row: ObservationRow, words: &str| ObservationRow {
        indicator: Some("tourism_rev".into()),
        indicator_text: words.into(),
        ..row
    };
    let row = TargetRow { indicator: Some("tourism_rev".into()), indicator_text: "旅游总收入".into(), ..row };
    let found = |words: &str| {
        let rows = [named(growth("next", "a", 8.3), words)];
        outcome((row.clone(), named(observation.clone(), "旅游总收入")), &rows)
    };
    assert_eq!(found("旅游总收入"), ["met", "-", "next"]);
    assert_eq!(found("旅游综合收入")[0], "met");
    let coarse = |row: ObservationRow| ObservationRow {
        indicator: Some("projects_started".into()),
        indicator_text: "开工项目".into(),
        ..row
    };
    let row = TargetRow { indicator: Some("projects_started".into()), indicator_text: "开工项目".into(), ..row };
    assert_eq!(outcome((row, coarse(observation)), &[coarse(growth("next", "a", 8.3))])[1], "coarse");
}

#[test]
fn names_of_the_wide_panel_fit_every_statistics_program() {
    let description = panel_wide_description(vocabulary());
    assert!(description.columns.len() > 40);
    for column in &description.columns {
        let name = &column.name;
        assert!(name.len() <= 32 && name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{name}");
        assert!(column.sentence.ends_with('.') && column.sentence_zh.ends_with('。'), "{name}");
    }
}

#[test]
fn the_wide_panel_is_also_a_csv_file_for_excel() {
    let output = tempfile::tempdir().unwrap();
    let output = crate::publish::open(output.path());
    let mut publication = output.begin(&WriteOptions::default(), crate::publish::no_plan()).unwrap();
    publication.append(&tidy::DOCUMENTS, &[report("d", 2021)]).unwrap();
    publication.append(&tidy::OBSERVATIONS, &[growth("d", "a", 3.6), level("d", "b", 2859.05)]).unwrap();
    publication.append(&tidy::TARGETS, &[]).unwrap();
    publication.append(&tidy::ISSUES, &[]).unwrap();
    let written = Written::open(publication.written().unwrap(), vocabulary()).unwrap();
    for (table, rows) in all_of(&written) {
        let piece = publication.maker.table(&table, &rows).unwrap();
        publication.append_piece(&table, piece).unwrap();
    }
    let published = publication.finish(crate::manifest::Sources::default(), &[], &[]).unwrap();
    let bytes = std::fs::read(published.directory.join("panel_wide.csv")).unwrap();
    let text = String::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap().to_vec()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("area,area_name,area_level,year,gdp,gdp_yoy,"), "{}", lines[0]);
    assert!(lines[1].starts_with("411700,青山市,city,2020,285905000000,3.6,,"), "{}", lines[1]);
    assert_eq!(lines.len(), 2);
    let manifest = std::fs::read_to_string(published.directory.join("manifest.json")).unwrap();
    let manifest: crate::manifest::Manifest = serde_json::from_str(&manifest).unwrap();
    let digest = &manifest.files["panel_wide.csv"];
    assert_eq!(digest.bytes, bytes.len() as u64);
}

#[test]
fn without_reports_the_tables_are_there_and_empty() {
    for (name, frame) in derived(&[], &[], &[]) {
        assert_eq!(frame.num_rows(), 0, "{name}");
    }
}
