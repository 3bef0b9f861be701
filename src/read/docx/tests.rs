use std::io::{Cursor, Write};
use std::sync::LazyLock;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::model::SectionRole;

const SPACES: &str =
    r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="m" xmlns:wps="s" xmlns:v="v""#;
const RELS: &str = r#"<Relationships><Relationship Id="a" Type="http://x/relationships/officeDocument" Target="word/document.xml"/>
<Relationship Id="b" Type="http://x/metadata/core-properties" Target="/docProps/core.xml"/></Relationships>"#;
const DOCUMENT_RELS: &str = r#"<Relationships><Relationship Type="http://x/styles" Target="styles.xml"/>
<Relationship Type="http://x/numbering" Target="numbering.xml"/><Relationship Type="http://x/footnotes" Target="footnotes.xml"/>
<Relationship Type="http://x/endnotes" Target="endnotes.xml"/></Relationships>"#;
/// Enough ordinary text that the score of the whole is sure.
const PROSE: &str = "全年新建农村公路六百公里";

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::embedded().unwrap());

fn pack(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(*name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn document(body: &str) -> String {
    format!("<?xml version=\"1.0\"?><w:document {SPACES}><w:body>{body}</w:body></w:document>")
}

/// A Word file with this body and more parts (styles, numbering, notes), each by its name under `word/`.
fn word(body: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let document = document(body);
    let names: Vec<String> = more.iter().map(|(name, _)| format!("word/{name}.xml")).collect();
    let mut parts = vec![("_rels/.rels", RELS), ("word/_rels/document.xml.rels", DOCUMENT_RELS)];
    parts.push(("word/document.xml", &document));
    parts.extend(names.iter().zip(more).map(|(name, (_, text))| (name.as_str(), *text)));
    pack(&parts)
}

fn read_with(bytes: &[u8], config: &Config) -> (Option<Decoded>, Vec<Issue>) {
    text(bytes, config, &VOCABULARY)
}

/// The lines of a file that must be whole.
fn lines_of(bytes: &[u8]) -> Vec<String> {
    let (decoded, issues) = read_with(bytes, &Config::default());
    assert_eq!(issues, []);
    decoded.unwrap().text.lines().map(str::to_string).collect()
}

fn body_lines(body: &str) -> Vec<String> {
    lines_of(&word(body, &[]))
}

/// The code and the sentence of the one issue of a file without a text.
fn refusal(bytes: &[u8], config: &Config) -> (IssueCode, String) {
    let (decoded, issues) = read_with(bytes, config);
    assert!(decoded.is_none());
    assert_eq!(issues.len(), 1, "{issues:?}");
    (issues[0].code, issues[0].message.clone())
}

/// A paragraph of one run.
fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn styled(style: &str, text: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn numbered(num: u32, level: u32, text: &str) -> String {
    let place = format!("<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{num}\"/></w:numPr>");
    format!("<w:p><w:pPr>{place}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// One level of a list: format, pattern, and what else it says.
fn level(index: usize, format: &str, pattern: &str, more: &str) -> String {
    format!(
        "<w:lvl w:ilvl=\"{index}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/>{more}<w:lvlText w:val=\"{pattern}\"/></w:lvl>"
    )
}

fn numbering(levels: &str, nums: &str) -> String {
    format!("<w:numbering {SPACES}><w:abstractNum w:abstractNumId=\"7\">{levels}</w:abstractNum>{nums}</w:numbering>")
}

const NUM_1: &str = r#"<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>"#;

#[test]
fn runs_are_joined_and_paragraphs_are_lines() {
    let body = "<w:p><w:pPr><w:tabs><w:tab w:pos=\"9\"/></w:tabs></w:pPr><w:r><w:t>粮食总产量</w:t></w:r>\
        <w:proofErr/><w:hyperlink><w:r><w:t xml:space=\"preserve\">达到 38.6</w:t></w:r></w:hyperlink>\
        <w:r><w:t>万吨，R&amp;D经费&#x589E;长5%</w:t></w:r></w:p><w:p/><w:sdt><w:sdtPr><w:alias w:val=\"x\"/>\
        <w:t>提示</w:t></w:sdtPr><w:sdtContent><w:p><w:r><w:t>第二段</w:t></w:r></w:p></w:sdtContent></w:sdt>";
    assert_eq!(body_lines(body), ["粮食总产量达到 38.6万吨，R&D经费增长5%", "第二段"]);
}

#[test]
fn breaks_tabs_hyphens_and_signs_of_fonts() {
    let body = "<w:p><w:r><w:tab/><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:noBreakHyphen/>\
        <w:t>丁</w:t><w:softHyphen/><w:t>戊</w:t><w:br w:type=\"page\"/><w:t>己</w:t>\
        <w:sym w:font=\"Symbol\" w:char=\"F0B3\"/><w:t>20</w:t><w:sym w:font=\"Arial\" w:char=\"2103\"/></w:r></w:p>";
    assert_eq!(body_lines(&(body.to_string() + &p(PROSE))), ["甲 乙", "丙-丁戊", "己≥20℃", PROSE]);
}

#[test]
fn the_strict_form_has_other_namespaces() {
    let document = "<d:document xmlns:d=\"http://purl.oclc.org/ooxml/wordprocessingml/main\"><d:body><d:p><d:r>\
        <d:t>全年新建农村公路六百公里</d:t></d:r></d:p></d:body></d:document>";
    let rels = "<Relationships xmlns=\"x\"><Relationship Target=\"/word/text.xml\" \
        Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument\"/></Relationships>";
    assert_eq!(lines_of(&pack(&[("_rels/.rels", rels), ("word/text.xml", document)])), [PROSE]);
    // Without relations the usual name is taken, whatever its case and its slashes.
    assert_eq!(lines_of(&pack(&[("Word\\Document.xml", document)])), [PROSE]);
}

#[test]
fn changes_are_read_as_accepted() {
    let body = "<w:p><w:r><w:t>增长</w:t></w:r><w:ins><w:r><w:rPr><w:ins/></w:rPr><w:t>6%</w:t></w:r></w:ins>\
        <w:del><w:r><w:delText>5%</w:delText><w:t>4%</w:t></w:r></w:del><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom>\
        <w:moveTo><w:r><w:t>新</w:t></w:r></w:moveTo><w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr>\
        <w:t>左右</w:t></w:r></w:p>\
        <w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>完成投资</w:t></w:r></w:p><w:p><w:r><w:t>5亿元</w:t></w:r></w:p>\
        <w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>删</w:t></w:r></w:p></w:tc><w:tc/></w:tr>\
        <w:tr><w:tc><w:p><w:r><w:t>指标</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>数值</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    assert_eq!(body_lines(body), ["增长6%新左右", "完成投资5亿元", "指标\t数值"]);
}

#[test]
fn hidden_text_is_left_out() {
    let styles = "<w:styles><w:style w:styleId=\"H\"><w:rPr><w:vanish/></w:rPr></w:style>\
        <w:style w:styleId=\"I\"><w:basedOn w:val=\"H\"/></w:style>\
        <w:style w:styleId=\"J\"><w:basedOn w:val=\"I\"/><w:rPr><w:vanish w:val=\"0\"/></w:rPr></w:style>\
        <w:style w:styleId=\"L\"><w:basedOn w:val=\"M\"/></w:style><w:style w:styleId=\"M\"><w:basedOn w:val=\"L\"/></w:style></w:styles>";
    let run = |props: &str, text: &str| format!("<w:r><w:rPr>{props}</w:rPr><w:t>{text}</w:t></w:r>");
    let body = format!(
        "<w:p>{}{}{}{}{}{}</w:p><w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr></w:p>{}",
        run("", "甲"),
        run("<w:vanish/>", "乙"),
        run("<w:vanish w:val=\"false\"/>", "丙"),
        run("<w:rStyle w:val=\"I\"/>", "丁"),
        run("<w:rStyle w:val=\"J\"/>", "戊"),
        run("<w:rStyle w:val=\"L\"/>", "己"),
        styled("I", "庚") + &p(PROSE),
    );
    assert_eq!(lines_of(&word(&body, &[("styles", styles)])), ["甲丙戊己", PROSE]);
}

#[test]
fn of_alternatives_one_is_read() {
    let text_box = |name: &str, text: &str| format!("<{name}><w:txbxContent>{}</w:txbxContent></{name}>", p(text));
    let body = format!(
        "<w:p><w:r><w:t>正文前</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires=\"wps\">{}</mc:Choice>\
         <mc:Fallback><w:pict>{}</w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>正文后</w:t></w:r></w:p>\
         <w:p><w:r><mc:AlternateContent><mc:Fallback>{}</mc:Fallback></mc:AlternateContent></w:r></w:p>{}",
        text_box("wps:txbx", "框内一"),
        text_box("v:textbox", "框内一"),
        text_box("v:textbox", "框内二"),
        p(PROSE),
    );
    assert_eq!(body_lines(&body), ["正文前正文后", "框内一", "框内二", PROSE]);
}

#[test]
fn of_fields_the_result_is_read() {
    let mark = |kind: &str| format!("<w:r><w:fldChar w:fldCharType=\"{kind}\"/></w:r>");
    let code = |text: &str| format!("<w:r><w:instrText>{text}</w:instrText><w:t>码</w:t></w:r>");
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let field =
        |name: &str, result: &str| mark("begin") + &code(name) + &mark("separate") + &run(result) + &mark("end");
    let body = format!(
        "<w:p>{}{}</w:p><w:p>{}{}{}{}{}</w:p><w:p>{}<w:fldSimple w:instr=\" PAGE \">{}</w:fldSimple>\
         <w:fldSimple w:instr=\"DATE\">{}</w:fldSimple></w:p><w:p>{}{}{}{}</w:p><w:p>{}{}</w:p><w:p>{}</w:p>",
        run("一、回顾"),
        field(" PAGEREF _Toc1 \\h ", "12"),
        mark("begin") + &code("IF ") + &field("QUOTE", "内"),
        mark("separate"),
        run("外"),
        mark("end"),
        run("后"),
        run("今天是"),
        run("3"),
        run("1日"),
        mark("begin"),
        code("eq \\o\\ac(○,3)"),
        mark("end"),
        run("号"),
        // A field whose end is lost hides no more than its paragraph.
        mark("begin"),
        code("REF x"),
        run(PROSE),
    );
    assert_eq!(body_lines(&body), ["一、回顾", "外后", "今天是1日", "③号", PROSE]);
}

#[test]
fn raised_numbers_run_into_nothing() {
    let raised =
        |text: &str| format!("<w:r><w:rPr><w:vertAlign w:val=\"superscript\"/></w:rPr><w:t>{text}</w:t></w:r>");
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let lowered = "<w:r><w:rPr><w:vertAlign w:val=\"subscript\"/></w:rPr><w:t>2.5</w:t></w:r>";
    let body = format!(
        "<w:p>{}{}{}{}{}{}{}{}{}{}{}</w:p><w:p>{}{lowered}{}</w:p>",
        run("绿地300m"),
        raised("2"),
        run("、水5万米"),
        raised("3"),
        run("，“小巨人”"),
        raised("1"),
        raised("2"),
        run("企业12家"),
        raised("3"),
        run("，专班"),
        raised("[4]"),
        run("PM"),
        run("平均浓度"),
    );
    assert_eq!(body_lines(&body), ["绿地300m²、水5万米³，“小巨人”［12］企业12家［3］，专班[4]", "PM2.5平均浓度"]);
}

#[test]
fn notes_stand_at_the_end_under_a_heading_of_the_vocabulary() {
    let footnotes = "<w:footnotes><w:footnote w:type=\"separator\" w:id=\"-1\"><w:p><w:r><w:t>线</w:t></w:r></w:p></w:footnote>\
        <w:footnote w:id=\"2\"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t> 第一条注。</w:t></w:r></w:p><w:p><w:r><w:t>另起一段。</w:t></w:r></w:p></w:footnote>\
        <w:footnote w:id=\"9\"><w:p><w:r><w:t>无人引用</w:t></w:r></w:p></w:footnote></w:footnotes>";
    let endnotes =
        "<w:endnotes><w:endnote w:id=\"2\"><w:p><w:r><w:t>指5条线路。</w:t></w:r></w:p></w:endnote></w:endnotes>";
    let body = "<w:p><w:r><w:t>开通专线</w:t></w:r><w:r><w:endnoteReference w:id=\"2\"/></w:r><w:r><w:t>，培育龙头企业</w:t></w:r>\
        <w:r><w:rPr><w:vertAlign w:val=\"superscript\"/></w:rPr><w:footnoteReference w:id=\"2\"/></w:r><w:r><w:t>12家。</w:t></w:r></w:p>";
    let lines = lines_of(&word(body, &[("footnotes", footnotes), ("endnotes", endnotes)]));
    let expected =
        ["开通专线［1］，培育龙头企业［2］12家。", "注释：", "［1］指5条线路。", "［2］第一条注。", "另起一段。"];
    assert_eq!(lines, expected);

    // Behind the heading no number is a value.
    let report = format!("政府工作报告\n一、2020年工作回顾\n{}", lines.join("\n"));
    let (normalized, _) = crate::normalize::normalize(&report, &VOCABULARY);
    let (report, _) = crate::parse::parse(&normalized, "", &Meta::default(), &VOCABULARY);
    let role_of = |words: &str| {
        let sentence = report.sentences.iter().find(|sentence| normalized.text[sentence.range.clone()].contains(words));
        sentence.map(|sentence| sentence.role)
    };
    assert_eq!(role_of("开通专线"), Some(SectionRole::Review));
    assert_eq!(role_of("5条线路"), Some(SectionRole::Glossary));
    assert_eq!(role_of("另起一段"), Some(SectionRole::Glossary));
}

#[test]
fn headings_get_the_numbers_of_their_lists() {
    let levels = level(0, "chineseCountingThousand", "%1、", "<w:suff w:val=\"nothing\"/>")
        + &level(1, "chineseCounting", "（%2）", "")
        + &level(2, "decimal", "%3.", "")
        + &level(3, "decimalEnclosedCircle", "%4", "<w:suff w:val=\"nothing\"/>")
        + &level(4, "upperRoman", "%1.%3.%5", "<w:isLgl/>");
    let body = [
        numbered(1, 0, "回顾"),
        numbered(1, 1, "经济"),
        numbered(1, 2, "农业"),
        numbered(1, 2, ""),
        numbered(1, 2, "工业"),
        numbered(1, 3, "新建"),
        numbered(1, 4, "投资"),
        p("普通段落"),
        numbered(1, 1, "民生"),
        numbered(1, 2, "教育"),
        numbered(1, 0, "安排"),
        numbered(1, 1, "目标"),
        numbered(0, 0, "不编号"),
        numbered(5, 0, "无此列表"),
    ]
    .concat();
    let lines = lines_of(&word(&body, &[("numbering", &numbering(&levels, NUM_1))]));
    let expected = [
        "一、回顾",
        "（一）经济",
        "1. 农业",
        "3. 工业",
        "①新建",
        "1.3.1 投资",
        "普通段落",
        "（二）民生",
        "1. 教育",
        "二、安排",
        "（一）目标",
        "不编号",
        "无此列表",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn lists_begin_again_where_they_are_told_to() {
    let levels = level(0, "decimal", "%1)", "") + &level(1, "lowerLetter", "%2.", "<w:lvlRestart w:val=\"0\"/>");
    let nums = format!(
        "{NUM_1}<w:num w:numId=\"2\"><w:abstractNumId w:val=\"7\"/><w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"1\"/>\
         </w:lvlOverride></w:num><w:num w:numId=\"3\"><w:abstractNumId w:val=\"7\"/><w:lvlOverride w:ilvl=\"0\">{}</w:lvlOverride></w:num>",
        level(0, "ideographTraditional", "%1项", "<w:suff w:val=\"space\"/>")
    );
    let body = [
        numbered(1, 0, "农业"),
        numbered(1, 1, "粮食"),
        numbered(1, 0, "工业"),
        numbered(1, 1, "钢铁"),
        numbered(2, 0, "教育"),
        numbered(2, 0, "卫生"),
        numbered(1, 0, "交通"),
        numbered(3, 0, "水利"),
    ]
    .concat();
    let lines = lines_of(&word(&body, &[("numbering", &numbering(&levels, &nums))]));
    let expected = ["1) 农业", "a. 粮食", "2) 工业", "b. 钢铁", "1) 教育", "2) 卫生", "3) 交通", "丁项 水利"];
    assert_eq!(lines, expected);
}

#[test]
fn styles_bring_lists_with_them() {
    let levels = level(0, "japaneseCounting", "%1、", "<w:pStyle w:val=\"A\"/>")
        + &level(1, "chineseCounting", "（%2）", "<w:pStyle w:val=\"B\"/>");
    let linked = "<w:abstractNum w:abstractNumId=\"8\"><w:numStyleLink w:val=\"S\"/></w:abstractNum>\
        <w:num w:numId=\"4\"><w:abstractNumId w:val=\"8\"/></w:num>";
    let num_pr = "<w:numPr><w:numId w:val=\"1\"/></w:numPr>";
    let styles = format!(
        "<w:styles><w:style w:styleId=\"A\"><w:pPr>{num_pr}</w:pPr></w:style>\
         <w:style w:styleId=\"B\"><w:pPr>{num_pr}</w:pPr></w:style>\
         <w:style w:styleId=\"C\"><w:basedOn w:val=\"B\"/></w:style>\
         <w:style w:type=\"numbering\" w:styleId=\"S\"><w:pPr>{num_pr}</w:pPr></w:style></w:styles>"
    );
    let off = "<w:p><w:pPr><w:pStyle w:val=\"A\"/><w:numPr><w:numId w:val=\"0\"/></w:numPr></w:pPr><w:r><w:t>结语</w:t></w:r></w:p>";
    let body = [
        styled("A", "回顾"),
        styled("B", "经济"),
        styled("C", "民生"),
        styled("A", "安排"),
        off.into(),
        numbered(4, 0, "任务"),
    ];
    let numbering = numbering(&levels, &(NUM_1.to_string() + linked));
    let lines = lines_of(&word(&body.concat(), &[("styles", &styles), ("numbering", &numbering)]));
    assert_eq!(lines, ["一、回顾", "（一）经济", "（二）民生", "二、安排", "结语", "三、任务"]);
}

#[test]
fn of_bullets_only_dashes_are_text() {
    let levels = level(0, "bullet", "\u{F0B7}", "") + &level(1, "bullet", "——", "") + &level(2, "bullet", "●", "");
    let body = [numbered(1, 0, "农业增效"), numbered(1, 1, "工业增产"), numbered(1, 2, "农民增收")].concat();
    let lines = lines_of(&word(&body, &[("numbering", &numbering(&levels, NUM_1))]));
    assert_eq!(lines, ["农业增效", "——工业增产", "农民增收"]);
}

fn cell(props: &str, body: &str) -> String {
    format!("<w:tc><w:tcPr>{props}</w:tcPr>{body}</w:tc>")
}

#[test]
fn rows_of_tables_are_lines_with_tabs() {
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let body = format!(
        "{}<w:tbl><w:tblPr/>{}{}{}{}</w:tbl>",
        p("附表"),
        row(&[cell("<w:gridSpan w:val=\"2\"/>", &p("指标")), cell("", &(p("2020年") + &p("目标")))]),
        row(&[cell("<w:vMerge w:val=\"restart\"/>", &p("农业")), cell("", &p("粮食产量")), cell("", &p(" 38.6 万吨"))]),
        row(&[cell("<w:vMerge/>", "<w:p/>"), cell("", &p("蔬菜产量")), cell("", "<w:p/>")]),
        "<w:tr><w:trPr><w:gridBefore w:val=\"1\"/></w:trPr><w:tc><w:p><w:r><w:t>合计</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>",
    );
    let expected = ["附表", "指标\t\t2020年 目标", "农业\t粮食产量\t38.6 万吨", "\t蔬菜产量\t", "\t合计\t"];
    assert_eq!(body_lines(&body), expected);
}

#[test]
fn tables_that_make_the_layout_are_paragraphs() {
    let table = |rows: &str| format!("<w:tbl>{rows}</w:tbl>");
    let one_column = table(&format!("<w:tr>{}</w:tr><w:tr>{}</w:tr>", cell("", &p("标题")), cell("", &p("正文"))));
    let inner = table(&format!("<w:tr>{}{}</w:tr>", cell("", &p("指标")), cell("", &p("数值"))));
    let nested = table(&format!("<w:tr>{}{}</w:tr>", cell("", &(p("左") + &inner)), cell("", &p("右"))));
    let long = "产业".repeat(301);
    let prose = table(&format!("<w:tr>{}{}</w:tr>", cell("", &p("边栏")), cell("", &p(&long))));
    let expected = ["标题", "正文", "左", "指标\t数值", "右", "边栏", &long];
    assert_eq!(body_lines(&(one_column + &nested + &prose)), expected);
}

#[test]
fn headers_footers_and_comments_are_no_text_and_the_title_is_a_hint() {
    let body = p(PROSE) + "<w:sectPr><w:headerReference w:id=\"h\"/><w:p><w:r><w:t>节</w:t></w:r></w:p></w:sectPr>";
    let core = "<cp:coreProperties><dc:title> 政府工作&amp;报告 </dc:title></cp:coreProperties>";
    let (document, header) = (document(&body), document(&p("页眉")));
    let parts = [("_rels/.rels", RELS), ("word/document.xml", &document), ("word/header1.xml", &header)];
    let bytes = pack(&[parts.as_slice(), &[("word/comments.xml", &header), ("docProps/core.xml", core)]].concat());
    let (decoded, issues) = read_with(&bytes, &Config::default());
    let decoded = decoded.unwrap();
    assert_eq!((decoded.text.as_str(), issues), (PROSE, vec![]));
    assert_eq!(decoded.meta, Meta { title: Some("政府工作&报告".into()), ..Meta::default() });
    assert_eq!(decoded.encoding, None);
}

#[test]
fn what_is_broken_inside_is_read_as_far_as_it_goes() {
    let whole = document(&(p(PROSE) + &p("第二段") + &p("第三段")));
    let with = |text: &str| {
        let (decoded, issues) = read_with(&pack(&[("word/document.xml", text)]), &Config::default());
        (decoded.unwrap().text, issues.iter().map(|issue| issue.code).collect::<Vec<_>>())
    };
    let partly = vec![IssueCode::PartlyRead];
    let cut = &whole[..whole.find("三段").unwrap()];
    assert_eq!(with(cut), (format!("{PROSE}\n第二段\n第"), partly.clone()));
    let lost_end = whole.replacen("</w:p>", "", 1);
    assert_eq!(with(&lost_end), (format!("{PROSE}\n第二段\n第三段"), partly.clone()));
    let wrong_name = whole.replacen("</w:r>", "</w:q>", 1);
    assert_eq!(with(&wrong_name), (format!("{PROSE}\n第二段\n第三段"), partly.clone()));
    let entity = whole.replacen("第二段", "第&bomb;二段", 1);
    assert_eq!(with(&entity), (format!("{PROSE}\n第二段\n第三段"), partly));
    let other_file = p(PROSE) + "<w:altChunk r:id=\"c\"/>";
    let (_, issues) = read_with(&word(&other_file, &[]), &Config::default());
    assert_eq!(issues[0].message, "a file inside the file (altChunk) was not read");
}

#[test]
fn entities_are_not_expanded() {
    let bomb =
        "<!DOCTYPE d [<!ENTITY a \"增长\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>";
    let body = document(&p(&format!("{PROSE}&b;&c;")));
    let text = body.replacen("?>", &format!("?>{bomb}"), 1);
    let (decoded, issues) = read_with(&pack(&[("word/document.xml", &text)]), &Config::default());
    assert_eq!(decoded.unwrap().text, PROSE);
    assert_eq!(issues[0].message, "word/document.xml has 2 references to entities, which are not resolved");
}

#[test]
fn a_damaged_directory_does_not_hide_the_text() {
    let bytes = word(&(p(PROSE) + &p("第二段")), &[]);
    let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let (decoded, issues) = read_with(&bytes[..directory], &Config::default());
    assert_eq!(decoded.unwrap().text, format!("{PROSE}\n第二段"));
    assert_eq!(issues[0].code, IssueCode::PartlyRead);
    assert!(issues[0].message.starts_with("the directory of the zip file is damaged"), "{}", issues[0].message);

    let (code, message) = refusal(&bytes[..60], &Config::default());
    assert_eq!(code, IssueCode::DamagedContainer);
    assert!(message.starts_with("no Word text is in the file"), "{message}");
    let (code, _) = refusal(&pack(&[("word/document.xml", "<w:document/>")])[..40], &Config::default());
    assert_eq!(code, IssueCode::DamagedContainer);
}

#[test]
fn limits_hold() {
    let config = |change: fn(&mut Config)| {
        let mut config = Config::default();
        change(&mut config);
        config
    };
    let deep = "<w:sdt>".repeat(600) + &p(PROSE);
    let (code, message) = refusal(&word(&deep, &[]), &Config::default());
    assert_eq!(
        (code, message.as_str()),
        (IssueCode::LimitExceeded, "elements lie more than 512 deep; see read.max_depth")
    );

    // A member that unpacks to far more than the file has bytes.
    let bomb = word(&(p(PROSE) + &" ".repeat(17 << 20)), &[]);
    assert!(bomb.len() < 80_000);
    let (code, message) = refusal(&bomb, &Config::default());
    assert_eq!(code, IssueCode::LimitExceeded);
    assert!(message.starts_with("word/document.xml unpacks to more than 16777216 bytes"), "{message}");

    let small = config(|config| config.read.max_file_bytes = 500);
    assert_eq!(refusal(&word(&p(&PROSE.repeat(99)), &[]), &small).0, IssueCode::LimitExceeded);
    let few = config(|config| config.read.max_members = 2);
    assert_eq!(
        refusal(&word(&p(PROSE), &[]), &few),
        (IssueCode::LimitExceeded, "the file has 3 members; read.max_members is 2".into())
    );
    let short = config(|config| config.read.max_text_chars = 10);
    let message = "the text is longer than read.max_text_chars (10)";
    assert_eq!(refusal(&word(&p(&PROSE.repeat(4)), &[]), &short), (IssueCode::LimitExceeded, message.into()));
}

#[test]
fn what_is_no_word_file_is_told() {
    let told = |parts: &[(&str, &str)]| refusal(&pack(parts), &Config::default());
    let (code, message) = told(&[("[Content_Types].xml", ""), ("xl/workbook.xml", "")]);
    assert_eq!(code, IssueCode::UnsupportedContainer);
    assert_eq!(
        message,
        "the file is an Excel workbook, not a Word file; save its sheet as CSV, or copy the text to a Word file"
    );
    assert!(told(&[("ppt/presentation.xml", "")]).1.contains("PowerPoint"));
    assert!(told(&[("OFD.xml", ""), ("Doc_0/Document.xml", "")]).1.contains("OFD"));
    assert!(told(&[("mimetype", "x"), ("content.xml", "")]).1.contains("soffice --convert-to docx"));
    assert_eq!(told(&[("a.txt", "x")]).0, IssueCode::DamagedContainer);
    assert_eq!(refusal(b"", &Config::default()).0, IssueCode::EmptyFile);
    let picture = "<w:p><w:r><w:drawing><a:blip r:embed=\"i\"/></w:drawing></w:r></w:p>";
    assert_eq!(refusal(&word(picture, &[]), &Config::default()).0, IssueCode::NoTextLayer);
    assert_eq!(refusal(&word("<w:p/>", &[]), &Config::default()).0, IssueCode::EmptyFile);

    let kind = |parts: &[(&str, &str)]| package_kind(&pack(parts), &Config::default().read);
    assert_eq!(kind(&[("word/document.xml", "")]), PackageKind::Word);
    assert_eq!(kind(&[("reports/a.docx", "")]), PackageKind::Archive);
    // An archive with a Word file in it, not packed, whose directory is lost.
    let inner = word(&p(PROSE), &[]);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a.docx", SimpleFileOptions::default().compression_method(CompressionMethod::Stored)).unwrap();
    writer.write_all(&inner).unwrap();
    let outer = writer.finish().unwrap().into_inner();
    assert_eq!(package_kind(&outer, &Config::default().read), PackageKind::Archive);
    assert_eq!(package_kind(&outer[..outer.len() - 30], &Config::default().read), PackageKind::Archive);
}
