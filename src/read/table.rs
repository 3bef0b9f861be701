//! Tables with a report in each record: CSV, TSV and JSON Lines. Each record is a document of its own.
//!
//! A table is gone over once to find its records and the column with the texts; then each record is read from its
//! place in the file when its turn comes. Record 1 of a CSV file is the one below the header; a record of a JSON Lines
//! file has the number of its line.

use super::walk::{self, unreadable};
use super::{html, over_limit, text};
use crate::config::ReadOptions;
use crate::decode::{DecodeOptions, decode_bytes};
use crate::issue::{Issue, IssueCode};
use crate::model::RawFile;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The extensions of tables.
pub const EXTENSIONS: [&str; 5] = ["csv", "tsv", "jsonl", "ndjson", "json"];

/// A value so long is a text: titles, names and addresses of pages are shorter.
const TEXT_BYTES: usize = 600;
/// A value longer than this is no title, place or year.
const LABEL_CHARS: usize = 100;
/// The encoding is found out from so much of a table, from its first character beyond ASCII on.
const SAMPLE_BYTES: usize = 64 * 1024;
/// The most characters (UTF-16 units) that a cell of Excel holds; what was longer was cut when it was saved.
const EXCEL_CELL_UNITS: usize = 32_767;

/// A table, and where its texts are.
#[derive(Debug)]
pub struct Table {
    path: PathBuf,
    encoding: &'static Encoding,
    kind: Kind,
    /// The columns beside the text that are kept as a hint, the most telling first.
    label_columns: Vec<String>,
}

#[derive(Debug)]
enum Kind {
    /// CSV and TSV: the mark between fields, the names in the header (none without one), how many columns there are
    /// and which of them has the texts.
    Delimited { delimiter: u8, names: Vec<String>, columns: usize, text: usize },
    /// One JSON object a line, and the key of the texts.
    Lines { text: String },
}

/// What stands in a record: the text, and the names and values beside it.
struct Values {
    text: String,
    beside: BTreeMap<String, String>,
    issues: Vec<Issue>,
}

/// Where a record lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The number to show: of the record in CSV files, of the line in JSON Lines.
    pub number: usize,
    /// Bytes of the file.
    range: Range<u64>,
    is_last: bool,
}

/// Finds the records of a table.
pub fn list(path: &Path, options: &ReadOptions) -> Result<(Table, Vec<Record>), Issue> {
    let bytes = walk::file_metadata(path)?.len();
    if bytes > options.max_file_bytes {
        return Err(over_limit("the file has", bytes, "bytes", "max_file_bytes", options.max_file_bytes));
    }
    let start = Start::of(path)?;
    // The marks of tables are the same bytes in all encodings but UTF-16, which is put into UTF-8 to be gone over.
    let is_utf16 = start.encoding == UTF_16LE || start.encoding == UTF_16BE;
    let body = |length| read_range(path, start.mark..length).map_err(cannot_read);
    let recoded = is_utf16.then(|| body(bytes)).transpose()?.map(|body| decoded(start.encoding, &body));
    let source: Box<dyn Read> = match &recoded {
        Some(text) => Box::new(text.as_bytes()),
        None => Box::new(open_at(path, start.mark).map_err(cannot_read)?),
    };
    let extension = super::extension(&path.to_string_lossy()).unwrap_or_default();
    let (kind, mut records) = match extension.as_str() {
        "json" if start.line.trim_start().starts_with('[') => {
            let message = "a JSON array is not read; write one object a line (JSON Lines), as jq -c '.[]' does";
            return Err(Issue::new(IssueCode::UnsupportedContainer, message));
        }
        "json" | "jsonl" | "ndjson" => list_lines(BufReader::new(source), start.encoding, is_utf16, options)?,
        "tsv" => list_delimited(source, b'\t', start.encoding, is_utf16, options)?,
        _ => list_delimited(source, delimiter_of(&start.line), start.encoding, is_utf16, options)?,
    };
    let mut place = places(recoded.as_deref(), start.mark);
    for record in &mut records {
        record.range = place(record.range.start)..place(record.range.end);
    }
    if let Some(last) = records.last_mut() {
        last.is_last = true;
    }
    let label_columns = options.label_columns.iter().map(|name| folded(name)).collect();
    Ok((Table { path: path.to_path_buf(), encoding: start.encoding, kind, label_columns }, records))
}

