//! Web pages: the main text without menus, scripts and share buttons; tables as rows of cells.
//!
//! The bytes are decoded as they are, the markup is laid out as a browser would show it, and of the lines those of
//! the main text are kept. Title, day of publication and source go beside the text.

mod archive;
mod page;
mod tree;

use super::Reader;
use crate::config::Config;
use crate::decode::{decode_bytes, decode_unicode, refuse};
use crate::issue::{Issue, IssueCode};
use crate::model::{Date, Decoded, Meta};
use crate::normalize::fold;
use crate::parse::date_at;
use crate::vocab::{PageWords, Vocabulary};
use page::{Found, MAX_CUT_CHARS, Page};

/// Takes saved web pages and web archives.
pub const READER: Reader = Reader {
    container: "html",
    extensions: &["html", "htm", "shtml", "xhtml", "mhtml", "mht"],
    magic: &[],
    text: read,
};

/// A page says its encoding and begins with markup in so many bytes.
const HEAD_BYTES: usize = 16 * 1024;
/// Lines with title, date and source are shorter than this.
const MAX_LABEL_LINE_CHARS: usize = 120;
/// A shorter line is no title.
const MIN_TITLE_CHARS: usize = 4;
/// The title may stand in one of so many lines at the head of the main text.
const TITLE_LINES: usize = 6;
/// A source has at most so many characters.
const MAX_SOURCE_CHARS: usize = 40;

/// Whether bytes begin like a web page: a tag, behind white space, comments and declarations only; or like an archive.
pub(super) fn is_page(bytes: &[u8]) -> bool {
    if archive::is_archive(bytes) {
        return true;
    }
    let head = ascii_head(bytes);
    let mut rest = head.as_str();
    loop {
        rest = rest.trim_start();
        let comment = rest.strip_prefix("<!--").map(|comment| comment.find("-->").map(|end| &comment[end + 3..]));
        match comment {
            Some(Some(behind)) => rest = behind,
            Some(None) => return false,
            None if rest.starts_with("<!doctype html") => return true,
            None if rest.starts_with("<?xml") => {
                let Some(end) = rest.find("?>") else { return false };
                rest = &rest[end + 2..];
            }
            None => return begins_with_tag(rest),
        }
    }
}

/// Whether a text that is called a web page has markup at all.
fn has_markup(markup: &str) -> bool {
    let lower: String = markup.chars().take(HEAD_BYTES).map(|c| c.to_ascii_lowercase()).collect();
    lower.match_indices('<').any(|(at, _)| begins_with_tag(&lower[at..]))
}

fn begins_with_tag(text: &str) -> bool {
    const TAGS: [&str; 33] = [
        "html", "head", "body", "meta", "title", "link", "base", "script", "style", "div", "p", "span", "font",
        "table", "center", "br", "h1", "h2", "h3", "h4", "article", "section", "ul", "ol", "li", "dl", "a", "b",
        "strong", "pre", "img", "form", "header",
    ];
    let Some(tag) = text.strip_prefix('<') else { return false };
    let name = &tag[..tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(0)];
    TAGS.contains(&name) && tag[name.len()..].starts_with(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'))
}

/// The first bytes as small ASCII letters; what is not ASCII is a `?`. The zeros of UTF-16 are left out.
fn ascii_head(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let bytes = bytes.strip_prefix(b"\xFF\xFE").or(bytes.strip_prefix(b"\xFE\xFF")).unwrap_or(bytes);
    let head = bytes.iter().take(HEAD_BYTES).filter(|&&byte| byte != 0);
    head.map(|&byte| if byte.is_ascii() { char::from(byte.to_ascii_lowercase()) } else { '?' }).collect()
}

/// The label of the encoding that a page gives itself: in a `meta` or in the XML declaration.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = ascii_head(bytes);
    let in_tag = |tag: &str, name: &str| {
        let at = tag.find(name)? + name.len();
        let value = tag[at..].trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | ':' | '.'));
        let label = &value[..end.unwrap_or(value.len())];
        (!label.is_empty()).then(|| label.to_string())
    };
    let tag_at = |at: usize| &head[at..at + head[at..].find('>').unwrap_or(head.len() - at)];
    if head.starts_with("<?xml")
        && let Some(label) = in_tag(tag_at(0), "encoding")
    {
        return Some(label);
    }
    head.match_indices("<meta").find_map(|(at, _)| in_tag(tag_at(at), "charset"))
}

