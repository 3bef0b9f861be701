//! PDF files with a text layer.
//!
//! The characters and their places come from PDFium in a [worker process](worker), or from `pdftotext` where there is no
//! PDFium; [`reflow`](reflow::reflow) makes paragraphs of them. A file that hangs, crashes or fills the memory takes only
//! its process with it.

mod library;
mod process;
pub mod reflow;
#[cfg(feature = "pdfium")]
pub mod worker;

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Reader;
use crate::config::Config;
use crate::decode::{decode_unicode, refuse};
use crate::issue::{Issue, IssueCode};
use crate::model::{Decoded, Meta};
use process::{Ended, Limits};
use reflow::{Page, Run, reflow};

/// Takes PDF files.
pub const READER: Reader =
    Reader { container: "pdf", extensions: &["pdf"], magic: &[b"%PDF"], text: |bytes, config, _| text(bytes, config) };

/// The other program that gives characters and places.
const PDFTOTEXT: &str = "pdftotext";
/// What to do when `pdftotext` cannot tell what the characters of a font are.
const LACKS_MAPS: &str = "pdftotext lacks the map of some Chinese font; apt install poppler-data, or use PDFium";
/// The most bytes a program may send for each character of `read.max_text_chars`.
const BYTES_PER_CHARACTER: u64 = 32;
/// A page that is a picture has its text in it even if so many characters (a stamp, a page number) stand beside it.
const STAMP_CHARACTERS: usize = 30;
/// How many page numbers an issue names.
const MAX_PAGES_NAMED: usize = 20;

/// What the worker sends, one a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// The next page.
    Page(Page),
    /// The next page cannot be read.
    BadPage,
    /// There are no more pages.
    End,
    /// The library cannot be loaded.
    NoLibrary(String),
    /// The file asks for a password.
    Locked,
    /// The file cannot be opened.
    Damaged(String),
    /// The file has so many pages, more than are read.
    TooManyPages(usize),
}

/// What a program made of a file.
#[derive(Debug, PartialEq)]
struct Pages {
    /// The pages in order; `None` for one that cannot be read.
    pages: Vec<Option<Page>>,
    /// Why there are no more of them, where the last one was not reached.
    broken_off: Option<String>,
}

/// Why a program gave no pages.
#[derive(Debug, PartialEq)]
enum Failure {
    /// The program is not there, or does not start.
    Missing(String),
    /// The file is at fault.
    File(IssueCode, String),
}

/// The text of a PDF file.
fn text(bytes: &[u8], config: &Config) -> (Option<Decoded>, Vec<Issue>) {
    let failure = match by_pdfium(bytes, config) {
        Ok(pages) => return finish(pages, config),
        // Another limit or password will not open it; a broken file another program may read.
        Err(Failure::File(code, message)) if code != IssueCode::DamagedContainer => return refuse(code, message),
        Err(failure) => failure,
    };
    match (by_pdftotext(bytes, config), failure) {
        (Ok(pages), _) => finish(pages, config),
        (Err(_), Failure::File(code, message)) | (Err(Failure::File(code, message)), _) => refuse(code, message),
        (Err(Failure::Missing(pdftotext)), Failure::Missing(pdfium)) => refuse(
            IssueCode::ReaderMissing,
            format!(
                "PDF files are read by PDFium (pip install pypdfium2, or set read.pdfium or ZHIBIAO_PDFIUM to the library) \
                 or by pdftotext (apt install poppler-utils poppler-data); {pdfium}; {pdftotext}"
            ),
        ),
    }
}

/// The text of the pages, and what is missing in it.
fn finish(read: Pages, config: &Config) -> (Option<Decoded>, Vec<Issue>) {
    let mut issues = Vec::new();
    let numbered = || read.pages.iter().enumerate().map(|(i, page)| (i + 1, page.as_ref()));
    let scanned: Vec<usize> = numbered().filter(|(_, page)| page.is_some_and(is_scanned)).map(|(i, _)| i).collect();
    let bad: Vec<usize> = numbered().filter(|(_, page)| page.is_none()).map(|(i, _)| i).collect();
    let pages: Vec<Page> = read.pages.into_iter().flatten().filter(|page| !is_scanned(page)).collect();
    let (text, more) = reflow(&pages);
    if text.trim().is_empty() {
        if let Some(why) = read.broken_off {
            return refuse(IssueCode::DamagedContainer, why);
        }
        if pages.is_empty() && scanned.is_empty() {
            return refuse(IssueCode::DamagedContainer, format!("it has no page that can be read (of {})", bad.len()));
        }
        let message = format!("no text on {} pages: it must be recognised first (OCR)", pages.len() + scanned.len());
        return refuse(IssueCode::NoTextLayer, message);
    }
    if !scanned.is_empty() {
        let message = format!("{} are pictures without text (OCR is needed)", page_list(&scanned));
        issues.push(Issue::new(IssueCode::PartlyRead, message));
    }
    if !bad.is_empty() {
        issues.push(Issue::new(IssueCode::PartlyRead, format!("{} cannot be read", page_list(&bad))));
    }
    if let Some(why) = read.broken_off {
        issues.push(Issue::new(IssueCode::PartlyRead, why));
    }
    issues.extend(more);
    let (decoded, more) = decode_unicode(text, Meta::default(), &config.decode);
    issues.extend(more);
    (decoded, issues)
}

