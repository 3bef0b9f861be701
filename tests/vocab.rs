//! Every example that stands in `data/vocab` is read by the whole program and must give what it says; and a
//! misspelt file must say where. A failing test tells all examples that fail, not the first.

mod common;

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use common::{Part, assert_none, raw_file, report_with, root, vocabulary};
use zhibiao::Error;
use zhibiao::config::Config;
use zhibiao::decode::decode;
use zhibiao::document::document;
use zhibiao::examples::{check_cues, check_dictionaries, check_honours, check_indicators, check_targets, check_units};
use zhibiao::extract::Source;
use zhibiao::model::{Date, DocumentOutcome, RawFile, SectionRole, TermCountRow};
use zhibiao::normalize::{fold_term, normalize};
use zhibiao::parse::parse;
use zhibiao::vocab::{
    CheckKind, Cue, EMBEDDED, HonourKind, LEVELS, SeriesKind, TableKind, TargetKind, VerdictRule, Vocabulary,
};

#[test]
fn examples_give_what_their_entries_say() {
    for (what, (count, failures)) in [
        ("cues", check_cues(vocabulary())),
        ("targets", check_targets(vocabulary())),
        ("honours", check_honours(vocabulary())),
        ("indicators", check_indicators(vocabulary())),
        ("units", check_units(vocabulary())),
        ("dictionaries", check_dictionaries(vocabulary())),
    ] {
        println!("{count} examples of {what}");
        let floor = if what == "targets" { 30 } else { 100 };
        assert!(count > floor, "{count} examples of {what}");
        assert_none(what, &failures.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
}

#[test]
fn a_wrong_example_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    write_vocabulary(folder.path());
    let path = folder.path().join("indicators/economy.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        text.replace("人均地区生产总值3元", "地区生产总值3元").replace("地区生产总值增长3%", "税收增长3%"),
    )
    .unwrap();
    let (count, failures) = check_indicators(&Vocabulary::from_dir(folder.path()).unwrap());
    assert_eq!(count, 3);
    let told: Vec<String> = failures.iter().map(ToString::to_string).collect();
    assert!(
        told[0].starts_with(
            "indicators/economy.toml gdp: 税收增长3%。 does not link: [税收增长% level 3 = actual 2020 -]"
        ),
        "{told:?}"
    );
    assert!(told[1].starts_with("indicators/economy.toml gdp: 地区生产总值3元。 links and must not"), "{told:?}");
}

#[test]
fn a_dictionary_is_added_by_adding_a_file() {
    let folder = tempfile::tempdir().unwrap();
    write_vocabulary(folder.path());
    let before = Vocabulary::from_dir(folder.path()).unwrap();
    fs::write(folder.path().join("dictionaries/water.csv"), "term,example\n河长,设立河长\n水质,改善水\nPM2.5,\n")
        .unwrap();
    let vocabulary = Vocabulary::from_dir(folder.path()).unwrap();
    assert_ne!(vocabulary.digest, before.digest);
    let (count, failures) = check_dictionaries(&vocabulary);
    assert_eq!(count, 4);
    let told: Vec<String> = failures.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["dictionaries/water.csv 水质: 改善水 does not count it; counted there: nothing"]);

    // The plan is in full-width letters and traditional characters; its last sentence is a heading.
    let text = "2021年政府工作报告\n各位代表：\n一、工作回顾\n水质 良好，河长到位，水质达标。坚持实干。\n\
                二、2021年主要任务\n降低ＰＭ２．５濃度，推進數字化，設立河長。\n（一）水質提升\n";
    let outcome = document(&raw_file("report.txt", text.into()), &Config::default(), &vocabulary);
    let counts: Vec<String> = outcome.term_counts.iter().map(told_counts).collect();
    // dictionary, role: mentions, different terms, their characters, sentences with one; characters, sentences
    assert_eq!(
        counts,
        [
            "digital review: 0 0 0 0; 31 4",
            "digital plan_year: 1 1 3 1; 39 3",
            "digital front: 0 0 0 0; 11 1",
            "water review: 3 2 6 1; 31 4",
            "water plan_year: 3 3 9 2; 39 3",
            "water front: 0 0 0 0; 11 1",
        ]
    );
    assert_eq!(outcome.term_counts[4].per_10k_chars, Some(30000.0 / 39.0));
    let matches: Vec<String> = outcome
        .term_matches
        .iter()
        .map(|row| format!("{} {}: {} {}", row.dictionary, row.section_role, row.term, row.n_terms))
        .collect();
    assert_eq!(
        matches,
        [
            "digital plan_year: 数字化 1",
            "water review: 河长 1",
            "water review: 水质 2",
            "water plan_year: 河长 1",
            "water plan_year: 水质 1",
            "water plan_year: PM2.5 1",
        ]
    );
}

