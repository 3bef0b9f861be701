//! What must hold for any input: nothing panics, every row leads back to its words, a written number is
//! read as its value, plain text is plain already. A failing input is printed; put it into `tests/cases`.

mod common;

use common::{Part, read_bytes, read_text, report_with, vocabulary};
use encoding_rs::GB18030;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::HashSet;
use zhibiao::config::Config;
use zhibiao::decode::{DecodeOptions, decode_bytes};
use zhibiao::explain::explain;
use zhibiao::model::DocumentOutcome;
use zhibiao::normalize::normalize;

/// Words of the genre: whatever a text is put together from them, it must be read without harm.
const WORDS: &[&str] = &[
    "0",
    "1",
    "2",
    "5",
    "12",
    "100",
    "2020",
    "3.6",
    "1,250",
    "４",
    "．",
    "-",
    "零",
    "一",
    "两",
    "三",
    "十",
    "百",
    "千",
    "万",
    "亿",
    "万亿",
    "多",
    "余",
    "几",
    "近",
    "约",
    "个",
    "家",
    "%",
    "％",
    "亿元",
    "万平方米",
    "公里",
    "户",
    "年",
    "月",
    "日",
    "倍",
    "百分点",
    "个百分点",
    "微克/立方米",
    "平方",
    "人次",
    "℃",
    "㎡",
    "成",
    "分之",
    "百分之",
    "一半",
    "，",
    "。",
    "；",
    "：",
    "、",
    "（",
    "）",
    "“",
    "”",
    "《",
    "》",
    "——",
    "—",
    "~",
    "…",
    "！",
    "?",
    ",",
    ".",
    "/",
    "·",
    "∶",
    " ",
    "　",
    "\n",
    "\n\n",
    "\t",
    "\u{a0}",
    "\u{200b}",
    "\r\n",
    "\u{FFFD}",
    "荣获",
    "被授予",
    "争创",
    "通过",
    "验收",
    "全国",
    "示范区",
    "先进集体",
    "称号",
    "七连冠",
    "居全市",
    "第一",
    "前列",
    "增长",
    "下降",
    "提高",
    "减少",
    "达到",
    "到",
    "至",
    "由",
    "从",
    "将",
    "为",
    "占",
    "其中",
    "分别",
    "均",
    "同比",
    "年均",
    "较年初",
    "比上年",
    "以上",
    "以内",
    "左右",
    "不少于",
    "控制在",
    "超过",
    "突破",
    "预计",
    "完成",
    "实现",
    "新增",
    "翻一番",
    "清零",
    "位居",
    "全市",
    "全国",
    "第",
    "前",
    "首位",
    "连续",
    "五年来",
    "截至",
    "今年",
    "去年",
    "“十四五”时期",
    "预期目标是",
    "力争",
    "每",
    "号院",
    "周年",
    "5G",
    "地区生产总值",
    "PM2.5",
    "PM_{2.5}",
    "年均浓度",
    "一般公共预算收入",
    "学位",
    "解决率、满意率",
    "停车位",
    "一、",
    "（一）",
    "第一部分",
    "名词解释",
    "存在问题",
    "2021年主要任务",
    "各位代表：",
    "政府工作报告",
    "绩效管理",
    "**",
    "_",
    "{",
    "}",
    "\\%",
    "\\n",
    "$",
    "&nbsp;",
    "<U+00A0>",
    "<U+3000",
    "\"",
    "#",
    "当前位置：",
    "打印页面",
    "东城区",
    "北京市",
    "会议上",
    "在",
    "区长",
    "日期：2021-02-20",
    "O",
    "o",
    "〇",
    "Ⅱ",
    "𠮷",
    "é",
];

fn words() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(WORDS), 0..60).prop_map(|words| words.concat())
}

