//! The way in: which files are the input, and their bytes with digest and origin.
//!
//! [`READERS`] is the only list of the kinds of file that can be read. A file that no reader takes
//! is still listed, so that it ends as an issue and not as a gap in the data.

mod doc;
mod docx;
mod html;
pub mod pdf;
mod text;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use crate::config::{Config, ReadOptions};
use crate::error::{Error, Result};
use crate::issue::{Issue, IssueCode};
use crate::model::{Decoded, RawFile};
use crate::vocab::Vocabulary;
use docx::package::PackageKind;

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

/// A file to be read: where it lies and what it is called in the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// The path to open.
    pub path: PathBuf,
    /// The path as given, with `/` between its parts; relative stays relative.
    pub source_path: String,
}

/// Lists the files that the inputs name, each once, sorted by `source_path`.
///
/// An input is a file, a directory (read recursively) or a glob such as `reports/**/*.txt`;
/// relative ones start at `base`. A file that is named is taken as it is; in directories and globs
/// hidden files, hidden directories and `README.md` are passed over, and so are links to directories.
///
/// # Errors
///
/// [`Error::Config`] for a path that does not exist or a glob that makes no sense,
/// [`Error::NoInput`] when there is no file at all.
pub fn list_inputs(options: &ReadOptions, base: &Path) -> Result<Vec<InputFile>> {
    let inputs = &options.inputs;
    let mut files = BTreeMap::new();
    for input in inputs {
        let path = base.join(input);
        if path.is_dir() {
            list_directory(&path, &clean(Path::new(input)), &mut files)?;
        } else if path.exists() {
            add_file(path, &clean(Path::new(input)), &mut files);
        } else if input.contains(['*', '?', '[']) {
            list_glob(input, base, &mut files)?;
        } else {
            return Err(Error::Config(format!("input {input} does not exist (looked for {})", path.display())));
        }
    }
    if files.is_empty() {
        return Err(Error::NoInput(inputs.join(", ")));
    }
    Ok(files.into_iter().map(|(source_path, path)| InputFile { path, source_path }).collect())
}

/// Reads one file. Without a [`RawFile`] the issue says why.
pub fn read(input: &InputFile, options: &ReadOptions) -> (Option<RawFile>, Vec<Issue>) {
    let bytes = match load(&input.path, options.max_file_bytes) {
        Ok(bytes) => bytes,
        Err(error) => {
            return (None, vec![issue(input, IssueCode::UnreadableFile, format!("the file cannot be read: {error}"))]);
        }
    };
    match reader_of(&bytes, &input.source_path, options) {
        Some(reader) => (Some(RawFile::new(&input.source_path, reader.container, bytes)), Vec::new()),
        None => {
            let message = unsupported_message(extension(&input.source_path).as_deref());
            (None, vec![issue(input, IssueCode::UnsupportedContainer, message)])
        }
    }
}