/// Whether a page is a picture of its text.
fn is_scanned(page: &Page) -> bool {
    page.is_picture
        && page.runs.iter().flat_map(|run| run.text.chars()).filter(|c| !c.is_whitespace()).count() <= STAMP_CHARACTERS
}

/// `page 3`, `pages 3, 4, 5 and 12 more`.
fn page_list(pages: &[usize]) -> String {
    let named: Vec<String> = pages.iter().take(MAX_PAGES_NAMED).map(usize::to_string).collect();
    let more = pages.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("page{} {}{more}", if pages.len() == 1 { "" } else { "s" }, named.join(", "))
}

fn limits(config: &Config) -> Limits {
    Limits {
        seconds: config.read.pdf_seconds,
        bytes: config.read.pdf_bytes,
        output_bytes: (config.read.max_text_chars as u64).saturating_mul(BYTES_PER_CHARACTER),
    }
}

/// The pages as PDFium in a worker process sees them.
fn by_pdfium(bytes: &[u8], config: &Config) -> Result<Pages, Failure> {
    if !cfg!(feature = "pdfium") {
        return Err(Failure::Missing("this program is built without PDFium".into()));
    }
    let Some(worker) = &config.read.worker else {
        return Err(Failure::Missing("no worker program is set for PDFium".into()));
    };
    let library = library::find(config, worker).map_err(Failure::Missing)?;
    let max_pages = config.read.max_pages.to_string();
    let arguments = ["__pdf-worker", &library.to_string_lossy(), &max_pages];
    let ended = run(worker, &arguments, bytes, config)?;
    let (pages, last) = pages_of_worker(&ended.output);
    let no_more = match last {
        Some(Message::NoLibrary(message)) => return Err(Failure::Missing(message)),
        Some(Message::Locked) => return Err(locked()),
        Some(Message::Damaged(message)) => {
            return Err(Failure::File(IssueCode::DamagedContainer, format!("PDFium cannot open it: {message}")));
        }
        Some(Message::TooManyPages(count)) => return Err(too_many_pages(count, config)),
        Some(_) => None,
        None if ended.is_cut => return Err(too_much_text(config)),
        None => Some(format!("PDFium failed behind page {} ({})", pages.len(), status(&ended))),
    };
    if let (Some(why), true) = (&no_more, pages.is_empty()) {
        return Err(Failure::File(IssueCode::DamagedContainer, why.clone()));
    }
    Ok(Pages { pages, broken_off: no_more })
}

/// The pages as `pdftotext` sees them.
fn by_pdftotext(bytes: &[u8], config: &Config) -> Result<Pages, Failure> {
    let last_page = config.read.max_pages.saturating_add(1).to_string();
    let arguments = ["-raw", "-bbox", "-nodiag", "-l", &last_page, "-", "-"];
    let ended = run(Path::new(PDFTOTEXT), &arguments, bytes, config)?;
    if matches!(ended.status.and_then(|status| status.code()), Some(126 | 127)) {
        return Err(Failure::Missing("pdftotext is not installed".into()));
    }
    if ended.is_cut {
        return Err(too_much_text(config));
    }
    if ended.complaint.contains("Incorrect password") {
        return Err(locked());
    }
    let pages = pages_of_pdftotext(&String::from_utf8_lossy(&ended.output));
    if pages.len() > config.read.max_pages {
        return Err(too_many_pages(pages.len(), config));
    }
    let lacks_maps = ["Missing language pack", "CMap file for"].iter().any(|words| ended.complaint.contains(words));
    if lacks_maps && pages.iter().all(|page| page.runs.is_empty()) {
        return Err(Failure::File(IssueCode::ReaderMissing, LACKS_MAPS.into()));
    }
    let is_done = ended.status.is_some_and(|status| status.success());
    if pages.is_empty() {
        let why = ended.complaint.lines().next().unwrap_or("it has no pages").to_string();
        return Err(Failure::File(IssueCode::DamagedContainer, format!("pdftotext cannot read it: {why}")));
    }
    let broken_off = match (is_done, lacks_maps) {
        (false, _) => Some(format!("pdftotext failed behind page {} ({})", pages.len(), status(&ended))),
        (true, true) => Some(LACKS_MAPS.into()),
        (true, false) => None,
    };
    Ok(Pages { pages: pages.into_iter().map(Some).collect(), broken_off })
}

