//! The way in: which files are the input, and their bytes with digest and origin.
//!
//! [`READERS`] is the only list of the kinds of file that can be read. A file that no reader takes
//! is still listed, so that it ends as an issue and not as a gap in the data.

mod archive;
mod doc;
mod docx;
mod html;
pub mod pdf;
mod table;
mod text;
pub(crate) mod walk;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Config, ReadOptions};
use crate::error::{Error, Result};
use crate::issue::{Issue, IssueCode};
use crate::model::{Decoded, RawFile};
use crate::store::{LocalCopy, Object};
use crate::vocab::Vocabulary;
use docx::package::PackageKind;

pub use archive::Archive;
pub use table::{Record, Table};

/// Bytes of one report -> its text with evidence, or the issue that says why there is none.
pub type ToText = fn(&[u8], &Config, &Vocabulary) -> (Option<Decoded>, Vec<Issue>);

/// A kind of file that can be read.
#[derive(Debug)]
pub struct Reader {
    /// The name of the kind, as it stands in the column `container`.
    pub container: &'static str,
    /// The file name extensions that tell the kind, in small letters.
    pub extensions: &'static [&'static str],
    /// First bytes that tell the kind whatever the file is called.
    pub magic: &'static [&'static [u8]],
    /// Bytes of one report -> its text with evidence, or the issue that says why there is none.
    pub text: ToText,
}

/// Every reader. A new kind of file is one module and one line here.
pub static READERS: &[Reader] = &[text::READER, html::READER, docx::READER, doc::READER, pdf::READER];

/// A document to be read: what it is called in the tables, and where it lies.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// The path below the folder that holds all inputs, with `/` between its parts, so that it is the same wherever that
    /// folder lies. A file in an archive stands behind the archive (`archive.zip/folder/x.docx`), a record of a table
    /// behind its number (`reports.csv#12`).
    pub source_path: String,
    pub place: Place,
}

/// Where the bytes of a document lie.
#[derive(Debug, Clone)]
pub enum Place {
    File(PathBuf),
    /// An object in a store.
    Object(Object),
    /// A file in an archive, by its number.
    Member(Arc<Opened<Archive>>, usize),
    Record(Arc<Opened<Table>>, Record),
    /// Nothing to read: what was found instead.
    Nowhere(Box<Issue>),
}

/// An archive or a table, and the copy of it on this machine if it lies in a store.
#[derive(Debug)]
pub struct Opened<T> {
    of: T,
    _copy: Option<LocalCopy>,
}

/// Lists the documents that the inputs name, each once: files sorted by path, the members of an archive by name, the
/// records of a table in their order.
///
/// An input is a file, a directory (read recursively), a glob such as `reports/**/*.txt`, or a URL of an object store
/// that names the same; relative ones start at `base`. A file that is named is taken as it is; in directories and globs
/// hidden files, hidden directories and `README.md` are passed over. What is found and cannot be read (a pipe, a link
/// that leads nowhere, a directory that may not be listed, a broken archive) stands in the list with its issue.
///
/// # Errors
///
/// [`Error::Config`] for a path that does not exist or a glob that makes no sense,
/// [`Error::NoInput`] when there is no file at all, [`Error::Store`] when an object store does not answer.
pub fn list_inputs(options: &ReadOptions, base: &Path) -> Result<Vec<InputFile>> {
    let mut found = walk::Found::new();
    let starts = options.inputs.iter().map(|input| walk::find(input, base, &mut found)).collect::<Result<Vec<_>>>()?;
    if found.is_empty() {
        return Err(Error::NoInput(options.inputs.join(", ")));
    }
    let above = shown(&common_folder(&starts));
    let mut inputs = Vec::new();
    for (whole_path, place) in found {
        let below = whole_path.strip_prefix(&above).unwrap_or(&whole_path).trim_start_matches('/');
        let source_path = if below.is_empty() { "." } else { below }.to_string();
        list_file(place, source_path, options, &mut inputs);
    }
    Ok(inputs)
}