fn told_counts(row: &TermCountRow) -> String {
    let found = format!("{} {} {} {}", row.n_terms, row.n_distinct_terms, row.n_term_chars, row.n_term_sentences);
    format!("{} {}: {found}; {} {}", row.dictionary, row.section_role, row.n_chars, row.n_sentences)
}

#[test]
fn every_kind_of_cue_has_an_example() {
    let mut without: BTreeSet<&str> = Cue::ALL.iter().map(|&(_, name, _)| name).collect();
    for name in ["cues.csv", "names.csv"] {
        for record in records(name).iter().filter(|record| !record[2].is_empty()) {
            assert!(!record[3].is_empty(), "{name}: the example of {} wants nothing", &record[0]);
            without.remove(&record[1]);
        }
    }
    assert_eq!(without, BTreeSet::new(), "kinds without an example");
}

#[test]
fn every_word_of_series_and_verdicts_is_explained() {
    let page = fs::read_to_string(root().join("docs/vocabulary.md")).unwrap();
    let rules = VerdictRule::ALL.iter().map(|&(_, name)| name);
    let kinds = SeriesKind::ALL.iter().map(|&(_, name)| name).chain(["rule", "near", "lower", "coarse"]);
    let missing: Vec<&str> = kinds.chain(rules).filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "docs/vocabulary.md does not explain {missing:?}");
}

/// Every kind of a file has a word there, and a place in docs/vocabulary.md.
fn assert_used_and_explained(file: &str, kinds: impl Iterator<Item = (&'static str, &'static str)>) {
    let page = fs::read_to_string(root().join("docs/vocabulary.md")).unwrap();
    let used: BTreeSet<String> = records(file).iter().map(|record| record[1].to_string()).collect();
    for (name, meaning) in kinds {
        assert!(used.contains(name), "no word is {name} ({meaning})");
        assert!(page.contains(&format!("`{name}`")), "docs/vocabulary.md does not explain {name}");
    }
}

#[test]
fn every_kind_of_plan_word_has_words_and_is_explained() {
    assert_used_and_explained("targets.csv", TargetKind::ALL.iter().map(|&(_, name, meaning)| (name, meaning)));
    for record in records("targets.csv").iter().filter(|record| !record[5].is_empty()) {
        assert!(!record[6].is_empty(), "the example of {} wants nothing", &record[0]);
    }
}

#[test]
fn every_kind_of_check_word_has_words_and_is_explained() {
    assert_used_and_explained("checks.csv", CheckKind::ALL.iter().map(|&(_, name, meaning)| (name, meaning)));
}

