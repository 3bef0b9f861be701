//! Word files before 2007, and those of WPS that are built like them; and what else is found under the name `.doc`.

mod compound;
mod lists;
mod properties;
mod story;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Reader, docx, html, text as plain};
use crate::config::Config;
use crate::decode::{decode_unicode, refuse};
use crate::issue::{Issue, IssueCode};
use crate::model::{Decoded, Meta};
use crate::vocab::Vocabulary;
use compound::Compound;
use story::Document;

/// The first bytes of a compound file.
const COMPOUND_MAGIC: &[u8] = b"\xD0\xCF\x11\xE0";
/// How far the kind of an XML file is looked for.
const HEAD_BYTES: usize = 2048;
/// What to do with a file that this program does not read and Word does.
const CONVERT: &str = "convert it: soffice --convert-to docx FILE";

/// Other files that are compound files: a stream that only they have, what they are, what to do with them.
const OTHER_KINDS: &[(&str, &str, &str)] = &[
    ("/EncryptedPackage", "an encrypted Office file", "open it with its password and save it without one"),
    ("/Workbook", "an Excel workbook", "save its sheet as CSV"),
    ("/Book", "an Excel workbook", "save its sheet as CSV"),
    ("/PowerPoint Document", "a PowerPoint presentation", "save its outline as a Word file"),
    ("/HwpSummaryInformation", "a Hangul file", CONVERT),
];

/// Takes old Word files (doc) and WPS files.
pub const READER: Reader = Reader { container: "doc", extensions: &["doc", "wps"], magic: &[COMPOUND_MAGIC], text };

fn text(bytes: &[u8], config: &Config, vocabulary: &Vocabulary) -> (Option<Decoded>, Vec<Issue>) {
    if !bytes.starts_with(COMPOUND_MAGIC) {
        return text_of_other(bytes, config, vocabulary);
    }
    // The library that opens compound files is not ours: a panic in it is a damaged file.
    let document = catch_unwind(AssertUnwindSafe(|| read(bytes, config)))
        .unwrap_or_else(|_| Err((IssueCode::DamagedContainer, format!("the Word file is broken inside; {CONVERT}"))));
    let document = match document {
        Ok(document) => document,
        Err((code, message)) => return refuse(code, message),
    };
    if document.lines.is_empty() {
        if !document.damages.is_empty() {
            let message = format!("no text came out of the file: {}; {CONVERT}", document.damages.join("; "));
            return refuse(IssueCode::DamagedContainer, message);
        }
        if document.has_pictures {
            return refuse(IssueCode::NoTextLayer, docx::PICTURES_ONLY);
        }
    }
    let (decoded, mut issues) = decode_unicode(document.lines.join("\n"), Meta::default(), &config.decode);
    if !document.damages.is_empty() {
        issues.push(Issue::new(IssueCode::PartlyRead, document.damages.join("; ")));
    }
    (decoded, issues)
}

fn read(bytes: &[u8], config: &Config) -> Result<Document, (IssueCode, String)> {
    let mut file = Compound::open(bytes)
        .map_err(|error| (IssueCode::DamagedContainer, format!("the file is broken inside ({error}); {CONVERT}")))?;
    if let Some((_, what, remedy)) = OTHER_KINDS.iter().find(|(stream, _, _)| file.has(stream)) {
        return Err((IssueCode::UnsupportedContainer, format!("the file is {what}, not an old Word file; {remedy}")));
    }
    if !file.has("/WordDocument") {
        let message = format!("the file is built like an old Office file but holds no Word text; {CONVERT}");
        return Err((IssueCode::UnsupportedContainer, message));
    }
    story::read(&mut file, &config.read)
}

/// Files of other kinds that are called `.doc`: pages, texts and newer Word files go to their own reader.
fn text_of_other(bytes: &[u8], config: &Config, vocabulary: &Vocabulary) -> (Option<Decoded>, Vec<Issue>) {
    let head = bytes.trim_ascii_start();
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let head = &head[..head.len().min(HEAD_BYTES)];
    let has = |word: &[u8]| head.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    let unsupported = |what: &str| refuse(IssueCode::UnsupportedContainer, format!("the file is {what}; {CONVERT}"));
    match head {
        _ if head.starts_with(b"PK\x03\x04") => (docx::READER.text)(bytes, config, vocabulary),
        _ if head.starts_with(b"{\\rtf") => unsupported("a rich text file (rtf)"),
        _ if has(b"Word.Document") || has(b"<pkg:package") => unsupported("a Word file in one piece of XML"),
        _ if has(b"MIME-Version:") => unsupported("a web archive (mhtml)"),
        _ if head.starts_with(b"<") => (html::READER.text)(bytes, config, vocabulary),
        _ => (plain::READER.text)(bytes, config, vocabulary),
    }
}

#[cfg(test)]
mod tests;
