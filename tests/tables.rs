//! Tables: every row of the annexes and communiqués in `tests/fixtures/tables`, written for the tests, against rows
//! checked by hand, `NAME.want`. One line an observation, its columns joined by `|`; one line `target|…` a target.

mod common;

use common::{assert_none, read_text, root, vocabulary};
use zhibiao::config::Config;
use zhibiao::document::document;
use zhibiao::model::{DocumentOutcome, ObservationRow, RawFile, TargetRow};
use zhibiao::normalize::normalize;

fn fixture(name: &str) -> String {
    std::fs::read_to_string(root().join("tests/fixtures/tables").join(name)).unwrap()
}

fn line(row: &ObservationRow) -> String {
    let or_empty = |value: Option<&str>| value.unwrap_or_default().to_string();
    [
        or_empty(row.indicator.as_deref()),
        row.indicator_text.clone(),
        row.measure.to_string(),
        row.direction.unwrap_or("").to_string(),
        row.status.to_string(),
        row.comparator.to_string(),
        or_empty(row.modifier_text.as_deref()),
        row.value.to_string(),
        row.unit.clone(),
        row.obs_value.to_string(),
        or_empty(row.unit_measure.as_deref()),
        row.decimals.to_string(),
        or_empty(row.time_period.as_deref()),
        row.change_basis.unwrap_or("").to_string(),
        row.scope.to_string(),
        row.role.unwrap_or("").to_string(),
        or_empty(row.flags.as_deref()),
        row.value_text.clone(),
    ]
    .join("|")
}

fn target_line(row: &TargetRow) -> String {
    let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    [
        "target".to_string(),
        row.indicator_text.clone(),
        row.form.to_string(),
        row.bound.unwrap_or("").to_string(),
        number(row.low),
        number(row.high),
        row.horizon.clone().unwrap_or_default(),
        row.target_text.clone(),
    ]
    .join("|")
}

/// The rows that the tables of a fixture gave.
fn lines(outcome: &DocumentOutcome) -> Vec<String> {
    let rows = outcome.observations.iter().filter(|row| row.quote.contains('\t')).map(line);
    rows.chain(outcome.targets.iter().filter(|row| row.quote.contains('\t')).map(target_line)).collect()
}

fn check(name: &str) {
    let text = fixture(&format!("{name}.txt"));
    let outcome = read_text(&text);
    let want = fixture(&format!("{name}.want"));
    let want: Vec<&str> = want.lines().filter(|line| !line.is_empty()).collect();
    let got = lines(&outcome);
    let mut wrong: Vec<String> =
        want.iter().filter(|line| !got.iter().any(|g| g == *line)).map(|l| format!("lost   {l}")).collect();
    wrong.extend(got.iter().filter(|line| !want.contains(&line.as_str())).map(|l| format!("gained {l}")));
    assert_none(&format!("{name}: rows differ"), &wrong);
    assert_eq!(got, want, "{name}: the order differs");
    keeps_the_guarantees(name, &text, &outcome);
}

/// The words of every row are the text at its span, its quote is the row of the table, a part leads to its whole, and
/// every target of the observations is in one row of the targets.
fn keeps_the_guarantees(name: &str, text: &str, outcome: &DocumentOutcome) {
    let characters: Vec<char> = text.chars().collect();
    for row in outcome.observations.iter().filter(|row| row.rule_id == "table") {
        let span = row.source_start as usize..row.source_end as usize;
        assert_eq!(characters[span].iter().collect::<String>(), row.value_text, "{name}");
        assert!(text.lines().any(|line| line.trim() == row.quote.trim()), "{name}: {} is no row", row.quote);
        if row.role == Some("part") {
            let whole = outcome.observations.iter().find(|whole| Some(&whole.obs_id) == row.related_obs_id.as_ref());
            let whole = whole.unwrap_or_else(|| panic!("{name}: {} has no whole", row.indicator_text));
            assert_eq!(whole.role, None);
            assert_eq!((whole.measure, &whole.time_period), (row.measure, &row.time_period), "{name}");
        }
        let ids =
            |target: &TargetRow| [target.obs_id.clone(), target.obs_id_high.clone(), target.obs_id_stretch.clone()];
        let count = outcome.targets.iter().filter(|t| ids(t).contains(&Some(row.obs_id.clone()))).count();
        assert_eq!(count, usize::from(row.status == "target"), "{name}: {} in {count} targets", row.indicator_text);
    }
}

#[test]
fn unit_column_two_years_and_growth() {
    check("completion");
}

#[test]
fn two_header_rows_plan_with_bounds() {
    check("plan");
}

#[test]
fn communique_tables_with_units_in_captions_and_parts() {
    check("communique");
}

#[test]
fn works_are_read_as_prose_and_lists_of_people_not_at_all() {
    check("works");
}

#[test]
fn years_places_and_two_tables_side_by_side() {
    check("shapes");
}

#[test]
fn five_years_ahead_and_the_next_one() {
    check("five_years");
}

