use std::io::{Cursor, Write};
use std::sync::LazyLock;

use encoding_rs::GBK;

use super::*;

/// Written by LibreOffice from a file with lists, a footnote and an endnote, a table with merged cells, a text box,
/// fields, a tracked change and hidden text.
const FIXTURE: &[u8] = include_bytes!("../../../tests/fixtures/lists_notes_table.doc");
/// Written by LibreOffice from a file with numbers and bullets of styles, a table and raised numbers.
const PLAIN: &[u8] = include_bytes!("../../../tests/fixtures/plain.doc");
/// Written by LibreOffice: a table so wide that the ends of its rows are told in the data stream.
const WIDE: &[u8] = include_bytes!("../../../tests/fixtures/wide_table.doc");
static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::embedded().unwrap());

fn read_bytes(bytes: &[u8]) -> (Option<Decoded>, Vec<Issue>) {
    text(bytes, &Config::default(), &VOCABULARY)
}

fn refusal(bytes: &[u8]) -> (IssueCode, String) {
    let (decoded, issues) = read_bytes(bytes);
    assert!(decoded.is_none());
    assert_eq!(issues.len(), 1, "{issues:?}");
    (issues[0].code, issues[0].message.clone())
}

/// A compound file with these streams.
fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in streams {
        file.create_stream(name).unwrap().write_all(bytes).unwrap();
    }
    file.into_inner().into_inner()
}

/// The fixture with a change in one of its streams.
fn changed(stream: &str, change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut file = Compound::open(FIXTURE).unwrap();
    let mut streams: Vec<(&str, Vec<u8>)> =
        ["/WordDocument", "/1Table"].into_iter().map(|name| (name, file.stream(name).unwrap().0)).collect();
    streams.iter_mut().filter(|(name, _)| *name == stream).for_each(|(_, bytes)| change(bytes));
    let streams: Vec<(&str, &[u8])> = streams.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    compound(&streams)
}

#[test]
fn lists_notes_tables_fields_and_changes() {
    let expected = [
        "一、2020年工作回顾",
        "（一）经济运行",
        "1. 农业",
        "培育龙头企业［1］12家，开通专线［2］5条。",
        "2. 工业",
        "（二）改善民生",
        "二、2021年工作安排",
        "详见Error: Reference source not found，第页",
        "指标\t\t2020年",
        "农业\t粮食产量\t38.6万吨",
        "\t蔬菜产量\t",
        "框前框后",
        "新数6%",
        "公开左",
        "右",
        "框内文字。",
        "注释：",
        "［1］指国家级企业。",
        "［2］指公交专线。",
    ];
    for bytes in [FIXTURE, &changed("", |_| ())] {
        let (decoded, issues) = read_bytes(bytes);
        assert_eq!((decoded.unwrap().text.lines().collect::<Vec<_>>(), issues), (expected.to_vec(), vec![]));
    }
}

#[test]
fn numbers_of_styles_and_raised_numbers() {
    let expected = [
        "政府工作报告",
        "一、2020年工作回顾",
        "全年地区生产总值达到3128.4亿元，增长5.1%。",
        "粮食总产量38.6万吨，新建农村公路126公里。",
        "1. 教育",
        "2. 卫生",
        "3. 交通",
        "甲",
        "乙",
        "指标\t单位\t目标",
        "地区生产总值\t亿元\t3200",
        "居民收入\t元\t",
        "绿地面积300m²，培育“小巨人”［1］企业12家。",
        "公开文字",
        "结束。",
    ];
    let (decoded, issues) = read_bytes(PLAIN);
    let decoded = decoded.unwrap();
    assert_eq!((decoded.text.lines().collect::<Vec<_>>(), issues), (expected.to_vec(), vec![]));
    assert_eq!(decoded.encoding, None);
}

/// A file of Word 95: header, fonts, text of one byte or two a character.
fn word_95(charset: u8, text: &[u8]) -> Vec<u8> {
    let mut stream = vec![0; 0x300];
    stream[0..4].copy_from_slice(&[0xDC, 0xA5, 104, 0]);
    stream[0x18..0x1C].copy_from_slice(&0x300u32.to_le_bytes());
    stream[0x34..0x38].copy_from_slice(&(text.len() as u32).to_le_bytes());
    // Two fonts: a length, three bytes, the character set.
    stream[0x200..0x20E].copy_from_slice(&[14, 0, 5, 0, 0, 0, 0, b'A', 5, 0, 0, 0, charset, b'B']);
    stream[0xD0..0xD4].copy_from_slice(&0x200u32.to_le_bytes());
    stream[0xD4..0xD8].copy_from_slice(&14u32.to_le_bytes());
    stream.extend_from_slice(text);
    compound(&[("/WordDocument", &stream)])
}

#[test]
fn word_95_is_read_in_the_encoding_of_its_fonts() {
    let (text, _, _) = GBK.encode("全年粮食总产量三十八万吨\r比上年增长5%。\r");
    let (decoded, issues) = read_bytes(&word_95(134, &text));
    assert_eq!((decoded.unwrap().text.as_str(), issues), ("全年粮食总产量三十八万吨\n比上年增长5%。", vec![]));
    // Without a Chinese font the characters are Latin ones; the text is brought back from them, and it is told.
    let (decoded, issues) = read_bytes(&word_95(0, &text));
    assert_eq!(decoded.unwrap().text, "全年粮食总产量三十八万吨\n比上年增长5%。");
    assert_eq!(issues.iter().map(|issue| issue.code).collect::<Vec<_>>(), [IssueCode::MojibakeUndone]);
}