#[test]
fn every_kind_of_honour_word_has_words_an_example_and_is_explained() {
    let page = fs::read_to_string(root().join("docs/vocabulary.md")).unwrap();
    let section = page.split("## honours.csv").nth(1).unwrap().split("\n## ").next().unwrap();
    let records = records("honours.csv");
    for &(_, name, meaning) in HonourKind::ALL {
        assert!(meaning.ends_with('.'), "{name}: {meaning}");
        assert!(section.contains(&format!("`{name}`")), "docs/vocabulary.md does not explain {name}");
        let has_example = |record: &&csv::StringRecord| record[1] == *name && !record[3].is_empty();
        assert!(records.iter().any(|record| has_example(&record)), "no word is {name} ({meaning}) with an example");
    }
    for record in records.iter().filter(|record| !record[3].is_empty()) {
        assert!(!record[4].is_empty(), "the example of {} wants nothing", &record[0]);
    }
}

#[test]
fn a_wrong_honour_word_is_told_with_its_line() {
    let wrong = |line: &str| {
        let folder = tempfile::tempdir().unwrap();
        write_vocabulary(folder.path());
        let path = folder.path().join("honours.csv");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}{line}\n")).unwrap();
        Vocabulary::from_dir(folder.path()).unwrap_err().to_string()
    };
    let told = wrong("头衔,marc,award,,");
    assert!(told.contains("honours.csv:4") && told.contains("did you mean `mark`"), "{told}");
    assert!(wrong("头衔,mark,prize,,").contains("unknown value `prize`; of a mark it is one of designation"));
    assert!(wrong("头衔,win,award,,").contains("takes no value"));
    assert!(wrong("荣获,gain,,,").contains("is win already; a cue has one kind"));
    assert!(wrong("荣获,win,,,").contains("is already in line 2"));
}

/// The role of the last sentence of a text that begins as given.
fn role_of(text: &str, sentence: &str) -> Option<SectionRole> {
    let (normalized, _) = normalize(text, vocabulary());
    let (report, _) = parse(&normalized, "", &Default::default(), vocabulary());
    let begins = |range: &std::ops::Range<usize>| normalized.text[range.clone()].starts_with(sentence);
    report.sentences.iter().rfind(|found| begins(&found.range)).map(|found| found.role)
}

#[test]
fn section_examples_give_their_role() {
    let mut wrong = Vec::new();
    for cue in &vocabulary().section_cues {
        let line = &cue.example;
        let roles: Vec<Option<SectionRole>> = if cue.in_heading {
            vec![role_of(&format!("2021年政府工作报告\n各位代表：\n{line}\n全区新建绿道9公里。\n"), "全区新建绿道")]
        } else {
            // A sentence moves the role of the part it stands in: of the review, of the plan, or of five years;
            // and a plan period lies ahead in one report and behind in a later one.
            let sentence = fold_term(line);
            let parts = ["一、2020年工作回顾", "二、2021年主要任务", "一、过去五年工作回顾", "二、2016年主要任务"];
            let reports = parts.iter().map(|part| {
                let year = if part.contains("2016") { 2016 } else { 2021 };
                role_of(&format!("{year}年政府工作报告\n各位代表：\n{part}\n{line}\n"), &sentence)
            });
            reports.collect()
        };
        if !roles.contains(&Some(cue.role)) {
            wrong.push(format!("`{}` in {line}: want {:?}, got {roles:?}", cue.cue, cue.role));
        }
    }
    assert_none("section examples fail", &wrong);
}

#[test]
fn furniture_examples_are_cut() {
    const LAST: &str = "全区新建绿道9公里。";
    let mut wrong = Vec::new();
    for record in records("furniture.csv") {
        let (words, place, example) = (&record[0], &record[1], &record[2]);
        let text = match place {
            "line" => report_with(Part::Review, &format!("{example}\n{LAST}")),
            "head" => format!("{example}\n{}", report_with(Part::Review, LAST)),
            "tail" => format!("{}{example}\n某县2020年政府工作报告", report_with(Part::Plan, LAST)),
            _ => report_with(Part::Review, &format!("{LAST}{example}")),
        };
        let (normalized, issues) = normalize(&text, vocabulary());
        let has = |code: &str| issues.iter().any(|issue| issue.code.name() == code);
        let is_cut = has("furniture_cut") && !normalized.text.contains(&fold_term(example));
        if !is_cut || !normalized.text.contains(LAST) || (place == "tail") != has("foreign_text_cut") {
            wrong.push(format!("`{words}`: {example} is not cut"));
        }
    }
    assert_none("furniture examples fail", &wrong);
}