/// Bytes of a page or of an archive with one -> its main text.
fn read(bytes: &[u8], config: &Config, vocabulary: &Vocabulary) -> (Option<Decoded>, Vec<Issue>) {
    if !archive::is_archive(bytes) {
        return read_page(bytes, declared(bytes), config, vocabulary);
    }
    match archive::first_page(bytes) {
        Ok(part) => {
            let label = part.charset.or_else(|| declared(&part.bytes));
            read_page(&part.bytes, label, config, vocabulary)
        }
        Err(message) => refuse(IssueCode::DamagedContainer, message),
    }
}

/// Bytes of a page -> its main text. `label` is the encoding that it names.
fn read_page(
    bytes: &[u8],
    label: Option<String>,
    config: &Config,
    vocabulary: &Vocabulary,
) -> (Option<Decoded>, Vec<Issue>) {
    let (markup, issues) = decode_bytes(bytes, label.as_deref(), &config.decode);
    let Some(markup) = markup else { return (None, issues) };
    if !has_markup(&markup.text) {
        return (Some(markup), issues);
    }
    // What is lost is counted again in the main text; places in the markup mean nothing there.
    let mut issues: Vec<Issue> = issues
        .into_iter()
        .filter(|issue| issue.code != IssueCode::ReplacedBytes)
        .map(|issue| Issue { source_start: None, source_end: None, ..issue })
        .collect();
    let html = match tree::parse(&markup.text, config.read.max_depth) {
        Ok(html) => html,
        Err(message) => return refuse(IssueCode::LimitExceeded, message),
    };
    let words = &vocabulary.pages;
    let page = Page::new(&html);
    let found = match page.main_text(words) {
        Ok(found) => found,
        Err(message) => return refuse(IssueCode::EmptyFile, message),
    };
    if found.cut > MAX_CUT_CHARS {
        let message = format!("{} characters in sentences around the main text of the page were cut", found.cut);
        issues.push(Issue::new(IssueCode::ForeignTextCut, message));
    }
    if found.pictures > 0 {
        let message = format!("{} pictures among the paragraphs are not read; they may be tables", found.pictures);
        issues.push(Issue::new(IssueCode::PartlyRead, message));
    }
    let meta = Meta {
        title: title_of(&page, &found, words),
        published: published(&page, &found, words),
        publisher: publisher(&page, &found, words),
    };
    let text = text_of(&found, meta.title.as_deref());
    let (decoded, more) = decode_unicode(text, meta, &config.decode);
    issues.extend(more);
    (decoded.map(|decoded| Decoded { encoding: markup.encoding, runner_up: markup.runner_up, ..decoded }), issues)
}

/// The main text, below its title where that stands outside: place and years are read from it.
fn text_of(found: &Found, title: Option<&str>) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let has_title =
        |title: &str| found.lines.iter().take(TITLE_LINES).any(|line| bare(&line.text).contains(&bare(title)));
    if let Some(title) = title.filter(|title| !has_title(title))
        && let Some(at) = found.before.iter().rposition(|line| bare(&line.text) == bare(title))
    {
        lines.push(&found.before[at].text);
        // The occasion stands below the title: ——2021年1月5日在…会议上, （2021年1月5日）.
        let below = found.before[at + 1..].iter().map(|line| line.text.as_str());
        lines.extend(below.filter(|line| line.starts_with(['—', '（', '('])));
    }
    lines.extend(found.lines.iter().map(|line| line.text.as_str()));
    lines.join("\n")
}

/// Every character in its one form.
fn folded(text: &str) -> String {
    text.chars().flat_map(fold).collect()
}

/// What two wordings of a title are compared by.
fn bare(text: &str) -> String {
    text.chars().flat_map(fold).filter(|c| *c != ' ').collect()
}

