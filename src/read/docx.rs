//! Word files of 2007 and later: paragraphs, tables, footnotes and the numbers of lists as the reader sees them.
//!
//! A file is gone through once, element by element, with the open paragraphs, tables, cells and text boxes on a stack.
//! Deleted and hidden text, field codes, headers, footers and comments are no part of the text.

mod count;
pub(super) mod numbering;
pub(super) mod package;
pub(super) mod walk;
mod xml;

use super::Reader;
use crate::config::Config;
use crate::decode::{decode_unicode, refuse};
use crate::issue::{Issue, IssueCode};
use crate::model::{Decoded, Meta};
use crate::vocab::Vocabulary;
use numbering::{Numbering, Styles};
use package::{Package, PackageKind, Refusal, package_kind};
use walk::{Walk, Walked};
use xml::{Node, Xml};

/// What is said of a file that only opens with a password.
pub(super) const ENCRYPTED: &str = "the file is encrypted; open it in Word with its password and save it without one";
/// What is said of a file that was scanned.
pub(super) const PICTURES_ONLY: &str = "the file holds pictures and no text; text must be recognised first (OCR)";
/// The heading above the notes, one that the vocabulary knows as the heading of a glossary.
pub(super) const NOTES_HEADING: &str = "注释：";
/// A title in the fields of a file is a line, not a text.
const MAX_TITLE_CHARS: usize = 100;

/// Takes Word files (docx).
pub const READER: Reader = Reader { container: "docx", extensions: &["docx", "docm"], magic: &[], text };

fn text(bytes: &[u8], config: &Config, _: &Vocabulary) -> (Option<Decoded>, Vec<Issue>) {
    if bytes.is_empty() {
        return refuse(IssueCode::EmptyFile, "the file has no bytes");
    }
    let word = match read(bytes, config) {
        Ok(word) => word,
        Err((code, message)) => return refuse(code, message),
    };
    if word.text.trim().is_empty() {
        if !word.damages.is_empty() {
            return refuse(
                IssueCode::DamagedContainer,
                format!("no text came out of the file: {}", word.damages.join("; ")),
            );
        }
        if word.has_pictures {
            return refuse(IssueCode::NoTextLayer, PICTURES_ONLY);
        }
    }
    let (decoded, mut issues) = decode_unicode(word.text, word.meta, &config.decode);
    if !word.damages.is_empty() {
        issues.push(Issue::new(IssueCode::PartlyRead, word.damages.join("; ")));
    }
    (decoded, issues)
}

/// A file that was read: its text, its fields, and what could not be read.
struct Word {
    text: String,
    meta: Meta,
    damages: Vec<String>,
    has_pictures: bool,
}

fn read(bytes: &[u8], config: &Config) -> Result<Word, Refusal> {
    let options = &config.read;
    if let PackageKind::Other(what, remedy) = package_kind(bytes, options) {
        return Err((IssueCode::UnsupportedContainer, format!("the file is {what}, not a Word file; {remedy}")));
    }
    let mut package = Package::open(bytes, options)?;
    let Some(main) = package.main_part()? else {
        let message = format!("no Word text is in the file {}", package.damages.join("; "));
        return Err((IssueCode::DamagedContainer, message.trim_end().to_string()));
    };
    let mut part = |kind: &str| -> Result<String, Refusal> {
        let Some(name) = package.target(&main, kind)? else { return Ok(String::new()) };
        Ok(package.text(&name)?.unwrap_or_default())
    };
    let styles = Styles::read(&part("styles")?);
    let mut numbering = Numbering::read(&part("numbering")?);
    let notes = [part("footnotes")?, part("endnotes")?];
    let document = package.text(&main)?.unwrap_or_default();

    let mut walk = Walk::new(&styles, &mut numbering, options);
    walk.part(&document, &main)?;
    for notes in &notes {
        walk.part(notes, "the notes")?;
    }
    let Walked { mut lines, notes, damages, has_pictures } = walk.finish();
    if !notes.is_empty() {
        lines.push(NOTES_HEADING.to_string());
        lines.extend(notes);
    }
    package.damages.extend(damages);
    let title = title(&mut package)?;
    Ok(Word { text: lines.join("\n"), meta: Meta { title, ..Meta::default() }, damages: package.damages, has_pictures })
}

/// The title in the fields of the file.
fn title(package: &mut Package) -> Result<Option<String>, Refusal> {
    let Some(name) = package.target("", "core-properties")? else { return Ok(None) };
    let text = package.text(&name)?.unwrap_or_default();
    let mut xml = Xml::new(&text);
    let mut title = None;
    while let Some(node) = xml.next() {
        match node {
            Node::Start("title", _) => title = Some(String::new()),
            Node::End("title") => break,
            Node::Text(text) => {
                if let Some(title) = &mut title {
                    title.push_str(&text);
                }
            }
            _ => {}
        }
    }
    let title = title.map(|title| title.trim().to_string());
    Ok(title.filter(|title| !title.is_empty() && title.chars().count() <= MAX_TITLE_CHARS))
}

#[cfg(test)]
mod tests;
