//! Archives of reports (.zip): each file in one is a document of its own, unpacked when its turn comes.
//!
//! What an archive says of its sizes is held against the limits before anything is unpacked, and a member that
//! unpacks to more than was said is refused, so that a zip bomb costs no more than its table of contents.

use super::walk::{self, unreadable};
use super::{escaped, extension, over_limit};
use crate::config::ReadOptions;
use crate::issue::{Issue, IssueCode};
use encoding_rs::GB18030;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipError;

/// How many bytes of its table of contents an archive may spend on one member: names are short.
const CONTENTS_BYTES_PER_MEMBER: u64 = 512;
/// What is read of an archive besides: the search for the end of the table.
const CONTENTS_BYTES: u64 = 16 << 20;
/// What a Word file has inside, whatever it is called.
const WORD_PART: &str = "word/document.xml";

/// An archive and its table of contents.
#[derive(Debug)]
pub struct Archive {
    zip: ZipArchive<Reopened>,
}

/// A file in an archive: the name to show, and its number in the table of contents or why it is not read.
pub type Member = (String, Result<usize, Issue>);

/// The members of an archive, sorted by name; an issue of the archive as a whole; `None` for a Word file.
type Listed = Option<(Archive, Vec<Member>, Vec<Issue>)>;

/// Lists an archive without unpacking anything.
pub fn list(path: &Path, options: &ReadOptions) -> Result<Listed, Issue> {
    let bytes = walk::file_metadata(path)?.len();
    if bytes > options.max_file_bytes {
        return Err(over_limit("the file has", bytes, "bytes", "max_file_bytes", options.max_file_bytes));
    }
    let max_members = options.max_members as u64;
    let left = max_members.saturating_mul(CONTENTS_BYTES_PER_MEMBER).saturating_add(CONTENTS_BYTES);
    let file = Reopened { path: path.to_path_buf(), file: None, at: 0, left };
    let zip = ZipArchive::new(file).map_err(|error| cannot_list(error, max_members))?;
    if zip.index_for_name(WORD_PART).is_some() {
        return Ok(None);
    }
    if zip.len() > options.max_members {
        return Err(over_limit("the archive has", zip.len() as u64, "members", "max_members", max_members));
    }
    let mut unpacked = 0u64;
    let mut members: Vec<Member> = Vec::new();
    for index in 0..zip.len() {
        let Ok(entry) = zip.by_index_data(index) else { continue };
        let name = name_of(entry.name_raw());
        if entry.is_dir() || name.split('/').any(walk::is_passed_over) {
            continue;
        }
        unpacked = unpacked.saturating_add(entry.size());
        let refused = if entry.is_symlink() {
            Some(Issue::new(IssueCode::LinkNotFollowed, "a link inside an archive is not followed"))
        } else if entry.encrypted() {
            Some(Issue::new(IssueCode::UnsupportedContainer, "the file is encrypted; unpack it with its password"))
        } else if entry.size() > options.max_file_bytes {
            Some(over_limit("the file has", entry.size(), "bytes", "max_file_bytes", options.max_file_bytes))
        } else if super::is_collection(&name) {
            let kind = extension(&name).unwrap_or_default();
            let message = format!("a .{kind} file inside an archive is not opened; unpack it");
            Some(Issue::new(IssueCode::UnsupportedContainer, message))
        } else {
            None
        };
        members.push((name, refused.map_or(Ok(index), Err)));
    }
    if unpacked > options.max_unpacked_bytes {
        let limit = options.max_unpacked_bytes;
        return Err(over_limit("the archive unpacks to", unpacked, "bytes", "max_unpacked_bytes", limit));
    }
    members.sort_by(|(left, _), (right, _)| left.cmp(right));
    let mut issues = Vec::new();
    if members.is_empty() {
        issues.push(Issue::new(IssueCode::EmptyFile, "the archive holds no files"));
    }
    if zip.has_duplicate_names() {
        let message = "the archive names a file twice; only the last of them is read";
        issues.push(Issue::new(IssueCode::PartlyRead, message));
    }
    Ok(Some((Archive { zip }, members, issues)))
}

