//! Files made to do harm: each ends as an issue that says what is wrong, and the report beside it is read as ever.

mod common;
#[path = "common/tables.rs"]
mod tables;

use common::{Part, report_with};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use tables::{rows, zhibiao};
use zip::write::{SimpleFileOptions, ZipWriter};

/// Limits that the files of these tests go beyond without being large.
const LIMITS: &str = "max_file_bytes = 4000000\nmax_unpacked_bytes = 8000000\nmax_members = 50\nmax_depth = 200\n";
const GOOD: &str = "地区生产总值3128.4亿元，增长5.1%。";

/// A folder with a good report and the settings of a run.
fn workshop(limits: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    let settings = format!("[read]\ninputs = [\"in\"]\n{limits}[write]\noutput = \"tables\"\n");
    fs::write(folder.path().join("pipeline.toml"), settings).unwrap();
    fs::write(folder.path().join("in/good.txt"), report_with(Part::Review, GOOD)).unwrap();
    folder
}

/// What a run tells of each file: its issues of severity error or about reading, and the rows of `documents`.
struct Outcome {
    issues: BTreeMap<String, Vec<(String, String)>>,
    documents: BTreeMap<String, Map<String, Value>>,
}

impl Outcome {
    fn of(folder: &Path) -> Outcome {
        let output = zhibiao(folder, &["run"]);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
        let tables = folder.join("tables");
        let text = |row: &Map<String, Value>, column: &str| row[column].as_str().unwrap().to_string();
        let mut issues: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for row in rows(&tables, "issues") {
            issues.entry(text(&row, "source_path")).or_default().push((text(&row, "code"), text(&row, "message")));
        }
        let documents = rows(&tables, "documents").into_iter().map(|row| (text(&row, "source_path"), row)).collect();
        Outcome { issues, documents }
    }

    /// The first issue of a file that gave no document: its code and message.
    fn refused(&self, path: &str) -> (&str, &str) {
        assert!(!self.documents.contains_key(path), "{path} became a document");
        let issues = self.issues.get(path).unwrap_or_else(|| panic!("{path} is not told of: {:?}", self.issues));
        (&issues[0].0, &issues[0].1)
    }

    /// The report beside the others is read as if it were alone.
    fn is_good(&self) {
        assert_eq!(self.documents["good.txt"]["n_observations"], 2);
        assert_eq!(self.documents["good.txt"]["reviewed_year"], 2020);
    }
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An archive whose members all are the same bytes: as many entries of its table of contents as wanted, one behind
/// the other, for a single file.
fn overlapping(members: u16, size: usize) -> Vec<u8> {
    const END: usize = 22;
    let one = zip_of(&[("a.txt", &vec![b'a'; size])]);
    let end = one.len() - END;
    let directory = u32::from_le_bytes(one[end + 16..end + 20].try_into().unwrap()) as usize;
    let entry = &one[directory..end];
    let mut bytes = one[..directory].to_vec();
    for member in 0..members {
        let mut entry = entry.to_vec();
        let name = entry.windows(5).position(|window| window == b"a.txt").unwrap();
        entry[name] = b'A' + u8::try_from(member % 26).unwrap();
        bytes.extend(entry);
    }
    let length = u32::try_from(bytes.len() - directory).unwrap();
    let mut tail = one[end..].to_vec();
    tail[8..10].copy_from_slice(&members.to_le_bytes());
    tail[10..12].copy_from_slice(&members.to_le_bytes());
    tail[12..16].copy_from_slice(&length.to_le_bytes());
    bytes.extend(tail);
    bytes
}

fn word_file(document: &str) -> Vec<u8> {
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    zip_of(&[("[Content_Types].xml", types.as_bytes()), ("word/document.xml", document.as_bytes())])
}

fn word_document(prologue: &str, body: &str) -> String {
    let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    format!("<?xml version=\"1.0\"?>{prologue}<w:document xmlns:w=\"{space}\"><w:body>{body}</w:body></w:document>")
}

fn word_paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

#[test]
fn archives_made_to_burst_are_refused_before_they_are_unpacked() {
    let folder = workshop(LIMITS);
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join("in").join(name), bytes).unwrap();
    let zeros = vec![0; 3_000_000];
    let large = vec![0; 4_000_001];
    let many: Vec<String> = (0..51).map(|number| format!("{number}.txt")).collect();
    write("large.zip", &zip_of(&[("a.txt", &large), ("b.txt", GOOD.as_bytes())]));
    write("sum.zip", &zip_of(&[("a.txt", &zeros), ("b.txt", &zeros), ("c.txt", &zeros)]));
    write("overlapping.zip", &overlapping(26, 1_000_000));
    write("many.zip", &zip_of(&many.iter().map(|name| (name.as_str(), &b"x"[..])).collect::<Vec<_>>()));
    write("nested.zip", &zip_of(&[("inner.zip", &zip_of(&[("a.txt", b"x")]))]));
    write("cut.zip", &zip_of(&[("a.txt", GOOD.as_bytes())])[..60]);
    write("noise.zip", b"PK\x05\x06 and nothing behind it");
    let outcome = Outcome::of(folder.path());
    outcome.is_good();
    let told = [
        ("large.zip/a.txt", "limit_exceeded", "the file has 4000001 bytes; read.max_file_bytes is 4000000"),
        ("sum.zip", "limit_exceeded", "the archive unpacks to 9000000 bytes; read.max_unpacked_bytes is 8000000"),
        (
            "overlapping.zip",
            "limit_exceeded",
            "the archive unpacks to 26000000 bytes; read.max_unpacked_bytes is 8000000",
        ),
        ("many.zip", "limit_exceeded", "the archive has 51 members; read.max_members is 50"),
        ("nested.zip/inner.zip", "unsupported_container", "a .zip file inside an archive is not opened; unpack it"),
    ];
    for (path, code, message) in told {
        assert_eq!(outcome.refused(path), (code, message));
    }
    for path in ["cut.zip", "noise.zip"] {
        assert_eq!(outcome.refused(path).0, "damaged_container");
    }
    assert_eq!(outcome.documents["large.zip/b.txt"]["n_observations"], 2);
}

