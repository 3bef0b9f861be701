//! Small tables side by side: what is said of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use arrow_array::{Array, ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use tempfile::TempDir;

use super::*;
use crate::manifest::{InputDigest, Program, Sources};
use crate::vocab::Vocabulary;

fn described() -> &'static [TableDescription] {
    static DESCRIBED: OnceLock<Vec<TableDescription>> = OnceLock::new();
    DESCRIBED.get_or_init(|| crate::tidy::tables(&Vocabulary::embedded().unwrap()))
}

/// Texts; `-` is none.
fn texts<const N: usize>(values: [&str; N]) -> ArrayRef {
    Arc::new(values.iter().map(|&value| (value != "-").then_some(value)).collect::<StringArray>())
}

fn numbers<const N: usize>(values: [i32; N]) -> ArrayRef {
    Arc::new(Int32Array::from(values.to_vec()))
}

fn doubles<const N: usize>(values: [f64; N]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

/// A directory of tables.
struct Version(TempDir);

impl Version {
    fn new() -> Version {
        Version(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn with(self, table: &str, columns: Vec<(&str, ArrayRef)>) -> Version {
        let batch =
            RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, values)| (name, values, true)))
                .unwrap();
        let file = File::create(self.path().join(format!("{table}.parquet"))).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        self
    }

    /// With a manifest of these inputs, by path and digest.
    fn of(self, inputs: &[(&str, &str)], vocabulary: &str, option: i32) -> Version {
        let input = |&(path, sha256): &(&str, &str)| InputDigest { bytes: 1, path: path.into(), sha256: sha256.into() };
        let sources = Sources {
            config: BTreeMap::from([("read.max_pages".to_string(), Value::from(option))]),
            inputs: inputs.iter().map(input).collect(),
            program: Program::this(),
            vocabulary: BTreeMap::from([("units.csv".to_string(), vocabulary.to_string())]),
            ..Sources::default()
        };
        let version = sources.version();
        let manifest = Manifest { sources, files: BTreeMap::new(), tables: BTreeMap::new(), version };
        std::fs::write(self.path().join(crate::manifest::MANIFEST), manifest.to_text()).unwrap();
        self
    }
}

/// What differs, and every row of it with its table.
fn compare(old: &Version, new: &Version) -> (Diff, Vec<(String, RowDifference)>) {
    let mut rows = Vec::new();
    let options = DiffOptions { tables: Vec::new(), rows: 2 };
    let diff = diff(old.path(), new.path(), described(), &options, |table, row| {
        rows.push((table.to_string(), row.clone()));
        Ok(())
    });
    (diff.unwrap(), rows)
}

fn table<'d>(diff: &'d Diff, name: &str) -> &'d TableDiff {
    diff.tables.iter().find(|table| table.table == name).unwrap()
}

/// Gained, lost, changed, moved, unchanged.
fn counts(diff: &Diff, name: &str) -> [u64; 5] {
    let table = table(diff, name);
    [table.gained, table.lost, table.changed, table.moved, table.unchanged]
}

/// Of the rows of a table: change, key and cells.
fn told(rows: &[(String, RowDifference)], table: &str) -> Vec<String> {
    let cells = |row: &RowDifference| -> String {
        let value = |value: &Option<String>| value.clone().unwrap_or("-".into());
        row.cells.iter().map(|cell| format!(" {}:{}>{}", cell.column, value(&cell.old), value(&cell.new))).collect()
    };
    let of_table = rows.iter().filter(|(name, _)| name == table);
    of_table.map(|(_, row)| format!("{} {}{} [{}]", row.change, row.key, cells(row), row.cause)).collect()
}

fn units(version: Version, units: ArrayRef, factors: ArrayRef, names: ArrayRef) -> Version {
    version.with("units", vec![("unit", units), ("factor", factors), ("name_en", names)])
}

#[test]
fn rows_of_a_key_are_compared_cell_by_cell() {
    let old = units(
        Version::new(),
        texts(["里", "亩", "斤", "丈"]),
        doubles([500.0, 0.1, 0.5, 3.0]),
        texts(["li", "mu", "-", ""]),
    );
    let new = units(
        Version::new(),
        texts(["丈", "亩", "斤", "尺"]),
        doubles([3.0, 0.1 + f64::EPSILON, 0.5, 0.3]),
        texts(["-", "mu", "jin", "chi"]),
    );
    let (diff, rows) = compare(&old, &new);
    assert_eq!(counts(&diff, "units"), [1, 1, 3, 0, 0]);
    assert_eq!(
        told(&rows, "units"),
        [
            "lost 里 [unknown]",
            "gained 尺 [unknown]",
            "changed 丈 name_en:>- [unknown]",
            "changed 亩 factor:0.1>0.10000000000000023 [unknown]",
            "changed 斤 name_en:->jin [unknown]",
        ]
    );
    let columns: Vec<_> = table(&diff, "units").columns.iter().map(|c| (c.column.as_str(), c.rows)).collect();
    assert_eq!(columns, [("name_en", 2), ("factor", 1)]);
    assert!(!diff.is_empty());
}