/// Runs a program on the file; one that takes too long has failed.
fn run(program: &Path, arguments: &[&str], bytes: &[u8], config: &Config) -> Result<Ended, Failure> {
    let ended = process::run(program, arguments, bytes, limits(config), &config.stop)
        .map_err(|error| Failure::Missing(format!("{} does not start: {error}", program.display())))?;
    if ended.status.is_none() {
        let message = format!("reading it takes longer than read.pdf_seconds = {}", config.read.pdf_seconds);
        return Err(Failure::File(IssueCode::LimitExceeded, message));
    }
    Ok(ended)
}

fn status(ended: &Ended) -> String {
    ended.status.map_or_else(|| "stopped".to_string(), |status| status.to_string())
}

fn locked() -> Failure {
    Failure::File(IssueCode::UnreadableFile, "the file asks for a password; save it without one".into())
}

fn too_many_pages(count: usize, config: &Config) -> Failure {
    let message = format!("the file has {count} pages or more; read.max_pages is {}", config.read.max_pages);
    Failure::File(IssueCode::LimitExceeded, message)
}

fn too_much_text(config: &Config) -> Failure {
    let message = format!("the file holds far more text than read.max_text_chars = {}", config.read.max_text_chars);
    Failure::File(IssueCode::LimitExceeded, message)
}

/// The pages that the worker sent, as far as they are whole, and its last message.
pub fn pages_of_worker(output: &[u8]) -> (Vec<Option<Page>>, Option<Message>) {
    let mut pages = Vec::new();
    for line in output.split(|&byte| byte == b'\n') {
        match serde_json::from_slice(line) {
            Ok(Message::Page(page)) => pages.push(Some(page)),
            Ok(Message::BadPage) => pages.push(None),
            Ok(last) => return (pages, Some(last)),
            Err(_) => break,
        }
    }
    (pages, None)
}

/// The pages that `pdftotext -bbox` printed: a line for each page and each word, with its box.
pub fn pages_of_pdftotext(output: &str) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    for line in output.lines() {
        let line = line.trim_start();
        if line.starts_with("<page ") {
            let size = |name| attribute(line, name).unwrap_or_default();
            pages.push(Page { width: size("width"), height: size("height"), ..Page::default() });
        } else if let Some(page) = pages.last_mut()
            && line.starts_with("<word ")
            && let Some(run) = run_of_word(line, page.height)
        {
            page.runs.push(run);
        }
    }
    set_sizes(&mut pages);
    pages
}

/// A word, with the height of its box as its size.
fn run_of_word(line: &str, page_height: f32) -> Option<Run> {
    let text = line.split_once('>')?.1.strip_suffix("</word>")?;
    let text = quick_xml::escape::unescape(text).ok()?.into_owned();
    let (x0, x1) = (attribute(line, "xMin")?, attribute(line, "xMax")?);
    let (top, bottom) = (attribute(line, "yMin")?, attribute(line, "yMax")?);
    let run = Run { x0, x1, y: page_height - (top + bottom) / 2.0, size: bottom - top, angle: 0.0, text };
    run.is_sound().then_some(run)
}

/// Boxes of some fonts are far higher than their letters; hanzi are as wide as they are large, so long words in boxes
/// of the same height tell the size.
fn set_sizes(pages: &mut [Page]) {
    const LONG_WORD: f32 = 4.0;
    let height = |run: &Run| (run.size * 10.0).round() as i64;
    let mut widths: HashMap<i64, Vec<f32>> = HashMap::new();
    for run in pages.iter().flat_map(|page| &page.runs) {
        let ems = reflow::ems(&run.text);
        if ems >= LONG_WORD && ems as usize >= run.text.chars().count() {
            widths.entry(height(run)).or_default().push((run.x1 - run.x0) / ems);
        }
    }
    let sizes: HashMap<i64, f32> = widths
        .into_iter()
        .filter_map(|(height, mut widths)| {
            widths.sort_by(f32::total_cmp);
            widths.get(widths.len() / 2).map(|&width| (height, width.max(1.0)))
        })
        .collect();
    for run in pages.iter_mut().flat_map(|page| &mut page.runs) {
        if let Some(&size) = sizes.get(&height(run)) {
            run.size = run.size.min(size);
        }
    }
}