fn cannot_list(error: ZipError, max_members: u64) -> Issue {
    match error {
        ZipError::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            let message = format!("the table of contents is longer than that of read.max_members, {max_members}");
            Issue::new(IssueCode::LimitExceeded, message)
        }
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            unreadable(format!("the file cannot be read: {error}"))
        }
        error => Issue::new(IssueCode::DamagedContainer, format!("the archive cannot be listed: {error}")),
    }
}

impl Archive {
    /// Unpacks one member.
    pub fn load(&self, index: usize) -> Result<Vec<u8>, Issue> {
        let damaged = |what: String| Issue::new(IssueCode::DamagedContainer, what);
        let mut zip = self.zip.clone();
        let entry = zip.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(what) => {
                Issue::new(IssueCode::UnsupportedContainer, format!("the file cannot be unpacked: {what}"))
            }
            error => damaged(format!("the file cannot be unpacked: {error}")),
        })?;
        let size = entry.size();
        let mut bytes = Vec::new();
        let read = entry.take(size + 1).read_to_end(&mut bytes);
        read.map_err(|error| damaged(format!("the file cannot be unpacked: {error}")))?;
        if bytes.len() as u64 != size {
            return Err(damaged(format!("the file does not unpack to the {size} bytes that the archive tells")));
        }
        Ok(bytes)
    }
}

/// The name of a member: Chinese systems write it in GBK and do not say so.
fn name_of(raw: &[u8]) -> String {
    let name = match std::str::from_utf8(raw) {
        Ok(name) => escaped(name.as_bytes()),
        Err(_) => match GB18030.decode_without_bom_handling_and_without_replacement(raw) {
            Some(name) => name.into_owned(),
            None => escaped(raw),
        },
    };
    // Some packers on Windows write `folder\file`.
    if name.contains("\\x") { name } else { name.replace('\\', "/") }
}

/// A file that is opened when it is read; a copy opens it anew. So the table of contents is kept without a file
/// held open for every archive.
#[derive(Debug)]
struct Reopened {
    path: PathBuf,
    file: Option<File>,
    at: u64,
    /// How many bytes may still be read.
    left: u64,
}

impl Clone for Reopened {
    fn clone(&self) -> Reopened {
        Reopened { path: self.path.clone(), file: None, at: self.at, left: u64::MAX }
    }
}

impl Reopened {
    fn open(&mut self) -> io::Result<&mut File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => {
                let mut file = File::open(&self.path)?;
                file.seek(SeekFrom::Start(self.at))?;
                file
            }
        };
        Ok(self.file.insert(file))
    }
}

impl Read for Reopened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.open()?.read(buffer)?;
        self.at += read as u64;
        self.left = self.left.checked_sub(read as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}