/// Places of the text gone over -> places of the file. They must be asked for in ascending order.
fn places(recoded: Option<&str>, mark: u64) -> impl FnMut(u64) -> u64 {
    let (mut at, mut units) = (0, 0u64);
    move |to| match recoded {
        None => mark + to,
        Some(text) => {
            units += text.get(at..to as usize).unwrap_or_default().encode_utf16().count() as u64;
            at = to as usize;
            mark + 2 * units
        }
    }
}

/// What the beginning of a table tells of the whole.
struct Start {
    encoding: &'static Encoding,
    /// How many bytes the byte order mark has.
    mark: u64,
    /// The first line.
    line: String,
}

impl Start {
    fn of(path: &Path) -> Result<Start, Issue> {
        let mut file = File::open(path).map_err(cannot_read)?;
        let mut chunk = || {
            let mut chunk = Vec::new();
            file.by_ref().take(SAMPLE_BYTES as u64).read_to_end(&mut chunk).map(|_| chunk).map_err(cannot_read)
        };
        let head = chunk()?;
        let mut sample = head.clone();
        while sample.is_ascii() && !sample.contains(&0) && sample.len() == SAMPLE_BYTES {
            sample = chunk()?;
        }
        let mark = Encoding::for_bom(&head).map_or(0, |(_, length)| length as u64);
        let encoding = match decode_bytes(&sample, None, &DecodeOptions::default()) {
            (Some(decoded), _) => decoded.encoding.and_then(|name| Encoding::for_label(name.as_bytes())),
            // The last chunk of a file in ASCII may be empty.
            (None, _) if sample.is_empty() && !head.is_empty() => None,
            (None, issues) => return Err(issues.into_iter().next().unwrap_or_else(|| no_text("the file has no text"))),
        };
        let encoding = encoding.unwrap_or(UTF_8);
        let line = decoded(encoding, head.get(mark as usize..).unwrap_or_default());
        Ok(Start { encoding, mark, line: line.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().into() })
    }
}

/// The mark between the fields of a CSV file: the one that its first line has most of.
fn delimiter_of(line: &str) -> u8 {
    let count = |delimiter: u8| line.bytes().filter(|&byte| byte == delimiter).count();
    // Among equals the last wins.
    [b';', b'\t', b','].into_iter().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b',')
}

fn csv_reader<R: Read>(source: R, delimiter: u8) -> csv::Reader<R> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(source)
}

fn list_delimited(
    source: impl Read,
    delimiter: u8,
    encoding: &'static Encoding,
    is_utf16: bool,
    options: &ReadOptions,
) -> Result<(Kind, Vec<Record>), Issue> {
    let encoding = if is_utf16 { UTF_8 } else { encoding };
    let mut reader = csv_reader(source, delimiter);
    let mut fields = csv::ByteRecord::new();
    let mut names = Vec::new();
    let mut longest = Vec::new();
    let mut columns = 0;
    let mut records = Vec::new();
    loop {
        let start = reader.position().byte();
        let is_first = start == 0;
        if !reader.read_byte_record(&mut fields).map_err(|error| cannot_read(error.into()))? {
            break;
        }
        if is_first {
            columns = fields.len();
            longest = vec![0; columns];
            if fields.iter().all(|field| field.len() < TEXT_BYTES) {
                names = fields.iter().map(|field| folded(&decoded(encoding, field))).collect();
                continue;
            }
        }
        for (longest, field) in longest.iter_mut().zip(&fields) {
            *longest = field.len().max(*longest);
        }
        let range = start..reader.position().byte();
        let number = records.len() + 1;
        push(&mut records, Record { number, range, is_last: false }, options)?;
    }
    if records.is_empty() {
        return Err(no_text("the table has no records"));
    }
    let wanted = options.text_columns.iter().map(|name| folded(name));
    let named = wanted.into_iter().find_map(|name| names.iter().position(|column| *column == name));
    let longest = longest.iter().enumerate().max_by_key(|(_, length)| **length);
    let text = named.or(longest.filter(|(_, length)| **length >= TEXT_BYTES).map(|(column, _)| column));
    let text = text.ok_or_else(|| no_text_column(&names.join(", ")))?;
    Ok((Kind::Delimited { delimiter, names, columns, text }, records))
}