/// The bytes of a file, at most so many.
fn load(path: &Path, max_bytes: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut file = std::fs::File::open(path)?.take(max_bytes + 1);
    file.read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes {
        let message = format!("it is larger than {max_bytes} bytes");
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
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

fn issue(input: &InputFile, code: IssueCode, message: String) -> Issue {
    Issue { source_path: input.source_path.clone(), ..Issue::new(code, message) }
}

fn unsupported_message(extension: Option<&str>) -> String {
    let known: Vec<String> =
        READERS.iter().flat_map(|reader| reader.extensions).map(|extension| format!(".{extension}")).collect();
    let known = known.join(", ");
    match extension {
        Some(extension) => format!("no reader takes .{extension} files; save the report as one of {known}"),
        None => format!("a file without an extension is of unknown kind; name it as one of {known}"),
    }
}

/// Drops the `.` parts of a path, so that `./a.txt` and `a.txt` are the same file.
fn clean(path: &Path) -> PathBuf {
    path.components().filter(|component| *component != Component::CurDir).collect()
}

fn add_file(path: PathBuf, source_path: &Path, files: &mut BTreeMap<String, PathBuf>) {
    let source_path = source_path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    files.entry(source_path).or_insert(path);
}

fn list_directory(directory: &Path, source_path: &Path, files: &mut BTreeMap<String, PathBuf>) -> Result<()> {
    let cannot_list = |error| Error::io("cannot list", directory)(error);
    for entry in std::fs::read_dir(directory).map_err(cannot_list)? {
        let entry = entry.map_err(cannot_list)?;
        let (name, path) = (entry.file_name(), entry.path());
        if is_passed_over(&name.to_string_lossy()) {
            continue;
        }
        if entry.file_type().map_err(cannot_list)?.is_dir() {
            list_directory(&path, &source_path.join(&name), files)?;
        } else if !path.is_dir() {
            add_file(path, &source_path.join(&name), files);
        }
    }
    Ok(())
}

fn list_glob(pattern: &str, base: &Path, files: &mut BTreeMap<String, PathBuf>) -> Result<()> {
    let relative = Path::new(pattern).is_relative();
    let escaped_base = glob::Pattern::escape(&base.to_string_lossy());
    let full_pattern = if relative { Path::new(&escaped_base).join(clean(Path::new(pattern))) } else { pattern.into() };
    let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::default() };
    let matches = glob::glob_with(&full_pattern.to_string_lossy(), options)
        .map_err(|error| Error::Config(format!("input {pattern} is no valid glob: {error}")))?;
    for path in matches {
        let path = path.map_err(|error| {
            let path = error.path().to_path_buf();
            Error::io("cannot list", path)(error.into())
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() || is_passed_over(&name) {
            continue;
        }
        let source_path = if relative { clean(path.strip_prefix(base).unwrap_or(&path)) } else { path.clone() };
        add_file(path, &source_path, files);
    }
    Ok(())
}

/// Hidden files and the page about a folder are no reports.
fn is_passed_over(name: &str) -> bool {
    name.starts_with('.') || name.eq_ignore_ascii_case("README.md")
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
        let all = ["in/a.txt", "in/b.txt", "in/区/报告.TXT", "in/区/表.xlsx"];
        assert_eq!(listed(&["in"], base), all);
        assert_eq!(listed(&["./in/", "in/b.txt", "in/*.txt"], base), all);
        assert_eq!(listed(&["in/**/*"], base), all);
        assert_eq!(listed(&["in/*.txt"], base), ["in/a.txt", "in/b.txt"]);
        assert_eq!(listed(&["other[1]/c.txt"], base), ["other[1]/c.txt"]);
        assert_eq!(listed(&["c.*"], &base.join("other[1]")), ["c.txt"]);
        assert_eq!(listed(&["../in/a.txt"], &base.join("in")), ["../in/a.txt"]);
        assert_eq!(listed(&["../in/a*"], &base.join("in")), ["../in/a.txt"]);
        assert_eq!(listed(&["in/.hidden.txt"], base), ["in/.hidden.txt"]);
    }

    #[test]
    fn absolute_inputs_stay_absolute() {
        let folder = folder(&["a.txt"]);
        let expected = folder.path().join("a.txt").to_string_lossy().into_owned();
        for input in [folder.path().to_path_buf(), folder.path().join("a.txt"), folder.path().join("*.txt")] {
            assert_eq!(listed(&[&input.to_string_lossy()], Path::new("elsewhere")), [expected.as_str()]);
        }
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
            let input = InputFile { path: folder.path().join(name), source_path: name.to_string() };
            let (file, issues) = read(&input, &ReadOptions::default());
            assert!(file.is_none());
            (issues[0].code, issues[0].source_path.clone(), issues[0].message.clone())
        };
        let (code, source_path, message) = read_path("表.xlsx");
        assert_eq!((code, source_path.as_str()), (IssueCode::UnsupportedContainer, "表.xlsx"));
        assert!(
            message.starts_with("no reader takes .xlsx files; save the report as one of .txt, .text, .md"),
            "{message}"
        );
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
        assert_eq!(load(&path, 4).unwrap_err().to_string(), "it is larger than 4 bytes");
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