#[test]
fn word_files_made_to_burst_are_refused() {
    let folder = workshop(LIMITS);
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join("in").join(name), bytes).unwrap();
    let secret = "秘密收入达到77亿元";
    fs::write(folder.path().join("secret.txt"), secret).unwrap();
    let good = word_paragraph(&format!("各位代表：{GOOD}"));
    let prose = word_paragraph("全区上下团结奋斗，各项事业稳步推进。").repeat(90_000);
    write("good.docx", &word_file(&word_document("", &good)));
    write("bomb.docx", &word_file(&word_document("", &prose)));
    write("deep.docx", &word_file(&word_document("", &format!("{}{good}", "<w:sdt><w:sdtContent>".repeat(20_000)))));
    let mut entities = "<!ENTITY e0 \"增长5%。\">".to_string();
    for level in 1..30 {
        let inside = format!("&e{};", level - 1).repeat(10);
        entities.push_str(&format!("<!ENTITY e{level} \"{inside}\">"));
    }
    let laughs = format!("{good}{}", word_paragraph("&e29;"));
    write("laughs.docx", &word_file(&word_document(&format!("<!DOCTYPE w [{entities}]>"), &laughs)));
    let address = folder.path().join("secret.txt");
    let external = format!("<!DOCTYPE w [<!ENTITY x SYSTEM \"file://{}\">]>", address.display());
    let words = format!("{good}{}", word_paragraph("&x;"));
    write("external.docx", &word_file(&word_document(&external, &words)));
    let outcome = Outcome::of(folder.path());
    outcome.is_good();
    assert_eq!(outcome.documents["good.docx"]["n_observations"], 2);
    for path in ["bomb.docx", "deep.docx"] {
        assert_eq!(outcome.refused(path).0, "limit_exceeded");
    }
    // Entities of the file's own are not put in: the rest may be read or refused, but nothing grows and nothing leaks.
    for path in ["laughs.docx", "external.docx"] {
        match outcome.documents.get(path) {
            Some(document) => assert!(document["chars"].as_i64().unwrap() < 100, "{document:?}"),
            None => assert!(outcome.issues.contains_key(path), "{path} vanished"),
        }
    }
    let sentences = rows(&folder.path().join("tables"), "sentences");
    assert!(sentences.iter().all(|row| !row["text"].as_str().unwrap().contains("秘密")));
}

