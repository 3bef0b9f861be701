//! The members of an Office file: found by name, unpacked one at a time and no further than the limits.

use std::io::{Cursor, Read};

use encoding_rs::{Encoding, UTF_8};
use zip::ZipArchive;
use zip::read::read_zipfile_from_stream_with_compressed_size;
use zip::result::ZipError;

use super::xml::{Node, Xml};
use crate::config::ReadOptions;
use crate::issue::IssueCode;

/// A member may always unpack to so many bytes.
const FREE_BYTES: u64 = 16 << 20;
/// Beyond [`FREE_BYTES`] a member may be so many times the size of the whole file; Word's own stay below 50 times.
const MAX_RATIO: u64 = 200;
/// The first bytes of a member inside the file, before its name.
const MEMBER_MAGIC: &[u8] = b"PK\x03\x04";
/// Where a member's header tells the length of its name, and where the name begins.
const NAME_LENGTH_AT: usize = 26;
const NAME_AT: usize = 30;
/// The signature of an entry of the directory at the end of the file.
const ENTRY_MAGIC: &[u8] = b"PK\x01\x02";

/// Why a file gives no text: the code and the sentence of the issue.
pub type Refusal = (IssueCode, String);

/// Where a member lies.
#[derive(Clone, Copy)]
enum Place {
    /// Its number in the directory.
    Entry(usize),
    /// The byte where its header begins, for files whose directory is damaged.
    Header(usize),
}

/// An opened Office file.
pub struct Package<'a> {
    bytes: &'a [u8],
    options: &'a ReadOptions,
    archive: Option<ZipArchive<Cursor<&'a [u8]>>>,
    /// Names in small letters with `/` between their parts.
    members: Vec<(String, Place)>,
    unpacked: u64,
    /// What could not be read, a sentence each.
    pub damages: Vec<String>,
}

/// A relation of one part to another: what it is and where it lies.
struct Relation {
    kind: String,
    target: String,
}

impl<'a> Package<'a> {
    /// Opens the file by its directory, or by the headers inside it where the directory is damaged.
    pub fn open(bytes: &'a [u8], options: &'a ReadOptions) -> Result<Package<'a>, Refusal> {
        let entries = positions(bytes, ENTRY_MAGIC).count();
        if entries > options.max_members {
            let message = format!("the file has {entries} members; read.max_members is {}", options.max_members);
            return Err((IssueCode::LimitExceeded, message));
        }
        let mut package =
            Package { bytes, options, archive: None, members: Vec::new(), unpacked: 0, damages: Vec::new() };
        let first = member_headers(bytes, 1).pop().map(|(name, _)| name);
        match ZipArchive::new(Cursor::new(bytes)) {
            // The directory of a file that lies in this one unpacked lists other members.
            Ok(archive)
                if first.is_none_or(|first| archive.file_names_raw().map(fold_name).any(|name| name == first)) =>
            {
                let names = archive.file_names_raw().map(fold_name);
                package.members = names.enumerate().map(|(index, name)| (name, Place::Entry(index))).collect();
                package.archive = Some(archive);
            }
            _ => {
                package.members = member_headers(bytes, options.max_members);
                package.damages.push("the directory of the zip file is damaged".to_string());
            }
        }
        Ok(package)
    }

    /// Whether a member of this name is there.
    pub fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// The first member whose name begins so.
    pub fn first_under(&self, prefix: &str) -> Option<&str> {
        self.members.iter().map(|(name, _)| name.as_str()).find(|name| name.starts_with(prefix))
    }

    fn place(&self, name: &str) -> Option<Place> {
        let name = fold_name(name.as_bytes());
        self.members.iter().find(|(member, _)| *member == name).map(|(_, place)| *place)
    }

    /// The text of a member as far as it can be unpacked; what cannot is told in `damages`.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        let Some(place) = self.place(name) else { return Ok(None) };
        let by_ratio = (self.bytes.len() as u64).saturating_mul(MAX_RATIO).max(FREE_BYTES);
        let left = self.options.max_unpacked_bytes.saturating_sub(self.unpacked);
        let limit = self.options.max_file_bytes.min(by_ratio).min(left);
        let (mut bytes, mut problem) = self.unpack(place, limit)?;
        if problem.is_some() && bytes.is_empty() && matches!(place, Place::Entry(_)) {
            // The directory may be wrong where the member itself is sound.
            let headers = member_headers(self.bytes, self.options.max_members);
            let folded = fold_name(name.as_bytes());
            if let Some((_, place)) = headers.into_iter().find(|(member, _)| *member == folded) {
                (bytes, _) = self.unpack(place, limit)?;
            }
        }
        if bytes.len() as u64 > limit {
            let message = format!("{name} unpacks to more than {limit} bytes (see the section [read] of the settings)");
            return Err((IssueCode::LimitExceeded, message));
        }
        self.unpacked += bytes.len() as u64;
        if let Some(problem) = problem.take() {
            self.damages.push(format!("{name}: {problem}"));
        }
        // The format allows UTF-8 and UTF-16; a byte order mark tells.
        if Encoding::for_bom(&bytes).is_some() {
            return Ok(Some(UTF_8.decode(&bytes).0.into_owned()));
        }
        let text = String::from_utf8(bytes);
        Ok(Some(text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())))
    }

    /// The bytes of a member, at most one more than the limit, and what went wrong.
    fn unpack(&mut self, place: Place, limit: u64) -> Result<(Vec<u8>, Option<String>), Refusal> {
        let mut bytes = Vec::new();
        let mut rest = match place {
            Place::Header(at) => &self.bytes[at..],
            Place::Entry(_) => &[][..],
        };
        let size = rest.len() as u64;
        let member = match (place, &mut self.archive) {
            (Place::Entry(index), Some(archive)) => match archive.by_index(index) {
                Ok(file) => return Ok(drain(file, limit, bytes)),
                Err(error) => Err(error),
            },
            _ => read_zipfile_from_stream_with_compressed_size(&mut rest, size),
        };
        match member {
            Ok(Some(file)) => {
                (bytes, _) = drain(file, limit, bytes);
                Ok((bytes, None))
            }
            Ok(None) => Ok((bytes, Some("it is not there".to_string()))),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                Err((IssueCode::UnsupportedContainer, super::ENCRYPTED.to_string()))
            }
            Err(error) => Ok((bytes, Some(error.to_string()))),
        }
    }

    /// The part that the whole file is about.
    pub fn main_part(&mut self) -> Result<Option<String>, Refusal> {
        let told = self.target("", "officedocument")?.filter(|name| self.has(name));
        Ok(told.or_else(|| self.first_under("word/document").map(str::to_string)))
    }

    /// The part that `part` names for a purpose such as `styles`; an empty `part` is the file itself.
    pub fn target(&mut self, part: &str, kind: &str) -> Result<Option<String>, Refusal> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if folder.is_empty() { "" } else { "/" };
        let Some(text) = self.text(&format!("{folder}{slash}_rels/{file}.rels"))? else { return Ok(None) };
        let relation = relations(&text).into_iter().find(|relation| relation.kind == kind);
        Ok(relation.map(|relation| resolve(folder, &relation.target)))
    }
}