fn list_lines(
    mut source: impl BufRead,
    encoding: &'static Encoding,
    is_utf16: bool,
    options: &ReadOptions,
) -> Result<(Kind, Vec<Record>), Issue> {
    let encoding = if is_utf16 { UTF_8 } else { encoding };
    let mut longest: BTreeMap<String, usize> = BTreeMap::new();
    let mut records = Vec::new();
    let mut first_error = None;
    let (mut line, mut number, mut start) = (Vec::new(), 0, 0);
    loop {
        line.clear();
        let length = source.read_until(b'\n', &mut line).map_err(cannot_read)? as u64;
        if length == 0 {
            break;
        }
        number += 1;
        let range = start..start + length;
        start += length;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_str::<Map<String, Value>>(&decoded(encoding, &line)) {
            Ok(object) => {
                for (key, value) in object {
                    let longest = longest.entry(key).or_default();
                    *longest = value.as_str().map_or(0, str::len).max(*longest);
                }
            }
            Err(error) => first_error = first_error.or(Some(format!("line {number}: {error}"))),
        }
        push(&mut records, Record { number, range, is_last: false }, options)?;
    }
    if let (true, Some(error)) = (longest.is_empty(), first_error) {
        let message = format!("no line is a JSON object, {error}");
        return Err(Issue::new(IssueCode::DamagedContainer, message));
    }
    if records.is_empty() {
        return Err(no_text("the table has no records"));
    }
    let has_text = |key: &&String| longest.get(*key).is_some_and(|&length| length > 0);
    let most = longest.iter().max_by_key(|(_, length)| **length).filter(|(_, length)| **length >= TEXT_BYTES);
    let text = options.text_columns.iter().find(has_text).or(most.map(|(key, _)| key)).cloned();
    let keys = || longest.keys().take(LABEL_CHARS).cloned().collect::<Vec<_>>().join(", ");
    Ok((Kind::Lines { text: text.ok_or_else(|| no_text_column(&keys()))? }, records))
}

fn push(records: &mut Vec<Record>, record: Record, options: &ReadOptions) -> Result<(), Issue> {
    if records.len() == options.max_members {
        let message = format!("the table has more records than read.max_members, {}", options.max_members);
        return Err(Issue::new(IssueCode::LimitExceeded, message));
    }
    records.push(record);
    Ok(())
}

impl Table {
    /// Reads one record. Without a [`RawFile`] the last issue says why.
    pub fn load(&self, record: &Record, source_path: &str) -> (Option<RawFile>, Vec<Issue>) {
        match self.values(record) {
            Ok(Values { text: value, beside, mut issues }) => {
                if value.trim().is_empty() {
                    issues.push(no_text("the record has no text"));
                    return (None, issues);
                }
                if value.encode_utf16().count() == EXCEL_CELL_UNITS {
                    let message = "the text has exactly the 32,767 characters that a cell of Excel holds; \
                                   what came behind them was lost when the table was saved";
                    issues.push(Issue::new(IssueCode::PartlyRead, message));
                }
                let container = if is_html(&value) { html::READER.container } else { text::READER.container };
                let mut file = RawFile::new(source_path, container, value.into_bytes());
                let label = self.label(&beside);
                if !label.is_empty() {
                    file.label = label;
                }
                (Some(file), issues)
            }
            Err(issue) => (None, vec![issue]),
        }
    }