/// Fails where a row does not lead back to its words.
fn leads_back(outcome: &DocumentOutcome, text: &str) -> Result<(), TestCaseError> {
    let characters: Vec<char> = text.chars().collect();
    let slice = |start: i32, end: i32| -> Option<String> {
        Some(characters.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?.iter().collect())
    };
    let mut ids = HashSet::new();
    for row in &outcome.observations {
        let found = slice(row.source_start, row.source_end);
        prop_assert_eq!(found.as_deref(), Some(row.value_text.as_str()), "{:?}", row);
        prop_assert!(!row.value_text.is_empty() && text.contains(&row.quote), "{:?}", row);
        prop_assert!(ids.insert(&row.obs_id), "two rows have the id {}", row.obs_id);
        prop_assert!(row.value.is_finite() && row.value >= 0.0 && row.obs_value.is_finite(), "{:?}", row);
        let sentence = &outcome.sentences[row.sentence_id as usize - 1];
        prop_assert!(sentence.source_start <= row.source_start && row.source_end <= sentence.source_end, "{:?}", row);
        prop_assert!(
            row.related_obs_id.iter().all(|id| outcome.observations.iter().any(|other| other.obs_id == *id)),
            "{:?}",
            row
        );
    }
    for row in &outcome.targets {
        let found = slice(row.source_start, row.source_end);
        prop_assert_eq!(found.as_deref(), Some(row.target_text.as_str()), "{:?}", row);
        prop_assert!(!row.target_text.is_empty() && text.contains(&row.quote), "{:?}", row);
        prop_assert!(ids.insert(&row.target_id), "two rows have the id {}", row.target_id);
        let figures = [&row.obs_id, &row.obs_id_high, &row.obs_id_stretch];
        let is_known = |id: &String| outcome.observations.iter().any(|other| other.obs_id == *id);
        prop_assert!(figures.into_iter().flatten().all(is_known), "{:?}", row);
        prop_assert!(row.low.zip(row.high).is_none_or(|(low, high)| low <= high), "{:?}", row);
    }
    for row in &outcome.honours {
        let found = slice(row.source_start, row.source_end);
        prop_assert_eq!(found.as_deref(), Some(row.title_text.as_str()), "{:?}", row);
        prop_assert!(!row.title.is_empty() && text.contains(&row.quote), "{:?}", row);
        prop_assert!(row.quote.contains(&row.title_text) && row.quote.contains(&row.cue), "{:?}", row);
        prop_assert!(ids.insert(&row.honour_id), "two rows have the id {}", row.honour_id);
    }
    for row in &outcome.rankings {
        let found = slice(row.source_start, row.source_end);
        prop_assert_eq!(found.as_deref(), Some(row.rank_text.as_str()), "{:?}", row);
        prop_assert!(!row.rank_text.is_empty() && text.contains(&row.quote), "{:?}", row);
        prop_assert!(ids.insert(&row.ranking_id), "two rows have the id {}", row.ranking_id);
        prop_assert_eq!(row.rank.is_none(), row.form == "vague", "{:?}", row);
        let is_known = |id: &String| outcome.observations.iter().any(|other| other.obs_id == *id);
        prop_assert!(row.obs_id.iter().all(is_known), "{:?}", row);
    }
    for sentence in &outcome.sentences {
        prop_assert!(
            slice(sentence.source_start, sentence.source_end).is_some_and(|words| !words.is_empty()),
            "{:?}",
            sentence
        );
    }
    for issue in &outcome.issues {
        if let (Some(start), Some(end)) = (issue.source_start, issue.source_end) {
            prop_assert!(slice(start, end).is_some(), "{:?}", issue);
        }
    }
    Ok(())
}

/// Bytes through all stages, held against the text they decode to.
fn reads_without_harm(bytes: Vec<u8>) -> Result<(), TestCaseError> {
    let (decoded, issues) = decode_bytes(&bytes, None, &DecodeOptions::default());
    let outcome = read_bytes("report.txt", bytes);
    match decoded {
        Some(decoded) => {
            prop_assert!(outcome.document.is_some());
            leads_back(&outcome, &decoded.text)
        }
        None => {
            prop_assert!(outcome.document.is_none() && outcome.observations.is_empty() && !issues.is_empty());
            Ok(())
        }
    }
}

/// A number as a report would print it, and its value.
#[derive(Debug, Clone)]
struct Written {
    text: String,
    value: f64,
}

/// 1234567 -> 1,234,567.
fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// 20105 -> 二万零一百零五.
fn in_chinese(number: u64) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let below_ten_thousand = |part: u64, has_higher: bool| {
        let mut out = String::new();
        let mut skipped = has_higher && part < 1000;
        for (place, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
            let digit = part / place % 10;
            if digit == 0 {
                skipped |= !out.is_empty();
                continue;
            }
            if skipped {
                out.push('零');
                skipped = false;
            }
            out.push_str(DIGITS[digit as usize]);
            out.push_str(name);
        }
        out
    };
    let mut out = String::new();
    for (scale, name) in [(100_000_000, "亿"), (10_000, "万"), (1, "")] {
        let part = number / scale % if scale == 100_000_000 { u64::MAX } else { 10_000 };
        if part > 0 {
            out.push_str(&below_ten_thousand(part, !out.is_empty()));
            out.push_str(name);
        }
    }
    // 十五, not 一十五.
    if out.starts_with("一十") { out.split_off("一".len()) } else { out }
}

fn written() -> impl Strategy<Value = Written> {
    let plain = |(number, decimals): (u32, u32)| {
        let value = f64::from(number) / 10f64.powi(decimals as i32);
        format!("{value:.*}", decimals as usize)
    };
    prop_oneof![
        // No run of more than nine digits: those are telephone numbers.
        (1u64..1_000_000_000).prop_map(|n| Written { text: with_commas(n), value: n as f64 }),
        (
            (1u32..10_000_000, 0u32..4).prop_map(plain),
            select(vec![("", 1.0), ("万", 1e4), ("亿", 1e8), ("万亿", 1e12)])
        )
            .prop_map(|(digits, (word, scale))| Written {
                value: digits.parse::<f64>().unwrap() * scale,
                text: format!("{digits}{word}"),
            }),
        // One alone is mostly an article (一个) and 二 stands for 两.
        (11u64..10_000_000_000).prop_map(|n| Written { text: in_chinese(n), value: n as f64 }),
    ]
}