#[test]
fn a_page_of_a_hundred_thousand_elements_in_each_other_is_refused() {
    let folder = workshop(LIMITS);
    let page = |tag: &str| format!("<html><body>{}{GOOD}</body></html>", format!("<{tag}>").repeat(100_000));
    for tag in ["div", "table><tr><td", "b", "ul><li"] {
        fs::write(folder.path().join(format!("in/{}.html", tag.replace("><", "-"))), page(tag)).unwrap();
    }
    let outcome = Outcome::of(folder.path());
    outcome.is_good();
    for name in ["div", "table-tr-td", "b", "ul-li"] {
        assert_eq!(outcome.refused(&format!("{name}.html")).0, "limit_exceeded");
    }
}

/// Without a reader of PDF files on this machine the issue is another one, but there is one.
#[test]
fn pdf_files_that_lead_in_a_circle_come_to_an_end() {
    // PDFium stays in one of the circles until its time is over.
    let folder = workshop(&format!("{LIMITS}pdf_seconds = 5\n"));
    let pdf = |objects: &[&str]| {
        let mut bytes = b"%PDF-1.4\n".to_vec();
        let mut places = Vec::new();
        for (number, object) in objects.iter().enumerate() {
            places.push(bytes.len());
            bytes.extend(format!("{} 0 obj\n{object}\nendobj\n", number + 1).bytes());
        }
        let table = bytes.len();
        bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
        places.iter().for_each(|place| bytes.extend(format!("{place:010} 00000 n \n").bytes()));
        let size = objects.len() + 1;
        bytes.extend(format!("trailer <</Size {size} /Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n").bytes());
        bytes
    };
    let root = "<</Type /Catalog /Pages 2 0 R>>";
    let itself = pdf(&[root, "<</Type /Pages /Kids [2 0 R] /Count 1>>"]);
    let parents = pdf(&[
        root,
        "<</Type /Pages /Kids [3 0 R 3 0 R] /Count 100000 /Parent 3 0 R>>",
        "<</Type /Pages /Kids [2 0 R 2 0 R] /Count 100000 /Parent 2 0 R>>",
    ]);
    let stream = "/X Do /X Do";
    let form = format!(
        "<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X 4 0 R>>>> /Length {}>>\nstream\n{stream}\nendstream",
        stream.len()
    );
    let forms = pdf(&[
        root,
        "<</Type /Pages /Kids [3 0 R] /Count 1>>",
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources <</XObject <</X 4 0 R>>>>>>",
        &form,
    ]);
    let length = pdf(&[root, "<</Type /Pages /Kids [] /Count 2 0 R>>", "<</Length 3 0 R>>\nstream\nendstream"]);
    for (name, bytes) in [("itself", itself), ("parents", parents), ("forms", forms), ("length", length)] {
        fs::write(folder.path().join(format!("in/{name}.pdf")), bytes).unwrap();
    }
    let outcome = Outcome::of(folder.path());
    outcome.is_good();
    for name in ["itself", "parents", "forms", "length"] {
        let (code, message) = outcome.refused(&format!("{name}.pdf"));
        assert!(code != "document_panic" && !message.is_empty(), "{name}: {code}");
    }
}