/// The folder that holds all these, or is one of them and holds the others.
fn common_folder(folders: &[PathBuf]) -> PathBuf {
    let mut folders = folders.iter();
    let first = folders.next().cloned().unwrap_or_default();
    folders.fold(first, |common, folder| {
        common.components().zip(folder.components()).take_while(|(a, b)| a == b).map(|(part, _)| part).collect()
    })
}

/// A file is one document; an archive or a table is as many as it holds.
fn list_file(place: Place, source_path: String, options: &ReadOptions, inputs: &mut Vec<InputFile>) {
    let listed = match is_collection(&source_path) {
        true => list_collection(&place, &source_path, options, inputs),
        false => Ok(false),
    };
    match listed {
        Ok(true) => {}
        Ok(false) => inputs.push(InputFile { source_path, place }),
        Err(issue) => inputs.push(InputFile { source_path, place: Place::Nowhere(Box::new(issue)) }),
    }
}

/// Adds what an archive or a table holds; `false` if it is one document after all.
fn list_collection(
    place: &Place,
    source_path: &str,
    options: &ReadOptions,
    inputs: &mut Vec<InputFile>,
) -> std::result::Result<bool, Issue> {
    let (path, copy) = match place {
        Place::File(path) => (path.clone(), None),
        Place::Object(object) => {
            let copy = object.copy(options.max_file_bytes)?;
            (copy.path().to_path_buf(), Some(copy))
        }
        _ => return Ok(false),
    };
    match extension(source_path).as_deref() {
        Some("zip") => list_archive(&path, copy, source_path, options, inputs),
        _ => list_table(&path, copy, source_path, options, inputs).map(|()| true),
    }
}

/// Adds the members of an archive; `false` if the file is one document after all.
fn list_archive(
    path: &Path,
    copy: Option<LocalCopy>,
    source_path: &str,
    options: &ReadOptions,
    inputs: &mut Vec<InputFile>,
) -> std::result::Result<bool, Issue> {
    let Some((archive, members, issues)) = archive::list(path, options)? else { return Ok(false) };
    let archive = Arc::new(Opened { of: archive, _copy: copy });
    for issue in issues {
        inputs.push(InputFile { source_path: source_path.to_string(), place: Place::Nowhere(Box::new(issue)) });
    }
    for (name, member) in members {
        let place = match member {
            Ok(index) => Place::Member(Arc::clone(&archive), index),
            Err(issue) => Place::Nowhere(Box::new(issue)),
        };
        inputs.push(InputFile { source_path: format!("{source_path}/{name}"), place });
    }
    Ok(true)
}

fn list_table(
    path: &Path,
    copy: Option<LocalCopy>,
    source_path: &str,
    options: &ReadOptions,
    inputs: &mut Vec<InputFile>,
) -> std::result::Result<(), Issue> {
    let (table, records) = table::list(path, options)?;
    let table = Arc::new(Opened { of: table, _copy: copy });
    inputs.extend(records.into_iter().map(|record| InputFile {
        source_path: format!("{source_path}#{}", record.number),
        place: Place::Record(Arc::clone(&table), record),
    }));
    Ok(())
}

/// Reads one document. Without a [`RawFile`] the last issue says why.
pub fn read(input: &InputFile, options: &ReadOptions) -> (Option<RawFile>, Vec<Issue>) {
    let (file, mut issues) = match &input.place {
        Place::File(path) => raw_file(input, load(path, options.max_file_bytes), options),
        Place::Object(object) => raw_file(input, object.load(options.max_file_bytes), options),
        Place::Member(archive, index) => raw_file(input, archive.of.load(*index), options),
        Place::Record(table, record) => table.of.load(record, &input.source_path),
        Place::Nowhere(issue) => (None, vec![Issue::clone(issue)]),
    };
    for issue in &mut issues {
        issue.source_path.clone_from(&input.source_path);
    }
    (file, issues)
}