/// A page with the example of a row in it, and beside its main text one sentence of another text.
fn page_with(kind: &str, example: &str) -> String {
    let text = "<p>全区新建绿道9公里，新增公园2个。</p>".repeat(20);
    let head = if example.starts_with("<meta") || example.starts_with("<title") { example } else { "" };
    let line = if head.is_empty() { example } else { "" };
    let main = match kind {
        "content" => example.replace("正文", &text),
        "drop" => format!("<div>{text}{example}{text}</div>"),
        "title" => format!("<h3>标题</h3><h3>今日头条</h3>{line}<div>{text}</div>"),
        _ => format!("<h3>{line}</h3><div>{text}</div>"),
    };
    format!("<html><head>{head}</head><body><p>另有一条消息，与本文无关，不在此列。</p><div>{main}</div></body></html>")
}

#[test]
fn page_examples_are_read() {
    let mut wrong = Vec::new();
    for record in records("pages.csv") {
        let (kind, words, example) = (&record[0], &record[1], &record[2]);
        // A title is one of the words of a report.
        let page =
            page_with(kind, &example.replace("标题", "2021年政府工作报告")).replace("标题", "2021年政府工作报告");
        let file = RawFile::new("page.html", "html", page.into_bytes());
        let (decoded, issues) = decode(&file, &Config::default(), vocabulary());
        let Some(decoded) = decoded else {
            wrong.push(format!("{kind} {words}: {issues:?}"));
            continue;
        };
        let is_right = match kind {
            "content" => decoded.text.starts_with("全区新建绿道") && !decoded.text.contains("另有"),
            "drop" => decoded.text.lines().skip(1).all(|line| line.starts_with("全区新建绿道")),
            "title" => decoded.meta.title.as_deref() == Some("2021年政府工作报告"),
            "date" | "date_label" => decoded.meta.published == Date::new(2021, 2, 20),
            _ => decoded.meta.publisher.as_deref() == Some("区政府办"),
        };
        if !is_right {
            wrong.push(format!(
                "{kind} {words}: {:?}\n{}",
                decoded.meta,
                decoded.text.chars().take(120).collect::<String>()
            ));
        }
    }
    assert_none("page examples fail", &wrong);
}

#[test]
fn table_words_are_explained_and_found_in_their_examples() {
    let page = fs::read_to_string(root().join("docs/vocabulary.md")).unwrap();
    let section = page.split("## tables.csv").nth(1).unwrap();
    let records = records("tables.csv");
    for &(kind, name, meaning) in TableKind::ALL {
        assert!(section.contains(&format!("| `{name}` |")), "docs/vocabulary.md does not explain {name}");
        assert!(meaning.ends_with('.'), "{name}: {meaning}");
        assert!(records.iter().any(|record| record[1] == *name), "no word is {name}");
        for record in records.iter().filter(|record| record[1] == *name) {
            let kinds = vocabulary().tables.kinds_in(&fold_term(&record[2]));
            assert!(kinds.contains(&kind), "`{}` is not {name} in {}", &record[0], &record[2]);
        }
    }
}

/// The records of a vocabulary file as they stand there.
fn records(name: &str) -> Vec<csv::StringRecord> {
    let (_, text) = EMBEDDED.iter().find(|(known, _)| *known == name).unwrap();
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    reader.records().map(Result::unwrap).collect()
}