#[test]
fn the_order_of_rows_and_of_columns_does_not_matter() {
    let old = units(Version::new(), texts(["里", "亩"]), doubles([500.0, f64::NAN]), texts(["li", "-"]));
    let new = Version::new().with(
        "units",
        vec![("factor", doubles([f64::NAN, 500.0])), ("unit", texts(["亩", "里"])), ("name_en", texts(["-", "li"]))],
    );
    let (diff, rows) = compare(&old, &new);
    assert_eq!((diff.is_empty(), rows.len()), (true, 0));
    assert_eq!(counts(&diff, "units"), [0, 0, 0, 0, 2]);
    assert!(diff.to_text().ends_with("The tables do not differ.\n"), "{}", diff.to_text());
}

#[test]
fn columns_and_tables_of_one_version_alone_are_told_and_the_rest_is_compared() {
    let old = Version::new()
        .with("units", vec![("unit", texts(["里"])), ("gone", texts(["x"])), ("factor", texts(["500"]))])
        .with("areas", vec![("ref_area", texts(["110101"])), ("name", texts(["东城区"]))])
        .with("other", vec![("x", texts(["1"]))]);
    let new = Version::new()
        .with("units", vec![("unit", texts(["里"])), ("factor", doubles([500.0])), ("come", texts(["y"]))])
        .with("panel_wide", vec![("area", texts(["110101", "110102"])), ("year", numbers([2020, 2020]))]);
    let (diff, rows) = compare(&old, &new);
    assert!(rows.is_empty());
    let units = table(&diff, "units");
    assert_eq!((units.unchanged, units.is_empty()), (1, false));
    assert_eq!(
        (&units.columns_lost[..], &units.columns_gained[..]),
        (&["gone".to_string()][..], &["come".to_string()][..])
    );
    assert_eq!(units.columns_retyped, ["factor"]);
    assert_eq!((table(&diff, "areas").rows_old, table(&diff, "areas").rows_new), (Some(1), None));
    assert_eq!((table(&diff, "panel_wide").rows_old, table(&diff, "panel_wide").rows_new), (None, Some(2)));
    assert!(diff.notes[0].starts_with("the table other is not known"), "{:?}", diff.notes);
    assert!(diff.notes[1].starts_with("sources cannot be compared: "), "{:?}", diff.notes);
}

#[test]
fn a_table_without_a_key_is_a_heap_of_rows() {
    let issues = |version: Version, codes: ArrayRef, messages: ArrayRef, starts: ArrayRef| {
        let count = codes.len();
        let of_a = |text: &'static str| Arc::new(StringArray::from(vec![text; count])) as ArrayRef;
        version.with(
            "issues",
            vec![
                ("code", codes),
                ("document_id", of_a("a")),
                ("source_path", of_a("a.txt")),
                ("source_start", starts.clone()),
                ("source_end", starts),
                ("message", messages),
            ],
        )
    };
    let old = issues(Version::new(), texts(["x", "x", "x", "y"]), texts(["m", "m", "m", "old"]), numbers([1, 1, 1, 9]));
    let new = issues(Version::new(), texts(["x", "y", "x"]), texts(["m", "new", "m"]), numbers([1, 9, 1]));
    let (diff, rows) = compare(&old, &new);
    // Two of the three stay; at the place of y something else is said.
    assert_eq!(counts(&diff, "issues"), [0, 1, 1, 0, 2]);
    assert_eq!(
        told(&rows, "issues"),
        ["lost x|a|a.txt|1|1|m [unknown]", "changed y|a|a.txt|9|9|new message:old>new [unknown]"]
    );
}

fn documents<const N: usize>(version: Version, ids: [&str; N], paths: [&str; N]) -> Version {
    version.with("documents", vec![("document_id", texts(ids)), ("source_path", texts(paths))])
}

/// A document, where a number stands in it, the words and the value.
type Statement<'s> = (&'s str, i32, &'s str, &'s str);

