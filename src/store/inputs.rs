//! Reports that lie in a store: listed once, each read when its turn comes.

use super::Location;
use super::bucket::{Bucket, LocalCopy};
use crate::error::{Error, Result};
use crate::issue::Issue;
use crate::read::walk::{Found, is_passed_over, unreadable};
use crate::read::{Place, over_limit};
use glob::{MatchOptions, Pattern};
use std::path::PathBuf;
use std::sync::Arc;

/// An object that is read.
#[derive(Debug, Clone)]
pub struct Object {
    bucket: Arc<Bucket>,
    key: String,
}

/// Adds what a URL names: an object, all below a prefix, or what a glob matches. Gives the folder below which it was
/// found. As in directories, hidden names and `README.md` are passed over.
///
/// # Errors
///
/// [`Error::Store`] when the store does not answer, [`Error::Config`] when nothing lies there.
pub fn find(location: &Location, input: &str, found: &mut Found) -> Result<PathBuf> {
    find_in(Arc::new(Bucket::open(location)?), location, input, found)
}

fn find_in(bucket: Arc<Bucket>, location: &Location, input: &str, found: &mut Found) -> Result<PathBuf> {
    let key = location.key.as_str();
    let add = |found: &mut Found, key: &str| {
        let object = Object { bucket: Arc::clone(&bucket), key: key.to_string() };
        found.entry(shown(location, key)).or_insert(Place::Object(object));
    };
    if !key.is_empty() && !input.ends_with('/') {
        if bucket.head(key)?.is_some() {
            add(found, key);
            return Ok(folder(location, key.rsplit_once('/').map_or("", |(folder, _)| folder)));
        }
        if key.contains(['*', '?', '[']) {
            let fixed = key.split('/').take_while(|part| !part.contains(['*', '?', '['])).collect::<Vec<_>>().join("/");
            let pattern = if key.ends_with("**") { format!("{key}/*") } else { key.to_string() };
            let pattern = Pattern::new(&pattern)
                .map_err(|error| Error::Config(format!("input {input} is no valid glob: {error}")))?;
            let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
            let all = names_below(&bucket, &fixed)?;
            for key in all.iter().filter(|key| pattern.matches_with(key, options)) {
                add(found, key);
            }
            return Ok(folder(location, &fixed));
        }
    }
    let all = names_below(&bucket, key)?;
    if all.is_empty() {
        return Err(Error::Config(format!("input {input} does not exist: no report lies there")));
    }
    all.iter().for_each(|key| add(found, key));
    Ok(folder(location, key))
}

/// The keys of the reports below a prefix.
fn names_below(bucket: &Bucket, prefix: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for object in bucket.list(prefix)? {
        let key = object.location.as_ref();
        let below = key.strip_prefix(prefix).unwrap_or(key);
        if below.split('/').any(is_passed_over) {
            continue;
        }
        // Consoles write an empty object `FOLDER/` for a folder. It is listed without its slash, under which there is none.
        if object.size == 0 && bucket.head(key)?.is_none() {
            continue;
        }
        names.push(key.to_string());
    }
    Ok(names)
}

/// How a key is told from the paths of other inputs; the `//` of a URL would not stay in a path.
fn shown(location: &Location, key: &str) -> String {
    Location { key: key.to_string(), ..location.clone() }.to_string().replacen("//", "/", 1)
}

fn folder(location: &Location, key: &str) -> PathBuf {
    PathBuf::from(shown(location, key))
}