#[test]
fn ids_and_wordings_are_unique() {
    let vocabulary = vocabulary();
    let mut ids = HashSet::new();
    let mut wrong = Vec::new();
    for indicator in &vocabulary.indicators {
        assert!(ids.insert(indicator.id.as_str()), "two indicators have the id {}", indicator.id);
        let mut terms = HashSet::new();
        let twice = indicator.terms.iter().map(|term| term.text.as_str()).filter(|term| !terms.insert(*term));
        wrong.extend(twice.map(|term| format!("{}: {term}", indicator.id)));
    }
    assert_none("terms stand twice in an entry (as they are folded)", &wrong);
    let units: HashSet<&str> = vocabulary.units.iter().map(|unit| unit.text.as_str()).collect();
    assert_eq!(units.len(), vocabulary.units.len());
    let mut names: Vec<&str> = vocabulary.indicators.iter().map(|indicator| indicator.name_zh.as_str()).collect();
    names.sort_unstable();
    let twice: Vec<&str> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    assert_eq!(twice, Vec::<&str>::new(), "names of more than one indicator");
    assert!((20..=40).contains(&vocabulary.indicators.iter().filter(|indicator| indicator.is_core).count()));
}

#[test]
fn every_vocabulary_file_is_embedded_and_the_reverse() {
    let folder = root().join("data/vocab");
    let mut on_disk = BTreeSet::new();
    let inner = ["", "dictionaries/", "indicators/"];
    for (folder, prefix) in inner.map(|prefix| (folder.join(prefix), prefix)) {
        for entry in fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".csv") || name.ends_with(".toml") {
                on_disk.insert(format!("{prefix}{name}"));
            }
        }
    }
    let embedded: BTreeSet<String> = EMBEDDED.iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(embedded, on_disk);
    assert_eq!(Vocabulary::from_dir(&folder).unwrap().digest, vocabulary().digest);
}

/// The error of the vocabulary with `from` replaced by `to` once in one of its files.
fn error_of(file: &str, from: &str, to: &str) -> (String, usize, String) {
    let folder = tempfile::tempdir().unwrap();
    write_vocabulary(folder.path());
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    match Vocabulary::from_dir(folder.path()) {
        Err(Error::Vocab { file, line, message }) => (file, line, message),
        other => panic!("{file}: {from} -> {to} gives {:?}", other.map(|vocabulary| vocabulary.digest)),
    }
}

/// A small vocabulary whose lines are known.
fn write_vocabulary(folder: &Path) {
    let files = [
        ("areas.csv", "code,name,level,parent_code,valid_from,valid_to,successor_code\n110000,北京市,province,,,,\n"),
        (
            "cues.csv",
            "# words\nterm,kind,example,want\n增长,up,收入增长6%。,direction=up\n下降,down,收入下降6%。,direction=down\n",
        ),
        ("checks.csv", "term,kind,example\n累计,apart,累计3万人\n人均,mean,人均3元\n"),
        ("furniture.csv", "words,where,example\n打印本页,line,打印本页\n"),
        ("honours.csv", "term,kind,value,example,want\n荣获,win,,,\n市,level,city,,\n"),
        ("names.csv", "term,kind,example,want\n全市,pool,收入居全市第二。,value=2\n"),
        (
            "pages.csv",
            "kind,words,example\ncontent,.text,<p class=\"text\">正文</p>\ndate_label,日期：,日期：2021-02-20\n",
        ),
        (
            "sections.csv",
            "cue,where,role,example\n工作回顾,heading,review,一、2020年工作回顾\n主要任务,heading,plan_year,二、主要任务\n",
        ),
        ("series.csv", "word,kind,indicator,example,want\n全市,neutral,gdp,全市地区生产总值,\n新增,added,,,\n"),
        ("tables.csv", "term,kind,example\n单位,unit,计量单位\n目标,target,2022年目标\n"),
        (
            "targets.csv",
            "term,kind,bound,direction,number,example,want\n同步,equal,=,,,,\n零增长,point,=,flat,0,,\n省,authority,,,,,\n",
        ),
        (
            "units.csv",
            "unit,dimension,code,factor,name_en,example\n元,money,CNY,1,yuan,投资3亿元\n个,count,{item},1,item,新增3个\n",
        ),
        ("verdicts.csv", "kind,name,tolerance,examples\nrule,about,0.05,8|7.6|met\nlower,gdp,,\n"),
        (
            "dictionaries/digital.csv",
            "term,concept,example,not_in\n数字化,,推进数字化改造,\n智慧,city,智慧社区,群众智慧\n",
        ),
        ("indicators/economy.toml", ECONOMY),
    ];
    fs::create_dir(folder.join("dictionaries")).unwrap();
    fs::create_dir(folder.join("indicators")).unwrap();
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
}