#[test]
fn targets_results_ranks_and_remarks_in_one_table() {
    check("mixed");
}

#[test]
fn a_row_is_one_sentence_and_moves_no_role() {
    let text = "2022年云溪区政府工作报告\n各位代表：\n一、2021年工作回顾\n指标\t2022年主要任务\t备注\n一、下一步工作\t存在问题\t\n\
                道路\t长5公里\t二、2022年工作安排\n新建绿道9公里。\n";
    let outcome = read_text(text);
    let rows: Vec<&str> =
        outcome.sentences.iter().filter(|sentence| sentence.text.contains('\t')).map(|s| s.section_role).collect();
    assert_eq!(rows, ["review", "review", "review"]);
    assert_eq!(
        outcome.sentences.last().map(|s| (s.section_role, s.text.as_str())),
        Some(("review", "新建绿道9公里。"))
    );
}

#[test]
fn tabs_part_cells_only_in_tables() {
    let plain = |text: &str| normalize(text, vocabulary()).0.text;
    // A table: cells are folded one by one, empty ones stay.
    assert_eq!(plain("指标\t２０２１年\t\n　产值 \t 1,200\t\n"), "指标\t2021年\t\n产值\t1,200\t");
    // # stands for 其中.
    assert_eq!(plain("工业\t1\n # 制造业\t2"), "工业\t1\n#制造业\t2");
    // Empty lines part nothing, an indented paragraph is no row.
    assert_eq!(
        plain("\t甲乙丙丁。\n甲\t1\n\n乙\t2\n\t以上各项指标全部完成。"),
        "甲乙丙丁。\n甲\t1\n乙\t2\n以上各项指标全部完成。"
    );
    // Indentation, a single line and paragraphs in columns.
    assert_eq!(plain("\t全区新增就业。\n\t收入增长。"), "全区新增就业。\n收入增长。");
    assert_eq!(plain("地区：甲\t产值：12"), "地区：甲产值：12");
    assert_eq!(plain("1\t工程已经完工。\n2\t工程已经开工。"), "1工程已经完工。\n2工程已经开工。");
    // A table is plain already.
    for name in ["completion", "plan", "communique", "works", "shapes", "five_years", "mixed"] {
        let once = plain(&fixture(&format!("{name}.txt")));
        assert_eq!(plain(&once), once, "{name}");
    }
}

#[test]
fn offices_are_no_units() {
    let text = "2022年云溪区政府工作报告\n各位代表：\n一、2021年工作回顾\n单位\t人数\t电话\n区教育局\t45\t8555001\n区民政局\t38\t8555002\n";
    assert_eq!(lines(&read_text(text)), Vec::<String>::new());
}

#[test]
fn what_a_table_does_not_tell_is_an_issue() {
    let text = "2022年云溪区政府工作报告\n各位代表：\n一、2021年工作回顾\n指标\t单位\t2021年\n居民满意\t\t93.5\n能耗\t%\t-3\n地区生产总值\t亿元\t52.5\n";
    let outcome = read_text(text);
    let told: Vec<&str> = outcome
        .issues
        .iter()
        .filter(|issue| issue.code.name() == "table_not_read")
        .map(|i| i.message.as_str())
        .collect();
    assert_eq!(
        told,
        [
            "1 numbers of a table from here on were not read: neither its unit nor its indicator is told",
            "1 numbers of a table from here on were not read: a percentage without a word of what",
        ]
    );
    assert_eq!(lines(&outcome), ["gdp|地区生产总值|level||actual|=||52.5|亿元|5250000000|CNY|1|2021||self|||52.5"]);
}

/// The text of a fixture as a web page, its tables as elements.
fn page(text: &str) -> String {
    let cell = |cell: &str| format!("<td>{}</td>", cell.replace('<', "&lt;"));
    let mut body = String::new();
    for (index, line) in text.lines().enumerate() {
        let is_row = line.contains('\t');
        if is_row != (index > 0 && text.lines().nth(index - 1).is_some_and(|before| before.contains('\t'))) {
            body.push_str(if is_row { "<table>" } else { "</table>" });
        }
        match is_row {
            true => body.extend(["<tr>", &line.split('\t').map(cell).collect::<String>(), "</tr>"]),
            false => body.extend(["<p>", line, "</p>"]),
        }
    }
    format!("<html><head><meta charset=\"utf-8\"></head><body><div>{body}</div></body></html>")
}

#[test]
fn a_table_of_a_web_page_gives_the_same_rows() {
    for name in ["completion", "plan", "communique", "works", "five_years", "mixed"] {
        let text = fixture(&format!("{name}.txt"));
        let file = RawFile::new("page.html", "html", page(&text).into_bytes());
        let of_page = document(&file, &Config::default(), vocabulary());
        let (got, want) = (lines(&of_page), lines(&read_text(&text)));
        assert!(want.len() >= 10, "{name}: {} rows", want.len());
        assert_eq!(got, want, "{name}");
    }
}
