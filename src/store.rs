//! Inputs and outputs in object stores: `s3://`, `gs://` and `az://`, behind the feature `object-store`.
//!
//! A store has no directories and no links: a dataset is published there by uploading its version and then writing one
//! small object that names it (see [`Target`]). Everything else of the program stays as it is on a disk.

use crate::error::{Error, Result};
use std::fmt;
use std::path::{Path, PathBuf};

#[cfg(feature = "object-store")]
mod bucket;
#[cfg(feature = "object-store")]
mod inputs;
#[cfg(feature = "object-store")]
mod publish;

#[cfg(not(feature = "object-store"))]
mod absent;

#[cfg(not(feature = "object-store"))]
pub use absent::*;
#[cfg(feature = "object-store")]
pub use bucket::LocalCopy;
#[cfg(feature = "object-store")]
pub use inputs::{Object, find};
#[cfg(feature = "object-store")]
pub use publish::{Target, fetch};

/// A kind of object store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Amazon S3 and what speaks its language.
    S3,
    /// Google Cloud Storage.
    Gs,
    /// Azure Blob Storage.
    Az,
}

/// Every kind of store, by the beginning of its URLs.
const SCHEMES: [(&str, Scheme); 3] = [("s3://", Scheme::S3), ("gs://", Scheme::Gs), ("az://", Scheme::Az)];

/// A place in an object store. The key stands in a URL as it is, without percent signs for spaces and Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub scheme: Scheme,
    pub bucket: String,
    /// Without a slash at its ends; empty for the whole bucket.
    pub key: String,
}

impl serde::Serialize for Location {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What became of a version in a store.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Uploaded {
    pub place: Location,
    pub version: String,
    /// Files that were not there before.
    pub files: usize,
    pub bytes: u64,
    /// Whether the pointer was moved to this version; it is left alone where it named it before.
    pub is_new: bool,
    /// Old versions that were removed.
    pub removed: Vec<String>,
}

impl Uploaded {
    /// A few lines for the end of a run.
    pub fn to_text(&self) -> String {
        let state = if self.is_new { "is the current version now" } else { "was the current version already" };
        let mut text = format!("uploaded      {} files, {:.2} MB\n", self.files, self.bytes as f64 / 1e6);
        text.extend(self.removed.iter().map(|version| format!("removed       version {version}\n")));
        text + &format!("store         {}: {} {state}\n", self.place, self.version)
    }
}

/// A dataset that is read: the directory given, or a copy of what lies in a store, which is gone when this is dropped.
#[derive(Debug)]
pub enum Dataset {
    Directory(PathBuf),
    Copy(LocalCopy),
}

impl Dataset {
    pub fn path(&self) -> &Path {
        match self {
            Dataset::Directory(path) => path,
            Dataset::Copy(copy) => copy.path(),
        }
    }
}

/// Brings a dataset that a URL of a store names to this machine; a directory is left where it is.
///
/// # Errors
///
/// [`Error::Store`] when the store fails, [`Error::Config`] when there is no dataset.
pub fn local(dataset: &Path) -> Result<Dataset> {
    match dataset.to_str().map(Location::parse).transpose()?.flatten() {
        Some(location) => fetch(&location).map(Dataset::Copy),
        None => Ok(Dataset::Directory(dataset.to_path_buf())),
    }
}

impl Location {
    /// The place that a URL names; `None` for a path of this machine.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] for a URL without a bucket, or with a key that no store can list.
    pub fn parse(url: &str) -> Result<Option<Location>> {
        let stripped = SCHEMES.iter().find_map(|(start, scheme)| Some((url.strip_prefix(start)?, *scheme)));
        let Some((rest, scheme)) = stripped else { return Ok(None) };
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        let key = key.strip_suffix('/').unwrap_or(key);
        if bucket.is_empty() {
            return Err(Error::Config(format!("{url} names no bucket; write it as in s3://BUCKET/PREFIX")));
        }
        if !key.is_empty() && key.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(Error::Config(format!("{url} has an empty part, `.` or `..` between its slashes")));
        }
        Ok(Some(Location { scheme, bucket: bucket.to_string(), key: key.to_string() }))
    }

    /// The directory of this machine in which a dataset for this place is made before it is uploaded, and where the
    /// next run finds what it need not make again.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when the environment does not say where a user's caches lie.
    pub fn work_directory(&self) -> Result<PathBuf> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let caches = set("XDG_CACHE_HOME")
            .or_else(|| set("LOCALAPPDATA"))
            .or_else(|| set("HOME").map(|home| home.join(".cache")))
            .ok_or_else(|| {
                Error::Config(format!("set write.work_dir: neither HOME nor XDG_CACHE_HOME says where {self} is made"))
            })?;
        let digest = format!("{:x}", <sha2::Sha256 as sha2::Digest>::digest(self.to_string()));
        Ok(caches.join("zhibiao").join(digest.chars().take(16).collect::<String>()))
    }

    /// The key of what lies below this place.
    #[cfg(feature = "object-store")]
    fn below(&self, name: &str) -> String {
        if self.key.is_empty() { name.to_string() } else { format!("{}/{name}", self.key) }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = SCHEMES.iter().find(|(_, scheme)| *scheme == self.scheme).map_or("", |(start, _)| start);
        write!(f, "{start}{}{}{}", self.bucket, if self.key.is_empty() { "" } else { "/" }, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_every_store_are_told_from_paths() {
        let location = |url: &str| Location::parse(url).unwrap();
        let place = |scheme, bucket: &str, key: &str| Some(Location { scheme, bucket: bucket.into(), key: key.into() });
        assert_eq!(location("s3://bucket/a/b.txt"), place(Scheme::S3, "bucket", "a/b.txt"));
        assert_eq!(location("gs://bucket/a/"), place(Scheme::Gs, "bucket", "a"));
        assert_eq!(location("az://container"), place(Scheme::Az, "container", ""));
        assert_eq!(location("az://container/"), place(Scheme::Az, "container", ""));
        assert_eq!(location("s3://桶/报告 2021/甲%20乙?.txt"), place(Scheme::S3, "桶", "报告 2021/甲%20乙?.txt"));
        for path in ["data/reports", "s3:/bucket/a", "s3", "file:///a", "S3://bucket", ""] {
            assert_eq!(location(path), None, "{path}");
        }
    }

    #[test]
    fn urls_without_a_bucket_or_with_empty_parts_are_refused() {
        for url in ["s3://", "gs:///a", "s3://b//a", "s3://b/a//", "s3://b/a/../c", "az://c/./a"] {
            assert!(matches!(Location::parse(url), Err(Error::Config(message)) if message.starts_with(url)), "{url}");
        }
    }

    #[test]
    fn a_place_is_shown_as_it_was_written() {
        for url in ["s3://bucket/报告 集/a.txt", "gs://bucket", "az://container/a/b"] {
            assert_eq!(Location::parse(url).unwrap().unwrap().to_string(), url);
            assert_eq!(Location::parse(&format!("{url}/")).unwrap().unwrap().to_string(), url);
        }
    }

    #[test]
    fn two_places_are_made_in_two_directories() {
        let directory = |url: &str| Location::parse(url).unwrap().unwrap().work_directory().unwrap();
        assert_eq!(directory("s3://b/a"), directory("s3://b/a/"));
        assert_ne!(directory("s3://b/a"), directory("gs://b/a"));
    }
}
