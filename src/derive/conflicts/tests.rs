use std::sync::LazyLock;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};

use super::*;
use crate::derive::group::{Day, Document, Note};
use crate::model::Date;

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::embedded().unwrap());

/// A statement of the report `document`, whose last four characters are its year.
#[derive(Clone)]
struct Row {
    document: &'static str,
    sentence: i32,
    indicator: Option<&'static str>,
    text: &'static str,
    measure: &'static str,
    comparator: &'static str,
    value: f64,
    unit: &'static str,
    rounding: f64,
    year: i32,
    basis: Option<&'static str>,
    period_basis: &'static str,
    role: Option<&'static str>,
    related: Option<&'static str>,
    flags: Option<&'static str>,
    quote: &'static str,
    value_text: String,
}

/// A level in CNY with one digit behind the point.
fn level(document: &'static str, value: f64, year: i32) -> Row {
    Row {
        document,
        sentence: 1,
        indicator: Some("gpb_revenue"),
        text: "一般公共预算收入",
        measure: "level",
        comparator: "=",
        value,
        unit: "CNY",
        rounding: 0.05,
        year,
        basis: None,
        period_basis: "section",
        role: None,
        related: None,
        flags: None,
        quote: "",
        value_text: value.to_string(),
    }
}

/// A change in % on the year before.
fn growth(document: &'static str, value: f64, year: i32) -> Row {
    Row { measure: "change_pct", unit: "%", basis: Some("yoy"), ..level(document, value, year) }
}

/// Both tables. The ids are o0, o1, … in the order of the rows. The area of a report is unknown if its name begins with
/// `x`.
fn made(rows: &[Row]) -> (RecordBatch, RecordBatch) {
    let ids: Vec<String> = (0..rows.len()).map(|at| format!("o{at}")).collect();
    let periods: Vec<String> = rows.iter().map(|row| row.year.to_string()).collect();
    let mut names: Vec<&str> = rows.iter().map(|row| row.document).collect();
    names.dedup();
    let position = |name: &str| names.iter().position(|known| *known == name).unwrap();
    let day = |year, month, day| Date::new(year, month, day).map(|date| Day(date.days_since_epoch()));
    let observation = |(at, row): (usize, &'_ Row)| Observation {
        document: position(row.document),
        obs_id: &ids[at],
        document_id: row.document,
        sentence_id: row.sentence,
        section_role: "review",
        ref_area: None,
        ref_area_name: None,
        scope: "self",
        indicator: row.indicator,
        indicator_text: row.text,
        measure: row.measure,
        status: "actual",
        comparator: row.comparator,
        value: row.value,
        unit: row.unit,
        obs_value: row.value,
        unit_measure: (!row.unit.is_empty()).then_some(row.unit),
        decimals: (0.5 / row.rounding).log10().round() as i32,
        time_period: Some(&periods[at]),
        period_start: day(row.year, 1, 1),
        period_end: day(row.year, 12, 31),
        period_kind: "year",
        period_basis: row.period_basis,
        change_basis: row.basis,
        within: None,
        role: row.role,
        related_obs_id: row.related,
        flags: row.flags,
        value_text: Box::leak(row.value_text.clone().into_boxed_str()),
        quote: row.quote,
        source_start: at as i32 * 10,
    };
    let document = |(at, name): (usize, &&'static str)| Document {
        document: at,
        document_id: name,
        report_kind: "work_report",
        area_level: None,
        delivered_date: None,
        report_year: name[name.len() - 4..].parse().ok(),
        reviewed_year: None,
    };
    let issue = |code, message| Note { document: 0, code, document_id: "x2020", source_start: Some(0), message };
    let issues = match names.first() {
        Some(&"x2020") => {
            vec![issue("list_mismatch", "分别 names 1 things and 2 numbers"), issue("unit_missing", "no")]
        }
        _ => Vec::new(),
    };
    let group = Group::new(
        names.iter().enumerate().map(document).collect(),
        names.iter().map(|name| (!name.starts_with('x')).then_some("110101")).collect(),
        rows.iter().enumerate().map(observation).collect(),
        Vec::new(),
        issues,
    );
    let (conflicts, checks) = conflicts(&group, &VOCABULARY);
    // Both fit the tables they are rows of.
    (CONFLICTS.describe().batch_of(&conflicts).unwrap(), CHECKS.describe().batch_of(&checks).unwrap())
}