/// The title: what the page calls so, rather as it is shown.
fn title_of(page: &Page, found: &Found, words: &PageWords) -> Option<String> {
    let said: Vec<String> =
        page.said(&words.titles).into_iter().filter(|title| title.chars().count() >= MIN_TITLE_CHARS).collect();
    let shown = found.lines.iter().take(TITLE_LINES).chain(found.before.iter().rev());
    let shown: Vec<&str> = shown.map(|line| line.text.as_str()).filter(|line| is_short(line)).collect();
    for title in &said {
        let exact = shown.iter().find(|line| bare(line) == bare(title));
        // The title of a page holds the name of the site too.
        let part =
            || shown.iter().find(|line| line.chars().count() > MIN_TITLE_CHARS && bare(title).starts_with(&bare(line)));
        if let Some(line) = exact.or_else(part) {
            return Some((*line).to_string());
        }
    }
    let first = said.first()?;
    let end = first.find(['_', '|']).or_else(|| first.find(" - ")).unwrap_or(first.len());
    Some(first[..end].trim().to_string()).filter(|title| !title.is_empty())
}

fn is_short(line: &str) -> bool {
    line.chars().take(MAX_LABEL_LINE_CHARS + 1).count() <= MAX_LABEL_LINE_CHARS
}

/// The folded text behind the first of the labels, in every short line of the page.
fn labelled(found: &Found, labels: &[String]) -> Vec<String> {
    let lines = found.all.iter().filter(|line| is_short(&line.text)).map(|line| folded(&line.text));
    let behind = |line: String| {
        labels.iter().find_map(|label| line.find(label.as_str()).map(|at| line[at + label.len()..].trim().to_string()))
    };
    lines.filter_map(behind).collect()
}

fn published(page: &Page, found: &Found, words: &PageWords) -> Option<Date> {
    let said = page.said(&words.dates).into_iter().chain(labelled(found, &words.date_labels));
    said.into_iter().find_map(|text| text.char_indices().take(12).find_map(|(at, _)| date_at(&text, at)))
}