const ECONOMY: &str = r#"# Economy.

[[indicator]]
id = "gdp"
name_zh = "地区生产总值"
name_en = "Gross regional product"
unit = "CNY"
kind = "flow"
dimensions = ["money"]
terms = ["地区生产总值"]
examples = ["地区生产总值3亿元。", "地区生产总值增长3%。"]
counterexamples = ["人均地区生产总值3元。"]
"#;

#[test]
fn a_small_vocabulary_loads() {
    let folder = tempfile::tempdir().unwrap();
    write_vocabulary(folder.path());
    let vocabulary = Vocabulary::from_dir(folder.path()).unwrap();
    assert_eq!(
        (vocabulary.indicators.len(), vocabulary.units.len(), vocabulary.areas.len(), vocabulary.cue_count()),
        (1, 2, 1, 3)
    );
    assert_ne!(vocabulary.digest, self::vocabulary().digest);
}

#[test]
fn a_misspelt_file_says_where() {
    let economy = "indicators/economy.toml";
    let digital = "dictionaries/digital.csv";
    // file, what is replaced, by what, the line and words of the message
    let rows = [
        ("cues.csv", "down", "donw", 4, "unknown kind `donw`; did you mean `down`?"),
        ("cues.csv", "下降,down", "增长,up", 4, "`增长` as up is already in line 3"),
        ("cues.csv", "term,kind", "word,kind", 1, "the header must be `term,kind,example,want`"),
        ("cues.csv", "增长,up,收入增长6%。,direction=up", "增长,up", 3, "found record with 2 fields"),
        ("names.csv", "pool", "poll", 2, "unknown kind `poll`; did you mean `pool`?"),
        ("units.csv", "CNY,1,", "CNY,one,", 2, "the factor `one` is no number above zero"),
        ("units.csv", "CNY,1,", "CNY,-1,", 2, "the factor `-1` is no number above zero"),
        ("units.csv", "CNY,1,", "CNY,nan,", 2, "the factor `nan` is no number above zero"),
        ("units.csv", "个,count", "元,count", 3, "unit `元` is already in line 2"),
        ("units.csv", "count", "cuont", 3, "unknown dimension `cuont`; did you mean `count`?"),
        ("areas.csv", "110000", "1100", 2, "`1100` is not a six-digit division code"),
        ("areas.csv", "province", "provinze", 2, "unknown level `provinze`; did you mean `province`?"),
        ("sections.csv", "review,", "revue,", 2, "unknown role `revue`; did you mean `review`?"),
        ("sections.csv", "heading", "title", 2, "`where` must be heading or sentence, not `title`"),
        ("series.csv", "neutral", "neutrel", 2, "unknown kind `neutrel`; did you mean `neutral`?"),
        ("series.csv", "neutral,gdp", "neutral,gpd", 2, "no indicator `gpd`; did you mean `gdp`?"),
        ("series.csv", "新增,added", "全市,added", 3, "`全市` is already in line 2"),
        ("verdicts.csv", "lower,gdp", "lower,gpd", 3, "no indicator `gpd`; did you mean `gdp`?"),
        ("verdicts.csv", "0.05", "5", 2, "the tolerance must be a part, 0 to below 1"),
        ("verdicts.csv", "8|7.6|met", "8|7.6", 2, "`8|7.6` is not TARGET|OUTCOME|VERDICT"),
        ("tables.csv", "target", "tagret", 3, "unknown kind `tagret`; did you mean `target`?"),
        ("tables.csv", "目标,target", "单位,unit", 3, "`单位` is unit already"),
        ("targets.csv", "equal", "eqaul", 2, "unknown kind `eqaul`; did you mean `equal`?"),
        ("targets.csv", "equal,=", "equal,==", 2, "unknown bound `==`; it is one of =, ~, >, >=, <, <="),
        ("targets.csv", "flat,0", "flta,0", 3, "unknown direction `flta`; it is one of up, down, flat"),
        ("targets.csv", "flat,0", "flat,none", 3, "`none` is no number"),
        ("targets.csv", "flat,0", "flat,", 3, "`零增长` as point needs a bound and a number"),
        ("targets.csv", "省,authority", "同步,equal", 4, "`同步` as equal is already in line 2"),
        ("checks.csv", "mean", "maen", 3, "unknown kind `maen`; did you mean `mean`?"),
        ("checks.csv", "人均,mean,人均3元", "累计,apart,累计3元", 3, "`累计` is apart already"),
        ("checks.csv", "人均3元", "3元", 3, "the example of `人均` does not hold it"),
        ("furniture.csv", "打印本页,line,打印本页", ",line,打印本页", 2, "empty words"),
        (
            "furniture.csv",
            "打印本页,line,打印本页",
            "打印本页,lime,打印本页",
            2,
            "unknown place `lime`; did you mean `line`?",
        ),
        ("pages.csv", "content,", "contant,", 2, "unknown kind `contant`; did you mean `content`?"),
        ("pages.csv", "日期：,", ",", 3, "empty words"),
        ("pages.csv", ".text,", ".text p,", 2, "`.text p` must be one element by tag, .class, #id or [attribute]"),
        ("pages.csv", ".text,", "..text,", 2, "`..text` is no CSS selector"),
        (digital, "term,concept", "word,concept", 1, "unknown column `word`"),
        (digital, "concept", "concpet", 1, "unknown column `concpet`; did you mean `concept`?"),
        (digital, "term,", "note,", 1, "there is no column `term`"),
        (digital, "智慧,city", "数字化,city", 3, "`数字化` is already in line 2"),
        (digital, "智慧,city", ",city", 3, "empty term"),
        (digital, "群众智慧", "群众", 3, "`群众` is no longer word with `智慧` in it"),
        (digital, "改造,", "改造,智慧数字化\n智慧数字化,,,", 3, "`智慧数字化` is a term"),
        (economy, "id = \"gdp\"", "id = gdp", 4, ""),
        (economy, "terms =", "term =", 10, "unknown field `term`"),
        (economy, "\"flow\"", "\"flwo\"", 3, "unknown kind `flwo`; did you mean `flow`?"),
        (economy, "[\"money\"]", "[\"mony\"]", 3, "no unit of dimension `mony`; did you mean `money`?"),
        (economy, "id = \"gdp\"", "id = \"GDP\"", 3, "the id `GDP` must be lower-case letters, digits and _"),
        (economy, ", \"地区生产总值增长3%。\"", "", 3, "`gdp` needs a term, two examples and a counterexample"),
    ];
    let mut wrong = Vec::new();
    for (file, from, to, line, message) in rows {
        let got = error_of(file, from, to);
        if got.0 != file || got.1 != line || !got.2.contains(message) {
            wrong.push(format!(
                "{file}: {from} -> {to}: want {file}:{line}: {message}, got {}:{}: {}",
                got.0, got.1, got.2
            ));
        }
    }
    let twice = error_of(economy, ECONOMY, &format!("{ECONOMY}{}", ECONOMY.trim_start_matches("# Economy.\n")));
    assert_eq!(twice, (economy.into(), 14, "the id `gdp` is already taken; ids are for ever".into()));
    assert_none("errors are not as told", &wrong);
}