/// Rows `DOCUMENT-START`.
fn observations(version: Version, rows: &[Statement]) -> Version {
    let column = |of: &dyn Fn(&Statement) -> String| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(of(row))).collect::<StringArray>())
    };
    let starts =
        |shift: i32| -> ArrayRef { Arc::new(rows.iter().map(|row| Some(row.1 + shift)).collect::<Int32Array>()) };
    version.with(
        "observations",
        vec![
            ("obs_id", column(&|row| format!("{}-{}", row.0, row.1))),
            ("document_id", column(&|row| row.0.to_string())),
            ("section_path", column(&|_| "一".to_string())),
            ("scope", column(&|_| "self".to_string())),
            ("indicator_text", column(&|row| row.2.to_string())),
            ("measure", column(&|_| "level".to_string())),
            ("status", column(&|_| "actual".to_string())),
            ("time_period", column(&|_| "2020".to_string())),
            ("value_text", column(&|row| row.3.to_string())),
            ("quote", column(&|row| format!("{}{}", row.2, row.3))),
            ("source_start", starts(0)),
            ("source_end", starts(3)),
        ],
    )
}

#[test]
fn an_edited_document_shows_what_was_edited() {
    let sentences = |version: Version, id: &str, texts_of: &[&str]| {
        let count = texts_of.len() as i32;
        let of_text = |of: &dyn Fn(usize) -> i32| -> ArrayRef {
            Arc::new((0..count as usize).map(|at| Some(of(at))).collect::<Int32Array>())
        };
        version.with(
            "sentences",
            vec![
                ("document_id", Arc::new(StringArray::from(vec![id; texts_of.len()])) as ArrayRef),
                ("sentence_id", of_text(&|at| at as i32)),
                ("text", Arc::new(StringArray::from(texts_of.to_vec()))),
                ("source_start", of_text(&|at| texts_of[..at].iter().map(|text| text.chars().count() as i32).sum())),
            ],
        )
    };
    let old =
        documents(Version::new(), ["a1", "b1"], ["a.txt", "b.txt"]).of(&[("a.txt", "a1"), ("b.txt", "b1")], "v", 1);
    let old = observations(
        old,
        &[
            ("a1", 10, "产值", "5亿元"),
            ("a1", 20, "人口", "7万人"),
            ("a1", 30, "粮食", "9吨"),
            ("b1", 5, "产值", "1亿元"),
        ],
    );
    let old = sentences(old, "a1", &["标题", "产值5亿元。", "人口7万人。", "粮食9吨。"])
        .with(
            "panel",
            vec![
                ("obs_id", texts(["a1-20", "b1-5"])),
                ("document_id", texts(["a1", "b1"])),
                ("n_documents", numbers([1, 1])),
            ],
        )
        .with(
            "conflicts",
            vec![
                ("conflict_id", texts(["x-b1-5"])),
                ("document_id", texts(["b1"])),
                ("other_document_id", texts(["a1"])),
                ("other_obs_id", texts(["a1-20"])),
            ],
        );
    // A sentence more at the head, one figure corrected, one row that says something else.
    let new =
        documents(Version::new(), ["a2", "b1"], ["a.txt", "b.txt"]).of(&[("a.txt", "a2"), ("b.txt", "b1")], "v", 1);
    let new = observations(
        new,
        &[
            ("a2", 14, "产值", "5.5亿元"),
            ("a2", 24, "人口", "7万人"),
            ("a2", 34, "绿地", "3亩"),
            ("b1", 5, "产值", "1亿元"),
        ],
    );
    let new = sentences(new, "a2", &["标题", "新句。", "产值5.5亿元。", "人口7万人。", "绿地3亩。"])
        .with(
            "panel",
            vec![
                ("obs_id", texts(["a2-24", "b1-5"])),
                ("document_id", texts(["a2", "b1"])),
                ("n_documents", numbers([2, 1])),
            ],
        )
        .with(
            "conflicts",
            vec![
                ("conflict_id", texts(["x-b1-5"])),
                ("document_id", texts(["b1"])),
                ("other_document_id", texts(["a2"])),
                ("other_obs_id", texts(["a2-24"])),
            ],
        );
    let (diff, rows) = compare(&old, &new);
    assert_eq!(told(&rows, "documents"), ["changed a2 document_id:a1>a2 [input]"]);
    assert_eq!(
        told(&rows, "observations"),
        [
            "lost a1-30 [input]",
            "gained a2-34 [input]",
            "changed a2-14 value_text:5亿元>5.5亿元 quote:产值5亿元>产值5.5亿元 [input]",
            "moved a2-24 [input]",
        ]
    );
    assert_eq!(rows.iter().find(|(_, row)| row.key == "a2-24").unwrap().1.old_key.as_deref(), Some("a1-20"));
    assert_eq!(counts(&diff, "observations"), [1, 1, 1, 1, 1]);
    // The title, the people; the new sentence stands where the corrected one stood.
    assert_eq!(counts(&diff, "sentences"), [1, 0, 2, 2, 0]);
    // An id that leads to a row that moved is no change.
    assert_eq!(told(&rows, "panel"), ["changed a2-24 n_documents:1>2 [input]"]);
    assert_eq!(told(&rows, "conflicts"), ["moved x-b1-5 [input]"]);
}