fn publisher(page: &Page, found: &Found, words: &PageWords) -> Option<String> {
    let is_name = |name: &str| !name.is_empty() && name.chars().count() <= MAX_SOURCE_CHARS;
    let bare = |text: String| {
        let label = words.source_labels.iter().find(|label| text.starts_with(label.as_str()));
        text[label.map_or(0, String::len)..].trim().to_string()
    };
    let said = page.said(&words.sources).into_iter().map(|text| bare(folded(&text))).find(|name| is_name(name));
    said.or_else(|| {
        let first_word = |text: String| text.split([' ', '|', '【', '[', '（', '：']).next().map(str::to_string);
        labelled(found, &words.source_labels).into_iter().filter_map(first_word).find(|name| is_name(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;

    static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::embedded().unwrap());

    fn read_bytes(bytes: &[u8]) -> (Option<Decoded>, Vec<Issue>) {
        read(bytes, &Config::default(), &VOCABULARY)
    }

    /// The text of a page that is read without an issue.
    fn text(page: &str) -> String {
        let (decoded, issues) = read_bytes(page.as_bytes());
        assert_eq!(issues, [], "{page}");
        decoded.unwrap().text
    }

    fn refused(page: &str) -> (IssueCode, String) {
        let (decoded, issues) = read_bytes(page.as_bytes());
        assert_eq!(decoded.map(|decoded| decoded.text), None);
        (issues[0].code, issues[0].message.clone())
    }

    #[test]
    fn elements_break_lines_or_do_not() {
        let rows = [
            ("<p>全区\n  新建<span>绿</span>道<b>9</b><font>0</font><o:p></o:p>公里。</p>", "全区 新建绿道90公里。"),
            ("<p>道路9公里<br>绿道<wbr>2公里</p>公园<div>3个</div>", "道路9公里\n绿道2公里\n公园\n3个"),
            ("<p>面积9m<sup>2</sup>，<sub>共</sub>3个</p>", "面积9m2，共3个"),
            ("<p>&emsp;增长&nbsp;9&#37;&amp;&#x4E2A;</p>", "\u{2003}增长\u{a0}9%&个"),
            ("<pre>一、回顾\n二、计划</pre>", "一、回顾\n二、计划"),
            ("<div style='white-space: pre-wrap'>一、回顾\n二、计划</div>", "一、回顾\n二、计划"),
            ("<p>道路9公里<script>var a = 1;</script><style>p{}</style><!-- 无 --></p>", "道路9公里"),
            ("<p>道路9公里<input value=1><select><option>站内</select><button>查</button></p>", "道路9公里"),
            ("<p>道路9公里<noscript>请开启</noscript><template>样板</template></p>", "道路9公里"),
            ("<p>道路9公里</p><p hidden>无</p><p style='color:red; DISPLAY : none'>无</p>", "道路9公里"),
            ("<ul><li>道路9公里<li>绿道2公里</ul>", "道路9公里\n绿道2公里"),
            ("<p>道路9公里</p><p>&nbsp;</p><p>　</p>绿道2公里", "道路9公里\n绿道2公里"),
        ];
        for (page, want) in rows {
            assert_eq!(text(page), want, "{page}");
        }
    }

    #[test]
    fn tables_of_data_become_rows() {
        let rows = [
            ("<table><tr><th>指标<th>数值<tr><td><p>道 路</p><td> 9 \n公里</table>", "指标\t数值\n道 路\t9 公里"),
            (
                "<table><caption>表1</caption><tbody><tr><td colspan=2>合计</td><td>9</td></tr><tr><td></td><td>一</td><td>2</td></tr></tbody></table>",
                "表1\n合计\t\t9\n\t一\t2",
            ),
            (
                "<table><tr><td rowspan=2>道路<td>新建<td>9<tr><td>改建<td>2<tr><td>绿道<td>新建<td rowspan=9>3</table>",
                "道路\t新建\t9\n\t改建\t2\n绿道\t新建\t3",
            ),
            (
                "<table><tr><td>甲<td rowspan=2 colspan=2>乙<td>丙<tr><td>丁<td>戊<tr><td>己</table>",
                "甲\t乙\t\t丙\n丁\t\t\t戊\n己",
            ),
            ("<table><tr><td>甲<br>乙<td>丙<tr><td><td></table>", "甲 乙\t丙"),
            // One column, or a table in a cell: a layout.
            ("<table><tr><td>道路9公里<tr><td>绿道2公里</table>", "道路9公里\n绿道2公里"),
            ("<table><tr><td>左<td><table><tr><td>道路<td>9</table></table>", "左\n道路\t9"),
        ];
        for (page, want) in rows {
            assert_eq!(text(page), want, "{page}");
        }
        let prose = "全区新建绿道9公里，新增公园2个。".repeat(30);
        assert_eq!(text(&format!("<table><tr><td>目录，共9页<td>{prose}</table>")), format!("目录，共9页\n{prose}"));
        let wide = text(&format!("<table><tr>{}</table>", "<td colspan=99999 rowspan=99999>9".repeat(3)));
        assert_eq!(wide.matches('\t').count(), 201);
    }

    /// Twenty sentences.
    fn prose() -> String {
        "<p>全区新建绿道9公里，新增公园2个。</p>".repeat(20)
    }

    fn prose_text() -> String {
        ["全区新建绿道9公里，新增公园2个。"; 20].join("\n")
    }

    const MENU: &str = "<ul><li><a href='/'>首页</a><li><a href='/a'>政务公开</a></ul>";
    const NEWS: &str =
        "<div class=x9><a href='/n'>解读：办好9件实事，增长9%。</a><p>另有一条消息，与本文无关。</p></div>";

    #[test]
    fn the_main_text_is_found() {
        let (prose, text_alone) = (prose(), prose_text());
        let rows = [
            ("a known container", format!("{MENU}<div id=zoom>{prose}</div>{NEWS}")),
            (
                "it in many pieces",
                format!(
                    "{MENU}<div class=TRS_Editor>{}</div><div class=TRS_Editor>{}</div>{NEWS}",
                    &prose[..prose.len() / 2],
                    &prose[prose.len() / 2..]
                ),
            ),
            (
                "a container that is another",
                format!(
                    "{MENU}<div class=content>登录，注册，请先登录本站。</div><div><div class=x>{prose}</div></div>"
                ),
            ),
            ("none known", format!("{MENU}<div><div class=x>{prose}</div></div><div>主办：区政府办</div>")),
            ("cells", format!("<table><tr><td>{MENU}<td><table><tr><td>{prose}</table><tr><td>主办：区政府办</table>")),
            ("furniture inside", format!("<article>{prose}<div class='share-box'>分享到：微信</div></article>")),
            ("all called furniture", format!("{MENU}<div class=sidebar>{prose}</div>")),
            ("hidden until shown", format!("{MENU}<div style='display:none'>{prose}</div>")),
            (
                "links at both ends",
                format!("<div class=content><a href=/>返回</a><br>{prose}<p><a href=/2>下一页</a></div>"),
            ),
        ];
        for (name, page) in rows {
            assert_eq!(text(&page), text_alone, "{name}");
        }
        // What is cut is told.
        let page = format!("<div id=zoom>{prose}{prose}</div><div>{}</div>", NEWS.repeat(25));
        let (decoded, issues) = read_bytes(page.as_bytes());
        assert_eq!(decoded.unwrap().text, format!("{text_alone}\n{text_alone}"));
        assert_eq!(issues[0].code, IssueCode::ForeignTextCut);
        assert_eq!(issues[0].message, "325 characters in sentences around the main text of the page were cut");
        let icons = "<p>附件<img src=a></p><p><img width=16></p><p><img style='height:9px; width: 20px'></p>";
        let pictures = "<p><img style='width:640px'></p><p><span><img src=b></span></p>";
        let page = format!("<div id=zoom>{prose}{icons}{pictures}</div>");
        let (_, issues) = read_bytes(page.as_bytes());
        assert_eq!(issues[0].code, IssueCode::PartlyRead);
        assert_eq!(issues[0].message, "2 pictures among the paragraphs are not read; they may be tables");
        // One long paragraph is not taken from between its headings.
        let long = "全区新建绿道9公里，新增公园2个。".repeat(30);
        let page = format!("{MENU}<div><h2>一、回顾</h2><div>{long}</div><h2>二、计划</h2></div>");
        assert_eq!(text(&page), format!("一、回顾\n{long}\n二、计划"));
    }

    #[test]
    fn title_date_and_source_are_told() {
        let meta = |head: &str, body: &str| {
            let page =
                format!("<html><head>{head}</head><body>{MENU}{body}<div id=zoom>{}</div></body></html>", prose());
            let decoded = read_bytes(page.as_bytes()).0.unwrap();
            let first = decoded.text.lines().next().unwrap().to_string();
            (first, decoded.meta)
        };
        let day = Date::new(2021, 2, 20);
        let title = "2021年政府工作报告";
        let body = format!("<h1>{title}</h1><p>日期：2021-02-20 17:53 来源：区政府办 【字号：大 中】</p>");
        let full = Meta { title: Some(title.into()), published: day, publisher: Some("区政府办".into()) };
        assert_eq!(meta("<title>2021年政府工作报告_某某区</title>", &body), (title.to_string(), full.clone()));
        let head = "<meta name=ArticleTitle content=2021年政府工作报告><meta name=PubDate content='2021-02-20 17:53'>\
                    <meta name=contentsource content='区政府办'><title>首页</title>";
        assert_eq!(meta(head, "").1, full);
        // A title that only the tab shows is told, but is no line of the text.
        let (first, told) = meta("<title>2021年政府工作报告 - 某某区</title>", "");
        assert_eq!((first.as_str(), told.title.as_deref()), ("全区新建绿道9公里，新增公园2个。", Some(title)));
        // The occasion goes with the title.
        let body = format!("<h1>{title}</h1><p>——2021年1月5日在区人民代表大会上</p><p>来源：区政府办</p>");
        let page = format!("{body}<div id=zoom>{}</div>", prose());
        assert!(text(&page).starts_with("2021年政府工作报告\n——2021年1月5日在区人民代表大会上\n全区新建"));
        assert_eq!(meta("", "").1, Meta::default());
    }

    #[test]
    fn a_shell_is_no_report() {
        let shell = format!("<body>{}<p>主办：区政府办</p></body>", MENU.repeat(9));
        let (code, message) = refused(&shell);
        assert_eq!(code, IssueCode::EmptyFile);
        assert!(message.starts_with("the page holds no main text: 0 of "), "{message}");
        assert!(message.ends_with("save the page that shows the text itself"), "{message}");
        let (_, message) = refused(&format!("{shell}<iframe src=a.html></iframe>"));
        assert!(message.ends_with("save the page inside the frame"), "{message}");
        let (_, message) = refused(&format!("<script>load()</script>{shell}"));
        assert!(message.ends_with("after the browser has shown it"), "{message}");
        assert_eq!(refused("<html><body></body></html>").0, IssueCode::EmptyFile);
        // A short page is a text all the same.
        assert_eq!(text("<html><body><p>生产总值9亿元</p></body></html>"), "生产总值9亿元");
    }

    #[test]
    fn too_deep_a_page_is_refused_with_its_line() {
        let page = format!("<html>\n<body>\n{}{}", "<div>".repeat(600), prose());
        let (code, message) = refused(&page);
        assert_eq!(code, IssueCode::LimitExceeded);
        assert_eq!(message, "at line 3 more than 512 elements lie in each other (read.max_depth)");
        assert_eq!(text(&format!("{}{}", "<div>".repeat(300), prose())), prose_text());
    }

    #[test]
    fn bytes_are_decoded_by_what_they_are() {
        let page = |charset: &str| format!("<html><meta charset={charset}><body>{}<a href=/>某�</a></body>", prose());
        let gbk = encoding_rs::GB18030.encode(&page("utf-8")).0.into_owned();
        let (decoded, _) = read_bytes(&gbk);
        let decoded = decoded.unwrap();
        assert_eq!((decoded.text, decoded.encoding), (prose_text(), Some("GB18030")));
        assert_eq!(decoded.runner_up.map(|(name, _)| name), Some("Big5"));
        let utf16: Vec<u8> = page("gb2312").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (decoded, _) = read_bytes(&[b"\xFF\xFE", utf16.as_slice()].concat());
        let decoded = decoded.unwrap();
        // The replacement outside the main text does not count.
        assert_eq!((decoded.text, decoded.encoding, decoded.replacements), (prose_text(), Some("UTF-16LE"), 0));
        let lost = format!("<p>{}</p><p>二�三五年，实现目标，再上台阶。</p>", prose());
        let (decoded, issues) = read_bytes(lost.as_bytes());
        assert_eq!((decoded.unwrap().replacements, issues[0].code), (1, IssueCode::ReplacedBytes));
        let rare = format!("<html><body>{}", "鞫鬻鬮鬱，".repeat(50));
        assert_eq!(refused(&rare).0, IssueCode::UndecodableText);
    }

    #[test]
    fn the_declared_encoding_is_found() {
        let rows = [
            ("<html><head><META http-equiv=\"Content-Type\" content=\"text/html; charset=GB2312\">", Some("gb2312")),
            ("<script charset='utf-8'></script><meta name=a content=b><meta charset = 'gbk' />", Some("gbk")),
            ("<?xml version=\"1.0\" encoding=\"gb18030\"?><html>", Some("gb18030")),
            ("<meta http-equiv=refresh content=0><p>charset=gbk", None),
            ("<meta charset=>", None),
        ];
        for (page, label) in rows {
            assert_eq!(declared(page.as_bytes()).as_deref(), label, "{page}");
        }
    }

    #[test]
    fn a_web_archive_is_read() {
        let page = format!("<html><body>{MENU}{}", prose());
        let archive = format!("MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{page}");
        assert!(is_page(archive.as_bytes()));
        assert_eq!(text(&archive), prose_text());
        let (code, _) = refused("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=a\n\n--a\n\n");
        assert_eq!(code, IssueCode::DamagedContainer);
    }

    #[test]
    fn pages_are_told_by_their_first_bytes() {
        let pages = [
            "<html>",
            "\u{feff}\n <!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.0//EN\">",
            "<!-- 页头 -->\n<!-- saved from url --><HTML lang=zh>",
            "<?xml version='1.0'?>\n<!DOCTYPE html>",
            "<p>道路</p>",
            "<div\nclass=x>",
            "<meta charset=gbk>",
        ];
        for page in pages {
            assert!(is_page(page.as_bytes()), "{page}");
            let utf16: Vec<u8> = page.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert!(is_page(&utf16), "{page} in UTF-16");
        }
        let others = [
            "",
            "<",
            "道路<p>",
            "<!--\n-->\n<U+00A0>\n当前位置",
            "<!-- <html>",
            "<pre-project>",
            "<书名>",
            "< html>",
            "<?xml version='1.0'?><w:document>",
        ];
        for text in others {
            assert!(!is_page(text.as_bytes()), "{text}");
        }
        // Without any markup a page is plain text: its lines are kept.
        assert_eq!(text("一、回顾 a<9\n全区新建绿道9公里"), "一、回顾 a<9\n全区新建绿道9公里");
    }
}