#[test]
fn a_missing_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write_vocabulary(folder.path());
    fs::remove_file(folder.path().join("units.csv")).unwrap();
    let message = Vocabulary::from_dir(folder.path()).unwrap_err().to_string();
    assert!(message.starts_with("cannot read vocabulary file ") && message.contains("units.csv: "), "{message}");
}

#[test]
fn another_vocabulary_reads_with_its_own_words() {
    let folder = tempfile::tempdir().unwrap();
    write_vocabulary(folder.path());
    let small = Vocabulary::from_dir(folder.path()).unwrap();
    let text = report_with(Part::Review, "地区生产总值3亿元，新建绿道9公里。");
    let read = |vocabulary: &Vocabulary| -> DocumentOutcome {
        zhibiao::document::document(&raw_file("report.txt", text.clone().into_bytes()), &Default::default(), vocabulary)
    };
    let units = |outcome: &DocumentOutcome| outcome.observations.iter().map(|row| row.unit.clone()).collect::<Vec<_>>();
    // The small vocabulary does not know the unit 公里: the number stays, without a unit.
    assert_eq!(units(&read(&small)), ["亿元", ""]);
    assert_eq!(units(&read(vocabulary())), ["亿元", "公里"]);
    assert_eq!(Source::new(&text).len(), text.chars().count());
}