    fn values(&self, record: &Record) -> Result<Values, Issue> {
        let raw = decoded(self.encoding, &read_range(&self.path, record.range.clone()).map_err(cannot_read)?);
        let mut issues = Vec::new();
        match &self.kind {
            Kind::Lines { text } => {
                let object = serde_json::from_str::<Map<String, Value>>(&raw);
                let mut object = object.map_err(|error| {
                    let message = format!("the line is no JSON object: {error}");
                    Issue::new(IssueCode::DamagedContainer, message)
                })?;
                let value = match object.remove(text) {
                    Some(Value::String(value)) => value,
                    _ => String::new(),
                };
                let told = |value: Value| match value {
                    Value::String(value) => Some(value),
                    Value::Number(value) => Some(value.to_string()),
                    _ => None,
                };
                let beside = object.into_iter().filter_map(|(key, value)| Some((folded(&key), told(value)?)));
                Ok(Values { text: value, beside: beside.collect(), issues })
            }
            Kind::Delimited { delimiter, names, columns, text } => {
                let mut fields = csv::StringRecord::new();
                let read = csv_reader(raw.as_bytes(), *delimiter).read_record(&mut fields);
                read.map_err(|error| cannot_read(error.into()))?;
                if fields.len() != *columns {
                    let message = format!(
                        "the record has {} fields, the first line of the table {columns}: a mark inside a field is not \
                         quoted, and the text may be cut there",
                        fields.len()
                    );
                    issues.push(Issue::new(IssueCode::PartlyRead, message));
                }
                if record.is_last && raw.matches('"').count() % 2 == 1 {
                    let message = "a quotation mark is never closed: the record may have swallowed those behind it";
                    issues.push(Issue::new(IssueCode::PartlyRead, message));
                }
                let beside = names.iter().zip(&fields).enumerate().filter(|(column, _)| column != text);
                let beside = beside.map(|(_, (name, value))| (name.clone(), value.to_string())).collect();
                Ok(Values { text: fields.get(*text).unwrap_or_default().to_string(), beside, issues })
            }
        }
    }

    /// The title, year and place that stand beside a text.
    fn label(&self, beside: &BTreeMap<String, String>) -> String {
        let values = self.label_columns.iter().filter_map(|name| beside.get(name)).map(|value| value.trim());
        let short = values.filter(|value| !value.is_empty() && value.chars().count() <= LABEL_CHARS);
        short.collect::<Vec<_>>().join(" ")
    }
}

/// Whether a value is a piece of a web page: it has a tag that ends a block, a line or a mark-up of words.
fn is_html(text: &str) -> bool {
    const TAGS: [&str; 8] = ["</p>", "</div>", "<br>", "<br/>", "<br />", "</span>", "</table>", "</body>"];
    let folded = text.to_ascii_lowercase();
    TAGS.iter().any(|tag| folded.contains(tag))
}

/// A name of a column without what two spellings of it may differ in.
fn folded(name: &str) -> String {
    name.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}').to_lowercase()
}

fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn open_at(path: &Path, at: u64) -> io::Result<File> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(at))?;
    Ok(file)
}