/// The bytes of a file and the reader that takes them.
fn raw_file(
    input: &InputFile,
    loaded: std::result::Result<Vec<u8>, Issue>,
    options: &ReadOptions,
) -> (Option<RawFile>, Vec<Issue>) {
    let bytes = match loaded {
        Ok(bytes) => bytes,
        Err(issue) => return (None, vec![issue]),
    };
    match reader_of(&bytes, &input.source_path, options) {
        Some(reader) => (Some(RawFile::new(&input.source_path, reader.container, bytes)), Vec::new()),
        None => {
            let message = unsupported_message(extension(&input.source_path).as_deref());
            (None, vec![Issue::new(IssueCode::UnsupportedContainer, message)])
        }
    }
}

/// The bytes of a file, at most so many.
fn load(path: &Path, max_bytes: u64) -> std::result::Result<Vec<u8>, Issue> {
    let told = walk::file_metadata(path)?.len();
    let mut bytes = Vec::new();
    if told <= max_bytes {
        let file = std::fs::File::open(path).map(|file| file.take(max_bytes + 1));
        let read = file.and_then(|mut file| file.read_to_end(&mut bytes));
        read.map_err(|error| walk::unreadable(format!("the file cannot be read: {error}")))?;
    }
    // A file may grow while it is read.
    match told.max(bytes.len() as u64) {
        length if length > max_bytes => Err(over_limit("the file has", length, "bytes", "max_file_bytes", max_bytes)),
        _ => Ok(bytes),
    }
}

/// What goes beyond a limit: by how much, and which key to turn.
pub(crate) fn over_limit(what: &str, count: u64, of: &str, key: &str, limit: u64) -> Issue {
    Issue::new(IssueCode::LimitExceeded, format!("{what} {count} {of}; read.{key} is {limit}"))
}

/// The kind of a file: its first bytes tell it, else its name. Web pages are often saved under other names.
fn reader_of(bytes: &[u8], name: &str, options: &ReadOptions) -> Option<&'static Reader> {
    let told = READERS.iter().find(|reader| reader.magic.iter().any(|magic| bytes.starts_with(magic)));
    // Office files begin like zip files; what is in them tells. The reader of Word files refuses the others by name.
    let is_office = || bytes.starts_with(b"PK") && docx::package::package_kind(bytes, options) != PackageKind::Archive;
    let told = told.or_else(|| is_office().then_some(&docx::READER));
    told.or_else(|| html::is_page(bytes).then_some(&html::READER)).or_else(|| {
        let extension = extension(name)?;
        READERS.iter().find(|reader| reader.extensions.contains(&extension.as_str()))
    })
}

/// The container of bytes whose name may tell nothing: plain text unless something else is known.
pub fn container_of(bytes: &[u8], name: &str) -> &'static str {
    reader_of(bytes, name, &ReadOptions::default()).unwrap_or(&text::READER).container
}

fn extension(name: &str) -> Option<String> {
    Path::new(name).extension().map(|extension| extension.to_string_lossy().to_lowercase())
}

/// Whether a file is named as one that holds many documents.
fn is_collection(name: &str) -> bool {
    extension(name).is_some_and(|extension| extension == "zip" || table::EXTENSIONS.contains(&extension.as_str()))
}

fn unsupported_message(extension: Option<&str>) -> String {
    let extensions = READERS.iter().flat_map(|reader| reader.extensions).chain(&table::EXTENSIONS).chain(&["zip"]);
    let known = extensions.map(|extension| format!(".{extension}")).collect::<Vec<_>>().join(", ");
    match extension {
        Some(extension) => format!("no reader takes .{extension} files; save the report as one of {known}"),
        None => format!("a file without an extension is of unknown kind; name it as one of {known}"),
    }
}

/// A path as the tables show it.
fn shown(path: &Path) -> String {
    escaped(path.as_os_str().as_encoded_bytes()).replace(std::path::MAIN_SEPARATOR, "/")
}

