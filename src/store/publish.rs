//! Publication in a store: the files of a version, its manifest last, then the pointer.
//!
//! ```text
//! PREFIX/versions/ID/…           as in the directory of the version
//! PREFIX/current.json            {"manifest_sha256": …, "version": ID}
//! ```
//!
//! An object is there whole or not at all, and the pointer is one object, so a reader that begins with the pointer
//! always finds a whole dataset. The pointer is only replaced in the state in which it was before the run: of two
//! publishers the second is told.

use super::bucket::{Bucket, LocalCopy};
use super::{Location, Uploaded};
use crate::error::{Error, Result};
use crate::manifest::{MANIFEST, Manifest};
use crate::publish::VERSIONS;
use crate::watch::{Stage, Watch, go_on};
use object_store::{ObjectMeta, UpdateVersion};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The object that names the current version.
const POINTER: &str = "current.json";

/// What the pointer says, on one line, so that readers of JSON Lines take it too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Pointer {
    manifest_sha256: String,
    version: String,
}

/// A place in a store that a run publishes to, as it was before the run.
#[derive(Debug)]
pub struct Target {
    bucket: Bucket,
    location: Location,
    /// The pointer and the state it was in.
    old: Option<(Pointer, UpdateVersion)>,
}

impl Target {
    /// Looks at the place, so that what is wrong with it is told before anything is made.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the store does not answer.
    pub fn open(location: &Location) -> Result<Target> {
        Target::in_bucket(Bucket::open(location)?, location)
    }

    fn in_bucket(bucket: Bucket, location: &Location) -> Result<Target> {
        let old = read_pointer(&bucket, location)?;
        Ok(Target { bucket, location: location.clone(), old })
    }

    /// Uploads the version in a directory and makes it the current one. What is there already is left alone.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the store fails, [`Error::Config`] when another run has published there meanwhile: the
    /// dataset that was current then still is.
    pub fn publish(self, directory: &Path, keep_versions: Option<usize>, watch: &dyn Watch) -> Result<Uploaded> {
        let Target { bucket, location, old } = self;
        let version = Manifest::read(directory)?.version;
        let pointer = Pointer { manifest_sha256: digest(&directory.join(MANIFEST))?, version: version.clone() };
        let is_new = old.as_ref().is_none_or(|(old, _)| *old != pointer);
        if let Some((old, _)) = &old
            && is_new
            && old.version == version
        {
            return Err(Error::Config(format!(
                "{location} has version {version} with another manifest, so these sources gave other tables before; remove {} there to publish these",
                location.below(POINTER)
            )));
        }
        let folder = location.below(&format!("{VERSIONS}/{version}"));
        let there: BTreeMap<String, u64> =
            bucket.list(&folder)?.into_iter().map(|object| (object.location.to_string(), object.size)).collect();
        let files = files_of(directory)?;
        watch.begin(Stage::Publish, files.iter().map(|(_, _, bytes)| bytes).sum());
        let mut uploaded =
            Uploaded { place: location.clone(), version, files: 0, bytes: 0, is_new, removed: Vec::new() };
        for (name, path, bytes) in &files {
            go_on(watch)?;
            let key = format!("{folder}/{name}");
            // The pointer names only what was uploaded to the end; what else is there may be of other tables.
            let is_whole = there.get(&key) == Some(bytes);
            if !is_whole || (is_new && bucket.sha256(&key)?.as_ref() != Some(&digest(path)?)) {
                bucket.upload(&key, path, &digest(path)?)?;
                uploaded.files += 1;
                uploaded.bytes += bytes;
            }
            watch.advance(*bytes);
        }
        if is_new {
            write_pointer(&bucket, &location, &pointer, old.map(|(_, state)| state))?;
        }
        if let Some(keep) = keep_versions {
            uploaded.removed = prune(&bucket, &location, keep, &uploaded.version)?;
        }
        Ok(uploaded)
    }
}

/// The dataset at a place, or of a version there, copied to this machine.
///
/// # Errors
///
/// [`Error::Store`] when the store fails, [`Error::Config`] when there is no dataset.
pub fn fetch(location: &Location) -> Result<LocalCopy> {
    fetch_from(&Bucket::open(location)?, location)
}