fn column<'r>(rows: &'r RecordBatch, name: &str) -> &'r ArrayRef {
    rows.column_by_name(name).unwrap()
}

/// The conflicts as `id message`, and the counts as `document kind checked/failed`.
fn outcome(rows: &[Row]) -> (Vec<String>, Vec<String>) {
    let (conflicts, checks) = made(rows);
    let texts = |rows: &RecordBatch, name: &str| -> Vec<String> {
        column(rows, name).as_string::<i32>().iter().map(|text| text.unwrap().to_string()).collect()
    };
    let told = texts(&conflicts, "conflict_id").into_iter().zip(texts(&conflicts, "message"));
    let numbers = |name: &str| column(&checks, name).as_primitive::<Int32Type>().iter().collect::<Vec<_>>();
    let counts = numbers("n_checked").into_iter().zip(numbers("n_conflicts"));
    let counted = texts(&checks, "document_id").into_iter().zip(texts(&checks, "kind")).zip(counts);
    (
        told.map(|(id, message)| format!("{id} {message}")).collect(),
        counted
            .map(|((document, kind), (checked, failed))| {
                let checked = checked.map_or("?".to_string(), |checked| checked.to_string());
                format!("{document} {kind} {checked}/{}", failed.unwrap())
            })
            .collect(),
    )
}

fn messages(rows: &[Row]) -> Vec<String> {
    outcome(rows).0
}

#[test]
fn a_chain_of_growth_holds_within_the_rounding_of_its_numbers() {
    let chain = |last: f64| [level("r2020", 189.7, 2019), level("r2021", last, 2020), growth("r2021", -4.4, 2020)];
    let (told, counted) = outcome(&chain(181.4));
    assert_eq!(told, Vec::<String>::new());
    assert_eq!(counted, ["r2021 growth_chain 1/0"]);
    let (told, counted) = outcome(&chain(183.4));
    assert_eq!(told, ["growth_chain:o1 189.7 the year before and a change of -4.4 give 181.353CNY, not 183.4"]);
    assert_eq!(counted, ["r2021 growth_chain 1/1"]);
    // 0.05 of 181.4, 0.956 times 0.05 of 189.7, and 0.05 % of 189.7.
    let tolerance = column(&made(&chain(183.4)).0, "tolerance").as_primitive::<Float64Type>().value(0);
    assert!((tolerance - (0.05 + 0.0478 + 0.09485)).abs() < 1e-9, "{tolerance}");
}

#[test]
fn nothing_gives_empty_tables() {
    assert_eq!(outcome(&[]), (vec![], vec![]));
}

#[test]
fn growth_at_constant_prices_does_not_follow_from_levels() {
    let named = |row: Row| Row { indicator: Some("gdp"), text: "地区生产总值", ..row };
    let rows = [level("r2020", 100.0, 2019), level("r2021", 120.0, 2020), growth("r2021", 6.0, 2020)].map(named);
    assert_eq!(outcome(&rows), (vec![], vec![]));
    let comparable = Row { quote: "按可比口径增长6%", ..growth("r2021", 6.0, 2020) };
    let rows = [level("r2020", 100.0, 2019), level("r2021", 120.0, 2020), comparable];
    assert_eq!(outcome(&rows), (vec![], vec![]));
}

#[test]
fn the_last_years_level_that_fits_best_counts() {
    let rows = [
        level("r2020", 150.0, 2019),
        Row { period_basis: "explicit", ..level("r2021", 189.7, 2019) },
        level("r2021", 181.4, 2020),
        growth("r2021", -4.4, 2020),
    ];
    // The revision is told, the growth is right.
    assert_eq!(messages(&rows), ["different_values:o1 150 before, 189.7 here for the same thing"]);
}