impl Object {
    /// The bytes, at most so many.
    pub fn load(&self, max_bytes: u64) -> std::result::Result<Vec<u8>, Issue> {
        match self.bucket.get_at_most(&self.key, max_bytes) {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(bytes)) => Err(over_limit("the file has", bytes, "bytes", "max_file_bytes", max_bytes)),
            Err(object_store::Error::NotFound { .. }) => Err(unreadable("the object is no longer there".to_string())),
            Err(error) => {
                // What a store answers holds times and numbers of requests, which are not for the tables.
                tracing::warn!("cannot read {}: {error}", self.bucket.place(&self.key));
                Err(unreadable("the object cannot be read: the store does not give it".to_string()))
            }
        }
    }

    /// A copy on this machine, at most so large.
    pub fn copy(&self, max_bytes: u64) -> std::result::Result<LocalCopy, Issue> {
        let bytes = self.load(max_bytes)?;
        let failed = |error: String| unreadable(format!("the object cannot be copied to this machine: {error}"));
        let name = self.key.rsplit('/').next().unwrap_or(&self.key);
        let copy = LocalCopy::begin(name).map_err(|error| failed(error.to_string()))?;
        std::fs::write(copy.path(), bytes).map_err(|error| failed(error.to_string()))?;
        Ok(copy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::IssueCode;
    use object_store::memory::InMemory;

    /// A bucket with objects of those keys, whose text is the key.
    fn bucket(keys: &[&str]) -> Arc<Bucket> {
        let bucket = Bucket::of("bucket", Arc::new(InMemory::new()));
        for key in keys {
            assert!(bucket.replace(key, key.as_bytes().to_vec(), None).unwrap());
        }
        Arc::new(bucket)
    }

    /// The folder and the paths that a URL gives.
    fn found(bucket: &Arc<Bucket>, url: &str) -> (String, Vec<String>) {
        let mut found = Found::new();
        let location = Location::parse(url).unwrap().unwrap();
        let folder = find_in(Arc::clone(bucket), &location, url, &mut found).unwrap();
        (folder.to_string_lossy().into_owned(), found.into_keys().collect())
    }

    fn paths(folder: &str, names: &[&str]) -> (String, Vec<String>) {
        let whole = |name: &&str| format!("s3:/bucket{}{name}", if name.is_empty() { "" } else { "/" });
        (whole(&folder), names.iter().map(whole).collect())
    }

    #[test]
    fn prefixes_globs_and_objects_are_found() {
        let bucket = bucket(&[
            "in/b.txt",
            "in/甲 区/报告 2021.txt",
            "in/甲 区/100%.txt",
            "in/README.md",
            "in/.hidden/x.txt",
            "in2/c.txt",
            "in[1]/d.txt",
        ]);
        let all = ["in/b.txt", "in/甲 区/100%.txt", "in/甲 区/报告 2021.txt"];
        for url in ["s3://bucket/in", "s3://bucket/in/", "s3://bucket/in/**", "s3://bucket/in/**/*.txt"] {
            assert_eq!(found(&bucket, url), paths("in", &all), "{url}");
        }
        assert_eq!(found(&bucket, "s3://bucket/in/*.txt"), paths("in", &["in/b.txt"]));
        assert_eq!(found(&bucket, "s3://bucket/i*/?.txt"), paths("", &["in/b.txt", "in2/c.txt", "in[1]/d.txt"]));
        assert_eq!(found(&bucket, "s3://bucket/in/甲 区/100%.txt"), paths("in/甲 区", &["in/甲 区/100%.txt"]));
        assert_eq!(found(&bucket, "s3://bucket/in[1]/d.txt"), paths("in[1]", &["in[1]/d.txt"]));
        assert_eq!(found(&bucket, "s3://bucket/in/.hidden/x.txt").1.len(), 1);
        assert_eq!(found(&bucket, "s3://bucket").1.len(), 5);
        assert_eq!(found(&bucket, "s3://bucket/in/*.pdf"), paths("in", &[]));
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        let bucket = bucket(&["in/b.txt"]);
        for url in ["s3://bucket/i", "s3://bucket/in/b", "s3://bucket/none/"] {
            let location = Location::parse(url).unwrap().unwrap();
            let error = find_in(Arc::clone(&bucket), &location, url, &mut Found::new()).unwrap_err().to_string();
            assert_eq!(error, format!("input {url} does not exist: no report lies there"));
        }
    }

    #[test]
    fn an_object_is_read_within_its_limit() {
        let bucket = bucket(&["in/甲 区.txt"]);
        let object = |key: &str| Object { bucket: Arc::clone(&bucket), key: key.to_string() };
        assert_eq!(object("in/甲 区.txt").load(14).unwrap(), "in/甲 区.txt".as_bytes());
        assert_eq!(
            object("in/甲 区.txt").load(13).unwrap_err().message,
            "the file has 14 bytes; read.max_file_bytes is 13"
        );
        let gone = object("in/gone.txt").load(14).unwrap_err();
        assert_eq!((gone.code, gone.message.as_str()), (IssueCode::UnreadableFile, "the object is no longer there"));
        let copy = object("in/甲 区.txt").copy(14).unwrap();
        assert_eq!(std::fs::read(copy.path()).unwrap(), "in/甲 区.txt".as_bytes());
        assert!(copy.path().ends_with("甲 区.txt"));
    }
}