#[test]
fn a_row_whose_span_grew_is_the_same_row() {
    let ids = |version| documents(version, ["a"], ["a.txt"]).of(&[("a.txt", "a")], "v", 1);
    let old = observations(ids(Version::new()), &[("a", 10, "产值", "5亿元")]);
    // Three characters more in front: it ends elsewhere in this sample, but begins no longer at 10.
    let new = observations(ids(Version::new()), &[("a", 10, "产值", "近5亿元"), ("a", 40, "产值", "5亿元")]);
    let (diff, rows) = compare(&old, &new);
    assert_eq!(counts(&diff, "observations"), [1, 0, 1, 0, 0]);
    assert_eq!(
        told(&rows, "observations")[1],
        "changed a-10 value_text:5亿元>近5亿元 quote:产值5亿元>产值近5亿元 [unknown]"
    );
    let place = |version: Version, id, start, end| {
        let columns = [("obs_id", texts([id])), ("document_id", texts(["a"])), ("value_text", texts(["5亿元"]))];
        let places = [("source_start", numbers([start])), ("source_end", numbers([end]))];
        version.with("observations", columns.into_iter().chain(places).collect())
    };
    let (old, new) = (place(ids(Version::new()), "a-10-13", 10, 13), place(ids(Version::new()), "a-9-13", 9, 13));
    let (_, rows) = compare(&old, &new);
    assert_eq!(told(&rows, "observations"), ["changed a-9-13 obs_id:a-10-13>a-9-13 source_start:10>9 [unknown]"]);
}

#[test]
fn causes_are_what_differs_and_can_bear_on_the_row() {
    let paths = ["a.txt", "b.txt", "c.txt"];
    let areas = |version: Version, ids: [&str; 3]| {
        version.with(
            "checks",
            vec![("document_id", texts(ids)), ("kind", texts(["k"; 3])), ("area", texts(["1", "2", "1"]))],
        )
    };
    let old = documents(Version::new(), ["a1", "b", "c"], paths);
    let old = areas(old, ["a1", "b", "c"]).of(&[("a.txt", "a1"), ("b.txt", "b"), ("c.txt", "c")], "v", 1);
    let old = observations(old, &[("a1", 1, "产值", "1"), ("b", 1, "产值", "1"), ("c", 1, "产值", "1")]);
    let old = units(old, texts(["里"]), doubles([1.0]), texts(["li"]))
        .with("panel_wide", vec![("area", texts(["1", "2"])), ("year", numbers([1, 1])), ("gdp", numbers([1, 1]))]);
    let new = documents(Version::new(), ["a2", "b", "d"], ["a.txt", "b.txt", "d.txt"]);
    let new = areas(new, ["a2", "b", "d"]).of(&[("a.txt", "a2"), ("b.txt", "b"), ("d.txt", "d")], "w", 2);
    let new = observations(new, &[("a2", 1, "产值", "2"), ("b", 1, "产值", "2"), ("d", 1, "产值", "1")]);
    let new = units(new, texts(["里"]), doubles([2.0]), texts(["li"]))
        .with("panel_wide", vec![("area", texts(["1", "2"])), ("year", numbers([1, 1])), ("gdp", numbers([2, 2]))]);
    let old = old.with("coverage", vec![("document_id", texts(["a1"])), ("indicator", texts(["gdp"]))]);
    let new = new.with("coverage", vec![("document_id", texts(["a2"])), ("indicator", texts(["gdp"]))]);
    let (diff, rows) = compare(&old, &new);
    assert_eq!(told(&rows, "coverage"), ["moved a2|gdp [input]"]);
    assert_eq!(
        told(&rows, "observations"),
        [
            "lost c-1 [input]",
            "gained d-1 [input]",
            "changed a2-1 value_text:1>2 quote:产值1>产值2 [input|vocabulary|options]",
            "changed b-1 value_text:1>2 quote:产值1>产值2 [vocabulary|options]",
        ]
    );
    assert_eq!(told(&rows, "units"), ["changed 里 factor:1>2 [vocabulary]"]);
    assert_eq!(
        told(&rows, "panel_wide"),
        ["changed 1|1 gdp:1>2 [input|vocabulary|options]", "changed 2|1 gdp:1>2 [vocabulary|options]"]
    );
    let causes: Vec<_> =
        table(&diff, "observations").causes.iter().map(|(cause, rows)| (cause.as_str(), *rows)).collect();
    assert_eq!(causes, [("input", 2), ("input|vocabulary|options", 1), ("vocabulary|options", 1)]);
    let page = diff.to_text();
    assert!(page.contains("\n  gained with new reports: 1\n  lost with reports that vanished: 1\n"), "{page}");
    assert_eq!(
        page.lines().skip(3).take(7).collect::<Vec<_>>(),
        [
            "option        read.max_pages: 1 -> 2",
            "vocabulary    units.csv changed",
            "input         d.txt new",
            "input         a.txt changed",
            "input         c.txt vanished",
            "",
            "table               rows old  rows new    gained      lost   changed     moved unchanged",
        ]
    );
}