#[test]
fn a_change_in_points_leads_from_last_years_level_to_this_years() {
    let rate = |row: Row| Row { indicator: Some("urbanization"), text: "城镇化率", unit: "%", ..row };
    let change =
        |value: f64| Row { measure: "change_abs", unit: "[pp]", basis: Some("yoy"), ..growth("r2021", value, 2020) };
    let change = |value: f64| Row { indicator: Some("urbanization"), text: "城镇化率", ..change(value) };
    let rows = |by: f64| [rate(level("r2020", 42.4, 2019)), rate(level("r2021", 43.1, 2020)), change(by)];
    assert_eq!(messages(&rows(0.7)), Vec::<String>::new());
    assert_eq!(messages(&rows(1.6)), ["change_chain:o1 42.4 the year before and a change by 1.6 give 44%, not 43.1"]);
}

#[test]
fn values_of_one_thing_differ_beyond_their_rounding() {
    // Value, rounding and comparator of the second; the first is 240.1 ± 0.05.
    let cases = [
        (240.1, 0.05, "=", 0),
        (240.2, 0.05, "=", 1),
        // 240 may be 240.1 rounded or cut off, 242 may not.
        (240.0, 0.5, "=", 0),
        (242.0, 0.5, "=", 1),
        (250.0, 5.0, "~", 0),
        (260.0, 5.0, "~", 1),
        (200.0, 50.0, ">", 0),
    ];
    for (value, rounding, comparator, want) in cases {
        let second = Row { rounding, comparator, ..level("r2021", value, 2019) };
        assert_eq!(messages(&[level("r2020", 240.1, 2019), second]).len(), want, "{comparator} {value}");
    }
}

#[test]
fn statements_of_other_things_are_not_compared() {
    let first = level("r2020", 12.5, 2019);
    let other = [
        Row { quote: "累计完成一般公共预算收入60.5亿元", ..level("r2020", 60.5, 2019) },
        level("r2020", 60.5, 2018),
        Row { flags: Some("damaged"), ..level("r2020", 60.5, 2019) },
        Row { role: Some("part"), ..level("r2020", 60.5, 2019) },
        // Many roads are built in a year.
        Row { indicator: Some("bus_lines"), ..level("r2020", 60.5, 2019) },
        // In one report only the same words are the same thing.
        Row { text: "地方一般公共预算收入", ..level("r2020", 60.5, 2019) },
    ];
    for row in other {
        assert_eq!(messages(&[first.clone(), row.clone()]), Vec::<String>::new(), "{} {}", row.text, row.quote);
    }
    // In another report the catalogue decides.
    let renamed = Row { text: "公共财政预算收入", ..level("r2021", 60.5, 2019) };
    assert_eq!(messages(&[first, renamed]), ["different_values:o1 12.5 before, 60.5 here for the same thing"]);
}

#[test]
fn reports_of_unknown_places_are_compared_with_themselves_only() {
    let rows = [level("x2021", 12.5, 2019), level("x2022", 60.5, 2019)];
    assert_eq!(outcome(&rows), (vec![], vec![]));
    let rows = [level("x2021", 12.5, 2019), Row { sentence: 9, ..level("x2021", 60.5, 2019) }];
    let (told, _) = made(&rows);
    let is = |name: &str| column(&told, name).as_boolean().value(0);
    assert_eq!((told.num_rows(), is("is_same_document"), is("is_same_sentence")), (1, true, false));
}

#[test]
fn the_change_behind_from_and_to_is_what_lies_between() {
    let rows = |change: Row| {
        [
            Row { role: Some("from"), year: 2015, period_basis: "explicit", ..level("r2021", 4.24, 2015) },
            Row { role: Some("to"), related: Some("o0"), ..level("r2021", 9.21, 2020) },
            change,
        ]
    };
    let average = |value: f64| Row { basis: Some("annual_average"), ..growth("r2021", value, 2020) };
    assert_eq!(messages(&rows(average(16.8))), Vec::<String>::new());
    assert_eq!(messages(&rows(average(12.0))), ["from_to:o2 from 4.24 to 9.21 is a change of 16.783%, not 12"]);
    let amount = |value: f64| Row { measure: "change_abs", unit: "CNY", ..growth("r2021", value, 2020) };
    assert_eq!(messages(&rows(amount(5.0))), Vec::<String>::new());
    assert_eq!(messages(&rows(amount(5.5))), ["from_to:o2 from 4.24 to 9.21 is a change of 4.97CNY, not 5.5"]);
}