#[test]
fn numbers_that_cannot_be_true_take_no_memory() {
    let huge = changed("/WordDocument", |stream| stream[0x4C..0x50].copy_from_slice(&u32::MAX.to_le_bytes()));
    let (code, message) = refusal(&huge);
    assert_eq!(code, IssueCode::DamagedContainer);
    assert!(message.contains("fewer bytes than characters"), "{message}");

    // A list of tables that leads in a circle.
    let mut circle = FIXTURE.to_vec();
    circle[68..72].copy_from_slice(&3u32.to_le_bytes());
    circle.splice(512 * 4 + 508..512 * 4 + 512, 3u32.to_le_bytes());
    let (code, message) = refusal(&circle);
    assert_eq!(code, IssueCode::DamagedContainer);
    assert!(message.contains("list of tables"), "{message}");

    let mut short = Config::default();
    short.read.max_text_chars = 50;
    assert_eq!(text(FIXTURE, &short, &VOCABULARY).1[0].code, IssueCode::LimitExceeded);
}

#[test]
fn a_damaged_file_is_told() {
    let convert = "convert it: soffice --convert-to docx FILE";
    for cut in [8, 400, 600] {
        let (code, message) = refusal(&FIXTURE[..cut]);
        assert_eq!(code, IssueCode::DamagedContainer, "{cut}");
        assert!(message.ends_with(convert), "{message}");
    }
    let pieces = changed("/1Table", |table| table.fill(9));
    assert_eq!(
        refusal(&pieces).1,
        format!("the Word file is broken inside: its table of pieces makes no sense; {convert}")
    );
    let header = changed("/WordDocument", |stream| stream[0] = 0);
    assert_eq!(
        refusal(&header).1,
        format!("the Word file is broken inside: it does not begin like a Word text; {convert}")
    );
    // The text begins at 0x800 and is cut in the middle.
    let (decoded, issues) = read_bytes(&changed("/WordDocument", |stream| stream[0x820..0x822].fill(0xFF)));
    assert!(decoded.unwrap().text.contains("一、2020年工作回顾"));
    assert_eq!(issues, []);
}

#[test]
fn other_files_in_the_same_container_are_told() {
    let told = |stream: &str| refusal(&compound(&[(stream, b"x")]));
    let (code, message) = told("/EncryptedPackage");
    assert_eq!(code, IssueCode::UnsupportedContainer);
    assert_eq!(
        message,
        "the file is an encrypted Office file, not an old Word file; open it with its password and save it without one"
    );
    assert!(told("/Workbook").1.contains("Excel"));
    assert!(told("/PowerPoint Document").1.contains("PowerPoint"));
    assert!(told("/Contents").1.contains("holds no Word text"));
    let encrypted = changed("/WordDocument", |stream| stream[11] |= 1);
    assert_eq!(refusal(&encrypted), (IssueCode::UnsupportedContainer, docx::ENCRYPTED.to_string()));
}

#[test]
fn what_else_is_called_doc_goes_to_its_reader() {
    let told = |bytes: &[u8]| refusal(bytes).1;
    assert!(told(b"{\\rtf1\\ansi x}").starts_with("the file is a rich text file (rtf)"));
    assert!(told(b"MIME-Version: 1.0\nContent-Type: multipart/related").contains("web archive"));
    let flat = "<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><w:wordDocument/>";
    assert!(told(flat.as_bytes()).contains("Word file in one piece of XML"));
    assert_eq!(refusal(b"PK\x03\x04").0, IssueCode::DamagedContainer);
    assert_eq!(refusal(b"").0, IssueCode::EmptyFile);
    let plain = "全年粮食总产量三十八万吨，比上年增长百分之五。";
    let (decoded, issues) = read_bytes(plain.as_bytes());
    assert_eq!((decoded.unwrap().text.as_str(), issues), (plain, vec![]));
    let page = format!("\u{FEFF}\n<html><body><p>{plain}</p></body></html>");
    let expected = (html::READER.text)(page.as_bytes(), &Config::default(), &VOCABULARY);
    assert_eq!(read_bytes(page.as_bytes()).1, expected.1);
}

#[test]
fn the_rows_of_a_wide_table_stay_together() {
    let text = read_bytes(WIDE).0.unwrap().text;
    let rows: Vec<&str> = text.lines().filter(|line| line.contains('\t')).collect();
    assert_eq!(rows.len(), 15);
    assert!(rows.iter().all(|row| row.matches('\t').count() == 6), "{rows:?}");
    assert_eq!(rows[2], "一、经济发展\t\t\t\t\t\t");
    // Without the data stream the marks of the rows' ends still part the rows.
    let mut file = cfb::CompoundFile::open(Cursor::new(WIDE.to_vec())).unwrap();
    file.remove_stream("/Data").unwrap();
    let bytes = file.into_inner().into_inner();
    assert_eq!(read_bytes(&bytes).0.unwrap().text, text);
}