fn attribute(line: &str, name: &str) -> Option<f32> {
    let value = line.split_once(&format!(" {name}=\""))?.1;
    value.split_once('"')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> Run {
        Run { text: text.into(), x0: 1.0, x1: 20.5, y: 700.25, size: 12.0, angle: 0.0 }
    }

    #[test]
    fn messages_come_back_as_they_were_sent_up_to_the_first_broken_one() {
        let page =
            Page { width: 595.0, height: 842.0, is_picture: true, runs: vec![run("收入"), run("“9.7”\\\n")] };
        let mut sent = Vec::new();
        for message in [Message::Page(page.clone()), Message::BadPage, Message::End] {
            serde_json::to_writer(&mut sent, &message).unwrap();
            sent.push(b'\n');
        }
        assert_eq!(pages_of_worker(&sent), (vec![Some(page.clone()), None], Some(Message::End)));
        assert_eq!(pages_of_worker(&sent[..sent.len() - 3]), (vec![Some(page), None], None));
        assert_eq!(pages_of_worker(b"{\"too_many_pages\":9}\n"), (vec![], Some(Message::TooManyPages(9))));
        assert_eq!(pages_of_worker(b"\xff{}"), (vec![], None));
    }

    #[test]
    fn words_of_pdftotext_get_their_places_and_sizes() {
        let output = r#"<doc>
  <page width="600.000000" height="800.000000">
    <word xMin="50.0" yMin="88.0" xMax="130.0" yMax="112.0">一般公共预算收入</word>
    <word xMin="140.0" yMin="88.0" xMax="160.0" yMax="112.0">A&amp;B</word>
    <word xMin="50.0" yMin="nan" xMax="60.0" yMax="9.0">坏</word>
  </page>
</doc>"#;
        let word = |text: &str, x0, x1| Run { text: text.into(), x0, x1, y: 700.0, size: 10.0, angle: 0.0 };
        let runs = vec![word("一般公共预算收入", 50.0, 130.0), word("A&B", 140.0, 160.0)];
        assert_eq!(pages_of_pdftotext(output), [Page { width: 600.0, height: 800.0, is_picture: false, runs }]);
    }

    fn finished(pages: Vec<Option<Page>>, broken_off: Option<&str>) -> (Option<String>, Vec<(IssueCode, String)>) {
        let (decoded, issues) = finish(Pages { pages, broken_off: broken_off.map(String::from) }, &Config::default());
        let issues = issues.into_iter().map(|issue| (issue.code, issue.message)).collect();
        (decoded.map(|decoded| decoded.text), issues)
    }

    #[test]
    fn pages_that_are_pictures_or_broken_are_told() {
        let text = || Some(Page { runs: vec![run("全年收入增长。")], ..Page::default() });
        let scan = || Some(Page { is_picture: true, runs: vec![run("第3页")], ..Page::default() });
        let (code, message) = (IssueCode::PartlyRead, |message: &str| message.to_string());
        assert_eq!(finished(vec![text()], None), (Some("全年收入增长。\n".into()), vec![]));
        assert_eq!(
            finished(vec![scan(), text(), None, scan()], Some("stopped")),
            (
                Some("全年收入增长。\n".into()),
                vec![
                    (code, message("pages 1, 4 are pictures without text (OCR is needed)")),
                    (code, message("page 3 cannot be read")),
                    (code, message("stopped"))
                ]
            )
        );
        let refused = |pages, broken_off| finished(pages, broken_off).1[0].clone();
        assert_eq!(
            refused(vec![scan(), scan()], None),
            (IssueCode::NoTextLayer, message("no text on 2 pages: it must be recognised first (OCR)"))
        );
        assert_eq!(
            refused(vec![None], None),
            (IssueCode::DamagedContainer, message("it has no page that can be read (of 1)"))
        );
        assert_eq!(refused(vec![scan()], Some("stopped")), (IssueCode::DamagedContainer, message("stopped")));
    }
}