/// A name in any bytes, so that two names never become one: a byte that is no UTF-8 is written `\xNN`, and in a name
/// that holds such a byte (or seems to) a backslash is doubled.
fn escaped(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(name) if !name.contains("\\x") => name.to_string(),
        _ => name.utf8_chunks().fold(String::new(), |mut shown, chunk| {
            shown.push_str(&chunk.valid().replace('\\', "\\\\"));
            shown.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}")));
            shown
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A directory with a few files in it, gone at the end of the test.
    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        folder
    }

    fn inputs_of(inputs: &[&str]) -> ReadOptions {
        ReadOptions { inputs: inputs.iter().map(|input| input.to_string()).collect(), ..ReadOptions::default() }
    }

    fn listed(inputs: &[&str], base: &Path) -> Vec<String> {
        list_inputs(&inputs_of(inputs), base).unwrap().into_iter().map(|file| file.source_path).collect()
    }

    #[test]
    fn directories_globs_and_files_are_listed_once_and_sorted() {
        let folder = folder(&[
            "in/b.txt",
            "in/a.txt",
            "in/区/报告.TXT",
            "in/区/表.xlsx",
            "in/README.md",
            "in/.hidden.txt",
            "in/.git/x.txt",
            "other[1]/c.txt",
        ]);
        let base = folder.path();
        let all = ["a.txt", "b.txt", "区/报告.TXT", "区/表.xlsx"];
        assert_eq!(listed(&["in"], base), all);
        assert_eq!(listed(&["./in/", "in/b.txt", "in/*.txt"], base), all);
        assert_eq!(listed(&["in/**/*"], base), all);
        assert_eq!(listed(&["in/*.txt"], base), ["a.txt", "b.txt"]);
        assert_eq!(listed(&["other[1]/c.txt"], base), ["c.txt"]);
        assert_eq!(listed(&["c.*"], &base.join("other[1]")), ["c.txt"]);
        assert_eq!(listed(&["../in/a.txt"], &base.join("in")), ["a.txt"]);
        assert_eq!(listed(&["../in/a*"], &base.join("in")), ["a.txt"]);
        assert_eq!(listed(&["in/.hidden.txt"], base), [".hidden.txt"]);
    }

    #[test]
    fn paths_do_not_depend_on_where_the_folder_lies() {
        let folder = folder(&["in/a.txt", "in/2020/b.txt", "in/2021/b.txt"]);
        let base = folder.path().join("in");
        let whole = |part: &str| base.join(part).to_string_lossy().into_owned();
        for (input, expected) in
            [("", vec!["2020/b.txt", "2021/b.txt", "a.txt"]), ("a.txt", vec!["a.txt"]), ("*.txt", vec!["a.txt"])]
        {
            assert_eq!(listed(&[&whole(input)], Path::new("elsewhere")), expected);
            assert_eq!(listed(&[if input.is_empty() { "." } else { input }], &base), expected);
        }
        // Several inputs are told apart by what is above them.
        assert_eq!(listed(&[&whole("2020"), "in/2021/*.txt"], folder.path()), ["2020/b.txt", "2021/b.txt"]);
        assert_eq!(listed(&["in/2020", "in/a.txt"], folder.path()), ["2020/b.txt", "a.txt"]);
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        let folder = folder(&["empty/.keep"]);
        let list = |input: &str| list_inputs(&inputs_of(&[input]), folder.path()).unwrap_err();
        let error = list("missing.txt");
        assert!(matches!(&error, Error::Config(message) if message.starts_with("input missing.txt does not exist")));
        assert!(matches!(list("a***b"), Error::Config(_)));
        assert!(matches!(list("empty"), Error::NoInput(inputs) if inputs == "empty"));
        assert!(matches!(list("*.txt"), Error::NoInput(inputs) if inputs == "*.txt"));
    }

    #[test]
    fn a_file_is_read_with_its_digest() {
        let folder = folder(&["abc.txt"]);
        fs::write(folder.path().join("abc.txt"), b"abc").unwrap();
        let inputs = list_inputs(&inputs_of(&["abc.txt"]), folder.path()).unwrap();
        let (file, issues) = read(&inputs[0], &ReadOptions::default());
        let file = file.unwrap();
        assert_eq!(issues, []);
        assert_eq!(file.bytes, b"abc");
        assert_eq!(file.container, "txt");
        // The digest of "abc" from FIPS 180-2.
        assert_eq!(file.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(file.document_id, "ba7816bf8f01cfea");
    }

    #[test]
    fn what_cannot_be_read_is_an_issue() {
        let folder = folder(&["表.xlsx", "LICENSE"]);
        let read_path = |name: &str| {
            let input = InputFile { source_path: name.to_string(), place: Place::File(folder.path().join(name)) };
            let (file, issues) = read(&input, &ReadOptions::default());
            assert!(file.is_none());
            (issues[0].code, issues[0].source_path.clone(), issues[0].message.clone())
        };
        let (code, source_path, message) = read_path("表.xlsx");
        assert_eq!((code, source_path.as_str()), (IssueCode::UnsupportedContainer, "表.xlsx"));
        assert!(message.starts_with("no reader takes .xlsx files; save the report as one of .txt, "), "{message}");
        assert!(message.ends_with(", .csv, .tsv, .jsonl, .ndjson, .json, .zip"), "{message}");
        assert_eq!(read_path("LICENSE").0, IssueCode::UnsupportedContainer);
        let (code, _, message) = read_path("gone.txt");
        assert_eq!(code, IssueCode::UnreadableFile);
        assert!(message.starts_with("the file cannot be read: "), "{message}");
    }

    #[test]
    fn a_file_beyond_the_limit_is_refused() {
        let folder = folder(&["12345"]);
        let path = folder.path().join("12345");
        assert_eq!(load(&path, 5).unwrap(), b"12345");
        let issue = load(&path, 4).unwrap_err();
        assert_eq!(issue.code, IssueCode::LimitExceeded);
        assert_eq!(issue.message, "the file has 5 bytes; read.max_file_bytes is 4");
    }

    #[test]
    fn members_and_records_stand_where_their_file_stands() {
        let folder = folder(&["in/b.txt", "in/d.txt", "in/bad.jsonl"]);
        fs::write(folder.path().join("in/c.csv"), "年份,正文\n2020,甲\n2021,乙\n").unwrap();
        assert_eq!(listed(&["in"], folder.path()), ["b.txt", "bad.jsonl", "c.csv#1", "c.csv#2", "d.txt"]);
        let inputs = list_inputs(&inputs_of(&["in/c.csv", "in/bad.jsonl"]), folder.path()).unwrap();
        let (file, issues) = read(&inputs[2], &ReadOptions::default());
        let file = file.unwrap();
        assert_eq!((file.source_path.as_str(), file.label.as_str()), ("c.csv#2", "2021"));
        assert_eq!((file.bytes.as_slice(), issues), ("乙".as_bytes(), vec![]));
        let (file, issues) = read(&inputs[0], &ReadOptions::default());
        assert!(file.is_none());
        assert_eq!((issues[0].code, issues[0].source_path.as_str()), (IssueCode::DamagedContainer, "bad.jsonl"));
    }

    #[test]
    fn no_two_names_are_shown_alike() {
        let names: [&[u8]; 8] =
            [b"a\xFF", b"a\xFE", b"a\\xFF", b"a\\\\xFF", b"a\\\xFF", b"a\\b", b"a", "报告".as_bytes()];
        let shown: Vec<String> = names.iter().map(|name| escaped(name)).collect();
        let expected = ["a\\xFF", "a\\xFE", "a\\\\xFF", "a\\\\\\\\xFF", "a\\\\\\xFF", "a\\b", "a", "报告"];
        assert_eq!(shown, expected);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_told_and_not_opened() {
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::symlink;
        use std::os::unix::net::UnixListener;
        let folder = folder(&["in/a.txt", "in/dir.txt/b.txt", "elsewhere/c.txt"]);
        let at = |name: &str| folder.path().join("in").join(name);
        let _socket = UnixListener::bind(at("socket.txt")).unwrap();
        symlink("gone.txt", at("dangling.txt")).unwrap();
        symlink("loop.txt", at("loop.txt")).unwrap();
        symlink("a.txt", at("link.txt")).unwrap();
        symlink("../in", at("itself")).unwrap();
        symlink("../elsewhere", at("other")).unwrap();
        for byte in [0xFE, 0xFF] {
            fs::write(at("").join(std::ffi::OsStr::from_bytes(&[b'x', byte, b'.', b't', b'x', b't'])), "x").unwrap();
        }
        let codes = |input: &str| -> Vec<(String, Option<IssueCode>)> {
            let inputs = list_inputs(&inputs_of(&[input]), folder.path()).unwrap();
            let code = |input: &InputFile| read(input, &ReadOptions::default()).1.first().map(|issue| issue.code);
            inputs.iter().map(|input| (input.source_path.clone(), code(input))).collect()
        };
        let unreadable = Some(IssueCode::UnreadableFile);
        let files = [
            ("a.txt", None),
            ("dangling.txt", unreadable),
            ("dir.txt/b.txt", None),
            ("itself", Some(IssueCode::LinkNotFollowed)),
            ("link.txt", None),
            ("loop.txt", unreadable),
            ("other", Some(IssueCode::LinkNotFollowed)),
            ("socket.txt", unreadable),
            ("x\\xFE.txt", None),
            ("x\\xFF.txt", None),
        ];
        let named = |files: &[(&str, Option<IssueCode>)]| -> Vec<(String, Option<IssueCode>)> {
            files.iter().map(|(name, code)| (name.to_string(), *code)).collect()
        };
        assert_eq!(codes("in"), named(&files));
        assert_eq!(codes("in/**"), named(&files));
        let in_folder: Vec<_> =
            files.iter().filter(|(name, _)| name.ends_with(".txt") && !name.contains("dir")).copied().collect();
        assert_eq!(codes("in/*.txt"), named(&in_folder));
        // A link that a pattern names is followed, so deep as the pattern goes.
        assert_eq!(codes("in/*/c.txt"), named(&[("other/c.txt", None)]));
        assert_eq!(codes("in/socket.txt"), named(&[("socket.txt", unreadable)]));
    }

    #[test]
    fn office_files_are_told_by_what_is_in_them() {
        use std::io::{Cursor, Write};
        let pack = |name: &str| {
            let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(b"x").unwrap();
            writer.finish().unwrap().into_inner()
        };
        let reader =
            |bytes: &[u8], name| reader_of(bytes, name, &ReadOptions::default()).map(|reader| reader.container);
        for name in ["report.docx", "report.doc", "report.wps", "report.txt", "report"] {
            assert_eq!(reader(&pack("word/document.xml"), name), Some("docx"), "{name}");
        }
        // The reader of Word files says what they are.
        assert_eq!(reader(&pack("xl/workbook.xml"), "report.xlsx"), Some("docx"));
        assert_eq!(reader(&pack("OFD.xml"), "report.ofd"), Some("docx"));
        assert_eq!(reader(b"\xD0\xCF\x11\xE0rest", "report.docx"), Some("doc"));
        assert_eq!(reader(b"{\\rtf1", "report.doc"), Some("doc"));
    }

    #[test]
    fn every_extension_belongs_to_one_reader() {
        let mut extensions: Vec<&str> = READERS.iter().flat_map(|reader| reader.extensions).copied().collect();
        let count = extensions.len();
        extensions.sort_unstable();
        extensions.dedup();
        assert_eq!(extensions.len(), count);
        assert!(extensions.iter().all(|extension| *extension == extension.to_lowercase()));
    }
}