fn read_range(path: &Path, range: Range<u64>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_at(path, range.start)?.take(range.end - range.start).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn cannot_read(error: io::Error) -> Issue {
    unreadable(format!("the file cannot be read: {error}"))
}

fn no_text(message: &str) -> Issue {
    Issue::new(IssueCode::EmptyFile, message)
}

fn no_text_column(names: &str) -> Issue {
    no_text(&format!("no column of the table holds texts; if one of these does, name it in read.text_columns: {names}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, GB18030};

    const TEXT: &str = "各位代表：过去一年，全市粮食总产量达到38.6万吨，比上年增加1.2万吨。\n\
        新建农村公路126公里，“四好农村路”受益群众9万余人，财政收入4.2亿元。";
    const OTHER: &str = "各位代表：全年新增就业2.3万人，城镇新建学校12所。";

    /// The records of a file, each with its number, text, label and the issues of its reading.
    type Read = (usize, Option<String>, String, Vec<IssueCode>);

    fn read_with(name: &str, bytes: &[u8], options: &ReadOptions) -> Result<Vec<Read>, Issue> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let (table, records) = list(&path, options)?;
        let read = |record: &Record| {
            let (file, issues) = table.load(record, &format!("{name}#{}", record.number));
            let codes = issues.iter().map(|issue| issue.code).collect();
            let label = file.as_ref().map(|file| file.label.clone()).unwrap_or_default();
            (record.number, file.map(|file| String::from_utf8(file.bytes).unwrap()), label, codes)
        };
        Ok(records.iter().map(read).collect())
    }

    fn read(name: &str, bytes: &[u8]) -> Result<Vec<Read>, Issue> {
        read_with(name, bytes, &ReadOptions::default())
    }

    fn csv_of(rows: &[[&str; 3]], delimiter: u8) -> String {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }

    #[test]
    fn a_table_in_any_encoding_gives_its_texts() {
        let rows = [["序号", "标题", "正文"], ["1", "2021年甲市报告", TEXT], ["2", "2022年甲市报告", OTHER]];
        let expected: Vec<Read> = vec![
            (1, Some(TEXT.into()), "2021年甲市报告".into(), vec![]),
            (2, Some(OTHER.into()), "2022年甲市报告".into(), vec![]),
        ];
        for delimiter in [b',', b'\t', b';'] {
            let text = csv_of(&rows, delimiter);
            let utf16 = |to_bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>();
            let files = [
                text.as_bytes().to_vec(),
                [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
                GB18030.encode(&text).0.into_owned(),
                [b"\xFF\xFE".to_vec(), utf16(u16::to_le_bytes)].concat(),
                [b"\xFE\xFF".to_vec(), utf16(u16::to_be_bytes)].concat(),
                utf16(u16::to_le_bytes),
                text.replace('\n', "\r\n").replace("。\r\n新", "。\n新").into_bytes(),
            ];
            for bytes in files {
                assert_eq!(read("表.csv", &bytes).unwrap(), expected, "{delimiter} {:?}", &bytes[..4]);
                if delimiter == b'\t' {
                    assert_eq!(read("表.TSV", &bytes).unwrap(), expected);
                }
            }
        }
        let traditional = "年份,內容\n2021,全市糧食總產量達到38.6萬噸，比上年增加1.2萬噸。\n";
        let options = ReadOptions { text_columns: vec!["內容".into()], ..ReadOptions::default() };
        let found = read_with("a.csv", &BIG5.encode(traditional).0, &options).unwrap();
        assert_eq!(found[0].1.as_deref(), Some("全市糧食總產量達到38.6萬噸，比上年增加1.2萬噸。"));
        assert_eq!(found[0].2, "2021");
    }

    #[test]
    fn the_longest_column_has_the_text_where_no_name_is_known() {
        let text = TEXT.repeat(10);
        let with_header = format!("编号,材料\n7,\"{text}\"\n");
        assert_eq!(read("a.csv", with_header.as_bytes()).unwrap()[0].1.as_deref(), Some(text.as_str()));
        let without_header = format!("7,\"{text}\"\n8,{}\n", "短".repeat(5));
        let found = read("a.csv", without_header.as_bytes()).unwrap();
        assert_eq!(found[0].1.as_deref(), Some(text.as_str()));
        assert_eq!((found[1].0, found[1].1.as_deref()), (2, Some("短短短短短")));
        let lines = format!("{{\"year\": 2021, \"doc\": {}}}\n", serde_json::json!(text));
        let found = read("a.jsonl", lines.as_bytes()).unwrap();
        assert_eq!((found[0].1.as_deref(), found[0].2.as_str()), (Some(text.as_str()), "2021"));

        let issue = read("a.csv", "年份,粮食产量\n2021,38.6\n".as_bytes()).unwrap_err();
        assert_eq!(issue.code, IssueCode::EmptyFile);
        assert!(issue.message.ends_with("name it in read.text_columns: 年份, 粮食产量"), "{}", issue.message);
    }

    #[test]
    fn a_bad_line_does_not_hide_the_others() {
        let good = |text: &str| serde_json::json!({"title": "甲县2020年报告", "正文": text}).to_string();
        let lines = format!("{}\n{{\"正文\": \n\n{}\n[1]\n{{\"title\": \"乙\"}}", good(TEXT), good(OTHER));
        let title = "甲县2020年报告".to_string();
        let damaged = (None, String::new(), vec![IssueCode::DamagedContainer]);
        let expected = vec![
            (1, Some(TEXT.into()), title.clone(), vec![]),
            (2, damaged.0.clone(), damaged.1.clone(), damaged.2.clone()),
            (4, Some(OTHER.into()), title, vec![]),
            (5, damaged.0, damaged.1, damaged.2),
            (6, None, String::new(), vec![IssueCode::EmptyFile]),
        ];
        for name in ["a.jsonl", "a.ndjson", "a.json"] {
            assert_eq!(read(name, lines.as_bytes()).unwrap(), expected);
        }
        assert_eq!(read("a.jsonl", &GB18030.encode(&lines).0).unwrap(), expected);

        let issue = read("a.jsonl", "各位代表，\n这不是表".as_bytes()).unwrap_err();
        assert_eq!(issue.code, IssueCode::DamagedContainer);
        assert!(issue.message.starts_with("no line is a JSON object, line 1: "), "{}", issue.message);
        let issue = read("a.json", format!("[{}]", good(TEXT)).as_bytes()).unwrap_err();
        assert_eq!(issue.code, IssueCode::UnsupportedContainer);
        assert!(issue.message.contains("JSON array"), "{}", issue.message);
    }

    #[test]
    fn what_is_lost_in_a_record_is_told() {
        let codes = |text: &str| -> Vec<Vec<IssueCode>> {
            read("a.csv", text.as_bytes()).unwrap().into_iter().map(|record| record.3).collect()
        };
        // A comma that is not quoted, a record without a text, a quotation mark without an end.
        assert_eq!(
            codes("年份,正文\n2020,增长5%,下降3%\n2021,\n2022,\"增长5%\n2023,增长6%\n"),
            [vec![IssueCode::PartlyRead], vec![IssueCode::EmptyFile], vec![IssueCode::PartlyRead]]
        );
        let full = "满".repeat(EXCEL_CELL_UNITS);
        assert_eq!(codes(&format!("正文\n{full}\n{full}满\n")), [vec![IssueCode::PartlyRead], vec![]]);
    }

    #[test]
    fn tables_without_records_and_beyond_the_limits_are_named() {
        let code = |bytes: &[u8]| read("a.csv", bytes).unwrap_err().code;
        assert_eq!(code(b""), IssueCode::EmptyFile);
        assert_eq!(code("正文\n".as_bytes()), IssueCode::EmptyFile);
        assert_eq!(code(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj"), IssueCode::BinaryFile);
        let over = |options: ReadOptions, name: &str| {
            let issue = read_with(name, "{\"text\": \"甲\"}\n{\"text\": \"乙\"}\n".as_bytes(), &options).unwrap_err();
            assert_eq!(issue.code, IssueCode::LimitExceeded);
            issue.message
        };
        let few = ReadOptions { max_members: 1, ..ReadOptions::default() };
        assert_eq!(over(few, "a.jsonl"), "the table has more records than read.max_members, 1");
        let small = ReadOptions { max_file_bytes: 9, ..ReadOptions::default() };
        assert_eq!(over(small, "a.csv"), "the file has 32 bytes; read.max_file_bytes is 9");
    }

    #[test]
    fn a_record_has_the_id_of_the_same_text_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, GB18030.encode(&format!("正文,标题\n\"{TEXT}\",甲\n<p>增长5%</p>,乙\n")).0).unwrap();
        let (table, records) = list(&path, &ReadOptions::default()).unwrap();
        let files: Vec<RawFile> = records.iter().filter_map(|record| table.load(record, "a.csv#1").0).collect();
        let alone = RawFile::new("a.txt", "txt", TEXT.as_bytes().to_vec());
        assert_eq!((&files[0].document_id, files[0].container), (&alone.document_id, "txt"));
        assert_eq!(files[1].container, "html");
    }
}