fn fetch_from(bucket: &Bucket, location: &Location) -> Result<LocalCopy> {
    let pointer = read_pointer(bucket, location)?.map(|(pointer, _)| pointer);
    let folder = match &pointer {
        Some(pointer) => location.below(&format!("{VERSIONS}/{}", pointer.version)),
        None if bucket.head(&location.below(MANIFEST))?.is_some() => location.key.clone(),
        None => {
            return Err(Error::Config(format!(
                "no dataset at {location}: neither {POINTER} nor {MANIFEST} is there; give the output of `zhibiao run`"
            )));
        }
    };
    let copy = LocalCopy::begin("dataset")?;
    let gone = || Error::Config(format!("{} was removed while it was read; read it again", bucket.place(&folder)));
    for object in bucket.list(&folder)? {
        let key = object.location.as_ref();
        let name = key.strip_prefix(&folder).unwrap_or(key).trim_start_matches('/');
        let path = copy.path().join(name);
        let parent = path.parent().unwrap_or(copy.path());
        fs::create_dir_all(parent).map_err(Error::io("cannot make", parent))?;
        if !bucket.download(key, &path)? {
            return Err(gone());
        }
    }
    let manifest = copy.path().join(MANIFEST);
    let is_whole = match pointer {
        Some(pointer) => manifest.is_file() && digest(&manifest)? == pointer.manifest_sha256,
        None => manifest.is_file(),
    };
    if is_whole { Ok(copy) } else { Err(gone()) }
}

fn read_pointer(bucket: &Bucket, location: &Location) -> Result<Option<(Pointer, UpdateVersion)>> {
    let key = location.below(POINTER);
    let Some((bytes, state)) = bucket.get(&key)? else { return Ok(None) };
    let pointer = serde_json::from_slice(&bytes)
        .map_err(|error| Error::Config(format!("{} is no pointer of zhibiao: {error}", bucket.place(&key))))?;
    Ok(Some((pointer, state)))
}

fn write_pointer(bucket: &Bucket, location: &Location, pointer: &Pointer, old: Option<UpdateVersion>) -> Result<()> {
    let text = serde_json::to_string(pointer).map_err(|error| Error::Config(error.to_string()))? + "\n";
    if bucket.replace(&location.below(POINTER), text.into_bytes(), old)? {
        return Ok(());
    }
    // A request whose answer was lost is sent again and then finds what it has written itself.
    let now = read_pointer(bucket, location)?.map(|(now, _)| now);
    let meanwhile = match now {
        Some(now) if now == *pointer => return Ok(()),
        Some(now) => format!("another run has made version {} the current one of", now.version),
        None => format!("{POINTER} was removed from"),
    };
    Err(Error::Config(format!(
        "{meanwhile} {location} meanwhile; version {} is uploaded and is not the current one: run again if it is to be",
        pointer.version
    )))
}

/// Removes old versions, oldest uploads first: so many are kept, the current one among them, and what is newer than
/// them without a manifest, which another run may be uploading.
fn prune(bucket: &Bucket, location: &Location, keep: usize, current: &str) -> Result<Vec<String>> {
    let folder = location.below(VERSIONS);
    let mut versions: BTreeMap<String, Vec<ObjectMeta>> = BTreeMap::new();
    for object in bucket.list(&folder)? {
        let below = object.location.as_ref().strip_prefix(&folder).unwrap_or_default().trim_start_matches('/');
        if let Some((version, _)) = below.split_once('/') {
            versions.entry(version.to_string()).or_default().push(object);
        }
    }
    let current = versions.remove_entry(current).into_iter();
    let mut others: Vec<_> = versions.into_iter().collect();
    others.sort_by_key(|(_, objects)| std::cmp::Reverse(objects.iter().map(|object| object.last_modified).max()));
    let mut kept = 0;
    let mut removed = Vec::new();
    for (version, mut objects) in current.chain(others) {
        let is_manifest = |object: &ObjectMeta| object.location.filename() == Some(MANIFEST);
        let is_whole = objects.iter().any(is_manifest);
        if kept < keep {
            kept += usize::from(is_whole);
            continue;
        }
        // The manifest goes first: what is left of a version is none.
        objects.sort_by_key(|object| !is_manifest(object));
        for object in objects {
            bucket.delete(object.location.as_ref())?;
        }
        removed.push(version);
    }
    Ok(removed)
}

/// The files of a version by their names, with their sizes; the manifest last.
fn files_of(directory: &Path) -> Result<Vec<(String, PathBuf, u64)>> {
    let mut files = Vec::new();
    let mut folders = vec![(String::new(), directory.to_path_buf())];
    while let Some((name, folder)) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(Error::io("cannot list", &folder))? {
            let entry = entry.map_err(Error::io("cannot list", &folder))?;
            let metadata = entry.metadata().map_err(Error::io("cannot read", entry.path()))?;
            let name = format!("{name}{}", entry.file_name().to_string_lossy());
            match metadata.is_dir() {
                true => folders.push((format!("{name}/"), entry.path())),
                false => files.push((name, entry.path(), metadata.len())),
            }
        }
    }
    files.sort_by(|(left, ..), (right, ..)| (left == MANIFEST, left).cmp(&(right == MANIFEST, right)));
    Ok(files)
}