impl Seek for Reopened {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.open()?.seek(to)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// Puts bytes of the same length in place of others, wherever they stand.
    fn replaced(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
        assert_eq!(from.len(), to.len());
        let places: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(from)).collect();
        assert!(!places.is_empty());
        places.iter().for_each(|&at| bytes[at..at + to.len()].copy_from_slice(to));
        bytes
    }

    /// Lists an archive of these bytes; the folder it lies in must outlive what is read from it.
    fn list_bytes(bytes: &[u8], options: &ReadOptions) -> (Result<Listed, Issue>, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        std::fs::write(&path, bytes).unwrap();
        (list(&path, options), folder)
    }

    fn refusal(bytes: &[u8], options: &ReadOptions) -> Issue {
        list_bytes(bytes, options).0.unwrap_err()
    }

    fn members(bytes: &[u8]) -> (Archive, Vec<Member>, Vec<Issue>, tempfile::TempDir) {
        let (listed, folder) = list_bytes(bytes, &ReadOptions::default());
        let (archive, members, issues) = listed.unwrap().unwrap();
        (archive, members, issues, folder)
    }

    #[test]
    fn members_are_sorted_and_read_one_at_a_time() {
        let bytes = zip_of(&[
            ("乙/b.txt", b"second"),
            ("a.txt", b"first"),
            ("__MACOSX/._a.txt", b"x"),
            ("README.md", b"x"),
            ("inner.ZIP", b"x"),
            ("t.csv", b"x"),
        ]);
        let (archive, members, issues, _folder) = members(&bytes);
        assert_eq!(issues, []);
        let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a.txt", "inner.ZIP", "t.csv", "乙/b.txt"]);
        let load = |at: usize| members[at].1.clone().and_then(|index| archive.load(index));
        assert_eq!(load(0).unwrap(), b"first");
        assert_eq!(load(3).unwrap(), b"second");
        assert_eq!(load(1).unwrap_err().message, "a .zip file inside an archive is not opened; unpack it");
        assert_eq!(load(2).unwrap_err().code, IssueCode::UnsupportedContainer);
    }

    #[test]
    fn names_are_decoded_as_they_were_written() {
        let gbk = GB18030.encode("甲县.txt").0.into_owned();
        assert_eq!(gbk.len(), 8);
        // No flag says that the name is UTF-8, as it is all ASCII when it is written.
        let bytes = replaced(zip_of(&[("ABCD.txt", b"x"), ("乙县.txt", b"y")]), b"ABCD.txt", &gbk);
        let names: Vec<String> = members(&bytes).1.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["乙县.txt", "甲县.txt"]);
        assert_eq!(name_of(b"a\\b.txt"), "a/b.txt");
        assert_eq!(name_of(b"a\xFF.txt"), "a\\xFF.txt");
    }

    #[test]
    fn limits_hold_before_anything_is_unpacked() {
        let bytes = zip_of(&[("a.txt", &[b'a'; 1000]), ("b.txt", b"b")]);
        let over = |options: ReadOptions| {
            let issue = refusal(&bytes, &options);
            assert_eq!(issue.code, IssueCode::LimitExceeded);
            issue.message
        };
        let all = ReadOptions::default();
        assert_eq!(
            over(ReadOptions { max_unpacked_bytes: 1000, ..all.clone() }),
            "the archive unpacks to 1001 bytes; read.max_unpacked_bytes is 1000"
        );
        assert_eq!(
            over(ReadOptions { max_members: 1, ..all.clone() }),
            "the archive has 2 members; read.max_members is 1"
        );
        assert!(over(ReadOptions { max_file_bytes: 99, ..all.clone() }).ends_with("read.max_file_bytes is 99"));
        let (listed, _folder) = list_bytes(&bytes, &ReadOptions { max_file_bytes: 999, ..all });
        let (_, members, _) = listed.unwrap().unwrap();
        assert_eq!(members[0].1.clone().unwrap_err().code, IssueCode::LimitExceeded);
        assert_eq!(members[1].1, Ok(1));
    }

    #[test]
    fn a_member_that_lies_about_its_size_is_refused() {
        let size = 100_000u32;
        let honest = zip_of(&[("a.txt", &vec![b'a'; size as usize])]);
        let bytes = replaced(honest, &size.to_le_bytes(), &10u32.to_le_bytes());
        let (archive, members, _, _folder) = members(&bytes);
        let issue = archive.load(members[0].1.clone().unwrap()).unwrap_err();
        assert_eq!(issue.code, IssueCode::DamagedContainer);
    }

    #[test]
    fn what_is_no_archive_is_named() {
        let code = |bytes: &[u8]| refusal(bytes, &ReadOptions::default()).code;
        let good = zip_of(&[("a.txt", b"a")]);
        assert_eq!(code(b"no archive"), IssueCode::DamagedContainer);
        assert_eq!(code(&good[..good.len() - 30]), IssueCode::DamagedContainer);
        assert_eq!(members(&zip_of(&[])).2[0].code, IssueCode::EmptyFile);
        let twice = replaced(zip_of(&[("a.txt", b"a"), ("b.txt", b"b")]), b"b.txt", b"a.txt");
        assert_eq!(members(&twice).2[0].code, IssueCode::PartlyRead);
        let word = zip_of(&[("word/document.xml", b"<w/>")]);
        assert!(list_bytes(&word, &ReadOptions::default()).0.unwrap().is_none());
    }
}