#[test]
fn numbers_are_written_as_reports_do() {
    assert_eq!(with_commas(1_234_567), "1,234,567");
    assert_eq!(with_commas(12), "12");
    let rows = [
        (15, "十五"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (20_105, "二万零一百零五"),
        (10_010, "一万零一十"),
        (200_000_000, "二亿"),
        (100_500_000, "一亿零五十万"),
    ];
    for (number, text) in rows {
        assert_eq!(in_chinese(number), text);
    }
}

/// A rule that looked back over all it has seen would give more for the same text the longer it is.
#[test]
fn what_is_read_grows_no_faster_than_the_text() {
    let patterns = [
        "5",
        "五",
        "七八万",
        "1亿2千",
        "由5:5:5、",
        "5个、",
        "5%—",
        "分别增长5%、",
        "其中5个，",
        "“5个",
        "1个半",
        "5？",
        "1O",
    ];
    for pattern in patterns {
        let read = |times: usize| {
            let text = report_with(Part::Review, &pattern.repeat(times));
            let outcome = explain(text.as_bytes(), "report.txt", &Config::default(), vocabulary());
            (outcome.numbers.len(), outcome.observations.len(), outcome.issues.len())
        };
        let (once, twice) = (read(2000), read(4000));
        for (name, once, twice) in
            [("numbers", once.0, twice.0), ("rows", once.1, twice.1), ("issues", once.2, twice.2)]
        {
            assert!(twice <= 2 * once + 2, "{pattern}: {once} {name}, {twice} in twice the text");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        reads_without_harm(bytes)?;
    }

    #[test]
    fn bytes_put_into_a_report_are_read_without_harm(words in words(), lost in proptest::collection::vec(any::<u8>(), 0..6), at in any::<proptest::sample::Index>(), is_gb18030 in any::<bool>()) {
        let text = report_with(Part::Review, &words);
        let mut bytes = if is_gb18030 { GB18030.encode(&text).0.into_owned() } else { text.into_bytes() };
        let at = at.index(bytes.len());
        let end = (at + lost.len() / 2).min(bytes.len());
        bytes.splice(at..end, lost);
        reads_without_harm(bytes)?;
    }

    #[test]
    fn any_words_of_the_genre_are_read_without_harm(words in words(), is_whole in any::<bool>()) {
        let text = if is_whole { words } else { report_with(Part::Plan, &words) };
        reads_without_harm(text.into_bytes())?;
    }

    #[test]
    fn any_text_is_normalised_without_harm(text in any::<String>()) {
        reads_without_harm(text.into_bytes())?;
    }

    #[test]
    fn a_written_number_is_read_as_its_value(number in written()) {
        let text = format!("全区财政支出达到{}元。", number.text);
        let numbers = explain(text.as_bytes(), "report_2021.txt", &Config::default(), vocabulary()).numbers;
        prop_assert_eq!(numbers.len(), 1, "{:?} in {}", numbers, text);
        let seen = &numbers[0];
        prop_assert!((seen.value - number.value).abs() <= 1e-9 * number.value, "{} read as {}", number.text, seen.value);
        prop_assert_eq!(&seen.unit, "元");
        prop_assert_eq!(&seen.text, &format!("{}元", number.text));
        let rows = read_text(&report_with(Part::Review, &text)).observations;
        prop_assert_eq!(rows.len(), 1, "{:?}", rows);
        prop_assert!((rows[0].obs_value - number.value).abs() <= 1e-9 * number.value, "{} read as {}", number.text, rows[0].obs_value);
    }

    #[test]
    fn plain_text_is_plain_already(words in words(), is_one_line in any::<bool>()) {
        let words = if is_one_line { words.replace(['\n', '\r'], "") } else { words };
        // What dropped markup leaves side by side may look like markup again.
        let words = words.replace(['*', '$', '\\', '_', '^', '{', '}', '#'], "");
        let (once, issues) = normalize(&words, vocabulary());
        // A line made of two is longer than either and may be judged anew.
        prop_assume!(issues.iter().all(|issue| issue.code.name() != "paragraph_rejoined"));
        let (twice, _) = normalize(&once.text, vocabulary());
        // The space behind a comma, which makes it part a list, is gone the second time.
        let widened = |text: &str| text.replace(',', "，");
        prop_assert_eq!(widened(&twice.text), widened(&once.text));
    }

    #[test]
    fn plain_characters_come_from_the_source_in_order(words in words()) {
        let (normalized, _) = normalize(&words, vocabulary());
        let length = words.chars().count();
        let mut last = 0..0;
        for (at, c) in normalized.text.char_indices() {
            let span = normalized.source_span(&(at..at + c.len_utf8()));
            prop_assert!(last.start <= span.start && last.end <= span.end.max(span.start) && span.end <= length, "{c:?} at {at}: {span:?} after {last:?}");
            prop_assert!(c == '\n' || !span.is_empty(), "{c:?} at {at}");
            last = span;
        }
    }
}