fn digest(path: &Path) -> Result<String> {
    let mut digest = Sha256::new();
    let read = fs::File::open(path).and_then(|mut file| std::io::copy(&mut file, &mut digest));
    read.map_err(Error::io("cannot read", path))?;
    Ok(format!("{:x}", digest.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{InputDigest, Sources};
    use object_store::memory::InMemory;
    use std::sync::Arc;

    /// The directory of a version made from an input of so many bytes, with a file for each name and its text.
    fn version(input: u64, files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let inputs = vec![InputDigest { bytes: input, path: "a.txt".into(), sha256: format!("{input:x}") }];
        let sources = Sources { inputs, ..Sources::default() };
        let version = sources.version();
        let manifest = Manifest { sources, files: BTreeMap::new(), tables: BTreeMap::new(), version };
        fs::write(folder.path().join(MANIFEST), manifest.to_text()).unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn bucket() -> (Bucket, Location) {
        let location = Location::parse("s3://bucket/数据 集").unwrap().unwrap();
        (Bucket::of("bucket", Arc::new(InMemory::new())), location)
    }

    fn publish_to((bucket, location): &(Bucket, Location), folder: &Path, keep: Option<usize>) -> Uploaded {
        Target::in_bucket(bucket.clone(), location).unwrap().publish(folder, keep, &()).unwrap()
    }

    /// The keys below the prefix.
    fn keys((bucket, location): &(Bucket, Location)) -> Vec<String> {
        let key = |object: ObjectMeta| object.location.as_ref().strip_prefix("数据 集/").unwrap().to_string();
        bucket.list(&location.key).unwrap().into_iter().map(key).collect()
    }

    fn current((bucket, location): &(Bucket, Location)) -> String {
        read_pointer(bucket, location).unwrap().unwrap().0.version
    }

    #[test]
    fn a_version_is_uploaded_and_named_by_the_pointer() {
        let store = bucket();
        let folder = version(1, &[("units.parquet", "rows"), ("深/表.csv", "a,b")]);
        let uploaded = publish_to(&store, folder.path(), None);
        assert_eq!((uploaded.files, uploaded.is_new), (3, true));
        let id = uploaded.version.clone();
        let expected = ["manifest.json", "units.parquet", "深/表.csv"].map(|name| format!("versions/{id}/{name}"));
        assert_eq!(keys(&store), [vec!["current.json".to_string()], expected.to_vec()].concat());
        assert_eq!(current(&store), id);
        let again = publish_to(&store, folder.path(), None);
        assert_eq!(again, Uploaded { files: 0, bytes: 0, is_new: false, ..uploaded });
    }

    #[test]
    fn what_is_there_is_uploaded_again_only_if_it_is_not_the_same() {
        let store = bucket();
        let folder = version(1, &[("a.parquet", "aaaa"), ("b.parquet", "bbbb"), ("c.parquet", "cccc")]);
        let id = Manifest::read(folder.path()).unwrap().version;
        let at = |name: &str| store.1.below(&format!("{VERSIONS}/{id}/{name}"));
        let other = folder.path().join("b.parquet");
        store
            .0
            .upload(
                &at("a.parquet"),
                &folder.path().join("a.parquet"),
                &digest(&folder.path().join("a.parquet")).unwrap(),
            )
            .unwrap();
        // As long, but not the same.
        store
            .0
            .upload(
                &at("b.parquet"),
                &folder.path().join("c.parquet"),
                &digest(&folder.path().join("c.parquet")).unwrap(),
            )
            .unwrap();
        assert_eq!(publish_to(&store, folder.path(), None).files, 3);
        assert_eq!(store.0.get(&at("b.parquet")).unwrap().unwrap().0, fs::read(other).unwrap());
        // What is missing of a version that the pointer names is brought back.
        store.0.delete(&at("c.parquet")).unwrap();
        let again = publish_to(&store, folder.path(), None);
        assert_eq!((again.files, again.is_new), (1, false));
    }

    #[test]
    fn large_files_are_uploaded_in_parts() {
        let store = bucket();
        let folder = version(1, &[]);
        let bytes: Vec<u8> = (0..20_000_000u32).map(|at| (at % 251) as u8).collect();
        fs::write(folder.path().join("large.parquet"), &bytes).unwrap();
        let uploaded = publish_to(&store, folder.path(), None);
        let key = store.1.below(&format!("{VERSIONS}/{}/large.parquet", uploaded.version));
        assert!(store.0.get(&key).unwrap().unwrap().0 == bytes);
        assert_eq!(store.0.sha256(&key).unwrap(), Some(crate::manifest::sha256(&bytes)));
    }

    #[test]
    fn of_two_publishers_the_second_is_told() {
        let store = bucket();
        let folders = [1, 2, 3].map(|input| version(input, &[]));
        let target = || Target::in_bucket(store.0.clone(), &store.1).unwrap();
        let refused = |target: Target, folder: usize| {
            let error = target.publish(folders[folder].path(), None, &()).unwrap_err().to_string();
            let winner =
                format!("another run has made version {} the current one of s3://bucket/数据 集 ", current(&store));
            assert!(error.starts_with(&winner), "{error}");
        };
        // Both found nothing.
        let late = target();
        let first = target().publish(folders[0].path(), None, &()).unwrap();
        refused(late, 1);
        // Both found the first.
        let (late, same) = (target(), target());
        target().publish(folders[2].path(), None, &()).unwrap();
        refused(late, 1);
        assert_ne!(current(&store), first.version);
        // The same once more, as after an answer that was lost.
        let third = same.publish(folders[2].path(), None, &()).unwrap();
        assert_eq!(current(&store), third.version);
    }

    #[test]
    fn other_tables_of_the_same_sources_are_refused() {
        let store = bucket();
        let folder = version(1, &[("a.parquet", "aaaa")]);
        publish_to(&store, folder.path(), None);
        let manifest = folder.path().join(MANIFEST);
        fs::write(&manifest, fs::read_to_string(&manifest).unwrap() + "\n").unwrap();
        let target = Target::in_bucket(store.0.clone(), &store.1).unwrap();
        let error = target.publish(folder.path(), None, &()).unwrap_err().to_string();
        assert!(error.contains("with another manifest"), "{error}");
    }

    #[test]
    fn so_many_versions_are_kept() {
        let store = bucket();
        let folders: Vec<_> = (1..=4).map(|input| version(input, &[("a.parquet", "aaaa")])).collect();
        let ids: Vec<String> = folders.iter().map(|folder| publish_to(&store, folder.path(), None).version).collect();
        // An upload that never ended, older than what is kept, and one that may still go on.
        let mut uploaded = publish_to(&store, folders[0].path(), Some(2));
        uploaded.removed.sort();
        let mut old = vec![ids[1].clone(), ids[2].clone()];
        old.sort();
        assert_eq!(uploaded.removed, old);
        store.0.delete(&store.1.below(&format!("{VERSIONS}/{}/{MANIFEST}", ids[3]))).unwrap();
        assert_eq!(publish_to(&store, folders[0].path(), Some(2)).removed, [] as [&str; 0]);
        assert_eq!(publish_to(&store, folders[0].path(), Some(1)).removed, [ids[3].clone()]);
        assert_eq!(keys(&store).len(), 3);
        assert_eq!(current(&store), ids[0]);
    }

    #[test]
    fn a_dataset_is_fetched_by_its_pointer_or_as_a_version() {
        let store = bucket();
        let folder = version(1, &[("a.parquet", "aaaa"), ("深/b.csv", "b")]);
        let id = publish_to(&store, folder.path(), None).version;
        let version = Location { key: store.1.below(&format!("{VERSIONS}/{id}")), ..store.1.clone() };
        for place in [&store.1, &version] {
            let copy = fetch_from(&store.0, place).unwrap();
            assert_eq!(fs::read(copy.path().join("a.parquet")).unwrap(), b"aaaa");
            assert_eq!(fs::read(copy.path().join("深/b.csv")).unwrap(), b"b");
            assert_eq!(Manifest::read(copy.path()).unwrap().version, id);
            let path = copy.path().to_path_buf();
            drop(copy);
            assert!(!path.exists());
        }
        let nothing = Location { key: "elsewhere".into(), ..store.1.clone() };
        let error = fetch_from(&store.0, &nothing).unwrap_err().to_string();
        assert!(error.starts_with("no dataset at s3://bucket/elsewhere: "), "{error}");
        store.0.delete(&store.1.below(&format!("{VERSIONS}/{id}/{MANIFEST}"))).unwrap();
        let error = fetch_from(&store.0, &store.1).unwrap_err().to_string();
        assert!(error.contains("was removed while it was read"), "{error}");
    }
}