#[test]
fn divisions_have_parents_and_a_history_without_holes() {
    let areas = &vocabulary().areas;
    let depth = |level: &str| LEVELS.iter().position(|known| *known == level);
    let mut wrong = Vec::new();
    let mut seen = HashSet::new();
    for area in areas {
        let told = format!("{} {}", area.code, area.name);
        if !seen.insert((&area.code, &area.name)) {
            wrong.push(format!("{told} stands twice"));
        }
        let level = match area.code.as_bytes() {
            b"000000" => "national",
            [.., b'0', b'0', b'0', b'0'] => "province",
            [.., b'0', b'0'] => "city",
            _ => "county",
        };
        if area.level != level {
            wrong.push(format!("{told} is no {}", area.level));
        }
        let is_above = |parent: &str| areas.iter().any(|a| a.code == parent && depth(&a.level) < depth(&area.level));
        if !area.parent_code.as_deref().map_or(level == "national", is_above) {
            wrong.push(format!("{told} has no parent above it"));
        }
        if area.successor_code.as_ref().is_some_and(|code| !areas.iter().any(|a| a.code == *code)) {
            wrong.push(format!("the successor of {told} is not there"));
        }
        if area.valid_from.zip(area.valid_to).is_some_and(|(from, to)| from > to) {
            wrong.push(format!("{told} ended before it began"));
        }
    }
    assert_none("divisions are wrong", &wrong);
    // code, name, first and last year, successor: a county that became a district, a city renamed, a district that was merged, one
    // of today, and the two sides of the years without a revision (2017 on).
    let known = [
        ("110228", "密云县", None, Some(2015), Some("110118")),
        ("110118", "密云区", Some(2016), None, None),
        ("420600", "襄樊市", None, Some(2010), Some("420600")),
        ("420600", "襄阳市", Some(2011), None, None),
        ("110104", "宣武区", None, Some(2009), None),
        ("440305", "南山区", None, None, None),
        ("360721", "赣县", None, Some(2016), Some("360704")),
        ("360704", "赣县区", Some(2017), None, None),
        ("659012", "白杨市", Some(2017), None, None),
    ];
    for (code, name, from, to, successor) in known {
        let area = areas.iter().find(|a| a.code == code && a.name == name).unwrap();
        assert_eq!((area.valid_from, area.valid_to, area.successor_code.as_deref()), (from, to, successor), "{name}");
    }
}