#[test]
fn if_only_inputs_differ_they_are_the_cause_of_everything() {
    let old = documents(Version::new(), ["a"], ["a.txt"]).of(&[("a.txt", "a")], "v", 1);
    let new = documents(Version::new(), ["a", "b"], ["a.txt", "b.txt"]).of(&[("a.txt", "a"), ("b.txt", "b")], "v", 1);
    let old = old.with("panel_wide", vec![("area", texts(["1"])), ("year", numbers([1])), ("gdp", numbers([1]))]);
    let new = new.with("panel_wide", vec![("area", texts(["1"])), ("year", numbers([1])), ("gdp", numbers([2]))]);
    let (_, rows) = compare(&old, &new);
    assert_eq!(told(&rows, "documents"), ["gained b [input]"]);
    assert_eq!(told(&rows, "panel_wide"), ["changed 1|1 gdp:1>2 [input]"]);
}

#[test]
fn a_path_alone_says_nothing_where_the_sources_are_not_known() {
    let (old, new) = (documents(Version::new(), ["a"], ["x/a.txt"]), documents(Version::new(), ["a"], ["a.txt"]));
    assert_eq!(told(&compare(&old, &new).1, "documents"), ["changed a source_path:x/a.txt>a.txt [unknown]"]);
    let (old, new) = (old.of(&[("x/a.txt", "a")], "v", 1), new.of(&[("a.txt", "a")], "w", 1));
    assert_eq!(told(&compare(&old, &new).1, "documents"), ["changed a source_path:x/a.txt>a.txt [input|vocabulary]"]);
}

#[test]
fn pages_show_counts_common_changes_and_the_first_rows() {
    let old = units(Version::new(), texts(["里", "亩", "斤", "丈"]), doubles([1.0; 4]), texts(["-", "-", "-", "x"]));
    let new =
        units(Version::new(), texts(["里", "亩", "斤", "尺"]), doubles([1.0; 4]), texts(["a|b", "a|b", "c", "x"]));
    let (old, new) = (old.of(&[], "v", 1), new.of(&[], "w", 1));
    let (diff, _) = compare(&old, &new);
    let text = diff.to_text();
    let from = text.find("\ntable").unwrap();
    assert_eq!(
        &text[from..],
        "\ntable               rows old  rows new    gained      lost   changed     moved unchanged\n\
         units                      4         4         1         1         3         0         0\n\
         \nunits\n\
         \x20 rows by cause: vocabulary 5\n\
         \x20 name_en                 3  (none) -> a|b (2)\n\
         \x20 - 丈  丈\n\
         \x20 + 尺  尺\n\
         \x20 ~ 里  里\n\
         \x20     name_en: (none) -> a|b\n\
         \x20 ~ 亩  亩\n\
         \x20     name_en: (none) -> a|b\n"
    );
    let page = diff.to_markdown();
    assert!(
        page.starts_with(&format!("## From {} to {}\n\n- vocabulary units.csv changed\n\n", diff.old, diff.new)),
        "{page}"
    );
    assert!(page.contains("\n| `units` | 4 | 4 | 1 | 1 | 3 | 0 | 0 |\n"), "{page}");
    assert!(page.contains("\n- `name_en` changed in 3 rows: (none) -\\> a\\|b (2)\n"), "{page}");
    assert!(page.contains("\n- changed: 里  里\n  - name\\_en: (none) -\\> a\\|b\n"), "{page}");
}