fn drain(file: impl Read, limit: u64, mut bytes: Vec<u8>) -> (Vec<u8>, Option<String>) {
    let problem = file.take(limit.saturating_add(1)).read_to_end(&mut bytes).err();
    (bytes, problem.map(|error| error.to_string()))
}

/// The relations that a `.rels` part lists; those that lead out of the file are left out.
fn relations(text: &str) -> Vec<Relation> {
    let mut relations = Vec::new();
    let mut xml = Xml::new(text);
    while let Some(node) = xml.next() {
        let Node::Start("Relationship", tag) = node else { continue };
        if let (Some(kind), Some(target)) = (tag.attribute("Type"), tag.attribute("Target"))
            && tag.attribute("TargetMode").as_deref() != Some("External")
        {
            // The strict form of the format has other addresses with the same last word.
            let kind = kind.rsplit('/').next().unwrap_or_default().to_lowercase();
            relations.push(Relation { kind, target });
        }
    }
    relations
}

/// A target seen from the folder of the part that names it.
fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_string();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Names are compared without regard to case; some programs write `\` between the parts.
fn fold_name(name: &[u8]) -> String {
    String::from_utf8_lossy(name).to_lowercase().replace('\\', "/")
}

/// The members told by the headers inside the file, at most so many.
fn member_headers(bytes: &[u8], most: usize) -> Vec<(String, Place)> {
    let name = |at: usize| {
        let length = bytes.get(at + NAME_LENGTH_AT..at + NAME_LENGTH_AT + 2)?;
        let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
        Some(fold_name(bytes.get(at + NAME_AT..at + NAME_AT + length)?))
    };
    positions(bytes, MEMBER_MAGIC).filter_map(|at| Some((name(at)?, Place::Header(at)))).take(most).collect()
}

/// Where a signature of four bytes stands.
fn positions<'a>(bytes: &'a [u8], magic: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(magic.len()).enumerate().filter(move |(_, window)| *window == magic).map(|(at, _)| at)
}

/// What a file that begins like a zip file is, told by the names of its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageKind {
    Word,
    /// An Office file of another kind: its name, and how to get the text out.
    Other(&'static str, &'static str),
    /// No Office file: an archive of other files.
    Archive,
}

/// Other Office files: a name that only they have a member of, what they are, what to do with them.
const OTHER_KINDS: &[(&str, &str, &str)] = &[
    ("xl/", "an Excel workbook", "save its sheet as CSV, or copy the text to a Word file"),
    ("ppt/", "a PowerPoint presentation", "save its outline as a Word file, or print it to PDF"),
    ("ofd.xml", "an OFD file", "export it to PDF or Word with an OFD reader"),
    ("content.xml", "an OpenDocument file", "convert it: soffice --convert-to docx FILE"),
    ("index/document.iwa", "an Apple Pages file", "export it to Word"),
    ("visio/", "a Visio drawing", "print it to PDF"),
];

/// The kind of a file that begins like a zip file.
pub fn package_kind(bytes: &[u8], options: &ReadOptions) -> PackageKind {
    let Ok(package) = Package::open(bytes, options) else { return PackageKind::Archive };
    // Without a directory the first member decides: an archive may hold Office files that are not packed.
    let is_office = package.archive.is_some()
        || package.members.first().is_some_and(|(name, _)| {
            let office = ["[content_types].xml", "_rels/", "docprops/", "word/", "customxml/", "mimetype", "ofd.xml"];
            office.iter().any(|prefix| name.starts_with(prefix))
                || OTHER_KINDS.iter().any(|kind| name.starts_with(kind.0))
        });
    if !is_office {
        return PackageKind::Archive;
    }
    if package.first_under("word/").is_some() {
        return PackageKind::Word;
    }
    let other = OTHER_KINDS.iter().find(|(prefix, _, _)| match prefix.ends_with('/') {
        true => package.first_under(prefix).is_some(),
        false => package.has(prefix) && (*prefix != "content.xml" || package.has("mimetype")),
    });
    other.map_or(PackageKind::Archive, |(_, what, remedy)| PackageKind::Other(what, remedy))
}