#[test]
fn parts_are_no_more_than_their_whole() {
    let part =
        |value: f64| Row { role: Some("part"), related: Some("o0"), text: "税收", ..level("r2021", value, 2020) };
    let whole = level("r2021", 51.2, 2020);
    assert_eq!(
        outcome(&[whole.clone(), part(29.3), part(21.9)]).1,
        ["r2021 part_above_whole 2/0", "r2021 parts_sum 1/0"]
    );
    assert_eq!(
        messages(&[whole.clone(), part(29.3), part(143.6)]),
        [
            "parts_sum:o0 the parts add up to 172.9CNY, more than the whole, 51.2",
            "part_above_whole:o2 the part, 143.6, is more than the whole, 51.2",
        ]
    );
    // A mean of a part may be above that of the whole, and a whole of 超过 is not closed.
    let mean = Row { text: "人均税收", ..part(60.0) };
    assert_eq!(messages(&[whole.clone(), mean]), Vec::<String>::new());
    assert_eq!(messages(&[Row { comparator: ">", ..whole }, part(60.0)]), Vec::<String>::new());
}

#[test]
fn the_shares_of_a_structure_make_100() {
    let share = |value: f64| Row {
        indicator: None,
        text: "三次产业结构",
        measure: "share",
        unit: "",
        // So long that the next number, ten characters on, is beside it.
        value_text: format!("{value:9.1}"),
        ..level("r2021", value, 2020)
    };
    let rows = |last: f64| [share(10.7), share(37.6), share(last)];
    assert_eq!(outcome(&rows(51.7)), (vec![], vec!["r2021 shares_sum 1/0".to_string()]));
    assert_eq!(messages(&rows(57.1)), ["shares_sum:o0 the shares that begin with      10.7 add up to 105.4, not 100"]);
    // No structure but a ratio.
    assert_eq!(outcome(&rows(5.0)), (vec![], vec![]));
}

#[test]
fn rates_lie_between_0_and_100() {
    let rate = |value: f64, text: &'static str| Row { indicator: None, text, unit: "%", ..level("r2021", value, 2020) };
    assert_eq!(messages(&[rate(176.0, "开工率")]), ["rate_over_100:o0 176 is more than all"]);
    assert_eq!(messages(&[rate(-6.2, "入园率")]), ["rate_below_zero:o0 -6.2 is less than nothing"]);
    let (told, counted) = outcome(&[rate(129.0, "投资完成率"), rate(100.0, "入园率")]);
    assert_eq!(told, Vec::<String>::new());
    assert_eq!(counted, ["r2021 rate_below_zero 2/0", "r2021 rate_over_100 1/0"]);
}

#[test]
fn lists_have_as_many_numbers_as_things() {
    let row = |value: f64| Row { flags: Some("list_mismatch"), ..level("x2020", value, 2019) };
    let (told, counted) = outcome(&[row(1.0), row(2.0)]);
    assert_eq!(told, ["list_arity:o0 分别 names 1 things and 2 numbers"]);
    assert_eq!(counted, ["x2020 list_arity ?/1"]);
    let listed = |value: f64| Row {
        indicator: Some("deposits_loans"),
        quote: "存贷款余额达247亿元和197亿元",
        value_text: format!("{value}亿元"),
        ..level("r2021", value, 2020)
    };
    assert_eq!(messages(&[listed(247.0), listed(197.0)]), ["list_arity:o1 247亿元 and 197亿元 are told of one thing"]);
    // Another word between the two: no list.
    let apart = |value: f64| Row { quote: "贷款247亿元，其中新增197亿元", ..listed(value) };
    assert_eq!(messages(&[apart(247.0), apart(197.0)]), Vec::<String>::new());
}