#[test]
fn long_lists_of_inputs_are_cut_and_lines_of_the_vocabulary_are_shown() {
    let paths: Vec<String> = (10..23).map(|number| format!("{number}.txt")).collect();
    let inputs: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "x")).collect();
    let (old, new) = (Version::new().of(&[("0.txt", "x")], "v", 1), Version::new().of(&inputs, "v", 1));
    let (mut diff, _) = compare(&old, &new);
    diff.vocabulary.push(VocabularyFile {
        name: "units.csv".into(),
        kind: "changed",
        lines_lost: Some(0),
        lines_gained: Some(1),
        lines: vec!["+ 尺,length".into()],
    });
    let text = diff.to_text();
    let lines: Vec<&str> = text.lines().skip(3).collect();
    assert_eq!(
        lines[..3],
        [
            "vocabulary    units.csv changed, lines: 1 gained, 0 lost",
            "                + 尺,length",
            "input         10.txt new"
        ]
    );
    assert_eq!(
        lines[11..14],
        ["input         19.txt new", "input         and 3 more new", "input         0.txt vanished"]
    );
    let page = diff.to_markdown();
    assert!(
        page.contains(
            "- vocabulary units.csv changed, lines: 1 gained, 0 lost\n  - `+ 尺,length`\n- input 10.txt new\n"
        ),
        "{page}"
    );
}

#[test]
fn every_difference_is_a_row_of_the_file_in_the_same_bytes() {
    let old = units(Version::new(), texts(["里", "丈"]), doubles([1.0, 1.0]), texts(["-", "x"])).of(&[], "v", 1);
    let new = units(Version::new(), texts(["里"]), doubles([2.0]), texts(["li"])).of(&[], "w", 1);
    let write = || {
        let path = old.path().join("differences.parquet");
        let mut file = DifferenceFile::create(&path).unwrap();
        let options = DiffOptions { tables: vec!["units".into()], rows: 0 };
        let found = diff(old.path(), new.path(), described(), &options, |table, row| file.append(table, row)).unwrap();
        file.finish().unwrap();
        assert!(found.tables[0].examples.is_empty());
        std::fs::read(path).unwrap()
    };
    let bytes = write();
    assert_eq!(bytes, {
        std::fs::remove_file(old.path().join("differences.parquet")).unwrap();
        write()
    });
    let file = File::open(old.path().join("differences.parquet")).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    assert_eq!(reader.schema().fields(), DIFFERENCES.describe().schema().fields());
    let batch = reader.build().unwrap().next().unwrap().unwrap();
    let row = |row| -> Vec<String> {
        let cell = |column: &ArrayRef| cells::text(column, row).unwrap_or("-".into());
        batch.columns().iter().take(8).map(cell).collect()
    };
    assert_eq!(batch.num_rows(), 3);
    assert_eq!(row(0), ["units", "lost", "丈", "-", "-", "-", "-", "vocabulary"]);
    assert_eq!(row(1), ["units", "changed", "里", "-", "factor", "1", "2", "vocabulary"]);
    assert_eq!(row(2), ["units", "changed", "里", "-", "name_en", "-", "li", "vocabulary"]);
}

#[test]
fn the_table_of_differences_is_well_described() {
    let description = DIFFERENCES.describe();
    assert!(description.sentence.ends_with('.') && description.sentence_zh.ends_with('。'));
    for column in &description.columns {
        assert!(column.sentence.ends_with('.') && column.sentence_zh.ends_with('。'), "{}", column.name);
    }
}

#[test]
fn what_cannot_be_compared_is_an_error_that_names_it() {
    let version = Version::new();
    std::fs::write(version.path().join("units.parquet"), b"no table").unwrap();
    let options = DiffOptions { tables: Vec::new(), rows: 1 };
    let of = |options: &DiffOptions| {
        diff(version.path(), version.path(), described(), options, |_, _| Ok(())).unwrap_err().to_string()
    };
    assert!(of(&options).contains("units.parquet cannot be read: "), "{}", of(&options));
    let unknown = DiffOptions { tables: vec!["unit".into()], rows: 1 };
    assert_eq!(of(&unknown), "there is no table unit");
}