#[test]
fn empty_files_and_folders_named_like_files_are_told_apart() {
    let folder = workshop("");
    fs::create_dir(folder.path().join("in/folder.txt")).unwrap();
    fs::write(folder.path().join("in/folder.txt/inside.txt"), report_with(Part::Review, "财政收入4.2亿元。")).unwrap();
    fs::create_dir(folder.path().join("in/empty.zip")).unwrap();
    for name in ["empty.txt", "empty.csv", "empty.jsonl"] {
        fs::write(folder.path().join("in").join(name), "").unwrap();
    }
    let outcome = Outcome::of(folder.path());
    outcome.is_good();
    assert_eq!(outcome.documents["folder.txt/inside.txt"]["n_observations"], 1);
    for name in ["empty.txt", "empty.csv", "empty.jsonl"] {
        assert_eq!(outcome.refused(name).0, "empty_file");
    }
    assert_eq!(outcome.documents.len(), 2);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_told_and_never_opened() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = workshop("");
    let at = |name: &str| folder.path().join("in").join(name);
    let made = std::process::Command::new("mkfifo").arg(at("pipe.txt")).status();
    assert!(made.is_ok_and(|status| status.success()));
    symlink("pipe.txt", at("to-pipe.txt")).unwrap();
    symlink("gone.txt", at("dangling.txt")).unwrap();
    symlink("b.txt", at("a.txt")).unwrap();
    symlink("a.txt", at("b.txt")).unwrap();
    symlink(".", at("loop")).unwrap();
    for (byte, text) in [(0xFE, "财政收入4.2亿元。"), (0xFF, "粮食产量38.6万吨。")] {
        let name = [b'x', byte, b'.', b't', b'x', b't'];
        fs::write(at("").join(std::ffi::OsStr::from_bytes(&name)), report_with(Part::Review, text)).unwrap();
    }
    fs::write(at("closed.txt"), report_with(Part::Review, "新增就业2.3万人。")).unwrap();
    fs::create_dir(at("closed")).unwrap();
    fs::write(at("closed/inside.txt"), "x").unwrap();
    for name in ["closed.txt", "closed"] {
        fs::set_permissions(at(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    let may_all = fs::read(at("closed.txt")).is_ok();
    let outcome = Outcome::of(folder.path());
    fs::set_permissions(at("closed"), fs::Permissions::from_mode(0o700)).unwrap();
    outcome.is_good();
    for name in ["pipe.txt", "to-pipe.txt", "dangling.txt", "a.txt", "b.txt"] {
        assert_eq!(outcome.refused(name).0, "unreadable_file");
    }
    assert_eq!(outcome.refused("loop").0, "link_not_followed");
    assert_eq!(outcome.documents["x\\xFE.txt"]["n_observations"], 1);
    assert_eq!(outcome.documents["x\\xFF.txt"]["n_observations"], 1);
    if may_all {
        println!("skipped: this user may read every file");
    } else {
        assert_eq!(outcome.refused("closed.txt").0, "unreadable_file");
        assert_eq!(outcome.refused("closed").0, "unreadable_file");
    }
}

#[test]
fn a_file_of_a_gigabyte_is_refused_unread() {
    let folder = workshop("");
    for name in ["sparse.txt", "sparse.csv", "sparse.zip", "sparse.pdf"] {
        fs::File::create(folder.path().join("in").join(name)).unwrap().set_len(1 << 30).unwrap();
    }
    let started = std::time::Instant::now();
    let outcome = Outcome::of(folder.path());
    outcome.is_good();
    for name in ["sparse.txt", "sparse.csv", "sparse.zip", "sparse.pdf"] {
        let message = "the file has 1073741824 bytes; read.max_file_bytes is 268435456";
        assert_eq!(outcome.refused(name), ("limit_exceeded", message));
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

/// Runs the command and gives the most memory it held, in bytes, and the processor time it took, in ticks.
#[cfg(target_os = "linux")]
fn cost_of_run(folder: &Path) -> (u64, u64) {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_zhibiao"))
        .args(["run", "--threads", "1"])
        .current_dir(folder)
        .env("ZHIBIAO_LOG", "error")
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let (mut most, mut ticks) = (0, 0);
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let held = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        most = held.and_then(|kilobytes| kilobytes.parse::<u64>().ok()).map_or(most, |held| most.max(held * 1024));
        let times = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
        let spent: u64 =
            times.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2).flat_map(str::parse::<u64>).sum();
        ticks = ticks.max(spent);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    (most, ticks)
}

#[cfg(target_os = "linux")]
#[test]
fn a_single_line_of_eight_megabytes_is_read_in_linear_time_and_bounded_memory() {
    let run = |bytes: usize| {
        let folder = workshop("");
        let sentence = "全区新建农村公路126公里，受益群众9万余人，";
        let text = report_with(Part::Review, &sentence.repeat(bytes / sentence.len()));
        fs::write(folder.path().join("in/line.txt"), text.replace('\n', "")).unwrap();
        cost_of_run(folder.path())
    };
    let (_, small) = run(2_000_000);
    let (most, large) = run(8_000_000);
    assert!(most < 4 << 30, "{most} bytes for a line of 8 MB");
    assert!(large < 10 * small.max(10), "{small} ticks for 2 MB, {large} for 8 MB");
    println!("8 MB in one line: {} MB of memory, {small} and {large} ticks", most >> 20);
}
